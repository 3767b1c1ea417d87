//! Statements as text.

use super::Dumper;
use crate::hir::{Block, Case, ForOf, IterKind, Loop, Stmt, StmtKind, Switch, Try};
use raya_syntax::limits::ensure_stack;

impl Dumper<'_> {
    pub(super) fn block(&mut self, block: &Block) {
        for stmt in &block.stmts {
            ensure_stack(|| self.stmt(stmt));
        }
    }

    fn braces(&mut self, head: &str, block: &Block) {
        self.line(&format!("{head} {{"));
        self.indent += 1;
        self.block(block);
        self.indent -= 1;
        self.line("}");
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Expr(id) => {
                let text = self.expr(*id);
                self.line(&format!("{text};"));
            }
            StmtKind::Let { local, value } => {
                let ty = &self.hir.function(self.func).locals[local.index()];
                let facts = match (ty.boxed, ty.captured) {
                    (true, _) => " // shared with closures",
                    (_, true) => " // captured",
                    _ => "",
                };
                let head = format!("let {}: {}", self.local(*local), self.show(ty.ty));
                match value {
                    Some(value) => {
                        let value = self.expr(*value);
                        self.line(&format!("{head} = {value};{facts}"));
                    }
                    None => self.line(&format!("{head};{facts}")),
                }
            }
            StmtKind::Block(block) => {
                let head = block.label.map_or(String::new(), |l| format!("L{}:", l.0));
                self.braces(head.trim(), block);
            }
            StmtKind::If {
                test,
                then,
                otherwise,
            } => {
                let test = self.expr(*test);
                self.braces(&format!("if ({test})"), then);
                if let Some(otherwise) = otherwise {
                    self.braces("else", otherwise);
                }
            }
            StmtKind::Loop(l) => self.loop_(l),
            StmtKind::ForOf(f) => self.for_of(f),
            StmtKind::Switch(s) => self.switch(s),
            StmtKind::Try(t) => self.try_(t),
            StmtKind::Throw(id) => {
                let text = self.expr(*id);
                self.line(&format!("throw {text};"));
            }
            StmtKind::Return(Some(id)) => {
                let text = self.expr(*id);
                self.line(&format!("return {text};"));
            }
            StmtKind::Return(None) => self.line("return;"),
            StmtKind::Break(label) => self.line(&format!("break L{};", label.0)),
            StmtKind::Continue(label) => self.line(&format!("continue L{};", label.0)),
            StmtKind::Class(class) => {
                let text = self.text(self.hir.class(*class).name).to_string();
                self.line(&format!("class {text};"));
            }
        }
    }

    fn loop_(&mut self, l: &Loop) {
        let test = l.test.map_or("true".to_string(), |id| self.expr(id));
        let update = l
            .update
            .map_or(String::new(), |id| format!("; {}", self.expr(id)));
        let word = if l.test_last { "do-while" } else { "while" };
        let fresh: Vec<String> = l.fresh.iter().map(|&f| self.local(f)).collect();
        let fresh = if fresh.is_empty() {
            String::new()
        } else {
            format!(" // fresh {}", fresh.join(", "))
        };
        self.line(&format!(
            "L{}: {word} ({test}{update}) {{{fresh}",
            l.label.0
        ));
        self.indent += 1;
        self.block(&l.body);
        self.indent -= 1;
        self.line("}");
    }

    fn for_of(&mut self, f: &ForOf) {
        let kind = match f.kind {
            IterKind::Array => "array",
            IterKind::String => "string",
            IterKind::Dynamic => "dynamic",
        };
        let (local, iterable) = (self.local(f.local), self.expr(f.iterable));
        self.braces(
            &format!("L{}: for ({local} of {kind} {iterable})", f.label.0),
            &f.body,
        );
    }

    fn switch(&mut self, s: &Switch) {
        let (local, value) = (self.local(s.local), self.expr(s.value));
        self.line(&format!("L{}: switch ({local} = {value}) {{", s.label.0));
        for Case { test, body } in &s.cases {
            let head = match test {
                Some(test) => format!("case {}:", self.expr(*test)),
                None => "default:".to_string(),
            };
            self.line(&head);
            self.indent += 1;
            body.iter().for_each(|stmt| self.stmt(stmt));
            self.indent -= 1;
        }
        self.line("}");
    }

    fn try_(&mut self, t: &Try) {
        self.braces("try", &t.body);
        if let Some(handler) = &t.handler {
            let local = handler
                .local
                .map_or(String::new(), |l| format!(" ({})", self.local(l)));
            self.braces(&format!("catch{local}"), &handler.body);
        }
        if let Some(finalizer) = &t.finalizer {
            self.braces("finally", finalizer);
        }
    }
}
