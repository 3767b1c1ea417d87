//! Object literals whose members are not all known when compiling: a key is computed,
//! or a dictionary is spread. Where no type is expected they make dictionaries.

use super::Checker;
use super::resolve::ObjectParts;
use crate::types::{IndexSig, Member, Ty, TypeKind};
use raya_syntax::ast::{self, Expr, PropKey};
use raya_syntax::name::Name;

impl<'a> Checker<'a> {
    /// The key that a constant stands for (`[KEY]`, `[Kind.A]`).
    pub(crate) fn constant_key(&mut self, e: &'a Expr) -> Option<Name> {
        if !matches!(
            e.kind,
            ast::ExprKind::Ident(_) | ast::ExprKind::Member { .. }
        ) {
            return None;
        }
        let id = self.probe(|c| c.expr(e, None))?;
        match self.types.kind(self.ty(id)) {
            TypeKind::LitString(name) => Some(name),
            _ => None,
        }
    }

    /// The dictionary type of a literal with open members, and the type of the values
    /// that are not known by name. None where all members are known.
    pub(crate) fn open_literal(&mut self, members: &'a [ast::ObjectMember]) -> Option<(Ty, Ty)> {
        let mut open = false;
        for member in members {
            open |= match member {
                ast::ObjectMember::Property { key, .. } | ast::ObjectMember::Method { key, .. } => {
                    matches!(key, PropKey::Computed(_)) && self.fixed_key(key).is_none()
                }
                ast::ObjectMember::Spread(e) => self.spread_entries(e).is_some(),
            };
        }
        if !open {
            return None;
        }
        let mut parts = ObjectParts::default();
        let mut values = Vec::with_capacity(members.len());
        for member in members {
            match member {
                ast::ObjectMember::Property { key, value, .. } => {
                    let ty = self.probed(value);
                    values.push(ty);
                    self.put_known(&mut parts, key, ty);
                }
                ast::ObjectMember::Method { .. } => return None,
                ast::ObjectMember::Spread(e) => match self.spread_entries(e) {
                    // An entry may replace any member in front of it.
                    Some(value) => {
                        values.push(value);
                        parts.members.clear();
                    }
                    None => values.extend(self.spread_values(e)),
                },
            }
        }
        let value = self.join_objects(&values);
        parts.index = Some(IndexSig {
            key: Ty::STRING,
            value,
            readonly: false,
        });
        Some((self.finish_object(parts), value))
    }

    /// Whether a type is `{}`.
    pub(crate) fn asks_for_nothing(&mut self, ty: Ty) -> bool {
        let apparent = self.apparent(ty);
        match self.types.kind(apparent) {
            TypeKind::Object(id) => {
                let object = self.types.object(id);
                object.members.is_empty() && object.index.is_none() && object.calls.is_empty()
            }
            _ => false,
        }
    }

    fn put_known(&mut self, parts: &mut ObjectParts, key: &'a PropKey, ty: Ty) {
        match self.fixed_key(key) {
            Some(name) => parts.put(Member {
                name,
                ty,
                optional: false,
                readonly: false,
                method: false,
            }),
            // A computed key may be the name of any member in front of it.
            None => parts.members.clear(),
        }
    }

    /// The type of a member's value, found without keeping what is checked.
    fn probed(&mut self, value: &'a Expr) -> Ty {
        match self.probe(|c| c.expr(value, None)) {
            Some(id) => {
                let ty = self.ty(id);
                self.widened(value, ty)
            }
            None => Ty::ANY,
        }
    }

    /// The type of the entries, if a dictionary is spread.
    fn spread_entries(&mut self, e: &'a Expr) -> Option<Ty> {
        let id = self.probe(|c| c.expr(e, None))?;
        let ty = self.ty(id);
        let apparent = self.apparent(ty);
        match self.types.kind(apparent) {
            TypeKind::Object(id) => self.types.object(id).index.map(|i| i.value),
            _ => None,
        }
    }

    /// Whether a value is spread whose members depend on type parameters: only at run time
    /// it is known what the literal is.
    pub(crate) fn spreads_parameter(&mut self, members: &'a [ast::ObjectMember]) -> bool {
        if self.ctx().type_params.is_empty() {
            return false;
        }
        members.iter().any(|member| {
            let ast::ObjectMember::Spread(e) = member else {
                return false;
            };
            let id = self.probe(|c| c.expr(e, None));
            id.is_some_and(|id| {
                let ty = self.ty(id);
                self.types.is_deferred(ty)
            })
        })
    }

    fn spread_values(&mut self, e: &'a Expr) -> Vec<Ty> {
        let ty = self.probed(e);
        let apparent = self.apparent(ty);
        match self.types.kind(apparent) {
            TypeKind::Object(id) => {
                let members = &self.types.object(id).members;
                members.iter().map(|m| m.ty).collect()
            }
            _ => vec![Ty::ANY],
        }
    }
}
