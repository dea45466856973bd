//! What was aimed at, and whether it was reached.

use super::naive::Naive;
use super::store::Figures;
use super::work::LINES;

/// A goal, and what each store came to.
pub(super) struct Goal {
    pub(super) what: String,
    pub(super) reached: [String; 2],
}

/// Every goal that a bench of this size can speak about.
pub(super) fn all(naive: &Naive, sqlite: &Figures, postgres: &Figures) -> Vec<Goal> {
    let stores = [sqlite, postgres];
    let at_least = |what: &str, least: [f64; 2], of: &dyn Fn(&Figures) -> f64| Goal {
        what: what.to_owned(),
        reached: std::array::from_fn(|store| verdict(of(stores[store]), "×", of(stores[store]) >= least[store])),
    };
    vec![
        at_least("usage, uniform ≥ 5 × naive uniform", [5.0; 2], &|store| store.uniform.rate() / naive.uniform.rate),
        at_least("usage, hot ≥ 20 × naive hot", [20.0; 2], &|store| store.hot.rate() / naive.hot.rate),
        at_least("hot ≥ 0.8 × uniform", [0.8; 2], &|store| store.hot.rate() / store.uniform.rate()),
        at_least("uniform ≥ 0.7 × (SQLite), 0.5 × (Postgres) the HTTP floor", [0.7, 0.5], &|store| {
            store.uniform.rate() / store.floor.rate()
        }),
        at_least("hold + capture pairs ≥ 0.45 × uniform", [0.45; 2], &|store| {
            store.pairs.rate() / store.uniform.rate()
        }),
        at_least("batch lines ≥ 4 × uniform", [4.0; 2], &|store| lines(store) / store.uniform.rate()),
        Goal {
            what: "p99 ≤ 5 × p50, uniform".to_owned(),
            reached: stores.map(|store| {
                let ratio = store.uniform.percentile(99).as_secs_f64() / store.uniform.percentile(50).as_secs_f64();
                verdict(ratio, "×", ratio <= 5.0)
            }),
        },
        Goal {
            what: "`ledger verify` ≥ 500 000 entries/s".to_owned(),
            reached: stores.map(|store| verdict(store.verified / 1e3, " thousand/s", store.verified >= 500e3)),
        },
        Goal {
            what: "under 200 MB resident".to_owned(),
            reached: stores.map(|store| verdict(megabytes(store.peak_memory), " MB", store.peak_memory < 200_000_000)),
        },
    ]
}

/// Lines of batches a second.
#[expect(clippy::cast_precision_loss, reason = "a figure of a bench")]
pub(super) fn lines(store: &Figures) -> f64 {
    store.batches.rate() * LINES as f64
}

#[expect(clippy::cast_precision_loss, reason = "a figure of a bench")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn verdict(value: f64, unit: &str, met: bool) -> String {
    let value = if value >= 10.0 { format!("{value:.0}") } else { format!("{value:.2}") };
    format!("{value}{unit}, {}", if met { "met" } else { "not met" })
}
