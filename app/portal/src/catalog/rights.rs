//! What a viewer may see and read of the catalog: the one answer behind search, pages, previews, contracts,
//! dashboards, home, lineage and the API.

use chrono::{DateTime, NaiveDate, Utc};
use lakeport_model::access::GrantStanding;
use lakeport_model::catalog::{AccessStanding, AssetKind, Classification};
use lakeport_model::people::{Role, Viewer};
use lakeport_model::retire::Retirable;
use lakeport_model::{DomainId, PersonId, PortId};
use uuid::Uuid;

use super::dashboards;
use crate::dashboards::format::Dashboard;
use crate::policy::{
    self, Decision, Entitlement, Held, Opening, RequestAccess, SeeProduct, SeeProductDetails, Values, Way,
    decide,
};
use crate::snapshot::{Asset, DashboardText, Port, Product, Snapshot};
use crate::store::Tx;
use crate::store::access::{self as store, Approval, Grant, Request};
use crate::text::legible;
use crate::{Ctx, Error, Result, people};

/// How much of a thing a viewer sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// Not even that it exists.
    Hidden,
    /// That it exists, with its name.
    NameOnly,
    /// Descriptions and columns.
    Full,
}

/// A viewer with the grants that hold now and the requests that wait. Read anew for each call: no job has to run for
/// a grant to stop working.
#[derive(Debug, Clone)]
pub(crate) struct Rights {
    viewer: Viewer,
    grants: Vec<Grant>,
    waiting: Vec<(Request, Vec<Approval>)>,
    today: NaiveDate,
}

impl Rights {
    pub(crate) async fn of(ctx: &Ctx, viewer: &Viewer) -> Result<Self> {
        Self::in_tx(&mut ctx.db.read().await?, ctx.now(), viewer).await
    }

    /// The same inside an open transaction.
    pub(crate) async fn in_tx(tx: &mut Tx, now: DateTime<Utc>, viewer: &Viewer) -> Result<Self> {
        let mut grants = store::live_grants_of(tx, viewer.id, now.date_naive()).await?;
        grants.retain(|grant| grant.standing(now) == GrantStanding::Active);
        let mut waiting = Vec::new();
        for request in store::open_requests_of(tx, viewer.id).await? {
            let approvals = store::approvals(tx, request.id).await?;
            waiting.push((request, approvals));
        }
        Ok(Self { viewer: viewer.clone(), grants, waiting, today: now.date_naive() })
    }

    /// Those of somebody whose grants and requests cannot be read.
    pub(crate) fn without_grants(now: DateTime<Utc>, viewer: &Viewer) -> Self {
        Self { viewer: viewer.clone(), grants: Vec::new(), waiting: Vec::new(), today: now.date_naive() }
    }

    /// Those of somebody who belongs nowhere, answers for nothing and holds no grant: what is open to everybody.
    pub(crate) fn of_a_stranger() -> Self {
        let viewer = Viewer {
            id: PersonId(Uuid::nil()),
            name: String::new(),
            email: String::new(),
            administrator: false,
            service: false,
            memberships: Vec::new(),
        };
        Self { viewer, grants: Vec::new(), waiting: Vec::new(), today: NaiveDate::MIN }
    }

    /// Rights with at most one grant, which names a product and an asset.
    #[cfg(test)]
    pub(crate) fn for_test(viewer: Viewer, granted: Option<(String, String)>) -> Self {
        use lakeport_model::sharing::Provisioning;
        use lakeport_model::{GrantId, RequestId};

        use crate::store::stored::Word;

        let now = DateTime::UNIX_EPOCH;
        let grant = granted.map(|(product, asset)| Grant {
            id: GrantId(Uuid::nil()),
            request: RequestId(Uuid::nil()),
            port: format!("{product}/port"),
            product,
            domain: String::new(),
            asset: Some(asset),
            classification: Word::Known(Classification::Internal),
            consumer: viewer.id,
            purpose: String::new(),
            starts_at: now,
            ends_on: NaiveDate::MAX,
            ended: None,
            ended_at: None,
            ended_by: None,
            end_reason: None,
            ended_rule: None,
            cycle: 1,
            next_review: None,
            confirmed_at: None,
            provisioning: Word::Known(Provisioning::Pending),
            provisioning_attempts: 0,
            provision_after: now,
            provisioning_note: None,
            revision: 1,
        });
        Self { viewer, grants: grant.into_iter().collect(), waiting: Vec::new(), today: now.date_naive() }
    }

