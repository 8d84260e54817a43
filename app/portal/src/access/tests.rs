//! Who decides and who reviews, compared with a table written from the rules in words, over many constellations.

use chrono::{DateTime, TimeDelta, Utc};
use lakeport_model::access::HeldOn;
use lakeport_model::people::{DomainRef, MemberSource, Membership, Viewer};
use lakeport_model::sharing::Provisioning;
use lakeport_model::{GrantId, RequestId, TokenId};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::policy::{Action, DecideRequest, ReviewGrant, decide};
use crate::store::catalog::{AssetRow, DomainRow};

const DOMAINS: [&str; 3] = ["child", "parent", "other"];
const PEOPLE: u128 = 6;

/// Where the data is now.
#[derive(Debug, Clone, Copy)]
enum Whereabouts {
    /// The catalog does not know it any more.
    Unknown,
    /// In no domain.
    Nowhere,
    /// In this domain.
    In(usize),
}

/// One company and one request: small enough that every collision happens.
#[derive(Debug, Clone)]
struct Case {
    /// Person, domain, role; a person has one role in a domain.
    members: Vec<(u128, usize, Role)>,
    /// The child's parent is known.
    has_parent: bool,
    requester: u128,
    /// The requester is a service account, and this person answers for it.
    answered_for_by: Option<u128>,
    approved_by: Vec<u128>,
    /// The domain the request was sent to.
    sent_to: usize,
    /// Where the data is now.
    now: Whereabouts,
    state: RequestState,
    waited: i64,
}

fn case() -> impl Strategy<Value = Case> {
    let role = prop::sample::select(vec![Role::Member, Role::Steward, Role::Owner]);
    let members = prop::collection::vec((0..PEOPLE, 0..DOMAINS.len(), role), 0..10);
    let state = prop_oneof![4 => Just(RequestState::Requested), 1 => prop::sample::select(RequestState::ALL)];
    let now = prop_oneof![
        2 => Just(Whereabouts::Unknown),
        1 => Just(Whereabouts::Nowhere),
        5 => (0..DOMAINS.len()).prop_map(Whereabouts::In),
    ];
    let approved = prop::collection::vec(0..PEOPLE, 0..3);
    let asks = (0..PEOPLE, prop::option::weighted(0.3, 0..PEOPLE));
    (members, any::<bool>(), asks, approved, 0..DOMAINS.len(), now, state, 0i64..30).prop_map(
        |(mut members, has_parent, asks, approved_by, sent_to, now, state, waited)| {
            let (requester, answered_for_by) = asks;
            members.sort_by_key(|(person, domain, _)| (*person, *domain));
            members.dedup_by_key(|(person, domain, _)| (*person, *domain));
            Case { members, has_parent, requester, answered_for_by, approved_by, sent_to, now, state, waited }
        },
    )
}

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("a moment")
}

fn id(person: u128) -> PersonId {
    PersonId(Uuid::from_u128(person))
}

impl Case {
    fn snapshot(&self) -> Snapshot {
        let domain = |id: &str| {
            let parent = (id == "child" && self.has_parent).then(|| "parent".to_owned());
            DomainRow { id: id.to_owned(), name: id.to_owned(), parent, description: String::new() }
        };
        let member = |(person, domain, role): &(u128, usize, Role)| Member {
            domain: DOMAINS[*domain].to_owned(),
            person: id(*person),
            name: format!("person {person}"),
            email: String::new(),
            role: *role,
            source: MemberSource::File,
        };
        let asset = AssetRow {
            id: "data".to_owned(),
            kind: "table".to_owned(),
            layer: None,
            namespace: String::new(),
            name: String::new(),
            domain: match self.now {
                Whereabouts::In(domain) => DOMAINS[domain].to_owned(),
                _ => String::new(),
            },
            description: String::new(),
            platform: None,
            location: None,
            classification: "internal".to_owned(),
            tags: "[]".to_owned(),
            columns: "[]".to_owned(),
            origin: "file".to_owned(),
            created_at: Some(start()),
        };
        let assets = if matches!(self.now, Whereabouts::Unknown) { Vec::new() } else { vec![asset] };
        let account = self.answered_for_by.map(|owner| (TokenId(Uuid::from_u128(self.requester)), id(owner)));
        Snapshot::of(
            DOMAINS.into_iter().map(domain).collect(),
            self.members.iter().map(member).collect(),
            assets,
            account.into_iter().collect(),
        )
    }

