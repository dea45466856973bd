//! The layers, as `docs/architecture.md` draws them, against what the manifests say.

use anyhow::Result;
use cargo_metadata::{DependencyKind, MetadataCommand, Package};

use crate::findings;

/// One package: which of ours it may depend on, and which its tests may use besides.
struct Layer {
    package: &'static str,
    uses: &'static [&'static str],
    tests_use: &'static [&'static str],
}

const fn layer(package: &'static str, uses: &'static [&'static str], tests_use: &'static [&'static str]) -> Layer {
    Layer { package, uses, tests_use }
}

/// The architecture. Any other edge fails.
const LAYERS: &[Layer] = &[
    layer("folio-domain", &[], &[]),
    layer("folio-ports", &["folio-domain"], &[]),
    layer("folio-service", &["folio-domain", "folio-ports"], &[]),
    layer("folio-storage", &["folio-domain", "folio-ports"], &["folio-test-cluster"]),
    layer("folio-documents", &["folio-domain", "folio-ports"], &[]),
    layer("folio-delivery", &["folio-domain", "folio-ports"], &["folio-test-cluster"]),
    layer("folio-invoices", &["folio-domain", "folio-ports"], &[]),
    layer("folio-payments", &["folio-domain", "folio-ports"], &[]),
    layer("folio", APP, &[]),
    layer("folio-tests", &["folio-test-cluster", "folio-documents"], &[]),
    layer("folio-test-cluster", &[], &[]),
    layer("xtask", &["folio-test-cluster"], &[]),
];

/// The binary puts everything together.
const APP: &[&str] = &[
    "folio-domain",
    "folio-ports",
    "folio-service",
    "folio-storage",
    "folio-documents",
    "folio-delivery",
    "folio-invoices",
    "folio-payments",
];

/// The domain is pure: values and errors, and nothing that does anything.
const PURE: (&str, &[&str]) = ("folio-domain", &["chrono", "chrono-tz", "iso_currency", "thiserror", "uuid"]);

/// One line of a manifest: who depends on whom, and whether only for its tests.
struct Edge<'a> {
    from: &'a str,
    to: &'a str,
    ours: bool,
    for_tests: bool,
}

pub(crate) fn run() -> Result<()> {
    let metadata = MetadataCommand::new().no_deps().exec()?;
    let packages = metadata.workspace_packages();
    let names: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let edges = packages.iter().flat_map(|package| edges(package));
    let mut findings = strangers(&names);
    findings.extend(edges.filter_map(|edge| verdict(&edge)));
    findings::settle(&findings, "not in the architecture")
}

/// Packages without a row, and rows without a package.
fn strangers(packages: &[&str]) -> Vec<String> {
    let rows: Vec<&str> = LAYERS.iter().map(|layer| layer.package).collect();
    let without_row = packages.iter().filter(|name| !rows.contains(name));
    let without_package = rows.iter().filter(|name| !packages.contains(name));
    let without_row = without_row.map(|name| format!("{name}: has no row in the table of xtask/src/arch.rs"));
    let without_package = without_package.map(|name| format!("{name}: is in the table, not in the workspace"));
    without_row.chain(without_package).collect()
}

fn edges(package: &Package) -> impl Iterator<Item = Edge<'_>> {
    package.dependencies.iter().map(|dependency| Edge {
        from: &package.name,
        to: &dependency.name,
        ours: dependency.path.is_some(),
        for_tests: dependency.kind == DependencyKind::Development,
    })
}

/// What is wrong with an edge, if anything.
fn verdict(edge: &Edge) -> Option<String> {
    let &Edge { from, to, ours, for_tests } = edge;
    let allowed = if ours && for_tests && from == to {
        true // the tests of a package with a feature switched on
    } else if ours {
        let layer = LAYERS.iter().find(|layer| layer.package == from)?;
        layer.uses.contains(&to) || for_tests && layer.tests_use.contains(&to)
    } else {
        for_tests || from != PURE.0 || PURE.1.contains(&to)
    };
    let whose = if for_tests { "'s tests" } else { "" };
    (!allowed).then(|| format!("{from}{whose} may not depend on {to}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(from: &'static str, to: &'static str) -> Edge<'static> {
        Edge { from, to, ours: true, for_tests: false }
    }

    #[test]
    fn an_edge_of_the_table_passes() {
        assert_eq!(verdict(&ours("folio-storage", "folio-ports")), None);
        assert_eq!(verdict(&ours("folio", "folio-storage")), None);
    }

    #[test]
    fn an_edge_against_the_arrows_is_named() {
        let upwards = verdict(&ours("folio-ports", "folio-service"));
        assert_eq!(upwards.unwrap(), "folio-ports may not depend on folio-service");
        let sideways = verdict(&ours("folio-documents", "folio-storage"));
        assert_eq!(sideways.unwrap(), "folio-documents may not depend on folio-storage");
    }

    #[test]
    fn only_tests_may_use_what_is_for_tests() {
        let edge = ours("folio-storage", "folio-test-cluster");
        assert_eq!(verdict(&Edge { for_tests: true, ..edge }), None);
        assert!(verdict(&ours("folio-storage", "folio-test-cluster")).is_some());
    }

    #[test]
    fn a_package_needs_a_row_and_a_row_a_package() {
        let mut packages: Vec<&str> = LAYERS.iter().map(|layer| layer.package).collect();
        assert_eq!(strangers(&packages), Vec::<String>::new());
        packages[0] = "folio-extra";
        let found = strangers(&packages);
        assert!(found[0].starts_with("folio-extra: has no row"), "{found:?}");
        assert!(found[1].starts_with("folio-domain: is in the table"), "{found:?}");
    }

    #[test]
    fn the_domain_stays_pure() {
        let edge = |to, for_tests| Edge { from: "folio-domain", to, ours: false, for_tests };
        assert_eq!(verdict(&edge("uuid", false)), None);
        assert_eq!(verdict(&edge("serde", false)).unwrap(), "folio-domain may not depend on serde");
        assert_eq!(verdict(&edge("proptest", true)), None);
    }
}
