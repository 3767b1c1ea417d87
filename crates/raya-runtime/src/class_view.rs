//! `C.__dict__`: what a class declares itself, under the names that Python programs know, not
//! bound to anything. The view is read-only as CPython's: attributes are put on the class.

use crate::abi::{R, Thrown};
use crate::class_create::FIELDS;
use crate::ctx::Ctx;
use crate::mem::value::Value;
use crate::type_info::{Attr, TypeRef};

impl Ctx {
    /// The class that a view shows, if it shows one.
    pub(crate) fn viewed_class(&self, view: Value) -> Option<TypeRef> {
        self.as_class(self.viewed(view))
    }

    /// What a class has itself under a name, as it is stored.
    pub(crate) fn class_member(&mut self, class: TypeRef, name: Value) -> R<Option<Value>> {
        let stored = self.attr_name(name)?;
        let own = class.meta.attrs.borrow().get(stored);
        if let Some(attr) = own {
            return self.stored_value(class, attr, stored).map(Some);
        }
        match class.meta.own_constructor.get() {
            Some(ctor) if self.name_is(stored, "constructor") => {
                self.function_object(ctor).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// What a class has itself, by name.
    pub(crate) fn class_members(&mut self, class: TypeRef) -> R<Vec<(Value, Value)>> {
        let attrs: Vec<(Value, Attr)> = class.meta.attrs.borrow().iter().collect();
        let mut all = Vec::with_capacity(attrs.len() + 1);
        let mut has_constructor = false;
        for (name, attr) in attrs {
            if self.name_is(name, FIELDS) || self.is_private_name(name) {
                continue;
            }
            has_constructor |= self.name_is(name, "constructor");
            let value = self.stored_value(class, attr, name)?;
            all.push((self.python_name(name)?, value));
        }
        if let Some(ctor) = class
            .meta
            .own_constructor
            .get()
            .filter(|_| !has_constructor)
        {
            let value = self.function_object(ctor)?;
            all.insert(0, (self.intern("__init__")?, value));
        }
        Ok(all)
    }

    fn stored_value(&mut self, class: TypeRef, attr: Attr, name: Value) -> R<Value> {
        match attr {
            Attr::Value(v) | Attr::ClassMethod(v) => Ok(v),
            Attr::StaticMethod(func) => self.function_object(func),
            Attr::Static(field) => Ok(self.read_static(&field)),
            Attr::Accessor {
                is_static: true, ..
            } => Ok(Value::NULL),
            _ => self.class_attr_value(class, class, attr, name),
        }
    }

    fn is_private_name(&mut self, name: Value) -> bool {
        self.name_text(name).starts_with('#')
    }

    fn python_name(&mut self, name: Value) -> R<Value> {
        if self.name_is(name, "toString") {
            return self.intern("__str__");
        }
        if self.name_is(name, "constructor") {
            return self.intern("__init__");
        }
        Ok(name)
    }

    /// The `TypeError` of a change through the view of a class.
    #[cold]
    pub(crate) fn class_view_change(&mut self, what: &str) -> Thrown {
        self.type_error(&format!("'mappingproxy' object {what}"))
    }
}
