//! Writes the sample invoices into a directory: `samples DIRECTORY`. Or measures: `samples --measure COUNT`.

#[path = "../tests/samples/mod.rs"]
mod samples;

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs};

use domain::Invoice;
use folio_invoices::PdfInvoices;
use ports::InvoiceRenderer as _;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--measure", count] => measure(count.parse()?),
        [directory] => write(Path::new(directory)),
        _ => Err("usage: samples DIRECTORY | samples --measure COUNT".into()),
    }
}

fn write(directory: &Path) -> Result<(), Box<dyn Error>> {
    let renderer = PdfInvoices::new([])?;
    fs::create_dir_all(directory)?;
    for (name, invoice) in samples::all() {
        fs::write(directory.join(format!("{name}.pdf")), renderer.render(&invoice)?.pdf)?;
    }
    Ok(())
}

/// Renders `count` invoices, the samples in turn, on one core.
fn measure(count: usize) -> Result<(), Box<dyn Error>> {
    let started = Instant::now();
    let renderer = PdfInvoices::new([])?;
    println!("fonts read in {:.1} ms", ms(started.elapsed()));
    let samples = samples::all();
    for (name, invoice) in &samples {
        let started = Instant::now();
        let size = renderer.render(invoice)?.pdf.len();
        println!("{name:16} {:6.1} ms, {size:6} bytes", ms(started.elapsed()));
    }
    let mut times = Vec::with_capacity(count);
    let started = Instant::now();
    for (_, invoice) in samples.iter().cycle().take(count) {
        let begun = Instant::now();
        renderer.render(invoice)?;
        times.push(begun.elapsed());
    }
    let all = ms(started.elapsed());
    times.sort_unstable();
    let at = |share: usize| times.get((times.len() * share / 100).min(times.len().saturating_sub(1))).copied();
    let at = |share| at(share).map(ms).unwrap_or_default();
    println!("median {:.2} ms, 95 % {:.2} ms, longest {:.2} ms", at(50), at(95), at(100));
    let pages = pages(&renderer, &samples, count)?;
    let second = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX)) * 1_000.0 / all;
    println!(
        "{count} invoices, {pages} pages in {all:.0} ms: {:.0} invoices, {:.0} pages a second",
        second(count),
        second(pages)
    );
    Ok(())
}

/// Pages of so many invoices.
fn pages(renderer: &PdfInvoices, samples: &[(&str, Invoice)], count: usize) -> Result<usize, Box<dyn Error>> {
    let mut pages = Vec::new();
    for (_, invoice) in samples {
        pages.push(renderer.render(invoice)?.pages);
    }
    Ok(pages.iter().cycle().take(count).sum())
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
