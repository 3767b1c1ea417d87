//! The opcode list: the one place where an instruction is declared.
//!
//! `for_each_op!` hands every opcode to a callback macro. The enum, the operand
//! table, the encoder's checks, the verifier, the disassembler, the interpreter's
//! dispatch, the JIT's lowering trait and the documentation table are all expanded
//! from it, so an opcode that a tier lacks does not compile.
//!
//! One line per opcode:
//!
//! ```text
//! Name = number, [operand a, operand b, operand c], [flags], "what it does";
//! ```
//!
//! An instruction is eight bytes: `op: u16, a: u16, b: u16, c: u16`. Registers are
//! frame slots of 64 bits with one declared type for the whole function.
//!
//! Operand kinds (see [`OperandKind`]):
//! `DF DI DB DW` a destination register of representation f64, i32, bool, word;
//! `DX` a destination of any representation, the same as the source or as the
//! declaration that another operand names; `SF SI SB SW SX` sources likewise;
//! `MI MW` a register read and written; `Imm` a signed immediate; `KF KI KW` an index into the
//! constant pool (double, 32-bit integer, any word); `Func Class Field Method Prop Type Global Native
//! Name Sig` an index into that table of the module; `SlotOp` an [`crate::SlotOp`];
//! `Base` the first register of an argument window; `Count` a number of arguments;
//! `Jump` a signed instruction offset relative to this instruction, `Wide WideHi` the
//! low and high half of a 32-bit one; `None` unused.
//!
//! Flags: `pure` no effect beside the destination; `throws` may leave a pending
//! exception; `user` may run user code (and so collect, suspend, patch classes);
//! `gc` may collect; `branch` has a Jump operand and a fall-through; `jump` never
//! falls through; `ret` leaves the function; `loop_` is a back-edge that polls.

