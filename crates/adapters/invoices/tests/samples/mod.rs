//! One invoice of each kind that a product sends.

use domain::{
    Country, Currency, Invoice, InvoiceFacts, InvoiceKind, Locale, Money, Paper, Party, Prices, Sale, Settlement,
    TaxCategory, TaxRounding, TaxRule, TaxTreatment,
};

/// All of them, by their names.
pub(crate) fn all() -> Vec<(&'static str, Invoice)> {
    vec![
        ("domestic", domestic()),
        ("reverse-charge", reverse_charge()),
        ("outside-eu", outside_eu()),
        ("several-rates", several_rates()),
        ("forty-lines", forty_lines()),
        ("credit-note", credit_note()),
        ("yen", yen()),
        ("inclusive", inclusive()),
        ("per-line", per_line()),
        ("small-business", small_business()),
        ("sales-tax", sales_tax()),
        ("long-names", long_names()),
        ("upgrade", upgrade()),
        ("fewer-seats", fewer_seats()),
        ("renewal", renewal()),
    ]
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().expect("a day")
}

fn at(rate: &str, label: &str) -> TaxTreatment {
    TaxTreatment::at(rate.parse().expect("a rate"), label)
}

fn party(name: &str, address: &[&str], place: [&str; 3], tax_id: Option<&str>) -> Party {
    let [postal_code, city, country] = place;
    Party {
        name: name.into(),
        address: address.iter().map(|&line| line.to_owned()).collect(),
        postal_code: Some(postal_code.into()),
        city: Some(city.into()),
        region: None,
        country: Country::from_code(country).expect("a country"),
        tax_id: tax_id.map(str::to_owned),
        registration: None,
        email: None,
    }
}

/// A company in Berlin.
fn seller() -> Party {
    let place = ["10115", "Berlin", "DE"];
    Party {
        registration: Some("HRB 123456 B".into()),
        email: Some("billing@example.com".into()),
        ..party("Example GmbH", &["Beispielstraße 12"], place, Some("DE123456788"))
    }
}

fn facts(number: &str, locale: Locale, buyer: Party) -> InvoiceFacts {
    InvoiceFacts {
        number: number.parse().expect("a number"),
        issued_on: day("2026-06-01"),
        supplied_on: day("2026-06-01"),
        period: None,
        seller: seller(),
        buyer,
        settlement: Settlement::Paid {
            on: day("2026-06-01"),
            method: Some("Visa ···· 4242".into()),
            reference: "pi_3Qw8Zk2eYv".into(),
        },
        locale,
        paper: Paper::A4,
        note: None,
    }
}

fn sale(description: &str, quantity: u32, price: (i64, Currency), treatment: &TaxTreatment) -> Sale {
    let unit_price = Money { minor: price.0, currency: price.1 };
    Sale { description: description.into(), quantity, unit_price, treatment: treatment.clone() }
}

fn invoice(facts: InvoiceFacts, rule: &TaxRule, sales: &[Sale]) -> Invoice {
    Invoice::new(InvoiceKind::Invoice, facts, rule.tax(sales).expect("taxable")).expect("consistent")
}

fn exclusive() -> TaxRule {
    TaxRule::default()
}

fn buyer_in_munich() -> Party {
    party("Muster & Söhne OHG", &["Ludwigstraße 8", "Hinterhaus"], ["80539", "München", "DE"], None)
}

fn domestic() -> Invoice {
    let facts = facts("INV-2026-000123", Locale::DeDe, buyer_in_munich());
    let sales = [sale("1.000 Credits „Popular“, gültig bis 02.06.2027", 1, (9_900, Currency::EUR), &at("19", "USt."))];
    invoice(InvoiceFacts { note: Some("Vielen Dank für Ihren Einkauf.".into()), ..facts }, &exclusive(), &sales)
}

fn reverse_charge() -> Invoice {
    let place = ["75001", "Paris", "FR"];
    let buyer = Party {
        email: Some("comptabilite@exemple.example".into()),
        ..party("Exemple SARL", &["10 rue de l’Exemple"], place, Some("FR 83 404 833 048"))
    };
    let treatment = TaxTreatment::without_tax(TaxCategory::ReverseCharge, None);
    let sales = [sale("2,500 credits “Growth”, valid until 1 Jun 2027", 2, (18_900, Currency::EUR), &treatment)];
    invoice(facts("INV-2026-000124", Locale::EnGb, buyer), &exclusive(), &sales)
}

