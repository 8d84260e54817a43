// Somebody reads a dashboard: filters and tables are states of the address, and Back undoes the last of them.

import { expect, test } from "../fixtures.mjs";

const address = "/dashboards/collections-controlling";

test("filters and tables move without a reload, and Back undoes them", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const aylin = await as(portal, "Aylin Demir");
  await aylin.goto(address);
  await expect(aylin.locator(".live-dashboard[data-alive=true]")).toBeAttached();
  await aylin.evaluate(() => (window.untouched = true));
  const cases = aylin.locator(".metric", { hasText: "Cases" }).locator(".metric-value");
  const table = aylin.getByRole("region", { name: "Largest open cases" });

  await test.step("the head leaves room, and no button is needed", async () => {
    const { top } = await aylin.evaluate(() => {
      const bar = document.querySelector(".topbar").getBoundingClientRect();
      return { top: document.querySelector("#filters label").getBoundingClientRect().top - bar.bottom };
    });
    expect(top).toBeLessThanOrEqual(140);
    await expect(aylin.getByRole("button", { name: "Show these figures" })).toBeHidden();
  });

  await test.step("a filter is a step, and Back undoes it", async () => {
    const before = await cases.innerText();
    await aylin.getByLabel("Segment").selectOption("Business customers");
    await expect(aylin).toHaveURL(/segment=Business/);
    await expect(cases).not.toHaveText(before);
    await aylin.getByLabel("Segment").focus();
    await aylin.goBack();
    await expect(aylin).toHaveURL(new RegExp(`${address}$`));
    await expect(cases).toHaveText(before);
    await expect(aylin.getByLabel("Segment")).toHaveValue("All");
    await expect(aylin.getByLabel("Segment"), "Back never takes the focus away").toBeFocused();
  });

  await test.step("what was filtered in place can be reset", async () => {
    const reset = aylin.getByRole("link", { name: "Reset the filters" });
    await expect(reset).toHaveCount(0);
    await aylin.getByLabel("Segment").selectOption("Own retail");
    await expect(reset).toBeVisible();
    await reset.click();
    await expect(aylin).toHaveURL(new RegExp(`${address}$`));
    await expect(aylin.getByLabel("Segment")).toHaveValue("All");
    await expect(reset).toHaveCount(0);
    await expect(aylin.locator(".live-dashboard[data-alive=true]")).toBeAttached();
  });

  await test.step("letters typed at a closed list never make more than one step a visit", async () => {
    const period = aylin.getByLabel("Handed to collections");
    const walk = async (letter, to) => {
      // Letters typed within a second are one word.
      await aylin.waitForTimeout(1_100);
      await period.press(letter);
      await expect(aylin).toHaveURL(new RegExp(`period=${to}$`));
    };
    await period.focus();
    await walk("a", "all");
    await walk("t", "this_month");
    await period.blur();
    await walk("a", "all");
    await aylin.goBack();
    await expect(aylin).toHaveURL(/period=this_month$/);
    await aylin.goBack();
    await expect(aylin).toHaveURL(new RegExp(`${address}$`));
    await expect(period).toHaveValue("this_year");
  });

  await test.step("the same days as chosen days are never compared with others", async () => {
    const words = aylin.locator("#filter-period .field-help");
    const compared = async () => (await words.innerText()).split("compared with")[1];
    const before = await compared();
    expect(before).toMatch(/\d/);
    await aylin.getByLabel("Handed to collections").selectOption("custom");
    await expect(aylin).toHaveURL(/period=.*~this_year$/);
    await expect(words).not.toContainText("up to today");
    expect(await compared()).toBe(before);
    await aylin.goBack();
    await expect(aylin).toHaveURL(new RegExp(`${address}$`));
  });

  await test.step("a table turns its pages and keeps its order under another filter", async () => {
    await aylin.getByLabel("Handed to collections").selectOption("all");
    await expect(table.locator("tbody tr")).toHaveCount(25);
    await table.getByRole("link", { name: "Case id" }).click();
    await expect(table.getByRole("columnheader", { name: "Case id" })).toHaveAttribute("aria-sort", /.+/);
    const first = await table.locator("tbody tr").first().innerText();
    await aylin.locator("#block-dataframe-open_cases").getByRole("link", { name: "Next rows" }).click();
    await expect(aylin).toHaveURL(/page\.dataframe-open_cases=2/);
    await expect(table.locator("tbody tr").first()).not.toHaveText(first, { useInnerText: true });
    await aylin.getByLabel("Segment").selectOption("Own retail");
    await expect(aylin).toHaveURL(/sort\.dataframe-open_cases=/);
    await expect(aylin).not.toHaveURL(/page\./);
  });

  await test.step("the last page never takes the focus away with its link", async () => {
    const next = aylin.locator("#block-dataframe-open_cases").getByRole("link", { name: "Next rows" });
    while (await next.count()) {
      const first = await table.locator("tbody tr").first().innerText();
      await next.press("Enter");
      await expect(table.locator("tbody tr").first()).not.toHaveText(first, { useInnerText: true });
    }
    await expect(table).toBeFocused();
  });

  await test.step("chosen days without a day stay chosen", async () => {
    const period = aylin.getByLabel("Handed to collections");
    await period.selectOption("custom");
    await expect(aylin).toHaveURL(/period=custom/);
    await expect(period).toHaveValue("custom");
    await expect(aylin.getByLabel(/^First day/)).toHaveValue("");
  });

  await test.step("a year half typed never moves anything", async () => {
    const first = aylin.getByLabel(/^First day/);
    await first.pressSequentially("03152026", { delay: 200 });
    await expect(first).toHaveValue("2026-03-15");
    await expect(aylin).toHaveURL(/period=2026-03-15\.\./);
    await first.fill("0202-04-15");
    await aylin.getByLabel("Handed to collections").selectOption("last_month");
    await expect(aylin, "a chosen period counts more").toHaveURL(/period=last_month/);
  });

  await test.step("a year half typed is said once its field is left, and no longer than it stands there", async () => {
    const first = aylin.getByLabel(/^First day/);
    const error = aylin.locator("#filter-period .field-error");
    await first.fill("0026-03-15");
    await expect(error).toHaveCount(0);
    await first.blur();
    await expect(error).toContainText("a year from 1900 to 2199");
    await expect(first).toHaveAttribute("aria-invalid", "true");
    await expect(aylin).toHaveURL(/period=last_month/);
    await aylin.getByLabel("Handed to collections").selectOption("all");
    await expect(aylin).toHaveURL(/period=all/);
    await expect(error).toHaveCount(0);
  });

  await test.step("a day alone leaves the range open, and days on the way to it are one step", async () => {
    const first = aylin.getByLabel(/^First day/);
    await first.fill("2026-01-15");
    await expect(aylin).toHaveURL(/period=2026-01-15\.\.(&|$)/);
    await first.fill("2026-02-15");
    await expect(aylin).toHaveURL(/period=2026-02-15\.\.(&|$)/);
    await expect(aylin.locator("#filter-period")).toContainText("15 Feb 2026 to the newest day");
    await expect(aylin.getByLabel(/^Last day/)).toHaveValue("");
    await aylin.goBack();
    await expect(aylin).toHaveURL(/period=all/);
  });

  await test.step("days the wrong way round are said at the field and never move the figures", async () => {
    await aylin.getByLabel(/^First day/).fill("2026-05-02");
    await expect(aylin).toHaveURL(/period=2026-05-02\.\.(&|$)/);
    const figures = await aylin.locator("#elements").innerText();
    await aylin.getByLabel(/^Last day/).fill("2026-05-01");
    await aylin.getByLabel(/^Last day/).press("Enter");
    await expect(aylin.getByLabel(/^Last day/)).toBeFocused();
    await expect(aylin.getByLabel(/^Last day/)).toHaveAttribute("aria-invalid", "true");
    await expect(aylin.locator("#filter-period .field-error")).toHaveText("The end lies before the start.");
    await aylin.getByLabel("Segment").selectOption("Own retail");
    await expect(aylin.getByLabel(/^Last day/), "what is to be mended").toBeFocused();
    await aylin.getByLabel("Segment").selectOption({ index: 0 });
    await expect(aylin).toHaveURL(/period=2026-05-02\.\.(&|$)/);
    await expect(aylin.locator("#elements")).toHaveText(figures, { useInnerText: true });
    await aylin.getByLabel(/^Last day/).fill("2026-05-03");
    await aylin.getByLabel(/^Last day/).press("Enter");
    await expect(aylin.locator("#filter-period .field-error")).toHaveCount(0);
    await expect(aylin.locator("#filter-period")).toContainText("2 May 2026 to 3 May 2026");
    await aylin.getByLabel(/^Last day/).fill("2026-05-01");
    await aylin.getByLabel(/^Last day/).blur();
    await expect(aylin.locator("#filter-period")).toContainText("The end lies before the start");
    await expect(aylin.locator("#filter-period select")).toHaveValue("custom");
  });

  expect(await aylin.evaluate(() => window.untouched), "no page was loaded").toBe(true);
});

