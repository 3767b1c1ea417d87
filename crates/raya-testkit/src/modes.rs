//! The modes that every program runs in.
//!
//! One program must give the same bytes in all of them; a difference is a bug of the
//! tier, of the exits, of the invalidation or of the collector, named by the mode.

/// A way to run a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode {
    /// How failures name it.
    pub name: &'static str,
    /// What it adds to the command line.
    pub flags: &'static [&'static str],
}

/// Every mode; the first is the reference that the others are compared with.
pub const ALL: &[Mode] = &[
    Mode {
        name: "interpreter",
        flags: &["--no-jit", "--verify-bytecode"],
    },
    Mode {
        name: "threshold-0",
        flags: &["--jit-threshold", "0", "--jit-strict"],
    },
    Mode {
        name: "sync",
        flags: &["--jit-sync", "--jit-threshold", "2"],
    },
    Mode {
        name: "exits",
        flags: &["--jit-sync", "--jit-threshold", "2", "--exit-every", "7"],
    },
    Mode {
        name: "invalidations",
        flags: &[
            "--jit-sync",
            "--jit-threshold",
            "2",
            "--invalidate-every",
            "5",
        ],
    },
    Mode {
        name: "gc-stress",
        flags: &["--jit-threshold", "0", "--gc-stress", "13"],
    },
];

/// The modes whose names are in a comma-separated list.
///
/// # Errors
/// Names the first unknown one.
pub fn parse(list: &str) -> Result<Vec<Mode>, String> {
    list.split(',')
        .map(|name| {
            ALL.iter()
                .find(|mode| mode.name == name)
                .copied()
                .ok_or_else(|| {
                    let known: Vec<_> = ALL.iter().map(|mode| mode.name).collect();
                    format!("unknown mode {name:?}; there are {}", known.join(", "))
                })
        })
        .collect()
}
