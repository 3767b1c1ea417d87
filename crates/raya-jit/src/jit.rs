//! The compiling tier as the engine sees it.
//!
//! Owns the policy after a function or loop became hot: what is ordered, when a
//! result is installed, what happens when it fails. Everything here runs on the thread
//! that runs programs, at safepoints.

use crate::code::object::CodeObject;
use crate::code::perf::PerfMap;
use crate::code::registry::{About, Registry};
use crate::compile::{PieceKind, Request};
use crate::error::JitError;
use crate::exits::entry::InterpreterHooks;
use crate::options::JitOptions;
use crate::shared::Shared;
use crate::snapshot::plan::{Speculation, take};
use crate::snapshot::take::LinkHooks;
use crate::stats::{FunctionStats, Stats};
use crate::tiering::FuncState;
use crate::translate::{Blocked, Linkage, NO_SITE};
use crate::worker::{Delivery, Order, Worker};
use raya_bytecode::Op;
use raya_heap::Collection;
use raya_runtime::assumptions::{Assumptions, Dependent};
use raya_runtime::ctx::Ctx;
use raya_runtime::func::FuncInfo;
use raya_runtime::hooks::{CodeMap, FrameVisitor};
use raya_runtime::mem::refs::Ref;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::ops::Range;
use std::ptr::null;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// What the engine provides to the compiling tier.
#[derive(Clone, Copy, Debug)]
pub struct EngineHooks {
    /// Calls and exits into the interpreter.
    pub interpreter: InterpreterHooks,
    /// What snapshots need.
    pub link: LinkHooks,
}

/// The compiling tier of one engine.
pub struct Jit {
    shared: Arc<Shared>,
    link: LinkHooks,
    assumptions: Rc<Assumptions>,
    linkage: Linkage,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    worker: Option<Worker>,
    funcs: FxHashMap<usize, FuncState>,
    perf: Option<PerfMap>,
    stats: Stats,
    /// Code in use, by function and entry.
    current: FxHashMap<(usize, Option<u32>), Arc<CodeObject>>,
    /// The last code did not fit.
    full: bool,
    /// Pieces of retired code that the last attempt to make room could not free.
    stuck: usize,
}

impl Jit {
    /// The tier of an engine.
    pub fn new(
        options: JitOptions,
        hooks: EngineHooks,
        assumptions: Rc<Assumptions>,
    ) -> Result<Jit, JitError> {
        let registry = Registry::new(options.code_cap)?;
        let perf = options.perf_map.then(PerfMap::open);
        let shared = Shared::new(hooks.interpreter, options, registry);
        let linkage = shared.linkage()?;
        Ok(Jit {
            shared,
            link: hooks.link,
            assumptions,
            linkage,
            state: RefCell::new(State {
                perf,
                ..State::default()
            }),
        })
    }

    /// From machine code to functions, for traces.
    pub fn code_map(&self) -> Rc<dyn CodeMap> {
        Rc::new(Map(self.shared.clone()))
    }

    /// A function became hot, or the loop at `header` in it. Installs what has been
    /// finished since the last call. For a loop, gives the entry at its header, or null
    /// as long as there is none; a function gets its entries published.
    pub fn tier_up(&self, ctx: &mut Ctx, func: Ref<FuncInfo>, header: Option<u32>) -> *const u8 {
        self.install_finished(false);
        self.compile_again(ctx);
        self.make_room(ctx);
        let known = {
            let mut state = self.state.borrow_mut();
            let state = &mut *state;
            let func_state = state.funcs.entry(func.addr()).or_default();
            if let Some(&entry) = header.and_then(|h| func_state.loops.get(&h)) {
                return entry as *const u8;
            }
            let known = header.is_none() && func_state.calls;
            if known || state.full || !func_state.admits() {
                return null();
            }
            match header {
                Some(header) => func_state.loops.insert(header, 0).is_some(),
                None => std::mem::replace(&mut func_state.calls, true),
            }
        };
        if known {
            return null();
        }
        let request = Request {
            calls: header.is_none(),
            osr: header,
        };
        self.order(ctx, func, request, false);
        if self.shared.options.sync {
            self.install_finished(true);
        }
        let state = self.state.borrow();
        let entry = (state.funcs.get(&func.addr()))
            .zip(header)
            .and_then(|(f, h)| f.loops.get(&h));
        entry.map_or(null(), |e| *e as *const u8)
    }

