// Every page with something of its main content, by the person who looks at it. `status` is 200 unless named.

const page = (path, shows, more = {}) => ({ path, shows, ...more });

/** The demo company: much data. */
export const full = {
  "Paula Brandt": [
    page("/", "Find data and use it"),
    page("/catalog", "[0-9]+ results"),
    page("/catalog?q=payments&layer=silver", "owner David Schmid"),
    page("/catalog?q=qwertzuiop", "Nothing was found for"),
    page("/products/sales-forecast", "Can I trust it"),
    page("/products/collections/request?port=collections%2Fcases", "I accept the terms"),
    page("/assets/gold.sales_forecast", "forecast_eur"),
    page("/assets/gold.sales_forecast?tab=preview", "need access"),
    page("/assets/kafka.erp_sales", "Kafka"),
    page("/products/collections", "Data products to ask about", { follow: "Aylin Demir" }),
    page("/assets/gold.collections/columns/claimed_eur", "What is promised of it"),
    page("/assets/silver.dim_customer/columns/state", "There is no column here", { status: 404 }),
    page("/contracts/fact-payments", "Is it kept"),
    page("/contracts/fact-orders?version=1.3.0", "You read version 1.3.0"),
    page("/domains/controlling", "The owners and stewards of a domain and the administrators add and remove its members"),
    page("/glossary", "[0-9]+ terms"),
    page("/glossary?q=mahn", "also .*Mahnung"),
    page("/glossary?q=qwertzuiop", "No term or synonym begins like"),
    page("/glossary/dunning", "Mahnung"),
    page("/catalog?q=mahnung", "What it means"),
    page("/lineage", "Lineage shows where data comes from"),
    page("/lineage?focus=silver.fact_orders", "Who is hit when it changes"),
    page("/lineage/impact", "This list begins with an asset"),
    page("/lineage/impact?asset=silver.fact_orders", "Who is hit when it changes"),
    page("/lineage/impact?asset=no.such.table", "There is no asset here, or you may not see it", { status: 404 }),
    page("/dashboards", "Collections controlling"),
    page("/dashboards/collections-controlling", "What this dashboard is made from cannot be shown to you"),
    page("/access/requests", "You have not asked for anything yet"),
    page("/access/grants", "No grant is active"),
    page("/inbox", "Nothing has been sent to you"),
    page("/following", "You follow nothing yet"),
    page("/account", "Your roles"),
    page("/nothing-here", "There is no page here, or you may not see it", { status: 404 }),
    page("/products/no-such-product", "Search the catalog", { status: 404 }),
    page("/products/sales-forecast/edit", "Not allowed", { status: 403 }),
    page("/assets/gold.sales_forecast/edit", "Not allowed", { status: 403 }),
    page("/personal-data", "Not allowed", { status: 403 }),
    page("/domains/controlling/health", "Not allowed", { status: 403 }),
    page("/certify?kind=product&id=sales-forecast", "Not allowed", { status: 403 }),
    page("/certify?kind=nothing&id=sales-forecast", "There is no page here", { status: 404 }),
    page("/retire?kind=product&id=sales-forecast", "Not allowed", { status: 403 }),
    page("/retire?kind=nothing&id=sales-forecast", "There is no page here", { status: 404 }),
    page("/audit", "The audit is for stewards and administrators", { status: 403 }),
  ],
  "Tom Fischer": [
    page("/", "Your data"),
    page("/assets/gold.collections?tab=preview", "case_id"),
    page("/assets/gold.collections/columns/stage", "Collection case"),
    page("/assets/silver.fact_payments/columns/amount_eur", "Goes into"),
    page("/assets/gold.collections?tab=history", "Commits, newest first"),
    page("/assets/gold.collections?tab=read", "Name in SQL"),
    page("/contracts/fact-payments", "You are subscribed"),
    page("/contracts/collections", "Stated, not carried out by this portal"),
    page("/dashboards/collections-controlling", "Recovery rate"),
    page("/lineage?focus=gold.collections&up=3&down=2&column=claimed_eur", "Arrows point where the data goes"),
    page("/lineage/impact?asset=gold.collections&side=upstream", "Likely causes"),
    page("/lineage/impact?asset=silver.fact_payments&column=amount_eur", "on its column amount_eur"),
    page("/lineage/impact?asset=silver.fact_payments&column=nothing&domain=nothing&after=2", "The list without that"),
    page("/access/grants", "next review"),
    page("/access/requests", "Approved"),
  ],
  "Aylin Demir": [
    page("/domains/controlling", "Add a member"),
    page("/domains/controlling/health", "What it is made of"),
    page("/products/collections", "Who has access"),
    page("/decide", "Clara Neumann asks for"),
    page("/decide", "The evidence", { follow: "Clara Neumann asks for" }),
  ],
  "David Schmid": [page("/reviews", "Tom Fischer"), page("/inbox", "Greta Lund asks for Orders")],
  "Maria Keller": [
    page("/dashboards/sales-forecast", "Next 12 months"),
    page("/products/sales-forecast/edit", "Press Check to see"),
    page("/retire?kind=product&id=sales-forecast", "What it means"),
    page("/retire?kind=asset&id=gold.sales_forecast", "It leaves search and lists from the day you choose"),
    page("/domains/finance/new-product", "Press Check to see"),
    page("/domains/finance/new-term", "Other words for the same"),
    page("/domains/finance/new-asset", "Check gives you more empty lines"),
    page("/assets/gold.sales_forecast/edit", "Check gives you more empty lines"),
    page("/assets/gold.sales_forecast/history", "Nobody has changed what is said of it in the portal yet"),
    page("/products/sales-forecast/history", "Imported files"),
    page("/products/sales-forecast/history/1", "What it changed"),
  ],
  "Ines Hoffmann": [
    page("/glossary", "Write a term in"),
    page("/glossary/dunning/edit", "The address stays as it is"),
    page("/certify?kind=product&id=sales-forecast", "What was checked"),
    page("/certify?kind=asset&id=gold.sales_forecast", "Certified until"),
    page("/retire?kind=term&id=dunning", "What to use instead"),
    page("/glossary/dunning/history", "Imported files"),
    page("/glossary/dunning/history/1", "What it changed"),
    page("/personal-data", "Columns whose names suggest personal data"),
    page("/personal-data?domain=finance", "No column waits for a decision"),
    page("/personal-data?tab=dismissed", "No suggestion is dismissed here"),
  ],
  "Jonas Weber": [page("/dashboards/warehouse-planning", "Best score")],
  "Sofia Lindqvist": [page("/audit", "Head of the chain"), page("/tokens", "Create a token")],
};

