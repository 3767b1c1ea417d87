//! Values as text for `console.log`: Node's `util.inspect` with its default options.
//!
//! Owns what is shown of each kind of value and how references back are marked; how
//! entries are laid out is [`crate::text::inspect_layout`]. Runs user code only for
//! classes with `__repr__`.

mod format;
mod table;

use raya_bytecode::Slot;

use crate::abi::R;
use crate::ctx::Ctx;
use crate::errors::TRACE_FIELD;
use crate::mem::array::Array;
use crate::mem::string::{Str, Units, with_units};
use crate::mem::table::Table;
use crate::mem::value::Value;
use crate::text::inspect_layout::{BREAK_LENGTH, MAX_ITEMS, Shape, layout};
use crate::text::{number_format, quote};
use crate::type_info::{Form, TypeInfo, TypeKind, type_flags};

/// Levels of nesting that are shown.
const MAX_DEPTH: usize = 2;
/// Units of a string inside of other values that are shown.
const MAX_STRING: usize = 10_000;
/// Strings shorter than this are never split at line breaks.
const MIN_LINE_WIDTH: usize = 16;
/// Columns that entries are indented by.
const INDENT: usize = 2;

/// State of one inspection.
struct Inspector {
    /// Values that are being shown, outermost first.
    seen: Vec<Value>,
    /// Values that something inside refers back to, in order of discovery.
    circular: Vec<Value>,
    /// Columns that the current value is indented by.
    indentation: usize,
    /// Level of the object that was shown last.
    current_level: usize,
    /// Levels shown.
    depth: usize,
}

/// The braces, prefix and entries of an object before layout.
struct Parts {
    prefix: String,
    braces: (String, &'static str),
    entries: Vec<String>,
    array: bool,
    numeric: bool,
    truncated: bool,
}

impl Ctx {
    /// The text of a value as `console.log` shows it inside of others.
    pub fn inspect(&mut self, v: Value) -> R<String> {
        self.inspect_to(v, MAX_DEPTH)
    }

    fn inspect_to(&mut self, v: Value, depth: usize) -> R<String> {
        let mut inspector = Inspector {
            seen: Vec::new(),
            circular: Vec::new(),
            indentation: 0,
            current_level: 0,
            depth,
        };
        inspector.show(self, v, 0)
    }
}

/// The number as it is shown: -0 keeps its sign.
fn number_text(x: f64) -> String {
    if x == 0.0 && x.is_sign_negative() {
        return "-0".to_owned();
    }
    number_format::to_string(x)
}

impl Inspector {
    /// Shows a value at nesting `level`.
    fn show(&mut self, ctx: &mut Ctx, v: Value, level: usize) -> R<String> {
        if let Some(x) = v.as_f64() {
            return Ok(number_text(x));
        }
        if !v.is_object() {
            let text = match v.as_bool() {
                Some(true) => "true",
                Some(false) => "false",
                None => "null",
            };
            return Ok(text.to_owned());
        }
        if let Some(s) = ctx.as_str(v) {
            return Ok(self.show_string(ctx, s));
        }
        if self.seen.contains(&v) {
            let index = match self.circular.iter().position(|&c| c == v) {
                Some(index) => index,
                None => {
                    self.circular.push(v);
                    self.circular.len() - 1
                }
            };
            return Ok(format!("[Circular *{}]", index + 1));
        }
        self.show_object(ctx, v, level)
    }

    fn show_string(&self, ctx: &mut Ctx, s: Str) -> String {
        let units: Vec<u16> = with_units(ctx, s, |u| u.iter().take(MAX_STRING).collect());
        let left_out = s.len() - units.len();
        let trailer = match left_out {
            0 => String::new(),
            1 => "... 1 more character".to_owned(),
            n => format!("... {n} more characters"),
        };
        let wide =
            units.len() > MIN_LINE_WIDTH && units.len() + self.indentation + 4 > BREAK_LENGTH;
        if !wide || !units.contains(&u16::from(b'\n')) {
            return quote::quote(&units) + &trailer;
        }
        let lines: Vec<String> = units
            .split_inclusive(|&u| u == u16::from(b'\n'))
            .map(quote::quote)
            .collect();
        let separator = format!(" +\n{}", " ".repeat(self.indentation + INDENT));
        lines.join(&separator) + &trailer
    }

