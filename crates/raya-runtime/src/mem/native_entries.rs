//! Entries of the natives, generated from the native table: typed ones in the engine's
//! calling convention for compiled code, and ones over consecutive slots for the
//! interpreter. Panics become internal errors as in helpers.

use raya_bytecode::{for_each_native, native_index};

use crate::abi::{Abi, AbiKind, R};
use crate::ctx::Ctx;
use crate::host::End;
use crate::mem::array::Array;
use crate::mem::entries::guard;
use crate::mem::slots::Slots;
use crate::mem::string::Str;
use crate::mem::value::{NULL, Value};
use crate::natives::imp;
use crate::raya_abi;

/// The Rust types behind the types of the table.
mod kind {
    pub type F64 = f64;
    pub type I32 = i32;
    pub type Bool = bool;
    pub type Str = crate::mem::string::Str;
    pub type Arr = crate::mem::array::Array;
    pub type Any = crate::mem::value::Value;
    pub type Void = ();
}

/// Conversion between register slots and raw arguments.
trait Slot: Abi {
    fn raw_of_bits(bits: u64) -> Self::Raw;
    fn bits_of_raw(raw: Self::Raw) -> u64;
}

macro_rules! slot {
    ($($t:ty, |$b:ident| $raw:expr, |$r:ident| $bits:expr;)*) => {$(
        impl Slot for $t {
            #[inline(always)]
            fn raw_of_bits($b: u64) -> Self::Raw { $raw }
            #[inline(always)]
            fn bits_of_raw($r: Self::Raw) -> u64 { $bits }
        }
    )*};
}

slot! {
    f64, |b| f64::from_bits(b), |r| r.to_bits();
    i32, |b| b as i32, |r| r as u32 as u64;
    bool, |b| b as u32 & 1, |r| r.into();
    Value, |b| b, |r| r;
    Str, |b| b, |r| r;
    Array, |b| b, |r| r;
    (), |b| b, |r| r;
}

impl Abi for Str {
    type Raw = u64;
    const KIND: AbiKind = AbiKind::Word;
    const FAILED: u64 = NULL;
    #[inline(always)]
    unsafe fn from_raw(raw: u64) -> Self {
        // SAFETY: by the caller, a register that is declared as a string.
        unsafe { Str::from_value_unchecked(Value(raw)) }
    }
    #[inline(always)]
    fn into_raw(self) -> u64 {
        self.value().0
    }
}

impl Abi for Array {
    type Raw = u64;
    const KIND: AbiKind = AbiKind::Word;
    const FAILED: u64 = NULL;
    #[inline(always)]
    unsafe fn from_raw(raw: u64) -> Self {
        // SAFETY: by the caller, a register that is declared as an array.
        unsafe { Array::from_value_unchecked(Value(raw)) }
    }
    #[inline(always)]
    fn into_raw(self) -> u64 {
        self.value().0
    }
}

impl Abi for () {
    type Raw = u64;
    const KIND: AbiKind = AbiKind::Word;
    const FAILED: u64 = NULL;
    #[inline(always)]
    unsafe fn from_raw(_: u64) -> Self {}
    #[inline(always)]
    fn into_raw(self) -> u64 {
        NULL
    }
}

/// A native over consecutive slots: arguments in register format, the result likewise.
pub type SlotEntry = fn(&mut Ctx, Slots) -> R<u64>;

macro_rules! define_natives {
    ($($id:literal $name:ident($($p:ident: $t:ident),*) -> $r:ident, [$($flag:ident),*], $doc:literal;)*) => {
        /// Typed entries, called by address.
        mod typed {
            use super::*;
            raya_abi! {$(
                #[doc = $doc]
                #[allow(clippy::not_unsafe_ptr_arg_deref)] // called by address
                pub fn $name(ctx: *mut Ctx, $($p: <kind::$t as Abi>::Raw),*) -> <kind::$r as Abi>::Raw {
                    // SAFETY: compiled code passes its task's context, and registers of
                    // the types that the table declares.
                    unsafe {
                        $(let $p = <kind::$t as Abi>::from_raw($p);)*
                        guard::<kind::$r>(&mut *ctx, |ctx| imp::$name(ctx, $($p),*))
                    }
                }
            )*}
        }

        /// Entries over slots.
        mod slotted {
            use super::*;
            $(
                #[doc = $doc]
                #[allow(unused_assignments, unused_mut, unused_variables)] // natives without parameters
                pub fn $name(ctx: &mut Ctx, args: Slots) -> R<u64> {
                    let mut i = 0;
                    $(
                        let raw = <kind::$t as Slot>::raw_of_bits(args.bits(i));
                        // SAFETY: the verifier matched the registers with the table.
                        let $p = unsafe { <kind::$t as Abi>::from_raw(raw) };
                        i += 1;
                    )*
                    let result: kind::$r = imp::$name(ctx, $($p),*)?;
                    Ok(<kind::$r as Slot>::bits_of_raw(result.into_raw()))
                }
            )*
        }

        static SLOT_ENTRIES: &[SlotEntry] = &[$(slotted::$name),*];

        fn address_at(index: usize) -> usize {
            const COUNT: usize = raya_bytecode::NATIVES.len();
            let all: [*const (); COUNT] = [$(typed::$name as *const ()),*];
            all[index] as usize
        }
    };
}
for_each_native!(define_natives);

/// The entry over slots of a native.
pub fn slot_entry(id: u16) -> Option<SlotEntry> {
    native_index(id).map(|i| SLOT_ENTRIES[i])
}

/// The address of a native's typed entry `(ctx, parameters…) -> result`.
pub fn entry_address(id: u16) -> Option<usize> {
    native_index(id).map(address_at)
}

/// Calls a native over slots.
pub fn call(ctx: &mut Ctx, id: u16, args: Slots) -> R<u64> {
    match slot_entry(id) {
        Some(entry) => entry(ctx, args),
        None => Err(ctx.end(End::Internal(format!("no native {id:#06x}")))),
    }
}

/// Calls a native with boxed arguments.
#[cfg(test)]
pub(crate) fn call_boxed(
    ctx: &mut Ctx,
    native: &raya_bytecode::Native,
    args: &[Value],
) -> R<Value> {
    use raya_bytecode::NativeType as Type;
    // On the stack, where the collector sees references.
    let mut slots = [0; 8];
    for (slot, (arg, (_, ty))) in slots.iter_mut().zip(args.iter().zip(native.params)) {
        *slot = match ty {
            Type::F64 => arg.as_f64().unwrap_or(f64::NAN).to_bits(),
            Type::I32 => arg.as_f64().unwrap_or(0.0) as i32 as u32 as u64,
            Type::Bool => u64::from(*arg == Value::TRUE),
            _ => arg.0,
        };
    }
    // SAFETY: no native has more parameters than there are slots.
    let args = unsafe { Slots::new(slots.as_mut_ptr()) };
    let bits = call(ctx, native.id, args)?;
    Ok(match native.ret {
        Type::F64 => Value::number(f64::from_bits(bits)),
        Type::I32 => Value::int(bits as i32),
        Type::Bool => Value::bool(bits & 1 != 0),
        _ => Value(bits),
    })
}
