//! Calls on `any` and of members of structural types.
//!
//! A method that was observed at the site is entered like a known function, or inlined,
//! behind a look at the receiver. Another one is looked up in the engine's memo and entered
//! when it takes and gives plain words. Everything else is the runtime's business.

use super::arrays::store_element;
use super::convert::{box_bool, box_double, box_int, is_object, unbox_double};
use super::functions::{bound_method, planned, windowed};
use super::members::property;
use super::slot_calls::construct_known;
use super::{lowerings, memo};
use crate::error::JitError;
use crate::snapshot::{AnyMethodFact, Interface, ParamFact};
use crate::translate::emit::Region;
use crate::translate::{Lowered, Translator};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{F64, I8, I32, I64};
use cranelift_codegen::ir::{Block, InstBuilder, Value};
use raya_bytecode::{FRAME_HEADER, Instr, Op, Receiver, Repr};
use raya_runtime::caches::{MEMO_PLACES, Remembered, SiteQuestion, memo_of_name};
use raya_runtime::desc::DescKind;
use raya_runtime::func::{FuncInfo, boxed_form};
use raya_runtime::helpers::HelperId as Helper;
use raya_runtime::mem::layout::ElemKind;
use raya_runtime::mem::{layout, value};
use std::mem::offset_of;

lowerings! {
    CallProp |t, i| call_prop(t, i)?;
    CallAny |t, i| call_any(t, i)?;
    CallAnyMethod |t, i| call_any_method(t, i)?;
    NewAny |t, i| new_any(t, i);
}

/// A call of a function that takes and gives `n` words beside its hidden argument.
pub(super) fn words(n: usize) -> Interface {
    Interface {
        params: vec![Repr::Word; n + 1],
        ret: Repr::Word,
    }
}

/// Goes on where the function at `info` takes and gives words alone; control is in
/// `otherwise` where it does not.
pub(super) fn require_words(t: &mut Translator<'_>, info: Value, form: u8, otherwise: Block) {
    let actual = t.load(I8, Region::Header, info, offset_of!(FuncInfo, boxed));
    let fits = t.compare_imm(IntCC::Equal, actual, i64::from(form as i8));
    t.require(fits, otherwise);
}

fn call_any(t: &mut Translator<'_>, i: Instr) -> Lowered {
    let n = i.b as usize;
    let args = t.arguments(i.a + FRAME_HEADER, n + 1);
    let (done, v) = t.result_block(Repr::Word);
    let (called, from_call) = t.result_block(Repr::Word);
    let slow = t.cold();
    let form = boxed_form(Receiver::Closure, n);
    construct_known(t, i, &args, called);
    let object = is_object(t, args[0]);
    t.require(object, slow);
    let handle = t.load(I32, Region::Header, args[0], layout::HEADER_TYPE);
    let around = t.registers_over_inlined();
    let converted = observed_methods(t, i, &args, handle, (called, done))?;
    if form == 0 {
        t.b.ins().jump(slow, &[]);
    } else {
        let closures = i64::from(t.frame().snapshot.closures as i32);
        let other = t.fresh();
        let closure = t.compare_imm(IntCC::Equal, handle, closures);
        t.require(closure, other);
        let info = t.load(I64, Region::Header, args[0], layout::CLOSURE_FUNC);
        require_words(t, info, form, slow);
        t.call_record(info, &words(n), &args, called);
        t.enter(other);
        call_bound(t, handle, &args, called, slow);
    }
    t.aside(slow, |t| {
        let window = t.window(i.a + FRAME_HEADER, i.b + 1);
        let n = t.index_arg(i.b);
        let cache = t.cache_cell();
        let v = t.call_helper(Helper::call_any, &[window, n, cache]);
        t.b.ins().jump(called, &[v.into()]);
    });
    t.join_called((called, from_call), (done, i.a));
    t.ran_code = converted;
    t.enter(done);
    t.redefine(around);
    t.set(i.a, v);
    Ok(())
}

/// Calls the function of a bound method that takes and gives words alone; control is in `slow` for
/// everything else.
fn call_bound(t: &mut Translator<'_>, handle: Value, args: &[Value], called: Block, slow: Block) {
    let n = args.len() - 1;
    let (receiver, info) = bound_method(t, args[0], handle, slow);
    require_words(t, info, boxed_form(Receiver::This, n), slow);
    let mut all = args.to_vec();
    all[0] = receiver;
    t.call_record(info, &words(n), &all, called);
}

/// A construction: of a class that was met in place, of everything else by the runtime.
fn new_any(t: &mut Translator<'_>, i: Instr) {
    let args = t.arguments(i.a + FRAME_HEADER, i.b as usize + 1);
    let (done, v) = t.result_block(Repr::Word);
    construct_known(t, i, &args, done);
    let window = t.window(i.a + FRAME_HEADER, i.b + 1);
    let n = t.index_arg(i.b);
    let cache = t.cache_cell();
    let made = t.call_helper(Helper::new_any, &[window, n, cache]);
    t.b.ins().jump(done, &[made.into()]);
    t.enter(done);
    t.set(i.a, v)
}