    fn request(&self) -> Request {
        Request {
            id: RequestId(Uuid::from_u128(99)),
            port: "product/port".to_owned(),
            product: "product".to_owned(),
            domain: DOMAINS[self.sent_to].to_owned(),
            asset: Some("data".to_owned()),
            classification: Word::Known(Classification::Restricted),
            requester: id(self.requester),
            purpose: String::new(),
            ends_on: start().date_naive(),
            asked_until: None,
            contract: None,
            contract_version: None,
            state: self.state,
            revision: 1,
            follows: None,
            requested_at: start(),
            decided_at: None,
            decided_by: None,
            comment: None,
            rule: None,
            waits_since: start(),
        }
    }

    fn approvals(&self) -> Vec<Approval> {
        let approval = |person: &u128| Approval {
            person: id(*person),
            role: String::new(),
            at: start(),
            comment: String::new(),
        };
        self.approved_by.iter().map(approval).collect()
    }

    fn viewer(&self, person: u128) -> Viewer {
        let held = self.members.iter().filter(|(member, ..)| *member == person);
        let memberships = held.map(|(_, domain, role)| Membership {
            domain: DomainRef { id: DOMAINS[*domain].into(), name: String::new() },
            role: *role,
        });
        Viewer {
            id: id(person),
            name: String::new(),
            email: String::new(),
            administrator: false,
            service: false,
            memberships: memberships.collect(),
        }
    }

    // From here on the table: it knows nothing of the code above it.

    /// Where the question is decided.
    fn domain(&self) -> usize {
        match self.now {
            Whereabouts::In(domain) => domain,
            _ => self.sent_to,
        }
    }

    fn holds(&self, person: u128, domain: Option<usize>, role: Role) -> bool {
        domain.is_some_and(|domain| self.members.contains(&(person, domain, role)))
    }

    /// It is the person's own question: they ask, or a program they answer for does.
    fn is_own(&self, person: u128) -> bool {
        person == self.requester || self.answered_for_by == Some(person)
    }

    fn may_take_part(&self, person: u128) -> bool {
        !self.is_own(person) && !self.approved_by.contains(&person)
    }

    /// The people of the first line of a table on which anybody may take part.
    fn first_line(&self, lines: &[(Option<usize>, Role)], free: impl Fn(u128) -> bool) -> Vec<u128> {
        for (domain, role) in lines {
            let people: Vec<u128> =
                (0..PEOPLE).filter(|person| self.holds(*person, *domain, *role) && free(*person)).collect();
            if !people.is_empty() {
                return people;
            }
        }
        Vec::new()
    }

    /// Whose turn it is, and who is above them.
    fn table(&self, first: Role, free: impl Fn(u128) -> bool + Copy) -> (Vec<u128>, Vec<u128>) {
        let own = Some(self.domain());
        let parent = (self.domain() == 0 && self.has_parent).then_some(1);
        let turn = [
            (own, first),
            (parent, Role::Owner),
            (own, Role::Steward),
            (parent, Role::Steward),
            (own, Role::Owner),
        ];
        let turn = self.first_line(&turn, free);
        let above = [(parent, Role::Owner), (own, Role::Steward), (parent, Role::Steward)];
        let above = self.first_line(&above, |person| free(person) && !turn.contains(&person));
        (turn, above)
    }
}

