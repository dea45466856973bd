//! Identifiers. A customer's grants, holds and entries are numbered within the customer, so an id
//! says where its record lies: no index has to be kept, and every id carries its customer.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use uuid::Uuid;

/// The text is not an id of the wanted sort.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("not an id of the form {0}_…")]
pub struct ParseIdError(pub &'static str);

fn parse_uuid(text: &str, prefix: &'static str) -> Result<Uuid, ParseIdError> {
    let wrong = ParseIdError(prefix);
    // One spelling per id: lower-case, no hyphens.
    let canonical = text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if !canonical {
        return Err(wrong);
    }
    Uuid::try_parse(text).map_err(|_| wrong)
}

fn parse_number<N: FromStr>(text: &str, prefix: &'static str) -> Result<N, ParseIdError> {
    let canonical = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    if !canonical {
        return Err(ParseIdError(prefix));
    }
    text.parse().map_err(|_| ParseIdError(prefix))
}

macro_rules! global_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.simple())
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let rest = text.strip_prefix(concat!($prefix, "_")).ok_or(ParseIdError($prefix))?;
                parse_uuid(rest, $prefix).map(Self)
            }
        }
    };
}

macro_rules! numbered_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $field:ident: $number:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name {
            /// Whose record it is.
            pub customer: CustomerId,
            /// Its number within the customer, from 1.
            pub $field: $number,
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}_{}"), self.customer.0.simple(), self.$field)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let wrong = ParseIdError($prefix);
                let rest = text.strip_prefix(concat!($prefix, "_")).ok_or(wrong.clone())?;
                let (customer, number) = rest.split_once('_').ok_or(wrong)?;
                Ok(Self {
                    customer: CustomerId(parse_uuid(customer, $prefix)?),
                    $field: parse_number(number, $prefix)?,
                })
            }
        }
    };
}

global_id!(
    /// A customer of a tenant.
    CustomerId, "cus"
);
global_id!(
    /// A tenant: one product's isolated books.
    TenantId, "ten"
);
global_id!(
    /// A kept estimate.
    EstimateId, "est"
);
global_id!(
    /// An order.
    OrderId, "ord"
);
global_id!(
    /// A subscription.
    SubscriptionId, "sub"
);
global_id!(
    /// An event: something that happened.
    EventId, "evt"
);
global_id!(
    /// An API key (its public id, never its secret).
    KeyId, "key"
);
global_id!(
    /// A test clock.
    ClockId, "clk"
);
numbered_id!(
    /// A grant, numbered in the order of a customer's grants.
    GrantId, "gr", number: u32
);
numbered_id!(
    /// A hold, numbered in the order of a customer's holds.
    HoldId, "hold", number: u32
);
numbered_id!(
    /// A journal entry: its customer and its place in that customer's journal.
    EntryId, "ent", sequence: u64
);
numbered_id!(
    /// A usage: the entry that consumed the credits, seen as what was done for them.
    UsageId, "use", sequence: u64
);

impl From<UsageId> for EntryId {
    fn from(usage: UsageId) -> Self {
        Self { customer: usage.customer, sequence: usage.sequence }
    }
}

impl From<EntryId> for UsageId {
    fn from(entry: EntryId) -> Self {
        Self { customer: entry.customer, sequence: entry.sequence }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "0192f3a1b2c37d4e8f9012ab34cd56ef";

    #[test]
    fn ids_read_back_what_they_print() {
        let customer: CustomerId = format!("cus_{TEXT}").parse().expect("a customer id");
        let grant = GrantId { customer, number: 7 };
        assert_eq!(grant.to_string(), format!("gr_{TEXT}_7"));
        assert_eq!(grant.to_string().parse(), Ok(grant));
        let entry = EntryId { customer, sequence: u64::MAX };
        assert_eq!(entry.to_string().parse(), Ok(entry));
    }

    #[test]
    fn an_id_has_one_spelling() {
        for wrong in [
            String::new(),
            "cus_".into(),
            TEXT.into(),
            format!("gr_{TEXT}"),
            format!("gr_{TEXT}_"),
            format!("gr_{TEXT}_0"),
            format!("gr_{TEXT}_07"),
            format!("gr_{TEXT}_+7"),
            format!("gr_{TEXT}_7_7"),
            format!("gr_{TEXT}_4294967296"),
            format!("gr_{}_7", TEXT.to_uppercase()),
            format!("use_{TEXT}_7"),
        ] {
            assert_eq!(wrong.parse::<GrantId>(), Err(ParseIdError("gr")), "{wrong}");
        }
    }
}
