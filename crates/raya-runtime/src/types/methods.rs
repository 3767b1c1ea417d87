//! The methods of built-in types as attributes, for receivers typed `any`.
//!
//! Typed code calls the declarations in `builtins/`, which inline; here the same natives are
//! wrapped as native functions whose arguments are checked. Methods that call back are in
//! [`super::callbacks`]. Tables are static; names are interned when a program first
//! reads an attribute of such a type.

use crate::abi::R;
use crate::attribute_view::VIEW;
use crate::ctx::Ctx;
use crate::errors::ErrorKind;
use crate::function_attrs::PROPERTY;
use crate::iter::Gives;
use crate::mem::array::Array;
use crate::mem::object::Instance;
use crate::mem::string::Str;
use crate::mem::value::Value;
use crate::natives::imp;
use crate::type_info::{Attr, NativeDef, TypeInfo, TypeKind, type_flags};
use crate::types::callbacks::ARRAY_CALLBACKS;

/// An argument out of a list of words.
trait Arg: Sized {
    /// Converts argument `i`; a missing one takes the default, or is null.
    fn take(ctx: &mut Ctx, args: &[Value], i: usize, default: Option<Self>) -> R<Self>;
}

/// The argument at `i`, null where it is missing.
fn at(args: &[Value], i: usize) -> Value {
    args.get(i).copied().unwrap_or(Value::NULL)
}

impl Arg for f64 {
    fn take(ctx: &mut Ctx, args: &[Value], i: usize, default: Option<f64>) -> R<f64> {
        match (at(args, i), default) {
            (Value::NULL, Some(default)) => Ok(default),
            (v, _) => match v.as_f64() {
                Some(x) => Ok(x),
                None => Err(ctx.mismatch(v, ctx.engine().descs.number)),
            },
        }
    }
}

impl Arg for Str {
    fn take(ctx: &mut Ctx, args: &[Value], i: usize, default: Option<Str>) -> R<Str> {
        match (at(args, i), default) {
            (Value::NULL, Some(default)) => Ok(default),
            (v, _) => match ctx.as_str(v) {
                Some(s) => Ok(s),
                None => Err(ctx.mismatch(v, ctx.engine().descs.string)),
            },
        }
    }
}

impl Arg for Array {
    fn take(ctx: &mut Ctx, args: &[Value], i: usize, _: Option<Array>) -> R<Array> {
        let v = at(args, i);
        match ctx.as_array(v) {
            Some(array) => Ok(array),
            None => Err(ctx.mismatch(v, ctx.engine().descs.any_array)),
        }
    }
}

impl Arg for Value {
    fn take(_: &mut Ctx, args: &[Value], i: usize, _: Option<Value>) -> R<Value> {
        Ok(at(args, i))
    }
}

/// The arguments from some place on, as an `any[]`.
struct Rest(Array);

impl Arg for Rest {
    fn take(ctx: &mut Ctx, args: &[Value], i: usize, _: Option<Rest>) -> R<Rest> {
        let rest = args.get(i..).unwrap_or(&[]);
        let array = ctx.any_array(rest.len())?;
        for &arg in rest {
            array.push_bits(ctx, arg.0)?;
        }
        Ok(Rest(array))
    }
}

impl From<Rest> for Array {
    fn from(rest: Rest) -> Array {
        rest.0
    }
}

/// A result as a word.
trait IntoWord {
    fn into_word(self) -> Value;
}

macro_rules! into_word {
    ($($t:ty, |$v:ident| $e:expr;)*) => {$(
        impl IntoWord for $t {
            fn into_word(self) -> Value { let $v = self; $e }
        }
    )*};
}

into_word! {
    f64, |x| Value::number(x);
    bool, |b| Value::bool(b);
    Str, |s| s.value();
    Array, |a| a.value();
    Value, |v| v;
}

/// One row per method: name, fewest and most arguments, the native and how it takes receiver and
/// arguments, with defaults.
macro_rules! methods {
    ($($(#[$m:meta])* $table:ident = {$(
        $name:literal($least:literal, $most:literal) = $native:ident($($p:ident: $t:ty $(= $default:expr)?),*);
    )*})*) => {$(
        $(#[$m])*
        static $table: &[NativeDef] = &[$(NativeDef {
            name: $name,
            arity: ($least, $most),
            #[allow(unused_assignments, clippy::useless_conversion)]
            func: |ctx, args| {
                let mut i = 0;
                $(
                    let default: Option<$t> = None $(.or(Some($default)))?;
                    let $p = <$t as Arg>::take(ctx, args, i, default)?.into();
                    i += 1;
                )*
                Ok(imp::$native(ctx, $($p),*)?.into_word())
            },
        }),*];
    )*};
}

