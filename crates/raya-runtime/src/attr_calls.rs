//! Attributes that run code: accessors, descriptors, `__getattr__` and `__setattr__`, as cells
//! name them.
//!
//! A cell's payload has no room for what such an access needs, so it is the number of a record
//! that says which declared method is called and with what. What cannot be said so (patched
//! methods, `__getattribute__`, accessors behind `__getattr__`) is looked up anew each time.
//!
//! Invariant: a record whose descriptor's class has changed is no longer valid; cells forget
//! records when the class of the object changes ([`Ctx::drop_caches`]).

use std::cell::{Cell, RefCell};

use raya_bytecode::{Receiver, Slot};
use rustc_hash::FxHashMap;

use crate::abi::R;
use crate::caches::{CacheCell, Place};
use crate::ctx::Ctx;
use crate::func::FuncInfo;
use crate::mem::obj::Obj;
use crate::mem::refs::{Arena, Ref};
use crate::mem::value::Value;
use crate::type_info::{Attr, Form, SlotFn, TypeInfo, TypeKind, TypeRef};

/// Whether an attribute is read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// Read.
    Read,
    /// Written.
    Write,
}

/// What the method of an access is called on, and what comes before a written value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Through {
    /// An accessor: on the object, without more.
    Accessor,
    /// A hook: on the object, with the attribute's name.
    Hook(Value),
    /// Nothing: a method is bound to the object.
    Bind,
    /// `__len__` of what has no own `length`; the runtime looks at what it gives.
    Length,
    /// A descriptor that a class attribute holds: with the object, and its class for a read.
    Descriptor(Value),
    /// A descriptor that a static field holds, as long as it is one of that type.
    Static {
        /// The field's global slot.
        slot: u32,
        /// The descriptor's type handle.
        handle: u32,
    },
}

/// What an access to an attribute of the instances of a type calls.
#[derive(Debug)]
pub struct AttrCall {
    /// 0 when the descriptor's class has changed.
    pub valid: Cell<u32>,
    /// Read or written.
    pub access: Access,
    /// How the method is called.
    pub through: Through,
    /// The method.
    pub func: Ref<FuncInfo>,
    /// An attribute of the instance's own comes before it.
    pub instance_first: bool,
    /// The class object of the type, for descriptors that are read.
    pub class: Value,
    /// The descriptor's type.
    descriptor: Option<TypeRef>,
}

impl AttrCall {
    fn same(&self, other: &AttrCall) -> bool {
        self.valid == other.valid
            && self.through == other.through
            && self.func == other.func
            && self.instance_first == other.instance_first
            && self.class == other.class
    }
}

/// The records of an engine.
#[derive(Default)]
pub(crate) struct AttrCalls {
    records: Arena<AttrCall>,
    /// The newest record about a type, a name and an access.
    newest: RefCell<FxHashMap<(u32, Value, Access), u32>>,
}

impl AttrCalls {
    /// The number of a record that says this: one that is there already or a new one.
    fn intern(&self, key: (u32, Value, Access), made: AttrCall) -> u32 {
        let mut newest = self.newest.borrow_mut();
        if let Some(&known) = newest.get(&key)
            && self.get(known).is_some_and(|record| record.same(&made))
        {
            return known;
        }
        let number = self.records.len() as u32;
        self.records.alloc(made);
        newest.insert(key, number);
        number
    }

    fn get(&self, number: u32) -> Option<Ref<AttrCall>> {
        self.records.get(number as usize)
    }

    /// The classes of descriptors changed.
    pub(crate) fn forget(&self, types: &[TypeRef]) {
        self.records.each(|record| {
            if record.descriptor.is_some_and(|ty| types.contains(&ty)) {
                record.valid.set(0);
            }
        });
    }
}

impl crate::engine::Engine {
    /// The record that a payload names.
    pub fn attr_call(&self, number: u32) -> Option<Ref<AttrCall>> {
        self.attr_calls.get(number)
    }
}

