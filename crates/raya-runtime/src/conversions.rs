//! Conversions that work on any word: truth, text, numbers, `typeof`.
//!
//! Primitives as in TypeScript; objects through the `bool`, `len`, `str`, `repr`, `float`
//! and `int` slots.

use raya_bytecode::Slot;

use crate::abi::R;
use crate::caches::{ALWAYS_TRUE, SiteQuestion, site_key};
use crate::casts::as_exact_int;
use crate::ctx::Ctx;
use crate::errors::ErrorKind;
use crate::mem::string::{Str, Units, with_units};
use crate::mem::value::Value;
use crate::text::number_text::NumberText;
use crate::text::{number_format, number_parse};
use crate::type_info::{Form, TypeKind, type_flags};

/// Nesting of arrays that printing them as text follows.
const MAX_NESTING: u32 = 2000;

impl Ctx {
    /// Truth of a value.
    #[inline]
    pub fn truth(&mut self, v: Value) -> R<bool> {
        if let Some(b) = v.as_bool() {
            return Ok(b);
        }
        if let Some(x) = v.as_f64() {
            return Ok(x != 0.0 && !x.is_nan());
        }
        match v.as_obj() {
            None => Ok(false),
            Some(_) => self.object_truth(v),
        }
    }

    fn object_truth(&mut self, v: Value) -> R<bool> {
        if let Some(s) = self.as_str(v) {
            return Ok(!s.is_empty());
        }
        let ty = self.type_of(v);
        let absent = |slot| ty.slot(slot, Form::Forward).is_absent();
        if ty.kind != TypeKind::Instance || absent(Slot::bool) && absent(Slot::len) {
            // Compiled code asks the memo before it comes here.
            let key = site_key(ALWAYS_TRUE, SiteQuestion::Holds);
            self.engine().members.remember(key, ty.handle, 0, None);
            return Ok(true);
        }
        let own = ty.slot(Slot::bool, Form::Forward);
        if !own.is_absent() {
            let result = self.call_slot(own, &[v])?;
            return match result.as_bool() {
                Some(b) => Ok(b),
                None => {
                    let message = format!(
                        "__bool__ should return boolean, returned {}",
                        self.type_name(result)
                    );
                    Err(self.type_error(&message))
                }
            };
        }
        Ok(self.length_by_slot(v)? != 0.0)
    }

    /// What `__len__` says: a whole number that is not negative.
    pub(crate) fn length_by_slot(&mut self, v: Value) -> R<f64> {
        let len = self.type_of(v).slot(Slot::len, Form::Forward);
        let result = self.call_slot(len, &[v])?;
        self.as_length(result)
    }

    /// What `__len__` gave, as a length.
    pub(crate) fn as_length(&mut self, result: Value) -> R<f64> {
        match result.as_f64() {
            Some(n) if n < 0.0 => Err(self.range_error("__len__() should return >= 0")),
            Some(n) if n.fract() == 0.0 => Ok(n),
            _ => {
                let message = format!(
                    "'{}' object cannot be interpreted as an integer",
                    self.type_name(result)
                );
                Err(self.type_error(&message))
            }
        }
    }

    /// ToString of a number.
    pub fn number_string(&mut self, x: f64) -> R<Str> {
        if let Some(n) = as_exact_int(x)
            && (0..10).contains(&n)
        {
            return self.unit_string(u16::from(b'0') + n as u16);
        }
        let mut text = NumberText::new();
        Str::new(self, Units::Latin1(text.number(x)))
    }

    /// The text of any value, as template strings and `String(v)` print it.
    pub fn to_str(&mut self, v: Value) -> R<Str> {
        self.nested_str(v, 0)
    }

    pub(crate) fn nested_str(&mut self, v: Value, depth: u32) -> R<Str> {
        if let Some(s) = self.as_str(v) {
            return Ok(s);
        }
        if let Some(x) = v.as_f64() {
            return self.number_string(x);
        }
        if !v.is_object() {
            let text = match v.as_bool() {
                Some(true) => "true",
                Some(false) => "false",
                None => "null",
            };
            return self.name(text);
        }
        let ty = self.type_of(v);
        match ty.kind {
            TypeKind::Array | TypeKind::Tuple => {
                if depth > MAX_NESTING || self.native_stack_is_low() {
                    return Err(self.stack_overflow());
                }
                let comma = self.unit_string(u16::from(b','))?;
                self.join(v.known_array(), comma, depth + 1)
            }
            TypeKind::Function | TypeKind::BoundMethod | TypeKind::NativeFunction => {
                let name = self.function_name(v);
                Str::from_text(self, &format!("function {name}() {{ [code] }}"))
            }
            TypeKind::ClassObject => {
                let name = self.as_class(v).map_or("", |c| &*c.whole().meta.name);
                Str::from_text(self, &format!("class {name} {{ [code] }}"))
            }
            TypeKind::Literal | TypeKind::Dict => self.literal_to_str(v),
            TypeKind::NotImplemented => self.name("NotImplemented"),
            _ => self.object_to_str(v),
        }
    }

    /// The string with this text, interned.
    pub(crate) fn name(&mut self, text: &str) -> R<Str> {
        let v = self.intern(text)?;
        match Str::from_value(v) {
            Some(s) => Ok(s),
            None => self.empty_string(),
        }
    }

