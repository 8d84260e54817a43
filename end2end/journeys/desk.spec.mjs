// An owner works at the desk: single keys on reviews, the button that says until when, and errors where they belong.

import { expect, test } from "../fixtures.mjs";
import { approve, later, moveClock, openRequest, request, today } from "../steps.mjs";

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
    await rows.first().getByRole("checkbox").press("Enter");
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

/** David's desk on a day when more than one grant waits there. */
async function fullDesk(portal, as) {
  const david = await as(portal, "David Schmid", { path: "/reviews" });
  await moveClock(david, later(await today(david), 15));
  await david.goto("/reviews");
  await expect(david.locator("#reviews kbd").first()).toBeVisible();
  const rows = david.locator("#reviews [data-review]");
  const count = await rows.count();
  expect(count, "more than one grant waits").toBeGreaterThan(1);
  return { david, rows, count };
}

test("after a decision Back never chooses another row", async ({ openDemo, as }) => {
  const { david, rows, count } = await fullDesk(await openDemo(), as);
  await rows.first().getByRole("checkbox").check();
  await david.getByRole("button", { name: "Keep the chosen until their next review" }).click();
  await expect(rows).toHaveCount(count - 1);
  await david.goBack();
  await expect(david.locator("#reviews kbd").first()).toBeVisible();
  await expect(rows).toHaveCount(count - 1);
  await expect(rows.locator("input:checked")).toHaveCount(0);
  await expect(david.locator("#reviews").getByRole("status")).toHaveText("0 chosen");
});

test("a reason never goes to another row than the one it was written about", async ({ openDemo, as }) => {
  const { david, rows, count } = await fullDesk(await openDemo(), as);
  const box = (name) => david.getByRole("checkbox", { name, exact: true });
  const names = await rows.getByRole("checkbox").evaluateAll((boxes) => boxes.map((box) => box.ariaLabel));
  const [other, meant] = names.map(box);
  await other.check();
  await david.keyboard.press("j");
  await david.keyboard.press("r");
  await david.keyboard.type("The project has ended.");
  await expect(other).not.toBeChecked();
  await expect(meant).toBeChecked();

  await test.step("Escape leaves nothing of it to another row", async () => {
    await david.keyboard.press("Escape");
    await expect(david.getByLabel("Comment (required to withdraw)")).toHaveValue("");
    await expect(meant).not.toBeChecked();
  });

  await test.step("the button withdraws the row, and no other", async () => {
    await other.check();
    await david.keyboard.press("j");
    await david.keyboard.press("r");
    await david.keyboard.type("The project has ended.");
    await david.getByText("Withdraw the chosen", { exact: true }).click();
    await david.getByRole("button", { name: "Withdraw the chosen now" }).click();
    await expect(david.getByRole("status").filter({ hasText: "The access was withdrawn" })).toBeVisible();
    await expect(rows).toHaveCount(count - 1);
    await expect(other).toBeVisible();
    await expect(meant).toHaveCount(0);
  });
});

test("a reason that is left goes neither to another row nor to a decision to keep", async ({ openDemo, as }) => {
  const { david, rows, count } = await fullDesk(await openDemo(), as);
  const [name, otherName] = await rows.getByRole("checkbox").evaluateAll((boxes) => boxes.map((box) => box.ariaLabel));
  const [row, other] = [name, otherName].map((name) => david.getByRole("checkbox", { name, exact: true }));
  const comment = david.getByLabel("Comment (required to withdraw)");
  const said = david.locator("#reviews").getByRole("status");
  const writeReason = async (box) => {
    await box.focus();
    await david.keyboard.press("r");
    await david.keyboard.type("The project has ended.");
    await expect(comment).toHaveValue("The project has ended.");
  };

  await test.step("the way to a button by keys keeps it", async () => {
    await writeReason(row);
    await david.keyboard.press("Tab");
    await david.keyboard.press("Tab");
    await expect(comment).not.toBeFocused();
    await expect(comment).toHaveValue("The project has ended.");
    await expect(row).toBeChecked();
  });

  await test.step("r on another row starts without a word, and Enter withdraws nothing", async () => {
    await other.focus();
    await david.keyboard.press("r");
    await expect(said).toHaveText(`Say why; Enter withdraws ${otherName}`);
    await expect(comment).toHaveValue("");
    await david.keyboard.press("Enter");
    await expect(rows).toHaveCount(count);
    await expect(row).not.toBeChecked();
    await expect(other).toBeChecked();
  });

  await test.step("whoever ticks another row by hand has left it", async () => {
    await writeReason(row);
    await other.check();
    await expect(comment).toHaveValue("");
    await expect(row).not.toBeChecked();
    await expect(said).toHaveText("1 chosen");
    await other.uncheck();
  });

  await test.step("Enter in another field withdraws nothing", async () => {
    await writeReason(row);
    await david.locator("#searchbox").getByRole("searchbox").focus();
    const sent = [];
    const note = (request) => request.method() === "POST" && sent.push(request.url());
    david.on("request", note);
    await david.keyboard.type("payments");
    await david.keyboard.press("Enter");
    await expect(david).toHaveURL(/\/catalog\?/);
    david.off("request", note);
    expect(sent.filter((url) => url.includes("_grants")), "nothing was decided").toEqual([]);
    await david.goto("/reviews");
    await expect(david.locator("#reviews kbd").first()).toBeVisible();
    await expect(rows).toHaveCount(count);
  });

  await test.step("Back puts no reason back where no row is chosen", async () => {
    await writeReason(row);
    await david.locator('a.rail-link[href="/catalog"]').click();
    await expect(david).toHaveURL(/\/catalog$/);
    await david.goBack();
    await expect(david.locator("#reviews kbd").first()).toBeVisible();
    await expect(said).toHaveText("0 chosen");
    await expect(comment).toHaveValue("");
  });

  await test.step("a keeps the row without it", async () => {
    await writeReason(row);
    await row.focus();
    await david.keyboard.press("a");
    await expect(said).toHaveText(`Press a again to keep ${name}`);
    await expect(comment).toHaveValue("");
    await david.keyboard.press("a");
    await expect(david.getByRole("status").filter({ hasText: "The access was kept." })).toBeVisible();
    await expect(rows).toHaveCount(count - 1);
  });
});

