//! What depends on an asset or a column, and what it is made from, as a list: walked and ordered in memory, and looked up
//! only for the items of one part.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use lakeport_model::contracts::{CheckLine, CheckState};
use lakeport_model::impact::{ImpactPage, ImpactRequest, MOST_REACHED, Side};
use lakeport_model::people::DomainRef;

use super::edges::{ColumnReach, Direction, NodeId};
use super::graph::{self, Hit, MOST_HIT};
use super::impact_lines::lines;
use super::sights::Sights;
use crate::beside::IMPACTS;
use crate::catalog::{Asset, Contract, Sight};
use crate::text::legible;
use crate::{Call, Error, Result, contracts};

/// Contracts upstream whose state is asked for, nearest first.
const MOST_ASKED: usize = 200;
/// Most broken ones that are named.
const MOST_BROKEN: usize = 20;

/// What depends on an asset or a column of it, or what that is made from.
///
/// # Errors
/// Refused where the viewer knows of no such asset or column, where there is no such domain, and where the key of the part is
/// not complete.
pub async fn impact_page(call: &Call, request: &ImpactRequest) -> Result<ImpactPage> {
    let after = request.page.after.as_deref().map(Place::read).transpose()?;
    listed(call, request, after, request.page.limit.clamp(1, 200) as usize).await
}

/// The same whole, at most [`MOST_REACHED`] of it, whichever part is asked for: where there are more, it has a `next`.
///
/// # Errors
/// Refused where the viewer knows of no such asset or column, and where there is no such domain.
pub async fn impact_rows(call: &Call, request: &ImpactRequest) -> Result<ImpactPage> {
    listed(call, request, None, MOST_REACHED as usize).await
}

/// Where something stands in the list: hops, title and id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(pub(super) u32, pub(super) String, pub(super) String);

impl Place {
    fn read(text: &str) -> Result<Self> {
        let read = serde_json::from_str(text);
        let (hops, title, id) =
            read.map_err(|_| Error::invalid("after", "This page link is not complete."))?;
        Ok(Self(hops, title, id))
    }

    fn key(&self) -> Result<String> {
        serde_json::to_string(&(self.0, &self.1, &self.2)).map_err(Error::fault)
    }
}

/// Something that is reached, with its columns on the way.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) place: Place,
    pub(super) columns: Vec<String>,
    /// True where it is reached only over edges that are former.
    pub(super) is_former: bool,
}

/// What a walk found, before anything is asked of the database.
struct Walked {
    columns: Vec<String>,
    hit: Option<Hit>,
    total: usize,
    is_whole: bool,
    domains: Vec<(DomainRef, u32)>,
    /// Upstream: the nearest that are under a contract.
    promised: Vec<Found>,
    items: Vec<Found>,
    goes_on: bool,
}

async fn listed(
    call: &Call,
    request: &ImpactRequest,
    after: Option<Place>,
    limit: usize,
) -> Result<ImpactPage> {
    let (ctx, snapshot, rights) = (&call.ctx, call.snapshot(), call.rights());
    let asset = snapshot
        .assets
        .get(&request.asset)
        .filter(|asset| snapshot.sight(&rights, asset) != Sight::Hidden)
        .ok_or_else(|| rights.no_asset(&snapshot, &request.asset))?;
    let walk = {
        let (snapshot, rights, request) = (Arc::clone(&snapshot), Arc::clone(&rights), request.clone());
        move || walk(&Sights::new(&snapshot, &rights), &request, after.as_ref(), limit)
    };
    let walked = IMPACTS.run(call.party(), walk).await??;
    let items = lines(call, walked.items).await?;
    let mut tx = ctx.db.read().await?;
    let under: Vec<(&Found, &Contract)> = walked
        .promised
        .iter()
        .filter_map(|found| Some((found, contracts::on_asset(&snapshot, &rights, &found.place.2)?)))
        .collect();
    let on = under.iter().map(|(_, contract)| *contract);
    let states = contracts::States::of(&mut tx, ctx, &snapshot, &rights, on).await?;
    let broken = under.into_iter().filter(|(_, on)| states.get(on) == Some(CheckState::Broken));
    let mut broken: Vec<(&Found, &Contract)> = broken.collect();
    if request.column.is_some() {
        let asked: Vec<&Contract> = broken.iter().map(|(_, on)| *on).collect();
        let runs = contracts::last_each(&mut tx, &snapshot, &rights, &asked).await?;
        broken.retain(|(found, on)| {
            let objects = on.newest().document.schema.iter();
            let objects = objects.filter(|object| object.asset() == found.place.2);
            let objects: Vec<&str> = objects.map(|object| object.name.as_str()).collect();
            runs.get(&on.id).is_some_and(|run| concerns(&objects, &found.columns, &run.results))
        });
    }
    let broken = broken.into_iter().take(MOST_BROKEN).map(|(found, _)| found.clone()).collect();
    let impact = match walked.hit {
        Some(hit) => Some(graph::with_numbers(&mut tx, ctx, &rights, &snapshot, hit).await?),
        None => None,
    };
    drop(tx);
    let broken = lines(call, broken).await?;
    let last = items.last().filter(|_| walked.goes_on);
    let last = last.map(|last| Place(last.hops, last.asset.name.clone(), last.asset.id.0.clone()));
    Ok(ImpactPage {
        asset: asset.reference(),
        way: snapshot.way_past(&rights, asset),
        columns: walked.columns,
        impact,
        domain: request.domain.as_ref().map(|domain| snapshot.domain(domain)),
        total: number(walked.total),
        there_are_more: !walked.is_whole,
        domains: walked.domains,
        broken,
        next: last.map(|last| last.key()).transpose()?,
        items,
    })
}

