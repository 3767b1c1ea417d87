//! Types as text, for messages and dumps.
//!
//! The text is what a programmer would write, shortened with `…` where a type is
//! deep or wide; it is never parsed again.

use super::{
    ObjectType, ParamId, SigId, Signature, Ty, TyList, TypeInterner, TypeKind, TypeOperator,
};
use raya_syntax::name::Interner;
use std::fmt::Write;

/// How deep types are written out.
const MAX_DEPTH: u32 = 6;
/// How many characters a message's type has at most, about.
const MAX_LENGTH: usize = 240;

/// Where a type stands, which decides on parentheses.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Position {
    Top,
    UnionMember,
    Element,
}

struct Printer<'a> {
    types: &'a TypeInterner,
    names: &'a Interner,
    out: String,
}

impl TypeInterner {
    /// The type as a programmer would write it.
    pub fn display(&self, ty: Ty, names: &Interner) -> String {
        let mut printer = Printer {
            types: self,
            names,
            out: String::new(),
        };
        printer.ty(ty, Position::Top, 0);
        printer.out
    }

    /// A signature as a programmer would write it, with `: R` or ` => R`.
    pub fn display_signature(&self, sig: &Signature, names: &Interner) -> String {
        let mut printer = Printer {
            types: self,
            names,
            out: String::new(),
        };
        printer.signature(sig, ": ", 0);
        printer.out
    }
}

