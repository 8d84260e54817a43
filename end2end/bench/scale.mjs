// scale: a catalog of many tables, from its import to a killed process: scale [--tables N]
//
// The portal runs as a company's would, on SQLite in a fresh folder, beside a real OpenID provider. Nobody is refused for
// asking often, so 50 people are ten of them at five machines each. Every time is the client's on this machine, unless the
// line says that it is the portal's own. Goals are those for 100,000 tables on two cores.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { people as known } from "../oidc.mjs";
import { startServe } from "../portal.mjs";
import { counts, writeMesh } from "./big-mesh.mjs";
import { percentile, short, table } from "./figures.mjs";
import { memory, watchMemory } from "./processes.mjs";
import { becomesVisible } from "./scale-change.mjs";
import { connections, eventsAndCrash } from "./scale-events.mjs";
import { built, crowd, hops, opened, searched } from "./scale-reading.mjs";

const people = known.slice(0, 10);
/** Sizes at which the cost of one change is printed, besides the one that was asked for. */
const steps = [1_000, 10_000];

const rest = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const whole = (count) => short(count, 1);

/** `lakeport import`: seconds, highest memory in MB, and the last line it said. */
async function imported(run, folder) {
  let watch;
  const began = performance.now();
  const { code, stdout, stderr } = await run(["import", folder], (pid) => (watch = watchMemory(pid)));
  const [seconds, mb] = [(performance.now() - began) / 1000, watch.stop()];
  if (code !== 0) throw new Error(`the mesh could not be imported: ${stderr.slice(-500)}`);
  return { seconds, mb, said: stdout.trim().split("\n").at(-1) };
}

/** A portal on a mesh of that size, and how it came to be: `{ portal, mesh, token, first, again, start }`. */
async function open(tables, folder) {
  const mesh = writeMesh(folder, tables, people);
  const figures = {};
  const portal = await startServe({
    patience: 600_000,
    before: async (run) => {
      figures.first = await imported(run, folder);
      figures.again = await imported(run, folder);
    },
  });
  try {
    await portal.kill();
    const began = performance.now();
    await portal.restart();
    figures.start = (performance.now() - began) / 1000;
    const scopes = "catalog:read,lineage:read,lineage:write";
    const made = await portal.run(["token", "create", "--name", "bench", "--scope", scopes, "--owner", people[0].email]);
    if (made.code !== 0) throw new Error(`no token could be made: ${made.stderr}`);
    return { portal, mesh, token: made.stdout.trim().split("\n").at(-1), ...figures };
  } catch (error) {
    await portal.close();
    throw error;
  }
}

