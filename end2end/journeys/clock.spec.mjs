// The demo's clock is moved eight times, ten days each: the mesh follows, what was planted stays the only broken promise,
// and what falls due falls due.

import { expect, test } from "../fixtures.mjs";
import { eventually, later, moveClock, today } from "../steps.mjs";

/** Everything that is measured, with who may have it checked. */
const contracts = {
  "Aylin Demir": ["collections", "receivables-ageing", "competitor-facts"],
  "David Schmid": ["fact-orders", "fact-payments", "fact-web-sessions", "dim-customer", "dim-product", "dim-date", "dim-warehouse"],
  "Maria Keller": ["sales-daily", "sales-forecast"],
  "Lena Vogel": ["product-recommendations"],
  "Jonas Weber": ["warehouse-candidates"],
};
const planted = ["fact-payments: order_id is never empty"];

/** A day as dashboards write it. */
const written = (day) => {
  const date = new Date(day);
  return `${date.getUTCDate()} ${date.toLocaleString("en-US", { month: "short", timeZone: "UTC" })} ${date.getUTCFullYear()}`;
};

async function ask(page, name, form) {
  const headers = { accept: "application/json", "sec-fetch-site": "same-origin" };
  const answer = await page.request.post(`/fn/${name}`, { form, headers });
  expect(answer.ok(), `${name}: ${await answer.text()}`).toBe(true);
  return name === "run_checks" ? undefined : answer.json();
}

/** Has a contract checked; the promises that are not kept, and when that was. */
async function check(page, id) {
  await ask(page, "run_checks", { id });
  const { last_run: run } = await ask(page, "contract", { id });
  const open = run.results.filter(({ state }) => state !== "kept" && state !== "stated");
  return { day: run.at.slice(0, 10), open: open.map(({ promise }) => `${id}: ${promise}`) };
}

test("no step of the clock breaks what was kept, and all dates follow", async ({ openDemo, as }) => {
  // Twenty tables are written and fourteen contracts checked nine times; beside a build that takes its time.
  test.setTimeout(150_000);
  const portal = await openDemo();
  const owners = new Map();
  for (const name of Object.keys(contracts)) owners.set(name, await as(portal, name));
  const [aylin, david, tom] = [owners.get("Aylin Demir"), owners.get("David Schmid"), await as(portal, "Tom Fischer")];
  const first = await today(aylin);

  /** What the owners and Aylin's pages say on a day. */
  const everythingHolds = async (day) => {
    const found = await Promise.all(
      [...owners].map(async ([name, page]) => {
        const runs = [];
        for (const id of contracts[name]) runs.push(await check(page, id));
        return runs;
      }),
    );
    expect(found.flat().flatMap(({ open }) => open)).toEqual(planted);
    expect([...new Set(found.flat().map((run) => run.day))]).toEqual([day]);
    await aylin.goto("/dashboards/collections-controlling");
    const state = new RegExp(`^As of ${written(day)}, .*contract kept$`);
    await expect(aylin.getByRole("main").getByText(state)).toBeVisible();
  };
  const review = tom.getByRole("listitem").filter({ hasText: "weekly collections round" });
  const grants = async () => {
    await tom.goto("/access/grants");
    return review;
  };

  await test.step("as it was made", async () => {
    await everythingHolds(first);
    await eventually(david, "/inbox", david.getByRole("link", { name: /^Review access to Payments/ }));
    await expect(await grants()).toContainText("Review due");
    await aylin.goto("/inbox");
    await expect(aylin.getByRole("link", { name: /^A request for .* has come to you/ })).toHaveCount(0);
  });

  const falls = {
    1: async () => {
      await eventually(aylin, "/inbox", aylin.getByRole("link", { name: /^A request for Collections.* waits for you/ }));
    },
    2: async () => expect(await grants()).toContainText("Review overdue"),
    3: async () => {
      const ended = tom.getByRole("region", { name: "Ended" }).getByRole("listitem").filter({ hasText: "weekly collections round" });
      await eventually(tom, "/access/grants", ended);
    },
  };
  for (let step = 1; step <= 8; step += 1) {
    const day = later(first, 10 * step);
    await test.step(`${10 * step} days on`, async () => {
      await moveClock(aylin, day);
      // What is due that day is told within seconds, and what follows counts from when it was told: a clock that moves on
      // before would find another end.
      await aylin.waitForTimeout(4_000);
      await everythingHolds(day);
      await falls[step]?.();
    });
  }

  await test.step("the pages say the same, and so do the checks that ran by themselves", async () => {
    for (const [name, page] of owners) {
      for (const id of contracts[name]) {
        await page.goto(`/contracts/${id}`);
        const badge = page.getByRole("main").getByText("Contract broken", { exact: true });
        await expect(badge).toHaveCount(id === "fact-payments" ? 1 : 0);
        const { trend } = await ask(page, "contract", { id });
        expect(trend.some(([, state]) => state === "broken"), id).toBe(id === "fact-payments");
      }
    }
  });
});
