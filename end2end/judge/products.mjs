// The data products of the demo before dataproduct-cli: are they ODPS, and do the contracts they name exist?

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mesh, output, planted, program, run, verdict } from "./judges.mjs";

export async function products({ portal, folder }) {
  const tool = program("products", "dataproduct");
  const version = (await output(tool, ["--version"])).trim();
  const files = readdirSync(join(mesh, "products")).sort();
  const invalid = [];
  for (const file of files) {
    const { code, stdout, stderr } = await run(tool, ["lint", join("products", file)], { cwd: mesh });
    if (code !== 0) invalid.push(`${file}: ${(stdout || stderr).trim().split("\n").at(-1)}`);
  }
  const what = `lint of the ${files.length} demo products as ODPS 1.1, with the contracts they name`;
  const own = await portal.run(["product", "lint", join(mesh, "products")]);
  if (own.code !== 0) invalid.push(`lakeport product lint ended with ${own.code}: ${own.stdout.trim().split("\n").at(-1)}`);
  const wrong = join(folder, "wrong.odps.yaml");
  writeFileSync(
    wrong,
    readFileSync(join(mesh, "products", files[0]), "utf8").replace(/^kind: DataProduct$/m, "kind: DataProdct"),
  );
  const codes = [(await run(tool, ["lint", wrong])).code, (await portal.run(["product", "lint", wrong])).code];
  const noticed = codes.every((code) => code === 1) ? ["refused"] : [];
  const verdicts = [verdict(what, invalid), planted("lint of a product of a misspelt kind", noticed)];
  return [{ name: "dataproduct-cli", version, verdicts }];
}
