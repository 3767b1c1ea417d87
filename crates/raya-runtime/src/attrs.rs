//! Attribute access in CPython's order: the `getattribute`, `setattr` and `delattr`
//! behaviour of every type.
//!
//! Read: data descriptor on the type, own member, non-data descriptor or class
//! attribute, `__getattr__`. Write and delete: data descriptor first, then the instance.
//! Special methods are looked up on types only. Inline caches are filled by
//! [`crate::caches`]; class objects are in [`crate::class_attrs`].

use raya_bytecode::{Repr, Slot};

use crate::abi::{R, Thrown};
use crate::class_attrs::constructor_of;
use crate::ctx::Ctx;
use crate::errors::ErrorKind;
use crate::func::FuncInfo;
use crate::mem::alloc::box_slot;
use crate::mem::object::Instance;
use crate::mem::refs::Ref;
use crate::mem::value::Value;
use crate::type_info::{Attr, Form, TypeInfo, TypeKind, TypeRef, type_flags};

impl Ctx {
    /// Attribute `name` (interned) of any value.
    pub fn get_attr(&mut self, o: Value, name: Value) -> R<Value> {
        if !o.is_object() && (o.is_null() || o.is_unset()) {
            return Err(self.null_access("read", "reading", name));
        }
        let ty = self.type_of(o);
        if ty.has(type_flags::ATTR_HOOKS) {
            return self.get_attr_hooked(o, &ty, name);
        }
        match self.find_attr(o, &ty, name)? {
            Some(v) => Ok(v),
            None => self.missing(o, &ty, name),
        }
    }

    /// As [`Ctx::get_attr`], none where the attribute does not exist.
    pub fn get_attr_opt(&mut self, o: Value, name: Value) -> R<Option<Value>> {
        let ty = self.type_of(o);
        let found = if ty.has(type_flags::ATTR_HOOKS) {
            self.get_attr_hooked(o, &ty, name).map(Some)
        } else {
            self.find_attr(o, &ty, name)
        };
        match found {
            // Accessors and descriptors may say so too.
            Err(_) if self.take_if(ErrorKind::AttributeError) => Ok(None),
            found => found,
        }
    }

    /// A class with attribute hooks: `__getattribute__`, then `__getattr__`.
    fn get_attr_hooked(&mut self, o: Value, ty: &TypeInfo, name: Value) -> R<Value> {
        let hook = ty.slot(Slot::getattribute, Form::Forward);
        let found = if hook.is_absent() {
            match self.find_attr(o, ty, name) {
                Ok(Some(v)) => return Ok(v),
                Ok(None) => None,
                Err(thrown) => Some(thrown),
            }
        } else {
            match self.call_slot(hook, &[o, name]) {
                Ok(v) => return Ok(v),
                Err(thrown) => Some(thrown),
            }
        };
        let fallback = ty.slot(Slot::getattr, Form::Forward);
        if fallback.is_absent() {
            return match found {
                Some(thrown) => Err(thrown),
                None => self.missing(o, ty, name),
            };
        }
        if let Some(thrown) = found
            && !self.take_if(ErrorKind::AttributeError)
        {
            return Err(thrown);
        }
        self.call_slot(fallback, &[o, name])
    }

    /// The generic look-up, without hooks.
    pub(crate) fn find_attr(&mut self, o: Value, ty: &TypeInfo, name: Value) -> R<Option<Value>> {
        if ty.kind == TypeKind::ClassObject
            && let Some(class) = self.as_class(o)
        {
            return self.find_class_attr(class, name);
        }
        self.ensure_methods(ty)?;
        let on_type = self.type_attr(ty, name)?;
        if let Some((_, attr)) = on_type
            && let Some(v) = self.read_data_descriptor(o, attr, name)?
        {
            return Ok(Some(v));
        }
        if let Some(v) = self.own_member(o, name) {
            return Ok(Some(v));
        }
        if let Some((class, attr)) = on_type {
            return self.bind_attr(o, class, attr).map(Some);
        }
        if let Some(field) = ty.field(name).filter(|f| !f.private && f.optional) {
            debug_assert_eq!(field.repr, Repr::Word);
            return Ok(Some(Value::NULL));
        }
        self.special_attr(o, ty, name)
    }