    /// Name of a callable for printing.
    pub(crate) fn function_name(&mut self, v: Value) -> String {
        if let Some((_, func)) = self.as_bound_method(v) {
            return self.function_name(func);
        }
        if let Some((def, _)) = self.as_native(v) {
            return def.name.to_owned();
        }
        let name = self.as_closure(v).map(|c| c.func());
        name.map_or_else(String::new, |f| {
            f.name.rsplit('.').next().unwrap_or("").to_owned()
        })
    }

    /// A literal's own `toString` member is called as in TypeScript.
    fn literal_to_str(&mut self, v: Value) -> R<Str> {
        let name = self.intern("toString")?;
        match self.own_member(v, name) {
            Some(f) if f.is_object() => {
                let text = self.call_bound(f, v, &[], crate::calls::Surplus::Drop)?;
                self.expect_str(text, "toString")
            }
            _ => self.name("[object Object]"),
        }
    }

    /// Through the `str` slot, else the `repr` slot.
    fn object_to_str(&mut self, v: Value) -> R<Str> {
        let ty = self.type_of(v);
        let own = ty.slot(Slot::str, Form::Forward);
        if !own.is_absent() {
            let text = self.call_slot(own, &[v])?;
            return self.expect_str(text, "__str__");
        }
        let repr = ty.slot(Slot::repr, Form::Forward);
        if !repr.is_absent() {
            let text = self.call_slot(repr, &[v])?;
            return self.expect_str(text, "__repr__");
        }
        if self.is_error(v) {
            return self.error_text(v);
        }
        self.plain_text(v)
    }

    /// The text of an object that says nothing about itself: `[object …]` with the nearest
    /// library class, as the tags of JavaScript's built-in objects.
    pub(crate) fn plain_text(&mut self, v: Value) -> R<Str> {
        let ty = self.type_of(v);
        let library = (ty.meta.mro.iter()).find(|class| class.has(type_flags::BUILTIN));
        let tag = library.map_or("Object", |class| &*class.meta.name);
        Str::from_text(self, &format!("[object {tag}]"))
    }

    pub(crate) fn expect_str(&mut self, v: Value, method: &str) -> R<Str> {
        match self.as_str(v) {
            Some(s) => Ok(s),
            None => {
                let message = format!("{method} returned non-string (type {})", self.type_name(v));
                Err(self.type_error(&message))
            }
        }
    }

    /// `Name: message` of an error.
    pub(crate) fn error_text(&mut self, v: Value) -> R<Str> {
        let name = self.type_of(v).meta.name.clone();
        let message = match self.named_field(v, "message") {
            Some(message) => self.to_str(message)?.to_text(self),
            None => String::new(),
        };
        if message.is_empty() {
            return Str::from_text(self, &name);
        }
        Str::from_text(self, &format!("{name}: {message}"))
    }

    /// `Number(v)`.
    pub fn to_number(&mut self, v: Value) -> R<f64> {
        if let Some(x) = v.as_f64() {
            return Ok(x);
        }
        if let Some(s) = self.as_str(v) {
            let text = with_units(self, s, |units| units.to_text());
            return Ok(number_parse::to_number(&text));
        }
        if !v.is_object() {
            return Ok(if v == Value::TRUE { 1.0 } else { 0.0 });
        }
        for slot in [Slot::float, Slot::int, Slot::index] {
            let own = self.type_of(v).slot(slot, Form::Forward);
            if !own.is_absent() {
                let x = self.call_slot(own, &[v])?;
                return match x.as_f64() {
                    Some(x) => Ok(x),
                    None => {
                        let message = format!(
                            "{} returned non-number (type {})",
                            slot.dunder(),
                            self.type_name(x)
                        );
                        Err(self.type_error(&message))
                    }
                };
            }
        }
        let text = self.to_str(v)?;
        let text = text.to_text(self);
        Ok(number_parse::to_number(&text))
    }

    /// `int(x)`: truncates; `RangeError` out of range and for NaN.
    pub fn to_int(&mut self, x: f64) -> R<i32> {
        let n = x.trunc();
        if n >= f64::from(i32::MIN) && n <= f64::from(i32::MAX) {
            return Ok(n as i32);
        }
        let message = format!("{} is out of range for int", number_format::to_string(x));
        Err(self.throw(ErrorKind::RangeError, &message))
    }

    /// `typeof v`.
    pub fn type_of_value(&mut self, v: Value) -> R<Value> {
        let i = type_name(self.kind_of(v));
        let cell = &self.engine().singletons.type_names[i];
        if cell.get().is_unset() {
            cell.set(self.intern(TYPE_NAMES[i])?);
        }
        Ok(cell.get())
    }
}

/// What `typeof` can give.
pub(crate) const TYPE_NAMES: [&str; 5] = ["number", "boolean", "string", "function", "object"];

/// Which of [`TYPE_NAMES`] a value of this kind has.
fn type_name(kind: TypeKind) -> usize {
    match kind {
        TypeKind::Number | TypeKind::Int => 0,
        TypeKind::Boolean => 1,
        TypeKind::String => 2,
        TypeKind::Function
        | TypeKind::BoundMethod
        | TypeKind::NativeFunction
        | TypeKind::ClassObject => 3,
        _ => 4,
    }
}
