//! Tests of values against descriptors, and conversions out of `any`.
//!
//! [`Ctx::matches`] is the test of `instanceof` and narrowing: what a value is, by its
//! header, in O(1) up to the size of the descriptor. [`Ctx::check`] is the cast: numbers convert where
//! they move, values born in `any` are checked deeply and pinned (`pin`).
//! Nothing here changes a value otherwise.

use raya_bytecode::Repr;

use crate::abi::{R, Thrown};
use crate::caches::{SiteQuestion, site_key};
use crate::ctx::Ctx;
use crate::desc::{DescKind, DescRef, DescShape, imm};
use crate::desc_text::class_text;
use crate::func::SigInfo;
use crate::mem::obj::Obj;
use crate::mem::value::Value;
use crate::text::number_format;
use crate::type_info::{Attr, TypeInfo, TypeKind, TypeRef};

/// Nesting of descriptors that tests follow; deeper types are compared by identity only.
const MAX_NESTING: u32 = 64;

/// Longest string that a message shows.
const MAX_SHOWN: usize = 20;

/// The word of an integral double, as an int, when it is in range.
pub fn as_exact_int(x: f64) -> Option<i32> {
    let n = x as i32;
    (f64::from(n) == x && (n != 0 || x.is_sign_positive())).then_some(n)
}

impl Ctx {
    /// Whether `v` is of the type, as it is now.
    #[inline]
    pub fn matches(&mut self, v: Value, desc: DescRef) -> bool {
        match v.as_obj() {
            None => immediate_matches(v, desc),
            Some(obj) => {
                let handle = desc.handle.get();
                (handle != 0 && handle == obj.handle()) || self.object_matches(obj, desc, 0)
            }
        }
    }

    fn object_matches(&mut self, obj: Obj, desc: DescRef, depth: u32) -> bool {
        if depth > MAX_NESTING {
            return false;
        }
        let ty = self.type_of_obj(obj);
        match desc.shape() {
            DescShape::Any => true,
            DescShape::Class(class) => ty.is_subtype_of(class) && is_instance_kind(ty.kind),
            DescShape::ClassOrigin(class) => is_instance_kind(ty.kind) && has_origin(&ty, *class),
            DescShape::ClassObject(class) => self
                .as_class(obj.value())
                .is_some_and(|c| c.is_subtype_of(class) || has_origin(&c, *class)),
            DescShape::String => ty.kind == TypeKind::String,
            DescShape::LitString(s) => {
                let (a, b) = (self.as_str(obj.value()), self.as_str(*s));
                matches!((a, b), (Some(a), Some(b)) if a.equals(self, b))
            }
            DescShape::Array(_) | DescShape::Tuple { .. } => ty.desc.get() == Some(desc),
            // A dictionary of a narrower type keeps it: what is written is checked against
            // the dictionary's own type, whatever type it is seen through.
            DescShape::Dict(of) => ty.desc.get().is_some_and(|actual| {
                let narrower = |have| is_subtype(have, *of, depth + 1);
                actual == desc
                    || matches!(actual.get_shape(), DescShape::Dict(have) if narrower(*have))
            }),
            DescShape::ReadonlyArray(_) => {
                let actual = ty.desc.get();
                actual.is_some_and(|actual| is_subtype(actual, desc, depth + 1))
            }
            DescShape::Function(sig) => self.function_fits(obj.value(), sig),
            DescShape::Object(_) => self.structure_fits(obj, desc, depth),
            DescShape::AnyObject => ty.kind != TypeKind::String,
            DescShape::Union(types) => {
                let known = cached(desc, &ty);
                known.unwrap_or_else(|| {
                    let fits = types
                        .iter()
                        .any(|&t| self.object_matches(obj, t, depth + 1));
                    remember(desc, &ty, fits);
                    fits
                })
            }
            DescShape::Intersection(types) => types
                .iter()
                .all(|&t| self.object_matches(obj, t, depth + 1)),
            _ => false,
        }
    }

