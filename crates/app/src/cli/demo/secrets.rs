//! The demo's keys, kept in a file that only its owner can read.

use std::fs::{OpenOptions, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};

use anyhow::Context as _;

use crate::http::key::Secret;

/// Where they are kept.
pub(crate) const FILE: &str = "folio.env";
const OWNER_ONLY: u32 = 0o600;

/// The keys of all tenants.
pub(crate) struct Secrets {
    url: Option<String>,
    keys: Vec<(&'static str, Secret)>,
}

impl Secrets {
    /// None yet, for a server at `url`.
    pub(crate) fn new(url: Option<&str>) -> Self {
        Self { url: url.map(str::to_owned), keys: Vec::new() }
    }

    /// One more.
    pub(crate) fn add(&mut self, tenant: &'static str, secret: &Secret) {
        self.keys.push((tenant, secret.clone()));
    }

    /// Tenants with their keys' texts.
    pub(crate) fn revealed(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.keys.iter().map(|(tenant, secret)| (*tenant, secret.reveal()))
    }

    /// Writes the file, as a shell reads it.
    pub(crate) fn save(&self) -> anyhow::Result<()> {
        let first = self.revealed().take(1).map(|(_, key)| format!("FOLIO_KEY={key}\n"));
        let each = self.revealed().map(|(tenant, key)| format!("FOLIO_KEY_{}={key}\n", tenant.to_uppercase()));
        let url = self.url.iter().map(|url| format!("FOLIO_URL={url}\n"));
        let text: String = url.chain(first).chain(each).collect();
        write_private(&text).with_context(|| format!("cannot write {FILE}"))
    }
}

/// The mode counts for a new file only: one that was there before is closed to others before it is written.
fn write_private(text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(OWNER_ONLY).open(FILE)?;
    file.set_permissions(Permissions::from_mode(OWNER_ONLY))?;
    file.write_all(text.as_bytes())
}
