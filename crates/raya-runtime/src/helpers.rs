//! The helper table: what compiled code and interpreter handlers call when an
//! instruction is more than a few machine instructions.
//!
//! One line per helper: its name, typed parameters and result, flags, stack need.
//! From it come the C-ABI entries (which catch panics, hand an error over in
//! `ctx.pending`, and add nothing else), the JIT's table of addresses and
//! signatures, and the call counters. Semantics live in the Rust function of the
//! same name in `crate::ops`, called by both tiers.
//!
//! Parameter and result kinds are those of registers (`F64 I32 Bool Word`), `U32` for
//! an index, and addresses of linked records: `Desc` a descriptor, `Func` a function,
//! `Class` a type, `Field Method Prop Sig` sites and signatures, `Name` an interned string, `Cache` an
//! inline-cache cell, `Slots` consecutive registers. [`kind`] maps them to Rust types.
//! Flags: `throws`, `user` (may run user code), `gc` (may collect).
//! Stack need: `small` (at most 8 KB, may run on a task's stack) or `deep`.

use crate::abi::{Abi, AbiFlags, HelperInfo, StackNeed};

/// Hands the helper list to the macro `$m`.
#[macro_export]
macro_rules! for_each_helper {
    ($m:ident) => {
        $m! {
            // conversions
            f64_to_i32(x: F64) -> I32, [throws], small, "int(x)";
            f64_to_i32_wrap(x: F64) -> I32, [], small, "ToInt32";
            f64_to_index(x: F64) -> I32, [throws], small, "array index from a number";
            unbox_f64(v: Word, ty: Desc) -> F64, [throws], small, "double out of a word";
            unbox_i32(v: Word, ty: Desc) -> I32, [throws], small, "int out of a word";
            unbox_bool(v: Word, ty: Desc) -> Bool, [throws], small, "boolean out of a word";
            check_type(v: Word, ty: Desc) -> Word, [throws, user, gc], deep, "checked cast out of any; pins";
            cast(v: Word, ty: Desc) -> Word, [throws, user, gc], deep, "the `as` operator: check_type that takes no other array for any[]";
            narrow(v: Word, ty: Desc) -> Word, [throws], small, "verify what flow analysis claims";
            instance_of(v: Word, ty: Desc) -> Bool, [], small, "descriptor test";
            instance_of_any(v: Word, class: Word) -> Bool, [throws, user, gc], small, "instanceof a class object";
            f64_to_str(x: F64) -> Word, [throws, gc], small, "ToString of a number";
            i32_to_str(x: I32) -> Word, [throws, gc], small, "ToString of an int";
            to_str(v: Word) -> Word, [throws, user, gc], small, "ToString through the str slot";
            to_number(v: Word) -> F64, [throws, user, gc], small, "Number(v)";
            truthy(v: Word) -> Bool, [throws, user, gc], small, "truth";
            type_of(v: Word) -> Word, [], small, "typeof";
            // numbers
            mod_f64(a: F64, b: F64) -> F64, [], small, "a % b";
            pow_f64(a: F64, b: F64) -> F64, [], small, "a ** b";
            div_i32(a: I32, b: I32) -> I32, [throws], small, "int division";
            mod_i32(a: I32, b: I32) -> I32, [throws], small, "int remainder";
            // comparison
            eq_str(a: Word, b: Word) -> Bool, [gc], small, "string equality";
            cmp_str(a: Word, b: Word) -> I32, [gc], small, "-1, 0, 1 by UTF-16 units";
            strict_eq(a: Word, b: Word) -> Bool, [gc], small, "===";
            loose_eq(a: Word, b: Word) -> Bool, [throws, user, gc], small, "truth of ==";
            // strings
            str_concat(a: Word, b: Word) -> Word, [throws, gc], small, "a + b";
            str_concat_n(first: Slots, n: U32) -> Word, [throws, gc], small, "concatenation of n strings";
            str_flatten(s: Word) -> Word, [throws, gc], small, "flattens a rope; address of the characters";
            str_char_code(s: Word, i: I32) -> F64, [gc], small, "UTF-16 unit or NaN";
            str_index(s: Word, i: I32) -> Word, [throws, gc], small, "one-unit string";
            // arrays
            new_array(ty: Desc, n: I32) -> Word, [throws, gc], small, "array of n zeros";
            new_array_cap(ty: Desc, cap: I32) -> Word, [throws, gc], small, "empty array with room";
            array_push_word(a: Word, v: Word) -> Word, [throws, gc], small, "append a word";
            array_push_f64(a: Word, v: F64) -> Word, [throws, gc], small, "append a double";
            array_push_i32(a: Word, v: I32) -> Word, [throws, gc], small, "append an int";
            array_push_bool(a: Word, v: Bool) -> Word, [throws, gc], small, "append a boolean";
            array_pop(a: Word) -> Word, [throws, gc], small, "remove the last element, boxed";
            array_set_len(a: Word, n: I32) -> Word, [throws], small, "shrink";
            array_extend(a: Word, from: Word) -> Word, [throws, user, gc], small, "append all of an iterable";
            array_out_of_bounds(a: Word, i: I32) -> Word, [throws], small, "throws the RangeError of a read";
            array_set_slow_word(a: Word, i: I32, v: Word) -> Word, [throws, gc], small, "append at the length or throw";
            array_set_slow_f64(a: Word, i: I32, v: F64) -> Word, [throws, gc], small, "append at the length or throw";
            array_set_slow_i32(a: Word, i: I32, v: I32) -> Word, [throws, gc], small, "append at the length or throw";
            array_set_slow_bool(a: Word, i: I32, v: Bool) -> Word, [throws, gc], small, "append at the length or throw";
            // objects
            new_object(class: Class) -> Word, [throws, gc], small, "instance with zero fields";
            make_closure(func: Func, captures: Slots) -> Word, [throws, gc], small, "closure over consecutive slots";
            clone_closure(closure: Word, func: Func) -> Word, [throws, gc], small, "closure of another instance of a function over the captures of one";
            get_function(func: Func) -> Word, [gc], small, "the function object of a capture-less function";
            get_class(class: Class) -> Word, [throws, user, gc], small, "class object, created on first use";
            check_class(class: Class) -> Word, [throws, gc], small, "ReferenceError when the declaration of a class has not run";
            init_class(class: Class) -> Word, [throws, user, gc], small, "define a class";
            write_barrier(obj: Word, slot: Slots) -> Word, [], small, "slow path of the write barrier";
            read_field(o: Word, field: Field) -> Word, [throws, user, gc], small, "declared field that something may stand before, or that is unset; in register format";
            write_field(o: Word, field: Field, v: Word) -> Word, [throws, user, gc], small, "the same written, v in register format";
            get_prop(o: Word, prop: Prop, cache: Cache) -> Word, [throws, user, gc], small, "structural read, verified, in register format";
            set_prop(o: Word, prop: Prop, v: Word, cache: Cache) -> Word, [throws, user, gc], small, "structural write, v in register format";
            has_prop(o: Word, name: Name) -> Bool, [throws, user, gc], small, "member test";
            get_attr(o: Word, name: Name, cache: Cache) -> Word, [throws, user, gc], small, "attribute read";
            as_length(v: Word) -> Word, [throws, gc], small, "what __len__ gave, as a number";
            set_attr(o: Word, name: Name, v: Word, cache: Cache) -> Word, [throws, user, gc], small, "attribute write";
            del_attr(o: Word, name: Name) -> Word, [throws, user, gc], small, "attribute delete";
            get_item(o: Word, k: Word, cache: Cache) -> Word, [throws, user, gc], small, "`o[k]`";
            get_item_opt(o: Word, k: Word) -> Word, [throws, user, gc], small, "dictionary `o[k]`, null when missing";
            new_dict(ty: Desc) -> Word, [throws, gc], small, "empty dictionary";
            set_item(o: Word, k: Word, v: Word, cache: Cache) -> Word, [throws, user, gc], small, "`o[k] = v`";
            del_item(o: Word, k: Word) -> Word, [throws, user, gc], small, "`delete o[k]`";
            contains(k: Word, o: Word, cache: Cache) -> Bool, [throws, user, gc], small, "k in o";
            get_method(o: Word, method: Method) -> Word, [throws, user, gc], small, "bound method";
            spread_object(into: Word, from: Word) -> Word, [throws, user, gc], small, "copy own members";
            get_iter(o: Word) -> Word, [throws, user, gc], small, "iterator";
            iter_next(it: Word) -> Word, [throws, user, gc], small, "next element; 0 at the end";
            iteration_ended() -> Bool, [throws], small, "takes the exception that ends an iteration";
            // operators
            add_any(a: Word, b: Word, cache: Cache) -> Word, [throws, user, gc], small, "+";
            sub_any(a: Word, b: Word, cache: Cache) -> Word, [throws, user, gc], small, "-";
            mul_any(a: Word, b: Word, cache: Cache) -> Word, [throws, user, gc], small, "*";
            div_any(a: Word, b: Word, cache: Cache) -> Word, [throws, user, gc], small, "/";
            mod_any(a: Word, b: Word, cache: Cache) -> Word, [throws, user, gc], small, "%";
            lt_any(a: Word, b: Word, cache: Cache) -> Word, [throws, user, gc], small, "<";
            le_any(a: Word, b: Word, cache: Cache) -> Word, [throws, user, gc], small, "<=";
            gt_any(a: Word, b: Word, cache: Cache) -> Word, [throws, user, gc], small, ">";
            ge_any(a: Word, b: Word, cache: Cache) -> Word, [throws, user, gc], small, ">=";
            eq_any(a: Word, b: Word, cache: Cache) -> Word, [throws, user, gc], small, "==";
            ne_any(a: Word, b: Word, cache: Cache) -> Word, [throws, user, gc], small, "!=";
            binary_any(a: Word, b: Word, op: U32, cache: Cache) -> Word, [throws, user, gc], small, "any other binary operator";
            unary_any(a: Word, op: U32, cache: Cache) -> Word, [throws, user, gc], small, "any unary operator";
            operator_refused(a: Word, b: Word, op: U32) -> Word, [throws, user, gc], small, "the rest of a binary operator behind a first NotImplemented";
            // calls; `window` is the address of a call window on the VM stack (or a copy of it)
            call_any(window: Slots, n: U32, cache: Cache) -> Word, [throws, user, gc], small, "call through the call slot";
            call_any_method(window: Slots, name: Name, n: U32, cache: Cache) -> Word, [throws, user, gc], small, "attribute called";
            direct_call(window: Slots, n: U32, cache: Cache) -> Address, [throws, user, gc], small, "function that call_any may enter over the window, arguments converted; 0 for none";
            direct_method(window: Slots, name: Name, n: U32, cache: Cache) -> Address, [throws, user, gc], small, "function that call_any_method may enter, likewise";
            direct_member(window: Slots, prop: Prop, cache: Cache) -> Address, [], small, "function that call_prop may enter";
            new_any(window: Slots, n: U32, cache: Cache) -> Word, [throws, user, gc], small, "construct";
            call_spread(window: Slots) -> Word, [throws, user, gc], small, "call with the elements of an any[]";
            new_spread(window: Slots) -> Word, [throws, user, gc], small, "construct with the elements of an any[]";
            run_bridge(fp: Slots) -> Word, [throws, user, gc], small, "run the bridge whose frame this is, result in register format";
            call_prop(window: Slots, prop: Prop, n: U32, cache: Cache) -> Word, [throws, user, gc], small, "structural method call, result in register format";
            call_closure_slow(window: Slots, sig: Sig, n: U32) -> Word, [throws, user, gc], small, "function value of another signature, result in register format";
            call_method_slow(window: Slots, method: Method, n: U32, cache: Cache) -> Word, [throws, user, gc], small, "receiver off the vtable path, result in register format";
            native_call(args: Slots, id: U32, n: U32) -> Word, [throws, user, gc], small, "native by id on slots, result in register format";
            // exceptions and polls
            throw(v: Word) -> Word, [throws, gc], small, "throw, capturing a trace for errors";
            rethrow(v: Word) -> Word, [throws], small, "throw again";
            throw_unset(name: Name) -> Word, [throws, gc], small, "ReferenceError of a variable";
            throw_unset_field(o: Word, field: Field) -> Word, [throws, gc], small, "AttributeError of a field";
            throw_frozen_field(o: Word, field: Field) -> Word, [throws, gc], small, "TypeError of a field of a frozen object";
            throw_null(ty: Desc) -> Word, [throws, gc], small, "TypeError of a null receiver";
            throw_stack_overflow() -> Word, [throws, gc], small, "RangeError of too deep recursion";
            poll() -> Word, [throws, user, gc], small, "budget exhausted: timers, collection, cancellation";
        }
    };
}

