//! Orders: their payment, their credits, their invoice, their refunds and credit notes.

use domain::{GrantId, InvoiceKind, InvoiceNumber, Money, Order, OrderId, OrderStatus};
use ports::{GivenBack, GivenBackStatus, Issued, PlacedOrder};

use super::{BATCH, Check};
use crate::Failure;

impl Check<'_> {
    /// Every order.
    pub(super) async fn orders(&mut self) -> Result<(), Failure> {
        let (mut after, mut refunded) = (None, Vec::new());
        loop {
            let orders = self.ctx.books.kept_orders(self.tenant, after, BATCH).await?;
            let Some(last) = orders.last().map(|order| order.id) else { break };
            after = Some(last);
            let read = orders.len() as u64;
            for order in orders {
                if let Some(placed) = order.placed {
                    self.order(&placed).await?;
                    refunded.extend((!placed.refunds.is_empty()).then_some(order.id));
                } else {
                    self.unreadable.insert(order.id);
                    self.found(&order.id, "cannot be read");
                }
            }
            self.verdict.orders = self.verdict.orders.saturating_add(read);
            (self.progress)(read);
        }
        if self.unreadable.is_empty() {
            for id in refunded {
                self.given_back(id).await?;
            }
        }
        Ok(())
    }

    async fn order(&mut self, placed: &PlacedOrder) -> Result<(), Failure> {
        let id = placed.order.id;
        let wrong = payment(&placed.order).into_iter().chain(delivery(placed)).chain(refunded(placed));
        wrong.for_each(|what| self.found(&id, what));
        match (&placed.invoice, placed.order.charge) {
            (Some(number), _) => self.invoice(placed, number).await?,
            (None, Some(charge)) if placed.order.payment.is_some() => self.charged(placed, charge).is_waiting = true,
            _ => {}
        }
        for refund in &placed.refunds {
            self.refund(placed, refund).await?;
        }
        Ok(())
    }

    /// The invoice is over what was ordered, and over what its grants cost.
    async fn invoice(&mut self, placed: &PlacedOrder, number: &InvoiceNumber) -> Result<(), Failure> {
        let order = &placed.order;
        let Some(Issued { invoice, .. }) = self.named(placed, number).await? else { return Ok(()) };
        if *invoice.kind() != InvoiceKind::Invoice {
            self.found(&order.id, format!("names the credit note {number} as its invoice"));
        }
        if invoice.gross() != order.gross {
            self.found(&order.id, format!("comes to {}, its invoice {number} to {}", order.gross, invoice.gross()));
        }
        let mut costs = Money { minor: 0, ..order.gross };
        for grant in &placed.grants {
            match self.cost(*grant).await? {
                Some(cost) if cost.currency == costs.currency => costs.minor = costs.minor.saturating_add(cost.minor),
                // Where all that was charged went to credits before it, or nothing was.
                None if order.charge.is_some() && self.exists(*grant).await? => {}
                _ => self.found(&order.id, format!("has no grant {grant} that was paid for")),
            }
        }
        if let Some(charge) = order.charge {
            let charged = self.charged(placed, charge);
            charged.paid = charged.paid.saturating_add(invoice.net().minor);
            charged.costs = charged.costs.saturating_add(costs.minor);
        } else if invoice.net() != costs {
            self.found(
                &order.id,
                format!("has grants for {costs}, its invoice {number} is over {} net", invoice.net()),
            );
        }
        Ok(())
    }

    pub(super) async fn cost(&self, grant: GrantId) -> Result<Option<Money>, Failure> {
        Ok(self.ctx.journal.grant(self.tenant, grant).await?.and_then(|grant| grant.cost))
    }

    async fn exists(&self, grant: GrantId) -> Result<bool, Failure> {
        Ok(self.ctx.journal.grant(self.tenant, grant).await?.is_some())
    }

    /// A document that the order names. What cannot be read is told of where documents are.
    async fn named(&mut self, placed: &PlacedOrder, number: &InvoiceNumber) -> Result<Option<Issued>, Failure> {
        let id = placed.order.id;
        let Some(kept) = self.document(number).await? else {
            self.found(&id, format!("names the document {number}, which is not there"));
            return Ok(None);
        };
        if kept.order != id {
            self.found(&id, format!("names the document {number}, which is of {}", kept.order));
        }
        Ok(kept.issued)
    }

    /// A refund whose money has moved has its credit note, over the same; no other has one.
    async fn refund(&mut self, placed: &PlacedOrder, refund: &GivenBack) -> Result<(), Failure> {
        let (id, place) = (placed.order.id, refund.number);
        let moved = matches!(refund.status, GivenBackStatus::Settled | GivenBackStatus::ChargedBack);
        let is_due = moved && refund.gross.minor > 0 && placed.invoice.is_some();
        match &refund.credit_note {
            None if is_due => self.found(&id, format!("has no credit note of its refund {place}")),
            None => {}
            Some(number) if !is_due => {
                self.found(&id, format!("has the credit note {number} of its refund {place}, which gave nothing back"));
            }
            Some(number) => {
                let Some(Issued { invoice, .. }) = self.named(placed, number).await? else { return Ok(()) };
                let corrects = match invoice.kind() {
                    InvoiceKind::CreditNote { corrects, .. } => Some(corrects),
                    InvoiceKind::Invoice => None,
                };
                if corrects != placed.invoice.as_ref() {
                    self.found(&id, format!("has the credit note {number}, which is not of its invoice"));
                }
                if invoice.gross() != refund.gross {
                    let (gross, note) = (refund.gross, invoice.gross());
                    self.found(&id, format!("gave {gross} back with refund {place}, its credit note {number} {note}"));
                }
            }
        }
        Ok(())
    }

    /// Reports tell of the same refunds as the order does.
    async fn given_back(&mut self, id: OrderId) -> Result<(), Failure> {
        let Some(placed) = self.ctx.orders.get(self.tenant, id).await? else { return Ok(()) };
        // Its credits may not have been taken yet.
        if placed.refund_under_way().is_some() {
            return Ok(());
        }
        let reported = self.reported(placed.order.customer).await?.grants;
        // A refund that came in between is not yet told of by the order as it was read.
        let since = self.ctx.orders.get(self.tenant, id).await?;
        if since.is_none_or(|since| since.version != placed.version) {
            return Ok(());
        }
        for grant in &placed.grants {
            let (told, _) = placed.refunded(*grant);
            let reported = reported.iter().find(|paid| paid.state.grant.id == *grant).map_or(0, |paid| paid.refunded);
            if told != reported {
                self.found(&id, format!("gave {told} minor units back of {grant}, reports tell of {reported}"));
            }
        }
        Ok(())
    }
}