    /// Whether a callable can be called through a signature: it asks for no more
    /// arguments than a call passes.
    fn function_fits(&mut self, v: Value, sig: &SigInfo) -> bool {
        if let Some(closure) = self.as_closure(v) {
            let func = closure.func();
            let hidden = usize::from(func.takes_this());
            return sig.rest || usize::from(func.sig_info.required) + hidden <= sig.params.len();
        }
        if let Some((_, func)) = self.as_bound_method(v) {
            return match self.as_closure(func) {
                Some(closure) => {
                    let required = usize::from(closure.func().sig_info.required);
                    sig.rest || required <= sig.params.len()
                }
                None => true,
            };
        }
        let kind = self.kind_of(v);
        matches!(kind, TypeKind::NativeFunction | TypeKind::ClassObject)
    }

    /// Whether an object has every member of a structural type, judged by declared types
    /// where there are some and by the present value elsewhere.
    fn structure_fits(&mut self, obj: Obj, desc: DescRef, depth: u32) -> bool {
        let DescShape::Object(members) = desc.shape() else {
            return false;
        };
        members.iter().all(|member| {
            match self.member_type(obj.value(), member.name) {
                Some(declared) if is_subtype(declared, member.ty, depth + 1) => return true,
                _ => {}
            }
            match self.own_member(obj.value(), member.name) {
                Some(v) if v.is_null() && member.optional => true,
                Some(v) => match v.as_obj() {
                    Some(inner) => self.object_matches(inner, member.ty, depth + 1),
                    None => immediate_matches(v, member.ty),
                },
                None => member.optional || self.native_fits(obj, member.name, member.ty),
            }
        })
    }

    /// Whether a member is a method that the runtime brings, where a function is asked for.
    fn native_fits(&mut self, obj: Obj, name: Value, wanted: DescRef) -> bool {
        let ty = self.type_of_obj(obj);
        matches!(wanted.shape(), DescShape::Function(_))
            && self.ensure_methods(&ty).is_ok()
            && matches!(ty.lookup(name), Some((_, Attr::Native(_))))
    }

    /// Whether flow analysis may take `v` for the type.
    pub fn narrows(&mut self, v: Value, desc: DescRef) -> bool {
        self.matches(v, desc) || self.is_any_array(v, desc)
    }

    /// Whether every value of `v`'s run-time type is of the type, now and later. Found out
    /// once: both tiers ask this before they test the value itself.
    pub(crate) fn always_holds(&mut self, v: Value, desc: DescRef) -> bool {
        let Some(obj) = v.as_obj() else {
            return false;
        };
        let key = site_key(desc.addr(), SiteQuestion::Holds);
        if self.engine().members.find(key, obj.handle()).is_some() {
            return true;
        }
        // Of these kinds an object's type says all that a descriptor asks for.
        let told = matches!(
            self.type_of_obj(obj).kind,
            TypeKind::Instance | TypeKind::Literal | TypeKind::Array | TypeKind::Tuple
        );
        let holds = told && self.object_holds(obj, desc, 0);
        if holds {
            let members = &self.engine().members;
            members.remember(key, obj.handle(), 0, None);
        }
        holds
    }

    /// Whether the type admits `any[]` and `v` is an array or tuple: every access to an `any[]`
    /// looks at the array's own type, so that arrays of all types can pass for one.
    fn is_any_array(&self, v: Value, desc: DescRef) -> bool {
        let any_array = self.engine().descs.any_array;
        let admits = match desc.shape() {
            DescShape::Union(types) => types.contains(&any_array),
            _ => desc == any_array,
        };
        let is_list = |kind| matches!(kind, TypeKind::Array | TypeKind::Tuple);
        admits && v.is_object() && is_list(self.kind_of(v))
    }

