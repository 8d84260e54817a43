-- What people were told of that is settled by now: it says how it ended, not that it waits.
ALTER TABLE notification ADD COLUMN settled BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE notification SET settled = TRUE WHERE read_at = at AND (about LIKE 'request %' OR about LIKE 'grant %');
UPDATE notification SET settled = TRUE WHERE href LIKE '/decide/%' AND unhex(substr(href, 9), '-') IN (SELECT id FROM access_request WHERE state <> 'requested');
