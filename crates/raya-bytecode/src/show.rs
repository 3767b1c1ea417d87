//! Types, signatures and constants as text, for disassembly, dumps and messages of
//! the verifier.

use crate::{Module, SigId, TypeDesc, TypeId};
use std::fmt::Write;

/// Nesting that is written out before `…` stands for the rest.
const MAX_DEPTH: u32 = 6;

/// A type as text.
pub fn show_type(m: &Module, ty: TypeId) -> String {
    let mut out = String::new();
    write_type(m, ty, MAX_DEPTH, &mut out);
    out
}

/// A signature as text.
pub fn show_signature(m: &Module, sig: SigId) -> String {
    let mut out = String::new();
    write_signature(m, sig, MAX_DEPTH, &mut out);
    out
}

fn list(m: &Module, types: &[TypeId], between: &str, depth: u32, out: &mut String) {
    for (i, &ty) in types.iter().enumerate() {
        if i > 0 {
            out.push_str(between);
        }
        write_type(m, ty, depth, out);
    }
}

fn write_signature(m: &Module, sig: SigId, depth: u32, out: &mut String) {
    let Some(sig) = m.signatures.get(sig.index()) else {
        out.push('?');
        return;
    };
    out.push('(');
    for (i, &ty) in sig.params.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        if sig.rest && i + 1 == sig.params.len() {
            out.push_str("...");
        }
        write_type(m, ty, depth, out);
        if i >= sig.required as usize && !(sig.rest && i + 1 == sig.params.len()) {
            out.push('?');
        }
    }
    out.push_str(") => ");
    write_type(m, sig.ret, depth, out);
}

fn write_type(m: &Module, ty: TypeId, depth: u32, out: &mut String) {
    let Some(desc) = m.types.get(ty.index()) else {
        out.push('?');
        return;
    };
    if depth == 0 {
        out.push('…');
        return;
    }
    let depth = depth - 1;
    let class = |id: crate::ClassId, out: &mut String| match m.classes.get(id.index()) {
        Some(class) => {
            out.push_str(&m.text(class.name));
            if !class.args.is_empty() {
                out.push('<');
                list(m, &class.args, ", ", depth, out);
                out.push('>');
            } else if class.flags.is_literal || class.flags.is_scope {
                // Writing to a string cannot fail.
                let _ = write!(out, "#{}", id.0);
            }
        }
        None => out.push('?'),
    };
    match desc {
        TypeDesc::Any => out.push_str("any"),
        TypeDesc::Never => out.push_str("never"),
        TypeDesc::Null => out.push_str("null"),
        TypeDesc::Number => out.push_str("number"),
        TypeDesc::Int => out.push_str("int"),
        TypeDesc::Boolean => out.push_str("boolean"),
        TypeDesc::String => out.push_str("string"),
        TypeDesc::AnyObject => out.push_str("object"),
        TypeDesc::LitString(id) => {
            let _ = write!(out, "{:?}", m.text(*id));
        }
        TypeDesc::LitNumber(bits) => {
            let _ = write!(out, "{:?}", f64::from_bits(*bits));
        }
        TypeDesc::LitBool(value) => {
            let _ = write!(out, "{value}");
        }
        TypeDesc::Class(id) => class(*id, out),
        TypeDesc::ClassOrigin(id) => {
            class(*id, out);
            out.push('*');
        }
        TypeDesc::ClassObject(id) => {
            out.push_str("typeof ");
            class(*id, out);
        }
        TypeDesc::Array(elem) => {
            write_operand(m, *elem, depth, out);
            out.push_str("[]");
        }
        TypeDesc::ReadonlyArray(elem) => {
            out.push_str("readonly ");
            write_operand(m, *elem, depth, out);
            out.push_str("[]");
        }
        TypeDesc::Tuple {
            elems,
            required,
            rest,
        } => {
            out.push('[');
            for (i, &ty) in elems.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                write_type(m, ty, depth, out);
                if i >= *required as usize {
                    out.push('?');
                }
            }
            if let Some(rest) = rest {
                out.push_str(if elems.is_empty() { "..." } else { ", ..." });
                write_operand(m, *rest, depth, out);
                out.push_str("[]");
            }
            out.push(']');
        }
        TypeDesc::Function(sig) => write_signature(m, *sig, depth, out),
        TypeDesc::Object(members) => {
            out.push_str("{ ");
            for member in members {
                let mark = if member.optional { "?" } else { "" };
                let _ = write!(out, "{}{mark}: ", m.text(member.name));
                write_type(m, member.ty, depth, out);
                out.push_str("; ");
            }
            out.push('}');
        }
        TypeDesc::Dict(value) => {
            out.push_str("{ [key]: ");
            write_type(m, *value, depth, out);
            out.push_str(" }");
        }
        TypeDesc::Union(members) => list(m, members, " | ", depth, out),
        TypeDesc::Intersection(members) => list(m, members, " & ", depth, out),
    }
}

fn write_operand(m: &Module, ty: TypeId, depth: u32, out: &mut String) {
    let complex = matches!(
        m.types.get(ty.index()),
        Some(TypeDesc::Union(_) | TypeDesc::Intersection(_) | TypeDesc::Function(_))
    );
    if complex {
        out.push('(');
    }
    write_type(m, ty, depth, out);
    if complex {
        out.push(')');
    }
}

impl Module {
    /// A string as text, also for an index that is out of bounds.
    pub fn text(&self, id: crate::StrId) -> std::borrow::Cow<'_, str> {
        if id.index() < self.strings.len() {
            self.str(id)
        } else {
            "?".into()
        }
    }
}
