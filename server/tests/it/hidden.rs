//! Nothing hidden is told by any page, call or answer of the interface: each is compared with the policy, word by word.
//!
//! Five people read everything there is. A word of a thing may stand in an answer only where the policy, asked directly,
//! lets this person see the thing so deep. The audit and the tokens have readers of their own and are left out; so are
//! the calls that change something.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use lakeport_model::access::NewRequest;
use lakeport_model::catalog::Visibility;
use lakeport_model::documents::TextKind;
use lakeport_model::follow::Followable;
use lakeport_model::glossary::TermText;
use lakeport_model::{ContractId, PersonId, ProposalId, RequestId};
use lakeport_portal::catalog::{self, SourceFile};
use lakeport_portal::people::Actor;
use lakeport_portal::proposals::{self, Written};
use lakeport_portal::{access, contracts, documents, follow, glossary};

use crate::lake::Tables;
use crate::marked::{DOMAIN, Depth, Mark, Reader, Thing, people};
use crate::matrix;
use crate::world::{Browser, World, call_of, searchable};

const OPEN: Thing = Thing { key: "open", visibility: Visibility::Open, renamed: false };
const PLAIN: Thing = Thing { key: "plain", visibility: Visibility::Open, renamed: false };
const RESTRICTED: Thing = Thing { key: "restricted", visibility: Visibility::Restricted, renamed: false };
const PRIVATE: Thing = Thing { key: "private", visibility: Visibility::Private, renamed: false };
/// It was open when people asked for it.
const BEFORE: Thing = Thing { key: "turned", visibility: Visibility::Open, renamed: false };
const TURNED: Thing = Thing { key: "turned", visibility: Visibility::Private, renamed: true };
const THINGS: [Thing; 5] = [OPEN, PLAIN, RESTRICTED, PRIVATE, TURNED];

/// An administrator, the owner of everything, a member of another domain, somebody of no domain, and somebody with a
/// grant on the restricted product.
const READERS: [&str; 5] = ["ada", "olga", "milo", "nora", "carl"];

/// Who asked for what was open then: the ids that they asked by are theirs to know.
const ASKED_BEFORE: [&str; 3] = ["milo", "nora", "carl"];

/// They have rules of their own.
const OWN_RULES: [&str; 6] =
    ["/audit", "/tokens", "/fn/audit_page", "/fn/tokens", "/fn/find_people", "/api/v1/openapi.json"];

/// Calls that change something, answer a form, or show nothing of the catalog.
const CHANGES: [&str; 40] = [
    "accept_proposal",
    "approve",
    "ask_for_decision",
    "certify",
    "change_assets",
    "confirm_need",
    "confirm_personal",
    "create_token",
    "decertify",
    "decline_proposal",
    "dismiss_personal",
    "follow",
    "give_up",
    "keep_grants",
    "mark_read",
    "move_clock",
    "propose_asset",
    "propose_product",
    "propose_term",
    "publish_asset",
    "publish_contract",
    "publish_dashboard",
    "publish_product",
    "publish_term",
    "put_member",
    "reject",
    "remove_member",
    "request_access",
    "restore_personal",
    "restore_retired",
    "retire",
    "revoke_grants",
    "revoke_token",
    "run_checks",
    "subscribe",
    "take_over_token",
    "unfollow",
    "unsubscribe",
    "withdraw_proposal",
    "withdraw_request",
];

/// A term that is about everything.
const TERM: &str = "everything";

/// A term of another domain that is about what is hidden from its members.
const BESIDE: &str = "beside";

/// A question that a page or a program asks.
struct Call {
    pattern: &'static str,
    address: String,
    /// A body makes it a call of the pages.
    body: Option<String>,
}

impl Call {
    async fn send(&self, browser: &mut Browser) -> String {
        let headers = [("sec-fetch-site", "same-origin"), ("accept", "application/json")];
        match &self.body {
            Some(body) => browser.send(Method::POST, &self.address, body, &headers).await.body,
            None => browser.get(&self.address).await.body,
        }
    }

    /// True where the word stands in the question itself.
    fn says(&self, word: &str) -> bool {
        self.address.contains(word) || self.body.as_ref().is_some_and(|body| body.contains(word))
    }
}

