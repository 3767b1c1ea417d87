//! Declarations of types: interfaces, aliases, enums.

use super::expr;
use super::function;
use super::input::{Input, Parse, Steps, comma_list};
use super::pattern;
use super::primary::property_key;
use super::stmt;
use super::type_members;
use super::types;
use crate::ast::*;
use crate::codes;
use crate::token::TokenKind as T;

/// `interface I<T> extends J { … }`
pub(super) fn interface<'s>(p: &mut Input<'s, '_>) -> Parse<Interface> {
    let start = p.start();
    p.expect(T::Interface)?;
    let name = pattern::declared_name(p)?;
    let type_params = match p.kind() {
        T::Lt => function::type_params(p)?,
        _ => Vec::new(),
    };
    let extends = match p.eat(T::Extends) {
        true => types::interface_refs(p)?,
        false => Vec::new(),
    };
    let members = p.nested(type_members::members)?;
    Ok(Interface {
        id: p.id(),
        span: p.spanned(start),
        name,
        type_params,
        extends,
        members,
    })
}

/// `type A<T> = …`
pub(super) fn type_alias<'s>(p: &mut Input<'s, '_>) -> Parse<StmtKind> {
    let start = p.start();
    p.expect(T::Type)?;
    let name = pattern::declared_name(p)?;
    let type_params = match p.kind() {
        T::Lt => function::type_params(p)?,
        _ => Vec::new(),
    };
    p.expect(T::Eq)?;
    let ty = types::type_(p)?;
    stmt::semi(p)?;
    Ok(StmtKind::TypeAlias(Box::new(TypeAlias {
        id: p.id(),
        span: p.spanned(start),
        name,
        type_params,
        ty,
    })))
}

/// `enum E { … }`, `const enum E { … }`
pub(super) fn enum_<'s>(p: &mut Input<'s, '_>) -> Parse<StmtKind> {
    let start = p.start();
    let is_const = p.eat(T::Const);
    p.expect(T::Enum)?;
    let name = pattern::declared_name(p)?;
    let list = comma_list(T::LBrace, enum_member, T::RBrace);
    let members = expr::anywhere(p, |p| p.parse(list))?;
    Ok(StmtKind::Enum(Box::new(Enum {
        id: p.id(),
        span: p.spanned(start),
        is_const,
        name,
        members,
    })))
}

fn enum_member<'s>(p: &mut Input<'s, '_>) -> Parse<EnumMember> {
    let start = p.start();
    let key = property_key(p)?;
    if !matches!(key, PropKey::Ident(_) | PropKey::String { .. }) {
        p.report(
            codes::UNEXPECTED_TOKEN,
            key.span(),
            "a member of an enum is a name or a string",
            "",
        );
    }
    let init = match p.eat(T::Eq) {
        true => Some(expr::assignment(p)?),
        false => None,
    };
    Ok(EnumMember {
        id: p.id(),
        span: p.spanned(start),
        key,
        init,
    })
}
