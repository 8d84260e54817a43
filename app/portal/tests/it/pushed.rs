//! Assets and terms that programs push: each asset of a file is a document of its own.

use lakeport_model::DomainId;
use lakeport_model::assets::AssetText;
use lakeport_model::documents::{DocumentKind, LineChange};
use lakeport_model::mesh::{Over, Push};
use lakeport_portal::catalog::{SourceFile, export};
use lakeport_portal::store::changes::Touched;
use lakeport_portal::{ErrorKind, ServiceAccount, assets, mesh};

use crate::mesh::{NEW, NEW_FILE, applied, changed, planned, program, push, told};
use crate::world::{World, call, file, on_both, refusal};

const FILE: &str = "assets/letters.yaml";
const LETTERS: &str = "apiVersion: lakeport/v1\nkind: Assets\ndomain: controlling\nnamespace: kafka\nassets:\n\
                       - id: letters.sent\n  kind: topic\n  description: Letters that were sent\n  columns:\n  \
                       - {name: customer, type: string, classification: confidential}\n\
                       - id: letters.lost\n  kind: topic\n  description: Letters that came back\n";
const HELD: &str = "assets/controlling.yaml";
const TERM: &str = "apiVersion: lakeport/v1\nkind: Term\nid: letter\nname: Letter\ndomain: controlling\n\
                    definition: What is sent to a debtor.\n";

/// The pipeline of the controlling team.
async fn pipeline(world: &World, owner: &str) -> ServiceAccount {
    let scopes = ["controlling:asset", "controlling:term", "controlling:product"];
    program(world, &format!("letters of {owner}"), owner, &scopes).await
}

fn letters(from: &str, to: &str) -> Vec<SourceFile> {
    assert!(LETTERS.contains(from), "{from}");
    vec![file(FILE, &LETTERS.replacen(from, to, 1))]
}

/// The assets of controlling as the catalog has them.
async fn held(world: &World) -> SourceFile {
    let files = export(&world.ctx).await.expect("they are written");
    files.into_iter().find(|file| file.path == HELD).expect("it has assets")
}

fn with(file: &SourceFile, from: &str, to: &str) -> Vec<SourceFile> {
    assert!(file.text.contains(from), "{from} in {}", file.text);
    vec![SourceFile { text: file.text.replacen(from, to, 1), ..file.clone() }]
}

async fn revisions(world: &World, asset: &str) -> i64 {
    let of = format!("SELECT COUNT(*) FROM revision WHERE kind = 'asset' AND document = '{asset}'");
    world.number(&of).await
}

