use domain::{Credits, Currency, Locale, Money};
use ports::{InvoiceLine, Statement, TaxDetails};

use super::*;

/// Markup, template syntax, header and line breaks, direction overrides: in every value at once.
const HOSTILE: &str =
    "<script>alert('x')</script>\" onload=\"y\" & {{ 7 * 7 }}\r\nBcc: eve@attacker.example\u{202e}\u{2028}\0";

fn usd(minor: i64) -> Money {
    Money { minor, currency: Currency::USD }
}

fn head() -> Letterhead {
    Letterhead {
        operator: "Example GmbH".to_owned(),
        account: Some("https://example.com/account".to_owned()),
        support: Some("mailto:help@example.com".to_owned()),
    }
}

/// A statement all of whose texts are `text`, or sensible ones.
fn statement(text: Option<&str>) -> Statement {
    let or = |usual: &str| text.unwrap_or(usual).to_owned();
    Statement {
        number: or("2026-0007"),
        date: or("1 June 2026"),
        lines: vec![InvoiceLine { label: or("Starter: 100 credits"), quantity: 2, net: usd(3_800) }],
        net: usd(3_800),
        tax: TaxDetails {
            rates: vec![(or("VAT 19 %"), usd(722))],
            seller_id: Some(or("DE123456789")),
            buyer_id: Some(or("ATU12345678")),
            note: Some(or("Steuerschuldnerschaft des Leistungsempfängers (reverse charge)")),
        },
        gross: usd(4_522),
    }
}

fn renewal_failed(text: Option<&str>, locale: Locale, retry_on: Option<&str>, action_required: bool) -> Letter {
    let or = |usual: &str| text.unwrap_or(usual).to_owned();
    Letter::RenewalFailed {
        customer: Some(or("Jane Doe")),
        locale,
        plan: or("Pro"),
        amount: usd(290_000),
        retry_on: retry_on.map(|day| day.parse().unwrap()),
        ends_on: "2026-06-15".parse().unwrap(),
        action_required,
        page: Some(or("https://example.com/plans")),
    }
}

/// Every letter, all of whose texts are `text`, or sensible ones.
fn letters(text: Option<&str>) -> [Letter; 7] {
    let or = |usual: &str| text.unwrap_or(usual).to_owned();
    let credits = domain::Credits::whole(91);
    [
        Letter::Invoice { customer: Some(or("Jane Doe")), invoice: statement(text), paid: true },
        Letter::Refund {
            customer: Some(or("Jane Doe")),
            credit_note: statement(text),
            corrects: or("2026-0006"),
            credits,
        },
        Letter::PaymentFailed {
            customer: Some(or("Jane Doe")),
            amount: usd(1_900),
            item: or("Starter"),
            reason: Some(or("the card has expired")),
            again_at: Some("2026-06-02T12:00:00Z".parse().unwrap()),
            pay: Some(or("https://example.com/pay/7")),
        },
        renewal_failed(text, Locale::EnUs, Some("2026-06-03"), false),
        Letter::SubscriptionEnded {
            customer: Some(or("Jane Doe")),
            locale: Locale::EnGb,
            plan: or("Pro"),
            unpaid: true,
            page: Some(or("https://example.com/plans")),
        },
        Letter::SubscriptionChangeFailed {
            customer: Some(or("Jane Doe")),
            locale: Locale::DeDe,
            plan: or("Pro"),
            reason: or("the card has expired"),
            page: Some(or("https://example.com/plans")),
        },
        Letter::QuoteRequest {
            customer: or("Jane Doe"),
            address: or("jane@customer.example"),
            credits,
            message: or("Hello,\n\nwe need more.\n-- \nJane"),
        },
    ]
}

fn has_all(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing from\n{text}");
    }
}

