// What tests are written with.
//
// `demo`       one `lakeport demo` per worker, to look at; stories that change something open a portal of their own:
// `openDemo`   (options of startDemo), `openServe` (options of startServe): ended with the test
// `as`         (portal, "Paula Brandt", { path, ..context options }): a page of a browser of that person, signed in
// `axe`        (page, name): nothing on the page hurts WCAG 2.2 AA
//
// Every page opened with `as` or `visit` is watched: an error in the console, a script that fails, anything the content
// security policy refuses, fails the test.

import AxeBuilder from "@axe-core/playwright";
import { test as base, expect } from "@playwright/test";
import { startDemo, startServe } from "./portal.mjs";

/** A fixture that opens things and closes them when the test ends. */
const opener = (open) => async ({}, use) => {
  const opened = [];
  await use(async (options) => {
    opened.push(await open(options));
    return opened.at(-1);
  });
  await Promise.all(opened.map((one) => one.close()));
};

export const test = base.extend({
  demo: [
    async ({}, use) => {
      const portal = await startDemo();
      await use(portal);
      await portal.close();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  openDemo: opener(startDemo),
  openServe: opener(startServe),
  visit: async ({ browser }, use) => {
    const contexts = [];
    const problems = [];
    await use(async (options = {}) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      const page = await context.newPage();
      watch(page, problems);
      return page;
    });
    await Promise.all(contexts.map((context) => context.close()));
    expect(problems, "errors in the browser's console").toEqual([]);
  },
  as: async ({ visit }, use) => {
    await use(async (portal, name, { path = "/", ...options } = {}) => {
      const page = await visit({ baseURL: portal.url, ...options });
      await page.goto(path);
      // Both issuers, the demo's and the company's, offer people by name.
      await page.getByRole("link", { name }).or(page.getByRole("button", { name })).click();
      await page.waitForURL((url) => url.origin === portal.url && !/^\/(auth|demo-issuer)\//.test(url.pathname));
      return page;
    });
  },
});

/** A page that was asked for and refused is told in the console too; that is no error of the page. In place it is fetched. */
function watch(page, problems) {
  const documents = new Set();
  const isPage = (request) => request.isNavigationRequest() || request.headers().accept === "text/html";
  page.on("request", (request) => isPage(request) && documents.add(request.url()));
  page.on("console", (message) => {
    if (message.type() === "error" && !documents.has(message.location().url)) {
      problems.push(`${new URL(page.url()).pathname}: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => problems.push(`${new URL(page.url()).pathname}: ${error.message}`));
}

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds on the page, a line each. */
export async function axe(page) {
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")}`),
  );
}

export { expect };
