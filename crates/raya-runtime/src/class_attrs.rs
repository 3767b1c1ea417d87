//! Attributes of class objects, and what changing them does to the classes.
//!
//! Reads follow the class's MRO, then what every class has (`__name__`, `__mro__`, …).
//! A write replaces the attribute, refreshes slots and vtables down the hierarchy and
//! drops what inline caches knew about those classes.

use raya_bytecode::{MethodKind, Slot};

use crate::abi::R;
use crate::calls::Surplus;
use crate::ctx::Ctx;
use crate::engine::Engine;
use crate::errors::ErrorKind;
use crate::mem::array::Array;
use crate::mem::object::Record;
use crate::mem::value::Value;
use crate::super_access::{Constructor, first_constructor};
use crate::type_info::{Attr, Form, TypeInfo, TypeKind, TypeRef};

impl Engine {
    /// The class that programs see for a type: instantiations of built-in containers
    /// share one.
    pub(crate) fn class_of(&self, ty: &TypeInfo) -> TypeRef {
        match ty.kind {
            TypeKind::Array | TypeKind::Tuple => self.core.array,
            TypeKind::Literal | TypeKind::Dict => self.core.object,
            _ => ty.meta.mro[0],
        }
    }
}

/// The constructor of a class as an attribute: what was put in its place on the nearest class
/// of the MRO that has either, else the declared one. `name` is the interned `constructor`.
pub(crate) fn constructor_of(class: TypeRef, name: Value) -> Option<(TypeRef, Attr)> {
    Some(match first_constructor(&class.meta.mro, name)? {
        Constructor::Declared(func) => (class, Attr::Method(func)),
        Constructor::Attr(owner, attr) => (owner, attr),
    })
}

impl Ctx {
    /// Attribute `name` of a class object.
    pub(crate) fn find_class_attr(&mut self, class: TypeRef, name: Value) -> R<Option<Value>> {
        let stored = self.attr_name(name)?;
        let found = if self.name_is(stored, "constructor") {
            constructor_of(class, stored)
        } else {
            class.lookup(stored)
        };
        if let Some((owner, attr)) = found
            && !self.is_name_of_instances(attr, name)
        {
            return self.class_attr_value(class, owner, attr, name).map(Some);
        }
        self.special_class_attr(class, name)
    }

    /// Whether an attribute is the accessor `name` of instances: a class's own name comes
    /// before it.
    fn is_name_of_instances(&self, attr: Attr, name: Value) -> bool {
        let of_instances = matches!(
            attr,
            Attr::Accessor {
                is_static: false,
                ..
            }
        );
        of_instances && self.name_is(name, "name")
    }

    pub(crate) fn class_attr_value(
        &mut self,
        class: TypeRef,
        owner: TypeRef,
        attr: Attr,
        name: Value,
    ) -> R<Value> {
        match attr {
            Attr::Method(func) => self.function_object(func),
            Attr::StaticMethod(func) => {
                let func = self.function_object(func)?;
                let class = self.class_object(class)?;
                self.bind(class, func)
            }
            Attr::ClassMethod(func) => {
                let class = self.class_object(class)?;
                self.bind(class, func)
            }
            Attr::Static(field) => {
                let bits = self.engine().globals.bits(field.slot);
                if bits == crate::mem::globals::unset_bits(field.repr) {
                    let name = self.name_text(name);
                    let message = format!("Cannot access '{name}' before initialization");
                    return Err(self.throw(ErrorKind::ReferenceError, &message));
                }
                let v = self.read_static(&field);
                self.class_value(class, v)
            }
            Attr::Accessor {
                get: Some(get),
                is_static: true,
                ..
            } => {
                let this = self.class_object(class)?;
                self.call_function(get, this, this, &[], Surplus::Refuse)
            }
            Attr::Accessor { get, set, .. } => {
                let mut half = |f: Option<_>| match f {
                    Some(f) => self.function_object(f),
                    None => Ok(Value::NULL),
                };
                let words = [half(get)?, half(set)?];
                let ty = self.engine().core.property;
                let property = Record::new(self, ty, &words)?.value();
                // Reading the accessor again gives the same object.
                let attrs = &owner.meta.attrs;
                attrs.borrow_mut().set(name, Attr::Value(property));
                Ok(property)
            }
            Attr::Native(def) => self.native_value(def, Value::UNSET),
            Attr::Value(v) => self.class_value(class, v),
        }
    }

    /// A value that is stored on a class, read through it.
    fn class_value(&mut self, class: TypeRef, v: Value) -> R<Value> {
        if !v.is_object() {
            return Ok(v);
        }
        let get = self.type_of(v).slot(Slot::descr_get, Form::Forward);
        if get.is_absent() {
            return Ok(v);
        }
        let class = self.class_object(class)?;
        self.call_slot(get, &[v, Value::NULL, class])
    }

    /// `__name__`, `name`, `__qualname__`, `__mro__`, `__bases__`, `__subclasses__`, `__class__`.
    fn special_class_attr(&mut self, class: TypeRef, name: Value) -> R<Option<Value>> {
        if self.name_is(name, "__name__") || self.name_is(name, "name") {
            return self.string(&class.meta.name).map(Some);
        }
        if self.name_is(name, "__qualname__") {
            return self.string(class.qualified_name()).map(Some);
        }
        if self.name_is(name, "__mro__") {
            return self.class_list(&class.meta.mro).map(Some);
        }
        if self.name_is(name, "__bases__") {
            return self.class_list(&class.meta.bases).map(Some);
        }
        if self.name_is(name, "__dict__") {
            let class = self.class_object(class)?;
            return self.attribute_view(class).map(Some);
        }
        if self.name_is(name, "__class__") {
            let ty = self.engine().core.class;
            return self.class_object(ty).map(Some);
        }
        if self.name_is(name, "__subclasses__") {
            let receiver = self.class_object(class)?;
            return self.native_value(&SUBCLASSES, receiver).map(Some);
        }
        if class.kind != TypeKind::Instance {
            return Ok(None);
        }
        self.root_method(Value::UNSET, name)
    }

