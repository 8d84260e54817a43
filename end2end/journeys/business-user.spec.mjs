// A business user needs numbers of another domain. She signs in at the company's OpenID provider and comes from a
// question to a dashboard under a contract without writing to anybody; an owner decides in between.

import { expect, test } from "../fixtures.mjs";
import { approve, expectClosed, expectOpen } from "../steps.mjs";

test("from a question to data under a contract", async ({ openServe, as }) => {
  const portal = await openServe({ imported: true });
  const paula = await as(portal, "Paula Brandt");
  const heading = paula.getByRole("heading", { level: 1 });
  await expect(paula.getByText("No data here yet")).toBeVisible();

  await test.step("she searches, and results follow her typing", async () => {
    await paula.getByRole("searchbox", { name: "Search the catalog" }).fill("revenue");
    await paula.keyboard.press("Enter");
    await expect(heading).toHaveText("Catalog");
    await expect(paula.getByRole("main").locator("[data-alive=true]")).toBeAttached();
    const count = paula.getByRole("search", { name: "Search the catalog" }).getByRole("status");
    const before = await count.innerText();
    await paula.getByRole("searchbox", { name: "Words to search for" }).fill("sales forecast");
    await expect(paula).toHaveURL(/q=sales\+forecast/);
    await expect(count).not.toHaveText(before);
    // A filter that she has typed half when the results come is not kept beside the whole one.
    const words = paula.getByRole("searchbox", { name: "Words to search for" });
    await words.fill("sales forecast kind:prod");
    await expect(paula).toHaveURL(/q=sales\+forecast\+kind%3Aprod(&|$)/);
    await words.pressSequentially("uct");
    await expect(paula).toHaveURL(/q=sales\+forecast\+kind%3Aproduct(&|$)/);
    expect(paula.url()).not.toContain("&kind=");
    await expect(paula.locator('#hits a[href="/products/sales-forecast"]')).toBeVisible();
    await words.fill("sales forecast");
    await expect(paula).toHaveURL(/q=sales\+forecast(&|$)/);
    await paula.getByRole("group", { name: "Kind" }).getByRole("checkbox", { name: /product/i }).check();
    await expect(paula).toHaveURL(/kind=product/);
    await paula.locator('#hits a[href="/products/sales-forecast"]').click();
  });

  await test.step("she reads what it is and who answers for it", async () => {
    await expect(heading).toHaveText("Sales forecast");
    await expect(paula.getByRole("heading", { name: "Can I trust it" })).toBeVisible();
    await expect(paula.locator(".facts")).toContainText("Maria Keller");
    await paula.getByRole("link", { name: "gold.sales_forecast", exact: true }).first().click();
    await expect(heading).toContainText("sales_forecast");
    await expectClosed(paula, "gold.sales_forecast");
  });

  await test.step("she follows where it comes from", async () => {
    await paula.getByRole("navigation", { name: "Parts of this page" }).getByRole("link", { name: "Lineage" }).click();
    await expect(heading).toContainText("Lineage of");
    const nodes = paula.locator("#graph g.lineage-node");
    const hop = await nodes.count();
    expect(hop).toBeGreaterThan(2);
    await paula.getByRole("button", { name: "Fit the width" }).click();
    await paula.locator("#graph").getByRole("link", { name: /^Show \d+ more upstream of/ }).first().click();
    await expect(paula).toHaveURL(/open=/);
    const expanded = await nodes.count();
    expect(expanded).toBeGreaterThan(hop);
    await paula.getByText("The same as a list").click();
    await expect(paula.getByRole("table", { name: "Assets of the graph" }).locator("tbody tr")).toHaveCount(expanded);
  });

  await test.step("she asks for access and sees with whom the request is", async () => {
    await paula.goto("/products/sales-forecast");
    await paula.getByRole("link", { name: "Request access" }).first().click();
    await paula.getByLabel("What do you need it for").fill("Plan the volumes of next year's frame contracts.");
    await paula.getByRole("checkbox", { name: /I accept the terms/ }).check();
    await paula.getByRole("button", { name: "Send the request" }).click();
    await expect(heading).toHaveText("My requests");
    await expect(paula.getByRole("status").filter({ hasText: "Your request was sent" })).toBeVisible();
    await expect(paula.getByRole("listitem").filter({ hasText: "frame contracts" })).toContainText("Maria Keller");
    await paula.goto("/products/sales-forecast");
    await expect(paula.getByRole("link", { name: /^Requested, with .*Maria Keller/ }).first()).toBeVisible();
  });

  await test.step("the owner finds the request at her start page and approves", async () => {
    const maria = await as(portal, "Maria Keller");
    await expect(maria.getByRole("link", { name: "1 request to decide" })).toBeVisible();
    await approve(maria, "Paula Brandt", "Fits the purpose.");
    await expect(maria.getByText("Plan the volumes of next year's frame contracts.")).toBeVisible();
  });

  await test.step("the table opens for her", async () => {
    await paula.goto("/inbox");
    await expect(paula.getByRole("link", { name: /^You may use Sales forecast/ })).toBeVisible();
    await expectOpen(paula, "gold.sales_forecast");
    await expect(paula.getByRole("columnheader", { name: "forecast_eur" })).toBeVisible();
    await paula.goto("/");
    await expect(paula.getByRole("region", { name: "Your data" }).getByRole("link", { name: /sales_forecast/ })).toBeVisible();
  });

  await test.step("she subscribes to the contract", async () => {
    await paula.goto("/contracts/sales-forecast");
    await paula.getByLabel("What do you use the data for").fill("Frame contracts");
    const accept = paula.getByRole("button", { name: /^Accept version/ });
    const version = (await accept.innerText()).replace("Accept version ", "");
    await accept.click();
    const subscription = paula.getByRole("region", { name: "You are subscribed" });
    await expect(subscription).toContainText(`Version ${version}`);
    await expect(subscription).toContainText("Frame contracts");
  });

  await test.step("she moves a filter of the dashboard: figures and address change, the page stays", async () => {
    await paula.goto("/dashboards");
    await paula.getByRole("link", { name: "Sales forecast" }).click();
    await expect(heading).toHaveText("Sales forecast");
    await expect(paula.locator(".live-dashboard[data-alive=true]")).toBeAttached();
    const figure = paula.locator(".metric", { hasText: "Next 12 months" }).locator(".metric-value");
    await expect(figure).toHaveText(/\d/);
    const all = await figure.innerText();
    await paula.evaluate(() => (window.stays = true));
    await paula.getByLabel("Region").selectOption("Austria");
    await expect(figure).not.toHaveText(all);
    await expect(paula).toHaveURL(/region=Austria/);
    expect(await paula.evaluate(() => window.stays)).toBe(true);
    const austria = await figure.innerText();
    await paula.reload();
    await expect(figure).toHaveText(austria);
    await expect(paula.getByLabel("Region")).toHaveValue("Austria");
  });
});

test("who is not of the company stays outside", async ({ openServe, visit }) => {
  const portal = await openServe();
  for (const [name, sentence] of [
    ["Una Verified", "has not verified your e-mail address"],
    ["Olga Other", "Sign in with your nordkauf.example account"],
    ["Nils Nodomain", "Sign in with your nordkauf.example account"],
  ]) {
    const page = await visit({ baseURL: portal.url });
    await page.goto("/catalog");
    await page.getByRole("link", { name }).click();
    await expect(page.getByRole("heading", { name: "You are not signed in" })).toBeVisible();
    await expect(page.getByText(sentence)).toBeVisible();
    await page.goto("/catalog");
    await expect(page, "the issuer knows them, the portal still does not").toHaveURL(/\/auth\/callback/);
  }
});
