//! The operations of threaded code: every portable opcode, and internal ones.
//!
//! The portable part is expanded from the opcode list, so an opcode without a
//! handler does not compile. Internal operations are specialised forms chosen at
//! translation and the stubs that slow paths continue at.

use raya_bytecode::for_each_op;

macro_rules! define {
    (@names [$d:tt] $($portable:ident)*; $($(#[$doc:meta])* $internal:ident,)*) => {
        /// An operation of threaded code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u16)]
        #[allow(missing_docs, reason = "the portable part is documented in the opcode list")]
        pub(crate) enum ThreadedOp {
            $($portable,)*
            $($(#[$doc])* $internal,)*
        }

        impl ThreadedOp {
            /// Whether it stands for no instruction of a program.
            pub(crate) const fn is_internal_step(self) -> bool {
                use ThreadedOp::*;
                matches!(self, Halt | Unwind | CallSlow | LoopSlow | RunBridge)
            }

            /// The operation that executes a portable opcode as it stands.
            pub(crate) const fn of(op: raya_bytecode::Op) -> ThreadedOp {
                match op {
                    $(raya_bytecode::Op::$portable => ThreadedOp::$portable,)*
                }
            }
        }

        /// Hands the names of all operations to the macro `$m`.
        macro_rules! for_each_threaded_op {
            ($d m:ident) => { $d m! { $($portable)* $($internal)* } };
        }
        pub(crate) use for_each_threaded_op;
    };
    ($($name:ident = $num:literal, [$a:ident, $b:ident, $c:ident], [$($flag:ident),*], $doc:literal;)*) => {
        define! { @names [$] $($name)*;
            // ---- specialised forms
            /// `ArrayPush` of a double.
            ArrayPushF64,
            /// `ArrayPush` of an int.
            ArrayPushI32,
            /// `ArrayPush` of a boolean.
            ArrayPushBool,
            /// `ArrayPush` of a word whose array may store something else than words.
            ArrayPushSlow,
            /// `SetField` of a field that holds no reference.
            SetFieldRaw,
            /// `SetField` of a field that freezing does not concern.
            SetFieldFree,
            /// Both.
            SetFieldFreeRaw,
            /// `ReadField` of a word where nothing stands before the field.
            ReadFieldWord,
            /// `GetProp` of a value that is not a word.
            GetPropRaw,
            /// `SetProp` of a value that is not a word.
            SetPropRaw,
            /// `SetGlobal` of a variable that holds no reference.
            SetGlobalRaw,
            /// A call whose target is read from a cell (a vtable entry of a known class).
            CallCell,
            /// `GetGlobalChecked` of a double.
            GetGlobalCheckedF64,
            /// `GetGlobalChecked` of an int or boolean.
            GetGlobalCheckedI32,
            /// The body of a bridge: converts arguments, calls, checks the result, returns.
            RunBridge,
            /// `CheckSet` of a double.
            CheckSetF64,
            /// `CheckSet` of an int or boolean.
            CheckSetI32,
            /// A 64-bit constant into a register.
            LoadRaw,
            /// `CallMethod` whose receiver's type has no vtable entry of the call interface.
            CallMethodSlow,
            // ---- stubs
            /// Leaves the dispatch loop.
            Halt,
            /// Unwinds with the exception in `ctx.pending` from `ctx.ip`, `ctx.fp`.
            Unwind,
            /// A call whose callee's counter expired or whose frame may not fit.
            CallSlow,
            /// A back-edge whose counter expired.
            LoopSlow,
        }
    };
}
for_each_op!(define);
