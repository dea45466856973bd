//! Reading a value of the file: the TOML types, and what they must hold.

use chrono::NaiveDate;
use domain::rules::Overage;
use domain::{
    Country, Credits, Currency, Locale, Money, Paper, ParseCreditsError, ParseSpanError, ParseTaxRateError, Per,
    Prices, Span, TaxRate, TaxRounding, Validity,
};
use toml::de::DeValue;

/// Longest label, in characters.
const MAX_TEXT: usize = 200;
/// Longest address of a page, in bytes.
const MAX_LINK: usize = 2_000;
/// Beyond this a length of time is a slip; `"never"` says for ever.
const MAX_MONTHS: u32 = 1_200;
const MAX_DAYS: u32 = 36_525;

/// Why a value cannot stand where it does.
pub(super) struct Wrong {
    /// One word for it.
    pub(super) code: &'static str,
    /// A sentence for people.
    pub(super) detail: String,
}

impl Wrong {
    /// Wrong for this reason.
    pub(super) fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }

    /// Not of the expected TOML type.
    pub(super) fn kind(expected: &str, found: &DeValue) -> Self {
        Self::new("wrong_type", format!("expected {expected}, found {}", kind(found)))
    }
}

fn kind(value: &DeValue) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// A name or a label.
pub(super) fn text(value: &DeValue) -> Result<String, Wrong> {
    let text = string(value)?;
    if text.trim().is_empty() || text.chars().count() > MAX_TEXT || text.chars().any(char::is_control) {
        return Err(Wrong::new("malformed", format!("one line of 1 to {MAX_TEXT} characters")));
    }
    Ok(text.to_owned())
}

/// The address of a page that people are sent to.
pub(super) fn link(value: &DeValue) -> Result<String, Wrong> {
    let link = string(value)?;
    let place = ["https://", "http://", "mailto:"].iter().find_map(|scheme| link.strip_prefix(scheme));
    let plain = link.len() <= MAX_LINK && link.bytes().all(|b| b.is_ascii_graphic());
    if place.is_none_or(str::is_empty) || !plain {
        return Err(Wrong::new("malformed", "an address that begins with https://, http:// or mailto:"));
    }
    Ok(link.to_owned())
}

/// An amount of credits: `"0.5"`, `"20"` or `20`.
pub(super) fn credits(value: &DeValue) -> Result<Credits, Wrong> {
    let digits = match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => {
            return Err(Wrong::new("wrong_type", format!("put it in quotes, \"{number}\", so that it stays exact")));
        }
        other => return Err(Wrong::kind("credits such as \"0.5\"", other)),
    };
    digits.parse().map_err(|error| match error {
        ParseCreditsError::Malformed => Wrong::new("malformed", error.to_string()),
        ParseCreditsError::TooPrecise => Wrong::new("too_precise", error.to_string()),
        ParseCreditsError::TooLarge => Wrong::new("out_of_range", error.to_string()),
    })
}

/// Credits of an offer: whole ones.
pub(super) fn whole_credits(value: &DeValue) -> Result<u32, Wrong> {
    let credits = credits(value)?;
    u32::try_from(credits.ceil_whole())
        .ok()
        .filter(|whole| Credits::whole(*whole) == credits)
        .ok_or_else(|| Wrong::new("too_precise", "a whole number of credits"))
}

/// A price in units of the currency: `"19.00"`.
pub(super) fn price(value: &DeValue, currency: Currency) -> Result<Money, Wrong> {
    let text = match value {
        DeValue::String(text) => text,
        DeValue::Integer(number) => return Err(unquoted(&number.to_string())),
        DeValue::Float(number) => return Err(unquoted(number.as_str())),
        other => return Err(Wrong::kind("a price such as \"19.00\"", other)),
    };
    let (units, decimals) = text.split_once('.').map_or((text.as_ref(), None), |(units, rest)| (units, Some(rest)));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(units) || !decimals.is_none_or(digits) {
        return Err(Wrong::new("malformed", "not a price such as \"19.00\""));
    }
    let decimals = decimals.unwrap_or_default();
    let places = places(currency);
    if decimals.len() > places {
        return Err(Wrong::new("too_precise", format!("{} has {places} decimals", currency.code())));
    }
    let minor = format!("{units}{decimals:0<places$}");
    let minor = minor.parse().map_err(|_| Wrong::new("out_of_range", "0 to 10^12 minor units"))?;
    Ok(Money { minor, currency })
}

fn unquoted(number: &str) -> Wrong {
    Wrong::new("wrong_type", format!("put it in quotes, \"{number}\": a price in units of the currency"))
}

/// Decimals that an amount of this currency may have. No currency has more than four.
fn places(currency: Currency) -> usize {
    currency.exponent().unwrap_or(4).into()
}

/// The currency that money is counted in.
pub(super) fn currency(value: &DeValue) -> Result<Currency, Wrong> {
    Currency::from_code(string(value)?)
        // Gold and test codes have no minor unit, and nobody is paid in them.
        .filter(|currency| currency.exponent().is_some())
        .ok_or_else(|| Wrong::new("unknown_value", "an ISO 4217 code such as \"USD\""))
}

/// A length of time: `"P7D"`, `"PT1H"`.
pub(super) fn span(value: &DeValue) -> Result<Span, Wrong> {
    let text = string(value)?;
    let span: Span = text.parse().map_err(|error: ParseSpanError| Wrong::new("malformed", error.to_string()))?;
    if span.months > MAX_MONTHS || span.days > MAX_DAYS {
        return Err(Wrong::new("out_of_range", "at most 100 years"));
    }
    Ok(span)
}

