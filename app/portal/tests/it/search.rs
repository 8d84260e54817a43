//! Finding things.

use chrono::{DateTime, TimeDelta, Utc};
use lakeport_model::catalog::{Facet, Hit, HitKind, SearchRequest, SearchResult};
use lakeport_portal::{Ctx, catalog, contracts};

use crate::world::{World, call, on_both, settings};

fn request(q: &str) -> SearchRequest {
    SearchRequest { q: q.to_owned(), limit: 100, ..SearchRequest::default() }
}

impl World {
    async fn search(&self, request: &SearchRequest) -> SearchResult {
        let viewer = self.viewer("paula.brandt").await;
        catalog::search(&call(&self.ctx, &viewer).await, request).await.expect("the search answers")
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
        assert_eq!(world.ids("zzzz").await, Vec::<String>::new());
        for q in ["sales zzzz", "forecast quantumentanglement"] {
            let result = world.search(&request(q)).await;
            assert!(result.is_widened && result.total > 0, "{q}: what fits a word is better than nothing");
        }
        assert!(world.ids("\"(+-:*~^ ]").await.len() > 20, "signs are no words");
    }

    async fn a_filter_that_is_typed_is_the_facet_that_is_chosen(world) {
        let typed = world.search(&request("kind:table domain:finance sales layer:Gold")).await;
        let one = |value: &str| vec![value.to_owned()];
        let chosen = SearchRequest { kind: one("table"), domain: one("finance"), layer: one("gold"), ..request("sales") };
        assert_eq!(typed, world.search(&chosen).await);
        assert_eq!(typed.asked, chosen, "and is told so");
        let ids = |result: &SearchResult| result.hits.iter().map(|hit| hit.id.clone()).collect::<Vec<_>>();
        let by_name = world.search(&request("domain:\"finance forecasting\" owner:keller kind:product")).await;
        assert_eq!(ids(&by_name), ["sales-daily", "sales-forecast"]);
        assert!(facet(&by_name, "owner").values.iter().any(|value| value.selected && value.label == "Maria Keller"));
        let unknown = world.search(&request("domain:Finanze")).await;
        assert_eq!(unknown.unknown, ["No domain is called \"Finanze\". Did you mean \"finance\"?"]);
    }

    async fn a_typed_filter_that_there_is_not_suggests_the_nearest_that_leads_to_something(world) {
        let unknown = async |q: &str| world.search(&request(q)).await.unknown;
        let tag = "No tag is called \"planing\". Did you mean \"planning\"?";
        assert_eq!(unknown("tag:planing").await, [tag]);
        let column = "No column is called \"dunnig\". Did you mean \"dunning\"?";
        assert_eq!(unknown("column:dunnig").await, [column]);
        assert_eq!(unknown("owner:keler").await, ["No owner is called \"keler\". Did you mean \"Keller\"?"]);
        assert!(unknown("tag:planning column:dunning_stage").await.is_empty(), "each of them is there");
        let left_out = world.search(&request("kind:tabel sales")).await;
        assert!(left_out.total > 0 && left_out.asked.kind.is_empty() && left_out.unknown.len() == 1);
    }

    async fn tags_and_columns_are_found_where_they_are_and_told_as_chosen(world) {
        let ids = async |q: &str| {
            let mut ids = world.ids(q).await;
            ids.sort();
            ids
        };
        assert_eq!(ids("tag:planning").await, ["gold.warehouse_candidates", "warehouse-planning", "warehouse-planning"]);
        assert_eq!(ids("tag:Planning kind:product").await, ["warehouse-planning"]);
        assert_eq!(ids("tag:plan").await, Vec::<String>::new(), "a part of a tag is another one");
        assert_eq!(ids("column:dunning_stage").await, ["silver.fact_payments"]);
        assert_eq!(ids("column:quote column:passage tag:competitors").await, ["gold.competitor_facts"]);
        let result = world.search(&request("column:dunning_stage")).await;
        let typed = &facet(&result, "column").values;
        assert_eq!((typed.len(), typed[0].selected, typed[0].count), (1, true, 1));
        // What somebody knows only by its name is not found by what it has.
        assert_eq!(ids("column:birth_year").await, ["bronze.crm_accounts"]);
        assert!(ids("customers tag:customers kind:product").await.is_empty());
        let david = world.viewer("david.schmid").await;
        let own = catalog::search(&call(&world.ctx, &david).await, &request("column:birth_year")).await;
        assert_eq!(own.expect("it answers").total, 2);
    }

