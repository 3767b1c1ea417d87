//! Operators on any words: primitives first, then slots in CPython's order.
//!
//! Left's slot, then right's reflected one; right first when its type is a proper
//! subclass that provides another implementation; `NotImplemented` passes the turn; in-place
//! forms before the plain ones. Knows no instructions: both tiers call in here.

use raya_bytecode::{Slot, SlotKind, SlotOp};

use crate::abi::R;
use crate::caches::CacheCell;
use crate::ctx::Ctx;
use crate::mem::object::Record;
use crate::mem::string::Str;
use crate::mem::value::Value;
use crate::slot_calls::Candidate;
use crate::type_info::{Form, SlotFn, TypeKind, TypeRef};

pub use crate::math::{pow as power, rem as remainder, to_int32};

/// Special methods in the order in which they are asked; those that are there.
type Candidates = smallvec::SmallVec<[Candidate<SlotFn>; 3]>;

/// A method that is asked for the answer itself.
fn candidate(method: SlotFn, this: Value, other: Value) -> Candidate<SlotFn> {
    Candidate {
        method,
        this,
        other,
        inverse: false,
    }
}

impl Ctx {
    /// `NotImplemented`.
    pub fn not_implemented(&mut self) -> R<Value> {
        let cell = &self.engine().singletons.not_implemented;
        let known = cell.get();
        if !known.is_unset() {
            return Ok(known);
        }
        let made = Record::new(self, self.engine().core.not_implemented, &[])?.value();
        cell.set(made);
        Ok(made)
    }

    fn is_not_implemented(&self, v: Value) -> bool {
        v == self.engine().singletons.not_implemented.get()
    }

    /// A binary operator, possibly in-place.
    pub fn binary(&mut self, op: SlotOp, a: Value, b: Value) -> R<Value> {
        if let Some(v) = self.binary_primitive(op, a, b)? {
            return Ok(v);
        }
        self.binary_slots(op, a, b)
    }

    /// The operator on two numbers, ints, or strings.
    #[inline]
    fn binary_primitive(&mut self, op: SlotOp, a: Value, b: Value) -> R<Option<Value>> {
        let slot = op.slot;
        if let (Some(x), Some(y)) = (a.as_int(), b.as_int()) {
            return self.binary_ints(slot, x, y);
        }
        if let (Some(x), Some(y)) = (a.as_f64(), b.as_f64()) {
            return Ok(number_op(slot, x, y).map(Value::number));
        }
        if slot == Slot::add {
            if op.in_place && self.has_slot(a, slot, Form::InPlace) {
                return Ok(None);
            }
            return self.add_strings(a, b);
        }
        Ok(None)
    }

    fn binary_ints(&mut self, slot: Slot, x: i32, y: i32) -> R<Option<Value>> {
        let v = match slot {
            Slot::add => Value::int(x.wrapping_add(y)),
            Slot::sub => Value::int(x.wrapping_sub(y)),
            Slot::mul => Value::int(x.wrapping_mul(y)),
            Slot::truediv | Slot::modulo if y == 0 => {
                return Err(self.range_error("Division by zero"));
            }
            Slot::truediv => Value::int(x.wrapping_div(y)),
            Slot::modulo => Value::int(x.wrapping_rem(y)),
            Slot::and => Value::int(x & y),
            Slot::or => Value::int(x | y),
            Slot::xor => Value::int(x ^ y),
            Slot::lshift => Value::int(x.wrapping_shl(y as u32)),
            Slot::rshift => Value::int(x.wrapping_shr(y as u32)),
            Slot::ushift => Value::number((x as u32).wrapping_shr(y as u32).into()),
            Slot::pow => Value::number(power(x.into(), y.into())),
            _ => return Ok(None),
        };
        Ok(Some(v))
    }

