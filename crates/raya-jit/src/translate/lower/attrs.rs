//! Attributes of words, and lengths.
//!
//! A site compares the object's type with those that it has met, at most as many as its cell
//! has words, and finds the attribute where instances of the type have it: in a field, in a
//! slot of the expando object, or as a length. A site that has met one type leaves for others;
//! one that has met several asks the runtime behind the last comparison.

use super::attr_calls;
use super::convert::{box_bool, box_double, box_int, is_object, require_double};
use super::items::get_length;
use super::lowerings;
use crate::exits::record::ExitReason;
use crate::snapshot::{AttrCallFact, CellWord};
use crate::translate::emit::{Region, clif_type};
use crate::translate::{Lowered, Translator};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{F64, I32, I64};
use cranelift_codegen::ir::{Block, InstBuilder, Value};
use raya_bytecode::{Instr, Repr, StrId};
use raya_runtime::caches::{CachedField, Place};
use raya_runtime::helpers::HelperId as Helper;
use raya_runtime::mem::{layout, value};

lowerings! {
    GetAttr |t, i| get_attr(t, i)?;
    SetAttr |t, i| set_attr(t, i)?;
    DelAttr |t, i| {
        let object = t.get(i.a);
        let name = t.name(i.b)?;
        t.call_helper(Helper::del_attr, &[object, name])
    };
}

/// Where the instances of one type have the attribute.
#[derive(Clone, Copy)]
struct Way {
    said: CellWord,
    place: Place,
}

/// The ways that a site has gone.
fn ways(t: &Translator<'_>, pc: u32) -> Vec<Way> {
    let words = t.frame().snapshot.said(pc);
    words
        .map(|said| Way {
            said,
            place: Place::decode(said.payload()),
        })
        .filter(|way| match way.place {
            Place::Call(number) => t.frame().snapshot.attr_calls.contains_key(&number),
            _ => true,
        })
        .collect()
}

/// What an access calls that runs code.
fn called<'a>(t: &Translator<'a>, place: Place) -> Option<&'a AttrCallFact> {
    match place {
        Place::Call(number) => t.frame().snapshot.attr_calls.get(&number),
        _ => None,
    }
}

/// Where control goes when an object is none of those that the site has met: out of the code,
/// or on to the runtime where it has met several or that happened often. The second is true
/// for the latter.
fn miss_block(t: &mut Translator<'_>, ways: &[Way]) -> (Block, bool) {
    if ways.len() == 1 && !t.is_blocked() {
        (t.exit(ExitReason::Target), false)
    } else {
        (t.cold(), true)
    }
}

fn names_length(t: &Translator<'_>, i: Instr) -> bool {
    t.frame().snapshot.module.str(StrId(i.c)) == "length"
}

/// Whether an attribute read gives the length of what it is expected to meet, and leaves for
/// everything else.
pub(in crate::translate) fn is_length_read(t: &Translator<'_>, pc: u32) -> bool {
    let only = match ways(t, pc)[..] {
        [] => names_length(t, t.frame().func().code[pc as usize]),
        [only] => matches!(only.place, Place::ArrayLength | Place::StringLength),
        _ => false,
    };
    only && !t.is_blocked_at(pc)
}

fn get_attr(t: &mut Translator<'_>, i: Instr) -> Lowered {
    let object = t.get(i.b);
    let name = t.name(i.c)?;
    let ways = ways(t, t.frame().pc);
    if ways.is_empty() {
        if names_length(t, i) {
            get_length(t, i, object, name);
            return Ok(());
        }
        let cache = t.cache_cell();
        let v = t.call_helper(Helper::get_attr, &[object, name, cache]);
        t.set(i.a, v);
        return Ok(());
    }
    if ways.iter().any(|way| matches!(way.place, Place::Call(_))) {
        return get_by_calls(t, i, &ways);
    }
    let (miss, ask) = miss_block(t, &ways);
    require_object(t, i.b, object, miss);
    if !ask {
        let typed = t.facts.is_typed(object, ways[0].said.bits);
        if !typed {
            require_type(t, object, ways[0].said, miss);
        }
        t.require_said(ways[0].said, miss);
        let w = read(t, object, ways[0].place, miss);
        t.facts.add_object(object);
        t.facts.add_typed(object, ways[0].said.bits);
        t.set(i.a, w);
        return Ok(());
    }
    let (done, result) = t.result_block(Repr::Word);
    let last = ways.len() - 1;
    for (k, way) in ways.iter().enumerate() {
        let next = if k == last { miss } else { t.fresh() };
        require_type(t, object, way.said, next);
        t.require_said(way.said, next);
        let w = read(t, object, way.place, next);
        t.b.ins().jump(done, &[w.into()]);
        if k != last {
            t.enter(next);
        }
    }
    t.slow_result(miss, (done, i.a), |t| {
        let cache = t.cache_cell();
        t.call_helper(Helper::get_attr, &[object, name, cache])
    });
    t.enter(done);
    t.set(i.a, result);
    Ok(())
}

