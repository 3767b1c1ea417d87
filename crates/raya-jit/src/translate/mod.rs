//! From bytecode to CLIF.
//!
//! One `Translator` emits one CLIF function: the typed entry of a function or an
//! entry at a loop header. Registers are Cranelift variables with unboxed types;
//! callees that are inlined are translated in place, with a [`Frame`] of their own.
//! Knows no addresses but those in the [`Snapshot`] and the [`Linkage`].
//!
//! Invariant: at every instruction boundary the variables of all frames are the
//! registers that the interpreter would have there, so that an exit is possible
//! before each instruction.

mod body;
mod calls;
mod checks;
mod emit;
mod entries;
mod facts;
mod frame;
mod inline;
mod leave;
mod lower;
mod numbers;
mod validity;

pub use calls::marks_place;
pub use emit::{arg_type, clif_type, helper_signature, signature};
pub use entries::{NO_SITE, frame_entry, thunk};
pub use frame::{Frame, LoopState};

use crate::analysis::Analysis;
use crate::analysis::numbers::Kind;
use crate::coverage::CoverageLinks;
use crate::error::JitError;
use crate::exits::record::{ExitReason, ExitRecord};
use crate::snapshot::Snapshot;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::I64;
use cranelift_codegen::ir::{
    AliasRegion, Block, FuncRef, Function, InstBuilder, SigRef, Signature, StackSlotData,
    StackSlotKind, UserFuncName, Value, ValueDef,
};
use cranelift_codegen::isa::TargetIsa;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use emit::Region;
use raya_bytecode::Repr;
use rustc_hash::FxHashMap;
use std::mem::offset_of;

/// Level of a frame, number of a register of it, and its value.
type Register = (usize, u16, Value);

/// What lowering an instruction gives.
pub(crate) type Lowered = Result<(), JitError>;

/// Addresses that compiled code calls.
#[derive(Clone, Debug)]
pub struct Linkage {
    /// Entries of the helpers, by table index.
    pub helpers: Vec<usize>,
    /// Typed entries of natives, by number.
    pub natives: FxHashMap<u16, usize>,
    /// Exits by representation of the function's result: `(ctx, image, exit, jit) -> result`.
    pub exits: [usize; 4],
    /// Exit of code entered at a loop header: `(ctx, fp, exit, jit)`.
    pub exit_osr: usize,
    /// What counts the instructions that run; none where nobody asks.
    pub coverage: Option<CoverageLinks>,
    /// What exits find their records through.
    pub jit: usize,
    /// Runs a function in the interpreter: `(ctx, func, fp, jit)`.
    pub interpret: usize,
    /// Counts down to the next forced exit; 0 when none are forced.
    pub exit_counter: usize,
    /// Counts calls down to the next one behind which the code is taken as invalid; 0
    /// when that is not forced.
    pub invalid_counter: usize,
}

/// Results of code that was entered at a loop header.
pub mod osr_result {
    /// The function returned; its result is in `ctx.ret` in register format.
    pub const RETURNED: u64 = 0;
    /// The interpreter goes on at `ctx.fp`, `ctx.ip`.
    pub const EXITED: u64 = 1;
    /// The exception in `ctx.pending` leaves the function.
    pub const THROWN: u64 = 2;
}

/// A function that was inlined, or the root: how traces and exits name code.
#[derive(Clone, Debug)]
pub struct InlineNode {
    /// Address of the function's `FuncInfo`.
    pub func: usize,
    /// Node and program counter of the call; none for the root.
    pub parent: Option<(u32, u32)>,
}

/// A place in the bytecode: node of the inline tree and program counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Site {
    /// Index into the inline tree.
    pub node: u32,
    /// Program counter.
    pub pc: u32,
}

/// What the code of one job refers to beside instructions.
#[derive(Debug, Default)]
pub struct Tables {
    /// Inline tree; 0 is the root.
    pub tree: Vec<InlineNode>,
    /// Sites by local number.
    pub sites: Vec<Site>,
    /// Exits by local number.
    pub exits: Vec<ExitRecord>,
    /// `FuncInfo`s whose cells the code calls through.
    pub callees: FxHashMap<usize, crate::snapshot::Interface>,
    /// What the code costs per round.
    pub census: Census,
}

/// What was emitted, for `--jit-stats`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// Helper calls on the expected path of innermost loops.
    pub loop_helpers: u32,
    /// Boxings on the expected path of innermost loops.
    pub loop_boxings: u32,
    /// Calls that were inlined.
    pub inlined: u32,
    /// Bytecode instructions that were translated.
    pub instructions: u32,
}

/// Which checks are to be ordinary code instead of leaving.
#[derive(Clone, Debug)]
pub enum Blocked {
    /// Those that failed often.
    Places(rustc_hash::FxHashSet<crate::shared::Place>),
    /// All that can be.
    All,
}

