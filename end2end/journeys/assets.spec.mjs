// What is said of a table is written on a page: a new one with its columns, a change of one that files brought.

import { expect, test } from "../fixtures.mjs";
import { eventually } from "../steps.mjs";

const table = "gold.cash_outlook";
const forecast = "/assets/gold.sales_forecast";

const main = (page) => page.getByRole("main");
const title = (page) => page.getByRole("heading", { level: 1 });
const field = (page, name) => main(page).getByLabel(name, { exact: true });
const cell = (page, part, line) => field(page, `${part} of column ${line}`);
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const publish = (page) => press(page, "Publish");
const consent = (page) => main(page).getByRole("checkbox", { name: "I have seen what this changes for people" });
const told = (page, sentence) => expect(page.getByRole("status").filter({ hasText: sentence })).toBeVisible();
const awake = (page) => expect(main(page).locator("[data-alive=true]").first()).toBeAttached();

/** Fills in a new table of Finance with two columns. */
async function write(page) {
  await page.goto("/domains/finance");
  await main(page).getByRole("link", { name: "New table or other asset" }).click();
  await expect(title(page)).toHaveText("New table or other asset");
  await field(page, "Id").fill(table);
  await field(page, "What it is").selectOption("table");
  await field(page, "Layer").selectOption("gold");
  await field(page, "Description").fill("What is **likely** to come in.");
  await column(page, 1, "day", "date", "The day that it comes in");
  await column(page, 2, "customer_email", "string", "Who pays");
  await cell(page, "Classification", 2).selectOption("restricted");
}

async function column(page, line, name, type, meaning) {
  await cell(page, "Name", line).fill(name);
  await cell(page, "Type", line).fill(type);
  await cell(page, "Meaning", line).fill(meaning);
}

/** The table's page says what was written. */
async function expectWritten(page) {
  await expect(title(page)).toContainText("cash_outlook");
  await expect(main(page).locator(".prose strong")).toHaveText("likely");
  const row = page.getByRole("table", { name: "Columns" }).getByRole("row").filter({ hasText: "customer_email" });
  await expect(row).toContainText("Who pays");
  await expect(row).toContainText("restricted");
}

test("an owner describes a new table, and a colleague finds it", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const [maria, paula] = [await as(portal, "Maria Keller"), await as(portal, "Paula Brandt")];

  await test.step("she sees how it reads while she types, and adds a column", async () => {
    await write(maria);
    await awake(maria);
    await cell(maria, "Meaning", 2).fill("Who pays");
    await cell(maria, "Tags", 2).fill("person");
    await expect(maria.getByRole("region", { name: "How the description reads" }).locator("strong")).toHaveText("likely");
    await expect(maria.locator("#check-said")).toContainText("This can be published");
    await press(maria, "Add a column");
    await expect(cell(maria, "Name", 11)).toBeFocused();
    await expect(cell(maria, "Name", 11)).toHaveValue("");
  });

  await test.step("a mistake stands at its field and goes when it is corrected", async () => {
    await cell(maria, "Name", 11).fill("DAY");
    await expect(maria.locator("#check-said")).toContainText("1 mistake to correct");
    await expect(main(maria).locator(".column-form .field-error")).toHaveCount(1);
    await cell(maria, "Name", 11).fill("amount_eur");
    await expect(maria.locator("#check-said")).toContainText("This can be published");
    await expect(main(maria).locator(".field-error")).toHaveCount(0);
  });

  await test.step("it is published and found", async () => {
    await publish(maria);
    await told(maria, "Your text was published as revision 1.");
    await expectWritten(maria);
    const hit = paula.locator("#hits").getByRole("link", { name: /cash_outlook/ });
    await eventually(paula, "/catalog?q=cash_outlook", hit.first());
    await hit.first().click();
    await expectWritten(paula);
  });

  await test.step("its revisions say who wrote it", async () => {
    await main(maria).getByRole("link", { name: "Revisions", exact: true }).click();
    const rows = maria.getByRole("table", { name: "Revisions, the newest first" }).locator("tbody tr");
    await expect(rows).toHaveCount(1);
    await expect(rows.first()).toContainText("Maria Keller");
    await maria.getByRole("link", { name: "Revision 1", exact: true }).click();
    await expect(main(maria).getByText("this is what the asset says now")).toBeVisible();
  });

  await test.step("a member of another domain is offered nothing and refused", async () => {
    for (const name of ["Change", "Revisions"]) {
      await expect(main(paula).getByRole("link", { name, exact: true })).toHaveCount(0);
    }
    for (const path of [`/assets/${table}/edit`, `/assets/${table}/history`, "/domains/finance/new-asset"]) {
      expect((await paula.goto(path)).status(), path).toBe(403);
    }
  });
});

