//! What is decided when everything is checked: which reads of module variables and
//! classes must test that the declaration has run, and which captured variables are
//! shared.
//!
//! A function can run no earlier than the first moment at which the top level
//! mentions it, directly or through functions and classes that it mentions. A read
//! in it needs no test if the variable is declared by then.

use super::Checker;
use crate::hir::{ExprId, ExprKind, FuncId, GlobalId, LocalKind, Place};
use crate::types::{ClassId, Ty, TypeKind};
use raya_syntax::source::FileId;
use rustc_hash::{FxHashMap, FxHashSet};

/// Something that can run code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Code {
    Func(FuncId),
    Class(ClassId),
}

/// What was recorded during the check.
#[derive(Debug, Default)]
pub(crate) struct Records {
    /// Files of the built-in library.
    pub builtin_files: FxHashSet<FileId>,
    /// (who mentions, what, the clock).
    mentions: Vec<(FuncId, Code, u32)>,
    global_reads: Vec<(ExprId, GlobalId, FuncId, u32)>,
    class_reads: Vec<(ExprId, ClassId, FuncId, u32)>,
    globals_at: FxHashMap<GlobalId, u32>,
    classes_at: FxHashMap<ClassId, u32>,
}

impl Records {
    /// The declaration of a module variable was passed.
    pub(crate) fn declare_global(&mut self, global: GlobalId, clock: u32) {
        self.globals_at.entry(global).or_insert(clock);
    }

    /// The declaration of a module variable was only looked at.
    pub(crate) fn undeclare_global(&mut self, global: GlobalId) {
        self.globals_at.remove(&global);
    }

    /// Forgets what the user's module recorded, before it is checked again.
    pub(crate) fn forget_user(&mut self) {
        let files = std::mem::take(&mut self.builtin_files);
        *self = Self {
            builtin_files: files,
            ..Self::default()
        };
    }

    /// The declaration of a class was passed.
    pub(crate) fn declare_class(&mut self, class: ClassId, clock: u32) {
        self.classes_at.entry(class).or_insert(clock);
    }

    /// A function mentions another one.
    pub(crate) fn mention_func(&mut self, from: FuncId, func: FuncId, clock: u32) {
        self.mentions.push((from, Code::Func(func), clock));
    }

    /// A function mentions a class.
    pub(crate) fn mention_class(&mut self, from: FuncId, class: ClassId, clock: u32) {
        self.mentions.push((from, Code::Class(class), clock));
    }

    /// A function reads or writes a module variable.
    pub(crate) fn read_global(&mut self, id: ExprId, global: GlobalId, from: FuncId, clock: u32) {
        self.global_reads.push((id, global, from, clock));
    }

    /// A function uses a class.
    pub(crate) fn read_class(&mut self, id: ExprId, class: ClassId, from: FuncId, clock: u32) {
        self.class_reads.push((id, class, from, clock));
    }
}

impl<'a> Checker<'a> {
    /// Decides what could not be decided earlier.
    pub(crate) fn finish(&mut self) {
        self.hir.main = Some(FuncId(0));
        self.settle_heirs();
        self.settle_closures();
        self.report_class_expressions();
        let earliest = self.earliest_runs();
        self.mark_global_reads(&earliest);
        self.mark_class_reads(&earliest);
        self.share_captures();
        self.order_classes();
    }

    /// For each function the clock of the top level before which it cannot run.
    fn earliest_runs(&self) -> FxHashMap<FuncId, u32> {
        let main = FuncId(0);
        let mut by_source: FxHashMap<FuncId, Vec<(Code, u32)>> = FxHashMap::default();
        for &(from, code, clock) in &self.post.mentions {
            by_source.entry(from).or_default().push((code, clock));
        }
        for (index, function) in self.hir.functions.iter().enumerate() {
            if let Some(parent) = function.parent {
                let closure = Code::Func(FuncId(index as u32));
                by_source.entry(parent).or_default().push((closure, 0));
            }
        }
        let mut earliest: FxHashMap<FuncId, u32> = FxHashMap::default();
        let mut queue: Vec<(Code, u32)> = Vec::new();
        for &(code, clock) in by_source.get(&main).into_iter().flatten() {
            queue.push((code, clock));
        }
        while let Some((code, clock)) = queue.pop() {
            let functions = match code {
                Code::Func(func) => vec![func],
                Code::Class(class) => self.class_functions(class),
            };
            for func in functions {
                let known = earliest.get(&func).copied();
                if func == main || known.is_some_and(|k| k <= clock) {
                    continue;
                }
                earliest.insert(func, clock);
                for &(inner, _) in by_source.get(&func).into_iter().flatten() {
                    queue.push((inner, clock));
                }
            }
        }
        earliest
    }