impl Printer<'_> {
    fn text(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn ty(&mut self, ty: Ty, position: Position, depth: u32) {
        if depth > MAX_DEPTH || self.out.len() > MAX_LENGTH {
            return self.out.push('…');
        }
        if let Some(&name) = self.types.alias_names.get(&ty) {
            return self.text(self.names.text(name));
        }
        match self.types.kind(ty) {
            TypeKind::Error | TypeKind::Any => self.text("any"),
            TypeKind::Unknown => self.text("unknown"),
            TypeKind::Never => self.text("never"),
            TypeKind::Null => self.text("null"),
            TypeKind::Void => self.text("void"),
            TypeKind::Number => self.text("number"),
            TypeKind::Int => self.text("int"),
            TypeKind::Boolean => self.text("boolean"),
            TypeKind::String => self.text("string"),
            TypeKind::AnyObject => self.text("object"),
            TypeKind::LitString(name) => {
                let _ = write!(self.out, "{:?}", self.names.text(name));
            }
            TypeKind::LitNumber(bits) => {
                let _ = write!(self.out, "{}", f64::from_bits(bits));
            }
            TypeKind::LitBool(value) => {
                let _ = write!(self.out, "{value}");
            }
            TypeKind::Array(t) => {
                self.ty(t, Position::Element, depth + 1);
                self.text("[]");
            }
            TypeKind::ReadonlyArray(t) => {
                self.text("readonly ");
                self.ty(t, Position::Element, depth + 1);
                self.text("[]");
            }
            TypeKind::Tuple(_) => self.tuple(ty, depth),
            TypeKind::Function(id) => self.function(id, position, depth),
            TypeKind::Overloads(l) => self.overloads(l, depth),
            TypeKind::Object(id) => {
                let object = self.types.object(id).clone();
                self.object(&object, depth);
            }
            TypeKind::Named(id, args) => {
                let name = self.types.named(id).name;
                self.text(self.names.text(name));
                self.args(args, depth);
            }
            TypeKind::Class(id, args) => {
                let name = self.types.class(id).name;
                self.text(self.names.text(name));
                self.args(args, depth);
            }
            TypeKind::ClassObject(id) => {
                let name = self.types.class(id).name;
                let _ = write!(self.out, "typeof {}", self.names.text(name));
            }
            TypeKind::Union(l) => self.joined(l, " | ", position > Position::Top, depth),
            TypeKind::Intersection(l) => {
                self.joined(l, " & ", position > Position::UnionMember, depth);
            }
            TypeKind::Param(id) => self.param(id),
        }
    }

    fn param(&mut self, id: ParamId) {
        let param = self.types.param(id);
        let Some((op, list)) = param.operator else {
            let name = param.name;
            return self.text(self.names.text(name));
        };
        let args = self.types.list_arc(list);
        match op {
            TypeOperator::Keyof => {
                self.text("keyof ");
                self.ty(args[0], Position::Top, 1);
            }
            TypeOperator::Indexed => {
                self.ty(args[0], Position::Top, 1);
                self.text("[");
                self.ty(args[1], Position::Top, 1);
                self.text("]");
            }
            _ => {
                self.text(op.name());
                self.text("<");
                self.joined(list, ", ", false, 1);
                self.text(">");
            }
        }
    }

    fn joined(&mut self, list: TyList, separator: &str, parens: bool, depth: u32) {
        if parens {
            self.out.push('(');
        }
        // null reads best at the end, wherever it sorts.
        let mut types = self.types.list(list).to_vec();
        types.sort_by_key(|&t| t == Ty::NULL);
        for (i, &t) in types.iter().enumerate() {
            if i > 0 {
                self.text(separator);
            }
            self.ty(t, Position::UnionMember, depth + 1);
        }
        if parens {
            self.out.push(')');
        }
    }

    fn args(&mut self, args: TyList, depth: u32) {
        if args == TyList::EMPTY {
            return;
        }
        self.out.push('<');
        for (i, &t) in self.types.list_arc(args).iter().enumerate() {
            if i > 0 {
                self.text(", ");
            }
            self.ty(t, Position::Top, depth + 1);
        }
        self.out.push('>');
    }

    fn tuple(&mut self, ty: Ty, depth: u32) {
        let TypeKind::Tuple(id) = self.types.kind(ty) else {
            return;
        };
        let tuple = self.types.tuple(id).clone();
        self.text(if tuple.readonly { "readonly [" } else { "[" });
        for (i, &t) in tuple.elems.iter().enumerate() {
            if i > 0 {
                self.text(", ");
            }
            let optional = i >= tuple.required as usize;
            if let Some(&label) = tuple.labels.get(i) {
                self.text(self.names.text(label));
                self.text(if optional { "?: " } else { ": " });
                self.ty(t, Position::Top, depth + 1);
            } else {
                self.ty(
                    t,
                    if optional {
                        Position::Element
                    } else {
                        Position::Top
                    },
                    depth + 1,
                );
                if optional {
                    self.out.push('?');
                }
            }
        }
        if let Some(rest) = tuple.rest {
            self.text(if tuple.elems.is_empty() {
                "..."
            } else {
                ", ..."
            });
            self.ty(rest, Position::Element, depth + 1);
            self.text("[]");
        }
        self.out.push(']');
    }

    fn function(&mut self, id: SigId, position: Position, depth: u32) {
        let parens = position > Position::Top;
        if parens {
            self.out.push('(');
        }
        let sig = self.types.signature(id).clone();
        self.signature(&sig, " => ", depth);
        if parens {
            self.out.push(')');
        }
    }

    fn signature(&mut self, sig: &Signature, arrow: &str, depth: u32) {
        if !sig.type_params.is_empty() {
            self.out.push('<');
            for (i, &p) in sig.type_params.iter().enumerate() {
                if i > 0 {
                    self.text(", ");
                }
                self.param(p);
            }
            self.out.push('>');
        }
        self.out.push('(');
        let last = sig.params.len().wrapping_sub(1);
        for (i, p) in sig.params.iter().enumerate() {
            if i > 0 {
                self.text(", ");
            }
            if sig.rest && i == last {
                self.text("...");
            }
            self.text(self.names.text(p.name));
            self.text(if p.optional { "?: " } else { ": " });
            self.optional_type(p.ty, p.optional, depth);
        }
        self.out.push(')');
        self.text(arrow);
        match sig.predicate.and_then(|p| Some((p, p.ty?))) {
            Some((predicate, ty)) => {
                self.text(if predicate.asserts { "asserts " } else { "" });
                let name = predicate.param.and_then(|i| sig.params.get(i as usize));
                self.text(name.map_or("this", |p| self.names.text(p.name)));
                self.text(" is ");
                self.ty(ty, Position::Top, depth + 1);
            }
            None => self.ty(sig.ret, Position::Top, depth + 1),
        }
    }

    /// The type of something optional is shown without the null that is implied.
    fn optional_type(&mut self, ty: Ty, optional: bool, depth: u32) {
        let TypeKind::Union(l) = self.types.kind(ty) else {
            return self.ty(ty, Position::Top, depth + 1);
        };
        let list = self.types.list_arc(l);
        if !optional || !list.contains(&Ty::NULL) {
            return self.ty(ty, Position::Top, depth + 1);
        }
        let rest: Vec<Ty> = list.iter().copied().filter(|&t| t != Ty::NULL).collect();
        for (i, &t) in rest.iter().enumerate() {
            if i > 0 {
                self.text(" | ");
            }
            let position = if rest.len() > 1 {
                Position::UnionMember
            } else {
                Position::Top
            };
            self.ty(t, position, depth + 1);
        }
    }

    fn overloads(&mut self, list: TyList, depth: u32) {
        self.text("{ ");
        for &t in self.types.list_arc(list).iter() {
            if let Some(sig) = self.types.as_signature(t).cloned() {
                self.signature(&sig, ": ", depth + 1);
                self.text("; ");
            }
        }
        self.out.push('}');
    }

    fn object(&mut self, object: &ObjectType, depth: u32) {
        let mut parts = 0;
        self.out.push('{');
        let mut separate = |printer: &mut Self| {
            printer.text(if parts == 0 { " " } else { "; " });
            parts += 1;
        };
        for &call in &object.calls {
            separate(self);
            self.call_member(call, "", depth);
        }
        for &construct in &object.constructs {
            separate(self);
            self.call_member(construct, "new ", depth);
        }
        if let Some(index) = object.index {
            separate(self);
            self.text(if index.readonly {
                "readonly [key: "
            } else {
                "[key: "
            });
            self.ty(index.key, Position::Top, depth + 1);
            self.text("]: ");
            self.ty(index.value, Position::Top, depth + 1);
        }
        for m in &object.members {
            separate(self);
            self.text(if m.readonly { "readonly " } else { "" });
            self.text(self.names.text(m.name));
            self.text(if m.optional { "?: " } else { ": " });
            self.optional_type(m.ty, m.optional, depth);
        }
        self.text(if parts == 0 { "}" } else { " }" });
    }

    fn call_member(&mut self, ty: Ty, prefix: &str, depth: u32) {
        self.text(prefix);
        if let Some(sig) = self.types.as_signature(ty).cloned() {
            self.signature(&sig, ": ", depth + 1);
        }
    }
}
