//! Windows: calls and the other operations that take a run of registers. The run
//! lies in the frame, its registers have the types that the callee declares.

use super::tables::{layout_ok, resolve_method, resolve_native, resolve_prop};
use super::{Check, Checked, function, hidden, run};
use crate::{
    FRAME_HEADER, Instr, MethodId, MethodKind, NativeType, Op, PropId, Receiver, Repr, SigId,
    TypeDesc, TypeId,
};

/// A window: first register, registers before the arguments, number of arguments.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub base: u16,
    pub offset: usize,
    pub args: usize,
    /// Whether the base receives the result and the rest is dead afterwards.
    pub call: bool,
}

/// The window of an instruction.
pub(super) fn window(instr: Instr) -> Option<Window> {
    let header = FRAME_HEADER as usize;
    let (base, offset, args, call) = match instr.op {
        Op::Call | Op::CallMethod | Op::CallSuper | Op::CallClosure | Op::CallProp => {
            (instr.a, header, instr.c as usize, true)
        }
        Op::CallAnyMethod => (instr.a, header, instr.c as usize + 1, true),
        Op::CallAny | Op::NewAny => (instr.a, header, instr.b as usize + 1, true),
        Op::CallSpread | Op::NewSpread => (instr.a, header, 2, true),
        Op::NativeCall => (instr.a, 1, instr.c as usize, true),
        Op::StrConcatN => (instr.b, 0, instr.c as usize, false),
        _ => return None,
    };
    Some(Window {
        base,
        offset,
        args,
        call,
    })
}

