//! Kept estimates (R13).

use domain::{CustomerId, Document, Estimate, EstimateId, Line, PageRule, ResultMode};

use super::Subject;
use super::asks::{day, estimate, line};
use super::case::reply;
use crate::StoreError;

fn new(subject: &Subject, lines: Vec<Line>) -> Estimate {
    Estimate { id: EstimateId(subject.uuid()), customer: CustomerId(subject.uuid()), ..estimate(lines) }
}

/// An estimate is kept to the letter, for as long as it is asked for.
pub async fn r13_an_estimate_is_kept_to_the_letter(subject: Subject) {
    let tenant = subject.tenant().await;
    let document =
        |rule| Document { sha256: Some("ab".repeat(32)), media_type: Some("image/tiff".to_owned()), pages: 12, rule };
    let scanned = Line {
        name: Some("Rechnung “№ 7” 📄.tiff".to_owned()),
        document: Some(document(Some(PageRule::CURRENT))),
        records: 12,
        ..line(12, "0.000001")
    };
    let told = Line { name: Some(String::new()), document: Some(document(None)), ..line(1, "1000000000") };
    let many = (0..1_000).map(|n| Line { name: Some(format!("page {n}")), ..line(1, "1") }).collect();
    let monthly = Estimate { mode: ResultMode::OnePerPage, catalog_version: 12, ..new(&subject, vec![scanned, told]) };
    for estimate in [monthly, new(&subject, many), new(&subject, Vec::new())] {
        subject.estimates.save(tenant, &estimate, None).await.expect("kept");
        subject.clock.set(day(400));
        let found = subject.estimates.find(tenant, estimate.id).await.expect("a read");
        assert_eq!(found, Some(estimate));
    }
    assert_eq!(subject.estimates.find(tenant, EstimateId(subject.uuid())).await.expect("a read"), None);
}

/// The reply is kept with the estimate, or neither is.
pub async fn r40_an_estimates_reply_is_kept_with_it(subject: Subject) {
    let tenant = subject.tenant().await;
    let (first, second) = (new(&subject, vec![line(1, "1")]), new(&subject, vec![line(2, "1")]));
    subject.estimates.save(tenant, &first, Some(&reply("estimate"))).await.expect("kept");
    assert_eq!(subject.keys.reply(tenant, "estimate").await.expect("a read"), Some(reply("estimate")));
    let outcome = subject.estimates.save(tenant, &second, Some(&reply("estimate"))).await;
    assert!(matches!(outcome, Err(StoreError::Conflict)), "{outcome:?}");
    assert_eq!(subject.estimates.find(tenant, second.id).await.expect("a read"), None);

    let same_id = Estimate { id: first.id, ..second };
    let outcome = subject.estimates.save(tenant, &same_id, Some(&reply("same id"))).await;
    assert!(matches!(outcome, Err(StoreError::Conflict)), "{outcome:?}");
    assert_eq!(subject.estimates.find(tenant, first.id).await.expect("a read"), Some(first));
    assert_eq!(subject.keys.reply(tenant, "same id").await.expect("a read"), None);
}
