//! Links between the pages of the repository lead somewhere.

use std::path::Path;

use super::Finding;

pub(super) fn inspect(page: &str, text: &str) -> Vec<Finding> {
    let directory = Path::new(page).parent().unwrap_or_else(|| Path::new(""));
    let dead = targets(text).filter(|(_, target)| is_relative(target) && !directory.join(file(target)).exists());
    dead.map(|(line, target)| Finding { line, what: format!("the link to {target} leads nowhere") }).collect()
}

/// Every link target with its line, except in code.
fn targets(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    let prose = text.lines().enumerate().filter(move |(_, line)| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        !in_code && !fence
    });
    prose.flat_map(|(index, line)| {
        let after = line.split("](").skip(1);
        after.filter_map(move |rest| Some((index + 1, rest.split([')', ' ']).next()?)))
    })
}

fn is_relative(target: &str) -> bool {
    !target.is_empty() && !target.starts_with(['#', '/']) && !target.contains(':')
}

fn file(target: &str) -> &str {
    target.split('#').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dead(text: &str) -> Vec<usize> {
        inspect("xtask/page.md", text).into_iter().map(|finding| finding.line).collect()
    }

    /// Tests run in the package's directory; pages are named from the repository's.
    #[test]
    fn a_link_is_read_from_the_page_that_holds_it() {
        let here = env!("CARGO_MANIFEST_DIR");
        let page = format!("{here}/page.md");
        assert!(inspect(&page, "[it](src/main.rs), [up](../Cargo.toml#members)").is_empty());
        assert_eq!(inspect(&page, "[it](main.rs)").len(), 1);
    }

    #[test]
    fn every_dead_link_is_found_with_its_line() {
        assert_eq!(dead("[a](none.md)\n\n![b](none.png) and [c](none.md#part)\n"), [1, 3, 3]);
    }

    #[test]
    fn other_places_and_code_are_left_alone() {
        assert_eq!(dead("[a](https://example.com/x) [b](#part) [c](mailto:a@example.com)\n"), [0; 0]);
        assert_eq!(dead("```\n[a](none.md)\n```\n"), [0; 0]);
    }
}