fn outside_eu() -> Invoice {
    let buyer = Party {
        region: Some("CA".into()),
        ..party("Example Robotics, Inc.", &["500 Sample Avenue", "Suite 300"], ["94107", "San Francisco", "US"], None)
    };
    let treatment = TaxTreatment::without_tax(TaxCategory::Outside, None);
    let sales = [sale("25,000 credits “Enterprise”, valid until Jun 1, 2027", 1, (129_900, Currency::USD), &treatment)];
    let facts = facts("INV-2026-000125", Locale::EnUs, buyer);
    let due = Settlement::Due { by: day("2026-06-15") };
    invoice(InvoiceFacts { paper: Paper::Letter, settlement: due, ..facts }, &exclusive(), &sales)
}

fn several_rates() -> Invoice {
    let sales = [
        sale("5,000 credits “Scale”", 1, (34_900, Currency::EUR), &at("19", "VAT")),
        sale("Printed handbook", 3, (2_495, Currency::EUR), &at("7", "VAT")),
        sale("Onboarding, 1 hour", 2, (12_000, Currency::EUR), &at("19", "VAT")),
        sale("Solar panel for the office, delivered and mounted", 1, (50_000, Currency::EUR), &at("0", "VAT")),
    ];
    invoice(facts("INV-2026-000126", Locale::EnGb, buyer_in_munich()), &exclusive(), &sales)
}

fn forty_lines() -> Invoice {
    let line = |number: i64| {
        let text = if number % 7 == 0 {
            format!(
                "Batch {number}: pages of delivery notes, customs forms and certificates of origin, extracted and checked"
            )
        } else {
            format!("Batch {number}: pages extracted")
        };
        sale(&text, u32::try_from(number * 37).expect("small"), (7 + number % 5, Currency::EUR), &at("19", "USt."))
    };
    let sales: Vec<_> = (1..=40).map(line).collect();
    invoice(facts("INV-2026-000127", Locale::DeDe, buyer_in_munich()), &exclusive(), &sales)
}

fn credit_note() -> Invoice {
    let original = domestic();
    let mut facts = facts("CN-2026-000007", Locale::DeDe, buyer_in_munich());
    (facts.issued_on, facts.supplied_on) = (day("2026-06-20"), day("2026-06-20"));
    facts.settlement = Settlement::Paid { on: day("2026-06-21"), method: None, reference: "re_1Qx0".into() };
    let part = original.part(0, 5_890, "Erstattung nicht genutzter Credits").expect("a part");
    original.credit(facts, Some("Widerruf".into()), part, &[]).expect("within")
}

fn yen() -> Invoice {
    let seller = party("Example KK", &["1-2-3 Rei"], ["100-0001", "Tokyo", "JP"], Some("T1234567890123"));
    let buyer = party("Sample KK", &["4-5-6 Mihon"], ["530-0001", "Osaka", "JP"], None);
    let sales = [sale("1,000 credits “Popular”", 3, (14_850, Currency::JPY), &at("10", "Consumption tax"))];
    let facts = facts("INV-2026-000128", Locale::EnUs, buyer);
    invoice(InvoiceFacts { seller, ..facts }, &exclusive(), &sales)
}

fn inclusive() -> Invoice {
    let rule = TaxRule { prices: Prices::Inclusive, ..TaxRule::default() };
    let buyer = party("Client exemple", &["3 place du Modèle"], ["69001", "Lyon", "FR"], None);
    let sales = [
        sale("100 crédits « Starter »", 3, (1_900, Currency::EUR), &at("20", "TVA")),
        sale("250 crédits « Small »", 1, (3_900, Currency::EUR), &at("20", "TVA")),
    ];
    invoice(facts("INV-2026-000129", Locale::FrFr, buyer), &rule, &sales)
}

fn per_line() -> Invoice {
    let rule = TaxRule { rounding: TaxRounding::Line, ..TaxRule::default() };
    let buyer = party("Esempio S.r.l.", &["Via Campione 5"], ["20121", "Milano", "IT"], None);
    let sales: Vec<_> = (1..=9).map(|n| sale("Crediti", n, (35, Currency::EUR), &at("22", "IVA"))).collect();
    invoice(facts("INV-2026-000130", Locale::ItIt, buyer), &rule, &sales)
}

