//! `raya run`.

use raya::Engine;

use super::{failed, finish, options, show};
use crate::Exit;
use crate::args::RunArgs;
use crate::input::read_program;

/// Runs a program from a file.
pub(crate) fn run(args: RunArgs) -> Exit {
    let text = match read_program(&args.file) {
        Ok(text) => text,
        Err(message) => {
            eprintln!("error: {message}");
            return Exit::Usage;
        }
    };
    let file = args.file.display().to_string();
    let mut engine = match Engine::new(options(&args.engine, program_args(&file, args.args))) {
        Ok(engine) => engine,
        Err(error) => return failed(&error),
    };
    let program = match engine.compile(&file, text) {
        Ok(program) => program,
        Err(error) => return failed(&error),
    };
    show(program.warnings());
    let result = engine.run(&program);
    engine.flush();
    finish(&mut engine, &args.engine);
    match result {
        Ok(_) => engine.exit_code().map_or(Exit::Success, Exit::Code),
        Err(error) => failed(&error),
    }
}

/// `process.argv`: the engine, the program, its arguments.
fn program_args(file: &str, args: Vec<String>) -> Vec<String> {
    let engine = std::env::current_exe().map_or("raya".to_owned(), |p| p.display().to_string());
    [engine, file.to_owned()].into_iter().chain(args).collect()
}
