//! The engine: compiles programs and runs them.

use std::io::Write;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use raya_bytecode::{FuncId, Op};
use raya_heap::{Collection, HeapOptions};
use raya_interp::State;
use raya_runtime::calls::Surplus;
use raya_runtime::ctx::Ctx;
use raya_runtime::engine::{EngineOptions, Task};
use raya_runtime::host::End;
use raya_runtime::mem::value::Value as Word;

use crate::error::Error;
use crate::frontend::{self, Aim, Program, Purpose};
use crate::options::Options;
use crate::report::Report;
use crate::value::Value;

/// Compiles and runs programs. See the crate's documentation.
///
/// Engines are independent: they share no heap, no types and no output. An engine
/// stays on the thread that made it.
pub struct Engine {
    // Dropped in this order: what runs, then what it ran on.
    task: Task,
    #[cfg(feature = "jit")]
    tier: Option<Rc<crate::tier::Tier>>,
    runtime: Box<raya_runtime::engine::Engine>,
    state: Rc<State>,
    options: Options,
    id: u64,
}

/// A program whose functions can be called, see [`Engine::load`]. It belongs to the engine
/// that loaded it and lives as long.
#[derive(Clone, Debug)]
pub struct Library {
    module: u32,
    engine: u64,
}

/// Tells engines apart, so that a library is not asked of the wrong one.
static NEXT_ID: AtomicU64 = AtomicU64::new(0);

impl Engine {
    /// An engine with these settings.
    ///
    /// # Errors
    /// When the system refuses the address space that an engine reserves.
    pub fn new(options: Options) -> Result<Engine, Error> {
        let runtime = raya_runtime::engine::Engine::new(runtime_options(&options))
            .map_err(|_| Error::Memory)?;
        let state = Rc::new(State::new(options.coverage));
        raya_interp::install(&runtime, &state);
        runtime.host.borrow_mut().args = options.args.clone();
        #[cfg(feature = "jit")]
        let tier = match &options.jit {
            Some(jit) => Some(crate::tier::Tier::install(
                jit,
                options.coverage,
                &state,
                &runtime,
            )?),
            None => None,
        };
        let task = Task::on_this_thread(&runtime).map_err(|_| Error::Memory)?;
        Ok(Engine {
            task,
            #[cfg(feature = "jit")]
            tier,
            runtime,
            state,
            options,
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
        })
    }

    /// Compiles a program to bytecode. `name` is what traces and messages show.
    ///
    /// # Errors
    /// [`Error::Compile`] with everything that is wrong.
    pub fn compile(&self, name: &str, text: impl Into<String>) -> Result<Program, Error> {
        frontend::compile(name, text.into(), self.aim(Purpose::Program))
    }

    /// Compiles a program and runs its top level. The functions that it declares there,
    /// those with type parameters apart, can then be called with [`Engine::call`], as
    /// often as needed, over the state that the top level made.
    ///
    /// # Errors
    /// As for [`Engine::compile`] and [`Engine::run`].
    pub fn load(&mut self, name: &str, text: impl Into<String>) -> Result<Library, Error> {
        let program = frontend::compile(name, text.into(), self.aim(Purpose::Library))?;
        self.start_clock();
        let ctx = self.task.ctx();
        let loaded = ctx.load(program.module).and_then(|module| {
            let top_level = module.func(FuncId(0));
            ctx.call_function(top_level, Word::UNSET, Word::UNSET, &[], Surplus::Drop)?;
            Ok(module)
        });
        match loaded {
            Ok(module) => Ok(Library {
                module: module.id,
                engine: self.id,
            }),
            Err(_) => Err(self.failure()),
        }
    }