const END: f64 = f64::INFINITY;

methods! {
    /// Strings.
    STRING = {
        "charAt"(0, 1) = string_char_at(a: Str, b: f64 = 0.0);
        "charCodeAt"(0, 1) = string_char_code_at(a: Str, b: f64 = 0.0);
        "codePointAt"(0, 1) = string_code_point_at(a: Str, b: f64 = 0.0);
        "at"(1, 1) = string_at(a: Str, b: f64);
        "substring"(1, 2) = string_substring(a: Str, b: f64, c: f64 = END);
        "slice"(0, 2) = string_slice(a: Str, b: f64 = 0.0, c: f64 = END);
        "toUpperCase"(0, 0) = string_to_upper_case(a: Str);
        "toLowerCase"(0, 0) = string_to_lower_case(a: Str);
        "trim"(0, 0) = string_trim(a: Str);
        "trimStart"(0, 0) = string_trim_start(a: Str);
        "trimEnd"(0, 0) = string_trim_end(a: Str);
        "indexOf"(1, 2) = string_index_of(a: Str, b: Str, c: f64 = 0.0);
        "lastIndexOf"(1, 2) = string_last_index_of(a: Str, b: Str, c: f64 = END);
        "includes"(1, 2) = string_includes(a: Str, b: Str, c: f64 = 0.0);
        "startsWith"(1, 2) = string_starts_with(a: Str, b: Str, c: f64 = 0.0);
        "endsWith"(1, 2) = string_ends_with(a: Str, b: Str, c: f64 = END);
        "split"(1, 2) = string_split(a: Str, b: Str, c: f64 = END);
        "repeat"(1, 1) = string_repeat(a: Str, b: f64);
        "concat"(0, 255) = string_concat(a: Str, b: Rest);
        "localeCompare"(1, 1) = string_locale_compare(a: Str, b: Str);
        "isWellFormed"(0, 0) = string_is_well_formed(a: Str);
        "toWellFormed"(0, 0) = string_to_well_formed(a: Str);
        "replace"(2, 2) = string_replace(a: Str, b: Str, c: Str);
        "replaceAll"(2, 2) = string_replace_all(a: Str, b: Str, c: Str);
    }

    /// Arrays.
    ARRAY = {
        "push"(0, 255) = array_push_all(a: Array, b: Rest);
        "shift"(0, 0) = array_shift(a: Array);
        "unshift"(0, 255) = array_unshift(a: Array, b: Rest);
        "indexOf"(1, 2) = array_index_of(a: Array, b: Value, c: f64 = 0.0);
        "lastIndexOf"(1, 2) = array_last_index_of(a: Array, b: Value, c: f64 = END);
        "includes"(1, 2) = array_includes(a: Array, b: Value, c: f64 = 0.0);
        "at"(1, 1) = array_at(a: Array, b: f64);
        "slice"(0, 2) = array_slice(a: Array, b: f64 = 0.0, c: f64 = END);
        "concat"(0, 255) = array_concat(a: Array, b: Rest);
        "reverse"(0, 0) = array_reverse(a: Array);
        "fill"(1, 3) = array_fill(a: Array, b: Value, c: f64 = 0.0, d: f64 = END);
        "splice"(1, 255) = array_splice(a: Array, b: f64, c: f64 = END, d: Rest);
        "toReversed"(0, 0) = array_to_reversed(a: Array);
        "copyWithin"(1, 3) = array_copy_within(a: Array, b: f64, c: f64 = 0.0, d: f64 = END);
        "with"(2, 2) = array_with(a: Array, b: f64, c: Value);
    }

    /// Numbers.
    NUMBER = {
        "toFixed"(0, 1) = number_to_fixed(a: f64, b: f64 = 0.0);
        "toPrecision"(0, 1) = number_to_precision(a: f64, b: f64 = f64::NAN);
        "toExponential"(0, 1) = number_to_exponential(a: f64, b: f64 = f64::NAN);
        "toString"(0, 1) = number_to_string(a: f64, b: f64 = 10.0);
    }
}

