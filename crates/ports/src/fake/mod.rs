//! In-memory stand-ins.
