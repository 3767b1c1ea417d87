//! One function instance: registers of parameters, prologue, body, end.

use super::ctx::{Lower, Slot};
use super::instances::{Form, Instance};
use super::{Compiler, Lowered};
use crate::ir::{Func, Inlined, Term, VReg};
use raya_bytecode::{FuncFlags, Op, Receiver, SigId, StrId, TypeDesc, TypeId};
use raya_check::hir::{self, FuncKind, LocalId, LocalKind};

impl Compiler<'_> {
    /// Lowers an instance.
    pub(super) fn lower_instance(&mut self, instance: &Instance) -> Lowered {
        let decl = self.hir.function(instance.func);
        let receiver = receiver(decl, instance.form);
        let (sig, ret) = self.form_signature(instance);
        let name = self.trace_name(decl);
        let parent = |f| self.hir.parent(f);
        let qualified = (self.hir).qualified_function(instance.func, self.names, &parent);
        let func = Func {
            name,
            qualified: self.tables.string(&qualified),
            param_names: self.param_names(decl, sig),
            receiver,
            sig,
            ret,
            params: 0,
            regs: Vec::new(),
            blocks: Vec::new(),
            pool: Vec::new(),
            handlers: Vec::new(),
            captures: Vec::new(),
            inlined: vec![Inlined {
                name,
                call: Default::default(),
                file: decl.file.0,
                builtin: decl.builtin,
            }],
            flags: flags(decl),
        };
        let mut lower = Lower::new(self, decl, func, instance.subst.clone());
        lower.parameters(receiver, instance.this, sig);
        lower.captures();
        lower.body();
        Lowered {
            func: lower.f,
            file: decl.file,
            span: decl.span,
        }
    }

    fn form_signature(&mut self, instance: &Instance) -> (SigId, TypeId) {
        let sig = match instance.form {
            Form::Shaped(id) => self.type_signature(id),
            _ => self.instance_signature(instance.func, &instance.subst),
        };
        let ret = self
            .tables
            .module
            .signatures
            .get(sig.index())
            .map(|s| s.ret);
        (sig, ret.unwrap_or(self.any))
    }

    /// The names of a function's parameters, if its signature has just these.
    fn param_names(&mut self, decl: &hir::Function, sig: SigId) -> Vec<StrId> {
        let signature = &self.tables.module.signatures[sig.index()];
        if signature.params.len() != decl.params.len() {
            return Vec::new();
        }
        let name = |p: &hir::Param| decl.locals[p.local.index()].name;
        let texts = decl.params.iter().map(|p| self.names.text(name(p)));
        texts.map(|text| self.tables.string(text)).collect()
    }

    /// `Class.method`, `f`, `<anonymous>` or `<module>`, as traces show it.
    fn trace_name(&mut self, decl: &hir::Function) -> StrId {
        let own = self.names.text(decl.name);
        let of_class = |c: raya_check::types::ClassId| self.names.text(self.hir.class(c).name);
        let text = match decl.kind {
            FuncKind::Main => "<module>".to_string(),
            FuncKind::Method { class, .. } => format!("{}.{own}", of_class(class)),
            FuncKind::Constructor(class) => format!("new {}", of_class(class)),
            FuncKind::FieldInit(class) => format!("<fields of {}>", of_class(class)),
            FuncKind::StaticInit(class) => format!("<statics of {}>", of_class(class)),
            _ if own.is_empty() => "<anonymous>".to_string(),
            _ => own.to_string(),
        };
        self.tables.string(&text)
    }
}

fn receiver(decl: &hir::Function, form: Form) -> Receiver {
    match decl.kind {
        FuncKind::Main => Receiver::None,
        FuncKind::Declared | FuncKind::Closure
            if form == Form::Direct && decl.captures.is_empty() =>
        {
            Receiver::None
        }
        FuncKind::Declared | FuncKind::Closure => Receiver::Closure,
        FuncKind::ClosureThis => Receiver::ClosureThis,
        _ => Receiver::This,
    }
}

fn flags(decl: &hir::Function) -> FuncFlags {
    FuncFlags {
        constructor: matches!(decl.kind, FuncKind::Constructor(_)),
        intrinsic: decl.intrinsic,
        builtin: decl.builtin,
        initialiser: matches!(decl.kind, FuncKind::FieldInit(_) | FuncKind::StaticInit(_)),
        exported: false,
    }
}

