//! Tax, invoices and credit notes (R36).

mod buyers;
mod documents;
mod sugar;
mod taxes;
mod treatments;
mod vat_ids;
