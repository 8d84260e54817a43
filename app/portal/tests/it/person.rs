//! A person's page: what it tells of them, and whom.

use lakeport_model::glossary::TermText;
use lakeport_model::people::{PersonPage, Role};
use lakeport_model::{DomainId, PageRequest, PersonId};
use lakeport_portal::people::leaving;
use lakeport_portal::{Actor, Error, ErrorKind, glossary, people};

use crate::world::{World, call, on_both, refusal};

const PRIVATE: &str = "receivables-ageing";

async fn person_of(world: &World, who: &str, id: PersonId) -> Result<PersonPage, Error> {
    people::person(&call(&world.ctx, &world.viewer(who).await).await, id).await
}

/// The page of somebody of the demo's company, as another one reads it.
async fn page(world: &World, who: &str, of: &str) -> PersonPage {
    person_of(world, who, world.viewer(of).await.id).await.expect("everybody has a page")
}

/// The ids of what somebody answers for.
fn answers(page: &PersonPage) -> Vec<&str> {
    page.answers_for.items.iter().map(|product| product.id.as_str()).collect()
}

on_both! { demo =>
    async fn a_page_tells_where_somebody_belongs_and_their_address_to_few(world) {
        let maria = page(world, "paula.brandt", "maria.keller").await;
        assert_eq!((maria.person.name.as_str(), maria.title.as_deref()), ("Maria Keller", Some("Head of Finance Forecasting")));
        let roles: Vec<_> = maria.memberships.iter().map(|held| (held.domain.id.as_str(), held.role)).collect();
        assert_eq!(roles, [("finance", Role::Owner)]);
        assert_eq!(answers(&maria), ["sales-daily", "sales-forecast"], "by name: Daily sales comes first");
        assert!(!maria.has_left && !maria.is_viewer && maria.unread.is_empty());
        for (who, is_told) in [
            ("paula.brandt", false),
            ("greta.lund", false),
            ("maria.keller", true),
            ("aylin.demir", true),
            ("yusuf.kaya", true),
            ("sofia.lindqvist", true),
        ] {
            let told = page(world, who, "maria.keller").await.email;
            assert_eq!(told, is_told.then(|| "maria.keller@nordkauf.example".to_owned()), "{who}");
        }
        assert!(page(world, "paula.brandt", "paula.brandt").await.is_viewer);
        assert!(answers(&page(world, "paula.brandt", "tom.fischer").await).is_empty(), "members answer for nothing");
    }

    async fn what_somebody_answers_for_is_named_and_counted_as_far_as_it_is_seen(world) {
        let (own, foreign) =
            (page(world, "tom.fischer", "aylin.demir").await, page(world, "paula.brandt", "aylin.demir").await);
        assert_eq!(answers(&own), ["collections", "competitor-analysis", PRIVATE]);
        assert_eq!(answers(&foreign), ["collections", "competitor-analysis"]);
        assert_eq!((own.answers_for.of, foreign.answers_for.of), (3, 2));
        let steward = page(world, "paula.brandt", "ines.hoffmann").await;
        assert!(answers(&steward).contains(&"sales-forecast"), "whoever looks after a domain answers for it as well");
        assert!(!answers(&steward).contains(&PRIVATE));
        let david = page(world, "paula.brandt", "david.schmid").await;
        assert!(answers(&david).contains(&"customers"), "of a restricted one she knows that it exists");
    }

    async fn whoever_has_left_answers_for_nothing_and_the_page_says_so(world) {
        let aylin = world.viewer("aylin.demir").await.id;
        leaving::disable(&world.ctx, &Actor::System("cli"), aylin).await.expect("the operator may");
        for who in ["tom.fischer", "sofia.lindqvist"] {
            let gone = person_of(world, who, aylin).await.expect("the name stands in what she did");
            assert!(gone.has_left && gone.memberships.is_empty() && gone.email.is_none(), "{who}");
            assert_eq!((answers(&gone).len(), gone.answers_for.of), (0, 0), "{who}");
        }
        leaving::enable(&world.ctx, &Actor::System("cli"), aylin).await.expect("the operator may");
        let back = person_of(world, "tom.fischer", aylin).await.expect("she has a page");
        assert!(!back.has_left && back.answers_for.of == 3);
    }

    async fn nobody_and_no_program_has_a_page(world) {
        let nobody = refusal(person_of(world, "paula.brandt", PersonId(uuid::Uuid::from_u128(7))).await);
        assert_eq!(nobody.kind, ErrorKind::NotFound);
        let (_, account) = world.account("nightly load").await;
        let program = refusal(person_of(world, "sofia.lindqvist", account.id.into()).await);
        assert_eq!((program.kind, &program.message), (ErrorKind::NotFound, &nobody.message));
        let erik = world.viewer("erik.sander").await.id;
        person_of(world, "paula.brandt", erik).await.expect("he has a page");
        world.execute("DELETE FROM person WHERE email = 'erik.sander@nordkauf.example'").await.expect("he is erased");
        assert_eq!(refusal(person_of(world, "paula.brandt", erik).await).kind, ErrorKind::NotFound);
    }

    async fn a_revision_leads_to_the_person_who_published_it(world) {
        let aylin = world.viewer("aylin.demir").await;
        let as_aylin = call(&world.ctx, &aylin).await;
        let text = TermText {
            name: "Payment plan".to_owned(),
            definition: "Paying in parts.".to_owned(),
            ..TermText::default()
        };
        let domain = DomainId::from("controlling");
        glossary::publish(&as_aylin, None, &domain, 0, &text, "Asked for").await.expect("she may");
        let person = async |term: &str| {
            let history = glossary::history(&call(&world.ctx, &aylin).await, term, PageRequest::default()).await;
            history.expect("she may").lines[0].person
        };
        assert_eq!(person("payment-plan").await, Some(aylin.id));
        assert_eq!(person("dunning").await, None, "files were imported by an operator");
    }
}
