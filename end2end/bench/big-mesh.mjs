// Files of a mesh of any size, the same for the same size: domains with an owner each, tables with ten columns and ten
// inputs, and a product for twenty tables.

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { random } from "./figures.mjs";

const seed = 20_261_130;
const columns = 10;
const inputs = 10;
const tablesOfProduct = 20;
const tablesOfDomain = 250;
/** How far behind a table its inputs lie at most. */
const reach = 4_000;
const tablesOfFile = 1_000;
const eventsOfFile = 2_000;
/** Tables that read the first one directly; every other reads one of those that came before in the same way. */
const branches = 10;

/** Where the tables lie. */
export const namespace = "warehouse";

const subjects = (
  "booking parcel tariff complaint cashback vendor pallet route depot carton promotion wishlist coupon subscription dunning " +
  "mandate batch label courier slot"
).split(" ");
const forms = "intraday monthly landed curated archive positions totals ledger profile ranking quota forecast".split(" ");
const aspects = "amount currency weight zone grade moment operator reference channel origin target reason unit share".split(" ");
const layers = ["bronze", "silver", "gold"];

/** Words that descriptions are made of: what people search for. */
export const words = [...subjects, ...forms, ...aspects];

/** How many of each a mesh of `tables` tables has. */
export const counts = (tables) => ({
  tables,
  columns: tables * columns,
  products: Math.max(1, Math.floor(tables / tablesOfProduct)),
  domains: Math.max(10, Math.ceil(tables / tablesOfDomain)),
});

const domainId = (number) => `area-${String(number).padStart(3, "0")}`;
const productId = (number) => `offer-${String(number).padStart(5, "0")}`;

/** The name of every table: drawn, so that they read like names of tables, and numbered. */
export function names(tables) {
  const draw = random(seed);
  const one = (list) => list[Math.floor(draw() * list.length)];
  return Array.from({ length: tables }, (_, number) => {
    const layer = layers[number % layers.length];
    return `${layer}.${one(subjects)}_${one(forms)}_${String(number).padStart(6, "0")}`;
  });
}

/** An OpenLineage event of a run that reads `from` and writes `to`. */
export function event(job, from, to, more = {}) {
  const dataset = (name) => ({ namespace, name });
  return {
    eventType: "COMPLETE",
    eventTime: "2026-11-02T03:00:00Z",
    producer: "https://bench.example/",
    schemaURL: "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
    run: { runId: runId(`${job} ${to.join(" ")}`) },
    job: { namespace: "nightly", name: job },
    inputs: from.map(dataset),
    outputs: to.map(dataset),
    ...more,
  };
}

