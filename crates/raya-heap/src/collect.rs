//! One collection: roots, marking, weak references, then the account of what is left.
//!
//! Objects that survive keep their mark bit ("sticky"), which is what makes them old:
//! a minor collection leaves the bits alone, so marking stops at old objects, and only
//! blocks that were allocated into since the last collection are looked at afterwards.
//! Free cells are found when allocation gets to them.

use std::mem;
use std::time::Instant;

use crate::class::{BLOCK_SHIFT, BLOCK_SIZE, CLASS_COUNT, TABLE_WORDS, cell_size, cells_per_block};
use crate::heap::{Core, Heap, POISON};
use crate::mark::Tracer;
use crate::model::ObjectModel;
use crate::roots::{Collection, RootProvider, Roots};
use crate::space::Kind;

/// A block is allocated into again when at least one cell in this many is free: in a fuller one
/// the runs of free cells are so short that nearly every allocation takes the slow path.
const WORTHWHILE: usize = 2;

/// The same where most of the heap's limit is in use: then room counts for more than time.
const WORTHWHILE_AT_LIMIT: usize = 16;

impl<M: ObjectModel> Heap<M> {
    /// Collects garbage. `roots` reports what is alive.
    ///
    /// # Panics
    /// If verification is on and finds the heap broken.
    pub fn collect(&mut self, collection: Collection, roots: &mut dyn RootProvider) {
        let begin = Instant::now();
        self.verify_if_asked("before a collection");
        let core = &mut self.core;
        if core.options.gc_stress == 0 {
            let returned = core.idle.collection_begins(&mut core.space) << BLOCK_SHIFT;
            core.stats.returned_bytes += returned as u64;
        }
        core.sources.publish(&core.bumps, &core.space);
        core.remembered.restore(&core.space);
        if collection == Collection::Major {
            core.space.marks.clear(0, core.space.frontier * TABLE_WORDS);
        }
        let foreign_words = self.mark(collection, roots);
        let core = &mut self.core;
        core.remembered.clear(&core.space);
        core.sources.close(&mut core.bumps);
        core.sweep(collection);
        core.stats.add_pause(begin.elapsed());
        self.verify_if_asked("after a collection");
        for word in foreign_words {
            roots.foreign_word(word);
        }
    }

    /// Marks what is alive and settles weak references and finalisers. Returns the stack
    /// words in the foreign range.
    fn mark(&mut self, collection: Collection, roots: &mut dyn RootProvider) -> Vec<usize> {
        let core = &mut self.core;
        let foreign = match collection {
            Collection::Minor => 0..0,
            Collection::Major => roots.foreign_range(),
        };
        let mut tracer = Tracer::new(&core.space, mem::take(&mut core.stack));
        let mut sink = Roots::new(&mut tracer, foreign);
        roots.visit_roots(collection, &mut sink);
        let foreign_words = sink.into_foreign_words();
        core.finalisers.mark_tokens(collection, &mut tracer);
        if collection == Collection::Minor {
            core.remembered.scan(&self.model, &mut tracer);
        }
        tracer.drain(&self.model, |_, _| ());
        tracer.finish_weak(&self.model);
        core.finalisers.finish(collection, &tracer);
        core.stack = tracer.into_stack();
        core.stack.shrink();
        foreign_words
    }

    fn verify_if_asked(&self, when: &str) {
        if self.core.options.verify
            && let Err(error) = self.verify()
        {
            panic!("heap verification {when}: {error}");
        }
    }
}

impl Core {
    /// Takes back what was not marked and sets the thresholds for the next collection.
    fn sweep(&mut self, collection: Collection) {
        let mut live = self.pacing.live;
        match collection {
            Collection::Minor => {
                self.stats.minor_collections += 1;
                for block in mem::take(&mut self.touched) {
                    self.sweep_block(block as usize, &mut live);
                }
            }
            Collection::Major => {
                self.stats.major_collections += 1;
                self.touched.clear();
                for class in 0..CLASS_COUNT {
                    self.partial[class].clear();
                }
                live = 0;
                // From high to low, so that allocation fills the heap from below.
                for block in (0..self.space.frontier).rev() {
                    let mut meta = self.space.meta.get(block);
                    meta.live = 0;
                    self.space.meta.set(block, meta);
                    self.sweep_block(block, &mut live);
                }
            }
        }
        self.pacing.collected(collection, live, self.free_bytes());
    }

    /// Accounts for one block; the objects in it that were not counted before are added
    /// A block with one free cell in this many is allocated into again.
    fn worthwhile(&self) -> usize {
        let (used, limit) = (self.space.used_blocks, self.space.limit);
        match used >= limit - limit / 4 {
            true => WORTHWHILE_AT_LIMIT,
            false => WORTHWHILE,
        }
    }

    /// to `live`, in bytes.
    fn sweep_block(&mut self, block: usize, live: &mut usize) {
        let mut meta = self.space.meta.get(block);
        match meta.kind() {
            Kind::Free | Kind::Inner => {}
            Kind::Large => {
                let count = meta.span as usize;
                let bit = block * TABLE_WORDS * 64;
                if self.space.marks.bit(bit) {
                    self.space.unlog.set_bit(bit, true);
                    *live += count << BLOCK_SHIFT;
                } else {
                    self.release(block, count);
                }
            }
            Kind::Cells(class) => {
                let marks = self.space.marks.chunk::<TABLE_WORDS>(block * TABLE_WORDS);
                if marks == [0; TABLE_WORDS] {
                    *live -= meta.live as usize * cell_size(class);
                    self.release(block, 1);
                    return;
                }
                let survivors: u32 = marks.iter().map(|word| word.count_ones()).sum();
                *live += (survivors as usize - meta.live as usize) * cell_size(class);
                meta.live = survivors as u16;
                meta.upto = 0;
                self.space.meta.set(block, meta);
                let (space, from) = (&self.space, block * TABLE_WORDS);
                space.unlog.copy_from(&space.marks, from, TABLE_WORDS);
                let free = cells_per_block(class) - survivors as usize;
                if free * self.worthwhile() >= cells_per_block(class) {
                    self.partial[class].push(block as u32);
                }
                if self.options.gc_stress != 0 {
                    self.poison_cells(block, class);
                }
            }
        }
    }

    fn release(&mut self, block: usize, count: usize) {
        if self.options.gc_stress != 0 {
            let start = self.space.block_address(block) as *mut u8;
            // SAFETY: nothing in these blocks survived. They are dirty, so they will be
            // zeroed when they are taken again.
            unsafe { start.write_bytes(POISON, count * BLOCK_SIZE) };
        }
        self.space.release(block, count);
    }

    /// Fills the free cells of a block with a pattern that is no reference and no type.
    fn poison_cells(&self, block: usize, class: usize) {
        let size = cell_size(class);
        let start = self.space.block_address(block);
        for cell in 0..cells_per_block(class) {
            let at = start + cell * size;
            if !self.space.is_marked(at) {
                // SAFETY: the cell was found dead and will be zeroed before it is used.
                unsafe { (at as *mut u8).write_bytes(POISON, size) };
            }
        }
    }
}
