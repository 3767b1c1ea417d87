//! A compiled module: the tables that bytecode indexes and the functions.
//!
//! Owns the data model only. Bytecode names classes, fields, methods and types
//! symbolically; offsets, handles and addresses exist only after the runtime has
//! linked the module. Nothing here knows the heap or a tier.
//!
//! Invariant: every index in a verified module is in bounds and of the right kind.

use crate::{Op, SlotOp};

macro_rules! index {
    ($($(#[$m:meta])* $name:ident;)*) => {$(
        $(#[$m])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u16);
        impl $name {
            /// The index as a `usize`.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

index! {
    /// A register: a slot of the current frame.
    Reg;
    /// Index into [`Module::strings`].
    StrId;
    /// Index into [`Module::consts`].
    ConstId;
    /// Index into [`Module::types`].
    TypeId;
    /// Index into [`Module::signatures`].
    SigId;
    /// Index into [`Module::classes`].
    ClassId;
    /// Index into [`Module::functions`].
    FuncId;
    /// Index into [`Module::globals`].
    GlobalId;
    /// Index into [`Module::fields`].
    FieldId;
    /// Index into [`Module::methods`].
    MethodId;
    /// Index into [`Module::props`].
    PropId;
}

/// How a value lies in a 64-bit register or slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Repr {
    /// An IEEE-754 double.
    F64 = 0,
    /// A 32-bit integer, zero-extended to 64 bits.
    I32 = 1,
    /// 0 or 1, zero-extended.
    Bool = 2,
    /// A NaN-boxed word; a reference is a word that holds a pointer.
    Word = 3,
}

/// Words between a frame's call window start and its first register:
/// `[base] = return address, then the result`, `[base + 1] = caller's frame`,
/// `[base + 2] = callee`, arguments from `base + 3`.
pub const FRAME_HEADER: u16 = 3;

/// One instruction of portable bytecode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Instr {
    /// The operation.
    pub op: Op,
    /// First operand.
    pub a: u16,
    /// Second operand.
    pub b: u16,
    /// Third operand.
    pub c: u16,
}

/// A constant-pool entry.
#[derive(Clone, Debug, PartialEq)]
pub enum Const {
    /// A double, by bits (NaN is canonical).
    F64(u64),
    /// A 32-bit integer.
    I32(i32),
    /// A string.
    Str(StrId),
}

/// A string constant. JavaScript strings may hold lone surrogates, so the
/// 16-bit form exists beside UTF-8.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum StrConst {
    /// Well-formed text.
    Utf8(Box<str>),
    /// UTF-16 units that are not well-formed text.
    Utf16(Box<[u16]>),
}

/// A run-time type descriptor. Descriptors may be recursive through their indices;
/// the runtime interns them by structure when it links the module.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TypeDesc {
    /// Any value, every operation dynamic.
    Any,
    /// No value.
    Never,
    /// `null` (also `undefined` and `void`).
    Null,
    /// A double.
    Number,
    /// A 32-bit integer.
    Int,
    /// A boolean.
    Boolean,
    /// A string.
    String,
    /// One string.
    LitString(StrId),
    /// One number, by bits.
    LitNumber(u64),
    /// One boolean.
    LitBool(bool),
    /// Instances of one instantiation of a class and of its heirs.
    Class(ClassId),
    /// Instances of every instantiation of the generic class with this origin.
    ClassOrigin(ClassId),
    /// The class object of a class or of an heir.
    ClassObject(ClassId),
    /// An array of exactly this element type.
    Array(TypeId),
    /// A read-only view of an array: the element type is covariant.
    ReadonlyArray(TypeId),
    /// A tuple: element types, number of required ones, type of the rest elements.
    Tuple {
        /// Types of the fixed elements.
        elems: Box<[TypeId]>,
        /// How many of them must be present.
        required: u16,
        /// Type of further elements.
        rest: Option<TypeId>,
    },
    /// A function with this signature.
    Function(SigId),
    /// A structural type: every listed member fits.
    Object(Box<[Member]>),
    /// A string-keyed dictionary (index signature).
    Dict(TypeId),
    /// Any object that is not a primitive (`object`).
    AnyObject,
    /// One of several.
    Union(Box<[TypeId]>),
    /// All of several.
    Intersection(Box<[TypeId]>),
}

/// A member of a structural type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Member {
    /// Its name.
    pub name: StrId,
    /// Its type.
    pub ty: TypeId,
    /// Whether it may be absent.
    pub optional: bool,
}

/// A function type: what a call through a function value passes and receives.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Signature {
    /// Parameter types, without environment or receiver; a rest parameter is the
    /// last and has an array type.
    pub params: Box<[TypeId]>,
    /// How many parameters a caller must supply.
    pub required: u16,
    /// Whether the last parameter collects the remaining arguments.
    pub rest: bool,
    /// Result type.
    pub ret: TypeId,
}

