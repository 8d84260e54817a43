//! The start page: search first, then what waits, what one has, what is new.

use lakeport_model::First;
use lakeport_model::catalog::{HomePage as Home, MyData, NEWS_DAYS, News, Task};
use leptos::prelude::*;
use leptos_meta::Title;

use crate::api;
use crate::pages::asset_href;
use crate::ui::{
    CheckBadge, Day, Done, Empty, Glyph, Icon, LayerBadge, Moment, Refusal, asset_glyph, cut, load,
};

/// The start page.
#[component]
pub(crate) fn HomePage() -> impl IntoView {
    let home = Resource::new(|| (), |()| api::catalog::home());
    view! {
        <Title text="" />
        <div class="page">
            <Done />
            <Refusal />
            <div class="grid gap-2 pb-6">
                <h1 id="title" tabindex="-1">"Find data and use it"</h1>
                <form class="searchbox searchbox-hero w-full" role="search" method="get" action="/catalog" aria-label="Catalog">
                    <Icon glyph=Glyph::Search />
                    <input
                        type="search"
                        name="q"
                        autofocus
                        aria-label="Search the catalog"
                        placeholder="What are you looking for: sales, customers, a column"
                    />
                    <button class="btn btn-primary btn-sm" type="submit">"Search"</button>
                </form>
            </div>
            {load(home, content)}
        </div>
    }
}

fn content(home: Home) -> AnyView {
    view! {
        <div class="grid items-start gap-8 lg:grid-cols-[3fr_2fr]">
            <div class="grid gap-6">
                <section class="stack" aria-labelledby="tasks">
                    <h2 id="tasks">"Waiting for you"</h2>
                    {tasks(home.tasks)}
                </section>
                <section class="stack" aria-labelledby="data">
                    <h2 id="data">"Your data"</h2>
                    {my_data(home.my_data)}
                </section>
            </div>
            <section class="stack" aria-labelledby="news">
                <h2 id="news">"New products and dashboards"</h2>
                {news(home.news)}
            </section>
        </div>
    }
    .into_any()
}

fn tasks(tasks: Vec<Task>) -> AnyView {
    if tasks.is_empty() {
        return view! { <p class="muted">"Nothing waits for you."</p> }.into_any();
    }
    let rows = tasks.into_iter().map(|task| {
        view! {
            <li>
                <div class="row">
                    <Icon glyph=Glyph::Decide />
                    <div class="row-title">
                        <a href=task.href>{task.label}</a>
                    </div>
                    <div class="row-end">
                        {task.oldest.map(|at| view! { <span>"oldest " <Moment at=at /></span> })}
                    </div>
                </div>
            </li>
        }
    });
    view! { <ul class="rowlist">{rows.collect_view()}</ul> }.into_any()
}

fn my_data(data: First<MyData>) -> AnyView {
    if data.items.is_empty() {
        return view! {
            <Empty
                text="No data here yet. What you are granted and what your domains offer comes here; the page of each table says how it is opened."
                href="/catalog"
                action="Browse the catalog"
            />
        }
        .into_any();
    }
    let more = cut(data.items.len(), Some(data.of), "last opened").map(|words| {
        view! { <p class="muted">{words}" " <a class="link" href="/catalog">"The others are in the catalog"</a></p> }
    });
    let rows = data.items.into_iter().map(|mine| {
        let until = match mine.ends_on {
            Some(day) => view! { <span>"until " <Day day=day /></span> }.into_any(),
            None if mine.is_public => view! { <span>"public"</span> }.into_any(),
            None => view! { <span>"your domain"</span> }.into_any(),
        };
        let opened = mine.opened_at.map(|at| view! { <span>"opened " <Moment at=at /></span> });
        view! {
            <li>
                <div class="row">
                    <Icon glyph=asset_glyph(mine.asset.kind) />
                    <div>
                        <div class="row-title">
                            <a href=asset_href(&mine.asset.id)>{mine.asset.name}</a>
                            {mine.asset.layer.map(|layer| view! { <LayerBadge layer=layer /> })}
                        </div>
                        <div class="row-meta">
                            {mine.product.map(|product| view! { <span>{product}</span> })}
                            {mine.contract_state.map(|state| view! { <CheckBadge state=state /> })}
                            {mine.changed_at.map(|at| view! { <span>"last change seen " <Moment at=at /></span> })}
                            {opened}
                        </div>
                    </div>
                    <div class="row-end">{until}</div>
                </div>
            </li>
        }
    });
    view! { <ul class="rowlist">{rows.collect_view()}</ul> {more} }.into_any()
}

fn news(news: First<News>) -> AnyView {
    if news.items.is_empty() {
        let text = format!("No data product or dashboard is new in the last {NEWS_DAYS} days.");
        return view! { <Empty text=text href="/catalog?sort=newest" action="Show what is newest" /> }
            .into_any();
    }
    let more = cut(news.items.len(), Some(news.of), "newest").unwrap_or_default();
    let rows = news.items.into_iter().map(|item| {
        view! {
            <li>
                <div class="row">
                    <Icon glyph=Glyph::Product />
                    <div>
                        <div class="row-title">
                            <a href=item.href>{item.title}</a>
                        </div>
                        <div class="row-text">{item.text}</div>
                    </div>
                    <div class="row-end">
                        <Moment at=item.at />
                    </div>
                </div>
            </li>
        }
    });
    view! {
        <ul class="rowlist">{rows.collect_view()}</ul>
        <p class="muted">
            {format!("Of the last {NEWS_DAYS} days. {more} ")}
            <a class="link" href="/catalog?sort=newest">"The whole catalog by date, tables too"</a>
        </p>
    }
    .into_any()
}
