//! Calls, and functions as values.

use super::convert::is_object;
use super::{lowerings, natives};
use crate::error::JitError;
use crate::exits::record::ExitReason;
use crate::snapshot::{FuncFact, Inline, SigFact, take};
use crate::translate::emit::{Region, clif_type};
use crate::translate::{Lowered, Translator, ctx};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I8, I32, I64};
use cranelift_codegen::ir::{Block, InstBuilder, Value};
use raya_bytecode::{FRAME_HEADER, Instr, Native, Receiver};
use raya_runtime::func::FuncInfo;
use raya_runtime::helpers::HelperId as Helper;
use raya_runtime::mem::layout;
use std::mem::offset_of;

lowerings! {
    Call |t, i| {
        let callee = function(t, i.b)?;
        direct(t, i, &callee)?
    };
    CallMethod |t, i| method_call(t, i)?;
    CallSuper |t, i| {
        let method = t.method(i.b)?;
        if let Some(func) = &method.func {
            return direct(t, i, func);
        }
        let Some(entry) = method.super_entry else {
            return Translator::malformed("a super call without an entry");
        };
        let entry = t.address(entry);
        let callee = t.load(I64, Region::Cell, entry, 0);
        let args = t.arguments(i.a + FRAME_HEADER, method.interface.params.len());
        let (done, v) = t.result_block(method.interface.ret);
        t.call_record(callee, &method.interface, &args, done);
        t.enter(done);
        t.set(i.a, v)
    };
    CallClosure |t, i| closure_call(t, i)?;
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
    NativeCall |t, i| {
        let native = Native::by_id(i.b);
        let native = native.ok_or_else(|| JitError::Malformed("no such native".into()))?;
        let args = t.arguments(i.a + 1, native.params.len());
        let (v, repr) = natives::native(t, native, &args)?;
        if repr != t.repr(i.a) {
            return Translator::malformed("a native's result in a register of another kind");
        }
        t.set(i.a, v)
    };
    GetFunction |t, i| {
        let callee = function(t, i.b)?;
        let info = t.address(callee.info);
        let v = t.call_helper(Helper::get_function, &[info]);
        t.set(i.a, v)
    };
    MakeClosure |t, i| make_closure(t, i)?;
    CloneClosure |t, i| {
        let callee = function(t, i.b)?;
        let lender = t.get(i.c);
        let info = t.address(callee.info);
        let v = t.call_helper(Helper::clone_closure, &[lender, info]);
        t.set(i.a, v)
    };
    GetCapture |t, i| {
        let closure = t.get(i.b);
        let ty = clif_type(t.repr(i.a));
        let offset = layout::CLOSURE_CAPTURES + i.c as usize * 8;
        // Captures are never written after the closure is made; a closure that this code
        // made itself must not be read before that.
        let mut flags = t.flags(Region::Capture);
        if t.frames.len() == 1 {
            flags = flags.with_readonly().with_can_move();
        }
        let v = t.b.ins().load(ty, flags, closure, offset as i32);
        t.set(i.a, v)
    };
}

/// A closure: a cell is taken inline and filled.
fn make_closure(t: &mut Translator<'_>, i: Instr) -> Lowered {
    let callee = function(t, i.b)?;
    let n = t.frame().snapshot.module.functions[i.b as usize]
        .captures
        .len();
    let size = layout::CLOSURE_CAPTURES + n * 8;
    if size > raya_heap::MAX_SMALL {
        return Translator::malformed("a closure over more than fits a cell");
    }
    let handle = t.frame().snapshot.closures;
    let info = t.address(callee.info);
    let closure = t.allocate(size, handle, |t| {
        let window = t.window(i.c, n as u16);
        let captures = t.b.ins().iadd_imm_s(window, i64::from(FRAME_HEADER) * 8);
        t.call_helper(Helper::make_closure, &[info, captures])
    });
    for k in 0..n {
        let r = i.c + k as u16;
        let v = t.get(r);
        let repr = t.repr(r);
        let bits = t.as_slot(repr, v);
        let offset = layout::CLOSURE_CAPTURES + k * 8;
        t.store(Region::Capture, bits, closure, offset);
    }
    t.store(Region::Header, info, closure, layout::CLOSURE_FUNC);
    t.set(i.a, closure);
    Ok(())
}

