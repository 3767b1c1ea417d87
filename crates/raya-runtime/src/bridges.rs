//! Bridges: vtable entries that lead to a method with another call interface.
//!
//! A bridge is a function without bytecode. Both tiers enter it like any other; what runs
//! is [`Ctx::run_bridge`], which boxes the arguments, calls the target through its
//! boxed path and checks the result against the interface of the entry.

use std::cell::Cell;
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicU64};

use raya_bytecode::{FuncFlags, Receiver};

use crate::engine::Engine;
use crate::func::{AnyEntry, BridgeTarget, FuncBody, FuncInfo, SigInfo};
use crate::mem::refs::Ref;

/// A function with the call interface `sig` that calls `target` with the receiver.
pub fn bridge(engine: &Engine, sig: Ref<SigInfo>, target: BridgeTarget) -> Ref<FuncInfo> {
    let name = match target {
        BridgeTarget::Func(func) => func.name.clone(),
        BridgeTarget::Attr { .. } | BridgeTarget::Static { .. } => Box::default(),
    };
    engine.funcs.alloc(FuncInfo {
        code: AtomicPtr::default(),
        cell: AtomicPtr::default(),
        frame_entry: AtomicPtr::default(),
        // As in every function, the first call takes the slow path, which finds out what to run.
        hotness: AtomicI32::new(0),
        nregs: 1 + sig.params.len() as u32,
        nparams: sig.params.len() as u16,
        hidden: 1,
        boxed: 0,
        id: engine.funcs.len() as u32,
        sig: sig.id,
        module: u32::MAX,
        index: u32::MAX,
        weight: 1,
        caches: AtomicPtr::default(),
        captures: Box::default(),
        receiver: Receiver::This,
        any_entry: AnyEntry::default(),
        body: FuncBody::Bridge { target },
        object: AtomicU64::new(0),
        sig_info: sig,
        flags: FuncFlags::default(),
        name,
        owner: Cell::new(None),
        ncaches: Cell::new(0),
    })
}
