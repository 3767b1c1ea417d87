//! What the interpreter keeps per engine.
//!
//! Owns the threaded code and the tier-up policy's inputs; the engine library makes it
//! and the runtime's engine holds it without knowing its type.

use std::cell::{OnceCell, RefCell};
use std::ptr::null;
use std::rc::Rc;

use crate::code::{BlockInfo, CodeBlock, CodeStore, Draft};
use crate::coverage::Coverage;
use crate::instr::Cx;
use raya_runtime::ctx::Ctx;
use raya_runtime::func::FuncInfo;
use raya_runtime::mem::refs::Ref;

/// Loop index of a request for a whole function.
pub const FUNCTION: u32 = u32::MAX;

/// Who compiles hot functions and loops.
pub trait Compiler {
    /// Asks for compiled code of a function, or of one of its loops.
    ///
    /// For a function ([`FUNCTION`]) the callee publishes `frame_entry` when it has code,
    /// now or later; the result means nothing. For a loop it gives the entry in the
    /// middle of the function, or null as long as there is none. It is asked again after
    /// every slice, so it must be quick when there is nothing to do.
    fn hot(&self, ctx: &mut Ctx, func: Ref<FuncInfo>, loop_index: u32) -> *const u8;
}

/// When functions and loops are handed to the compiler.
struct TierPolicy {
    /// Calls of a function, or rounds of a loop, that make it hot. 0: before the first call.
    threshold: u32,
    compiler: Rc<dyn Compiler>,
}

/// The interpreter's part of an engine.
pub struct State {
    code: RefCell<CodeStore>,
    policy: OnceCell<TierPolicy>,
    coverage: Option<Coverage>,
}

impl State {
    /// State of a new engine. `coverage` counts executed instructions per opcode.
    pub fn new(coverage: bool) -> Self {
        Self {
            code: RefCell::new(CodeStore::new()),
            policy: OnceCell::new(),
            coverage: coverage.then(Coverage::new),
        }
    }

    /// Turns the second tier on, once: functions and loops are handed to `compiler` after
    /// `threshold` calls or rounds, 0 before their first call.
    pub fn set_compiler(&self, threshold: u32, compiler: Rc<dyn Compiler>) {
        // A second call is a mistake of the engine library that changes nothing.
        let _ = self.policy.set(TierPolicy {
            threshold,
            compiler,
        });
    }

    /// Bytes of threaded code.
    pub fn code_bytes(&self) -> usize {
        self.code.borrow().bytes()
    }

    /// What has been counted, when this engine counts.
    pub fn coverage(&self) -> Option<&Coverage> {
        self.coverage.as_ref()
    }

    /// Calls or rounds until something is hot; none without a second tier.
    pub(crate) fn threshold(&self) -> Option<u32> {
        self.policy.get().map(|policy| policy.threshold)
    }

    /// Asks for compiled code.
    ///
    /// # Safety
    /// `cx` is the running context.
    pub(crate) unsafe fn tier_up(&self, cx: Cx, func: Ref<FuncInfo>, loop_index: u32) -> *const u8 {
        match self.policy.get() {
            // SAFETY: the caller's promise; no other reference to the context is alive.
            Some(policy) => policy.compiler.hot(unsafe { &mut *cx }, func, loop_index),
            None => null(),
        }
    }

    /// Publishes translated code.
    pub(crate) fn install(&self, func: &FuncInfo, draft: &Draft, info: BlockInfo) {
        self.code.borrow_mut().install(func, draft, info);
        debug_assert!(CodeBlock::of(func).is_some());
    }
}

/// The state of the running engine.
///
/// # Safety
/// `cx` is the running context of an engine whose tier state is a [`State`].
pub(crate) unsafe fn state_of<'a>(cx: Cx) -> &'a State {
    // SAFETY: the engine library installed the interpreter's hooks with a `State` that it
    // keeps alive as long as anything runs.
    unsafe {
        match (*(*cx).engine).hooks.get() {
            Some(hooks) => &*hooks.state.cast::<State>(),
            None => unreachable!("nothing is interpreted before the interpreter is installed"),
        }
    }
}
