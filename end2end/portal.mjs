// The portal as a process of its own: `lakeport demo`, or `lakeport serve` beside a real OpenID provider.

import { spawn } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const binary = process.env.PORTAL_BINARY ?? join(import.meta.dirname, "../target/release/lakeport");

/** A demo that global-setup.mjs makes once a run: every demo of the tests starts from a copy of it. */
export const template = join(import.meta.dirname, ".out/demo");
/** The files of the demo company, as a domain team would write them. */
const mesh = join(import.meta.dirname, "../server/demo/mesh");

const freePort = async () => {
  const server = createServer();
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
};

/** Configuration comes from variables: a portal under test sees only those it is given. */
const bareEnvironment = () => ({ PATH: process.env.PATH, HOME: process.env.HOME, TZ: "UTC", RUST_BACKTRACE: "1" });

/**
 * Starts a portal and waits until `/readyz` answers.
 *
 * `program` is the binary, `args` are those of the command line, `env` more variables, `patience` how long the first answer
 * may take, `from` a folder whose content the portal's own folder begins with, `before` gets `run` and prepares that folder.
 * The answer has `url`, `data` (its folder), `log()`, `run(args)` for another command on the same folder, `pid()`,
 * `kill(signal)`, `restart()` on the same port and folder, and `close()`, which ends the portal and removes its folder.
 */
export async function startPortal({ program = binary, args, env = {}, port, patience = 60_000, data, from, before }) {
  port ??= await freePort();
  const folder = data ?? (await mkdtemp(join(tmpdir(), "lakeport-end2end-")));
  const url = `http://127.0.0.1:${port}`;
  const environment = { ...bareEnvironment(), LAKEPORT_LISTEN: `127.0.0.1:${port}`, LAKEPORT_DATA: folder, ...env };
  const run = (more, started) => runCommand(more, environment, started);
  let log = "";
  let child;

  const start = async () => {
    const started = spawn(program, args, { env: environment, stdio: ["ignore", "pipe", "pipe"] });
    child = started;
    for (const stream of [started.stdout, started.stderr]) stream.on("data", (text) => (log += text));
    let ended;
    started.once("error", (error) => (ended = error.message));
    started.once("exit", (code, signal) => (ended = `exit ${code ?? signal}`));
    const deadline = Date.now() + patience;
    while (!(await isReady(url))) {
      if (ended) throw new Error(`the portal stopped before it was ready (${ended}):\n${log}`);
      if (Date.now() > deadline) {
        started.kill("SIGKILL");
        throw new Error(`the portal was not ready after ${patience / 1000} s:\n${log}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const kill = (signal = "SIGTERM") =>
    new Promise((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve(child.exitCode);
      const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
      child.once("exit", (code) => {
        clearTimeout(late);
        resolve(code);
      });
      child.kill(signal);
    });

  try {
    if (from) await cp(from, folder, { recursive: true });
    await before?.(run);
    await start();
  } catch (error) {
    if (!data) await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    url,
    data: folder,
    log: () => log,
    run,
    pid: () => child.pid,
    kill,
    restart: async () => {
      await kill();
      await start();
    },
    close: async () => {
      await kill();
      if (!data) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs one command of the binary to its end: `{ code, stdout, stderr }`; `started` is told its process id. */
export function runCommand(args, env = bareEnvironment(), started = () => {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    started(child.pid);
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"]) child[name].on("data", (text) => (output[name] += text));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...output }));
  });
}

/** `lakeport demo` with its own issuer, on a copy of the template. */
export const startDemo = (more = {}) => startPortal({ args: ["demo"], from: template, ...more });

/** Makes the template. Jobs stay off, so that reminders and mails happen before the eyes of a test. */
export async function makeTemplate() {
  await rm(template, { recursive: true, force: true });
  const env = { LAKEPORT_JOBS: "false", LAKEPORT_SCALE: "3000" };
  const portal = await startPortal({ args: ["demo"], env, patience: 120_000 });
  try {
    await portal.kill();
    await cp(portal.data, template, { recursive: true });
  } finally {
    await portal.close();
  }
}

/**
 * `lakeport serve` with a real OpenID provider; `close()` ends both. Without `imported` the portal is empty, with it the
 * demo company's files were imported, and its tables are those of the template. `before` and `patience` as for `startPortal`.
 */
export async function startServe({ imported = false, env = {}, before, patience } = {}) {
  const { client, hostedDomain, startIssuer } = await import("./oidc.mjs");
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const issuer = await startIssuer({ redirectUris: [`${url}/auth/callback`] });
  try {
    const portal = await startPortal({
      port,
      args: ["serve"],
      patience,
      before: async (run) => {
        await before?.(run);
        if (!imported) return;
        const { code, stderr } = await run(["import", mesh]);
        if (code !== 0) throw new Error(`the demo company's files could not be imported:\n${stderr}`);
      },
      env: {
        LAKEPORT_PUBLIC_URL: url,
        LAKEPORT_OIDC_ISSUER: issuer.issuer,
        LAKEPORT_OIDC_CLIENT_ID: client.id,
        LAKEPORT_OIDC_CLIENT_SECRET: client.secret,
        LAKEPORT_OIDC_HD: hostedDomain,
        LAKEPORT_ADMINISTRATORS: `sofia.lindqvist@${hostedDomain}`,
        ...(imported && { LAKEPORT_LAKE_ROOT: join(template, "lake") }),
        ...env,
      },
    });
    const closePortal = portal.close;
    return { ...portal, issuer, close: () => closePortal().finally(issuer.close) };
  } catch (error) {
    await issuer.close();
    throw error;
  }
}

async function isReady(url) {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}
