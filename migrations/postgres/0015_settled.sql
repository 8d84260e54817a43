-- What people were told of that is settled by now: it says how it ended, not that it waits.
ALTER TABLE notification ADD COLUMN settled BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE notification SET settled = TRUE WHERE read_at = at AND (about LIKE 'request %' OR about LIKE 'grant %');
UPDATE notification SET settled = TRUE WHERE href LIKE '/decide/%' AND substr(href, 9) IN (SELECT CAST(id AS TEXT) FROM access_request WHERE state <> 'requested');
-- All that was said while access held that is over since. What was said at its end and later is how it ended.
UPDATE notification SET settled = TRUE, read_at = COALESCE(notification.read_at, notification.at) FROM access_grant AS held
WHERE notification.about = 'request ' || CAST(held.request AS TEXT)
AND (notification.at < held.ended_at OR held.ended IS NULL AND held.ends_on < CAST(now() AT TIME ZONE 'UTC' AS DATE)
    AND CAST(notification.at AT TIME ZONE 'UTC' AS DATE) <= held.ends_on);
UPDATE notification SET settled = TRUE, read_at = COALESCE(notification.read_at, notification.at) FROM access_grant AS held
WHERE notification.about = 'grant ' || CAST(held.id AS TEXT)
AND (notification.at < held.ended_at OR held.ended IS NULL AND held.ends_on < CAST(now() AT TIME ZONE 'UTC' AS DATE)
    AND CAST(notification.at AT TIME ZONE 'UTC' AS DATE) <= held.ends_on);
-- How something ended or was kept is looked up by what it was done to, for every entry of a page.
CREATE INDEX audit_subject ON audit (subject, action, number);
