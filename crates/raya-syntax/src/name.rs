//! Interned names: identifiers, property keys and string constants of a program.
//!
//! One `Interner` serves a whole compilation session and outlives the syntax
//! trees, so that two equal texts have equal `Name`s in every crate. Names that
//! the front end itself asks for are interned first, in the order of
//! `well_known_names!`, and are therefore constants.
//! Must not know: what a name refers to.

use rustc_hash::FxHashMap;
use std::sync::Arc;

/// An interned text; two names are equal when their texts are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Name(pub u32);

/// The table that gives each distinct text its [`Name`].
#[derive(Clone, Debug)]
pub struct Interner {
    names: FxHashMap<Arc<str>, Name>,
    texts: Vec<Arc<str>>,
}

impl Interner {
    /// A table that holds the names of [`names`] only.
    pub fn new() -> Self {
        let mut interner = Self {
            names: FxHashMap::default(),
            texts: Vec::new(),
        };
        for text in names::TEXTS {
            interner.intern(text);
        }
        interner
    }

    /// The name of `text`, the same for equal texts.
    pub fn intern(&mut self, text: &str) -> Name {
        if let Some(&name) = self.names.get(text) {
            return name;
        }
        let name = Name(self.texts.len() as u32);
        let shared: Arc<str> = Arc::from(text);
        self.texts.push(Arc::clone(&shared));
        self.names.insert(shared, name);
        name
    }

    /// The name of `text` if some earlier call interned it.
    pub fn lookup(&self, text: &str) -> Option<Name> {
        self.names.get(text).copied()
    }

    /// The text of `name`; empty for a name of another interner.
    pub fn text(&self, name: Name) -> &str {
        self.texts.get(name.0 as usize).map_or("", |text| text)
    }

    /// Number of distinct names.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Never true: the well-known names are always there.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

impl Default for Interner {
    fn default() -> Self {
        Self::new()
    }
}

macro_rules! well_known_names {
    ($($constant:ident $text:literal),* $(,)?) => {
        /// Names known without asking an interner.
        pub mod names {
            use super::Name;

            #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
            enum Index { $($constant),* }

            $(
                #[doc = concat!("`", $text, "`")]
                pub const $constant: Name = Name(Index::$constant as u32);
            )*

            pub(super) const TEXTS: &[&str] = &[$($text),*];
        }
    };
}

well_known_names! {
    EMPTY "",
    ANY "any",
    ARGUMENTS "arguments",
    ARRAY "Array",
    ASYNC_DISPOSE "asyncDispose",
    ASYNC_ITERATOR "asyncIterator",
    BIGINT "bigint",
    BOOLEAN "boolean",
    CONSOLE "console",
    CONSTRUCTOR "constructor",
    DEFAULT "default",
    DISPOSE "dispose",
    DONE "done",
    ERROR "Error",
    EVAL "eval",
    FUNCTION "function",
    GROUPS "groups",
    INFINITY "Infinity",
    INIT_METHOD "__init__",
    INT "int",
    ITERATOR "iterator",
    LENGTH "length",
    LOG "log",
    MAP "Map",
    MATH "Math",
    MESSAGE "message",
    NAME "name",
    NAN "NaN",
    NEVER "never",
    NEXT "next",
    NULL "null",
    NUMBER "number",
    OBJECT "Object",
    OBJECT_TYPE "object",
    PROMISE "Promise",
    PROTOTYPE "prototype",
    READONLY_ARRAY "ReadonlyArray",
    REG_EXP "RegExp",
    SET "Set",
    STRING "string",
    STR_METHOD "__str__",
    SYMBOL "Symbol",
    TASK "Task",
    THIS "this",
    TO_STRING "toString",
    UNDEFINED "undefined",
    UNKNOWN "unknown",
    VALUE "value",
    VOID "void",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_equal_names() {
        let mut interner = Interner::new();
        let a = interner.intern("alpha");
        assert_eq!(a, interner.intern("alpha"));
        assert_ne!(a, interner.intern("beta"));
        assert_eq!(interner.text(a), "alpha");
        assert_eq!(interner.lookup("gamma"), None);
    }

    #[test]
    fn well_known_names_are_constants() {
        let mut interner = Interner::new();
        let before = interner.len();
        assert_eq!(interner.intern("constructor"), names::CONSTRUCTOR);
        assert_eq!(interner.text(names::VOID), "void");
        assert_eq!(interner.len(), before);
        assert_eq!(before, names::TEXTS.len(), "a name is listed twice");
    }
}