test("without JavaScript a table is described, and what protects less than before asks for consent", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const without = { javaScriptEnabled: false };
  const [ines, maria] = [await as(portal, "Ines Hoffmann", without), await as(portal, "Maria Keller", without)];

  await test.step("a mistake stands at its field, and nothing typed is lost", async () => {
    await write(ines);
    await cell(ines, "Meaning", 4).fill("Nobody says of which column");
    await publish(ines);
    await expect(cell(ines, "Name", 4)).toHaveAttribute("aria-invalid", "true");
    await expect(main(ines).getByRole("link", { name: "Name of column 4" })).toBeVisible();
    await expect(cell(ines, "Name", 2)).toHaveValue("customer_email");
    await expect(cell(ines, "Classification", 2)).toHaveValue("restricted");
    await expect(field(ines, "Description")).toHaveValue("What is **likely** to come in.");
    await cell(ines, "Meaning", 4).fill("");
  });

  await test.step("Check shows how it reads and publishes nothing", async () => {
    await press(ines, "Check");
    await expect(ines.locator("#check-said")).toContainText("This can be published");
    await expect(ines.locator("#about strong")).toHaveText("likely");
    await expect(ines.locator(".field-error")).toHaveCount(0);
    await publish(ines);
    await told(ines, "Your text was published as revision 1.");
    await expectWritten(ines);
  });

  await test.step("an owner does not lower it where there is a steward", async () => {
    await maria.goto(`/assets/${table}/edit`);
    await cell(maria, "Classification", 2).selectOption("internal");
    await field(maria, "Why").fill("Everybody needs it.");
    await publish(maria);
    await expect(main(maria).locator(".field-error")).toContainText("Only a steward");
    await maria.goto(`/assets/${table}/edit`);
    await expect(cell(maria, "Classification", 2)).toHaveValue("restricted");
  });

  await test.step("the steward does, with consent and a reason", async () => {
    await main(ines).getByRole("link", { name: "Change", exact: true }).click();
    await expect(consent(ines)).toBeHidden();
    await cell(ines, "Classification", 2).selectOption("internal");
    await publish(ines);
    await expect(consent(ines)).toBeVisible();
    await expect(ines.getByRole("region", { name: "What it changes for people" })).toContainText("customer_email");
    await expect(cell(ines, "Classification", 2)).toHaveValue("internal");
    await consent(ines).check();
    await field(ines, "Why").fill("It holds no addresses since May.");
    await publish(ines);
    await told(ines, "Your text was published as revision 2.");
  });

  await test.step("a column goes when its line is emptied", async () => {
    await main(ines).getByRole("link", { name: "Change", exact: true }).click();
    await column(ines, 1, "", "", "");
    await publish(ines);
    await told(ines, "Your text was published as revision 3.");
    const rows = ines.getByRole("table", { name: "Columns" }).locator("tbody tr");
    await expect(rows).toHaveCount(1);
    await expect(rows).toContainText("customer_email");
  });
});

test("two people who change a table that files brought meet, and neither text is lost unseen", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const [ines, maria] = [
    await as(portal, "Ines Hoffmann", { javaScriptEnabled: false }),
    await as(portal, "Maria Keller"),
  ];

  await test.step("the first change keeps the text of the files as well", async () => {
    for (const page of [ines, maria]) {
      await page.goto(forecast);
      await expect(main(page).getByRole("link", { name: "Revisions", exact: true })).toHaveCount(0);
      await main(page).getByRole("link", { name: "Change", exact: true }).click();
    }
    await field(ines, "Description").fill("What Finance expects.");
    await field(ines, "Why").fill("Shorter.");
    await publish(ines);
    await told(ines, "Your text was published as revision 2.");
  });

  await test.step("whoever began before is told, keeps the text, and decides", async () => {
    await field(maria, "Description").fill("What Finance expects, month by month.");
    await publish(maria);
    await expect(main(maria).locator("#seen-error")).toBeVisible();
    await expect(main(maria).locator("#refused")).toBeHidden();
    await expect(main(maria).getByRole("link", { name: "See what is published now" })).toBeVisible();
    await expect(field(maria, "Description")).toHaveValue("What Finance expects, month by month.");
    await press(maria, "Publish over revision 2");
    await told(maria, "Your text was published as revision 3.");
    await expect(main(maria).getByText("What Finance expects, month by month.")).toBeVisible();
  });

  await test.step("the revisions hold all three", async () => {
    await main(maria).getByRole("link", { name: "Revisions", exact: true }).click();
    const rows = maria.getByRole("table", { name: "Revisions, the newest first" }).locator("tbody tr");
    await expect(rows).toHaveCount(3);
    await expect(rows.nth(1)).toContainText("Shorter.");
    await expect(rows.last()).toContainText("Imported files");
  });
});
