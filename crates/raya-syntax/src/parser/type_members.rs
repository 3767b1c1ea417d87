//! Members of object types and interfaces.

use super::expr;
use super::function;
use super::input::{Input, Parse, Steps};
use super::primary::{begins_key, property_key, refuse_with};
use super::types;
use crate::ast::*;
use crate::codes;
use crate::token::TokenKind as T;

/// `{ … }` as a type.
pub(super) fn object_type<'s>(p: &mut Input<'s, '_>) -> Parse<TypeKind> {
    if is_mapped(p) {
        let span = p.next_token().span();
        let refusal = (
            codes::NO_MAPPED_TYPES,
            "mapped types are not part of the language",
            "use `Record`, `Partial`, `Required`, `Readonly`, `Pick` or `Omit`",
        );
        return refuse_with(p, span, refusal);
    }
    members(p).map(TypeKind::Object)
}

/// `{ [K in T]: U }`, with `readonly`, `+readonly` or `-readonly` in front.
fn is_mapped(p: &mut Input<'_, '_>) -> bool {
    let mut ahead = 1;
    if matches!(p.kind_at(ahead), T::Plus | T::Minus) {
        return p.kind_at(ahead + 1) == T::Readonly;
    }
    if p.kind_at(ahead) == T::Readonly {
        ahead += 1;
    }
    p.kind_at(ahead) == T::LBracket
        && p.kind_at(ahead + 1).is_identifier()
        && p.kind_at(ahead + 2) == T::In
}

/// The braces of an object type or interface.
pub(super) fn members<'s>(p: &mut Input<'s, '_>) -> Parse<Vec<TypeMember>> {
    p.expect(T::LBrace)?;
    let members = expr::anywhere(p, |p| {
        let mut members = Vec::new();
        while p.kind() != T::RBrace {
            members.push(member(p)?);
            separator(p)?;
        }
        Ok(members)
    })?;
    p.expect(T::RBrace)?;
    Ok(members)
}

/// `;`, `,`, a line end, or the closing brace.
fn separator<'s>(p: &mut Input<'s, '_>) -> Parse<()> {
    let next = p.next_token();
    if p.eat(T::Semi) || p.eat(T::Comma) || next.nl_before || next.kind == T::RBrace {
        return Ok(());
    }
    p.fail(T::Semi)
}

fn member<'s>(p: &mut Input<'s, '_>) -> Parse<TypeMember> {
    let start = p.start();
    let kind = member_kind(p)?;
    if let TypeMemberKind::Method { signature, .. }
    | TypeMemberKind::Call(signature)
    | TypeMemberKind::Construct(signature) = &kind
    {
        refuse_defaults(p, signature);
    }
    Ok(TypeMember {
        id: p.id(),
        span: p.spanned(start),
        kind,
    })
}

fn member_kind<'s>(p: &mut Input<'s, '_>) -> Parse<TypeMemberKind> {
    let is_key_next = |p: &mut Input<'_, '_>| {
        let next = p.token_at(1);
        begins_key(next.kind) && !next.nl_before
    };
    match p.kind() {
        T::LParen | T::Lt => {
            return function::signature(p)
                .map(|signature| TypeMemberKind::Call(Box::new(signature)));
        }
        T::New if matches!(p.kind_at(1), T::LParen | T::Lt) => {
            p.bump();
            let signature = Box::new(function::signature(p)?);
            return Ok(TypeMemberKind::Construct(signature));
        }
        _ => {}
    }
    let readonly = p.kind() == T::Readonly && is_key_next(p) && p.eat(T::Readonly);
    let is_index =
        p.kind() == T::LBracket && p.kind_at(1).is_identifier() && p.kind_at(2) == T::Colon;
    if is_index {
        let signature = types::index_signature(p, readonly)?;
        return Ok(TypeMemberKind::Index(Box::new(signature)));
    }
    let kind = match p.kind() {
        T::Get if is_key_next(p) => MethodKind::Getter,
        T::Set if is_key_next(p) => MethodKind::Setter,
        _ => MethodKind::Method,
    };
    if kind != MethodKind::Method {
        p.bump();
    }
    let key = property_key(p)?;
    let optional = p.eat(T::Question);
    if kind != MethodKind::Method || matches!(p.kind(), T::LParen | T::Lt) {
        let signature = Box::new(function::signature(p)?);
        function::check_accessor(p, kind, &signature);
        return Ok(TypeMemberKind::Method {
            key,
            optional,
            kind,
            signature,
        });
    }
    let ty = match p.eat(T::Colon) {
        true => Some(types::type_(p)?),
        false => None,
    };
    Ok(TypeMemberKind::Property {
        key,
        optional,
        readonly,
        ty,
    })
}

/// A signature without a body has no use for defaults.
pub(super) fn refuse_defaults(p: &mut Input<'_, '_>, signature: &Signature) {
    for param in &signature.params {
        if let Some(default) = &param.default {
            p.report(
                codes::INVALID_PARAMETER,
                default.span,
                "a parameter of a type has no default",
                "mark it optional with `?`",
            );
        }
    }
}
