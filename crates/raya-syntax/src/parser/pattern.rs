//! Patterns: read directly in declarations, made from expressions in assignments.

use super::expr;
use super::fault::Class;
use super::input::{Input, Parse, Steps, comma_list};
use super::primary::property_key;
use crate::ast::*;
use crate::codes;
use crate::name::names;
use crate::span::Span;
use crate::token::TokenKind as T;

/// The name of something that is declared.
pub(super) fn declared_name<'s>(p: &mut Input<'s, '_>) -> Parse<Ident> {
    let token = p.next_token();
    if token.kind.is_identifier() {
        p.bump();
        let ident = p.ident_of(token);
        check_declared_name(p, ident);
        return Ok(ident);
    }
    if token.kind.is_reserved() {
        let message = format!("`{}` is a word of the language", token.kind.text());
        let diagnostic = p
            .state()
            .error(codes::RESERVED_WORD, token.span(), message)
            .with_help("choose another name");
        return p.refuse(diagnostic);
    }
    p.fail(Class::Name)
}

fn check_declared_name(p: &mut Input<'_, '_>, ident: Ident) {
    if matches!(
        ident.name,
        names::ARGUMENTS | names::EVAL | names::UNDEFINED
    ) {
        let message = format!(
            "`{}` cannot be declared",
            p.state().interner.text(ident.name)
        );
        p.report(
            codes::RESERVED_WORD,
            ident.span,
            message,
            "choose another name",
        );
    }
}

/// A name as a pattern.
pub(super) fn binding_name<'s>(p: &mut Input<'s, '_>) -> Parse<Pattern> {
    let ident = declared_name(p)?;
    Ok(Pattern {
        id: p.id(),
        span: ident.span,
        kind: PatternKind::Binding(ident.name),
    })
}

/// A name, `[…]` or `{…}` that declares names.
pub(super) fn binding<'s>(p: &mut Input<'s, '_>) -> Parse<Pattern> {
    let start = p.start();
    let kind = match p.kind() {
        T::LBracket => p.nested(|p| expr::anywhere(p, array_binding))?,
        T::LBrace => p.nested(|p| expr::anywhere(p, object_binding))?,
        kind if kind.is_word() => return binding_name(p),
        _ => return p.fail(Class::Pattern),
    };
    Ok(Pattern {
        id: p.id(),
        span: p.spanned(start),
        kind,
    })
}

fn with_default<'s>(p: &mut Input<'s, '_>, pattern: Pattern) -> Parse<PatternElement> {
    let default = match p.eat(T::Eq) {
        true => Some(expr::assignment(p)?),
        false => None,
    };
    Ok(PatternElement { pattern, default })
}

/// A member of a pattern while it is being collected.
enum Part<Item> {
    Item(Item),
    Rest(Pattern),
}

fn array_binding<'s>(p: &mut Input<'s, '_>) -> Parse<PatternKind> {
    fn part<'s>(p: &mut Input<'s, '_>) -> Parse<Part<Option<PatternElement>>> {
        if p.kind() == T::Comma {
            return Ok(Part::Item(None));
        }
        if p.eat(T::DotDotDot) {
            return binding(p).map(Part::Rest);
        }
        let pattern = binding(p)?;
        with_default(p, pattern).map(|element| Part::Item(Some(element)))
    }
    let parts = p.parse(comma_list(T::LBracket, part, T::RBracket))?;
    let (elements, rest) = split_rest(p, parts);
    Ok(PatternKind::Array(ArrayPattern { elements, rest }))
}

fn object_binding<'s>(p: &mut Input<'s, '_>) -> Parse<PatternKind> {
    fn part<'s>(p: &mut Input<'s, '_>) -> Parse<Part<PatternProp>> {
        if p.eat(T::DotDotDot) {
            return binding_name(p).map(Part::Rest);
        }
        object_binding_prop(p).map(Part::Item)
    }
    let parts = p.parse(comma_list(T::LBrace, part, T::RBrace))?;
    let (props, rest) = split_rest(p, parts);
    Ok(PatternKind::Object(ObjectPattern { props, rest }))
}

fn object_binding_prop<'s>(p: &mut Input<'s, '_>) -> Parse<PatternProp> {
    let start = p.start();
    let shorthand = p.kind().is_word() && p.kind_at(1) != T::Colon;
    let (key, pattern) = if shorthand {
        let pattern = binding_name(p)?;
        let name = match pattern.kind {
            PatternKind::Binding(name) => name,
            _ => names::EMPTY,
        };
        let span = pattern.span;
        (PropKey::Ident(Ident { name, span }), pattern)
    } else {
        let key = property_key(p)?;
        p.expect(T::Colon)?;
        (key, binding(p)?)
    };
    let value = with_default(p, pattern)?;
    Ok(PatternProp {
        span: p.spanned(start),
        key,
        value,
        shorthand,
    })
}

/// Takes the rest element from the end, where alone it may stand.
fn split_rest<Item>(
    p: &mut Input<'_, '_>,
    parts: Vec<Part<Item>>,
) -> (Vec<Item>, Option<Box<Pattern>>) {
    let mut items = Vec::with_capacity(parts.len());
    let mut rest: Option<Pattern> = None;
    let mut misplaced = None;
    for part in parts {
        misplaced = misplaced.or(rest.as_ref().map(|rest| rest.span));
        match part {
            Part::Item(item) => items.push(item),
            Part::Rest(pattern) => rest = Some(pattern),
        }
    }
    if let Some(span) = misplaced {
        report_misplaced_rest(p, span);
    }
    (items, rest.map(Box::new))
}

