//! Calls that runtime code makes: of functions, of any callable, of slots, of bridges.
//!
//! Owns the boxed convention: arguments are words, each is checked against the parameter
//! it becomes, the result is boxed. Typed calls go through the tiers and only come here when
//! call interfaces differ. Reaches the interpreter through [`Hooks`](crate::hooks::Hooks) alone.
//!
//! Invariant: arguments are converted before anything is written to the VM stack, since
//! conversion may run user code that uses the same slots.

use raya_bytecode::Receiver;

use crate::abi::{R, Thrown};
use crate::caches::{SiteQuestion, site_key};
use crate::casts::is_subtype;
use crate::ctx::Ctx;
use crate::desc::{DescKind, DescRef};
use crate::errors::ErrorKind;
use crate::func::{FuncInfo, SigInfo};
use crate::mem::alloc::box_slot;
use crate::mem::array::Array;
use crate::mem::object::Instance;
use crate::mem::refs::Ref;
use crate::mem::slots::Slots;
use crate::mem::value::Value;
use crate::super_access::{Constructor, first_constructor};
use crate::type_info::{Attr, Form, SlotFn, TypeKind, TypeRef, type_flags};

use raya_bytecode::Slot;

/// What to do with more arguments than parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surplus {
    /// `TypeError`: calls written on `any`.
    Refuse,
    /// Drop them: calls through a function type.
    Drop,
}

/// Register slots of an argument list under construction.
type Bits = smallvec::SmallVec<[u64; 12]>;

impl Ctx {
    /// Calls any value with boxed arguments, through its call slot.
    pub fn call(&mut self, callee: Value, args: &[Value]) -> R<Value> {
        self.call_with(callee, args, Surplus::Refuse)
    }

    /// As [`Ctx::call`], with a choice about surplus arguments.
    pub fn call_with(&mut self, callee: Value, args: &[Value], surplus: Surplus) -> R<Value> {
        if let Some(closure) = self.as_closure(callee) {
            let func = closure.func();
            if func.takes_this() {
                let Some((&this, rest)) = args.split_first() else {
                    return Err(self.missing_arguments(&func, None));
                };
                return self.call_function(func, callee, this, rest, surplus);
            }
            return self.call_function(func, callee, Value::NULL, args, surplus);
        }
        if let Some((receiver, func)) = self.as_bound_method(callee) {
            return self.call_bound(func, receiver, args, surplus);
        }
        if let Some((def, receiver)) = self.as_native(callee) {
            // Read off a class it takes its receiver as its first argument.
            return match args.split_first() {
                Some((&this, rest)) if receiver.is_unset() && def.name != "__new__" => {
                    self.call_native(def, this, rest, surplus)
                }
                None if receiver.is_unset() && def.name != "__new__" => {
                    let message = format!("unbound method {}() needs an argument", def.name);
                    Err(self.type_error(&message))
                }
                _ => self.call_native(def, receiver, args, surplus),
            };
        }
        if let Some(class) = self.as_class(callee) {
            return self.construct(class, args);
        }
        let slot = self.type_of(callee).slot(Slot::call, Form::Forward);
        if slot.is_absent() {
            let message = format!("'{}' object is not callable", self.type_name(callee));
            return Err(self.type_error(&message));
        }
        let mut all = Values::with_capacity(args.len() + 1);
        all.push(callee);
        all.extend_from_slice(args);
        self.call_slot(slot, &all)
    }

    /// Whether a value can be called.
    pub fn is_callable(&self, v: Value) -> bool {
        let ty = self.type_of(v);
        matches!(
            ty.kind,
            TypeKind::Function
                | TypeKind::BoundMethod
                | TypeKind::NativeFunction
                | TypeKind::ClassObject
        ) || !ty.slot(Slot::call, Form::Forward).is_absent()
    }

