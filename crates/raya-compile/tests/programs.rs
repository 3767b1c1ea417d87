//! Every program of `bench/` and `fixtures/` compiles to a module that the verifier
//! accepts, survives the binary format, and is refused, not crashed on, when damaged.

use raya_bytecode::{Module, Op};
use raya_check::{EmbeddedBuiltins, Input, check};
use raya_compile::{Options, compile};
use raya_syntax::{Interner, SourceMap};
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All source files below a folder.
fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "ts" || e == "raya") {
            out.push(path);
        }
    }
    out.sort();
}

/// The module of a source text; none where it has errors of its own.
fn module(name: &str, text: &str, optimise: bool) -> Result<Option<Module>, String> {
    let mut names = Interner::new();
    let mut files = SourceMap::new();
    let file = files.add(name, text);
    let Some(source) = files.get(file) else {
        return Ok(None);
    };
    let parsed = raya_syntax::parse(source, &mut names);
    if !parsed.is_ok() {
        return Ok(None);
    }
    let mut checked = check(Input {
        module: &parsed.module,
        file,
        names: &mut names,
        sources: &mut files,
        builtins: &EmbeddedBuiltins,
        whole_library: false,
    });
    if !checked.is_ok() {
        return Ok(None);
    }
    let options = Options {
        optimise,
        verify: true,
        ..Options::default()
    };
    match compile(&checked.hir, &mut checked.types, &names, &files, &options) {
        Ok(compiled) => Ok(Some(compiled.module)),
        Err(faults) => {
            let mut text = String::new();
            for fault in faults {
                // Writing to a string cannot fail.
                let _ = writeln!(text, "{name}: {} {}", fault.code, fault.message);
            }
            Err(text)
        }
    }
}

fn programs() -> Vec<PathBuf> {
    let mut out = Vec::new();
    for folder in ["bench", "fixtures"] {
        sources(&root().join(folder), &mut out);
    }
    out
}

fn all_compile(optimise: bool) {
    let mut faults = String::new();
    for path in programs() {
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        if let Err(fault) = module(&path.display().to_string(), &text, optimise) {
            faults.push_str(&fault);
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn every_program_compiles() {
    all_compile(true);
}

#[test]
fn every_program_compiles_without_optimisation() {
    all_compile(false);
}

#[test]
fn modules_survive_the_binary_format() {
    for path in programs().into_iter().step_by(5) {
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        if let Ok(Some(m)) = module("p.ts", &text, true) {
            let bytes = raya_bytecode::format::encode(&m);
            assert_eq!(raya_bytecode::format::decode(&bytes).as_ref(), Ok(&m));
        }
    }
}

#[test]
fn damaged_modules_do_not_crash_the_verifier() {
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize % below.max(1)
    };
    for path in programs().into_iter().step_by(7) {
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        let Ok(Some(mut m)) = module("p.ts", &text, true) else {
            continue;
        };
        for _ in 0..60 {
            let f = random(m.functions.len());
            let len = m.functions[f].code.len();
            let at = random(len);
            let old = m.functions[f].code[at];
            let instr = &mut m.functions[f].code[at];
            let value = random(40) as u16;
            match random(4) {
                0 => instr.op = Op::ALL[random(Op::ALL.len())],
                1 => instr.a = value,
                2 => instr.b = value,
                _ => instr.c = value.wrapping_sub(20),
            }
            // Either answer will do; only a panic would not.
            let _ = raya_bytecode::verify(&m);
            m.functions[f].code[at] = old;
        }
    }
}
