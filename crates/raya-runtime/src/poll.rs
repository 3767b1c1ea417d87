//! The slow path of the budget: what happens when it is used up.

use std::time::Instant;

use crate::abi::R;
use crate::ctx::Ctx;
use crate::host::End;
use crate::mem::abi::Thrown;
use crate::mem::value::Value;

/// Budget between two looks at the clock.
pub const SLICE: i64 = 1 << 20;

/// What an exception takes from the budget: about the rounds that a loop could have run in
/// its time.
const THROW_WEIGHT: i64 = 64;

impl Ctx {
    /// Puts `v` in flight and pays for it.
    ///
    /// Handlers may lie before what they cover, so a program that goes from exception to
    /// exception may never come to a loop's back-edge or a function's entry.
    #[cold]
    pub(crate) fn raise(&mut self, v: Value) -> Thrown {
        self.budget -= THROW_WEIGHT;
        if self.budget < 0
            && let Err(end) = self.poll()
        {
            return end;
        }
        self.set_pending(v)
    }

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
