//! E-mails: the characters of what was written, and the pages of what is attached.

use std::panic::catch_unwind;

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _, PartType};
use ports::{Claim, CountError};

use crate::budget::Budget;
use crate::count::{part, within};
use crate::kind::Kind;
use crate::text;

/// The longest head that is looked at.
const HEAD: usize = 256 << 10;
/// Fields of which an e-mail has at least one, beside its sender.
const FIELDS: [&[u8]; 4] = [b"date", b"message-id", b"mime-version", b"received"];
/// Signatures over an e-mail: no documents, unless a document only says to be one.
const SIGNATURES: [&str; 3] =
    ["application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"];

/// What is longer signs nothing.
const LONGEST_SIGNATURE: usize = 64 << 10;

/// Whether this begins as an e-mail does: with nothing but fields, its sender among them.
pub(crate) fn is_one(bytes: &[u8]) -> bool {
    let bytes = &bytes[..bytes.len().min(HEAD)];
    let lines = bytes.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let (mut from, mut other) = (false, false);
    for line in lines.take_while(|line| !line.is_empty()) {
        // A field goes on in lines that begin with white space.
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            continue;
        }
        let Some(colon) = line.iter().position(|&byte| byte == b':') else { return false };
        let name = line[..colon].trim_ascii_end();
        if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
            return false;
        }
        from |= name.eq_ignore_ascii_case(b"from");
        other |= FIELDS.iter().any(|field| name.eq_ignore_ascii_case(field));
    }
    from && other
}

/// The pages of the text, and those of each attachment by its own rule.
pub(crate) fn pages(bytes: &[u8], budget: &mut Budget) -> Result<u64, CountError> {
    // The parser has assertions that a broken e-mail within an e-mail does not meet.
    let parsed = catch_unwind(|| MessageParser::default().parse(bytes));
    let message = parsed.ok().flatten().ok_or_else(damaged)?;
    // Without them it may lose the outer e-mail and answer with the inner one.
    if message.parts.first().is_none_or(|root| root.offset_header != 0) {
        return Err(damaged());
    }
    of_message(&message, budget)
}

fn damaged() -> CountError {
    CountError::Failed("the e-mail is damaged or cut off".to_owned())
}

fn of_message(message: &Message<'_>, budget: &mut Budget) -> Result<u64, CountError> {
    if message.parts.iter().any(|part| part.is_encoding_problem) {
        return Err(damaged());
    }
    // Where there is only HTML, the text that it shows.
    let bodies = (0..message.text_body_count()).filter_map(|body| message.body_text(body));
    let characters: usize = bodies.map(|body| body.chars().count()).sum();
    let mut pages = text::pages(characters as u64, text::PAGE);
    budget.inside(|budget| {
        for (number, attached) in message.attachments().enumerate().filter(|(_, attached)| !is_shown(message, attached))
        {
            budget.member()?;
            let name = attached.attachment_name().map_or_else(|| (number + 1).to_string(), ToOwned::to_owned);
            let counted = of_attachment(attached, budget).map_err(|error| part("attachment", &name, &error))?;
            pages = pages.saturating_add(counted);
        }
        Ok(pages)
    })
}

fn of_attachment(attached: &MessagePart<'_>, budget: &mut Budget) -> Result<u64, CountError> {
    if let PartType::Message(message) = &attached.body {
        return Ok(of_message(message, budget)?.max(1));
    }
    let file = attached.contents();
    budget.spend(file.len())?;
    let media_type = attached.content_type().map(|told| match told.subtype() {
        Some(subtype) => format!("{}/{subtype}", told.ctype()),
        None => told.ctype().to_owned(),
    });
    let signature = |told: &str| SIGNATURES.iter().any(|known| told.eq_ignore_ascii_case(known));
    if media_type.as_deref().is_some_and(signature) && looks_signed(file) {
        return Ok(0);
    }
    let claim = Claim { name: attached.attachment_name().map(ToOwned::to_owned), media_type };
    Ok(within(file, &claim, budget)?.pages)
}

