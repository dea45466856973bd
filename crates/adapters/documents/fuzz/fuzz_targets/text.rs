//! Texts and CSVs.

#![no_main]

use folio_documents::fuzzing::count;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| count(bytes));
