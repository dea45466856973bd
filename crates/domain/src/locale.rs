//! How amounts and days are written for people: the handful of locales that invoices come in.

use chrono::NaiveDate;

use crate::{Money, TaxRate};

/// A language and the way its country writes numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Locale {
    /// American English.
    #[default]
    EnUs,
    /// British English.
    EnGb,
    /// German.
    DeDe,
    /// French.
    FrFr,
    /// Spanish.
    EsEs,
    /// Italian.
    ItIt,
    /// Dutch.
    NlNl,
}

/// How one locale writes.
struct Writing {
    tag: &'static str,
    /// Between thousands.
    group: &'static str,
    /// Before decimals.
    point: &'static str,
    /// Whether the currency's sign follows the amount, or stands before it, and what is between.
    sign: Sign,
    /// As `strftime` takes it.
    date: &'static str,
    /// Between a number and its per cent sign.
    percent: &'static str,
}

enum Sign {
    Before(&'static str),
    After,
}

/// Space at which no line breaks.
const FIXED: &str = "\u{a0}";
/// The narrow one, which French puts between thousands.
const THIN: &str = "\u{202f}";

impl Locale {
    /// All of them.
    pub const ALL: [Self; 7] = [Self::EnUs, Self::EnGb, Self::DeDe, Self::FrFr, Self::EsEs, Self::ItIt, Self::NlNl];

    const fn writing(self) -> Writing {
        let (before, after) = (Sign::Before(""), Sign::After);
        let english = Writing { tag: "en-US", group: ",", point: ".", sign: before, date: "%b %-d, %Y", percent: "" };
        let latin = Writing { tag: "es-ES", group: ".", point: ",", sign: after, date: "%d/%m/%Y", percent: FIXED };
        match self {
            Self::EnUs => english,
            Self::EnGb => Writing { tag: "en-GB", date: "%-d %b %Y", ..english },
            Self::DeDe => Writing { tag: "de-DE", date: "%d.%m.%Y", ..latin },
            Self::FrFr => Writing { tag: "fr-FR", group: THIN, ..latin },
            Self::EsEs => latin,
            Self::ItIt => Writing { tag: "it-IT", percent: "", ..latin },
            Self::NlNl => Writing { tag: "nl-NL", sign: Sign::Before(FIXED), date: "%d-%m-%Y", percent: "", ..latin },
        }
    }

    /// Its BCP 47 tag: `de-DE`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        self.writing().tag
    }

    /// The locale with this tag.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.tag() == tag)
    }

    /// An amount with the currency's sign: `$1,234.50`, `1.234,50 €`.
    #[must_use]
    pub fn money(self, money: Money) -> String {
        let amount = self.amount(money);
        let (minus, amount) = amount.strip_prefix('-').map_or(("", amount.as_str()), |amount| ("-", amount));
        let sign = money.currency.symbol().to_string();
        match self.writing().sign {
            Sign::Before(between) => format!("{minus}{sign}{between}{amount}"),
            Sign::After => format!("{minus}{amount}{FIXED}{sign}"),
        }
    }

    /// An amount without the currency's sign: `1.234,50`.
    #[must_use]
    pub fn amount(self, money: Money) -> String {
        let decimals = usize::from(money.currency.exponent().unwrap_or(0));
        let digits = format!("{:0>width$}", money.minor.unsigned_abs(), width = decimals.saturating_add(1));
        let (units, rest) = digits.split_at(digits.len().saturating_sub(decimals));
        let minus = if money.minor < 0 { "-" } else { "" };
        let point = if decimals == 0 { "" } else { self.writing().point };
        format!("{minus}{}{point}{rest}", self.grouped(units))
    }

    /// A whole number: `25,000`.
    #[must_use]
    pub fn number(self, number: u32) -> String {
        self.grouped(&number.to_string())
    }

    /// A rate: `8.875%`, `19 %`.
    #[must_use]
    pub fn percent(self, rate: TaxRate) -> String {
        let Writing { point, percent, .. } = self.writing();
        format!("{}{percent}%", rate.to_string().replace('.', point))
    }

    /// A day: `Nov 22, 2026`, `22.11.2026`.
    #[must_use]
    pub fn date(self, day: NaiveDate) -> String {
        day.format(self.writing().date).to_string()
    }

    /// Digits with a mark between thousands.
    fn grouped(self, digits: &str) -> String {
        let first = match digits.len().rem_euclid(3) {
            0 => 3.min(digits.len()),
            first => first,
        };
        let (head, tail) = digits.split_at(first);
        let mut text = head.to_owned();
        for (place, digit) in tail.char_indices() {
            if place % 3 == 0 {
                text.push_str(self.writing().group);
            }
            text.push(digit);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;

    fn money(minor: i64, currency: Currency) -> Money {
        Money { minor, currency }
    }

    #[test]
    fn each_locale_writes_amounts_its_own_way() {
        let table = [
            (Locale::EnUs, "$1,234,567.05", "-$0.05", "¥1,900"),
            (Locale::EnGb, "$1,234,567.05", "-$0.05", "¥1,900"),
            (Locale::DeDe, "1.234.567,05\u{a0}$", "-0,05\u{a0}$", "1.900\u{a0}¥"),
            (Locale::FrFr, "1\u{202f}234\u{202f}567,05\u{a0}$", "-0,05\u{a0}$", "1\u{202f}900\u{a0}¥"),
            (Locale::NlNl, "$\u{a0}1.234.567,05", "-$\u{a0}0,05", "¥\u{a0}1.900"),
        ];
        for (locale, large, small, yen) in table {
            assert_eq!(locale.money(money(123_456_705, Currency::USD)), large);
            assert_eq!(locale.money(money(-5, Currency::USD)), small);
            assert_eq!(locale.money(money(1_900, Currency::JPY)), yen);
        }
        assert_eq!(Locale::EnUs.amount(money(100_000, Currency::KWD)), "100.000");
        assert_eq!((Locale::EnUs.number(999), Locale::DeDe.number(25_000)), ("999".to_owned(), "25.000".to_owned()));
    }

    #[test]
    fn each_locale_writes_days_and_rates_its_own_way() {
        let day = NaiveDate::from_ymd_opt(2026, 6, 1).unwrap();
        let days = Locale::ALL.map(|locale| locale.date(day));
        let expected =
            ["Jun 1, 2026", "1 Jun 2026", "01.06.2026", "01/06/2026", "01/06/2026", "01/06/2026", "01-06-2026"];
        assert_eq!(days, expected);
        let rate = "8.875".parse().unwrap();
        assert_eq!((Locale::EnUs.percent(rate), Locale::DeDe.percent(rate)), ("8.875%".into(), "8,875\u{a0}%".into()));
    }

    #[test]
    fn a_tag_leads_back_to_its_locale() {
        assert!(Locale::ALL.iter().all(|locale| Locale::from_tag(locale.tag()) == Some(*locale)));
        assert_eq!(Locale::from_tag("xx"), None);
    }
}
