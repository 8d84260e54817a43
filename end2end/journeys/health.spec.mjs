// How well a domain keeps up what it offers: a score, what it is made of, and the way to what is missing.

import { expect, test } from "../fixtures.mjs";

const table = "gold.cash_outlook";

const main = (page) => page.getByRole("main");
const title = (page) => page.getByRole("heading", { level: 1 });
const field = (page, name) => main(page).getByLabel(name, { exact: true });
const cell = (page, part, line) => field(page, `${part} of column ${line}`);
const publish = (page) => page.getByRole("button", { name: "Publish", exact: true }).click();
const parts = (page) => page.getByRole("table", { name: "What it is made of" });
const meanings = (page) => parts(page).getByRole("row").filter({ hasText: "Columns whose meaning is described" });
const gaps = (page) => page.getByRole("table", { name: "Columns without a meaning" });

/** Opens the health of Finance from the domain's page. */
async function open(page) {
  await page.goto("/domains/finance");
  await main(page).getByRole("link", { name: "Health", exact: true }).click();
  await expect(title(page)).toHaveText("Health of Finance Forecasting");
}

test("an owner sees what her domain lacks, and mends it", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const [maria, paula] = [await as(portal, "Maria Keller"), await as(portal, "Paula Brandt")];

  await test.step("everything is described at first", async () => {
    await open(maria);
    await expect(main(maria).locator("#score")).toContainText("of 100");
    await expect(meanings(maria)).toContainText("100 %");
    await expect(main(maria).getByText("Every column is described.")).toBeVisible();
  });

  await test.step("a column without a meaning is counted and listed", async () => {
    await maria.goto("/domains/finance/new-asset");
    await field(maria, "Id").fill(table);
    await field(maria, "What it is").selectOption("table");
    await field(maria, "Layer").selectOption("gold");
    await field(maria, "Description").fill("What is likely to come in.");
    await cell(maria, "Name", 1).fill("day");
    await cell(maria, "Type", 1).fill("date");
    await cell(maria, "Meaning", 1).fill("The day that it comes in");
    await cell(maria, "Name", 2).fill("amount_eur");
    await cell(maria, "Type", 2).fill("double");
    await publish(maria);
    await expect(title(maria)).toContainText("cash_outlook");
    await open(maria);
    await expect(meanings(maria)).not.toContainText("100 %");
    await meanings(maria).getByRole("link", { name: "See which" }).click();
    await expect(gaps(maria).locator("tbody tr")).toHaveCount(1);
    await expect(gaps(maria)).toContainText("amount_eur");
  });

  await test.step("she describes it from there", async () => {
    await gaps(maria).getByRole("link", { name: "Describe the columns of gold.cash_outlook" }).click();
    await cell(maria, "Meaning", 2).fill("What comes in, in euros");
    await publish(maria);
    await open(maria);
    await expect(meanings(maria)).toContainText("100 %");
    await expect(gaps(maria)).toHaveCount(0);
  });

  await test.step("nobody else sees it", async () => {
    await paula.goto("/domains/finance");
    await expect(main(paula).getByRole("link", { name: "Health", exact: true })).toHaveCount(0);
    expect((await paula.goto("/domains/finance/health")).status()).toBe(403);
  });
});
