//! Columns that seem to hold personal data: suggested by their names, and confirmed or dismissed once.

use lakeport_model::assets::{AssetText, ColumnText};
use lakeport_model::catalog::Classification;
use lakeport_model::personal::{Dismissed, PersonalData, Suggestions};
use lakeport_model::{AssetId, DomainId, PageRequest};
use lakeport_portal::{Error, ErrorKind, assets, audit, catalog, personal};

use crate::world::{World, call, on_both, refusal};

const ID: &str = "gold.contacts";

/// A table of Finance with these columns, all of them internal but those that are said to be confidential.
async fn describe(world: &World, columns: &[&str], confidential: &[&str]) {
    let column = |name: &&str| ColumnText {
        name: (*name).to_owned(),
        data_type: "string".to_owned(),
        classification: if confidential.contains(name) { "confidential" } else { "internal" }.to_owned(),
        ..ColumnText::default()
    };
    let text = AssetText {
        id: ID.to_owned(),
        kind: "table".to_owned(),
        layer: "gold".to_owned(),
        columns: columns.iter().map(column).collect(),
        ..AssetText::default()
    };
    let call = call(&world.ctx, &world.viewer("maria.keller").await).await;
    let done = assets::publish(&call, None, &DomainId::from("finance"), "", &text, "", "").await;
    done.expect("she may");
}

async fn suggestions(world: &World, who: &str, after: Option<&str>) -> Result<Suggestions, Error> {
    let call = call(&world.ctx, &world.viewer(who).await).await;
    personal::suggestions(&call, Some(&DomainId::from("finance")), after).await
}

/// The columns that are suggested.
async fn columns(world: &World) -> Vec<String> {
    let found = suggestions(world, "ines.hoffmann", None).await.expect("she may");
    found.items.into_iter().map(|suggestion| suggestion.column).collect()
}

async fn dismissed(world: &World) -> Vec<Dismissed> {
    let call = call(&world.ctx, &world.viewer("ines.hoffmann").await).await;
    personal::dismissed(&call, PageRequest::default()).await.expect("she may").items
}

on_both! { demo =>
    async fn a_column_is_confirmed_once_and_more_protected_from_then_on(world) {
        describe(world, &["email", "iban", "email_count", "phone"], &["phone"]).await;
        let found = suggestions(world, "ines.hoffmann", None).await.expect("she may");
        let seen: Vec<_> = found.items.iter().map(|one| (one.column.as_str(), one.kind, one.suggested)).collect();
        assert_eq!(
            seen,
            [
                ("email", PersonalData::Email, Classification::Confidential),
                ("iban", PersonalData::BankAccount, Classification::Restricted)
            ]
        );
        assert_eq!((found.next, found.items[0].because.as_str()), (None, "Its name says \"email\"."));
        assert!(found.items[0].effects.is_empty(), "another column is as sensitive: {:?}", found.items[0]);
        assert_eq!(found.items[1].effects, ["The asset as a whole is restricted from then on."]);
        let call = call(&world.ctx, &world.viewer("ines.hoffmann").await).await;
        let done = personal::confirm(&call, ID, "iban", "restricted").await.expect("she may");
        assert_eq!((done.number, done.is_new), (2, true));
        let again = personal::confirm(&call, ID, "iban", "restricted").await.expect("it is so");
        assert_eq!((again.number, again.is_new), (2, false));
        assert_eq!(columns(world).await, ["email"]);
        let page = {
            let call = crate::world::call(&world.ctx, &world.viewer("maria.keller").await).await;
            catalog::asset(&call, &AssetId::from(ID)).await.expect("she sees it")
        };
        assert_eq!(page.classification, Some(Classification::Restricted));
        let records = "SELECT COUNT(*) FROM audit WHERE action = 'asset.classify_personal' AND domain = 'finance'";
        assert_eq!(world.number(records).await, 1);
        for (column, classification, kind, field) in [
            ("email", "secret", ErrorKind::Invalid, Some("classification")),
            ("iban", "internal", ErrorKind::Invalid, Some("classification")),
            ("nothing", "restricted", ErrorKind::NotFound, None),
            ("email_count", "restricted", ErrorKind::Conflict, None),
        ] {
            let refused = refusal(personal::confirm(&call, ID, column, classification).await);
            assert_eq!((refused.kind, refused.field), (kind, field), "{column} {classification}");
        }
        assert_eq!(audit::verify(&world.ctx, None).await.expect("it can be read").problem, None);
    }

    async fn what_is_dismissed_is_not_suggested_again_until_somebody_says_so(world) {
        describe(world, &["email", "comment"], &[]).await;
        let call = call(&world.ctx, &world.viewer("ines.hoffmann").await).await;
        for _ in 0..2 {
            personal::dismiss(&call, ID, "comment", "free_text").await.expect("she may");
        }
        assert_eq!(columns(world).await, ["email"]);
        let held = dismissed(world).await;
        let held: Vec<_> = held.iter().map(|one| (one.column.as_str(), one.kind, one.by.as_str())).collect();
        assert_eq!(held, [("comment", PersonalData::FreeText, "Ines Hoffmann")]);
        let records = "SELECT COUNT(*) FROM audit WHERE action = 'asset.dismiss_personal'";
        assert_eq!(world.number(records).await, 1, "said twice, it was said once");
        personal::restore(&call, ID, "comment", "free_text").await.expect("she may");
        assert_eq!(columns(world).await, ["email", "comment"]);
        assert!(dismissed(world).await.is_empty());
        let wrong = refusal(personal::dismiss(&call, ID, "comment", "nonsense").await);
        assert_eq!(wrong.field, Some("kind"));
        let other = refusal(personal::dismiss(&call, ID, "comment", "email").await);
        assert_eq!(other.kind, ErrorKind::Conflict);
    }

    async fn only_owners_and_stewards_of_a_domain_decide(world) {
        describe(world, &["email"], &[]).await;
        for who in ["clara.neumann", "tom.fischer", "sofia.lindqvist"] {
            let refused = refusal(suggestions(world, who, None).await);
            assert_eq!(refused.kind, ErrorKind::Forbidden, "{who}");
            let call = call(&world.ctx, &world.viewer(who).await).await;
            let refused = [
                refusal(personal::confirm(&call, ID, "email", "restricted").await),
                refusal(personal::dismiss(&call, ID, "email", "email").await),
                refusal(personal::restore(&call, ID, "email", "email").await),
                refusal(personal::dismissed(&call, PageRequest::default()).await),
            ];
            assert!(refused.iter().all(|refused| refused.kind == ErrorKind::Forbidden), "{who}: {refused:?}");
        }
        assert_eq!(columns(world).await, ["email"]);
        let lost = refusal(suggestions(world, "ines.hoffmann", Some("here")).await);
        assert_eq!(lost.field, Some("after"));
    }

    async fn a_page_ends_and_the_next_goes_on_behind_it(world) {
        let names: Vec<String> = (0..60).map(|number| format!("email_{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        describe(world, &names, &[]).await;
        let first = suggestions(world, "ines.hoffmann", None).await.expect("she may");
        assert_eq!(first.items.len(), 50);
        let next = first.next.expect("there is more");
        let second = suggestions(world, "ines.hoffmann", Some(&next)).await.expect("she may");
        assert_eq!((second.items.len(), second.next.is_none()), (10, true));
        assert_eq!(second.items[0].column, "email_50");
    }
}
