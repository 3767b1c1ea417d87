//! Inlining of functions that are known at compile time.
//!
//! Callees first, so that a callee comes in with what it has inlined itself. Small
//! bodies always; methods of the built-in library that take a closure also when they
//! are larger, because then the closure's body can follow: a call of a closure that
//! was made in the same function is inlined with the captured values put in.
//! Positions keep the chain of calls, so traces do not change.
//!
//! User methods and constructors are never inlined here: a program may replace them.

use super::facts::Defs;
use crate::ir::analysis::Graph;
use crate::ir::{Args, At, BlockId, Func, HandlerId, HandlerInfo, Inlined, Inst, Term, VReg};
use crate::lower::Lowered;
use crate::tables::Tables;
use raya_bytecode::{Op, Receiver, TypeDesc};

/// Instructions of a body that is inlined wherever it is called.
const SMALL: usize = 14;
/// Instructions of a body that is inlined inside loops.
const SMALL_IN_LOOP: usize = 40;
/// Instructions of a library method that is inlined when it is given a closure.
const WITH_CLOSURE: usize = 120;
/// Instructions beyond which a function takes in nothing more but intrinsics.
const CALLER_LIMIT: usize = 2_500;
/// Chains of inlined calls.
const MAX_DEPTH: usize = 8;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

/// Inlines in a whole program; marks the functions that changed.
pub fn run(program: &mut [Lowered], tables: &Tables, changed: &mut [bool]) {
    let mut state = vec![State::New; program.len()];
    for root in 0..program.len() {
        visit(root, program, tables, &mut state, changed);
    }
}

/// Depth-first over calls, without recursion: call chains may be as long as programs.
fn visit(
    root: usize,
    program: &mut [Lowered],
    tables: &Tables,
    state: &mut [State],
    changed: &mut [bool],
) {
    if state[root] != State::New {
        return;
    }
    state[root] = State::Open;
    let mut stack = vec![(root, callees(&program[root].func))];
    while let Some((func, rest)) = stack.last_mut() {
        match rest.pop() {
            Some(next) if state.get(next) == Some(&State::New) => {
                state[next] = State::Open;
                let inner = callees(&program[next].func);
                stack.push((next, inner));
            }
            Some(_) => {}
            None => {
                let func = *func;
                changed[func] |= inline_into(func, program, tables, state);
                state[func] = State::Done;
                stack.pop();
            }
        }
    }
}

fn callees(func: &Func) -> Vec<usize> {
    func.blocks
        .iter()
        .flat_map(|b| &b.insts)
        .filter(|i| matches!(i.op, Op::Call | Op::MakeClosure | Op::CloneClosure))
        .map(|i| i.b as usize)
        .collect()
}

fn calls(body: &Func, callee: usize) -> bool {
    body.blocks
        .iter()
        .flat_map(|b| &b.insts)
        .any(|i| i.op == Op::Call && i.b as usize == callee)
}

fn size(func: &Func) -> usize {
    func.blocks.iter().map(|b| b.insts.len() + 1).sum()
}

/// A call that will be inlined. It is found again by its result register, because
/// other calls of its block may have moved it.
struct Site {
    block: BlockId,
    result: u32,
    callee: usize,
    /// Register of the closure, if it is a call of a function value.
    closure: Option<VReg>,
}

/// Tells whether anything was taken in.
fn inline_into(func: usize, program: &mut [Lowered], tables: &Tables, state: &[State]) -> bool {
    let mut changed = false;
    let mut budget = CALLER_LIMIT
        .saturating_sub(size(&program[func].func))
        .max(64);
    // A round takes in calls; the next one sees what they brought along.
    for _ in 0..MAX_DEPTH {
        let sites = sites(func, program, tables, state, &mut budget);
        if sites.is_empty() {
            break;
        }
        changed = true;
        // From the end of each block, so that earlier places stay what they are.
        for site in sites.into_iter().rev() {
            if let Ok([caller, callee]) = program.get_disjoint_mut([func, site.callee]) {
                splice(&mut caller.func, &site, &callee.func);
            }
        }
    }
    changed
}

