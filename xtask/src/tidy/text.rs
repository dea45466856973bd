//! What no line of text may hold.

use super::Finding;

/// A longer file has more than one reason to exist.
const MOST_LINES: usize = 500;

/// A file with this mark in its first line is written by a program and may be as long as it likes.
const GENERATED: &str = concat!("@", "generated");

/// Kinds of text that people write by hand.
const WRITTEN: [&str; 12] = ["rs", "toml", "md", "sh", "sql", "html", "css", "js", "json", "yml", "yaml", "txt"];

/// Words for later; there is an issue tracker for that.
const LATER: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

/// Rust that must not stay, and what to do instead. In two pieces, so that this file passes.
const RUST: [(&str, &str); 5] = [
    (concat!("dbg", "!("), "remove it"),
    (concat!("todo", "!("), "write it"),
    (concat!("#[", "ignore"), "a test runs or is deleted"),
    (concat!("#[", "allow("), "use #[expect(…, reason = …)]"),
    (concat!("#![", "allow("), "use #[expect(…, reason = …)]"),
];

/// Roots of paths that exist on one machine only.
const MACHINE: [&str; 4] =
    [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Use", "rs/")];

pub(super) fn inspect(text: &str, extension: &str) -> Vec<Finding> {
    if text.lines().next().is_some_and(|first| first.contains(GENERATED)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let lines = text.lines().count();
    if extension == "rs" && lines > MOST_LINES {
        found.push(Finding { line: lines, what: format!("longer than {MOST_LINES} lines: split it") });
    }
    for (index, line) in text.lines().enumerate() {
        let faults = faults(line, extension);
        found.extend(faults.into_iter().map(|what| Finding { line: index + 1, what }));
    }
    found
}

fn faults(line: &str, extension: &str) -> Vec<String> {
    let mut found = Vec::new();
    if WRITTEN.contains(&extension) {
        if line.contains('\t') {
            found.push("a tab".to_owned());
        }
        if line.ends_with([' ', '\t']) {
            found.push("trailing white space".to_owned());
        }
    }
    if extension == "rs" {
        let held = RUST.iter().filter(|(code, _)| line.contains(code));
        found.extend(held.map(|(code, instead)| format!("`{code}`: {instead}")));
    }
    found.extend(
        LATER.iter().filter(|word| has_word(line, word)).map(|word| format!("{word}: do it, or open an issue")),
    );
    found.extend(MACHINE.iter().filter(|root| has_path(line, root)).map(|root| format!("a path below {root}")));
    found
}

/// Whether the word stands alone and unquoted; `Currency::XXX` is money.
fn has_word(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + word.len()..]);
        !before.ends_with(is_part) && !before.ends_with([':', '"', '`']) && !after.starts_with(is_part)
    })
}

/// Whether an absolute path with this root stands there; the same words inside a longer path are no machine's.
fn has_path(line: &str, root: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || "_-.}~".contains(c);
    line.match_indices(root).any(|(at, _)| !line[..at].ends_with(is_part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(text: &str, extension: &str) -> Vec<String> {
        inspect(text, extension).into_iter().map(|finding| format!("{}: {}", finding.line, finding.what)).collect()
    }

    #[test]
    fn a_clean_file_has_no_findings() {
        assert_eq!(whats("//! Clean.\n\nfn main() {}\n", "rs"), Vec::<String>::new());
    }

    #[test]
    fn white_space_is_seen_where_people_write() {
        assert_eq!(whats("a\nb \n\tc\n", "md"), ["2: trailing white space", "3: a tab"]);
        assert_eq!(whats("a\tb \n", "tsv"), Vec::<String>::new());
    }

    #[test]
    fn words_for_later_are_seen_only_as_words() {
        let (later, word) = (LATER[0], "1: TO".to_owned() + "DO: do it, or open an issue");
        assert_eq!(whats(&format!("// {later}: more"), "rs"), [word]);
        let other_words = format!("MA{later}R {later}_LIST Currency::{later} `{later}` \"{later}\"");
        assert_eq!(whats(&other_words, "rs"), Vec::<String>::new());
    }

    #[test]
    fn code_that_must_not_stay_is_seen_in_rust_alone() {
        for (code, _) in RUST {
            assert_eq!(whats(code, "rs").len(), 1, "{code}");
            assert_eq!(whats(code, "md"), Vec::<String>::new(), "{code}");
        }
    }

    #[test]
    fn a_machine_is_seen_only_in_absolute_paths() {
        for root in MACHINE {
            assert_eq!(whats(&format!("see `{root}main`"), "md").len(), 1, "{root}");
            assert_eq!(whats(&format!("crates{root}main"), "md"), Vec::<String>::new(), "{root}");
        }
    }

    #[test]
    fn a_long_file_is_one_finding_unless_a_program_writes_it() {
        let long = "//! Long.\n".repeat(MOST_LINES + 1);
        assert_eq!(whats(&long, "rs"), ["501: longer than 500 lines: split it"]);
        assert_eq!(whats(&format!("// {GENERATED}\n{long}"), "rs"), Vec::<String>::new());
    }
}