    /// Calls a function of a loaded program. Arguments are checked against the types of
    /// its parameters, and converted where the language would.
    ///
    /// # Errors
    /// [`Error::NoFunction`] when it has no function of that name, [`Error::Uncaught`]
    /// when the function threw or the arguments do not fit, [`Error::Timeout`] when it
    /// ran too long.
    pub fn call(
        &mut self,
        library: &Library,
        function: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        let module = Some(library.module).filter(|_| library.engine == self.id);
        let module = module.and_then(|id| self.runtime.module(id));
        let func = module.and_then(|module| {
            let mut funcs = module.funcs.iter();
            funcs
                .find(|f| f.flags.exported && *f.name == *function)
                .copied()
        });
        let Some(func) = func else {
            return Err(Error::NoFunction(function.to_owned()));
        };
        self.start_clock();
        let ctx = self.task.ctx();
        let words: Result<Vec<Word>, _> = args.iter().map(|value| import(ctx, value)).collect();
        let result = words.and_then(|words| {
            ctx.call_function(func, Word::UNSET, Word::UNSET, &words, Surplus::Refuse)
        });
        match result {
            Ok(word) => Ok(export(ctx, word)),
            Err(_) => Err(self.failure()),
        }
    }

    /// How something is compiled.
    fn aim(&self, purpose: Purpose) -> Aim {
        Aim {
            purpose,
            verify: self.options.verify_bytecode,
        }
    }

    /// Runs a program to its end and gives what its top level returned.
    ///
    /// # Errors
    /// [`Error::Uncaught`] when it threw, [`Error::Timeout`] when it ran too long.
    pub fn run(&mut self, program: &Program) -> Result<Value, Error> {
        self.start_clock();
        let ctx = self.task.ctx();
        let loaded = ctx.load(program.module.clone());
        let result = loaded.and_then(|module| {
            let top_level = module.func(FuncId(0));
            ctx.call_function(top_level, Word::UNSET, Word::UNSET, &[], Surplus::Drop)
        });
        let result = match result {
            Ok(word) => Ok(export(ctx, word)),
            Err(_) => Err(self.failure()),
        };
        self.refusal().map_or(result, Err)
    }

    /// The error of strict compilation, when the compiler refused a function.
    fn refusal(&mut self) -> Option<Error> {
        if !self.options.jit.as_ref().is_some_and(|jit| jit.strict) {
            return None;
        }
        let refused = self.report().refused;
        let (name, why) = refused.first()?;
        Some(Error::Internal {
            phase: "machine-code generation",
            message: format!("{name}: {why}"),
        })
    }

    /// Compiles and runs a piece of code; gives the value of its last statement if that is
    /// an expression, or what a top-level `return` gave. Code that ends in a statement, or
    /// in the call of a function without result, has no value.
    ///
    /// # Errors
    /// As for [`Engine::compile`] and [`Engine::run`].
    pub fn eval(&mut self, code: &str) -> Result<Option<Value>, Error> {
        let program = frontend::compile("<eval>", code.into(), self.aim(Purpose::Eval))?;
        let value = self.run(&program)?;
        Ok(program.has_value.then_some(value))
    }

    /// Gives programs other streams than the process's standard output and standard error.
    /// What they printed so far is written first.
    pub fn set_streams(&mut self, out: Box<dyn Write>, err: Box<dyn Write>) {
        let mut host = self.runtime.host.borrow_mut();
        host.flush();
        host.set_streams(out, err);
    }

    /// Writes what programs printed and the output streams still hold back.
    pub fn flush(&mut self) {
        self.runtime.host.borrow_mut().flush();
    }

    /// The exit status that the last program chose by `process.exitCode`; none for 0.
    pub fn exit_code(&self) -> Option<u8> {
        let host = self.runtime.host.borrow();
        (host.exit_code != 0).then_some(host.exit_code as u8)
    }

    /// What the engine holds and what its second tier did so far.
    pub fn report(&mut self) -> Report {
        let ctx = self.task.ctx();
        let mut report = Report {
            heap_bytes: ctx.heap_bytes(),
            collections: ctx.collections(),
            ..Report::default()
        };
        #[cfg(feature = "jit")]
        if let Some(tier) = &self.tier {
            tier.report(&mut report);
        }
        report
    }

    /// Collects all garbage: objects, and machine code that is not used any more.
    pub fn collect(&mut self) {
        self.task.ctx().collect(Collection::Major);
    }

    /// The most bytes that the heap has held so far, counted in blocks of 32 KiB.
    pub fn peak_heap(&mut self) -> usize {
        self.task.ctx().peak_heap()
    }

    /// What the second tier did so far, as text. Empty without one.
    pub fn jit_stats(&self) -> String {
        #[cfg(feature = "jit")]
        if let Some(tier) = &self.tier {
            return tier.stats();
        }
        String::new()
    }

