//! The typed tree as text: `raya dump types`.
//!
//! One line per statement; every expression that is not a plain name shows its type
//! behind a colon where that says something. The text is stable: it depends on the
//! program only.

mod expr;
mod stmt;

use crate::hir::{FuncId, FuncKind, Hir, LocalId};
use crate::types::{Ty, TypeInterner};
use raya_syntax::name::{Interner, Name};
use std::fmt::Write;

/// Writes all functions of the user's module, or those with this name.
pub fn dump(hir: &Hir, types: &TypeInterner, names: &Interner, only: Option<&str>) -> String {
    let mut dumper = Dumper {
        hir,
        types,
        names,
        out: String::new(),
        indent: 0,
        func: FuncId(0),
    };
    for class in hir
        .class_order
        .iter()
        .map(|&c| hir.class(c))
        .filter(|c| !c.builtin)
    {
        if only.is_none_or(|n| names.text(class.name) == n) {
            dumper.class(class);
        }
    }
    for (index, function) in hir.functions.iter().enumerate() {
        let id = FuncId(index as u32);
        let wanted = match only {
            Some(name) => names.text(function.name) == name || dumper.label(id) == name,
            None => !function.builtin,
        };
        if wanted && function.body.is_some() && dumper.is_reachable(id) {
            dumper.function(id);
        }
    }
    dumper.out
}

/// The state of a dump.
struct Dumper<'a> {
    hir: &'a Hir,
    types: &'a TypeInterner,
    names: &'a Interner,
    out: String,
    indent: usize,
    /// The function being written, for the names of its locals.
    func: FuncId,
}

impl Dumper<'_> {
    fn text(&self, name: Name) -> &str {
        self.names.text(name)
    }

    fn show(&self, ty: Ty) -> String {
        self.types.display(ty, self.names)
    }

    fn line(&mut self, text: &str) {
        for _ in 0..self.indent {
            self.out.push_str("  ");
        }
        self.out.push_str(text);
        self.out.push('\n');
    }

    /// A function's name with its class.
    fn label(&self, id: FuncId) -> String {
        let function = self.hir.function(id);
        let name = self.text(function.name);
        match function.kind {
            FuncKind::Main => "main".to_string(),
            FuncKind::Method { class, is_static } => {
                let dot = if is_static { "::" } else { "." };
                format!("{}{dot}{name}", self.text(self.hir.class(class).name))
            }
            FuncKind::Constructor(_) => format!("{name}.constructor"),
            FuncKind::FieldInit(_) => format!("{name}.<fields>"),
            FuncKind::StaticInit(_) => format!("{name}.<static>"),
            FuncKind::ClassScope(_) => format!("{name}.<scope>"),
            _ if name.is_empty() => format!("closure#{}", id.0),
            _ => name.to_string(),
        }
    }

    /// Functions that were checked for their type only are left out: nothing refers
    /// to them.
    fn is_reachable(&self, id: FuncId) -> bool {
        let function = self.hir.function(id);
        match function.kind {
            FuncKind::Closure | FuncKind::ClosureThis => self
                .hir
                .exprs
                .iter()
                .any(|e| matches!(e.kind, crate::hir::ExprKind::Closure(f) if f == id)),
            _ => true,
        }
    }

    fn local(&self, id: LocalId) -> String {
        match self.hir.function(self.func).locals.get(id.index()) {
            Some(local) if !self.text(local.name).is_empty() => {
                format!("{}%{}", self.text(local.name), id.0)
            }
            _ => format!("%{}", id.0),
        }
    }

    fn class(&mut self, class: &crate::hir::Class) {
        let mut head = String::new();
        if class.is_abstract {
            head.push_str("abstract ");
        }
        let _ = write!(head, "class {}", self.text(class.name));
        if let Some(base) = class.base {
            let _ = write!(head, " extends {}", self.show(base));
        }
        self.line(&format!("{head} {{"));
        self.indent += 1;
        for (fields, word) in [(&class.fields, ""), (&class.statics, "static ")] {
            for field in fields {
                let mark = if field.optional { "?" } else { "" };
                let facts = match field.starts_null {
                    true => " // starts null",
                    false => "",
                };
                let text = format!(
                    "{word}{}{mark}: {};{facts}",
                    self.text(field.name),
                    self.show(field.ty)
                );
                self.line(&text);
            }
        }
        for method in &class.methods {
            let word = if method.is_static { "static " } else { "" };
            let kind = match method.kind {
                crate::hir::MethodKind::Method => "",
                crate::hir::MethodKind::Getter => "get ",
                crate::hir::MethodKind::Setter => "set ",
            };
            let text = format!(
                "{word}{kind}{}: {};",
                self.text(method.name),
                self.show(method.ty)
            );
            self.line(&text);
        }
        self.indent -= 1;
        self.line("}");
    }

    fn function(&mut self, id: FuncId) {
        self.func = id;
        let function = self.hir.function(id);
        let params: Vec<String> = function
            .params
            .iter()
            .map(|p| {
                let local = &function.locals[p.local.index()];
                let mark = if p.optional { "?" } else { "" };
                format!("{}{mark}: {}", self.local(p.local), self.show(local.ty))
            })
            .collect();
        let head = format!(
            "function {}({}): {} {{",
            self.label(id),
            params.join(", "),
            self.show(function.ret)
        );
        self.line(&head);
        self.indent += 1;
        self.captures(id);
        if let Some(body) = &function.body {
            self.block(body);
        }
        self.indent -= 1;
        self.line("}");
    }

    fn captures(&mut self, id: FuncId) {
        let function = self.hir.function(id);
        for capture in &function.captures {
            let local = &function.locals[capture.local.index()];
            let how = if local.boxed { "shared" } else { "by value" };
            let text = format!(
                "captures {}: {} {how}",
                self.local(capture.local),
                self.show(local.ty)
            );
            self.line(&text);
        }
    }
}
