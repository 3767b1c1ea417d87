//! Time per operation of what programs do most with strings and arrays.
//!
//! `cargo run --release -p raya-runtime --example hot_paths [filter]`

use std::hint::black_box;
use std::time::{Duration, Instant};

use raya_runtime::abi::R;
use raya_runtime::ctx::Ctx;
use raya_runtime::engine::{Engine, EngineOptions, Task};
use raya_runtime::mem::array::Array;
use raya_runtime::mem::string::{Str, Units};
use raya_runtime::mem::value::Value;
use raya_runtime::natives::array;
use raya_runtime::ops;

/// Runs `body`, which performs `count` operations, for a while and prints the best time.
fn measure(ctx: &mut Ctx, name: &str, count: usize, mut body: impl FnMut(&mut Ctx) -> R<()>) {
    let filter = std::env::args().nth(1).unwrap_or_default();
    if !name.contains(&filter) {
        return;
    }
    let begin = Instant::now();
    let mut best = Duration::MAX;
    while begin.elapsed() < Duration::from_millis(300) {
        let start = Instant::now();
        if body(ctx).is_err() {
            println!("{name}: threw");
            return;
        }
        best = best.min(start.elapsed());
    }
    let each = best.as_nanos() as f64 / count as f64;
    println!("{name:44} {each:9.2} ns");
}

fn latin1(ctx: &mut Ctx, text: &str) -> R<Str> {
    Str::new(ctx, Units::Latin1(text.as_bytes()))
}

/// Strings that grow piece by piece.
fn appending(ctx: &mut Ctx) -> R<()> {
    for (name, piece, n) in [
        ("append a unit, 100 times, then look", "x", 100),
        ("append a unit, 100000 times, then look", "x", 100_000),
        ("append a unit, 3000000 times, then look", "x", 3_000_000),
        ("append ten units, 10 times, then look", "0123456789", 10),
        (
            "append ten units, 100000 times, then look",
            "0123456789",
            100_000,
        ),
    ] {
        let piece = latin1(ctx, piece)?;
        measure(ctx, name, n, |ctx| {
            let mut s = ctx.empty_string()?;
            for _ in 0..n {
                s = Str::concat(ctx, s, piece)?;
            }
            black_box(s.units(ctx)?.get(n / 2));
            Ok(())
        });
        measure(ctx, &name.replace("append", "prepend"), n, |ctx| {
            let mut s = ctx.empty_string()?;
            for _ in 0..n {
                s = Str::concat(ctx, piece, s)?;
            }
            black_box(s.units(ctx)?.get(n / 2));
            Ok(())
        });
    }
    let (long, short) = (latin1(ctx, &"long ".repeat(20))?, latin1(ctx, "short")?);
    measure(ctx, "join a long and a short string", 1000, |ctx| {
        for _ in 0..1000 {
            black_box(Str::concat(ctx, long, short)?);
        }
        Ok(())
    });
    measure(ctx, "join two short strings", 1000, |ctx| {
        for _ in 0..1000 {
            black_box(Str::concat(ctx, short, short)?);
        }
        Ok(())
    });
    let mut s = ctx.empty_string()?;
    measure(ctx, "append a unit and look, each time", 10_000, |ctx| {
        s = ctx.empty_string()?;
        for _ in 0..10_000 {
            s = Str::concat(ctx, s, short)?;
            black_box(s.units(ctx)?.get(0));
        }
        Ok(())
    });
    Ok(())
}

fn array_of(ctx: &mut Ctx, items: impl ExactSizeIterator<Item = Value>, any: bool) -> R<Array> {
    let descs = &ctx.engine().descs;
    let desc = if any {
        descs.any_array
    } else {
        descs.number_array
    };
    let ty = ctx.array_type(desc)?;
    let all = Array::new(ctx, ty, 0, items.len())?;
    for item in items {
        ctx.array_push_checked(all, item)?;
    }
    Ok(all)
}

