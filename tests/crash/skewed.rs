//! Servers whose machine's clock shows what a test wants.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use folio_tests::{Place, Store};

/// What stands between the server and its machine's clock.
const FAKETIME: &str = "libfaketimeMT.so.1";

/// A place whose servers have a clock that is off by so much.
pub(crate) struct Skewed {
    place: Place,
    offset: PathBuf,
}

impl Skewed {
    pub(crate) fn new(store: Store) -> Self {
        let place = Place::new(store);
        let offset = place.directory().join("offset");
        let skewed = Self { place: under(place, &offset), offset };
        skewed.jump("+0h");
        skewed
    }

    /// Another place on the same database, by the same clock.
    pub(crate) fn beside(&self) -> Place {
        under(Place::with(self.place.database().to_owned()), &self.offset)
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// From now on the clock is off by this. A whole new file takes the old one's place.
    pub(crate) fn jump(&self, offset: &str) {
        let new = self.offset.with_extension("new");
        fs::write(&new, offset).expect("written");
        fs::rename(new, &self.offset).expect("in place");
    }

    /// From now on the clock goes on from this instant.
    #[expect(clippy::disallowed_methods, reason = "how far it is off from the machine's clock is what is written down")]
    pub(crate) fn show(&self, at: DateTime<Utc>) {
        let off: TimeDelta = at - Utc::now();
        self.jump(&format!("{:+}", off.num_seconds()));
    }
}

/// The place, for servers that read this file. Sleeps and deadlines go by another clock, which never jumps.
fn under(place: Place, offset: &Path) -> Place {
    let library = faketime().or_else(|| {
        cluster::install("faketime").unwrap_or_else(|error| panic!("{error:#}"));
        faketime()
    });
    let library = library.expect("the library that the package `faketime` brings");
    place
        .under("LD_PRELOAD", &library.display().to_string())
        .under("FAKETIME_TIMESTAMP_FILE", &offset.display().to_string())
        .under("FAKETIME_NO_CACHE", "1")
        .under("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .under("DONT_FAKE_MONOTONIC", "1")
}

/// Where Debian keeps it.
fn faketime() -> Option<PathBuf> {
    let places = fs::read_dir("/usr/lib").ok()?.flatten();
    places.map(|place| place.path().join("faketime").join(FAKETIME)).find(|file| file.is_file())
}
