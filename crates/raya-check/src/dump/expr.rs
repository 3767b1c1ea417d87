//! Expressions as text.

use super::Dumper;
use crate::hir::{
    Call, Callee, CoerceKind, Dispatch, Element, ExprId, ExprKind, ObjectLit, ObjectMember, Place,
    UnOp,
};
use raya_syntax::limits::ensure_stack;

impl Dumper<'_> {
    pub(super) fn expr(&self, id: ExprId) -> String {
        ensure_stack(|| self.expr_kind(id))
    }

    fn exprs(&self, ids: &[ExprId]) -> String {
        let parts: Vec<String> = ids.iter().map(|&id| self.expr(id)).collect();
        parts.join(", ")
    }

    fn checked(&self, checked: bool) -> &'static str {
        if checked { "?set " } else { "" }
    }

    fn expr_kind(&self, id: ExprId) -> String {
        let e = self.hir.expr(id);
        match &e.kind {
            ExprKind::Error => "<error>".to_string(),
            ExprKind::Null => "null".to_string(),
            ExprKind::Bool(value) => value.to_string(),
            ExprKind::Number(value) => format!("{value:?}"),
            ExprKind::Int(value) => format!("{value}i"),
            ExprKind::Str(name) => format!("{:?}", self.text(*name)),
            ExprKind::WideStr(units) => format!("{:?}", String::from_utf16_lossy(units)),
            ExprKind::Local { local, checked } => {
                format!("{}{}", self.checked(*checked), self.local(*local))
            }
            ExprKind::Global { global, checked } => {
                let name = self.text(self.hir.global(*global).name);
                format!("{}@{name}", self.checked(*checked))
            }
            ExprKind::Func { func, .. } => self.label(*func),
            ExprKind::Closure(func) => {
                format!("closure {}: {}", self.label(*func), self.show(e.ty))
            }
            ExprKind::Class { class, .. } | ExprKind::ClassExpr(class) => {
                format!("class {}", self.text(self.hir.class(*class).name))
            }
            ExprKind::ClassScope(class) => {
                format!("scope of {}", self.text(self.hir.class(*class).name))
            }
            ExprKind::This => "this".to_string(),
            ExprKind::Unary { op, operand } => self.unary(*op, *operand),
            ExprKind::Binary { op, left, right } => format!(
                "({} {} {}): {}",
                self.expr(*left),
                op.text(),
                self.expr(*right),
                self.show(e.ty)
            ),
            ExprKind::InPlace { op, left, right } => format!(
                "({} {}= {}): {}",
                self.expr(*left),
                op.text(),
                self.expr(*right),
                self.show(e.ty)
            ),
            ExprKind::Logical { and, left, right } => {
                let op = if *and { "&&" } else { "||" };
                format!("({} {op} {})", self.expr(*left), self.expr(*right))
            }
            ExprKind::Conditional {
                test,
                then,
                otherwise,
            } => format!(
                "({} ? {} : {}): {}",
                self.expr(*test),
                self.expr(*then),
                self.expr(*otherwise),
                self.show(e.ty)
            ),
            ExprKind::IsNull(operand) => format!("isnull({})", self.expr(*operand)),
            ExprKind::Concat(parts) => format!("concat({})", self.exprs(parts)),
            ExprKind::Seq(parts) => format!("({})", self.exprs(parts)),
            ExprKind::Let { local, value, body } => format!(
                "(let {} = {} in {})",
                self.local(*local),
                self.expr(*value),
                self.expr(*body)
            ),
            ExprKind::Coerce { expr, kind } => {
                format!(
                    "{}<{}>({})",
                    coercion(*kind),
                    self.show(e.ty),
                    self.expr(*expr)
                )
            }
            ExprKind::Assign { place, value } => {
                format!("{} = {}", self.place(place), self.expr(*value))
            }
            ExprKind::Read(place) => format!("{}: {}", self.place(place), self.show(e.ty)),
            ExprKind::Array(elements) => {
                format!("[{}]: {}", self.elements(elements), self.show(e.ty))
            }
            ExprKind::Tuple(parts) => format!("tuple[{}]", self.exprs(parts)),
            ExprKind::Object(object) => self.object(object),
            ExprKind::Call(call) => format!("{}: {}", self.call(call), self.show(e.ty)),
            ExprKind::New { args, .. } => format!("new {}({})", self.show(e.ty), self.exprs(args)),
            ExprKind::NewAny { callee, args } => {
                format!("new any {}({})", self.expr(*callee), self.elements(args))
            }
            ExprKind::SuperInit { base, args, .. } => {
                format!(
                    "super {}({})",
                    self.text(self.hir.class(*base).name),
                    self.exprs(args)
                )
            }
            ExprKind::InitFields(class) => {
                format!("fields {}", self.text(self.hir.class(*class).name))
            }
            ExprKind::TypeOf(operand) => format!("typeof {}", self.expr(*operand)),
            ExprKind::InstanceOf { expr, class } => {
                let class = self.text(self.hir.class(*class).name);
                format!("({} instanceof {class})", self.expr(*expr))
            }
            ExprKind::InstanceOfAny { expr, class } => {
                format!("({} instanceof {})", self.expr(*expr), self.expr(*class))
            }
            ExprKind::HasProp { object, name } => {
                format!("({:?} in {})", self.text(*name), self.expr(*object))
            }
            ExprKind::In { item, container } => {
                format!("({} in {})", self.expr(*item), self.expr(*container))
            }
            ExprKind::Delete(place) => format!("delete {}", self.place(place)),
            ExprKind::Opcode { name, args } => {
                format!("opcode {}({})", self.text(*name), self.exprs(args))
            }
            ExprKind::Native { name, args } => {
                format!("native {}({})", self.text(*name), self.exprs(args))
            }
        }
    }

    fn unary(&self, op: UnOp, operand: ExprId) -> String {
        let word = match op {
            UnOp::Neg => "-",
            UnOp::Plus => "+",
            UnOp::Not => "!",
            UnOp::BitNot => "~",
            UnOp::Truthy => "truthy ",
            UnOp::ToStr => "str ",
            UnOp::ToInt32 => "int32 ",
        };
        format!("{word}{}", self.expr(operand))
    }

    fn elements(&self, elements: &[Element]) -> String {
        let parts: Vec<String> = elements
            .iter()
            .map(|e| match e {
                Element::One(id) => self.expr(*id),
                Element::Spread(id) => format!("...{}", self.expr(*id)),
            })
            .collect();
        parts.join(", ")
    }

    fn object(&self, object: &ObjectLit) -> String {
        let parts: Vec<String> = object
            .members
            .iter()
            .map(|m| match m {
                ObjectMember::Field { name, value } => {
                    format!("{}: {}", self.text(*name), self.expr(*value))
                }
                ObjectMember::Getter { name, value } => {
                    format!("get {}: {}", self.text(*name), self.expr(*value))
                }
                ObjectMember::Setter { name, value } => {
                    format!("set {}: {}", self.text(*name), self.expr(*value))
                }
                ObjectMember::Computed { key, value } => {
                    format!("[{}]: {}", self.expr(*key), self.expr(*value))
                }
                ObjectMember::Spread(id) => format!("...{}", self.expr(*id)),
            })
            .collect();
        let word = if object.dict { "dict " } else { "" };
        format!("{word}{{ {} }}", parts.join(", "))
    }

    fn call(&self, call: &Call) -> String {
        let args = self.elements(&call.args);
        let callee = match call.callee {
            Callee::Func { func, .. } | Callee::Known { func, .. } => self.label(func),
            Callee::Method {
                object,
                class,
                method,
                dispatch,
                ..
            } => {
                let class = self.hir.class(class);
                let mark = if dispatch == Dispatch::Direct {
                    "!"
                } else {
                    ""
                };
                format!(
                    "{}.{mark}{}::{}",
                    self.expr(object),
                    self.text(class.name),
                    self.text(class.methods[method.index()].name)
                )
            }
            Callee::Static {
                object,
                class,
                method,
                ..
            } => {
                let class = self.hir.class(class);
                let method = self.text(class.methods[method.index()].name);
                format!("{}{}::{method}", self.asked(object), self.text(class.name))
            }
            Callee::Value(value) => format!("value {}", self.expr(value)),
            Callee::Prop { object, name, .. } => {
                format!("{}.{{{}}}", self.expr(object), self.text(name))
            }
            Callee::Any(value) => format!("any {}", self.expr(value)),
            Callee::AnyMethod { object, name } => {
                format!("any {}.{}", self.expr(object), self.text(name))
            }
        };
        format!("{callee}({args})")
    }

    /// The class that is asked for a static member of another one.
    fn asked(&self, object: Option<ExprId>) -> String {
        object.map_or(String::new(), |id| format!("{}.", self.expr(id)))
    }

    fn place(&self, place: &Place) -> String {
        match *place {
            Place::Local { local, checked } => {
                format!("{}{}", self.checked(checked), self.local(local))
            }
            Place::Global { global, checked } => {
                format!(
                    "{}@{}",
                    self.checked(checked),
                    self.text(self.hir.global(global).name)
                )
            }
            Place::Field {
                object,
                class,
                field,
            } => {
                let field = &self.hir.class(class).fields[field.index()];
                format!("{}.{}", self.expr(object), self.text(field.name))
            }
            Place::Static {
                object,
                class,
                field,
                checked,
            } => {
                let class = self.hir.class(class);
                let field = self.text(class.statics[field.index()].name);
                format!(
                    "{}{}{}::{field}",
                    self.asked(object),
                    self.checked(checked),
                    self.text(class.name)
                )
            }
            Place::Method {
                object,
                class,
                method,
            } => {
                let method = &self.hir.class(class).methods[method.index()];
                format!("{}.method {}", self.expr(object), self.text(method.name))
            }
            Place::StaticMethod {
                object,
                class,
                method,
            } => {
                let class = self.hir.class(class);
                let method = self.text(class.methods[method.index()].name);
                format!(
                    "{}{}::method {method}",
                    self.asked(object),
                    self.text(class.name)
                )
            }
            Place::Prop {
                object,
                name,
                optional,
            } => {
                let mark = if optional { "?" } else { "" };
                format!("{}.{{{}{mark}}}", self.expr(object), self.text(name))
            }
            Place::Attr { object, name } => {
                format!("any {}.{}", self.expr(object), self.text(name))
            }
            Place::Index { array, index } => format!("{}[{}]", self.expr(array), self.expr(index)),
            Place::TupleElem {
                tuple,
                index,
                optional,
            } => {
                let mark = if optional { "?" } else { "" };
                format!("{}.{index}{mark}", self.expr(tuple))
            }
            Place::Char { string, index } => {
                format!("char {}[{}]", self.expr(string), self.expr(index))
            }
            Place::Dict {
                object,
                key,
                nullable,
            } => {
                let mark = if nullable { "?" } else { "" };
                format!("dict {}[{}]{mark}", self.expr(object), self.expr(key))
            }
            Place::Item { object, key } => format!("any {}[{}]", self.expr(object), self.expr(key)),
        }
    }
}

fn coercion(kind: CoerceKind) -> &'static str {
    match kind {
        CoerceKind::IntToNumber => "number",
        CoerceKind::Widen => "widen",
        CoerceKind::Check => "check",
        CoerceKind::Cast => "cast",
        CoerceKind::Narrow => "narrow",
        CoerceKind::NonNull => "nonnull",
    }
}
