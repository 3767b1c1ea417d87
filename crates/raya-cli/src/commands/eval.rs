//! `raya eval`.

use raya::Engine;

use super::{failed, finish, options};
use crate::Exit;
use crate::args::EvalArgs;

/// Runs a piece of code and prints its value, if it has one, as `console.log` would.
pub(crate) fn eval(args: EvalArgs) -> Exit {
    let mut engine = match Engine::new(options(&args.engine, Vec::new())) {
        Ok(engine) => engine,
        Err(error) => return failed(&error),
    };
    let result = engine.eval(&args.code);
    engine.flush();
    finish(&mut engine, &args.engine);
    match result {
        Ok(value) => {
            if let Some(value) = value {
                println!("{value}");
            }
            Exit::Success
        }
        Err(error) => failed(&error),
    }
}
