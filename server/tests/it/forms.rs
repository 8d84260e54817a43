//! Forms that are refused: the page stays, the error stands at its field, and nothing typed is lost.

use std::process::Command;

use axum::http::{Method, StatusCode};
use lakeport_model::documents::TextKind;
use lakeport_portal::catalog::{self, SourceFile};
use lakeport_portal::{Actor, access, documents};
use url::form_urlencoded::byte_serialize;

use crate::world::{Browser, Happened, Reply, World, call_of};

const FORM: [(&str, &str); 2] = [("sec-fetch-site", "same-origin"), ("accept", "text/html")];

async fn send(browser: &mut Browser, call: &str, body: &str) -> Reply {
    browser.send(Method::POST, call, body, &FORM).await
}

/// The tag of the control with this id.
fn control<'a>(page: &'a str, id: &str) -> &'a str {
    let at = page.find(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no control {id} in {page}"));
    let start = page[..at].rfind('<').unwrap();
    &page[start..=at + page[at..].find('>').unwrap()]
}

/// Who, from where, the call, what is sent, the field, its error, and what was typed elsewhere.
type Case<'c> = (&'c str, &'c str, &'c str, String, &'c str, &'c str, &'c str);

/// Sends a form that is refused, and looks at the page that comes back.
async fn refused(world: &World, grant: &str, (who, from, call, body, field, error, kept): &Case<'_>) {
    let mut browser = world.browser(who).await;
    let from = from.replace('%', "%25").replace('&', "%26");
    let reply = send(&mut browser, call, &format!("from={from}&{body}")).await;
    let page = &reply.body;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{call}: {page}");
    assert!(page.contains("class=\"app\"") && page.contains("<nav"), "{call} keeps the frame: {page}");
    assert!(page.contains("field-error") && page.contains(error), "{call}: {page}");
    assert!(page.contains(kept), "{call} loses {kept}: {page}");
    if *field != "scopes" {
        let id = if *call == "/fn/revoke_grants" { format!("comment-{grant}") } else { (*field).to_owned() };
        assert!(control(page, &id).contains("aria-invalid=\"true\""), "{call}: {}", control(page, &id));
    }
    assert_eq!(reply.header("cache-control"), "private, no-store");
    assert!(reply.header("content-security-policy").contains("'strict-dynamic'"), "its islands live");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_form_never_leaves_its_page_or_loses_what_was_typed() {
    let world = World::with_mesh().await;
    let Happened { request, grant, .. } = world.happen().await;
    let decide = format!("/decide/{request}");
    let cases: &[Case<'_>] = &[
        (
            "maria.keller",
            decide.as_str(),
            "/fn/reject",
            format!("id={request}&revision=1&ends_on=2027-01-02&comment="),
            "comment",
            "Say why you reject the request",
            "value=\"2027-01-02\"",
        ),
        (
            "maria.keller",
            decide.as_str(),
            "/fn/approve",
            format!("id={request}&revision=1&ends_on=2000-01-01&comment=Only+sums+%26+counts"),
            "ends_on",
            "Choose a day after today",
            "value=\"Only sums &amp; counts\"",
        ),
        (
            "paula.brandt",
            "/products/collections/request?port=collections%2Fcases",
            "/fn/request_access",
            "port=collections/cases&purpose=x&ends_on=2027-01-03&contract_version=1.0.0".to_owned(),
            "purpose",
            "Say in at least 10 letters",
            "value=\"2027-01-03\"",
        ),
        (
            "paula.brandt",
            "/contracts/sales-daily",
            "/fn/subscribe",
            "id=sales-daily&version=1.1.0&purpose=".to_owned(),
            "purpose",
            "",
            "",
        ),
        (
            "sofia.lindqvist",
            "/tokens",
            "/fn/create_token",
            "name=nightly+job".to_owned(),
            "scopes",
            "",
            "value=\"nightly job\"",
        ),
        (
            "sofia.lindqvist",
            "/tokens",
            "/fn/create_token",
            "name=nightly+job&scopes[]=catalog:read&pushes=finance:products".to_owned(),
            "pushes",
            "is not a scope. Write domain and kind",
            "value=\"finance:products\"",
        ),
        (
            "sofia.lindqvist",
            "/tokens",
            "/fn/create_token",
            "name=nightly+job&pushes=nowhere:product".to_owned(),
            "pushes",
            "nowhere",
            "value=\"nowhere:product\"",
        ),
        (
            "maria.keller",
            "/products/sales-forecast",
            "/fn/revoke_grants",
            format!("grants[]={grant}:1&comment=&back=/products/sales-forecast"),
            "comment",
            "Say why you withdraw the access",
            "",
        ),
    ];
    for case in cases {
        refused(&world, &grant.to_string(), case).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_text_stays_in_its_form() {
    let world = World::with_mesh().await;
    let cases: &[Case<'_>] = &[
        (
            "maria.keller",
            "/products/sales-forecast/edit",
            "/fn/publish_product",
            "id=sales-forecast&base=1&text=name%3A+%5B&reason=Orders+%26+more".to_owned(),
            "text",
            "",
            "value=\"Orders &amp; more\"",
        ),
        (
            "maria.keller",
            "/contracts/sales-forecast/edit",
            "/fn/publish_contract",
            "kind=contract&id=sales-forecast&base=1&text=name%3A+%5B&reason=Terms+%26+more".to_owned(),
            "text",
            "",
            "value=\"Terms &amp; more\"",
        ),
        (
            "maria.keller",
            "/domains/finance/new-dashboard",
            "/fn/publish_dashboard",
            "kind=dashboard&id=&new_id=No+id&base=0&text=name%3A+%5B&reason=Figures+%26+more".to_owned(),
            "new_id",
            "",
            "value=\"Figures &amp; more\"",
        ),
        (
            "maria.keller",
            "/domains/finance/new-term",
            "/fn/publish_term",
            "domain=finance&base=0&name=Cash+%26+outlook&definition=What+comes+in.&synonyms=&related=&columns=&products=none"
                .to_owned(),
            "products",
            "",
            "value=\"Cash &amp; outlook\"",
        ),
        (
            "maria.keller",
            "/domains/finance/new-asset",
            "/fn/publish_asset",
            "domain=finance&id=no+id&kind=table&columns[0][name]=day+%26+night&columns[0][classification]=internal"
                .to_owned(),
            "id",
            "",
            "value=\"day &amp; night\"",
        ),
    ];
    for case in cases {
        refused(&world, "", case).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_only_looks_shows_what_it_found_on_its_page_with_what_was_typed() {
    let world = World::with_mesh().await;
    let mut maria = world.browser("maria.keller").await;
    let body = "from=/products/sales-forecast/edit&id=sales-forecast&base=1&text=name%3A+%5B&reason=Orders";
    let reply = send(&mut maria, "/fn/check_product", body).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
    assert!(reply.body.contains("name: [</textarea>"), "the text stays: {}", reply.body);
    assert!(
        control(&reply.body, "reason").contains("value=\"Orders\""),
        "{}",
        control(&reply.body, "reason")
    );
    assert!(!reply.body.contains("field-error") && !reply.body.contains("id=\"refused\""), "{}", reply.body);
    assert!(
        control(&reply.body, "check-said").contains("autofocus"),
        "{}",
        control(&reply.body, "check-said")
    );
    assert!(reply.body.contains("to correct before the text can be published"), "{}", reply.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_a_file_is_downloaded_as_a_patch_that_git_takes() {
    const BUTTON: &str = "formaction=\"/documents/patch\"";
    let world = World::with_mesh().await;
    let mut maria = world.browser("maria.keller").await;
    let page = maria.get("/products/sales-forecast/edit").await.body;
    assert!(page.contains(BUTTON) && page.contains("This product comes from files."), "{page}");
    let call = call_of(world.ctx(), &world.viewer("maria.keller").await).await;
    let held = documents::edit(&call, TextKind::Product, "sales-forecast", None).await.unwrap().text;
    let typed = held.replacen("name: Sales forecast\n", "name: Sales outlook\n", 1) + "# The end";
    let body = |text: &str| {
        // Forms send other ends of lines.
        let text: String = byte_serialize(text.replace('\n', "\r\n").as_bytes()).collect();
        format!("from=/products/sales-forecast/edit&id=sales-forecast&base=1&reason=&text={text}")
    };
    let reply = send(&mut maria, "/documents/patch", &body(&typed)).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
    assert_eq!(reply.header("content-type"), "text/x-diff; charset=utf-8");
    assert_eq!(reply.header("content-disposition"), "attachment; filename=\"sales-forecast.patch\"");
    assert!(
        reply.body.starts_with("--- a/sales-forecast.odps.yaml\n+++ b/sales-forecast.odps.yaml\n@@ -"),
        "{}",
        reply.body
    );
    assert!(reply.body.contains("\n-name: Sales forecast\n+name: Sales outlook\n"), "{}", reply.body);
    let folder = tempfile::tempdir().unwrap();
    let (file, patch) = (folder.path().join("sales-forecast.odps.yaml"), folder.path().join("a.patch"));
    std::fs::write(&file, &held).unwrap();
    std::fs::write(&patch, &reply.body).unwrap();
    let git = Command::new("git").arg("apply").arg(&patch).current_dir(folder.path()).output().unwrap();
    assert!(git.status.success(), "{}", String::from_utf8_lossy(&git.stderr));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), typed);

    let same = send(&mut maria, "/documents/patch", &body(&held)).await;
    assert_eq!(same.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", same.body);
    assert!(same.body.contains("This is the text of the file."), "{}", same.body);
    assert!(
        same.body.contains("<form method=\"post\" action=\"/fn/check_product\">")
            && same.body.contains("name=\"base\" value=\"1\"")
            && same.body.contains("Expected revenue for the next twelve months"),
        "the way back takes what was typed along: {}",
        same.body
    );
    let none = send(&mut maria, "/documents/patch", "id=nothing&text=x").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND, "{}", none.body);
    let published = send(&mut maria, "/fn/publish_product", &body(&typed)).await;
    assert_eq!(published.status, StatusCode::SEE_OTHER, "{}", published.body);
    let page = maria.get("/products/sales-forecast/edit").await.body;
    assert!(!page.contains(BUTTON), "it does not come from files any more: {page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_that_was_typed_never_leaves_its_field() {
    let world = World::with_mesh().await;
    let mut paula = world.browser("paula.brandt").await;
    let typed = "%3C/textarea%3E%3Cimg+src=x%3E%26lt;";
    let body = format!(
        "from=/products/collections/request?port=collections/cases&port=collections/cases&purpose={typed}&ends_on=x"
    );
    let reply = send(&mut paula, "/fn/request_access", &body).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.body);
    assert!(!reply.body.contains("<img src=x"), "{}", reply.body);
    assert!(reply.body.contains("&lt;/textarea&gt;&lt;img src=x&gt;&amp;lt;"), "{}", reply.body);
}

/// Enter in any field of the form with this action presses its first button, and that one sends nothing. A button that
/// cannot be pressed or is not drawn would be passed by.
fn assert_enter_sends_nothing(page: &str, action: &str) {
    let (_, form) = page.split_once(&format!("action=\"{action}\"")).expect("the form is there");
    let (_, button) = form.split_once("<button").expect("it has a button");
    let first = button.split_once('>').expect("the tag ends").0;
    assert!(first.contains("formmethod=\"dialog\""), "Enter presses <button{first}>");
    assert!(!first.contains(" disabled") && !first.contains(" hidden"), "Enter passes <button{first}> by");
}

#[tokio::test(flavor = "multi_thread")]
async fn enter_in_a_field_never_decides_a_request() {
    let world = World::with_mesh().await;
    let request = world.happen().await.request;
    let page = world.browser("maria.keller").await.get(&format!("/decide/{request}")).await.body;
    assert_enter_sends_nothing(&page, "/fn/approve");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_never_keeps_somebody_from_rejecting() {
    let world = World::with_mesh().await;
    let request = world.happen().await.request;
    let mut maria = world.browser("maria.keller").await;
    let page = maria.get(&format!("/decide/{request}")).await.body;
    let (_, reject) = page.split_once("formaction=\"/fn/reject\"").expect("it can be rejected");
    let (reject, _) = reject.split_once('>').expect("the tag ends");
    assert!(reject.contains("formnovalidate"), "the browser looks at the date first: {reject}");
    let body = format!("id={request}&revision=1&ends_on=2999-13-99&comment=Not+now");
    let decided = send(&mut maria, "/fn/reject", &body).await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emptied_day_never_approves_for_as_long_as_possible() {
    let world = World::with_mesh().await;
    let request = world.happen().await.request;
    let mut maria = world.browser("maria.keller").await;
    for day in ["ends_on=&", "ends_on=+&", ""] {
        let body = format!("from=/decide/{request}&id={request}&revision=1&{day}comment=Only+the+sums");
        let reply = send(&mut maria, "/fn/approve", &body).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{day}: {}", reply.body);
        assert!(reply.body.contains("Choose the last day of access."), "{day}: {}", reply.body);
        let (date, comment) = (control(&reply.body, "ends_on"), control(&reply.body, "comment"));
        assert!(date.contains("aria-invalid=\"true\""), "{day}: {date}");
        assert!(comment.contains("value=\"Only the sums\""), "{day}: {comment}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn enter_on_the_review_desk_never_keeps_what_was_to_be_withdrawn() {
    let world = World::with_mesh().await;
    world.granted("paula.brandt", "collections/cases", &["aylin.demir"]).await;
    // Its data becomes more sensitive: the review is due at once.
    let text = "apiVersion: lakeport/v1\nkind: Assets\nnamespace: lakehouse\ndomain: controlling\nassets:\n\
                - {id: gold.collections, kind: table, layer: gold, description: Cases, location: gold/collections, \
                classification: restricted}\n";
    let file = SourceFile { path: "classified.yaml".to_owned(), text: text.to_owned() };
    catalog::import(world.ctx(), &Actor::System("test"), vec![file], false).await.unwrap();
    let page = world.browser("aylin.demir").await.get("/reviews").await.body;
    assert_enter_sends_nothing(&page, "/fn/keep_grants");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_about_a_field_stands_above_the_page() {
    let world = World::with_mesh().await;
    let happened = world.happen().await;
    let mut maria = world.browser("maria.keller").await;
    let (request, from) = (happened.request, format!("/decide/{}", happened.request));
    // Somebody else was faster: the revision is another one.
    let body = format!("from={from}&id={request}&revision=7&ends_on=2027-01-03&comment=Mine");
    let reply = send(&mut maria, "/fn/approve", &body).await;
    assert_eq!(reply.status, StatusCode::CONFLICT, "{}", reply.body);
    assert!(reply.body.contains("role=\"alert\"") && reply.body.contains("id=\"refused\""), "{}", reply.body);
    assert!(!reply.body.contains("field-error"));
    assert!(control(&reply.body, "comment").contains("value=\"Mine\""));
    // A form may name no other site's page, and no call, as the page it came from.
    for from in ["//evil.example", "https://evil.example", "/fn/approve", "/auth/sign-out"] {
        let body = format!("from={from}&id={request}&revision=7&ends_on=2027-01-03&comment=Mine");
        let reply = send(&mut maria, "/fn/approve", &body).await;
        assert_eq!(reply.status, StatusCode::CONFLICT, "{from}: {}", reply.body);
        assert!(!reply.body.contains("evil.example"), "{from}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_decision_the_next_request_opens() {
    let world = World::with_mesh().await;
    let first = world.happen().await.request;
    let mut paula = world.browser("paula.brandt").await;
    let port = "sales-forecast/forecast";
    let form =
        access::request_form(&call_of(world.ctx(), &world.viewer("paula.brandt").await).await, &port.into())
            .await;
    let (end, version) = (form.unwrap().suggested_end, "contract_version=2.1.0");
    let body = format!("from=/&port={port}&purpose=Another+question&ends_on={end}&{version}");
    let asked = send(&mut paula, "/fn/request_access", &body).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
    let mut maria = world.browser("maria.keller").await;
    let decided = send(&mut maria, "/fn/reject", &format!("id={first}&revision=1&comment=Not+now")).await;
    let next = decided.location().to_owned();
    assert!(next.starts_with("/decide/") && next.ends_with("?done=rejected-next#done"), "{next}");
    assert!(!next.contains(&first.to_string()));
    let id = next.trim_start_matches("/decide/").split('?').next().unwrap().to_owned();
    let last = send(&mut maria, "/fn/reject", &format!("id={id}&revision=1&comment=Not+now")).await;
    assert_eq!(last.location(), format!("/decide/{id}?done=rejected#done"));
}

#[tokio::test(flavor = "multi_thread")]
async fn days_in_the_wrong_order_are_said_at_their_field_of_the_audit() {
    let world = World::with_mesh().await;
    let mut sofia = world.browser("sofia.lindqvist").await;
    let reply = sofia.get("/audit?person=Paula&from=2027-02-01&to=2027-01-01").await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.body);
    assert!(control(&reply.body, "to").contains("aria-invalid=\"true\""), "{}", control(&reply.body, "to"));
    assert!(!control(&reply.body, "from").contains("aria-invalid"), "{}", control(&reply.body, "from"));
    let (_, field) = reply.body.split_once("id=\"to-error\"").expect("the error stands at the field");
    let field = field.split_once("</p>").expect("it ends").0;
    assert!(field.contains("The last day lies before the first."), "{field}");
    assert!(!reply.body.contains("role=\"alert\""), "and nowhere else");
    for kept in ["value=\"Paula\"", "value=\"2027-02-01\"", "value=\"2027-01-01\""] {
        assert!(reply.body.contains(kept), "{kept} is lost");
    }
    assert_eq!(sofia.get("/audit?from=2027-01-01&to=2027-01-01").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_to_ask_never_opens_while_the_same_request_waits() {
    let world = World::with_mesh().await;
    let request = world.happen().await.request;
    let mut paula = world.browser("paula.brandt").await;
    let address = "/products/sales-daily/request?port=sales-daily%2Fdaily-sales";
    let page = paula.get(address).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains("action=\"/fn/request_access\""), "{}", page.body);
    assert!(page.body.contains(&format!("href=\"/decide/{request}\"")), "{}", page.body);
    assert!(page.body.contains("Maria Keller"), "with whom it lies");
    let back = send(&mut paula, "/fn/withdraw_request", &format!("id={request}")).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.body);
    assert!(paula.get(address).await.body.contains("action=\"/fn/request_access\""), "then the form is back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_given_is_named_in_the_confirmation_once() {
    let world = World::with_mesh().await;
    let mut maria = world.browser("maria.keller").await;
    let body = "domain=finance&who=tom.fischer@nordkauf.example&role=steward";
    let given = send(&mut maria, "/fn/put_member", body).await;
    assert_eq!(given.location(), "/domains/finance?done=role-changed#done");
    let said = "Tom Fischer is now a steward of Finance Forecasting.";
    assert!(maria.get("/domains/finance?done=role-changed").await.body.contains(said));
    assert!(
        !maria.get("/domains/finance?done=role-changed").await.body.contains(said),
        "a link says nothing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_is_never_made_by_one_press_or_by_enter_in_a_field() {
    let world = World::with_mesh().await;
    let mut maria = world.browser("maria.keller").await;
    let page = maria.get("/domains/finance").await.body;
    let form = &page[page.find("id=\"add\"").expect("an owner adds members")..];
    let at = form.find("Add to Finance Forecasting now").expect("the button that adds");
    let before = &form[..at];
    assert!(before.rfind("<details") > before.rfind("</details"), "it asks first: {before}");
    assert!(before.contains("The role counts at once, and whoever is added is told."), "{before}");
    let first = &before[before.find("<button").expect("the first button")..];
    assert!(
        first[..first.find('>').expect("it ends")].contains("formmethod=\"dialog\""),
        "Enter sends nothing: {first}"
    );
    let body = "domain=finance&who=nobody.known@nordkauf.example&role=owner&from=/domains/finance";
    let refused = send(&mut maria, "/fn/put_member", body).await.body;
    let form = &refused[refused.find("id=\"add\"").expect("the form is there again")..];
    let details = &form[form.find("<details").expect("it asks again")..];
    assert!(
        details[..details.find('>').expect("it ends")].contains("open"),
        "what was opened stays open: {details}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_never_becomes_a_steward_by_a_press_without_a_choice() {
    let world = World::with_mesh().await;
    let mut maria = world.browser("maria.keller").await;
    let page = maria.get("/domains/finance").await.body;
    let at = page.find("New role of Clara Neumann").expect("an owner may change her role");
    let before = &page[..at];
    assert!(before.rfind("<details") > before.rfind("</details"), "it asks first: {page}");
    let list = &page[at..at + page[at..].find("</select>").expect("the list ends")];
    let chosen: Vec<&str> =
        list.split("<option").skip(1).filter(|option| option.contains(" selected")).collect();
    assert!(matches!(chosen.as_slice(), [one] if one.contains("value=\"member\"")), "{list}");
}
