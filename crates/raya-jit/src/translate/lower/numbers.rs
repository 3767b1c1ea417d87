//! Arithmetic on doubles and ints.

use super::convert::known_int;
use super::lowerings;
use super::moves::{double_constant, immediate};
use crate::exits::record::ExitReason;
use crate::translate::{Lowered, Translator};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::types::{F64, I32};
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value};
use raya_bytecode::Instr;
use raya_runtime::helpers::HelperId as Helper;

/// Lowerings of the form `a = b op c` and `a = b op K` on doubles.
macro_rules! double_ops {
    ($($name:ident $constant:ident $ins:ident;)*) => {$(
        #[allow(non_snake_case)]
        pub(super) fn $name(t: &mut Translator<'_>, i: Instr) -> Lowered {
            let (x, y) = (t.get(i.b), t.get(i.c));
            let v = t.b.ins().$ins(x, y);
            t.set(i.a, v);
            Ok(())
        }
        #[allow(non_snake_case)]
        pub(super) fn $constant(t: &mut Translator<'_>, i: Instr) -> Lowered {
            let x = t.get(i.b);
            let y = double_constant(t, i.c)?;
            let v = t.b.ins().$ins(x, y);
            t.set(i.a, v);
            Ok(())
        }
    )*};
}

double_ops! {
    AddF64 AddF64K fadd;
    SubF64 SubF64K fsub;
    MulF64 MulF64K fmul;
    DivF64 DivF64K fdiv;
}

/// Lowerings of the form `a = op b`.
macro_rules! unary_ops {
    ($($name:ident $ins:ident;)*) => {$(
        #[allow(non_snake_case)]
        pub(super) fn $name(t: &mut Translator<'_>, i: Instr) -> Lowered {
            let x = t.get(i.b);
            let v = t.b.ins().$ins(x);
            t.set(i.a, v);
            Ok(())
        }
    )*};
}

unary_ops! {
    NegF64 fneg;
    AbsF64 fabs;
    SqrtF64 sqrt;
    FloorF64 floor;
    CeilF64 ceil;
    TruncF64 trunc;
    NegI32 ineg;
    NotI32 bnot;
}

/// Lowerings of the form `a = b op c` on ints.
macro_rules! int_ops {
    ($($name:ident $ins:ident;)*) => {$(
        #[allow(non_snake_case)]
        pub(super) fn $name(t: &mut Translator<'_>, i: Instr) -> Lowered {
            let (x, y) = (t.get(i.b), t.get(i.c));
            let v = t.b.ins().$ins(x, y);
            t.set(i.a, v);
            Ok(())
        }
    )*};
}

int_ops! {
    AddI32 iadd;
    SubI32 isub;
    MulI32 imul;
    AndI32 band;
    OrI32 bor;
    XorI32 bxor;
    ShlI32 ishl;
    ShrI32 sshr;
}

/// Lowerings of the form `a = b op immediate`.
macro_rules! immediate_ops {
    ($($name:ident $ins:ident;)*) => {$(
        #[allow(non_snake_case)]
        pub(super) fn $name(t: &mut Translator<'_>, i: Instr) -> Lowered {
            let x = t.get(i.b);
            let v = t.b.ins().$ins(x, i64::from(immediate(i.c)));
            t.set(i.a, v);
            Ok(())
        }
    )*};
}

immediate_ops! {
    AddI32I iadd_imm_s;
    MulI32I imul_imm_s;
    AndI32I band_imm_s;
    OrI32I bor_imm_s;
    ShlI32I ishl_imm_u;
    ShrI32I sshr_imm_u;
    UshrI32I ushr_imm_u;
}

lowerings! {
    RSubF64K |t, i| {
        let x = t.get(i.b);
        let k = double_constant(t, i.c)?;
        let v = t.b.ins().fsub(k, x);
        t.set(i.a, v)
    };
    RDivF64K |t, i| {
        let x = t.get(i.b);
        let k = double_constant(t, i.c)?;
        let v = t.b.ins().fdiv(k, x);
        t.set(i.a, v)
    };
    ModF64 |t, i| {
        let (x, y) = (t.get(i.b), t.get(i.c));
        let v = remainder(t, x, y);
        t.set(i.a, v)
    };
    PowF64 |t, i| {
        let (x, y) = (t.get(i.b), t.get(i.c));
        let v = t.call_helper(Helper::pow_f64, &[x, y]);
        t.set(i.a, v)
    };
    // CLIF's minimum and maximum give NaN for NaN and tell the zeros apart, as JavaScript.
    MinF64 |t, i| {
        let (x, y) = (t.get(i.b), t.get(i.c));
        let v = t.b.ins().fmin(x, y);
        t.set(i.a, v)
    };
    MaxF64 |t, i| {
        let (x, y) = (t.get(i.b), t.get(i.c));
        let v = t.b.ins().fmax(x, y);
        t.set(i.a, v)
    };
    UshrF64 |t, i| {
        let (x, y) = (t.get(i.b), t.get(i.c));
        let n = t.b.ins().ushr(x, y);
        let v = t.b.ins().fcvt_from_uint(F64, n);
        t.set(i.a, v)
    };
    DivI32 |t, i| {
        let (x, y) = (t.get(i.b), t.get(i.c));
        let divisor = safe_divisor(t, Helper::div_i32, x, y);
        let q = t.b.ins().sdiv(x, divisor);
        // By -1 the quotient is the wrapping negation.
        let minus = t.compare_imm(IntCC::Equal, y, -1);
        let neg = t.b.ins().ineg(x);
        let v = t.b.ins().select(minus, neg, q);
        t.set(i.a, v)
    };
    ModI32 |t, i| {
        let (x, y) = (t.get(i.b), t.get(i.c));
        let divisor = safe_divisor(t, Helper::mod_i32, x, y);
        let v = t.b.ins().srem(x, divisor);
        t.set(i.a, v)
    };
    DivI32I |t, i| {
        let x = t.get(i.b);
        let v = match immediate(i.c) {
            -1 => t.b.ins().ineg(x),
            n => t.b.ins().sdiv_imm_s(x, i64::from(n)),
        };
        t.set(i.a, v)
    };
    ModI32I |t, i| {
        let x = t.get(i.b);
        let v = match immediate(i.c) {
            1 | -1 => t.int_const(0),
            n => t.b.ins().srem_imm_s(x, i64::from(n)),
        };
        t.set(i.a, v)
    };
}

