// Reading a large catalog: searches, pages and the graph, by 50 people.

import { words } from "./big-mesh.mjs";
import { random } from "./figures.mjs";
import { Line, request, text } from "./http.mjs";
import { openLoop } from "./load.mjs";
import { bound, served } from "./served.mjs";
import { signInAtProvider } from "./sign-in.mjs";

const size = 50;
/** Everybody does something once a second, for so long. */
const every = 1_000;
const seconds = 10;
const seed = 31;

/** `{ cookie, line }` of 50 people: each of those who may sign in, at several machines. */
export async function crowd(url, people) {
  const those = [];
  for (let number = 0; number < size; number += 1) {
    const { email } = people[number % people.length];
    those.push({ email, cookie: await signInAtProvider(url, email), line: new Line(url) });
  }
  return those;
}

/** Everybody asks for what `bytes(person, turn)` says: `{ waits, errors }`. */
export function ask(those, bytes, lasts = seconds) {
  return openLoop({
    people: those.length,
    every,
    seconds: lasts,
    random: random(seed),
    act: async (person, turn) => {
      const { status } = await those[person].line.send(bytes(those[person], person * 97 + turn));
      return status === 200;
    },
  });
}

/** What somebody types: one word, two, or the beginning of one. */
function typed(turn) {
  const draw = random(seed + turn);
  const one = () => words[Math.floor(draw() * words.length)];
  return [one(), `${one()} ${one()}`, one().slice(0, 4), `${one()} ${one().slice(0, 3)}`][turn % 4];
}

/** Searches one by one until the index is whole: the seconds that lasts, and the waits until then in ms. */
export async function built(url, { cookie, line }) {
  const [began, waits] = [performance.now(), []];
  for (let turn = 0; ; turn += 1) {
    const asked = performance.now();
    const answer = await line.send(request(url, `/catalog?q=${encodeURIComponent(typed(turn))}`, { cookie }));
    if (answer.status !== 200) throw new Error(`a search answered ${answer.status}: ${text(answer).slice(0, 300)}`);
    if (!text(answer).includes("The index is being built")) return { seconds: (performance.now() - began) / 1000, waits };
    waits.push(performance.now() - asked);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Searches by page and by API: `{ what, waits, errors, inside }` each. */
export async function searched(url, those, token) {
  const ways = [
    ["page", "/catalog", ({ cookie }, turn) => request(url, `/catalog?q=${encodeURIComponent(typed(turn))}`, { cookie })],
    [
      "API",
      "/api/v1/search",
      (_, turn) => request(url, `/api/v1/search?q=${encodeURIComponent(typed(turn))}`, { token }),
    ],
  ];
  const found = [];
  for (const [what, route, bytes] of ways) {
    // The first of each way finds nothing warm, and is nobody's usual search.
    await ask(those.slice(0, 5), bytes, 2);
    const before = await served(url);
    const { waits, errors } = await ask(those, bytes);
    found.push({ what, waits, errors, inside: bound(before, await served(url), (one) => one === route, 0.99) });
  }
  return found;
}

/** Pages of the catalog, as `[name, path(turn)]`. */
export const pagesOf = (mesh) => [
  ["home", () => "/"],
  ["catalog", () => "/catalog"],
  ["products", (turn) => `/catalog?kind=product&offset=${(turn % 5) * 20}`],
  ["product", (turn) => `/products/${mesh.product(turn * 31)}`],
  ["table", (turn) => `/assets/${mesh.table(turn * 53)}`],
  ["table that all depend on", () => `/assets/${mesh.hub}`],
  ["domain", (turn) => `/domains/${mesh.domain(turn * 7)}`],
  ["lineage", (turn) => `/lineage?focus=${mesh.table(turn * 41)}`],
];

/** Each kind of page by 50 people: `{ what, waits, errors }`. */
export async function opened(url, those, mesh) {
  const found = [];
  for (const [what, path] of pagesOf(mesh)) {
    const bytes = ({ cookie }, turn) => request(url, path(turn), { cookie });
    await ask(those.slice(0, 5), bytes, 1);
    found.push({ what, ...(await ask(those, bytes, seconds / 2)) });
  }
  return found;
}

/** The graph: five hops both ways around some tables, all that depends on the first one, and the list of it; waits in ms. */
export async function hops(url, { cookie, line }, mesh) {
  const graph = (focus, up, down) => {
    const json = { request: { focus, open: [], up, down, column: null } };
    return request(url, "/fn/graph", { method: "POST", cookie, json });
  };
  const timed = async (bytes) => {
    const began = performance.now();
    const answer = await line.send(bytes);
    if (answer.status !== 200) throw new Error(`the graph answered ${answer.status}: ${text(answer).slice(0, 300)}`);
    return performance.now() - began;
  };
  const all = request(url, "/fn/impact", { method: "POST", cookie, form: { id: mesh.hub } });
  const part = { asset: mesh.hub, column: null, side: "downstream", domain: null, page: { after: null, limit: 50 } };
  const listed = request(url, "/fn/impact_page", { method: "POST", cookie, json: { request: part } });
  const [around, impact, list] = [[], [], []];
  const most = 100;
  const patience = performance.now() + 90_000;
  await timed(all);
  await timed(listed);
  for (let turn = 0; turn < most && performance.now() < patience; turn += 1) {
    around.push(await timed(graph(mesh.table(mesh.tables - 1 - turn * 17), 5, 5)));
    impact.push(await timed(all));
    list.push(await timed(listed));
  }
  return { around, impact, list };
}
