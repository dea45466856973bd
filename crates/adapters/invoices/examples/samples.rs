//! Writes the sample invoices into a directory: `samples DIRECTORY`. Or measures: `samples --measure COUNT`.

#[path = "../tests/samples/mod.rs"]
mod samples;

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs};

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
        fs::write(directory.join(format!("{name}.pdf")), renderer.render(&invoice)?)?;
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
        let size = renderer.render(invoice)?.len();
        println!("{name:16} {:6.1} ms, {size:6} bytes", ms(started.elapsed()));
    }
    let (mut pages, mut times) = (0, Vec::with_capacity(count));
    let started = Instant::now();
    for (_, invoice) in samples.iter().cycle().take(count) {
        let begun = Instant::now();
        let pdf = renderer.render(invoice)?;
        times.push(begun.elapsed());
        pages += pdf.windows(11).filter(|bytes| bytes == b"/Type/Page\n" || bytes == b"/Type /Page").count().max(1);
    }
    let all = started.elapsed().as_secs_f64();
    times.sort_unstable();
    let at = |share: usize| ms(times[(times.len() * share / 100).min(times.len() - 1)]);
    println!("{count} invoices in {all:.2} s: {:.0} a second", count as f64 / all);
    println!("median {:.2} ms, 95 % {:.2} ms, longest {:.2} ms; {pages}", at(50), at(95), at(100));
    Ok(())
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
