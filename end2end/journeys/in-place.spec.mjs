// Pages change in place: links keep the document, and the browser's own ways go on working.

import { axe, expect, test } from "../fixtures.mjs";

const title = (page) => page.getByRole("heading", { level: 1 });
/** True while this is the document that was marked. */
const isSame = (page) => page.evaluate(() => window.untouched === true);

test("a followed link changes the page and keeps the document", async ({ demo, as }) => {
  const aylin = await as(demo, "Aylin Demir");
  await aylin.goto("/");
  await expect(aylin.locator(".topbar [data-alive=true]")).toBeAttached();
  await aylin.evaluate(() => (window.untouched = true));

  await test.step("title, address, navigation and focus are those of the new page", async () => {
    await aylin.locator('a.rail-link[href="/catalog"]').click();
    await expect(aylin).toHaveURL(/\/catalog$/);
    await expect(aylin).toHaveTitle(/Catalog/);
    await expect(title(aylin)).toBeFocused();
    await expect(aylin.locator('a.rail-link[aria-current="page"]')).toHaveAttribute("href", "/catalog");
    expect(await isSame(aylin)).toBe(true);
    expect(await axe(aylin)).toEqual([]);
  });

  await test.step("what is interactive on the new page lives, and ends with it", async () => {
    await aylin.getByRole("main").getByRole("searchbox").fill("collections");
    await expect(aylin).toHaveURL(/q=collections/);
    await aylin.locator('#hits a[href="/products/collections"]').first().click();
    await expect(title(aylin)).toContainText("Collections");
    expect(await isSame(aylin)).toBe(true);
  });

  await test.step("Back and Forward go through the pages", async () => {
    await aylin.goBack();
    await expect(aylin).toHaveURL(/\/catalog\?.*q=collections/);
    await expect(aylin.getByRole("main").getByRole("searchbox")).toHaveValue("collections");
    await aylin.goBack();
    await expect(aylin).toHaveURL(/\/$/);
    await aylin.goForward();
    await expect(title(aylin)).toHaveText("Catalog");
    expect(await isSame(aylin)).toBe(true);
  });

  await test.step("an address that leads on shows where it led", async () => {
    await aylin.evaluate(() => document.querySelector("main").append(Object.assign(document.createElement("a"), { id: "on", href: "/access", textContent: "On" })));
    await aylin.locator("#on").click();
    await expect(aylin).toHaveURL(/\/access\/grants$/);
    await expect(title(aylin)).toHaveText("My access");
    expect(await isSame(aylin)).toBe(true);
  });

  await test.step("a page that does not exist says so in place", async () => {
    await aylin.evaluate(() => document.querySelector("main").append(Object.assign(document.createElement("a"), { id: "gone", href: "/products/nothing-here", textContent: "Gone" })));
    await aylin.locator("#gone").click();
    await expect(aylin.getByRole("main")).toContainText("There is no");
    expect(await isSame(aylin)).toBe(true);
  });
});

test("Back never loses what was typed, nor where the focus was", async ({ demo, as }) => {
  const paula = await as(demo, "Paula Brandt");
  await paula.goto("/products/collections");
  await expect(paula.locator(".topbar [data-alive=true]")).toBeAttached();
  await paula.evaluate(() => (window.untouched = true));
  const ask = paula.getByRole("link", { name: "Request access" }).first();
  const purpose = paula.getByLabel("What do you need it for");
  const day = paula.getByLabel("Until when do you need it");
  const terms = paula.getByRole("checkbox", { name: /I accept the terms/ });
  await ask.press("Enter");
  await expect(purpose).toBeVisible();
  const last = await day.getAttribute("min");

  await test.step("a form is found as it was left", async () => {
    await purpose.fill("Compare the claims of our suppliers.");
    await day.fill(last);
    await terms.check();
    await paula.locator('a.rail-link[href="/catalog"]').click();
    await expect(title(paula)).toHaveText("Catalog");
    await paula.goBack();
    await expect(purpose).toHaveValue("Compare the claims of our suppliers.");
    await expect(day).toHaveValue(last);
    await expect(terms).toBeChecked();
  });

  await test.step("the link that was followed has the focus again", async () => {
    await paula.goBack();
    await expect(ask).toBeFocused();
  });

  await test.step("the same form at another place in the history is empty", async () => {
    await ask.press("Enter");
    await expect(purpose).toHaveValue("");
    await expect(terms).not.toBeChecked();
  });
  expect(await isSame(paula)).toBe(true);
});