    /// Calls `func` with `this`: functions without `this` get the arguments alone.
    pub(crate) fn call_bound(
        &mut self,
        func: Value,
        this: Value,
        args: &[Value],
        surplus: Surplus,
    ) -> R<Value> {
        match self.as_closure(func) {
            Some(closure) => self.call_function(closure.func(), func, this, args, surplus),
            None => match self.as_native(func) {
                Some((def, _)) => self.call_native(def, this, args, surplus),
                None => self.call_with(func, args, surplus),
            },
        }
    }

    pub(crate) fn call_native(
        &mut self,
        def: &'static crate::type_info::NativeDef,
        receiver: Value,
        args: &[Value],
        surplus: Surplus,
    ) -> R<Value> {
        let (least, most) = (usize::from(def.arity.0), usize::from(def.arity.1));
        if args.len() < least || args.len() > most && surplus == Surplus::Refuse {
            let expected = if least == most {
                format!("exactly {least}")
            } else if args.len() < least {
                format!("at least {least}")
            } else {
                format!("at most {most}")
            };
            let plural = if expected.ends_with(" 1") { "" } else { "s" };
            let message = format!(
                "{}() takes {expected} argument{plural} ({} given)",
                def.name,
                args.len()
            );
            return Err(self.type_error(&message));
        }
        let args = &args[..args.len().min(most)];
        let mut all = Values::with_capacity(args.len() + 1);
        if !receiver.is_unset() {
            all.push(receiver);
        }
        all.extend_from_slice(args);
        (def.func)(self, &all)
    }

    /// Calls a slot function: the receiver first.
    pub(crate) fn call_slot(&mut self, slot: SlotFn, args: &[Value]) -> R<Value> {
        match slot {
            SlotFn::Absent => Ok(Value::NULL),
            SlotFn::Native(native) => native(self, args),
            SlotFn::Method(func) => {
                let (this, rest) = args.split_first().unwrap_or((&Value::NULL, &[]));
                self.call_function(func, *this, *this, rest, Surplus::Refuse)
            }
            SlotFn::User(callee) => {
                let (this, rest) = args.split_first().unwrap_or((&Value::NULL, &[]));
                self.call_bound(callee, *this, rest, Surplus::Refuse)
            }
            SlotFn::Static(field) => {
                let callee = self.read_static(&field);
                self.call_slot(SlotFn::User(callee), args)
            }
        }
    }

    /// Calls a function in the boxed convention. `closure` is the function value (for
    /// its captures), `this` its receiver if it takes one.
    pub fn call_function(
        &mut self,
        func: Ref<FuncInfo>,
        closure: Value,
        this: Value,
        args: &[Value],
        surplus: Surplus,
    ) -> R<Value> {
        if let Some(window) = self.quick_window(&func, closure, this, args) {
            let result = self.run_window(func, window)?;
            return Ok(box_result(result, &func.sig_info));
        }
        let mut bits = Bits::new();
        match func.receiver {
            Receiver::None => {}
            Receiver::Closure => bits.push(closure.0),
            Receiver::This => bits.push(this.0),
            Receiver::ClosureThis => bits.extend([closure.0, this.0]),
        }
        self.convert_arguments(&func, args, surplus, &mut bits)?;
        let result = self.enter(func, &bits)?;
        Ok(box_result(result, &func.sig_info))
    }

    /// A window with converted arguments, where all of them are given and convert at a
    /// glance: then nothing can run while it is filled.
    #[inline]
    fn quick_window(
        &mut self,
        func: &FuncInfo,
        closure: Value,
        this: Value,
        args: &[Value],
    ) -> Option<Slots> {
        let sig = func.sig_info.whole();
        if sig.rest || args.len() != sig.params.len() {
            return None;
        }
        let window = self.new_window(func.nregs as usize)?;
        let mut fp = window.skip(crate::mem::stack::HEADER_WORDS);
        match func.receiver {
            Receiver::None => {}
            Receiver::Closure => fp.set_bits(0, closure.0),
            Receiver::This => fp.set_bits(0, this.0),
            Receiver::ClosureThis => {
                fp.set_bits(0, closure.0);
                fp.set_bits(1, this.0);
            }
        }
        fp = fp.skip(func.first_param());
        for (i, (&arg, &param)) in args.iter().zip(&sig.params).enumerate() {
            fp.set_bits(i, self.convert_quick(arg, param)?);
        }
        Some(window)
    }

