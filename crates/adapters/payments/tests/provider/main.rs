//! The client for Stripe and the stub, over sockets.

mod contract;
mod delivery;
mod faults;
mod house;
mod pages;
mod surface;
