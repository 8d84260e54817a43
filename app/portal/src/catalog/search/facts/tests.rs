use lakeport_model::catalog::AssetKind;
use lakeport_model::people::{DomainRef, MemberSource, Membership, Role, Viewer};
use lakeport_model::{DomainId, PersonId};
use proptest::prelude::*;
use uuid::Uuid;

use super::super::sights::Sights;
use super::*;
use crate::catalog::{Rights, Sight};
use crate::store::catalog::{AssetRow, DomainRow};
use crate::store::people::Member;
use crate::store::snapshot::ProductRow;

const DOMAINS: [&str; 3] = ["finance", "sales", "supply"];
const NOBODY: &[usize] = &[];

/// A product: visibility, domain, and the assets behind its ports.
type Offered = (usize, usize, Vec<usize>);

/// What a catalog holds: a domain for each asset, and products.
#[derive(Debug, Clone)]
struct Case {
    assets: Vec<Option<usize>>,
    products: Vec<Option<Offered>>,
}

fn case() -> impl Strategy<Value = Case> {
    let product = (0..Visibility::ALL.len(), 0..DOMAINS.len(), proptest::collection::vec(0usize..6, 0..4));
    (
        proptest::collection::vec(proptest::option::weighted(0.8, 0..DOMAINS.len()), 6),
        proptest::collection::vec(proptest::option::weighted(0.8, product), 5),
    )
        .prop_map(|(assets, products)| Case { assets, products })
}

/// A catalog of such assets and products; `answering` answers for the domains named.
fn snapshot(case: &Case, change: i64, answering: (PersonId, &[usize])) -> Arc<Snapshot> {
    let domain = |id: &str| DomainRow {
        id: id.to_owned(),
        name: id.to_owned(),
        parent: None,
        description: String::new(),
    };
    let owns: BTreeSet<usize> = answering.1.iter().copied().collect();
    let owner = |domain: usize| Member {
        domain: DOMAINS[domain].to_owned(),
        person: answering.0,
        name: "Vera".to_owned(),
        email: "vera@nordkauf.example".to_owned(),
        role: Role::Owner,
        source: MemberSource::Page,
    };
    let assets = case.assets.iter().enumerate();
    let assets = assets.filter_map(|(place, domain)| Some(table(&format!("a{place}"), DOMAINS[(*domain)?])));
    let products = case.products.iter().enumerate();
    let products = products.filter_map(|(place, product)| Some(product_of(place, product.as_ref()?)));
    let snapshot = Snapshot::of(
        DOMAINS.map(domain).into(),
        owns.into_iter().map(owner).collect(),
        assets.collect(),
        Vec::new(),
    );
    Arc::new(snapshot.offering(change, products.collect()))
}

fn table(id: &str, domain: &str) -> AssetRow {
    AssetRow {
        id: id.to_owned(),
        kind: AssetKind::Table.to_string(),
        layer: Some(Layer::Gold.to_string()),
        namespace: "lakehouse".to_owned(),
        name: id.to_owned(),
        domain: domain.to_owned(),
        description: String::new(),
        platform: None,
        location: None,
        classification: Classification::Internal.to_string(),
        tags: "[]".to_owned(),
        columns: "[]".to_owned(),
        origin: "file".to_owned(),
        created_at: Some(chrono::DateTime::UNIX_EPOCH),
    }
}

fn product_of(place: usize, (visibility, domain, assets): &Offered) -> ProductRow {
    let port = |(place, asset): (usize, &usize)| {
        format!(
            "  - {{name: port-{place}, version: 1.0.0, customProperties: [{{property: lakeport.asset, value: a{asset}}}]}}\n"
        )
    };
    let ports: String = assets.iter().enumerate().map(port).collect();
    let ports = if ports.is_empty() { String::new() } else { format!("outputPorts:\n{ports}") };
    let (domain, visibility) = (DOMAINS[*domain], Visibility::ALL[*visibility]);
    let document = format!(
        "apiVersion: v1.0.0\nkind: DataProduct\nid: p{place}\nname: p{place}\nversion: 1.0.0\nstatus: active\n\
         domain: {domain}\ncustomProperties: [{{property: lakeport.visibility, value: {visibility}}}]\n{ports}"
    );
    ProductRow {
        id: format!("p{place}"),
        domain: domain.to_owned(),
        document,
        created_at: Some(chrono::DateTime::UNIX_EPOCH),
    }
}

fn viewer(domains: &[usize]) -> Viewer {
    let member = |domain: &usize| {
        let id = DomainId(DOMAINS[*domain].to_owned());
        Membership { domain: DomainRef { name: id.to_string(), id }, role: Role::Member }
    };
    Viewer {
        id: PersonId(Uuid::from_u128(1)),
        name: "Vera".to_owned(),
        email: "vera@nordkauf.example".to_owned(),
        administrator: false,
        service: false,
        memberships: domains.iter().map(member).collect(),
    }
}

