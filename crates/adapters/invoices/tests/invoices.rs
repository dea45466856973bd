//! What is in a rendered invoice, read back by another library (R36).

mod samples;

use domain::{Currency, Invoice, InvoiceKind, Money, TaxRule, TaxTreatment};
use folio_invoices::{FontError, PdfInvoices};
use lopdf::{Dictionary, Document, Object};
use ports::{InvoiceRenderer as _, contract};

fn renderer() -> PdfInvoices {
    PdfInvoices::new([]).expect("the bundled fonts")
}

fn rendered(invoice: &Invoice) -> Document {
    let rendered = renderer().render(invoice).expect("rendered");
    let pdf = Document::load_mem(&rendered.pdf).expect("a PDF");
    assert_eq!(pdf.get_pages().len(), rendered.pages);
    pdf
}

/// The text of all pages, in one line.
fn text(pdf: &Document) -> String {
    let pages: Vec<u32> = pdf.get_pages().keys().copied().collect();
    let text = pdf.extract_text(&pages).expect("its text");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// As it is printed: no font has the spaces at which no line breaks.
fn printed(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ")
}

/// The file specification of the only attachment.
fn attachment(pdf: &Document) -> &Dictionary {
    let associated = pdf.catalog().and_then(|catalog| pdf.dereference(catalog.get(b"AF")?)).expect("files").1;
    let [Object::Reference(only)] = associated.as_array().expect("a list").as_slice() else { panic!("one file") };
    pdf.get_dictionary(*only).expect("a file specification")
}

fn xml(pdf: &Document) -> String {
    let file = attachment(pdf).get(b"EF").and_then(Object::as_dict).and_then(|files| files.get(b"F"));
    let file = file.and_then(Object::as_reference).and_then(|id| pdf.get_object(id)).and_then(Object::as_stream);
    let file = file.expect("a file");
    let content = file.decompressed_content().unwrap_or_else(|_| file.content.clone());
    String::from_utf8(content).expect("UTF-8")
}

/// What stands between the first of these tags.
fn first<'x>(xml: &'x str, tag: &str) -> &'x str {
    let (_, rest) = xml.split_once(&format!("<ram:{tag}")).unwrap_or_else(|| panic!("{tag} in {xml}"));
    let (_, rest) = rest.split_once('>').expect("a tag");
    rest.split_once('<').expect("a tag").0
}

/// An amount in units, with two decimals.
fn decimal(money: Money) -> String {
    let hundredths = money.minor * 10_i64.pow(2 - u32::from(money.currency.exponent().expect("decimals")));
    let (minus, hundredths) = (if hundredths < 0 { "-" } else { "" }, hundredths.abs());
    format!("{minus}{}.{:02}", hundredths / 100, hundredths % 100)
}

/// What stands between all of these tags, in their order.
fn every<'x>(xml: &'x str, tag: &str) -> Vec<&'x str> {
    let tag = format!("<ram:{tag}");
    let opened = xml.split(&tag).skip(1);
    opened.filter_map(|rest| rest.split_once('>')?.1.split_once('<')).map(|(value, _)| value).collect()
}

fn sample(wanted: &str) -> Invoice {
    let found = samples::all().into_iter().find(|(name, _)| *name == wanted);
    found.unwrap_or_else(|| panic!("the sample {wanted}")).1
}

#[test]
fn r36_the_renderer_keeps_the_ports_promises() {
    contract::invoices::renders_pdfs(&renderer());
}

#[test]
fn r36_every_kind_of_invoice_holds_its_e_invoice() {
    for (name, invoice) in samples::all() {
        let pdf = rendered(&invoice);
        let file = attachment(&pdf);
        assert_eq!(file.get(b"UF").and_then(Object::as_str).expect("a name"), b"factur-x.xml", "{name}");
        assert_eq!(file.get(b"AFRelationship").and_then(Object::as_name).expect("a word"), b"Alternative", "{name}");
        let xml = xml(&pdf);
        let by_itself = renderer().render(&invoice).expect("rendered").e_invoice;
        assert_eq!(by_itself.as_deref(), Some(xml.as_str()), "{name}");
        assert_eq!(first(&xml, "GrandTotalAmount"), decimal(invoice.gross()), "{name}");
        assert_eq!(first(&xml, "TaxBasisTotalAmount"), decimal(invoice.net()), "{name}");
        assert_eq!(first(&xml, "TaxTotalAmount"), decimal(invoice.tax()), "{name}");
        assert_eq!(first(&xml, "InvoiceCurrencyCode"), invoice.currency().code(), "{name}");
        assert_eq!(xml.matches("<ram:IncludedSupplyChainTradeLineItem>").count(), invoice.lines().len(), "{name}");
    }
}

#[test]
fn r36_a_page_says_what_the_invoice_says() {
    for (name, invoice) in samples::all() {
        let text = text(&rendered(&invoice));
        let (facts, locale) = (invoice.facts(), invoice.facts().locale);
        let days = [facts.issued_on, facts.supplied_on].map(|day| locale.date(day));
        let period = facts.period.map(|(first, last)| format!("{} – {}", locale.date(first), locale.date(last)));
        let days = days.into_iter().chain(period);
        let amounts = [invoice.net(), invoice.gross()].into_iter().chain(invoice.lines().iter().map(|line| line.net));
        let taxes = invoice.totals().iter().map(|row| row.tax).filter(|tax| tax.minor > 0);
        let amounts = amounts.chain(taxes).map(|amount| printed(&locale.money(amount)));
        let ids = [&facts.seller.tax_id, &facts.buyer.tax_id].into_iter().flatten().cloned();
        for said in amounts.chain(days).chain(ids).chain([facts.number.to_string()]) {
            assert!(text.contains(&said), "{name}: {said:?} in {text}");
        }
    }
}

