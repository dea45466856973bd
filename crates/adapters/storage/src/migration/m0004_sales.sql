-- `ends_at` is set while an order waits for its payment, `ask_at` while its provider is to be asked.
CREATE TABLE orders (
    tenant {uuid} NOT NULL,
    id {uuid} NOT NULL,
    customer {uuid} NOT NULL,
    status TEXT NOT NULL,
    version BIGINT NOT NULL,
    clock {uuid},
    ask_at BIGINT,
    ends_at BIGINT,
    created_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX orders_id ON orders (id);
CREATE INDEX orders_customer ON orders (tenant, customer, id);
CREATE INDEX orders_status ON orders (tenant, status, id);
CREATE INDEX orders_customer_status ON orders (tenant, customer, status, id);
CREATE INDEX orders_ask ON orders (ask_at) WHERE ask_at IS NOT NULL;
CREATE INDEX orders_end ON orders (clock, ends_at) WHERE ends_at IS NOT NULL;

-- The last number given in each year of a series: a row is the turn of those who number (R36).
CREATE TABLE series (
    tenant {uuid} NOT NULL,
    series TEXT NOT NULL,
    year BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (tenant, series, year)
);

-- Invoices and credit notes. No row is ever changed (R36).
CREATE TABLE documents (
    tenant {uuid} NOT NULL,
    series TEXT {bytewise} NOT NULL,
    year BIGINT NOT NULL,
    number BIGINT NOT NULL,
    customer {uuid} NOT NULL,
    order_id {uuid} NOT NULL,
    credit_note BOOLEAN NOT NULL,
    issued_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, series, year, number)
);
CREATE INDEX documents_issued ON documents (tenant, credit_note, issued_at, series, year, number);
CREATE INDEX documents_customer ON documents (tenant, customer, credit_note, issued_at, series, year, number);

-- `due_at` is set while a mail waits.
CREATE TABLE outbox (
    tenant {uuid} NOT NULL,
    id TEXT {bytewise} NOT NULL,
    customer {uuid} NOT NULL,
    status TEXT NOT NULL,
    due_at BIGINT,
    tries BIGINT NOT NULL,
    written_at BIGINT NOT NULL,
    to_name TEXT,
    to_address TEXT NOT NULL,
    occasion TEXT NOT NULL,
    error TEXT,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX outbox_due ON outbox (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX outbox_customer ON outbox (tenant, customer, written_at, id);

CREATE TABLE payers (
    tenant {uuid} NOT NULL,
    customer {uuid} NOT NULL,
    payer TEXT,
    top_up TEXT,
    version BIGINT NOT NULL,
    PRIMARY KEY (tenant, customer)
);

-- Money given back of a grant, for reports (R37); no row: none.
CREATE TABLE refunded (
    tenant {uuid} NOT NULL,
    customer {uuid} NOT NULL,
    grant_number BIGINT NOT NULL,
    net BIGINT NOT NULL,
    tax BIGINT NOT NULL,
    PRIMARY KEY (tenant, customer, grant_number)
) {clustered};
