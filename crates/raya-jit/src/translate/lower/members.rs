//! Members by name: structural access, attributes, items.

use super::convert::{box_bool, box_double, box_int, is_object, require_double};
use super::items::get_length;
use super::lowerings;
use super::memo;
use crate::error::JitError;
use crate::exits::record::ExitReason;
use crate::snapshot::PropFact;
use crate::translate::emit::{Region, clif_type};
use crate::translate::{Lowered, Translator};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I32, I64};
use cranelift_codegen::ir::{Block, InstBuilder, MemFlagsData, Value};
use raya_bytecode::{Instr, Repr, StrId};
use raya_runtime::caches::{CachedField, Place, SiteQuestion};
use raya_runtime::helpers::HelperId as Helper;
use raya_runtime::mem::{layout, value};

lowerings! {
    GetProp |t, i| get_prop(t, i)?;
    SetProp |t, i| set_prop(t, i)?;
    HasProp |t, i| {
        let object = t.get(i.b);
        let name = t.name(i.c)?;
        let v = t.call_helper(Helper::has_prop, &[object, name]);
        t.set(i.a, v)
    };
    GetAttr |t, i| get_attr(t, i)?;
    SetAttr |t, i| set_attr(t, i)?;
    DelAttr |t, i| {
        let object = t.get(i.a);
        let name = t.name(i.b)?;
        t.call_helper(Helper::del_attr, &[object, name])
    };
    SpreadObject |t, i| {
        let (into, from) = (t.get(i.a), t.get(i.b));
        t.call_helper(Helper::spread_object, &[into, from])
    };
    GetMethod |t, i| {
        let object = t.get(i.b);
        let method = t.method(i.c)?.site;
        let method = t.address(method);
        let v = t.call_helper(Helper::get_method, &[object, method]);
        t.set(i.a, v)
    };
}

/// The structural member that an operand names.
pub(super) fn property<'a>(t: &Translator<'a>, id: u16) -> Result<&'a PropFact, JitError> {
    let known = t.frame().snapshot.props.get(&id);
    known.ok_or_else(|| JitError::Malformed(format!("member {id} is not linked")))
}

/// What a site's cell said when the snapshot was taken: the type handle that was seen and
/// where its instances have the member.
#[derive(Clone, Copy)]
struct Observed {
    cell: u64,
    handle: u32,
    payload: u32,
}

/// What is done to a member.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

fn observed(t: &Translator<'_>) -> Option<Observed> {
    let frame = t.frame();
    let index = frame.snapshot.cache_index(frame.pc)?;
    let cell = *frame.snapshot.feedback.get(index)?;
    (cell as u32 != 0 && cell != u64::MAX).then_some(Observed {
        cell,
        handle: cell as u32,
        payload: (cell >> 32) as u32,
    })
}

/// Where the member of an object was found: its address and offset, and its region when
/// the offset is known.
struct Found {
    base: Value,
    offset: usize,
    region: Option<Region>,
}

/// Control is in `miss` unless the object in `r` has the observed type and the site's
/// cell still says so (changing a class clears the cells that name it).
///
/// For a store the object must be neither frozen nor pinned, which flags beside the type
/// handle say.
fn check_observed(
    t: &mut Translator<'_>,
    r: u16,
    seen: Observed,
    access: Access,
    miss: Block,
) -> Value {
    let object = t.get(r);
    if !t.is_reference(r) && !t.facts.is_object(object) {
        let is = is_object(t, object);
        t.require(is, miss);
    }
    if access == Access::Write {
        let header = t.load(I64, Region::Header, object, layout::HEADER_TYPE);
        let same = t.compare_imm(IntCC::Equal, header, i64::from(seen.handle));
        t.require(same, miss);
    } else if !t.facts.is_typed(object, seen.cell) {
        let handle = t.load(I32, Region::Header, object, layout::HEADER_TYPE);
        let same = t.compare_imm(IntCC::Equal, handle, i64::from(seen.handle as i32));
        t.require(same, miss);
    }
    let at = t.cache_cell();
    let cell = t.load(I64, Region::Cache, at, 0);
    let expected = t.word_const(seen.cell);
    let valid = t.b.ins().icmp(IntCC::Equal, cell, expected);
    t.require(valid, miss);
    object
}