fn call_any_method(t: &mut Translator<'_>, i: Instr) -> Lowered {
    let n = i.c as usize;
    let args = t.arguments(i.a + FRAME_HEADER, n + 1);
    let name = t.name(i.b)?;
    let (done, v) = t.result_block(Repr::Word);
    let (called, from_call) = t.result_block(Repr::Word);
    let slow = t.cold();
    let object = is_object(t, args[0]);
    t.require(object, slow);
    let handle = t.load(I32, Region::Header, args[0], layout::HEADER_TYPE);
    if t.frame().snapshot.pushes.contains(&t.frame().pc) {
        let w = append(t, args[0], handle, args[1], slow);
        t.b.ins().jump(done, &[w.0.into()]);
        t.enter(w.1);
    }
    let around = t.registers_over_inlined();
    let converted = observed_methods(t, i, &args, handle, (called, done))?;
    match boxed_form(Receiver::This, n) {
        0 => {
            t.b.ins().jump(slow, &[]);
        }
        form => {
            let info = remembered_method(t, handle, name, slow);
            require_words(t, info, form, slow);
            require_plain(t, args[0], slow);
            t.call_record(info, &words(n), &args, called);
        }
    }
    t.aside(slow, |t| {
        let window = t.window(i.a + FRAME_HEADER, i.c + 1);
        let n = t.index_arg(i.c);
        let cache = t.cache_cell();
        let v = t.call_helper(Helper::call_any_method, &[window, name, n, cache]);
        t.b.ins().jump(called, &[v.into()]);
    });
    t.join_called((called, from_call), (done, i.a));
    t.ran_code = converted;
    t.enter(done);
    t.redefine(around);
    t.set(i.a, v);
    Ok(())
}

/// Appends to an `any[]` with room; gives the new length, and the block in which control is for
/// everything else than such arrays. Without room control is in `slow`.
fn append(
    t: &mut Translator<'_>,
    array: Value,
    handle: Value,
    item: Value,
    slow: Block,
) -> (Value, Block) {
    let other = t.fresh();
    let any_array = i64::from(t.frame().snapshot.known.any_array as i32);
    let same = t.compare_imm(IntCC::Equal, handle, any_array);
    t.require(same, other);
    let flags = t.load(I32, Region::Header, array, layout::HEADER_FLAGS);
    let free = t.compare_imm(IntCC::Equal, flags, 0);
    t.require(free, slow);
    let storage = t.load(I64, Region::Storage, array, layout::ARRAY_STORAGE);
    let len = t.load(I32, Region::Length, storage, layout::STORAGE_LEN);
    let cap = t.load(I32, Region::Length, storage, layout::STORAGE_CAP);
    let room = t.b.ins().icmp(IntCC::UnsignedLessThan, len, cap);
    t.require(room, slow);
    let longer = t.b.ins().iadd_imm_s(len, 1);
    t.store(Region::Length, longer, storage, layout::STORAGE_LEN);
    store_element(t, storage, len, ElemKind::Word, item);
    t.storages_changed();
    let x = t.b.ins().fcvt_from_sint(F64, longer);
    (box_double(t, x), other)
}

/// A call of a structural member.
fn call_prop(t: &mut Translator<'_>, i: Instr) -> Lowered {
    let prop = property(t, i.b)?;
    let site = t.address(prop.site);
    let how = prop
        .call
        .as_ref()
        .filter(|how| how.params.len() == i.c as usize);
    let Some(how) = how else {
        let cache = t.cache_cell();
        windowed(t, i, i.c, Helper::call_prop, &[site], &[cache]);
        return Ok(());
    };
    let args = t.arguments(i.a + FRAME_HEADER, how.params.len());
    let (done, v) = t.result_block(how.ret);
    let (called, from_call) = t.result_block(how.ret);
    let slow = t.cold();
    if !t.is_reference(i.a + FRAME_HEADER) {
        let object = is_object(t, args[0]);
        t.require(object, slow);
    }
    let handle = t.load(I32, Region::Header, args[0], layout::HEADER_TYPE);
    let around = t.registers_over_inlined();
    let converted = observed_methods(t, i, &args, handle, (called, done))?;
    let answer = memo::ask(t, (prop.site, SiteQuestion::Call), handle, slow);
    let info = answer.method(t);
    require_plain(t, args[0], slow);
    t.call_record(info, how, &args, called);
    t.aside(slow, |t| {
        let window = t.window(i.a + FRAME_HEADER, i.c);
        let n = t.index_arg(i.c);
        let cache = t.cache_cell();
        let site = t.address(prop.site);
        let bits = t.call_helper(Helper::call_prop, &[window, site, n, cache]);
        let v = t.slot_value(how.ret, bits);
        t.b.ins().jump(called, &[v.into()]);
    });
    t.join_called((called, from_call), (done, i.a));
    t.ran_code = converted;
    t.enter(done);
    t.redefine(around);
    t.set(i.a, v);
    Ok(())
}

