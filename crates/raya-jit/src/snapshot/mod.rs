//! What a compile job knows about a function: plain data, taken on the mutator.
//!
//! A job runs on another thread and must read neither the heap nor a linked record
//! that the program may change, so everything that the translator asks for is copied
//! or resolved to an address here. Addresses are those of records that live as long
//! as the engine.
//!
//! Invariant: a snapshot never changes; installing its code re-checks what it assumed.

mod any_calls;
mod assumed;
pub mod plan;
pub mod take;

pub use assumed::Assumed;

use crate::analysis::Code;
use raya_bytecode::{FuncId, Function, Module, Receiver, Repr};
use raya_runtime::attr_calls::Through;
use raya_runtime::caches::{NOT_NUMBERS, WAYS};
use raya_runtime::desc::DescKind;
use raya_runtime::mem::array::StorageForm;
use raya_runtime::slot_calls::Side;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// How a function is called: the representations of all its arguments, hidden ones
/// first, and of its result.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Interface {
    /// Arguments.
    pub params: Vec<Repr>,
    /// Result.
    pub ret: Repr,
}

impl Interface {
    /// The interface of a function of a module.
    pub fn of(module: &Module, func: &Function) -> Interface {
        let sig = &module.signatures[func.sig.index()];
        let hidden = match func.receiver {
            Receiver::None => 0,
            Receiver::Closure | Receiver::This => 1,
            Receiver::ClosureThis => 2,
        };
        let params = std::iter::repeat_n(Repr::Word, hidden)
            .chain(sig.params.iter().map(|p| module.repr(*p)))
            .collect();
        Interface {
            params,
            ret: module.repr(sig.ret),
        }
    }
}

/// A function that an instruction names.
#[derive(Clone, Debug)]
pub struct FuncFact {
    /// Address of its `FuncInfo`.
    pub info: usize,
    /// How it is called.
    pub interface: Interface,
    /// It had no native entry when the snapshot was taken.
    pub needs_thunk: bool,
}

/// A signature that calls through values use.
#[derive(Clone, Debug)]
pub struct SigFact {
    /// Address of its `SigInfo`.
    pub info: usize,
    /// Engine-wide id.
    pub id: u32,
    /// How a closure of this signature is called, the closure first.
    pub interface: Interface,
}

/// A method that an instruction names.
#[derive(Clone, Debug)]
pub struct MethodFact {
    /// Address of its `MethodSite`.
    pub site: usize,
    /// Index in vtables; none when only the runtime can make the call.
    pub index: Option<u32>,
    /// How it is called, the receiver first.
    pub interface: Interface,
    /// The function that every call reaches, if there is only one: address of its record, and
    /// its interface.
    pub func: Option<FuncFact>,
    /// Address of the vtable entry that a super call goes through.
    pub super_entry: Option<usize>,
}

/// The method that calls on `any` reached at a site, or the special method of an operator,
/// which a call may enter directly.
#[derive(Clone, Debug)]
pub struct AnyMethodFact {
    /// What the site's cell says about the receivers' type, as long as that holds.
    pub said: CellWord,
    /// The method.
    pub func: FuncFact,
    /// What its arguments are converted to.
    pub params: Vec<ParamFact>,
    /// Which operand has it, where the type alone decides: special methods are not looked for on
    /// instances.
    pub special: Option<Side>,
    /// It gives nothing: its call is null.
    pub void: bool,
}

/// What an access to an attribute calls that runs code.
#[derive(Clone, Debug)]
pub struct AttrCallFact {
    /// Address of the word that is 0 when it does not hold any more.
    pub valid: usize,
    /// How the method is called.
    pub through: Through,
    /// An attribute of the instance's own comes before it.
    pub instance_first: bool,
    /// The class object, for descriptors that are read.
    pub class: u64,
    /// The method, with what its arguments are converted to.
    pub method: AnyMethodFact,
}

/// The class that a construction on `any` met, whose instances may be made in place.
#[derive(Clone, Debug)]
pub struct ConstructionFact {
    /// What the site's cell says about the class, as long as that holds.
    pub said: CellWord,
    /// The class object, as a word.
    pub object: u64,
    /// Its instances.
    pub class: ClassFact,
    /// The constructor.
    pub func: FuncFact,
    /// What its arguments are converted to.
    pub params: Vec<ParamFact>,
}

