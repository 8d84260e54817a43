// Lets outside programs judge the real binary on the demo company, and writes what they found to end2end/JUDGES.md.
//
// main.mjs [JUDGE..]: contracts, products, tables, interface, lineage, leptos; all of them without a name, and only then
// the page is written. Ends with 1 when a judge differs or could not be heard, unless it may be left out.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand, startPortal } from "../portal.mjs";
import { signIn } from "../bench/sign-in.mjs";
import { contracts } from "./contracts.mjs";
import { api } from "./interface.mjs";
import { leptos } from "./leptos.mjs";
import { missing } from "./judges.mjs";
import { lineage } from "./lineage.mjs";
import { products } from "./products.mjs";
import { tables } from "./tables.mjs";

// Lineage comes late: it adds assets that nobody else should meet. The last one builds over the portal that runs.
const judges = { contracts, products, tables, interface: api, lineage, leptos };
const titles = {
  contracts: "Data contracts",
  products: "Data products",
  tables: "Delta tables",
  interface: "REST interface",
  lineage: "Lineage",
  leptos: "Build",
};
const scale = "30000";
const page = join(import.meta.dirname, "../JUDGES.md");

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(judges, name));
if (unknown.length > 0) {
  console.error(`lakeport: there is no judge ${unknown.join(", ")}; there are ${Object.keys(judges).join(", ")}`);
  process.exit(2);
}

/** A signed-in person: `call` asks what pages ask, `text` and `get` read an address, as text and as JSON. */
async function person(url, email) {
  const cookie = await signIn(url, email);
  const headers = { cookie, "sec-fetch-site": "same-origin", accept: "application/json" };
  const answered = async (answer) => {
    const body = await answer.text();
    if (!answer.ok)
      throw new Error(`${new URL(answer.url).pathname} answered ${answer.status} to ${email}: ${body.slice(0, 300)}`);
    return body;
  };
  return {
    call: async (name, fields) => {
      const body = await answered(
        await fetch(`${url}/fn/${name}`, { method: "POST", headers, body: new URLSearchParams(fields) }),
      );
      return body ? JSON.parse(body) : undefined;
    },
    text: async (path) => answered(await fetch(url + path, { headers })),
    get: async (path) => JSON.parse(await answered(await fetch(url + path, { headers }))),
  };
}

/** A service account: its token, and `get` for the REST interface. */
async function account(portal) {
  const scopes = "catalog:read,lineage:read,lineage:write,access:read,access:write";
  const { code, stdout, stderr } = await portal.run([
    "token", "create", "--name", "judges", "--scope", scopes, "--owner", "sofia.lindqvist@nordkauf.example",
  ]);
  if (code !== 0) throw new Error(`no token could be made: ${stderr}`);
  const token = stdout.trim().split("\n").at(-1);
  const get = async (path) => {
    const answer = await fetch(portal.url + path, { headers: { authorization: `Bearer ${token}` } });
    if (!answer.ok)
      throw new Error(`GET ${path.split("?")[0]} answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
    return answer.json();
  };
  return { token, get };
}

/** Every judge that is to be heard: `{ name, version, verdicts }`, with `failed` when it could not be. */
async function hear(world) {
  const heard = {};
  for (const name of Object.keys(judges)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const reason = missing(name);
    console.log(`-- ${titles[name]}`);
    try {
      heard[name] = reason ? [{ name, notRun: reason }] : await judges[name](world);
    } catch (error) {
      heard[name] = [{ name, notRun: error.message }];
    }
    for (const line of heard[name].flatMap(lines)) console.log(`   ${line}`);
  }
  return heard;
}

const clean = (text) => text.replace(/\s+/g, " ").replaceAll("|", "\\|").trim();

/** What a judge found, a line each: `tool version | what | verdict`. */
function lines({ name, version, verdicts, notRun }) {
  if (notRun) return [`${name} | - | not run: ${clean(notRun)}`];
  return verdicts.map(({ what, differences }) => {
    const found = differences.length === 0 ? "kept" : `differs: ${differences.map(clean).join("; ")}`;
    return `${name} ${version} | ${clean(what)} | ${found}`;
  });
}

const { stdout: version } = await runCommand(["--version"]);
const folder = mkdtempSync(join(tmpdir(), "lakeport-judges-"));
let heard = {};
const portal = await startPortal({
  args: ["demo"],
  env: { LAKEPORT_SCALE: scale, LAKEPORT_JOBS: "false" },
  patience: 300_000,
});
try {
  const imported = await portal.run(["import", join(import.meta.dirname, "mesh")]);
  if (imported.code !== 0) throw new Error(`the judges' dashboard could not be imported: ${imported.stderr}`);
  const service = await account(portal);
  heard = await hear({ portal, service, folder, isNamed: names.length > 0, as: (email) => person(portal.url, email) });
} finally {
  await portal.close();
  rmSync(folder, { recursive: true, force: true });
}

const secret = new RegExp(
  [portal.data, folder, process.env.JUDGES].map((path) => path.replaceAll(".", "\\.")).join("|"),
  "g",
);
const text = `# Judges

Programs from outside that judged ${version.trim()} on the demo company (${scale} orders), written by \`make judge\` on
${new Date().toISOString().slice(0, 10)}. **kept** means that the judge agrees, **differs** says where it does not, **not run**
why nothing was heard. Every judge is also shown an error that was planted, and differs when it does not notice. Contracts
are tested on copies in which the path is complete and a table has the name of its schema object: the tool knows no layers.

${Object.entries(heard)
  .map(
    ([name, of]) =>
      `## ${titles[name]}\n\n| judge | what | verdict |\n| --- | --- | --- |\n${of
        .flatMap(lines)
        .map((line) => `| ${line} |`)
        .join("\n")}`,
  )
  .join("\n\n")}

## Elsewhere

Signing in is judged by \`oidc-provider\`, a certified OpenID provider, in the journeys of \`make test\`.
`.replace(secret, "..");
if (names.length === 0) writeFileSync(page, text);
const kept = Object.values(heard)
  .flat()
  .every(({ notRun, isOptional, verdicts }) => (notRun ? isOptional : verdicts.every(({ differences }) => differences.length === 0)));
process.exitCode = kept ? 0 : 1;
