//! What instructions do to arrays and to the world, as far as loops care.

use raya_bytecode::{Instr, Native, NativeType, Op, Slot, SlotOp};

/// Whether an instruction changes the storage of an array or runs user code on its
/// expected path, so that what was loaded before it has to be loaded again. Operators
/// on `any` count as what they mostly are: arithmetic.
pub fn is_opaque(ins: Instr) -> bool {
    use Op::*;
    match ins.op {
        ArrayPush | ArrayPop | ArraySetLen | ArrayExtend => true,
        AddAny | SubAny | MulAny | DivAny | LtAny | LeAny | GtAny | GeAny | EqAny | NeAny
        | Truthy | ToNumber | GetProp | SetProp | ReadField | WriteField => false,
        BinaryAny => !SlotOp::from_u16(ins.c)
            .is_some_and(|op| matches!(op.slot, Slot::add | Slot::sub | Slot::mul | Slot::truediv)),
        NativeCall => Native::by_id(ins.b).is_none_or(touches_arrays),
        op => op.flags().user && !op.flags().loop_,
    }
}

/// Whether a native runs user code or may change an array that it is given.
pub fn touches_arrays(native: &Native) -> bool {
    let is_container = |ty: &NativeType| matches!(ty, NativeType::Arr | NativeType::Any);
    native.user || native.params.iter().any(|p| is_container(&p.1))
}
