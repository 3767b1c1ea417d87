//! Arrays as programs see them: typed elements, appending, the methods without callback.
//!
//! An element that arrives as a word is checked against the array's element type, so a
//! write through `any` cannot break it. Positions follow JavaScript: truncated, negative ones from the
//! end, clamped.

use raya_bytecode::Repr;

use crate::abi::{R, Thrown};
use crate::ctx::Ctx;
use crate::desc::{DescRef, DescShape};
use crate::frozen::is_frozen;
use crate::mem::array::{Array, Storage};
use crate::mem::layout::ElemKind;
use crate::mem::value::Value;
use crate::text::number_format;
use crate::type_info::{TypeKind, TypeRef};

/// Resolves a relative position against a length, as `slice` and its kin do.
pub fn relative(at: f64, len: usize) -> usize {
    let at = at.trunc();
    let len_f = len as f64;
    let place = if at < 0.0 { len_f + at } else { at };
    if place > 0.0 {
        place.min(len_f) as usize
    } else {
        0
    }
}

impl Ctx {
    /// The type of arrays or tuples of a descriptor; made on first use.
    pub fn array_type(&mut self, desc: DescRef) -> R<TypeRef> {
        let handle = desc.handle.get();
        if handle != 0 {
            return Ok(self.type_by_handle(handle));
        }
        let engine = self.engine();
        let (base, elem) = match desc.shape() {
            DescShape::Array(elem) => (engine.core.array, ElemKind::of(elem.repr)),
            DescShape::Tuple { .. } => (engine.core.tuple, ElemKind::Word),
            DescShape::ReadonlyArray(elem) => {
                let array = engine.descs.array_of(*elem);
                return self.array_type(array);
            }
            _ => return self.array_type(engine.descs.any_array),
        };
        match engine.core.array_of(&engine.types, base, elem) {
            Some(ty) => {
                ty.desc.set(Some(desc));
                desc.handle.set(ty.handle);
                Ok(ty)
            }
            None => Err(self.range_error("too many types")),
        }
    }

    /// The type of an array's element at `i`; tuples differ by position.
    pub(crate) fn element_desc(&self, array: Array, i: usize) -> DescRef {
        let desc = self.type_of_obj(array.obj()).desc.get();
        let any = self.engine().descs.any;
        match desc.map(|d| d.get_shape()) {
            Some(DescShape::Array(elem)) => *elem,
            Some(DescShape::Tuple { elems, rest, .. }) => {
                elems.get(i).copied().or(*rest).unwrap_or(any)
            }
            _ => any,
        }
    }

    /// An element in the register format of the array's storage, checked.
    pub(crate) fn element_bits(&mut self, array: Array, i: usize, v: Value) -> R<u64> {
        let elem = self.element_desc(array, i);
        match array.storage().kind() {
            ElemKind::Word => Ok(self.check(v, elem)?.0),
            _ => self.convert(v, elem),
        }
    }

    /// Appends a word, checked.
    pub fn array_push_checked(&mut self, array: Array, v: Value) -> R<()> {
        self.check_growable(array)?;
        let bits = self.element_bits(array, array.len(), v)?;
        array.push_bits(self, bits)
    }

    /// Frozen arrays and tuples without rest do not change their length.
    fn check_growable(&mut self, array: Array) -> R<()> {
        if is_frozen(array.obj()) {
            return Err(self.frozen_element(array, array.len()));
        }
        let ty = self.type_of_obj(array.obj());
        if ty.kind == TypeKind::Tuple
            && let Some(DescShape::Tuple {
                elems, rest: None, ..
            }) = ty.desc.get().map(|d| d.get_shape())
            && array.len() >= elems.len()
        {
            return Err(self.type_error("a tuple cannot grow beyond its type"));
        }
        Ok(())
    }

    /// Stores a word at `i`, checked; appends at the length.
    pub fn array_store(&mut self, array: Array, i: i32, v: Value) -> R<()> {
        let at = i as usize;
        if is_frozen(array.obj()) {
            return Err(self.frozen_element(array, at));
        }
        let len = array.len();
        if i >= 0 && at < len {
            let bits = self.element_bits(array, at, v)?;
            // Checking may have run user code that shrank the array.
            if at < array.len() {
                array.storage().set_bits(self, at, bits);
                return Ok(());
            }
        }
        if i >= 0 && at == array.len() {
            return self.array_push_checked(array, v);
        }
        Err(self.out_of_bounds(array, f64::from(i)))
    }

    /// The `RangeError` of an index outside.
    #[cold]
    pub fn out_of_bounds(&mut self, array: Array, i: f64) -> Thrown {
        let message = format!(
            "index {} is out of range for an array of length {}",
            number_format::to_string(i),
            array.len()
        );
        self.range_error(&message)
    }

