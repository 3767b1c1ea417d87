//! Bridges: vtable entries that lead to a method with another call interface.
//!
//! A bridge is a function without bytecode. Both tiers enter it like any other; what runs
//! is [`Ctx::run_bridge`], which boxes the arguments, calls the target through its
//! boxed path and checks the result against the interface of the entry.

use std::cell::Cell;
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicU64};

use raya_bytecode::{FuncFlags, MethodKind, Receiver, Slot, SlotKind, SlotOp};

use crate::abi::R;
use crate::calls::{Surplus, Values};
use crate::ctx::Ctx;
use crate::engine::Engine;
use crate::func::{AnyEntry, BridgeTarget, FuncBody, FuncInfo, SigInfo};
use crate::mem::refs::Ref;
use crate::mem::slots::Slots;
use crate::mem::value::Value;
use crate::type_info::{Form, TypeRef};

/// A function with the call interface `sig` that calls `target` with the receiver.
pub fn bridge(engine: &Engine, sig: Ref<SigInfo>, target: BridgeTarget) -> Ref<FuncInfo> {
    let name = match target {
        BridgeTarget::Func(func) => func.name.clone(),
        BridgeTarget::Attr { .. } | BridgeTarget::Static { .. } => Box::default(),
    };
    engine.funcs.alloc(FuncInfo {
        code: AtomicPtr::default(),
        cell: AtomicPtr::default(),
        frame_entry: AtomicPtr::default(),
        // As in every function, the first call takes the slow path, which finds out what to run.
        hotness: AtomicI32::new(0),
        nregs: 1 + sig.params.len() as u32,
        nparams: sig.params.len() as u16,
        hidden: 1,
        boxed: 0,
        id: engine.funcs.len() as u32,
        sig: sig.id,
        module: u32::MAX,
        index: u32::MAX,
        weight: 1,
        caches: AtomicPtr::default(),
        captures: Box::default(),
        receiver: Receiver::This,
        any_entry: AnyEntry::default(),
        body: FuncBody::Bridge { target },
        object: AtomicU64::new(0),
        sig_info: sig,
        flags: FuncFlags::default(),
        name,
        owner: Cell::new(None),
        ncaches: Cell::new(0),
    })
}

impl Ctx {
    /// Runs a bridge whose frame is at `fp`: the result in the register format of its
    /// own signature.
    pub fn run_bridge(&mut self, fp: Slots, func: Ref<FuncInfo>) -> R<u64> {
        let FuncBody::Bridge { target } = func.body else {
            return Ok(0);
        };
        let this = fp.word(0);
        let args = self.spread_arguments(fp.skip(1), &func.sig_info);
        let result = match target {
            BridgeTarget::Func(inner) => {
                self.call_function(inner, this, this, &args, Surplus::Drop)?
            }
            BridgeTarget::Attr {
                name,
                kind,
                operator,
                class,
            } => {
                let own = self.type_of(this) == class;
                match (kind, operator) {
                    (MethodKind::Method, Some((slot, form))) if own => {
                        self.run_operator(slot, form, this, &args)?
                    }
                    (MethodKind::Setter, _) => {
                        let v = args.first().copied().unwrap_or(Value::NULL);
                        self.set_member(this, own, class, name, v)?
                    }
                    (MethodKind::Getter, _) => self.get_member(this, own, class, name)?,
                    _ => {
                        let callee = self.get_member(this, own, class, name)?;
                        self.call_with(callee, &args, Surplus::Drop)?
                    }
                }
            }
            BridgeTarget::Static { name, class, kind } => {
                self.run_static(this, class, name, kind, &args)?
            }
        };
        self.convert_result(result, func.sig_info.ret)
    }

    /// The member `name` as an entry in the vtable of `class` finds it for `this`, which is an
    /// instance of just that class or else comes by `super`.
    fn get_member(&mut self, this: Value, own: bool, class: TypeRef, name: Value) -> R<Value> {
        if own {
            return self.get_attr(this, name);
        }
        let Some((owner, attr)) = class.lookup(name) else {
            return Err(self.no_super_attr(name));
        };
        match self.read_data_descriptor(this, attr, name)? {
            Some(v) => Ok(v),
            None => self.bind_attr(this, owner, attr),
        }
    }

    /// Writes the member `name`, likewise.
    fn set_member(
        &mut self,
        this: Value,
        own: bool,
        class: TypeRef,
        name: Value,
        v: Value,
    ) -> R<Value> {
        let done = match class.lookup(name) {
            Some((_, attr)) if !own => self.write_data_descriptor(this, attr, name, v)?,
            _ => false,
        };
        if !done {
            self.set_attr(this, name, v)?;
        }
        Ok(Value::NULL)
    }

    /// What an operator does whose method typed code calls.
    fn run_operator(&mut self, slot: Slot, form: Form, this: Value, args: &[Value]) -> R<Value> {
        let arg = |i: usize| args.get(i).copied().unwrap_or(Value::NULL);
        match slot.kind() {
            SlotKind::Binary => {
                let in_place = form == Form::InPlace;
                let op = SlotOp { slot, in_place };
                match form {
                    Form::Reflected => self.binary(op, arg(0), this),
                    _ => self.binary(op, this, arg(0)),
                }
            }
            SlotKind::Unary => self.unary(slot, this),
            SlotKind::Compare => self.rich_compare(slot, this, arg(0)),
            SlotKind::Call => self.call(this, args),
            _ => self.operate_container(slot, this, args),
        }
    }

    fn operate_container(&mut self, slot: Slot, this: Value, args: &[Value]) -> R<Value> {
        let arg = |i: usize| args.get(i).copied().unwrap_or(Value::NULL);
        match slot {
            Slot::getitem => self.get_item(this, arg(0)),
            Slot::setitem => self.set_item(this, arg(0), arg(1)).map(|()| Value::NULL),
            Slot::delitem => self.del_item(this, arg(0)).map(|()| Value::NULL),
            Slot::contains => self.contains(arg(0), this).map(Value::bool),
            Slot::iter => self.get_iter(this),
            _ => {
                let function = self.type_of(this).slot(slot, Form::Forward);
                if function.is_absent() {
                    let name = self.intern(slot.dunder())?;
                    return Err(self.no_attribute(this, name));
                }
                let all: Values = [this].into_iter().chain(args.iter().copied()).collect();
                self.call_slot(function, &all)
            }
        }
    }
}
