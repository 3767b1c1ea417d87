//! Which registers are live where.
//!
//! Backward dataflow over bit sets. A block under a handler keeps the handler's
//! live-in registers alive throughout, because an exception may leave it anywhere.

use super::{BlockId, Func, VReg};

/// A set of virtual registers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegSet {
    words: Vec<u64>,
}

impl RegSet {
    /// An empty set for registers below `len`.
    pub fn new(len: usize) -> Self {
        Self {
            words: vec![0; len.div_ceil(64)],
        }
    }

    /// Adds a register; tells whether it was absent.
    #[inline]
    pub fn insert(&mut self, reg: VReg) -> bool {
        let (w, bit) = (reg.index() / 64, 1u64 << (reg.index() % 64));
        let fresh = self.words[w] & bit == 0;
        self.words[w] |= bit;
        fresh
    }

    /// Removes a register.
    #[inline]
    pub fn remove(&mut self, reg: VReg) {
        self.words[reg.index() / 64] &= !(1u64 << (reg.index() % 64));
    }

    /// Whether it holds a register.
    #[inline]
    pub fn contains(&self, reg: VReg) -> bool {
        self.words[reg.index() / 64] >> (reg.index() % 64) & 1 != 0
    }

    /// Adds another set; tells whether anything was new.
    pub fn union(&mut self, other: &RegSet) -> bool {
        let mut changed = false;
        for (a, b) in self.words.iter_mut().zip(&other.words) {
            changed |= *b & !*a != 0;
            *a |= b;
        }
        changed
    }

    /// Makes it equal to another set of the same size.
    pub fn assign(&mut self, other: &RegSet) {
        self.words.copy_from_slice(&other.words);
    }

    /// Calls `f` for every member in order.
    pub fn each(&self, mut f: impl FnMut(VReg)) {
        for (i, &word) in self.words.iter().enumerate() {
            let mut w = word;
            while w != 0 {
                f(VReg(i as u32 * 64 + w.trailing_zeros()));
                w &= w - 1;
            }
        }
    }
}

/// Live registers at the borders of blocks.
#[derive(Debug)]
pub struct Liveness {
    /// Live at a block's start.
    pub live_in: Vec<RegSet>,
    /// Live at a block's end.
    pub live_out: Vec<RegSet>,
}

impl Liveness {
    /// Computes liveness; `order` is a reverse postorder.
    pub fn new(func: &Func, order: &[BlockId]) -> Self {
        let n = func.regs.len();
        let empty = RegSet::new(n);
        let mut live_in = vec![empty.clone(); func.blocks.len()];
        let mut live_out = vec![empty.clone(); func.blocks.len()];
        let mut scratch = empty;
        // A handler's register is defined by entering its first block.
        let mut caught: Vec<Option<VReg>> = vec![None; func.blocks.len()];
        for h in &func.handlers {
            caught[h.target.index()] = Some(h.reg);
        }
        let mut changed = true;
        while changed {
            changed = false;
            for &block in order.iter().rev() {
                let i = block.index();
                let out = &mut live_out[i];
                func.each_successor(block, |s| {
                    out.union(&live_in[s.index()]);
                });
                scratch.assign(out);
                let b = &func.blocks[i];
                if let Some(def) = b.term.def() {
                    scratch.remove(def);
                }
                b.term.each_use(|r| {
                    scratch.insert(r);
                });
                for inst in b.insts.iter().rev() {
                    if let Some(def) = inst.def() {
                        scratch.remove(def);
                    }
                    inst.each_use(&func.pool, |r| {
                        scratch.insert(r);
                    });
                }
                if let Some(h) = b.handler {
                    let target = func.handlers[h.index()].target;
                    scratch.union(&live_in[target.index()]);
                }
                if let Some(reg) = caught[i] {
                    scratch.remove(reg);
                }
                changed |= live_in[i].union(&scratch);
            }
        }
        Self { live_in, live_out }
    }
}
