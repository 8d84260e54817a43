// attacks: what a thousand hostile requests of each kind cost, and how long they keep everybody else waiting.

import { connect } from "node:net";
import { short, table } from "./figures.mjs";
import { Line, request } from "./http.mjs";
import { memory } from "./processes.mjs";
import { signIn } from "./sign-in.mjs";
import { owner } from "./world.mjs";

const times = 1_000;
const administrator = "sofia.lindqvist@nordkauf.example";
/** Sockets that are sent over at once. */
const atOnce = 20;
/** The longest pause of /livez that nobody notices, in ms. */
const goal = 50;
/** Longest wait for one hostile request, in ms; its client then leaves. */
const patience = 30_000;
/** Longest time for one kind, in ms. */
const longest = 120_000;

const rest = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Sends bytes over a socket of its own; the status of the answer, or why there was none. */
const raw = (url, bytes, wait = patience) =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    const end = (what) => {
      socket.destroy();
      resolve(what);
    };
    socket.setTimeout(wait, () => end("no answer"));
    socket.on("error", () => end("closed"));
    socket.on("close", () => end("closed"));
    socket.on("data", (data) => end(data.toString("latin1", 9, 12)));
    socket.write(bytes);
  });

const search = (q, chosen = {}) => ({
  request: {
    q,
    kind: [],
    domain: [],
    layer: [],
    classification: [],
    owner: [],
    sort: null,
    offset: 0,
    limit: 10,
    ...chosen,
  },
});

/** `count` datasets for an event of lineage. */
const datasets = (kind, count) =>
  Array.from({ length: count }, (_, number) => ({ namespace: "bench", name: `${kind}${number}` }));

const event = (job, inputs, outputs) => ({
  eventType: "COMPLETE",
  eventTime: new Date().toISOString(),
  run: { runId: crypto.randomUUID() },
  job: { namespace: "bench", name: job },
  producer: "https://example.com/bench",
  schemaURL: "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
  inputs,
  outputs,
});

/** A token that may send lineage, made as an administrator makes it. */
async function lineageToken(url) {
  const cookie = await signIn(url, administrator);
  const answer = await fetch(`${url}/fn/create_token`, {
    method: "POST",
    redirect: "manual",
    headers: { cookie, accept: "text/html", "sec-fetch-site": "same-origin" },
    body: new URLSearchParams([
      ["name", "bench"],
      ["scopes[]", "lineage:write"],
    ]),
  });
  const token = /new-token=([^;]+)/.exec(answer.headers.getSetCookie().join("\n"))?.[1];
  if (!token) throw new Error(`no token was made: ${answer.status}`);
  return token;
}

/** Every kind of attack: a name, and what the n-th request of it is. */
function kinds(url, cookie, token) {
  const call = (name, json) => request(url, `/fn/${name}`, { method: "POST", cookie, json });
  const head = (line) => Buffer.from(`${line}\r\nhost: ${new URL(url).host}\r\n`);
  const ask = (line) => Buffer.from(`${line}\r\nhost: ${new URL(url).host}\r\nconnection: close\r\n\r\n`);
  const wide = event("wide", datasets("in", 3_000), datasets("out", 3_000));
  const nodes = datasets("node", 60);
  return [
    ["search: one word of 100,000 letters", () => call("search", search("ab".repeat(50_000)))],
    ["search: 20,000 words", () => call("search", search("abcd ".repeat(20_000)))],
    ["search: 20,000 kinds", () => call("search", search("sales", { kind: Array(20_000).fill("x") }))],
    ["methods of 30,000 letters", (n) => ask(`M${n}${"A".repeat(30_000)} /livez HTTP/1.1`)],
    ["heads that never end", () => head("GET / HTTP/1.1"), { wait: 200 }],
    ["bodies that never end", () => call("search", {}).subarray(0, -1), { wait: 200 }],
    ["JSON that ends early", () => request(url, "/fn/search", { method: "POST", cookie, text: "{" })],
    ["comments of 200,000 letters", () => call("reject", { id: crypto.randomUUID(), revision: 1, comment: "x".repeat(200_000) })],
    ["lineage: open list of 10,000", () => call("graph", { request: { focus: "gold.collections", open: Array(10_000).fill("x"), up: 3, down: 3, column: null } })],
    ["lineage: a dense graph on the page", () => request(url, "/lineage?focus=gold.collections", { cookie })],
    ["lineage: an event of 3,000 x 3,000", () => request(url, "/api/v1/lineage", { method: "POST", token, json: wide })],
    ["lineage: an event of 60 x 60", () => request(url, "/api/v1/lineage", { method: "POST", token, json: event("dense", nodes, nodes) })],
    ["dashboards, always another filter", (n) => request(url, `/dashboards/collections-controlling?x=${n}`, { cookie })],
  ];
}

/** The longest wait for /livez while `work` runs, in ms. */
async function pause(url, work) {
  const line = new Line(url);
  const alive = request(url, "/livez");
  let worst = 0;
  let running = true;
  const watch = (async () => {
    while (running) {
      const asked = performance.now();
      await line.send(alive).catch(() => undefined);
      worst = Math.max(worst, performance.now() - asked);
      await rest(5);
    }
  })();
  try {
    return { result: await work(), worst: () => worst };
  } finally {
    running = false;
    await watch;
    line.close();
  }
}

export async function attacks(world) {
  const portal = await world.open({ env: { LAKEPORT_SCALE: "3000" } });
  const cookie = await signIn(portal.url, owner);
  const figures = [];
  for (const [name, bytes, { wait = patience } = {}] of kinds(portal.url, cookie, await lineageToken(portal.url))) {
    const before = memory(portal.pid());
    const answers = new Map();
    const began = performance.now();
    let sent = 0;
    const { worst } = await pause(portal.url, async () => {
      const attacker = async () => {
        while (sent < times && performance.now() - began < longest) {
          sent += 1;
          const answer = await raw(portal.url, bytes(sent), wait);
          answers.set(answer, (answers.get(answer) ?? 0) + 1);
        }
      };
      await Promise.all(Array.from({ length: atOnce }, attacker));
    });
    const seconds = (performance.now() - began) / 1000;
    const after = memory(portal.pid());
    figures.push({ name, sent, seconds, before, after, worst: worst(), answers: Object.fromEntries(answers) });
  }
  await portal.close();
  table(
    `Attacks: up to ${times} requests of each kind, ${atOnce} at once; the goal for /livez is ${goal} ms`,
    ["kind", "sent", "s", "MB before", "MB after", "MB highest", "/livez ms", "answers"],
    figures.map(({ name, sent, seconds, before, after, worst, answers }) => [
      name,
      sent,
      short(seconds),
      short(before.portal),
      short(after.portal),
      short(after.highest),
      short(worst),
      Object.entries(answers)
        .map(([answer, count]) => `${answer}: ${count}`)
        .join(", "),
    ]),
  );
  return figures;
}
