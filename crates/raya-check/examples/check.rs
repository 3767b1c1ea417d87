//! Checks files and prints what the checker has to say: `check FILE…`.

use raya_check::{EmbeddedBuiltins, Input, check};
use raya_syntax::{Interner, SourceMap};

fn main() {
    let mut failed = 0;
    for path in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&path).expect("readable file");
        let mut names = Interner::new();
        let mut sources = SourceMap::new();
        let file = sources.add(&path, text);
        let parsed = raya_syntax::parse(sources.get(file).expect("just added"), &mut names);
        let mut diagnostics = parsed.diagnostics.clone();
        if parsed.is_ok() {
            let start = std::time::Instant::now();
            let checked = check(Input {
                module: &parsed.module,
                file,
                names: &mut names,
                sources: &mut sources,
                builtins: &EmbeddedBuiltins,
                whole_library: std::env::var_os("RAYA_WHOLE").is_some(),
            });
            eprintln!("{path}: {:?}", start.elapsed());
            if std::env::var_os("RAYA_DUMP").is_some() {
                print!(
                    "{}",
                    raya_check::dump(&checked.hir, &checked.types, &names, None)
                );
            }
            diagnostics = checked.diagnostics;
        }
        failed += usize::from(diagnostics.iter().any(|d| d.is_error()));
        let style = raya_syntax::render::Style::Plain;
        print!(
            "{}",
            raya_syntax::render::render(&diagnostics, &sources, style)
        );
    }
    std::process::exit(i32::from(failed > 0));
}