fn report_misplaced_rest(p: &mut Input<'_, '_>, span: Span) {
    p.report(
        codes::INVALID_REST,
        span,
        "a rest element must be the last one",
        "",
    );
}

fn error_pattern(p: &mut Input<'_, '_>, span: Span) -> Pattern {
    let id = p.id();
    Pattern {
        id,
        span,
        kind: PatternKind::Error,
    }
}

/// The left side of `=`, or of `of`, as a pattern. `in_parens` says that the whole of
/// it stands in parentheses.
pub(super) fn from_expr(p: &mut Input<'_, '_>, expr: Expr, in_parens: bool) -> Pattern {
    let span = expr.span;
    let kind = match expr.kind {
        ExprKind::Array(_) | ExprKind::Object(_) if in_parens => {
            p.report(
                codes::INVALID_ASSIGNMENT_TARGET,
                span,
                "a pattern cannot stand in parentheses",
                "put the parentheses around the whole assignment",
            );
            PatternKind::Error
        }
        ExprKind::Array(elements) => array_from_elements(p, elements),
        ExprKind::Object(members) => object_from_members(p, members),
        _ => return place(p, expr),
    };
    let id = p.id();
    Pattern { id, span, kind }
}

/// A single place to write to, as a pattern.
pub(super) fn place(p: &mut Input<'_, '_>, expr: Expr) -> Pattern {
    let span = expr.span;
    if !check_place(p, &expr) {
        return error_pattern(p, span);
    }
    let id = p.id();
    Pattern {
        id,
        span,
        kind: PatternKind::Expr(Box::new(expr)),
    }
}

/// Whether `expr` can be written to; reports it if not.
pub(super) fn check_place(p: &mut Input<'_, '_>, expr: &Expr) -> bool {
    let mut inner = expr;
    loop {
        let (code, message) = match &inner.kind {
            ExprKind::Ident(_)
            | ExprKind::Member { .. }
            | ExprKind::PrivateMember { .. }
            | ExprKind::Index { .. } => return true,
            ExprKind::NonNull(expr)
            | ExprKind::As { expr, .. }
            | ExprKind::Satisfies { expr, .. } => {
                inner = expr;
                continue;
            }
            // What could not be parsed has been reported.
            ExprKind::Error => return false,
            ExprKind::Chain(_) => (
                codes::INVALID_OPTIONAL_CHAIN,
                "an optional chain cannot be assigned to",
            ),
            ExprKind::Null => (
                codes::INVALID_ASSIGNMENT_TARGET,
                "a constant cannot be assigned to",
            ),
            _ => (
                codes::INVALID_ASSIGNMENT_TARGET,
                "this cannot be assigned to",
            ),
        };
        let help = if code == codes::INVALID_ASSIGNMENT_TARGET {
            "only variables, members and patterns can"
        } else {
            ""
        };
        p.report(code, inner.span, message, help);
        return false;
    }
}

fn element_from_expr(p: &mut Input<'_, '_>, expr: Expr) -> PatternElement {
    match expr.kind {
        ExprKind::Assign {
            op: AssignOp::Assign,
            target,
            value,
        } => PatternElement {
            pattern: *target,
            default: Some(*value),
        },
        _ => PatternElement {
            pattern: from_expr(p, expr, false),
            default: None,
        },
    }
}

fn rest_from_expr(p: &mut Input<'_, '_>, expr: Expr) -> Pattern {
    if matches!(expr.kind, ExprKind::Assign { .. }) {
        let span = expr.span;
        p.report(
            codes::INVALID_REST,
            span,
            "a rest element has no default",
            "it is empty if nothing is left",
        );
        return error_pattern(p, span);
    }
    from_expr(p, expr, false)
}

fn array_from_elements(p: &mut Input<'_, '_>, elements: Vec<Element>) -> PatternKind {
    let mut parts = Vec::with_capacity(elements.len());
    for Element { spread, expr } in elements {
        let is_hole = matches!(expr.kind, ExprKind::Error) && expr.span.is_empty();
        parts.push(if spread {
            Part::Rest(rest_from_expr(p, expr))
        } else if is_hole {
            Part::Item(None)
        } else {
            Part::Item(Some(element_from_expr(p, expr)))
        });
    }
    let (elements, rest) = split_rest(p, parts);
    PatternKind::Array(ArrayPattern { elements, rest })
}

fn object_from_members(p: &mut Input<'_, '_>, members: Vec<ObjectMember>) -> PatternKind {
    let mut parts = Vec::with_capacity(members.len());
    for member in members {
        match member {
            ObjectMember::Spread(expr) => parts.push(Part::Rest(rest_from_expr(p, expr))),
            ObjectMember::Property {
                key,
                value,
                shorthand,
            } => {
                let span = key.span().to(value.span);
                let value = element_from_expr(p, value);
                parts.push(Part::Item(PatternProp {
                    span,
                    key,
                    value,
                    shorthand,
                }));
            }
            ObjectMember::Method { key, .. } => p.report(
                codes::INVALID_PATTERN,
                key.span(),
                "a pattern cannot hold a method",
                "",
            ),
        }
    }
    let (props, rest) = split_rest(p, parts);
    PatternKind::Object(ObjectPattern { props, rest })
}
