//! Calls, and functions as values.

use super::lowerings;
use crate::error::JitError;
use crate::helpers::Helper;
use crate::snapshot::FuncFact;
use crate::translate::emit::{Region, clif_type};
use crate::translate::{Lowered, Translator};
use cranelift_codegen::ir::{InstBuilder, Value};
use raya_bytecode::{FRAME_HEADER, Instr};
use raya_runtime::mem::layout;

lowerings! {
    Call |t, i| {
        let callee = function(t, i.b)?;
        let args = t.arguments(i.a + FRAME_HEADER, callee.interface.params.len());
        let v = t.call_function(&callee, &args);
        t.set(i.a, v)
    };
    CallMethod |t, i| {
        let method = record(t, Table::Methods, i.b)?;
        let cache = t.cache_cell();
        windowed(t, i, i.c, Helper::call_method_slow, &[method], &[cache])
    };
    CallSuper |t, i| {
        let method = record(t, Table::Methods, i.b)?;
        let none = t.word_const(0);
        windowed(t, i, i.c, Helper::call_method_slow, &[method], &[none])
    };
    CallClosure |t, i| {
        let sig = record(t, Table::Sigs, i.b)?;
        windowed(t, i, i.c, Helper::call_closure_slow, &[sig], &[])
    };
    CallProp |t, i| {
        let prop = record(t, Table::Props, i.b)?;
        let cache = t.cache_cell();
        windowed(t, i, i.c, Helper::call_prop, &[prop], &[cache])
    };
    CallAny |t, i| {
        let window = t.window(i.a + FRAME_HEADER, i.b + 1);
        let n = t.index_arg(i.b);
        let v = t.call_helper(Helper::call_any, &[window, n]);
        t.set(i.a, v)
    };
    NewAny |t, i| {
        let window = t.window(i.a + FRAME_HEADER, i.b + 1);
        let n = t.index_arg(i.b);
        let v = t.call_helper(Helper::new_any, &[window, n]);
        t.set(i.a, v)
    };
    CallSpread |t, i| {
        let window = t.window(i.a + FRAME_HEADER, 2);
        let v = t.call_helper(Helper::call_spread, &[window]);
        t.set(i.a, v)
    };
    NewSpread |t, i| {
        let window = t.window(i.a + FRAME_HEADER, 2);
        let v = t.call_helper(Helper::new_spread, &[window]);
        t.set(i.a, v)
    };
    CallAnyMethod |t, i| {
        let window = t.window(i.a + FRAME_HEADER, i.c + 1);
        let name = t.name(i.b)?;
        let n = t.index_arg(i.c);
        let cache = t.cache_cell();
        let v = t.call_helper(Helper::call_any_method, &[window, name, n, cache]);
        t.set(i.a, v)
    };
    NativeCall |t, i| {
        let window = t.window(i.a + 1, i.c);
        let args = t.b.ins().iadd_imm_s(window, i64::from(FRAME_HEADER) * 8);
        let id = t.index_arg(i.b);
        let n = t.index_arg(i.c);
        let bits = t.call_helper(Helper::native_call, &[args, id, n]);
        let repr = t.repr(i.a);
        let v = t.from_slot(repr, bits);
        t.set(i.a, v)
    };
    GetFunction |t, i| {
        let callee = function(t, i.b)?;
        let info = t.address(callee.info);
        let v = t.call_helper(Helper::get_function, &[info]);
        t.set(i.a, v)
    };
    MakeClosure |t, i| {
        let callee = function(t, i.b)?;
        let n = t.frame().snapshot.module.functions[i.b as usize].captures.len();
        let window = t.window(i.c, n as u16);
        let captures = t.b.ins().iadd_imm_s(window, i64::from(FRAME_HEADER) * 8);
        let info = t.address(callee.info);
        let v = t.call_helper(Helper::make_closure, &[info, captures]);
        t.set(i.a, v)
    };
    GetCapture |t, i| {
        let closure = t.get(i.b);
        let ty = clif_type(t.repr(i.a));
        let offset = layout::CLOSURE_CAPTURES + i.c as usize * 8;
        // Captures are never written after the closure is made.
        let flags = t.flags(Region::Capture).with_readonly().with_can_move();
        let v = t.b.ins().load(ty, flags, closure, offset as i32);
        t.set(i.a, v)
    };
}

/// A table of a module whose records only helpers read.
#[derive(Clone, Copy)]
pub(super) enum Table {
    Methods,
    Props,
    Sigs,
}

/// The address of a linked record.
pub(super) fn record(t: &mut Translator<'_>, table: Table, id: u16) -> Result<Value, JitError> {
    let snapshot = t.frame().snapshot;
    let records = match table {
        Table::Methods => &snapshot.methods,
        Table::Props => &snapshot.props,
        Table::Sigs => &snapshot.sigs,
    };
    match records.get(&id) {
        Some(&addr) => Ok(t.address(addr)),
        None => Err(JitError::Malformed(format!("record {id} is not linked"))),
    }
}

/// The function that an operand names.
pub(super) fn function(t: &Translator<'_>, id: u16) -> Result<FuncFact, JitError> {
    let known = t.frame().snapshot.funcs.get(&id).cloned();
    known.ok_or_else(|| JitError::Malformed(format!("function {id} is not linked")))
}

/// A call through a helper that takes a window: `helper(window, records…, n, rest…)`.
fn windowed(
    t: &mut Translator<'_>,
    i: Instr,
    count: u16,
    helper: Helper,
    records: &[Value],
    rest: &[Value],
) {
    let window = t.window(i.a + FRAME_HEADER, count);
    let n = t.index_arg(count);
    let mut args = vec![window];
    args.extend_from_slice(records);
    args.push(n);
    args.extend_from_slice(rest);
    let bits = t.call_helper(helper, &args);
    let repr = t.repr(i.a);
    let v = t.from_slot(repr, bits);
    t.set(i.a, v);
}
