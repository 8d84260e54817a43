// A thread that asks for /livez over and over until it is told to stop, and says how long it waited at most. A thread of
// its own, so that what the attackers compute is not taken for a pause of the portal; each time over a new connection,
// as somebody who comes by.

import { parentPort, workerData } from "node:worker_threads";
import { request, sendOnce } from "./http.mjs";

/** Longest wait for one answer, in ms. */
const patience = 15_000;

const alive = request(workerData, "/livez", { more: ["connection: close"] });
let worst = 0;
let unanswered = 0;
let watching = true;
parentPort.once("message", () => {
  watching = false;
});
while (watching) {
  const asked = performance.now();
  if ((await sendOnce(workerData, alive, patience)) !== "200") unanswered += 1;
  worst = Math.max(worst, performance.now() - asked);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
parentPort.postMessage({ worst, unanswered });
