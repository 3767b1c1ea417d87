//! How deeply type arguments may nest.
//!
//! A generic function that calls itself for `T[]`, or a class with a field of type
//! `C<T[]>`, has no last instance. From a certain depth on a type argument is `any`:
//! code for it exists already, and what comes out of it is checked.

use super::Compiler;
use raya_check::types::{Subst, Ty, TyList, TypeKind};

/// How deep a type argument may nest before it counts as `any`. A class with several methods
/// that give deeper instances has exponentially many of them: a program for which one depth is
/// too much is compiled again with the next.
pub(crate) const TYPE_DEPTHS: [u32; 3] = [12, 4, 3];

impl Compiler<'_> {
    /// The type argument that stands for a type.
    pub(super) fn bounded(&mut self, ty: Ty) -> Ty {
        if self.depth(ty) > self.max_depth {
            Ty::ANY
        } else {
            ty
        }
    }

    /// A list of type arguments, each bounded.
    pub(super) fn bounded_list(&mut self, args: TyList) -> TyList {
        let list = self.types.list_arc(args);
        if list.iter().all(|&t| self.depth(t) <= self.max_depth) {
            return args;
        }
        let list: Vec<Ty> = list.iter().map(|&t| self.bounded(t)).collect();
        self.types.intern_list(&list)
    }

    /// A substitution whose types are bounded.
    pub(super) fn bounded_subst(&mut self, subst: Subst) -> Subst {
        if subst
            .pairs()
            .iter()
            .all(|&(_, t)| self.depth(t) <= self.max_depth)
        {
            return subst;
        }
        let mut bounded = Subst::default();
        for &(param, ty) in subst.pairs() {
            bounded.push(param, self.bounded(ty));
        }
        bounded
    }

    fn depth(&mut self, ty: Ty) -> u32 {
        if let Some(&known) = self.depths.get(&ty) {
            return known;
        }
        let parts: Vec<Ty> = match self.types.kind(ty) {
            TypeKind::Array(t) | TypeKind::ReadonlyArray(t) => vec![t],
            TypeKind::Class(_, l)
            | TypeKind::Named(_, l)
            | TypeKind::Union(l)
            | TypeKind::Intersection(l) => self.types.list(l).to_vec(),
            TypeKind::Tuple(id) => {
                let tuple = self.types.tuple(id);
                tuple.elems.iter().chain(&tuple.rest).copied().collect()
            }
            TypeKind::Function(id) => {
                let sig = self.types.signature(id);
                let params = sig.params.iter().map(|p| p.ty);
                params.chain([sig.ret]).collect()
            }
            TypeKind::Object(id) => {
                let object = self.types.object(id);
                object.members.iter().map(|m| m.ty).collect()
            }
            _ => return 0,
        };
        let deepest = parts.into_iter().map(|t| self.depth(t)).max();
        let depth = 1 + deepest.unwrap_or(0);
        self.depths.insert(ty, depth);
        depth
    }
}
