//! Errors that the runtime throws: the built-in error classes and how they are made.
//!
//! The classes are Raya declarations (`builtins/Error.raya`); the linker registers them
//! here when a module contains them. Where no module does, the runtime makes them with
//! the same fields. Traces are in `trace`.
//!
//! Invariant: every class here has the fields `message`, `cause` and the hidden
//! [`TRACE_FIELD`], found by name.

use std::cell::Cell;

use raya_bytecode::Repr;

use crate::abi::{R, Thrown};
use crate::class_builder::{ClassPlan, FieldPlan};
use crate::ctx::Ctx;
use crate::engine::Engine;
use crate::host::End;
use crate::mem::object::Instance;
use crate::mem::string::Str;
use crate::mem::value::Value;
use crate::type_info::{TypeKind, TypeRef, type_flags};

/// Name of the hidden field in which a thrown error keeps its trace.
pub const TRACE_FIELD: &str = "#trace";

macro_rules! error_kinds {
    ($($kind:ident: $base:ident;)*) => {
        /// A built-in error class.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        #[allow(missing_docs)] // the names say it
        pub enum ErrorKind { $($kind),* }

        impl ErrorKind {
            /// Every class, bases first.
            pub const ALL: &'static [ErrorKind] = &[$(ErrorKind::$kind),*];

            /// Name of the class.
            pub const fn name(self) -> &'static str {
                match self { $(ErrorKind::$kind => stringify!($kind)),* }
            }

            /// What it extends; `Error` extends `Object`.
            pub const fn base(self) -> ErrorKind {
                match self { $(ErrorKind::$kind => ErrorKind::$base),* }
            }
        }
    };
}

error_kinds! {
    Error: Error;
    TypeError: Error;
    RangeError: Error;
    ReferenceError: Error;
    SyntaxError: Error;
    AttributeError: Error;
    KeyError: Error;
    StopIteration: Error;
    ChannelClosedError: Error;
    AssertionError: Error;
    CancelledError: Error;
}

impl ErrorKind {
    /// The class with this name.
    pub fn by_name(name: &str) -> Option<ErrorKind> {
        ErrorKind::ALL.iter().copied().find(|k| k.name() == name)
    }
}

/// The error classes of an engine, as far as they exist.
#[derive(Default)]
pub struct ErrorClasses {
    types: [Cell<Option<TypeRef>>; ErrorKind::ALL.len()],
}

impl ErrorClasses {
    /// The class, if it exists.
    pub fn get(&self, kind: ErrorKind) -> Option<TypeRef> {
        self.types[kind as usize].get()
    }

    /// Registers a class that a module declares.
    pub fn register(&self, kind: ErrorKind, ty: TypeRef) {
        self.types[kind as usize].set(Some(ty));
    }
}

impl Ctx {
    /// Throws an error of a built-in class.
    #[cold]
    #[inline(never)]
    pub fn throw(&mut self, kind: ErrorKind, message: &str) -> Thrown {
        match self.new_error(kind, message) {
            Ok(error) => self.throw_value(error),
            Err(thrown) => thrown,
        }
    }

    /// Throws a `TypeError`.
    #[cold]
    pub fn type_error(&mut self, message: &str) -> Thrown {
        self.throw(ErrorKind::TypeError, message)
    }

    /// Throws a `RangeError`.
    #[cold]
    pub fn range_error(&mut self, message: &str) -> Thrown {
        self.throw(ErrorKind::RangeError, message)
    }

    /// Throws a value: errors get a trace unless they have one.
    #[cold]
    pub fn throw_value(&mut self, v: Value) -> Thrown {
        if self.is_error(v) {
            self.capture_trace(v);
        } else {
            self.note_throw(v);
        }
        self.raise(v)
    }

