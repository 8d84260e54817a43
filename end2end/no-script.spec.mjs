// Every page without JavaScript: reading needs none. Nor does it where the script is there and what it loads is not.

import { expect, test } from "./fixtures.mjs";
import { full, open } from "./pages.mjs";

for (const [name, pages] of Object.entries(full)) {
  test(`${name} reads every page without JavaScript`, async ({ demo, as }) => {
    const page = await as(demo, name, { javaScriptEnabled: false });
    for (const one of pages) await open(page, expect, one);
  });
}

test("what does not arrive in the browser takes no link, filter or search with it", async ({ demo, browser }) => {
  // Not watched: the console tells what is missing.
  const context = await browser.newContext({ baseURL: demo.url });
  await context.route("**/*.wasm", (route) => route.abort());
  const page = await context.newPage();
  await page.goto("/");
  await page.getByRole("link", { name: "Aylin Demir" }).or(page.getByRole("button", { name: "Aylin Demir" })).click();
  await page.waitForURL((url) => url.origin === demo.url && !/^\/(auth|demo-issuer)\//.test(url.pathname));
  await page.locator('a.rail-link[href="/dashboards"]').click();
  await page.getByRole("main").getByRole("link", { name: "Collections controlling" }).first().click();
  await page.getByLabel("Segment").selectOption("Business customers");
  await page.getByRole("button", { name: "Show these figures" }).click();
  await expect(page).toHaveURL(/segment=Business/);
  await page.getByRole("link", { name: "Reset the filters" }).click();
  await expect(page).toHaveURL(/\/dashboards\/collections-controlling$/);
  await page.locator('a.rail-link[href="/catalog"]').click();
  await page.getByRole("main").getByRole("searchbox").fill("collections");
  await page.getByRole("main").getByRole("button", { name: "Search" }).click();
  await expect(page).toHaveURL(/q=collections/);
  await page.locator("#hits a").first().click();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await context.close();
});
