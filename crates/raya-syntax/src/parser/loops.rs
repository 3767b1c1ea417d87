//! Loops and the jumps that leave them.

use super::expr;
use super::input::{Input, Parse, Steps};
use super::operators;
use super::pattern;
use super::primary::refuse_with;
use super::stmt;
use crate::ast::*;
use crate::codes;
use crate::span::Span;
use crate::token::TokenKind as T;

fn loop_body<'s>(p: &mut Input<'s, '_>) -> Parse<Stmt> {
    p.within(|context| context.in_loop = true, stmt::body)
}

pub(super) fn while_<'s>(p: &mut Input<'s, '_>) -> Parse<StmtKind> {
    p.expect(T::While)?;
    let test = expr::condition(p)?;
    let body = Box::new(loop_body(p)?);
    Ok(StmtKind::While { test, body })
}

pub(super) fn do_while<'s>(p: &mut Input<'s, '_>) -> Parse<StmtKind> {
    p.expect(T::Do)?;
    let body = Box::new(loop_body(p)?);
    p.expect(T::While)?;
    let test = expr::condition(p)?;
    // Here a `;` may be left out even before something on the same line.
    p.eat(T::Semi);
    Ok(StmtKind::DoWhile { body, test })
}

/// What stands before the first `;`, `of` or `in` of a loop's head.
enum Head {
    Nothing,
    Var(VarDecl),
    Expr { expr: Expr, in_parens: bool },
}

pub(super) fn for_<'s>(p: &mut Input<'s, '_>) -> Parse<StmtKind> {
    p.expect(T::For)?;
    let await_span = p.next_token().span();
    let is_await = p.eat(T::Await);
    check_await(p, is_await, await_span);
    p.expect(T::LParen)?;
    let covers = p.state().cover_faults.len();
    let head = p.within(|context| context.no_in = true, head)?;
    match p.kind() {
        T::Of => {
            p.state().cover_faults.truncate(covers);
            for_of(p, is_await, head)
        }
        T::In => {
            let span = p.next_token().span();
            let refusal = (
                codes::NO_FOR_IN,
                "`for…in` is not part of the language",
                "write `for (const key of Object.keys(object))`",
            );
            refuse_with(p, span, refusal)
        }
        _ if is_await => p.fail(T::Of),
        _ => for_three(p, head),
    }
}

fn check_await(p: &mut Input<'_, '_>, is_await: bool, span: Span) {
    let context = p.state().context;
    if is_await && context.in_function && !context.in_async {
        p.report(
            codes::MISPLACED_EXPRESSION,
            span,
            "`for await` stands in a function that is not `async`",
            "mark the innermost function around it `async`",
        );
    }
}

fn head<'s>(p: &mut Input<'s, '_>) -> Parse<Head> {
    let next = p.token_at(1);
    let declares = match p.kind() {
        T::Semi => return Ok(Head::Nothing),
        T::Let | T::Const | T::Var => true,
        T::Using => {
            let is_name = next.kind.is_identifier() && next.kind != T::Of;
            // `using of of xs` declares a variable named `of`.
            !next.nl_before && (is_name || (next.kind == T::Of && p.kind_at(2) == T::Of))
        }
        T::Await => next.kind == T::Using && p.kind_at(2).is_identifier(),
        _ => false,
    };
    if declares {
        return stmt::var_decl(p).map(Head::Var);
    }
    let first = p.index();
    let expr = expr::expression(p)?;
    let in_parens = operators::in_parens(p, first);
    Ok(Head::Expr { expr, in_parens })
}

fn for_of<'s>(p: &mut Input<'s, '_>, is_await: bool, head: Head) -> Parse<StmtKind> {
    let of = p.expect(T::Of)?;
    let left = match head {
        Head::Nothing => return p.fail(super::fault::Class::Pattern),
        Head::Var(decl) => {
            check_for_of_variables(p, &decl);
            ForOfLeft::Var(decl)
        }
        Head::Expr { expr, in_parens } => ForOfLeft::Assign(pattern::from_expr(p, expr, in_parens)),
    };
    debug_assert_eq!(of.kind, T::Of);
    let right = expr::assignment(p)?;
    p.expect(T::RParen)?;
    let body = loop_body(p)?;
    Ok(StmtKind::ForOf(Box::new(ForOfLoop {
        is_await,
        left,
        right,
        body,
    })))
}

fn check_for_of_variables(p: &mut Input<'_, '_>, decl: &VarDecl) {
    let message = match decl.declarators.as_slice() {
        [only] if only.init.is_some() => "the variable of a `for…of` has no value of its own",
        [only] if only.ty.is_some() => "the variable of a `for…of` has the type of the elements",
        [_] => return,
        _ => "a `for…of` has one variable",
    };
    p.report(codes::INVALID_PATTERN, decl.keyword, message, "");
}

fn for_three<'s>(p: &mut Input<'s, '_>, head: Head) -> Parse<StmtKind> {
    let init = match head {
        Head::Nothing => None,
        Head::Var(decl) => {
            stmt::check_initializers(p, &decl);
            Some(ForInit::Var(decl))
        }
        Head::Expr { expr, .. } => Some(ForInit::Expr(expr)),
    };
    p.expect(T::Semi)?;
    let test = match p.kind() {
        T::Semi => None,
        _ => Some(expr::anywhere(p, expr::expression)?),
    };
    p.expect(T::Semi)?;
    let update = match p.kind() {
        T::RParen => None,
        _ => Some(expr::anywhere(p, expr::expression)?),
    };
    p.expect(T::RParen)?;
    let body = loop_body(p)?;
    Ok(StmtKind::For(Box::new(ForLoop {
        init,
        test,
        update,
        body,
    })))
}

/// `break`, `continue`, with or without a label.
pub(super) fn jump<'s>(p: &mut Input<'s, '_>) -> Parse<StmtKind> {
    let keyword = p.bump();
    let is_break = keyword.kind == T::Break;
    let next = p.next_token();
    let label = match next.kind.is_identifier() && !next.nl_before {
        true => {
            p.bump();
            Some(p.ident_of(next))
        }
        false => None,
    };
    match label {
        Some(label) => check_label(p, is_break, label),
        None => check_bare_jump(p, is_break, keyword.span()),
    }
    stmt::semi(p)?;
    Ok(match is_break {
        true => StmtKind::Break(label),
        false => StmtKind::Continue(label),
    })
}

fn check_label(p: &mut Input<'_, '_>, is_break: bool, label: Ident) {
    let context = p.state().context;
    let in_scope = &p.state().labels[context.first_label..];
    let target = in_scope
        .iter()
        .find(|other| other.ident.name == label.name)
        .copied();
    let message = match target {
        None => "no statement around this one has this label",
        Some(target) if !is_break && !target.on_loop => "`continue` needs the label of a loop",
        Some(_) => return,
    };
    p.report(codes::INVALID_LABEL, label.span, message, "");
}

fn check_bare_jump(p: &mut Input<'_, '_>, is_break: bool, span: Span) {
    let context = p.state().context;
    let message = match is_break {
        true if !context.in_loop && !context.in_switch => {
            "`break` stands outside a loop or `switch`"
        }
        false if !context.in_loop => "`continue` stands outside a loop",
        _ => return,
    };
    p.report(codes::MISPLACED_STATEMENT, span, message, "");
}
