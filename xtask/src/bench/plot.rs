//! Charts as SVG: a logarithmic axis of sizes, a figure that starts at zero.

use anyhow::Result;
use plotters::prelude::*;

const WIDTH: u32 = 900;
const HEIGHT: u32 = 320;
const COLOURS: [RGBColor; 2] = [RGBColor(0x1f, 0x5f, 0xa8), RGBColor(0xb3, 0x54, 0x1e)];

/// Lines over the same sizes.
pub(super) struct Chart {
    pub(super) title: &'static str,
    pub(super) across: &'static str,
    pub(super) lines: [(&'static str, Vec<(f64, f64)>); 2],
}

impl Chart {
    fn limits(&self, of: impl Fn(&(f64, f64)) -> f64) -> (f64, f64) {
        let values = self.lines.iter().flat_map(|(_, points)| points).map(of);
        values.fold((f64::MAX, f64::MIN), |(least, most), value| (least.min(value), most.max(value)))
    }
}

/// The charts side by side.
pub(super) fn svg(charts: &[Chart]) -> Result<String> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT)).into_drawing_area();
        area.fill(&WHITE)?;
        for (chart, part) in charts.iter().zip(area.split_evenly((1, charts.len()))) {
            draw(chart, &part)?;
        }
        area.present()?;
    }
    Ok(svg)
}

fn draw(chart: &Chart, area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>) -> Result<()> {
    let (least, most) = chart.limits(|point| point.0);
    let (_, highest) = chart.limits(|point| point.1);
    let mut context = ChartBuilder::on(area)
        .caption(chart.title, ("sans-serif", 15))
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(52)
        .build_cartesian_2d((least..most).log_scale(), 0.0..highest * 1.15)?;
    context.configure_mesh().x_desc(chart.across).light_line_style(TRANSPARENT).draw()?;
    for ((name, points), colour) in chart.lines.iter().zip(COLOURS) {
        let line = LineSeries::new(points.iter().copied(), colour.stroke_width(2)).point_size(3);
        let legend = move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2));
        context.draw_series(line)?.label(*name).legend(legend);
    }
    context
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerLeft)
        .background_style(WHITE.mix(0.8))
        .draw()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_shows_both_lines_and_their_names() {
        let points = || vec![(1.0, 5.0), (1000.0, 4.0)];
        let chart = Chart { title: "rate", across: "size", lines: [("one", points()), ("other", points())] };
        let svg = svg(&[chart]).unwrap();
        for text in ["rate", "size", "one", "other", "<polyline"] {
            assert!(svg.contains(text), "{text}");
        }
    }
}
