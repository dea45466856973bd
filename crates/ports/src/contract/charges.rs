//! Money that was charged for grants to come, for reports (R37).

use domain::{ChargeTry, GrantId, Instant, Payment, SubscriptionId, SubscriptionStatus, rules};

use super::Subject;
use super::asks::{credits, day, just_before, reinstating, start, terms};
use super::case::Case;
use super::paid::paid_for;
use super::plans::{self, ending};
use super::sales::{change, given_back, money, placed};
use super::walk::check_paging;
use crate::{Decide, GivenBack, GivenBackPart, GivenBackStatus, PaidFilter, PlacedOrder};

/// What was charged, what of it was given back, and whether nothing comes for it any more.
type Row = (i64, i64, bool);

/// A customer's subscription to a year.
struct Year {
    case: Case,
    id: SubscriptionId,
    ends_at: Instant,
}

impl Year {
    async fn of(case: Case) -> Self {
        let ends_at = day(365);
        let mut kept = ending(&case.subject, ends_at);
        kept.subscription.customer = case.customer;
        let kept = case.subject.begin(case.tenant, kept).await;
        Self { case, id: kept.subscription.id, ends_at }
    }

    async fn new(subject: Subject) -> Self {
        Self::of(Case::new(subject).await).await
    }

    /// An order of a charge of so much net, paid after so many days.
    async fn charged(&self, minor: i64, days: i64) -> PlacedOrder {
        let Case { subject, tenant, customer } = &self.case;
        let mut new = placed(subject);
        new.order.customer = *customer;
        new.order.lines = Vec::new();
        new.order.charge = Some(ChargeTry { subscription: self.id, number: 1, attempt: 1 });
        (new.order.net, new.order.tax, new.order.gross) = (money(minor), money(0), money(minor));
        let order = subject.place(*tenant, new).await;
        assert!(!order.is_in_reports(), "nobody has paid");
        subject.clock.set(day(days));
        let payment = Payment { id: "paid".to_owned(), amount: order.order.gross, at: day(days) };
        let paid = domain::Order { payment: Some(payment), ..order.order.clone() };
        self.save(PlacedOrder { order: paid, ..order }).await
    }

    async fn save(&self, order: PlacedOrder) -> PlacedOrder {
        self.case.subject.orders.save(self.case.tenant, change(&order, None)).await.expect("saved")
    }

    /// A grant for so much of what was charged, after so many days, written down on this order.
    async fn gives(&self, order: PlacedOrder, minor: i64, days: i64) -> PlacedOrder {
        self.case.subject.clock.set(day(days));
        let mut grants = order.grants.clone();
        let key = format!("grant after {days} days on {}", order.order.id);
        self.case.done(self.case.ask(&key, paid_for(minor, terms("10")))).await;
        let number = u32::try_from(self.case.paid_at(&[Instant::MAX_UTC]).await[0].grants.len()).expect("few");
        grants.push(self.case.grant_id(number));
        let (invoice, period) = (Some("INV-2026-000001".parse().expect("a number")), Some((start(), self.ends_at)));
        self.save(PlacedOrder { grants, invoice, period, ..order }).await
    }

    /// What was told of all that stands for no grant.
    async fn told(&self, at: &[Instant]) -> Vec<Vec<Row>> {
        let paid = self.case.paid_at(at).await;
        let rows = paid.into_iter().map(|at| {
            let rows = at.ungranted.into_iter().map(|one| {
                assert_eq!((one.subscription, one.price.currency), (self.id, money(0).currency));
                (one.price.minor, one.refunded, one.is_over)
            });
            rows.collect()
        });
        rows.collect()
    }

    /// That it is told so after so many days, and has not been before.
    async fn counts(&self, told: &[(i64, Row)]) {
        self.case.subject.clock.set(day(1_000));
        let instants: Vec<Instant> = told.iter().flat_map(|(days, _)| [just_before(day(*days)), day(*days)]).collect();
        let read = self.told(&instants).await;
        let mut before = Vec::new();
        for ((days, row), read) in told.iter().zip(read.chunks(2)) {
            let row = if row.0 == 0 { Vec::new() } else { vec![*row] };
            assert_eq!(read, [before, row.clone()], "after {days} days");
            before = row;
        }
    }
}

