//! What is said about faulty programs: a snapshot per file of `tests/faulty`.

use raya_syntax::render::{Style, render};
use raya_syntax::{Interner, SourceMap, parse};

fn report(name: &str, text: &str) -> String {
    let mut sources = SourceMap::new();
    let id = sources.add(name, text);
    let source = sources.get(id).expect("the file was just added");
    let parsed = parse(source, &mut Interner::new());
    render(&parsed.diagnostics, &sources, Style::Plain)
}

macro_rules! faulty {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                let file = concat!(stringify!($name), ".raya");
                let text = include_str!(concat!("faulty/", stringify!($name), ".raya"));
                insta::assert_snapshot!(report(file, text));
            }
        )*
    };
}

faulty! { statements classes not_in_the_language lexical operators }
