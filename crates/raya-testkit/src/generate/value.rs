//! The types that generated programs use, and their literals.

use super::choices::Choices;
use super::code::Code;
use super::grammar;

/// A type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ty {
    Num,
    Int,
    Bool,
    Str,
    Nums,
    Ints,
    Bools,
    Strs,
    /// `number | null`
    MaybeNum,
    /// `number | string`
    NumOrStr,
    /// `any` that holds a number
    AnyNum,
    /// `any` that holds an int
    AnyInt,
    /// `any` that holds a string
    AnyStr,
    /// `{ a: number; b: string; c: int }`
    Record,
    /// `any` that holds a record
    AnyRecord,
    /// `(x: number) => number`
    Fn,
    /// An instance of the class with this index.
    Inst(usize),
    // The others are described in `grammar`'s table.
    MaybeNums,
    Anys,
    Matrix,
    Records,
    Tuple,
    MapStr,
    MapNum,
    SetNum,
    MaybeRecord,
    Shape,
    Scored,
    BoxNum,
    BoxStr,
    BoxInt,
    Thunks,
    Any,
    AnyCounter,
    AnyFn,
}

/// Types of parameters, fields and results.
pub const SCALARS: &[Ty] = &[
    Ty::Num,
    Ty::Int,
    Ty::Bool,
    Ty::Str,
    Ty::MaybeNum,
    Ty::NumOrStr,
    Ty::AnyNum,
    Ty::AnyInt,
    Ty::AnyStr,
];

/// Types of local variables.
pub const LOCALS: &[Ty] = &[
    Ty::Num,
    Ty::Int,
    Ty::Num,
    Ty::Nums,
    Ty::Bool,
    Ty::Str,
    Ty::Ints,
    Ty::MaybeNum,
    Ty::NumOrStr,
    Ty::AnyNum,
    Ty::AnyInt,
    Ty::AnyStr,
    Ty::Bools,
    Ty::Strs,
    Ty::Record,
    Ty::AnyRecord,
    Ty::Fn,
    Ty::Any,
    Ty::MapStr,
    Ty::Thunks,
    Ty::Shape,
    Ty::SetNum,
    Ty::Tuple,
    Ty::Scored,
    Ty::MaybeRecord,
    Ty::BoxNum,
    Ty::AnyCounter,
    Ty::Anys,
    Ty::Matrix,
    Ty::Records,
    Ty::AnyFn,
    Ty::BoxInt,
    Ty::MaybeNums,
    Ty::MapNum,
    Ty::BoxStr,
];

impl Ty {
    /// The type as it is written; `prefix` makes class names unique in a file.
    pub fn text(self, prefix: &str) -> String {
        match self {
            Ty::Num => "number".to_owned(),
            Ty::Int => "int".to_owned(),
            Ty::Bool => "boolean".to_owned(),
            Ty::Str => "string".to_owned(),
            Ty::Nums => "number[]".to_owned(),
            Ty::Ints => "int[]".to_owned(),
            Ty::Bools => "boolean[]".to_owned(),
            Ty::Strs => "string[]".to_owned(),
            Ty::MaybeNum => "number | null".to_owned(),
            Ty::NumOrStr => "number | string".to_owned(),
            Ty::AnyNum | Ty::AnyInt | Ty::AnyStr | Ty::AnyRecord => "any".to_owned(),
            Ty::Record => "Rec".to_owned(),
            Ty::Fn => "(x: number) => number".to_owned(),
            Ty::Inst(class) => format!("{prefix}C{class}"),
            _ => grammar::row(self).map_or_else(String::new, |row| row.text.to_owned()),
        }
    }

    /// The type of an array's elements.
    pub fn element(self) -> Option<Ty> {
        match self {
            Ty::Nums => Some(Ty::Num),
            Ty::Ints => Some(Ty::Int),
            Ty::Bools => Some(Ty::Bool),
            Ty::Strs => Some(Ty::Str),
            _ => None,
        }
    }
}

/// Numbers at which representations change, first the plain ones.
const NUMBERS: &[&str] = &[
    "0",
    "1",
    "2",
    "-1",
    "0.5",
    "-0",
    "3",
    "7",
    "-1.5",
    "10",
    "100",
    "2147483647",
    "2147483648",
    "-2147483648",
    "-2147483649",
    "4294967295",
    "4294967296",
    "9007199254740991",
    "9007199254740992",
    "-9007199254740993",
    "NaN",
    "Infinity",
    "-Infinity",
    "0.1",
    "1e-7",
    "1e21",
    "5e-324",
    "1073741824",
    "65536",
    "46341",
    "255",
];

const INTS: &[&str] = &[
    "0",
    "1",
    "2",
    "-1",
    "3",
    "7",
    "10",
    "-5",
    "31",
    "32",
    "255",
    "46341",
    "65536",
    "1000000",
    "2147483647",
    "-2147483647",
    "1073741824",
];

const STRINGS: &[&str] = &[
    "\"\"",
    "\"a\"",
    "\"b\"",
    "\"abc\"",
    "\"10\"",
    "\"é\"",
    "\"x y\"",
    "\"日本\"",
    "\"-0\"",
];

pub fn number(choices: &mut Choices) -> Code {
    let text = choices.pick(NUMBERS);
    Code::same(if text.starts_with('-') {
        format!("({text})")
    } else {
        text.to_owned()
    })
}

/// An int whose type does not depend on what stands beside it.
pub fn int(choices: &mut Choices) -> Code {
    let text = choices.pick(INTS);
    Code::new(format!("int({text})"), format!("({text})"))
}

pub fn string(choices: &mut Choices) -> Code {
    Code::same(choices.pick(STRINGS))
}
