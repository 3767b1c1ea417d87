//! Comparisons into a boolean.

use super::lowerings;
use crate::translate::emit::Region;
use crate::translate::{Lowered, Translator};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::types::{I8, I32};
use cranelift_codegen::ir::{InstBuilder, Value};
use raya_bytecode::{Instr, Repr};
use raya_runtime::helpers::HelperId as Helper;
use raya_runtime::mem::{layout, value};

/// Comparisons of two registers.
macro_rules! compare_ops {
    ($($name:ident $ins:ident $cc:expr;)*) => {$(
        #[allow(non_snake_case)]
        pub(super) fn $name(t: &mut Translator<'_>, i: Instr) -> Lowered {
            let (x, y) = (t.get(i.b), t.get(i.c));
            let v = t.b.ins().$ins($cc, x, y);
            t.set(i.a, v);
            Ok(())
        }
    )*};
}

compare_ops! {
    LtF64 fcmp FloatCC::LessThan;
    LeF64 fcmp FloatCC::LessThanOrEqual;
    EqF64 fcmp FloatCC::Equal;
    NeF64 fcmp FloatCC::NotEqual;
    LtI32 icmp IntCC::SignedLessThan;
    LeI32 icmp IntCC::SignedLessThanOrEqual;
    EqI32 icmp IntCC::Equal;
    NeI32 icmp IntCC::NotEqual;
    EqBool icmp IntCC::Equal;
    NeBool icmp IntCC::NotEqual;
    EqRef icmp IntCC::Equal;
}

lowerings! {
    EqStr |t, i| {
        let (x, y) = (t.get(i.b), t.get(i.c));
        let v = equal_strings(t, x, y);
        t.set(i.a, v)
    };
    LtStr |t, i| {
        let (x, y) = (t.get(i.b), t.get(i.c));
        let order = t.call_helper(Helper::cmp_str, &[x, y]);
        let v = t.compare_imm(IntCC::SignedLessThan, order, 0);
        t.set(i.a, v)
    };
    LeStr |t, i| {
        let (x, y) = (t.get(i.b), t.get(i.c));
        let order = t.call_helper(Helper::cmp_str, &[x, y]);
        let v = t.compare_imm(IntCC::SignedLessThanOrEqual, order, 0);
        t.set(i.a, v)
    };
    IsNull |t, i| {
        let w = t.get(i.b);
        let v = t.compare_imm(IntCC::Equal, w, value::NULL as i64);
        t.set(i.a, v)
    };
    StrictEq |t, i| {
        let (x, y) = (t.get(i.b), t.get(i.c));
        let v = t.call_helper(Helper::strict_eq, &[x, y]);
        t.set(i.a, v)
    };
    LooseEq |t, i| {
        let (x, y) = (t.get(i.b), t.get(i.c));
        let v = t.call_helper(Helper::loose_eq, &[x, y]);
        t.set(i.a, v)
    };
}

/// Strings: identical ones are equal, those of different lengths and two interned ones are
/// not, and only then the runtime compares.
fn equal_strings(t: &mut Translator<'_>, x: Value, y: Value) -> Value {
    let (lengths, contents, ask) = (t.fresh(), t.fresh(), t.fresh());
    let (done, result) = t.result_block(Repr::Bool);
    let same = t.b.ins().icmp(IntCC::Equal, x, y);
    t.b.ins().brif(same, done, &[same.into()], lengths, &[]);

    t.enter(lengths);
    let xl = t.load_constant(I32, Region::Text, x, layout::STRING_LEN);
    let yl = t.load_constant(I32, Region::Text, y, layout::STRING_LEN);
    let same = t.b.ins().icmp(IntCC::Equal, xl, yl);
    t.b.ins().brif(same, contents, &[], done, &[same.into()]);

    t.enter(contents);
    let xf = t.load(I32, Region::Header, x, layout::HEADER_FLAGS);
    let yf = t.load(I32, Region::Header, y, layout::HEADER_FLAGS);
    let both = t.b.ins().band(xf, yf);
    let interned = t.b.ins().band_imm_u(both, i64::from(layout::FLAG_INTERNED));
    let no = t.zero(I8);
    t.b.ins().brif(interned, done, &[no.into()], ask, &[]);

    t.enter(ask);
    let v = t.call_helper(Helper::eq_str, &[x, y]);
    t.b.ins().jump(done, &[v.into()]);
    t.enter(done);
    result
}
