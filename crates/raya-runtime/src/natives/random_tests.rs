//! Array and string natives against what Node answers to random calls (`cases/random.tsv`,
//! made by `cases/random.mjs`), with and without a collection at every allocation.

use std::fmt::Write;

use super::{array, string};
use crate::abi::R;
use crate::ctx::Ctx;
use crate::desc::DescRef;
use crate::engine::{Engine, EngineOptions, Task};
use crate::errors::ErrorKind;
use crate::mem::array::Array;
use crate::mem::string::{Str, Units};
use crate::mem::value::Value;
use crate::text::number_format;
use raya_heap::HeapOptions;

/// A value as the table writes it.
#[derive(Clone, Debug)]
enum Item {
    Null,
    Bool(bool),
    Number(f64),
    Text(Vec<u16>),
    List(Vec<Item>),
}

/// Reads one value off the front of `text`.
fn parse(text: &mut &str) -> Item {
    if let Some(rest) = text.strip_prefix('[') {
        *text = rest;
        let mut items = Vec::new();
        while !text.starts_with(']') {
            items.push(parse(text));
            *text = text.strip_prefix(',').unwrap_or(text);
        }
        *text = &text[1..];
        return Item::List(items);
    }
    if let Some(rest) = text.strip_prefix('"') {
        let (inside, rest) = rest.split_once('"').expect("an end of the string");
        *text = rest;
        return Item::Text(units(inside));
    }
    let end = text.find([',', ']']).unwrap_or(text.len());
    let word;
    (word, *text) = text.split_at(end);
    match word {
        "null" => Item::Null,
        "true" | "false" => Item::Bool(word == "true"),
        "Infinity" => Item::Number(f64::INFINITY),
        "-Infinity" => Item::Number(f64::NEG_INFINITY),
        _ => Item::Number(word.parse().expect("a number")),
    }
}

/// The units of a string whose special ones are `\` and four hexadecimal digits.
fn units(text: &str) -> Vec<u16> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c == '\\' {
            all.push(u16::from_str_radix(&rest[1..5], 16).expect("four digits"));
            rest = &rest[5..];
        } else {
            all.push(c as u16);
            rest = &rest[1..];
        }
    }
    all
}

/// A value as the table writes it.
fn show(ctx: &mut Ctx, v: Value) -> String {
    if let Some(x) = v.as_f64() {
        let zero = x == 0.0 && x.is_sign_negative();
        return if zero {
            "-0".into()
        } else {
            number_format::to_string(x)
        };
    }
    if let Some(b) = v.as_bool() {
        return b.to_string();
    }
    if let Some(s) = ctx.as_str(v) {
        let mut text = String::from("\"");
        let units = s.units(ctx).expect("memory");
        for u in units.iter() {
            match u8::try_from(u) {
                Ok(b) if b.is_ascii_alphanumeric() => text.push(b.into()),
                _ => write!(text, "\\{u:04x}").expect("a string takes everything"),
            }
        }
        return text + "\"";
    }
    if let Some(a) = ctx.as_array(v) {
        let items: Vec<String> = (0..a.len())
            .map(|i| show(ctx, a.get(i).expect("inside")))
            .collect();
        return format!("[{}]", items.join(","));
    }
    "null".into()
}

/// A receiver or argument list of one call.
struct Call<'a> {
    ctx: &'a mut Ctx,
    /// Type of arrays.
    desc: DescRef,
    /// Numbers are ints.
    ints: bool,
    args: Vec<Item>,
}