    fn show_object(&mut self, ctx: &mut Ctx, v: Value, level: usize) -> R<String> {
        let ty = ctx.type_of(v);
        match ty.kind {
            TypeKind::Function | TypeKind::BoundMethod | TypeKind::NativeFunction => {
                let name = ctx.function_name(v);
                return Ok(function_text(&name));
            }
            TypeKind::ClassObject => {
                return Ok(ctx.as_class(v).map_or_else(String::new, |c| class_text(&c)));
            }
            TypeKind::NotImplemented => return Ok("NotImplemented".to_owned()),
            TypeKind::Instance => {
                let repr = ty.slot(Slot::repr, Form::Forward);
                if !repr.is_absent() {
                    let text = ctx.call_slot(repr, &[v])?;
                    let text = ctx.expect_str(text, "__repr__")?;
                    return Ok(text.to_text(ctx));
                }
            }
            _ => {}
        }
        self.current_level = level;
        self.seen.push(v);
        let shown = self.show_members(ctx, v, &ty, level);
        self.seen.pop();
        let shown = shown?;
        match self.circular.iter().position(|&c| c == v) {
            Some(index) => Ok(format!("<ref *{}> {shown}", index + 1)),
            None => Ok(shown),
        }
    }

    fn show_members(&mut self, ctx: &mut Ctx, v: Value, ty: &TypeInfo, level: usize) -> R<String> {
        let table = container_table(ctx, v, ty);
        let size = match (&table, ctx.as_array(v)) {
            (Some(table), _) => table.len(),
            (None, Some(array)) => array.len(),
            (None, None) => ctx.own_members(v).len(),
        };
        let is_error = ctx.is_error(v);
        if size > 0 && level > self.depth && !is_error {
            return Ok(match ty.kind {
                TypeKind::Array | TypeKind::Tuple => "[Array]".to_owned(),
                TypeKind::Literal | TypeKind::Dict => "[Object]".to_owned(),
                _ => format!("[{}]", ty.meta.name),
            });
        }
        let parts = if let Some(array) = ctx.as_array(v) {
            self.array_parts(ctx, array, level)?
        } else if let Some(table) = table {
            self.table_parts(ctx, ty, table, level)?
        } else if is_error {
            return self.show_error(ctx, v, level);
        } else {
            self.object_parts(ctx, v, ty, level)?
        };
        Ok(self.lay_out(parts, level))
    }

    fn lay_out(&self, parts: Parts, level: usize) -> String {
        if parts.entries.is_empty() {
            return format!("{}{}", parts.braces.0, parts.braces.1);
        }
        let shape = Shape {
            prefix: &parts.prefix,
            braces: (&parts.braces.0, parts.braces.1),
            indentation: self.indentation,
            inner_levels: self.current_level - level,
            array: parts.array,
            numeric: parts.numeric,
            truncated: parts.truncated,
            break_length: BREAK_LENGTH,
        };
        layout(parts.entries, shape)
    }

    /// Shows a value that is an entry of the current one.
    fn entry(&mut self, ctx: &mut Ctx, v: Value, level: usize) -> R<String> {
        self.indentation += INDENT;
        let shown = self.show(ctx, v, level + 1);
        self.indentation -= INDENT;
        shown
    }

    fn array_parts(&mut self, ctx: &mut Ctx, array: Array, level: usize) -> R<Parts> {
        let len = array.len();
        let shown = len.min(MAX_ITEMS);
        let mut entries = Vec::with_capacity(shown + 1);
        let mut numeric = true;
        for i in 0..shown {
            let item = array.get(i).unwrap_or(Value::NULL);
            numeric &= item.as_f64().is_some();
            entries.push(self.entry(ctx, item, level)?);
        }
        let truncated = push_rest(&mut entries, len - shown);
        Ok(Parts {
            prefix: String::new(),
            braces: ("[".to_owned(), "]"),
            entries,
            array: true,
            numeric,
            truncated,
        })
    }

    fn table_parts(
        &mut self,
        ctx: &mut Ctx,
        ty: &TypeInfo,
        table: Table,
        level: usize,
    ) -> R<Parts> {
        let kind = container_kind(ty);
        let size = table.len();
        let mut entries = Vec::new();
        let items: Vec<(Value, Value)> = table.entries().take(MAX_ITEMS).collect();
        for (key, value) in items {
            let key = self.entry(ctx, key, level)?;
            if kind == "Set" {
                entries.push(key);
            } else {
                let value = self.entry(ctx, value, level)?;
                entries.push(format!("{key} => {value}"));
            }
        }
        let truncated = push_rest(&mut entries, size.saturating_sub(MAX_ITEMS));
        let name = &ty.meta.name;
        let heir = if **name == *kind {
            String::new()
        } else {
            format!(" [{kind}]")
        };
        Ok(Parts {
            prefix: String::new(),
            braces: (format!("{name}({size}){heir} {{"), "}"),
            entries,
            array: false,
            numeric: false,
            truncated,
        })
    }