/** Runs `work` with a portal on a mesh of that size; both are gone afterwards. */
async function withMesh(tables, work) {
  const folder = mkdtempSync(join(tmpdir(), "lakeport-bench-"));
  try {
    const opened = await open(tables, folder);
    try {
      return await work(opened);
    } finally {
      await opened.portal.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A line: what, its figure, its goal, whether it was met. */
const line = (what, figure, unit, goal) => {
  const isKnown = figure !== undefined && !Number.isNaN(figure);
  const mark = goal === undefined ? "" : isKnown && figure <= goal ? "met" : "NOT MET";
  return { what, figure, unit, goal, mark };
};

/** Everything that is measured at the size that was asked for. */
async function measured({ portal, mesh, token, first, again, start }) {
  const lines = [
    line("import", first.seconds, "s", 120),
    line("import, highest memory", first.mb, "MB", 1_500),
    line(`import again (${again.said})`, again.seconds, "s", /^0 new, 0 changed/.test(again.said) ? 60 : -1),
    line("start to /readyz", start, "s", 5),
  ];
  const those = await crowd(portal.url, people);
  const { seconds, waits } = await built(portal.url, those[0]);
  lines.push(line("from then on until the search index is whole", seconds, "s"));
  if (waits.length > 0) lines.push(line(`search, page: longest of ${waits.length} meanwhile, one by one`, Math.max(...waits), "ms"));
  await rest(5);
  lines.push(line("memory at rest", memory(portal.pid()).portal, "MB", 700));
  const search = await searched(portal.url, those, token);
  for (const { what, waits, errors, inside } of search) {
    lines.push(
      line(`search, ${what}: p50`, percentile(waits, 0.5), "ms"),
      line(`search, ${what}: p99, ${whole(waits.length)} by ${those.length} people${refused(errors)}`, percentile(waits, 0.99), "ms"),
      line(`search, ${what}: p99 in the portal, at most`, inside, "ms", 20),
    );
  }
  const pages = await opened(portal.url, those, mesh);
  for (const { what, waits, errors } of pages) {
    lines.push(line(`page, ${what}: p50`, percentile(waits, 0.5), "ms"));
    lines.push(line(`page, ${what}: p99${refused(errors)}`, percentile(waits, 0.99), "ms", errors > 0 ? -1 : 100));
  }
  lines.push(line("memory after these searches and pages", memory(portal.pid()).portal, "MB", 900));
  const graph = await hops(portal.url, those[0], mesh);
  lines.push(
    line(`5 hops both ways: p99 of ${graph.around.length}`, percentile(graph.around, 0.99), "ms", 30),
    line(`impact of ${whole(mesh.tables - 1)} dependants: p99 of ${graph.impact.length}`, percentile(graph.impact, 0.99), "ms", 300),
    line(`impact list of ${whole(mesh.tables - 1)} dependants: p99 of ${graph.list.length}`, percentile(graph.list, 0.99), "ms", 300),
  );
  const change = changeLines(mesh.tables, await becomesVisible({ portal, mesh, token }));
  const { before, nights, crash } = await eventsAndCrash({ portal, mesh, token, those });
  const calm = percentile(before.waits, 0.99);
  lines.push(...change, line("pages' p99 before the events", calm, "ms"));
  // What pipelines report night after night has the goal; a first night is told beside it.
  nights.forEach(({ what, meanwhile, sent }, place) => lines.push(...nightLines(what, meanwhile, sent, place === 0 ? calm : undefined)));
  lines.push(line(`kill -9: of ${whole(crash.taken)} events taken, lost`, crash.lost, "", crash.taken > 0 ? 0 : -1));
  return { lines };
}

/** What became of events of one kind, and of the pages meanwhile; with goals where `calm` says how long pages took before. */
function nightLines(what, meanwhile, sent, calm) {
  const answers = Object.entries(sent.answers).map(([answer, count]) => `${answer}: ${count}`);
  const rate = line(`events of ${what} over ${connections} connections: taken a second (${answers.join(", ")})`, sent.taken.length / sent.seconds, "/s");
  // A rate that is set is never quite reached.
  const goal = calm === undefined ? {} : { goal: 1_000, mark: rate.figure >= 990 ? "met" : "NOT MET" };
  return [
    { ...rate, ...goal },
    line(`events of ${what}: p99 until one is taken`, percentile(sent.waits, 0.99), "ms"),
    line(`events of ${what}: pages' p99 meanwhile${refused(meanwhile.errors)}`, percentile(meanwhile.waits, 0.99), "ms", calm && 2 * calm),
  ];
}

const refused = (errors) => (errors > 0 ? `, ${errors} REFUSED` : "");

const changeLines = (tables, { description, event, importing }) => [
  line(`N = ${whole(tables)}: a changed description, from import to search`, description, "s", 1),
  line(`N = ${whole(tables)}: the import of it`, importing, "s"),
  line(`N = ${whole(tables)}: a lineage event, from its answer to the graph and search`, event, "s", 1),
];

export async function scale(_, { tables }) {
  const smaller = steps.filter((size) => size < tables);
  const changes = [];
  for (const size of smaller) changes.push(...(await withMesh(size, async (one) => changeLines(size, await becomesVisible(one)))));
  const { lines } = await withMesh(tables, measured);
  const { columns, products, domains } = counts(tables);
  const all = [...lines, ...changes];
  table(
    `A catalog of ${whole(tables)} tables, ${whole(columns)} columns, about ${whole(columns)} edges, ${whole(products)} products, ` +
      `${whole(domains)} domains; goals are for 100,000 tables`,
    ["what", "figure", "", "goal", ""],
    all.map(({ what, figure, unit, goal, mark }) => [
      what,
      short(figure),
      unit,
      goal === undefined ? "" : goal < 0 ? "-" : short(goal),
      mark,
    ]),
  );
  console.log("  Times are the client's on this machine; those in the portal are upper bounds of its own histogram's buckets.");
  return { tables, lines: all };
}
