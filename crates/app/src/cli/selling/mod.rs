//! What a server needs to sell: who takes the money, who carries the mail, and where links lead.

mod mailing;
mod paying;

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use clap::Args;
use url::Url;

use crate::wire::Wired;
use mailing::Mailing;
use paying::{Addresses, Paying};

/// What a server needs to sell.
#[derive(Debug, Args)]
pub(crate) struct Selling {
    /// Where browsers reach this server; the address it listens at, unless said.
    #[arg(long, env = "FOLIO_PUBLIC_URL", value_name = "URL", value_parser = public_url)]
    public_url: Option<String>,
    #[command(flatten)]
    paying: Paying,
    #[command(flatten)]
    mailing: Mailing,
}

impl Selling {
    /// Puts all of it in place for a server that listens there.
    pub(crate) fn wire(&self, wired: &mut Wired, listening: SocketAddr) -> anyhow::Result<()> {
        let here = format!("http://{}", reachable(listening));
        let public = self.public_url.clone().unwrap_or_else(|| here.clone());
        self.paying.wire(wired, &Addresses { here, public })?;
        self.mailing.wire(wired)
    }
}

/// Where this machine reaches what listens there.
fn reachable(mut listening: SocketAddr) -> SocketAddr {
    match listening {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => listening.set_ip(Ipv4Addr::LOCALHOST.into()),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => listening.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    listening
}

fn public_url(text: &str) -> Result<String, String> {
    let url = Url::parse(text).ok().filter(|url| {
        let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        plain && url.password().is_none() && matches!(url.scheme(), "http" | "https")
    });
    let url = url.ok_or("an address such as https://billing.example.com")?;
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_at_every_address_is_reached_at_its_own() {
        let reached = |at: &str| reachable(at.parse().unwrap()).to_string();
        assert_eq!(reached("0.0.0.0:80"), "127.0.0.1:80");
        assert_eq!(reached("[::]:80"), "[::1]:80");
        assert_eq!(reached("10.1.2.3:80"), "10.1.2.3:80");
    }

    #[test]
    fn links_begin_with_a_plain_address() {
        for right in ["https://billing.example.com", "https://billing.example.com/"] {
            assert_eq!(public_url(right).unwrap(), "https://billing.example.com");
        }
        assert_eq!(public_url("http://example.com:8080/folio/").unwrap(), "http://example.com:8080/folio");
        for wrong in ["billing.example.com", "ftp://example.com", "https://a:b@example.com", "https://example.com?x=1"]
        {
            assert!(public_url(wrong).is_err(), "{wrong}");
        }
    }
}
