//! Reading the files of an import, with everything that is wrong with them.

use std::collections::BTreeMap;

use super::{SourceFile, places};
use crate::ctx::Settings;
use crate::dashboards::format;
use crate::standards::mesh::{Asset, Assets, Domain, People};
use crate::standards::odcs::Contract;
use crate::standards::odps::DataProduct;
use crate::standards::openlineage::Event;
use crate::standards::{Document, FileError, recognise};

/// Everything the files hold, by kind.
#[derive(Debug, Default)]
pub(super) struct Documents {
    pub(super) people: Vec<(People, SourceFile)>,
    pub(super) domains: Vec<Domain>,
    pub(super) assets: Vec<(Assets, SourceFile)>,
    pub(super) products: Vec<(DataProduct, SourceFile)>,
    pub(super) contracts: Vec<(Contract, SourceFile)>,
    pub(super) dashboards: Vec<(String, String)>,
    pub(super) events: Vec<Event>,
}

/// Reads all files; answers them with warnings, or every problem.
pub(super) fn read(
    settings: &Settings,
    files: &[SourceFile],
) -> Result<(Documents, Vec<String>), Vec<FileError>> {
    let mut documents = Documents::default();
    let mut warnings = Vec::new();
    let mut errors = Vec::new();
    let mut seen: BTreeMap<(&str, String), &str> = BTreeMap::new();
    for file in files {
        let read = recognise::read(&file.path, &file.text).map(|(document, advice)| {
            warnings.extend(advice.iter().map(ToString::to_string));
            document
        });
        let keys = match read {
            Ok(Document::People(people)) => {
                let keys =
                    people.people.iter().map(|person| ("person", person.email.to_lowercase())).collect();
                documents.people.push((people, file.clone()));
                keys
            }
            Ok(Document::Domain(domain)) => {
                let id = domain.id.clone();
                documents.domains.push(domain);
                vec![("domain", id)]
            }
            Ok(Document::Assets(assets)) => {
                let keys = asset_keys(&assets);
                errors.append(&mut places::refuse_foreign_places(settings, file, &assets));
                documents.assets.push((assets, file.clone()));
                keys
            }
            Ok(Document::Product(product)) => {
                let id = product.id.clone();
                documents.products.push((*product, file.clone()));
                vec![("product", id)]
            }
            Ok(Document::Contract(contract)) => {
                let id = format!("{} {}", contract.id, contract.version);
                documents.contracts.push((*contract, file.clone()));
                vec![("contract", id)]
            }
            Ok(Document::Lineage(mut events)) => {
                documents.events.append(&mut events);
                Vec::new()
            }
            Ok(Document::Dashboard(text)) => match dashboard(&file.path, &text, &mut warnings) {
                Ok(id) => {
                    documents.dashboards.push((id.clone(), text));
                    vec![("dashboard", id)]
                }
                Err(mut problems) => {
                    errors.append(&mut problems);
                    Vec::new()
                }
            },
            Ok(Document::Ignored(reason)) => {
                warnings.push(format!("{}: not imported: {reason}", file.path));
                Vec::new()
            }
            Err(found) => {
                errors.extend(found);
                Vec::new()
            }
        };
        for (kind, id) in keys {
            if let Some(first) = seen.insert((kind, id.clone()), &file.path) {
                errors.push(whole(
                    &file.path,
                    format!("{kind} {id} stands in {first} as well; keep one of the two."),
                ));
            }
        }
    }
    if errors.is_empty() { Ok((documents, warnings)) } else { Err(errors) }
}

/// An asset is named twice when its id is, or its address.
fn asset_keys(file: &Assets) -> Vec<(&'static str, String)> {
    let keys = |asset: &Asset| {
        let namespace = asset.namespace.as_ref().or(file.namespace.as_ref()).map_or("", String::as_str);
        [("asset", asset.id.clone()), ("the asset address", format!("{namespace} {}", asset.dataset_name()))]
    };
    file.assets.iter().flat_map(keys).collect()
}

fn whole(file: &str, message: String) -> FileError {
    FileError { file: file.to_owned(), line: 0, column: 0, field: String::new(), message }
}

/// A dashboard's id is its file's name without the ending.
fn dashboard(path: &str, text: &str, warnings: &mut Vec<String>) -> Result<String, Vec<FileError>> {
    let id = super::super::slug(path.rsplit('/').next().unwrap_or(path).trim_end_matches(".md"));
    let dashboard = format::parse(path, text)?;
    warnings.extend(dashboard.warnings.iter().map(ToString::to_string));
    Ok(id)
}
