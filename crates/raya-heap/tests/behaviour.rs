//! One test per promise of the heap that the random programs do not look at.

mod support;

use raya_heap::{
    BLOCK_SIZE, BUMP_CUR, BUMP_END, BUMP_OFFSET, BUMP_STRIDE, Collection, HeapOptions, MAX_SMALL,
    POISON, UNLOG_BIAS_OFFSET, VerifyError, class_of,
};
use support::{CLEARED, Mutator, Shape};

fn mutator() -> Mutator {
    Mutator::new(HeapOptions::default())
}

/// Enough slots for an object with cards.
const LARGE: Shape = Shape::Refs(40_000);

fn alloc(mutator: &mut Mutator, shape: Shape) -> u64 {
    mutator.alloc(shape, 0).expect("no limit")
}

fn old(mutator: &mut Mutator, shape: Shape) -> u64 {
    let object = alloc(mutator, shape);
    mutator.roots.precise.push(object);
    mutator.collect(Collection::Minor);
    object
}

#[test]
fn large_array_is_remembered_by_card() {
    let mut mutator = mutator();
    let array = old(&mut mutator, LARGE);
    let young: Vec<u64> = (0..3)
        .map(|_| alloc(&mut mutator, Shape::Refs(1)))
        .collect();
    for (&object, slot) in young.iter().zip([0, 20_000, 39_999]) {
        mutator.set(array, slot, object);
    }
    assert_eq!(mutator.heap.stats().remembered, 3);
    let garbage = alloc(&mut mutator, Shape::Refs(1));
    mutator.collect(Collection::Minor);
    assert!(young.iter().all(|&object| mutator.is_allocated(object)));
    assert!(!mutator.is_allocated(garbage));
    // The next cycle begins with clean cards and the barrier armed.
    let later = alloc(&mut mutator, Shape::Refs(1));
    mutator.set(array, 123, later);
    assert_eq!(mutator.heap.stats().remembered, 4);
    mutator.collect(Collection::Minor);
    assert!(mutator.is_allocated(later));
}

#[test]
fn busy_large_array_is_remembered_whole() {
    let mut mutator = mutator();
    let array = old(&mut mutator, LARGE);
    let young = alloc(&mut mutator, Shape::Refs(1));
    for slot in 0..39_000 {
        mutator.set(array, slot, young);
    }
    let slow = mutator.heap.stats().remembered;
    assert!(slow < 10_000, "{slow} stores took the slow path");
    let last = alloc(&mut mutator, Shape::Refs(1));
    mutator.set(array, 39_999, last);
    mutator.collect(Collection::Minor);
    assert!(mutator.is_allocated(young) && mutator.is_allocated(last));
}

#[test]
fn range_barrier_covers_every_card() {
    let mut mutator = mutator();
    for shape in [LARGE, Shape::Refs(500)] {
        let array = old(&mut mutator, shape);
        let young: Vec<u64> = (0..400)
            .map(|_| alloc(&mut mutator, Shape::Refs(0)))
            .collect();
        for (index, &object) in young.iter().enumerate() {
            mutator.set_raw(array, 50 + index, object);
        }
        let first = (array as usize + support::HEADER + 50 * 8) as *const u64;
        mutator
            .heap
            .barrier_range(array as *const u8, first, young.len());
        mutator.collect(Collection::Minor);
        assert!(young.iter().all(|&object| mutator.is_allocated(object)));
    }
}

#[test]
fn verification_finds_a_store_without_barrier() {
    let mut mutator = mutator();
    let holder = old(&mut mutator, Shape::Refs(2));
    let young = alloc(&mut mutator, Shape::Refs(0));
    mutator.set_raw(holder, 1, young);
    let unremembered = VerifyError::Unremembered {
        holder: holder as usize,
        target: young as usize,
    };
    assert_eq!(mutator.heap.verify(), Err(unremembered));
    mutator.set(holder, 1, young);
    assert_eq!(mutator.heap.verify(), Ok(()));
    mutator.set_raw(holder, 1, young + 8);
    assert!(matches!(
        mutator.heap.verify(),
        Err(VerifyError::Dangling { .. })
    ));
}

