//! Moves, constants and module variables.

use super::lowerings;
use crate::error::JitError;
use crate::exits::record::ExitReason;
use crate::translate::emit::{Region, clif_type};
use crate::translate::{Lowered, Translator, ctx};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{F64, I8, I64};
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value};
use raya_bytecode::{Const, GlobalId, Instr, Repr};
use raya_runtime::helpers::HelperId as Helper;
use raya_runtime::mem::value;

lowerings! {
    Mov |t, i| {
        let (from, to) = (t.frame().var_type(i.b), t.frame().var_type(i.a));
        if from == to {
            let v = t.raw(i.b);
            t.define(i.a, v)
        } else {
            let v = t.get(i.b);
            t.set(i.a, v)
        }
    };
    LoadI32 |t, i| {
        let v = t.int_const(i32::from(i.b as i16));
        t.set(i.a, v)
    };
    LoadI32K |t, i| {
        let n = int_constant(t, i.b)?;
        let v = t.int_const(n);
        t.set(i.a, v)
    };
    LoadF64 |t, i| {
        let v = double_constant(t, i.b)?;
        t.set(i.a, v)
    };
    LoadF64I |t, i| {
        let v = t.double_const(f64::from(i.b as i16));
        t.set(i.a, v)
    };
    LoadBool |t, i| {
        let v = t.b.ins().iconst(I8, i64::from(i.b & 1));
        t.set(i.a, v)
    };
    LoadConst |t, i| {
        let word = word_constant(t, i.b)?;
        let v = t.word_const(word);
        t.set(i.a, v)
    };
    LoadNull |t, i| {
        let v = t.word_const(value::NULL);
        t.set(i.a, v)
    };
    LoadUnset |t, i| {
        let v = match t.repr(i.a) {
            Repr::F64 => t.double_const(f64::from_bits(value::UNSET_F64)),
            Repr::I32 | Repr::Bool => t.word_const(value::UNSET_I32),
            Repr::Word => t.word_const(value::UNSET),
        };
        t.define(i.a, v)
    };
    CheckSet |t, i| {
        let v = t.raw(i.a);
        let repr = t.repr(i.a);
        if let Some(set) = is_set(t, repr, v) {
            let name = t.name(i.b)?;
            t.guard_or_throw(set, ExitReason::Unset, Helper::throw_unset, &[name])
        }
    };
    GetGlobal |t, i| {
        let (base, offset, region) = global(t, i.b);
        let ty = clif_type(t.repr(i.a));
        let v = t.load(ty, region, base, offset);
        t.set(i.a, v)
    };
    GetGlobalChecked |t, i| {
        let (base, offset, region) = global(t, i.b);
        let repr = t.repr(i.a);
        let bits = t.load(I64, region, base, offset);
        let raw = if repr == Repr::F64 {
            t.b.ins().bitcast(F64, MemFlagsData::new(), bits)
        } else {
            bits
        };
        if let Some(set) = is_set(t, repr, raw) {
            t.guard(set, ExitReason::Unset)
        }
        let v = t.slot_value(repr, bits);
        t.set(i.a, v)
    };
    SetGlobal |t, i| {
        let (base, offset, region) = global(t, i.b);
        let v = t.get(i.a);
        let repr = t.repr(i.a);
        let bits = t.as_slot(repr, v);
        t.store(region, bits, base, offset)
    };
    Nop |_t, _i| {};
}

/// Base, offset and region of a module variable.
fn global(t: &mut Translator<'_>, id: u16) -> (Value, usize, Region) {
    let index = t.frame().snapshot.first_global + u32::from(GlobalId(id).0);
    t.global_slot(index)
}

impl Translator<'_> {
    /// Base, offset and region of a global slot. The slots are precise roots, so a store
    /// needs no barrier.
    pub(super) fn global_slot(&mut self, index: u32) -> (Value, usize, Region) {
        let cx = self.cx;
        let base = self.load_fixed(I64, cx, ctx::GLOBALS);
        (base, index as usize * 8, Region::Global(index))
    }
}

/// Whether a variable at full width is set; `None` when it always is.
fn is_set(t: &mut Translator<'_>, repr: Repr, raw: Value) -> Option<Value> {
    let ty = t.b.func.dfg.value_type(raw);
    Some(match repr {
        Repr::F64 => {
            let bits = t.b.ins().bitcast(I64, MemFlagsData::new(), raw);
            let unset = t.word_const(value::UNSET_F64);
            t.b.ins().icmp(IntCC::NotEqual, bits, unset)
        }
        Repr::I32 | Repr::Bool if ty != I64 => return None,
        Repr::I32 | Repr::Bool => {
            let unset = t.word_const(value::UNSET_I32);
            t.b.ins().icmp(IntCC::NotEqual, raw, unset)
        }
        Repr::Word => t.compare_imm(IntCC::NotEqual, raw, value::UNSET as i64),
    })
}

/// The double constant `k` as a value.
pub(super) fn double_constant(t: &mut Translator<'_>, k: u16) -> Result<Value, JitError> {
    match t.frame().snapshot.module.consts.get(k as usize) {
        Some(Const::F64(bits)) => {
            let x = f64::from_bits(*bits);
            Ok(t.double_const(x))
        }
        _ => Err(JitError::Malformed(format!("constant {k} is no double"))),
    }
}

fn int_constant(t: &Translator<'_>, k: u16) -> Result<i32, JitError> {
    match t.frame().snapshot.module.consts.get(k as usize) {
        Some(Const::I32(n)) => Ok(*n),
        _ => Err(JitError::Malformed(format!("constant {k} is no int"))),
    }
}

fn word_constant(t: &Translator<'_>, k: u16) -> Result<u64, JitError> {
    let known = t.frame().snapshot.consts.get(&k).copied();
    known.ok_or_else(|| JitError::Malformed(format!("constant {k} has no word")))
}

/// A 32-bit immediate operand.
pub(super) fn immediate(n: u16) -> i32 {
    i32::from(n as i16)
}
