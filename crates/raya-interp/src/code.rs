//! Threaded code in memory: one allocation per function.
//!
//! Owns the layout `pool words | header | instructions`. The pool lies in front of
//! the code so that an instruction reaches it by a displacement, and the header so
//! that it is found from `FuncInfo.code`. Blocks live as long as their engine.
//!
//! Invariant: `FuncInfo.code` is null or the first instruction of a block made here.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::atomic::Ordering;

use crate::backend::Handler;
use crate::instr::{Ip, THREADED_SIZE, Threaded};
use crate::threaded_op::ThreadedOp;
use raya_bytecode::Function;
use raya_runtime::caches::WAYS;
use raya_runtime::func::FuncInfo;
use raya_runtime::link::LoadedModule;
use raya_runtime::mem::refs::Ref;
use rustc_hash::FxHashMap;

/// What the slow paths know of a loop.
pub(crate) struct LoopState {
    /// First instruction of the body.
    pub(crate) header: u32,
    /// Budget weight of a round.
    pub(crate) weight: u16,
    /// Rounds that were counted so far.
    pub(crate) rounds: Cell<u64>,
    /// Rounds until the slow path runs next.
    pub(crate) slice: Cell<u16>,
    /// Native entry into the middle of the loop has left by an exit this often.
    pub(crate) exits: Cell<u32>,
}

impl LoopState {
    pub(crate) fn new(header: u32, weight: u16, slice: u16) -> Self {
        Self {
            header,
            weight,
            rounds: Cell::new(0),
            slice: Cell::new(slice),
            exits: Cell::new(0),
        }
    }
}

/// Header of a function's threaded code.
#[repr(C, align(16))]
pub(crate) struct CodeBlock {
    /// Whose code it is.
    func: *const FuncInfo,
    /// Module of the function; none for bridges.
    owner: Option<Ref<LoadedModule>>,
    /// Calls that were counted so far.
    pub(crate) calls: Cell<u64>,
    /// Calls until the slow path runs next.
    pub(crate) slice: Cell<i32>,
    /// Its loops, by index.
    pub(crate) loops: Box<[LoopState]>,
    /// Its operations, where instructions are counted.
    ops: Option<Box<[ThreadedOp]>>,
    /// Where the allocation starts.
    start: NonNull<u8>,
    layout: Layout,
    len: u32,
}

const HEADER: usize = size_of::<CodeBlock>();
const _: () = assert!(HEADER.is_multiple_of(THREADED_SIZE));

impl CodeBlock {
    /// The block of a function, if it has been translated.
    #[inline]
    pub(crate) fn of(func: &FuncInfo) -> Option<&CodeBlock> {
        let code = func.code.load(Ordering::Acquire);
        // SAFETY: the module's invariant; the block lives as long as the engine, hence
        // as long as `func`.
        (!code.is_null()).then(|| unsafe { &*Self::from_code(code) })
    }

    /// The header in front of a function's first instruction.
    #[inline]
    pub(crate) fn from_code(code: *mut u8) -> *const CodeBlock {
        code.wrapping_sub(HEADER).cast()
    }

    /// The instruction at `pc`.
    #[inline]
    pub(crate) fn at(&self, pc: u32) -> Ip {
        debug_assert!(pc < self.len);
        let first = (&raw const *self).cast::<u8>().wrapping_add(HEADER);
        first.wrapping_add(pc as usize * THREADED_SIZE).cast()
    }

    /// Replaces what executes the instruction at `pc`; its operands stay.
    pub(crate) fn replace_handler(&self, pc: u32, handler: Handler) {
        let at = self.at(pc).cast_mut();
        // SAFETY: `at` lies in this block, which was allocated writable and is only read through
        // raw pointers, by the one thread that runs the engine.
        unsafe { (&raw mut (*at).handler).write(handler) };
    }

    /// The program counter of an instruction of this block.
    #[inline]
    pub(crate) fn pc(&self, ip: Ip) -> u32 {
        ((ip as usize - self.at(0) as usize) / THREADED_SIZE) as u32
    }

    /// The function's bytecode and tables; none for bridges.
    pub(crate) fn function(&self) -> Option<&Function> {
        // SAFETY: functions live as long as their engine.
        let index = unsafe { (*self.func).index };
        let owner = self.owner.as_ref()?;
        owner.module.functions.get(index as usize)
    }

    /// The operation at `ip`; none where nothing is counted.
    pub(crate) fn op(&self, ip: Ip) -> Option<ThreadedOp> {
        self.ops.as_ref()?.get(self.pc(ip) as usize).copied()
    }

    /// The loop whose body starts at `header`.
    pub(crate) fn loop_at(&self, header: u32) -> Option<(u32, &LoopState)> {
        let found = self.loops.iter().position(|l| l.header == header)?;
        Some((found as u32, &self.loops[found]))
    }
}

