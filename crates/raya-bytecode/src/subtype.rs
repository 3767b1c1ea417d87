//! Which declared types of registers fit where: the relation that verifier and
//! compiler share.
//!
//! It is about what code may rely on without a test. A string literal type is a
//! string to machine code, a number is a number whatever its literal; a union is
//! entered by its members. Unboxed types fit only types of their own representation.
//! Must not know: what the language calls assignable (that relation is wider, and
//! where it is, the compiler puts a check).
//!
//! Invariant: if `assignable(from, to)` and `to` promises an object of some kind,
//! every value of `from` is an object of that kind.

use crate::{ClassId, Module, Repr, TypeDesc, TypeId};

/// Nesting of types that is followed before the answer is no.
const MAX_DEPTH: u32 = 24;

/// Whether a register of type `from` may be used as one of type `to`.
pub fn assignable(m: &Module, from: TypeId, to: TypeId) -> bool {
    fits(m, from, to, MAX_DEPTH)
}

fn fits(m: &Module, from: TypeId, to: TypeId, depth: u32) -> bool {
    if from == to {
        return true;
    }
    let (source, target) = (m.repr(from), m.repr(to));
    if source != target {
        return false;
    }
    source != Repr::Word || desc_fits(m, &m.types[from.index()], to, depth)
}

/// Whether a value that is described by `from`, held as a word, may be in a register
/// of type `to`.
pub fn word_fits(m: &Module, from: &TypeDesc, to: TypeId) -> bool {
    if m.repr(to) != Repr::Word {
        return false;
    }
    match from {
        TypeDesc::Number | TypeDesc::Int | TypeDesc::Boolean => boxed_repr_fits(m, from, to),
        _ => desc_fits(m, from, to, MAX_DEPTH),
    }
}

/// Whether a register of type `to` takes every value of a register of type `from` that is not
/// `null`.
pub fn assignable_but_null(m: &Module, from: TypeId, to: TypeId) -> bool {
    let is_null = |ty: TypeId| matches!(m.types[ty.index()], TypeDesc::Null);
    match &m.types[from.index()] {
        TypeDesc::Union(members) if m.repr(to) == Repr::Word => {
            (members.iter()).all(|&member| is_null(member) || boxed_fits(m, member, to, MAX_DEPTH))
        }
        TypeDesc::Union(_) => false,
        _ => is_null(from) || assignable(m, from, to),
    }
}

fn desc_fits(m: &Module, f: &TypeDesc, to: TypeId, depth: u32) -> bool {
    if depth == 0 {
        return false;
    }
    let depth = depth - 1;
    match (f, &m.types[to.index()]) {
        (_, TypeDesc::Any) | (TypeDesc::Never, _) => true,
        (TypeDesc::Union(members), _) => {
            // A member with another representation of its own lies boxed in the union.
            members.iter().all(|&x| boxed_fits(m, x, to, depth))
        }
        (_, TypeDesc::Union(members)) => members
            .iter()
            .any(|&x| m.repr(x) == Repr::Word && desc_fits(m, f, x, depth)),
        (_, TypeDesc::Intersection(members)) => members.iter().all(|&x| desc_fits(m, f, x, depth)),
        (TypeDesc::Intersection(members), _) => members.iter().any(|&x| fits(m, x, to, depth)),
        (TypeDesc::Null, TypeDesc::Null) => true,
        (TypeDesc::String | TypeDesc::LitString(_), TypeDesc::String | TypeDesc::LitString(_)) => {
            true
        }
        (_, TypeDesc::AnyObject) => is_object(f),
        (_, t) => object_fits(m, f, t, depth),
    }
}

/// A member of a word union against a word type.
fn boxed_fits(m: &Module, member: TypeId, to: TypeId, depth: u32) -> bool {
    if m.repr(member) == Repr::Word {
        return fits(m, member, to, depth);
    }
    boxed_repr_fits(m, &m.types[member.index()], to)
}

/// An unboxed type's value as a word: `to` must admit that representation.
fn boxed_repr_fits(m: &Module, member: &TypeDesc, to: TypeId) -> bool {
    let repr = match member {
        TypeDesc::Number | TypeDesc::LitNumber(_) => Repr::F64,
        TypeDesc::Int => Repr::I32,
        _ => Repr::Bool,
    };
    match &m.types[to.index()] {
        TypeDesc::Any => true,
        TypeDesc::Union(members) => members
            .iter()
            .any(|&x| m.repr(x) == repr || matches!(m.types[x.index()], TypeDesc::Any)),
        _ => false,
    }
}

fn is_object(desc: &TypeDesc) -> bool {
    matches!(
        desc,
        TypeDesc::AnyObject
            | TypeDesc::Array(_)
            | TypeDesc::ReadonlyArray(_)
            | TypeDesc::Tuple { .. }
            | TypeDesc::Class(_)
            | TypeDesc::ClassOrigin(_)
            | TypeDesc::ClassObject(_)
            | TypeDesc::Function(_)
            | TypeDesc::Object(_)
            | TypeDesc::Dict(_)
    )
}

