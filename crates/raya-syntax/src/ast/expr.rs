//! Expressions.

use super::{Class, Function, Ident, NodeId, Pattern, PropKey, Text, TypeExpr, WellKnownSymbol};
use crate::name::{Name, names};
use crate::span::Span;

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// Unique in the module.
    pub id: NodeId,
    /// Without the parentheses around it.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// The forms of expressions.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// `1`, `1.5`, `0xff`, `1_000`
    Number(NumberLit),
    /// `10n`: the digits without separators and suffix, with the radix prefix.
    BigInt(Name),
    /// `"text"`
    String(Text),
    /// `` `a${b}c` ``
    Template(Box<Template>),
    /// ``tag`a${b}c` ``
    TaggedTemplate(Box<TaggedTemplate>),
    /// `/pattern/flags`
    Regex {
        /// The text between the slashes, as written.
        pattern: Name,
        /// The flags, possibly empty.
        flags: Name,
    },
    /// `null` and `undefined`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A name that is read. (`undefined` is `Null`.)
    Ident(Name),
    /// `this`
    This,
    /// `super`; only as the callee of a `Call` or the object of `Member`/`Index`
    Super,
    /// `[a, ...b]`
    Array(Vec<Element>),
    /// `{ a, b: 1, ...c, m() {} }`
    Object(Vec<ObjectMember>),
    /// `function () {}` and `() => e`; `Function::is_arrow` tells them apart.
    Function(Box<Function>),
    /// `class {}` as an expression
    Class(Box<Class>),
    /// `-a`, `!a`, `typeof a`, …
    Unary {
        /// The operator.
        op: UnaryOp,
        /// What it applies to.
        operand: Box<Expr>,
    },
    /// `++a`, `a--`
    Update {
        /// `++` or `--`
        op: UpdateOp,
        /// Whether the operator stands before the target.
        prefix: bool,
        /// An `Ident`, `Member`, `PrivateMember`, `Index` or `NonNull` of those.
        target: Box<Expr>,
    },
    /// `a + b` and the like; both sides are always evaluated.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Left operand.
        left: Box<Expr>,
        /// Right operand.
        right: Box<Expr>,
    },
    /// `a && b`, `a || b`, `a ?? b`
    Logical {
        /// The operator.
        op: LogicalOp,
        /// Left operand.
        left: Box<Expr>,
        /// Evaluated only if the left one does not decide.
        right: Box<Expr>,
    },
    /// `#name in object`
    PrivateIn {
        /// With the `#`.
        name: Ident,
        /// The object that is asked.
        object: Box<Expr>,
    },
    /// `target = value`, `target += value`, `target ??= value`, …
    Assign {
        /// The operator.
        op: AssignOp,
        /// With an operator other than `=`, always a `PatternKind::Expr`.
        target: Box<Pattern>,
        /// The right-hand side.
        value: Box<Expr>,
    },
    /// `test ? then : otherwise`
    Conditional {
        /// The condition.
        test: Box<Expr>,
        /// The value if the condition is truthy.
        then: Box<Expr>,
        /// The value if not.
        otherwise: Box<Expr>,
    },
    /// `a, b, c`: at least two
    Sequence(Vec<Expr>),
    /// `object.name`
    Member {
        /// The object.
        object: Box<Expr>,
        /// The property.
        property: Ident,
        /// Written `?.`; see `Chain`.
        optional: bool,
    },
    /// `object.#name`
    PrivateMember {
        /// The object.
        object: Box<Expr>,
        /// With the `#`.
        property: Ident,
        /// Written `?.`; see `Chain`.
        optional: bool,
    },
    /// `object[index]`
    Index {
        /// The object.
        object: Box<Expr>,
        /// The index or computed key.
        index: Box<Expr>,
        /// Written `?.[`; see `Chain`.
        optional: bool,
    },
    /// `callee<T>(args)`
    Call(Box<Call>),
    /// `new callee<T>(args)`; `Call::optional` is false
    New(Box<Call>),
    /// The extent of a short circuit: when the object of an `optional` link
    /// inside is null, this whole expression is null. Links lie on the path of
    /// `object`/`callee`/`NonNull` from here down; `(a?.b).c` is a `Member` whose
    /// object is a `Chain`.
    Chain(Box<Expr>),
    /// `e!`
    NonNull(Box<Expr>),
    /// `e as T`
    As {
        /// The value.
        expr: Box<Expr>,
        /// The type it is checked against.
        ty: Box<TypeExpr>,
    },
    /// `e as const`
    AsConst(Box<Expr>),
    /// `e satisfies T`
    Satisfies {
        /// The value.
        expr: Box<Expr>,
        /// The type it must fit.
        ty: Box<TypeExpr>,
    },
    /// `await e`
    Await(Box<Expr>),
    /// `yield`, `yield e`, `yield* e`
    Yield {
        /// `yield*`
        delegate: bool,
        /// What is yielded.
        value: Option<Box<Expr>>,
    },
    /// Something that could not be parsed; an error has been reported.
    Error,
}