test("the button that approves says until when, and an error stands at its field", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const [aylin, paula] = [await as(portal, "Aylin Demir"), await as(portal, "Paula Brandt")];
  await request(paula, "collections", "Compare the claims of our suppliers.");
  await openRequest(aylin, "Paula Brandt");
  const approve = aylin.getByRole("button", { name: /^Approve/ });

  await test.step("it follows the date", async () => {
    const day = later(await today(aylin), 40);
    await aylin.getByLabel("Last day of access").fill(day);
    const written = new Date(day);
    const month = written.toLocaleString("en-US", { month: "short", timeZone: "UTC" });
    await expect(approve).toHaveText(`Approve until ${written.getUTCDate()} ${month} ${written.getUTCFullYear()}`);
  });

  await test.step("it names no day that cannot be approved", async () => {
    for (const day of ["0026-12-31", await today(aylin), "2099-01-01", ""]) {
      await aylin.getByLabel("Last day of access").fill(later(await today(aylin), 40));
      await expect(approve).toHaveText(/^Approve until /);
      await aylin.getByLabel("Last day of access").fill(day);
      await expect(approve, day).toHaveText("Approve");
    }
    await aylin.getByLabel("Last day of access").fill(later(await today(aylin), 40));
  });

  await test.step("Enter in a field, a date's too, decides nothing", async () => {
    const sent = [];
    const note = (request) => request.method() === "POST" && sent.push(request.url());
    aylin.on("request", note);
    await aylin.getByLabel("Comment").fill("No: ask for the sums alone.");
    for (const label of ["Comment", "Last day of access"]) await aylin.getByLabel(label).press("Enter");
    await aylin.reload();
    expect(sent, "nothing was sent").toEqual([]);
    aylin.off("request", note);
    // A decision would have led on to the next request, which can be approved as well.
    await expect(aylin.getByRole("heading", { level: 1 })).toContainText("Paula Brandt asks for");
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

test("a renewal says what it renews and never ends before it", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const [aylin, paula] = [await as(portal, "Aylin Demir"), await as(portal, "Paula Brandt")];
  const day = await today(aylin);
  await request(paula, "collections", "Compare the claims of our suppliers.", { until: later(day, 60) });
  await approve(aylin, "Paula Brandt", "For this round.");

  await test.step("she asks for longer, in the words of before", async () => {
    await paula.goto("/access/grants");
    await paula.getByRole("link", { name: "Request a renewal" }).click();
    await expect(paula.getByLabel("What do you need it for")).toHaveValue("Compare the claims of our suppliers.");
    await paula.getByLabel("Until when do you need it").fill(later(day, 120));
    await paula.getByRole("checkbox", { name: /I accept the terms/ }).check();
    await paula.getByRole("button", { name: "Send the request" }).click();
    await expect(paula.getByRole("status").filter({ hasText: "Your request was sent" })).toBeVisible();
  });

  await test.step("whoever decides reads what it renews, and cannot shorten it by approving", async () => {
    await aylin.goto("/decide");
    await aylin.getByRole("link", { name: /^Paula Brandt asks to renew access to Collections/ }).click();
    await expect(aylin.getByRole("main")).toContainText("It renews the access that ends on");
    const until = aylin.getByLabel("Last day of access");
    const button = aylin.getByRole("button", { name: /^Approve/ });
    await until.fill(later(day, 30));
    await button.click();
    await expect(aylin.locator(".field-error")).toContainText("The access that this renews goes on until");
    await until.fill(later(day, 90));
    await button.click();
    await expect(aylin.getByRole("status").filter({ hasText: "Your approval was recorded." })).toBeVisible();
  });

  await test.step("she holds it once", async () => {
    await paula.goto("/access/grants");
    const rows = paula.getByRole("listitem").filter({ hasText: "Compare the claims of our suppliers." });
    await expect(rows.filter({ hasText: "Active" })).toHaveCount(1);
    await expect(rows.filter({ hasText: "Goes on under a newer grant" })).toHaveCount(1);
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
