//! JavaScript from a program in plain TypeScript, for engines that know no types.
//!
//! Owns the printing of syntax trees as JavaScript. Types vanish, and with them field
//! declarations without a value; fields with a value become assignments at the start of
//! the constructor, the form in which V8 is at its best. Must not know what any name
//! means. What has no meaning without the checker (enums, several bases) is refused.
//! Invariant: the result computes what the program means under TypeScript; layout and
//! comments are not kept.

#![forbid(unsafe_code)]

mod class;
mod expr;
mod stmt;

use raya_syntax::source::{FileId, SourceFile};
use raya_syntax::{Interner, Span, ast, parse};

/// Turns a program into JavaScript (a script in strict mode).
///
/// # Errors
/// When the program does not parse, or uses what cannot be expressed without types.
pub fn javascript(name: &str, text: &str) -> Result<String, String> {
    let source = SourceFile::new(FileId(0), name, text);
    let mut interner = Interner::new();
    let parsed = parse(&source, &mut interner);
    if let Some(fault) = parsed.diagnostics.iter().find(|d| d.is_error()) {
        let at = source.line_col(fault.span.start);
        return Err(format!(
            "{name}:{}:{}: {}",
            at.line, at.column, fault.message
        ));
    }
    let mut printer = Printer {
        out: String::from("\"use strict\";\n"),
        source: &source,
        interner: &interner,
        refused: None,
    };
    for stmt in &parsed.module.body {
        printer.stmt(stmt);
    }
    match printer.refused {
        Some((span, what)) => {
            let at = source.line_col(span.start);
            Err(format!(
                "{name}:{}:{}: {what} cannot be stripped",
                at.line, at.column
            ))
        }
        None => Ok(printer.out),
    }
}

/// The text so far, and what is needed to go on.
struct Printer<'a> {
    out: String,
    source: &'a SourceFile,
    interner: &'a Interner,
    /// The first thing that has no form in JavaScript.
    refused: Option<(Span, &'static str)>,
}

impl Printer<'_> {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// Copies a piece of the program.
    fn copy(&mut self, span: Span) {
        self.out.push_str(self.source.slice(span));
    }

    fn ident(&mut self, ident: &ast::Ident) {
        self.out.push_str(self.interner.text(ident.name));
    }

    fn refuse(&mut self, span: Span, what: &'static str) {
        self.refused.get_or_insert((span, what));
    }

    /// Prints items with commas between them.
    fn list<T>(&mut self, items: &[T], mut print: impl FnMut(&mut Self, &T)) {
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.push(", ");
            }
            print(self, item);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::javascript;

    #[track_caller]
    fn check(program: &str, expected: &str) {
        let text = javascript("t.ts", program).expect("it parses");
        assert_eq!(
            text.trim_start_matches("\"use strict\";\n").trim_end(),
            expected
        );
    }

    #[test]
    fn types_vanish() {
        check(
            "let x: (number | string)[] = [1], y!: boolean;",
            "let x = [1], y;",
        );
        check("type A = number; interface B { x: A }", "");
        check(
            "const f = <T,>(x: T, y?: number): x is T => x as T;",
            "const f = (x, y) => x;",
        );
        check("function g(this: any, ...r: number[]): void;", "");
        check("f<number>(x!, y satisfies T);", "f(x, y);");
    }

    #[test]
    fn fields_move_into_constructors() {
        check(
            "class A { x: number; y = 1; static z = 2; constructor(private n: number) { f(); } }",
            "class A {\nstatic z = 2;\nconstructor(n) {\nthis.n = n;\nthis.y = 1;\nf();\n}\n}",
        );
        check(
            "class B extends A { y = 1; }",
            "class B extends A {\nconstructor(...args) {\nsuper(...args);\nthis.y = 1;\n}\n}",
        );
        check(
            "class C extends A { y = 1; constructor() { f(); super(2); g(); } }",
            "class C extends A {\nconstructor() {\nf();\nsuper(2);\nthis.y = 1;\ng();\n}\n}",
        );
        check(
            "abstract class D { abstract f(): void; #p: number; }",
            "class D {\n#p;\n}",
        );
    }

    #[test]
    fn structure_survives_without_parentheses_in_the_tree() {
        check("(a + b) * c;", "(a + b) * c;");
        check(
            "(a?.b).c; a?.b.c?.[d]?.(e);",
            "(a?.b).c;\na?.b.c?.[d]?.(e);",
        );
        check(
            "({}).x; (function () {})(); (() => 1)();",
            "({}).x;\n(function () {\n})();\n(() => 1)();",
        );
        check(
            "(-2) ** 2; 1..toFixed(); new (f())(); new a.b(c).d;",
            "(-2) ** 2;\n(1.).toFixed();\nnew (f())();\n(new a.b(c)).d;",
        );
        check(
            "x = () => ({ a, b: 1, get c() { return 2; } });",
            "x = () => ({ a, b: 1, get c() {\nreturn 2;\n} });",
        );
        check(
            "({ a, b: [c = 1, ...d] } = e);",
            "({ a, b: [c = 1, ...d] } = e);",
        );
    }

    #[test]
    fn what_needs_types_is_refused() {
        assert!(javascript("t.ts", "enum E { A }").is_err());
        assert!(javascript("t.ts", "class A extends B, C {}").is_err());
        assert!(javascript("t.ts", "let = ;").is_err());
    }
}
