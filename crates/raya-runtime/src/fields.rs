//! Declared fields in front of which something may stand.
//!
//! Typed code goes straight to a declared field's place. That holds for a class until a data
//! descriptor is put over one of its fields, or attribute hooks into it or an heir. Then
//! [`type_flags::ASKS_FIELDS`] is set and the assumption `Plain` dropped: the tiers send
//! accesses to fields of that class here, which look at the type of each object.
//!
//! Invariant: a class never becomes plain again.

use raya_bytecode::{Repr, Slot};

use crate::abi::R;
use crate::assumptions::Assumption;
use crate::ctx::Ctx;
use crate::link::FieldSite;
use crate::mem::alloc::box_slot;
use crate::mem::value::Value;
use crate::type_info::{Attr, FieldInfo, Form, TypeInfo, TypeKind, TypeRef, type_flags};

impl FieldSite {
    /// Whether typed code may go straight to the field.
    pub fn is_plain(&self) -> bool {
        !self.class.has(type_flags::ASKS_FIELDS)
    }
}

impl Ctx {
    /// What reading a declared field gives, in register format.
    pub fn read_field(&mut self, o: Value, site: &FieldSite) -> R<u64> {
        let ty = self.type_of(o);
        if !self.stands_before(&ty, site.name, Slot::getattribute)
            && let Some((object, field)) = self.field_at(o, &ty, site)
        {
            let bits = object.bits(field);
            if site.repr != Repr::Word || bits != Value::UNSET.0 {
                return Ok(bits);
            }
            if site.optional {
                return Ok(Value::NULL.0);
            }
        }
        match self.get_attr(o, site.name)? {
            v if v.is_null() && site.optional => Ok(v.0),
            v => self.convert(v, site.desc),
        }
    }

    /// Writes a declared field; `bits` are in register format.
    pub fn write_field(&mut self, o: Value, site: &FieldSite, bits: u64) -> R<()> {
        let ty = self.type_of(o);
        if !self.stands_before(&ty, site.name, Slot::setattr)
            && let Some((object, field)) = self.field_at(o, &ty, site)
        {
            if self.is_frozen(o) {
                return Err(self.frozen_field(o, site));
            }
            object.set_bits(self, field, bits);
            return Ok(());
        }
        self.set_attr(o, site.name, box_slot(bits, site.repr))
    }

    /// The field of an instance that typed code means.
    fn field_at<'t>(
        &self,
        o: Value,
        ty: &'t TypeRef,
        site: &FieldSite,
    ) -> Option<(crate::mem::object::Instance, &'t FieldInfo)> {
        Some((self.as_instance(o)?, ty.field(site.name)?))
    }

    /// Whether the type has that attribute hook, or a data descriptor of that name.
    fn stands_before(&self, ty: &TypeInfo, name: Value, hook: Slot) -> bool {
        !ty.slot(hook, Form::Forward).is_absent() || self.describes(ty, name)
    }

    /// Whether a data descriptor that was put on a class has the name of a field.
    fn describes(&self, ty: &TypeInfo, name: Value) -> bool {
        matches!(ty.lookup(name), Some((_, Attr::Value(v))) if self.is_data_descriptor(v))
    }

    /// A data descriptor may have come over field `name` of instances of `ty`.
    pub(crate) fn field_attr_changed(&mut self, ty: TypeRef, name: Value) {
        if ty.field(name).is_some() && self.describes(&ty, name) {
            let has_it = |class: &&TypeRef| class.field(name).is_some();
            let classes: Vec<TypeRef> = ty.meta.mro.iter().filter(has_it).copied().collect();
            self.ask_for_fields(&classes);
        }
    }

    /// A class is complete: what its bases bring may stand before its fields or methods.
    pub(crate) fn note_inherited_hooks(&mut self, ty: TypeRef) {
        if ty.kind != TypeKind::Instance {
            return;
        }
        self.attr_hooks_changed(ty);
        if ty.has(type_flags::HAS_DATA_DESCRIPTORS) {
            for field in &ty.meta.fields {
                self.field_attr_changed(ty, field.name);
            }
            // Static fields come later.
            ty.forget_selectors();
        }
    }

    /// Typed accesses to attributes of instances of `ty` ask its hooks, if it has some.
    pub(crate) fn attr_hooks_changed(&mut self, ty: TypeRef) {
        let has = |slot| !ty.slot(slot, Form::Forward).is_absent();
        let (reads, writes) = (has(Slot::getattribute), has(Slot::setattr));
        if reads || writes {
            self.ask_for_fields(&ty.meta.mro);
            self.dispatch_by_hooks(ty, reads);
        }
    }

    /// The tiers ask for the fields of these classes from now on.
    fn ask_for_fields(&mut self, classes: &[TypeRef]) {
        let mut changed = false;
        for class in classes {
            if class.kind == TypeKind::Instance && !class.has(type_flags::ASKS_FIELDS) {
                class.set_flag(type_flags::ASKS_FIELDS);
                let plain = Assumption::Plain(*class);
                self.engine().assumptions.drop_assumption(plain);
                changed = true;
            }
        }
        if changed && let Some(hooks) = self.engine().hooks.get() {
            (hooks.fields_ask)(self);
        }
    }
}
