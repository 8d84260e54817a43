// An owner works at the desk: single keys on reviews, the button that says until when, and errors where they belong.

import { expect, test } from "../fixtures.mjs";
import { later, moveClock, openRequest, request, today } from "../steps.mjs";

test("the review desk by single keys: no key decides at once", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const david = await as(portal, "David Schmid", { path: "/reviews" });
  const desk = david.locator("#reviews");
  const rows = desk.locator("[data-review]");
  const said = desk.getByRole("status");
  await expect(desk.locator("kbd").first()).toBeVisible();
  const count = await rows.count();
  expect(count, "the demo has reviews to decide").toBeGreaterThan(0);
  const box = rows.first().getByRole("checkbox");
  const name = await box.getAttribute("aria-label");

  await test.step("j reaches a row, x chooses it, x again does not", async () => {
    await david.keyboard.press("j");
    await expect(box).toBeFocused();
    await expect(rows.first()).toHaveAttribute("aria-selected", "true");
    await david.keyboard.press("x");
    await expect(box).toBeChecked();
    await expect(said).toHaveText("1 chosen");
    await david.keyboard.press("x");
    await expect(box).not.toBeChecked();
  });

  await test.step("a says what it would do; another key takes that back", async () => {
    await david.keyboard.press("a");
    await expect(said).toHaveText(`Press a again to keep ${name}`);
    await david.keyboard.press("k");
    await expect(said).toHaveText("0 chosen");
    await expect(rows).toHaveCount(count);
  });

  await test.step("r asks why, and without a word Enter withdraws nothing", async () => {
    await david.keyboard.press("r");
    await expect(david.getByLabel("Comment (required to withdraw)")).toBeFocused();
    await expect(said).toHaveText(`Say why; Enter withdraws ${name}`);
    await david.keyboard.press("Enter");
    await expect(rows).toHaveCount(count);
    await david.keyboard.press("Escape");
    await expect(said).toHaveText("0 chosen");
  });

  await test.step("switched off, the keys are letters again", async () => {
    const keys = david.getByLabel("Single-key shortcuts");
    await keys.uncheck();
    await keys.blur();
    await david.keyboard.press("j");
    await expect(box).not.toBeFocused();
    await keys.check();
    await keys.blur();
  });

  await test.step("a pressed twice keeps the row", async () => {
    await david.keyboard.press("j");
    await david.keyboard.press("a");
    await david.keyboard.press("a");
    await expect(david.getByRole("status").filter({ hasText: "The access was kept." })).toBeVisible();
    await expect(rows).toHaveCount(count - 1);
  });
});

for (const javaScriptEnabled of [true, false]) {
  test(`Enter keeps nothing that was to be withdrawn, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async ({ openDemo, as }) => {
    const portal = await openDemo();
    const david = await as(portal, "David Schmid", { path: "/reviews", javaScriptEnabled });
    const rows = david.locator("#reviews [data-review]");
    const count = await rows.count();
    await rows.first().getByRole("checkbox").check();
    await david.getByText("Withdraw the chosen", { exact: true }).click();
    const comment = david.getByLabel("Comment (required to withdraw)");
    await comment.fill("The project has ended.");
    await comment.press("Enter");
    await expect(comment).toHaveValue("The project has ended.");
    await david.goto("/reviews");
    await expect(rows).toHaveCount(count);
  });
}

test("r, a reason and Enter withdraw one row", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const david = await as(portal, "David Schmid", { path: "/reviews" });
  const rows = david.locator("#reviews [data-review]");
  await expect(david.locator("#reviews kbd").first()).toBeVisible();
  const count = await rows.count();
  await david.keyboard.press("j");
  await david.keyboard.press("r");
  await david.keyboard.type("The project has ended.");
  await david.keyboard.press("Enter");
  await expect(david.getByRole("status").filter({ hasText: "The access was withdrawn" })).toBeVisible();
  await expect(rows).toHaveCount(count - 1);
});

test("the button that approves says until when, and an error stands at its field", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const [aylin, paula] = [await as(portal, "Aylin Demir"), await as(portal, "Paula Brandt")];
  await request(paula, "collections", "Compare the claims of our suppliers.");
  await openRequest(aylin, "Paula Brandt");
  const approve = aylin.getByRole("button", { name: /^Approve until / });

  await test.step("it follows the date", async () => {
    const day = later(await today(aylin), 40);
    await aylin.getByLabel("Last day of access").fill(day);
    const written = new Date(day);
    const month = written.toLocaleString("en-US", { month: "short", timeZone: "UTC" });
    await expect(approve).toHaveText(`Approve until ${written.getUTCDate()} ${month} ${written.getUTCFullYear()}`);
  });

  await test.step("Enter in a field decides nothing", async () => {
    await aylin.getByLabel("Comment").fill("No: ask for the sums alone.");
    await aylin.getByLabel("Comment").press("Enter");
    await aylin.getByLabel("Last day of access").press("Enter");
    await expect(approve).toBeVisible();
    await aylin.reload();
    await expect(approve).toBeVisible();
    await aylin.getByLabel("Last day of access").fill(later(await today(aylin), 40));
  });

  await test.step("who rejects without a word keeps the page and what was typed", async () => {
    const path = new URL(aylin.url()).pathname;
    await aylin.getByLabel("Comment").fill(" ");
    await aylin.getByRole("button", { name: "Reject with this comment" }).click();
    await expect(aylin.locator(".field-error")).toBeVisible();
    await expect(aylin.getByLabel("Last day of access")).toHaveValue(later(await today(aylin), 40));
    expect(new URL(aylin.url()).pathname).toBe(path);
  });

  await test.step("a day that could not be approved does not keep her from rejecting", async () => {
    await aylin.getByLabel("Last day of access").fill("2099-01-01");
    await aylin.getByLabel("Comment").fill("Ask for the sums alone.");
    await aylin.getByRole("button", { name: "Reject with this comment" }).click();
    await expect(aylin.getByRole("status").filter({ hasText: "The request was rejected" })).toBeVisible();
  });
});

test("who has answered a review asks for its decision, once a day", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const [david, tom] = [await as(portal, "David Schmid"), await as(portal, "Tom Fischer", { path: "/access/grants" })];
  const grant = tom.getByRole("listitem").filter({ hasText: "weekly collections round" });
  const ask = grant.getByRole("button", { name: "Ask for a decision" });
  await expect(ask).toHaveCount(0);
  await grant.getByRole("button", { name: "Still needed for this purpose" }).click();
  await expect(grant).toContainText("The decision lies with David Schmid.");
  await ask.click();
  await expect(tom.getByRole("status").filter({ hasText: "They were told that you ask for a decision." })).toBeVisible();
  await expect(grant).toContainText("You asked David Schmid for a decision today");
  await expect(ask).toHaveCount(0);
  await david.goto("/inbox");
  await expect(david.getByRole("link", { name: /^Tom Fischer asks for your decision on access to Payments/ })).toBeVisible();
  await moveClock(tom, later(await today(tom), 1));
  await expect(ask).toBeVisible();
});
