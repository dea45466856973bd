//! Placing, extending and losing holds (R14, R15, R18).

use folio_domain::{Credits, HoldStatus, Refusal, Span};

use crate::ledger::Ledger;
use crate::sugar::{HOUR, MILLISECOND, credits, day, entries, legs, line, pages, refused, rest, units};

#[test]
fn r14_a_start_holds_the_whole_estimate() {
    let mut ledger = Ledger::with(&[("10", None)]);
    let hold = ledger.hold(vec![pages(4), pages(6)]).unwrap();
    assert_eq!((ledger.available(), ledger.held()), (Credits::ZERO, credits("10")));
    assert_eq!(ledger.holds[&hold].amount, credits("10"));
}

#[test]
fn r14_or_nothing() {
    let mut ledger = Ledger::with(&[("7", None)]);
    let Err(Refusal::InsufficientCredits { required, balance }) = ledger.hold(vec![pages(4), pages(6)]) else {
        panic!("not refused")
    };
    assert_eq!((required, balance.available), (credits("10"), credits("7")));
    assert_eq!((ledger.available(), ledger.held()), (credits("7"), Credits::ZERO));
    assert!(ledger.holds.is_empty());
}

#[test]
fn r14_a_partial_start_takes_the_longest_affordable_run_and_names_the_rest() {
    let mut ledger = Ledger::with(&[("7", None)]);
    // 4 + 2 fit; 3 does not, and nothing after it is tried, though 1 would fit.
    let hold = ledger.place(vec![pages(4), pages(2), pages(3), pages(1)], |new| new.partial = true).unwrap();
    let hold = &ledger.holds[&hold];
    assert_eq!(hold.lines, [pages(4), pages(2)]);
    assert_eq!(hold.left_out, ["3-extract.pdf", "1-extract.pdf"]);
    assert_eq!(hold.amount, credits("6"));
}

#[test]
fn r14_a_line_without_a_name_is_left_out_by_its_place() {
    let mut ledger = Ledger::with(&[("3", None)]);
    let lines = [3, 4, 5].map(|quantity| folio_domain::Line { name: None, ..pages(quantity) });
    let hold = ledger.place(lines.to_vec(), |new| new.partial = true).unwrap();
    assert_eq!(ledger.holds[&hold].left_out, ["1", "2"]);
}

#[test]
fn r14_a_partial_start_that_affords_everything_leaves_nothing_out() {
    let mut ledger = Ledger::with(&[("7", None)]);
    let hold = ledger.place(vec![pages(4), pages(3)], |new| new.partial = true).unwrap();
    assert!(ledger.holds[&hold].left_out.is_empty());
    assert_eq!(ledger.available(), Credits::ZERO);
}

#[test]
fn r14_a_partial_start_that_affords_no_line_is_refused() {
    let mut ledger = Ledger::with(&[("2", None)]);
    let Err(Refusal::InsufficientCredits { required, .. }) =
        ledger.place(vec![pages(3), pages(1)], |new| new.partial = true)
    else {
        panic!("not refused")
    };
    assert_eq!(required, credits("4"));
}

#[test]
fn r14_a_start_of_nothing_is_refused() {
    let mut ledger = Ledger::with(&[("7", None)]);
    assert_eq!(refused(ledger.hold(vec![])), "NothingToDo");
    assert_eq!(refused(ledger.hold(vec![pages(1), pages(0)])), "NothingToDo");
}

#[test]
fn r13_an_estimates_prices_are_guaranteed_until_it_lapses() {
    let mut ledger = Ledger::with(&[("7", None)]);
    let lapsed = ledger.place(vec![pages(1)], |new| new.estimate.valid_until = day(0));
    assert_eq!(refused(lapsed), "EstimateExpired");
    // Its price is taken as it was told, whatever the catalog says by now.
    let dearer = folio_domain::Line { rate: credits("2"), cost: credits("2"), ..pages(1) };
    ledger.place(vec![dearer], |new| new.estimate.valid_until = day(0) + MILLISECOND).unwrap();
    assert_eq!(ledger.held(), credits("2"));
}

#[test]
fn r15_a_hold_pins_the_grants_it_took_from() {
    let mut ledger = Ledger::with(&[("5", Some(day(30))), ("3", Some(day(10)))]);
    let hold = ledger.hold(vec![pages(4)]).unwrap();
    assert_eq!(ledger.drawn(), legs(&[(2, "3"), (1, "1")]));
    // What arrives later and would burn first does not change that.
    ledger.give(crate::sugar::terms("9", Some(day(1))));
    ledger.capture(hold, &rest()).unwrap();
    assert_eq!(ledger.drawn(), legs(&[(2, "3"), (1, "1")]));
}

#[test]
fn r15_a_hold_lives_longer_than_zero_and_seven_days_at_most() {
    let mut ledger = Ledger::with(&[("10", None)]);
    let mut place = |ttl| ledger.place(vec![pages(1)], |new| new.ttl = ttl);
    assert_eq!(refused(place(Span::default())), "BadInstant");
    assert_eq!(refused(place(Span { seconds: 1, ..Span::days(7) })), "TtlTooLong");
    assert_eq!(refused(place(Span { months: u32::MAX, days: 0, seconds: 0 })), "TtlTooLong");
    assert_eq!(place(Span::days(7)), Ok(1));
    assert_eq!(ledger.holds[&1].progress.expires_at, day(7));
}