fn object_fits(m: &Module, f: &TypeDesc, t: &TypeDesc, depth: u32) -> bool {
    match (f, t) {
        (TypeDesc::Class(a), TypeDesc::Class(b)) => inherits(m, *a, *b),
        (TypeDesc::Class(a), TypeDesc::ClassOrigin(b)) => has_origin(m, *a, *b),
        (TypeDesc::ClassOrigin(a), TypeDesc::ClassOrigin(b)) => has_origin(m, *a, *b),
        (TypeDesc::ClassObject(a), TypeDesc::ClassObject(b)) => inherits(m, *a, *b),
        (TypeDesc::Array(a), TypeDesc::Array(b)) => same(m, *a, *b, depth),
        (TypeDesc::Array(a) | TypeDesc::ReadonlyArray(a), TypeDesc::ReadonlyArray(b)) => {
            readonly_fits(m, *a, *b, depth)
        }
        // Elements of tuples are boxed, as those of a view of any word type may be.
        (TypeDesc::Tuple { elems, rest, .. }, TypeDesc::ReadonlyArray(to)) => {
            m.repr(*to) == Repr::Word
                && elems
                    .iter()
                    .chain(rest)
                    .all(|&e| element_fits(m, e, *to, depth))
        }
        // Calls through a function type compare signatures at run time.
        (TypeDesc::Function(_), TypeDesc::Function(_)) => true,
        (
            TypeDesc::Tuple {
                elems: a,
                required: r,
                rest: x,
            },
            TypeDesc::Tuple {
                elems: b,
                required: s,
                rest: y,
            },
        ) => {
            a.len() == b.len()
                && r >= s
                && a.iter().zip(b).all(|(&a, &b)| element_fits(m, a, b, depth))
                && match (x, y) {
                    (None, _) => true,
                    (Some(x), Some(y)) => element_fits(m, *x, *y, depth),
                    (Some(_), None) => false,
                }
        }
        (TypeDesc::Object(a), TypeDesc::Object(b)) => b.iter().all(|wanted| {
            wanted.optional || a.iter().any(|x| x.name == wanted.name && !x.optional)
        }),
        (TypeDesc::Class(class), TypeDesc::Object(wanted)) => wanted
            .iter()
            .all(|w| w.optional || has_member(m, *class, w.name)),
        // Every access through a structural type is verified, whatever the object.
        (TypeDesc::Object(_), TypeDesc::Dict(_)) => false,
        (TypeDesc::Dict(a), TypeDesc::Dict(b)) => element_fits(m, *a, *b, depth),
        (
            TypeDesc::Dict(_)
            | TypeDesc::Array(_)
            | TypeDesc::ReadonlyArray(_)
            | TypeDesc::String
            | TypeDesc::LitString(_)
            | TypeDesc::Function(_)
            | TypeDesc::ClassObject(_)
            | TypeDesc::ClassOrigin(_)
            | TypeDesc::Tuple { .. }
            | TypeDesc::AnyObject,
            TypeDesc::Object(_),
        ) => true,
        _ => false,
    }
}

/// Elements are boxed in tuples and dictionaries: an unboxed type fits its own only.
fn element_fits(m: &Module, from: TypeId, to: TypeId, depth: u32) -> bool {
    if m.repr(from) == m.repr(to) {
        fits(m, from, to, depth)
    } else {
        m.repr(to) == Repr::Word && boxed_fits(m, from, to, depth)
    }
}

/// The same type up to literals and duplicates of recursive descriptors.
fn same(m: &Module, a: TypeId, b: TypeId, depth: u32) -> bool {
    a == b || depth > 0 && fits(m, a, b, depth - 1) && fits(m, b, a, depth - 1)
}

fn readonly_fits(m: &Module, from: TypeId, to: TypeId, depth: u32) -> bool {
    if m.repr(from) == m.repr(to) {
        return fits(m, from, to, depth);
    }
    // A view of unboxed elements at a word type: reads of it must not assume words.
    m.repr(to) == Repr::Word && boxed_fits(m, from, to, depth)
}

/// Whether a `readonly T[]` of this element type may be a view of an array that
/// stores its elements unboxed.
pub fn may_view_unboxed(m: &Module, elem: TypeId) -> bool {
    if m.repr(elem) != Repr::Word {
        return false;
    }
    match &m.types[elem.index()] {
        TypeDesc::Any => true,
        TypeDesc::Union(members) => members
            .iter()
            .any(|&x| m.repr(x) != Repr::Word || matches!(m.types[x.index()], TypeDesc::Any)),
        _ => false,
    }
}

/// Whether a class is another or derives from it, along any base.
pub fn inherits(m: &Module, class: ClassId, ancestor: ClassId) -> bool {
    any_base(m, class, |c| c == ancestor)
}

fn has_origin(m: &Module, class: ClassId, origin: ClassId) -> bool {
    let wanted = m.classes[origin.index()].origin;
    any_base(m, class, |c| m.classes[c.index()].origin == wanted)
}

fn has_member(m: &Module, class: ClassId, name: crate::StrId) -> bool {
    any_base(m, class, |c| {
        let class = &m.classes[c.index()];
        class.fields.iter().any(|f| f.name == name)
            || class.methods.iter().any(|f| f.name == name)
            || class.flags.builtin
    })
}

/// Bases stand before their heirs in a verified module, so the walk ends.
fn any_base(m: &Module, class: ClassId, mut test: impl FnMut(ClassId) -> bool) -> bool {
    let mut work = vec![class];
    while let Some(c) = work.pop() {
        if test(c) {
            return true;
        }
        let bases = &m.classes[c.index()].bases;
        work.extend(bases.iter().copied().filter(|b| b.0 < c.0));
    }
    false
}
