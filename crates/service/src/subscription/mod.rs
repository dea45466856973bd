//! Subscriptions: a customer on a plan, from period to period (R27–R31).
//!
//! A move of the rules is kept together with what it leads to: tasks, events, mails. `run` does the tasks, and then what
//! the calendar asks for, until nothing is due; whoever dies on the way leaves a subscription that the next one takes on.
//! A charge is an order, one for each try: it is paid, invoiced, polled for and given back as any other.

mod ask;
mod begin;
mod change;
mod deliver;
mod end;
mod give_back;
mod lines;
mod mails;
mod moved;
mod settle;
mod standing;
mod step;
mod turn;

pub use begin::{Pay, StartQuote, Wanted, begin, preview_start};
pub use change::{ChangeQuote, ChangeWanted, change, preview_change};
pub use end::{EndAt, cancel, pause, pay, resume};
pub use standing::{Standing, list, subscription};
pub use turn::turn_due;

pub(crate) use settle::{disputed, paid, unpaid};
pub(crate) use turn::turn_clock;

/// It is looked at again so often at most, where others change it at the same time.
const TURNS: u32 = 8;
