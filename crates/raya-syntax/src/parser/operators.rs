//! Unary and binary operators, by precedence climbing.

use super::expr::missing;
use super::input::{Input, Parse, Steps};
use super::pattern;
use super::postfix;
use super::types;
use crate::ast::*;
use crate::codes;
use crate::span::Span;
use crate::token::TokenKind as T;

/// An infix operator.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Infix {
    Binary(BinaryOp),
    Logical(LogicalOp),
    As,
    Satisfies,
}

/// Binding strengths, loosest first.
mod strength {
    pub const NULLISH: u8 = 1;
    pub const OR: u8 = 2;
    pub const AND: u8 = 3;
    pub const BIT_OR: u8 = 4;
    pub const BIT_XOR: u8 = 5;
    pub const BIT_AND: u8 = 6;
    pub const EQUALITY: u8 = 7;
    pub const RELATION: u8 = 8;
    pub const SHIFT: u8 = 9;
    pub const SUM: u8 = 10;
    pub const PRODUCT: u8 = 11;
    pub const POWER: u8 = 12;
}

/// The infix operator that comes next, its strength, and how many tokens it takes.
fn infix(p: &mut Input<'_, '_>) -> Option<(Infix, u8, usize)> {
    use BinaryOp as B;
    use Infix::{Binary, Logical};
    let token = p.next_token();
    let (op, strength) = match token.kind {
        T::QuestionQuestion => (Logical(LogicalOp::Nullish), strength::NULLISH),
        T::PipePipe => (Logical(LogicalOp::Or), strength::OR),
        T::AmpAmp => (Logical(LogicalOp::And), strength::AND),
        T::Pipe => (Binary(B::BitOr), strength::BIT_OR),
        T::Caret => (Binary(B::BitXor), strength::BIT_XOR),
        T::Amp => (Binary(B::BitAnd), strength::BIT_AND),
        T::EqEq => (Binary(B::Eq), strength::EQUALITY),
        T::NotEq => (Binary(B::NotEq), strength::EQUALITY),
        T::EqEqEq => (Binary(B::StrictEq), strength::EQUALITY),
        T::NotEqEq => (Binary(B::StrictNotEq), strength::EQUALITY),
        T::Lt | T::Gt => return angle(p),
        T::LtEq => (Binary(B::Le), strength::RELATION),
        T::Instanceof => (Binary(B::Instanceof), strength::RELATION),
        T::In if !p.state().context.no_in => (Binary(B::In), strength::RELATION),
        T::As if !token.nl_before => (Infix::As, strength::RELATION),
        T::Satisfies if !token.nl_before => (Infix::Satisfies, strength::RELATION),
        T::Plus => (Binary(B::Add), strength::SUM),
        T::Minus => (Binary(B::Sub), strength::SUM),
        T::Star => (Binary(B::Mul), strength::PRODUCT),
        T::Slash => (Binary(B::Div), strength::PRODUCT),
        T::Percent => (Binary(B::Rem), strength::PRODUCT),
        T::StarStar => (Binary(B::Pow), strength::POWER),
        _ => return None,
    };
    Some((op, strength, 1))
}

/// Operators that begin with an angle, joined from adjacent tokens.
fn angle(p: &mut Input<'_, '_>) -> Option<(Infix, u8, usize)> {
    let [first, second, third, fourth] = [0, 1, 2, 3].map(|ahead| p.kind_at(ahead));
    let [to_second, to_third, to_fourth] = [0, 1, 2].map(|ahead| p.touches_next(ahead));
    let shift = |op, length| Some((Infix::Binary(op), strength::SHIFT, length));
    let relation = |op, length| Some((Infix::Binary(op), strength::RELATION, length));
    match (first, second) {
        // `<<=` is an assignment.
        (T::Lt, T::LtEq) if to_second => None,
        (T::Lt, T::Lt) if to_second => shift(BinaryOp::Shl, 2),
        (T::Lt, _) => relation(BinaryOp::Lt, 1),
        (T::Gt, T::Eq) if to_second => relation(BinaryOp::Ge, 2),
        // `>==` has no meaning.
        (T::Gt, T::EqEq | T::EqEqEq) if to_second => None,
        (T::Gt, T::Gt) if to_second => match third {
            T::Gt if to_third => match fourth {
                T::Eq if to_fourth => None,
                _ => shift(BinaryOp::UShr, 3),
            },
            T::Eq if to_third => None,
            _ => shift(BinaryOp::Shr, 2),
        },
        (T::Gt, _) => relation(BinaryOp::Gt, 1),
        _ => None,
    }
}