    /// Looks at rights again before what was read under them goes out: a call waits for a worker as long as others keep
    /// them all, and rights end meanwhile.
    ///
    /// # Errors
    /// Refused where one of them does not hold as it did.
    pub(crate) async fn still_hold(ctx: &Ctx, viewer: &Viewer, used: &[Entitlement]) -> Result<()> {
        if used.is_empty() {
            return Ok(());
        }
        let changed = || {
            let message = "Your right to read this ended or changed while it was being read, so nothing of it is \
                           shown. Load the page again.";
            Error::conflict(message).under("values.changed")
        };
        let snapshot = ctx.snapshot_now().await?;
        let mut tx = ctx.db.read().await?;
        let viewer = people::again(&mut tx, viewer).await?.ok_or_else(changed)?;
        let rights = Self::in_tx(&mut tx, ctx.now(), &viewer).await?;
        let holds = |right: &Entitlement| {
            let asset = snapshot.assets.get(&right.table().name);
            let now = asset.and_then(|asset| rights.entitlement(ctx, &snapshot, asset).ok());
            now.is_some_and(|now| now.readable() == right.readable())
        };
        if used.iter().all(holds) { Ok(()) } else { Err(changed()) }
    }

    pub(crate) fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// The day, in UTC, of which these are the rights.
    pub(crate) fn today(&self) -> NaiveDate {
        self.today
    }

    /// The grants that hold now.
    pub(crate) fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// The same with these grants only: what is left when the others end.
    pub(crate) fn with_grants(&self, stays: impl Fn(&Grant) -> bool) -> Self {
        let mut left = self.clone();
        left.grants.retain(stays);
        left
    }

    /// What decides whether the viewer reads an asset.
    pub(crate) fn values(&self, snapshot: &Snapshot, asset: &Asset) -> Values {
        let on_asset = self.grants.iter().filter(|grant| grant.asset.as_deref() == Some(&asset.id));
        let held = on_asset.map(|grant| Held {
            standing: GrantStanding::Active,
            // A word that nobody knows opens what nobody has to decide, and no more.
            classification: grant.classification.known_or(Classification::Public),
            until: grant.ends_on,
            opens: Opening::whole(),
        });
        Values {
            domain: DomainId(asset.domain.clone()),
            classification: asset.classification,
            public_columns: (asset.kind == AssetKind::Table)
                .then(|| asset.columns_of(Classification::Public)),
            seen_in_full: snapshot.sight_of_reader(self, asset) == Sight::Full,
            grants: held.collect(),
        }
    }

    /// True where the viewer reads an asset's values, or some of them. A dashboard of this portal shows what its viewer
    /// may read: it counts as read where all its tables are.
    pub(crate) fn reads(&self, snapshot: &Snapshot, asset: &Asset) -> bool {
        match snapshot.own_dashboard(asset) {
            Some(DashboardText { read: Ok(dashboard), .. }) => self.reads_all(snapshot, dashboard),
            Some(_) => false,
            None => self.opens_of(snapshot, asset).is_some(),
        }
    }

    /// How much of an asset the viewer reads; `None` where that is nothing.
    pub(crate) fn opens_of(&self, snapshot: &Snapshot, asset: &Asset) -> Option<Opening> {
        policy::reach(&self.viewer, &self.values(snapshot, asset)).ok().map(|reach| reach.opens)
    }

    /// True where the viewer reads every table that a dashboard names.
    pub(crate) fn reads_all(&self, snapshot: &Snapshot, dashboard: &Dashboard) -> bool {
        let table = |id: &String| snapshot.assets.get(id).filter(|asset| !snapshot.is_own_dashboard(asset));
        dashboard.front.reads.iter().all(|id| table(id).is_some_and(|asset| self.reads(snapshot, asset)))
    }

