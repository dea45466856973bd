//! Pages as lists of marks, measured before they are drawn: how many there are is known only at the end.

use domain::Paper;

use crate::face::{Digits, Faces};

/// Red, green, blue.
pub(crate) type Ink = [u8; 3];

/// What stands out.
pub(crate) const DARK: Ink = [17, 24, 39];
/// What explains it.
pub(crate) const GREY: Ink = [95, 104, 119];
/// What divides.
pub(crate) const PALE: Ink = [221, 225, 231];
/// The band at the top, and what is paid.
pub(crate) const ACCENT: Ink = [30, 64, 120];

/// The two weights.
pub(crate) struct Fonts {
    pub(crate) regular: Faces,
    pub(crate) bold: Faces,
}

/// How a text is set.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    /// In points.
    pub(crate) size: f32,
    pub(crate) bold: bool,
    pub(crate) ink: Ink,
    pub(crate) digits: Digits,
}

impl Style {
    pub(crate) const fn new(size: f32) -> Self {
        Self { size, bold: false, ink: DARK, digits: Digits::Prose }
    }

    pub(crate) const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub(crate) const fn ink(self, ink: Ink) -> Self {
        Self { ink, ..self }
    }

    pub(crate) const fn column(self) -> Self {
        Self { digits: Digits::Column, ..self }
    }

    /// From one base line to the next.
    pub(crate) fn leading(self) -> f32 {
        self.size * 1.45
    }
}

/// Something on a page; places in points from its top left corner.
pub(crate) enum Mark {
    /// A line of text on its base line.
    Text { left: f32, base: f32, style: Style, text: String },
    /// A filled rectangle.
    Bar { left: f32, top: f32, width: f32, height: f32, ink: Ink },
}

/// Pages that are being filled from the top.
pub(crate) struct Sheet<'f> {
    pub(crate) fonts: &'f Fonts,
    pub(crate) width: f32,
    pub(crate) height: f32,
    pub(crate) pages: Vec<Vec<Mark>>,
    /// How far down the last page is used.
    pub(crate) y: f32,
}

/// Left and right of everything.
pub(crate) const MARGIN: f32 = 51.0;
/// Above everything.
pub(crate) const TOP: f32 = 62.0;
/// Kept free for the footer.
pub(crate) const BOTTOM: f32 = 82.0;

impl<'f> Sheet<'f> {
    pub(crate) fn new(fonts: &'f Fonts, paper: Paper) -> Self {
        let (width, height) = match paper {
            Paper::A4 => (595.276, 841.89),
            Paper::Letter => (612.0, 792.0),
        };
        let mut sheet = Self { fonts, width, height, pages: Vec::new(), y: 0.0 };
        sheet.turn();
        sheet
    }

    /// Begins a page.
    pub(crate) fn turn(&mut self) {
        let band = Mark::Bar { left: 0.0, top: 0.0, width: self.width, height: 5.0, ink: ACCENT };
        self.pages.push(vec![band]);
        self.y = TOP;
    }

    /// Whether this much still fits on the page.
    pub(crate) fn has_room(&self, height: f32) -> bool {
        self.y + height <= self.height - BOTTOM
    }

    /// Begins a page where this much does not fit on this one.
    pub(crate) fn make_room(&mut self, height: f32) {
        if !self.has_room(height) {
            self.turn();
        }
    }

    pub(crate) const fn right(&self) -> f32 {
        self.width - MARGIN
    }

    pub(crate) fn faces(&self, style: Style) -> &'f Faces {
        if style.bold { &self.fonts.bold } else { &self.fonts.regular }
    }

    pub(crate) fn measure(&self, text: &str, style: Style) -> f32 {
        self.faces(style).width(text, style.size, style.digits)
    }

    pub(crate) fn wrap(&self, text: &str, style: Style, width: f32) -> Vec<String> {
        self.faces(style).wrap(text, style.size, width)
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// A line of text that begins here.
    pub(crate) fn text(&mut self, left: f32, base: f32, style: Style, text: &str) {
        self.mark(Mark::Text { left, base, style, text: text.to_owned() });
    }

    /// A line of text that ends here.
    pub(crate) fn text_to(&mut self, right: f32, base: f32, style: Style, text: &str) {
        self.text(right - self.measure(text, style), base, style, text);
    }

    /// A hairline across the page.
    pub(crate) fn rule(&mut self, left: f32, top: f32, right: f32, ink: Ink) {
        self.mark(Mark::Bar { left, top, width: right - left, height: 0.75, ink });
    }

    /// Wrapped text from here down; answers how far down it reaches.
    pub(crate) fn block(&mut self, left: f32, top: f32, width: f32, style: Style, text: &str) -> f32 {
        let mut y = top;
        for line in self.wrap(text, style, width) {
            y += style.leading();
            self.text(left, y, style, &line);
        }
        y
    }
}
