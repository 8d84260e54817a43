//! The chain that cannot be changed unseen, the numbers of changes, and tokens.

use lakeport_model::TokenId;
use lakeport_model::audit::{AuditFilter, AuditFormat};
use lakeport_portal::{Actor, Clock, Ctx, Error, RefusalKind, SystemClock, access, audit, lineage, people};
use tokio::task::JoinSet;

use crate::world::{World, on_both, refusal};

async fn problem(ctx: &Ctx) -> Option<String> {
    audit::verify(ctx, None).await.expect("the chain can be read").problem
}

impl World {
    async fn broken_by(&self, sql: &str) -> String {
        assert_eq!(problem(&self.ctx).await, None);
        assert!(self.execute(sql).await.expect("the statement runs") > 0, "{sql}");
        problem(&self.ctx).await.unwrap_or_else(|| panic!("nobody noticed: {sql}"))
    }
}

fn event(number: usize) -> String {
    serde_json::json!({
        "eventTime": "2026-11-02T05:40:00Z", "eventType": "COMPLETE", "producer": "https://x.example",
        "schemaURL": "https://x.example/s", "run": { "runId": "445e09ff-b56b-5c27-8ef4-cad8a9b13221" },
        "job": { "namespace": "n", "name": format!("j{number}") }, "inputs": [], "outputs": [],
    })
    .to_string()
}

async fn write(ctx: Ctx, number: usize) -> Result<(), Error> {
    lineage::ingest(&ctx, &Actor::System("test"), &event(number)).await.map(|_| ())
}

