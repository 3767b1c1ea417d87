//! Arrays, Map and Set.

use raya_bytecode::Repr;

use crate::abi::R;
use crate::ctx::Ctx;
use crate::mem::array::{Array, Elements};
use crate::mem::table::{Cursor, Table};
use crate::mem::value::Value;
use crate::type_info::{TypeRef, type_flags};

use super::{Frame, Inspector, Style};

/// What a built-in container prints as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    Map,
    Set,
}

impl Container {
    fn name(self) -> &'static str {
        match self {
            Container::Map => "Map",
            Container::Set => "Set",
        }
    }
}

/// What an iterator of the library goes over.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Walk {
    Keys,
    Values,
    Entries,
    /// Arrays and strings, which Node does not show.
    Hidden,
}

/// Name and kind of a built-in iterator class.
fn iterator_kind(class: &str) -> Option<(&'static str, Walk)> {
    Some(match class {
        "MapKeys" => ("Map", Walk::Keys),
        "MapValues" => ("Map", Walk::Values),
        "MapEntries" => ("Map", Walk::Entries),
        "SetValues" => ("Set", Walk::Keys),
        "SetEntries" => ("Set", Walk::Entries),
        "ArrayIterator" | "ArrayKeys" | "ArrayEntries" => ("Array", Walk::Hidden),
        "StringIterator" => ("String", Walk::Hidden),
        _ => return None,
    })
}

/// "... n more items".
pub(super) fn remaining(n: usize) -> String {
    format!("... {n} more item{}", if n > 1 { "s" } else { "" })
}

/// Whether every element that is printed is a number.
fn numeric(array: Array, printed: usize) -> bool {
    match array.storage().elements() {
        Elements::F64(_) | Elements::I32(_) => true,
        Elements::Bool(_) => false,
        Elements::Word(all) => all.iter().take(printed).all(|v| v.as_f64().is_some()),
    }
}

