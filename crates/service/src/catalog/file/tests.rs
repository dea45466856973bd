use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::catalog::SHIPPED;

/// The least that a catalog is; the currency can be taken out, and sections can follow.
const LEAST: &str = "name = \"Least\"\ncurrency = \"USD\"\n[operations]\nextract = { per = \"page\", rate = 1 }\n";

/// Pointer and code of each flaw.
fn flaws(text: &str) -> Vec<(String, &'static str)> {
    parse(text).expect_err("a flaw").into_iter().map(|flaw| (flaw.pointer, flaw.code)).collect()
}

/// The only flaw of the least catalog followed by this.
fn flaw(section: &str) -> (String, &'static str) {
    let mut found = flaws(&format!("{LEAST}{section}"));
    assert_eq!(found.len(), 1, "{section}: {found:?}");
    found.remove(0)
}

fn detail(text: &str) -> String {
    parse(text).expect_err("a flaw").remove(0).detail
}

#[test]
fn what_a_file_leaves_out_is_as_usual() {
    let text = format!("{LEAST}[packs]\none = {{ credits = \"5\", price = \"1\" }}\n[trial]\ncredits = \"2.5\"\n");
    let catalog = parse(&text).expect("good");
    assert_eq!(catalog.operations[0].label, "extract");
    assert_eq!(catalog.packs[0].validity, PACK_VALIDITY);
    assert_eq!((catalog.packs[0].price.minor, catalog.packs[0].private), (100, false));
    assert_eq!(catalog.trial.expect("a trial").validity, Validity(None));
    assert_eq!(catalog.low_percents, [20, 5]);
    assert_eq!((catalog.policies, catalog.links), (Policies::default(), Links::default()));
    assert_eq!((catalog.orders, catalog.refunds), (OrderTerms::default(), None));
}

#[test]
fn entries_keep_the_order_of_the_file_however_they_are_written() {
    let text = format!(
        "{LEAST}[packs.zebra]\ncredits = 1\nprice = \"1.00\"\n[packs.ant]\ncredits = 2\nprice = \"1.00\"\n[packs.mole]\n\
         credits = 3\nprice = \"1.00\"\n"
    );
    let catalog = parse(&text).expect("good");
    let codes: Vec<_> = catalog.packs.iter().map(|pack| pack.code.as_str()).collect();
    assert_eq!(codes, ["zebra", "ant", "mole"]);
}

#[test]
fn r1_decimals_never_become_floats() {
    let floated = LEAST.replace("rate = 1", "rate = 0.1");
    assert_eq!(flaws(&floated), [("/operations/extract/rate".to_owned(), "wrong_type")]);
    assert_eq!(detail(&floated), "put it in quotes, \"0.1\", so that it stays exact");
}

#[test]
fn r21_everything_wrong_is_reported_at_once() {
    let text = "currency = \"USD\"\n[operations]\nextract = { per = \"sheet\", rate = \"1\" }\n[packs]\n\
                none = { credits = 0, price = \"19.005\", expires_after = \"P0D\" }\nA = { credits = 1, price = \"1\" }\n";
    let found = flaws(text);
    let expected = [
        ("/name", "missing"),
        ("/operations/extract/per", "unknown_value"),
        ("/packs/none/price", "too_precise"),
        ("/packs/A", "malformed"),
        ("/packs/none/credits", "out_of_range"),
        ("/packs/none/expires_after", "too_small"),
    ];
    assert_eq!(found, expected.map(|(pointer, code)| (pointer.to_owned(), code)));
}

