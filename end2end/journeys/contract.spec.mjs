// A contract is written on a page for a table of one's domain: begun from its columns, checked while it is typed, put in force.

import { expect, test } from "../fixtures.mjs";

const begin = "/domains/finance/new-contract?asset=gold.sales_daily";
const contract = "/contracts/sales-plan";

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

test("an owner writes a contract for a table of her domain and puts it in force", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const maria = await as(portal, "Maria Keller");

  await test.step("her domain leads to the page, and the table fills it in", async () => {
    await maria.goto("/domains/finance");
    await expect(main(maria).getByRole("link", { name: "New contract", exact: true })).toBeVisible();
    await maria.goto(begin);
    await expect(maria.getByRole("heading", { level: 1 })).toHaveText("New contract");
    await expect(text(maria)).toHaveValue(/status: draft[^]*revenue_eur/);
    await awake(maria);
  });

  await test.step("a mistake shows while she types, with its line", async () => {
    await rewrite(maria, 'purpose: ""', 'purpose: "Plans of the next year"');
    const mistake = maria.locator("#checked li").filter({ hasText: "This id is taken here" });
    await expect(mistake).toBeVisible();
    await mistake.locator("a[data-line]").click();
    await expect(text(maria)).toBeFocused();
  });

  await test.step("she publishes the draft", async () => {
    await rewrite(maria, 'id: "sales-daily"', "id: sales-plan");
    await expect(maria.locator("#checked")).toContainText("It is new in Finance Forecasting.");
    await expect(maria.locator("#checked")).toContainText("Version 0.1.0 is a draft");
    await maria.getByLabel("Why").fill("Planning needs its own promise.");
    await publish(maria);
    await told(maria, "Your text was published as revision 1.");
    expect(new URL(maria.url()).pathname).toBe(contract);
  });

  await test.step("without JavaScript she puts it in force", async () => {
    const plain = await as(portal, "Maria Keller", { javaScriptEnabled: false });
    await plain.goto(contract);
    await main(plain).getByRole("link", { name: "Change", exact: true }).click();
    await rewrite(plain, "version: 0.1.0", "version: 1.0.0");
    await rewrite(plain, "status: draft", "status: active");
    await plain.getByRole("button", { name: "Check", exact: true }).click();
    await expect(plain.locator("#check-said")).toContainText("The text can be published: 2 lines added, 2 taken away.");
    await expect(plain.locator("#checked")).toContainText("Version 1.0.0 is in force.");
    await publish(plain);
    await told(plain, "Your text was published as revision 2.");
    await main(plain).getByRole("link", { name: "History", exact: true }).click();
    const rows = plain.getByRole("table", { name: "Revisions, the newest first" }).locator("tbody tr");
    await expect(rows).toHaveCount(2);
    await expect(rows.first()).toContainText("1.0.0");
    await expect(rows.last()).toContainText("Planning needs its own promise.");
  });

  await test.step("what breaks needs the next number", async () => {
    await maria.goto(`${contract}/edit`);
    await awake(maria);
    await rewrite(maria, 'name: "returns_eur"', 'name: "returned_eur"');
    await expect(maria.locator("#checked")).toContainText("2.0.0 or higher");
    await rewrite(maria, "version: 1.0.0", "version: 2.0.0");
    await expect(maria.locator("#checked")).toContainText("Version 2.0.0 takes the place of 1.0.0 and is in force.");
    await publish(maria);
    await told(maria, "Your text was published as revision 3.");
  });
});
