//! Expressions.
//!
//! Evaluation order is the order of the children as written here, left to right.

use super::{ExprId, FieldIdx, FuncId, GlobalId, LocalId, MethodIdx};
use crate::types::{ClassId, Ty, TyList};
use raya_syntax::ast::BinaryOp;
use raya_syntax::name::Name;
use raya_syntax::span::Span;

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// The type of its value, possibly in terms of type parameters.
    pub ty: Ty,
    /// Where it is written, in the file of its function.
    pub span: Span,
}

/// The forms of expressions.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// What could not be checked; an error has been reported.
    Error,
    /// `null`; also the filler for arguments that are left out.
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A double; the type is `number` or a literal type.
    Number(f64),
    /// A 32-bit integer; the type is `int`.
    Int(i32),
    /// A string.
    Str(Name),
    /// A string with surrogates without partner.
    WideStr(Box<[u16]>),
    /// A local variable's value. `checked`: it may be read before its declaration
    /// ran, then `ReferenceError`.
    Local {
        /// The variable.
        local: LocalId,
        /// Whether reading must test that it is set.
        checked: bool,
    },
    /// A module variable's value.
    Global {
        /// The variable.
        global: GlobalId,
        /// Whether reading must test that it is set.
        checked: bool,
    },
    /// A declared function as a value (no captures): one object per function and
    /// type arguments.
    Func {
        /// The function.
        func: FuncId,
        /// Its type arguments.
        type_args: TyList,
    },
    /// A new closure; what it captures is in [`super::Function::captures`].
    Closure(FuncId),
    /// A class as a value. A generic class is its instantiation with `any`.
    Class {
        /// The class.
        class: ClassId,
        /// Whether its declaration may not have run yet.
        checked: bool,
    },
    /// A class expression: defines the class, gives it as a value.
    ClassExpr(ClassId),
    /// A new scope of a class: what its code captures at this moment; any.
    ClassScope(ClassId),
    /// The receiver of a method, constructor or initialiser (in arrow functions it
    /// is a captured local instead).
    This,

    /// A unary operator on an operand of the type that the result needs.
    Unary {
        /// The operator.
        op: UnOp,
        /// The operand.
        operand: ExprId,
    },
    /// An operator that evaluates both sides; see [`BinaryOp`] and the table in
    /// `check::operators`: after substitution the operands are both number, both
    /// int, both string, both boolean (equality), or anything (equality; `any` for
    /// the rest).
    Binary {
        /// The operator as written; never `in`, `instanceof`.
        op: BinaryOp,
        /// Left operand.
        left: ExprId,
        /// Right operand.
        right: ExprId,
    },
    /// The operator of `left op= right` on any words: the in-place method comes first.
    InPlace {
        /// The operator without `=`.
        op: BinaryOp,
        /// What the target held, any.
        left: ExprId,
        /// Any.
        right: ExprId,
    },
    /// `a && b`, `a || b` on booleans, giving a boolean.
    Logical {
        /// `&&` (else `||`)
        and: bool,
        /// Evaluated always.
        left: ExprId,
        /// Evaluated if the left one does not decide.
        right: ExprId,
    },
    /// `test ? then : otherwise`; both arms have the type of the whole.
    Conditional {
        /// A boolean.
        test: ExprId,
        /// If true.
        then: ExprId,
        /// If false.
        otherwise: ExprId,
    },
    /// Whether the operand is null.
    IsNull(ExprId),
    /// The concatenation of strings.
    Concat(Box<[ExprId]>),
    /// Evaluates all, gives the last one's value.
    Seq(Box<[ExprId]>),
    /// Sets a compiler-made local, then evaluates the body.
    Let {
        /// The local; assigned here only.
        local: LocalId,
        /// Its value, of the local's type.
        value: ExprId,
        /// Where it is used.
        body: ExprId,
    },

    /// The value at another type.
    Coerce {
        /// The value.
        expr: ExprId,
        /// How; the type is the expression's own.
        kind: CoerceKind,
    },
    /// Stores a value of the place's type; gives that value.
    Assign {
        /// Where to.
        place: Place,
        /// The value.
        value: ExprId,
    },
    /// Reads a place other than a variable; the expression's type is the member's
    /// type (at the receiver's type arguments), narrower if flow analysis says so:
    /// then a `Coerce` to it stands around.
    Read(Place),

    /// An array literal; the expression's type gives the element type.
    Array(Box<[Element]>),
    /// A tuple literal: each element has the type of its position.
    Tuple(Box<[ExprId]>),
    /// An object literal.
    Object(Box<ObjectLit>),
    /// A call.
    Call(Box<Call>),
    /// `new C(…)`: allocates, then runs the nearest constructor of the class chain
    /// with exactly its declared parameters.
    New {
        /// The class.
        class: ClassId,
        /// Its type arguments.
        class_args: TyList,
        /// One per parameter of the constructor; none if there is no constructor.
        args: Box<[ExprId]>,
        /// Whether the class's declaration may not have run yet.
        checked: bool,
    },
    /// `new e(…)` on a class only known at run time; arguments and result are any.
    NewAny {
        /// The class object (any).
        callee: ExprId,
        /// The arguments (any), possibly spread.
        args: Box<[Element]>,
    },
    /// `super(…)`: the base's constructor on `this`; without one, nothing.
    SuperInit {
        /// The base with its arguments.
        base: ClassId,
        /// Its type arguments.
        base_args: TyList,
        /// As for `New`.
        args: Box<[ExprId]>,
    },
    /// Runs the field initialisers of the constructor's class on `this`.
    InitFields(ClassId),
    /// `typeof e` as a string
    TypeOf(ExprId),
    /// `e instanceof C` for a statically known class: every instantiation of a
    /// generic one.
    InstanceOf {
        /// The value.
        expr: ExprId,
        /// The class.
        class: ClassId,
    },
    /// `e instanceof c` for a class only known at run time.
    InstanceOfAny {
        /// The value.
        expr: ExprId,
        /// The class object (any).
        class: ExprId,
    },
    /// Whether a structural object has a member, or an object an attribute.
    HasProp {
        /// The object.
        object: ExprId,
        /// The name.
        name: Name,
    },
    /// `item in container` through the slots (both any).
    In {
        /// Evaluated first.
        item: ExprId,
        /// The container.
        container: ExprId,
    },
    /// `delete place` for an attribute, item or dictionary entry; true.
    Delete(Place),
    /// `__OPCODE_NAME(args)` in the built-in library.
    Opcode {
        /// The opcode's name as written, e.g. `ARRAY_LEN`.
        name: Name,
        /// Its sources.
        args: Box<[ExprId]>,
    },
    /// `__NATIVE_CALL("name", args)` in the built-in library.
    Native {
        /// The native's name.
        name: Name,
        /// Its arguments.
        args: Box<[ExprId]>,
    },
}

