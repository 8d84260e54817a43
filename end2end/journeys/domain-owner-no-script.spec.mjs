// A domain owner's morning without JavaScript: requests, a broken contract, grants to review. Only links and forms.

import { expect, test } from "../fixtures.mjs";
import { approve, expectClosed, expectOpen, later, moveClock, request, today } from "../steps.mjs";

const without = { javaScriptEnabled: false };

test("an owner decides, checks and reviews without JavaScript", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const [david, paula, erik] = [
    await as(portal, "David Schmid", without),
    await as(portal, "Paula Brandt", without),
    await as(portal, "Erik Sander", without),
  ];

  await test.step("two people ask", async () => {
    await request(paula, "payments", "Which suppliers' customers pay late.");
    await request(erik, "web-sessions", "Just curious.");
  });

  await test.step("one request is approved, and the table opens", async () => {
    await expectClosed(paula, "silver.fact_payments");
    await approve(david, "Paula Brandt", "For the supplier talks.");
    await expectOpen(paula, "silver.fact_payments");
  });

  await test.step("the next is rejected, which needs a reason", async () => {
    await expect(david.getByRole("heading", { level: 1 })).toContainText("Erik Sander asks for");
    const shorter = later(await today(david), 5);
    await david.getByLabel("Last day of access").fill(shorter);
    await david.getByLabel("Comment").fill(" ");
    await david.getByRole("button", { name: "Reject with this comment" }).click();
    await expect(david.getByRole("form", { name: "Your decision" }).getByText("Say why you reject the request")).toBeVisible();
    await expect(david.getByRole("heading", { level: 1 })).toContainText("Erik Sander asks for");
    await expect(david.getByLabel("Comment")).toHaveAttribute("aria-invalid", "true");
    await expect(david.getByLabel("Last day of access")).toHaveValue(shorter);
    await david.getByLabel("Comment").fill("Ask again with a question the data answers.");
    await david.getByRole("button", { name: "Reject with this comment" }).click();
    await expect(david.getByRole("status").filter({ hasText: "The request was rejected" })).toBeVisible();
    await erik.goto("/access/requests");
    const line = erik.getByRole("listitem").filter({ hasText: "Just curious." });
    await expect(line).toContainText("Rejected");
    await expect(line).toContainText("Ask again with a question the data answers.");
    await expectClosed(erik, "silver.fact_web_sessions");
  });

  await test.step("what is decided waits no more and cannot be decided again", async () => {
    await expect(david.getByRole("button", { name: "Reject with this comment" })).toHaveCount(0);
    await david.getByRole("link", { name: "All requests to decide" }).click();
    await expect(david.getByText("No request waits for your decision.")).toBeVisible();
  });

  await test.step("a contract that is broken says by how much", async () => {
    await david.goto("/contracts/fact-payments");
    await david.getByRole("button", { name: "Run the checks now" }).click();
    await expect(david.getByRole("status").filter({ hasText: "The checks have run" })).toBeVisible();
    const promise = (text) => david.getByRole("region", { name: "Is it kept" }).getByRole("row", { name: text });
    await expect(promise("order_id is never empty")).toContainText(/Broken.*[1-9]\d* of [\d,]+ rows are empty/);
    await david.getByText(/^What is kept: \d+$/).click();
    await expect(promise("payment_id is never empty")).toContainText(/Kept.*0 of [\d,]+ rows are empty/);
  });

  await test.step("grants under review are kept and withdrawn", async () => {
    const tom = await as(portal, "Tom Fischer", without);
    const pavel = await as(portal, "Pavel Novotny", without);
    await expectOpen(tom, "silver.fact_payments");
    await david.goto("/reviews");
    await moveClock(david, later(await today(david), 15));
    await david.goto("/reviews");
    const desk = david.getByRole("table", { name: "Grants whose review waits" });
    await expect(desk.getByRole("row").filter({ hasText: "Tom Fischer" })).toContainText("Review overdue");
    await expect(desk.getByRole("row").filter({ hasText: "Tom Fischer" })).toContainText("opened once");
    await desk.getByRole("checkbox", { name: /^Pavel Novotny/ }).check();
    await david.getByRole("button", { name: "Keep the chosen until their next review" }).click();
    await expect(david.getByRole("status").filter({ hasText: "The access was kept" })).toBeVisible();
    await expect(desk.getByRole("row").filter({ hasText: "Pavel Novotny" })).toHaveCount(0);
    await desk.getByRole("checkbox", { name: /^Tom Fischer/ }).check();
    await david.getByLabel("Comment").fill("The round now reads gold.collections.");
    await david.getByText("Withdraw the chosen", { exact: true }).click();
    await david.getByRole("button", { name: "Withdraw the chosen now" }).click();
    await expect(david.getByRole("status").filter({ hasText: "The access was withdrawn" })).toBeVisible();

    await expectClosed(tom, "silver.fact_payments");
    await tom.goto("/access/grants");
    const ended = tom.getByRole("region", { name: "Ended" }).getByRole("listitem").filter({ hasText: "Payments" });
    await expect(ended).toContainText("Withdrawn by David Schmid: The round now reads gold.collections.");
    await expectOpen(pavel, "silver.fact_web_sessions");
  });
});
