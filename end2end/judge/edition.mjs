// The first edition of ODCS before its official schema, as datacontract-cli ships it: what the schema accepts is never
// refused, what it refuses is told.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { output, planted, program, verdict } from "./judges.mjs";

/** Where ours is stricter on purpose: versions, unique names, whole relationships, and limits that leave something. */
const stricter = ["semantic version", "names are unique", "same number of columns", "upper limit lies below"];

/** What our linter tells of the files of a folder, as a look-up by name. */
async function told(portal, folder) {
  const { code, stdout, stderr } = await portal.run(["contract", "lint", "--format", "json", folder]);
  if (code !== 0 && code !== 1) throw new Error(`lakeport contract lint ended with ${code}: ${stderr.trim()}`);
  const { problems } = JSON.parse(stdout);
  return (name) => problems.filter(({ file }) => file === join(folder, name));
}

/** Files that the schema accepts and ours refuses. */
async function refusedByUs(portal, folder) {
  const problems = await told(portal, folder);
  return readdirSync(folder).flatMap((name) => {
    const errors = problems(name).filter(({ severity }) => severity === "error");
    const more = errors.filter(({ message }) => !stricter.some((words) => message.includes(words)));
    return more.length > 0 ? [`${name}: ours refuses ${more[0].field} (${more[0].message}), the schema does not`] : [];
  });
}

/** Files that the schema refuses and ours says nothing about. */
async function untoldByUs(portal, folder) {
  const problems = await told(portal, folder);
  return readdirSync(folder)
    .filter((name) => problems(name).length === 0)
    .map((name) => `${name}: the schema refuses it, ours tells nothing`);
}

/** Verdicts over every kind of place in the standard's own examples, changed in several ways. */
export async function firstEdition({ portal, folder, judge, examples }) {
  const sorted = join(folder, "edition");
  await output(program(judge, "python"), [join(import.meta.dirname, "edition.py"), sorted, ...examples]);
  const [accepted, refused] = [join(sorted, "accepted"), join(sorted, "refused")];
  const [good, bad] = [readdirSync(accepted), readdirSync(refused)];
  const few = good.length < 50 || bad.length < 50 ? ["too few documents were made"] : [];
  const verdicts = [
    verdict(
      `the official schema of ODCS 3.0.0 to 3.0.2 over ${good.length + bad.length} changed examples: ours refuses none of ` +
        `the ${good.length} it accepts, and refuses the ${bad.length} it refuses, or tells them as advice`,
      [...few, ...(await refusedByUs(portal, accepted)), ...(await untoldByUs(portal, refused))],
    ),
  ];
  // Each half of the comparison has to notice what only the other side finds wrong.
  const [closed, open] = [join(folder, "edition-closed"), join(folder, "edition-open")];
  for (const one of [closed, open]) mkdirSync(one);
  const document = JSON.parse(readFileSync(join(accepted, good[0]), "utf8"));
  writeFileSync(join(closed, "closed.json"), JSON.stringify({ ...document, kind: "DataContrakt" }));
  writeFileSync(join(open, "open.json"), JSON.stringify(document));
  const noticed = [await refusedByUs(portal, closed), await untoldByUs(portal, open)];
  const what = "a misspelt kind that counts as accepted, and a sound example that counts as refused";
  verdicts.push(planted(what, noticed.every((found) => found.length > 0) ? noticed : []));
  return verdicts;
}
