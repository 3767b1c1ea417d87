//! Operands: names, literals, brackets, functions and classes as expressions.

use super::class;
use super::expr;
use super::fault::Class;
use super::function;
use super::input::{CoverFault, Input, Parse, Steps, comma_list};
use super::object;
use crate::ast::*;
use crate::codes::{self, Code};
use crate::lexer::literal;
use crate::name::{Name, names};
use crate::span::Span;
use crate::token::{Token, TokenKind as T};
use chumsky::prelude::*;

/// An operand.
pub(super) fn primary<'s>(p: &mut Input<'s, '_>) -> Parse<Expr> {
    let token = p.next_token();
    let kind = match token.kind {
        T::Number => ExprKind::Number(literal::number(take_text(p))),
        T::BigInt => ExprKind::BigInt(bigint(p)),
        T::String => ExprKind::String(string(p)),
        T::TemplateWhole | T::TemplateHead => ExprKind::Template(Box::new(template(p, false)?)),
        T::Regex => regex(p),
        T::Null => simple(p, ExprKind::Null),
        T::True => simple(p, ExprKind::Bool(true)),
        T::False => simple(p, ExprKind::Bool(false)),
        T::This => simple(p, ExprKind::This),
        T::LParen => return parens(p),
        T::LBracket => array(p)?,
        T::LBrace => object::object(p)?,
        T::Function => return function::function_expr(p),
        T::Async if p.kind_at(1) == T::Function && !p.token_at(1).nl_before => {
            return function::function_expr(p);
        }
        T::Class => ExprKind::Class(Box::new(class::class(p, token.start, false)?)),
        kind if kind.is_identifier() => name(p),
        _ => return refuse_operand(p, token),
    };
    Ok(p.expr(token.start, kind))
}

fn simple(p: &mut Input<'_, '_>, kind: ExprKind) -> ExprKind {
    p.bump();
    kind
}

/// Takes the next token and gives its text.
fn take_text<'s>(p: &mut Input<'s, '_>) -> &'s str {
    let token = p.bump();
    p.state().source.slice(token.span())
}

fn name(p: &mut Input<'_, '_>) -> ExprKind {
    let token = p.bump();
    let name = p.intern(token);
    match name {
        names::UNDEFINED => return ExprKind::Null,
        names::ARGUMENTS => p.report(
            codes::NO_ARGUMENTS,
            token.span(),
            "`arguments` is not part of the language",
            "declare a rest parameter, as in `function f(...args: number[])`",
        ),
        names::EVAL => p.report(
            codes::NO_EVAL,
            token.span(),
            "`eval` is not part of the language",
            "call a function instead of building a program as text",
        ),
        _ => {}
    }
    ExprKind::Ident(name)
}

/// Tokens that begin no operand, the ones with a message of their own first.
fn refuse_operand<'s, X>(p: &mut Input<'s, '_>, token: Token) -> Parse<X> {
    let (code, message, help) = match token.kind {
        T::Lt => (
            codes::NO_JSX,
            "JSX and casts in angle brackets are not part of the language",
            "write a cast as `value as Type`",
        ),
        T::At => DECORATOR,
        T::PrivateName => (
            codes::INVALID_PRIVATE_NAME,
            "a private name alone is not a value",
            "write `this.#name`, or `#name in object`",
        ),
        T::Import if p.kind_at(1) == T::Dot => (
            codes::NO_IMPORT_META,
            "`import.meta` is not part of the language",
            "use `process.argv` to learn what is run",
        ),
        T::Import if p.kind_at(1) == T::LParen => (
            codes::NO_DYNAMIC_IMPORT,
            "dynamic `import()` is not part of the language",
            "write `import … from \"…\"` at the top of the file",
        ),
        _ => return p.fail(Class::Expression),
    };
    refuse_with(p, token.span(), (code, message, help))
}

/// Code, message and help of something that is not in the language.
pub(super) type Refusal = (Code, &'static str, &'static str);

pub(super) const DECORATOR: Refusal = (
    codes::NO_DECORATORS,
    "decorators are not part of the language",
    "call a function that takes the class or method",
);

/// Reports a refusal and fails.
pub(super) fn refuse_with<'s, X>(p: &mut Input<'s, '_>, span: Span, refusal: Refusal) -> Parse<X> {
    let (code, message, help) = refusal;
    let mut diagnostic = p.state().error(code, span, message);
    if !help.is_empty() {
        diagnostic = diagnostic.with_help(help);
    }
    p.refuse(diagnostic)
}

/// The digits of a bigint.
pub(super) fn bigint(p: &mut Input<'_, '_>) -> Name {
    let digits = literal::bigint(take_text(p));
    p.state().interner.intern(&digits)
}

/// The value of a string literal; of a faulty one, which the lexer has reported, the
/// empty string.
pub(super) fn string(p: &mut Input<'_, '_>) -> Text {
    let text = take_text(p);
    let quote = if text.starts_with('"') { '"' } else { '\'' };
    let inside = text.strip_prefix(quote).unwrap_or(text);
    let inside = inside.strip_suffix(quote).unwrap_or(inside);
    literal::cook(inside, p.state().interner).unwrap_or(Text::Name(names::EMPTY))
}

/// The value of a string literal where only well-formed texts will do.
pub(super) fn string_name(p: &mut Input<'_, '_>) -> Name {
    let span = p.next_token().span();
    match string(p) {
        Text::Name(name) => name,
        Text::Wide(_) => {
            p.report(
                codes::LONE_SURROGATE,
                span,
                "half a surrogate pair cannot stand here",
                "",
            );
            names::EMPTY
        }
    }
}

