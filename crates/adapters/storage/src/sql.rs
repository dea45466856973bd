//! Many rows in few statements, whatever the database.

use std::fmt::Display;
use std::str::FromStr;

use domain::Instant;
use ports::StoreError;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbBackend, Statement, Value};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::row::{millis, time};

/// A value of a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cell {
    Null,
    Id(Uuid),
    Number(i64),
    Text(String),
}

/// A row's values, in the order that a template counts them.
pub(crate) type Row = Vec<Cell>;

impl From<Uuid> for Cell {
    fn from(id: Uuid) -> Self {
        Self::Id(id)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Cell {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u16> for Cell {
    fn from(number: u16) -> Self {
        Self::Number(number.into())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Writes `template` down with each of its marks, the words in braces, as `spelled` spells it.
pub(crate) fn spell(template: &str, spelled: impl Fn(&str) -> String) -> String {
    let mut sql = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, tail)) = rest.split_once('{') {
        let (mark, after) = tail.split_once('}').expect("every brace of a template is closed");
        sql.push_str(before);
        sql.push_str(&spelled(mark));
        rest = after;
    }
    sql + rest
}

/// The marks of a template, in its order.
pub(crate) fn marks(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|tail| tail.split('}').next())
}

/// A query about any number of rows, which are one JSON parameter: the same text for both databases but for the
/// spelling of a few things, and one round trip however many rows there are.
///
/// In its template `{rows}` are the rows, as `r`; `{u0}` is the first value of a row of `r`, a UUID; `{i1}` the second,
/// an integer; `{t2}` the third, a text; `{by name}`, after a table, is its index to use: SQLite, which has no
/// statistics of a young table, may read a whole tenant instead.
pub(crate) struct Many {
    backend: DbBackend,
    text: String,
}

impl Many {
    /// Writes a template down for `backend`.
    pub(crate) fn new(backend: DbBackend, template: &str) -> Self {
        Self { backend, text: spell(template, |mark| spelled(backend, mark)) }
    }

    /// The statement for these rows; `None` for none.
    pub(crate) fn statement(&self, rows: Vec<Row>) -> Option<Statement> {
        if rows.is_empty() {
            return None;
        }
        let rows = rows.into_iter().map(|row| row.into_iter().map(json).collect::<Vec<_>>().into());
        let rows = Json::Array(rows.collect()).to_string();
        Some(Statement::from_sql_and_values(self.backend, &self.text, [rows.into()]))
    }
}

fn json(cell: Cell) -> Json {
    match cell {
        Cell::Null => Json::Null,
        Cell::Id(id) => id.simple().to_string().into(),
        Cell::Number(number) => number.into(),
        Cell::Text(text) => text.into(),
    }
}

fn spelled(backend: DbBackend, mark: &str) -> String {
    let sqlite = backend == DbBackend::Sqlite;
    if mark == "rows" {
        // The limit keeps SQLite from writing a row's JSON down anew for each of its values.
        let rows = ["(SELECT value FROM json_each(?1) LIMIT -1) AS r", "jsonb_array_elements($1::jsonb) AS r(value)"];
        return rows[usize::from(!sqlite)].to_owned();
    }
    if let Some(index) = mark.strip_prefix("by ") {
        return if sqlite { format!("INDEXED BY {index}") } else { String::new() };
    }
    let (kind, place) = mark.split_at(1);
    match (kind, sqlite) {
        ("u", true) => format!("unhex(r.value->>{place})"),
        ("u", false) => format!("(r.value->>{place})::uuid"),
        ("i", false) => format!("(r.value->>{place})::bigint"),
        _ => format!("(r.value->>{place})"),
    }
}

/// Columns as one value, to be compared with [`values`]: what both databases follow along an index, as they do not
/// follow `a > 1 OR (a = 1 AND b > 2)`.
pub(crate) fn columns<C: ColumnTrait, const N: usize>(columns: [C; N]) -> Expr {
    Expr::tuple(columns.map(|column| Expr::col(column.as_column_ref())))
}

/// Values as one value.
pub(crate) fn values<const N: usize>(values: [Value; N]) -> Expr {
    Expr::tuple(values.map(Expr::val))
}

/// Where a list by time goes on: after what has this name, of this instant. Read by [`dated`].
pub(crate) fn dated_cursor(at: Instant, name: &impl Display) -> String {
    format!("{}_{name}", millis(at))
}

/// Reads a [`dated_cursor`].
pub(crate) fn dated<T: FromStr>(cursor: &str) -> Result<(Instant, T), StoreError> {
    let place = || {
        let (at, name) = cursor.split_once('_')?;
        Some((time(at.parse().ok()?).ok()?, name.parse().ok()?))
    };
    place().ok_or(StoreError::BadCursor)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "SELECT 1 FROM {rows} CROSS JOIN books b {by k} \
                            WHERE b.tenant = {u0} AND b.sequence = {i1} AND b.key = {t2}";

    #[test]
    fn a_template_is_spelled_for_each_database() {
        assert_eq!(
            Many::new(DbBackend::Sqlite, TEMPLATE).text,
            "SELECT 1 FROM (SELECT value FROM json_each(?1) LIMIT -1) AS r CROSS JOIN books b INDEXED BY k \
             WHERE b.tenant = unhex(r.value->>0) AND b.sequence = (r.value->>1) AND b.key = (r.value->>2)"
        );
        assert_eq!(
            Many::new(DbBackend::Postgres, TEMPLATE).text,
            "SELECT 1 FROM jsonb_array_elements($1::jsonb) AS r(value) CROSS JOIN books b  \
             WHERE b.tenant = (r.value->>0)::uuid AND b.sequence = (r.value->>1)::bigint AND b.key = (r.value->>2)"
        );
    }

    #[test]
    fn rows_are_one_parameter() {
        let many = Many::new(DbBackend::Sqlite, TEMPLATE);
        assert_eq!(many.statement(Vec::new()), None);
        let row = vec![Uuid::from_u128(1).into(), 7_i64.into(), Some("a\"b").into(), None::<i64>.into()];
        let values = many.statement(vec![row]).unwrap().values.unwrap().0;
        assert_eq!(values, ["[[\"00000000000000000000000000000001\",7,\"a\\\"b\",null]]".into()]);
    }
}
