// A program pushes a domain's folder, and what somebody changed on a page meanwhile is never written over unseen.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "../fixtures.mjs";
import { runCommand } from "../portal.mjs";

const product = "/products/sales-forecast";
const source = join(import.meta.dirname, "../../server/demo/mesh/products/sales-forecast.odps.yaml");
const published = "Expected revenue for the next twelve months";

const main = (page) => page.getByRole("main");
const told = (page, sentence) => expect(page.getByRole("status").filter({ hasText: sentence })).toBeVisible();

test("a folder is pushed, and meets what was changed on the page", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const sofia = await as(portal, "Sofia Lindqvist", { javaScriptEnabled: false });
  const maria = await as(portal, "Maria Keller", { javaScriptEnabled: false });
  const folder = await mkdtemp(join(tmpdir(), "lakeport-push-"));
  const text = await readFile(source, "utf8");
  const put = (purpose) => writeFile(join(folder, "forecast.yaml"), text.replace(published, purpose));
  let token;
  const push = (...more) => {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, LAKEPORT_TOKEN: token };
    return runCommand(["push", folder, "--url", portal.url, ...more], env);
  };

  try {
    await test.step("an administrator makes a token for Maria's domain", async () => {
      await sofia.goto("/tokens");
      await sofia.getByLabel("Name of the service account").fill("forecast-repository");
      await sofia.getByLabel("Who answers for it").fill("maria.keller@nordkauf.example");
      await sofia.getByLabel("Pushes documents of").fill("finance:products");
      await sofia.getByRole("button", { name: "Create the token" }).click();
      await expect(sofia.locator("#pushes-error")).toContainText("is not a scope");
      await sofia.getByLabel("Pushes documents of").fill("finance:product, finance:contract, finance:asset");
      await sofia.getByRole("button", { name: "Create the token" }).click();
      token = await sofia.locator("#new-token").innerText();
    });

    await test.step("the program says what it would change, and changes it", async () => {
      await put("Expected revenue and orders");
      const plan = await push("--dry-run");
      expect(plan.stdout, plan.stderr).toContain("~ product sales-forecast +1 -1 (forecast.yaml)");
      const done = await push("--reason", "Orders are part of it.");
      expect(done.stdout, done.stderr).toContain("Applied: 0 new, 1 changed");
      await maria.goto(product);
      await expect(main(maria).getByText("Expected revenue and orders")).toBeVisible();
      await maria.goto(`${product}/history`);
      const newest = maria.getByRole("table", { name: "Revisions, the newest first" }).locator("tbody tr").first();
      await expect(newest).toContainText("forecast-repository");
      await expect(newest).toContainText("A folder that was pushed");
    });

    await test.step("what Maria changes on the page is kept until the folder takes it into account", async () => {
      await maria.goto(`${product}/edit`);
      const typed = maria.getByLabel("Text", { exact: true });
      await typed.fill((await typed.inputValue()).replace("revenue and orders", "revenue of every shop"));
      await maria.getByRole("button", { name: "Publish", exact: true }).click();
      await told(maria, "Your text was published as revision 3.");
      await put("Expected revenue of every shop and region");
      const met = await push();
      expect(met.code).toBe(1);
      expect(met.stdout).toContain("Maria Keller");
      const over = /--over '(.+)'/.exec(met.stdout)[1];
      const done = await push("--over", over);
      expect(done.code, done.stderr).toBe(0);
      await maria.goto(product);
      await expect(main(maria).getByText("Expected revenue of every shop and region")).toBeVisible();
    });

    await test.step("an asset comes with the folder, and lies where the operator says", async () => {
      const asset = (more) =>
        "apiVersion: lakeport/v1\nkind: Assets\ndomain: finance\nnamespace: kafka\nassets:\n" +
        `- id: forecast.events\n  kind: topic\n  description: Forecasts that were published\n${more}`;
      await writeFile(join(folder, "events.yaml"), asset("  location: gold/events\n"));
      const refused = await push();
      expect(refused.code).toBe(1);
      expect(refused.stdout).toContain("events.yaml:9:3: assets[0].location: ");
      await writeFile(join(folder, "events.yaml"), asset(""));
      const done = await push();
      expect(done.stdout, done.stderr).toContain("+ asset forecast.events (events.yaml)");
      expect(done.stdout, done.stderr).toContain("Applied: 1 new, 0 changed");
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
