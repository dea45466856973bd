//! The test cards, by number and by token, and what each of them does.

/// What comes of charging a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It pays.
    Pays,
    /// It pays, and its owner disputes that.
    Disputes,
    /// The bank says no: code and, where that is `card_declined`, the reason.
    Declines(&'static str, Option<&'static str>),
    /// As [`Fate::Declines`] with `generic_decline`, but it can be saved.
    DeclinesOnceSaved,
    /// The bank asks its owner, unless it was saved with the owner's word before.
    AsksUnlessSaved,
    /// The bank asks its owner every time.
    Asks,
}

/// One of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Card {
    pub(super) number: &'static str,
    /// `pm_card_…` and `tok_…` names.
    tokens: &'static [&'static str],
    pub(super) brand: &'static str,
    pub(super) fate: Fate,
}

const fn card(number: &'static str, tokens: &'static [&'static str], brand: &'static str, fate: Fate) -> Card {
    Card { number, tokens, brand, fate }
}

const fn declined(reason: &'static str) -> Fate {
    Fate::Declines("card_declined", Some(reason))
}

/// Those that Stripe documents and people use.
const CARDS: &[Card] = &[
    card("4242424242424242", &["visa"], "visa", Fate::Pays),
    card("4000056655665556", &["visa_debit"], "visa", Fate::Pays),
    card("5555555555554444", &["mastercard"], "mastercard", Fate::Pays),
    card("378282246310005", &["amex"], "amex", Fate::Pays),
    card("4000000000000002", &["chargeDeclined", "visa_chargeDeclined"], "visa", declined("generic_decline")),
    card(
        "4000000000009995",
        &["chargeDeclinedInsufficientFunds", "visa_chargeDeclinedInsufficientFunds"],
        "visa",
        declined("insufficient_funds"),
    ),
    card("4000000000009987", &["chargeDeclinedLostCard", "visa_chargeDeclinedLostCard"], "visa", declined("lost_card")),
    card(
        "4000000000009979",
        &["chargeDeclinedStolenCard", "visa_chargeDeclinedStolenCard"],
        "visa",
        declined("stolen_card"),
    ),
    card("4000000000000069", &["chargeDeclinedExpiredCard"], "visa", Fate::Declines("expired_card", None)),
    card("4000000000000127", &["chargeDeclinedIncorrectCvc"], "visa", Fate::Declines("incorrect_cvc", None)),
    card("4000000000000119", &["chargeDeclinedProcessingError"], "visa", Fate::Declines("processing_error", None)),
    card("4000000000000341", &["chargeCustomerFail"], "visa", Fate::DeclinesOnceSaved),
    card("4000002500003155", &["authenticationRequiredOnSetup"], "visa", Fate::AsksUnlessSaved),
    card("4000002760003184", &["authenticationRequired"], "visa", Fate::Asks),
    card("4000000000000259", &["createDispute"], "visa", Fate::Disputes),
];

impl Card {
    /// By its number; spaces and hyphens do not matter.
    pub(super) fn numbered(number: &str) -> Option<Self> {
        let digits: String = number.chars().filter(|&symbol| !matches!(symbol, ' ' | '-')).collect();
        CARDS.iter().find(|card| card.number == digits).copied()
    }

    /// By `pm_card_visa`, `tok_visa`.
    pub(super) fn named(token: &str) -> Option<Self> {
        let name = token.strip_prefix("pm_card_").or_else(|| token.strip_prefix("tok_"))?;
        CARDS.iter().find(|card| card.tokens.contains(&name)).copied()
    }

    pub(super) fn last4(&self) -> &'static str {
        self.number.split_at(self.number.len().saturating_sub(4)).1
    }
}

/// The sentence for a code and its reason.
pub(super) fn sentence(code: &str, reason: Option<&str>) -> &'static str {
    match (code, reason) {
        ("card_declined", Some("insufficient_funds")) => "Your card has insufficient funds.",
        ("expired_card", _) => "Your card has expired.",
        ("incorrect_cvc", _) => "Your card's security code is incorrect.",
        ("processing_error", _) => "An error occurred while processing your card. Try again in a little bit.",
        ("authentication_required", _) => "Your card was declined. This transaction requires authentication.",
        ("payment_intent_authentication_failure", _) => "The bank could not confirm that this is your card.",
        _ => "Your card was declined.",
    }
}
