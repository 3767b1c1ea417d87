//! Inspection and JSON against Node: `cases/inspect_cases.tsv` holds values as
//! `JSON.stringify` writes them and what `util.inspect` makes of them (as a JSON string),
//! separated by a tab. Characters outside of ASCII are escaped.

use crate::class_builder::{ClassPlan, FieldPlan};
use crate::ctx::Ctx;
use crate::errors::ErrorKind;
use crate::json::parse::parse;
use crate::json::write::stringify;
use crate::mem::object::Instance;
use crate::mem::string::Str;
use crate::mem::table::Table;
use crate::mem::value::Value;
use crate::testing::with_ctx;
use crate::type_info::{TypeRef, type_flags};

fn value(ctx: &mut Ctx, json: &str) -> Value {
    let text = Str::from_text(ctx, json).expect("memory");
    parse(ctx, text).expect("valid JSON")
}

fn check(ctx: &mut Ctx, line: &str) -> Result<(), String> {
    let (json, expected) = line.split_once('\t').expect("two columns");
    let v = value(ctx, json);
    let expected = value(ctx, expected);
    let expected = ctx.as_str(expected).expect("a string").to_text(ctx);
    let got = ctx.inspect(v).expect("no user code");
    if got != expected {
        return Err(format!("{json}\n--- got\n{got}\n--- expected\n{expected}"));
    }
    let indent = ctx.empty_string().expect("memory");
    let written = stringify(ctx, v, Value::NULL, indent).expect("no user code");
    let written = escaped(&written.to_text(ctx));
    if written != json {
        return Err(format!("{json}\nwritten as\n{written}"));
    }
    Ok(())
}

fn escaped(text: &str) -> String {
    let one = |u: u16| match u {
        0x20..=0x7E => char::from(u as u8).to_string(),
        _ => format!("\\u{u:04x}"),
    };
    text.encode_utf16().map(one).collect()
}

#[test]
fn as_in_node() {
    with_ctx(|ctx| {
        let cases = include_str!("cases/inspect_cases.tsv");
        let wrong: Vec<String> = cases.lines().filter_map(|l| check(ctx, l).err()).collect();
        let shown = wrong.iter().take(3).cloned().collect::<Vec<_>>().join("\n");
        assert!(wrong.is_empty(), "{} wrong:\n{shown}", wrong.len());
    });
}

#[test]
fn references_back() {
    with_ctx(|ctx| {
        let array = ctx.any_array(0).expect("memory");
        array.push_bits(ctx, Value::int(1).0).expect("memory");
        array.push_bits(ctx, array.value().0).expect("memory");
        let text = ctx.inspect(array.value()).expect("no user code");
        assert_eq!(text, "<ref *1> [ 1, [Circular *1] ]");
        let indent = ctx.empty_string().expect("memory");
        assert!(stringify(ctx, array.value(), Value::NULL, indent).is_err());
        let error = ctx.take_pending().expect("an exception");
        let message = ctx.named_field(error, "message").expect("a message");
        let message = ctx.as_str(message).expect("a string").to_text(ctx);
        assert_eq!(
            message,
            "Converting circular structure to JSON\n    --> starting at object with constructor \
             'Array'\n    --- index 1 closes the circle"
        );
    });
}

