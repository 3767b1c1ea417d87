//! The native table: every function that built-in library code reaches through
//! `__NATIVE_CALL(id or name, arguments…)` and the `NativeCall` instruction.
//!
//! `for_each_native!` hands the list to a callback macro. The checker and compiler
//! read identifiers and types from it, the disassembler its names, and the runtime
//! expands it into typed entries, so that a native without an implementation does not
//! compile. Missing optional arguments are filled in by the declarations in `builtins/`.
//!
//! One line per native:
//!
//! ```text
//! number name(parameter: Type, …) -> Type, [flags], "what it does";
//! ```
//!
//! Types ([`NativeType`]): `F64 I32 Bool` registers of that representation, `Str` a
//! string, `Arr` an array of any element type, `Any` any word, `Void` nothing.
//! An argument of type `Any` is boxed; what an `Any` or `Arr` result really is, the
//! caller narrows to. Flags: `throws`, `user` (may run user code), `gc` (may collect).
//! The high byte of a number is the area (see the sections).

/// Hands the list of natives to the macro `$m`.
#[macro_export]
macro_rules! for_each_native {
    ($m:ident) => {
        $m! {
            // ---- Object
            0x0001 object_repr(o: Any) -> Str, [gc, throws, user], "default text of an object";
            0x0002 object_hash_code(o: Any) -> F64, [throws, user, gc], "hash through the hash slot";
            0x0003 object_equals(a: Any, b: Any) -> Bool, [throws, user, gc], "truth of == through the equality slot";
            0x0010 object_keys(o: Any) -> Arr, [gc, throws], "Object.keys: string[]";
            0x0011 object_values(o: Any) -> Arr, [gc, throws, user], "Object.values: any[]";
            0x0012 object_entries(o: Any) -> Arr, [gc, throws, user], "Object.entries: any[] of [string, any]";
            0x0013 object_assign(target: Any, from: Any) -> Any, [gc, throws, user], "copies the own members of one object";
            0x0014 object_freeze(o: Any) -> Any, [throws, user, gc], "Object.freeze";
            0x0015 object_is_frozen(o: Any) -> Bool, [], "Object.isFrozen";
            0x0016 object_from_entries(entries: Any) -> Any, [gc, throws, user], "Object.fromEntries";
            0x0017 object_has_own(o: Any, key: Str) -> Bool, [gc], "Object.hasOwn";
            0x0018 object_is(a: Any, b: Any) -> Bool, [gc], "SameValue";
            0x001B object_copy_beyond(into: Any, from: Any) -> Void, [gc, throws, user], "copies the own members that are no declared fields of the target";
            0x001A object_incomplete(o: Any) -> Any, [], "marks an object of any as one that a cast may find incomplete";
            0x0019 not_implemented() -> Any, [gc, throws], "the NotImplemented singleton";

            // ---- Array
            0x0102 array_shift(a: Arr) -> Any, [gc, throws], "removes the first element; null when empty";
            0x0103 array_unshift(a: Arr, items: Arr) -> F64, [gc, throws], "puts items in front; the new length";
            0x0104 array_index_of(a: Arr, v: Any, from: F64) -> F64, [gc], "first index by ===, or -1";
            0x0105 array_includes(a: Arr, v: Any, from: F64) -> Bool, [gc], "SameValueZero search";
            0x0106 array_slice(a: Arr, start: F64, end: F64) -> Arr, [gc, throws], "copy of a range; same type";
            0x0107 array_concat(a: Arr, parts: Arr) -> Arr, [gc, throws], "copy with parts appended, arrays among them spread; same type";
            0x0108 array_reverse(a: Arr) -> Arr, [gc, throws], "in place";
            0x0109 array_join(a: Arr, separator: Str) -> Str, [gc, throws, user], "ToString of the elements with separators";
            0x0110 array_last_index_of(a: Arr, v: Any, from: F64) -> F64, [gc], "last index by ===, or -1";
            0x0114 array_fill(a: Arr, v: Any, start: F64, end: F64) -> Arr, [gc, throws], "in place";
            0x0115 array_flat_into(into: Arr, a: Arr, depth: F64) -> Arr, [gc, throws], "appends the elements of a, nested arrays up to depth opened";
            0x0118 array_splice(a: Arr, start: F64, count: F64, items: Arr) -> Arr, [gc, throws], "replaces a range; the removed elements, same type";
            0x0119 array_at(a: Arr, i: F64) -> Any, [], "element, negative from the end; null outside";
            0x011E array_sort_default(a: Arr) -> Arr, [gc, throws, user], "in place by the strings of the elements; stable";
            0x0120 array_to_reversed(a: Arr) -> Arr, [gc, throws], "reversed copy";
            0x0123 array_copy_within(a: Arr, target: F64, start: F64, end: F64) -> Arr, [gc, throws], "in place";
            0x0124 array_with(a: Arr, i: F64, v: Any) -> Arr, [gc, throws], "copy with one element replaced; RangeError outside";
            0x0125 array_is_array(v: Any) -> Bool, [], "Array.isArray";
            0x0126 array_get(a: Arr, i: I32) -> Any, [throws], "element, boxed; RangeError outside";
            0x0127 array_set(a: Arr, i: I32, v: Any) -> Void, [gc, throws], "stores a boxed element; TypeError when it does not fit";
            0x0128 array_push_all(a: Arr, items: Arr) -> F64, [gc, throws], "appends items; the new length";
            0x0129 array_unpin(v: Any, levels: F64) -> Any, [gc, throws], "makes an array that nobody else holds an any[], and so the arrays in it, that many levels deep";

            // ---- string
            0x0200 string_char_at(s: Str, i: F64) -> Str, [gc, throws], "charAt";
            0x0201 string_substring(s: Str, start: F64, end: F64) -> Str, [gc, throws], "substring (end: Infinity when missing)";
            0x0202 string_to_upper_case(s: Str) -> Str, [gc, throws], "toUpperCase";
            0x0203 string_to_lower_case(s: Str) -> Str, [gc, throws], "toLowerCase";
            0x0204 string_trim(s: Str) -> Str, [gc, throws], "trim";
            0x0205 string_index_of(s: Str, needle: Str, from: F64) -> F64, [gc], "indexOf";
            0x0206 string_includes(s: Str, needle: Str, from: F64) -> Bool, [gc], "includes";
            0x0207 string_split(s: Str, separator: Str, limit: F64) -> Arr, [gc, throws], "split: string[] (limit: Infinity when missing)";
            0x0208 string_starts_with(s: Str, needle: Str, at: F64) -> Bool, [gc], "startsWith";
            0x0209 string_ends_with(s: Str, needle: Str, end: F64) -> Bool, [gc], "endsWith (end: Infinity when missing)";
            0x020A string_replace(s: Str, needle: Str, by: Str) -> Str, [gc, throws], "replace of the first occurrence ($ patterns)";
            0x020B string_repeat(s: Str, n: F64) -> Str, [gc, throws], "repeat";
            0x020C string_pad_start(s: Str, n: F64, pad: Str) -> Str, [gc, throws], "padStart";
            0x020D string_pad_end(s: Str, n: F64, pad: Str) -> Str, [gc, throws], "padEnd";
            0x020E string_char_code_at(s: Str, i: F64) -> F64, [gc], "charCodeAt, NaN outside";
            0x020F string_last_index_of(s: Str, needle: Str, from: F64) -> F64, [gc], "lastIndexOf (from: Infinity when missing)";
            0x0210 string_trim_start(s: Str) -> Str, [gc, throws], "trimStart";
            0x0211 string_trim_end(s: Str) -> Str, [gc, throws], "trimEnd";
            0x0218 string_slice(s: Str, start: F64, end: F64) -> Str, [gc, throws], "slice (end: Infinity when missing)";
            0x0219 string_at(s: Str, i: F64) -> Any, [gc, throws], "at: string or null";
            0x021A string_code_point_at(s: Str, i: F64) -> Any, [gc], "codePointAt: number or null";
            0x021B string_concat(s: Str, parts: Arr) -> Str, [gc, throws], "concat of a string[]";
            0x021C string_locale_compare(s: Str, other: Str) -> F64, [gc], "localeCompare";
            0x021D string_replace_all(s: Str, needle: Str, by: Str) -> Str, [gc, throws], "replaceAll ($ patterns)";
            0x021E string_normalize(s: Str, form: Str) -> Str, [gc, throws], "normalize NFC NFD NFKC NFKD";
            0x021F string_from_char_codes(units: Arr) -> Str, [gc, throws], "String.fromCharCode of a number[]";
            0x0220 string_from_code_points(points: Arr) -> Str, [gc, throws], "String.fromCodePoint of a number[]";
            0x0221 string_code_points(s: Str) -> Arr, [gc, throws], "string[] of its code points";
            0x0222 string_next_index(s: Str, i: I32) -> I32, [gc], "index after the code point at i";
            0x0223 string_is_well_formed(s: Str) -> Bool, [gc], "isWellFormed";
            0x0224 string_to_well_formed(s: Str) -> Str, [gc, throws], "toWellFormed";
            0x0225 string_from_char_code(unit: F64) -> Str, [gc, throws], "String.fromCharCode of one";

            // ---- Error
            0x0500 error_stack(e: Any) -> Any, [gc, throws, user], "the trace as text; null before the first throw";
            0x0501 error_class_name(e: Any) -> Str, [gc], "name of the object's class";
            0x0502 error_to_string(e: Any) -> Str, [gc, throws, user], "Name: message";

            // ---- Map and Set: hash tables that keep insertion order
            0x0800 table_new(columns: I32) -> Any, [gc, throws], "empty table with 1 (set) or 2 (map) columns";
            0x0801 table_size(t: Any) -> F64, [throws], "number of entries";
            0x0802 table_get(t: Any, key: Any) -> Any, [throws, user, gc], "value or null";
            0x0803 table_set(t: Any, key: Any, value: Any) -> Void, [throws, user, gc], "adds or replaces";
            0x0804 table_has(t: Any, key: Any) -> Bool, [throws, user, gc], "whether the key is there";
            0x0805 table_delete(t: Any, key: Any) -> Bool, [throws, user, gc], "removes; whether it was there";
            0x0806 table_clear(t: Any) -> Void, [throws, gc], "removes all";
            0x0807 table_iter(t: Any) -> Any, [throws, gc], "cursor before the first entry; survives changes as in JavaScript";
            0x0808 table_iter_next(cursor: Any) -> Bool, [throws], "steps to the next entry";
            0x0809 table_iter_key(cursor: Any) -> Any, [throws], "key of the entry";
            0x080A table_iter_value(cursor: Any) -> Any, [throws], "value of the entry";
            0x0900 table_add(t: Any, key: Any) -> Void, [throws, user, gc], "adds a key of a set";

            // ---- number
            0x0C00 number_to_fixed(x: F64, digits: F64) -> Str, [gc, throws], "toFixed";
            0x0C01 number_to_precision(x: F64, digits: F64) -> Str, [gc, throws], "toPrecision (NaN: missing)";
            0x0C02 number_to_exponential(x: F64, digits: F64) -> Str, [gc, throws], "toExponential (NaN: missing)";
            0x0C03 number_to_string(x: F64, radix: F64) -> Str, [gc, throws], "toString(radix)";
            0x0C04 number_parse_int(s: Str, radix: F64) -> F64, [gc], "parseInt (radix 0: missing)";
            0x0C05 number_parse_float(s: Str) -> F64, [gc], "parseFloat";
            0x0C06 number_is_integer(v: Any) -> Bool, [], "Number.isInteger";
            0x0C07 number_is_safe_integer(v: Any) -> Bool, [], "Number.isSafeInteger";
            0x0C08 number_is_finite(x: F64) -> Bool, [], "isFinite";
            0x0C09 number_is_nan(x: F64) -> Bool, [], "isNaN";
            0x0C0A number_of(v: Any) -> F64, [throws, user, gc], "Number(v)";
            0x0C0B int_of(v: Any) -> I32, [throws, user, gc], "int(v)";

            // ---- Math
            0x0D00 math_sin(x: F64) -> F64, [], "sin";
            0x0D01 math_cos(x: F64) -> F64, [], "cos";
            0x0D02 math_tan(x: F64) -> F64, [], "tan";
            0x0D03 math_asin(x: F64) -> F64, [], "asin";
            0x0D04 math_acos(x: F64) -> F64, [], "acos";
            0x0D05 math_atan(x: F64) -> F64, [], "atan";
            0x0D06 math_atan2(y: F64, x: F64) -> F64, [], "atan2";
            0x0D07 math_sinh(x: F64) -> F64, [], "sinh";
            0x0D08 math_cosh(x: F64) -> F64, [], "cosh";
            0x0D09 math_tanh(x: F64) -> F64, [], "tanh";
            0x0D0A math_asinh(x: F64) -> F64, [], "asinh";
            0x0D0B math_acosh(x: F64) -> F64, [], "acosh";
            0x0D0C math_atanh(x: F64) -> F64, [], "atanh";
            0x0D0D math_exp(x: F64) -> F64, [], "exp";
            0x0D0E math_expm1(x: F64) -> F64, [], "expm1";
            0x0D0F math_log(x: F64) -> F64, [], "natural logarithm";
            0x0D10 math_log1p(x: F64) -> F64, [], "log1p";
            0x0D11 math_log2(x: F64) -> F64, [], "log2";
            0x0D12 math_log10(x: F64) -> F64, [], "log10";
            0x0D13 math_cbrt(x: F64) -> F64, [], "cbrt";
            0x0D14 math_round(x: F64) -> F64, [], "halves towards positive infinity";
            0x0D15 math_sign(x: F64) -> F64, [], "sign";
            0x0D16 math_fround(x: F64) -> F64, [], "nearest single-precision number";
            0x0D17 math_clz32(x: F64) -> F64, [], "leading zeros of the 32-bit form";
            0x0D18 math_imul(a: F64, b: F64) -> F64, [], "32-bit product";
            0x0D19 math_hypot(xs: Arr) -> F64, [], "hypot of a number[]";
            0x0D1A math_random() -> F64, [], "pseudo-random number in [0, 1)";
            0x0D1B math_max(xs: Arr) -> F64, [], "largest of a number[]";
            0x0D1C math_min(xs: Arr) -> F64, [], "smallest of a number[]";

            // ---- console and process
            0x0E00 console_log(args: Arr) -> Void, [throws, user, gc], "formats as Node and writes a line to stdout";
            0x0E01 console_error(args: Arr) -> Void, [throws, user, gc], "the same to stderr";
            0x0E02 console_group(args: Arr) -> Void, [throws, user, gc], "logs and indents";
            0x0E03 console_group_end() -> Void, [], "ends an indentation";
            0x0E04 console_count(label: Str) -> Void, [throws, gc], "counts calls";
            0x0E05 console_count_reset(label: Str) -> Void, [], "starts the count again";
            0x0E06 console_time(label: Str) -> Void, [], "starts a timer";
            0x0E07 console_time_end(label: Str) -> Void, [throws, gc], "prints and ends a timer";
            0x0E08 console_table(v: Any, columns: Any) -> Void, [throws, user, gc], "prints rows and columns";
            0x0E09 console_trace(args: Arr) -> Void, [throws, user, gc], "logs with a trace to stderr";
            0x0E0A console_time_log(label: Str) -> Void, [throws, gc], "prints a timer";
            0x0E0B inspect(v: Any) -> Str, [throws, user, gc], "text as console.log shows it";
            0x0E10 process_exit(code: F64) -> Void, [throws], "ends the program";
            0x0E11 process_argv() -> Arr, [gc, throws], "string[]";
            0x0E12 process_env() -> Any, [gc, throws], "environment variables: a dictionary of strings";
            0x0E13 process_write(s: Str) -> Void, [throws, gc], "text to stdout";
            0x0E14 process_set_exit_code(code: F64) -> Void, [], "exit status of a normal end";
            0x0E15 process_exit_code() -> F64, [], "exit status of a normal end";
            0x0E20 performance_now() -> F64, [], "milliseconds since the engine started";
            0x0E21 date_now() -> F64, [], "milliseconds since 1970";

            // ---- Reflect and global functions
            0x0F00 reflect_get(o: Any, name: Str) -> Any, [throws, user, gc], "attribute read";
            0x0F01 reflect_get_or(o: Any, name: Str, otherwise: Any) -> Any, [throws, user, gc], "attribute read with a default";
            0x0F02 reflect_set(o: Any, name: Str, v: Any) -> Bool, [throws, user, gc], "attribute write";
            0x0F03 reflect_has(o: Any, name: Str) -> Bool, [throws, user, gc], "false only for AttributeError";
            0x0F04 reflect_delete(o: Any, name: Str) -> Bool, [throws, user, gc], "attribute delete";
            0x0F06 super_get(this: Any, class: Any, name: Str) -> Any, [throws, user, gc], "super.name in the code of a class: what follows it in the order of this";
            0x0F10 class_create(name: Str, bases: Any, members: Any) -> Any, [throws, user, gc], "a new class of this qualified name; members: name, role and closure in turn";
            0x0F11 class_finish(class: Any) -> Any, [throws, user, gc], "__set_name__ and __init_subclass__";
            0x0F12 class_define(class: Any, name: Str, v: Any) -> Any, [throws, user, gc], "a static field of a new class";
            0x0F13 class_init_fields(this: Any, class: Any) -> Any, [throws, user, gc], "the field initialisers that a class declares itself";
            0x0F14 object_define(o: Any, name: Str, v: Any) -> Any, [throws, user, gc], "a field of a new instance, past __setattr__";
            0x0F05 reflect_own_keys(o: Any) -> Arr, [throws, gc], "string[]";
            0x1000 structured_clone(v: Any) -> Any, [throws, user, gc], "deep copy of data";
            0x1001 encode_uri_component(s: Str) -> Str, [throws, gc], "encodeURIComponent";
            0x1002 decode_uri_component(s: Str) -> Str, [throws, gc], "decodeURIComponent";
            0x1010 json_parse(text: Str) -> Any, [throws, gc], "JSON.parse without reviver";
            0x1011 json_stringify(v: Any, replacer: Any, space: Any) -> Str, [throws, user, gc], "JSON.stringify; null for a missing replacer or space";
        }
    };
}

