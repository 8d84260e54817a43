// A term is written on a page, found by its synonym, and leads to the data that it is about and back.

import { expect, test } from "../fixtures.mjs";

const main = (page) => page.getByRole("main");
const title = (page) => page.getByRole("heading", { level: 1 });
const field = (page, name) => main(page).getByLabel(name, { exact: true });
const publish = (page) => page.getByRole("button", { name: "Publish", exact: true }).click();
const meaning = (page) => page.getByRole("region", { name: "What it means" });
const told = (page, sentence) => expect(page.getByRole("status").filter({ hasText: sentence })).toBeVisible();

/** Fills in a new term of Finance. */
async function write(page, { products }) {
  await page.goto("/domains/finance");
  await main(page).getByRole("link", { name: "New term" }).click();
  await expect(title(page)).toHaveText("New term");
  await field(page, "Name").fill("Cash outlook");
  await field(page, "Definition").fill("What is **likely** to come in.");
  await field(page, "Synonyms").fill("Zahlungsausblick\nexpected receipts");
  await field(page, "Data products").fill(products);
  await field(page, "Tables and columns").fill("gold.sales_forecast#forecast_eur");
}

test("an owner writes a term, and a colleague finds it by its synonym", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const [maria, paula] = [await as(portal, "Maria Keller"), await as(portal, "Paula Brandt")];

  await test.step("she writes it field by field and publishes it", async () => {
    await write(maria, { products: "sales-forecast" });
    await publish(maria);
    await told(maria, "Your text was published as revision 1.");
    await expect(title(maria)).toHaveText("Cash outlook");
    await expect(main(maria).locator(".prose strong")).toHaveText("likely");
  });

  await test.step("the search shows what the word means while it is typed", async () => {
    await paula.goto("/catalog");
    await expect(main(paula).locator("[data-alive=true]").first()).toBeAttached();
    await main(paula).getByRole("searchbox").fill("zahlungsaus");
    await expect(meaning(paula)).toContainText("What is likely to come in.");
    await meaning(paula).getByRole("link", { name: "Cash outlook" }).click();
    await expect(title(paula)).toHaveText("Cash outlook");
    await expect(main(paula).getByText("expected receipts")).toBeVisible();
    await expect(main(paula).getByRole("link", { name: "Change", exact: true })).toHaveCount(0);
  });

  await test.step("the term leads to its data, and the data to the term", async () => {
    await main(paula).getByRole("link", { name: "Sales forecast" }).click();
    await expect(title(paula)).toHaveText("Sales forecast");
    await main(paula).getByRole("link", { name: "Cash outlook" }).click();
    await main(paula).getByRole("link", { name: "gold.sales_forecast" }).click();
    // At the column that it is about, and among the facts of the table.
    await expect(main(paula).getByRole("link", { name: "Cash outlook" })).toHaveCount(2);
  });

  await test.step("the list has it by the beginning of a word", async () => {
    await paula.locator('a.rail-link[href="/glossary"]').click();
    await expect(title(paula)).toHaveText("Glossary");
    await main(paula).getByRole("searchbox").fill("receipts");
    await main(paula).getByRole("button", { name: "Search" }).click();
    await expect(main(paula).locator("#terms li")).toHaveCount(1);
    await expect(main(paula).locator("#terms")).toContainText("Cash outlook");
  });

  await test.step("a member of another domain may not change it", async () => {
    expect((await paula.goto("/glossary/cash-outlook/edit")).status()).toBe(403);
    expect((await paula.goto("/domains/finance/new-term")).status()).toBe(403);
  });
});

test("without JavaScript a mistake keeps what was typed, and nobody's change is written over unseen", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const [ines, maria] = [
    await as(portal, "Ines Hoffmann", { javaScriptEnabled: false }),
    await as(portal, "Maria Keller"),
  ];

  await test.step("what is not there stands at its field, and nothing typed is lost", async () => {
    await write(ines, { products: "no-such-product" });
    await publish(ines);
    await expect(ines.locator(".field-error")).toHaveCount(1);
    await expect(field(ines, "Data products")).toHaveAttribute("aria-invalid", "true");
    await expect(field(ines, "Name")).toHaveValue("Cash outlook");
    await expect(field(ines, "Synonyms")).toHaveValue(/Zahlungsausblick\r?\nexpected receipts/);
    await field(ines, "Data products").fill("sales-forecast");
    await publish(ines);
    await told(ines, "Your text was published as revision 1.");
  });

  await test.step("it is found by its synonym", async () => {
    await ines.goto("/catalog?q=Zahlungsausblick");
    await expect(meaning(ines).getByRole("link", { name: "Cash outlook" })).toBeVisible();
  });

  await test.step("whoever began before is told, keeps the text, and decides", async () => {
    await maria.goto("/glossary/cash-outlook/edit");
    await ines.goto("/glossary/cash-outlook/edit");
    await field(ines, "Definition").fill("What is sure to come in.");
    await publish(ines);
    await told(ines, "Your text was published as revision 2.");
    await field(maria, "Definition").fill("What comes in, and when.");
    await publish(maria);
    await expect(main(maria).locator("#base-error")).toContainText("after this text was begun");
    await expect(main(maria).locator("#refused")).toBeHidden();
    await expect(main(maria).getByRole("link", { name: "See what it changed" })).toBeVisible();
    await expect(field(maria, "Definition")).not.toHaveAttribute("aria-invalid", "true");
    await expect(field(maria, "Definition")).toHaveValue("What comes in, and when.");
    await maria.getByRole("button", { name: "Publish over revision 2" }).click();
    await told(maria, "Your text was published as revision 3.");
    await expect(main(maria).getByText("What comes in, and when.")).toBeVisible();
  });
});
