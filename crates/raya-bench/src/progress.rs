//! A progress bar on standard error, where that is a terminal.

use std::io::{IsTerminal, Write};

const WIDTH: usize = 30;

/// How many runs are done.
pub struct Progress {
    done: usize,
    total: usize,
    visible: bool,
}

impl Progress {
    /// A bar of so many runs.
    pub fn new(total: usize) -> Self {
        Self {
            done: 0,
            total,
            visible: std::io::stderr().is_terminal(),
        }
    }

    /// Shows what is being run now, and counts it.
    pub fn show(&mut self, what: &str) {
        if self.visible {
            let filled = WIDTH * self.done / self.total.max(1);
            let bar = "█".repeat(filled) + &"░".repeat(WIDTH - filled);
            self.draw(&format!("{bar} {}/{} {what}", self.done, self.total));
        }
        self.done += 1;
    }

    /// Counts runs that do not take place.
    pub fn skip(&mut self, runs: usize) {
        self.done += runs;
    }

    /// Removes the bar.
    pub fn finish(&self) {
        if self.visible {
            self.draw("");
        }
    }

    fn draw(&self, text: &str) {
        let mut err = std::io::stderr().lock();
        // A bar that cannot be drawn is no reason to stop.
        let _ = write!(err, "\r\x1b[K{text}").and_then(|()| err.flush());
    }
}