    /// Checks the argument count and converts each argument to its parameter.
    fn convert_arguments(
        &mut self,
        func: &FuncInfo,
        args: &[Value],
        surplus: Surplus,
        bits: &mut Bits,
    ) -> R<()> {
        let sig = func.sig_info;
        let fixed = sig.params.len() - usize::from(sig.rest);
        if args.len() < usize::from(sig.required) {
            return Err(self.missing_arguments(func, Some(args.len())));
        }
        if args.len() > fixed && !sig.rest && surplus == Surplus::Refuse {
            return Err(self.surplus_arguments(func, args.len()));
        }
        for (i, &param) in sig.params[..fixed].iter().enumerate() {
            let arg = args.get(i).copied().unwrap_or(Value::NULL);
            bits.push(self.convert(arg, param)?);
        }
        if let (true, Some(&desc)) = (sig.rest, sig.params.last()) {
            let rest = self.collect_rest(desc, args.get(fixed..).unwrap_or(&[]))?;
            bits.push(rest.value().0);
        }
        Ok(())
    }

    /// The array of a rest parameter.
    fn collect_rest(&mut self, desc: DescRef, args: &[Value]) -> R<Array> {
        let ty = self.array_type(desc)?;
        let array = Array::new(self, ty, 0, args.len())?;
        for &arg in args {
            self.array_push_checked(array, arg)?;
        }
        Ok(array)
    }

    /// Runs `func` over a new frame with these first registers; the result is in the
    /// register format of its signature.
    pub(crate) fn enter(&mut self, func: Ref<FuncInfo>, registers: &[u64]) -> R<u64> {
        let Some(window) = self.new_window(func.nregs as usize) else {
            return Err(self.stack_overflow());
        };
        let fp = window.skip(crate::mem::stack::HEADER_WORDS);
        for (i, &bits) in registers.iter().enumerate() {
            fp.set_bits(i, bits);
        }
        self.run_window(func, window)
    }

    /// Runs `func` over a window whose argument registers are written.
    fn run_window(&mut self, func: Ref<FuncInfo>, window: Slots) -> R<u64> {
        let Some(hooks) = self.engine().hooks.get() else {
            return Err(self.end(crate::host::End::Internal(
                "no interpreter installed".into(),
            )));
        };
        let fp = window.skip(crate::mem::stack::HEADER_WORDS);
        (hooks.call_frame)(self, func, fp.address());
        if self.pending != 0 {
            return Err(Thrown);
        }
        Ok(window.bits(0))
    }

    /// Throws the error of recursion that is too deep.
    #[cold]
    pub fn stack_overflow(&mut self) -> Thrown {
        self.throw(ErrorKind::RangeError, "Maximum call stack size exceeded")
    }

    /// Calls a class object: `__new__`, then the constructor.
    pub fn construct(&mut self, class: TypeRef, args: &[Value]) -> R<Value> {
        if !matches!(class.kind, TypeKind::Instance) {
            let message = format!("cannot create '{}' instances", class.meta.name);
            return Err(self.type_error(&message));
        }
        if let Some(converted) = self.call_conversion(class, args)? {
            return Ok(converted);
        }
        let new = class.slot(Slot::new, Form::Forward);
        let mut of = class;
        let made = if new.is_absent() {
            self.new_instance(class)?
        } else {
            let made = self.call_new(class, args)?;
            if !(made.is_object() && self.type_of(made).is_subtype_of(&class)) {
                return Ok(made);
            }
            of = self.type_of(made);
            made
        };
        self.initialise(of, made, args)?;
        Ok(made)
    }

