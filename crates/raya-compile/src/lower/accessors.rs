//! Accessors of object literals.
//!
//! The closure of `get x() {}` lies in a private field of the literal; the class of
//! the literal has a getter that calls it. So reads through any path find an
//! ordinary accessor.

use super::Compiler;
use crate::ir::{At, Func, Inlined, Inst, Term, VReg};
use raya_bytecode::{
    Class, ClassFlags, ClassId, Field, FieldRef, FuncFlags, FuncId, Member, Method, MethodKind, Op,
    Receiver, SigId, StrId, TypeDesc,
};

/// An accessor of a literal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Accessor {
    /// The member.
    pub name: StrId,
    /// Signature of its closure.
    pub sig: SigId,
    /// `get`, else `set`.
    pub getter: bool,
}

/// Name of the field that holds an accessor's closure; no program can write it.
pub(super) fn hidden_name(how: &str, member: &str) -> String {
    format!("#{how} {member}")
}

impl Compiler<'_> {
    /// The class of a literal with accessors; `members` are all that it has, in the order of
    /// the text. The fields keep that order: it is how keys are told and values shown.
    pub(super) fn accessor_class(&mut self, members: &[Member], accessors: &[Accessor]) -> ClassId {
        let hidden: Vec<StrId> = accessors.iter().map(|a| self.hidden_field(a)).collect();
        let mut fields = Vec::with_capacity(members.len() + accessors.len());
        for m in members {
            let closures = accessors.iter().zip(&hidden);
            let own: Vec<_> = closures.filter(|(a, _)| a.name == m.name).collect();
            if own.is_empty() {
                fields.push(Field {
                    name: m.name,
                    ty: m.ty,
                    optional: m.optional,
                    private: false,
                    readonly: false,
                });
            }
            for (a, &name) in own {
                fields.push(self.closure_field(name, a.sig));
            }
        }
        // What the literal's type does not tell stays reachable through any.
        for (a, &name) in accessors.iter().zip(&hidden) {
            if !members.iter().any(|m| m.name == a.name) {
                fields.push(self.closure_field(name, a.sig));
            }
        }
        let name = self.tables.string("Object");
        let id = self.tables.class(Class {
            name,
            qualified: name,
            origin: ClassId(0),
            args: Vec::new(),
            bases: Vec::new(),
            primary: 0,
            fields,
            methods: Vec::new(),
            statics: Vec::new(),
            static_init: None,
            constructor: None,
            flags: ClassFlags {
                is_literal: true,
                ..ClassFlags::default()
            },
        });
        if self.tables.overflow.is_some() {
            return id;
        }
        let mut methods = Vec::with_capacity(accessors.len());
        for (a, field) in accessors.iter().zip(hidden) {
            methods.push(Method {
                name: a.name,
                kind: if a.getter {
                    MethodKind::Getter
                } else {
                    MethodKind::Setter
                },
                func: Some(self.forwarder(id, a, field)),
                sig: a.sig,
            });
        }
        let class = &mut self.tables.module.classes[id.index()];
        class.origin = id;
        class.methods = methods;
        id
    }

    fn hidden_field(&mut self, accessor: &Accessor) -> StrId {
        let how = if accessor.getter { "get" } else { "set" };
        let text = hidden_name(how, &self.tables.module.str(accessor.name));
        self.tables.string(&text)
    }

    fn closure_field(&mut self, name: StrId, sig: SigId) -> Field {
        Field {
            name,
            ty: self.tables.ty(TypeDesc::Function(sig)),
            optional: false,
            private: true,
            readonly: true,
        }
    }

    /// `function (this) { return this.#closure(…) }`
    fn forwarder(&mut self, class: ClassId, accessor: &Accessor, field: StrId) -> FuncId {
        let sig = self.tables.module.signatures[accessor.sig.index()].clone();
        let this = self.tables.ty(TypeDesc::Class(class));
        let closure_ty = self.tables.ty(TypeDesc::Function(accessor.sig));
        let field = self.tables.field(FieldRef {
            class,
            name: field,
            is_static: false,
        });
        let mut func = Func {
            name: accessor.name,
            qualified: accessor.name,
            param_names: Vec::new(),
            receiver: Receiver::This,
            sig: accessor.sig,
            ret: sig.ret,
            params: 1 + sig.params.len() as u32,
            regs: Vec::new(),
            blocks: Vec::new(),
            pool: Vec::new(),
            handlers: Vec::new(),
            captures: Vec::new(),
            inlined: vec![Inlined {
                name: accessor.name,
                call: At::default(),
                file: 0,
                builtin: false,
            }],
            flags: FuncFlags::default(),
        };
        let mut reg = |ty| func.new_reg(ty, self.tables.repr(ty), false);
        reg(this);
        let mut args: Vec<VReg> = sig.params.iter().map(|&ty| reg(ty)).collect();
        let (closure, result) = (reg(closure_ty), reg(sig.ret));
        args.insert(0, closure);
        let block = func.new_block(None);
        let args = func.new_args(args);
        let block = &mut func.blocks[block.index()];
        block.insts.push(Inst::new(
            Op::GetFieldSet,
            closure.0,
            0,
            field.0.into(),
            At::default(),
        ));
        block.insts.push(Inst {
            op: Op::CallClosure,
            a: result.0,
            b: accessor.sig.0.into(),
            c: 0,
            args,
            at: At::default(),
        });
        block.term = Term::Exit {
            op: Op::Ret,
            a: result.0,
        };
        self.add_function(func)
    }
}