    /// `+` where a string is involved: the other operand as TypeScript prints it, unless its
    /// class has the operator.
    fn add_strings(&mut self, a: Value, b: Value) -> R<Option<Value>> {
        match (self.as_str(a), self.as_str(b)) {
            (Some(x), Some(y)) => Ok(Some(Str::concat(self, x, y)?.value())),
            (Some(x), None) => {
                if self.has_slot(b, Slot::add, Form::Reflected) {
                    return Ok(None);
                }
                let y = self.to_str(b)?;
                Ok(Some(Str::concat(self, x, y)?.value()))
            }
            (None, Some(y)) => {
                if self.has_slot(a, Slot::add, Form::Forward) {
                    return Ok(None);
                }
                let x = self.to_str(a)?;
                Ok(Some(Str::concat(self, x, y)?.value()))
            }
            (None, None) => Ok(None),
        }
    }

    fn has_slot(&self, v: Value, slot: Slot, form: Form) -> bool {
        !self.type_of(v).slot(slot, form).is_absent()
    }

    /// The special methods that a binary operator asks, in order.
    fn binary_candidates(&self, op: SlotOp, a: Value, b: Value) -> Candidates {
        let (ta, tb) = (self.type_of(a), self.type_of(b));
        let mut all = Candidates::new();
        if op.in_place {
            all.push(candidate(ta.slot(op.slot, Form::InPlace), a, b));
        }
        let forward = candidate(ta.slot(op.slot, Form::Forward), a, b);
        let reflected = if ta == tb {
            SlotFn::Absent
        } else {
            tb.slot(op.slot, Form::Reflected)
        };
        if overrides_reflected(ta, tb, op.slot, reflected) {
            all.extend([candidate(reflected, b, a), forward]);
        } else {
            all.extend([forward, candidate(reflected, b, a)]);
        }
        all.retain(|candidate| !candidate.method.is_absent());
        all
    }

    /// The special methods that a comparison asks, in order.
    fn compare_candidates(&self, slot: Slot, a: Value, b: Value) -> Candidates {
        let (ta, tb) = (self.type_of(a), self.type_of(b));
        let one = |ty: TypeRef, slot: Slot, this, other| {
            let method = ty.slot(slot, Form::Forward);
            // What has no `__ne__` answers with the opposite of its `__eq__`.
            let inverse = slot == Slot::ne && method.is_absent();
            let method = match inverse {
                true => ty.slot(Slot::eq, Form::Forward),
                false => method,
            };
            Candidate {
                inverse,
                ..candidate(method, this, other)
            }
        };
        let forward = one(ta, slot, a, b);
        let reflected = one(tb, mirror(slot), b, a);
        // A subclass on the right goes first even when it overrides nothing.
        let right_first = ta != tb && tb.is_subtype_of(&ta);
        let mut all = Candidates::new();
        if right_first {
            all.extend([reflected, forward]);
        } else {
            all.extend([forward, reflected]);
        }
        all.retain(|candidate| !candidate.method.is_absent());
        all
    }

    fn binary_slots(&mut self, op: SlotOp, a: Value, b: Value) -> R<Value> {
        let all = self.binary_candidates(op, a, b);
        match self.first_answer(&all)? {
            Some(v) => Ok(v),
            None => Err(self.unsupported_operands(op, a, b)),
        }
    }

    /// What the first of these methods that does not refuse gives.
    fn first_answer(&mut self, candidates: &[Candidate<SlotFn>]) -> R<Option<Value>> {
        for asked in candidates {
            let v = self.call_slot(asked.method, &[asked.this, asked.other])?;
            if !self.is_not_implemented(v) {
                return self.answer(v, asked.inverse).map(Some);
            }
        }
        Ok(None)
    }

    /// What a method's result means.
    fn answer(&mut self, v: Value, inverse: bool) -> R<Value> {
        match inverse {
            true => Ok(Value::bool(!self.truth(v)?)),
            false => Ok(v),
        }
    }

    /// An operator or comparison on something else than two numbers, at a site whose cell knows
    /// or gets to know the special method that comes first.
    pub(crate) fn operate(&mut self, op: SlotOp, a: Value, b: Value, cell: &CacheCell) -> R<Value> {
        if let Some(known) = self.known_operator(cell, (a, b)) {
            let v = self.call_special(known.method, known.this, &[known.other])?;
            if self.is_not_implemented(v) {
                return self.operator_refused(op, a, b);
            }
            return self.answer(v, known.inverse);
        }
        if a.is_object() || b.is_object() {
            let all = match op.slot.kind() {
                SlotKind::Compare => self.compare_candidates(op.slot, a, b),
                _ => self.binary_candidates(op, a, b),
            };
            let in_place = op.in_place && self.has_slot(a, op.slot, Form::InPlace);
            self.remember_operator(cell, (a, b), all.first(), in_place);
        }
        match op.slot.kind() {
            SlotKind::Compare => self.rich_compare(op.slot, a, b),
            _ => self.binary(op, a, b),
        }
    }

