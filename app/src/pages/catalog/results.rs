//! The results of a search: facets, hits, pages.

use lakeport_model::catalog::{
    CATCHING_UP, Facet, Hit, LONGEST_SEARCH, LONGEST_WORD, MOST_WORDS, SearchRequest, SearchResult, WIDENED,
};
use lakeport_model::{First, listed};
use leptos::prelude::*;

use super::search::query_of;
use crate::pages::certify::certified_badge;
use crate::pages::glossary::meanings;
use crate::query::Query;
use crate::ui::{
    Badge, CheckBadge, ClassificationBadge, Empty, Icon, LayerBadge, Moment, Notice, Tone, counted,
    hit_glyph, number,
};

/// The results part of the catalog page as HTML, for a page that is open already and whose form sent this query.
#[cfg(feature = "ssr")]
pub(crate) fn results_html(result: SearchResult, sent: &Query) -> String {
    results(result, sent).to_html()
}

/// Facets at the left, hits at the right. On small screens the facets are a sheet that a button opens. `sent` has the filters
/// that the form holds beside its words.
pub(super) fn results(result: SearchResult, sent: &Query) -> AnyView {
    let request = &result.asked;
    let total = result.total;
    let (is_cut, is_catching_up, is_widened) = (result.is_cut, result.is_catching_up, result.is_widened);
    let chosen = chips(request, &result.facets);
    // A heading without a choice below it offers nothing.
    let facets: Vec<Facet> = result.facets.into_iter().filter(|facet| !facet.values.is_empty()).collect();
    let offers_filters = !facets.is_empty();
    let pages = pager(request, total, result.hits.len());
    let unknown = result
        .unknown
        .into_iter()
        .chain(result.unread)
        .map(|said| view! { <p>{said}</p> })
        .collect::<Vec<_>>();
    let unknown = (!unknown.is_empty()).then(|| view! { <Notice tone=Tone::Warn>{unknown}</Notice> });
    let known = result.terms.first().map(|line| line.term.name.clone());
    let terms = meanings(result.terms);
    let hits = if result.hits.is_empty() {
        nothing(request, total, known.as_deref(), &result.nearest)
    } else {
        let newest = request.sort.as_deref() == Some("newest");
        let hits = result.hits.into_iter().map(|found| hit(found, newest));
        view! { <ul class="rowlist" id="hits">{hits.collect_view()}</ul> }.into_any()
    };
    view! {
        <div class="with-facets">
            <div class="facets-open" hidden=!offers_filters>
                <button class="btn btn-sm" type="button" popovertarget="facets">"Filter these results"</button>
            </div>
            <div class="facets" id="facets" popover="auto">
                {facets.into_iter().map(|found| facet(found, sent)).collect_view()}
                <button class="btn btn-sm" type="submit" hidden=!offers_filters>"Apply the filters"</button>
            </div>
            <div class="stack">
                <div class="cluster">
                    <p role="status">{counted(total, "result")}</p>
                    {is_catching_up.then(|| view! { <p class="muted">{CATCHING_UP}</p> })}
                    {is_cut.then(|| view! { <p class="muted">{cut_sentence()}</p> })}
                    {is_widened.then(|| view! { <p class="muted">{WIDENED}</p> })}
                    {chosen}
                </div>
                {unknown}
                {terms}
                {hits}
                {pages}
            </div>
        </div>
    }
    .into_any()
}

/// What is said when more was typed than is searched for.
fn cut_sentence() -> String {
    format!(
        "Only the beginning of your search was used: {MOST_WORDS} words of {LONGEST_WORD} letters, \
         {LONGEST_SEARCH} letters in all."
    )
}

/// A value that still stands among the words of the form is chosen there: its box shows that and is not sent, or each filter
/// that is half typed would stay beside the whole one.
fn facet(facet: Facet, sent: &Query) -> AnyView {
    let key = facet.key;
    let own = sent.all(&key);
    let values = facet.values.into_iter().map(|value| {
        let is_typed = value.selected && !own.contains(&value.value);
        view! {
            <label class="facet">
                <input
                    type="checkbox"
                    name=key.clone()
                    value=value.value
                    checked=value.selected
                    disabled=is_typed
                />
                <span>{value.label}</span>
                <span class="facet-count">{number(value.count)}</span>
            </label>
        }
    });
    let more = (facet.more > 0).then(|| {
        let more = number(facet.more);
        view! { <p class="muted">"and "{more}" more: a word narrows them down"</p> }
    });
    view! {
        <fieldset>
            <legend>{facet.label}</legend>
            {values.collect_view()}
            {more}
        </fieldset>
    }
    .into_any()
}

