//! The list, and the bar that says what is to be changed of those that are chosen.

use lakeport_model::DomainId;
use lakeport_model::catalog::Layer;
use lakeport_model::many::{AssetFacts, AssetLine, DomainAssets, ManyChange, NO_LAYER};
use leptos::prelude::*;

use super::keys::ChoiceKeys;
use super::{Asked, CHECK, CHOSEN, assets_of_href};
use crate::pages::assets::fields::{classes, options};
use crate::pages::{asset_href, domain_href};
use crate::ui::{
    ClassificationBadge, Column, Empty, Field, FieldError, Form, FormState, Hidden, LayerBadge, SearchBar,
    Table, TextField, counted, number,
};

/// The heads of the table.
const HEADS: [&str; 5] = ["Asset", "Kind", "Layer", "Classification", "Tags"];
const UNDESCRIBED: &str = "Columns without a meaning";

pub(super) fn list(form: &FormState, asked: &Asked, assets: &DomainAssets) -> AnyView {
    let domain = &assets.domain.id;
    let part = if assets.assets.items.is_empty() {
        nothing(asked, assets)
    } else if assets.may_change {
        choosing(form, asked, assets)
    } else {
        table(form, asked, assets)
    };
    view! {
        <div class="stack min-w-0">
            {filter(asked, domain)}
            {part}
            {pages(asked, assets)}
        </div>
    }
    .into_any()
}

/// Words, a layer and a tag that are looked for. The fields of the bar have the same names in another form.
fn filter(asked: &Asked, domain: &DomainId) -> AnyView {
    let layers = Layer::ALL.iter().map(|layer| (layer.as_str(), layer.as_str()));
    let layers = options(std::iter::once(("", "every layer")).chain(layers), &asked.filter.layer);
    let (words, tag) = (asked.filter.q.clone(), asked.filter.tag.clone());
    view! {
        <form method="get" action=assets_of_href(domain) aria-label="Choose what is listed">
            <SearchBar words=words label="Words of the name" placeholder="Words of the name">
                <select class="select w-40" name="layer" aria-label="Of the layer">
                    {layers}
                </select>
                <input
                    class="input w-40"
                    type="text"
                    name="tag"
                    value=tag
                    maxlength="200"
                    autocomplete="off"
                    aria-label="With the tag"
                    placeholder="With the tag"
                />
            </SearchBar>
        </form>
    }
    .into_any()
}

/// Why nothing is listed, and the way on.
fn nothing(asked: &Asked, assets: &DomainAssets) -> AnyView {
    let all = assets_of_href(&assets.domain.id);
    let (text, href, action) = if assets.assets.next.is_some() {
        ("No asset fits as far as was looked; there are more.", all, "From the beginning")
    } else if asked.after.is_some() {
        ("No more assets are listed.", asked.query().to(&all), "From the beginning")
    } else if asked.filter.is_empty() {
        ("It has no asset that you may see.", domain_href(&assets.domain.id), "Back to the domain")
    } else {
        ("No asset fits.", all, "Show all assets")
    };
    view! { <Empty text=text href=href action=action /> }.into_any()
}

/// The ways to the other parts of the list.
fn pages(asked: &Asked, assets: &DomainAssets) -> Option<AnyView> {
    let page = assets_of_href(&assets.domain.id);
    let first = asked.after.as_ref().map(|_| {
        view! { <a class="btn btn-sm" href=asked.query().to(&page)>"From the beginning"</a> }
    });
    let next = assets.assets.next.as_ref().map(|after| {
        let href = asked.query_after(Some(after)).to(&page);
        view! { <a class="btn btn-sm" href=href>"More assets"</a> }
    });
    (first.is_some() || next.is_some())
        .then(|| view! { <nav class="pager" aria-label="Pages of assets">{first}{next}</nav> }.into_any())
}

/// The list with a box at each asset, and the bar below it.
fn choosing(form: &FormState, asked: &Asked, assets: &DomainAssets) -> AnyView {
    let domain = &assets.domain.id;
    let count = u32::try_from(assets.assets.items.len()).unwrap_or(u32::MAX);
    let all = asked.query_after(asked.after.as_ref()).and("all", "yes").to(&assets_of_href(domain));
    let (id, table, bar) = (domain.to_string(), table(form, asked, assets), bar(form));
    let form = form.clone();
    view! {
        <Form action=CHECK id="choosing" outcomes=true>
            <Hidden name="domain" value=id />
            <div class="cluster mb-3">
                <p>{counted(count, "asset")}" here"</p>
                <a class="btn btn-sm" href=all>"Choose all on this page"</a>
                <ChoiceKeys count=count />
            </div>
            <FieldError form=form name="assets" />
            {table}
            {bar}
        </Form>
    }
    .into_any()
}

