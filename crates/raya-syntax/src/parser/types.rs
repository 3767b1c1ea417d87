//! Types.

use super::class::listed;
use super::expr;
use super::fault::Class;
use super::function;
use super::input::{Input, Parse, Steps, comma_list};
use super::pattern;
use super::primary::{self, Refusal, refuse_with};
use super::type_members;
use crate::ast::*;
use crate::codes;
use crate::lexer::literal;
use crate::token::TokenKind as T;

/// A type.
pub(super) fn type_<'s>(p: &mut Input<'s, '_>) -> Parse<TypeExpr> {
    p.nested(|p| {
        if begins_function_type(p) {
            return function_type(p);
        }
        let start = p.start();
        let ty = union(p)?;
        let next = p.next_token();
        if next.kind == T::Extends && !next.nl_before {
            return refuse_conditional(p, start);
        }
        Ok(ty)
    })
}

/// A type, or `x is T`, `asserts x`, as a result.
pub(super) fn return_type<'s>(p: &mut Input<'s, '_>) -> Parse<TypeExpr> {
    let first = p.next_token();
    let names_param = |kind: T| kind.is_identifier() || kind == T::This;
    let second = p.token_at(1);
    let asserts = first.kind == T::Asserts
        && names_param(second.kind)
        && !second.nl_before
        && second.kind != T::Is;
    let is_predicate =
        asserts || (names_param(first.kind) && second.kind == T::Is && !second.nl_before);
    if !is_predicate {
        return type_(p);
    }
    if asserts {
        p.bump();
    }
    let param = p.bump();
    let param = p.ident_of(param);
    let ty = match p.eat(T::Is) {
        true => Some(type_(p)?),
        false => None,
    };
    let predicate = TypePredicate { asserts, param, ty };
    Ok(p.type_expr(first.start, TypeKind::Predicate(Box::new(predicate))))
}

/// `<A, B>`; remembers where that failed, so that nobody tries again.
pub(super) fn type_args<'s>(p: &mut Input<'s, '_>) -> Parse<Vec<TypeExpr>> {
    let open = p.next_token();
    let at = p.index() as u32;
    let args = p.parse(comma_list(T::Lt, type_, T::Gt));
    let args = args.inspect_err(|_| {
        p.state().not_type_args.insert(at);
    })?;
    if args.is_empty() {
        p.report(
            codes::EXPECTED_TYPE,
            open.span(),
            "a list of type arguments cannot be empty",
            "remove the `<>`",
        );
    }
    Ok(args)
}

/// A type that is named, as `implements` and an interface's `extends` want it.
pub(super) fn interface_ref<'s>(p: &mut Input<'s, '_>) -> Parse<InterfaceRef> {
    let start = p.start();
    let target = type_ref(p)?;
    Ok(InterfaceRef {
        id: p.id(),
        span: p.spanned(start),
        target,
    })
}

fn type_ref<'s>(p: &mut Input<'s, '_>) -> Parse<TypeRef> {
    let path = dotted_path(p)?;
    let next = p.next_token();
    let args = match next.kind {
        T::Lt if !next.nl_before => type_args(p)?,
        _ => Vec::new(),
    };
    Ok(TypeRef { path, args })
}

/// `a.b.c`
fn dotted_path<'s>(p: &mut Input<'s, '_>) -> Parse<Vec<Ident>> {
    if !p.kind().is_identifier() {
        return p.fail(Class::Type);
    }
    let first = p.bump();
    let mut path = vec![p.ident_of(first)];
    while p.eat(T::Dot) {
        let part = p.next_token();
        if !part.kind.is_word() {
            return p.fail(Class::Name);
        }
        p.bump();
        path.push(p.ident_of(part));
    }
    Ok(path)
}

/// Whether `(…) =>`, `<T>(…) =>`, `new (…)` or `abstract new (…)` comes next. What is in
/// the parentheses matters: `(): (() => A) => e` is an arrow function.
fn begins_function_type(p: &mut Input<'_, '_>) -> bool {
    match p.kind() {
        T::Lt | T::New => true,
        T::Abstract => p.kind_at(1) == T::New,
        T::LParen => {
            let open = p.index();
            let after = p.after_mate(open);
            after.is_some_and(|after| p.token_number(after).kind == T::Arrow)
                && function::begins_params(p, open)
        }
        _ => false,
    }
}

