//! Pinning: values that were born in `any` take on the type of a checked cast.
//!
//! An array of `any`, a literal with `any` members or a dictionary of `any` is checked
//! deeply once. If everything fits, it keeps its identity and changes its type in place:
//! arrays may change the kind of their storage, literals get a type of the same layout whose
//! fields have the new types. Later writes through any alias are checked against that.
//!
//! Invariant: nothing is changed unless all of it fits.

use rustc_hash::FxHashSet;

use crate::abi::R;
use crate::class_builder::{ClassPlan, FieldPlan};
use crate::ctx::Ctx;
use crate::desc::{DescKind, DescRef, DescShape, MemberDesc};
use crate::mem::array::{Array, Storage};
use crate::mem::layout::{ElemKind, FLAG_INCOMPLETE, FLAG_PINNED};
use crate::mem::object::Instance;
use crate::mem::value::Value;
use crate::type_info::{TypeKind, TypeRef};

/// Nesting of data that a cast follows, unions on the way counted.
const MAX_NESTING: u32 = 1000;

/// A deep check under way.
#[derive(Default)]
struct Assumed {
    /// Pairs of object and type that are being checked: cyclic data fits if nothing on the
    /// way contradicts it.
    pairs: FxHashSet<(Value, DescRef)>,
    /// Something lay deeper than a cast follows.
    too_deep: bool,
}

impl Ctx {
    /// Pins `v` to `desc` if it was born in `any` and everything in it fits. False
    /// leaves it untouched.
    pub(crate) fn try_pin(&mut self, v: Value, desc: DescRef) -> R<bool> {
        let mut assumed = Assumed::default();
        if self.fits_deep(v, desc, &mut assumed, 0) {
            self.pin(v, desc, 0)?;
            return Ok(true);
        }
        if assumed.too_deep {
            return Err(self.range_error("Data is nested too deeply to be checked"));
        }
        Ok(false)
    }

    /// Whether `v` matches the type or could be pinned to it.
    fn fits_deep(&mut self, v: Value, desc: DescRef, assumed: &mut Assumed, depth: u32) -> bool {
        if self.holds(v, desc) || self.number_fits(v, desc) {
            return true;
        }
        if !v.is_object() {
            return false;
        }
        if depth > MAX_NESTING {
            assumed.too_deep = true;
            return false;
        }
        if !assumed.pairs.insert((v, desc)) {
            return true;
        }
        let next = depth + 1;
        match desc.shape() {
            DescShape::Array(elem) | DescShape::ReadonlyArray(elem) => {
                let Some(array) = self.loose_array(v) else {
                    return false;
                };
                (0..array.len()).all(|i| {
                    let item = array.get(i).unwrap_or(Value::NULL);
                    self.fits_deep(item, *elem, assumed, next)
                })
            }
            DescShape::Tuple {
                elems,
                required,
                rest,
            } => {
                let Some(array) = self.loose_array(v) else {
                    return false;
                };
                let len = array.len();
                let count_fits =
                    len >= usize::from(*required) && (rest.is_some() || len <= elems.len());
                count_fits
                    && (0..len).all(|i| {
                        let item = array.get(i).unwrap_or(Value::NULL);
                        let ty = elems.get(i).copied().or(*rest);
                        ty.is_some_and(|ty| self.fits_deep(item, ty, assumed, next))
                    })
            }
            DescShape::Object(members) => {
                is_structural(self.kind_of(v))
                    && members
                        .iter()
                        .all(|m| self.member_fits(v, m, assumed, next))
            }
            DescShape::Dict(of) => {
                if !is_structural(self.kind_of(v)) {
                    return false;
                }
                let members = self.own_members(v);
                members
                    .into_iter()
                    .all(|(_, item)| self.fits_deep(item, *of, assumed, next))
            }
            DescShape::Union(types) => types.iter().any(|&t| self.fits_deep(v, t, assumed, next)),
            DescShape::Intersection(types) => {
                types.iter().all(|&t| self.fits_deep(v, t, assumed, next))
            }
            _ => false,
        }
    }