/// A call of a known function.
fn direct(t: &mut Translator<'_>, i: Instr, callee: &FuncFact) -> Lowered {
    let args = t.arguments(i.a + FRAME_HEADER, callee.interface.params.len());
    let v = match planned(t) {
        Some(inline) => {
            let (done, v) = t.result_block(callee.interface.ret);
            let around = t.registers_over_inlined();
            t.inline_body(&inline.targets[0], i.a, &args, done)?;
            t.enter(done);
            t.redefine(around);
            v
        }
        None => t.call_function(callee, &args),
    };
    t.set(i.a, v);
    Ok(())
}

/// What to inline at the current instruction.
pub(super) fn planned<'a>(t: &Translator<'a>) -> Option<&'a Inline> {
    let frame = t.frame();
    frame.snapshot.inlines.get(&frame.pc)
}

/// A virtual call: the observed targets inline, others through the vtable.
fn method_call(t: &mut Translator<'_>, i: Instr) -> Lowered {
    let method = t.method(i.b)?;
    if let Some(func) = &method.func {
        return direct(t, i, func);
    }
    let Some(index) = method.index else {
        let site = t.address(method.site);
        let cache = t.cache_cell();
        windowed(t, i, i.c, Helper::call_method_slow, &[site], &[cache]);
        return Ok(());
    };
    let how = &method.interface;
    let args = t.arguments(i.a + FRAME_HEADER, how.params.len());
    let callee = vtable_entry(t, args[0], index);
    let (done, v) = t.result_block(how.ret);
    match planned(t) {
        Some(inline) => {
            inline_targets(t, i, inline, callee, &args, done, |t, done| {
                t.call_record(callee, how, &args, done);
                Ok(())
            })?;
        }
        None => {
            t.call_record(callee, how, &args, done);
            t.enter(done);
        }
    }
    t.set(i.a, v);
    Ok(())
}

/// The function in an entry of the vtable of an object's type.
fn vtable_entry(t: &mut Translator<'_>, object: Value, index: u32) -> Value {
    let handle = t.load_fixed(I32, object, layout::HEADER_TYPE);
    let handle = t.b.ins().uextend(I64, handle);
    let cx = t.cx;
    let types = t.load_fixed(I64, cx, ctx::TYPES);
    let info = t.b.ins().iadd(types, handle);
    // Patching a method changes the entry, so it is read every time.
    t.load(I64, Region::Cell, info, take::vtable_entry(0, index))
}

/// The bodies of the planned targets, each behind a comparison of `callee`. Another
/// callee leaves, or, where that happened often, goes on in `otherwise`. Ends in `done`.
fn inline_targets<'a>(
    t: &mut Translator<'a>,
    i: Instr,
    inline: &'a Inline,
    callee: Value,
    args: &[Value],
    done: Block,
    otherwise: impl FnOnce(&mut Translator<'a>, Block) -> Lowered,
) -> Lowered {
    let around = t.registers_over_inlined();
    let mut bodies = Vec::new();
    let last = inline.targets.len() - 1;
    let mut general = None;
    for (k, target) in inline.targets.iter().enumerate() {
        let known = t.address(target.info);
        let same = t.b.ins().icmp(IntCC::Equal, callee, known);
        if k == last && !t.is_blocked() {
            t.guard(same, ExitReason::Target);
            let here = t.fresh();
            t.b.ins().jump(here, &[]);
            bodies.push((here, target));
            continue;
        }
        let (body, next) = (t.fresh(), t.fresh());
        t.b.ins().brif(same, body, &[], next, &[]);
        bodies.push((body, target));
        if k == last {
            general = Some(next);
        } else {
            t.enter(next);
        }
    }
    for (body, target) in bodies {
        t.enter(body);
        t.inline_body(target, i.a, args, done)?;
    }
    if let Some(block) = general {
        t.enter(block);
        otherwise(t, done)?;
    }
    t.enter(done);
    t.redefine(around);
    Ok(())
}

