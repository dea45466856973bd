//! Values from outside, made fit for a letter.

use std::fmt;

/// The longest line, in characters.
const MAX_LINE: usize = 200;
/// The longest block, in characters.
const MAX_BLOCK: usize = 5_000;

/// One line: what would break it, or turn its direction, is a space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line(String);

/// Several lines of somebody else's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block(Vec<Line>);

/// An address of a page or of a mailbox: nothing else can be clicked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link(String);

impl Line {
    /// The text on one line, cut where it is too long.
    pub(super) fn of(text: &str) -> Self {
        let plain: String = text.chars().map(|c| if disturbs(c) { ' ' } else { c }).collect();
        let plain = plain.trim();
        if plain.chars().count() <= MAX_LINE {
            return Self(plain.to_owned());
        }
        Self(plain.chars().take(MAX_LINE - 1).chain(['…']).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A customer's name for the greeting. One that looks like an address is left out: otherwise anybody could have our
    /// letters advertise their pages to strangers.
    pub(super) fn name(name: Option<&str>) -> Option<Self> {
        let name = Self::of(name?);
        let address = name.0.contains(['/', '@', '\\']) || name.0.to_ascii_lowercase().contains("www.");
        let domain = name.0.split_whitespace().any(|word| {
            let mut parts = word.trim_end_matches('.').rsplit('.');
            parts.next().is_some_and(|last| last.chars().count() >= 2)
                && parts.next().is_some_and(|rest| rest.len() > 2)
        });
        (!name.0.is_empty() && !address && !domain).then_some(name)
    }
}

impl Block {
    /// The text, line by line, cut where it is too long.
    pub(super) fn of(text: &str) -> Self {
        let text: String = text.chars().take(MAX_BLOCK).collect();
        Self(text.lines().flat_map(wrap).collect())
    }

    pub(super) fn lines(&self) -> &[Line] {
        &self.0
    }
}

/// A long line as several.
fn wrap(line: &str) -> Vec<Line> {
    let chars: Vec<char> = line.chars().collect();
    if chars.is_empty() {
        return vec![Line(String::new())];
    }
    chars.chunks(MAX_LINE).map(|chunk| Line::of(&chunk.iter().collect::<String>())).collect()
}

impl Link {
    /// The link, unless it is none that people should follow.
    pub(super) fn of(link: Option<&str>) -> Option<Self> {
        let link = link?;
        let known = ["https://", "http://", "mailto:"].iter().any(|scheme| link.starts_with(scheme));
        let plain = link.len() <= 2_000 && link.bytes().all(|byte| byte.is_ascii_graphic());
        (known && plain).then(|| Self(link.to_owned()))
    }
}

fn disturbs(c: char) -> bool {
    // Line and paragraph separators; embeddings, overrides and isolates of direction.
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
