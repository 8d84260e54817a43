// What the portal says about a grant is so, with nothing running in the background: a grant shown as active opens the
// table, an expired one closes it.

import { expect, test } from "../fixtures.mjs";
import { approve, expectClosed, expectOpen, later, moveClock, request, today } from "../steps.mjs";

test("active opens, expired closes, with the job runner stopped", async ({ openDemo, as }) => {
  const portal = await openDemo({ env: { LAKEPORT_JOBS: "false" } });
  const paula = await as(portal, "Paula Brandt");
  const day = await today(paula);
  const row = paula.getByRole("listitem").filter({ hasText: "One week of planning." });

  await test.step("before the decision the table is closed", async () => {
    await request(paula, "sales-daily", "One week of planning.", { until: later(day, 7) });
    await expectClosed(paula, "gold.sales_daily");
  });

  await test.step("once the grant is shown as active, the table is open", async () => {
    await approve(await as(portal, "Maria Keller"), "Paula Brandt", "For a week.");
    await paula.goto("/access/grants");
    await expect(row).toContainText("Active");
    await expectOpen(paula, "gold.sales_daily");
  });

  await test.step("on its last day it still is", async () => {
    await moveClock(paula, later(day, 7));
    await paula.goto("/access/grants");
    await expect(row).toContainText("Active");
    await expectOpen(paula, "gold.sales_daily");
  });

  await test.step("the day after, the grant is shown as expired and the table is closed", async () => {
    await moveClock(paula, later(day, 8));
    await paula.goto("/access/grants");
    await expect(paula.getByRole("region", { name: "Ended" }).getByRole("listitem").filter({ hasText: "One week of planning." })).toContainText("Expired");
    await expectClosed(paula, "gold.sales_daily");
  });
});

test("every grant of everybody that is shown as active opens", async ({ openDemo, as }) => {
  const portal = await openDemo({ env: { LAKEPORT_JOBS: "false" } });
  let opened = 0;
  for (const name of ["Tom Fischer", "Marco Rinaldi", "Pavel Novotny", "Greta Lund"]) {
    const page = await as(portal, name, { path: "/access/grants" });
    const active = page.getByRole("main").locator("ul.rowlist > li").filter({ has: page.getByText("Active", { exact: true }) });
    const assets = await active.locator("a.mono").allInnerTexts();
    for (const asset of assets) {
      await expectOpen(page, asset);
      opened += 1;
    }
  }
  expect(opened).toBe(4);
});
