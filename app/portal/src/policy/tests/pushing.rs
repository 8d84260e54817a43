//! What programs push, which is never more than who answers for them may publish.

use lakeport_model::PushScope;
use lakeport_model::documents::DocumentKind;
use proptest::prelude::*;

use super::*;

const OTHER: &str = "sales";

fn program() -> Viewer {
    Viewer { service: true, ..viewer(9, None) }
}

fn scope(text: &str) -> PushScope {
    text.parse().expect("it is a scope")
}

/// A product that is pushed with these scopes by a program that somebody with this role answers for.
fn product(domain: &str, from: Option<&str>, scopes: &[&str], role: Option<Role>) -> PushDocument {
    PushDocument {
        kind: DocumentKind::Product,
        domain: domain.into(),
        from: from.map(Into::into),
        scopes: scopes.iter().map(|text| scope(text)).collect(),
        owner: Some(viewer(1, role)),
    }
}

/// The rules where nobody in particular, a member, a steward and an owner of the domain answers for the program.
fn pushed(domain: &str, from: Option<&str>, scopes: &[&str]) -> [&'static str; 4] {
    ROLES.map(|role| {
        let decision = decide(&program(), &product(domain, from, scopes, role).into());
        assert_eq!(decision.allowed, decision.why_not.is_empty(), "a no has a sentence: {}", decision.rule);
        decision.rule
    })
}

#[test]
fn a_program_pushes_what_its_token_says_and_who_answers_for_it_may_publish() {
    let (both, no_scope, may_not) =
        (["finance:product", "sales:product"], ["push.no_scope"; 4], "push.owner_may_not");
    let may = [may_not, may_not, "push.steward", "push.owner"];
    for from in [None, Some(DOMAIN)] {
        assert_eq!(pushed(DOMAIN, from, &["finance:product"]), may);
        assert_eq!(pushed(DOMAIN, from, &[]), no_scope);
        assert_eq!(
            pushed(DOMAIN, from, &["sales:product", "finance:contract"]),
            no_scope,
            "both have to fit"
        );
    }
    assert_eq!(pushed(OTHER, None, &both), [may_not; 4], "whatever the token says");
    for (to, from) in [(OTHER, DOMAIN), (DOMAIN, OTHER)] {
        assert_eq!(pushed(to, Some(from), &both), [may_not; 4], "what moves, both domains agree to");
        for one in both {
            assert_eq!(pushed(to, Some(from), &[one]), no_scope, "and the token is for both");
        }
    }
}

#[test]
fn nothing_is_pushed_where_nobody_answers_for_it_or_by_a_person() {
    let asked = product(DOMAIN, None, &["finance:product"], Some(Role::Owner));
    let nobodys = PushDocument { owner: None, ..asked.clone() };
    assert_eq!(decide(&program(), &nobodys.into()).rule, "push.nobody_answers");
    assert_eq!(rules(&asked.clone().into()), ["push.programs_only"; 4]);
    let proof = authorize(&program(), asked).expect("it is allowed");
    assert_eq!((proof.rule(), proof.viewer()), ("push.owner", Some(person(9))));
}

pub(super) fn any_push() -> impl Strategy<Value = PushDocument> {
    let domain = || prop::sample::select(vec![DOMAIN, OTHER]).prop_map(DomainId::from);
    let kind = || prop::sample::select(DocumentKind::ALL);
    let scope = (domain(), kind()).prop_map(|(domain, kind)| PushScope { domain, kind });
    let owner = prop::sample::select(ROLES.to_vec()).prop_map(|role| viewer(1, role));
    (
        kind(),
        domain(),
        prop::option::of(domain()),
        prop::collection::vec(scope, 0..6),
        prop::option::of(owner),
    )
        .prop_map(|(kind, domain, from, scopes, owner)| PushDocument {
            kind,
            domain,
            from,
            scopes,
            owner,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    /// A token opens nothing to whoever holds it that who answers for it may not do.
    #[test]
    fn a_program_never_pushes_what_its_owner_may_not_publish(asked in any_push()) {
        let PushDocument { kind, domain, from, scopes, owner } = asked.clone();
        let carries = |domain: &DomainId| scopes.contains(&PushScope { domain: domain.clone(), kind });
        let is_carried = carries(&domain) && from.as_ref().is_none_or(carries);
        let publish = Action::PublishDocument(PublishDocument { domain, from });
        let may_publish = owner.is_some_and(|owner| decide(&owner, &publish).allowed);
        prop_assert_eq!(decide(&program(), &asked.into()).allowed, is_carried && may_publish);
    }

    /// One more scope never takes anything away.
    #[test]
    fn a_token_with_more_scopes_pushes_no_less(asked in any_push(), more in any_push()) {
        let scopes = asked.scopes.iter().chain(&more.scopes).cloned().collect();
        let wider = PushDocument { scopes, ..asked.clone() };
        let allowed = [asked, wider].map(|asked| decide(&program(), &asked.into()).allowed);
        prop_assert!(allowed.is_sorted(), "{:?}", allowed);
    }
}