/// What was observed, where nothing else was met.
fn expected(t: &Translator<'_>) -> Option<Observed> {
    let frame = t.frame();
    let index = frame.snapshot.cache_index(frame.pc)?;
    let several = frame.snapshot.second.get(index).is_some_and(|w| *w != 0);
    observed(t).filter(|_| !several && !t.is_blocked())
}

/// Where control goes when an access does not meet what was observed: out of the code,
/// or, where that happened often or nothing was observed, on to the runtime. The second
/// is true for the latter.
fn miss_block(t: &mut Translator<'_>) -> (Block, bool) {
    if expected(t).is_some() {
        (t.exit(ExitReason::Target), false)
    } else {
        (t.cold(), true)
    }
}

/// Records what an access that cannot miss has proved.
fn note_observed(t: &mut Translator<'_>, object: Value) {
    if let Some(seen) = observed(t) {
        t.facts.add_object(object);
        t.facts.add_typed(object, seen.cell);
    }
}

/// Looks a structural member up through the one observed type, or else through the memo;
/// control is in `miss` where that is not enough.
fn find_member(t: &mut Translator<'_>, r: u16, site: usize, access: Access, miss: Block) -> Found {
    if let Some(seen) = expected(t).filter(|s| s.payload as usize >= layout::HEADER_SIZE) {
        return Found {
            base: check_observed(t, r, seen, access, miss),
            offset: seen.payload as usize,
            region: Some(Region::Field(seen.payload)),
        };
    }
    let object = t.get(r);
    if !t.is_reference(r) {
        let is = is_object(t, object);
        t.require(is, miss);
    }
    let handle = t.load(I32, Region::Header, object, layout::HEADER_TYPE);
    let question = match access {
        Access::Read => SiteQuestion::Read,
        Access::Write => {
            let flags = t.load(I32, Region::Header, object, layout::HEADER_FLAGS);
            let free = t.compare_imm(IntCC::Equal, flags, 0);
            t.require(free, miss);
            SiteQuestion::Write
        }
    };
    let offset = memo::ask(t, (site, question), handle, miss).offset(t);
    Found {
        base: t.b.ins().iadd(object, offset),
        offset: 0,
        region: None,
    }
}

impl Found {
    /// A member whose offset is not known may be any field.
    fn flags(&self, t: &mut Translator<'_>) -> MemFlagsData {
        match self.region {
            Some(region) => t.flags(region),
            None => MemFlagsData::trusted(),
        }
    }
}

fn get_prop(t: &mut Translator<'_>, i: Instr) -> Lowered {
    let prop = property(t, i.c)?;
    let object = t.get(i.b);
    let repr = t.repr(i.a);
    let (miss, ask) = miss_block(t);
    let found = find_member(t, i.b, prop.site, Access::Read, miss);
    let flags = found.flags(t);
    let ty = clif_type(repr);
    let v = t.b.ins().load(ty, flags, found.base, found.offset as i32);
    if repr == Repr::Word {
        // Unset fields are not the cell's business.
        let set = t.compare_imm(IntCC::NotEqual, v, value::UNSET as i64);
        t.require(set, miss);
    }
    if !ask {
        note_observed(t, object);
        t.set(i.a, v);
        return Ok(());
    }
    let (done, result) = t.result_block(repr);
    t.b.ins().jump(done, &[v.into()]);

    t.enter(miss);
    let before = std::mem::replace(&mut t.in_cold, true);
    let site = t.address(prop.site);
    let cache = t.cache_cell();
    let bits = t.call_helper(Helper::get_prop, &[object, site, cache]);
    let v = t.slot_value(repr, bits);
    t.in_cold = before;
    t.b.ins().jump(done, &[v.into()]);
    t.enter(done);
    t.set(i.a, result);
    Ok(())
}

