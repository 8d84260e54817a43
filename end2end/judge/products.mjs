// The data products of the demo before dataproduct-cli: are they ODPS, and do the contracts they name exist?

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { mesh, output, program, run, verdict } from "./judges.mjs";

export async function products() {
  const tool = program("products", "dataproduct");
  const version = (await output(tool, ["--version"])).trim();
  const files = readdirSync(join(mesh, "products")).sort();
  const invalid = [];
  for (const file of files) {
    const { code, stdout, stderr } = await run(tool, ["lint", join("products", file)], { cwd: mesh });
    if (code !== 0) invalid.push(`${file}: ${(stdout || stderr).trim().split("\n").at(-1)}`);
  }
  const what = `lint of the ${files.length} demo products as ODPS 1.1, with the contracts they name`;
  return [{ name: "dataproduct-cli", version, verdicts: [verdict(what, invalid)] }];
}
