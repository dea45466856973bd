//! The harness of the black-box tests: the real binary, on SQLite and on Postgres, over HTTP.
//!
//! A test is an `async fn name(house: &House)`; [`on_both!`] makes it run on both databases, each time in a tenant
//! of its own.

mod answer;
mod binary;
pub mod book;
mod caller;
mod customer;
mod house;
mod number;
mod server;
mod shop;
mod subscriber;
mod until;

pub use answer::Answer;
pub use binary::{Ran, folio};
pub use caller::Caller;
pub use customer::Customer;
pub use house::{Clock, House};
pub use number::micros;
pub use server::{Place, Server, Store};
pub use shop::{GOOD_CARD, Shop};
pub use subscriber::subscription_path;
pub use until::until;

/// Runs each of these tests on SQLite and on Postgres: in a tenant with the catalog, or, where none is named, told
/// only which of the two it is.
#[macro_export]
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $test() {
                super::$test($crate::Store::Sqlite).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $test() {
                super::$test($crate::Store::Postgres).await;
            })+
        }
    };
    ($catalog:literal: $($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $test() {
                super::$test(&$crate::House::open($crate::Store::Sqlite, $catalog)).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $test() {
                super::$test(&$crate::House::open($crate::Store::Postgres, $catalog)).await;
            })+
        }
    };
}
