//! Functions: signatures, parameters, bodies.

use super::expr;
use super::input::{Context, Input, Parse, Steps, comma_list};
use super::pattern;
use super::primary::{DECORATOR, refuse_with};
use super::stmt;
use super::types;
use crate::ast::*;
use crate::codes;
use crate::span::Span;
use crate::token::TokenKind as T;

/// What kind of function a body belongs to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FunctionFlags {
    pub is_async: bool,
    pub is_generator: bool,
    pub is_method: bool,
    pub is_constructor: bool,
}

impl FunctionFlags {
    pub(super) const METHOD: Self = Self {
        is_async: false,
        is_generator: false,
        is_method: true,
        is_constructor: false,
    };

    pub(super) const CONSTRUCTOR: Self = Self {
        is_constructor: true,
        ..Self::METHOD
    };

    /// The context of the body, given the number of labels in scope.
    pub(super) fn enter(self, labels: usize) -> impl FnOnce(&mut Context) {
        move |context| {
            *context = Context {
                in_function: true,
                in_async: self.is_async,
                in_generator: self.is_generator,
                in_method: self.is_method,
                in_constructor: self.is_constructor,
                nested: true,
                first_label: labels,
                ..Context::default()
            }
        }
    }
}

/// `function f() {}` as a statement; without body, an overload signature. Without a
/// name only if `name_optional` (`export default`).
pub(super) fn declaration<'s>(p: &mut Input<'s, '_>, name_optional: bool) -> Parse<Function> {
    let start = p.start();
    let flags = function_head(p)?;
    let name = match p.kind() {
        T::LParen | T::Lt if name_optional => None,
        _ => Some(pattern::declared_name(p)?),
    };
    let signature = signature(p)?;
    let body = match p.kind() {
        T::LBrace => body(p, flags)?,
        _ => {
            stmt::semi(p)?;
            FunctionBody::None
        }
    };
    Ok(finish(p, start, name, flags, signature, body))
}

/// `function () {}` as an expression.
pub(super) fn function_expr<'s>(p: &mut Input<'s, '_>) -> Parse<Expr> {
    let start = p.start();
    let flags = function_head(p)?;
    let name = match p.kind() {
        T::LParen | T::Lt => None,
        _ => Some(pattern::declared_name(p)?),
    };
    let signature = signature(p)?;
    let body = body(p, flags)?;
    let function = finish(p, start, name, flags, signature, body);
    Ok(p.expr(start, ExprKind::Function(Box::new(function))))
}

/// `async`, `function`, `*`
fn function_head<'s>(p: &mut Input<'s, '_>) -> Parse<FunctionFlags> {
    let is_async = p.eat(T::Async);
    p.expect(T::Function)?;
    let is_generator = p.eat(T::Star);
    Ok(FunctionFlags {
        is_async,
        is_generator,
        ..FunctionFlags::default()
    })
}

/// The parameters and body of a method in an object literal.
pub(super) fn method<'s>(p: &mut Input<'s, '_>, flags: FunctionFlags) -> Parse<Function> {
    let start = p.start();
    let signature = signature(p)?;
    let body = body(p, flags)?;
    Ok(finish(p, start, None, flags, signature, body))
}

/// The parameters of a class member, with its body if there is one.
pub(super) fn class_method<'s>(p: &mut Input<'s, '_>, flags: FunctionFlags) -> Parse<Function> {
    let start = p.start();
    let signature = signature_with(p, flags.is_constructor)?;
    let body = match p.kind() {
        T::LBrace => body(p, flags)?,
        _ => {
            stmt::semi(p)?;
            FunctionBody::None
        }
    };
    Ok(finish(p, start, None, flags, signature, body))
}

fn finish(
    p: &mut Input<'_, '_>,
    start: u32,
    name: Option<Ident>,
    flags: FunctionFlags,
    signature: Signature,
    body: FunctionBody,
) -> Function {
    Function {
        id: p.id(),
        span: p.spanned(start),
        name,
        is_async: flags.is_async,
        is_generator: flags.is_generator,
        is_arrow: false,
        signature,
        body,
    }
}

fn body<'s>(p: &mut Input<'s, '_>, flags: FunctionFlags) -> Parse<FunctionBody> {
    let labels = p.state().labels.len();
    p.within(flags.enter(labels), stmt::block)
        .map(FunctionBody::Block)
}

