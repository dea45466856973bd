-- What most people write first: a transaction per request. Nothing makes a retry safe, and no request is parsed.
\set customer random(0, :last)
BEGIN;
SELECT number FROM grants WHERE customer = :customer AND available >= 1 ORDER BY expires_at LIMIT 1 FOR UPDATE \gset
UPDATE grants SET available = available - 1 WHERE customer = :customer AND number = :number;
INSERT INTO entries (customer, grant_number, amount) VALUES (:customer, :number, 1);
COMMIT;
