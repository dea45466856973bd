//! Many rows in one statement, as one JSON parameter: the same text for both databases but for the
//! spelling of three things.

use sea_orm::{DbBackend, DbErr, Statement};
use serde::Serialize;

/// Writes a template down for `backend`:
/// `{rows}` – the parameter's elements, as `r`; `{u0}` – element 0 of `r` as a UUID; `{i1}` – element 1 as
/// an integer; `{t2}` – element 2 as text.
pub(crate) fn spell(backend: DbBackend, template: &str) -> String {
    let mut sql = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, tail)) = rest.split_once('{') {
        let (mark, after) = tail.split_once('}').expect("every brace of a template is closed");
        sql.push_str(before);
        sql.push_str(&spelled(backend, mark));
        rest = after;
    }
    sql.push_str(rest);
    sql
}

fn spelled(backend: DbBackend, mark: &str) -> String {
    let sqlite = backend == DbBackend::Sqlite;
    if mark == "rows" {
        return if sqlite { "json_each(?1) AS r" } else { "jsonb_array_elements($1::jsonb) AS r(value)" }.to_owned();
    }
    let (kind, place) = mark.split_at(1);
    match (kind, sqlite) {
        ("u", true) => format!("unhex(r.value->>{place})"),
        ("u", false) => format!("(r.value->>{place})::uuid"),
        ("i", false) => format!("(r.value->>{place})::bigint"),
        _ => format!("(r.value->>{place})"),
    }
}

/// A spelled template with its rows, each a tuple or struct that serialises as an array.
pub(crate) fn with_rows<R: Serialize>(backend: DbBackend, sql: &str, rows: &[R]) -> Result<Statement, DbErr> {
    let rows = serde_json::to_string(rows).map_err(|error| DbErr::Custom(error.to_string()))?;
    Ok(Statement::from_sql_and_values(backend, sql, [rows.into()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_spelled_for_each_database() {
        let template = "SELECT 1 FROM books b JOIN {rows} ON b.tenant = {u0} AND b.sequence = {i1} AND b.key = {t2}";
        assert_eq!(
            spell(DbBackend::Sqlite, template),
            "SELECT 1 FROM books b JOIN json_each(?1) AS r ON b.tenant = unhex(r.value->>0) \
             AND b.sequence = (r.value->>1) AND b.key = (r.value->>2)"
        );
        assert_eq!(
            spell(DbBackend::Postgres, template),
            "SELECT 1 FROM books b JOIN jsonb_array_elements($1::jsonb) AS r(value) ON b.tenant = (r.value->>0)::uuid \
             AND b.sequence = (r.value->>1)::bigint AND b.key = (r.value->>2)"
        );
    }
}
