//! Natives against Node: `cases/*.tsv` hold calls and what Node 20 gives for them.
//!
//! A line is the native's name, its arguments (`s` and a text, or `n` and a number) and
//! the expected result as text, separated by tabs; `!` and a message for an error. Units
//! outside of ASCII are written `\uXXXX`.

use raya_bytecode::Native;

use crate::ctx::Ctx;
use crate::mem::native_entries::call_boxed;
use crate::mem::string::{Str, Units};
use crate::mem::value::Value;
use crate::testing::with_ctx;
use crate::text::{number_format, number_parse};

fn unescape(text: &str) -> Vec<u16> {
    let mut out = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c as u16);
            continue;
        }
        if chars.next() == Some('u') {
            let digits: String = chars.by_ref().take(4).collect();
            out.push(u16::from_str_radix(&digits, 16).expect("four hexadecimal digits"));
        } else {
            out.push(u16::from(b'\\'));
        }
    }
    out
}

fn escape(units: impl Iterator<Item = u16>) -> String {
    let one = |u: u16| match u {
        0x5C => "\\\\".to_owned(),
        0x20..=0x7E => char::from(u as u8).to_string(),
        _ => format!("\\u{u:04x}"),
    };
    units.map(one).collect()
}

fn argument(ctx: &mut Ctx, text: &str) -> Value {
    match text.split_at(1) {
        ("s", text) => {
            let units = unescape(text);
            let s = Str::new(ctx, Units::Wide(&units)).expect("memory");
            s.value()
        }
        (_, number) => Value::number(number_parse::to_number(number)),
    }
}

fn text_of(ctx: &mut Ctx, v: Value) -> String {
    if let Some(s) = ctx.as_str(v) {
        let units = s.units(ctx).expect("memory");
        return escape(units.iter());
    }
    if let Some(array) = ctx.as_array(v) {
        let items: Vec<String> = (0..array.len())
            .map(|i| text_of(ctx, array.get(i).expect("in range")))
            .collect();
        return items.join("|");
    }
    match (v.as_f64(), v.as_bool()) {
        (Some(0.0), _) if v.as_number().is_some_and(f64::is_sign_negative) => "-0".to_owned(),
        (Some(x), _) => number_format::to_string(x),
        (_, Some(b)) => b.to_string(),
        _ => "null".to_owned(),
    }
}

fn run(ctx: &mut Ctx, line: &str) -> Result<(), String> {
    let mut fields: Vec<&str> = line.split('\t').collect();
    let expected = fields.pop().expect("a result");
    let native = Native::by_name(fields[0]).expect("a native");
    let args: Vec<Value> = fields[1..].iter().map(|a| argument(ctx, a)).collect();
    let got = match call_boxed(ctx, native, &args) {
        Ok(v) => text_of(ctx, v),
        Err(_) => {
            let error = ctx.take_pending().expect("an exception");
            let message = ctx.named_field(error, "message").expect("a message");
            format!("!{}", text_of(ctx, message))
        }
    };
    if got == expected {
        Ok(())
    } else {
        Err(format!("{line:?} gave {got:?}"))
    }
}

fn check(cases: &str) {
    with_ctx(|ctx| {
        let wrong: Vec<String> = cases.lines().filter_map(|l| run(ctx, l).err()).collect();
        assert!(
            wrong.is_empty(),
            "{} wrong:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
    });
}

#[test]
fn strings_as_in_node() {
    check(include_str!("cases/string_cases.tsv"));
}

#[test]
fn numbers_as_in_node() {
    check(include_str!("cases/number_cases.tsv"));
}
