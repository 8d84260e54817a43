//! Every action with both answers, and what holds for everybody.

use chrono::NaiveDate;
use lakeport_frame::{Columns, Mask, Rows, Shown, TableRef};
use lakeport_model::access::GrantStanding;
use lakeport_model::catalog::Classification;
use lakeport_model::people::{DomainRef, Membership};
use uuid::Uuid;

use RequestState::{Approved, Rejected, Requested, Withdrawn};

use super::*;

mod properties;
mod pushing;

const DOMAIN: &str = "finance";

fn person(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

/// Somebody with a role in the domain, or with none.
fn viewer(number: u128, role: Option<Role>) -> Viewer {
    let member =
        |role| Membership { domain: DomainRef { id: DOMAIN.into(), name: "Finance".to_owned() }, role };
    Viewer {
        id: person(number),
        name: format!("Person {number}"),
        email: format!("p{number}@nordkauf.example"),
        administrator: false,
        service: false,
        memberships: role.map(member).into_iter().collect(),
    }
}

fn rule(role: Option<Role>, action: &Action) -> &'static str {
    let decision = decide(&viewer(1, role), action);
    assert_eq!(decision.allowed, decision.why_not.is_empty(), "a no has a sentence: {}", decision.rule);
    decision.rule
}

const ROLES: [Option<Role>; 4] = [None, Some(Role::Member), Some(Role::Steward), Some(Role::Owner)];

/// The rules for nobody in particular, a member, a steward and an owner.
fn rules(action: &Action) -> [&'static str; 4] {
    ROLES.map(|role| rule(role, action))
}

#[test]
fn products_are_seen_by_visibility() {
    let domain = || DomainId::from(DOMAIN);
    let see = |visibility, granted, answers| {
        rules(&Action::SeeProduct(SeeProduct { visibility, domain: domain(), granted, answers }))
    };
    assert_eq!(see(Visibility::Open, false, false), ["product.seen_by_everybody"; 4]);
    assert_eq!(see(Visibility::Restricted, false, false), ["product.seen_by_everybody"; 4]);
    let (own, grant, answers) = ("product.own_domain", "product.grant", "product.answers");
    assert_eq!(see(Visibility::Private, false, false), ["product.private", own, own, own]);
    assert_eq!(see(Visibility::Private, true, false), [grant, own, own, own]);
    assert_eq!(see(Visibility::Private, false, true), [answers, own, own, own]);
    let details = |visibility, granted, answers| {
        rules(&Action::SeeProductDetails(SeeProductDetails {
            visibility,
            domain: domain(),
            granted,
            answers,
        }))
    };
    assert_eq!(details(Visibility::Open, false, false), ["product.open"; 4]);
    assert_eq!(details(Visibility::Restricted, false, false), ["product.restricted", own, own, own]);
    assert_eq!(details(Visibility::Private, false, false), ["product.private", own, own, own]);
    for visibility in [Visibility::Restricted, Visibility::Private] {
        let seen = details(visibility, true, false);
        assert_eq!(seen, [grant, own, own, own], "whoever may read it sees what it is");
        let seen = details(visibility, false, true);
        assert_eq!(seen, [answers, own, own, own], "and so does whoever decides about it");
    }
}

/// An asset of the domain: a table with one column described as public.
fn values(classification: Classification, seen_in_full: bool, grants: &[Held]) -> Values {
    let (domain, grants) = (DOMAIN.into(), grants.to_vec());
    let public_columns = Some(vec!["rate".to_owned()]);
    Values { domain, classification, public_columns, seen_in_full, grants }
}

fn held(standing: GrantStanding, classification: Classification) -> Held {
    Held { standing, classification, until: NaiveDate::default(), opens: Opening::whole() }
}