fn page(pattern: &'static str, address: String) -> Call {
    Call { pattern, address, body: None }
}

fn call(pattern: &'static str, body: String) -> Call {
    Call { pattern, address: pattern.to_owned(), body: Some(body) }
}

/// Everything that can be asked, also about who owns all of it, and about what was proposed.
fn calls(requests: &[RequestId], proposals: &[ProposalId], owner: PersonId) -> Vec<Call> {
    let mut all = Vec::new();
    for pattern in [
        "/",
        "/catalog",
        "/dashboards",
        "/glossary",
        "/access/requests",
        "/access/grants",
        "/decide",
        "/reviews",
        "/proposals",
        "/personal-data",
        "/inbox",
        "/following",
        "/account",
        "/api/v1/search",
        "/api/v1/products",
        "/api/v1/access-requests",
    ] {
        all.push(page(pattern, pattern.to_owned()));
    }
    for pattern in [
        "/fn/account",
        "/fn/dashboards",
        "/fn/home",
        "/fn/my_grants",
        "/fn/my_requests",
        "/fn/personal_suggestions",
        "/fn/review_desk",
        "/fn/shell",
        "/fn/to_decide",
    ] {
        all.push(call(pattern, String::new()));
    }
    all.push(call("/fn/inbox", "page[limit]=100".to_owned()));
    all.push(call("/fn/proposals", "page[limit]=50".to_owned()));
    calls_about_proposals(proposals, &mut all);
    all.push(call("/fn/following", "page[limit]=100".to_owned()));
    all.push(page("/personal-data", "/personal-data?tab=dismissed".to_owned()));
    all.push(call("/fn/dismissed_personal", "page[limit]=100".to_owned()));
    all.push(call("/fn/quick_search", "q=".to_owned()));
    all.push(call("/fn/live_results", "query=q%3Dzq".to_owned()));
    all.push(page("/glossary/{id}", format!("/glossary/{TERM}")));
    all.push(page("/glossary/{id}/edit", format!("/glossary/{TERM}/edit")));
    all.push(page("/glossary/{id}/history", format!("/glossary/{TERM}/history")));
    all.push(page("/glossary/{id}/history/{number}", format!("/glossary/{TERM}/history/1")));
    all.push(call("/fn/glossary", "query=&page[limit]=100".to_owned()));
    all.push(call("/fn/term", format!("id={TERM}")));
    all.push(call("/fn/edit_term", format!("id={TERM}")));
    all.push(call("/fn/term_history", format!("id={TERM}&page[limit]=10")));
    all.push(call("/fn/term_revision", format!("id={TERM}&number=1")));
    all.push(page("/retire", format!("/retire?kind=term&id={TERM}")));
    all.push(call("/fn/retiring", format!("kind=term&id={TERM}")));
    all.push(page("/people/{id}", format!("/people/{owner}")));
    all.push(call("/fn/person", format!("id={owner}")));
    for domain in ["vault", "field"] {
        all.push(page("/domains/{id}", format!("/domains/{domain}")));
        all.push(call("/fn/domain", format!("id={domain}&members[limit]=10")));
        all.push(page("/domains/{id}/assets", format!("/domains/{domain}/assets")));
        all.push(call("/fn/domain_assets", format!("id={domain}&page[limit]=50")));
        all.push(page("/domains/{id}/health", format!("/domains/{domain}/health")));
        all.push(call("/fn/health", format!("id={domain}&gaps[limit]=10")));
        all.push(page("/domains/{id}/unused", format!("/domains/{domain}/unused")));
        all.push(call("/fn/unused", format!("id={domain}&page[limit]=10")));
        all.push(page("/domains/{id}/new-asset", format!("/domains/{domain}/new-asset")));
        all.push(call("/fn/new_asset", format!("domain={domain}")));
        all.push(page("/domains/{id}/new-contract", format!("/domains/{domain}/new-contract")));
        all.push(call("/fn/new_contract", format!("domain={domain}")));
        all.push(page("/domains/{id}/new-dashboard", format!("/domains/{domain}/new-dashboard")));
        all.push(call("/fn/new_dashboard", format!("domain={domain}")));
        all.push(page("/domains/{id}/new-product", format!("/domains/{domain}/new-product")));
        all.push(call("/fn/new_product", format!("domain={domain}")));
        all.push(page("/domains/{id}/new-term", format!("/domains/{domain}/new-term")));
        all.push(call("/fn/new_term", format!("domain={domain}")));
    }
    for request in requests {
        all.push(page("/decide/{id}", format!("/decide/{request}")));
        all.push(call("/fn/decide_page", format!("id={request}")));
    }
    for thing in &THINGS {
        pages_about(thing, &mut all);
        calls_about(thing, &mut all);
    }
    all
}

