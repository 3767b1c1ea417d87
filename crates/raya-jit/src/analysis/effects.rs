//! What instructions do to arrays and to the world, as far as loops care.

use raya_bytecode::Op;

/// Whether an instruction changes the storage of an array or runs user code on its
/// expected path, so that what was loaded before it has to be loaded again. Operators
/// on `any` count as what they mostly are: arithmetic.
pub fn is_opaque(op: Op) -> bool {
    use Op::*;
    match op {
        ArrayPush | ArrayPop | ArraySetLen | ArrayExtend => true,
        AddAny | SubAny | MulAny | DivAny | LtAny | LeAny | GtAny | GeAny | EqAny | NeAny
        | Truthy | ToNumber | GetProp | SetProp => false,
        _ => op.flags().user && !op.flags().loop_,
    }
}
