//! What the tests of the checker share.

// Each test program uses a part of it.
#![allow(dead_code)]

use raya_check::{Checked, EmbeddedBuiltins, Input, check};
use raya_syntax::{Diagnostic, Interner, SourceMap};

/// A program that went through parser and checker.
pub struct Run {
    /// The session's names.
    pub names: Interner,
    /// The session's files; 0 is the program.
    pub sources: SourceMap,
    /// The syntax errors, if the parser found some.
    pub syntax: Vec<Diagnostic>,
    /// What the checker gave; it also sees trees with errors in them.
    pub checked: Checked,
}

/// Parses and checks a text.
pub fn run(text: &str, whole_library: bool) -> Run {
    let mut names = Interner::new();
    let mut sources = SourceMap::new();
    let file = sources.add("test.raya", text);
    let source = sources.get(file).expect("the file was just added");
    let parsed = raya_syntax::parse(source, &mut names);
    let checked = check(Input {
        module: &parsed.module,
        file,
        names: &mut names,
        sources: &mut sources,
        builtins: &EmbeddedBuiltins,
        whole_library,
    });
    Run {
        names,
        sources,
        syntax: parsed.diagnostics,
        checked,
    }
}

/// The errors as `line:code`, in the order of the text.
pub fn errors(text: &str) -> Vec<String> {
    let run = run(text, false);
    assert!(
        run.syntax.is_empty(),
        "syntax errors in {text}: {:?}",
        run.syntax
    );
    let line = |d: &Diagnostic| {
        let file = run
            .sources
            .get(d.file)
            .expect("diagnostics name known files");
        file.line_col(d.span.start).line
    };
    run.checked
        .diagnostics
        .iter()
        .map(|d| format!("{}:{}", line(d), d.code))
        .collect()
}