/// What is asked of what was proposed, also by way of everything that it may be about.
fn calls_about_proposals(proposals: &[ProposalId], all: &mut Vec<Call>) {
    for proposal in proposals {
        all.push(page("/proposals/{id}", format!("/proposals/{proposal}")));
        all.push(call("/fn/proposal", format!("id={proposal}")));
        let product = PRIVATE.product();
        all.push(page("/products/{id}/edit", format!("/products/{product}/edit?proposal={proposal}")));
        all.push(call("/fn/edit_product", format!("id={product}&proposal={proposal}")));
        all.push(page("/glossary/{id}/edit", format!("/glossary/{BESIDE}/edit?proposal={proposal}")));
        all.push(call("/fn/edit_term", format!("id={BESIDE}&proposal={proposal}")));
    }
}

/// Every page and interface that speaks of a thing.
fn pages_about(thing: &Thing, all: &mut Vec<Call>) {
    let (product, port, asset) = (thing.product(), thing.port(), thing.asset());
    let (contract, dashboard) = (thing.word("contract id"), thing.word("dashboard id"));
    let (column, name) = (thing.word("column"), thing.word("asset name"));
    for (pattern, address) in [
        ("/products/{id}", format!("/products/{product}")),
        ("/products/{id}/request", format!("/products/{product}/request?port={port}")),
        ("/products/{id}/edit", format!("/products/{product}/edit")),
        ("/products/{id}/history", format!("/products/{product}/history")),
        ("/products/{id}/history/{number}", format!("/products/{product}/history/1")),
        ("/contracts/{id}", format!("/contracts/{contract}")),
        ("/contracts/{id}/edit", format!("/contracts/{contract}/edit")),
        ("/contracts/{id}/history", format!("/contracts/{contract}/history")),
        ("/contracts/{id}/history/{number}", format!("/contracts/{contract}/history/1")),
        ("/domains/{id}/new-contract", format!("/domains/vault/new-contract?asset={asset}")),
        ("/contracts/{id}", format!("/contracts/{contract}?version=1.0.0&document=whole")),
        ("/dashboards/{id}", format!("/dashboards/{dashboard}")),
        ("/dashboards/{id}/edit", format!("/dashboards/{dashboard}/edit")),
        ("/dashboards/{id}/history", format!("/dashboards/{dashboard}/history")),
        ("/dashboards/{id}/history/{number}", format!("/dashboards/{dashboard}/history/1")),
        ("/domains/{id}/new-dashboard", format!("/domains/vault/new-dashboard?asset={asset}")),
        ("/dashboards/{id}/data/{block}", format!("/dashboards/{dashboard}/data/dataframe-rows.csv")),
        ("/assets/{id}/rows.csv", format!("/assets/{asset}/rows.csv")),
        ("/lineage/impact.csv", format!("/lineage/impact.csv?asset={asset}")),
        ("/api/v1/lineage/impact", format!("/api/v1/lineage/impact?nodeId=dataset:lakehouse:{name}")),
        (
            "/api/v1/column-lineage",
            format!("/api/v1/column-lineage?nodeId=dataset:lakehouse:{name}&withDownstream=true"),
        ),
        (
            "/api/v1/column-lineage",
            format!(
                "/api/v1/column-lineage?nodeId=datasetField:lakehouse:{name}:{column}&withDownstream=true"
            ),
        ),
        ("/assets/{id}/edit", format!("/assets/{asset}/edit")),
        ("/assets/{id}/history", format!("/assets/{asset}/history")),
        ("/assets/{id}/history/{number}", format!("/assets/{asset}/history/1")),
        ("/lineage", format!("/lineage?focus={asset}")),
        ("/lineage", format!("/lineage?focus={asset}&up=10&down=10&column={column}")),
        ("/lineage", format!("/lineage?focus={asset}&up=10&down=10")),
        ("/lineage/impact", format!("/lineage/impact?asset={asset}")),
        ("/lineage/impact", format!("/lineage/impact?asset={asset}&side=upstream")),
        ("/lineage/impact", format!("/lineage/impact?asset={asset}&column={column}")),
        ("/catalog", format!("/catalog?q={product}")),
        ("/certify", format!("/certify?kind=product&id={product}")),
        ("/certify", format!("/certify?kind=asset&id={asset}")),
        ("/retire", format!("/retire?kind=product&id={product}")),
        ("/retire", format!("/retire?kind=asset&id={asset}")),
        ("/usage", format!("/usage?kind=product&id={product}")),
        ("/usage", format!("/usage?kind=asset&id={asset}&days=365")),
        ("/api/v1/assets/{id}", format!("/api/v1/assets/{asset}")),
        ("/api/v1/lineage", format!("/api/v1/lineage?nodeId=dataset:lakehouse:{name}&depth=5")),
    ] {
        all.push(page(pattern, address));
    }
    for tab in ["overview", "preview", "profile", "history", "read"] {
        all.push(page("/assets/{id}", format!("/assets/{asset}?tab={tab}")));
    }
    all.push(page("/assets/{id}", format!("/assets/{dashboard}")));
    for column in [&column, &thing.word("undescribed column")] {
        all.push(page("/assets/{id}/columns/{name}", format!("/assets/{asset}/columns/{column}")));
    }
}

