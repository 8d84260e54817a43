-- The portal's own database. The SQLite text beside it has the same tables and names.

CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- What changed, numbered in commit order (the number is taken under the audit chain's lock).
CREATE TABLE change (
    number BIGINT PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    area TEXT NOT NULL,
    entity TEXT NOT NULL
);
CREATE INDEX change_area ON change (area, number);

CREATE TABLE audit (
    number BIGINT PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    rule TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
);

CREATE TABLE person (
    id UUID PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    title TEXT,
    administrator BOOLEAN NOT NULL,
    issuer TEXT,
    subject TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (issuer, subject)
);

CREATE TABLE session (
    id TEXT PRIMARY KEY,
    person UUID REFERENCES person (id) ON DELETE CASCADE,
    data TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX session_person ON session (person);

CREATE TABLE token (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    last_used_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ
);

CREATE TABLE domain (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    parent TEXT,
    description TEXT NOT NULL
);

CREATE TABLE member (
    domain TEXT NOT NULL REFERENCES domain (id) ON DELETE CASCADE,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
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
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (namespace, name)
);

CREATE TABLE product (
    id TEXT PRIMARY KEY,
    domain TEXT NOT NULL,
    document TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE contract_version (
    contract TEXT NOT NULL,
    version TEXT NOT NULL,
    place BIGINT NOT NULL,
    document TEXT NOT NULL,
    published_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (contract, version)
);

CREATE TABLE dashboard (
    id TEXT PRIMARY KEY,
    document TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE lineage_event (
    id TEXT PRIMARY KEY,
    document TEXT NOT NULL,
    received_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE lineage_edge (
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    job TEXT NOT NULL,
    columns TEXT NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (source, target, job)
);

CREATE TABLE subscription (
    id UUID PRIMARY KEY,
    contract TEXT NOT NULL,
    version TEXT NOT NULL,
    person UUID NOT NULL REFERENCES person (id),
    purpose TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ
);
CREATE INDEX subscription_contract ON subscription (contract);
CREATE UNIQUE INDEX subscription_live ON subscription (contract, person) WHERE ended_at IS NULL;

CREATE TABLE check_run (
    id UUID PRIMARY KEY,
    contract TEXT NOT NULL,
    version TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    duration_ms BIGINT NOT NULL,
    state TEXT NOT NULL,
    results TEXT NOT NULL
);
CREATE INDEX check_run_contract ON check_run (contract, at);

CREATE TABLE access_request (
    id UUID PRIMARY KEY,
    port TEXT NOT NULL,
    product TEXT NOT NULL,
    domain TEXT NOT NULL,
    asset TEXT,
    classification TEXT NOT NULL,
    requester UUID NOT NULL REFERENCES person (id),
    purpose TEXT NOT NULL,
    ends_on DATE NOT NULL,
    contract TEXT,
    contract_version TEXT,
    state TEXT NOT NULL CHECK (state IN ('requested', 'approved', 'rejected', 'withdrawn')),
    revision BIGINT NOT NULL,
    follows UUID,
    requested_at TIMESTAMPTZ NOT NULL,
    decided_at TIMESTAMPTZ,
    decided_by UUID REFERENCES person (id),
    comment TEXT,
    rule TEXT,
    -- Nobody decides his own request, whatever the code above believes.
    CONSTRAINT not_his_own CHECK (decided_by IS NULL OR decided_by <> requester OR state = 'withdrawn')
);
CREATE INDEX access_request_requester ON access_request (requester);
CREATE INDEX access_request_open ON access_request (domain, state);

CREATE TABLE approval (
    request UUID NOT NULL REFERENCES access_request (id),
    person UUID NOT NULL REFERENCES person (id),
    role TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    comment TEXT NOT NULL,
    PRIMARY KEY (request, person)
);

CREATE TABLE access_grant (
    id UUID PRIMARY KEY,
    request UUID NOT NULL UNIQUE REFERENCES access_request (id),
    port TEXT NOT NULL,
    product TEXT NOT NULL,
    domain TEXT NOT NULL,
    asset TEXT,
    classification TEXT NOT NULL,
    consumer UUID NOT NULL REFERENCES person (id),
    purpose TEXT NOT NULL,
    starts_at TIMESTAMPTZ NOT NULL,
    ends_on DATE NOT NULL,
    ended TEXT CHECK (ended IN ('revoked', 'given_up')),
    ended_at TIMESTAMPTZ,
    ended_by TEXT,
    end_reason TEXT,
    cycle BIGINT NOT NULL,
    next_review DATE,
    confirmed_at TIMESTAMPTZ,
    provisioning TEXT NOT NULL,
    provisioning_attempts BIGINT NOT NULL,
    provision_after TIMESTAMPTZ NOT NULL,
    provisioning_note TEXT,
    revision BIGINT NOT NULL
);
CREATE INDEX access_grant_consumer ON access_grant (consumer);
CREATE INDEX access_grant_asset ON access_grant (asset);
CREATE INDEX access_grant_domain ON access_grant (domain);

-- One reminder per grant, cycle, kind and recipient, however often the sweep runs.
CREATE TABLE reminder (
    access_grant UUID NOT NULL REFERENCES access_grant (id),
    cycle BIGINT NOT NULL,
    kind TEXT NOT NULL,
    recipient UUID NOT NULL REFERENCES person (id),
    sent_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (access_grant, cycle, kind, recipient)
);

CREATE TABLE usage (
    person UUID NOT NULL REFERENCES person (id),
    asset TEXT NOT NULL,
    day DATE NOT NULL,
    reads BIGINT NOT NULL,
    last_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (person, asset, day)
);

CREATE TABLE notification (
    id UUID PRIMARY KEY,
    person UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    href TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    read_at TIMESTAMPTZ
);
CREATE INDEX notification_person ON notification (person, id);

CREATE TABLE mail (
    id UUID PRIMARY KEY,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    send_after TIMESTAMPTZ NOT NULL,
    attempts BIGINT NOT NULL,
    sent_at TIMESTAMPTZ,
    last_error TEXT
);
CREATE INDEX mail_waiting ON mail (send_after) WHERE sent_at IS NULL;