/// A divisor that cannot trap: leaves for zero, and -1 (whose remainder is 0 and whose
/// quotient the caller knows) becomes 1.
fn safe_divisor(t: &mut Translator<'_>, helper: Helper, x: Value, y: Value) -> Value {
    let some = t.compare_imm(IntCC::NotEqual, y, 0);
    t.guard_or_throw(some, ExitReason::Number, helper, &[x, y]);
    let minus = t.compare_imm(IntCC::Equal, y, -1);
    let one = t.int_const(1);
    t.b.ins().select(minus, one, y)
}

/// `x % y` with an integer fast path for positive operands; the helper does the rest.
pub(super) fn remainder(t: &mut Translator<'_>, x: Value, y: Value) -> Value {
    let slow = t.cold();
    let done = t.fresh();
    let result = t.b.append_block_param(done, F64);
    let mut ints = [x, y];
    for int in &mut ints {
        *int = match known_int(t, *int) {
            Some(n) => n,
            None => {
                let (n, exact) = whole(t, *int);
                t.require(exact, slow);
                n
            }
        };
    }
    let [xi, yi] = ints;
    // A positive dividend excludes -0, whose remainder is -0.
    let px = t.compare_imm(IntCC::SignedGreaterThan, xi, 0);
    let py = t.compare_imm(IntCC::SignedGreaterThan, yi, 0);
    let positive = t.b.ins().band(px, py);
    t.require(positive, slow);
    let r = t.b.ins().urem(xi, yi);
    let r = t.b.ins().fcvt_from_sint(F64, r);
    t.b.ins().jump(done, &[r.into()]);
    t.enter(slow);
    let before = std::mem::replace(&mut t.in_cold, true);
    let v = t.call_helper(Helper::mod_f64, &[x, y]);
    t.in_cold = before;
    t.b.ins().jump(done, &[v.into()]);
    t.enter(done);
    result
}

/// A double as an int, and whether that is exact.
pub(super) fn whole(t: &mut Translator<'_>, x: Value) -> (Value, Value) {
    let n = truncate(t, x);
    let back = t.b.ins().fcvt_from_sint(F64, n);
    let exact = t.b.ins().fcmp(FloatCC::Equal, back, x);
    (n, exact)
}

/// A double as an int, and whether it is that and not -0.
pub(in crate::translate) fn integer(t: &mut Translator<'_>, x: Value) -> (Value, Value) {
    let n = truncate(t, x);
    let back = t.b.ins().fcvt_from_sint(F64, n);
    let (back, given) = (bits(t, back), bits(t, x));
    let exact = t.b.ins().icmp(IntCC::Equal, back, given);
    (n, exact)
}

/// A double truncated to an int; `i32::MIN` when it is out of range or NaN.
///
/// CLIF has no scalar instruction for the machine's own conversion, only saturating
/// ones that cost several more; the vector form of it becomes the one instruction.
pub(super) fn truncate(t: &mut Translator<'_>, x: Value) -> Value {
    if cfg!(target_arch = "x86_64") {
        use cranelift_codegen::ir::ConstantData;
        use cranelift_codegen::ir::types::{F64X2, I64X2};
        let v = t.b.ins().scalar_to_vector(F64X2, x);
        let v = t.b.ins().x86_cvtt2dq(I64X2, v);
        let zero = (t.b.func.dfg.constants).insert(ConstantData::from(&[0u8; 16][..]));
        let zero = t.b.ins().vconst(I64X2, zero);
        let v = t.b.ins().snarrow(v, zero);
        t.b.ins().extractlane(v, 0)
    } else {
        t.b.ins().fcvt_to_sint_sat(I32, x)
    }
}

/// The bits of a double.
pub(super) fn bits(t: &mut Translator<'_>, x: Value) -> Value {
    use cranelift_codegen::ir::types::I64;
    t.b.ins().bitcast(I64, MemFlagsData::new(), x)
}
