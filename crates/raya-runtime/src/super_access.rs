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
use crate::natives::object::object_repr;
use crate::type_info::{Attr, Form, NativeDef, TypeInfo, TypeKind, TypeRef};
use raya_bytecode::Slot;

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
        None => (class.meta.own_constructor.get()).map(Constructor::Declared),
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
                let attr = self.settled(attr);
                return match self.read_data_descriptor(this, attr, name)? {
                    Some(v) => Ok(v),
                    None => self.bind_attr(this, class, attr),
                };
            }
        }
        match self.root_method(this, stored)? {
            Some(method) => Ok(method),
            None => Err(self.no_super_attr(name)),
        }
    }

    fn static_super(&mut self, class: TypeRef, rest: &[TypeRef], name: Value) -> R<Value> {
        let stored = self.attr_name(name)?;
        for &owner in rest {
            let found = owner.meta.attrs.borrow().get(stored);
            if let Some(attr) = found {
                return self.class_attr_value(class, owner, attr, name);
            }
        }
        if self.name_is(name, "__init_subclass__") {
            let this = self.class_object(class)?;
            return self.native_value(&OBJECT_INIT_SUBCLASS, this);
        }
        match self.root_default(name) {
            Some(def) => self.native_value(def, Value::UNSET),
            None => Err(self.no_super_attr(name)),
        }
    }

    /// The root class's method of that name, bound to `o` (unbound if that is unset). Such
    /// methods fill no slots: an operator behaves in the absence of a method as they do.
    pub(crate) fn root_method(&mut self, o: Value, name: Value) -> R<Option<Value>> {
        let name = match self.name_is(name, "toString") {
            true => self.intern("__str__")?,
            false => name,
        };
        let found = self.root_default(name);
        match found.filter(|def| o.is_unset() || def.name != "__new__") {
            Some(def) => self.native_value(def, o).map(Some),
            None => Ok(None),
        }
    }

    /// What the root class does for a special method that no class defines.
    fn root_default(&self, name: Value) -> Option<&'static NativeDef> {
        let is_it = |def: &&&NativeDef| self.name_is(name, def.name);
        ROOT_DEFAULTS.iter().find(is_it).copied()
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
    pub(crate) fn no_super_attr(&mut self, name: Value) -> crate::abi::Thrown {
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

static OBJECT_INIT_SUBCLASS: NativeDef = NativeDef {
    name: "__init_subclass__",
    arity: (0, 0),
    func: |_, _| Ok(Value::NULL),
};

/// The receiver of a default method and its arguments; receivers come first.
macro_rules! root_defaults {
    ($($text:literal ($least:literal, $most:literal) |$ctx:ident, $args:ident| $body:expr;)*) => {
        /// Special methods of the root class, for `super`.
        static ROOT_DEFAULTS: &[&NativeDef] = &[$(&NativeDef {
            name: $text,
            arity: ($least, $most),
            func: |$ctx, $args| {
                let $args = |i: usize| $args.get(i).copied().unwrap_or(Value::NULL);
                $body
            },
        }),*];
    };
}

root_defaults! {
    "__new__" (1, 255) |ctx, args| ctx.bare_instance(args(0));
    "__getattribute__" (1, 1) |ctx, args| {
        let name = ctx.attr_argument(args(1))?;
        ctx.generic_get(args(0), name)
    };
    "__setattr__" (2, 2) |ctx, args| {
        let name = ctx.attr_argument(args(1))?;
        let ty = ctx.type_of(args(0));
        ctx.store_attr(args(0), ty, name, args(2))?;
        Ok(Value::NULL)
    };
    "__delattr__" (1, 1) |ctx, args| {
        let name = ctx.attr_argument(args(1))?;
        ctx.generic_delete(args(0), name)?;
        Ok(Value::NULL)
    };
    "__eq__" (1, 1) |ctx, args| match args(0) == args(1) {
        true => Ok(Value::TRUE),
        false => ctx.not_implemented(),
    };
    "__ne__" (1, 1) |ctx, args| ctx.root_not_equal(args(0), args(1));
    "__lt__" (1, 1) |ctx, _args| ctx.not_implemented();
    "__le__" (1, 1) |ctx, _args| ctx.not_implemented();
    "__gt__" (1, 1) |ctx, _args| ctx.not_implemented();
    "__ge__" (1, 1) |ctx, _args| ctx.not_implemented();
    "__hash__" (0, 0) |_ctx, args| Ok(Value::number((args(0).0 >> 4) as u32 as f64));
    "__repr__" (0, 0) |ctx, args| Ok(ctx.plain_text(args(0))?.value());
    "__str__" (0, 0) |ctx, args| Ok(object_repr(ctx, args(0))?.value());
}

impl Ctx {
    /// `object.__new__(cls)`
    fn bare_instance(&mut self, class: Value) -> R<Value> {
        let Some(ty) = self.as_class(class) else {
            let message = format!(
                "object.__new__(X): X is not a type object ({})",
                self.type_name(class)
            );
            return Err(self.type_error(&message));
        };
        if ty.kind != TypeKind::Instance {
            let name = &ty.meta.name;
            let message = format!("object.__new__({name}) is not safe, use {name}.__new__()");
            return Err(self.type_error(&message));
        }
        self.new_instance(ty)
    }

    /// `object.__ne__`: the inverse of `__eq__`, unless that refuses.
    fn root_not_equal(&mut self, a: Value, b: Value) -> R<Value> {
        let own = self.type_of(a).slot(Slot::eq, Form::Forward);
        if own.is_absent() && a != b {
            return self.not_implemented();
        }
        let equal = match own.is_absent() {
            true => Value::TRUE,
            false => self.call_slot(own, &[a, b])?,
        };
        if equal == self.not_implemented()? {
            return Ok(equal);
        }
        Ok(Value::bool(!self.truth(equal)?))
    }

    /// An attribute's name that a program passes.
    fn attr_argument(&mut self, v: Value) -> R<Value> {
        match self.as_str(v) {
            Some(name) => Ok(self.intern_str(name)?.value()),
            None => {
                let message = format!("attribute name must be string, not '{}'", self.type_name(v));
                Err(self.type_error(&message))
            }
        }
    }

    fn generic_get(&mut self, o: Value, name: Value) -> R<Value> {
        let ty = self.type_of(o);
        match self.find_attr(o, &ty, name)? {
            Some(v) => Ok(v),
            None => Err(self.no_attribute(o, name)),
        }
    }
}