/// Enters the methods that the site has met, each where the receiver is of the type that has
/// it. Their results go to `called` where code ran that was not inlined, else to `done`;
/// control goes on where the receiver is of none of the types. True where converting an
/// argument may have run other code.
fn observed_methods(
    t: &mut Translator<'_>,
    i: Instr,
    args: &[Value],
    handle: Value,
    (called, done): (Block, Block),
) -> Result<bool, JitError> {
    let snapshot = t.frame().snapshot;
    let facts = snapshot.any_methods.get(&t.frame().pc);
    let Some(facts) = facts else {
        return Ok(false);
    };
    t.ran_code = false;
    let mut converted = false;
    for (k, seen) in facts.iter().enumerate() {
        let other = t.fresh();
        let all = enter_observed(t, seen, args, handle, other);
        converted |= t.ran_code;
        match planned(t).and_then(|inline| inline.targets.get(k)) {
            Some(target) => t.inline_body(target, i.a, &all, done)?,
            None => {
                let v = t.call_function(&seen.func, &all);
                let v = match i.op {
                    Op::CallProp => v,
                    _ => result_word(t, seen, v),
                };
                t.b.ins().jump(called, &[v.into()]);
            }
        }
        t.enter(other);
    }
    Ok(converted)
}

/// Goes on where the receiver is of the type of an observed method, and gives the arguments
/// that this takes; control is in `other` where it is not, or where a class has changed since.
fn enter_observed(
    t: &mut Translator<'_>,
    seen: &AnyMethodFact,
    args: &[Value],
    handle: Value,
    other: Block,
) -> Vec<Value> {
    let same = t.compare_imm(IntCC::Equal, handle, i64::from(seen.said.handle() as i32));
    t.require(same, other);
    t.require_said(seen.said, other);
    if seen.special.is_none() {
        require_plain(t, args[0], other);
    }
    let mut all = vec![args[0]];
    for (param, &w) in seen.params.iter().zip(&args[1..]) {
        all.push(argument(t, param, w));
    }
    all
}

/// A word as the argument for a parameter.
pub(super) fn argument(t: &mut Translator<'_>, param: &ParamFact, w: Value) -> Value {
    let desc = t.address(param.desc);
    match param.kind {
        DescKind::Any => w,
        DescKind::Number => unbox_double(t, w, desc),
        _ => t.call_helper(Helper::check_type, &[w, desc]),
    }
}

/// The result of a method as a word.
pub(super) fn result_word(t: &mut Translator<'_>, seen: &AnyMethodFact, v: Value) -> Value {
    if seen.void {
        return t.word_const(value::NULL);
    }
    match seen.func.interface.ret {
        Repr::F64 => box_double(t, v),
        Repr::I32 => box_int(t, v),
        Repr::Bool => box_bool(t, v),
        Repr::Word => v,
    }
}

/// Goes on where an instance has no attributes beside its fields, which could hide a
/// method.
pub(super) fn require_plain(t: &mut Translator<'_>, object: Value, otherwise: Block) {
    let expando = t.load(I64, Region::Header, object, layout::OBJECT_EXPANDO);
    let plain = t.compare_imm(IntCC::Equal, expando, value::UNSET as i64);
    t.require(plain, otherwise);
}

/// The method that the engine's memo has for a type and name; control is in `missing`
/// where it has none.
fn remembered_method(t: &mut Translator<'_>, handle: Value, name: Value, missing: Block) -> Value {
    let word = t.constant_of(name).unwrap_or_default();
    let of_name = memo_of_name(raya_runtime::mem::value::Value(word));
    let shifted = t.b.ins().ushr_imm_u(handle, 4);
    let sum =
        t.b.ins()
            .iadd_imm_s(shifted, (of_name & (MEMO_PLACES - 1)) as i64);
    let place = t.b.ins().band_imm_u(sum, MEMO_PLACES as i64 - 1);
    let place = t.b.ins().uextend(I64, place);
    let offset = t.b.ins().imul_imm_u(place, size_of::<Remembered>() as i64);
    let memo = t.frame().snapshot.method_memo;
    let memo = t.address(memo);
    let entry = t.b.ins().iadd(memo, offset);
    let known = t.load(I32, Region::Cache, entry, offset_of!(Remembered, handle));
    let same = t.b.ins().icmp(IntCC::Equal, known, handle);
    t.require(same, missing);
    let named = t.load(I64, Region::Cache, entry, offset_of!(Remembered, name));
    let same = t.b.ins().icmp(IntCC::Equal, named, name);
    t.require(same, missing);
    t.load(I64, Region::Cache, entry, offset_of!(Remembered, func))
}
