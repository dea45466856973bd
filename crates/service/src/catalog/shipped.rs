//! The catalogs that come with the program: two products, and two examples to start from.

/// Their names and their files.
pub const SHIPPED: [(&str, &str); 2] = [
    ("perfectparser", include_str!("../../catalogs/perfectparser.toml")),
    ("flexocr", include_str!("../../catalogs/flexocr.toml")),
];

/// The file of the shipped catalog with this name.
#[must_use]
pub fn shipped(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(shipped, _)| *shipped == name).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::parse;
    use domain::{
        Catalog, Credits, FreeTierTerms, OrderTerms, Pack, Per, Plan, Policies, RefundTerms, ResultMode, Span,
        SubscriptionTerms, Trial, Validity,
    };

    fn catalog(name: &str) -> Catalog {
        parse(shipped(name).expect("shipped")).expect("without flaws")
    }

    fn credits(text: &str) -> Credits {
        text.parse().expect("an amount")
    }

    fn operations(catalog: &Catalog) -> Vec<(&str, Per, String)> {
        catalog.operations.iter().map(|one| (one.code.as_str(), one.per, one.rate.to_string())).collect()
    }

    fn plan(plan: &Plan) -> (&str, u32, String, u32) {
        (plan.code.as_str(), plan.credits, plan.price.to_string(), plan.months)
    }

    fn pack(pack: &Pack) -> (&str, u32, i64, String) {
        let shown = pack.unit_price().expect("a unit price").display();
        (pack.label.as_str(), pack.credits, pack.price.minor, shown)
    }

    #[test]
    fn a20_to_a28_the_eight_packs_of_perfectparser_in_their_order() {
        let catalog = catalog("perfectparser");
        let packs: Vec<_> = catalog.public_packs().map(pack).collect();
        let table = [
            ("Starter", 100, 1_900, "$0.19"),
            ("Small", 250, 3_900, "$0.156"),
            ("Medium", 500, 5_900, "$0.118"),
            ("Popular", 1_000, 9_900, "$0.099"),
            ("Growth", 2_500, 18_900, "$0.075"),
            ("Scale", 5_000, 34_900, "$0.069"),
            ("Business", 10_000, 59_900, "$0.059"),
            ("Enterprise", 25_000, 129_900, "$0.051"),
        ];
        assert_eq!(packs, table.map(|(label, credits, minor, shown)| (label, credits, minor, shown.to_owned())));
        assert_eq!(catalog.packs.len(), 8);
    }

    #[test]
    fn a19_every_pack_of_perfectparser_lasts_twelve_months() {
        let twelve_months = Validity(Some(Span { months: 12, days: 0, seconds: 0 }));
        assert!(catalog("perfectparser").packs.iter().all(|pack| pack.validity == twelve_months));
    }

    #[test]
    fn a04_a09_a46_a_page_of_perfectparser_costs_one_credit() {
        let catalog = catalog("perfectparser");
        assert_eq!(catalog.currency.code(), "USD");
        assert_eq!(
            operations(&catalog),
            [("extract", Per::Page, "1".to_owned()), ("detect_fields", Per::Page, "1".to_owned())]
        );
    }

    #[test]
    fn a03_a16_perfectparser_gives_twenty_credits_once_and_has_no_plans() {
        let catalog = catalog("perfectparser");
        assert_eq!(catalog.trial, Some(Trial { credits: credits("20"), validity: Validity(None) }));
        assert_eq!(catalog.free_tier, None);
        assert_eq!(catalog.plans, []);
    }

    #[test]
    fn b01_b02_b03_b29_the_operations_of_flexocr() {
        let catalog = catalog("flexocr");
        let rates = operations(&catalog);
        let paid = [
            ("extract", Per::Page, "1".to_owned()),
            ("create_schema", Per::Page, "0.5".to_owned()),
            ("update_schema", Per::ChangePage, "0.1".to_owned()),
        ];
        assert_eq!(rates[..3], paid);
        assert!(rates.len() > 3 && rates[3..].iter().all(|(_, _, rate)| rate == "0"), "free tools: {rates:?}");
    }

    #[test]
    fn b07_the_worked_example_of_flexocr_costs_101_6() {
        let catalog = catalog("flexocr");
        let cost = |operation, quantity| {
            catalog.line(operation, quantity, ResultMode::OnePerFile, None, None).expect("a price").cost
        };
        let lines = [cost("create_schema", 2), cost("update_schema", 3 * 2), cost("extract", 100)];
        assert_eq!(lines, [credits("1"), credits("0.6"), credits("100")]);
        assert_eq!(lines.into_iter().sum::<Credits>(), credits("101.6"));
    }

    #[test]
    fn b28_the_tiers_of_flexocr_are_free_basic_and_pro() {
        let catalog = catalog("flexocr");
        assert_eq!(catalog.free_tier, Some(FreeTierTerms { credits: credits("20"), rollover: 0 }));
        let plans: Vec<_> = catalog.plans.iter().map(plan).collect();
        assert_eq!(plans, [("basic", 100, "$9.00".to_owned(), 1), ("pro", 1_000, "$29.00".to_owned(), 1)]);
        assert_eq!((catalog.packs.len(), catalog.trial), (0, None));
        assert_eq!(catalog.low_percents, [20, 5]);
    }

    #[test]
    fn a45_b22_b27_the_shipped_catalogs_link_to_the_pages_a_refusal_names() {
        let perfectparser = catalog("perfectparser").links;
        assert!(perfectparser.top_up.is_some() && perfectparser.support.is_some());
        let flexocr = catalog("flexocr").links;
        assert!(flexocr.upgrade.is_some() && flexocr.support.is_some());
    }

    #[test]
    fn r35_perfectparser_refunds_the_first_purchase_within_seven_days_under_ten_percent_used() {
        let terms =
            RefundTerms { first_purchase_only: true, within: Some(Span::days(7)), used_under_percent: Some(10) };
        assert_eq!(catalog("perfectparser").refunds, Some(terms));
        assert_eq!(catalog("flexocr").refunds, None);
    }

    #[test]
    fn the_shipped_policies_are_the_usual_ones() {
        for (name, _) in SHIPPED {
            let Catalog { policies, orders, subscriptions, .. } = catalog(name);
            assert_eq!((policies, orders), (Policies::default(), OrderTerms::default()), "{name}");
            assert_eq!(subscriptions, SubscriptionTerms::default(), "{name}");
        }
        assert_eq!(shipped("nobody"), None);
    }
}
