//! The names by which messages call functions and classes: CPython's `__qualname__`.

use super::{FuncId, FuncKind, Function, Hir};
use crate::types::ClassId;
use raya_syntax::name::Interner;

/// How a function is found that another one stands in.
pub type ParentOf<'a> = &'a dyn Fn(FuncId) -> Option<FuncId>;

impl Hir {
    /// The function that a function stands in, in a program that is checked.
    pub fn parent(&self, func: FuncId) -> Option<FuncId> {
        self.function(func).parent
    }

    /// `f`, `C.m`, `outer.<locals>.f`.
    pub fn qualified_function(
        &self,
        func: FuncId,
        names: &Interner,
        parent: ParentOf<'_>,
    ) -> String {
        let decl = self.function(func);
        let own = match names.text(decl.name) {
            "toString" => "__str__",
            text => text,
        };
        let of_class = |class| self.qualified_class(class, names, parent);
        match decl.kind {
            FuncKind::Method { class, .. } => format!("{}.{own}", of_class(class)),
            FuncKind::Constructor(class) => format!("{}.__init__", of_class(class)),
            FuncKind::Declared | FuncKind::Closure | FuncKind::ClosureThis => {
                let plain = match decl.class_name {
                    Some(class) => member_name(names.text(class), own),
                    None if decl.is_arrow || own.is_empty() => "<lambda>".to_owned(),
                    None => own.to_owned(),
                };
                self.qualified_inside(parent(func), &plain, names, parent)
            }
            _ => own.to_owned(),
        }
    }

    /// `C`, `f.<locals>.C`.
    pub fn qualified_class(
        &self,
        class: ClassId,
        names: &Interner,
        parent: ParentOf<'_>,
    ) -> String {
        let class = self.class(class);
        let outer = class.scope.and_then(|scope| self.function(scope).parent);
        self.qualified_inside(outer, names.text(class.name), names, parent)
    }

    /// What is called `plain` in a function; at module level it has no other name.
    pub fn qualified_inside(
        &self,
        outer: Option<FuncId>,
        plain: &str,
        names: &Interner,
        parent: ParentOf<'_>,
    ) -> String {
        let named = |f: &FuncId| is_named(self.function(*f));
        match outer.filter(named) {
            Some(outer) => {
                let outer = self.qualified_function(outer, names, parent);
                format!("{outer}.<locals>.{plain}")
            }
            None => plain.to_owned(),
        }
    }
}

/// Whether what stands in a function is called after it.
fn is_named(function: &Function) -> bool {
    !matches!(
        function.kind,
        FuncKind::Main | FuncKind::StaticInit(_) | FuncKind::FieldInit(_)
    )
}

/// The member of a class that is made while the program runs.
fn member_name(class: &str, own: &str) -> String {
    match own {
        "constructor" => format!("{class}.__init__"),
        own => format!("{class}.{own}"),
    }
}
