// A dashboard is written on a page for a table of one's domain: begun from it, checked while it is typed, seen by a colleague.

import { expect, test } from "../fixtures.mjs";

const table = "/assets/gold.sales_daily";
const dashboard = "/dashboards/sales-by-month";

const text = (page) => page.getByLabel("Text", { exact: true });
const main = (page) => page.getByRole("main");
const publish = (page) => page.getByRole("button", { name: "Publish", exact: true }).click();
const told = (page, sentence) => expect(page.getByRole("status").filter({ hasText: sentence })).toBeVisible();

/** What is typed from here on is checked: the browser's part of the page is there. */
const awake = (page) => expect(page.getByRole("main").locator("[data-alive=true]").first()).toBeAttached();

/** Writes something else in the place of a part of the text. */
async function rewrite(page, from, to) {
  const before = await text(page).inputValue();
  expect(before).toContain(from);
  await text(page).fill(before.replace(from, to));
}

test("an owner writes a dashboard for a table of her domain and a colleague sees it", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const maria = await as(portal, "Maria Keller");

  await test.step("her domain leads to the page, and so does the table, which fills it in", async () => {
    await maria.goto("/domains/finance");
    await expect(main(maria).getByRole("link", { name: "New dashboard", exact: true })).toBeVisible();
    await maria.goto(table);
    await main(maria).getByRole("link", { name: "Begin a dashboard", exact: true }).click();
    await expect(maria.getByRole("heading", { level: 1 })).toHaveText("New dashboard");
    await expect(text(maria)).toHaveValue(/reads: \[gold\.sales_daily\][^]*line_chart/);
    await expect(maria.getByLabel("Id", { exact: true })).toHaveValue("sales-daily");
    await awake(maria);
  });

  await test.step("a mistake shows while she types, with its line", async () => {
    await rewrite(maria, "reads: [gold.sales_daily]", "reads: [gold.sales_daily, gold.nothing]");
    const mistake = maria.locator("#checked li").filter({ hasText: "is a table that is not there, or that you may not see" });
    await expect(mistake).toBeVisible();
    await mistake.locator("a[data-line]").click();
    await expect(text(maria)).toBeFocused();
    await rewrite(maria, ", gold.nothing]", "]");
    await expect(maria.locator("#checked")).toContainText("It is new in Finance Forecasting.");
    await maria.getByLabel("Id", { exact: true }).fill("sales-forecast");
    await expect(maria.locator("#checked li").filter({ hasText: "This id is taken here" })).toBeVisible();
    await maria.getByLabel("Id", { exact: true }).fill("sales-by-month");
    await expect(maria.locator("#checked")).toContainText("It is new in Finance Forecasting.");
  });

  await test.step("she publishes it", async () => {
    const begun = await text(maria).inputValue();
    await text(maria).fill(begun.replace(/^title: .*$/m, "title: Sales by month"));
    await maria.getByLabel("Why").fill("Planning looks at it every Monday.");
    await publish(maria);
    await told(maria, "Your text was published as revision 1.");
    expect(new URL(maria.url()).pathname).toBe(dashboard);
    await expect(maria.getByRole("heading", { level: 1 })).toHaveText("Sales by month");
    await expect(main(maria).locator(".chart-drawings").first()).toBeVisible();
  });

  await test.step("a colleague sees its figures and changes nothing", async () => {
    const clara = await as(portal, "Clara Neumann");
    await clara.goto(dashboard);
    await expect(main(clara).locator(".chart-drawings").first()).toBeVisible();
    await expect(main(clara).getByRole("link", { name: "Change", exact: true })).toHaveCount(0);
    await main(clara).getByRole("link", { name: "History", exact: true }).click();
    const rows = clara.getByRole("table", { name: "Revisions, the newest first" }).locator("tbody tr");
    await expect(rows).toHaveCount(1);
    await expect(rows.first()).toContainText("Planning looks at it every Monday.");
  });

  await test.step("without JavaScript she changes it", async () => {
    const plain = await as(portal, "Maria Keller", { javaScriptEnabled: false });
    await plain.goto(dashboard);
    await main(plain).getByRole("link", { name: "Change", exact: true }).click();
    await rewrite(plain, "title: Rows by month", "title: Days with sales");
    await plain.getByRole("button", { name: "Check", exact: true }).click();
    await expect(plain.locator("#check-said")).toContainText("The text can be published: 1 line added, 1 taken away.");
    await publish(plain);
    await told(plain, "Your text was published as revision 2.");
    await expect(main(plain)).toContainText("Days with sales");
  });
});
