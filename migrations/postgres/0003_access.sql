-- The end that was asked for stays beside the one that an approver or the policy set.
ALTER TABLE access_request ADD COLUMN asked_until DATE;
UPDATE access_request SET asked_until = ends_on;