/// What the catalog itself says somebody sees.
fn truth(snapshot: &Snapshot, rights: &Rights, fact: &Fact) -> Sight {
    if fact.is_product() {
        rights.product_sight(&snapshot.products[&*fact.id])
    } else {
        snapshot.sight(rights, &snapshot.assets[&*fact.id])
    }
}

/// Entries that differ between two catalogs, each named itself only.
fn touched(before: &Case, after: &Case) -> Touch {
    let products = before.products.iter().zip(&after.products).enumerate();
    let products = products.filter(|(_, (before, after))| before != after);
    let assets = before.assets.iter().zip(&after.assets).enumerate();
    let assets = assets.filter(|(_, (before, after))| before != after);
    let products = products.map(|(place, _)| Entry::Product(format!("p{place}")));
    Touch::Entries(products.chain(assets.map(|(place, _)| Entry::Asset(format!("a{place}")))).collect())
}

proptest! {
    #[test]
    fn nobody_ever_sees_more_in_a_search_than_the_catalog_says(
        before in case(),
        after in case(),
        own in proptest::collection::vec(0..DOMAINS.len(), 0..2),
        answers in proptest::collection::vec(0..DOMAINS.len(), 0..2),
        granted in proptest::option::of((0usize..5, 0usize..6)),
    ) {
        let viewer = viewer(&own);
        let answering = (viewer.id, answers.as_slice());
        let first = Facts::default().next(&snapshot(&before, 1, answering), &Touch::All);
        let now = snapshot(&after, 2, answering);
        let facts = first.next(&now, &touched(&before, &after));
        let granted = granted.map(|(product, asset)| (format!("p{product}"), format!("a{asset}")));
        let rights = Rights::for_test(viewer, granted);
        let mut sights = Sights::new(&facts, &rights);
        let mut seen = 0;
        let mut shaped = facts.shaped();
        for (slot, fact) in facts.all() {
            let shape = shaped.of(slot).and_then(|number| facts.shape(number)).expect("it has a shape");
            prop_assert_eq!(sights.of(slot, fact, shape), truth(&now, &rights, fact), "{} of {:?}", fact.id, after);
            seen += 1;
        }
        prop_assert_eq!(seen, now.products.len() + now.assets.len());
        let whole = Facts::default().next(&now, &Touch::All);
        let said = |facts: &Facts, slot| {
            let (fact, number) = (facts.get(slot).expect("it is there"), facts.shaped().of(slot));
            let shape = number.and_then(|number| facts.shape(number)).expect("it has a shape");
            let domain = facts.domain(shape.domain).to_owned();
            (fact.key, Arc::clone(&fact.name), domain, shape.classification, shape.class.is_some())
        };
        for (slot, fact) in whole.all() {
            let entry = fact.entry();
            let moved = facts.find(&entry).expect("it has a slot");
            prop_assert_eq!(said(&facts, moved), said(&whole, slot));
        }
    }
}

#[test]
fn two_entries_of_one_key_are_never_taken_for_each_other() {
    let case = Case { assets: vec![Some(0), Some(1), Some(2)], products: Vec::new() };
    let snapshot = snapshot(&case, 1, (PersonId(Uuid::nil()), NOBODY));
    let facts = Facts { key: |_, attempt| u64::from(attempt), ..Facts::default() };
    let facts = facts.next(&snapshot, &Touch::All);
    let keys: BTreeSet<u64> = facts.all().map(|(_, fact)| fact.key).collect();
    assert_eq!(keys, BTreeSet::from([0, 1, 2]));
    for id in ["a0", "a1", "a2"] {
        let slot = facts.find(&Entry::Asset(id.to_owned())).expect("it has a slot");
        let fact = facts.get(slot).expect("it is there");
        assert_eq!((&*fact.id, facts.slot(fact.key)), (id, slot));
    }
    assert_eq!(
        facts.find(&Entry::Product("a0".to_owned())),
        None,
        "a product of the same name is another thing"
    );
}

#[test]
fn who_went_is_not_found_and_who_comes_back_is() {
    let one = |there: bool| Case { assets: vec![there.then_some(0)], products: Vec::new() };
    let nobody = (PersonId(Uuid::nil()), NOBODY);
    let entry = Entry::Asset("a0".to_owned());
    let touch = Touch::Entries(BTreeSet::from([entry.clone()]));
    let facts = Facts::default().next(&snapshot(&one(true), 1, nobody), &Touch::All);
    let slot = facts.find(&entry).expect("it has a slot");
    let gone = facts.next(&snapshot(&one(false), 2, nobody), &touch);
    assert_eq!((gone.get(slot), gone.all().count()), (None, 0));
    assert!(facts.get(slot).is_some(), "who searches goes on with what he began with");
    let back = gone.next(&snapshot(&one(true), 3, nobody), &touch);
    assert_eq!(back.find(&entry), Some(slot));
    assert!(back.get(slot).is_some());
}
