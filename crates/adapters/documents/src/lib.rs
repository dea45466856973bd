//! Counts the pages of documents, by `page-rule/1`: a PDF has the pages of its page tree, a TIFF its frames, any
//! other picture one, a presentation its slides, a text its characters, an archive what its members have; see
//! `docs/guide/page-counting.md`. The type is told by content. What cannot be counted is refused, never guessed.

mod apart;
mod budget;
mod claim;
mod count;
mod counter;
mod eml;
#[doc(hidden)]
pub mod fuzzing;
mod kind;
mod office;
mod ole;
mod pdf;
pub mod samples;
mod text;
mod tiff;
mod zip;

pub use apart::{Reader, read_documents};
pub use counter::Counter;
