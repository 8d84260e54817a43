// What opens or is refused moves nothing that one is about to press, and words stay on their line.

import { expect, test } from "../fixtures.mjs";
import { openRequest, request } from "../steps.mjs";

/** Lines that the words of an element take. */
const lines = (locator) =>
  locator.evaluate((element) => {
    const words = document.createRange();
    words.selectNodeContents(element);
    return new Set([...words.getClientRects()].map(({ top }) => Math.round(top))).size;
  });

/** Where an element ends, in whole pixels. */
const bottom = async (locator) => {
  const { y, height } = await locator.boundingBox();
  return Math.round(y + height);
};

test("a refused day leaves the row of the decision as it is", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const [aylin, paula] = [await as(portal, "Aylin Demir"), await as(portal, "Paula Brandt")];
  await request(paula, "collections", "Compare the claims of our suppliers.");
  await openRequest(aylin, "Paula Brandt");
  await aylin.getByLabel("Last day of access").fill("2099-01-01");
  await aylin.getByRole("button", { name: /^Approve/ }).click();
  await expect(aylin.locator(".field-error")).toBeVisible();
  const controls = [
    aylin.getByLabel("Last day of access"),
    aylin.getByLabel("Comment (required to reject)"),
    aylin.getByRole("button", { name: /^Approve/ }),
    aylin.getByRole("button", { name: "Reject with this comment" }),
  ];
  const ends = await Promise.all(controls.map(bottom));
  expect(new Set(ends).size, `they end at ${ends}`).toBe(1);
});

test("what asks before a member is removed squeezes nothing", async ({ demo, as }) => {
  const aylin = await as(demo, "Aylin Demir", { path: "/domains/controlling" });
  const row = aylin.getByRole("table", { name: "Members" }).getByRole("row").filter({ hasText: "Tom Fischer" });
  await row.getByText("Remove", { exact: true }).click();
  await expect(row.getByRole("button", { name: "Remove Tom Fischer now" })).toBeVisible();
  expect(await lines(row.getByText("the domain's file"))).toBe(1);
});

test("on a phone a long name without blanks never widens its domain's page", async ({ demo, as }) => {
  const viewport = { width: 390, height: 844 };
  const aylin = await as(demo, "Aylin Demir", { path: "/domains/controlling", viewport });
  const members = aylin.getByRole("table", { name: "Members" });
  await members.getByText("Remove", { exact: true }).first().click();
  const places = "h1, section[aria-labelledby=products] li > a, tbody th > p, .confirm[open] button, .facts dd";
  const names = aylin.getByRole("main").locator(places);
  expect(await names.count()).toBeGreaterThan(4);
  await names.evaluateAll((all) => {
    for (const name of all) name.textContent = "Mahnwesen".repeat(30);
  });
  const wide = await aylin.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll(".table-scroll")]
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
      .map(({ className }) => className || "the page"),
  );
  expect(wide).toEqual([]);
});

test("on a phone the button of a port keeps its words on one line", async ({ demo, as }) => {
  const ines = await as(demo, "Ines Hoffmann", { path: "/products/customers", viewport: { width: 390, height: 844 } });
  const open = ines.getByRole("article").getByRole("link", { name: "Open silver.dim_customer" });
  await expect(open).toBeVisible();
  expect(await lines(open)).toBe(1);
});

for (const width of [1440, 390]) {
  test(`the days of the audit's filter are never cut off at ${width} px`, async ({ demo, as }) => {
    const sofia = await as(demo, "Sofia Lindqvist", { path: "/audit", viewport: { width, height: 844 } });
    for (const name of ["From", "To"]) {
      const day = await sofia.getByRole("search", { name: "Filter the audit" }).getByLabel(name, { exact: true }).boundingBox();
      expect(day.width, name).toBeGreaterThanOrEqual(140);
    }
  });
}

test("on a phone the box of a scope stands beside its words", async ({ demo, as }) => {
  const sofia = await as(demo, "Sofia Lindqvist", { path: "/tokens", viewport: { width: 390, height: 844 } });
  const scopes = sofia.locator("#create label:has(input[type=checkbox])");
  await expect(scopes).toHaveCount(5);
  for (const scope of await scopes.all()) {
    const [box, words] = await Promise.all([scope.locator("input").boundingBox(), scope.locator("span").boundingBox()]);
    expect(words.x, await scope.innerText()).toBeGreaterThanOrEqual(box.x + box.width);
    expect(words.y).toBeLessThan(box.y + box.height);
  }
});

test("the button that withdraws the chosen is as wide as its words", async ({ demo, as }) => {
  const david = await as(demo, "David Schmid", { path: "/reviews", viewport: { width: 1440, height: 844 } });
  await david.getByText("Withdraw the chosen", { exact: true }).click();
  const button = await david.getByRole("button", { name: "Withdraw the chosen now" }).boundingBox();
  expect(button.width).toBeLessThan(260);
});

test("words below the period never move the filters behind it", async ({ demo, as }) => {
  const viewport = { width: 1440, height: 900 };
  const aylin = await as(demo, "Aylin Demir", { path: "/dashboards/collections-controlling", viewport });
  await expect(aylin.locator(".live-dashboard[data-alive=true]")).toBeAttached();
  const places = [];
  for (const period of ["last_7_days", "all", "last_year"]) {
    await aylin.getByLabel("Handed to collections").selectOption(period);
    await expect(aylin).toHaveURL(new RegExp(`period=${period}`));
    places.push(Math.round((await aylin.getByLabel("Segment").boundingBox()).x));
  }
  expect(new Set(places).size, `it stands at ${places}`).toBe(1);
});

test("what asks before a request is withdrawn has a way back and never moves the row", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const paula = await as(portal, "Paula Brandt", { viewport: { width: 1440, height: 900 } });
  await request(paula, "collections", "Compare the claims of our suppliers.");
  await paula.goto("/access/requests");
  const row = paula.getByRole("listitem").filter({ hasText: "claims of our suppliers" });
  const top = async () => Math.round((await row.locator(".row-title").boundingBox()).y - (await row.boundingBox()).y);
  const before = await top();
  await row.getByText("Withdraw", { exact: true }).click();
  const button = row.getByRole("button", { name: "Withdraw the request now" });
  await expect(button).toBeVisible();
  expect(Math.abs((await top()) - before)).toBeLessThan(8);
  await row.getByText("Cancel", { exact: true }).click();
  await expect(button).toBeHidden();
});

test("on a phone no heading of a cell stands without its value", async ({ demo, as }) => {
  const path = "/assets/gold.sales_forecast";
  const paula = await as(demo, "Paula Brandt", { path, viewport: { width: 390, height: 844 } });
  const cells = paula.getByRole("table", { name: "Columns" }).locator("td[data-label]");
  expect(await cells.count()).toBeGreaterThan(0);
  for (const words of await cells.allInnerTexts()) expect(words.trim()).not.toBe("");
});
