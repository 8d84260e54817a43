// Reassessment: the reminder arrives, nobody answers, the policy acts, and access really ends.

import { readFile, readdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "../fixtures.mjs";
import { eventually, expectClosed, expectOpen, later, moveClock } from "../steps.mjs";

let maildir;
test.beforeAll(async () => (maildir = await mkdtemp(join(tmpdir(), "lakeport-mail-"))));
test.afterAll(() => rm(maildir, { recursive: true }));

/** Subjects of the mails to somebody. */
const mails = async (to) => {
  const folder = join(maildir, "new");
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), "utf8")));
  return texts.filter((text) => text.includes(`To: ${to}`)).map((text) => /^Subject: (.*)$/m.exec(text)?.[1].trim());
};

test("a review nobody answers ends access", async ({ openDemo, as }) => {
  const portal = await openDemo({ env: { LAKEPORT_MAILDIR: maildir } });
  const greta = await as(portal, "Greta Lund", { path: "/access/grants" });
  const david = await as(portal, "David Schmid", { path: "/inbox" });
  const grant = greta.getByRole("listitem").filter({ hasText: "disputed claims" });
  const review = await grant.locator("span", { hasText: "next review" }).locator("time").getAttribute("datetime");
  const asked = david.getByRole("link", { name: /^Review access to Orders/ });
  await expectOpen(greta, "silver.fact_orders");
  await expect(asked).toHaveCount(0);

  await test.step("a month before the consumer is asked, two weeks before the owner, in the portal and by mail", async () => {
    await moveClock(david, later(review, -29));
    await eventually(greta, "/inbox", greta.getByRole("link", { name: /^Do you still need Orders/ }));
    await david.goto("/inbox");
    await expect(asked).toHaveCount(0);
    await moveClock(david, later(review, -14));
    await eventually(david, "/inbox", asked);
    await david.goto("/reviews");
    await expect(david.getByRole("row").filter({ hasText: "disputed claims" })).toContainText(/then ends on \d+ \w{3} \d{4}/);
    await expect.poll(() => mails("david.schmid@nordkauf.example"), { timeout: 20_000 }).toContainEqual(expect.stringMatching(/^Review access to Orders/));
    await expect.poll(() => mails("greta.lund@nordkauf.example"), { timeout: 20_000 }).toContainEqual(expect.stringMatching(/^Do you still need Orders/));
    await greta.goto("/access/grants");
    await expect(grant).toContainText("Review due");
    await expect(greta.getByRole("button", { name: "Still needed for this purpose" })).toBeVisible();
  });

  await test.step("a week overdue, it escalates to the steward", async () => {
    await moveClock(david, later(review, 8));
    const ines = await as(portal, "Ines Hoffmann");
    await eventually(ines, "/inbox", ines.getByRole("link", { name: /^Review access to Orders/ }));
    await expectOpen(greta, "silver.fact_orders");
    await greta.goto("/access/grants");
    await expect(grant).toContainText("Review overdue");
  });

  await test.step("on the last day that was said access is open, and the day after it the policy acts and says so", async () => {
    await moveClock(david, later(review, 15));
    await expectOpen(greta, "silver.fact_orders");
    await moveClock(david, later(review, 16));
    const ended = greta.getByRole("region", { name: "Ended" }).getByRole("listitem").filter({ hasText: "disputed claims" });
    await eventually(greta, "/access/grants", ended);
    await expect(ended).toContainText("did not decide by");
    await expectClosed(greta, "silver.fact_orders");
    await expect.poll(() => mails("greta.lund@nordkauf.example"), { timeout: 20_000 }).toContainEqual(expect.stringMatching(/^Your access to Orders.* has ended: nobody decided/));
  });

  await test.step("the audit has the rule, and its chain holds", async () => {
    const ines = await as(portal, "Ines Hoffmann", { path: "/audit?action=grant.revoke" });
    await expect(ines.getByRole("row").filter({ hasText: "review.no_answer_revoke" }).first()).toBeVisible();
    const { code, stdout } = await portal.run(["audit", "verify"]);
    expect(code, stdout).toBe(0);
  });
});