#[test]
fn json_with_indentation() {
    with_ctx(|ctx| {
        let v = value(ctx, r#"{"a":[1,{"b":2},[]],"c":{},"d":[{}]}"#);
        let indent = Str::from_text(ctx, "  ").expect("memory");
        let text = stringify(ctx, v, Value::NULL, indent).expect("no user code");
        assert_eq!(
            text.to_text(ctx),
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": 2\n    },\n    []\n  ],\n  \"c\": {},\n  \
             \"d\": [\n    {}\n  ]\n}"
        );
    });
}

#[test]
fn deep_json_needs_no_stack() {
    with_ctx(|ctx| {
        let text = "[".repeat(100_000) + &"]".repeat(100_000);
        let v = value(ctx, &text);
        let indent = ctx.empty_string().expect("memory");
        assert!(stringify(ctx, v, Value::NULL, indent).is_err());
        ctx.take_pending();
    });
}

/// A class with these fields.
fn class(ctx: &mut Ctx, name: &str, base: Option<TypeRef>, fields: &[&str], flags: u32) -> TypeRef {
    let any = ctx.engine().descs.any;
    let fields = fields.iter().map(|name| FieldPlan {
        name: ctx.intern(name).expect("memory"),
        desc: any,
        optional: false,
        private: false,
    });
    let fields = fields.collect();
    let plan = ClassPlan {
        name: name.into(),
        bases: base.into_iter().collect(),
        fields,
        flags,
        ..ClassPlan::default()
    };
    ctx.build_class(plan).expect("a class")
}

/// An instance with these values.
fn instance(ctx: &mut Ctx, ty: TypeRef, values: &[Value]) -> Value {
    let object = Instance::new(ctx, ty).expect("memory");
    for (field, v) in ty.meta.fields.iter().zip(values) {
        object.set_bits(ctx, field, v.0);
    }
    object.value()
}

#[test]
fn instances_and_classes() {
    with_ctx(|ctx| {
        let empty = class(ctx, "Empty", None, &[], 0);
        let point = class(ctx, "Point", None, &["x", "y"], 0);
        let sub = class(ctx, "Sub", Some(point), &["inner"], 0);
        let nothing = instance(ctx, empty, &[]);
        let p = instance(ctx, point, &[Value::int(1), Value::number(-0.0)]);
        let s = instance(ctx, sub, &[Value::int(2), Value::NULL, p]);
        let partly = instance(ctx, point, &[Value::int(3)]);
        let outer = instance(ctx, sub, &[s, s, s]);
        let deepest = instance(ctx, point, &[outer, nothing]);
        let text = |ctx: &mut Ctx, v| ctx.inspect(v).expect("no user code");
        assert_eq!(text(ctx, nothing), "Empty {}");
        assert_eq!(text(ctx, p), "Point { x: 1, y: -0 }");
        assert_eq!(text(ctx, partly), "Point { x: 3 }");
        assert_eq!(
            text(ctx, s),
            "Sub { x: 2, y: null, inner: Point { x: 1, y: -0 } }"
        );
        let shown = text(ctx, deepest);
        assert!(shown.contains("inner: [Point]"), "{shown}");
        assert!(shown.ends_with("y: Empty {}\n}"), "{shown}");
        let ty = ctx.class_object(sub).expect("memory");
        assert_eq!(text(ctx, ty), "[class Sub extends Point]");
    });
}

#[test]
fn maps_sets_and_their_iterators() {
    with_ctx(|ctx| {
        let builtin = type_flags::BUILTIN;
        let map = class(ctx, "Map", None, &["table"], builtin);
        let heir = class(ctx, "Registry", Some(map), &["name"], 0);
        let keys = class(ctx, "MapKeys", None, &["cursor"], builtin);
        let table = Table::new(ctx, 2).expect("memory");
        let m = instance(ctx, map, &[table.value()]);
        let text = |ctx: &mut Ctx, v| ctx.inspect(v).expect("no user code");
        assert_eq!(text(ctx, m), "Map(0) {}");
        let key = ctx.string("it's").expect("memory");
        ctx.table_set(table, key, Value::NULL).expect("hashable");
        ctx.table_set(table, Value::int(2), m).expect("hashable");
        assert_eq!(
            text(ctx, m),
            "<ref *1> Map(2) { \"it's\" => null, 2 => [Circular *1] }"
        );
        let cursor = table.cursor(ctx).expect("memory");
        cursor.advance(ctx);
        let k = instance(ctx, keys, &[cursor.value()]);
        assert_eq!(text(ctx, k), "[Map Iterator] { 2 }");
        assert_eq!(text(ctx, k), "[Map Iterator] { 2 }");
        table.clear(ctx).expect("memory");
        let h = instance(ctx, heir, &[table.value(), key]);
        assert_eq!(text(ctx, h), "Registry(0) [Map] { name: \"it's\" }");
    });
}

#[test]
fn errors_before_they_are_thrown() {
    with_ctx(|ctx| {
        let text = |ctx: &mut Ctx, v| ctx.inspect(v).expect("no user code");
        let plain = ctx.new_error(ErrorKind::TypeError, "no").expect("memory");
        assert_eq!(text(ctx, plain), "[TypeError: no]");
        let error = ctx.error_class(ErrorKind::Error).expect("memory");
        let failure = class(ctx, "Failure", Some(error), &["code"], type_flags::ERROR);
        let message = ctx.string("x").expect("memory");
        let e = instance(ctx, failure, &[message]);
        let object = ctx.as_instance(e).expect("an instance");
        let cause = ctx.intern("cause").expect("memory");
        object.set_bits(ctx, failure.field(cause).expect("a field"), plain.0);
        assert_eq!(text(ctx, e), "[Failure: x] { [cause]: [TypeError: no] }");
        let code = ctx.intern("code").expect("memory");
        object.set_bits(ctx, failure.field(code).expect("a field"), Value::int(5).0);
        assert_eq!(
            text(ctx, e),
            "[Failure: x] { code: 5, [cause]: [TypeError: no] }"
        );
    });
}
