//! Folders that programs push: what a plan says, and what applying it leaves.

use chrono::TimeDelta;
use lakeport_model::PageRequest;
use lakeport_model::documents::{DocumentKind, LONGEST_DOCUMENT, LineChange, Source, TextKind};
use lakeport_model::mesh::{Applied, LONGEST_PUSH, Over, Plan, Push, PushProblem, PushedFile};
use lakeport_portal::catalog::SourceFile;
use lakeport_portal::store::plans::{self, PlanRow};
use lakeport_portal::{Actor, Error, ErrorKind, ServiceAccount, audit, documents, mesh, new_id, people};
use uuid::Uuid;

use crate::world::{World, call, file, mesh as demo, on_both, refusal};

pub(crate) const NEW: &str = "apiVersion: v1.1.0\nkind: DataProduct\nid: dunning\nname: Dunning\nversion: 1.0.0\nstatus: active\n\
                   domain: controlling\ndescription: {purpose: Reminders that were sent}\n";
pub(crate) const NEW_FILE: &str = "products/dunning.odps.yaml";
const COLLECTIONS: &str = "products/collections.odps.yaml";
const CONTRACT: &str = "contracts/collections.odcs.yaml";
const DASHBOARD: &str = "dashboards/collections-controlling.md";

/// A program that somebody answers for, with the scopes of a token.
pub(crate) async fn program(world: &World, name: &str, owner: &str, scopes: &[&str]) -> ServiceAccount {
    let new = people::NewToken {
        name: name.to_owned(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        owner: Some(format!("{owner}@nordkauf.example")),
        days: None,
    };
    let secret = people::create_token(&world.ctx, &Actor::System("cli"), new).await.expect("it is made");
    people::authenticate(&world.ctx, &secret).await.expect("it answers").expect("it is known")
}

/// The pipeline of the controlling team.
async fn pipeline(world: &World) -> ServiceAccount {
    let scopes = ["controlling:product", "controlling:contract", "controlling:dashboard"];
    program(world, "pipeline", "aylin.demir", &scopes).await
}

/// A file of the demo with other words in it.
pub(crate) fn changed(path: &str, from: &str, to: &str) -> SourceFile {
    let mut file = demo().into_iter().find(|file| file.path == path).expect("it is there");
    assert!(file.text.contains(from), "{path} has {from}");
    file.text = file.text.replacen(from, to, 1);
    file
}

fn renamed(name: &str) -> SourceFile {
    changed(COLLECTIONS, "name: Collections\n", &format!("name: {name}\n"))
}

pub(crate) fn push(files: Vec<SourceFile>) -> Push {
    let files = files.into_iter().map(|SourceFile { path, text }| PushedFile { path, text });
    Push { files: files.collect(), ..Push::default() }
}

pub(crate) async fn planned(
    world: &World,
    account: &ServiceAccount,
    files: Vec<SourceFile>,
) -> Result<Plan, Error> {
    mesh::plan(&world.ctx, account, push(files)).await
}

pub(crate) async fn applied(world: &World, account: &ServiceAccount, plan: &Plan) -> Result<Applied, Error> {
    mesh::apply(&world.ctx, account, plan.id.expect("it can be applied"), "From main").await
}

/// A change of the collections that Aylin publishes on a page.
async fn on_a_page(world: &World, base: u32, text: &str) {
    let call = call(&world.ctx, &world.viewer("aylin.demir").await).await;
    documents::publish(&call, TextKind::Product, Some("collections"), base, text, "Asked for")
        .await
        .expect("she may");
}

async fn held(world: &World, id: &str) -> String {
    world.text(&format!("SELECT document FROM product WHERE id = '{id}'")).await
}

/// How many things a push may not leave that is refused, or only planned.
async fn written(world: &World) -> i64 {
    let all = "SELECT (SELECT COUNT(*) FROM product) + (SELECT COUNT(*) FROM contract_version) \
               + (SELECT COUNT(*) FROM dashboard) + (SELECT COUNT(*) FROM revision) + (SELECT COUNT(*) FROM change)";
    world.number(all).await
}

/// What is wrong with a push, as messages.
pub(crate) fn told(plan: &Plan) -> Vec<&str> {
    assert!(plan.id.is_none() && !plan.is_right(), "{plan:?}");
    plan.refused.iter().map(|problem| problem.message.as_str()).collect()
}

on_both! { demo =>
    async fn a_program_pushes_a_new_product_of_its_domain_and_changes_it(world) {
        let account = pipeline(world).await;
        let before = written(world).await;
        let plan = planned(world, &account, vec![file(NEW_FILE, NEW), file("README.md", "# Read me\n")]).await;
        let plan = plan.expect("it may");
        assert!(plan.is_right(), "{plan:?}");
        let [change] = plan.created.as_slice() else { panic!("one is new: {plan:?}") };
        assert_eq!((change.kind, change.id.as_str(), change.file.as_str()), (DocumentKind::Product, "dunning", NEW_FILE));
        assert_eq!((change.added, change.removed, change.diff.len()), (8, 0, 0));
        assert_eq!(change.effects, ["It is new in Controlling.", "Everybody sees it, with all that it offers."]);
        assert!(plan.warnings.iter().any(|said| said.starts_with("README.md: ")), "{:?}", plan.warnings);
        assert_eq!(plan.ends_at, Some(world.now() + TimeDelta::hours(1)));
        assert_eq!(written(world).await, before, "a plan writes nothing");
        let done = applied(world, &account, &plan).await.expect("it may");
        assert_eq!(done.created, [(DocumentKind::Product, "dunning".to_owned())]);
        assert_eq!(held(world, "dunning").await, NEW);
        let again = mesh::apply(&world.ctx, &account, plan.id.expect("it was applied"), "").await;
        assert_eq!(refusal(again).kind, ErrorKind::NotFound, "a plan is applied once");
        let records = "SELECT COUNT(*) FROM audit WHERE action = 'mesh.push' AND subject = 'domain controlling' \
                       AND domain = 'controlling' AND rule = 'push.owner' AND actor LIKE 'service %' \
                       AND detail LIKE '%product dunning%From main%'";
        assert_eq!(world.number(records).await, 1);
        let text = NEW.replace("name: Dunning", "name: Dunning letters");
        let plan = planned(world, &account, vec![file(NEW_FILE, &text)]).await.expect("it may");
        let [change] = plan.changed.as_slice() else { panic!("one changed: {plan:?}") };
        assert_eq!((change.added, change.removed), (1, 1));
        let lines = change.diff.iter().filter(|line| line.change == LineChange::Added);
        assert_eq!(lines.map(|line| line.text.as_str()).collect::<Vec<_>>(), ["name: Dunning letters"]);
        applied(world, &account, &plan).await.expect("it may");
        let tom = call(&world.ctx, &world.viewer("tom.fischer").await).await;
        let lines = documents::history(&tom, TextKind::Product, "dunning", PageRequest::default()).await.expect("he is a member").lines;
        assert_eq!((lines[0].number, lines[0].source, lines[0].reason.as_str()), (2, Source::Api, "From main"));
        assert_eq!(lines[0].who, "pipeline (service account)");
        assert_eq!(audit::verify(&world.ctx, None).await.expect("it can be read").problem, None);
    }

    async fn the_same_push_twice_changes_nothing(world) {
        let account = pipeline(world).await;
        let files = || vec![file(NEW_FILE, NEW), renamed("Collection cases")];
        let plan = planned(world, &account, files()).await.expect("it may");
        assert_eq!((plan.created.len(), plan.changed.len()), (1, 1));
        applied(world, &account, &plan).await.expect("it may");
        let before = written(world).await;
        let plan = planned(world, &account, files()).await.expect("it may");
        assert!(plan.is_right() && plan.created.is_empty() && plan.changed.is_empty(), "{plan:?}");
        assert_eq!((plan.id, plan.unchanged), (None, 2));
        assert_eq!(written(world).await, before);
    }

    async fn another_domain_refuses_a_push_as_a_whole(world) {
        let account = pipeline(world).await;
        let before = written(world).await;
        let finance = changed("products/sales-forecast.odps.yaml", "name: ", "name: Our ");
        let theirs = NEW.replace("controlling", "finance").replace("id: dunning", "id: theirs");
        for file_of_others in [finance, file("f.odps.yaml", &theirs)] {
            let refused = refusal(planned(world, &account, vec![file(NEW_FILE, NEW), file_of_others]).await);
            assert_eq!((refused.kind, refused.rule), (ErrorKind::Forbidden, Some("push.no_scope")));
            let said = ".odps.yaml: the token lacks the scope finance:product. The token needs a scope";
            assert!(refused.message.contains(said), "{}", refused.message);
        }
        // What moves is of both domains.
        let away = changed(COLLECTIONS, "domain: controlling", "domain: finance");
        assert_eq!(refusal(planned(world, &account, vec![away]).await).rule, Some("push.no_scope"));
        assert_eq!(written(world).await, before);
        let recorded = "SELECT COUNT(*) FROM audit WHERE action = 'mesh.push.refused' AND rule = 'push.no_scope'";
        assert_eq!(world.number(recorded).await, 3, "once a call");
        let of_domain = format!("{recorded} AND subject = 'domain finance'");
        assert_eq!(world.number(&of_domain).await, 2, "one that moves is of both");
        let (_, reader) = world.account("reader").await;
        assert_eq!(refusal(planned(world, &reader, Vec::new()).await).rule, Some("push.no_scope"));
    }

    async fn a_token_never_does_more_than_who_answers_for_it(world) {
        let account = program(world, "nightly", "ines.hoffmann", &["controlling:product"]).await;
        let plan = planned(world, &account, vec![file(NEW_FILE, NEW)]).await.expect("she is a steward");
        let both = program(world, "both", "ines.hoffmann", &["finance:product", "controlling:product"]).await;
        let gone = "DELETE FROM member WHERE domain = 'controlling' AND person = \
                    (SELECT id FROM person WHERE email = 'ines.hoffmann@nordkauf.example')";
        world.execute(gone).await.expect("it runs");
        let before = written(world).await;
        for refused in [
            refusal(planned(world, &account, vec![file(NEW_FILE, NEW)]).await),
            refusal(applied(world, &account, &plan).await),
        ] {
            assert_eq!((refused.kind, refused.rule), (ErrorKind::Forbidden, Some("push.owner_may_not")));
        }
        let again = refusal(applied(world, &account, &plan).await);
        assert_eq!(again.kind, ErrorKind::NotFound, "a plan that was refused is over");
        assert_eq!(written(world).await, before);
        // Nor does it know more.
        let private = NEW.replace("controlling", "finance").replace("id: dunning", "id: receivables-ageing");
        let plan = planned(world, &both, vec![file(NEW_FILE, &private)]).await.expect("she is a steward of finance");
        assert!(told(&plan)[0].starts_with("This id is taken"), "{plan:?}");
    }

    async fn a_push_never_overwrites_what_somebody_changed_on_a_page(world) {
        let account = pipeline(world).await;
        let (page, late) = (renamed("Collection cases").text, renamed("Debt collection"));
        on_a_page(world, 1, &page).await;
        let original = renamed("Collections");
        let plan = planned(world, &account, vec![original]).await.expect("it may");
        assert_eq!(plan.kept, ["product collections: changed in the portal after files held it last, and the file is as it was"]);
        assert_eq!((plan.id, plan.is_right()), (None, true));
        let plan = planned(world, &account, vec![late.clone(), file(NEW_FILE, NEW)]).await.expect("it may");
        let [meeting] = plan.meetings.as_slice() else { panic!("they meet: {plan:?}") };
        assert_eq!((meeting.id.as_str(), meeting.file.as_str(), meeting.revision), ("collections", COLLECTIONS, 2));
        assert_eq!(meeting.said, "Aylin Demir published revision 2 (Asked for) on 1 Dec 2026, 08:00 UTC.");
        let changes = meeting.diff.iter().filter(|line| line.change != LineChange::Same);
        let changes = changes.filter(|line| line.change != LineChange::Skipped);
        let changes: Vec<&str> = changes.map(|line| line.text.as_str()).collect();
        assert_eq!(changes, ["name: Collection cases", "name: Debt collection"], "what is published against the file");
        assert_eq!((plan.id, plan.is_right()), (None, false));
        // Its author looked at an older revision than the one that is published.
        let over = |revision| Push {
            over: vec![Over { kind: DocumentKind::Product, id: "collections".to_owned(), revision }],
            ..push(vec![late.clone()])
        };
        let plan = mesh::plan(&world.ctx, &account, over(1)).await.expect("it may");
        assert_eq!((plan.meetings.len(), plan.id), (1, None));
        let stale = "over product collections@1: its newest revision is 2, not 1, so this changes nothing";
        assert!(plan.warnings.iter().any(|said| said == stale), "{:?}", plan.warnings);
        let other = Push { files: push(vec![file(NEW_FILE, NEW)]).files, ..over(2) };
        let plan = mesh::plan(&world.ctx, &account, other).await.expect("it may");
        assert!(plan.warnings.iter().any(|said| said.contains("no file of this push is")), "{:?}", plan.warnings);
        assert_eq!(held(world, "collections").await, page);
        let plan = mesh::plan(&world.ctx, &account, over(2)).await.expect("it may");
        assert_eq!((plan.meetings.len(), plan.changed.len()), (0, 1));
        applied(world, &account, &plan).await.expect("its author has seen it");
        assert_eq!(held(world, "collections").await, late.text);
    }

    async fn what_was_taken_over_into_the_file_counts_as_the_files_again(world) {
        let account = pipeline(world).await;
        let page = renamed("Collection cases");
        on_a_page(world, 1, &page.text).await;
        let plan = planned(world, &account, vec![page.clone()]).await.expect("it may");
        assert_eq!((plan.changed.len(), plan.unchanged, plan.id.is_some()), (0, 1, true), "that files hold it is new");
        let late = vec![renamed("Debt collection")];
        let meets = planned(world, &account, late.clone()).await.expect("it may").meetings.len();
        assert_eq!(meets, 1, "a plan notes nothing");
        let done = applied(world, &account, &plan).await.expect("it may");
        assert_eq!((done.changed.len(), done.unchanged), (0, 1));
        let plan = planned(world, &account, late).await.expect("it may");
        assert_eq!((plan.meetings.len(), plan.changed.len()), (0, 1));
        let plan = planned(world, &account, vec![page]).await.expect("it may");
        assert_eq!((plan.id, plan.unchanged), (None, 1));
    }

    async fn a_plan_ends_and_is_its_accounts_alone(world) {
        let (account, other) = (pipeline(world).await, program(world, "other", "aylin.demir", &["controlling:product"]).await);
        let plan = planned(world, &account, vec![file(NEW_FILE, NEW)]).await.expect("it may");
        let unknown = refusal(mesh::apply(&world.ctx, &other, Uuid::nil(), "").await);
        assert_eq!(unknown.kind, ErrorKind::NotFound);
        assert_eq!(refusal(applied(world, &other, &plan).await), unknown);
        world.clock.set(world.now() + TimeDelta::hours(1));
        let over = refusal(applied(world, &account, &plan).await);
        assert_eq!((over.kind, over.message.ends_with("Plan again.")), (ErrorKind::Conflict, true), "{over:?}");
        assert_eq!(world.number("SELECT COUNT(*) FROM product WHERE id = 'dunning'").await, 0);
    }

    async fn a_loop_never_makes_plans_without_end(world) {
        let account = pipeline(world).await;
        let now = world.now();
        let mut tx = world.ctx.db.write().await.expect("it is its turn");
        for _ in 0..119 {
            let (push, outcome) = (String::new(), String::new());
            let ends_at = now + TimeDelta::hours(1);
            let row = PlanRow { id: new_id(now), account: account.id, made_at: now, ends_at, push, outcome };
            plans::put(&mut tx, &row).await.expect("it is written");
        }
        tx.commit_unrecorded("a test").await.expect("it is kept");
        let wrong = NEW.replace("status: active", "status: [");
        let plan = planned(world, &account, vec![file(NEW_FILE, &wrong)]).await.expect("it may once more");
        assert!(!plan.is_right(), "one that is wrong is counted, too");
        let late = refusal(planned(world, &account, vec![file(NEW_FILE, NEW)]).await);
        assert_eq!(late.kind, ErrorKind::Busy);
        assert!(late.message.starts_with("You made 120 plans within an hour;"), "{}", late.message);
        world.clock.set(now + TimeDelta::hours(1));
        planned(world, &account, vec![file(NEW_FILE, NEW)]).await.expect("it may again");
    }

    async fn a_plan_is_never_applied_to_another_world(world) {
        let account = pipeline(world).await;
        let plan = planned(world, &account, vec![renamed("Debt collection")]).await.expect("it may");
        on_a_page(world, 1, &renamed("Collection cases").text).await;
        let before = written(world).await;
        let moved = refusal(applied(world, &account, &plan).await);
        assert_eq!(moved.kind, ErrorKind::Conflict);
        let said = "The world moved since this plan was made: Aylin Demir published revision 2";
        assert!(moved.message.starts_with(said) && moved.message.ends_with("Plan again."), "{}", moved.message);
        assert_eq!(written(world).await, before);
        // Another push was faster, from the same files on.
        let slow = planned(world, &account, vec![file(NEW_FILE, NEW)]).await.expect("it may");
        let quick = vec![file(NEW_FILE, &NEW.replace("name: Dunning", "name: Letters"))];
        let quick = planned(world, &account, quick).await.expect("it may");
        applied(world, &account, &quick).await.expect("it is first");
        let moved = refusal(applied(world, &account, &slow).await);
        assert_eq!(moved.kind, ErrorKind::Conflict);
        assert!(moved.message.contains("It would change something else by now."), "{}", moved.message);
    }

    async fn a_contract_never_takes_a_promise_back(world) {
        let account = pipeline(world).await;
        let before = written(world).await;
        let broken = changed(CONTRACT, "- name: creditor\n", "- name: lender\n");
        let plan = planned(world, &account, vec![broken, file(NEW_FILE, NEW)]).await.expect("it may");
        assert!(told(&plan)[0].starts_with("Contract collections 1.0.0 is published, and people rely on its words."));
        assert_eq!((plan.refused[0].file.as_str(), plan.refused[0].line), (CONTRACT, 5));
        let foreign = changed(CONTRACT, "physicalName: gold.collections", "physicalName: silver.dim_customer");
        let foreign = SourceFile { text: foreign.text.replacen("version: 1.0.0", "version: 2.0.0", 1), ..foreign };
        let plan = planned(world, &account, vec![foreign]).await.expect("it may");
        assert!(told(&plan)[0].starts_with("\"silver.dim_customer\" is not data of controlling."), "{plan:?}");
        let nowhere = changed(CONTRACT, "physicalName: gold.collections", "physicalName: silver.nowhere");
        let nowhere = SourceFile { text: nowhere.text.replacen("version: 1.0.0", "version: 2.0.0", 1), ..nowhere };
        let same = planned(world, &account, vec![nowhere]).await.expect("it may");
        assert_eq!(told(&same)[0].replace("silver.nowhere", "silver.dim_customer"), told(&plan)[0]);
        let nobodys = changed(CONTRACT, "domain: controlling\n", "");
        let plan = planned(world, &account, vec![nobodys]).await.expect("it may");
        assert!(told(&plan)[0].starts_with("Say which domain it belongs to"), "{plan:?}");
        assert_eq!(written(world).await, before);
        let words = changed(CONTRACT, "name: Collection cases", "name: Cases of collection");
        let plan = planned(world, &account, vec![words]).await.expect("it may");
        assert_eq!(plan.changed[0].id, "collections 1.0.0");
        applied(world, &account, &plan).await.expect("words may be corrected");
    }

    async fn a_plan_that_shows_less_than_it_means_says_so(world) {
        let account = pipeline(world).await;
        let product = |number: usize| {
            let text = NEW.replace("id: dunning", &format!("id: dunning-{number}"));
            file(&format!("products/{number}.odps.yaml"), &text)
        };
        // The last one opens a table to more people; the others say only that they are there.
        let mut last = product(99);
        last.text.push_str(
            "outputPorts:\n- name: cases\n  version: 1.0.0\n  customProperties:\n  - {property: lakeport.asset, value: \
             gold.collections}\n",
        );
        let numbers = (0..201).filter(|number| *number != 99);
        let files = numbers.map(product).chain(std::iter::once(last)).collect();
        let plan = planned(world, &account, files).await.expect("it may");
        let opens = plan.created.iter().find(|change| change.id == "dunning-99").expect("it is new");
        assert!(opens.effects.iter().any(|said| said.starts_with("It offers cases")), "{opens:?}");
        let silent = plan.created.iter().filter(|change| change.effects.is_empty()).count();
        assert_eq!((plan.created.len(), silent), (201, 1));
        assert!(plan.warnings.iter().any(|said| said.contains("not for 1 more")), "{:?}", plan.warnings);
        applied(world, &account, &plan).await.expect("it comes to the same");
    }

    async fn a_push_never_brings_more_versions_of_a_contract_than_anybody_writes(world) {
        let account = pipeline(world).await;
        let versions = |number: u32| {
            let version = |minor: u32| {
                let text = format!(
                    "apiVersion: v3.2.0\nkind: DataContract\nid: dunning-letters\nversion: 1.{minor}.0\nstatus: active\n\
                     domain: controlling\n"
                );
                file(&format!("contracts/{minor}.odcs.yaml"), &text)
            };
            (0..number).map(version).collect::<Vec<_>>()
        };
        let plan = planned(world, &account, versions(51)).await.expect("it may");
        let said = "A push brings at most 50 new versions of contract dunning-letters";
        assert!(told(&plan)[0].starts_with(said), "{plan:?}");
        let plan = planned(world, &account, versions(50)).await.expect("it may");
        assert_eq!(plan.created.len(), 50, "{plan:?}");
        applied(world, &account, &plan).await.expect("it may");
        let rest = planned(world, &account, versions(51)).await.expect("it may");
        assert_eq!((rest.created.len(), rest.unchanged), (1, 50), "{rest:?}");
    }

    async fn a_product_comes_with_its_contract_and_its_dashboard(world) {
        let account = pipeline(world).await;
        let contract = "apiVersion: v3.2.0\nkind: DataContract\nid: dunning-letters\nversion: 1.0.0\nstatus: active\n\
                        domain: controlling\n";
        let product = format!("{NEW}outputPorts:\n- {{name: letters, version: 1.0.0, contractId: dunning-letters}}\n");
        let loud = contract.replace("dunning-letters", "Dunning-Letters");
        let loud = planned(world, &account, vec![file("d.odcs.yaml", &loud)]).await.expect("it may");
        assert!(told(&loud)[0].starts_with("Give it an id of small letters"), "{loud:?}");
        let alone = planned(world, &account, vec![file(NEW_FILE, &product)]).await.expect("it may");
        assert!(told(&alone)[0].starts_with("The catalog has no contract \"dunning-letters\" of controlling"), "{alone:?}");
        let dashboard = changed(DASHBOARD, "product: collections\n", "product: dunning\n");
        let dashboard = file("dashboards/dunning.md", &dashboard.text);
        let alone = planned(world, &account, vec![dashboard.clone()]).await.expect("it may");
        assert!(told(&alone)[0].starts_with("There is no product \"dunning\" of controlling here."), "{alone:?}");
        let files = vec![file(NEW_FILE, &product), file("contracts/d.odcs.yaml", contract), dashboard];
        let plan = planned(world, &account, files).await.expect("it may");
        assert!(plan.is_right() && plan.created.len() == 3, "{plan:?}");
        let done = applied(world, &account, &plan).await.expect("it may");
        let kinds: Vec<DocumentKind> = done.created.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, [DocumentKind::Product, DocumentKind::Contract, DocumentKind::Dashboard]);
    }

    async fn a_dashboard_belongs_to_its_domain(world) {
        let account = pipeline(world).await;
        let title = |title: &str| changed(DASHBOARD, "title: Collections controlling", &format!("title: {title}"));
        let plan = planned(world, &account, vec![title("Collections, weekly")]).await.expect("it may");
        assert_eq!((plan.changed[0].kind, plan.changed[0].id.as_str()), (DocumentKind::Dashboard, "collections-controlling"));
        applied(world, &account, &plan).await.expect("it may");
        let other = program(world, "other", "maria.keller", &["finance:dashboard"]).await;
        let refused = refusal(planned(world, &other, vec![title("Ours")]).await);
        assert_eq!(refused.rule, Some("push.no_scope"));
        let taken = title("Ours").text.replacen("domain: controlling\nproduct: collections\n", "domain: finance\n", 1);
        let refused = planned(world, &other, vec![file(DASHBOARD, &taken)]).await;
        assert_eq!(refusal(refused).rule, Some("push.no_scope"), "it is held by another domain");
    }

    async fn what_a_push_does_not_bring_is_refused_by_its_file(world) {
        let account = pipeline(world).await;
        let before = written(world).await;
        let others = ["people.yaml", "domains/finance.yaml", "lineage/finance.jsonl"];
        let files: Vec<SourceFile> =
            demo().into_iter().filter(|file| others.contains(&file.path.as_str())).collect();
        assert_eq!(files.len(), others.len());
        let plan = planned(world, &account, [vec![file(NEW_FILE, NEW)], files].concat()).await.expect("it may");
        let told: Vec<(&str, &str)> =
            plan.refused.iter().map(|problem| (problem.file.as_str(), problem.message.as_str())).collect();
        for (path, said) in [
            ("people.yaml", "People are imported by the operator of the portal only"),
            ("domains/finance.yaml", "Domains are imported by"),
            ("lineage/finance.jsonl", "Lineage is not pushed with a folder"),
        ] {
            assert!(told.iter().any(|(file, message)| *file == path && message.starts_with(said)), "{path}: {told:?}");
        }
        assert_eq!((told.len(), plan.id, written(world).await), (3, None, before));
    }

    async fn a_folder_that_is_half_wrong_writes_nothing(world) {
        let account = pipeline(world).await;
        let before = written(world).await;
        let long = "#".repeat(LONGEST_DOCUMENT + 1);
        let id = NEW.replace("id: dunning", "id: Letters");
        for (path, text, said) in [
            ("p.odps.yaml", "kind: [", ""),
            ("p.odps.yaml", NEW, "stands in"),
            ("long.md", long.as_str(), "This file cannot be read: it is larger than 512 KiB."),
            ("p.odps.yaml", id.as_str(), "Give it an id of small letters"),
            ("p.odps.yaml", "apiVersion: v1.1.0\nkind: DataProduct\nid: x\nname: X\n", "Say which domain it belongs to"),
        ] {
            let plan = planned(world, &account, vec![file(NEW_FILE, NEW), file(path, text)]).await.expect("it may");
            assert!(told(&plan)[0].contains(said), "{said}: {plan:?}");
        }
        let many = (0..=LONGEST_PUSH / LONGEST_DOCUMENT).map(|number| file(&format!("{number}.md"), &long)).collect();
        assert_eq!(refusal(planned(world, &account, many).await).kind, ErrorKind::Invalid);
        assert_eq!(written(world).await, before);
    }

    async fn a_hidden_product_is_never_told_from_an_id_that_is_taken(world) {
        let account = program(world, "finance", "maria.keller", &["finance:product", "finance:contract"]).await;
        world.import(vec![file("loud.odps.yaml", &NEW.replace("id: dunning", "id: DUNNING"))]).await;
        let of = |id: &str| {
            let text = NEW.replace("controlling", "finance").replace("id: dunning", &format!("id: {id}"));
            vec![file(NEW_FILE, &text)]
        };
        let plain = planned(world, &account, of("dunning")).await.expect("it may");
        assert_eq!(told(&plain), ["This id is taken here: \"dunning\". Choose another one."]);
        let hidden = planned(world, &account, of("receivables-ageing")).await.expect("it may");
        let as_plain = |problem: &PushProblem| {
            (problem.line, problem.field.clone(), problem.message.replace("receivables-ageing", "dunning"))
        };
        assert_eq!(as_plain(&hidden.refused[0]), as_plain(&plain.refused[0]));
        assert_eq!((hidden.refused.len(), plain.refused[0].line), (1, 3));
        // Its contract is its domain's as well.
        let contract = "apiVersion: v3.2.0\nkind: DataContract\nid: receivables-ageing\nversion: 9.0.0\nstatus: active\n\
                        domain: finance\n";
        let plan = planned(world, &account, vec![file("c.odcs.yaml", contract)]).await.expect("it may");
        assert!(told(&plan)[0].starts_with("This id is taken here"), "{plan:?}");
    }
}
