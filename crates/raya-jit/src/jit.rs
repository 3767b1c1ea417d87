//! The compiling tier as the engine sees it.
//!
//! Owns the policy after a function or loop became hot: what is ordered, when a
//! result is installed, what happens when it fails. Everything here runs on the thread
//! that runs programs, at safepoints.

use crate::code::object::CodeObject;
use crate::code::perf::PerfMap;
use crate::code::registry::Registry;
use crate::compile::{PieceKind, Request};
use crate::error::JitError;
use crate::exits::entry::InterpreterHooks;
use crate::options::JitOptions;
use crate::shared::Shared;
use crate::snapshot::plan::take;
use crate::snapshot::take::LinkHooks;
use crate::stats::{FunctionStats, Stats};
use crate::translate::{Linkage, NO_SITE};
use crate::worker::{Delivery, Order, Worker};
use raya_runtime::ctx::Ctx;
use raya_runtime::func::FuncInfo;
use raya_runtime::hooks::{CodeMap, FrameVisitor};
use raya_runtime::mem::refs::Ref;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::ptr::null;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;

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
    linkage: Linkage,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    worker: Option<Worker>,
    funcs: FxHashMap<usize, FuncState>,
    perf: Option<PerfMap>,
    stats: Stats,
    /// Code that is not entered any more, but may still be active.
    retired: Vec<Arc<CodeObject>>,
    /// Code in use, by function and entry.
    current: FxHashMap<(usize, Option<u32>), Arc<CodeObject>>,
}

/// What was done about one function.
#[derive(Default)]
struct FuncState {
    /// Its calls were ordered.
    calls: bool,
    /// Entries at loop headers: null while ordered or refused.
    loops: FxHashMap<u32, usize>,
}

impl Jit {
    /// The tier of an engine.
    pub fn new(options: JitOptions, hooks: EngineHooks) -> Result<Jit, JitError> {
        let registry = Registry::new(options.code_cap)?;
        let perf = options.perf_map.then(PerfMap::open);
        let shared = Shared::new(hooks.interpreter, options, registry);
        let linkage = shared.linkage()?;
        Ok(Jit {
            shared,
            link: hooks.link,
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
        let known = {
            let mut state = self.state.borrow_mut();
            let func_state = state.funcs.entry(func.addr()).or_default();
            match header {
                Some(header) => match func_state.loops.get(&header) {
                    Some(&entry) => return entry as *const u8,
                    None => {
                        func_state.loops.insert(header, 0);
                        false
                    }
                },
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
    /// more. Activations in it go on until they return or look at what changed.
    pub fn invalidate(&self, func: Ref<FuncInfo>) {
        let thunk = self.shared.registry().thunk(func.addr());
        let thunk = thunk.map_or(std::ptr::null_mut(), |t| t as *mut u8);
        func.frame_entry
            .store(std::ptr::null_mut(), Ordering::Release);
        if !func.cell.load(Ordering::Acquire).is_null() {
            func.cell.store(thunk, Ordering::Release);
        }
        let mut state = self.state.borrow_mut();
        let state = &mut *state;
        state.funcs.remove(&func.addr());
        state.stats.invalidated += 1;
        let dropped: Vec<_> = (state.current.keys().copied())
            .filter(|k| k.0 == func.addr())
            .collect();
        (state.retired).extend(dropped.iter().filter_map(|k| state.current.remove(k)));
    }

    /// Frees code that is not entered any more and that no activation is in: `in_use`
    /// tells whether a word of some stack points into a range of addresses.
    pub fn reclaim(&self, in_use: impl Fn(std::ops::Range<usize>) -> bool) {
        let mut state = self.state.borrow_mut();
        let mut registry = self.shared.registry();
        let retired = std::mem::take(&mut state.retired);
        for code in retired {
            let range = code.start..code.start + code.range.len();
            let kept = if in_use(range) {
                Some(code)
            } else {
                registry.release(&code);
                registry.reclaim(code).err()
            };
            state.retired.extend(kept);
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
        stats.exits_taken = self.shared.exits().taken;
        for object in registry.objects() {
            stats.count_exits(object);
        }
        stats
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
        let Some(snapshot) = take(ctx, &self.link, func) else {
            return; // a bridge: it only calls something else
        };
        let order = Order {
            snapshot: Arc::new(snapshot),
            request,
            blocked: self.shared.exits().blocked.clone(),
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
        let func = delivery.snapshot.info;
        let placed = delivery.result.and_then(|compiled| {
            let mut registry = self.shared.registry();
            for (callee, blob) in &delivery.thunks {
                let thunk = registry.install_thunk(*callee, blob)?;
                publish_thunk(*callee, thunk);
            }
            registry.install(func, &name, delivery.site_base, compiled)
        });
        match placed {
            Ok(code) => {
                publish(&code, state);
                let key = (code.func, delivery.request.osr);
                let replaced = state.current.insert(key, code.clone());
                state.retired.extend(replaced);
                if let Some(perf) = &mut state.perf {
                    perf.add(code.start, code.range.len(), &name);
                }
                let done = FunctionStats::of(&code, delivery.request);
                if self.shared.options.log {
                    eprintln!("[jit] {done}");
                }
                state.stats.compiled(done);
            }
            Err(error) => {
                if self.shared.options.log {
                    eprintln!("[jit] {name}: {error}");
                }
                state.stats.failed(&name, &error);
            }
        }
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
