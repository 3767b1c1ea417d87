//! Any text gives a tree and diagnostics that keep the promises of `ast`.

use proptest::prelude::*;
use raya_syntax::lexer::lex;
use raya_syntax::{FileId, Interner, SourceFile, SourceMap, Span, dump, parse, render};

const WORDS: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    ",",
    ";",
    ":",
    ".",
    "?.",
    "?",
    "=>",
    "=",
    "+",
    "-",
    "*",
    "**",
    "/",
    "!",
    "~",
    "&&",
    "||",
    "??",
    "|",
    "&",
    "==",
    "===",
    "++",
    "--",
    "+=",
    "??=",
    "...",
    "@",
    "\n",
    "a",
    "b",
    "T",
    "1",
    "2.5",
    "10n",
    "'s'",
    "`t`",
    "`h${",
    "}m${",
    "}e`",
    "/r/g",
    "#p",
    "let",
    "const",
    "var",
    "function",
    "class",
    "extends",
    "implements",
    "interface",
    "type",
    "enum",
    "import",
    "export",
    "from",
    "default",
    "if",
    "else",
    "for",
    "of",
    "in",
    "while",
    "do",
    "switch",
    "case",
    "break",
    "continue",
    "return",
    "throw",
    "try",
    "catch",
    "finally",
    "new",
    "this",
    "super",
    "null",
    "true",
    "typeof",
    "instanceof",
    "void",
    "delete",
    "async",
    "await",
    "yield",
    "static",
    "get",
    "set",
    "readonly",
    "private",
    "abstract",
    "as",
    "satisfies",
    "is",
    "asserts",
    "keyof",
    "infer",
    "using",
    "declare",
    "namespace",
    "constructor",
    "number",
    "int",
];

/// Parses `text` and checks what must hold for every text.
fn check(text: &str) -> Result<(), TestCaseError> {
    let mut sources = SourceMap::new();
    let id = sources.add("t.raya", text);
    let source = sources.get(id).expect("just added");
    let tokens = lex(source).tokens;
    for pair in tokens.windows(2) {
        prop_assert!(pair[0].end <= pair[1].start && pair[0].start < pair[0].end);
    }
    let mut interner = Interner::new();
    let parsed = parse(source, &mut interner);
    let spanned = dump::ast(&parsed.module, &interner, true);
    let plain = dump::ast(&parsed.module, &interner, false);
    let has_error_node = plain.contains("(error)");
    prop_assert!(
        !has_error_node || !parsed.is_ok(),
        "an error node without a diagnostic"
    );
    prop_assert!(parsed.diagnostics.len() <= 100);
    for diagnostic in &parsed.diagnostics {
        let span = diagnostic.span;
        prop_assert!(span.start <= span.end && span.end as usize <= text.len());
    }
    for style in [render::Style::Plain, render::Style::Drawn] {
        render::render(&parsed.diagnostics, &sources, style);
    }
    check_spans(&spanned, text.len() as u32)?;
    // The same text gives the same tree, whatever the interner held before.
    let again = parse(source, &mut interner);
    prop_assert_eq!(plain, dump::ast(&again.module, &interner, false));
    Ok(())
}

/// Children lie inside their parents: reads the spans back from a dump.
fn check_spans(dumped: &str, length: u32) -> Result<(), TestCaseError> {
    let mut open = vec![Span::new(0, length)];
    for word in dumped.split_whitespace() {
        let is_division = matches!(word.split('@').next(), Some("(/" | "(/="));
        if word.contains(['"', '\'', '`']) || (word.contains('/') && !is_division) {
            // The text of a literal may hold anything.
            return Ok(());
        }
        let closes = word.bytes().rev().take_while(|&byte| byte == b')').count();
        let parent = *open.last().expect("never empty");
        let span = word
            .trim_end_matches(')')
            .rsplit_once('@')
            .and_then(|(_, range)| {
                let (start, end) = range.split_once("..")?;
                Some(Span::new(start.parse().ok()?, end.parse().ok()?))
            });
        let span = span.unwrap_or(parent);
        prop_assert!(parent.contains(span), "{word} leaves {parent:?}");
        if word.starts_with('(') {
            open.push(span);
        }
        open.truncate(open.len().saturating_sub(closes).max(1));
    }
    Ok(())
}

/// A correct program of every construct, to be damaged.
const PROGRAM: &str = include_str!("everything.ts");

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(400)
    })]

    #[test]
    fn any_text(text in any::<String>()) {
        check(&text)?;
    }

    #[test]
    fn any_ascii(text in "[ -~\n]{0,200}") {
        check(&text)?;
    }

    #[test]
    fn any_words(words in prop::collection::vec(prop::sample::select(WORDS), 0..80)) {
        check(&words.join(" "))?;
    }

    #[test]
    fn damaged_programs(
        from in 0..PROGRAM.len(),
        length in 0..600usize,
        cuts in prop::collection::vec((0..600usize, 0..4usize), 0..4),
        words in prop::collection::vec((0..600usize, prop::sample::select(WORDS)), 0..3),
    ) {
        let mut text: Vec<char> = PROGRAM.chars().skip(from).take(length).collect();
        for (at, count) in cuts {
            let at = at.min(text.len());
            let end = (at + count).min(text.len());
            text.drain(at..end);
        }
        for (at, word) in words {
            let at = at.min(text.len());
            text.splice(at..at, word.chars());
        }
        check(&text.into_iter().collect::<String>())?;
    }
}

#[test]
fn the_program_of_everything_is_correct() {
    let source = SourceFile::new(FileId(0), "everything.ts", PROGRAM);
    let mut interner = Interner::new();
    let parsed = parse(&source, &mut interner);
    assert_eq!(parsed.diagnostics, []);
    insta::assert_snapshot!(dump::ast(&parsed.module, &interner, false));
    check(PROGRAM).expect("the promises hold");
}

#[test]
fn tokens_are_dumped() {
    let source = SourceFile::new(
        FileId(0),
        "t.raya",
        "let a = `x${b}`\n/y/g.test(\"z\") >= 1n",
    );
    insta::assert_snapshot!(dump::tokens(&source, &lex(&source).tokens));
}
