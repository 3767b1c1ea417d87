//! Random programs against a model: after each collection the heap holds exactly the
//! objects that a simple graph search says it should.

mod support;

use std::collections::{BTreeMap, HashMap, HashSet};

use raya_heap::{Collection, HeapOptions};
use support::{CLEARED, HEADER, Mutator, Random, Shape};

/// What the program knows of one object.
#[derive(Debug)]
struct Entry {
    address: u64,
    shape: Shape,
    /// Ids in the slots.
    slots: Vec<Option<u64>>,
    old: bool,
}

/// The same program state twice: in the heap and as a graph of ids.
struct World {
    mutator: Mutator,
    random: Random,
    objects: BTreeMap<u64, Entry>,
    roots: Vec<u64>,
    /// Registered finalisers: object and token, both ids.
    finalisers: Vec<(u64, u64)>,
    /// Tokens that must be in the queue, in any order.
    queued: Vec<u64>,
    next_id: u64,
    collections: usize,
    refused: usize,
}

impl World {
    fn new(options: HeapOptions, seed: u64) -> Self {
        World {
            mutator: Mutator::new(options),
            random: Random::new(seed),
            objects: BTreeMap::new(),
            roots: Vec::new(),
            finalisers: Vec::new(),
            queued: Vec::new(),
            next_id: 1,
            collections: 0,
            refused: 0,
        }
    }

    /// Roots are reported in all ways there are.
    fn publish_roots(&mut self) {
        let roots = &mut self.mutator.roots;
        roots.precise.clear();
        roots.conservative.clear();
        for (index, id) in self.roots.iter().enumerate() {
            let entry = &self.objects[id];
            let inside = (entry.shape.size() - 1) as u64;
            match index % 3 {
                0 => roots.precise.push(entry.address),
                1 => roots.conservative.push(entry.address as usize),
                _ => {
                    let at = entry.address + self.random.below(inside as usize + 1) as u64;
                    roots.conservative.push(at as usize);
                }
            }
        }
        // What is no reference must not matter.
        roots
            .precise
            .extend([0, CLEARED, u64::MAX, 0x7ff8 << 48, 0xfffe << 48 | 7]);
    }

    fn shape(&mut self) -> Shape {
        let random = &mut self.random;
        match random.below(100) {
            0..50 => Shape::Refs(random.below(6)),
            50..60 => Shape::Refs(random.below(300)),
            60..63 => Shape::Refs(2048 + random.below(20_000)),
            63..75 => Shape::Raw(random.below(400)),
            75..77 => Shape::Raw(random.below(100_000)),
            77..85 => Shape::Weak,
            85..93 => Shape::Ephemeron,
            _ => Shape::Interior,
        }
    }

    fn alloc(&mut self) {
        let shape = self.shape();
        let id = self.next_id;
        self.next_id += 1;
        self.publish_roots();
        let made = self.mutator.alloc(shape, id);
        self.follow_collections(made);
        let Some(address) = made else {
            self.refused += 1;
            let keep = self.roots.len() / 2;
            self.roots.truncate(keep);
            return;
        };
        let entry = Entry {
            address,
            shape,
            slots: vec![None; shape.slots()],
            old: false,
        };
        self.objects.insert(id, entry);
        // Initial stores need no barrier.
        for slot in 0..shape.slots().min(6) {
            let target = self.any_reachable();
            self.store(id, slot, target, false);
        }
        self.roots.push(id);
        let most = 60;
        while self.roots.len() > most {
            let victim = self.random.below(self.roots.len());
            self.roots.swap_remove(victim);
        }
    }

    /// An object that the program can get at: a root or something behind one.
    fn any_reachable(&mut self) -> Option<u64> {
        if self.roots.is_empty() {
            return None;
        }
        let mut at = self.roots[self.random.below(self.roots.len())];
        for _ in 0..self.random.below(4) {
            let slots = &self.objects[&at].slots;
            if slots.is_empty() {
                break;
            }
            // Most slots of large arrays are empty: prefer the first ones.
            let most = if self.random.one_in(3) {
                slots.len()
            } else {
                slots.len().min(6)
            };
            match slots[self.random.below(most)] {
                Some(next) => at = next,
                None => break,
            }
        }
        Some(at)
    }

