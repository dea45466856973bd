//! A statement for Postgres, put together from templates: rows are arrays, one a column.

use sea_orm::DbErr;
use sea_orm::sqlx::Arguments as _;
use sea_orm::sqlx::postgres::PgArguments;
use uuid::Uuid;

use crate::sql::{Cell, Row, marks, spell};

/// A statement under construction. Its parts see none of each other's changes.
#[derive(Default)]
pub(super) struct Words {
    parts: Vec<String>,
    values: PgArguments,
}

impl Words {
    pub(super) fn of(template: &str, rows: Vec<Row>) -> Result<Self, DbErr> {
        let mut words = Self::default();
        words.add(template, rows)?;
        Ok(words)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    pub(super) fn add(&mut self, template: &str, rows: Vec<Row>) -> Result<(), DbErr> {
        let kinds = kinds(template);
        let first = self.values.len() + 1;
        let mut columns: Vec<Vec<Cell>> = kinds.iter().map(|_| Vec::with_capacity(rows.len())).collect();
        for row in rows {
            for (column, cell) in columns.iter_mut().zip(row) {
                column.push(cell);
            }
        }
        for (kind, column) in kinds.iter().zip(columns) {
            self.bind(*kind, column)?;
        }
        self.parts.push(spell(template, |mark| spelled(mark, &kinds, first)));
        Ok(())
    }

    fn bind(&mut self, kind: Kind, column: Vec<Cell>) -> Result<(), DbErr> {
        let bound = match kind {
            Kind::Id => self.values.add(array::<Uuid>(column)?),
            Kind::Number => self.values.add(array::<i64>(column)?),
            Kind::Text => self.values.add(array::<String>(column)?),
        };
        bound.map_err(|error| DbErr::Custom(error.to_string()))
    }

    pub(super) fn finish(self) -> (String, PgArguments) {
        let mut parts = self.parts;
        if parts.len() > 1 {
            let named = parts.iter().enumerate().map(|(place, part)| format!("s{place} AS ({part})"));
            parts = vec![format!("WITH {} SELECT 1", named.collect::<Vec<_>>().join(", "))];
        }
        (parts.pop().unwrap_or_default(), self.values)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Id,
    Number,
    Text,
}

impl Kind {
    fn of(letter: &str) -> Option<Self> {
        match letter {
            "u" => Some(Self::Id),
            "i" => Some(Self::Number),
            "t" => Some(Self::Text),
            _ => None,
        }
    }

    fn sql(self) -> &'static str {
        match self {
            Self::Id => "uuid[]",
            Self::Number => "bigint[]",
            Self::Text => "text[]",
        }
    }
}

/// A mark for a value: its kind, and its place in the row.
fn value(mark: &str) -> Option<(usize, Kind)> {
    let (letter, place) = mark.split_at(1);
    Some((place.parse().ok()?, Kind::of(letter)?))
}

/// The kinds of a row's values, by their places.
fn kinds(template: &str) -> Vec<Kind> {
    let mut kinds: Vec<(usize, Kind)> = marks(template).filter_map(value).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds.into_iter().map(|(_, kind)| kind).collect()
}

fn spelled(mark: &str, kinds: &[Kind], first: usize) -> String {
    if let Some((place, _)) = value(mark) {
        return format!("r.c{place}");
    }
    if mark == "select" {
        return "SELECT".to_owned();
    }
    let arrays = kinds.iter().enumerate().map(|(place, kind)| format!("${}::{}", first + place, kind.sql()));
    let names = (0..kinds.len()).map(|place| format!("c{place}"));
    let list = |words: Vec<String>| words.join(", ");
    format!("FROM unnest({}) AS r({})", list(arrays.collect()), list(names.collect()))
}

fn array<T: TryFrom<Cell, Error = Cell>>(column: Vec<Cell>) -> Result<Vec<Option<T>>, DbErr> {
    let value = |cell| match cell {
        Cell::Null => Ok(None),
        cell => T::try_from(cell).map(Some),
    };
    let values: Result<_, Cell> = column.into_iter().map(value).collect();
    values.map_err(|cell| DbErr::Type(format!("{cell:?} is of another kind than its column")))
}

impl TryFrom<Cell> for Uuid {
    type Error = Cell;

    fn try_from(cell: Cell) -> Result<Self, Cell> {
        if let Cell::Id(id) = cell { Ok(id) } else { Err(cell) }
    }
}

impl TryFrom<Cell> for i64 {
    type Error = Cell;

    fn try_from(cell: Cell) -> Result<Self, Cell> {
        if let Cell::Number(number) = cell { Ok(number) } else { Err(cell) }
    }
}

impl TryFrom<Cell> for String {
    type Error = Cell;

    fn try_from(cell: Cell) -> Result<Self, Cell> {
        if let Cell::Text(text) = cell { Ok(text) } else { Err(cell) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::write::step::Step;

    #[test]
    fn statements_go_together_with_their_values_counted_on() {
        let id = Cell::Id(Uuid::nil());
        let mut words = Words::of("DELETE FROM a USING (SELECT {u0} {from}) AS x", vec![vec![id.clone()]]).unwrap();
        words.add("INSERT INTO b SELECT {i1}, {t0} {from}", vec![vec!["x".into(), Cell::Null]]).unwrap();
        let (text, values) = words.finish();
        assert_eq!(values.len(), 3);
        assert_eq!(
            text,
            "WITH s0 AS (DELETE FROM a USING (SELECT r.c0 FROM unnest($1::uuid[]) AS r(c0)) AS x), \
             s1 AS (INSERT INTO b SELECT r.c1, r.c0 FROM unnest($2::text[], $3::bigint[]) AS r(c0, c1)) SELECT 1"
        );
        assert!(Words::of("SELECT {i0} {from}", vec![vec![id]]).is_err());
    }

    #[test]
    fn every_step_names_each_of_its_values() {
        for step in Step::ALL {
            let mut places: Vec<usize> = marks(step.template()).filter_map(value).map(|(place, _)| place).collect();
            places.sort_unstable();
            places.dedup();
            assert_eq!(places, (0..places.len()).collect::<Vec<_>>(), "{step:?}");
        }
    }
}
