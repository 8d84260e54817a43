//! Who belongs to a domain: added, changed and removed on its page, and what an import makes of it.

use lakeport_model::audit::AuditFilter;
use lakeport_model::catalog::SearchRequest;
use lakeport_model::people::{DomainPage, Role, RoleChange};
use lakeport_model::{DomainId, PageRequest};
use lakeport_portal::{Error, ErrorKind, audit, catalog, people};

use crate::world::{World, call, file, on_both, refusal};

const FINANCE: &str = "finance";

impl World {
    async fn put(&self, by: &str, who: &str, role: Role) -> Result<RoleChange, Error> {
        people::put_member(&call(&self.ctx, &self.viewer(by).await).await, &FINANCE.into(), who, role).await
    }

    async fn expel(&self, by: &str, who: &str) -> Result<RoleChange, Error> {
        let person = self.viewer(who).await.id;
        people::remove_member(&call(&self.ctx, &self.viewer(by).await).await, &FINANCE.into(), person).await
    }

    async fn domain(&self, who: &str, limit: u32, after: Option<String>) -> DomainPage {
        let page = PageRequest { after, limit };
        let page =
            people::domain_page(&call(&self.ctx, &self.viewer(who).await).await, &FINANCE.into(), page).await;
        page.expect("the domain opens")
    }

    async fn role(&self, who: &str) -> Option<Role> {
        self.viewer(who).await.role_in(&FINANCE.into())
    }

    /// The demo's file of Finance with these members, imported again.
    async fn file(&self, members: &[(&str, &str)]) -> Vec<String> {
        let members: Vec<String> = members
            .iter()
            .map(|(name, role)| format!("{{email: {name}@nordkauf.example, role: {role}}}"))
            .collect();
        let text = format!(
            "apiVersion: lakeport/v1\nkind: Domain\nid: finance\nname: Finance Forecasting\nparent: group\n\
             description: Plans\nmembers: [{}]\n",
            members.join(", ")
        );
        let report = self.import(vec![file("finance.yaml", &text)]).await;
        let plan = report.to_string();
        assert!(report.kept.iter().all(|line| plan.contains(line)), "the plan says it: {plan}");
        report.kept
    }
}

const IN_FILE: [(&str, &str); 3] =
    [("maria.keller", "owner"), ("ines.hoffmann", "steward"), ("clara.neumann", "member")];