/// Hands the whole opcode list to the macro `$m`.
#[macro_export]
macro_rules! for_each_op {
    ($m:ident) => {
        $m! {
            // ---- moves and constants
            Mov = 0x00, [DX, SX, None], [pure], "a = b, same representation";
            LoadI32 = 0x01, [DI, Imm, None], [pure], "a = sign-extended immediate";
            LoadI32K = 0x02, [DI, KI, None], [pure], "a = 32-bit integer constant";
            LoadF64 = 0x03, [DF, KF, None], [pure], "a = double constant";
            LoadF64I = 0x04, [DF, Imm, None], [pure], "a = small integral double";
            LoadBool = 0x05, [DB, Imm, None], [pure], "a = 0 or 1";
            LoadConst = 0x06, [DW, KW, None], [pure], "a = constant word (string, boxed number)";
            LoadNull = 0x07, [DW, None, None], [pure], "a = null";
            LoadUnset = 0x08, [DX, None, None], [pure], "a = the unset marker of its representation";
            CheckSet = 0x09, [SX, Name, None], [throws], "ReferenceError when a is unset (b names the variable)";
            GetGlobal = 0x0A, [DX, Global, None], [pure], "a = module variable";
            GetGlobalChecked = 0x0B, [DX, Global, None], [throws], "a = module variable; ReferenceError when unset";
            SetGlobal = 0x0C, [SX, Global, None], [], "module variable = a, with write barrier where it is a word";
            GetFunction = 0x0D, [DW, Func, None], [gc], "a = the one function object of a capture-less function";
            GetClass = 0x0E, [DW, Class, None], [gc], "a = class object";

            // ---- conversions between representations
            I32ToF64 = 0x10, [DF, SI, None], [pure], "number from int";
            F64ToI32 = 0x11, [DI, SF, None], [throws], "int(x): truncates; RangeError out of range or NaN";
            F64ToI32Wrap = 0x12, [DI, SF, None], [pure], "ToInt32";
            F64ToIndex = 0x13, [DI, SF, None], [throws], "array index from a number; RangeError when fractional or beyond i32";
            BoxF64 = 0x14, [DW, SF, None], [pure], "word from double";
            BoxI32 = 0x15, [DW, SI, None], [pure], "word from int";
            BoxBool = 0x16, [DW, SB, None], [pure], "word from boolean";
            UnboxF64 = 0x17, [DF, SW, Type], [throws], "double from a word that holds a double or an int; TypeError else (c: type asked for)";
            UnboxI32 = 0x18, [DI, SW, Type], [throws], "int from a word that holds an int or an integral double in range; TypeError else";
            UnboxBool = 0x19, [DB, SW, Type], [throws], "boolean from a word; TypeError else";
            CheckType = 0x1A, [DW, SW, Type], [throws, user, gc], "a = b checked (and pinned) against descriptor c; TypeError else";
            NonNull = 0x1B, [DW, SW, Type], [throws], "a = b of descriptor c, null refused with TypeError";
            Narrow = 0x1C, [DW, SW, Type], [throws], "a = b that flow analysis says is of descriptor c; verified in O(1), TypeError else";
            F64ToStr = 0x1D, [DW, SF, None], [gc, throws], "ToString of a number";
            I32ToStr = 0x1E, [DW, SI, None], [gc, throws], "ToString of an int";
            BoolToStr = 0x1F, [DW, SB, None], [pure], "ToString of a boolean";
            ToStr = 0x20, [DW, SW, None], [throws, user, gc], "ToString of any word through the str slot";
            TruthyF64 = 0x21, [DB, SF, None], [pure], "a = b is neither 0 nor NaN";
            TruthyStr = 0x22, [DB, SW, None], [pure], "a = string b is not empty";
            Truthy = 0x23, [DB, SW, None], [throws, user, gc], "a = truth of a word through the bool slot";
            TypeOf = 0x24, [DW, SW, None], [pure], "a = typeof b as a string";
            ToNumber = 0x25, [DF, SW, None], [throws, user, gc], "Number(b)";
            Not = 0x26, [DB, SB, None], [pure], "a = !b";

            // ---- double arithmetic
            AddF64 = 0x28, [DF, SF, SF], [pure], "a = b + c";
            SubF64 = 0x29, [DF, SF, SF], [pure], "a = b - c";
            MulF64 = 0x2A, [DF, SF, SF], [pure], "a = b * c";
            DivF64 = 0x2B, [DF, SF, SF], [pure], "a = b / c";
            ModF64 = 0x2C, [DF, SF, SF], [pure], "a = b % c (sign of b)";
            PowF64 = 0x2D, [DF, SF, SF], [pure], "a = b ** c";
            AddF64K = 0x2E, [DF, SF, KF], [pure], "a = b + constant";
            SubF64K = 0x2F, [DF, SF, KF], [pure], "a = b - constant";
            MulF64K = 0x30, [DF, SF, KF], [pure], "a = b * constant";
            DivF64K = 0x31, [DF, SF, KF], [pure], "a = b / constant";
            RSubF64K = 0x32, [DF, SF, KF], [pure], "a = constant - b";
            RDivF64K = 0x33, [DF, SF, KF], [pure], "a = constant / b";
            NegF64 = 0x34, [DF, SF, None], [pure], "a = -b";
            AbsF64 = 0x35, [DF, SF, None], [pure], "Math.abs";
            SqrtF64 = 0x36, [DF, SF, None], [pure], "Math.sqrt";
            FloorF64 = 0x37, [DF, SF, None], [pure], "Math.floor";
            CeilF64 = 0x38, [DF, SF, None], [pure], "Math.ceil";
            TruncF64 = 0x39, [DF, SF, None], [pure], "Math.trunc";
            MinF64 = 0x3A, [DF, SF, SF], [pure], "Math.min of two (NaN and -0 as JavaScript)";
            MaxF64 = 0x3B, [DF, SF, SF], [pure], "Math.max of two (NaN and -0 as JavaScript)";

            // ---- integer arithmetic (wraps)
            AddI32 = 0x40, [DI, SI, SI], [pure], "a = b + c";
            SubI32 = 0x41, [DI, SI, SI], [pure], "a = b - c";
            MulI32 = 0x42, [DI, SI, SI], [pure], "a = b * c";
            DivI32 = 0x43, [DI, SI, SI], [throws], "a = b / c truncated; RangeError for zero";
            ModI32 = 0x44, [DI, SI, SI], [throws], "a = b % c; RangeError for zero";
            AndI32 = 0x45, [DI, SI, SI], [pure], "a = b & c";
            OrI32 = 0x46, [DI, SI, SI], [pure], "a = b | c";
            XorI32 = 0x47, [DI, SI, SI], [pure], "a = b ^ c";
            ShlI32 = 0x48, [DI, SI, SI], [pure], "a = b << (c & 31)";
            ShrI32 = 0x49, [DI, SI, SI], [pure], "a = b >> (c & 31)";
            UshrF64 = 0x4A, [DF, SI, SI], [pure], "a = b >>> (c & 31) as a double";
            NegI32 = 0x4B, [DI, SI, None], [pure], "a = -b, wrapping";
            NotI32 = 0x4C, [DI, SI, None], [pure], "a = ~b";
            AddI32I = 0x4D, [DI, SI, Imm], [pure], "a = b + immediate";
            MulI32I = 0x4E, [DI, SI, Imm], [pure], "a = b * immediate";
            AndI32I = 0x4F, [DI, SI, Imm], [pure], "a = b & immediate";
            ShlI32I = 0x50, [DI, SI, Imm], [pure], "a = b << immediate";
            ShrI32I = 0x51, [DI, SI, Imm], [pure], "a = b >> immediate";
            UshrI32I = 0x52, [DI, SI, Imm], [pure], "a = b >>> immediate (1..=31), which fits an i32";
            DivI32I = 0x53, [DI, SI, Imm], [pure], "a = b / immediate (not zero), truncated";
            ModI32I = 0x54, [DI, SI, Imm], [pure], "a = b % immediate (not zero)";
            OrI32I = 0x55, [DI, SI, Imm], [pure], "a = b | immediate";

            // ---- comparisons into a boolean
            LtF64 = 0x58, [DB, SF, SF], [pure], "a = b < c";
            LeF64 = 0x59, [DB, SF, SF], [pure], "a = b <= c";
            EqF64 = 0x5A, [DB, SF, SF], [pure], "a = b === c";
            NeF64 = 0x5B, [DB, SF, SF], [pure], "a = b !== c";
            LtI32 = 0x5C, [DB, SI, SI], [pure], "a = b < c";
            LeI32 = 0x5D, [DB, SI, SI], [pure], "a = b <= c";
            EqI32 = 0x5E, [DB, SI, SI], [pure], "a = b === c";
            NeI32 = 0x5F, [DB, SI, SI], [pure], "a = b !== c";
            EqBool = 0x60, [DB, SB, SB], [pure], "a = b === c";
            NeBool = 0x61, [DB, SB, SB], [pure], "a = b !== c";
            EqStr = 0x62, [DB, SW, SW], [gc], "a = strings b and c are equal";
            LtStr = 0x63, [DB, SW, SW], [gc], "a = string b sorts before c by UTF-16 units";
            LeStr = 0x64, [DB, SW, SW], [gc], "a = string b sorts before or with c";
            EqRef = 0x65, [DB, SW, SW], [pure], "a = words b and c are the same bits (identity of references)";
            IsNull = 0x66, [DB, SW, None], [pure], "a = b is null";
            StrictEq = 0x67, [DB, SW, SW], [gc], "a = b === c on any words";
            LooseEq = 0x68, [DB, SW, SW], [throws, user, gc], "a = truth of b == c through the equality slot";
            InstanceOf = 0xEE, [DB, SW, Type], [pure], "a = b is an instance of descriptor c (every instantiation where c is a bare generic class)";
            InstanceOfAny = 0x69, [DB, SW, SW], [throws, user, gc], "a = b instanceof the class object c";
            Cast = 0xEF, [DW, SW, Type], [throws, user, gc], "the `as` operator out of any: as CheckType, but any[] takes only arrays made as such";

            // ---- jumps; the back-edge forms poll the budget and count
            Jump = 0x70, [None, None, Jump], [jump], "go to c";
            JumpWide = 0x71, [None, Wide, WideHi], [jump], "go to the 32-bit offset in b, c";
            JumpTrue = 0x72, [SB, None, Jump], [branch], "if a";
            JumpFalse = 0x73, [SB, None, Jump], [branch], "if !a";
            JumpNull = 0x74, [SW, None, Jump], [branch], "if a is null";
            JumpNotNull = 0x75, [SW, None, Jump], [branch], "if a is not null";
            JltF64 = 0x76, [SF, SF, Jump], [branch], "if a < b";
            JleF64 = 0x77, [SF, SF, Jump], [branch], "if a <= b";
            JnltF64 = 0x78, [SF, SF, Jump], [branch], "if not a < b";
            JnleF64 = 0x79, [SF, SF, Jump], [branch], "if not a <= b";
            JeqF64 = 0x7A, [SF, SF, Jump], [branch], "if a === b";
            JneF64 = 0x7B, [SF, SF, Jump], [branch], "if a !== b";
            JltF64K = 0x7C, [SF, KF, Jump], [branch], "if a < constant";
            JleF64K = 0x7D, [SF, KF, Jump], [branch], "if a <= constant";
            JnltF64K = 0x7E, [SF, KF, Jump], [branch], "if not a < constant";
            JnleF64K = 0x7F, [SF, KF, Jump], [branch], "if not a <= constant";
            JgtF64K = 0x80, [SF, KF, Jump], [branch], "if a > constant";
            JngtF64K = 0x81, [SF, KF, Jump], [branch], "if not a > constant";
            JeqF64K = 0x82, [SF, KF, Jump], [branch], "if a === constant";
            JneF64K = 0x83, [SF, KF, Jump], [branch], "if a !== constant";
            JltI32 = 0x84, [SI, SI, Jump], [branch], "if a < b";
            JleI32 = 0x85, [SI, SI, Jump], [branch], "if a <= b";
            JeqI32 = 0x86, [SI, SI, Jump], [branch], "if a === b";
            JneI32 = 0x87, [SI, SI, Jump], [branch], "if a !== b";
            JltI32I = 0x88, [SI, Imm, Jump], [branch], "if a < immediate";
            JleI32I = 0x89, [SI, Imm, Jump], [branch], "if a <= immediate";
            JgtI32I = 0x8A, [SI, Imm, Jump], [branch], "if a > immediate";
            JgeI32I = 0x8B, [SI, Imm, Jump], [branch], "if a >= immediate";
            JeqI32I = 0x8C, [SI, Imm, Jump], [branch], "if a === immediate";
            JneI32I = 0x8D, [SI, Imm, Jump], [branch], "if a !== immediate";
            JeqRef = 0x8E, [SW, SW, Jump], [branch], "if a and b are the same bits";
            JneRef = 0x8F, [SW, SW, Jump], [branch], "if a and b differ in bits";
            Loop = 0x90, [None, None, Jump], [jump, loop_, user, gc, throws], "back-edge: go to c";
            LoopTrue = 0x91, [SB, None, Jump], [branch, loop_, user, gc, throws], "back-edge if a";
            LoopLtF64 = 0x92, [SF, SF, Jump], [branch, loop_, user, gc, throws], "back-edge if a < b";
            LoopLeF64 = 0x93, [SF, SF, Jump], [branch, loop_, user, gc, throws], "back-edge if a <= b";
            LoopLtI32 = 0x94, [SI, SI, Jump], [branch, loop_, user, gc, throws], "back-edge if a < b";
            LoopLeI32 = 0x95, [SI, SI, Jump], [branch, loop_, user, gc, throws], "back-edge if a <= b";
            LoopLtI32I = 0x96, [SI, Imm, Jump], [branch, loop_, user, gc, throws], "back-edge if a < immediate";
            LoopGeI32I = 0x97, [SI, Imm, Jump], [branch, loop_, user, gc, throws], "back-edge if a >= immediate";
            LoopIncLt = 0x98, [MI, SI, Jump], [branch, loop_, user, gc, throws], "a += 1; back-edge if a < b";
            LoopIncLe = 0x99, [MI, SI, Jump], [branch, loop_, user, gc, throws], "a += 1; back-edge if a <= b";
            JgeF64K = 0x9C, [SF, KF, Jump], [branch], "if a >= constant";
            JngeF64K = 0x9D, [SF, KF, Jump], [branch], "if not a >= constant";
            LoopIncArray = 0x9E, [MI, SW, Jump], [branch, loop_, user, gc, throws], "a += 1; back-edge if a < length of array b";
            LoopIncLtI = 0x9A, [MI, Imm, Jump], [branch, loop_, user, gc, throws], "a += 1; back-edge if a < immediate";
            LoopWide = 0x9F, [None, Wide, WideHi], [jump, loop_, user, gc, throws], "back-edge: go to the 32-bit offset in b, c";
            JumpTable = 0x9B, [SI, Count, None], [jump], "go to entry a of the b Jump (or JumpWide) instructions that follow, or past them when a is not below b, unsigned";

            // ---- calls; a window is {result, saved frame, callee, args…}: see `FRAME_HEADER`
            Call = 0xA0, [Base, Func, Count], [user, gc, throws], "call function b with c arguments at a + 3; the result is in a";
            CallMethod = 0xA1, [Base, Method, Count], [user, gc, throws], "virtual call on the receiver at a + 3";
            CallSuper = 0xA2, [Base, Method, Count], [user, gc, throws], "call the method that class b inherits (not virtual)";
            CallClosure = 0xA3, [Base, Sig, Count], [user, gc, throws], "call the function value at a + 3 by signature b";
            CallProp = 0xA4, [Base, Prop, Count], [user, gc, throws], "call a member of the structural or any receiver at a + 3, typed by the property's signature";
            CallAny = 0xA5, [Base, Count, None], [user, gc, throws], "call the word at a + 3 with b boxed arguments after it, through the call slot";
            CallAnyMethod = 0xA6, [Base, Name, Count], [user, gc, throws], "attribute b of the word at a + 3 called with c boxed arguments after it";
            NewAny = 0xA7, [Base, Count, None], [user, gc, throws], "construct: the class object at a + 3 called with b boxed arguments";
            CallSpread = 0xAA, [Base, None, None], [user, gc, throws], "call the word at a + 3 with the elements of the any[] at a + 4, through the call slot";
            NewSpread = 0xAB, [Base, None, None], [user, gc, throws], "construct: the class object at a + 3 with the elements of the any[] at a + 4";
            NativeCall = 0xFD, [Base, Native, Count], [user, gc, throws], "native b on c arguments from a + 1 on; the result is in a";
            Ret = 0xA8, [SX, None, None], [ret], "return a";
            RetVoid = 0xA9, [None, None, None], [ret], "return null, or nothing where the result is discarded";

            // ---- objects
            NewObject = 0xB0, [DW, Class, None], [gc, throws], "a = instance of class b, fields at their zeros";
            GetField = 0xB1, [DX, SW, Field], [pure], "a = field c of object b; a word field of a scope may be unset (CheckSet), other words need GetFieldSet";
            GetFieldSet = 0xB2, [DW, SW, Field], [throws], "a = word field c of object b; when unset: null if the field is optional, else AttributeError";
            SetField = 0xB3, [SW, Field, SX], [throws], "field b of object a = c, with write barrier where it is a word; TypeError when a is frozen";
            ReadField = 0xDE, [DX, SW, Field], [throws, user, gc], "a = field c of object b as programs read it: a data descriptor or attribute hook of its class comes first; an unset word is null if the field is optional, else missing";
            WriteField = 0xDF, [SW, Field, SX], [throws, user, gc], "field b of object a = c as programs write it, likewise";
            GetProp = 0xB4, [DX, SW, Prop], [throws, user, gc], "a = member c of structural object b, type verified";
            SetProp = 0xB5, [SW, Prop, SX], [throws, user, gc], "member b of structural object a = c";
            HasProp = 0xB6, [DB, SW, Name], [throws, user, gc], "a = member c is present in b";
            GetAttr = 0xB7, [DW, SW, Name], [throws, user, gc], "a = attribute c of b through the slots";
            SetAttr = 0xB8, [SW, Name, SW], [throws, user, gc], "attribute b of a = c through the slots";
            DelAttr = 0xB9, [SW, Name, None], [throws, user, gc], "delete attribute b of a";
            GetItem = 0xBA, [DW, SW, SW], [throws, user, gc], "a = b[c] through the slots";
            SetItem = 0xBB, [SW, SW, SW], [throws, user, gc], "a[b] = c through the slots";
            DelItem = 0xBC, [SW, SW, None], [throws, user, gc], "delete a[b]";
            GetStatic = 0xBD, [DX, Field, None], [throws], "a = static field b; ReferenceError when unset";
            SetStatic = 0xBE, [SX, Field, None], [], "static field b = a";
            GetMethod = 0xBF, [DW, SW, Method], [gc, throws, user], "a = bound method c of b";
            MakeClosure = 0xC0, [DW, Func, Base], [gc, throws], "a = closure of function b over the captures from register c on";
            GetCapture = 0xC1, [DX, SW, Imm], [pure], "a = capture c of closure b";
            CloneClosure = 0xC7, [DW, Func, SW], [gc, throws], "a = closure of function b, another instance of the function of closure c, over the captures of c";
            InitClass = 0xC2, [Class, None, None], [user, gc, throws], "define class a: create it, run static initialisers and hooks";
            CheckClass = 0xC4, [Class, None, None], [throws], "ReferenceError when the declaration of class a has not run";
            NewDict = 0xC5, [DW, Type, None], [gc, throws], "a = empty dictionary of descriptor b";
            GetItemOpt = 0xC6, [DW, SW, SW], [throws, user, gc], "a = dictionary b[c], null when missing";
            SpreadObject = 0xC3, [SW, SW, None], [throws, user, gc], "copy the own members of b into a";

            // ---- arrays; index registers are i32
            NewArray = 0xC8, [DW, Type, SI], [gc, throws], "a = array of descriptor b with c zero elements";
            ArrayPush = 0xC9, [SW, SX, None], [gc, throws], "append b to array a";
            ArrayPop = 0xCA, [DW, SW, None], [throws, gc], "a = last element of b removed, boxed; null when empty";
            NewArrayCap = 0xCB, [DW, Type, Imm], [gc, throws], "a = empty array of descriptor b with room for c elements";
            ArrayLen = 0xCC, [DI, SW, None], [pure], "a = length of array b";
            ArrayGetF64 = 0xCD, [DF, SW, SI], [throws], "a = b[c], RangeError out of bounds";
            ArrayGetI32 = 0xCE, [DI, SW, SI], [throws], "a = b[c]";
            ArrayGetBool = 0xCF, [DB, SW, SI], [throws], "a = b[c]";
            ArrayGetW = 0xD0, [DW, SW, SI], [throws], "a = b[c]";
            ArraySetF64 = 0xD1, [SW, SI, SF], [throws, gc], "a[b] = c; appends at the length, RangeError beyond";
            ArraySetI32 = 0xD2, [SW, SI, SI], [throws, gc], "a[b] = c";
            ArraySetBool = 0xD3, [SW, SI, SB], [throws, gc], "a[b] = c";
            ArraySetW = 0xD4, [SW, SI, SW], [throws, gc], "a[b] = c, with write barrier";
            ArraySetLen = 0xD5, [SW, SI, None], [throws], "length of a = b; may only shrink";
            ArrayExtend = 0xD6, [SW, SW, None], [throws, user, gc], "append every element that iterating b gives to array a";
            JumpArrayEnd = 0xD7, [SI, SW, Jump], [branch], "if a is not below the length of array b";

            // ---- strings
            StrLen = 0xD8, [DI, SW, None], [pure], "a = length of string b in UTF-16 units";
            StrConcat = 0xD9, [DW, SW, SW], [gc, throws], "a = b + c";
            StrConcatN = 0xDA, [DW, Base, Count], [gc, throws], "a = concatenation of the c strings from register b on";
            StrCharCode = 0xDB, [DF, SW, SI], [gc], "a = UTF-16 unit of b at c as a double, NaN outside";
            StrIndex = 0xDC, [DW, SW, SI], [throws, gc], "a = one-unit string of b at c; RangeError outside";
            StrUnit = 0xDD, [DI, SW, SI], [gc], "a = UTF-16 unit of b at c as an int, 0 outside";

            // ---- operators on any, through the slots
            AddAny = 0xE0, [DW, SW, SW], [throws, user, gc], "a = b + c";
            SubAny = 0xE1, [DW, SW, SW], [throws, user, gc], "a = b - c";
            MulAny = 0xE2, [DW, SW, SW], [throws, user, gc], "a = b * c";
            DivAny = 0xE3, [DW, SW, SW], [throws, user, gc], "a = b / c";
            ModAny = 0xE4, [DW, SW, SW], [throws, user, gc], "a = b % c";
            LtAny = 0xE5, [DW, SW, SW], [throws, user, gc], "a = b < c";
            LeAny = 0xE6, [DW, SW, SW], [throws, user, gc], "a = b <= c";
            GtAny = 0xE7, [DW, SW, SW], [throws, user, gc], "a = b > c";
            GeAny = 0xE8, [DW, SW, SW], [throws, user, gc], "a = b >= c";
            EqAny = 0xE9, [DW, SW, SW], [throws, user, gc], "a = b == c, any result";
            NeAny = 0xEA, [DW, SW, SW], [throws, user, gc], "a = b != c, any result";
            BinaryAny = 0xEB, [MW, SW, SlotOp], [throws, user, gc], "a = a op b for the operator of slot c (power, shifts, bit operators, in-place forms)";
            UnaryAny = 0xEC, [DW, SW, SlotOp], [throws, user, gc], "a = op b for the operator of slot c";
            Contains = 0xED, [DB, SW, SW], [throws, user, gc], "a = b in c";
            GetIter = 0xF0, [DW, SW, None], [throws, user, gc], "a = iterator over b";
            IterNext = 0xF1, [DW, SW, Jump], [branch, throws, user, gc], "a = next element of iterator b, or go to c at the end";

            // ---- exceptions, tasks and reserved numbers
            Throw = 0xF8, [SW, None, None], [throws, jump, gc], "throw a";
            Rethrow = 0xF9, [SW, None, None], [throws, jump], "throw a again without a new trace (finally)";
            Debug = 0xFA, [None, None, None], [user, gc], "breakpoint";
            Nop = 0xFF, [None, None, None], [pure], "nothing";
        }
    };
}

