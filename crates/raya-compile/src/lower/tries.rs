//! `try`, `catch`, `finally`.
//!
//! A `finally` block exists once. Every way into it sets a state; at its end the
//! state says where to go on: behind the statement, to a `break` target, to the
//! function's end, or with the exception that was under way. Leaving several nested
//! `finally` blocks repeats this from the inside out.

use super::ctx::Lower;
use crate::ir::{BlockId, HandlerId, HandlerInfo, Term, VReg};
use raya_bytecode::Op;
use raya_check::hir::{Handler, Try};

/// What happens after a `finally` block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Jump { block: BlockId, finals: usize },
    Return { value: bool },
}

/// A `finally` block that is around the current statement.
#[derive(Debug)]
pub(super) struct Finally {
    entry: BlockId,
    state: VReg,
    value: VReg,
    /// Ways out other than falling through (state 0) and rethrowing (state 1).
    ways: Vec<Way>,
}

const FIRST_WAY: u32 = 2;

impl Lower<'_, '_> {
    /// A `try` statement.
    pub fn try_stmt(&mut self, t: &Try) {
        let Some(finalizer) = &t.finalizer else {
            self.try_catch(t);
            return;
        };
        let any = self.c.any;
        let (entry, thrown, exit) = (self.block(), self.block(), self.block());
        let state = self.variable(self.c.int);
        let error = self.variable(any);
        let value = self.variable(any);
        self.emit(Op::LoadNull, error.0, 0, 0);
        self.emit(Op::LoadNull, value.0, 0, 0);
        self.finals.push(Finally {
            entry,
            state,
            value,
            ways: Vec::new(),
        });
        let (outer, caught) = self.enter_handler(thrown);
        let start = self.block();
        self.flow_into(start);
        self.try_catch(t);
        self.set_state(state, 0);
        self.end(Term::Jump(entry));
        self.handler = outer;
        let Some(this) = self.finals.pop() else {
            return;
        };
        self.switch_to(thrown);
        self.mov(error, caught);
        self.set_state(state, 1);
        self.end(Term::Jump(entry));
        self.switch_to(entry);
        self.block_stmt(finalizer);
        self.after_finally(&this, error, exit);
        self.switch_to(exit);
    }

    /// Goes on after a `finally` block as its state says.
    fn after_finally(&mut self, this: &Finally, error: VReg, exit: BlockId) {
        let rethrow = self.block();
        let next = self.block();
        self.compare_state(this.state, 1, rethrow, next);
        self.switch_to(rethrow);
        self.end(Term::Exit {
            op: Op::Rethrow,
            a: error.0,
        });
        self.switch_to(next);
        for (i, &way) in this.ways.iter().enumerate() {
            let (yes, no) = (self.block(), self.block());
            self.compare_state(this.state, FIRST_WAY + i as u32, yes, no);
            self.switch_to(yes);
            match way {
                Way::Jump { block, finals } => self.leave_to(block, finals),
                Way::Return { value: false } => self.leave_function(None),
                Way::Return { value: true } => {
                    let ret = self.f.ret;
                    let value = self.narrowed(this.value, ret);
                    self.leave_function(Some(value));
                }
            }
            self.switch_to(no);
        }
        self.end(Term::Jump(exit));
    }

    fn set_state(&mut self, state: VReg, value: u32) {
        let value = self.const_i32(value as i32);
        self.mov(state, value);
    }

    fn compare_state(&mut self, state: VReg, value: u32, yes: BlockId, no: BlockId) {
        let value = self.const_i32(value as i32);
        self.branch(Op::JeqI32, state.0, value.0, yes, no);
    }

    /// Makes a handler that goes to `target`; gives the former one and the register
    /// of the thrown value.
    fn enter_handler(&mut self, target: BlockId) -> (Option<HandlerId>, VReg) {
        let reg = self.temp(self.c.any);
        let outer = self.handler;
        let id = HandlerId(self.f.handlers.len() as u32);
        self.f.handlers.push(HandlerInfo {
            target,
            reg,
            parent: outer,
        });
        self.handler = Some(id);
        (outer, reg)
    }

    fn try_catch(&mut self, t: &Try) {
        let Some(handler) = &t.handler else {
            self.block_stmt(&t.body);
            return;
        };
        let (target, exit) = (self.block(), self.block());
        let (outer, caught) = self.enter_handler(target);
        let start = self.block();
        self.flow_into(start);
        self.block_stmt(&t.body);
        self.end(Term::Jump(exit));
        self.handler = outer;
        self.switch_to(target);
        self.catch(handler, caught);
        self.end(Term::Jump(exit));
        self.switch_to(exit);
    }

    fn catch(&mut self, handler: &Handler, caught: VReg) {
        if let Some(local) = handler.local {
            if self.local(local).boxed {
                self.make_cell(local);
            }
            self.init_local(local, caught);
        }
        self.block_stmt(&handler.body);
    }

    /// Goes to a block that lies outside all but `finals` of the `finally` blocks.
    pub fn leave_to(&mut self, block: BlockId, finals: usize) {
        if self.finals.len() <= finals {
            self.end(Term::Jump(block));
            return;
        }
        self.leave_by(Way::Jump { block, finals });
    }

    /// Returns from the function, through all `finally` blocks.
    pub fn leave_function(&mut self, value: Option<VReg>) {
        if self.finals.is_empty() {
            self.return_value(value);
            return;
        }
        if let Some(value) = value {
            let word = self.boxed(value);
            if let Some(this) = self.finals.last() {
                let held = this.value;
                self.mov(held, word);
            }
        }
        self.leave_by(Way::Return {
            value: value.is_some(),
        });
    }

    fn leave_by(&mut self, way: Way) {
        let Some(this) = self.finals.last_mut() else {
            return;
        };
        let (entry, state) = (this.entry, this.state);
        let index = match this.ways.iter().position(|w| *w == way) {
            Some(index) => index,
            None => {
                this.ways.push(way);
                this.ways.len() - 1
            }
        };
        self.set_state(state, FIRST_WAY + index as u32);
        self.end(Term::Jump(entry));
    }
}
