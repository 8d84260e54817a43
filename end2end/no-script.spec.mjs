// Every page without JavaScript: reading needs none.

import { expect, test } from "./fixtures.mjs";
import { full, open } from "./pages.mjs";

for (const [name, pages] of Object.entries(full)) {
  test(`${name} reads every page without JavaScript`, async ({ demo, as }) => {
    const page = await as(demo, name, { javaScriptEnabled: false });
    for (const one of pages) await open(page, expect, one);
  });
}
