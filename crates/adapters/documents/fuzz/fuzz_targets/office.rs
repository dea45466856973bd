//! The parts of Office files.

#![no_main]

use folio_documents::fuzzing::count_parts;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| count_parts(bytes));
