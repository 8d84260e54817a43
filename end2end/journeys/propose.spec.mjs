// A member of a domain proposes a change of a product; the owner accepts it in her name, or declines it with a reason.

import { axe, expect, test } from "../fixtures.mjs";
import { eventually } from "../steps.mjs";

const without = { javaScriptEnabled: false };
const product = "/products/sales-daily";
const published = "The last week still moves.";

const main = (page) => page.getByRole("main");
const title = (page) => page.getByRole("heading", { level: 1 });
const field = (page, name) => main(page).getByLabel(name, { exact: true });
const link = (page, name) => main(page).getByRole("link", { name, exact: true });
const press = (page, name) => main(page).getByRole("button", { name, exact: true }).click();
const told = (page, sentence) => expect(page.getByRole("status").filter({ hasText: sentence })).toBeVisible();
const entry = (page) => page.locator("#rail").getByRole("link", { name: /^Proposals/ });

/** Opens the form of the product and writes something else in the place of a part of its text. */
async function rewrite(page, to) {
  await page.goto(product);
  await expect(link(page, "Change")).toHaveCount(0);
  await link(page, "Propose a change").click();
  await expect(title(page)).toHaveText("Propose a change of Daily sales");
  await expect(main(page).getByText("An owner or a steward of Finance Forecasting decides about it")).toBeVisible();
  const before = await field(page, "Text").inputValue();
  expect(before).toContain(published);
  await field(page, "Text").fill(before.replace(published, to));
}

/** Proposes a change, and answers the address of the proposal. */
async function propose(page, to, why) {
  await rewrite(page, to);
  await field(page, "Why").fill(why);
  await press(page, "Propose");
  await told(page, "Your change was proposed.");
  return new URL(page.url()).pathname;
}

test("a member proposes, and the owner publishes it in her name", async ({ openDemo, as }) => {
  test.setTimeout(120_000);
  const portal = await openDemo();
  const [clara, maria] = [await as(portal, "Clara Neumann"), await as(portal, "Maria Keller")];
  const paula = await as(portal, "Paula Brandt");
  const changed = "The last three days still move.";
  let address;

  await test.step("she proposes on the form that owners have, with a check while she types", async () => {
    await clara.goto(product);
    await expect(entry(clara)).toHaveCount(0);
    await rewrite(clara, changed);
    await expect(clara.locator("#check-said")).toContainText("1 line added, 1 taken away");
    expect(await axe(clara)).toEqual([]);
    await press(clara, "Propose");
    await expect(clara.locator("#reason-error")).toContainText("Say what you change and for what");
    await expect(field(clara, "Text")).toHaveValue(new RegExp(changed.replace(".", "\\.")));
    await field(clara, "Why").fill("It was shortened in May");
    await press(clara, "Propose");
    await told(clara, "Your change was proposed.");
    address = new URL(clara.url()).pathname;
    await expect(entry(clara)).toBeVisible();
    expect(await axe(clara)).toEqual([]);
  });

  await test.step("to others there is nothing", async () => {
    expect((await paula.goto(address)).status()).toBe(404);
    expect((await paula.goto(`${product}/edit`)).status()).toBe(403);
  });

  await test.step("the owner is told, sees what it changes, and accepts it", async () => {
    const notice = maria.getByRole("link", { name: /Clara Neumann proposes a change of data product/ });
    await eventually(maria, "/inbox", notice.first());
    await maria.goto("/");
    await entry(maria).click();
    await link(maria, "Change of Daily sales").click();
    await expect(title(maria)).toHaveText("Change of Daily sales");
    await expect(main(maria).getByRole("row").filter({ hasText: changed })).toContainText("added");
    expect(await axe(maria)).toEqual([]);
    await main(maria).locator("summary", { hasText: "Accept" }).click();
    await press(maria, "Accept and publish");
    await told(maria, "Accepted: it was published as revision 2.");
    await expect(main(maria).getByText(changed)).toBeVisible();
    await link(maria, "History").click();
    await expect(main(maria).getByText("Proposed by Clara Neumann: It was shortened in May")).toBeVisible();
  });

  await test.step("whoever proposed it is told", async () => {
    const notice = clara.getByRole("link", { name: /Daily sales.*: your change was accepted/ });
    await eventually(clara, "/inbox", notice.first());
    await clara.goto("/proposals");
    await expect(main(clara).getByText("Accepted", { exact: true })).toBeVisible();
    expect(await axe(clara)).toEqual([]);
  });
});

test("without JavaScript it is declined with a reason, and another one is taken back", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const [clara, maria] = [await as(portal, "Clara Neumann", without), await as(portal, "Maria Keller", without)];

  await test.step("the owner has to say why", async () => {
    const address = await propose(clara, "Nothing moves.", "It is always right");
    await maria.goto(address);
    await maria.locator("#declining textarea").evaluate((field) => field.removeAttribute("required"));
    await press(maria, "Decline");
    await expect(maria.locator("#reason-error")).toContainText("Say why it is declined");
    await field(maria, "Why it is declined").fill("It does move");
    await press(maria, "Decline");
    await told(maria, "Declined: whoever proposed it is told your reason.");
    await clara.goto(address);
    await expect(main(clara).getByText("by Maria Keller (It does move),")).toBeVisible();
  });

  await test.step("a proposal that waits is taken back", async () => {
    await propose(clara, "The last day still moves.", "Measured again");
    await clara.goto("/proposals");
    await main(clara).locator("summary", { hasText: "Withdraw" }).click();
    await press(clara, "Withdraw the proposal now");
    await told(clara, "Your proposal was withdrawn");
    await expect(main(clara).getByText("Withdrawn", { exact: true })).toBeVisible();
  });
});