    /// True where something stays closed to the viewer of one of the tables that a dashboard names and they read.
    pub(crate) fn reads_in_part(&self, snapshot: &Snapshot, dashboard: &Dashboard) -> bool {
        let mut tables = dashboard.front.reads.iter().filter_map(|id| snapshot.assets.get(id));
        tables.any(|asset| self.opens_of(snapshot, asset).is_some_and(|opens| !opens.is_whole()))
    }

    /// The right to read a table, as the lake takes it.
    pub(crate) fn entitlement(&self, ctx: &Ctx, snapshot: &Snapshot, asset: &Asset) -> Result<Entitlement> {
        let values = self.values(snapshot, asset);
        policy::authorize(&self.viewer, values.clone())?;
        let table = snapshot.table(ctx, &asset.id).ok_or_else(|| {
            Error::conflict(
                "There is nothing to preview: only Delta tables with a location have rows to show.",
            )
        })?;
        policy::entitle(&self.viewer, &values, table)
    }

    /// Whether the viewer reads what a port offers, and the next step if not.
    pub(crate) fn standing(
        &self,
        snapshot: &Snapshot,
        asset: Option<&Asset>,
        port: Option<&Port>,
    ) -> AccessStanding {
        if let Some(asset) = asset {
            if snapshot.is_own_dashboard(asset) {
                let unread = snapshot.unread_of("dashboard", &asset.id);
                let opens = || AccessStanding::Opens { href: super::href::asset(snapshot, asset) };
                return unread.map_or_else(opens, |_| AccessStanding::UnreadDashboard);
            }
            match policy::reach(&self.viewer, &self.values(snapshot, asset)).map(|reach| reach.way) {
                Ok(Way::Public) => return AccessStanding::Public,
                Ok(Way::OwnDomain) => return AccessStanding::Domain,
                Ok(Way::Grant) => {}
                Err(decision) if decision.rule == policy::NOTHING_DESCRIBED => {
                    return AccessStanding::NotDescribed;
                }
                Err(_) => return self.next_step(snapshot, Some(asset), port),
            }
        }
        let behind = port.and_then(|port| port.asset.as_deref()).filter(|_| asset.is_none());
        let is_unread = behind.is_some_and(|id| snapshot.unread_of("asset", id).is_some());
        match self.longest(asset, port).filter(|_| !is_unread) {
            Some(grant) => {
                AccessStanding::Granted { grant: grant.id, ends_on: grant.ends_on, undecided_by: Vec::new() }
            }
            None => self.next_step(snapshot, asset, port),
        }
    }

    /// The grant on an asset, or where a port has none, on the port: one that somebody decided, then the longest.
    pub(crate) fn longest(&self, asset: Option<&Asset>, port: Option<&Port>) -> Option<&Grant> {
        let on = |grant: &&Grant| match asset {
            Some(asset) => grant.asset.as_deref() == Some(&asset.id),
            None => port.is_some_and(|port| port.id.as_str() == grant.port),
        };
        let is_decided = |grant: &Grant| grant.classification != Classification::Public;
        self.grants.iter().filter(on).max_by_key(|grant| (is_decided(grant), grant.ends_on))
    }

    /// How much of a product a viewer sees.
    pub(crate) fn product_sight(&self, product: &Product) -> Sight {
        self.sight_if(product, self.answers_for(product))
    }

    /// The same, were there nothing for them to decide about it.
    fn product_sight_of_reader(&self, product: &Product) -> Sight {
        self.sight_if(product, false)
    }

    fn sight_if(&self, product: &Product, answers: bool) -> Sight {
        let (visibility, domain) = (product.visibility, DomainId(product.domain.clone()));
        let granted = self.grants.iter().any(|grant| grant.product == product.id);
        let details = SeeProductDetails { visibility, domain: domain.clone(), granted, answers };
        if decide(&self.viewer, &details.into()).allowed {
            Sight::Full
        } else if decide(&self.viewer, &SeeProduct { visibility, domain, granted, answers }.into()).allowed {
            Sight::NameOnly
        } else {
            Sight::Hidden
        }
    }