impl Inspector<'_> {
    /// `[ 1, 2 ]`.
    pub(super) fn array(&mut self, v: Value, level: usize) -> R<String> {
        let Some(array) = self.ctx.as_array(v) else {
            return Ok("[]".to_owned());
        };
        let len = array.len();
        if len == 0 {
            return Ok("[]".to_owned());
        }
        let max = self.options.max_items;
        let frame = Frame {
            base: String::new(),
            open: "[".to_owned(),
            close: "]",
            too_deep: "[Array]".to_owned(),
            style: Style::Elements {
                numeric: numeric(array, max + 1),
                truncated: len > max,
            },
        };
        self.framed(v, level, frame, |this, level| {
            let mut out = Vec::with_capacity(len.min(max) + 1);
            for i in 0..len.min(max) {
                // Elements may go away while others are printed.
                let item = array.get(i).unwrap_or(Value::NULL);
                out.push(this.nested(item, level)?);
            }
            if len > max {
                out.push(remaining(len - max));
            }
            Ok(out)
        })
    }

    /// The built-in container that a class is or extends, and that base.
    pub(super) fn container(&self, ty: TypeRef) -> Option<(Container, TypeRef)> {
        let builtin = |t: &TypeRef| t.has(type_flags::BUILTIN);
        ty.meta
            .mro
            .iter()
            .copied()
            .filter(builtin)
            .find_map(|base| {
                let container = match &*base.meta.name {
                    "Map" => Container::Map,
                    "Set" => Container::Set,
                    _ => return None,
                };
                Some((container, base))
            })
    }

    /// The table in a field of an instance of Map or Set.
    pub(super) fn table_of(&mut self, v: Value) -> Option<Table> {
        self.find_field(v, |ctx, v| ctx.as_table(v))
    }

    /// The first field of an instance that holds what `find` looks for.
    fn find_field<T>(&self, v: Value, find: impl Fn(&Ctx, Value) -> Option<T>) -> Option<T> {
        let object = self.ctx.as_instance(v)?;
        let ty = self.ctx.type_of(v);
        let words = ty.meta.fields.iter().filter(|f| f.repr == Repr::Word);
        let mut held = words.filter_map(|f| object.get(f));
        held.find_map(|v| find(self.ctx, v))
    }

    /// `Map(1) { 'a' => 1 }`, `Set(1) { 1 }`; heirs name themselves and show their fields.
    pub(super) fn map_or_set(
        &mut self,
        v: Value,
        ty: TypeRef,
        (container, base): (Container, TypeRef),
        level: usize,
    ) -> R<String> {
        let Some(table) = self.table_of(v) else {
            return Ok(format!("{} {{}}", container.name()));
        };
        let len = table.len();
        let class = super::class_name(ty);
        let kind = container.name();
        let tag = if class == kind {
            String::new()
        } else {
            format!(" [{kind}]")
        };
        let fields = self.fields_after(v, base);
        if len == 0 && fields.is_empty() {
            return Ok(format!("{class}(0){tag} {{}}"));
        }
        let frame = Frame {
            base: String::new(),
            open: format!("{class}({len}){tag} {{"),
            close: "}",
            too_deep: format!("[{class}{tag}]"),
            style: Style::Members,
        };
        self.framed(v, level, frame, |this, level| {
            let cursor = table.cursor(this.ctx)?;
            let mut out = this.table_entries(cursor, container, len, level)?;
            out.extend(this.members(fields, level)?);
            Ok(out)
        })
    }

    /// `[Map Iterator] { 'a' }`: what a built-in iterator has still to give; none for
    /// instances of other classes.
    pub(super) fn iterator(&mut self, v: Value, ty: TypeRef, level: usize) -> R<Option<String>> {
        let kind = iterator_kind(&ty.meta.name).filter(|_| ty.has(type_flags::BUILTIN));
        let Some((name, walk)) = kind else {
            return Ok(None);
        };
        let cursor = self.find_field(v, |ctx, v| ctx.as_cursor(v));
        let (Some(cursor), true) = (cursor, walk != Walk::Hidden) else {
            return Ok(Some(format!("Object [{name} Iterator] {{}}")));
        };
        let what = match walk {
            Walk::Entries => "Entries",
            _ => "Iterator",
        };
        let frame = Frame {
            base: String::new(),
            open: format!("[{name} {what}] {{"),
            close: "}",
            too_deep: "[Object]".to_owned(),
            style: Style::Members,
        };
        let text = self.framed(v, level, frame, |this, level| {
            this.upcoming(cursor, name, walk, level)
        });
        text.map(Some)
    }

    /// The entries behind a cursor, which stays where it is.
    fn upcoming(&mut self, cursor: Cursor, of: &str, walk: Walk, level: usize) -> R<Vec<String>> {
        let cursor = cursor.duplicate(self.ctx)?;
        let mut out = Vec::new();
        let mut left_out = 0;
        while cursor.advance(self.ctx) {
            let Some((key, value)) = cursor.entry() else {
                break;
            };
            if out.len() >= self.options.max_items {
                left_out += 1;
                continue;
            }
            out.push(match walk {
                Walk::Values => self.nested(value, level)?,
                Walk::Entries => {
                    let second = if of == "Set" { key } else { value };
                    let (key, second) = (self.nested(key, level)?, self.nested(second, level)?);
                    format!("[ {key}, {second} ]")
                }
                _ => self.nested(key, level)?,
            });
        }
        if left_out > 0 {
            out.push(remaining(left_out));
        }
        Ok(out)
    }

    fn table_entries(
        &mut self,
        cursor: Cursor,
        container: Container,
        len: usize,
        level: usize,
    ) -> R<Vec<String>> {
        let max = self.options.max_items;
        let mut out = Vec::with_capacity(len.min(max) + 1);
        while out.len() < max && cursor.advance(self.ctx) {
            let Some((key, value)) = cursor.entry() else {
                break;
            };
            let key = self.nested(key, level)?;
            out.push(match container {
                Container::Set => key,
                Container::Map => format!("{key} => {}", self.nested(value, level)?),
            });
        }
        if len > max {
            out.push(remaining(len - max));
        }
        Ok(out)
    }
}
