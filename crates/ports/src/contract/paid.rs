//! Paid grants at any instant, for reports (R37).

use domain::rules::{self, NewGrant, NewHold, What};
use domain::{Instant, Span};

use super::Subject;
use super::asks::{
    capturing, credits, day, extending_grant, giving, granting, just_before, line, new_hold, newest, nothing, placing,
    reinstating, releasing, reversing, revoking, spending_units, start, terms, terms_until,
};
use super::case::Case;
use super::sales::{change, given_back, money, placed};
use super::walk::check_paging;
use crate::{
    Clock as _, Decide, GivenBack, GivenBackPart, GivenBackStatus, PaidAt, PaidFilter, PaidGrant, PaidGrants,
    PlacedOrder,
};

/// A grant that is paid for.
pub(super) fn paid_for(minor: i64, terms: NewGrant) -> Decide {
    granting(NewGrant { cost: Some(money(minor)), ..terms })
}

impl Case {
    /// What this customer had paid for at these instants.
    pub(super) async fn paid_at(&self, at: &[Instant]) -> Vec<PaidAt> {
        let filter = PaidFilter { customer: Some(self.customer), at: at.to_vec(), now: self.subject.clock.now() };
        let page = self.subject.books.paid(self.tenant, &filter, &newest(10)).await.expect("a read");
        let [paid] = &page.items[..] else { panic!("one customer, but: {page:?}") };
        assert_eq!((paid.customer, paid.sequence), (self.customer, self.book().await.sequence));
        paid.at.clone()
    }

    /// The same of one whom nothing was charged beside their grants.
    async fn paid(&self, at: &[Instant]) -> Vec<Vec<PaidGrant>> {
        let grants = |paid: PaidAt| {
            assert_eq!(paid.ungranted, []);
            paid.grants
        };
        self.paid_at(at).await.into_iter().map(grants).collect()
    }

    /// The same, now.
    async fn paid_now(&self) -> Vec<PaidGrant> {
        self.paid(&[Instant::MAX_UTC]).await.remove(0)
    }
}

/// Available, held, consumed, expired and revoked credits.
fn buckets(paid: &PaidGrant) -> [String; 5] {
    let state = &paid.state;
    let all = [state.available, state.held, state.consumed, state.expired, state.revoked];
    all.map(|amount| amount.to_string())
}

/// Whatever comes later, and whether or not it had been written down then: a past instant is told as it was.
pub async fn r37_a_past_instant_is_told_as_it_was_then(subject: Subject) {
    let case = Case::new(subject).await;
    let terms = |amount, end| terms_until(amount, day(end));
    let four = NewHold { ttl: Span::days(7), ..new_hold(vec![line(4, "1")]) };
    let steps = [
        (0, case.ask("a", paid_for(1_000, terms("10", 20)))),
        (1, case.ask("free", giving("100"))),
        (2, case.ask("b", spending_units(3))),
        (3, case.ask("c", paid_for(500, terms("5", 40)))),
        (6, case.ask("d", extending_grant(1, day(21)))),
        (7, case.ask("e", revoking(3))),
        (8, case.ask_revoked("f", 3, reinstating(3, "2"))),
        (16, case.ask("g", placing(four))),
        (18, case.ask_hold("h", 1, capturing(What::Units(1)))),
        (22, case.ask_hold("i", 1, releasing())),
        (23, case.ask_usage("j", 4, reversing(Some(1)))),
        (30, case.nudge(nothing())),
    ];
    let mut told = Vec::new();
    for (days, command) in steps {
        case.subject.clock.set(day(days));
        // Also of what was never written down by then: the clock has come here, the ledger has not.
        told.push((just_before(day(days)), None));
        case.done(command).await;
        told.push((day(days), Some(case.paid_now().await)));
    }
    case.subject.clock.set(day(39));
    let unwritten = case.paid_now().await;
    case.subject.clock.set(day(60));
    told.push((day(39), Some(unwritten)));
    told.push((day(60), Some(case.paid_now().await)));
    case.done(case.nudge(nothing())).await;

    let instants: Vec<Instant> = told.iter().map(|(at, _)| *at).rev().collect();
    let read = case.paid(&instants).await;
    let last_of = |at: &Instant| told.iter().rev().find(|(then, state)| then <= at && state.is_some());
    for ((at, _), read) in told.iter().rev().zip(read) {
        let Some((_, Some(then))) = last_of(at) else {
            assert_eq!(read, [], "at {at}");
            continue;
        };
        // Ends may have been moved since, and what ends without an entry ends all the same.
        let places = |all: &[PaidGrant]| all.iter().map(buckets).collect::<Vec<_>>();
        let then: Vec<PaidGrant> =
            then.iter().cloned().map(|paid| PaidGrant { state: paid.state.at(*at), ..paid }).collect();
        assert_eq!(places(&read), places(&then), "at {at}");
    }
    let [first, _] = &case.paid(&[day(6)]).await[0][..] else { panic!("two grants") };
    assert_eq!(buckets(first), ["7", "0", "3", "0", "0"]);
}

/// An order with two grants of ten credits for 10.00 each.
async fn sold(case: &Case) -> PlacedOrder {
    for key in ["one", "two"] {
        case.done(case.ask(key, paid_for(1_000, terms("10")))).await;
    }
    let mut order = placed(&case.subject);
    order.order.customer = case.customer;
    order.grants = vec![case.grant_id(1), case.grant_id(2)];
    case.subject.place(case.tenant, order).await
}

