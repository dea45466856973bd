//! The frames of a TIFF: the directories of its chain. No pixel is read.

use std::collections::HashSet;

use ports::CountError;

const MAX_FRAMES: usize = 1_000_000;
const IMAGE_WIDTH: u64 = 256;
const IMAGE_LENGTH: u64 = 257;

/// Counts the frames of a TIFF or `BigTIFF`.
pub(crate) fn frames(bytes: &[u8]) -> Result<u64, CountError> {
    let tiff = Tiff::new(bytes);
    let mut seen = HashSet::new();
    let mut next = tiff.first().ok_or_else(|| failed("is cut off"))?;
    while next != 0 {
        if !seen.insert(next) {
            return Err(failed("names its frames in a circle"));
        }
        if seen.len() > MAX_FRAMES {
            return Err(failed("has more than 1000000 frames"));
        }
        next = tiff.after(next).ok_or_else(|| failed("names a frame that is not in the file"))?;
    }
    match seen.len() as u64 {
        0 => Err(failed("has no frames")),
        frames => Ok(frames),
    }
}

fn failed(what: &str) -> CountError {
    CountError::Failed(format!("the TIFF {what}"))
}

/// A TIFF's bytes, and how its numbers are written.
struct Tiff<'a> {
    bytes: &'a [u8],
    little_endian: bool,
    /// `BigTIFF`: 64-bit offsets.
    big: bool,
}

impl<'a> Tiff<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, little_endian: bytes.starts_with(b"II"), big: bytes.get(2..4).is_some_and(|v| v.contains(&b'+')) }
    }

    /// Where the first directory is; 0 for none.
    fn first(&self) -> Option<u64> {
        if self.big { self.number(8, 8) } else { self.number(4, 4) }
    }

    /// Where the directory after this one is, if this one is whole and describes a picture; 0 for none.
    fn after(&self, directory: u64) -> Option<u64> {
        let (count_size, entry_size, offset_size) = if self.big { (8, 20, 8) } else { (2, 12, 4) };
        let entries = directory.checked_add(count_size)?;
        let end = self.number(directory, count_size)?.checked_mul(entry_size)?.checked_add(entries)?;
        let next = self.number(end, offset_size)?;
        let mut tags = (entries..end).step_by(usize::try_from(entry_size).ok()?).map(|entry| self.number(entry, 2));
        let has = |tag| tags.any(|found| found == Some(tag));
        [IMAGE_WIDTH, IMAGE_LENGTH].into_iter().all(has).then_some(next)
    }

    /// The unsigned number of so many bytes at an offset.
    fn number(&self, at: u64, size: u64) -> Option<u64> {
        let start = usize::try_from(at).ok()?;
        let digits = self.bytes.get(start..start.checked_add(usize::try_from(size).ok()?)?)?;
        let push = |number: u64, digit: &u8| number << 8 | u64::from(*digit);
        Some(if self.little_endian { digits.iter().rev().fold(0, push) } else { digits.iter().fold(0, push) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    /// The directory of a 1 × 1 picture, as `tiff` writes it: offset 8, little-endian.
    fn small(next: u32) -> Vec<u8> {
        let mut tiff =
            b"II*\0\x08\0\0\0\x02\0\0\x01\x04\0\x01\0\0\0\x01\0\0\0\x01\x01\x04\0\x01\0\0\0\x01\0\0\0".to_vec();
        tiff.extend(next.to_le_bytes());
        tiff
    }

    fn big(le: bool) -> Vec<u8> {
        let number = |value: u64, size: usize| {
            let bytes = value.to_be_bytes()[8 - size..].to_vec();
            if le { bytes.into_iter().rev().collect() } else { bytes }
        };
        let entry = |tag| [number(tag, 2), number(4, 2), number(1, 8), number(1, 8)].concat();
        let directory = |next| [number(2, 8), entry(256), entry(257), number(next, 8)].concat();
        let head = [
            if le { b"II".to_vec() } else { b"MM".to_vec() },
            number(43, 2),
            number(8, 2),
            number(0, 2),
            number(16, 8),
        ];
        [head.concat(), directory(72), directory(0)].concat()
    }

    #[test]
    fn the_frames_are_counted() {
        for frames in [1, 2, 7, 300] {
            assert_eq!(super::frames(&samples::tiff(frames)), Ok(u64::from(frames)));
        }
    }

    #[test]
    fn a_big_tiff_is_counted_in_either_byte_order() {
        assert_eq!(frames(&big(true)), Ok(2));
        assert_eq!(frames(&big(false)), Ok(2));
    }

    #[test]
    fn a_chain_in_a_circle_fails() {
        assert_eq!(frames(&small(0)), Ok(1));
        assert_eq!(frames(&small(8)), Err(failed("names its frames in a circle")));
    }

    #[test]
    fn a_cut_off_tiff_fails() {
        let whole = samples::tiff(3);
        let last = whole.len() - 1;
        assert_eq!(frames(&whole[..4]), Err(failed("is cut off")));
        assert_eq!(frames(&whole[..last]), Err(failed("names a frame that is not in the file")));
        assert_eq!(frames(&small(u32::MAX)), Err(failed("names a frame that is not in the file")));
    }

    #[test]
    fn a_directory_that_describes_no_picture_fails() {
        let mut tiff = small(0);
        tiff[22] = 2;
        assert_eq!(frames(&tiff), Err(failed("names a frame that is not in the file")));
    }

    #[test]
    fn a_tiff_without_frames_fails() {
        assert_eq!(frames(b"II*\0\0\0\0\0"), Err(failed("has no frames")));
    }

    #[test]
    fn huge_numbers_fail() {
        let mut tiff = big(true);
        tiff[16..24].fill(0xff);
        assert_eq!(frames(&tiff), Err(failed("names a frame that is not in the file")));
    }
}
