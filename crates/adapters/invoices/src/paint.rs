//! Draws pages into a PDF/A-3b file.

use chrono::{Datelike, NaiveDate};
use krilla::color::rgb;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::{Document, SerializeSettings};

use crate::sheet::{Ink, Mark, Sheet};

/// What a file says about itself.
pub(crate) struct About {
    pub(crate) title: String,
    pub(crate) author: String,
    pub(crate) language: String,
    pub(crate) day: NaiveDate,
}

/// The file, or why there is none, in the words of the library.
pub(crate) fn paint(sheet: &Sheet<'_>, about: About) -> Result<Vec<u8>, String> {
    let configuration = ConfigurationBuilder::new().with_archival_validator(Archival::A3_B).finish();
    let configuration = configuration.map_err(|error| format!("{error:?}"))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    document.set_metadata(metadata(about));
    for marks in &sheet.pages {
        let size = PageSettings::from_wh(sheet.width, sheet.height).ok_or("a page without a size")?;
        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        for mark in marks {
            draw(&mut surface, sheet, mark);
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| format!("{error:?}"))
}

fn metadata(about: About) -> Metadata {
    let small = |number: u32| u8::try_from(number).unwrap_or(1);
    let year = u16::try_from(about.day.year()).unwrap_or(0);
    let day = DateTime::new(year).month(small(about.day.month())).day(small(about.day.day()));
    Metadata::new()
        .title(about.title)
        .authors(vec![about.author])
        .language(about.language)
        .creator("Folio".to_owned())
        .creation_date(day.hour(0).minute(0).second(0).utc_offset_hour(0))
}

fn draw(surface: &mut Surface<'_>, sheet: &Sheet<'_>, mark: &Mark) {
    match mark {
        Mark::Text { left, base, style, text } => {
            surface.set_fill(Some(fill(style.ink)));
            let mut left = *left;
            for run in sheet.faces(*style).runs(text, style.digits) {
                let start = Point::from_xy(left, *base);
                surface.draw_glyphs(start, &run.glyphs, run.font, &run.text, style.size, false);
                left += run.width * style.size;
            }
        }
        Mark::Bar { left, top, width, height, ink } => {
            let mut path = PathBuilder::new();
            let Some(rect) = Rect::from_xywh(*left, *top, *width, *height) else { return };
            path.push_rect(rect);
            let Some(path) = path.finish() else { return };
            surface.set_fill(Some(fill(*ink)));
            surface.draw_path(&path);
        }
    }
}

fn fill([red, green, blue]: Ink) -> Fill {
    Fill { paint: rgb::Color::new(red, green, blue).into(), opacity: NormalizedF32::ONE, rule: FillRule::default() }
}
