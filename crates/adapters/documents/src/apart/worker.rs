//! The worker's side: limits itself, then reads file after file from its standard input.

use std::io::{self, Write as _};
use std::panic::catch_unwind;

use ports::{Claim, CountError};

use super::frame::{Answer, take_file};
use crate::count::{Counted, count};

/// Seconds of a core for one file.
#[cfg(unix)]
const SECONDS: u64 = 2;
/// Bytes of memory, with all that the process consists of.
#[cfg(unix)]
const MEMORY: u64 = 256 << 20;

/// What a process does that was started to count documents. To be called before anything else, threads included.
pub fn read_documents() -> io::Result<()> {
    #[cfg(unix)]
    limit()?;
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    while let Some((file, claim)) = take_file(&mut input)? {
        let outcome = calmly(file, claim);
        let takes_more = is_fresh();
        output.write_all(&Answer { outcome, takes_more }.frame())?;
        output.flush()?;
        if !takes_more {
            break;
        }
    }
    Ok(())
}

/// A panic of a parser fails the file; so far nothing else has suffered.
fn calmly(file: Vec<u8>, claim: Claim) -> Result<Counted, CountError> {
    let counted = catch_unwind(move || count(&file, &claim));
    counted.unwrap_or_else(|_| Err(CountError::Failed("the file cannot be read".to_owned())))
}

/// Has the kernel hold the limits: what the parser does cannot lift them. Beyond memory and time, the process opens
/// no file or socket, writes no file, and leaves no dump of a customer's document.
#[cfg(unix)]
fn limit() -> io::Result<()> {
    use rustix::process::Resource::{As, Core, Cpu, Fsize, Nofile};
    use rustix::process::{Rlimit, getrlimit, setrlimit};
    for (resource, most) in [(As, MEMORY), (Cpu, SECONDS), (Core, 0), (Fsize, 0), (Nofile, 3)] {
        // Whoever started the server may allow less.
        let most = getrlimit(resource).maximum.map_or(most, |allowed| allowed.min(most));
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}

/// Whether the next file would have its time: the kernel counts a process's time from its start, and so a worker
/// takes files until it has used 50 ms. Its memory is bounded with it.
#[cfg(unix)]
fn is_fresh() -> bool {
    use rustix::time::{ClockId, clock_gettime};
    let used = clock_gettime(ClockId::ProcessCPUTime);
    used.tv_sec == 0 && used.tv_nsec < 50_000_000
}

/// Where there are no limits, there is a process for each file.
#[cfg(not(unix))]
fn is_fresh() -> bool {
    false
}