    /// True where the viewer answers for the data of a product's domain.
    fn answers_for(&self, product: &Product) -> bool {
        product.answering.contains(&self.viewer.id)
    }

    /// The question whether the viewer may ask for what a port of a product offers.
    pub(crate) fn asks_for(&self, product: &Product, port: &Port) -> RequestAccess {
        RequestAccess {
            visibility: product.visibility,
            domain: DomainId(product.domain.clone()),
            classification: port.classification,
            answers: self.answers_for(product),
        }
    }

    /// True where the viewer knows that a port exists.
    pub(crate) fn knows_port(&self, snapshot: &Snapshot, port: &str) -> bool {
        let found = snapshot.port(&PortId(port.to_owned()));
        found.is_some_and(|(product, _)| self.product_sight(product) != Sight::Hidden)
    }

    /// True where somebody may know of an asset that is there and whose description cannot be read: of their own domain, or
    /// offered by a product that they see.
    pub(crate) fn knows_unread(&self, snapshot: &Snapshot, asset: &str) -> bool {
        snapshot.unread_of("asset", asset).is_some_and(|unread| {
            self.viewer.is(Role::Member, &DomainId(unread.domain.clone()))
                || snapshot.offers(asset).any(|(product, _)| self.product_sight(product) != Sight::Hidden)
        })
    }

    /// True where somebody may know of a product that is there and whose document cannot be read: of their own domain, whoever
    /// holds access to it or waits for it, and administrators, who are told of each such document. Who else sees it, the
    /// document says.
    pub(crate) fn knows_unread_product(&self, snapshot: &Snapshot, product: &str) -> bool {
        snapshot.unread_of("product", product).is_some_and(|unread| {
            self.viewer.administrator
                || self.viewer.is(Role::Member, &DomainId(unread.domain.clone()))
                || self.grants.iter().any(|grant| grant.product == product)
                || self.waiting.iter().any(|(request, _)| request.product == product)
        })
    }

    /// Why an asset does not open to somebody: it is there and cannot be read, or it is not there as far as they may know.
    /// What is wrong with it is told to the owners of its domain, who correct it.
    pub(crate) fn no_asset(&self, snapshot: &Snapshot, asset: &str) -> Error {
        if !self.knows_unread(snapshot, asset) {
            return Error::not_found("asset");
        }
        let unread = snapshot.unread_of("asset", asset);
        let own = unread.filter(|unread| self.viewer.is(Role::Owner, &DomainId(unread.domain.clone())));
        match own {
            Some(own) => Error::unread("asset").saying(format!(
                "This asset is there, but what describes it cannot be read, so that nothing of it is shown: {}.",
                legible(&own.problem)
            )),
            None => Error::unread("asset"),
        }
    }

    fn next_step(&self, snapshot: &Snapshot, asset: Option<&Asset>, port: Option<&Port>) -> AccessStanding {
        let Some(port) = port else {
            let is_retired = |asset: &Asset| snapshot.is_retired(Retirable::Asset, &asset.id, self.today);
            let is_retired = asset.is_some_and(is_retired);
            return if is_retired { AccessStanding::Retired } else { AccessStanding::NotOffered };
        };
        if let Some((request, approvals)) = self.waits_for(port) {
            let with = crate::access::eligible(snapshot, request, approvals, self.today);
            return AccessStanding::Requested {
                request: request.id,
                with: with.into_iter().map(|member| member.name).collect(),
                since: request.requested_at,
            };
        }
        if let Some(closed) = crate::access::closed(snapshot, self, port) {
            return closed.standing;
        }
        match self.on_request(snapshot, port) {
            Some(decision) if decision.allowed => AccessStanding::Requestable,
            Some(decision) if decision.rule == policy::ONLY_DECIDES => AccessStanding::SeenToDecide,
            _ => AccessStanding::NotOffered,
        }
    }

