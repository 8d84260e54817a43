//! Assets, data products, search, import.

mod column;
pub(crate) mod dashboards;
pub(crate) mod described;
mod export;
mod home;
mod import;
mod lists;
mod looks;
mod pages;
mod preview;
mod profile;
pub(crate) mod rights;
mod search;
mod trust;
pub(crate) mod unread;
mod way;

pub use crate::snapshot::{Asset, Contract, ContractVersion, DashboardText, Domain, Port, Product, Snapshot};
pub(crate) use crate::snapshot::{href, slug};
pub use column::column;
pub use export::export;
pub use home::{home, last_opened};
pub(crate) use import::{
    By, Carried, Clash, Classes, Described, Did, Folder, FolderAsset, HeldAssets, Lowered, MOST_OBJECTS,
    MOST_PORTS, MOST_TABLES, OneDocument, StatedDashboard, Texts, held_assets, lay, lowered, read_document,
    read_folder, refuse_links, write_assets, write_document, write_term,
};
pub use import::{
    Files, ImportError, ImportReport, Progress, SourceFile, Step, Watch, import, import_watched,
};
pub use looks::Looks;
pub use pages::{ProductLine, asset, product, products};
pub use preview::{preview, preview_at, preview_csv};
pub use profile::profile;
pub(crate) use rights::Rights;
pub use rights::Sight;
pub use search::{Index, Standing, search};
