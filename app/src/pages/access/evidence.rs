//! What an owner needs to know to decide.

use lakeport_model::access::DecidePage as Decide;
use leptos::prelude::*;

use crate::pages::{asset_href, product_href};
use crate::query::encode;
use crate::ui::{ClassificationBadge, Fact, LayerBadge, Notice, Tone};

/// What is asked for, under which rules, and what the requester has already.
pub(super) fn evidence(page: &Decide) -> AnyView {
    let request = page.request.clone();
    let asset = page.asset.clone().map(|asset| {
        let (href, id) = (asset_href(&asset.id), asset.id.to_string());
        let named = if page.asset_opens {
            view! { <a class="link mono" href=href>{id}</a> }.into_any()
        } else {
            view! { <span class="mono">{id}</span> }.into_any()
        };
        view! {
            <span class="cluster">
                {named}
                {asset.layer.map(|layer| view! { <LayerBadge layer=layer /> })}
            </span>
        }
    });
    let columns = (!page.sensitive_columns.is_empty()).then(|| {
        let columns = page.sensitive_columns.join(", ");
        view! {
            <Fact label="Most sensitive columns">
                <p><code>{columns}</code></p>
                <ClassificationBadge classification=request.classification />
            </Fact>
        }
    });
    let since = (!page.contract_since.is_empty()).then(|| {
        let since = lines(page.contract_since.clone());
        view! { <Notice tone=Tone::Warn>{since}</Notice> }
    });
    let contract = (page.contract.is_some() || since.is_some()).then(|| {
        let accepted = match page.contract.clone() {
            Some((id, version)) => {
                let href = page.contract_opens.then(|| format!("/contracts/{}", encode(&id)));
                led(href, format!("{id} {version}")).into_any()
            }
            None => "None".into_any(),
        };
        view! {
            <Fact label="Terms accepted">
                <p>{accepted}</p>
                {since}
            </Fact>
        }
    });
    let approvals = (!page.approvals.is_empty()).then(|| lines(page.approvals.clone()));
    let approvals = approvals.map(|lines| view! { <Fact label="Approvals so far">{lines}</Fact> });
    let others = if page.other_grants.is_empty() {
        "None on data of this domain".into_any()
    } else {
        lines(page.other_grants.clone()).into_any()
    };
    let title = led(page.product_opens.then(|| product_href(&request.product)), request.title);
    let (domain, policy) = (page.domain.name.clone(), lines(page.policy.clone()));
    view! {
        <section class="card" aria-labelledby="evidence">
            <h2 id="evidence" class="mb-3">"The evidence"</h2>
            <dl class="facts">
                <Fact label="Asked for">
                    <p>{title}" of "{domain}</p>
                    {asset}
                </Fact>
                {columns}
                {contract}
                <Fact label="What the policy says">{policy}</Fact>
                {approvals}
                <Fact label="Other live grants of the requester">{others}</Fact>
            </dl>
        </section>
    }
    .into_any()
}

/// Words that lead somewhere, where that opens to the viewer.
fn led(href: Option<String>, words: String) -> AnyView {
    match href {
        Some(href) => view! { <a class="link" href=href>{words}</a> }.into_any(),
        None => words.into_any(),
    }
}

fn lines(lines: Vec<String>) -> AnyView {
    view! { <ul>{lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul> }.into_any()
}
