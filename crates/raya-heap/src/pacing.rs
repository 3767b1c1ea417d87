//! When to collect, and which generations.
//!
//! All sizes in bytes. Knows sizes only; the collector tells it what survived.

use crate::options::HeapOptions;
use crate::roots::Collection;

/// Major collections in a row that may free next to nothing before allocation fails
/// without trying another one.
const MAX_FUTILE: u32 = 4;
/// A major collection at the limit is futile if it leaves less than this part free.
const FUTILE_PART: usize = 64;
/// The nursery never shrinks below this when the limit is near.
const LEAST_NURSERY: usize = 256 << 10;

/// Thresholds and what they follow from.
#[derive(Debug)]
pub(crate) struct Pacing {
    min_nursery: usize,
    max_nursery: usize,
    growth: usize,
    min_growth: usize,
    /// Allocated since the last collection.
    pub allocated: usize,
    /// Collect when `allocated` reaches this.
    pub nursery: usize,
    /// Live after the last collection; garbage in the old generation included.
    pub live: usize,
    /// Live after the last major collection.
    live_major: usize,
    futile: u32,
}

impl Pacing {
    /// Thresholds of an empty heap.
    pub fn new(options: &HeapOptions) -> Self {
        Pacing {
            min_nursery: options.min_nursery,
            max_nursery: options.max_nursery.max(options.min_nursery),
            growth: options.growth,
            min_growth: options.min_growth,
            allocated: 0,
            nursery: options.min_nursery,
            live: 0,
            live_major: 0,
            futile: 0,
        }
    }

    /// Whether `more` bytes may be allocated before the next collection.
    pub fn is_due(&self, more: usize) -> bool {
        self.allocated > 0 && self.allocated.saturating_add(more) >= self.nursery
    }

    /// What the next collection should cover.
    pub fn next(&self) -> Collection {
        let growth = (self.live_major / 100).saturating_mul(self.growth);
        let growth = growth.saturating_add(self.min_growth);
        let threshold = self.live_major.saturating_add(growth);
        if self.live >= threshold {
            Collection::Major
        } else {
            Collection::Minor
        }
    }

    /// A collection left `live` bytes of objects and `free` bytes below the limit.
    pub fn collected(&mut self, collection: Collection, live: usize, free: usize) {
        self.live = live;
        if collection == Collection::Major {
            self.live_major = live;
        }
        self.allocated = 0;
        let wanted = (live / 2).clamp(self.min_nursery, self.max_nursery);
        self.nursery = wanted.min((free / 2).max(LEAST_NURSERY));
    }

    /// The limit is reached: is a major collection worth its time? After several in a
    /// row that freed nothing the answer is no, once.
    pub fn try_at_limit(&mut self) -> bool {
        if self.futile < MAX_FUTILE {
            return true;
        }
        self.futile = 0;
        false
    }

    /// A major collection at the limit of `limit` bytes left `free` of them.
    pub fn collected_at_limit(&mut self, free: usize, limit: usize) {
        if free < limit / FUTILE_PART {
            self.futile += 1;
        } else {
            self.futile = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_by_percent_and_by_minimum() {
        let mut pacing = Pacing::new(&HeapOptions {
            min_nursery: 16 << 20,
            max_nursery: 32 << 20,
            growth: 100,
            min_growth: 32 << 20,
            ..HeapOptions::default()
        });
        let free = usize::MAX;
        pacing.collected(Collection::Major, 100 << 20, free);
        assert_eq!(pacing.nursery, 32 << 20);
        pacing.collected(Collection::Minor, 231 << 20, free);
        assert_eq!(pacing.next(), Collection::Minor);
        pacing.collected(Collection::Minor, 232 << 20, free);
        assert_eq!(pacing.next(), Collection::Major);
        pacing.collected(Collection::Major, 1 << 20, free);
        pacing.collected(Collection::Minor, 32 << 20, free);
        assert_eq!(pacing.next(), Collection::Minor);
        assert_eq!(pacing.nursery, 16 << 20);
    }

    #[test]
    fn nursery_shrinks_near_the_limit() {
        let mut pacing = Pacing::new(&HeapOptions::default());
        pacing.collected(Collection::Minor, 50 << 20, 2 << 20);
        assert_eq!(pacing.nursery, 1 << 20);
        assert!(!pacing.is_due(usize::MAX));
        pacing.allocated = 1;
        assert!(pacing.is_due(usize::MAX));
    }

    #[test]
    fn gives_up_after_futile_collections() {
        let mut pacing = Pacing::new(&HeapOptions::default());
        for _ in 0..MAX_FUTILE {
            assert!(pacing.try_at_limit());
            pacing.collected_at_limit(0, 1 << 20);
        }
        assert!(!pacing.try_at_limit());
        assert!(pacing.try_at_limit());
    }
}
