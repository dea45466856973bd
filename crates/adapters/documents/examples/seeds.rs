//! Writes the seeds of the fuzz targets: `cargo run -p folio-documents --example seeds`.

use std::fs;
use std::io;
use std::path::Path;

use folio_documents::samples::seeds;

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    for seed in seeds() {
        fs::create_dir_all(folder.join(seed.target))?;
        fs::write(folder.join(seed.target).join(seed.name), seed.bytes)?;
    }
    Ok(())
}