/// Word of a call site that has seen too many callees.
pub(crate) const MANY: u64 = u64::MAX;

/// A word of an inline-cache cell, as it was when the snapshot was taken: what a site found
/// for one type.
#[derive(Clone, Copy, Debug)]
pub struct CellWord {
    /// Its index in the cell.
    pub way: usize,
    /// All of it.
    pub bits: u64,
}

impl CellWord {
    /// The handle of the type.
    pub fn handle(self) -> u32 {
        self.bits as u32
    }

    /// What was found; see `raya_runtime::caches`.
    pub fn payload(self) -> u32 {
        (self.bits >> 32) as u32
    }
}

/// The type that an argument of a call on `any` is converted to.
#[derive(Clone, Copy, Debug)]
pub struct ParamFact {
    /// Address of the `Desc`.
    pub desc: usize,
    /// Which type that is.
    pub kind: DescKind,
}

/// A structural member that an instruction names.
#[derive(Clone, Debug)]
pub struct PropFact {
    /// Address of its `PropSite`.
    pub site: usize,
    /// Representation at the site.
    pub repr: Repr,
    /// How the member is called, the receiver first, where it has a function type.
    pub call: Option<Interface>,
}

/// How a call finds out that the callee is the one that was inlined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// It always is.
    None,
    /// The receiver's vtable has it at this index.
    Vtable(u32),
    /// The function value is a closure of it.
    Closure,
    /// The receiver is of the type that was observed.
    Type,
}

/// Callees to inline at a call, most frequent first.
#[derive(Clone, Debug)]
pub struct Inline {
    /// What tells them apart.
    pub guard: Guard,
    /// The callees: one, or two behind a guard.
    pub targets: Vec<Arc<Snapshot>>,
}

/// A field that an instruction names.
#[derive(Clone, Copy, Debug)]
pub struct FieldFact {
    /// Address of its `FieldSite`.
    pub site: usize,
    /// Offset in instances.
    pub offset: u32,
    /// How it is kept.
    pub repr: Repr,
    /// An unset word reads as null.
    pub optional: bool,
    /// Stores must look whether the object was frozen: else the code relies on no instance
    /// being so.
    pub may_be_frozen: bool,
    /// Where the flags of its class are, if reads and writes must look whether something stands
    /// before the field: else the code relies on nothing doing so.
    pub asks: Option<usize>,
    /// Global slot of a static field.
    pub static_slot: Option<u32>,
}

/// A class that an instruction names.
#[derive(Clone, Copy, Debug)]
pub struct ClassFact {
    /// Address of its `TypeInfo`.
    pub info: usize,
    /// Type handle of its instances.
    pub handle: u32,
    /// Bytes of an instance.
    pub size: u32,
    /// Instances may be made without asking the runtime.
    pub plain: bool,
}

/// A type descriptor that an instruction names.
#[derive(Clone, Copy, Debug)]
pub struct DescFact {
    /// Address of the `Desc`.
    pub desc: usize,
    /// Type handle, where exactly one type has this descriptor; 0 else.
    pub handle: u32,
    /// Depth of the handle in displays, for classes.
    pub class_depth: Option<u8>,
    /// Immediates that belong to it (`raya_runtime::desc::imm`).
    pub immediates: u8,
}

/// Types that an instruction on `any` looks for when nothing was observed there.
#[derive(Clone, Copy, Debug, Default)]
pub struct KnownTypes {
    /// Type handle of `any[]`.
    pub any_array: u32,
    /// Type handle of strings.
    pub string: u32,
    /// Type handle of iterators over sequences.
    pub iterator: u32,
    /// Type handle of bound methods.
    pub bound_method: u32,
    /// Storages of arrays by the kind of their elements.
    pub storages: [StorageForm; 4],
}

