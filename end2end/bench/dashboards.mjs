// dashboards: a filter moved over five million rows, here and on Streamlit, in turn.
//
// Our people move a filter every two seconds whatever the portal does; Streamlit's load generator waits for an answer
// before it moves the next one, so where Streamlit falls behind, its figures are kinder than ours would be.

import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Line, request, text } from "./http.mjs";
import { percentile, short, spread, table } from "./figures.mjs";
import { openLoop } from "./load.mjs";
import { cost } from "./processes.mjs";
import { signIn } from "./sign-in.mjs";
import { owner } from "./world.mjs";

const gold = process.env.BENCH_GOLD;
const peer = process.env.BENCH_STREAMLIT;
const peerFiles = join(import.meta.dirname, "../../../shared/peers/streamlit");
const dashboard = "bench-collections";
const address = `/dashboards/${dashboard}`;
const crowds = [1, 10];
/** Filters drawn freely, or from a pool so small that most of them were asked before. */
const kinds = { uncached: 0, cached: 24 };
const every = 2_000;
const seconds = 24;

/** A portal that has the table and its dashboard beside the demo. */
async function open(world) {
  const portal = await world.open({ env: { LAKEPORT_SCALE: "1000", LAKEPORT_JOBS: "false" } });
  await portal.kill();
  const mesh = mkdtempSync(join(tmpdir(), "lakeport-bench-"));
  try {
    cpSync(join(import.meta.dirname, "mesh"), mesh, { recursive: true });
    const assets = join(mesh, "assets.yaml");
    writeFileSync(
      assets,
      readFileSync(assets, "utf8").replace(/location: LOCATION/, () => `location: ${JSON.stringify(gold)}`),
    );
    const { code, stdout, stderr } = await portal.run(["import", mesh]);
    if (code !== 0) throw new Error(`the dashboard could not be imported:\n${stdout}${stderr}`);
  } finally {
    rmSync(mesh, { recursive: true, force: true });
  }
  await portal.restart();
  return portal;
}

const query = ({ start, end, creditors }) =>
  new URLSearchParams([
    ["period", "custom"],
    ["period_start", start],
    ["period_end", end],
    ...creditors.map((creditor) => ["creditor", creditor]),
  ]).toString();

/** A page that a person has open: which parts it shows, and what a moved filter changes. */
class Page {
  #line;
  #url;
  #cookie;
  #parts = new Map();
  problem;

  constructor(url, cookie) {
    [this.#url, this.#cookie] = [url, cookie];
    this.#line = new Line(url);
  }

  async open(search = "") {
    const answer = await this.#line.send(request(this.#url, address + search, { cookie: this.#cookie }));
    const html = text(answer);
    if (answer.status !== 200) throw new Error(`${address} answered ${answer.status}`);
    for (const [tag] of html.matchAll(/<div [^>]*data-block[^>]*>/g)) {
      const of = (name) => new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];
      this.#parts.set(of("id"), of("data-block"));
    }
    return html;
  }

