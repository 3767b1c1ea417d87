//! What compiled code, the compiler thread and the engine's thread share.

use crate::code::blob::Blob;
use crate::code::object::CodeObject;
use crate::code::registry::Registry;
use crate::code::stubs::{STORE_FRAME_POINTER, stub};
use crate::coverage::{Coverage, CoverageLinks, Event};
use crate::error::JitError;
use crate::exits::entry::{InterpreterHooks, exit_f64, exit_i32, exit_osr, exit_word, interpret};
use crate::exits::record::{ExitReason, ExitRecord, OVERFLOWED};
use crate::options::JitOptions;
use crate::translate::{Linkage, ctx, marks_place};
use raya_bytecode::NATIVES;
use raya_runtime::helpers::HelperId as Helper;
use raya_runtime::natives::entry_address;
use rustc_hash::FxHashSet;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A place whose check fails often: compiled as ordinary code the next time.
pub type Place = (usize, u32);

/// State that exits reach from machine code through its address, which is fixed.
#[derive(Debug)]
pub struct Shared {
    /// What the interpreter provides.
    pub hooks: InterpreterHooks,
    /// Settings.
    pub options: JitOptions,
    registry: Mutex<Registry>,
    exits: Mutex<ExitLog>,
    /// Counts down to the next forced exit.
    exit_counter: AtomicI32,
    /// Counts calls down to the next forced invalidation.
    invalid_counter: AtomicI32,
    /// What happened to each opcode, where that is asked for.
    coverage: Option<Coverage>,
}

/// What exits have told so far.
#[derive(Debug, Default)]
pub struct ExitLog {
    /// Places whose check is to become ordinary code.
    pub blocked: FxHashSet<Place>,
    /// Functions that are to be compiled again.
    pub again: Vec<usize>,
    /// Functions whose code is not to be entered any more.
    pub invalid: Vec<usize>,
    /// Exits taken.
    pub taken: u64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// Shared state of one engine.
    pub fn new(hooks: InterpreterHooks, options: JitOptions, registry: Registry) -> Arc<Shared> {
        Arc::new(Shared {
            hooks,
            exit_counter: AtomicI32::new(options.exit_every.unwrap_or(0) as i32),
            invalid_counter: AtomicI32::new(options.invalidate_every.unwrap_or(0) as i32),
            coverage: options.coverage.then(Coverage::default),
            options,
            registry: Mutex::new(registry),
            exits: Mutex::default(),
        })
    }

    /// The installed code.
    pub fn registry(&self) -> MutexGuard<'_, Registry> {
        lock(&self.registry)
    }

    /// What exits told.
    pub fn exits(&self) -> MutexGuard<'_, ExitLog> {
        lock(&self.exits)
    }

    /// Counts what happened to an opcode, if that is asked for.
    pub fn count(&self, op: u32, event: Event) {
        if let Some(coverage) = &self.coverage {
            coverage.count(op, event);
        }
    }

    /// The counts by opcode.
    pub fn coverage(&self) -> Option<&Coverage> {
        self.coverage.as_ref()
    }

    /// The addresses that compiled code of this engine calls. Helpers that may throw,
    /// collect or run code are reached through a stub.
    pub fn linkage(self: &Arc<Self>) -> Result<Linkage, JitError> {
        let mut helpers: Vec<usize> = Helper::ALL.iter().map(|h| h.address()).collect();
        let mut exits = [
            exit_f64 as *const () as usize,
            exit_i32 as *const () as usize,
            exit_word as *const () as usize,
            exit_osr as *const () as usize,
            interpret as *const () as usize,
        ];
        let mut natives: Vec<(u16, usize)> = (NATIVES.iter())
            .filter_map(|n| Some((n.id, entry_address(n.id)?)))
            .collect();
        if STORE_FRAME_POINTER {
            let marked = Helper::ALL.iter().filter(|h| marks_place(**h));
            let slots: Vec<usize> = marked.map(|h| *h as usize).collect();
            let natives_too = natives.iter().map(|n| n.1);
            let targets = (slots.iter().map(|h| helpers[*h]))
                .chain(exits)
                .chain(natives_too);
            let blob = Blob {
                pieces: targets.map(|t| stub(ctx::NATIVE_FP, t)).collect(),
            };
            let addresses = self.registry().install_forever(&blob)?;
            for (slot, stub) in slots.iter().zip(&addresses) {
                helpers[*slot] = *stub;
            }
            let (for_exits, for_natives) = addresses[slots.len()..].split_at(exits.len());
            exits.copy_from_slice(for_exits);
            for (native, stub) in natives.iter_mut().zip(for_natives) {
                native.1 = *stub;
            }
        }
        let [double, int, word, osr, interpret] = exits;
        Ok(Linkage {
            helpers,
            natives: natives.into_iter().collect(),
            exits: [double, int, int, word],
            exit_osr: osr,
            interpret,
            coverage: self.coverage.as_ref().map(|_| CoverageLinks::addresses()),
            jit: Arc::as_ptr(self) as usize,
            exit_counter: match self.options.exit_every {
                Some(_) => &raw const self.exit_counter as usize,
                None => 0,
            },
            invalid_counter: match self.options.invalidate_every {
                Some(_) => &raw const self.invalid_counter as usize,
                None => 0,
            },
        })
    }

    /// The code that an exit belongs to. Compiled code only names exits of its own, and
    /// it is not freed while an activation is in it.
    pub fn code_of_exit(&self, exit: u32) -> Option<Arc<CodeObject>> {
        self.registry().at_site(exit).cloned()
    }

    /// Takes note of an exit that was taken for the `taken`th time.
    pub fn exit_taken(&self, code: &CodeObject, record: &ExitRecord, taken: u32) {
        if self.coverage.is_some()
            && let Some(op) = code.op_of_exit(record)
        {
            self.count(op, Event::Exited);
        }
        let mut log = self.exits();
        log.taken += 1;
        if record.reason == ExitReason::Invalid {
            let every = self.options.invalidate_every.unwrap_or(0);
            self.invalid_counter.store(every as i32, Ordering::Relaxed);
            log.invalid.push(code.func);
            return;
        }
        if let Some(every) = self.options.exit_every {
            if self.exit_counter.load(Ordering::Relaxed) <= 0 {
                self.exit_counter.store(every as i32, Ordering::Relaxed);
            }
            return;
        }
        if taken == self.options.exit_limit
            && let Some(frame) = record.frames.last()
        {
            let overflowed = record.reason == ExitReason::Overflow;
            let mark = if overflowed { OVERFLOWED } else { 0 };
            if log.blocked.insert((frame.func, frame.pc | mark)) {
                log.again.push(code.func);
            }
        }
    }
}
