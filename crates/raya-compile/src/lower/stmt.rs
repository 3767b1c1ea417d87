//! Statements, and the ways control leaves them.

use super::ctx::{Lower, Slot, Target};
use crate::ir::{Term, VReg};
use raya_bytecode::{Op, Repr};
use raya_check::hir::{Block, ExprId, LabelId, LocalId, Stmt, StmtKind};
use raya_syntax::Span;
use raya_syntax::limits::ensure_stack;

impl Lower<'_, '_> {
    /// A block statement.
    pub fn block_stmt(&mut self, block: &Block) {
        let Some(label) = block.label else {
            self.block_stmts(&block.stmts);
            return;
        };
        let exit = self.block();
        self.push_target(label, exit, None);
        self.block_stmts(&block.stmts);
        self.targets.pop();
        self.flow_into(exit);
    }

    /// Statements in order, in a scope of their own.
    pub fn block_stmts(&mut self, stmts: &[Stmt]) {
        self.enter_scope(stmts.iter());
        for stmt in stmts {
            self.stmt(stmt);
        }
    }

    /// One statement.
    pub fn stmt(&mut self, stmt: &Stmt) {
        ensure_stack(|| {
            let at = self.go_to(stmt.span);
            self.stmt_kind(stmt);
            self.set_at(at);
        });
    }

    fn stmt_kind(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Expr(id) => self.effect(*id),
            StmtKind::Let { local, value } => self.let_stmt(*local, *value),
            StmtKind::Block(block) => self.block_stmt(block),
            StmtKind::If {
                test,
                then,
                otherwise,
            } => self.if_stmt(*test, then, otherwise.as_ref()),
            StmtKind::Loop(l) => self.loop_stmt(l),
            StmtKind::ForOf(f) => self.for_of(f),
            StmtKind::Switch(s) => self.switch_stmt(s),
            StmtKind::Try(t) => self.try_stmt(t),
            StmtKind::Throw(id) => {
                let value = self.expr(*id);
                let value = self.boxed(value);
                self.end(Term::Exit {
                    op: Op::Throw,
                    a: value.0,
                });
            }
            StmtKind::Return(value) => self.return_stmt(*value),
            StmtKind::Break(label) => self.jump_to(*label, false, stmt.span),
            StmtKind::Continue(label) => self.jump_to(*label, true, stmt.span),
            StmtKind::Class(class) => {
                let id = self.c.origin_class(*class);
                self.emit(Op::InitClass, id.0.into(), 0, 0);
            }
        }
    }

    fn let_stmt(&mut self, local: LocalId, value: Option<ExprId>) {
        if let Some(value) = value {
            let ty = self.reg_type(self.local(local).ty).0;
            let value = self.expr_as(value, ty);
            self.init_local(local, value);
            return;
        }
        let decl = self.local(local);
        if decl.checked {
            return self.unset_again(local);
        }
        // Any value of the representation will do: flow analysis has shown that it is
        // assigned before it is read.
        let ty = self.reg_type(decl.ty).0;
        if self.is_pointer(ty) || matches!(self.slot(local), Slot::Cell { .. }) {
            return;
        }
        let Slot::Reg(reg) = self.slot(local) else {
            return;
        };
        match self.c.tables.repr(ty) {
            Repr::F64 => {
                let zero = self.const_f64(0.0);
                self.mov(reg, zero);
            }
            Repr::I32 => {
                let zero = self.const_i32(0);
                self.mov(reg, zero);
            }
            Repr::Bool => self.emit(Op::LoadBool, reg.0, 0, 0),
            Repr::Word if raya_bytecode::assignable(&self.c.tables.module, self.c.null, ty) => {
                self.emit(Op::LoadNull, reg.0, 0, 0);
            }
            Repr::Word => {}
        }
        self.touched(reg);
    }

    /// `let x;` of a variable that is tested before reads: its scope made it unset,
    /// the declaration makes it null where that is one of its values.
    fn unset_again(&mut self, local: LocalId) {
        let ty = self.reg_type(self.local(local).ty).0;
        if raya_bytecode::assignable(&self.c.tables.module, self.c.null, ty) {
            let null = self.const_null();
            self.init_local(local, null);
        }
    }

    fn if_stmt(&mut self, test: ExprId, then: &Block, otherwise: Option<&Block>) {
        let (yes, join) = (self.block(), self.block());
        let no = if otherwise.is_some() {
            self.block()
        } else {
            join
        };
        self.condition(test, yes, no);
        self.switch_to(yes);
        self.block_stmt(then);
        self.end(Term::Jump(join));
        if let Some(otherwise) = otherwise {
            self.switch_to(no);
            self.block_stmt(otherwise);
            self.end(Term::Jump(join));
        }
        self.switch_to(join);
    }

    // ---- leaving

    /// Makes a statement a target of `break` and `continue`.
    pub fn push_target(
        &mut self,
        label: LabelId,
        exit: crate::ir::BlockId,
        next: Option<crate::ir::BlockId>,
    ) {
        self.targets.push(Target {
            label,
            exit,
            next,
            finals: self.finals.len(),
        });
    }

    fn jump_to(&mut self, label: LabelId, again: bool, span: Span) {
        let found = self
            .targets
            .iter()
            .rev()
            .find(|t| t.label == label)
            .copied();
        let Some(target) = found else {
            self.fail(span, "a jump to a label that no statement has");
            return;
        };
        let block = if again {
            target.next.unwrap_or(target.exit)
        } else {
            target.exit
        };
        self.leave_to(block, target.finals);
    }

    fn return_stmt(&mut self, value: Option<ExprId>) {
        let ret = self.f.ret;
        let Some(id) = value else {
            return self.leave_function(None);
        };
        let value = self.expr(id);
        let nothing = matches!(
            self.c.tables.desc(ret),
            raya_bytecode::TypeDesc::Null | raya_bytecode::TypeDesc::Never
        );
        if nothing {
            return self.leave_function(None);
        }
        let value = self.convert(value, ret);
        let value = if self.repr(value) == Repr::Word && !self.proves(value, ret) {
            self.narrowed(value, ret)
        } else {
            value
        };
        self.leave_function(Some(value));
    }

    /// Returns from outside all `finally` blocks.
    pub fn return_value(&mut self, value: Option<VReg>) {
        match value {
            Some(value) => self.end(Term::Exit {
                op: Op::Ret,
                a: value.0,
            }),
            None => self.return_null(),
        }
    }
}
