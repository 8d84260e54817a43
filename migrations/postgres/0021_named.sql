-- Which products and contracts name which assets, contracts and domains: who changes one of these finds the documents that
-- it concerns by an index. What was written before is noted by the next import.
CREATE TABLE document_name (
    names TEXT NOT NULL CHECK (names IN ('asset', 'contract', 'domain')),
    id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('product', 'contract')),
    document TEXT NOT NULL,
    PRIMARY KEY (names, id, kind, document)
);
CREATE INDEX document_name_document ON document_name (kind, document, names, id);
ALTER TABLE product ADD COLUMN is_noted BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE contract_version ADD COLUMN is_noted BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX product_unnoted ON product (id) WHERE NOT is_noted;
CREATE INDEX contract_version_unnoted ON contract_version (contract, version) WHERE NOT is_noted;

-- What an import asks of assets that its files do not name: where tables lie, and which domains own something.
CREATE INDEX asset_placed ON asset (id) WHERE kind = 'table' AND location IS NOT NULL;
CREATE INDEX asset_domain ON asset (domain) WHERE origin = 'file';

-- Requests that wait, by what they are for.
CREATE INDEX access_request_asset ON access_request (asset) WHERE state = 'requested';
CREATE INDEX access_request_product ON access_request (product) WHERE state = 'requested';

-- Changes by their age: those that everybody follows by now are forgotten.
CREATE INDEX change_at ON change (at);