#[test]
fn weak_slots_are_cleared_when_their_target_dies() {
    let mut mutator = mutator();
    let weak = old(&mut mutator, Shape::Weak);
    let target = alloc(&mut mutator, Shape::Refs(0));
    mutator.set(weak, 0, target);
    mutator.roots.precise.push(target);
    mutator.collect(Collection::Minor);
    assert_eq!(mutator.get(weak, 0), target);
    mutator.roots.precise.pop();
    // An old target is known to be dead after a major collection only.
    mutator.collect(Collection::Minor);
    assert_eq!(mutator.get(weak, 0), target);
    mutator.collect(Collection::Major);
    assert_eq!(mutator.get(weak, 0), CLEARED);

    let young = alloc(&mut mutator, Shape::Refs(0));
    mutator.set(weak, 0, young);
    mutator.collect(Collection::Minor);
    assert_eq!(mutator.get(weak, 0), CLEARED);
}

#[test]
fn long_chains_of_ephemerons_stay_alive() {
    let mut mutator = mutator();
    let count = 20_000;
    let first = alloc(&mut mutator, Shape::Refs(0));
    mutator.roots.precise.push(first);
    let table = alloc(&mut mutator, Shape::Refs(count));
    mutator.roots.precise.push(table);
    // Each value is the key of the entry before it in the table: the worst order.
    let mut key = first;
    for slot in (0..count).rev() {
        let value = alloc(&mut mutator, Shape::Refs(0));
        let entry = alloc(&mut mutator, Shape::Ephemeron);
        mutator.set_raw(entry, 0, key);
        mutator.set_raw(entry, 1, value);
        mutator.set(table, slot, entry);
        key = value;
    }
    mutator.collect(Collection::Major);
    assert!(mutator.is_allocated(key));
    mutator.roots.precise.remove(0);
    mutator.collect(Collection::Major);
    assert!(!mutator.is_allocated(key));
    let entry = mutator.get(table, 0);
    assert_eq!([mutator.get(entry, 0), mutator.get(entry, 1)], [CLEARED; 2]);
}

#[test]
fn finalisers_run_once_and_keep_their_token() {
    let mut mutator = mutator();
    let object = alloc(&mut mutator, Shape::Refs(0));
    let token = alloc(&mut mutator, Shape::Raw(8));
    mutator.heap.register_finaliser(object as *const u8, token);
    mutator.collect(Collection::Minor);
    assert!(!mutator.is_allocated(object));
    mutator.collect(Collection::Major);
    assert!(mutator.is_allocated(token));
    assert_eq!(mutator.heap.take_finalised(), Some(token));
    assert_eq!(mutator.heap.take_finalised(), None);
    mutator.collect(Collection::Major);
    assert!(!mutator.is_allocated(token));
}

#[test]
fn limit_is_an_error_and_the_reserve_helps() {
    let mut mutator = Mutator::new(HeapOptions {
        max_heap: Some(4 << 20),
        ..HeapOptions::default()
    });
    let mut list = 0;
    let mut length = 0;
    while let Some(node) = mutator.alloc(Shape::Refs(20), 0) {
        mutator.set_raw(node, 0, list);
        list = node;
        mutator.roots.precise = vec![list];
        length += 1;
    }
    assert!(length > 15_000, "{length}");
    assert!(mutator.heap.stats().peak_bytes <= 4 << 20);
    assert_eq!(mutator.alloc(Shape::Raw(100_000), 0), None);
    assert_eq!(mutator.alloc(Shape::Raw(usize::MAX / 2), 0), None);
    mutator.heap.open_reserve();
    assert!(mutator.alloc(Shape::Raw(1000), 0).is_some());
    mutator.heap.close_reserve();
    // What is dropped can be used again.
    mutator.roots.precise.clear();
    assert!(mutator.alloc(Shape::Raw(2 << 20), 0).is_some());
    assert!(mutator.alloc(Shape::Refs(20), 0).is_some());
}