/// Unary operators after lowering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnOp {
    /// `-`: on number, int, any
    Neg,
    /// `+` on any (on numbers it leaves nothing behind)
    Plus,
    /// `!`: on boolean
    Not,
    /// `~`: on number (ToInt32, gives number), int, any
    BitNot,
    /// The truth of a value of any type: boolean
    Truthy,
    /// `String(e)`, as templates and `+` with a string do it
    ToStr,
    /// ToInt32 of a number: the type is `int` (bit operators where int is expected)
    ToInt32,
}

/// How a value changes its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CoerceKind {
    /// int to number.
    IntToNumber,
    /// To a supertype: the value stays, its representation may change (number to
    /// `number | null` or any, a class to its base, a function to a wider one).
    Widen,
    /// Out of any or unknown: checked against the descriptor of the type, `TypeError`.
    /// An array of any type passes for `any[]`.
    Check,
    /// `as` where it is not an upcast: as `Check`, but `any[]` takes only arrays that
    /// were made as such.
    Cast,
    /// To the part of a union (or heir of a class) that flow analysis has proven;
    /// verified in O(1).
    Narrow,
    /// `e!`: null refused with `TypeError`.
    NonNull,
}

/// Somewhere that a value can be read from or, mostly, written to.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// A local variable. `init`: this is its declaration or definite first
    /// assignment; else, if `checked`, `ReferenceError` when it is unset.
    Local {
        /// The variable.
        local: LocalId,
        /// Whether writing must test that it is set.
        checked: bool,
    },
    /// A module variable.
    Global {
        /// The variable.
        global: GlobalId,
        /// Whether writing must test that it is set.
        checked: bool,
    },
    /// A declared field of an instance.
    Field {
        /// The object; its type is the class or an heir.
        object: ExprId,
        /// The class that declares the field.
        class: ClassId,
        /// Which one.
        field: FieldIdx,
    },
    /// A static field.
    Static {
        /// The class that is asked, if it is not simply the one that declares the field:
        /// an heir may have a field of its own of that name.
        object: Option<ExprId>,
        /// The class that declares it.
        class: ClassId,
        /// Which one, in [`super::Class::statics`].
        field: FieldIdx,
        /// Whether the class's declaration may not have run yet.
        checked: bool,
    },
    /// A method as a value (bound); not writable.
    Method {
        /// The receiver.
        object: ExprId,
        /// The class that declares the method, seen from the receiver's type.
        class: ClassId,
        /// Which one.
        method: MethodIdx,
    },
    /// A static method as a value (bound to the class).
    StaticMethod {
        /// The class that is asked, if it is not simply the one that declares the method.
        object: Option<ExprId>,
        /// The class that declares it.
        class: ClassId,
        /// Which one.
        method: MethodIdx,
    },
    /// A member of a structural type, verified at run time. `optional`: a missing
    /// one reads as null.
    Prop {
        /// The object.
        object: ExprId,
        /// The member.
        name: Name,
        /// Whether the member may be absent.
        optional: bool,
    },
    /// An attribute of a value of type any (the value read is any).
    Attr {
        /// The object.
        object: ExprId,
        /// The attribute.
        name: Name,
    },
    /// `a[i]` on an array; the index is a number or an int.
    Index {
        /// The array.
        array: ExprId,
        /// The index.
        index: ExprId,
    },
    /// An element of a tuple at a known position. `optional`: absent reads as null.
    TupleElem {
        /// The tuple.
        tuple: ExprId,
        /// The position.
        index: u32,
        /// Whether the element may be absent.
        optional: bool,
    },
    /// `s[i]` on a string; not writable.
    Char {
        /// The string.
        string: ExprId,
        /// A number or an int.
        index: ExprId,
    },
    /// `d[k]` on a type with an index signature. `nullable`: a missing key reads as
    /// null, else `KeyError`.
    Dict {
        /// The dictionary.
        object: ExprId,
        /// A string.
        key: ExprId,
        /// Whether a missing key reads as null.
        nullable: bool,
    },
    /// `a[k]` through the slots; all three are any.
    Item {
        /// The object.
        object: ExprId,
        /// The key.
        key: ExprId,
    },
}