#[test]
fn r15_a_hold_can_be_extended_to_seven_days_from_its_birth() {
    let mut ledger = Ledger::with(&[("10", None)]);
    let hold = ledger.hold(vec![pages(1)]).unwrap();
    ledger.go(day(0) + HOUR / 2).extend_hold(hold, Span::days(1)).unwrap();
    assert_eq!(ledger.holds[&hold].progress.expires_at, day(1) + HOUR / 2);
    ledger.go(day(1)).extend_hold(hold, Span::days(6)).unwrap();
    assert_eq!(ledger.holds[&hold].progress.expires_at, day(7));
    assert_eq!(refused(ledger.go(day(1) + MILLISECOND).extend_hold(hold, Span::days(6))), "TtlTooLong");
    assert_eq!(refused(ledger.extend_hold(hold, Span::default())), "BadInstant");
}

#[test]
fn r15_an_extension_never_shortens_a_hold() {
    let mut ledger = Ledger::with(&[("10", None)]);
    let hold = ledger.hold(vec![pages(1)]).unwrap();
    let end = ledger.holds[&hold].progress.expires_at;
    ledger.extend_hold(hold, Span { months: 0, days: 0, seconds: 60 }).unwrap();
    assert_eq!(ledger.holds[&hold].progress.expires_at, end);
}

#[test]
fn r15_only_an_open_hold_is_extended() {
    let mut ledger = Ledger::with(&[("10", None)]);
    let (lapsed, closed) = (ledger.hold(vec![pages(1)]).unwrap(), ledger.hold(vec![pages(1)]).unwrap());
    ledger.release(closed).unwrap();
    assert_eq!(refused(ledger.extend_hold(closed, Span::hours(1))), "HoldClosed");
    assert_eq!(refused(ledger.go(day(0) + HOUR).extend_hold(lapsed, Span::hours(1))), "HoldExpired");
}

#[test]
fn r15_of_capture_release_and_expiry_exactly_one_wins() {
    let held = || {
        let mut ledger = Ledger::with(&[("10", None)]);
        let hold = ledger.hold(vec![pages(4)]).unwrap();
        (ledger, hold)
    };
    let (mut ledger, hold) = held();
    ledger.capture(hold, &rest()).unwrap();
    assert_eq!(refused(ledger.release(hold)), "HoldClosed");
    assert_eq!(refused(ledger.capture(hold, &rest())), "HoldClosed");
    ledger.go(day(1)).lapse(hold);
    assert_eq!((ledger.holds[&hold].progress.status, ledger.available()), (HoldStatus::Captured, credits("6")));

    let (mut ledger, hold) = held();
    ledger.release(hold).unwrap();
    assert_eq!(refused(ledger.capture(hold, &units(1))), "HoldClosed");
    assert_eq!(refused(ledger.release(hold)), "HoldClosed");
    ledger.go(day(1)).lapse(hold);
    assert_eq!((ledger.holds[&hold].progress.status, ledger.available()), (HoldStatus::Released, credits("10")));

    let (mut ledger, hold) = held();
    assert_eq!(refused(ledger.go(day(0) + HOUR).release(hold)), "HoldExpired", "even before its lapse is written");
    ledger.go(day(3)).lapse(hold);
    assert_eq!(refused(ledger.capture(hold, &rest())), "HoldExpired");
    assert_eq!(refused(ledger.release(hold)), "HoldExpired");
    assert_eq!((ledger.holds[&hold].progress.status, ledger.available()), (HoldStatus::Expired, credits("10")));
}

#[test]
fn r18_a_hold_lapses_at_its_end_and_not_a_millisecond_before() {
    let mut ledger = Ledger::with(&[("10", None)]);
    let hold = ledger.hold(vec![pages(4)]).unwrap();
    let before = ledger.book.sequence;
    ledger.go(day(0) + HOUR - MILLISECOND).lapse(hold);
    assert_eq!(ledger.since(before), entries(&[]));
    ledger.go(day(0) + HOUR).lapse(hold);
    assert_eq!(ledger.since(before), entries(&[("release", "4")]));
    assert_eq!((ledger.available(), ledger.held()), (credits("10"), Credits::ZERO));
    ledger.go(day(1)).lapse(hold);
    assert_eq!(ledger.since(before).len(), 1, "a second nudge changes nothing");
}

#[test]
fn r18_a_lapse_gives_back_only_what_was_not_captured() {
    let mut ledger = Ledger::with(&[("10", None)]);
    let hold = ledger.hold(vec![pages(4)]).unwrap();
    ledger.capture(hold, &units(3)).unwrap();
    ledger.go(day(0) + HOUR).lapse(hold);
    assert_eq!(ledger.available(), credits("7"));
    let progress = &ledger.holds[&hold].progress;
    assert_eq!((progress.captured, progress.released), (credits("3"), credits("1")));
}

#[test]
fn r24_a_free_operation_is_held_and_lapses_without_a_credit() {
    let mut ledger = Ledger::opened();
    let hold = ledger.hold(vec![line("preview", 5)]).unwrap();
    let before = ledger.book.sequence;
    ledger.go(day(0) + HOUR).lapse(hold);
    assert_eq!(ledger.since(before), entries(&[("release", "0")]));
    assert_eq!(ledger.holds[&hold].progress.status, HoldStatus::Expired);
}
