// attacks: what a thousand hostile requests of each kind cost, and how long they keep everybody else waiting, beside what
// the first release did.

import { once } from "node:events";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { short, table } from "./figures.mjs";
import * as hostile from "./hostile.mjs";
import { Line, request, text } from "./http.mjs";
import { memory } from "./processes.mjs";
import { signIn } from "./sign-in.mjs";
import { owner } from "./world.mjs";

const most = 1_000;
/** Requests that are under way at the same time. */
const usual = 20;
/** The longest pause of /livez that nobody notices, in ms. */
const goal = 50;
/** Longest time for one kind, in ms: all of them together take some minutes. */
const longest = 6_000;
/** How long the portal is watched before each attack, in ms. */
const calm = 1_000;
/** Somebody of the owner's domain, and somebody of another one. */
const member = "tom.fischer@nordkauf.example";
const stranger = "paula.brandt@nordkauf.example";

const rest = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The longest wait for /livez while `work` goes on: `{ worst, unanswered }`, in ms and in number. */
async function watched(url, work) {
  const watch = new Worker(new URL("./alive.mjs", import.meta.url), { workerData: url });
  const told = once(watch, "message");
  const worked = work().finally(() => watch.postMessage("enough"));
  const [[pause]] = await Promise.all([told, worked]);
  return pause;
}

/** MB of the portal's database. */
function disk({ data }) {
  const files = readdirSync(data).filter((name) => name.startsWith("portal.db"));
  return files.reduce((sum, name) => sum + statSync(join(data, name)).size, 0) / 1e6;
}

/** A portal with what is attacked: two dashboards, a dense graph, a wide table. */
async function open(world) {
  const portal = await world.open({ env: { LAKEPORT_SCALE: "3000" } });
  const run = async (...args) => {
    const { code, stdout, stderr } = await portal.run(args);
    if (code !== 0) throw new Error(`lakeport ${args[0]} ended with ${code}: ${stderr}`);
    return stdout.trim().split("\n").at(-1);
  };
  await run("import", join(import.meta.dirname, "hostile"));
  const administrator = "sofia.lindqvist@nordkauf.example";
  const token = await run("token", "create", "--name", "bench", "--scope", "lineage:write", "--owner", administrator);
  const pusher = await run("token", "create", "--name", "bench-push", "--scope", "controlling:product", "--owner", owner);
  const send = async (path, events) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const answer = await fetch(portal.url + path, { method: "POST", headers, body: JSON.stringify(events) });
    const said = await answer.text();
    if (!answer.ok || JSON.parse(said).summary?.failed > 0) throw new Error(`an event was not taken: ${said}`);
  };
  await send("/api/v1/lineage/batch", hostile.dense(hostile.denseNodes));
  await send("/api/v1/lineage", hostile.wide(5_000, 0));
  const cookies = {};
  for (const [who, email] of Object.entries({ owner, member, stranger })) cookies[who] = await signIn(portal.url, email);
  return { portal, token, pusher, cookies };
}

/** One of each while nobody else asks: `{ name, first, status, ms, what }`. */
async function alone({ portal: { url }, token, cookies: { owner: cookie } }) {
  const post = (path, json) => request(url, path, { method: "POST", cookie, json });
  const searched = (count) => post("/fn/search", hostile.search("ab".repeat(count / 2)));
  const large = hostile.event("large", hostile.datasets("in", 3_000), hostile.datasets("out", 3_000));
  const send = (json) => request(url, "/api/v1/lineage", { method: "POST", token, json });
  const drawn = { focus: hostile.denseFocus, open: [], up: 1, down: 1, column: null };
  const kilobytes = (body) => `${short(Buffer.byteLength(body) / 1000)} kB`;
  const beginning = (body) => (body.length > 120 ? `${body.slice(0, 120)}..` : body);
  /** What a page complains of: an attack on a dashboard that is refused attacks nothing. */
  const complaint = (body) => {
    const notice = /class="notice[^>]*>(.*?)<\/div>/s.exec(body)?.[1].replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
    return notice ? `says: ${beginning(notice.trim())}` : kilobytes(body);
  };
  const page = (path) => request(url, path, { cookie });
  const nodes = (body) => {
    const { nodes: all, edges } = JSON.parse(body);
    return `${all.length} nodes, ${edges.length} edges`;
  };
  const asked = [
    ["search of a word of 60,000 letters", searched(60_000), kilobytes, "0.8 s; four at once: the process ended"],
    ["search of a word of 100,000 letters", searched(100_000), kilobytes, "3.3 s, 1,300 MB"],
    ["event of 3,000 x 3,000", send(large), beginning, "not done after 300 s"],
    ["event of a table of 20,000 columns", send(hostile.wide(20_000, 1)), beginning, "taken"],
    ["page of a table of 5,000 columns", page(`/assets/${hostile.assetId("wide")}`), kilobytes, "20,000 columns: 6 MB"],
    [`dense graph of ${hostile.denseNodes}`, post("/fn/graph", { request: drawn }), nodes, "9.5 to 12 s"],
    ["dashboard with another filter", page(hostile.filtered(20_000)), complaint, "-"],
    ["dashboard with 8 MB of cells", page("/dashboards/bench-large-cells?word=alone"), complaint, "-"],
    ["dashboard with a long query", page("/dashboards/bench-long-query?word=alone"), complaint, "-"],
  ];
  const line = new Line(url);
  const figures = [];
  for (const [name, bytes, tell, first] of asked) {
    const began = performance.now();
    const answer = await line.send(bytes).catch(({ message }) => ({ status: message }));
    const ms = performance.now() - began;
    const body = answer.all ? text(answer) : "";
    const what = answer.status === 200 || tell !== nodes ? tell(body) : beginning(body);
    figures.push({ name, first, status: answer.status, ms, what });
  }
  line.close();
  return figures;
}

