// A product and a domain are followed: what changes is listed with its reason, and told once a day.

import { axe, expect, test } from "../fixtures.mjs";
import { eventually, later, moveClock, today } from "../steps.mjs";

const product = "/products/collections";
const without = { javaScriptEnabled: false };

const main = (page) => page.getByRole("main");
const title = (page) => page.getByRole("heading", { level: 1 });
const button = (page, name) => main(page).getByRole("button", { name, exact: true });
const told = (page, sentence) => expect(page.getByRole("status").filter({ hasText: sentence })).toBeVisible();
const lines = (page) => page.locator("#feed > li");
const followed = (page) => page.locator("#follows > li");

/** Follows what a page shows. */
async function follow(page, path) {
  await page.goto(path);
  await button(page, "Follow").click();
  await told(page, "You follow this: once a day you are told what changed.");
  await expect(button(page, "Following")).toHaveAttribute("aria-pressed", "true");
}

/** Publishes the text of the product with other words in one place. */
async function publish(page, from, to, why) {
  await page.goto(`${product}/edit`);
  await expect(main(page).locator("[data-alive=true]").first()).toBeAttached();
  const text = page.getByLabel("Text", { exact: true });
  const before = await text.inputValue();
  expect(before).toContain(from);
  await text.fill(before.replace(from, to));
  await page.getByLabel("Why").fill(why);
  await button(page, "Publish").click();
  await told(page, "Your text was published as revision 2.");
}

test("Tom follows a product and a domain, reads what changed and why, and is told once a day", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const [tom, aylin] = [await as(portal, "Tom Fischer"), await as(portal, "Aylin Demir")];

  await test.step("the page says how to begin", async () => {
    await tom.goto("/");
    await tom.getByRole("link", { name: "Following", exact: true }).click();
    await expect(title(tom)).toHaveText("Following");
    await expect(main(tom).getByText("You follow nothing yet.")).toBeVisible();
  });

  await test.step("he follows the product and a domain", async () => {
    await follow(tom, product);
    expect(await axe(tom)).toEqual([]);
    await follow(tom, "/domains/finance");
    await tom.goto("/following");
    await expect(followed(tom)).toHaveCount(2);
    await expect(main(tom).getByText("Nothing has changed")).toBeVisible();
  });

  await test.step("its owner publishes a change, and he reads it with the reason and the difference", async () => {
    await publish(aylin, "tags: [receivables,", "tags: [claims, receivables,", "Claims are searched for.");
    await tom.goto("/following");
    const line = lines(tom).first();
    await expect(line).toContainText("Aylin Demir published revision 2: Claims are searched for.");
    await expect(line).toContainText("You follow Collections.");
    expect(await axe(tom)).toEqual([]);
    await line.getByRole("link", { name: "What changed of Collections" }).click();
    await expect(title(tom)).toHaveText("Revision 2 of Collections");
  });

  await test.step("he is told once a day, and she is not told of what she did", async () => {
    await moveClock(tom, later(await today(tom), 2));
    await eventually(tom, "/inbox", main(tom).getByRole("link", { name: /in what you follow: Collections/ }));
    await aylin.goto("/inbox");
    await expect(main(aylin).getByText("in what you follow")).toHaveCount(0);
  });

  await test.step("he stops", async () => {
    await tom.goto("/following");
    await button(tom, "Stop following: Collections").click();
    await told(tom, "You do not follow it any more.");
    await expect(followed(tom)).toHaveCount(1);
    await expect(lines(tom).filter({ hasText: "You follow Collections" })).toHaveCount(0);
    await tom.goto(product);
    await expect(button(tom, "Follow")).toHaveAttribute("aria-pressed", "false");
  });
});

test("without JavaScript a table is followed, and what is known by its name alone is not", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const paula = await as(portal, "Paula Brandt", without);
  await follow(paula, "/assets/gold.sales_forecast");
  await paula.goto("/following");
  await expect(followed(paula)).toHaveCount(1);
  await main(paula).getByRole("button", { name: /^Stop following/ }).click();
  await told(paula, "You do not follow it any more.");
  await expect(main(paula).getByText("You follow nothing yet.")).toBeVisible();
  await paula.goto("/products/customers");
  await expect(button(paula, "Follow")).toHaveCount(0);
});
