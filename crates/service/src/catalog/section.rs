//! Reading a table of the file: keys are taken by name, and what nobody took is unknown.

use std::cell::RefCell;

use domain::CatalogFlaw;
use toml::de::{DeTable, DeValue};

use super::value::Wrong;

/// Entries that one table of the file may have.
const MAX_ENTRIES: usize = 1_000;
/// A longer key is read no further: every pointer below it would repeat it.
const MAX_KEY: usize = 64;
/// Flaws in one report.
pub(super) const MAX_FLAWS: usize = 1_000;

/// What was found wrong so far.
#[derive(Default)]
pub(super) struct Flaws(RefCell<Vec<CatalogFlaw>>);

impl Flaws {
    fn add(&self, pointer: String, wrong: Wrong) {
        let mut flaws = self.0.borrow_mut();
        if flaws.len() < MAX_FLAWS {
            flaws.push(CatalogFlaw::new(pointer, wrong.code, wrong.detail));
        }
    }

    /// All of them, in the order in which they were found.
    pub(super) fn into_vec(self) -> Vec<CatalogFlaw> {
        self.0.into_inner()
    }
}

/// A table of the file that is being read; one that is not there reads as an empty one.
pub(super) struct Section<'f> {
    pointer: String,
    table: Option<&'f DeTable<'f>>,
    taken: Vec<&'static str>,
    flaws: &'f Flaws,
}

impl<'f> Section<'f> {
    /// The file's outermost table.
    pub(super) fn root(table: &'f DeTable<'f>, flaws: &'f Flaws) -> Self {
        Self { pointer: String::new(), table: Some(table), taken: Vec::new(), flaws }
    }

    /// The value under a key that must be there; `None` is already reported.
    pub(super) fn required<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&DeValue) -> Result<T, Wrong>,
    ) -> Option<T> {
        let value = self.take(key);
        if value.is_none() {
            self.flaws.add(self.below(key), Wrong::new("missing", format!("{key} is required here")));
        }
        self.read(key, value?, read)
    }

    /// The value under a key that may be left out; `None` where it is, or where it was unreadable and is reported.
    pub(super) fn optional<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&DeValue) -> Result<T, Wrong>,
    ) -> Option<T> {
        let value = self.take(key)?;
        self.read(key, value, read)
    }

    /// The list under `key`, entry by entry; empty where it is left out.
    pub(super) fn list<T>(&mut self, key: &'static str, read: impl Fn(&DeValue) -> Result<T, Wrong>) -> Option<Vec<T>> {
        let value = self.take(key)?;
        let pointer = self.below(key);
        let DeValue::Array(values) = value else {
            self.flaws.add(pointer, Wrong::kind("a list in [ ]", value));
            return None;
        };
        if values.len() > MAX_ENTRIES {
            self.flaws.add(pointer, too_many());
            return None;
        }
        let mut entries = Vec::new();
        for (place, value) in values.iter().enumerate() {
            match read(value.get_ref()) {
                Ok(entry) => entries.push(entry),
                Err(wrong) => self.flaws.add(format!("{pointer}/{place}"), wrong),
            }
        }
        Some(entries)
    }

    /// The same for a list of at most so many entries.
    pub(super) fn short_list<T>(
        &mut self,
        key: &'static str,
        most: usize,
        read: impl Fn(&DeValue) -> Result<T, Wrong>,
    ) -> Option<Vec<T>> {
        let list = self.list(key, read)?;
        if list.len() > most {
            self.flaws.add(self.below(key), Wrong::new("too_many", format!("at most {most} entries")));
        }
        Some(list)
    }

    /// The table under `key`, where there is one.
    pub(super) fn section(&mut self, key: &'static str) -> Option<Self> {
        let value = self.take(key)?;
        self.open(key, value)
    }

    /// The table under `key`, or an empty one.
    pub(super) fn section_or_empty(&mut self, key: &'static str) -> Self {
        let pointer = self.below(key);
        self.section(key).unwrap_or(Self { pointer, table: None, taken: Vec::new(), flaws: self.flaws })
    }

    /// The tables in the table under `key`, in the order in which the file has them.
    pub(super) fn entries<T>(&mut self, key: &'static str, read: impl Fn(&str, Self) -> T) -> Vec<T> {
        let Some(list) = self.section(key) else { return Vec::new() };
        let Some(table) = list.table else { return Vec::new() };
        if table.len() > MAX_ENTRIES {
            self.flaws.add(list.pointer, too_many());
            return Vec::new();
        }
        let mut entries = Vec::new();
        for (code, value) in table {
            let code = code.get_ref().as_ref();
            if code.len() > MAX_KEY {
                self.flaws.add(list.below(code), Wrong::new("malformed", "a code is 1 to 64 of a-z, 0-9, _ and -"));
            } else if let Some(entry) = list.open(code, value.get_ref()) {
                entries.push(read(code, entry));
            }
        }
        entries
    }

    /// Ends the reading: every key that was not taken is unknown.
    pub(super) fn finish(self) {
        let keys = self.table.into_iter().flat_map(DeTable::keys).map(|key| key.get_ref().as_ref());
        for key in keys.filter(|key| !self.taken.contains(key)).take(MAX_FLAWS) {
            self.flaws.add(self.below(key), Wrong::new("unknown_key", unknown(key, &self.taken)));
        }
    }

    fn take(&mut self, key: &'static str) -> Option<&'f DeValue<'f>> {
        self.taken.push(key);
        self.table?.get(key).map(toml::Spanned::get_ref)
    }

    fn read<T>(&self, key: &str, value: &DeValue, read: impl FnOnce(&DeValue) -> Result<T, Wrong>) -> Option<T> {
        read(value).map_err(|wrong| self.flaws.add(self.below(key), wrong)).ok()
    }

    fn open(&self, key: &str, value: &'f DeValue<'f>) -> Option<Self> {
        let pointer = self.below(key);
        let DeValue::Table(table) = value else {
            self.flaws.add(pointer, Wrong::kind("a table", value));
            return None;
        };
        Some(Self { pointer, table: Some(table), taken: Vec::new(), flaws: self.flaws })
    }

    /// The JSON pointer of `key` in here.
    fn below(&self, key: &str) -> String {
        format!("{}/{}", self.pointer, key.replace('~', "~0").replace('/', "~1"))
    }
}

fn too_many() -> Wrong {
    Wrong::new("too_many", format!("at most {MAX_ENTRIES} entries"))
}

/// What to say of a key that means nothing here: the likeliest one that was meant, or all that there are.
fn unknown(key: &str, known: &[&str]) -> String {
    let nearest = known
        .iter()
        .filter(|_| key.len() <= MAX_KEY)
        .map(|known| (strsim::damerau_levenshtein(key, known), known))
        .filter(|(distance, known)| *distance <= known.len().div_ceil(3))
        .min_by_key(|(distance, _)| *distance);
    match nearest {
        Some((_, known)) => format!("no such key; did you mean {known}?"),
        None => format!("no such key; there are {}", known.join(", ")),
    }
}
