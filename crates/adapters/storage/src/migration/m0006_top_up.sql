-- `below` is set while auto top-up may buy, `paying` while a purchase is under way, `look_at` while nothing can be bought.
ALTER TABLE payers ADD COLUMN below BIGINT;
ALTER TABLE payers ADD COLUMN paying {uuid};
ALTER TABLE payers ADD COLUMN look_at BIGINT;
CREATE INDEX payers_below ON payers (tenant, customer) WHERE below IS NOT NULL;
CREATE INDEX payers_paying ON payers (tenant, paying) WHERE paying IS NOT NULL;
