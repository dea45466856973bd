-- `due_at` is when the calendar has something to do, by the customer's clock; `work_at` is set while tasks wait, by the
-- real one; `claimed_until` while someone is at it.
CREATE TABLE subscriptions (
    tenant {uuid} NOT NULL,
    id {uuid} NOT NULL,
    customer {uuid} NOT NULL,
    status TEXT NOT NULL,
    version BIGINT NOT NULL,
    clock {uuid},
    due_at BIGINT,
    work_at BIGINT,
    claimed_until BIGINT,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);
-- A customer has one at a time.
CREATE UNIQUE INDEX subscriptions_one ON subscriptions (tenant, customer) WHERE status <> 'canceled';
CREATE INDEX subscriptions_customer ON subscriptions (tenant, customer, id);
CREATE INDEX subscriptions_status ON subscriptions (tenant, status, id);
CREATE INDEX subscriptions_customer_status ON subscriptions (tenant, customer, status, id);
CREATE INDEX subscriptions_due ON subscriptions (due_at, tenant, id) WHERE clock IS NULL AND work_at IS NULL AND due_at IS NOT NULL;
CREATE INDEX subscriptions_work ON subscriptions (work_at, tenant, id) WHERE work_at IS NOT NULL;
CREATE INDEX subscriptions_clock_due ON subscriptions (clock, due_at, tenant, id)
    WHERE clock IS NOT NULL AND due_at IS NOT NULL;
CREATE INDEX subscriptions_clock_work ON subscriptions (clock, due_at, tenant, id)
    WHERE clock IS NOT NULL AND work_at IS NOT NULL;

-- What happened, written with what it tells of (R39). No row is ever changed.
CREATE TABLE events (
    tenant {uuid} NOT NULL,
    id {uuid} NOT NULL,
    customer {uuid} NOT NULL,
    at BIGINT NOT NULL,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX events_customer ON events (tenant, customer, id);