  /** True when the answer brought new figures and no complaint. */
  async change(filter) {
    const json = { id: dashboard, query: query(filter), known: [...this.#parts] };
    const ask = request(this.#url, "/fn/dashboard_view", { method: "POST", cookie: this.#cookie, json });
    const answer = await this.#line.send(ask);
    const body = text(answer);
    if (answer.status !== 200) {
      this.problem ??= `${answer.status}: ${body.slice(0, 200)}`;
      return false;
    }
    const { blocks } = JSON.parse(body);
    for (const { id, hash } of blocks) this.#parts.set(id, hash);
    const complaint = blocks.find(({ html }) => html.includes("notice-"));
    if (complaint) this.problem ??= complaint.html.replace(/<[^>]*>/g, " ").slice(0, 200);
    return !complaint;
  }

  close() {
    this.#line.close();
  }
}

/** All five million rows must be counted, or the figures are about something else. */
async function check(portal, cookie) {
  const page = new Page(portal.url, cookie);
  const everything = { start: "2023-01-01", end: "2025-12-31", creditors: [] };
  const html = await page.open(`?${query(everything)}`);
  page.close();
  if (!/5[.,]000[.,]000/.test(html)) {
    const notice = /class="notice[^>]*>(.*?)<\/div>\s*<\/div>/s.exec(html)?.[1].replace(/<[^>]*>/g, " ") ?? "";
    throw new Error(`the dashboard does not count 5,000,000 cases: ${notice}`);
  }
}

async function own(portal, cookie, crowd, kind, seed) {
  // Nothing is remembered from the step before.
  await portal.restart();
  const script = join(import.meta.dirname, "filters.py");
  const draws = [seed, crowd, Math.ceil((seconds * 1000) / every), kinds[kind]].map(String);
  const everybody = JSON.parse(execFileSync("python3", [script, ...draws], { encoding: "utf8" }));
  const pages = everybody.map(() => new Page(portal.url, cookie));
  for (const page of pages) await page.open();
  const offsets = everybody.map(({ offset }) => offset);
  const loop = () =>
    openLoop({
      people: crowd,
      every,
      seconds,
      random: () => offsets.shift(),
      act: (who, turn) => pages[who].change(everybody[who].changes[turn]),
    });
  const { result, wall, ...costs } = await cost(portal.pid(), loop);
  for (const page of pages) page.close();
  const { waits, errors } = result;
  return {
    p50: percentile(waits, 0.5),
    p95: percentile(waits, 0.95),
    changes: waits.length,
    rate: waits.length / wall,
    errors,
    problem: pages.find(({ problem }) => problem)?.problem,
    each: costs.portal / waits.length,
    generator: costs.generator / wall,
  };
}

function streamlit(folder, crowd, kind, seed) {
  const out = join(folder, "out.jsonl");
  rmSync(out, { force: true });
  const mode = kind === "cached" ? "cached" : "sql";
  const options = { mode, sessions: crowd, secs: seconds, pool: kinds[kind], seed, out, port: 8651 };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const env = { ...process.env, GOLD: gold, PYTHONDONTWRITEBYTECODE: "1" };
  const run = spawnSync(join(peer, "bin/python"), [join(folder, "bench/st_load.py"), ...args], {
    cwd: folder,
    env,
    encoding: "utf8",
    timeout: 300_000,
  });
  if (run.status !== 0 || !existsSync(out)) throw new Error(`Streamlit's load generator failed:\n${run.stderr}`);
  const of = JSON.parse(readFileSync(out, "utf8").trim().split("\n").at(-1));
  return {
    p50: of.p50_ms,
    p95: of.p95_ms,
    changes: of.reruns,
    rate: of.achieved_rps,
    errors: of.errs,
    each: of.cpu_s_per_rerun,
    generator: of.loadgen_cpu_pct / 100,
    memory: of.rss_peak,
  };
}

export async function dashboards(world, { rounds, withStreamlit }) {
  if (!gold) {
    console.log("\ndashboards: left out, for the generator of the five million rows is not beside this clone.");
    return undefined;
  }
  const beside = withStreamlit && Boolean(peer);
  const folder = mkdtempSync(join(tmpdir(), "lakeport-streamlit-"));
  const portal = await open(world);
  const found = [];
  try {
    if (beside) {
      mkdirSync(join(folder, "bench"));
      for (const file of ["app.py", "st_load.py"]) cpSync(join(peerFiles, file), join(folder, "bench", file));
    }
    const cookie = await signIn(portal.url, owner);
    await check(portal, cookie);
    for (let round = 1; round <= rounds; round += 1) {
      for (const kind of Object.keys(kinds)) {
        for (const crowd of crowds) {
          const seed = 7 * round;
          found.push({ who: "Lakeport", kind, crowd, ...(await own(portal, cookie, crowd, kind, seed)) });
          // The portal rests, its workers without a query, while the other one works.
          if (beside) found.push({ who: "Streamlit", kind, crowd, ...streamlit(folder, crowd, kind, seed) });
        }
      }
    }
  } finally {
    await portal.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const rows = [];
  for (const kind of Object.keys(kinds)) {
    for (const crowd of crowds) {
      for (const who of ["Lakeport", "Streamlit"]) {
        const of = found.filter((run) => run.who === who && run.kind === kind && run.crowd === crowd);
        if (of.length === 0) continue;
        const over = (value) => spread(of.map(value));
        const sum = (value) => of.reduce((total, run) => total + value(run), 0);
        rows.push([
          `${kind}, ${crowd} ${crowd === 1 ? "person" : "people"}, ${who}`,
          sum((run) => run.changes),
          over((run) => run.p50),
          over((run) => run.p95),
          over((run) => run.rate),
          over((run) => run.each),
          sum((run) => run.errors),
          over((run) => 100 * run.generator),
        ]);
      }
    }
  }
  table(
    `Filter change to new figures over 5,000,000 rows, one change a person every ${every / 1000} s, ` +
      `median (min-max) of ${rounds} times ${seconds} s`,
    ["what", "changes", "p50 ms", "p95 ms", "a second", "CPU s each", "errors", "generator CPU %"],
    rows,
  );
  console.log(
    `  offered: ${crowds.map((crowd) => `${short((crowd * 1000) / every)} a second by ${crowd}`).join(", ")}`,
  );
  if (withStreamlit && !beside) console.log("  Streamlit was left out: its dashboard is not beside this clone.");
  for (const problem of new Set(found.map((run) => run.problem).filter(Boolean))) console.log(`  refused: ${problem}`);
  return found;
}
