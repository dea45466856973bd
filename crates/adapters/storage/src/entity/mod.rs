//! Rows as sea-orm reads them: one file a table of `migration/`.

pub(crate) mod api_key;
pub(crate) mod book;
pub(crate) mod catalog;
pub(crate) mod clock;
pub(crate) mod customer;
pub(crate) mod document;
pub(crate) mod entry;
pub(crate) mod estimate;
pub(crate) mod event;
pub(crate) mod grant;
pub(crate) mod hold;
pub(crate) mod mail;
pub(crate) mod order;
pub(crate) mod payer;
pub(crate) mod reply;
pub(crate) mod reversed;
pub(crate) mod series;
pub(crate) mod subscription;
pub(crate) mod tenant;