    /// A function's code relies on something that no longer holds: it is not entered any
    /// more. Its activations leave when they find their valid byte cleared.
    pub fn invalidate(&self, func: Ref<FuncInfo>) {
        let mut state = self.state.borrow_mut();
        let state = &mut *state;
        state.stats.invalidated += 1;
        let known = state.funcs.entry(func.addr()).or_default();
        known.dropped();
        if known.is_given_up() {
            state.stats.given_up(&func.name);
        }
        self.withdraw(state, func);
    }

    /// Makes a function's code unreachable for calls to come.
    fn withdraw(&self, state: &mut State, func: Ref<FuncInfo>) {
        let mut registry = self.shared.registry();
        let thunk = registry.thunk(func.addr());
        let thunk = thunk.map_or(std::ptr::null_mut(), |t| t as *mut u8);
        func.frame_entry
            .store(std::ptr::null_mut(), Ordering::Release);
        if !func.cell.load(Ordering::Acquire).is_null() {
            func.cell.store(thunk, Ordering::Release);
        }
        let dropped: Vec<_> = (state.current.keys().copied())
            .filter(|k| k.0 == func.addr())
            .collect();
        for key in dropped {
            if let Some(code) = state.current.remove(&key) {
                registry.retire(code);
            }
        }
    }

    /// After code did not fit: a major collection finds out what is not used any more, and
    /// functions may be compiled again. Where nothing was freed, nothing more is compiled.
    fn make_room(&self, ctx: &mut Ctx) {
        let stuck = self.state.borrow().stuck;
        if !self.state.borrow().full || self.shared.registry().retired() == stuck {
            return;
        }
        let before = self.shared.registry().used();
        ctx.collect(Collection::Major);
        let mut state = self.state.borrow_mut();
        let state = &mut *state;
        state.stuck = self.shared.registry().retired();
        if self.shared.registry().used() < before {
            state.full = false;
            let entries: Vec<usize> = state.current.keys().map(|k| k.0).collect();
            for (func, known) in &mut state.funcs {
                if !entries.contains(func) {
                    known.forget();
                }
            }
        }
    }

    /// Waits for everything that is under way, and installs it.
    pub fn finish(&self) {
        self.install_finished(true);
    }

    /// What was done so far.
    pub fn stats(&self) -> Stats {
        let mut stats = self.state.borrow().stats.clone();
        let registry = self.shared.registry();
        stats.code_bytes = registry.used();
        stats.retired = registry.retired();
        stats.exits_taken = self.shared.exits().taken;
        for object in registry.objects() {
            stats.functions.push(FunctionStats::of(object));
            stats.count_exits(object);
        }
        stats.functions.sort_by_key(|f| f.order);
        stats
    }

    /// How often an opcode ran in compiled code, left it, threw there, and collected there;
    /// zero unless [`JitOptions::coverage`] is set.
    pub fn coverage(&self, op: Op) -> [u64; 4] {
        self.shared.coverage().map_or([0; 4], |c| c.row(op))
    }

    /// CLIF and assembly of a function's entries, as text.
    pub fn dump(
        &self,
        ctx: &mut Ctx,
        func: Ref<FuncInfo>,
    ) -> Result<Vec<(String, String)>, JitError> {
        self.install_finished(true);
        let request = Request {
            calls: true,
            osr: None,
        };
        self.order(ctx, func, request, true);
        let mut state = self.state.borrow_mut();
        match state.worker.as_mut().and_then(|w| w.collect(true)) {
            Some(delivery) => delivery.result.map(|c| c.dumps),
            None => Err(JitError::Malformed("the function has no bytecode".into())),
        }
    }

