//! Calls of helpers and of other functions.

use super::emit::{Region, arg_type, helper_signature, interface_signature};
use super::{Lowered, NO_SITE, Translator, ctx};
use crate::analysis::effects::touches_arrays;
use crate::code::stubs::STORE_FRAME_POINTER;
use crate::error::JitError;
use crate::snapshot::{CellWord, FuncFact, Interface, MethodFact};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I32, I64};
use cranelift_codegen::ir::{
    Block, ExtFuncData, ExternalName, FuncRef, InstBuilder, StackSlotData, StackSlotKind,
    UserExternalName, Value,
};
use raya_bytecode::{FRAME_HEADER, Native, NativeType, Repr};
use raya_runtime::caches::CacheCell;
use raya_runtime::func::FuncInfo;
use raya_runtime::helpers::HelperId as Helper;
use raya_runtime::mem::abi::AbiKind;
use std::mem::offset_of;

/// Offset of the typed native entry in a function's record.
const CELL: usize = offset_of!(FuncInfo, cell);

/// How an argument or result of a native is kept in a register.
fn native_repr(ty: NativeType) -> Repr {
    match ty {
        NativeType::F64 => Repr::F64,
        NativeType::I32 => Repr::I32,
        NativeType::Bool => Repr::Bool,
        NativeType::Str | NativeType::Arr | NativeType::Any | NativeType::Void => Repr::Word,
    }
}

/// Whether a caller must tell where it is: the helper may throw, collect or run code.
pub fn marks_place(helper: Helper) -> bool {
    let flags = helper.info().flags;
    flags.throws || flags.user || flags.gc
}

impl<'a> Translator<'a> {
    /// Calls a helper as its table entry asks: the place is stored before, exceptions
    /// and dropped assumptions are looked at after. A boolean result is a register's.
    pub(super) fn call_helper(&mut self, helper: Helper, args: &[Value]) -> Value {
        let sig = helper.info();
        if marks_place(helper) {
            self.mark_place();
        }
        let v = self.raw_helper(helper, args);
        if sig.flags.user {
            self.ran_code = true;
            self.storages_changed();
        }
        if sig.flags.throws {
            self.check_pending();
        }
        match sig.ret {
            AbiKind::Bool => self.bool_from_arg(v),
            _ => v,
        }
    }

    /// Calls a native through its typed entry; gives a register's value and what kind.
    pub(super) fn call_native(
        &mut self,
        native: &'static Native,
        args: &[Value],
    ) -> Result<(Value, Repr), JitError> {
        let target = self.job.linkage.natives.get(&native.id).copied();
        let target = target.ok_or_else(|| JitError::Malformed("native without entry".into()))?;
        if !self.in_cold && self.in_innermost_loop() {
            self.tables.census.loop_helpers += 1;
        }
        if native.throws || native.user || native.gc {
            self.mark_place();
            self.young.clear();
            self.facts.forget_types();
        }
        let params = native.params.iter().map(|p| native_repr(p.1));
        let ret = native_repr(native.ret);
        let sig = super::signature(params.clone().map(arg_type), Some(arg_type(ret)));
        let mut all = vec![self.cx];
        for (repr, v) in params.zip(args) {
            let v = self.as_arg(repr, *v);
            all.push(v);
        }
        let v = self.call_address(target, sig, &all)[0];
        self.ran_code |= native.user;
        if touches_arrays(native) {
            self.storages_changed();
        }
        if native.throws {
            self.check_pending();
        }
        Ok((self.arg_value(ret, v), ret))
    }

    /// Calls a helper and nothing else.
    pub(super) fn raw_helper(&mut self, helper: Helper, args: &[Value]) -> Value {
        let sig = helper.info();
        if !self.in_cold && self.in_innermost_loop() {
            self.tables.census.loop_helpers += 1;
        }
        if marks_place(helper) {
            self.young.clear();
            self.facts.forget_types();
        }
        let target = self.job.linkage.helpers[helper as usize];
        let mut all = Vec::with_capacity(args.len() + 1);
        all.push(self.cx);
        all.extend_from_slice(args);
        let results = self.call_address(target, helper_signature(sig.params, sig.ret), &all);
        results[0]
    }

    /// Whether the current place is in a loop that contains no other.
    pub(super) fn in_innermost_loop(&self) -> bool {
        let frame = self.frame();
        let active = frame.active_loops().next();
        active.is_some_and(|l| frame.analysis.loops[l].innermost)
    }

