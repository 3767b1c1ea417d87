//! Error codes: the type, the macro that declares a table, and the table of
//! syntax errors.
//!
//! Each crate that reports errors declares one table with `error_codes!`; nothing
//! else makes a `Code`. Numbers: E00xx syntax, E01xx names, E02xx types, E03xx
//! classes, E04xx flow, E09xx not supported yet. A number keeps its meaning for
//! ever: what is no longer reported is struck out, never given away again.
//! `check_tables` is for a test over all tables of a program.

use std::fmt;

/// A stable error code. Compares by number.
#[derive(Clone, Copy)]
pub struct Code {
    /// The number after the `E`.
    pub number: u16,
    /// A few words, the same for every occurrence.
    pub title: &'static str,
    /// What it means and what to do, for documentation.
    pub doc: &'static str,
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Code {}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "E{:04}", self.number)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "E{:04} ({})", self.number, self.title)
    }
}

/// Declares a table of error codes: a constant per code and `ALL`, in the module
/// where it is used.
///
/// ```
/// mod codes {
///     raya_syntax::error_codes! {
///         /// A name is used that nothing declares.
///         UNKNOWN_NAME = 101, "unknown name";
///     }
/// }
/// assert_eq!(codes::UNKNOWN_NAME.to_string(), "E0101");
/// ```
#[macro_export]
macro_rules! error_codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $number:literal, $title:literal;)*) => {
        $(
            $(#[doc = $doc])+
            pub const $name: $crate::codes::Code = $crate::codes::Code {
                number: $number,
                title: $title,
                doc: concat!($($doc, "\n"),+),
            };
        )*

        /// Every code of this table, in the order of declaration.
        pub const ALL: &[$crate::codes::Code] = &[$($name),*];
    };
}

/// Finds the first fault of a set of tables: a number that is declared twice or
/// lies outside 1..=999, a title that does not fit into a list.
pub fn check_tables(tables: &[&[Code]]) -> Result<(), String> {
    let mut seen: Vec<Code> = Vec::new();
    for &code in tables.iter().copied().flatten() {
        if code.number == 0 || code.number > 999 {
            return Err(format!("{code:?} is out of range"));
        }
        if code.title.is_empty() || code.title.len() > 60 || code.title.ends_with('.') {
            return Err(format!(
                "{code:?}: a title is 1 to 60 bytes without a full stop"
            ));
        }
        if let Some(first) = seen.iter().find(|other| **other == code) {
            return Err(format!("{code:?} has the number of {first:?}"));
        }
        seen.push(code);
    }
    Ok(())
}

