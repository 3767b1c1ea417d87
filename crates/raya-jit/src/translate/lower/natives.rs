//! Natives that compiled code does in place: reads of single units of strings.
//!
//! What the fast path does not cover goes to the native itself.

use super::numbers::truncate;
use super::strings::{char_code, one_unit, unit_string};
use crate::error::JitError;
use crate::translate::Translator;
use cranelift_codegen::ir::{InstructionData, Opcode, Value, ValueDef};
use raya_bytecode::{Native, Repr};

/// Calls a native or does what it does; gives a register's value and its kind.
pub(super) fn native(
    t: &mut Translator<'_>,
    native: &'static Native,
    args: &[Value],
) -> Result<(Value, Repr), JitError> {
    match (native.name, args) {
        ("string_char_code_at", &[s, index]) => {
            let n = position(t, index);
            let v = char_code(t, s, n, |t| Ok(t.call_native(native, args)?.0))?;
            Ok((v, Repr::F64))
        }
        ("string_char_at", &[s, index]) => {
            let n = position(t, index);
            let v = unit_string(t, s, n, |t| Ok(t.call_native(native, args)?.0))?;
            Ok((v, Repr::Word))
        }
        ("string_from_char_code", &[unit]) => {
            let n = position(t, unit);
            let v = one_unit(t, n, |t| Ok(t.call_native(native, args)?.0))?;
            Ok((v, Repr::Word))
        }
        _ => t.call_native(native, args),
    }
}

/// A number as a position in a string: without its fraction; negative where it is none.
fn position(t: &mut Translator<'_>, x: Value) -> Value {
    if let ValueDef::Result(inst, _) = t.b.func.dfg.value_def(x)
        && let InstructionData::Unary { opcode, arg } = t.b.func.dfg.insts[inst]
        && opcode == Opcode::FcvtFromSint
    {
        return arg;
    }
    truncate(t, x)
}
