//! Chance that can be repeated: everything that a run does is drawn from its seed.

use std::hash::{BuildHasher as _, RandomState};

/// The run's seed: `FOLIO_CRASH_SEED`, or a new one.
pub(crate) fn seed() -> u64 {
    match std::env::var("FOLIO_CRASH_SEED") {
        Ok(seed) => seed.parse().expect("FOLIO_CRASH_SEED is a number"),
        Err(_) => RandomState::new().hash_one("seed") >> 32,
    }
}

/// `SplitMix64`.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Other dice, for someone with a number of their own.
    pub(crate) fn of(&self, number: u64) -> Self {
        Self(Self(self.0 ^ number.wrapping_mul(0xD134_2543_DE82_EF95)).roll())
    }

    /// A number below this one.
    pub(crate) fn below(&mut self, sides: u64) -> u64 {
        self.roll() % sides
    }

    /// 1 to this number.
    pub(crate) fn upto(&mut self, most: i64) -> i64 {
        1 + i64::try_from(self.below(most.unsigned_abs())).expect("small")
    }

    /// Whether it is the one case of so many.
    pub(crate) fn one_in(&mut self, cases: u64) -> bool {
        self.below(cases) == 0
    }

    /// A place in a list; `None` where it is empty.
    pub(crate) fn place<T>(&mut self, list: &[T]) -> Option<usize> {
        (!list.is_empty()).then(|| self.index(list.len()))
    }

    /// A place in anything that is so long.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(u64::try_from(length).expect("small"))).expect("small")
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}