error_codes! {
    /// Something else is needed at this place. The message says what was found and
    /// what would fit.
    UNEXPECTED_TOKEN = 1, "unexpected token";
    /// A value is needed here, such as a name, a literal or a call.
    EXPECTED_EXPRESSION = 2, "expression expected";
    /// A type is needed here.
    EXPECTED_TYPE = 3, "type expected";
    /// Two statements on one line need a `;` between them.
    EXPECTED_SEMICOLON = 4, "semicolon expected";
    /// A bracket is opened and never closed, or closed and never opened.
    UNBALANCED_BRACKET = 5, "unbalanced bracket";
    /// Brackets, statements, operators or types are nested more deeply, or chained
    /// longer, than the compiler accepts. Give a part a name of its own.
    NESTING_TOO_DEEP = 6, "nesting too deep";
    /// A source file may have at most 1 GiB.
    FILE_TOO_LARGE = 7, "file too large";
    /// Strings in quotes end on the line they begin on. Use a template string
    /// (backquotes) for a text of several lines.
    UNTERMINATED_STRING = 8, "unterminated string";
    /// A template string has no closing backquote.
    UNTERMINATED_TEMPLATE = 9, "unterminated template string";
    /// A `/*` has no `*/`.
    UNTERMINATED_COMMENT = 10, "unterminated comment";
    /// A regular expression has no closing slash on its line.
    UNTERMINATED_REGEX = 11, "unterminated regular expression";
    /// A character that no token of the language begins with.
    INVALID_CHARACTER = 12, "invalid character";
    /// A backslash is followed by something that is no escape sequence.
    INVALID_ESCAPE = 13, "invalid escape sequence";
    /// A number is not written as numbers are.
    INVALID_NUMBER = 14, "invalid number";
    /// Flags of regular expressions are `g`, `i`, `m`, `s` and `u`, each at most once.
    INVALID_REGEX_FLAG = 15, "invalid flag of a regular expression";
    /// A word with a meaning of its own cannot be used as a name.
    RESERVED_WORD = 16, "reserved word used as a name";
    /// Only a variable, a property or a pattern can be assigned to.
    INVALID_ASSIGNMENT_TARGET = 17, "invalid assignment target";
    /// These two operators need parentheses that say which one binds first.
    MIXED_OPERATORS = 18, "operators that need parentheses";
    /// A declaration lacks the value it must have.
    MISSING_INITIALIZER = 19, "missing initialiser";
    /// A rest parameter or rest element stands last and has no default.
    INVALID_REST = 20, "misplaced rest element";
    /// A parameter is not written as parameters are.
    INVALID_PARAMETER = 21, "invalid parameter";
    /// A modifier does not fit here, or stands twice or in the wrong order.
    INVALID_MODIFIER = 22, "invalid modifier";
    /// A class member is not written as class members are.
    INVALID_CLASS_MEMBER = 23, "invalid class member";
    /// A statement stands where it has no meaning, such as `break` outside a loop.
    MISPLACED_STATEMENT = 24, "misplaced statement";
    /// A label is used that no enclosing statement has, or declared twice.
    INVALID_LABEL = 25, "invalid label";
    /// A `try` needs a `catch`, a `finally` or both.
    INCOMPLETE_TRY = 26, "try without catch or finally";
    /// A `switch` has at most one `default`.
    DUPLICATE_DEFAULT = 27, "more than one default clause";
    /// `await` and `yield` belong into functions marked for them; `super` into
    /// classes and object literals.
    MISPLACED_EXPRESSION = 28, "misplaced expression";
    /// The body of `if`, `else` or a loop is a statement, not a declaration.
    DECLARATION_AS_BODY = 29, "declaration used as a body";
    /// An array literal cannot leave out elements.
    ARRAY_HOLE = 30, "hole in an array literal";
    /// An import or export is not written as they are.
    INVALID_IMPORT = 31, "invalid import or export";
    /// An index signature has one key of a plain type and a type for the values.
    INVALID_INDEX_SIGNATURE = 32, "invalid index signature";
    /// A private name (`#name`) belongs to a class.
    INVALID_PRIVATE_NAME = 33, "misplaced private name";
    /// A pattern is not written as patterns are.
    INVALID_PATTERN = 34, "invalid pattern";
    /// An optional chain can be read and called, but not be assigned to,
    /// constructed or used as a template's tag.
    INVALID_OPTIONAL_CHAIN = 35, "invalid use of an optional chain";
    /// A string with half a surrogate pair cannot be a key, a type or a path.
    LONE_SURROGATE = 36, "lone surrogate";
    /// `var` is not part of the language: use `let` or `const`.
    NO_VAR = 50, "`var` is not part of the language";
    /// `with` is not part of the language: name the object.
    NO_WITH = 51, "`with` is not part of the language";
    /// `eval` is not part of the language.
    NO_EVAL = 52, "`eval` is not part of the language";
    /// `arguments` is not part of the language: use a rest parameter.
    NO_ARGUMENTS = 53, "`arguments` is not part of the language";
    /// `namespace` and `module` blocks are not part of the language: use a file.
    NO_NAMESPACE = 54, "namespaces are not part of the language";
    /// `for…in` is not part of the language: use `for…of` over `Object.keys`.
    NO_FOR_IN = 55, "`for…in` is not part of the language";
    /// Decorators are not part of the language: call a function.
    NO_DECORATORS = 56, "decorators are not part of the language";
    /// JSX is not part of the language. A cast is written `x as T`.
    NO_JSX = 57, "JSX and `<T>` casts are not part of the language";
    /// `new.target` is not part of the language: use `this.constructor`.
    NO_NEW_TARGET = 58, "`new.target` is not part of the language";
    /// `declare` is not part of the language: import what another file defines.
    NO_DECLARE = 59, "`declare` is not part of the language";
    /// Dynamic `import()` is not part of the language: import at the top.
    NO_DYNAMIC_IMPORT = 60, "dynamic `import()` is not part of the language";
    /// Conditional types are not part of the language: use overloads or a union.
    NO_CONDITIONAL_TYPES = 61, "conditional types are not part of the language";
    /// Mapped types are not part of the language, except the predefined ones.
    NO_MAPPED_TYPES = 62, "mapped types are not part of the language";
    /// Template-literal types are not part of the language: use a union of strings.
    NO_TEMPLATE_TYPES = 63, "template-literal types are not in the language";
    /// `debugger` is not part of the language.
    NO_DEBUGGER = 64, "`debugger` is not part of the language";
    /// `import.meta` is not part of the language.
    NO_IMPORT_META = 65, "`import.meta` is not part of the language";
    /// `export =` and `import x = …` are not part of the language.
    NO_EXPORT_ASSIGNMENT = 66, "`export =` is not part of the language";
    /// Octal numbers and escapes with a bare leading zero are not part of the
    /// language: write `0o17`.
    NO_LEGACY_OCTAL = 67, "legacy octal is not part of the language";
    /// Setting the prototype by `__proto__` is not part of the language.
    NO_PROTO = 68, "prototypes are not part of the language";
    /// `accessor` fields are not part of the language: write `get` and `set`.
    NO_AUTO_ACCESSOR = 69, "`accessor` fields are not part of the language";
    /// Types cannot be imported by an expression: use an import declaration.
    NO_IMPORT_TYPES = 70, "`import(…)` types are not part of the language";
    /// `unique symbol` and `symbol` are not part of the language.
    NO_SYMBOL_TYPES = 71, "symbol types are not part of the language";
    /// The syntax is part of the language, but the compiler cannot translate it yet.
    NOT_SUPPORTED_YET = 900, "not supported yet";
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_is_sound() {
        super::check_tables(&[super::ALL]).unwrap();
    }

    #[test]
    fn faults_are_found() {
        use super::{UNEXPECTED_TOKEN, check_tables};
        let error = check_tables(&[super::ALL, &[UNEXPECTED_TOKEN]]).unwrap_err();
        assert!(error.contains("has the number of"), "{error}");
    }
}
