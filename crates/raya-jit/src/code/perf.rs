//! The map that `perf` reads to name compiled code, written on request.

use std::fs::{File, OpenOptions};
use std::io::Write;

/// An open map. Errors only end the writing: profiling is no reason to stop a program.
#[derive(Debug)]
pub struct PerfMap {
    file: Option<File>,
}

impl PerfMap {
    /// Opens the map of this process.
    pub fn open() -> PerfMap {
        let path = format!("/tmp/perf-{}.map", std::process::id());
        let file = OpenOptions::new().create(true).append(true).open(path);
        PerfMap { file: file.ok() }
    }

    /// Adds a range.
    pub fn add(&mut self, start: usize, len: usize, name: &str) {
        if let Some(file) = &mut self.file
            && writeln!(file, "{start:x} {len:x} {name}").is_err()
        {
            self.file = None;
        }
    }
}