impl Lower<'_, '_> {
    /// Registers of the hidden and declared parameters.
    fn parameters(&mut self, receiver: Receiver, this: Option<TypeId>, sig: SigId) {
        if matches!(receiver, Receiver::Closure | Receiver::ClosureThis) {
            let ty = self.c.tables.ty(TypeDesc::Function(sig));
            self.variable(ty);
        }
        match receiver {
            Receiver::This => {
                let ty = this.unwrap_or(self.c.any);
                self.variable(ty);
            }
            Receiver::ClosureThis => {
                self.variable(self.c.any);
            }
            _ => {}
        }
        let decl = self.decl;
        let mut declared: Vec<(LocalId, VReg)> = Vec::with_capacity(decl.params.len());
        for p in &decl.params {
            let ty = self.reg_type(self.local(p.local).ty).0;
            let reg = self.variable(ty);
            declared.push((p.local, reg));
        }
        let wanted = self.c.tables.module.signatures[sig.index()].params.clone();
        // A shaped closure takes what its function type passes, used or not.
        for &ty in wanted.iter().skip(declared.len()) {
            self.variable(ty);
        }
        self.f.params = self.f.regs.len() as u32;
        for (i, (local, reg)) in declared.into_iter().enumerate() {
            let mut value = reg;
            if let Some(&ty) = wanted.get(i)
                && self.c.tables.repr(ty) != self.repr(reg)
            {
                // The function type passes another representation.
                let own = self.f.reg(reg).ty;
                let repr = self.c.tables.repr(ty);
                self.f.regs[reg.index()].ty = ty;
                self.f.regs[reg.index()].repr = repr;
                value = self.convert(reg, own);
            }
            if self.local(local).boxed {
                self.make_cell(local);
                self.init_local(local, value);
            } else {
                self.slots[local.index()] = Some(Slot::Reg(value));
            }
        }
    }

    /// Registers of what a closure captured.
    fn captures(&mut self) {
        let decl = self.decl;
        let own = if self.scope_captures() {
            &[]
        } else {
            &*decl.captures
        };
        for (i, capture) in own.iter().enumerate() {
            let local = self.local(capture.local);
            let ty = self.reg_type(local.ty).0;
            let (held, field) = if local.boxed {
                let (class, field) = self.c.scope_class(ty);
                (class, Some(field))
            } else {
                (ty, None)
            };
            self.f.captures.push(held);
            let object = self.emit_to(held, Op::GetCapture, 0, i as u32);
            self.slots[capture.local.index()] = Some(match field {
                Some(field) => Slot::Cell { object, field },
                None => Slot::Reg(object),
            });
        }
        for (i, local) in decl.locals.iter().enumerate() {
            let this = self.this_index();
            let known = match local.kind {
                LocalKind::This => Some(VReg(this)),
                LocalKind::SelfClosure(func) => Some(self.own_closure(func)),
                _ => None,
            };
            if let Some(reg) = known
                && self.slots[i].is_none()
            {
                self.slots[i] = Some(Slot::Reg(reg));
            }
        }
    }

    /// The closure that is running; a function that is called directly gets none and
    /// makes one like anybody else.
    fn own_closure(&mut self, func: hir::FuncId) -> VReg {
        if self.f.receiver != Receiver::None {
            return VReg(0);
        }
        let subst = self.subst.clone();
        let sig = self.c.instance_signature(func, &subst);
        let id = self.c.request_with(func, subst, None, Form::Value);
        let ty = self.c.tables.ty(TypeDesc::Function(sig));
        self.emit_to(ty, Op::GetFunction, id.0.into(), 0)
    }

    /// Register of `this`.
    pub fn this_index(&self) -> u32 {
        u32::from(self.f.receiver == Receiver::ClosureThis)
    }

    fn body(&mut self) {
        let decl = self.decl;
        let Some(body) = &decl.body else {
            let what = format!(
                "`{}` was reached and has no body",
                self.c.names.text(decl.name)
            );
            self.fail(decl.span, &what);
            self.end(Term::Exit {
                op: Op::RetVoid,
                a: 0,
            });
            return;
        };
        self.block_stmts(&body.stmts);
        self.return_null();
    }

    /// Returns null, as the end of a body does.
    pub fn return_null(&mut self) {
        let null = self.c.null;
        let ret = self.f.ret;
        if raya_bytecode::assignable(&self.c.tables.module, null, ret) {
            self.end(Term::Exit {
                op: Op::RetVoid,
                a: 0,
            });
        } else {
            self.end_impossible();
        }
    }

    /// Ends a block that type checking has shown to be unreachable. Where the graph
    /// alone does not show it, the block still must not fall off the end.
    pub fn end_impossible(&mut self) {
        let text = self.c.tables.string("unreachable code was reached");
        let value = self.const_str(text);
        let block = self.cur;
        self.f.blocks[block.index()].cold = true;
        self.end(Term::Exit {
            op: Op::Throw,
            a: value.0,
        });
    }

    /// Whether values of a type are always objects.
    pub fn is_pointer(&self, ty: TypeId) -> bool {
        matches!(
            self.c.tables.desc(ty),
            TypeDesc::String
                | TypeDesc::LitString(_)
                | TypeDesc::Array(_)
                | TypeDesc::ReadonlyArray(_)
                | TypeDesc::Tuple { .. }
                | TypeDesc::Class(_)
                | TypeDesc::ClassOrigin(_)
                | TypeDesc::ClassObject(_)
                | TypeDesc::Function(_)
                | TypeDesc::Object(_)
                | TypeDesc::Dict(_)
                | TypeDesc::AnyObject
        )
    }
}
