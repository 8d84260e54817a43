// The JSON Schemas of the standards, as ajv reads them, beside what the portal's own reader says of the same documents.

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import Ajv from "ajv/dist/2019.js";
import { parse } from "yaml";
import { runCommand } from "./portal.mjs";

const corpus = join(import.meta.dirname, "../../shared/corpus");
// In CI `make test` has made sure that it is there.
test.skip(!existsSync(corpus), "there is no shared/corpus beside the clone");

/** The check that a JSON Schema makes. Formats are annotations in the edition that both standards name. */
async function schema(path) {
  const text = await readFile(join(corpus, path), "utf8");
  return new Ajv({ strict: false, validateFormats: false }).compile(JSON.parse(text));
}

/** The schema of the version that a contract states; 3.1's stands in for 3.0, whose own is among the outside judges. */
async function ofContracts() {
  const [older, newer] = await Promise.all(
    ["3.1.0", "3.2.0"].map((version) => schema(`odcs/odcs-json-schema-v${version}.json`)),
  );
  return (document) => (String(document?.apiVersion ?? "").startsWith("v3.2") ? newer : older);
}

/** What is wrong with each of these texts (name to text) for our reader; nothing for one that it takes. */
async function ours(kind, texts) {
  const folder = await mkdtemp(join(tmpdir(), "lakeport-schemas."));
  try {
    await Promise.all(Object.entries(texts).map(([name, text]) => writeFile(join(folder, name), text)));
    const { code, stdout, stderr } = await runCommand([kind, "lint", "--format", "json", folder]);
    expect([0, 1], stderr).toContain(code);
    const report = JSON.parse(stdout);
    expect(report.files).toBe(Object.keys(texts).length);
    const errors = new Map();
    for (const { severity, file, ...problem } of report.problems) {
      const name = file.slice(folder.length + 1);
      if (severity === "error") errors.set(name, [...(errors.get(name) ?? []), problem]);
    }
    return (name) => errors.get(name) ?? [];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const sentences = (errors) => errors.map(({ field, line, message }) => `${field} (line ${line}): ${message}`).join("; ");
const theirSentence = ([{ instancePath, message }]) => `${instancePath}: ${message}`;

/** The documents of a folder of the corpus, name to text. */
async function examples(folder, ending) {
  const names = (await readdir(join(corpus, folder))).filter((name) => name.endsWith(ending)).sort();
  expect(names.length, `${folder} has ${ending}`).toBeGreaterThan(0);
  const read = async (name) => [name, await readFile(join(corpus, folder, name), "utf8")];
  return Object.fromEntries(await Promise.all(names.map(read)));
}

test("the standards' own examples are taken and refused as the schemas do", async () => {
  const product = await schema("odps/odps-json-schema-v1.0.0.json");
  const kinds = [
    ["contract", "odcs", ".odcs.yaml", await ofContracts()],
    ["product", "odps", ".odps.yaml", () => product],
  ];
  for (const [kind, folder, ending, schemaOf] of kinds) {
    const texts = await examples(folder, ending);
    const errors = await ours(kind, texts);
    for (const [name, text] of Object.entries(texts)) {
      const document = parse(text);
      const theirs = schemaOf(document);
      expect(errors(name).length === 0, `${name}: ${sentences(errors(name))}`).toBe(theirs(document));
    }
  }
});

test("every single change to a contract is judged as the schema does", async () => {
  const schemaOf = await ofContracts();
  const full = await readFile(join(corpus, "odcs/full-example.odcs.yaml"), "utf8");
  const newest = await readFile(join(import.meta.dirname, "newest.odcs.yaml"), "utf8");
  const documents = [full, newest].flatMap((text) => {
    const original = parse(text);
    expect(schemaOf(original)(original)).toBe(true);
    return [original, ...changes(original)];
  });
  const named = Object.fromEntries(documents.map((document, at) => [`${at}.json`, JSON.stringify(document)]));
  const errors = await ours("contract", named);
  const disagreements = documents.flatMap((document, at) => {
    const found = errors(`${at}.json`);
    const theirs = schemaOf(document);
    const isValid = theirs(document);
    if (isValid === (found.length === 0)) return [];
    if (!isValid) return [`taken, though ${theirSentence(theirs.errors)}: ${JSON.stringify(document)}`];
    return [`refused, though it is valid: ${sentences(found)}`];
  });
  expect(disagreements).toEqual([]);
  expect(documents.length).toBeGreaterThan(1_000);
});

/** The document with every place of it changed in every way: taken away, made null or a number, called otherwise. */
function changes(original) {
  return places(original).flatMap((path) => {
    const key = path.at(-1);
    const changed = (change) => {
      const copy = structuredClone(original);
      change(path.slice(0, -1).reduce((at, step) => at[step], copy));
      return copy;
    };
    const replaced = [null, 7].map((value) => changed((parent) => (parent[key] = value)));
    if (typeof key === "number") return replaced;
    const renamed = changed((parent) => {
      parent[`${key}Old`] = parent[key];
      delete parent[key];
    });
    return [...replaced, changed((parent) => delete parent[key]), renamed];
  });
}

/** Every place of a document, as lists of keys. */
const places = (value, at = []) =>
  value === null || typeof value !== "object"
    ? []
    : Object.entries(value).flatMap(([key, inner]) => {
        const path = [...at, Array.isArray(value) ? Number(key) : key];
        return [path, ...places(inner, path)];
      });
