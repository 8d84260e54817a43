// A steward changes one thing of many tables at once: by keyboard alone, and without JavaScript.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { axe, expect, test } from "../fixtures.mjs";
import { runCommand } from "../portal.mjs";
import { eventually } from "../steps.mjs";

const count = 12;
const name = (number) => `gold.plan_${String(number).padStart(2, "0")}`;
const list = "/domains/finance/assets?q=gold.plan";

const main = (page) => page.getByRole("main");
const field = (page, label) => main(page).getByLabel(label, { exact: true });
const row = (page, number) => main(page).getByRole("row").filter({ hasText: name(number) });
const box = (page, number) => main(page).getByRole("checkbox", { name: name(number), exact: true });
const plan = (page) => page.getByRole("table", { name: "What becomes of each asset" }).locator("tbody tr");
const consent = (page) => main(page).getByRole("checkbox", { name: "I have seen what this changes for people" });
const press = (page, button) => main(page).getByRole("button", { name: button, exact: true }).click();
const told = (page, sentence) => expect(page.getByRole("status").filter({ hasText: sentence }).first()).toBeVisible();

/** A program of Finance brings some tables. */
async function bring(portal, as) {
  const sofia = await as(portal, "Sofia Lindqvist", { path: "/tokens", javaScriptEnabled: false });
  await sofia.getByLabel("Name of the service account").fill("plans-repository");
  await sofia.getByLabel("Who answers for it").fill("maria.keller@nordkauf.example");
  await sofia.getByLabel("Pushes documents of").fill("finance:asset");
  await sofia.getByRole("button", { name: "Create the token" }).click();
  const token = await sofia.locator("#new-token").innerText();
  const folder = await mkdtemp(join(tmpdir(), "lakeport-bulk-"));
  try {
    const tables = Array.from({ length: count }, (_, number) => `- id: ${name(number)}
  kind: table
  layer: silver
  description: One of several plans
  columns:
  - name: day
    type: date
  - name: iban
    type: string
    classification: confidential
`);
    const text = `apiVersion: lakeport/v1\nkind: Assets\ndomain: finance\nnamespace: lakehouse\nassets:\n${tables.join("")}`;
    await writeFile(join(folder, "plans.yaml"), text);
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, LAKEPORT_TOKEN: token };
    const done = await runCommand(["push", folder, "--url", portal.url], env);
    expect(done.stdout, done.stderr).toContain(`Applied: ${count} new, 0 changed`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test("a steward gives tables a tag by keyboard", async ({ openDemo, as }) => {
  test.setTimeout(120_000);
  const portal = await openDemo();
  await bring(portal, as);
  const ines = await as(portal, "Ines Hoffmann");

  await test.step("the domain leads to its assets, and words find the tables", async () => {
    await ines.goto("/domains/finance");
    await main(ines).getByRole("link", { name: "All assets", exact: true }).click();
    await expect(ines.getByRole("heading", { level: 1 })).toHaveText("Assets of Finance Forecasting");
    await field(ines, "Words of the name").fill("gold.plan");
    await press(ines, "Search");
    await eventually(ines, list, box(ines, 0));
    await expect(main(ines).locator("tbody tr")).toHaveCount(count);
    await expect(row(ines, 0)).toContainText("confidential");
    await expect(row(ines, 0)).toContainText("2 of 2");
    expect(await axe(ines)).toEqual([]);
  });

  await test.step("keys move and choose", async () => {
    await expect(main(ines).locator("[data-alive=true]").first()).toBeAttached();
    await ines.keyboard.press("j");
    await expect(box(ines, 0)).toBeFocused();
    await ines.keyboard.press("x");
    await told(ines, "1 chosen");
    await ines.keyboard.press("j");
    await expect(box(ines, 1)).toBeFocused();
    await ines.keyboard.press("a");
    await told(ines, `${count} chosen`);
    await ines.keyboard.press("x");
    await told(ines, `${count - 1} chosen`);
    await expect(box(ines, 1)).not.toBeChecked();
  });

  await test.step("the bar says what is to be changed, and nothing is written yet", async () => {
    await ines.keyboard.press("e");
    await expect(field(ines, "Of the chosen")).toBeFocused();
    await field(ines, "Of the chosen").selectOption("Add a tag");
    await ines.keyboard.press("Tab");
    await expect(field(ines, "Tag")).toBeFocused();
    await ines.keyboard.type("planning");
    await main(ines).getByRole("button", { name: "See what changes" }).focus();
    await ines.keyboard.press("Enter");
    await expect(main(ines).getByRole("heading", { level: 2, name: 'Add the tag "planning"' })).toBeFocused();
    await expect(plan(ines)).toHaveCount(count - 1);
    await expect(main(ines).locator("#together")).toHaveText("11 assets change: nobody reads more or less by it.");
    await expect(consent(ines)).toBeHidden();
    expect(await axe(ines)).toEqual([]);
  });

  await test.step("it is carried out, and the history of each says why", async () => {
    await field(ines, "Why").fill("They make up the plan of next year.");
    await press(ines, "Change 11 assets now");
    await told(ines, "Changed: 11 assets.");
    await eventually(ines, `${list}&tag=planning`, box(ines, 0));
    await expect(main(ines).locator("tbody tr")).toHaveCount(count - 1);
    await ines.goto(`/assets/${name(0)}/history`);
    const newest = ines.getByRole("table", { name: "Revisions, the newest first" }).locator("tbody tr").first();
    await expect(newest).toContainText("Ines Hoffmann");
    await expect(newest).toContainText("They make up the plan of next year.");
  });
});

test("without JavaScript tables are less protected once a steward has seen it, and whoever is second changes none", async ({
  openDemo,
  as,
}) => {
  test.setTimeout(120_000);
  const portal = await openDemo();
  await bring(portal, as);
  const without = { javaScriptEnabled: false };
  const [ines, maria] = [await as(portal, "Ines Hoffmann", without), await as(portal, "Maria Keller", without)];

  await test.step("what is not chosen or not said is told at its field", async () => {
    await eventually(maria, list, box(maria, 0));
    await press(maria, "See what changes");
    await expect(main(maria).locator("#assets-error")).toContainText("Choose at least one asset.");
    await box(maria, 0).check();
    await press(maria, "See what changes");
    await expect(main(maria).locator("#change-error")).toContainText("Choose what to change of them.");
    await expect(box(maria, 0)).toBeChecked();
    await expect(box(maria, 1)).not.toBeChecked();
  });

  await test.step("an owner beside a steward does not lower them", async () => {
    await main(maria).getByRole("link", { name: "Choose all on this page" }).click();
    await expect(box(maria, 1)).toBeChecked();
    await field(maria, "Of the chosen").selectOption("Set the classification");
    await field(maria, "Classification").selectOption("internal");
    await press(maria, "See what changes");
    await expect(plan(maria)).toHaveCount(count);
    await expect(plan(maria).first()).toContainText("Only a steward of its domain");
    await expect(main(maria).getByRole("button", { name: /^Change/ })).toHaveCount(0);
    await main(maria).getByRole("link", { name: "Back to the list" }).click();
    await expect(maria).toHaveURL(/\/domains\/finance\/assets\?q=gold\.plan/);
  });

  await test.step("she raises them meanwhile, and the steward's change is refused as a whole", async () => {
    await ines.goto(list);
    await box(ines, 0).check();
    await box(ines, 1).check();
    await field(ines, "Of the chosen").selectOption("Set the classification");
    await field(ines, "Classification").selectOption("internal");
    await press(ines, "See what changes");
    await expect(main(ines).locator("#together")).toHaveText("2 assets change: 2 less protected than before.");
    await box(maria, 1).check();
    await field(maria, "Of the chosen").selectOption("Set the classification");
    await field(maria, "Classification").selectOption("restricted");
    await press(maria, "See what changes");
    await press(maria, "Change 1 asset now");
    await told(maria, "Changed: 1 asset.");
    await consent(ines).check();
    await field(ines, "Why").fill("No account in them is real.");
    await press(ines, "Change 2 assets now");
    await expect(main(ines).getByRole("alert")).toContainText(`Nothing was changed, for ${name(1)} changed in the meantime.`);
    await expect(plan(ines).nth(1)).toContainText("restricted until now");
    await expect(field(ines, "Why")).toHaveValue("No account in them is real.");
  });

  await test.step("with consent to what is so now it is done", async () => {
    await expect(consent(ines)).not.toBeChecked();
    await press(ines, "Change 2 assets now");
    await expect(main(ines).locator("#agreed-error")).toContainText("Look at what it changes for people");
    await consent(ines).check();
    await press(ines, "Change 2 assets now");
    await told(ines, "Changed: 2 assets.");
    await ines.goto(`/assets/${name(1)}`);
    await expect(main(ines).locator(".page-title")).toContainText("internal");
  });

  await test.step("others see the list and change nothing", async () => {
    const paula = await as(portal, "Paula Brandt", without);
    await paula.goto(list);
    await expect(main(paula).getByRole("link", { name: name(0), exact: true })).toBeVisible();
    await expect(main(paula).getByRole("checkbox")).toHaveCount(0);
    await expect(main(paula).getByRole("button", { name: "See what changes" })).toHaveCount(0);
  });
});