    /// A new error that was not thrown yet. While memory is short this may give an error
    /// without message.
    pub fn new_error(&mut self, kind: ErrorKind, message: &str) -> R<Value> {
        let ty = self.error_class(kind)?;
        let error = Instance::new(self, ty)?;
        // What the declaration's field initialisers would have done.
        for field in ty.meta.fields.iter().filter(|f| f.desc.admits_null()) {
            if !field.optional {
                error.set_bits(self, field, Value::NULL.0);
            }
        }
        let text = Str::from_text(self, message)?;
        self.set_named_field(error, "message", text.value())?;
        Ok(error.value())
    }

    /// Stores a word into a declared field found by name, if the class has it.
    pub(crate) fn set_named_field(&mut self, o: Instance, name: &str, v: Value) -> R<()> {
        let name = self.intern(name)?;
        let ty = self.type_of_obj(o.obj());
        if let Some(field) = ty.field(name).filter(|f| f.repr == Repr::Word) {
            o.set_bits(self, field, v.0);
        }
        Ok(())
    }

    /// Reads a declared field found by name; none when it is missing or unset.
    pub(crate) fn named_field(&mut self, v: Value, name: &str) -> Option<Value> {
        let o = self.as_instance(v)?;
        let name = self.intern(name).ok()?;
        let ty = self.type_of_obj(o.obj());
        o.get(ty.field(name)?)
    }

    /// Ends the program: an exception that no handler catches.
    #[cold]
    pub fn end(&mut self, why: End) -> Thrown {
        self.engine().host.borrow_mut().end = Some(why);
        self.set_pending(Engine::UNCATCHABLE)
    }

    /// Whether `v` is an instance of `Error`.
    pub fn is_error(&self, v: Value) -> bool {
        v.is_object() && self.type_of(v).has(type_flags::ERROR)
    }

    /// Whether `v` is an instance of that error class.
    pub fn is_error_of(&self, v: Value, kind: ErrorKind) -> bool {
        let class = self.engine().errors.get(kind);
        v.is_object() && class.is_some_and(|class| self.type_of(v).is_subtype_of(&class))
    }

    /// Whether the exception in flight may be caught: internal errors may not.
    pub fn is_catchable(&self) -> bool {
        self.pending != Engine::UNCATCHABLE.0
    }

    /// Takes the exception in flight if it is an error of that class.
    pub fn take_if(&mut self, kind: ErrorKind) -> bool {
        let matches = self.is_error_of(Value(self.pending), kind);
        if matches {
            self.take_pending();
        }
        matches
    }

    /// The class of a kind of error, made when no module declared it.
    pub fn error_class(&mut self, kind: ErrorKind) -> R<TypeRef> {
        if let Some(ty) = self.engine().errors.get(kind) {
            return Ok(ty);
        }
        let (base, fields) = if kind == ErrorKind::Error {
            (self.engine().core.object, self.error_fields()?)
        } else {
            (self.error_class(kind.base())?, Vec::new())
        };
        let plan = ClassPlan {
            name: kind.name().into(),
            kind: TypeKind::Instance,
            bases: vec![base],
            fields,
            flags: type_flags::BUILTIN | type_flags::INITIALISED | type_flags::ERROR,
            ..ClassPlan::default()
        };
        let ty = self.build_class(plan)?;
        self.engine().errors.register(kind, ty);
        Ok(ty)
    }

    /// The hidden field that every `Error` has, declared or not.
    pub(crate) fn trace_field(&mut self) -> R<FieldPlan> {
        Ok(FieldPlan {
            name: self.intern(TRACE_FIELD)?,
            desc: self.engine().descs.any,
            optional: true,
            private: true,
        })
    }

    fn error_fields(&mut self) -> R<Vec<FieldPlan>> {
        let descs = &self.engine().descs;
        let declared = [("message", descs.string, false), ("cause", descs.any, true)];
        let mut fields = Vec::new();
        for (name, desc, optional) in declared {
            fields.push(FieldPlan {
                name: self.intern(name)?,
                desc,
                optional,
                private: false,
            });
        }
        fields.push(self.trace_field()?);
        Ok(fields)
    }
}
