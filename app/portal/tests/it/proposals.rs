//! Changes that members propose: accepted in the name of whoever decides, declined, withdrawn, replaced and overtaken.

use lakeport_model::PageRequest;
use lakeport_model::assets::AssetText;
use lakeport_model::documents::{Published, TextKind};
use lakeport_model::glossary::TermText;
use lakeport_model::people::Role;
use lakeport_model::proposals::{ProposalPage, ProposalState, Proposals};
use lakeport_model::retire::{Retirable, Retire};
use lakeport_model::{AssetId, ProductId, ProposalId};
use lakeport_portal::proposals::{self, Settles, Written};
use lakeport_portal::{Error, ErrorKind, assets, audit, catalog, documents, glossary, people, retire};

use crate::world::{World, call, mesh, on_both, refusal};

const PRODUCT: &str = "collections";
const FILE: &str = "products/collections.odps.yaml";
const TERM: &str = "recovery-rate";
const TABLE: &str = "gold.collections";

/// The demo's file of the collections under another name.
fn renamed(name: &str) -> String {
    let files = mesh();
    let text = &files.iter().find(|file| file.path == FILE).expect("it is there").text;
    text.replacen("name: Collections\n", &format!("name: {name}\n"), 1)
}

async fn send(
    world: &World,
    who: &str,
    id: &str,
    base: &str,
    written: Written<'_>,
) -> Result<ProposalId, Error> {
    let call = call(&world.ctx, &world.viewer(who).await).await;
    proposals::propose(&call, id, base, written, "Asked for").await
}

/// Proposes another name for the product, on its first revision.
async fn rename(world: &World, who: &str, name: &str) -> Result<ProposalId, Error> {
    send(world, who, PRODUCT, "1", Written::Product(&renamed(name))).await
}

async fn page(world: &World, who: &str, id: ProposalId) -> Result<ProposalPage, Error> {
    proposals::page(&call(&world.ctx, &world.viewer(who).await).await, id).await
}

/// What stands for the text that members see.
async fn seen(world: &World, id: ProposalId) -> String {
    page(world, "greta.lund", id).await.expect("she is a member").seen
}

async fn accept(world: &World, who: &str, id: ProposalId) -> Result<(Retirable, Published), Error> {
    let seen = seen(world, id).await;
    proposals::accept(&call(&world.ctx, &world.viewer(who).await).await, id, &seen, "").await
}

/// Accepts it with consent to what it means for people.
async fn agree(world: &World, who: &str, id: ProposalId) -> Result<(Retirable, Published), Error> {
    let shown = page(world, who, id).await?;
    let call = call(&world.ctx, &world.viewer(who).await).await;
    proposals::accept(&call, id, &shown.seen, &shown.meaning).await
}

async fn list(world: &World, who: &str) -> Proposals {
    let call = call(&world.ctx, &world.viewer(who).await).await;
    proposals::list(&call, PageRequest::default()).await.expect("it opens")
}

/// Messages about a proposal that somebody still has to act upon.
async fn unsettled(world: &World, id: ProposalId) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM notification WHERE about = '/proposals/{id}' AND NOT settled");
    world.number(&sql).await
}

async fn decline(world: &World, who: &str, id: ProposalId, seen: &str, why: &str) -> Result<(), Error> {
    proposals::decline(&call(&world.ctx, &world.viewer(who).await).await, id, seen, why).await
}

async fn withdraw(world: &World, who: &str, id: ProposalId) -> Result<(), Error> {
    proposals::withdraw(&call(&world.ctx, &world.viewer(who).await).await, id).await
}

async fn count(world: &World) -> i64 {
    world.number("SELECT COUNT(*) FROM proposal").await
}

/// Who published the newest revision of the product, and why.
async fn newest(world: &World) -> (u32, String, String) {
    let tom = world.viewer("tom.fischer").await;
    let call = call(&world.ctx, &tom).await;
    let history = documents::history(&call, TextKind::Product, PRODUCT, PageRequest::default()).await;
    let line = history.expect("he is a member").lines.remove(0);
    (line.number, line.who, line.reason)
}