    /// Checks `v` against a type: the value to use, converted where it is a number of
    /// the other kind and pinned where it was born in `any`.
    #[inline]
    pub fn check(&mut self, v: Value, desc: DescRef) -> R<Value> {
        if desc.kind == DescKind::Any || self.holds(v, desc) {
            return Ok(v);
        }
        self.check_slow(v, desc)
    }

    /// As [`Ctx::check`] for a cast that the program writes: only what the library does
    /// with an `any[]` is known to be harmless to arrays of other types.
    pub fn cast(&mut self, v: Value, desc: DescRef) -> R<Value> {
        if self.is_any_array(v, desc) && !self.holds(v, desc) {
            return Err(self.mismatch(v, desc));
        }
        self.check(v, desc)
    }

    /// Converts a word to the register format of a type where that takes no more than a
    /// look at the word: no user code, no allocation.
    #[inline(always)]
    pub(crate) fn convert_quick(&self, v: Value, desc: DescRef) -> Option<u64> {
        match desc.kind {
            DescKind::Any => Some(v.0),
            DescKind::Number => v.as_f64().map(f64::to_bits),
            DescKind::Int => v.as_int().map(|n| u64::from(n as u32)),
            DescKind::Boolean => v.as_bool().map(u64::from),
            _ => {
                let handle = desc.handle.get();
                let obj = v.as_obj()?;
                (handle != 0 && handle == obj.handle() && desc.repr == Repr::Word).then_some(v.0)
            }
        }
    }

    /// Whether `v` is of the type and cannot stop being so: members of structural types
    /// are judged by their declared types alone.
    #[inline]
    pub(crate) fn holds(&mut self, v: Value, desc: DescRef) -> bool {
        match v.as_obj() {
            None => immediate_matches(v, desc),
            Some(obj) => {
                let handle = desc.handle.get();
                (handle != 0 && handle == obj.handle()) || self.object_holds(obj, desc, 0)
            }
        }
    }

    fn object_holds(&mut self, obj: Obj, desc: DescRef, depth: u32) -> bool {
        match desc.shape() {
            DescShape::Object(members) => {
                let ty = self.type_of_obj(obj);
                cached(desc, &ty).unwrap_or_else(|| {
                    let fits = members.iter().all(|member| {
                        let declared = self.member_type(obj.value(), member.name);
                        match declared {
                            Some(declared) => is_subtype(declared, member.ty, 1),
                            None => self.native_fits(obj, member.name, member.ty),
                        }
                    });
                    if ty.kind == TypeKind::Literal || !ty.meta.fields.is_empty() {
                        desc.cache.borrow_mut().insert(ty.handle, fits);
                    }
                    fits
                })
            }
            DescShape::Union(types) if depth < MAX_NESTING => {
                types.iter().any(|&t| self.object_holds(obj, t, depth + 1))
            }
            DescShape::Intersection(types) if depth < MAX_NESTING => {
                types.iter().all(|&t| self.object_holds(obj, t, depth + 1))
            }
            _ => self.object_matches(obj, desc, depth),
        }
    }

    #[cold]
    #[inline(never)]
    fn check_slow(&mut self, v: Value, desc: DescRef) -> R<Value> {
        if let Some(converted) = convert_number(v, desc) {
            return Ok(converted);
        }
        if self.is_any_array(v, desc) {
            return Ok(v);
        }
        if v.is_object() && self.try_pin(v, desc)? {
            return Ok(v);
        }
        Err(self.mismatch(v, desc))
    }

    /// Converts a word to the register format of a type.
    #[inline]
    pub fn convert(&mut self, v: Value, desc: DescRef) -> R<u64> {
        match desc.repr {
            Repr::F64 if desc.kind == DescKind::Number => match v.as_f64() {
                Some(x) => Ok(x.to_bits()),
                None => Err(self.mismatch(v, desc)),
            },
            Repr::F64 => {
                let checked = self.check(v, desc)?;
                Ok(checked.as_f64().unwrap_or(f64::NAN).to_bits())
            }
            Repr::I32 => {
                let checked = self.check(v, desc)?;
                Ok(checked.as_int().unwrap_or(0) as u32 as u64)
            }
            Repr::Bool => {
                let checked = self.check(v, desc)?;
                Ok(checked.0 & 1)
            }
            Repr::Word => Ok(self.check(v, desc)?.0),
        }
    }