/// What the first register of a function is, before its declared parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Receiver {
    /// Nothing: a direct function.
    None = 0,
    /// Register 0 is the closure that is being called (its captures are there).
    Closure = 1,
    /// Register 0 is `this`.
    This = 2,
    /// Register 0 is the closure, register 1 is `this` (`function (this: …)` values).
    ClosureThis = 3,
}

/// One function.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Name for traces, e.g. `Point.norm`.
    pub name: StrId,
    /// Name for errors about its arguments: CPython's `__qualname__`, e.g. `Point.__init__`,
    /// `outer.<locals>.inner`, `<lambda>`.
    pub qualified: StrId,
    /// Names of the declared parameters; empty for functions that the compiler made.
    pub param_names: Vec<StrId>,
    /// Hidden first registers.
    pub receiver: Receiver,
    /// Declared parameters and result; parameters follow the hidden registers.
    pub sig: SigId,
    /// Declared type of every register, hidden and parameter registers first.
    pub regs: Vec<TypeId>,
    /// Captures of a closure function, in slot order.
    pub captures: Vec<TypeId>,
    /// The instructions.
    pub code: Vec<Instr>,
    /// Exception handlers, innermost first.
    pub handlers: Vec<Handler>,
    /// Positions: sorted by `pc`, each valid up to the next.
    pub positions: Vec<Position>,
    /// Chains of functions that were inlined here; index 0 is the function itself.
    pub inlined: Vec<InlineSite>,
    /// Loop headers (targets of back-edges), with the budget weight of one round.
    pub loops: Vec<LoopInfo>,
    /// Budget weight of entering the function.
    pub weight: u16,
    /// Facts for the runtime.
    pub flags: FuncFlags,
}

/// Facts about a function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FuncFlags {
    /// A constructor (`this` is returned by the caller, not by the body).
    pub constructor: bool,
    /// Only intrinsics: always inlined at its call sites.
    pub intrinsic: bool,
    /// Belongs to the built-in library: hidden from stack traces.
    pub builtin: bool,
    /// A class's static initialiser or field initialiser.
    pub initialiser: bool,
    /// May be called by name from outside the module.
    pub exported: bool,
}

/// An exception handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    /// First covered instruction.
    pub start: u32,
    /// End of the covered range (exclusive).
    pub end: u32,
    /// Where to continue.
    pub target: u32,
    /// Register (of type any) that receives the thrown value.
    pub reg: Reg,
}

/// A position entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// First instruction that it describes.
    pub pc: u32,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Index into [`Function::inlined`]; 0 is the function itself.
    pub inline: u16,
}

/// A function inlined by the bytecode compiler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InlineSite {
    /// Whose code it is.
    pub func: StrId,
    /// The site that it was inlined into.
    pub parent: u16,
    /// Line of the call in the parent.
    pub line: u32,
    /// Column of the call in the parent.
    pub column: u32,
    /// Whether the code is the library's, so that traces leave it out.
    pub builtin: bool,
}

/// A loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoopInfo {
    /// First instruction of the body: the target of the back-edge.
    pub header: u32,
    /// The last back-edge instruction.
    pub back_edge: u32,
    /// Budget weight of one round.
    pub weight: u16,
}

/// A class, or one instantiation of a generic class.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// Name without type arguments.
    pub name: StrId,
    /// The name with those of the functions and classes that it stands in, CPython's
    /// `__qualname__`.
    pub qualified: StrId,
    /// The generic class that this instantiates; itself where it is not generic.
    pub origin: ClassId,
    /// Type arguments of this instantiation.
    pub args: Vec<TypeId>,
    /// Statically known bases, in order. Empty: `Object`.
    pub bases: Vec<ClassId>,
    /// Which of them its instances begin like.
    pub primary: u16,
    /// Fields declared by this class itself (inherited ones are not repeated).
    pub fields: Vec<Field>,
    /// Methods and accessors declared by this class itself.
    pub methods: Vec<Method>,
    /// Static fields; storage exists once per origin.
    pub statics: Vec<Field>,
    /// Function that runs the static initialisers in order (no parameters).
    pub static_init: Option<FuncId>,
    /// The constructor's function (`this` first), if the class declares one or has field initialisers.
    pub constructor: Option<FuncId>,
    /// Facts.
    pub flags: ClassFlags,
}

/// Facts about a class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassFlags {
    /// Cannot be instantiated.
    pub is_abstract: bool,
    /// A compiler-made holder of captured variables, invisible to programs.
    pub is_scope: bool,
    /// Some heir has it among its bases but does not begin like it, so that typed code cannot
    /// find its members in values of this type.
    pub displaced: bool,
    /// A structural object literal's shape: attribute access on `any` gives null for
    /// missing members, printing shows no class name.
    pub is_literal: bool,
    /// Declared by the built-in library.
    pub builtin: bool,
}