    fn class_functions(&self, class: ClassId) -> Vec<FuncId> {
        let data = &self.hir.classes[class.index()];
        let special = [data.ctor, data.field_init, data.static_init];
        let methods = data.methods.iter().map(|m| m.func);
        special.into_iter().flatten().chain(methods).collect()
    }

    fn mark_global_reads(&mut self, earliest: &FxHashMap<FuncId, u32>) {
        for (id, global, from, _) in std::mem::take(&mut self.post.global_reads) {
            if from == FuncId(0) {
                continue;
            }
            let declared = self
                .post
                .globals_at
                .get(&global)
                .copied()
                .unwrap_or(u32::MAX);
            let runs = earliest.get(&from).copied().unwrap_or(u32::MAX);
            if declared <= runs {
                continue;
            }
            self.hir.globals[global.index()].checked = true;
            match &mut self.hir.exprs[id.index()].kind {
                ExprKind::Global { checked, .. }
                | ExprKind::Assign {
                    place: Place::Global { checked, .. },
                    ..
                } => *checked = true,
                _ => {}
            }
        }
    }

    fn mark_class_reads(&mut self, earliest: &FxHashMap<FuncId, u32>) {
        for (id, class, from, _) in std::mem::take(&mut self.post.class_reads) {
            if from == FuncId(0) || self.hir.classes[class.index()].builtin {
                continue;
            }
            let declared = self
                .post
                .classes_at
                .get(&class)
                .copied()
                .unwrap_or(u32::MAX);
            let runs = earliest.get(&from).copied().unwrap_or(u32::MAX);
            if declared <= runs {
                continue;
            }
            match &mut self.hir.exprs[id.index()].kind {
                ExprKind::Class { checked, .. } | ExprKind::New { checked, .. } => *checked = true,
                ExprKind::Read(Place::Static { checked, .. })
                | ExprKind::Assign {
                    place: Place::Static { checked, .. },
                    ..
                } => *checked = true,
                ExprKind::Call(call) => {
                    if let crate::hir::Callee::Static { checked, .. } = &mut call.callee {
                        *checked = true;
                    }
                }
                _ => {}
            }
        }
    }

    /// A capture is shared exactly if the variable it captures is.
    fn share_captures(&mut self) {
        for index in 0..self.hir.functions.len() {
            let mut work = vec![index];
            // Parents are made before the functions inside them, except where a body
            // was checked early; walking up first covers both.
            while let Some(parent) = self.hir.functions[*work.last().unwrap_or(&index)].parent {
                if work.contains(&parent.index()) {
                    break;
                }
                work.push(parent.index());
            }
            for &at in work.iter().rev() {
                self.share_captures_of(at);
            }
        }
    }

    fn share_captures_of(&mut self, index: usize) {
        let Some(parent) = self.hir.functions[index].parent else {
            return;
        };
        for i in 0..self.hir.functions[index].captures.len() {
            let capture = self.hir.functions[index].captures[i];
            let outer = self.hir.functions[parent.index()]
                .locals
                .get(capture.outer.index());
            let Some((boxed, checked, ty)) = outer.map(|l| (l.boxed, l.checked, l.ty)) else {
                continue;
            };
            let local = &mut self.hir.functions[index].locals[capture.local.index()];
            debug_assert!(matches!(local.kind, LocalKind::Capture(_)));
            (local.boxed, local.ty) = (boxed, ty);
            local.checked |= checked;
        }
    }

    /// Bases before heirs.
    fn order_classes(&mut self) {
        let mut order: Vec<ClassId> = (0..self.hir.classes.len() as u32).map(ClassId).collect();
        order.sort_by_key(|&c| (self.types.class(c).depth, c));
        for &class in &order {
            let class = &mut self.hir.classes[class.index()];
            class.displaced |= self.hir.mixes_classes && !class.builtin;
        }
        for &class in &order {
            if self.types.class(class).bases.len() > 1 {
                self.displace_bases(class);
            }
        }
        self.hir.class_order = order;
    }

    /// Marks the bases of a class that its layout does not follow.
    fn displace_bases(&mut self, class: ClassId) {
        let class_of = |c: &Self, ty: Ty| match c.types.kind(ty) {
            TypeKind::Class(class, _) => Some(class),
            _ => None,
        };
        let mut followed = FxHashSet::default();
        let mut at = Some(class);
        while let Some(class) = at {
            followed.insert(class);
            let base = self.types.class(class).base;
            at = base.and_then(|b| class_of(self, b));
        }
        for ty in self.types.class(class).mro.clone() {
            if let Some(base) = class_of(self, ty).filter(|b| !followed.contains(b)) {
                self.hir.classes[base.index()].displaced = true;
            }
        }
    }
}