#[test]
fn r29_a_credited_line_has_a_quantity_below_zero_and_a_price_above() {
    let pdf = rendered(&sample("upgrade"));
    let (text, xml) = (text(&pdf), xml(&pdf));
    for said in ["Pro, 1 Jun 2026 – 21 Jun 2026", "Basic, unused rest until 21 Jun 2026", "-1 €6.00 19% -€6.00"] {
        assert!(text.contains(said), "{said:?} in {text}");
    }
    assert_eq!(every(&xml, "BilledQuantity"), ["1", "-1"]);
    assert_eq!(every(&xml, "ChargeAmount"), ["19.33", "6"]);
    assert_eq!(every(&xml, "LineTotalAmount"), ["19.33", "-6.00", "13.33"]);
    assert_eq!(first(&xml, "GrandTotalAmount"), "15.86");
    // A price that cannot be divided is that of all.
    let pdf = rendered(&sample("fewer-seats"));
    let (text, xml) = (self::text(&pdf), self::xml(&pdf));
    assert!(text.contains("Basic, ungenutzter Rest bis 21.06.2026"), "{text}");
    assert!(text.contains("-7 5,04 € 19 % -35,29 €"), "{text}");
    assert_eq!(every(&xml, "BilledQuantity"), ["-7", "3"]);
    assert_eq!((every(&xml, "ChargeAmount"), every(&xml, "BasisQuantity")), (vec!["35.29", "48.73"], vec!["7", "3"]));
}

#[test]
fn r36_the_period_billed_is_stated() {
    for (name, label) in [("renewal", "Abrechnungszeitraum"), ("upgrade", "Period billed")] {
        let invoice = sample(name);
        let pdf = rendered(&invoice);
        let (text, xml) = (text(&pdf), xml(&pdf));
        assert!(text.contains(label), "{text}");
        let (from, to) = invoice.facts().period.expect("a period");
        let billed = xml.split_once("<ram:BillingSpecifiedPeriod>").expect("a period").1;
        let billed = billed.split_once("</ram:BillingSpecifiedPeriod>").expect("its end").0;
        let told = billed.split('>').filter_map(|part| part.split_once('<')).map(|(value, _)| value.trim());
        let told: Vec<_> = told.filter(|value| !value.is_empty()).collect();
        assert_eq!(told, [from, to].map(|day| day.format("%Y%m%d").to_string()));
    }
    assert!(!xml(&rendered(&sample("domestic"))).contains("BillingSpecifiedPeriod"));
}

#[test]
fn r36_reverse_charge_and_exemption_are_worded() {
    let of = |wanted: &str| rendered(&sample(wanted));
    let reversed = of("reverse-charge");
    assert!(text(&reversed).contains("Reverse charge: VAT is to be accounted for by the recipient"));
    assert!(xml(&reversed).contains("<ram:CategoryCode>AE</ram:CategoryCode>"));
    assert!(xml(&reversed).contains("FR83404833048"));
    assert!(text(&of("small-business")).contains("Steuerfrei: Kleinunternehmer gemäß § 19 UStG"));
    assert!(text(&of("outside-eu")).contains("Not subject to VAT"));
}

#[test]
fn r36_a_credit_note_names_its_invoice() {
    let pdf = rendered(&sample("credit-note"));
    assert!(text(&pdf).contains("Rechnungskorrektur"));
    assert!(text(&pdf).contains("INV-2026-000123 (01.06.2026)"));
    assert!(xml(&pdf).contains("<ram:TypeCode>381</ram:TypeCode>"));
    assert!(xml(&pdf).contains("INV-2026-000123"));
}

#[test]
fn r36_many_lines_go_on_over_pages_that_are_counted() {
    let pdf = rendered(&sample("forty-lines"));
    let count = pdf.get_pages().len();
    assert!(count > 1);
    for page in pdf.get_pages().into_keys() {
        let text = pdf.extract_text(&[page]).expect("its text");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(&format!("Seite {page} von {count}")), "{text}");
    }
    let text = text(&pdf);
    assert!((1..=40).all(|number| text.contains(&format!("Batch {number}:"))));
}

#[test]
fn r36_a_currency_of_three_decimals_has_no_e_invoice() {
    let plain = contract::invoices::invoice("INV-2026-000001");
    let treatment = TaxTreatment::at("5".parse().expect("a rate"), "VAT");
    let unit_price = Money { minor: 12_345, currency: Currency::KWD };
    let sale = domain::Sale { description: "Credits".into(), quantity: 1, unit_price, treatment };
    let taxed = TaxRule::default().tax(&[sale]).expect("taxable");
    let invoice = Invoice::new(InvoiceKind::Invoice, plain.facts().clone(), taxed).expect("consistent");
    assert_eq!(renderer().render(&invoice).expect("rendered").e_invoice, None);
    let pdf = rendered(&invoice);
    assert!(pdf.catalog().is_ok_and(|catalog| !catalog.has(b"AF")));
    assert!(text(&pdf).contains("12.345"));
}

#[test]
fn r36_a_character_without_a_glyph_is_a_question_mark_in_print_only() {
    let pdf = rendered(&sample("long-names"));
    let text = text(&pdf);
    assert!(text.contains("Ελληνικά, Кириллица, ??"), "{text}");
    assert!(xml(&pdf).contains("漢字"));
}

#[test]
fn bytes_that_are_no_font_are_refused() {
    assert_eq!(PdfInvoices::new([b"no font".to_vec()]).err(), Some(FontError));
}
