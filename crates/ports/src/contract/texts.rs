//! Whatever callers write comes back to the letter.

use domain::rules::{self, CaptureItem, NewGrant, NewHold, NewUsage, ReleaseReason, Reversal, What};
use domain::{
    Billing, Currency, Customer, CustomerRef, Detail, Document, Draft, Line, Money, Outcome, PageRule, ResultMode,
    Source, Span,
};

use super::Subject;
use super::asks::{
    bare_catalog, capture, capturing_as, credits, day, estimate, granting, holding, line, new_hold, newest, placing,
    recording, refusing, spending, start, terms, terms_until, usage_of,
};
use super::case::Case;
use crate::Posted;

/// Texts that stores, statements and encodings have stumbled over. U+0000 is none: the API takes no such text.
pub(crate) const TEXTS: [&str; 16] = [
    "",
    " spaces around ",
    "O'Brien said \"no\" \\ `yes` $1 ? :name %s",
    "'; drop table entries; --",
    "line\nbreak\r\nand\ttab",
    "Ünïcödé ß ẞ ı İ",
    "é composed",
    "e\u{301} decomposed",
    "日本語 العربية עברית",
    "👩‍👩‍👧‍👦🏳️‍🌈🇦🇶",
    "\u{202e}backwards\u{202c}\u{200b}\u{feff}",
    "\u{1}\u{7}\u{1b}[31m\u{7f}\u{85}",
    "null",
    "{\"json\": [1, 2.50, null]}",
    "\u{10ffff}\u{fffd}",
    "0001.50",
];

fn metadata() -> Vec<(String, String)> {
    let mut pairs: Vec<_> = TEXTS.iter().rev().map(|text| (format!("key {text}"), (*text).to_owned())).collect();
    pairs.push(("long".to_owned(), "ä€😀".repeat(166)));
    pairs
}

fn billing(text: &str) -> Billing {
    let said = || Some(text.to_owned());
    Billing {
        name: said(),
        address: vec![text.to_owned(), String::new(), text.to_owned()],
        postal_code: said(),
        city: said(),
        region: said(),
        tax_id: said(),
        tax_exempt: said(),
        ..Billing::default()
    }
}

/// That an answer is what the journal and a replay tell as well.
async fn check_kept(case: &Case, key: &str, posted: &Posted) {
    let journal = case.journal().await;
    let own: Vec<_> = journal.iter().filter(|recorded| recorded.key.as_deref() == Some(key)).collect();
    assert_eq!(
        own.iter().map(|recorded| &recorded.entry).collect::<Vec<_>>(),
        posted.entries.iter().collect::<Vec<_>>()
    );
    for recorded in own {
        let found = case.subject.journal.entry(case.tenant, recorded.id).await.expect("a read");
        assert_eq!(found.as_ref(), Some(recorded));
    }
    let again = case.done(case.ask(key, refusing())).await;
    assert_eq!(again, Posted { replayed: true, ..posted.clone() });
}

/// Every text of a customer, and every one of a look-up.
pub async fn a_customer_is_kept_to_the_letter(subject: Subject) {
    let tenant = subject.tenant().await;
    for text in TEXTS {
        let customer = Customer {
            external_id: Some(text.to_owned()),
            name: Some(text.to_owned()),
            email: Some(text.to_owned()),
            zone: chrono_tz::Pacific::Apia,
            metadata: metadata(),
            billing: billing(text),
            ..subject.new_customer()
        };
        let opened = subject.open(tenant, customer.clone(), None, bare_catalog()).await.expect("opened");
        assert!(opened.created, "{text:?} is like no other");
        let found = subject.customers.get(tenant, customer.id).await.expect("a read").expect("the customer");
        assert_eq!(found.customer, customer);
        let reference = CustomerRef::External(text.to_owned());
        assert_eq!(subject.customers.resolve(tenant, &reference).await.expect("a read"), Some(customer.id));
        let page = subject.customers.list(tenant, Some(text), &newest(10)).await.expect("a read");
        assert_eq!(page.items, [customer]);
    }
}

/// Every term of a grant: nothing is not the same as an empty text or a price of zero.
pub async fn r2_a_grant_is_kept_to_the_letter(subject: Subject) {
    let case = Case::new(subject).await;
    let money = |minor, currency| Some(Money { minor, currency });
    let costs = [None, money(0, Currency::USD), money(1_900, Currency::JPY), money(1_000_000_000_000, Currency::BHD)];
    let sources = Source::ALL.into_iter().cycle();
    for (n, (text, source)) in TEXTS.iter().zip(sources).enumerate() {
        let new = NewGrant {
            source,
            label: (*text).to_owned(),
            cost: costs[n % costs.len()],
            priority: if n % 2 == 0 { 0 } else { u16::MAX },
            effective_at: (n % 3 == 0).then(|| day(1)),
            expires_at: (n % 2 == 0).then(|| day(2)),
            reason: (n % 4 != 1).then(|| (*text).to_owned()),
            ..terms("0.000001")
        };
        let key = format!("grant {text}");
        let posted = case.done(case.ask(&key, granting(new))).await;
        check_kept(&case, &key, &posted).await;
        let Detail::Grant(grant) = &posted.entries.first().expect("an entry").detail else {
            panic!("a grant tells its terms")
        };
        let found = case.subject.journal.grant(case.tenant, grant.id).await.expect("a read");
        assert_eq!(found.as_ref(), Some(&**grant));
    }
}

