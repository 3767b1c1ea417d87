//! Roots: what the runtime reports at a collection, and how stacks are scanned.

use std::ops::Range;

use crate::mark::Tracer;
use crate::model::Visitor;
use crate::stack::with_saved_registers;

/// What a collection covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collection {
    /// Objects allocated since the last collection; everything older stays.
    Minor,
    /// The whole heap.
    Major,
}

/// The runtime's knowledge of where references are outside of the heap.
///
/// # Safety
/// `visit_roots` reports every reference that the program may still use: at a major
/// collection all of them, at a minor one at least those that may have changed since
/// the last collection (a stack that did not run in between need not be reported).
pub unsafe trait RootProvider {
    /// Reports the roots.
    fn visit_roots(&mut self, collection: Collection, roots: &mut Roots<'_, '_>);

    /// Addresses outside of the heap that conservative scanning shall report, such as
    /// the area of compiled code.
    fn foreign_range(&self) -> Range<usize> {
        0..0
    }

    /// A word on a scanned stack lies in `foreign_range`. Called after `visit_roots`, at
    /// major collections only.
    fn foreign_word(&mut self, word: usize) {
        let _ = word;
    }
}

/// Receives the roots of one collection.
#[derive(Debug)]
pub struct Roots<'t, 'a> {
    tracer: &'t mut Tracer<'a>,
    foreign: Range<usize>,
    foreign_words: Vec<usize>,
}

impl<'t, 'a> Roots<'t, 'a> {
    pub(crate) fn new(tracer: &'t mut Tracer<'a>, foreign: Range<usize>) -> Self {
        Roots {
            tracer,
            foreign,
            foreign_words: Vec::new(),
        }
    }

    pub(crate) fn into_foreign_words(self) -> Vec<usize> {
        self.foreign_words
    }

    /// A slot holds `word`: a reference to the start of an object or anything else.
    #[inline(always)]
    pub fn word(&mut self, word: u64) {
        self.tracer.word(word);
    }

    /// Every word is like that.
    pub fn words(&mut self, words: &[u64]) {
        self.tracer.words(words);
    }

    /// `word` may be anything; if it points at or into an allocated object, that object
    /// is alive.
    #[inline]
    pub fn conservative_word(&mut self, word: usize) {
        if self.tracer.in_heap(word as u64) {
            let space = self.tracer.space;
            // Collections start with `unlog` holding all objects of the last one.
            if let Some(object) = space.resolve(word, &space.unlog) {
                self.tracer.mark(object);
            }
        } else if self.foreign.contains(&word) {
            self.foreign_words.push(word);
        }
    }

    /// Every aligned word in `from..to` is like that.
    ///
    /// # Safety
    /// The range is readable memory and no other thread writes to it.
    pub unsafe fn conservative(&mut self, from: usize, to: usize) {
        let mut at = from.next_multiple_of(size_of::<usize>());
        while at + size_of::<usize>() <= to {
            // SAFETY: readable by the caller. Volatile: these are other functions'
            // variables, about which the compiler must assume nothing.
            let word = unsafe { (at as *const usize).read_volatile() };
            self.conservative_word(word);
            at += size_of::<usize>();
        }
    }

    /// Scans the calling thread's stack from here up to `base`, callee-saved registers
    /// included.
    ///
    /// # Safety
    /// `base` is at most the base of the stack that this code runs on, and above the
    /// current frame.
    pub unsafe fn current_stack(&mut self, base: usize) {
        with_saved_registers(|sp| {
            // SAFETY: from the stack pointer to the base all is mapped, and this
            // thread is here.
            unsafe { self.conservative(sp, base) }
        });
    }
}
