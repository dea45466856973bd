//! What changes from one catalog to the next, field by field.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Catalog, DunningTerms, FreeTierTerms, Links, Operation, OrderTerms, Pack, Party, Plan, Policies, RefundTerms,
    Seller, Span, SubscriptionTerms, TaxRow, TaxRule, Trial, Validity,
};

use super::value::overage_word;

/// What became of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It was not there before.
    Added,
    /// It is no longer there.
    Removed,
    /// It has another value.
    Changed,
}

impl ChangeKind {
    /// Its word in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// A field in which two catalogs differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// JSON pointer to the field.
    pub pointer: String,
    /// What became of it.
    pub kind: ChangeKind,
    /// What it said, where it was there.
    pub before: Option<String>,
    /// What it says, where it is there.
    pub after: Option<String>,
}

/// Every field in which `new` differs from `old`; none for equal catalogs.
///
/// What `old` had comes first, in its order; then what `new` adds, in its own; then the lists whose entries
/// changed places.
#[must_use]
pub fn diff(old: &Catalog, new: &Catalog) -> Vec<Change> {
    let (before, after) = (fields(old), fields(new));
    let (had, has) = (index(&before), index(&after));
    let kept = before.iter().filter_map(|(pointer, was)| match has.get(pointer.as_str()) {
        None => Some(change(pointer, ChangeKind::Removed, Some(was), None)),
        Some(is) if is != was => Some(change(pointer, ChangeKind::Changed, Some(was), Some(is))),
        Some(_) => None,
    });
    let added = after
        .iter()
        .filter(|(pointer, _)| !had.contains_key(pointer.as_str()))
        .map(|(pointer, is)| change(pointer, ChangeKind::Added, None, Some(is)));
    let moved =
        codes(old).into_iter().zip(codes(new)).filter_map(|((section, was), (_, is))| moved(section, &was, &is));
    kept.chain(added).chain(moved).collect()
}

fn change(pointer: &str, kind: ChangeKind, before: Option<&str>, after: Option<&str>) -> Change {
    Change { pointer: pointer.to_owned(), kind, before: before.map(str::to_owned), after: after.map(str::to_owned) }
}

/// The change of a list whose entries, as far as both catalogs have them, stand in another order.
fn moved(section: &str, was: &[&str], is: &[&str]) -> Option<Change> {
    let shared = |these: &[&str], others: &[&str]| {
        let others: BTreeSet<_> = others.iter().collect();
        these.iter().filter(|code| others.contains(code)).copied().collect::<Vec<_>>().join(", ")
    };
    let (before, after) = (shared(was, is), shared(is, was));
    (before != after).then(|| change(&format!("/{section}"), ChangeKind::Changed, Some(&before), Some(&after)))
}

