//! Arrays, objects, closures, classes.

use raya_bytecode::Repr;

use crate::abi::R;
use crate::ctx::Ctx;
use crate::desc::DescRef;
use crate::errors::ErrorKind;
use crate::func::FuncInfo;
use crate::mem::alloc::box_slot;
use crate::mem::array::Array;
use crate::mem::object::{Closure, Instance};
use crate::mem::refs::Ref;
use crate::mem::slots::Slots;
use crate::mem::value::Value;
use crate::type_info::{TypeRef, type_flags};

/// The array in a register that is declared as one.
fn array_in(ctx: &Ctx, v: Value) -> Array {
    debug_assert!(ctx.as_array(v).is_some());
    v.known_array()
}

/// An array of `n` zeros.
pub fn new_array(ctx: &mut Ctx, ty: DescRef, n: i32) -> R<Value> {
    Ok(ctx.new_array(ty, n, 0)?.value())
}

/// An empty array with room.
pub fn new_array_cap(ctx: &mut Ctx, ty: DescRef, cap: i32) -> R<Value> {
    let cap = usize::try_from(cap).unwrap_or(0);
    Ok(ctx.new_array(ty, 0, cap)?.value())
}

/// Appends a register: as it is where the storage has its representation, else (pinned arrays,
/// frozen arrays, tuples) boxed and checked.
#[inline]
fn push(ctx: &mut Ctx, a: Value, bits: u64, repr: Repr) -> R<Value> {
    let array = array_in(ctx, a);
    if array.obj().flags() == 0 && array.repr() == repr {
        array.push_bits(ctx, bits)?;
    } else {
        ctx.array_push_checked(array, box_slot(bits, repr))?;
    }
    Ok(Value::NULL)
}

/// Appends a word.
pub fn array_push_word(ctx: &mut Ctx, a: Value, v: Value) -> R<Value> {
    push(ctx, a, v.0, Repr::Word)
}

/// Appends a double.
pub fn array_push_f64(ctx: &mut Ctx, a: Value, v: f64) -> R<Value> {
    push(ctx, a, v.to_bits(), Repr::F64)
}

/// Appends an int.
pub fn array_push_i32(ctx: &mut Ctx, a: Value, v: i32) -> R<Value> {
    push(ctx, a, v as u32 as u64, Repr::I32)
}

/// Appends a boolean.
pub fn array_push_bool(ctx: &mut Ctx, a: Value, v: bool) -> R<Value> {
    push(ctx, a, v.into(), Repr::Bool)
}

/// Removes the last element, boxed; null when empty.
pub fn array_pop(ctx: &mut Ctx, a: Value) -> R<Value> {
    let array = array_in(ctx, a);
    ctx.array_pop(array)
}

/// Shrinks.
pub fn array_set_len(ctx: &mut Ctx, a: Value, n: i32) -> R<Value> {
    let array = array_in(ctx, a);
    ctx.array_set_length(array, n)?;
    Ok(Value::NULL)
}

/// Appends all of an iterable.
pub fn array_extend(ctx: &mut Ctx, a: Value, from: Value) -> R<Value> {
    let array = array_in(ctx, a);
    ctx.extend_array(array, from)?;
    Ok(Value::NULL)
}

/// Throws the `RangeError` of a read outside.
pub fn array_out_of_bounds(ctx: &mut Ctx, a: Value, i: i32) -> R<Value> {
    let array = array_in(ctx, a);
    Err(ctx.out_of_bounds(array, i.into()))
}

fn set_slow(ctx: &mut Ctx, a: Value, i: i32, bits: u64, repr: Repr) -> R<Value> {
    let array = array_in(ctx, a);
    ctx.array_store(array, i, box_slot(bits, repr))?;
    Ok(Value::NULL)
}

/// Appends at the length or throws.
pub fn array_set_slow_word(ctx: &mut Ctx, a: Value, i: i32, v: Value) -> R<Value> {
    set_slow(ctx, a, i, v.0, Repr::Word)
}

/// Appends at the length or throws.
pub fn array_set_slow_f64(ctx: &mut Ctx, a: Value, i: i32, v: f64) -> R<Value> {
    set_slow(ctx, a, i, v.to_bits(), Repr::F64)
}

/// Appends at the length or throws.
pub fn array_set_slow_i32(ctx: &mut Ctx, a: Value, i: i32, v: i32) -> R<Value> {
    set_slow(ctx, a, i, v as u32 as u64, Repr::I32)
}

/// Appends at the length or throws.
pub fn array_set_slow_bool(ctx: &mut Ctx, a: Value, i: i32, v: bool) -> R<Value> {
    set_slow(ctx, a, i, v.into(), Repr::Bool)
}

/// An instance with zero fields.
pub fn new_object(ctx: &mut Ctx, class: TypeRef) -> R<Value> {
    Ok(Instance::new(ctx, class)?.value())
}

/// A closure over consecutive slots.
pub fn make_closure(ctx: &mut Ctx, func: Ref<FuncInfo>, captures: Slots) -> R<Value> {
    Ok(Closure::new(ctx, func, captures)?.value())
}

/// A closure of `func`, which is another instance of the function of `closure`.
pub fn clone_closure(ctx: &mut Ctx, closure: Value, func: Ref<FuncInfo>) -> R<Value> {
    let types = |f: &FuncInfo| {
        let owner = f.owner.get()?;
        let captures = owner.module.functions[f.index as usize].captures.clone();
        Some((owner.addr(), captures))
    };
    let lender = ctx.as_closure(closure);
    match lender.filter(|c| types(&c.func()).is_some_and(|t| Some(t) == types(&func))) {
        Some(lender) => Ok(Closure::sharing(ctx, lender, func)?.value()),
        None => {
            let message = format!("'{}' is not the function it was", func.name);
            Err(ctx.throw(ErrorKind::TypeError, &message))
        }
    }
}

/// The function object of a function without captures.
pub fn get_function(ctx: &mut Ctx, func: Ref<FuncInfo>) -> R<Value> {
    ctx.function_object(func)
}

/// A class object.
pub fn get_class(ctx: &mut Ctx, class: TypeRef) -> R<Value> {
    ctx.class_object(class)
}

/// `ReferenceError` when the declaration of a class has not run.
pub fn check_class(ctx: &mut Ctx, class: TypeRef) -> R<Value> {
    if class.has(type_flags::INITIALISED) {
        return Ok(Value::NULL);
    }
    let message = format!("Cannot access '{}' before initialization", class.meta.name);
    Err(ctx.throw(ErrorKind::ReferenceError, &message))
}

/// Defines a class: static initialisers, then hooks.
pub fn init_class(ctx: &mut Ctx, class: TypeRef) -> R<Value> {
    ctx.define_class(class)?;
    Ok(Value::NULL)
}

/// Slow path of the write barrier after a word was stored at `slot` of `obj`.
pub fn write_barrier(ctx: &mut Ctx, obj: Value, slot: Slots) -> R<Value> {
    if let Some(obj) = obj.as_obj() {
        ctx.remember(obj, slot);
    }
    Ok(Value::NULL)
}

/// An empty dictionary.
pub fn new_dict(ctx: &mut Ctx, ty: DescRef) -> R<Value> {
    ctx.new_dict(ty)
}