impl Call<'_> {
    fn value(&mut self, item: &Item) -> Value {
        match item {
            Item::Null => Value::NULL,
            Item::Bool(b) => Value::bool(*b),
            Item::Number(x) if self.ints => Value::int(*x as i32),
            Item::Number(x) => Value::number(*x),
            Item::Text(units) => Str::new(self.ctx, Units::Wide(units))
                .expect("memory")
                .value(),
            Item::List(items) => self.array(items).value(),
        }
    }

    fn array(&mut self, items: &[Item]) -> Array {
        let ty = self.ctx.array_type(self.desc).expect("memory");
        let array = Array::new(self.ctx, ty, 0, 0).expect("memory");
        for item in items {
            let v = self.value(item);
            self.ctx
                .array_push_checked(array, v)
                .expect("the element fits");
        }
        array
    }

    fn arg(&mut self, i: usize) -> Value {
        let item = self.args[i].clone();
        self.value(&item)
    }

    fn list(&mut self, i: usize) -> Array {
        match self.args[i].clone() {
            Item::List(items) => self.array(&items),
            other => panic!("{other:?} is no list"),
        }
    }

    fn position(&self, i: usize) -> f64 {
        match self.args[i] {
            Item::Number(x) => x,
            ref other => panic!("{other:?} is no position"),
        }
    }

    fn text(&mut self, i: usize) -> Str {
        let v = self.arg(i);
        self.ctx.as_str(v).expect("a string")
    }

    fn array_method(&mut self, method: &str, a: Array) -> R<Value> {
        let number = Value::number;
        Ok(match method {
            "shift" => array::array_shift(self.ctx, a)?,
            "unshift" => {
                let items = self.list(0);
                number(array::array_unshift(self.ctx, a, items)?)
            }
            "push" => {
                let items = self.list(0);
                number(array::array_push_all(self.ctx, a, items)?)
            }
            "indexOf" | "lastIndexOf" => {
                let (v, from) = (self.arg(0), self.position(1));
                let find = match method {
                    "indexOf" => array::array_index_of,
                    _ => array::array_last_index_of,
                };
                number(find(self.ctx, a, v, from)?)
            }
            "includes" => {
                let (v, from) = (self.arg(0), self.position(1));
                Value::bool(array::array_includes(self.ctx, a, v, from)?)
            }
            "slice" => array::array_slice(self.ctx, a, self.position(0), self.position(1))?.value(),
            "concat" => {
                let part = self.list(0);
                let any = self.ctx.engine().descs.any_array;
                let any = self.ctx.array_type(any)?;
                let parts = Array::new(self.ctx, any, 0, 1)?;
                self.ctx.array_push_checked(parts, part.value())?;
                array::array_concat(self.ctx, a, parts)?.value()
            }
            "reverse" => array::array_reverse(self.ctx, a)?.value(),
            "toReversed" => array::array_to_reversed(self.ctx, a)?.value(),
            "join" => {
                let separator = self.text(0);
                array::array_join(self.ctx, a, separator)?.value()
            }
            "fill" => {
                let v = self.arg(0);
                array::array_fill(self.ctx, a, v, self.position(1), self.position(2))?.value()
            }
            "splice" => {
                let items = self.list(2);
                let (start, count) = (self.position(0), self.position(1));
                array::array_splice(self.ctx, a, start, count, items)?.value()
            }
            "at" => array::array_at(self.ctx, a, self.position(0))?,
            "sort" => array::array_sort_default(self.ctx, a)?.value(),
            "copyWithin" => {
                let [to, from, end] = [0, 1, 2].map(|i| self.position(i));
                array::array_copy_within(self.ctx, a, to, from, end)?.value()
            }
            "with" => {
                let v = self.arg(1);
                array::array_with(self.ctx, a, self.position(0), v)?.value()
            }
            other => panic!("no method {other}"),
        })
    }

    fn string_method(&mut self, method: &str, s: Str) -> R<Value> {
        let (bool, number) = (Value::bool, Value::number);
        Ok(match method {
            "charAt" => string::string_char_at(self.ctx, s, self.position(0))?.value(),
            "at" => string::string_at(self.ctx, s, self.position(0))?,
            "charCodeAt" => number(string::string_char_code_at(self.ctx, s, self.position(0))?),
            "codePointAt" => string::string_code_point_at(self.ctx, s, self.position(0))?,
            "substring" | "slice" => {
                let cut = match method {
                    "slice" => string::string_slice,
                    _ => string::string_substring,
                };
                cut(self.ctx, s, self.position(0), self.position(1))?.value()
            }
            "indexOf" | "lastIndexOf" => {
                let find = match method {
                    "indexOf" => string::string_index_of,
                    _ => string::string_last_index_of,
                };
                let needle = self.text(0);
                number(find(self.ctx, s, needle, self.position(1))?)
            }
            "includes" | "startsWith" | "endsWith" => {
                let test = match method {
                    "includes" => string::string_includes,
                    "startsWith" => string::string_starts_with,
                    _ => string::string_ends_with,
                };
                let needle = self.text(0);
                bool(test(self.ctx, s, needle, self.position(1))?)
            }
            "split" => {
                let separator = self.text(0);
                string::string_split(self.ctx, s, separator, self.position(1))?.value()
            }
            "replace" | "replaceAll" => {
                let replace = match method {
                    "replace" => string::string_replace,
                    _ => string::string_replace_all,
                };
                let (needle, by) = (self.text(0), self.text(1));
                replace(self.ctx, s, needle, by)?.value()
            }
            "repeat" => string::string_repeat(self.ctx, s, self.position(0))?.value(),
            "padStart" | "padEnd" => {
                let pad = match method {
                    "padStart" => string::string_pad_start,
                    _ => string::string_pad_end,
                };
                let by = self.text(1);
                pad(self.ctx, s, self.position(0), by)?.value()
            }
            "normalize" => {
                let form = self.text(0);
                string::string_normalize(self.ctx, s, form)?.value()
            }
            "isWellFormed" => bool(string::string_is_well_formed(self.ctx, s)?),
            _ => {
                let plain: fn(&mut Ctx, Str) -> R<Str> = match method {
                    "trim" => string::string_trim,
                    "trimStart" => string::string_trim_start,
                    "trimEnd" => string::string_trim_end,
                    "toUpperCase" => string::string_to_upper_case,
                    "toLowerCase" => string::string_to_lower_case,
                    "toWellFormed" => string::string_to_well_formed,
                    other => panic!("no method {other}"),
                };
                plain(self.ctx, s)?.value()
            }
        })
    }

    /// What a call gave: its result, or the error that it threw.
    fn outcome(&mut self, result: R<Value>) -> String {
        match result {
            Ok(v) => show(self.ctx, v),
            Err(_) => {
                let error = self.ctx.take_pending().expect("an exception");
                assert!(self.ctx.is_error_of(error, ErrorKind::RangeError));
                let text = self.ctx.to_str(error).expect("memory").to_text(self.ctx);
                format!("throws {text}")
            }
        }
    }
}

