//! Fonts: which glyph a character is, how wide a text is, and where it breaks.

use std::collections::HashMap;
use std::sync::Arc;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

/// A glyph, and its advance for a size of 1.
#[derive(Clone, Copy)]
struct Shape {
    glyph: GlyphId,
    advance: f32,
}

/// One font file, looked up once.
pub(crate) struct Face {
    font: Font,
    shapes: HashMap<char, Shape>,
    /// The widest digit, which all digits of a column are as wide as.
    digit: f32,
}

impl Face {
    /// `None` where the bytes are no font that can be embedded.
    pub(crate) fn new(bytes: &Arc<Vec<u8>>) -> Option<Self> {
        let font = Font::new(bytes.clone().into(), 0)?;
        let read = FontRef::from_index(bytes, 0).ok()?;
        let metrics = read.glyph_metrics(Size::new(1.0), LocationRef::default());
        let shape = |(code, glyph): (u32, skrifa::GlyphId)| {
            let advance = metrics.advance_width(glyph)?;
            Some((char::from_u32(code)?, Shape { glyph: GlyphId::new(glyph.to_u32()), advance }))
        };
        let shapes: HashMap<_, _> = read.charmap().mappings().filter_map(shape).collect();
        let digit = ('0'..='9').filter_map(|c| shapes.get(&c)).map(|shape| shape.advance).fold(0.0, f32::max);
        Some(Self { font, shapes, digit })
    }
}

/// Fonts of one weight, the first first: each character is set in the first that has it.
pub(crate) struct Faces(pub(crate) Vec<Arc<Face>>);

/// A piece of text in one font, ready to be drawn.
pub(crate) struct Run {
    pub(crate) font: Font,
    pub(crate) text: String,
    pub(crate) glyphs: Vec<KrillaGlyph>,
    /// For a size of 1.
    pub(crate) width: f32,
}

/// How digits are set.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Digits {
    /// As wide as they are.
    Prose,
    /// All alike, so that columns of figures line up.
    Column,
}

/// Stands for a character that no font has.
const UNKNOWN: char = '?';

impl Faces {
    /// The character as it is printed, with its font and shape: itself, a space, or a question mark.
    fn find(&self, c: char) -> Option<(char, &Face, Shape)> {
        // No font has the joints at which no line breaks; a space looks the same.
        let printed = if c.is_whitespace() { ' ' } else { c };
        let of = |c: char| self.0.iter().find_map(|face| Some((c, &**face, *face.shapes.get(&c)?)));
        of(printed).or_else(|| of(UNKNOWN))
    }

    /// The text in runs of one font each.
    pub(crate) fn runs(&self, text: &str, digits: Digits) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for (c, face, shape) in text.chars().filter_map(|c| self.find(c)) {
            if runs.last().is_none_or(|run| run.font != face.font) {
                runs.push(Run { font: face.font.clone(), text: String::new(), glyphs: Vec::new(), width: 0.0 });
            }
            let Some(run) = runs.last_mut() else { continue };
            let start = run.text.len();
            run.text.push(c);
            let column = digits == Digits::Column && c.is_ascii_digit();
            let advance = if column { face.digit } else { shape.advance };
            let offset = (advance - shape.advance) / 2.0;
            run.glyphs.push(KrillaGlyph::new(shape.glyph, advance, offset, 0.0, 0.0, start..run.text.len(), None));
            run.width += advance;
        }
        runs
    }

    /// How wide the text is, in points for a size in points.
    pub(crate) fn width(&self, text: &str, size: f32, digits: Digits) -> f32 {
        let advance = |c: char| {
            let (c, face, shape) = self.find(c)?;
            Some(if digits == Digits::Column && c.is_ascii_digit() { face.digit } else { shape.advance })
        };
        text.chars().filter_map(advance).sum::<f32>() * size
    }

    /// The text in lines of at most `width`, broken at spaces, and inside a word where it alone is wider.
    pub(crate) fn wrap(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let fits = |line: &str| self.width(line, size, Digits::Prose) <= width;
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if fits(&longer) {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for c in word.chars() {
                if !line.is_empty() && !fits(&format!("{line}{c}")) {
                    lines.push(std::mem::take(&mut line));
                }
                line.push(c);
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }
}
