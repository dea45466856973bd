//! What one file may unpack to, all that is in it and in that taken together. A few kilobytes can hold files within
//! files without end.

use std::io::Read;

use ports::CountError;

/// Archives and e-mails within one another.
const MAX_DEPTH: u32 = 4;
/// Members and attachments.
const MAX_MEMBERS: u32 = 1_000;
/// Bytes of one member.
const MAX_MEMBER: u64 = 64 << 20;
/// Bytes of all of them.
const MAX_TOTAL: u64 = 256 << 20;
/// How many times its packed size a member may have, if it is larger than [`SMALL`].
const MAX_RATIO: u64 = 200;
const SMALL: u64 = 1 << 20;

/// What is left to be spent on a file.
#[derive(Debug)]
pub(crate) struct Budget {
    depth: u32,
    members: u32,
    bytes: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { depth: MAX_DEPTH, members: MAX_MEMBERS, bytes: MAX_TOTAL }
    }
}

impl Budget {
    /// Does something one level further in.
    pub(crate) fn inside<T>(&mut self, what: impl FnOnce(&mut Self) -> Result<T, CountError>) -> Result<T, CountError> {
        let deeper = self.depth.checked_sub(1);
        self.depth = deeper.ok_or_else(|| failed(format!("files are nested more than {MAX_DEPTH} levels deep")))?;
        let done = what(self);
        self.depth += 1;
        done
    }

    /// Takes one more member or attachment.
    pub(crate) fn member(&mut self) -> Result<(), CountError> {
        let fewer = self.members.checked_sub(1);
        self.members = fewer.ok_or_else(|| failed(format!("there are more than {MAX_MEMBERS} files in it")))?;
        Ok(())
    }

    /// Takes bytes that are unpacked already.
    pub(crate) fn spend(&mut self, bytes: usize) -> Result<(), CountError> {
        let left = self.bytes.checked_sub(bytes as u64);
        self.bytes = left.ok_or_else(|| failed(format!("it unpacks to more than {}", mib(MAX_TOTAL))))?;
        Ok(())
    }

    /// Unpacks what was packed into so many bytes. `None` if it is damaged.
    pub(crate) fn unpack(&mut self, packed: u64, from: impl Read) -> Result<Option<Vec<u8>>, CountError> {
        let by_ratio = packed.saturating_mul(MAX_RATIO).max(SMALL);
        let most = MAX_MEMBER.min(by_ratio).min(self.bytes);
        let mut bytes = Vec::new();
        if from.take(most + 1).read_to_end(&mut bytes).is_err() {
            return Ok(None);
        }
        let unpacked = bytes.len() as u64;
        if unpacked > by_ratio {
            return Err(failed(format!("it unpacks to more than {MAX_RATIO} times its size")));
        }
        if unpacked > MAX_MEMBER {
            return Err(failed(format!("it unpacks to more than {}", mib(MAX_MEMBER))));
        }
        self.spend(bytes.len())?;
        Ok(Some(bytes))
    }
}

fn failed(what: String) -> CountError {
    CountError::Failed(what)
}

fn mib(bytes: u64) -> String {
    format!("{} MiB", bytes >> 20)
}

#[cfg(test)]
mod tests {
    use std::io::repeat;

    use super::*;

    fn told<T: std::fmt::Debug>(result: Result<T, CountError>) -> String {
        let Err(CountError::Failed(why)) = result else { panic!("{result:?}") };
        why
    }

    fn deep(levels: u32, budget: &mut Budget) -> Result<(), CountError> {
        if levels == 0 { Ok(()) } else { budget.inside(|budget| deep(levels - 1, budget)) }
    }

    #[test]
    fn depth_is_limited_and_given_back() {
        let mut budget = Budget::default();
        assert_eq!(deep(MAX_DEPTH, &mut budget), Ok(()));
        assert_eq!(told(deep(MAX_DEPTH + 1, &mut Budget::default())), "files are nested more than 4 levels deep");
        assert_eq!(deep(MAX_DEPTH, &mut budget), Ok(()));
    }

    #[test]
    fn members_are_limited() {
        let mut budget = Budget::default();
        for _ in 0..MAX_MEMBERS {
            budget.member().unwrap();
        }
        assert_eq!(told(budget.member()), "there are more than 1000 files in it");
    }

    #[test]
    fn a_member_is_limited_by_its_size_and_by_its_ratio() {
        let unpacked =
            |size, packed| Budget::default().unpack(packed, repeat(7).take(size)).map(|bytes| bytes.unwrap().len());
        assert_eq!(unpacked(SMALL, 1), Ok(1 << 20), "a small one may be of any ratio");
        assert_eq!(told(unpacked(SMALL + 1, 1)), "it unpacks to more than 200 times its size");
        assert_eq!(unpacked(2 << 20, 20_000), Ok(2 << 20));
        assert_eq!(told(unpacked(MAX_MEMBER + 1, MAX_MEMBER)), "it unpacks to more than 64 MiB");
    }

    #[test]
    fn all_members_together_are_limited() {
        let mut budget = Budget { bytes: 100, ..Budget::default() };
        assert_eq!(budget.unpack(60, repeat(7).take(60)).unwrap().unwrap().len(), 60);
        assert_eq!(told(budget.unpack(60, repeat(7).take(60))), "it unpacks to more than 256 MiB");
        assert_eq!(budget.spend(40), Ok(()));
        assert_eq!(told(budget.spend(1)), "it unpacks to more than 256 MiB");
    }

    #[test]
    fn what_cannot_be_unpacked_is_damaged() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::ErrorKind::InvalidData.into())
            }
        }
        assert_eq!(Budget::default().unpack(9, Broken), Ok(None));
    }
}
