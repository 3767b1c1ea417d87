//! Tests of words against type descriptors.
//!
//! A descriptor that only objects of one type (or of one class and its heirs) satisfy
//! is tested inline: the handle in the header, then the ancestor at the class's depth.
//! Whatever else there is to know is the runtime's.

use super::convert::is_object;
use super::{lowerings, memo};
use crate::error::JitError;
use crate::exits::record::ExitReason;
use crate::snapshot::DescFact;
use crate::translate::emit::Region;
use crate::translate::{Lowered, Translator, ctx};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I32, I64};
use cranelift_codegen::ir::{Block, InstBuilder, Value};
use raya_bytecode::{Instr, Repr, TypeDesc, TypeId};
use raya_runtime::caches::SiteQuestion;
use raya_runtime::desc::imm;
use raya_runtime::helpers::HelperId as Helper;
use raya_runtime::mem::{layout, value};
use raya_runtime::type_info::{DISPLAY_LEN, TypeInfo};
use std::mem::offset_of;

lowerings! {
    CheckType |t, i| check(t, i, Helper::check_type)?;
    Cast |t, i| check(t, i, Helper::cast)?;
    NonNull |t, i| non_null(t, i, Helper::throw_null)?;
    Narrow |t, i| {
        if is_null_test(t, i) {
            return non_null(t, i, Helper::narrow);
        }
        let (w, desc) = (t.get(i.b), descriptor(t, i.c)?);
        let fact = fact(t, i.c)?;
        let other = t.cold();
        let (done, v) = t.result_block(Repr::Word);
        if fact.immediates == imm::NULL {
            let null = t.compare_imm(IntCC::Equal, w, value::NULL as i64);
            let rest = t.fresh();
            t.b.ins().brif(null, done, &[w.into()], rest, &[]);
            t.enter(rest);
        }
        if is_known(fact) {
            require_type(t, w, fact, other);
        } else {
            require_remembered(t, w, fact, other);
        }
        t.b.ins().jump(done, &[w.into()]);
        t.slow_result(other, (done, i.a), |t| {
            t.call_helper(Helper::narrow, &[w, desc])
        });
        t.enter(done);
        t.set(i.a, v)
    };
    InstanceOf |t, i| {
        let (w, desc) = (t.get(i.b), descriptor(t, i.c)?);
        let fact = fact(t, i.c)?;
        if !is_known(fact) || fact.immediates != 0 {
            let v = t.call_helper(Helper::instance_of, &[w, desc]);
            t.set(i.a, v);
            return Ok(());
        }
        let other = t.fresh();
        let (done, v) = t.result_block(Repr::Bool);
        require_type(t, w, fact, other);
        let yes = t.b.ins().iconst(cranelift_codegen::ir::types::I8, 1);
        t.b.ins().jump(done, &[yes.into()]);
        t.enter(other);
        let asked = t.call_helper(Helper::instance_of, &[w, desc]);
        t.b.ins().jump(done, &[asked.into()]);
        t.enter(done);
        t.set(i.a, v)
    };
    InstanceOfAny |t, i| {
        let (w, class) = (t.get(i.b), t.get(i.c));
        let v = t.call_helper(Helper::instance_of_any, &[w, class]);
        t.set(i.a, v)
    };
}

/// `a = b`, which must not be null; the helper says what is wrong when it is.
fn non_null(t: &mut Translator<'_>, i: Instr, helper: Helper) -> Lowered {
    let w = t.get(i.b);
    if !t.facts.is_not_null(w) {
        let some = t.compare_imm(IntCC::NotEqual, w, value::NULL as i64);
        let desc = descriptor(t, i.c)?;
        let args: &[Value] = match helper {
            Helper::throw_null => &[desc],
            _ => &[w, desc],
        };
        t.guard_or_throw(some, ExitReason::Null, helper, args);
        t.facts.add_not_null(w);
    }
    t.set(i.a, w);
    Ok(())
}