/// What is filtered, each with the link that takes it away.
fn chips(request: &SearchRequest, facets: &[Facet]) -> impl IntoView + use<> {
    let query = query_of(request);
    let chosen = facets.iter().flat_map(|facet| {
        facet.values.iter().filter(|value| value.selected).map(|value| {
            let href = query.clone().toggled(&facet.key, &value.value).to("/catalog");
            chip(value.label.clone(), href, format!("Take away the filter {}", value.label))
        })
    });
    // An order that there is not is chosen nowhere else.
    let order = request.unknown_order().map(|order| {
        let href = query.clone().toggled("sort", order).to("/catalog");
        chip(format!("Order: {order}"), href, format!("Take away the order {order}"))
    });
    chosen.chain(order).collect_view()
}

fn chip(text: String, href: String, label: String) -> AnyView {
    view! {
        <span class="chip">
            {text}
            <a href=href aria-label=label>"×"</a>
        </span>
    }
    .into_any()
}

/// A hit; when it was added is said where that is the order.
fn hit(hit: Hit, newest: bool) -> AnyView {
    let access = access(hit.has_access, hit.ports);
    let access = access.map(|(tone, words)| view! { <Badge tone=tone text=words /> });
    let name = hit.name_parts.into_iter().map(|(text, matched)| {
        if matched {
            view! { <mark>{text}</mark> }.into_any()
        } else {
            view! { <span>{text}</span> }.into_any()
        }
    });
    let columns = matched(&hit.matched_columns)
        .map(|(columns, more)| view! { <span>"matches " <code>{columns}</code>{more}</span> });
    view! {
        <li>
            <div class="row">
                <Icon glyph=hit_glyph(hit.kind) />
                <div>
                    <div class="row-title">
                        <a href=hit.href data-hit>{name.collect_view()}</a>
                        {hit.layer.map(|layer| view! { <LayerBadge layer=layer /> })}
                        {hit.classification.map(|class| view! { <ClassificationBadge classification=class /> })}
                        {hit.certified_until.map(|_| certified_badge())}
                    </div>
                    <div class="row-text">{hit.description}</div>
                    <div class="row-meta">
                        <span>{hit.kind.as_str()}" in "{hit.domain.name}</span>
                        {hit.owner.map(|owner| view! { <span>"owner "{owner}</span> })}
                        {hit.contract_state.map(|state| view! { <CheckBadge state=state /> })}
                        {hit.changed_at.map(|at| view! { <span>"last change seen " <Moment at=at /></span> })}
                        {newest.then(|| view! { <span>"added " <Moment at=hit.added_at /></span> })}
                        {columns}
                    </div>
                </div>
                <div class="row-end">{access}</div>
            </div>
        </li>
    }
    .into_any()
}

/// That the viewer has access; of a product of which only a part is open, to how much.
fn access(has_access: bool, ports: Option<(u32, u32)>) -> Option<(Tone, String)> {
    has_access.then(|| match ports {
        Some((open, all)) if open < all => (Tone::Idle, format!("{open} of {all} open to you")),
        _ => (Tone::Ok, "You have access".to_owned()),
    })
}

/// The columns that match, and how many more of them there are.
fn matched(columns: &First<String>) -> Option<(String, String)> {
    let more = columns.more();
    if more == 0 {
        return (!columns.items.is_empty()).then(|| (listed(&columns.items), String::new()));
    }
    Some((columns.items.join(", "), format!(" and {}", counted(more, "more column"))))
}

