//! What follows an operand: members, indices, calls, templates, `!`; and `new`.

use super::expr;
use super::fault::Class;
use super::input::{Input, Parse, Steps, comma_list};
use super::primary::{self, refuse_with};
use super::types;
use crate::ast::*;
use crate::codes;
use crate::token::{Token, TokenKind as T};
use chumsky::prelude::*;

/// Which links a chain may have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Links {
    All,
    /// The callee of `new`: its first argument list belongs to the `new`.
    NoCalls,
    /// The base of a class: type arguments at its end belong to the `extends`.
    Base,
}

/// A primary expression with its chain of links.
pub(super) fn postfix<'s>(p: &mut Input<'s, '_>) -> Parse<Expr> {
    linked(p, Links::All)
}

/// The expression after `extends`, without the type arguments at its end.
pub(super) fn base<'s>(p: &mut Input<'s, '_>) -> Parse<Expr> {
    linked(p, Links::Base)
}

fn linked<'s>(p: &mut Input<'s, '_>, links: Links) -> Parse<Expr> {
    let start = p.start();
    let operand = match p.kind() {
        T::New => new_expr(p)?,
        T::Super => super_expr(p)?,
        _ => primary::primary(p)?,
    };
    chain(p, start, operand, links)
}

fn chain<'s>(p: &mut Input<'s, '_>, start: u32, operand: Expr, links: Links) -> Parse<Expr> {
    let mut expr = operand;
    let mut is_optional = false;
    loop {
        let token = p.next_token();
        let kind = match token.kind {
            T::Dot => {
                p.bump();
                member(p, expr, false)?
            }
            T::QuestionDot if links == Links::NoCalls => {
                let diagnostic = p.state().error(
                    codes::INVALID_OPTIONAL_CHAIN,
                    token.span(),
                    "`?.` cannot stand in the class of a `new`",
                );
                return p.refuse(diagnostic);
            }
            T::QuestionDot => {
                is_optional = true;
                optional_link(p, expr)?
            }
            T::LBracket => index(p, expr, false)?,
            T::LParen if links != Links::NoCalls => call(p, expr, Vec::new(), false)?,
            T::Bang if !token.nl_before => {
                p.bump();
                ExprKind::NonNull(Box::new(expr))
            }
            T::TemplateWhole | T::TemplateHead => {
                if is_optional {
                    p.report(
                        codes::INVALID_OPTIONAL_CHAIN,
                        token.span(),
                        "a template cannot be tagged with an optional chain",
                        "put parentheses around the chain and handle its null",
                    );
                }
                tagged(p, expr, Vec::new())?
            }
            T::Lt => match generic_link(p, expr, links)? {
                Ok(kind) => kind,
                Err(untouched) => {
                    expr = untouched;
                    break;
                }
            },
            _ => break,
        };
        p.grow()?;
        expr = p.expr(start, kind);
    }
    if is_optional {
        expr = p.expr(start, ExprKind::Chain(Box::new(expr)));
    }
    Ok(expr)
}

/// The name after a dot.
fn member<'s>(p: &mut Input<'s, '_>, object: Expr, optional: bool) -> Parse<ExprKind> {
    let token = p.next_token();
    let object = Box::new(object);
    if token.kind == T::PrivateName {
        p.bump();
        let property = p.ident_of(token);
        return Ok(ExprKind::PrivateMember {
            object,
            property,
            optional,
        });
    }
    if !token.kind.is_word() || begins_next_line(p, token) {
        return p.fail(Class::PropertyName);
    }
    p.bump();
    let property = p.ident_of(token);
    Ok(ExprKind::Member {
        object,
        property,
        optional,
    })
}

/// Whether a reserved word after a dot is meant as the beginning of the next line's
/// statement, as in `a.` and below it `const b`.
fn begins_next_line(p: &mut Input<'_, '_>, word: Token) -> bool {
    let next = p.token_at(1);
    word.nl_before && word.kind.is_reserved() && next.kind.is_word() && !next.nl_before
}

fn index<'s>(p: &mut Input<'s, '_>, object: Expr, optional: bool) -> Parse<ExprKind> {
    p.expect(T::LBracket)?;
    let index = Box::new(expr::anywhere(p, expr::expression)?);
    p.expect(T::RBracket)?;
    Ok(ExprKind::Index {
        object: Box::new(object),
        index,
        optional,
    })
}

fn call<'s>(
    p: &mut Input<'s, '_>,
    callee: Expr,
    type_args: Vec<TypeExpr>,
    optional: bool,
) -> Parse<ExprKind> {
    let args = arguments(p)?;
    Ok(ExprKind::Call(Box::new(Call {
        callee,
        type_args,
        args,
        optional,
    })))
}