#[test]
fn b21_an_invoices_letter_tells_the_tax_details() {
    let written = Templates.write(&head(), &letters(None)[0]);
    assert_eq!(written.subject, "Your invoice 2026-0007 from Example GmbH");
    let facts = [
        "Hello Jane Doe,",
        "1 June 2026",
        "Starter: 100 credits",
        "$38.00 USD",
        "VAT 19 %",
        "$7.22 USD",
        "$45.22 USD",
        "DE123456789",
        "ATU12345678",
        "Steuerschuldnerschaft des Leistungsempfängers (reverse charge)",
        "https://example.com/account",
        "mailto:help@example.com",
        "thank you for your payment",
    ];
    has_all(&written.text, &facts);
    has_all(&written.html, &facts);
}

#[test]
fn the_text_of_an_invoices_letter_is_laid_out_line_by_line() {
    let expected = "Hello Jane Doe,

thank you for your payment. Invoice 2026-0007 of 1 June 2026 is attached.

2 x Starter: 100 credits: $38.00 USD
Net: $38.00 USD
VAT 19 %: $7.22 USD
Total: $45.22 USD

Steuerschuldnerschaft des Leistungsempfängers (reverse charge)
Our tax id: DE123456789
Your tax id: ATU12345678

-- \nExample GmbH
Your account: https://example.com/account
Help: mailto:help@example.com";
    assert_eq!(Templates.write(&head(), &letters(None)[0]).text, expected);
}

#[test]
fn each_letter_tells_its_occasion() {
    let [_, refund, failed, _, _, _, quote] = letters(None).map(|letter| Templates.write(&head(), &letter));
    assert_eq!(refund.subject, "Your refund from Example GmbH: credit note 2026-0007");
    for form in [&refund.text, &refund.html] {
        has_all(form, &["$45.22 USD", "91 credits", "invoice 2026-0006", "VAT 19 %"]);
    }
    assert_eq!(failed.subject, "Your payment to Example GmbH failed");
    for form in [&failed.text, &failed.html] {
        let again = "We will try again on 2 June 2026, 12:00 UTC.";
        has_all(form, &["$19.00 USD", "for Starter", "the card has expired", again, "https://example.com/pay/7"]);
    }
    assert_eq!(quote.subject, "Quote wanted: 91 credits for Jane Doe");
    has_all(&quote.text, &["jane@customer.example", "> Hello,\n> \n> we need more.\n> --\n> Jane\n"]);
    has_all(&quote.html, &["jane@customer.example", "Hello,<br>", "we need more.<br>"]);
}

fn said(letter: &Letter, subject: &str, parts: &[&str]) -> Written {
    let written = Templates.write(&head(), letter);
    assert_eq!(written.subject, subject);
    has_all(&written.text, parts);
    has_all(&written.html, parts);
    written
}

#[test]
fn r28_a_failed_renewals_letter_tells_what_comes_next() {
    let retried = renewal_failed(None, Locale::EnUs, Some("2026-06-03"), false);
    let written = said(&retried, "Your payment to Example GmbH failed", &["Pay now"]);
    let expected = "Hello Jane Doe,

your payment of $2900.00 USD for the renewal of Pro failed. Nothing was charged.

We will try again on Jun 3, 2026.

Until it is paid, Pro gives no new credits; credits that you bought stay yours to use. Pro ends on Jun 15, 2026 unless \
it is paid before.

Pay now: https://example.com/plans
There you can choose another payment method too.

-- \nExample GmbH
Your account: https://example.com/account
Help: mailto:help@example.com";
    assert_eq!(written.text, expected);
    let hard = renewal_failed(None, Locale::EnGb, None, false);
    let parts = ["This payment method is not tried again.", "ends on 15 Jun 2026", "https://example.com/plans"];
    let hard = said(&hard, "Your payment to Example GmbH failed", &parts);
    assert!(!hard.text.contains("We will try again"), "{}", hard.text);
    let bank = renewal_failed(None, Locale::EnGb, None, true);
    let parts = ["your bank asks you to confirm", "Confirm the payment", "https://example.com/plans"];
    let bank = said(&bank, "Please confirm your payment to Example GmbH", &parts);
    assert!(!bank.text.contains("failed") && !bank.text.contains("again"), "{}", bank.text);
}