/// What follows `=>`.
pub(super) fn arrow_body<'s>(p: &mut Input<'s, '_>, is_async: bool) -> Parse<FunctionBody> {
    let labels = p.state().labels.len();
    let is_block = p.kind() == T::LBrace;
    let enter = |context: &mut Context| {
        *context = Context {
            in_function: true,
            in_async: is_async,
            in_method: context.in_method,
            in_constructor: context.in_constructor,
            no_in: context.no_in && !is_block,
            before_colon: context.before_colon && !is_block,
            nested: true,
            first_label: labels,
            ..Context::default()
        }
    };
    p.within(enter, |p| match is_block {
        true => stmt::block(p).map(FunctionBody::Block),
        false => expr::assignment(p).map(|expr| FunctionBody::Expr(Box::new(expr))),
    })
}

/// `<T>(a: A): R`, all but the parentheses optional.
pub(super) fn signature<'s>(p: &mut Input<'s, '_>) -> Parse<Signature> {
    signature_with(p, false)
}

fn signature_with<'s>(p: &mut Input<'s, '_>, properties_allowed: bool) -> Parse<Signature> {
    let start = p.start();
    let type_params = match p.kind() {
        T::Lt => type_params(p)?,
        _ => Vec::new(),
    };
    let (this_param, params) = params(p, properties_allowed)?;
    let return_type = match p.eat(T::Colon) {
        true => Some(types::return_type(p)?),
        false => None,
    };
    Ok(Signature {
        span: p.spanned(start),
        type_params,
        this_param,
        params,
        return_type,
    })
}

/// `<T extends A = B, const U>`
pub(super) fn type_params<'s>(p: &mut Input<'s, '_>) -> Parse<Vec<TypeParam>> {
    let open = p.next_token();
    let params = p.parse(comma_list(T::Lt, type_param, T::Gt))?;
    if params.is_empty() {
        p.report(
            codes::INVALID_PARAMETER,
            open.span(),
            "a list of type parameters cannot be empty",
            "remove the `<>`",
        );
    }
    Ok(params)
}

fn type_param<'s>(p: &mut Input<'s, '_>) -> Parse<TypeParam> {
    let start = p.start();
    let is_const = p.eat(T::Const);
    let is_in = p.eat(T::In);
    let is_out = p.kind() == T::Out && p.kind_at(1).is_identifier() && p.eat(T::Out);
    let variance = match (is_in, is_out) {
        (true, true) => Some(Variance::InOut),
        (true, false) => Some(Variance::In),
        (false, true) => Some(Variance::Out),
        (false, false) => None,
    };
    let name = pattern::declared_name(p)?;
    let constraint = match p.eat(T::Extends) {
        true => Some(types::type_(p)?),
        false => None,
    };
    let default = match p.eat(T::Eq) {
        true => Some(types::type_(p)?),
        false => None,
    };
    Ok(TypeParam {
        id: p.id(),
        span: p.spanned(start),
        name,
        constraint,
        default,
        is_const,
        variance,
    })
}

/// Whether the parentheses at `open` can hold parameters, judged by the first one.
pub(super) fn begins_params(p: &mut Input<'_, '_>, open: usize) -> bool {
    let first = open + 1;
    let after = match p.token_number(first).kind {
        T::RParen | T::DotDotDot => return true,
        T::LBracket | T::LBrace => p.after_mate(first),
        T::This => Some(first + 1),
        kind if kind.is_identifier() => Some(first + 1),
        _ => None,
    };
    after.is_some_and(|after| {
        matches!(
            p.token_number(after).kind,
            T::Colon | T::Comma | T::Question | T::Eq | T::RParen
        )
    })
}

/// A parameter, or the type of `this`.
enum ParamItem {
    This(Span, TypeExpr),
    Param(Param),
}

fn params<'s>(
    p: &mut Input<'s, '_>,
    properties_allowed: bool,
) -> Parse<(Option<TypeExpr>, Vec<Param>)> {
    let list = comma_list(T::LParen, param_item, T::RParen);
    let items = expr::anywhere(p, |p| p.parse(list))?;
    let mut this_param = None;
    let mut params: Vec<Param> = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        match item {
            ParamItem::This(_, ty) if index == 0 => this_param = Some(ty),
            ParamItem::This(span, _) => p.report(
                codes::INVALID_PARAMETER,
                span,
                "`this` must be the first parameter",
                "",
            ),
            ParamItem::Param(param) => params.push(param),
        }
    }
    check_params(p, &params, properties_allowed);
    Ok((this_param, params))
}

fn param_item<'s>(p: &mut Input<'s, '_>) -> Parse<ParamItem> {
    let start = p.start();
    if p.kind() == T::This {
        p.bump();
        p.expect(T::Colon)?;
        let ty = types::type_(p)?;
        return Ok(ParamItem::This(p.spanned(start), ty));
    }
    param(p).map(ParamItem::Param)
}

