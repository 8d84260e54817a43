// server: memory idle and after a thousand page views.

import { Line, request } from "./http.mjs";
import { spread, table } from "./figures.mjs";
import { memory } from "./processes.mjs";
import { sessions } from "./world.mjs";

const views = 1_000;
const pages = [
  "/",
  "/catalog",
  "/catalog?q=payments&layer=silver",
  "/products/sales-forecast",
  "/assets/gold.collections",
  "/assets/silver.fact_orders",
  "/lineage?focus=silver.fact_orders",
  "/contracts/fact-payments",
  "/dashboards",
  "/inbox",
];

const rest = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

export async function server(world) {
  // One that nobody has asked anything yet.
  const portal = await world.open();
  await rest(5);
  const idle = memory(portal.pid());
  const cookies = await sessions(portal.url, 10);
  const lines = cookies.map(() => new Line(portal.url));
  const refused = [];
  const visit = async (view) => {
    const path = pages[Math.floor(view / cookies.length) % pages.length];
    const who = view % cookies.length;
    const { status } = await lines[who].send(request(portal.url, path, { cookie: cookies[who] }));
    if (status !== 200) refused.push(`${path}: ${status}`);
  };
  for (let view = 0; view < views; view += cookies.length) {
    await Promise.all(cookies.map((_, who) => visit(view + who)));
  }
  await rest(5);
  const after = memory(portal.pid());
  for (const line of lines) line.close();
  await portal.close();
  const row = (name, of) => [name, spread([of.portal]), spread([of.highest]), of.count, spread([of.workers])];
  table(
    `Resident memory, MB (${views} views of ${pages.length} pages by ${cookies.length} people, ${refused.length} refused)`,
    ["when", "portal", "highest", "workers", "workers in all"],
    [row("idle", idle), row(`after ${views} views`, after)],
  );
  for (const line of new Set(refused)) console.log(`  refused: ${line}`);
  return { idle, after, views, refused };
}