/// The Rust types behind the kinds of the table.
#[allow(missing_docs)] // described in the module's header
pub mod kind {
    use crate::mem::refs::Ref;

    pub type F64 = f64;
    pub type I32 = i32;
    pub type U32 = u32;
    pub type Bool = bool;
    pub type Word = crate::mem::value::Value;
    pub type Name = crate::mem::value::Value;
    pub type Desc = Ref<crate::desc::Desc>;
    pub type Func = Ref<crate::func::FuncInfo>;
    pub type Class = Ref<crate::type_info::TypeInfo>;
    pub type Field = Ref<crate::link::FieldSite>;
    pub type Method = Ref<crate::link::MethodSite>;
    pub type Prop = Ref<crate::link::PropSite>;
    pub type Sig = Ref<crate::func::SigInfo>;
    pub type Address = usize;
    pub type Cache = crate::caches::Cache;
    pub type Slots = crate::mem::slots::Slots;
}

macro_rules! define_helpers {
    ($($name:ident($($p:ident: $k:ident),*) -> $r:ident, [$($flag:ident),*], $stack:ident, $doc:literal;)*) => {
        /// A helper.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(non_camel_case_types)]
        #[repr(u16)]
        pub enum HelperId { $(#[doc = $doc] $name),* }

        impl HelperId {
            /// Every helper in table order.
            pub const ALL: &'static [HelperId] = &[$(HelperId::$name),*];

            /// What the compiler must know of it.
            pub const fn info(self) -> &'static HelperInfo {
                &HELPERS[self as usize]
            }

            /// Address of its entry.
            pub fn address(self) -> usize {
                match self {
                    $(HelperId::$name => entry::$name as *const () as usize,)*
                }
            }
        }

        /// The table, indexed by [`HelperId`].
        #[allow(clippy::needless_update)] // helpers with every flag
        pub static HELPERS: &[HelperInfo] = &[$(HelperInfo {
            name: stringify!($name),
            params: &[$(<kind::$k as Abi>::KIND),*],
            ret: <kind::$r as Abi>::KIND,
            flags: AbiFlags { $($flag: true,)* ..AbiFlags::NONE },
            stack: StackNeed::$stack,
            doc: $doc,
        }),*];
    };
}
for_each_helper!(define_helpers);

pub use crate::mem::entries as entry;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_code_may_throw_and_collect() {
        for helper in HELPERS {
            let f = helper.flags;
            assert!(!f.user || f.throws && f.gc, "{}", helper.name);
        }
    }

    #[test]
    fn every_helper_has_an_entry_of_its_own() {
        let mut seen = std::collections::HashSet::new();
        for &id in HelperId::ALL {
            assert!(seen.insert(id.address()), "{}", id.info().name);
        }
    }
}