#[test]
fn values_need_a_grant_or_the_domain() {
    let values = |classification, seen_in_full, grants: &[GrantStanding]| {
        let grants: Vec<Held> =
            grants.iter().map(|standing| held(*standing, Classification::Internal)).collect();
        rules(&Action::ReadValues(values(classification, seen_in_full, &grants)))
    };
    let read = |classification, grants: &[GrantStanding]| {
        let seen = values(classification, true, grants);
        // Only what is public asks how much of it is seen.
        if classification != Classification::Public || grants.contains(&GrantStanding::Active) {
            assert_eq!(values(classification, false, grants), seen);
        }
        seen
    };
    let (own, none, restricted) = ("values.own_domain", "values.no_grant", "values.restricted");
    assert_eq!(read(Classification::Public, &[]), ["values.public", own, own, own]);
    assert_eq!(values(Classification::Public, false, &[]), [none, own, own, own]);
    assert_eq!(read(Classification::Internal, &[]), [none, own, own, own]);
    assert_eq!(read(Classification::Confidential, &[]), [none, own, own, own]);
    assert_eq!(read(Classification::Restricted, &[]), [none, restricted, own, own]);
    let over = [GrantStanding::Expired, GrantStanding::Revoked, GrantStanding::GivenUp];
    assert_eq!(
        read(Classification::Restricted, &over),
        [none, restricted, own, own],
        "only what holds opens"
    );
    assert_eq!(
        read(Classification::Restricted, &[GrantStanding::Expired, GrantStanding::Active]),
        ["values.grant", "values.grant", own, own]
    );
}

#[test]
fn what_a_member_reads_never_seems_to_end_with_a_grant() {
    let table = TableRef { name: "gold.rates".to_owned(), location: "/lake/gold/rates".to_owned() };
    let granted =
        values(Classification::Confidential, true, &[held(GrantStanding::Active, Classification::Internal)]);
    let read = |role| entitle(&viewer(1, role), &granted, table.clone()).expect("it is read");
    assert_eq!(
        (read(Some(Role::Member)).rule(), read(Some(Role::Member)).until()),
        ("values.own_domain", None)
    );
    assert!(read(None).until().is_some());
}

#[test]
fn what_nobody_decided_never_opens_a_column_that_nobody_described() {
    let table = TableRef { name: "gold.rates".to_owned(), location: "/lake/gold/rates".to_owned() };
    let columns = |role, values: &Values| {
        let entitlement = entitle(&viewer(1, role), values, table.clone()).expect("it is read");
        (entitlement.readable().columns.clone(), entitlement.rule(), entitlement.until().is_some())
    };
    let only = Columns::plain(["rate"]);
    let public = values(Classification::Public, true, &[]);
    assert_eq!(columns(None, &public), (only.clone(), "values.public", false));
    assert_eq!(columns(Some(Role::Member), &public), (Columns::All, "values.own_domain", false));
    let undecided = [held(GrantStanding::Active, Classification::Public)];
    for (classification, seen, rule) in [
        (Classification::Public, true, "values.public"),
        (Classification::Public, false, "values.grant"),
        (Classification::Confidential, true, "values.grant"),
    ] {
        let values = values(classification, seen, &undecided);
        let seen = columns(None, &values);
        assert_eq!((&seen.0, seen.1), (&only, rule), "{classification}: only what is public was given away");
    }
    let decided = [undecided[0].clone(), held(GrantStanding::Active, Classification::Internal)];
    let seen = columns(None, &values(Classification::Internal, true, &decided));
    assert_eq!(seen, (Columns::All, "values.grant", true));
    let nothing = Values { public_columns: Some(Vec::new()), ..public.clone() };
    assert_eq!(rules(&Action::ReadValues(nothing))[0], NOTHING_DESCRIBED);
    let model = Values { public_columns: None, ..public };
    assert_eq!(rules(&Action::ReadValues(model))[0], "values.public", "a model has no columns");
}

/// A grant that opens a part.
fn part(columns: &[(&str, Shown)], rows: Rows, until: &str) -> Held {
    let columns = columns.iter().map(|(name, shown)| ((*name).to_owned(), *shown)).collect();
    let until = until.parse().expect("a day");
    let opens = Opening { columns: Columns::Only(columns), rows };
    Held { until, opens, ..held(GrantStanding::Active, Classification::Confidential) }
}