    async fn a_question_finds_what_answers_a_part_of_it(world) {
        for (q, expected) in [
            ("which customers pay late", "silver.fact_payments"),
            ("which customers pay late", "customers"),
            ("overdue payments by customer", "payments"),
            ("Mahnung", "payments"),
            ("alle Mahnungen", "silver.fact_payments"),
            ("Umsatz nach Region", "sales-daily"),
            ("Kundenzahlungen", "payments"),
            ("Zahlungseingang", "payments"),
            ("Nettoumsatz", "sales-daily"),
        ] {
            let result = world.search(&request(q)).await;
            let place = result.hits.iter().position(|hit| hit.id == expected);
            assert!(place.is_some_and(|place| place < 5), "{q}: {place:?} of {:?}", world.ids(q).await);
        }
        let all = world.search(&request("sales forecast")).await;
        assert!(!all.is_widened, "enough of it fits all words");
        let meant = world.search(&request("Mahnung")).await;
        assert!(meant.total > 0 && !meant.is_widened, "there is no part of one word");
    }

    async fn what_fits_all_words_stands_before_what_fits_some(world) {
        let result = world.search(&request("cold start")).await;
        assert!(result.is_widened);
        assert_eq!(result.hits[0].id, "gold.product_recommendations");
        let mut paged = Vec::new();
        while paged.len() < result.hits.len() {
            let offset = u32::try_from(paged.len()).expect("a few");
            let page = world.search(&SearchRequest { offset, limit: 3, ..request("cold start") }).await;
            assert_eq!(page.total, result.total, "on every page");
            paged.extend(page.hits);
        }
        assert_eq!(paged, result.hits);
        for sort in ["name", "newest"] {
            let sorted = world.search(&SearchRequest { sort: Some(sort.to_owned()), ..request("cold start") }).await;
            assert_eq!(sorted.hits[0].id, "gold.product_recommendations", "{sort}");
        }
        let none = SearchRequest { kind: vec!["none".to_owned()], ..request("cold start") };
        assert!(!world.search(&none).await.is_widened, "nothing of it fits the filter");
        let kinds = &facet(&result, "kind").values;
        for value in kinds {
            let one = SearchRequest { kind: vec![value.value.clone()], ..request("cold start") };
            assert_eq!(world.search(&one).await.total, value.count, "{}: a filter never widens", value.label);
        }
    }