/** The id of a run, made of a text. */
export function runId(text) {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A file of tables; `tables` are `{ name, domain, description, columns }`. */
export const assetFile = (tables) =>
  [
    "apiVersion: lakeport/v1",
    "kind: Assets",
    `domain: ${domainId(0)}`,
    `namespace: ${namespace}`,
    "assets:",
    ...tables.flatMap(({ name, domain, description, columns: listed }) => [
      `  - id: ${name}`,
      "    kind: table",
      `    layer: ${name.split(".")[0]}`,
      `    domain: ${domainId(domain)}`,
      "    platform: Delta Lake",
      `    description: ${description}`,
      "    columns:",
      ...listed.map((column) => `      - {name: ${column.name}, type: string, description: ${column.description}}`),
    ]),
    "",
  ].join("\n");

/**
 * Writes the mesh. `people` are those who sign in, the first of them an administrator. The answer names what can be asked
 * for: `{ tables, products, domains, hub, table(number), load(number, more) }`, where everything depends on `hub` and a
 * load is the event of a job that the mesh knows.
 */
export function writeMesh(folder, tables, people) {
  const draw = random(seed + tables);
  const below = (count) => Math.floor(draw() * count);
  const one = (list) => list[below(list.length)];
  const all = names(tables);
  const { products, domains } = counts(tables);
  const file = (path, text) => writeFileSync(join(folder, path), text);
  for (const part of ["domains", "assets", "products", "lineage"]) mkdirSync(join(folder, part), { recursive: true });

  const owner = (number) => `head-${number}@bench.example`;
  const person = (email, name, more = "") => `  - {email: ${email}, name: ${name}${more}}`;
  file(
    "people.yaml",
    [
      "apiVersion: lakeport/v1\nkind: People\npeople:",
      ...people.map(({ email, name }, number) => person(email, name, number === 0 ? ", administrator: true" : "")),
      ...Array.from({ length: domains }, (_, number) => person(owner(number), `Head ${number}`)),
      "",
    ].join("\n"),
  );
  for (let number = 0; number < domains; number += 1) {
    const members = [`  - {email: ${owner(number)}, role: owner}`];
    if (number < people.length) members.push(`  - {email: ${people[number].email}, role: steward}`);
    file(
      `domains/${domainId(number)}.yaml`,
      `apiVersion: lakeport/v1\nkind: Domain\nid: ${domainId(number)}\nname: Area ${number}\n` +
        `description: Looks after every ${one(subjects)} and ${one(subjects)}.\nmembers:\n${members.join("\n")}\n`,
    );
  }

  const tableOf = (name, number) => ({
    name,
    domain: number % domains,
    description: `The ${one(aspects)} of each ${one(subjects)}, ${one(forms)} by ${one(aspects)}`,
    columns: Array.from({ length: columns }, (_, place) => ({
      name: `${one(aspects)}_${place}`,
      description: `${one(aspects)} of the ${one(subjects)}`,
    })),
  });
  for (let from = 0; from < tables; from += tablesOfFile) {
    const part = all.slice(from, from + tablesOfFile).map((name, place) => tableOf(name, from + place));
    file(`assets/${String(from / tablesOfFile).padStart(4, "0")}.yaml`, assetFile(part));
  }
  for (let number = 0; number < products; number += 1) {
    const place = Math.min(tables - 1, number * tablesOfProduct + 2);
    file(
      `products/${productId(number)}.odps.yaml`,
      `apiVersion: v1.1.0\nkind: DataProduct\nid: ${productId(number)}\nname: ${one(subjects)} ${one(forms)} ${number}\n` +
        `version: 1.0.0\nstatus: active\ndomain: ${domainId(place % domains)}\n` +
        `description:\n  purpose: Every ${one(subjects)} with its ${one(aspects)}\n` +
        "customProperties:\n  - {property: lakeport.visibility, value: open}\n" +
        `outputPorts:\n  - name: rows\n    version: 1.0.0\n    type: tables\n    customProperties:\n` +
        `      - {property: lakeport.asset, value: ${all[place]}}\n`,
    );
  }

  const loads = [undefined];
  let lines = [];
  let written = 0;
  const flush = () => {
    if (lines.length === 0) return;
    file(`lineage/${String(written).padStart(4, "0")}.jsonl`, `${lines.join("\n")}\n`);
    [lines, written] = [[], written + 1];
  };
  for (let number = 1; number < tables; number += 1) {
    const from = new Set([all[Math.floor((number - 1) / branches)]]);
    const earliest = Math.max(0, number - reach);
    for (let more = 0; from.size < inputs && more < 3 * inputs; more += 1) from.add(all[earliest + below(number - earliest)]);
    loads.push([`load_${number}`, [...from], [all[number]]]);
    lines.push(JSON.stringify(event(...loads[number])));
    if (lines.length === eventsOfFile) flush();
  }
  flush();
  return {
    ...counts(tables),
    hub: all[0],
    table: (number) => all[((number % tables) + tables) % tables],
    tableOf: (number) => tableOf(all[number % tables], number % tables),
    load: (number, more) => event(...loads[1 + (number % (tables - 1))], more),
    product: (number) => productId(number % products),
    domain: (number) => domainId(number % domains),
  };
}
