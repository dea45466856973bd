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
    for file in fs::read_dir(folder).expect("the folder") {
        let text = fs::read_to_string(file.expect("a file").path()).expect("its text");
        let promises = text.lines().filter_map(|line| line.strip_prefix("pub async fn ")?.split('(').next());
        for promise in promises {
            assert!(listed.contains(&promise), "{promise} is nobody's test");
            count += 1;
        }
    }
    assert!(count > 100, "only {count} promises were found");
}
