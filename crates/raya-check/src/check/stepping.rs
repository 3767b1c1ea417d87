//! `for…of` over what is iterated by calls of known methods: the loop that it stands for.

use super::Checker;
use super::iterate::Walk;
use super::walk;
use crate::hir::{
    Block, ExprId, ExprKind, Handler, LabelId, LocalId, Loop, Stmt, StmtKind, Try, UnOp,
};
use crate::types::Ty;
use raya_syntax::ast;
use raya_syntax::name::{Name, names};
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    /// `it = iterable.__iter__(); while (step) { x = value; … }`
    pub(super) fn for_of_protocol(
        &mut self,
        f: &'a ast::ForOfLoop,
        labels: &[Name],
        walked: Walk,
        iterable: ExprId,
        span: Span,
        out: &mut Vec<Stmt>,
    ) {
        let at = f.right.span;
        let iter = self.names.intern("__iter__");
        let iterator = self.call_method_on(iterable, iter, Vec::new(), at);
        let (local, ty) = self.keep(iterator);
        let mut stmts = vec![Stmt {
            kind: StmtKind::Let {
                local,
                value: Some(iterator),
            },
            span: at,
        }];
        let right = &f.right;
        let assigned = || walk::assigned_in(&[Some(right)], Some(&f.body));
        let looped = self.fixpoint(assigned, |c| {
            let label = c.enter_target(labels.to_vec(), true, true);
            let exit = c.flow.clone();
            let outer = c.scope;
            c.scope = c.scopes.new_scope(Some(outer));
            let mut body = Vec::new();
            let test = match walked {
                Walk::Step { element, .. } => {
                    c.step_by_slot((local, ty), element, label, &mut body, f);
                    None
                }
                _ => Some(c.step_iterator(walked, (local, ty), &mut body, f)),
            };
            let inner = c.branch(&f.body);
            body.extend(inner.stmts);
            c.scope = outer;
            c.join_continues();
            let back = std::mem::take(&mut c.flow);
            c.flow = c.join(back.clone(), exit);
            let (behind, _) = c.leave_target(label);
            let body = Block {
                label: None,
                stmts: body,
            };
            let looped = Loop {
                label,
                test,
                test_last: false,
                update: None,
                body,
                fresh: Vec::new(),
            };
            (looped, back, behind)
        });
        stmts.push(Stmt {
            kind: StmtKind::Loop(Box::new(looped)),
            span,
        });
        out.push(Stmt {
            kind: StmtKind::Block(Block { label: None, stmts }),
            span,
        });
    }

    /// The test that steps an iterator, and the binding of its element.
    fn step_iterator(
        &mut self,
        walked: Walk,
        (local, ty): (LocalId, Ty),
        body: &mut Vec<Stmt>,
        f: &'a ast::ForOfLoop,
    ) -> ExprId {
        let at = f.right.span;
        if let Walk::Advance { .. } = walked {
            let (advance, current) = (
                self.names.intern("__advance"),
                self.names.intern("__current"),
            );
            let object = self.read_temp(local, ty, at);
            let test = self.call_method_on(object, advance, Vec::new(), at);
            let object = self.read_temp(local, ty, at);
            let value = self.call_method_on(object, current, Vec::new(), at);
            self.bind_element(f, value, body);
            return test;
        }
        let object = self.read_temp(local, ty, at);
        let result = self.call_method_on(object, names::NEXT, Vec::new(), at);
        let (kept, result_ty) = self.keep(result);
        let set = self.add(
            ExprKind::Assign {
                place: self.local_place(kept),
                value: result,
            },
            result_ty,
            at,
        );
        let done = self.read_result(set, names::DONE, at);
        let done = self.truth(done);
        let test = self.add(
            ExprKind::Unary {
                op: UnOp::Not,
                operand: done,
            },
            Ty::BOOLEAN,
            at,
        );
        let again = self.read_temp(kept, result_ty, at);
        let value = self.read_result(again, names::VALUE, at);
        let value = self.force(value, walked.element());
        self.bind_element(f, value, body);
        test
    }

    /// `try { x = it.__next__(); } catch (e) { if (e instanceof StopIteration) break; throw e; }`
    fn step_by_slot(
        &mut self,
        (local, ty): (LocalId, Ty),
        element: Ty,
        label: LabelId,
        body: &mut Vec<Stmt>,
        f: &'a ast::ForOfLoop,
    ) {
        let span = f.right.span;
        let stmt = |kind| Stmt { kind, span };
        let next = self.names.intern("__next__");
        let object = self.read_temp(local, ty, span);
        let value = self.call_method_on(object, next, Vec::new(), span);
        let value = self.move_to(value, element, span);
        let kept = self.temp(element, span);
        let place = self.local_place(kept);
        let set = self.add(ExprKind::Assign { place, value }, element, span);
        let thrown = self.temp(Ty::ANY, span);
        let mut caught = Vec::new();
        if let Some(class) = self.library_class("StopIteration") {
            let expr = self.read_temp(thrown, Ty::ANY, span);
            let test = self.add(ExprKind::InstanceOf { expr, class }, Ty::BOOLEAN, span);
            let then = Block {
                label: None,
                stmts: vec![stmt(StmtKind::Break(label))],
            };
            caught.push(stmt(StmtKind::If {
                test,
                then,
                otherwise: None,
            }));
        }
        let again = self.read_temp(thrown, Ty::ANY, span);
        caught.push(stmt(StmtKind::Throw(again)));
        let block = |stmts| Block { label: None, stmts };
        body.push(stmt(StmtKind::Try(Box::new(Try {
            body: block(vec![stmt(StmtKind::Expr(set))]),
            handler: Some(Handler {
                local: Some(thrown),
                body: block(caught),
            }),
            finalizer: None,
        }))));
        let value = self.read_temp(kept, element, span);
        self.bind_element(f, value, body);
    }

    fn read_result(&mut self, object: ExprId, name: Name, span: Span) -> ExprId {
        self.read_member(object, ast::Ident { name, span }, false, span)
    }
}
