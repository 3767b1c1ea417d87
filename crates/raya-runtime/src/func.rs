//! Linked functions and signatures: what calls, both tiers and stack walkers need.

use std::cell::Cell;
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicU64};

use raya_bytecode::{FuncFlags, MethodKind, Receiver, Repr, Slot};

use crate::desc::{Desc, DescKind};
use crate::link::LoadedModule;
use crate::mem::refs::Ref;
use crate::mem::value::Value;
use crate::type_info::{Form, TypeRef};

/// A linked function. `repr(C)`: interpreter handlers and compiled code read it at
/// fixed offsets. Lives as long as its engine; its address is its identity.
#[repr(C)]
pub struct FuncInfo {
    /// First threaded instruction, or the "translate me" stub before the first call.
    pub code: AtomicPtr<u8>,
    /// Typed native entry `(ctx, args…) -> result`: compiled code, or a thunk into
    /// the interpreter. Null until some compiled function needed it.
    pub cell: AtomicPtr<u8>,
    /// Native entry over a VM frame, `(ctx, fp)`: reads arguments from the frame's
    /// registers and leaves the result in `fp[-3]`. Null while not compiled.
    pub frame_entry: AtomicPtr<u8>,
    /// Calls and loop rounds left before the function is handed to the compiler.
    pub hotness: AtomicI32,
    /// Number of registers.
    pub nregs: u32,
    /// Number of declared parameters (hidden ones not counted).
    pub nparams: u16,
    /// Hidden registers before them (0, 1, 2).
    pub hidden: u8,
    /// How compiled code may call it with words alone ([`boxed_form`]); 0 where it may not.
    pub boxed: u8,
    /// Index among the engine's functions.
    pub id: u32,
    /// Engine-wide id of the interned signature.
    pub sig: u32,
    /// Index of the module and of the function in it.
    pub module: u32,
    /// See `module`.
    pub index: u32,
    /// Budget weight of an entry.
    pub weight: u32,
    /// Inline-cache cells of the function's code, one [`CacheCell`](crate::caches::CacheCell)
    /// each; null until the function is translated or compiled.
    pub caches: AtomicPtr<u64>,
    /// How each capture is kept.
    pub captures: Box<[Repr]>,
    /// What kind of function it is.
    pub receiver: Receiver,
    /// How calls on `any` may enter it.
    pub any_entry: AnyEntry,
    /// What runs when it is called.
    pub body: FuncBody,
    /// The one function object of a capture-less closure form, 0 until it is asked for.
    pub object: AtomicU64,
    /// Its signature.
    pub sig_info: Ref<SigInfo>,
    /// Facts from the module.
    pub flags: FuncFlags,
    /// Name for traces.
    pub name: Box<str>,
    /// Where its bytecode and tables are; none for bridges.
    pub owner: Cell<Option<Ref<LoadedModule>>>,
    /// Number of instructions that own a cache cell.
    pub ncaches: Cell<u32>,
}

/// A function that takes one hidden argument and `n` words of any kind, and gives a word
/// back: what [`FuncInfo::boxed`] says of it. 0 where there is no number for that.
pub const fn boxed_form(receiver: Receiver, n: usize) -> u8 {
    const METHOD: u8 = 0x80;
    if n >= METHOD as usize - 1 {
        return 0;
    }
    match receiver {
        Receiver::This => METHOD | (n as u8 + 1),
        Receiver::Closure => n as u8 + 1,
        Receiver::None | Receiver::ClosureThis => 0,
    }
}

/// How a call on `any` may enter a function over its own window, without the runtime in
/// between: the function gives a word and its parameters are as many as the arguments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AnyEntry {
    /// Number of parameters plus one; 0 if only the runtime can make the call.
    pub arity: u16,
    /// Every parameter takes any word, so that nothing is to be converted.
    pub plain: bool,
}