/// Runs one line of the table; what differs from it.
fn run(ctx: &mut Ctx, line: &str) -> Option<String> {
    let mut fields = line.split('\t');
    let mut field = || fields.next().expect("six fields");
    let (method, kind) = (field(), field());
    let (mut receiver, mut args) = (field(), field());
    let (want, after) = (field(), field());
    let receiver = parse(&mut receiver);
    let Item::List(args) = parse(&mut args) else {
        panic!("arguments of {line}");
    };
    let descs = &ctx.engine().descs;
    let desc = match kind {
        "number" => descs.number_array,
        "int" => descs.array_of(descs.int),
        "boolean" => descs.array_of(descs.boolean),
        "string" => descs.string_array,
        _ => descs.any_array,
    };
    let ints = kind == "int";
    let mut call = Call {
        ctx,
        desc,
        ints,
        args,
    };
    let (got, left) = match &receiver {
        Item::List(items) => {
            let a = call.array(items);
            let result = call.array_method(method, a);
            (call.outcome(result), show(call.ctx, a.value()))
        }
        text => {
            let s = call.value(text);
            let s = call.ctx.as_str(s).expect("a string");
            let result = call.string_method(method, s);
            (call.outcome(result), String::new())
        }
    };
    (got != want || left != after).then(|| format!("{line}\n  gave {got}, left {left}"))
}

fn check(heap: HeapOptions, every: usize) {
    let options = EngineOptions {
        heap,
        ..EngineOptions::default()
    };
    let engine = Engine::new(options).expect("address space");
    let mut task = Task::on_this_thread(&engine).expect("address space");
    let ctx = task.ctx();
    let table = include_str!("cases/random.tsv");
    let wrong: Vec<String> = (table.lines().step_by(every))
        .filter_map(|line| run(ctx, line))
        .collect();
    let shown = wrong.iter().take(20).map(String::as_str);
    let shown: Vec<&str> = shown.collect();
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        shown.join("\n")
    );
}

#[test]
fn natives_answer_as_node_does() {
    check(HeapOptions::default(), 1);
}

#[test]
fn natives_survive_collections_anywhere() {
    let heap = HeapOptions {
        gc_stress: 1,
        verify: true,
        ..HeapOptions::default()
    };
    check(heap, 3);
}
