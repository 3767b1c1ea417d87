//! Strings: length inline, everything else by helpers.

use super::macros::*;
use raya_runtime::mem::layout::STRING_LEN;

ops! {
    StrLen |i, fp, cx| {
        let string = word(fp, (*i).b) as *const u8;
        set_int(fp, (*i).a, string.add(STRING_LEN).cast::<i32>().read());
    };
}

flow! {
    StrConcat |i, fp, cx| {
        let (b, c) = (word(fp, (*i).b), word(fp, (*i).c));
        let joined = try_helper!(i, fp, cx, str_concat(b, c));
        set_word(fp, (*i).a, joined);
        (i.add(1), fp)
    };
    StrConcatN |i, fp, cx| {
        let first = fp.add((*i).b as usize);
        let joined = try_helper!(i, fp, cx, str_concat_n(first as _, (*i).c as u32));
        set_word(fp, (*i).a, joined);
        (i.add(1), fp)
    };
    StrCharCode |i, fp, cx| {
        let unit = try_helper!(i, fp, cx, str_char_code(word(fp, (*i).b), int(fp, (*i).c)));
        set_double(fp, (*i).a, unit);
        (i.add(1), fp)
    };
    StrUnit |i, fp, cx| {
        let unit = try_helper!(i, fp, cx, str_char_code(word(fp, (*i).b), int(fp, (*i).c)));
        // The cast makes 0 of NaN.
        set_int(fp, (*i).a, unit as i32);
        (i.add(1), fp)
    };
    StrIndex |i, fp, cx| {
        let unit = try_helper!(i, fp, cx, str_index(word(fp, (*i).b), int(fp, (*i).c)));
        set_word(fp, (*i).a, unit);
        (i.add(1), fp)
    };
}