fn set_prop(t: &mut Translator<'_>, i: Instr) -> Lowered {
    let prop = property(t, i.b)?;
    let (object, v) = (t.get(i.a), t.get(i.c));
    let repr = t.repr(i.c);
    let bits = t.as_slot(repr, v);
    let (miss, ask) = miss_block(t);
    let found = find_member(t, i.a, prop.site, Access::Write, miss);
    let flags = found.flags(t);
    (t.b.ins()).store(flags, bits, found.base, found.offset as i32);
    if repr == Repr::Word {
        t.barrier(object, found.base, found.offset, v);
    }
    if !ask {
        note_observed(t, object);
        return Ok(());
    }
    let done = t.fresh();
    t.b.ins().jump(done, &[]);

    t.enter(miss);
    let before = std::mem::replace(&mut t.in_cold, true);
    let site = t.address(prop.site);
    let cache = t.cache_cell();
    t.call_helper(Helper::set_prop, &[object, site, bits, cache]);
    t.in_cold = before;
    t.b.ins().jump(done, &[]);
    t.enter(done);
    Ok(())
}

/// An attribute of any word: the field that was observed, boxed, and the slots behind.
fn get_attr(t: &mut Translator<'_>, i: Instr) -> Lowered {
    let object = t.get(i.b);
    let name = t.name(i.c)?;
    let field = observed(t).filter(|seen| seen.payload & Place::SPECIAL == 0);
    let Some(seen) = field else {
        return unobserved_attr(t, i, object, name);
    };
    let CachedField { offset, repr } = CachedField::decode(seen.payload);
    let (miss, ask) = miss_block(t);
    check_observed(t, i.b, seen, Access::Read, miss);
    let region = Region::Field(offset);
    let v = t.load(clif_type(repr), region, object, offset as usize);
    let w = match repr {
        Repr::F64 => box_double(t, v),
        Repr::I32 => box_int(t, v),
        Repr::Bool => box_bool(t, v),
        Repr::Word => {
            let set = t.compare_imm(IntCC::NotEqual, v, value::UNSET as i64);
            t.require(set, miss);
            v
        }
    };
    if !ask {
        note_observed(t, object);
        t.set(i.a, w);
        return Ok(());
    }
    let (done, result) = t.result_block(Repr::Word);
    t.b.ins().jump(done, &[w.into()]);

    t.enter(miss);
    let before = std::mem::replace(&mut t.in_cold, true);
    let cache = t.cache_cell();
    let v = t.call_helper(Helper::get_attr, &[object, name, cache]);
    t.in_cold = before;
    t.b.ins().jump(done, &[v.into()]);
    t.enter(done);
    t.set(i.a, result);
    Ok(())
}

/// An attribute where no field was observed: lengths in place, else the slots.
fn unobserved_attr(t: &mut Translator<'_>, i: Instr, object: Value, name: Value) -> Lowered {
    let module = &t.frame().snapshot.module;
    if module.str(StrId(i.c)) == "length" {
        get_length(t, i, object, name);
        return Ok(());
    }
    let cache = t.cache_cell();
    let v = t.call_helper(Helper::get_attr, &[object, name, cache]);
    t.set(i.a, v);
    Ok(())
}

/// Sets an attribute of any word: the observed field where it takes what it is given, and
/// the slots behind.
fn set_attr(t: &mut Translator<'_>, i: Instr) -> Lowered {
    let (object, w) = (t.get(i.a), t.get(i.c));
    let name = t.name(i.b)?;
    let (slow, done) = (t.cold(), t.fresh());
    let field = observed(t).filter(|seen| seen.payload & Place::SPECIAL == 0);
    match field.map(|seen| (seen, CachedField::decode(seen.payload))) {
        Some((seen, field)) if matches!(field.repr, Repr::Word | Repr::F64) => {
            check_observed(t, i.a, seen, Access::Write, slow);
            let offset = field.offset as usize;
            let region = Region::Field(field.offset);
            if field.repr == Repr::Word {
                t.store(region, w, object, offset);
                t.barrier(object, object, offset, w);
            } else {
                let x = require_double(t, w, slow);
                t.store(region, x, object, offset);
            }
            t.b.ins().jump(done, &[]);
        }
        _ => {
            t.b.ins().jump(slow, &[]);
        }
    }
    t.aside(slow, |t| {
        let cache = t.cache_cell();
        t.call_helper(Helper::set_attr, &[object, name, w, cache]);
        t.b.ins().jump(done, &[]);
    });
    t.enter(done);
    Ok(())
}