on_both! { demo =>
    async fn a_member_proposes_and_the_owner_publishes_it_in_her_name(world) {
        let tom = world.viewer("tom.fischer").await;
        let shown = catalog::product(&call(&world.ctx, &tom).await, &ProductId::from(PRODUCT)).await.expect("it opens");
        assert!(shown.may_propose && !shown.may_edit);
        let begun = documents::edit(&call(&world.ctx, &tom).await, TextKind::Product, PRODUCT, None).await.expect("he proposes");
        assert!(begun.proposes && begun.base == 1);
        let text = renamed("Debt");
        let looked = documents::check(&call(&world.ctx, &tom).await, TextKind::Product, Some(PRODUCT), 1, &text).await;
        assert!(looked.expect("he proposes").is_right());
        let mut ids = Vec::new();
        for _ in 0..2 {
            ids.push(rename(world, "tom.fischer", "Debt collection").await.expect("he may"));
        }
        assert_eq!((ids[0], count(world).await), (ids[1], 1), "sent twice, it was proposed once");
        let id = ids[0];
        let told = "Tom Fischer proposes a change of data product \"Collections\"";
        for (who, times) in [("aylin.demir", 1), ("ines.hoffmann", 1), ("greta.lund", 0), ("tom.fischer", 0)] {
            assert_eq!(world.told(who, told).await, times, "{who}");
        }
        let of_a_member = page(world, "greta.lund", id).await.expect("she is a member");
        assert!(!of_a_member.may_decide && !of_a_member.may_withdraw && !of_a_member.diff.is_empty());
        assert!(page(world, "tom.fischer", id).await.expect("it is his").may_withdraw);
        let shown = page(world, "aylin.demir", id).await.expect("she decides");
        assert!(shown.may_decide && shown.overtaken.is_none() && shown.problems.is_empty(), "{shown:?}");
        for who in ["paula.brandt", "maria.keller", "sofia.lindqvist"] {
            assert_eq!(refusal(page(world, who, id).await).kind, ErrorKind::NotFound, "{who}");
        }
        let (kind, done) = accept(world, "aylin.demir", id).await.expect("she may");
        assert_eq!((kind, done.number, done.is_new), (Retirable::Product, 2, true));
        let why = "Proposed by Tom Fischer: Asked for".to_owned();
        assert_eq!(newest(world).await, (2, "Aylin Demir".to_owned(), why));
        assert_eq!(world.told("tom.fischer", "Data product \"Collections\": your change was accepted").await, 1);
        let shown = page(world, "tom.fischer", id).await.expect("it stays");
        assert_eq!(shown.line.state, ProposalState::Accepted);
        assert_eq!(shown.line.end.map(|end| end.who), Some("Aylin Demir".to_owned()));
        assert!(!shown.diff.is_empty(), "against what it was written on");
        assert_eq!(refusal(accept(world, "aylin.demir", id).await).kind, ErrorKind::Conflict);
        assert_eq!(refusal(withdraw(world, "tom.fischer", id).await).kind, ErrorKind::Conflict);
        assert_eq!(audit::verify(&world.ctx, None).await.expect("it can be read").problem, None);
    }

    async fn it_is_declined_with_a_reason_withdrawn_and_replaced(world) {
        let id = rename(world, "tom.fischer", "Debt").await.expect("he may");
        let before = seen(world, id).await;
        world.travel(1);
        assert_eq!(rename(world, "tom.fischer", "Debt collection").await.expect("he may"), id, "in its place");
        assert_eq!(count(world).await, 1);
        let unseen = refusal(decline(world, "ines.hoffmann", id, &before, "Not now").await);
        assert_eq!(unseen.kind, ErrorKind::Conflict);
        let now = seen(world, id).await;
        let silent = refusal(decline(world, "ines.hoffmann", id, &now, " ").await);
        assert_eq!((silent.kind, silent.field), (ErrorKind::Invalid, Some("reason")));
        decline(world, "ines.hoffmann", id, &now, "Not now").await.expect("she may");
        assert_eq!(world.told("tom.fischer", "Data product \"Collections\": your change was declined").await, 1);
        let end = page(world, "tom.fischer", id).await.expect("it stays").line.end.expect("it ended");
        assert_eq!((end.who.as_str(), end.why.as_str()), ("Ines Hoffmann", "Not now"));
        let next = rename(world, "tom.fischer", "Debt collection").await.expect("he may, again");
        assert!(next != id && count(world).await == 2);
        assert_eq!(refusal(withdraw(world, "greta.lund", next).await).kind, ErrorKind::NotFound);
        withdraw(world, "tom.fischer", next).await.expect("it is his");
        let state = page(world, "aylin.demir", next).await.expect("it stays").line.state;
        assert_eq!(state, ProposalState::Withdrawn);
        assert_eq!(newest(world).await.0, 1, "nothing was published");
        let records = "SELECT COUNT(*) FROM audit WHERE action IN \
                       ('product.propose', 'product.decline_proposal', 'product.withdraw_proposal') AND domain = 'controlling'";
        assert_eq!(world.number(records).await, 5);
    }

    async fn what_was_overtaken_is_put_together_by_hand(world) {
        let id = rename(world, "tom.fischer", "Debt collection").await.expect("he may");
        let aylin = world.viewer("aylin.demir").await;
        let own = renamed("Cases");
        let done = documents::publish(&call(&world.ctx, &aylin).await, TextKind::Product, Some(PRODUCT), 1, &own, "Mine").await;
        assert_eq!(done.expect("she may").number, 2);
        let late = refusal(rename(world, "greta.lund", "Late").await);
        assert_eq!((late.kind, late.field), (ErrorKind::Conflict, Some("text")));
        let shown = page(world, "aylin.demir", id).await.expect("she decides");
        assert!(shown.overtaken.is_some_and(|said| said.starts_with("Aylin Demir published revision 2")));
        let refused = refusal(accept(world, "aylin.demir", id).await);
        assert_eq!((refused.kind, refused.field), (ErrorKind::Conflict, Some("accept")));
        let form = proposals::edit_product(&call(&world.ctx, &aylin).await, PRODUCT, id).await.expect("she may");
        assert_eq!((form.text, form.base), (renamed("Debt collection"), 1), "what it was written on");
        assert_eq!(form.newest.map(|newest| newest.number), Some(2));
        let merging = form.proposal.expect("it holds one");
        assert_eq!(merging.reason, "Proposed by Tom Fischer: Asked for");
        let settles = Settles { id, seen: &merging.seen };
        let call = call(&world.ctx, &aylin).await;
        let both = renamed("Debt cases");
        let unseen = documents::publish_proposed(&call, settles, PRODUCT, 1, &both, &merging.reason).await;
        let unseen = refusal(unseen);
        assert_eq!((unseen.kind, unseen.field), (ErrorKind::Conflict, Some("text")));
        let known = refusal(documents::publish_proposed(&call, settles, PRODUCT, 2, &own, &merging.reason).await);
        assert_eq!(known.kind, ErrorKind::Conflict, "it says what is published, and the proposal stays open");
        assert!(known.message.starts_with("What this proposes is published already."), "{known:?}");
        let done = documents::publish_proposed(&call, settles, PRODUCT, 2, &both, &merging.reason).await;
        assert_eq!(done.expect("she may").number, 3);
        let state = page(world, "tom.fischer", id).await.expect("it stays").line.state;
        assert_eq!(state, ProposalState::Accepted);
        let form = proposals::edit_product(&call, PRODUCT, id).await.expect("she may");
        assert!(form.proposal.is_none(), "what was typed is sent without it");
    }

    async fn what_is_too_long_to_be_shown_is_not_accepted_unseen(world) {
        let text = format!("{}{}", renamed("Debt"), "# One more line.\n".repeat(2_100));
        let id = send(world, "tom.fischer", PRODUCT, "1", Written::Product(&text)).await.expect("he may");
        assert!(page(world, "aylin.demir", id).await.expect("she decides").is_cut);
        let refused = refusal(accept(world, "aylin.demir", id).await);
        assert_eq!((refused.kind, refused.field), (ErrorKind::Conflict, Some("accept")));
        assert!(refused.message.contains("open it in the form"), "{}", refused.message);
        assert_eq!(newest(world).await.0, 1);
    }

    async fn nobody_accepts_what_they_have_not_seen_nor_their_own_when_promoted(world) {
        let id = rename(world, "tom.fischer", "Debt").await.expect("he may");
        let before = seen(world, id).await;
        world.travel(1);
        rename(world, "tom.fischer", "Debt collection").await.expect("he may");
        let aylin = call(&world.ctx, &world.viewer("aylin.demir").await).await;
        let old = refusal(proposals::accept(&aylin, id, &before, "").await);
        assert_eq!((old.kind, newest(world).await.0), (ErrorKind::Conflict, 1));
        people::put_member(&aylin, &"controlling".into(), "Tom Fischer", Role::Owner).await.expect("she may");
        let shown = page(world, "tom.fischer", id).await.expect("it is his");
        assert!(!shown.may_decide && shown.may_withdraw);
        assert_eq!(refusal(accept(world, "tom.fischer", id).await).rule, Some("proposal.own"));
        assert!(list(world, "tom.fischer").await.to_decide.items.is_empty());
        assert!(unsettled(world, id).await > 0, "it waits");
        withdraw(world, "tom.fischer", id).await.expect("it is his");
        assert_eq!(unsettled(world, id).await, 0);
    }

    async fn what_lowers_a_classification_is_accepted_by_the_steward(world) {
        world.granted("paula.brandt", "collections/cases", 30, &["aylin.demir"]).await;
        let tom = world.viewer("tom.fischer").await;
        let begun = assets::edit(&call(&world.ctx, &tom).await, TABLE).await.expect("he proposes");
        let mut text = begun.text;
        "internal".clone_into(&mut text.columns[0].classification);
        let id = send(world, "tom.fischer", TABLE, &begun.seen, Written::Asset(&text)).await.expect("he may");
        let counts = |shown: &ProposalPage| shown.effects.iter().any(|told| told.contains("has access to it"));
        for who in ["tom.fischer", "greta.lund"] {
            let shown = page(world, who, id).await.expect("they are members");
            assert!(!shown.effects.is_empty() && !counts(&shown), "{who}: {:?}", shown.effects);
        }
        let shown = page(world, "ines.hoffmann", id).await.expect("she decides");
        assert!(counts(&shown) && shown.needs_consent, "{:?}", shown.effects);
        let owner = refusal(agree(world, "aylin.demir", id).await);
        assert_eq!((owner.kind, owner.rule), (ErrorKind::Forbidden, Some("classification.steward_needed")));
        let unaware = refusal(accept(world, "ines.hoffmann", id).await);
        assert_eq!((unaware.kind, unaware.field), (ErrorKind::Invalid, Some("accept")));
        agree(world, "ines.hoffmann", id).await.expect("she may");
        assert_eq!(unsettled(world, id).await, 1, "whoever proposed it has not read that");
    }

    async fn a_proposal_follows_what_it_is_about_and_whoever_stays_behind_is_told_nothing(world) {
        let tom = world.viewer("tom.fischer").await;
        let begun = glossary::edit(&call(&world.ctx, &tom).await, TERM).await.expect("he proposes");
        let base = begun.base.to_string();
        let text = TermText { definition: "Collected divided by claimed.".to_owned(), ..begun.text };
        let id = send(world, "tom.fischer", TERM, &base, Written::Term(&text)).await.expect("he may");
        let ines = call(&world.ctx, &world.viewer("ines.hoffmann").await).await;
        let now = glossary::edit(&ines, TERM).await.expect("she may");
        let moved = glossary::publish(&ines, Some(TERM), &"finance".into(), now.base, &now.text, "Moved").await;
        moved.expect("she is a steward of both");
        assert!(list(world, "aylin.demir").await.to_decide.items.is_empty());
        assert_eq!(list(world, "maria.keller").await.to_decide.items.len(), 1);
        assert_eq!(refusal(page(world, "tom.fischer", id).await).kind, ErrorKind::NotFound);
        let maria = call(&world.ctx, &world.viewer("maria.keller").await).await;
        let form = proposals::edit_term(&maria, TERM, id).await.expect("she may");
        assert_eq!((form.base, form.newest), (begun.base, begun.base + 1), "somebody has published since");
        let mark = page(world, "maria.keller", id).await.expect("she decides").seen;
        decline(world, "maria.keller", id, &mark, "Between us").await.expect("she may");
        assert_eq!(world.told("tom.fischer", "Term \"").await, 0);
        let line = list(world, "tom.fischer").await.mine.items.remove(0);
        assert_eq!((line.name.as_str(), line.domain.name.as_str()), (TERM, ""));
        assert_eq!(line.end.map(|end| end.why), Some(String::new()));
    }

    async fn whoever_publishes_or_belongs_elsewhere_proposes_nothing(world) {
        for who in ["aylin.demir", "ines.hoffmann", "maria.keller", "sofia.lindqvist"] {
            let refused = refusal(rename(world, who, "Mine").await);
            assert_eq!((refused.kind, refused.rule), (ErrorKind::Forbidden, Some("proposal.not_eligible")), "{who}");
        }
        let id = rename(world, "tom.fischer", "Debt collection").await.expect("he may");
        let greta = refusal(accept(world, "greta.lund", id).await);
        assert_eq!((greta.kind, greta.rule), (ErrorKind::Forbidden, Some("publish.not_eligible")));
        let own = refusal(accept(world, "tom.fischer", id).await);
        assert_eq!((own.kind, own.rule), (ErrorKind::Forbidden, Some("proposal.own")));
        let seen = seen(world, id).await;
        let own = refusal(decline(world, "tom.fischer", id, &seen, "Mine").await);
        assert_eq!((own.kind, own.rule), (ErrorKind::Forbidden, Some("proposal.own")));
        assert_eq!(refusal(decline(world, "maria.keller", id, &seen, "No").await).kind, ErrorKind::NotFound);
        for wrong in ["name: [", &renamed("X").replace("domain: controlling", "domain: finance")] {
            let refused = refusal(send(world, "greta.lund", PRODUCT, "1", Written::Product(wrong)).await);
            assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some("text")), "{refused:?}");
        }
        let same = refusal(rename(world, "greta.lund", "Collections").await);
        assert_eq!(same.kind, ErrorKind::Conflict, "there is nothing to propose");
        let call_of_greta = call(&world.ctx, &world.viewer("greta.lund").await).await;
        let text = renamed("Debt");
        let silent = proposals::propose(&call_of_greta, PRODUCT, "1", Written::Product(&text), " ").await;
        assert_eq!(refusal(silent).field, Some("reason"));
        let nothing = send(world, "greta.lund", "nothing", "1", Written::Product(&text)).await;
        assert_eq!(refusal(nothing).kind, ErrorKind::NotFound);
        assert_eq!(count(world).await, 1);
    }

    async fn what_is_retired_takes_none(world) {
        let aylin = world.viewer("aylin.demir").await;
        let shown = retire::begin(&call(&world.ctx, &aylin).await, Retirable::Product, PRODUCT).await.expect("she may");
        let wanted = Retire {
            on: world.day(1).to_string(),
            reason: "Sums by day replace it".to_owned(),
            successor: String::new(),
            seen: shown.seen,
        };
        let done = retire::retire(&call(&world.ctx, &aylin).await, Retirable::Product, PRODUCT, &wanted).await;
        done.expect("nobody relies on it");
        rename(world, "greta.lund", "Until then").await.expect("it is offered still");
        world.travel(1);
        assert_eq!(refusal(rename(world, "tom.fischer", "Debt").await).kind, ErrorKind::Conflict);
        let tom = world.viewer("tom.fischer").await;
        let shown = catalog::product(&call(&world.ctx, &tom).await, &ProductId::from(PRODUCT)).await.expect("its page stays");
        assert!(!shown.may_propose);
    }

    async fn the_fields_of_a_term_are_proposed(world) {
        let tom = world.viewer("tom.fischer").await;
        let begun = glossary::edit(&call(&world.ctx, &tom).await, TERM).await.expect("he proposes");
        assert!(begun.proposes);
        let text = TermText { definition: "Collected divided by claimed.".to_owned(), ..begun.text };
        let base = begun.base.to_string();
        let id = send(world, "tom.fischer", TERM, &base, Written::Term(&text)).await.expect("he may");
        let wrong = TermText { definition: String::new(), ..text.clone() };
        let refused = refusal(send(world, "greta.lund", TERM, &base, Written::Term(&wrong)).await);
        assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some("definition")));
        let shown = page(world, "aylin.demir", id).await.expect("she decides");
        assert!(shown.may_decide && shown.overtaken.is_none());
        assert!(shown.diff.iter().any(|line| line.text.contains("Collected divided by claimed.")), "{:?}", shown.diff);
        let aylin = world.viewer("aylin.demir").await;
        let form = proposals::edit_term(&call(&world.ctx, &aylin).await, TERM, id).await.expect("she may");
        assert_eq!(form.text.definition, text.definition);
        let (kind, done) = accept(world, "aylin.demir", id).await.expect("she may");
        assert_eq!((kind, done.number), (Retirable::Term, begun.base + 1));
        let told = glossary::term(&call(&world.ctx, &aylin).await, TERM).await.expect("it is there");
        assert!(told.definition.contains("Collected divided by claimed."), "{}", told.definition);
        assert_eq!(world.told("tom.fischer", "Term \"").await, 1);
    }

    async fn the_fields_of_an_asset_are_proposed(world) {
        let tom = world.viewer("tom.fischer").await;
        let begun = assets::edit(&call(&world.ctx, &tom).await, TABLE).await.expect("he proposes");
        assert!(begun.proposes);
        let text = AssetText { description: "One row a case.".to_owned(), ..begun.text };
        let domain = begun.domain.id.clone();
        let checked = assets::check(&call(&world.ctx, &tom).await, Some(TABLE), &domain, &begun.seen, &text).await;
        let checked = checked.expect("he proposes");
        assert!(checked.problems.is_empty() && !checked.needs_consent, "{checked:?}");
        let id = send(world, "tom.fischer", TABLE, &begun.seen, Written::Asset(&text)).await.expect("he may");
        let shown = page(world, "aylin.demir", id).await.expect("she decides");
        assert!(shown.diff.iter().any(|line| line.text.contains("One row a case.")), "{:?}", shown.diff);
        let (kind, done) = accept(world, "aylin.demir", id).await.expect("she may");
        assert_eq!((kind, done.is_new), (Retirable::Asset, true));
        let aylin = world.viewer("aylin.demir").await;
        let told = catalog::asset(&call(&world.ctx, &aylin).await, &AssetId::from(TABLE)).await.expect("it opens");
        assert!(told.about.contains("One row a case."), "{}", told.about);
        assert!(!told.may_propose && told.may_edit);
    }

    async fn those_to_decide_are_counted_for_those_who_may(world) {
        let id = rename(world, "tom.fischer", "Debt collection").await.expect("he may");
        for (who, to_decide, mine) in
            [("aylin.demir", 1, 0), ("ines.hoffmann", 1, 0), ("tom.fischer", 0, 1), ("greta.lund", 0, 0), ("maria.keller", 0, 0)]
        {
            let call = call(&world.ctx, &world.viewer(who).await).await;
            let listed = proposals::list(&call, PageRequest::default()).await.expect("it opens");
            assert_eq!((listed.to_decide.items.len(), listed.mine.items.len()), (to_decide, mine), "{who}");
            let shell = people::shell(&call).await.expect("it opens");
            assert_eq!((shell.proposals as usize, shell.has_proposed), (to_decide, mine > 0), "{who}");
            let home = catalog::home(&call).await.expect("it opens");
            let task = home.tasks.iter().any(|task| task.label == "1 proposal to decide");
            assert_eq!(task, to_decide > 0, "{who}");
        }
        withdraw(world, "tom.fischer", id).await.expect("it is his");
        let call = call(&world.ctx, &world.viewer("aylin.demir").await).await;
        let listed = proposals::list(&call, PageRequest::default()).await.expect("it opens");
        assert!(listed.to_decide.items.is_empty());
        let broken = PageRequest { after: Some("x".to_owned()), ..PageRequest::default() };
        assert_eq!(refusal(proposals::list(&call, broken).await).field, Some("after"));
    }
}