on_both! { demo =>
    async fn each_asset_of_a_file_is_a_document_of_its_own(world) {
        let account = pipeline(world, "ines.hoffmann").await;
        let usual = planned(world, &account, letters("namespace: kafka\n", "")).await.expect("it may");
        assert!(usual.is_right(), "a namespace that is left out is the usual one, as on a page: {usual:?}");
        let plan = planned(world, &account, vec![file(FILE, LETTERS)]).await.expect("it may");
        assert!(plan.is_right(), "{plan:?}");
        let created: Vec<_> =
            plan.created.iter().map(|change| (change.kind, change.id.as_str(), change.file.as_str())).collect();
        let asset = DocumentKind::Asset;
        assert_eq!(created, [(asset, "letters.sent", FILE), (asset, "letters.lost", FILE)]);
        applied(world, &account, &plan).await.expect("it may");
        let plan = planned(world, &account, letters("that came back", "nobody took")).await.expect("it may");
        let [change] = plan.changed.as_slice() else { panic!("one changed: {plan:?}") };
        assert_eq!((change.id.as_str(), plan.unchanged), ("letters.lost", 1));
        let added: Vec<&str> =
            change.diff.iter().filter(|line| line.change == LineChange::Added).map(|line| line.text.as_str()).collect();
        assert!(matches!(added.as_slice(), [line] if line.contains("Letters nobody took")), "{added:?}");
        applied(world, &account, &plan).await.expect("it may");
        assert_eq!((revisions(world, "letters.sent").await, revisions(world, "letters.lost").await), (1, 2));
        let plan = planned(world, &account, letters("that came back", "nobody took")).await.expect("it may");
        assert_eq!((plan.id, plan.unchanged), (None, 2));
    }

    async fn a_plan_of_many_documents_counts_as_several(world) {
        let account = pipeline(world, "ines.hoffmann").await;
        let head = LETTERS.split_inclusive("assets:\n").next().expect("it begins");
        let asset = |number| format!("- id: letters.n{number}\n  kind: topic\n  description: Letters\n");
        for (documents, counted) in [(200, 1), (401, 4)] {
            let assets: Vec<String> = (0..documents).map(asset).collect();
            let many = vec![file(FILE, &format!("{head}{}", assets.concat()))];
            let plan = planned(world, &account, many).await.expect("it may");
            assert_eq!(plan.created.len(), documents);
            assert_eq!(world.number("SELECT COUNT(*) FROM plan").await, counted);
        }
    }

    async fn an_asset_is_pushed_by_its_domain_alone(world) {
        let account = pipeline(world, "aylin.demir").await;
        let others = letters("domain: controlling", "domain: finance");
        assert_eq!(refusal(planned(world, &account, others).await).rule, Some("push.no_scope"));
        let taken = letters("id: letters.lost", "id: gold.sales_daily");
        let refused = refusal(planned(world, &account, taken).await);
        assert_eq!(refused.rule, Some("push.no_scope"), "it is seen to be of finance");
        let nowhere = letters("domain: controlling", "domain: nowhere");
        let plan = planned(world, &account, nowhere).await.expect("it is wrong");
        assert!(told(&plan)[0].starts_with("There is no domain \"nowhere\""), "{plan:?}");
        assert_eq!(plan.refused[1].field, "assets[1].domain");
        // A private product offers it.
        let finance = program(world, "finance", "maria.keller", &["finance:asset"]).await;
        let hidden = LETTERS.replace("controlling", "finance").replace("letters.lost", "gold.receivables_ageing");
        let plan = planned(world, &finance, vec![file(FILE, &hidden)]).await.expect("it is wrong");
        assert!(told(&plan)[0].starts_with("This id is taken here"), "{plan:?}");
        assert_eq!((plan.refused[0].field.as_str(), plan.refused[0].line), ("assets[1].id", 11));
        // So it is where something has it in capital letters, also if that cannot be read.
        let loud = "INSERT INTO asset (id, kind, namespace, name, domain, description, classification, tags, columns, \
                    origin, created_at) VALUES ('Letters.Lost', 'topic', 'elsewhere', 'lost', '', '', 'internal', '[]', \
                    '[', 'lineage', '2026-11-01T00:00:00+00:00')";
        world.execute(loud).await.expect("it runs");
        world.noted(vec![Touched::Asset("Letters.Lost".to_owned())]).await;
        let plan = planned(world, &account, vec![file(FILE, LETTERS)]).await.expect("it is wrong");
        assert_eq!((told(&plan).len(), plan.refused[0].field.as_str()), (1, "assets[1].id"));
        let long = letters("letters.lost", &"x".repeat(101));
        let plan = planned(world, &account, long).await.expect("it is wrong");
        assert!(told(&plan)[0].starts_with("Give it an id of small letters"), "{plan:?}");
    }

    async fn a_push_never_says_where_an_asset_lies(world) {
        let account = pipeline(world, "aylin.demir").await;
        let held = held(world).await;
        let plan = planned(world, &account, vec![held.clone()]).await.expect("it may");
        assert!(plan.is_right() && plan.id.is_none() && plan.unchanged > 0, "{plan:?}");
        let silent = held.text.lines().filter(|line| !line.trim_start().starts_with("location:"));
        let silent = silent.flat_map(|line| [line, "\n"]).collect::<String>();
        let same = planned(world, &account, vec![file(HELD, &silent)]).await.expect("it may");
        assert_eq!((same.id, same.unchanged), (None, plan.unchanged));
        let elsewhere = with(&held, "location: gold/collections", "location: gold/elsewhere");
        let plan = planned(world, &account, elsewhere).await.expect("it is wrong");
        assert!(told(&plan)[0].starts_with("Where an asset lies is set by the operator's import"), "{plan:?}");
        assert!(plan.refused[0].field.ends_with("].location"), "{plan:?}");
        let new = letters("kind: topic\n", "kind: table\n  location: gold/letters\n");
        let plan = planned(world, &account, new).await.expect("it is wrong");
        assert_eq!((told(&plan).len(), plan.refused[0].line), (1, 8));
        let taken = letters("namespace: kafka\nassets:\n", "namespace: lakehouse\nassets:\n");
        let taken = with(&taken[0], "id: letters.lost\n", "id: letters.lost\n  name: gold.sales_daily\n");
        let plan = planned(world, &account, taken).await.expect("it is wrong");
        assert!(told(&plan)[0].starts_with("This address is taken"), "{plan:?}");
        assert_eq!((plan.refused[0].field.as_str(), plan.refused[0].line), ("assets[1].name", 12));
    }

    async fn a_classification_is_lowered_by_who_may_and_with_a_reason(world) {
        let (steward, owner) = (pipeline(world, "ines.hoffmann").await, pipeline(world, "aylin.demir").await);
        let plan = planned(world, &steward, vec![file(FILE, LETTERS)]).await.expect("it may");
        applied(world, &steward, &plan).await.expect("it may");
        let lower = || letters("classification: confidential", "classification: internal");
        let plan = planned(world, &steward, lower()).await.expect("it is wrong");
        assert!(told(&plan)[0].starts_with("This lowers a classification. Say why"), "{plan:?}");
        let field = "assets[0].columns[0].classification";
        assert_eq!((plan.refused[0].field.as_str(), plan.refused[0].line), (field, 10));
        let because = || Push { reason: "Names are gone".to_owned(), ..push(lower()) };
        let refused = refusal(mesh::plan(&world.ctx, &owner, because()).await);
        assert_eq!(refused.kind, ErrorKind::Forbidden);
        assert!(refused.message.starts_with(&format!("{FILE}: {field}: ")), "{}", refused.message);
        let recorded = "SELECT COUNT(*) FROM audit WHERE action = 'mesh.push.refused' AND subject = 'domain controlling'";
        assert_eq!(world.number(recorded).await, 1);
        let plan = mesh::plan(&world.ctx, &steward, because()).await.expect("it may");
        let effects = &plan.changed[0].effects;
        assert_eq!(effects[0], "It lowers a classification, which Ines Hoffmann answers for.", "{effects:?}");
        let id = plan.id.expect("it can be applied");
        mesh::apply(&world.ctx, &steward, id, "").await.expect("the plan has a reason");
        let reason = "SELECT COUNT(*) FROM revision WHERE document = 'letters.sent' AND reason = 'Names are gone'";
        assert_eq!(world.number(reason).await, 1);
    }

    async fn what_becomes_public_needs_a_reason_from_its_first_moment_on(world) {
        let account = pipeline(world, "ines.hoffmann").await;
        let public = || letters("classification: confidential", "classification: public");
        let plan = planned(world, &account, public()).await.expect("it is wrong");
        assert!(told(&plan)[0].starts_with("This makes something public. Say why"), "{plan:?}");
        let field = "assets[0].columns[0].classification";
        assert_eq!((told(&plan).len(), plan.refused[0].field.as_str(), plan.refused[0].line), (1, field, 10));
        let because = Push { reason: "Everybody may know".to_owned(), ..push(public()) };
        let plan = mesh::plan(&world.ctx, &account, because).await.expect("it may");
        let effects = &plan.created[0].effects;
        assert!(effects.iter().any(|told| told.starts_with("Public from now on: customer.")), "{effects:?}");
        assert!(!effects.iter().any(|told| told.contains("answers for")), "nothing was lowered: {effects:?}");
        applied(world, &account, &plan).await.expect("the plan has a reason");
    }

    async fn a_plan_of_an_asset_is_never_applied_to_another_one(world) {
        let account = pipeline(world, "aylin.demir").await;
        let pushed = with(&held(world).await, "tags:\n  - receivables", "tags:\n  - cases\n  - receivables");
        let plan = planned(world, &account, pushed).await.expect("it may");
        assert_eq!(plan.changed.len(), 1, "{plan:?}");
        // No revision tells of it: files bring it.
        world.import(vec![changed("assets/gold.yaml", "Collection cases, one row a case", "Cases, one row each")]).await;
        let moved = refusal(applied(world, &account, &plan).await);
        assert_eq!(moved.kind, ErrorKind::Conflict);
        assert!(moved.message.contains("It would change something else by now."), "{}", moved.message);
    }

    async fn an_asset_that_was_changed_on_a_page_meets_its_file(world) {
        let account = pipeline(world, "aylin.demir").await;
        let held = held(world).await;
        let (aylin, id) = (call(&world.ctx, &world.viewer("aylin.demir").await).await, "gold.collections");
        let editing = assets::edit(&aylin, id).await.expect("she may");
        let text = AssetText { description: "Written on a page.".to_owned(), ..editing.text };
        let domain = DomainId::from("controlling");
        let published = assets::publish(&aylin, Some(id), &domain, &editing.seen, &text, "", "Asked for").await;
        published.expect("she may");
        let plan = planned(world, &account, vec![held.clone()]).await.expect("it may");
        assert_eq!((plan.kept.len(), plan.id), (1, None), "{plan:?}");
        let late = with(&held, "Collection cases, one row a case", "Cases, one row each");
        let plan = planned(world, &account, late.clone()).await.expect("it may");
        let [meeting] = plan.meetings.as_slice() else { panic!("they meet: {plan:?}") };
        assert_eq!((meeting.kind, meeting.id.as_str(), meeting.file.as_str()), (DocumentKind::Asset, id, HELD));
        assert!(meeting.diff.iter().any(|line| line.text.contains("Written on a page.")), "{meeting:?}");
        let over = vec![Over { kind: DocumentKind::Asset, id: id.to_owned(), revision: meeting.revision }];
        let plan = mesh::plan(&world.ctx, &account, Push { over, ..push(late) }).await.expect("it may");
        assert_eq!((plan.meetings.len(), plan.changed.len()), (0, 1), "{plan:?}");
        applied(world, &account, &plan).await.expect("its author has seen it");
    }

    async fn a_term_links_to_what_who_answers_for_it_sees(world) {
        let account = pipeline(world, "aylin.demir").await;
        let links = format!("{TERM}columns: [letters.sent#customer, gold.collections#stage]\nproducts: [dunning]\n");
        let files = vec![file("letter.yaml", &links), file(FILE, LETTERS), file(NEW_FILE, NEW)];
        let plan = planned(world, &account, files).await.expect("it may");
        assert!(plan.is_right() && plan.created.len() == 4, "what is pushed as well is there: {plan:?}");
        applied(world, &account, &plan).await.expect("it may");
        let fewer = links.replace("letters.sent#customer, ", "");
        let plan = planned(world, &account, vec![file("letter.yaml", &fewer)]).await.expect("it may");
        assert_eq!((plan.changed[0].kind, plan.changed[0].added, plan.changed[0].removed), (DocumentKind::Term, 1, 1));
        let finance = program(world, "finance", "maria.keller", &["finance:term"]).await;
        let taken = refusal(planned(world, &finance, vec![file("letter.yaml", &links)]).await);
        assert_eq!(taken.rule, Some("push.no_scope"));
        let of = |product: &str| {
            let text = TERM.replace("controlling", "finance").replace("id: letter", "id: reminder");
            vec![file("reminder.yaml", &format!("{text}products: [{product}]\n"))]
        };
        let nobodys = planned(world, &finance, of("nothing")).await.expect("it is wrong");
        assert!(told(&nobodys)[0].starts_with("The catalog has no data product \"nothing\"."), "{nobodys:?}");
        let hidden = planned(world, &finance, of("receivables-ageing")).await.expect("it is wrong");
        assert_eq!(told(&hidden)[0].replace("receivables-ageing", "nothing"), told(&nobodys)[0]);
        assert_eq!((hidden.refused[0].field.as_str(), hidden.refused[0].line), ("products[0]", 7));
        let right = planned(world, &finance, of("sales-forecast")).await.expect("it may");
        assert!(right.is_right() && right.id.is_some(), "{right:?}");
    }

    async fn the_asset_of_a_dashboard_stays_in_its_domain(world) {
        let scopes = ["controlling:asset", "finance:asset"];
        let account = program(world, "steward of both", "ines.hoffmann", &scopes).await;
        let text = "apiVersion: lakeport/v1\nkind: Assets\ndomain: finance\nnamespace: lakeport\nassets:\n\
                    - id: collections-controlling\n  kind: dashboard\n  description: Taken along\n";
        let away = Push { reason: "It moves".to_owned(), ..push(vec![file("assets/away.yaml", text)]) };
        let plan = mesh::plan(&world.ctx, &account, away).await.expect("it is wrong");
        assert!(plan.id.is_none(), "{plan:?}");
        assert!(told(&plan)[0].ends_with("which belongs to domain \"finance\". Only that domain can offer it."), "{plan:?}");
    }

    async fn a_push_takes_no_link_out_that_its_author_does_not_see(world) {
        let finance = program(world, "finance", "maria.keller", &["finance:term"]).await;
        let text = TERM.replace("controlling", "finance").replace("id: letter", "id: reminder");
        let hidden = format!("{text}products: [receivables-ageing]\n");
        world.import(vec![file("glossary/reminder.yaml", &hidden)]).await;
        let same = planned(world, &finance, vec![file("reminder.yaml", &hidden)]).await.expect("it may");
        assert!(same.is_right() && same.unchanged == 1, "{same:?}");
        for other in [text.clone(), hidden.replace("a debtor", "debtors"), format!("{text}products: [nothing]\n")] {
            let plan = planned(world, &finance, vec![file("reminder.yaml", &other)]).await.expect("it is wrong");
            let said = "This term names something that whoever answers for the token does not see; change it on its page.";
            assert_eq!(told(&plan), [said]);
            assert_eq!((plan.refused[0].field.as_str(), plan.refused[0].line), ("id", 3));
        }
    }
}