test("a dashboard that was left answers nothing on another page", async ({ demo, as }) => {
  const aylin = await as(demo, "Aylin Demir");
  await aylin.goto("/dashboards/collections-controlling");
  await expect(aylin.locator(".live-dashboard[data-alive=true]")).toBeAttached();
  await aylin.evaluate(() => (window.untouched = true));
  const late = [];
  await aylin.route("**/fn/dashboard_view*", async (route) => {
    late.push(route);
  });
  await aylin.getByLabel("Segment").selectOption("Business customers");
  await expect.poll(() => late.length).toBe(1);
  await aylin.locator('a.rail-link[href="/dashboards"]').click();
  await expect(title(aylin)).toHaveText("Dashboards");
  await late[0].continue();
  await aylin.unrouteAll({ behavior: "wait" });
  await aylin.locator('a.rail-link[href="/catalog"]').click();
  await expect(title(aylin)).toHaveText("Catalog");
  await expect(aylin).toHaveURL(/\/catalog$/);
  await aylin.goBack();
  await aylin.goBack();
  await expect(title(aylin)).toContainText("ollections");
  await expect(aylin.locator(".live-dashboard[data-alive=true]")).toBeAttached();
  // Once for each page it stands on: the one that was left listens no more.
  const asked = [];
  aylin.on("request", (request) => request.url().includes("/fn/dashboard_view") && asked.push(request.url()));
  await aylin.getByLabel("Segment").selectOption("Own retail");
  await expect(aylin).toHaveURL(/segment=Own/);
  expect(asked).toHaveLength(1);
  expect(await isSame(aylin)).toBe(true);
});

test("a session that ended leads to the sign-in, not to half a page", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const paula = await as(portal, "Paula Brandt");
  await paula.goto("/");
  await expect(paula.locator(".topbar [data-alive=true]")).toBeAttached();
  await paula.context().clearCookies();
  await paula.locator('a.rail-link[href="/inbox"]').click();
  await expect(paula.getByRole("button", { name: "Paula Brandt" }).or(paula.getByRole("link", { name: "Paula Brandt" }))).toBeVisible();
});

/** In another tab of the browser somebody else signs in. */
const signInBeside = async (page, name) => {
  const beside = await page.context().newPage();
  await beside.context().clearCookies();
  await beside.goto("/");
  await beside.getByRole("link", { name }).or(beside.getByRole("button", { name })).click();
  await expect(beside.locator(`summary[aria-label^="${name}"]`)).toBeVisible();
};

test("a tab never goes on as the person who signed out in another", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const first = await as(portal, "Paula Brandt");
  const purpose = first.getByLabel("What do you need it for");
  const menuOf = (name) => first.locator(`summary[aria-label^="${name}"]`);
  await first.goto("/products/collections/request");
  await expect(first.locator(".topbar [data-alive=true]")).toBeAttached();
  await first.evaluate(() => (window.untouched = true));
  await purpose.fill("Compare the claims of our suppliers.");
  await first.locator('a.rail-link[href="/catalog"]').click();
  await expect(title(first)).toHaveText("Catalog");
  await expect(menuOf("Paula Brandt")).toBeVisible();
  expect(await isSame(first)).toBe(true);

  await signInBeside(first, "Yusuf Kaya");

  await first.goBack();
  await expect(menuOf("Yusuf Kaya")).toBeVisible();
  await expect(menuOf("Paula Brandt")).toHaveCount(0);
  await expect(purpose).toHaveValue("");
  expect(await isSame(first)).toBe(false);
});

