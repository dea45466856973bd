//! What a subscription's letters say, in English or German (R28).

use chrono::NaiveDate;
use domain::{Locale, Money};

use super::facts::amount;
use super::safe::{Line, Link};

/// The words around a letter.
pub(super) struct Frame {
    pub(super) tag: &'static str,
    pub(super) hello: &'static str,
    pub(super) account: &'static str,
    pub(super) help: &'static str,
}

impl Frame {
    pub(super) const ENGLISH: Self = Self { tag: "en", hello: "Hello", account: "Your account", help: "Help" };
    const GERMAN: Self = Self { tag: "de", hello: "Guten Tag", account: "Ihr Konto", help: "Hilfe" };
}

/// A language that letters are written in, with its way to write days and amounts.
#[derive(Clone, Copy)]
pub(super) enum Tongue {
    English(Locale),
    German,
}

impl Tongue {
    /// British English where there is no translation: its days cannot be mistaken.
    pub(super) const fn of(locale: Locale) -> Self {
        match locale {
            Locale::DeDe => Self::German,
            Locale::EnUs => Self::English(Locale::EnUs),
            Locale::EnGb | Locale::FrFr | Locale::EsEs | Locale::ItIt | Locale::NlNl => Self::English(Locale::EnGb),
        }
    }

    pub(super) const fn frame(self) -> &'static Frame {
        match self {
            Self::English(_) => &Frame::ENGLISH,
            Self::German => &Frame::GERMAN,
        }
    }

    fn date(self, day: NaiveDate) -> String {
        match self {
            Self::English(locale) => locale.date(day),
            Self::German => Locale::DeDe.date(day),
        }
    }

    fn amount(self, money: Money) -> String {
        match self {
            Self::English(_) => amount(money),
            Self::German => format!("{} {}", Locale::DeDe.amount(money), money.currency.code()),
        }
    }
}

/// A letter of a few sentences, and a page to go to.
pub(super) struct Notice {
    pub(super) name: Option<Line>,
    pub(super) heading: &'static str,
    pub(super) paragraphs: Vec<String>,
    pub(super) page: Option<Link>,
    /// What the page is for.
    pub(super) label: &'static str,
    /// What else can be done there.
    pub(super) aside: Option<&'static str>,
}

/// A renewal that was declined.
pub(super) struct Renewal<'l> {
    pub(super) plan: &'l str,
    pub(super) amount: Money,
    pub(super) retry_on: Option<NaiveDate>,
    pub(super) ends_on: NaiveDate,
    pub(super) action_required: bool,
}

impl Notice {
    /// The letter, and its subject.
    pub(super) fn renewal(tongue: Tongue, operator: &Line, it: &Renewal<'_>) -> (Self, String) {
        let (plan, amount, ends_on) = (Line::of(it.plan), tongue.amount(it.amount), tongue.date(it.ends_on));
        let retry_on = it.retry_on.map(|day| tongue.date(day));
        let (subject, heading, asked, label, aside) = match (tongue, it.action_required) {
            (Tongue::English(_), false) => (
                format!("Your payment to {operator} failed"),
                "Your payment failed",
                format!("your payment of {amount} for the renewal of {plan} failed. Nothing was charged."),
                "Pay now",
                "There you can choose another payment method too.",
            ),
            (Tongue::English(_), true) => (
                format!("Please confirm your payment to {operator}"),
                "Please confirm your payment",
                format!(
                    "your bank asks you to confirm the payment of {amount} for the renewal of {plan}. \
                     Nothing has been charged yet."
                ),
                "Confirm the payment",
                "There you can choose another payment method too.",
            ),
            (Tongue::German, false) => (
                format!("Ihre Zahlung an {operator} ist fehlgeschlagen"),
                "Ihre Zahlung ist fehlgeschlagen",
                format!(
                    "Ihre Zahlung von {amount} für die Verlängerung von {plan} ist fehlgeschlagen. \
                     Es wurde nichts abgebucht."
                ),
                "Jetzt bezahlen",
                "Dort können Sie auch eine andere Zahlungsart wählen.",
            ),
            (Tongue::German, true) => (
                format!("Bitte bestätigen Sie Ihre Zahlung an {operator}"),
                "Bitte bestätigen Sie Ihre Zahlung",
                format!(
                    "Ihre Bank bittet Sie, die Zahlung von {amount} für die Verlängerung von {plan} zu bestätigen. \
                     Bisher wurde nichts abgebucht."
                ),
                "Zahlung bestätigen",
                "Dort können Sie auch eine andere Zahlungsart wählen.",
            ),
        };
        let again = match (tongue, retry_on) {
            (Tongue::English(_), Some(day)) => Some(format!("We will try again on {day}.")),
            (Tongue::German, Some(day)) => Some(format!("Wir versuchen es am {day} noch einmal.")),
            (_, None) if it.action_required => None,
            (Tongue::English(_), None) => {
                Some("This payment method is not tried again. Please choose another one.".to_owned())
            }
            (Tongue::German, None) => {
                Some("Diese Zahlungsart wird nicht noch einmal versucht. Bitte wählen Sie eine andere.".to_owned())
            }
        };
        let until = match tongue {
            Tongue::English(_) => format!(
                "Until it is paid, {plan} gives no new credits; credits that you bought stay yours to use. \
                 {plan} ends on {ends_on} unless it is paid before."
            ),
            Tongue::German => format!(
                "Bis zur Zahlung gibt {plan} keine neuen Credits; gekaufte Credits können Sie weiter verwenden. \
                 Ohne Zahlung endet {plan} am {ends_on}."
            ),
        };
        let paragraphs = [Some(asked), again, Some(until)].into_iter().flatten().collect();
        (Self { aside: Some(aside), ..Self::new(heading, paragraphs, label) }, subject)
    }

