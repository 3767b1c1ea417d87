//! Statements.

use raya_syntax::ast::{
    Block, ForInit, ForLoop, ForOfLeft, ForOfLoop, FunctionBody, Ident, Stmt, StmtKind, SwitchCase,
    TryStmt, VarDecl, VarKind,
};

use crate::Printer;

impl Printer<'_> {
    /// A statement on lines of its own; nothing where only types are declared.
    pub(crate) fn stmt(&mut self, stmt: &Stmt) {
        raya_syntax::limits::ensure_stack(|| self.stmt_here(stmt));
    }

    fn stmt_here(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Interface(_) | StmtKind::TypeAlias(_) => return,
            StmtKind::Function(function) if matches!(function.body, FunctionBody::None) => return,
            StmtKind::Var(decl) => {
                self.var(decl);
                self.push(";");
            }
            StmtKind::Function(function) => self.function(function),
            StmtKind::Class(class) => self.class(class),
            StmtKind::Expr(expr) => {
                let start = self.out.len();
                self.expr(expr);
                if ["{", "function", "class", "async function", "let["]
                    .iter()
                    .any(|word| self.out[start..].starts_with(word))
                {
                    self.out.insert(start, '(');
                    self.push(")");
                }
                self.push(";");
            }
            StmtKind::Block(block) => self.block(block),
            StmtKind::Empty => self.push(";"),
            StmtKind::Enum(_) => self.refuse(stmt.span, "an enum"),
            StmtKind::Import(_) | StmtKind::Export(_) => self.refuse(stmt.span, "a module"),
            StmtKind::Error => self.refuse(stmt.span, "a faulty statement"),
            _ => self.control(stmt),
        }
        self.push("\n");
    }

    fn control(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::If {
                test,
                then,
                otherwise,
            } => {
                self.push("if (");
                self.expr(test);
                self.push(") ");
                self.nested(then);
                if let Some(otherwise) = otherwise {
                    self.push(" else ");
                    self.nested(otherwise);
                }
            }
            StmtKind::While { test, body } => {
                self.push("while (");
                self.expr(test);
                self.push(") ");
                self.nested(body);
            }
            StmtKind::DoWhile { body, test } => {
                self.push("do ");
                self.nested(body);
                self.push(" while (");
                self.expr(test);
                self.push(");");
            }
            StmtKind::For(r#loop) => self.for_loop(r#loop),
            StmtKind::ForOf(r#loop) => self.for_of(r#loop),
            StmtKind::Switch {
                discriminant,
                cases,
            } => {
                self.push("switch (");
                self.expr(discriminant);
                self.push(") {\n");
                for case in cases {
                    self.case(case);
                }
                self.push("}");
            }
            StmtKind::Try(r#try) => self.try_stmt(r#try),
            StmtKind::Throw(value) => {
                self.push("throw ");
                self.expr(value);
                self.push(";");
            }
            StmtKind::Return(value) => {
                self.push("return");
                if let Some(value) = value {
                    self.push(" ");
                    self.expr(value);
                }
                self.push(";");
            }
            StmtKind::Break(label) => self.jump("break", label.as_ref()),
            StmtKind::Continue(label) => self.jump("continue", label.as_ref()),
            StmtKind::Labelled { label, body } => {
                self.ident(label);
                self.push(": ");
                self.stmt(body);
            }
            _ => self.refuse(stmt.span, "this statement"),
        }
    }

    /// A statement below another one. Braces keep an `else` with its `if`, and are
    /// harmless elsewhere.
    fn nested(&mut self, stmt: &Stmt) {
        if let StmtKind::Block(block) = &stmt.kind {
            return self.block(block);
        }
        self.push("{\n");
        self.stmt(stmt);
        self.push("}");
    }

    pub(crate) fn block(&mut self, block: &Block) {
        self.push("{\n");
        for stmt in &block.stmts {
            self.stmt(stmt);
        }
        self.push("}");
    }

    fn var(&mut self, decl: &VarDecl) {
        match decl.kind {
            VarKind::Let => self.push("let "),
            VarKind::Const => self.push("const "),
            VarKind::Using | VarKind::AwaitUsing => self.refuse(decl.keyword, "`using`"),
        }
        self.list(&decl.declarators, |printer, declarator| {
            printer.pattern(&declarator.pattern);
            if let Some(init) = &declarator.init {
                printer.push(" = ");
                printer.item(init);
            }
        });
    }

    fn for_loop(&mut self, r#loop: &ForLoop) {
        self.push("for (");
        match &r#loop.init {
            Some(ForInit::Var(decl)) => self.var(decl),
            Some(ForInit::Expr(expr)) => self.expr(expr),
            None => {}
        }
        self.push("; ");
        if let Some(test) = &r#loop.test {
            self.expr(test);
        }
        self.push("; ");
        if let Some(update) = &r#loop.update {
            self.expr(update);
        }
        self.push(") ");
        self.nested(&r#loop.body);
    }

    fn for_of(&mut self, r#loop: &ForOfLoop) {
        self.push(if r#loop.is_await {
            "for await ("
        } else {
            "for ("
        });
        match &r#loop.left {
            ForOfLeft::Var(decl) => self.var(decl),
            ForOfLeft::Assign(pattern) => self.pattern(pattern),
        }
        self.push(" of ");
        self.item(&r#loop.right);
        self.push(") ");
        self.nested(&r#loop.body);
    }

    fn case(&mut self, case: &SwitchCase) {
        match &case.test {
            Some(test) => {
                self.push("case ");
                self.expr(test);
                self.push(":\n");
            }
            None => self.push("default:\n"),
        }
        for stmt in &case.body {
            self.stmt(stmt);
        }
    }

    fn try_stmt(&mut self, r#try: &TryStmt) {
        self.push("try ");
        self.block(&r#try.block);
        if let Some(handler) = &r#try.handler {
            self.push(" catch ");
            if let Some(param) = &handler.param {
                self.push("(");
                self.pattern(param);
                self.push(") ");
            }
            self.block(&handler.body);
        }
        if let Some(finalizer) = &r#try.finalizer {
            self.push(" finally ");
            self.block(finalizer);
        }
    }

    fn jump(&mut self, word: &str, label: Option<&Ident>) {
        self.push(word);
        if let Some(label) = label {
            self.push(" ");
            self.ident(label);
        }
        self.push(";");
    }
}
