// From a table to everything that depends on it, as a list and a file; and from a table upstream to the contract that is broken.

import { readFile } from "node:fs/promises";
import { axe, expect, test } from "../fixtures.mjs";

const main = (page) => page.getByRole("main");
const heading = (page) => page.getByRole("heading", { level: 1 });
const row = (page, asset) => main(page).getByRole("row").filter({ has: page.getByRole("link", { name: asset, exact: true }) });
const summary = (page) => page.locator("#summary");
/** How many the list has in all. */
const counted = async (page) => Number((await summary(page).innerText()).match(/([\d,]+) assets?/)[1].replaceAll(",", ""));

/** Chooses from the list with its form. */
async function choose(page, { column, domain }) {
  if (column !== undefined) await main(page).getByLabel("Column", { exact: true }).selectOption(column);
  if (domain !== undefined) await main(page).getByLabel("Domain", { exact: true }).selectOption(domain);
  await main(page).getByRole("button", { name: "Show", exact: true }).click();
}

test("who is hit stands in a list, and so does the cause of a fault", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const david = await as(portal, "David Schmid", { path: "/contracts/fact-payments" });
  await david.getByRole("button", { name: "Run the checks now" }).click();
  await expect(david.getByRole("status").filter({ hasText: "The checks have run" })).toBeVisible();
  const tom = await as(portal, "Tom Fischer", { path: "/assets/silver.fact_payments" });

  await test.step("from a table to all that depends on it", async () => {
    await main(tom).getByRole("link", { name: "What depends on it" }).click();
    await expect(heading(tom)).toHaveText("What depends on silver.fact_payments");
    await expect(summary(tom)).toContainText("that you see in full depend on it, over all hops.");
    await expect(row(tom, "gold.collections")).toContainText("Controlling");
    await expect(row(tom, "gold.collections").locator('td[data-label="Hops"]')).toHaveText("1");
    await expect(main(tom).getByRole("region", { name: "Who is hit when it changes" })).toContainText("Aylin Demir");
    expect(await axe(tom)).toEqual([]);
  });

  await test.step("one of its columns, and one domain", async () => {
    await choose(tom, { column: "amount_eur" });
    await expect(tom).toHaveURL(/column=amount_eur/);
    await expect(heading(tom)).toHaveText("What depends on amount_eur in silver.fact_payments");
    await expect(summary(tom)).toContainText("on its column amount_eur");
    await expect(row(tom, "gold.collections").locator('td[data-label="Columns"]')).toContainText("collected_eur");
    await choose(tom, { column: "", domain: "controlling" });
    await expect(summary(tom)).toContainText("of Controlling that you see in full");
    await expect(main(tom).getByLabel("Domain", { exact: true })).toHaveValue("controlling");
  });

  await test.step("the same as a file", async () => {
    const started = tom.waitForEvent("download");
    await main(tom).getByRole("link", { name: "Download as CSV" }).click();
    const file = await started;
    expect(file.suggestedFilename()).toMatch(/\.csv$/);
    const [head, ...rows] = (await readFile(await file.path(), "utf8")).trimEnd().split(/\r?\n/);
    expect(head).toBe(
      "hops,asset,title,kind,layer,domain,owners,products,contract_state,subscriptions,grants,columns,last_reported,former",
    );
    expect(rows).toHaveLength(await counted(tom));
    expect(rows.some((line) => line.startsWith("1,gold.collections,"))).toBe(true);
  });

  await test.step("as a drawing and back", async () => {
    await main(tom).getByRole("link", { name: "Show as graph" }).click();
    await expect(heading(tom)).toHaveText("Lineage of silver.fact_payments");
    await main(tom).getByRole("link", { name: "List all of them" }).click();
    await expect(heading(tom)).toHaveText("What depends on silver.fact_payments");
  });

  await test.step("upstream of a table stands the contract that is broken", async () => {
    await tom.goto("/assets/gold.collections");
    await main(tom).getByRole("link", { name: "What it is made from" }).click();
    await expect(heading(tom)).toHaveText("What gold.collections is made from");
    const cause = tom.locator("#causes > li");
    await expect(cause).toHaveCount(1);
    await expect(cause).toContainText("Contract broken");
    await expect(cause).toContainText("1 hop upstream");
    await expect(cause).toContainText("David Schmid");
    expect(await axe(tom)).toEqual([]);
    await cause.getByRole("link", { name: "silver.fact_payments", exact: true }).click();
    await expect(heading(tom)).toHaveText("silver.fact_payments");
  });

  await test.step("and what that is made from", async () => {
    await main(tom).getByRole("link", { name: "Look for the cause upstream" }).click();
    await expect(heading(tom)).toHaveText("What order_id in silver.fact_payments is made from");
    await expect(row(tom, "bronze.payments")).toBeVisible();
    await expect(main(tom).getByText(/^No contract of an asset upstream that you see in full breaks a promise/)).toBeVisible();
    await tom.goto("/contracts/fact-payments");
    const upstream = main(tom).getByRole("link", { name: "Look for the cause upstream" });
    await expect(upstream).toHaveAttribute("href", "/lineage/impact?asset=silver.fact_payments&column=order_id&side=upstream");
  });

  await test.step("a column leads to what depends on it", async () => {
    await tom.goto("/assets/silver.fact_payments/columns/amount_eur");
    await main(tom).getByRole("link", { name: "What depends on this column" }).click();
    await expect(summary(tom)).toContainText("on its column amount_eur");
  });
});

test("without JavaScript the list and its filters work, and who sees less counts less", async ({ demo, as }) => {
  const options = { path: "/lineage/impact?asset=silver.fact_payments", javaScriptEnabled: false };
  const tom = await as(demo, "Tom Fischer", options);
  const paula = await as(demo, "Paula Brandt", options);

  await test.step("what is private to a domain is not listed, counted or named for others", async () => {
    await expect(row(tom, "gold.receivables_ageing")).toBeVisible();
    await expect(row(paula, "gold.collections")).toBeVisible();
    await expect(main(paula)).not.toContainText("receivables_ageing");
    expect(await counted(paula)).toBeLessThan(await counted(tom));
  });

  await test.step("a column and a domain are chosen, and the other way is one link", async () => {
    await choose(tom, { column: "due_date", domain: "controlling" });
    await expect(tom).toHaveURL(/column=due_date&domain=controlling/);
    await expect(row(tom, "gold.receivables_ageing").locator('td[data-label="Columns"]')).toContainText("bucket");
    await main(tom).getByRole("link", { name: "What it is made from", exact: true }).click();
    await expect(heading(tom)).toHaveText("What due_date in silver.fact_payments is made from");
    await expect(row(tom, "bronze.payments").locator('td[data-label="Columns"]')).toContainText("due_date");
    await expect(main(tom).getByRole("heading", { name: "Likely causes" })).toBeVisible();
  });
});
