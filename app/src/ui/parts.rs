//! Small parts: notices, empty states, facts, tabs, and figures in words.

use lakeport_frame::Exact;
use leptos::prelude::*;

use crate::ui::{Glyph, Icon, Tone};

/// A message with an icon.
#[component]
pub(crate) fn Notice(
    /// How it is to be taken.
    tone: Tone,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let (class, glyph) = match tone {
        Tone::Ok => ("notice notice-success", Glyph::Check),
        Tone::Warn => ("notice notice-warning", Glyph::Alert),
        Tone::Bad => ("notice notice-error", Glyph::Alert),
        Tone::Accent | Tone::Idle => ("notice", Glyph::Info),
    };
    view! {
        <div class=class>
            <Icon glyph=glyph />
            <div>{children()}</div>
        </div>
    }
    .into_any()
}

/// The bar of a list that is searched: the field, what else chooses from the list, and the button. It stands in the list's form.
#[component]
pub(crate) fn SearchBar(
    /// What is searched for.
    words: String,
    /// What is to be typed, for those who do not see the icon.
    label: &'static str,
    /// The same within the empty field.
    placeholder: &'static str,
    /// What stands between the field and the button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="toolbar">
            <div class="searchbox">
                <Icon glyph=Glyph::Search />
                <input
                    type="search"
                    name="q"
                    value=words
                    autocomplete="off"
                    aria-label=label
                    placeholder=placeholder
                />
            </div>
            {children.map(|children| children())}
            <button class="btn btn-primary" type="submit">
                "Search"
            </button>
        </div>
    }
    .into_any()
}

/// Nothing here: one sentence and one action, and others before it where there are better ones.
#[component]
pub(crate) fn Empty(
    /// The sentence.
    #[prop(into)]
    text: String,
    /// Where the action leads.
    #[prop(into)]
    href: String,
    /// The action.
    #[prop(into)]
    action: String,
    /// Actions before it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p>{text}</p>
            <div class="cluster">
                {children.map(|children| children())}
                <a class="btn btn-sm" href=href>
                    {action}
                </a>
            </div>
        </div>
    }
    .into_any()
}

/// A fact beside the content.
#[component]
pub(crate) fn Fact(
    /// What it is.
    label: &'static str,
    /// Its value.
    children: Children,
) -> impl IntoView {
    view! {
        <div>
            <dt>{label}</dt>
            <dd>{children()}</dd>
        </div>
    }
    .into_any()
}

/// Links between the parts of a page.
#[component]
pub(crate) fn Tabs(
    /// What the tabs belong to.
    label: &'static str,
    /// Words, address, and whether it is the open one.
    tabs: Vec<(String, String, bool)>,
) -> impl IntoView {
    view! {
        <nav class="tabs" aria-label=label>
            {tabs
                .into_iter()
                .map(|(text, href, open)| view! { <a href=href aria-current=open.then_some("page")>{text}</a> })
                .collect_view()}
        </nav>
    }
    .into_any()
}

/// A value the form sends along.
#[component]
pub(crate) fn Hidden(
    /// Its name.
    name: &'static str,
    /// The value.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    view! { <input type="hidden" name=name value=value /> }
}

/// An action that asks first: the button opens the consequence and the button that really does it, and then is the way
/// back.
#[component]
pub(crate) fn Confirm(
    /// The action.
    label: &'static str,
    /// What will happen.
    #[prop(into)]
    consequence: String,
    /// It is open: its form was refused.
    #[prop(optional)]
    open: bool,
    /// The form that does it.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="confirm relative z-10" open=open>
            <summary class="btn btn-sm">
                <span class="confirm-ask">{label}</span>
                <span class="confirm-back">"Cancel"</span>
            </summary>
            <div class="stack mt-2">
                <p>{consequence}</p>
                {children()}
            </div>
        </details>
    }
    .into_any()
}

/// Text in paragraphs, as its author set them apart.
#[component]
pub(crate) fn Paragraphs(
    /// The text.
    text: String,
) -> impl IntoView {
    let paragraphs: Vec<String> = text.split("\n\n").map(|part| part.trim().to_owned()).collect();
    view! {
        <div class="prose">
            {paragraphs.into_iter().map(|paragraph| view! { <p>{paragraph}</p> }).collect_view()}
        </div>
    }
    .into_any()
}

/// What a document states and the portal does not carry out, a sentence each.
#[component]
pub(crate) fn NotCarriedOut(
    /// The sentences.
    lines: Vec<String>,
) -> impl IntoView {
    (!lines.is_empty()).then(|| {
        let lines = lines.into_iter().map(|line| view! { <li>{line}</li> });
        view! {
            <section class="stack" aria-labelledby="not-carried-out">
                <h2 id="not-carried-out">"Stated, not carried out by this portal"</h2>
                <ul class="list-disc ps-5">{lines.collect_view()}</ul>
            </section>
        }
    })
}

/// `1,240`.
pub(crate) fn number(value: impl Into<i64>) -> String {
    Exact::from(value.into()).to_string()
}

/// `1 dashboard`, `3 dashboards`: the plural takes an s.
pub(crate) fn counted(count: impl Into<i64>, noun: &str) -> String {
    let count = count.into();
    format!("{} {noun}{}", number(count), if count == 1 { "" } else { "s" })
}

/// What is said below a list that is cut: `The newest 12 of 40 are shown.` Nothing where all of it is there. Without a
/// number of all, the list is known to go on. Where the rest is, the page says beside it.
pub(crate) fn cut(shown: usize, of: Option<u32>, order: &str) -> Option<String> {
    let shown = i64::try_from(shown).unwrap_or(i64::MAX);
    match of.map(i64::from) {
        Some(of) if of <= shown => None,
        Some(of) => Some(format!("The {order} {} of {} are shown.", number(shown), number(of))),
        None => Some(format!("The {order} {} are shown.", number(shown))),
    }
}

/// Bytes in words: `12.4 MB`.
pub(crate) fn size(bytes: i64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1_000 {
        return format!("{bytes} bytes");
    }
    let mut scaled = bytes / 100;
    let mut unit = 0;
    while scaled >= 10_000 && unit + 1 < UNITS.len() {
        scaled /= 1_000;
        unit += 1;
    }
    format!("{}.{} {}", number(scaled / 10), scaled % 10, UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_grouped() {
        assert_eq!([0, 999, 1_240, -1_234_567].map(number), ["0", "999", "1,240", "-1,234,567"]);
        assert_eq!((counted(1, "row"), counted(1_240, "row")), ("1 row".to_owned(), "1,240 rows".to_owned()));
    }

    #[test]
    fn a_list_that_is_cut_always_says_so_and_a_whole_one_never() {
        assert_eq!(cut(12, Some(1_240), "newest").as_deref(), Some("The newest 12 of 1,240 are shown."));
        assert_eq!(cut(20, None, "newest").as_deref(), Some("The newest 20 are shown."));
        assert_eq!([cut(12, Some(12), "newest"), cut(0, Some(0), "first")], [None, None]);
    }

    #[test]
    fn sizes_use_the_unit_that_reads_best() {
        let words = [999, 1_000, 12_440, 999_949, 1_000_000, 12_400_000, 3_210_000_000].map(size);
        assert_eq!(words, ["999 bytes", "1.0 kB", "12.4 kB", "999.9 kB", "1.0 MB", "12.4 MB", "3.2 GB"]);
    }
}
