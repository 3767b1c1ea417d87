//! Which registers are live where.
//!
//! Backward dataflow over bit sets. Only registers that are live across a block's
//! border take part, so the sets stay small however many temporaries there are. A
//! block under a handler keeps the handler's live-in registers alive throughout,
//! because an exception may leave it anywhere.

use super::{BlockId, Func, VReg};

/// A set of small indices. The first 64 need no memory of their own, which is all that
/// most functions have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BitSet {
    first: u64,
    rest: Vec<u64>,
}

impl BitSet {
    /// An empty set for indices below `len`.
    pub fn new(len: usize) -> Self {
        Self {
            first: 0,
            rest: vec![0; len.saturating_sub(64).div_ceil(64)],
        }
    }

    #[inline]
    fn word(&mut self, index: usize) -> &mut u64 {
        match index / 64 {
            0 => &mut self.first,
            n => &mut self.rest[n - 1],
        }
    }

    /// Adds an index.
    #[inline]
    pub fn insert(&mut self, index: usize) {
        *self.word(index) |= 1u64 << (index % 64);
    }

    /// Removes an index.
    #[inline]
    pub fn remove(&mut self, index: usize) {
        *self.word(index) &= !(1u64 << (index % 64));
    }

    /// Whether it holds an index.
    #[inline]
    pub fn contains(&self, index: usize) -> bool {
        let word = match index / 64 {
            0 => self.first,
            n => self.rest[n - 1],
        };
        word >> (index % 64) & 1 != 0
    }

    /// Adds another set; tells whether anything was new.
    pub fn union(&mut self, other: &BitSet) -> bool {
        let mut changed = other.first & !self.first != 0;
        self.first |= other.first;
        for (a, b) in self.rest.iter_mut().zip(&other.rest) {
            changed |= *b & !*a != 0;
            *a |= b;
        }
        changed
    }

    /// Makes it equal to another set of the same size.
    pub fn assign(&mut self, other: &BitSet) {
        self.first = other.first;
        self.rest.copy_from_slice(&other.rest);
    }

    /// Removes the members of another set of the same size.
    pub fn subtract(&mut self, other: &BitSet) {
        self.first &= !other.first;
        for (a, b) in self.rest.iter_mut().zip(&other.rest) {
            *a &= !b;
        }
    }

    /// Calls `f` for every member in order.
    pub fn each(&self, mut f: impl FnMut(usize)) {
        for (i, &word) in std::iter::once(&self.first).chain(&self.rest).enumerate() {
            let mut w = word;
            while w != 0 {
                f(i * 64 + w.trailing_zeros() as usize);
                w &= w - 1;
            }
        }
    }
}

/// A numbering of the registers that are live across some block border.
#[derive(Debug)]
pub struct Crossing {
    /// Number of a register; `u32::MAX` if it lives inside one block only.
    pub number: Vec<u32>,
    /// The registers by number.
    pub regs: Vec<VReg>,
}

impl Crossing {
    /// Finds them: read in a block before any write there, or written in one block
    /// and read in another.
    pub fn new(func: &Func, order: &[BlockId]) -> Self {
        const NONE: u32 = u32::MAX;
        let n = func.regs.len();
        let mut home = vec![NONE; n];
        let mut number = vec![NONE; n];
        let mut regs = Vec::with_capacity(func.params as usize + 8);
        let mut cross = |r: VReg| {
            if number[r.index()] == NONE {
                number[r.index()] = regs.len() as u32;
                regs.push(r);
            }
        };
        for p in 0..func.params {
            cross(VReg(p));
        }
        for h in &func.handlers {
            cross(h.reg);
        }
        for &block in order {
            let b = &func.blocks[block.index()];
            for inst in &b.insts {
                inst.each_use(&func.pool, |r| {
                    if home[r.index()] != block.0 {
                        cross(r);
                    }
                });
                if let Some(d) = inst.def() {
                    home[d.index()] = block.0;
                }
            }
            b.term.each_use(|r| {
                if home[r.index()] != block.0 {
                    cross(r);
                }
            });
            if let Some(d) = b.term.def() {
                // Written on the way out: if it is read at all, then elsewhere.
                cross(d);
            }
        }
        Self { number, regs }
    }

    /// Leaves out the registers that `keep` refuses.
    pub fn retain(&mut self, mut keep: impl FnMut(VReg) -> bool) {
        let number = &mut self.number;
        let mut next = 0;
        self.regs.retain(|&reg| {
            let kept = keep(reg);
            number[reg.index()] = if kept { next } else { u32::MAX };
            next += u32::from(kept);
            kept
        });
    }

    /// The number of a register, if it crosses a border.
    #[inline]
    pub fn get(&self, reg: VReg) -> Option<usize> {
        let n = self.number[reg.index()];
        (n != u32::MAX).then_some(n as usize)
    }
}

/// Live registers at the borders of blocks, by their numbers in `crossing`.
#[derive(Debug)]
pub struct Liveness {
    /// Which registers take part.
    pub crossing: Crossing,
    /// Live at a block's start.
    pub live_in: Vec<BitSet>,
    /// Live at a block's end.
    pub live_out: Vec<BitSet>,
}

/// What a block does to crossing registers.
struct Effect {
    reads: BitSet,
    writes: BitSet,
}

impl Liveness {
    /// Computes liveness; `order` is a reverse postorder.
    pub fn new(func: &Func, order: &[BlockId]) -> Self {
        let crossing = Crossing::new(func, order);
        let n = crossing.regs.len();
        let effects: Vec<Effect> = order.iter().map(|&b| effect(func, b, &crossing)).collect();
        let mut live_in = vec![BitSet::new(n); func.blocks.len()];
        let mut live_out = vec![BitSet::new(n); func.blocks.len()];
        // A handler's register is defined by entering its first block.
        let mut caught: Vec<Option<usize>> = vec![None; func.blocks.len()];
        for h in &func.handlers {
            caught[h.target.index()] = crossing.get(h.reg);
        }
        let mut scratch = BitSet::new(n);
        let mut changed = true;
        while changed {
            changed = false;
            for (&block, effect) in order.iter().zip(&effects).rev() {
                let i = block.index();
                let out = &mut live_out[i];
                func.each_successor(block, |s| {
                    out.union(&live_in[s.index()]);
                });
                scratch.assign(out);
                scratch.subtract(&effect.writes);
                scratch.union(&effect.reads);
                if let Some(h) = func.blocks[i].handler {
                    let target = func.handlers[h.index()].target;
                    scratch.union(&live_in[target.index()]);
                }
                if let Some(reg) = caught[i] {
                    scratch.remove(reg);
                }
                changed |= live_in[i].union(&scratch);
            }
        }
        Self {
            crossing,
            live_in,
            live_out,
        }
    }
}

/// Registers read before they are written, and registers written.
fn effect(func: &Func, block: BlockId, crossing: &Crossing) -> Effect {
    let n = crossing.regs.len();
    let mut e = Effect {
        reads: BitSet::new(n),
        writes: BitSet::new(n),
    };
    let b = &func.blocks[block.index()];
    let read = |e: &mut Effect, r: VReg| {
        if let Some(i) = crossing.get(r)
            && !e.writes.contains(i)
        {
            e.reads.insert(i);
        }
    };
    for inst in &b.insts {
        inst.each_use(&func.pool, |r| read(&mut e, r));
        if let Some(i) = inst.def().and_then(|d| crossing.get(d)) {
            e.writes.insert(i);
        }
    }
    b.term.each_use(|r| read(&mut e, r));
    if let Some(i) = b.term.def().and_then(|d| crossing.get(d)) {
        e.writes.insert(i);
    }
    e
}