    /// A fresh instance, not initialised.
    pub(crate) fn new_instance(&mut self, class: TypeRef) -> R<Value> {
        if class.has(type_flags::ABSTRACT) {
            return Err(self.abstract_class(class));
        }
        Ok(Instance::new(self, class)?.value())
    }

    /// Calls `__new__`, which is static by its name: the class comes before the arguments.
    fn call_new(&mut self, class: TypeRef, args: &[Value]) -> R<Value> {
        let this = self.class_object(class)?;
        let mut all = Values::with_capacity(args.len() + 1);
        all.push(this);
        all.extend_from_slice(args);
        let name = self.intern(Slot::new.dunder())?;
        match class.lookup(name) {
            Some((_, Attr::StaticMethod(func) | Attr::Method(func))) => {
                self.call_function(func, this, this, &all, Surplus::Refuse)
            }
            Some((_, Attr::ClassMethod(v) | Attr::Value(v))) => {
                self.call_bound(v, this, &all, Surplus::Refuse)
            }
            _ => Ok(Instance::new(self, class)?.value()),
        }
    }

    /// The classes that describe primitives convert when they are called.
    fn call_conversion(&mut self, class: TypeRef, args: &[Value]) -> R<Option<Value>> {
        if !class.has(type_flags::BUILTIN) {
            return Ok(None);
        }
        let arg = args.first().copied();
        Ok(Some(match &*class.meta.name {
            "String" => match arg {
                Some(v) => self.to_str(v)?.value(),
                None => self.empty_string()?.value(),
            },
            "Number" => Value::number(match arg {
                Some(v) => self.to_number(v)?,
                None => 0.0,
            }),
            "Boolean" => Value::bool(self.truth(arg.unwrap_or(Value::NULL))?),
            _ => return Ok(None),
        }))
    }

    /// Runs the constructor of `class` on a fresh instance.
    fn initialise(&mut self, class: TypeRef, made: Value, args: &[Value]) -> R<()> {
        let declared = if class.slot(Slot::init, Form::Forward).is_absent() {
            class.meta.constructor.get()
        } else {
            let name = self.intern("constructor")?;
            match first_constructor(&class.meta.mro, name) {
                Some(Constructor::Declared(func)) => Some(func),
                Some(patched) => return self.run_patched(made, patched, args),
                None => None,
            }
        };
        match declared {
            Some(func) => {
                self.call_function(func, made, made, args, Surplus::Refuse)?;
                Ok(())
            }
            None if args.is_empty() => Ok(()),
            // What a class's own `__new__` took is no concern of the root's constructor.
            None if !class.slot(Slot::new, Form::Forward).is_absent() => Ok(()),
            None => {
                let message = format!("{}() takes no arguments", class.meta.name);
                Err(self.type_error(&message))
            }
        }
    }

    /// Runs a constructor that was put into a class.
    fn run_patched(&mut self, made: Value, patched: Constructor, args: &[Value]) -> R<()> {
        let callee = self.bound_constructor(made, patched)?;
        let result = self.call(callee, args)?;
        if result.is_null() {
            return Ok(());
        }
        let message = format!(
            "__init__() should return null, not '{}'",
            self.type_name(result)
        );
        Err(self.type_error(&message))
    }

    pub(crate) fn abstract_class(&mut self, class: TypeRef) -> Thrown {
        let missing: Vec<String> = (0..)
            .zip(&class.meta.vtable_keys)
            .filter(|(i, _)| class.vtable_entry(*i).is_none())
            .map(|(_, key)| self.name_text(key.name))
            .collect();
        let plural = if missing.len() == 1 { "" } else { "s" };
        let methods = if missing.is_empty() {
            String::new()
        } else {
            format!(" with abstract method{plural} {}", missing.join(", "))
        };
        let message = format!(
            "Can't instantiate abstract class {}{methods}",
            class.meta.name
        );
        self.type_error(&message)
    }