/// Everything that pages ask about a thing.
fn calls_about(thing: &Thing, all: &mut Vec<Call>) {
    let (product, port, asset) = (thing.product(), thing.port(), thing.asset());
    let (contract, dashboard) = (thing.word("contract id"), thing.word("dashboard id"));
    let (column, name) = (thing.word("column"), thing.word("asset name"));
    for column in [&column, &thing.word("undescribed column")] {
        all.push(call("/fn/column", format!("id={asset}&name={column}")));
    }
    for (pattern, body) in [
        ("/fn/product", format!("id={product}")),
        ("/fn/edit_product", format!("id={product}")),
        ("/fn/check_product", format!("id={product}&text=x")),
        ("/fn/product_history", format!("id={product}&page[limit]=10")),
        ("/fn/product_revision", format!("id={product}&number=1")),
        ("/fn/request_form", format!("port={port}")),
        ("/fn/asset", format!("id={asset}")),
        ("/fn/edit_asset", format!("id={asset}")),
        ("/fn/check_asset", format!("asset={asset}&domain=vault&kind=table")),
        ("/fn/check_assets", format!("domain=vault&assets[]={asset}&change=add_tag&tag=zq")),
        ("/fn/check_asset", format!("domain=field&id={asset}&kind=table&name={name}")),
        ("/fn/asset_history", format!("id={asset}&page[limit]=10")),
        ("/fn/asset_revision", format!("id={asset}&number=1")),
        ("/fn/preview", format!("id={asset}")),
        ("/fn/profile", format!("id={asset}")),
        ("/fn/contract", format!("id={contract}")),
        ("/fn/edit_contract", format!("id={contract}")),
        ("/fn/check_contract", format!("id={contract}&text=x")),
        ("/fn/contract_history", format!("id={contract}&page[limit]=10")),
        ("/fn/contract_revision", format!("id={contract}&number=1")),
        ("/fn/new_contract", format!("domain=vault&asset={asset}")),
        ("/fn/dashboard", format!("id={dashboard}&query=")),
        ("/fn/dashboard_view", format!("{{\"id\":\"{dashboard}\",\"query\":\"\",\"known\":[]}}")),
        ("/fn/edit_dashboard", format!("id={dashboard}")),
        ("/fn/check_dashboard", format!("id={dashboard}&text=x")),
        ("/fn/dashboard_history", format!("id={dashboard}&page[limit]=10")),
        ("/fn/dashboard_revision", format!("id={dashboard}&number=1")),
        ("/fn/new_dashboard", format!("domain=vault&asset={asset}")),
        ("/fn/held_grants", format!("on[product]={product}&page[limit]=10")),
        ("/fn/held_grants", format!("on[asset]={asset}&page[limit]=10")),
        ("/fn/impact", format!("id={asset}")),
        ("/fn/impact_page", impact(&asset, None, "downstream")),
        ("/fn/impact_page", impact(&asset, None, "upstream")),
        ("/fn/impact_page", impact(&asset, Some(&column), "downstream")),
        ("/fn/certifying", format!("kind=product&id={product}")),
        ("/fn/certifying", format!("kind=asset&id={asset}")),
        ("/fn/retiring", format!("kind=product&id={product}")),
        ("/fn/retiring", format!("kind=asset&id={asset}")),
        ("/fn/usage", format!("kind=product&id={product}")),
        ("/fn/usage", format!("kind=asset&id={asset}&days=365")),
        (
            "/fn/graph",
            format!(
                "{{\"request\":{{\"focus\":\"{asset}\",\"up\":10,\"down\":10,\"open\":[],\"column\":\"{column}\"}}}}"
            ),
        ),
    ] {
        all.push(call(pattern, body));
    }
    for mark in thing.marks() {
        all.push(call("/fn/search", search(&mark.word)));
    }
}