impl Blocked {
    /// Whether the check at this place is to be ordinary code.
    pub fn contains(&self, place: crate::shared::Place) -> bool {
        match self {
            Blocked::Places(places) => places.contains(&place),
            Blocked::All => true,
        }
    }
}

/// What a translation needs beside the bytecode.
pub struct Job<'a> {
    /// The function.
    pub snapshot: &'a Snapshot,
    /// Addresses.
    pub linkage: &'a Linkage,
    /// First global number of the job's sites and exits.
    pub site_base: u32,
    /// Checks, by function and program counter, that are to be ordinary code.
    pub blocked: &'a Blocked,
    /// Address of the byte that is cleared when an assumption of the code is dropped; 0 when it
    /// makes none.
    pub valid: usize,
    /// The typed entry is part of the blob, so that recursive calls are direct.
    pub direct_self: bool,
    /// The target.
    pub isa: &'a dyn TargetIsa,
}

/// Where control came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// By a call, with typed arguments.
    Call,
    /// From the interpreter at this loop header, with its frame.
    Loop(u32),
}

/// Where exits write the picture of the interpreter's frames.
#[derive(Clone, Copy)]
enum Image {
    /// Into a stack slot.
    Slot(cranelift_codegen::ir::StackSlot),
    /// Into the interpreter's own frame.
    Frame(Value),
}

/// Emits one function. See the module's header.
pub(crate) struct Translator<'a> {
    b: FunctionBuilder<'a>,
    job: &'a Job<'a>,
    tables: &'a mut Tables,
    entry: Entry,
    cx: Value,
    image: Image,
    /// Slots of the image that are in use.
    image_len: u32,
    /// The constant that is to become the size of the image.
    image_bytes: Option<cranelift_codegen::ir::Inst>,
    /// The inlined chain, innermost last.
    frames: Vec<Frame<'a>>,
    regions: FxHashMap<Region, AliasRegion>,
    signatures: FxHashMap<Signature, SigRef>,
    /// Objects allocated since the last place where the collector may have run: stores
    /// into them need no barrier.
    young: Vec<Value>,
    /// What checks have proved.
    facts: facts::Facts,
    /// The exit of the current instruction, if it has one.
    exit: Option<Block>,
    /// Exits whose blocks are still empty.
    pending_exits: Vec<leave::PendingExit>,
    /// Shared end of all exits, with the exit number as its parameter.
    tail: Option<(Block, Value)>,
    /// Leaves the function with an exception pending.
    unwind: Option<Block>,
    /// Room for call windows that helpers read.
    window: Option<cranelift_codegen::ir::StackSlot>,
    /// Registers are being set up: what is thrown leaves the function.
    in_prologue: bool,
    /// This function, for direct calls of itself.
    own: Option<FuncRef>,
    /// The current block has its terminator.
    ended: bool,
    /// Instructions behind the current one that its lowering has done as well.
    skip: u32,
    /// What is emitted now is on no expected path.
    in_cold: bool,
    /// The current instruction may have run other code.
    ran_code: bool,
    /// Collections when the current instruction began, where that is counted.
    counted: Option<Value>,
}

/// Translates one entry of a function.
pub fn translate(
    job: &Job<'_>,
    entry: Entry,
    tables: &mut Tables,
    context: &mut FunctionBuilderContext,
) -> Result<Function, JitError> {
    let snapshot = job.snapshot;
    let sig = match entry {
        Entry::Call => emit::interface_signature(&snapshot.interface),
        Entry::Loop(_) => signature([I64], Some(I64)),
    };
    let mut func = Function::with_name_signature(UserFuncName::user(0, 0), sig);
    if tables.tree.is_empty() {
        tables.tree.push(InlineNode {
            func: snapshot.info,
            parent: None,
        });
    }
    let mut b = FunctionBuilder::new(&mut func, context);
    let start = b.create_block();
    b.append_block_params_for_function_params(start);
    b.switch_to_block(start);
    b.seal_block(start);
    let params = b.block_params(start).to_vec();
    let image = match entry {
        Entry::Call => Image::Slot(b.create_sized_stack_slot(StackSlotData::new(
            StackSlotKind::ExplicitSlot,
            0,
            3,
        ))),
        Entry::Loop(_) => Image::Frame(params[1]),
    };
    let mut t = Translator {
        b,
        job,
        tables,
        entry,
        cx: params[0],
        image,
        image_len: 0,
        image_bytes: None,
        frames: Vec::new(),
        regions: FxHashMap::default(),
        signatures: FxHashMap::default(),
        young: Vec::new(),
        facts: facts::Facts::default(),
        exit: None,
        pending_exits: Vec::new(),
        tail: None,
        unwind: None,
        window: None,
        in_prologue: true,
        own: None,
        ended: false,
        skip: 0,
        in_cold: false,
        ran_code: false,
        counted: None,
    };
    let osr = match entry {
        Entry::Call => None,
        Entry::Loop(header) => Some(header),
    };
    let analysis = Analysis::new(snapshot.code(), osr);
    t.push_frame(snapshot, analysis, 0, 0, None);
    t.prologue(&params);
    t.in_prologue = false;
    t.body()?;
    t.finish();
    let len = t.image_len;
    let Translator {
        b,
        image,
        image_bytes,
        ..
    } = t;
    b.finalize(job.isa.frontend_config());
    if let Some(inst) = image_bytes
        && let cranelift_codegen::ir::InstructionData::UnaryImm { imm, .. } =
            &mut func.dfg.insts[inst]
    {
        *imm = (i64::from(len) * 8).into();
    }
    if let Image::Slot(slot) = image {
        func.sized_stack_slots[slot].size = (len * 8).max(8);
    }
    Ok(func)
}

