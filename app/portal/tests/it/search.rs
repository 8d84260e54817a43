//! Finding things.

use lakeport_model::catalog::{Facet, Hit, HitKind, SearchRequest, SearchResult};
use lakeport_portal::catalog;

use crate::world::{World, on_both};

fn request(q: &str) -> SearchRequest {
    SearchRequest { q: q.to_owned(), limit: 100, ..SearchRequest::default() }
}

impl World {
    async fn search(&self, request: &SearchRequest) -> SearchResult {
        let viewer = self.viewer("paula.brandt").await;
        catalog::search(&self.ctx, &viewer, request).await.expect("the search answers")
    }

    async fn hits(&self, q: &str) -> Vec<Hit> {
        self.search(&request(q)).await.hits
    }

    async fn ids(&self, q: &str) -> Vec<String> {
        self.hits(q).await.into_iter().map(|hit| hit.id).collect()
    }
}

fn facet<'a>(result: &'a SearchResult, key: &str) -> &'a Facet {
    result.facets.iter().find(|facet| facet.key == key).expect("there is such a facet")
}

on_both! { demo =>
    async fn words_find_what_they_name(world) {
        assert_eq!(world.ids("sales forecast").await[0], "sales-forecast");
        for (q, id) in [
            ("forec", "sales-forecast"),
            ("forcast", "sales-forecast"),
            ("gold.collections", "gold.collections"),
            ("COLLECTIONS", "collections"),
            ("chargebacks", "payments"),
            ("creditor", "gold.collections"),
            ("salesforce", "src.salesforce"),
            ("aylin demir", "collections"),
            ("warehouse planning", "warehouse-planning"),
        ] {
            assert!(world.ids(q).await.contains(&id.to_owned()), "{q}: {:?}", world.ids(q).await);
        }
        for q in ["zzzz", "sales zzzz", "forecast quantumentanglement"] {
            assert_eq!(world.ids(q).await, Vec::<String>::new(), "every word has to fit");
        }
        assert!(world.ids("\"(+-:*~^ ]").await.len() > 20, "signs are no words");
    }

    async fn products_come_before_their_tables(world) {
        let hits = world.hits("collections").await;
        let place = |id: &str| hits.iter().position(|hit| hit.id == id).expect("it is found");
        assert!(place("collections") < place("gold.collections"));
        assert_eq!(hits[place("collections")].kind, HitKind::Product);
        assert_eq!(hits[place("collections")].href, "/products/collections");
        assert_eq!(hits[place("gold.collections")].href, "/assets/gold.collections");
    }

    async fn a_hit_shows_why_it_fits(world) {
        let hits = world.hits("forec").await;
        let product = hits.iter().find(|hit| hit.id == "sales-forecast").expect("it is found");
        let parts = [("Sales ".to_owned(), false), ("forec".to_owned(), true), ("ast".to_owned(), false)];
        assert_eq!(product.name_parts, parts);
        let hits = world.hits("creditor").await;
        let table = hits.iter().find(|hit| hit.id == "gold.collections").expect("it is found");
        assert!(table.matched_columns.items.contains(&"creditor".to_owned()));
        assert_eq!((table.owner.as_deref(), table.has_access), (Some("Aylin Demir"), false));
    }

    async fn facets_count_what_they_would_leave(world) {
        let all = world.search(&request("")).await;
        assert_eq!(all.total as usize, all.hits.len());
        let sum: u32 = facet(&all, "kind").values.iter().map(|value| value.count).sum();
        assert_eq!(sum, all.total, "everything has one kind");
        let chosen =
            SearchRequest { kind: vec!["table".to_owned()], layer: vec!["gold".to_owned()], ..request("") };
        let result = world.search(&chosen).await;
        assert!(result.hits.iter().all(|hit| hit.id.starts_with("gold.")));
        let layers = facet(&result, "layer");
        let gold = layers.values.iter().find(|value| value.value == "gold").expect("gold is there");
        assert!(gold.selected && gold.count == result.total);
        for value in &layers.values {
            let other = SearchRequest { layer: vec![value.value.clone()], ..chosen.clone() };
            assert_eq!(world.search(&other).await.total, value.count, "{}", value.label);
        }
        let nothing = SearchRequest { domain: vec!["purchase".to_owned()], ..chosen };
        let result = world.search(&nothing).await;
        assert_eq!(result.total, 0);
        assert!(facet(&result, "kind").values.iter().any(|value| value.selected), "a choice can be undone");
    }

    async fn pages_and_orders(world) {
        let sorted = SearchRequest { sort: Some("name".to_owned()), ..request("") };
        let whole: Vec<Hit> = world.search(&sorted).await.hits;
        let names: Vec<String> = whole.iter().map(|hit| hit.name.to_lowercase()).collect();
        assert!(names.is_sorted());
        let mut paged = Vec::new();
        while paged.len() < whole.len() {
            let offset = u32::try_from(paged.len()).expect("a few");
            let page = world.search(&SearchRequest { offset, limit: 7, ..sorted.clone() }).await;
            assert_eq!(page.total as usize, whole.len());
            assert!(!page.hits.is_empty() && page.hits.len() <= 7);
            paged.extend(page.hits);
        }
        assert_eq!(paged, whole);
        let beyond = SearchRequest { offset: 1_000, ..sorted };
        assert!(world.search(&beyond).await.hits.is_empty());
    }

    async fn what_is_imported_is_found_at_once(world) {
        assert!(world.ids("zebra").await.is_empty());
        let text = "apiVersion: lakeport/v1\nkind: Assets\ndomain: finance\nnamespace: lakehouse\nassets:\n\
                    - {id: gold.zebra, kind: table, layer: gold, description: Stripes}\n";
        world.import(vec![crate::world::file("a.yaml", text)]).await;
        assert_eq!(world.ids("zebra").await, ["gold.zebra"]);
    }
}