/// An attribute read that runs code for some of the types that the site has met.
fn get_by_calls(t: &mut Translator<'_>, i: Instr, ways: &[Way]) -> Lowered {
    let object = t.get(i.b);
    let name = t.name(i.c)?;
    let (done, result) = t.result_block(Repr::Word);
    let (from_call, given) = t.result_block(Repr::Word);
    let slow = t.cold();
    require_object(t, i.b, object, slow);
    let last = ways.len() - 1;
    for (k, way) in ways.iter().enumerate() {
        let next = if k == last { slow } else { t.fresh() };
        require_type(t, object, way.said, next);
        t.require_said(way.said, next);
        match called(t, way.place) {
            Some(fact) => {
                let w = attr_calls::call(t, object, fact, None, next);
                t.b.ins().jump(from_call, &[w.into()]);
            }
            None => {
                let w = read(t, object, way.place, next);
                t.b.ins().jump(done, &[w.into()]);
            }
        }
        if k != last {
            t.enter(next);
        }
    }
    t.aside(slow, |t| {
        let cache = t.cache_cell();
        let w = t.call_helper(Helper::get_attr, &[object, name, cache]);
        t.b.ins().jump(from_call, &[w.into()]);
    });
    t.join_called((from_call, given), (done, i.a));
    t.ran_code = false;
    t.enter(done);
    t.set(i.a, result);
    Ok(())
}

/// Sets an attribute: where the place takes what it is given, else through the slots.
fn set_attr(t: &mut Translator<'_>, i: Instr) -> Lowered {
    let (object, w) = (t.get(i.a), t.get(i.c));
    let name = t.name(i.b)?;
    let (slow, done) = (t.cold(), t.fresh());
    let from_call = t.fresh();
    let mut ways = ways(t, t.frame().pc);
    ways.retain(|way| is_written_in_place(way.place));
    if let Some(last) = ways.len().checked_sub(1) {
        require_object(t, i.a, object, slow);
        for (k, way) in ways.iter().enumerate() {
            let next = if k == last { slow } else { t.fresh() };
            match called(t, way.place) {
                Some(fact) => {
                    require_type(t, object, way.said, next);
                    t.require_said(way.said, next);
                    attr_calls::call(t, object, fact, Some(w), next);
                    t.b.ins().jump(from_call, &[]);
                }
                None => {
                    // The object must be neither frozen nor pinned, which flags beside the
                    // handle say.
                    let header = t.load(I64, Region::Header, object, layout::HEADER_TYPE);
                    let handle = i64::from(way.said.handle());
                    let same = t.compare_imm(IntCC::Equal, header, handle);
                    t.require(same, next);
                    t.require_said(way.said, next);
                    write(t, object, way.place, w, next);
                    t.b.ins().jump(done, &[]);
                }
            }
            if k != last {
                t.enter(next);
            }
        }
    } else {
        t.b.ins().jump(slow, &[]);
    }
    t.aside(slow, |t| {
        let cache = t.cache_cell();
        t.call_helper(Helper::set_attr, &[object, name, w, cache]);
        t.b.ins().jump(from_call, &[]);
    });
    t.enter(from_call);
    t.ran_code = true;
    t.test_validity(0);
    t.ran_code = false;
    t.b.ins().jump(done, &[]);
    t.enter(done);
    Ok(())
}

