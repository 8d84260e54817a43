-- Who has seen the secret of a service account's token: that person can act as the account, whoever answers for it.
ALTER TABLE token ADD COLUMN made_by BLOB REFERENCES person (id);
UPDATE token SET made_by = (
    SELECT person.id FROM audit
    JOIN person ON person.id = unhex(substr(audit.actor, 8), '-')
    WHERE audit.action = 'token.create' AND audit.actor LIKE 'person %'
    AND unhex(substr(audit.subject, 7), '-') = token.id
);
