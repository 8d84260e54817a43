//! A column's page: what it tells, and whom.

use lakeport_frame::ColumnInfo;
use lakeport_model::catalog::{AccessStanding, Classification, ColumnPage, ColumnPlace, ColumnReading};
use lakeport_model::{First, PortId};
use lakeport_portal::{Error, ErrorKind, catalog};

use crate::world::{World, call, file, on_both, refusal};

/// A public table with one described column.
const RATES: &str = "apiVersion: lakeport/v1\nkind: Assets\ndomain: controlling\nnamespace: lakehouse\nassets:\n\
                     - {id: gold.rates, kind: table, location: gold/rates, classification: public, description: Rates,\n  \
                     columns: [{name: rate, type: double, classification: public}]}\n";

async fn column(world: &World, who: &str, asset: &str, name: &str) -> Result<ColumnPage, Error> {
    catalog::column(&call(&world.ctx, &world.viewer(who).await).await, &asset.into(), name).await
}

fn stored(name: &str) -> ColumnInfo {
    ColumnInfo { name: name.to_owned(), data_type: "long".to_owned(), nullable: true, comment: None }
}

/// `silver.fact_orders order_id`
fn named(places: &First<ColumnPlace>) -> Vec<String> {
    places.items.iter().map(|place| format!("{} {}", place.asset.id, place.column)).collect()
}

on_both! { demo =>
    async fn a_column_tells_what_it_means_where_it_comes_from_and_what_is_promised(world) {
        world.lake.held().columns = Some(["case_id", "note"].map(stored).to_vec());
        let page = column(world, "tom.fischer", "gold.collections", "case_id").await.expect("it opens");
        assert_eq!(page.column.description, "Number of the case, unique");
        assert_eq!(page.column.classification, Classification::Confidential);
        assert_eq!((page.column.drift.as_deref(), page.stored_type.as_deref()), (None, Some("long")));
        assert_eq!(page.way.asset.as_ref().map(|(id, _)| id.as_str()), Some("gold.collections"));
        assert_eq!((named(&page.made_from), page.feeds.of), (vec!["silver.fact_orders order_id".to_owned()], 0));
        assert!(page.made_from.items[0].is_described);
        assert_eq!(page.promises.of, 1);
        let promised = &page.promises.items[0];
        assert_eq!((promised.contract.id.as_str(), promised.elements.of), ("collections", 1));
        let element = &promised.elements.items[0];
        assert!(element.required && element.unique && element.primary_key, "{element:?}");
        assert_eq!(element.classification.as_deref(), Some("confidential"));
        let ports: Vec<&PortId> = page.offered_by.iter().map(|offer| &offer.port).collect();
        assert_eq!(ports, [&PortId::from("collections/cases")]);
        assert_eq!((page.access, page.reading), (AccessStanding::Domain, ColumnReading::Plain));
        assert_eq!((page.place, page.before, page.after.as_deref()), (1, None, Some("booking_date")));
        // What the table has and nobody described has a page as well.
        let note = column(world, "tom.fischer", "gold.collections", "note").await.expect("it opens");
        assert_eq!(note.column.drift.as_deref(), Some("in the table, not described"));
        assert_eq!((note.place, note.after, note.promises.of), (note.of, None, 0));
        let stage = column(world, "paula.brandt", "gold.collections", "stage").await.expect("it opens");
        assert_eq!(stage.column.drift.as_deref(), Some("not in the table"));
        assert_eq!(stage.terms.iter().map(|term| term.id.as_str()).collect::<Vec<_>>(), ["collection-case"]);
        assert_eq!((stage.access, stage.reading), (AccessStanding::Requestable, ColumnReading::Closed));
        let nothing = refusal(column(world, "tom.fischer", "gold.collections", "STAGE").await);
        assert_eq!(nothing.kind, ErrorKind::NotFound);
    }

    async fn a_table_that_cannot_be_looked_at_takes_no_column_with_it(world) {
        world.lake.held().gone.insert("gold.collections".to_owned());
        let page = column(world, "tom.fischer", "gold.collections", "stage").await.expect("it opens");
        assert_eq!((page.column.drift, page.stored_type), (None, None));
        assert!(page.not_compared.is_some_and(|why| why.contains("gold.collections")));
    }

    async fn no_page_of_a_column_tells_of_what_its_reader_does_not_see(world) {
        for name in ["open_eur", "no_such_column"] {
            let hidden = refusal(column(world, "paula.brandt", "gold.receivables_ageing", name).await);
            let nothing = refusal(column(world, "paula.brandt", "gold.nothing", name).await);
            assert_eq!((hidden.kind, &hidden.message), (ErrorKind::NotFound, &nothing.message), "{name}");
        }
        // Of a restricted one she knows that it exists, and of no column whether it does.
        let there = refusal(column(world, "paula.brandt", "silver.dim_customer", "state").await);
        let absent = refusal(column(world, "paula.brandt", "silver.dim_customer", "no_such_column").await);
        assert_eq!((there.kind, &there.message), (ErrorKind::NotFound, &absent.message));
        // What is made from a column is counted as far as columns of that are seen.
        let amount = async |who: &str| {
            let page = column(world, who, "silver.fact_payments", "amount_eur").await.expect("it is open");
            (named(&page.feeds), page.feeds.of)
        };
        let (all, count) = amount("tom.fischer").await;
        assert_eq!(all, [
            "gold.collections collected_eur",
            "gold.collections fee_eur",
            "gold.receivables_ageing open_eur",
        ]);
        assert_eq!(count, 3);
        assert_eq!(amount("paula.brandt").await, (all[..2].to_vec(), 2));
        let state = async |who: &str| {
            let page = column(world, who, "gold.collections", "state").await.expect("it is open");
            (named(&page.made_from), page.made_from.of)
        };
        assert_eq!(state("paula.brandt").await, (Vec::new(), 0));
        let whole = (vec!["silver.dim_customer state".to_owned()], 1);
        assert_eq!(state("david.schmid").await, whole);
        world.granted("paula.brandt", "customers/customers", 30, &["david.schmid", "ines.hoffmann"]).await;
        assert_eq!(state("paula.brandt").await, whole);
        let page = column(world, "paula.brandt", "silver.dim_customer", "customer_id").await.expect("a grant opens it");
        assert_eq!(page.reading, ColumnReading::Plain);
        assert_eq!(page.terms.iter().map(|term| term.id.as_str()).collect::<Vec<_>>(), ["customer-number"]);
    }

    async fn a_closed_column_of_a_public_table_says_so(world) {
        world.import(vec![file("rates.yaml", RATES)]).await;
        world.lake.held().columns = Some(["rate", "margin"].map(stored).to_vec());
        let reads = async |who: &str, name: &str| {
            let page = column(world, who, "gold.rates", name).await.expect("everybody sees it");
            assert!(page.access.may_read() && !page.closed_rows && !page.requestable, "{who}");
            page.reading
        };
        assert_eq!(reads("paula.brandt", "rate").await, ColumnReading::Plain);
        assert_eq!(reads("paula.brandt", "margin").await, ColumnReading::Closed);
        assert_eq!(reads("tom.fischer", "margin").await, ColumnReading::Plain);
    }
}
