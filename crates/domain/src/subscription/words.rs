//! What lines of invoices for subscriptions are called, in the customer's language.

use chrono::NaiveDate;

use crate::Locale;

impl Locale {
    /// A plan's line for a period, or the rest of one: `Pro, 15 Mar 2026 – 15 Apr 2026`. Days are the customer's; the
    /// period ends on the day on which the next one begins (R27).
    #[must_use]
    pub fn plan_line(self, label: &str, from: NaiveDate, until: NaiveDate) -> String {
        format!("{label}, {} – {}", self.date(from), self.date(until))
    }

    /// The line that credits what a plan has not given yet (R29): `Basic, unused rest until 15 Apr 2026`.
    #[must_use]
    pub fn unused_line(self, label: &str, until: NaiveDate) -> String {
        let unused = match self {
            Self::EnUs | Self::EnGb => "unused rest until",
            Self::DeDe => "ungenutzter Rest bis",
            Self::FrFr => "période non utilisée jusqu’au",
            Self::EsEs => "resto no utilizado hasta el",
            Self::ItIt => "periodo non utilizzato fino al",
            Self::NlNl => "ongebruikt deel tot",
        };
        format!("{label}, {unused} {}", self.date(until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r29_lines_name_their_days_in_the_customers_language() {
        let day = |day| NaiveDate::from_ymd_opt(2026, day, 15).unwrap();
        let lines = |locale: Locale| [locale.plan_line("Pro", day(3), day(4)), locale.unused_line("Basic", day(4))];
        let english = ["Pro, 15 Mar 2026 – 15 Apr 2026", "Basic, unused rest until 15 Apr 2026"];
        let american = ["Pro, Mar 15, 2026 – Apr 15, 2026", "Basic, unused rest until Apr 15, 2026"];
        let german = ["Pro, 15.03.2026 – 15.04.2026", "Basic, ungenutzter Rest bis 15.04.2026"];
        assert_eq!(lines(Locale::EnGb), english);
        assert_eq!(lines(Locale::EnUs), american);
        assert_eq!(lines(Locale::DeDe), german);
        let unused = Locale::ALL.map(|locale| locale.unused_line("Basic", day(4)));
        assert!(unused.iter().all(|line| line.starts_with("Basic, ")));
        assert!(Locale::ALL.iter().zip(&unused).all(|(locale, line)| line.ends_with(&locale.date(day(4)))));
    }
}