    async fn where_nothing_is_found_words_are_suggested_that_lead_to_something(world) {
        let nearest = async |q: &str| world.search(&request(q)).await.nearest;
        assert_eq!(nearest("krediter").await, ["creditor"]);
        assert_eq!(nearest("mahnungn").await[0], "mahnung", "a synonym of a term");
        assert_eq!(nearest("kundne").await[0], "kunde", "a German word");
        assert!(nearest("qwertzuiop").await.is_empty());
        assert!(nearest("collections").await.is_empty(), "it is found");
        let text = "apiVersion: lakeport/v1\nkind: Assets\ndomain: controlling\nnamespace: lakehouse\nassets:\n\
                    - {id: gold.receivables_ageing, kind: table, layer: gold, description: Open, columns: [{name: xylophones, \
                    type: string, description: Secret}]}\n";
        world.import(vec![crate::world::file("a.yaml", text)]).await;
        assert!(nearest("xilophonez").await.is_empty(), "nobody learns a word of what is hidden");
        let tom = world.viewer("tom.fischer").await;
        let own = catalog::search(&call(&world.ctx, &tom).await, &request("xilophonez")).await.expect("it answers");
        assert_eq!(own.nearest, ["xylophones"], "who sees it is told");
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

    async fn a_product_never_hides_how_much_of_it_is_open(world) {
        let found = async || {
            let hits = world.hits("reference data").await;
            let hit = hits.into_iter().find(|hit| hit.id == "reference-data").expect("it is found");
            (hit.has_access, hit.ports)
        };
        assert_eq!(found().await, (true, Some((1, 3))), "its calendar is public");
        world.granted("paula.brandt", "reference-data/warehouses", 30, &["david.schmid"]).await;
        assert_eq!(found().await, (true, Some((2, 3))));
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

    async fn a_choice_that_there_is_not_is_never_ignored(world) {
        let one = |value: &str| vec![value.to_owned()];
        let selected = |result: &SearchResult, key: &str| {
            let values = facet(result, key).values.iter();
            values.filter(|value| value.selected).map(|value| value.label.clone()).collect::<Vec<_>>()
        };
        let result = world.search(&SearchRequest { layer: one("golden"), domain: one("Finanze"), ..request("") }).await;
        assert_eq!((result.total, selected(&result, "layer"), selected(&result, "domain")), (0, one("Golden"), one("Finanze")));
        let (domain, layer) = (
            "No domain is called \"Finanze\". Did you mean \"finance\"?",
            "No layer is called \"golden\". Did you mean \"gold\"?",
        );
        assert_eq!(result.unknown, [domain, layer]);
        let result = world.search(&SearchRequest { owner: one("somebody"), ..request("") }).await;
        assert_eq!(result.unknown, ["No owner is called \"somebody\"."]);
        assert_eq!(selected(&result, "owner"), one("somebody"));
        let result = world.search(&SearchRequest { sort: Some("newst".to_owned()), ..request("") }).await;
        let order = "No order is called \"newst\", so that the best match comes first. Did you mean \"newest\"?";
        assert_eq!(result.unknown, [order]);
        assert!(result.total > 0, "an order takes nothing away");
        let sources = SearchRequest { kind: one("source"), layer: one("gold"), ..request("") };
        let result = world.search(&sources).await;
        assert_eq!((result.total, selected(&result, "layer")), (0, one("Gold")), "no source has one: the choice stays");
        assert!(result.unknown.is_empty());
        let all = world.search(&request("")).await;
        let owner = facet(&all, "owner").values[0].value.clone();
        let result = world.search(&SearchRequest { owner: vec![owner], ..request("") }).await;
        assert!(result.total > 0 && result.unknown.is_empty());
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

    async fn a_search_on_the_disk_answers_at_once_and_soon_finds_all(world) {
        let data = tempfile::tempdir().expect("a folder");
        let mut settings = settings();
        settings.index_dir = Some(data.path().join("index"));
        let other = world.replica(world.clock.clone(), settings.clone()).await;
        let paula = world.viewer("paula.brandt").await;
        let search = async |ctx: &Ctx, q: &str| {
            catalog::search(&call(ctx, &paula).await, &request(q)).await.expect("it answers")
        };
        let said = search(&other, "").await;
        assert!(said.total > 20 && !said.is_catching_up, "all there is needs no index");
        let began = std::time::Instant::now();
        while search(&other, "chargebacks").await != world.search(&request("chargebacks")).await {
            assert!(search(&other, "collections").await.total > 0, "names are found meanwhile");
            assert!(began.elapsed().as_secs() < 5, "it takes longer");
        }
        let text = "apiVersion: lakeport/v1\nkind: Assets\ndomain: finance\nnamespace: lakehouse\nassets:\n\
                    - {id: gold.stripes, kind: table, layer: gold, description: A zebra}\n";
        world.import(vec![crate::world::file("a.yaml", text)]).await;
        let began = std::time::Instant::now();
        while search(&other, "zebra").await.total == 0 {
            assert!(began.elapsed().as_secs() < 5, "it takes longer");
        }
        drop(other);
        let next = world.replica(world.clock.clone(), settings).await;
        let change = next.snapshot().await.expect("the catalog loads").change;
        assert!(next.index.wait_for(change));
        assert_eq!(search(&next, "zebra").await.hits[0].id, "gold.stripes");
    }

    async fn a_hit_says_when_its_data_changed_and_looks_at_no_table(world) {
        let changed = async |who: &str, id: &str| {
            let viewer = world.viewer(who).await;
            let found = catalog::search(&call(&world.ctx, &viewer).await, &request("")).await.expect("it answers");
            found.hits.into_iter().find(|hit| hit.id == id).expect("it is found").changed_at
        };
        let open = async |id: &str| {
            let paula = world.viewer("paula.brandt").await;
            catalog::asset(&call(&world.ctx, &paula).await, &id.into()).await.expect("it is open");
        };
        let at = |text: &str| -> DateTime<Utc> { text.parse().expect("a moment") };
        assert_eq!(changed("paula.brandt", "gold.collections").await, None, "nobody looked at it");
        open("gold.collections").await;
        let first = at("2026-11-30T05:00:00Z");
        assert_eq!(changed("paula.brandt", "gold.collections").await, Some(first));
        assert_eq!(changed("paula.brandt", "collections").await, Some(first), "its only table");
        let later = at("2026-12-01T07:00:00Z");
        world.lake.held().modified.insert("gold.collections".to_owned(), later);
        world.lake.held().described.clear();
        assert_eq!(changed("paula.brandt", "gold.collections").await, Some(first), "what was seen last");
        let home = catalog::home(&call(&world.ctx, &world.viewer("tom.fischer").await).await).await.expect("it opens");
        let mine = home.my_data.items.iter().find(|mine| mine.asset.id.as_str() == "gold.collections");
        assert_eq!(mine.expect("it is his domain's").changed_at, Some(first));
        assert!(world.lake.held().described.is_empty(), "a list looks at no table");
        let aylin = world.viewer("aylin.demir").await;
        contracts::run_checks(&call(&world.ctx, &aylin).await, &"collections".into()).await.expect("her own domain");
        assert_eq!(changed("paula.brandt", "gold.collections").await, Some(later), "the checks looked");
    }

    async fn a_product_is_as_old_as_its_oldest_table_and_says_nothing_while_one_is_unknown(world) {
        let changed = async || {
            let hits = world.hits("").await;
            hits.into_iter().find(|hit| hit.id == "reference-data").expect("it is found").changed_at
        };
        let paula = world.viewer("paula.brandt").await;
        let product = catalog::product(&call(&world.ctx, &paula).await, &"reference-data".into()).await.expect("it is open");
        let tables: Vec<_> = product.output_ports.into_iter().filter_map(|port| port.asset).collect();
        assert!(tables.len() > 1 && tables.iter().all(|table| table.opens_here));
        for (number, table) in tables.iter().enumerate() {
            assert_eq!(changed().await, None, "{number} of {} were looked at", tables.len());
            let day = format!("2026-11-{:02}T05:00:00Z", 20 - number).parse().expect("a moment");
            world.lake.held().modified.insert(table.id.to_string(), day);
            catalog::asset(&call(&world.ctx, &paula).await, &table.id).await.expect("it is open");
        }
        let oldest: DateTime<Utc> = format!("2026-11-{:02}T05:00:00Z", 21 - tables.len()).parse().expect("a moment");
        assert_eq!(changed().await, Some(oldest));
    }

    async fn a_name_alone_never_tells_of_state_and_age(world) {
        let david = world.viewer("david.schmid").await;
        let id = "silver.dim_customer";
        catalog::asset(&call(&world.ctx, &david).await, &id.into()).await.expect("his own domain");
        let hit = async |who: &str, id: &str| {
            let viewer = world.viewer(who).await;
            let found = catalog::search(&call(&world.ctx, &viewer).await, &request("")).await.expect("it answers");
            let hit = found.hits.into_iter().find(|hit| hit.id == id).expect("its name is for everybody");
            (hit.contract_state, hit.changed_at)
        };
        for id in [id, "customers"] {
            assert_eq!(hit("paula.brandt", id).await, (None, None), "{id}");
            let own = hit("david.schmid", id).await;
            assert!(own.0.is_some() && own.1.is_some(), "{id}: {own:?}");
        }
    }

    async fn what_one_process_saw_another_one_says(world) {
        let paula = world.viewer("paula.brandt").await;
        catalog::asset(&call(&world.ctx, &paula).await, &"gold.collections".into()).await.expect("it is open");
        let other = world.replica(world.clock.clone(), settings()).await;
        let changed = async || {
            let found = catalog::search(&call(&other, &paula).await, &request("")).await.expect("it answers");
            found.hits.into_iter().find(|hit| hit.id == "gold.collections").expect("it is found").changed_at
        };
        assert_eq!(changed().await, None);
        world.ctx.looks.write(&world.ctx.db).await.expect("it is written");
        let first = changed().await.expect("it is known now");
        // A look that is late overrules nothing.
        world.lake.held().modified.insert("gold.collections".to_owned(), first - TimeDelta::days(1));
        catalog::asset(&call(&other, &paula).await, &"gold.collections".into()).await.expect("it is open");
        other.looks.write(&other.db).await.expect("it is written");
        let known = async || {
            let next = world.replica(world.clock.clone(), settings()).await;
            let found = catalog::search(&call(&next, &paula).await, &request("")).await.expect("it answers");
            found.hits.into_iter().find(|hit| hit.id == "gold.collections").expect("it is found").changed_at
        };
        assert_eq!(known().await, Some(first));
        if !matches!(world.ctx.db, lakeport_portal::Db::Sqlite(..)) {
            return; // PostgreSQL keeps no text in such a column.
        }
        for damage in ["x", "2026-13-45T05:00:00+00:00", "2027-02-30T05:00:00+00:00", ""] {
            let damage = format!("UPDATE table_look SET changed_at = '{damage}' WHERE asset = 'gold.collections'");
            assert_eq!(world.execute(&damage).await.expect("it runs"), 1);
            assert_eq!(known().await, None, "{damage}");
            let next = world.replica(world.clock.clone(), settings()).await;
            catalog::asset(&call(&next, &paula).await, &"gold.collections".into()).await.expect("it is open");
            next.looks.write(&next.db).await.expect("it is written");
            assert_eq!(known().await, Some(first - TimeDelta::days(1)), "a new look replaces it");
        }
    }
}
