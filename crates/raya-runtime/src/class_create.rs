//! Classes made while a program runs: `type(name, bases, members)`.
//!
//! Serves declarations whose bases are computed. Members are closures and become class
//! attributes; slots, vtable entries and caches follow as for any attribute that is put on a
//! class. Storage for fields of its own such a class has none: they are attributes.

use crate::abi::R;
use crate::class_builder::ClassPlan;
use crate::ctx::Ctx;
use crate::mem::array::Array;
use crate::mem::object::Record;
use crate::mem::value::Value;
use crate::type_info::{Attr, TypeKind, TypeRef, type_flags};

/// What a closure is in its class; the checker passes the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Method,
    Getter,
    Setter,
    Static,
    Constructor,
    Fields,
}

impl Role {
    fn from_value(v: Value) -> Option<Role> {
        Some(match v.as_number().or(v.as_int().map(f64::from))? as i64 {
            0 => Role::Method,
            1 => Role::Getter,
            2 => Role::Setter,
            3 => Role::Static,
            4 => Role::Constructor,
            5 => Role::Fields,
            _ => return None,
        })
    }
}

/// The attribute that holds a class's field initialisers; no program can write its name.
pub(crate) const FIELDS: &str = "#fields";

impl Ctx {
    /// Makes a class with these bases; `qualified` is its name with those of what it stands in,
    /// `members` are names, roles and closures in turn.
    pub fn create_class(&mut self, qualified: &str, bases: Array, members: Array) -> R<Value> {
        let mut classes = Vec::with_capacity(bases.len());
        for i in 0..bases.len() {
            let base = bases.get(i).unwrap_or(Value::NULL);
            classes.push(self.acceptable_base(base)?);
        }
        let plan = ClassPlan {
            name: qualified.rsplit('.').next().unwrap_or("").into(),
            qualified: Some(qualified.into()),
            primary: self.layout_base(&classes)?,
            bases: classes,
            ..ClassPlan::default()
        };
        let class = self.build_class(plan)?;
        let object = self.class_object(class)?;
        for i in (0..members.len()).step_by(3) {
            let part = |at| members.get(i + at).unwrap_or(Value::NULL);
            if let (Some(name), Some(role)) = (self.as_str(part(0)), Role::from_value(part(1))) {
                let name = self.intern_str(name)?.value();
                self.add_member(class, name, role, part(2))?;
            }
        }
        Ok(object)
    }

    fn acceptable_base(&mut self, base: Value) -> R<TypeRef> {
        let Some(class) = self.as_class(base) else {
            let message = format!("bases must be types, not '{}'", self.type_name(base));
            return Err(self.type_error(&message));
        };
        if class.kind != TypeKind::Instance {
            let message = format!("type '{}' is not an acceptable base type", class.meta.name);
            return Err(self.type_error(&message));
        }
        Ok(class)
    }

    /// Which base the instances begin like: the first one, unless another one's members are at
    /// places that typed code relies on. CPython's `best_base`.
    fn layout_base(&mut self, bases: &[TypeRef]) -> R<usize> {
        let mut chosen = 0;
        for (i, base) in bases.iter().enumerate().skip(1) {
            let Some(theirs) = solid_base(*base) else {
                continue;
            };
            match solid_base(bases[chosen]) {
                Some(ours) if begins_like(ours, theirs) => {}
                Some(ours) if !begins_like(theirs, ours) => {
                    return Err(self.type_error("multiple bases have instance lay-out conflict"));
                }
                _ => chosen = i,
            }
        }
        Ok(chosen)
    }

    fn add_member(&mut self, class: TypeRef, name: Value, role: Role, closure: Value) -> R<()> {
        let name = match role {
            Role::Constructor => self.intern("constructor")?,
            Role::Fields => self.intern(FIELDS)?,
            _ => self.attr_name(name)?,
        };
        let attr = match role {
            Role::Method | Role::Constructor | Role::Fields => Attr::Value(closure),
            Role::Static => Attr::ClassMethod(closure),
            Role::Getter | Role::Setter => {
                let other = self.half_of(class, name, role);
                let words = match role {
                    Role::Getter => [closure, other],
                    _ => [other, closure],
                };
                let ty = self.engine().core.property;
                Attr::Value(Record::new(self, ty, &words)?.value())
            }
        };
        class.meta.attrs.borrow_mut().set(name, attr);
        self.class_changed(class, name)
    }

    /// The other half of an accessor that has one.
    fn half_of(&self, class: TypeRef, name: Value, role: Role) -> Value {
        let known = match class.meta.attrs.borrow().get(name) {
            Some(Attr::Value(v)) => self.as_record(v, self.engine().core.property),
            _ => None,
        };
        known.map_or(Value::NULL, |r| r.get(usize::from(role == Role::Getter)))
    }

    /// Sets a static field of a class under construction.
    pub fn define_static(&mut self, class: Value, name: Value, v: Value) -> R<()> {
        if let Some(class) = self.as_class(class) {
            let name = self.attr_name(name)?;
            class.meta.attrs.borrow_mut().set(name, Attr::Value(v));
            self.class_changed(class, name)?;
        }
        Ok(())
    }

    /// Runs the field initialisers that a class declares itself.
    pub fn init_own_fields(&mut self, this: Value, class: Value) -> R<()> {
        let name = self.intern(FIELDS)?;
        let attr = match self.as_class(class) {
            Some(class) => class.meta.attrs.borrow().get(name),
            None => None,
        };
        if let Some(Attr::Value(init)) = attr {
            self.call_bound(init, this, &[], crate::calls::Surplus::Refuse)?;
        }
        Ok(())
    }
}

/// The nearest class, in the chain of primary bases, whose members typed code finds by their
/// places.
fn solid_base(class: TypeRef) -> Option<TypeRef> {
    let mut at = Some(class);
    while let Some(class) = at {
        let own = class.meta.primary;
        let adds = own.is_none_or(|base| {
            base.meta.fields.len() < class.meta.fields.len() || base.vtable_len < class.vtable_len
        });
        if adds && own.is_some() && !class.has(type_flags::DISPLACED) && class.has_source() {
            return Some(class);
        }
        at = own;
    }
    None
}

/// Whether instances of a class begin like those of another.
fn begins_like(class: TypeRef, other: TypeRef) -> bool {
    let mut at = Some(class);
    while let Some(class) = at {
        if class == other {
            return true;
        }
        at = class.meta.primary;
    }
    false
}

impl crate::type_info::TypeInfo {
    /// Whether a module declares the class, so that there may be typed code about it.
    fn has_source(&self) -> bool {
        self.meta.source.is_some()
    }
}
