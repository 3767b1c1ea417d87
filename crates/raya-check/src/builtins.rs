//! Where the sources of the built-in library come from.
//!
//! The library is ordinary Raya code. A file is parsed when the program mentions a
//! name that it declares, and of its functions only those are checked that the
//! program can reach. Whoever embeds the compiler may bring other sources.

use raya_syntax::ast::Module;
use raya_syntax::source::FileId;
use std::cell::OnceCell;

/// A source file of the library.
#[derive(Clone, Copy, Debug)]
pub struct BuiltinFile {
    /// The file's name.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
    /// The names that it declares at its top level, values and types.
    pub declares: &'static [&'static str],
}

/// Gives the sources of the built-in library.
pub trait BuiltinSource {
    /// All files. No two declare the same name.
    fn files(&self) -> &[BuiltinFile];
}

/// The library that belongs to this version of the language.
#[derive(Clone, Copy, Debug, Default)]
pub struct EmbeddedBuiltins;

macro_rules! embedded {
    ($($file:literal: $($name:literal)*;)*) => {
        &[$(BuiltinFile {
            name: $file,
            text: include_str!(concat!("../../../builtins/", $file)),
            declares: &[$($name),*],
        }),*]
    };
}

const FILES: &[BuiltinFile] = embedded! {
    "Array.raya": "Array";
    "ArrayCursors.raya": "ArrayIterator" "ArrayKeys" "ArrayEntries";
    "Boolean.raya": "Boolean";
    "Console.raya": "console";
    "Error.raya": "Error" "TypeError" "RangeError" "ReferenceError" "SyntaxError"
        "AttributeError" "KeyError" "StopIteration" "AssertionError" "CancelledError"
        "ChannelClosedError";
    "Function.raya": "Function";
    "Iterable.raya": "IteratorResult" "IteratorYieldResult"
        "IteratorReturnResult" "Iterator" "Iterable" "IterableIterator";
    "JSON.raya": "JSON";
    "Map.raya": "Map" "ReadonlyMap" "MapKeys" "MapValues" "MapEntries";
    "Math.raya": "Math";
    "Number.raya": "Number";
    "Object.raya": "Object";
    "ReadonlyArray.raya": "ReadonlyArray";
    "Reflect.raya": "Reflect";
    "Set.raya": "Set" "ReadonlySet" "SetValues" "SetEntries";
    "String.raya": "String" "StringIterator";
    "globals.raya": "int" "parseInt" "parseFloat" "isNaN" "isFinite" "structuredClone"
        "encodeURIComponent" "decodeURIComponent" "performance" "process" "StandardOutput";
};

impl BuiltinSource for EmbeddedBuiltins {
    fn files(&self) -> &[BuiltinFile] {
        FILES
    }
}

/// The parsed files of one check, filled as they are asked for.
pub(crate) struct Library {
    files: Vec<BuiltinFile>,
    parsed: Vec<OnceCell<(FileId, Module)>>,
}

impl Library {
    /// A library of which nothing is parsed yet.
    pub(crate) fn new(source: &dyn BuiltinSource) -> Self {
        let files = source.files().to_vec();
        let parsed = files.iter().map(|_| OnceCell::new()).collect();
        Self { files, parsed }
    }

    /// The index of the file that declares `name`.
    pub(crate) fn declaring(&self, name: &str) -> Option<usize> {
        self.files.iter().position(|f| f.declares.contains(&name))
    }

    /// The files.
    pub(crate) fn files(&self) -> &[BuiltinFile] {
        &self.files
    }

    /// The tree of a file, made by `parse` the first time. The second value tells
    /// whether this was the first time.
    pub(crate) fn module(
        &self,
        index: usize,
        parse: impl FnOnce(&BuiltinFile) -> (FileId, Module),
    ) -> (&(FileId, Module), bool) {
        let cell = &self.parsed[index];
        let fresh = cell.get().is_none();
        (cell.get_or_init(|| parse(&self.files[index])), fresh)
    }
}
