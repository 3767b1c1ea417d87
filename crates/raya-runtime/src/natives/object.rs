//! `Object`: the root class's methods and the functions over objects of any shape.

use raya_bytecode::Slot;

use crate::abi::R;
use crate::ctx::Ctx;
use crate::desc::DescShape;
use crate::mem::array::Array;
use crate::mem::layout::FLAG_INCOMPLETE;
use crate::mem::string::Str;
use crate::mem::value::Value;
use crate::members::array_index;
use crate::type_info::{Form, SlotFn, TypeKind};

/// `o.toString()` of the root class: what `__repr__` gives, where a class has it.
pub fn object_repr(ctx: &mut Ctx, o: Value) -> R<Str> {
    let slot = ctx.type_of(o).slot(Slot::repr, Form::Forward);
    if !matches!(slot, SlotFn::Absent | SlotFn::Native(_)) {
        let text = ctx.call_slot(slot, &[o])?;
        return match ctx.as_str(text) {
            Some(s) => Ok(s),
            None => Err(ctx.type_error("__repr__ returned non-string")),
        };
    }
    ctx.plain_text(o)
}

/// `o.hashCode()`.
pub fn object_hash_code(ctx: &mut Ctx, o: Value) -> R<f64> {
    let slot = ctx.type_of(o).slot(Slot::hash, Form::Forward);
    if !matches!(slot, SlotFn::Absent | SlotFn::Native(_)) {
        let hash = ctx.call_slot(slot, &[o])?;
        if let Some(hash) = hash.as_f64() {
            return Ok(hash);
        }
    }
    Ok(ctx.hash_key(o)?.into())
}

/// `a.equals(b)`: truth of `a == b`.
pub fn object_equals(ctx: &mut Ctx, a: Value, b: Value) -> R<bool> {
    let equal = ctx.rich_compare(Slot::eq, a, b)?;
    ctx.truth(equal)
}

/// The own members of anything: of arrays and strings their elements by index.
fn members(ctx: &mut Ctx, o: Value) -> R<Vec<(Key, Value)>> {
    if let Some(array) = ctx.as_array(o) {
        let all = (0..array.len()).filter_map(|i| Some((Key::Index(i), array.get(i)?)));
        return Ok(all.collect());
    }
    if let Some(s) = ctx.as_str(o) {
        return Ok((0..s.len())
            .map(|i| (Key::Index(i), Value::UNSET))
            .collect());
    }
    if o.is_null() {
        return Err(ctx.type_error("Cannot convert null to object"));
    }
    let mut named = ctx.own_entries(o);
    if named.iter().any(|(_, v)| v.is_unset()) {
        // Getters may change the object: values are read when their turn comes.
        named.iter_mut().for_each(|(_, v)| *v = Value::UNSET);
    }
    Ok(named.into_iter().map(|(k, v)| (Key::Name(k), v)).collect())
}

/// How a member is called.
#[derive(Clone, Copy)]
enum Key {
    Index(usize),
    Name(Value),
}

impl Key {
    fn value(self, ctx: &mut Ctx) -> R<Value> {
        match self {
            Key::Index(i) => ctx.intern(&i.to_string()),
            Key::Name(name) => Ok(name),
        }
    }
}

/// The member's value; elements of strings are made and getters called when asked for.
fn member_value(ctx: &mut Ctx, o: Value, key: Key, v: Value) -> R<Value> {
    match (key, ctx.as_str(o)) {
        (Key::Index(i), Some(s)) => Ok(s.substring(ctx, i, i + 1)?.value()),
        (Key::Name(name), _) if v.is_unset() => {
            Ok(ctx.read_own_member(o, name)?.unwrap_or(Value::NULL))
        }
        _ if v.is_unset() => Ok(Value::NULL),
        _ => Ok(v),
    }
}