    /// The attribute that instances of a type have through it. A static field that may hold
    /// anything counts as its present value, which may be a descriptor; where a class has an
    /// instance field of that name as well, instances see that one.
    fn type_attr(&mut self, ty: &TypeInfo, name: Value) -> R<Option<(TypeRef, Attr)>> {
        let stored = self.attr_name(name)?;
        let found = match ty.meta.mro.first() {
            Some(&class) if self.name_is(name, "__init__") => constructor_of(class, stored),
            _ => ty.lookup(stored),
        };
        Ok(match found {
            Some((owner, attr)) if ty.field(name).is_none() => Some((owner, self.settled(attr))),
            found => found,
        })
    }

    /// A static field that may hold anything as its present value.
    pub(crate) fn settled(&self, attr: Attr) -> Attr {
        match attr {
            Attr::Static(field) if field.repr == Repr::Word => {
                Attr::Value(self.read_static(&field))
            }
            attr => attr,
        }
    }

    /// `__str__` and `__init__` are other spellings of `toString` and `constructor`.
    pub(crate) fn attr_name(&mut self, name: Value) -> R<Value> {
        if self.name_is(name, "__str__") {
            return self.intern("toString");
        }
        if self.name_is(name, "__init__") {
            return self.intern("constructor");
        }
        Ok(name)
    }