/// True where a broken promise about these objects of a contract is about one of these columns, or about no single column. What
/// names no object of its asset is about whatever its promises are.
fn concerns(objects: &[&str], columns: &[String], lines: &[CheckLine]) -> bool {
    lines.iter().any(|line| {
        line.state == CheckState::Broken
            && (objects.is_empty() || objects.contains(&line.object.as_str()))
            && line.column.as_ref().is_none_or(|column| columns.contains(column))
    })
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// What is reached: hops, asset and node.
type Seen<'a> = (u32, &'a Asset, NodeId);

fn order((hops, asset, _): &Seen, (others, other, _): &Seen) -> Ordering {
    (hops, &asset.title, &asset.id).cmp(&(others, &other.title, &other.id))
}

/// Nodes with how many hops away they are.
struct Way<'a> {
    reached: Vec<(NodeId, u32)>,
    /// Along a column, what it is called on the way.
    along: ColumnReach<'a>,
    /// Those that are reached without a former edge, where not all are.
    live: Option<HashSet<NodeId>>,
    is_whole: bool,
    hit: Option<Hit>,
}

/// What a column of the asset flows into, or comes from; only through what the viewer sees in full.
fn along<'a>(sights: &Sights<'a>, focus: &Asset, column: &str, direction: Direction) -> Result<Way<'a>> {
    let edges = &sights.snapshot.edges;
    if !sights.has_column(focus, column) {
        let message = format!("{} has no column of this name that you see.", focus.title);
        return Err(Error::invalid("column", message));
    }
    let walk = |along_former: bool| {
        let silent = ColumnReach { is_whole: true, ..ColumnReach::default() };
        let full = |node| sights.is_full(node);
        let walk = |node| edges.column_reach(node, column, direction, (MOST_HIT, along_former), &full);
        edges.node(&focus.id).map_or(silent, walk)
    };
    let along = walk(true);
    let live = (edges.has_former() && along.is_whole).then(|| walk(false).assets.into_keys().collect());
    let reached = along.assets.iter().map(|(node, (hops, _))| (*node, *hops)).collect();
    Ok(Way { reached, is_whole: along.is_whole, along, live, hit: None })
}

/// What is made from the asset, or what it is made from. The way goes, as in the drawing, through all that the viewer may
/// know of; what is left is only what they see in full.
fn around<'a>(sights: &Sights<'a>, focus: &Asset, direction: Direction) -> Way<'a> {
    let edges = &sights.snapshot.edges;
    let node = edges.node(&focus.id);
    let reach = graph::reach(sights, node, direction, MOST_HIT);
    let hit = (direction == Direction::Downstream).then(|| graph::hit(sights, focus, &reach));
    let live = graph::live(sights, node, direction, &reach);
    let seen = reach.nodes.iter().enumerate().filter(|(_, node)| sights.is_full(**node));
    let reached = seen.map(|(place, node)| (*node, reach.hops(place))).collect();
    Way { reached, along: ColumnReach::default(), live, is_whole: reach.is_whole, hit }
}