/// The codes of each list, in its order.
fn codes(catalog: &Catalog) -> [(&'static str, Vec<&str>); 3] {
    [
        ("operations", catalog.operations.iter().map(|operation| operation.code.as_str()).collect()),
        ("packs", catalog.packs.iter().map(|pack| pack.code.as_str()).collect()),
        ("plans", catalog.plans.iter().map(|plan| plan.code.as_str()).collect()),
    ]
}

type Fields = Vec<(String, String)>;

fn index(fields: &Fields) -> BTreeMap<&str, &str> {
    fields.iter().map(|(pointer, value)| (pointer.as_str(), value.as_str())).collect()
}

/// Every field of a catalog that has a value, by its pointer in the file.
///
/// All structs are taken apart name by name, so that a new field cannot be forgotten here.
fn fields(catalog: &Catalog) -> Fields {
    let Catalog {
        name,
        currency,
        operations,
        packs,
        plans,
        trial,
        free_tier,
        low_percents,
        policies,
        orders,
        subscriptions,
        refunds,
        links,
        seller,
        tax,
    } = catalog;
    let mut fields = vec![("/name".to_owned(), name.clone()), ("/currency".to_owned(), currency.code().to_owned())];
    for operation in operations {
        add_operation(&mut fields, operation);
    }
    for pack in packs {
        add_pack(&mut fields, pack);
    }
    for plan in plans {
        add_plan(&mut fields, plan);
    }
    if let Some(Trial { credits, validity }) = trial {
        add(&mut fields, "/trial", [("credits", credits.to_string()), ("expires_after", lasting(*validity))]);
    }
    if let Some(FreeTierTerms { credits, rollover }) = free_tier {
        add(&mut fields, "/free_tier", [("credits", credits.to_string()), ("rollover", rollover.to_string())]);
    }
    let percents: Vec<_> = low_percents.iter().map(u8::to_string).collect();
    add(&mut fields, "/alerts", [("low_percents", percents.join(", "))]);
    add_policies(&mut fields, policies);
    let OrderTerms { unpaid_for, manual_for } = orders;
    add(&mut fields, "/orders", [("unpaid_for", unpaid_for.to_string()), ("manual_for", manual_for.to_string())]);
    add_subscriptions(&mut fields, subscriptions);
    if let Some(refunds) = refunds {
        add_refunds(&mut fields, refunds);
    }
    let Links { top_up, upgrade, support } = links;
    let links = [("top_up", top_up), ("upgrade", upgrade), ("support", support)];
    add(&mut fields, "/links", links.into_iter().filter_map(|(name, link)| Some((name, link.clone()?))));
    if let Some(seller) = seller {
        add_seller(&mut fields, seller);
    }
    add_tax(&mut fields, tax);
    fields
}

fn add_operation(fields: &mut Fields, operation: &Operation) {
    let Operation { code, label, per, rate } = operation;
    let named = [("label", label.clone()), ("per", per.word().to_owned()), ("rate", rate.to_string())];
    add(fields, &format!("/operations/{code}"), named);
}

fn add_pack(fields: &mut Fields, pack: &Pack) {
    let Pack { code, label, credits, price, validity, private } = pack;
    let named = [
        ("label", label.clone()),
        ("credits", credits.to_string()),
        ("price", price.to_string()),
        ("expires_after", lasting(*validity)),
        ("private", private.to_string()),
    ];
    add(fields, &format!("/packs/{code}"), named);
}

fn add_plan(fields: &mut Fields, plan: &Plan) {
    let Plan { code, label, credits, price, months, grants_every, rollover, trial_for, private } = plan;
    let named = [
        ("label", label.clone()),
        ("credits", credits.to_string()),
        ("price", price.to_string()),
        ("every", format!("P{months}M")),
        ("rollover", rollover.to_string()),
        ("private", private.to_string()),
    ];
    let at = format!("/plans/{code}");
    add(fields, &at, named);
    // Left out of most files, where it follows `every`.
    let grants_every = Some(grants_every).filter(|every| *every != months);
    add(fields, &at, grants_every.map(|every| ("grants_every", format!("P{every}M"))));
    add(fields, &at, trial_for.map(|span| ("trial_for", span.to_string())));
}

fn add_subscriptions(fields: &mut Fields, terms: &SubscriptionTerms) {
    let SubscriptionTerms { incomplete_for, dunning: DunningTerms { retry_after, end_after } } = terms;
    let retries: Vec<_> = retry_after.iter().map(Span::to_string).collect();
    let named = [
        ("incomplete_for", incomplete_for.to_string()),
        ("retry_after", retries.join(", ")),
        ("end_after", end_after.to_string()),
    ];
    add(fields, "/subscriptions", named);
}

fn add_policies(fields: &mut Fields, policies: &Policies) {
    let Policies {
        estimate_for,
        hold_for,
        hold_at_most,
        late_capture_for,
        goodwill_for,
        charge_customer_fault,
        overage,
    } = policies;
    let named = [
        ("estimate_for", estimate_for.to_string()),
        ("hold_for", hold_for.to_string()),
        ("hold_at_most", hold_at_most.to_string()),
        ("late_capture_for", late_capture_for.to_string()),
        ("goodwill_for", goodwill_for.to_string()),
        ("charge_customer_fault", charge_customer_fault.to_string()),
        ("overage", overage_word(*overage).to_owned()),
    ];
    add(fields, "/policies", named);
}

fn add_refunds(fields: &mut Fields, refunds: &RefundTerms) {
    let RefundTerms { first_purchase_only, within, used_under_percent } = refunds;
    let named = [
        Some(("first_purchase_only", first_purchase_only.to_string())),
        within.map(|within| ("within", within.to_string())),
        used_under_percent.map(|percent| ("used_under_percent", percent.to_string())),
    ];
    add(fields, "/refunds", named.into_iter().flatten());
}

fn add_seller(fields: &mut Fields, seller: &Seller) {
    let Seller { party, invoice_series, credit_note_series, locale, paper, note } = seller;
    let Party { name, address, postal_code, city, region, country, tax_id, registration, email } = party;
    let named = [
        ("name", name.clone()),
        ("address", address.join(", ")),
        ("country", country.code().to_owned()),
        ("invoice_series", invoice_series.clone()),
        ("credit_note_series", credit_note_series.clone()),
        ("locale", locale.tag().to_owned()),
        ("paper", paper.word().to_owned()),
    ];
    add(fields, "/seller", named);
    let optional = [
        ("postal_code", postal_code),
        ("city", city),
        ("region", region),
        ("tax_id", tax_id),
        ("registration", registration),
        ("email", email),
        ("note", note),
    ];
    add(fields, "/seller", optional.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))));
}