/// Goes on where the word in a register refers to an object; control is in `otherwise` where
/// not.
fn require_object(t: &mut Translator<'_>, r: u16, w: Value, otherwise: Block) {
    if !t.is_reference(r) && !t.facts.is_object(w) {
        let is = is_object(t, w);
        t.require(is, otherwise);
    }
}

/// Goes on where an object is of the type that a cell's word names; control is in `otherwise`
/// where not.
fn require_type(t: &mut Translator<'_>, object: Value, said: CellWord, otherwise: Block) {
    let handle = t.load(I32, Region::Header, object, layout::HEADER_TYPE);
    let same = t.compare_imm(IntCC::Equal, handle, i64::from(said.handle() as i32));
    t.require(same, otherwise);
}

/// The attribute at a place, as a word; control is in `miss` where the object does not have
/// it there.
fn read(t: &mut Translator<'_>, object: Value, place: Place, miss: Block) -> Value {
    match place {
        Place::Field(CachedField { offset, repr }) => {
            let region = Region::Field(offset);
            let v = t.load(clif_type(repr), region, object, offset as usize);
            match repr {
                Repr::F64 => box_double(t, v),
                Repr::I32 => box_int(t, v),
                Repr::Bool => box_bool(t, v),
                Repr::Word => {
                    // Unset fields are not the cell's business.
                    let set = t.compare_imm(IntCC::NotEqual, v, value::UNSET as i64);
                    t.require(set, miss);
                    v
                }
            }
        }
        Place::Expando { shape, slot } => {
            let slots = require_shape(t, object, shape, miss);
            t.load(I64, Region::Expando, slots, slot_offset(slot))
        }
        Place::ArrayLength => {
            let storage = t.load(I64, Region::Storage, object, layout::ARRAY_STORAGE);
            let len = t.load(I32, Region::Length, storage, layout::STORAGE_LEN);
            let x = t.b.ins().fcvt_from_sint(F64, len);
            t.facts.add_whole(x, len);
            box_double(t, x)
        }
        Place::StringLength => {
            let len = t.load_constant(I32, Region::Text, object, layout::STRING_LEN);
            let x = t.b.ins().fcvt_from_sint(F64, len);
            t.facts.add_whole(x, len);
            box_double(t, x)
        }
        // Not here: what runs code is no place of the object.
        Place::Call(_) => t.word_const(value::NULL),
    }
}

/// Whether compiled code stores into such a place.
fn is_written_in_place(place: Place) -> bool {
    match place {
        Place::Field(field) => matches!(field.repr, Repr::Word | Repr::F64),
        Place::Expando { .. } | Place::Call(_) => true,
        Place::ArrayLength | Place::StringLength => false,
    }
}

/// Stores a word at a place that [`is_written_in_place`] admits; control is in `miss` where the
/// object does not have the attribute there, or the place does not take the word.
fn write(t: &mut Translator<'_>, object: Value, place: Place, w: Value, miss: Block) {
    match place {
        Place::Field(CachedField { offset, repr }) => {
            let (region, offset) = (Region::Field(offset), offset as usize);
            if repr == Repr::F64 {
                let x = require_double(t, w, miss);
                t.store(region, x, object, offset);
            } else {
                t.store(region, w, object, offset);
                t.barrier(object, object, offset, w);
            }
        }
        Place::Expando { shape, slot } => {
            let slots = require_shape(t, object, shape, miss);
            t.store(Region::Expando, w, slots, slot_offset(slot));
            t.barrier(slots, slots, slot_offset(slot), w);
        }
        Place::ArrayLength | Place::StringLength | Place::Call(_) => {}
    }
}

/// The expando object of an instance, if that has the shape; control is in `miss` where not.
fn require_shape(t: &mut Translator<'_>, object: Value, shape: u32, miss: Block) -> Value {
    let slots = t.load(I64, Region::Header, object, layout::OBJECT_EXPANDO);
    let some = t.compare_imm(IntCC::NotEqual, slots, value::UNSET as i64);
    t.require(some, miss);
    let found = t.load(I32, Region::Header, slots, layout::EXPANDO_SHAPE);
    let same = t.compare_imm(IntCC::Equal, found, i64::from(shape as i32));
    t.require(same, miss);
    slots
}

fn slot_offset(slot: u32) -> usize {
    layout::EXPANDO_SLOTS + slot as usize * size_of::<u64>()
}