    fn order(&self, ctx: &mut Ctx, func: Ref<FuncInfo>, request: Request, dump: bool) {
        let only = &self.shared.options.only;
        if !only.is_empty() && !only.iter().any(|n| **n == *func.name) {
            return;
        }
        let speculation = {
            let state = self.state.borrow();
            let known = state.funcs.get(&func.addr());
            known.map_or(Speculation::Free, FuncState::speculation)
        };
        let Some(snapshot) = take(ctx, &self.link, func, speculation) else {
            return; // a bridge: it only calls something else
        };
        let order = Order {
            snapshot: Arc::new(snapshot),
            request,
            blocked: match speculation {
                Speculation::Free => Blocked::Places(self.shared.exits().blocked.clone()),
                Speculation::Careful => Blocked::All,
            },
            valid: Arc::new(AtomicU8::new(1)),
            dump,
        };
        let mut state = self.state.borrow_mut();
        let options = &self.shared.options;
        if state.worker.is_none() {
            match Worker::start(self.linkage.clone(), options.verify) {
                Ok(worker) => state.worker = Some(worker),
                Err(e) => {
                    let error = JitError::Unsupported(e.to_string());
                    return state.stats.failed(&func.name, &error);
                }
            }
        }
        if let Some(worker) = &mut state.worker {
            worker.order(order);
        }
    }

    /// Orders again what exits too often. The code in place goes on until then.
    fn compile_again(&self, ctx: &mut Ctx) {
        let (again, invalid) = {
            let mut log = self.shared.exits();
            (
                std::mem::take(&mut log.again),
                std::mem::take(&mut log.invalid),
            )
        };
        for func in invalid {
            // SAFETY: as below.
            self.invalidate(unsafe { Ref::from_ptr(func as *const FuncInfo) });
        }
        for func in again {
            // SAFETY: the address of a function record, which lives as long as its engine.
            let func: Ref<FuncInfo> = unsafe { Ref::from_ptr(func as *const FuncInfo) };
            let (calls, loops) = {
                let mut state = self.state.borrow_mut();
                let f = state.funcs.entry(func.addr()).or_default();
                if !f.leaves_too_often() {
                    continue;
                }
                let loops: Vec<u32> = f.loops.keys().copied().collect();
                (f.calls, loops)
            };
            let request = Request { calls, osr: None };
            if calls {
                self.order(ctx, func, request, false);
            }
            for header in loops {
                let request = Request {
                    calls: false,
                    osr: Some(header),
                };
                self.order(ctx, func, request, false);
            }
        }
    }

    fn install_finished(&self, wait: bool) {
        loop {
            let mut state = self.state.borrow_mut();
            let Some(delivery) = state.worker.as_mut().and_then(|w| w.collect(wait)) else {
                return;
            };
            self.install(&mut state, delivery);
        }
    }

    fn install(&self, state: &mut State, delivery: Delivery) {
        let name = delivery.snapshot.name.clone();
        let placed = self.place(state, delivery);
        match placed {
            Ok(Some(code)) => {
                publish(&code, state);
                let key = (code.func, code.request.osr);
                if let Some(replaced) = state.current.insert(key, code.clone()) {
                    self.shared.registry().retire(replaced);
                }
                if let Some(perf) = &mut state.perf {
                    perf.add(code.start, code.range.len(), &name);
                }
                if self.shared.options.log {
                    eprintln!("[jit] {}", FunctionStats::of(&code));
                }
                state.stats.compiled += 1;
                state.stats.micros += code.micros;
            }
            Ok(None) => state.stats.outdated += 1,
            Err(error) => {
                if self.shared.options.log {
                    eprintln!("[jit] {name}: {error}");
                }
                state.full |= matches!(error, JitError::CodeFull);
                state.stats.failed(&name, &error);
            }
        }
    }