/// Listed and counted is only what the viewer sees in full.
fn walk(sights: &Sights, request: &ImpactRequest, after: Option<&Place>, limit: usize) -> Result<Walked> {
    let (snapshot, edges) = (sights.snapshot, &sights.snapshot.edges);
    let focus = snapshot.assets.get(&request.asset).ok_or_else(|| Error::not_found("asset"))?;
    let full = edges.node(&focus.id).filter(|node| sights.is_full(*node));
    let columns = full.map(|node| edges.columns_of(node, &|node| sights.is_full(node))).unwrap_or_default();
    let direction = match request.side {
        Side::Downstream => Direction::Downstream,
        Side::Upstream => Direction::Upstream,
    };
    let Way { reached, along, live, is_whole, hit } = match &request.column {
        Some(column) => along(sights, focus, column, direction)?,
        None => around(sights, focus, direction),
    };
    let seen = reached.into_iter().filter_map(|(node, hops)| Some((hops, sights.asset(node)?, node)));
    let mut seen: Vec<Seen> = seen.collect();
    let mut by_domain: HashMap<&str, u32> = HashMap::new();
    for (_, asset, _) in &seen {
        *by_domain.entry(asset.domain.as_str()).or_default() += 1;
    }
    let mut domains: Vec<(DomainRef, u32)> =
        by_domain.into_iter().map(|(id, count)| (snapshot.domain(id), count)).collect();
    domains.sort_by(|(a, many), (b, more)| (more, &a.name, &a.id.0).cmp(&(many, &b.name, &b.id.0)));
    let found = |hops: u32, asset: &Asset, node: NodeId| Found {
        place: Place(hops, asset.title.clone(), asset.id.clone()),
        columns: along
            .assets
            .get(&node)
            .map_or_else(Vec::new, |(_, names)| names.iter().map(|name| (*name).to_owned()).collect()),
        is_former: live.as_ref().is_some_and(|live| !live.contains(&node)),
    };
    // What is told of the whole list stands at its beginning.
    let promised = if request.side == Side::Upstream && after.is_none() {
        seen.sort_unstable_by(order);
        let on = |asset: &Asset| contracts::on_asset(snapshot, sights.rights, &asset.id).is_some();
        let under = seen.iter().filter(|(_, asset, _)| on(asset)).take(MOST_ASKED);
        under.map(|&(hops, asset, node)| found(hops, asset, node)).collect()
    } else {
        Vec::new()
    };
    if let Some(domain) = &request.domain {
        // What is reached may name a domain that nobody describes.
        let is_reached = domains.iter().any(|(reached, _)| reached.id.as_str() == domain);
        if !is_reached && !snapshot.domains.contains_key(domain) {
            return Err(Error::invalid("domain", format!("No domain is called \"{}\".", legible(domain))));
        }
        seen.retain(|(_, asset, _)| asset.domain == *domain);
    }
    let total = seen.len();
    if let Some(Place(hops, title, id)) = after {
        let before = (*hops, title.as_str(), id.as_str());
        seen.retain(|(hops, asset, _)| (*hops, asset.title.as_str(), asset.id.as_str()) > before);
    }
    let goes_on = seen.len() > limit;
    if goes_on {
        // Only this part is put in order.
        seen.select_nth_unstable_by(limit, order);
        seen.truncate(limit);
    }
    seen.sort_unstable_by(order);
    Ok(Walked {
        hit: hit.filter(|_| after.is_none() && request.domain.is_none()),
        items: seen.into_iter().map(|(hops, asset, node)| found(hops, asset, node)).collect(),
        columns: columns.into_iter().map(str::to_owned).collect(),
        total,
        is_whole,
        domains,
        promised,
        goes_on,
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use lakeport_model::PageRequest;

    use super::*;
    use crate::lineage::Edges;
    use crate::lineage::sights::tests::{catalog, stranger};
    use crate::store::lineage::EdgeRow;

    fn row(source: &str, target: &str) -> EdgeRow {
        EdgeRow {
            source: source.to_owned(),
            target: target.to_owned(),
            job: String::new(),
            columns: r#"[["x","x"]]"#.to_owned(),
            seen_at: DateTime::UNIX_EPOCH,
            former_since: None,
        }
    }

    /// What somebody finds who belongs to no domain: a flows into b, b into c, and c into a again.
    fn found(visibility: &str, column: Option<&str>, after: Option<&Place>) -> Result<Vec<(u32, String)>> {
        let snapshot = catalog(&["a", "b", "c"].map(str::to_owned), &[(visibility, "b")]);
        let rows = vec![row("a", "b"), row("b", "c"), row("c", "a")];
        let snapshot = snapshot.flowing(Edges::new(rows, Vec::new()));
        let rights = stranger();
        let request = ImpactRequest {
            asset: "a".to_owned(),
            column: column.map(str::to_owned),
            side: Side::Downstream,
            domain: None,
            page: PageRequest::default(),
        };
        let walked = walk(&Sights::new(&snapshot, &rights), &request, after, 50)?;
        assert!(walked.is_whole && !walked.goes_on);
        assert_eq!(walked.domains.iter().map(|(_, count)| *count).sum::<u32>(), number(walked.total));
        Ok(walked.items.into_iter().map(|found| (found.place.0, found.place.2)).collect())
    }

    fn listed(items: &[(u32, &str)]) -> Vec<(u32, String)> {
        items.iter().map(|(hops, id)| (*hops, (*id).to_owned())).collect()
    }

    #[test]
    fn a_list_goes_through_what_is_known_by_name_and_names_only_what_is_seen_in_full() {
        let all = |visibility| found(visibility, None, None).expect("it is walked");
        assert_eq!(all("open"), listed(&[(1, "b"), (2, "c")]));
        assert_eq!(all("restricted"), listed(&[(2, "c")]));
        assert_eq!(all("private"), listed(&[]));
    }

    #[test]
    fn a_column_is_followed_only_through_what_is_seen_in_full() {
        let all = |visibility| found(visibility, Some("x"), None).expect("it is walked");
        assert_eq!(all("open"), listed(&[(1, "b"), (2, "c")]));
        assert_eq!(all("restricted"), listed(&[]));
        assert!(found("open", Some("nothing"), None).is_err());
    }

    #[test]
    fn a_column_that_only_hidden_flows_speak_of_is_not_there() {
        for (visibility, is_there) in [("open", true), ("restricted", false), ("private", false)] {
            let snapshot = catalog(&["a", "b"].map(str::to_owned), &[(visibility, "b")]);
            let snapshot = snapshot.flowing(Edges::new(vec![row("a", "b")], Vec::new()));
            let rights = stranger();
            let sights = Sights::new(&snapshot, &rights);
            let request = |column: Option<&str>| ImpactRequest {
                asset: "a".to_owned(),
                column: column.map(str::to_owned),
                side: Side::Downstream,
                domain: None,
                page: PageRequest::default(),
            };
            let all = walk(&sights, &request(None), None, 50).expect("it is walked");
            assert_eq!(all.columns == ["x"], is_there, "{visibility}: {:?}", all.columns);
            assert_eq!(walk(&sights, &request(Some("x")), None, 50).is_ok(), is_there, "{visibility}");
        }
    }

    #[test]
    fn a_cause_of_a_column_is_broken_in_a_column_on_the_way_or_as_a_whole() {
        let line = |object: &str, column: Option<&str>, state| CheckLine {
            promise: "It holds".to_owned(),
            object: object.to_owned(),
            column: column.map(str::to_owned),
            state,
            detail: String::new(),
            unread: false,
            asked: true,
        };
        let broken =
            |object, column| concerns(&["a"], &["x".to_owned()], &[line(object, column, CheckState::Broken)]);
        assert!(broken("a", Some("x")) && broken("a", None));
        assert!(!broken("a", Some("y")), "another column");
        assert!(!broken("b", Some("x")) && !broken("b", None), "another table of the contract");
        let kept = [line("a", Some("x"), CheckState::Kept), line("a", Some("y"), CheckState::Broken)];
        assert!(!concerns(&["a"], &["x".to_owned()], &kept));
        assert!(concerns(&[], &["y".to_owned()], &kept), "nobody says what it is about");
    }

    #[test]
    fn a_part_begins_behind_the_place_where_the_one_before_ended() {
        let place = Place(1, "b".to_owned(), "b".to_owned());
        let key = place.key().expect("it is written");
        let read = Place::read(&key).expect("it is read");
        assert_eq!(found("open", None, Some(&read)).expect("it is walked"), listed(&[(2, "c")]));
        assert!(Place::read("2").is_err());
    }
}
