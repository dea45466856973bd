//! What Stripe tells us unasked.

use chrono::DateTime;
use domain::Instant;
use ports::{About, DisputeStatus, EventError, EventId, PayerId, PaymentEvent, PaymentEvents, PaymentId, RefundId};

use super::wire::{Event, EventObject};
use super::{Stripe, reference};
use crate::amount::from_stripe;
use crate::signature;

impl PaymentEvents for Stripe {
    fn event(&self, header: &str, body: &[u8], now: Instant) -> Result<PaymentEvent, EventError> {
        let verify = |secret: &String| signature::verify(secret, header, body, now.timestamp());
        let verdicts: Vec<_> = self.webhook_secrets.iter().map(verify).collect();
        if !verdicts.contains(&Ok(())) {
            let stale = verdicts.contains(&Err(EventError::Stale));
            return Err(if stale { EventError::Stale } else { EventError::Signature });
        }
        let event: Event = serde_json::from_slice(body).map_err(|_| EventError::Unreadable)?;
        Ok(PaymentEvent {
            id: EventId(event.id),
            kind: event.kind,
            at: DateTime::from_timestamp(event.created, 0).ok_or(EventError::Unreadable)?,
            about: about(event.data.object),
        })
    }
}

fn about(object: EventObject) -> About {
    let reference = object.metadata.as_ref().and_then(reference);
    match (object.object.as_str(), object.id) {
        ("checkout.session", Some(id)) if object.mode.as_deref() == Some("payment") => {
            About::Payment { id: PaymentId(id), reference }
        }
        ("payment_intent", Some(id)) => About::Payment { id: PaymentId(id), reference },
        ("refund", Some(id)) => {
            About::Refund { id: RefundId(id), reference, payment: object.payment_intent.map(PaymentId) }
        }
        ("dispute", _) => dispute(object.payment_intent, object.amount, object.currency, object.status.as_deref()),
        ("checkout.session" | "setup_intent" | "payment_method", _) => {
            object.customer.map_or(About::Other, |payer| About::Methods(PayerId(payer)))
        }
        _ => About::Other,
    }
}

fn dispute(intent: Option<String>, amount: Option<i64>, currency: Option<String>, status: Option<&str>) -> About {
    let amount = amount.zip(currency).and_then(|(amount, currency)| from_stripe(amount, &currency));
    let status = match status {
        // An inquiry: no money has moved.
        Some("warning_needs_response" | "warning_under_review" | "warning_closed" | "prevented") => {
            return About::Other;
        }
        Some("won") => DisputeStatus::Won,
        Some("lost") => DisputeStatus::Lost,
        _ => DisputeStatus::Open,
    };
    match (intent, amount) {
        (Some(intent), Some(amount)) => About::Dispute { payment: PaymentId(intent), amount, status },
        _ => About::Other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of_a_dispute(status: &str) -> About {
        let object = json!({
            "object": "dispute", "id": "du_1", "payment_intent": "pi_1", "amount": 1_900, "currency": "usd",
            "status": status,
        });
        about(serde_json::from_value(object).expect("an object"))
    }

    #[test]
    fn r35_an_inquiry_is_no_dispute_yet() {
        for status in ["warning_needs_response", "warning_under_review", "warning_closed", "prevented"] {
            assert_eq!(of_a_dispute(status), About::Other, "{status}");
        }
        for (word, expected) in [
            ("needs_response", DisputeStatus::Open),
            ("under_review", DisputeStatus::Open),
            ("won", DisputeStatus::Won),
            ("lost", DisputeStatus::Lost),
        ] {
            let About::Dispute { payment, status, .. } = of_a_dispute(word) else { panic!("{word} is a dispute") };
            assert_eq!((payment, status), (PaymentId("pi_1".to_owned()), expected), "{word}");
        }
    }
}