    fn class_list(&mut self, classes: &[TypeRef]) -> R<Value> {
        let ty = self.array_type(self.engine().descs.any_array)?;
        let array = Array::new(self, ty, 0, classes.len())?;
        for &class in classes {
            let class = self.class_object(class)?;
            array.push_bits(self, class.0)?;
        }
        Ok(array.value())
    }

    /// Sets attribute `name` of a class object.
    pub(crate) fn set_class_attr(&mut self, class: TypeRef, name: Value, v: Value) -> R<()> {
        for fixed in ["__class__", "__bases__", "__mro__"] {
            if self.name_is(name, fixed) {
                let message = format!("{fixed} assignment is not supported");
                return Err(self.type_error(&message));
            }
        }
        let name = self.attr_name(name)?;
        if class.kind != TypeKind::Instance || class.handle == self.engine().core.object.handle {
            let text = self.name_text(name);
            let message = format!(
                "cannot set '{text}' attribute of immutable type '{}'",
                class.meta.name
            );
            return Err(self.type_error(&message));
        }
        match class.lookup(name) {
            Some((_, Attr::Static(field))) if class.meta.attrs.borrow().get(name).is_some() => {
                let bits = self.convert(v, field.desc)?;
                self.engine().globals.set_bits(field.slot, bits);
                return self.slot_attr_changed(class, name);
            }
            Some((
                _,
                Attr::Accessor {
                    set,
                    is_static: true,
                    ..
                },
            )) => {
                let this = self.class_object(class)?;
                let Some(set) = set else {
                    return Err(self.no_accessor(this, name, "setter"));
                };
                self.call_function(set, this, this, &[v], Surplus::Refuse)?;
                return Ok(());
            }
            _ => {}
        }
        if let Some(field) = class.field(name)
            && !self.is_data_descriptor(v)
        {
            let text = self.name_text(field.name);
            let message = format!(
                "'{text}' is a declared field of '{}' and cannot become a class attribute",
                class.meta.name
            );
            return Err(self.type_error(&message));
        }
        if self.replaces_method(class, name) && !self.stands_for_method(v) {
            let text = self.name_text(name);
            let message = format!(
                "'{text}' is a method of '{}' and cannot become '{}'",
                class.meta.name,
                self.type_name(v)
            );
            return Err(self.type_error(&message));
        }
        self.drop_constructor(class, name);
        class.meta.attrs.borrow_mut().set(name, Attr::Value(v));
        self.class_changed(class, name)
    }

    /// Whether typed calls reach an attribute of that name; special methods may be switched off.
    fn replaces_method(&mut self, class: TypeRef, name: Value) -> bool {
        let mut keys = class.meta.vtable_keys.iter();
        keys.any(|key| key.name == name && key.kind == MethodKind::Method)
            && !self.name_text(name).starts_with("__")
    }

    fn stands_for_method(&self, v: Value) -> bool {
        let get = self.type_of(v).slot(Slot::descr_get, Form::Forward);
        self.is_callable(v) || !get.is_absent() || self.is_data_descriptor(v)
    }

    pub(crate) fn is_data_descriptor(&self, v: Value) -> bool {
        let ty = self.type_of(v);
        ty.kind == TypeKind::Property
            || !ty.slot(Slot::descr_set, Form::Forward).is_absent()
            || !ty.slot(Slot::descr_delete, Form::Forward).is_absent()
    }

    /// Deletes attribute `name` of a class object.
    pub(crate) fn del_class_attr(&mut self, class: TypeRef, name: Value) -> R<()> {
        let name = self.attr_name(name)?;
        let deleted = class.meta.attrs.borrow_mut().remove(name);
        if !self.drop_constructor(class, name) && !deleted {
            let object = self.class_object(class)?;
            return Err(self.no_attribute(object, name));
        }
        self.class_changed(class, name)
    }
}

impl Ctx {
    /// Runs a call of the static member `name` of `class` by its present value; `this` is the
    /// class that its function receives.
    pub(crate) fn run_static(
        &mut self,
        this: Value,
        class: TypeRef,
        name: Value,
        kind: MethodKind,
        args: &[Value],
    ) -> R<Value> {
        if kind == MethodKind::StaticSetter {
            let value = args.first().copied().unwrap_or(Value::NULL);
            self.set_attr(this, name, value)?;
            return Ok(Value::NULL);
        }
        let found = match (class.lookup(name), self.as_class(this)) {
            (Some((owner, attr)), Some(receiver)) => {
                self.class_attr_value(receiver, owner, attr, name)?
            }
            _ => return Err(self.no_attribute(this, name)),
        };
        match kind {
            MethodKind::StaticGetter => Ok(found),
            _ => self.call_with(found, args, Surplus::Drop),
        }
    }
}

/// `C.__subclasses__()`.
static SUBCLASSES: crate::type_info::NativeDef = crate::type_info::NativeDef {
    name: "__subclasses__",
    arity: (0, 0),
    func: |ctx, args| {
        let class = args.first().and_then(|&v| ctx.as_class(v));
        let list = class.map_or_else(Vec::new, |c| c.meta.subclasses.borrow().clone());
        ctx.class_list(&list)
    },
};
