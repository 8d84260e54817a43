// Somebody reads a dashboard: filters and tables are states of the address, and Back undoes the last of them.

import { expect, test } from "../fixtures.mjs";

const address = "/dashboards/collections-controlling";

test("filters and tables move without a reload, and Back undoes them", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const aylin = await as(portal, "Aylin Demir");
  await aylin.goto(address);
  await expect(aylin.locator(".live-dashboard[data-alive=true]")).toBeAttached();
  await aylin.evaluate(() => (window.untouched = true));
  const cases = aylin.locator(".metric", { hasText: "Cases" }).locator(".metric-value");
  const table = aylin.getByRole("region", { name: "Largest open cases" });

  await test.step("the head leaves room, and no button is needed", async () => {
    const { top } = await aylin.evaluate(() => {
      const bar = document.querySelector(".topbar").getBoundingClientRect();
      return { top: document.querySelector("#filters label").getBoundingClientRect().top - bar.bottom };
    });
    expect(top).toBeLessThanOrEqual(140);
    await expect(aylin.getByRole("button", { name: "Show these figures" })).toBeHidden();
  });

  await test.step("a filter is a step, and Back undoes it", async () => {
    const before = await cases.innerText();
    await aylin.getByLabel("Segment").selectOption("Business customers");
    await expect(aylin).toHaveURL(/segment=Business/);
    await expect(cases).not.toHaveText(before);
    await aylin.goBack();
    await expect(aylin).toHaveURL(new RegExp(`${address}$`));
    await expect(cases).toHaveText(before);
    await expect(aylin.getByLabel("Segment")).toHaveValue("All");
  });

  await test.step("a table turns its pages and keeps its order under another filter", async () => {
    await aylin.getByLabel("Handed to collections").selectOption("all");
    await expect(table.locator("tbody tr")).toHaveCount(25);
    await table.getByRole("link", { name: "Case id" }).click();
    await expect(table.getByRole("columnheader", { name: "Case id" })).toHaveAttribute("aria-sort", /.+/);
    const first = await table.locator("tbody tr").first().innerText();
    await aylin.locator("#block-dataframe-open_cases").getByRole("link", { name: "Next rows" }).click();
    await expect(aylin).toHaveURL(/page\.dataframe-open_cases=2/);
    await expect(table.locator("tbody tr").first()).not.toHaveText(first);
    await aylin.getByLabel("Segment").selectOption("Own retail");
    await expect(aylin).toHaveURL(/sort\.dataframe-open_cases=/);
    await expect(aylin).not.toHaveURL(/page\./);
  });

  await test.step("days the wrong way round are said at the field", async () => {
    await aylin.getByLabel(/^First day/).fill("2026-05-02");
    await aylin.getByLabel(/^Last day/).fill("2026-05-01");
    await aylin.getByLabel(/^Last day/).press("Enter");
    await expect(aylin.getByLabel(/^Last day/)).toBeFocused();
    await expect(aylin.locator("#filter-period")).toContainText("The end lies before the start");
    await aylin.getByLabel(/^Last day/).fill("2026-05-03");
    await aylin.getByLabel(/^Last day/).press("Enter");
    await expect(aylin.locator("#filter-period .field-error")).toHaveCount(0);
    await expect(aylin.locator("#filter-period")).toContainText("2 May 2026 to 3 May 2026");
    await aylin.getByLabel(/^Last day/).fill("2026-05-01");
    await aylin.getByLabel(/^Last day/).blur();
    await expect(aylin.locator("#filter-period")).toContainText("The end lies before the start");
    await expect(aylin.locator("#filter-period select")).toHaveValue("custom");
  });

  expect(await aylin.evaluate(() => window.untouched), "no page was loaded").toBe(true);
});

test("without JavaScript the same links turn a table", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const aylin = await as(portal, "Aylin Demir", { javaScriptEnabled: false });
  await aylin.goto(`${address}?period=all`);
  const table = aylin.getByRole("region", { name: "Largest open cases" });
  await table.getByRole("link", { name: "Days overdue" }).click();
  await expect(table.getByRole("columnheader", { name: "Days overdue" })).toHaveAttribute("aria-sort", "descending");
  await aylin.locator("#block-dataframe-open_cases").getByRole("link", { name: "Next rows" }).click();
  await expect(aylin).toHaveURL(/period=all.*sort\.dataframe-open_cases=-days_overdue&page\.dataframe-open_cases=2/);
  await aylin.getByLabel("Segment").selectOption("Own retail");
  await aylin.getByRole("button", { name: "Show these figures" }).click();
  await expect(aylin).toHaveURL(/sort\.dataframe-open_cases=-days_overdue/);
});

test("resting on a link never counts as a use", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const aylin = await as(portal, "Aylin Demir");
  for (const path of [address, "/assets/gold.collections?tab=preview"]) {
    const answer = await aylin.request.get(path, { headers: { "sec-purpose": "prefetch" } });
    expect(answer.status(), path).toBe(403);
  }
  expect((await aylin.request.get("/catalog", { headers: { "sec-purpose": "prefetch" } })).status()).toBe(200);
  await aylin.goto("/");
  await expect(aylin.getByRole("region", { name: "Your data" })).not.toContainText("opened");
  await aylin.goto("/assets/gold.collections?tab=preview");
  await aylin.goto("/");
  await expect(aylin.getByRole("region", { name: "Your data" }).getByRole("listitem").first()).toContainText(/gold\.collections.*opened/s);
});