    /// The rest of an operator whose first special method gave `NotImplemented`.
    #[cold]
    pub fn operator_refused(&mut self, op: SlotOp, a: Value, b: Value) -> R<Value> {
        if op.slot.kind() == SlotKind::Compare {
            let all = self.compare_candidates(op.slot, a, b);
            return match self.first_answer(all.get(1..).unwrap_or(&[]))? {
                Some(v) => Ok(v),
                None => self.compare_identity(op.slot, a, b),
            };
        }
        let all = self.binary_candidates(op, a, b);
        match self.first_answer(all.get(1..).unwrap_or(&[]))? {
            Some(v) => Ok(v),
            None => Err(self.unsupported_operands(op, a, b)),
        }
    }

    #[cold]
    fn unsupported_operands(&mut self, op: SlotOp, a: Value, b: Value) -> crate::abi::Thrown {
        let mark = if op.in_place { "=" } else { "" };
        let spelling = match (op.slot, op.in_place) {
            (Slot::pow, false) => "** or pow()",
            _ => op.slot.spelling(),
        };
        let message = format!(
            "unsupported operand type(s) for {spelling}{mark}: '{}' and '{}'",
            self.type_of(a).meta.name,
            self.type_of(b).meta.name
        );
        self.type_error(&message)
    }

    /// A unary operator.
    pub fn unary(&mut self, slot: Slot, v: Value) -> R<Value> {
        match (slot, v.as_int(), v.as_number()) {
            (Slot::neg, Some(n), _) => return Ok(Value::int(n.wrapping_neg())),
            (Slot::neg, _, Some(x)) => return Ok(Value::number(-x)),
            (Slot::pos, Some(_), _) | (Slot::pos, _, Some(_)) => return Ok(v),
            (Slot::invert, Some(n), _) => return Ok(Value::int(!n)),
            (Slot::invert, _, Some(x)) => return Ok(Value::number((!to_int32(x)).into())),
            _ => {}
        }
        let own = self.type_of(v).slot(slot, Form::Forward);
        if !own.is_absent() {
            return self.call_slot(own, &[v]);
        }
        let converts = [Slot::float, Slot::int, Slot::index]
            .iter()
            .any(|&slot| self.has_slot(v, slot, Form::Forward));
        if slot == Slot::pos && (converts || self.kind_of(v) != TypeKind::Instance) {
            return Ok(Value::number(self.to_number(v)?));
        }
        let message = format!(
            "bad operand type for unary {}: '{}'",
            slot.spelling(),
            self.type_of(v).meta.name
        );
        Err(self.type_error(&message))
    }

    /// A comparison through the slots: `lt le eq ne gt ge`. The result may be any value.
    pub fn rich_compare(&mut self, slot: Slot, a: Value, b: Value) -> R<Value> {
        if let Some(result) = self.compare_primitive(slot, a, b) {
            return Ok(Value::bool(result));
        }
        let all = self.compare_candidates(slot, a, b);
        match self.first_answer(&all)? {
            Some(v) => Ok(v),
            None => self.compare_identity(slot, a, b),
        }
    }

    /// A comparison that no special method decides.
    fn compare_identity(&mut self, slot: Slot, a: Value, b: Value) -> R<Value> {
        match slot {
            Slot::eq => Ok(Value::bool(self.strict_equals(a, b))),
            Slot::ne => Ok(Value::bool(!self.strict_equals(a, b))),
            _ => {
                let message = format!(
                    "'{}' not supported between instances of '{}' and '{}'",
                    slot.spelling(),
                    self.type_of(a).meta.name,
                    self.type_of(b).meta.name
                );
                Err(self.type_error(&message))
            }
        }
    }