/// What an instruction operand means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // described in the module's header, one word each
pub enum OperandKind {
    None,
    DF,
    DI,
    DB,
    DW,
    DX,
    SF,
    SI,
    SB,
    SW,
    SX,
    MI,
    MW,
    Imm,
    KF,
    KI,
    KW,
    Func,
    Class,
    Field,
    Method,
    Prop,
    Type,
    Global,
    Native,
    Name,
    Sig,
    SlotOp,
    Base,
    Count,
    Jump,
    Wide,
    WideHi,
}

impl OperandKind {
    /// Whether the operand names a register that the instruction reads.
    #[inline]
    pub const fn is_source(self) -> bool {
        matches!(
            self,
            Self::SF | Self::SI | Self::SB | Self::SW | Self::SX | Self::MI | Self::MW
        )
    }

    /// Whether the operand names a register that the instruction writes.
    #[inline]
    pub const fn is_dest(self) -> bool {
        matches!(
            self,
            Self::DF | Self::DI | Self::DB | Self::DW | Self::DX | Self::MI | Self::MW
        )
    }
}

/// Which operands of an opcode are registers that it reads and writes: what passes ask
/// for at every instruction, in one byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage(u8);

impl Usage {
    const RESULT: u8 = 1 << 6;

    const fn of(kinds: [OperandKind; 3]) -> Self {
        let mut bits = 0;
        let mut i = 0;
        while i < 3 {
            bits |= (kinds[i].is_source() as u8) << i;
            bits |= ((kinds[i].is_source() && !kinds[i].is_dest()) as u8) << (3 + i);
            i += 1;
        }
        if kinds[0].is_dest() || matches!(kinds[0], OperandKind::Base) {
            bits |= Self::RESULT;
        }
        Self(bits)
    }

