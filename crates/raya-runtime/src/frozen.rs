//! Frozen objects: `Object.freeze` and the errors of changing what it froze.
//!
//! Freezing is shallow and sets a header flag. Stores that a tier makes in place look at the
//! flag, or rely on [`Assumption::NotFrozen`], which the first frozen instance of a class
//! (for arrays: the first frozen array) drops. Private fields (`#x`) go on changing.

use crate::abi::Thrown;
use crate::assumptions::Assumption;
use crate::ctx::Ctx;
use crate::link::FieldSite;
use crate::mem::array::Array;
use crate::mem::layout::FLAG_FROZEN;
use crate::mem::obj::Obj;
use crate::mem::value::Value;
use crate::type_info::{TypeKind, TypeRef};

impl Ctx {
    /// Freezes an object; strings and values that are no objects cannot change anyway.
    pub(crate) fn freeze(&mut self, v: Value) {
        let Some(obj) = v.as_obj().filter(|_| self.as_str(v).is_none()) else {
            return;
        };
        obj.set_flags(FLAG_FROZEN);
        let ty = self.type_of_obj(obj);
        let assumptions = &self.engine().assumptions;
        match ty.kind {
            TypeKind::Array | TypeKind::Tuple => {
                assumptions.drop_assumption(Assumption::NotFrozen(self.engine().core.array));
            }
            TypeKind::Instance => {
                for &class in &ty.meta.mro {
                    assumptions.drop_assumption(Assumption::NotFrozen(class));
                }
            }
            _ => {}
        }
    }

    /// Whether the object was frozen.
    pub(crate) fn is_frozen(&self, v: Value) -> bool {
        v.as_obj().is_some_and(is_frozen)
    }

    /// The error of storing into the frozen object's field.
    pub(crate) fn frozen_field(&mut self, o: Value, field: &FieldSite) -> Thrown {
        let name = self.name_text(field.name);
        self.read_only(o, &name)
    }

    /// The error of storing attribute `name` of a frozen object, which may have it or not.
    pub(crate) fn frozen_attr(&mut self, o: Value, name: Value) -> Thrown {
        let text = self.name_text(name);
        if self.own_member(o, name).is_some() {
            self.read_only(o, &text)
        } else {
            self.not_extensible(&text)
        }
    }

    /// The error of deleting a member of a frozen object.
    pub(crate) fn frozen_delete(&mut self, o: Value, name: &str) -> Thrown {
        let object = self.object_text(o);
        self.type_error(&format!("Cannot delete property '{name}' of {object}"))
    }

    /// The error of storing at index `i` of a frozen array.
    pub(crate) fn frozen_element(&mut self, array: Array, i: usize) -> Thrown {
        let index = i.to_string();
        if i < array.len() {
            self.read_only(array.value(), &index)
        } else {
            self.not_extensible(&index)
        }
    }

    /// The error of removing the last element of a frozen array.
    pub(crate) fn frozen_pop(&mut self, array: Array) -> Thrown {
        match array.len().checked_sub(1) {
            Some(last) => self.frozen_delete(array.value(), &last.to_string()),
            None => self.read_only(array.value(), "length"),
        }
    }

    /// The error of storing a member that cannot change.
    pub(crate) fn read_only(&mut self, o: Value, name: &str) -> Thrown {
        let object = self.object_text(o);
        let message = format!("Cannot assign to read only property '{name}' of object '{object}'");
        self.type_error(&message)
    }

    fn not_extensible(&mut self, name: &str) -> Thrown {
        self.type_error(&format!(
            "Cannot add property {name}, object is not extensible"
        ))
    }

    /// How these messages name an object.
    fn object_text(&self, o: Value) -> String {
        match self.as_array(o) {
            Some(_) => "[object Array]".to_owned(),
            None => {
                let class: TypeRef = self.engine().class_of(&self.type_of(o));
                format!("#<{}>", class.meta.name)
            }
        }
    }
}

/// Whether the object was frozen.
pub(crate) fn is_frozen(obj: Obj) -> bool {
    obj.flags() & FLAG_FROZEN != 0
}
