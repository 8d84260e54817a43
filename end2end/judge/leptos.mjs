// The build by cargo-leptos: the same pages as those of the Makefile, and everything that they load.

import { spawnSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { startPortal } from "../portal.mjs";
import { signIn } from "../bench/sign-in.mjs";
import { planted, verdict } from "./judges.mjs";

const root = join(import.meta.dirname, "../..");
const made = process.env.PORTAL_BINARY;
const person = "aylin.demir@nordkauf.example";
const pages = [
  "/",
  "/catalog",
  "/catalog?q=payments",
  "/products/sales-forecast",
  "/assets/gold.collections",
  "/lineage?focus=gold.collections",
  "/contracts/fact-payments",
  "/dashboards/collections-controlling",
];

function command(program, args, env = {}) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, env: { ...process.env, ...env }, encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status}: ${(stderr ?? "").trim().slice(-400)}`);
  return stdout.trim();
}

/** What differs between two portals though their pages are the same: hashes, nonces, ids and moments. */
const plain = (html) =>
  html
    .replace(/\b(nonce|data-now)="[^"]*"/g, "$1")
    .replace(/\.[0-9a-f]{12}\.(css|js|wasm|woff2)/g, ".$1")
    .replaceAll("lakeport_bg.wasm", "lakeport.wasm")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "ID")
    .replace(/\d\d:\d\d(:\d\d)?/g, "TIME");

/** Pages, and what they load by its plain name: `{ pages, loaded }`. */
async function seen(program) {
  const portal = await startPortal({
    program,
    args: ["demo"],
    env: { LAKEPORT_SCALE: "1000", LAKEPORT_JOBS: "false" },
    patience: 300_000,
  });
  try {
    const cookie = await signIn(portal.url, person);
    const get = async (path) => {
      const answer = await fetch(portal.url + path, { headers: { cookie } });
      return { status: answer.status, type: answer.headers.get("content-type"), body: Buffer.from(await answer.arrayBuffer()) };
    };
    const found = new Map();
    for (const path of pages) {
      const { status, body } = await get(path);
      found.set(path, `${status}\n${body}`);
    }
    const loaded = new Map();
    const load = async (path) => loaded.set(plain(path), await get(path));
    for (const [, path] of found.get("/").matchAll(/["'](\/(?:pkg|fonts)\/[\w./-]+)["']/g)) await load(path);
    for (const { body } of [...loaded].filter(([path]) => path.endsWith(".css")).map(([, of]) => of)) {
      for (const [, path] of String(body).matchAll(/url\("?(\/fonts\/[\w./-]+)"?\)/g)) await load(path);
    }
    return { pages: new Map([...found].map(([path, html]) => [path, plain(html)])), loaded };
  } finally {
    await portal.close();
  }
}

/** Pages of which one differs from the other's. */
const differing = (ours, theirs) =>
  [...ours].flatMap(([path, html]) => {
    const other = theirs.get(path) ?? "";
    if (html === other) return [];
    const place = [...html].findIndex((letter, at) => letter !== other[at]);
    return [`${path} differs at "${html.slice(Math.max(0, place - 40), place + 40)}"`];
  });

const classes = (css) => new Set(String(css).replace(/\/\*.*?\*\//gs, "").match(/\.-?[A-Za-z_][\w-]*/g));

/** What is loaded by one and not by the other, or is of another kind; of style sheets, classes that one lacks. */
function unlike(ours, theirs) {
  const told = [];
  for (const [path, { status, type, body }] of ours) {
    const other = theirs.get(path);
    if (!other) told.push(`${path} is not loaded`);
    else if (status !== 200 || other.status !== 200) told.push(`${path} was answered ${status} and ${other.status}`);
    else if (type !== other.type) told.push(`${path} is ${type} and ${other.type}`);
    else if (path.endsWith(".css")) {
      const [one, two] = [classes(body), classes(other.body)];
      const lacking = [...one].filter((name) => !two.has(name));
      if (lacking.length > 0) told.push(`${path} lacks ${lacking.slice(0, 5).join(", ")}`);
    }
  }
  return told;
}

export async function leptos({ folder, isNamed }) {
  const { status, stdout } = spawnSync("cargo", ["leptos", "--version"], { cwd: root, encoding: "utf8" });
  if (status !== 0) {
    const notRun = "cargo-leptos is not installed; `make judge ARGS=leptos` installs it, in about half an hour";
    return [{ name: "cargo-leptos", notRun, isOptional: !isNamed }];
  }
  const [ours, theirs] = [join(folder, "by-make"), join(folder, "by-leptos")];
  copyFileSync(made, ours);
  const path = `${join(root, "style/node_modules/.bin")}:${process.env.PATH}`;
  try {
    // Compressed beforehand: only then the pages' files are there before the server, which holds them, is built.
    command("cargo", ["leptos", "build", "--release", "--precompress"], { PATH: path });
    copyFileSync(made, theirs);
  } finally {
    // Both builds end in the same places.
    command(join(root, ".ci/build"), []);
  }
  const [one, two] = [await seen(ours), await seen(theirs)];
  const style = [...one.loaded].find(([name]) => name.endsWith(".css"));
  const torn = new Map([...two.loaded, [style?.[0], { ...style?.[1], body: ".nothing{}" }]]);
  return [
    {
      name: "cargo-leptos",
      version: stdout.trim().split(" ").at(-1),
      verdicts: [
        verdict(`\`cargo leptos build --release --precompress\`: ${pages.length} pages are those of \`make build\``, differing(one.pages, two.pages)),
        verdict(`its style sheet, script, wasm and fonts are answered alike`, [
          ...(one.loaded.size < 5 ? ["too few files are loaded"] : []),
          ...unlike(one.loaded, two.loaded),
        ]),
        planted("a style sheet without the classes of the pages", unlike(one.loaded, torn)),
        planted("a page in place of another", differing(new Map([["/", one.pages.get("/catalog")]]), two.pages)),
      ],
    },
  ];
}
