//! From written types to types.

use super::Checker;
use crate::codes;
use crate::env::{ScopeId, TypeSym, TypeSymKind};
use crate::types::{
    IndexSig, Member, ObjectType, Param, ParamId, Predicate, Signature, Subst, Tuple, Ty, TypeKind,
};
use raya_syntax::ast::{
    self, KeywordType, LiteralType, PropKey, TupleMember, TypeExpr, TypeMember, TypeMemberKind,
    TypeRef,
};
use raya_syntax::limits::ensure_stack;
use raya_syntax::name::{Name, names};
use raya_syntax::source::FileId;
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    /// The type that is written.
    pub(crate) fn resolve(&mut self, ty: &'a TypeExpr) -> Ty {
        ensure_stack(|| self.resolve_kind(ty))
    }

    /// The type that is written, if one is.
    pub(crate) fn resolve_opt(&mut self, ty: &'a Option<TypeExpr>) -> Option<Ty> {
        ty.as_ref().map(|t| self.resolve(t))
    }

    fn resolve_kind(&mut self, ty: &'a TypeExpr) -> Ty {
        match &ty.kind {
            ast::TypeKind::Keyword(keyword) => self.keyword(*keyword, ty.span),
            ast::TypeKind::Literal(literal) => self.literal_type(literal, ty.span),
            ast::TypeKind::Ref(r) => self.type_ref(r, ty.span),
            ast::TypeKind::Array(elem) => {
                let elem = self.resolve(elem);
                self.types.array(elem)
            }
            ast::TypeKind::Tuple(members) => self.tuple(members, false),
            ast::TypeKind::Union(parts) => {
                let parts: Vec<Ty> = parts.iter().map(|t| self.resolve(t)).collect();
                self.types.union(&parts)
            }
            ast::TypeKind::Intersection(parts) => {
                let parts: Vec<Ty> = parts.iter().map(|t| self.resolve(t)).collect();
                self.types.intersection(&parts)
            }
            ast::TypeKind::Function(f) => {
                let ty = self.function_type(&f.signature);
                if f.is_constructor {
                    return self.types.object_type(ObjectType {
                        constructs: Box::new([ty]),
                        ..ObjectType::default()
                    });
                }
                ty
            }
            ast::TypeKind::Object(members) => self.object_members(members),
            ast::TypeKind::Keyof(inner) => {
                let inner = self.resolve(inner);
                self.keyof(inner)
            }
            ast::TypeKind::Typeof(path) => self.typeof_type(path, ty.span),
            ast::TypeKind::Indexed { object, index } => {
                let object = self.resolve(object);
                let index_ty = self.resolve(index);
                self.indexed_type(object, index_ty, index.span)
            }
            ast::TypeKind::Readonly(inner) => match &inner.kind {
                ast::TypeKind::Array(elem) => {
                    let elem = self.resolve(elem);
                    self.types.readonly_array(elem)
                }
                ast::TypeKind::Tuple(members) => self.tuple(members, true),
                _ => {
                    self.error(
                        codes::INVALID_TYPE_OPERATOR,
                        ty.span,
                        "`readonly` stands in front of array and tuple types only",
                    );
                    self.resolve(inner)
                }
            },
            ast::TypeKind::Predicate(_) => Ty::BOOLEAN,
            ast::TypeKind::This => self.this_type(ty.span),
            ast::TypeKind::Error => Ty::ERROR,
        }
    }

    fn keyword(&mut self, keyword: KeywordType, span: Span) -> Ty {
        match keyword {
            KeywordType::Any => Ty::ANY,
            KeywordType::Unknown => Ty::UNKNOWN,
            KeywordType::Never => Ty::NEVER,
            KeywordType::Void => Ty::VOID,
            KeywordType::Null | KeywordType::Undefined => Ty::NULL,
            KeywordType::Boolean => Ty::BOOLEAN,
            KeywordType::Number => Ty::NUMBER,
            KeywordType::Int => Ty::INT,
            KeywordType::String => Ty::STRING,
            KeywordType::Object => Ty::ANY_OBJECT,
            KeywordType::BigInt => {
                self.unsupported(codes::UNSUPPORTED_BIGINT, span);
                Ty::ERROR
            }
        }
    }

    fn literal_type(&mut self, literal: &LiteralType, span: Span) -> Ty {
        match literal {
            LiteralType::Number { value, .. } => self.types.lit_number(*value),
            LiteralType::String(text) => self.types.lit_string(*text),
            LiteralType::Bool(true) => Ty::TRUE,
            LiteralType::Bool(false) => Ty::FALSE,
            LiteralType::BigInt(_) => {
                self.unsupported(codes::UNSUPPORTED_BIGINT, span);
                Ty::ERROR
            }
        }
    }

    fn tuple(&mut self, members: &'a [TupleMember], readonly: bool) -> Ty {
        let mut elems = Vec::with_capacity(members.len());
        let mut labels = Vec::new();
        let mut required = 0;
        let mut rest = None;
        for member in members {
            let ty = self.resolve(&member.ty);
            if member.rest {
                rest = self.array_element(ty);
                if rest.is_none() && ty != Ty::ERROR {
                    let message = "a rest element of a tuple has an array type";
                    self.error(codes::INVALID_TYPE_OPERATOR, member.span, message);
                }
                continue;
            }
            if rest.is_some() {
                let message = "a rest element stands last in a tuple";
                self.error(codes::INVALID_TYPE_OPERATOR, member.span, message);
            }
            if !member.optional {
                required = elems.len() as u16 + 1;
            }
            elems.push(if member.optional {
                self.types.nullable(ty)
            } else {
                ty
            });
            labels.extend(member.label.map(|l| l.name));
        }
        if labels.len() != elems.len() {
            labels.clear();
        }
        self.types.tuple_type(Tuple {
            elems: elems.into(),
            required,
            rest,
            readonly,
            labels: labels.into(),
        })
    }

    fn this_type(&mut self, span: Span) -> Ty {
        match self.scopes.type_(self.scope, names::THIS) {
            Some(symbol) => match self.type_symbols[symbol.0 as usize] {
                TypeSymKind::Param(p) => self.types.param_type(p),
                _ => Ty::ERROR,
            },
            None => {
                let message = "`this` is a type inside classes and interfaces only";
                self.error(codes::INVALID_THIS, span, message);
                Ty::ERROR
            }
        }
    }

    fn typeof_type(&mut self, path: &'a [ast::Ident], span: Span) -> Ty {
        let Some((first, rest)) = path.split_first() else {
            return Ty::ERROR;
        };
        let Some(symbol) = self.value_symbol(first.name) else {
            self.report_unknown_name(first.name, first.span);
            return Ty::ERROR;
        };
        let mut ty = self.symbol_type(symbol, first.span);
        for part in rest {
            let Some(found) = self.lookup(ty, part.name) else {
                self.report_unknown_member(ty, *part);
                return Ty::ERROR;
            };
            ty = found.ty;
        }
        let _ = span;
        ty
    }

    fn type_ref(&mut self, r: &'a TypeRef, span: Span) -> Ty {
        let [ident] = *r.path else {
            self.unsupported(codes::UNSUPPORTED_MODULES, span);
            return Ty::ERROR;
        };
        self.named_reference(ident, &r.args, span)
    }

    pub(crate) fn report_unknown_type(&mut self, ident: ast::Ident) {
        if self.value_symbol(ident.name).is_some() {
            let text = self.text(ident.name).to_string();
            self.error(
                codes::VALUE_USED_AS_TYPE,
                ident.span,
                format!("`{text}` is a value, not a type"),
            )
            .help = Some(format!("write `typeof {text}` for its type"));
            return;
        }
        let mut candidates = match self.hints_left {
            0 => Vec::new(),
            _ => self.scopes.visible_types(self.scope),
        };
        candidates.extend(self.library_names());
        let help = self.did_you_mean(ident.name, &candidates);
        let message = format!("no type named `{}` is in scope", self.text(ident.name));
        self.error_help(codes::UNKNOWN_TYPE, ident.span, message, help);
    }

    /// The type symbol that a name means here; loads the built-in library.
    pub(crate) fn type_symbol(&mut self, name: Name) -> Option<TypeSym> {
        if let Some(found) = self.scopes.type_(self.scope, name) {
            return Some(found);
        }
        self.load_declaring(name);
        self.scopes.own_type(self.root, name)
    }

    /// The type that a symbol means with these arguments.
    pub(crate) fn type_of_symbol(
        &mut self,
        symbol: TypeSym,
        args: &'a [TypeExpr],
        ident: ast::Ident,
        span: Span,
    ) -> Ty {
        let resolved: Vec<Ty> = args.iter().map(|t| self.resolve(t)).collect();
        match &self.type_symbols[symbol.0 as usize] {
            TypeSymKind::Param(p) => {
                let p = *p;
                if !args.is_empty() {
                    self.report_type_arg_count(ident.name, 0, 0, args.len(), span);
                }
                self.types.param_type(p)
            }
            TypeSymKind::Refused => Ty::ERROR,
            TypeSymKind::Class(class) => {
                let class = *class;
                let params = self.types.class(class).params.clone();
                let args = self.type_args(ident.name, &params, &resolved, span);
                self.instance_type(class, &args)
            }
            TypeSymKind::Dynamic => Ty::ANY,
            TypeSymKind::Interface { .. } => self.interface_type(symbol, &resolved, ident, span),
            TypeSymKind::Alias { .. } => self.alias_type(symbol, &resolved, ident, span),
        }
    }

    /// Instances of a class; those of `Array` are arrays, and so on.
    pub(crate) fn instance_type(&mut self, class: crate::types::ClassId, args: &[Ty]) -> Ty {
        let well_known = self.hir.well_known;
        let first = args.first().copied().unwrap_or(Ty::ANY);
        match Some(class) {
            c if c == well_known.array => self.types.array(first),
            c if c == self.readonly_array_class() => self.types.readonly_array(first),
            c if c == well_known.string => Ty::STRING,
            c if c == well_known.number => Ty::NUMBER,
            c if c == well_known.boolean => Ty::BOOLEAN,
            _ => self.types.instance(class, args),
        }
    }

    /// Type arguments completed by defaults and checked against constraints.
    pub(crate) fn type_args(
        &mut self,
        name: Name,
        params: &[ParamId],
        given: &[Ty],
        span: Span,
    ) -> Vec<Ty> {
        let defaults = |c: &Self, p: &ParamId| c.types.param(*p).default.is_some();
        let required = params
            .iter()
            .rposition(|p| !defaults(self, p))
            .map_or(0, |i| i + 1);
        if given.len() > params.len() || given.len() < required {
            self.report_type_arg_count(name, required, params.len(), given.len(), span);
        }
        let mut args = Vec::with_capacity(params.len());
        for (i, &param) in params.iter().enumerate() {
            let known = Subst::new(&params[..i], &args);
            let default = self.types.param(param).default;
            let arg = match (given.get(i), default) {
                (Some(&arg), _) => arg,
                (None, Some(default)) => self.types.substitute(default, &known),
                (None, None) => Ty::ERROR,
            };
            args.push(arg);
        }
        let subst = Subst::new(params, &args);
        for (&param, &arg) in params.iter().zip(&args) {
            self.check_constraint(param, arg, &subst, span);
        }
        args
    }

    /// Reports a type argument that its parameter's constraint does not admit.
    pub(crate) fn check_constraint(&mut self, param: ParamId, arg: Ty, subst: &Subst, span: Span) {
        let Some(constraint) = self.types.param(param).constraint else {
            return;
        };
        let constraint = self.types.substitute(constraint, subst);
        if arg != Ty::ANY && !self.subtype(arg, constraint) && !self.is_some_list(arg, constraint) {
            let message = format!(
                "`{}` does not satisfy the constraint `{}` of `{}`",
                self.show(arg),
                self.show(constraint),
                self.text(self.types.param(param).name)
            );
            self.error(codes::CONSTRAINT, span, message);
        }
    }

    /// `unknown[]` as a bound means any array or tuple, and so it does for the entries of a
    /// dictionary.
    fn is_some_list(&mut self, arg: Ty, constraint: Ty) -> bool {
        match self.types.kind(constraint) {
            TypeKind::Array(Ty::UNKNOWN | Ty::ANY) => self.array_element(arg).is_some(),
            TypeKind::Object(bound) => {
                let bound = self.types.object(bound);
                let Some(entry) = bound.index.filter(|_| bound.members.is_empty()) else {
                    return false;
                };
                let apparent = self.apparent(arg);
                let TypeKind::Object(given) = self.types.kind(apparent) else {
                    return false;
                };
                let given = self.types.object(given).clone();
                given.index.is_none()
                    && (given.members.iter()).all(|m| self.is_some_list(m.ty, entry.value))
            }
            _ => false,
        }
    }

    fn report_type_arg_count(
        &mut self,
        name: Name,
        least: usize,
        most: usize,
        given: usize,
        span: Span,
    ) {
        let wanted = match (least, most) {
            (0, 0) => "no type arguments".to_string(),
            (1, 1) => "one type argument".to_string(),
            (a, b) if a == b => format!("{a} type arguments"),
            (a, b) => format!("{a} to {b} type arguments"),
        };
        let message = format!("`{}` takes {wanted}, not {given}", self.text(name));
        self.error(codes::TYPE_ARGUMENT_COUNT, span, message);
    }

    /// Runs `inside` with another scope and file.
    pub(crate) fn elsewhere<R>(
        &mut self,
        scope: ScopeId,
        file: FileId,
        inside: impl FnOnce(&mut Self) -> R,
    ) -> R {
        let saved = (self.scope, self.file);
        (self.scope, self.file) = (scope, file);
        let result = inside(self);
        (self.scope, self.file) = saved;
        result
    }

    // ---- parts of object and function types

    /// The function type of a written signature (of a type, not of a body).
    pub(crate) fn function_type(&mut self, signature: &'a ast::Signature) -> Ty {
        self.in_scope(|c| {
            let type_params = c.declare_type_params(&signature.type_params);
            let sig = c.signature_with(signature, type_params, None);
            c.types.function(sig)
        })
    }

    /// A signature whose type parameters are in scope already. `ret`: the result
    /// where none is written.
    pub(crate) fn signature_with(
        &mut self,
        signature: &'a ast::Signature,
        type_params: Vec<ParamId>,
        ret: Option<Ty>,
    ) -> Signature {
        let params = self.written_params(signature);
        let rest = signature.params.iter().any(|p| p.rest);
        let this_ty = signature.this_param.as_ref().map(|t| self.resolve(t));
        let mut predicate = None;
        let result = match &signature.return_type {
            Some(t) => {
                predicate = self.predicate(t, signature);
                match predicate {
                    Some(p) if p.asserts => Ty::VOID,
                    _ => self.resolve(t),
                }
            }
            None => ret.unwrap_or(Ty::ERROR),
        };
        Signature {
            type_params: type_params.into(),
            this_ty,
            params: params.into(),
            rest,
            ret: result,
            predicate,
        }
    }

    fn predicate(&mut self, ty: &'a TypeExpr, signature: &'a ast::Signature) -> Option<Predicate> {
        let ast::TypeKind::Predicate(p) = &ty.kind else {
            return None;
        };
        let name = p.param.name;
        let index = signature.params.iter().position(
            |param| matches!(param.pattern.kind, ast::PatternKind::Binding(n) if n == name),
        );
        if index.is_none() && name != names::THIS {
            self.report_unknown_name(name, p.param.span);
        }
        Some(Predicate {
            param: index.map(|i| i as u16),
            ty: p.ty.as_ref().map(|t| self.resolve(t)),
            asserts: p.asserts,
        })
    }

    /// A parameter's type as callers see it; one without type is reported.
    pub(crate) fn written_param(&mut self, p: &'a ast::Param) -> Param {
        let name = match p.pattern.kind {
            ast::PatternKind::Binding(name) => name,
            _ => names::VALUE,
        };
        let optional = p.optional || p.default.is_some();
        let ty = match &p.ty {
            Some(t) => self.resolve(t),
            None => match (&p.default, self.setter_param) {
                (Some(default), _) => self.type_of_default(default),
                (None, Some(ty)) => ty,
                (None, None) => {
                    self.report_implicit_param(p);
                    Ty::ERROR
                }
            },
        };
        if p.rest && ty != Ty::ERROR && self.array_element(ty).is_none() {
            let message = format!(
                "a rest parameter has an array type, not `{}`",
                self.show(ty)
            );
            self.error(codes::NOT_ASSIGNABLE, p.span, message);
        }
        Param {
            name,
            ty: if optional && !p.rest {
                self.types.nullable(ty)
            } else {
                ty
            },
            optional: optional && !p.rest,
        }
    }

    fn report_implicit_param(&mut self, p: &'a ast::Param) {
        let message = match p.pattern.kind {
            ast::PatternKind::Binding(name) => {
                format!("parameter `{}` needs a type", self.text(name))
            }
            _ => "this parameter needs a type".to_string(),
        };
        self.error(codes::IMPLICIT_ANY, p.span, message).help =
            Some("write its type behind a colon; `any` if it may be anything".to_string());
    }

    /// The structural type of written members.
    pub(crate) fn object_members(&mut self, members: &'a [TypeMember]) -> Ty {
        let mut parts = ObjectParts::default();
        self.add_members(&mut parts, members);
        self.finish_object(parts)
    }

    /// Adds written members.
    pub(crate) fn add_members(&mut self, parts: &mut ObjectParts, members: &'a [TypeMember]) {
        for member in members {
            match &member.kind {
                TypeMemberKind::Property {
                    key,
                    optional,
                    readonly,
                    ty,
                } => {
                    let Some(name) = self.type_key(key) else {
                        continue;
                    };
                    let ty = match ty {
                        Some(t) => self.resolve(t),
                        None => {
                            let message = format!("member `{}` needs a type", self.text(name));
                            self.error(codes::IMPLICIT_ANY, member.span, message);
                            Ty::ERROR
                        }
                    };
                    parts.put(Member {
                        name,
                        ty: if *optional {
                            self.types.nullable(ty)
                        } else {
                            ty
                        },
                        optional: *optional,
                        readonly: *readonly,
                        method: false,
                    });
                }
                TypeMemberKind::Method {
                    key,
                    optional,
                    kind,
                    signature,
                } => {
                    let Some(name) = self.type_key(key) else {
                        continue;
                    };
                    self.add_method(parts, name, *optional, *kind, signature);
                }
                TypeMemberKind::Call(signature) => {
                    let ty = self.function_type(signature);
                    parts.calls.push(ty);
                }
                TypeMemberKind::Construct(signature) => {
                    let ty = self.function_type(signature);
                    parts.constructs.push(ty);
                }
                TypeMemberKind::Index(index) => {
                    let key = self.resolve(&index.key);
                    if key != Ty::STRING && key != Ty::NUMBER && key != Ty::ERROR {
                        let message = "keys of an index signature are `string` or `number`";
                        self.error(codes::INVALID_INDEX, index.key.span, message);
                    }
                    let value = self.resolve(&index.value);
                    parts.index = Some(IndexSig {
                        key,
                        value,
                        readonly: index.readonly,
                    });
                }
            }
        }
    }

    fn add_method(
        &mut self,
        parts: &mut ObjectParts,
        name: Name,
        optional: bool,
        kind: ast::MethodKind,
        signature: &'a ast::Signature,
    ) {
        let function = self.function_type(signature);
        let sig = self.types.as_signature(function).cloned();
        match (kind, sig) {
            (ast::MethodKind::Getter, Some(sig)) => {
                let setter = parts.members.iter().any(|m| m.name == name);
                parts.put(Member {
                    name,
                    ty: sig.ret,
                    optional: false,
                    readonly: !setter,
                    method: false,
                });
            }
            (ast::MethodKind::Setter, Some(sig)) => {
                let ty = sig.params.first().map_or(Ty::ERROR, |p| p.ty);
                parts.put(Member {
                    name,
                    ty,
                    optional: false,
                    readonly: false,
                    method: false,
                });
            }
            _ => {
                let before = parts.members.iter().find(|m| m.name == name && m.method);
                let ty = match before.copied() {
                    Some(m) => self.overload(m.ty, function),
                    None => function,
                };
                let ty = if optional {
                    self.types.nullable(ty)
                } else {
                    ty
                };
                parts.put(Member {
                    name,
                    ty,
                    optional,
                    readonly: false,
                    method: true,
                });
            }
        }
    }

    /// A function type with one more overload.
    pub(crate) fn overload(&mut self, first: Ty, second: Ty) -> Ty {
        let mut list = match self.types.kind(first) {
            TypeKind::Overloads(l) => self.types.list(l).to_vec(),
            _ => vec![first],
        };
        list.push(second);
        let list = self.types.intern_list(&list);
        self.types.intern(TypeKind::Overloads(list))
    }

    /// The type of collected members.
    pub(crate) fn finish_object(&mut self, parts: ObjectParts) -> Ty {
        let only_calls = parts.members.is_empty() && parts.constructs.is_empty();
        if only_calls && parts.index.is_none() && parts.calls.len() == 1 {
            return parts.calls[0];
        }
        self.types.object_type(ObjectType {
            members: parts.members.into(),
            calls: parts.calls.into(),
            constructs: parts.constructs.into(),
            index: parts.index,
        })
    }

    /// The name of a member of a type; other keys are reported.
    pub(crate) fn type_key(&mut self, key: &'a PropKey) -> Option<Name> {
        match key {
            PropKey::Number { value, .. } => Some(self.names.intern(&format!("{value}"))),
            PropKey::Computed(e) => match e.as_well_known_symbol() {
                Some(symbol) => Some(self.symbol_member(symbol)),
                None => match &e.kind {
                    ast::ExprKind::String(ast::Text::Name(name)) => Some(*name),
                    _ => {
                        let message = "a computed key here is `Symbol.iterator` or a string";
                        self.error(codes::COMPUTED_KEY, e.span, message);
                        None
                    }
                },
            },
            _ => key.as_name().or(match key {
                PropKey::Private(ident) => Some(ident.name),
                _ => None,
            }),
        }
    }

    /// The member that stands for a well-known symbol.
    pub(crate) fn symbol_member(&mut self, symbol: ast::WellKnownSymbol) -> Name {
        use ast::WellKnownSymbol as S;
        self.names.intern(match symbol {
            S::Iterator => "__iter__",
            S::AsyncIterator => "__aiter__",
            S::Dispose => "__dispose__",
            S::AsyncDispose => "__adispose__",
        })
    }
}

/// The members of an object type while they are collected.
#[derive(Debug, Default)]
pub(crate) struct ObjectParts {
    pub members: Vec<Member>,
    pub calls: Vec<Ty>,
    pub constructs: Vec<Ty>,
    pub index: Option<IndexSig>,
}

impl ObjectParts {
    /// Adds a member; it replaces an earlier one of its name.
    pub(crate) fn put(&mut self, member: Member) {
        match self.members.iter_mut().find(|m| m.name == member.name) {
            Some(old) => *old = member,
            None => self.members.push(member),
        }
    }
}
