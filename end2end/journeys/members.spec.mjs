// Who belongs to a domain and who reads its data is its owner's to see and to change, at any time.

import { expect, test } from "../fixtures.mjs";
import { approve, expectClosed, expectOpen, request } from "../steps.mjs";

test("an owner adds and removes a member and withdraws access that is not under review", async ({ openDemo, as }) => {
  const portal = await openDemo();
  const [aylin, paula] = [await as(portal, "Aylin Demir"), await as(portal, "Paula Brandt")];
  const members = aylin.getByRole("table", { name: "Members" });

  await test.step("from a product to its domain, where she adds a member by name", async () => {
    await aylin.goto("/products/collections");
    await aylin.locator(".facts").getByRole("link", { name: "Controlling", exact: true }).click();
    await expect(aylin.getByRole("heading", { level: 1 })).toHaveText("Controlling");
    await aylin.getByLabel("Who", { exact: true }).fill("Nobody Known");
    await aylin.locator("#add").getByText("Add the member", { exact: true }).click();
    await aylin.getByRole("button", { name: "Add to Controlling now" }).click();
    await expect(aylin.locator(".field-error")).toContainText('Nobody here is known as "Nobody Known"');
    await expect(aylin).toHaveURL(/\/domains\/controlling/);
    await expect(aylin.getByLabel("Who", { exact: true })).toHaveValue("Nobody Known");
    await aylin.getByLabel("Who", { exact: true }).fill("paula.br");
    await expect(aylin.locator("#people option")).toHaveAttribute("value", "paula.brandt@nordkauf.example");
    await aylin.getByLabel("Who", { exact: true }).fill("paula.brandt@nordkauf.example");
    await aylin.getByRole("button", { name: "Add to Controlling now" }).click();
    await expect(aylin.getByRole("status").filter({ hasText: "Paula Brandt is now a member of Controlling." })).toBeVisible();
    await expect(members.getByRole("row").filter({ hasText: "Paula Brandt" })).toContainText("this page");
  });

  await test.step("her role starts as it is, and a press without a choice changes nothing", async () => {
    const row = members.getByRole("row").filter({ hasText: "Paula Brandt" });
    await row.getByText("Change the role", { exact: true }).click();
    await expect(row.getByLabel("New role of Paula Brandt")).toHaveValue("member");
    await row.getByRole("button", { name: "Change the role of Paula Brandt now" }).click();
    await expect(aylin.locator("#refused")).toContainText("Paula Brandt is a member of Controlling already.");
  });

  await test.step("the new member is told and reads what members read", async () => {
    await paula.goto("/inbox");
    await expect(paula.getByRole("link", { name: "You are now a member of Controlling" })).toBeVisible();
    await expectOpen(paula, "gold.collections");
    await paula.goto("/account");
    await expect(paula.getByRole("link", { name: "Controlling" })).toBeVisible();
  });

  await test.step("removed, she reads it no more", async () => {
    const row = members.getByRole("row").filter({ hasText: "Paula Brandt" });
    await row.getByText("Remove", { exact: true }).click();
    await row.getByRole("button", { name: "Remove Paula Brandt now" }).click();
    await expect(aylin.getByRole("status").filter({ hasText: "Paula Brandt is no longer a member of Controlling." })).toBeVisible();
    await expect(row).toHaveCount(0);
    await expectClosed(paula, "gold.collections");
  });

  await test.step("a grant is on the product's page, and is withdrawn with a reason", async () => {
    await request(paula, "collections", "Compare the claims of our suppliers.");
    await approve(aylin, "Paula Brandt", "Sums only, no names.");
    await paula.goto("/access/grants");
    await expect(paula.getByText("Aylin Demir: Sums only, no names.")).toBeVisible();
    await aylin.goto("/products/collections");
    const row = aylin.getByRole("table", { name: "Live grants" }).getByRole("row").filter({ hasText: "Paula Brandt" });
    await expect(row).toContainText("Compare the claims of our suppliers.");
    await row.getByText("Withdraw access", { exact: true }).click();
    await expect(row.getByRole("button", { name: "Withdraw the access now" })).toBeInViewport();
    await row.getByLabel("Why it is withdrawn").fill(" ");
    await row.getByRole("button", { name: "Withdraw the access now" }).click();
    await expect(row.locator(".field-error")).toContainText("Say why you withdraw the access");
    await row.getByLabel("Why it is withdrawn").fill("The comparison is done.");
    await row.getByRole("button", { name: "Withdraw the access now" }).click();
    await expect(aylin.getByRole("status").filter({ hasText: "The access was withdrawn" })).toBeVisible();
    await expect(row).toHaveCount(0);
    await expectClosed(paula, "gold.collections");
    await paula.goto("/inbox");
    // The news says it, and so does what once told that she may use it.
    await expect(paula.getByText("Aylin Demir: The comparison is done.")).toHaveCount(2);
    await paula.goto("/access/requests");
    const asked = paula.getByRole("listitem").filter({ hasText: "Compare the claims of our suppliers." });
    await expect(asked).toContainText("Withdrawn by Aylin Demir");
    await expect(asked).not.toContainText("Approved");
  });
});
