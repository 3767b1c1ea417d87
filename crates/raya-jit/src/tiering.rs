//! What was done about each function, and what to do next time it is hot.
//!
//! Code whose checks fail or whose assumptions are dropped is made again; so that this comes
//! to an end, every such setback makes the tier wait twice as long, and after a few of them
//! take nothing for granted any more, until it gives the function up.

use crate::snapshot::plan::Speculation;
use rustc_hash::FxHashMap;

/// Setbacks after which code relies on nothing and checks nothing by leaving.
const CAREFUL_AFTER: u32 = 4;
/// Setbacks after which a function stays in the interpreter.
const GIVE_UP_AFTER: u32 = 10;

/// What was done about one function.
#[derive(Debug, Default)]
pub struct FuncState {
    /// Its calls were ordered.
    pub calls: bool,
    /// Entries at loop headers: 0 while ordered or refused.
    pub loops: FxHashMap<u32, usize>,
    /// How often its code was found to be of no use.
    setbacks: u32,
    /// How often it is still to be turned away before it is compiled again.
    wait: u32,
}

impl FuncState {
    /// Whether to compile the function now that it is hot; being turned away counts.
    pub fn admits(&mut self) -> bool {
        if self.is_given_up() {
            return false;
        }
        let waits = self.wait > 0;
        self.wait = self.wait.saturating_sub(1);
        !waits
    }

    /// Takes note that code in place leaves too often; it goes on until there is other code.
    /// False when that is not worth another attempt.
    pub fn leaves_too_often(&mut self) -> bool {
        self.setbacks += 1;
        !self.is_given_up()
    }

    /// Forgets the code of the function, which is not entered any more.
    pub fn dropped(&mut self) {
        self.setbacks += 1;
        self.wait = (1 << self.setbacks.min(GIVE_UP_AFTER)) - 1;
        self.forget();
    }

    /// Lets everything be ordered again.
    pub fn forget(&mut self) {
        self.calls = false;
        self.loops.clear();
    }

    /// Whether the function stays in the interpreter from now on.
    pub fn is_given_up(&self) -> bool {
        self.setbacks >= GIVE_UP_AFTER
    }

    /// What its next code may take for granted.
    pub fn speculation(&self) -> Speculation {
        if self.setbacks < CAREFUL_AFTER {
            Speculation::Free
        } else {
            Speculation::Careful
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropped_code_is_made_again_ever_more_rarely_and_at_last_not_at_all() {
        let mut state = FuncState::default();
        let mut attempts = Vec::new();
        for call in 0..100_000 {
            if state.admits() {
                attempts.push((call, state.speculation()));
                state.dropped();
            }
        }
        let calls: Vec<_> = attempts.iter().map(|a| a.0).collect();
        assert_eq!(calls, [0, 2, 6, 14, 30, 62, 126, 254, 510, 1022]);
        assert_eq!(attempts[3].1, Speculation::Free);
        assert_eq!(attempts[4].1, Speculation::Careful);
        assert!(state.is_given_up());
    }
}
