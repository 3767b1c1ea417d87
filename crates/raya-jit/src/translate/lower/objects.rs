//! Objects with declared fields: allocation, fields, statics, the write barrier.

use super::convert::is_object;
use super::lowerings;
use crate::error::JitError;
use crate::exits::record::ExitReason;
use crate::snapshot::{ClassFact, FieldFact};
use crate::translate::emit::{Region, clif_type};
use crate::translate::{Lowered, Translator, ctx};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I8, I32, I64};
use cranelift_codegen::ir::{Block, InstBuilder, Value};
use raya_bytecode::{Instr, Repr};
use raya_runtime::helpers::HelperId as Helper;
use raya_runtime::mem::{layout, value};
use raya_runtime::type_info::type_flags;

lowerings! {
    NewObject |t, i| {
        let class = class(t, i.b)?;
        let v = new_object(t, class);
        t.set(i.a, v)
    };
    GetField |t, i| {
        let field = field(t, i.c)?;
        let object = t.get(i.b);
        let v = load_field(t, object, field);
        t.set(i.a, v)
    };
    GetFieldSet |t, i| {
        let field = field(t, i.c)?;
        let object = t.get(i.b);
        let v = load_field(t, object, field);
        let set = t.compare_imm(IntCC::NotEqual, v, value::UNSET as i64);
        let v = if field.optional {
            let null = t.word_const(value::NULL);
            t.b.ins().select(set, v, null)
        } else {
            let site = t.address(field.site);
            let helper = Helper::throw_unset_field;
            t.guard_or_throw(set, ExitReason::Unset, helper, &[object, site]);
            v
        };
        t.set(i.a, v)
    };
    SetField |t, i| {
        let field = field(t, i.b)?;
        store_field(t, i, field)
    };
    ReadField |t, i| read_field(t, i)?;
    WriteField |t, i| write_field(t, i)?;
    GetStatic |t, i| {
        let (base, offset, region) = static_slot(t, i.b)?;
        let repr = t.repr(i.a);
        let bits = t.load(I64, region, base, offset);
        let unset = match repr {
            Repr::F64 => value::UNSET_F64,
            Repr::I32 | Repr::Bool => value::UNSET_I32,
            Repr::Word => value::UNSET,
        };
        let unset = t.word_const(unset);
        let set = t.b.ins().icmp(IntCC::NotEqual, bits, unset);
        t.guard(set, ExitReason::Unset);
        let v = t.slot_value(repr, bits);
        t.set(i.a, v)
    };
    SetStatic |t, i| {
        let (base, offset, region) = static_slot(t, i.b)?;
        let v = t.get(i.a);
        let repr = t.repr(i.a);
        let bits = t.as_slot(repr, v);
        t.store(region, bits, base, offset)
    };
    GetClass |t, i| {
        let class = class(t, i.b)?;
        let info = t.address(class.info);
        let v = t.call_helper(Helper::get_class, &[info]);
        t.set(i.a, v)
    };
    CheckClass |t, i| {
        let class = class(t, i.a)?;
        let info = t.address(class.info);
        t.call_helper(Helper::check_class, &[info])
    };
    NewDict |t, i| {
        let desc = super::types::descriptor(t, i.b)?;
        let v = t.call_helper(Helper::new_dict, &[desc]);
        t.set(i.a, v)
    };
    InitClass |t, i| {
        let class = class(t, i.a)?;
        let info = t.address(class.info);
        t.call_helper(Helper::init_class, &[info])
    };
}

fn class(t: &Translator<'_>, id: u16) -> Result<ClassFact, JitError> {
    let known = t.frame().snapshot.classes.get(&id).copied();
    known.ok_or_else(|| JitError::Malformed(format!("class {id} is not linked")))
}

fn field(t: &Translator<'_>, id: u16) -> Result<FieldFact, JitError> {
    let known = t.frame().snapshot.fields.get(&id).copied();
    known.ok_or_else(|| JitError::Malformed(format!("field {id} is not linked")))
}

/// Base, offset and region of a static field: a global slot, so no barrier.
fn static_slot(t: &mut Translator<'_>, id: u16) -> Result<(Value, usize, Region), JitError> {
    let slot = field(t, id)?.static_slot;
    let slot = slot.ok_or_else(|| JitError::Malformed(format!("field {id} is not static")))?;
    Ok(t.global_slot(slot))
}

/// Reads a field of an instance.
pub(super) fn load_field(t: &mut Translator<'_>, object: Value, field: FieldFact) -> Value {
    let ty = clif_type(field.repr);
    let region = Region::Field(field.offset);
    t.load(ty, region, object, field.offset as usize)
}