fn add_tax(fields: &mut Fields, rule: &TaxRule) {
    let TaxRule { prices, rounding, seller_exempt, rates } = rule;
    let named = [("prices", prices.word().to_owned()), ("rounding", rounding.word().to_owned())];
    add(fields, "/tax", named);
    add(fields, "/tax", seller_exempt.iter().map(|reason| ("exempt", reason.clone())));
    for TaxRow { code, country, region, rate, label, from, until } in rates {
        let at = format!("/tax/rates/{code}");
        let named = [("country", country.code().to_owned()), ("rate", rate.to_string()), ("label", label.clone())];
        add(fields, &at, named);
        let day = |day: &Option<chrono::NaiveDate>| day.map(|day| day.to_string());
        let optional = [("region", region.clone()), ("from", day(from)), ("until", day(until))];
        add(fields, &at, optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
    }
}

fn add(fields: &mut Fields, at: &str, named: impl IntoIterator<Item = (&'static str, String)>) {
    fields.extend(named.into_iter().map(|(name, value)| (format!("{at}/{name}"), value)));
}

/// How long, as the file says it.
fn lasting(validity: Validity) -> String {
    validity.0.map_or_else(|| "never".to_owned(), |span| span.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{parse, shipped};

    /// The changes that a replacement in a shipped file makes.
    fn changes(from: &str, to: &str) -> Vec<(String, &'static str, Option<String>, Option<String>)> {
        let old = shipped("flexocr").expect("shipped");
        assert!(old.contains(from), "{from:?} is in the file");
        let (old, new) = (parse(old).expect("good"), parse(&old.replacen(from, to, 1)).expect("good"));
        diff(&old, &new).into_iter().map(|one| (one.pointer, one.kind.word(), one.before, one.after)).collect()
    }

    fn row(
        pointer: &str,
        kind: &'static str,
        before: Option<&str>,
        after: Option<&str>,
    ) -> (String, &'static str, Option<String>, Option<String>) {
        (pointer.to_owned(), kind, before.map(str::to_owned), after.map(str::to_owned))
    }

    #[test]
    fn r21_equal_catalogs_have_no_differences() {
        assert_eq!(changes("name", "name"), []);
        // The same catalog, written differently.
        assert_eq!(changes("\"1.0\"", "1"), []);
        assert_eq!(changes("\"PT24H\"", "\"PT1440M\""), []);
    }

    #[test]
    fn r21_a_changed_price_is_one_change() {
        assert_eq!(
            changes("\"9.00\"", "\"9.50\""),
            [row("/plans/basic/price", "changed", Some("$9.00"), Some("$9.50"))]
        );
    }

    #[test]
    fn r21_every_field_is_compared() {
        let table = [
            ("\"FlexOCR\"", "\"Flex\"", "/name"),
            ("\"USD\"", "\"CAD\"", "/currency"),
            ("Split a PDF", "Split", "/operations/split_pdf/label"),
            ("\"change_page\"", "\"page\"", "/operations/update_schema/per"),
            ("\"0.1\"", "\"0.2\"", "/operations/update_schema/rate"),
            ("\"Pro\"", "\"Professional\"", "/plans/pro/label"),
            ("1_000", "1_001", "/plans/pro/credits"),
            ("\"P1M\"", "\"P1Y\"", "/plans/basic/every"),
            ("every = \"P1M\"", "every = \"P1M\", rollover = 1", "/plans/basic/rollover"),
            ("every = \"P1M\"", "every = \"P1M\", trial_for = \"P14D\"", "/plans/basic/trial_for"),
            ("every = \"P1M\"", "every = \"P1M\", private = true", "/plans/basic/private"),
            ("incomplete_for = \"P1D\"", "incomplete_for = \"PT1H\"", "/subscriptions/incomplete_for"),
            ("\"P7D\"]", "\"P8D\"]", "/subscriptions/retry_after"),
            ("end_after = \"P14D\"", "end_after = \"P15D\"", "/subscriptions/end_after"),
            ("\"20\"", "\"21\"", "/free_tier/credits"),
            ("rollover = 0", "rollover = 1", "/free_tier/rollover"),
            ("[20, 5]", "[20, 10, 5]", "/alerts/low_percents"),
            ("estimate_for = \"PT24H\"", "estimate_for = \"PT25H\"", "/policies/estimate_for"),
            ("\"PT1H\"", "\"PT2H\"", "/policies/hold_for"),
            ("hold_at_most = \"P7D\"", "hold_at_most = \"P8D\"", "/policies/hold_at_most"),
            ("late_capture_for = \"PT24H\"", "late_capture_for = \"PT0H\"", "/policies/late_capture_for"),
            ("goodwill_for = \"P7D\"", "goodwill_for = \"P8D\"", "/policies/goodwill_for"),
            ("false", "true", "/policies/charge_customer_fault"),
            ("\"cap\"", "\"reject\"", "/policies/overage"),
            ("unpaid_for = \"P1D\"", "unpaid_for = \"PT2H\"", "/orders/unpaid_for"),
            ("\"P30D\"", "\"P14D\"", "/orders/manual_for"),
            ("example/support", "example/help", "/links/support"),
            ("\"Example GmbH\"", "\"Example AG\"", "/seller/name"),
            ("straße 12", "straße 13", "/seller/address"),
            ("\"10115\"", "\"10117\"", "/seller/postal_code"),
            ("\"Berlin\"", "\"Bonn\"", "/seller/city"),
            ("country = \"DE\" # ISO", "country = \"AT\" # ISO", "/seller/country"),
            ("\"DE123456788\"", "\"1\"", "/seller/tax_id"),
            ("billing@", "invoices@", "/seller/email"),
            ("\"en-GB\"\n", "\"de-DE\"\n", "/seller/locale"),
            ("paper = \"a4\"\n", "paper = \"letter\"\n", "/seller/paper"),
            ("\"INV\"", "\"RE\"", "/seller/invoice_series"),
            ("\"CN\"", "\"GS\"", "/seller/credit_note_series"),
            ("prices = \"exclusive\"", "prices = \"inclusive\"", "/tax/prices"),
            ("rounding = \"invoice\"", "rounding = \"line\"", "/tax/rounding"),
            ("rate = \"19\"", "rate = \"20\"", "/tax/rates/germany/rate"),
            ("{ country = \"DE\"", "{ country = \"AT\"", "/tax/rates/germany/country"),
            ("2021-01-01", "2021-01-02", "/tax/rates/germany/from"),
            ("from = 2021-01-01", "region = \"x\", from = 2021-01-01", "/tax/rates/germany/region"),
            ("from = 2021-01-01", "label = \"x\", from = 2021-01-01", "/tax/rates/germany/label"),
            ("from = 2021-01-01", "until = 2030-01-01, from = 2021-01-01", "/tax/rates/germany/until"),
            ("[tax]\n", "[tax]\nexempt = \"x\"\n", "/tax/exempt"),
            ("invoice_series", "note = \"x\"\ninvoice_series", "/seller/note"),
            ("invoice_series", "region = \"x\"\ninvoice_series", "/seller/region"),
            ("invoice_series", "registration = \"x\"\ninvoice_series", "/seller/registration"),
        ];
        for (from, to, pointer) in table {
            let found = changes(from, to);
            let pointers: Vec<_> = found.iter().map(|(pointer, ..)| pointer.as_str()).collect();
            assert_eq!(pointers, [pointer], "{from} → {to}");
        }
    }

    #[test]
    fn r21_what_is_new_or_gone_is_listed_field_by_field() {
        let pack = "[packs]\ntry = { credits = 10, price = \"2.00\", expires_after = \"never\" }\n\n[links]";
        let added = [
            row("/packs/try/label", "added", None, Some("try")),
            row("/packs/try/credits", "added", None, Some("10")),
            row("/packs/try/price", "added", None, Some("$2.00")),
            row("/packs/try/expires_after", "added", None, Some("never")),
            row("/packs/try/private", "added", None, Some("false")),
        ];
        assert_eq!(changes("[links]", pack), added);
        let removed = [
            row("/operations/split_pdf/label", "removed", Some("Split a PDF"), None),
            row("/operations/split_pdf/per", "removed", Some("page"), None),
            row("/operations/split_pdf/rate", "removed", Some("0"), None),
        ];
        assert_eq!(changes("split_pdf", "# split_pdf"), removed);
        let trial = [
            row("/trial/credits", "added", None, Some("5")),
            row("/trial/expires_after", "added", None, Some("never")),
        ];
        assert_eq!(changes("[links]", "[trial]\ncredits = 5\n\n[links]"), trial);
        let refunds = [
            row("/refunds/first_purchase_only", "added", None, Some("true")),
            row("/refunds/within", "added", None, Some("P7D")),
            row("/refunds/used_under_percent", "added", None, Some("10")),
        ];
        let section = "[refunds]\nfirst_purchase_only = true\nwithin = \"P7D\"\nused_under_percent = 10\n\n[links]";
        assert_eq!(changes("[links]", section), refunds);
        let unlimited = [row("/refunds/first_purchase_only", "added", None, Some("false"))];
        assert_eq!(changes("[links]", "[refunds]\n[links]"), unlimited);
    }

    #[test]
    fn a28_packs_in_another_order_are_another_catalog() {
        let old = parse(shipped("perfectparser").expect("shipped")).expect("good");
        let mut new = old.clone();
        new.packs.swap(0, 1);
        new.packs.pop();
        let moved = diff(&old, &new).pop().expect("a change");
        assert_eq!((moved.pointer.as_str(), moved.kind), ("/packs", ChangeKind::Changed));
        assert_eq!(moved.before.as_deref(), Some("starter, small, medium, popular, growth, scale, business"));
        assert_eq!(moved.after.as_deref(), Some("small, starter, medium, popular, growth, scale, business"));
    }
}