    /// What the second tier makes of a program's functions, or of those with one name:
    /// Cranelift's input and machine code as text, entry by entry. The program is linked,
    /// not run.
    ///
    /// # Errors
    /// [`Error::Internal`] when a function cannot be compiled, or there is no second tier.
    pub fn machine_code(
        &mut self,
        program: &Program,
        only: Option<&str>,
    ) -> Result<Vec<(String, String)>, Error> {
        #[cfg(feature = "jit")]
        if let Some(tier) = self.tier.clone() {
            let ctx = self.task.ctx();
            let Ok(module) = ctx.load(program.module.clone()) else {
                return Err(self.failure());
            };
            let mut all = Vec::new();
            for &func in &module.funcs {
                if only.is_none_or(|name| *func.name == *name) && !func.flags.builtin {
                    all.extend(tier.dump(ctx, func)?);
                }
            }
            return Ok(all);
        }
        let _ = (program, only);
        Err(Error::Internal {
            phase: "machine-code generation",
            message: "this engine only interprets".to_owned(),
        })
    }

    /// Counts per opcode as a JSON object, if [`Options::coverage`] asked for them: name to
    /// how often it was interpreted, compiled, left compiled code, threw, and collected.
    pub fn coverage_json(&self) -> Option<String> {
        let coverage = self.state.coverage()?;
        Some(crate::coverage::json(coverage, &|op| {
            self.compiled_coverage(op)
        }))
    }

    fn compiled_coverage(&self, op: Op) -> [u64; 4] {
        #[cfg(feature = "jit")]
        if let Some(tier) = &self.tier {
            return tier.coverage(op);
        }
        let _ = op;
        [0; 4]
    }

    /// Lets the time limit begin now.
    fn start_clock(&mut self) {
        if let Some(limit) = self.options.timeout {
            self.runtime.deadline.set(Instant::now().checked_add(limit));
            // The first poll looks at the clock and sets the pace of the next ones.
            self.task.ctx().budget = 0;
        }
    }

    /// Why the program that was just run did not come to its end.
    fn failure(&mut self) -> Error {
        let end = self.runtime.host.borrow_mut().end.take();
        let ctx = self.task.ctx();
        let thrown = ctx.take_pending();
        match (end, thrown) {
            (Some(End::Timeout), _) => Error::Timeout,
            (Some(End::Internal(message)), _) => Error::Internal {
                phase: "execution",
                message,
            },
            (Some(End::Exit(code)), _) => Error::Exit(code),
            (None, Some(thrown)) => Error::Uncaught(ctx.uncaught_text(thrown)),
            (None, None) => Error::Internal {
                phase: "execution",
                message: "a call failed without an exception".to_owned(),
            },
        }
    }
}

fn runtime_options(options: &Options) -> EngineOptions {
    let defaults = EngineOptions::default();
    EngineOptions {
        heap: HeapOptions {
            max_heap: options.max_heap,
            gc_stress: options.gc_stress.unwrap_or(0),
            ..HeapOptions::default()
        },
        vm_stack: options.max_stack.unwrap_or(defaults.vm_stack),
        ..defaults
    }
}

/// A value for the program. What `console.log` showed of an object is only text.
fn import(ctx: &mut Ctx, value: &Value) -> Result<Word, raya_runtime::abi::Thrown> {
    Ok(match value {
        Value::Null => Word::NULL,
        Value::Bool(b) => Word::bool(*b),
        Value::Int(i) => Word::int(*i),
        Value::Number(x) => Word::number(*x),
        Value::String(text) | Value::Object(text) => ctx.string(text)?,
    })
}

/// A value of the program as owned data.
fn export(ctx: &mut Ctx, word: Word) -> Value {
    if let Some(x) = word.as_number() {
        return Value::Number(x);
    }
    if let Some(i) = word.as_int() {
        return Value::Int(i);
    }
    if let Some(b) = word.as_bool() {
        return Value::Bool(b);
    }
    if !word.is_object() {
        return Value::Null;
    }
    match ctx.as_str(word) {
        Some(text) => Value::String(text.to_text(ctx)),
        None => Value::Object(ctx.inspect(word).unwrap_or_default()),
    }
}