impl Check<'_> {
    pub(super) fn window(&self, instr: Instr) -> Checked {
        if instr.op == Op::MakeClosure {
            return self.captures(instr);
        }
        let Some(w) = window(instr) else {
            return Ok(());
        };
        let end = w.base as usize + w.offset + w.args;
        if end > self.f.regs.len() || end > u16::MAX as usize {
            return Err("a window runs over the end of the frame".into());
        }
        let first = w.base + w.offset as u16;
        match instr.op {
            Op::StrConcatN => {
                for reg in run(first, w.args) {
                    self.string(reg.0)?;
                }
                Ok(())
            }
            Op::NativeCall => self.native(instr, first),
            Op::Call => self.call(instr, first),
            Op::CallMethod | Op::CallSuper => self.method_call(instr, first),
            Op::CallClosure => {
                if instr.c == 0 || !self.is_function(self.reg_type(first)?) {
                    return Err("what is called is no function".into());
                }
                self.call_signature(SigId(instr.b), first + 1, w.args - 1, instr.a)
            }
            Op::CallProp => self.prop_call(instr, first),
            _ => {
                for reg in run(first, w.args) {
                    self.word(reg.0)?;
                }
                if matches!(instr.op, Op::CallSpread | Op::NewSpread) {
                    self.any_array(first + 1)?;
                }
                self.gives_any(instr.a)
            }
        }
    }

    fn captures(&self, instr: Instr) -> Checked {
        let f = function(self.m, instr.b)?;
        if !matches!(f.receiver, Receiver::Closure | Receiver::ClosureThis) {
            return Err("a closure over a function that takes none".into());
        }
        let end = instr.c as usize + f.captures.len();
        if end > self.f.regs.len() && !f.captures.is_empty() {
            return Err("captures run over the end of the frame".into());
        }
        for (reg, &ty) in run(instr.c, f.captures.len()).zip(&f.captures) {
            self.fits(self.reg_type(reg.0)?, ty, "a capture")?;
        }
        self.word_fits(&TypeDesc::Function(f.sig), instr.a, "a closure")
    }

    fn call(&self, instr: Instr, first: u16) -> Checked {
        let f = function(self.m, instr.b)?;
        let count = instr.c as usize;
        match f.receiver {
            Receiver::None => self.call_signature(f.sig, first, count, instr.a),
            Receiver::This if count > 0 => {
                self.fits(self.reg_type(first)?, f.regs[0], "the receiver")?;
                self.call_signature(f.sig, first + 1, count - 1, instr.a)
            }
            _ => Err(format!(
                "a direct call of a function with {} hidden registers",
                hidden(f.receiver)
            )),
        }
    }

    /// Arguments and result against a signature.
    fn call_signature(&self, sig: SigId, first: u16, count: usize, base: u16) -> Checked {
        let sig = &self.m.signatures[sig.index()];
        if sig.params.len() != count {
            return Err(format!(
                "{count} arguments for {} parameters",
                sig.params.len()
            ));
        }
        for (reg, &ty) in run(first, count).zip(&sig.params) {
            self.fits(self.reg_type(reg.0)?, ty, "an argument")?;
        }
        self.fits(sig.ret, self.reg_type(base)?, "the result")
    }

    fn method_call(&self, instr: Instr, first: u16) -> Checked {
        let method = resolve_method(self.m, MethodId(instr.b))?;
        let count = instr.c as usize;
        if count == 0 {
            return Err("a method call without a receiver".into());
        }
        let wanted = match method.kind {
            MethodKind::Method | MethodKind::Getter | MethodKind::Setter => {
                if instr.op == Op::CallMethod {
                    layout_ok(self.m, method.class)?;
                }
                TypeDesc::Class(method.class)
            }
            _ => TypeDesc::ClassObject(method.class),
        };
        self.is_a(first, &wanted)?;
        self.call_signature(method.sig, first + 1, count - 1, instr.a)
    }

    /// Whether a register surely holds an instance (or class object) of a class.
    pub(super) fn is_a(&self, reg: u16, wanted: &TypeDesc) -> Checked {
        let ok = match (self.desc(reg)?, wanted) {
            (TypeDesc::Class(a), TypeDesc::Class(b))
            | (TypeDesc::ClassObject(a), TypeDesc::ClassObject(b)) => {
                crate::inherits(self.m, *a, *b)
            }
            _ => false,
        };
        if ok {
            Ok(())
        } else {
            Err(format!("register {reg} is of another class"))
        }
    }

    fn prop_call(&self, instr: Instr, first: u16) -> Checked {
        let prop = resolve_prop(self.m, PropId(instr.b))?;
        let TypeDesc::Function(sig) = self.m.types[prop.ty.index()] else {
            return Err("a called member is no function".into());
        };
        if instr.c == 0 {
            return Err("a member call without a receiver".into());
        }
        self.word(first)?;
        self.call_signature(sig, first + 1, instr.c as usize - 1, instr.a)
    }

    fn native(&self, instr: Instr, first: u16) -> Checked {
        let native = resolve_native(instr.b)?;
        if native.params.len() != instr.c as usize {
            return Err(format!("{} arguments for {}", instr.c, native.name));
        }
        for (reg, &(name, ty)) in run(first, native.params.len()).zip(native.params) {
            self.native_argument(reg.0, ty)
                .map_err(|e| format!("argument {name} of {}: {e}", native.name))?;
        }
        let ret = self.reg_type(instr.a)?;
        let repr = |r: Repr| {
            if self.m.repr(ret) == r {
                Ok(())
            } else {
                Err("the result has another representation".to_string())
            }
        };
        match native.ret {
            NativeType::F64 => repr(Repr::F64),
            NativeType::I32 => repr(Repr::I32),
            NativeType::Bool => repr(Repr::Bool),
            NativeType::Str => self.word_fits(&TypeDesc::String, instr.a, "the result"),
            NativeType::Void => self.word_fits(&TypeDesc::Null, instr.a, "the result"),
            NativeType::Any | NativeType::Arr => self.gives_any(instr.a),
        }
    }

    fn native_argument(&self, reg: u16, ty: NativeType) -> Checked {
        let repr = match ty {
            NativeType::F64 => Repr::F64,
            NativeType::I32 => Repr::I32,
            NativeType::Bool => Repr::Bool,
            NativeType::Str => return self.string(reg),
            NativeType::Arr => return self.array_like(reg),
            NativeType::Any => Repr::Word,
            NativeType::Void => return Err("a parameter of type void".into()),
        };
        if self.m.repr(self.reg_type(reg)?) == repr {
            Ok(())
        } else {
            Err("another representation".into())
        }
    }

    // ---- kinds of registers

    pub(super) fn word(&self, reg: u16) -> Checked {
        if self.m.repr(self.reg_type(reg)?) == Repr::Word {
            Ok(())
        } else {
            Err(format!("register {reg} holds no word"))
        }
    }

    pub(super) fn string(&self, reg: u16) -> Checked {
        let ty = self.reg_type(reg)?;
        let all = |t: TypeId| {
            matches!(
                self.m.types[t.index()],
                TypeDesc::String | TypeDesc::LitString(_)
            )
        };
        let ok = match &self.m.types[ty.index()] {
            TypeDesc::Union(members) => members.iter().all(|&t| all(t)),
            _ => all(ty),
        };
        if ok {
            Ok(())
        } else {
            Err(format!("register {reg} holds no string"))
        }
    }

    pub(super) fn array_like(&self, reg: u16) -> Checked {
        let ty = self.reg_type(reg)?;
        let all = |t: TypeId| {
            matches!(
                self.m.types[t.index()],
                TypeDesc::Array(_) | TypeDesc::ReadonlyArray(_) | TypeDesc::Tuple { .. }
            )
        };
        let ok = match &self.m.types[ty.index()] {
            TypeDesc::Union(members) => members.iter().all(|&t| all(t)),
            _ => all(ty),
        };
        if ok {
            Ok(())
        } else {
            Err(format!("register {reg} holds no array"))
        }
    }

    fn any_array(&self, reg: u16) -> Checked {
        match *self.desc(reg)? {
            TypeDesc::Array(elem) if self.is_any(elem) => Ok(()),
            _ => Err(format!("register {reg} holds no array of any")),
        }
    }

    /// Whether all values are functions, of whatever signatures: the call finds out which.
    fn is_function(&self, ty: TypeId) -> bool {
        match &self.m.types[ty.index()] {
            TypeDesc::Function(_) => true,
            TypeDesc::Union(members) => {
                (members.iter()).all(|m| matches!(self.m.types[m.index()], TypeDesc::Function(_)))
            }
            _ => false,
        }
    }

    /// A destination that receives any value must promise nothing.
    pub(super) fn gives_any(&self, reg: u16) -> Checked {
        if self.is_any(self.reg_type(reg)?) {
            Ok(())
        } else {
            Err(format!(
                "register {reg} receives any value but is not of type any"
            ))
        }
    }
}
