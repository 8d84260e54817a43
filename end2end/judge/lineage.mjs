// Lineage from programs that speak OpenLineage: sent by them, and read back as from Marquez.

import { cpSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { output, planted, program, verdict } from "./judges.mjs";

const judge = "lineage";

/** Datasets and jobs of the graph around a dataset, and its edges as `origin -> destination`. */
async function graph(service, node) {
  const { graph: nodes } = await service.get(`/api/v1/lineage?${new URLSearchParams({ nodeId: node, depth: "2" })}`);
  return {
    ids: nodes.map(({ id }) => id),
    edges: nodes.flatMap(({ outEdges }) => outEdges.map(({ origin, destination }) => `${origin} -> ${destination}`)),
  };
}

const lacking = ({ ids, edges }, wantedIds, wantedEdges, hide = (text) => text) => [
  ...wantedIds.filter((id) => !ids.includes(id)).map((id) => `the graph lacks ${hide(id)}`),
  ...wantedEdges.filter((edge) => !edges.includes(edge)).map((edge) => `the graph lacks ${hide(edge)}`),
];

async function client(portal, service) {
  const version = await output(program(judge, "python"), [
    join(import.meta.dirname, "client.py"),
    portal.url,
    service.token,
  ]);
  const [source, target] = ["dataset:lakehouse:silver.fact_orders", "dataset:judge:revenue_by_country"];
  const job = "job:judge:revenue_by_country";
  const found = await graph(service, target);
  return {
    name: "openlineage-python",
    version: version.trim(),
    verdicts: [
      verdict(
        "START and COMPLETE of a run with schema and column lineage, posted with a token; read back with GET",
        lacking(found, [source, target, job], [`${source} -> ${job}`, `${job} -> ${target}`]),
      ),
      planted("an edge that no event named", lacking(found, [], [`${target} -> ${job}`])),
    ],
  };
}

async function dbt(portal, service, folder) {
  const project = join(realpathSync(folder), "dbt");
  cpSync(join(import.meta.dirname, "dbt"), project, { recursive: true });
  const database = join(project, "judge.duckdb");
  const env = {
    PATH: `${join(program(judge, "dbt-ol"), "..")}:${process.env.PATH}`,
    OPENLINEAGE_URL: portal.url,
    OPENLINEAGE_ENDPOINT: "api/v1/lineage",
    OPENLINEAGE_API_KEY: service.token,
    OPENLINEAGE_NAMESPACE: "judge",
    JUDGE_DATABASE: database,
    DBT_SEND_ANONYMOUS_USAGE_STATS: "false",
  };
  const said = await output(program(judge, "dbt-ol"), ["run", "--project-dir", project, "--profiles-dir", project], {
    env,
  });
  const versions = await output(program(judge, "pip"), ["list", "--format=freeze", "--disable-pip-version-check"]);
  const versionOf = (name) => new RegExp(`^${name}==(.*)$`, "m").exec(versions)?.[1];
  const [orders, daily] = ["orders", "daily"].map((model) => `dataset:duckdb://${database}:judge.main.${model}`);
  const job = "job:judge:judge.main.judge.daily";
  const found = await graph(service, daily);
  const short = (text) => text.replaceAll(database, "..");
  return {
    name: "dbt-ol",
    version: `${versionOf("openlineage-dbt")} with dbt ${versionOf("dbt-core")}, dbt-duckdb ${versionOf("dbt-duckdb")}`,
    verdicts: [
      verdict("`dbt-ol run` of two models, posted with a token; the edge between them read back with GET", [
        ...(/Emitted \d+ OpenLineage events/.test(said) ? [] : ["dbt-ol does not say that it sent its events"]),
        ...lacking(found, [orders, daily, job], [`${orders} -> ${job}`, `${job} -> ${daily}`], short),
      ]),
      planted("an edge that no event named", lacking(found, [], [`${daily} -> ${job}`], short)),
    ],
  };
}

export async function lineage({ portal, service, folder }) {
  return [await client(portal, service), await dbt(portal, service, folder)];
}
