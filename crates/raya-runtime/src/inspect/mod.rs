//! Values as `console.log` shows them: Node 20's `util.inspect`.
//!
//! Owns what is printed of each kind of value, nesting, references back and indentation;
//! the arrangement in lines and columns is in `text::inspect_layout`, quoting in
//! `text::quote`. Runs user code only for classes with `__repr__`.
//!
//! Invariant: objects that are being printed are remembered by address alone; nothing is
//! read through a remembered address.

mod containers;
mod format;
mod functions;
mod objects;
mod table;
#[cfg(test)]
mod tests;

use raya_bytecode::Slot;

use crate::abi::R;
use crate::ctx::Ctx;
use crate::iter::Gives;
use crate::mem::string::{Str, Units};
use crate::mem::value::Value;
use crate::text::inspect_layout::{self, Shape};
use crate::text::{number_format, quote};
use crate::type_info::{Form, SlotFn, TypeKind, TypeRef};

pub use format::format_args;
pub use table::draw;

/// Longest string that is printed whole inside of another value.
const MAX_STRING: usize = 10_000;
/// Strings up to this length are never split into lines.
const MIN_LINE: usize = 16;

/// What callers choose about the output.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Levels of nesting that are shown below the value itself.
    pub depth: usize,
    /// Elements of a container that are shown.
    pub max_items: usize,
    /// Columns at which lines break.
    pub break_length: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            depth: 2,
            max_items: inspect_layout::MAX_ITEMS,
            break_length: inspect_layout::BREAK_LENGTH,
        }
    }
}

/// The text of `v`.
pub fn inspect(ctx: &mut Ctx, v: Value, options: Options) -> R<String> {
    Inspector::new(ctx, options).value(v, 0)
}

/// State of one inspection.
struct Inspector<'a> {
    ctx: &'a mut Ctx,
    options: Options,
    /// Objects around the one that is being printed.
    seen: Vec<Value>,
    /// Objects that something inside of them refers to, in the order found.
    circular: Vec<Value>,
    /// Columns that the current value is indented by.
    indentation: usize,
    /// Level of the object whose entries were begun last.
    deepest: usize,
}

/// What is printed of an object before its entries are known.
struct Frame {
    /// Text before the braces: functions and errors.
    base: String,
    /// Opening brace with what stands before it.
    open: String,
    /// Closing brace.
    close: &'static str,
    /// What the object turns into where it is nested too deep.
    too_deep: String,
    /// How its entries are arranged.
    style: Style,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Members,
    Elements { numeric: bool, truncated: bool },
}

impl Frame {
    /// Members in braces after a class name, which may be empty.
    fn members(name: &str) -> Frame {
        let shown = if name.is_empty() { "Object" } else { name };
        Frame {
            base: String::new(),
            open: if name.is_empty() {
                "{".to_owned()
            } else {
                format!("{name} {{")
            },
            close: "}",
            too_deep: format!("[{shown}]"),
            style: Style::Members,
        }
    }
}

impl<'a> Inspector<'a> {
    fn new(ctx: &'a mut Ctx, options: Options) -> Self {
        Inspector {
            ctx,
            options,
            seen: Vec::new(),
            circular: Vec::new(),
            indentation: 0,
            deepest: 0,
        }
    }

    /// The text of a value at a level of nesting.
    fn value(&mut self, v: Value, level: usize) -> R<String> {
        if let Some(s) = self.ctx.as_str(v) {
            return self.string(s);
        }
        if !v.is_object() {
            return Ok(primitive(v));
        }
        if let Some(text) = self.custom(v)? {
            return Ok(text);
        }
        if self.seen.contains(&v) {
            let known = self.circular.iter().position(|&c| c == v);
            let index = known.unwrap_or_else(|| {
                self.circular.push(v);
                self.circular.len() - 1
            });
            return Ok(format!("[Circular *{}]", index + 1));
        }
        self.object(v, level)
    }

    /// What the class's own `__repr__` says, indented.
    fn custom(&mut self, v: Value) -> R<Option<String>> {
        let ty = self.ctx.type_of(v);
        if ty.kind != TypeKind::Instance {
            return Ok(None);
        }
        let slot = ty.slot(Slot::repr, Form::Forward);
        if matches!(slot, SlotFn::Absent | SlotFn::Native(_)) {
            return Ok(None);
        }
        let text = self.ctx.call_slot(slot, &[v])?;
        let text = self.ctx.expect_str(text, "__repr__")?;
        let text = text.to_text(self.ctx);
        Ok(Some(self.indented(&text)))
    }

    /// Text whose further lines are indented as the current value is.
    fn indented(&self, text: &str) -> String {
        if self.indentation == 0 {
            return text.to_owned();
        }
        text.replace('\n', &format!("\n{}", " ".repeat(self.indentation)))
    }

