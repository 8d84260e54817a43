//! Pages of very wide tables stay pages, and every column can be reached.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use lakeport_model::ContractId;
use lakeport_model::catalog::MOST_COLUMNS;
use lakeport_portal::catalog::{self, SourceFile};
use lakeport_portal::contracts;
use lakeport_portal::people::Actor;

use crate::lake::{Tables, Told};
use crate::world::{Browser, World, call_of};

/// The largest page of a table, in bytes.
const LARGEST: usize = 600_000;

async fn world() -> World {
    let names = || (0..MOST_COLUMNS).map(|number| format!("column_{number:04}"));
    let told = Told { cells: names().map(|name| (name, "1".to_owned())).collect(), ..Told::default() };
    let world = World::with_mesh().await.over(Tables([("gold.wide".to_owned(), told)].into()));
    let lines = |rest: &str| {
        names().map(|name| format!("  - {{name: {name}, {rest}}}\n")).collect::<Vec<_>>().concat()
    };
    let columns = lines("type: double, description: Figure");
    let properties = lines("logicalType: number, required: true");
    let files = [
        (
            "wide.yaml",
            format!(
                "apiVersion: lakeport/v1\nkind: Assets\ndomain: finance\nnamespace: lakehouse\nassets:\n\
                 - id: gold.wide\n  kind: table\n  description: Wide\n  location: gold/wide\n  columns:\n{columns}"
            ),
        ),
        (
            "wide.odcs.yaml",
            format!(
                "apiVersion: v3.2.0\nkind: DataContract\nid: wide\nversion: 1.0.0\nstatus: active\ndomain: finance\n\
                 schema:\n- name: gold.wide\n  properties:\n{properties}"
            ),
        ),
    ];
    let files = files.map(|(path, text)| SourceFile { path: path.to_owned(), text });
    let report = catalog::import(world.ctx(), &Actor::System("test"), files.to_vec(), false).await;
    report.unwrap_or_else(|error| panic!("{error}"));
    let maria = world.viewer("maria.keller").await;
    contracts::run_checks(&call_of(world.ctx(), &maria).await, &ContractId::from("wide")).await.unwrap();
    world
}

/// The columns that a page names.
fn columns(page: &str) -> BTreeSet<&str> {
    let names = page.match_indices("column_").filter_map(|(at, _)| page.get(at..at + "column_0000".len()));
    names.filter(|name| name.ends_with(|letter: char| letter.is_ascii_digit())).collect()
}

/// Reads a page, then follows its ways forward; answers how many columns were named in all.
async fn follow(browser: &mut Browser, first: &str) -> usize {
    let mut named = BTreeSet::new();
    let mut next = Some(first.to_owned());
    while let Some(address) = next {
        let page = browser.get(&address).await;
        assert_eq!(page.status, StatusCode::OK, "{address}");
        assert!(page.bytes.len() < LARGEST, "{address} has {} bytes", page.bytes.len());
        named.extend(columns(&page.body).into_iter().map(str::to_owned));
        next = page.body.split("<a ").skip(1).find_map(|link| {
            let (tag, rest) = link.split_once('>')?;
            let is_next = rest.split("</a>").next()?.contains("The next");
            let href = tag.split_once("href=\"")?.1.split('"').next()?;
            is_next.then(|| href.replace("&amp;", "&"))
        });
        assert_ne!(next.as_ref(), Some(&address), "a way forward leads on");
    }
    named.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_5000_columns_is_never_larger_than_any_and_hides_none_of_them() {
    let world = world().await;
    let mut maria = world.browser("maria.keller").await;
    for first in ["/assets/gold.wide", "/assets/gold.wide?tab=preview", "/contracts/wide"] {
        assert_eq!(follow(&mut maria, first).await, MOST_COLUMNS, "{first}");
    }
    let preview = maria.get("/assets/gold.wide?tab=preview").await.body.replace("<!>", "");
    assert!(preview.contains("1 to 200 of 5,000 columns") && columns(&preview).len() == 200);
    let contract = maria.get("/contracts/wide?promise=4999").await.body.replace("<!>", "");
    assert!(contract.contains("of 5,000 promises") || contract.contains("of 10,000 promises"), "{contract}");
    let document = maria.get("/contracts/wide?document=whole").await.body;
    assert_eq!(columns(&document).len(), MOST_COLUMNS, "whoever asks for the document reads all of it");
}
