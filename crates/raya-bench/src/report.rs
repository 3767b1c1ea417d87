//! The tables.

use crate::engine::Engine;
use crate::size::Size;
use crate::stats::{geometric_mean, median, spread};
use crate::{Sample, Series};

/// One program's samples.
#[derive(Clone, Debug)]
pub struct Row {
    pub name: String,
    pub series: Vec<Series>,
}

/// Median time in milliseconds.
pub fn time(samples: &[Sample]) -> f64 {
    median(&times(samples))
}

/// All times in milliseconds.
pub fn times(samples: &[Sample]) -> Vec<f64> {
    samples
        .iter()
        .map(|sample| sample.time.as_secs_f64() * 1e3)
        .collect()
}

/// Largest peak memory in bytes.
pub fn peak(samples: &[Sample]) -> u64 {
    samples.iter().map(|sample| sample.peak).max().unwrap_or(0)
}

/// A table of medians with spreads and peak memory, and ours in relation to each peer.
pub fn table(size: Size, rows: &[Row]) -> String {
    let Some(engines) = rows
        .iter()
        .map(|row| {
            row.series
                .iter()
                .map(|series| series.engine)
                .collect::<Vec<_>>()
        })
        .max_by_key(Vec::len)
    else {
        return String::new();
    };
    // The first engine is the one that is measured.
    let peers: Vec<Engine> = engines.iter().copied().skip(1).collect();
    let mut lines = vec![header(size, &engines, &peers)];
    let mut ratios: Vec<Vec<f64>> = vec![Vec::new(); peers.len()];
    for row in rows {
        lines.push(line(row, &engines, &peers, &mut ratios));
    }
    if rows.len() > 1 {
        let mut last = vec!["geometric mean".to_owned()];
        last.extend(engines.iter().flat_map(|_| [String::new(), String::new()]));
        for ratios in &ratios {
            last.push(
                geometric_mean(ratios)
                    .map(|mean| format!("{mean:.2}"))
                    .unwrap_or_default(),
            );
        }
        lines.push(last);
    }
    align(&lines)
}

fn header(size: Size, engines: &[Engine], peers: &[Engine]) -> Vec<String> {
    let mut cells = vec![format!("{} size", size.name())];
    for engine in engines {
        cells.push(format!("{}, ms", engine.name()));
        cells.push("MB".to_owned());
    }
    cells.extend(peers.iter().map(|peer| format!("/ {}", peer.name())));
    cells
}

fn line(row: &Row, engines: &[Engine], peers: &[Engine], ratios: &mut [Vec<f64>]) -> Vec<String> {
    let find = |engine: Engine| row.series.iter().find(|series| series.engine == engine);
    let mut cells = vec![row.name.clone()];
    for &engine in engines {
        match find(engine) {
            Some(series) => {
                let spread = spread(&times(&series.samples)) * 100.0;
                cells.push(format!("{:.0} ±{spread:.0}%", time(&series.samples)));
                cells.push(format!("{:.0}", peak(&series.samples) as f64 / 1e6));
            }
            None => cells.extend(["-".to_owned(), "-".to_owned()]),
        }
    }
    let ours = engines.first().and_then(|engine| find(*engine));
    for (&peer, ratios) in peers.iter().zip(ratios) {
        match (ours, find(peer)) {
            (Some(ours), Some(theirs)) => {
                let ratio = time(&ours.samples) / time(&theirs.samples).max(f64::MIN_POSITIVE);
                ratios.push(ratio);
                cells.push(format!("{ratio:.2}"));
            }
            _ => cells.push("-".to_owned()),
        }
    }
    cells
}

/// Columns of equal width, the first to the left, the others to the right.
fn align(lines: &[Vec<String>]) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            let widest = lines
                .iter()
                .filter_map(|line| line.get(column))
                .map(|cell| cell.chars().count());
            widest.max().unwrap_or(0)
        })
        .collect();
    let mut out = String::new();
    for line in lines {
        for (column, (cell, &width)) in line.iter().zip(&widths).enumerate() {
            let padding = " ".repeat(width - cell.chars().count());
            if column == 0 {
                out.push_str(cell);
                out.push_str(&padding);
            } else {
                out.push_str("  ");
                out.push_str(&padding);
                out.push_str(cell);
            }
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn series(engine: Engine, milliseconds: &[u64]) -> Series {
        let samples = milliseconds.iter().map(|&ms| Sample {
            time: Duration::from_millis(ms),
            peak: 5_000_000,
            output: Vec::new(),
        });
        Series {
            engine,
            samples: samples.collect(),
        }
    }

    #[test]
    fn shows_ratios_and_their_mean() {
        let rows = [
            Row {
                name: "a".to_owned(),
                series: vec![
                    series(Engine::Jit, &[100, 90, 110]),
                    series(Engine::Node, &[200, 200, 200]),
                ],
            },
            Row {
                name: "bb".to_owned(),
                series: vec![series(Engine::Jit, &[400]), series(Engine::Node, &[200])],
            },
        ];
        let text = table(Size::Full, &rows);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "full size       raya, ms  MB  node, ms  MB  / node"
        );
        assert_eq!(
            lines[1],
            "a               100 ±20%   5   200 ±0%   5    0.50"
        );
        assert_eq!(
            lines[2],
            "bb               400 ±0%   5   200 ±0%   5    2.00"
        );
        assert_eq!(
            lines[3],
            "geometric mean                                1.00"
        );
    }
}