    /// The letter, and its subject.
    pub(super) fn ended(tongue: Tongue, operator: &Line, plan: &str, unpaid: bool) -> (Self, String) {
        let plan = Line::of(plan);
        match tongue {
            Tongue::English(_) => {
                let why = if unpaid { "because its renewal was not paid" } else { "as arranged" };
                let after = "Nothing more is charged for it. Credits that you bought stay yours to use.";
                let paragraphs = vec![format!("your plan {plan} has ended, {why}."), after.to_owned()];
                (
                    Self::new("Your plan has ended", paragraphs, "Choose a plan"),
                    format!("Your plan at {operator} has ended"),
                )
            }
            Tongue::German => {
                let why = if unpaid { "weil die Verlängerung nicht bezahlt wurde" } else { "wie vereinbart" };
                let after = "Dafür wird nichts mehr abgebucht. Gekaufte Credits können Sie weiter verwenden.";
                let paragraphs = vec![format!("Ihr Tarif {plan} ist beendet, {why}."), after.to_owned()];
                (
                    Self::new("Ihr Tarif ist beendet", paragraphs, "Tarif wählen"),
                    format!("Ihr Tarif bei {operator} ist beendet"),
                )
            }
        }
    }

    /// The letter, and its subject.
    pub(super) fn unchanged(tongue: Tongue, operator: &Line, plan: &str, reason: &str) -> (Self, String) {
        let (plan, reason) = (Line::of(plan), Line::of(reason));
        match tongue {
            Tongue::English(_) => {
                let paragraphs = vec![
                    format!("your plan was not changed to {plan}, because the payment failed. Nothing was charged."),
                    format!("The reason: {reason}"),
                    "Your plan stays as it was.".to_owned(),
                ];
                let subject = format!("Your change of plan at {operator} failed");
                (Self::new("Your change of plan failed", paragraphs, "Try again"), subject)
            }
            Tongue::German => {
                let paragraphs = vec![
                    format!(
                        "Ihr Tarif wurde nicht auf {plan} geändert, weil die Zahlung fehlgeschlagen ist. \
                         Es wurde nichts abgebucht."
                    ),
                    format!("Der Grund: {reason}"),
                    "Ihr Tarif bleibt, wie er war.".to_owned(),
                ];
                let subject = format!("Ihr Tarifwechsel bei {operator} ist fehlgeschlagen");
                (Self::new("Ihr Tarifwechsel ist fehlgeschlagen", paragraphs, "Noch einmal versuchen"), subject)
            }
        }
    }

    /// To nobody yet, and nowhere.
    fn new(heading: &'static str, paragraphs: Vec<String>, label: &'static str) -> Self {
        Self { name: None, heading, paragraphs, page: None, label, aside: None }
    }

    /// To this customer, with the page to go to.
    pub(super) fn to(self, customer: Option<&str>, page: Option<&str>) -> Self {
        Self { name: Line::name(customer), page: Link::of(page), ..self }
    }
}
