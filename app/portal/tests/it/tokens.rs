//! Tokens: who makes them, who answers for them, and what ends with them.

use std::time::{Duration, Instant};

use lakeport_model::{PushScope, Scope, TokenId};
use lakeport_portal::{Actor, Clock, ErrorKind, SystemClock, lineage, people};

use crate::lineage::event;
use crate::world::{call, on_both, refusal};

/// How long a sender is remembered.
const LASTS: Duration = Duration::from_secs(2);

on_both! { empty =>
    async fn tokens_are_shown_once_and_revoked_at_once(world) {
        world.import(crate::world::mesh()).await;
        let scopes = vec!["catalog:read".to_owned(), "lineage:write".to_owned()];
        let make = |name: &str, scopes: Vec<String>| {
            people::create_token(&world.ctx, &Actor::System("cli"), crate::world::token(name, scopes))
        };
        let secret = make("dbt", scopes.clone()).await.expect("it is made");
        assert_eq!(refusal(make(" ", scopes.clone()).await).field, Some("name"));
        assert_eq!(refusal(make("x", Vec::new()).await).field, Some("scopes"));
        for name in ["Maria Keller", "maria  keller", "MariaKeller", "Keller, Maria", "M\u{430}ria K\u{435}ller"] {
            let as_a_person = refusal(make(name, scopes.clone()).await);
            assert_eq!(as_a_person.field, Some("name"), "nobody asks under another's name: {name}");
            assert!(as_a_person.message.starts_with("Maria Keller is a person here"), "{}", as_a_person.message);
        }
        for name in ["System", "LAKEPORT", "\u{423}ou", "0perator"] {
            let as_the_portal = refusal(make(name, scopes.clone()).await);
            assert!(as_the_portal.message.contains("is a name of the portal's own"), "{}", as_the_portal.message);
        }
        assert_eq!(refusal(make("x", vec!["root".to_owned()]).await).field, Some("scopes"));
        let stored =
            world.number(&format!("SELECT COUNT(*) FROM token WHERE hash LIKE '%{}%'", &secret[4..20])).await;
        assert_eq!(
            (stored, world.number("SELECT COUNT(*) FROM token WHERE LENGTH(hash) = 64").await),
            (0, 1)
        );
        let account =
            people::authenticate(&world.ctx, &secret).await.expect("it answers").expect("it is known");
        assert!(account.may(Scope::LineageWrite) && !account.may(Scope::AccessWrite));
        let unknown = people::authenticate(&world.ctx, "lkp_00").await.expect("it answers");
        assert_eq!(unknown, None);
        let own =
            people::create_token(&world.ctx, &Actor::Service(account.clone()), crate::world::token("y", scopes))
                .await;
        assert_eq!(refusal(own).kind, ErrorKind::Forbidden);
        let (sofia, maria) = (world.viewer("sofia.lindqvist").await, world.viewer("maria.keller").await);
        assert_eq!(refusal(people::tokens(&call(&world.ctx, &maria).await).await).kind, ErrorKind::Forbidden);
        assert_eq!(
            refusal(people::revoke_token(&call(&world.ctx, &maria).await, account.id).await).kind,
            ErrorKind::Forbidden
        );
        let list = people::tokens(&call(&world.ctx, &sofia).await).await.expect("administrators see them");
        let owner = list[0].owner.as_ref().map(|owner| owner.name.as_str());
        assert_eq!((list[0].name.as_str(), owner), ("dbt", Some("Sofia Lindqvist")));
        let since = list[0].last_used_at.map(|at| SystemClock.now() - at);
        assert!(since.is_some_and(|since| since.num_minutes() < 5), "by real time, not by the demo's");
        people::revoke_token(&call(&world.ctx, &sofia).await, account.id).await.expect("she may");
        assert_eq!(people::authenticate(&world.ctx, &secret).await.expect("it answers"), None);
        assert_eq!(
            refusal(people::revoke_token(&call(&world.ctx, &sofia).await, account.id).await).kind,
            ErrorKind::Conflict
        );
        let other = people::revoke_token(&call(&world.ctx, &sofia).await, TokenId(uuid::Uuid::nil())).await;
        assert_eq!(refusal(other).kind, ErrorKind::Conflict);
    }

    async fn nobody_comes_in_under_the_name_of_a_service_account_unsaid(world) {
        world.import(crate::world::mesh()).await;
        world.account("Nightly Load").await;
        let people = "apiVersion: lakeport/v1\nkind: People\npeople:\n- {email: n.load@nordkauf.example, name: Load Nightly}\n";
        let people = crate::world::file("people.yaml", people);
        let said = world.import(vec![people.clone()]).await.warnings;
        assert!(said.iter().any(|said| said.starts_with("person n.load@nordkauf.example: the service account")), "{said:?}");
        world.execute("UPDATE token SET ends_at = created_at").await.expect("it runs");
        assert!(world.import(vec![people]).await.warnings.is_empty(), "what has ended is taken for nobody");
    }

    async fn an_expired_token_opens_nothing_and_leaves_nothing(world) {
        world.import(crate::world::mesh()).await;
        let (secret, account) = world.account("dbt").await;
        let id = world.ask_as(&account.as_viewer(), "collections/cases").await;
        world.execute("UPDATE token SET ends_at = created_at").await.expect("it runs");
        assert_eq!(people::authenticate(&world.ctx, &secret).await.expect("it answers"), None);
        world.sweep().await;
        assert_eq!(world.request_state(id).await, "withdrawn");
        let sofia = world.viewer("sofia.lindqvist").await;
        assert!(people::tokens(&call(&world.ctx, &sofia).await).await.expect("they are listed")[0].expired);
    }

    async fn nobody_decides_what_his_own_service_account_asks(world) {
        world.import(crate::world::mesh()).await;
        let owner = Some("aylin.demir@nordkauf.example".to_owned());
        let new = people::NewToken { owner, ..crate::world::token("mine", vec!["access:write".to_owned()]) };
        let secret = people::create_token(&world.ctx, &Actor::System("cli"), new).await.expect("it is made");
        let account =
            people::authenticate(&world.ctx, &secret).await.expect("it answers").expect("it is known");
        let id = world.ask_as(&account.as_viewer(), "collections/cases").await;
        assert!(world.approve("aylin.demir", id).await.is_err());
        assert_eq!(world.request_state(id).await, "requested");
        let records = format!("SELECT COUNT(*) FROM audit WHERE action = 'request.send' AND actor = 'service {}'", account.id);
        assert_eq!(world.number(&records).await, 1, "by its id, not by a name that two may share");
    }

    async fn a_revoked_token_takes_its_access_along(world) {
        world.import(crate::world::mesh()).await;
        let (_, account) = world.account("dbt").await;
        let id = world.ask_as(&account.as_viewer(), "collections/cases").await;
        world.approve("aylin.demir", id).await.expect("the owner decides");
        let sofia = world.viewer("sofia.lindqvist").await;
        people::revoke_token(&call(&world.ctx, &sofia).await, account.id).await.expect("she may");
        let token = people::tokens(&call(&world.ctx, &sofia).await).await.expect("they are listed").remove(0);
        assert_eq!(token.revoked_how.as_deref(), Some("by Sofia Lindqvist"));
        assert_eq!(world.number("SELECT COUNT(*) FROM access_grant WHERE ended IS NULL").await, 0);
        assert_eq!(world.told("aylin.demir", "The access of dbt to Collections").await, 1);
    }

    async fn tokens_that_end_after_a_restore_never_leave_their_access_behind(world) {
        world.import(crate::world::mesh()).await;
        let (secret, account) = world.account("dbt").await;
        let id = world.ask_as(&account.as_viewer(), "collections/cases").await;
        world.approve("aylin.demir", id).await.expect("the owner decides");
        let ended = people::revoke_all_tokens(&world.ctx, &Actor::System("restore")).await;
        assert_eq!(ended.expect("the operator may"), 1);
        let sofia = world.viewer("sofia.lindqvist").await;
        let token = people::tokens(&call(&world.ctx, &sofia).await).await.expect("they are listed").remove(0);
        assert_eq!(token.revoked_how.as_deref(), Some("when a backup was restored"), "nobody did it");
        assert_eq!(people::authenticate(&world.ctx, &secret).await.expect("it answers"), None);
        assert_eq!(world.number("SELECT COUNT(*) FROM access_grant WHERE ended IS NULL").await, 0);
    }

    async fn nobody_answers_for_a_token_without_knowing_it(world) {
        world.import(crate::world::mesh()).await;
        let sofia = world.viewer("sofia.lindqvist").await;
        let scopes = || vec!["access:write".to_owned()];
        let owner = Some("paula.brandt@nordkauf.example".to_owned());
        let new = people::NewToken { owner, ..crate::world::token("nightly load", scopes()) };
        people::create_token(&world.ctx, &Actor::Viewer(sofia.clone()), new).await.expect("she may");
        assert_eq!(world.inbox("paula.brandt").await, ["You answer for the service account nightly load now"]);
        let body = world.text("SELECT body FROM notification").await;
        assert!(body.starts_with("Sofia Lindqvist made its token and named you."), "{body}");
        let own = people::NewToken { owner: None, ..crate::world::token("her own", scopes()) };
        people::create_token(&world.ctx, &Actor::Viewer(sofia), own).await.expect("she may");
        assert!(world.inbox("sofia.lindqvist").await.is_empty(), "what somebody did himself is no news");
    }

    async fn a_token_without_an_owner_is_not_made(world) {
        world.import(crate::world::mesh()).await;
        for owner in [None, Some("nobody@nordkauf.example".to_owned())] {
            let new = people::NewToken { owner, ..crate::world::token("x", vec!["catalog:read".to_owned()]) };
            let made = people::create_token(&world.ctx, &Actor::System("cli"), new).await;
            assert_eq!(refusal(made).field, Some("owner"));
        }
        for days in [0, 366] {
            let new = people::NewToken {
                days: Some(days),
                ..crate::world::token("x", vec!["catalog:read".to_owned()])
            };
            let made = people::create_token(&world.ctx, &Actor::System("cli"), new).await;
            assert_eq!(refusal(made).field, Some("days"));
        }
    }

    async fn a_token_never_pushes_where_whoever_answers_for_it_publishes_nothing(world) {
        world.import(crate::world::mesh()).await;
        let make = |owner: &str, scope: &str| {
            let owner = Some(format!("{owner}@nordkauf.example"));
            let scopes = vec!["catalog:read".to_owned(), scope.to_owned()];
            let new = people::NewToken { owner, ..crate::world::token("ci", scopes) };
            people::create_token(&world.ctx, &Actor::System("cli"), new)
        };
        for (owner, scope) in [("aylin.demir", "controlling:product"), ("ines.hoffmann", "finance:contract")] {
            let secret = make(owner, scope).await.expect("an owner or steward answers for it");
            let account = people::authenticate(&world.ctx, &secret).await.expect("it answers").expect("it is known");
            let held: PushScope = scope.parse().expect("it is one");
            assert_eq!((account.push_scopes(), account.may(Scope::CatalogRead)), (vec![held], true));
        }
        let needs = "needs an owner or steward of Controlling";
        for (owner, scope, said) in [
            ("tom.fischer", "controlling:product", needs),
            ("sofia.lindqvist", "controlling:product", needs),
            ("henrik.maas", "controlling:dashboard", needs),
            ("aylin.demir", "finance:product", "needs an owner or steward of Finance Forecasting"),
            ("aylin.demir", "nowhere:product", "There is no domain \"nowhere\""),
            ("aylin.demir", "controlling:products", "and DOMAIN:KIND to push documents of a domain"),
        ] {
            let refused = refusal(make(owner, scope).await);
            assert_eq!(refused.field, Some("scopes"), "{owner} {scope}");
            assert!(refused.message.contains(said), "{owner} {scope}: {}", refused.message);
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM token").await, 2);
    }

    async fn a_token_is_revoked_by_whoever_answers_for_it_and_by_nobody_else(world) {
        world.import(crate::world::mesh()).await;
        let owner = Some("paula.brandt@nordkauf.example".to_owned());
        let new = people::NewToken { owner, ..crate::world::token("hers", vec!["catalog:read".to_owned()]) };
        people::create_token(&world.ctx, &Actor::System("cli"), new).await.expect("it is made");
        let (paula, erik) = (world.viewer("paula.brandt").await, world.viewer("erik.sander").await);
        let account = people::account(&call(&world.ctx, &paula).await).await.expect("her page opens");
        let [token] = &account.tokens[..] else { panic!("one token: {:?}", account.tokens) };
        let other = people::revoke_token(&call(&world.ctx, &erik).await, token.id).await;
        assert_eq!(refusal(other).kind, ErrorKind::Forbidden);
        assert!(people::account(&call(&world.ctx, &erik).await).await.expect("his page opens").tokens.is_empty());
        people::revoke_token(&call(&world.ctx, &paula).await, token.id).await.expect("it is hers");
        assert!(people::account(&call(&world.ctx, &paula).await).await.expect("her page opens").tokens.is_empty());
    }

    async fn who_sends_events_is_remembered_for_two_seconds_and_a_revoked_token_changes_nothing(world) {
        world.import(crate::world::mesh()).await;
        let (secret, account) = world.account("pipeline").await;
        let known = || async { people::authenticate_sender(&world.ctx, &secret).await.expect("it answers") };
        let edges = "SELECT COUNT(*) FROM lineage_edge WHERE job = 'test/late'";
        let late = event("2026-11-03T05:00:00Z", "late", &["raw.a"], "raw.b", &[]);
        // Another replica revokes it: nobody tells this one.
        let revoke = "UPDATE token SET revoked_at = created_at";
        let remembered = loop {
            let asked = Instant::now();
            assert_eq!(known().await, Some(account.clone()));
            assert_eq!(world.execute(revoke).await.expect("it is revoked"), 1);
            let remembered = known().await;
            if asked.elapsed() < LASTS {
                break remembered;
            }
            // The machine was too slow for a memory so short.
            world.execute("UPDATE token SET revoked_at = NULL").await.expect("it is valid again");
            tokio::time::sleep(LASTS).await;
        };
        assert_eq!(remembered, Some(account.clone()), "it is not looked up again");
        assert_eq!(people::authenticate(&world.ctx, &secret).await.expect("it answers"), None);
        let sender = Actor::Service(account.clone());
        assert_eq!(refusal(lineage::ingest(&world.ctx, &sender, &late).await).kind, ErrorKind::Forbidden);
        assert_eq!(world.number(edges).await, 0, "where events are kept it is looked at again");
        tokio::time::sleep(LASTS).await;
        assert_eq!(known().await, None, "it is looked up again");
        world.execute("UPDATE token SET revoked_at = NULL").await.expect("it is valid again");
        assert_eq!(known().await, Some(account.clone()), "nobody is remembered as unknown");
        let sofia = world.viewer("sofia.lindqvist").await;
        people::revoke_token(&call(&world.ctx, &sofia).await, account.id).await.expect("she may");
        assert_eq!(known().await, None, "who is revoked here is forgotten at once");
    }
}