    /// `a.length = n`: may only shrink.
    pub fn array_set_length(&mut self, array: Array, n: i32) -> R<()> {
        let len = array.len();
        if n < 0 || n as usize > len {
            return Err(self.range_error("Invalid array length"));
        }
        if is_frozen(array.obj()) {
            return Err(self.read_only(array.value(), "length"));
        }
        array.storage().set_len(n as usize);
        Ok(())
    }

    /// `pop`: removes the last element; null when empty.
    pub fn array_pop(&mut self, array: Array) -> R<Value> {
        if is_frozen(array.obj()) {
            return Err(self.frozen_pop(array));
        }
        Ok(array.pop().unwrap_or(Value::NULL))
    }

    /// A new array of the descriptor with `n` elements that are the zero of its type.
    pub fn new_array(&mut self, desc: DescRef, n: i32, cap: usize) -> R<Array> {
        if n < 0 {
            return Err(self.range_error("Invalid array length"));
        }
        let ty = self.array_type(desc)?;
        Array::new(self, ty, n as usize, cap)
    }

    /// An empty array of the same type.
    pub(crate) fn like(&mut self, array: Array, cap: usize) -> R<Array> {
        let ty = self.type_of_obj(array.obj());
        if ty.kind == TypeKind::Tuple {
            // Parts of a tuple are arrays of anything.
            let any = self.array_type(self.engine().descs.any_array)?;
            return Array::new(self, any, 0, cap);
        }
        Array::new(self, ty, 0, cap)
    }

    /// The elements from `from` to `to` as an array of the same type.
    pub(crate) fn array_range(&mut self, array: Array, from: usize, to: usize) -> R<Array> {
        let n = to.saturating_sub(from);
        let part = self.like(array, n)?;
        part.append_range(self, array, from, n)?;
        Ok(part)
    }

    /// A new `string[]`.
    pub(crate) fn string_array(&mut self, cap: usize) -> R<Array> {
        let desc = self.engine().descs.string_array;
        self.new_array(desc, 0, cap)
    }

    /// A new `any[]`.
    pub(crate) fn any_array(&mut self, cap: usize) -> R<Array> {
        let desc = self.engine().descs.any_array;
        self.new_array(desc, 0, cap)
    }

    /// Makes the elements of `from` those of `into`, each checked.
    pub(crate) fn array_append(&mut self, into: Array, from: Array) -> R<()> {
        let same = self.type_of_obj(into.obj()) == self.type_of_obj(from.obj());
        let n = from.len();
        if same && self.type_of_obj(into.obj()).kind == TypeKind::Array {
            self.check_growable(into)?;
            return into.append_range(self, from, 0, n);
        }
        for i in 0..n {
            if let Some(item) = from.get(i) {
                self.array_push_checked(into, item)?;
            }
        }
        Ok(())
    }

    /// Checks that an index given as a double names a place: integral and in range of an int.
    pub fn index_of_number(&mut self, x: f64) -> R<i32> {
        let n = x as i32;
        if f64::from(n) == x {
            return Ok(n);
        }
        let message = format!("invalid index {}", number_format::to_string(x));
        Err(self.range_error(&message))
    }
}

impl Array {
    /// Appends `n` elements of `source` from `from` on. Both have the same element kind, or
    /// this one holds words.
    pub(crate) fn append_range(self, ctx: &mut Ctx, source: Array, from: usize, n: usize) -> R<()> {
        let storage: Storage = self.reserve(ctx, n)?;
        let source = source.storage();
        if storage.kind() == source.kind() {
            let at = storage.len();
            if n > 0 {
                storage.set_len(at + n);
                storage.copy(ctx, at, source, from, n);
            }
            return Ok(());
        }
        for i in from..from + n {
            self.push_bits(ctx, source.get(i).0)?;
        }
        Ok(())
    }

    /// How elements lie, as a register representation.
    pub fn repr(self) -> Repr {
        match self.storage().kind() {
            ElemKind::F64 => Repr::F64,
            ElemKind::I32 => Repr::I32,
            ElemKind::Bool => Repr::Bool,
            ElemKind::Word => Repr::Word,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::relative;

    #[test]
    fn positions_clamp_as_in_javascript() {
        assert_eq!(relative(-1.0, 5), 4);
        assert_eq!(relative(-9.0, 5), 0);
        assert_eq!(relative(9.0, 5), 5);
        assert_eq!(relative(1.9, 5), 1);
        assert_eq!(relative(-0.5, 5), 0);
        assert_eq!(relative(f64::NAN, 5), 0);
        assert_eq!(relative(f64::INFINITY, 5), 5);
        assert_eq!(relative(f64::NEG_INFINITY, 5), 0);
    }
}
