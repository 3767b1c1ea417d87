//! `raya dump`.

use raya::dump::{self, Stage};

use super::failed;
use crate::Exit;
use crate::args::{self, DumpArgs};
use crate::input::read_program;

/// Prints what a stage makes of a program.
pub(crate) fn dump(args: &DumpArgs) -> Exit {
    let text = match read_program(&args.file) {
        Ok(text) => text,
        Err(message) => {
            eprintln!("error: {message}");
            return Exit::Usage;
        }
    };
    let file = args.file.display().to_string();
    match dump::dump(stage(args.stage), &file, text, args.function.as_deref()) {
        Ok(text) => {
            print!("{text}");
            Exit::Success
        }
        Err(error) => failed(&error),
    }
}

fn stage(stage: args::Stage) -> Stage {
    match stage {
        args::Stage::Tokens => Stage::Tokens,
        args::Stage::Ast => Stage::Ast,
        args::Stage::Types => Stage::Types,
        args::Stage::Ir => Stage::Ir,
        args::Stage::Bytecode => Stage::Bytecode,
        args::Stage::Clif => Stage::Clif,
        args::Stage::Asm => Stage::Asm,
    }
}
