//! Random changes of classes whose code is hot, as Raya and as Python.
//!
//! A program declares a few classes with typed members, asks their instances for everything in
//! typed and in untyped functions until those are compiled, and then changes a class or an
//! instance and asks again, several times over: methods, special methods, accessors, static
//! members, constructors, attributes of instances, descriptors over declared fields, attribute
//! hooks, classes that come later.

mod changes;
mod classes;
mod questions;

use crate::generate::Choices;
use crate::lattice::text::Pair;
use crate::twin_programs::Kind;

/// Programs that patch classes.
pub const KIND: Kind = Kind {
    name: "patches",
    program,
};

/// The most changes of a program.
const MOST_CHANGES: usize = 7;

fn program(list: &[u32]) -> Pair {
    let mut c = Choices::new(list);
    let mut out = Pair {
        python: classes::PYTHON_HEAD.to_owned(),
        raya: classes::RAYA_HEAD.to_owned(),
        ..Pair::default()
    };
    let mut world = classes::World::build(&mut c, &mut out);
    questions::declare(&mut out);
    world.instances(&mut out);
    questions::ask_all(&world, "start", &mut out);
    for number in 0..1 + c.below(MOST_CHANGES) {
        changes::change(&mut world, number, &mut c, &mut out);
        questions::ask_all(&world, &format!("after {number}"), &mut out);
    }
    out
}
