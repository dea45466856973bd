-- Since when a customer is frozen; not a test clock's `frozen_at`.
ALTER TABLE books ADD COLUMN frozen_since BIGINT;
