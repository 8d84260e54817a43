-- Files that were imported: while a file reads as it did, what it says is known without reading all of it again. The digest is
-- that of its text and of how it was read; what is kept of its assets is compared with those that are held now.
CREATE TABLE imported_file (
    path TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    advice TEXT NOT NULL,
    events BIGINT NOT NULL,
    assets TEXT NOT NULL
);
