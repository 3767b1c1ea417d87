//! The state of lowering one function, and the helpers that append instructions.
//!
//! A read of a variable gives the variable's own register, not a copy. Where a value
//! must survive the evaluation of something that may assign the variable, the reader
//! takes a [`Guard`] first and settles it afterwards: only if an assignment happened
//! in between is a copy put in at the place of the read.

use super::Compiler;
use super::tries::Finally;
use crate::ir::{Args, At, BlockId, Func, HandlerId, Inst, Term, VReg};
use raya_bytecode::{FieldId, Op, Repr, TypeDesc, TypeId};
use raya_check::hir::{self, ExprId, LabelId, LocalId};
use raya_check::types::{Subst, Ty};
use raya_syntax::{FileId, Span};
use rustc_hash::FxHashMap;

/// Where a local variable lives.
#[derive(Clone, Copy, Debug)]
pub(super) enum Slot {
    /// In a register.
    Reg(VReg),
    /// In a field of an object that closures share.
    Cell {
        /// The object.
        object: VReg,
        /// Its only field.
        field: FieldId,
    },
}

/// What `break` and `continue` go to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    /// The label.
    pub label: LabelId,
    /// Where `break` goes.
    pub exit: BlockId,
    /// Where `continue` goes.
    pub next: Option<BlockId>,
    /// How many `finally` blocks are around the statement.
    pub finals: usize,
}

/// A value that may be a variable's register, and when it was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guard {
    value: VReg,
    epoch: u32,
    block: BlockId,
    index: u32,
}

/// Lowers one function instance.
pub(super) struct Lower<'c, 'a> {
    pub c: &'c mut Compiler<'a>,
    pub hir: &'a hir::Hir,
    pub decl: &'a hir::Function,
    pub f: Func,
    pub cur: BlockId,
    pub subst: Subst,
    pub slots: Vec<Option<Slot>>,
    pub targets: Vec<Target>,
    pub handler: Option<HandlerId>,
    pub finals: Vec<Finally>,
    /// Type of the function's own result, before its form adapted it.
    pub file: FileId,
    /// How often each register has been assigned as a variable.
    epochs: Vec<u32>,
    tys: FxHashMap<Ty, (TypeId, Repr)>,
    at: At,
}

impl<'c, 'a> Lower<'c, 'a> {
    pub fn new(c: &'c mut Compiler<'a>, decl: &'a hir::Function, f: Func, subst: Subst) -> Self {
        let hir = c.hir;
        let mut this = Self {
            c,
            hir,
            decl,
            f,
            cur: BlockId(0),
            subst,
            slots: vec![None; decl.locals.len()],
            targets: Vec::new(),
            handler: None,
            finals: Vec::new(),
            file: decl.file,
            epochs: Vec::new(),
            tys: FxHashMap::default(),
            at: At {
                offset: decl.span.start,
                inline: 0,
            },
        };
        this.cur = this.f.new_block(None);
        this
    }

    // ---- types

    /// A type with the instance's types put in.
    pub fn concrete(&mut self, ty: Ty) -> Ty {
        self.c.types.substitute(ty, &self.subst)
    }

    /// Register type and representation of a type.
    pub fn reg_type(&mut self, ty: Ty) -> (TypeId, Repr) {
        if let Some(&known) = self.tys.get(&ty) {
            return known;
        }
        let concrete = self.concrete(ty);
        let made = self.c.reg_type(concrete);
        self.tys.insert(ty, made);
        made
    }

    /// The exact descriptor of a type.
    pub fn exact_type(&mut self, ty: Ty) -> TypeId {
        let concrete = self.concrete(ty);
        self.c.type_id(concrete)
    }

    /// The descriptor of a register's type.
    pub fn desc(&self, reg: VReg) -> &TypeDesc {
        self.c.tables.desc(self.f.reg(reg).ty)
    }

    /// The representation of a register.
    pub fn repr(&self, reg: VReg) -> Repr {
        self.f.reg(reg).repr
    }

    // ---- registers

    /// A temporary of a module type.
    pub fn temp(&mut self, ty: TypeId) -> VReg {
        let repr = self.c.tables.repr(ty);
        self.f.new_reg(ty, repr, false)
    }

    /// A variable of a module type.
    pub fn variable(&mut self, ty: TypeId) -> VReg {
        let repr = self.c.tables.repr(ty);
        self.f.new_reg(ty, repr, true)
    }

    // ---- positions

    /// Sets the position of what follows; gives the former one.
    pub fn go_to(&mut self, span: Span) -> At {
        let old = self.at;
        self.at.offset = span.start;
        old
    }

    /// Restores a position.
    pub fn set_at(&mut self, at: At) {
        self.at = at;
    }

    // ---- instructions

    /// Appends an instruction.
    pub fn emit(&mut self, op: Op, a: u32, b: u32, c: u32) {
        let inst = Inst::new(op, a, b, c, self.at);
        self.f.blocks[self.cur.index()].insts.push(inst);
    }