    /// The first element of an array without a type of its own that is not of a type.
    pub(crate) fn first_misfit(&mut self, v: Value, elem: DescRef) -> Option<(usize, Value)> {
        let array = self.loose_array(v)?;
        (0..array.len()).find_map(|i| {
            let item = array.get(i)?;
            let fits = self.fits_deep(item, elem, &mut Assumed::default(), 0);
            (!fits).then_some((i, item))
        })
    }

    fn member_fits(&mut self, v: Value, m: &MemberDesc, assumed: &mut Assumed, depth: u32) -> bool {
        match self.own_member(v, m.name) {
            Some(item) if item.is_null() && m.optional => true,
            Some(item) => self.fits_deep(item, m.ty, assumed, depth),
            None => m.optional || is_incomplete(v),
        }
    }

    /// Whether a number of the other kind converts to the type.
    fn number_fits(&mut self, v: Value, desc: DescRef) -> bool {
        let other = match (v.as_int(), v.as_number()) {
            (Some(n), _) => Value::number(n.into()),
            (None, Some(x)) => match crate::casts::as_exact_int(x) {
                Some(n) => Value::int(n),
                None => return false,
            },
            (None, None) => return false,
        };
        crate::casts::immediate_matches(other, desc)
    }

    /// Takes an array's type away: the inverse of pinning, for an array that nobody holds at
    /// its type.
    pub(crate) fn unpin(&mut self, array: Array) -> R<()> {
        let any_array = self.engine().descs.any_array;
        let ty = self.array_type(any_array)?;
        let old = array.storage();
        if old.kind() != ElemKind::Word {
            let new = Storage::alloc(self, ElemKind::Word, old.cap(), old.len())?;
            for i in 0..old.len() {
                let item = old.get(i);
                new.set_bits(self, i, item.0);
            }
            array.set_storage(self, new);
        }
        array.set_type(ty);
        Ok(())
    }

    /// An array whose elements may be anything: born in `any` and not pinned yet.
    fn loose_array(&mut self, v: Value) -> Option<Array> {
        let array = self.as_array(v)?;
        let ty = self.type_of_obj(array.obj());
        let loose = ty.desc.get() == Some(self.engine().descs.any_array);
        loose.then_some(array)
    }

    /// Changes the types of `v` and of what it contains. Everything was found to fit.
    fn pin(&mut self, v: Value, desc: DescRef, depth: u32) -> R<()> {
        if !v.is_object() || depth > MAX_NESTING || self.holds(v, desc) {
            return Ok(());
        }
        let next = depth + 1;
        match desc.shape() {
            DescShape::Array(elem) => self.pin_array(v, desc, |_| Some(*elem), next),
            DescShape::ReadonlyArray(elem) => {
                let as_array = self.engine().descs.array_of(*elem);
                self.pin_array(v, as_array, |_| Some(*elem), next)
            }
            DescShape::Tuple { elems, rest, .. } => {
                let elem = |i: usize| elems.get(i).copied().or(*rest);
                self.pin_array(v, desc, elem, next)
            }
            DescShape::Object(members) => self.pin_object(v, desc, members, next),
            DescShape::Dict(of) => {
                for (_, item) in self.own_members(v) {
                    self.pin(item, *of, next)?;
                }
                self.pin_dict(v, desc)
            }
            DescShape::Union(types) => {
                let mut assumed = Assumed::default();
                let fitting = types
                    .iter()
                    .copied()
                    .find(|&t| self.fits_deep(v, t, &mut assumed, depth));
                fitting.map_or(Ok(()), |t| self.pin(v, t, next))
            }
            DescShape::Intersection(types) => types.iter().try_for_each(|&t| self.pin(v, t, next)),
            _ => Ok(()),
        }
    }