    /// Comparisons that need no slot: numbers, strings, booleans, null.
    fn compare_primitive(&mut self, slot: Slot, a: Value, b: Value) -> Option<bool> {
        if let (Some(x), Some(y)) = (a.as_f64(), b.as_f64()) {
            return Some(match slot {
                Slot::lt => x < y,
                Slot::le => x <= y,
                Slot::eq => x == y,
                Slot::ne => x != y,
                Slot::gt => x > y,
                _ => x >= y,
            });
        }
        if let (Some(x), Some(y)) = (self.as_str(a), self.as_str(b)) {
            return Some(match slot {
                Slot::eq => x.equals(self, y),
                Slot::ne => !x.equals(self, y),
                Slot::lt => x.compare(self, y).is_lt(),
                Slot::le => x.compare(self, y).is_le(),
                Slot::gt => x.compare(self, y).is_gt(),
                _ => x.compare(self, y).is_ge(),
            });
        }
        if !a.is_object() && !b.is_object() {
            return match slot {
                Slot::eq => Some(a == b),
                Slot::ne => Some(a != b),
                _ => None,
            };
        }
        None
    }

    /// `===`: contents of primitives, identity of objects, equal bindings of methods.
    #[inline]
    pub fn strict_equals(&mut self, a: Value, b: Value) -> bool {
        if a == b {
            // The one value that differs from itself.
            return !a.as_number().is_some_and(f64::is_nan);
        }
        if let (Some(x), Some(y)) = (a.as_f64(), b.as_f64()) {
            return x == y;
        }
        if !a.is_object() || !b.is_object() {
            return false;
        }
        if let (Some(x), Some(y)) = (self.as_str(a), self.as_str(b)) {
            return x.equals(self, y);
        }
        if let (Some(x), Some(y)) = (self.as_bound_method(a), self.as_bound_method(b)) {
            return x == y;
        }
        matches!((self.as_native(a), self.as_native(b)),
            (Some((f, x)), Some((g, y))) if std::ptr::eq(f, g) && x == y)
    }

    /// SameValueZero: as `===`, and NaN equals itself.
    pub fn same_value_zero(&mut self, a: Value, b: Value) -> bool {
        a == b || self.strict_equals(a, b)
    }
}

/// The comparison with its operands exchanged.
const fn mirror(slot: Slot) -> Slot {
    match slot {
        Slot::lt => Slot::gt,
        Slot::le => Slot::ge,
        Slot::gt => Slot::lt,
        Slot::ge => Slot::le,
        other => other,
    }
}

/// Whether the right operand's reflected method goes first.
fn overrides_reflected(ta: TypeRef, tb: TypeRef, slot: Slot, reflected: SlotFn) -> bool {
    ta != tb
        && !reflected.is_absent()
        && tb.is_subtype_of(&ta)
        && !reflected.same(ta.slot(slot, Form::Reflected))
}

/// The operator of `BinaryAny` with operand `op` on two doubles; none if they are something
/// else.
#[inline(always)]
pub fn on_numbers(op: u16, a: Value, b: Value) -> Option<f64> {
    let (x, y) = (a.as_number()?, b.as_number()?);
    number_op(SlotOp::from_u16(op)?.slot, x, y)
}

/// The operator on two doubles.
#[inline]
fn number_op(slot: Slot, x: f64, y: f64) -> Option<f64> {
    Some(match slot {
        Slot::add => x + y,
        Slot::sub => x - y,
        Slot::mul => x * y,
        Slot::truediv => x / y,
        Slot::modulo => remainder(x, y),
        Slot::pow => power(x, y),
        Slot::and => (to_int32(x) & to_int32(y)).into(),
        Slot::or => (to_int32(x) | to_int32(y)).into(),
        Slot::xor => (to_int32(x) ^ to_int32(y)).into(),
        Slot::lshift => to_int32(x).wrapping_shl(to_int32(y) as u32).into(),
        Slot::rshift => to_int32(x).wrapping_shr(to_int32(y) as u32).into(),
        Slot::ushift => (to_int32(x) as u32).wrapping_shr(to_int32(y) as u32).into(),
        _ => return None,
    })
}
