//! Where tables lie, and a view of storage that ends at their folders.

use std::fmt;
use std::path::{Path as FsPath, PathBuf};
use std::sync::Arc;

use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use lakeport_frame::{LakeError, TableRef};
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetRange, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use percent_encoding::percent_decode_str;
use url::Url;

use super::reach::{self, Roots};
use crate::line::complain;
use crate::protocol::Storage;

/// Stands in every error about a path outside the folders, so that it is recognised behind any wrapper.
pub(crate) const OUTSIDE: &str = "lies outside the table's own folder";
/// Stands in every error about a file that has become shorter, for the same reason.
pub(crate) const CUT_SHORT: &str = "ends before what is to be read of it";

/// A table's folder.
#[derive(Debug, Clone)]
pub(crate) struct Location {
    /// The folder as a URL that ends in `/`.
    pub(crate) url: Url,
    /// The folder within its store.
    pub(crate) root: Path,
    /// Scheme and bucket: what a store is registered under.
    pub(crate) store: Url,
    /// The folder's true path, where it lies on this machine.
    pub(crate) folder: Option<PathBuf>,
}

impl Location {
    /// Reads an absolute path or a `file://`, `s3://` or `gs://` address below one of the roots.
    pub(crate) fn of(table: &TableRef, roots: &Roots) -> Result<Self, LakeError> {
        let fault = |reason: &str| {
            LakeError::Fault(format!("The location of table {} cannot be used: {reason}.", table.name))
        };
        let text = table.location.trim_end_matches('/');
        if text.split(['/', '\\']).any(|segment| segment == ".." || segment.eq_ignore_ascii_case("%2e%2e")) {
            return Err(fault("it contains .."));
        }
        let mut url = if text.starts_with('/') {
            Url::from_directory_path(text).map_err(|()| fault("it is not an absolute path"))?
        } else {
            Url::parse(text).map_err(|_| fault("it is neither an absolute path nor an address"))?
        };
        let host_fits = match url.scheme() {
            "file" => url.host_str().is_none_or(str::is_empty),
            "s3" | "gs" => url.host_str().is_some_and(|host| !host.is_empty()),
            _ => return Err(fault("only file://, s3:// and gs:// are known")),
        };
        if !host_fits || url.query().is_some() || url.fragment().is_some() {
            return Err(fault(
                "it is not of the form file:///folder, s3://bucket/folder or gs://bucket/folder",
            ));
        }
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        roots.admit(table)?;
        let path = url.to_file_path().ok().filter(|_| url.scheme() == "file");
        let folder = path.map_or(Ok(None), |path| roots.folder(&table.name, &path))?;
        // A root may itself be a link: from here on everything goes by the true path.
        if let Some(truly) = folder.as_ref().and_then(|folder| Url::from_directory_path(folder).ok()) {
            url = truly;
        }
        let root = Path::from_url_path(url.path()).map_err(|_| fault("its path is not valid"))?;
        let store = Url::parse(&url[..url::Position::BeforePath]).map_err(|_| fault("it has no bucket"))?;
        Ok(Self { url, root, store, folder })
    }

    /// The whole store behind the location.
    pub(crate) fn connect(&self, storage: &Storage) -> Result<Arc<dyn ObjectStore>, LakeError> {
        let fault = |reason: &dyn fmt::Display| {
            complain(format_args!("storage {} cannot be set up: {reason}", self.store));
            LakeError::Fault(format!("The storage {} cannot be set up; the log has the details.", self.store))
        };
        if let Some(reason) = reach::objection(storage, self.url.scheme()) {
            return Err(fault(&reason));
        }
        let none = std::collections::BTreeMap::new();
        let options = match self.url.scheme() {
            "s3" => &storage.s3,
            "gs" => &storage.gs,
            _ => &none,
        };
        let (store, _) = object_store::parse_url_opts(&self.url, options).map_err(|error| fault(&error))?;
        Ok(Arc::from(store))
    }
}

/// Reads below some folders and nothing else: a log, checkpoint, sidecar or deletion vector that names a file
/// anywhere else gets an error, whatever the form of the name, and so does a link that leads out.
#[derive(Debug)]
pub(crate) struct Confined {
    inner: Arc<dyn ObjectStore>,
    roots: Vec<(Path, Option<PathBuf>)>,
}

impl Confined {
    pub(crate) fn new<'a>(
        inner: Arc<dyn ObjectStore>,
        locations: impl IntoIterator<Item = &'a Location>,
    ) -> Self {
        let roots = locations.into_iter().map(|location| (location.root.clone(), location.folder.clone()));
        Self { inner, roots: roots.collect() }
    }

    /// Refuses what lies outside by its name, or by where it truly lies.
    fn admit(&self, path: &Path) -> Result<()> {
        let mut within = self.roots.iter().filter(|(root, _)| path.prefix_matches(root)).peekable();
        if within.peek().is_none() {
            return Err(refusal(path));
        }
        let Some(truly) = within.peek().and_then(|(_, folder)| folder.as_ref()).and_then(|_| true_path(path))
        else {
            return Ok(());
        };
        let stays = within.any(|(_, folder)| folder.as_ref().is_some_and(|folder| truly.starts_with(folder)));
        if stays { Ok(()) } else { Err(refusal(path)) }
    }

    /// A listing follows links: refuses to begin one that would follow a link out of the folder.
    fn admit_listing(&self, prefix: Option<&Path>) -> Result<()> {
        let nothing = Path::default();
        let prefix = prefix.unwrap_or(&nothing);
        self.admit(prefix)?;
        let folder =
            self.roots.iter().find(|(root, _)| prefix.prefix_matches(root)).and_then(|(_, at)| at.as_ref());
        match folder {
            Some(folder) if leads_out(folder, &on_this_machine(prefix)) => Err(refusal(prefix)),
            _ => Ok(()),
        }
    }
}

