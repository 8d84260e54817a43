//! The inbox: one entry for each thing, settled by acting, and nothing lost.

use lakeport_frame::CheckOutcome;
use lakeport_model::access::NewRequest;
use lakeport_model::notify::Notification;
use lakeport_model::people::Role;
use lakeport_model::{PageRequest, RequestId, sentence};
use lakeport_portal::people::leaving;
use lakeport_portal::{Actor, Db, access, contracts, notify, people};

use crate::world::{World, call, file, mesh, on_both};

const CASES: &str = "collections/cases";
const CUSTOMERS: &str = "customers/customers";
const FORECAST: &str = "sales-forecast/forecast";

impl World {
    async fn entries(&self, who: &str) -> Vec<Notification> {
        let page =
            notify::inbox(&call(&self.ctx, &self.viewer(who).await).await, PageRequest::default()).await;
        let items = page.expect("the inbox opens").items;
        let shell =
            people::shell(&call(&self.ctx, &self.viewer(who).await).await).await.expect("the frame opens");
        let new = items.iter().filter(|item| item.unread).count();
        assert_eq!(usize::try_from(shell.unread), Ok(new), "the badge says what the list shows");
        items
    }
}

/// What people really type: sentences with and without their end, and with too many.
const TYPED: [&str; 4] = [
    "Compare what suppliers owe",
    "Compare what suppliers owe.",
    "Compare what they owe. ..",
    "What do they owe?",
];

impl World {
    /// Every text of a message to anybody.
    async fn bodies(&self) -> Vec<String> {
        let sql = "SELECT body FROM notification ORDER BY id";
        let found: Result<Vec<String>, sqlx::Error> = match &self.ctx.db {
            Db::Sqlite(pool, _) => sqlx::query_scalar(sql).fetch_all(pool).await,
            Db::Postgres(pool, _) => sqlx::query_scalar(sql).fetch_all(pool).await,
        };
        found.expect("the messages are read")
    }

    /// Paula asks for something in words that somebody typed.
    async fn ask_in_words(&self, port: &str, purpose: &str) -> RequestId {
        let paula = self.viewer("paula.brandt").await;
        let form =
            access::request_form(&call(&self.ctx, &paula).await, &port.into()).await.expect("the form opens");
        let new = NewRequest {
            port: port.into(),
            purpose: purpose.to_owned(),
            ends_on: form.latest_end,
            contract_version: form.contract.map(|(_, version)| version),
        };
        access::request(&call(&self.ctx, &paula).await, new).await.expect("she may ask")
    }
}