#[test]
fn r28_a_subscriptions_letters_are_in_the_customers_language() {
    let failed = renewal_failed(None, Locale::DeDe, Some("2026-06-03"), false);
    let parts = ["Guten Tag Jane Doe,", "2.900,00 USD", "am 03.06.2026 noch einmal", "endet Pro am 15.06.2026"];
    let failed = said(&failed, "Ihre Zahlung an Example GmbH ist fehlgeschlagen", &parts);
    has_all(&failed.text, &["Jetzt bezahlen: https://example.com/plans", "Ihr Konto: https://", "Hilfe: mailto:"]);
    has_all(&failed.html, &["<html lang=\"de\">", ">Jetzt bezahlen</a>", ">Ihr Konto</a>", ">Hilfe</a>"]);
    let hard = renewal_failed(None, Locale::DeDe, None, false);
    let parts = ["Diese Zahlungsart wird nicht noch einmal versucht."];
    said(&hard, "Ihre Zahlung an Example GmbH ist fehlgeschlagen", &parts);
    let bank = renewal_failed(None, Locale::DeDe, None, true);
    said(&bank, "Bitte bestätigen Sie Ihre Zahlung an Example GmbH", &["Ihre Bank bittet Sie", "Zahlung bestätigen"]);
    // Where there is no translation, no day can be mistaken.
    let dutch = renewal_failed(None, Locale::NlNl, Some("2026-06-03"), false);
    let dutch = said(&dutch, "Your payment to Example GmbH failed", &["We will try again on 3 Jun 2026."]);
    has_all(&dutch.html, &["<html lang=\"en\">"]);
}

#[test]
fn r28_the_end_of_a_subscription_is_told_with_its_reason() {
    let ended = |locale, unpaid| Letter::SubscriptionEnded {
        customer: None,
        locale,
        plan: "Pro".to_owned(),
        unpaid,
        page: Some("https://example.com/plans".to_owned()),
    };
    let english = "Your plan at Example GmbH has ended";
    said(&ended(Locale::EnUs, true), english, &["because its renewal was not paid", "Choose a plan", "Hello,"]);
    said(&ended(Locale::EnUs, false), english, &["your plan Pro has ended, as arranged.", "https://example.com/plans"]);
    let german = "Ihr Tarif bei Example GmbH ist beendet";
    said(&ended(Locale::DeDe, true), german, &["weil die Verlängerung nicht bezahlt wurde", "Tarif wählen"]);
    said(&ended(Locale::DeDe, false), german, &["Ihr Tarif Pro ist beendet, wie vereinbart."]);
}

#[test]
fn r29_a_change_that_was_not_paid_is_told() {
    let change = |locale, page: Option<&str>| Letter::SubscriptionChangeFailed {
        customer: Some("Jane Doe".to_owned()),
        locale,
        plan: "Pro".to_owned(),
        reason: "the card has expired".to_owned(),
        page: page.map(str::to_owned),
    };
    let parts = ["not changed to Pro", "The reason: the card has expired", "Your plan stays as it was."];
    let linked = change(Locale::EnUs, Some("https://example.com/plans"));
    let linked = said(&linked, "Your change of plan at Example GmbH failed", &parts);
    has_all(&linked.text, &["Try again: https://example.com/plans"]);
    let bare = said(&change(Locale::EnUs, None), "Your change of plan at Example GmbH failed", &parts);
    assert!(!bare.text.contains("Try again") && !bare.html.contains("Try again"), "{}", bare.text);
    let parts = ["nicht auf Pro geändert", "Der Grund: the card has expired"];
    said(&change(Locale::DeDe, None), "Ihr Tarifwechsel bei Example GmbH ist fehlgeschlagen", &parts);
}

