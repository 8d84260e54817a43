//! The home page: what waits, what one may use, what is new.

use std::collections::BTreeSet;

use super::lists::{self, Thing};
use super::{Asset, Product, Sight, Snapshot, dashboards, href};
use crate::readings::State;
use crate::snapshot::Unread;
use crate::store::Tx;
use crate::store::access::{self as grants, Grant};
use crate::text::{capital, legible};
use crate::{Call, Result, access, contracts, jobs, proposals};
use chrono::TimeDelta;
use lakeport_model::access::{GrantLine, GrantStanding, Undecided};
use lakeport_model::catalog::{AccessStanding, AssetRef, HomePage, MyData, NEWS_DAYS, News, Task};
use lakeport_model::people::{Role, Viewer};
use lakeport_model::proposals::MOST_COUNTED;
use lakeport_model::retire::Retirable;
use lakeport_model::{DomainId, First, day, encode, moment};

const MOST: usize = 12;
/// What was opened last and is offered again.
const OFFERED: u32 = 5;
/// Assets read last that are looked at; who reads more than these has them in other places too.
const LAST_READ: u32 = 200;
/// Deliveries that fail and are counted: where more fail, the number says no more.
const MOST_FAILING: u32 = 100;

/// What the viewer comes for in the morning.
pub async fn home(call: &Call) -> Result<HomePage> {
    let mut state = call.ctx.readings.state(&call.ctx.db).await?;
    Ok(HomePage {
        tasks: tasks(&mut state.tx, call).await?,
        my_data: my_data(&mut state, call).await?,
        news: news(call),
    })
}

/// What the viewer opened last and still sees, newest first.
pub async fn last_opened(call: &Call) -> Result<Vec<AssetRef>> {
    let Call { ctx, viewer, .. } = call;
    let snapshot = call.snapshot();
    let rights = call.rights();
    let read = ctx.readings.state(&ctx.db).await?.last_read(viewer.id, OFFERED).await?;
    let seen = read.iter().filter_map(|(asset, _)| snapshot.assets.get(asset));
    let seen = seen.filter(|asset| snapshot.sight(&rights, asset) != Sight::Hidden);
    let seen = seen.filter(|asset| !snapshot.is_retired(Retirable::Asset, &asset.id, rights.today()));
    Ok(seen.map(Asset::reference).collect())
}

async fn tasks(tx: &mut Tx, call: &Call) -> Result<Vec<Task>> {
    let mut tasks = Vec::new();
    let waiting = access::waiting_for(tx, call).await?;
    if waiting.to_decide > 0 {
        tasks.push(Task {
            label: counted(waiting.to_decide, "request to decide", "requests to decide"),
            href: "/decide".to_owned(),
            oldest: waiting.oldest,
        });
    }
    if waiting.to_review > 0 {
        let first = access::first_end(tx, call).await?;
        tasks.push(Task {
            label: to_review(waiting.to_review, first.as_deref()),
            href: "/reviews".to_owned(),
            oldest: None,
        });
    }
    let proposals = u32::try_from(proposals::waiting(tx, call).await?.len()).unwrap_or(u32::MAX);
    if proposals > 0 {
        tasks.push(Task { label: to_accept(proposals), href: "/proposals".to_owned(), oldest: None });
    }
    let own = access::my_live_grants(tx, call).await?;
    tasks.extend(ending(&own));
    let asked = own.iter().filter(|grant| {
        use lakeport_model::access::ReviewState;
        grant.review != ReviewState::Ok && !grant.confirmed_by_consumer
    });
    let asked = u32::try_from(asked.count()).unwrap_or(u32::MAX);
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
    tasks.extend(standing_still(call));
    tasks.extend(unread(call));
    tasks.extend(undelivered(tx, call).await?);
    let broken = First::cut(contracts::broken(tx, call).await?, MOST);
    let more = broken.more();
    tasks.extend(broken.items);
    if more > 0 {
        // Each of them was told of when it broke.
        tasks.push(Task {
            label: counted(more, "more broken contract", "more broken contracts"),
            href: "/inbox".to_owned(),
            oldest: None,
        });
    }
    Ok(tasks)
}

/// That pages do not follow what changes: whoever operates the portal finds the reason in its log.
fn standing_still(call: &Call) -> Option<Task> {
    let since = call.ctx.snapshots.failing_since().filter(|_| call.viewer.administrator)?;
    let label =
        format!("The catalog cannot be renewed since {}: the log of the portal says why", moment(since));
    Some(Task { label, href: "/audit".to_owned(), oldest: None })
}

/// What administrators have corrected, and owners correct.
fn unread(call: &Call) -> Option<Task> {
    if !call.viewer.administrator {
        return own_unread(call);
    }
    let unread = call.snapshot().unread().count();
    let label = counted(
        u32::try_from(unread).unwrap_or(u32::MAX),
        "document of the catalog that cannot be read",
        "documents of the catalog that cannot be read",
    );
    (unread > 0).then(|| Task { label, href: "/audit#unread".to_owned(), oldest: None })
}

