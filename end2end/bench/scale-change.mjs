// One change in a large catalog, until everybody sees it.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assetFile, event, namespace } from "./big-mesh.mjs";

/** Longest wait for a change, in ms. */
const patience = 60_000;
const runs = 3;

/** What the REST interface answers; `undefined` when it refuses. */
export const asked = async (url, token, path) => {
  const answer = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } });
  return answer.ok ? answer.json() : undefined;
};

/** Seconds until `isSo()`; `undefined` when it never is. */
export async function until(isSo, longest = patience) {
  const began = performance.now();
  while (performance.now() - began < longest) {
    if (await isSo()) return (performance.now() - began) / 1000;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return undefined;
}

export const dataset = (name) => `dataset:${namespace}:${name}`;

/** Names of the datasets around one, as the graph has them. */
export async function around(url, token, name, depth = 2) {
  const query = new URLSearchParams({ nodeId: dataset(name), depth: String(depth) });
  const found = await asked(url, token, `/api/v1/lineage?${query}`);
  return new Set((found?.graph ?? []).map(({ id }) => id));
}

const slowest = (values) => (values.includes(undefined) ? undefined : Math.max(...values));

/** The slowest of some changes of each kind, in seconds: `{ description, importing, event }`. */
export async function becomesVisible({ portal, mesh, token }) {
  const finds = async (q) => ((await asked(portal.url, token, `/api/v1/search?q=${q}&limit=1`))?.total ?? 0) > 0;
  const [description, importing, sent] = [[], [], []];
  const folder = mkdtempSync(join(tmpdir(), "lakeport-bench-"));
  mkdirSync(join(folder, "assets"));
  try {
    // The first change after a start may find nothing warm; it counts like any other.
    for (let run = 0; run < runs; run += 1) {
      const word = `quokka${run}x${mesh.tables}`;
      const changed = { ...mesh.tableOf(7 + run), description: `Now about the ${word}` };
      writeFileSync(join(folder, "assets/changed.yaml"), assetFile([changed]));
      const began = performance.now();
      const { code, stderr } = await portal.run(["import", folder]);
      if (code !== 0) throw new Error(`a changed description could not be imported: ${stderr.slice(-500)}`);
      importing.push((performance.now() - began) / 1000);
      description.push(await until(() => finds(word)));
    }
    for (let run = 0; run < runs; run += 1) {
      const [from, name] = [mesh.table(11 + run), `gold.numbat${run}x${mesh.tables}`];
      const answer = await fetch(`${portal.url}/api/v1/lineage`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify(event(`fresh_${run}`, [from], [name])),
      });
      if (answer.status !== 201) throw new Error(`an event was answered ${answer.status}: ${await answer.text()}`);
      const isDrawn = async () => (await around(portal.url, token, name)).has(dataset(from));
      sent.push(await until(async () => (await isDrawn()) && (await finds(`numbat${run}x${mesh.tables}`))));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { description: slowest(description), importing: slowest(importing), event: slowest(sent) };
}
