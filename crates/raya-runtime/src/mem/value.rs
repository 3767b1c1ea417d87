//! NaN-boxed words: the representation of `any`, of unions and of references.
//!
//! The encoding is JavaScriptCore's: a pointer is itself, an int carries the top
//! tag `0xFFFE`, a double is offset by 2^49 so that its top 16 bits lie between
//! 0x0002 and 0xFFFC, and the remaining small numbers are constants. The collector
//! therefore finds pointers in a word by range alone, without decoding.
//!
//! Invariant: a number in a word is always a double and an int always an int: the
//! dynamic type follows the static one. A NaN is canonical before it is boxed.

use std::fmt;

/// Offset added to the bits of a double.
pub const DOUBLE_OFFSET: u64 = 1 << 49;
/// Tag of an int; also the smallest word that is an int.
pub const INT_TAG: u64 = 0xFFFE_0000_0000_0000;
/// `null`.
pub const NULL: u64 = 0x02;
/// `false`.
pub const FALSE: u64 = 0x06;
/// `true`.
pub const TRUE: u64 = 0x07;
/// A variable or reference field that was not set yet.
pub const UNSET: u64 = 0;
/// The unset marker of a double slot: a NaN that arithmetic never produces.
pub const UNSET_F64: u64 = 0xFFF8_DEAD_DEAD_DEAD;
/// The unset marker of an int or boolean slot: no zero-extended value has high bits.
pub const UNSET_I32: u64 = 0xFFFF_FFFF_0000_0000;
/// Words below this are constants, not pointers.
pub const FIRST_POINTER: u64 = 0x1_0000;
/// Words from here on are numbers.
pub const FIRST_NUMBER: u64 = DOUBLE_OFFSET;

/// A NaN-boxed word.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Value(pub u64);

impl Value {
    /// `null`.
    pub const NULL: Value = Value(NULL);
    /// `true`.
    pub const TRUE: Value = Value(TRUE);
    /// `false`.
    pub const FALSE: Value = Value(FALSE);
    /// Not set yet.
    pub const UNSET: Value = Value(UNSET);

    /// Boxes a double; NaN becomes canonical.
    #[inline(always)]
    pub fn number(x: f64) -> Value {
        let bits = if x.is_nan() {
            f64::NAN.to_bits()
        } else {
            x.to_bits()
        };
        Value(bits.wrapping_add(DOUBLE_OFFSET))
    }

    /// Boxes an int.
    #[inline(always)]
    pub const fn int(x: i32) -> Value {
        Value(INT_TAG | x as u32 as u64)
    }

    /// Boxes a boolean.
    #[inline(always)]
    pub const fn bool(x: bool) -> Value {
        Value(FALSE | x as u64)
    }

    /// Whether it is a double.
    #[inline(always)]
    pub const fn is_number(self) -> bool {
        self.0 >= DOUBLE_OFFSET && self.0 < INT_TAG
    }

    /// Whether it is an int.
    #[inline(always)]
    pub const fn is_int(self) -> bool {
        self.0 >= INT_TAG
    }

    /// Whether it is `true` or `false`.
    #[inline(always)]
    pub const fn is_bool(self) -> bool {
        self.0 & !1 == FALSE
    }

    /// Whether it is `null`.
    #[inline(always)]
    pub const fn is_null(self) -> bool {
        self.0 == NULL
    }

    /// Whether it is the unset marker.
    #[inline(always)]
    pub const fn is_unset(self) -> bool {
        self.0 == UNSET
    }

    /// Whether it refers to a heap object.
    #[inline(always)]
    pub const fn is_object(self) -> bool {
        self.0 >= FIRST_POINTER && self.0 < FIRST_NUMBER
    }

    /// The double, if it is one.
    #[inline(always)]
    pub fn as_number(self) -> Option<f64> {
        self.is_number()
            .then(|| f64::from_bits(self.0.wrapping_sub(DOUBLE_OFFSET)))
    }

    /// The int, if it is one.
    #[inline(always)]
    pub fn as_int(self) -> Option<i32> {
        self.is_int().then_some(self.0 as i32)
    }

    /// The boolean, if it is one.
    #[inline(always)]
    pub fn as_bool(self) -> Option<bool> {
        self.is_bool().then_some(self.0 & 1 != 0)
    }

    /// The double of a double or an int.
    #[inline(always)]
    pub fn as_f64(self) -> Option<f64> {
        self.as_number().or_else(|| self.as_int().map(f64::from))
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            v if v.is_int() => write!(f, "int {}", v.0 as i32),
            v if v.is_number() => write!(f, "number {:?}", v.as_number().unwrap_or(f64::NAN)),
            Value::NULL => f.write_str("null"),
            Value::TRUE => f.write_str("true"),
            Value::FALSE => f.write_str("false"),
            Value::UNSET => f.write_str("unset"),
            v => write!(f, "object {:#x}", v.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_do_not_overlap() {
        let doubles = [
            0.0,
            -0.0,
            1.5,
            f64::MAX,
            f64::MIN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NAN,
            5e-324,
        ];
        for x in doubles {
            let v = Value::number(x);
            assert!(
                v.is_number() && !v.is_int() && !v.is_object() && !v.is_bool(),
                "{x}"
            );
            let back = v.as_number().expect("a number");
            assert!(back.to_bits() == x.to_bits() || x.is_nan() && back.is_nan());
        }
        for x in [0, 1, -1, i32::MIN, i32::MAX] {
            let v = Value::int(x);
            assert!(v.is_int() && !v.is_number() && !v.is_object());
            assert_eq!(v.as_int(), Some(x));
        }
        for v in [Value::NULL, Value::TRUE, Value::FALSE, Value::UNSET] {
            assert!(!v.is_number() && !v.is_int() && !v.is_object());
        }
    }

    #[test]
    fn any_nan_boxes_to_the_canonical_one() {
        let odd = f64::from_bits(UNSET_F64);
        assert!(odd.is_nan());
        assert_eq!(Value::number(odd), Value::number(f64::NAN));
    }
}