/// `<<=`, `>>=` or `>>>=`, joined from adjacent tokens.
pub(super) fn shift_assign(p: &mut Input<'_, '_>) -> Option<(AssignOp, usize)> {
    let spells = |p: &mut Input<'_, '_>, kinds: &[T]| {
        kinds.iter().enumerate().all(|(index, &kind)| {
            p.kind_at(index) == kind && (index + 1 == kinds.len() || p.touches_next(index))
        })
    };
    if spells(p, &[T::Lt, T::LtEq]) {
        return Some((AssignOp::Binary(BinaryOp::Shl), 2));
    }
    if spells(p, &[T::Gt, T::Gt, T::Eq]) {
        return Some((AssignOp::Binary(BinaryOp::Shr), 3));
    }
    if spells(p, &[T::Gt, T::Gt, T::Gt, T::Eq]) {
        return Some((AssignOp::Binary(BinaryOp::UShr), 4));
    }
    None
}

/// An expression of infix operators.
pub(super) fn binary<'s>(p: &mut Input<'s, '_>) -> Parse<Expr> {
    climb(p, strength::NULLISH)
}

/// An operand with the operators after it that bind at least as tightly as `least`.
fn climb<'s>(p: &mut Input<'s, '_>, least: u8) -> Parse<Expr> {
    let start = p.start();
    let first = p.index();
    let mut left = match p.kind() {
        T::PrivateName if least <= strength::RELATION && p.kind_at(1) == T::In => private_in(p)?,
        _ => unary(p)?,
    };
    while let Some((op, strength, length)) = infix(p) {
        if strength < least {
            break;
        }
        p.grow()?;
        let op_start = p.start();
        let left_in_parens = in_parens(p, first);
        for _ in 0..length {
            p.bump();
        }
        let op_span = p.spanned(op_start);
        let kind = match op {
            Infix::As => as_type(p, left)?,
            Infix::Satisfies => {
                let ty = Box::new(types::type_(p)?);
                let expr = Box::new(left);
                ExprKind::Satisfies { expr, ty }
            }
            Infix::Binary(op) => {
                let right_assoc = op == BinaryOp::Pow;
                if right_assoc && !left_in_parens {
                    check_power_base(p, &left, op_span);
                }
                let right = match right_assoc {
                    true => p.nested(|p| climb(p, strength))?,
                    false => climb(p, strength + 1)?,
                };
                ExprKind::Binary {
                    op,
                    left: Box::new(left),
                    right: Box::new(right),
                }
            }
            Infix::Logical(op) => {
                let right_first = p.index();
                let right = climb(p, strength + 1)?;
                let right_in_parens = in_parens(p, right_first);
                for (operand, in_parens) in [(&left, left_in_parens), (&right, right_in_parens)] {
                    if !in_parens {
                        check_mixed_logical(p, op, operand, op_span);
                    }
                }
                ExprKind::Logical {
                    op,
                    left: Box::new(left),
                    right: Box::new(right),
                }
            }
        };
        left = p.expr(start, kind);
    }
    Ok(left)
}

/// Whether the operand from the token `first` to here is one pair of parentheses.
pub(super) fn in_parens(p: &mut Input<'_, '_>, first: usize) -> bool {
    p.token_number(first).kind == T::LParen && p.after_mate(first) == Some(p.index())
}

fn as_type<'s>(p: &mut Input<'s, '_>, expr: Expr) -> Parse<ExprKind> {
    let expr = Box::new(expr);
    if p.eat(T::Const) {
        return Ok(ExprKind::AsConst(expr));
    }
    let ty = Box::new(types::type_(p)?);
    Ok(ExprKind::As { expr, ty })
}