test("what is said above the filters never outlives what was chosen", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const aylin = await as(portal, "Aylin Demir");
  await aylin.goto(`${address}?segment=Nobody`);
  await expect(aylin.locator(".live-dashboard[data-alive=true]")).toBeAttached();
  const notice = aylin.getByText("Segment: there is no option");
  await expect(notice).toBeVisible();
  await aylin.getByLabel("Segment").selectOption("Own retail");
  await expect(aylin).toHaveURL(/segment=Own/);
  await expect(notice).toHaveCount(0);
  await aylin.goBack();
  await expect(notice).toBeVisible();
});

test("a bar is pointed at, touched, reached by keys and read aloud", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const aylin = await as(portal, "Aylin Demir", { hasTouch: true });
  await aylin.goto(address);
  await expect(aylin.locator(".live-dashboard[data-alive=true]")).toBeAttached();
  const drawings = aylin.getByRole("group", { name: "Still open by creditor", exact: true });
  const card = drawings.locator(".chart-card");
  const bars = drawings.locator(".chart-wide a");
  const name = async (bar) => (await bar.locator("title").textContent()).trim();
  const [first, second] = [await name(bars.nth(0)), await name(bars.nth(1))];

  await test.step("the pointer shows what it is over, and elsewhere nothing", async () => {
    await bars.nth(0).hover();
    await expect(card).toHaveText(first);
    await aylin.getByRole("heading", { level: 1 }).hover();
    await expect(card).toBeHidden();
    await expect(drawings.getByRole("link", { name: first, exact: true }), "its name stays").toBeVisible();
  });

  await test.step("a finger shows it before it follows it", async () => {
    await bars.nth(1).dispatchEvent("pointerdown", { pointerType: "touch" });
    await expect(card).toHaveText(second);
  });

  await test.step("arrows take the focus along, Escape closes, Enter follows what is shown", async () => {
    await drawings.focus();
    await aylin.keyboard.press("End");
    await aylin.keyboard.press("Home");
    await aylin.keyboard.press("ArrowDown");
    await expect(card).toHaveText(second);
    await expect(drawings.getByRole("link", { name: second, exact: true })).toBeFocused();
    await aylin.keyboard.press("Escape");
    await expect(card).toBeHidden();
    await aylin.keyboard.press("Shift+Tab");
    await expect(card, "Tab shows it, too").toHaveText(first);
    await aylin.keyboard.press("Enter");
    await expect(aylin).toHaveURL(/creditor=/);
    await expect(aylin.locator("figure", { has: drawings })).toContainText("Not filtered by \u201cCreditor\u201d.");
    await expect(drawings.getByRole("link", { name: first, exact: true }), "the focus stays").toBeFocused();
    await expect(drawings.locator(".chart-wide a[aria-current=true]"), "what is chosen").toHaveCount(1);
    expect(await drawings.locator(".chart-wide .bar[fill-opacity]").count(), "the others are pale").toBeGreaterThan(0);
  });
});

