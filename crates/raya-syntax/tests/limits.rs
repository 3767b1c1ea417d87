//! Programs of extreme shape: one clear error, or none, in no time.

use raya_syntax::{FileId, Interner, SourceFile, dump, parse};

/// The codes of the diagnostics; also dumps the tree, which must be as harmless.
fn codes(text: String) -> Vec<String> {
    let source = SourceFile::new(FileId(0), "t.raya", text);
    let mut interner = Interner::new();
    let parsed = parse(&source, &mut interner);
    let dumped = dump::ast(&parsed.module, &interner, true);
    assert!(dumped.starts_with("(module"));
    parsed
        .diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code.to_string())
        .collect()
}

const TOO_DEEP: &str = "E0006";
const MANY: usize = 100_000;

#[test]
fn deep_nesting_gives_one_error() {
    let nest = |open: &str, inside: &str, close: &str| {
        format!("{}{inside}{}", open.repeat(MANY), close.repeat(MANY))
    };
    let programs = [
        nest("(", "1", ")"),
        nest("[", "", "]"),
        nest("{", "", "}"),
        nest("f(", "", ")"),
        nest("`${", "a", "}`"),
        format!("x = {}", nest("{a:", "1", "}")),
        format!("let {} = 1", nest("[", "a", "]")),
        format!("let a: {}", nest("(", "A", ")")),
        format!("let a: {}", nest("A<", "A", ">")),
        format!("let a: {}", nest("{ a: ", "A", "}")),
        format!("let a: {}A", "keyof ".repeat(MANY)),
        format!("let a: {}A", "() => ".repeat(MANY)),
        format!("x = {}1", "- ".repeat(MANY)),
        format!("x = {}1", "a => ".repeat(MANY)),
        format!("x = {}1", "a = ".repeat(MANY)),
        format!("x = {}1", "a ** ".repeat(MANY)),
        format!("x = {}a", "new ".repeat(MANY)),
        format!("x = {}a", "await ".repeat(MANY)),
        format!("x = {}a{}", "a ? ".repeat(MANY), " : b".repeat(MANY)),
        format!("x = {}A", "class extends ".repeat(MANY)),
        format!("{}x", "if (a) ".repeat(MANY)),
        format!("{}{}", "class A { m() {".repeat(MANY), "} }".repeat(MANY)),
        // Not even closed.
        "(".repeat(MANY),
        "{".repeat(MANY),
        "function f() {".repeat(MANY),
        "x = (a = (b = (".repeat(MANY),
        "x = async (".repeat(MANY),
        "x = (a): b => (".repeat(MANY),
    ];
    for program in programs {
        let start: String = program.chars().take(40).collect();
        assert_eq!(codes(program), [TOO_DEEP], "{start}");
    }
}

#[test]
fn long_chains_give_one_error() {
    let programs = [
        format!("x = {}1", "1 + ".repeat(MANY)),
        format!("x = a{}", ".b".repeat(MANY)),
        format!("x = a{}", "(b)".repeat(MANY)),
        format!("x = a{}", "<b>(c)".repeat(MANY)),
        format!("x = a{}", "!".repeat(MANY)),
        format!("x = a{}", " as B".repeat(MANY)),
        format!("let a: A{}", "[]".repeat(MANY)),
        format!("{}a", "if (a) b; else ".repeat(MANY)),
        format!("x = {}a", "a < b | c | ".repeat(MANY)),
    ];
    for program in programs {
        let start: String = program.chars().take(40).collect();
        assert_eq!(codes(program), [TOO_DEEP], "{start}");
    }
}

#[test]
fn what_is_merely_long_is_fine() {
    let programs = [
        format!("x = [{}]", "1,".repeat(MANY)),
        format!("x = \"{}\"", "a".repeat(10 << 20)),
        format!("f({})", "a < b, c > d,".repeat(MANY)),
        "x = 1;".repeat(MANY),
        format!("let a: {}B", "A | ".repeat(MANY)),
        format!("x = {}1", "1 + ".repeat(1_000)),
        format!("{}a", "if (a) b; else ".repeat(1_000)),
        format!("{}1{}", "(".repeat(400), ")".repeat(400)),
    ];
    for program in programs {
        let start: String = program.chars().take(40).collect();
        assert_eq!(codes(program), [] as [&str; 0], "{start}");
    }
}

#[test]
fn errors_are_bounded() {
    assert!(codes(") ] } ".repeat(MANY)).len() <= 100);
    assert!(codes("a b; ".repeat(MANY)).len() <= 100);
    assert!(codes("var x; ".repeat(MANY)).len() <= 100);
}
