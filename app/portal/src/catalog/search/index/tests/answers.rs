//! What is answered to whoever may see only a part.

use lakeport_model::catalog::{SearchRequest, SearchResult};
use lakeport_model::people::{DomainRef, Membership, Role, Viewer};
use lakeport_model::{DomainId, PersonId};
use uuid::Uuid;

use super::super::super::look;
use super::*;
use crate::catalog::Rights;
use crate::store::snapshot::ProductRow;

/// Tables that only the people of sales see.
const MANY: usize = 20_100;
/// Tables that everybody sees; they come after the others.
const FEW: usize = 5;

fn large() -> Arc<Snapshot> {
    let many = (0..MANY).map(|number| table(format!("table_{number:05}"), "sales", "wood".to_owned()));
    let few = (0..FEW).map(|number| table(format!("z_table_{number}"), "finance", "wood".to_owned()));
    // A product that cannot be read hides what it might offer.
    let unread = ProductRow {
        id: "unread".to_owned(),
        domain: "sales".to_owned(),
        document: "kind: [".to_owned(),
        created_at: Some(chrono::DateTime::UNIX_EPOCH),
    };
    let snapshot = Snapshot::of(Vec::new(), Vec::new(), many.chain(few).collect(), Vec::new());
    Arc::new(snapshot.offering(1, vec![unread]))
}

fn asked(q: &str) -> SearchRequest {
    SearchRequest { q: q.to_owned(), limit: 20, ..SearchRequest::default() }
}

/// What somebody of a domain is answered.
fn answer(index: &Index, snapshot: &Arc<Snapshot>, domain: &str, request: &SearchRequest) -> SearchResult {
    let id = DomainId(domain.to_owned());
    let viewer = Viewer {
        id: PersonId(Uuid::from_u128(1)),
        name: "Vera".to_owned(),
        email: "vera@nordkauf.example".to_owned(),
        administrator: false,
        service: false,
        memberships: vec![Membership {
            domain: DomainRef { name: domain.to_owned(), id },
            role: Role::Member,
        }],
    };
    look(index, &index.facts(snapshot), &Rights::for_test(viewer, None), request)
}

#[test]
fn an_entry_never_goes_missing_because_thousands_stand_before_it() {
    let snapshot = large();
    let (_data, home) = folder();
    // Nobody writes this index: words are looked for in names.
    let index = Index::at(home);
    for q in ["", "table"] {
        let own = answer(&index, &snapshot, "finance", &asked(q));
        assert_eq!((own.total as usize, own.hits.len()), (FEW, FEW), "\"{q}\"");
        let domains = own.facets.iter().find(|facet| facet.key == "domain").expect("it is a facet");
        let counted = domains.values.iter().map(|value| (value.value.as_str(), value.count as usize));
        assert_eq!(counted.collect::<Vec<_>>(), [("finance", FEW)], "\"{q}\"");
        let all = answer(&index, &snapshot, "sales", &asked(q));
        assert_eq!(all.total as usize, MANY + FEW, "\"{q}\"");
        let chosen = SearchRequest { domain: vec!["finance".to_owned()], ..asked(q) };
        assert_eq!(answer(&index, &snapshot, "sales", &chosen).total as usize, FEW, "\"{q}\"");
    }
}

#[test]
fn a_page_is_never_another_one_for_what_stands_after_it() {
    let snapshot = large();
    let (_data, home) = folder();
    let index = Index::at(home);
    let mut ids: Vec<String> = (0..MANY).map(|number| format!("table_{number:05}")).collect();
    ids.extend((0..FEW).map(|number| format!("z_table_{number}")));
    for sort in [None, Some("name"), Some("newest")] {
        for offset in [0, 40, 9_990, MANY - 10, MANY, MANY + FEW, 10 * MANY] {
            let from = u32::try_from(offset).expect("a few");
            let request = SearchRequest { sort: sort.map(str::to_owned), offset: from, ..asked("") };
            let page: Vec<String> =
                answer(&index, &snapshot, "sales", &request).hits.into_iter().map(|hit| hit.id).collect();
            let expected: Vec<&String> = ids.iter().skip(offset).take(20).collect();
            assert_eq!(page.iter().collect::<Vec<_>>(), expected, "{sort:?} from {offset}");
        }
    }
}

#[test]
fn what_a_viewer_may_not_see_never_takes_a_place_among_the_best_and_is_never_told_of() {
    let snapshot = large();
    let index = Index::in_memory();
    let own = answer(&index, &snapshot, "finance", &asked("wood"));
    assert_eq!((own.total as usize, own.hits.len()), (FEW, FEW));
    let all = answer(&index, &snapshot, "sales", &asked("wood"));
    assert_eq!(all.total as usize, MANY + FEW, "however many there are, all are counted");
}

