//! What to inline: decided with the feedback at hand, when the snapshot is taken.
//!
//! A callee is inlined when it is small, is not on the chain already, and is known:
//! named by the call, or the one (of at most two) that was observed there.

use super::take::{LinkHooks, take_one, vtable_entry};
use super::{AnyMethodFact, Guard, Inline, MANY, Snapshot};
use crate::analysis::effects::is_opaque;
use raya_bytecode::{Instr, Op, Repr};
use raya_runtime::ctx::Ctx;
use raya_runtime::func::{FuncBody, FuncInfo};
use raya_runtime::mem::refs::Ref;
use std::sync::Arc;

/// Instructions of a callee that is inlined.
const MAX_CALLEE: usize = 60;
/// Instructions that are inlined into one function in all.
const MAX_TOTAL: usize = 600;
/// Length of an inlined chain.
const MAX_DEPTH: usize = 6;

/// How much the code of a function may take for granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speculation {
    /// Assumptions that hold, and checks that leave.
    Free,
    /// Nothing: every check is ordinary code where it can be.
    Careful,
}

/// Takes the snapshot of a function and of everything to inline in it.
pub fn take(
    ctx: &mut Ctx,
    hooks: &LinkHooks,
    func: Ref<FuncInfo>,
    speculation: Speculation,
) -> Option<Snapshot> {
    let mut planner = Planner {
        hooks,
        speculation,
        chain: vec![func.addr()],
        left: MAX_TOTAL,
    };
    planner.snapshot(ctx, func)
}

struct Planner<'a> {
    hooks: &'a LinkHooks,
    speculation: Speculation,
    chain: Vec<usize>,
    left: usize,
}

impl Planner<'_> {
    fn snapshot(&mut self, ctx: &mut Ctx, func: Ref<FuncInfo>) -> Option<Snapshot> {
        let mut snapshot = take_one(ctx, self.hooks, func, self.speculation)?;
        let module = snapshot.module.clone();
        let code = &module.functions[snapshot.index.index()].code;
        for (pc, &ins) in (0..).zip(code) {
            if let Some(inline) = self.inline(ctx, &snapshot, pc, ins) {
                snapshot.opaque |= inline.targets.iter().any(|t| t.opaque);
                snapshot.inlines.insert(pc, inline);
            } else {
                snapshot.opaque |= is_opaque(ins);
            }
        }
        Some(snapshot)
    }

    fn inline(&mut self, ctx: &mut Ctx, caller: &Snapshot, pc: u32, ins: Instr) -> Option<Inline> {
        let (guard, callees) = candidates(ctx, caller, pc, ins)?;
        let mut targets = Vec::new();
        for callee in callees {
            targets.push(self.callee(ctx, callee)?);
        }
        (!targets.is_empty()).then_some(Inline { guard, targets })
    }

    fn callee(&mut self, ctx: &mut Ctx, func: Ref<FuncInfo>) -> Option<Arc<Snapshot>> {
        let FuncBody::Bytecode = func.body else {
            return None;
        };
        let owner = func.owner.get()?;
        let function = owner.module.functions.get(func.index as usize)?;
        let size = function.code.len();
        let fits = size <= MAX_CALLEE && size <= self.left && self.chain.len() < MAX_DEPTH;
        if !fits || self.chain.contains(&func.addr()) {
            return None;
        }
        self.left -= size;
        self.chain.push(func.addr());
        let snapshot = self.snapshot(ctx, func);
        self.chain.pop();
        snapshot.map(Arc::new)
    }
}

/// The functions that a call may reach, as far as is known.
fn candidates(
    ctx: &Ctx,
    caller: &Snapshot,
    pc: u32,
    ins: Instr,
) -> Option<(Guard, Vec<Ref<FuncInfo>>)> {
    let cell = || caller.first_word(pc);
    // SAFETY: addresses of function records, which live as long as their engine; a cell
    // holds what the interpreter put there.
    let record = |addr: usize| unsafe { Ref::from_ptr(addr as *const FuncInfo) };
    match ins.op {
        Op::Call => {
            let fact = caller.funcs.get(&ins.b)?;
            Some((Guard::None, vec![record(fact.info)]))
        }
        Op::CallMethod => {
            let method = caller.methods.get(&ins.b)?;
            if let Some(func) = &method.func {
                return Some((Guard::None, vec![record(func.info)]));
            }
            let index = method.index?;
            let seen = cell().filter(|c| *c != 0 && *c != MANY)?;
            let mut callees = Vec::new();
            for handle in [seen as u32, (seen >> 32) as u32] {
                if handle == 0 {
                    continue;
                }
                let entry = vtable_entry(ctx.types as usize + handle as usize, index);
                // SAFETY: the receivers' types have every entry of the declared class.
                let func = record(unsafe { (entry as *const usize).read() });
                if !callees.contains(&func) {
                    callees.push(func);
                }
            }
            Some((Guard::Vtable(index), callees))
        }
        Op::CallClosure => {
            let seen = cell().filter(|c| *c != 0 && *c != MANY)?;
            Some((Guard::Closure, vec![record(seen as usize)]))
        }
        Op::CallAny | Op::CallAnyMethod | Op::CallProp => {
            let facts = caller.any_methods.get(&pc)?;
            // An exit from an inlined body would give the interpreter an unboxed result where
            // it expects the site's word.
            let as_it_is = |fact: &AnyMethodFact| match ins.op {
                Op::CallProp => true,
                _ => fact.func.interface.ret == Repr::Word && !fact.void,
            };
            if !facts.iter().all(as_it_is) {
                return None;
            }
            let callees = facts.iter().map(|fact| record(fact.func.info));
            Some((Guard::Type, callees.collect()))
        }
        _ => None,
    }
}
