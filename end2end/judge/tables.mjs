// The demo's Delta tables before other readers: do they see the rows and sums the portal sees?

import { join } from "node:path";
import { readdirSync } from "node:fs";
import { output, planted, program, verdict } from "./judges.mjs";

/** Sums that the portal adds up itself, on the judges' dashboard: table -> block and columns. */
const sums = {
  "silver.fact_orders": { block: "orders_table", columns: ["revenue_eur", "units"] },
  "silver.fact_payments": { block: "payments_table", columns: ["amount_eur"] },
};

/** Sums of floating point numbers depend on the order of the rows. */
const near = (a, b) => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));

/** The one row of a CSV file as an object of numbers. */
const row = (csv) => {
  const [heads, values] = csv
    .trim()
    .split(/\r?\n/)
    .map((line) => line.replace(/^\uFEFF/, "").split(","));
  return Object.fromEntries(heads.map((head, at) => [head.replaceAll('"', ""), Number(values[at])]));
};

/** What the other readers see of these tables. */
async function readers(wanted) {
  const input = JSON.stringify(wanted);
  return JSON.parse(await output(program("tables", "python"), [join(import.meta.dirname, "tables.py")], { input }));
}

/** How what a reader sees differs from what the portal says. */
function compare(names, read, ours, reader) {
  const differences = [];
  for (const name of names) {
    const theirs = read.tables[name][reader];
    const own = ours[name];
    if (theirs.error) {
      differences.push(`${name} could not be read: ${theirs.error}`);
      continue;
    }
    if (theirs.rows !== own.rows) differences.push(`${name}: ${theirs.rows} rows, the portal says ${own.rows}`);
    if (own.counted !== undefined && own.counted !== theirs.rows)
      differences.push(`${name}: the portal counts ${own.counted} rows`);
    for (const [column, sum] of Object.entries(theirs.sums)) {
      if (!near(sum, own.sums[column]))
        differences.push(`${name}.${column}: ${sum}, the portal adds up ${own.sums[column]}`);
    }
  }
  return differences;
}

export async function tables({ portal, service, as }) {
  const lake = join(portal.data, "lake");
  const names = ["bronze", "silver", "gold"].flatMap((layer) =>
    readdirSync(join(lake, layer))
      .sort()
      .map((name) => `${layer}.${name}`),
  );
  const wanted = Object.fromEntries(
    names.map((name) => [name, { path: join(lake, ...name.split(".")), sums: sums[name]?.columns ?? [] }]),
  );
  const read = await readers(wanted);
  // A reader that is led to another table has to be found out.
  const [misled, other] = ["silver.fact_payments", "silver.fact_orders"];
  const wrong = await readers({ [misled]: { ...wanted[misled], path: wanted[other].path, sums: [] } });

  const owner = await as("david.schmid@nordkauf.example");
  const controller = await as("aylin.demir@nordkauf.example");
  const ours = {};
  for (const name of names) {
    // Details of restricted and private products are their own domain's business: no token sees them.
    const facts = [service, owner, controller].map((reader) => reader.get(`/api/v1/assets/${name}`));
    const seen = (await Promise.allSettled(facts)).find(({ value }) => value?.table);
    ours[name] = { rows: seen?.value.table.rows, sums: {} };
    if (!sums[name]) continue;
    const { row_count: counted, ...added } = row(await owner.text(`/dashboards/judge-sums/data/${sums[name].block}`));
    ours[name].sums = added;
    ours[name].counted = counted;
  }

  return Object.entries(read.versions).map(([reader, version]) => {
    const columns = Object.values(sums).reduce((count, { columns: of }) => count + of.length, 0);
    const verdicts = [
      verdict(
        `rows of the ${names.length} demo tables, ${columns} sums over two of them`,
        compare(names, read, ours, reader),
      ),
      planted(`${misled} read from where ${other} lies`, compare([misled], wrong, ours, reader)),
    ];
    return { name: reader, version, verdicts };
  });
}