/// What was paid is what was due.
fn payment(order: &Order) -> Vec<String> {
    let mut wrong = Vec::new();
    let due = Money { minor: order.net.minor.saturating_add(order.tax.minor), ..order.net };
    if due != order.gross {
        wrong.push(format!("comes to {}, its net amount and tax to {due}", order.gross));
    }
    match &order.payment {
        Some(payment) if payment.amount != order.gross => {
            wrong.push(format!("comes to {}, {} was paid", order.gross, payment.amount));
        }
        Some(_) if !is_paid(order.status) => wrong.push(format!("is {}, and was paid", order.status.word())),
        None if is_paid(order.status) => wrong.push(format!("is {}, and was never paid", order.status.word())),
        _ => {}
    }
    wrong
}

const fn is_paid(status: OrderStatus) -> bool {
    matches!(status, OrderStatus::Paid | OrderStatus::PartlyRefunded | OrderStatus::Refunded | OrderStatus::Disputed)
}

/// Who has paid has credits and an invoice, and nobody else (R32, R36).
fn delivery(placed: &PlacedOrder) -> Option<String> {
    let invoice = placed.invoice.is_some();
    // What a change of plan costs may bring no credits.
    let grants = !placed.grants.is_empty() || (placed.order.charge.is_some() && invoice);
    match (placed.order.payment.is_some(), grants, invoice) {
        (true, true, true) | (false, false, false) => None,
        // Money for a charge that was not due any more goes back.
        (true, false, false) if placed.order.charge.is_some() && placed.refunds.iter().any(GivenBack::counts) => None,
        // Someone is at it.
        (true, false, false) if placed.ask_at.is_some() => None,
        (true, false, _) => Some("was paid, and has no credits".to_owned()),
        (true, true, false) => Some("was paid, and has no invoice".to_owned()),
        (false, ..) => Some("was never paid, and has credits or an invoice".to_owned()),
    }
}

/// The money that an order says was given back is that of its refunds; what the bank took is not among it (R35).
fn refunded(placed: &PlacedOrder) -> Option<String> {
    let order = &placed.order;
    let settled = placed.refunds.iter().filter(|refund| refund.status == GivenBackStatus::Settled);
    let sum = settled.fold(0, |sum: i64, refund| sum.saturating_add(refund.gross.minor));
    let told = order.refunded;
    if told.minor != sum {
        return Some(format!("says that {told} was given back, its refunds say {}", Money { minor: sum, ..told }));
    }
    let fits = match order.status {
        OrderStatus::Refunded => told == order.gross,
        OrderStatus::PartlyRefunded => 0 < told.minor && told.minor < order.gross.minor,
        OrderStatus::Disputed => true,
        _ => told.minor == 0,
    };
    (!fits).then(|| format!("is {}, and {told} was given back", order.status.word()))
}