test("a first tap or press on a line shows its card, wherever the focus was", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const aylin = await as(portal, "Aylin Demir", { hasTouch: true });
  await aylin.goto(address);
  await expect(aylin.locator(".live-dashboard[data-alive=true]")).toBeAttached();
  const line = aylin.locator(".chart-drawings").filter({ hasNot: aylin.locator(".chart-wide a") }).first();
  const card = line.locator(".chart-card");
  const mark = line.locator(".chart-wide .hit").nth(1);
  const words = (await mark.locator("title").textContent()).trim();

  await test.step("a finger's first tap", async () => {
    await mark.tap();
    await expect(line).toBeFocused();
    await expect(card).toHaveText(words);
    await expect(card).toBeVisible();
  });

  await test.step("a tap while another chart has the focus", async () => {
    await aylin.getByRole("group", { name: "Still open by creditor", exact: true }).focus();
    await expect(card).toBeHidden();
    await mark.tap();
    await expect(line).toBeFocused();
    await expect(card).toBeVisible();
  });

  await test.step("a press of the mouse, and the focus that leaves takes the card along", async () => {
    await line.blur();
    await expect(card).toBeHidden();
    await mark.click();
    await expect(line).toBeFocused();
    await expect(card).toBeVisible();
    await line.blur();
    await expect(card).toBeHidden();
  });
});

