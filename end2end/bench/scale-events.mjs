// Pipelines that report their runs while people read, and what is left of it after a kill -9.

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { event, runId } from "./big-mesh.mjs";
import { request } from "./http.mjs";
import { around, dataset, until } from "./scale-change.mjs";
import { ask, pagesOf } from "./scale-reading.mjs";

/** Events a second, and for how long. */
const rate = 1_000;
const seconds = 20;
/** Six connections each: as a night of pipelines, in which many report at the same time. */
const lines = 16;
/** Events that are under way at most. */
export const connections = 6 * lines;
/** As many as the graph answers around one node, with room. */
const mostKilled = 4_000;
/** How long events come in before the process is killed, in ms. */
const alive = 3_000;

/** A thread that sends: `stop()` ends it, `done` is what it tells. */
function sender(url, token, events, lasts) {
  const worker = new Worker(new URL("./event-sender.mjs", import.meta.url), {
    workerData: { url, token, rate, seconds: lasts, lines, events },
  });
  return { stop: () => worker.postMessage("enough"), done: once(worker, "message").then(([told]) => told) };
}

/** The next runs of jobs that are known, as pipelines report them night after night; each twentieth is of a job that is not. */
function nightly(mesh) {
  return Array.from({ length: rate * seconds }, (_, number) => {
    const night = { run: { runId: runId(`night ${number}`) }, eventTime: "2026-11-03T03:00:00Z" };
    return number % 20 === 0 ? fresh(mesh, number, night) : mesh.load(number * 13, night);
  });
}

/** Runs of jobs that nobody has heard of, each with edges of its own. */
const firstNight = (mesh) => Array.from({ length: rate * seconds }, (_, number) => fresh(mesh, rate * seconds + number));

function fresh(mesh, number, more) {
  const place = 100 + ((number * 13) % (mesh.tables - 100));
  const from = [mesh.table(place - 60 - (number % 39)), mesh.table(place - 2)];
  return event(`refresh_${place}`, from, [mesh.table(place)], more);
}

/**
 * Events at a set rate, with pages before and meanwhile, then a kill -9 amid events:
 * `{ before, nights: [{ what, meanwhile, sent }], crash: { taken, lost } }`.
 */
export async function eventsAndCrash({ portal, mesh, token, those }) {
  const kinds = pagesOf(mesh);
  const bytes = ({ cookie }, turn) => request(portal.url, kinds[turn % kinds.length][1](turn), { cookie });
  const before = await ask(those, bytes, seconds);
  const nights = [];
  for (const [what, events] of [["known jobs", nightly(mesh)], ["new jobs", firstNight(mesh)]]) {
    const sending = sender(portal.url, token, events, seconds);
    const meanwhile = await ask(those, bytes, seconds);
    nights.push({ what, meanwhile, sent: await sending.done });
  }
  return { before, nights, crash: await killed(portal, token) };
}

/** Every event has a dataset of its own behind one that all of them read. */
async function killed(portal, token) {
  const [source, name] = ["bronze.wombat", (number) => `silver.wombat_${number}`];
  const events = Array.from({ length: mostKilled }, (_, number) => event(`split_${number}`, [source], [name(number)]));
  const sending = sender(portal.url, token, events, 2 * (alive / 1000));
  await new Promise((resolve) => setTimeout(resolve, alive));
  await portal.kill("SIGKILL");
  sending.stop();
  const { taken } = await sending.done;
  await portal.restart();
  let missing = taken;
  // A portal that is ready may still be catching up.
  await until(async () => {
    const there = await around(portal.url, token, source);
    missing = taken.filter((number) => !there.has(dataset(name(number))));
    return missing.length === 0;
  }, 30_000);
  return { taken: taken.length, lost: missing.length };
}
