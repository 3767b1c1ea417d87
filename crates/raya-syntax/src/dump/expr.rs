//! Expressions and patterns.

use super::Dumper;
use super::sexp::Sexp;
use crate::ast::*;
use crate::limits::ensure_stack;

impl Dumper<'_> {
    pub(super) fn expr(&self, expr: &Expr) -> Sexp {
        let sexp = ensure_stack(|| self.expr_kind(&expr.kind));
        self.spanned(sexp, expr.span)
    }

    fn expr_kind(&self, kind: &ExprKind) -> Sexp {
        let one = |head: &str, operand: &Expr| Sexp::list(head, vec![self.expr(operand)]);
        let two = |head: &str, left: &Expr, right: &Expr| {
            Sexp::list(head, vec![self.expr(left), self.expr(right)])
        };
        match kind {
            ExprKind::Number(lit) => Sexp::atom(number(lit.value, lit.integer)),
            ExprKind::BigInt(digits) => Sexp::atom(format!("{}n", self.name(*digits))),
            ExprKind::String(text) => self.text(text),
            ExprKind::Template(template) => self.template(template),
            ExprKind::TaggedTemplate(tagged) => {
                let mut items = vec![self.expr(&tagged.tag)];
                items.extend(self.type_args(&tagged.type_args));
                items.push(self.template(&tagged.template));
                Sexp::list("tagged", items)
            }
            ExprKind::Regex { pattern, flags } => {
                let (pattern, flags) = (self.name(*pattern), self.name(*flags));
                Sexp::atom(format!("/{pattern}/{flags}"))
            }
            ExprKind::Null => Sexp::atom("null"),
            ExprKind::Bool(value) => Sexp::atom(value.to_string()),
            ExprKind::Ident(name) => Sexp::atom(self.name(*name)),
            ExprKind::This => Sexp::atom("this"),
            ExprKind::Super => Sexp::atom("super"),
            ExprKind::Array(elements) => Sexp::list("array", self.elements(elements)),
            ExprKind::Object(members) => {
                let members = members.iter().map(|member| self.object_member(member));
                Sexp::list("object", members.collect())
            }
            ExprKind::Function(function) => self.function(function),
            ExprKind::Class(class) => self.class(class),
            ExprKind::Unary { op, operand } => one(op.text(), operand),
            ExprKind::Update { op, prefix, target } => {
                let place = if *prefix { "pre" } else { "post" };
                one(&format!("{place}{}", op.text()), target)
            }
            ExprKind::Binary { op, left, right } => two(op.text(), left, right),
            ExprKind::Logical { op, left, right } => two(op.text(), left, right),
            ExprKind::PrivateIn { name, object } => {
                Sexp::list("in", vec![self.ident(*name), self.expr(object)])
            }
            ExprKind::Assign { op, target, value } => {
                Sexp::list(assign_op(*op), vec![self.pattern(target), self.expr(value)])
            }
            ExprKind::Conditional {
                test,
                then,
                otherwise,
            } => Sexp::list(
                "?",
                vec![self.expr(test), self.expr(then), self.expr(otherwise)],
            ),
            ExprKind::Sequence(exprs) => {
                Sexp::list(",", exprs.iter().map(|expr| self.expr(expr)).collect())
            }
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
                let head = if *optional { "?." } else { "." };
                Sexp::list(head, vec![self.expr(object), self.ident(*property)])
            }
            ExprKind::Index {
                object,
                index,
                optional,
            } => two(if *optional { "?.[]" } else { "[]" }, object, index),
            ExprKind::Call(call) => self.call(if call.optional { "?.call" } else { "call" }, call),
            ExprKind::New(call) => self.call("new", call),
            ExprKind::Chain(expr) => one("chain", expr),
            ExprKind::NonNull(expr) => one("non-null", expr),
            ExprKind::As { expr, ty } => Sexp::list("as", vec![self.expr(expr), self.ty(ty)]),
            ExprKind::AsConst(expr) => one("as-const", expr),
            ExprKind::Satisfies { expr, ty } => {
                Sexp::list("satisfies", vec![self.expr(expr), self.ty(ty)])
            }
            ExprKind::Await(expr) => one("await", expr),
            ExprKind::Yield { delegate, value } => {
                let head = if *delegate { "yield*" } else { "yield" };
                Sexp::list(head, value.iter().map(|value| self.expr(value)).collect())
            }
            ExprKind::Error => Sexp::list("error", Vec::new()),
        }
    }

    fn template(&self, template: &Template) -> Sexp {
        let mut items = Vec::new();
        for (index, part) in template.parts.iter().enumerate() {
            items.push(match &part.cooked {
                Some(text) => self.text(text),
                None => Sexp::list("raw", vec![self.quoted(part.raw)]),
            });
            items.extend(template.exprs.get(index).map(|expr| self.expr(expr)));
        }
        Sexp::list("template", items)
    }

    fn elements(&self, elements: &[Element]) -> Vec<Sexp> {
        let element = |element: &Element| match element.spread {
            true => Sexp::list("...", vec![self.expr(&element.expr)]),
            false => self.expr(&element.expr),
        };
        elements.iter().map(element).collect()
    }

    fn call(&self, head: &str, call: &Call) -> Sexp {
        let mut items = vec![self.expr(&call.callee)];
        items.extend(self.type_args(&call.type_args));
        items.extend(self.elements(&call.args));
        Sexp::list(head, items)
    }

    fn object_member(&self, member: &ObjectMember) -> Sexp {
        match member {
            ObjectMember::Property {
                value,
                shorthand: true,
                ..
            } => Sexp::list("shorthand", vec![self.expr(value)]),
            ObjectMember::Property { key, value, .. } => {
                Sexp::list(":", vec![self.key(key), self.expr(value)])
            }
            ObjectMember::Method {
                key,
                kind,
                function,
            } => Sexp::list(
                method_kind(*kind),
                vec![self.key(key), self.function(function)],
            ),
            ObjectMember::Spread(expr) => Sexp::list("...", vec![self.expr(expr)]),
        }
    }

    pub(super) fn key(&self, key: &PropKey) -> Sexp {
        match key {
            PropKey::Ident(ident) | PropKey::Private(ident) => self.ident(*ident),
            PropKey::String { value, .. } => self.quoted(*value),
            PropKey::Number { value, .. } => Sexp::atom(number(*value, true)),
            PropKey::Computed(expr) => Sexp::list("computed", vec![self.expr(expr)]),
        }
    }

    pub(super) fn pattern(&self, pattern: &Pattern) -> Sexp {
        let sexp = match &pattern.kind {
            PatternKind::Binding(name) => Sexp::atom(self.name(*name)),
            PatternKind::Expr(expr) => return self.expr(expr),
            PatternKind::Array(array) => {
                let element = |element: &Option<PatternElement>| match element {
                    Some(element) => self.pattern_element(element),
                    None => Sexp::atom("_"),
                };
                let mut items: Vec<_> = array.elements.iter().map(element).collect();
                items.extend(self.pattern_rest(&array.rest));
                Sexp::list("array-pattern", items)
            }
            PatternKind::Object(object) => {
                let mut items: Vec<_> = object.props.iter().map(|p| self.pattern_prop(p)).collect();
                items.extend(self.pattern_rest(&object.rest));
                Sexp::list("object-pattern", items)
            }
            PatternKind::Error => Sexp::list("error", Vec::new()),
        };
        self.spanned(sexp, pattern.span)
    }

    fn pattern_rest(&self, rest: &Option<Box<Pattern>>) -> Option<Sexp> {
        let rest = rest.as_ref()?;
        Some(Sexp::list("...", vec![self.pattern(rest)]))
    }

    fn pattern_element(&self, element: &PatternElement) -> Sexp {
        let pattern = self.pattern(&element.pattern);
        match &element.default {
            Some(default) => Sexp::list("default", vec![pattern, self.expr(default)]),
            None => pattern,
        }
    }

    fn pattern_prop(&self, prop: &PatternProp) -> Sexp {
        let value = self.pattern_element(&prop.value);
        match prop.shorthand {
            true => Sexp::list("shorthand", vec![value]),
            false => Sexp::list(":", vec![self.key(&prop.key), value]),
        }
    }
}

/// A number so that integers and others can be told apart: `1` and `1.0`.
pub(super) fn number(value: f64, integer: bool) -> String {
    if integer && value.abs() < 1e21 {
        format!("{value}")
    } else {
        format!("{value:?}")
    }
}

fn assign_op(op: AssignOp) -> String {
    match op {
        AssignOp::Assign => "=".to_owned(),
        AssignOp::Binary(op) => format!("{}=", op.text()),
        AssignOp::Logical(op) => format!("{}=", op.text()),
    }
}

pub(super) fn method_kind(kind: MethodKind) -> &'static str {
    match kind {
        MethodKind::Method => "method",
        MethodKind::Getter => "get",
        MethodKind::Setter => "set",
    }
}