#[test]
fn what_a_grant_closes_never_opens_with_another_grant() {
    let read = |classification, grants: &[Held]| {
        reach(&viewer(1, None), &values(classification, true, grants)).expect("it is read")
    };
    let email = |shown| [("email", shown), ("rate", Shown::Plain)];
    let (hash, north) = (Shown::Masked(Mask::Hash), Rows::only("region = 'north'"));
    let masked = part(&email(hash), Rows::All, "2027-01-01");
    let plain_in_the_north = part(&email(Shown::Plain), north.clone(), "2027-06-01");
    let both = [masked.clone(), plain_in_the_north.clone()];
    let seen = read(Classification::Confidential, &both);
    assert_eq!(seen.opens, plain_in_the_north.opens, "the wider columns, in the rows they were granted in");
    assert_eq!(seen.until, Some(plain_in_the_north.until));
    let plain = part(&email(Shown::Plain), Rows::All, "2026-12-31");
    let seen = read(Classification::Confidential, &[masked.clone(), plain.clone()]);
    assert_eq!(
        (&seen.opens, seen.until),
        (&plain.opens, Some(plain.until)),
        "masked again when that grant ends"
    );
    let south = part(&email(Shown::Plain), Rows::only("region = 'south'"), "2026-12-31");
    let seen = read(Classification::Confidential, &[plain_in_the_north, south]);
    let conditions = ["region = 'north'", "region = 'south'"].map(str::to_owned);
    assert_eq!(seen.opens, Opening { rows: Rows::Where(conditions.into()), ..plain.opens.clone() });
    assert_eq!(
        seen.until.map(|day| day.to_string()),
        Some("2026-12-31".to_owned()),
        "then a part of it ends"
    );
    // What is public is open beside a grant, as it is.
    let narrow = part(&[("email", hash)], Rows::All, "2027-01-01");
    let seen = read(Classification::Public, &[narrow]);
    assert_eq!((seen.opens, seen.way), (masked.opens, Way::Grant));
}

#[test]
fn an_entitlement_says_which_columns_masks_and_rows_it_is_for() {
    let table = TableRef { name: "gold.rates".to_owned(), location: "/lake/gold/rates".to_owned() };
    let columns = [("rate", Shown::Plain), ("email", Shown::Masked(Mask::Last4))];
    let granted = part(&columns, Rows::only("rate > 1"), "2027-01-01");
    let held = values(Classification::Confidential, true, std::slice::from_ref(&granted));
    let entitlement = entitle(&viewer(1, None), &held, table.clone()).expect("it is read");
    assert_eq!((entitlement.columns(), entitlement.rows()), (&granted.opens.columns, &granted.opens.rows));
    assert_eq!(
        (entitlement.columns().mask("email"), entitlement.columns().mask("rate")),
        (Some(Mask::Last4), None)
    );
    assert_eq!((entitlement.table(), entitlement.rule()), (&table, "values.grant"));
}

#[test]
fn access_is_asked_for_what_cannot_be_read() {
    let ask = |visibility, classification| {
        rules(&Action::RequestAccess(RequestAccess {
            visibility,
            domain: DOMAIN.into(),
            classification,
            answers: false,
        }))
    };
    let own = "request.own_domain";
    for visibility in [Visibility::Open, Visibility::Restricted] {
        assert_eq!(ask(visibility, Classification::Internal), ["request.signed_in", own, own, own]);
    }
    assert_eq!(ask(Visibility::Private, Classification::Internal), ["product.private", own, own, own]);
    let restricted = ask(Visibility::Private, Classification::Restricted);
    assert_eq!(restricted, ["product.private", "request.own_domain_restricted", own, own]);
    let (visibility, domain, classification) = (Visibility::Private, DOMAIN.into(), Classification::Internal);
    let above = Action::RequestAccess(RequestAccess { visibility, domain, classification, answers: true });
    assert_eq!(rules(&above), [ONLY_DECIDES, own, own, own], "nobody asks by what he decides");
    assert_eq!(decide(&viewer(1, None), &above).kind, ErrorKind::Forbidden, "he sees the product");
}