/// A path of the store of this machine's files, as the system knows it.
fn on_this_machine(path: &Path) -> PathBuf {
    FsPath::new("/").join(path.as_ref())
}

/// Where a file truly lies; `None` where there is none.
fn true_path(path: &Path) -> Option<PathBuf> {
    on_this_machine(path).canonicalize().ok()
}

/// True when a link below `from` leads out of `folder`.
fn leads_out(folder: &FsPath, from: &FsPath) -> bool {
    let Ok(entries) = from.read_dir() else { return false };
    entries.flatten().any(|entry| match entry.file_type() {
        Ok(kind) if kind.is_symlink() => {
            entry.path().canonicalize().is_ok_and(|truly| !truly.starts_with(folder))
        }
        Ok(kind) if kind.is_dir() => leads_out(folder, &entry.path()),
        _ => false,
    })
}

fn refusal(path: &Path) -> object_store::Error {
    object_store::Error::PermissionDenied {
        path: path.to_string(),
        source: format!("the file {OUTSIDE}").into(),
    }
}

fn cut_short() -> object_store::Error {
    object_store::Error::Generic { store: "table", source: format!("the file {CUT_SHORT}").into() }
}

fn read_only() -> object_store::Error {
    object_store::Error::NotSupported { source: "tables are only read here".into() }
}

impl fmt::Display for Confined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Confined({})", self.inner)
    }
}

#[async_trait::async_trait]
impl ObjectStore for Confined {
    async fn put_opts(&self, _: &Path, _: PutPayload, _: PutOptions) -> Result<PutResult> {
        Err(read_only())
    }

    async fn put_multipart_opts(&self, _: &Path, _: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        Err(read_only())
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.admit(location)?;
        let asked = options.range.clone();
        let found = self.inner.get_opts(location, options).await?;
        match asked {
            // A store answers what there is; the reader of data files takes it for all that it asked for, and panics.
            Some(GetRange::Bounded(asked)) if found.range != asked => Err(cut_short()),
            _ => Ok(found),
        }
    }

    fn delete_stream(&self, _: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        stream::iter([Err(read_only())]).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        match self.admit_listing(prefix) {
            Ok(()) => self.inner.list(prefix),
            Err(error) => stream::iter([Err(error)]).boxed(),
        }
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        match self.admit_listing(prefix) {
            Ok(()) => self.inner.list_with_offset(prefix, offset),
            Err(error) => stream::iter([Err(error)]).boxed(),
        }
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.admit_listing(prefix)?;
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> Result<()> {
        Err(read_only())
    }
}

/// True when a path of a Delta log, as written there or decoded, leads out of the table's folder. As written it takes no
/// step up at all. Encoded ones are letters in the name of a folder, such as that of a partition `a/../b`; yet even as
/// steps they must stay inside.
pub(crate) fn escapes(path: &str) -> bool {
    let mut text = path.to_owned();
    let mut climbs = text.split(['/', '\\']).any(|step| step == "..");
    loop {
        let scheme = text.split_once(':').is_some_and(|(scheme, _)| {
            scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        });
        if scheme || climbs || text.starts_with(['/', '\\']) {
            return true;
        }
        let decoded = decode(&text);
        if decoded == text {
            return false;
        }
        text = decoded;
        // Whether the backslash ends a step depends on the system.
        climbs = climbs_out(text.split('/')) || climbs_out(text.split(['/', '\\']));
    }
}

/// True when steps lead above where they begin.
fn climbs_out<'a>(mut steps: impl Iterator<Item = &'a str>) -> bool {
    let end = steps.try_fold(0_usize, |depth, step| match step {
        ".." => depth.checked_sub(1),
        "" | "." => Some(depth),
        _ => Some(depth + 1),
    });
    end.is_none()
}

/// Percent-decodes once; what is not an escape stays as it is.
pub(crate) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::escapes;

    #[test]
    fn paths_that_leave_the_folder_are_seen_in_any_disguise() {
        for path in [
            "../x.parquet",
            "a/../../x.parquet",
            "%2E%2E/x.parquet",
            "%2e%2E%2fx.parquet",
            "%252E%252E/x.parquet",
            "a/../x.parquet",
            "day=a%2F..%2F..%2Fx/part-0.parquet",
            "day=a\\b%2F..%2F..%2Fx/part-0.parquet",
            "day=a%5Cb%252F..%252F..%252Fx/part-0.parquet",
            "day=a/%2E%2E/.%2E/x.parquet",
            "..\\x.parquet",
            "/etc/passwd",
            "%2Fetc/passwd",
            "file:///etc/passwd",
            "s3://other/x.parquet",
            "file%3A///etc/passwd",
        ] {
            assert!(escapes(path), "{path}");
        }
        for path in [
            "part-0.parquet",
            "day=2026-03-01 10%3A00/part-0.parquet",
            "a%20b/..c.parquet",
            "100%/x",
            "day=a%2F..%2Fb/part-0.parquet",
            "day=..%2Fb/part-0.parquet",
            "day=../part-0.parquet",
        ] {
            assert!(!escapes(path), "{path}");
        }
    }
}