impl Translator<'_> {
    /// Checks the stack, pays for the entry and defines the arguments.
    fn prologue(&mut self, params: &[Value]) {
        match self.entry {
            Entry::Call => {
                let interface = &self.job.snapshot.interface;
                for (i, repr) in interface.params.iter().enumerate() {
                    let v = self.arg_value(*repr, params[i + 1]);
                    self.define(i as u16, v);
                }
                let regs = self.frame().func().regs.len();
                self.find_numbers(&vec![Kind::Any; regs]);
                if self.needs_stack_check() {
                    self.stack_check();
                }
                let weight = self.frame().func().weight;
                let entry = self.frame().analysis.graph.entry;
                self.pay(weight, entry);
            }
            Entry::Loop(header) => {
                let entry = self.frame().analysis.graph.entry;
                let live: Vec<usize> = self.frame().analysis.live.at_start(entry).iter().collect();
                for r in live {
                    let r = r as u16;
                    let bits = self.load_slot(params[1], r);
                    self.define(r, bits);
                }
                self.reserve_image(params[1], entry);
                let kinds = self.expect_numbers(header);
                self.find_numbers(&kinds);
            }
        }
        let entry = self.frame().analysis.graph.entry;
        let first = self.frame().blocks[entry.index()].enter;
        self.b.ins().jump(first, &[]);
    }

    /// Takes room on the VM stack for the frames of inlined functions, so that callees
    /// do not use it; leaves at once when there is not enough.
    fn reserve_image(&mut self, fp: Value, entry: crate::analysis::NodeId) {
        let bytes = self.word_const(0);
        if let ValueDef::Result(inst, _) = self.b.func.dfg.value_def(bytes) {
            self.image_bytes = Some(inst);
        }
        let top = self.b.ins().iadd(fp, bytes);
        let limit = self.load(I64, Region::Ctx, self.cx, ctx::VM_LIMIT);
        let fits = (self.b.ins()).icmp(IntCC::UnsignedLessThanOrEqual, top, limit);
        let exit = self.exit_to(ExitReason::Stack, entry);
        self.require(fits, exit);
        self.store(Region::Ctx, top, self.cx, ctx::VM_TOP);
    }

    /// A register's value from the interpreter's frame.
    fn load_slot(&mut self, fp: Value, r: u16) -> Value {
        let ty = self.frame().var_type(r);
        self.load(ty, Region::Image, fp, r as usize * 8)
    }

    fn finish(&mut self) {
        self.finish_unwind();
        self.finish_exits();
        self.finish_tail();
        self.b.seal_all_blocks();
    }
}

/// Offsets in the context.
pub(crate) mod ctx {
    use super::offset_of;
    use raya_runtime::ctx::Ctx;
    pub const BUDGET: usize = offset_of!(Ctx, budget);
    pub const RET: usize = offset_of!(Ctx, ret);
    pub const PENDING: usize = offset_of!(Ctx, pending);
    pub const STACK_LIMIT: usize = offset_of!(Ctx, stack_limit);
    pub const VM_TOP: usize = offset_of!(Ctx, vm_top);
    pub const VM_LIMIT: usize = offset_of!(Ctx, vm_limit);
    pub const GLOBALS: usize = offset_of!(Ctx, globals);
    pub const NATIVE_FP: usize = offset_of!(Ctx, native_fp);
    pub const SITE: usize = offset_of!(Ctx, site);
    pub const HEAP: usize = offset_of!(Ctx, heap);
    pub const TYPES: usize = offset_of!(Ctx, types);
}

/// The number of a representation in tables indexed by it.
pub(crate) const fn repr_index(repr: Repr) -> usize {
    repr as usize
}