#[test]
fn each_key_of_the_root_is_checked() {
    let table = [
        ("name = \"Least\"", "", "/name", "missing"),
        ("name = \"Least\"", "name = \" \"", "/name", "malformed"),
        ("name = \"Least\"", "name = 7", "/name", "wrong_type"),
        ("currency = \"USD\"", "", "/currency", "missing"),
        ("\"USD\"", "\"usd\"", "/currency", "unknown_value"),
        ("\"USD\"", "\"XAU\"", "/currency", "unknown_value"),
        ("[operations]\nextract", "# extract", "/operations", "missing"),
        ("{ per = \"page\", rate = 1 }", "1", "/operations/extract", "wrong_type"),
        ("per = \"page\", ", "", "/operations/extract/per", "missing"),
        (", rate = 1", "", "/operations/extract/rate", "missing"),
        ("rate = 1", "rate = -1", "/operations/extract/rate", "malformed"),
        ("rate = 1", "rate = \"1e3\"", "/operations/extract/rate", "malformed"),
        ("rate = 1", "rate = \"0.0000001\"", "/operations/extract/rate", "too_precise"),
        ("rate = 1", "rate = 1_000_000_001", "/operations/extract/rate", "out_of_range"),
        ("rate = 1", "rate = 1, \"a/b~c\" = 1", "/operations/extract/a~1b~0c", "unknown_key"),
    ];
    for (from, to, pointer, code) in table {
        assert!(LEAST.contains(from), "{from}");
        assert_eq!(flaws(&LEAST.replace(from, to)), [(pointer.to_owned(), code)], "{from} → {to}");
    }
}

#[test]
fn each_section_is_checked() {
    let table = [
        ("[packs]\na = { price = \"1\" }", "/packs/a/credits", "missing"),
        ("[packs]\na = { credits = 1 }", "/packs/a/price", "missing"),
        ("[packs]\na = { credits = \"1.5\", price = \"1\" }", "/packs/a/credits", "too_precise"),
        ("[packs]\na = { credits = 1, price = 19 }", "/packs/a/price", "wrong_type"),
        ("[packs]\na = { credits = 1, price = \"1.\" }", "/packs/a/price", "malformed"),
        ("[packs]\na = { credits = 1, price = \"-1\" }", "/packs/a/price", "malformed"),
        ("[packs]\na = { credits = 1, price = \"1.001\" }", "/packs/a/price", "too_precise"),
        ("[packs]\na = { credits = 1, price = \"99999999999999999999\" }", "/packs/a/price", "out_of_range"),
        ("[packs]\na = { credits = 1, price = \"99999999999\" }", "/packs/a/price", "out_of_range"),
        ("[packs]\na = { credits = 1, price = \"1\", expires_after = \"12M\" }", "/packs/a/expires_after", "malformed"),
        (
            "[packs]\na = { credits = 1, price = \"1\", expires_after = \"P999Y\" }",
            "/packs/a/expires_after",
            "out_of_range",
        ),
        ("[packs]\na = { credits = 1, price = \"1\", private = \"yes\" }", "/packs/a/private", "wrong_type"),
        ("[packs]\na = { credits = 1, price = \"1\", label = \"a\\nb\" }", "/packs/a/label", "malformed"),
        ("[plans]\na = { credits = 1, price = \"1\" }", "/plans/a/every", "missing"),
        ("[plans]\na = { credits = 1, price = \"1\", every = \"P30D\" }", "/plans/a/every", "malformed"),
        ("[plans]\na = { credits = 1, price = \"1\", every = \"P0M\" }", "/plans/a/every", "too_small"),
        ("[plans]\na = { credits = 1, price = \"1\", every = \"P11Y\" }", "/plans/a/every", "too_large"),
        (
            "[plans]\na = { credits = 1, price = \"1\", every = \"P1Y\", grants_every = \"P5M\" }",
            "/plans/a/grants_every",
            "out_of_range",
        ),
        (
            "[plans]\na = { credits = 1, price = \"1\", every = \"P1M\", trial_for = \"P0D\" }",
            "/plans/a/trial_for",
            "too_small",
        ),
        ("[subscriptions]\nincomplete_for = \"PT0S\"", "/subscriptions/incomplete_for", "too_small"),
        ("[subscriptions]\nretry_after = \"P1D\"", "/subscriptions/retry_after", "wrong_type"),
        ("[subscriptions]\nretry_after = [\"P3D\", \"P3D\"]", "/subscriptions/retry_after/1", "too_small"),
        ("[subscriptions]\nend_after = \"P7D\"", "/subscriptions/retry_after/3", "too_large"),
        ("[trial]", "/trial/credits", "missing"),
        ("[trial]\ncredits = 0", "/trial/credits", "too_small"),
        ("[trial]\ncredits = 1\nexpires_after = \"soon\"", "/trial/expires_after", "malformed"),
        ("[free_tier]\ncredits = 1\nrollover = -1", "/free_tier/rollover", "out_of_range"),
        ("[alerts]\nlow_percents = 20", "/alerts/low_percents", "wrong_type"),
        ("[alerts]\nlow_percents = [20, 101]", "/alerts/low_percents/1", "too_large"),
        ("[alerts]\nlow_percents = [\"20\"]", "/alerts/low_percents/0", "wrong_type"),
        ("[policies]\nhold_for = \"1h\"", "/policies/hold_for", "malformed"),
        ("[policies]\nhold_for = \"P8D\"", "/policies/hold_for", "too_large"),
        ("[policies]\noverage = \"forgive\"", "/policies/overage", "unknown_value"),
        ("[orders]\nunpaid_for = \"1d\"", "/orders/unpaid_for", "malformed"),
        ("[orders]\nunpaid_for = \"PT0S\"", "/orders/unpaid_for", "too_small"),
        ("[orders]\nmanual_for = \"P0D\"", "/orders/manual_for", "too_small"),
        ("[orders]\nmanual_for = \"never\"", "/orders/manual_for", "malformed"),
        ("[refunds]\nfirst_purchase_only = 1", "/refunds/first_purchase_only", "wrong_type"),
        ("[refunds]\nwithin = 7", "/refunds/within", "wrong_type"),
        ("[refunds]\nwithin = \"P0D\"", "/refunds/within", "too_small"),
        ("[refunds]\nused_under_percent = 0", "/refunds/used_under_percent", "out_of_range"),
        ("[refunds]\nused_under_percent = 101", "/refunds/used_under_percent", "out_of_range"),
        ("[refunds]\nused_under_percent = \"10\"", "/refunds/used_under_percent", "wrong_type"),
        ("[[refunds]]", "/refunds", "wrong_type"),
        ("[links]\ntop_up = \"javascript:alert(1)\"", "/links/top_up", "malformed"),
        ("[links]\ntop_up = \"https://\"", "/links/top_up", "malformed"),
        ("[[links]]", "/links", "wrong_type"),
    ];
    for (section, pointer, code) in table {
        assert_eq!(flaw(section), (pointer.to_owned(), code), "{section}");
    }
}

