//! Members that declared types name: structural access.

use super::convert::is_object;
use super::lowerings;
use super::memo;
use crate::error::JitError;
use crate::exits::record::ExitReason;
use crate::snapshot::{CellWord, PropFact};
use crate::translate::emit::{Region, clif_type};
use crate::translate::{Lowered, Translator};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I32, I64};
use cranelift_codegen::ir::{Block, InstBuilder, MemFlagsData, Value};
use raya_bytecode::{Instr, Repr};
use raya_runtime::caches::SiteQuestion;
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

/// What is done to a member.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
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
    seen: CellWord,
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
        let same = t.compare_imm(IntCC::Equal, header, i64::from(seen.handle()));
        t.require(same, miss);
    } else if !t.facts.is_typed(object, seen.bits) {
        let handle = t.load(I32, Region::Header, object, layout::HEADER_TYPE);
        let same = t.compare_imm(IntCC::Equal, handle, i64::from(seen.handle() as i32));
        t.require(same, miss);
    }
    t.require_said(seen, miss);
    object
}

/// What was observed, where nothing else was met.
fn expected(t: &Translator<'_>) -> Option<CellWord> {
    let frame = t.frame();
    let mut said = frame.snapshot.said(frame.pc);
    let only = said.next();
    only.filter(|first| first.way == 0 && said.next().is_none() && !t.is_blocked())
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
    if let Some(seen) = expected(t) {
        t.facts.add_object(object);
        t.facts.add_typed(object, seen.bits);
    }
}

/// Looks a structural member up through the one observed type, or else through the memo;
/// control is in `miss` where that is not enough.
fn find_member(t: &mut Translator<'_>, r: u16, site: usize, access: Access, miss: Block) -> Found {
    if let Some(seen) = expected(t).filter(|s| s.payload() as usize >= layout::HEADER_SIZE) {
        return Found {
            base: check_observed(t, r, seen, access, miss),
            offset: seen.payload() as usize,
            region: Some(Region::Field(seen.payload())),
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

    t.slow_result(miss, (done, i.a), |t| {
        let site = t.address(prop.site);
        let cache = t.cache_cell();
        let bits = t.call_helper(Helper::get_prop, &[object, site, cache]);
        t.slot_value(repr, bits)
    });
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
        t.note_reference(i.c, v);
        t.barrier(object, found.base, found.offset, v);
    }
    if !ask {
        note_observed(t, object);
        return Ok(());
    }
    let done = t.fresh();
    t.b.ins().jump(done, &[]);

    t.slow_effect(miss, done, |t| {
        let site = t.address(prop.site);
        let cache = t.cache_cell();
        t.call_helper(Helper::set_prop, &[object, site, bits, cache]);
    });
    t.enter(done);
    Ok(())
}
