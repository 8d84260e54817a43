// What is no longer offered is retired: today where nobody relies on it, with notice where somebody does. It is restored too.

import { axe, expect, test } from "../fixtures.mjs";
import { eventually, expectOpen, later, moveClock, today } from "../steps.mjs";

const without = { javaScriptEnabled: false };

const main = (page) => page.getByRole("main");
const title = (page) => page.getByRole("heading", { level: 1 });
const field = (page, name) => main(page).getByLabel(name, { exact: true });
const link = (page, name) => main(page).getByRole("link", { name, exact: true });
const press = (page, name) => main(page).getByRole("button", { name, exact: true }).click();
const told = (page, sentence) => expect(page.getByRole("status").filter({ hasText: sentence })).toBeVisible();
const retired = (page) => page.locator("#retired");
const effects = (page) => page.locator("#effects");

/** A result of the search, or a line of the glossary. */
const hit = (page, href) => page.locator(`#hits a[href="${href}"], #terms a[href="${href}"]`);

/** Loads a list until it does not have this any more. */
async function leaves(page, list, href) {
  await expect(async () => {
    await page.goto(list);
    await expect(title(page)).toBeVisible();
    await expect(hit(page, href)).toHaveCount(0, { timeout: 500 });
  }).toPass({ timeout: 20_000 });
}

/** The list has it, at once or as soon as it is looked for anew. */
const comes = (page, list, href) => eventually(page, list, hit(page, href).first());

/** Opens the form from the page of what is to be retired. */
async function begin(page, href, name) {
  await page.goto(href);
  await link(page, "Retire").click();
  await expect(title(page)).toHaveText(`Retire ${name}`);
}

/** Takes it back from the page of what is retired. */
async function restore(page, href, name) {
  await page.goto(href);
  await retired(page).getByRole("link", { name: /[Rr]estore/ }).click();
  await expect(title(page)).toHaveText(`Retirement of ${name}`);
  await field(page, "Why it is restored").fill("Two teams still need it.");
  await press(page, "Restore");
  await told(page, "Restored: it is in search and lists as before.");
  await expect(retired(page)).toHaveCount(0);
}

/** What a program would send in the place of the form. */
const send = (page, call, form) =>
  page.request.post(`/fn/${call}`, { form, headers: { accept: "application/json", "sec-fetch-site": "same-origin" } });

test("a product that nobody reads is retired today, leads to its successor, and is restored", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const [maria, paula] = [await as(portal, "Maria Keller"), await as(portal, "Paula Brandt")];
  const product = "/products/sales-daily";
  const lists = ["/catalog?q=daily+sales", "/catalog?kind=product"];

  await test.step("the form says what it means, and offers today", async () => {
    for (const list of lists) await comes(paula, list, product);
    await begin(maria, product, "Daily sales");
    await expect(effects(maria)).toContainText("Nobody can request access any more.");
    await expect(field(maria, "Retired from")).toHaveValue(await today(maria));
    expect(await axe(maria)).toEqual([]);
  });

  await test.step("a successor that is not there stands at its field, and nothing typed is lost", async () => {
    await field(maria, "Why").fill("The forecast shows the same days.");
    await field(maria, "What to use instead").fill("no-such-product");
    await press(maria, "Retire");
    const successor = field(maria, "What to use instead");
    await expect(successor).toHaveAttribute("aria-invalid", "true");
    await expect(successor).toHaveAttribute("aria-describedby", /successor-error/);
    await expect(main(maria).locator("#successor-error")).toBeVisible();
    await expect(successor).toHaveValue("no-such-product");
    await expect(field(maria, "Why")).toHaveValue("The forecast shows the same days.");
    await successor.fill("sales-forecast");
    await press(maria, "Retire");
    await told(maria, "Retired from");
  });

  await test.step("it is gone from search and lists", async () => {
    for (const list of lists) await leaves(paula, list, product);
  });

  await test.step("its page stays, says why, and leads to the successor", async () => {
    expect((await paula.goto(product)).status()).toBe(200);
    await expect(title(paula)).toHaveText("Daily sales");
    await expect(main(paula).getByText("retired", { exact: true })).toBeVisible();
    await expect(retired(paula)).toContainText("Retired since");
    await expect(retired(paula)).toContainText("The forecast shows the same days. Use Sales forecast instead.");
    await expect(retired(paula)).toContainText("Said by Maria Keller");
    await expect(link(paula, "Request access")).toHaveCount(0);
    await expect(main(paula).getByText("nobody can request any more").first()).toBeVisible();
    await expect(retired(paula).getByRole("link", { name: "Restore" })).toHaveCount(0);
    expect(await axe(paula)).toEqual([]);
    await retired(paula).getByRole("link", { name: "Sales forecast", exact: true }).click();
    await expect(title(paula)).toHaveText("Sales forecast");
  });

  await test.step("it is restored, found and offered", async () => {
    await restore(maria, product, "Daily sales");
    for (const list of lists) await comes(paula, list, product);
    await paula.goto(product);
    await expect(retired(paula)).toHaveCount(0);
    await expect(link(paula, "Request access").first()).toBeVisible();
  });
});

