//! The slot table: every special method of the object model, declared once.
//!
//! Per slot: name, kind, forward dunder, reflected dunder, in-place dunder, the
//! operator's spelling in messages. Inheritance, generic wrappers, operator
//! lowering, documentation and the conformance matrix are expanded from it.

/// What shape of call a slot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SlotKind {
    /// `call new init`.
    Call,
    /// Attribute access.
    Attribute,
    /// Descriptor protocol.
    Descriptor,
    /// Two operands, reflected and in-place forms.
    Binary,
    /// One operand.
    Unary,
    /// A conversion: `bool int float index`.
    Convert,
    /// Six-way comparison.
    Compare,
    /// `hash`.
    Hash,
    /// Containers and iteration.
    Container,
    /// `str repr`.
    Text,
    /// `enter exit`.
    Context,
    /// Class hooks.
    Class,
}

/// Hands the slot list to the macro `$m`.
#[macro_export]
macro_rules! for_each_slot {
    ($m:ident) => {
        $m! {
            // field         kind       dunder            reflected      in-place        spelling
            call, Call, "__call__", "", "", "()";
            new, Call, "__new__", "", "", "new";
            init, Call, "__init__", "", "", "init";
            getattribute, Attribute, "__getattribute__", "", "", ".";
            getattr, Attribute, "__getattr__", "", "", ".";
            setattr, Attribute, "__setattr__", "", "", ".=";
            delattr, Attribute, "__delattr__", "", "", "delete .";
            descr_get, Descriptor, "__get__", "", "", "get";
            descr_set, Descriptor, "__set__", "", "", "set";
            descr_delete, Descriptor, "__delete__", "", "", "delete";
            add, Binary, "__add__", "__radd__", "__iadd__", "+";
            sub, Binary, "__sub__", "__rsub__", "__isub__", "-";
            mul, Binary, "__mul__", "__rmul__", "__imul__", "*";
            truediv, Binary, "__truediv__", "__rtruediv__", "__itruediv__", "/";
            modulo, Binary, "__mod__", "__rmod__", "__imod__", "%";
            pow, Binary, "__pow__", "__rpow__", "__ipow__", "**";
            lshift, Binary, "__lshift__", "__rlshift__", "__ilshift__", "<<";
            rshift, Binary, "__rshift__", "__rrshift__", "__irshift__", ">>";
            ushift, Binary, "__urshift__", "__rurshift__", "__iurshift__", ">>>";
            and, Binary, "__and__", "__rand__", "__iand__", "&";
            or, Binary, "__or__", "__ror__", "__ior__", "|";
            xor, Binary, "__xor__", "__rxor__", "__ixor__", "^";
            neg, Unary, "__neg__", "", "", "-";
            pos, Unary, "__pos__", "", "", "+";
            invert, Unary, "__invert__", "", "", "~";
            bool, Convert, "__bool__", "", "", "bool";
            int, Convert, "__int__", "", "", "int";
            float, Convert, "__float__", "", "", "float";
            index, Convert, "__index__", "", "", "index";
            lt, Compare, "__lt__", "__gt__", "", "<";
            le, Compare, "__le__", "__ge__", "", "<=";
            eq, Compare, "__eq__", "__eq__", "", "==";
            ne, Compare, "__ne__", "__ne__", "", "!=";
            gt, Compare, "__gt__", "__lt__", "", ">";
            ge, Compare, "__ge__", "__le__", "", ">=";
            hash, Hash, "__hash__", "", "", "hash";
            len, Container, "__len__", "", "", "len";
            getitem, Container, "__getitem__", "", "", "[]";
            setitem, Container, "__setitem__", "", "", "[]=";
            delitem, Container, "__delitem__", "", "", "delete []";
            contains, Container, "__contains__", "", "", "in";
            iter, Container, "__iter__", "", "", "iter";
            next, Container, "__next__", "", "", "next";
            reversed, Container, "__reversed__", "", "", "reversed";
            str, Text, "__str__", "", "", "str";
            repr, Text, "__repr__", "", "", "repr";
            enter, Context, "__enter__", "", "", "enter";
            exit, Context, "__exit__", "", "", "exit";
            init_subclass, Class, "__init_subclass__", "", "", "class";
            set_name, Class, "__set_name__", "", "", "class";
        }
    };
}

macro_rules! define_slots {
    ($($field:ident, $kind:ident, $dunder:literal, $refl:literal, $inplace:literal, $spelling:literal;)*) => {
        /// A slot.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u16)]
        #[allow(non_camel_case_types, missing_docs)]
        pub enum Slot { $($field),* }

        impl Slot {
            /// Every slot in table order.
            pub const ALL: &'static [Slot] = &[$(Slot::$field),*];
            /// The number of slots.
            pub const COUNT: usize = Slot::ALL.len();
            /// Kind of the slot.
            pub const fn kind(self) -> SlotKind {
                match self { $(Slot::$field => SlotKind::$kind),* }
            }
            /// The method that fills it.
            pub const fn dunder(self) -> &'static str {
                match self { $(Slot::$field => $dunder),* }
            }
            /// The reflected method, if there is one.
            pub const fn reflected(self) -> Option<&'static str> {
                let name = match self { $(Slot::$field => $refl),* };
                if name.is_empty() { None } else { Some(name) }
            }
            /// The in-place method, if there is one.
            pub const fn in_place(self) -> Option<&'static str> {
                let name = match self { $(Slot::$field => $inplace),* };
                if name.is_empty() { None } else { Some(name) }
            }
            /// The operator as messages spell it.
            pub const fn spelling(self) -> &'static str {
                match self { $(Slot::$field => $spelling),* }
            }
        }
    };
}
for_each_slot!(define_slots);

/// An operator on any words: a slot, and whether it is the in-place form.
/// This is operand `c` of `BinaryAny` and `UnaryAny`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SlotOp {
    /// Which slot.
    pub slot: Slot,
    /// `a op= b`: the in-place method is asked first.
    pub in_place: bool,
}

impl SlotOp {
    /// Encodes it as an operand.
    pub const fn to_u16(self) -> u16 {
        self.slot as u16 | (self.in_place as u16) << 15
    }

    /// Decodes an operand.
    pub fn from_u16(n: u16) -> Option<SlotOp> {
        let slot = *Slot::ALL.get((n & 0x7FFF) as usize)?;
        Some(SlotOp {
            slot,
            in_place: n >> 15 != 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operands_round_trip() {
        for &slot in Slot::ALL {
            for in_place in [false, true] {
                let op = SlotOp { slot, in_place };
                assert_eq!(SlotOp::from_u16(op.to_u16()), Some(op));
            }
        }
        assert_eq!(SlotOp::from_u16(0x7FFF), None);
    }
}