    fn store(&mut self, holder: u64, slot: usize, target: Option<u64>, barrier: bool) {
        let entry = &self.objects[&holder];
        let word = match target {
            None => 0xfffe << 48 | slot as u64,
            Some(target) if entry.shape == Shape::Interior => {
                let target = &self.objects[&target];
                target.address + self.random.below(target.shape.size()) as u64
            }
            Some(target) => self.objects[&target].address,
        };
        if barrier {
            self.mutator.set(entry.address, slot, word);
        } else {
            self.mutator.set_raw(entry.address, slot, word);
        }
        if let Some(entry) = self.objects.get_mut(&holder) {
            entry.slots[slot] = target;
        }
    }

    fn mutate(&mut self) {
        let Some(holder) = self.any_reachable() else {
            return;
        };
        let slots = self.objects[&holder].slots.len();
        if slots == 0 {
            return;
        }
        let stores = if self.random.one_in(40) { 700 } else { 1 };
        for _ in 0..stores {
            let slot = self.random.below(slots);
            let target = match self.random.below(4) {
                0 => None,
                _ => self.any_reachable(),
            };
            self.store(holder, slot, target, true);
        }
    }

    fn step(&mut self) {
        match self.random.below(100) {
            0..60 => self.alloc(),
            60..92 => self.mutate(),
            92..96 => {
                if !self.roots.is_empty() {
                    let victim = self.random.below(self.roots.len());
                    self.roots.swap_remove(victim);
                }
            }
            96..98 => {
                if let (Some(object), Some(token)) = (self.any_reachable(), self.any_reachable()) {
                    let address = self.objects[&object].address;
                    let word = self.objects[&token].address;
                    self.mutator
                        .heap
                        .register_finaliser(address as *const u8, word);
                    self.finalisers.push((object, token));
                }
            }
            98 => self.drain_finalised(),
            _ => {
                self.publish_roots();
                let collection = match self.random.below(3) {
                    0 => Collection::Major,
                    _ => Collection::Minor,
                };
                self.mutator.collect(collection);
                self.follow_collections(None);
            }
        }
    }

    fn drain_finalised(&mut self) {
        let mut taken = Vec::new();
        while let Some(word) = self.mutator.heap.take_finalised() {
            taken.push(self.mutator.id(word));
        }
        taken.sort_unstable();
        self.queued.sort_unstable();
        assert_eq!(taken, self.queued);
        self.queued.clear();
    }

    /// Does in the model what the heap has just done, and compares. `made` was allocated
    /// afterwards.
    fn follow_collections(&mut self, made: Option<u64>) {
        let log = std::mem::take(&mut self.mutator.roots.log);
        for &collection in &log {
            self.collections += 1;
            self.model_collection(collection, made);
        }
        if !log.is_empty() {
            self.compare();
        }
    }

    fn model_collection(&mut self, collection: Collection, made: Option<u64>) {
        let mut work: Vec<u64> = self.roots.clone();
        work.extend(&self.queued);
        work.extend(self.finalisers.iter().map(|&(_, token)| token));
        if collection == Collection::Minor {
            let old = self.objects.iter().filter(|(_, entry)| entry.old);
            work.extend(old.map(|(&id, _)| id));
        }
        let alive = closure(&self.objects, work);
        let queued = &mut self.queued;
        self.finalisers.retain(|&(object, token)| {
            let keep = alive.contains(&object);
            if !keep {
                queued.push(token);
            }
            keep
        });
        let is_dead = |slot: Option<u64>| slot.is_some_and(|id| !alive.contains(&id));
        let dead: Vec<u64> = self
            .objects
            .keys()
            .copied()
            .filter(|id| !alive.contains(id))
            .collect();
        for id in dead {
            let entry = self.objects.remove(&id).expect("listed");
            assert!(
                !self.mutator.is_allocated(entry.address) || made == Some(entry.address),
                "{entry:?} was kept"
            );
        }
        for entry in self.objects.values_mut() {
            entry.old = true;
            if is_dead(entry.slots.first().copied().flatten()) {
                assert!(matches!(entry.shape, Shape::Weak | Shape::Ephemeron));
                for slot in 0..entry.slots.len() {
                    entry.slots[slot] = None;
                    assert_eq!(self.mutator.get(entry.address, slot), CLEARED);
                }
            }
        }
    }

