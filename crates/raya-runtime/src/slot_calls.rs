//! Special methods in the cells of operators, elements and calls on `any`.
//!
//! A word of such a cell says which declared method comes first when an operand is of the type
//! that it names. What comes before and behind that method — numbers, `NotImplemented`,
//! reflected forms, errors — stays with the slot helpers; a tier only enters the method.
//!
//! Invariant: a word is dropped when its class changes ([`Ctx::drop_caches`]), and, where the
//! method comes first whatever the other operand is, when the class gets an heir.

use raya_bytecode::{Receiver, Slot};

use crate::abi::R;
use crate::caches::CacheCell;
use crate::calls::Surplus;
use crate::ctx::Ctx;
use crate::func::FuncInfo;
use crate::mem::obj::Obj;
use crate::mem::refs::Ref;
use crate::mem::value::Value;
use crate::type_info::{Attr, Form, NativeDef, SlotFn, TypeKind, TypeRef, type_flags};

/// Which operand has the method, and what is known of the other one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Side {
    /// The first operand, whatever the other is.
    Left = 0,
    /// The first operand, where the other is no object or of the same type.
    LeftAlone = 1,
    /// The second operand, where the first is no object.
    Right = 2,
    /// The first operand has no method for `!=`, and this one for `==`, whose answer is turned
    /// round.
    Inverse = 3,
}

/// A special method as a payload names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotCall {
    /// Whose it is.
    pub side: Side,
    /// Id of the function.
    pub func: u32,
}

impl SlotCall {
    /// The bit that tells such payloads from others in cells that have both.
    pub const MARK: u32 = 1 << 31;
    const SIDE_SHIFT: u32 = 24;
    const FUNCS: u32 = 1 << SlotCall::SIDE_SHIFT;

    /// The payload; none where the function's id does not fit.
    pub const fn encode(self) -> Option<u32> {
        if self.func >= SlotCall::FUNCS {
            return None;
        }
        Some(SlotCall::MARK | (self.side as u32) << SlotCall::SIDE_SHIFT | self.func)
    }

    /// The method that a payload names.
    #[inline(always)]
    pub const fn decode(payload: u32) -> Option<SlotCall> {
        if payload & SlotCall::MARK == 0 {
            return None;
        }
        let side = match payload >> SlotCall::SIDE_SHIFT & 3 {
            0 => Side::Left,
            1 => Side::LeftAlone,
            2 => Side::Right,
            _ => Side::Inverse,
        };
        Some(SlotCall {
            side,
            func: payload & (SlotCall::FUNCS - 1),
        })
    }
}

/// A special method that an operator calls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate<M> {
    /// The method.
    pub method: M,
    /// Its receiver.
    pub this: Value,
    /// Its argument.
    pub other: Value,
    /// It is the method for `==`, and its answer to `!=` is the opposite.
    pub inverse: bool,
}

impl crate::engine::Engine {
    /// The name of the native method that a cell of a method call names.
    pub fn native_name(&self, payload: u32) -> Option<&'static str> {
        let met = self.met_natives.borrow();
        let number = payload & SlotCall::MARK;
        let def = met.get((payload ^ SlotCall::MARK) as usize)?;
        (number != 0).then_some(def.name)
    }
}

impl Ctx {
    /// The method that a cell knows for these operands, with receiver and argument.
    #[inline]
    pub(crate) fn known_operator(
        &self,
        cell: &CacheCell,
        (a, b): (Value, Value),
    ) -> Option<Candidate<Ref<FuncInfo>>> {
        let handle = |v: Value| v.as_obj().map_or(0, Obj::handle);
        let (left, right) = (handle(a), handle(b));
        cell.words().find_map(|(ty, payload)| {
            let call = SlotCall::decode(payload)?;
            let (fits, this, other) = match call.side {
                Side::Left | Side::Inverse => (ty == left, a, b),
                Side::LeftAlone => (ty == left && (right == 0 || right == left), a, b),
                Side::Right => (left == 0 && ty == right, b, a),
            };
            let func = self.engine().funcs.get(call.func as usize);
            func.filter(|_| fits).map(|method| Candidate {
                method,
                this,
                other,
                inverse: call.side == Side::Inverse,
            })
        })
    }

