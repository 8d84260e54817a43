-- What people were told of that is settled by now: it says how it ended, not that it waits.
ALTER TABLE notification ADD COLUMN settled BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE notification SET settled = TRUE WHERE read_at = at AND (about LIKE 'request %' OR about LIKE 'grant %');
UPDATE notification SET settled = TRUE WHERE href LIKE '/decide/%' AND unhex(substr(href, 9), '-') IN (SELECT id FROM access_request WHERE state <> 'requested');
-- All that was said while access held that is over since. What was said at its end and later is how it ended.
UPDATE notification SET settled = TRUE, read_at = COALESCE(read_at, at) WHERE about LIKE 'request %' AND EXISTS (
    SELECT 1 FROM access_grant AS held WHERE held.request = unhex(substr(notification.about, 9), '-')
    AND (notification.at < held.ended_at OR held.ended IS NULL AND held.ends_on < date('now') AND date(notification.at) <= held.ends_on)
);
UPDATE notification SET settled = TRUE, read_at = COALESCE(read_at, at) WHERE about LIKE 'grant %' AND EXISTS (
    SELECT 1 FROM access_grant AS held WHERE held.id = unhex(substr(notification.about, 7), '-')
    AND (notification.at < held.ended_at OR held.ended IS NULL AND held.ends_on < date('now') AND date(notification.at) <= held.ends_on)
);
-- How something ended or was kept is looked up by what it was done to, for every entry of a page.
CREATE INDEX audit_subject ON audit (subject, action, number);
