// What judges share: where their programs are, and how they say what they found.

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Folder of the virtual environments, one a judge. */
export const home = process.env.JUDGES;
/** The demo company's files. */
export const mesh = join(import.meta.dirname, "../../server/demo/mesh");

const deadline = 600_000;

/** A program of a judge's environment. */
export const program = (judge, name) => join(home, judge, "bin", name);

/** Why a judge's environment is not there; `undefined` when it is, or when the judge has none. */
export function missing(judge) {
  if (!existsSync(join(import.meta.dirname, "needs", `${judge}.txt`))) return undefined;
  if (existsSync(join(home, judge, ".lakeport"))) return undefined;
  const log = join(home, `${judge}.log`);
  const last = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").at(-1) : "it was not tried";
  return `its packages could not be installed: ${last}`;
}

/** Runs a program to its end: `{ code, stdout, stderr }`. */
export function run(command, args, { input = "", env = {}, cwd } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      timeout: deadline,
      env: {
        PATH: process.env.PATH,
        // What programs keep for themselves stays among the judges.
        HOME: home,
        LANG: "C.UTF-8",
        TZ: "UTC",
        COLUMNS: "400",
        NO_COLOR: "1",
        PYTHONDONTWRITEBYTECODE: "1",
        ...env,
      },
    });
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"]) child[name].on("data", (text) => (output[name] += text));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? -1, ...output }));
    child.stdin.on("error", () => {}); // A program that reads nothing closes its input.
    child.stdin.end(input);
  });
}

/** Like `run`, and an error unless the program ends well. */
export async function output(command, args, options) {
  const { code, stdout, stderr } = await run(command, args, options);
  if (code !== 0)
    throw new Error(`${command.split("/").at(-1)} ended with ${code}: ${(stderr || stdout).trim().slice(-600)}`);
  return stdout;
}

/**
 * Whether a judge notices an error that was planted: one that does not, judges nothing, and all its other verdicts are
 * worth nothing. `differences` are what it found there.
 */
export const planted = (what, differences) =>
  verdict(`notices a planted error: ${what}`, differences.length > 0 ? [] : ["the planted error was not noticed"]);

/** A verdict: what was judged, and how what was found differs from what was expected; nothing when it is kept. */
export const verdict = (what, differences = []) => ({ what, differences: [differences].flat() });
