use super::*;
use crate::source::FileId;
use crate::token::NO_MATE;

fn lexed(text: &str) -> Lexed {
    lex(&SourceFile::new(FileId(0), "t.raya", text))
}

/// The kinds without the final `Eof`; panics on a diagnostic.
fn kinds(text: &str) -> Vec<TokenKind> {
    let lexed = lexed(text);
    assert_eq!(lexed.diagnostics, [], "{text}");
    let mut kinds: Vec<_> = lexed.tokens.iter().map(|token| token.kind).collect();
    assert_eq!(kinds.pop(), Some(TokenKind::Eof));
    kinds
}

fn texts(text: &str) -> Vec<&str> {
    let tokens = lexed(text).tokens;
    tokens[..tokens.len() - 1]
        .iter()
        .map(|token| &text[token.span().range()])
        .collect()
}

/// Code, offset and text of each diagnostic.
fn faults(text: &str) -> Vec<(String, u32, String)> {
    let diagnostics = lexed(text).diagnostics;
    let describe = |d: Diagnostic| {
        let covered = text.get(d.span.range()).expect("a span of the text");
        (d.code.to_string(), d.span.start, covered.to_owned())
    };
    diagnostics.into_iter().map(describe).collect()
}

#[test]
fn operators_are_as_long_as_possible_except_angles() {
    let text = "a ??= b ?? c ?. d ? .5 : e **= f ** g === h !== i <= j";
    let expected: Vec<_> = text.split(' ').collect();
    assert_eq!(texts(text), expected);
    assert_eq!(
        texts("a>>>=b<<c>=d"),
        ["a", ">", ">", ">", "=", "b", "<", "<", "c", ">", "=", "d"]
    );
    assert_eq!(texts("a?.5:b"), ["a", "?", ".5", ":", "b"]);
    assert_eq!(texts("x...y..z"), ["x", "...", "y", ".", ".", "z"]);
}

#[test]
fn slashes_divide_after_operands() {
    use TokenKind::{Regex, Slash, SlashEq};
    let slashes = |text: &str| -> Vec<TokenKind> {
        let of_interest = |kind: &TokenKind| matches!(kind, Regex | Slash | SlashEq);
        kinds(text).into_iter().filter(of_interest).collect()
    };
    for text in [
        "a / b",
        "1 / 2",
        "(a) / b",
        "a[0] / b",
        "a++ / b",
        "this / 2",
        "f() / 2",
        "x.return / 2",
        "`t` / 2",
        "({}) / 2",
        "a! / b",
        "'s' / 2",
        "x = {} / 2",
        "`${a}` / b",
        "#p / 2",
        "of / 2",
    ] {
        assert_eq!(slashes(text), [Slash], "{text}");
    }
    for text in [
        "/a/",
        "x = /a/g",
        "f(/a/)",
        "return /a/",
        "if (a) /a/.test(b)",
        "!/a/.test(b)",
        "[/a/]",
        "a && /[/]/",
        "while (x) /a/",
        "() => /a/",
        "{ } /a/",
        "case /a\\//:",
        "typeof /a/",
        "for await (a of b) /a/",
        "class A { } /a/",
        "x ? /a/ : 1",
        "await /a/",
    ] {
        assert_eq!(slashes(text), [Regex], "{text}");
    }
    assert_eq!(slashes("a /= b / c"), [SlashEq, Slash]);
}

#[test]
fn templates_nest() {
    use TokenKind::*;
    assert_eq!(
        kinds("`a${ { b: `c${d}` } }e${f}`"),
        [
            TemplateHead,
            LBrace,
            Ident,
            Colon,
            TemplateHead,
            Ident,
            TemplateTail,
            RBrace,
            TemplateMiddle,
            Ident,
            TemplateTail
        ]
    );
    assert_eq!(kinds("`\\`${1}\\${`"), [TemplateHead, Number, TemplateTail]);
    assert_eq!(kinds("`$ {$}`"), [TemplateWhole]);
}

#[test]
fn brackets_have_mates() {
    let tokens = lexed("f(a[1], {b}, `${c}d${e}`)").tokens;
    for (index, token) in tokens.iter().enumerate() {
        if token.mate != NO_MATE && token.kind != TokenKind::TemplateMiddle {
            let back = tokens[token.mate as usize];
            assert!(
                back.mate == index as u32 || back.kind == TokenKind::TemplateMiddle,
                "token {index}"
            );
        }
    }
    assert_eq!(tokens[1].mate as usize, tokens.len() - 2);
}

