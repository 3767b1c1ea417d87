//! What a change of a class does to typed code that calls its members.
//!
//! Entries of vtables and cells of static members lead to functions that were declared. Once a
//! member is patched, deleted, shadowed by an instance, or hidden behind an attribute hook,
//! they lead to a bridge, which looks at each call what is there. Inline caches forget the
//! classes, and assumptions about the member are dropped.

use raya_bytecode::{MethodKind, Slot};

use crate::abi::R;
use crate::bridges::bridge;
use crate::ctx::Ctx;
use crate::func::{BridgeTarget, FuncBody, FuncInfo};
use crate::mem::refs::Ref;
use crate::mem::value::Value;
use crate::slots::slot_of_name;
use crate::type_info::{Attr, Form, TypeRef, VtableKey, type_flags};

/// A class and all its heirs.
fn family_of(class: TypeRef) -> Vec<TypeRef> {
    let mut family = vec![class];
    let mut next = 0;
    while let Some(&member) = family.get(next) {
        family.extend(member.meta.subclasses.borrow().iter().copied());
        next += 1;
    }
    family
}

impl Ctx {
    /// A class attribute was set or deleted: slots, vtables and caches follow.
    pub(crate) fn class_changed(&mut self, class: TypeRef, name: Value) -> R<()> {
        let family = family_of(class);
        for &member in &family {
            member.forget_selectors();
        }
        self.slot_attr_changed(class, name)?;
        for &member in &family {
            member.version.set(member.version.get().wrapping_add(1));
            if matches!(member.lookup(name), Some((_, Attr::Value(v))) if self.is_data_descriptor(v))
            {
                member.set_flag(type_flags::HAS_DATA_DESCRIPTORS);
            }
            self.field_attr_changed(member, name);
            self.dispatch_by_attribute(member, name);
        }
        self.dispatch_static(class, name);
        self.drop_caches(&family);
        self.engine().assumptions.method_changed(&family, name);
        Ok(())
    }

    /// The attribute `name` of a class is replaced or deleted: if that is its constructor, the
    /// declared one is gone for good. True if there was one.
    pub(crate) fn drop_constructor(&mut self, class: TypeRef, name: Value) -> bool {
        if !self.name_is(name, "constructor") || class.meta.own_constructor.take().is_none() {
            return false;
        }
        for heir in family_of(class) {
            let mut order = heir.meta.mro.iter();
            let declared = order.find_map(|base| base.meta.own_constructor.get());
            heir.meta.constructor.set(declared);
        }
        true
    }

    /// An instance got an own attribute called like a method: typed calls of that method must
    /// look at instances first from now on, in the class and its heirs.
    pub(crate) fn shadowed(&mut self, ty: TypeRef, name: Value) {
        if !ty.meta.vtable_keys.iter().any(|key| key.name == name) {
            return;
        }
        let family = family_of(ty);
        for &member in &family {
            self.dispatch_by_attribute(member, name);
        }
        self.drop_caches(&family);
        self.engine().assumptions.method_changed(&family, name);
    }

    /// Vtable entries of `name` lead to the attribute from now on.
    fn dispatch_by_attribute(&mut self, ty: TypeRef, name: Value) {
        for (i, key) in (0..).zip(&ty.meta.vtable_keys) {
            if key.name == name {
                self.dispatch_entry(ty, i, key);
            }
        }
    }

    fn dispatch_entry(&mut self, ty: TypeRef, i: u32, key: &VtableKey) {
        let operator = match key.kind {
            MethodKind::Method => slot_of_name(&self.name_text(key.name)).filter(is_operator),
            _ => None,
        };
        let target = BridgeTarget::Attr {
            name: key.name,
            kind: key.kind,
            operator,
            class: ty,
        };
        let stub = bridge(self.engine(), key.sig, target);
        ty.set_vtable_entry(i, stub);
    }

    /// Typed calls of methods and accessors of instances of `ty` go through its attribute hooks:
    /// through `__getattribute__` where it `reads`, through `__setattr__` else. Special methods
    /// are looked up on types.
    pub(crate) fn dispatch_by_hooks(&mut self, ty: TypeRef, reads: bool) {
        for (i, key) in (0..).zip(&ty.meta.vtable_keys) {
            let hooked = match key.kind {
                MethodKind::Setter => true,
                _ => reads,
            };
            let known = ty.vtable_entry(i).is_some_and(|f| asks_in(&f) == Some(ty));
            if !hooked || known || self.name_text(key.name).starts_with("__") {
                continue;
            }
            self.dispatch_entry(ty, i, key);
            self.engine().assumptions.method_changed(&[ty], key.name);
        }
    }

    /// Entries that a new class has from one whose members were patched ask for its own
    /// instances, too.
    pub(crate) fn adopt_bridges(&mut self, ty: TypeRef) {
        for (i, key) in (0..).zip(&ty.meta.vtable_keys) {
            if ty.vtable_entry(i).is_some_and(|f| asks_in(&f).is_some()) {
                self.dispatch_entry(ty, i, key);
            }
        }
    }

    /// Calls of the static member `name` of a class or its heirs look it up from now on.
    fn dispatch_static(&mut self, class: TypeRef, name: Value) {
        let engine = self.engine();
        engine.method_sites.each(|site| {
            let reaches = site.name == name && site.class.is_subtype_of(&class);
            if !reaches || site.func.get().is_none() {
                return;
            }
            let target = BridgeTarget::Static {
                name,
                class: site.class,
                kind: site.kind,
            };
            site.func.set(Some(bridge(engine, site.sig, target)));
        });
    }
}

/// The class whose attributes an entry asks for, if it does.
fn asks_in(func: &Ref<FuncInfo>) -> Option<TypeRef> {
    match func.body {
        FuncBody::Bridge {
            target: BridgeTarget::Attr { class, .. },
        } => Some(class),
        _ => None,
    }
}

/// Whether typed operators call the method of a slot, and the slot alone decides.
fn is_operator(&(slot, form): &(Slot, Form)) -> bool {
    use raya_bytecode::SlotKind;
    match slot.kind() {
        SlotKind::Binary | SlotKind::Unary | SlotKind::Compare => true,
        SlotKind::Container => form == Form::Forward,
        SlotKind::Call => slot == Slot::call,
        _ => false,
    }
}
