// A thread that sends OpenLineage events at a set rate over several connections, and tells which of them were taken. A
// thread of its own, so that what it costs is not taken for a wait for pages.
//
// workerData: `{ url, token, rate, seconds, lines, events }`, where each of the lines has six connections and each event is
// sent once. The message is `{ sent, taken, answers, seconds, waits }`, `taken` as places in `events`; any message to the
// thread ends the sending.

import { parentPort, workerData } from "node:worker_threads";
import { Line, request } from "./http.mjs";

const { url, token, rate, seconds, lines: count, events } = workerData;
/** Connections of a line; as many events are under way on it. */
const ofLine = 6;

const bodies = events.map((json) => request(url, "/api/v1/lineage", { method: "POST", token, json }));
const lines = Array.from({ length: count }, () => new Line(url));
const most = count * ofLine;
const taken = [];
const waits = [];
const answers = {};
let [sent, underWay, stopped] = [0, 0, false];
parentPort.on("message", () => {
  stopped = true;
});

const send = async (number) => {
  underWay += 1;
  const asked = performance.now();
  const answer = await lines[number % count].send(bodies[number]).catch(() => ({ status: "no answer" }));
  underWay -= 1;
  answers[answer.status] = (answers[answer.status] ?? 0) + 1;
  if (answer.status !== 201) return;
  waits.push(performance.now() - asked);
  taken.push(number);
};

const began = performance.now();
const passed = () => (performance.now() - began) / 1000;
const all = [];
while (!stopped && passed() < seconds && sent < bodies.length) {
  // What falls due while all connections wait for the portal is sent when one is free: the rate that was reached tells.
  const due = Math.floor(passed() * rate);
  while (sent < due && underWay < most && sent < bodies.length) {
    all.push(send(sent));
    sent += 1;
  }
  await new Promise((resolve) => setTimeout(resolve, 2));
}
const lasted = passed();
await Promise.all(all);
for (const line of lines) line.close();
parentPort.postMessage({ sent, taken, answers, seconds: lasted, waits });
parentPort.close();
