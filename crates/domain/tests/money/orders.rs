//! Orders, from the price list to the money (R9, R22, R24, R32).

use std::sync::LazyLock;

use chrono_tz::{Europe, Tz, UTC};
use folio_domain::{
    Credits, Currency, CustomerId, Money, NewLine, NewOrder, Order, OrderEvent, OrderId, OrderRefusal, OrderStatus,
    OrderTerms, Pack, Paid, Payment, PaymentWay, Source, Span, Validity,
};
use proptest::prelude::*;

use crate::{at, credits, usd};

const NOON: &str = "2026-06-01T12:00:00Z";

/// The Starter pack, for as long as the tests run.
fn pack() -> &'static Pack {
    static PACK: LazyLock<Pack> = LazyLock::new(|| Pack {
        code: "starter".into(),
        label: "Starter".into(),
        credits: 100,
        price: usd(1_900),
        validity: Validity(Some(Span { months: 12, days: 0, seconds: 0 })),
        private: false,
    });
    &PACK
}

fn line(pack: &Pack, quantity: u32, net: i64, tax: i64) -> NewLine<'_> {
    NewLine { pack, quantity, net: usd(net), tax: usd(tax) }
}

fn new(lines: Vec<NewLine<'_>>) -> NewOrder<'_> {
    NewOrder {
        id: OrderId(uuid::Uuid::nil()),
        customer: CustomerId(uuid::Uuid::nil()),
        zone: UTC,
        lines,
        way: PaymentWay::Checkout,
        offered: false,
        seen: None,
        catalog_version: 1,
        terms: OrderTerms::default(),
    }
}

/// Two Starters with 19 % tax.
fn open() -> Order {
    Order::place(&new(vec![line(pack(), 2, 3_800, 722)]), at(NOON)).expect("an order")
}

fn payment(id: &str, minor: i64, when: &str) -> Payment {
    Payment { id: id.into(), amount: usd(minor), at: at(when) }
}

fn pay(order: &Order, id: &str) -> Result<Paid, OrderRefusal> {
    order.settle(payment(id, 4_522, "2026-06-01T13:00:00Z"))
}

fn paid() -> Order {
    match pay(&open(), "one") {
        Ok(Paid::Now(order)) => *order,
        other => panic!("not paid: {other:?}"),
    }
}

fn expired() -> Order {
    open().expire(at("2026-06-02T12:00:00Z")).expect("due")
}

#[test]
fn an_order_has_the_terms_of_its_moment() {
    let order = open();
    assert_eq!((order.net, order.tax, order.gross), (usd(3_800), usd(722), usd(4_522)));
    assert_eq!((order.status, order.credits()), (OrderStatus::Open, credits("200")));
    assert_eq!(order.expires_at, at("2026-06-02T12:00:00Z"));
    assert_eq!(order.lines[0].unit_price().expect("a unit price").display(), "$0.19");
    let by_hand = NewOrder { way: PaymentWay::Manual, ..new(vec![line(pack(), 1, 1_900, 0)]) };
    assert_eq!(Order::place(&by_hand, at(NOON)).expect("an order").expires_at, at("2026-07-01T12:00:00Z"));
}

#[test]
fn prices_may_be_with_tax_or_without_it_but_nothing_else() {
    let place = |net, tax| Order::place(&new(vec![line(pack(), 1, net, tax)]), at(NOON)).map(|order| order.gross);
    assert_eq!(place(1_900, 361), Ok(usd(2_261)));
    assert_eq!(place(1_597, 303), Ok(usd(1_900)));
    let wrong = Err(OrderRefusal::WrongTax("starter".into()));
    for (net, tax) in [(1_899, 0), (1_901, 0), (1_597, 304), (2_000, -100), (-1, 1_901)] {
        assert_eq!(place(net, tax), wrong, "{net} + {tax}");
    }
    let euros = NewLine { tax: Money { minor: 0, currency: Currency::EUR }, ..line(pack(), 1, 1_900, 0) };
    assert_eq!(Order::place(&new(vec![euros]), at(NOON)).map(|order| order.gross), wrong);
}

#[test]
fn a_price_that_the_customer_did_not_see_is_refused() {
    let changed = NewOrder { seen: Some(usd(1_900)), ..new(vec![line(pack(), 1, 1_900, 361)]) };
    let refused = OrderRefusal::PriceChanged { seen: usd(1_900), now: usd(2_261) };
    assert_eq!(Order::place(&changed, at(NOON)), Err(refused));
}

#[test]
fn an_order_is_of_something_and_bounded() {
    let place = |lines| Order::place(&new(lines), at(NOON)).map(|order| order.status);
    let pack = pack();
    assert_eq!(place(Vec::new()), Err(OrderRefusal::NothingToBuy));
    assert_eq!(place(vec![line(pack, 0, 0, 0)]), Err(OrderRefusal::NothingToBuy));
    assert_eq!(place(vec![line(pack, 1, 1_900, 0); 21]), Err(OrderRefusal::TooLarge));
    assert_eq!(place(vec![line(pack, u32::MAX, 1_900, 0)]), Err(OrderRefusal::TooLarge));
    let half = line(pack, 5_000_001, 9_500_001_900, 0);
    assert_eq!(place(vec![half.clone()]), Ok(OrderStatus::Open));
    assert_eq!(place(vec![half.clone(), half]), Err(OrderRefusal::TooLarge));
}

#[test]
fn r24_a_private_pack_is_for_those_it_was_offered_to() {
    let private = Pack { private: true, ..pack().clone() };
    let place = |offered| {
        let order = NewOrder { offered, ..new(vec![line(&private, 1, 1_900, 0)]) };
        Order::place(&order, at(NOON)).map(|order| order.status)
    };
    assert_eq!(place(false), Err(OrderRefusal::NotOffered("starter".into())));
    assert_eq!(place(true), Ok(OrderStatus::Open));
}

#[test]
fn r9_credits_last_their_time_from_the_payment_and_never_less_than_promised() {
    let promised = at("2027-06-02T00:00:00Z");
    let order = open();
    let end = |paid_at, zone: Tz| order.lines[0].expires_at(at(paid_at), zone);
    assert_eq!(order.lines[0].promised_until, Some(promised));
    assert_eq!(end(NOON, UTC), Some(promised));
    assert_eq!(end("2026-06-02T11:00:00Z", UTC), Some(at("2027-06-03T00:00:00Z")));
    // Midnight comes earlier in Berlin.
    assert_eq!(end(NOON, Europe::Berlin), Some(promised));
    let forever = Pack { validity: Validity(None), ..pack().clone() };
    let order = Order::place(&new(vec![line(&forever, 1, 1_900, 0)]), at(NOON)).expect("an order");
    assert_eq!(order.lines[0].expires_at(at(NOON), UTC), None);
}

#[test]
fn r37_a_lines_grant_costs_what_was_paid_without_tax() {
    let grant = open().lines[0].grant(at(NOON), UTC);
    assert_eq!((grant.source, grant.amount, grant.cost), (Source::Pack, Credits::whole(200), Some(usd(3_800))));
}

#[test]
fn r32_a_payment_settles_once() {
    assert_eq!(paid().status, OrderStatus::Paid);
    assert_eq!(pay(&paid(), "one"), Ok(Paid::Already));
    let twice = pay(&paid(), "two").expect_err("a second payment");
    assert_eq!(twice, OrderRefusal::PaidTwice { first: "one".into(), second: "two".into() });
    assert!(twice.leaves_money());
    let refunded = paid().refund(usd(4_522)).expect("a refund");
    assert_eq!(pay(&refunded, "one"), Ok(Paid::Already), "an event that comes late");
}

#[test]
fn r32_a_payment_made_in_time_counts_however_late_it_is_told() {
    for order in [open().fail().expect("failed"), expired(), open().begin_payment().expect("pending")] {
        assert!(matches!(pay(&order, "one"), Ok(Paid::Now(_))), "{:?}", order.status);
    }
    let late = expired().settle(payment("one", 4_522, "2026-06-02T12:00:00Z")).expect_err("too late");
    assert_eq!(late, OrderRefusal::PaidAfterEnd { payment: "one".into(), status: OrderStatus::Expired });
    let canceled = pay(&open().cancel().expect("canceled"), "one").expect_err("canceled");
    assert_eq!(canceled, OrderRefusal::PaidAfterEnd { payment: "one".into(), status: OrderStatus::Canceled });
    assert!(late.leaves_money() && canceled.leaves_money());
}

#[test]
fn r32_other_money_than_is_due_settles_nothing() {
    let wrong = open().settle(payment("one", 4_521, NOON)).expect_err("a cent is missing");
    assert_eq!(wrong, OrderRefusal::WrongAmount { due: usd(4_522), got: usd(4_521) });
    let euros = Payment { amount: Money { minor: 4_522, currency: Currency::EUR }, ..payment("one", 0, NOON) };
    let other = open().settle(euros).expect_err("another currency");
    assert!(matches!(other, OrderRefusal::WrongCurrency { .. }));
    assert!(wrong.leaves_money() && other.leaves_money());
}

#[test]
fn an_order_ends_at_its_end_and_not_before() {
    let end = at("2026-06-02T12:00:00Z");
    assert_eq!(open().expire(at("2026-06-02T11:59:59.999Z")), Err(OrderRefusal::NotDue(end)));
    assert_eq!(expired().status, OrderStatus::Expired);
    let pending = open().begin_payment().expect("pending");
    assert_eq!(pending.expire(end).expect("due").status, OrderStatus::Expired);
}

#[test]
fn what_does_not_wait_for_a_payment_is_not_open() {
    for order in [open().cancel().expect("canceled"), open().fail().expect("failed"), expired(), paid()] {
        let refused = Some(OrderRefusal::NotOpen(order.status));
        assert_eq!(order.begin_payment().err(), refused);
        assert_eq!(order.cancel().err(), refused);
        assert_eq!(order.fail().err(), refused);
        assert_eq!(order.expire(at("2036-01-01T00:00:00Z")).err(), refused);
    }
}

#[test]
fn r35_an_order_is_refunded_in_parts_and_never_beyond_its_price() {
    assert_eq!(open().refund(usd(1)), Err(OrderRefusal::NotPaid(OrderStatus::Open)));
    let part = paid().refund(usd(4_000)).expect("a refund");
    assert_eq!((part.status, part.refunded), (OrderStatus::PartlyRefunded, usd(4_000)));
    assert_eq!(part.refund(usd(523)), Err(OrderRefusal::RefundTooMuch(usd(522))));
    assert_eq!(part.refund(usd(0)), Err(OrderRefusal::RefundTooMuch(usd(522))));
    let euros = Money { minor: 1, currency: Currency::EUR };
    assert_eq!(part.refund(euros), Err(OrderRefusal::RefundTooMuch(usd(522))));
    let whole = part.refund(usd(522)).expect("the rest");
    assert_eq!(whole.status, OrderStatus::Refunded);
    assert_eq!(whole.refund(usd(1)), Err(OrderRefusal::NotPaid(OrderStatus::Refunded)));
}

#[test]
fn r35_the_bank_can_take_back_what_was_paid() {
    assert_eq!(open().dispute(), Err(OrderRefusal::NotPaid(OrderStatus::Open)));
    let disputed = paid().dispute().expect("a dispute");
    assert_eq!(disputed.dispute(), Ok(disputed.clone()));
    assert_eq!(disputed.refund(usd(1)), Err(OrderRefusal::NotPaid(OrderStatus::Disputed)));
}

#[test]
fn words_lead_back_to_what_they_name() {
    assert!(OrderStatus::ALL.into_iter().all(|status| OrderStatus::from_word(status.word()) == Some(status)));
    assert!(OrderEvent::ALL.into_iter().all(|event| OrderEvent::from_word(event.word()) == Some(event)));
    assert!(PaymentWay::ALL.into_iter().all(|way| PaymentWay::from_word(way.word()) == Some(way)));
}

#[derive(Clone, Debug)]
enum Move {
    Begin,
    Settle(u8, i64),
    Fail,
    Cancel,
    Expire(i64),
    Refund(i64),
    Dispute,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        Just(Move::Begin),
        (0..3_u8, -7_200..172_800_i64).prop_map(|(id, after)| Move::Settle(id, after)),
        Just(Move::Fail),
        Just(Move::Cancel),
        (0..172_800_i64).prop_map(Move::Expire),
        (1..4_522_i64).prop_map(Move::Refund),
        Just(Move::Dispute),
    ];
    prop::collection::vec(one, 1..20)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn r32_whatever_happens_an_order_grants_once_and_refunds_no_more_than_was_paid(moves in moves()) {
        let mut order = open();
        let (mut grants, mut back) = (0, 0);
        let after = |seconds| at(NOON) + chrono::TimeDelta::seconds(seconds);
        for one in moves {
            let moved = match one {
                Move::Begin => order.begin_payment(),
                Move::Fail => order.fail(),
                Move::Cancel => order.cancel(),
                Move::Expire(seconds) => order.expire(after(seconds)),
                Move::Dispute => order.dispute(),
                Move::Refund(minor) => order.refund(usd(minor)).inspect(|_| back += minor),
                Move::Settle(id, seconds) => {
                    let payment = Payment { id: id.to_string(), amount: usd(4_522), at: after(seconds) };
                    match order.settle(payment) {
                        Ok(Paid::Now(paid)) => {
                            grants += 1;
                            Ok(*paid)
                        }
                        Ok(Paid::Already) => Ok(order.clone()),
                        Err(refusal) => {
                            prop_assert!(refusal.leaves_money());
                            Err(refusal)
                        }
                    }
                }
            };
            order = moved.unwrap_or(order);
            prop_assert!(grants <= 1);
            prop_assert_eq!(order.payment.is_some(), grants == 1);
            prop_assert_eq!(order.refunded.minor, back);
            prop_assert!(back == 0 || grants == 1);
            prop_assert!(back <= 4_522);
        }
    }
}