impl Ctx {
    /// Reads an attribute by the record that a site's cell knows for this object.
    #[inline]
    pub(crate) fn read_by_call(
        &mut self,
        cell: &CacheCell,
        obj: Obj,
        name: Value,
    ) -> Option<R<Value>> {
        let (record, this) = self.known_attr_call(cell, obj, name)?;
        let o = obj.value();
        let func = record.func;
        Some(match record.through {
            Through::Bind => self
                .function_object(func)
                .and_then(|func| self.bind(o, func)),
            Through::Accessor => self.call_special(func, this, &[]),
            Through::Length => {
                let len = self.call_special(func, this, &[]);
                len.and_then(|len| self.as_length(len)).map(Value::number)
            }
            Through::Hook(name) => self.call_special(func, this, &[name]),
            Through::Descriptor(_) | Through::Static { .. } => {
                self.call_special(func, this, &[o, record.class])
            }
        })
    }

    /// Writes an attribute likewise.
    #[inline]
    pub(crate) fn write_by_call(
        &mut self,
        cell: &CacheCell,
        obj: Obj,
        (name, v): (Value, Value),
    ) -> Option<R<Value>> {
        let (record, this) = self.known_attr_call(cell, obj, name)?;
        let o = obj.value();
        let func = record.func;
        Some(match record.through {
            Through::Accessor | Through::Length | Through::Bind => {
                self.call_special(func, this, &[v])
            }
            Through::Hook(name) => self.call_special(func, this, &[name, v]),
            Through::Descriptor(_) | Through::Static { .. } => {
                self.call_special(func, this, &[o, v])
            }
        })
    }

    /// The record that a cell knows for this object, with the receiver of its method.
    fn known_attr_call(
        &mut self,
        cell: &CacheCell,
        obj: Obj,
        name: Value,
    ) -> Option<(Ref<AttrCall>, Value)> {
        let mut words = cell.words().filter(|(ty, _)| *ty == obj.handle());
        let number = words.find_map(|(_, payload)| match Place::decode(payload) {
            Place::Call(number) => Some(number),
            _ => None,
        })?;
        let record = self.engine().attr_call(number)?;
        if record.valid.get() == 0 || record.instance_first && self.is_shadowed(obj, name) {
            return None;
        }
        let this = match record.through {
            Through::Accessor | Through::Hook(_) | Through::Length | Through::Bind => obj.value(),
            Through::Descriptor(descriptor) => descriptor,
            Through::Static { slot, handle } => {
                let held = Value(self.engine().globals.bits(slot));
                held.as_obj()
                    .filter(|held| held.handle() == handle)?
                    .value()
            }
        };
        Some((record, this))
    }

    /// Notes in a site's cell what an access to an attribute of this object calls, if anything.
    pub(crate) fn remember_attr_call(
        &mut self,
        cell: &CacheCell,
        obj: Obj,
        (name, access): (Value, Access),
    ) -> R<()> {
        let ty = self.type_of_obj(obj);
        let Some(record) = self.find_attr_call(ty, name, access)? else {
            return Ok(());
        };
        // What every object has is no business of records.
        let text = self.name_text(name);
        if text.starts_with("__") || matches!(&*text, "constructor" | "toString") {
            return Ok(());
        }
        let key = (ty.handle, name, access);
        let number = self.engine().attr_calls.intern(key, record);
        if let Some(payload) = Place::Call(number).encode() {
            cell.remember(&ty, payload);
        }
        Ok(())
    }

