//! The world outside of a program: output streams, arguments, exit status, random
//! numbers, and what the console remembers between calls.
//!
//! Owns buffering. Knows no values. One host belongs to one engine; embedders replace
//! its streams and arguments.
//!
//! Invariant: what a program wrote to standard output before it wrote to standard error
//! or ended reaches its stream first; a stream that fails is given up quietly.

use std::collections::HashMap;
use std::io::{self, IsTerminal, Write};
use std::time::Instant;

/// Buffered bytes at which standard output is written.
const FLUSH_AT: usize = 32 << 10;

/// Why a program ended early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// `process.exit(code)`.
    Exit(i32),
    /// Something that must not happen, or no memory even for an error.
    Internal(String),
    /// The time limit passed.
    Timeout,
}

/// The world outside of an engine's programs. See the module's header.
pub struct Host {
    /// Standard output.
    pub out: Output,
    /// Standard error, not buffered.
    pub err: Output,
    /// `process.argv`.
    pub args: Vec<String>,
    /// Exit status of a normal end: `process.exitCode`.
    pub exit_code: i32,
    /// Why the program ended, when that was early.
    pub end: Option<End>,
    /// State of `Math.random`.
    pub random: Random,
    /// State of the console.
    pub console: Console,
}

impl Default for Host {
    /// The process's own streams; no arguments.
    fn default() -> Self {
        let out = if io::stdout().is_terminal() {
            Output::new(io::stdout(), 0)
        } else {
            Output::new(io::stdout(), FLUSH_AT)
        };
        Host {
            out,
            err: Output::new(io::stderr(), 0),
            args: Vec::new(),
            exit_code: 0,
            end: None,
            random: Random::from_entropy(),
            console: Console::default(),
        }
    }
}

impl Host {
    /// Replaces the output streams.
    pub fn set_streams(&mut self, out: Box<dyn Write>, err: Box<dyn Write>) {
        self.out = Output::new(out, FLUSH_AT);
        self.err = Output::new(err, 0);
    }

    /// Writes one line to standard output, indented by the open groups; `write` appends
    /// the text.
    pub fn print_line(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.out.line(&self.console.indent, write);
    }

    /// Writes one line to standard error, after what is buffered for standard output.
    pub fn print_error_line(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.out.flush();
        self.err.line(&self.console.indent, write);
    }

    /// Writes what is buffered.
    pub fn flush(&mut self) {
        self.out.flush();
        self.err.flush();
    }
}

/// A stream and the bytes that wait to be written to it.
pub struct Output {
    buffer: Vec<u8>,
    /// Buffered bytes at which they are written; 0 writes after every line.
    flush_at: usize,
    sink: Option<Box<dyn Write>>,
}

impl Output {
    /// A stream that is written when `flush_at` bytes wait, or after every line for 0.
    pub fn new(sink: impl Write + 'static, flush_at: usize) -> Output {
        Output {
            buffer: Vec::new(),
            flush_at,
            sink: Some(Box::new(sink)),
        }
    }

    /// Appends a line. Every line of the text starts with `indent`.
    fn line(&mut self, indent: &str, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.buffer.len();
        self.buffer.extend_from_slice(indent.as_bytes());
        write(&mut self.buffer);
        if !indent.is_empty() && self.buffer[start..].contains(&b'\n') {
            let text = self.buffer.split_off(start);
            for (i, line) in text.split(|&b| b == b'\n').enumerate() {
                if i > 0 {
                    self.buffer.push(b'\n');
                    self.buffer.extend_from_slice(indent.as_bytes());
                }
                self.buffer.extend_from_slice(line);
            }
        }
        self.buffer.push(b'\n');
        self.written();
    }

    /// Appends bytes as they are.
    pub fn write(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
        self.written();
    }

    #[inline]
    fn written(&mut self) {
        if self.buffer.len() >= self.flush_at {
            self.flush();
        }
    }

    /// Writes what waits. A stream that refuses (a closed pipe) gets nothing any more.
    #[cold]
    pub fn flush(&mut self) {
        if let Some(sink) = &mut self.sink {
            let done = sink.write_all(&self.buffer).and_then(|()| sink.flush());
            if done.is_err() {
                self.sink = None;
            }
        }
        self.buffer.clear();
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        self.flush();
    }
}

/// What the console remembers.
#[derive(Debug, Default)]
pub struct Console {
    /// Spaces before every line: two for each open group.
    pub indent: String,
    /// Calls of `console.count` by label.
    pub counts: HashMap<String, u32>,
    /// Running timers by label.
    pub timers: HashMap<String, Instant>,
}

/// Pseudo-random numbers: xoshiro256++.
#[derive(Clone, Debug)]
pub struct Random([u64; 4]);

impl Random {
    /// A generator whose numbers follow from `seed`.
    pub fn from_seed(seed: u64) -> Random {
        let mut state = seed;
        // SplitMix64 spreads the seed over the state, which must not be all zeros.
        Random([(); 4].map(|()| {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = state;
            z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ z >> 31
        }))
    }

    /// A generator that nobody can foresee.
    pub fn from_entropy() -> Random {
        use std::hash::{BuildHasher, RandomState};
        Random::from_seed(RandomState::new().hash_one(0))
    }

    /// The next number in [0, 1), a multiple of 2⁻⁵³.
    pub fn next_f64(&mut self) -> f64 {
        let s = &mut self.0;
        let bits = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        (bits >> 11) as f64 * 2f64.powi(-53)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::rc::Rc;

    #[derive(Clone, Default)]
    struct Shared(Rc<RefCell<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }

    #[test]
    fn standard_error_comes_after_buffered_output() {
        let seen = Shared::default();
        let mut host = Host {
            out: Output::new(seen.clone(), 1 << 10),
            err: Output::new(seen.clone(), 0),
            ..Host::default()
        };
        host.print_line(|b| b.extend_from_slice(b"one"));
        assert!(seen.0.borrow().is_empty());
        host.console.indent.push_str("  ");
        host.print_error_line(|b| b.extend_from_slice(b"two\nthree"));
        host.print_line(|b| b.extend_from_slice(b"four"));
        drop(host);
        assert_eq!(&seen.0.borrow()[..], b"one\n  two\n  three\n  four\n");
    }

    #[test]
    fn a_closed_pipe_is_given_up() {
        let mut out = Output::new(Closed, 0);
        out.write(b"lost");
        out.write(b"lost too");
        assert!(out.buffer.is_empty() && out.sink.is_none());
    }

    #[test]
    fn random_numbers_spread_over_the_unit_interval() {
        let mut random = Random::from_seed(7);
        let all: Vec<f64> = (0..4000).map(|_| random.next_f64()).collect();
        assert!(all.iter().all(|x| (0.0..1.0).contains(x)));
        for tenth in 0..10 {
            let n = all.iter().filter(|&&x| (x * 10.0) as u32 == tenth).count();
            assert!((300..500).contains(&n), "{n} in tenth {tenth}");
        }
    }
}
