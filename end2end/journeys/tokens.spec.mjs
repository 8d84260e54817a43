// A token of a service account is shown to whoever makes it once, works until it is revoked, and is shown to nobody again.

import { expect, test } from "../fixtures.mjs";

test("a new token is shown once", async ({ openDemo, as, request }) => {
  const portal = await openDemo();
  const sofia = await as(portal, "Sofia Lindqvist");
  const shown = sofia.locator("#new-token");
  const row = sofia.getByRole("table", { name: "Tokens" }).getByRole("row").filter({ hasText: "nightly-dbt" });
  let token;
  // A program has no cookies.
  const search = async () => {
    const headers = { authorization: `Bearer ${token}` };
    return (await request.get(`${portal.url}/api/v1/search?q=collections`, { headers })).status();
  };

  await test.step("she makes it and reads it", async () => {
    await sofia.goto("/tokens");
    await sofia.getByLabel("Name of the service account").fill("nightly-dbt");
    await sofia.getByRole("checkbox", { name: /catalog:read/ }).check();
    await sofia.getByRole("button", { name: "Create the token" }).click();
    await expect(sofia.getByRole("status").filter({ hasText: "The token was created." })).toBeVisible();
    await expect(shown).toBeVisible();
    token = await shown.innerText();
    await expect(row).toContainText("Works");
    expect(await search()).toBe(200);
  });

  await test.step("loaded again or opened anew, the page does not hold it", async () => {
    await sofia.reload();
    await expect(row).toBeVisible();
    await expect(shown).toHaveCount(0);
    expect(await sofia.content()).not.toContain(token);
    await sofia.goto("/tokens");
    await expect(row).toBeVisible();
    expect(await sofia.content()).not.toContain(token);
  });

  await test.step("revoked, it opens nothing", async () => {
    await row.getByText("Revoke", { exact: true }).click();
    await row.getByRole("button", { name: "Revoke the token now" }).click();
    await expect(sofia.getByRole("status").filter({ hasText: "The token was revoked" })).toBeVisible();
    await expect(row).toContainText("Revoked");
    expect(await search()).toBe(401);
  });
});
