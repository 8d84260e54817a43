//! What a push retires, since its folder does not have it any more.

use lakeport_model::ProductId;
use lakeport_model::documents::{DocumentKind, TextKind};
use lakeport_model::mesh::{Plan, Push};
use lakeport_model::retire::{Retirable, Retirement};
use lakeport_portal::catalog::SourceFile;
use lakeport_portal::{ErrorKind, ServiceAccount, audit, catalog, documents, mesh, retire};

use crate::mesh::{NEW, NEW_FILE, applied, changed, planned, program, push, told};
use crate::world::{World, call, file, on_both, refusal};

const CASES: &str = "collections/cases";
const COLLECTIONS: &str = "products/collections.odps.yaml";
const ASSETS: &str = "assets/letters.yaml";
const SENT: &str = "apiVersion: lakeport/v1\nkind: Assets\ndomain: controlling\nnamespace: kafka\nassets:\n\
                    - id: letters.sent\n  kind: topic\n  description: Letters that were sent\n";
const LOST: &str = "- id: letters.lost\n  kind: topic\n  description: Letters that came back\n";
const TERM: &str = "apiVersion: lakeport/v1\nkind: Term\nid: letter\nname: Letter\ndomain: controlling\n\
                    definition: What is sent to a debtor.\n";
const CONTRACT: &str = "apiVersion: v3.2.0\nkind: DataContract\nid: dunning-letters\nversion: 1.0.0\nstatus: active\n\
                        domain: controlling\n";

/// The pipeline of the controlling team.
async fn pipeline(world: &World) -> ServiceAccount {
    let scopes = ["controlling:product", "controlling:contract", "controlling:asset", "controlling:term"];
    program(world, "pipeline", "aylin.demir", &scopes).await
}

/// A new product of controlling.
fn product(id: &str) -> SourceFile {
    file(&format!("products/{id}.odps.yaml"), &NEW.replace("id: dunning", &format!("id: {id}")))
}

fn dunning() -> SourceFile {
    file(NEW_FILE, NEW)
}

fn pruning(files: Vec<SourceFile>) -> Push {
    Push { prune: true, ..push(files) }
}

/// What a push of these files would do that retires what they lack.
async fn pruned(world: &World, account: &ServiceAccount, files: Vec<SourceFile>) -> Plan {
    mesh::plan(&world.ctx, account, pruning(files)).await.expect("it may")
}

/// Pushes files without pruning.
async fn pushed(world: &World, account: &ServiceAccount, files: Vec<SourceFile>) {
    let plan = planned(world, account, files).await.expect("it may");
    applied(world, account, &plan).await.expect("it may");
}

/// What a plan retires: kinds and ids.
fn gone(plan: &Plan) -> Vec<(DocumentKind, &str)> {
    assert!(plan.is_right(), "{plan:?}");
    plan.retired.iter().map(|gone| (gone.kind, gone.id.as_str())).collect()
}

async fn on_page(world: &World, product: &str) -> Option<Retirement> {
    let call = call(&world.ctx, &world.viewer("paula.brandt").await).await;
    catalog::product(&call, &ProductId::from(product)).await.expect("the page stays").retirement
}

async fn retired(world: &World) -> i64 {
    world.number("SELECT COUNT(*) FROM retired").await
}