/** One attack from its first request to its last answer. */
async function attack(portal, { name, first, turn, others, atOnce = usual, times = most, lasts = longest }) {
  const idle = await watched(portal.url, () => rest(calm));
  const [before, diskBefore] = [memory(portal.pid()), disk(portal)];
  const answers = {};
  const waits = [];
  let sent = 0;
  let attacking = true;
  const began = performance.now();
  const left = () => lasts - (performance.now() - began);
  const attacker = async () => {
    while (sent < times && left() > 0) {
      sent += 1;
      const answer = await turn(sent, left()).catch((error) => error.name);
      answers[answer] = (answers[answer] ?? 0) + 1;
    }
  };
  /** Somebody who has no part in it and moves a filter twice a second. */
  const bystander = async () => {
    for (let n = 1; others && attacking; n += 1) {
      const asked = performance.now();
      const answer = await others(n);
      waits.push(answer === "200" ? performance.now() - asked : Infinity);
      await rest(500);
    }
  };
  const attackers = async () => {
    await Promise.all(Array.from({ length: atOnce }, attacker));
    attacking = false;
  };
  const pause = await watched(portal.url, () => Promise.all([attackers(), bystander()]));
  const seconds = (performance.now() - began) / 1000;
  const [after, diskAfter] = [memory(portal.pid()), disk(portal)];
  const other = waits.length > 0 ? Math.max(...waits) : undefined;
  return { name, first, sent, seconds, before, after, disk: diskAfter - diskBefore, idle, pause, other, answers };
}

const paused = ({ worst, unanswered }) => short(worst) + (unanswered > 0 ? ` (${unanswered} without answer)` : "");

export async function attacks(world) {
  const opened = await open(world);
  const { portal } = opened;
  const single = await alone(opened);
  table(
    "One of each, while nobody else asks",
    ["what", "answer", "ms", "", "first release"],
    single.map(({ name, first, status, ms, what }) => [name, status, short(ms), what, first]),
  );
  const figures = [];
  const { token, pusher, cookies } = opened;
  const kinds = hostile.attacks({ url: portal.url, token, pusher, cookies });
  for (const kind of kinds) figures.push(await attack(portal, kind));
  await portal.close();
  table(
    `Attacks: up to ${most} requests of each kind within ${longest / 1000} s, ${usual} at once; goal for /livez: ${goal} ms`,
    ["kind", "sent", "s", "MB before", "after", "highest so far", "MB on disk", "idle /livez ms", "/livez ms", "another's page ms", "answers", "first release"],
    figures.map(({ name, first = "-", sent, seconds, before, after, disk: written, idle, pause, other, answers }) => [
      name,
      sent,
      short(seconds),
      short(before.portal),
      short(after.portal),
      short(after.highest),
      short(written),
      paused(idle),
      paused(pause),
      other === Infinity ? "refused" : short(other),
      Object.entries(answers)
        .map(([answer, count]) => `${answer}: ${count}`)
        .join(", "),
      first,
    ]),
  );
  console.log("  idle: the longest pause in the second before, the machine's own or left by the attack before.");
  console.log("  Held connections come from this machine, which may have any number: a proxy on it speaks for everybody.");
  return { single, figures };
}
