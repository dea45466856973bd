//! What numbering a document leads to, the same in every store (R36).

use domain::{InvoiceKind, InvoiceNumber};

use crate::{Issued, NewDocument, Occasion, OutboxMail, PlacedOrder, StoreError};

impl Issued {
    /// Whether it is a credit note.
    #[must_use]
    pub const fn is_credit_note(&self) -> bool {
        matches!(self.invoice.kind(), InvoiceKind::CreditNote { .. })
    }
}

impl NewDocument {
    /// The document at this place of its series, and its mail; the order gets its number.
    ///
    /// A fault, which has to undo the whole change: a builder that finds a flaw or says another number, a refund that
    /// the order does not have, a document that was issued before.
    pub fn issue(&self, sequence: u64, placed: &mut PlacedOrder) -> Result<(Issued, Option<OutboxMail>), StoreError> {
        let number = InvoiceNumber { series: self.series.clone(), year: self.year, sequence };
        let invoice = (self.build)(number.clone()).map_err(|flaw| StoreError::Fault(flaw.into()))?;
        if invoice.facts().number != number {
            return Err(StoreError::Fault("a document does not say the number that it got".into()));
        }
        let place = match self.refund {
            None => Some(&mut placed.invoice),
            Some(refund) => {
                let refund = placed.refunds.iter_mut().find(|given| given.number == refund);
                refund.map(|given| &mut given.credit_note)
            }
        };
        let place = place.ok_or_else(|| StoreError::Fault("the order has no such refund".into()))?;
        if place.is_some() {
            return Err(StoreError::Fault("the document was issued before".into()));
        }
        *place = Some(number);
        let (customer, order) = (placed.order.customer, placed.order.id);
        let issued = Issued { invoice, customer, order, issued_at: self.issued_at };
        let mail = self.mail(&issued);
        Ok((issued, mail))
    }

    fn mail(&self, issued: &Issued) -> Option<OutboxMail> {
        let number = &issued.invoice.facts().number;
        let (to, occasion) = (self.to.clone()?, Occasion::Document(number.clone()));
        Some(OutboxMail::new(number.to_string(), issued.customer, to, occasion, self.mail_at))
    }
}