    /// What an access calls, as far as the type of the object decides.
    fn find_attr_call(&mut self, ty: TypeRef, name: Value, access: Access) -> R<Option<AttrCall>> {
        if ty.kind != TypeKind::Instance {
            return Ok(None);
        }
        let present = |slot| !ty.slot(slot, Form::Forward).is_absent();
        match access {
            Access::Read if present(Slot::getattribute) => return Ok(None),
            Access::Write if present(Slot::setattr) => {
                return Ok(hook(&ty, Slot::setattr, name, access));
            }
            _ => {}
        }
        let found = ty.lookup(name).map(|(_, attr)| attr);
        if access == Access::Read && present(Slot::getattr) {
            // What an accessor or descriptor throws may lead to the hook.
            let missing = found.is_none() && ty.field(name).is_none() && !self.is_length(name);
            return Ok(hook(&ty, Slot::getattr, name, access).filter(|_| missing));
        }
        match (found, access) {
            (
                Some(Attr::Accessor {
                    get,
                    is_static: false,
                    ..
                }),
                Access::Read,
            ) => Ok(get.and_then(|func| accessor(func, access))),
            (
                Some(Attr::Accessor {
                    set,
                    is_static: false,
                    ..
                }),
                Access::Write,
            ) => Ok(set.and_then(|func| accessor(func, access))),
            (Some(Attr::Method(func)), Access::Read) => {
                let binds = func.receiver == Receiver::This && ty.field(name).is_none();
                Ok(binds.then(|| on_object(func, access, Through::Bind)))
            }
            (Some(attr), _) => self.find_descriptor(ty, name, attr, access),
            (None, Access::Read) if self.is_length(name) && ty.field(name).is_none() => {
                let func = declared(ty.slot(Slot::len, Form::Forward));
                Ok(func.map(|func| on_object(func, access, Through::Length)))
            }
            (None, _) => Ok(None),
        }
    }

    /// The same for a class attribute that holds a descriptor.
    fn find_descriptor(
        &mut self,
        ty: TypeRef,
        name: Value,
        attr: Attr,
        access: Access,
    ) -> R<Option<AttrCall>> {
        let has_field = ty.field(name).is_some();
        let (held, slot) = match (attr, self.settled(attr)) {
            (Attr::Static(field), Attr::Value(v)) if !has_field => (v, Some(field.slot)),
            (Attr::Value(v), _) => (v, None),
            _ => return Ok(None),
        };
        let descriptor = self.type_of(held);
        if !held.is_object() || descriptor.kind != TypeKind::Instance {
            return Ok(None);
        }
        let slot_fn = |slot| descriptor.slot(slot, Form::Forward);
        let data =
            !slot_fn(Slot::descr_set).is_absent() || !slot_fn(Slot::descr_delete).is_absent();
        let method = match access {
            Access::Read if data || !has_field => slot_fn(Slot::descr_get),
            Access::Read => return Ok(None),
            Access::Write => slot_fn(Slot::descr_set),
        };
        let Some(func) = declared(method) else {
            return Ok(None);
        };
        let class = self.class_object(ty)?;
        Ok(Some(AttrCall {
            valid: Cell::new(1),
            access,
            through: match slot {
                Some(slot) => Through::Static {
                    slot,
                    handle: descriptor.handle,
                },
                None => Through::Descriptor(held),
            },
            func,
            instance_first: access == Access::Read && !data,
            class,
            descriptor: Some(descriptor),
        }))
    }
}

/// A declared special method.
fn declared(slot: SlotFn) -> Option<Ref<FuncInfo>> {
    match slot {
        SlotFn::Method(func) if func.receiver == Receiver::This => Some(func),
        _ => None,
    }
}

fn accessor(func: Ref<FuncInfo>, access: Access) -> Option<AttrCall> {
    (func.receiver == Receiver::This).then(|| on_object(func, access, Through::Accessor))
}

/// The hook of a type, for attributes that its class and its fields do not have.
fn hook(ty: &TypeInfo, slot: Slot, name: Value, access: Access) -> Option<AttrCall> {
    let func = declared(ty.slot(slot, Form::Forward))?;
    Some(on_object(func, access, Through::Hook(name)))
}

fn on_object(func: Ref<FuncInfo>, access: Access, through: Through) -> AttrCall {
    let missing = matches!(through, Through::Hook(_) | Through::Length | Through::Bind);
    AttrCall {
        valid: Cell::new(1),
        access,
        through,
        func,
        instance_first: missing && access == Access::Read,
        class: Value::NULL,
        descriptor: None,
    }
}