/// `Object.keys(o)`.
pub fn object_keys(ctx: &mut Ctx, o: Value) -> R<Array> {
    let members = members(ctx, o)?;
    let out = ctx.string_array(members.len())?;
    for (key, _) in members {
        let key = key.value(ctx)?;
        out.push_bits(ctx, key.0)?;
    }
    Ok(out)
}

/// `Object.values(o)`.
pub fn object_values(ctx: &mut Ctx, o: Value) -> R<Array> {
    let members = members(ctx, o)?;
    let out = ctx.any_array(members.len())?;
    for (key, v) in members {
        let v = member_value(ctx, o, key, v)?;
        out.push_bits(ctx, v.0)?;
    }
    Ok(out)
}

/// `Object.entries(o)`.
pub fn object_entries(ctx: &mut Ctx, o: Value) -> R<Array> {
    let descs = &ctx.engine().descs;
    let pair = descs.intern(DescShape::Tuple {
        elems: [descs.string, descs.any].into(),
        required: 2,
        rest: None,
    });
    let members = members(ctx, o)?;
    let out = ctx.any_array(members.len())?;
    for (key, v) in members {
        let entry = ctx.new_array(pair, 0, 2)?;
        out.push_bits(ctx, entry.value().0)?;
        let name = key.value(ctx)?;
        entry.push_bits(ctx, name.0)?;
        let v = member_value(ctx, o, key, v)?;
        entry.push_bits(ctx, v.0)?;
    }
    Ok(out)
}

/// `Object.assign(target, from)` for one source; null has no members.
/// Copies what a spread object has beyond the members that its type tells, which are declared
/// in the literal. Mostly that is nothing, which the two types say.
pub fn object_copy_beyond(ctx: &mut Ctx, into: Value, from: Value) -> R<()> {
    let Some(object) = ctx.as_instance(from) else {
        return Ok(());
    };
    let (target, source) = (ctx.type_of(into), ctx.type_of(from));
    let told = |name: Value| target.field(name).is_some();
    let listed = !ctx.is_error(from);
    if listed
        && object.expando().is_none()
        && source.meta.fields.iter().all(|f| f.private || told(f.name))
    {
        return Ok(());
    }
    let names = object_keys(ctx, from)?;
    let order = order_with(ctx, into, names)?;
    for i in 0..names.len() {
        let name = names.get(i).unwrap_or(Value::NULL);
        if !told(name)
            && let Some(v) = ctx.read_own_member(from, name)?
        {
            ctx.set_attr(into, name, v)?;
        }
    }
    ctx.set_order(into, order)
}

/// The order of a literal's members where those that a spread brings stand between declared
/// ones: behind those that are written in front of it.
fn order_with(ctx: &mut Ctx, into: Value, names: Array) -> R<Array> {
    let ty = ctx.type_of(into);
    let spread: Vec<Value> = (0..names.len()).filter_map(|i| names.get(i)).collect();
    let declared: Vec<Value> = ty.meta.fields.iter().map(|f| f.name).collect();
    let first = declared.iter().position(|name| spread.contains(name));
    let (front, back) = declared.split_at(first.unwrap_or(declared.len()));
    let back = back.iter().filter(|name| !spread.contains(name));
    let order = ctx.string_array(declared.len() + spread.len())?;
    for name in front.iter().chain(&spread).chain(back) {
        order.push_bits(ctx, name.0)?;
    }
    Ok(order)
}

/// Marks a literal as one whose members may be set after a cast.
pub fn object_incomplete(_: &mut Ctx, o: Value) -> R<Value> {
    if let Some(obj) = o.as_obj() {
        obj.set_flags(FLAG_INCOMPLETE);
    }
    Ok(o)
}

pub fn object_assign(ctx: &mut Ctx, target: Value, from: Value) -> R<Value> {
    ctx.copy_members(target, from)?;
    Ok(target)
}

/// `Object.freeze(o)`.
pub fn object_freeze(ctx: &mut Ctx, o: Value) -> R<Value> {
    ctx.freeze(o);
    Ok(o)
}

