//! Comparisons into a boolean.

use super::lowerings;
use crate::helpers::Helper;
use crate::translate::{Lowered, Translator};
use cranelift_codegen::ir::InstBuilder;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use raya_bytecode::Instr;
use raya_runtime::mem::value;

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
        let v = same_or(t, x, y, Helper::eq_str);
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

/// True for identical words, else what the helper says.
fn same_or(
    t: &mut Translator<'_>,
    x: cranelift_codegen::ir::Value,
    y: cranelift_codegen::ir::Value,
    helper: Helper,
) -> cranelift_codegen::ir::Value {
    let same = t.b.ins().icmp(IntCC::Equal, x, y);
    let ask = t.fresh();
    let done = t.fresh();
    let result = (t.b).append_block_param(done, cranelift_codegen::ir::types::I8);
    t.b.ins().brif(same, done, &[same.into()], ask, &[]);
    t.enter(ask);
    let v = t.call_helper(helper, &[x, y]);
    t.b.ins().jump(done, &[v.into()]);
    t.enter(done);
    result
}