fn full_line(text: &str) -> Line {
    let document = Document {
        sha256: Some("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned()),
        media_type: Some("application/pdf".to_owned()),
        pages: 7,
        rule: Some(PageRule::CURRENT),
    };
    Line {
        name: Some(text.to_owned()),
        operation: text.to_owned(),
        records: 7,
        document: Some(document),
        ..line(7, "0.1")
    }
}

/// All evidence of a usage.
pub async fn r20_a_usage_is_kept_to_the_letter(subject: Subject) {
    let case = Case::with(subject, "1000").await;
    for text in TEXTS {
        let new = NewUsage {
            reference: Some(text.to_owned()),
            occurred_at: Some("1969-07-20T20:17:40.001Z".parse().expect("an instant")),
            catalog_version: 7,
            metadata: metadata(),
            ..usage_of(full_line(text))
        };
        let key = format!("usage {text}");
        let posted = case.done(case.ask(&key, recording(new))).await;
        check_kept(&case, &key, &posted).await;
    }
    let bare = Document { sha256: None, media_type: None, pages: 0, rule: None };
    let new = NewUsage { line: Line { document: Some(bare), ..line(1, "1") }, ..usage_of(line(1, "1")) };
    let posted = case.done(case.ask("bare", recording(new))).await;
    check_kept(&case, "bare", &posted).await;
}

/// All that a hold tells, and its captures after it.
pub async fn r15_a_hold_is_kept_to_the_letter(subject: Subject) {
    let case = Case::with(subject, "3").await;
    let mut job = estimate(vec![full_line(TEXTS[2]), line(1, "0"), full_line(TEXTS[9]), line(9, "1"), line(9, "1")]);
    job.mode = ResultMode::OnePerPage;
    job.catalog_version = 9;
    job.lines[3].name = Some(TEXTS[4].to_owned());
    let hold =
        NewHold { partial: true, reference: Some(TEXTS[8].to_owned()), metadata: metadata(), ..new_hold(Vec::new()) };
    let placed = case.done(case.ask("hold", placing(NewHold { estimate: job, ..hold }))).await;
    check_kept(&case, "hold", &placed).await;
    let hold = placed.hold.expect("a hold");
    assert_eq!(hold.left_out, [TEXTS[4], "4"]);
    assert_eq!(case.hold(1).await, hold);

    let item = |item, quantity, outcome| CaptureItem { item, quantity: Some(quantity), outcome };
    let items = vec![item(0, 2, Outcome::Failed), item(0, 3, Outcome::Completed), item(2, 1, Outcome::CustomerFault)];
    let mut work = capture(What::Items(items), true);
    work.occurred_at = Some(start());
    let captured = case.done(case.ask_hold("work", 1, capturing_as(work))).await;
    check_kept(&case, "work", &captured).await;
    assert_eq!(captured.hold, Some(case.hold(1).await));
    assert_eq!(captured.balance.available, credits("2.7"));
}

/// Reasons of releases, revocations and reversals, of what undoes them, and of freezes.
pub async fn reasons_are_kept_to_the_letter(subject: Subject) {
    let case = Case::with(subject, "100").await;
    for (n, text) in (1_u32..).zip(TEXTS) {
        let placed = case.done(case.ask(&format!("hold {n}"), holding(1))).await;
        let number = placed.hold.expect("a hold").id.number;
        let reason = ReleaseReason::Other(text.to_owned());
        let release = case.ask_hold(&format!("release {n}"), number, Box::new(move |d| rules::release(d, &reason)));
        let released = case.done(release).await;
        check_kept(&case, &format!("release {n}"), &released).await;

        let usage = case.done(case.ask(&format!("spend {n}"), spending("1"))).await.sequence;
        let reversal = Reversal { quantity: None, reason: Some(text.to_owned()), goodwill_for: Span::days(7) };
        let reverse = case.ask_usage(&format!("back {n}"), usage, Box::new(move |d| rules::reverse(d, &reversal)));
        let reversed = case.done(reverse).await;
        check_kept(&case, &format!("back {n}"), &reversed).await;

        case.done(case.ask(&format!("grant {n}"), granting(terms_until("1", day(9))))).await;
        let grant = case.grant_id(n + 1);
        let revoke = move |draft: &mut Draft| rules::revoke(draft, grant, Some(text.to_owned())).map(drop);
        let revoked = case.done(case.ask(&format!("revoke {n}"), Box::new(revoke))).await;
        check_kept(&case, &format!("revoke {n}"), &revoked).await;
        check_undone(&case, n, text).await;
    }
}

async fn check_undone(case: &Case, n: u32, text: &'static str) {
    let (key, grant, why) = (|what: &str| format!("{what} {n}"), case.grant_id(n + 1), || Some(text.to_owned()));
    let reinstate = move |draft: &mut Draft| rules::reinstate(draft, grant, credits("1"), why());
    let reinstated = case.done(case.ask_revoked(&key("reinstate"), n + 1, Box::new(reinstate))).await;
    check_kept(case, &key("reinstate"), &reinstated).await;
    let frozen = case.done(case.ask(&key("freeze"), Box::new(move |draft| rules::freeze(draft, why())))).await;
    check_kept(case, &key("freeze"), &frozen).await;
    let unfrozen = case.done(case.ask(&key("unfreeze"), Box::new(move |draft| rules::unfreeze(draft, why())))).await;
    check_kept(case, &key("unfreeze"), &unfrozen).await;
}
