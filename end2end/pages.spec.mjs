// Every page, wide and narrow, light and dark, with much data and with none: axe finds nothing, nothing scrolls sideways,
// the console is silent. A screenshot of each is kept in .out/screens.

import { join } from "node:path";
import { axe, expect, test } from "./fixtures.mjs";
import { empty, full, open } from "./pages.mjs";

const screens = join(import.meta.dirname, ".out/screens");
const sizes = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];
// Both sizes and both themes meet axe; all four pairs are photographed.
const judged = ["1440 light", "390 dark"];

/** How far the page can be scrolled sideways, in pixels, and what reaches furthest. */
const overflow = () => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return undefined;
  const right = (element) => element.getBoundingClientRect().right;
  const furthest = [...document.querySelectorAll("body *")].reduce((a, b) => (right(b) > right(a) ? b : a));
  return `${scrollWidth - clientWidth} px too wide: ${furthest.outerHTML.slice(0, 120)}`;
};

const file = (prefix, name, { path, follow }) =>
  [prefix, name.split(" ")[0], path + (follow ? "/one" : "")]
    .join("-")
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, "-")
    .replaceAll(/-+$/g, "");

/** What is found and stays: while a page comes alive, or after its window has another size, it is between two states. */
async function lasting(look) {
  let found = await look();
  for (let again = 0; found.length > 0 && again < 5; again += 1) {
    await new Promise((resolve) => setTimeout(resolve, 400));
    found = await look();
  }
  return found;
}

async function inspect(page, one, base) {
  const found = [];
  for (const size of sizes) {
    await page.setViewportSize(size);
    await open(page, expect, one);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(screens, `${base}-${size.width}-${colorScheme}.png`), fullPage: true });
      const look = `${size.width} ${colorScheme}`;
      if (!judged.includes(look)) continue;
      const lines = await lasting(() => axe(page));
      found.push(...lines.map((line) => `${one.path} at ${look}: ${line}`));
    }
  }
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 844 });
    const wide = await lasting(async () => [await page.evaluate(overflow)].filter(Boolean));
    found.push(...wide.map((line) => `${one.path} at ${width}: ${line}`));
  }
  return found;
}

for (const [name, pages] of Object.entries(full)) {
  test(`the pages of ${name}`, async ({ demo, as }) => {
    test.setTimeout(90_000 + pages.length * 15_000);
    const page = await as(demo, name, { reducedMotion: "reduce" });
    for (const one of pages) expect.soft(await inspect(page, one, file("full", name, one))).toEqual([]);
  });
}

test("the pages of an empty portal", async ({ openServe, as }) => {
  test.setTimeout(180_000);
  const portal = await openServe();
  for (const [name, pages] of Object.entries(empty)) {
    const page = await as(portal, name, { reducedMotion: "reduce" });
    for (const one of pages) expect.soft(await inspect(page, one, file("empty", name, one))).toEqual([]);
  }
});

test("the pages of strangers", async ({ demo, visit }) => {
  const page = await visit({ baseURL: demo.url, reducedMotion: "reduce" });
  const door = { path: "/products/collections", shows: "Pick a person" };
  expect.soft(await inspect(page, door, "stranger-sign-in")).toEqual([]);
  expect.soft(await inspect(page, { path: "/signed-out", shows: "sign out of your sign-in" }, "stranger-signed-out")).toEqual([]);
});