/// A seller that is good as it is; keys can follow.
const SELLER: &str = "[seller]\nname = \"Example GmbH\"\ncountry = \"DE\"\n";

#[test]
fn r36_seller_and_tax_are_checked() {
    let table = [
        ("[seller]\ncountry = \"DE\"", "/seller/name", "missing"),
        ("[seller]\nname = \"A\"", "/seller/country", "missing"),
        ("[seller]\nname = \"A\"\ncountry = \"de\"", "/seller/country", "unknown_value"),
        ("S address = \"Street 1\"", "/seller/address", "wrong_type"),
        ("S address = [\"a\", \"\"]", "/seller/address/1", "malformed"),
        ("S address = [\"a\", \"b\", \"c\", \"d\"]", "/seller/address", "too_many"),
        ("S email = \"billing\"", "/seller/email", "malformed"),
        ("S locale = \"de\"", "/seller/locale", "unknown_value"),
        ("S paper = \"A4\"", "/seller/paper", "unknown_value"),
        ("S invoice_series = \"inv\"", "/seller/invoice_series", "malformed"),
        ("S credit_note_series = \"INV\"", "/seller/credit_note_series", "duplicate"),
        ("S nmae = 1", "/seller/nmae", "unknown_key"),
        ("[tax]\nexempt = \"small\"", "/seller", "missing"),
        ("S [tax]\nexempt = \"small\"", "/seller/tax_id", "missing"),
        ("T prices = \"gross\"", "/tax/prices", "unknown_value"),
        ("T rounding = \"up\"", "/tax/rounding", "unknown_value"),
        ("T rates.a = { rate = 1 }", "/tax/rates/a/country", "missing"),
        ("T rates.a = { country = \"FR\" }", "/tax/rates/a/rate", "missing"),
        ("T rates.a = { country = \"FR\", rate = 5.5 }", "/tax/rates/a/rate", "wrong_type"),
        ("T rates.a = { country = \"FR\", rate = 101 }", "/tax/rates/a/rate", "malformed"),
        ("T rates.a = { country = \"FR\", rate = 1, from = \"soon\" }", "/tax/rates/a/from", "malformed"),
        (
            "T rates.a = { country = \"FR\", rate = 1, from = 2026-01-01, until = 2026-01-01 }",
            "/tax/rates/a/until",
            "too_small",
        ),
        ("T rates.A = { country = \"FR\", rate = 1 }", "/tax/rates/A", "malformed"),
        (
            "T rates.a = { country = \"FR\", rate = 1, until = 2026-01-02 }\nrates.b = { country = \"FR\", rate = 2, from = 2026-01-01 }",
            "/tax/rates/b",
            "duplicate",
        ),
    ];
    for (section, pointer, code) in table {
        let section = section.replace("T ", "S tax_id = \"1\"\n[tax]\n").replace("S ", SELLER);
        assert_eq!(flaw(&section), (pointer.to_owned(), code), "{section}");
    }
}