fn arrays(ctx: &mut Ctx) -> R<()> {
    let numbers = array_of(ctx, (0..10_000).map(|i| Value::number(i.into())), false)?;
    let mut words = Vec::new();
    for i in 0..10_000 {
        words.push(latin1(ctx, &format!("item {}", i * 7919 % 10_000))?.value());
    }
    let strings = array_of(ctx, words.into_iter(), true)?;
    let missing = Value::number(-1.0);
    measure(ctx, "indexOf in numbers, per element", 10_000, |ctx| {
        black_box(array::array_index_of(ctx, numbers, missing, 0.0)?);
        Ok(())
    });
    let needle = latin1(ctx, "item -1")?.value();
    measure(ctx, "indexOf in strings, per element", 10_000, |ctx| {
        black_box(array::array_index_of(ctx, strings, needle, 0.0)?);
        Ok(())
    });
    measure(
        ctx,
        "indexOf a number among words, per element",
        10_000,
        |ctx| {
            black_box(array::array_index_of(ctx, strings, missing, 0.0)?);
            Ok(())
        },
    );
    let comma = latin1(ctx, ",")?;
    measure(ctx, "join numbers, per element", 10_000, |ctx| {
        black_box(array::array_join(ctx, numbers, comma)?);
        Ok(())
    });
    measure(ctx, "join strings, per element", 10_000, |ctx| {
        black_box(array::array_join(ctx, strings, comma)?);
        Ok(())
    });
    measure(ctx, "sort strings, per element", 10_000, |ctx| {
        let copy = array::array_slice(ctx, strings, 0.0, f64::INFINITY)?;
        black_box(array::array_sort_default(ctx, copy)?);
        Ok(())
    });
    measure(ctx, "sort numbers as text, per element", 10_000, |ctx| {
        let copy = array::array_slice(ctx, numbers, 0.0, f64::INFINITY)?;
        black_box(array::array_sort_default(ctx, copy)?);
        Ok(())
    });
    for (name, n) in [
        ("push a number, 10 times", 10),
        ("push a number, 100000 times", 100_000),
        ("push a number, 10000000 times", 10_000_000),
    ] {
        measure(ctx, name, n as usize, |ctx| {
            let all = array_of(ctx, [].into_iter(), false)?;
            for i in 0..n {
                let _ = ops::array_push_f64(ctx, all.value(), i.into())?;
            }
            black_box(all.len());
            Ok(())
        });
    }
    measure(ctx, "push a word", 100_000, |ctx| {
        let all = array_of(ctx, [].into_iter(), true)?;
        for _ in 0..100_000 {
            let _ = ops::array_push_word(ctx, all.value(), needle)?;
        }
        black_box(all.len());
        Ok(())
    });
    let queue = array_of(ctx, (0..1000).map(|i| Value::number(i.into())), false)?;
    measure(ctx, "shift and push, 1000 in the queue", 1000, |ctx| {
        for _ in 0..1000 {
            let first = array::array_shift(ctx, queue)?;
            ctx.array_push_checked(queue, first)?;
        }
        Ok(())
    });
    Ok(())
}

fn texts(ctx: &mut Ctx) -> R<()> {
    let (a, b) = (
        latin1(ctx, &"same ".repeat(8))?,
        latin1(ctx, &"same ".repeat(8))?,
    );
    measure(ctx, "equality of equal strings of 40 units", 1000, |ctx| {
        for _ in 0..1000 {
            black_box(ops::eq_str(ctx, a.value(), black_box(b.value()))?);
        }
        Ok(())
    });
    measure(ctx, "order of equal strings of 40 units", 1000, |ctx| {
        for _ in 0..1000 {
            black_box(ops::cmp_str(ctx, a.value(), black_box(b.value()))?);
        }
        Ok(())
    });
    measure(ctx, "character at an index", 1000, |ctx| {
        for i in 0..1000 {
            black_box(ops::str_index(ctx, a.value(), i % 40)?);
        }
        Ok(())
    });
    measure(ctx, "code of a character", 1000, |ctx| {
        for i in 0..1000 {
            black_box(ops::str_char_code(ctx, a.value(), i % 40)?);
        }
        Ok(())
    });
    measure(ctx, "typeof", 1000, |ctx| {
        for _ in 0..1000 {
            black_box(ops::type_of(ctx, black_box(a.value()))?);
        }
        Ok(())
    });
    measure(ctx, "substring of ten units", 1000, |ctx| {
        for i in 0..1000 {
            black_box(a.substring(ctx, i % 20, i % 20 + 10)?);
        }
        Ok(())
    });
    measure(ctx, "number to text", 1000, |ctx| {
        for i in 0..1000 {
            black_box(ctx.to_str(Value::number(f64::from(i) * 37.0))?);
        }
        Ok(())
    });
    measure(ctx, "fraction to text", 1000, |ctx| {
        for i in 0..1000 {
            black_box(ctx.to_str(Value::number(f64::from(i) * 0.37))?);
        }
        Ok(())
    });
    Ok(())
}

fn main() {
    let engine = Engine::new(EngineOptions::default()).expect("address space");
    let mut task = Task::on_this_thread(&engine).expect("address space");
    let ctx = task.ctx();
    if [appending, arrays, texts]
        .iter()
        .any(|part| part(ctx).is_err())
    {
        println!("an exception: out of memory?");
    }
}
