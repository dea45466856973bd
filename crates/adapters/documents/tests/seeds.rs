//! The committed seeds are those of the samples; `--example seeds` writes them.

use std::fs;
use std::path::Path;

use folio_documents::fuzzing;
use folio_documents::samples::seeds;

#[test]
fn the_committed_seeds_are_small_and_those_of_the_samples() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    for seed in seeds() {
        let file = folder.join(seed.target).join(seed.name);
        assert_eq!(fs::read(&file).ok(), Some(seed.bytes), "{}", file.display());
        assert!(fs::metadata(&file).is_ok_and(|file| file.len() < 2_048), "{}", file.display());
    }
}

#[test]
fn every_target_has_seeds_and_comes_back() {
    let targets = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets");
    for target in fs::read_dir(targets).unwrap() {
        let target = target.unwrap().path();
        assert!(seeds().iter().any(|seed| target.file_stem().is_some_and(|stem| stem == seed.target)), "{target:?}");
    }
    for seed in seeds() {
        let target = if seed.target == "office" { fuzzing::count_parts } else { fuzzing::count };
        target(&seed.bytes);
    }
}
