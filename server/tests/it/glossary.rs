//! Terms: written with forms, read by everybody, found by their synonyms.

use axum::http::{Method, StatusCode};

use crate::world::{Browser, Reply, World};

/// What a form carries, field by field.
async fn publish(browser: &mut Browser, fields: &[(&str, &str)]) -> Reply {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for name in ["name", "definition", "synonyms", "related", "columns", "products"] {
        if fields.iter().all(|(field, _)| *field != name) {
            form.append_pair(name, "");
        }
    }
    let body = form.extend_pairs(fields).finish();
    let headers = [("sec-fetch-site", "same-origin"), ("accept", "text/html")];
    browser.send(Method::POST, "/fn/publish_term", &body, &headers).await
}

/// A new term of Finance about the sales forecast.
const OUTLOOK: [(&str, &str); 8] = [
    ("from", "/domains/finance/new-term"),
    ("domain", "finance"),
    ("base", "0"),
    ("name", "Cash outlook"),
    ("definition", "What is **likely** to come in."),
    ("synonyms", "Zahlungsausblick\r\nexpected receipts\r\n"),
    ("columns", "gold.sales_forecast"),
    ("products", "sales-forecast"),
];

/// The same as a change of the term, written on a revision.
fn changed<'a>(base: &'a str, definition: &'a str) -> Vec<(&'a str, &'a str)> {
    let with = |(name, value): (&'a str, &'a str)| match name {
        "from" => (name, "/glossary/cash-outlook/edit"),
        "base" => (name, base),
        "definition" => (name, definition),
        _ => (name, value),
    };
    OUTLOOK.into_iter().map(with).chain([("id", "cash-outlook")]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_term_is_written_on_a_page_found_by_its_synonym_and_named_where_its_data_is() {
    let world = World::with_mesh().await;
    let mut maria = world.browser("maria.keller").await;
    let page = maria.get("/domains/finance").await.body;
    assert!(page.contains("href=\"/domains/finance/new-term\""), "{page}");
    let written = publish(&mut maria, &OUTLOOK).await;
    assert_eq!(written.status, StatusCode::SEE_OTHER, "{}", written.body);
    assert_eq!(written.location(), "/glossary/cash-outlook?done=published#done");
    let page = maria.get("/glossary/cash-outlook?done=published").await.body;
    assert!(page.contains("Your text was published as revision 1."), "{page}");
    assert!(page.contains("href=\"/glossary/cash-outlook/edit\""), "she may change it: {page}");
    assert!(page.contains("href=\"/glossary/cash-outlook/history\""), "she reads its history: {page}");
    let history = maria.get("/glossary/cash-outlook/history").await.body;
    assert!(history.contains("href=\"/glossary/cash-outlook/history/1\""), "{history}");
    let revision = maria.get("/glossary/cash-outlook/history/1").await.body;
    assert!(revision.contains("this is what the term says now"), "{revision}");

    let mut paula = world.browser("paula.brandt").await;
    let page = paula.get("/glossary/cash-outlook").await.body;
    assert!(page.contains("What is <strong>likely</strong> to come in."), "{page}");
    assert!(page.contains("Zahlungsausblick") && page.contains("expected receipts"), "{page}");
    for href in ["/products/sales-forecast", "/assets/gold.sales_forecast", "/domains/finance"] {
        assert!(page.contains(&format!("href=\"{href}\"")), "{href}: {page}");
    }
    assert!(!page.contains("/glossary/cash-outlook/history"), "its history is for its domain: {page}");
    assert!(!page.contains("/glossary/cash-outlook/edit"), "a member of another domain reads it: {page}");
    let link = "href=\"/glossary/cash-outlook\"";
    for address in [
        "/glossary",
        "/glossary?q=zahlungs",
        "/glossary?domain=finance",
        "/catalog?q=Zahlungsausblick",
        "/products/sales-forecast",
        "/assets/gold.sales_forecast",
    ] {
        let page = paula.get(address).await.body;
        assert!(page.contains(link), "{address}: {page}");
    }
    for address in ["/glossary?domain=purchase", "/glossary?q=qwertz", "/catalog", "/catalog?q=qwertz"] {
        let page = paula.get(address).await.body;
        assert!(!page.contains(link), "{address}: {page}");
    }
    let page = paula.get("/catalog?q=Zahlungsausblick&offset=20").await.body;
    assert!(!page.contains(link), "it stands with the first hits alone: {page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_writes_over_what_a_colleague_published_unseen() {
    let world = World::with_mesh().await;
    let mut maria = world.browser("maria.keller").await;
    let mut ines = world.browser("ines.hoffmann").await;
    publish(&mut maria, &OUTLOOK).await;
    let second = publish(&mut ines, &changed("1", "What is sure to come in.")).await;
    assert_eq!(second.status, StatusCode::SEE_OTHER, "{}", second.body);

    let mine = "What comes in & when.";
    let refused = publish(&mut maria, &changed("1", mine)).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    assert!(refused.body.contains("What comes in &amp; when.</textarea>"), "{}", refused.body);
    let shown = refused.body.replace("<!>", "");
    assert!(
        shown.contains("Publish over revision 2") && shown.contains("after this text was begun"),
        "{shown}"
    );
    assert_eq!(shown.matches("field-error").count(), 1, "one sentence says so: {shown}");
    assert!(!shown.contains("aria-invalid=\"true\""), "no field is marked: {shown}");
    assert!(
        shown.contains("href=\"/glossary/cash-outlook/history/2\""),
        "it leads to what was changed: {shown}"
    );
    let page = maria.get("/glossary/cash-outlook").await.body;
    assert!(page.contains("What is sure to come in."), "{page}");

    let mut over = changed("1", mine);
    over.push(("over", "2"));
    let third = publish(&mut maria, &over).await;
    assert_eq!(third.status, StatusCode::SEE_OTHER, "{}", third.body);
    assert!(maria.get("/glossary/cash-outlook").await.body.contains("What comes in &amp; when."));
    let again = publish(&mut maria, &changed("3", mine)).await;
    assert_eq!(again.location(), "/glossary/cash-outlook?done=published-already#done");
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_in_a_term_never_reaches_a_page_as_markup() {
    const MARKUP: &str = "</title></textarea><script>pwned()</script>\"><img src=x onerror=pwned()>'";
    let world = World::with_mesh().await;
    let mut maria = world.browser("maria.keller").await;
    let (name, definition) = (format!("Outlook {MARKUP}"), format!("What comes in. {MARKUP}\n\n{MARKUP}"));
    let synonym = format!("Ausblick {MARKUP}");
    let hostile = OUTLOOK.map(|(field, value)| match field {
        "name" => (field, name.as_str()),
        "definition" => (field, definition.as_str()),
        "synonyms" => (field, synonym.as_str()),
        _ => (field, value),
    });
    let written = publish(&mut maria, &hostile).await;
    assert_eq!(written.status, StatusCode::SEE_OTHER, "{}", written.body);
    let term = written.location().split('?').next().unwrap();
    let (edit, history) = (format!("{term}/edit"), format!("{term}/history"));
    let revision = format!("{history}/1");
    for address in [
        "/glossary",
        term,
        edit.as_str(),
        history.as_str(),
        revision.as_str(),
        "/catalog?q=Ausblick",
        "/products/sales-forecast",
        "/assets/gold.sales_forecast",
    ] {
        let reply = maria.get(address).await;
        assert_eq!(reply.status, StatusCode::OK, "{address}");
        assert!(reply.body.contains("pwned()"), "{address} shows it: {}", reply.body);
        for harm in ["<script>pwned", "<img src=x", "</title></textarea>", "</textarea><script"] {
            assert!(!reply.body.contains(harm), "{address}: {harm} in {}", reply.body);
        }
    }
}
