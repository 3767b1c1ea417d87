//! Descriptors as text, for messages: TypeScript's notation, cut where it gets long.

use std::fmt::Write;

use crate::desc::{Desc, DescRef, DescShape, MemberDesc};
use crate::mem::string::Str;
use crate::text::{number_format, quote};
use crate::type_info::TypeInfo;

/// Nesting beyond which "…" stands for a type.
const MAX_NESTING: usize = 4;
/// Members or alternatives beyond which "…" stands for the rest.
const MAX_LISTED: usize = 6;

impl Desc {
    /// The type as a message names it.
    pub fn text(&self) -> String {
        let mut out = String::new();
        write_desc(&mut out, self, 0);
        out
    }
}

fn write_desc(out: &mut String, desc: &Desc, depth: usize) {
    if depth > MAX_NESTING {
        out.push('…');
        return;
    }
    let next = depth + 1;
    match desc.shape() {
        DescShape::Any => out.push_str("any"),
        DescShape::Never => out.push_str("never"),
        DescShape::Null => out.push_str("null"),
        DescShape::Number => out.push_str("number"),
        DescShape::Int => out.push_str("int"),
        DescShape::Boolean => out.push_str("boolean"),
        DescShape::String => out.push_str("string"),
        DescShape::LitString(s) => out.push_str(&literal_text(Str::from_value(*s))),
        DescShape::LitNumber(bits) => {
            out.push_str(&number_format::to_string(f64::from_bits(*bits)));
        }
        DescShape::LitBool(b) => out.push_str(if *b { "true" } else { "false" }),
        DescShape::Class(ty) => write_class(out, ty, depth),
        DescShape::ClassOrigin(ty) => out.push_str(&ty.meta.name),
        DescShape::ClassObject(ty) => {
            out.push_str("typeof ");
            out.push_str(&ty.meta.name);
        }
        DescShape::Array(elem) => write_array(out, *elem, next),
        DescShape::ReadonlyArray(elem) => {
            out.push_str("readonly ");
            write_array(out, *elem, next);
        }
        DescShape::Tuple { elems, rest, .. } => {
            out.push('[');
            write_list(out, elems, ", ", next);
            if let Some(rest) = rest {
                out.push_str(if elems.is_empty() { "..." } else { ", ..." });
                write_array(out, *rest, next);
            }
            out.push(']');
        }
        DescShape::Function(sig) => {
            out.push('(');
            write_list(out, &sig.params, ", ", next);
            out.push_str(") => ");
            write_desc(out, &sig.ret, next);
        }
        DescShape::Object(members) => write_members(out, members, next),
        DescShape::Dict(of) => {
            out.push_str("{ [key: string]: ");
            write_desc(out, of, next);
            out.push_str(" }");
        }
        DescShape::AnyObject => out.push_str("object"),
        DescShape::Union(types) => write_list(out, types, " | ", next),
        DescShape::Intersection(types) => write_list(out, types, " & ", next),
    }
}

/// The name of a type; of an instantiation with its arguments.
pub(crate) fn class_text(ty: &TypeInfo) -> String {
    let mut out = String::new();
    write_class(&mut out, ty, 0);
    out
}

fn write_class(out: &mut String, ty: &TypeInfo, depth: usize) {
    out.push_str(&ty.meta.name);
    let Some(args) = ty.meta.args.get().filter(|args| !args.is_empty()) else {
        return;
    };
    out.push('<');
    write_list(out, args, ", ", depth + 1);
    out.push('>');
}

fn literal_text(s: Option<Str>) -> String {
    let units = s.and_then(Str::flat_units);
    let units: Vec<u16> = units.map_or_else(Vec::new, |u| u.iter().collect());
    quote::quote(&units)
}

fn write_array(out: &mut String, elem: DescRef, depth: usize) {
    let composed = matches!(
        elem.shape(),
        DescShape::Union(_) | DescShape::Intersection(_) | DescShape::Function(_)
    );
    if composed {
        out.push('(');
    }
    write_desc(out, &elem, depth);
    out.push_str(if composed { ")[]" } else { "[]" });
}

fn write_list(out: &mut String, types: &[DescRef], separator: &str, depth: usize) {
    for (i, ty) in types.iter().enumerate() {
        if i > 0 {
            out.push_str(separator);
        }
        if i == MAX_LISTED {
            out.push('…');
            return;
        }
        write_desc(out, ty, depth);
    }
}

fn write_members(out: &mut String, members: &[MemberDesc], depth: usize) {
    if members.is_empty() {
        out.push_str("{}");
        return;
    }
    out.push_str("{ ");
    for (i, member) in members.iter().enumerate() {
        if i > 0 {
            out.push_str("; ");
        }
        if i == MAX_LISTED {
            out.push('…');
            break;
        }
        let name = Str::from_value(member.name).and_then(Str::flat_units);
        let name = name.map_or_else(String::new, |u| u.to_text());
        let mark = if member.optional { "?" } else { "" };
        // Writing to a string cannot fail.
        let _ = write!(out, "{name}{mark}: ");
        write_desc(out, &member.ty, depth);
    }
    out.push_str(" }");
}
