// commands: how long a warm build takes, and how long a portal takes until it answers.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { spread, table } from "./figures.mjs";

const runs = 3;
const root = join(import.meta.dirname, "../..");

const timed = async (work) => {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
};

export async function commands(world) {
  const build = [];
  for (let run = 0; run < runs; run += 1) {
    build.push(
      await timed(() => {
        const { status, stderr } = spawnSync(join(root, ".ci/build"), { cwd: root, encoding: "utf8" });
        if (status !== 0) throw new Error(`the build failed:\n${stderr}`);
      }),
    );
  }
  let portal;
  const first = await timed(async () => (portal = await world.open({ env: { LAKEPORT_SCALE: "300000" } })));
  const again = [];
  for (let run = 0; run < runs; run += 1) {
    await portal.kill();
    again.push(await timed(() => portal.restart()));
  }
  await portal.close();
  table(
    "Commands, s: warm `make run` is a warm build and a start with the data there",
    ["what", "seconds"],
    [
      [`make build with nothing changed, median (min-max) of ${runs}`, spread(build)],
      ["first start of the demo, 300,000 orders, until it is ready", spread([first])],
      [`later starts until ready, median (min-max) of ${runs}`, spread(again)],
    ],
  );
  return { build, first, again };
}
