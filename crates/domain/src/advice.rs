//! Pack advice: the cheapest way to cover a need (R23).

use crate::{Money, Pack};

/// So many of some packs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basket {
    /// Pack codes with how many of each, in the catalog's order.
    pub packs: Vec<(String, u32)>,
    /// Credits of all of them.
    pub credits: u64,
    /// Price of all of them.
    pub price: Money,
}

/// What to buy for a need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The cheapest combination of packs that covers it.
    pub best: Option<Basket>,
    /// The cheapest single pack that covers it.
    pub single: Option<Basket>,
    /// The need is above the largest pack: a tailored quote may be better.
    pub contact_sales: bool,
}

/// Above this many credits only a quote is advised: the table of combinations stays small.
const MOST: u64 = 1_000_000;

/// What to buy for `need` whole credits, from these packs (all of one currency): the cheapest
/// combination by dynamic programming; ties go to fewer packs, then to more credits.
#[must_use]
pub fn advise(packs: &[&Pack], need: u64) -> Advice {
    let largest = packs.iter().map(|pack| u64::from(pack.credits)).max().unwrap_or(0);
    let contact_sales = need > largest;
    if packs.is_empty() || need == 0 || need > MOST {
        return Advice { best: None, single: None, contact_sales };
    }
    let single = packs
        .iter()
        .enumerate()
        .filter(|(_, pack)| u64::from(pack.credits) >= need)
        .min_by_key(|(_, pack)| (pack.price.minor, std::cmp::Reverse(pack.credits)))
        .map(|(place, _)| basket(packs, &[place]));
    Advice { best: Some(basket(packs, &cheapest(packs, need))), single, contact_sales }
}

/// The best way found so far to cover a need: its price, its number of packs, its credits (negated:
/// more is better), and the pack that was added last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Best {
    price: i64,
    count: u32,
    fewer_credits: i64,
    last: usize,
}

/// Places of the packs to buy, with repetitions.
fn cheapest(packs: &[&Pack], need: u64) -> Vec<usize> {
    // Needs are counted in steps of the packs' common divisor: 50 credits for the usual table.
    let step = packs.iter().map(|pack| u64::from(pack.credits)).fold(0, gcd).max(1);
    let steps = usize::try_from(need.div_ceil(step)).unwrap_or(usize::MAX);
    let size = |pack: &Pack| usize::try_from(u64::from(pack.credits).div_euclid(step)).unwrap_or(usize::MAX);

    let nothing = Best { price: 0, count: 0, fewer_credits: 0, last: usize::MAX };
    let mut table: Vec<Best> = vec![nothing];
    for covered in 1..=steps {
        let best = packs
            .iter()
            .enumerate()
            .filter_map(|(place, pack)| {
                let before = table.get(covered.saturating_sub(size(pack)))?;
                Some(Best {
                    price: before.price.saturating_add(pack.price.minor),
                    count: before.count.saturating_add(1),
                    fewer_credits: before.fewer_credits.saturating_sub(pack.credits.into()),
                    last: place,
                })
            })
            .min()
            .unwrap_or(nothing);
        table.push(best);
    }

    let mut places = Vec::new();
    let mut covered = steps;
    while let Some((last, pack)) = table.get(covered).and_then(|best| Some((best.last, packs.get(best.last)?))) {
        places.push(last);
        covered = covered.saturating_sub(size(pack));
    }
    places
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a.checked_rem(b).unwrap_or(0)) }
}