on_both! { demo =>
    async fn what_the_folder_does_not_have_any_more_is_retired(world) {
        let account = pipeline(world).await;
        pushed(world, &account, vec![dunning(), product("reminders")]).await;
        let rest = || vec![product("reminders")];
        let plan = planned(world, &account, rest()).await.expect("it may");
        assert_eq!((gone(&plan).len(), plan.id, plan.kept.len()), (0, None, 0), "nobody asked for it");
        let plan = pruned(world, &account, rest()).await;
        assert_eq!(gone(&plan), [(DocumentKind::Product, "dunning")]);
        assert_eq!((plan.retired[0].on, plan.unchanged), (world.day(0), 1));
        assert_eq!(
            plan.retired[0].effects,
            [
                "It leaves search, lists and the home page; its page stays.",
                "Nobody can request access any more.",
            ]
        );
        assert_eq!(retired(world).await, 0, "a plan writes nothing");
        let done = applied(world, &account, &plan).await.expect("it may");
        assert_eq!(done.retired, [(DocumentKind::Product, "dunning".to_owned())]);
        assert_eq!((done.created.len(), done.changed.len(), done.unchanged), (0, 0, 1));
        let said = on_page(world, "dunning").await.expect("it is said");
        assert_eq!((said.on, said.in_effect, said.reason.as_str()), (world.day(0), true, "From main"));
        assert_eq!(said.by, "Service account pipeline (Aylin Demir answers for it)");
        assert_eq!(on_page(world, "reminders").await, None);
        let record = "SELECT COUNT(*) FROM audit WHERE action = 'product.retire' AND subject = 'product dunning' \
                      AND domain = 'controlling' AND rule = 'push.owner' AND actor LIKE 'service %'";
        let push = "SELECT COUNT(*) FROM audit WHERE action = 'mesh.push' AND subject = 'domain controlling' \
                    AND detail LIKE '%\"retired\":1%'";
        assert_eq!((world.number(record).await, world.number(push).await), (1, 1));
        let again = pruned(world, &account, rest()).await;
        assert_eq!((gone(&again).len(), again.id, again.kept.len()), (0, None, 0));
        assert_eq!(audit::verify(&world.ctx, None).await.expect("it can be read").problem, None);
    }

    async fn whoever_relies_on_it_has_thirty_days_and_is_told(world) {
        let account = pipeline(world).await;
        let renamed = changed(COLLECTIONS, "name: Collections\n", "name: Collection cases\n");
        pushed(world, &account, vec![renamed, product("reminders")]).await;
        world.granted("paula.brandt", CASES, 200, &["aylin.demir"]).await;
        let rest = || vec![product("reminders")];
        let early = pruned(world, &account, rest()).await;
        assert_eq!(gone(&early), [(DocumentKind::Product, "collections")]);
        world.ask("lena.vogel", CASES, 200).await.expect("the request is taken");
        let moved = refusal(applied(world, &account, &early).await);
        assert_eq!((moved.kind, retired(world).await), (ErrorKind::Conflict, 0));
        assert!(moved.message.contains("It would change something else by now."), "{}", moved.message);
        let plan = pruned(world, &account, rest()).await;
        assert_eq!(plan.retired[0].on, world.day(30));
        let effects = &plan.retired[0].effects;
        assert_eq!(effects[0], "1 person has access. They keep it until their grants end, and are told.");
        assert_eq!(effects[1], "1 request waits: whoever asked is told if they see its details. Once it is retired, nobody can approve that.");
        applied(world, &account, &plan).await.expect("it may");
        let told = "Data product \"Collection cases\" is retired from ";
        assert_eq!((world.told("paula.brandt", told).await, world.told("aylin.demir", told).await), (1, 0));
        let said = on_page(world, "collections").await.expect("it is said");
        assert_eq!((said.on, said.in_effect), (world.day(30), false));
    }

    async fn assets_and_terms_are_retired_and_contracts_are_not(world) {
        let account = pipeline(world).await;
        let both = file(ASSETS, &format!("{SENT}{LOST}"));
        let all = vec![both, file("letter.yaml", TERM), file("contracts/letters.odcs.yaml", CONTRACT)];
        pushed(world, &account, all).await;
        let plan = pruned(world, &account, vec![file(ASSETS, SENT)]).await;
        assert_eq!(gone(&plan), [(DocumentKind::Asset, "letters.lost"), (DocumentKind::Term, "letter")]);
        let said = "1 contract is not in the files any more. A push does not retire contracts.";
        assert!(plan.warnings.iter().any(|warning| warning == said), "{:?}", plan.warnings);
        let id = plan.id.expect("it can be applied");
        mesh::apply(&world.ctx, &account, id, "").await.expect("it may");
        let reasons = "SELECT COUNT(*) FROM retired WHERE reason = 'It is not in the files any more.'";
        assert_eq!(world.number(reasons).await, 2);
        let newer = CONTRACT.replace("1.0.0", "2.0.0");
        let newer = file("contracts/letters.odcs.yaml", &newer);
        let plan = pruned(world, &account, vec![file(ASSETS, SENT), newer]).await;
        let is_silent = plan.warnings.iter().all(|warning| !warning.contains("does not retire"));
        assert!(plan.refused.is_empty() && is_silent, "{plan:?}");
    }

    async fn what_somebody_changed_in_the_portal_stays(world) {
        let account = pipeline(world).await;
        pushed(world, &account, vec![dunning(), product("reminders")]).await;
        let aylin = call(&world.ctx, &world.viewer("aylin.demir").await).await;
        let text = NEW.replace("name: Dunning", "name: Dunning letters");
        documents::publish(&aylin, TextKind::Product, Some("dunning"), 1, &text, "Asked for").await.expect("she may");
        let plan = pruned(world, &account, vec![product("reminders")]).await;
        assert_eq!((gone(&plan).len(), plan.id), (0, None));
        assert_eq!(
            plan.kept,
            [
                "product dunning is not in the files any more, but Aylin Demir changed it in the portal since: retire it on \
                 its page."
            ]
        );
    }

    async fn what_somebody_restored_stays_until_it_is_pushed_anew(world) {
        let account = pipeline(world).await;
        pushed(world, &account, vec![dunning(), product("reminders")]).await;
        let rest = || vec![product("reminders")];
        world.travel(1);
        let plan = pruned(world, &account, rest()).await;
        applied(world, &account, &plan).await.expect("it may");
        let plan = planned(world, &account, vec![dunning(), product("reminders")]).await.expect("it may");
        let said = plan.warnings.iter().any(|warning| warning.starts_with("product dunning is retired since "));
        assert!(said && plan.id.is_none() && plan.unchanged == 2, "{plan:?}");
        let aylin = call(&world.ctx, &world.viewer("aylin.demir").await).await;
        let restored = retire::restore(&aylin, Retirable::Product, "dunning", "It is needed after all").await;
        restored.expect("she may");
        let plan = pruned(world, &account, rest()).await;
        assert_eq!((gone(&plan).len(), plan.id, plan.kept.len()), (0, None, 1));
        assert!(plan.kept[0].contains("it was restored in the portal after its text was pushed last"), "{:?}", plan.kept);
        world.travel(1);
        let text = NEW.replace("name: Dunning", "name: Dunning letters");
        pushed(world, &account, vec![file(NEW_FILE, &text), product("reminders")]).await;
        let plan = pruned(world, &account, rest()).await;
        assert_eq!(gone(&plan), [(DocumentKind::Product, "dunning")]);
    }

    async fn what_others_brought_is_never_touched(world) {
        let account = pipeline(world).await;
        let other = program(world, "other", "aylin.demir", &["controlling:product"]).await;
        pushed(world, &other, vec![product("theirs")]).await;
        world.import(vec![product("imported")]).await;
        let rest = || vec![product("reminders"), product("imported")];
        pushed(world, &account, vec![dunning(), product("reminders"), product("imported")]).await;
        assert_eq!(gone(&pruned(world, &account, rest()).await), [(DocumentKind::Product, "dunning")]);
        let without = pruned(world, &account, vec![dunning(), product("reminders")]).await;
        assert_eq!(gone(&without).len(), 0, "it held what the import had brought");
        // From then on files of the operator hold it.
        let text = NEW.replace("name: Dunning", "name: Dunning letters");
        world.import(vec![file(NEW_FILE, &text)]).await;
        let plan = pruned(world, &account, rest()).await;
        assert_eq!((gone(&plan).len(), plan.id), (0, None));
    }

    async fn what_a_token_may_not_push_any_more_stays(world) {
        let account = pipeline(world).await;
        pushed(world, &account, vec![dunning(), file(ASSETS, &format!("{SENT}{LOST}"))]).await;
        let fewer = ServiceAccount { scopes: vec!["controlling:asset".to_owned()], ..account.clone() };
        let plan = pruned(world, &fewer, vec![file(ASSETS, SENT)]).await;
        assert_eq!(gone(&plan), [(DocumentKind::Asset, "letters.lost")]);
        let said = "product dunning is not in the files any more, and this token may not retire it: it stays.";
        assert!(plan.warnings.iter().any(|warning| warning == said), "{:?}", plan.warnings);
        applied(world, &fewer, &plan).await.expect("it may");
        assert_eq!((retired(world).await, on_page(world, "dunning").await), (1, None));
    }

    async fn an_empty_folder_never_retires_everything(world) {
        let account = pipeline(world).await;
        pushed(world, &account, vec![dunning()]).await;
        for files in [Vec::new(), vec![file("README.md", "# Read me\n")]] {
            let plan = pruned(world, &account, files.clone()).await;
            assert!(told(&plan)[0].starts_with("No file of this folder is a document"), "{plan:?}");
            let plan = planned(world, &account, files).await.expect("it may");
            assert!(plan.is_right() && plan.id.is_none(), "{plan:?}");
        }
        assert_eq!(retired(world).await, 0);
    }
}
