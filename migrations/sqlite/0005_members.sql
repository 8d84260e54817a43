-- Owners look through the live grants on their products.
CREATE INDEX access_grant_product ON access_grant (product, id);

-- What a message is about: the inbox shows each thing once, in its newest state, and acting settles it. Of old messages
-- the address says which request they are about; what was decided since is done.
ALTER TABLE notification ADD COLUMN about TEXT NOT NULL DEFAULT '';
UPDATE notification SET about = 'request ' || substr(href, 9) WHERE href LIKE '/decide/%';
UPDATE notification SET about = href || ' ' || title WHERE about = '';
UPDATE notification SET read_at = at WHERE read_at IS NULL AND href LIKE '/decide/%' AND unhex(substr(href, 9), '-') IN (SELECT id FROM access_request WHERE state <> 'requested');
CREATE INDEX notification_about ON notification (person, about, id);

-- Members whom somebody removed on a page: an import does not add them again while a file still names them.
CREATE TABLE member_removed (
    domain TEXT NOT NULL REFERENCES domain (id) ON DELETE CASCADE,
    person BLOB NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    PRIMARY KEY (domain, person)
);
