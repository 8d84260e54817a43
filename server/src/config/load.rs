//! Reading the sources in order, and saying what is wrong with them.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::error::{Actual, Kind};
use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};

use super::Config;
use super::variables::{Variables, variable};
use crate::stop::Stop;

/// What the command line says about the configuration.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// `--config FILE`
    pub config: Option<PathBuf>,
    /// `--data DIR`
    pub data: Option<PathBuf>,
    /// `--listen ADDR`
    pub listen: Option<SocketAddr>,
    /// The folder below the user's data folder that is used when nothing names one: `lakeport`.
    pub home: &'static str,
    /// Variables to read instead of this process's own.
    pub variables: Option<Vec<(String, String)>>,
}

/// A configuration that could be read, with the places its values came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The values.
    pub config: Config,
    /// The file that was read, if there was one.
    pub file: Option<PathBuf>,
    pub(super) figment: Figment,
}

impl Loaded {
    /// Where a key was set: `the variable LAKEPORT_LISTEN`, `line .. of FILE`, `the defaults`.
    pub fn origin(&self, key: &str) -> String {
        match self.figment.find_metadata(key) {
            Some(metadata) => place(metadata, key),
            None => "the defaults".to_owned(),
        }
    }
}

/// Reads the configuration.
///
/// # Errors
/// One sentence that names the key, where it was set, and what is allowed.
pub fn load(options: Options) -> Result<Loaded, Stop> {
    let variables = options.variables.map_or_else(Variables::of_process, Variables);
    let set =
        |name: &str| variables.0.iter().find(|(key, _)| key == name).map(|(_, value)| PathBuf::from(value));
    // The folder is needed before the rest is read, so that where it was named is kept beside it.
    let data = options.data.map(|data| (COMMAND_LINE, data));
    let data = data.or_else(|| set("LAKEPORT_DATA").map(|data| (ENVIRONMENT, data)));
    let named = options.config.clone().or_else(|| set("LAKEPORT_CONFIG"));
    if let Some(file) = named.as_deref().filter(|file| !file.is_file()) {
        return Err(Stop::usage(format!("There is no configuration file {}.", file.display())));
    }
    let (named_by, data) = match data {
        Some(named) => named,
        None => (DEFAULTS, default_data(options.home)?),
    };
    let data =
        std::path::absolute(&data).map_err(|error| Stop::usage(format!("--data is not a path: {error}.")))?;
    let file = named.or_else(|| Some(data.join("lakeport.toml")).filter(|file| file.is_file()));
    let mut figment = Figment::new();
    if let Some(file) = &file {
        figment = figment.merge(Toml::file_exact(file));
    }
    let data = Given { by: named_by, key: "data", value: data.display().to_string() };
    figment = figment.merge(variables).merge(data);
    if let Some(listen) = options.listen {
        figment = figment.merge(Given { by: COMMAND_LINE, key: "listen", value: listen.to_string() });
    }
    match figment.extract::<Config>() {
        Ok(config) => Ok(Loaded { config, file, figment }),
        Err(error) => Err(Stop::usage(describe(error, &figment))),
    }
}

/// `$XDG_DATA_HOME/NAME`, or `~/.local/share/NAME`.
fn default_data(name: &str) -> Result<PathBuf, Stop> {
    let absolute =
        |variable: &str| std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute("XDG_DATA_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/share")));
    base.map(|base| base.join(name)).ok_or_else(|| {
        Stop::usage(
            "No data directory is named and HOME is not set. Name one with --data DIR or LAKEPORT_DATA.",
        )
    })
}

/// Where values come from that no file sets, as [`place`] says it.
const COMMAND_LINE: &str = "command line";
const ENVIRONMENT: &str = "environment";
const DEFAULTS: &str = "defaults";

/// One value, and who gave it.
struct Given {
    by: &'static str,
    key: &'static str,
    value: String,
}

impl Provider for Given {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.by)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let value = Value::from(self.value.as_str());
        Ok(Profile::Default.collect(Dict::from([(self.key.to_owned(), value)])))
    }
}

fn place(metadata: &Metadata, key: &str) -> String {
    match (metadata.name.as_ref(), metadata.source.as_ref().and_then(|source| source.file_path())) {
        (_, Some(file)) => format!("the file {}", relative(file).display()),
        (ENVIRONMENT, None) => format!("the variable {}", variable(key)),
        (name, None) => format!("the {name}"),
    }
}

/// The path as it was given, where figment made it absolute.
fn relative(file: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    file.strip_prefix(&here).unwrap_or(file).to_path_buf()
}

/// One sentence for what could not be read.
fn describe(error: figment::Error, figment: &Figment) -> String {
    let mut path = error.path.clone();
    if let Kind::UnknownField(field, _) = &error.kind
        && path.last() != Some(field)
    {
        path.push(field.clone());
    }
    let key = path.join(".");
    let metadata = figment.find_metadata(&key).or(error.metadata.as_ref());
    let origin = metadata.map_or_else(|| "the configuration".to_owned(), |metadata| place(metadata, &key));
    match &error.kind {
        Kind::UnknownField(_, allowed) => {
            format!("\"{key}\" in {origin} is not a setting of Lakeport. Allowed are {}.", allowed.join(", "))
        }
        Kind::UnknownVariant(found, allowed) => {
            format!("\"{key}\" in {origin} is \"{found}\". Allowed are {}.", allowed.join(", "))
        }
        Kind::InvalidType(found, wanted) | Kind::InvalidValue(found, wanted) => {
            format!("\"{key}\" in {origin} is {}, but has to be {wanted}.", actual(found))
        }
        other if key.is_empty() => format!("The configuration in {origin} cannot be read: {other}."),
        other => format!("\"{key}\" in {origin} is wrong: {other}."),
    }
}

fn actual(found: &Actual) -> String {
    match found {
        Actual::Str(text) => format!("\"{text}\""),
        Actual::Seq => "a list".to_owned(),
        Actual::Map => "a section".to_owned(),
        other => other.to_string(),
    }
}