on_both! { empty =>
    async fn a_changed_record_is_found(world) {
        for number in 0..5 {
            write(world.ctx.clone(), number).await.expect("it is written");
        }
        assert!(
            world
                .broken_by("UPDATE audit SET actor = 'system other' WHERE number = 3")
                .await
                .contains("record 3 was changed")
        );
    }

    async fn a_changed_time_is_found(world) {
        write(world.ctx.clone(), 0).await.expect("it is written");
        assert!(
            world
                .broken_by("UPDATE audit SET at = '2026-12-01T09:00:00+00:00'")
                .await
                .contains("record 1 was changed")
        );
    }

    async fn a_deleted_record_is_found(world) {
        for number in 0..5 {
            write(world.ctx.clone(), number).await.expect("it is written");
        }
        assert!(world.broken_by("DELETE FROM audit WHERE number = 2").await.contains("record 2 is missing"));
    }

    async fn an_emptied_chain_is_found_by_what_is_there(world) {
        assert_eq!(problem(&world.ctx).await, None, "a new portal has done nothing yet");
        let people = "apiVersion: lakeport/v1\nkind: People\npeople:\n- {email: a.berg@nordkauf.example, name: A Berg}\n";
        world.import(vec![crate::world::file("people.yaml", people)]).await;
        assert!(world.broken_by("DELETE FROM audit").await.contains("it has no record"));
    }

    async fn records_that_changed_places_are_found(world) {
        for number in 0..5 {
            write(world.ctx.clone(), number).await.expect("it is written");
        }
        world.execute("UPDATE audit SET number = 99 WHERE number = 2").await.expect("it runs");
        world.execute("UPDATE audit SET number = 2 WHERE number = 3").await.expect("it runs");
        world.execute("UPDATE audit SET number = 3 WHERE number = 99").await.expect("it runs");
        assert!(
            problem(&world.ctx).await.is_some_and(|problem| problem.contains("record 2 does not follow"))
        );
    }

    async fn a_head_kept_outside_must_lie_on_the_chain(world) {
        let none = audit::verify(&world.ctx, Some((1, "00".to_owned()))).await.expect("it can be read");
        assert!(none.problem.is_some(), "an emptied chain is noticed");
        for number in 0..5 {
            write(world.ctx.clone(), number).await.expect("it is written");
        }
        let report = audit::verify(&world.ctx, None).await.expect("it can be read");
        let head = report.head.expect("there is a head");
        assert_eq!((report.records, head.0), (5, 5));
        write(world.ctx.clone(), 6).await.expect("it is written");
        let verify =
            |head| async { audit::verify(&world.ctx, Some(head)).await.expect("it can be read").problem };
        assert_eq!(verify(head.clone()).await, None, "an older head still lies on it");
        assert!(verify((head.0, "00".repeat(32))).await.is_some());
        world.execute("DELETE FROM audit WHERE number >= 5").await.expect("it runs");
        assert_eq!(problem(&world.ctx).await, None, "a cut end does not show from inside");
        assert!(verify(head).await.is_some(), "but it does from outside");
    }

    async fn numbers_follow_the_order_of_commits(world) {
        const WRITERS: usize = 60;
        let mut writers = JoinSet::new();
        let replica = world.replica(world.clock.clone(), crate::world::settings()).await;
        let sqlite = matches!(world.ctx.db, lakeport_portal::Db::Sqlite(..));
        for number in 0..WRITERS {
            // On PostgreSQL every other writer is another process.
            let ctx = if number % 2 == 0 || sqlite { world.ctx.clone() } else { replica.clone() };
            writers.spawn(write(ctx, number));
        }
        // Whoever looks meanwhile sees no gap: a number is never filled in later.
        let mut seen = 0;
        while seen < i64::try_from(WRITERS).expect("a few") {
            let gaps = world.number("SELECT COALESCE(MAX(number), 0) - COUNT(*) FROM change").await;
            assert_eq!(gaps, 0);
            let newest = world.number("SELECT COALESCE(MAX(number), 0) FROM change").await;
            assert!(newest >= seen);
            seen = newest;
            if writers.is_empty() {
                break;
            }
            if let Some(done) = writers.join_next().await {
                done.expect("no writer panics").expect("every writer gets its turn");
            }
        }
        for done in writers.join_all().await {
            done.expect("every writer gets its turn");
        }
        assert_eq!(world.number("SELECT MAX(number) FROM change").await, 60);
        assert_eq!(world.number("SELECT COUNT(*) FROM change").await, 60);
        assert_eq!(problem(&world.ctx).await, None);
    }

    async fn a_strict_default_isolation_breaks_nothing(world) {
        if matches!(world.ctx.db, lakeport_portal::Db::Postgres(..)) {
            let database = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = ''serializable''', \
                            current_database()); END $$";
            world.execute(database).await.expect("it runs");
            let ctx = world.replica(world.clock.clone(), crate::world::settings()).await;
            let mut writers = JoinSet::new();
            for number in 0..20 {
                writers.spawn(write(ctx.clone(), number));
            }
            for done in writers.join_all().await {
                done.expect("every writer gets its turn");
            }
            assert_eq!(problem(&ctx).await, None);
        }
    }

    async fn a_write_that_is_dropped_leaves_nothing(world) {
        let tx = world.ctx.db.write().await.expect("it begins");
        drop(tx);
        write(world.ctx.clone(), 1).await.expect("the lock is free again");
        assert_eq!(world.number("SELECT COUNT(*) FROM audit").await, 1);
    }

    async fn tokens_are_shown_once_and_revoked_at_once(world) {
        world.import(crate::world::mesh()).await;
        let scopes = vec!["catalog:read".to_owned(), "lineage:write".to_owned()];
        let make = |name: &str, scopes: Vec<String>| {
            audit::create_token(&world.ctx, &Actor::System("cli"), crate::world::token(name, scopes))
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
            audit::authenticate(&world.ctx, &secret).await.expect("it answers").expect("it is known");
        assert!(account.may("lineage:write") && !account.may("access:write") && !account.may("lineage"));
        let unknown = audit::authenticate(&world.ctx, "lkp_00").await.expect("it answers");
        assert_eq!(unknown, None);
        let own =
            audit::create_token(&world.ctx, &Actor::Service(account.clone()), crate::world::token("y", scopes))
                .await;
        assert_eq!(refusal(own).kind, RefusalKind::Forbidden);
        let (sofia, maria) = (world.viewer("sofia.lindqvist").await, world.viewer("maria.keller").await);
        assert_eq!(refusal(audit::tokens(&world.ctx, &maria).await).kind, RefusalKind::Forbidden);
        assert_eq!(
            refusal(audit::revoke_token(&world.ctx, &maria, account.id).await).kind,
            RefusalKind::Forbidden
        );
        let list = audit::tokens(&world.ctx, &sofia).await.expect("administrators see them");
        let owner = list[0].owner.as_ref().map(|owner| owner.name.as_str());
        assert_eq!((list[0].name.as_str(), owner), ("dbt", Some("Sofia Lindqvist")));
        let since = list[0].last_used_at.map(|at| SystemClock.now() - at);
        assert!(since.is_some_and(|since| since.num_minutes() < 5), "by real time, not by the demo's");
        audit::revoke_token(&world.ctx, &sofia, account.id).await.expect("she may");
        assert_eq!(audit::authenticate(&world.ctx, &secret).await.expect("it answers"), None);
        assert_eq!(
            refusal(audit::revoke_token(&world.ctx, &sofia, account.id).await).kind,
            RefusalKind::Conflict
        );
        let other = audit::revoke_token(&world.ctx, &sofia, TokenId(uuid::Uuid::nil())).await;
        assert_eq!(refusal(other).kind, RefusalKind::Conflict);
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
        assert_eq!(audit::authenticate(&world.ctx, &secret).await.expect("it answers"), None);
        world.sweep().await;
        assert_eq!(world.request_state(id).await, "withdrawn");
        let sofia = world.viewer("sofia.lindqvist").await;
        assert!(audit::tokens(&world.ctx, &sofia).await.expect("they are listed")[0].expired);
    }

    async fn nobody_decides_what_his_own_service_account_asks(world) {
        world.import(crate::world::mesh()).await;
        let owner = Some("aylin.demir@nordkauf.example".to_owned());
        let new = audit::NewToken { owner, ..crate::world::token("mine", vec!["access:write".to_owned()]) };
        let secret = audit::create_token(&world.ctx, &Actor::System("cli"), new).await.expect("it is made");
        let account =
            audit::authenticate(&world.ctx, &secret).await.expect("it answers").expect("it is known");
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
        audit::revoke_token(&world.ctx, &sofia, account.id).await.expect("she may");
        let token = audit::tokens(&world.ctx, &sofia).await.expect("they are listed").remove(0);
        assert_eq!(token.revoked_how.as_deref(), Some("by Sofia Lindqvist"));
        assert_eq!(world.number("SELECT COUNT(*) FROM access_grant WHERE ended IS NULL").await, 0);
        assert_eq!(world.told("aylin.demir", "The access of dbt to Collections").await, 1);
    }

    async fn tokens_that_end_after_a_restore_never_leave_their_access_behind(world) {
        world.import(crate::world::mesh()).await;
        let (secret, account) = world.account("dbt").await;
        let id = world.ask_as(&account.as_viewer(), "collections/cases").await;
        world.approve("aylin.demir", id).await.expect("the owner decides");
        let ended = audit::revoke_all_tokens(&world.ctx, &Actor::System("restore")).await;
        assert_eq!(ended.expect("the operator may"), 1);
        let sofia = world.viewer("sofia.lindqvist").await;
        let token = audit::tokens(&world.ctx, &sofia).await.expect("they are listed").remove(0);
        assert_eq!(token.revoked_how.as_deref(), Some("when a backup was restored"), "nobody did it");
        assert_eq!(audit::authenticate(&world.ctx, &secret).await.expect("it answers"), None);
        assert_eq!(world.number("SELECT COUNT(*) FROM access_grant WHERE ended IS NULL").await, 0);
    }

    async fn nobody_answers_for_a_token_without_knowing_it(world) {
        world.import(crate::world::mesh()).await;
        let sofia = world.viewer("sofia.lindqvist").await;
        let scopes = || vec!["access:write".to_owned()];
        let owner = Some("paula.brandt@nordkauf.example".to_owned());
        let new = audit::NewToken { owner, ..crate::world::token("nightly load", scopes()) };
        audit::create_token(&world.ctx, &Actor::Viewer(sofia.clone()), new).await.expect("she may");
        assert_eq!(world.inbox("paula.brandt").await, ["You answer for the service account nightly load now"]);
        let body = world.text("SELECT body FROM notification").await;
        assert!(body.starts_with("Sofia Lindqvist made its token and named you."), "{body}");
        let own = audit::NewToken { owner: None, ..crate::world::token("her own", scopes()) };
        audit::create_token(&world.ctx, &Actor::Viewer(sofia), own).await.expect("she may");
        assert!(world.inbox("sofia.lindqvist").await.is_empty(), "what somebody did himself is no news");
    }

    async fn a_token_without_an_owner_is_not_made(world) {
        world.import(crate::world::mesh()).await;
        for owner in [None, Some("nobody@nordkauf.example".to_owned())] {
            let new = audit::NewToken { owner, ..crate::world::token("x", vec!["catalog:read".to_owned()]) };
            let made = audit::create_token(&world.ctx, &Actor::System("cli"), new).await;
            assert_eq!(refusal(made).field, Some("owner"));
        }
        for days in [0, 366] {
            let new = audit::NewToken {
                days: Some(days),
                ..crate::world::token("x", vec!["catalog:read".to_owned()])
            };
            let made = audit::create_token(&world.ctx, &Actor::System("cli"), new).await;
            assert_eq!(refusal(made).field, Some("days"));
        }
    }

    async fn a_steward_never_reads_the_audit_of_other_domains(world) {
        world.import(crate::world::mesh()).await;
        let id = world.ask("paula.brandt", "collections/cases", 30).await.expect("she may ask");
        let domain = world.text("SELECT domain FROM access_request").await;
        world.staff("elsewhere", &[("erik.sander", "steward")]).await;
        let page = async |who: &str| {
            let viewer = world.viewer(who).await;
            let filter = AuditFilter { words: Some(id.to_string()), ..AuditFilter::default() };
            audit::page(&world.ctx, &viewer, filter).await.expect("stewards see it").records.len()
        };
        let ines = world.viewer("ines.hoffmann").await;
        assert!(ines.memberships.iter().any(|membership| membership.domain.id.0 == domain));
        assert_eq!((page("ines.hoffmann").await, page("sofia.lindqvist").await), (1, 1));
        assert_eq!(page("erik.sander").await, 0);
    }

    async fn an_import_that_changes_rights_says_whose(world) {
        world.import(crate::world::mesh()).await;
        let sofia = world.viewer("sofia.lindqvist").await.id;
        let of = async |action: &str, subject: &str, before: &str, after: &str, person: &str| {
            let sql = format!(
                "SELECT COUNT(*) FROM audit WHERE action = '{action}' AND subject = '{subject}' \
                 AND detail LIKE '%\"before\":{before}%' AND detail LIKE '%\"after\":{after}%' \
                 AND detail LIKE '%{person}%' AND actor = 'system test'"
            );
            world.number(&sql).await
        };
        assert_eq!(of("administrator.appoint", &format!("person {sofia}"), "false", "true", "").await, 1);
        let paula = world.viewer("paula.brandt").await.id.to_string();
        let aylin = world.viewer("aylin.demir").await.id.to_string();
        world.staff("controlling", &[("paula.brandt", "owner")]).await;
        assert_eq!(of("member.add", "domain controlling", "null", "\"owner\"", &paula).await, 1);
        assert_eq!(of("member.remove", "domain controlling", "\"owner\"", "null", &aylin).await, 1);
        let was = world.text("SELECT classification FROM asset WHERE id = 'gold.collections'").await;
        world.classify("gold.collections", "controlling", "public").await;
        assert_ne!(was, "public");
        let lowered = of("asset.classify", "asset gold.collections", &format!("\"{was}\""), "\"public\"", "").await;
        assert_eq!(lowered, 1);
        let moved = "apiVersion: lakeport/v1\nkind: Assets\ndomain: controlling\nnamespace: lakehouse\nassets:\n\
                     - {id: gold.moved, kind: table, description: Moved, location: LOCATION, \
                     columns: [{name: id, type: long, description: Id, classification: CLASS}]}\n";
        let with = |location: &str, class: &str| moved.replace("LOCATION", location).replace("CLASS", class);
        world.import(vec![crate::world::file("moved.yaml", &with("gold/a", "internal"))]).await;
        world.import(vec![crate::world::file("moved.yaml", &with("gold/b", "public"))]).await;
        assert_eq!(of("asset.relocate", "asset gold.moved", "\"gold/a\"", "\"gold/b\"", "").await, 1);
        let columns = |class: &str| format!("{{\"id\":\"{class}\"}}");
        let opened = of("asset.columns", "asset gold.moved", &columns("internal"), &columns("public"), "").await;
        assert_eq!(opened, 1, "a column that opens");
    }

    async fn an_import_never_moves_who_decides_or_opens_data_unsaid(world) {
        let mesh = crate::world::mesh();
        let of = async |action: &str, subject: &str, says: &[&str]| {
            let says: Vec<String> = says.iter().map(|says| format!(" AND detail LIKE '%{says}%'")).collect();
            let says = says.concat();
            let sql = format!("SELECT COUNT(*) FROM audit WHERE action = '{action}' AND subject = '{subject}'{says}");
            world.number(&sql).await
        };
        world.import(mesh.clone()).await;
        assert_eq!(of("asset.publish", "catalog", &["\"silver.dim_date\""]).await, 1);
        assert_eq!(of("product.publish", "catalog", &["\"collections\""]).await, 1);
        assert_eq!(of("product.publish", "catalog", &["receivables-ageing"]).await, 0, "a private one opens nothing");
        let below = "apiVersion: lakeport/v1\nkind: Domain\nid: controlling\nname: Controlling\ndescription: Numbers\n\
                     parent: purchase\nmembers: [{email: aylin.demir@nordkauf.example, role: owner}]\n";
        world.import(vec![crate::world::file("below.yaml", below)]).await;
        let moved = ["\"before\":\"group\"", "\"after\":\"purchase\""];
        assert_eq!(of("domain.parent", "domain controlling", &moved).await, 1);
        let text = mesh.iter().find(|file| file.path == "products/collections.odps.yaml").expect("it is there");
        let text = text.text.replacen("value: gold.collections}", "value: gold.receivables_ageing}", 1);
        world.import(vec![crate::world::file("p.yaml", &text)]).await;
        let other = ["\"gold.collections\"", "\"gold.receivables_ageing\""];
        assert_eq!(of("product.ports", "product collections", &other).await, 1);
        assert_eq!(of("product.ports", "product collections", &["controlling"]).await, 0, "and no port that is as it was");
        // However much is new, it is one record.
        let line = |number: u32| {
            format!("- {{id: gold.open-{number:02}, kind: table, description: Open, classification: public}}\n")
        };
        let many: String = (0..30).map(line).collect();
        let many = format!("apiVersion: lakeport/v1\nkind: Assets\ndomain: controlling\nnamespace: lakehouse\nassets:\n{many}");
        world.import(vec![crate::world::file("many.yaml", &many)]).await;
        assert_eq!(of("asset.publish", "catalog", &["\"number\":30", "gold.open-19"]).await, 1);
        assert_eq!(of("asset.publish", "catalog", &["gold.open-20"]).await, 0);
    }

    async fn somebodys_records_are_found_by_the_name(world) {
        world.import(crate::world::mesh()).await;
        let grant = world.granted("paula.brandt", "collections/cases", 60, &["aylin.demir"]).await;
        let (aylin, sofia) = (world.viewer("aylin.demir").await, world.viewer("sofia.lindqvist").await);
        let revision = world.grant("paula.brandt", grant).await.revision;
        access::revoke(&world.ctx, &aylin, vec![(grant, revision)], "Over".to_owned()).await.expect("she may");
        let found = async |filter| {
            let page = audit::page(&world.ctx, &sofia, filter).await.expect("administrators see it");
            let records = page.records.into_iter();
            records.map(|record| (record.action, record.actor, record.about)).collect::<Vec<_>>()
        };
        let by = |words: &str| AuditFilter { person: Some(words.to_owned()), ..AuditFilter::default() };
        let paulas = found(by("paula")).await;
        for (action, actor, about) in [
            ("request.send", "Paula Brandt", "Paula Brandt's request for Collections: cases"),
            ("request.approve", "Aylin Demir", "Paula Brandt's request for Collections: cases"),
            ("grant.revoke", "Aylin Demir", "Paula Brandt's access to Collections: cases"),
        ] {
            let wanted = (action.to_owned(), actor.to_owned(), about.to_owned());
            assert!(paulas.contains(&wanted), "{wanted:?} is not among {paulas:?}");
        }
        assert_eq!(found(by("Paula.Brandt@")).await, paulas, "or by the address");
        assert!(found(by("nobody here")).await.is_empty());
        let words = AuditFilter { words: Some("Paula Brandt".to_owned()), ..AuditFilter::default() };
        assert_eq!(found(words).await, paulas, "or as words");
        let port = AuditFilter { words: Some("collections cases".to_owned()), ..AuditFilter::default() };
        assert!(found(port).await.iter().any(|(action, ..)| action == "grant.revoke"), "by what it was about");
    }

    async fn days_of_the_filter_count_whole(world) {
        world.import(crate::world::mesh()).await;
        let sofia = world.viewer("sofia.lindqvist").await;
        world.travel(1);
        write(world.ctx.clone(), 1).await.expect("it is written");
        world.travel(1);
        write(world.ctx.clone(), 2).await.expect("it is written");
        let day = |days: i64| Some(world.day(days).to_string());
        let number = async |from: Option<String>, to: Option<String>| {
            let action = Some("lineage.ingest".to_owned());
            let filter = AuditFilter { action, from, to, ..AuditFilter::default() };
            audit::page(&world.ctx, &sofia, filter).await.expect("administrators see it").records.len()
        };
        assert_eq!(number(None, None).await, 2);
        assert_eq!(number(day(-1), day(-1)).await, 1);
        assert_eq!((number(day(0), None).await, number(None, day(-1)).await), (1, 1));
        let page = |from: &str, to: &str| {
            let filter = AuditFilter { from: Some(from.to_owned()), to: Some(to.to_owned()), ..AuditFilter::default() };
            audit::page(&world.ctx, &sofia, filter)
        };
        assert_eq!(refusal(page("2027-01-02", "2027-01-01").await).field, Some("to"));
        assert_eq!(refusal(page("1.1.2027", "").await).field, Some("from"));
    }

    async fn an_export_never_holds_more_than_its_reader_may_see(world) {
        world.import(crate::world::mesh()).await;
        world.ask("paula.brandt", "collections/cases", 30).await.expect("she may ask");
        for number in 0..600 {
            write(world.ctx.clone(), number).await.expect("it is written");
        }
        let text = async |who: &str, filter: AuditFilter, format| {
            let viewer = world.viewer(who).await;
            let mut export = audit::export(&world.ctx, &viewer, &filter, format).await.expect("it begins");
            let mut text = String::new();
            while let Some(part) = export.next().await.expect("it goes on") {
                text.push_str(&part);
            }
            text
        };
        let all = text("sofia.lindqvist", AuditFilter::default(), AuditFormat::JsonLines).await;
        let number = world.number("SELECT COUNT(*) FROM audit").await - 1;
        assert_eq!(i64::try_from(all.lines().count()).expect("some"), number, "each once, over several parts, and not the export itself");
        let newest: serde_json::Value = serde_json::from_str(all.lines().next().expect("one")).expect("JSON");
        assert_eq!((&newest["action"], &newest["number"]), (&"lineage.ingest".into(), &number.into()));
        let own = text("ines.hoffmann", AuditFilter::default(), AuditFormat::Csv).await;
        assert!(own.starts_with("number,at,actor,") && own.contains("Paula Brandt's request for Collections: cases"));
        assert!(!own.contains("lineage.ingest"), "no domain of hers");
        let nothing = AuditFilter { words: Some("no such words".to_owned()), ..AuditFilter::default() };
        assert_eq!(text("sofia.lindqvist", nothing, AuditFormat::Csv).await.lines().count(), 1);
        let erik = world.viewer("erik.sander").await;
        let refused = audit::export(&world.ctx, &erik, &AuditFilter::default(), AuditFormat::Csv).await;
        assert!(refused.is_err());
        assert_eq!(world.number("SELECT COUNT(*) FROM audit WHERE action = 'audit.export.refused'").await, 1);
    }

    async fn a_token_is_revoked_by_whoever_answers_for_it_and_by_nobody_else(world) {
        world.import(crate::world::mesh()).await;
        let owner = Some("paula.brandt@nordkauf.example".to_owned());
        let new = audit::NewToken { owner, ..crate::world::token("hers", vec!["catalog:read".to_owned()]) };
        audit::create_token(&world.ctx, &Actor::System("cli"), new).await.expect("it is made");
        let (paula, erik) = (world.viewer("paula.brandt").await, world.viewer("erik.sander").await);
        let account = people::account(&world.ctx, &paula).await.expect("her page opens");
        let [token] = &account.tokens[..] else { panic!("one token: {:?}", account.tokens) };
        let other = audit::revoke_token(&world.ctx, &erik, token.id).await;
        assert_eq!(refusal(other).kind, RefusalKind::Forbidden);
        assert!(people::account(&world.ctx, &erik).await.expect("his page opens").tokens.is_empty());
        audit::revoke_token(&world.ctx, &paula, token.id).await.expect("it is hers");
        assert!(people::account(&world.ctx, &paula).await.expect("her page opens").tokens.is_empty());
    }

    async fn the_page_filters_and_goes_on(world) {
        world.import(crate::world::mesh()).await;
        for number in 0..60 {
            write(world.ctx.clone(), number).await.expect("it is written");
        }
        let (sofia, paula) = (world.viewer("sofia.lindqvist").await, world.viewer("paula.brandt").await);
        let page = |filter| audit::page(&world.ctx, &sofia, filter);
        assert_eq!(
            refusal(audit::page(&world.ctx, &paula, AuditFilter::default()).await).kind,
            RefusalKind::Forbidden
        );
        let first = page(AuditFilter::default()).await.expect("administrators see it");
        let newest = first.records[0].number;
        assert_eq!((first.records.len(), first.next), (50, Some(newest - 49)));
        assert!(first.actions.contains(&"lineage.ingest".to_owned()));
        let rest =
            page(AuditFilter { before: first.next, ..AuditFilter::default() }).await.expect("it goes on");
        assert_eq!(rest.records[0].number, newest - 50);
        let imports = page(AuditFilter { action: Some("import".to_owned()), ..AuditFilter::default() })
            .await
            .expect("it filters");
        assert_eq!(imports.records.len(), 1);
        let none = page(AuditFilter { words: Some("%".to_owned()), ..AuditFilter::default() })
            .await
            .expect("it filters");
        assert!(none.records.is_empty(), "a sign is no wildcard");
    }
}
