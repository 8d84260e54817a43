// A controller works by keyboard alone: search, filters, table, download. Focus is always seen and never covered.

import { readFile } from "node:fs/promises";
import { expect, test } from "../fixtures.mjs";

/** What is wrong with how the focus is seen, or nothing. */
const unseen = () => {
  const element = document.activeElement;
  const name = `${element.tagName.toLowerCase()} "${(element.getAttribute("aria-label") ?? element.textContent).trim().slice(0, 40)}"`;
  // The parts of a date field take the focus in turn; the browser marks them itself.
  const inParts = element.type === "date";
  if (!inParts && !element.matches(":focus-visible")) return `${name} is not marked as focused`;
  // A field may leave the outline to the frame it shares with its icon.
  const outlined = [element, element.parentElement].some((one) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  });
  if (!inParts && !outlined) return `${name} has no outline`;
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const points = [0.1, 0.5, 0.9].flatMap((x) => [0.1, 0.5, 0.9].map((y) => [left + (right - left) * x, top + (bottom - top) * y]));
  const seen = points.some(([x, y]) => {
    const hit = document.elementFromPoint(x, y);
    return hit && (element.contains(hit) || hit.contains(element));
  });
  return seen ? undefined : `${name} is covered`;
};

/** Presses Tab until the element has the focus. */
async function tabTo(page, target, most = 80) {
  for (let pressed = 0; pressed < most; pressed += 1) {
    await page.keyboard.press("Tab");
    expect(await page.evaluate(unseen)).toBeUndefined();
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${most} tabs did not lead to ${target}`);
}

test("the collections dashboard by keyboard alone", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const tom = await as(portal, "Tom Fischer");
  const heading = tom.getByRole("heading", { level: 1 });

  await test.step("Ctrl+K finds the dashboard", async () => {
    await expect(tom.getByRole("button", { name: "Search and go to (Ctrl K)" })).toBeVisible();
    await tom.keyboard.press("Control+k");
    const search = tom.getByRole("combobox", { name: "Search data and columns, or go to a page" });
    await expect(search).toBeFocused();
    await tom.keyboard.press("Escape");
    await expect(search).toBeHidden();
    await tom.keyboard.press("Control+k");
    await tom.keyboard.type("inb");
    await expect(tom.getByRole("option", { name: /^Inbox/ })).toHaveAttribute("aria-selected", "true");
    // One Escape closes, whatever was typed.
    await tom.keyboard.press("Escape");
    await expect(search).toBeHidden();
    await tom.keyboard.press("/");
    await expect(tom.getByRole("main").getByRole("searchbox")).toBeFocused();
    await tom.getByRole("main").getByRole("searchbox").blur();
    await tom.keyboard.press("Control+k");
    await tom.keyboard.type("collections controlling");
    const dashboard = tom.getByRole("option", { name: /Collections controlling\s*dashboard/ });
    await expect(dashboard).toBeVisible();
    for (let pressed = 0; pressed < 8 && (await dashboard.getAttribute("aria-selected")) !== "true"; pressed += 1) {
      await tom.keyboard.press("ArrowDown");
    }
    await expect(dashboard).toHaveAttribute("aria-selected", "true");
    await tom.keyboard.press("Enter");
    await expect(heading).toHaveText("Collections controlling");
    await expect(heading).toBeFocused();
  });

  const cases = tom.locator(".metric", { hasText: "Cases" }).locator(".metric-value");
  await expect(cases).toHaveText(/\d/);
  await expect(tom.locator(".live-dashboard[data-alive=true]")).toBeAttached();

  await test.step("the period changes the figures", async () => {
    const before = await cases.innerText();
    await tabTo(tom, tom.getByLabel("Handed to collections"));
    for (const key of ["Space", "ArrowDown", "Enter"]) await tom.keyboard.press(key);
    await expect(tom).toHaveURL(/period=last_year/);
    await expect(cases).not.toHaveText(before);
    await expect(tom.getByLabel("Handed to collections")).toBeFocused();
  });

  await test.step("a creditor narrows them", async () => {
    const before = await cases.innerText();
    const creditor = tom.locator("#filter-creditor");
    await tabTo(tom, creditor.locator("summary"));
    await tom.keyboard.press("Enter");
    const first = creditor.getByRole("checkbox").first();
    await tabTo(tom, first);
    await tom.keyboard.press("Space");
    await expect(first).toBeChecked();
    await expect(tom).toHaveURL(/creditor=/);
    await expect(cases).not.toHaveText(before);
  });

  await test.step("a chart's figures open as a table", async () => {
    const chart = tom.locator("figure.chart", { hasText: "Collected by month" });
    await tabTo(tom, chart.locator("summary"));
    await tom.keyboard.press("Enter");
    await expect(chart.getByRole("table")).toBeVisible();
    await expect(chart.getByRole("table").locator("tbody tr").first()).toContainText(/\d/);
  });

  await test.step("the largest table turns by keys and Back turns it back", async () => {
    const table = tom.getByRole("region", { name: "Largest open cases" });
    await expect(table.locator("tbody tr")).not.toHaveCount(0);
    expect(await table.locator("tbody tr").count()).toBeLessThanOrEqual(25);
    const before = await table.locator("tbody").innerText();
    const head = table.getByRole("columnheader", { name: "Days overdue" });
    await tabTo(tom, head.getByRole("link"), 120);
    await tom.keyboard.press("Enter");
    await expect(head).toHaveAttribute("aria-sort", "descending");
    await expect(tom).toHaveURL(/sort\.dataframe-open_cases=-days_overdue/);
    await expect(head.getByRole("link")).toBeFocused();
    await tom.goBack();
    await expect(head).not.toHaveAttribute("aria-sort");
    expect(await table.locator("tbody").innerText()).toBe(before);
  });

  await test.step("the open cases come as a file", async () => {
    const link = tom.locator("#block-dataframe-open_cases").getByRole("link", { name: /CSV/ });
    await tabTo(tom, link);
    const started = tom.waitForEvent("download");
    await tom.keyboard.press("Enter");
    const file = await started;
    expect(file.suggestedFilename()).toMatch(/^collections-controlling-.*\.csv$/);
    const [head, ...rows] = (await readFile(await file.path(), "utf8")).trimEnd().split("\n");
    expect(head.split(",").length).toBeGreaterThan(2);
    expect(rows.length).toBeGreaterThan(0);
  });

  await test.step("a link leads to the next page's heading", async () => {
    await tom.keyboard.press("Control+Home");
    await tom.reload();
    await expect(heading).toBeFocused();
    await tabTo(tom, tom.getByRole("link", { name: "gold.collections" }).first());
    await tom.keyboard.press("Enter");
    await expect(heading).toContainText("collections");
    await expect(heading).toBeFocused();
  });
});
