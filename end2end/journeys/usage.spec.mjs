// Who uses a table: its owner sees who read it, everybody else how many of which domain, and of one or two people no more.

import { axe, expect, test } from "../fixtures.mjs";
import { approve, expectOpen, later, request, today } from "../steps.mjs";

const table = "gold.sales_daily";

const main = (page) => page.getByRole("main");
const title = (page) => page.getByRole("heading", { level: 1 });
const groups = (page) => page.getByRole("table", { name: "Readers by domain" });
const group = (page, domain) => groups(page).getByRole("row").filter({ hasText: domain });
const readers = (page) => page.getByRole("table", { name: "Who read it" });

/** Opens the use of the table from its page. */
async function open(page, words) {
  await page.goto(`/assets/${table}`);
  await main(page).getByRole("link", { name: words, exact: true }).click();
  await expect(title(page)).toContainText("Use of");
}

test("an owner sees who reads her table, and others see no names", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const [maria, paula] = [await as(portal, "Maria Keller"), await as(portal, "Paula Brandt")];

  await test.step("nobody has read it yet", async () => {
    await open(maria, "Nobody in 90 days");
    await expect(main(maria).getByText("Nobody read it in the last 90 days.")).toBeVisible();
    await expect(groups(maria)).toHaveCount(0);
  });

  await test.step("Paula gets access and reads it", async () => {
    await request(paula, "sales-daily", "One week of planning.", { until: later(await today(paula), 7) });
    await approve(maria, "Paula Brandt", "For a week.");
    await expectOpen(paula, table);
  });

  await test.step("its owner sees that she did", async () => {
    await open(maria, "1 person in 90 days");
    await expect(group(maria, "Purchase")).toContainText("1 person");
    await expect(readers(maria).getByRole("link", { name: "Paula Brandt" })).toBeVisible();
    await expect(main(maria).getByText("Reading outside the portal is not seen here.")).toBeVisible();
    await main(maria).getByText("Show the figures as a table").click();
    await expect(maria.getByRole("table", { name: "Readings by week" })).toBeVisible();
    expect(await axe(maria)).toEqual([]);
    await main(maria).getByRole("link", { name: "365 days", exact: true }).click();
    await expect(main(maria).getByRole("heading", { name: "Readings by month" })).toBeVisible();
  });

  await test.step("Paula is told of no names, and of herself only that somebody of Purchase read it", async () => {
    await open(paula, "1 or 2 people in 90 days");
    await expect(group(paula, "Purchase")).toContainText("1 or 2 people");
    await expect(paula.getByRole("columnheader", { name: "Last reading" })).toHaveCount(0);
    await expect(readers(paula)).toHaveCount(0);
    await expect(main(paula).getByText("Paula Brandt")).toHaveCount(0);
  });

  await test.step("what nobody uses of a domain is for its members", async () => {
    await maria.goto("/domains/finance/health");
    await main(maria).getByRole("link", { name: "Unused products" }).click();
    await expect(title(maria)).toHaveText("Unused in Finance Forecasting");
    const unused = maria.getByRole("table", { name: "Unused data products" });
    await expect(unused).toContainText("Sales forecast");
    await expect(unused).not.toContainText("Daily sales");
    await main(maria).getByRole("link", { name: "12 months", exact: true }).click();
    await expect(main(maria).getByText("No data product is unused for so long.")).toBeVisible();
    expect((await paula.goto("/domains/finance/unused")).status()).toBe(403);
  });
});