    fn object_parts(&mut self, ctx: &mut Ctx, v: Value, ty: &TypeInfo, level: usize) -> R<Parts> {
        let entries = self.member_entries(ctx, v, level, |_, _| true)?;
        let open = match ty.kind {
            TypeKind::Literal | TypeKind::Dict => "{".to_owned(),
            _ => format!("{} {{", ty.meta.name),
        };
        Ok(Parts {
            prefix: String::new(),
            braces: (open, "}"),
            entries,
            array: false,
            numeric: false,
            truncated: false,
        })
    }

    /// `key: value` of the own members that `wanted` accepts.
    fn member_entries(
        &mut self,
        ctx: &mut Ctx,
        v: Value,
        level: usize,
        wanted: impl Fn(&Ctx, Value) -> bool,
    ) -> R<Vec<String>> {
        let mut entries = Vec::new();
        for (name, item) in ctx.own_members(v) {
            if !wanted(ctx, name) {
                continue;
            }
            let key = key_text(ctx, name);
            let shown = self.entry(ctx, item, level)?;
            entries.push(format!("{key}: {shown}"));
        }
        Ok(entries)
    }

    /// An error: its trace, or name and message in brackets before it was thrown, then its
    /// other members.
    fn show_error(&mut self, ctx: &mut Ctx, v: Value, level: usize) -> R<String> {
        let header = ctx.error_text(v)?.to_text(ctx);
        let text = match ctx.trace_text(v) {
            Some(trace) if !trace.is_empty() => {
                let indent = format!("\n{}", " ".repeat(self.indentation));
                format!("{header}\n{trace}").replace('\n', &indent)
            }
            _ => format!("[{header}]"),
        };
        let hidden = |ctx: &Ctx, name: Value| {
            ["message", "cause", TRACE_FIELD]
                .iter()
                .all(|h| !ctx.name_is(name, h))
        };
        let mut entries = self.member_entries(ctx, v, level, hidden)?;
        if let Some(cause) = ctx.named_field(v, "cause").filter(|c| !c.is_null()) {
            let shown = self.entry(ctx, cause, level)?;
            entries.push(format!("[cause]: {shown}"));
        }
        if entries.is_empty() {
            return Ok(text);
        }
        let parts = Parts {
            prefix: text,
            braces: ("{".to_owned(), "}"),
            entries,
            array: false,
            numeric: false,
            truncated: false,
        };
        Ok(self.lay_out(parts, level))
    }
}

/// Adds "… n more items"; whether there were any.
fn push_rest(entries: &mut Vec<String>, n: usize) -> bool {
    match n {
        0 => {}
        1 => entries.push("... 1 more item".to_owned()),
        n => entries.push(format!("... {n} more items")),
    }
    n > 0
}

/// A member's name as a key.
fn key_text(ctx: &mut Ctx, name: Value) -> String {
    match ctx.as_str(name) {
        Some(s) => {
            let units: Vec<u16> = with_units(ctx, s, |u: Units<'_>| u.iter().collect());
            quote::key(&units)
        }
        None => String::new(),
    }
}

fn function_text(name: &str) -> String {
    if name.is_empty() || name.starts_with('<') {
        "[Function (anonymous)]".to_owned()
    } else {
        format!("[Function: {name}]")
    }
}

fn class_text(class: &TypeInfo) -> String {
    let base = class.meta.bases.first();
    match base.filter(|b| b.depth > 0 && *b.meta.name != *"Object") {
        Some(base) => format!("[class {} extends {}]", class.meta.name, base.meta.name),
        None => format!("[class {}]", class.meta.name),
    }
}

/// "Map" or "Set" for those built-in classes and their heirs.
fn container_kind(ty: &TypeInfo) -> &'static str {
    let is = |name: &str| {
        let builtin =
            |t: &&crate::type_info::TypeRef| t.has(type_flags::BUILTIN) && *t.meta.name == *name;
        ty.meta.mro.iter().any(|t| builtin(&t))
    };
    if is("Map") {
        "Map"
    } else if is("Set") {
        "Set"
    } else {
        ""
    }
}

/// The hash table of a Map or Set: its hidden field that holds one.
fn container_table(ctx: &mut Ctx, v: Value, ty: &TypeInfo) -> Option<Table> {
    if ty.kind != TypeKind::Instance || container_kind(ty).is_empty() {
        return None;
    }
    let object = ctx.as_instance(v)?;
    let fields = ty.meta.fields.iter();
    fields
        .filter(|f| f.repr == raya_bytecode::Repr::Word)
        .find_map(|f| ctx.as_table(object.get(f)?))
}