    fn pin_array(
        &mut self,
        v: Value,
        desc: DescRef,
        elem: impl Fn(usize) -> Option<DescRef>,
        depth: u32,
    ) -> R<()> {
        let Some(array) = self.loose_array(v) else {
            return Ok(());
        };
        let ty = self.array_type(desc)?;
        let old = array.storage();
        let kind = ty.elem.get();
        // The array has its new type before its elements are visited: cycles end there.
        if kind == ElemKind::Word {
            array.set_type(ty);
        } else {
            let new = Storage::alloc(self, kind, old.cap(), old.len())?;
            for i in 0..old.len() {
                let bits = match elem(i) {
                    Some(elem) => self.convert(old.get(i), elem)?,
                    None => 0,
                };
                new.set_bits(self, i, bits);
            }
            array.set_storage(self, new);
            array.set_type(ty);
            array.obj().set_flags(FLAG_PINNED);
            return Ok(());
        }
        array.obj().set_flags(FLAG_PINNED);
        for i in 0..old.len() {
            if let (Some(item), Some(elem)) = (array.get(i), elem(i)) {
                self.pin(item, elem, depth)?;
                let checked = self.check(item, elem)?;
                old.set_bits(self, i, checked.0);
            }
        }
        Ok(())
    }

    /// Gives a literal the type whose fields have the members' types.
    fn pin_object(&mut self, v: Value, desc: DescRef, members: &[MemberDesc], depth: u32) -> R<()> {
        let Some(object) = self.as_instance(v) else {
            return Ok(());
        };
        let ty = self.type_of_obj(object.obj());
        let pinned = self.pinned_type(ty, desc, members)?;
        object.set_type(pinned);
        object.obj().set_flags(FLAG_PINNED);
        for member in members {
            let Some(item) = self.own_member(v, member.name) else {
                continue;
            };
            if item.is_null() && member.optional {
                continue;
            }
            self.pin(item, member.ty, depth)?;
            let checked = self.check(item, member.ty)?;
            if checked != item {
                self.store_member(object, member.name, checked)?;
            }
        }
        Ok(())
    }

    fn store_member(&mut self, object: Instance, name: Value, v: Value) -> R<()> {
        let ty = self.type_of_obj(object.obj());
        match ty.field(name) {
            Some(field) => {
                let bits = self.convert(v, field.desc)?;
                let bits = if field.repr == raya_bytecode::Repr::Word {
                    v.0
                } else {
                    bits
                };
                object.set_bits(self, field, bits);
                Ok(())
            }
            None => self.set_expando(object, name, v),
        }
    }

    /// The type of the same layout as `ty` whose fields have the members' types.
    fn pinned_type(&mut self, ty: TypeRef, desc: DescRef, members: &[MemberDesc]) -> R<TypeRef> {
        let key = (ty.handle, desc);
        if let Some(&known) = self.engine().pinned.borrow().get(&key) {
            return Ok(known);
        }
        let narrowed = |name: Value| members.iter().find(|m| m.name == name);
        let fields = (ty.meta.fields.iter())
            .map(|field| FieldPlan {
                name: field.name,
                desc: match narrowed(field.name) {
                    Some(member) if field.desc.kind == DescKind::Any => member.ty,
                    _ => field.desc,
                },
                optional: field.optional,
                private: field.private,
            })
            .collect();
        let plan = ClassPlan {
            name: ty.meta.name.clone(),
            kind: TypeKind::Literal,
            bases: ty.meta.bases.to_vec(),
            fields,
            keep_reprs: Some(ty),
            members: members.into(),
            flags: ty.flags.get(),
            ..ClassPlan::default()
        };
        let pinned = self.build_class(plan)?;
        self.engine().pinned.borrow_mut().insert(key, pinned);
        Ok(pinned)
    }
}

/// Whether members that a type asks for may be missing until the program sets them: a read of
/// one that is not there is refused, as any read through a structural type verifies itself.
fn is_incomplete(v: Value) -> bool {
    v.as_obj()
        .is_some_and(|obj| obj.flags() & FLAG_INCOMPLETE != 0)
}

/// Whether values of the kind are structural: their members are all there is to them.
fn is_structural(kind: TypeKind) -> bool {
    matches!(kind, TypeKind::Literal | TypeKind::Dict)
}
