//! A table in figures: for those who may read its values, as far as they may, and counted as read.

use lakeport_frame::{Column, ColumnInfo, DecimalValues, Frame, LakeError, Values};
use lakeport_model::catalog::ColumnProfile;
use lakeport_portal::{ErrorKind, access, catalog};

use crate::world::{World, call, file, mesh, on_both, refusal};

const TABLE: &str = "gold.collections";

/// A public table with one described column.
const RATES: &str = "apiVersion: lakeport/v1\nkind: Assets\ndomain: controlling\nnamespace: lakehouse\nassets:\n\
                     - {id: gold.rates, kind: table, location: gold/rates, classification: public, description: Rates,\n  \
                     columns: [{name: rate, type: string}]}\n";

fn columns(columns: &[(&str, &str)]) -> Vec<ColumnInfo> {
    let column = |(name, data_type): &(&str, &str)| ColumnInfo {
        name: (*name).to_owned(),
        data_type: (*data_type).to_owned(),
        nullable: true,
        comment: None,
    };
    columns.iter().map(column).collect()
}

fn frame(columns: Vec<(&str, Values)>) -> Frame {
    let column = |(name, values): (&str, Values)| Column { name: name.to_owned(), values };
    Frame::new(columns.into_iter().map(column).collect()).expect("columns of one length")
}

fn int(value: i64) -> Values {
    Values::Int(vec![Some(value)])
}

fn texts(values: &[&str]) -> Values {
    Values::Text(values.iter().map(|value| Some((*value).to_owned())).collect())
}

/// The figures of a table with one text column.
fn figures(rows: i64) -> (&'static str, Frame) {
    let ends = || Values::Text(vec![(rows > 0).then(|| "a".to_owned())]);
    let told = vec![
        ("rows", int(rows)),
        ("filled0", int(rows)),
        ("distinct0", int(rows.min(1))),
        ("smallest0", ends()),
        ("largest0", ends()),
    ];
    ("AS \"rows\"", frame(told))
}

fn frequent() -> (&'static str, Frame) {
    ("AS \"place\"", frame(vec![("place", int(0)), ("value", texts(&["a"])), ("held", int(3))]))
}

impl World {
    /// Readings that the database has.
    async fn profiled(&self) -> i64 {
        self.ctx.readings.write(&self.ctx.db).await.expect("they are written");
        self.number("SELECT CAST(COALESCE(SUM(reads), 0) AS BIGINT) FROM usage").await
    }
}

