//! The middle end: typed trees to bytecode.
//!
//! Owns specialisation of generics, the IR and its optimisations, register
//! allocation and emission. Must not know: syntax, typing rules, object layout, how
//! bytecode is run.
//!
//! Invariant: a module that `compile` returns passes the verifier; what cannot be
//! compiled is a diagnostic, never a panic.

#![forbid(unsafe_code)]

pub mod codegen;
pub mod errors;
pub mod ir;
pub mod lower;
pub mod passes;
pub mod tables;

use errors::Failure;
use ir::At;
use lower::{Compiler, Lowered};
use raya_bytecode::{Function, Module, TypeId};
use raya_check::hir::Hir;
use raya_check::types::TypeInterner;
use raya_syntax::{Diagnostic, FileId, Interner, LineCol, SourceMap, Span};
use std::fmt::Write;
use tables::Tables;

/// What a compilation is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Optimise the IR. Off only for looking at what lowering made.
    pub optimise: bool,
    /// Keep the text of the IR.
    pub dump_ir: bool,
    /// Verify the module before it is returned; a fault becomes an internal error.
    pub verify: bool,
    /// Keep the functions that the module declares at its top level, those with type
    /// parameters apart, and mark them as exported.
    pub exports: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            optimise: true,
            dump_ir: false,
            verify: cfg!(debug_assertions),
            exports: false,
        }
    }
}

/// What a compilation gives.
#[derive(Debug)]
pub struct Compiled {
    /// The module.
    pub module: Module,
    /// The optimised IR of every function as text, if it was asked for: name and text.
    pub ir: Vec<(String, String)>,
}

/// Compiles a checked program without errors.
pub fn compile(
    hir: &Hir,
    types: &mut TypeInterner,
    names: &Interner,
    sources: &SourceMap,
    options: &Options,
) -> Result<Compiled, Vec<Diagnostic>> {
    let file = hir.main.map(|f| hir.function(f).file).unwrap_or_default();
    let name = sources.get(file).map_or("", |f| f.name());
    let mut depths = lower::TYPE_DEPTHS.into_iter();
    let deepest = depths.next().unwrap_or_default();
    let mut compiler = Compiler::new(hir, types, names, name.to_string(), deepest);
    compiler.run(options.exports);
    // Classes whose methods give deeper instances of them may have too many.
    for depth in depths {
        if compiler.tables.overflow.is_none() {
            break;
        }
        compiler = Compiler::new(hir, compiler.types, names, name.to_string(), depth);
        compiler.run(options.exports);
    }
    refuse(&compiler, file)?;
    let Compiler {
        mut tables,
        funcs,
        any,
        ..
    } = compiler;
    let mut program: Vec<Lowered> = Vec::with_capacity(funcs.len());
    for lowered in funcs {
        program.push(lowered.ok_or_else(|| {
            internal("lowering", file, "a function was asked for and never made")
        })?);
    }
    if options.optimise {
        passes::run(&mut program, &mut tables);
    }
    let mut out = Compiled {
        module: Module::default(),
        ir: Vec::new(),
    };
    if options.dump_ir {
        out.ir = dump(&program, &tables);
    }
    let functions = emit(&program, any, sources)?;
    tables.module.functions = functions;
    if let Some(what) = tables.overflow {
        return Err(vec![too_many(what, file)]);
    }
    out.module = tables.module;
    if options.verify
        && let Err(fault) = raya_bytecode::verify(&out.module)
    {
        return Err(internal("verification", file, &fault.to_string()));
    }
    Ok(out)
}

/// The IR of all functions as text.
fn dump(program: &[Lowered], tables: &Tables) -> Vec<(String, String)> {
    let show = |lowered: &Lowered| {
        let name = tables.module.str(lowered.func.name).into_owned();
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = write!(text, "{}", ir::display::Shown::new(&lowered.func, tables));
        (name, text)
    };
    program.iter().map(show).collect()
}

/// The bytecode of all functions.
fn emit(
    program: &[Lowered],
    any: TypeId,
    sources: &SourceMap,
) -> Result<Vec<Function>, Vec<Diagnostic>> {
    let start = LineCol { line: 1, column: 1 };
    let mut locate = |file: u32, at: At| {
        let file = sources.get(FileId(file));
        file.map_or(start, |f| f.line_col(at.offset))
    };
    let mut functions = Vec::with_capacity(program.len());
    for lowered in program {
        let made = codegen::generate(&lowered.func, any, &mut locate);
        functions.push(made.map_err(|_| {
            let what = "this function needs more than 65,000 registers; split it";
            vec![Failure::limit(lowered.file, lowered.span, what).diagnostic()]
        })?);
    }
    Ok(functions)
}

fn refuse(compiler: &Compiler<'_>, file: FileId) -> Result<(), Vec<Diagnostic>> {
    if let Some(what) = compiler.tables.overflow {
        return Err(vec![too_many(what, file)]);
    }
    if compiler.failures.is_empty() {
        return Ok(());
    }
    Err(compiler.failures.iter().map(Failure::diagnostic).collect())
}

fn too_many(what: &str, file: FileId) -> Diagnostic {
    let message = format!("the program has more than 65,535 {what}");
    Failure::limit(file, Span::default(), message).diagnostic()
}

fn internal(phase: &'static str, file: FileId, what: &str) -> Vec<Diagnostic> {
    vec![Failure::internal(phase, file, Span::default(), what).diagnostic()]
}