#[test]
fn what_is_not_known_is_left_out() {
    let bare = Letterhead { operator: "Example GmbH".to_owned(), account: None, support: None };
    let mut invoice = statement(None);
    invoice.tax = TaxDetails { rates: Vec::new(), seller_id: None, buyer_id: None, note: None };
    let written = Templates.write(&bare, &Letter::Invoice { customer: None, invoice, paid: false });
    for form in [&written.text, &written.html] {
        has_all(form, &["Hello,", "thank you for your order"]);
        assert!(!["tax id", "account", "Help", "VAT", "None", "()"].iter().any(|part| form.contains(part)), "{form}");
    }
}

#[test]
fn hostile_values_stay_values() {
    let hostile = Letterhead {
        operator: HOSTILE.to_owned(),
        account: Some(format!("https://example.com/{HOSTILE}")),
        support: Some("javascript:alert(1)".to_owned()),
    };
    let calm: Vec<_> = letters(None).iter().map(|letter| Templates.write(&head(), letter)).collect();
    for (letter, calm) in letters(Some(HOSTILE)).iter().zip(calm) {
        let written = Templates.write(&hostile, letter);
        assert!(!written.subject.contains(['\r', '\n', '\0', '\u{202e}', '\u{2028}']), "{:?}", written.subject);
        let html = &written.html;
        assert!(html.contains("&#60;script&#62;") && html.contains("{{ 7 * 7 }}"), "{html}");
        for broken in ["<script", "onload=\"", "javascript:", "49", "\u{202e}", "\u{2028}", "\0", "\r"] {
            assert!(!html.contains(broken), "{broken:?} in {html}");
        }
        // No value opens an element or an attribute of its own; links that are none are left out with theirs.
        assert!(html.matches('<').count() <= calm.html.matches('<').count(), "{html}");
        // No value begins a line of its own.
        let forged = |line: &str| line.trim_start().starts_with("Bcc:");
        assert!(!written.text.lines().any(forged), "{}", written.text);
        assert!(!written.text.contains(['\r', '\0', '\u{202e}', '\u{2028}']), "{}", written.text);
    }
}

#[test]
fn a_name_that_advertises_is_not_greeted() {
    let greeting = |name: &str| {
        let letter = Letter::Invoice { customer: Some(name.to_owned()), invoice: statement(None), paid: true };
        let text = Templates.write(&head(), &letter).text;
        text.lines().next().unwrap_or_default().to_owned()
    };
    for name in ["Win at https://attacker.example/x", "www.attacker", "attacker.example", "WWW.x", "a@b", "", " \n"] {
        assert_eq!(greeting(name), "Hello,", "{name:?}");
    }
    for name in ["Jane Doe", "Dr. J. R. Müller", "O'Hara, Inc.", "王小明"] {
        assert_eq!(greeting(name), format!("Hello {name},"), "{name:?}");
    }
}

#[test]
fn long_values_are_cut() {
    let long = "x".repeat(100_000);
    for letter in letters(Some(&long)) {
        let written = Templates.write(&head(), &letter);
        assert!(written.subject.len() < 500 && written.text.len() < 20_000, "{}", written.text.len());
    }
}

#[test]
fn a_quote_without_words_or_an_address_says_no_more_than_there_is() {
    let quote = |address: &str, message: &str| {
        let (customer, address, message) = ("Jane Doe".to_owned(), address.to_owned(), message.to_owned());
        Templates.write(&head(), &Letter::QuoteRequest { customer, address, credits: Credits::whole(91), message })
    };
    let silent = quote("jane@customer.example", "");
    for part in [&silent.text, &silent.html] {
        assert!(!part.contains("own words") && part.contains("Answer this mail"), "{part}");
    }
    let unknown = quote("", "Please.");
    for part in [&unknown.text, &unknown.html] {
        assert!(!part.contains("()") && part.contains("no address") && part.contains("Please."), "{part}");
    }
}
