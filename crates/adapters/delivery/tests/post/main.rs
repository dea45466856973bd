//! Mail against a real SMTP server, and as files; read back with another library than the one that wrote it.

mod files;
mod inbox;
mod python;
mod server;
mod smtp;
