// The contracts of the demo before datacontract-cli: are they ODCS, and do the tables keep what they promise?

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { firstEdition } from "./edition.mjs";
import { output, planted, program, run, mesh, verdict } from "./judges.mjs";

const judge = "contracts";
const tool = () => program(judge, "datacontract");
/** Contracts that nobody here wrote: the standard's own examples. */
const corpus = join(import.meta.dirname, "../../../shared/corpus/odcs");

/**
 * A copy the tool can test: it looks for tables by the name of the schema object, not by the name the lake knows them
 * under, and for files by a path of its own.
 */
function copy(text, lake) {
  const path = /^ {4}path: (\S+)$/m.exec(text)?.[1];
  const names = [...text.matchAll(/^ {2}- name: (\S+)\n {4}physicalName: (\S+)$/gm)];
  const renamed = names.reduce((all, [, name, physical]) => all.replaceAll(`FROM ${physical}`, `FROM ${name}`), text);
  return renamed
    .replace(/^ {4}path: \S+$/m, () => `    path: ${JSON.stringify(join(lake, path))}`)
    .replace(/^( {2}- name: (\S+)\n {4}physicalName: )\S+$/gm, "$1$2");
}

/** The contract with a promise about its table that cannot be kept; `undefined` where there is no place for it. */
function withWrongPromise(text) {
  const rule = "      - {type: library, metric: rowCount, mustBeLessThan: 0, name: planted, severity: error}\n";
  const place = /^ {4}quality:\n/m;
  return place.test(text) ? text.replace(place, (found) => found + rule) : undefined;
}

const isDelta = (text) => /^ {4}format: delta$/m.test(text);
const field = (text, name) => new RegExp(`^${name}: (\\S+)$`, "m").exec(text)?.[1];

/** E-mail address of a domain's owner, who may run the checks of its contracts. */
const ownerOf = (domain) =>
  /email: ([^,\s]+), role: owner/.exec(readFileSync(join(mesh, "domains", `${domain}.yaml`), "utf8"))?.[1];

/** What failed before the tool, and what it only warns of: checks with the column, where they are about one. */
async function theirs(file, folder) {
  const result = join(folder, "result.json");
  const { stderr, stdout } = await run(tool(), ["test", file, "--output", result, "--output-format", "json"]);
  let report;
  try {
    report = JSON.parse(readFileSync(result, "utf8"));
  } catch {
    throw new Error(`datacontract gave no result: ${(stderr || stdout).trim().slice(-300)}`);
  }
  const errors = report.checks.filter(({ result: of }) => of === "error");
  if (errors.length > 0) throw new Error(`datacontract could not check: ${errors[0].reason}`);
  const failed = report.checks.filter(({ result: of }) => of === "failed");
  const warned = report.checks.filter(({ result: of }) => of === "warning");
  const brief = (checks) => checks.map(({ name, field: of, reason }) => ({ name, field: of, reason }));
  return { checks: report.checks.length, failed: brief(failed), warned: brief(warned) };
}

/** Lines of ours that broke and checks of theirs that failed, without the counterpart on the other side. */
function compare(broken, { failed, warned }) {
  const same = ({ promise }, { name, field: of }) => (of ? promise.includes(of) : promise === name);
  const differences = [];
  for (const line of broken) {
    if (failed.some((check) => same(line, check))) continue;
    const warning = warned.find((check) => same(line, check));
    const theirs = warning ? `theirs only warns, as the rule's severity says (${warning.reason})` : "theirs passes it";
    differences.push(`ours counts "${line.promise}" as broken (${line.detail}), ${theirs}`);
  }
  for (const check of failed) {
    if (broken.some((line) => same(line, check))) continue;
    differences.push(`ours does not count "${check.name}" as broken, theirs does (${check.reason})`);
  }
  return differences;
}

/** What the tool finds wrong with a contract, its first error; definitions elsewhere are not looked up. */
async function theirLint(file, folder) {
  const result = join(folder, "lint.json");
  rmSync(result, { force: true });
  const args = ["lint", file, "--no-inline-references", "--output", result, "--output-format", "json"];
  const { code, stderr, stdout } = await run(tool(), args);
  if (!existsSync(result)) throw new Error(`datacontract lint gave no result: ${(stderr || stdout).trim().slice(-300)}`);
  const failed = JSON.parse(readFileSync(result, "utf8")).checks.filter(({ result: of }) => ["failed", "error"].includes(of));
  if ((code === 0) !== (failed.length === 0)) throw new Error(`datacontract lint ended with ${code} over ${file}`);
  return failed.map(({ reason, name }) => reason || name);
}

/**
 * Both linters over the same files: what one refuses, the other refuses, or at least tells as advice. `shown` are the
 * files that theirs gets, in the same order: others only where an error is planted. `silent` are those without advice.
 */
