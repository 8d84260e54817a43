//! The tab of an asset's page that shows its table in figures.

use lakeport_model::catalog::{AssetPage as Asset, Bucket, ColumnProfile, MOST_PROFILED, Profile};
use leptos::prelude::*;

use super::asset::COLUMN;
use super::asset_tabs::{in_part, unread};
use crate::error::ApiError;
use crate::pages::{asset_href, column_href};
use crate::query::Query;
use crate::ui::{Column, Notice, Slice, Table, Tone, counted, moment_words, number};

/// Height of a drawing; each range is eight wide, with a gap of one.
const HEIGHT: i64 = 24;
const STEP: usize = 8;

/// The figures of the table, or why they cannot be shown; of many columns, those around the one at a place.
pub(super) fn profile(asset: &Asset, figures: Result<Profile, ApiError>, column: Option<&str>) -> AnyView {
    let profile = match figures {
        Ok(profile) => profile,
        Err(error) => return unread(asset, error),
    };
    let here = asset_href(&asset.id);
    let slice = Slice::of(profile.all_columns, MOST_PROFILED, column);
    let pager =
        slice.pager("columns", |place| Query::default().and("tab", "profile").and(COLUMN, place).to(&here));
    let which = if profile.closed_rows { " that you may read" } else { "" };
    let caption = format!(
        "What the values of {}{which} are, as of {} (version {})",
        counted(profile.rows, "row"),
        moment_words(profile.modified_at),
        number(profile.version)
    );
    let heads = vec![
        Column::text("Column"),
        Column::text("Type"),
        Column::number("Nulls"),
        Column::number("Distinct"),
        Column::text("Smallest"),
        Column::text("Largest"),
        Column::number("Mean"),
        Column::text("Most frequent, and how they are spread"),
    ];
    let (all, estimated) = (profile.rows, profile.estimated);
    let rows = profile.columns.into_iter().map(|column| row(column, &here, all, estimated)).collect_view();
    let moved = profile.moved.then(|| {
        view! {
            <Notice tone=Tone::Idle>
                <p>
                    "The table was written while it was read, so that some figures may be of a newer version. Load the page \
                     again."
                </p>
            </Notice>
        }
    });
    let estimated = estimated.then(|| {
        view! { <p class="muted">"Different values are estimated: there are too many rows to count them."</p> }
    });
    view! {
        {in_part(asset, profile.closed_rows)}
        {moved}
        {pager}
        <Table caption=caption show_caption=true columns=heads>{rows}</Table>
        {estimated}
    }
    .into_any()
}

fn row(column: ColumnProfile, here: &str, rows: i64, estimated: bool) -> AnyView {
    let href = column_href(here, &column.name);
    let masked = column.masked.map(|left| view! { <span class="muted">{format!("masked: {left}")}</span> });
    let nulls = share(column.nulls, rows);
    let about = if estimated { "about " } else { "" };
    let distinct = column.distinct.map(|values| format!("{about}{}", number(values)));
    let class = column.is_number.then_some("num");
    // A cell without a value has no heading either, where a narrow page shows one.
    let label = |is_there: bool, label: &'static str| is_there.then_some(label);
    let distinct_label = label(distinct.is_some(), "Distinct");
    let smallest_label = label(column.smallest.is_some(), "Smallest");
    let largest_label = label(column.largest.is_some(), "Largest");
    let mean_label = label(column.mean.is_some(), "Mean");
    let has_values =
        !(column.frequent.is_empty() && column.spread.is_empty() && column.none_frequent.is_none());
    let values_label = label(has_values, "Values");
    let drawing = (!column.spread.is_empty()).then(|| spread(&column.name, &column.spread));
    let frequent = (!column.frequent.is_empty()).then(|| {
        let values = column.frequent.into_iter().map(|(value, held)| {
            view! { <li>{format!("{value} · {}", number(held))}</li> }
        });
        view! { <ul>{values.collect_view()}</ul> }
    });
    let values = has_values.then(|| {
        view! {
            <div class="min-w-0">
                {frequent}
                {column.none_frequent.map(|why| view! { <p class="muted">{why}</p> })}
                {drawing}
            </div>
        }
    });
    view! {
        <tr>
            <th scope="row">
                <span class="cluster"><a class="link" href=href><code>{column.name}</code></a>{masked}</span>
            </th>
            <td data-label="Type"><code>{column.data_type}</code></td>
            <td class="num" data-label="Nulls">{nulls}</td>
            <td class="num" data-label=distinct_label>{distinct}</td>
            <td class=class data-label=smallest_label>{column.smallest}</td>
            <td class=class data-label=largest_label>{column.largest}</td>
            <td class="num" data-label=mean_label>{column.mean}</td>
            <td data-label=values_label>{values}</td>
        </tr>
    }
    .into_any()
}

/// Bars side by side, and the same in words.
fn spread(column: &str, buckets: &[Bucket]) -> AnyView {
    let highest = buckets.iter().map(|bucket| bucket.rows).max().unwrap_or_default().max(1);
    let bars = buckets.iter().enumerate().map(|(place, bucket)| {
        let height = bar(bucket.rows, highest);
        view! {
            <rect
                x=(place * STEP).to_string()
                y=(HEIGHT - height).to_string()
                width=(STEP - 1).to_string()
                height=height.to_string()
                fill="currentColor"
            ></rect>
        }
    });
    let bars = bars.collect_view();
    let width = buckets.len() * STEP;
    view! {
        <svg
            class="series-1"
            viewBox=format!("0 0 {width} {HEIGHT}")
            width=width.to_string()
            height=HEIGHT.to_string()
            role="img"
            aria-label=words(column, buckets)
        >
            {bars}
        </svg>
    }
    .into_any()
}

/// How high a bar is; what is there is seen, however little.
fn bar(rows: i64, highest: i64) -> i64 {
    let height = rows.saturating_mul(HEIGHT) / highest;
    if rows > 0 { height.clamp(1, HEIGHT) } else { 0 }
}

fn words(column: &str, buckets: &[Bucket]) -> String {
    let told = buckets.iter().map(|Bucket { range, rows }| format!("{range}: {}", counted(*rows, "row")));
    format!("How {column} is spread. {}", told.collect::<Vec<_>>().join("; "))
}

/// `1,240 (3.1 %)`.
fn share(part: i64, of: i64) -> String {
    if part <= 0 || of <= 0 {
        return number(part);
    }
    let share = match (part.saturating_mul(1_000) / of).min(1_000) {
        0 => "under 0.1".to_owned(),
        1_000 => "100".to_owned(),
        tenths => format!("{}.{}", tenths / 10, tenths % 10),
    };
    format!("{} ({share} %)", number(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_never_all_or_nothing_unless_it_is() {
        let told = [(0, 10), (1, 10_000), (31, 1_000), (9_999, 10_000), (10, 10), (0, 0)];
        let told = told.map(|(part, of)| share(part, of));
        assert_eq!(
            told,
            ["0", "1 (under 0.1 %)", "31 (3.1 %)", "9,999 (99.9 %)", "10 (100 %)", "0"].map(str::to_owned)
        );
    }

    #[test]
    fn what_is_drawn_is_said_as_well() {
        let bucket = |range: &str, rows| Bucket { range: range.to_owned(), rows };
        let buckets = [bucket("1 to 9", 1), bucket("10 to 19", 1_200)];
        assert_eq!(words("n", &buckets), "How n is spread. 1 to 9: 1 row; 10 to 19: 1,200 rows");
        assert_eq!([bar(0, 1_200), bar(1, 1_200), bar(1_200, 1_200)], [0, 1, HEIGHT]);
    }
}
