//! Licences and banned crates of what is built, against `deny.toml`.

use std::collections::BTreeSet;
use std::fs;

use anyhow::Result;
use serde::Deserialize;

use crate::{cargo, findings};

/// The parts of `deny.toml` that need nothing but the sources; advisories are left to cargo-deny.
#[derive(Deserialize)]
struct Policy {
    graph: Graph,
    licenses: Licenses,
    bans: Bans,
}

#[derive(Deserialize)]
struct Graph {
    targets: Vec<String>,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

pub(crate) fn run() -> Result<()> {
    let policy: Policy = toml::from_str(&fs::read_to_string("deny.toml")?)?;
    let tree = tree(&policy.graph.targets)?;
    let findings: Vec<String> = tree.iter().filter_map(|line| verdict(&policy, line)).collect();
    findings::settle(&findings, "crates that deny.toml does not permit")
}

/// Every crate that is built for the targets, once, as `name version|licence`.
fn tree(targets: &[String]) -> Result<BTreeSet<String>> {
    let mut tree = cargo::command(&["tree", "--workspace", "--prefix", "none", "--format", "{p}|{l}"]);
    tree.args(targets.iter().flat_map(|target| ["--target", target]));
    let printed = cargo::output(&mut tree)?;
    let lines = printed.lines().map(|line| line.trim_end_matches(" (*)").to_owned());
    Ok(lines.filter(|line| !line.is_empty()).collect())
}

/// What is wrong with a crate, if anything.
fn verdict(policy: &Policy, line: &str) -> Option<String> {
    let (package, licence) = line.split_once('|')?;
    let name = package.split(' ').next()?;
    if let Some(ban) = policy.bans.deny.iter().find(|ban| ban.name == name) {
        return Some(format!("{package}: banned: {}", ban.reason));
    }
    let allowed = permitted(licence, &policy.licenses.allow);
    (!allowed).then(|| format!("{package}: licence `{licence}` is not allowed"))
}

/// Whether an SPDX expression can be met with the allowed licences. Older crates write `/` for `OR`.
fn permitted(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words = spaced.split_whitespace().collect::<Vec<_>>().into_iter().peekable();
    any(&mut words, allowed) && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::vec::IntoIter<&'a str>>;

fn any(words: &mut Words, allowed: &[String]) -> bool {
    let mut met = all(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        met |= all(words, allowed);
    }
    met
}

fn all(words: &mut Words, allowed: &[String]) -> bool {
    let mut met = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        met &= one(words, allowed);
    }
    met
}

/// A licence, with its exception if it has one, or an expression in parentheses.
fn one(words: &mut Words, allowed: &[String]) -> bool {
    if words.next_if_eq(&"(").is_some() {
        return any(words, allowed) & words.next_if_eq(&")").is_some();
    }
    let mut licence = words.next().unwrap_or_default().to_owned();
    if words.next_if_eq(&"WITH").is_some() {
        licence = format!("{licence} WITH {}", words.next().unwrap_or_default());
    }
    allowed.contains(&licence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(expression: &str) -> bool {
        permitted(expression, &["MIT", "Zlib"].map(str::to_owned))
    }

    #[test]
    fn one_allowed_alternative_is_enough() {
        assert!(permits("MIT"));
        assert!(permits("LGPL-3.0-or-later OR MIT"));
        assert!(permits("Unlicense/MIT"));
        assert!(!permits("LGPL-3.0-or-later OR MPL-2.0"));
    }

    #[test]
    fn every_part_of_a_conjunction_is_needed() {
        assert!(permits("MIT AND Zlib"));
        assert!(!permits("MIT AND ISC"));
        assert!(permits("(ISC OR MIT) AND Zlib"));
        assert!(!permits("(ISC OR MIT) AND GPL-3.0"));
        assert!(permits("ISC AND GPL-3.0 OR MIT"));
    }

    #[test]
    fn an_exception_is_part_of_the_licence() {
        assert!(!permits("MIT WITH some-exception"));
        assert!(permits("Apache-2.0 WITH LLVM-exception OR MIT"));
    }

    #[test]
    fn nothing_and_nonsense_are_not_a_licence() {
        assert!(!permits(""));
        assert!(!permits("MIT MIT"));
        assert!(!permits("(MIT"));
    }

    #[test]
    fn a_banned_crate_is_named_with_the_reason() {
        let deny = vec![Ban { name: "openssl-sys".into(), reason: "rustls only".into() }];
        let policy = Policy {
            graph: Graph { targets: Vec::new() },
            licenses: Licenses { allow: vec!["MIT".into()] },
            bans: Bans { deny },
        };
        assert_eq!(verdict(&policy, "openssl-sys v0.9.1|MIT").unwrap(), "openssl-sys v0.9.1: banned: rustls only");
        assert_eq!(verdict(&policy, "openssl-probe v0.2.0|MIT"), None);
    }
}