/// Type of a native's parameter or result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // described in the module's header
pub enum NativeType {
    F64,
    I32,
    Bool,
    Str,
    Arr,
    Any,
    Void,
}

/// A native as the other crates see it.
#[derive(Clone, Copy, Debug)]
pub struct Native {
    /// The number that instructions carry.
    pub id: u16,
    /// Its name; `__NATIVE_CALL` accepts it instead of the number.
    pub name: &'static str,
    /// Parameter names and types.
    pub params: &'static [(&'static str, NativeType)],
    /// Result type.
    pub ret: NativeType,
    /// May leave a pending exception.
    pub throws: bool,
    /// May run user code.
    pub user: bool,
    /// May collect garbage.
    pub gc: bool,
    /// One line on what it does.
    pub doc: &'static str,
}

macro_rules! has_flag {
    ($want:ident;) => { false };
    (throws; throws $($rest:ident)*) => { true };
    (user; user $($rest:ident)*) => { true };
    (gc; gc $($rest:ident)*) => { true };
    ($want:ident; $other:ident $($rest:ident)*) => { has_flag!($want; $($rest)*) };
}

macro_rules! define_natives {
    ($($id:literal $name:ident($($p:ident: $t:ident),*) -> $r:ident, [$($flag:ident),*], $doc:literal;)*) => {
        /// Every native, in the order of the list. The position is its dense index.
        pub const NATIVES: &[Native] = &[$(Native {
            id: $id,
            name: stringify!($name),
            params: &[$((stringify!($p), NativeType::$t)),*],
            ret: NativeType::$r,
            throws: has_flag!(throws; $($flag)*),
            user: has_flag!(user; $($flag)*),
            gc: has_flag!(gc; $($flag)*),
            doc: $doc,
        }),*];

        /// Dense index of the native with this number.
        pub const fn native_index(id: u16) -> Option<usize> {
            #[allow(non_camel_case_types)]
            enum Dense { $($name),* }
            match id {
                $($id => Some(Dense::$name as usize),)*
                _ => None,
            }
        }
    };
}
for_each_native!(define_natives);

impl Native {
    /// The native with this number.
    pub fn by_id(id: u16) -> Option<&'static Native> {
        native_index(id).map(|i| &NATIVES[i])
    }

    /// The native with this name.
    pub fn by_name(name: &str) -> Option<&'static Native> {
        NATIVES.iter().find(|n| n.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_unique() {
        let mut ids = std::collections::HashSet::new();
        let mut names = std::collections::HashSet::new();
        for native in NATIVES {
            assert!(ids.insert(native.id), "{} reuses a number", native.name);
            assert!(names.insert(native.name), "{} twice", native.name);
            assert_eq!(Native::by_id(native.id).map(|n| n.name), Some(native.name));
        }
        assert!(Native::by_id(0xFFFF).is_none());
    }

    #[test]
    fn user_code_may_throw() {
        for native in NATIVES {
            assert!(
                !native.user || native.throws && native.gc,
                "{}",
                native.name
            );
        }
    }
}
