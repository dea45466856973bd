//! E-mails.

/// An e-mail of a text and attachments. An e-mail among them is attached as one.
#[must_use]
pub fn eml(text: &str, attachments: &[(&str, &[u8])]) -> Vec<u8> {
    let head = "From: Ada <ada@example.com>\r\nTo: bob@example.com\r\nSubject: Documents\r\n\
        Date: Sun, 22 Nov 2026 01:00:00 +0000\r\nMIME-Version: 1.0\r\n";
    let text = format!("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}");
    if attachments.is_empty() {
        return format!("{head}{text}").into_bytes();
    }
    let mut mail = Vec::new();
    // Those within have borders of their own.
    let border = format!("border-{}", attachments.iter().map(|(_, bytes)| bytes.len()).sum::<usize>());
    mail.extend(format!("{head}Content-Type: multipart/mixed; boundary={border}\r\n\r\n--{border}\r\n{text}").bytes());
    for (name, bytes) in attachments {
        let said = format!("Content-Disposition: attachment; filename=\"{name}\"\r\n");
        mail.extend(format!("\r\n--{border}\r\n{said}").bytes());
        if bytes.starts_with(b"From: ") {
            mail.extend(b"Content-Type: message/rfc822\r\n\r\n");
            mail.extend(*bytes);
        } else {
            mail.extend(b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n");
            mail.extend(base_64(bytes).bytes());
        }
    }
    mail.extend(format!("\r\n--{border}--\r\n").bytes());
    mail
}

fn base_64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for (line, bytes) in bytes.chunks(57).enumerate() {
        text.push_str(if line > 0 { "\r\n" } else { "" });
        for group in bytes.chunks(3) {
            let number = group.iter().chain(&[0, 0]).take(3).fold(0, |number, &byte| number << 8 | usize::from(byte));
            let digit = |place: usize| char::from(DIGITS[number >> (18 - 6 * place) & 63]);
            text.extend((0..4).map(|place| if place <= group.len() { digit(place) } else { '=' }));
        }
    }
    text
}
