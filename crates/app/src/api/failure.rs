//! From a use case's failure to the problem that tells of it.

use domain::{OrderRefusal, RefundRefusal, Refusal, SubscriptionRefusal};
use ports::{CountError, PaymentError};
use service::{Failure, Insufficient, Invalid};

use super::codes::Code;
use super::problem::{NeededItem, Problem, SuggestedPack};

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => refused(&refusal),
            Failure::Insufficient(shortage) => insufficient(*shortage),
            Failure::NotFound(what) => not_found(what).problem(),
            Failure::BadRequest(flaw) => pointed(Code::InvalidRequest, flaw),
            Failure::Invalid(flaw) => pointed(Code::ValidationFailed, flaw),
            Failure::Uncountable { place, name, error } => uncountable(place, name.as_deref(), &error),
            Failure::TooManyFiles(most) => {
                Self::new(Code::TooManyFiles, format!("One call takes at most {most} files or items."))
            }
            Failure::KeyReused => Code::IdempotencyKeyReused.problem(),
            Failure::ExternalIdTaken => Code::ExternalIdTaken.problem(),
            Failure::Stale(version) => {
                Self::new(Code::EtagMismatch, format!("Version {version} of the catalog is in force."))
            }
            Failure::CatalogInvalid(flaws) => {
                let problem = Self::new(Code::CatalogInvalid, format!("The catalog has {} flaws.", flaws.len()));
                flaws.into_iter().fold(problem, |problem, flaw| problem.at(flaw.pointer, flaw.code, flaw.detail))
            }
            Failure::Order(refusal) => unordered(&refusal),
            Failure::Subscription(refusal) => unmoved(&refusal),
            Failure::Refund(refusal @ RefundRefusal::Charge) => {
                Self::new(Code::RefundNotForSubscriptions, sentence(&refusal))
            }
            Failure::Refund(refusal) => Self::new(Code::NotRefundable, sentence(&refusal)),
            Failure::RefundUnderWay => Code::RefundUnderWay.problem(),
            Failure::NothingSold => Code::NothingSold.problem(),
            Failure::Untaxable(why) => Self::new(Code::ValidationFailed, sentence(&why)),
            Failure::NoProvider => Code::NoPaymentProvider.problem(),
            Failure::Payment(error @ PaymentError::OutcomeUnknown(_)) => {
                Code::OutcomeUnknown.problem().retry_after(5).because(error)
            }
            Failure::Payment(error) => {
                Self::new(Code::Unavailable, "The payment provider has no answer.").retry_after(5).because(error)
            }
            Failure::Changed => Code::ConcurrentChange.problem(),
            Failure::TestModeOnly => Code::TestModeOnly.problem(),
            Failure::BadCursor => Code::CursorInvalid.problem(),
            Failure::Busy => Self::new(Code::Unavailable, "Too many commands are waiting.").retry_after(1),
            Failure::Unavailable(fault) => Code::Unavailable.problem().retry_after(1).because(fault),
            Failure::OutcomeUnknown(fault) => Code::OutcomeUnknown.problem().retry_after(1).because(fault),
            Failure::Fault(fault) => Self::fault(fault),
        }
    }
}

/// The code of what was not found. Every resource that use cases name is here.
fn not_found(what: &str) -> Code {
    match what {
        "customer" => Code::CustomerNotFound,
        "hold" => Code::HoldNotFound,
        "usage" => Code::UsageNotFound,
        "estimate" => Code::EstimateNotFound,
        "grant" => Code::GrantNotFound,
        "pack" => Code::PackNotFound,
        "catalog" => Code::CatalogNotFound,
        "clock" => Code::ClockNotFound,
        "order" => Code::OrderNotFound,
        "subscription" => Code::SubscriptionNotFound,
        "payment method" => Code::PaymentMethodNotFound,
        "invoice" => Code::InvoiceNotFound,
        "credit note" => Code::CreditNoteNotFound,
        "key" => Code::KeyNotFound,
        _ => Code::NotFound,
    }
}

fn pointed(code: Code, flaw: Invalid) -> Problem {
    Problem::new(code, flaw.detail.clone()).at(flaw.pointer, flaw.code, flaw.detail)
}

fn refused(refusal: &Refusal) -> Problem {
    let detail = || sentence(refusal);
    let field = |pointer: &str| Problem::new(Code::ValidationFailed, detail()).at(pointer, "out_of_range", detail());
    match refusal {
        Refusal::InsufficientCredits { .. } => Problem::new(Code::InsufficientCredits, detail()),
        Refusal::NothingToDo => Problem::new(Code::InvalidRequest, detail()).at("/quantity", "out_of_range", detail()),
        Refusal::AmountTooLarge | Refusal::ReinstateTooMuch { .. } => field("/amount"),
        Refusal::TooManyGrants(_) => Problem::new(Code::TooManyGrants, detail()),
        Refusal::EstimateExpired => Code::EstimateExpired.problem(),
        Refusal::HoldClosed => Code::HoldClosed.problem(),
        Refusal::HoldExpired => Code::HoldExpired.problem(),
        Refusal::NoSuchItem => Code::ItemNotFound.problem(),
        Refusal::AmbiguousItem | Refusal::ReverseTooMuch { .. } => field("/quantity"),
        Refusal::AboveHold => Code::AboveHold.problem(),
        Refusal::TtlTooLong(_) => Problem::new(Code::TtlTooLong, detail()).at("/ttl", "out_of_range", detail()),
        Refusal::AlreadyReversed => Code::AlreadyReversed.problem(),
        Refusal::GrantClosed => Code::GrantClosed.problem(),
        Refusal::Frozen => Code::CustomerFrozen.problem(),
        Refusal::AlreadyFrozen => Code::AlreadyFrozen.problem(),
        Refusal::NotFrozen => Code::NotFrozen.problem(),
        Refusal::BadInstant(_) => field("/expires_at"),
    }
}

