//! What may be asked for, by whom, and when.

use lakeport_model::PageRequest;
use lakeport_model::access::{GrantStanding, HeldOn, NewRequest};
use lakeport_portal::{Actor, ErrorKind, access, catalog, notify, people};

use crate::world::{call, file, on_both, refusal};

const CASES: &str = "collections/cases";
const TABLE: &str = "gold.collections";
const FORECAST: &str = "sales-forecast/forecast";
const CUSTOMERS: &str = "customers/customers";

on_both! { demo =>
    async fn what_the_catalog_does_not_know_cannot_be_asked_for(world) {
        let product = |visibility: &str| {
            let text = format!(
                "apiVersion: v1.0.0\nkind: DataProduct\nid: returns\nname: Returns\nversion: 1.0.0\nstatus: active\n\
                 domain: controlling\ncustomProperties:\n- {{property: visibility, value: {visibility}}}\noutputPorts:\n\
                 - name: cases\n  version: 1.0.0\n  customProperties:\n  - {{property: asset, value: gold.returns}}\n"
            );
            file("returns.odps.yaml", &text)
        };
        world.import(vec![product("open")]).await;
        let refused = refusal(world.ask("paula.brandt", "returns/cases", 30).await);
        assert_eq!(
            (refused.kind, refused.message.as_str()),
            (ErrorKind::Conflict, "The catalog does not know the data behind this output port yet. Ask the product's owner to add it.")
        );
        world.import(vec![product("private")]).await;
        let hidden = refusal(world.ask("paula.brandt", "returns/cases", 30).await);
        assert_eq!(hidden.kind, ErrorKind::NotFound, "not even that it exists");
        world.import(vec![product("open")]).await;
        world.classify("gold.returns", "controlling", "internal").await;
        world.ask("paula.brandt", "returns/cases", 30).await.expect("now there is something to ask for");
    }

    async fn what_is_asked_must_fit_the_policy(world) {
        let paula = world.viewer("paula.brandt").await;
        let form = access::request_form(&call(&world.ctx, &paula).await, &CASES.into()).await.expect("the form opens");
        assert_eq!((form.earliest_end, form.latest_end), (world.day(1), world.day(365)));
        let good = NewRequest {
            port: CASES.into(),
            purpose: "Compare suppliers".to_owned(),
            ends_on: form.latest_end,
            contract_version: Some("1.0.0".to_owned()),
        };
        let send = async |change: fn(&mut NewRequest)| {
            let mut new = good.clone();
            change(&mut new);
            access::request(&call(&world.ctx, &paula).await, new).await
        };
        let wrong = [
            ("purpose", refusal(send(|new| new.purpose = String::from(" \n")).await)),
            ("purpose", refusal(send(|new| new.purpose = "x".repeat(2_001)).await)),
            ("purpose", refusal(send(|new| new.purpose = String::from("x . . . . . . . . . .")).await)),
            ("ends_on", refusal(send(|new| new.ends_on = new.ends_on.succ_opt().expect("a day")).await)),
            ("ends_on", refusal(send(|new| new.ends_on = "2026-12-01".parse().expect("a day")).await)),
            ("contract_version", refusal(send(|new| new.contract_version = None).await)),
            ("contract_version", refusal(send(|new| new.contract_version = Some("0.9.0".to_owned())).await)),
        ];
        for (field, refused) in wrong {
            assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some(field)));
        }
        send(|_| ()).await.expect("the last day allowed is allowed");
        let unknown = access::request_form(&call(&world.ctx, &paula).await, &"collections/nothing".into()).await;
        assert_eq!(refusal(unknown).kind, ErrorKind::NotFound);
    }

    async fn a_renewal_never_starts_from_an_empty_form(world) {
        world.granted("paula.brandt", CASES, 30, &["aylin.demir"]).await;
        let grant = world.grants("paula.brandt").await.remove(0);
        let form = |who: &'static str| async move {
            let viewer = world.viewer(who).await;
            access::request_form_like(&call(&world.ctx, &viewer).await, &CASES.into(), Some(grant.request)).await
        };
        let renewal = form("paula.brandt").await.expect("the form opens");
        assert_eq!(renewal.renews, Some(world.day(30)));
        assert_eq!(renewal.purpose, "paula.brandt compares suppliers");
        assert_eq!(renewal.policy[0], "Aylin Demir decides.", "whoever decides is named");
        let other = form("clara.neumann").await.expect("the form opens");
        assert!(other.renews.is_none() && other.purpose.is_empty(), "another's purpose is nobody's to read");
    }

    async fn a_renewal_never_starts_with_a_day_that_is_refused(world) {
        let paula = world.viewer("paula.brandt").await;
        let form = async || access::request_form(&call(&world.ctx, &paula).await, &CASES.into()).await.expect("it opens");
        assert_eq!(form().await.suggested_end, world.day(180));
        world.granted("paula.brandt", CASES, 300, &["aylin.demir"]).await;
        let refused = refusal(world.ask("paula.brandt", CASES, 180).await);
        assert_eq!(
            (refused.kind, refused.field, refused.message.as_str()),
            (
                ErrorKind::Invalid,
                Some("ends_on"),
                "You have this access until 27 Sep 2027 already. Choose a later end to renew it."
            )
        );
        assert_eq!(form().await.suggested_end, world.day(365), "the last day that the policy allows");
        world.travel(200);
        assert_eq!(form().await.suggested_end, world.day(100 + 180), "counted from the end of what is held");
        world.ask("paula.brandt", CASES, 280).await.expect("what is suggested is taken");
    }

    async fn a_renewal_never_offers_the_day_that_is_held_already(world) {
        let grant = world.granted("paula.brandt", CASES, 30, &["aylin.demir"]).await;
        let paula = world.viewer("paula.brandt").await;
        let like = world.grant("paula.brandt", grant).await.request;
        for like in [None, Some(like)] {
            let form = access::request_form_like(&call(&world.ctx, &paula).await, &CASES.into(), like).await;
            let form = form.expect("it opens");
            assert_eq!((form.renews, form.earliest_end), (Some(world.day(30)), world.day(31)));
        }
        let same = refusal(world.ask("paula.brandt", CASES, 30).await);
        assert_eq!(same.field, Some("ends_on"), "it would be no renewal");
        world.ask("paula.brandt", CASES, 31).await.expect("the first day that is offered is taken");
    }

    async fn what_is_held_as_long_as_it_may_be_is_never_asked_to_last_longer(world) {
        world.granted("paula.brandt", CASES, 365, &["aylin.demir"]).await;
        let refused = refusal(world.ask("paula.brandt", CASES, 365).await);
        assert_eq!(
            refused.message,
            "You have this access until 1 Dec 2027 already. No later end is allowed today; ask again nearer to that day."
        );
    }

    async fn the_form_never_opens_for_what_waits_already(world) {
        let form = |who: &'static str| async move {
            let viewer = world.viewer(who).await;
            access::request_form(&call(&world.ctx, &viewer).await, &CASES.into()).await.expect("the form opens")
        };
        assert_eq!(form("paula.brandt").await.waiting, None);
        let id = world.ask("paula.brandt", CASES, 30).await.expect("she may ask");
        let waiting = form("paula.brandt").await.waiting.expect("it waits");
        assert_eq!((waiting.id, waiting.with), (id, vec!["Aylin Demir".to_owned()]));
        assert_eq!(form("clara.neumann").await.waiting, None, "another's request is nobody's to know of");
        access::withdraw(&call(&world.ctx, &world.viewer("paula.brandt").await).await, id).await.expect("her own");
        assert_eq!(form("paula.brandt").await.waiting, None, "then she can ask anew");
    }

    async fn what_was_withdrawn_is_never_said_to_be_decided(world) {
        let id = world.ask("clara.neumann", CASES, 30).await.expect("she may ask");
        let clara = world.viewer("clara.neumann").await;
        access::withdraw(&call(&world.ctx, &clara).await, id).await.expect("her own");
        let late = refusal(world.approve("aylin.demir", id).await);
        assert_eq!(
            (late.kind, late.message.as_str()),
            (ErrorKind::Conflict, "Clara Neumann withdrew it; nothing was changed.")
        );
        let aylin = world.viewer("aylin.demir").await;
        let page = access::decide_page(&call(&world.ctx, &aylin).await, id).await.expect("it opens");
        assert_eq!(page.request.decision.as_deref(), Some("Clara Neumann withdrew it, 1 Dec 2026"));
    }

    async fn sent_twice_asks_once(world) {
        world.ask("paula.brandt", CASES, 30).await.expect("she may ask");
        assert_eq!(refusal(world.ask("paula.brandt", CASES, 30).await).kind, ErrorKind::Conflict);
        assert_eq!(world.inbox("aylin.demir").await.len(), 1);
    }

    async fn a_renewal_never_leaves_the_old_grant_beside_it(world) {
        let first = world.granted("paula.brandt", FORECAST, 30, &["maria.keller"]).await;
        world.travel(20);
        let id = world.ask("paula.brandt", FORECAST, 100).await.expect("she may ask for longer");
        assert_eq!(world.grant("paula.brandt", first).await.standing, GrantStanding::Active);
        assert_eq!(world.number("SELECT COUNT(*) FROM access_request WHERE follows IS NOT NULL").await, 1);
        world.approve("maria.keller", id).await.expect("the owner renews");
        let old = world.grant("paula.brandt", first).await;
        assert_eq!((old.standing, old.withdrawn_by), (GrantStanding::Renewed, None));
        assert!(old.ended.expect("it says why").contains("Renewed until"));
        assert_eq!(world.told("paula.brandt", "Your access to Sales forecast").await, 0, "nothing has ended");
        let maria = world.viewer("maria.keller").await;
        let on = HeldOn::Product("sales-forecast".into());
        let held = access::held(&call(&world.ctx, &maria).await, &on, PageRequest::default()).await.expect("she may");
        assert_eq!(held.grants.items.len(), 1, "one person, one grant");
        world.travel(15);
        world.sweep().await;
        assert_eq!(world.told("paula.brandt", "Your access to Sales forecast").await, 0, "nor later");
        let paula = world.viewer("paula.brandt").await;
        catalog::preview(&call(&world.ctx, &paula).await, &"gold.sales_forecast".into()).await.expect("the new one holds");
    }

    async fn what_renews_for_less_never_takes_longer_access_away(world) {
        let first = world.granted("paula.brandt", FORECAST, 100, &["maria.keller"]).await;
        let id = world.ask("paula.brandt", FORECAST, 120).await.expect("she may ask for longer");
        let maria = world.viewer("maria.keller").await;
        let approve = async |days| access::approve(&call(&world.ctx, &maria).await, id, 1, Some(world.day(days)), String::new()).await;
        let refused = refusal(approve(30).await);
        assert_eq!(
            (refused.field, refused.message.as_str()),
            (
                Some("ends_on"),
                "The access that this renews goes on until 11 Mar 2027 already. Choose that day or a later one; to \
                 shorten the access, withdraw it first."
            )
        );
        assert_eq!(world.grant("paula.brandt", first).await.standing, GrantStanding::Active);
        approve(100).await.expect("no earlier than what it renews");
        let held: Vec<_> = world.grants("paula.brandt").await.iter().map(|grant| grant.standing).collect();
        assert_eq!(held, [GrantStanding::Active, GrantStanding::Renewed], "nobody holds the same access twice");
    }

    async fn another_purpose_never_shortens_what_is_held(world) {
        world.granted("paula.brandt", CASES, 100, &["aylin.demir"]).await;
        let paula = world.viewer("paula.brandt").await;
        let ask = async |days| {
            let new = NewRequest {
                port: CASES.into(),
                purpose: "Another question".to_owned(),
                ends_on: world.day(days),
                contract_version: Some("1.0.0".to_owned()),
            };
            access::request(&call(&world.ctx, &paula).await, new).await
        };
        let refused = refusal(ask(30).await);
        assert_eq!(
            (refused.field, refused.message.as_str()),
            (
                Some("ends_on"),
                "You have this access until 11 Mar 2027 already. Choose that day or a later one: what you ask for takes \
                 its place."
            )
        );
        ask(100).await.expect("that day is late enough");
    }

    async fn a_renewal_is_never_taken_for_a_first_request(world) {
        world.granted("paula.brandt", CASES, 100, &["aylin.demir"]).await;
        let id = world.ask("paula.brandt", CASES, 120).await.expect("she may ask for longer");
        let aylin = world.viewer("aylin.demir").await;
        let told = notify::inbox(&call(&world.ctx, &aylin).await, PageRequest::default()).await.expect("it opens").items.remove(0);
        assert_eq!(told.title, "Paula Brandt asks to renew access to Collections");
        assert!(told.body.contains("It renews the access that ends on 11 Mar 2027."), "{}", told.body);
        let page = async || access::decide_page(&call(&world.ctx, &aylin).await, id).await.expect("it opens");
        let waits = page().await;
        assert_eq!((waits.request.renews, waits.renews), (true, Some(world.day(100))));
        assert!(waits.other_grants.is_empty(), "what it renews is no other grant: {:?}", waits.other_grants);
        world.approve("aylin.demir", id).await.expect("the owner renews");
        let decided = page().await;
        assert_eq!((decided.request.renews, decided.renews), (true, None));
        assert!(decided.other_grants.is_empty(), "nor is what came of it: {:?}", decided.other_grants);
    }

    async fn the_first_day_offered_for_approval_is_the_first_that_is_not_refused(world) {
        let aylin = world.viewer("aylin.demir").await;
        for (asked, first) in [(100, 1), (120, 100)] {
            let id = world.ask("paula.brandt", CASES, asked).await.expect("she may ask");
            let page = access::decide_page(&call(&world.ctx, &aylin).await, id).await.expect("it opens");
            assert_eq!(page.earliest_end, world.day(first));
            let approve = async |days| {
                let end = Some(world.day(days));
                access::approve(&call(&world.ctx, &aylin).await, id, page.revision, end, String::new()).await
            };
            assert_eq!(refusal(approve(first - 1).await).field, Some("ends_on"));
            approve(100).await.expect("from the first day on none is refused");
        }
    }

    async fn what_was_renewed_never_goes_on_under_a_grant_that_has_ended(world) {
        let first = world.granted("paula.brandt", FORECAST, 30, &["maria.keller"]).await;
        assert_eq!(world.grant("paula.brandt", first).await.goes_on_as, None, "nothing has taken its place");
        let second = world.granted("paula.brandt", FORECAST, 100, &["maria.keller"]).await;
        assert_eq!(world.grant("paula.brandt", first).await.goes_on_as, Some(second));
        let maria = world.viewer("maria.keller").await;
        access::revoke(&call(&world.ctx, &maria).await, vec![(second, 1)], "The plan is made".to_owned()).await.expect("she may");
        let old = world.grant("paula.brandt", first).await;
        assert_eq!((old.standing, old.goes_on_as), (GrantStanding::Renewed, None));
    }

    async fn members_ask_only_for_what_they_may_not_read(world) {
        let nadia = world.viewer("nadia.rahimi").await;
        let own = access::request_form(&call(&world.ctx, &nadia).await, &"orders/order-lines".into()).await;
        assert_eq!(refusal(own).kind, ErrorKind::Forbidden, "she reads it already");
        let restricted = catalog::preview(&call(&world.ctx, &nadia).await, &"silver.dim_customer".into()).await;
        assert_eq!(refusal(restricted).kind, ErrorKind::Forbidden);
        world.granted("nadia.rahimi", CUSTOMERS, 60, &["david.schmid", "ines.hoffmann"]).await;
        catalog::preview(&call(&world.ctx, &nadia).await, &"silver.dim_customer".into())
            .await
            .expect("under a grant she does");
    }

    async fn a_service_account_asks_and_reads_but_never_decides(world) {
        let scopes = vec!["access:write".to_owned()];
        let secret =
            people::create_token(&world.ctx, &Actor::System("cli"), crate::world::token("forecast job", scopes));
        let secret = secret.await.expect("it is made");
        let account =
            people::authenticate(&world.ctx, &secret).await.expect("it answers").expect("it is known");
        let viewer = account.as_viewer();
        let new = NewRequest {
            port: CASES.into(),
            purpose: "Nightly forecast".to_owned(),
            ends_on: world.day(30),
            contract_version: Some("1.0.0".to_owned()),
        };
        let id = access::request(&call(&world.ctx, &viewer).await, new).await.expect("it may ask");
        let asks = "Service account forecast job (Sofia Lindqvist answers for it) asks for Collections";
        assert_eq!(world.inbox("aylin.demir").await, [asks]);
        let aylin = world.viewer("aylin.demir").await;
        let listed = access::to_decide(&call(&world.ctx, &aylin).await).await.expect("it opens").remove(0);
        let page = access::decide_page(&call(&world.ctx, &aylin).await, id).await.expect("it opens").request;
        for line in [listed, page] {
            assert_eq!(line.requester.name, "Service account forecast job (Sofia Lindqvist answers for it)");
        }
        assert!(access::to_decide(&call(&world.ctx, &viewer).await).await.expect("it opens").is_empty());
        world.approve("aylin.demir", id).await.expect("the owner decides");
        catalog::preview(&call(&world.ctx, &viewer).await, &TABLE.into()).await.expect("it reads");
        world.sweep().await;
        let mails = world.post.take();
        assert!(
            mails.iter().all(|mail| mail.to.ends_with("@nordkauf.example")),
            "an account has no mailbox"
        );
        let files = catalog::export(&world.ctx).await.expect("it is exported");
        assert!(files.iter().all(|file| !file.text.contains("forecast job")), "nor is it a person");
    }
}
