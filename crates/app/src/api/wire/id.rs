//! Ids: what is not an id of the wanted sort is simply not found (R42).

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use domain::{
    ClockId, CustomerId, EntryId, EstimateId, EventId, GrantId, HoldId, KeyId, OrderId, SubscriptionId, TenantId,
    UsageId,
};
use poem_openapi::registry::MetaSchema;
use serde_json::json;

use super::{Flaw, WireText, wire_text};
use crate::api::codes::Code;
use crate::api::problem::Problem;

/// Something that has ids, and a code for when there is none such.
pub(crate) trait Known: FromStr + fmt::Display + Send + Sync {
    /// What its ids begin with.
    const PREFIX: &'static str;
    /// Whether its ids carry their customer and a number within it.
    const NUMBERED: bool;
    /// What to answer when there is none such.
    const NOT_FOUND: Code;
}

macro_rules! known {
    ($($id:ident $prefix:literal $numbered:literal $code:ident;)*) => {
        $(impl Known for $id {
            const PREFIX: &'static str = $prefix;
            const NUMBERED: bool = $numbered;
            const NOT_FOUND: Code = Code::$code;
        })*
    };
}

known! {
    ClockId "clk" false ClockNotFound;
    CustomerId "cus" false CustomerNotFound;
    EntryId "ent" true EntryNotFound;
    EstimateId "est" false EstimateNotFound;
    EventId "evt" false EventNotFound;
    GrantId "gr" true GrantNotFound;
    HoldId "hold" true HoldNotFound;
    KeyId "key" false KeyNotFound;
    OrderId "ord" false OrderNotFound;
    SubscriptionId "sub" false SubscriptionNotFound;
    TenantId "ten" false NotFound;
    UsageId "use" true UsageNotFound;
}

/// An id as text. Reading it never fails: [`Id::find`] answers 404 for what cannot be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Id<T>(String, PhantomData<fn() -> T>);

impl<T: Known> Id<T> {
    /// The id itself, or the problem that there is none such.
    pub(crate) fn find(&self) -> Result<T, Problem> {
        self.0.parse().map_err(|_| T::NOT_FOUND.problem())
    }
}

impl<T: Known> From<T> for Id<T> {
    fn from(id: T) -> Self {
        Self(id.to_string(), PhantomData)
    }
}

impl<T: Known> WireText for Id<T> {
    fn read(text: &str) -> Result<Self, Flaw> {
        Ok(Self(text.to_owned(), PhantomData))
    }

    fn write(&self) -> String {
        self.0.clone()
    }

    fn schema() -> MetaSchema {
        let number = if T::NUMBERED { "_[1-9][0-9]*" } else { "" };
        let example = if T::NUMBERED { "_7" } else { "" };
        MetaSchema {
            pattern: Some(format!("^{}_[0-9a-f]{{32}}{number}$", T::PREFIX)),
            example: Some(json!(format!("{}_0192f3a1b2c37d4e8f9012ab34cd56ef{example}", T::PREFIX))),
            ..MetaSchema::new("string")
        }
    }
}
wire_text!([T: Known] Id<T>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r42_what_is_no_id_is_not_found() {
        for text in
            ["", "hold_1", "cus_0192f3a1b2c37d4e8f9012ab34cd56ef", "hold_0192F3A1B2C37D4E8F9012AB34CD56EF_7", "\0"]
        {
            let problem = Id::<HoldId>::read(text).unwrap().find().unwrap_err();
            assert_eq!(problem.code(), Code::HoldNotFound, "{text:?}");
        }
    }

    #[test]
    fn the_example_of_a_schema_is_an_id() {
        fn holds<T: Known>() {
            let example = Id::<T>::schema().example.unwrap();
            let id = Id::<T>::read(example.as_str().unwrap()).unwrap().find().unwrap();
            assert_eq!(Id::from(id).write(), example.as_str().unwrap());
        }
        holds::<CustomerId>();
        holds::<GrantId>();
        holds::<HoldId>();
        holds::<EntryId>();
        holds::<UsageId>();
        holds::<EstimateId>();
        holds::<EventId>();
        holds::<SubscriptionId>();
        holds::<KeyId>();
        holds::<ClockId>();
        holds::<TenantId>();
    }
}
