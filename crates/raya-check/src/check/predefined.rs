//! Type operators and predefined type functions: `keyof`, `T[K]`, `Partial`, …
//!
//! They work on types that are known; where one is applied to a type parameter it
//! works on the parameter's constraint.

use super::Checker;
use super::resolve::ObjectParts;
use crate::codes;
use crate::env::{AliasState, TypeSym, TypeSymKind};
use crate::types::{
    IndexSig, Member, ObjectType, ParamId, Subst, Tuple, Ty, TypeKind, TypeOperator,
};
use raya_syntax::ast::{Ident, TypeExpr};
use raya_syntax::name::{Name, names};
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    /// A type that needs no declaration, such as `Partial<T>`.
    pub(crate) fn predefined_type(
        &mut self,
        name: Name,
        args: &'a [TypeExpr],
        span: Span,
    ) -> Option<Ty> {
        let text = self.text(name).to_string();
        let count = match text.as_str() {
            "Partial" | "Required" | "Readonly" | "NonNullable" | "ReturnType" | "Parameters" => 1,
            "Pick" | "Omit" | "Record" | "Exclude" | "Extract" => 2,
            "Promise" | "Task" | "Awaited" => {
                self.unsupported(codes::UNSUPPORTED_ASYNC, span);
                return Some(Ty::ERROR);
            }
            "RegExp" | "RegExpMatch" | "RegExpMatchArray" => {
                self.unsupported(codes::UNSUPPORTED_REGEX, span);
                return Some(Ty::ERROR);
            }
            "Generator" | "AsyncGenerator" => {
                self.unsupported(codes::UNSUPPORTED_GENERATORS, span);
                return Some(Ty::ERROR);
            }
            _ => return None,
        };
        let types: Vec<Ty> = args.iter().map(|t| self.resolve(t)).collect();
        if types.len() != count {
            let message = format!("`{text}` takes {count} type arguments, not {}", types.len());
            self.error(codes::TYPE_ARGUMENT_COUNT, span, message);
            return Some(Ty::ERROR);
        }
        let second = types.get(1).copied().unwrap_or(Ty::NEVER);
        Some(self.apply_predefined(&text, types[0], second, span))
    }

    fn apply_predefined(&mut self, name: &str, ty: Ty, second: Ty, span: Span) -> Ty {
        if let Some(op) = TypeOperator::by_name(name)
            && (self.types.is_deferred(ty) || self.types.is_deferred(second))
        {
            let args = match op {
                TypeOperator::Pick | TypeOperator::Omit => vec![ty, second],
                _ => vec![ty],
            };
            args.iter().for_each(|&t| self.publish_members(t));
            return self.types.operator(op, &args);
        }
        match name {
            "Partial" => self.map_members(ty, span, |c, m| Member {
                ty: c.types.nullable(m.ty),
                optional: true,
                ..m
            }),
            "Required" => self.map_members(ty, span, |c, m| Member {
                ty: if m.optional {
                    c.types.non_null(m.ty)
                } else {
                    m.ty
                },
                optional: false,
                ..m
            }),
            "Readonly" => self.readonly_of(ty, span),
            "NonNullable" => self.types.non_null(ty),
            "Record" => self.record(ty, second),
            "Pick" => self.pick(ty, second, span, true),
            "Omit" => self.pick(ty, second, span, false),
            "Exclude" => self.types_where(ty, second, false),
            "Extract" => self.types_where(ty, second, true),
            "ReturnType" => match self.call_signatures(ty).first() {
                Some(sig) => sig.ret,
                None => self.operator_error("`ReturnType` takes a function type", span),
            },
            _ => match self.call_signatures(ty).first().cloned() {
                Some(sig) => {
                    let fixed: Vec<Ty> = sig.fixed().iter().map(|p| p.ty).collect();
                    let rest = sig.params.last().filter(|_| sig.rest).map(|p| p.ty);
                    let rest = rest.and_then(|t| self.array_element(t));
                    self.types.tuple_type(Tuple {
                        elems: fixed.into(),
                        required: sig.required() as u16,
                        rest,
                        readonly: false,
                        labels: sig.fixed().iter().map(|p| p.name).collect(),
                    })
                }
                None => self.operator_error("`Parameters` takes a function type", span),
            },
        }
    }

    fn operator_error(&mut self, message: &str, span: Span) -> Ty {
        self.error(codes::INVALID_TYPE_OPERATOR, span, message);
        Ty::ERROR
    }

    fn types_where(&mut self, ty: Ty, bound: Ty, keep: bool) -> Ty {
        let members = self.types.members(ty);
        let kept: Vec<Ty> = members
            .into_iter()
            .filter(|&t| self.subtype(t, bound) == keep)
            .collect();
        self.types.union(&kept)
    }

    /// The members of a type that has some, as structural members.
    pub(super) fn members_of(&mut self, ty: Ty, span: Span) -> Option<Vec<Member>> {
        let ty = self.apparent(ty);
        match self.types.kind(ty) {
            TypeKind::Object(id) => Some(self.types.object(id).members.to_vec()),
            TypeKind::Class(..) => Some(self.class_as_members(ty)),
            TypeKind::Intersection(l) => {
                let list = self.types.list_arc(l);
                let mut parts = ObjectParts::default();
                for &t in list.iter() {
                    for m in self.members_of(t, span)? {
                        parts.put(m);
                    }
                }
                Some(parts.members)
            }
            TypeKind::Error => None,
            _ => {
                let message = format!("`{}` has no members to work on", self.show(ty));
                self.error(codes::INVALID_TYPE_OPERATOR, span, message);
                None
            }
        }
    }

    fn map_members(
        &mut self,
        ty: Ty,
        span: Span,
        mut change: impl FnMut(&mut Self, Member) -> Member,
    ) -> Ty {
        let Some(members) = self.members_of(ty, span) else {
            return Ty::ERROR;
        };
        let mut parts = ObjectParts {
            members: members.into_iter().map(|m| change(self, m)).collect(),
            ..ObjectParts::default()
        };
        // An index signature changes as a member would.
        let apparent = self.apparent(ty);
        if let TypeKind::Object(id) = self.types.kind(apparent)
            && let Some(index) = self.types.object(id).index
        {
            let entry = Member {
                name: names::EMPTY,
                ty: index.value,
                optional: false,
                readonly: index.readonly,
                method: false,
            };
            let entry = change(self, entry);
            parts.index = Some(IndexSig {
                key: index.key,
                value: entry.ty,
                readonly: entry.readonly,
            });
        }
        self.finish_object(parts)
    }

    fn readonly_of(&mut self, ty: Ty, span: Span) -> Ty {
        let apparent = self.apparent(ty);
        match self.types.kind(apparent) {
            TypeKind::Array(t) => self.types.readonly_array(t),
            TypeKind::Tuple(id) => {
                let tuple = (**self.types.tuple(id)).clone();
                self.types.tuple_type(Tuple {
                    readonly: true,
                    ..tuple
                })
            }
            _ if self.is_primitive(apparent) => ty,
            _ => self.map_members(ty, span, |_, m| Member {
                readonly: true,
                ..m
            }),
        }
    }

    fn record(&mut self, key: Ty, value: Ty) -> Ty {
        let keys = self.types.members(key);
        let mut parts = ObjectParts::default();
        for key in keys {
            match self.types.kind(key) {
                TypeKind::LitString(name) => parts.put(Member {
                    name,
                    ty: value,
                    optional: false,
                    readonly: false,
                    method: false,
                }),
                _ => {
                    let key = if key == Ty::NUMBER { key } else { Ty::STRING };
                    parts.index = Some(IndexSig {
                        key,
                        value,
                        readonly: false,
                    });
                }
            }
        }
        self.finish_object(parts)
    }

    fn pick(&mut self, ty: Ty, keys: Ty, span: Span, keep: bool) -> Ty {
        let keys: Vec<Name> = self
            .types
            .members(keys)
            .into_iter()
            .filter_map(|t| match self.types.kind(t) {
                TypeKind::LitString(name) => Some(name),
                _ => None,
            })
            .collect();
        let apparent = self.apparent(ty);
        // Of a class only the members that are kept are looked at: the type may belong to
        // one of the others.
        let members = match self.types.kind(apparent) {
            TypeKind::Class(..) => {
                self.class_members_where(apparent, |name| keys.contains(&name) == keep)
            }
            _ => match self.members_of(ty, span) {
                Some(members) => members,
                None => return Ty::ERROR,
            },
        };
        let members = members
            .into_iter()
            .filter(|m| keys.contains(&m.name) == keep)
            .collect();
        self.types.object_of(members)
    }

    /// `keyof T`
    pub(crate) fn keyof(&mut self, ty: Ty) -> Ty {
        if self.types.is_deferred(ty) {
            return self.types.operator(TypeOperator::Keyof, &[ty]);
        }
        let apparent = self.apparent(ty);
        let keys: Vec<Ty> = match self.types.kind(apparent) {
            TypeKind::Object(id) => {
                let object: std::sync::Arc<ObjectType> = self.types.object(id).clone();
                let mut keys: Vec<Ty> = object
                    .members
                    .iter()
                    .map(|m| self.types.lit_string(m.name))
                    .collect();
                keys.extend(object.index.map(|i| i.key));
                keys
            }
            TypeKind::Class(..) => {
                let members = self.class_as_members(apparent);
                members
                    .iter()
                    .map(|m| self.types.lit_string(m.name))
                    .collect()
            }
            TypeKind::Array(_) | TypeKind::ReadonlyArray(_) => vec![Ty::NUMBER],
            TypeKind::Any => vec![Ty::STRING],
            TypeKind::Error => return Ty::ERROR,
            _ => Vec::new(),
        };
        self.types.union(&keys)
    }

    /// `T[K]`
    pub(crate) fn indexed_type(&mut self, object: Ty, index: Ty, span: Span) -> Ty {
        if index == Ty::NUMBER
            && let Some(elem) = self.array_element(object)
        {
            return elem;
        }
        if self.is_deferred_entry(object, index) {
            return self.types.operator(TypeOperator::Indexed, &[object, index]);
        }
        let keys = self.types.members(index);
        let mut parts = Vec::with_capacity(keys.len());
        for key in keys {
            match self.member_by_key(object, key) {
                Some(ty) => parts.push(ty),
                None => {
                    if object != Ty::ERROR && key != Ty::ERROR {
                        let message = format!(
                            "`{}` has no member for the key `{}`",
                            self.show(object),
                            self.show(key)
                        );
                        self.error(codes::UNKNOWN_MEMBER, span, message);
                    }
                    return Ty::ERROR;
                }
            }
        }
        self.types.union(&parts)
    }

    /// Whether what `object[index]` is depends on type parameters, where the index is
    /// certainly a key.
    pub(super) fn is_deferred_entry(&mut self, object: Ty, index: Ty) -> bool {
        if !self.types.is_deferred(object) && !self.types.is_deferred(index) {
            return false;
        }
        self.publish_members(object);
        let keys = self.keyof(object);
        self.subtype(index, keys)
    }

    /// Lets operators see the members of a class.
    pub(super) fn publish_members(&mut self, ty: Ty) {
        let TypeKind::Class(class, _) = self.types.kind(ty) else {
            return;
        };
        if self.types.knows_members(class) {
            return;
        }
        self.types.publish_members(class, Vec::new());
        let own = self.types.class_self(class);
        let members = self.class_as_members(own);
        self.types.publish_members(class, members);
    }

    fn member_by_key(&mut self, object: Ty, key: Ty) -> Option<Ty> {
        let key = self.constraint_of(key);
        match self.types.kind(key) {
            TypeKind::LitString(name) => self.lookup(object, name).map(|f| f.ty),
            TypeKind::LitNumber(bits) => {
                let apparent = self.apparent(object);
                match self.types.kind(apparent) {
                    TypeKind::Tuple(id) => {
                        let index = f64::from_bits(bits) as usize;
                        self.types.tuple(id).elems.get(index).copied()
                    }
                    _ => self.array_element(apparent),
                }
            }
            TypeKind::Union(_) => Some(self.indexed_type(object, key, Span::default())),
            TypeKind::String | TypeKind::Number => {
                let apparent = self.apparent(object);
                match self.types.kind(apparent) {
                    TypeKind::Object(id) => self.types.object(id).index.map(|i| i.value),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    // ---- aliases

    /// The type of an alias with these arguments.
    pub(crate) fn alias_type(
        &mut self,
        symbol: TypeSym,
        given: &[Ty],
        ident: Ident,
        span: Span,
    ) -> Ty {
        let TypeSymKind::Alias {
            ast,
            scope,
            file,
            state,
        } = &mut self.type_symbols[symbol.0 as usize]
        else {
            return Ty::ERROR;
        };
        let (ast, scope, file) = (*ast, *scope, *file);
        match state.clone() {
            AliasState::Done(params, body) => {
                let args = self.type_args(ident.name, &params, given, span);
                self.types.substitute(body, &Subst::new(&params, &args))
            }
            AliasState::Recursive(id) => {
                let params = self.types.named(id).params.clone();
                let args = self.type_args(ident.name, &params, given, span);
                self.types.named_type(id, &args)
            }
            AliasState::Busy(known, params) => {
                let id = known.unwrap_or_else(|| {
                    let id = self.types.new_named(ast.name.name, params.clone());
                    self.set_alias(symbol, AliasState::Busy(Some(id), params.clone()));
                    id
                });
                let args = self.type_args(ident.name, &params, given, span);
                self.types.named_type(id, &args)
            }
            AliasState::Waiting => {
                let inner = self.scopes.new_scope(Some(scope));
                self.elsewhere(inner, file, |c| {
                    let params = c.declare_type_params(&ast.type_params);
                    c.set_alias(symbol, AliasState::Busy(None, params.clone()));
                    let body = c.resolve(&ast.ty);
                    c.finish_alias(symbol, params, body, ast.name);
                });
                self.alias_type(symbol, given, ident, span)
            }
        }
    }

    fn finish_alias(&mut self, symbol: TypeSym, params: Vec<ParamId>, body: Ty, name: Ident) {
        let TypeSymKind::Alias {
            state: AliasState::Busy(known, _),
            ..
        } = &self.type_symbols[symbol.0 as usize]
        else {
            return;
        };
        match *known {
            Some(id) => {
                if self.is_directly(body, id) {
                    let message = format!("type `{}` stands for itself", self.text(name.name));
                    self.error(codes::CIRCULAR_TYPE, name.span, message);
                    self.types.named_mut(id).body = Some(Ty::ERROR);
                } else {
                    self.types.named_mut(id).body = Some(body);
                }
                self.set_alias(symbol, AliasState::Recursive(id));
                self.finish_waiting_interfaces();
            }
            None => {
                if params.is_empty() && !self.is_primitive(body) && body.0 > Ty::FALSE.0 {
                    self.types.name_alias(body, name.name);
                }
                self.set_alias(symbol, AliasState::Done(params, body));
            }
        }
    }

    /// Whether a type is the reference itself, or a union with it as a member.
    fn is_directly(&self, ty: Ty, id: crate::types::NamedId) -> bool {
        match self.types.kind(ty) {
            TypeKind::Named(other, _) => other == id,
            TypeKind::Union(l) | TypeKind::Intersection(l) => {
                self.types.list(l).iter().any(|&t| self.is_directly(t, id))
            }
            _ => false,
        }
    }

    fn set_alias(&mut self, symbol: TypeSym, new: AliasState) {
        if let TypeSymKind::Alias { state, .. } = &mut self.type_symbols[symbol.0 as usize] {
            *state = new;
        }
    }
}
