//! Taking and giving back money, through a provider that keeps the cards.
//!
//! A provider offers up to three capabilities, each a trait of its own: [`Payments`] moves money,
//! [`PaymentMethods`] keeps a customer's cards, [`PaymentEvents`] reads what it tells us unasked.
//!
//! **Every effect carries our own [`Reference`]**, which the provider keeps with what it makes and uses as
//! its idempotency key. The same ask with the same reference has one effect, however often it is made; with
//! other contents it is [`PaymentError::ReferenceReused`]. A declined charge has spent its reference: the
//! next try needs another one.
//!
//! **An outcome that is not known is said to be so** ([`PaymentError::OutcomeUnknown`], R33). The caller keeps
//! the order as pending, looks with [`Payments::find_payment`] or [`Payments::find_refund`], and, where there is
//! nothing, asks again with the same reference. Looking comes first: providers forget idempotency keys (Stripe after
//! 24 hours) but not their objects, and an adapter replaces a key that has failed only after a look found nothing, so
//! that whoever does not look may hear the same for good. Payers and visits are not looked for, only asked for again.
//!
//! **Events are hints.** They come twice, late, out of order or never (R32), so an event names what it speaks
//! of and carries no state: whoever gets one reads the payment.

use async_trait::async_trait;
use domain::{Instant, Money};
use thiserror::Error;

use crate::Fault;

/// Our own name of one effect: an order's id, a refund's. 1 to 200 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference(String);

impl Reference {
    /// The longest one, in characters.
    pub const MAX: usize = 200;

    /// `None` where the text is empty, too long, or has anything but visible ASCII.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let fits = (1..=Self::MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! provider_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name(pub String);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

provider_id! {
    /// The provider's id of a customer.
    PayerId
}
provider_id! {
    /// The provider's id of a payment, whether it is made on its page or with a saved method.
    PaymentId
}
provider_id! {
    /// The provider's id of a saved payment method.
    MethodId
}
provider_id! {
    /// The provider's id of a refund.
    RefundId
}
provider_id! {
    /// The provider's id of an event: the same in every delivery of it.
    EventId
}

/// Opens the provider's own page, where the payer pays for an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckoutAsk {
    /// The order.
    pub reference: Reference,
    /// Who pays.
    pub payer: PayerId,
    /// The gross amount, more than zero.
    pub amount: Money,
    /// What is bought, as the page shows it. 1 to 250 characters.
    pub title: String,
    /// Keep the card for charges later ([`Payments::charge`]).
    pub save_method: bool,
    /// Where the payer lands after paying. Landing there proves nothing (R32).
    pub success_url: String,
    /// Where the payer lands after turning back.
    pub cancel_url: String,
}

/// Whether the payer is there to confirm a charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Nobody is: a renewal, a top-up. Consent was given before (R34).
    Absent,
    /// Can be sent to the bank's page, and comes back to this URL.
    Present(String),
}

/// Charges a saved method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChargeAsk {
    /// The order, or one attempt at it.
    pub reference: Reference,
    /// Whose method it is.
    pub payer: PayerId,
    /// Which.
    pub method: MethodId,
    /// The gross amount, more than zero.
    pub amount: Money,
    /// Whether the payer can confirm.
    pub presence: Presence,
}

/// Gives money back, wholly or in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundAsk {
    /// The refund.
    pub reference: Reference,
    /// Of which payment.
    pub payment: PaymentId,
    /// How much, more than zero; at most what is left of the payment.
    pub amount: Money,
}

/// Why a card was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decline {
    /// The method will not work again: do not retry (R28).
    pub hard: bool,
    /// The provider's word for it: `insufficient_funds`.
    pub code: String,
    /// A sentence for the payer.
    pub message: String,
}

/// How a payment stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentStatus {
    /// The money is ours.
    Settled,
    /// Under way; nobody has to do anything.
    Pending,
    /// The payer has to act, at this URL; without one, on a new checkout.
    RequiresAction(Option<String>),
    /// Refused: nothing was taken.
    Declined(Decline),
    /// Ended without a payment, by us or by time: nothing was taken and nothing will be.
    Canceled,
}

/// A payment as the provider has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Its id there.
    pub id: PaymentId,
    /// Ours, where the payment was made by us.
    pub reference: Option<Reference>,
    /// Whose.
    pub payer: Option<PayerId>,
    /// What was asked for.
    pub amount: Money,
    /// How it stands.
    pub status: PaymentStatus,
    /// The method that paid, once one has and is known.
    pub method: Option<MethodId>,
}

/// How a refund stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundStatus {
    /// The money is on its way back for good.
    Settled,
    /// Under way.
    Pending,
    /// It came to nothing: the money is still ours. The provider's word for why.
    Failed(String),
}

/// A refund as the provider has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// Its id there.
    pub id: RefundId,
    /// Ours, where the refund was made by us and not in the provider's dashboard.
    pub reference: Option<Reference>,
    /// How much.
    pub amount: Money,
    /// How it stands.
    pub status: RefundStatus,
}

/// Makes a customer known to the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayerAsk {
    /// The customer, among all that the provider sees.
    pub reference: Reference,
    /// Their name.
    pub name: Option<String>,
    /// Where the provider may write to.
    pub email: Option<String>,
}

/// Opens the provider's own page, where a payer leaves a card and pays nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaveAsk {
    /// This visit.
    pub reference: Reference,
    /// Whose card.
    pub payer: PayerId,
    /// ISO 4217: what later charges will be in.
    pub currency: domain::Currency,
    /// Where the payer lands with a card left.
    pub success_url: String,
    /// Where the payer lands after turning back.
    pub cancel_url: String,
}

