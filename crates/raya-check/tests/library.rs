//! The built-in library as the checker sees it.

mod common;

use raya_check::{BuiltinSource, EmbeddedBuiltins};
use raya_syntax::ast::StmtKind;
use raya_syntax::{FileId, Interner, SourceFile};
use std::collections::BTreeSet;

#[test]
fn every_body_of_the_library_is_well_typed() {
    let run = common::run("", true);
    let style = raya_syntax::render::Style::Plain;
    let text = raya_syntax::render::render(&run.checked.diagnostics, &run.sources, style);
    assert!(run.checked.diagnostics.is_empty(), "{text}");
}

#[test]
fn files_declare_what_the_table_says() {
    for file in EmbeddedBuiltins.files() {
        let mut names = Interner::new();
        let source = SourceFile::new(FileId(0), file.name, file.text);
        let parsed = raya_syntax::parse(&source, &mut names);
        let declared: BTreeSet<&str> = parsed
            .module
            .body
            .iter()
            .filter_map(|stmt| match &stmt.kind {
                StmtKind::Class(c) => c.name,
                StmtKind::Interface(i) => Some(i.name),
                StmtKind::TypeAlias(t) => Some(t.name),
                StmtKind::Function(f) => f.name,
                _ => None,
            })
            .map(|ident| names.text(ident.name))
            .collect();
        let listed: BTreeSet<&str> = file.declares.iter().copied().collect();
        assert_eq!(declared, listed, "{}", file.name);
    }
}
