// What the portal itself says about its times: the histograms of /metrics.

/** Requests so far, by route and upper bound in seconds: `Map(route -> Map(bound -> count))`. */
export async function served(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = new Map();
  for (const [, labels, count] of text.matchAll(/^lakeport_http_request_seconds_bucket\{([^}]*)\} (\d+)/gm)) {
    const of = (name) => new RegExp(`${name}="([^"]*)"`).exec(labels)?.[1];
    const route = of("route");
    if (!found.has(route)) found.set(route, new Map());
    found.get(route).set(Number(of("le").replace("+Inf", "Infinity")), Number(count));
  }
  return found;
}

/** The bound in ms below which `share` of the requests between two looks stayed; `undefined` when there were none. */
export function bound(before, after, isMeant, share) {
  const sums = new Map();
  for (const [route, buckets] of after) {
    if (!isMeant(route)) continue;
    for (const [edge, count] of buckets) {
      sums.set(edge, (sums.get(edge) ?? 0) + count - (before.get(route)?.get(edge) ?? 0));
    }
  }
  const all = sums.get(Infinity) ?? 0;
  if (all === 0) return undefined;
  const edges = [...sums.keys()].sort((a, b) => a - b);
  return edges.find((edge) => sums.get(edge) >= share * all) * 1000;
}
