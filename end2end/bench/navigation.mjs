// navigation: from the press on a link to the next page painted, and from a moved filter to its figures, in a browser.
//
// The pointer rests on a link before it is pressed, as a hand's does. Everything is measured by the browser's own clock.

import { chromium } from "@playwright/test";
import settings from "../playwright.config.mjs";
import { percentile, short, table } from "./figures.mjs";
import { owner } from "./world.mjs";

const viewport = { width: 1440, height: 900 };
/** How long the pointer rests on a link before the press, in ms. */
const rest = 300;

/** Where from, and the link that is pressed there. */
const ways = [
  ["Home to catalog", "/", 'a.rail-link[href="/catalog"]'],
  ["Home to dashboards", "/", 'a.rail-link[href="/dashboards"]'],
  ["Home to inbox", "/", 'a.rail-link[href="/inbox"]'],
  ["Catalog to product", "/catalog?q=collections", '#hits a[href="/products/collections"]'],
  ["Dashboards to dashboard", "/dashboards", 'a[href="/dashboards/collections-controlling"]'],
  ["Product to lineage", "/products/collections", 'main a[href^="/lineage"]'],
  ["Table to its contract", "/assets/gold.collections", 'main a[href^="/contracts/"]'],
];
/** Milliseconds from the press to the first paint of the page it leads to. */
async function press(page, selector) {
  const link = page.locator(selector).first();
  await link.hover();
  await page.waitForTimeout(rest);
  await page.evaluate(() => {
    addEventListener("click", () => sessionStorage.setItem("pressed", performance.timeOrigin + performance.now()), {
      capture: true,
      once: true,
    });
    // A page that changes in place is painted in the frame before the second one from then.
    const main = document.getElementById("main");
    const frame = (next) => requestAnimationFrame(next);
    window.exchanged = new Promise((painted) => {
      new MutationObserver(() => {
        if (!main.isConnected) frame(() => frame(() => painted(performance.timeOrigin + performance.now())));
      }).observe(main.parentElement, { childList: true });
    });
  });
  const before = page.url();
  await link.click();
  await page.waitForURL((url) => url.href !== before, { waitUntil: "load" });
  return page.evaluate(async () => {
    const pressed = Number(sessionStorage.getItem("pressed"));
    if (window.exchanged) return (await window.exchanged) - pressed;
    const painted = () => performance.getEntriesByName("first-contentful-paint")[0];
    while (!painted()) await new Promise((resolve) => setTimeout(resolve, 5));
    return performance.timeOrigin + painted().startTime - pressed;
  });
}

/** Milliseconds from a changed filter to the frame that shows its figures. */
const move = (page, name, value) =>
  page.evaluate(
    async ([name, value]) => {
      const elements = document.getElementById("elements");
      const field = document.querySelector(`#filters [name="${name}"]`);
      const began = performance.now();
      field.value = value;
      field.dispatchEvent(new Event("change", { bubbles: true }));
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      while (elements.classList.contains("is-stale")) await frame();
      // The frame after the one in which the figures were written has been painted.
      await frame();
      return performance.now() - began;
    },
    [name, value],
  );

export async function navigation(world, { rounds }) {
  const portal = await world.demo();
  const browser = await chromium.launch(settings.use.launchOptions);
  const times = new Map();
  const note = (what, time) => times.set(what, [...(times.get(what) ?? []), time]);
  try {
    const page = await browser.newPage({ baseURL: portal.url, viewport, locale: "en-GB" });
    await page.goto("/");
    await page.locator(`button[value="${owner}"], a[href*="${encodeURIComponent(owner)}"]`).first().click();
    await page.waitForURL((url) => url.pathname === "/");
    const each = Math.max(5, rounds);
    for (let round = 0; round < each; round += 1) {
      for (const [what, from, selector] of ways) {
        await page.goto(from, { waitUntil: "networkidle" });
        note(what, await press(page, selector));
      }
      await page.goto("/dashboards/collections-controlling", { waitUntil: "networkidle" });
      for (const [name, value] of [
        ["segment", "Own retail"],
        ["period", "this_month"],
        ["period", "last_year"],
        ["segment", "All"],
      ]) {
        note(`Dashboard: ${name} moved`, await move(page, name, value));
      }
    }
  } finally {
    await browser.close();
  }
  table(
    `Press to painted and filter to figures at ${viewport.width} px, pointer rested ${rest} ms, goal 150 ms`,
    ["what", "times", "p50 ms", "p95 ms", "longest"],
    [...times].map(([what, all]) => [what, all.length, ...[0.5, 0.95, 1].map((share) => short(percentile(all, share)))]),
  );
  return Object.fromEntries(times);
}