#[test]
fn a_full_heap_fails_soon_instead_of_collecting_for_ever() {
    let mut mutator = Mutator::new(HeapOptions {
        max_heap: Some(16 << 20),
        verify: false,
        ..HeapOptions::default()
    });
    // One object in sixteen stays: each collection finds a little less.
    let mut list = 0;
    for index in 0u64.. {
        let Some(node) = mutator.alloc(Shape::Refs(2), index) else {
            break;
        };
        if index % 16 == 0 {
            mutator.set_raw(node, 0, list);
            list = node;
            mutator.roots.precise = vec![list];
        }
    }
    let stats = mutator.heap.stats();
    assert!(stats.live_bytes > 14 << 20, "{stats:?}");
    assert!(stats.major_collections < 20, "{stats:?}");
}

#[test]
fn freed_cells_are_poisoned_under_stress() {
    let mut mutator = Mutator::new(HeapOptions {
        gc_stress: 3,
        ..HeapOptions::default()
    });
    let dead = alloc(&mut mutator, Shape::Refs(3));
    let keep = alloc(&mut mutator, Shape::Refs(3));
    mutator.roots.precise.push(keep);
    mutator.collect(Collection::Minor);
    assert_eq!(mutator.get(dead, 0), u64::from_ne_bytes([POISON; 8]));
    assert_eq!(mutator.id(keep), 0);
    let before = mutator.heap.stats();
    for _ in 0..10 {
        alloc(&mut mutator, Shape::Refs(3));
    }
    let after = mutator.heap.stats();
    let collections = |stats: &raya_heap::Stats| stats.minor_collections + stats.major_collections;
    assert_eq!(collections(&after) - collections(&before), 4);
    assert!(after.major_collections > before.major_collections);
}

#[test]
fn large_objects_grow_in_place() {
    let mut mutator = mutator();
    let object = alloc(&mut mutator, Shape::Raw(50_000));
    mutator.roots.precise.push(object);
    let pointer = std::ptr::NonNull::new(object as *mut u8).expect("allocated");
    let size = Shape::Raw(50_000).size();
    // SAFETY: the object is that long.
    unsafe { pointer.as_ptr().add(support::HEADER).write_bytes(9, 50_000) };
    assert!(mutator.heap.try_grow(pointer, size, 10 * BLOCK_SIZE));
    // SAFETY: now it is this long.
    let bytes = unsafe { std::slice::from_raw_parts(pointer.as_ptr(), 10 * BLOCK_SIZE) };
    assert!(bytes[support::HEADER..size].iter().all(|&byte| byte == 9));
    assert!(bytes[size..].iter().all(|&byte| byte == 0));
    assert_eq!(
        mutator.heap.extent_of(pointer.as_ptr()),
        Some(10 * BLOCK_SIZE)
    );
    let next = alloc(&mut mutator, Shape::Raw(MAX_SMALL));
    assert!(
        !mutator
            .heap
            .try_grow(pointer, 10 * BLOCK_SIZE, 11 * BLOCK_SIZE)
    );
    mutator.collect(Collection::Minor);
    assert!(!mutator.is_allocated(next));
    let small = alloc(&mut mutator, Shape::Raw(10));
    let small = std::ptr::NonNull::new(small as *mut u8).expect("allocated");
    assert!(!mutator.heap.try_grow(small, 26, 100_000));
}

#[test]
fn empty_blocks_go_back_to_the_system() {
    let mut mutator = mutator();
    for _ in 0..100 {
        let object = alloc(&mut mutator, Shape::Raw(300_000));
        mutator.roots.precise.push(object);
    }
    mutator.roots.precise.clear();
    for _ in 0..40 {
        mutator.collect(Collection::Major);
    }
    let returned = mutator.heap.stats().returned_bytes;
    assert!(returned > 20 << 20, "{returned}");
    mutator.heap.trim();
    assert!(mutator.heap.stats().returned_bytes >= 30_000_000);
    assert_eq!(mutator.heap.stats().used_bytes, 0);
}

