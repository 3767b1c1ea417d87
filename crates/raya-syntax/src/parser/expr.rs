//! Expressions from the loosest binding down to conditionals: comma, assignment,
//! arrow functions, `yield`.

use super::fault::Class;
use super::function;
use super::input::{Input, Parse, Steps};
use super::operators;
use super::pattern;
use super::types;
use crate::ast::*;
use crate::codes;
use crate::token::TokenKind as T;
use chumsky::prelude::*;

/// `a, b`: everything up to what cannot continue an expression.
pub(super) fn expression<'s>(p: &mut Input<'s, '_>) -> Parse<Expr> {
    let start = p.start();
    let first = assignment(p)?;
    if p.kind() != T::Comma {
        return Ok(first);
    }
    let mut exprs = vec![first];
    while p.eat(T::Comma) {
        exprs.push(assignment(p)?);
    }
    Ok(p.expr(start, ExprKind::Sequence(exprs)))
}

/// `(e)` after `if`, `while`, `switch`.
pub(super) fn condition<'s>(p: &mut Input<'s, '_>) -> Parse<Expr> {
    p.expect(T::LParen)?;
    let expr = anywhere(p, expression)?;
    p.expect(T::RParen)?;
    Ok(expr)
}

/// Parses inside brackets, where `in` and arrow functions are what they always are.
pub(super) fn anywhere<'s, 'p, X>(
    p: &mut Input<'s, 'p>,
    body: impl FnOnce(&mut Input<'s, 'p>) -> Parse<X>,
) -> Parse<X> {
    p.within(
        |context| {
            context.no_in = false;
            context.before_colon = false;
        },
        body,
    )
}

/// An expression without comma.
pub(super) fn assignment<'s>(p: &mut Input<'s, '_>) -> Parse<Expr> {
    p.nested(|p| {
        match p.kind() {
            T::Yield => return yield_expr(p),
            T::LParen | T::Async | T::Lt => {
                if let Some(arrow) = arrow_function(p)? {
                    return Ok(arrow);
                }
            }
            kind if kind.is_identifier() && p.kind_at(1) == T::Arrow => {
                return bare_arrow(p, false);
            }
            _ => {}
        }
        assignment_or_conditional(p)
    })
}

fn assignment_or_conditional<'s>(p: &mut Input<'s, '_>) -> Parse<Expr> {
    let start = p.start();
    let first = p.index();
    let covers = p.state().cover_faults.len();
    let left = operators::binary(p)?;
    if p.kind() == T::Question {
        return conditional(p, start, left);
    }
    let Some((op, length)) = assign_op(p) else {
        return Ok(left);
    };
    let target = if op == AssignOp::Assign {
        p.state().cover_faults.truncate(covers);
        let in_parens = p.token_number(first).kind == T::LParen;
        pattern::from_expr(p, left, in_parens)
    } else {
        pattern::place(p, left)
    };
    for _ in 0..length {
        p.bump();
    }
    let value = assignment(p)?;
    let kind = ExprKind::Assign {
        op,
        target: Box::new(target),
        value: Box::new(value),
    };
    Ok(p.expr(start, kind))
}

fn conditional<'s>(p: &mut Input<'s, '_>, start: u32, test: Expr) -> Parse<Expr> {
    p.expect(T::Question)?;
    let then = p.within(
        |context| {
            context.no_in = false;
            context.before_colon = true;
        },
        assignment,
    )?;
    p.expect(T::Colon)?;
    let otherwise = assignment(p)?;
    let kind = ExprKind::Conditional {
        test: Box::new(test),
        then: Box::new(then),
        otherwise: Box::new(otherwise),
    };
    Ok(p.expr(start, kind))
}

/// The assignment operator that comes next, and of how many tokens it consists.
fn assign_op(p: &mut Input<'_, '_>) -> Option<(AssignOp, usize)> {
    use BinaryOp as B;
    let op = match p.kind() {
        T::Eq => AssignOp::Assign,
        T::PlusEq => AssignOp::Binary(B::Add),
        T::MinusEq => AssignOp::Binary(B::Sub),
        T::StarEq => AssignOp::Binary(B::Mul),
        T::SlashEq => AssignOp::Binary(B::Div),
        T::PercentEq => AssignOp::Binary(B::Rem),
        T::StarStarEq => AssignOp::Binary(B::Pow),
        T::AmpEq => AssignOp::Binary(B::BitAnd),
        T::PipeEq => AssignOp::Binary(B::BitOr),
        T::CaretEq => AssignOp::Binary(B::BitXor),
        T::AmpAmpEq => AssignOp::Logical(LogicalOp::And),
        T::PipePipeEq => AssignOp::Logical(LogicalOp::Or),
        T::QuestionQuestionEq => AssignOp::Logical(LogicalOp::Nullish),
        T::Lt | T::Gt => return operators::shift_assign(p),
        _ => return None,
    };
    Some((op, 1))
}

fn yield_expr<'s>(p: &mut Input<'s, '_>) -> Parse<Expr> {
    let keyword = p.bump();
    if !p.state().context.in_generator {
        p.report(
            codes::MISPLACED_EXPRESSION,
            keyword.span(),
            "`yield` stands outside a generator function",
            "write `function*`, or `*` before the method's name",
        );
    }
    let next = p.next_token();
    let ends = next.nl_before
        || matches!(
            next.kind,
            T::Semi
                | T::RParen
                | T::RBracket
                | T::RBrace
                | T::Comma
                | T::Colon
                | T::Eof
                | T::TemplateMiddle
                | T::TemplateTail
                | T::In
                | T::Of
        );
    let delegate = !ends && p.eat(T::Star);
    let value = match ends {
        true => None,
        false => Some(Box::new(assignment(p)?)),
    };
    Ok(p.expr(keyword.start, ExprKind::Yield { delegate, value }))
}