/// `__iter__` of what is walked by index.
const WALKED: NativeDef = NativeDef {
    name: "__iter__",
    arity: (0, 0),
    func: |ctx, args| ctx.sequence_iter(at(args, 0), Gives::Values),
};

/// Methods of strings with values in the heap as defaults, and what walks them.
static STRING_TEXT: &[NativeDef] = &[
    WALKED,
    NativeDef {
        name: "padStart",
        arity: (1, 2),
        func: |ctx, args| pad(ctx, args, true),
    },
    NativeDef {
        name: "padEnd",
        arity: (1, 2),
        func: |ctx, args| pad(ctx, args, false),
    },
    NativeDef {
        name: "normalize",
        arity: (0, 1),
        func: |ctx, args| {
            let form = ctx.name("NFC")?;
            let s = Str::take(ctx, args, 0, None)?;
            let form = Str::take(ctx, args, 1, Some(form))?;
            Ok(imp::string_normalize(ctx, s, form)?.value())
        },
    },
];

fn pad(ctx: &mut Ctx, args: &[Value], at_start: bool) -> R<Value> {
    let space = ctx.unit_string(u16::from(b' '))?;
    let s = Str::take(ctx, args, 0, None)?;
    let n = f64::take(ctx, args, 1, None)?;
    let pad = Str::take(ctx, args, 2, Some(space))?;
    let padded = if at_start {
        imp::string_pad_start(ctx, s, n, pad)?
    } else {
        imp::string_pad_end(ctx, s, n, pad)?
    };
    Ok(padded.value())
}

/// Methods of arrays with words as defaults or results.
static ARRAY_TEXT: &[NativeDef] = &[
    WALKED,
    NativeDef {
        name: "pop",
        arity: (0, 0),
        func: |ctx, args| {
            let array = Array::take(ctx, args, 0, None)?;
            ctx.array_pop(array)
        },
    },
    NativeDef {
        name: "join",
        arity: (0, 1),
        func: |ctx, args| {
            let comma = ctx.unit_string(u16::from(b','))?;
            let array = Array::take(ctx, args, 0, None)?;
            let separator = Str::take(ctx, args, 1, Some(comma))?;
            Ok(imp::array_join(ctx, array, separator)?.value())
        },
    },
    NativeDef {
        name: "values",
        arity: (0, 0),
        func: |ctx, args| ctx.sequence_iter(at(args, 0), Gives::Values),
    },
    NativeDef {
        name: "keys",
        arity: (0, 0),
        func: |ctx, args| ctx.sequence_iter(at(args, 0), Gives::Keys),
    },
    NativeDef {
        name: "entries",
        arity: (0, 0),
        func: |ctx, args| ctx.sequence_iter(at(args, 0), Gives::Entries),
    },
    NativeDef {
        name: "flat",
        arity: (0, 1),
        func: |ctx, args| {
            let array = Array::take(ctx, args, 0, None)?;
            let depth = f64::take(ctx, args, 1, Some(1.0))?;
            let out = ctx.any_array(array.len())?;
            Ok(imp::array_flat_into(ctx, out, array, depth)?.value())
        },
    },
];

/// What every primitive has.
static TO_STRING: &[NativeDef] = &[
    NativeDef {
        name: "toString",
        arity: (0, 0),
        func: |ctx, args| Ok(ctx.to_str(at(args, 0))?.value()),
    },
    NativeDef {
        name: "valueOf",
        arity: (0, 0),
        func: |_, args| Ok(at(args, 0)),
    },
];

/// Iterators over built-in sequences.
static ITERATOR: &[NativeDef] = &[
    NativeDef {
        name: "next",
        arity: (0, 0),
        func: |ctx, args| {
            let item = ctx.iter_next(at(args, 0))?;
            let ty = ctx.engine().core.record;
            let step = Instance::new(ctx, ty)?;
            let (value, done) = (ctx.intern("value")?, ctx.intern("done")?);
            ctx.set_expando(step, value, item.unwrap_or(Value::NULL))?;
            ctx.set_expando(step, done, Value::bool(item.is_none()))?;
            Ok(step.value())
        },
    },
    NativeDef {
        name: "__iter__",
        arity: (0, 0),
        func: |_, args| Ok(at(args, 0)),
    },
    NativeDef {
        name: "__next__",
        arity: (0, 0),
        func: |ctx, args| match ctx.iter_next(at(args, 0))? {
            Some(item) => Ok(item),
            None => Err(ctx.throw(ErrorKind::StopIteration, "")),
        },
    },
];

