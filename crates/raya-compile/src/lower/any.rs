//! Calls on values of type any: through the slots, with boxed arguments.

use super::ctx::Lower;
use crate::ir::VReg;
use raya_bytecode::{Op, TypeDesc};
use raya_check::hir::{self, Element, Expr, ExprId};
use raya_syntax::Name;

impl Lower<'_, '_> {
    /// Arguments as words behind a receiver.
    pub(super) fn words(&mut self, before: VReg, args: &[Element]) -> Vec<VReg> {
        let mut guards = vec![self.guard(before)];
        for arg in args {
            let (Element::One(id) | Element::Spread(id)) = *arg;
            let value = self.expr(id);
            let value = self.boxed(value);
            guards.push(self.guard(value));
        }
        guards.into_iter().map(|g| self.settle(g)).collect()
    }

    /// All arguments in one array of any.
    pub(super) fn argument_array(&mut self, args: &[Element]) -> VReg {
        let any = self.c.any;
        let ty = self.c.tables.ty(TypeDesc::Array(any));
        let array = self.emit_to(
            ty,
            Op::NewArrayCap,
            ty.0.into(),
            args.len().min(1000) as u32,
        );
        for arg in args {
            match *arg {
                Element::One(id) => {
                    let value = self.expr(id);
                    let value = self.boxed(value);
                    self.emit(Op::ArrayPush, array.0, value.0, 0);
                }
                Element::Spread(id) => {
                    let value = self.expr(id);
                    let value = self.boxed(value);
                    self.emit(Op::ArrayExtend, array.0, value.0, 0);
                }
            }
        }
        array
    }

    fn any_result(&mut self, e: &Expr, result: VReg) -> VReg {
        let ty = self.exact_type(e.ty);
        self.checked(result, ty)
    }

    /// A call of a value of type any.
    pub fn call_any(&mut self, e: &Expr, callee: ExprId, args: &[Element]) -> VReg {
        let callee = self.expr(callee);
        let result = self.call_of(callee, args);
        self.any_result(e, result)
    }

    /// A call of a function value through the slots.
    pub(super) fn call_of(&mut self, callee: VReg, args: &[Element]) -> VReg {
        let callee = self.boxed(callee);
        let any = self.c.any;
        if has_spread(args) {
            let guard = self.guard(callee);
            let array = self.argument_array(args);
            let callee = self.settle(guard);
            return self.emit_window(Op::CallSpread, any, 0, &[callee, array]);
        }
        let window = self.words(callee, args);
        self.emit_window(Op::CallAny, any, 0, &window)
    }

    /// A call of an attribute of a value of type any.
    pub fn call_any_method(
        &mut self,
        e: &Expr,
        object: ExprId,
        name: Name,
        args: &[Element],
    ) -> VReg {
        let object = self.expr(object);
        let object = self.boxed(object);
        let name = self.c.str_name(name);
        let any = self.c.any;
        let result = if has_spread(args) {
            let callee = self.emit_to(any, Op::GetAttr, object.0, name.0.into());
            let array = self.argument_array(args);
            self.emit_window(Op::CallSpread, any, 0, &[callee, array])
        } else {
            let window = self.words(object, args);
            self.emit_window(Op::CallAnyMethod, any, name.0.into(), &window)
        };
        self.any_result(e, result)
    }

    /// A method or accessor of an object of which only the generic class is known.
    pub fn dynamic_method(
        &mut self,
        e: &Expr,
        value: VReg,
        method: &hir::Method,
        args: &[Element],
    ) -> VReg {
        let name = self.c.str_name(method.name);
        let any = self.c.any;
        let value = self.boxed(value);
        let result = match method.kind {
            hir::MethodKind::Method => {
                let window = self.words(value, args);
                self.emit_window(Op::CallAnyMethod, any, name.0.into(), &window)
            }
            hir::MethodKind::Getter => self.emit_to(any, Op::GetAttr, value.0, name.0.into()),
            hir::MethodKind::Setter => {
                let window = self.words(value, args);
                let stored = window.get(1).copied().unwrap_or(value);
                self.emit(Op::SetAttr, value.0, name.0.into(), stored.0);
                return stored;
            }
        };
        self.any_result(e, result)
    }

    /// `new e(…)` on a class only known at run time.
    pub fn new_any(&mut self, callee: ExprId, args: &[Element]) -> VReg {
        let callee = self.expr(callee);
        self.new_of(callee, args)
    }

    pub(super) fn new_of(&mut self, callee: VReg, args: &[Element]) -> VReg {
        let callee = self.boxed(callee);
        let any = self.c.any;
        if has_spread(args) {
            let guard = self.guard(callee);
            let array = self.argument_array(args);
            let callee = self.settle(guard);
            return self.emit_window(Op::NewSpread, any, 0, &[callee, array]);
        }
        let window = self.words(callee, args);
        self.emit_window(Op::NewAny, any, 0, &window)
    }
}

fn has_spread(args: &[Element]) -> bool {
    args.iter().any(|a| matches!(a, Element::Spread(_)))
}