/// A saved card, as far as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// Its id at the provider.
    pub id: MethodId,
    /// `visa`, …
    pub brand: String,
    /// Its last four digits.
    pub last4: String,
    /// Month of expiry, 1 to 12.
    pub exp_month: u8,
    /// Year of expiry.
    pub exp_year: u16,
}

/// What an event speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A payment moved. Judge an order by the id it was opened with: on the provider's page one card may be
    /// declined and the next one pay.
    Payment {
        /// Its id.
        id: PaymentId,
        /// Ours.
        reference: Option<Reference>,
    },
    /// A refund moved.
    Refund {
        /// Its id.
        id: RefundId,
        /// Ours.
        reference: Option<Reference>,
        /// Of which payment.
        payment: Option<PaymentId>,
    },
    /// The payer's bank disputes a payment (R35).
    Dispute {
        /// Which payment; reading it tells the reference.
        payment: PaymentId,
        /// How much.
        amount: Money,
        /// How it stands.
        status: DisputeStatus,
    },
    /// A payer's saved methods changed.
    Methods(PayerId),
    /// Nothing of ours.
    Other,
}

/// How a dispute stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisputeStatus {
    /// Not decided.
    Open,
    /// The money stayed with us.
    Won,
    /// The money went back.
    Lost,
}

/// What a provider told us unasked, with its signature verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentEvent {
    /// The same in every delivery.
    pub id: EventId,
    /// The provider's word: `checkout.session.completed`.
    pub kind: String,
    /// When it happened.
    pub at: Instant,
    /// What it speaks of.
    pub about: About,
}

/// Why there is no answer about money.
#[derive(Debug, Error)]
pub enum PaymentError {
    /// It may have happened or not (R33): look, and where there is nothing, ask again with the same reference.
    #[error("the payment provider did not say what came of it")]
    OutcomeUnknown(#[source] Fault),
    /// It did not happen; later it may.
    #[error("the payment provider is unavailable")]
    Unavailable(#[source] Fault),
    /// It did not happen and will not, whoever asks again: the provider does not take this ask.
    #[error("the payment provider refuses: {message} ({code})")]
    Refused {
        /// The provider's word: `charge_already_refunded`.
        code: String,
        /// Its sentence, for the operator.
        message: String,
    },
    /// The provider knows nothing of that id.
    #[error("the payment provider does not know it")]
    NotFound,
    /// The reference belongs to an ask with other contents.
    #[error("this reference was used for something else")]
    ReferenceReused,
    /// Our key is not the provider's.
    #[error("the payment provider does not accept the key")]
    Unauthorized,
}

/// Moves money.
#[cfg_attr(feature = "testing", mockall::automock)]
#[async_trait]
pub trait Payments: Send + Sync {
    /// Opens the provider's page for an order: `RequiresAction` with the page's URL.
    async fn open_checkout(&self, ask: &CheckoutAsk) -> Result<Payment, PaymentError>;

    /// Charges a saved method. A decline is an answer, not an error.
    async fn charge(&self, ask: &ChargeAsk) -> Result<Payment, PaymentError>;

    /// How a payment stands now.
    async fn payment(&self, id: &PaymentId) -> Result<Payment, PaymentError>;

    /// The payment that carries our reference, among the payer's since `since`: also after the provider
    /// forgot the idempotency key. `None` tells that nothing was taken by an ask that is over, and lets the next ask
    /// with this reference be made anew where that one failed.
    async fn find_payment(
        &self,
        payer: &PayerId,
        reference: &Reference,
        since: Instant,
    ) -> Result<Option<Payment>, PaymentError>;

    /// Ends a payment that has not settled, so that it never will. One that has is returned as it stands.
    async fn cancel(&self, id: &PaymentId) -> Result<Payment, PaymentError>;

    /// Gives money back (R35).
    async fn refund(&self, ask: &RefundAsk) -> Result<Refund, PaymentError>;

    /// The refund of a payment that carries our reference. `None` tells what it does of [`Self::find_payment`].
    async fn find_refund(&self, payment: &PaymentId, reference: &Reference) -> Result<Option<Refund>, PaymentError>;
}

/// Keeps payers and their cards; no card number ever reaches us.
#[cfg_attr(feature = "testing", mockall::automock)]
#[async_trait]
pub trait PaymentMethods: Send + Sync {
    /// Makes a customer known, once. After an unknown outcome, another one may be left behind unused.
    async fn payer(&self, ask: &PayerAsk) -> Result<PayerId, PaymentError>;

    /// The URL of the provider's page where a card is left. What was left is in [`Self::methods`] then.
    async fn save_method(&self, ask: &SaveAsk) -> Result<String, PaymentError>;

    /// The payer's cards, newest first.
    async fn methods(&self, payer: &PayerId) -> Result<Vec<Method>, PaymentError>;

    /// Forgets a card of this payer. `NotFound` for anyone else's (R42).
    async fn remove_method(&self, payer: &PayerId, method: &MethodId) -> Result<(), PaymentError>;
}

/// Why something is not an event.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum EventError {
    /// Not signed by the provider with our secret.
    #[error("the signature is not valid")]
    Signature,
    /// Signed too long ago, or in the future.
    #[error("the signature is too old")]
    Stale,
    /// Signed, and not what an event looks like.
    #[error("not an event")]
    Unreadable,
}

/// Reads what the provider tells us unasked.
#[cfg_attr(feature = "testing", mockall::automock)]
pub trait PaymentEvents: Send + Sync {
    /// The event in a delivery's body, if its signature is good at `now`.
    fn event(&self, signature: &str, body: &[u8], now: Instant) -> Result<PaymentEvent, EventError>;
}
