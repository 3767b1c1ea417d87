//! Attributes that run code: accessors, descriptors and hooks that a site has met.
//!
//! Behind the look at the object's type, the method that a record of the runtime names is called
//! like a known function. A record whose descriptor's class has changed sends control on.

use super::any_calls::{argument, require_plain, result_word};
use super::convert::{is_object, require_double};
use super::numbers::integer;
use crate::snapshot::AttrCallFact;
use crate::translate::Translator;
use crate::translate::emit::Region;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I32, I64};
use cranelift_codegen::ir::{Block, InstBuilder, Value};
use raya_bytecode::Repr;
use raya_runtime::attr_calls::Through;
use raya_runtime::helpers::HelperId as Helper;
use raya_runtime::mem::layout;

/// Calls what reading an attribute of `object` calls, or, with a value, writing it; gives the
/// result as a word. Control is in `otherwise` where the record does not hold.
pub(super) fn call(
    t: &mut Translator<'_>,
    object: Value,
    fact: &AttrCallFact,
    written: Option<Value>,
    otherwise: Block,
) -> Value {
    let this = receiver(t, object, fact, otherwise);
    let mut words = match fact.through {
        Through::Accessor | Through::Length | Through::Bind => Vec::new(),
        Through::Hook(name) => vec![t.word_const(name.0)],
        Through::Descriptor(_) | Through::Static { .. } => vec![object],
    };
    let of_descriptor = matches!(
        fact.through,
        Through::Descriptor(_) | Through::Static { .. }
    );
    match written {
        Some(w) => words.push(w),
        None if of_descriptor => words.push(t.word_const(fact.class)),
        None => {}
    }
    let mut args = vec![this];
    for (param, w) in fact.method.params.iter().zip(words) {
        args.push(argument(t, param, w));
    }
    let v = t.call_function(&fact.method.func, &args);
    let w = result_word(t, &fact.method, v);
    match fact.through {
        Through::Length => length(t, w),
        _ => w,
    }
}

/// What `__len__` gave as a length: a whole double that is not negative as it is, all else by the
/// runtime.
fn length(t: &mut Translator<'_>, w: Value) -> Value {
    let (slow, (done, result)) = (t.cold(), t.result_block(Repr::Word));
    let x = require_double(t, w, slow);
    let (n, exact) = integer(t, x);
    t.require(exact, slow);
    let fits = t.compare_imm(IntCC::SignedGreaterThanOrEqual, n, 0);
    t.require(fits, slow);
    t.b.ins().jump(done, &[w.into()]);
    t.aside(slow, |t| {
        let w = t.call_helper(Helper::as_length, &[w]);
        t.b.ins().jump(done, &[w.into()]);
    });
    t.enter(done);
    result
}

/// What the method is called on; control is in `otherwise` where the record does not hold for
/// this object.
fn receiver(t: &mut Translator<'_>, object: Value, fact: &AttrCallFact, otherwise: Block) -> Value {
    let at = t.address(fact.valid);
    let valid = t.load(I32, Region::Cache, at, 0);
    t.require(valid, otherwise);
    if fact.instance_first {
        require_plain(t, object, otherwise);
    }
    match fact.through {
        Through::Accessor | Through::Hook(_) | Through::Length | Through::Bind => object,
        Through::Descriptor(descriptor) => t.word_const(descriptor.0),
        Through::Static { slot, handle } => {
            let (base, offset, region) = t.global_slot(slot);
            let held = t.load(I64, region, base, offset);
            let is = is_object(t, held);
            t.require(is, otherwise);
            let actual = t.load(I32, Region::Header, held, layout::HEADER_TYPE);
            let same = t.compare_imm(IntCC::Equal, actual, i64::from(handle as i32));
            t.require(same, otherwise);
            held
        }
    }
}