fn arguments<'s>(p: &mut Input<'s, '_>) -> Parse<Vec<Element>> {
    expr::anywhere(p, |p| {
        p.parse(comma_list(T::LParen, primary::element, T::RParen))
    })
}

/// What follows `?.`: a name, an index, or arguments.
fn optional_link<'s>(p: &mut Input<'s, '_>, object: Expr) -> Parse<ExprKind> {
    p.expect(T::QuestionDot)?;
    match p.kind() {
        T::LBracket => index(p, object, true),
        T::LParen => call(p, object, Vec::new(), true),
        T::Lt => {
            let type_args = p.parse(custom(types::type_args))?;
            call(p, object, type_args, true)
        }
        _ => member(p, object, true),
    }
}

fn tagged<'s>(p: &mut Input<'s, '_>, tag: Expr, type_args: Vec<TypeExpr>) -> Parse<ExprKind> {
    let template = primary::template(p, true)?;
    Ok(ExprKind::TaggedTemplate(Box::new(TaggedTemplate {
        tag,
        type_args,
        template,
    })))
}

/// `<T>(…)` or a tagged template after `<T>`, if the `<` begins type arguments; gives
/// the operand back if it is an operator.
fn generic_link<'s>(
    p: &mut Input<'s, '_>,
    operand: Expr,
    links: Links,
) -> Parse<Result<ExprKind, Expr>> {
    let at = p.index() as u32;
    if p.state().not_type_args.contains(&at) {
        return Ok(Err(operand));
    }
    let mut unused = None;
    let type_args = p.attempt(|p| {
        let start = p.start();
        let type_args = types::type_args(p)?;
        let next = p.kind();
        let fits = match next {
            T::LParen => links != Links::NoCalls,
            _ => matches!(next, T::TemplateWhole | T::TemplateHead),
        };
        if links == Links::All && ends_expression(next) {
            unused = Some(p.spanned(start));
        }
        Ok(fits.then_some(type_args))
    });
    if let Some(span) = unused {
        let refusal = (
            codes::NOT_SUPPORTED_YET,
            "type arguments without a call are not supported yet",
            "write a function that makes the call, as in `(x) => f<T>(x)`",
        );
        return refuse_with(p, span, refusal);
    }
    let Some(type_args) = type_args else {
        p.state().not_type_args.insert(at);
        return Ok(Err(operand));
    };
    let kind = match p.kind() {
        T::LParen => call(p, operand, type_args, false)?,
        _ => tagged(p, operand, type_args)?,
    };
    Ok(Ok(kind))
}

/// Whether no operand can follow here, so that a `>` before it is no operator.
fn ends_expression(kind: T) -> bool {
    matches!(
        kind,
        T::Semi | T::Comma | T::RParen | T::RBracket | T::RBrace | T::Colon | T::Eof
    )
}

/// `new C`, `new C<T>(…)`, `new a.b(…)`
fn new_expr<'s>(p: &mut Input<'s, '_>) -> Parse<Expr> {
    let keyword = p.expect(T::New)?;
    if p.kind() == T::Dot {
        let span = p.spanned(keyword.start);
        let diagnostic = p
            .state()
            .error(
                codes::NO_NEW_TARGET,
                span,
                "`new.target` is not part of the language",
            )
            .with_help("use `this.constructor` to learn the class of an instance");
        return p.refuse(diagnostic);
    }
    let start = p.start();
    let callee = p.nested(|p| match p.kind() {
        T::New => new_expr(p),
        _ => primary::primary(p),
    })?;
    let callee = chain(p, start, callee, Links::NoCalls)?;
    let type_args = match p.kind() {
        T::Lt => p
            .attempt(|p| types::type_args(p).map(Some))
            .unwrap_or_default(),
        _ => Vec::new(),
    };
    let args = match p.kind() {
        T::LParen => arguments(p)?,
        _ => Vec::new(),
    };
    let call = Call {
        callee,
        type_args,
        args,
        optional: false,
    };
    Ok(p.expr(keyword.start, ExprKind::New(Box::new(call))))
}

/// `super`, which must be called or looked into at once.
fn super_expr<'s>(p: &mut Input<'s, '_>) -> Parse<Expr> {
    let keyword = p.expect(T::Super)?;
    let context = p.state().context;
    let (allowed, message) = match p.kind() {
        T::LParen => (
            context.in_constructor,
            "`super(…)` stands outside a constructor",
        ),
        T::Dot | T::LBracket => (
            context.in_method,
            "`super` stands outside a method of a class or object",
        ),
        _ => (false, "`super` must be called or followed by a member"),
    };
    if !allowed {
        p.report(codes::MISPLACED_EXPRESSION, keyword.span(), message, "");
    }
    Ok(p.expr(keyword.start, ExprKind::Super))
}