    /// Stores where this activation is, for traces and the collector. The stub in front
    /// of what is called adds the frame pointer. While arguments are set up the place is
    /// the caller's.
    pub(super) fn mark_place(&mut self) {
        if !STORE_FRAME_POINTER {
            let fp = self.b.ins().get_frame_pointer(I64);
            self.store(Region::Ctx, fp, self.cx, ctx::NATIVE_FP);
        }
        let site = if self.in_prologue {
            NO_SITE
        } else {
            self.site() + self.job.site_base
        };
        let site = self.int_const(site as i32);
        self.store(Region::Ctx, site, self.cx, ctx::SITE);
    }

    /// Calls a function through its cell, or directly when it is the one being compiled.
    pub(super) fn call_function(&mut self, callee: &FuncFact, args: &[Value]) -> Value {
        let v = if self.job.direct_self && callee.info == self.job.snapshot.info {
            let own = self.own_entry();
            let all = self.typed_args(&callee.interface, args);
            let call = self.b.ins().call(own, &all);
            self.b.inst_results(call)[0]
        } else {
            (self.tables.callees).insert(callee.info, callee.interface.clone());
            let info = self.address(callee.info);
            let target = self.load(I64, Region::Cell, info, CELL);
            self.call_pointer(target, &callee.interface, args)
        };
        self.after_call();
        self.arg_value(callee.interface.ret, v)
    }

    /// Calls the function whose record is at `info`, which may have no native entry;
    /// control goes to `done` with the result.
    pub(super) fn call_record(
        &mut self,
        info: Value,
        how: &Interface,
        args: &[Value],
        done: Block,
    ) {
        let target = self.load(I64, Region::Cell, info, CELL);
        let (native, interpreted) = (self.fresh(), self.cold());
        self.b.ins().brif(target, native, &[], interpreted, &[]);

        self.enter(interpreted);
        let before = std::mem::replace(&mut self.in_cold, true);
        let v = self.call_interpreted(info, how, args);
        self.in_cold = before;
        self.b.ins().jump(done, &[v.into()]);

        self.enter(native);
        let v = self.call_pointer(target, how, args);
        self.after_call();
        let v = self.arg_value(how.ret, v);
        self.b.ins().jump(done, &[v.into()]);
    }

    /// Calls the function whose record is at `info`, without a look at what it threw; control is in
    /// `missing` where it has no native entry.
    pub(super) fn call_entry(
        &mut self,
        info: Value,
        how: &Interface,
        args: &[Value],
        missing: Block,
    ) -> Value {
        let target = self.load(I64, Region::Cell, info, CELL);
        self.require(target, missing);
        let v = self.call_pointer(target, how, args);
        self.forget_all();
        self.arg_value(how.ret, v)
    }

    /// Calls a native entry; gives the raw result.
    fn call_pointer(&mut self, target: Value, how: &Interface, args: &[Value]) -> Value {
        let all = self.typed_args(how, args);
        let sig = self.import_signature(interface_signature(how));
        let call = self.b.ins().call_indirect(sig, target, &all);
        self.b.inst_results(call)[0]
    }

    /// Runs a function in the interpreter over a frame on the VM stack.
    fn call_interpreted(&mut self, info: Value, how: &Interface, args: &[Value]) -> Value {
        self.mark_place();
        let header = i64::from(FRAME_HEADER);
        let top = self.load(I64, Region::Ctx, self.cx, ctx::VM_TOP);
        let end = (self.b.ins()).iadd_imm_s(top, (header + args.len() as i64) * 8);
        let limit = self.load(I64, Region::Ctx, self.cx, ctx::VM_LIMIT);
        let full = self.b.ins().icmp(IntCC::UnsignedGreaterThan, end, limit);
        let overflow = self.cold();
        self.divert_to(full, overflow, |t| {
            t.mark_place();
            t.raw_helper(Helper::throw_stack_overflow, &[]);
            t.throw_pending();
        });
        let fp = self.b.ins().iadd_imm_s(top, header * 8);
        for (k, (v, repr)) in args.iter().zip(&how.params).enumerate() {
            let bits = self.as_slot(*repr, *v);
            self.store(Region::Window, bits, fp, k * 8);
        }
        let jit = self.address(self.job.linkage.jit);
        let target = self.job.linkage.interpret;
        let sig = super::signature([I64, I64, I64], None);
        self.call_address(target, sig, &[self.cx, info, fp, jit]);
        self.after_call();
        let bits = self.load(I64, Region::Window, top, 0);
        self.slot_value(how.ret, bits)
    }

    /// What follows every call of user code.
    pub(super) fn after_call(&mut self) {
        self.forget_all();
        self.check_pending();
    }

