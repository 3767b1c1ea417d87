//! `super`: what follows a class in the resolution order of a receiver's type.
//!
//! The order is the receiver's, not the class's own: where several bases meet, the next
//! class may be one that the class never heard of. CPython's `super(C, self)`.

use crate::abi::R;
use crate::ctx::Ctx;
use crate::errors::ErrorKind;
use crate::func::FuncInfo;
use crate::mem::refs::Ref;
use crate::mem::value::Value;
use crate::type_info::{Attr, NativeDef, TypeInfo, TypeRef};

/// A constructor that resolution order finds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Constructor {
    /// Declared.
    Declared(Ref<FuncInfo>),
    /// A class attribute called `constructor`.
    Attr(TypeRef, Attr),
}

/// The constructor that a class has itself; `name` is `constructor`, interned.
fn own_constructor(class: TypeRef, name: Value) -> Option<Constructor> {
    let patched = class.meta.attrs.borrow().get(name);
    match patched {
        Some(attr) => Some(Constructor::Attr(class, attr)),
        None => class.meta.own_constructor.map(Constructor::Declared),
    }
}

/// The first constructor of some classes in order.
pub(crate) fn first_constructor(classes: &[TypeRef], name: Value) -> Option<Constructor> {
    classes
        .iter()
        .find_map(|&class| own_constructor(class, name))
}

/// What stands behind `owner`, or an instantiation of it, in the order of `ty`.
fn classes_after<'t>(ty: &'t TypeInfo, owner: &TypeRef) -> Option<&'t [TypeRef]> {
    let origin = owner.meta.origin.get().unwrap_or(*owner);
    let is_it = |c: &TypeRef| c == owner || c.meta.origin.get() == Some(origin);
    let at = ty.meta.mro.iter().position(is_it)?;
    ty.meta.mro.get(at + 1..)
}

impl Ctx {
    /// `super.name` in the code of class `owner`, for this receiver: an instance, or in static
    /// members a class.
    pub fn super_attr(&mut self, this: Value, owner: Value, name: Value) -> R<Value> {
        let Some(owner) = self.as_class(owner) else {
            return Err(self.type_error("super() argument 1 must be a type"));
        };
        if let Some(class) = self.as_class(this)
            && let Some(rest) = classes_after(&class, &owner)
        {
            return self.static_super(class, rest, name);
        }
        let ty = self.type_of(this);
        let Some(rest) = classes_after(&ty, &owner) else {
            let message = "super(type, obj): obj must be an instance or subtype of type";
            return Err(self.type_error(message));
        };
        let stored = self.attr_name(name)?;
        if self.name_is(stored, "constructor") {
            return match first_constructor(rest, stored) {
                Some(found) => self.bound_constructor(this, found),
                None => self.native_value(&OBJECT_INIT, this),
            };
        }
        for &class in rest {
            self.ensure_methods(&class)?;
            let found = class.meta.attrs.borrow().get(stored);
            if let Some(attr) = found {
                return match self.read_data_descriptor(this, attr, name)? {
                    Some(v) => Ok(v),
                    None => self.bind_attr(this, class, attr),
                };
            }
        }
        Err(self.no_super_attr(name))
    }

    fn static_super(&mut self, class: TypeRef, rest: &[TypeRef], name: Value) -> R<Value> {
        let stored = self.attr_name(name)?;
        for &owner in rest {
            let found = owner.meta.attrs.borrow().get(stored);
            if let Some(attr) = found {
                return self.class_attr_value(class, owner, attr, name);
            }
        }
        Err(self.no_super_attr(name))
    }

    pub(crate) fn bound_constructor(&mut self, this: Value, found: Constructor) -> R<Value> {
        match found {
            Constructor::Declared(func) => {
                let func = self.function_object(func)?;
                self.bind(this, func)
            }
            Constructor::Attr(class, attr) => self.bind_attr(this, class, attr),
        }
    }

    #[cold]
    fn no_super_attr(&mut self, name: Value) -> crate::abi::Thrown {
        let name = self.name_text(name);
        let message = format!("'super' object has no attribute '{name}'");
        self.throw(ErrorKind::AttributeError, &message)
    }
}

/// The end of every chain of constructors.
static OBJECT_INIT: NativeDef = NativeDef {
    name: "__init__",
    arity: (0, u8::MAX),
    func: |ctx, args| {
        if args.len() > 1 {
            let message =
                "object.__init__() takes exactly one argument (the instance to initialize)";
            return Err(ctx.type_error(message));
        }
        Ok(Value::NULL)
    },
};
