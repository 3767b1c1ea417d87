//! Construction in programs that may replace or delete constructors of their classes.
//!
//! Constructors are called directly, and inlined, in programs that cannot: those that write no
//! attribute called like one through `any`, and none under a computed name while a class object
//! gets into `any`. In the others, `new C(…)` and `super(…)` ask what is there.

use super::ctx::Lower;
use crate::ir::VReg;
use raya_bytecode::{ClassId, Native, Op, TypeDesc};
use raya_check::hir::{Element, ExprId, ExprKind, Hir, Place};
use raya_check::types::{self, Ty, TyList, TypeInterner, TypeKind};
use raya_syntax::Interner;
use raya_syntax::name::names;

/// Names under which a class has what makes and initialises its instances.
const NAMES: [&str; 3] = ["__init__", "constructor", "__new__"];

/// Natives that write or delete attributes under computed names.
const WRITERS: [&str; 3] = ["reflect_set", "reflect_delete", "object_assign"];

/// What a program writes or deletes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    Constructor,
    Computed,
    Other,
}

/// Whether a program may replace or delete constructors.
pub(super) fn replaces_constructors(hir: &Hir, types: &TypeInterner, names: &Interner) -> bool {
    let (mut computed, mut escaped) = (false, false);
    for expr in &hir.exprs {
        match &expr.kind {
            ExprKind::Assign { place, .. } | ExprKind::Delete(place) => {
                match written(hir, names, *place) {
                    Written::Constructor => return true,
                    Written::Computed => computed = true,
                    Written::Other => {}
                }
            }
            ExprKind::Native { name, .. } => computed |= WRITERS.contains(&names.text(*name)),
            ExprKind::Read(Place::Attr { name, .. }) => {
                escaped |= matches!(names.text(*name), "__class__" | "constructor");
            }
            ExprKind::Coerce { expr: class, .. } => {
                let from = hir.expr(*class).ty;
                escaped |= matches!(types.kind(from), TypeKind::ClassObject(_))
                    && !matches!(types.kind(expr.ty), TypeKind::ClassObject(_));
            }
            _ => {}
        }
    }
    computed && escaped
}

fn written(hir: &Hir, names: &Interner, place: Place) -> Written {
    let is_constructor = |text: &str| NAMES.contains(&text);
    match place {
        Place::Attr { name, .. } if is_constructor(names.text(name)) => Written::Constructor,
        Place::Item { mut key, .. } => {
            while let ExprKind::Coerce { expr, .. } = hir.expr(key).kind {
                key = expr;
            }
            match hir.expr(key).kind {
                ExprKind::Str(text) if is_constructor(names.text(text)) => Written::Constructor,
                ExprKind::Str(_) | ExprKind::Number(_) | ExprKind::Int(_) => Written::Other,
                _ if matches!(hir.expr(key).ty, Ty::NUMBER | Ty::INT) => Written::Other,
                _ => Written::Computed,
            }
        }
        _ => Written::Other,
    }
}

impl Lower<'_, '_> {
    /// Whether what `new` runs is found out when it runs: the program replaces constructors.
    pub(super) fn constructs_by_name(&self, new: ExprId, class: types::ClassId) -> bool {
        self.may_be_replaced(class) && !self.hir.new_scopes.contains_key(&new)
    }

    fn may_be_replaced(&self, class: types::ClassId) -> bool {
        let decl = self.hir.class(class);
        let fixed = decl.builtin || !decl.params.is_empty();
        self.c.replaces_constructors && !fixed
    }

    /// A class and its bases, nearest first.
    fn chain(&self, class: types::ClassId) -> impl Iterator<Item = types::ClassId> {
        std::iter::successors(Some(class), |&c| {
            match self.c.types.kind(self.hir.class(c).base?) {
                TypeKind::Class(base, _) => Some(base),
                _ => None,
            }
        })
    }

    /// The arguments for a class's constructor as a call on `any` passes them: those that were
    /// left out are not there.
    fn given(&self, class: types::ClassId, args: &[ExprId]) -> Vec<Element> {
        let constructor = self.chain(class).find_map(|c| self.hir.class(c).ctor);
        let rest = constructor.is_some_and(|f| self.hir.function(f).rest);
        let mut elements: Vec<Element> = args.iter().map(|&a| Element::One(a)).collect();
        if rest && let Some(last) = elements.last_mut() {
            let (Element::One(id) | Element::Spread(id)) = *last;
            *last = Element::Spread(id);
        } else {
            let given = args.iter().rposition(|&a| !self.is_absent(a));
            elements.truncate(given.map_or(0, |last| last + 1));
        }
        elements
    }

    /// `new C(…)` as a call of the class object.
    pub(super) fn new_by_class_object(
        &mut self,
        class: types::ClassId,
        class_args: TyList,
        args: &[ExprId],
        checked: bool,
    ) -> VReg {
        let elements = self.given(class, args);
        let callee = self.class_value(class, checked);
        let made = self.new_of(callee, &elements);
        let id = self.c.class_instance(class, class_args);
        self.c.comes_alive(id);
        let ty = self.c.tables.ty(TypeDesc::Class(id));
        self.checked(made, ty)
    }

    /// `super(…)` as a call of what follows the class in the resolution order of `this`; none
    /// where the base's constructor stays what it is.
    pub(super) fn super_by_name(
        &mut self,
        own: Option<ClassId>,
        base: types::ClassId,
        args: &[ExprId],
    ) -> Option<VReg> {
        let class = self.c.class_args(own?)?.class;
        let native = Native::by_name("super_get")?;
        if !self.may_be_replaced(base) || !self.may_be_replaced(class) {
            return None;
        }
        let elements = self.given(base, args);
        let this = VReg(self.this_index());
        let owner = self.class_value(class, false);
        let words = [this, owner].map(|value| self.boxed(value));
        let name = self.c.str_name(names::CONSTRUCTOR);
        let name = self.const_str(name);
        let any = self.c.any;
        let given = [words[0], words[1], name];
        let callee = self.emit_window(Op::NativeCall, any, native.id.into(), &given);
        Some(self.call_of(callee, &elements))
    }

    /// Whether an argument is one that was left out.
    fn is_absent(&self, id: ExprId) -> bool {
        match self.hx(id).kind {
            ExprKind::Null => true,
            ExprKind::Coerce { expr, .. } => self.is_absent(expr),
            _ => false,
        }
    }
}
