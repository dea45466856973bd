//! Plans: what can be subscribed to.

use crate::{Money, Span};

/// A recurring offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What calls name it.
    pub code: String,
    /// What people call it.
    pub label: String,
    /// Credits each time that it gives some: once a period, unless `grants_every` is shorter.
    pub credits: u32,
    /// Money a period.
    pub price: Money,
    /// Months in a period.
    pub months: u32,
    /// Months from grant to grant: a period has a whole number of them.
    pub grants_every: u32,
    /// Further grants' periods for which what is left stays; 0: none (R27).
    pub rollover: u8,
    /// How long it can be tried for nothing, once a customer.
    pub trial_for: Option<Span>,
    /// Not listed: offered to single customers (R24).
    pub private: bool,
}

impl Plan {
    /// The longest period: ten years.
    pub const MAX_MONTHS: u32 = 120;
}
