//! Words of a closed list.

use domain::{HoldStatus, Kind, Locale, OrderStatus, SubscriptionStatus};
use poem_openapi::registry::MetaSchema;
use service::mail::Template;

use super::{FieldCode, Flaw, WireText, wire_text};
use crate::http::scope::Scope;

/// Something that has a word in the API.
pub(crate) trait Worded: Copy + Send + Sync + 'static {
    /// All that there are.
    const EACH: &'static [Self];

    /// Its word.
    fn spelled(self) -> &'static str;
}

macro_rules! worded {
    ($($name:ident)*) => {
        $(impl Worded for $name {
            const EACH: &'static [Self] = &$name::ALL;

            fn spelled(self) -> &'static str {
                self.word()
            }
        })*
    };
}

worded! { HoldStatus Kind OrderStatus Scope SubscriptionStatus Template }

/// A locale's word is its tag.
impl Worded for Locale {
    const EACH: &'static [Self] = &Self::ALL;

    fn spelled(self) -> &'static str {
        self.tag()
    }
}

/// One of them, by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word<T>(pub(crate) T);

impl<T: Worded> WireText for Word<T> {
    fn read(text: &str) -> Result<Self, Flaw> {
        let known = T::EACH.iter().find(|known| known.spelled() == text);
        known.copied().map(Self).ok_or_else(|| {
            let words: Vec<_> = T::EACH.iter().map(|known| known.spelled()).collect();
            Flaw::new(FieldCode::Unknown, format!("One of {}.", words.join(", ")))
        })
    }

    fn write(&self) -> String {
        self.0.spelled().to_owned()
    }

    fn schema() -> MetaSchema {
        MetaSchema {
            enum_items: T::EACH.iter().map(|known| known.spelled().into()).collect(),
            ..MetaSchema::new("string")
        }
    }
}
wire_text!([T: Worded] Word<T>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_one_of_its_list() {
        for known in Scope::ALL {
            assert_eq!(Word::read(known.word()), Ok(Word(known)));
        }
        let flaw = Word::<HoldStatus>::read("Open").unwrap_err();
        assert_eq!(flaw, Flaw::new(FieldCode::Unknown, "One of open, captured, released, expired."));
        assert_eq!(Word::<Kind>::schema().enum_items.len(), Kind::ALL.len());
    }
}
