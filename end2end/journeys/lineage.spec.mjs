// A lineage is as large as there is room for: names can be read on a desk and on a phone, and no canvas is tall for nothing.

import { expect, test } from "../fixtures.mjs";

/** The lowest node whose names have letters of ten pixels. */
const READABLE = 44 * 0.76;

for (const width of [1440, 390]) {
  test(`a small lineage fills its canvas at ${width} px`, async ({ demo, as }) => {
    const viewport = { width, height: 844 };
    const page = await as(demo, "Paula Brandt", { path: "/lineage?focus=kafka.erp_sales&up=0&down=1", viewport });
    await expect(page.getByRole("group", { name: "Move the graph" })).toBeVisible();
    const nodes = await page.locator("#graph g.lineage-node > a:not(.is-more) > rect").all();
    expect(nodes.length).toBeGreaterThan(1);
    const boxes = await Promise.all(nodes.map((node) => node.boundingBox()));
    const canvas = await page.locator(".lineage-canvas").boundingBox();
    const [top, bottom] = [
      Math.min(...boxes.map((box) => box.y)),
      Math.max(...boxes.map((box) => box.y + box.height)),
    ];
    for (const box of boxes) {
      expect(box.height, "names can be read").toBeGreaterThan(READABLE);
      expect(box.x).toBeGreaterThanOrEqual(canvas.x);
      if (width > 390) expect(box.x + box.width).toBeLessThanOrEqual(canvas.x + canvas.width);
    }
    expect(canvas.height - (bottom - top), "what is empty").toBeLessThan(150);
    const tools = await page.getByRole("group", { name: "Move the graph" }).boundingBox();
    expect(bottom, "no button lies on a node").toBeLessThanOrEqual(tools.y);
    const legend = page.getByRole("list", { name: "What the drawing shows" });
    await expect(legend).toContainText("Arrows point where the data goes");
    await expect(legend.getByText("gold", { exact: true })).toHaveCount(0);
  });
}

test("a lineage never keeps the size of a window that is gone, but for whoever moved it", async ({ demo, as }) => {
  const viewport = { width: 1440, height: 844 };
  const page = await as(demo, "Paula Brandt", { path: "/lineage?focus=kafka.erp_sales&up=0&down=1", viewport });
  await expect(page.getByRole("group", { name: "Move the graph" })).toBeVisible();
  const graph = page.locator("#graph");
  const node = graph.locator("g.lineage-node > a:not(.is-more) > rect").first();
  await page.setViewportSize({ width: 390, height: 844 });
  await expect
    .poll(async () => (await node.boundingBox()).height, { message: "names can be read" })
    .toBeGreaterThan(READABLE);
  await page.getByRole("button", { name: "Zoom out" }).click();
  const moved = await graph.getAttribute("viewBox");
  await page.setViewportSize(viewport);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  expect(await graph.getAttribute("viewBox"), "what somebody looks at stays").toBe(moved);
});

/** Nodes that are not wholly within the canvas. */
const outside = async (page) => {
  const nodes = await page.locator("#graph g.lineage-node > a:not(.is-more) > rect").all();
  const boxes = await Promise.all(nodes.map((node) => node.boundingBox()));
  const canvas = await page.locator(".lineage-canvas").boundingBox();
  const begins = (box) => box.x >= canvas.x - 1 && box.y >= canvas.y - 1;
  const ends = (box) => box.x + box.width <= canvas.x + canvas.width + 1 && box.y + box.height <= canvas.y + canvas.height + 1;
  return boxes.filter((box) => !begins(box) || !ends(box)).length;
};

for (const [width, hops] of [[390, 1], [1440, 3]]) {
  const path = `/lineage?focus=silver.fact_payments&up=${hops}&down=${hops}`;
  const viewport = { width, height: 844 };

  test(`no node is cut off in silence at ${width} px with ${hops} hops`, async ({ demo, as }) => {
    const page = await as(demo, "Paula Brandt", { path, viewport });
    await expect(page.getByRole("group", { name: "Move the graph" })).toBeVisible();
    const said = page.getByText("The drawing goes on beyond the edges");
    const cut = await outside(page);
    if (cut > 0) await expect(said).toBeVisible();
    if (width === 390) expect(cut, "its names would not be readable otherwise").toBeGreaterThan(0);
    const focus = await page.locator("#graph g[data-focus] > a:not(.is-more) > rect").boundingBox();
    const canvas = await page.locator(".lineage-canvas").boundingBox();
    expect(focus.height, "names can be read").toBeGreaterThan(READABLE);
    expect(focus.x, "the asset asked for is seen whole").toBeGreaterThanOrEqual(canvas.x);
    expect(focus.x + focus.width).toBeLessThanOrEqual(canvas.x + canvas.width);
    await page.getByRole("button", { name: "Fit the width" }).click();
    const fitted = await page.locator("#graph g[data-focus] > a:not(.is-more) > rect").boundingBox();
    expect(fitted.height, "names are more than lines").toBeGreaterThan(READABLE / 2);
    if ((await outside(page)) > 0) await expect(said).toBeVisible();
    const further = page.getByRole("button", { name: "Zoom out" });
    for (let times = 0; times < 12 && (await outside(page)) > 0; times += 1) await further.click();
    expect(await outside(page)).toBe(0);
    await expect(said).toBeHidden();
  });

  test(`without JavaScript every node is seen at ${width} px with ${hops} hops`, async ({ demo, as }) => {
    const page = await as(demo, "Paula Brandt", { path, viewport, javaScriptEnabled: false });
    expect(await outside(page)).toBe(0);
  });
}

test("what opens more lies on the edge of its node and never on an arrow", async ({ demo, as }) => {
  const page = await as(demo, "Paula Brandt", { path: "/lineage?focus=silver.fact_payments&up=1&down=1" });
  const chips = page.locator("#graph a.is-more");
  expect(await chips.count()).toBeGreaterThan(0);
  const misplaced = await chips.evaluateAll((chips) => {
    const near = (line, box) => {
      const length = line.getTotalLength();
      for (let at = 0; at <= length; at += 2) {
        const { x, y } = line.getPointAtLength(at);
        if (x > box.left && x < box.right && y > box.top && y < box.bottom) return true;
      }
      return false;
    };
    const lines = [...document.querySelectorAll("#graph path.lineage-edge")];
    return chips.filter((chip) => {
      const [own, node] = [chip.querySelector("rect:not(.reach)"), chip.parentElement.querySelector("rect")].map((rect) => rect.getBBox());
      const inside = own.x >= node.x && own.x + own.width <= node.x + node.width && own.y < node.y + node.height;
      const { e: left, f: top } = chip.parentElement.transform.baseVal.consolidate().matrix;
      const box = { left: left + own.x, right: left + own.x + own.width, top: top + own.y, bottom: top + own.y + own.height };
      return !inside || lines.some((line) => near(line, box));
    }).length;
  });
  expect(misplaced).toBe(0);
});
