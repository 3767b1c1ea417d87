//! Operators on `any`, calls, exceptions, polls.

use raya_bytecode::{Slot, SlotOp};

use crate::abi::R;
use crate::caches::{Cache, CacheCell, find_method, remember_operands};
use crate::calls::Surplus;
use crate::ctx::Ctx;
use crate::desc::DescRef;
use crate::errors::ErrorKind;
use crate::func::{FuncInfo, SigInfo};
use crate::link::{FieldSite, MethodSite, PropSite};
use crate::mem::refs::Ref;
use crate::mem::slots::Slots;
use crate::mem::stack::HEADER_WORDS;
use crate::mem::value::Value;
use crate::slot_calls::SlotCall;
use crate::type_info::{NativeDef, TypeKind};

/// Arithmetic: doubles first, then ints, then everything else.
macro_rules! arithmetic {
    ($($(#[$m:meta])* $name:ident, $slot:ident, $f:expr, $i:expr;)*) => {$(
        $(#[$m])*
        #[inline]
        pub fn $name(ctx: &mut Ctx, a: Value, b: Value, cache: Cache) -> R<Value> {
            if let (Some(x), Some(y)) = (a.as_number(), b.as_number()) {
                let f: fn(f64, f64) -> f64 = $f;
                return Ok(Value::number(f(x, y)));
            }
            if let (Some(x), Some(y)) = (a.as_int(), b.as_int()) {
                let f: fn(i32, i32) -> Option<i32> = $i;
                if let Some(n) = f(x, y) {
                    return Ok(Value::int(n));
                }
            }
            remember_operands(&cache);
            operate_slow(ctx, Slot::$slot, a, b, cache)
        }
    )*};
}

arithmetic! {
    /// `+`
    add_any, add, |x, y| x + y, |x, y| Some(x.wrapping_add(y));
    /// `-`
    sub_any, sub, |x, y| x - y, |x, y| Some(x.wrapping_sub(y));
    /// `*`
    mul_any, mul, |x, y| x * y, |x, y| Some(x.wrapping_mul(y));
    /// `/`
    div_any, truediv, |x, y| x / y, |x, y| x.checked_div(y);
    /// `%`
    mod_any, modulo, |x, y| x % y, |x, y| x.checked_rem(y);
}

#[cold]
#[inline(never)]
fn operate_slow(ctx: &mut Ctx, slot: Slot, a: Value, b: Value, cache: Cache) -> R<Value> {
    let op = SlotOp {
        slot,
        in_place: false,
    };
    ctx.operate(op, a, b, &cache)
}

/// Comparisons: numbers first.
macro_rules! comparisons {
    ($($(#[$m:meta])* $name:ident, $slot:ident, $f:expr;)*) => {$(
        $(#[$m])*
        #[inline]
        pub fn $name(ctx: &mut Ctx, a: Value, b: Value, cache: Cache) -> R<Value> {
            if let (Some(x), Some(y)) = (a.as_f64(), b.as_f64()) {
                let f: fn(f64, f64) -> bool = $f;
                return Ok(Value::bool(f(x, y)));
            }
            remember_operands(&cache);
            operate_slow(ctx, Slot::$slot, a, b, cache)
        }
    )*};
}

comparisons! {
    /// `<`
    lt_any, lt, |x, y| x < y;
    /// `<=`
    le_any, le, |x, y| x <= y;
    /// `>`
    gt_any, gt, |x, y| x > y;
    /// `>=`
    ge_any, ge, |x, y| x >= y;
    /// `==`
    eq_any, eq, |x, y| x == y;
    /// `!=`
    ne_any, ne, |x, y| x != y;
}

/// Any other binary operator, and the in-place forms.
pub fn binary_any(ctx: &mut Ctx, a: Value, b: Value, op: u32, cache: Cache) -> R<Value> {
    if a.as_number().is_none() || b.as_number().is_none() {
        remember_operands(&cache);
    }
    ctx.operate(operator(op), a, b, &cache)
}

fn operator(op: u32) -> SlotOp {
    SlotOp::from_u16(op as u16).unwrap_or(SlotOp {
        slot: Slot::add,
        in_place: false,
    })
}

/// What is left of a binary operator whose first special method gave `NotImplemented`.
pub fn operator_refused(ctx: &mut Ctx, a: Value, b: Value, op: u32) -> R<Value> {
    ctx.operator_refused(operator(op), a, b)
}

/// Any unary operator.
pub fn unary_any(ctx: &mut Ctx, a: Value, op: u32, cache: Cache) -> R<Value> {
    let slot = SlotOp::from_u16(op as u16).map_or(Slot::neg, |op| op.slot);
    match ctx.declared_slot(&cache, a, slot) {
        Some(func) => ctx.call_special(func, a, &[]),
        None => ctx.unary(slot, a),
    }
}

/// First slot of a window that callee or receiver and arguments take.
fn operands(window: Slots) -> (Value, Slots) {
    (window.word(HEADER_WORDS), window.skip(HEADER_WORDS + 1))
}

/// The address of the function that a tier enters, 0 for none.
fn entered(func: Option<Ref<FuncInfo>>) -> usize {
    func.map_or(0, Ref::addr)
}

/// The function that `call_any` on this window may enter, its arguments converted.
pub fn direct_call(ctx: &mut Ctx, window: Slots, n: u32, cache: Cache) -> R<usize> {
    ctx.direct_call(window, n as usize, cache).map(entered)
}

/// The function that `call_any_method` on this window may enter, its arguments converted.
pub fn direct_method(ctx: &mut Ctx, window: Slots, name: Value, n: u32, cache: Cache) -> R<usize> {
    (ctx.direct_method(window, name, n as usize, cache)).map(entered)
}

/// The function that `call_prop` on this window may enter.
pub fn direct_member(ctx: &mut Ctx, window: Slots, prop: Ref<PropSite>, cache: Cache) -> R<usize> {
    Ok(entered(ctx.direct_member(window, &prop, cache)))
}

/// Call through the call slot.
pub fn call_any(ctx: &mut Ctx, window: Slots, n: u32, cache: Cache) -> R<Value> {
    let (callee, args) = operands(window);
    let args = args.words(n as usize);
    if let Some(func) = ctx.declared_slot(&cache, callee, Slot::call) {
        return ctx.call_special(func, callee, args);
    }
    remember_class(ctx, &cache, callee);
    ctx.call(callee, args)
}

/// An attribute called.
pub fn call_any_method(
    ctx: &mut Ctx,
    window: Slots,
    name: Value,
    n: u32,
    cache: Cache,
) -> R<Value> {
    let (o, args) = operands(window);
    let args = args.words(n as usize);
    let Some(obj) = o.as_obj() else {
        return ctx.call_method(o, name, args);
    };
    if let Some(def) = ctx.known_native(&cache, obj) {
        return call_native(ctx, def, o, args);
    }
    if let Some(func) = find_method(ctx, &cache, obj, name) {
        return ctx.call_function(func, o, o, args, Surplus::Refuse);
    }
    ctx.remember_native(&cache, obj, name);
    ctx.call_method(o, name, args)
}

/// A native method of a sequence; one element is appended without an array of arguments.
fn call_native(ctx: &mut Ctx, def: &'static NativeDef, o: Value, args: &[Value]) -> R<Value> {
    if let ([item], "push", Some(array)) = (args, def.name, ctx.as_array(o)) {
        ctx.array_push_checked(array, *item)?;
        return Ok(Value::number(array.len() as f64));
    }
    ctx.call_native(def, o, args, Surplus::Refuse)
}

/// Construct.
pub fn new_any(ctx: &mut Ctx, window: Slots, n: u32, cache: Cache) -> R<Value> {
    let (callee, args) = operands(window);
    remember_class(ctx, &cache, callee);
    construct(ctx, callee, args.words(n as usize))
}

/// Notes the constructor of a class that is called.
fn remember_class(ctx: &Ctx, cache: &CacheCell, callee: Value) {
    if let Some(class) = ctx.as_class(callee)
        && let Some(func) = class.plain_constructor()
        && func.id < SlotCall::MARK
    {
        cache.remember(&class, func.id);
    }
}

fn construct(ctx: &mut Ctx, callee: Value, args: &[Value]) -> R<Value> {
    match ctx.as_class(callee) {
        Some(class) => ctx.construct(class, args),
        None => {
            let message = format!("'{}' object is not a constructor", ctx.type_name(callee));
            Err(ctx.type_error(&message))
        }
    }
}

/// The elements of an argument array, which its window keeps alive.
fn spread(ctx: &Ctx, args: Slots) -> crate::calls::Values {
    ctx.as_array(args.word(0))
        .map(|array| (0..array.len()).filter_map(|i| array.get(i)).collect())
        .unwrap_or_default()
}

/// Call with the elements of an `any[]`.
pub fn call_spread(ctx: &mut Ctx, window: Slots) -> R<Value> {
    let (callee, args) = operands(window);
    let args = spread(ctx, args);
    ctx.call(callee, &args)
}

/// Construct with the elements of an `any[]`.
pub fn new_spread(ctx: &mut Ctx, window: Slots) -> R<Value> {
    let (callee, args) = operands(window);
    let args = spread(ctx, args);
    construct(ctx, callee, &args)
}

/// Structural method call, result in register format.
pub fn call_prop(
    ctx: &mut Ctx,
    window: Slots,
    prop: Ref<PropSite>,
    n: u32,
    cache: Cache,
) -> R<Value> {
    let (o, args) = operands(window);
    ctx.remember_member_call(o, &prop, cache);
    // The receiver is counted.
    ctx.call_prop(o, &prop, args, n.saturating_sub(1) as usize)
        .map(Value)
}

/// Function value of another signature, result in register format.
pub fn call_closure_slow(ctx: &mut Ctx, window: Slots, sig: Ref<SigInfo>, _n: u32) -> R<Value> {
    let (callee, args) = operands(window);
    ctx.call_typed(callee, &sig, args).map(Value)
}

/// Receiver off the vtable path, result in register format.
pub fn call_method_slow(
    ctx: &mut Ctx,
    window: Slots,
    method: Ref<MethodSite>,
    _n: u32,
    _: Cache,
) -> R<Value> {
    let (o, args) = operands(window);
    ctx.call_method_slow(o, &method, args).map(Value)
}

/// Runs the bridge whose frame this is, result in register format.
pub fn run_bridge(ctx: &mut Ctx, fp: Slots) -> R<Value> {
    ctx.run_bridge(fp, fp.frame_func()).map(Value)
}

/// Native by id on slots, result in register format.
pub fn native_call(ctx: &mut Ctx, args: Slots, id: u32, _n: u32) -> R<Value> {
    crate::natives::call(ctx, id as u16, args).map(Value)
}

/// Throws, capturing a trace for errors.
pub fn throw(ctx: &mut Ctx, v: Value) -> R<Value> {
    Err(ctx.throw_value(v))
}

/// Throws again.
pub fn rethrow(ctx: &mut Ctx, v: Value) -> R<Value> {
    Err(ctx.raise(v))
}

/// `ReferenceError` of a variable.
pub fn throw_unset(ctx: &mut Ctx, name: Value) -> R<Value> {
    let name = ctx.name_text(name);
    let message = format!("Cannot access '{name}' before initialization");
    Err(ctx.throw(ErrorKind::ReferenceError, &message))
}

/// `AttributeError` of a field, `ReferenceError` where it holds a captured variable.
pub fn throw_unset_field(ctx: &mut Ctx, o: Value, field: Ref<FieldSite>) -> R<Value> {
    if ctx.kind_of(o) == TypeKind::Scope {
        return throw_unset(ctx, field.name);
    }
    Err(ctx.no_attribute(o, field.name))
}

/// `TypeError` of storing into a frozen object's field.
pub fn throw_frozen_field(ctx: &mut Ctx, o: Value, field: Ref<FieldSite>) -> R<Value> {
    Err(ctx.frozen_field(o, &field))
}

/// `TypeError` of a null receiver.
pub fn throw_null(ctx: &mut Ctx, ty: DescRef) -> R<Value> {
    let message = format!("expected {}, got null", ty.text());
    Err(ctx.type_error(&message))
}

/// `RangeError` of too deep recursion.
pub fn throw_stack_overflow(ctx: &mut Ctx) -> R<Value> {
    Err(ctx.stack_overflow())
}

/// The budget is exhausted: timeout or more budget.
pub fn poll(ctx: &mut Ctx) -> R<Value> {
    ctx.poll()?;
    Ok(Value::NULL)
}
