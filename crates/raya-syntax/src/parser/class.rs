//! Classes and their members.

use super::expr;
use super::function::{self, FunctionFlags};
use super::input::{Input, Parse, Steps, token};
use super::pattern;
use super::postfix;
use super::primary::{DECORATOR, begins_key, property_key, refuse_with};
use super::recover;
use super::stmt;
use super::types;
use crate::ast::*;
use crate::codes;
use crate::name::names;
use crate::span::Span;
use crate::token::TokenKind as T;
use chumsky::prelude::*;

/// `class C<T> extends A, B implements I { … }`; `start` is where `abstract` or
/// `class` stands.
pub(super) fn class<'s>(p: &mut Input<'s, '_>, start: u32, is_abstract: bool) -> Parse<Class> {
    p.nested(|p| nested_class(p, start, is_abstract))
}

fn nested_class<'s>(p: &mut Input<'s, '_>, start: u32, is_abstract: bool) -> Parse<Class> {
    p.expect(T::Class)?;
    let name = match p.kind() {
        T::LBrace | T::Lt | T::Extends | T::Implements => None,
        _ => Some(pattern::declared_name(p)?),
    };
    let type_params = match p.kind() {
        T::Lt => function::type_params(p)?,
        _ => Vec::new(),
    };
    let bases = match p.eat(T::Extends) {
        true if p.kind() == T::LBrace => missing_base(p),
        true => p.parse(listed(base_class))?,
        false => Vec::new(),
    };
    let implements = match p.eat(T::Implements) {
        true => p.parse(listed(types::interface_ref))?,
        false => Vec::new(),
    };
    let members = class_body(p)?;
    Ok(Class {
        id: p.id(),
        span: p.spanned(start),
        name,
        is_abstract,
        type_params,
        bases,
        implements,
        members,
    })
}

/// One or more items between commas.
pub(super) fn listed<'s, X: 's>(
    item: fn(&mut Input<'s, '_>) -> Parse<X>,
) -> impl Parser<'s, super::input::Tokens<'s>, Vec<X>, super::input::Extra<'s>> + Copy {
    custom(item)
        .separated_by(token(T::Comma))
        .at_least(1)
        .collect::<Vec<X>>()
}

/// `class C extends {`: the members are worth reading all the same.
fn missing_base(p: &mut Input<'_, '_>) -> Vec<BaseClass> {
    let span = p.next_token().span();
    p.report(
        codes::EXPECTED_EXPRESSION,
        span,
        "the name of a class is missing after `extends`",
        "",
    );
    Vec::new()
}

fn base_class<'s>(p: &mut Input<'s, '_>) -> Parse<BaseClass> {
    let start = p.start();
    let expr = postfix::base(p)?;
    let type_args = match p.kind() {
        T::Lt => types::type_args(p)?,
        _ => Vec::new(),
    };
    Ok(BaseClass {
        span: p.spanned(start),
        expr,
        type_args,
    })
}

fn class_body<'s>(p: &mut Input<'s, '_>) -> Parse<Vec<ClassMember>> {
    p.expect(T::LBrace)?;
    let members = p.within(
        |context| {
            context.nested = true;
            context.no_in = false;
            context.before_colon = false;
        },
        |p| {
            let ends = |kind| kind == T::RBrace;
            Ok(recover::list(p, ends, member_or_nothing, |_, _| None))
        },
    )?;
    p.expect(T::RBrace)?;
    Ok(members.into_iter().flatten().collect())
}

/// A member, or a stray `;`.
fn member_or_nothing<'s>(p: &mut Input<'s, '_>) -> Parse<Option<ClassMember>> {
    if p.eat(T::Semi) {
        return Ok(None);
    }
    let start = p.start();
    let (modifiers, kind) = member(p)?;
    Ok(Some(ClassMember {
        id: p.id(),
        span: p.spanned(start),
        modifiers,
        kind,
    }))
}

fn member<'s>(p: &mut Input<'s, '_>) -> Parse<(Modifiers, ClassMemberKind)> {
    let next = p.next_token();
    if next.kind == T::At {
        return refuse_with(p, next.span(), DECORATOR);
    }
    if next.kind == T::Static && p.kind_at(1) == T::LBrace {
        return static_block(p);
    }
    let modifiers = modifiers(p);
    let is_index =
        p.kind() == T::LBracket && p.kind_at(1).is_identifier() && p.kind_at(2) == T::Colon;
    if is_index {
        let signature = types::index_signature(p, modifiers.is_readonly)?;
        stmt::semi(p)?;
        return Ok((modifiers, ClassMemberKind::Index(Box::new(signature))));
    }
    let method_kind = match (p.kind(), begins_key(p.kind_at(1))) {
        (T::Get, true) => MethodKind::Getter,
        (T::Set, true) => MethodKind::Setter,
        _ => MethodKind::Method,
    };
    let mut flags = FunctionFlags::METHOD;
    if method_kind != MethodKind::Method {
        p.bump();
    } else {
        flags.is_async = is_async_prefix(p) && p.eat(T::Async);
        flags.is_generator = p.eat(T::Star);
    }
    let must_be_method = method_kind != MethodKind::Method || flags.is_async || flags.is_generator;
    let kind = keyed_member(p, &modifiers, method_kind, flags, must_be_method)?;
    Ok((modifiers, kind))
}

fn is_async_prefix(p: &mut Input<'_, '_>) -> bool {
    let next = p.token_at(1);
    p.kind() == T::Async && !next.nl_before && (begins_key(next.kind) || next.kind == T::Star)
}