test("a tab never sends as the person who signed in in another", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const paula = await as(portal, "Paula Brandt");
  // Its own tab: calls that are refused are told in the console.
  const tab = await paula.context().newPage();
  const menuOf = (name) => tab.locator(`summary[aria-label^="${name}"]`);
  const said = tab.getByRole("alert").filter({ hasText: "You are signed in as Yusuf Kaya now, so nothing was done." });
  const purpose = tab.getByLabel("What do you need it for");
  await tab.goto("/products/collections/request");
  await expect(tab.locator(".topbar [data-alive=true]")).toBeAttached();
  await purpose.fill("Compare the claims of our suppliers.");
  await tab.getByRole("checkbox", { name: /I accept the terms/ }).check();
  await signInBeside(paula, "Yusuf Kaya");

  await test.step("a call is not answered, and the page says why", async () => {
    await tab.keyboard.press("Control+k");
    const call = tab.waitForResponse((response) => response.url().endsWith("/fn/quick_search"));
    await tab.getByRole("combobox", { name: "Search data and columns, or go to a page" }).fill("collections");
    expect((await call).status()).toBe(409);
    await tab.keyboard.press("Escape");
    await expect(said).toBeVisible();
    await expect(purpose).toHaveValue("Compare the claims of our suppliers.");
  });

  await test.step("a form is not sent, and what was typed stays", async () => {
    const answer = tab.waitForResponse((response) => response.url().endsWith("/fn/request_access"));
    await tab.getByRole("button", { name: "Send the request" }).click();
    expect((await answer).status()).toBe(409);
    await expect(menuOf("Yusuf Kaya")).toBeVisible();
    await expect(said).toBeVisible();
    await expect(purpose).toHaveValue("Compare the claims of our suppliers.");
    await expect(tab.getByRole("checkbox", { name: /I accept the terms/ })).not.toBeChecked();
    await tab.goto("/access/requests");
    await expect(tab.getByText("Compare the claims of our suppliers.")).toHaveCount(0);
  });
});

test("what could not be got is said, and figures of before are never taken for those of a filter", async ({ demo, browser }) => {
  // Not watched: the console tells what was refused.
  const context = await browser.newContext({ baseURL: demo.url });
  const aylin = await context.newPage();
  const signIn = async (path) => {
    await aylin.goto(path);
    const name = "Aylin Demir";
    await aylin.getByRole("link", { name }).or(aylin.getByRole("button", { name })).click();
    await aylin.waitForURL((url) => url.origin === demo.url && url.pathname === path);
    await context.clearCookies();
  };
  await signIn("/dashboards/collections-controlling");
  await expect(aylin.locator(".live-dashboard[data-alive=true]")).toBeAttached();
  await aylin.getByLabel("Segment").selectOption("Business customers");
  const said = aylin.locator("#updated");
  await expect(said).toContainText("The figures below are those of before.");
  expect((await said.boundingBox()).height).toBeGreaterThan(20);
  await expect(aylin.locator("#elements")).toHaveClass(/is-stale/);
  await said.getByRole("link", { name: "Load the page again" }).click();
  await expect(aylin.getByRole("button", { name: "Aylin Demir" }).or(aylin.getByRole("link", { name: "Aylin Demir" }))).toBeVisible();

  await signIn("/catalog");
  const alert = aylin.getByRole("main").getByRole("alert");
  await expect(async () => {
    await aylin.getByRole("main").getByRole("searchbox").fill("");
    await aylin.getByRole("main").getByRole("searchbox").pressSequentially("payments");
    await expect(alert).toContainText("What stands below is not what was searched for", { timeout: 1_000 });
  }).toPass();
  await context.close();
});