/// An element of an array literal or of dynamic arguments.
#[derive(Clone, Copy, Debug)]
pub enum Element {
    /// One value of the element type.
    One(ExprId),
    /// All elements of an array of exactly the literal's element type, or (type any)
    /// of anything that can be iterated, each element checked.
    Spread(ExprId),
}

/// An object literal. Its type is an object type with the members in order; the
/// compiler makes one class per such type.
#[derive(Clone, Debug)]
pub struct ObjectLit {
    /// The members as written; a later one of the same name wins.
    pub members: Vec<ObjectMember>,
    /// What was spread of objects that may have more members than their types say: these are
    /// copied when the object has its own.
    pub beyond: Vec<ExprId>,
    /// The local that holds the object while its members are set, if its methods
    /// use `this` (they capture it).
    pub this: Option<LocalId>,
    /// Built as a dictionary (the expected type has an index signature, or keys are
    /// computed): members are entries.
    pub dict: bool,
}

/// A member of an object literal.
#[derive(Clone, Copy, Debug)]
pub enum ObjectMember {
    /// `name: value`, also methods (the value is a closure)
    Field {
        /// Its name.
        name: Name,
        /// Its value, of the member's type.
        value: ExprId,
    },
    /// `get name() {}`: a closure without parameters
    Getter {
        /// Its name.
        name: Name,
        /// The closure.
        value: ExprId,
    },
    /// `set name(v) {}`: a closure with one parameter
    Setter {
        /// Its name.
        name: Name,
        /// The closure.
        value: ExprId,
    },
    /// `[key]: value`
    Computed {
        /// A string.
        key: ExprId,
        /// Its value.
        value: ExprId,
    },
    /// `...e`: the own members of a structural object, class instance, or any
    Spread(ExprId),
}