/// Money waits for its grants from its payment on, one by one; what is left when the period has ended waits for nothing.
pub async fn r37_what_was_charged_is_there_until_its_grants_come(subject: Subject) {
    let year = Year::new(subject).await;
    let mut order = year.charged(12_000, 1).await;
    assert_eq!(year.told(&[Instant::MAX_UTC]).await, [[(12_000, 0, false)]]);
    for month in 0..5 {
        order = year.gives(order, 1_000, 2 + 30 * month).await;
        let left = 11_000 - 1_000 * month;
        assert_eq!(year.told(&[Instant::MAX_UTC]).await, [[(left, 0, false)]], "at present");
    }
    let row = |left| (left, 0, false);
    let months = [2, 32, 62, 92, 122].into_iter().zip([11_000, 10_000, 9_000, 8_000, 7_000]);
    let told = [(1, row(12_000))].into_iter().chain(months.map(|(days, left)| (days, row(left))));
    year.counts(&told.chain([(365, (7_000, 0, true))]).collect::<Vec<_>>()).await;
}

/// A charge whose grant takes all of it is ungranted while that is on its way, and one that nothing was delivered for
/// until it has gone back.
pub async fn r37_a_charge_waits_for_its_grant_or_goes_back(subject: Subject) {
    let year = Year::new(subject).await;
    let order = year.charged(900, 1).await;
    year.gives(order, 900, 3).await;
    let late = year.charged(800, 400).await;
    let refund = GivenBack { created_at: day(402), ..ungranted(&late, 1, 800, GivenBackStatus::Pending) };
    year.save(PlacedOrder { refunds: vec![refund], ..late }).await;
    let none = (0, 0, false);
    year.counts(&[(1, (900, 0, false)), (3, none), (400, (800, 0, false)), (402, (800, 800, false))]).await;
}

/// What a change charges adds to its period; the grants that follow are noted on its order, and may cost more than it has
/// brought. Another period is another sum.
pub async fn r37_charges_of_a_period_are_one_sum(subject: Subject) {
    let mut year = Year::new(subject).await;
    let first = year.charged(12_000, 0).await;
    year.gives(first, 1_000, 1).await;
    let mut second = year.charged(3_000, 10).await;
    for (minor, days) in [(500, 11), (1_500, 31), (1_500, 61)] {
        second = year.gives(second, minor, days).await;
    }
    year.ends_at = day(730);
    let next = year.charged(12_000, 366).await;
    let mut next = year.gives(next, 1_000, 367).await;
    next.period = Some((day(365), day(730)));
    year.save(next).await;
    year.case.subject.clock.set(day(1_000));
    let instants = [1, 10, 11, 31, 61, 366, 367, 730].map(day);
    let (open, over) = (|left| vec![(left, 0, false)], (10_500, 0, true));
    let told = [
        open(11_000),
        // It says for what it has paid when it is delivered.
        open(14_000),
        open(13_500),
        open(12_000),
        open(10_500),
        vec![over, (12_000, 0, false)],
        vec![over, (11_000, 0, false)],
        vec![over, (11_000, 0, true)],
    ];
    assert_eq!(year.told(&instants).await, told);
}

/// A refund of so much that stands for no grant.
fn ungranted(order: &PlacedOrder, number: u32, minor: i64, status: GivenBackStatus) -> GivenBack {
    let (parts, gross) = (Vec::new(), money(minor));
    GivenBack { status, parts, ungranted: Some((gross, money(0))), gross, ..given_back(order, number, 1) }
}

/// The same with a credit of this grant, for 1.00.
fn with_part(refund: GivenBack, grant: GrantId) -> GivenBack {
    let part = GivenBackPart { grant, credits: credits("1"), net: money(100), tax: money(0) };
    GivenBack { parts: vec![part], ..refund }
}