fn function_type<'s>(p: &mut Input<'s, '_>) -> Parse<TypeExpr> {
    let start = p.start();
    let is_abstract = p.eat(T::Abstract);
    let is_constructor = p.eat(T::New);
    let mut signature = function::signature(p)?;
    p.expect(T::Arrow)?;
    signature.return_type = Some(return_type(p)?);
    signature.span = p.spanned(signature.span.start);
    type_members::refuse_defaults(p, &signature);
    let function = FunctionType {
        signature,
        is_constructor,
        is_abstract,
    };
    Ok(p.type_expr(start, TypeKind::Function(Box::new(function))))
}

/// Takes the rest of a conditional type after its first part.
fn refuse_conditional<'s>(p: &mut Input<'s, '_>, start: u32) -> Parse<TypeExpr> {
    let keyword = p.expect(T::Extends)?;
    p.report(
        codes::NO_CONDITIONAL_TYPES,
        keyword.span(),
        "conditional types are not part of the language",
        "use overloads, a union, or `Exclude`, `Extract`, `ReturnType` and the like",
    );
    union(p)?;
    p.expect(T::Question)?;
    type_(p)?;
    p.expect(T::Colon)?;
    type_(p)?;
    Ok(p.type_expr(start, TypeKind::Error))
}

fn union<'s>(p: &mut Input<'s, '_>) -> Parse<TypeExpr> {
    joined(p, T::Pipe, intersection, TypeKind::Union)
}

fn intersection<'s>(p: &mut Input<'s, '_>) -> Parse<TypeExpr> {
    joined(p, T::Amp, prefixed, TypeKind::Intersection)
}

/// `part | part`, with an optional operator in front.
fn joined<'s, 'p>(
    p: &mut Input<'s, 'p>,
    operator: T,
    part: fn(&mut Input<'s, 'p>) -> Parse<TypeExpr>,
    join: fn(Vec<TypeExpr>) -> TypeKind,
) -> Parse<TypeExpr> {
    let start = p.start();
    p.eat(operator);
    let first = part(p)?;
    if p.kind() != operator {
        return Ok(first);
    }
    let mut parts = vec![first];
    while p.eat(operator) {
        parts.push(match begins_function_type(p) {
            true => p.nested(function_type)?,
            false => part(p)?,
        });
    }
    Ok(p.type_expr(start, join(parts)))
}

/// `keyof T`, `readonly T[]`, or a type with its brackets.
fn prefixed<'s>(p: &mut Input<'s, '_>) -> Parse<TypeExpr> {
    let token = p.next_token();
    let next = p.token_at(1);
    let is_prefix = begins_type(next.kind) && !next.nl_before;
    match token.kind {
        T::Keyof if is_prefix => {
            p.bump();
            let ty = p.nested(prefixed)?;
            Ok(p.type_expr(token.start, TypeKind::Keyof(Box::new(ty))))
        }
        T::Readonly if is_prefix => {
            p.bump();
            let ty = p.nested(prefixed)?;
            if !matches!(
                ty.kind,
                TypeKind::Array(_) | TypeKind::Tuple(_) | TypeKind::Error
            ) {
                p.report(
                    codes::INVALID_MODIFIER,
                    token.span(),
                    "`readonly` fits array and tuple types only",
                    "for objects, use `Readonly<T>`",
                );
            }
            Ok(p.type_expr(token.start, TypeKind::Readonly(Box::new(ty))))
        }
        T::Infer if is_prefix => refuse_with(p, token.span(), INFER),
        T::Unique if is_prefix => refuse_with(p, token.span(), SYMBOL),
        _ => suffixed(p),
    }
}

const INFER: Refusal = (
    codes::NO_CONDITIONAL_TYPES,
    "`infer` belongs to conditional types, which are not part of the language",
    "use `ReturnType`, `Parameters` or `Awaited`",
);

