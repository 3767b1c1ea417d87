//! Values in the heap without any program: strings, arrays, tables, errors, inspection, each with
//! a collection at every allocation.

use raya_heap::{Collection, HeapOptions};
use raya_runtime::ctx::Ctx;
use raya_runtime::engine::{Engine, EngineOptions, Task};
use raya_runtime::mem::string::{Str, Units};
use raya_runtime::mem::table::Table;
use raya_runtime::mem::value::Value;

fn with_ctx(stress: u32, body: impl FnOnce(&mut Ctx)) {
    let options = EngineOptions {
        heap: HeapOptions {
            gc_stress: stress,
            verify: true,
            ..HeapOptions::default()
        },
        ..EngineOptions::default()
    };
    let engine = Engine::new(options).expect("address space");
    let mut task = Task::on_this_thread(&engine).expect("address space");
    body(task.ctx());
}

fn text(ctx: &mut Ctx, s: &str) -> Str {
    Str::from_text(ctx, s).expect("memory")
}

#[test]
fn ropes_flatten_to_their_contents() {
    with_ctx(1, |ctx| {
        let mut all = text(ctx, "");
        let mut expected = String::new();
        for i in 0..200 {
            let part = format!("part {i} ü;");
            let piece = text(ctx, &part);
            all = Str::concat(ctx, piece, all).expect("memory");
            expected.insert_str(0, &part);
        }
        assert!(all.is_rope());
        assert_eq!(all.to_text(ctx), expected);
        assert!(!all.is_rope());
        let slice = all.substring(ctx, 5, 60).expect("memory");
        let units: Vec<u16> = expected.encode_utf16().collect();
        assert_eq!(slice.to_text(ctx), String::from_utf16_lossy(&units[5..60]));
    });
}

#[test]
fn deep_ropes_on_both_sides_flatten_without_recursion() {
    with_ctx(0, |ctx| {
        let piece = text(ctx, "abcdefghijklmnopqrstuvwxyz");
        let mut left = piece;
        let mut right = piece;
        for _ in 0..100_000 {
            left = Str::concat(ctx, left, piece).expect("memory");
            right = Str::concat(ctx, piece, right).expect("memory");
        }
        assert!(left.equals(ctx, right));
        assert_eq!(left.hash(ctx), right.hash(ctx));
    });
}

#[test]
fn equality_and_hash_ignore_width() {
    with_ctx(1, |ctx| {
        let wide = text(ctx, "ab\u{2020}cdefghijklmnopqrstuvwxyzabcdef");
        let narrow = wide.substring(ctx, 3, 33).expect("memory");
        let plain = text(ctx, "cdefghijklmnopqrstuvwxyzabcdef");
        assert!(narrow.is_wide() && !plain.is_wide());
        assert!(narrow.equals(ctx, plain));
        assert_eq!(narrow.hash(ctx), plain.hash(ctx));
        let a = ctx.intern_str(narrow).expect("memory");
        let b = ctx.intern_str(plain).expect("memory");
        assert_eq!(a, b);
        assert_eq!(
            a.flat_units(),
            Some(Units::Latin1(b"cdefghijklmnopqrstuvwxyzabcdef"))
        );
    });
}

#[test]
fn tables_keep_order_and_cursors_survive_changes() {
    with_ctx(1, |ctx| {
        let table = Table::new(ctx, 2).expect("memory");
        for i in 0..100 {
            ctx.table_set(table, Value::number(f64::from(i)), Value::int(i))
                .expect("hashable");
        }
        for i in (0..100).step_by(2) {
            // An int and a number that are equal are one key.
            assert_eq!(ctx.table_delete(table, Value::int(i)), Ok(true));
        }
        assert_eq!(table.len(), 50);
        let cursor = table.cursor(ctx).expect("memory");
        let mut seen = Vec::new();
        let mut added = 1000;
        while cursor.advance(ctx) {
            let (key, _) = cursor.entry().expect("an entry");
            seen.push(key.as_f64().expect("a number") as i32);
            if added < 1100 {
                let key = Value::number(f64::from(added));
                ctx.table_set(table, key, Value::NULL).expect("hashable");
                added += 1;
            }
        }
        let odd = (0..100).filter(|i| i % 2 == 1);
        assert_eq!(seen, odd.chain(1000..1100).collect::<Vec<i32>>());
        assert!(!cursor.advance(ctx));
    });
}