fn unordered(refusal: &OrderRefusal) -> Problem {
    let code = match refusal {
        OrderRefusal::NothingToBuy => Code::ValidationFailed,
        OrderRefusal::TooLarge => Code::OrderTooLarge,
        OrderRefusal::NotOffered(_) => Code::NotOffered,
        OrderRefusal::PriceChanged { .. } => Code::PriceChanged,
        OrderRefusal::NotOpen(_) | OrderRefusal::NotDue(_) => Code::OrderNotOpen,
        OrderRefusal::NotPaid(_) => Code::OrderNotPaid,
        OrderRefusal::RefundTooMuch(_) => Code::NotRefundable,
        OrderRefusal::WrongTax(_)
        | OrderRefusal::WrongCurrency { .. }
        | OrderRefusal::WrongAmount { .. }
        | OrderRefusal::PaidAfterEnd { .. }
        | OrderRefusal::PaidTwice { .. } => return Problem::fault(refusal.clone()),
    };
    Problem::new(code, sentence(refusal))
}

fn unmoved(refusal: &SubscriptionRefusal) -> Problem {
    let code = match refusal {
        SubscriptionRefusal::NothingToBuy => Code::ValidationFailed,
        SubscriptionRefusal::TooLarge => Code::SubscriptionTooLarge,
        SubscriptionRefusal::NotOffered(_) | SubscriptionRefusal::OnlyOne(_) | SubscriptionRefusal::GivenUntil(_) => {
            Code::PlanNotOffered
        }
        SubscriptionRefusal::AlreadySubscribed(_) => Code::AlreadySubscribed,
        SubscriptionRefusal::SamePlan => Code::SamePlan,
        SubscriptionRefusal::OtherCurrency { .. } => Code::OtherCurrency,
        SubscriptionRefusal::OnlyAtPeriodEnd => Code::OnlyAtPeriodEnd,
        SubscriptionRefusal::ChangePending => Code::ChangePending,
        SubscriptionRefusal::Arranged => Code::AlreadyScheduled,
        SubscriptionRefusal::Ending => Code::SubscriptionEnding,
        SubscriptionRefusal::PaymentUnderWay => Code::PaymentUnderWay,
        SubscriptionRefusal::WrongStatus(_) => Code::WrongStatus,
        SubscriptionRefusal::RenewalDue(_) => Code::RenewalDue,
        SubscriptionRefusal::NothingToPay => Code::NothingToPay,
        // They are about charges, which nobody names in a call.
        SubscriptionRefusal::NotDue(_)
        | SubscriptionRefusal::UnknownCharge(_)
        | SubscriptionRefusal::PaidTooLate { .. }
        | SubscriptionRefusal::PaidTwice { .. } => return Problem::fault(refusal.clone()),
    };
    Problem::new(code, sentence(refusal))
}

fn sentence(what: &impl ToString) -> String {
    format!("{}.", capital(&what.to_string()))
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn insufficient(shortage: Insufficient) -> Problem {
    let shortfall = shortage.shortfall();
    let detail = format!(
        "{} credits are required and {} are available: {shortfall} are missing.",
        shortage.required, shortage.balance.available
    );
    Problem::new(Code::InsufficientCredits, detail).with(|body| {
        body.required = Some(shortage.required.into());
        body.available = Some(shortage.balance.available.into());
        body.held = Some(shortage.balance.held.into());
        body.shortfall = Some(shortfall.into());
        body.items = Some(shortage.lines.iter().map(needed).collect());
        body.suggested_packs = Some(suggested(&shortage.advice));
        body.contact_sales = Some(shortage.advice.contact_sales);
        body.top_up_url = shortage.links.top_up;
        body.upgrade_url = shortage.links.upgrade;
    })
}

fn needed(line: &domain::Line) -> NeededItem {
    NeededItem {
        name: line.name.clone(),
        operation: line.operation.clone(),
        pages: line.document.as_ref().map(|document| document.pages),
        quantity: line.quantity,
        cost: line.cost.into(),
    }
}

/// The packs that an advice names.
pub(crate) fn suggested(advice: &domain::Advice) -> Vec<SuggestedPack> {
    let packs = advice.best.iter().flat_map(|basket| &basket.packs);
    packs.map(|(pack, quantity)| SuggestedPack { pack: pack.clone(), quantity: *quantity }).collect()
}

fn uncountable(place: usize, name: Option<&str>, error: &CountError) -> Problem {
    let name = name.map_or_else(|| format!("File {place}"), |name| format!("{name:?}"));
    let (code, word) = match error {
        CountError::Unsupported(_) => (Code::UnsupportedFileType, "unsupported"),
        CountError::Failed(_) => (Code::PageCountFailed, "not_counted"),
    };
    Problem::new(code, format!("{name}: {error}.")).at(format!("/files/{place}"), word, format!("{error}."))
}
