//! Live intervals over the linear order of blocks.
//!
//! Instruction `i` of the layout reads at point `2 i` and writes at `2 i + 1`; an
//! interval is the convex hull of the points where a register holds a value. Two
//! registers may share a slot when their intervals do not meet.

use crate::ir::liveness::Liveness;
use crate::ir::{BlockId, Func, VReg};

/// Points `start..=end` at which a register holds a value.
#[derive(Clone, Copy, Debug)]
pub struct Interval {
    /// First point.
    pub start: u32,
    /// Last point.
    pub end: u32,
}

impl Interval {
    const EMPTY: Interval = Interval {
        start: u32::MAX,
        end: 0,
    };

    /// Whether the register is never live.
    pub fn is_empty(self) -> bool {
        self.start == u32::MAX
    }

    fn cover(&mut self, from: u32, to: u32) {
        self.start = self.start.min(from);
        self.end = self.end.max(to);
    }
}

/// No index: the block is not emitted.
pub const ABSENT: u32 = u32::MAX;

/// The intervals of a function, with the counts that allocation asks for.
#[derive(Debug)]
pub struct Intervals {
    /// Per register.
    pub list: Vec<Interval>,
    /// How often each register is read.
    pub uses: Vec<u32>,
    /// How often each register is written.
    pub defs: Vec<u32>,
    /// Index of the first instruction of each block (by block id); [`ABSENT`] if the
    /// layout lacks it.
    pub block_start: Vec<u32>,
}

impl Intervals {
    /// Computes intervals for blocks laid out as `layout`.
    pub fn new(func: &Func, layout: &[BlockId], live: &Liveness) -> Self {
        let n = func.regs.len();
        let mut this = Self {
            list: vec![Interval::EMPTY; n],
            uses: vec![0; n],
            defs: vec![0; n],
            block_start: vec![ABSENT; func.blocks.len()],
        };
        let mut index = 0u32;
        for &block in layout {
            this.block_start[block.index()] = index;
            index = this.block(func, block, index, live);
        }
        for h in &func.handlers {
            // The thrown value is stored even if nobody reads it.
            let start = this.block_start[h.target.index()];
            if start != ABSENT {
                this.write(h.reg, 2 * start);
            }
        }
        for p in 0..func.params as usize {
            this.defs[p] += 1;
            this.list[p].cover(0, 0);
        }
        this
    }

    /// One block; gives the index after its terminator.
    fn block(&mut self, func: &Func, block: BlockId, start: u32, live: &Liveness) -> u32 {
        let b = &func.blocks[block.index()];
        let end = start + b.insts.len() as u32;
        let (first, last) = (2 * start, 2 * end + 1);
        let regs = &live.crossing.regs;
        live.live_in[block.index()].each(|i| self.list[regs[i].index()].cover(first, first));
        live.live_out[block.index()].each(|i| self.list[regs[i].index()].cover(last, last));
        if let Some(h) = b.handler {
            let target = func.handlers[h.index()].target;
            live.live_in[target.index()].each(|i| self.list[regs[i].index()].cover(first, last));
        }
        for (i, inst) in b.insts.iter().enumerate() {
            let point = 2 * (start + i as u32);
            inst.each_use(&func.pool, |r| self.read(r, point));
            if let Some(d) = inst.def() {
                self.write(d, point + 1);
            }
        }
        b.term.each_use(|r| self.read(r, 2 * end));
        if let Some(d) = b.term.def() {
            self.write(d, 2 * end + 1);
        }
        end + 1
    }

    fn read(&mut self, reg: VReg, point: u32) {
        self.uses[reg.index()] += 1;
        self.list[reg.index()].cover(point, point);
    }

    fn write(&mut self, reg: VReg, point: u32) {
        self.defs[reg.index()] += 1;
        self.list[reg.index()].cover(point, point);
    }
}
