//! Documents: numbered without gaps, each of an order that names it, each mailed (R36).

use std::collections::BTreeMap;

use domain::InvoiceNumber;
use ports::{Issued, KeptDocument, PlacedOrder};

use super::{BATCH, Check};
use crate::Failure;

/// The last number of each year of each series.
type Ends = BTreeMap<(String, i32), u64>;

fn ends(numbers: Vec<InvoiceNumber>) -> Ends {
    numbers.into_iter().map(|number| ((number.series, number.year), number.sequence)).collect()
}

impl Check<'_> {
    /// Every document.
    pub(super) async fn documents(&mut self) -> Result<(), Failure> {
        let given = ends(self.ctx.books.series(self.tenant).await?);
        let mut seen = Ends::new();
        let mut after = None;
        loop {
            let documents = self.ctx.books.kept_documents(self.tenant, after.as_ref(), BATCH).await?;
            let Some(last) = documents.last() else { break };
            after = Some(last.number.clone());
            for document in &documents {
                self.number(&mut seen, &document.number);
                self.of_an_order(document).await?;
            }
            self.mailed(&documents).await?;
            let read = documents.len() as u64;
            self.verdict.documents = self.verdict.documents.saturating_add(read);
            (self.progress)(read);
        }
        let given_since = ends(self.ctx.books.series(self.tenant).await?);
        self.ends(&seen, &given, &given_since);
        Ok(())
    }

    /// Numbers come in their order: each is one more than the one before it.
    fn number(&mut self, seen: &mut Ends, number: &InvoiceNumber) {
        let last = seen.entry((number.series.clone(), number.year)).or_default();
        let (next, now) = (last.saturating_add(1), number.sequence);
        *last = now;
        if next < now {
            let first = InvoiceNumber { sequence: next, ..number.clone() };
            self.found(&first, format!("is missing: the next is {number}"));
        } else if next > now {
            self.found(number, "has a number that is given to no document");
        }
    }

    /// No more was given than there is, and nothing is there that was not given.
    fn ends(&mut self, seen: &Ends, given: &Ends, given_since: &Ends) {
        for ((series, year), last) in given {
            let there = seen.get(&(series.clone(), *year)).copied().unwrap_or_default();
            if there < *last {
                let first = InvoiceNumber { series: series.clone(), year: *year, sequence: there.saturating_add(1) };
                self.found(&first, format!("is missing: numbers were given until {last}"));
            }
        }
        for ((series, year), there) in seen {
            let given = given_since.get(&(series.clone(), *year)).copied().unwrap_or_default();
            if *there > given {
                let last = InvoiceNumber { series: series.clone(), year: *year, sequence: *there };
                self.found(&last, format!("is there: numbers were given until {given}"));
            }
        }
    }

    /// The order of a document names it.
    async fn of_an_order(&mut self, document: &KeptDocument) -> Result<(), Failure> {
        let number = &document.number;
        let Some(issued) = &document.issued else {
            self.found(number, "cannot be read, or breaks what a document owes");
            return Ok(());
        };
        if self.unreadable.contains(&document.order) {
            return Ok(());
        }
        match self.ctx.orders.get(self.tenant, document.order).await? {
            None => self.found(number, format!("is of {}, which is not there", document.order)),
            Some(placed) if placed.order.customer != issued.customer => {
                self.found(number, format!("is for another customer than {}", document.order));
            }
            Some(placed) if !names(&placed, issued) => {
                self.found(number, format!("is of {}, which does not name it", document.order));
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// Each has its mail, where the customer has an address and had it when they ordered.
    async fn mailed(&mut self, documents: &[KeptDocument]) -> Result<(), Failure> {
        let ids: Vec<String> = documents.iter().map(|document| document.number.to_string()).collect();
        let mailed = self.ctx.books.mailed(self.tenant, &ids).await?;
        for (document, id) in documents.iter().zip(&ids) {
            let Some(issued) = document.issued.as_ref().filter(|_| !mailed.contains(id)) else { continue };
            let known = self.ctx.customers.get(self.tenant, issued.customer).await?;
            let has_one = known.is_some_and(|found| found.customer.email.is_some());
            if has_one && issued.invoice.facts().buyer.email.is_some() {
                self.found(id, "was not mailed, nor is it to be");
            }
        }
        Ok(())
    }
}

fn names(placed: &PlacedOrder, issued: &Issued) -> bool {
    let number = &issued.invoice.facts().number;
    if issued.is_credit_note() {
        placed.refunds.iter().any(|refund| refund.credit_note.as_ref() == Some(number))
    } else {
        placed.invoice.as_ref() == Some(number)
    }
}