fn small_business() -> Invoice {
    let reason = "Kleinunternehmer gemäß § 19 UStG".to_owned();
    let treatment = TaxTreatment::without_tax(TaxCategory::Exempt, Some(reason));
    let facts = facts("INV-2026-000131", Locale::DeDe, buyer_in_munich());
    let seller = Party { tax_id: Some("12/345/67890".into()), ..seller() };
    let sales = [sale("100 Credits „Starter“", 1, (1_900, Currency::EUR), &treatment)];
    invoice(InvoiceFacts { seller, ..facts }, &exclusive(), &sales)
}

fn sales_tax() -> Invoice {
    let us = |name: &str, line: &str, tax_id| Party {
        region: Some("NY".into()),
        ..party(name, &[line], ["10001", "New York", "US"], tax_id)
    };
    let seller = us("Example Inc.", "1 Example Plaza", Some("00-1234567"));
    let buyer = us("Sample LLC", "2 Sample Street", None);
    let sales = [sale("500 credits “Medium”", 1, (5_900, Currency::USD), &at("8.875", "Sales tax"))];
    let facts = facts("INV-2026-000132", Locale::EnUs, buyer);
    invoice(InvoiceFacts { seller, paper: Paper::Letter, ..facts }, &exclusive(), &sales)
}

fn long_names() -> Invoice {
    let name = "Gesellschaft für außerordentlich lange und vollständig ausgeschriebene Firmennamen mit beschränkter Haftung & Co. Kommanditgesellschaft";
    let buyer = Party {
        email: Some("rechnungswesen.und.kreditorenbuchhaltung@ausserordentlich-lange-firmennamen.example".into()),
        ..party(name, &["Donaudampfschifffahrtsgesellschaftskapitänsallee 1234"], ["1010", "Wien", "AT"], None)
    };
    let facts = facts("INV-2026-000133", Locale::EsEs, buyer);
    let seller = Party { name: format!("{name} Nord"), ..seller() };
    let text = "Ein Wort_das_ohne_jede_Lücke_über_die_ganze_Breite_der_Spalte_und_noch_weit_darüber_hinaus_reicht, und Ελληνικά, Кириллица, 漢字";
    let sales = [sale(text, 1_000_000, (99_999, Currency::EUR), &at("20", "IVA"))];
    invoice(InvoiceFacts { seller, ..facts }, &exclusive(), &sales)
}

/// Another plan in mid-period: the rest of the old one is credited.
fn upgrade() -> Invoice {
    let locale = Locale::EnGb;
    let (from, until) = (day("2026-06-01"), day("2026-06-21"));
    let sales = [
        sale(&locale.plan_line("Pro", from, until), 1, (1_933, Currency::EUR), &at("19", "VAT")),
        sale(&locale.unused_line("Basic", until), 1, (-600, Currency::EUR), &at("19", "VAT")),
    ];
    let facts = facts("INV-2026-000134", locale, buyer_in_munich());
    invoice(InvoiceFacts { period: Some((from, day("2026-06-20"))), ..facts }, &exclusive(), &sales)
}

/// Seats of one plan against seats of another, at prices with tax, rounded on each line, which cannot be divided.
fn fewer_seats() -> Invoice {
    let rule = TaxRule { prices: Prices::Inclusive, rounding: TaxRounding::Line, ..TaxRule::default() };
    let locale = Locale::DeDe;
    let (from, until) = (day("2026-06-01"), day("2026-06-21"));
    let sales = [
        sale(&locale.unused_line("Basic", until), 7, (-600, Currency::EUR), &at("19", "USt.")),
        sale(&locale.plan_line("Pro", from, until), 3, (1_933, Currency::EUR), &at("19", "USt.")),
    ];
    let facts = facts("INV-2026-000135", locale, buyer_in_munich());
    invoice(InvoiceFacts { period: Some((from, day("2026-06-20"))), ..facts }, &rule, &sales)
}

fn renewal() -> Invoice {
    let locale = Locale::DeDe;
    let (from, until) = (day("2026-05-31"), day("2026-06-30"));
    let sales = [sale(&locale.plan_line("Pro", from, until), 1, (2_900, Currency::EUR), &at("19", "USt."))];
    let facts = facts("INV-2026-000136", locale, buyer_in_munich());
    invoice(InvoiceFacts { period: Some((from, day("2026-06-29"))), ..facts }, &exclusive(), &sales)
}