/// Writes a field of an instance, unless that is frozen.
fn store_field(t: &mut Translator<'_>, i: Instr, field: FieldFact) {
    let (object, v) = (t.get(i.a), t.get(i.c));
    let region = Region::Field(field.offset);
    if field.may_be_frozen && !t.young.contains(&object) {
        let free = t.is_free(object);
        let site = t.address(field.site);
        let helper = Helper::throw_frozen_field;
        t.guard_or_throw(free, ExitReason::Frozen, helper, &[object, site]);
    }
    let bits = match field.repr {
        Repr::F64 | Repr::Word => v,
        narrow => t.as_slot(narrow, v),
    };
    t.store(region, bits, object, field.offset as usize);
    if field.repr == Repr::Word {
        t.note_reference(i.c, v);
        t.barrier(object, object, field.offset as usize, v);
    }
}

/// Where accesses to a field go that something stands before; none where the code relies on
/// nothing doing so.
fn asking_block(t: &mut Translator<'_>, field: FieldFact) -> Option<Block> {
    let flags = field.asks?;
    let slow = t.cold();
    let at = t.address(flags);
    let flags = t.load(I32, Region::Cell, at, 0);
    let asks =
        t.b.ins()
            .band_imm_u(flags, i64::from(type_flags::ASKS_FIELDS));
    let plain = t.compare_imm(IntCC::Equal, asks, 0);
    t.require(plain, slow);
    Some(slow)
}

fn read_field(t: &mut Translator<'_>, i: Instr) -> Lowered {
    let field = field(t, i.c)?;
    let object = t.get(i.b);
    let mut slow = asking_block(t, field);
    let mut v = load_field(t, object, field);
    if field.repr == Repr::Word {
        let set = t.compare_imm(IntCC::NotEqual, v, value::UNSET as i64);
        if field.optional {
            let null = t.word_const(value::NULL);
            v = t.b.ins().select(set, v, null);
        } else if slow.is_none() && !t.is_blocked() {
            t.guard(set, ExitReason::Unset);
        } else {
            let missing = *slow.get_or_insert_with(|| t.cold());
            t.require(set, missing);
        }
    }
    let Some(slow) = slow else {
        t.set(i.a, v);
        return Ok(());
    };
    let (done, result) = t.result_block(field.repr);
    t.b.ins().jump(done, &[v.into()]);
    t.slow_result(slow, (done, i.a), |t| {
        let site = t.address(field.site);
        let bits = t.call_helper(Helper::read_field, &[object, site]);
        t.slot_value(field.repr, bits)
    });
    t.enter(done);
    t.set(i.a, result);
    Ok(())
}

fn write_field(t: &mut Translator<'_>, i: Instr) -> Lowered {
    let field = field(t, i.b)?;
    let (object, v) = (t.get(i.a), t.get(i.c));
    let slow = asking_block(t, field);
    store_field(t, i, field);
    let Some(slow) = slow else {
        return Ok(());
    };
    let done = t.fresh();
    t.b.ins().jump(done, &[]);
    t.slow_effect(slow, done, |t| {
        let site = t.address(field.site);
        let bits = t.as_slot(field.repr, v);
        t.call_helper(Helper::write_field, &[object, site, bits]);
    });
    t.enter(done);
    Ok(())
}

/// An instance with zero fields: a cell is taken inline, a full run asks the runtime.
pub(super) fn new_object(t: &mut Translator<'_>, class: ClassFact) -> Value {
    let info = t.address(class.info);
    if !class.plain || class.size as usize > raya_heap::MAX_SMALL {
        return t.call_helper(Helper::new_object, &[info]);
    }
    t.allocate(class.size as usize, class.handle, |t| {
        t.call_helper(Helper::new_object, &[info])
    })
}