test("a list of options closes like any list", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const aylin = await as(portal, "Aylin Demir");
  await aylin.goto(address);
  await expect(aylin.locator(".live-dashboard[data-alive=true]")).toBeAttached();
  const creditor = aylin.locator("#filter-creditor");
  const options = creditor.locator(".popover-list");
  await creditor.locator("summary").click();
  const rows = await options.evaluate((list) => {
    const edge = list.getBoundingClientRect().bottom;
    const boxes = [...list.children].map((row) => row.getBoundingClientRect());
    return boxes.filter(({ top, bottom }) => top < edge - 6 && bottom > edge + 6).length;
  });
  expect(rows, "a row that is cut says that more follow").toBe(1);
  await options.getByRole("checkbox").first().focus();
  await aylin.keyboard.press("Escape");
  await expect(options).toBeHidden();
  await expect(creditor.locator("summary")).toBeFocused();
  await creditor.locator("summary").click();
  await expect(options).toBeVisible();
  await aylin.getByRole("heading", { level: 1 }).click();
  await expect(options).toBeHidden();
});

test("a phone's drawings fit, and no letter of theirs is cut", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const aylin = await as(portal, "Aylin Demir", { viewport: { width: 390, height: 844 } });
  await aylin.goto(address);
  const drawings = aylin.locator(".chart-narrow > svg");
  await expect(drawings).toHaveCount(2);
  for (const drawing of await drawings.all()) {
    await expect(drawing).toBeVisible();
    const outside = await drawing.evaluate((svg) => {
      const frame = svg.closest("figure").getBoundingClientRect();
      const texts = [...svg.querySelectorAll("text")].filter((text) => text.textContent.trim());
      return texts
        .filter((text) => {
          const { left, right, top, bottom, height } = text.getBoundingClientRect();
          return left < frame.left - 1 || right > frame.right + 1 || top < frame.top - 1 || bottom > frame.bottom + 1 || height < 9;
        })
        .map((text) => text.textContent);
    });
    expect(outside).toEqual([]);
  }
  await expect(aylin.locator(".chart-wide").first()).toBeHidden();
});

test("without JavaScript the same links turn a table", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const aylin = await as(portal, "Aylin Demir", { javaScriptEnabled: false });
  await aylin.goto(`${address}?period=all`);
  const table = aylin.getByRole("region", { name: "Largest open cases" });
  await table.getByRole("link", { name: "Days overdue" }).click();
  await expect(table.getByRole("columnheader", { name: "Days overdue" })).toHaveAttribute("aria-sort", "descending");
  await aylin.locator("#block-dataframe-open_cases").getByRole("link", { name: "Next rows" }).click();
  await expect(aylin).toHaveURL(/period=all.*sort\.dataframe-open_cases=-days_overdue&page\.dataframe-open_cases=2/);
  await aylin.getByLabel("Segment").selectOption("Own retail");
  await aylin.getByRole("button", { name: "Show these figures" }).click();
  await expect(aylin).toHaveURL(/sort\.dataframe-open_cases=-days_overdue/);
});

test("resting on a link never counts as a use", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const aylin = await as(portal, "Aylin Demir");
  for (const path of [address, "/assets/gold.collections?tab=preview"]) {
    const answer = await aylin.request.get(path, { headers: { "sec-purpose": "prefetch" } });
    expect(answer.status(), path).toBe(403);
  }
  expect((await aylin.request.get("/catalog", { headers: { "sec-purpose": "prefetch" } })).status()).toBe(200);
  await aylin.goto("/");
  await expect(aylin.getByRole("region", { name: "Your data" })).not.toContainText("opened");
  await aylin.goto("/assets/gold.collections?tab=preview");
  await aylin.goto("/");
  await expect(aylin.getByRole("region", { name: "Your data" }).getByRole("listitem").first()).toContainText(/gold\.collections.*opened/s);
});
