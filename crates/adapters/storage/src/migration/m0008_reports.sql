-- Reports read an order itself where its grants do not tell all: a charge, and what money went back of (R37).
ALTER TABLE orders ADD COLUMN in_reports BOOLEAN NOT NULL DEFAULT TRUE;
CREATE INDEX orders_in_reports ON orders (tenant, customer, id) WHERE in_reports;
DROP TABLE refunded;
