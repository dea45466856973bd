//! Random commands. Amounts and times are coarse, so that ends, renewals and commands often meet at one instant.

use proptest::bool::weighted;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// On what terms the customer signs up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signup {
    pub(crate) trial: bool,
    pub(crate) trial_hours: Option<u32>,
    /// Months that free credits stay for; no free tier where `None`.
    pub(crate) rollover: Option<u8>,
}

/// What a capture covers.
#[derive(Clone, Debug)]
pub(crate) enum Covers {
    Rest,
    Units(u64),
    /// Line, units, and one of the four outcomes.
    Items(Vec<(usize, Option<u64>, usize)>),
}

/// Something that happens to a customer. A grant, hold or usage is picked counting back from the newest;
/// quantities come with a rate in micro-credits.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    Pass {
        ms: i64,
    },
    Back {
        ms: i64,
    },
    Settle,
    Grant {
        tenths: i64,
        cost: i64,
        priority: u16,
        delay: u32,
        lasts: Option<u32>,
    },
    Revoke {
        grant: usize,
    },
    /// Of a grant that has been revoked: so many tenths of a credit, or all.
    Reinstate {
        grant: usize,
        tenths: Option<i64>,
    },
    Freeze,
    Unfreeze,
    ExtendGrant {
        grant: usize,
        by: i64,
    },
    Hold {
        lines: Vec<(i64, u64)>,
        partial: bool,
        ttl: u32,
    },
    ExtendHold {
        hold: usize,
        ttl: u32,
    },
    Capture {
        hold: usize,
        covers: Covers,
        close: bool,
        reject: bool,
        charge_fault: bool,
    },
    Release {
        hold: usize,
        vendor_fault: bool,
    },
    Lapse {
        hold: usize,
    },
    Record {
        rate: i64,
        quantity: u64,
    },
    Reverse {
        usage: usize,
        quantity: Option<u64>,
    },
}

const HOUR: i64 = 3_600_000;

pub(crate) fn signups() -> impl Strategy<Value = Signup> {
    (any::<bool>(), option::of(select(vec![1, 72, 400])), option::of(0..3_u8))
        .prop_map(|(trial, trial_hours, rollover)| Signup { trial, trial_hours, rollover })
}

pub(crate) fn commands() -> impl Strategy<Value = Vec<Command>> {
    vec(command(), 1..80)
}

fn command() -> impl Strategy<Value = Command> {
    let lines = mostly(vec((rate(), quantity()), 1..4), Just(Vec::new()));
    let by = select(vec![-HOUR, 0, 1, HOUR, 24 * HOUR, 100 * HOUR]);
    prop_oneof![
        5 => span().prop_map(|ms| Command::Pass { ms }),
        1 => span().prop_map(|ms| Command::Back { ms }),
        1 => Just(Command::Settle),
        5 => grant(),
        2 => pick().prop_map(|grant| Command::Revoke { grant }),
        3 => (pick(), option::of(0..60_i64)).prop_map(|(grant, tenths)| Command::Reinstate { grant, tenths }),
        1 => Just(Command::Freeze),
        3 => Just(Command::Unfreeze),
        2 => (pick(), by).prop_map(|(grant, by)| Command::ExtendGrant { grant, by }),
        6 => (lines, any::<bool>(), ttl()).prop_map(|(lines, partial, ttl)| Command::Hold { lines, partial, ttl }),
        2 => (pick(), ttl()).prop_map(|(hold, ttl)| Command::ExtendHold { hold, ttl }),
        10 => capture(),
        2 => (pick(), any::<bool>()).prop_map(|(hold, vendor_fault)| Command::Release { hold, vendor_fault }),
        1 => pick().prop_map(|hold| Command::Lapse { hold }),
        4 => (rate(), quantity()).prop_map(|(rate, quantity)| Command::Record { rate, quantity }),
        6 => (pick(), option::of(quantity())).prop_map(|(usage, quantity)| Command::Reverse { usage, quantity }),
    ]
}

fn grant() -> impl Strategy<Value = Command> {
    let cost = select(vec![0, 0, 100, 200, 1_900]);
    let priority = select(vec![100, 100, 100, 99, 101]);
    let delay = select(vec![0, 0, 0, 1, 24]);
    let lasts = option::weighted(0.8, mostly(select(vec![1, 6, 24, 24, 48, 168, 720]), Just(0)));
    (mostly(1..200_i64, Just(0)), cost, priority, delay, lasts)
        .prop_map(|(tenths, cost, priority, delay, lasts)| Command::Grant { tenths, cost, priority, delay, lasts })
}

fn capture() -> impl Strategy<Value = Command> {
    let item = (mostly(0..2_usize, 2..4_usize), option::weighted(0.7, quantity()), 0..4_usize);
    let covers = prop_oneof![
        2 => Just(Covers::Rest),
        2 => quantity().prop_map(Covers::Units),
        8 => mostly(vec(item, 1..4), Just(Vec::new())).prop_map(Covers::Items),
    ];
    (pick(), covers, weighted(0.1), weighted(0.2), any::<bool>()).prop_map(
        |(hold, covers, close, reject, charge_fault)| Command::Capture { hold, covers, close, reject, charge_fault },
    )
}

fn span() -> impl Strategy<Value = i64> {
    let short = select(vec![1, HOUR - 1, HOUR, HOUR, HOUR, 6 * HOUR]);
    prop_oneof![6 => short, 4 => Just(24 * HOUR), 1 => Just(168 * HOUR), 1 => Just(744 * HOUR)]
}

/// Hours.
fn ttl() -> impl Strategy<Value = u32> {
    mostly(select(vec![1, 6, 24, 24, 168]), select(vec![0, 169]))
}

fn rate() -> impl Strategy<Value = i64> {
    select(vec![1_000_000, 1_000_000, 500_000, 100_000, 1_300_001, 0])
}

fn quantity() -> impl Strategy<Value = u64> {
    mostly(prop_oneof![4 => 1..4_u64, 4 => 1..15_u64, 1 => 15..60_u64], Just(0))
}

fn pick() -> impl Strategy<Value = usize> {
    prop_oneof![3 => 0..2_usize, 2 => 0..8_usize]
}

/// What is good, and once in a while what is not.
fn mostly<T: std::fmt::Debug>(
    good: impl Strategy<Value = T> + 'static,
    bad: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = T> {
    prop_oneof![24 => good.boxed(), 1 => bad.boxed()]
}