/// Whether a review is long overdue on a day.
fn late(grant: &Grant, today: NaiveDate) -> bool {
    grant.next_review.is_some_and(|due| Cadence::default().is_review_escalated(today, due))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]
    /// Nobody decides for themselves, whatever they have become since they asked, nor for a program they answer for, nor
    /// twice, nor out of turn; and where somebody is left who may, they can.
    #[test]
    fn a_request_is_decided_by_those_the_table_names_and_by_nobody_else(case in case()) {
        let (snapshot, request, approvals) = (case.snapshot(), case.request(), case.approvals());
        let today = (start() + TimeDelta::days(case.waited)).date_naive();
        let eligible = ids(&eligible(&snapshot, &request, &approvals, today));
        let first = if case.approved_by.is_empty() { Role::Owner } else { Role::Steward };
        let (turn, above) = case.table(first, |person| case.may_take_part(person));
        for person in 0..PEOPLE {
            let viewer = case.viewer(person);
            let action = Action::DecideRequest(DecideRequest {
                state: case.state,
                requester: request.requester,
                approved_by: approvals.iter().map(|approval| approval.person).collect(),
                eligible: eligible.clone(),
            });
            let named = turn.contains(&person) || (case.waited >= 14 && above.contains(&person));
            let expected = case.state == RequestState::Requested && named;
            let allowed = decide(&viewer, &action).allowed;
            prop_assert_eq!(allowed, expected, "person {} in {:?}", person, case);
            prop_assert!(!allowed || case.may_take_part(person));
            let domain = domain_of_request(&snapshot, &request);
            let sees = answers_for(&snapshot, &viewer).iter().any(|held| held == domain);
            prop_assert!(!expected || sees, "what one may decide is on one's list: {:?}", case);
        }
    }

    /// Whoever may review some of what is held finds it without a look at all of it.
    #[test]
    fn no_grant_that_somebody_may_review_is_ever_outside_the_part_he_looks_at(case in case()) {
        let (snapshot, grant) = (case.snapshot(), case.grant());
        let now = start() + TimeDelta::days(case.waited);
        let domain = answering(&snapshot, grant.asset.as_deref(), &grant.product, &grant.domain);
        let on = HeldOn::Product(grant.product.as_str().into());
        for person in 0..PEOPLE {
            let viewer = case.viewer(person);
            let may = Reviewers::of(&snapshot, &grant).now(late(&grant, now.date_naive())).contains(&viewer.id);
            let is_found = match part::Part::of(&Policies::default(), &snapshot, &viewer, domain, &on, now) {
                Some(part) => {
                    let is_late = part.overdue.zip(grant.next_review).is_some_and(|(last, due)| due <= last);
                    is_late || part.holders.contains(&grant.consumer)
                }
                None => decide(&viewer, &held::see(domain, answering_people(&snapshot, domain)).into()).allowed,
            };
            prop_assert!(is_found || !may, "person {} in {:?}", person, case);
        }
    }

    /// What somebody answers for is found from that person, without a look at what others own.
    #[test]
    fn nothing_that_somebody_answers_for_is_ever_missing_from_what_is_looked_up_for_him(case in case()) {
        let snapshot = case.snapshot();
        for person in 0..PEOPLE {
            let viewer = case.viewer(person);
            let is_theirs = |domain: &String| nearest(&snapshot, domain).contains(&viewer.id);
            let theirs: BTreeSet<String> = DOMAINS.map(str::to_owned).into_iter().filter(is_theirs).collect();
            let found: BTreeSet<String> = domains_of(&snapshot, &viewer).into_iter().collect();
            prop_assert_eq!(found, theirs, "person {} in {:?}", person, case);
        }
    }

    /// Nobody reviews what they read themselves, and others above are asked only once it is late.
    #[test]
    fn a_grant_is_reviewed_by_those_the_table_names_and_by_nobody_else(case in case()) {
        let (snapshot, grant) = (case.snapshot(), case.grant());
        let today = (start() + TimeDelta::days(case.waited)).date_naive();
        let (turn, above) = case.table(Role::Owner, |person| !case.is_own(person));
        let reviewers = Reviewers::of(&snapshot, &grant).now(late(&grant, today));
        for person in 0..PEOPLE {
            let (consumer, reviewers) = (grant.consumer, reviewers.clone());
            let action = Action::ReviewGrant(ReviewGrant { consumer, reviewers });
            let held = |domain: usize| case.holds(person, Some(domain), Role::Steward);
            let parent = (case.domain() == 0 && case.has_parent).then_some(1);
            let steward = held(case.domain())
                || parent.is_some_and(|parent| held(parent) && case.turn_is_above());
            let late = case.waited > 7 && above.contains(&person);
            let expected = !case.is_own(person) && (turn.contains(&person) || steward || late);
            let allowed = decide(&case.viewer(person), &action).allowed;
            prop_assert_eq!(allowed, expected, "person {} in {:?}", person, case);
        }
    }
}

impl Case {
    /// Nobody of the domain itself could take the turn.
    fn turn_is_above(&self) -> bool {
        let own = Some(self.domain());
        let parent = (self.domain() == 0 && self.has_parent).then_some(1);
        let lines =
            [(own, Role::Owner), (parent, Role::Owner), (own, Role::Steward), (parent, Role::Steward)];
        let line = lines.into_iter().find(|(domain, role)| {
            (0..PEOPLE).any(|person| !self.is_own(person) && self.holds(person, *domain, *role))
        });
        line.is_some_and(|(domain, _)| domain == parent && parent.is_some())
    }

    fn grant(&self) -> Grant {
        let request = self.request();
        Grant {
            id: GrantId(request.id.0),
            request: request.id,
            port: request.port,
            product: request.product,
            domain: request.domain,
            asset: request.asset,
            classification: request.classification,
            consumer: request.requester,
            purpose: request.purpose,
            starts_at: start(),
            ends_on: start().date_naive() + TimeDelta::days(300),
            ended: None,
            ended_at: None,
            ended_by: None,
            end_reason: None,
            ended_rule: None,
            cycle: 1,
            next_review: Some(start().date_naive()),
            confirmed_at: None,
            provisioning: Word::Known(Provisioning::Pending),
            provisioning_attempts: 0,
            provision_after: start(),
            provisioning_note: None,
            revision: 1,
        }
    }
}