async function lints(portal, files, folder, shown = files) {
  const { code, stdout, stderr } = await portal.run(["contract", "lint", "--format", "json", ...files]);
  if (code !== 0 && code !== 1) throw new Error(`lakeport contract lint ended with ${code}: ${stderr.trim()}`);
  const ours = JSON.parse(stdout).problems;
  const differences = [];
  let refused = 0;
  for (const [at, file] of files.entries()) {
    const found = await theirLint(shown[at], folder);
    const told = ours.filter(({ file: of }) => of === file);
    const errors = told.filter(({ severity }) => severity === "error");
    const name = file.split("/").at(-1);
    if (found.length > 0) refused += 1;
    if (found.length > 0 && told.length === 0)
      differences.push(`${name}: theirs refuses it (${found[0]}), ours finds nothing`);
    if (found.length === 0 && errors.length > 0)
      differences.push(`${name}: ours refuses it (${errors[0].message}), theirs finds nothing`);
  }
  return { refused, differences, silent: files.filter((file) => ours.every(({ file: of }) => of !== file)) };
}

/** The examples of the standard before both linters, and before the official schema of the first edition. */
async function overExamples(portal, folder) {
  const examples = readdirSync(corpus)
    .filter((file) => file.endsWith(".odcs.yaml"))
    .sort()
    .map((file) => join(corpus, file));
  const { refused, differences } = await lints(portal, examples, folder);
  const what = `lint of the ${examples.length} examples of the standard, of which theirs refuses ${refused}`;
  return [
    verdict(`${what}; ours refuses the same, or tells it as advice`, differences),
    ...(await firstEdition({ portal, folder, judge, examples })),
  ];
}

/** Whether `lints` notices what only one of the linters refuses, on either side: a contract without its version. */
async function plantedLint(portal, sound, folder) {
  const wrong = join(folder, "wrong.odcs.yaml");
  writeFileSync(wrong, readFileSync(sound, "utf8").replace(/^version: .*\n/m, ""));
  const byOurs = await lints(portal, [wrong], folder, [sound]);
  const byTheirs = await lints(portal, [sound], folder, [wrong]);
  const both = [byOurs, byTheirs].map(({ differences }) => differences);
  const what = "a contract without its version, which only one of the linters is shown";
  return planted(what, both.every((found) => found.length > 0) ? both.flat() : []);
}

export async function contracts({ portal, as, folder }) {
  const version = (await output(tool(), ["--version"])).trim();
  const files = readdirSync(join(mesh, "contracts")).sort();
  const texts = new Map(files.map((file) => [file, readFileSync(join(mesh, "contracts", file), "utf8")]));
  const verdicts = [];

  const demo = files.map((file) => join(mesh, "contracts", file));
  const linted = await lints(portal, demo, folder);
  const refused = linted.refused > 0 ? [`${linted.refused} of them are refused`] : [];
  verdicts.push(verdict(`lint of the ${files.length} demo contracts as ODCS`, [...refused, ...linted.differences]));
  verdicts.push(await plantedLint(portal, linted.silent[0] ?? demo[0], folder));
  // The examples lie beside some clones only; without them nothing is said about them, least of all that all is well.
  const none = { name: "datacontract-cli over the examples of the standard", notRun: "they are not beside this clone" };
  const left = existsSync(corpus) ? [] : [none];
  if (left.length === 0) verdicts.push(...(await overExamples(portal, folder)));

  // The tool makes its copies of DuckDB's extensions known to DuckDB itself.
  await output(program(judge, "python"), ["-c", "from duckdb_extensions import import_extension as i; i('delta')"]);
  const owners = new Map();
  const copies = join(folder, "contracts");
  mkdirSync(copies, { recursive: true });
  const newest = new Map();
  for (const [file, text] of texts) if (isDelta(text)) newest.set(field(text, "id"), file);
  let errorIsPlanted = false;
  for (const [id, file] of newest) {
    const adapted = join(copies, file);
    writeFileSync(adapted, copy(texts.get(file), join(portal.data, "lake")));
    const found = await theirs(adapted, folder);
    const domain = field(texts.get(file), "domain");
    if (!owners.has(domain)) owners.set(domain, await as(ownerOf(domain)));
    const owner = owners.get(domain);
    await owner.call("run_checks", { id });
    const ours = (await owner.call("contract", { id })).last_run;
    const broken = ours.results.filter(({ state }) => state === "broken");
    const open = ours.results.filter(({ state }) => state === "unchecked").length;
    const figures = [
      `${found.checks} checks of theirs, ${ours.results.length} of ours`,
      ...(open > 0 ? [`${open} of ours not carried out`] : []),
      ...found.failed.map(({ name, field: of, reason }) => `theirs fails ${of ?? name}: ${reason}`),
      ...broken.map(({ promise, detail }) => `ours breaks ${promise}: ${detail}`),
    ];
    verdicts.push(verdict(`test of \`${id}\` on its Delta table: ${figures.join("; ")}`, compare(broken, found)));
    // The same table and the same run of ours, beside a promise of theirs that no table keeps.
    const copied = readFileSync(adapted, "utf8");
    const wrong = withWrongPromise(copied);
    if (errorIsPlanted || wrong === undefined) continue;
    errorIsPlanted = true;
    writeFileSync(adapted, wrong);
    verdicts.push(planted(`test of \`${id}\` with a promise it breaks`, compare(broken, await theirs(adapted, folder))));
  }
  if (!errorIsPlanted) verdicts.push(planted("test of a contract with a promise it breaks", []));
  return [{ name: "datacontract-cli", version, verdicts }, ...left];
}
