//! Comparisons into a boolean register.

use super::macros::*;
use raya_runtime::mem::value::NULL;

ops! {
    LtF64 |i, fp, cx| set_boolean(fp, (*i).a, double(fp, (*i).b) < double(fp, (*i).c));
    LeF64 |i, fp, cx| set_boolean(fp, (*i).a, double(fp, (*i).b) <= double(fp, (*i).c));
    EqF64 |i, fp, cx| set_boolean(fp, (*i).a, double(fp, (*i).b) == double(fp, (*i).c));
    NeF64 |i, fp, cx| set_boolean(fp, (*i).a, double(fp, (*i).b) != double(fp, (*i).c));
    LtI32 |i, fp, cx| set_boolean(fp, (*i).a, int(fp, (*i).b) < int(fp, (*i).c));
    LeI32 |i, fp, cx| set_boolean(fp, (*i).a, int(fp, (*i).b) <= int(fp, (*i).c));
    EqI32 |i, fp, cx| set_boolean(fp, (*i).a, int(fp, (*i).b) == int(fp, (*i).c));
    NeI32 |i, fp, cx| set_boolean(fp, (*i).a, int(fp, (*i).b) != int(fp, (*i).c));
    EqBool |i, fp, cx| set_boolean(fp, (*i).a, boolean(fp, (*i).b) == boolean(fp, (*i).c));
    NeBool |i, fp, cx| set_boolean(fp, (*i).a, boolean(fp, (*i).b) != boolean(fp, (*i).c));
    EqRef |i, fp, cx| set_boolean(fp, (*i).a, word(fp, (*i).b) == word(fp, (*i).c));
    IsNull |i, fp, cx| set_boolean(fp, (*i).a, word(fp, (*i).b) == NULL);
}

flow! {
    EqStr |i, fp, cx| {
        let (b, c) = (word(fp, (*i).b), word(fp, (*i).c));
        let equal = b == c || try_helper!(i, fp, cx, eq_str(b, c)) != 0;
        set_boolean(fp, (*i).a, equal);
        (i.add(1), fp)
    };
    LtStr |i, fp, cx| {
        let order = try_helper!(i, fp, cx, cmp_str(word(fp, (*i).b), word(fp, (*i).c)));
        set_boolean(fp, (*i).a, order < 0);
        (i.add(1), fp)
    };
    LeStr |i, fp, cx| {
        let order = try_helper!(i, fp, cx, cmp_str(word(fp, (*i).b), word(fp, (*i).c)));
        set_boolean(fp, (*i).a, order <= 0);
        (i.add(1), fp)
    };
    StrictEq |i, fp, cx| {
        let equal = try_helper!(i, fp, cx, strict_eq(word(fp, (*i).b), word(fp, (*i).c)));
        set_boolean(fp, (*i).a, equal != 0);
        (i.add(1), fp)
    };
    LooseEq |i, fp, cx| {
        let equal = try_helper!(i, fp, cx, loose_eq(word(fp, (*i).b), word(fp, (*i).c)));
        set_boolean(fp, (*i).a, equal != 0);
        (i.add(1), fp)
    };
    InstanceOf |i, fp, cx| {
        let is = helper!(cx, instance_of(word(fp, (*i).b), *crate::instr::pool(i) as _));
        set_boolean(fp, (*i).a, is != 0);
        (i.add(1), fp)
    };
    InstanceOfAny |i, fp, cx| {
        let is = try_helper!(i, fp, cx, instance_of_any(word(fp, (*i).b), word(fp, (*i).c)));
        set_boolean(fp, (*i).a, is != 0);
        (i.add(1), fp)
    };
}