/// The threaded code of an engine. Dropping it frees every block, so it must outlive
/// the last activation.
#[derive(Default)]
pub struct CodeStore {
    blocks: Vec<NonNull<CodeBlock>>,
    bytes: usize,
}

/// An instruction of a draft.
#[derive(Clone, Copy)]
pub(crate) struct Drafted {
    /// Its operation, which the handler in `instr` stands for.
    pub(crate) op: ThreadedOp,
    pub(crate) instr: Threaded,
}

impl Drafted {
    /// With `c, d` as one signed 32-bit operand.
    pub(crate) fn with_cd(self, cd: i32) -> Self {
        let instr = self.instr.with_cd(cd);
        Self { instr, ..self }
    }

    /// With `b, c, d` as one address.
    pub(crate) fn with_address(self, address: usize) -> Self {
        let instr = self.instr.with_address(address);
        Self { instr, ..self }
    }
}

/// A block under construction. The function's inline-cache cells are the first words
/// of its pool.
pub(crate) struct Draft {
    pub(crate) pool: Vec<u64>,
    pub(crate) cells: usize,
    pub(crate) code: Vec<Drafted>,
    /// Index of each constant in the pool.
    constants: FxHashMap<u64, usize>,
}

impl Draft {
    /// An empty block with that many cells.
    pub(crate) fn new(cells: usize) -> Self {
        Self {
            pool: vec![0; cells * WAYS],
            cells,
            code: Vec::new(),
            constants: FxHashMap::default(),
        }
    }

    /// The index of a constant word in the pool.
    pub(crate) fn constant(&mut self, word: u64) -> usize {
        let pool = &mut self.pool;
        *self.constants.entry(word).or_insert_with(|| {
            pool.push(word);
            pool.len() - 1
        })
    }
}

/// Displacement of pool word `index` from instruction `at` in a pool of `words` words.
pub(crate) fn pool_displacement(index: usize, words: usize, at: usize) -> i32 {
    let pool_bytes = pool_bytes(words);
    (index as i64 * 8 - pool_bytes as i64 - HEADER as i64 - (at * THREADED_SIZE) as i64) as i32
}

fn pool_bytes(words: usize) -> usize {
    (words * 8).next_multiple_of(THREADED_SIZE)
}

/// What a block's header starts with.
pub(crate) struct BlockInfo {
    pub(crate) owner: Option<Ref<LoadedModule>>,
    pub(crate) loops: Box<[LoopState]>,
    pub(crate) ops: Option<Box<[ThreadedOp]>>,
    pub(crate) slice: i32,
}

impl CodeStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes of threaded code and pools.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Copies a finished draft into a block of its own and publishes it as the code of
    /// `func`.
    pub(crate) fn install(&mut self, func: &FuncInfo, draft: &Draft, info: BlockInfo) {
        let pool_len = pool_bytes(draft.pool.len());
        let size = pool_len + HEADER + draft.code.len() * THREADED_SIZE;
        let layout =
            Layout::from_size_align(size, 16).expect("code of a verified function is small");
        // SAFETY: the layout has a size: there is always a header.
        let Some(start) = NonNull::new(unsafe { alloc(layout) }) else {
            handle_alloc_error(layout)
        };
        // SAFETY: the three parts lie inside the allocation, aligned to 16.
        unsafe {
            let header = start.add(pool_len).cast::<CodeBlock>();
            std::ptr::copy_nonoverlapping(
                draft.pool.as_ptr(),
                start.cast::<u64>().as_ptr(),
                draft.pool.len(),
            );
            header.write(CodeBlock {
                func,
                owner: info.owner,
                calls: Cell::new(0),
                slice: Cell::new(info.slice),
                loops: info.loops,
                ops: info.ops,
                start,
                layout,
                len: draft.code.len() as u32,
            });
            let code = header.cast::<u8>().add(HEADER).cast::<Threaded>();
            for (at, drafted) in draft.code.iter().enumerate() {
                code.add(at).write(drafted.instr);
            }
            if draft.cells > 0 {
                func.caches.store(start.cast().as_ptr(), Ordering::Release);
                func.ncaches.set(draft.cells as u32);
            }
            func.code.store(code.cast().as_ptr(), Ordering::Release);
            self.blocks.push(header);
            self.bytes += size;
        }
    }
}

impl Drop for CodeStore {
    fn drop(&mut self) {
        for &block in &self.blocks {
            // SAFETY: each block was allocated by `install` with the recorded layout and
            // is dropped once; the engine runs nothing any more.
            unsafe {
                let (start, layout) = (block.as_ref().start, block.as_ref().layout);
                std::ptr::drop_in_place(block.as_ptr());
                dealloc(start.as_ptr(), layout);
            }
        }
    }
}
