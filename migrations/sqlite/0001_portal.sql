-- The portal's own database. The PostgreSQL text beside it has the same tables and names.

CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- What changed, numbered in commit order (the number is taken under the audit chain's lock).
CREATE TABLE change (
    number INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    area TEXT NOT NULL,
    entity TEXT NOT NULL
);
CREATE INDEX change_area ON change (area, number);

CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    rule TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
);

CREATE TABLE person (
    id BLOB PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    title TEXT,
    administrator BOOLEAN NOT NULL,
    issuer TEXT,
    subject TEXT,
    created_at TEXT NOT NULL,
    UNIQUE (issuer, subject)
);

CREATE TABLE session (
    id TEXT PRIMARY KEY,
    person BLOB REFERENCES person (id) ON DELETE CASCADE,
    data TEXT NOT NULL,
    expires_at TEXT NOT NULL
);
CREATE INDEX session_person ON session (person);

CREATE TABLE token (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    created_at TEXT NOT NULL,
    last_used_at TEXT,
    revoked_at TEXT
);

CREATE TABLE domain (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    parent TEXT,
    description TEXT NOT NULL
);

CREATE TABLE member (
    domain TEXT NOT NULL REFERENCES domain (id) ON DELETE CASCADE,
    person BLOB NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('member', 'steward', 'owner')),
    PRIMARY KEY (domain, person)
);
CREATE INDEX member_person ON member (person);

CREATE TABLE asset (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    layer TEXT,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    domain TEXT NOT NULL,
    description TEXT NOT NULL,
    platform TEXT,
    location TEXT,
    classification TEXT NOT NULL,
    tags TEXT NOT NULL,
    columns TEXT NOT NULL,
    origin TEXT NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (namespace, name)
);

CREATE TABLE product (
    id TEXT PRIMARY KEY,
    domain TEXT NOT NULL,
    document TEXT NOT NULL,
    created_at TEXT NOT NULL
);

CREATE TABLE contract_version (
    contract TEXT NOT NULL,
    version TEXT NOT NULL,
    place INTEGER NOT NULL,
    document TEXT NOT NULL,
    published_at TEXT NOT NULL,
    PRIMARY KEY (contract, version)
);

CREATE TABLE dashboard (
    id TEXT PRIMARY KEY,
    document TEXT NOT NULL,
    created_at TEXT NOT NULL
);

CREATE TABLE lineage_event (
    id TEXT PRIMARY KEY,
    document TEXT NOT NULL,
    received_at TEXT NOT NULL
);

CREATE TABLE lineage_edge (
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    job TEXT NOT NULL,
    columns TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (source, target, job)
);

CREATE TABLE subscription (
    id BLOB PRIMARY KEY,
    contract TEXT NOT NULL,
    version TEXT NOT NULL,
    person BLOB NOT NULL REFERENCES person (id),
    purpose TEXT NOT NULL,
    created_at TEXT NOT NULL,
    ended_at TEXT
);
CREATE INDEX subscription_contract ON subscription (contract);
CREATE UNIQUE INDEX subscription_live ON subscription (contract, person) WHERE ended_at IS NULL;

CREATE TABLE check_run (
    id BLOB PRIMARY KEY,
    contract TEXT NOT NULL,
    version TEXT NOT NULL,
    at TEXT NOT NULL,
    duration_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    results TEXT NOT NULL
);
CREATE INDEX check_run_contract ON check_run (contract, at);

CREATE TABLE access_request (
    id BLOB PRIMARY KEY,
    port TEXT NOT NULL,
    product TEXT NOT NULL,
    domain TEXT NOT NULL,
    asset TEXT,
    classification TEXT NOT NULL,
    requester BLOB NOT NULL REFERENCES person (id),
    purpose TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    contract TEXT,
    contract_version TEXT,
    state TEXT NOT NULL CHECK (state IN ('requested', 'approved', 'rejected', 'withdrawn')),
    revision INTEGER NOT NULL,
    follows BLOB,
    requested_at TEXT NOT NULL,
    decided_at TEXT,
    decided_by BLOB REFERENCES person (id),
    comment TEXT,
    rule TEXT,
    -- Nobody decides his own request, whatever the code above believes.
    CONSTRAINT not_his_own CHECK (decided_by IS NULL OR decided_by <> requester OR state = 'withdrawn')
);
CREATE INDEX access_request_requester ON access_request (requester);
CREATE INDEX access_request_open ON access_request (domain, state);

CREATE TABLE approval (
    request BLOB NOT NULL REFERENCES access_request (id),
    person BLOB NOT NULL REFERENCES person (id),
    role TEXT NOT NULL,
    at TEXT NOT NULL,
    comment TEXT NOT NULL,
    PRIMARY KEY (request, person)
);

CREATE TABLE access_grant (
    id BLOB PRIMARY KEY,
    request BLOB NOT NULL UNIQUE REFERENCES access_request (id),
    port TEXT NOT NULL,
    product TEXT NOT NULL,
    domain TEXT NOT NULL,
    asset TEXT,
    classification TEXT NOT NULL,
    consumer BLOB NOT NULL REFERENCES person (id),
    purpose TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    ended TEXT CHECK (ended IN ('revoked', 'given_up')),
    ended_at TEXT,
    ended_by TEXT,
    end_reason TEXT,
    cycle INTEGER NOT NULL,
    next_review TEXT,
    confirmed_at TEXT,
    provisioning TEXT NOT NULL,
    provisioning_attempts INTEGER NOT NULL,
    provision_after TEXT NOT NULL,
    provisioning_note TEXT,
    revision INTEGER NOT NULL
);
CREATE INDEX access_grant_consumer ON access_grant (consumer);
CREATE INDEX access_grant_asset ON access_grant (asset);
CREATE INDEX access_grant_domain ON access_grant (domain);

-- One reminder per grant, cycle, kind and recipient, however often the sweep runs.
CREATE TABLE reminder (
    access_grant BLOB NOT NULL REFERENCES access_grant (id),
    cycle INTEGER NOT NULL,
    kind TEXT NOT NULL,
    recipient BLOB NOT NULL REFERENCES person (id),
    sent_at TEXT NOT NULL,
    PRIMARY KEY (access_grant, cycle, kind, recipient)
);

CREATE TABLE usage (
    person BLOB NOT NULL REFERENCES person (id),
    asset TEXT NOT NULL,
    day TEXT NOT NULL,
    reads INTEGER NOT NULL,
    last_at TEXT NOT NULL,
    PRIMARY KEY (person, asset, day)
);

CREATE TABLE notification (
    id BLOB PRIMARY KEY,
    person BLOB NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    href TEXT NOT NULL,
    at TEXT NOT NULL,
    read_at TEXT
);
CREATE INDEX notification_person ON notification (person, id);

CREATE TABLE mail (
    id BLOB PRIMARY KEY,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    send_after TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    sent_at TEXT,
    last_error TEXT
);
CREATE INDEX mail_waiting ON mail (send_after) WHERE sent_at IS NULL;
