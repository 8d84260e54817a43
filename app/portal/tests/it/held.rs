//! Who holds access, for those who answer for the data, and the way to withdraw it at any time.

use lakeport_model::PageRequest;
use lakeport_model::access::{GrantStanding, HeldLine, HeldOn};
use lakeport_model::catalog::AccessStanding;
use lakeport_model::people::Role;
use lakeport_portal::{Error, ErrorKind, access, catalog, notify, people};

use crate::world::{World, call, on_both, refusal};

const CASES: &str = "collections/cases";
const TABLE: &str = "gold.collections";

impl World {
    async fn held(&self, who: &str, on: HeldOn) -> Result<Vec<HeldLine>, Error> {
        let page = PageRequest { after: None, limit: 2 };
        let viewer = self.viewer(who).await;
        let mut lines = Vec::new();
        let mut next = Some(page);
        while let Some(page) = next {
            let part = access::held(&call(&self.ctx, &viewer).await, &on, page).await?;
            assert!(part.grants.items.len() <= 2, "a part is bounded");
            lines.extend(part.grants.items);
            next = part.grants.next.map(|after| PageRequest { after: Some(after), limit: 2 });
        }
        Ok(lines)
    }
}

on_both! { demo =>
    async fn an_owner_never_misses_who_reads_his_data(world) {
        for who in ["paula.brandt", "clara.neumann", "maria.keller"] {
            world.granted(who, CASES, 30, &["aylin.demir"]).await;
        }
        for on in [HeldOn::Product("collections".into()), HeldOn::Asset(TABLE.into())] {
            let lines = world.held("aylin.demir", on.clone()).await.expect("she answers for it");
            let who: Vec<_> = lines.iter().map(|line| line.grant.consumer.name.as_str()).collect();
            assert_eq!(who, ["Maria Keller", "Clara Neumann", "Paula Brandt"], "newest first");
            assert!(lines.iter().all(|line| line.why_not.is_none() && line.last_used.is_none()));
            for other in ["paula.brandt", "maria.keller"] {
                assert_eq!(refusal(world.held(other, on.clone()).await).kind, ErrorKind::Forbidden, "{other}");
            }
        }
        let product = |who: &'static str| async move {
            catalog::product(&call(&world.ctx, &world.viewer(who).await).await, &"collections".into()).await
        };
        assert!(product("aylin.demir").await.expect("it opens").sees_grants);
        assert!(!product("paula.brandt").await.expect("it opens").sees_grants);
    }

    async fn a_grant_that_is_not_under_review_can_be_withdrawn_too(world) {
        world.granted("paula.brandt", CASES, 365, &["aylin.demir"]).await;
        let aylin = world.viewer("aylin.demir").await;
        let line = world.held("aylin.demir", HeldOn::Asset(TABLE.into())).await.expect("it opens").remove(0);
        let chosen = vec![(line.grant.id, line.grant.revision)];
        let silent = access::revoke(&call(&world.ctx, &aylin).await, chosen.clone(), " ".to_owned()).await;
        assert_eq!(refusal(silent).field, Some("comment"), "whoever loses it reads why");
        access::revoke(&call(&world.ctx, &aylin).await, chosen, "The round is over".to_owned()).await.expect("she may");
        assert_eq!(world.grants("paula.brandt").await[0].standing, GrantStanding::Revoked);
        assert_eq!(world.told("paula.brandt", "Your access to Collections").await, 1);
        assert!(world.held("aylin.demir", HeldOn::Asset(TABLE.into())).await.expect("it opens").is_empty());
        let paula = world.viewer("paula.brandt").await;
        let asked = access::my_requests(&call(&world.ctx, &paula).await).await.expect("hers").remove(0);
        let grant = asked.grant.expect("the request never says approved and no more");
        assert_eq!((grant.is_live(), grant.withdrawn_by.as_deref()), (false, Some("Aylin Demir")));
        let records = "SELECT COUNT(*) FROM audit WHERE action = 'grant.revoke'";
        assert_eq!(world.number(records).await, 1);
    }

    async fn withdrawing_never_leaves_a_second_grant_open(world) {
        world.granted("paula.brandt", CASES, 100, &["aylin.demir"]).await;
        world.granted("paula.brandt", CASES, 120, &["aylin.demir"]).await;
        let (aylin, paula) = (world.viewer("aylin.demir").await, world.viewer("paula.brandt").await);
        // A portal of before, where a renewal left the old grant beside it.
        let both = "UPDATE access_grant SET ended = NULL, ended_at = NULL, ended_by = NULL, end_reason = NULL, \
                    ended_rule = NULL";
        world.execute(both).await.expect("both hold");
        let lines = world.held("aylin.demir", HeldOn::Asset(TABLE.into())).await.expect("it opens");
        assert_eq!(lines.len(), 2, "both hold");
        let chosen = vec![(lines[0].grant.id, lines[0].grant.revision)];
        access::revoke(&call(&world.ctx, &aylin).await, chosen, "The round is over".to_owned()).await.expect("she may");
        assert!(world.held("aylin.demir", HeldOn::Asset(TABLE.into())).await.expect("it opens").is_empty());
        assert_eq!(world.told("paula.brandt", "Your access to Collections: cases was withdrawn").await, 1);
        let read = catalog::preview(&call(&world.ctx, &paula).await, &TABLE.into()).await;
        assert_eq!(refusal(read).kind, ErrorKind::Forbidden, "what was said is so");
    }

    async fn a_member_is_never_said_to_lose_what_he_reads_on(world) {
        world.granted("paula.brandt", CASES, 60, &["aylin.demir"]).await;
        let (aylin, table) = (world.viewer("aylin.demir").await, HeldOn::Asset(TABLE.into()));
        assert_eq!(world.held("aylin.demir", table.clone()).await.expect("it opens")[0].grant.still, None);
        let domain = "controlling".into();
        people::put_member(&call(&world.ctx, &aylin).await, &domain, "Paula Brandt", Role::Member).await.expect("she may");
        let paula = world.viewer("paula.brandt").await;
        let page = catalog::asset(&call(&world.ctx, &paula).await, &TABLE.into()).await.expect("it opens");
        assert_eq!(page.access, AccessStanding::Domain, "what has no end is not said to end");
        let home = catalog::home(&call(&world.ctx, &paula).await).await.expect("it opens");
        let mine = home.my_data.items.iter().find(|mine| mine.asset.id.as_str() == TABLE).expect("it is hers");
        assert_eq!(mine.ends_on, None);
        let line = world.held("aylin.demir", table).await.expect("it opens").remove(0);
        assert_eq!(line.grant.still.as_deref(), Some("as a member of Controlling"));
        let chosen = vec![(line.grant.id, line.grant.revision)];
        access::revoke(&call(&world.ctx, &aylin).await, chosen, "She is a member now".to_owned()).await.expect("she may");
        let inbox = notify::inbox(&call(&world.ctx, &paula).await, PageRequest::default()).await.expect("it opens").items;
        assert_eq!(inbox[0].title, "Your grant on Collections: cases was withdrawn");
        assert_eq!(
            inbox[0].body,
            "Aylin Demir: She is a member now.\nYou can still read it as a member of Controlling."
        );
        catalog::preview(&call(&world.ctx, &paula).await, &TABLE.into()).await.expect("she reads on");
    }

    async fn my_access_never_hides_what_else_opens_the_data(world) {
        let id = world.granted("paula.brandt", CASES, 60, &["aylin.demir"]).await;
        assert_eq!(world.grant("paula.brandt", id).await.still, None);
        let (aylin, domain) = (world.viewer("aylin.demir").await, "controlling".into());
        people::put_member(&call(&world.ctx, &aylin).await, &domain, "Paula Brandt", Role::Member).await.expect("she may");
        let as_member = Some("as a member of Controlling");
        assert_eq!(world.grant("paula.brandt", id).await.still.as_deref(), as_member);
        access::give_up(&call(&world.ctx, &world.viewer("paula.brandt").await).await, id).await.expect("her own");
        let over = world.grant("paula.brandt", id).await;
        assert_eq!((over.standing, over.still.as_deref()), (GrantStanding::GivenUp, as_member));
    }

    async fn who_had_access_is_never_told_that_it_is_still_to_come(world) {
        let id = world.granted("paula.brandt", CASES, 100, &["aylin.demir"]).await;
        world.ask("paula.brandt", CASES, 120).await.expect("she may ask for longer");
        let (aylin, paula) = (world.viewer("aylin.demir").await, world.viewer("paula.brandt").await);
        let told = async || catalog::asset(&call(&world.ctx, &paula).await, &TABLE.into()).await.expect("it opens").access;
        assert!(matches!(told().await, AccessStanding::Granted { .. }), "she reads while her renewal waits");
        access::revoke(&call(&world.ctx, &aylin).await, vec![(id, 1)], "The round is over".to_owned()).await.expect("she may");
        assert!(matches!(told().await, AccessStanding::Requested { .. }), "now she waits, and nothing else is said");
        let read = refusal(catalog::preview(&call(&world.ctx, &paula).await, &TABLE.into()).await);
        assert_eq!(read.message, "You have no access to this data.");
    }

    async fn what_the_only_owner_holds_is_never_hidden_from_those_who_may_withdraw_it(world) {
        let own = world.granted("paula.brandt", CASES, 60, &["aylin.demir"]).await;
        world.granted("lena.vogel", CASES, 60, &["aylin.demir"]).await;
        world.staff("controlling", &[("paula.brandt", "owner")]).await;
        let on = || HeldOn::Product("collections".into());
        let lines = world.held("paula.brandt", on()).await.expect("she answers for it");
        let mut rows = lines.into_iter().map(|line| (line.grant.consumer.name, line.why_not));
        assert_eq!(rows.next(), Some(("Lena Vogel".to_owned(), None)));
        let (_, why_not) = rows.next().expect("her own");
        let why_not = why_not.expect("nobody withdraws his own");
        assert!(why_not.starts_with("Nobody reviews or withdraws their own grant; Henrik Maas"), "{why_not}");
        let paula = world.viewer("paula.brandt").await;
        let refused = access::revoke(&call(&world.ctx, &paula).await, vec![(own, 1)], "It is mine".to_owned()).await;
        assert_eq!(refusal(refused).message, why_not, "the row and the refusal say the same");
        for who in ["henrik.maas", "yusuf.kaya"] {
            for on in [on(), HeldOn::Asset(TABLE.into())] {
                let lines = world.held(who, on).await.expect("it is his to review");
                let ids: Vec<_> = lines.iter().map(|line| (line.grant.id, line.why_not.is_none())).collect();
                assert_eq!(ids, [(own, true)], "{who}: Lena's is Paula's to review");
            }
        }
        let henrik = world.viewer("henrik.maas").await;
        let page = catalog::product(&call(&world.ctx, &henrik).await, &"collections".into()).await.expect("it opens");
        assert!(page.sees_grants);
        access::revoke(&call(&world.ctx, &henrik).await, vec![(own, 1)], "Cleared up.".to_owned()).await.expect("he may");
        let over = catalog::product(&call(&world.ctx, &henrik).await, &"collections".into()).await.expect("it opens");
        assert!(!over.sees_grants, "the rest is none of his");
        assert_eq!(refusal(world.held("henrik.maas", on()).await).kind, ErrorKind::Forbidden);
    }

    async fn who_may_withdraw_one_grant_never_looks_through_those_of_others(world) {
        let own = world.granted("paula.brandt", CASES, 60, &["aylin.demir"]).await;
        for who in ["lena.vogel", "clara.neumann", "maria.keller"] {
            world.granted(who, CASES, 60, &["aylin.demir"]).await;
        }
        world.staff("controlling", &[("paula.brandt", "owner")]).await;
        let henrik = world.viewer("henrik.maas").await;
        for on in [HeldOn::Product("collections".into()), HeldOn::Asset(TABLE.into())] {
            let page = PageRequest { after: None, limit: 1 };
            let part = access::held(&call(&world.ctx, &henrik).await, &on, page).await.expect("one is his to review").grants;
            let ids: Vec<_> = part.items.iter().map(|line| line.grant.id).collect();
            assert_eq!((ids, part.next), (vec![own], None), "one look is all");
        }
    }

    async fn what_is_long_overdue_is_never_hidden_from_those_it_has_come_to(world) {
        let late = world.granted("paula.brandt", CASES, 300, &["aylin.demir"]).await;
        world.granted("lena.vogel", CASES, 300, &["aylin.demir"]).await;
        let on = || HeldOn::Product("collections".into());
        let due = async |day: &str| {
            let of_paula = "consumer = (SELECT id FROM person WHERE email = 'paula.brandt@nordkauf.example')";
            let sql = format!("UPDATE access_grant SET next_review = '{day}' WHERE {of_paula}");
            world.execute(&sql).await.expect("its review is due");
        };
        due("2026-11-24").await;
        assert_eq!(refusal(world.held("henrik.maas", on()).await).kind, ErrorKind::Forbidden, "not yet");
        due("2026-11-23").await;
        let lines = world.held("henrik.maas", on()).await.expect("it has come to him");
        let ids: Vec<_> = lines.iter().map(|line| (line.grant.id, line.why_not.is_none())).collect();
        assert_eq!(ids, [(late, true)]);
        assert_eq!(refusal(world.held("yusuf.kaya", on()).await).kind, ErrorKind::Forbidden, "but not to him");
    }

    async fn what_has_ended_is_not_shown_as_access(world) {
        world.granted("paula.brandt", CASES, 10, &["aylin.demir"]).await;
        world.travel(11);
        let lines = world.held("aylin.demir", HeldOn::Product("collections".into())).await.expect("it opens");
        assert!(lines.is_empty(), "{lines:?}");
    }
}