    /// `v instanceof` a class.
    pub fn is_instance(&self, v: Value, class: TypeRef) -> bool {
        if !v.is_object() {
            return false;
        }
        let ty = self.type_of(v);
        let object = self.engine().core.object;
        is_instance_kind(ty.kind) && (ty.is_subtype_of(&class) || has_origin(&ty, class))
            || class == object && ty.kind != TypeKind::String
    }

    /// The `TypeError` of a value that is not of a type.
    #[cold]
    pub fn mismatch(&mut self, v: Value, desc: DescRef) -> Thrown {
        let mut message = format!("expected {}, got {}", desc.text(), self.type_name(v));
        if let Some(misfit) = self.misfit(v, desc) {
            message.push_str(" with ");
            message.push_str(&misfit);
        }
        self.type_error(&message)
    }

    /// Name of a value's type in messages.
    pub fn type_name(&self, v: Value) -> String {
        let ty = self.type_of(v);
        match (ty.kind, ty.desc.get()) {
            (TypeKind::Array | TypeKind::Tuple, Some(desc)) => desc.text(),
            _ => class_text(&ty),
        }
    }

    /// What is wrong with an array that is not of a type because of one of its elements.
    fn misfit(&mut self, v: Value, desc: DescRef) -> Option<String> {
        let (DescShape::Array(elem) | DescShape::ReadonlyArray(elem)) = desc.shape() else {
            return None;
        };
        let (at, item) = self.first_misfit(v, *elem)?;
        let item = match self.as_str(item).map(|s| s.to_text(self)) {
            Some(text) if text.len() <= MAX_SHOWN => format!("'{text}'"),
            _ => match item.as_f64() {
                Some(x) => number_format::to_string(x),
                None => self.type_name(item),
            },
        };
        Some(format!("{item} at index {at}"))
    }
}

/// Whether a word that is no pointer belongs to a type.
#[inline]
pub fn immediate_matches(v: Value, desc: DescRef) -> bool {
    let bit = if v.is_number() {
        imm::NUMBER
    } else if v.is_int() {
        imm::INT
    } else if v.is_bool() {
        imm::BOOL
    } else {
        imm::NULL
    };
    desc.immediates.get() & bit != 0 || literal_matches(v, desc, 0)
}

#[cold]
fn literal_matches(v: Value, desc: DescRef, depth: u32) -> bool {
    match desc.shape() {
        DescShape::LitNumber(bits) => {
            let wanted = f64::from_bits(*bits);
            v.as_number().is_some_and(|x| x == wanted)
        }
        DescShape::LitBool(b) => v.as_bool() == Some(*b),
        DescShape::Union(types) if depth < MAX_NESTING => types.iter().any(|t| {
            // Whole kinds are in the union's own mask already.
            matches!(
                t.kind,
                DescKind::LitNumber | DescKind::LitBool | DescKind::Union
            ) && literal_matches(v, *t, depth + 1)
        }),
        DescShape::Intersection(types) => types.iter().all(|&t| immediate_matches(v, t)),
        // Structural types that ask for nothing accept every value but null.
        DescShape::Object(members) => members.is_empty() && !v.is_null(),
        _ => false,
    }
}

/// An int where only numbers belong, or an integral number where only ints belong.
fn convert_number(v: Value, desc: DescRef) -> Option<Value> {
    let converted = match (v.as_int(), v.as_number()) {
        (Some(n), _) => Value::number(n.into()),
        (None, Some(x)) => Value::int(as_exact_int(x)?),
        (None, None) => return None,
    };
    immediate_matches(converted, desc).then_some(converted)
}