    /// Notes in a cell which method an operator on these operands calls first.
    pub(crate) fn remember_operator(
        &self,
        cell: &CacheCell,
        (a, b): (Value, Value),
        first: Option<&Candidate<SlotFn>>,
        in_place: bool,
    ) {
        let Some(&Candidate {
            method: SlotFn::Method(func),
            this,
            inverse,
            ..
        }) = first
        else {
            return;
        };
        let Some(ty) = self.cached_owner(this) else {
            return;
        };
        let lone = |v: Value| !v.is_object();
        let side = if this == a {
            if in_place || ty.meta.subclasses.borrow().is_empty() {
                ty.set_flag(type_flags::FIRST_OPERAND);
                if inverse { Side::Inverse } else { Side::Left }
            } else if inverse {
                return;
            } else if lone(b) || self.type_of(b) == ty {
                Side::LeftAlone
            } else {
                return;
            }
        } else if lone(a) && !inverse {
            Side::Right
        } else {
            return;
        };
        remember(cell, ty, side, func);
    }

    /// The type of a value if cells may name it.
    fn cached_owner(&self, v: Value) -> Option<TypeRef> {
        let ty = self.type_of_obj(v.as_obj()?);
        (ty.kind == TypeKind::Instance).then_some(ty)
    }

    /// The special method of one receiver that a cell knows, else the one that its type has;
    /// remembered. None where it is not a declared one.
    #[inline]
    pub(crate) fn declared_slot(
        &self,
        cell: &CacheCell,
        this: Value,
        slot: Slot,
    ) -> Option<Ref<FuncInfo>> {
        let obj = this.as_obj()?;
        let mut words = cell.words().filter(|(ty, _)| *ty == obj.handle());
        if let Some(call) = words.find_map(|(_, payload)| SlotCall::decode(payload)) {
            return self.engine().funcs.get(call.func as usize);
        }
        let ty = self.cached_owner(this)?;
        match ty.slot(slot, Form::Forward) {
            SlotFn::Method(func) if func.receiver == Receiver::This => {
                remember(cell, ty, Side::Left, func);
                Some(func)
            }
            _ => None,
        }
    }

    /// Calls a special method with the receiver as `this`.
    #[inline]
    pub(crate) fn call_special(
        &mut self,
        func: Ref<FuncInfo>,
        this: Value,
        args: &[Value],
    ) -> R<Value> {
        self.call_function(func, this, this, args, Surplus::Refuse)
    }

    /// The native method of a built-in sequence that a cell of a method call knows.
    #[inline]
    pub(crate) fn known_native(&self, cell: &CacheCell, obj: Obj) -> Option<&'static NativeDef> {
        let payload = cell.payload(obj.handle())?;
        if payload & SlotCall::MARK == 0 {
            return None;
        }
        let met = self.engine().met_natives.borrow();
        met.get((payload & !SlotCall::MARK) as usize).copied()
    }

    /// Notes the native method that a call of `name` reaches: types of sequences never change,
    /// and their values have no attributes of their own.
    pub(crate) fn remember_native(&self, cell: &CacheCell, obj: Obj, name: Value) {
        let ty = self.type_of_obj(obj);
        if !matches!(
            ty.kind,
            TypeKind::Array | TypeKind::Tuple | TypeKind::String
        ) {
            return;
        }
        let Some((_, Attr::Native(def))) = ty.lookup(name) else {
            return;
        };
        let mut met = self.engine().met_natives.borrow_mut();
        let known = met.iter().position(|known| std::ptr::eq(*known, def));
        let number = known.unwrap_or_else(|| {
            met.push(def);
            met.len() - 1
        });
        cell.remember(&ty, SlotCall::MARK | number as u32);
    }

    /// A class got an heir: its operators no longer come first whatever stands on the right.
    pub(crate) fn inherited(&mut self, heir: TypeRef) {
        let first = |base: &&TypeRef| base.has(type_flags::FIRST_OPERAND);
        let bases: Vec<TypeRef> = heir.meta.mro[1..].iter().filter(first).copied().collect();
        if !bases.is_empty() {
            bases
                .iter()
                .for_each(|base| base.clear_flag(type_flags::FIRST_OPERAND));
            self.drop_caches(&bases);
        }
    }
}

/// Notes a declared method in a cell.
fn remember(cell: &CacheCell, ty: TypeRef, side: Side, func: Ref<FuncInfo>) {
    let call = SlotCall {
        side,
        func: func.id,
    };
    if func.receiver == Receiver::This
        && let Some(payload) = call.encode()
    {
        cell.remember(&ty, payload);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_round_trip() {
        for side in [Side::Left, Side::LeftAlone, Side::Right, Side::Inverse] {
            let call = SlotCall { side, func: 77 };
            assert_eq!(call.encode().and_then(SlotCall::decode), Some(call));
        }
        let beyond = SlotCall {
            side: Side::Left,
            func: SlotCall::FUNCS,
        };
        assert_eq!(beyond.encode(), None);
        assert_eq!(SlotCall::decode(3), None);
    }
}
