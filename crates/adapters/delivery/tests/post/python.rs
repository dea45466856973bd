//! Python for the server: an environment below `target` with what `requirements.txt` pins.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Its interpreter. The environment is made once, whoever comes first.
pub(crate) fn python() -> &'static Path {
    static PYTHON: LazyLock<PathBuf> = LazyLock::new(|| {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("smtp-python");
        let requirements = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/post/requirements.txt");
        cluster::python(&directory, &requirements).expect("Python with an SMTP server")
    });
    &PYTHON
}