#[test]
fn a_request_is_decided_by_those_whose_turn_it_is() {
    let decision = |state, requester, approved: &[u128], eligible: &[u128]| {
        decide(
            &viewer(1, None),
            &Action::DecideRequest(DecideRequest {
                state,
                requester: person(requester),
                approved_by: approved.iter().copied().map(person).collect(),
                eligible: eligible.iter().copied().map(person).collect(),
            }),
        )
    };
    assert_eq!(decision(Requested, 9, &[], &[1, 2]).rule, "request.owner_decides");
    assert_eq!(decision(Requested, 9, &[2], &[1]).rule, "request.second_approver_decides");
    assert_eq!(decision(Requested, 9, &[], &[2]).rule, "request.not_eligible");
    assert_eq!(decision(Requested, 9, &[1], &[1]).rule, "request.approved_once");
    for state in [Approved, Rejected, Withdrawn] {
        let decided = decision(state, 9, &[], &[1]);
        assert_eq!((decided.rule, decided.kind), ("request.decided", ErrorKind::Conflict));
    }
    for state in [Requested, Approved, Rejected, Withdrawn] {
        assert_eq!(decision(state, 1, &[], &[1]).rule, "request.not_his_own", "whoever is eligible");
    }
}

#[test]
fn nobody_gives_a_role_above_his_own_or_raises_himself_and_a_domain_keeps_an_owner() {
    use Role::{Member, Owner, Steward};
    let manage = |by: Option<Role>, number, from, to, other_owner| {
        let action = Action::ManageMember(ManageMember {
            domain: DOMAIN.into(),
            person: person(number),
            from,
            to,
            other_owner,
        });
        rule(by, &action)
    };
    for by in [None, Some(Member)] {
        assert_eq!(manage(by, 2, None, Some(Member), true), "members.not_eligible");
        assert_eq!(manage(by, 1, by, None, true), "members.not_eligible");
    }
    assert_eq!(manage(Some(Steward), 2, None, Some(Steward), true), "members.steward");
    assert_eq!(manage(Some(Owner), 2, Some(Member), Some(Owner), true), "members.owner");
    for (from, to) in [(None, Some(Owner)), (Some(Owner), None), (Some(Owner), Some(Member))] {
        assert_eq!(manage(Some(Steward), 2, from, to, true), "members.above_own_role");
    }
    assert_eq!(manage(Some(Steward), 1, Some(Steward), Some(Owner), true), "members.above_own_role");
    for to in [None, Some(Steward)] {
        assert_eq!(manage(Some(Owner), 1, Some(Owner), to, false), "members.last_owner");
        assert_eq!(manage(Some(Owner), 1, Some(Owner), to, true), "members.owner");
    }
    let administrator = |role| Viewer { administrator: true, ..viewer(1, role) };
    let by_administrator = |number, from, to, other_owner| {
        let action = Action::ManageMember(ManageMember {
            domain: DOMAIN.into(),
            person: person(number),
            from,
            to,
            other_owner,
        });
        decide(&administrator(from.filter(|_| number == 1)), &action).rule
    };
    assert_eq!(by_administrator(2, None, Some(Owner), false), "members.administrator");
    assert_eq!(by_administrator(1, None, Some(Owner), true), "members.not_himself");
    assert_eq!(by_administrator(1, Some(Steward), Some(Owner), true), "members.not_himself");
    assert_eq!(by_administrator(2, Some(Owner), None, false), "members.last_owner");
}

