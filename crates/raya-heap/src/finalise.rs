//! Finalisers: tokens that become available when their object has died.
//!
//! The object itself is gone by then; what the program wants to do is described by
//! the token, which the heap keeps alive. An object that its own token refers to
//! therefore never dies.

use std::collections::VecDeque;

use crate::mark::Tracer;
use crate::model::Visitor;
use crate::roots::Collection;

#[derive(Debug, Clone, Copy)]
struct Entry {
    object: usize,
    token: u64,
}

/// Registered objects and the queue of those that died.
#[derive(Debug, Default)]
pub(crate) struct Finalisers {
    /// Registered since the last collection: object and token may be young.
    young: Vec<Entry>,
    /// Object and token survived a collection since.
    old: Vec<Entry>,
    queue: VecDeque<u64>,
}

impl Finalisers {
    /// Queues `token` when `object` is found dead.
    pub fn register(&mut self, object: usize, token: u64) {
        self.young.push(Entry { object, token });
    }

    /// The token of an object that died, oldest first.
    pub fn take(&mut self) -> Option<u64> {
        self.queue.pop_front()
    }

    /// Tokens waiting to be taken.
    pub fn pending(&self) -> usize {
        self.queue.len()
    }

    /// Marks the tokens, which are roots. At a minor collection the old ones are marked
    /// already.
    pub fn mark_tokens(&self, collection: Collection, tracer: &mut Tracer<'_>) {
        let old = match collection {
            Collection::Minor => &[],
            Collection::Major => &self.old[..],
        };
        for entry in self.young.iter().chain(old) {
            tracer.word(entry.token);
        }
        for &token in &self.queue {
            tracer.word(token);
        }
    }

    /// Queues the tokens of dead objects. Marking is complete.
    pub fn finish(&mut self, collection: Collection, tracer: &Tracer<'_>) {
        let queue = &mut self.queue;
        let mut survives = |entry: &Entry| {
            let alive = tracer.is_alive(entry.object as u64);
            if !alive {
                queue.push_back(entry.token);
            }
            alive
        };
        if collection == Collection::Major {
            self.old.retain(&mut survives);
        }
        self.young.retain(&mut survives);
        self.old.append(&mut self.young);
    }
}