    /// The value of a data descriptor; none if the attribute is not one.
    pub(crate) fn read_data_descriptor(
        &mut self,
        o: Value,
        attr: Attr,
        name: Value,
    ) -> R<Option<Value>> {
        match attr {
            Attr::Accessor {
                get,
                is_static: false,
                ..
            } => match get {
                Some(get) => self.call_getter(get, o).map(Some),
                None => Err(self.no_accessor(o, name, "getter")),
            },
            Attr::Value(v) if v.is_object() => {
                let ty = self.type_of(v);
                let writes = !ty.slot(Slot::descr_set, Form::Forward).is_absent()
                    || !ty.slot(Slot::descr_delete, Form::Forward).is_absent();
                if !writes && ty.kind != TypeKind::Property {
                    return Ok(None);
                }
                if let Some(v) = self.read_property(v, o, name)? {
                    return Ok(Some(v));
                }
                let get = ty.slot(Slot::descr_get, Form::Forward);
                if get.is_absent() {
                    return Ok(None);
                }
                let class = self.class_object(self.type_of(o))?;
                self.call_slot(get, &[v, o, class]).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Reads an accessor object that was put on a class at run time.
    fn read_property(&mut self, property: Value, o: Value, name: Value) -> R<Option<Value>> {
        let Some(record) = self.as_record(property, self.engine().core.property) else {
            return Ok(None);
        };
        match record.get(0) {
            Value::NULL => Err(self.no_accessor(o, name, "getter")),
            get => (self.call_bound(get, o, &[], crate::calls::Surplus::Drop)).map(Some),
        }
    }

    fn call_getter(&mut self, get: Ref<FuncInfo>, o: Value) -> R<Value> {
        self.call_function(get, o, o, &[], crate::calls::Surplus::Refuse)
    }

    /// The value of a class attribute read through an instance: functions bind it.
    pub(crate) fn bind_attr(&mut self, o: Value, class: TypeRef, attr: Attr) -> R<Value> {
        match attr {
            Attr::Method(func) => {
                let func = self.function_object(func)?;
                self.bind(o, func)
            }
            Attr::StaticMethod(_) | Attr::ClassMethod(_) => {
                let func = match attr {
                    Attr::StaticMethod(func) => self.function_object(func)?,
                    Attr::ClassMethod(v) => v,
                    _ => Value::NULL,
                };
                let class = self.engine().class_of(&self.type_of(o));
                let class = self.class_object(class)?;
                self.bind(class, func)
            }
            Attr::Native(def) => self.native_value(def, o),
            Attr::Static(field) => Ok(self.read_static(&field)),
            Attr::Accessor { get, .. } => {
                let class = self.class_object(class)?;
                match get {
                    Some(get) => self.call_getter(get, class),
                    None => Ok(Value::NULL),
                }
            }
            Attr::Value(v) => self.bind_value(o, v),
        }
    }

    /// A value that was stored on the class.
    fn bind_value(&mut self, o: Value, v: Value) -> R<Value> {
        if let Some(closure) = self.as_closure(v) {
            return if closure.func().takes_this() {
                self.bind(o, v)
            } else {
                Ok(v)
            };
        }
        if !v.is_object() {
            return Ok(v);
        }
        let get = self.type_of(v).slot(Slot::descr_get, Form::Forward);
        if get.is_absent() {
            return Ok(v);
        }
        let class = self.class_object(self.type_of(o))?;
        self.call_slot(get, &[v, o, class])
    }

    /// The value of a typed static field; unset references read as null.
    pub(crate) fn read_static(&self, field: &crate::type_info::StaticField) -> Value {
        let bits = self.engine().globals.bits(field.slot);
        if bits == crate::mem::globals::unset_bits(field.repr) {
            return Value::NULL;
        }
        box_slot(bits, field.repr)
    }

    /// What every object has: `__class__`, `__dict__`, the methods of the root class, `name` and
    /// `length` of functions, `length` where there is `__len__`.
    fn special_attr(&mut self, o: Value, ty: &TypeInfo, name: Value) -> R<Option<Value>> {
        if self.name_is(name, "__class__") {
            let class = self.engine().class_of(ty);
            return self.class_object(class).map(Some);
        }
        if ty.kind == TypeKind::AttributeView
            && (self.is_length(name) || self.name_is(name, "size"))
        {
            return Ok(Some(Value::number(self.view_size(o)? as f64)));
        }
        if matches!(ty.kind, TypeKind::Function | TypeKind::BoundMethod) {
            return self.function_attr(o, name);
        }
        if ty.has(type_flags::ERROR)
            && let Some(v) = self.error_attr(o, name)?
        {
            return Ok(Some(v));
        }
        if ty.kind == TypeKind::Instance {
            return self.instance_attr(o, ty, name);
        }
        Ok(None)
    }

    fn instance_attr(&mut self, o: Value, ty: &TypeInfo, name: Value) -> R<Option<Value>> {
        if self.name_is(name, "__dict__") {
            return self.attribute_view(o).map(Some);
        }
        if self.name_is(name, "constructor") {
            let class = self.engine().class_of(ty);
            return self.class_object(class).map(Some);
        }
        if self.is_length(name) && !ty.slot(Slot::len, Form::Forward).is_absent() {
            let len = self.length_by_slot(o)?;
            return Ok(Some(Value::number(len)));
        }
        self.root_method(o, name)
    }

    /// What reading a missing attribute gives: null on structural objects, else
    /// `AttributeError`.
    #[cold]
    fn missing(&mut self, o: Value, ty: &TypeInfo, name: Value) -> R<Value> {
        if matches!(ty.kind, TypeKind::Literal | TypeKind::Dict) {
            return Ok(Value::NULL);
        }
        Err(self.no_attribute(o, name))
    }

    /// The `AttributeError` of an attribute that is not there.
    #[cold]
    pub fn no_attribute(&mut self, o: Value, name: Value) -> Thrown {
        let mut name = self.name_text(name);
        if name.starts_with('#') {
            // What follows tells the private fields of a class and its bases apart.
            name.truncate(name.find('@').unwrap_or(name.len()));
        }
        let message = match self.as_class(o) {
            Some(class) => format!(
                "type object '{}' has no attribute '{name}'",
                class.meta.name
            ),
            None => {
                // A bound method answers for its function.
                let ty = match self.type_of(o) {
                    ty if ty.kind == TypeKind::BoundMethod => self.engine().core.function,
                    ty => ty,
                };
                format!("'{}' object has no attribute '{name}'", ty.meta.name)
            }
        };
        self.throw(ErrorKind::AttributeError, &message)
    }

    #[cold]
    pub(crate) fn no_accessor(&mut self, o: Value, name: Value, which: &str) -> Thrown {
        let name = self.name_text(name);
        let class = self.type_of(o).qualified_name().to_owned();
        let message = format!("property '{name}' of '{class}' object has no {which}");
        self.throw(ErrorKind::AttributeError, &message)
    }

    /// The `TypeError` of an access to null.
    #[cold]
    pub fn null_access(&mut self, verb: &str, doing: &str, name: Value) -> Thrown {
        let name = self.name_text(name);
        let message = format!("Cannot {verb} properties of null ({doing} '{name}')");
        self.type_error(&message)
    }

    /// Sets attribute `name` (interned) of any value.
    pub fn set_attr(&mut self, o: Value, name: Value, v: Value) -> R<()> {
        if o.is_null() || o.is_unset() {
            return Err(self.null_access("set", "setting", name));
        }
        let ty = self.type_of(o);
        if ty.has(type_flags::ATTR_HOOKS) {
            let hook = ty.slot(Slot::setattr, Form::Forward);
            if !hook.is_absent() {
                self.call_slot(hook, &[o, name, v])?;
                return Ok(());
            }
        }
        self.store_attr(o, ty, name, v)
    }

    /// The generic store, without hooks.
    pub(crate) fn store_attr(&mut self, o: Value, ty: TypeRef, name: Value, v: Value) -> R<()> {
        if let Some(class) = self.as_class(o) {
            return self.set_class_attr(class, name, v);
        }
        if let Some((_, attr)) = self.type_attr(&ty, name)?
            && self.write_data_descriptor(o, attr, name, v)?
        {
            return Ok(());
        }
        if self.is_frozen(o) {
            return Err(self.frozen_attr(o, name));
        }
        match ty.kind {
            TypeKind::Instance | TypeKind::Literal | TypeKind::Function => {
                self.store_own(o, ty, name, v)
            }
            TypeKind::Dict => {
                let v = match ty.desc.get().map(|d| d.get_shape()) {
                    Some(crate::desc::DescShape::Dict(of)) => self.check(v, *of)?,
                    _ => v,
                };
                self.dict_set(o, name, v)
            }
            TypeKind::Array if self.is_length(name) => self.set_length(o, v),
            _ => Err(self.no_attribute(o, name)),
        }
    }

    /// Stores an own member of an instance or literal, checked against its declared type.
    pub(crate) fn store_own(&mut self, o: Value, ty: TypeRef, name: Value, v: Value) -> R<()> {
        let Some(object) = self.as_instance(o) else {
            let Some(closure) = self.as_closure(o) else {
                return Err(self.no_attribute(o, name));
            };
            let table = closure.make_attrs(self)?;
            return self.table_set(table, name, v);
        };
        if let Some(field) = ty.field(name).filter(|f| !f.private) {
            return self.store_field(object, field, v);
        }
        if let Some(member) = ty.meta.members.iter().find(|m| m.name == name) {
            let v = self.check(v, member.ty)?;
            return self.set_expando(object, name, v);
        }
        let fresh = self.get_expando(object, name).is_none();
        self.set_expando(object, name, v)?;
        if fresh {
            self.shadowed(ty, name);
        }
        Ok(())
    }

    /// Stores a declared field, checked; an optional one may become null.
    pub(crate) fn store_field(
        &mut self,
        object: Instance,
        field: &crate::type_info::FieldInfo,
        v: Value,
    ) -> R<()> {
        let bits = if field.repr == Repr::Word {
            if v.is_null() && field.optional {
                v.0
            } else {
                self.check(v, field.desc)?.0
            }
        } else {
            self.convert(v, field.desc)?
        };
        object.set_bits(self, field, bits);
        Ok(())
    }

    fn set_length(&mut self, o: Value, v: Value) -> R<()> {
        let wanted = v.as_f64().unwrap_or(f64::NAN);
        match (self.as_array(o), crate::casts::as_exact_int(wanted)) {
            (Some(array), Some(n)) => self.array_set_length(array, n),
            _ => Err(self.range_error("Invalid array length")),
        }
    }

    /// Writes through a data descriptor; false if the attribute is not one.
    pub(crate) fn write_data_descriptor(
        &mut self,
        o: Value,
        attr: Attr,
        name: Value,
        v: Value,
    ) -> R<bool> {
        match attr {
            Attr::Accessor {
                set,
                is_static: false,
                ..
            } => {
                let Some(set) = set else {
                    return Err(self.no_accessor(o, name, "setter"));
                };
                self.call_function(set, o, o, &[v], crate::calls::Surplus::Refuse)?;
                Ok(true)
            }
            Attr::Value(descriptor) if descriptor.is_object() => {
                let ty = self.type_of(descriptor);
                if let Some(record) = self.as_record(descriptor, self.engine().core.property) {
                    let set = record.get(1);
                    if set.is_null() {
                        return Err(self.no_accessor(o, name, "setter"));
                    }
                    self.call_bound(set, o, &[v], crate::calls::Surplus::Drop)?;
                    return Ok(true);
                }
                let set = ty.slot(Slot::descr_set, Form::Forward);
                if set.is_absent() {
                    if ty.slot(Slot::descr_delete, Form::Forward).is_absent() {
                        return Ok(false);
                    }
                    return Err(self.throw(ErrorKind::AttributeError, "__set__"));
                }
                self.call_slot(set, &[descriptor, o, v])?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Deletes attribute `name` (interned) of any value.
    pub fn del_attr(&mut self, o: Value, name: Value) -> R<()> {
        if o.is_null() || o.is_unset() {
            return Err(self.null_access("delete", "deleting", name));
        }
        let ty = self.type_of(o);
        if ty.has(type_flags::ATTR_HOOKS) {
            let hook = ty.slot(Slot::delattr, Form::Forward);
            if !hook.is_absent() {
                self.call_slot(hook, &[o, name])?;
                return Ok(());
            }
        }
        self.generic_delete(o, name)
    }

    /// The generic deletion, without hooks.
    pub(crate) fn generic_delete(&mut self, o: Value, name: Value) -> R<()> {
        let ty = self.type_of(o);
        if let Some(class) = self.as_class(o) {
            return self.del_class_attr(class, name);
        }
        if let Some((_, attr)) = self.type_attr(&ty, name)?
            && self.delete_by_descriptor(o, attr, name)?
        {
            return Ok(());
        }
        if self.is_frozen(o) {
            let name = self.name_text(name);
            return Err(self.frozen_delete(o, &name));
        }
        let structural = matches!(ty.kind, TypeKind::Literal | TypeKind::Dict);
        if self.delete_own(o, name)? || structural {
            return Ok(());
        }
        Err(self.no_attribute(o, name))
    }

    /// Deletes through a data descriptor; false if the attribute is not one.
    fn delete_by_descriptor(&mut self, o: Value, attr: Attr, name: Value) -> R<bool> {
        match attr {
            Attr::Accessor {
                is_static: false, ..
            } => Err(self.no_accessor(o, name, "deleter")),
            Attr::Value(descriptor) if descriptor.is_object() => {
                let ty = self.type_of(descriptor);
                let delete = ty.slot(Slot::descr_delete, Form::Forward);
                if !delete.is_absent() {
                    self.call_slot(delete, &[descriptor, o])?;
                    return Ok(true);
                }
                if ty.kind == TypeKind::Property {
                    return Err(self.no_accessor(o, name, "deleter"));
                }
                if ty.slot(Slot::descr_set, Form::Forward).is_absent() {
                    return Ok(false);
                }
                Err(self.throw(ErrorKind::AttributeError, "__delete__"))
            }
            _ => Ok(false),
        }
    }
}
