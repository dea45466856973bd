-- Who has paid grants: what reports go along (R37).
CREATE INDEX grants_paid ON grants (tenant, customer, number) WHERE cost_minor IS NOT NULL;