/// Calls of functions as methods of functions.
static FUNCTION: &[NativeDef] = &[
    NativeDef {
        name: "call",
        arity: (0, 255),
        func: |ctx, args| {
            let (this, rest) = (at(args, 1), args.get(2..).unwrap_or(&[]));
            call_with_this(ctx, at(args, 0), this, rest)
        },
    },
    NativeDef {
        name: "apply",
        arity: (1, 2),
        func: |ctx, args| {
            let list = match at(args, 2) {
                Value::NULL => ctx.any_array(0)?,
                _ => Array::take(ctx, args, 2, None)?,
            };
            let rest: Vec<Value> = (0..list.len()).filter_map(|i| list.get(i)).collect();
            call_with_this(ctx, at(args, 0), at(args, 1), &rest)
        },
    },
    NativeDef {
        name: "bind",
        arity: (1, 1),
        func: |ctx, args| {
            let callee = at(args, 0);
            let takes = ctx
                .as_closure(callee)
                .is_some_and(|c| c.func().takes_this());
            if takes {
                ctx.bind(at(args, 1), callee)
            } else {
                Ok(callee)
            }
        },
    },
    NativeDef {
        name: "__get__",
        arity: (1, 2),
        func: |ctx, args| match at(args, 1) {
            Value::NULL => Ok(at(args, 0)),
            this => ctx.bind(this, at(args, 0)),
        },
    },
];

/// `f.call(this, …)`: functions without `this` ignore it.
fn call_with_this(ctx: &mut Ctx, callee: Value, this: Value, args: &[Value]) -> R<Value> {
    let surplus = crate::calls::Surplus::Refuse;
    match ctx.as_closure(callee) {
        Some(_) => ctx.call_bound(callee, this, args, surplus),
        None => ctx.call_with(callee, args, surplus),
    }
}

impl Ctx {
    /// Fills in the attributes of a built-in type before its first look-up.
    #[inline]
    pub(crate) fn ensure_methods(&mut self, ty: &TypeInfo) -> R<()> {
        if ty.has(type_flags::METHODS) {
            return Ok(());
        }
        self.install_methods(ty)
    }

    #[cold]
    fn install_methods(&mut self, ty: &TypeInfo) -> R<()> {
        let core = &self.engine().core;
        let (base, tables): (_, &[&'static [NativeDef]]) = match ty.kind {
            TypeKind::String => (core.string, &[TO_STRING, STRING, STRING_TEXT]),
            TypeKind::Array => (core.array, &[TO_STRING, ARRAY, ARRAY_TEXT, ARRAY_CALLBACKS]),
            TypeKind::Tuple => (core.tuple, &[TO_STRING, ARRAY, ARRAY_TEXT, ARRAY_CALLBACKS]),
            TypeKind::Number => (core.number, &[TO_STRING, NUMBER]),
            TypeKind::Int => (core.int, &[TO_STRING, NUMBER]),
            TypeKind::Boolean => (core.boolean, &[TO_STRING]),
            TypeKind::Iterator => (core.iterator, &[ITERATOR]),
            TypeKind::AttributeView => (core.attribute_view, &[VIEW]),
            TypeKind::Property => (core.property, &[PROPERTY]),
            TypeKind::Function => (core.function, &[FUNCTION]),
            TypeKind::BoundMethod => (core.bound_method, &[FUNCTION]),
            _ => {
                ty.set_flag(type_flags::METHODS);
                return Ok(());
            }
        };
        if !base.has(type_flags::METHODS) {
            for def in tables.iter().copied().flatten() {
                let name = self.intern(def.name)?;
                base.meta.attrs.borrow_mut().set(name, Attr::Native(def));
            }
            base.set_flag(type_flags::METHODS);
            // Types of the kind may remember that they have no such attribute.
            self.engine().types.each(|other| {
                if other.kind == ty.kind {
                    other.forget_selectors();
                }
            });
        }
        ty.set_flag(type_flags::METHODS);
        Ok(())
    }
}
