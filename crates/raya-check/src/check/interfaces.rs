//! Interfaces: their members and those of what they extend.
//!
//! A member may name an interface that extends the one under way; that one waits until its
//! base is known. Between the two only references to it exist, which nobody looks through.

use super::Checker;
use super::resolve::ObjectParts;
use crate::codes;
use crate::env::{ScopeId, TypeSym, TypeSymKind};
use crate::types::{NamedId, Ty, TypeKind};
use raya_syntax::ast::{self, Ident};
use raya_syntax::name::names;
use raya_syntax::source::FileId;
use raya_syntax::span::Span;
use rustc_hash::FxHashMap;

/// How far interfaces without a body are.
#[derive(Debug, Default)]
pub(crate) struct InterfaceState {
    stages: FxHashMap<NamedId, Stage>,
    waiting: Vec<Waiting>,
    /// How many are under way.
    active: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// What it extends is being resolved: who extends it now extends itself.
    Bases,
    /// Its members are being resolved.
    Members,
    /// It waits for something that it extends.
    Waits,
}

/// An interface whose body could not be made yet.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    symbol: TypeSym,
    id: NamedId,
    scope: ScopeId,
    file: FileId,
}

impl<'a> Checker<'a> {
    /// The type of an interface with these arguments.
    pub(crate) fn interface_type(
        &mut self,
        symbol: TypeSym,
        given: &[Ty],
        ident: Ident,
        span: Span,
    ) -> Ty {
        let TypeSymKind::Interface {
            asts,
            scope,
            file,
            id,
        } = &self.type_symbols[symbol.0 as usize]
        else {
            return Ty::ERROR;
        };
        let (first, scope, file) = (asts[0], *scope, *file);
        let id = match *id {
            Some(id) => id,
            None => {
                let inner = self.scopes.new_scope(Some(scope));
                let id = self.elsewhere(inner, file, |c| c.declare_named(symbol, first, inner));
                self.interface_body(Waiting {
                    symbol,
                    id,
                    scope: inner,
                    file,
                });
                id
            }
        };
        let params = self.types.named(id).params.clone();
        let args = self.type_args(ident.name, &params, given, span);
        self.types.named_type(id, &args)
    }

    fn declare_named(
        &mut self,
        symbol: TypeSym,
        first: &'a ast::Interface,
        inner: ScopeId,
    ) -> NamedId {
        let params = self.declare_type_params(&first.type_params);
        let id = self.types.new_named(first.name.name, params.clone());
        if let TypeSymKind::Interface { id: slot, .. } = &mut self.type_symbols[symbol.0 as usize] {
            *slot = Some(id);
        }
        let args: Vec<Ty> = params.iter().map(|&p| self.types.param_type(p)).collect();
        let own = self.types.named_type(id, &args);
        self.declare_this_param(inner, own);
        id
    }

    /// Inside an interface `this` is the interface itself.
    fn declare_this_param(&mut self, scope: ScopeId, own: Ty) {
        let param = self.types.new_param(names::THIS);
        self.types.param_mut(param).constraint = Some(own);
        let symbol = self.new_type_symbol(TypeSymKind::Param(param));
        self.scopes.add_type(scope, names::THIS, symbol);
    }

    /// Makes the body, or leaves it to wait.
    fn interface_body(&mut self, interface: Waiting) {
        let Waiting {
            symbol,
            id,
            scope,
            file,
        } = interface;
        let TypeSymKind::Interface { asts, .. } = &self.type_symbols[symbol.0 as usize] else {
            return;
        };
        let asts = asts.clone();
        self.interfaces.active += 1;
        self.elsewhere(scope, file, |c| {
            c.interfaces.stages.insert(id, Stage::Bases);
            let bases = asts.iter().flat_map(|i| &i.extends);
            let bases: Vec<(Ty, Span)> = bases
                .map(|base| (c.resolve_base_interface(base), base.span))
                .collect();
            let mut parts = ObjectParts::default();
            for &(ty, span) in &bases {
                if c.is_under_way(ty) {
                    c.interfaces.stages.insert(id, Stage::Waits);
                    c.interfaces.waiting.push(interface);
                    return;
                }
                c.inherit_members(&mut parts, ty, span);
            }
            c.interfaces.stages.insert(id, Stage::Members);
            for interface in &asts {
                c.add_members(&mut parts, &interface.members);
            }
            let body = c.finish_object(parts);
            c.types.named_mut(id).body = Some(body);
            c.interfaces.stages.remove(&id);
        });
        self.interfaces.active -= 1;
        self.finish_waiting_interfaces();
    }

    /// Whether the members of what an interface extends are not known yet.
    fn is_under_way(&mut self, base: Ty) -> bool {
        let TypeKind::Named(id, _) = self.types.kind(base) else {
            return false;
        };
        self.types.named(id).body.is_none()
    }

    /// Makes the bodies that waited, as far as what they wait for is known now.
    pub(super) fn finish_waiting_interfaces(&mut self) {
        if self.interfaces.active > 0 || self.interfaces.waiting.is_empty() {
            return;
        }
        let waiting = std::mem::take(&mut self.interfaces.waiting);
        let before = waiting.len();
        // What is made here must not begin another round.
        self.interfaces.active += 1;
        for interface in waiting {
            self.interface_body(interface);
        }
        self.interfaces.active -= 1;
        if self.interfaces.waiting.len() < before {
            self.finish_waiting_interfaces();
        }
    }

    fn resolve_base_interface(&mut self, base: &'a ast::InterfaceRef) -> Ty {
        let [ident] = *base.target.path else {
            self.unsupported(codes::UNSUPPORTED_MODULES, base.span);
            return Ty::ERROR;
        };
        let ty = self.named_reference(ident, &base.target.args, base.span);
        if let TypeKind::Named(id, _) = self.types.kind(ty)
            && self.interfaces.stages.get(&id) == Some(&Stage::Bases)
        {
            let message = format!("interface `{}` extends itself", self.text(ident.name));
            self.error(codes::CIRCULAR_BASE, base.span, message);
            return Ty::ERROR;
        }
        ty
    }

    fn inherit_members(&mut self, parts: &mut ObjectParts, base: Ty, span: Span) {
        let expanded = self.types.expand(base);
        match self.types.kind(expanded) {
            TypeKind::Object(id) => {
                let object = self.types.object(id).clone();
                object.members.iter().for_each(|&m| parts.put(m));
                parts.calls.extend(object.calls.iter());
                parts.constructs.extend(object.constructs.iter());
                parts.index = parts.index.or(object.index);
            }
            TypeKind::Function(_) => parts.calls.push(expanded),
            TypeKind::Error => {}
            _ => {
                for m in self.members_of(base, span).unwrap_or_default() {
                    parts.put(m);
                }
            }
        }
    }
}
