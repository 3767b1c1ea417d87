//! Types, signatures and their members.

use super::Dumper;
use super::expr::{method_kind, number};
use super::sexp::Sexp;
use crate::ast::*;
use crate::limits::ensure_stack;

impl Dumper<'_> {
    pub(super) fn ty(&self, ty: &TypeExpr) -> Sexp {
        let sexp = ensure_stack(|| self.type_kind(&ty.kind));
        self.spanned(sexp, ty.span)
    }

    fn types(&self, types: &[TypeExpr]) -> Vec<Sexp> {
        types.iter().map(|ty| self.ty(ty)).collect()
    }

    pub(super) fn type_args(&self, args: &[TypeExpr]) -> Option<Sexp> {
        Self::group("<>", self.types(args))
    }

    fn type_kind(&self, kind: &TypeKind) -> Sexp {
        let one = |head: &str, ty: &TypeExpr| Sexp::list(head, vec![self.ty(ty)]);
        match kind {
            TypeKind::Keyword(keyword) => Sexp::atom(keyword.text()),
            TypeKind::Literal(literal) => self.literal_type(literal),
            TypeKind::Ref(reference) => self.type_ref(reference),
            TypeKind::Array(element) => one("[]", element),
            TypeKind::Tuple(members) => {
                let members = members.iter().map(|member| self.tuple_member(member));
                Sexp::list("tuple", members.collect())
            }
            TypeKind::Union(types) => Sexp::list("|", self.types(types)),
            TypeKind::Intersection(types) => Sexp::list("&", self.types(types)),
            TypeKind::Function(function) => {
                let head = match (function.is_constructor, function.is_abstract) {
                    (false, _) => "fn-type",
                    (true, false) => "new-type",
                    (true, true) => "abstract-new-type",
                };
                Sexp::list(head, self.signature(&function.signature))
            }
            TypeKind::Object(members) => Sexp::list("object-type", self.type_members(members)),
            TypeKind::Keyof(ty) => one("keyof", ty),
            TypeKind::Typeof(path) => Sexp::list("typeof", vec![self.path(path)]),
            TypeKind::Indexed { object, index } => {
                Sexp::list("indexed", vec![self.ty(object), self.ty(index)])
            }
            TypeKind::Readonly(ty) => one("readonly", ty),
            TypeKind::Predicate(predicate) => {
                let head = if predicate.asserts { "asserts" } else { "is" };
                let mut items = vec![self.ident(predicate.param)];
                items.extend(predicate.ty.as_ref().map(|ty| self.ty(ty)));
                Sexp::list(head, items)
            }
            TypeKind::This => Sexp::atom("this"),
            TypeKind::Error => Sexp::list("error", Vec::new()),
        }
    }

    fn literal_type(&self, literal: &LiteralType) -> Sexp {
        match literal {
            LiteralType::Number { value, integer } => Sexp::atom(number(*value, *integer)),
            LiteralType::BigInt(digits) => Sexp::atom(format!("{}n", self.name(*digits))),
            LiteralType::String(text) => self.quoted(*text),
            LiteralType::Bool(value) => Sexp::atom(value.to_string()),
        }
    }

    fn path(&self, path: &[Ident]) -> Sexp {
        let parts: Vec<_> = path.iter().map(|part| self.name(part.name)).collect();
        Sexp::atom(parts.join("."))
    }

    pub(super) fn type_ref(&self, reference: &TypeRef) -> Sexp {
        let path = self.path(&reference.path);
        match self.type_args(&reference.args) {
            Some(args) => Sexp::list("ref", vec![path, args]),
            None => path,
        }
    }

    fn tuple_member(&self, member: &TupleMember) -> Sexp {
        let mut sexp = self.ty(&member.ty);
        if let Some(label) = member.label {
            sexp = Sexp::list("label", vec![self.ident(label), sexp]);
        }
        if member.optional {
            sexp = Sexp::list("?", vec![sexp]);
        }
        if member.rest {
            sexp = Sexp::list("...", vec![sexp]);
        }
        sexp
    }

    /// Type parameters, parameters and result, as items of whatever has them.
    pub(super) fn signature(&self, signature: &Signature) -> Vec<Sexp> {
        let mut items = Vec::new();
        items.extend(self.type_params(&signature.type_params));
        let this = signature.this_param.iter();
        let mut params: Vec<_> = this
            .map(|ty| Sexp::list("this", vec![self.ty(ty)]))
            .collect();
        params.extend(signature.params.iter().map(|param| self.param(param)));
        items.push(Sexp::list("params", params));
        if let Some(result) = &signature.return_type {
            items.push(Sexp::list("returns", vec![self.ty(result)]));
        }
        items
    }

    pub(super) fn type_params(&self, params: &[TypeParam]) -> Option<Sexp> {
        let param = |param: &TypeParam| {
            let mut items = Vec::new();
            items.extend(param.is_const.then(|| Sexp::atom("const")));
            items.extend(param.variance.map(|variance| {
                Sexp::atom(match variance {
                    Variance::In => "in",
                    Variance::Out => "out",
                    Variance::InOut => "in-out",
                })
            }));
            if let Some(ty) = &param.constraint {
                items.push(Sexp::list("extends", vec![self.ty(ty)]));
            }
            if let Some(ty) = &param.default {
                items.push(Sexp::list("=", vec![self.ty(ty)]));
            }
            match items.is_empty() {
                true => self.ident(param.name),
                false => Sexp::list(self.name(param.name.name), items),
            }
        };
        Self::group("type-params", params.iter().map(param).collect())
    }

    fn param(&self, param: &Param) -> Sexp {
        let mut items = Vec::new();
        if let Some(modifiers) = &param.property {
            items.extend(self.modifiers(modifiers));
        }
        items.push(self.pattern(&param.pattern));
        items.extend(param.ty.as_ref().map(|ty| self.ty(ty)));
        if let Some(default) = &param.default {
            items.push(Sexp::list("=", vec![self.expr(default)]));
        }
        let head = match (param.rest, param.optional) {
            (true, _) => "...",
            (false, true) => "param?",
            (false, false) => "param",
        };
        Sexp::list(head, items)
    }

    pub(super) fn type_members(&self, members: &[TypeMember]) -> Vec<Sexp> {
        let member = |member: &TypeMember| {
            let sexp = self.type_member(&member.kind);
            self.spanned(sexp, member.span)
        };
        members.iter().map(member).collect()
    }

    fn type_member(&self, kind: &TypeMemberKind) -> Sexp {
        match kind {
            TypeMemberKind::Property {
                key,
                optional,
                readonly,
                ty,
            } => {
                let mut items = Vec::new();
                items.extend(readonly.then(|| Sexp::atom("readonly")));
                items.push(self.key(key));
                items.extend(ty.as_ref().map(|ty| self.ty(ty)));
                Sexp::list(if *optional { "prop?" } else { "prop" }, items)
            }
            TypeMemberKind::Method {
                key,
                optional,
                kind,
                signature,
            } => {
                let mut items = vec![self.key(key)];
                items.extend(self.signature(signature));
                let mark = if *optional { "?" } else { "" };
                Sexp::list(format!("{}{mark}", method_kind(*kind)), items)
            }
            TypeMemberKind::Call(signature) => Sexp::list("call", self.signature(signature)),
            TypeMemberKind::Construct(signature) => Sexp::list("new", self.signature(signature)),
            TypeMemberKind::Index(signature) => self.index_signature(signature),
        }
    }

    pub(super) fn index_signature(&self, signature: &IndexSignature) -> Sexp {
        let mut items = Vec::new();
        items.extend(signature.readonly.then(|| Sexp::atom("readonly")));
        items.push(self.ident(signature.name));
        items.push(self.ty(&signature.key));
        items.push(self.ty(&signature.value));
        Sexp::list("index", items)
    }
}