fn param<'s>(p: &mut Input<'s, '_>) -> Parse<Param> {
    let token = p.next_token();
    if token.kind == T::At {
        return refuse_with(p, token.span(), DECORATOR);
    }
    let property = param_modifiers(p);
    let rest = p.eat(T::DotDotDot);
    let pattern = pattern::binding(p)?;
    let optional = p.eat(T::Question);
    let ty = match p.eat(T::Colon) {
        true => Some(types::type_(p)?),
        false => None,
    };
    let default = match p.eat(T::Eq) {
        true => Some(expr::assignment(p)?),
        false => None,
    };
    Ok(Param {
        span: p.spanned(token.start),
        pattern,
        rest,
        optional,
        ty,
        default,
        property,
    })
}

/// `private readonly` and the like, which make a parameter a field as well.
fn param_modifiers(p: &mut Input<'_, '_>) -> Option<Modifiers> {
    let start = p.start();
    let mut modifiers = Modifiers::default();
    let mut any = false;
    loop {
        let next = p.kind_at(1);
        let is_modifier = match p.kind() {
            T::Public | T::Protected | T::Private => true,
            T::Readonly | T::Override => next.is_word() || matches!(next, T::LBracket | T::LBrace),
            _ => false,
        };
        if !is_modifier {
            break;
        }
        any = true;
        let token = p.bump();
        add_modifier(p, &mut modifiers, token.kind, token.span());
    }
    modifiers.span = p.spanned(start);
    any.then_some(modifiers)
}

/// Notes a modifier; reports it if it stands twice.
pub(super) fn add_modifier(p: &mut Input<'_, '_>, modifiers: &mut Modifiers, kind: T, span: Span) {
    let access = match kind {
        T::Public => Some(Access::Public),
        T::Protected => Some(Access::Protected),
        T::Private => Some(Access::Private),
        _ => None,
    };
    let again = match kind {
        T::Static => std::mem::replace(&mut modifiers.is_static, true),
        T::Abstract => std::mem::replace(&mut modifiers.is_abstract, true),
        T::Override => std::mem::replace(&mut modifiers.is_override, true),
        T::Readonly => std::mem::replace(&mut modifiers.is_readonly, true),
        _ => modifiers
            .access
            .replace(access.unwrap_or(Access::Public))
            .is_some(),
    };
    if again {
        let message = match access {
            Some(_) => "a member has only one of `public`, `protected` and `private`".to_owned(),
            None => format!("`{}` stands twice", kind.text()),
        };
        p.report(codes::INVALID_MODIFIER, span, message, "");
    }
}

fn check_params(p: &mut Input<'_, '_>, params: &[Param], properties_allowed: bool) {
    let mut optional_before = false;
    for (index, param) in params.iter().enumerate() {
        let is_last = index + 1 == params.len();
        let fault = if param.rest && !is_last {
            Some((
                codes::INVALID_REST,
                "a rest parameter must be the last one",
                "",
            ))
        } else if param.rest && (param.default.is_some() || param.optional) {
            Some((
                codes::INVALID_REST,
                "a rest parameter is neither optional nor has a default",
                "it is empty if no arguments are left",
            ))
        } else if param.optional && param.default.is_some() {
            Some((
                codes::INVALID_PARAMETER,
                "a parameter with a default is optional already",
                "remove the `?`",
            ))
        } else if optional_before && !param.optional && !param.rest && param.default.is_none() {
            Some((
                codes::INVALID_PARAMETER,
                "a required parameter cannot follow an optional one",
                "move it to the front, or give it a default",
            ))
        } else if param.property.is_some() && !properties_allowed {
            Some((
                codes::INVALID_MODIFIER,
                "only parameters of a constructor can have modifiers",
                "",
            ))
        } else if param.property.is_some()
            && (param.rest || !matches!(param.pattern.kind, PatternKind::Binding(_)))
        {
            Some((
                codes::INVALID_PARAMETER,
                "a parameter that declares a field must be a plain name",
                "",
            ))
        } else {
            None
        };
        if let Some((code, message, help)) = fault {
            p.report(code, param.span, message, help);
        }
        optional_before |= param.optional;
    }
}

/// A getter has no parameter, a setter one.
pub(super) fn check_accessor(p: &mut Input<'_, '_>, kind: MethodKind, signature: &Signature) {
    let count = signature.params.len();
    let message = match kind {
        MethodKind::Getter if count != 0 => "a getter has no parameters",
        MethodKind::Setter if count != 1 => "a setter has exactly one parameter",
        MethodKind::Setter if signature.params[0].rest => "a setter has no rest parameter",
        MethodKind::Setter if signature.return_type.is_some() => "a setter has no result type",
        _ => return,
    };
    p.report(codes::INVALID_PARAMETER, signature.span, message, "");
}
