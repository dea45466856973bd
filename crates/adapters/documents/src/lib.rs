//! Counts the pages of documents, by `page-rule/1`: a PDF has the pages of its page tree, a TIFF its frames,
//! any other picture one. The type is told by content. What cannot be counted is refused, never guessed.

mod apart;
mod counter;
mod kind;
mod pdf;
pub mod samples;
mod tiff;

pub use apart::{Reader, read_pdf};
pub use counter::Counter;
