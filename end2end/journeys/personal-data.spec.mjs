// A steward decides which columns hold personal data: many by keyboard alone, a few without JavaScript.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { axe, expect, test } from "../fixtures.mjs";
import { runCommand } from "../portal.mjs";
import { eventually } from "../steps.mjs";

const table = "gold.contacts";
const list = "/personal-data?domain=finance";
const people = ["customer", "contact", "guest", "driver", "tenant", "visitor", "caller", "patient", "applicant", "supplier"];
const facts = ["email", "phone", "first_name", "last_name", "iban"];
const fifty = people.flatMap((person) => facts.map((fact) => `${person}_${fact}`));

const main = (page) => page.getByRole("main");
const items = (page) => page.locator("#suggestions > li");
const item = (page, column) => page.locator(`#suggestions > li[data-column="${column}"]`);
const shrunk = (page, state) => page.locator(`#suggestions [data-part="${state}"]:visible`);
const told = (page, sentence) => expect(page.getByRole("status").filter({ hasText: sentence }).first()).toBeVisible();
const awake = (page) => expect(main(page).locator("[data-alive=true]").first()).toBeAttached();

/** A program of Finance brings a table with these columns. */
async function bring(portal, as, columns) {
  const sofia = await as(portal, "Sofia Lindqvist", { path: "/tokens", javaScriptEnabled: false });
  await sofia.getByLabel("Name of the service account").fill("contacts-repository");
  await sofia.getByLabel("Who answers for it").fill("maria.keller@nordkauf.example");
  await sofia.getByLabel("Pushes documents of").fill("finance:asset");
  await sofia.getByRole("button", { name: "Create the token" }).click();
  const token = await sofia.locator("#new-token").innerText();
  const folder = await mkdtemp(join(tmpdir(), "lakeport-personal-"));
  try {
    const lines = columns.map((name) => `  - name: ${name}\n    type: string\n`).join("");
    const text =
      "apiVersion: lakeport/v1\nkind: Assets\ndomain: finance\nnamespace: lakehouse\nassets:\n" +
      `- id: ${table}\n  kind: table\n  layer: gold\n  description: Whom we talk to\n  columns:\n${lines}`;
    await writeFile(join(folder, "contacts.yaml"), text);
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, LAKEPORT_TOKEN: token };
    const done = await runCommand(["push", folder, "--url", portal.url], env);
    expect(done.stdout, done.stderr).toContain("Applied: 1 new, 0 changed");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test("a steward works through fifty suggestions by keyboard", async ({ openDemo, as }) => {
  test.setTimeout(180_000);
  const portal = await openDemo();
  await bring(portal, as, fifty);
  const ines = await as(portal, "Ines Hoffmann");
  await eventually(ines, list, items(ines).first());
  await expect(items(ines)).toHaveCount(fifty.length);
  await awake(ines);
  const last = await items(ines).last().getAttribute("data-column");

  await test.step("a suggestion says what it seems to hold, why, and what is suggested", async () => {
    const first = item(ines, "customer_email");
    await expect(first).toContainText("E-mail addresses");
    await expect(first).toContainText("Its name says");
    await expect(first).toContainText("now internal");
    await expect(first).toContainText("suggested confidential");
    await expect(item(ines, "customer_iban")).toContainText("suggested restricted");
    expect(await axe(ines)).toEqual([]);
  });

  await test.step("d dismisses and leads on, u takes it back", async () => {
    await ines.keyboard.press("j");
    await expect(items(ines).nth(0)).toBeFocused();
    await ines.keyboard.press("d");
    await expect(items(ines).nth(1)).toBeFocused();
    await told(ines, "dismissed.");
    await expect(shrunk(ines, "dismissed")).toHaveCount(1);
    await ines.keyboard.press("u");
    await told(ines, "suggested again.");
    await expect(items(ines).nth(0)).toBeFocused();
    await expect(shrunk(ines, "dismissed")).toHaveCount(0);
    expect(await axe(ines)).toEqual([]);
  });

  await test.step("arrows move, and in a menu keys are no shortcuts", async () => {
    await ines.keyboard.press("ArrowDown");
    await expect(items(ines).nth(1)).toBeFocused();
    await ines.keyboard.press("k");
    await expect(items(ines).nth(0)).toBeFocused();
    const choice = items(ines).nth(0).locator("summary");
    await choice.focus();
    await ines.keyboard.press("Enter");
    await ines.keyboard.press("c");
    await expect(shrunk(ines, "confirmed")).toHaveCount(0);
    await ines.keyboard.press("Enter");
  });

  await test.step("c confirms one after the other, and the last is dismissed", async () => {
    await items(ines).nth(0).focus();
    for (let at = 1; at < fifty.length; at += 1) await ines.keyboard.press("c");
    await expect(items(ines).last()).toBeFocused();
    await expect(shrunk(ines, "confirmed")).toHaveCount(fifty.length - 1, { timeout: 60_000 });
    await ines.keyboard.press("d");
    await expect(shrunk(ines, "dismissed")).toHaveCount(1);
    await expect(main(ines).locator(".field-error")).toHaveCount(0);
    await expect(item(ines, "customer_email")).toContainText("confirmed as confidential");
    await expect(item(ines, "customer_email").getByRole("link", { name: "Change it" })).toBeVisible();
  });

  await test.step("the column's page and the revisions say it", async () => {
    await ines.goto(`/assets/${table}/columns/customer_email`);
    await expect(main(ines).locator(".page-title")).toContainText("confidential");
    await ines.goto(`/assets/${table}/columns/customer_iban`);
    await expect(main(ines).locator(".page-title")).toContainText("restricted");
    await ines.goto(`/assets/${table}/history`);
    const newest = ines.getByRole("table", { name: "Revisions, the newest first" }).locator("tbody tr").first();
    await expect(newest).toContainText("Ines Hoffmann");
    await expect(newest).toContainText("confirmed");
  });

  await test.step("what was dismissed is suggested again only when she says so", async () => {
    await ines.goto(list);
    await expect(main(ines).getByText("No column waits for a decision")).toBeVisible();
    await main(ines).getByRole("link", { name: "Dismissed", exact: true }).click();
    const row = ines.locator("#dismissed > li");
    await expect(row).toHaveCount(1);
    await expect(row).toContainText(last);
    await expect(row).toContainText("dismissed by Ines Hoffmann");
    await row.getByRole("button", { name: /^Suggest again/ }).click();
    await told(ines, "is suggested again.");
    await ines.goto(list);
    await expect(items(ines)).toHaveCount(1);
  });
});

test("without JavaScript each button comes back to the list, and nobody else is let in", async ({ openDemo, as }) => {
  const portal = await openDemo();
  await bring(portal, as, ["contact_email", "contact_phone", "contact_last_name"]);
  const ines = await as(portal, "Ines Hoffmann", { javaScriptEnabled: false });
  await eventually(ines, list, items(ines).first());
  await expect(items(ines)).toHaveCount(3);

  await test.step("one is confirmed", async () => {
    await ines.getByRole("button", { name: /^Confirm as confidential: contact_email/ }).click();
    await told(ines, "Confirmed: contact_email is confidential from now on.");
    await expect(ines).toHaveURL(/personal-data\?domain=finance/);
    await expect(items(ines)).toHaveCount(2);
    await expect(main(ines).getByRole("link", { name: "Change it" })).toHaveAttribute("href", `/assets/${table}/edit`);
  });

  await test.step("one is confirmed as more than was suggested", async () => {
    await item(ines, "contact_phone").locator("summary").click();
    await item(ines, "contact_phone").getByRole("button", { name: "Confirm as restricted" }).click();
    await told(ines, "Confirmed: contact_phone is restricted from now on.");
    await expect(items(ines)).toHaveCount(1);
  });

  await test.step("one is dismissed and taken back", async () => {
    await ines.getByRole("button", { name: /^Dismiss: contact_last_name/ }).click();
    await told(ines, "Dismissed: contact_last_name is not suggested again.");
    await expect(items(ines)).toHaveCount(0);
    await main(ines).getByRole("status").getByRole("link", { name: "Suggest again" }).click();
    await ines.getByRole("button", { name: /^Suggest again: contact_last_name/ }).click();
    await told(ines, "contact_last_name is suggested again.");
    await ines.goto(list);
    await expect(items(ines)).toHaveCount(1);
  });

  await test.step("what cannot be done stands at its suggestion", async () => {
    const button = ines.getByRole("button", { name: /^Confirm as confidential: contact_last_name/ });
    await button.evaluate((button) => button.setAttribute("value", "top secret"));
    await button.click();
    await expect(item(ines, "contact_last_name").locator(".field-error")).toBeVisible();
    await expect(items(ines)).toHaveCount(1);
  });

  await test.step("a member of another domain is refused, and is not led there", async () => {
    const paula = await as(portal, "Paula Brandt", { javaScriptEnabled: false });
    await expect(paula.locator('a.rail-link[href="/personal-data"]')).toHaveCount(0);
    expect((await paula.goto("/personal-data")).status()).toBe(403);
    await expect(ines.locator('a.rail-link[href="/personal-data"]')).toHaveCount(1);
  });
});