/// What is to be changed, and its value.
fn bar(form: &FormState) -> AnyView {
    let words = |change: ManyChange| match change {
        ManyChange::AddTag => "Add a tag",
        ManyChange::RemoveTag => "Remove a tag",
        ManyChange::Classify => "Set the classification",
        ManyChange::Layer => "Set the layer",
    };
    let changes = ManyChange::ALL.iter().map(|change| (change.as_str(), words(*change)));
    let layers = Layer::ALL.iter().map(|layer| (layer.as_str(), layer.as_str()));
    let layers = std::iter::once(("", "choose")).chain(layers).chain([(NO_LAYER, NO_LAYER)]);
    let change = options(std::iter::once(("", "choose")).chain(changes), &form.typed("change", ""));
    let classes =
        options(std::iter::once(("", "choose")).chain(classes()), &form.typed("classification", ""));
    let layers = options(layers, &form.typed("layer", ""));
    let tag = form.clone();
    view! {
        <div class="bottom-bar items-end">
            {choice(form, "change", "Of the chosen", change)}
            <TextField form=tag name="tag" label="Tag" maxlength="200" control="input input-sm w-40" />
            {choice(form, "classification", "Classification", classes)}
            {choice(form, "layer", "Layer", layers)}
            <button class="btn btn-primary" type="submit">"See what changes"</button>
        </div>
    }
    .into_any()
}

fn choice(form: &FormState, name: &'static str, label: &'static str, options: AnyView) -> AnyView {
    let invalid = form.invalid(name);
    view! {
        <Field name=name label=label form=form.clone()>
            <select
                class="select select-sm w-44"
                id=name
                name=name
                aria-describedby=format!("{name}-error")
                aria-invalid=invalid
                autofocus=invalid.is_some()
            >
                {options}
            </select>
        </Field>
    }
    .into_any()
}

fn table(form: &FormState, asked: &Asked, assets: &DomainAssets) -> AnyView {
    let heads = HEADS.map(Column::text).into_iter().chain([Column::number(UNDESCRIBED)]).collect();
    let rows = assets.assets.items.iter().map(|line| {
        let is_chosen = assets.may_change.then(|| form.chose(CHOSEN, line.id.as_str(), asked.all));
        row(line, is_chosen)
    });
    let rows = rows.collect_view();
    view! { <Table caption="Assets, by their ids" columns=heads>{rows}</Table> }.into_any()
}

/// An asset; `is_chosen` where there is something to choose.
fn row(line: &AssetLine, is_chosen: Option<bool>) -> AnyView {
    let AssetLine { id, name, facts } = line.clone();
    let label = name.clone();
    let link = view! { <a class="link wrap-anywhere" href=asset_href(&id)>{name}</a> };
    let title = match is_chosen {
        Some(is_chosen) => view! {
            <div class="flex items-center gap-3">
                <input
                    class="checkbox checkbox-sm"
                    type="checkbox"
                    name=CHOSEN
                    value=id.to_string()
                    checked=is_chosen
                    aria-label=label
                />
                {link}
            </div>
        }
        .into_any(),
        None => link.into_any(),
    };
    let cells = match facts {
        Some(facts) => cells(facts),
        None => view! { <td class="muted" colspan="5">"You see its name alone."</td> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">{title}</th>
            {cells}
        </tr>
    }
    .into_any()
}

fn cells(facts: AssetFacts) -> AnyView {
    let AssetFacts { kind, layer, classification, tags, columns, undescribed } = facts;
    let layer_label = layer.map(|_| "Layer");
    let layer = layer.map(|layer| view! { <LayerBadge layer=layer /> });
    let tags = (tags.of > 0).then(|| tags.words());
    let tags_label = tags.as_ref().map(|_| "Tags");
    view! {
        <td data-label="Kind">{kind.as_str()}</td>
        <td data-label=layer_label>{layer}</td>
        <td data-label="Classification"><ClassificationBadge classification=classification /></td>
        <td data-label=tags_label>{tags}</td>
        <td data-label=UNDESCRIBED class="num">{undescribed_words(columns, undescribed)}</td>
    }
    .into_any()
}

fn undescribed_words(columns: u32, undescribed: u32) -> String {
    if columns == 0 {
        return "no columns".to_owned();
    }
    format!("{} of {}", number(undescribed), number(columns))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_columns_lacks_no_meaning() {
        assert_eq!(undescribed_words(0, 0), "no columns");
        assert_eq!(undescribed_words(1_200, 3), "3 of 1,200");
    }
}