/// A call of a function value: a closure of the site's signature is entered directly,
/// everything else is the runtime's business.
fn closure_call(t: &mut Translator<'_>, i: Instr) -> Lowered {
    let sig = t.frame().snapshot.sigs.get(&i.b);
    let sig = sig.ok_or_else(|| JitError::Malformed("signature is not linked".into()))?;
    let how = &sig.interface;
    let args = t.arguments(i.a + FRAME_HEADER, how.params.len());
    let callee = t.load(I64, Region::Header, args[0], layout::CLOSURE_FUNC);
    let (done, v) = t.result_block(how.ret);
    match planned(t) {
        Some(inline) => inline_targets(t, i, inline, callee, &args, done, |t, done| {
            any_closure(t, i, sig, callee, &args, done)
        })?,
        None => {
            any_closure(t, i, sig, callee, &args, done)?;
            t.enter(done);
        }
    }
    t.set(i.a, v);
    Ok(())
}

/// Calls a function value that may be anything.
fn any_closure(
    t: &mut Translator<'_>,
    i: Instr,
    sig: &SigFact,
    callee: Value,
    args: &[Value],
    done: Block,
) -> Lowered {
    let (closure, fits, other, slow) = (t.fresh(), t.fresh(), t.fresh(), t.cold());
    let handle = t.load(I32, Region::Header, args[0], layout::HEADER_TYPE);
    let closures = t.int_const(t.frame().snapshot.closures as i32);
    let is_closure = t.b.ins().icmp(IntCC::Equal, handle, closures);
    t.b.ins().brif(is_closure, closure, &[], other, &[]);

    t.enter(other);
    let (receiver, method) = bound_method(t, args[0], handle, slow);
    let takes_this = t.load(I8, Region::Header, method, offset_of!(FuncInfo, receiver));
    let takes_this = t.compare_imm(IntCC::Equal, takes_this, Receiver::This as i64);
    t.require(takes_this, slow);
    let id = t.load(I32, Region::Header, method, offset_of!(FuncInfo, sig));
    let same = t.compare_imm(IntCC::Equal, id, i64::from(sig.id as i32));
    t.require(same, slow);
    let mut bound = args.to_vec();
    bound[0] = receiver;
    t.call_record(method, &sig.interface, &bound, done);

    t.enter(closure);
    let id = t.load(I32, Region::Header, callee, offset_of!(FuncInfo, sig));
    let same = t.compare_imm(IntCC::Equal, id, i64::from(sig.id as i32));
    t.b.ins().brif(same, fits, &[], slow, &[]);

    t.enter(fits);
    t.call_record(callee, &sig.interface, args, done);

    t.enter(slow);
    let before = std::mem::replace(&mut t.in_cold, true);
    let window = t.window(i.a + FRAME_HEADER, i.c);
    let info = t.address(sig.info);
    let n = t.index_arg(i.c);
    let bits = t.call_helper(Helper::call_closure_slow, &[window, info, n]);
    let v = t.slot_value(sig.interface.ret, bits);
    t.in_cold = before;
    t.b.ins().jump(done, &[v.into()]);
    Ok(())
}

/// Receiver and function of a bound method of a closure; control is in `otherwise` where the
/// object is none.
pub(super) fn bound_method(
    t: &mut Translator<'_>,
    object: Value,
    handle: Value,
    otherwise: Block,
) -> (Value, Value) {
    let bound = i64::from(t.frame().snapshot.known.bound_method as i32);
    let is_bound = t.compare_imm(IntCC::Equal, handle, bound);
    t.require(is_bound, otherwise);
    let func = t.load(I64, Region::Capture, object, layout::RECORD_FIRST + 8);
    let is = is_object(t, func);
    t.require(is, otherwise);
    let handle = t.load(I32, Region::Header, func, layout::HEADER_TYPE);
    let closures = i64::from(t.frame().snapshot.closures as i32);
    let closure = t.compare_imm(IntCC::Equal, handle, closures);
    t.require(closure, otherwise);
    let receiver = t.load(I64, Region::Capture, object, layout::RECORD_FIRST);
    let info = t.load(I64, Region::Header, func, layout::CLOSURE_FUNC);
    (receiver, info)
}

/// The function that an operand names.
pub(super) fn function(t: &Translator<'_>, id: u16) -> Result<FuncFact, JitError> {
    let known = t.frame().snapshot.funcs.get(&id).cloned();
    known.ok_or_else(|| JitError::Malformed(format!("function {id} is not linked")))
}

/// A call through a helper that takes a window: `helper(window, records…, n, rest…)`.
pub(super) fn windowed(
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
    let v = t.slot_value(repr, bits);
    t.set(i.a, v);
}
