// Every kind of attack: what one hostile request of it is, and what the first release did under it.

import { createHash } from "node:crypto";
import { request, sendOnce } from "./http.mjs";

/** Longest wait for one hostile request, in ms; its client then leaves. */
const patience = 15_000;
/** Longest wait of somebody else for a page, in ms. */
const othersPatience = 30_000;
/** How long connections are held that never say what they want, in ms: longer than a head may take. */
const holding = 12_000;

const rest = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export const search = (q, chosen = {}) => ({
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
export const datasets = (kind, count) =>
  Array.from({ length: count }, (_, number) => ({ namespace: "bench", name: `${kind}${number}` }));

export const event = (job, inputs, outputs) => ({
  eventType: "COMPLETE",
  eventTime: new Date().toISOString(),
  run: { runId: crypto.randomUUID() },
  job: { namespace: "bench", name: job },
  producer: "https://example.com/bench",
  schemaURL: "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
  inputs,
  outputs,
});

/** An event of one table with `count` columns, whose names are always others. */
export const wide = (count, turn) => {
  const schema = {
    _producer: "https://example.com/bench",
    _schemaURL: "https://openlineage.io/spec/facets/1-1-1/SchemaDatasetFacet.json",
    fields: Array.from({ length: count }, (_, number) => ({ name: `c${number}_${turn}`, type: "string" })),
  };
  return event("wide", [], [{ namespace: "bench", name: "wide", facets: { schema } }]);
};

/** The id of an asset that only events have named. */
export const assetId = (name) => `x-${createHash("sha256").update(`bench\n${name}`).digest("hex").slice(0, 16)}`;

/** A graph as dense as one without cycles can be: a job for each node, which reads all those before it. */
export const dense = (count) => {
  const nodes = datasets("node", count);
  return nodes.slice(1).map((node, before) => event(`dense${before}`, nodes.slice(0, before + 1), [node]));
};
/** Nodes of the graph that is drawn. */
export const denseNodes = 60;
export const denseFocus = assetId(`node${denseNodes / 2}`);

/** The address of the demo's dashboard with a period that nobody asked for before. */
export function filtered(turn) {
  const day = 86_400_000;
  const end = Date.now() - (turn % 360) * day;
  const start = end - (30 + Math.floor(turn / 360)) * day;
  const [from, to] = [start, end].map((time) => new Date(time).toISOString().slice(0, 10));
  return `/dashboards/collections-controlling?period=custom&period_start=${from}&period_end=${to}`;
}

/** What a person's pages call, with fields as a form sends them: `{ status, answer }`. */
const caller = (url, cookie) => async (name, fields) => {
  const headers = { cookie, accept: "application/json", "sec-fetch-site": "same-origin" };
  const signal = AbortSignal.timeout(patience);
  const sent = { method: "POST", headers, body: new URLSearchParams(fields), signal };
  const answer = await fetch(`${url}/fn/${name}`, sent);
  const text = await answer.text();
  return { status: String(answer.status), answer: answer.ok && text ? JSON.parse(text) : undefined };
};

/** Asks for access, and withdraws it at once. */
const askAndWithdraw = (call, port) => async () => {
  const { answer: form, status } = await call("request_form", { port });
  if (!form) return status;
  const [, contract_version] = form.contract ?? [];
  const fields = { port, purpose: "To see how often one may ask.", ends_on: form.suggested_end, contract_version };
  const asked = await call("request_access", fields);
  if (asked.status !== "200") return asked.status;
  const { waiting } = (await call("request_form", { port })).answer;
  return (await call("withdraw_request", { id: waiting.id })).status;
};

/** Subscribes to a contract, or ends the subscription: one and the other in turn. */
const subscribeAndEnd = (call, id) => async () => {
  const { shown_version: version, subscription } = (await call("contract", { id })).answer;
  const { status } = subscription
    ? await call("unsubscribe", { id, subscription: subscription.id })
    : await call("subscribe", { id, version, purpose: "To see how often one may subscribe." });
  return status;
};

/**
 * The attacks, in order: `name`; `turn(n, left)` sends the n-th request, `left` ms before the time is over, and says what
 * came of it; `others(n)` is what somebody else asks meanwhile; `atOnce`, `times` and `lasts` where they are not the usual.
 *
 * `first` is what the first release did: what was tried on it (commit aebd181, this demo, two shared processors, one run)
 * stands in the notes of that review, `tried.md`. It was asked less often than here; nothing stands where nothing was tried.
 */
export function attacks({ url, token, pusher, cookies: { owner, member, stranger } }) {
  const once = (path, options) => request(url, path, { ...options, more: ["connection: close"] });
  const call = (name, json) => once(`/fn/${name}`, { method: "POST", cookie: owner, json });
  const events = (options) => once("/api/v1/lineage", { method: "POST", token, ...options });
  /** A push of `count` files with the same text. */
  const push = (count, text) => {
    const files = Array.from({ length: count }, (_, number) => ({ path: `${number}.yaml`, text }));
    return once("/api/v1/mesh/plan", { method: "POST", token: pusher, json: { files } });
  };
  const page = (path, cookie = owner) => once(path, { cookie });
  const head = (line, end) => Buffer.from(`${line}\r\nhost: ${new URL(url).host}\r\n${end}`);
  /** The same again, or what `make` makes of the number. */
  const same = (bytes, wait = patience) => () => sendOnce(url, bytes, wait);
  const each = (make) => (n) => sendOnce(url, make(n), patience);
  /** Opens a connection that says half of something; another follows when it is closed. */
  const held = (count, half) => ({
    atOnce: count,
    times: Infinity,
    lasts: holding,
    turn: async (_, left) => {
      const ended = await sendOnce(url, half, left);
      await rest(500);
      return ended;
    },
  });
  const others = (n) => sendOnce(url, page(filtered(10_000 + n), member), othersPatience);
  const asks = caller(url, stranger);
  const comment = { id: crypto.randomUUID(), revision: "1", comment: "x".repeat(200_000) };
  const words = Array.from({ length: 20_000 }, (_, number) => `w${number}`).join(" ");
  const open = { focus: "gold.collections", open: Array(10_000).fill("x"), up: 3, down: 3, column: null };
  const grid = datasets("grid", 60);
  const batch = (n) => Array.from({ length: 100 }, () => event(`batch${n % 50}`, datasets("b", 5), datasets("c", 5)));
  const drawn = page(`/lineage?focus=${denseFocus}`);
  const halfBody = request(url, "/fn/search", { method: "POST", cookie: owner, text: "{}" }).subarray(0, -1);
  return [
    { name: "nothing; somebody moves filters", atOnce: 1, others, turn: () => rest(50).then(() => "-") },
    { name: "search: a word of 100,000 letters", first: "one: 3.3 s, 1,300 MB; four of 60,000: the process ended", turn: same(call("search", search("ab".repeat(50_000)))) },
    { name: "search: 20,000 words", first: "one of 5,000: 1,200 MB", turn: same(call("search", search(words))) },
    { name: "search: 20,000 kinds", first: "one of 1,000,000: 1.4 s", turn: same(call("search", search("sales", { kind: Array(20_000).fill("x") }))) },
    { name: "methods of 30,000 letters", first: "1,000 of 300,000: 40 -> 366 MB, 815 MB after /metrics", turn: each((n) => head(`M${n}${"A".repeat(30_000)} /livez HTTP/1.1`, "connection: close\r\n\r\n")) },
    { name: "128 heads that never end, held", ...held(128, head("GET / HTTP/1.1", "")) },
    { name: "1,100 heads that never end, held", first: "/livez dead until they were closed", ...held(1_100, head("GET / HTTP/1.1", "")) },
    { name: "128 bodies that never end, held", ...held(128, halfBody) },
    { name: "JSON that ends early", first: "503, an ERROR line each", turn: same(once("/fn/search", { method: "POST", cookie: owner, text: "{" })) },
    { name: "comments of 200,000 letters", first: "one of 7 MB: kept, 53 MB on disk", turn: same(once("/fn/reject", { method: "POST", cookie: owner, form: comment })) },
    { name: "ask for access and withdraw", first: "307 pairs in 10 s, 250 mails", atOnce: 1, turn: askAndWithdraw(asks, "sales-forecast/forecast") },
    { name: "subscribe and end it", first: "118 of 1 MB in 10 s, 107 MB on disk", atOnce: 1, turn: subscribeAndEnd(asks, "sales-daily") },
    { name: "lineage: 10,000 assets opened", first: "one of 100,000: 27.8 s", turn: same(call("graph", { request: open })) },
    { name: "lineage: a dense graph of 60 on the page", first: "one: 9.5 to 12 s", turn: same(drawn) },
    { name: "lineage: the same, clients leave after 0.1 s", first: "four, left after 1 s: /livez dead for 53 s", turn: same(drawn, 100) },
    { name: "lineage: events of 3,000 x 3,000", first: "one: not done after 300 s, others' writes 500", turn: same(events({ json: event("large", datasets("in", 3_000), datasets("out", 3_000)) })) },
    { name: "lineage: events of 60 x 60", first: "one of 100 x 100: 0.36 s", turn: each(() => events({ json: event("grid", grid, grid) })) },
    { name: "lineage: events that unpack to 64 MB", first: "not unpacked", turn: same(events({ text: " ".repeat(64_000_000), packed: true })) },
    { name: "lineage: packed batches of 100 events", turn: each((n) => once("/api/v1/lineage/batch", { method: "POST", token, json: batch(n), packed: true })) },
    { name: "lineage: schemas of 5,000 columns", turn: each((n) => events({ json: wide(5_000, n) })) },
    { name: "pushes of 2,000 files", turn: same(push(2_000, "kind: DataProduct\n")) },
    { name: "pushes of 8 MB", turn: same(push(16, "- x\n".repeat(130_000))) },
    { name: "dashboards: always another filter", others, turn: each((n) => page(filtered(n))) },
    { name: "dashboards: always other cells, 8 MB an answer", first: "60: 155 -> 659 MB", turn: each((n) => page(`/dashboards/bench-large-cells?word=w${n}`)) },
    { name: "dashboards: one person's long queries", first: "another's page: 19 s beside 2 or 3, 39 s beside 6", others, turn: each((n) => page(`/dashboards/bench-long-query?word=w${n}`)) },
  ];
}