    /// Whether it reads the register of operand `i`.
    #[inline]
    pub const fn reads(self, i: u32) -> bool {
        self.0 >> i & 1 != 0
    }

    /// Whether it reads the register of operand `i` and does not write it.
    #[inline]
    pub const fn only_reads(self, i: u32) -> bool {
        self.0 >> (3 + i) & 1 != 0
    }

    /// Whether operand 0 is a register that it writes, or the base of a window that
    /// receives a result.
    #[inline]
    pub const fn has_result(self) -> bool {
        self.0 & Self::RESULT != 0
    }
}

/// What an opcode may do beside computing its destination.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpFlags {
    /// No effect beside the destination.
    pub pure: bool,
    /// May leave a pending exception.
    pub throws: bool,
    /// May run user code.
    pub user: bool,
    /// May collect garbage.
    pub gc: bool,
    /// Has a jump operand and a fall-through.
    pub branch: bool,
    /// Never falls through.
    pub jump: bool,
    /// Leaves the function.
    pub ret: bool,
    /// A back-edge that polls the budget and counts towards compilation.
    pub loop_: bool,
}

impl Op {
    /// Whether the first operand is a window that receives the result: calls of all
    /// kinds, natives included.
    pub const fn is_call(self) -> bool {
        matches!(self.operands()[0], OperandKind::Base)
    }

