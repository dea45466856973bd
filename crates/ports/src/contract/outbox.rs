//! Mails that wait: queued once, taken by one at a time.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use domain::{Currency, CustomerId, EventId, Instant, Money, OrderId, SubscriptionId, TenantId};

use super::Subject;
use super::asks::{credits, day, just_before, newest, start};
use super::case::reply;
use super::sales::mailbox;
use super::texts::TEXTS;
use super::walk::{at_once, check_paging};
use crate::{Event, EventFilter, Happening, MailStatus, Mailbox, Occasion, OutboxMail, StoreError};

fn mail(subject: &Subject, id: &str, due_at: Instant) -> OutboxMail {
    OutboxMail {
        id: id.to_owned(),
        customer: CustomerId(subject.uuid()),
        to: mailbox(),
        occasion: Occasion::QuoteRequest { credits: credits("1"), message: "hello".to_owned() },
        status: MailStatus::Queued,
        written_at: start(),
        due_at: Some(due_at),
        tries: 0,
        error: None,
    }
}

async fn queue(subject: &Subject, tenant: TenantId, mail: &OutboxMail) {
    subject.outbox.queue(tenant, mail, None, None).await.expect("queued");
}

/// The customer's only mail, as it is kept.
async fn kept(subject: &Subject, tenant: TenantId, customer: CustomerId) -> OutboxMail {
    let page = subject.outbox.mails(tenant, customer, &newest(2)).await.expect("a read");
    assert_eq!(page.items.len(), 1);
    page.items.into_iter().next().expect("a mail")
}

async fn take(subject: &Subject, at: Instant, until: Instant, limit: u32) -> Vec<OutboxMail> {
    let taken = subject.outbox.take(at, until, limit).await.expect("taken");
    taken.into_iter().map(|(_, mail)| mail).collect()
}

/// All that a mail tells comes back.
pub async fn a_mail_is_kept_to_the_letter(subject: Subject) {
    let tenant = subject.tenant().await;
    for (n, text) in (0_u32..).zip(TEXTS) {
        let (order, subscription) = (OrderId(subject.uuid()), SubscriptionId(subject.uuid()));
        let (plan, reason) = (text.to_owned(), text.to_owned());
        let occasion = match n % 6 {
            0 => Occasion::Document("A-1-2026-000001".parse().expect("a number")),
            1 => Occasion::PaymentFailed { order, reason },
            2 => Occasion::RenewalFailed {
                subscription,
                plan,
                amount: Money { minor: i64::from(n) * 1_000_000_000_000, currency: Currency::JPY },
                retry_at: (n < 6).then(|| just_before(day(3))),
                ends_at: day(14),
                action_required: n > 6,
            },
            3 => Occasion::SubscriptionEnded { subscription, plan, unpaid: n > 6 },
            4 => Occasion::SubscriptionChangeFailed { subscription, plan, reason },
            _ => Occasion::QuoteRequest { credits: credits("0.000001"), message: text.to_owned() },
        };
        let some = (n % 2 == 0).then(|| text.to_owned());
        let status = MailStatus::ALL[n as usize % 3];
        let mail = OutboxMail {
            to: Mailbox { name: some.clone(), address: text.to_owned() },
            occasion,
            status,
            written_at: day(-1),
            due_at: (status == MailStatus::Queued).then(|| day(n.into())),
            tries: n,
            error: some,
            ..mail(&subject, text, start())
        };
        queue(&subject, tenant, &mail).await;
        assert_eq!(kept(&subject, tenant, mail.customer).await, mail);
    }
}

/// A mail is queued once; the event and the reply are kept with it, or nothing is.
pub async fn r40_a_mail_is_queued_once(subject: Subject) {
    let (tenant, other) = (subject.tenant().await, subject.tenant().await);
    let first = mail(&subject, "quote", day(1));
    let again =
        OutboxMail { tries: 3, due_at: Some(day(5)), customer: first.customer, ..mail(&subject, "quote", day(5)) };
    let what = Happening::QuoteRequested { credits: credits("2500.5"), message: "größer".to_owned() };
    let event = Event { id: EventId(subject.uuid()), customer: first.customer, at: day(1), what };
    subject.outbox.queue(tenant, &first, Some(&event), Some(&reply("a"))).await.expect("queued");
    let untold = Event { id: EventId(subject.uuid()), ..event.clone() };
    subject.outbox.queue(tenant, &again, Some(&untold), Some(&reply("b"))).await.expect("there already");
    assert_eq!(kept(&subject, tenant, first.customer).await, first);
    for key in ["a", "b"] {
        assert_eq!(subject.keys.reply(tenant, key).await.expect("a read"), Some(reply(key)));
    }
    let second = OutboxMail { customer: first.customer, ..mail(&subject, "second", day(1)) };
    let outcome = subject.outbox.queue(tenant, &second, Some(&untold), Some(&reply("a"))).await;
    assert!(matches!(outcome, Err(StoreError::Conflict)), "{outcome:?}");
    let told = subject.events.list_events(tenant, EventFilter::default(), &newest(100)).await.expect("a read");
    assert_eq!(told.items, [event]);
    queue(&subject, other, &again).await;
    assert_eq!(kept(&subject, tenant, first.customer).await, first);
    assert_eq!(kept(&subject, other, first.customer).await, again);
}