fn impact(asset: &str, column: Option<&str>, side: &str) -> String {
    let column = column.map_or_else(|| "null".to_owned(), |column| format!("\"{column}\""));
    format!(
        "{{\"request\":{{\"asset\":\"{asset}\",\"column\":{column},\"side\":\"{side}\",\"domain\":null,\
         \"page\":{{\"after\":null,\"limit\":100}}}}}}"
    )
}

fn search(words: &str) -> String {
    format!(
        "{{\"request\":{{\"q\":\"{words}\",\"kind\":[],\"domain\":[],\"layer\":[],\"classification\":[],\"owner\":[],\
         \"sort\":null,\"offset\":0,\"limit\":100}}}}"
    )
}

/// A term that names the product, the table and the column of each of these things.
fn term(things: &[Thing]) -> SourceFile {
    let each = |named: fn(&Thing) -> String| things.iter().map(named).collect::<Vec<_>>().join(", ");
    let (products, tables) = (each(Thing::product), each(Thing::asset));
    let columns = each(|thing| format!("'{}#{}'", thing.asset(), thing.word("column")));
    let text = format!(
        "apiVersion: lakeport/v1\nkind: Term\nid: {TERM}\nname: Everything\ndomain: {DOMAIN}\n\
         definition: All there is.\ncolumns: [{tables}, {columns}]\nproducts: [{products}]\n"
    );
    SourceFile { path: format!("glossary/{TERM}.yaml"), text }
}

/// A term of another domain that links to the private product and to its table.
fn beside() -> SourceFile {
    let (product, table, column) = (PRIVATE.product(), PRIVATE.asset(), PRIVATE.word("column"));
    let text = format!(
        "apiVersion: lakeport/v1\nkind: Term\nid: {BESIDE}\nname: Beside\ndomain: field\n\
         definition: What others have.\ncolumns: [{table}, '{table}#{column}']\nproducts: [{product}]\n"
    );
    SourceFile { path: format!("glossary/{BESIDE}.yaml"), text }
}

/// Members propose changes of the private product, and of the term that links to what is hidden from its proposer.
async fn propose(world: &World) -> Vec<ProposalId> {
    let mona = call_of(world.ctx(), &world.viewer("mona").await).await;
    let id = PRIVATE.product();
    let begun = documents::edit(&mona, TextKind::Product, &id, None).await.unwrap();
    let text = begun.text.replacen("version: 1.0.0\nstatus", "version: 1.0.1\nstatus", 1);
    let base = begun.base.to_string();
    let of_product = proposals::propose(&mona, &id, &base, Written::Product(&text), "A new version").await;
    let milo = call_of(world.ctx(), &world.viewer("milo").await).await;
    let begun = glossary::edit(&milo, BESIDE).await.unwrap();
    let text = TermText { definition: "What others have, and we do not.".to_owned(), ..begun.text };
    let base = begun.base.to_string();
    let of_term = proposals::propose(&milo, BESIDE, &base, Written::Term(&text), "Clearer").await;
    vec![of_product.unwrap(), of_term.unwrap()]
}

async fn import(world: &World, files: Vec<SourceFile>) {
    let report = catalog::import(world.ctx(), &Actor::System("test"), files, false).await;
    report.unwrap_or_else(|error| panic!("{error}"));
    searchable(world.ctx()).await;
}

