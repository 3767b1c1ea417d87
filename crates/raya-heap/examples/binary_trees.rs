//! Binary trees over the bare heap: what the collector costs without a language on top.
//!
//! `cargo run --release -p raya-heap --example binary_trees -- 18` prints the check
//! sums, then time, collections, pauses and memory on standard error. With
//! `garbage N` instead of a depth it allocates N million objects of 32 bytes and drops
//! them.

use std::time::Instant;

use raya_heap::{
    Collection, Heap, HeapLimit, HeapOptions, ObjectModel, RootProvider, Roots, Visitor, stack_base,
};

/// Which words of an object are references, by type handle.
struct Types([u64; 3]);

const NODE: u32 = 1;
const PAIR: u32 = 2;

// SAFETY: the masks cover the slots of both types; a zero header has no slots.
unsafe impl ObjectModel for Types {
    const CLEARED: u64 = 0;

    #[inline(always)]
    unsafe fn scan<V: Visitor>(&self, object: *const u8, visitor: &mut V) {
        // SAFETY: objects of this program start with a handle and span their mask.
        unsafe {
            let mut mask = self.0[*object.cast::<u32>() as usize];
            while mask != 0 {
                let index = mask.trailing_zeros() as usize;
                visitor.word(*object.cast::<u64>().add(index));
                mask &= mask - 1;
            }
        }
    }

    unsafe fn scan_range<V: Visitor>(
        &self,
        object: *const u8,
        from: *const u8,
        _: *const u8,
        visitor: &mut V,
    ) {
        if object == from {
            // SAFETY: by the caller. All slots are at the front.
            unsafe { self.scan(object, visitor) };
        }
    }
}

/// The only roots are on the native stack.
struct NativeStack(usize);

// SAFETY: the whole stack is reported.
unsafe impl RootProvider for NativeStack {
    fn visit_roots(&mut self, _: Collection, roots: &mut Roots<'_, '_>) {
        // SAFETY: the base of this thread's stack.
        unsafe { roots.current_stack(self.0) };
    }
}

type Node = *mut u64;

struct Program {
    heap: Heap<Types>,
    roots: NativeStack,
}

impl Program {
    #[inline(always)]
    fn node(&mut self, left: Node, right: Node) -> Node {
        let cell = match self.heap.try_alloc_class(NODE_CLASS) {
            Some(cell) => cell,
            None => self
                .heap
                .alloc_slow(24, &mut self.roots)
                .unwrap_or_else(give_up),
        };
        let node = cell.as_ptr().cast::<u64>();
        // SAFETY: fresh memory of three words.
        unsafe {
            node.write(u64::from(NODE));
            node.add(1).write(left as u64);
            node.add(2).write(right as u64);
        }
        node
    }

    fn tree(&mut self, depth: u32) -> Node {
        if depth == 0 {
            return self.node(std::ptr::null_mut(), std::ptr::null_mut());
        }
        let left = self.tree(depth - 1);
        let right = self.tree(depth - 1);
        self.node(left, right)
    }

    fn trees(&mut self, depth: u32) {
        let stretch = self.tree(depth + 1);
        println!(
            "stretch tree of depth {}\t check: {}",
            depth + 1,
            check(stretch)
        );
        let long_lived = self.tree(depth);
        for small in (4..=depth).step_by(2) {
            let count = 1u32 << (depth - small + 4);
            let mut sum = 0;
            for _ in 0..count {
                let tree = self.tree(small);
                sum += check(tree);
            }
            println!("{count}\t trees of depth {small}\t check: {sum}");
        }
        println!(
            "long lived tree of depth {depth}\t check: {}",
            check(long_lived)
        );
    }

    fn garbage(&mut self, count: usize) {
        for index in 0..count {
            let cell = match self.heap.try_alloc_class(PAIR_CLASS) {
                Some(cell) => cell,
                None => self
                    .heap
                    .alloc_slow(32, &mut self.roots)
                    .unwrap_or_else(give_up),
            };
            let pair = cell.as_ptr().cast::<u64>();
            // SAFETY: fresh memory of four words.
            unsafe {
                pair.write(u64::from(PAIR));
                pair.add(1).write(index as u64);
            }
            std::hint::black_box(pair);
        }
    }
}

const NODE_CLASS: usize = 1;
const PAIR_CLASS: usize = 2;

/// There is no exception here that could carry it.
fn give_up<T>(error: HeapLimit) -> T {
    eprintln!("{error}");
    std::process::exit(1)
}

fn check(node: Node) -> u32 {
    // SAFETY: nodes are alive while their tree is on the stack.
    unsafe {
        let left = *node.add(1) as Node;
        if left.is_null() {
            return 1;
        }
        1 + check(left) + check(*node.add(2) as Node)
    }
}

/// The system's account of this process: CPU milliseconds and peak memory in KiB.
fn usage() -> (f64, i64) {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: plain data, valid when zero, filled by the call.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        usage.assume_init()
    };
    let ms = |time: libc::timeval| time.tv_sec as f64 * 1e3 + time.tv_usec as f64 / 1e3;
    (ms(usage.ru_utime) + ms(usage.ru_stime), usage.ru_maxrss)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    assert_eq!(raya_heap::class_of(24), NODE_CLASS);
    assert_eq!(raya_heap::class_of(32), PAIR_CLASS);
    let base = stack_base().ok_or("no stack base")?;
    let option = |name: &str, default: usize| {
        let value = std::env::var(name).ok();
        value
            .and_then(|value| value.parse().ok())
            .unwrap_or(default)
    };
    let defaults = HeapOptions::default();
    let options = HeapOptions {
        min_nursery: option("MIN_NURSERY", defaults.min_nursery >> 20) << 20,
        max_nursery: option("MAX_NURSERY", defaults.max_nursery >> 20) << 20,
        growth: option("GROWTH", defaults.growth),
        min_growth: option("MIN_GROWTH", defaults.min_growth >> 20) << 20,
        ..defaults
    };
    let heap = Heap::new(options, Types([0, 0b110, 0b1000]))?;
    let roots = NativeStack(base);
    let mut program = Program { heap, roots };
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let begin = Instant::now();
    let (before, _) = usage();
    match &arguments[..] {
        [mode, count] if mode == "garbage" => {
            let millions: usize = count.parse()?;
            program.garbage(millions * 1_000_000);
            let per_object = (usage().0 - before) / millions as f64;
            eprintln!("{per_object:.2} ns per object");
        }
        [depth] => program.trees(depth.parse()?),
        _ => program.trees(16),
    }
    let (cpu, rss) = usage();
    let stats = program.heap.stats();
    eprintln!(
        "{:.0} ms CPU, {:.0} ms wall, {} MiB peak; {} minor, {} major collections, \
         {:.1} ms in all, {:.1} ms at most; {} MiB live, {} MiB in blocks",
        cpu - before,
        begin.elapsed().as_secs_f64() * 1e3,
        rss >> 10,
        stats.minor_collections,
        stats.major_collections,
        stats.total_pause.as_secs_f64() * 1e3,
        stats.max_pause.as_secs_f64() * 1e3,
        stats.live_bytes >> 20,
        stats.used_bytes >> 20,
    );
    Ok(())
}
