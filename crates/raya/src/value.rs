//! Values as an embedder sees them: owned data, independent of the heap.

use std::fmt;

/// The result of a program.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`, and what functions without a result give.
    Null,
    /// A boolean.
    Bool(bool),
    /// An `int`.
    Int(i32),
    /// A `number`.
    Number(f64),
    /// A string; lone surrogates became U+FFFD.
    String(String),
    /// Anything else, as `console.log` shows it.
    Object(String),
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Value::Int(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Value::Number(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value::String(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Value::String(value)
    }
}

impl fmt::Display for Value {
    /// As `console.log` shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("null"),
            Value::Bool(b) => write!(f, "{b}"),
            Value::Int(i) => write!(f, "{i}"),
            Value::Number(x) if *x == 0.0 && x.is_sign_negative() => f.write_str("-0"),
            Value::Number(x) => f.write_str(&raya_runtime::text::number_format::to_string(*x)),
            Value::String(s) | Value::Object(s) => f.write_str(s),
        }
    }
}