/// A call.
#[derive(Clone, Debug)]
pub struct Call {
    /// What is called.
    pub callee: Callee,
    /// For every callee but the two dynamic ones: exactly one [`Element::One`] per
    /// parameter, in order, of the parameter's type (null for absent ones, an array
    /// for a rest parameter). For dynamic ones: the arguments (any) as written.
    pub args: Box<[Element]>,
}

/// What a call calls.
#[derive(Clone, Copy, Debug)]
pub enum Callee {
    /// A declared function without captures, or (see `closure`) with.
    Func {
        /// The function.
        func: FuncId,
        /// Its own type arguments.
        type_args: TyList,
        /// For a nested declaration: the local that holds its closure, needed only
        /// if the function has captures.
        closure: Option<LocalId>,
    },
    /// A function expression that is the value of a constant.
    Known {
        /// The constant's value: its closure. Needs no evaluation if the function
        /// captures nothing and the constant is certainly set.
        value: ExprId,
        /// The function.
        func: FuncId,
        /// Its own type arguments.
        type_args: TyList,
    },
    /// A method (or accessor) of a class.
    Method {
        /// The receiver, evaluated first.
        object: ExprId,
        /// The class that declares the method, seen from the receiver's type.
        class: ClassId,
        /// The type arguments of that class for this receiver.
        class_args: TyList,
        /// Which one.
        method: MethodIdx,
        /// The method's own type arguments.
        type_args: TyList,
        /// How the code is found.
        dispatch: Dispatch,
    },
    /// A static method (or accessor); `this` is the class that is asked.
    Static {
        /// The class that is asked, evaluated first, if it is not simply the one that
        /// declares the method.
        object: Option<ExprId>,
        /// The class that declares it.
        class: ClassId,
        /// Which one.
        method: MethodIdx,
        /// Its own type arguments.
        type_args: TyList,
        /// How the code is found.
        dispatch: Dispatch,
        /// Whether the class's declaration may not have run yet.
        checked: bool,
    },
    /// A function value; its type is a `Function` without type parameters.
    Value(ExprId),
    /// A member of a structural type that is called with the object as receiver.
    Prop {
        /// The object, evaluated first.
        object: ExprId,
        /// The member.
        name: Name,
        /// The member's function type, without type parameters.
        ty: Ty,
    },
    /// A value of type any.
    Any(ExprId),
    /// An attribute of a value of type any.
    AnyMethod {
        /// The object, evaluated first.
        object: ExprId,
        /// The attribute.
        name: Name,
    },
}

/// How the code of a method is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dispatch {
    /// The receiver's class decides.
    Virtual,
    /// Exactly this method (`super.m()`, primitives, `#private`).
    Direct,
}
