//! Values of flags, read.

use chrono::NaiveDate;
use domain::{Locale, Mode, ResultMode, Span};
use service::mail::Template;

use crate::http::scope::Scope;

/// Characters of the longest name.
const MAX_NAME: usize = 100;

/// What something is called.
pub(crate) fn name(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MAX_NAME || text.chars().any(char::is_control) {
        return Err(format!("one line of 1 to {MAX_NAME} characters"));
    }
    Ok(text.to_owned())
}

/// `test` or `live`.
pub(crate) fn mode(text: &str) -> Result<Mode, String> {
    Mode::from_word(text).ok_or_else(|| "test or live".to_owned())
}

/// `one_per_file` or `one_per_page`.
pub(crate) fn result_mode(text: &str) -> Result<ResultMode, String> {
    ResultMode::from_word(text).ok_or_else(|| "one_per_file or one_per_page".to_owned())
}

/// A mail's word.
pub(crate) fn template(text: &str) -> Result<Template, String> {
    Template::from_word(text).ok_or_else(|| format!("one of {}", Template::ALL.map(Template::word).join(", ")))
}

/// A locale's tag.
pub(crate) fn locale(text: &str) -> Result<Locale, String> {
    Locale::from_tag(text).ok_or_else(|| format!("one of {}", Locale::ALL.map(Locale::tag).join(", ")))
}

/// A day.
pub(crate) fn day(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| "a day such as 2026-01-31".to_owned())
}

/// A scope's word.
pub(crate) fn scope(text: &str) -> Result<Scope, String> {
    Scope::from_word(text.trim()).ok_or_else(|| {
        let known: Vec<_> = Scope::ALL.iter().map(|scope| scope.word()).collect();
        format!("one or more of {}", known.join(","))
    })
}

/// A length of time that is one.
pub(crate) fn span(text: &str) -> Result<Span, String> {
    let span: Span = text.parse().map_err(|error: domain::ParseSpanError| error.to_string())?;
    if span.is_empty() { Err("longer than zero".to_owned()) } else { Ok(span) }
}
