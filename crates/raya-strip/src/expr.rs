//! Expressions and patterns.

use raya_syntax::ast::{
    AssignOp, Call, Element, Expr, ExprKind, Function, FunctionBody, MethodKind, ObjectMember,
    Param, Pattern, PatternElement, PatternKind, PropKey, Signature, Template, UnaryOp,
};

use crate::Printer;

impl Printer<'_> {
    /// An expression where any expression may stand.
    pub(crate) fn expr(&mut self, expr: &Expr) {
        raya_syntax::limits::ensure_stack(|| self.expr_here(expr));
    }

    fn expr_here(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Number(_)
            | ExprKind::BigInt(_)
            | ExprKind::String(_)
            | ExprKind::Regex { .. }
            | ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Ident(_)
            | ExprKind::This
            | ExprKind::Super => self.copy(expr.span),
            ExprKind::Template(template) => self.template(template),
            ExprKind::TaggedTemplate(tagged) => {
                self.object(&tagged.tag);
                self.template(&tagged.template);
            }
            ExprKind::Array(elements) => {
                self.push("[");
                self.elements(elements);
                self.push("]");
            }
            ExprKind::Object(members) => self.object_literal(members),
            ExprKind::Function(function) => self.function_expr(function),
            ExprKind::Class(class) => self.class(class),
            ExprKind::Member { .. }
            | ExprKind::PrivateMember { .. }
            | ExprKind::Index { .. }
            | ExprKind::Call(_)
            | ExprKind::New(_)
            | ExprKind::Chain(_) => self.link(expr),
            ExprKind::NonNull(inner)
            | ExprKind::As { expr: inner, .. }
            | ExprKind::AsConst(inner)
            | ExprKind::Satisfies { expr: inner, .. } => self.expr(inner),
            ExprKind::Await(value) => {
                self.push("await ");
                self.operand(value);
            }
            ExprKind::Yield { delegate, value } => {
                self.push(if *delegate { "yield* " } else { "yield " });
                if let Some(value) = value {
                    self.operand(value);
                }
            }
            ExprKind::Error => self.refuse(expr.span, "a faulty expression"),
            _ => self.operation(expr),
        }
    }

    fn operation(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Unary { op, operand } => {
                self.push(op.text());
                if matches!(op, UnaryOp::Typeof | UnaryOp::Void | UnaryOp::Delete) {
                    self.push(" ");
                }
                self.operand(operand);
            }
            ExprKind::Update { op, prefix, target } => {
                if *prefix {
                    self.push(op.text());
                }
                self.operand(target);
                if !*prefix {
                    self.push(op.text());
                }
            }
            ExprKind::Binary { op, left, right } => self.infix(left, op.text(), right),
            ExprKind::Logical { op, left, right } => self.infix(left, op.text(), right),
            ExprKind::PrivateIn { name, object } => {
                self.ident(name);
                self.push(" in ");
                self.operand(object);
            }
            ExprKind::Assign { op, target, value } => self.assign(*op, target, value),
            ExprKind::Conditional {
                test,
                then,
                otherwise,
            } => {
                self.operand(test);
                self.push(" ? ");
                self.operand(then);
                self.push(" : ");
                self.operand(otherwise);
            }
            ExprKind::Sequence(items) => self.list(items, Self::item),
            _ => self.refuse(expr.span, "this expression"),
        }
    }

    fn infix(&mut self, left: &Expr, op: &str, right: &Expr) {
        self.operand(left);
        self.push(" ");
        self.push(op);
        self.push(" ");
        self.operand(right);
    }

    fn assign(&mut self, op: AssignOp, target: &Pattern, value: &Expr) {
        self.pattern(target);
        match op {
            AssignOp::Assign => self.push(" = "),
            AssignOp::Binary(op) => {
                self.push(" ");
                self.push(op.text());
                self.push("= ");
            }
            AssignOp::Logical(op) => {
                self.push(" ");
                self.push(op.text());
                self.push("= ");
            }
        }
        self.item(value);
    }

    fn parenthesised(&mut self, expr: &Expr) {
        self.push("(");
        self.expr(expr);
        self.push(")");
    }

    /// An expression where a comma would end it.
    pub(crate) fn item(&mut self, expr: &Expr) {
        if matches!(bare(expr).kind, ExprKind::Sequence(_)) {
            self.parenthesised(expr);
        } else {
            self.expr(expr);
        }
    }

    /// An expression as the operand of an operator.
    fn operand(&mut self, expr: &Expr) {
        match bare(expr).kind {
            ExprKind::Unary { .. }
            | ExprKind::Update { .. }
            | ExprKind::Binary { .. }
            | ExprKind::Logical { .. }
            | ExprKind::PrivateIn { .. }
            | ExprKind::Assign { .. }
            | ExprKind::Conditional { .. }
            | ExprKind::Sequence(_)
            | ExprKind::Await(_)
            | ExprKind::Yield { .. }
            | ExprKind::Object(_)
            | ExprKind::Function(_)
            | ExprKind::Class(_) => self.parenthesised(expr),
            _ => self.expr(expr),
        }
    }

    /// An expression in front of `.`, `[`, `(` or a template.
    fn object(&mut self, expr: &Expr) {
        match bare(expr).kind {
            ExprKind::Ident(_)
            | ExprKind::This
            | ExprKind::Super
            | ExprKind::String(_)
            | ExprKind::Template(_)
            | ExprKind::TaggedTemplate(_)
            | ExprKind::Array(_)
            | ExprKind::Member { .. }
            | ExprKind::PrivateMember { .. }
            | ExprKind::Index { .. }
            | ExprKind::Call(_) => self.expr(expr),
            _ => self.parenthesised(expr),
        }
    }

    /// Members, elements, calls.
    fn link(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Member {
                object,
                property,
                optional,
            }
            | ExprKind::PrivateMember {
                object,
                property,
                optional,
            } => {
                self.object(object);
                self.push(if *optional { "?." } else { "." });
                self.ident(property);
            }
            ExprKind::Index {
                object,
                index,
                optional,
            } => {
                self.object(object);
                self.push(if *optional { "?.[" } else { "[" });
                self.expr(index);
                self.push("]");
            }
            ExprKind::Call(call) => {
                self.object(&call.callee);
                self.push(if call.optional { "?.(" } else { "(" });
                self.elements(&call.args);
                self.push(")");
            }
            ExprKind::New(call) => self.new_object(call),
            ExprKind::Chain(inner) => self.expr(inner),
            _ => self.refuse(expr.span, "this expression"),
        }
    }

    fn new_object(&mut self, call: &Call) {
        self.push("new ");
        if is_path(&call.callee) {
            self.expr(&call.callee);
        } else {
            self.parenthesised(&call.callee);
        }
        self.push("(");
        self.elements(&call.args);
        self.push(")");
    }

    fn elements(&mut self, elements: &[Element]) {
        self.list(elements, |printer, element| {
            if element.spread {
                printer.push("...");
            }
            printer.item(&element.expr);
        });
    }

    fn template(&mut self, template: &Template) {
        self.push("`");
        for (i, part) in template.parts.iter().enumerate() {
            self.copy(part.span);
            if let Some(expr) = template.exprs.get(i) {
                self.push("${");
                self.expr(expr);
                self.push("}");
            }
        }
        self.push("`");
    }

    fn object_literal(&mut self, members: &[ObjectMember]) {
        if members.is_empty() {
            return self.push("{}");
        }
        self.push("{ ");
        self.list(members, |printer, member| match member {
            ObjectMember::Property {
                key,
                value,
                shorthand,
            } => {
                if !shorthand {
                    printer.key(key);
                    printer.push(": ");
                }
                printer.item(value);
            }
            ObjectMember::Method {
                key,
                kind,
                function,
            } => printer.method(key, *kind, function),
            ObjectMember::Spread(value) => {
                printer.push("...");
                printer.item(value);
            }
        });
        self.push(" }");
    }

    pub(crate) fn key(&mut self, key: &PropKey) {
        match key {
            PropKey::Ident(ident) | PropKey::Private(ident) => self.ident(ident),
            PropKey::String { span, .. } | PropKey::Number { span, .. } => self.copy(*span),
            PropKey::Computed(expr) => {
                self.push("[");
                self.expr(expr);
                self.push("]");
            }
        }
    }

    /// A method or accessor of an object or class.
    pub(crate) fn method(&mut self, key: &PropKey, kind: MethodKind, function: &Function) {
        match kind {
            MethodKind::Method if function.is_async => self.push("async "),
            MethodKind::Method => {}
            MethodKind::Getter => self.push("get "),
            MethodKind::Setter => self.push("set "),
        }
        if function.is_generator {
            self.push("*");
        }
        self.key(key);
        self.params(&function.signature);
        self.push(" ");
        self.body(&function.body);
    }

    fn function_expr(&mut self, function: &Function) {
        if !function.is_arrow {
            return self.function(function);
        }
        if function.is_async {
            self.push("async ");
        }
        self.params(&function.signature);
        self.push(" => ");
        match &function.body {
            FunctionBody::Expr(value) => {
                let start = self.out.len();
                self.item(value);
                if self.out[start..].starts_with('{') {
                    self.out.insert(start, '(');
                    self.push(")");
                }
            }
            body => self.body(body),
        }
    }

    /// A function with the keyword.
    pub(crate) fn function(&mut self, function: &Function) {
        self.push(if function.is_async {
            "async function"
        } else {
            "function"
        });
        self.push(if function.is_generator { "* " } else { " " });
        if let Some(name) = &function.name {
            self.ident(name);
        }
        self.params(&function.signature);
        self.push(" ");
        self.body(&function.body);
    }

    fn body(&mut self, body: &FunctionBody) {
        match body {
            FunctionBody::Block(block) => self.block(block),
            FunctionBody::Expr(_) | FunctionBody::None => self.push("{}"),
        }
    }

    pub(crate) fn params(&mut self, signature: &Signature) {
        self.push("(");
        self.list(&signature.params, Self::param);
        self.push(")");
    }

    fn param(&mut self, param: &Param) {
        if param.rest {
            self.push("...");
        }
        self.pattern(&param.pattern);
        if let Some(default) = &param.default {
            self.push(" = ");
            self.item(default);
        }
    }

    pub(crate) fn pattern(&mut self, pattern: &Pattern) {
        match &pattern.kind {
            PatternKind::Binding(name) => {
                let text = self.interner.text(*name);
                self.out.push_str(text);
            }
            PatternKind::Expr(expr) => self.expr(expr),
            PatternKind::Array(array) => {
                self.push("[");
                self.list(&array.elements, |printer, element| {
                    if let Some(element) = element {
                        printer.pattern_element(element);
                    }
                });
                if array.elements.last().is_some_and(Option::is_none) {
                    self.push(",");
                }
                self.rest(array.rest.as_deref(), array.elements.is_empty());
                self.push("]");
            }
            PatternKind::Object(object) => {
                self.push("{ ");
                self.list(&object.props, |printer, prop| {
                    if !prop.shorthand {
                        printer.key(&prop.key);
                        printer.push(": ");
                    }
                    printer.pattern_element(&prop.value);
                });
                self.rest(object.rest.as_deref(), object.props.is_empty());
                self.push(" }");
            }
            PatternKind::Error => self.refuse(pattern.span, "a faulty pattern"),
        }
    }

    fn rest(&mut self, rest: Option<&Pattern>, first: bool) {
        if let Some(rest) = rest {
            self.push(if first { "..." } else { ", ..." });
            self.pattern(rest);
        }
    }

    fn pattern_element(&mut self, element: &PatternElement) {
        self.pattern(&element.pattern);
        if let Some(default) = &element.default {
            self.push(" = ");
            self.item(default);
        }
    }
}

/// The expression below casts and assertions.
fn bare(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::NonNull(inner)
        | ExprKind::As { expr: inner, .. }
        | ExprKind::AsConst(inner)
        | ExprKind::Satisfies { expr: inner, .. } => bare(inner),
        _ => expr,
    }
}

/// Whether an expression may follow `new` without parentheses.
fn is_path(expr: &Expr) -> bool {
    match &bare(expr).kind {
        ExprKind::Ident(_) | ExprKind::This => true,
        ExprKind::Member {
            object,
            optional: false,
            ..
        } => is_path(object),
        _ => false,
    }
}
