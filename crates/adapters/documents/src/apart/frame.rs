//! What goes through the pipes: frames, each a length of eight bytes and that many bytes.

use std::io::{self, Read};

use ports::{Claim, CountError};

use crate::count::Counted;
use crate::kind::Kind;

/// An answer is a sentence.
const LONGEST_ANSWER: u64 = 64 << 10;

/// What goes before the file itself: the name, the media type, the file's length.
pub(super) fn head(file: &[u8], claim: &Claim) -> Vec<u8> {
    let said = [&claim.name, &claim.media_type].map(|said| frame(said.as_deref().unwrap_or_default().as_bytes()));
    [said.concat(), length(file.len())].concat()
}

/// The next file, with what is said of it; `None` if there are no more.
pub(super) fn take_file(input: &mut impl Read) -> io::Result<Option<(Vec<u8>, Claim)>> {
    let Some(name) = take(input)? else { return Ok(None) };
    let mut rest = || take(input)?.ok_or(io::ErrorKind::UnexpectedEof.into());
    let (media_type, file): (_, io::Result<_>) = (rest()?, rest());
    let said = |bytes| Some(String::from_utf8_lossy(bytes).into_owned()).filter(|said| !said.is_empty());
    Ok(Some((file?, Claim { name: said(&name), media_type: said(&media_type) })))
}

fn take(input: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 8];
    match input.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let length = usize::try_from(u64::from_le_bytes(length)).map_err(io::Error::other)?;
    let mut bytes = vec![0; length];
    input.read_exact(&mut bytes)?;
    Ok(Some(bytes))
}

/// A worker's answer, and whether it takes another file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) outcome: Result<Counted, CountError>,
    pub(super) takes_more: bool,
}

impl Answer {
    pub(super) fn frame(&self) -> Vec<u8> {
        let then = if self.takes_more { "more" } else { "last" };
        let said = match &self.outcome {
            Ok(Counted { kind, pages }) => format!("counted {pages} {}", kind.media_type()),
            Err(CountError::Failed(why)) => format!("failed {why}"),
            Err(CountError::Unsupported(what)) => format!("unsupported {what}"),
        };
        frame(format!("{then} {said}").as_bytes())
    }

    /// The length that a frame of an answer begins with.
    pub(super) fn length(bytes: [u8; 8]) -> Option<usize> {
        let length = u64::from_le_bytes(bytes);
        (length <= LONGEST_ANSWER).then_some(usize::try_from(length).ok()?)
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (then, said) = str::from_utf8(bytes).ok()?.split_once(' ')?;
        let outcome = match said.split_once(' ')? {
            ("counted", counted) => {
                let (pages, media_type) = counted.split_once(' ')?;
                Ok(Counted { kind: Kind::with_media_type(media_type)?, pages: pages.parse().ok()? })
            }
            ("failed", why) => Err(CountError::Failed(why.to_owned())),
            ("unsupported", what) => Err(CountError::Unsupported(what.to_owned())),
            _ => return None,
        };
        Some(Self { outcome, takes_more: then == "more" })
    }
}

fn frame(bytes: &[u8]) -> Vec<u8> {
    [&length(bytes.len()), bytes].concat()
}

fn length(length: usize) -> Vec<u8> {
    (length as u64).to_le_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_out_as_they_went_in() {
        let claims = [
            Claim::default(),
            Claim { name: Some("Rechnung 7 – März.pdf".into()), media_type: Some("application/pdf".into()) },
        ];
        for claim in claims {
            let sent = [head(b"abc", &claim).as_slice(), b"abc", &head(b"", &claim)].concat();
            let mut input = sent.as_slice();
            assert_eq!(take_file(&mut input).unwrap(), Some((b"abc".to_vec(), claim.clone())));
            assert_eq!(take_file(&mut input).unwrap(), Some((Vec::new(), claim)));
            assert_eq!(take_file(&mut input).unwrap(), None);
        }
    }

    #[test]
    fn a_file_cut_off_is_an_error() {
        let sent = [head(b"abc", &Claim::default()).as_slice(), b"ab"].concat();
        assert_eq!(take_file(&mut sent.as_slice()).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(take_file(&mut &sent[..16]).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn answers_come_out_as_they_went_in() {
        let outcomes = [
            Ok(Counted { kind: Kind::Docx, pages: 12 }),
            Err(CountError::Failed("the PDF has no pages".into())),
            Err(CountError::Unsupported("video/mp4".into())),
        ];
        for (outcome, takes_more) in outcomes.into_iter().zip([true, false, true]) {
            let answer = Answer { outcome, takes_more };
            let frame = answer.frame();
            let (length, said) = frame.split_first_chunk().unwrap();
            assert_eq!(Answer::length(*length), Some(said.len()));
            assert_eq!(Answer::read(said), Some(answer));
        }
    }

    #[test]
    fn an_answer_that_makes_no_sense_is_none() {
        for said in
            ["", "more", "more counted 3", "more counted x text/plain", "more counted 3 no/type", "more so what"]
        {
            assert_eq!(Answer::read(said.as_bytes()), None, "{said}");
        }
        assert_eq!(Answer::length([0xff; 8]), None);
    }
}
