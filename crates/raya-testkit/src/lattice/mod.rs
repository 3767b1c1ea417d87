//! Random class lattices, as Raya and as Python: several bases, cooperative methods,
//! descriptors, operators, classes that change while they are used.
//!
//! Python is the oracle: each program must print in every mode what `python3` prints. As for
//! the other generator, a program is a function of a list of choices, so that a failing one
//! can be made smaller.

mod classes;
mod probes;
mod special;
pub mod text;

use crate::generate::Choices;
use crate::twin_programs::Kind;
use text::{PYTHON_HEAD, Pair, RAYA_HEAD};

/// Programs of random class lattices.
pub const KIND: Kind = Kind {
    name: "lattice",
    program,
};

fn program(list: &[u32]) -> Pair {
    let mut choices = Choices::new(list);
    let mut out = Pair {
        python: PYTHON_HEAD.to_owned(),
        raya: RAYA_HEAD.to_owned(),
        ..Pair::default()
    };
    let lattice = classes::Lattice::build(&mut choices, &mut out);
    probes::add(&lattice, &mut choices, &mut out);
    out
}
