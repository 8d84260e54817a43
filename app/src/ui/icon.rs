//! Icons: 24 units wide, drawn with strokes of the text's colour, always beside a word or with a label.

use lakeport_model::catalog::{AssetKind, HitKind};
use leptos::prelude::*;

macro_rules! glyphs {
    ($($name:ident = $path:literal,)*) => {
        /// The icons there are.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Glyph { $($name,)* }

        impl Glyph {
            pub(crate) fn path(self) -> &'static str {
                match self { $(Self::$name => $path,)* }
            }
        }
    };
}

glyphs! {
    Alert = "M12 4 2.5 20h19zM12 10v4M12 17h.01",
    App = "M4 5h16v11h-9l-4 4v-4H4z",
    Book = "M4 5.5A1.5 1.5 0 0 1 5.5 4H19v16H5.5A1.5 1.5 0 0 1 4 18.5zM4 18a1.5 1.5 0 0 1 1.5-1.5H19M8 8h7",
    Chart = "M4 20V10M10 20V4M16 20v-7M21 20H3",
    Check = "M5 13l4 4L19 7",
    Clock = "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2",
    Copy = "M9 9h11v11H9zM5 15H4V4h11v1",
    Decide = "M4 4h16v16H4zM8.5 12l2.5 2.5 4.5-5",
    Down = "M5 9l7 7 7-7",
    File = "M6 3h8l4 4v14H6zM14 3v4h4",
    Home = "M3 10.5 12 3l9 7.5V20a1 1 0 0 1-1 1h-5v-7H9v7H4a1 1 0 0 1-1-1z",
    Inbox = "M3 13h5l2 3h4l2-3h5M5.5 5h13L21 13v6H3v-6z",
    Info = "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8h.01",
    Job = "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM12 2v4M12 18v4M2 12h4M18 12h4M5 5l2.8 2.8M16.2 16.2 19 19M5 19l2.8-2.8M16.2 7.8 19 5",
    Key = "M7.5 20a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.7 12.3 20 3M16 7l3 3M13.5 9.5l2 2",
    Left = "M15 5l-7 7 7 7",
    Lineage = "M3 3h6v6H3zM15 15h6v6h-6zM6 9v6a3 3 0 0 0 3 3h6",
    Minus = "M5 12h14",
    Model = "M7 7h10v10H7zM10 3v4M14 3v4M10 17v4M14 17v4M3 10h4M3 14h4M17 10h4M17 14h4",
    Moon = "M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5z",
    More = "M4 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M11 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0M18 12a1 1 0 1 0 2 0 1 1 0 1 0-2 0",
    Person = "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 3.6-6 8-6s8 2 8 6",
    Plus = "M12 5v14M5 12h14",
    Product = "M12 3l8 4.5v9L12 21l-8-4.5v-9zM12 12l8-4.5M12 12v9M12 12 4 7.5",
    Right = "M9 5l7 7-7 7",
    Search = "M11 19a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM21 21l-4.3-4.3",
    Shield = "M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6z",
    SignOut = "M10 4H5v16h5M15 8l4 4-4 4M19 12H9",
    Source = "M4 4h16v6H4zM4 14h16v6H4zM8 7h.01M8 17h.01",
    Star = "M12 3.5l2.6 5.3 5.9.9-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9L3.5 9.7l5.9-.9z",
    Table = "M4 5h16v14H4zM4 10h16M10 10v9",
    Topic = "M12 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM7.8 16.2a6 6 0 0 1 0-8.4M16.2 7.8a6 6 0 0 1 0 8.4M4.9 19.1a10 10 0 0 1 0-14.2M19.1 4.9a10 10 0 0 1 0 14.2",
    Up = "M5 15l7-7 7 7",
}

/// An icon. Without a label it is decoration beside a word, and hidden from screen readers.
#[component]
pub(crate) fn Icon(
    /// Which one.
    glyph: Glyph,
    /// What it says where no word stands beside it.
    #[prop(optional)]
    label: Option<&'static str>,
) -> impl IntoView {
    view! {
        <svg
            class="icon"
            viewBox="0 0 24 24"
            role=label.map(|_| "img")
            aria-label=label
            aria-hidden=label.is_none().then_some("true")
        >
            <path d=glyph.path()></path>
        </svg>
    }
}

/// The icon of an asset.
pub(crate) fn asset_glyph(kind: AssetKind) -> Glyph {
    match kind {
        AssetKind::Table => Glyph::Table,
        AssetKind::Topic => Glyph::Topic,
        AssetKind::Model => Glyph::Model,
        AssetKind::Dashboard => Glyph::Chart,
        AssetKind::File => Glyph::File,
        AssetKind::App => Glyph::App,
        AssetKind::Source => Glyph::Source,
        AssetKind::Job => Glyph::Job,
    }
}

/// The icon of a search hit.
pub(crate) fn hit_glyph(kind: HitKind) -> Glyph {
    match kind {
        HitKind::Product => Glyph::Product,
        HitKind::Table => Glyph::Table,
        HitKind::Topic => Glyph::Topic,
        HitKind::Model => Glyph::Model,
        HitKind::Dashboard => Glyph::Chart,
        HitKind::File => Glyph::File,
        HitKind::App => Glyph::App,
        HitKind::Source => Glyph::Source,
        HitKind::Job => Glyph::Job,
    }
}
