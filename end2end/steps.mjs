// Steps that several stories share, in the words of the pages. All of them work without JavaScript.

import { expect } from "./fixtures.mjs";

/** A day as the machine writes it, some days after another. */
export const later = (day, days) => new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

/** Asks for a product's first output port; the last day is `days` after the demo's today, or the suggested one. */
export async function request(page, product, purpose, { until } = {}) {
  await page.goto(`/products/${product}`);
  await page.getByRole("link", { name: "Request access" }).first().click();
  await page.getByLabel("What do you need it for").fill(purpose);
  if (until) await page.getByLabel("Until when do you need it").fill(until);
  await page.getByRole("checkbox", { name: /I accept the terms/ }).check();
  await page.getByRole("button", { name: "Send the request" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Your request was sent" })).toBeVisible();
}

/** Opens the request of a person from the list of those to decide. */
export async function openRequest(page, requester) {
  await page.goto("/decide");
  await page.getByRole("link", { name: new RegExp(`^${requester} asks for`) }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(`${requester} asks for`);
}

export async function approve(page, requester, comment) {
  await openRequest(page, requester);
  await page.getByLabel("Comment").fill(comment);
  await page.getByRole("button", { name: /^Approve/ }).click();
  await expect(page.getByRole("status").filter({ hasText: "Your approval was recorded." })).toBeVisible();
}

/** The preview shows rows of the table. */
export async function expectOpen(page, asset) {
  const answer = await page.goto(`/assets/${asset}?tab=preview`);
  expect(answer.status()).toBe(200);
  const rows = page.getByRole("table", { name: /^The first \d+ rows/ }).locator("tbody tr");
  await expect(rows.first()).toBeVisible();
  expect(await rows.first().locator("td").allInnerTexts()).not.toContain(undefined);
  expect(await rows.count()).toBeGreaterThan(1);
}

/** The table's page is there, its values are not: neither on the page nor from the call behind it. */
export async function expectClosed(page, asset) {
  const answer = await page.goto(`/assets/${asset}?tab=preview`);
  expect(answer.status()).toBe(200);
  await expect(page.getByText("You see what this table is, not its values")).toBeVisible();
  await expect(page.getByRole("table", { name: /^The first/ })).toHaveCount(0);
  const call = await page.request.post("/fn/preview", {
    form: { id: asset },
    headers: { accept: "application/json", "sec-fetch-site": "same-origin" },
  });
  expect(call.status(), await call.text()).toBe(403);
}

/** The portal's day, from the control in the demo's bar. */
export const today = (page) => page.getByLabel("Move it to").inputValue();

/** Moves the demo's clock with the control that every page has. */
export async function moveClock(page, to) {
  await page.getByLabel("Move it to").fill(to);
  await page.getByRole("button", { name: "Move the clock" }).click();
  await expect(page.getByRole("status").filter({ hasText: "The portal's clock was moved." })).toBeVisible();
  expect(await today(page)).toBe(to);
}

/** Loads the page again until what is looked for is there: for what the jobs of the portal do by themselves. */
export async function eventually(page, path, locator) {
  await expect(async () => {
    await page.goto(path);
    await expect(locator).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 20_000 });
}
