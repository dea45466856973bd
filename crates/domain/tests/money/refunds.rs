//! Money back (R35).

use folio_domain::{Purchase, Refund, RefundAsk, RefundRefusal, RefundTerms, Revenue, Span};
use proptest::prelude::*;

use crate::grants::{free, paid, shift, starter};
use crate::{at, credits, usd};

/// The Starter pack with 19 % tax, untouched.
fn bought() -> Purchase {
    Purchase { state: starter(), tax: usd(361), refunded_net: 0, refunded_tax: 0, first: true }
}

fn used(amount: &str) -> Purchase {
    let mut purchase = bought();
    shift(&mut purchase.state.available, &mut purchase.state.consumed, credits(amount));
    purchase
}

fn held(amount: &str) -> Purchase {
    let mut purchase = bought();
    shift(&mut purchase.state.available, &mut purchase.state.held, credits(amount));
    purchase
}

/// The purchase after this refund has been paid out.
fn after(mut purchase: Purchase, refund: Refund) -> Purchase {
    shift(&mut purchase.state.available, &mut purchase.state.revoked, refund.credits);
    purchase.refunded_net += refund.net.minor;
    purchase.refunded_tax += refund.tax.minor;
    purchase
}

/// Catalog A's.
fn terms() -> RefundTerms {
    RefundTerms { first_purchase_only: true, within: Some(Span::days(7)), used_under_percent: Some(10) }
}

#[test]
fn r35_a_refund_is_the_price_less_what_was_recognised() {
    let refund = used("9").refund(RefundAsk::Rest).expect("a refund");
    assert_eq!((refund.credits, refund.net), (credits("91"), usd(1_729)));
    assert_eq!((refund.tax, refund.gross), (usd(329), usd(2_058)), "19 % of 17.29 is 3.2851");
    let whole = bought().refund(RefundAsk::Rest).expect("a refund");
    assert_eq!((whole.net, whole.tax, whole.gross), (usd(1_900), usd(361), usd(2_261)));
}

#[test]
fn r35_the_held_part_is_left_out() {
    let refund = held("40").refund(RefundAsk::Rest).expect("a refund");
    assert_eq!((refund.credits, refund.net), (credits("60"), usd(1_140)));
    assert_eq!(held("40").refund(RefundAsk::Credits(credits("61"))), Err(RefundRefusal::Held(credits("40"))));
    assert_eq!(held("100").refund(RefundAsk::Rest), Err(RefundRefusal::Held(credits("100"))));
}

#[test]
fn r35_nothing_is_refunded_twice() {
    let first = bought().refund(RefundAsk::Rest).expect("a refund");
    assert_eq!(after(bought(), first).refund(RefundAsk::Rest), Err(RefundRefusal::AlreadyRefunded));
    assert_eq!(after(bought(), first).charge_back(), Err(RefundRefusal::AlreadyRefunded));
}

#[test]
fn r35_what_cannot_be_refunded_is_refused() {
    let free = Purchase { state: free(starter()), ..bought() };
    assert_eq!(free.refund(RefundAsk::Rest), Err(RefundRefusal::NotPaid));
    assert_eq!(used("100").refund(RefundAsk::Rest), Err(RefundRefusal::NothingLeft));
    let ask = |amount| bought().refund(RefundAsk::Credits(credits(amount)));
    assert_eq!(ask("100.000001"), Err(RefundRefusal::TooMuch(credits("100"))));
    assert_eq!(ask("0"), Err(RefundRefusal::TooSmall));
    // A cent buys 0.0526… credits; the first millionth ends a cent that was only partly there.
    assert_eq!(ask("0.000001").expect("a refund").net, usd(1));
    assert_eq!(
        after(bought(), ask("0.000001").expect("one")).refund(RefundAsk::Credits(credits("0.000001"))),
        Err(RefundRefusal::TooSmall)
    );
}

#[test]
fn r35_the_policy_of_catalog_a() {
    let bought_at = at("2026-06-01T12:00:00Z");
    assert_eq!(terms().check(&bought(), bought_at), Ok(()));
    let second = Purchase { first: false, ..bought() };
    assert_eq!(terms().check(&second, bought_at), Err(RefundRefusal::NotFirstPurchase));
    let end = at("2026-06-08T12:00:00Z");
    assert_eq!(terms().check(&bought(), at("2026-06-08T11:59:59.999Z")), Ok(()));
    assert_eq!(terms().check(&bought(), end), Err(RefundRefusal::TooLate(end)));
    assert_eq!(terms().check(&used("9.999999"), bought_at), Ok(()));
    assert_eq!(terms().check(&used("10"), bought_at), Err(RefundRefusal::UsedTooMuch(10)));
    assert_eq!(terms().check(&held("10"), bought_at), Err(RefundRefusal::UsedTooMuch(10)));
}

#[test]
fn r35_a_policy_without_limits_refuses_nobody() {
    let terms = RefundTerms { first_purchase_only: false, within: None, used_under_percent: None };
    let purchase = Purchase { first: false, ..used("99") };
    assert_eq!(terms.check(&purchase, at("2036-06-01T12:00:00Z")), Ok(()));
}

#[test]
fn r35_a_chargeback_revokes_the_rest_and_leaves_a_receivable() {
    let mut purchase = used("30");
    shift(&mut purchase.state.available, &mut purchase.state.held, credits("10"));
    let chargeback = purchase.charge_back().expect("a chargeback");
    assert_eq!((chargeback.credits, chargeback.net, chargeback.tax), (credits("60"), usd(1_140), usd(217)));
    assert_eq!(chargeback.receivable, usd(2_261 - 1_140 - 217));
    // What was refunded before is not taken back by the bank again.
    let refund = bought().refund(RefundAsk::Credits(credits("50"))).expect("a refund");
    let chargeback = after(bought(), refund).charge_back().expect("a chargeback");
    assert_eq!((chargeback.net, chargeback.receivable), (usd(950), usd(0)));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn r35_refunds_in_parts_give_back_what_one_would(
        price in 1..1_000_000_i64,
        tax in 0..500_000_i64,
        granted in 1..1_000_000_i64,
        used in 0..1_000_000_i64,
        parts in prop::collection::vec(1..400_000_i64, 0..8),
    ) {
        let mut purchase = Purchase { state: paid(price, granted), tax: usd(tax), ..bought() };
        let micros = |amount| folio_domain::Credits::from_micros(amount).expect("not negative");
        shift(&mut purchase.state.available, &mut purchase.state.consumed, micros(used));
        let recognised = Revenue::of(&purchase.state, 0).expect("paid").recognised;
        let asks = parts.into_iter().map(|part| RefundAsk::Credits(micros(part))).chain([RefundAsk::Rest]);
        for ask in asks {
            if let Ok(refund) = purchase.refund(ask) {
                prop_assert_eq!(refund.gross.minor, refund.net.minor + refund.tax.minor);
                purchase = after(purchase, refund);
            }
        }
        if purchase.state.available.is_zero() {
            prop_assert_eq!(purchase.refunded_net, price - recognised);
        }
        prop_assert!(purchase.refunded_net <= price && purchase.refunded_tax <= tax);
        if purchase.refunded_net == price {
            prop_assert_eq!(purchase.refunded_tax, tax);
        }
    }
}
