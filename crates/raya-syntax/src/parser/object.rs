//! Object literals.

use super::expr;
use super::function::{self, FunctionFlags};
use super::input::{CoverFault, Input, Parse, Steps, comma_list};
use super::primary::{begins_key, property_key};
use crate::ast::*;
use crate::codes;
use crate::token::TokenKind as T;

/// `{ … }` as an expression.
pub(super) fn object<'s>(p: &mut Input<'s, '_>) -> Parse<ExprKind> {
    let list = comma_list(T::LBrace, object_member, T::RBrace);
    expr::anywhere(p, |p| p.parse(list)).map(ExprKind::Object)
}

/// Whether the word that comes next is a prefix of a method, not its key.
fn is_prefix(p: &mut Input<'_, '_>, word: T) -> bool {
    let next = p.token_at(1);
    p.kind() == word
        && (begins_key(next.kind) || (word == T::Async && next.kind == T::Star))
        && (word != T::Async || !next.nl_before)
}

fn object_member<'s>(p: &mut Input<'s, '_>) -> Parse<ObjectMember> {
    if p.eat(T::DotDotDot) {
        return expr::assignment(p).map(ObjectMember::Spread);
    }
    let kind = match p.kind() {
        T::Get if is_prefix(p, T::Get) => MethodKind::Getter,
        T::Set if is_prefix(p, T::Set) => MethodKind::Setter,
        _ => MethodKind::Method,
    };
    if kind != MethodKind::Method {
        p.bump();
        return method(p, kind, FunctionFlags::METHOD);
    }
    let is_async = is_prefix(p, T::Async) && p.eat(T::Async);
    let is_generator = p.eat(T::Star);
    let flags = FunctionFlags {
        is_async,
        is_generator,
        ..FunctionFlags::METHOD
    };
    if is_async || is_generator {
        return method(p, kind, flags);
    }
    property(p)
}

fn method<'s>(
    p: &mut Input<'s, '_>,
    kind: MethodKind,
    flags: FunctionFlags,
) -> Parse<ObjectMember> {
    let key = property_key(p)?;
    let function = Box::new(function::method(p, flags)?);
    function::check_accessor(p, kind, &function.signature);
    Ok(ObjectMember::Method {
        key,
        kind,
        function,
    })
}

fn property<'s>(p: &mut Input<'s, '_>) -> Parse<ObjectMember> {
    let first = p.next_token();
    let key = property_key(p)?;
    match p.kind() {
        T::Colon => {
            p.bump();
            check_proto(p, &key);
            let value = expr::assignment(p)?;
            Ok(ObjectMember::Property {
                key,
                value,
                shorthand: false,
            })
        }
        T::LParen | T::Lt => {
            let function = Box::new(function::method(p, FunctionFlags::METHOD)?);
            Ok(ObjectMember::Method {
                key,
                kind: MethodKind::Method,
                function,
            })
        }
        _ if first.kind.is_identifier() => shorthand(p, key),
        _ => p.fail(T::Colon),
    }
}

/// `{ a }`, or `{ a = 1 }`, which makes sense only if this is a pattern.
fn shorthand<'s>(p: &mut Input<'s, '_>, key: PropKey) -> Parse<ObjectMember> {
    let span = key.span();
    let name = key.as_name().unwrap_or(crate::names::EMPTY);
    let kind = match name {
        crate::names::UNDEFINED => ExprKind::Null,
        _ => ExprKind::Ident(name),
    };
    let mut value = p.expr(span.start, kind);
    if p.kind() == T::Eq {
        let eq = p.bump();
        p.state().cover_faults.push(CoverFault::Default(eq.span()));
        let default = expr::assignment(p)?;
        let target = Pattern {
            id: p.id(),
            span,
            kind: PatternKind::Expr(Box::new(value)),
        };
        let assign = ExprKind::Assign {
            op: AssignOp::Assign,
            target: Box::new(target),
            value: Box::new(default),
        };
        value = p.expr(span.start, assign);
    }
    Ok(ObjectMember::Property {
        key,
        value,
        shorthand: true,
    })
}

fn check_proto(p: &mut Input<'_, '_>, key: &PropKey) {
    let Some(name) = key.as_name() else { return };
    if p.state().interner.text(name) == "__proto__" {
        p.report(
            codes::NO_PROTO,
            key.span(),
            "prototypes are not part of the language",
            "declare a class with `extends`",
        );
    }
}