const SYMBOL: Refusal = (
    codes::NO_SYMBOL_TYPES,
    "symbols are not part of the language",
    "use a string, or a class of its own for a unique value",
);

/// Whether a type can begin with this kind.
fn begins_type(kind: T) -> bool {
    kind.is_identifier()
        || matches!(
            kind,
            T::LParen
                | T::LBracket
                | T::LBrace
                | T::String
                | T::Number
                | T::BigInt
                | T::Minus
                | T::TemplateWhole
                | T::TemplateHead
                | T::Null
                | T::True
                | T::False
                | T::This
                | T::Typeof
                | T::Void
                | T::New
                | T::Lt
        )
}

/// `T[]`, `T[K]`
fn suffixed<'s>(p: &mut Input<'s, '_>) -> Parse<TypeExpr> {
    let start = p.start();
    let mut ty = atom(p)?;
    loop {
        let next = p.next_token();
        if next.kind != T::LBracket || next.nl_before {
            return Ok(ty);
        }
        p.grow()?;
        p.bump();
        let object = Box::new(ty);
        let kind = if p.kind() == T::RBracket {
            TypeKind::Array(object)
        } else {
            let index = Box::new(type_(p)?);
            TypeKind::Indexed { object, index }
        };
        p.expect(T::RBracket)?;
        ty = p.type_expr(start, kind);
    }
}

fn atom<'s>(p: &mut Input<'s, '_>) -> Parse<TypeExpr> {
    let token = p.next_token();
    let kind = match token.kind {
        T::LParen => {
            return expr::anywhere(p, |p| {
                p.expect(T::LParen)?;
                let ty = type_(p)?;
                p.expect(T::RParen)?;
                Ok(ty)
            });
        }
        T::LBracket => {
            TypeKind::Tuple(p.parse(comma_list(T::LBracket, tuple_member, T::RBracket))?)
        }
        T::LBrace => type_members::object_type(p)?,
        T::String => TypeKind::Literal(LiteralType::String(primary::string_name(p))),
        T::Number | T::BigInt | T::Minus => TypeKind::Literal(numeric_literal(p)?),
        T::TemplateWhole => whole_template(p)?,
        T::TemplateHead => return refuse_with(p, token.span(), TEMPLATE),
        T::Typeof => typeof_(p)?,
        T::Import => return refuse_with(p, token.span(), IMPORT),
        T::True | T::False => {
            p.bump();
            TypeKind::Literal(LiteralType::Bool(token.kind == T::True))
        }
        T::Null => keyword(p, KeywordType::Null),
        T::Void => keyword(p, KeywordType::Void),
        T::This => {
            p.bump();
            TypeKind::This
        }
        _ => named(p)?,
    };
    Ok(p.type_expr(token.start, kind))
}

const TEMPLATE: Refusal = (
    codes::NO_TEMPLATE_TYPES,
    "template-literal types are not part of the language",
    "use `string`, or a union of the texts that are meant",
);

const IMPORT: Refusal = (
    codes::NO_IMPORT_TYPES,
    "`import(…)` types are not part of the language",
    "write `import type { … } from \"…\"` at the top of the file",
);

fn keyword(p: &mut Input<'_, '_>, keyword: KeywordType) -> TypeKind {
    p.bump();
    TypeKind::Keyword(keyword)
}

/// A keyword type, or a name with its type arguments.
fn named<'s>(p: &mut Input<'s, '_>) -> Parse<TypeKind> {
    let token = p.next_token();
    if token.kind == T::Ident && p.kind_at(1) != T::Dot {
        let text = p.state().source.slice(token.span());
        if let Some(word) = KeywordType::from_text(text) {
            return Ok(keyword(p, word));
        }
        if text == "symbol" {
            return refuse_with(p, token.span(), SYMBOL);
        }
    }
    type_ref(p).map(TypeKind::Ref)
}

