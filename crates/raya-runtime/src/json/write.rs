//! `JSON.stringify`: values to text.
//!
//! Own members only; `toJSON` and a replacer are called as ECMAScript says. Null, which
//! is both of JavaScript's nullish values, is written. Functions are left out of objects
//! and are null elsewhere.

use crate::abi::{R, Thrown};
use crate::ctx::Ctx;
use crate::mem::string::{Str, Units};
use crate::mem::value::Value;
use crate::text::builder::Builder;
use crate::text::number_format;
use crate::type_info::TypeKind;

/// Levels of nesting that are written.
pub const MAX_NESTING: usize = 2000;

/// What a member is called, for replacers and for the message about circles.
#[derive(Clone, Copy)]
enum Key {
    Root,
    Index(usize),
    Name(Value),
}

/// The text of `v`; `null` for what has none. `replacer` is a function, an array of names
/// or null, `indent` what one level of nesting adds.
pub fn stringify(ctx: &mut Ctx, v: Value, replacer: Value, indent: Str) -> R<Str> {
    let indent: Vec<u16> = indent.units(ctx)?.iter().collect();
    let names = match ctx.as_array(replacer) {
        Some(array) => Some(allowed_names(ctx, array)?),
        None => None,
    };
    let replacer = (names.is_none() && !replacer.is_null()).then_some(replacer);
    let mut writer = Writer {
        ctx,
        out: Builder::with_capacity(64),
        indent,
        names,
        replacer,
        path: Vec::new(),
    };
    writer.member(Value::NULL, Key::Root, v)?;
    let Writer { ctx, out, .. } = writer;
    if out.is_empty() {
        return Str::from_text(ctx, "null");
    }
    out.finish(ctx)
}