    /// Nothing is known any more of what user code may change.
    fn forget_all(&mut self) {
        self.ran_code = true;
        self.young.clear();
        self.facts.forget_types();
        self.storages_changed();
    }

    /// The method that an operand names.
    pub(super) fn method(&self, id: u16) -> Result<&'a MethodFact, JitError> {
        let known = self.frame().snapshot.methods.get(&id);
        known.ok_or_else(|| JitError::Malformed(format!("method {id} is not linked")))
    }

    /// Whether the check of the current instruction failed too often to be one.
    pub(super) fn is_blocked(&self) -> bool {
        self.is_blocked_at(self.frame().pc)
    }

    /// The same of another place of the innermost function.
    pub(super) fn is_blocked_at(&self, pc: u32) -> bool {
        let place = (self.frame().snapshot.info, pc);
        self.job.blocked.contains(place)
    }

    fn typed_args(&mut self, how: &Interface, args: &[Value]) -> Vec<Value> {
        let mut all = vec![self.cx];
        for (repr, v) in how.params.iter().zip(args) {
            let v = self.as_arg(*repr, *v);
            all.push(v);
        }
        all
    }

    /// The typed entry of the function being compiled: the first of its blob.
    fn own_entry(&mut self) -> FuncRef {
        if let Some(own) = self.own {
            return own;
        }
        let sig = self.import_signature(interface_signature(&self.job.snapshot.interface));
        let name = (self.b.func).declare_imported_user_function(UserExternalName {
            namespace: 0,
            index: 0,
        });
        let own = self.b.import_function(ExtFuncData {
            name: ExternalName::user(name),
            signature: sig,
            colocated: true,
            patchable: false,
        });
        *self.own.insert(own)
    }

    /// The values of consecutive registers.
    pub(super) fn arguments(&mut self, first: u16, len: usize) -> Vec<Value> {
        (0..len as u16).map(|i| self.get(first + i)).collect()
    }

    /// The address of a copy of a call window on the native stack, with the given
    /// registers from its first argument on.
    pub(super) fn window(&mut self, first: u16, len: u16) -> Value {
        let size = (u32::from(FRAME_HEADER) + u32::from(len)) * 8;
        let slot = match self.window {
            Some(slot) => slot,
            None => {
                let data = StackSlotData::new(StackSlotKind::ExplicitSlot, 0, 3);
                *self.window.insert(self.b.create_sized_stack_slot(data))
            }
        };
        let data = &mut self.b.func.sized_stack_slots[slot];
        data.size = data.size.max(size);
        for k in 0..len {
            let v = self.get(first + k);
            let repr = self.repr(first + k);
            let bits = self.as_slot(repr, v);
            let offset = i32::from(FRAME_HEADER + k) * 8;
            let at = self.b.ins().stack_addr(I64, slot, offset);
            self.store(Region::Window, bits, at, 0);
        }
        self.b.ins().stack_addr(I64, slot, 0)
    }

    /// The interned name that an operand names, as a word.
    pub(super) fn name(&mut self, id: u16) -> Result<Value, JitError> {
        match self.frame().snapshot.names.get(&id) {
            Some(&word) => Ok(self.word_const(word)),
            None => Err(JitError::Malformed(format!("name {id} is not linked"))),
        }
    }

    /// The address of the current instruction's inline-cache cell.
    pub(super) fn cache_cell(&mut self) -> Value {
        let frame = self.frame();
        let index = frame.snapshot.cache_index(frame.pc).unwrap_or(0);
        let addr = frame.snapshot.caches + index * size_of::<CacheCell>();
        self.address(addr)
    }

    /// Goes on where the current instruction's cell still says what it said when the snapshot
    /// was taken: changing a class clears the words that name it. Control is in `otherwise`
    /// where not.
    pub(super) fn require_said(&mut self, said: CellWord, otherwise: Block) {
        let at = self.cache_cell();
        let word = self.load(I64, Region::Cache, at, said.way * size_of::<u64>());
        let expected = self.word_const(said.bits);
        let valid = self.b.ins().icmp(IntCC::Equal, word, expected);
        self.require(valid, otherwise);
    }

    /// A truncated word or a 32-bit index as a helper's argument.
    pub(super) fn index_arg(&mut self, n: u16) -> Value {
        self.b.ins().iconst(I32, i64::from(n))
    }

    /// Refuses operands that the verifier would have refused.
    pub(super) fn malformed(what: &str) -> Lowered {
        Err(JitError::Malformed(what.to_owned()))
    }
}