/// What runs when a function is called.
#[derive(Clone, Copy, Debug)]
pub enum FuncBody {
    /// The module's bytecode.
    Bytecode,
    /// Calls `target` (a method with another call interface, or any callable that was
    /// patched in) with the arguments boxed, and checks the result against this
    /// function's signature. Run by [`Ctx::run_bridge`](crate::ctx::Ctx::run_bridge).
    Bridge {
        /// The callable.
        target: BridgeTarget,
    },
}

/// Where a bridge leads.
#[derive(Clone, Copy, Debug)]
pub enum BridgeTarget {
    /// A declared method with another call interface.
    Func(Ref<FuncInfo>),
    /// The attribute of this name, looked up at each call: patched and shadowed members.
    Attr {
        /// Interned name.
        name: Value,
        /// Method, getter or setter.
        kind: MethodKind,
        /// What an operator asks by calling the method: it has other ways without it, and does
        /// not look at the instance.
        operator: Option<(Slot, Form)>,
        /// The class whose vtable has the entry. For receivers of another type the call
        /// came by `super`: it goes on from this class and does not look at the instance.
        class: TypeRef,
    },
    /// The static member of this name, looked up at each call.
    Static {
        /// Interned name.
        name: Value,
        /// The class whose member is asked for.
        class: TypeRef,
        /// Method, getter or setter.
        kind: MethodKind,
    },
}

impl FuncInfo {
    /// Whether `n` boxed arguments are all that it needs.
    #[inline(always)]
    pub fn takes_words(&self, n: usize) -> bool {
        self.any_entry.plain && self.any_entry.arity as usize == n + 1
    }

    /// Whether a hidden register holds `this`.
    pub fn takes_this(&self) -> bool {
        matches!(self.receiver, Receiver::This | Receiver::ClosureThis)
    }

    /// Where its arguments start: hidden registers come first.
    pub fn first_param(&self) -> usize {
        self.hidden as usize
    }
}

/// An interned signature: the call interface of functions and call sites.
#[derive(Debug)]
pub struct SigInfo {
    /// Engine-wide id; equal signatures have equal ids.
    pub id: u32,
    /// Parameter types.
    pub params: Box<[Ref<Desc>]>,
    /// How many a caller must supply.
    pub required: u16,
    /// The last parameter collects the remaining arguments.
    pub rest: bool,
    /// Result type.
    pub ret: Ref<Desc>,
}

impl SigInfo {
    /// Whether a call through `self` can enter a function of `other` directly: same
    /// number of parameters in the same representations.
    pub fn same_interface(&self, other: &SigInfo) -> bool {
        self.id == other.id
            || self.rest == other.rest
                && self.params.len() == other.params.len()
                && self.ret.repr == other.ret.repr
                && (self.params.iter().zip(&other.params)).all(|(a, b)| a.repr == b.repr)
    }

    /// Whether every parameter takes any word as it is and the result is a word to use as it
    /// is.
    pub fn is_boxed(&self) -> bool {
        let any = |p: &Ref<Desc>| p.kind == DescKind::Any;
        !self.rest
            && self.params.iter().all(any)
            && self.ret.repr == Repr::Word
            && self.ret.kind != DescKind::Null
    }

    /// How calls on `any` may enter a function with this signature; `gives_word` tells that
    /// it ends with a word even where it has no result.
    pub(crate) fn any_entry(&self, gives_word: bool) -> AnyEntry {
        let void = self.ret.kind == crate::desc::DescKind::Null;
        if self.rest || self.ret.repr != Repr::Word || void && !gives_word {
            return AnyEntry::default();
        }
        AnyEntry {
            arity: self.params.len() as u16 + 1,
            plain: (self.params.iter()).all(|p| p.kind == crate::desc::DescKind::Any),
        }
    }

    /// Representation of parameter `i`.
    pub fn param_repr(&self, i: usize) -> Repr {
        self.params[i].repr
    }
}
