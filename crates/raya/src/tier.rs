//! The second tier: connects the interpreter's counters, the JIT and the runtime.
//!
//! Owns the policy of what is handed over when. Everything that compiled code needs of
//! the interpreter goes through the hooks that are put together here, since neither
//! tier knows the other.

use std::rc::Rc;

use raya_bytecode::Op;
use raya_interp::{Compiler, FUNCTION, State};
use raya_jit::{EngineHooks, InterpreterHooks, Jit, LinkHooks};
use raya_runtime::ctx::Ctx;
use raya_runtime::func::FuncInfo;
use raya_runtime::mem::refs::Ref;

use crate::error::Error;
use crate::options::JitOptions;
use crate::report::{CompiledCode, Report};

/// The JIT of an engine.
pub(crate) struct Tier {
    jit: Jit,
}

impl Tier {
    /// Makes the tier and hands it to the interpreter. Nothing is compiled, no thread
    /// started, before something is hot.
    pub(crate) fn install(
        options: &JitOptions,
        coverage: bool,
        state: &State,
        runtime: &raya_runtime::engine::Engine,
    ) -> Result<Rc<Tier>, Error> {
        let settings = raya_jit::JitOptions {
            // Code that is to be compiled before its first call must be waited for.
            sync: options.sync || options.threshold == 0,
            exit_every: options.exit_every,
            invalidate_every: options.invalidate_every,
            only: options.only.clone(),
            log: options.log,
            code_cap: options.code_cap,
            coverage,
            perf_map: options.perf_map,
            ..raya_jit::JitOptions::default()
        };
        let hooks = EngineHooks {
            interpreter: InterpreterHooks {
                call: raya_interp::call_frame,
                resume: raya_interp::resume_at,
                materialise: raya_interp::materialise,
            },
            link: LinkHooks {
                translate: raya_interp::ensure_translated,
            },
        };
        let assumptions = runtime.assumptions.clone();
        let jit = Jit::new(settings, hooks, assumptions).map_err(|error| Error::Internal {
            phase: "setting up the compiler",
            message: error.to_string(),
        })?;
        let tier = Rc::new(Tier { jit });
        *runtime.code_map.borrow_mut() = Some(tier.jit.code_map());
        let weak = Rc::downgrade(&tier);
        (runtime.assumptions).listen(Rc::new(move |func| {
            if let Some(tier) = weak.upgrade() {
                tier.jit.invalidate(func);
            }
        }));
        state.set_compiler(options.threshold, tier.clone());
        Ok(tier)
    }

    /// Waits for what is under way and reports what was compiled.
    pub(crate) fn stats(&self) -> String {
        self.jit.finish();
        self.jit.stats().to_string()
    }

    /// Fills in what the tier did, after waiting for what is under way.
    pub(crate) fn report(&self, report: &mut Report) {
        self.jit.finish();
        let stats = self.jit.stats();
        report.code = (stats.functions.iter())
            .map(|f| CompiledCode {
                name: f.name.to_string(),
                loop_header: f.request.osr,
                bytes: f.bytes,
                loop_helpers: f.census.loop_helpers,
                loop_boxings: f.census.loop_boxings,
            })
            .collect();
        report.code_bytes = stats.code_bytes;
        report.retired = stats.retired;
        report.compiled = stats.compiled;
        report.exits = stats.exits_taken;
        report.invalidated = stats.invalidated;
        report.given_up = stats.given_up.iter().map(|n| n.to_string()).collect();
        report.refused = (stats.failures.into_iter())
            .map(|(name, why)| (name.into(), why))
            .collect();
    }

    /// How often an opcode ran in compiled code, left it, threw there, and collected there.
    pub(crate) fn coverage(&self, op: Op) -> [u64; 4] {
        self.jit.coverage(op)
    }

    /// CLIF and assembly of a function's entries: name of the entry and text.
    pub(crate) fn dump(
        &self,
        ctx: &mut Ctx,
        func: Ref<FuncInfo>,
    ) -> Result<Vec<(String, String)>, Error> {
        self.jit.dump(ctx, func).map_err(|error| Error::Internal {
            phase: "machine-code generation",
            message: error.to_string(),
        })
    }
}

impl Compiler for Tier {
    fn hot(&self, ctx: &mut Ctx, func: Ref<FuncInfo>, loop_index: u32) -> *const u8 {
        if loop_index == FUNCTION {
            return self.jit.tier_up(ctx, func, None);
        }
        let header = func.owner.get().and_then(|owner| {
            let function = owner.module.functions.get(func.index as usize)?;
            Some(function.loops.get(loop_index as usize)?.header)
        });
        match header {
            Some(header) => self.jit.tier_up(ctx, func, Some(header)),
            None => std::ptr::null(),
        }
    }
}