on_both! { demo =>
    async fn figures_are_for_those_who_read_the_values(world) {
        world.lake.held().answers = vec![figures(3), frequent()];
        let paula = world.viewer("paula.brandt").await;
        let preview = refusal(catalog::preview(&call(&world.ctx, &paula).await, &TABLE.into()).await);
        let profile = refusal(catalog::profile(&call(&world.ctx, &paula).await, &TABLE.into(), 0).await);
        assert_eq!((profile.kind, &profile.message, profile.rule), (preview.kind, &preview.message, preview.rule));
        assert!(world.lake.held().queries.is_empty(), "nothing was read");
        let refused = "SELECT COUNT(*) FROM audit WHERE action = 'asset.profile.refused' AND rule = 'values.no_grant'";
        assert_eq!(world.number(refused).await, 1);
        world.granted("paula.brandt", "collections/cases", 30, &["aylin.demir"]).await;
        let profile = catalog::profile(&call(&world.ctx, &paula).await, &TABLE.into(), 0).await.expect("she reads it");
        let id = ColumnProfile {
            name: "id".to_owned(),
            data_type: "string".to_owned(),
            distinct: Some(1),
            smallest: Some("a".to_owned()),
            largest: Some("a".to_owned()),
            frequent: vec![("a".to_owned(), 3)],
            ..ColumnProfile::default()
        };
        assert_eq!((profile.rows, profile.columns), (3, vec![id]));
        assert!(!profile.estimated && !profile.closed_rows && !profile.moved);
        assert_eq!(world.lake.held().queries.len(), 2, "texts have no ranges");
    }

    async fn figures_of_a_hidden_table_are_never_told_from_none(world) {
        let paula = world.viewer("paula.brandt").await;
        let product = mesh().into_iter().find(|file| file.path == "products/collections.odps.yaml");
        let hidden = product.expect("it is there").text.replacen("value: open", "value: private", 1);
        world.import(vec![file("p.odps.yaml", &hidden)]).await;
        let look = async |id: &str| refusal(catalog::profile(&call(&world.ctx, &paula).await, &id.into(), 0).await);
        let (hidden, unknown) = (look(TABLE).await, look("gold.nothing").await);
        assert_eq!((hidden.kind, &hidden), (ErrorKind::NotFound, &unknown));
        let records = "SELECT COUNT(*) FROM audit WHERE action = 'asset.profile.refused' AND rule = 'asset.not_seen'";
        assert_eq!(world.number(records).await, 2);
    }

    async fn figures_count_as_a_reading_where_there_are_rows(world) {
        let aylin = world.viewer("aylin.demir").await;
        world.lake.held().answers = vec![figures(0)];
        let empty = catalog::profile(&call(&world.ctx, &aylin).await, &TABLE.into(), 0).await.expect("she reads it");
        assert_eq!((empty.rows, empty.columns[0].nulls, &empty.columns[0].smallest), (0, 0, &None));
        let asked = world.lake.held().queries.len();
        assert_eq!((asked, world.profiled().await), (1, 0));
        world.lake.held().answers = vec![figures(3), frequent()];
        catalog::profile(&call(&world.ctx, &aylin).await, &TABLE.into(), 0).await.expect("she reads it");
        assert_eq!(world.profiled().await, 1, "once, however many statements it takes");
    }

    async fn figures_never_go_out_after_the_right_to_them_has_ended(world) {
        world.lake.held().answers = vec![figures(3), frequent()];
        let (paula, aylin) = (world.viewer("paula.brandt").await, world.viewer("aylin.demir").await);
        let grant = world.granted("paula.brandt", "collections/cases", 30, &["aylin.demir"]).await;
        let ctx = world.ctx.clone();
        world.lake.held().meanwhile = Some(Box::pin(async move {
            let chosen = vec![(grant, 1)];
            access::revoke(&call(&ctx, &aylin).await, chosen, "Cleared up.".to_owned()).await.expect("she may");
        }));
        let refused = refusal(catalog::profile(&call(&world.ctx, &paula).await, &TABLE.into(), 0).await);
        assert!(refused.message.starts_with("Your right to read this ended"), "{}", refused.message);
        assert_eq!(world.profiled().await, 0);
    }

    async fn figures_never_speak_of_a_column_that_is_closed(world) {
        world.import(vec![file("a.yaml", RATES)]).await;
        world.lake.held().columns = Some(columns(&[("margin", "double"), ("rate", "string")]));
        world.lake.held().answers = vec![figures(3), frequent()];
        let paula = world.viewer("paula.brandt").await;
        let told = catalog::profile(&call(&world.ctx, &paula).await, &"gold.rates".into(), 0).await.expect("it is public");
        assert_eq!((told.all_columns, told.columns[0].name.as_str()), (1, "rate"));
        assert!(world.lake.held().queries.iter().all(|sql| !sql.contains("margin")));
    }

    async fn what_cannot_be_counted_in_time_is_said_in_a_sentence(world) {
        let aylin = world.viewer("aylin.demir").await;
        for failure in [LakeError::TooSlow("It took long.".to_owned()), LakeError::TooLarge("It is big.".to_owned())] {
            world.lake.held().failure = Some(failure);
            let refused = refusal(catalog::profile(&call(&world.ctx, &aylin).await, &TABLE.into(), 0).await);
            assert_eq!(refused.kind, ErrorKind::Busy);
            assert!(refused.message.starts_with("Table gold.collections is too large to be counted"), "{}", refused.message);
        }
        world.lake.held().gone.insert(TABLE.to_owned());
        let gone = refusal(catalog::profile(&call(&world.ctx, &aylin).await, &TABLE.into(), 0).await);
        assert_eq!(gone.message, "There is no table gold.collections any more.");
    }

    async fn figures_come_twelve_columns_at_a_time(world) {
        let names: Vec<String> = (0..30).map(|number| format!("k{number}")).collect();
        let types: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "binary")).collect();
        world.lake.held().columns = Some(columns(&types));
        world.lake.held().answers = vec![("AS \"rows\"", frame(vec![("rows", int(3))]))];
        let aylin = world.viewer("aylin.demir").await;
        for (place, first, count) in [(0, "k0", 12), (11, "k0", 12), (12, "k12", 12), (29, "k24", 6), (9_999, "k24", 6)] {
            let told = catalog::profile(&call(&world.ctx, &aylin).await, &TABLE.into(), place).await.expect("she reads it");
            assert_eq!((told.all_columns, told.columns.len()), (30, count));
            assert_eq!(told.columns[0].name, first, "at {place}");
        }
        let queries = world.lake.held().queries.clone();
        assert_eq!(queries.len(), 5, "bytes are only counted");
        assert!(queries[4].contains("\"k24\" AS \"c0\"") && !queries[4].contains("k12"), "{}", queries[4]);
    }

    async fn numbers_are_told_with_their_ranges(world) {
        world.lake.held().columns = Some(columns(&[("amount", "decimal(12,2)")]));
        let amount = |unscaled| Values::Decimal(DecimalValues { scale: 2, unscaled: vec![Some(unscaled)] });
        let told = vec![
            ("rows", int(10)),
            ("filled0", int(8)),
            ("distinct0", int(8)),
            ("smallest0", amount(50)),
            ("largest0", amount(250)),
            ("mean0", Values::Float(vec![Some(1.25)])),
        ];
        // Ranges of 0.2 from 0.4 on: each bound has one more below it, up to the eighth.
        let mut below = vec![("all0", int(8))];
        let bounds: Vec<String> = (0..10).map(|bound| format!("below0_{bound}")).collect();
        below.extend(bounds.iter().zip(1_i64..).map(|(name, rows)| (name.as_str(), int(rows.min(8)))));
        world.lake.held().answers = vec![("AS \"rows\"", frame(told)), ("AS \"all0\"", frame(below))];
        let aylin = world.viewer("aylin.demir").await;
        let told = catalog::profile(&call(&world.ctx, &aylin).await, &TABLE.into(), 0).await.expect("she reads it");
        let amount = &told.columns[0];
        assert_eq!((amount.nulls, amount.is_number, amount.mean.as_deref()), (2, true, Some("1.25")));
        assert_eq!((amount.smallest.as_deref(), amount.largest.as_deref()), (Some("0.50"), Some("2.50")));
        assert_eq!(amount.none_frequent.as_deref(), Some("No value occurs twice."));
        assert_eq!(amount.spread.len(), 11);
        assert_eq!(amount.spread[0].range, "0.4 to below 0.6");
        assert_eq!(amount.spread.iter().map(|bucket| bucket.rows).sum::<i64>(), 8);
    }
}
