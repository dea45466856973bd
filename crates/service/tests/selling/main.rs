//! Selling over stores in memory, with a provider and a ledger that do what a test tells them, at any hour: what no
//! server can be made to do from outside.

mod by_hand;
mod by_transfer;
mod called_off;
mod changes;
mod crashes;
mod disputes;
mod due;
mod dying;
mod gate;
mod granted;
mod moves;
mod nobody_there;
mod plans;
mod previews;
mod provider;
mod refunds;
mod revenue;
mod subscriber;
mod told;
mod world;
mod years;
