//! One lowering per opcode.
//!
//! [`lower`] is expanded from the opcode list: each opcode has a function of its name
//! in one of the modules below, so an opcode without a lowering does not compile.
//! A fast path is emitted inline; behind it is always the runtime's helper.

mod any;
mod any_calls;
mod arrays;
mod attr_calls;
mod attrs;
mod compare;
mod control;
mod convert;
mod functions;
mod items;
mod iterate;
mod members;
mod memo;
mod moves;
mod natives;
mod numbers;
mod objects;
mod slot_calls;
mod strings;
mod types;

pub(super) use attrs::is_length_read;
pub(super) use convert::{box_double, known_double, known_int, require_double};
pub(super) use numbers::integer;

use super::{Lowered, Translator};
use raya_bytecode::{Instr, Op, for_each_op};

use {
    any::*, any_calls::*, arrays::*, attrs::*, compare::*, control::*, convert::*, functions::*,
    items::*, iterate::*, members::*, moves::*, numbers::*, objects::*, strings::*, types::*,
};

macro_rules! dispatch {
    ($($name:ident = $num:literal, [$a:ident, $b:ident, $c:ident], [$($flag:ident),*], $doc:literal;)*) => {
        /// Lowers one instruction.
        pub(super) fn lower(t: &mut Translator<'_>, ins: Instr) -> Lowered {
            match ins.op {
                $(Op::$name => $name(t, ins),)*
            }
        }
    };
}
for_each_op!(dispatch);

/// Defines lowerings: `Name |t, ins| body;`, where the body ends in nothing.
macro_rules! lowerings {
    ($($name:ident |$t:ident, $i:ident| $body:expr;)*) => {$(
        #[allow(non_snake_case)]
        pub(super) fn $name($t: &mut Translator<'_>, $i: Instr) -> Lowered {
            $body;
            Ok(())
        }
    )*};
}
use lowerings;
