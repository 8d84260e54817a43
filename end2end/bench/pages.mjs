// pages: the catalog and the search, at the pace of fifty people and as fast as they go.

import { Line, request } from "./http.mjs";
import { percentile, random, short, spread, table } from "./figures.mjs";
import { closedLoop, openLoop } from "./load.mjs";
import { cost } from "./processes.mjs";
import { sessions } from "./world.mjs";

const crowd = 50;
const seed = 7;
const warmUp = 5;
const openSeconds = 20;
const closedSeconds = 5;
const rounds = 3;

// prettier-ignore
const words = [
  "payments", "orders", "forecast", "customer", "revenue", "sessions", "warehouse", "collections", "product", "kafka",
  "silver", "dunning", "sales daily", "order lines", "competitor", "refund", "creditor", "margin", "web", "ageing",
];

/** What is asked, by name: a path for each draw of a number in [0, 1). */
const asks = {
  livez: () => "/livez",
  "catalog page": () => "/catalog",
  "search page": (draw) => `/catalog?q=${encodeURIComponent(words[Math.floor(draw * words.length)])}`,
  "search API": (draw) => `/api/v1/search?q=${encodeURIComponent(words[Math.floor(draw * words.length)])}`,
};

const share = (part, wall) => short((100 * part) / wall);

export async function pages(world) {
  const portal = await world.demo();
  const { url } = portal;
  const pid = portal.pid();
  const cookies = await sessions(url, crowd);
  const lines = cookies.map(() => new Line(url));
  const ask = async (who, name, draw) => {
    const answer = await lines[who].send(request(url, asks[name](draw), { cookie: cookies[who] }));
    return answer.status === 200;
  };

  const pace = async (names, seconds, seed) => {
    const draws = cookies.map((_, who) => random(seed * 1000 + who));
    const one = (name) =>
      openLoop({
        people: crowd,
        every: 1000,
        seconds,
        random: random(seed),
        act: (who) => ask(who, name, draws[who]()),
      });
    return Promise.all(names.map(one));
  };
  const mixed = ["search page", "catalog page"];
  await pace(mixed, warmUp, seed);
  const people = [];
  for (const names of [mixed, ["search API"]]) {
    const { result, ...costs } = await cost(pid, () => pace(names, openSeconds, seed + 1));
    for (const [at, name] of names.entries()) people.push({ name, ...result[at], ...costs, beside: names.length > 1 });
  }
  const waits = ({ waits: of }, shares) => shares.map((part) => short(percentile(of, part)));
  table(
    `${crowd} people, each asking once a second for ${openSeconds} s after ${warmUp} s of warm-up ` +
      "(the two pages at the same time), ms",
    ["what", "asked", "errors", "p50", "p95", "p99", "longest", "portal CPU %", "generator CPU %"],
    people.map((of) => [
      of.name,
      of.waits.length,
      of.errors,
      ...waits(of, [0.5, 0.95, 0.99, 1]),
      share(of.portal, of.wall),
      share(of.generator, of.wall),
    ]),
  );

  const names = Object.keys(asks);
  const found = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const draws = cookies.map((_, who) => random((seed + round) * 1000 + who));
      const seconds = round === 0 ? 1 : closedSeconds;
      const loop = () => closedLoop({ connections: crowd, seconds, act: (who) => ask(who, name, draws[who]()) });
      const { result, ...costs } = await cost(pid, loop);
      if (round > 0) found[name].push({ ...result, ...costs });
    }
  }
  for (const line of lines) line.close();
  const over = (of, value) => spread(of.map(value));
  table(
    `As fast as ${crowd} connections go, in turn, median (min-max) of ${rounds} times ${closedSeconds} s`,
    ["what", "a second", "p50 ms", "p99 ms", "errors", "portal CPU ms each", "portal CPU %", "generator CPU %"],
    names.map((name) => {
      const of = found[name];
      return [
        name,
        over(of, ({ rate }) => rate),
        over(of, ({ waits: all }) => percentile(all, 0.5)),
        over(of, ({ waits: all }) => percentile(all, 0.99)),
        of.reduce((sum, { errors }) => sum + errors, 0),
        over(of, (run) => (1000 * run.portal) / run.waits.length),
        over(of, (run) => (100 * run.portal) / run.wall),
        over(of, (run) => (100 * run.generator) / run.wall),
      ];
    }),
  );
  console.log(
    "  livez is the barest answer this server has: axum through the portal's own layers, without session or database.",
  );
  const brief = ({ waits: all, ...rest }) => ({
    ...rest,
    asked: all.length,
    p50: percentile(all, 0.5),
    p95: percentile(all, 0.95),
    p99: percentile(all, 0.99),
    longest: percentile(all, 1),
  });
  return {
    people: people.map(brief),
    saturated: Object.fromEntries(names.map((name) => [name, found[name].map(brief)])),
  };
}
