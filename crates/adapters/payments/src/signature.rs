//! The signature of a provider's deliveries, as Stripe makes it: `t=<unix seconds>,v1=<hex HMAC-SHA256>`.

use hmac::{Hmac, KeyInit, Mac};
use ports::EventError;
use sha2::Sha256;

/// How far a delivery's own time may be from ours, in seconds, either way.
pub const TOLERANCE_S: i64 = 300;

fn mac(secret: &str, at: i64, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(format!("{at}.").as_bytes());
    mac.update(body);
    mac
}

/// The header's value for a body that is sent at `at`, in unix seconds. While secrets rotate there is one `v1` for
/// each.
#[must_use]
pub fn sign(secrets: &[&str], at: i64, body: &[u8]) -> String {
    let signatures = secrets.iter().map(|secret| hex::encode(mac(secret, at, body).finalize().into_bytes()));
    signatures.fold(format!("t={at}"), |header, signature| header + ",v1=" + &signature)
}

/// Whether one of the header's `v1` signatures was made with `secret` over this body, within [`TOLERANCE_S`] of
/// `now`, in unix seconds. Signatures are compared in constant time; other schemes than `v1` count for nothing.
pub fn verify(secret: &str, header: &str, body: &[u8], now: i64) -> Result<(), EventError> {
    let fields = || header.split(',').filter_map(|field| field.trim().split_once('='));
    let mut times = fields().filter(|&(name, _)| name == "t");
    // Two times would leave open which one was signed.
    let (Some((_, at)), None) = (times.next(), times.next()) else { return Err(EventError::Signature) };
    let at: i64 = at.parse().map_err(|_| EventError::Signature)?;
    let expected = mac(secret, at, body);
    let given = fields().filter(|&(name, _)| name == "v1").filter_map(|(_, digits)| hex::decode(digits).ok());
    if !given.fold(false, |good, signature| good | expected.clone().verify_slice(&signature).is_ok()) {
        return Err(EventError::Signature);
    }
    if now.abs_diff(at) > TOLERANCE_S.unsigned_abs() {
        return Err(EventError::Stale);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"id":"evt_1"}"#;

    #[test]
    fn r32_what_is_signed_is_verified() {
        // Computed with Python's hmac: HMAC-SHA256("whsec_test", "1700000000.{\"id\":\"evt_1\"}").
        let known = "t=1700000000,v1=c89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc78230f3942d632925";
        assert_eq!(sign(&["whsec_test"], 1_700_000_000, BODY), known);
        assert_eq!(verify("whsec_test", known, BODY, 1_700_000_000), Ok(()));
    }

    #[test]
    fn r32_any_one_of_several_signatures_is_enough() {
        let header = sign(&["whsec_old", "whsec_new"], 1_000, BODY);
        assert_eq!(verify("whsec_old", &header, BODY, 1_000), Ok(()));
        assert_eq!(verify("whsec_new", &header, BODY, 1_000), Ok(()));
        assert_eq!(verify("whsec_other", &header, BODY, 1_000), Err(EventError::Signature));
    }

    #[test]
    fn r32_a_changed_body_time_or_signature_is_refused() {
        let header = sign(&["whsec"], 1_000, BODY);
        let refused = Err(EventError::Signature);
        assert_eq!(verify("whsec", &header, br#"{"id":"evt_2"}"#, 1_000), refused);
        assert_eq!(verify("whsec", &header.replace("t=1000", "t=1001"), BODY, 1_000), refused);
        assert_eq!(verify("whsec", &header.replace("v1=", "v0="), BODY, 1_000), refused);
        assert_eq!(verify("whsec", &format!("t=2000,{header}"), BODY, 1_000), refused);
        let truncated = header.get(..header.len() - 2).expect("ASCII");
        for hostile in ["", "t=1000", "v1=00", "t=x,v1=00", "t=1000,v1=", "t=1000,v1=zz", truncated, "t=,=,,v1"] {
            assert_eq!(verify("whsec", hostile, BODY, 1_000), refused, "{hostile}");
        }
    }

    #[test]
    fn r32_an_old_delivery_is_stale() {
        let header = sign(&["whsec"], 1_000, BODY);
        for (now, outcome) in
            [(1_300, Ok(())), (1_301, Err(EventError::Stale)), (700, Ok(())), (699, Err(EventError::Stale))]
        {
            assert_eq!(verify("whsec", &header, BODY, now), outcome, "{now}");
        }
        assert_eq!(verify("whsec", &sign(&["whsec"], i64::MIN, BODY), BODY, i64::MAX), Err(EventError::Stale));
    }
}
