// A product's text is changed on its page: checked while it is typed, published with a reason, and nothing of it is lost.

import { expect, test } from "../fixtures.mjs";

const product = "/products/sales-forecast";
const published = "Expected revenue for the next twelve months";
const changed = "Expected revenue and orders for the next twelve months";

const text = (page) => page.getByLabel("Text", { exact: true });
const main = (page) => page.getByRole("main");
const publish = (page) => page.getByRole("button", { name: "Publish", exact: true }).click();
const comparison = (page) => page.getByRole("region", { name: "What the text changes" });
const told = (page, sentence) => expect(page.getByRole("status").filter({ hasText: sentence })).toBeVisible();

/** What is typed from here on is checked: the browser's part of the page is there. */
const awake = (page) => expect(page.getByRole("main").locator("[data-alive=true]").first()).toBeAttached();

/** Writes something else in the place of a part of the text. */
async function rewrite(page, from, to) {
  const before = await text(page).inputValue();
  expect(before).toContain(from);
  await text(page).fill(before.replace(from, to));
}

test("an owner changes what her product says, and takes it back", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const [maria, paula] = [await as(portal, "Maria Keller"), await as(portal, "Paula Brandt")];

  await test.step("she sees the comparison while she types, and publishes with a reason", async () => {
    await maria.goto(product);
    await main(maria).getByRole("link", { name: "Change", exact: true }).click();
    await expect(maria.getByRole("heading", { level: 1 })).toHaveText("Change Sales forecast");
    await awake(maria);
    await rewrite(maria, published, changed);
    await expect(comparison(maria).getByRole("row").filter({ hasText: changed })).toContainText("added");
    await expect(comparison(maria).getByRole("row").filter({ hasText: published })).toContainText("taken away");
    await expect(maria.locator("#check-said")).toContainText("The text can be published: 1 line added, 1 taken away.");
    await maria.getByLabel("Why").fill("Orders are part of it since May.");
    await publish(maria);
    await told(maria, "Your text was published as revision 2.");
    await expect(main(maria).getByText(changed)).toBeVisible();
    await paula.goto(product);
    await expect(main(paula).getByText(changed)).toBeVisible();
  });

  await test.step("the history says who changed what and why", async () => {
    await main(maria).getByRole("link", { name: "History", exact: true }).click();
    const rows = maria.getByRole("table", { name: "Revisions, the newest first" }).locator("tbody tr");
    await expect(rows).toHaveCount(2);
    await expect(rows.first()).toContainText("Maria Keller");
    await expect(rows.first()).toContainText("Orders are part of it since May.");
    await expect(rows.last()).toContainText("Imported files");
  });

  await test.step("the older text is published again", async () => {
    await maria.getByRole("link", { name: "Revision 1", exact: true }).click();
    await maria.getByRole("link", { name: "Publish this text again" }).click();
    await expect(main(maria).getByText("This is the text of an older revision.")).toBeVisible();
    await publish(maria);
    await told(maria, "Your text was published as revision 3.");
    await expect(main(maria).getByText(published)).toBeVisible();
  });

  await test.step("a mistake is told with its line, and the line is a press away", async () => {
    await maria.goto(`${product}/edit`);
    await awake(maria);
    await rewrite(maria, "name: Sales forecast", "name: [");
    const mistake = maria.locator("#checked a[data-line]").first();
    await expect(mistake).toBeVisible();
    await mistake.click();
    await expect(text(maria)).toBeFocused();
  });

  await test.step("what was typed outlives its page, until somebody throws it away", async () => {
    const typed = await text(maria).inputValue();
    await maria.goto("/catalog");
    await maria.goto(`${product}/edit`);
    await told(maria, "Your unpublished text of");
    await expect(text(maria)).toHaveValue(new RegExp(published));
    await maria.getByRole("button", { name: "Take it" }).click();
    await expect(text(maria)).toHaveValue(typed);
    await maria.getByLabel("Why").fill("A try.");
    await maria.goto("/catalog");
    await maria.goto(`${product}/edit`);
    await told(maria, "Your unpublished text of");
    const beside = "Expected revenue of every shop";
    await rewrite(maria, published, beside);
    await maria.getByLabel("Why").fill("Shops are part of it.");
    await expect(comparison(maria).getByRole("row").filter({ hasText: beside })).toContainText("added");
    await maria.goto("/catalog");
    await maria.goto(`${product}/edit`);
    await maria.getByRole("button", { name: "Take it" }).click();
    await expect(text(maria)).toHaveValue(typed);
    await expect(maria.getByLabel("Why")).toHaveValue("A try.");
    await maria.getByRole("button", { name: "Take it" }).click();
    await expect(text(maria)).toHaveValue(new RegExp(beside));
    await expect(maria.getByLabel("Why")).toHaveValue("Shops are part of it.");
    await maria.getByRole("button", { name: "Throw it away" }).click();
    await expect(maria.getByRole("button", { name: "Take it" })).toBeHidden();
    await expect(text(maria)).toHaveValue(new RegExp(beside));
    await maria.goto("/catalog");
    await maria.goto(`${product}/edit`);
    await maria.getByRole("button", { name: "Throw it away" }).click();
    await maria.goto("/catalog");
    await maria.goto(`${product}/edit`);
    await awake(maria);
    await expect(maria.getByRole("button", { name: "Take it" })).toBeHidden();
  });

  await test.step("two tabs keep what is typed on each", async () => {
    const other = await maria.context().newPage();
    for (const page of [maria, other]) {
      await page.goto(`${product}/edit`);
      await awake(page);
    }
    const [one, two] = ["Expected revenue of one tab", "Expected revenue of the other"];
    await rewrite(maria, published, one);
    await expect(comparison(maria).getByRole("row").filter({ hasText: one })).toContainText("added");
    await other.getByRole("button", { name: "Check", exact: true }).click();
    await expect(other.locator("#check-said")).toContainText("there is nothing to change");
    await rewrite(other, published, two);
    await expect(comparison(other).getByRole("row").filter({ hasText: two })).toContainText("added");
    await other.close();
    await maria.goto("/catalog");
    await maria.goto(`${product}/edit`);
    for (const typed of [one, two]) {
      await maria.getByRole("button", { name: "Take it" }).click();
      await expect(text(maria)).toHaveValue(new RegExp(typed));
    }
  });

  await test.step("a member of another domain is offered nothing and refused", async () => {
    await expect(main(paula).getByRole("link", { name: "Change", exact: true })).toHaveCount(0);
    await expect(main(paula).getByRole("link", { name: "History", exact: true })).toHaveCount(0);
    for (const page of ["edit", "history", "history/1"]) {
      expect((await paula.goto(`${product}/${page}`)).status(), page).toBe(403);
    }
  });
});