test("without JavaScript a product with readers has 30 days, and they are told", async ({ openDemo, as }) => {
  test.setTimeout(120_000);
  const portal = await openDemo();
  const maria = await as(portal, "Maria Keller", without);
  const marco = await as(portal, "Marco Rinaldi", without);
  const paula = await as(portal, "Paula Brandt", without);
  const product = "/products/sales-forecast";
  const search = "/catalog?q=sales+forecast&kind=product";
  const start = await today(maria);
  const [tomorrow, day] = [later(start, 1), later(start, 30)];

  await test.step("tomorrow is too early: that stands at the field, and nothing typed is lost", async () => {
    await begin(maria, product, "Sales forecast");
    await expect(effects(maria)).toContainText("access");
    const on = field(maria, "Retired from");
    await expect(on).toHaveValue(day);
    await expect(on).toHaveAttribute("min", day);
    // A browser that knows dates would not send it.
    await on.evaluate((input) => input.removeAttribute("min"));
    await on.fill(tomorrow);
    await field(maria, "Why").fill("The model is not trained any more.");
    await field(maria, "What to use instead").fill("sales-daily");
    await press(maria, "Retire");
    await expect(main(maria).locator("#on-error")).toContainText("30 days");
    await expect(on).toHaveAttribute("aria-invalid", "true");
    await expect(on).toHaveAttribute("aria-describedby", /on-error/);
    await expect(on).toHaveValue(tomorrow);
    await expect(field(maria, "Why")).toHaveValue("The model is not trained any more.");
    await expect(field(maria, "What to use instead")).toHaveValue("sales-daily");
    await expect(retired(maria)).toHaveCount(0);
    expect((await paula.goto(product)).status()).toBe(200);
    await expect(retired(paula)).toHaveCount(0);
  });

  await test.step("in 30 days it can, and until then everything goes on", async () => {
    await field(maria, "Retired from").fill(day);
    await press(maria, "Retire");
    await told(maria, "Retired from");
    await expect(retired(maria)).toContainText("Retired from");
    await comes(paula, search, product);
    await paula.goto(product);
    await expect(retired(paula)).toContainText("Use Daily sales instead.");
    await expect(link(paula, "Request access").first()).toBeVisible();
  });

  await test.step("a reader finds the notice, which leads to the product", async () => {
    const notice = marco.getByRole("link", { name: /Sales forecast.* is retired from/ });
    await eventually(marco, "/inbox", notice.first());
    await notice.first().click();
    await expect(title(marco)).toHaveText("Sales forecast");
    await expect(retired(marco)).toContainText("The model is not trained any more.");
    await maria.goto("/inbox");
    await expect(maria.getByRole("link", { name: /is retired from/ })).toHaveCount(0);
  });

  await test.step("the reason is changed before that day, and the day stays", async () => {
    await maria.goto(product);
    await retired(maria).getByRole("link", { name: "Change or restore" }).click();
    await expect(title(maria)).toHaveText("Retirement of Sales forecast");
    await expect(field(maria, "Retired from")).toHaveValue(day);
    await expect(field(maria, "What to use instead")).toHaveValue("sales-daily");
    await field(maria, "Why").fill("The model is trained no more.");
    await press(maria, "Change the retirement");
    await told(maria, "Retired from");
    await expect(retired(maria)).toContainText("The model is trained no more.");
  });

  await test.step("once the day has come it leaves the search, and access lasts until it ends", async () => {
    await moveClock(maria, day);
    await leaves(paula, search, product);
    await marco.goto(product);
    await expect(retired(marco)).toContainText("Retired since");
    await expectOpen(marco, "gold.sales_forecast");
    await paula.goto(product);
    await expect(link(paula, "Request access")).toHaveCount(0);
  });

  await test.step("it can only be restored then, which needs a reason", async () => {
    await maria.goto(product);
    await retired(maria).getByRole("link", { name: "Restore", exact: true }).click();
    await expect(field(maria, "Retired from")).toHaveCount(0);
    await field(maria, "Why it is restored").fill(" ");
    await press(maria, "Restore");
    await expect(field(maria, "Why it is restored")).toHaveAttribute("aria-invalid", "true");
    await expect(main(maria).locator("#restore-reason-error")).toBeVisible();
    await restore(maria, product, "Sales forecast");
    await comes(paula, search, product);
  });
});

test("a steward retires a term and a table, and nobody else may", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const [ines, paula] = [await as(portal, "Ines Hoffmann", without), await as(portal, "Paula Brandt", without)];
  const things = [
    { kind: "term", id: "dunning", href: "/glossary/dunning", name: "Dunning", list: "/glossary?q=dunning" },
    { kind: "asset", id: "gold.sales_daily", href: "/assets/gold.sales_daily", list: "/catalog?q=gold.sales_daily" },
  ];

  for (const { kind, id, href, list, ...thing } of things) {
    await test.step(`a ${kind}: others see no link and are refused`, async () => {
      await paula.goto(href);
      await expect(link(paula, "Retire")).toHaveCount(0);
      expect((await paula.goto(`/retire?kind=${kind}&id=${id}`)).status()).toBe(403);
      const text = { on: await today(ines), reason: "Because.", successor: "", seen: "x" };
      expect((await send(paula, "retire", { kind, id, ...text })).status()).toBe(403);
      expect((await send(paula, "restore_retired", { kind, id, reason: "Because." })).status()).toBe(403);
    });

    await test.step(`a ${kind}: it leaves the list, keeps its page, and comes back`, async () => {
      await comes(paula, list, href);
      await ines.goto(href);
      const name = thing.name ?? (await title(ines).innerText());
      await begin(ines, href, name);
      await field(ines, "Why").fill("Nobody keeps it up");
      await press(ines, "Retire");
      await told(ines, "Retired from");
      await leaves(paula, list, href);
      expect((await paula.goto(href)).status()).toBe(200);
      await expect(retired(paula)).toContainText("Nobody keeps it up.");
      await restore(ines, href, name);
      await comes(paula, list, href);
    });
  }
});