/// An arrow function, if one begins at the next token: `(`, `<` or `async`.
fn arrow_function<'s>(p: &mut Input<'s, '_>) -> Parse<Option<Expr>> {
    let is_async = p.kind() == T::Async;
    if is_async {
        let next = p.token_at(1);
        if next.nl_before {
            return Ok(None);
        }
        if next.kind.is_identifier() && p.kind_at(2) == T::Arrow {
            return bare_arrow(p, true).map(Some);
        }
    }
    let first = usize::from(is_async);
    match p.kind_at(first) {
        T::LParen => {}
        // `async <` may be a comparison.
        T::Lt => return generic_arrow(p, is_async),
        _ => return Ok(None),
    }
    let open = p.index() + first;
    let Some(after) = p.after_mate(open) else {
        return Ok(None);
    };
    match p.token_number(after).kind {
        T::Arrow => full_arrow(p, is_async).map(Some),
        T::Colon if function::begins_params(p, open) => arrow_with_result(p, is_async, open, after),
        // `(a, b) { … }`: the arrow was forgotten, which `expect` will say.
        T::LBrace if !is_async && looks_like_typed_params(p, open) => {
            full_arrow(p, is_async).map(Some)
        }
        _ => Ok(None),
    }
}

/// Whether a parameter with a type begins the parentheses at `open`.
fn looks_like_typed_params(p: &mut Input<'_, '_>, open: usize) -> bool {
    p.token_number(open + 1).kind.is_identifier() && p.token_number(open + 2).kind == T::Colon
}

/// `(…): type =>`, which before the colon of a conditional may also be
/// `test ? (a) : b => c`.
fn arrow_with_result<'s>(
    p: &mut Input<'s, '_>,
    is_async: bool,
    open: usize,
    colon: usize,
) -> Parse<Option<Expr>> {
    if p.state().not_arrow.contains(&(open as u32)) {
        return Ok(None);
    }
    let arrow = if p.state().context.before_colon {
        p.attempt(|p| {
            let arrow = full_arrow(p, is_async)?;
            Ok((p.kind() == T::Colon).then_some(arrow))
        })
    } else {
        let fits = p.looks_ahead(|p| {
            while p.index() <= colon {
                p.bump();
            }
            types::return_type(p)?;
            Ok(p.kind() == T::Arrow)
        });
        match fits {
            true => Some(full_arrow(p, is_async)?),
            false => None,
        }
    };
    if arrow.is_none() {
        p.state().not_arrow.insert(open as u32);
    }
    Ok(arrow)
}

/// `<T>(…) => …`, `async <T>(…) => …`; a `<` that begins no such thing is left for
/// others to judge.
fn generic_arrow<'s>(p: &mut Input<'s, '_>, is_async: bool) -> Parse<Option<Expr>> {
    let begins_arrow = p.looks_ahead(|p| {
        if is_async {
            p.bump();
        }
        function::type_params(p)?;
        let open = p.index();
        let after = p.after_mate(open);
        Ok(p.kind() == T::LParen
            && after.is_some_and(|after| matches!(p.token_number(after).kind, T::Arrow | T::Colon)))
    });
    match begins_arrow {
        true => full_arrow(p, is_async).map(Some),
        false => Ok(None),
    }
}

/// `a => …`, `async a => …`
fn bare_arrow<'s>(p: &mut Input<'s, '_>, is_async: bool) -> Parse<Expr> {
    let start = p.start();
    if is_async {
        p.bump();
    }
    let param = pattern::binding_name(p)?;
    let span = param.span;
    let param = Param {
        span,
        pattern: param,
        rest: false,
        optional: false,
        ty: None,
        default: None,
        property: None,
    };
    let signature = Signature {
        span,
        type_params: Vec::new(),
        this_param: None,
        params: vec![param],
        return_type: None,
    };
    arrow_rest(p, start, is_async, signature)
}

/// Type parameters, parameters, result, arrow, body.
fn full_arrow<'s>(p: &mut Input<'s, '_>, is_async: bool) -> Parse<Expr> {
    let start = p.start();
    if is_async {
        p.bump();
    }
    let signature = p.parse(custom(function::signature))?;
    arrow_rest(p, start, is_async, signature)
}

fn arrow_rest<'s>(
    p: &mut Input<'s, '_>,
    start: u32,
    is_async: bool,
    signature: Signature,
) -> Parse<Expr> {
    let arrow = p.expect(T::Arrow)?;
    if arrow.nl_before {
        p.report(
            codes::UNEXPECTED_TOKEN,
            arrow.span(),
            "`=>` must stand on the line where the parameters end",
            "",
        );
    }
    let body = function::arrow_body(p, is_async)?;
    let id = p.id();
    let span = p.spanned(start);
    let function = Function {
        id,
        span,
        name: None,
        is_async,
        is_generator: false,
        is_arrow: true,
        signature,
        body,
    };
    Ok(p.expr(start, ExprKind::Function(Box::new(function))))
}

/// An expression that is required here, named so in errors.
pub(super) fn missing<'s, X>(p: &mut Input<'s, '_>) -> Parse<X> {
    p.fail(Class::Expression)
}
