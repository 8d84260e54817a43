// Prints figures about the portal: main.mjs [PART..] [--rounds N] [--no-streamlit] [--tables N]
//
// Parts: sizes, server, pages, navigation, dashboards, commands, attacks, scale; all of them without a name, and scale alone
// where only --tables is given. Everything drawn is drawn from fixed seeds. No figure is too slow: only what cannot be measured at all ends with an error. Figures are kept in
// end2end/.out/bench.json as well.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { arch, cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { attacks } from "./attacks.mjs";
import { commands } from "./commands.mjs";
import { dashboards } from "./dashboards.mjs";
import { navigation } from "./navigation.mjs";
import { pages } from "./pages.mjs";
import { scale } from "./scale.mjs";
import { server } from "./server.mjs";
import { sizes } from "./sizes.mjs";
import { World } from "./world.mjs";

const parts = { sizes, server, pages, navigation, dashboards, commands, attacks, scale };
const out = join(import.meta.dirname, "../.out");
const file = join(out, "bench.json");

function options() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        rounds: { type: "string", default: "3" },
        "no-streamlit": { type: "boolean", default: false },
        tables: { type: "string" },
      },
    });
    const unknown = positionals.filter((name) => !Object.hasOwn(parts, name));
    const rounds = Number(values.rounds);
    const tables = Number(values.tables ?? "2000");
    if (unknown.length > 0)
      throw new Error(`there is no part ${unknown.join(", ")}; there are ${Object.keys(parts).join(", ")}`);
    if (!Number.isInteger(rounds) || rounds < 1) throw new Error("--rounds takes a number from 1 on");
    if (!Number.isInteger(tables) || tables < 200) throw new Error("--tables takes a number from 200 on");
    const all = values.tables === undefined ? Object.keys(parts) : ["scale"];
    return {
      names: positionals.length > 0 ? positionals : all,
      rounds,
      tables,
      withStreamlit: !values["no-streamlit"],
    };
  } catch (error) {
    console.error(`lakeport: ${error.message}`);
    process.exit(2);
  }
}

const { names, ...how } = options();
const machine = {
  when: new Date().toISOString(),
  processors: `${cpus().length} x ${cpus()[0]?.model.trim() ?? arch()}`,
  memoryGb: Math.round(totalmem() / 1e9),
  load: loadavg()[0],
};
console.log(
  `${machine.when}, ${machine.processors}, ${machine.memoryGb} GB, load ${machine.load.toFixed(1)} at the beginning`,
);

const kept = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
const world = new World();
let failed = false;
try {
  for (const name of names) {
    try {
      const began = performance.now();
      const figures = await parts[name](world, how);
      console.log(
        `  ${name}: ${((performance.now() - began) / 1000).toFixed(0)} s, load ${loadavg()[0].toFixed(1)} at the end`,
      );
      kept[name] = { machine, figures };
      mkdirSync(out, { recursive: true });
      writeFileSync(file, `${JSON.stringify(kept, null, 1)}\n`);
    } catch (error) {
      failed = true;
      console.error(`\n${name} could not be measured: ${error.message}`);
    }
  }
} finally {
  await world.close();
}
process.exitCode = failed ? 1 : 0;