/// What goes back for months to come counts with the credits that go with it, and from its beginning where none do, until
/// it came to nothing. After the end of the subscription the rest waits for nothing.
pub async fn r37_money_for_months_to_come_is_given_back(subject: Subject) {
    use GivenBackStatus::{Failed, Pending, Settled};
    let year = Year::new(subject).await;
    let order = year.charged(12_000, 0).await;
    let mut order = year.gives(order, 1_000, 1).await;
    let (case, id, grant) = (year.case.clone(), order.order.id, order.grants[0]);
    let mut kept = case.subject.kept(case.tenant, year.id).await;
    (kept.subscription.status, kept.subscription.ended_at) = (SubscriptionStatus::Canceled, Some(day(40)));
    case.subject.subscriptions.save_subscription(case.tenant, plans::change(&kept)).await.expect("saved");

    let at = |refund, days| GivenBack { created_at: day(days), ..refund };
    let failed = GivenBack { failed_at: Some(day(42)), ..at(ungranted(&order, 1, 11_000, Failed), 40) };
    let without_a_trace = at(with_part(ungranted(&order, 2, 50, Failed), grant), 43);
    let put_back = with_part(GivenBack { failed_at: Some(day(47)), ..ungranted(&order, 3, 60, Failed) }, grant);
    let settled = with_part(ungranted(&order, 4, 4_000, Settled), grant);
    let planned = with_part(ungranted(&order, 5, 70, Pending), grant);
    let pending = at(ungranted(&order, 6, 3_000, Pending), 50);
    let nobody_knows_when = ungranted(&order, 7, 80, Failed);
    for (refund, days) in [(&put_back, 44), (&settled, 48)] {
        case.subject.clock.set(day(days));
        let take: Decide = Box::new(move |draft| rules::revoke_part(draft, grant, credits("1"), None));
        case.done(case.ask(&refund.take_key(id), take)).await;
        if refund.status == Failed {
            case.subject.clock.set(day(46));
            case.done(case.ask_revoked(&refund.return_key(id), 1, reinstating(1, "1"))).await;
        }
    }
    order.refunds = vec![failed, without_a_trace, put_back, settled, planned, pending, nobody_knows_when];
    year.save(order).await;
    let told = [
        (0, (12_000, 0, false)),
        (1, (11_000, 0, false)),
        (40, (11_000, 11_000, true)),
        (42, (11_000, 0, true)),
        (43, (11_000, 0, true)),
        (44, (11_000, 60, true)),
        (46, (11_000, 0, true)),
        (48, (11_000, 4_000, true)),
        (50, (11_000, 7_000, true)),
    ];
    year.counts(&told).await;
}

/// What the bank takes back for months to come counts from the instant at which it took the credits that were there.
pub async fn r37_what_the_bank_takes_back_is_given_back(subject: Subject) {
    let year = Year::new(subject).await;
    let order = year.charged(12_000, 0).await;
    let mut order = year.gives(order, 1_000, 1).await;
    let grant = order.grants[0];
    let seized = with_part(ungranted(&order, 1, 11_000, GivenBackStatus::ChargedBack), grant);
    year.case.subject.clock.set(day(5));
    let take: Decide = Box::new(move |draft| rules::revoke_part(draft, grant, credits("10"), None));
    year.case.done(year.case.ask(&seized.take_key(order.order.id), take)).await;
    order.refunds = vec![GivenBack { created_at: day(6), ..seized }];
    year.save(order).await;
    year.counts(&[(0, (12_000, 0, false)), (1, (11_000, 0, false)), (5, (11_000, 11_000, false))]).await;
}

/// Who has paid a charge is listed among those who have paid for grants; nobody else is.
pub async fn r37_who_was_charged_is_listed_by_customer(subject: Subject) {
    let nobody = Year::new(subject).await;
    let case = &nobody.case;
    let mut expected = Vec::new();
    for turn in 0..7 {
        let year = Year::of(case.neighbour().await).await;
        if turn % 3 < 2 {
            year.charged(900, 0).await;
        }
        if turn % 3 > 0 {
            year.case.done(year.case.ask(&format!("paid {turn}"), paid_for(100, terms("1")))).await;
        }
        expected.push(year.case.customer);
    }
    let filter = PaidFilter { customer: None, at: vec![start()], now: start() };
    let books = &case.subject.books;
    let listed = async |filter: &PaidFilter, ask| {
        let page = books.paid(case.tenant, filter, &ask).await?;
        let items = page.items.into_iter().map(|paid| paid.customer).collect();
        Ok(crate::Page { items, next: page.next })
    };
    check_paging(&expected, async |ask| listed(&filter, ask).await).await;
    let one = |customer| PaidFilter { customer: Some(customer), ..filter.clone() };
    check_paging(&expected[..1], async |ask| listed(&one(expected[0]), ask).await).await;
    check_paging(&[], async |ask| listed(&one(case.customer), ask).await).await;
    let stranger = case.subject.tenant().await;
    let ask = super::asks::newest(10);
    assert!(books.paid(stranger, &filter, &ask).await.expect("a read").items.is_empty());
}