on_both! { demo =>
    async fn no_message_runs_its_sentences_together_or_ends_one_twice(world) {
        let (aylin, paula) = (world.viewer("aylin.demir").await, world.viewer("paula.brandt").await);
        let contract = "collections".into();
        contracts::subscribe(&call(&world.ctx, &paula).await, &contract, "1.0.0".into(), "Planning of purchases".into()).await.expect("open");
        let broken = CheckOutcome::Failed { detail: "12 of 99 rows".to_owned(), failing_rows: Some(12) };
        world.lake.held().outcomes.insert("gold.collections".to_owned(), broken);
        contracts::run_checks(&call(&world.ctx, &aylin).await, &contract).await.expect("her own domain");
        world.lake.held().outcomes.clear();
        contracts::run_checks(&call(&world.ctx, &aylin).await, &contract).await.expect("her own domain");
        for typed in TYPED {
            // Rejected; then approved after all reminders, reviewed and withdrawn.
            let id = world.ask_in_words(CASES, typed).await;
            access::reject(&call(&world.ctx, &aylin).await, id, 1, typed.to_owned()).await.expect("she decides");
            let id = world.ask_in_words(CASES, typed).await;
            for days in [3, 4, 7] {
                world.travel(days);
                world.sweep().await;
            }
            access::approve(&call(&world.ctx, &aylin).await, id, 1, None, typed.to_owned()).await.expect("she decides");
            let grant = world.grants("paula.brandt").await.remove(0);
            let due = grant.next_review.expect("it is reviewed");
            for left in [30, 14] {
                world.go(left, due);
                world.sweep().await;
            }
            access::confirm_need(&call(&world.ctx, &paula).await, grant.id).await.expect("her own");
            access::ask_for_decision(&call(&world.ctx, &paula).await, grant.id).await.expect("her own");
            for left in [-1, -8] {
                world.go(left, due);
                world.sweep().await;
            }
            let chosen = vec![(grant.id, world.grant("paula.brandt", grant.id).await.revision)];
            access::revoke(&call(&world.ctx, &aylin).await, chosen, typed.to_owned()).await.expect("she may");
            let two = world.ask_in_words(CUSTOMERS, typed).await;
            world.approve("david.schmid", two).await.expect("the owner approves");
            access::withdraw(&call(&world.ctx, &paula).await, two).await.expect("her own");
        }
        let finance = "finance".into();
        let maria = world.viewer("maria.keller").await;
        for role in [Role::Member, Role::Owner] {
            people::put_member(&call(&world.ctx, &maria).await, &finance, "Tom Fischer", role).await.expect("she may");
        }
        let tom = world.viewer("tom.fischer").await.id;
        people::remove_member(&call(&world.ctx, &maria).await, &finance, tom).await.expect("she may");
        let bodies = world.bodies().await;
        for kind in ["Aylin Demir: ", "Purpose: ", "Not kept: ", "relies on it", "has waited for", "made you an owner"] {
            assert!(bodies.iter().any(|body| body.contains(kind)), "nobody was told \"{kind}\"");
        }
        for body in &bodies {
            assert!(!body.is_empty() && !body.contains("..") && !body.contains(". ."), "{body}");
            for line in body.lines() {
                assert_eq!(sentence(line), line, "{body}");
            }
        }
    }

    async fn what_was_decided_or_withdrawn_is_not_new_any_more(world) {
        let first = world.ask("paula.brandt", CASES, 30).await.expect("she may ask");
        let second = world.ask("clara.neumann", CASES, 30).await.expect("she may ask");
        assert_eq!(world.entries("aylin.demir").await.iter().filter(|item| item.unread).count(), 2);
        world.approve("aylin.demir", first).await.expect("she decides");
        access::withdraw(&call(&world.ctx, &world.viewer("clara.neumann").await).await, second).await.expect("she may");
        let entries = world.entries("aylin.demir").await;
        assert_eq!((entries.len(), entries.iter().any(|item| item.unread)), (2, false), "settled, not lost");
        let told = world.entries("paula.brandt").await;
        assert!(told[0].unread && told[0].title.starts_with("You may use"), "what is new to her stays new");
    }

    async fn the_first_of_two_approvals_settles_it_for_the_first_only(world) {
        let id = world.ask("paula.brandt", CUSTOMERS, 30).await.expect("she may ask");
        world.approve("david.schmid", id).await.expect("the owner approves");
        assert!(!world.entries("david.schmid").await[0].unread);
        assert!(world.entries("ines.hoffmann").await[0].unread, "now it is her turn");
    }

    async fn a_review_is_one_entry_however_often_it_reminds(world) {
        let id = world.granted("paula.brandt", CASES, 365, &["aylin.demir"]).await;
        for days in [61, 15, 8, 5] {
            world.travel(days);
            world.sweep().await;
        }
        let review = |entries: Vec<Notification>| {
            entries.into_iter().filter(|item| item.href == "/reviews").collect::<Vec<_>>()
        };
        let entries = review(world.entries("aylin.demir").await);
        assert_eq!(entries.len(), 1, "{entries:?}");
        assert!(entries[0].unread && entries[0].earlier >= 2, "{entries:?}");
        let aylin = world.viewer("aylin.demir").await;
        let all = notify::about(&call(&world.ctx, &aylin).await, entries[0].id, PageRequest::default()).await;
        let all = all.expect("it opens").items;
        assert_eq!(all.len(), 1 + entries[0].earlier as usize, "every message can be read");
        let revision = world.grant("paula.brandt", id).await.revision;
        access::keep(&call(&world.ctx, &aylin).await, vec![(id, revision)], String::new()).await.expect("she keeps it");
        assert!(!review(world.entries("aylin.demir").await)[0].unread, "acting settles it");
        let paula = world.viewer("paula.brandt").await;
        let foreign = notify::about(&call(&world.ctx, &paula).await, entries[0].id, PageRequest::default()).await;
        assert!(foreign.expect("it opens").items.is_empty(), "another's messages are nobody's to read");
    }

    async fn reading_one_message_reads_what_was_said_before_about_the_same(world) {
        world.granted("paula.brandt", CASES, 365, &["aylin.demir"]).await;
        for days in [61, 15] {
            world.travel(days);
            world.sweep().await;
        }
        let entries = world.entries("paula.brandt").await;
        let ask = entries.iter().find(|item| item.earlier > 0).expect("she was asked twice");
        let paula = world.viewer("paula.brandt").await;
        notify::mark_read(&call(&world.ctx, &paula).await, Some(ask.id)).await.expect("it is hers");
        assert!(world.entries("paula.brandt").await.iter().all(|item| item.id != ask.id || !item.unread));
        notify::mark_read(&call(&world.ctx, &paula).await, None).await.expect("they are hers");
        assert!(world.entries("paula.brandt").await.iter().all(|item| !item.unread));
    }

    async fn what_is_settled_never_goes_on_saying_that_it_waits(world) {
        let how = async |who: &str, said: &str| {
            let entries = world.entries(who).await;
            let entry = entries.into_iter().find(|item| item.title.starts_with(said));
            entry.unwrap_or_else(|| panic!("{who} was told: {said}")).settled
        };
        let settled = |words: &str| Some(words.to_owned());
        let aylin = world.viewer("aylin.demir").await;
        let first = world.ask("paula.brandt", CASES, 365).await.expect("she may ask");
        assert_eq!(how("aylin.demir", "Paula Brandt asks for").await, None);
        // Read before it is decided, it is settled all the same.
        notify::mark_read(&call(&world.ctx, &aylin).await, None).await.expect("they are hers");
        world.approve("aylin.demir", first).await.expect("she decides");
        let approved = settled("You approved the request of Paula Brandt for Collections: cases on 1 Dec 2026.");
        assert_eq!(how("aylin.demir", "Paula Brandt asks for").await, approved);
        assert_eq!(how("paula.brandt", "You may use").await, None, "what is news is not settled");
        let second = world.ask("clara.neumann", CASES, 30).await.expect("she may ask");
        access::withdraw(&call(&world.ctx, &world.viewer("clara.neumann").await).await, second).await.expect("she may");
        let withdrawn = settled("Clara Neumann withdrew the request for Collections: cases on 1 Dec 2026.");
        assert_eq!(how("aylin.demir", "Clara Neumann asks for").await, withdrawn);
        let restricted = world.ask("paula.brandt", CUSTOMERS, 30).await.expect("she may ask");
        world.approve("david.schmid", restricted).await.expect("the owner approves");
        let advanced = settled(
            "You approved the request of Paula Brandt for Customers on 1 Dec 2026, and it waits for another approval.",
        );
        assert_eq!(how("david.schmid", "Paula Brandt asks for").await, advanced);
        let grant = world.grants("paula.brandt").await.into_iter().find(|grant| grant.port.as_str() == CASES);
        let (id, due) = grant.map(|grant| (grant.id, grant.next_review.expect("it is reviewed"))).expect("she has it");
        world.go(14, due);
        world.sweep().await;
        access::confirm_need(&call(&world.ctx, &world.viewer("paula.brandt").await).await, id).await.expect("her own");
        let day = world.day(0).format("%-d %b %Y");
        let confirmed = settled(&format!("You said on {day} that your access to Collections: cases is still needed."));
        assert_eq!(how("paula.brandt", "Do you still need").await, confirmed);
        assert_eq!(how("aylin.demir", "Review access to").await, None, "it waits for her");
        let revision = world.grant("paula.brandt", id).await.revision;
        access::keep(&call(&world.ctx, &aylin).await, vec![(id, revision)], String::new()).await.expect("she keeps it");
        let kept = how("aylin.demir", "Review access to").await.expect("she kept it");
        assert!(kept.starts_with("You kept the access of Paula Brandt to Collections: cases until"), "{kept}");
        let revision = world.grant("paula.brandt", id).await.revision;
        access::revoke(&call(&world.ctx, &aylin).await, vec![(id, revision)], "Cleared up".to_owned()).await.expect("she may");
        for (who, said, whose) in [
            ("paula.brandt", "You may use", "Your access"),
            ("aylin.demir", "Review access to", "The access of Paula Brandt"),
        ] {
            let ended = format!("{whose} to Collections: cases ended {day}: Withdrawn by Aylin Demir: Cleared up.");
            assert_eq!(how(who, said).await, settled(&ended), "{who}");
        }
        world.staff("controlling", &[]).await;
        assert_eq!(how("aylin.demir", "Clara Neumann asks for").await, settled("This is settled."));
    }

    async fn what_waits_never_waits_for_somebody_who_decides_it_no_more(world) {
        let aylin = world.viewer("aylin.demir").await;
        let finance = "finance".into();
        let maria = world.viewer("maria.keller").await;
        people::put_member(&call(&world.ctx, &maria).await, &finance, "Tom Fischer", Role::Owner).await.expect("she may");
        let (id, due) = world.reviewed().await;
        world.go(14, due);
        world.ask("clara.neumann", CASES, 30).await.expect("she may ask");
        world.ask("paula.brandt", FORECAST, 30).await.expect("she may ask");
        world.travel(3);
        world.sweep().await;
        let entry = async |who: &str, said: &str| {
            let entries = world.entries(who).await;
            entries.into_iter().find(|item| item.title.starts_with(said)).expect("it was said")
        };
        let waiting = "A request for Collections: cases waits for you";
        let asked = entry("aylin.demir", waiting).await;
        assert!(asked.unread && asked.body.contains("asked, and it has waited for 3 days."), "{asked:?}");
        assert_eq!(entry("aylin.demir", "Review access to").await.settled, None);
        // By a file, on the page, and by leaving.
        world.staff("controlling", &[("henrik.maas", "owner")]).await;
        let told = entry("aylin.demir", waiting).await;
        let no_longer = Some("You no longer decide this.".to_owned());
        assert_eq!((told.unread, &told.settled), (false, &no_longer), "{told:?}");
        assert_eq!(told.href, "/domains/controlling", "the request itself is not hers to open");
        let review = entry("aylin.demir", "Review access to").await;
        assert_eq!((review.unread, &review.settled), (false, &no_longer), "{review:?}");
        assert!(world.grant("paula.brandt", id).await.is_live() && !aylin.administrator);
        let forecast = "A request for Sales forecast: forecast waits for you";
        assert_eq!(entry("tom.fischer", forecast).await.settled, None);
        let tom = world.viewer("tom.fischer").await.id;
        people::remove_member(&call(&world.ctx, &maria).await, &finance, tom).await.expect("she may");
        let told = entry("tom.fischer", forecast).await;
        assert_eq!((told.unread, told.settled), (false, no_longer), "he is no owner any more");
        assert_eq!(entry("maria.keller", forecast).await.settled, None, "it waits for her as before");
        leaving::disable(&world.ctx, &Actor::System("cli"), maria.id).await.expect("the operator may");
        let open = "SELECT COUNT(*) FROM notification WHERE NOT settled AND about LIKE 'request %' AND person = \
            (SELECT id FROM person WHERE email = 'maria.keller@nordkauf.example')";
        assert_eq!(world.number(open).await, 0, "nothing waits for somebody who has left");
    }

    async fn whoever_leaves_is_never_quoted_as_if_she_had_spoken(world) {
        world.granted("paula.brandt", CASES, 90, &["aylin.demir"]).await;
        let request = world.ask("paula.brandt", FORECAST, 30).await.expect("she may ask");
        let paula = world.viewer("paula.brandt").await;
        leaving::disable(&world.ctx, &Actor::System("cli"), paula.id).await.expect("the operator may");
        let told = "Paula Brandt has left: an operator of the portal closed the account";
        let comment = format!("SELECT comment FROM access_request WHERE comment LIKE '{told}%'");
        assert_eq!((world.request_state(request).await.as_str(), world.text(&comment).await.as_str()), ("withdrawn", told));
        let entries = world.entries("aylin.demir").await;
        assert!(entries.iter().any(|item| item.body == format!("{told}.")), "{entries:?}");
    }

    async fn what_has_ended_never_leads_to_a_desk_that_does_not_list_it(world) {
        let leads = async |who: &str, title: &str| {
            let entries = world.entries(who).await;
            let entry = entries.iter().find(|item| item.title.starts_with(title));
            entry.unwrap_or_else(|| panic!("{who}: {entries:?}")).href.clone()
        };
        let (holders, domain) = ("/products/collections#held", "/domains/controlling");
        world.granted("clara.neumann", CASES, 60, &["aylin.demir"]).await;
        let clara = world.viewer("clara.neumann").await;
        leaving::disable(&world.ctx, &Actor::System("cli"), clara.id).await.expect("the operator may");
        assert_eq!(leads("aylin.demir", "The access of Clara Neumann to").await, holders);
        let (id, due) = world.reviewed().await;
        let product = mesh().into_iter().find(|file| file.path == "products/collections.odps.yaml");
        let product = product.expect("it is there").text.replace("visibility, value: open", "visibility, value: private");
        world.import(vec![file("products/collections.odps.yaml", &product)]).await;
        for left in [14, -8] {
            world.go(left, due);
            world.sweep().await;
        }
        world.go(-1, world.grant("paula.brandt", id).await.until());
        world.sweep().await;
        let ended = "Access of Paula Brandt to Collections: cases has ended";
        assert_eq!(leads("aylin.demir", ended).await, holders);
        assert_eq!(leads("henrik.maas", ended).await, domain, "the product is hidden from him");
    }

    async fn what_was_said_of_access_that_ended_before_an_upgrade_never_goes_on_waiting(world) {
        let id = world.granted("paula.brandt", CASES, 365, &["aylin.demir"]).await;
        let due = world.grant("paula.brandt", id).await.next_review.expect("it is reviewed");
        world.go(14, due);
        world.sweep().await;
        world.travel(1);
        let aylin = world.viewer("aylin.demir").await;
        let revision = world.grant("paula.brandt", id).await.revision;
        access::revoke(&call(&world.ctx, &aylin).await, vec![(id, revision)], "Cleared up".to_owned()).await.expect("she may");
        let over = world.ask("clara.neumann", CASES, 30).await.expect("she may ask");
        world.approve("aylin.demir", over).await.expect("she decides");
        // As an older version left them: nothing is settled, and the last day of one is long over.
        for before in [
            "UPDATE notification SET settled = FALSE, read_at = NULL".to_owned(),
            format!("UPDATE notification SET at = '2020-01-15T08:00:00+00:00' WHERE about = 'request {over}'"),
            "UPDATE access_grant SET ends_on = '2020-01-31' WHERE ended IS NULL".to_owned(),
        ] {
            world.execute(&before).await.expect("changed");
        }
        let migration = match &world.ctx.db {
            Db::Sqlite(..) => include_str!("../../../../migrations/sqlite/0015_settled.sql"),
            Db::Postgres(..) => include_str!("../../../../migrations/postgres/0015_settled.sql"),
        };
        for update in migration.split(';').filter(|statement| statement.contains("UPDATE notification")) {
            world.execute(update).await.expect("it is settled");
        }
        for (who, said, how) in [
            ("paula.brandt", "You may use", "Withdrawn by Aylin Demir: Cleared up."),
            ("aylin.demir", "Review access to", "Withdrawn by Aylin Demir: Cleared up."),
            ("clara.neumann", "You may use", "Your access to Collections: cases was until 31 Jan 2020."),
        ] {
            let entries = world.entries(who).await;
            let entry = entries.iter().find(|item| item.title.starts_with(said)).expect("it was told");
            let settled = entry.settled.as_deref().unwrap_or_default();
            assert!(settled.ends_with(how) && !entry.unread, "{who}: {entry:?}");
        }
        let news = world.entries("paula.brandt").await.remove(0);
        assert!(news.unread && news.settled.is_none(), "that it ended is news: {news:?}");
    }

    async fn an_entry_never_says_how_other_access_ended(world) {
        let aylin = world.viewer("aylin.demir").await;
        for why in ["Cleared up", "Not used"] {
            let id = world.granted("paula.brandt", CASES, 365, &["aylin.demir"]).await;
            let revision = world.grant("paula.brandt", id).await.revision;
            access::revoke(&call(&world.ctx, &aylin).await, vec![(id, revision)], why.to_owned()).await.expect("she may");
        }
        world.granted("paula.brandt", CASES, 365, &["aylin.demir"]).await;
        let entries = world.entries("paula.brandt").await;
        let told = entries.iter().filter(|item| item.title.starts_with("You may use"));
        let ended: Vec<_> = told.map(|item| item.settled.as_deref().and_then(|how| how.rsplit(": ").next())).collect();
        assert_eq!(ended, [None, Some("Not used."), Some("Cleared up.")], "newest first");
    }
}
