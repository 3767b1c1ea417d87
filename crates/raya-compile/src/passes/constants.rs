//! Arithmetic on constants, exactly as the machine does it.

use super::facts::Value;
use raya_bytecode::Op;

/// ToInt32.
pub fn to_int32(x: f64) -> i32 {
    if !x.is_finite() {
        return 0;
    }
    let m = x.trunc().rem_euclid(4_294_967_296.0);
    m as u32 as i32
}

/// A double as an array index, where that needs no error.
fn to_index(x: f64) -> Option<i32> {
    let i = x as i32;
    (f64::from(i) == x).then_some(i)
}

/// The result of an operation on constants; none where it is not a constant, throws,
/// or is better left to run time.
pub fn evaluate(op: Op, a: Value, b: Option<Value>) -> Option<Value> {
    use Value::{Bool, F64, I32, Null};
    Some(match (op, a, b) {
        (Op::I32ToF64, I32(x), _) => F64(f64::from(x)),
        (Op::F64ToI32Wrap, F64(x), _) => I32(to_int32(x)),
        (Op::F64ToIndex, F64(x), _) => I32(to_index(x)?),
        (Op::F64ToI32, F64(x), _) => I32(to_index(x.trunc())?),
        (Op::Not, Bool(x), _) => Bool(!x),
        (Op::TruthyF64, F64(x), _) => Bool(x != 0.0 && !x.is_nan()),
        (Op::IsNull, x, _) => Bool(x == Null),
        (Op::NegF64, F64(x), _) => F64(-x),
        (Op::AbsF64, F64(x), _) => F64(x.abs()),
        (Op::SqrtF64, F64(x), _) => F64(x.sqrt()),
        (Op::FloorF64, F64(x), _) => F64(x.floor()),
        (Op::CeilF64, F64(x), _) => F64(x.ceil()),
        (Op::TruncF64, F64(x), _) => F64(x.trunc()),
        (Op::NegI32, I32(x), _) => I32(x.wrapping_neg()),
        (Op::NotI32, I32(x), _) => I32(!x),
        (op, F64(x), Some(F64(y))) => return doubles(op, x, y),
        (op, I32(x), Some(I32(y))) => return ints(op, x, y),
        (Op::EqBool, Bool(x), Some(Bool(y))) => Bool(x == y),
        (Op::NeBool, Bool(x), Some(Bool(y))) => Bool(x != y),
        _ => return None,
    })
}

fn doubles(op: Op, x: f64, y: f64) -> Option<Value> {
    use Value::{Bool, F64};
    Some(match op {
        Op::AddF64 => F64(x + y),
        Op::SubF64 => F64(x - y),
        Op::MulF64 => F64(x * y),
        Op::DivF64 => F64(x / y),
        // Rust's remainder is C's fmod, which is JavaScript's.
        Op::ModF64 => F64(x % y),
        Op::LtF64 | Op::JltF64 => Bool(x < y),
        Op::LeF64 | Op::JleF64 => Bool(x <= y),
        Op::JnltF64 => Bool(!matches!(x.partial_cmp(&y), Some(std::cmp::Ordering::Less))),
        Op::JnleF64 => Bool(x > y || x.is_nan() || y.is_nan()),
        Op::EqF64 | Op::JeqF64 => Bool(x == y),
        Op::NeF64 | Op::JneF64 => Bool(x != y),
        _ => return None,
    })
}

fn ints(op: Op, x: i32, y: i32) -> Option<Value> {
    use Value::{Bool, F64, I32};
    Some(match op {
        Op::AddI32 => I32(x.wrapping_add(y)),
        Op::SubI32 => I32(x.wrapping_sub(y)),
        Op::MulI32 => I32(x.wrapping_mul(y)),
        Op::DivI32 if y != 0 => I32(x.wrapping_div(y)),
        Op::ModI32 if y != 0 => I32(x.wrapping_rem(y)),
        Op::AndI32 => I32(x & y),
        Op::OrI32 => I32(x | y),
        Op::XorI32 => I32(x ^ y),
        Op::ShlI32 => I32(x.wrapping_shl(y as u32)),
        Op::ShrI32 => I32(x.wrapping_shr(y as u32)),
        Op::UshrF64 => F64(f64::from((x as u32).wrapping_shr(y as u32))),
        Op::LtI32 | Op::JltI32 => Bool(x < y),
        Op::LeI32 | Op::JleI32 => Bool(x <= y),
        Op::EqI32 | Op::JeqI32 => Bool(x == y),
        Op::NeI32 | Op::JneI32 => Bool(x != y),
        _ => return None,
    })
}

/// What an operation comes to when its second operand is a constant that does
/// nothing: its first operand.
pub fn is_identity(op: Op, b: Value) -> bool {
    match (op, b) {
        (Op::SubF64, Value::F64(v)) => v.to_bits() == 0,
        (Op::AddF64, Value::F64(v)) => v.to_bits() == (-0.0f64).to_bits(),
        (Op::MulF64 | Op::DivF64, Value::F64(v)) => v == 1.0,
        (
            Op::AddI32 | Op::SubI32 | Op::OrI32 | Op::XorI32 | Op::ShlI32 | Op::ShrI32,
            Value::I32(v),
        ) => v == 0,
        (Op::MulI32 | Op::DivI32, Value::I32(v)) => v == 1,
        (Op::AndI32, Value::I32(v)) => v == -1,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn to_int32_wraps_as_javascript_does() {
        for (x, i) in [
            (4_294_967_296.0, 0),
            (4_294_967_295.0, -1),
            (2_147_483_648.0, i32::MIN),
            (-2_147_483_649.0, i32::MAX),
            (-1.9, -1),
            (1e300, 0),
            (f64::NAN, 0),
            (9_007_199_254_740_993.0, 0),
        ] {
            assert_eq!(to_int32(x), i, "{x}");
        }
    }

    fn is_negative_zero(v: Value) -> bool {
        matches!(v, Value::F64(x) if x.to_bits() == (-0.0f64).to_bits())
    }

    #[test]
    fn negative_zero_and_nan_survive() {
        let zero = evaluate(Op::NegF64, Value::F64(0.0), None).unwrap();
        assert!(is_negative_zero(zero));
        let m = evaluate(Op::ModF64, Value::F64(-4.0), Some(Value::F64(2.0))).unwrap();
        assert!(is_negative_zero(m));
        let c = evaluate(Op::JnltF64, Value::F64(f64::NAN), Some(Value::F64(1.0)));
        assert_eq!(c, Some(Value::Bool(true)));
    }
}