fn static_block<'s>(p: &mut Input<'s, '_>) -> Parse<(Modifiers, ClassMemberKind)> {
    let keyword = p.bump();
    let modifiers = Modifiers {
        span: keyword.span(),
        is_static: true,
        ..Modifiers::default()
    };
    let labels = p.state().labels.len();
    let block = p.within(FunctionFlags::METHOD.enter(labels), stmt::block)?;
    Ok((modifiers, ClassMemberKind::StaticBlock(block)))
}

/// The words in front of a member, as far as they are not its key.
fn modifiers(p: &mut Input<'_, '_>) -> Modifiers {
    let start = p.start();
    let mut modifiers = Modifiers {
        span: Span::at(start),
        ..Modifiers::default()
    };
    loop {
        let next = p.token_at(1);
        let key_follows = begins_key(next.kind) || next.kind == T::Star;
        if !key_follows || next.nl_before {
            return modifiers;
        }
        let token = p.next_token();
        match token.kind {
            T::Public
            | T::Protected
            | T::Private
            | T::Static
            | T::Abstract
            | T::Override
            | T::Readonly => function::add_modifier(p, &mut modifiers, token.kind, token.span()),
            T::Declare => p.report(
                codes::NO_DECLARE,
                token.span(),
                "`declare` is not part of the language",
                "write the field without it",
            ),
            T::Accessor => p.report(
                codes::NO_AUTO_ACCESSOR,
                token.span(),
                "`accessor` fields are not part of the language",
                "write a field, or a `get` and a `set`",
            ),
            _ => return modifiers,
        }
        p.bump();
        modifiers.span = p.spanned(start);
    }
}

fn class_key<'s>(p: &mut Input<'s, '_>) -> Parse<PropKey> {
    let token = p.next_token();
    if token.kind == T::PrivateName {
        p.bump();
        return Ok(PropKey::Private(p.ident_of(token)));
    }
    property_key(p)
}

fn keyed_member<'s>(
    p: &mut Input<'s, '_>,
    modifiers: &Modifiers,
    kind: MethodKind,
    flags: FunctionFlags,
    must_be_method: bool,
) -> Parse<ClassMemberKind> {
    let key = class_key(p)?;
    let optional = p.eat(T::Question);
    let definite = !optional && !p.next_token().nl_before && p.eat(T::Bang);
    if !must_be_method && !matches!(p.kind(), T::LParen | T::Lt) {
        return field(p, key, optional, definite);
    }
    let constructs = matches!(key.as_name(), Some(names::CONSTRUCTOR | names::INIT_METHOD));
    if constructs && !modifiers.is_static && !must_be_method {
        let mut function = function::class_method(p, FunctionFlags::CONSTRUCTOR)?;
        if key.as_name() == Some(names::INIT_METHOD) {
            // Under this name it is written like a method, which gives nothing.
            function.signature.return_type.take_if(|ty| is_void(ty));
        }
        check_constructor(p, &key, optional, &function);
        return Ok(ClassMemberKind::Constructor(Box::new(function)));
    }
    let function = function::class_method(p, flags)?;
    function::check_accessor(p, kind, &function.signature);
    check_method(p, modifiers, &key, kind, &function);
    Ok(ClassMemberKind::Method {
        key,
        kind,
        optional,
        function: Box::new(function),
    })
}

fn is_void(ty: &TypeExpr) -> bool {
    matches!(ty.kind, TypeKind::Keyword(KeywordType::Void))
}

fn check_constructor(p: &mut Input<'_, '_>, key: &PropKey, optional: bool, function: &Function) {
    let signature = &function.signature;
    let message = if optional {
        "a constructor cannot be optional"
    } else if !signature.type_params.is_empty() {
        "a constructor has no type parameters of its own"
    } else if signature.return_type.is_some() {
        "a constructor has no result type"
    } else {
        return;
    };
    p.report(codes::INVALID_CLASS_MEMBER, key.span(), message, "");
}

fn check_method(
    p: &mut Input<'_, '_>,
    modifiers: &Modifiers,
    key: &PropKey,
    kind: MethodKind,
    function: &Function,
) {
    let has_body = !matches!(function.body, FunctionBody::None);
    let (message, help) = if modifiers.is_abstract && has_body {
        ("an abstract method has no body", "end it with `;`")
    } else if !modifiers.is_abstract && !has_body && kind != MethodKind::Method {
        ("an accessor needs a body", "")
    } else if modifiers.is_readonly {
        ("a method cannot be `readonly`", "remove the modifier")
    } else {
        return;
    };
    p.report(codes::INVALID_CLASS_MEMBER, key.span(), message, help);
}

fn field<'s>(
    p: &mut Input<'s, '_>,
    key: PropKey,
    optional: bool,
    definite: bool,
) -> Parse<ClassMemberKind> {
    let ty = match p.eat(T::Colon) {
        true => Some(types::type_(p)?),
        false => None,
    };
    let init = match p.eat(T::Eq) {
        true => {
            // An initialiser runs as if it were the body of a method.
            let labels = p.state().labels.len();
            let enter = FunctionFlags::METHOD.enter(labels);
            Some(p.within(enter, expr::assignment)?)
        }
        false => None,
    };
    stmt::semi(p)?;
    Ok(ClassMemberKind::Field {
        key,
        optional,
        definite,
        ty,
        init,
    })
}
