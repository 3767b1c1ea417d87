//! Literals, instances and errors.

use crate::abi::R;
use crate::errors::ErrorKind;
use crate::mem::value::Value;
use crate::type_info::{Attr, TypeRef};

use super::{Frame, Inspector, Style, class_name};

impl Inspector<'_> {
    /// `{ a: 1 }`.
    pub(super) fn plain(&mut self, v: Value, level: usize) -> R<String> {
        let members = self.ctx.own_entries(v);
        if members.is_empty() {
            return Ok("{}".to_owned());
        }
        let ty = self.ctx.type_of(v);
        self.framed(v, level, Frame::members(""), |this, level| {
            let mut out = Vec::with_capacity(members.len());
            for (name, value) in members {
                let text = match value.is_unset() {
                    true => accessor_label(ty, name).to_owned(),
                    false => this.nested(value, level)?,
                };
                out.push(format!("{}: {text}", this.key(name)));
            }
            Ok(out)
        })
    }

    /// `Point { x: 1 }`.
    pub(super) fn instance(&mut self, v: Value, ty: TypeRef, level: usize) -> R<String> {
        if self.ctx.is_error(v) {
            return self.error(v, level);
        }
        if let Some(container) = self.container(ty) {
            return self.map_or_set(v, ty, container, level);
        }
        if let Some(text) = self.iterator(v, ty, level)? {
            return Ok(text);
        }
        let name = class_name(ty);
        let members = self.ctx.own_members(v);
        if members.is_empty() {
            return Ok(if name.is_empty() {
                "{}".to_owned()
            } else {
                format!("{name} {{}}")
            });
        }
        self.framed(v, level, Frame::members(&name), |this, level| {
            this.members(members, level)
        })
    }

    /// The own members of an instance without the fields that `base` declares.
    pub(super) fn fields_after(&mut self, v: Value, base: TypeRef) -> Vec<(Value, Value)> {
        let mut members = self.ctx.own_members(v);
        members.retain(|(name, _)| base.field(*name).is_none());
        members
    }

    /// An error: its trace, or the name and message in brackets where it has none, then
    /// what else it carries.
    fn error(&mut self, v: Value, level: usize) -> R<String> {
        let text = self.error_trace(v)?;
        let base = self.indented(&text);
        let members = match self.ctx.error_class(ErrorKind::Error) {
            Ok(class) => self.fields_after(v, class),
            Err(thrown) => return Err(thrown),
        };
        let cause = self.ctx.named_field(v, "cause").filter(|c| !c.is_null());
        if members.is_empty() && cause.is_none() {
            return Ok(base);
        }
        let frame = Frame {
            base,
            open: "{".to_owned(),
            close: "}",
            too_deep: format!("[{}]", class_name(self.ctx.type_of(v))),
            style: Style::Members,
        };
        self.framed(v, level, frame, |this, level| {
            let mut out = this.members(members, level)?;
            if let Some(cause) = cause {
                out.push(format!("[cause]: {}", this.nested(cause, level)?));
            }
            Ok(out)
        })
    }

    fn error_trace(&mut self, v: Value) -> R<String> {
        let stack = self.ctx.stack_text(v)?;
        if let Some(stack) = self.ctx.as_str(stack) {
            let stack = stack.to_text(self.ctx);
            if stack.contains("\n    at ") {
                return Ok(stack);
            }
        }
        let text = self.ctx.error_text(v)?;
        Ok(format!("[{}]", text.to_text(self.ctx)))
    }
}

/// What stands for the value of a literal's member that has accessors.
fn accessor_label(ty: TypeRef, name: Value) -> &'static str {
    match ty.lookup(name) {
        Some((_, Attr::Accessor { get, set, .. })) => match (get, set) {
            (Some(_), Some(_)) => "[Getter/Setter]",
            (Some(_), None) => "[Getter]",
            _ => "[Setter]",
        },
        _ => "null",
    }
}