    /// The viewer's request for what a port offers that waits.
    fn waits_for(&self, port: &Port) -> Option<&(Request, Vec<Approval>)> {
        self.waiting.iter().find(|(request, _)| request.port == port.id.as_str())
    }

    /// True where the viewer would gain by asking again for what a port offers: they may, no request of theirs waits, and
    /// nothing else opens all of it to them.
    pub(crate) fn gains_by_asking(&self, snapshot: &Snapshot, port: &str) -> bool {
        if !self.knows_port(snapshot, port) {
            return false;
        }
        let Some((_, port)) = snapshot.port(&PortId(port.to_owned())) else { return false };
        let asset = port.asset.as_ref().and_then(|id| snapshot.assets.get(id));
        match self.standing(snapshot, asset, Some(port)) {
            AccessStanding::Requestable => true,
            AccessStanding::Public => {
                self.waits_for(port).is_none() && self.may_request_the_rest(snapshot, port)
            }
            _ => false,
        }
    }

    /// True where the viewer may ask for what a port offers.
    fn may_request(&self, snapshot: &Snapshot, port: &Port) -> bool {
        crate::access::closed(snapshot, self, port).is_none()
            && self.on_request(snapshot, port).is_some_and(|decision| decision.allowed)
    }

    /// What the policy says to a request of the viewer for what a port offers.
    fn on_request(&self, snapshot: &Snapshot, port: &Port) -> Option<Decision> {
        let (product, _) = snapshot.port(&port.id)?;
        Some(decide(&self.viewer, &self.asks_for(product, port).into()))
    }

    /// True where somebody who reads only the public columns of what a port offers may ask for the others: what is decided
    /// opens all of them. Of public data nobody decides, so that its other columns have to be described first.
    pub(crate) fn may_request_the_rest(&self, snapshot: &Snapshot, port: &Port) -> bool {
        port.classification != Classification::Public && self.may_request(snapshot, port)
    }
}

impl Snapshot {
    /// How much of an asset a viewer sees: as much as of the most visible product that offers it, and everything
    /// where no product does, where the viewer belongs to its domain or holds a grant on it. A dashboard of this portal
    /// is there for those whom its text lets in.
    pub(crate) fn sight(&self, rights: &Rights, asset: &Asset) -> Sight {
        self.sight_by(rights, asset, Rights::product_sight)
    }

    /// Products and ports that offer an asset and that the viewer may know of; what is still offered comes before what is retired.
    pub(crate) fn offers_to(&self, rights: &Rights, asset: &str) -> Vec<(&Product, &Port)> {
        let offers = self.offers(asset).filter(|(product, _)| rights.product_sight(product) != Sight::Hidden);
        let mut offers: Vec<_> = offers.collect();
        offers.sort_by_key(|(product, _)| self.is_retired(Retirable::Product, &product.id, rights.today));
        offers
    }

    /// The same without what a viewer sees to decide about it: that opens no values, however public they are to those
    /// who see the asset.
    fn sight_of_reader(&self, rights: &Rights, asset: &Asset) -> Sight {
        self.sight_by(rights, asset, Rights::product_sight_of_reader)
    }

    fn sight_by(&self, rights: &Rights, asset: &Asset, of: fn(&Rights, &Product) -> Sight) -> Sight {
        let is_member = rights.viewer.is(Role::Member, &DomainId(asset.domain.clone()));
        match self.own_dashboard(asset).map(|text| &text.read) {
            Some(Ok(dashboard)) if !dashboards::sees(self, rights, dashboard) => return Sight::Hidden,
            // Whom a text that cannot be read lets in, nobody knows: it is there for its own domain.
            Some(Err(_)) if !is_member => return Sight::Hidden,
            _ => {}
        }
        if is_member || rights.grants.iter().any(|grant| grant.asset.as_deref() == Some(&asset.id)) {
            return Sight::Full;
        }
        self.offers(&asset.id).map(|(product, _)| of(rights, product)).max().unwrap_or_else(|| {
            // A product whose document cannot be read may offer it to few.
            if self.hides_offers(&asset.domain) { Sight::Hidden } else { Sight::Full }
        })
    }
}