#[test]
fn unbalanced_brackets_are_reported_once() {
    let code = "E0005".to_owned();
    assert_eq!(faults("f(a"), [(code.clone(), 1, "(".into())]);
    assert_eq!(faults("f(a))"), [(code.clone(), 4, ")".into())]);
    assert_eq!(faults("{ f(a }"), [(code.clone(), 3, "(".into())]);
    assert_eq!(
        faults("f({ a ) }"),
        [(code.clone(), 6, ")".into()), (code.clone(), 1, "(".into())]
    );
    assert_eq!(faults("`${ (a }`"), [(code, 4, "(".into())]);
    assert_eq!(faults(&"(".repeat(100_000)).len(), 1);
}

#[test]
fn numbers() {
    use TokenKind::{BigInt, Number};
    for text in [
        "0", "1_000", "0xFF_FF", "0o17", "0B11", "1.5e+3", ".5", "5.", "1E9", "0.0_1",
    ] {
        assert_eq!(kinds(text), [Number], "{text}");
    }
    assert_eq!(kinds("10n 0xffn"), [BigInt, BigInt]);
    assert_eq!(texts("1..toFixed"), ["1.", ".", "toFixed"]);
    let bad = [
        ("017", "E0067", 0),
        ("1__0", "E0014", 2),
        ("1_", "E0014", 1),
        ("0x", "E0014", 0),
        ("0b12", "E0014", 3),
        ("1e", "E0014", 1),
        ("1e+", "E0014", 2),
        ("3px", "E0014", 1),
        ("1.5n", "E0014", 0),
        ("1._5", "E0014", 2),
        ("0_1", "E0067", 0),
        ("1.x", "E0014", 2),
    ];
    for (text, code, offset) in bad {
        let found = faults(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!((found[0].0.as_str(), found[0].1), (code, offset), "{text}");
    }
}

#[test]
fn strings_report_escapes_where_they_stand() {
    assert_eq!(faults(r#""a\x4z""#), [("E0013".into(), 2, r"\x4".into())]);
    assert_eq!(
        faults(r#""\u{110000}""#),
        [("E0013".into(), 1, r"\u{110000}".into())]
    );
    assert_eq!(faults(r#""\u12é""#), [("E0013".into(), 1, r"\u12".into())]);
    assert_eq!(faults(r#""\07""#), [("E0067".into(), 1, r"\0".into())]);
    assert_eq!(faults("'abc\nx"), [("E0008".into(), 0, "'abc".into())]);
    assert_eq!(faults("'abc\\"), [("E0008".into(), 0, "'abc\\".into())]);
    assert_eq!(texts("'a\\\nb' c"), ["'a\\\nb'", "c"]);
    assert_eq!(faults("`abc"), [("E0009".into(), 0, "`".into())]);
    assert_eq!(faults("`abc\\é")[0].0, "E0009");
    assert_eq!(faults("x = /ab[/]\ny"), [("E0011".into(), 4, "/".into())]);
    assert_eq!(faults("/a/gyg").len(), 2);
}

#[test]
fn trivia() {
    let tokens = lexed("#! /usr/bin/env raya\n/* a\n b */ x // y\u{2028}z /* */ w").tokens;
    let newlines: Vec<_> = tokens.iter().map(|token| token.nl_before).collect();
    assert_eq!(newlines, [true, true, false, true]);
    assert_eq!(texts("\u{FEFF}a\u{00A0}b"), ["a", "b"]);
    assert_eq!(faults("a /* b"), [("E0010".into(), 2, "/*".into())]);
}

#[test]
fn names_are_unicode() {
    use TokenKind::{Async, Ident, PrivateName};
    assert_eq!(
        kinds("größe 変数 $ _x ñ1 async asyncs"),
        [Ident, Ident, Ident, Ident, Ident, Async, Ident]
    );
    assert_eq!(kinds("#größe"), [PrivateName]);
    assert_eq!(
        faults("a \u{1}\u{2}€ b"),
        [("E0012".into(), 2, "\u{1}\u{2}€".into())]
    );
    assert_eq!(faults("“a”").len(), 2);
    assert_eq!(faults("# a").len(), 1);
}

#[test]
fn garbage_has_a_bounded_number_of_errors() {
    let garbage = "\u{1} a ".repeat(10_000);
    assert_eq!(lexed(&garbage).diagnostics.len(), MAX_DIAGNOSTICS);
}