fn sites(
    func: usize,
    program: &[Lowered],
    tables: &Tables,
    state: &[State],
    budget: &mut usize,
) -> Vec<Site> {
    let caller = &program[func].func;
    let insts = caller.blocks.iter().flat_map(|b| &b.insts);
    if !insts
        .into_iter()
        .any(|i| matches!(i.op, Op::Call | Op::CallClosure))
    {
        return Vec::new();
    }
    let defs = Defs::new(caller);
    let graph = Graph::new(caller);
    let depth = &graph.loops(caller).depth;
    let mut out = Vec::new();
    for (b, block) in caller.blocks.iter().enumerate() {
        for inst in &block.insts {
            let Some((callee, closure)) = target(caller, &defs, inst, program) else {
                continue;
            };
            let ready = callee != func && state.get(callee) == Some(&State::Done);
            if !ready || depth_of(caller, inst.at) >= MAX_DEPTH {
                continue;
            }
            let body = &program[callee].func;
            let cost = size(body);
            let args = caller.args(inst.args);
            let hands_closure = args.iter().any(|&a| {
                defs.inst(caller, a)
                    .is_some_and(|d| d.op == Op::MakeClosure)
            });
            let limit = match () {
                () if body.flags.intrinsic => usize::MAX,
                () if body.flags.constructor => 0,
                () if closure.is_some() => WITH_CLOSURE,
                () if body.flags.builtin && hands_closure => WITH_CLOSURE,
                () if depth[b] > 0 => SMALL_IN_LOOP,
                () => SMALL,
            };
            let recursive = calls(body, callee);
            if recursive
                || cost > limit
                || (cost > *budget && !body.flags.intrinsic)
                || !splicable(body, tables)
            {
                continue;
            }
            *budget = budget.saturating_sub(cost);
            out.push(Site {
                block: BlockId(b as u32),
                result: inst.a,
                callee,
                closure,
            });
        }
    }
    out
}

/// The function that a call surely reaches.
fn target(
    caller: &Func,
    defs: &Defs,
    inst: &Inst,
    program: &[Lowered],
) -> Option<(usize, Option<VReg>)> {
    match inst.op {
        Op::Call => Some((inst.b as usize, None)),
        Op::CallClosure => {
            let closure = *caller.args(inst.args).first()?;
            let made = defs.inst(caller, closure)?;
            let callee = made.b as usize;
            let body = &program.get(callee)?.func;
            let exact = u32::from(body.sig.0) == inst.b && body.receiver == Receiver::Closure;
            let known = matches!(made.op, Op::MakeClosure | Op::GetFunction);
            (known && exact).then_some((callee, Some(closure)))
        }
        _ => None,
    }
}

/// What refers to the frame itself cannot move into another frame: the closure
/// register may only serve to read captures.
fn splicable(body: &Func, tables: &Tables) -> bool {
    if !matches!(body.receiver, Receiver::Closure | Receiver::ClosureThis) {
        return true;
    }
    if body.receiver == Receiver::ClosureThis {
        return false;
    }
    let is_closure = |r: VReg| r == VReg(0);
    let mut ok = matches!(tables.desc(body.regs[0].ty), TypeDesc::Function(_));
    for block in &body.blocks {
        for inst in &block.insts {
            if inst.op != Op::GetCapture {
                inst.each_use(&body.pool, |r| ok &= !is_closure(r));
            }
        }
        block.term.each_use(|r| ok &= !is_closure(r));
    }
    ok
}

fn depth_of(func: &Func, at: At) -> usize {
    let mut depth = 0;
    let mut inline = at.inline;
    while inline != 0 {
        depth += 1;
        inline = func.inlined[inline as usize].call.inline;
    }
    depth
}

/// Copies a callee's graph into the caller in place of a call.
fn splice(caller: &mut Func, site: &Site, callee: &Func) {
    let is_call = |i: &Inst| matches!(i.op, Op::Call | Op::CallClosure) && i.a == site.result;
    // What came behind it has been cut off by the sites there.
    let insts = &caller.blocks[site.block.index()].insts;
    let Some(index) = insts.iter().rposition(is_call) else {
        return;
    };
    let call = insts[index];
    let Some(chain) = chain_index(caller, callee, call.at) else {
        return;
    };
    let captured = site.closure.map(|c| captured_values(caller, c));
    let mut map = Map {
        regs: caller.regs.len() as u32,
        blocks: caller.blocks.len() as u32,
        handlers: caller.handlers.len() as u32,
        pool: caller.pool.len() as u32,
        chain,
        outer: caller.blocks[site.block.index()].handler,
    };
    caller.regs.extend(callee.regs.iter().copied());
    caller
        .pool
        .extend(callee.pool.iter().map(|r| VReg(r.0 + map.regs)));
    caller
        .handlers
        .extend(callee.handlers.iter().map(|h| HandlerInfo {
            target: map.block(h.target),
            reg: VReg(h.reg.0 + map.regs),
            parent: h.parent.map(|p| map.handler(p)).or(map.outer),
        }));
    let resume = BlockId(map.blocks + callee.blocks.len() as u32);
    for block in &callee.blocks {
        let mut copy = block.clone();
        for inst in &mut copy.insts {
            map.inst(inst);
            if let (Op::GetCapture, Some(values)) = (inst.op, &captured) {
                let value = values.get(inst.c as usize).copied().unwrap_or(VReg(0));
                *inst = Inst::new(Op::Mov, inst.a, value.0, 0, inst.at);
            }
        }
        copy.handler = block.handler.map(|h| map.handler(h)).or(map.outer);
        copy.at = map.at(block.at);
        copy.term = map.term(&block.term, &mut copy.insts, call.a, resume, copy.at);
        caller.blocks.push(copy);
    }
    finish(caller, site, &call, &mut map);
}