#[test]
fn clearing_restarts_cursors() {
    with_ctx(0, |ctx| {
        let table = Table::new(ctx, 1).expect("memory");
        for i in 0..10 {
            ctx.table_set(table, Value::int(i), Value::NULL)
                .expect("hashable");
        }
        let cursor = table.cursor(ctx).expect("memory");
        for _ in 0..5 {
            assert!(cursor.advance(ctx));
        }
        table.clear(ctx).expect("memory");
        ctx.table_set(table, Value::int(77), Value::NULL)
            .expect("hashable");
        assert!(cursor.advance(ctx));
        assert_eq!(cursor.entry().map(|(k, _)| k), Some(Value::int(77)));
        assert!(!cursor.advance(ctx));
    });
}

#[test]
fn arrays_grow_and_check_elements() {
    with_ctx(1, |ctx| {
        let desc = ctx.engine().descs.number_array;
        let array = ctx.new_array(desc, 0, 0).expect("memory");
        for i in 0..100 {
            ctx.array_push_checked(array, Value::int(i))
                .expect("a number");
        }
        assert_eq!(array.get(99), Some(Value::number(99.0)));
        let s = text(ctx, "no");
        assert!(ctx.array_push_checked(array, s.value()).is_err());
        let error = ctx.take_pending().expect("an error");
        assert_eq!(
            ctx.to_str(error).expect("text").to_text(ctx),
            "TypeError: expected number, got string"
        );
        assert_eq!(array.len(), 100);
    });
}

#[test]
fn arrays_born_in_any_are_pinned_in_place() {
    with_ctx(1, |ctx| {
        let (any, number) = (
            ctx.engine().descs.any_array,
            ctx.engine().descs.number_array,
        );
        let array = ctx.new_array(any, 0, 0).expect("memory");
        for i in 0..5 {
            ctx.array_push_checked(array, Value::number(f64::from(i)))
                .expect("any");
        }
        let v = ctx.check(array.value(), number).expect("all numbers");
        assert_eq!(v, array.value());
        let s = text(ctx, "no");
        assert!(ctx.array_push_checked(array, s.value()).is_err());
        ctx.take_pending();
        let mixed = ctx.new_array(any, 0, 0).expect("memory");
        ctx.array_push_checked(mixed, s.value()).expect("any");
        assert!(ctx.check(mixed.value(), number).is_err());
        ctx.take_pending();
        ctx.array_push_checked(mixed, Value::TRUE)
            .expect("still any");
    });
}

#[test]
fn inspection_follows_node() {
    with_ctx(1, |ctx| {
        let any = ctx.engine().descs.any_array;
        let array = ctx.new_array(any, 0, 0).expect("memory");
        let s = text(ctx, "it's");
        for v in [
            Value::number(-0.0),
            Value::NULL,
            Value::TRUE,
            s.value(),
            array.value(),
        ] {
            ctx.array_push_checked(array, v).expect("any");
        }
        assert_eq!(
            ctx.inspect(array.value()),
            Ok("<ref *1> [ -0, null, true, \"it's\", [Circular *1] ]".to_owned())
        );
    });
}

#[test]
fn memory_limits_are_errors_that_can_be_caught() {
    let options = EngineOptions {
        heap: HeapOptions {
            max_heap: Some(4 << 20),
            ..HeapOptions::default()
        },
        ..EngineOptions::default()
    };
    let engine = Engine::new(options).expect("address space");
    let mut task = Task::on_this_thread(&engine).expect("address space");
    let ctx = task.ctx();
    let any = ctx.engine().descs.any_array;
    let array = ctx.new_array(any, 0, 0).expect("memory");
    let mut failed = false;
    for i in 0..10_000_000 {
        if ctx.array_push_checked(array, Value::int(i)).is_err() {
            failed = true;
            break;
        }
    }
    assert!(failed);
    let error = ctx.take_pending().expect("an error");
    assert!(ctx.is_error(error));
    let shown = ctx.inspect(error).expect("text");
    assert!(shown.contains("RangeError: out of memory"), "{shown}");
    array.storage();
    ctx.array_set_length(array, 0).expect("shrinks");
    ctx.collect(Collection::Major);
}