/// What cannot be read of the domains that the viewer owns: how much, and the page of the first.
fn own_unread(call: &Call) -> Option<Task> {
    let snapshot = call.snapshot();
    let mut own = snapshot.unread().filter(|unread| owns(&snapshot, &call.viewer, unread));
    let (first, more) = (own.next()?, own.count());
    let (what, href) = match first.kind {
        "product" => ("the data product", href::product(&first.id)),
        // Others of its versions can be read.
        "contract" if snapshot.contracts.contains_key(&first.id) => {
            ("a version of the contract", href::contract(&first.id))
        }
        "contract" => ("the contract", href::contract(&first.id)),
        "dashboard" => ("the dashboard", format!("/dashboards/{}", encode(&first.id))),
        "term" => ("the term", href::term(&first.id)),
        _ => ("the asset", format!("/assets/{}", encode(&first.id))),
    };
    let id = legible(&first.id);
    let label = if more == 0 {
        format!("{} {id} cannot be read: correct what describes it and import it again", capital(what))
    } else {
        format!("{} documents of your domains cannot be read, the first of them {what} {id}", more + 1)
    };
    Some(Task { label, href, oldest: None })
}

/// True where somebody owns the domain that has to correct a document: where the document alone would name it, the one that
/// is known without.
fn owns(snapshot: &Snapshot, viewer: &Viewer, unread: &Unread) -> bool {
    let owns = |domain: &str| viewer.is(Role::Owner, &DomainId(domain.to_owned()));
    match (unread.kind, snapshot.contracts.get(&unread.id)) {
        ("contract", Some(contract)) => owns(&snapshot.domain_of(contract)),
        ("contract", None) => snapshot.products_under(&unread.id).any(|product| owns(&product.domain)),
        ("dashboard", _) => snapshot.assets.get(&unread.id).is_some_and(|asset| owns(&asset.domain)),
        _ => owns(&unread.domain),
    }
}

/// What was granted of the domains that the viewer owns, for administrators of all, and cannot be delivered: they were told
/// of it, and it is not over.
async fn undelivered(tx: &mut Tx, call: &Call) -> Result<Option<Task>> {
    let Call { viewer, .. } = call;
    let owned = viewer.memberships.iter().filter(|membership| membership.role >= Role::Owner);
    let owned: Vec<String> = owned.map(|membership| membership.domain.id.0.clone()).collect();
    if owned.is_empty() && !viewer.administrator {
        return Ok(None);
    }
    let domains = (!viewer.administrator).then_some(owned.as_slice());
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let domain = |grant: &Grant| {
        let domain = access::answering(&snapshot, grant.asset.as_deref(), &grant.product, &grant.domain);
        DomainId(domain.to_owned())
    };
    let most = i64::from(MOST_FAILING);
    let mut failing = grants::failing_deliveries(tx, domains, jobs::TOLD_AFTER, most).await?;
    let is_cut = failing.len() >= MOST_FAILING as usize;
    failing.retain(|grant| grant.standing(call.now()) == GrantStanding::Active);
    // Data may have moved since the domain was stored.
    failing.retain(|grant| viewer.administrator || viewer.is(Role::Owner, &domain(grant)));
    let Some(first) = failing.first() else { return Ok(None) };
    let number = u32::try_from(failing.len()).unwrap_or(u32::MAX);
    let label = if is_cut {
        format!("{number} or more accesses that were granted and cannot be delivered")
    } else {
        counted(
            number,
            "access that was granted and cannot be delivered",
            "accesses that were granted and cannot be delivered",
        )
    };
    let href = if rights.knows_port(&snapshot, &first.port) {
        href::held(&first.product)
    } else {
        href::domain(domain(first).as_str())
    };
    Ok(Some(Task { label, href, oldest: None }))
}

