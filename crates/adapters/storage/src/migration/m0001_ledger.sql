-- Times are milliseconds since 1970, credits are millionths, everywhere.

CREATE TABLE tenants (
    id {uuid} NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    mode TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE api_keys (
    tenant {uuid} NOT NULL,
    id {uuid} NOT NULL,
    customer {uuid},
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    PRIMARY KEY (tenant, id)
);

-- Answers kept under idempotency keys for effects outside the ledger (R40).
CREATE TABLE replies (
    tenant {uuid} NOT NULL,
    key TEXT NOT NULL,
    fingerprint BIGINT NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, key)
);

CREATE TABLE catalogs (
    tenant {uuid} NOT NULL,
    version BIGINT NOT NULL,
    text TEXT NOT NULL,
    applied_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, version)
);

CREATE TABLE clocks (
    tenant {uuid} NOT NULL,
    id {uuid} NOT NULL,
    frozen_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE customers (
    tenant {uuid} NOT NULL,
    customer {uuid} NOT NULL,
    external_id TEXT,
    name TEXT,
    email TEXT,
    zone TEXT NOT NULL,
    clock {uuid},
    created_at BIGINT NOT NULL,
    metadata TEXT NOT NULL,
    PRIMARY KEY (tenant, customer)
) {clustered};
CREATE UNIQUE INDEX customers_external_id ON customers (tenant, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX customers_email ON customers (tenant, email) WHERE email IS NOT NULL;

-- What a decision reads: one row a customer, written once a batch. `sequence` is its version. Not clustered: SQLite
-- keeps no more than a quarter of a page of a clustered row in its place, and a book is longer than that.
CREATE TABLE books (
    tenant {uuid} NOT NULL,
    customer {uuid} NOT NULL,
    sequence BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    grants_made BIGINT NOT NULL,
    holds_made BIGINT NOT NULL,
    grants TEXT NOT NULL,
    free_tier TEXT,
    due_at BIGINT,
    clock {uuid},
    PRIMARY KEY (tenant, customer)
);
CREATE INDEX books_due ON books (clock, due_at) WHERE due_at IS NOT NULL;

-- Terms of grants; what is available and held of them lies in the book, what is consumed follows (R3).
CREATE TABLE grants (
    tenant {uuid} NOT NULL,
    customer {uuid} NOT NULL,
    number BIGINT NOT NULL,
    source TEXT NOT NULL,
    label TEXT NOT NULL,
    amount BIGINT NOT NULL,
    cost_minor BIGINT,
    currency TEXT,
    priority BIGINT NOT NULL,
    effective_at BIGINT NOT NULL,
    expires_at BIGINT,
    granted_at BIGINT NOT NULL,
    reason TEXT,
    expired BIGINT NOT NULL,
    revoked BIGINT NOT NULL,
    PRIMARY KEY (tenant, customer, number)
) {clustered};

CREATE TABLE holds (
    tenant {uuid} NOT NULL,
    customer {uuid} NOT NULL,
    number BIGINT NOT NULL,
    status TEXT NOT NULL,
    held BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    draws TEXT NOT NULL,
    progress TEXT NOT NULL,
    terms TEXT NOT NULL,
    PRIMARY KEY (tenant, customer, number)
);
CREATE INDEX holds_due ON holds (expires_at) WHERE status = 'open';

-- The journal. Its key's index is the only other one on the hot path.
CREATE TABLE entries (
    tenant {uuid} NOT NULL,
    customer {uuid} NOT NULL,
    sequence BIGINT NOT NULL,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    effective_at BIGINT NOT NULL,
    postings TEXT NOT NULL,
    available BIGINT NOT NULL,
    held BIGINT NOT NULL,
    key TEXT,
    part BIGINT,
    fingerprint BIGINT,
    detail TEXT,
    hold_after TEXT,
    PRIMARY KEY (tenant, customer, sequence)
) {clustered};
CREATE UNIQUE INDEX entries_key ON entries (tenant, key, part) WHERE key IS NOT NULL;

-- How much of a usage has been given back.
CREATE TABLE reversed (
    tenant {uuid} NOT NULL,
    customer {uuid} NOT NULL,
    sequence BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (tenant, customer, sequence)
) {clustered};

CREATE TABLE estimates (
    tenant {uuid} NOT NULL,
    id {uuid} NOT NULL,
    customer {uuid} NOT NULL,
    created_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);