/// What is said where nothing is listed, and the way on.
fn nothing(request: &SearchRequest, total: u32, known: Option<&str>, nearest: &[String]) -> AnyView {
    let Nothing { text, href, action, instead } = why_nothing(request, total, known, nearest);
    let instead = instead.into_iter().map(|(href, name)| {
        let action = format!("Search for \"{name}\"");
        view! { <a class="btn btn-sm" href=href>{action}</a> }
    });
    let instead = instead.collect_view();
    view! { <Empty text=text href=href action=action>{instead}</Empty> }.into_any()
}

/// Why nothing is listed.
struct Nothing {
    text: String,
    href: String,
    action: &'static str,
    /// Searches for other words, and those words.
    instead: Vec<(String, String)>,
}

/// `known` is the name of the first term that the words were found to be, `nearest` are words that there are.
fn why_nothing(request: &SearchRequest, total: u32, known: Option<&str>, nearest: &[String]) -> Nothing {
    // An order takes nothing away.
    let only = |words: &str| {
        let (q, sort) = (words.to_owned(), request.sort.clone());
        query_of(&SearchRequest { q, sort, ..SearchRequest::default() })
    };
    let (whole, only_words) = (query_of(request), only(&request.q));
    let said = |text: &str, href: String, action| Nothing {
        text: text.to_owned(),
        href,
        action,
        instead: Vec::new(),
    };
    let search_for = |word: &str| (only(word).to("/catalog"), word.to_owned());
    if total > 0 {
        said("The results end before this page.", whole.to("/catalog"), "Show the first results")
    } else if only_words != whole {
        let text = if request.q.trim().is_empty() {
            "Nothing fits these filters."
        } else {
            "Nothing fits these words and filters together."
        };
        said(text, only_words.to("/catalog"), "Take away the filters")
    } else if request.q.is_empty() {
        let text = "There is nothing in the catalog that you may see. Describe your mesh as files; \
                    \"lakeport import DIR\" brings them in.";
        said(text, "/".to_owned(), "Open the start page")
    } else if let Some(name) = known {
        let text = format!("No data was found for \"{}\"; the glossary knows the word.", request.q);
        // The same words would find nothing again.
        let is_other = name.to_lowercase() != request.q.trim().to_lowercase();
        let instead = is_other.then(|| search_for(name)).into_iter().collect();
        Nothing { instead, ..said(&text, "/catalog".to_owned(), "Browse everything") }
    } else {
        // Of one word nobody can try fewer.
        let is_one = request.q.split_whitespace().nth(1).is_none();
        let advice = if is_one { "Try another word." } else { "Try fewer or other words." };
        let text = format!("Nothing was found for \"{}\". {advice}", request.q);
        let instead = nearest.iter().map(|word| search_for(word)).collect();
        Nothing { instead, ..said(&text, "/catalog".to_owned(), "Browse everything") }
    }
}

