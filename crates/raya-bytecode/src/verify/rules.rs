//! Types of the operands of single instructions, beyond their representations.

use super::tables::{layout_ok, resolve_field, resolve_method, resolve_prop};
use super::{Check, Checked, function};
use crate::{
    ClassId, Const, FieldId, GlobalId, Instr, MethodId, MethodKind, Op, PropId, Receiver, Repr,
    TypeDesc, TypeId,
};

impl Check<'_> {
    pub(super) fn rules(&self, instr: Instr) -> Checked {
        let Instr { op, a, b, c } = instr;
        match op {
            Op::Mov => self.fits(self.reg_type(b)?, self.reg_type(a)?, "a copy"),
            Op::LoadConst => self.load_const(a, b),
            Op::LoadNull => self.word_fits(&TypeDesc::Null, a, "null"),
            Op::GetGlobal | Op::GetGlobalChecked => {
                let ty = self.m.globals[GlobalId(b).index()].ty;
                if op == Op::GetGlobal && self.m.repr(ty) == Repr::Word {
                    return Err("a word variable is read without a test".into());
                }
                self.fits(ty, self.reg_type(a)?, "a variable")
            }
            Op::SetGlobal => {
                let ty = self.m.globals[GlobalId(b).index()].ty;
                self.fits(self.reg_type(a)?, ty, "a variable")
            }
            Op::GetFunction => self.get_function(a, b),
            Op::CloneClosure => self.clone_closure(a, b),
            Op::GetClass => self.word_fits(&TypeDesc::ClassObject(ClassId(b)), a, "a class"),
            Op::BoxF64 => self.word_fits(&TypeDesc::Number, a, "a number"),
            Op::BoxI32 => self.word_fits(&TypeDesc::Int, a, "an int"),
            Op::BoxBool => self.word_fits(&TypeDesc::Boolean, a, "a boolean"),
            Op::CheckType | Op::Cast | Op::Narrow => {
                self.fits(TypeId(c), self.reg_type(a)?, "a checked value")
            }
            Op::NonNull => self.non_null(a, b),
            Op::F64ToStr | Op::I32ToStr | Op::BoolToStr | Op::ToStr | Op::TypeOf => {
                self.word_fits(&TypeDesc::String, a, "a string")
            }
            Op::TruthyStr => self.string(b),
            Op::EqStr | Op::LtStr | Op::LeStr => {
                self.string(b)?;
                self.string(c)
            }
            Op::StrLen | Op::StrCharCode | Op::StrUnit => self.string(b),
            Op::StrConcat => {
                self.string(b)?;
                self.string(c)?;
                self.word_fits(&TypeDesc::String, a, "a string")
            }
            Op::StrConcatN => self.word_fits(&TypeDesc::String, a, "a string"),
            Op::StrIndex => {
                self.string(b)?;
                self.word_fits(&TypeDesc::String, a, "a string")
            }
            Op::JumpArrayEnd | Op::LoopIncArray | Op::ArrayLen => self.array_like(b),
            Op::AddAny
            | Op::SubAny
            | Op::MulAny
            | Op::DivAny
            | Op::ModAny
            | Op::LtAny
            | Op::LeAny
            | Op::GtAny
            | Op::GeAny
            | Op::EqAny
            | Op::NeAny
            | Op::BinaryAny
            | Op::UnaryAny
            | Op::GetIter
            | Op::IterNext
            | Op::GetAttr
            | Op::GetItem
            | Op::GetItemOpt => self.gives_any(a),
            Op::Ret => {
                let ret = self.m.signatures[self.f.sig.index()].ret;
                self.fits(self.reg_type(a)?, ret, "the result")
            }
            Op::RetVoid => self.ret_void(),
            _ => self.object_rules(instr),
        }
    }

    fn object_rules(&self, instr: Instr) -> Checked {
        let Instr { op, a, b, c } = instr;
        match op {
            Op::NewObject => self.word_fits(&TypeDesc::Class(ClassId(b)), a, "an object"),
            Op::NewDict => {
                if !matches!(self.m.types[b as usize], TypeDesc::Dict(_)) {
                    return Err("a dictionary of another type".into());
                }
                self.fits(TypeId(b), self.reg_type(a)?, "a dictionary")
            }
            Op::GetField | Op::GetFieldSet | Op::ReadField => self.get_field(instr),
            Op::SetField | Op::WriteField => {
                let (field, found) = resolve_field(self.m, FieldId(b))?;
                if field.is_static {
                    return Err("a static field of an instance".into());
                }
                layout_ok(self.m, field.class)?;
                self.is_a(a, &TypeDesc::Class(field.class))?;
                self.fits(self.reg_type(c)?, found.ty, "a field")
            }
            Op::GetProp => {
                let prop = resolve_prop(self.m, PropId(c))?;
                self.fits(prop.ty, self.reg_type(a)?, "a member")?;
                if prop.optional && self.m.repr(prop.ty) == Repr::Word {
                    self.word_fits(&TypeDesc::Null, a, "an absent member")?;
                }
                Ok(())
            }
            Op::SetProp => {
                let prop = resolve_prop(self.m, PropId(b))?;
                self.fits(self.reg_type(c)?, prop.ty, "a member")
            }
            Op::GetStatic | Op::SetStatic => {
                let (field, found) = resolve_field(self.m, FieldId(b))?;
                if !field.is_static {
                    return Err("an instance field of a class".into());
                }
                if op == Op::GetStatic {
                    self.fits(found.ty, self.reg_type(a)?, "a static field")
                } else {
                    self.fits(self.reg_type(a)?, found.ty, "a static field")
                }
            }
            Op::GetMethod => {
                let method = resolve_method(self.m, MethodId(c))?;
                let wanted = match method.kind {
                    MethodKind::Static => TypeDesc::ClassObject(method.class),
                    _ => TypeDesc::Class(method.class),
                };
                self.is_a(b, &wanted)?;
                self.word_fits(&TypeDesc::Function(method.sig), a, "a method")
            }
            Op::GetCapture => self.get_capture(instr),
            _ => self.array_rules(instr),
        }
    }

    fn array_rules(&self, instr: Instr) -> Checked {
        let Instr { op, a, b, c } = instr;
        match op {
            Op::NewArray | Op::NewArrayCap => {
                let ok = match self.m.types[b as usize] {
                    TypeDesc::Array(_) => true,
                    TypeDesc::Tuple { .. } => op == Op::NewArrayCap,
                    _ => false,
                };
                if !ok {
                    return Err("an array of another type".into());
                }
                self.fits(TypeId(b), self.reg_type(a)?, "an array")
            }
            Op::ArrayPush => self.element_in(a, b),
            Op::ArrayPop => {
                let TypeDesc::Array(elem) = *self.desc(b)? else {
                    return Err("a pop from something else than an array".into());
                };
                self.word_fits(&TypeDesc::Null, a, "an absent element")?;
                self.boxed_element(elem, a)
            }
            Op::ArrayGetF64 | Op::ArrayGetI32 | Op::ArrayGetBool | Op::ArrayGetW => {
                self.element_out(op, a, b)
            }
            Op::ArraySetF64 | Op::ArraySetI32 | Op::ArraySetBool => self.element_in(a, c),
            Op::ArraySetW => {
                self.known_elements(a)?;
                self.element_in(a, c)
            }
            Op::ArraySetLen | Op::ArrayExtend => match self.desc(a)? {
                TypeDesc::Array(_) => Ok(()),
                _ => Err("a growing or shrinking value is no array".into()),
            },
            _ => Ok(()),
        }
    }

    fn load_const(&self, a: u16, b: u16) -> Checked {
        let desc = match self.m.consts[b as usize] {
            Const::Str(_) => TypeDesc::String,
            Const::F64(_) => TypeDesc::Number,
            Const::I32(_) => TypeDesc::Int,
        };
        self.word_fits(&desc, a, "a constant")
    }

    fn get_function(&self, a: u16, b: u16) -> Checked {
        let f = function(self.m, b)?;
        if !matches!(f.receiver, Receiver::Closure | Receiver::ClosureThis)
            || !f.captures.is_empty()
        {
            return Err("a function with captures is used without them".into());
        }
        self.word_fits(&TypeDesc::Function(f.sig), a, "a function")
    }

    /// Which closure lends its captures is tested at run time.
    fn clone_closure(&self, a: u16, b: u16) -> Checked {
        let f = function(self.m, b)?;
        if f.receiver != Receiver::Closure {
            return Err("a closure over a function that takes none".into());
        }
        self.word_fits(&TypeDesc::Function(f.sig), a, "a closure")
    }

    /// Only null is tested, so everything else must fit already.
    fn non_null(&self, a: u16, b: u16) -> Checked {
        let (from, to) = (self.reg_type(b)?, self.reg_type(a)?);
        let ok = crate::assignable_but_null(self.m, from, to);
        if ok {
            Ok(())
        } else {
            Err("more than null would have to be refused".into())
        }
    }

    fn ret_void(&self) -> Checked {
        let ret = self.m.signatures[self.f.sig.index()].ret;
        if crate::word_fits(self.m, &TypeDesc::Null, ret)
            || matches!(self.m.types[ret.index()], TypeDesc::Never)
        {
            Ok(())
        } else {
            Err("null is returned where the result cannot be null".into())
        }
    }

    fn get_field(&self, instr: Instr) -> Checked {
        let (field, found) = resolve_field(self.m, FieldId(instr.c))?;
        if field.is_static {
            return Err("a static field of an instance".into());
        }
        layout_ok(self.m, field.class)?;
        self.is_a(instr.b, &TypeDesc::Class(field.class))?;
        let word = self.m.repr(found.ty) == Repr::Word;
        let scope = self.m.classes[field.class.index()].flags.is_scope;
        if instr.op == Op::GetField && word && !scope {
            return Err("a word field is read without a test".into());
        }
        if instr.op != Op::GetField && found.optional {
            self.word_fits(&TypeDesc::Null, instr.a, "an absent field")?;
        }
        self.fits(found.ty, self.reg_type(instr.a)?, "a field")
    }

    fn get_capture(&self, instr: Instr) -> Checked {
        if instr.b != 0 || !matches!(self.f.receiver, Receiver::Closure | Receiver::ClosureThis) {
            return Err("captures of something else than the closure".into());
        }
        match self.f.captures.get(instr.c as usize) {
            Some(&ty) => self.fits(ty, self.reg_type(instr.a)?, "a capture"),
            None => Err(format!("there is no capture {}", instr.c)),
        }
    }

    // ---- elements

    fn element_out(&self, op: Op, a: u16, b: u16) -> Checked {
        let (elem, exact) = match *self.desc(b)? {
            TypeDesc::Array(elem) => (elem, true),
            TypeDesc::ReadonlyArray(elem) => (elem, false),
            TypeDesc::Tuple {
                ref elems, rest, ..
            } if op == Op::ArrayGetW => {
                // At whatever position, it is one of these.
                let mut all = elems.iter().copied().chain(rest);
                return match all.all(|elem| self.boxed_element(elem, a).is_ok()) {
                    true => Ok(()),
                    false => self.gives_any(a),
                };
            }
            _ => return Err("an element of something else than an array".into()),
        };
        self.known_elements(b)?;
        let repr = self.m.repr(elem);
        let stored = match op {
            Op::ArrayGetF64 => Repr::F64,
            Op::ArrayGetI32 => Repr::I32,
            Op::ArrayGetBool => Repr::Bool,
            _ => Repr::Word,
        };
        if repr != stored || !exact && crate::may_view_unboxed(self.m, elem) {
            return Err("an element of another representation".into());
        }
        self.fits(elem, self.reg_type(a)?, "an element")
    }

    fn element_in(&self, array: u16, value: u16) -> Checked {
        match *self.desc(array)? {
            TypeDesc::Array(elem) => {
                let ty = self.reg_type(value)?;
                if self.m.repr(ty) != self.m.repr(elem) {
                    return Err("an element of another representation".into());
                }
                self.fits(ty, elem, "an element")
            }
            // Reads of a tuple narrow each element.
            TypeDesc::Tuple { .. } => self.word(value),
            _ => Err("an element of something else than an array".into()),
        }
    }

    /// An `any[]` may store elements of any representation: accesses go through the slots.
    fn known_elements(&self, array: u16) -> Checked {
        match *self.desc(array)? {
            TypeDesc::Array(elem) if self.is_any(elem) => {
                Err("an element of any[] is accessed directly".into())
            }
            _ => Ok(()),
        }
    }

    fn boxed_element(&self, elem: TypeId, a: u16) -> Checked {
        match self.m.repr(elem) {
            Repr::Word => self.fits(elem, self.reg_type(a)?, "an element"),
            Repr::F64 => self.word_fits(&TypeDesc::Number, a, "an element"),
            Repr::I32 => self.word_fits(&TypeDesc::Int, a, "an element"),
            Repr::Bool => self.word_fits(&TypeDesc::Boolean, a, "an element"),
        }
    }
}