#[test]
fn grants_are_reviewed_by_others_and_answered_for_by_their_consumer() {
    let review = |consumer, reviewers: &[u128]| {
        rules(&Action::ReviewGrant(ReviewGrant {
            consumer: person(consumer),
            reviewers: reviewers.iter().copied().map(person).collect(),
        }))
    };
    assert_eq!(review(9, &[1, 2]), ["grant.owner_or_steward_reviews"; 4]);
    assert_eq!(review(9, &[2]), ["grant.not_eligible"; 4], "whatever role is held");
    assert_eq!(review(1, &[1]), ["grant.not_his_own"; 4]);
    let see = |reviewers: &[u128]| {
        let reviewers = reviewers.iter().copied().map(person).collect();
        rules(&Action::SeeGrants(SeeGrants { domain: DOMAIN.into(), reviewers }))
    };
    let others = "grants.not_eligible";
    assert_eq!(see(&[])[..2], [others, others], "who reads what is nobody else's business");
    assert_eq!(see(&[])[2..], ["grants.owner_or_steward"; 2]);
    let answer =
        |consumer| rules(&Action::AnswerForOwnGrant(AnswerForOwnGrant { consumer: person(consumer) }));
    assert_eq!((answer(1), answer(9)), (["grant.consumer_answers"; 4], ["not_his_own"; 4]));
    let withdraw =
        |requester| rules(&Action::WithdrawRequest(WithdrawRequest { requester: person(requester) }));
    assert_eq!((withdraw(1), withdraw(9)), (["request.requester_withdraws"; 4], ["not_his_own"; 4]));
}

#[test]
fn checks_are_run_by_those_who_care() {
    let run =
        |subscriber, told| rules(&Action::RunChecks(RunChecks { domain: DOMAIN.into(), subscriber, told }));
    let (own, untold) = ("checks.own_domain", "checks.results_need_access");
    assert_eq!(run(false, true), ["checks.not_eligible", own, own, own]);
    assert_eq!(run(true, true), ["checks.subscriber", own, own, own]);
    assert_eq!(run(false, false), ["checks.not_eligible", untold, untold, untold]);
    assert_eq!(run(true, false), [untold; 4]);
}

#[test]
fn a_domain_publishes_for_itself_and_never_for_another() {
    let publish = |domain: &str, from: Option<&str>| {
        rules(&Action::PublishDocument(PublishDocument { domain: domain.into(), from: from.map(Into::into) }))
    };
    let (none, other) = ("publish.not_eligible", "publish.other_domain");
    assert_eq!(publish(DOMAIN, None), [other, other, "publish.steward", "publish.owner"]);
    assert_eq!(publish(DOMAIN, Some(DOMAIN)), [none, none, "publish.steward", "publish.owner"]);
    assert_eq!(publish("sales", None), [other; 4]);
    assert_eq!(
        publish("sales", Some(DOMAIN)),
        [none, none, other, other],
        "nobody gives it to who did not ask"
    );
    assert_eq!(publish(DOMAIN, Some("sales")), [none; 4], "nobody takes it from who did not give it");
}

#[test]
fn older_texts_are_for_the_domain_alone() {
    let history = Action::SeeHistory(SeeHistory { domain: DOMAIN.into() });
    let own = "history.own_domain";
    assert_eq!(rules(&history), ["history.not_eligible", own, own, own]);
}

#[test]
fn the_house_is_kept_by_administrators() {
    assert_eq!(rule(Some(Role::Steward), &Action::SeeAudit(SeeAudit)), "audit.steward");
    assert_eq!(rule(Some(Role::Member), &Action::SeeAudit(SeeAudit)), "audit.not_eligible");
    assert_eq!(rules(&Action::ManageTokens(ManageTokens)), ["tokens.not_eligible"; 4]);
    let administrator = Viewer { administrator: true, ..viewer(1, None) };
    assert_eq!(decide(&administrator, &Action::SeeAudit(SeeAudit)).rule, "audit.administrator");
    assert_eq!(decide(&administrator, &Action::ManageTokens(ManageTokens)).rule, "tokens.administrator");
    let revoke = |owner| Action::RevokeToken(RevokeToken { owner });
    assert_eq!(rules(&revoke(Some(person(1)))), ["tokens.owner"; 4]);
    assert_eq!(rules(&revoke(Some(person(2)))), ["tokens.not_his_own"; 4]);
    assert_eq!(rules(&revoke(None)), ["tokens.not_his_own"; 4], "nobody answers for what nobody owns");
    assert_eq!(decide(&administrator, &revoke(Some(person(2)))).rule, "tokens.administrator");
    assert_eq!(rules(&Action::MoveClock(MoveClock { demo: true })), ["clock.demo"; 4]);
    assert_eq!(rules(&Action::MoveClock(MoveClock { demo: false })), ["clock.real"; 4]);
}

