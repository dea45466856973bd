//! Refused cards: which of them another try may help.

use ports::Decline;

use super::wire::ApiError;

/// The card itself is the trouble: the same one will be refused again.
const HARD: &[&str] = &[
    "card_not_supported",
    "currency_not_supported",
    "expired_card",
    "fraudulent",
    "incorrect_number",
    "invalid_account",
    "invalid_number",
    "lost_card",
    "merchant_blacklist",
    "pickup_card",
    "restricted_card",
    "revocation_of_all_authorizations",
    "revocation_of_authorization",
    "security_violation",
    "service_not_allowed",
    "stolen_card",
    "stop_payment_order",
    "testmode_decline",
    "transaction_not_allowed",
];

/// Whether the bank only wants its owner's word.
pub(super) fn wants_owner(error: &ApiError) -> bool {
    const WORD: &str = "authentication_required";
    error.code.as_deref() == Some(WORD) || error.decline_code.as_deref() == Some(WORD)
}

/// The bank's advice decides, where it gives one.
pub(super) fn decline(error: &ApiError) -> Decline {
    let code = error.decline_code.as_deref().or(error.code.as_deref()).unwrap_or("card_declined");
    let hard = match error.advice_code.as_deref() {
        Some("do_not_try_again") => true,
        Some("try_again_later") => false,
        _ => HARD.contains(&code),
    };
    let message = error.message.clone().unwrap_or_else(|| "Your card was declined.".to_owned());
    Decline { hard, code: code.to_owned(), message }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(decline_code: &str, advice: Option<&str>) -> ApiError {
        ApiError {
            code: Some("card_declined".to_owned()),
            decline_code: Some(decline_code.to_owned()),
            advice_code: advice.map(str::to_owned),
            ..ApiError::default()
        }
    }

    #[test]
    fn r28_hard_declines_are_told_from_soft_ones() {
        for (code, hard) in
            [("insufficient_funds", false), ("generic_decline", false), ("stolen_card", true), ("expired_card", true)]
        {
            assert_eq!(decline(&error(code, None)).hard, hard, "{code}");
        }
        assert!(decline(&error("generic_decline", Some("do_not_try_again"))).hard);
        assert!(!decline(&error("stolen_card", Some("try_again_later"))).hard);
        assert_eq!(decline(&ApiError::default()).code, "card_declined");
    }
}