/// `Object.isFrozen(o)`: values that cannot change are.
pub fn object_is_frozen(ctx: &mut Ctx, o: Value) -> R<bool> {
    Ok(ctx.is_frozen(o) || !o.is_object() || ctx.as_str(o).is_some())
}

/// `NotImplemented`, with which an operator method passes the turn.
pub fn not_implemented(ctx: &mut Ctx) -> R<Value> {
    ctx.not_implemented()
}

/// `Object.fromEntries(entries)` of any iterable of pairs.
pub fn object_from_entries(ctx: &mut Ctx, entries: Value) -> R<Value> {
    let descs = &ctx.engine().descs;
    let dict = ctx.new_dict(descs.intern(DescShape::Dict(descs.any)))?;
    let iterator = ctx.get_iter(entries)?;
    while let Some(entry) = ctx.iter_next(iterator)? {
        let key = ctx.get_item(entry, Value::int(0))?;
        let v = ctx.get_item(entry, Value::int(1))?;
        let name = ctx.to_str(key)?;
        ctx.dict_set(dict, name.value(), v)?;
    }
    Ok(dict)
}

/// `Object.hasOwn(o, key)`.
pub fn object_has_own(ctx: &mut Ctx, o: Value, key: Str) -> R<bool> {
    let len = match (ctx.as_array(o), ctx.as_str(o)) {
        (Some(array), _) => array.len(),
        (_, Some(s)) => s.len(),
        _ => 0,
    };
    let units = key.units(ctx)?;
    if array_index(units).is_some_and(|i| (i as usize) < len) {
        return Ok(true);
    }
    let name = ctx.intern_str(key)?;
    let name = name.value();
    Ok(ctx.own_member(o, name).is_some() || ctx.own_accessors(o).contains(&name))
}

/// `Object.is(a, b)`: as `===`, but NaN is NaN and 0 is not −0.
pub fn object_is(ctx: &mut Ctx, a: Value, b: Value) -> R<bool> {
    if let (Some(x), Some(y)) = (a.as_f64(), b.as_f64()) {
        let same = x == y && x.is_sign_negative() == y.is_sign_negative();
        return Ok(same || x.is_nan() && y.is_nan());
    }
    Ok(ctx.strict_equals(a, b))
}

impl Ctx {
    /// Copies the own members of `from` into a literal, where they stand as in `from`.
    pub(crate) fn spread_members(&mut self, into: Value, from: Value) -> R<()> {
        self.copy_members(into, from)?;
        if self.kind_of(into) != TypeKind::Literal || !self.has_members(from) {
            return Ok(());
        }
        let ty = self.type_of(into);
        if ty.meta.fields.is_empty() {
            return Ok(());
        }
        let names = object_keys(self, from)?;
        let mut all = (0..names.len()).filter_map(|i| names.get(i));
        if all.all(|name| ty.field(name).is_some()) {
            return Ok(());
        }
        let order = order_with(self, into, names)?;
        self.set_order(into, order)
    }

    /// Copies the own members of `from` into `into`, as a spread or `Object.assign` does.
    pub(crate) fn copy_members(&mut self, into: Value, from: Value) -> R<()> {
        if !from.is_object() {
            return Ok(());
        }
        // Setters of the target may change the source: names are kept by an array in the
        // heap, values are read when their turn comes.
        let names = object_keys(self, from)?;
        for i in 0..names.len() {
            let name = names.get(i).unwrap_or(Value::NULL);
            let v = match self.read_own_member(from, name)? {
                Some(v) => v,
                None if self.has_members(from) => continue,
                None => self.get_item(from, Value::int(i as i32))?,
            };
            self.set_attr(into, name, v)?;
        }
        Ok(())
    }

    /// Whether a value is an object whose members programs see by name: an instance, a
    /// literal or a dictionary.
    pub(crate) fn has_members(&self, v: Value) -> bool {
        matches!(
            self.kind_of(v),
            TypeKind::Instance | TypeKind::Literal | TypeKind::Dict
        )
    }
}