#[test]
fn r36_a_seller_and_rates_are_read() {
    let text = format!(
        "{LEAST}{SELLER}tax_id = \"DE123456788\"\n[tax]\nprices = \"inclusive\"\nrounding = \"line\"\n[tax.rates]\n\
         old = {{ country = \"DE\", rate = \"16\", until = 2021-01-01 }}\nnew = {{ country = \"DE\", rate = 19, from = \"2021-01-01\" }}\n"
    );
    let catalog = parse(&text).expect("good");
    let seller = catalog.seller.expect("a seller");
    assert_eq!((seller.invoice_series.as_str(), seller.credit_note_series.as_str()), ("INV", "CN"));
    assert_eq!((seller.party.country.code(), seller.locale.tag(), seller.paper.word()), ("DE", "en-US", "a4"));
    assert_eq!((catalog.tax.prices, catalog.tax.rounding), (domain::Prices::Inclusive, domain::TaxRounding::Line));
    let rates: Vec<_> = catalog.tax.rates.iter().map(|row| (row.code.as_str(), row.rate.to_string())).collect();
    assert_eq!(rates, [("old", "16".to_owned()), ("new", "19".to_owned())]);
    assert_eq!(catalog.tax.rates[1].from.map(|day| day.to_string()).as_deref(), Some("2021-01-01"));
}

#[test]
fn an_unknown_key_names_the_one_that_was_meant() {
    let table = [
        ("[polices]", "/polices", "no such key; did you mean policies?"),
        ("[policies]\nhold_fro = \"PT1H\"", "/policies/hold_fro", "no such key; did you mean hold_for?"),
        ("[links]\nzzz = 1", "/links/zzz", "no such key; there are top_up, upgrade, support"),
        ("[alerts]\nlow_percent = [1]", "/alerts/low_percent", "no such key; did you mean low_percents?"),
        ("[trial]\ncredits = 1\nx = 1", "/trial/x", "no such key; there are credits, expires_after"),
        ("[free_tier]\ncredits = 1\nrolover = 1", "/free_tier/rolover", "no such key; did you mean rollover?"),
        ("[orders]\nunpayed_for = \"P1D\"", "/orders/unpayed_for", "no such key; did you mean unpaid_for?"),
        ("[refunds]\nwithn = \"P1D\"", "/refunds/withn", "no such key; did you mean within?"),
        (
            "[packs]\na = { credits = 1, price = \"1\", pirce = 1 }",
            "/packs/a/pirce",
            "no such key; did you mean price?",
        ),
        (
            "[plans]\na = { credits = 1, price = \"1\", every = \"P1M\", evry = 1 }",
            "/plans/a/evry",
            "no such key; did you mean every?",
        ),
    ];
    for (section, pointer, sentence) in table {
        let found = parse(&format!("{LEAST}{section}")).expect_err("a flaw");
        assert_eq!(found, [CatalogFlaw::new(pointer, "unknown_key", sentence)]);
    }
}

#[test]
fn prices_have_the_decimals_of_their_currency() {
    let price = |currency: &str, price: &str| {
        let text = LEAST.replace("USD", currency);
        let text = format!("{text}[packs]\na = {{ credits = 1, price = \"{price}\" }}\n");
        parse(&text).map(|catalog| catalog.packs[0].price.minor).map_err(|flaws| flaws[0].code)
    };
    assert_eq!(price("USD", "19.00"), Ok(1_900));
    assert_eq!(price("USD", "19.5"), Ok(1_950));
    assert_eq!(price("JPY", "1900"), Ok(1_900));
    assert_eq!(price("JPY", "1900.0"), Err("too_precise"));
    assert_eq!(price("BHD", "0.005"), Ok(5));
    // Nobody can say how many decimals an unknown currency has; only the currency is reported.
    assert_eq!(price("U$D", "19.00"), Err("unknown_value"));
}