on_both! { demo =>
    async fn an_owner_adds_changes_and_removes_members_and_they_are_told(world) {
        let added = world.put("maria.keller", "tom.fischer@nordkauf.example", Role::Member).await.expect("she may");
        assert_eq!(added.in_words(), "Tom Fischer is now a member of Finance Forecasting");
        assert_eq!(world.role("tom.fischer").await, Some(Role::Member), "it counts at once");
        assert_eq!(world.told("tom.fischer", "You are now a member of Finance Forecasting").await, 1);
        world.put("maria.keller", "Tom Fischer", Role::Owner).await.expect("by name, and to owner");
        assert_eq!(world.told("tom.fischer", "You are now an owner of Finance Forecasting").await, 1);
        let line = world.domain("maria.keller", 50, None).await.members.items;
        let tom = line.iter().find(|line| line.person.name == "Tom Fischer").expect("he is listed");
        assert!(!tom.from_file && tom.may_remove && tom.may_become == [Role::Member, Role::Steward]);
        let maria = line.iter().find(|line| line.person.name == "Maria Keller").expect("she is listed");
        assert!(maria.from_file, "who was named by a file is told apart");
        world.expel("tom.fischer", "maria.keller").await.expect("an owner may");
        assert_eq!(world.role("maria.keller").await, None);
        assert_eq!(world.told("maria.keller", "You are no longer an owner of Finance Forecasting").await, 1);
        let sofia = world.viewer("sofia.lindqvist").await;
        let filter = AuditFilter { action: Some("member.".to_owned()), ..AuditFilter::default() };
        let page = audit::page(&call(&world.ctx, &sofia).await, filter).await.expect("she may");
        let roles: Vec<String> = page.records.into_iter().take(3).map(|record| record.details[0].1.clone()).collect();
        assert_eq!(
            roles,
            [
                "Maria Keller is no longer an owner of Finance Forecasting",
                "Tom Fischer is now an owner of Finance Forecasting",
                "Tom Fischer is now a member of Finance Forecasting",
            ],
            "the audit says it in the words of the message"
        );
        let tom = world.viewer("tom.fischer").await.id;
        let named = format!(
            "SELECT COUNT(*) FROM audit WHERE action IN ('member.add', 'member.change') \
             AND subject = 'domain finance' AND detail LIKE '%{tom}%'"
        );
        assert_eq!(world.number(&named).await, 2, "the audit says whom");
    }

    async fn nobody_opens_restricted_data_by_a_role_unseen(world) {
        world.put("ines.hoffmann", "tom.fischer@nordkauf.example", Role::Steward).await.expect("a steward may");
        let words = "Tom Fischer is now a steward of Finance Forecasting";
        assert_eq!(world.told("maria.keller", words).await, 1, "the owner is told");
        assert_eq!(world.told("ines.hoffmann", words).await, 0, "she did it herself");
        world.put("maria.keller", "tom.fischer@nordkauf.example", Role::Member).await.expect("an owner may");
        assert_eq!(world.told("ines.hoffmann", "Tom Fischer is now a member of Finance Forecasting").await, 1);
        world.expel("ines.hoffmann", "tom.fischer").await.expect("a steward may");
        let taken = "Tom Fischer is no longer a member of Finance Forecasting";
        assert_eq!((world.told("maria.keller", taken).await, world.told("tom.fischer", taken).await), (1, 0));
        assert_eq!(world.told("clara.neumann", "Tom Fischer").await, 0, "members answer for nothing");
        world.file(&[("ines.hoffmann", "steward")]).await;
        world.put("ines.hoffmann", "paula.brandt@nordkauf.example", Role::Steward).await.expect("a steward may");
        let words = "Paula Brandt is now a steward of Finance Forecasting";
        assert_eq!(world.told("henrik.maas", words).await, 1, "where nobody else is left, those above");
    }

    async fn a_loop_over_roles_never_fills_inboxes(world) {
        let tom = "tom.fischer@nordkauf.example";
        for turn in 0..20 {
            world.put("maria.keller", tom, Role::Member).await.unwrap_or_else(|error| panic!("{turn}: {error}"));
            world.expel("maria.keller", "tom.fischer").await.unwrap_or_else(|error| panic!("{turn}: {error}"));
        }
        assert_eq!(refusal(world.put("maria.keller", tom, Role::Member).await).kind, ErrorKind::Busy);
        assert_eq!(world.role("tom.fischer").await, None);
        assert_eq!(world.told("tom.fischer", "You are").await, 40);
        world.put("ines.hoffmann", tom, Role::Member).await.expect("another has a pace of her own");
        assert_eq!(refusal(world.expel("maria.keller", "tom.fischer").await).kind, ErrorKind::Busy);
        world.travel(1);
        world.expel("maria.keller", "tom.fischer").await.expect("later she goes on");
    }

    async fn nobody_raises_himself_and_the_last_owner_stays(world) {
        let raised = refusal(world.put("ines.hoffmann", "ines.hoffmann@nordkauf.example", Role::Owner).await);
        assert_eq!(raised.kind, ErrorKind::Forbidden);
        assert_eq!(refusal(world.expel("maria.keller", "maria.keller").await).kind, ErrorKind::Forbidden);
        let lowered = world.put("maria.keller", "maria.keller@nordkauf.example", Role::Member).await;
        assert_eq!(refusal(lowered).kind, ErrorKind::Forbidden);
        assert_eq!(refusal(world.expel("ines.hoffmann", "maria.keller").await).kind, ErrorKind::Forbidden);
        for by in ["clara.neumann", "paula.brandt"] {
            let added = world.put(by, "tom.fischer@nordkauf.example", Role::Member).await;
            assert_eq!(refusal(added).kind, ErrorKind::Forbidden, "{by}");
        }
        assert_eq!(world.role("maria.keller").await, Some(Role::Owner));
        assert_eq!(world.role("tom.fischer").await, None);
    }

    async fn an_address_that_is_nobodys_is_said_at_its_field(world) {
        for who in ["nobody@nordkauf.example", "Nobody", " ", "0192d7a0-0000-7000-8000-000000000001"] {
            let refused = refusal(world.put("maria.keller", who, Role::Member).await);
            assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some("who")), "{who}");
        }
        let again = refusal(world.put("maria.keller", "clara.neumann@nordkauf.example", Role::Member).await);
        assert_eq!(again.field, Some("who"), "{}", again.message);
        world.execute("UPDATE person SET name = 'Tom Fischer' WHERE email LIKE 'jonas.weber@%'").await.expect("done");
        let two = refusal(world.put("maria.keller", "tom fischer", Role::Member).await);
        assert!(two.message.contains("jonas.weber@") && two.message.contains("tom.fischer@"), "{}", two.message);
    }

    async fn people_are_suggested_to_those_who_may_add_them_and_never_all_at_once(world) {
        let find = |who: &'static str, typed: &'static str| async move {
            people::find_people(&call(&world.ctx, &world.viewer(who).await).await, &FINANCE.into(), typed).await
        };
        let names = |hints: Vec<lakeport_model::people::PersonHint>| {
            hints.into_iter().map(|hint| hint.name).collect::<Vec<_>>()
        };
        assert_eq!(names(find("maria.keller", "FISCH").await.expect("she may")), ["Tom Fischer"]);
        assert_eq!(names(find("maria.keller", "tom.f").await.expect("she may")), ["Tom Fischer"]);
        assert!(find("maria.keller", "t").await.expect("she may").is_empty(), "one letter is no question");
        assert!(find("maria.keller", "%%").await.expect("she may").is_empty(), "a sign is a sign");
        assert_eq!(refusal(find("paula.brandt", "tom").await).kind, ErrorKind::Forbidden);
    }

    async fn an_import_never_undoes_what_was_done_on_the_page(world) {
        world.put("maria.keller", "tom.fischer@nordkauf.example", Role::Steward).await.expect("added");
        world.put("maria.keller", "ines.hoffmann@nordkauf.example", Role::Member).await.expect("changed");
        world.expel("maria.keller", "clara.neumann").await.expect("removed");
        for _ in 0..2 {
            let kept = world.file(&IN_FILE).await;
            assert_eq!(kept.len(), 3, "{kept:#?}");
            let roles = [
                world.role("tom.fischer").await,
                world.role("ines.hoffmann").await,
                world.role("clara.neumann").await,
            ];
            assert_eq!(roles, [Some(Role::Steward), Some(Role::Member), None]);
        }
        // Once the file agrees with the page, the file counts again.
        let agreed = [("maria.keller", "owner"), ("ines.hoffmann", "member"), ("tom.fischer", "steward")];
        assert!(world.file(&agreed).await.is_empty());
        assert!(world.file(&[("maria.keller", "owner"), ("clara.neumann", "member")]).await.is_empty());
        assert_eq!(world.role("tom.fischer").await, None, "who left the file has left");
        assert_eq!(world.role("clara.neumann").await, Some(Role::Member), "who came back to the file is back");
    }

    async fn no_import_gives_a_role_unseen(world) {
        let silent = ["maria.keller", "ines.hoffmann", "henrik.maas"];
        for who in silent {
            assert!(world.inbox(who).await.is_empty(), "{who}: a domain that comes with its people is no news");
        }
        let with_tom = [&IN_FILE[..], &[("tom.fischer", "steward")]].concat();
        world.file(&with_tom).await;
        let words = "Tom Fischer is now a steward of Finance Forecasting";
        assert_eq!((world.told("maria.keller", words).await, world.told("ines.hoffmann", words).await), (1, 1));
        assert_eq!(world.told("tom.fischer", "You are now a steward of Finance Forecasting").await, 1);
        assert!(world.inbox("clara.neumann").await.is_empty(), "members answer for nothing");
        world.file(&with_tom).await;
        assert_eq!(world.told("maria.keller", words).await, 1, "what a file says again is no news");
        world.file(&IN_FILE[..1]).await;
        assert_eq!(world.told("maria.keller", "3 roles that concern you changed").await, 1, "one message, not three");
        let to_maria = "SELECT body FROM notification WHERE title LIKE '3 roles%' \
            AND person = (SELECT id FROM person WHERE email LIKE 'maria.keller@%')";
        let body = world.text(to_maria).await;
        for line in [
            "Tom Fischer is no longer a steward of Finance Forecasting.",
            "Ines Hoffmann is no longer a steward of Finance Forecasting.",
            "Clara Neumann is no longer a member of Finance Forecasting.",
        ] {
            assert!(body.contains(line), "{body}");
        }
        assert_eq!(world.told("henrik.maas", "").await, 0, "there was somebody in the domain each time");
    }

    async fn the_list_of_members_is_bounded_and_complete(world) {
        world.put("maria.keller", "tom.fischer@nordkauf.example", Role::Member).await.expect("added");
        let (mut names, mut after) = (Vec::new(), None);
        loop {
            let page = world.domain("paula.brandt", 2, after).await;
            assert!(page.members.items.len() <= 2 && page.roles.is_empty());
            assert!(page.members.items.iter().all(|line| line.email.is_none() && !line.may_remove));
            names.extend(page.members.items.into_iter().map(|line| line.person.name));
            after = page.members.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(names, ["Clara Neumann", "Ines Hoffmann", "Maria Keller", "Tom Fischer"]);
    }

    async fn a_domain_page_counts_only_what_its_reader_may_know_of(world) {
        let page = |who: &'static str, id: &'static str| async move {
            let page = PageRequest::default();
            people::domain_page(&call(&world.ctx, &world.viewer(who).await).await, &DomainId::from(id), page).await
        };
        let own = page("aylin.demir", "controlling").await.expect("it opens");
        let foreign = page("paula.brandt", "controlling").await.expect("it opens");
        assert!(own.product_count > foreign.product_count, "a private product is one of them");
        for (who, page) in [("aylin.demir", &own), ("paula.brandt", &foreign)] {
            let all = SearchRequest { domain: vec!["controlling".to_owned()], limit: 1, ..SearchRequest::default() };
            let found = catalog::search(&call(&world.ctx, &world.viewer(who).await).await, &all).await.expect("it answers");
            assert_eq!(page.entry_count, found.total, "{who}: the link leads to as many");
        }
        assert_eq!(own.owners.iter().map(|owner| owner.name.as_str()).collect::<Vec<_>>(), ["Aylin Demir"]);
        assert_eq!(refusal(page("paula.brandt", "nowhere").await).kind, ErrorKind::NotFound);
    }
}