fn counted(number: u32, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// How many proposals wait, as far as they are counted.
fn to_accept(number: u32) -> String {
    if number < MOST_COUNTED {
        counted(number, "proposal to decide", "proposals to decide")
    } else {
        format!("{number} or more proposals to decide")
    }
}

/// How many reviews wait, and when the first grant ends if nobody decides.
fn to_review(number: u32, first: Option<&str>) -> String {
    let label = counted(number, "grant to review", "grants to review");
    match first {
        None => label,
        Some(day) => {
            let what = if number == 1 { "it" } else { "the first" };
            format!("{label}; without a decision {what} ends on {day}")
        }
    }
}

/// Grants that end soon because nobody decides its review, and whose consumer can still ask for the decision.
fn ending(own: &[GrantLine]) -> Option<Task> {
    let mut ending: Vec<_> = own.iter().filter(|grant| grant.undecided.is_some()).collect();
    ending.sort_by_key(|grant| grant.until());
    let first = ending.first()?;
    let earliest = first.undecided.as_ref().map_or("", Undecided::at_the_earliest);
    let day = format!("{}{earliest}", day(first.until()));
    let still = first.undecided.as_ref().and_then(|undecided| undecided.still.as_ref());
    let label = match (ending.len(), still) {
        (1, None) => format!("Access to {} ends on {day} unless its review is decided", first.title),
        (1, Some(how)) => format!(
            "Your grant on {} ends on {day} unless its review is decided; you can still read it {how}",
            first.title
        ),
        (many, _) => format!("{many} grants end unless their reviews are decided, the first on {day}"),
    };
    Some(Task { label, href: "/access/grants".to_owned(), oldest: None })
}

async fn my_data(state: &mut State, call: &Call) -> Result<First<MyData>> {
    let Call { ctx, viewer, .. } = call;
    let snapshot = call.snapshot();
    let rights = call.rights();
    let (today, mut data) = (call.now().date_naive(), Vec::new());
    for grant in grants::live_grants_of(&mut state.tx, viewer.id, today).await? {
        let Some(asset) = grant.asset.as_ref().and_then(|id| snapshot.assets.get(id)) else { continue };
        if data.iter().any(|held: &MyData| held.asset.id.0 == asset.id) {
            continue;
        }
        let ends_on = match rights.standing(&snapshot, Some(asset), None) {
            // What one reads as a member has no end; it comes with the domain's own data.
            AccessStanding::Domain => continue,
            AccessStanding::Public => None,
            _ => {
                let longest = rights.longest(Some(asset), None).unwrap_or(&grant);
                Some(access::reads_until(&mut state.tx, ctx, call.now(), &snapshot, longest).await?.0)
            }
        };
        data.push(MyData {
            asset: asset.reference(),
            product: Some(match snapshot.unread_of("product", &grant.product) {
                Some(_) => format!("{} (cannot be read)", grant.port),
                None => snapshot.port_title(&grant.port),
            }),
            is_public: ends_on.is_none(),
            ends_on,
            contract_state: None,
            changed_at: None,
            opened_at: None,
        });
    }
    let granted: BTreeSet<String> = data.iter().map(|held| held.asset.id.0.clone()).collect();
    let domains = viewer.memberships.iter().map(|membership| membership.domain.id.as_str());
    let mut own: Vec<&Asset> = domains.flat_map(|domain| snapshot.offered_in(domain)).collect();
    own.sort_by(|a, b| a.id.cmp(&b.id));
    for asset in own {
        let is_retired = snapshot.is_retired(Retirable::Asset, &asset.id, today);
        if rights.reads(&snapshot, asset) && !granted.contains(&asset.id) && !is_retired {
            data.push(MyData {
                asset: asset.reference(),
                product: snapshot
                    .offers_to(&rights, &asset.id)
                    .first()
                    .map(|(product, _)| product.name.clone()),
                is_public: false,
                ends_on: None,
                contract_state: None,
                changed_at: None,
                opened_at: None,
            });
        }
    }
    let read = state.last_read(viewer.id, LAST_READ).await?;
    for item in &mut data {
        item.opened_at = read.iter().find(|(asset, _)| *asset == item.asset.id.0).map(|(_, at)| *at);
    }
    // What was used last is what one comes back for.
    data.sort_by_key(|item| std::cmp::Reverse(item.opened_at));
    let mut data = First::cut(data, MOST);
    // Each of them is there: they were taken from the catalog above.
    let tables = data.items.iter().filter_map(|item| snapshot.assets.get(item.asset.id.as_str()));
    let things: Vec<Thing<'_>> = tables.map(Thing::Asset).collect();
    let standings = lists::standings(&mut state.tx, ctx, &snapshot, &rights, &things).await?;
    for (item, standing) in data.items.iter_mut().zip(standings) {
        item.contract_state = standing.contract;
        item.changed_at = standing.changed_at;
    }
    Ok(data)
}

fn news(call: &Call) -> First<News> {
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let since = call.now() - TimeDelta::days(NEWS_DAYS);
    let sees = |product: &&Product| {
        rights.product_sight(product) != Sight::Hidden
            && !snapshot.is_retired(Retirable::Product, &product.id, rights.today())
    };
    let mut news: Vec<News> = snapshot
        .products_since(since)
        .filter(sees)
        .map(|product| News {
            title: product.name.clone(),
            text: format!("Data product of {}", snapshot.domain_name(&product.domain)),
            href: href::product(&product.id),
            at: product.created_at,
        })
        .collect();
    for text in snapshot.dashboards_since(since) {
        let Some(dashboard) = dashboards::seen(&snapshot, &rights, text) else { continue };
        let front = &dashboard.front;
        // The product's page leads to its dashboards: one thing that is new is one line.
        let product = front.product.as_ref().and_then(|id| snapshot.products.get(id));
        if product.is_some_and(|product| product.created_at >= since) {
            continue;
        }
        news.push(News {
            title: front.title.clone(),
            text: format!(
                "Dashboard of {}",
                snapshot.domain_name(front.domain.as_deref().unwrap_or_default())
            ),
            href: format!("/dashboards/{}", text.id),
            at: text.created_at,
        });
    }
    news.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.title.cmp(&b.title)));
    First::cut(news, MOST)
}