    fn compare(&self) {
        assert_eq!(self.mutator.heap.finalised(), self.queued.len());
        for (&id, entry) in &self.objects {
            assert!(
                self.mutator.is_allocated(entry.address),
                "{entry:?} was lost"
            );
            assert_eq!(self.mutator.id(entry.address), id);
            for (slot, target) in entry.slots.iter().enumerate() {
                let word = self.mutator.get(entry.address, slot);
                match target {
                    None => assert!(word == 0 || word == CLEARED || word >> 48 == 0xfffe),
                    Some(target) => {
                        let target = &self.objects[target];
                        let within = word.wrapping_sub(target.address) as usize;
                        assert!(within < target.shape.size());
                        assert!(within == 0 || entry.shape == Shape::Interior);
                    }
                }
            }
        }
    }
}

/// Everything reachable from `work`, with the rules of weak slots and ephemerons.
fn closure(objects: &BTreeMap<u64, Entry>, mut work: Vec<u64>) -> HashSet<u64> {
    let mut alive = HashSet::new();
    let mut waiting: HashMap<u64, Vec<u64>> = HashMap::new();
    while let Some(id) = work.pop() {
        if !alive.insert(id) {
            continue;
        }
        work.extend(waiting.remove(&id).into_iter().flatten());
        let entry = &objects[&id];
        match (entry.shape, &entry.slots[..]) {
            (Shape::Weak, _) => {}
            (Shape::Ephemeron, &[key, value]) => match (key, value) {
                (Some(key), Some(value)) if !alive.contains(&key) => {
                    waiting.entry(key).or_default().push(value);
                }
                (_, value) => work.extend(value),
            },
            (_, slots) => work.extend(slots.iter().flatten()),
        }
    }
    alive
}

fn run(options: HeapOptions, seeds: std::ops::Range<u64>, steps: usize) -> (usize, usize) {
    let (mut collections, mut refused) = (0, 0);
    for seed in seeds {
        let mut world = World::new(options.clone(), seed);
        for _ in 0..steps {
            world.step();
        }
        world.roots.clear();
        world.publish_roots();
        world.mutator.collect(Collection::Major);
        world.follow_collections(None);
        world.drain_finalised();
        collections += world.collections;
        refused += world.refused;
    }
    (collections, refused)
}

/// Verification before and after each collection.
fn verified() -> HeapOptions {
    HeapOptions {
        verify: true,
        ..HeapOptions::default()
    }
}

#[test]
fn heap_agrees_with_model() {
    let (collections, _) = run(verified(), 0..40, 3000);
    assert!(collections > 400);
}

#[test]
fn heap_agrees_with_model_with_a_small_nursery() {
    let options = HeapOptions {
        min_nursery: 64 << 10,
        max_nursery: 256 << 10,
        min_growth: 128 << 10,
        verify: false,
        ..HeapOptions::default()
    };
    let (collections, _) = run(options, 100..140, 3000);
    assert!(collections > 2000);
}

#[test]
fn heap_agrees_with_model_at_its_limit() {
    let options = HeapOptions {
        max_heap: Some(2 << 20),
        min_nursery: 128 << 10,
        max_nursery: 1 << 20,
        ..verified()
    };
    let (_, refused) = run(options, 200..230, 3000);
    assert!(refused > 10, "{refused}");
}

#[test]
fn heap_agrees_with_model_under_stress() {
    let options = HeapOptions {
        gc_stress: 3,
        ..verified()
    };
    let (collections, _) = run(options, 300..310, 1500);
    assert!(collections > 2000);
}

#[test]
fn header_is_what_the_tests_assume() {
    assert_eq!(Shape::Refs(0).size(), HEADER);
}
