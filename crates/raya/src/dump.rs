//! What each stage makes of a program, as text.

use std::fmt::Write;

use raya_bytecode::Module;
use raya_check::Checked;
use raya_syntax::lexer::lex;

use crate::engine::Engine;
use crate::error::Error;
use crate::frontend::Session;
use crate::options::Options;

/// A stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Tokens.
    Tokens,
    /// The syntax tree.
    Ast,
    /// The typed tree.
    Types,
    /// IR after the passes.
    Ir,
    /// Portable bytecode.
    Bytecode,
    /// Cranelift's input.
    Clif,
    /// Machine code.
    Asm,
}

/// Dumps a stage, of one function if it is named.
pub fn dump(
    stage: Stage,
    name: &str,
    text: String,
    function: Option<&str>,
) -> Result<String, Error> {
    if matches!(stage, Stage::Clif | Stage::Asm) {
        return machine_code(stage, name, text, function);
    }
    let mut session = Session::new(name, text);
    if stage == Stage::Tokens {
        return Ok(tokens(&session));
    }
    let tree = session.parse();
    if stage == Stage::Ast {
        return Ok(raya_syntax::dump::ast(&tree, &session.names, false));
    }
    if session.has_errors() {
        return Err(session.into_error());
    }
    let mut checked = session.check(&tree);
    if session.has_errors() {
        return Err(session.into_error());
    }
    if stage == Stage::Types {
        return Ok(types(&checked, &session, function));
    }
    let options = raya_compile::Options {
        dump_ir: stage == Stage::Ir,
        ..raya_compile::Options::default()
    };
    let Some(compiled) = session.compile(&mut checked, &options) else {
        return Err(session.into_error());
    };
    match stage {
        Stage::Ir => Ok(ir(&compiled.ir, function)),
        _ => Ok(bytecode(&compiled.module, function)),
    }
}

/// What Cranelift gets and gives.
fn machine_code(
    stage: Stage,
    name: &str,
    text: String,
    function: Option<&str>,
) -> Result<String, Error> {
    let mut engine = Engine::new(Options::default())?;
    let program = engine.compile(name, text)?;
    let entries = engine.machine_code(&program, function)?;
    let chosen = entries.into_iter().map(|(clif, asm)| match stage {
        Stage::Clif => clif,
        _ => asm,
    });
    Ok(chosen.collect::<Vec<_>>().join("\n"))
}

fn tokens(session: &Session) -> String {
    let Some(source) = session.sources.get(session.file) else {
        return String::new();
    };
    raya_syntax::dump::tokens(source, &lex(source).tokens)
}

fn ir(functions: &[(String, String)], only: Option<&str>) -> String {
    let mut out = String::new();
    for (name, text) in functions {
        if only.is_none_or(|only| only == name) {
            let _ = writeln!(out, "{}\n", text.trim_end());
        }
    }
    out
}

/// Bytecode of the module, or of the functions with this name.
fn bytecode(module: &Module, only: Option<&str>) -> String {
    let Some(name) = only else {
        return module.disassemble().to_string();
    };
    let mut out = String::new();
    for (index, function) in module.functions.iter().enumerate() {
        if module.str(function.name) == name {
            let _ = write!(out, "{}", module.disassemble_function(index));
        }
    }
    out
}

/// Declared and inferred types of the program's variables and functions.
fn types(checked: &Checked, session: &Session, only: Option<&str>) -> String {
    let show = |ty| checked.types.display(ty, &session.names);
    let text = |name| session.names.text(name);
    let mut out = String::new();
    if only.is_none() {
        for global in checked
            .hir
            .globals
            .iter()
            .filter(|g| g.file == session.file)
        {
            let _ = writeln!(out, "{}: {}", text(global.name), show(global.ty));
        }
    }
    for function in checked
        .hir
        .functions
        .iter()
        .filter(|f| f.file == session.file)
    {
        let name = text(function.name);
        if only.is_some_and(|only| only != name) {
            continue;
        }
        let shown = if name.is_empty() { "<anonymous>" } else { name };
        let _ = writeln!(out, "\n{shown} gives {}", show(function.ret));
        for local in &function.locals {
            let place = if local.boxed {
                " (in a scope object)"
            } else {
                ""
            };
            match text(local.name) {
                "" => {}
                name => drop(writeln!(out, "    {name}: {}{place}", show(local.ty))),
            }
        }
    }
    out
}
