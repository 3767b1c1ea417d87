//! The slow path of the budget: what happens when it is used up.

use std::time::Instant;

use crate::abi::R;
use crate::ctx::Ctx;
use crate::host::End;

/// Budget between two looks at the clock.
pub const SLICE: i64 = 1 << 20;

impl Ctx {
    /// Refills the budget, or ends the program when its time limit has passed.
    pub(crate) fn poll(&mut self) -> R<()> {
        let deadline = self.engine().deadline.get();
        match deadline {
            Some(at) if Instant::now() >= at => Err(self.end(End::Timeout)),
            Some(_) => {
                self.budget = SLICE;
                Ok(())
            }
            None => {
                self.budget = i64::MAX / 2;
                Ok(())
            }
        }
    }
}
