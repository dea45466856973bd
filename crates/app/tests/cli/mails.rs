use crate::bench::Bench;

#[test]
fn a_mail_is_shown_as_text_as_html_and_as_json() {
    let bench = Bench::new();
    bench.acme();
    let text = bench.run("mail preview invoice --tenant acme").ended(0).out;
    assert!(text.starts_with("Subject: Your invoice INV-"), "{text}");
    assert!(text.contains("from Example Inc.\n\nHello Jane Doe,\n\nthank you for your payment."), "{text}");
    let html = bench.run("mail preview invoice --tenant acme --html").ended(0).out;
    assert!(html.starts_with("<!doctype html>") && html.trim_end().ends_with("</html>"), "{html}");
    let json = bench.run("mail preview invoice --tenant acme --format json").ended(0).json();
    let told = [&json["template"], &json["html"]].map(|told| told.as_str().unwrap_or_default());
    assert_eq!(told, ["invoice", html.trim_end()]);
    let german = bench.run("mail preview subscription_ended --tenant acme --locale de-DE").ended(0).out;
    assert!(german.starts_with("Subject: Ihr Tarif bei Example Inc. ist beendet\n\nGuten Tag Jane Doe,"), "{german}");
}

#[test]
fn a_mail_or_locale_that_nobody_knows_is_answered_with_those_that_there_are() {
    let bench = Bench::new();
    bench.acme();
    let mail = bench.run("mail preview receipt --tenant acme").ended(2).err;
    assert!(mail.contains("one of invoice, refund, payment_failed"), "{mail}");
    let locale = bench.run("mail preview invoice --tenant acme --locale de").ended(2).err;
    assert!(locale.contains("one of en-US, en-GB, de-DE"), "{locale}");
}
