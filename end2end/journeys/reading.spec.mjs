// From a table to its figures, to one of its columns, what that is made from and what is promised of it; from a product to
// its people.

import { axe, expect, test } from "../fixtures.mjs";

const main = (page) => page.getByRole("main");
const title = (page) => page.getByRole("heading", { level: 1 });
const link = (page, name) => main(page).getByRole("link", { name, exact: true });

test("a column leads to its contract, to what it is made from and to its path", async ({ demo, as }) => {
  const [tom, paula] = [await as(demo, "Tom Fischer"), await as(demo, "Paula Brandt")];

  await test.step("from its table to what is promised of it", async () => {
    await tom.goto("/assets/gold.collections");
    await link(tom, "claimed_eur").click();
    await expect(title(tom)).toHaveText("claimed_eur");
    await expect(main(tom).getByRole("table", { name: "What Collection cases promises" })).toContainText("never empty");
    await link(tom, "Next: collected_eur").click();
    await expect(title(tom)).toHaveText("collected_eur");
  });

  await test.step("its path is lit in the lineage", async () => {
    await link(tom, "The path of this column in the lineage").click();
    await expect(main(tom).getByLabel("Follow a column")).toHaveValue("collected_eur");
    await tom.goBack();
    await expect(title(tom)).toHaveText("collected_eur");
  });

  await test.step("what it is made from goes into more for those who see more", async () => {
    await link(tom, "amount_eur").click();
    await expect(title(tom)).toHaveText("amount_eur");
    await expect(main(tom).getByText("in gold.receivables_ageing")).toBeVisible();
    await paula.goto("/assets/silver.fact_payments/columns/amount_eur");
    await expect(link(paula, "fee_eur")).toBeVisible();
    await expect(main(paula).getByText("in gold.receivables_ageing")).toHaveCount(0);
  });
});

test("a product leads to whoever answers for it, and to what else they answer for", async ({ demo, as }) => {
  const [tom, paula] = [await as(demo, "Tom Fischer"), await as(demo, "Paula Brandt")];
  const products = (page) => page.getByRole("region", { name: "Data products to ask about" });
  for (const page of [tom, paula]) {
    await page.goto("/products/collections");
    await link(page, "Aylin Demir").click();
    await expect(title(page)).toHaveText("Aylin Demir");
    await expect(main(page).getByText("Head of Controlling")).toBeVisible();
    await expect(main(page).getByText("aylin.demir@nordkauf.example")).toHaveCount(0);
    await expect(main(page).getByRole("row").filter({ hasText: "Controlling" })).toContainText("owner");
    await expect(products(page)).toContainText("Competitor analysis");
  }
  await expect(products(tom)).toContainText("Receivables by age");
  await expect(products(paula)).not.toContainText("Receivables by age");
  await link(paula, "Controlling").click();
  await expect(title(paula)).toHaveText("Controlling");
  await main(paula).getByRole("table", { name: "Members" }).getByRole("link", { name: "Tom Fischer" }).click();
  await expect(title(paula)).toHaveText("Tom Fischer");
});

for (const javaScriptEnabled of [true, false]) {
  const way = javaScriptEnabled ? "with" : "without";
  test(`a table tells its values in figures ${way} JavaScript`, async ({ demo, as }) => {
    const tom = await as(demo, "Tom Fischer", { javaScriptEnabled });
    await tom.goto("/assets/gold.collections?tab=preview");
    await link(tom, "Profile").click();
    await expect(tom).toHaveURL(/tab=profile/);
    const figures = main(tom).getByRole("table", { name: /^What the values of [0-9,]+ rows are, as of / });
    const stage = figures.getByRole("row").filter({ has: tom.getByRole("link", { name: "stage", exact: true }) });
    await expect(stage).toContainText("string");
    await expect(stage.getByRole("listitem").first()).toHaveText(/ · [0-9,]+$/);
    await expect(figures.getByRole("img", { name: /^How claimed_eur is spread\. .* rows?/ })).toBeVisible();
    if (javaScriptEnabled) expect(await axe(tom)).toEqual([]);
    await tom.setViewportSize({ width: 390, height: 844 });
    await expect(stage).toBeVisible();
    const overflows = () => document.documentElement.scrollWidth > document.documentElement.clientWidth;
    if (javaScriptEnabled) expect(await tom.evaluate(overflows)).toBe(false);
  });
}

test("figures are closed to whoever does not read the values", async ({ demo, as }) => {
  const paula = await as(demo, "Paula Brandt");
  await paula.goto("/assets/gold.sales_forecast?tab=profile");
  await expect(main(paula).getByText("You see what this table is, not its values")).toBeVisible();
  const call = await paula.request.post("/fn/profile", {
    form: { id: "gold.sales_forecast" },
    headers: { accept: "application/json", "sec-fetch-site": "same-origin" },
  });
  expect(call.status(), await call.text()).toBe(403);
});
