//! Work that shows more than the files do, for the catalogs that price it.

use domain::Catalog;
use service::{AskedItem, Job, Units, Work};

/// An example: what it is, and its lines by name, operation and units.
type Example = (&'static str, &'static [(&'static str, &'static str, Units)]);

/// A schema from 2 sample pages, 3 changes to it, 100 invoices: 1.0 + 0.6 + 100 = 101.6 credits.
const SCHEMA: Example = (
    "The worked example",
    &[
        ("A schema from 2 sample pages", "create_schema", Units::Quantity(2)),
        ("3 changes to it", "update_schema", Units::Changes { changes: 3, pages: 2 }),
        ("100 one-page invoices", "extract", Units::Quantity(100)),
    ],
);

/// More than a trial pays for.
const ARCHIVE: Example = (
    "An archive",
    &[
        ("The fields of a sample", "detect_fields", Units::Quantity(2)),
        ("Its 88 pages", "extract", Units::Quantity(88)),
    ],
);

/// The first example of which the catalog prices all work: what it is, and the job.
pub(crate) fn job(catalog: &Catalog) -> Option<(&'static str, Job)> {
    let can = |(_, lines): &Example| lines.iter().all(|(_, operation, _)| catalog.operation(operation).is_some());
    let (what, lines) = [SCHEMA, ARCHIVE].into_iter().find(can)?;
    let item = |(name, operation, units): &(&str, &str, Units)| AskedItem {
        name: Some((*name).to_owned()),
        operation: Some((*operation).to_owned()),
        units: *units,
        document: None,
    };
    let items = lines.iter().map(item).collect();
    Some((what, Job { operation: None, mode: None, result_mode: None, work: Work::Items(items) }))
}

#[cfg(test)]
mod tests {
    use service::catalog::{parse, shipped};

    use super::*;

    #[test]
    fn b07_the_catalog_with_schemas_can_do_the_worked_example() {
        let what = |name| job(&parse(shipped(name).unwrap()).unwrap()).map(|(what, _)| what);
        assert_eq!(what("flexocr"), Some("The worked example"));
        assert_eq!(what("perfectparser"), Some("An archive"));
    }
}
