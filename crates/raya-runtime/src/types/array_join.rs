//! `join`: the elements of an array as one text.
//!
//! Characters are collected outside of the heap and copied once. Elements that are neither
//! primitives nor null go through their `str` slot, which may run user code that changes the
//! array meanwhile; as in JavaScript the number of elements is that of the start.

use crate::abi::R;
use crate::ctx::Ctx;
use crate::mem::array::{Array, Elements};
use crate::mem::string::{Str, Units};
use crate::mem::value::Value;
use crate::text::builder::Builder;
use crate::text::number_text::NumberText;

/// A text in the making, with separators between its parts.
struct Joined<'a> {
    out: Builder,
    separator: Units<'a>,
    number: NumberText,
    started: bool,
}

impl Joined<'_> {
    /// Ends one part and begins the next.
    fn next(&mut self, ctx: &mut Ctx) -> R<()> {
        if self.started {
            self.out.push_units(ctx, self.separator)?;
        }
        self.started = true;
        Ok(())
    }

    fn ascii(&mut self, ctx: &mut Ctx, text: &[u8]) -> R<()> {
        self.out.push_units(ctx, Units::Latin1(text))
    }

    fn number(&mut self, ctx: &mut Ctx, x: f64) -> R<()> {
        let text = self.number.number(x);
        self.out.push_units(ctx, Units::Latin1(text))
    }

    fn boolean(&mut self, ctx: &mut Ctx, b: bool) -> R<()> {
        self.ascii(ctx, if b { b"true" } else { b"false" })
    }
}

impl Ctx {
    /// The elements of an array as text with separators between them; null prints nothing,
    /// and so does an array inside itself. `depth` counts arrays around this one.
    pub(crate) fn join(&mut self, array: Array, separator: Str, depth: u32) -> R<Str> {
        let mut joined = Joined {
            out: Builder::with_capacity(array.len() * 2),
            separator: separator.units(self)?,
            number: NumberText::new(),
            started: false,
        };
        match array.storage().elements() {
            Elements::F64(xs) => {
                for &x in xs {
                    joined.next(self)?;
                    joined.number(self, x)?;
                }
            }
            Elements::I32(xs) => {
                for &x in xs {
                    joined.next(self)?;
                    joined.number(self, x.into())?;
                }
            }
            Elements::Bool(xs) => {
                for &x in xs {
                    joined.next(self)?;
                    joined.boolean(self, x != 0)?;
                }
            }
            Elements::Word(&[one]) if self.as_str(one).is_some() => {
                return Ok(self.as_str(one).unwrap_or(separator));
            }
            Elements::Word(_) => {
                let outer = self.engine().joining.borrow().len();
                if self.engine().joining.borrow().contains(&array.value()) {
                    return self.empty_string();
                }
                self.engine().joining.borrow_mut().push(array.value());
                let done = self.join_words(array, &mut joined, depth);
                self.engine().joining.borrow_mut().truncate(outer);
                done?;
            }
        }
        joined.out.finish(self)
    }

    fn join_words(&mut self, array: Array, joined: &mut Joined<'_>, depth: u32) -> R<()> {
        for i in 0..array.len() {
            joined.next(self)?;
            let item = array.get(i).unwrap_or(Value::NULL);
            if let Some(x) = item.as_f64() {
                joined.number(self, x)?;
            } else if let Some(b) = item.as_bool() {
                joined.boolean(self, b)?;
            } else if item.is_object() {
                let text = self.nested_str(item, depth)?.units(self)?;
                joined.out.push_units(self, text)?;
            }
        }
        Ok(())
    }
}