/// Takes so much of a grant back at `days`, for a refund that the order has.
async fn refund(case: &Case, order: &mut PlacedOrder, refund: GivenBack, days: i64) {
    let GivenBackPart { grant, credits, .. } = refund.parts[0];
    let key = refund.take_key(order.order.id);
    order.refunds.push(refund);
    *order = case.subject.orders.save(case.tenant, change(order, None)).await.expect("saved");
    case.subject.clock.set(day(days));
    let take: Decide = Box::new(move |draft| rules::revoke_part(draft, grant, credits, None));
    case.done(case.ask(&key, take)).await;
}

/// Money counts as given back from the instant at which its credits were taken until they came back; what the order
/// only plans, and what was spent in between, does not count.
pub async fn r37_money_is_given_back_while_its_credits_are_taken(subject: Subject) {
    let case = Case::new(subject).await;
    let mut order = sold(&case).await;
    let part = |number: u32, of: u32, net: i64| {
        let tax = money(0);
        let part = GivenBackPart { grant: case.grant_id(of), credits: credits("1"), net: money(net), tax };
        let plain = given_back(&order, number, of);
        GivenBack { parts: vec![part], status: GivenBackStatus::Settled, gross: money(net), ..plain }
    };
    let settled = part(1, 1, 100);
    let failed = GivenBack { status: GivenBackStatus::Failed, ..part(2, 1, 70) };
    let never = GivenBack { status: GivenBackStatus::Failed, ..part(3, 2, 50) };
    let planned = GivenBack { status: GivenBackStatus::Pending, ..part(4, 2, 30) };
    let seized = GivenBack { status: GivenBackStatus::ChargedBack, ..part(5, 2, 900) };
    refund(&case, &mut order, settled, 1).await;
    refund(&case, &mut order, failed.clone(), 2).await;
    case.subject.clock.set(day(4));
    let back = case.ask_revoked(&failed.return_key(order.order.id), 1, reinstating(1, "1"));
    case.done(back).await;
    order.refunds.extend([never, planned]);
    refund(&case, &mut order, seized, 6).await;

    let instants = [0, 1, 2, 4, 6].map(day);
    let told = [[0, 0], [100, 0], [170, 0], [100, 0], [100, 900]];
    let refunded = |paid: &Vec<PaidGrant>| paid.iter().map(|one| one.refunded).collect::<Vec<_>>();
    let read = case.paid(&instants).await;
    assert_eq!(read.iter().map(refunded).collect::<Vec<_>>(), told);
    let read = case.paid(&instants.map(just_before)).await;
    assert_eq!(
        read.iter().map(refunded).collect::<Vec<_>>(),
        [vec![], vec![0, 0], vec![100, 0], vec![170, 0], vec![100, 0]]
    );
}

/// Customers come in the order of their ids, without those who have paid for nothing.
pub async fn r37_paid_grants_are_listed_by_customer(subject: Subject) {
    let case = Case::with(subject, "5").await;
    let mut expected = Vec::new();
    for price in 1..=5 {
        let other = case.neighbour().await;
        for (key, cost) in [("a", None), ("b", Some(money(price))), ("c", Some(money(0)))] {
            other.done(other.ask(&format!("{key} {price}"), granting(NewGrant { cost, ..terms("7") }))).await;
        }
        let paid = other.paid_now().await;
        let numbers: Vec<_> = paid.iter().map(|one| (one.state.grant.id.number, one.state.grant.cost)).collect();
        assert_eq!(numbers, [(2, Some(money(price))), (3, Some(money(0)))]);
        expected.push(PaidGrants {
            customer: other.customer,
            sequence: 4,
            at: vec![PaidAt { grants: paid, ungranted: Vec::new() }],
        });
        case.neighbour().await;
    }
    let filter = PaidFilter { customer: None, at: vec![start()], now: start() };
    check_paging(&expected, async |ask| case.subject.books.paid(case.tenant, &filter, &ask).await).await;
    let nobody = PaidFilter { customer: Some(case.customer), ..filter };
    check_paging(&[], async |ask| case.subject.books.paid(case.tenant, &nobody, &ask).await).await;
}

/// An instant that a customer has not reached yet is told as of their own time: nothing expires ahead of it.
pub async fn r7_nobody_is_ahead_of_their_own_time(subject: Subject) {
    let case = Case::new(subject).await;
    let clock = case.subject.test_clock(case.tenant, day(100)).await;
    let far = case.living_by(clock).await;
    for (one, end) in [(&case, 10), (&far, 110)] {
        one.done(one.ask(&format!("paid {end}"), paid_for(100, terms_until("1", day(end))))).await;
    }
    let left = async |one: &Case, days| one.paid(&[day(days)]).await[0].iter().map(buckets).collect::<Vec<_>>();
    let (whole, gone) = (["1", "0", "0", "0", "0"], ["0", "0", "0", "1", "0"]);
    assert_eq!(
        (left(&case, 500).await, left(&far, 500).await),
        (vec![whole.map(str::to_owned)], vec![whole.map(str::to_owned)])
    );
    assert_eq!(left(&far, 99).await, Vec::<[String; 5]>::new());
    case.subject.clock.set(day(500));
    assert_eq!(
        (left(&case, 500).await, left(&far, 500).await),
        (vec![gone.map(str::to_owned)], vec![whole.map(str::to_owned)])
    );
    case.subject.clocks.set(case.tenant, clock, day(110)).await.expect("set");
    assert_eq!(left(&far, 500).await, [gone]);
    assert_eq!(left(&far, 109).await, [whole]);
}