/// A function as a compile job sees it.
#[derive(Debug)]
pub struct Snapshot {
    /// Its module.
    pub module: Arc<Module>,
    /// Which function of it.
    pub index: FuncId,
    /// Address of its `FuncInfo`.
    pub info: usize,
    /// How it is called.
    pub interface: Interface,
    /// Name for traces and dumps.
    pub name: Box<str>,
    /// First global slot of the module.
    pub first_global: u32,
    /// Words of the constants that its code loads.
    pub consts: FxHashMap<u16, u64>,
    /// Interned names that its code uses, as words.
    pub names: FxHashMap<u16, u64>,
    /// Functions that its code names.
    pub funcs: FxHashMap<u16, FuncFact>,
    /// Fields.
    pub fields: FxHashMap<u16, FieldFact>,
    /// Classes.
    pub classes: FxHashMap<u16, ClassFact>,
    /// Descriptors.
    pub descs: FxHashMap<u16, DescFact>,
    /// Methods.
    pub methods: FxHashMap<u16, MethodFact>,
    /// Structural members.
    pub props: FxHashMap<u16, PropFact>,
    /// Signatures.
    pub sigs: FxHashMap<u16, SigFact>,
    /// Type handle of closures.
    pub closures: u32,
    /// Methods that calls on `any` reached, by program counter.
    pub any_methods: FxHashMap<u32, Vec<AnyMethodFact>>,
    /// Calls on `any` that append to an `any[]`, by program counter.
    pub pushes: FxHashSet<u32>,
    /// What accesses to attributes call, by the number in their cells.
    pub attr_calls: FxHashMap<u32, AttrCallFact>,
    /// Classes that constructions on `any` met, by program counter.
    pub constructions: FxHashMap<u32, Vec<ConstructionFact>>,
    /// `NotImplemented`, as a word.
    pub not_implemented: u64,
    /// Address of the memo of methods that calls on `any` found.
    pub method_memo: usize,
    /// Address of the memo of what types say to linked records.
    pub site_memo: usize,
    /// Type handles of what is often behind an `any`.
    pub known: KnownTypes,
    /// Address of the engine's table of strings of one Latin-1 unit, 0 where not made yet.
    pub unit_strings: usize,
    /// Calls to inline, by program counter.
    pub inlines: FxHashMap<u32, Inline>,
    /// Running it may change the storage of an array or run other code, beside polls and
    /// cold paths.
    pub opaque: bool,
    /// Stores into arrays must look whether they were frozen.
    pub frozen_arrays: bool,
    /// What its code, without that of inlined callees, relies on.
    pub assumed: FxHashSet<Assumed>,
    /// Address of the first inline-cache cell; 0 when the function has none.
    pub caches: usize,
    /// Instructions that own a cell, in order.
    pub cache_pcs: Vec<u32>,
    /// Contents of the cells when the job was made.
    pub feedback: Vec<[u64; WAYS]>,
}

impl Snapshot {
    /// Calls `visit` with what its code relies on, that of inlined callees included.
    pub fn each_assumed(&self, visit: &mut impl FnMut(Assumed)) {
        self.assumed.iter().for_each(|a| visit(*a));
        let targets = self.inlines.values().flat_map(|i| &i.targets);
        targets.for_each(|t| t.each_assumed(visit));
    }

    /// Whether its code relies on something that may be dropped.
    pub fn relies(&self) -> bool {
        let mut any = false;
        self.each_assumed(&mut |_| any = true);
        any
    }

    /// The function's bytecode.
    pub fn func(&self) -> &Function {
        &self.module.functions[self.index.index()]
    }

    /// Index of the cell of the instruction at `pc`.
    pub fn cache_index(&self, pc: u32) -> Option<usize> {
        self.cache_pcs.binary_search(&pc).ok()
    }

    /// The first word of the cell of the instruction at `pc`.
    pub fn first_word(&self, pc: u32) -> Option<u64> {
        Some(self.feedback.get(self.cache_index(pc)?)?[0])
    }

    /// What the cell of the instruction at `pc` says about types, one word each.
    pub fn said(&self, pc: u32) -> impl Iterator<Item = CellWord> + use<> {
        let cell = (self.cache_index(pc)).and_then(|index| self.feedback.get(index));
        let words = cell.copied().unwrap_or_default().into_iter().enumerate();
        words
            .map(|(way, bits)| CellWord { way, bits })
            .filter(|word| word.handle() != 0 && word.bits != MANY && word.bits != NOT_NUMBERS)
    }

    /// The function with its module.
    pub fn code(&self) -> Code<'_> {
        Code::of(&self.module, self.index)
    }
}