fn regex(p: &mut Input<'_, '_>) -> ExprKind {
    let text = take_text(p);
    let inside = text.strip_prefix('/').unwrap_or(text);
    // Flags hold no slash, so the last one ends the pattern (if it was ended).
    let (pattern, flags) = inside.rsplit_once('/').unwrap_or((inside, ""));
    let interner = &mut p.state().interner;
    ExprKind::Regex {
        pattern: interner.intern(pattern),
        flags: interner.intern(flags),
    }
}

/// `(e)`: the expression inside keeps its own span.
fn parens<'s>(p: &mut Input<'s, '_>) -> Parse<Expr> {
    p.expect(T::LParen)?;
    let expr = expr::anywhere(p, expr::expression)?;
    p.expect(T::RParen)?;
    Ok(expr)
}

/// `e` or `...e` in an argument list.
pub(super) fn element<'s>(p: &mut Input<'s, '_>) -> Parse<Element> {
    let spread = p.eat(T::DotDotDot);
    let expr = expr::assignment(p)?;
    Ok(Element { spread, expr })
}

/// An element of an array literal, or the nothing between two commas.
fn element_or_hole<'s>(p: &mut Input<'s, '_>) -> Parse<Element> {
    if p.kind() != T::Comma {
        return element(p);
    }
    let span = p.next_token().span();
    p.state().cover_faults.push(CoverFault::Hole(span));
    let id = p.id();
    Ok(Element {
        spread: false,
        expr: Expr {
            id,
            span: Span::at(span.start),
            kind: ExprKind::Error,
        },
    })
}

fn array<'s>(p: &mut Input<'s, '_>) -> Parse<ExprKind> {
    let list = comma_list(T::LBracket, element_or_hole, T::RBracket);
    expr::anywhere(p, |p| p.parse(list)).map(ExprKind::Array)
}

/// A template. Escapes that have no meaning are an error unless it is tagged.
pub(super) fn template<'s>(p: &mut Input<'s, '_>, tagged: bool) -> Parse<Template> {
    let mut parts = vec![template_part(p, tagged)];
    let mut exprs = Vec::new();
    if p.token_number(p.index() - 1).kind == T::TemplateWhole {
        return Ok(Template { parts, exprs });
    }
    loop {
        exprs.push(expr::anywhere(p, expr::expression)?);
        let kind = p.kind();
        match kind {
            T::TemplateMiddle | T::TemplateTail => parts.push(template_part(p, tagged)),
            _ => return p.fail(T::TemplateMiddle),
        }
        if kind == T::TemplateTail {
            return Ok(Template { parts, exprs });
        }
    }
}

fn template_part(p: &mut Input<'_, '_>, tagged: bool) -> TemplatePart {
    let token = p.bump();
    let text = p.state().source.slice(token.span());
    let inside = text.strip_prefix(['`', '}']).unwrap_or(text);
    let inside = match token.kind {
        T::TemplateHead | T::TemplateMiddle => inside.strip_suffix("${").unwrap_or(inside),
        _ => inside.strip_suffix('`').unwrap_or(inside),
    };
    let start = token.start + 1;
    let span = Span::new(start, start + inside.len() as u32);
    let interner = &mut p.state().interner;
    let cooked = literal::cook(inside, interner);
    let raw = interner.intern(&literal::raw_template(inside));
    if cooked.is_none() && !tagged {
        report_escapes(p, inside, start);
    }
    TemplatePart { span, cooked, raw }
}

/// Reports every invalid escape of a template's piece that begins at `start`.
fn report_escapes(p: &mut Input<'_, '_>, text: &str, start: u32) {
    let mut at = 0;
    while let Some(offset) = text[at..].find('\\') {
        at += offset;
        if at + 1 >= text.len() {
            // The file ends here, which the lexer has reported.
            return;
        }
        let (escape, length) = literal::escape(&text[at..]);
        if let Err(error) = escape {
            let from = start + at as u32;
            p.report(
                codes::INVALID_ESCAPE,
                Span::new(from, from + length as u32),
                error.message(),
                error.help(),
            );
        }
        at += length;
    }
}

/// A property key: a word, a string, a number or `[e]`.
pub(super) fn property_key<'s>(p: &mut Input<'s, '_>) -> Parse<PropKey> {
    let token = p.next_token();
    match token.kind {
        T::String => Ok(PropKey::String {
            value: string_name(p),
            span: token.span(),
        }),
        T::Number => Ok(PropKey::Number {
            value: literal::number(take_text(p)).value,
            span: token.span(),
        }),
        T::LBracket => {
            let computed = custom(expr::assignment)
                .delimited_by(just(Token::of(T::LBracket)), just(Token::of(T::RBracket)));
            let key = expr::anywhere(p, |p| p.parse(computed))?;
            Ok(PropKey::Computed(Box::new(key)))
        }
        kind if kind.is_word() => {
            p.bump();
            Ok(PropKey::Ident(p.ident_of(token)))
        }
        _ => p.fail(Class::PropertyName),
    }
}

/// Whether a property key (or private name) can begin with this kind.
pub(super) fn begins_key(kind: T) -> bool {
    kind.is_word()
        || matches!(
            kind,
            T::String | T::Number | T::LBracket | T::PrivateName | T::BigInt
        )
}
