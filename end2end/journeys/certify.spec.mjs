// What can be trusted is certified by a steward until a day, with what was checked, and withdrawn; otherwise it is over by itself.

import { axe, expect, test } from "../fixtures.mjs";
import { eventually, later, moveClock, today } from "../steps.mjs";

const without = { javaScriptEnabled: false };
const product = "/products/sales-daily";
const form = "/certify?kind=product&id=sales-daily";

const main = (page) => page.getByRole("main");
const title = (page) => page.getByRole("heading", { level: 1 });
const field = (page, name) => main(page).getByLabel(name, { exact: true });
const link = (page, name) => main(page).getByRole("link", { name, exact: true });
const press = (page, name) => main(page).getByRole("button", { name, exact: true }).click();
const told = (page, sentence) => expect(page.getByRole("status").filter({ hasText: sentence })).toBeVisible();
const badge = (page) => page.locator("header.page-head .badge", { hasText: /^certified$/ });
const fact = (page) => page.locator("dl.facts > div").filter({ has: page.locator("dt", { hasText: /^Certified$/ }) });

/** The mark of this product among the results of a search. */
const mark = (page) =>
  page
    .locator("#hits > li")
    .filter({ has: page.locator(`a[href="${product}"]`) })
    .locator(".badge", { hasText: /^certified$/ });

/** What a program would send in the place of the form. */
const send = (page, call, form) =>
  page.request.post(`/fn/${call}`, { form, headers: { accept: "application/json", "sec-fetch-site": "same-origin" } });

test("a steward certifies a product, everybody reads it, and it is withdrawn", async ({ openDemo, as }) => {
  test.setTimeout(120_000);
  const portal = await openDemo();
  const [ines, paula] = [await as(portal, "Ines Hoffmann"), await as(portal, "Paula Brandt")];
  const maria = await as(portal, "Maria Keller", without);

  await test.step("the form suggests half a year", async () => {
    await ines.goto(product);
    await expect(badge(ines)).toHaveCount(0);
    await link(ines, "Certify").click();
    await expect(title(ines)).toHaveText("Certify Daily sales");
    await expect(field(ines, "Certified until")).toHaveValue(later(await today(ines), 180));
    expect(await axe(ines)).toEqual([]);
  });

  await test.step("once it is certified, its page says by whom and why", async () => {
    await field(ines, "What was checked").fill("Checked against the ledger");
    await press(ines, "Certify");
    await told(ines, "Certified until");
    await expect(badge(ines)).toBeVisible();
    await expect(link(ines, "Certify")).toHaveCount(0);
    await paula.goto(product);
    await expect(badge(paula)).toBeVisible();
    await expect(fact(paula)).toContainText("by Ines Hoffmann: Checked against the ledger.");
    await expect(link(paula, "Change or withdraw")).toHaveCount(0);
    expect(await axe(paula)).toEqual([]);
  });

  await test.step("the search marks it", async () => {
    await eventually(paula, "/catalog?q=daily+sales", mark(paula).first());
    await eventually(paula, "/catalog?kind=product", mark(paula).first());
    expect(await axe(paula)).toEqual([]);
  });

  await test.step("an owner is told, and may not certify beside a steward", async () => {
    const notice = maria.getByRole("link", { name: /Daily sales.* is certified until/ });
    await eventually(maria, "/inbox", notice.first());
    await notice.first().click();
    await expect(title(maria)).toHaveText("Daily sales");
    await expect(link(maria, "Change or withdraw")).toHaveCount(0);
    expect((await maria.goto(form)).status()).toBe(403);
    const named = { kind: "product", id: "sales-daily" };
    const until = later(await today(ines), 30);
    expect((await send(maria, "certify", { ...named, until, reason: "Because." })).status()).toBe(403);
    expect((await send(maria, "decertify", { ...named, reason: "Because." })).status()).toBe(403);
  });

  await test.step("it is withdrawn with a reason, and nobody reads it any more", async () => {
    await ines.goto(product);
    await link(ines, "Change or withdraw").click();
    await expect(title(ines)).toHaveText("Certification of Daily sales");
    await expect(field(ines, "What was checked")).toHaveValue("Checked against the ledger");
    expect(await axe(ines)).toEqual([]);
    await field(ines, "Why it is withdrawn").fill("Two days are missing");
    await press(ines, "Withdraw");
    await told(ines, "Withdrawn: it is not certified any more.");
    await expect(badge(ines)).toHaveCount(0);
    await paula.goto(product);
    await expect(badge(paula)).toHaveCount(0);
    await expect(fact(paula)).toHaveCount(0);
  });
});

test("without JavaScript mistakes stand at their fields, and it is over by itself", async ({ openDemo, as }) => {
  test.setTimeout(120_000);
  const portal = await openDemo();
  const [ines, paula] = [await as(portal, "Ines Hoffmann", without), await as(portal, "Paula Brandt", without)];
  const start = await today(ines);
  const last = later(start, 10);

  await test.step("a day that is over stands at its field, and nothing typed is lost", async () => {
    await ines.goto(form);
    const until = field(ines, "Certified until");
    await expect(until).toHaveAttribute("min", later(start, 1));
    await expect(until).toHaveAttribute("max", later(start, 366));
    // A browser that knows dates would not send it.
    await until.evaluate((input) => input.removeAttribute("min"));
    await until.fill(start);
    await field(ines, "What was checked").fill("Sums agree with the ledger.");
    await press(ines, "Certify");
    await expect(main(ines).locator("#until-error")).toContainText("Choose tomorrow or a later day.");
    await expect(until).toHaveAttribute("aria-invalid", "true");
    await expect(until).toHaveAttribute("aria-describedby", /until-error/);
    await expect(until).toHaveValue(start);
    await expect(field(ines, "What was checked")).toHaveValue("Sums agree with the ledger.");
  });

  await test.step("nor is it certified without saying what was checked", async () => {
    await field(ines, "Certified until").fill(last);
    await field(ines, "What was checked").fill(" ");
    await press(ines, "Certify");
    await expect(field(ines, "What was checked")).toHaveAttribute("aria-invalid", "true");
    await expect(main(ines).locator("#reason-error")).toBeVisible();
    await expect(field(ines, "Certified until")).toHaveValue(last);
    await field(ines, "What was checked").fill("Sums agree with the ledger.");
    await press(ines, "Certify");
    await told(ines, "Certified until");
    await expect(fact(ines)).toContainText("by Ines Hoffmann: Sums agree with the ledger.");
  });

  await test.step("it is withdrawn only with a reason", async () => {
    await link(ines, "Change or withdraw").click();
    await field(ines, "Why it is withdrawn").fill(" ");
    await press(ines, "Withdraw");
    await expect(field(ines, "Why it is withdrawn")).toHaveAttribute("aria-invalid", "true");
    await expect(main(ines).locator("#withdraw-reason-error")).toBeVisible();
    await expect(main(ines).locator("#reason-error")).toHaveCount(0);
  });

  await test.step("on its last day it is certified, and on the next one not", async () => {
    await ines.goto(product);
    await moveClock(ines, last);
    await paula.goto(product);
    await expect(badge(paula)).toBeVisible();
    await moveClock(ines, later(last, 1));
    await paula.goto(product);
    await expect(badge(paula)).toHaveCount(0);
    await ines.goto(product);
    await link(ines, "Certify").click();
    await expect(title(ines)).toHaveText("Certify Daily sales");
  });
});