#[test]
fn text_that_is_not_toml_is_reported_line_by_line() {
    let text = "name = \"Least\ncurrency = USD\n[operations]\n";
    let found = parse(text).expect_err("flaws");
    assert!(found.iter().all(|flaw| flaw.pointer.is_empty() && flaw.code == "syntax"), "{found:?}");
    assert!(found.iter().any(|flaw| flaw.detail.starts_with("line 1: ")), "{found:?}");
    assert!(found.iter().any(|flaw| flaw.detail.starts_with("line 2: ")), "{found:?}");
    let twice = format!("{LEAST}extract = {{ per = \"page\", rate = 2 }}\n");
    assert_eq!(parse(&twice).expect_err("a flaw")[0], CatalogFlaw::new("", "syntax", "line 5: duplicate key"));
}

#[test]
fn size_and_lists_are_bounded() {
    assert_eq!(flaws(&"#".repeat(MAX_BYTES + 1)), [(String::new(), "too_large")]);
    let operations: Vec<_> = (0..=1_000).map(|n| format!("o{n} = {{ per = \"page\", rate = 1 }}\n")).collect();
    assert_eq!(
        flaws(&LEAST.replace("extract =", &format!("{}extract =", operations.concat()))),
        [("/operations".to_owned(), "too_many")]
    );
    assert_eq!(flaw(&format!("[alerts]\nlow_percents = [{}]", "1,".repeat(1_001))).1, "too_many");
    let long = "a".repeat(65);
    assert_eq!(flaw(&format!("[packs]\n{long} = 1")), (format!("/packs/{long}"), "malformed"));
    let unknown: Vec<_> = (0..2_000).map(|n| format!("k{n} = 1\n")).collect();
    assert_eq!(flaws(&format!("{LEAST}[links]\n{}", unknown.concat())).len(), MAX_FLAWS);
}

#[test]
fn deep_nesting_is_refused_not_followed() {
    for text in [
        "a.".repeat(100_000) + "a = 1",
        "a = ".to_owned() + &"[".repeat(100_000),
        "[".to_owned() + &"a.".repeat(100_000) + "a]",
    ] {
        assert!(parse(&text).is_err());
    }
}

proptest! {
    /// Cutting, doubling and overwriting pieces of a good file gives a catalog or flaws, never a panic.
    #[test]
    fn mutated_files_never_panic(
        which in 0..SHIPPED.len(),
        edits in prop::collection::vec((any::<Index>(), 0..40_usize, "[ -~\\n]{0,12}"), 1..6),
    ) {
        let mut text: Vec<char> = SHIPPED[which].1.chars().collect();
        for (place, cut, inserted) in edits {
            let start = place.index(text.len() + 1);
            let end = (start + cut).min(text.len());
            text.splice(start..end, inserted.chars());
        }
        let text: String = text.into_iter().collect();
        if let Err(flaws) = parse(&text) {
            prop_assert!(!flaws.is_empty());
            prop_assert!(flaws.iter().all(|flaw| flaw.pointer.is_empty() || flaw.pointer.starts_with('/')));
        }
    }

    /// Whatever value stands under a key, the answer points at that key or below it.
    #[test]
    fn any_value_in_any_place_is_read_or_refused(
        which in 0..SHIPPED.len(),
        place in any::<Index>(),
        value in prop::sample::select(vec!["1", "-1", "0x1F", "1.5", "nan", "true", "[]", "{}", "\"\"", "\"P1M\"", "\"9.99\"", "2026-01-01"]),
    ) {
        let file = SHIPPED[which].1;
        let spots: Vec<_> = file.match_indices(" = \"").map(|(at, _)| at + 3).collect();
        let start = spots[place.index(spots.len())];
        let end = start + 2 + file[start + 1..].find('"').expect("a closing quote");
        let text = format!("{}{value}{}", &file[..start], &file[end..]);
        if let Err(flaws) = parse(&text) {
            prop_assert!(flaws.iter().all(|flaw| flaw.code != "syntax" && !flaw.pointer.is_empty()), "{flaws:?}");
        }
    }
}