/// Splits the calling block around the call and passes the arguments.
fn finish(caller: &mut Func, site: &Site, call: &Inst, map: &mut Map) {
    let args: Vec<VReg> = caller.args(call.args).to_vec();
    let block = &mut caller.blocks[site.block.index()];
    let Some(index) = block.insts.iter().rposition(|i| i == call) else {
        return;
    };
    let rest = block.insts.split_off(index + 1);
    block.insts.pop();
    for (i, arg) in args.iter().enumerate() {
        if site.closure.is_some() && i == 0 {
            continue;
        }
        let param = map.regs + i as u32;
        block
            .insts
            .push(Inst::new(Op::Mov, param, arg.0, 0, call.at));
    }
    let entry = map.block(BlockId(0));
    let term = std::mem::replace(&mut block.term, Term::Jump(entry));
    let (handler, at, cold) = (block.handler, block.at, block.cold);
    caller.blocks.push(crate::ir::Block {
        insts: rest,
        term,
        at,
        handler,
        cold,
    });
}

/// The registers that a closure captured, as they were when it was made.
fn captured_values(caller: &mut Func, closure: VReg) -> Vec<VReg> {
    let defs = Defs::new(caller);
    let (Some((block, index)), Some(made)) =
        (defs.place(closure), defs.inst(caller, closure).copied())
    else {
        return Vec::new();
    };
    if made.op != Op::MakeClosure {
        return Vec::new();
    }
    let captured = caller.args(made.args).to_vec();
    let mut values = Vec::with_capacity(captured.len());
    let mut copies = Vec::new();
    for reg in captured {
        if defs.single(reg) {
            values.push(reg);
            continue;
        }
        let info = *caller.reg(reg);
        let copy = caller.new_reg(info.ty, info.repr, false);
        copies.push(Inst::new(Op::Mov, copy.0, reg.0, 0, made.at));
        values.push(copy);
    }
    // Behind the closure, so that places of calls before it stay valid.
    let insts = &mut caller.blocks[block.index()].insts;
    insts.splice(index as usize + 1..index as usize + 1, copies);
    values
}

/// Adds a call to the caller's chains.
fn chain_index(caller: &mut Func, callee: &Func, call: At) -> Option<u16> {
    let first = caller.inlined.len();
    if first + callee.inlined.len() > usize::from(u16::MAX) {
        return None;
    }
    for (i, site) in callee.inlined.iter().enumerate() {
        let at = if i == 0 {
            call
        } else {
            At {
                offset: site.call.offset,
                inline: site.call.inline + first as u16,
            }
        };
        caller.inlined.push(Inlined {
            name: site.name,
            call: at,
            file: site.file,
            builtin: site.builtin,
        });
    }
    Some(first as u16)
}

/// How the callee's indices become the caller's.
struct Map {
    regs: u32,
    blocks: u32,
    handlers: u32,
    pool: u32,
    chain: u16,
    outer: Option<HandlerId>,
}

impl Map {
    fn block(&self, b: BlockId) -> BlockId {
        BlockId(b.0 + self.blocks)
    }

    fn handler(&self, h: HandlerId) -> HandlerId {
        HandlerId(h.0 + self.handlers)
    }

    fn at(&self, at: At) -> At {
        At {
            offset: at.offset,
            inline: at.inline + self.chain,
        }
    }

    fn inst(&self, inst: &mut Inst) {
        let kinds = inst.op.operands();
        let reg = |kind: raya_bytecode::OperandKind| kind.is_source() || kind.is_dest();
        if reg(kinds[0]) || crate::ir::has_result(inst.op) {
            inst.a += self.regs;
        }
        if reg(kinds[1]) {
            inst.b += self.regs;
        }
        if reg(kinds[2]) {
            inst.c += self.regs;
        }
        if inst.args.len > 0 {
            inst.args = Args {
                start: inst.args.start + self.pool,
                len: inst.args.len,
            };
        }
        inst.at = self.at(inst.at);
    }

    /// A terminator; a return stores the result and goes on behind the call.
    fn term(
        &self,
        term: &Term,
        insts: &mut Vec<Inst>,
        result: u32,
        resume: BlockId,
        at: At,
    ) -> Term {
        match term {
            Term::Exit { op: Op::Ret, a } => {
                insts.push(Inst::new(Op::Mov, result, a + self.regs, 0, at));
                Term::Jump(resume)
            }
            Term::Exit {
                op: Op::RetVoid, ..
            } => {
                insts.push(Inst::new(Op::LoadNull, result, 0, 0, at));
                Term::Jump(resume)
            }
            _ => {
                let mut copy = term.clone();
                match &mut copy {
                    Term::Branch { op, a, b, .. } => {
                        let kinds = op.operands();
                        if kinds[0].is_source() || kinds[0].is_dest() {
                            *a += self.regs;
                        }
                        if kinds[1].is_source() {
                            *b += self.regs;
                        }
                    }
                    Term::Table { index, .. } => index.0 += self.regs,
                    Term::Exit { a, .. } => *a += self.regs,
                    Term::Jump(_) | Term::Unreachable => {}
                }
                copy.map_targets(|b| self.block(b));
                copy
            }
        }
    }
}