#[test]
fn compiled_code_finds_cursors_and_barrier_bits() {
    let mut mutator = mutator();
    let first = alloc(&mut mutator, Shape::Refs(2));
    let class = class_of(Shape::Refs(2).size());
    let heap = (&raw mut mutator.heap).cast::<u8>();
    // SAFETY: the offsets are those of plain words in the heap.
    unsafe {
        let bump = heap.add(BUMP_OFFSET + class * BUMP_STRIDE);
        let cur = bump.add(BUMP_CUR).cast::<u64>();
        let end = bump.add(BUMP_END).cast::<u64>();
        assert_eq!(cur.read(), first + 32);
        assert!(end.read() > cur.read() && (end.read() - first).is_multiple_of(32));
        // An object as compiled code would make it.
        cur.write(cur.read() + 32);
    }
    let inlined = first + 32;
    assert!(mutator.is_allocated(inlined) && !mutator.is_allocated(inlined + 32));
    mutator.roots.precise = vec![first];
    let bit = |mutator: &Mutator| {
        let bias = mutator.heap.unlog_bias();
        let heap = (&raw const mutator.heap).cast::<u8>();
        // SAFETY: the documented sequence of the inline barrier.
        unsafe {
            assert_eq!(heap.add(UNLOG_BIAS_OFFSET).cast::<usize>().read(), bias);
            let byte = *((bias + (first as usize >> 6)) as *const u8);
            byte >> ((first >> 3) & 7) & 1 != 0
        }
    };
    assert!(!bit(&mutator), "young objects need no barrier");
    mutator.collect(Collection::Minor);
    assert!(bit(&mutator), "old ones do");
    mutator.set(first, 0, 0);
    assert!(!bit(&mutator), "until they are remembered");
    mutator.collect(Collection::Minor);
    assert!(bit(&mutator));
}

#[test]
fn stack_words_in_the_foreign_range_are_reported() {
    let mut mutator = mutator();
    mutator.roots.foreign = 0x5000..0x6000;
    mutator.roots.conservative = vec![0x4fff, 0x5000, 0x5abc, 0x6000];
    mutator.collect(Collection::Minor);
    assert!(mutator.roots.foreign_seen.is_empty());
    mutator.collect(Collection::Major);
    assert_eq!(mutator.roots.foreign_seen, [0x5000, 0x5abc]);
}

#[test]
fn heaps_do_not_know_each_other() {
    let (mut one, mut two) = (mutator(), mutator());
    let target = alloc(&mut one, Shape::Refs(0));
    let holder = alloc(&mut two, Shape::Refs(1));
    two.set(holder, 0, target);
    two.roots.precise.push(holder);
    one.roots.precise.push(holder);
    two.collect(Collection::Major);
    one.collect(Collection::Major);
    assert!(two.is_allocated(holder) && !one.is_allocated(target));
    // A heap may move to another thread.
    let moved = std::thread::spawn(move || two.heap.stats().major_collections);
    assert_eq!(moved.join().ok(), Some(1));
}

#[test]
fn objects_are_counted_by_class() {
    let mut mutator = mutator();
    for _ in 0..1000 {
        alloc(&mut mutator, Shape::Refs(2));
    }
    alloc(&mut mutator, LARGE);
    mutator.collect(Collection::Minor);
    alloc(&mut mutator, Shape::Refs(2));
    let stats = mutator.heap.stats();
    assert_eq!(stats.objects_by_class[class_of(32)], 1001);
    assert_eq!(stats.large_objects, 1);
    assert_eq!(stats.allocated_bytes, 1001 * 32 + (10 * BLOCK_SIZE) as u64);
}
