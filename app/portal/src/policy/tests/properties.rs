//! What holds for every action and everybody.

use proptest::prelude::*;

use super::pushing::any_push;
use super::*;

fn any_action() -> impl Strategy<Value = Action> {
    let visibility = || prop::sample::select(Visibility::ALL);
    let classification = || prop::sample::select(Classification::ALL);
    let people = || prop::collection::vec((0u128..4).prop_map(person), 0..4);
    let one = || (0u128..4).prop_map(person);
    let grant = || {
        (prop::sample::select(GrantStanding::ALL), classification())
            .prop_map(|(standing, classification)| held(standing, classification))
    };
    prop_oneof![
        (visibility(), any::<[bool; 2]>()).prop_map(|(visibility, [granted, answers])| Action::SeeProduct(
            SeeProduct { visibility, domain: DOMAIN.into(), granted, answers }
        )),
        (visibility(), any::<[bool; 2]>()).prop_map(|(visibility, [granted, answers])| {
            Action::SeeProductDetails(SeeProductDetails {
                visibility,
                domain: DOMAIN.into(),
                granted,
                answers,
            })
        }),
        (classification(), any::<bool>(), prop::collection::vec(grant(), 0..3)).prop_map(
            |(classification, seen_in_full, grants)| Action::ReadValues(values(
                classification,
                seen_in_full,
                &grants
            ))
        ),
        (visibility(), classification(), any::<bool>()).prop_map(|(visibility, classification, answers)| {
            Action::RequestAccess(RequestAccess {
                visibility,
                domain: DOMAIN.into(),
                classification,
                answers,
            })
        }),
        (prop::sample::select(RequestState::ALL), one(), people(), people()).prop_map(
            |(state, requester, approved_by, eligible)| Action::DecideRequest(DecideRequest {
                state,
                requester,
                approved_by,
                eligible
            })
        ),
        one().prop_map(|requester| Action::WithdrawRequest(WithdrawRequest { requester })),
        (one(), people())
            .prop_map(|(consumer, reviewers)| Action::ReviewGrant(ReviewGrant { consumer, reviewers })),
        people().prop_map(|reviewers| Action::SeeGrants(SeeGrants { domain: DOMAIN.into(), reviewers })),
        one().prop_map(|consumer| Action::AnswerForOwnGrant(AnswerForOwnGrant { consumer })),
        any::<[bool; 2]>().prop_map(|[subscriber, told]| Action::RunChecks(RunChecks {
            domain: DOMAIN.into(),
            subscriber,
            told
        })),
        any::<bool>().prop_map(|sees| Action::RelyOnContract(RelyOnContract { sees })),
        one().prop_map(|subscriber| Action::EndSubscription(EndSubscription { subscriber })),
        Just(Action::SeeAudit(SeeAudit)),
        Just(Action::ManageTokens(ManageTokens)),
        (any::<bool>(), any::<[bool; 2]>()).prop_map(|(own, [moves, own_until_now])| {
            let of = |own| DomainId::from(if own { DOMAIN } else { "sales" });
            Action::PublishDocument(PublishDocument {
                domain: of(own),
                from: moves.then(|| of(own_until_now)),
            })
        }),
        any_push().prop_map(Action::PushDocument),
        any::<[bool; 2]>().prop_map(|[has_steward, is_fresh]| {
            let domain = DOMAIN.into();
            Action::LowerClassification(LowerClassification { domain, has_steward, is_fresh })
        }),
        any::<(bool, bool)>().prop_map(|(has_steward, is_fresh)| {
            Action::Certify(Certify { domain: DOMAIN.into(), has_steward, is_fresh })
        }),
        any::<bool>().prop_map(|own| {
            let domain = DomainId::from(if own { DOMAIN } else { "sales" });
            Action::ProposeDocument(ProposeDocument { domain })
        }),
        one().prop_map(|proposer| {
            Action::DecideProposal(DecideProposal { domain: DOMAIN.into(), proposer })
        }),
        one().prop_map(|proposer| Action::WithdrawProposal(WithdrawProposal { proposer })),
        Just(Action::SeeHistory(SeeHistory { domain: DOMAIN.into() })),
        any::<bool>().prop_map(|demo| Action::MoveClock(MoveClock { demo })),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    /// Without a role one may do what everybody may, what is one's own, and what a grant or a turn allows.
    #[test]
    fn nobody_in_particular_may_do_these_and_nothing_else(action in any_action()) {
        let decision = decide(&viewer(1, None), &action);
        let named = [
            "product.seen_by_everybody", "product.open", "product.grant", "values.public", "values.grant", "request.signed_in",
            "request.requester_withdraws", "grant.consumer_answers", "checks.subscriber", "clock.demo", "contract.seen_by_viewer", "contract.own_subscription",
            // The turn says that the person is an owner or steward, at least of the parent domain.
            "request.owner_decides", "request.second_approver_decides", "grant.owner_or_steward_reviews",
            "grants.reviewer", "product.answers", "proposal.proposer_withdraws",
        ];
        prop_assert_eq!(decision.allowed, named.contains(&decision.rule), "{}", decision.rule);
    }

    /// A higher role never takes anything away, but for asking for what it reads already, for proposing what it publishes, and
    /// for what stewards watch over.
    #[test]
    fn a_higher_role_may_no_less(action in any_action()) {
        let of_stewards = matches!(
            action,
            Action::RequestAccess(_)
                | Action::SeeAudit(_)
                | Action::LowerClassification(_)
                | Action::Certify(_)
                | Action::ProposeDocument(_)
        );
        prop_assume!(!of_stewards);
        let allowed = ROLES.map(|role| decide(&viewer(1, role), &action).allowed);
        prop_assert!(allowed.is_sorted(), "{:?}: {:?}", action, allowed);
    }

    /// Being an administrator of the portal opens no data and decides nothing.
    #[test]
    fn administrators_have_no_say_over_data(action in any_action()) {
        prop_assume!(!matches!(action, Action::SeeAudit(_) | Action::ManageTokens(_)));
        let administrator = Viewer { administrator: true, ..viewer(1, None) };
        prop_assert_eq!(decide(&administrator, &action), decide(&viewer(1, None), &action));
    }
}
