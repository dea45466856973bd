//! The worked example: a schema from 2 sample pages, 3 changes to it, 100 invoices: 1.0 + 0.6 + 100 = 101.6 credits.

use domain::Catalog;
use service::{AskedItem, Job, Units, Work};

const WORK: [(&str, &str, Units); 3] = [
    ("A schema from 2 sample pages", "create_schema", Units::Quantity(2)),
    ("3 changes to it", "update_schema", Units::Changes { changes: 3, pages: 2 }),
    ("100 one-page invoices", "extract", Units::Quantity(100)),
];

/// The example as a job, for catalogs that price all of its work.
pub(crate) fn job(catalog: &Catalog) -> Option<Job> {
    let can = WORK.iter().all(|(_, operation, _)| catalog.operation(operation).is_some());
    let item = |(name, operation, units): (&str, &str, Units)| AskedItem {
        name: Some(name.to_owned()),
        operation: Some(operation.to_owned()),
        units,
        document: None,
    };
    let items = WORK.into_iter().map(item).collect();
    can.then_some(Job { operation: None, mode: None, result_mode: None, work: Work::Items(items) })
}

#[cfg(test)]
mod tests {
    use service::catalog::{parse, shipped};

    use super::*;

    #[test]
    fn b07_the_catalog_with_schemas_can_do_the_worked_example() {
        let catalog = |name| parse(shipped(name).unwrap()).unwrap();
        assert!(job(&catalog("flexocr")).is_some());
        assert!(job(&catalog("perfectparser")).is_none());
    }
}
