//! Classes: declarations of fields vanish, their values move into the constructor.

use raya_syntax::ast::{
    Block, Class, ClassMember, ClassMemberKind, Expr, ExprKind, Function, FunctionBody,
    PatternKind, PropKey, Stmt, StmtKind,
};

use crate::Printer;

impl Printer<'_> {
    pub(crate) fn class(&mut self, class: &Class) {
        self.push("class ");
        if let Some(name) = &class.name {
            self.ident(name);
            self.push(" ");
        }
        if let Some(base) = class.bases.first() {
            self.push("extends ");
            self.expr(&base.expr);
            self.push(" ");
        }
        if let Some(second) = class.bases.get(1) {
            self.refuse(second.span, "a second base");
        }
        self.push("{\n");
        let fields: Vec<(&PropKey, &Expr)> = class.members.iter().filter_map(moved_field).collect();
        let mut constructed = false;
        for member in &class.members {
            match &member.kind {
                ClassMemberKind::Constructor(function) => {
                    if let FunctionBody::Block(body) = &function.body {
                        constructed = true;
                        self.constructor(function, body, &fields, !class.bases.is_empty());
                    }
                }
                _ => self.member(member),
            }
        }
        if !constructed && !fields.is_empty() {
            if class.bases.is_empty() {
                self.push("constructor() {\n");
            } else {
                self.push("constructor(...args) {\nsuper(...args);\n");
            }
            self.field_values(&fields);
            self.push("}\n");
        }
        self.push("}");
    }

    fn member(&mut self, member: &ClassMember) {
        if member.modifiers.is_abstract {
            return;
        }
        match &member.kind {
            ClassMemberKind::Field { key, init, .. } => {
                let private = matches!(key, PropKey::Private(_));
                if !member.modifiers.is_static && !private {
                    return;
                }
                if member.modifiers.is_static {
                    self.push("static ");
                }
                self.key(key);
                if let Some(init) = init {
                    self.push(" = ");
                    self.item(init);
                }
                self.push(";\n");
            }
            ClassMemberKind::Method {
                key,
                kind,
                function,
                ..
            } => {
                if matches!(function.body, FunctionBody::None) {
                    return;
                }
                if member.modifiers.is_static {
                    self.push("static ");
                }
                self.method(key, *kind, function);
                self.push("\n");
            }
            ClassMemberKind::StaticBlock(block) => {
                self.push("static ");
                self.block(block);
                self.push("\n");
            }
            ClassMemberKind::Constructor(_) | ClassMemberKind::Index(_) => {}
        }
    }

    fn constructor(
        &mut self,
        function: &Function,
        body: &Block,
        fields: &[(&PropKey, &Expr)],
        derived: bool,
    ) {
        self.push("constructor");
        self.params(&function.signature);
        self.push(" {\n");
        let mut pending = true;
        if !derived {
            self.own_fields(function, fields);
            pending = false;
        }
        for stmt in &body.stmts {
            self.stmt(stmt);
            if pending && is_super_call(stmt) {
                self.own_fields(function, fields);
                pending = false;
            }
        }
        let moved = !fields.is_empty()
            || function
                .signature
                .params
                .iter()
                .any(|p| p.property.is_some());
        if pending && moved {
            self.refuse(
                function.span,
                "a constructor whose super call is no statement of its own",
            );
        }
        self.push("}\n");
    }

    fn own_fields(&mut self, constructor: &Function, fields: &[(&PropKey, &Expr)]) {
        for param in &constructor.signature.params {
            if param.property.is_some()
                && let PatternKind::Binding(name) = param.pattern.kind
            {
                let name = self.interner.text(name).to_owned();
                self.push(&format!("this.{name} = {name};\n"));
            }
        }
        self.field_values(fields);
    }

    fn field_values(&mut self, fields: &[(&PropKey, &Expr)]) {
        for (key, init) in fields {
            self.push("this");
            match key {
                PropKey::Ident(name) => {
                    self.push(".");
                    self.ident(name);
                }
                PropKey::String { span, .. } | PropKey::Number { span, .. } => {
                    self.push("[");
                    self.copy(*span);
                    self.push("]");
                }
                PropKey::Private(_) | PropKey::Computed(_) => self.refuse(key.span(), "this field"),
            }
            self.push(" = ");
            self.item(init);
            self.push(";\n");
        }
    }
}

/// A field whose value moves into the constructor.
fn moved_field(member: &ClassMember) -> Option<(&PropKey, &Expr)> {
    match &member.kind {
        ClassMemberKind::Field {
            key,
            init: Some(init),
            ..
        } if !member.modifiers.is_static && !matches!(key, PropKey::Private(_)) => {
            Some((key, init))
        }
        _ => None,
    }
}

fn is_super_call(stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::Expr(expr) => {
            matches!(&expr.kind, ExprKind::Call(call) if matches!(call.callee.kind, ExprKind::Super))
        }
        _ => false,
    }
}
