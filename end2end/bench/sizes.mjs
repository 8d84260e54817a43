// sizes: what is shipped, and what the first page costs a browser that has nothing yet.

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import config from "../playwright.config.mjs";
import { spread, table } from "./figures.mjs";
import { signIn } from "./sign-in.mjs";
import { binary, owner } from "./world.mjs";

const runs = 5;
const manifest = join(import.meta.dirname, "../../target/site/manifest.json");
const pages = ["/", "/catalog", "/dashboards/collections-controlling"];

function shipped() {
  const files = Object.entries(JSON.parse(readFileSync(manifest, "utf8")));
  const of = (ending) => {
    const matching = files.filter(([name]) => name.endsWith(ending)).map(([, file]) => file);
    const sum = (key) => matching.reduce((total, file) => total + (file[key] ?? file.bytes), 0);
    return { bytes: sum("bytes"), brotli: sum("brotli") };
  };
  return {
    binary: statSync(binary).size,
    wasm: of(".wasm"),
    script: of(".js"),
    styles: of(".css"),
    fonts: of(".woff2"),
  };
}

/** In the page: notes when Ctrl+K opens the search, which is when the page obeys. */
function probe() {
  const asking = setInterval(() => {
    if (document.querySelector("dialog[open]")) {
      clearInterval(asking);
      window.interactiveAfter = performance.now();
    } else window.dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true, bubbles: true }));
  }, 4);
}

/** One page in a new browser profile. */
async function visit(browser, url, cookie, path) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const pairs = cookie.split("; ").map((pair) => pair.split(/=(.*)/s));
    await context.addCookies(pairs.map(([name, value]) => ({ name, value, url })));
    const page = await context.newPage();
    await page.addInitScript(probe);
    const wire = await context.newCDPSession(page);
    await wire.send("Network.enable");
    const kinds = new Map();
    const bytes = {};
    wire.on("Network.responseReceived", ({ requestId, type }) => kinds.set(requestId, type));
    wire.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      const kind = kinds.get(requestId) ?? "Other";
      bytes[kind] = (bytes[kind] ?? 0) + encodedDataLength;
    });
    const answer = await page.goto(url + path, { waitUntil: "load" });
    if (answer.status() !== 200) throw new Error(`${path} answered ${answer.status()}`);
    // A page that never obeys is told as such, with its other figures.
    await page.waitForFunction(() => window.interactiveAfter, undefined, { timeout: 10_000 }).catch(() => {});
    const times = await page.evaluate(() => ({
      paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
      interactive: window.interactiveAfter,
    }));
    await page.waitForLoadState("networkidle");
    return { bytes, all: Object.values(bytes).reduce((sum, part) => sum + part, 0), ...times };
  } finally {
    await context.close();
  }
}

export async function sizes(world) {
  const files = shipped();
  const kilobytes = (bytes) => spread([bytes / 1000]);
  const rows = Object.entries(files).map(([name, size]) =>
    name === "binary" ? [name, kilobytes(size), "-"] : [name, kilobytes(size.bytes), kilobytes(size.brotli)],
  );
  table("Sizes, kB", ["what", "raw", "brotli"], rows);

  const { url } = await world.demo();
  const cookie = await signIn(url, owner);
  const { executablePath, args } = config.use.launchOptions;
  const browser = await chromium.launch({ executablePath, args });
  const visits = {};
  try {
    for (const path of pages) {
      visits[path] = [];
      for (let run = 0; run < runs; run += 1) visits[path].push(await visit(browser, url, cookie, path));
    }
  } finally {
    await browser.close();
  }
  table(
    `First visit in Chromium, median (min-max) of ${runs}, all bytes on the wire with headers`,
    ["page", "kB in all", "HTML", "wasm", "script", "styles", "fonts", "first paint ms", "obeys Ctrl+K ms"],
    Object.entries(visits).map(([path, of]) => {
      const part = (...kinds) =>
        spread(of.map(({ bytes }) => kinds.reduce((sum, kind) => sum + (bytes[kind] ?? 0), 0) / 1000));
      return [
        path,
        spread(of.map(({ all }) => all / 1000)),
        part("Document"),
        part("Fetch", "Preload", "Other"),
        part("Script"),
        part("Stylesheet"),
        part("Font"),
        spread(of.map(({ paint }) => paint)),
        of.every(({ interactive }) => interactive === undefined)
          ? "never"
          : spread(of.map(({ interactive }) => interactive)),
      ];
    }),
  );
  return { files, visits };
}