    /// Appends an instruction with a new temporary as its result.
    pub fn emit_to(&mut self, ty: TypeId, op: Op, b: u32, c: u32) -> VReg {
        let dst = self.temp(ty);
        self.emit(op, dst.0, b, c);
        dst
    }

    /// Appends an operation with a window; the result has type `ret`.
    pub fn emit_window(&mut self, op: Op, ret: TypeId, b: u32, args: &[VReg]) -> VReg {
        let dst = self.temp(ret);
        let args: Args = self.f.new_args(args.iter().copied());
        let inst = Inst {
            op,
            a: dst.0,
            b,
            c: 0,
            args,
            at: self.at,
        };
        self.f.blocks[self.cur.index()].insts.push(inst);
        dst
    }

    /// Assigns a register to a variable's register or to the meeting point of branches.
    pub fn mov(&mut self, dst: VReg, src: VReg) {
        if dst == src {
            return;
        }
        self.emit(Op::Mov, dst.0, src.0, 0);
        self.touched(dst);
    }

    /// Notes that a variable has been assigned.
    pub fn touched(&mut self, reg: VReg) {
        if self.epochs.len() <= reg.index() {
            self.epochs.resize(reg.index() + 1, 0);
        }
        self.epochs[reg.index()] += 1;
    }

    fn epoch(&self, reg: VReg) -> u32 {
        self.epochs.get(reg.index()).copied().unwrap_or(0)
    }

    /// Remembers a value before something else is evaluated.
    pub fn guard(&self, value: VReg) -> Guard {
        Guard {
            value,
            epoch: self.epoch(value),
            block: self.cur,
            index: self.f.blocks[self.cur.index()].insts.len() as u32,
        }
    }

    /// The value as it was when it was guarded.
    pub fn settle(&mut self, guard: Guard) -> VReg {
        if self.epoch(guard.value) == guard.epoch {
            return guard.value;
        }
        let info = *self.f.reg(guard.value);
        let copy = self.f.new_reg(info.ty, info.repr, false);
        let inst = Inst::new(Op::Mov, copy.0, guard.value.0, 0, self.at);
        let insts = &mut self.f.blocks[guard.block.index()].insts;
        insts.insert(guard.index as usize, inst);
        copy
    }

    // ---- constants

    /// A double constant.
    pub fn const_f64(&mut self, value: f64) -> VReg {
        let id = self.c.tables.f64(value);
        self.emit_to(self.c.number, Op::LoadF64, id.0.into(), 0)
    }

    /// An integer constant.
    pub fn const_i32(&mut self, value: i32) -> VReg {
        let id = self.c.tables.constant(raya_bytecode::Const::I32(value));
        self.emit_to(self.c.int, Op::LoadI32K, id.0.into(), 0)
    }

    /// A boolean constant.
    pub fn const_bool(&mut self, value: bool) -> VReg {
        self.emit_to(self.c.boolean, Op::LoadBool, value.into(), 0)
    }

    /// null
    pub fn const_null(&mut self) -> VReg {
        self.emit_to(self.c.null, Op::LoadNull, 0, 0)
    }

    /// A string constant.
    pub fn const_str(&mut self, id: raya_bytecode::StrId) -> VReg {
        let k = self.c.tables.constant(raya_bytecode::Const::Str(id));
        self.emit_to(self.c.string, Op::LoadConst, k.0.into(), 0)
    }

    // ---- blocks

    /// A new block under the current handler.
    pub fn block(&mut self) -> BlockId {
        self.f.new_block(self.handler)
    }

    /// Goes on in another block.
    pub fn switch_to(&mut self, block: BlockId) {
        self.cur = block;
    }

    /// Ends the current block; what follows is unreachable until a block is begun.
    pub fn end(&mut self, term: Term) {
        let at = self.at;
        let block = &mut self.f.blocks[self.cur.index()];
        if matches!(block.term, Term::Unreachable) {
            block.term = term;
            block.at = at;
        }
        self.cur = self.f.new_block(self.handler);
    }

    /// Ends the current block with a jump and goes on in its target.
    pub fn flow_into(&mut self, block: BlockId) {
        self.end(Term::Jump(block));
        self.cur = block;
    }

    /// Ends the current block with a conditional jump.
    pub fn branch(&mut self, op: Op, a: u32, b: u32, yes: BlockId, no: BlockId) {
        self.end(Term::Branch { op, a, b, yes, no });
    }

    /// Reports an impossibility at a position.
    pub fn fail(&mut self, span: Span, what: &str) {
        let file = self.file;
        self.c.fail(file, span, what);
    }

    /// The expression behind an id.
    pub fn hx(&self, id: ExprId) -> &'a hir::Expr {
        self.hir.expr(id)
    }

    /// The declaration of a local.
    pub fn local(&self, id: LocalId) -> &'a hir::Local {
        &self.decl.locals[id.index()]
    }
}