    /// Places finished code and registers what it relies on; none when an assumption was
    /// dropped while it was compiled.
    fn place(
        &self,
        state: &mut State,
        delivery: Delivery,
    ) -> Result<Option<Arc<CodeObject>>, JitError> {
        let compiled = delivery.result?;
        let func = delivery.snapshot.info;
        // SAFETY: the address of a function record, which lives as long as its engine.
        let dependent = unsafe { Ref::from_ptr(func as *const FuncInfo) };
        let dependent = Dependent::new(dependent, &delivery.valid);
        let mut holds = true;
        delivery.snapshot.each_assumed(&mut |assumed| {
            holds = holds && self.assumptions.depend(assumed.into(), dependent.clone());
        });
        if !holds {
            if let Some(known) = state.funcs.get_mut(&func) {
                known.forget();
            }
            return Ok(None);
        }
        let mut registry = self.shared.registry();
        for (callee, blob) in &delivery.thunks {
            let thunk = registry.install_thunk(*callee, blob)?;
            publish_thunk(*callee, thunk);
        }
        let about = About {
            func,
            name: delivery.snapshot.name.clone(),
            request: delivery.request,
            site_base: delivery.site_base,
            valid: delivery.valid,
        };
        registry.install(about, compiled).map(Some)
    }
}

/// Makes a function's entries reachable.
fn publish(code: &CodeObject, state: &mut State) {
    // SAFETY: the address of a function record, which lives as long as its engine.
    let func: Ref<FuncInfo> = unsafe { Ref::from_ptr(code.func as *const FuncInfo) };
    for &(kind, address) in &code.entries {
        match kind {
            PieceKind::Typed => func.cell.store(address as *mut u8, Ordering::Release),
            PieceKind::Frame => {
                (func.frame_entry).store(address as *mut u8, Ordering::Release);
                // The interpreter looks for compiled code when the counter has run out.
                func.hotness.store(0, Ordering::Release);
            }
            PieceKind::Osr(header) => {
                let f = state.funcs.entry(code.func).or_default();
                f.loops.insert(header, address);
            }
        }
    }
}

/// Gives a function that has no native entry the one into the interpreter.
fn publish_thunk(func: usize, thunk: usize) {
    // SAFETY: as in `publish`.
    let func: Ref<FuncInfo> = unsafe { Ref::from_ptr(func as *const FuncInfo) };
    let none = std::ptr::null_mut();
    // A function that was compiled meanwhile keeps its code.
    let _ =
        (func.cell).compare_exchange(none, thunk as *mut u8, Ordering::AcqRel, Ordering::Acquire);
}

/// From machine code to functions.
struct Map(Arc<Shared>);

impl Map {
    fn visit(code: &CodeObject, local: u32, visit: &mut FrameVisitor<'_>) {
        code.chain(local, |func, pc| {
            // SAFETY: as in `publish`.
            visit(unsafe { Ref::from_ptr(func as *const FuncInfo) }, pc);
        });
    }
}

impl CodeMap for Map {
    fn at_return(&self, address: usize, visit: &mut FrameVisitor<'_>) -> bool {
        let registry = self.0.registry();
        if !registry.owns(address) {
            return false;
        }
        // Thunks and frame entries lie in the area but stand for no function.
        let code = registry.at_address(address).cloned();
        drop(registry);
        if let Some(code) = code
            && let Some(local) = code.site_at(address)
        {
            Map::visit(&code, local, visit);
        }
        true
    }

    fn range(&self) -> Range<usize> {
        self.0.registry().range()
    }

    fn collected(&self, words: &mut [usize]) {
        words.sort_unstable();
        self.0.registry().reclaim(words);
    }

    fn at_site(&self, _native_fp: usize, site: u32, visit: &mut FrameVisitor<'_>) {
        if site == NO_SITE {
            return;
        }
        let code = self.0.registry().at_site(site).cloned();
        if let Some(code) = code {
            Map::visit(&code, site - code.site_base, visit);
        }
    }
}