/// `#name in object`, the only place where a private name stands alone.
fn private_in<'s>(p: &mut Input<'s, '_>) -> Parse<Expr> {
    let token = p.bump();
    let name = p.ident_of(token);
    p.expect(T::In)?;
    let object = Box::new(climb(p, strength::SHIFT)?);
    Ok(p.expr(token.start, ExprKind::PrivateIn { name, object }))
}

/// `-a ** b` must say what it means.
fn check_power_base(p: &mut Input<'_, '_>, base: &Expr, op_span: Span) {
    if !matches!(base.kind, ExprKind::Unary { .. } | ExprKind::Await(_)) {
        return;
    }
    let state = p.state();
    let diagnostic = state
        .error(
            codes::MIXED_OPERATORS,
            op_span,
            "a prefix operator before the base of `**` needs parentheses",
        )
        .with_label(base.span, "this is the base")
        .with_help("write `(-a) ** b` or `-(a ** b)`");
    state.diagnostics.push(diagnostic);
}

/// `a ?? b || c` must say what it means.
fn check_mixed_logical(p: &mut Input<'_, '_>, op: LogicalOp, operand: &Expr, op_span: Span) {
    let ExprKind::Logical { op: inner, .. } = operand.kind else {
        return;
    };
    if (op == LogicalOp::Nullish) == (inner == LogicalOp::Nullish) {
        return;
    }
    let message = format!(
        "`{}` and `{}` together need parentheses",
        op.text(),
        inner.text()
    );
    let state = p.state();
    let diagnostic = state
        .error(codes::MIXED_OPERATORS, op_span, message)
        .with_label(operand.span, "put parentheses around this");
    state.diagnostics.push(diagnostic);
}

fn unary_op(kind: T) -> Option<UnaryOp> {
    Some(match kind {
        T::Minus => UnaryOp::Neg,
        T::Plus => UnaryOp::Plus,
        T::Bang => UnaryOp::Not,
        T::Tilde => UnaryOp::BitNot,
        T::Typeof => UnaryOp::Typeof,
        T::Void => UnaryOp::Void,
        T::Delete => UnaryOp::Delete,
        _ => return None,
    })
}

/// An operand with its prefix operators.
pub(super) fn unary<'s>(p: &mut Input<'s, '_>) -> Parse<Expr> {
    let token = p.next_token();
    if let Some(op) = unary_op(token.kind) {
        p.bump();
        let operand = Box::new(p.nested(unary)?);
        return Ok(p.expr(token.start, ExprKind::Unary { op, operand }));
    }
    match token.kind {
        T::PlusPlus | T::MinusMinus => {
            p.bump();
            let target = p.nested(unary)?;
            Ok(update(p, token.start, token.kind, true, target))
        }
        T::Await => await_expr(p),
        _ => {
            let operand = postfix::postfix(p)?;
            let next = p.next_token();
            if next.nl_before || !matches!(next.kind, T::PlusPlus | T::MinusMinus) {
                return Ok(operand);
            }
            p.bump();
            Ok(update(p, token.start, next.kind, false, operand))
        }
    }
}

fn update(p: &mut Input<'_, '_>, start: u32, kind: T, prefix: bool, target: Expr) -> Expr {
    pattern::check_place(p, &target);
    let op = match kind {
        T::PlusPlus => UpdateOp::Increment,
        _ => UpdateOp::Decrement,
    };
    let kind = ExprKind::Update {
        op,
        prefix,
        target: Box::new(target),
    };
    p.expr(start, kind)
}

fn await_expr<'s>(p: &mut Input<'s, '_>) -> Parse<Expr> {
    let keyword = p.bump();
    if p.kind() == T::Arrow {
        return missing(p);
    }
    let context = p.state().context;
    if context.in_function && !context.in_async {
        p.report(
            codes::MISPLACED_EXPRESSION,
            keyword.span(),
            "`await` stands in a function that is not `async`",
            "mark the innermost function around it `async`",
        );
    }
    let operand = Box::new(p.nested(unary)?);
    Ok(p.expr(keyword.start, ExprKind::Await(operand)))
}