fn basket(packs: &[&Pack], places: &[usize]) -> Basket {
    let mut counts = vec![0_u32; packs.len()];
    for place in places {
        if let Some(count) = counts.get_mut(*place) {
            *count = count.saturating_add(1);
        }
    }
    let chosen = || packs.iter().zip(&counts).filter(|(_, count)| **count > 0);
    let minor = chosen().map(|(pack, count)| pack.price.minor.saturating_mul((*count).into())).sum();
    let currency = packs.first().map_or(crate::Currency::USD, |pack| pack.price.currency);
    Basket {
        packs: chosen().map(|(pack, count)| (pack.code.clone(), *count)).collect(),
        credits: chosen().map(|(pack, count)| u64::from(pack.credits).saturating_mul((*count).into())).sum(),
        price: Money { minor, currency },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Currency, Validity};
    use proptest::prelude::*;

    fn pack((code, credits, minor): (&str, u32, i64)) -> Pack {
        Pack {
            code: code.into(),
            label: code.into(),
            credits,
            price: Money { minor, currency: Currency::USD },
            validity: Validity(None),
            private: false,
        }
    }

    fn table() -> Vec<Pack> {
        [
            ("starter", 100, 1_900),
            ("small", 250, 3_900),
            ("medium", 500, 5_900),
            ("popular", 1_000, 9_900),
            ("growth", 2_500, 18_900),
            ("scale", 5_000, 34_900),
            ("business", 10_000, 59_900),
            ("enterprise", 25_000, 129_900),
        ]
        .map(pack)
        .to_vec()
    }

    fn advice(need: u64) -> Advice {
        let packs = table();
        advise(&packs.iter().collect::<Vec<_>>(), need)
    }

    #[test]
    fn r23_the_cheapest_combination_covers_the_need() {
        let best = |need| advice(need).best.expect("a basket").packs;
        assert_eq!(best(900), [("popular".to_owned(), 1)]);
        assert_eq!(best(2_400), [("growth".to_owned(), 1)]);
        assert_eq!(best(4_600), [("scale".to_owned(), 1)]);
        assert_eq!(best(101), [("starter".to_owned(), 2)]);
        let single = advice(101).single.expect("a pack");
        assert_eq!((single.packs, single.price.minor), (vec![("small".to_owned(), 1)], 3_900));
    }

    #[test]
    fn r23_above_the_largest_pack_also_contact_sales() {
        assert!(!advice(25_000).contact_sales);
        let above = advice(25_001);
        assert!(above.contact_sales && above.single.is_none() && above.best.is_some());
        assert_eq!(advice(u64::MAX).best, None);
    }

    #[test]
    fn r23_ties_go_to_fewer_packs_then_to_more_credits() {
        let packs = [pack(("half", 50, 500)), pack(("one", 100, 1_000)), pack(("more", 120, 1_000))];
        let best = advise(&packs.iter().collect::<Vec<_>>(), 100).best.expect("a basket");
        assert_eq!(best.packs, [("more".to_owned(), 1)]);
    }

    /// Every way to cover `need` with these packs and no more than it takes: price, count, credits.
    fn ways(packs: &[Pack], need: i64) -> Vec<(i64, u32, i64)> {
        let Some((pack, others)) = packs.split_first() else {
            return if need > 0 { Vec::new() } else { vec![(0, 0, 0)] };
        };
        let credits = i64::from(pack.credits);
        let most = u32::try_from(need.max(0)).expect("a small need").div_ceil(pack.credits);
        let with = |count: u32| {
            let taken = i64::from(count);
            let rest = ways(others, need - taken * credits).into_iter();
            rest.map(move |(price, packs, sum)| {
                (price + taken * pack.price.minor, packs + count, sum + taken * credits)
            })
        };
        (0..=most).flat_map(with).collect()
    }

    proptest! {
        /// Any small table, against every way there is.
        #[test]
        fn r23_advice_is_the_best_of_all_ways(
            table in proptest::collection::vec((1_u32..9, 0_i64..12), 1..4),
            need in 1_i64..25,
        ) {
            let packs: Vec<Pack> = table.iter().map(|(credits, minor)| pack(("p", *credits, *minor))).collect();
            let advice = advise(&packs.iter().collect::<Vec<_>>(), need.unsigned_abs());
            let best = advice.best.expect("a basket");
            let found = (best.price.minor, best.packs.iter().map(|(_, count)| count).sum::<u32>(), best.credits);
            let ways = ways(&packs, need).into_iter();
            let (price, count, credits) = ways.min_by_key(|(price, count, sum)| (*price, *count, -sum)).expect("a way");
            prop_assert_eq!(found, (price, count, credits.unsigned_abs()));
        }

        /// Against every combination of up to four packs, priced one by one.
        #[test]
        fn r23_no_combination_is_cheaper(need in 1_u64..4_000) {
            let packs = table();
            let best = advise(&packs.iter().collect::<Vec<_>>(), need).best.expect("a basket");
            prop_assert!(best.credits >= need);
            let choices: Vec<(u64, i64)> = std::iter::once((0, 0))
                .chain(packs.iter().map(|p| (u64::from(p.credits), p.price.minor)))
                .collect();
            for a in &choices { for b in &choices { for c in &choices { for d in &choices {
                if a.0 + b.0 + c.0 + d.0 >= need {
                    prop_assert!(best.price.minor <= a.1 + b.1 + c.1 + d.1);
                }
            }}}}
        }
    }
}