/// Whether narrowing only takes null away: the source is declared as the target or null.
fn is_null_test(t: &Translator<'_>, i: Instr) -> bool {
    let snapshot = t.frame().snapshot;
    let types = &snapshot.module.types;
    let source = snapshot.func().regs[i.b as usize];
    let TypeDesc::Union(members) = &types[source.index()] else {
        return false;
    };
    let is_null = |m: TypeId| types[m.index()] == TypeDesc::Null;
    let is_target = |m: TypeId| m == TypeId(i.c) || types[m.index()] == types[i.c as usize];
    (members.iter()).all(|m| is_null(*m) || is_target(*m)) && t.frame().repr(i.a) == Repr::Word
}

/// Goes on where a word is an object whose type the runtime found to have the descriptor;
/// control is in `other` where that is not known.
fn require_remembered(t: &mut Translator<'_>, w: Value, fact: DescFact, other: Block) {
    let object = is_object(t, w);
    t.require(object, other);
    let handle = t.load(I32, Region::Header, w, layout::HEADER_TYPE);
    memo::ask(t, (fact.desc, SiteQuestion::Holds), handle, other);
}

/// A checked cast: what it pins, and every refusal, is up to the runtime.
fn check(t: &mut Translator<'_>, i: Instr, helper: Helper) -> Lowered {
    let (w, desc) = (t.get(i.b), descriptor(t, i.c)?);
    let fact = fact(t, i.c)?;
    let other = t.cold();
    let (done, v) = t.result_block(Repr::Word);
    if fact.class_depth.is_some() && is_known(fact) && fact.immediates == 0 {
        require_type(t, w, fact, other);
    } else {
        require_remembered(t, w, fact, other);
    }
    t.b.ins().jump(done, &[w.into()]);
    t.slow_result(other, (done, i.a), |t| t.call_helper(helper, &[w, desc]));
    t.enter(done);
    t.set(i.a, v);
    Ok(())
}

fn fact(t: &Translator<'_>, id: u16) -> Result<DescFact, JitError> {
    let known = t.frame().snapshot.descs.get(&id).copied();
    known.ok_or_else(|| JitError::Malformed(format!("type {id} is not linked")))
}

/// The descriptor that an operand names.
pub(super) fn descriptor(t: &mut Translator<'_>, id: u16) -> Result<Value, JitError> {
    let addr = fact(t, id)?.desc;
    Ok(t.address(addr))
}

/// Whether the objects of a descriptor are told by their handle.
fn is_known(fact: DescFact) -> bool {
    fact.handle != 0 && fact.immediates & !imm::NULL == 0
}

/// Goes on where a word is an object of the descriptor's type or of an heir; control is
/// in `other` where that is not certain.
fn require_type(t: &mut Translator<'_>, w: Value, fact: DescFact, other: Block) {
    let object = is_object(t, w);
    t.require(object, other);
    let handle = t.load(I32, Region::Header, w, layout::HEADER_TYPE);
    let same = t.compare_imm(IntCC::Equal, handle, i64::from(fact.handle as i32));
    let Some(depth) = fact.class_depth.filter(|d| (*d as usize) < DISPLAY_LEN) else {
        return t.require(same, other);
    };
    let (heir, yes) = (t.fresh(), t.fresh());
    t.b.ins().brif(same, yes, &[], heir, &[]);
    t.enter(heir);
    let wide = t.b.ins().uextend(I64, handle);
    let cx = t.cx;
    let types = t.load_fixed(I64, cx, ctx::TYPES);
    let info = t.b.ins().iadd(types, wide);
    let offset = offset_of!(TypeInfo, display) + depth as usize * size_of::<u32>();
    let ancestor = t.load(I32, Region::Header, info, offset);
    let same = t.compare_imm(IntCC::Equal, ancestor, i64::from(fact.handle as i32));
    t.b.ins().brif(same, yes, &[], other, &[]);
    t.enter(yes);
}