/// A length of time, or `"never"` for what does not end.
pub(super) fn validity(value: &DeValue) -> Result<Validity, Wrong> {
    if value.as_str() == Some("never") {
        return Ok(Validity(None));
    }
    let wrong = |wrong: Wrong| match wrong.code {
        "malformed" => Wrong::new("malformed", format!("{}, nor \"never\"", wrong.detail)),
        _ => wrong,
    };
    span(value).map(|span| Validity(Some(span))).map_err(wrong)
}

/// A number of calendar months: `"P1M"`, `"P1Y"`.
pub(super) fn months(value: &DeValue) -> Result<u32, Wrong> {
    let Span { months, days, seconds } = span(value)?;
    if days > 0 || seconds > 0 {
        return Err(Wrong::new("malformed", "whole months such as \"P1M\" or \"P1Y\""));
    }
    Ok(months)
}

/// `true` or `false`.
pub(super) fn boolean(value: &DeValue) -> Result<bool, Wrong> {
    value.as_bool().ok_or_else(|| Wrong::kind("true or false", value))
}

/// A small whole number.
pub(super) fn small(value: &DeValue) -> Result<u8, Wrong> {
    let DeValue::Integer(number) = value else { return Err(Wrong::kind("a whole number", value)) };
    let parsed = u8::from_str_radix(number.as_str(), number.radix());
    parsed.map_err(|_| Wrong::new("out_of_range", "a whole number from 0 to 255"))
}

/// What a unit of an operation is.
pub(super) fn per(value: &DeValue) -> Result<Per, Wrong> {
    let per = Per::from_word(string(value)?);
    per.ok_or_else(|| Wrong::new("unknown_value", "either \"page\" or \"change_page\""))
}

/// What becomes of captures above their hold.
pub(super) fn overage(value: &DeValue) -> Result<Overage, Wrong> {
    let word = string(value)?;
    let overage = [Overage::Cap, Overage::Reject].into_iter().find(|overage| overage_word(*overage) == word);
    overage.ok_or_else(|| Wrong::new("unknown_value", "either \"cap\" or \"reject\""))
}

/// Its word in catalog files.
pub(super) const fn overage_word(overage: Overage) -> &'static str {
    match overage {
        Overage::Cap => "cap",
        Overage::Reject => "reject",
    }
}

/// A country.
pub(super) fn country(value: &DeValue) -> Result<Country, Wrong> {
    let country = Country::from_code(string(value)?);
    country.ok_or_else(|| Wrong::new("unknown_value", "an ISO 3166 code such as \"DE\""))
}

/// An e-mail address; only what makes a letter undeliverable for certain is refused.
pub(super) fn email(value: &DeValue) -> Result<String, Wrong> {
    let email = text(value)?;
    let (name, host) = email.rsplit_once('@').unwrap_or_default();
    if name.is_empty() || host.is_empty() || email.contains(char::is_whitespace) {
        return Err(Wrong::new("malformed", "an e-mail address such as \"billing@example.com\""));
    }
    Ok(email)
}

/// The language of invoices.
pub(super) fn locale(value: &DeValue) -> Result<Locale, Wrong> {
    let known = || Locale::ALL.map(Locale::tag).join(", ");
    Locale::from_tag(string(value)?).ok_or_else(|| Wrong::new("unknown_value", format!("one of {}", known())))
}

/// The size of pages.
pub(super) fn paper(value: &DeValue) -> Result<Paper, Wrong> {
    Paper::from_word(string(value)?).ok_or_else(|| Wrong::new("unknown_value", "either \"a4\" or \"letter\""))
}

/// A tax rate in percent: `"19"`, `"8.875"` or `19`.
pub(super) fn rate(value: &DeValue) -> Result<TaxRate, Wrong> {
    let text = match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => {
            return Err(Wrong::new("wrong_type", format!("put it in quotes, \"{number}\", so that it stays exact")));
        }
        other => return Err(Wrong::kind("a rate such as \"19\"", other)),
    };
    text.parse().map_err(|error: ParseTaxRateError| Wrong::new("malformed", error.to_string()))
}

/// A day: `2027-01-01`, in quotes or without.
pub(super) fn day(value: &DeValue) -> Result<NaiveDate, Wrong> {
    let text = match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Datetime(date) => date.to_string(),
        other => return Err(Wrong::kind("a day such as 2027-01-01", other)),
    };
    text.parse().map_err(|_| Wrong::new("malformed", "not a day such as 2027-01-01"))
}

/// What prices say.
pub(super) fn prices(value: &DeValue) -> Result<Prices, Wrong> {
    let prices = Prices::from_word(string(value)?);
    prices.ok_or_else(|| Wrong::new("unknown_value", "either \"exclusive\" or \"inclusive\""))
}

/// Where tax is rounded.
pub(super) fn rounding(value: &DeValue) -> Result<TaxRounding, Wrong> {
    let rounding = TaxRounding::from_word(string(value)?);
    rounding.ok_or_else(|| Wrong::new("unknown_value", "either \"invoice\" or \"line\""))
}

fn string<'v>(value: &'v DeValue) -> Result<&'v str, Wrong> {
    value.as_str().ok_or_else(|| Wrong::kind("text in quotes", value))
}