    /// Whether the instruction owns an inline-cache cell. Cells are numbered in code
    /// order, so both tiers find the cell of an instruction without a table in the module.
    pub const fn has_cache(self) -> bool {
        use Op::*;
        matches!(
            self,
            CallMethod
                | CallClosure
                | CallProp
                | CallAnyMethod
                | GetProp
                | SetProp
                | GetAttr
                | SetAttr
                | GetItem
                | SetItem
                | Contains
                | CallAny
                | NewAny
                | UnaryAny
                | AddAny
                | SubAny
                | MulAny
                | DivAny
                | ModAny
                | LtAny
                | LeAny
                | GtAny
                | GeAny
                | EqAny
                | NeAny
                | BinaryAny
        )
    }
}

macro_rules! define_ops {
    ($($name:ident = $num:literal, [$a:ident, $b:ident, $c:ident], [$($flag:ident),*], $doc:literal;)*) => {
        /// An operation code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u16)]
        pub enum Op {
            $(#[doc = concat!("`", $doc, "`")] $name = $num,)*
        }

        impl Op {
            /// Every opcode, in the order of the list.
            pub const ALL: &'static [Op] = &[$(Op::$name),*];

            /// The opcode with this number.
            pub const fn from_u16(n: u16) -> Option<Op> {
                match n {
                    $($num => Some(Op::$name),)*
                    _ => None,
                }
            }

            /// The name as the disassembler prints it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Op::$name => stringify!($name),)*
                }
            }

            /// One line on what it does.
            pub const fn doc(self) -> &'static str {
                match self {
                    $(Op::$name => $doc,)*
                }
            }

            /// The kinds of its three operands.
            #[inline]
            pub const fn operands(self) -> [OperandKind; 3] {
                // A table and not a match: passes ask for every instruction.
                const KINDS: &[[OperandKind; 3]; 256] = &{
                    let mut kinds = [[OperandKind::None; 3]; 256];
                    $(kinds[Op::$name as usize] = [OperandKind::$a, OperandKind::$b, OperandKind::$c];)*
                    kinds
                };
                KINDS[self as usize]
            }

            /// Which of its operands are registers, and how they are used.
            #[inline]
            pub const fn usage(self) -> Usage {
                const USAGE: &[Usage; 256] = &{
                    let mut usage = [Usage(0); 256];
                    $(usage[Op::$name as usize] = Usage::of([
                        OperandKind::$a, OperandKind::$b, OperandKind::$c,
                    ]);)*
                    usage
                };
                USAGE[self as usize]
            }

            /// Its flags.
            #[inline]
            pub const fn flags(self) -> OpFlags {
                #[allow(clippy::needless_update)]
                match self {
                    $(Op::$name => OpFlags { $($flag: true,)*
                        ..OpFlags { pure: false, throws: false, user: false, gc: false,
                            branch: false, jump: false, ret: false, loop_: false } },)*
                }
            }
        }
    };
}
for_each_op!(define_ops);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_unique_and_round_trip() {
        let mut seen = std::collections::HashSet::new();
        for &op in Op::ALL {
            assert!(seen.insert(op as u16), "{} reuses a number", op.name());
            assert_eq!(Op::from_u16(op as u16), Some(op));
        }
    }

    #[test]
    fn fixed_numbers_hold() {
        assert_eq!(Op::ArrayPush as u16, 0xC9);
        assert_eq!(Op::ArrayPop as u16, 0xCA);
        assert_eq!(Op::InstanceOf as u16, 0xEE);
        assert_eq!(Op::Cast as u16, 0xEF);
        assert_eq!(Op::NativeCall as u16, 0xFD);
    }

    #[test]
    fn branches_have_a_jump_operand() {
        for &op in Op::ALL {
            let has = op.operands().contains(&OperandKind::Jump);
            assert!(!op.flags().branch || has, "{}", op.name());
        }
    }
}
