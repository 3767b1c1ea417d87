//! Inspection and JSON against Node: `cases/inspect_cases.tsv` holds values as
//! `JSON.stringify` writes them and what `util.inspect` makes of them (as a JSON string),
//! separated by a tab. Characters outside of ASCII are escaped.

use crate::ctx::Ctx;
use crate::json::parse::parse;
use crate::json::write::stringify;
use crate::mem::string::Str;
use crate::mem::value::Value;
use crate::testing::with_ctx;

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