/// `1`, `-1`, `10n`
fn numeric_literal<'s>(p: &mut Input<'s, '_>) -> Parse<LiteralType> {
    let negative = p.eat(T::Minus);
    let token = p.next_token();
    match token.kind {
        T::Number => {
            p.bump();
            let lit = literal::number(p.state().source.slice(token.span()));
            Ok(LiteralType::Number {
                value: if negative { -lit.value } else { lit.value },
                integer: lit.integer,
            })
        }
        T::BigInt => {
            let digits = primary::bigint(p);
            let interner = &mut p.state().interner;
            let name = match negative {
                true => {
                    let signed = format!("-{}", interner.text(digits));
                    interner.intern(&signed)
                }
                false => digits,
            };
            Ok(LiteralType::BigInt(name))
        }
        _ => p.fail(T::Number),
    }
}

/// A template without substitutions is a string.
fn whole_template<'s>(p: &mut Input<'s, '_>) -> Parse<TypeKind> {
    let span = p.next_token().span();
    let template = primary::template(p, false)?;
    let cooked = template
        .parts
        .into_iter()
        .next()
        .and_then(|part| part.cooked);
    match cooked {
        Some(Text::Name(name)) => Ok(TypeKind::Literal(LiteralType::String(name))),
        Some(Text::Wide(_)) => {
            let message = "half a surrogate pair cannot stand here";
            refuse_with(p, span, (codes::LONE_SURROGATE, message, ""))
        }
        None => Ok(TypeKind::Error),
    }
}

/// `typeof a.b`
fn typeof_<'s>(p: &mut Input<'s, '_>) -> Parse<TypeKind> {
    p.expect(T::Typeof)?;
    let token = p.next_token();
    match token.kind {
        T::Import => refuse_with(p, token.span(), IMPORT),
        T::This => {
            p.bump();
            let mut path = vec![p.ident_of(token)];
            while p.eat(T::Dot) {
                let part = p.next_token();
                if !part.kind.is_word() {
                    return p.fail(Class::Name);
                }
                p.bump();
                path.push(p.ident_of(part));
            }
            Ok(TypeKind::Typeof(path))
        }
        kind if kind.is_identifier() => dotted_path(p).map(TypeKind::Typeof),
        _ => p.fail(Class::Name),
    }
}

/// `A`, `A?`, `...A[]`, `label: A`, `label?: A`, `...label: A[]`
fn tuple_member<'s>(p: &mut Input<'s, '_>) -> Parse<TupleMember> {
    let start = p.start();
    let rest = p.eat(T::DotDotDot);
    let is_labelled = p.kind().is_word()
        && match p.kind_at(1) {
            T::Colon => true,
            T::Question => p.kind_at(2) == T::Colon,
            _ => false,
        };
    let mut optional = false;
    let mut label = None;
    if is_labelled {
        let token = p.bump();
        label = Some(p.ident_of(token));
        optional = p.eat(T::Question);
        p.expect(T::Colon)?;
    }
    let ty = type_(p)?;
    if !is_labelled && p.eat(T::Question) {
        optional = true;
    }
    let span = p.spanned(start);
    if rest && optional {
        p.report(
            codes::INVALID_REST,
            span,
            "a rest element of a tuple cannot be optional",
            "",
        );
    }
    Ok(TupleMember {
        span,
        label,
        optional,
        rest,
        ty,
    })
}

/// `[name: key]: value`, after its modifiers.
pub(super) fn index_signature<'s>(p: &mut Input<'s, '_>, readonly: bool) -> Parse<IndexSignature> {
    p.expect(T::LBracket)?;
    let name = pattern::declared_name(p)?;
    p.expect(T::Colon)?;
    let key = type_(p)?;
    p.expect(T::RBracket)?;
    if p.kind() != T::Colon {
        let span = p.next_token().span();
        let message = "an index signature needs the type of its values";
        let refusal = (
            codes::INVALID_INDEX_SIGNATURE,
            message,
            "as in `[key: string]: number`",
        );
        return refuse_with(p, span, refusal);
    }
    p.bump();
    let value = type_(p)?;
    Ok(IndexSignature {
        readonly,
        name,
        key,
        value,
    })
}

/// The interfaces after an interface's `extends`.
pub(super) fn interface_refs<'s>(p: &mut Input<'s, '_>) -> Parse<Vec<InterfaceRef>> {
    p.parse(listed(interface_ref))
}
