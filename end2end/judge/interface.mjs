// The REST interface before schemathesis: does it do what its description says, with good calls and with bad ones?

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { output, planted, program, run, verdict } from "./judges.mjs";

const seed = "7";
const examples = "40";

const tool = () => program("interface", "schemathesis");

const plain = (text) =>
  text.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** What failed, each once: operation, check, and the first line about it. */
function failures(report) {
  const found = new Set();
  for (const [, operation, body] of report.matchAll(/<testcase name="([^"]*)"[^>]*[^/]>(.*?)<\/testcase>/gs)) {
    for (const [, text] of body.matchAll(/<(?:failure|error)[^>]*>(.*?)<\/(?:failure|error)>/gs)) {
      const named = [...plain(text).matchAll(/^- (.+)\n(?:\n {4}(.+)\n)?/gm)];
      for (const [, check, detail] of named) found.add(`${operation}: ${detail ? `${check} (${detail})` : check}`);
      if (named.length === 0) found.add(`${operation}: ${plain(text).trim().split("\n")[0]}`);
    }
  }
  return [...found];
}

/** Asks everything that a description promises; how many cases that were, and what did not fit. */
async function ask(description, portal, service, folder, name) {
  const report = join(folder, `${name}.xml`);
  const { code, stdout, stderr } = await run(
    tool(),
    [
      "run",
      description,
      ...["--url", portal.url],
      ...["--header", `Authorization: Bearer ${service.token}`],
      ...["--seed", seed, "--max-examples", examples, "--generation-database", "none"],
      ...["--report", "junit", "--report-junit-path", report, "--no-color", "--continue-on-failure"],
    ],
    { cwd: folder },
  );
  const differences = code === 0 || !existsSync(report) ? [] : failures(readFileSync(report, "utf8"));
  if (code !== 0 && differences.length === 0)
    throw new Error(`schemathesis ended with ${code}: ${(stdout || stderr).trim().slice(-400)}`);
  return { cases: /(\d+) generated/.exec(stdout)?.[1], differences };
}

/** The description of one operation, which promises a member that no answer has. */
function wrong(description) {
  const path = "/api/v1/products";
  const operation = description.paths[path].get;
  const content = operation.responses["200"].content["application/json"];
  content.schema = { allOf: [content.schema, { type: "object", required: ["planted"] }] };
  return { ...description, paths: { [path]: { get: operation } } };
}

export async function api({ portal, service, folder }) {
  const version = (await output(tool(), ["--version"])).trim().split(" ").at(-1);
  const address = `${portal.url}/api/v1/openapi.json`;
  const { cases, differences } = await ask(address, portal, service, folder, "interface");
  const size = cases ? `${cases} cases` : `at most ${examples} examples each`;
  const what = `\`/api/v1/openapi.json\` and every operation in it, seed ${seed}, ${size}`;
  const altered = join(folder, "planted.json");
  writeFileSync(altered, JSON.stringify(wrong(await service.get("/api/v1/openapi.json"))));
  const found = await ask(altered, portal, service, folder, "planted");
  const noticed = planted("a description that promises a member which no answer has", found.differences);
  return [{ name: "schemathesis", version, verdicts: [verdict(what, differences), noticed] }];
}