#[test]
fn a_no_becomes_the_right_refusal() {
    let kind = |action: &Action| match authorize(&viewer(1, None), action.clone()) {
        Err(Error::Refused(refusal)) => refusal.kind,
        other => panic!("a refusal was expected, not {other:?}"),
    };
    let (visibility, domain) = (Visibility::Private, DOMAIN.into());
    let hidden = Action::SeeProduct(SeeProduct { visibility, domain, granted: false, answers: false });
    assert_eq!(kind(&hidden), ErrorKind::NotFound);
    assert_eq!(kind(&Action::SeeAudit(SeeAudit)), ErrorKind::Forbidden);
    let proof = authorize(&viewer(1, None), MoveClock { demo: true }).expect("it is allowed");
    assert_eq!((proof.rule(), proof.viewer()), ("clock.demo", Some(person(1))));
}

#[test]
fn an_owner_certifies_only_where_there_is_no_steward() {
    let certify =
        |has_steward| rules(&Certify { domain: DOMAIN.into(), has_steward, is_fresh: false }.into());
    let of_others = "certification.not_eligible";
    assert_eq!(
        certify(true),
        [of_others, of_others, "certification.steward", "certification.steward_needed"]
    );
    assert_eq!(certify(false), [of_others, of_others, "certification.steward", "certification.owner"]);
    let fresh = rules(&Certify { domain: DOMAIN.into(), has_steward: true, is_fresh: true }.into());
    assert_eq!(fresh, [of_others, of_others, "certification.fresh_steward", "certification.steward_needed"]);
}

#[test]
fn nobody_lowers_a_classification_without_the_steward() {
    let lower = |has_steward| LowerClassification { domain: DOMAIN.into(), has_steward, is_fresh: false };
    let of_others = "classification.not_eligible";
    assert_eq!(
        rules(&lower(true).into()),
        [of_others, of_others, "classification.steward_lowers", "classification.steward_needed"]
    );
    assert_eq!(
        rules(&lower(false).into()),
        [of_others, of_others, "classification.steward_lowers", "classification.owner_lowers"]
    );
    let fresh = LowerClassification { is_fresh: true, ..lower(true) };
    assert_eq!(
        rules(&fresh.into()),
        [of_others, of_others, "classification.fresh_steward", "classification.steward_needed"]
    );
}

#[test]
fn members_propose_and_those_who_publish_decide() {
    let propose = |domain: &str| rules(&ProposeDocument { domain: domain.into() }.into());
    let of_others = "proposal.not_eligible";
    assert_eq!(propose(DOMAIN), [of_others, "proposal.member", of_others, of_others]);
    assert_eq!(propose("sales"), [of_others; 4]);
    let decision =
        |proposer| rules(&DecideProposal { domain: DOMAIN.into(), proposer: person(proposer) }.into());
    let none = "publish.not_eligible";
    assert_eq!(decision(9), [none, none, "publish.steward", "publish.owner"]);
    assert_eq!(decision(1), ["proposal.own"; 4], "whatever they became since");
    let withdraw = |proposer| rules(&WithdrawProposal { proposer: person(proposer) }.into());
    assert_eq!((withdraw(1), withdraw(9)), (["proposal.proposer_withdraws"; 4], ["not_his_own"; 4]));
}