test("without JavaScript a mistake keeps the text, and nobody's change is written over unseen", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const [ines, maria] = [
    await as(portal, "Ines Hoffmann", { javaScriptEnabled: false }),
    await as(portal, "Maria Keller"),
  ];
  await maria.goto(`${product}/edit`);

  await test.step("a mistake stands at the field, with the text as it was typed", async () => {
    await ines.goto(`${product}/edit`);
    await rewrite(ines, published, changed);
    await rewrite(ines, "name: Sales forecast", "name: [");
    await publish(ines);
    await expect(ines.locator(".field-error")).toBeVisible();
    await expect(text(ines)).toHaveAttribute("aria-invalid", "true");
    await expect(text(ines)).toHaveValue(/name: \[/);
  });

  await test.step("Check shows what the text changes and publishes nothing", async () => {
    await rewrite(ines, "name: [", "name: Sales forecast");
    await ines.getByLabel("Why").fill("Orders too.");
    await ines.getByRole("button", { name: "Check", exact: true }).click();
    await expect(ines.locator("#check-said")).toContainText("The text can be published");
    await expect(comparison(ines).getByRole("row").filter({ hasText: changed })).toContainText("added");
    await expect(ines.locator(".field-error")).toHaveCount(0);
    await expect(ines.getByLabel("Why")).toHaveValue("Orders too.");
  });

  await test.step("it is published", async () => {
    await publish(ines);
    await told(ines, "Your text was published as revision 2.");
    await expect(main(ines).getByText(changed)).toBeVisible();
  });

  await test.step("whoever began before is told, and keeps the text", async () => {
    const other = "Expected revenue of every shop for the next twelve months";
    await rewrite(maria, published, other);
    await publish(maria);
    await expect(maria.locator(".field-error")).toContainText("Ines Hoffmann");
    await expect(text(maria)).toHaveValue(new RegExp(other));
    await expect(comparison(maria).getByRole("row").filter({ hasText: changed })).toContainText("taken away");
    await expect(maria.getByRole("link", { name: "See what changed (in a new tab)" })).toBeVisible();
    await maria.getByRole("button", { name: "Publish over revision 2" }).click();
    await told(maria, "Your text was published as revision 3.");
    await expect(main(maria).getByText(other)).toBeVisible();
    await maria.goto(`${product}/edit`);
    await expect(maria.getByRole("button", { name: "Take it" })).toBeHidden();
  });
});