/// The names that an array lets through.
fn allowed_names(ctx: &mut Ctx, array: crate::mem::array::Array) -> R<Vec<Vec<u16>>> {
    let mut names = Vec::new();
    for i in 0..array.len() {
        let name = array.get(i).unwrap_or(Value::NULL);
        let name = ctx.to_str(name)?;
        let name: Vec<u16> = name.units(ctx)?.iter().collect();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

struct Writer<'a> {
    ctx: &'a mut Ctx,
    out: Builder,
    indent: Vec<u16>,
    names: Option<Vec<Vec<u16>>>,
    replacer: Option<Value>,
    /// The containers around the current value by address, and how each was reached.
    path: Vec<(Value, Key)>,
}

impl Writer<'_> {
    fn ascii(&mut self, text: &str) -> R<()> {
        self.out
            .push_units(self.ctx, Units::Latin1(text.as_bytes()))
    }

    fn newline(&mut self, level: usize) -> R<()> {
        if self.indent.is_empty() {
            return Ok(());
        }
        self.ascii("\n")?;
        for _ in 0..level {
            self.out.push_units(self.ctx, Units::Wide(&self.indent))?;
        }
        Ok(())
    }

    /// Writes one member of `holder`; false where it has no text.
    fn member(&mut self, holder: Value, key: Key, v: Value) -> R<bool> {
        let v = self.replaced(holder, key, v)?;
        self.value(key, v)
    }

    /// The value after `toJSON` and the replacer.
    fn replaced(&mut self, holder: Value, key: Key, mut v: Value) -> R<Value> {
        if self.ctx.has_members(v) {
            let name = self.ctx.intern("toJSON")?;
            if let Some(f) = self.ctx.get_attr_opt(v, name)?
                && self.is_function(f)
            {
                let key = self.key_string(key)?;
                v = self.ctx.call_with(f, &[key], crate::calls::Surplus::Drop)?;
            }
        }
        if let Some(replacer) = self.replacer {
            let key = self.key_string(key)?;
            let drop = crate::calls::Surplus::Drop;
            v = self.ctx.call_bound(replacer, holder, &[key, v], drop)?;
        }
        Ok(v)
    }

    fn is_function(&self, v: Value) -> bool {
        matches!(
            self.ctx.kind_of(v),
            TypeKind::Function | TypeKind::BoundMethod | TypeKind::NativeFunction
        )
    }

    fn key_string(&mut self, key: Key) -> R<Value> {
        match key {
            Key::Root => Ok(self.ctx.empty_string()?.value()),
            Key::Index(i) => self.ctx.string(&i.to_string()),
            Key::Name(name) => Ok(name),
        }
    }

    fn value(&mut self, key: Key, v: Value) -> R<bool> {
        if let Some(s) = self.ctx.as_str(v) {
            let units = s.units(self.ctx)?;
            self.string(units)?;
            return Ok(true);
        }
        if !v.is_object() {
            let text = match (v.as_f64(), v.as_bool()) {
                (Some(x), _) if x.is_finite() => number_format::to_string(x),
                (_, Some(b)) => b.to_string(),
                _ => "null".to_owned(),
            };
            self.ascii(&text)?;
            return Ok(true);
        }
        match self.ctx.kind_of(v) {
            TypeKind::Array | TypeKind::Tuple => self.nested(key, v, Self::array)?,
            TypeKind::Instance | TypeKind::Literal | TypeKind::Dict => {
                self.nested(key, v, Self::object)?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Writes a container, which must not be inside of itself.
    fn nested(&mut self, key: Key, v: Value, write: fn(&mut Self, Value) -> R<()>) -> R<()> {
        if let Some(at) = self.path.iter().position(|(outer, _)| *outer == v) {
            return Err(self.circle(at, key));
        }
        if self.path.len() >= MAX_NESTING {
            return Err(self.ctx.stack_overflow());
        }
        self.path.push((v, key));
        write(self, v)?;
        self.path.pop();
        Ok(())
    }

    fn array(&mut self, v: Value) -> R<()> {
        let Some(array) = self.ctx.as_array(v) else {
            return Ok(());
        };
        if array.is_empty() {
            return self.ascii("[]");
        }
        self.ascii("[")?;
        let level = self.path.len();
        let mut i = 0;
        while i < array.len() {
            if i > 0 {
                self.ascii(",")?;
            }
            self.newline(level)?;
            let item = array.get(i).unwrap_or(Value::NULL);
            if !self.member(v, Key::Index(i), item)? {
                self.ascii("null")?;
            }
            i += 1;
        }
        self.newline(level - 1)?;
        self.ascii("]")
    }

    fn object(&mut self, v: Value) -> R<()> {
        self.ascii("{")?;
        let level = self.path.len();
        let mut any = false;
        for name in self.member_names(v)? {
            // Members may go away while others are written.
            let Some(item) = self.ctx.read_own_member(v, name)? else {
                continue;
            };
            let item = self.replaced(v, Key::Name(name), item)?;
            if self.is_function(item) || self.ctx.as_class(item).is_some() {
                continue;
            }
            if any {
                self.ascii(",")?;
            }
            any = true;
            self.newline(level)?;
            if let Some(name) = self.ctx.as_str(name) {
                let units = name.units(self.ctx)?;
                self.string(units)?;
            }
            self.ascii(if self.indent.is_empty() { ":" } else { ": " })?;
            if !self.value(Key::Name(name), item)? {
                self.ascii("null")?;
            }
        }
        if any {
            self.newline(level - 1)?;
        }
        self.ascii("}")
    }

    /// The names of the members to write. Interned, so that they outlive their object.
    fn member_names(&mut self, v: Value) -> R<Vec<Value>> {
        if let Some(names) = self.names.clone() {
            let names = names.iter().map(|n| self.ctx.intern_units(Units::Wide(n)));
            return names.collect();
        }
        let members = self.ctx.own_entries(v).into_iter();
        let names = members.map(|(name, _)| match self.ctx.as_str(name) {
            Some(name) => Ok(self.ctx.intern_str(name)?.value()),
            None => Ok(name),
        });
        names.collect()
    }

    /// A string in quotes, its control characters and lone surrogates escaped.
    fn string(&mut self, units: Units<'_>) -> R<()> {
        self.out.push(u16::from(b'"'));
        let clean = |u: u16| u >= 0x20 && u != 0x22 && u != 0x5C && !(0xD800..0xE000).contains(&u);
        if units.iter().all(clean) {
            self.out.push_units(self.ctx, units)?;
        } else {
            self.escaped(units)?;
        }
        self.out.push(u16::from(b'"'));
        Ok(())
    }

    fn escaped(&mut self, units: Units<'_>) -> R<()> {
        for c in char::decode_utf16(units.iter()) {
            match c {
                Ok('"') => self.ascii("\\\"")?,
                Ok('\\') => self.ascii("\\\\")?,
                Ok('\n') => self.ascii("\\n")?,
                Ok('\r') => self.ascii("\\r")?,
                Ok('\t') => self.ascii("\\t")?,
                Ok('\u{8}') => self.ascii("\\b")?,
                Ok('\u{c}') => self.ascii("\\f")?,
                Ok(c) if c < ' ' => self.ascii(&format!("\\u{:04x}", c as u32))?,
                Ok(c) => self.out.push_char(c),
                Err(lone) => self.ascii(&format!("\\u{:04x}", lone.unpaired_surrogate()))?,
            }
        }
        Ok(())
    }

    /// The error for a value that contains itself: the way from its outer occurrence.
    #[cold]
    fn circle(&mut self, at: usize, closing: Key) -> Thrown {
        let class = |ctx: &Ctx, v: Value| match ctx.kind_of(v) {
            TypeKind::Array | TypeKind::Tuple => "Array".to_owned(),
            TypeKind::Instance => ctx.type_of(v).meta.name.to_string(),
            _ => "Object".to_owned(),
        };
        let step = |ctx: &mut Ctx, key: Key| match key {
            Key::Root => String::new(),
            Key::Index(i) => format!("index {i}"),
            Key::Name(name) => format!("property '{}'", ctx.name_text(name)),
        };
        let mut lines = vec![
            "Converting circular structure to JSON".to_owned(),
            format!(
                "    --> starting at object with constructor '{}'",
                class(self.ctx, self.path[at].0)
            ),
        ];
        let way: Vec<(Value, Key)> = self.path[at + 1..].to_vec();
        for (i, &(v, key)) in way.iter().enumerate() {
            // The first two steps and the last are named.
            if i >= 2 && i + 1 < way.len() {
                if i == 2 {
                    lines.push("    |     ...".to_owned());
                }
                continue;
            }
            let step = step(self.ctx, key);
            let class = class(self.ctx, v);
            lines.push(format!(
                "    |     {step} -> object with constructor '{class}'"
            ));
        }
        lines.push(format!(
            "    --- {} closes the circle",
            step(self.ctx, closing)
        ));
        self.ctx.type_error(&lines.join("\n"))
    }
}