/// Somebody asks for a port; the purpose is a word that stands nowhere else.
async fn ask(world: &World, who: &str, thing: &Thing) -> RequestId {
    let viewer = world.viewer(who).await;
    let form = access::request_form(&call_of(world.ctx(), &viewer).await, &thing.port().as_str().into())
        .await
        .unwrap();
    let new = NewRequest {
        port: form.port,
        purpose: purpose(who, thing),
        ends_on: form.suggested_end,
        contract_version: form.contract.map(|(_, version)| version),
    };
    access::request(&call_of(world.ctx(), &viewer).await, new).await.unwrap()
}

fn purpose(who: &str, thing: &Thing) -> String {
    format!("zqpurpose{who}{}", thing.key)
}

/// The company, and what has happened in it: the requests, with who asked for what, and what is proposed.
async fn company() -> (World, Vec<(RequestId, &'static str, Thing)>, Vec<ProposalId>) {
    let tables = THINGS.iter().map(|thing| (thing.asset(), thing.told())).collect();
    let world = World::empty().await.over(Tables(tables));
    let ctx = world.ctx();
    let mut files = people();
    for thing in [PLAIN, RESTRICTED, PRIVATE, BEFORE] {
        files.extend(thing.files(None));
    }
    files.extend(OPEN.files(Some(&PRIVATE)));
    files.extend([RESTRICTED, PRIVATE, BEFORE].map(|thing| thing.lineage(&OPEN, &PLAIN)));
    files.push(term(&[OPEN, PLAIN, RESTRICTED, PRIVATE, BEFORE]));
    files.push(beside());
    import(&world, files).await;
    let olga = world.viewer("olga").await;
    let mut requests = Vec::new();
    for (who, thing) in
        [("carl", RESTRICTED), ("nora", RESTRICTED), ("milo", BEFORE), ("nora", BEFORE), ("carl", BEFORE)]
    {
        requests.push((ask(&world, who, &thing).await, who, thing));
    }
    for index in [0, 2] {
        let id = requests[index].0;
        access::approve(&call_of(ctx, &olga).await, id, 1, None, "Fine.".to_owned()).await.unwrap();
    }
    let milo = world.viewer("milo").await;
    catalog::preview(&call_of(ctx, &milo).await, &BEFORE.asset().as_str().into()).await.unwrap();
    let contract = ContractId(BEFORE.word("contract id"));
    contracts::subscribe(
        &call_of(ctx, &milo).await,
        &contract,
        "1.0.0".to_owned(),
        "To plan purchases".to_owned(),
    )
    .await
    .unwrap();
    let grant = access::my_grants(&call_of(ctx, &milo).await).await.unwrap().remove(0);
    access::give_up(&call_of(ctx, &milo).await, grant.id).await.unwrap();
    for who in READERS {
        let viewer = world.viewer(who).await;
        follow::follow(&call_of(ctx, &viewer).await, Followable::Domain, DOMAIN).await.unwrap();
        if ASKED_BEFORE.contains(&who) {
            follow::follow(&call_of(ctx, &viewer).await, Followable::Product, &BEFORE.product())
                .await
                .unwrap();
        }
    }
    // It is made private and called anew; then a request for it is rejected, and its contract is found broken.
    import(&world, TURNED.files(None)).await;
    let reason = "No.".to_owned();
    let revision = access::decide_page(&call_of(ctx, &olga).await, requests[4].0).await.unwrap().revision;
    access::reject(&call_of(ctx, &olga).await, requests[4].0, revision, reason).await.unwrap();
    for thing in THINGS {
        contracts::run_checks(&call_of(ctx, &olga).await, &ContractId(thing.word("contract id")))
            .await
            .unwrap();
    }
    let proposals = propose(&world).await;
    world.settle().await;
    (world, requests, proposals)
}

/// True where a word may stand in the answer to a call. Beside what the policy says of the thing: whoever may ask for
/// something reads the terms that they accept, and knows by which ids they asked.
fn may_stand(reader: &Reader, who: &str, mark: &Mark, call: &Call) -> bool {
    let is_accepted = ["contract id", "terms"].contains(&mark.what)
        && ["/products/{id}/request", "/fn/request_form", "/decide/{id}", "/fn/decide_page"]
            .contains(&call.pattern)
        && reader.may(&mark.of, Depth::Existence);
    let asked_by = mark.of == TURNED
        && ASKED_BEFORE.contains(&who)
        && ["product id", "port", "contract id"].contains(&mark.what);
    reader.may(&mark.of, mark.depth) || is_accepted || asked_by
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_tells_a_word_of_what_its_reader_may_not_see() {
    let (world, requests, proposals) = company().await;
    let ids: Vec<RequestId> = requests.iter().map(|(id, ..)| *id).collect();
    let calls = calls(&ids, &proposals, world.viewer("olga").await.id);
    let marks: Vec<Mark> = THINGS.iter().flat_map(Thing::marks).collect();
    let mut leaks = BTreeSet::new();
    let mut read: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for who in READERS {
        let viewer = world.viewer(who).await;
        let grants = access::my_grants(&call_of(world.ctx(), &viewer).await).await.unwrap();
        let reader = Reader { viewer, grants };
        let mut browser = world.browser(who).await;
        for call in &calls {
            let answer = call.send(&mut browser).await;
            for mark in marks.iter().filter(|mark| answer.contains(&mark.word)) {
                read.entry(who).or_default().insert(mark.word.clone());
                if !call.says(&mark.word) && !may_stand(&reader, who, mark, call) {
                    leaks.insert(format!(
                        "{who}: {} tells the {} of {}",
                        call.pattern, mark.what, mark.of.key
                    ));
                }
            }
            for (_, asks, thing) in &requests {
                let is_own = *asks == who || who == "olga";
                if !is_own && answer.contains(&purpose(asks, thing)) {
                    leaks.insert(format!("{who}: {} tells what {asks} asks for", call.pattern));
                }
            }
            if call.pattern == "/fn/search" {
                let asked = marks.iter().find(|mark| call.says(&mark.word)).expect("it asks for a word");
                let found = !answer.contains("\"total\":0,");
                if found && !reader.may(&asked.of, asked.depth) {
                    leaks.insert(format!("{who}: the search finds {} by its {}", asked.of.key, asked.what));
                }
            }
        }
    }
    assert!(leaks.is_empty(), "{leaks:#?}");
    // What nobody could read anywhere, no page could tell either: the owner reads all of it.
    let unread: Vec<String> = marks
        .iter()
        .filter(|mark| !read["olga"].contains(&mark.word))
        .map(|mark| format!("the {} of {}", mark.what, mark.of.key))
        .collect();
    assert!(unread.is_empty(), "the owner reads nowhere: {unread:#?}");
    assert!(read["carl"].contains(&RESTRICTED.word("cell")), "a grant opens what it is for");
    assert!(read["nora"].contains(&RESTRICTED.word("product name")), "its existence is known");
}

#[tokio::test]
async fn no_page_is_left_out_where_hidden_things_are_looked_for() {
    // Building the router registers what the pages call.
    let _world = World::empty().await.process.router();
    let nobody = uuid::Uuid::nil();
    let asked: BTreeSet<&str> = calls(&[RequestId(nobody)], &[ProposalId(nobody)], PersonId(nobody))
        .iter()
        .map(|call| call.pattern)
        .collect();
    let is_known = |path: &str| {
        let changes = path.strip_prefix("/fn/").is_some_and(|name| CHANGES.contains(&name));
        asked.contains(path) || OWN_RULES.contains(&path) || changes
    };
    let is_about_data = |method: &str, path: &str| {
        let no_page =
            ["/auth/", "/demo-issuer/", "/pkg/", "/fonts/"].iter().any(|start| path.starts_with(start));
        let plain =
            ["/signed-out", "/livez", "/readyz", "/metrics", "/favicon.svg", "/robots.txt", "/access"];
        let nothing = ["/api", "/api/", "/api/{*path}"];
        (method == "GET" || path.starts_with("/fn/"))
            && !no_page
            && !plain.contains(&path)
            && !nothing.contains(&path)
    };
    let routed = matrix::routed();
    let left_out: Vec<_> =
        routed.iter().filter(|(method, path)| is_about_data(method, path) && !is_known(path)).collect();
    assert!(left_out.is_empty(), "ask these in calls(), or say why not: {left_out:#?}");
}
