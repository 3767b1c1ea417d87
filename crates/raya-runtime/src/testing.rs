//! What unit tests of this crate share.

use crate::ctx::Ctx;
use crate::engine::{Engine, EngineOptions, Task};

/// Runs `test` in a new engine.
pub fn with_ctx<T>(test: impl FnOnce(&mut Ctx) -> T) -> T {
    let engine = Engine::new(EngineOptions::default()).expect("address space");
    let mut task = Task::on_this_thread(&engine).expect("address space");
    test(task.ctx())
}