impl Expr {
    /// The symbol, if this is `Symbol.iterator`, `Symbol.dispose` or the like.
    pub fn as_well_known_symbol(&self) -> Option<WellKnownSymbol> {
        match &self.kind {
            ExprKind::Member {
                object,
                property,
                optional: false,
            } if matches!(object.kind, ExprKind::Ident(names::SYMBOL)) => {
                WellKnownSymbol::from_property(property.name)
            }
            _ => None,
        }
    }

    /// The name, if this is a plain identifier.
    pub fn as_ident(&self) -> Option<Ident> {
        match self.kind {
            ExprKind::Ident(name) => Some(Ident {
                name,
                span: self.span,
            }),
            _ => None,
        }
    }
}

/// A number as it is written.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct NumberLit {
    /// The value, rounded to the nearest double.
    pub value: f64,
    /// Written without fraction and exponent, so that it may be an `int`.
    pub integer: bool,
}

/// The text pieces and the expressions between them.
#[derive(Clone, Debug)]
pub struct Template {
    /// One more than `exprs`.
    pub parts: Vec<TemplatePart>,
    /// The expressions in `${…}`.
    pub exprs: Vec<Expr>,
}

/// A text piece of a template.
#[derive(Clone, Debug)]
pub struct TemplatePart {
    /// The text without the quote, `${` or `}` around it.
    pub span: Span,
    /// With escapes resolved. None in a tagged template whose escape is invalid.
    pub cooked: Option<Text>,
    /// As written, line ends normalised to `\n`.
    pub raw: Name,
}

/// A template handed to a function.
#[derive(Clone, Debug)]
pub struct TaggedTemplate {
    /// The function.
    pub tag: Expr,
    /// Type arguments, possibly none.
    pub type_args: Vec<TypeExpr>,
    /// The template.
    pub template: Template,
}

/// An element of an array literal or an argument of a call.
#[derive(Clone, Debug)]
pub struct Element {
    /// Written `...e`.
    pub spread: bool,
    /// The expression, without the dots.
    pub expr: Expr,
}

/// A member of an object literal.
#[derive(Clone, Debug)]
pub enum ObjectMember {
    /// `key: value`, `key`
    Property {
        /// The key.
        key: PropKey,
        /// For a shorthand: the identifier again, as an expression.
        value: Expr,
        /// Written `{ key }`.
        shorthand: bool,
    },
    /// `m() {}`, `get m() {}`, `set m(v) {}`, `async *m() {}`
    Method {
        /// The key.
        key: PropKey,
        /// Method or accessor.
        kind: MethodKind,
        /// Parameters and body.
        function: Box<Function>,
    },
    /// `...e`
    Spread(Expr),
}

/// Method or accessor.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MethodKind {
    /// An ordinary method.
    Method,
    /// `get name()`
    Getter,
    /// `set name(value)`
    Setter,
}

/// A call.
#[derive(Clone, Debug)]
pub struct Call {
    /// The function or class.
    pub callee: Expr,
    /// Type arguments, possibly none.
    pub type_args: Vec<TypeExpr>,
    /// The arguments; empty too for `new C` without parentheses.
    pub args: Vec<Element>,
    /// Written `callee?.(…)`; see [`ExprKind::Chain`].
    pub optional: bool,
}

macro_rules! operators {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum $name { $(#[doc = concat!("`", $text, "`")] $variant),* }

        impl $name {
            /// Every operator, in the order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The operator as it is written.
            pub const fn text(self) -> &'static str {
                match self { $($name::$variant => $text),* }
            }
        }
    };
}

operators! {
    /// Prefix operators.
    UnaryOp {
        Neg "-", Plus "+", Not "!", BitNot "~",
        Typeof "typeof", Void "void", Delete "delete",
    }
}

operators! {
    /// `++` and `--`.
    UpdateOp { Increment "++", Decrement "--" }
}

operators! {
    /// Binary operators that evaluate both sides.
    BinaryOp {
        Add "+", Sub "-", Mul "*", Div "/", Rem "%", Pow "**",
        Shl "<<", Shr ">>", UShr ">>>", BitAnd "&", BitOr "|", BitXor "^",
        Lt "<", Le "<=", Gt ">", Ge ">=",
        Eq "==", NotEq "!=", StrictEq "===", StrictNotEq "!==",
        In "in", Instanceof "instanceof",
    }
}

operators! {
    /// Operators that may not evaluate their right side.
    LogicalOp { And "&&", Or "||", Nullish "??" }
}

/// Assignment operators.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AssignOp {
    /// `=`
    Assign,
    /// `+=` and the like: `BinaryOp` from `Add` to `BitXor`
    Binary(BinaryOp),
    /// `&&=`, `||=`, `??=`
    Logical(LogicalOp),
}