fn pager(request: &SearchRequest, total: u32, shown: usize) -> impl IntoView + use<> {
    let query = query_of(request);
    let shown = u32::try_from(shown).unwrap_or(u32::MAX);
    let end = request.offset.saturating_add(shown);
    let at = |offset: u32| query.clone().with("offset", offset).to("/catalog");
    let before = (request.offset > 0).then(|| at(request.offset.saturating_sub(request.limit)));
    let after = (end < total && shown > 0).then(|| at(end));
    // Beyond the end there is no part to name.
    (shown > 0 && (before.is_some() || after.is_some())).then(|| {
        view! {
            <nav class="pager" aria-label="Pages of results">
                {before.map(|href| view! { <a class="btn btn-sm" href=href>"Results before"</a> })}
                <span>{number(request.offset + 1)}" to "{number(end)}" of "{number(total)}</span>
                {after.map(|href| view! { <a class="btn btn-sm" href=href>"More results"</a> })}
            </nav>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_never_seems_open_as_a_whole_where_a_part_of_it_is() {
        let said = |has_access, ports| access(has_access, ports).map(|(_, words)| words);
        assert_eq!(said(true, Some((1, 3))).as_deref(), Some("1 of 3 open to you"));
        assert_eq!(said(true, Some((3, 3))).as_deref(), Some("You have access"));
        assert_eq!(said(true, None).as_deref(), Some("You have access"));
        assert_eq!(said(false, Some((0, 3))), None);
    }

    #[test]
    fn an_order_is_never_blamed_as_a_filter() {
        let said = |request: &SearchRequest, total| why_nothing(request, total, None, &[]).text;
        let sorted = SearchRequest { sort: Some("name".to_owned()), ..SearchRequest::default() };
        assert!(said(&sorted, 0).starts_with("There is nothing in the catalog that you may see."));
        let found = SearchRequest { q: "qwertz".to_owned(), ..sorted };
        assert_eq!(said(&found, 0), "Nothing was found for \"qwertz\". Try another word.");
        let several = SearchRequest { q: "qwertz asdf".to_owned(), ..found.clone() };
        assert_eq!(said(&several, 0), "Nothing was found for \"qwertz asdf\". Try fewer or other words.");
        let filtered = SearchRequest { kind: vec!["table".to_owned()], ..found.clone() };
        let nothing = why_nothing(&filtered, 0, None, &[]);
        assert_eq!(nothing.text, "Nothing fits these words and filters together.");
        assert_eq!(nothing.href, "/catalog?q=qwertz&sort=name", "the order stays");
        let filters = SearchRequest { q: String::new(), ..filtered };
        assert_eq!(said(&filters, 0), "Nothing fits these filters.");
        let beyond = SearchRequest { offset: 200, ..found };
        assert_eq!(said(&beyond, 120), "The results end before this page.");
    }

    #[test]
    fn a_word_that_the_glossary_knows_leads_to_the_name_of_its_term() {
        let asked = |q: &str| SearchRequest { q: q.to_owned(), ..SearchRequest::default() };
        let nothing = why_nothing(&asked("mahnung"), 0, Some("Dunning"), &[]);
        assert_eq!(nothing.text, "No data was found for \"mahnung\"; the glossary knows the word.");
        assert_eq!((nothing.href.as_str(), nothing.action), ("/catalog", "Browse everything"));
        assert_eq!(nothing.instead, [("/catalog?q=Dunning".to_owned(), "Dunning".to_owned())]);
        let same = why_nothing(&asked("dunning "), 0, Some("Dunning"), &[]);
        assert!(same.instead.is_empty(), "the same search finds nothing again");
        let filtered = SearchRequest { kind: vec!["table".to_owned()], ..asked("mahnung") };
        let nothing = why_nothing(&filtered, 0, Some("Dunning"), &[]);
        assert!(nothing.instead.is_empty() && nothing.action == "Take away the filters");
    }

    #[test]
    fn where_nothing_is_found_words_that_there_are_are_offered() {
        let request = SearchRequest { q: "colections".to_owned(), ..SearchRequest::default() };
        let nothing = why_nothing(&request, 0, None, &["collections".to_owned()]);
        assert_eq!(nothing.instead, [("/catalog?q=collections".to_owned(), "collections".to_owned())]);
        let filtered = SearchRequest { kind: vec!["table".to_owned()], ..request };
        assert!(why_nothing(&filtered, 0, None, &["collections".to_owned()]).instead.is_empty());
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn a_filter_among_the_words_is_not_sent_a_second_time() {
        use lakeport_model::catalog::FacetValue;

        let disabled = |sent: &str| {
            let value =
                FacetValue { value: "pers".to_owned(), label: "pers".to_owned(), count: 0, selected: true };
            let (key, label) = ("tag".to_owned(), "Tag".to_owned());
            let found = Facet { key, label, values: vec![value], more: 0 };
            facet(found, &Query::parse(sent)).to_html().contains("disabled")
        };
        assert!(disabled("q=tag%3Apers"), "the words still hold it");
        assert!(!disabled("q=tag%3Apersonal&tag=pers"), "it was ticked");
    }

    #[test]
    fn columns_that_match_and_are_not_named_are_counted() {
        let said = |count: usize| {
            let columns = (1..=count).map(|number| format!("c{number}")).collect();
            matched(&First::cut(columns, 3)).map(|(columns, more)| format!("{columns}{more}"))
        };
        assert_eq!(said(0), None);
        assert_eq!(said(3).as_deref(), Some("c1, c2 and c3"));
        assert_eq!(said(4).as_deref(), Some("c1, c2, c3 and 1 more column"));
        assert_eq!(said(9).as_deref(), Some("c1, c2, c3 and 6 more columns"));
    }
}
