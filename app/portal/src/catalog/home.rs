//! The home page: what waits, what one may use, what is new.

use chrono::TimeDelta;
use lakeport_model::catalog::{HomePage, MyData, News, Task};
use lakeport_model::people::Viewer;

use super::{Rights, Sight, href};
use crate::store::access as grants;
use crate::store::contracts;
use crate::{Ctx, Result, access, dashboards};

const NEWS_DAYS: i64 = 30;
const MOST: usize = 12;

/// What the viewer comes for in the morning.
pub async fn home(ctx: &Ctx, viewer: &Viewer) -> Result<HomePage> {
    Ok(HomePage {
        tasks: tasks(ctx, viewer).await?,
        my_data: my_data(ctx, viewer).await?,
        news: news(ctx, viewer).await?,
    })
}

async fn tasks(ctx: &Ctx, viewer: &Viewer) -> Result<Vec<Task>> {
    let mut tasks = Vec::new();
    let requests = access::to_decide(ctx, viewer).await?;
    if !requests.is_empty() {
        tasks.push(Task {
            label: counted(requests.len(), "request to decide", "requests to decide"),
            href: "/decide".to_owned(),
            oldest: requests.iter().map(|request| request.requested_at).min(),
        });
    }
    let reviews = access::review_desk(ctx, viewer).await?;
    if !reviews.is_empty() {
        tasks.push(Task {
            label: counted(reviews.len(), "grant to review", "grants to review"),
            href: "/reviews".to_owned(),
            oldest: None,
        });
    }
    let own = access::my_grants(ctx, viewer).await?;
    let asked = own.iter().filter(|grant| {
        use lakeport_model::access::ReviewState;
        grant.review != ReviewState::Ok && !grant.confirmed_by_consumer
    });
    let asked = asked.count();
    if asked > 0 {
        tasks.push(Task {
            label: counted(
                asked,
                "access to confirm: do you still need it?",
                "accesses to confirm: do you still need them?",
            ),
            href: "/access/grants".to_owned(),
            oldest: None,
        });
    }
    Ok(tasks)
}

fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

async fn my_data(ctx: &Ctx, viewer: &Viewer) -> Result<Vec<MyData>> {
    let snapshot = ctx.snapshot().await?;
    let rights = Rights::of(ctx, viewer).await?;
    let mut tx = ctx.db.read().await?;
    let now = ctx.now();
    let mut data = Vec::new();
    for grant in grants::grants_of(&mut tx, viewer.id.0).await? {
        use lakeport_model::access::GrantStanding;
        let Some(asset) = grant.asset.as_ref().and_then(|id| snapshot.assets.get(id)) else { continue };
        if grant.standing(now) != GrantStanding::Active
            || data.iter().any(|held: &MyData| held.asset.id.0 == asset.id)
        {
            continue;
        }
        data.push(MyData {
            asset: asset.reference(),
            product: Some(snapshot.port_title(&grant.port)),
            ends_on: Some(grant.ends_on),
            contract_state: None,
        });
    }
    for asset in snapshot.assets.values() {
        let own = viewer.memberships.iter().any(|membership| membership.domain.id.0 == asset.domain)
            && rights.reads(&snapshot, asset);
        let offer = snapshot.offers(&asset.id).next();
        if own && offer.is_some() && data.len() < MOST && data.iter().all(|held| held.asset.id.0 != asset.id)
        {
            data.push(MyData {
                asset: asset.reference(),
                product: offer.map(|(product, _)| product.name.clone()),
                ends_on: None,
                contract_state: None,
            });
        }
    }
    data.truncate(MOST);
    for item in &mut data {
        let contract = snapshot.offers(&item.asset.id.0).find_map(|(_, port)| port.contract.clone());
        if let Some(contract) = contract {
            let run = contracts::last_run(&mut tx, &contract).await?;
            item.contract_state = run.map(|run| run.state()).transpose()?;
        }
    }
    Ok(data)
}

async fn news(ctx: &Ctx, viewer: &Viewer) -> Result<Vec<News>> {
    let snapshot = ctx.snapshot().await?;
    let rights = Rights::of(ctx, viewer).await?;
    let since = ctx.now() - TimeDelta::days(NEWS_DAYS);
    let mut news: Vec<News> = snapshot
        .products
        .values()
        .filter(|product| product.created_at >= since && rights.product_sight(product) != Sight::Hidden)
        .map(|product| News {
            title: product.name.clone(),
            text: format!("Data product of {}", snapshot.domain_name(&product.domain)),
            href: href::product(&product.id),
            at: product.created_at,
        })
        .collect();
    for dashboard in dashboards::list(ctx, viewer).await? {
        let Some(text) =
            snapshot.dashboards.get(dashboard.id.as_str()).filter(|text| text.created_at >= since)
        else {
            continue;
        };
        news.push(News {
            title: dashboard.title,
            text: format!("Dashboard of {}", dashboard.domain.name),
            href: format!("/dashboards/{}", dashboard.id),
            at: text.created_at,
        });
    }
    news.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.title.cmp(&b.title)));
    news.truncate(MOST);
    Ok(news)
}