fn is_instance_kind(kind: TypeKind) -> bool {
    matches!(kind, TypeKind::Instance | TypeKind::Literal)
}

/// Whether an instantiation of the generic class `class` is among the ancestors.
fn has_origin(ty: &TypeInfo, class: TypeRef) -> bool {
    let origin = class.meta.origin.get().unwrap_or(class);
    let same = |t: &TypeRef| *t == origin || t.meta.origin.get() == Some(origin);
    ty.meta.mro.iter().any(same)
}

fn cached(desc: DescRef, ty: &TypeInfo) -> Option<bool> {
    desc.cache.borrow().get(&ty.handle).copied()
}

/// Remembers a result where the type alone decides it.
fn remember(desc: DescRef, ty: &TypeInfo, fits: bool) {
    let DescShape::Union(types) = desc.shape() else {
        return;
    };
    let nominal = |t: &DescRef| {
        !matches!(
            t.kind,
            DescKind::LitString
                | DescKind::Object
                | DescKind::Function
                | DescKind::ClassObject
                | DescKind::Union
                | DescKind::Intersection
        )
    };
    if types.iter().all(nominal) {
        desc.cache.borrow_mut().insert(ty.handle, fits);
    }
}

/// Whether every value of `a` is one of `b`.
pub fn is_subtype(a: DescRef, b: DescRef, depth: u32) -> bool {
    if a == b || b.kind == DescKind::Any || a.kind == DescKind::Never {
        return true;
    }
    if depth > MAX_NESTING {
        return false;
    }
    let next = depth + 1;
    if let DescShape::Union(types) = a.shape() {
        return types.iter().all(|&t| is_subtype(t, b, next));
    }
    match (a.shape(), b.shape()) {
        (_, DescShape::Union(types)) => types.iter().any(|&t| is_subtype(a, t, next)),
        (_, DescShape::Intersection(types)) => types.iter().all(|&t| is_subtype(a, t, next)),
        (DescShape::LitString(_), DescShape::String)
        | (DescShape::LitNumber(_), DescShape::Number)
        | (DescShape::LitBool(_), DescShape::Boolean) => true,
        (DescShape::Class(x), DescShape::Class(y)) => x.is_subtype_of(y),
        (DescShape::Class(x), DescShape::ClassOrigin(y)) => has_origin(x, *y),
        (DescShape::ClassObject(x), DescShape::ClassObject(y)) => x.is_subtype_of(y),
        // Reads through a view of mixed elements look at the array's own type.
        (DescShape::Array(x) | DescShape::ReadonlyArray(x), DescShape::ReadonlyArray(y)) => {
            // An array that can only be empty has no elements that lie in another way.
            x.kind == DescKind::Never
                || (x.repr == y.repr || y.repr == Repr::Word) && is_subtype(*x, *y, next)
        }
        (DescShape::Tuple { elems, rest, .. }, DescShape::ReadonlyArray(y)) => {
            let all = elems.iter().chain(rest.as_ref());
            y.repr == Repr::Word && all.copied().all(|x| is_subtype(x, *y, next))
        }
        (
            DescShape::Class(_)
            | DescShape::Array(_)
            | DescShape::Tuple { .. }
            | DescShape::Dict(_)
            | DescShape::Object(_)
            | DescShape::Function(_),
            DescShape::AnyObject,
        ) => true,
        (DescShape::Object(have), DescShape::Object(want)) => want.iter().all(|w| {
            let found = have.iter().find(|h| h.name == w.name);
            found.map_or(w.optional, |h| {
                (w.optional || !h.optional) && is_subtype(h.ty, w.ty, next)
            })
        }),
        (DescShape::Function(x), DescShape::Function(y)) => {
            usize::from(x.required) <= y.params.len()
                && x.ret.repr == y.ret.repr
                && is_subtype(x.ret, y.ret, next)
                && (x.params.iter().zip(&y.params)).all(|(p, q)| is_subtype(*q, *p, next))
        }
        _ => false,
    }
}
