-- Who has seen the secret of a service account's token: that person can act as the account, whoever answers for it.
ALTER TABLE token ADD COLUMN made_by UUID REFERENCES person (id);
UPDATE token SET made_by = (
    SELECT person.id FROM audit
    JOIN person ON audit.actor = 'person ' || person.id::text
    WHERE audit.action = 'token.create' AND audit.subject = 'token ' || token.id::text
);