/// Whether it may be what it says to be: a signature in letters, or in bytes of no type that is counted.
fn looks_signed(file: &[u8]) -> bool {
    let in_letters = || file.trim_ascii_start().starts_with(b"-----BEGIN PGP SIGNATURE-----");
    file.len() <= LONGEST_SIGNATURE && Kind::of(file).is_none_or(|kind| kind == Kind::Text && in_letters())
}

/// Whether it is a picture that the text itself shows, such as a logo: part of the text, not attached to it.
fn is_shown(message: &Message<'_>, attached: &MessagePart<'_>) -> bool {
    let Some(id) = attached.content_id() else { return false };
    let shows = |part: &MessagePart<'_>| matches!(&part.body, PartType::Html(html) if refers_to(html, id));
    Kind::picture(attached.contents()).is_some() && message.html_bodies().any(shows)
}

/// Whether a text has this id of a part in it, whole.
fn refers_to(html: &str, id: &str) -> bool {
    let reference = format!("cid:{id}");
    let ends = |rest: &str| rest.chars().next().is_none_or(|next| "\"')>&;".contains(next) || next.is_whitespace());
    html.match_indices(&reference).any(|(at, found)| ends(&html[at + found.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn counted(eml: &[u8]) -> Result<u64, CountError> {
        assert!(is_one(eml), "{}", String::from_utf8_lossy(eml));
        pages(eml, &mut Budget::default())
    }

    fn told(eml: &[u8]) -> String {
        let Err(CountError::Failed(why)) = counted(eml) else { panic!("{:?}", counted(eml)) };
        why
    }

    /// An e-mail of these parts, each with its head.
    fn mixed(kind: &str, parts: &[&str]) -> Vec<u8> {
        let parts = parts.iter().map(|part| format!("--b\r\n{part}\r\n")).collect::<Vec<_>>().concat();
        let head = "From: a@b.example\r\nDate: Sun, 22 Nov 2026 01:00:00 +0000\r\nMIME-Version: 1.0\r\n";
        format!("{head}Content-Type: multipart/{kind}; boundary=b\r\n\r\n{parts}--b--\r\n").into_bytes()
    }

    #[test]
    fn the_head_tells() {
        for head in ["From: a\nDate: b\n\nText", "MIME-Version: 1.0\r\nX-Folded: a\r\n b\r\nFROM: c\r\n\r\n"] {
            assert!(is_one(head.as_bytes()), "{head}");
        }
        for text in
            ["", "\n", "From: a\n\n", "Date: a\n\n", "From: a\nHello\nDate: b\n", "From a@b\nFrom: a\nDate: b\n"]
        {
            assert!(!is_one(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn the_text_has_a_page_for_3000_characters() {
        assert_eq!(counted(&samples::eml("Hello", &[])), Ok(1));
        assert_eq!(counted(&samples::eml(&"ä".repeat(2_990), &[])), Ok(1));
        assert_eq!(counted(&samples::eml(&"ä".repeat(3_010), &[])), Ok(2));
    }

    #[test]
    fn attachments_are_counted_by_their_own_rule() {
        let (pdf, text) = (samples::pdf(4, "A"), "x".repeat(10_001));
        let attached: [(&str, &[u8]); 3] = [("a.pdf", &pdf), ("b.csv", text.as_bytes()), ("c.png", &samples::png())];
        assert_eq!(counted(&samples::eml("Hello", &attached)), Ok(1 + 4 + 2 + 1));
        assert_eq!(counted(&samples::eml("", &attached[..1])), Ok(4), "no text has no page");
    }

    #[test]
    fn an_attached_e_mail_is_counted_with_what_is_attached_to_it() {
        let inner = samples::eml("Inner", &[("a.pdf", &samples::pdf(4, "A"))]);
        assert_eq!(counted(&samples::eml("Outer", &[("b.eml", &inner)])), Ok(1 + 1 + 4));
    }

    #[test]
    fn the_same_text_as_html_does_not_count_twice() {
        let text = format!("Content-Type: text/plain\r\n\r\n{}", "x".repeat(2_000));
        let html = format!("Content-Type: text/html\r\n\r\n<p>{}</p>", "x".repeat(2_000));
        assert_eq!(counted(&mixed("alternative", &[&text, &html])), Ok(1));
        let marked = format!("Content-Type: text/html\r\n\r\n<p class='{}'>Hello</p>", "x".repeat(9_000));
        assert_eq!(counted(&mixed("alternative", &[&marked])), Ok(1), "what HTML does not show is no text");
    }

    #[test]
    fn a_picture_that_the_text_shows_is_not_attached() {
        let html = "Content-Type: text/html\r\n\r\nHello <img src=\"cid:logo\">";
        let picture = |id: &str| {
            let head = format!("Content-Type: image/gif; name=a.gif\r\nContent-ID: <{id}>\r\n");
            format!("{head}Content-Transfer-Encoding: base64\r\n\r\nR0lGODlhAQABAA==\r\n")
        };
        assert_eq!(counted(&mixed("related", &[html, &picture("logo")])), Ok(1));
        assert_eq!(counted(&mixed("related", &[html, &picture("other")])), Ok(2));
        assert_eq!(counted(&mixed("related", &[html, &picture("log")])), Ok(2), "a part of another's name");
        let text = "Content-Type: image/gif; name=a.gif\r\nContent-ID: <logo>\r\n\r\nA text that says to be a picture";
        assert!(
            told(&mixed("related", &[html, text])).contains("a.gif"),
            "it is counted as what it is, and is not that"
        );
    }

    #[test]
    fn a_signature_is_no_document() {
        let text = "Content-Type: text/plain\r\n\r\nHello";
        let signature = "Content-Type: application/pkcs7-signature; name=smime.p7s\r\n\
            Content-Transfer-Encoding: base64\r\n\r\nMIIB\r\n";
        assert_eq!(counted(&mixed("signed", &[text, signature])), Ok(1));
        let picture = signature.replace("MIIB", "R0lGODlhAQABAA==");
        assert_eq!(counted(&mixed("signed", &[text, &picture])), Ok(2), "what only says to be one counts");
        let letters = |text: &str| format!("Content-Type: application/pgp-signature; name=a.asc\r\n\r\n{text}\r\n");
        let pgp = letters("-----BEGIN PGP SIGNATURE-----\r\n\r\niQEz\r\n-----END PGP SIGNATURE-----");
        assert_eq!(counted(&mixed("signed", &[text, &pgp])), Ok(1));
        for lie in ["A text", &format!("-----BEGIN PGP SIGNATURE-----{}", " lies".repeat(20_000))] {
            assert_ne!(counted(&mixed("signed", &[text, &letters(lie)])), Ok(1));
        }
    }

    #[test]
    fn an_attachment_that_cannot_be_counted_fails_it_all() {
        let eml = samples::eml("Hello", &[("a.pdf", &samples::pdf(0, "Empty"))]);
        assert_eq!(told(&eml), "its attachment \"a.pdf\": the PDF has no pages");
        let eml = samples::eml("Hello", &[("a.pdf", b"hello")]);
        let why = "the file is named .pdf, but its content is not a PDF";
        assert_eq!(told(&eml), format!("its attachment \"a.pdf\": {why}"));
    }

    #[test]
    fn an_attachment_that_is_cut_off_fails_it_all() {
        let eml = samples::eml("Hello", &[("a.pdf", &samples::pdf(4, "A"))]);
        assert_eq!(told(&eml[..eml.len() / 2]), "the e-mail is damaged or cut off");
    }

    /// Found by the fuzz target.
    #[test]
    fn an_attached_e_mail_with_a_broken_head_is_counted_or_refused() {
        let broken = "Content-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\nFrom: a\r\n\r\nInner";
        let counts = mixed("mixed", &["Content-Type: text/plain\r\n\r\nHello", broken]);
        assert!(matches!(counted(&counts), Ok(3) | Err(_)), "{:?}", counted(&counts));
    }

    #[test]
    fn e_mails_within_e_mails_are_limited() {
        let nested = |levels| (0..levels).fold(samples::png(), |inner, _| samples::eml("", &[("a", &inner)]));
        assert_eq!(counted(&nested(4)), Ok(1));
        assert!(told(&nested(5)).ends_with("files are nested more than 4 levels deep"), "{}", told(&nested(5)));
    }
}
