-- Who a customer is on an invoice, as JSON; NULL where nothing is known.
ALTER TABLE customers ADD COLUMN billing TEXT;