    /// A string in quotes; long ones break after their line ends.
    fn string(&mut self, s: Str) -> R<String> {
        let units: Vec<u16> = match s.units(self.ctx)? {
            Units::Latin1(bytes) => bytes.iter().map(|&b| b.into()).collect(),
            Units::Wide(wide) => wide.to_vec(),
        };
        let (shown, rest) = units.split_at(units.len().min(MAX_STRING));
        let trailer = match rest.len() {
            0 => String::new(),
            1 => "... 1 more character".to_owned(),
            n => format!("... {n} more characters"),
        };
        let room = self
            .options
            .break_length
            .saturating_sub(self.indentation + 4);
        if shown.len() <= MIN_LINE || shown.len() <= room {
            return Ok(quote::quote(shown) + &trailer);
        }
        let lines = shown.split_inclusive(|&u| u == u16::from(b'\n'));
        let lines: Vec<String> = lines.map(quote::quote).collect();
        let separator = format!(" +\n{}", " ".repeat(self.indentation + 2));
        Ok(lines.join(&separator) + &trailer)
    }

    /// Dispatches on what kind of object it is.
    fn object(&mut self, v: Value, level: usize) -> R<String> {
        let ty = self.ctx.type_of(v);
        match ty.kind {
            TypeKind::Array | TypeKind::Tuple => self.array(v, level),
            TypeKind::Function | TypeKind::BoundMethod | TypeKind::NativeFunction => {
                Ok(self.function(v))
            }
            TypeKind::ClassObject => self.class(v, level),
            TypeKind::Literal | TypeKind::Dict => self.plain(v, level),
            TypeKind::Instance => self.instance(v, ty, level),
            TypeKind::AttributeView => {
                let list = self.ctx.view_list(v, Gives::Entries)?;
                self.array(list.value(), level)
            }
            TypeKind::Property => Ok("[Getter/Setter]".to_owned()),
            TypeKind::NotImplemented => Ok("NotImplemented".to_owned()),
            TypeKind::Iterator => Ok("Object [Iterator] {}".to_owned()),
            _ => Ok(format!("[{}]", ty.meta.name)),
        }
    }

    /// Prints an object's entries, which `entries` makes one level further in, in its
    /// frame.
    fn framed(
        &mut self,
        v: Value,
        level: usize,
        mut frame: Frame,
        entries: impl FnOnce(&mut Self, usize) -> R<Vec<String>>,
    ) -> R<String> {
        if level > self.options.depth {
            return Ok(frame.too_deep);
        }
        let level = level + 1;
        self.seen.push(v);
        self.deepest = level;
        let entries = entries(self, level)?;
        self.seen.pop();
        if let Some(index) = self.circular.iter().position(|&c| c == v) {
            let reference = format!("<ref *{}>", index + 1);
            frame.base = if frame.base.is_empty() {
                reference
            } else {
                format!("{reference} {}", frame.base)
            };
        }
        let (array, numeric, truncated) = match frame.style {
            Style::Members => (false, false, false),
            Style::Elements { numeric, truncated } => (true, numeric, truncated),
        };
        let shape = Shape {
            prefix: &frame.base,
            braces: (&frame.open, frame.close),
            indentation: self.indentation,
            inner_levels: self.deepest.saturating_sub(level),
            array,
            numeric,
            truncated,
            break_length: self.options.break_length,
        };
        Ok(inspect_layout::layout(entries, shape))
    }

    /// A value two columns further in.
    fn nested(&mut self, v: Value, level: usize) -> R<String> {
        self.indentation += 2;
        let text = self.value(v, level);
        self.indentation -= 2;
        text
    }

    /// The entries `key: value` of members.
    fn members(&mut self, members: Vec<(Value, Value)>, level: usize) -> R<Vec<String>> {
        let mut out = Vec::with_capacity(members.len());
        for (key, v) in members {
            let text = self.nested(v, level)?;
            out.push(format!("{}: {text}", self.key(key)));
        }
        Ok(out)
    }

    /// A member's name, quoted unless it is an identifier.
    fn key(&mut self, name: Value) -> String {
        let units = self.ctx.as_str(name).and_then(|s| s.flat_units());
        let units: Vec<u16> = units.map_or_else(Vec::new, |u| u.iter().collect());
        quote::key(&units)
    }
}

/// A value that is no object.
fn primitive(v: Value) -> String {
    match (v.as_number(), v.as_int(), v.as_bool()) {
        (Some(x), ..) if x == 0.0 && x.is_sign_negative() => "-0".to_owned(),
        (Some(x), ..) => number_format::to_string(x),
        (_, Some(i), _) => i.to_string(),
        (_, _, Some(b)) => b.to_string(),
        _ => "null".to_owned(),
    }
}

/// The name of a class for printing.
fn class_name(ty: TypeRef) -> String {
    ty.meta.name.to_string()
}

impl Ctx {
    /// The text of a value as `console.log` shows it inside of others.
    pub fn inspect(&mut self, v: Value) -> R<String> {
        inspect(self, v, Options::default())
    }
}
