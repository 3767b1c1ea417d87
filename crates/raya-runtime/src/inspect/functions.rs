//! Functions and classes.

use crate::abi::R;
use crate::mem::value::Value;
use crate::type_info::{Attr, TypeRef, type_flags};

use super::{Frame, Inspector, Style, class_name};

impl Inspector<'_> {
    /// `[Function: f]`.
    pub(super) fn function(&mut self, v: Value) -> String {
        let name = self.ctx.function_name(v);
        if name.is_empty() || name.starts_with('<') {
            "[Function (anonymous)]".to_owned()
        } else {
            format!("[Function: {name}]")
        }
    }

    /// `[class A extends B]` with the static fields; built-in ones are functions in Node.
    pub(super) fn class(&mut self, v: Value, level: usize) -> R<String> {
        let Some(ty) = self.ctx.as_class(v) else {
            return Ok("[class (anonymous)]".to_owned());
        };
        let name = class_name(ty);
        let base = if ty.has(type_flags::BUILTIN) {
            format!("[Function: {name}]")
        } else {
            let shown = if name.is_empty() {
                "(anonymous)"
            } else {
                &name
            };
            format!("[class {shown}{}]", self.bases(ty))
        };
        let statics = self.statics(ty);
        if statics.is_empty() {
            return Ok(base);
        }
        let frame = Frame {
            too_deep: base.clone(),
            base,
            open: "{".to_owned(),
            close: "}",
            style: Style::Members,
        };
        self.framed(v, level, frame, |this, level| this.members(statics, level))
    }

    fn bases(&self, ty: TypeRef) -> String {
        // A class that names no base has the root of the library or of the runtime.
        let core = self.ctx.engine().core.object;
        let is_root = |b: TypeRef| {
            b == core || b.has(type_flags::BUILTIN) && class_name(b) == class_name(core)
        };
        let bases = ty.meta.bases.iter().filter(|&&b| !is_root(b));
        let names: Vec<String> = bases.map(|&b| class_name(b)).collect();
        if names.is_empty() {
            String::new()
        } else {
            format!(" extends {}", names.join(", "))
        }
    }

    /// Static fields that are set, and plain values put on a class of the program.
    fn statics(&mut self, ty: TypeRef) -> Vec<(Value, Value)> {
        if ty.has(type_flags::BUILTIN) {
            return Vec::new();
        }
        let attrs: Vec<(Value, Attr)> = ty.meta.attrs.borrow().iter().collect();
        let shown = attrs.into_iter().filter_map(|(name, attr)| match attr {
            Attr::Static(field) => Some((name, self.ctx.read_static(&field))),
            Attr::Value(v) if self.ctx.as_closure(v).is_none() => Some((name, v)),
            _ => None,
        });
        shown.filter(|(_, v)| !v.is_unset()).collect()
    }
}
