//! No promise is forgotten: each stands in the table of `contract!`.

use std::fs;
use std::path::Path;

#[test]
fn every_promise_is_in_the_table() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/contract");
    let read = |name| fs::read_to_string(folder.join(name)).expect("the table");
    let table = read("mod.rs") + &read("payments.rs");
    let listed: Vec<&str> = table.split_whitespace().map(|word| word.trim_end_matches(';')).collect();
    let mut count = 0;
    for text in texts(&folder) {
        let promises = text.lines().filter_map(|line| line.strip_prefix("pub async fn ")?.split('(').next());
        for promise in promises {
            assert!(listed.contains(&promise), "{promise} is nobody's test");
            count += 1;
        }
    }
    assert!(count > 100, "only {count} promises were found");
}

/// What stands in a folder's files, and in those of the folders in it.
fn texts(folder: &Path) -> Vec<String> {
    let paths = fs::read_dir(folder).expect("the folder").map(|file| file.expect("a file").path());
    let text = |path: &Path| vec![fs::read_to_string(path).expect("its text")];
    paths.flat_map(|path| if path.is_dir() { texts(&path) } else { text(&path) }).collect()
}
