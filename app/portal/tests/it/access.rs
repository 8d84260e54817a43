//! From asking to reading, and every way a decision may not be made.

use lakeport_model::access::{GrantStanding, RequestState};
use lakeport_model::catalog::{AccessStanding, Classification};
use lakeport_model::sharing::Provisioning;
use lakeport_portal::{Error, ErrorKind, access, catalog};

use crate::world::{call, file, on_both, refusal};

const CASES: &str = "collections/cases";
const TABLE: &str = "gold.collections";
const FORECAST: &str = "sales-forecast/forecast";
const CUSTOMERS: &str = "customers/customers";
const CALENDAR: &str = "reference-data/calendar";

on_both! { demo =>
    async fn from_request_to_reading(world) {
        let paula = world.viewer("paula.brandt").await;
        let before = catalog::preview(&call(&world.ctx, &paula).await, &TABLE.into()).await;
        assert_eq!(refusal(before).kind, ErrorKind::Forbidden);
        let id = world.ask("paula.brandt", CASES, 90).await.expect("she may ask");
        assert_eq!(world.inbox("aylin.demir").await, ["Paula Brandt asks for Collections"]);
        let page = catalog::asset(&call(&world.ctx, &paula).await, &TABLE.into()).await.expect("she sees the page");
        assert!(matches!(&page.access, AccessStanding::Requested { with, .. } if *with == ["Aylin Demir"]));
        world.approve("aylin.demir", id).await.expect("the owner decides");
        let preview = catalog::preview(&call(&world.ctx, &paula).await, &TABLE.into()).await.expect("she reads");
        assert_eq!(preview.rows, [["1"], ["2"]]);
        assert_eq!(world.inbox("paula.brandt").await, ["You may use Collections: cases"]);
        let [grant] = &world.grants("paula.brandt").await[..] else { panic!("one grant") };
        assert_eq!((grant.standing, grant.provisioning), (GrantStanding::Active, Some(Provisioning::Pending)));
        assert_eq!(
            (grant.ends_on, grant.next_review),
            (world.day(90), None),
            "it ends when it would be reviewed"
        );
        let mine = access::my_requests(&call(&world.ctx, &paula).await).await.expect("the list opens");
        assert_eq!(mine[0].state, RequestState::Approved);
        assert!(mine[0].decision.as_ref().is_some_and(|text| text.starts_with("Aylin Demir")));
    }

    async fn data_that_moved_is_never_decided_by_its_old_domain(world) {
        let files = |domain: &str| {
            let asset = format!(
                "apiVersion: lakeport/v1\nkind: Assets\ndomain: {domain}\nnamespace: lakehouse\nassets:\n- {{id: gold.rates, kind: \
                 table, location: gold/rates, classification: internal, description: Rates, columns: [{{name: rate, type: double}}]}}\n"
            );
            let product = format!(
                "apiVersion: v1.0.0\nkind: DataProduct\nid: rates\nname: Rates\nversion: 1.0.0\nstatus: active\ndomain: {domain}\n\
                 customProperties:\n- {{property: visibility, value: open}}\noutputPorts:\n- name: rates\n  version: 1.0.0\n  \
                 customProperties:\n  - {{property: asset, value: gold.rates}}\n"
            );
            vec![file("a.yaml", &asset), file("products/rates.odps.yaml", &product)]
        };
        world.import(files("controlling")).await;
        let grant = world.granted("paula.brandt", "rates/rates", 365, &["aylin.demir"]).await;
        let request = world.ask("erik.sander", "rates/rates", 30).await.expect("he may ask");
        world.import(files("finance")).await;
        let old = refusal(world.approve("aylin.demir", request).await);
        assert_eq!(old.kind, ErrorKind::NotFound, "it is no business of the old domain any more");
        let (aylin, maria) = (world.viewer("aylin.demir").await, world.viewer("maria.keller").await);
        let line = world.grant("paula.brandt", grant).await;
        assert_eq!(line.next_review, Some(world.day(0)), "what the new owner did not approve is looked at now");
        let chosen = vec![(grant, line.revision)];
        let kept = access::keep(&call(&world.ctx, &aylin).await, chosen.clone(), String::new()).await;
        assert_eq!(refusal(kept).kind, ErrorKind::NotFound);
        assert_eq!(access::review_desk(&call(&world.ctx, &maria).await).await.expect("it opens").len(), 1);
        assert_eq!(world.told("maria.keller", "A request for Rates waits for you now").await, 1);
        access::keep(&call(&world.ctx, &maria).await, chosen, String::new()).await.expect("it is hers to review");
        world.approve("maria.keller", request).await.expect("it is hers to decide");
    }

    async fn a_decision_never_counts_on_what_the_catalog_was_before_it_waited(world) {
        use lakeport_portal::policy::rules::Operator;
        use lakeport_portal::store;
        let id = world.ask("paula.brandt", FORECAST, 30).await.expect("she may ask");
        let (maria, ctx) = (world.viewer("maria.keller").await, world.ctx.clone());
        let revision = access::decide_page(&call(&world.ctx, &maria).await, id).await.expect("it opens").revision;
        // A long import holds the lock, and makes the data restricted.
        let mut import = world.ctx.db.write().await.expect("it begins");
        let approving = tokio::spawn(async move {
            access::approve(&call(&ctx, &maria).await, id, revision, None, String::new()).await
        });
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let assets = store::catalog::assets(&mut import).await.expect("they are read");
        let mut row = assets.into_iter().find(|row| row.id == "gold.sales_forecast").expect("it is there");
        "restricted".clone_into(&mut row.classification);
        store::catalog::put_asset(&mut import, &Operator::Command.proof().allows(), &row).await.expect("it is written");
        let touched = [store::changes::Touched::Asset(row.id)];
        store::changes::touch(&mut import, touched, world.now()).await.expect("it is noted");
        import.commit_unrecorded("a test").await.expect("it ends");
        approving.await.expect("no panic").expect("it is the first of two approvals");
        assert!(world.grants("paula.brandt").await.is_empty(), "restricted data needs a second person");
    }

    async fn an_approval_never_rewrites_what_was_asked(world) {
        let id = world.ask("paula.brandt", CASES, 90).await.expect("she may ask");
        let aylin = world.viewer("aylin.demir").await;
        let comment = "Only for the supplier round.".to_owned();
        access::approve(&call(&world.ctx, &aylin).await, id, 1, Some(world.day(30)), comment).await.expect("she decides");
        let paula = world.viewer("paula.brandt").await;
        let mine = access::my_requests(&call(&world.ctx, &paula).await).await.expect("the list opens");
        assert_eq!((mine[0].asked_until, mine[0].ends_on), (world.day(90), world.day(30)));
        let part = lakeport_model::PageRequest { after: None, limit: 5 };
        let page = lakeport_portal::notify::inbox(&call(&world.ctx, &paula).await, part).await.expect("it opens");
        let told = &page.items[0].body;
        assert!(told.contains("Only for the supplier round.") && told.contains("You asked until"), "{told}");
        let held = &world.grants("paula.brandt").await[0];
        assert_eq!(held.comments, ["Aylin Demir: Only for the supplier round."], "the condition is on the grant");
    }

    async fn what_concerns_others_is_refused_in_the_words_of_what_is_not_there(world) {
        use lakeport_model::{GrantId, RequestId};
        use uuid::Uuid;
        let grant = world.granted("paula.brandt", FORECAST, 90, &["maria.keller"]).await;
        let request = world.ask("paula.brandt", CASES, 90).await.expect("she may ask");
        let jonas = world.viewer("jonas.weber").await;
        let nowhere = Uuid::nil();
        let mut words = Vec::new();
        for id in [request, RequestId(nowhere)] {
            let why = || "Because".to_owned();
            words.push(refusal(access::decide_page(&call(&world.ctx, &jonas).await, id).await).message);
            words.push(refusal(access::approve(&call(&world.ctx, &jonas).await, id, 1, None, why()).await).message);
            words.push(refusal(access::reject(&call(&world.ctx, &jonas).await, id, 1, why()).await).message);
            words.push(refusal(access::withdraw(&call(&world.ctx, &jonas).await, id).await).message);
        }
        assert!(words.iter().all(|text| *text == words[0]), "{words:?}");
        let mut words = Vec::new();
        for id in [grant, GrantId(nowhere)] {
            let why = || "Because".to_owned();
            words.push(refusal(access::keep(&call(&world.ctx, &jonas).await, vec![(id, 1)], why()).await).message);
            words.push(refusal(access::revoke(&call(&world.ctx, &jonas).await, vec![(id, 1)], why()).await).message);
            words.push(refusal(access::confirm_need(&call(&world.ctx, &jonas).await, id).await).message);
            words.push(refusal(access::give_up(&call(&world.ctx, &jonas).await, id).await).message);
        }
        assert!(words.iter().all(|text| *text == words[0]), "{words:?}");
    }

    async fn a_grant_ends_by_itself(world) {
        world.granted("paula.brandt", CASES, 10, &["aylin.demir"]).await;
        let paula = world.viewer("paula.brandt").await;
        world.travel(10);
        catalog::preview(&call(&world.ctx, &paula).await, &TABLE.into()).await.expect("the last day counts");
        world.travel(1);
        let after = catalog::preview(&call(&world.ctx, &paula).await, &TABLE.into()).await;
        assert_eq!(refusal(after).kind, ErrorKind::Forbidden, "no job had to run");
        assert_eq!(world.grants("paula.brandt").await[0].standing, GrantStanding::Expired);
        let desk =
            access::review_desk(&call(&world.ctx, &world.viewer("aylin.demir").await).await).await.expect("it opens");
        assert!(desk.is_empty());
    }

    async fn who_answers_for_the_data_is_never_told_that_he_does_not(world) {
        let id = world.ask("paula.brandt", CASES, 100).await.expect("she may ask");
        let ines = world.viewer("ines.hoffmann").await;
        let why_not = async || {
            let page = access::decide_page(&call(&world.ctx, &ines).await, id).await.expect("she is its steward");
            (page.may_decide, page.why_not.unwrap_or_default())
        };
        let early = "It is not your turn: it lies with Aylin Demir.";
        assert_eq!(why_not().await, (false, early.to_owned()));
        let refused = access::approve(&call(&world.ctx, &ines).await, id, 1, None, String::new()).await;
        assert_eq!(refusal(refused).message, early, "the page and the refusal say the same");
    }

    async fn the_owner_may_shorten_the_wish(world) {
        let id = world.ask("paula.brandt", CASES, 100).await.expect("she may ask");
        let aylin = world.viewer("aylin.demir").await;
        let shorten = async |end| access::approve(&call(&world.ctx, &aylin).await, id, 1, Some(end), String::new()).await;
        assert_eq!(refusal(shorten(world.day(0)).await).field, Some("ends_on"));
        shorten(world.day(30)).await.expect("30 days are fine");
        assert_eq!(world.grants("paula.brandt").await[0].ends_on, world.day(30));
    }

    async fn an_end_shortened_by_the_first_of_two_stays_shortened(world) {
        let id = world.ask("paula.brandt", CUSTOMERS, 100).await.expect("she may ask");
        let (david, ines) = (world.viewer("david.schmid").await, world.viewer("ines.hoffmann").await);
        access::approve(&call(&world.ctx, &david).await, id, 1, Some(world.day(30)), String::new())
            .await
            .expect("the owner approves for less");
        let page = access::decide_page(&call(&world.ctx, &ines).await, id).await.expect("the steward is asked");
        assert_eq!(page.request.ends_on, world.day(30));
        let longer = access::approve(&call(&world.ctx, &ines).await, id, page.revision, Some(world.day(60)), String::new()).await;
        let refused = refusal(longer);
        assert_eq!(refused.field, Some("ends_on"), "it is said, not cut short in silence");
        assert_eq!(refused.message, "David Schmid approved until 31 Dec 2026 at most.");
        access::approve(&call(&world.ctx, &ines).await, id, page.revision, None, String::new())
            .await
            .expect("the steward approves");
        assert_eq!(world.grants("paula.brandt").await[0].ends_on, world.day(30));
        let paula = world.viewer("paula.brandt").await;
        let line = &access::my_requests(&call(&world.ctx, &paula).await).await.expect("the list opens")[0];
        assert_eq!(line.ends_on, world.day(30));
    }

    async fn a_day_that_is_too_late_is_never_refused_for_another_reason_than_its_own(world) {
        let id = world.ask("paula.brandt", CASES, 365).await.expect("she may ask");
        let aylin = world.viewer("aylin.demir").await;
        let too_late = async |days| {
            let end = Some(world.day(days));
            refusal(access::approve(&call(&world.ctx, &aylin).await, id, 1, end, String::new()).await).message
        };
        let asked = "Access was asked for until 1 Dec 2027; choose that day or an earlier one.";
        assert_eq!(too_late(366).await, asked);
        world.classify(TABLE, "controlling", "restricted").await;
        assert_eq!(too_late(181).await, "The policy allows access until 30 May 2027 at most.");
    }

    async fn a_request_is_decided_under_the_rules_for_what_its_data_has_become(world) {
        let id = world.ask("paula.brandt", CASES, 365).await.expect("she may ask");
        world.classify(TABLE, "controlling", "restricted").await;
        let aylin = world.viewer("aylin.demir").await;
        let page = access::decide_page(&call(&world.ctx, &aylin).await, id).await.expect("it opens");
        assert_eq!(
            (page.request.classification, page.request.ends_on),
            (Classification::Restricted, world.day(180))
        );
        assert_eq!(page.policy[0], "Aylin Demir decides, then a steward of Controlling.");
        let list = access::to_decide(&call(&world.ctx, &aylin).await).await.expect("it opens");
        assert_eq!(list, [page.request], "the list says the same");
        world.approve("aylin.demir", id).await.expect("the owner approves");
        assert!(world.grants("paula.brandt").await.is_empty(), "restricted data takes two people");
        world.travel(10);
        world.classify(TABLE, "controlling", "internal").await;
        world.approve("ines.hoffmann", id).await.expect("the steward approves");
        let grant = &world.grants("paula.brandt").await[0];
        assert_eq!((grant.ends_on, grant.next_review), (world.day(170), Some(world.day(60))));
        let stored = "SELECT COUNT(*) FROM access_grant WHERE classification = 'restricted'";
        assert_eq!(world.number(stored).await, 1);
    }

    async fn what_was_decided_stays_as_it_was_decided(world) {
        let id = world.ask("paula.brandt", CASES, 365).await.expect("she may ask");
        let aylin = world.viewer("aylin.demir").await;
        access::reject(&call(&world.ctx, &aylin).await, id, 1, "Take the daily sums".to_owned()).await.expect("a reason");
        world.classify(TABLE, "controlling", "restricted").await;
        let page = access::decide_page(&call(&world.ctx, &aylin).await, id).await.expect("it opens");
        assert_eq!(
            (page.request.classification, page.request.ends_on),
            (Classification::Confidential, world.day(365))
        );
    }

    async fn the_first_of_two_who_approved_is_never_left_out(world) {
        let id = world.ask("paula.brandt", CUSTOMERS, 100).await.expect("she may ask");
        let (david, ines) = (world.viewer("david.schmid").await, world.viewer("ines.hoffmann").await);
        let paula = world.viewer("paula.brandt").await;
        access::approve(&call(&world.ctx, &david).await, id, 1, None, "Only the sums".to_owned()).await.expect("the owner");
        let mine = async || access::my_requests(&call(&world.ctx, &paula).await).await.expect("the list opens").remove(0);
        assert_eq!(mine().await.approvals, ["David Schmid approved as owner: Only the sums"]);
        access::approve(&call(&world.ctx, &ines).await, id, 2, None, "Until the audit".to_owned()).await.expect("the steward");
        let line = mine().await;
        assert_eq!(line.approvals, ["David Schmid approved as owner: Only the sums"], "with his condition");
        let decision = line.decision.expect("it is decided");
        assert!(decision.starts_with("Ines Hoffmann") && decision.contains("Until the audit"), "{decision}");
    }

    async fn who_took_part_in_a_decision_still_sees_it(world) {
        world.staff("controlling", &[]).await;
        world.staff("group", &[("henrik.maas", "owner"), ("yusuf.kaya", "owner")]).await;
        let sees = |who: &'static str, id| async move {
            let page = access::decide_page(&call(&world.ctx, &world.viewer(who).await).await, id).await;
            page.map(|page| page.may_decide)
        };
        let approved = world.ask("paula.brandt", CASES, 30).await.expect("she may ask");
        world.approve("henrik.maas", approved).await.expect("the parent's owner approves");
        let henrik = world.viewer("henrik.maas").await;
        let rejected = world.ask("jonas.weber", CASES, 30).await.expect("he may ask");
        access::reject(&call(&world.ctx, &henrik).await, rejected, 1, "Take the daily sums".to_owned()).await.expect("a reason");
        for id in [approved, rejected] {
            assert!(!sees("henrik.maas", id).await.expect("he decided it"));
            assert!(!sees("yusuf.kaya", id).await.expect("he was asked as well"));
            assert_eq!(refusal(sees("erik.sander", id).await).kind, ErrorKind::NotFound);
        }
        world.classify(TABLE, "controlling", "restricted").await;
        let half = world.ask("lena.vogel", CASES, 30).await.expect("she may ask");
        world.approve("henrik.maas", half).await.expect("the first of two");
        // Henrik leaves the group while the request waits for the second.
        world.staff("group", &[("yusuf.kaya", "owner")]).await;
        assert!(!sees("henrik.maas", half).await.expect("he approved it"));
        assert!(sees("yusuf.kaya", half).await.expect("it is his turn"));
    }

    async fn a_wish_that_is_over_is_not_granted(world) {
        let id = world.ask("paula.brandt", CASES, 5).await.expect("she may ask");
        world.travel(6);
        assert_eq!(refusal(world.approve("aylin.demir", id).await).kind, ErrorKind::Conflict);
        assert!(world.grants("paula.brandt").await.is_empty());
    }

    async fn public_data_is_granted_at_once_with_a_record(world) {
        let paula = world.viewer("paula.brandt").await;
        let id = world.ask("paula.brandt", CALENDAR, 100).await.expect("she may ask");
        let [grant] = &world.grants("paula.brandt").await[..] else { panic!("one grant") };
        assert_eq!(grant.standing, GrantStanding::Active);
        let records = format!(
            "SELECT COUNT(*) FROM audit WHERE subject = 'request {id}' AND action = 'request.approve' \
             AND actor = 'system policy' AND rule = 'request.public_data'"
        );
        assert_eq!(world.number(&records).await, 1);
        assert_eq!(refusal(world.ask("paula.brandt", CALENDAR, 100).await).kind, ErrorKind::Invalid);
        assert_eq!(world.grants("paula.brandt").await.len(), 1, "sent twice, granted once");
        let line = &access::my_requests(&call(&world.ctx, &paula).await).await.expect("the list opens")[0];
        assert!(line.decision.as_ref().is_some_and(|text| text.starts_with("Lakeport, by policy")));
    }

    async fn restricted_data_takes_two_people(world) {
        let id = world.ask("paula.brandt", CUSTOMERS, 60).await.expect("she may ask");
        let early = world.approve("ines.hoffmann", id).await;
        assert_eq!(refusal(early).kind, ErrorKind::Forbidden, "first an owner");
        world.approve("david.schmid", id).await.expect("the owner approves");
        assert!(world.grants("paula.brandt").await.is_empty());
        assert_eq!(refusal(world.approve("david.schmid", id).await).kind, ErrorKind::Forbidden);
        assert_eq!(world.inbox("ines.hoffmann").await, ["A request for Customers needs a second approval"]);
        world.approve("ines.hoffmann", id).await.expect("the steward approves");
        let paula = world.viewer("paula.brandt").await;
        catalog::preview(&call(&world.ctx, &paula).await, &"silver.dim_customer".into()).await.expect("she reads");
    }

    async fn a_stale_revision_changes_nothing(world) {
        let id = world.ask("paula.brandt", CUSTOMERS, 60).await.expect("she may ask");
        world.approve("david.schmid", id).await.expect("the owner approves");
        let ines = world.viewer("ines.hoffmann").await;
        let stale = access::approve(&call(&world.ctx, &ines).await, id, 1, None, String::new()).await;
        assert_eq!(refusal(stale).kind, ErrorKind::Conflict);
        let stale = access::reject(&call(&world.ctx, &ines).await, id, 1, "No".to_owned()).await;
        assert_eq!(refusal(stale).kind, ErrorKind::Conflict);
        assert_eq!(world.number("SELECT COUNT(*) FROM approval").await, 1);
        assert!(world.grants("paula.brandt").await.is_empty());
        access::approve(&call(&world.ctx, &ines).await, id, 2, None, String::new()).await.expect("the new revision fits");
        let again = access::approve(&call(&world.ctx, &ines).await, id, 3, None, String::new()).await;
        assert_eq!(refusal(again).kind, ErrorKind::Conflict, "decided is decided");
        assert_eq!(world.grants("paula.brandt").await.len(), 1);
    }

    async fn nobody_decides_his_own(world) {
        let id = world.ask("paula.brandt", CASES, 30).await.expect("she may ask");
        // She becomes the only owner while her request waits.
        world.import(vec![file("d.yaml", "apiVersion: lakeport/v1\nkind: Domain\nid: controlling\nname: Controlling\n\
            parent: group\ndescription: Numbers\nmembers:\n- {email: paula.brandt@nordkauf.example, role: owner}\n\
            - {email: ines.hoffmann@nordkauf.example, role: steward}\n")]).await;
        let own =
            access::approve(&call(&world.ctx, &world.viewer("paula.brandt").await).await, id, 1, None, String::new())
                .await;
        assert_eq!(refusal(own).message, "Nobody decides their own request.");
        let list = access::to_decide(&call(&world.ctx, &world.viewer("henrik.maas").await).await).await.expect("it opens");
        assert_eq!(list.len(), 1, "the parent domain's owner decides");
        world.approve("henrik.maas", id).await.expect("the parent's owner approves");
        let role =
            world.number("SELECT COUNT(*) FROM approval WHERE role = 'owner of the parent domain'").await;
        assert_eq!(role, 1);
    }

    async fn the_database_lets_nobody_decide_his_own(world) {
        let id = world.ask("paula.brandt", CASES, 30).await.expect("she may ask");
        let forced = "UPDATE access_request SET state = 'approved', decided_by = requester";
        let refused = world.execute(forced).await.expect_err("the database refuses").to_string();
        assert!(refused.contains("not_his_own"), "{refused}");
        let paula = world.viewer("paula.brandt").await;
        access::withdraw(&call(&world.ctx, &paula).await, id).await.expect("taking back is her own to decide");
    }

    async fn without_owners_the_stewards_decide_in_the_end(world) {
        let domain = |id: &str, members: &str| {
            file(
                &format!("{id}.yaml"),
                &format!(
                    "apiVersion: lakeport/v1\nkind: Domain\nid: {id}\nname: {id}\nparent: group\ndescription: Numbers\nmembers: {members}\n"
                ),
            )
        };
        let steward = "[{email: ines.hoffmann@nordkauf.example, role: steward}]";
        let group = file(
            "g.yaml",
            "apiVersion: lakeport/v1\nkind: Domain\nid: group\nname: Group\n\
            description: All of it\nmembers: [{email: yusuf.kaya@nordkauf.example, role: steward}]\n",
        );
        world.import(vec![domain("controlling", steward), group.clone()]).await;
        let first = world.ask("paula.brandt", CASES, 30).await.expect("she may ask");
        world.approve("ines.hoffmann", first).await.expect("the domain's steward decides");
        world.import(vec![domain("controlling", "[]")]).await;
        let second = world.ask("jonas.weber", CASES, 30).await.expect("he may ask");
        world.approve("yusuf.kaya", second).await.expect("the parent's steward decides");
    }

    async fn nobody_is_said_to_decide_who_does_not(world) {
        let (paula, henrik) = (world.viewer("paula.brandt").await, world.viewer("henrik.maas").await);
        let said = async || {
            let form = access::request_form(&call(&world.ctx, &paula).await, &CASES.into()).await.expect("it opens");
            let asset = catalog::asset(&call(&world.ctx, &paula).await, &TABLE.into()).await.expect("it opens");
            let product = catalog::product(&call(&world.ctx, &paula).await, &"collections".into()).await.expect("it opens");
            assert_eq!(asset.in_place_of_owners, product.in_place_of_owners);
            (form.policy[0].clone(), asset.in_place_of_owners)
        };
        assert_eq!(said().await, ("Aylin Demir decides.".to_owned(), Vec::new()));
        world.staff("controlling", &[]).await;
        let instead = vec!["Henrik Maas of Nordkauf Group".to_owned()];
        assert_eq!(said().await, ("Henrik Maas decides.".to_owned(), instead));
        let id = world.ask("clara.neumann", CASES, 30).await.expect("she may ask");
        let page = access::decide_page(&call(&world.ctx, &henrik).await, id).await.expect("it is his to decide");
        assert_eq!(page.policy[0], "Henrik Maas decides.");
        world.approve("henrik.maas", id).await.expect("he decides");
        let page = access::decide_page(&call(&world.ctx, &henrik).await, id).await.expect("it opens");
        assert_eq!(page.policy[0], "One person has to approve.", "nobody decides what was decided");
        world.staff("group", &[]).await;
        let nobody = "Nobody of controlling can decide yet; an administrator has to name somebody who does.";
        assert_eq!(said().await, (nobody.to_owned(), Vec::new()));
    }

    async fn a_rejection_says_why(world) {
        let id = world.ask("paula.brandt", CASES, 30).await.expect("she may ask");
        let aylin = world.viewer("aylin.demir").await;
        let silent = access::reject(&call(&world.ctx, &aylin).await, id, 1, "  ".to_owned()).await;
        assert_eq!(refusal(silent).field, Some("comment"));
        access::reject(&call(&world.ctx, &aylin).await, id, 1, "Ask for the daily sums".to_owned())
            .await
            .expect("with a reason");
        let paula = world.viewer("paula.brandt").await;
        let line = &access::my_requests(&call(&world.ctx, &paula).await).await.expect("the list opens")[0];
        assert_eq!(line.state, RequestState::Rejected);
        assert_eq!(line.decision.as_deref(), Some("Aylin Demir, 1 Dec 2026: Ask for the daily sums"));
        assert_eq!(world.told("paula.brandt", "Your request for Collections: cases was rejected").await, 1);
        world.ask("paula.brandt", CASES, 20).await.expect("she may ask again");
    }

    async fn a_request_can_be_taken_back_once(world) {
        let id = world.ask("paula.brandt", CASES, 30).await.expect("she may ask");
        let (paula, erik) = (world.viewer("paula.brandt").await, world.viewer("erik.sander").await);
        assert_eq!(refusal(access::withdraw(&call(&world.ctx, &erik).await, id).await).kind, ErrorKind::NotFound);
        access::withdraw(&call(&world.ctx, &paula).await, id).await.expect("her own");
        assert_eq!(refusal(access::withdraw(&call(&world.ctx, &paula).await, id).await).kind, ErrorKind::Conflict);
        let aylin = world.viewer("aylin.demir").await;
        let late = access::approve(&call(&world.ctx, &aylin).await, id, 2, None, String::new()).await;
        assert_eq!(refusal(late).kind, ErrorKind::Conflict);
    }

    async fn given_up_is_over_at_once(world) {
        let id = world.granted("paula.brandt", CASES, 90, &["aylin.demir"]).await;
        let (paula, aylin) = (world.viewer("paula.brandt").await, world.viewer("aylin.demir").await);
        assert_eq!(refusal(access::give_up(&call(&world.ctx, &aylin).await, id).await).kind, ErrorKind::NotFound);
        access::give_up(&call(&world.ctx, &paula).await, id).await.expect("her own");
        let over = world.grant("paula.brandt", id).await;
        assert_eq!(over.standing, GrantStanding::GivenUp);
        assert_eq!(over.ended.as_deref(), Some("ended 1 Dec 2026: Given up"), "the day it ended");
        let after = catalog::preview(&call(&world.ctx, &paula).await, &TABLE.into()).await;
        assert_eq!(refusal(after).kind, ErrorKind::Forbidden);
        assert_eq!(refusal(access::give_up(&call(&world.ctx, &paula).await, id).await).kind, ErrorKind::Conflict);
    }

    async fn a_policy_that_asks_for_less_frees_what_waits(world) {
        let id = world.ask("paula.brandt", CUSTOMERS, 60).await.expect("she may ask");
        world.approve("david.schmid", id).await.expect("the owner approves");
        let mut settings = crate::world::settings();
        settings.policies.restricted.approvals = 1;
        let ctx = world.replica(world.clock.clone(), settings).await;
        let ines = world.viewer("ines.hoffmann").await;
        access::approve(&call(&ctx, &ines).await, id, 2, None, String::new()).await.expect("it can still be decided");
        assert_eq!(world.grants("paula.brandt").await.len(), 1);
    }

    async fn many_withdrawals_at_once_do_not_wait_for_each_other(world) {
        let mut chosen = Vec::new();
        let people = [
            "paula.brandt",
            "erik.sander",
            "jonas.weber",
            "marco.rinaldi",
            "lena.vogel",
            "pavel.novotny",
            "aylin.demir",
            "tom.fischer",
            "greta.lund",
            "yusuf.kaya",
            "nadia.rahimi",
            "david.schmid",
        ];
        for person in people {
            for port in ["sales-forecast/forecast", "sales-daily/daily-sales"] {
                chosen.push(world.granted(person, port, 90, &["maria.keller"]).await);
            }
        }
        let maria = world.viewer("maria.keller").await;
        let mut running = tokio::task::JoinSet::new();
        for id in chosen {
            let (ctx, maria) = (world.ctx.clone(), maria.clone());
            running.spawn(async move { access::revoke(&call(&ctx, &maria).await, vec![(id, 1)], "Cleared up.".to_owned()).await });
        }
        let done: Vec<Result<u32, Error>> = running.join_all().await;
        assert!(done.iter().all(|result| matches!(result, Ok(1))), "{done:?}");
    }
}