    /// Calls a function value through a signature: `args` are in the register format of
    /// `sig`, as many as it has parameters; so is the result.
    pub fn call_typed(&mut self, callee: Value, sig: &SigInfo, args: Slots) -> R<u64> {
        let n = sig.params.len();
        // A bound method of the same interface takes the arguments as they are.
        if let Some((this, func)) = self.as_bound_method(callee)
            && let Some(closure) = self.as_closure(func)
        {
            let func = closure.func();
            if func.receiver == Receiver::This && func.sig_info.same_interface(sig) {
                let mut bits = Bits::new();
                bits.push(this.0);
                bits.extend((0..n).map(|i| args.bits(i)));
                return self.enter(func, &bits);
            }
        }
        if let Some(closure) = self.as_closure(callee)
            && self.takes_first_of(&closure.func(), sig)
        {
            let func = closure.func();
            let mut bits = Bits::new();
            bits.push(callee.0);
            bits.extend((0..func.sig_info.params.len()).map(|i| args.bits(i)));
            let result = self.enter(func, &bits)?;
            return match sig.ret.kind {
                DescKind::Null => Ok(Value::NULL.0),
                _ => Ok(result),
            };
        }
        let boxed = self.spread_arguments(args, sig);
        let takes_this = self
            .as_closure(callee)
            .is_some_and(|c| c.func().takes_this());
        let result = match takes_this {
            true => self.call_bound(callee, Value::NULL, &boxed, Surplus::Drop)?,
            false => self.call_with(callee, &boxed, Surplus::Drop)?,
        };
        self.convert_result(result, sig.ret)
    }

    /// Whether a function takes the first of the arguments that a signature passes as they
    /// are, and what it gives is what the signature promises: a callback that looks at fewer
    /// arguments than it is offered. Found out once per function and signature.
    fn takes_first_of(&mut self, func: &FuncInfo, sig: &SigInfo) -> bool {
        let key = site_key(std::ptr::from_ref(sig).addr(), SiteQuestion::Call);
        if self.engine().members.find(key, func.id).is_some() {
            return true;
        }
        let own = &func.sig_info;
        let takes = |(theirs, ours): (&DescRef, &DescRef)| {
            theirs.repr == ours.repr && is_subtype(*theirs, *ours, 0)
        };
        let gives = sig.ret.kind == DescKind::Null
            || own.ret.repr == sig.ret.repr && is_subtype(own.ret, sig.ret, 0);
        let fits = func.receiver == Receiver::Closure
            && !own.rest
            && !sig.rest
            && own.params.len() <= sig.params.len()
            && sig.params.iter().zip(&own.params).all(takes)
            && gives;
        if fits {
            self.engine().members.remember(key, func.id, 0, None);
        }
        fits
    }

    /// The result of a call in the register format of the type that its site expects; a site
    /// without result takes any.
    pub(crate) fn convert_result(&mut self, result: Value, desc: DescRef) -> R<u64> {
        if desc.kind == DescKind::Null {
            return Ok(Value::NULL.0);
        }
        self.convert(result, desc)
    }

    /// Arguments in register format, boxed; the elements of a rest parameter one by one.
    pub(crate) fn spread_arguments(&mut self, args: Slots, sig: &SigInfo) -> Values {
        let params = sig.params.iter().enumerate();
        let mut boxed: Values = params.map(|(i, p)| args.boxed(i, p.repr)).collect();
        if sig.rest
            && let Some(array) = boxed.pop().and_then(|rest| self.as_array(rest))
        {
            boxed.extend((0..array.len()).filter_map(|i| array.get(i)));
        }
        boxed
    }
}

/// Words on the native stack, where the collector sees them, as long as they are few; a longer
/// list repeats what its caller's window or array keeps alive.
pub(crate) type Values = smallvec::SmallVec<[Value; 10]>;

/// Boxes a result by its signature.
fn box_result(bits: u64, sig: &SigInfo) -> Value {
    if sig.ret.kind == DescKind::Null {
        return Value::NULL;
    }
    let v = box_slot(bits, sig.ret.repr);
    if v.is_unset() { Value::NULL } else { v }
}