/// A field.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: StrId,
    /// Its type.
    pub ty: TypeId,
    /// May be absent (optional member never written).
    pub optional: bool,
    /// `#private`: invisible to `any`.
    pub private: bool,
    /// `readonly` (freezes nothing at run time; printed by tools).
    pub readonly: bool,
}

/// What a method entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum MethodKind {
    /// An ordinary method.
    Method = 0,
    /// A getter.
    Getter = 1,
    /// A setter.
    Setter = 2,
    /// A static method: receives the class as `this`.
    Static = 3,
    /// A static getter.
    StaticGetter = 4,
    /// A static setter.
    StaticSetter = 5,
}

/// A method.
#[derive(Clone, Debug, PartialEq)]
pub struct Method {
    /// Its name (dunder names as written; `constructor` is not here).
    pub name: StrId,
    /// What it is.
    pub kind: MethodKind,
    /// Its code; none for an abstract method.
    pub func: Option<FuncId>,
    /// Its signature.
    pub sig: SigId,
}

/// A module-level variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Global {
    /// Its name.
    pub name: StrId,
    /// Its type.
    pub ty: TypeId,
    /// Never assigned after its initialisation.
    pub constant: bool,
}

/// A field named by an instruction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FieldRef {
    /// A class that has it (itself or by inheritance).
    pub class: ClassId,
    /// Its name.
    pub name: StrId,
    /// A static field.
    pub is_static: bool,
}

/// A method named by an instruction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MethodRef {
    /// A class that has it (itself or by inheritance).
    pub class: ClassId,
    /// Its name.
    pub name: StrId,
    /// Which of the entries of that name.
    pub kind: MethodKind,
    /// The signature that the call site was checked against.
    pub sig: SigId,
}

/// A structural member named by an instruction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PropRef {
    /// Its name.
    pub name: StrId,
    /// The type that the access was checked against; reads are verified against it.
    pub ty: TypeId,
    /// A missing member reads as null instead of throwing.
    pub optional: bool,
}

/// A compiled module.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Module {
    /// The source file's name, for traces.
    pub file: String,
    /// Strings and names.
    pub strings: Vec<StrConst>,
    /// Constant pool.
    pub consts: Vec<Const>,
    /// Type descriptors.
    pub types: Vec<TypeDesc>,
    /// Signatures.
    pub signatures: Vec<Signature>,
    /// Classes, bases before heirs.
    pub classes: Vec<Class>,
    /// Functions; 0 runs the top level and returns the module's value (a word).
    pub functions: Vec<Function>,
    /// Module variables.
    pub globals: Vec<Global>,
    /// Field references.
    pub fields: Vec<FieldRef>,
    /// Method references.
    pub methods: Vec<MethodRef>,
    /// Structural member references.
    pub props: Vec<PropRef>,
}

impl Module {
    /// The representation in which values of a type are kept in registers, fields
    /// and elements.
    ///
    /// A union of which every member has one unboxed representation (`0 | 1`, an
    /// enum) has that representation too.
    pub fn repr(&self, ty: TypeId) -> Repr {
        match &self.types[ty.index()] {
            TypeDesc::Union(members) => {
                let first = members.first().map(|&m| self.member_repr(m));
                match first {
                    Some(r) if members.iter().all(|&m| self.member_repr(m) == r) => r,
                    _ => Repr::Word,
                }
            }
            _ => self.member_repr(ty),
        }
    }

    /// The representation of a type that is no union.
    fn member_repr(&self, ty: TypeId) -> Repr {
        match self.types[ty.index()] {
            TypeDesc::Number | TypeDesc::LitNumber(_) => Repr::F64,
            TypeDesc::Int => Repr::I32,
            TypeDesc::Boolean | TypeDesc::LitBool(_) => Repr::Bool,
            _ => Repr::Word,
        }
    }

    /// A string as text; lone surrogates become U+FFFD.
    pub fn str(&self, id: StrId) -> std::borrow::Cow<'_, str> {
        match &self.strings[id.index()] {
            StrConst::Utf8(s) => s.as_ref().into(),
            StrConst::Utf16(u) => String::from_utf16_lossy(u).into(),
        }
    }
}

impl Instr {
    /// An instruction.
    pub const fn new(op: Op, a: u16, b: u16, c: u16) -> Self {
        Self { op, a, b, c }
    }

    /// The three operands.
    pub const fn operands(self) -> [u16; 3] {
        [self.a, self.b, self.c]
    }

    /// The operator of a `BinaryAny` or `UnaryAny`.
    pub fn slot_op(self) -> Option<SlotOp> {
        SlotOp::from_u16(self.c)
    }
}