#[test]
fn what_is_called_exactly_so_is_never_found_after_what_mentions_it() {
    let often = "sales daily ".repeat(40);
    let tables = [
        ("gold.sales_daily", "Sums"),
        ("gold.sales_daily_eu", often.as_str()),
        ("gold.sales", &often),
        ("silver.sales_daily_items", &often),
        ("sales.daily.gold.copy", &often),
        ("gold.daily_sales", &often),
        ("bronze.sales_dail", &often),
    ];
    let many = (0..2_000).map(|number| (format!("gold.sales_daily_of_sales_daily_{number}"), often.clone()));
    let all = tables.iter().map(|(id, text)| ((*id).to_owned(), (*text).to_owned())).chain(many);
    let rows = all.map(|(id, description)| table(id, "finance", description)).collect();
    let snapshot = Snapshot::of(Vec::new(), Vec::new(), rows, Vec::new());
    let snapshot = Arc::new(snapshot.offering(1, Vec::new()));
    let index = Index::in_memory();
    for (name, _) in tables {
        for q in [name, &name.to_uppercase(), &name.replace(['.', '_'], " ")] {
            let hits = answer(&index, &snapshot, "finance", &asked(q)).hits;
            assert_eq!(hits[0].id, name, "{q}");
        }
    }
    for (q, first) in
        [("sales_daily", "gold.sales_daily"), ("sales", "gold.sales"), ("copy", "sales.daily.gold.copy")]
    {
        assert_eq!(
            answer(&index, &snapshot, "finance", &asked(q)).hits[0].id,
            first,
            "{q}: without its layer"
        );
    }
}

#[test]
fn a_facet_is_never_as_long_as_the_catalog_and_never_hides_a_choice() {
    let domains = 0..100;
    let tables = domains.flat_map(|domain| {
        let table = move |number| table(format!("t_{domain}_{number}"), &format!("d{domain}"), String::new());
        // The later the domain, the fewer of its tables.
        (0..100 - domain).map(table)
    });
    let snapshot = Snapshot::of(Vec::new(), Vec::new(), tables.collect(), Vec::new());
    let snapshot = Arc::new(snapshot.offering(1, Vec::new()));
    let index = Index::in_memory();
    let chosen = SearchRequest { domain: vec!["d97".to_owned()], ..asked("") };
    let found = answer(&index, &snapshot, "finance", &chosen);
    let facet = found.facets.iter().find(|facet| facet.key == "domain").expect("it is a facet");
    let offered: Vec<(&str, u32)> =
        facet.values.iter().map(|value| (value.value.as_str(), value.count)).collect();
    assert_eq!((offered.len(), facet.more), (31, 69));
    assert_eq!((offered[0], offered[29], offered[30]), (("d0", 100), ("d29", 71), ("d97", 3)));
    assert_eq!(found.total, 3);
}

#[test]
fn what_is_counted_by_shape_is_what_one_by_one_is_found() {
    let tables = (0..200).map(|number| {
        let domain = ["finance", "sales", "supply"][number % 3];
        let mut row = table(format!("t_{number}"), domain, "wood".to_owned());
        row.layer = (number % 2 == 0).then(|| "gold".to_owned());
        row.classification = ["public", "internal"][number % 5 % 2].to_owned();
        row
    });
    let snapshot = Snapshot::of(Vec::new(), Vec::new(), tables.collect(), Vec::new());
    let snapshot = Arc::new(snapshot.offering(1, Vec::new()));
    let index = Index::in_memory();
    let one = |text: &str| vec![text.to_owned()];
    let requests = [
        asked("wood"),
        SearchRequest { layer: one("gold"), ..asked("wood") },
        SearchRequest { domain: one("sales"), classification: one("public"), ..asked("") },
    ];
    for request in requests {
        let found = answer(&index, &snapshot, "finance", &SearchRequest { limit: 100, ..request.clone() });
        let rest = SearchRequest { limit: 100, offset: 100, ..request.clone() };
        let rest = answer(&index, &snapshot, "finance", &rest).hits;
        assert_eq!(found.total as usize, found.hits.len() + rest.len());
        for facet in &found.facets {
            for value in &facet.values {
                let mut other = request.clone();
                match facet.key.as_str() {
                    "kind" => other.kind = one(&value.value),
                    "domain" => other.domain = one(&value.value),
                    "layer" => other.layer = one(&value.value),
                    "classification" => other.classification = one(&value.value),
                    _ => continue,
                }
                let left = answer(&index, &snapshot, "finance", &other);
                assert_eq!(left.total, value.count, "{} {}", facet.key, value.value);
            }
        }
    }
}
