//! `...e` in object literals with known members.
//!
//! A member that is certainly there is read as any other; the rest is copied at run time,
//! because only then it is known what there is. So are members that the type does not tell,
//! which the object may have all the same. What a spread copies is checked against the
//! types of the literal's members.

use super::Checker;
use super::object::Builder;
use crate::codes;
use crate::hir::{ExprId, ExprKind, LocalId, ObjectMember, Place};
use crate::types::{Member, Ty, TypeKind};
use raya_syntax::ast;

impl<'a> Checker<'a> {
    /// `...e`
    pub(super) fn spread_member(&mut self, builder: &mut Builder, e: &'a ast::Expr) {
        let id = self.expr(e, None);
        let ty = self.ty(id);
        if ty == Ty::ERROR {
            return;
        }
        let present = self.types.non_null(ty);
        let Some(mut members) = self.spread_parts(present) else {
            let message = format!("the members of `{}` are not known here", self.show(ty));
            self.error(codes::INVALID_SPREAD, e.span, message).help = Some(
                "spread it where a type with an index signature or `any` is expected".to_string(),
            );
            return;
        };
        if present != ty {
            members.iter_mut().for_each(|m| m.optional = true);
        }
        let (sure, rest): (Vec<Member>, Vec<Member>) =
            members.into_iter().partition(|m| !m.optional);
        if sure.is_empty() {
            return self.spread_rest(builder, id, &rest);
        }
        let (local, _) = self.keep(id);
        for (i, m) in sure.into_iter().enumerate() {
            let object = self.read_temp(local, ty, e.span);
            let found = self.lookup(ty, m.name);
            let read = match found {
                Some(found) => self.read_found(object, &found, m.name, false, e.span),
                None => self.error_expr(e.span),
            };
            // The first member's read also defines the local.
            let read = if i == 0 {
                self.let_first(local, id, read)
            } else {
                read
            };
            self.put_member(builder, m.name, m.ty, read, false);
        }
        let object = self.read_temp(local, ty, e.span);
        if !rest.is_empty() {
            self.spread_rest(builder, object, &rest);
        } else if !matches!(self.hir.exprs[id.index()].kind, ExprKind::Object(_)) {
            builder.beyond.push(object);
        }
    }

    /// The members that a spread of the type may give; none where they are not known. Of a
    /// union those that all members certainly have are certain.
    fn spread_parts(&mut self, ty: Ty) -> Option<Vec<Member>> {
        let apparent = self.apparent(ty);
        match self.types.kind(apparent) {
            TypeKind::Object(id) if self.types.object(id).index.is_none() => {
                let members = self.types.object(id).members.to_vec();
                Some(self.when_present(members))
            }
            TypeKind::Class(..) => {
                let members = self.class_as_members(apparent);
                let members = members.into_iter().filter(|m| !m.method).collect();
                Some(self.when_present(members))
            }
            // `...(test && { x })`
            TypeKind::LitBool(false) | TypeKind::Never | TypeKind::Null => Some(Vec::new()),
            TypeKind::Union(l) => {
                let list = self.types.list_arc(l);
                let parts: Option<Vec<Vec<Member>>> =
                    list.iter().map(|&t| self.spread_parts(t)).collect();
                Some(self.merged_parts(&parts?))
            }
            _ => None,
        }
    }

    /// Optional members with the types that they have where they are not absent.
    fn when_present(&mut self, mut members: Vec<Member>) -> Vec<Member> {
        for m in members.iter_mut().filter(|m| m.optional) {
            m.ty = self.types.non_null(m.ty);
        }
        members
    }

    fn merged_parts(&mut self, parts: &[Vec<Member>]) -> Vec<Member> {
        let mut merged: Vec<Member> = Vec::new();
        for m in parts.iter().flatten() {
            if merged.iter().any(|known| known.name == m.name) {
                continue;
            }
            let all: Vec<Option<&Member>> = parts
                .iter()
                .map(|p| p.iter().find(|other| other.name == m.name))
                .collect();
            let types: Vec<Ty> = all.iter().flatten().map(|m| m.ty).collect();
            merged.push(Member {
                ty: self.types.union(&types),
                optional: all.iter().any(|m| m.is_none_or(|m| m.optional)),
                ..*m
            });
        }
        merged
    }

    /// `(local = value, read)`: later reads see the local too.
    fn let_first(&mut self, local: LocalId, value: ExprId, read: ExprId) -> ExprId {
        let (value_ty, span) = (self.ty(value), self.span(value));
        let ty = self.ty(read);
        let place = Place::Local {
            local,
            checked: false,
        };
        let set = self.add(ExprKind::Assign { place, value }, value_ty, span);
        self.add(ExprKind::Seq(Box::new([set, read])), ty, span)
    }

    /// Members that may be absent leave what was there before.
    fn spread_rest(&mut self, builder: &mut Builder, id: ExprId, members: &[Member]) {
        for m in members {
            let known = &builder.parts.members;
            let before = known.iter().find(|b| b.name == m.name).copied();
            let optional = before.is_none_or(|b| b.optional);
            let ty = match before {
                Some(b) => self.join_types(&[b.ty, m.ty]),
                None => self.types.nullable(m.ty),
            };
            builder.parts.put(Member {
                name: m.name,
                ty,
                optional,
                readonly: false,
                method: false,
            });
        }
        builder.members.push(ObjectMember::Spread(id));
    }
}