impl Translator<'_> {
    /// Whether an object was not frozen.
    pub(super) fn is_free(&mut self, object: Value) -> Value {
        let flags = self.load(I32, Region::Header, object, layout::HEADER_FLAGS);
        let frozen = (self.b.ins()).band_imm_u(flags, i64::from(layout::FLAG_FROZEN));
        self.compare_imm(IntCC::Equal, frozen, 0)
    }

    /// A fresh zeroed cell with its header; `slow` makes the object when the run of
    /// free cells is used up.
    pub(super) fn allocate(
        &mut self,
        size: usize,
        handle: u32,
        slow: impl FnOnce(&mut Self) -> Value,
    ) -> Value {
        let (cold, done) = (self.cold(), self.fresh());
        let result = self.b.append_block_param(done, I64);
        let cell = self.take_cell(size, u64::from(handle), cold);
        self.b.ins().jump(done, &[cell.into()]);

        self.enter(cold);
        let before = std::mem::replace(&mut self.in_cold, true);
        let v = slow(self);
        self.in_cold = before;
        self.b.ins().jump(done, &[v.into()]);
        self.enter(done);
        self.young.push(result);
        result
    }

    /// The next cell of the run of free ones with this header; control is in `used_up` where
    /// there is none.
    pub(super) fn take_cell(&mut self, size: usize, header: u64, used_up: Block) -> Value {
        let size_class = raya_heap::class_of(size);
        let bump = raya_heap::BUMP_OFFSET + size_class * raya_heap::BUMP_STRIDE;
        let cx = self.cx;
        let heap = self.load_fixed(I64, cx, ctx::HEAP);
        let cur = self.load(I64, Region::Heap, heap, bump + raya_heap::BUMP_CUR);
        let end = self.load(I64, Region::Heap, heap, bump + raya_heap::BUMP_END);
        let room = self.b.ins().icmp(IntCC::UnsignedLessThan, cur, end);
        self.require(room, used_up);
        let cell = raya_heap::cell_size(size_class) as i64;
        let next = self.b.ins().iadd_imm_s(cur, cell);
        self.store(Region::Heap, next, heap, bump + raya_heap::BUMP_CUR);
        let header = self.word_const(header);
        self.store(Region::Header, header, cur, layout::HEADER_TYPE);
        cur
    }

    /// After storing the word `v` at `at + offset` in `object`: tells the collector when
    /// the object is old and was not recorded yet.
    pub(super) fn barrier(&mut self, object: Value, at: Value, offset: usize, v: Value) {
        let immediate = match self.constant_of(v) {
            Some(bits) => !value::Value(bits).is_object(),
            None => self.facts.double_in(v).is_some(),
        };
        if immediate || self.young.contains(&object) {
            return;
        }
        if self.constant_of(v).is_some() || self.facts.is_object(v) {
            return self.reference_barrier(object, at, offset);
        }
        let (reference, done) = (self.fresh(), self.fresh());
        let is = is_object(self, v);
        self.b.ins().brif(is, reference, &[], done, &[]);
        self.enter(reference);
        self.reference_barrier(object, at, offset);
        self.b.ins().jump(done, &[]);
        self.enter(done);
    }

    /// The same where what was stored refers to an object.
    fn reference_barrier(&mut self, object: Value, at: Value, offset: usize) {
        let cx = self.cx;
        let heap = self.load_fixed(I64, cx, ctx::HEAP);
        let bias = self.load_fixed(I64, heap, raya_heap::UNLOG_BIAS_OFFSET);
        let byte = self.b.ins().ushr_imm_u(object, 6);
        let byte = self.b.ins().iadd(bias, byte);
        let byte = self.load(I8, Region::Barrier, byte, 0);
        let bit = self.b.ins().ushr_imm_u(object, 3);
        let bit = self.b.ins().ireduce(I8, bit);
        let bit = self.b.ins().band_imm_u(bit, 7);
        let one = self.b.ins().iconst(I8, 1);
        let mask = self.b.ins().ishl(one, bit);
        let old = self.b.ins().band(byte, mask);
        let cold = self.cold();
        self.divert_back(old, cold, |t| {
            let slot = t.b.ins().iadd_imm_s(at, offset as i64);
            t.raw_helper(Helper::write_barrier, &[object, slot]);
        });
    }

    /// Takes note of a register's value that its declared type says is a reference.
    pub(super) fn note_reference(&mut self, r: u16, v: Value) {
        if self.is_reference(r) && !self.facts.is_object(v) {
            self.facts.add_object(v);
        }
    }

    /// Runs `emit` in the cold block when `cond` holds, and goes on.
    fn divert_back(
        &mut self,
        cond: Value,
        cold: cranelift_codegen::ir::Block,
        emit: impl FnOnce(&mut Self),
    ) {
        let go_on = self.fresh();
        self.b.ins().brif(cond, cold, &[], go_on, &[]);
        self.enter(cold);
        let before = std::mem::replace(&mut self.in_cold, true);
        emit(self);
        self.in_cold = before;
        self.b.ins().jump(go_on, &[]);
        self.enter(go_on);
    }
}
