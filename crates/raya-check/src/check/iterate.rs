//! Iteration: what a value gives when it is walked, and how a `for…of` walks it.
//!
//! Arrays, tuples and strings are walked by index. A class or interface with
//! `__iter__` (also written `[Symbol.iterator]`) gives an iterator; an iterator
//! with `__advance` and `__current` (the built-in ones), with `next` or, in a
//! class, with `__next__` is stepped by calls, any other through the slots.

use super::Checker;
use crate::codes;
use crate::types::{Ty, TypeKind};
use raya_syntax::name::{Name, names};
use raya_syntax::span::Span;

/// How a type is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Walk {
    /// By index, with this element type.
    Array(Ty),
    /// By code point.
    String,
    /// Through the slots; the element type is checked.
    Dynamic(Ty),
    /// By `__advance` and `__current` of the iterator of this type.
    Advance { iterator: Ty, element: Ty },
    /// By `next` of the iterator of this type.
    Next { iterator: Ty, element: Ty },
    /// By `__next__` of the iterator of this type, until it throws `StopIteration`.
    Step { iterator: Ty, element: Ty },
}

impl Walk {
    /// The type of the elements.
    pub(crate) fn element(self) -> Ty {
        match self {
            Walk::Array(t) | Walk::Dynamic(t) => t,
            Walk::String => Ty::STRING,
            Walk::Advance { element, .. }
            | Walk::Next { element, .. }
            | Walk::Step { element, .. } => element,
        }
    }
}

impl<'a> Checker<'a> {
    /// The element type, if the type can be iterated.
    pub(crate) fn iterated_type(&mut self, ty: Ty) -> Option<Ty> {
        self.walk_of(ty).map(Walk::element)
    }

    /// How values of a type are walked.
    pub(crate) fn walk_of(&mut self, ty: Ty) -> Option<Walk> {
        let apparent = self.apparent(ty);
        match self.types.kind(apparent) {
            TypeKind::Error => return Some(Walk::Dynamic(Ty::ERROR)),
            TypeKind::Any => return Some(Walk::Dynamic(Ty::ANY)),
            TypeKind::String | TypeKind::LitString(_) => return Some(Walk::String),
            TypeKind::Array(t) | TypeKind::ReadonlyArray(t) => return Some(Walk::Array(t)),
            TypeKind::Tuple(_) => return self.array_element(apparent).map(Walk::Array),
            TypeKind::Union(l) => {
                let list = self.types.list_arc(l);
                if self.is_stringy(apparent) {
                    return Some(Walk::String);
                }
                let elems: Option<Vec<Ty>> = list.iter().map(|&t| self.iterated_type(t)).collect();
                let elem = self.join_types(&elems?);
                return Some(Walk::Dynamic(elem));
            }
            _ => {}
        }
        let iter = self.names.intern("__iter__");
        // Behind a structural type anything may stand, also what is walked by index.
        let dynamic = match self.types.kind(apparent) {
            TypeKind::Class(_, args) => self.is_wildcard(args),
            _ => true,
        };
        let iterator = match self.method_result(apparent, iter) {
            Some(ty) => ty,
            // An iterator is its own iterable where it has only `next`.
            None => {
                let item = self.names.intern("__getitem__");
                if let Some(element) = self.indexed_result(apparent, item) {
                    return Some(Walk::Dynamic(element));
                }
                let next = self.method_result(apparent, names::NEXT);
                let stepped = next.and_then(|t| self.result_value(t));
                return stepped.map(Walk::Dynamic);
            }
        };
        let walk = self.walk_of_iterator(iterator)?;
        Some(if dynamic {
            Walk::Dynamic(walk.element())
        } else {
            walk
        })
    }

    fn walk_of_iterator(&mut self, iterator: Ty) -> Option<Walk> {
        if iterator == Ty::ANY || iterator == Ty::ERROR {
            return Some(Walk::Dynamic(iterator));
        }
        let advance = self.names.intern("__advance");
        let current = self.names.intern("__current");
        if self.method_result(iterator, advance).is_some()
            && let Some(element) = self.method_result(iterator, current)
        {
            return Some(Walk::Advance { iterator, element });
        }
        let slot = self.names.intern("__next__");
        if let Some(element) = self.method_result(iterator, slot) {
            let is_known = self.dunder_of(iterator, slot).is_some();
            return Some(match is_known {
                true => Walk::Step { iterator, element },
                false => Walk::Dynamic(element),
            });
        }
        let result = self.method_result(iterator, names::NEXT)?;
        let element = self.result_value(result)?;
        Some(Walk::Next { iterator, element })
    }

    /// The result of a class's `__getitem__`, which is asked from 0 on.
    fn indexed_result(&mut self, ty: Ty, name: Name) -> Option<Ty> {
        let method = self.dunder_of(ty, name)?;
        let signatures = self.call_signatures(method);
        signatures.iter().find(|s| s.required() == 1).map(|s| s.ret)
    }

    /// The result of a method without parameters.
    fn method_result(&mut self, ty: Ty, name: Name) -> Option<Ty> {
        let present = self.types.non_null(ty);
        let found = self.lookup(present, name)?;
        let signatures = self.call_signatures(found.ty);
        signatures.iter().find(|s| s.required() == 0).map(|s| s.ret)
    }

    /// The type of `value` in `{ value, done }`; where `done` tells the two apart,
    /// of the result that is not done.
    fn result_value(&mut self, result: Ty) -> Option<Ty> {
        let members = self.types.members(result);
        let mut values = Vec::with_capacity(members.len());
        for t in members {
            let value = self.lookup(t, names::VALUE)?;
            let done = self.lookup(t, names::DONE).map(|f| f.ty);
            if done != Some(Ty::TRUE) {
                values.push(value.ty);
            }
        }
        Some(self.join_types(&values))
    }

    /// Reports a value that cannot be iterated.
    pub(crate) fn report_not_iterable(&mut self, ty: Ty, span: Span) {
        if ty == Ty::ERROR {
            return;
        }
        if self.admits_null(ty) {
            let rest = self.types.non_null(ty);
            let message = format!("this value may be null: its type is `{}`", self.show(ty));
            self.error(codes::POSSIBLY_NULL, span, message);
            let _ = rest;
            return;
        }
        let message = format!("a value of type `{}` cannot be iterated", self.show(ty));
        let help = match self.types.kind(ty) {
            TypeKind::Object(_) => Some(
                "`Object.keys(x)`, `Object.values(x)` and `Object.entries(x)` give arrays"
                    .to_string(),
            ),
            _ => None,
        };
        self.error_help(codes::NOT_ITERABLE, span, message, help);
    }
}