/** A portal nobody has put anything into. */
export const empty = {
  "Sofia Lindqvist": [
    page("/", "Nothing waits for you"),
    page("/catalog", "There is nothing in the catalog that you may see"),
    page("/glossary", "There is no term yet"),
    page("/lineage", "Lineage shows where data comes from"),
    page("/lineage/impact", "This list begins with an asset"),
    page("/dashboards", "There is no dashboard that you may see"),
    page("/access/requests", "You have not asked for anything yet"),
    page("/access/grants", "No grant is active"),
    page("/decide", "No request waits for your decision"),
    page("/reviews", "No grant waits for your review"),
    page("/inbox", "Nothing has been sent to you"),
    page("/following", "You follow nothing yet"),
    page("/audit", "sign_in.registered"),
    page("/tokens", "There is no token yet"),
    page("/account", "You belong to no domain"),
  ],
};

/** Opens a page of the list and expects its status, one heading and its main content. */
export async function open(page, expect, { path, shows, status = 200, follow }) {
  const answer = await page.goto(path);
  expect(answer.status(), path).toBe(status);
  if (follow) await page.getByRole("link", { name: follow }).click();
  await expect(page.getByRole("heading", { level: 1 }), path).toHaveCount(1);
  await expect(page.getByRole("main").getByText(new RegExp(shows)).first(), path).toBeVisible();
}