/// A customer's mails are listed by their instant, then by id.
pub async fn mails_are_listed_in_their_order(subject: Subject) {
    let tenant = subject.tenant().await;
    let customer = CustomerId(subject.uuid());
    let mut expected = Vec::new();
    for (n, id) in ["b_2", "a-b", "ab", "B", "a1", "", "_", "é"].into_iter().enumerate() {
        let written_at = day(i64::from(n < 5));
        let own = OutboxMail { customer, written_at, ..mail(&subject, id, start()) };
        queue(&subject, tenant, &own).await;
        queue(&subject, tenant, &mail(&subject, &format!("other {id}"), start())).await;
        expected.push(own);
    }
    expected.sort_by_key(|mail| (mail.written_at, mail.id.clone()));
    check_paging(&expected, async |ask| subject.outbox.mails(tenant, customer, &ask).await).await;
}

/// Mails are taken once due, the longest due first; who takes one has it until their time ends.
pub async fn a_mail_is_taken_until_its_time_ends(subject: Subject) {
    let (tenant, other) = (subject.tenant().await, subject.tenant().await);
    let (late, early) = (mail(&subject, "late", day(3)), mail(&subject, "early", day(1)));
    queue(&subject, tenant, &late).await;
    queue(&subject, other, &early).await;
    queue(&subject, other, &mail(&subject, "never", day(100))).await;
    assert!(take(&subject, just_before(day(1)), day(9), 10).await.is_empty());
    let lent = |mail: &OutboxMail, tries, until| OutboxMail { tries, due_at: Some(until), ..mail.clone() };
    assert_eq!(subject.outbox.take(day(3), day(5), 1).await.expect("taken"), [(other, lent(&early, 1, day(5)))]);
    assert_eq!(take(&subject, day(3), day(4), 10).await, [lent(&late, 1, day(4))]);
    assert!(take(&subject, just_before(day(4)), day(9), 10).await.is_empty());
    assert_eq!(kept(&subject, tenant, late.customer).await, lent(&late, 1, day(4)));
    assert_eq!(take(&subject, day(5), day(9), 10).await, [lent(&late, 2, day(9)), lent(&early, 2, day(9))]);
}

/// However many ask at once, each mail is given to one of them.
pub async fn takers_at_once_never_get_the_same_mail(subject: Subject) {
    let tenant = subject.tenant().await;
    for n in 0..60 {
        // Many are due at the same instant.
        queue(&subject, tenant, &mail(&subject, &format!("mail {n}"), day(n % 3))).await;
    }
    let takers = (0..12).map(|_| {
        let outbox = Arc::clone(&subject.outbox);
        async move {
            let mut own = Vec::new();
            for _ in 0..4 {
                own.extend(outbox.take(day(5), day(6), 7).await.expect("taken"));
            }
            own
        }
    });
    let mut taken: Vec<_> = at_once(takers).await.into_iter().flatten().collect();
    // Whoever lost a race got fewer than there were.
    taken.extend(subject.outbox.take(day(5), day(6), 100).await.expect("taken"));
    let ids: BTreeSet<_> = taken.iter().map(|(_, mail)| mail.id.clone()).collect();
    assert_eq!((taken.len(), ids.len()), (60, 60));
    assert!(taken.iter().all(|(_, mail)| mail.tries == 1));
}

/// What came of a try is written down: sent and failed mails are never taken again, others not before they are due.
pub async fn a_tried_mail_is_taken_again_only_when_due(subject: Subject) {
    let tenant = subject.tenant().await;
    for (n, status) in MailStatus::ALL.into_iter().enumerate() {
        let new = mail(&subject, &format!("mail {n}"), start());
        queue(&subject, tenant, &new).await;
        let taken = take(&subject, start(), day(1), 10).await.remove(0);
        let due_at = (status == MailStatus::Queued).then(|| day(500));
        let tried = OutboxMail { status, due_at, error: Some(TEXTS[n].to_owned()), ..taken };
        subject.outbox.tried(tenant, &tried).await.expect("written");
        assert_eq!(kept(&subject, tenant, new.customer).await, tried);
        assert!(take(&subject, just_before(day(500)), day(501), 10).await.is_empty());
    }
    assert_eq!(take(&subject, day(500), day(501), 10).await.len(), 1);
    assert!(take(&subject, just_before(day(501)), day(502), 10).await.is_empty());
}

/// A taker whose time has ended cannot make a mail go out twice.
pub async fn a_late_report_never_sends_a_mail_again(subject: Subject) {
    let tenant = subject.tenant().await;
    let new = mail(&subject, "mail", start());
    queue(&subject, tenant, &new).await;
    let slow = take(&subject, start(), day(1), 1).await.remove(0);
    let quick = take(&subject, day(1), day(2), 1).await.remove(0);
    let again =
        OutboxMail { due_at: Some(start() + TimeDelta::hours(1)), error: Some("late".to_owned()), ..slow.clone() };
    subject.outbox.tried(tenant, &again).await.expect("ignored");
    assert_eq!(kept(&subject, tenant, new.customer).await, quick);
    // But that it was sent is true whoever did it.
    let sent = OutboxMail { status: MailStatus::Sent, due_at: None, ..slow };
    subject.outbox.tried(tenant, &sent).await.expect("written");
    let after = OutboxMail { tries: 2, ..sent };
    assert_eq!(kept(&subject, tenant, new.customer).await, after);
    subject.outbox.tried(tenant, &OutboxMail { due_at: Some(start()), ..quick }).await.expect("ignored");
    assert_eq!(kept(&subject, tenant, new.customer).await, after);
    assert!(take(&subject, day(1_000), day(1_001), 10).await.is_empty());
}
