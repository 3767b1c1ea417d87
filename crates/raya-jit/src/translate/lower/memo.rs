//! The engine's memo of what types say to linked records, asked in place: where a structural
//! member is, which method it is, whether values of a type have a descriptor.
//!
//! It answers for sites that meet several types; the runtime fills it and clears it when
//! a class changes, so its answers hold whenever they are there.

use crate::translate::Translator;
use crate::translate::emit::Region;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I32, I64};
use cranelift_codegen::ir::{Block, InstBuilder, Value};
use raya_runtime::caches::{SITE_PLACES, SiteEntry, SiteQuestion, memo_of_site, site_key};
use std::mem::offset_of;

/// An answer of the memo.
#[derive(Clone, Copy)]
pub(super) struct Answer(Value);

impl Answer {
    /// The byte offset of a field.
    pub(super) fn offset(self, t: &mut Translator<'_>) -> Value {
        let offset = t.load(I32, Region::Cache, self.0, offset_of!(SiteEntry, offset));
        t.b.ins().uextend(I64, offset)
    }

    /// The record of a method.
    pub(super) fn method(self, t: &mut Translator<'_>) -> Value {
        t.load(I64, Region::Cache, self.0, offset_of!(SiteEntry, func))
    }
}

/// The memo's answer to a question about the type with this handle; control is in
/// `missing` where it has none.
pub(super) fn ask(
    t: &mut Translator<'_>,
    (record, question): (usize, SiteQuestion),
    handle: Value,
    missing: Block,
) -> Answer {
    let key = site_key(record, question);
    let of_site = (memo_of_site(key) & (SITE_PLACES - 1)) as i64;
    let shifted = t.b.ins().ushr_imm_u(handle, 4);
    let sum = t.b.ins().iadd_imm_s(shifted, of_site);
    let place = t.b.ins().band_imm_u(sum, SITE_PLACES as i64 - 1);
    let place = t.b.ins().uextend(I64, place);
    let offset =
        t.b.ins()
            .ishl_imm_u(place, i64::from(size_of::<SiteEntry>().trailing_zeros()));
    let memo = t.frame().snapshot.site_memo;
    let memo = t.address(memo);
    let entry = t.b.ins().iadd(memo, offset);
    let known = t.load(I64, Region::Cache, entry, offset_of!(SiteEntry, key));
    let key = t.word_const(key);
    let same = t.b.ins().icmp(IntCC::Equal, known, key);
    t.require(same, missing);
    let typed = t.load(I32, Region::Cache, entry, offset_of!(SiteEntry, handle));
    let same = t.b.ins().icmp(IntCC::Equal, typed, handle);
    t.require(same, missing);
    Answer(entry)
}
