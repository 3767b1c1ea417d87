//! Statements.

use super::class;
use super::decl;
use super::expr;
use super::fault::Class;
use super::function;
use super::input::{CoverFault, Input, Label, Parse, Steps};
use super::loops;
use super::module;
use super::pattern;
use super::primary::{DECORATOR, Refusal, refuse_with};
use super::recover;
use super::types;
use crate::ast::*;
use crate::codes;
use crate::token::{Token, TokenKind as T};

/// Statements up to the closing brace or the end of the file.
pub(super) fn statements<'s>(p: &mut Input<'s, '_>, ends: fn(T) -> bool) -> Vec<Stmt> {
    recover::list(p, ends, statement, |p, span| Stmt {
        id: p.id(),
        span,
        kind: StmtKind::Error,
    })
}

/// `{ … }`
pub(super) fn block<'s>(p: &mut Input<'s, '_>) -> Parse<Block> {
    let start = p.start();
    p.expect(T::LBrace)?;
    let stmts = p.within(
        |context| {
            context.nested = true;
            context.no_in = false;
            context.before_colon = false;
        },
        |p| Ok(statements(p, |kind| kind == T::RBrace)),
    )?;
    p.expect(T::RBrace)?;
    Ok(Block {
        id: p.id(),
        span: p.spanned(start),
        stmts,
    })
}

/// The end of a statement: `;`, or what TypeScript accepts in its place.
pub(super) fn semi<'s>(p: &mut Input<'s, '_>) -> Parse<()> {
    let next = p.next_token();
    if p.eat(T::Semi) || next.nl_before || matches!(next.kind, T::RBrace | T::Eof) {
        return Ok(());
    }
    p.fail(T::Semi)
}

/// A statement.
pub(super) fn statement<'s>(p: &mut Input<'s, '_>) -> Parse<Stmt> {
    p.nested(|p| {
        let start = p.start();
        let covers = p.state().cover_faults.len();
        let kind = statement_kind(p)?;
        report_cover_faults(p, covers);
        Ok(Stmt {
            id: p.id(),
            span: p.spanned(start),
            kind,
        })
    })
}

/// Reports what would have been right in a pattern but was an expression.
fn report_cover_faults(p: &mut Input<'_, '_>, from: usize) {
    if p.state().cover_faults.len() <= from {
        return;
    }
    for fault in p.state().cover_faults.split_off(from) {
        match fault {
            CoverFault::Default(span) => p.report(
                codes::UNEXPECTED_TOKEN,
                span,
                "a default belongs into a pattern, not into an object",
                "write `name: value`",
            ),
            CoverFault::Hole(span) => p.report(
                codes::ARRAY_HOLE,
                span,
                "an array literal cannot leave out an element",
                "write `null`",
            ),
        }
    }
}

fn statement_kind<'s>(p: &mut Input<'s, '_>) -> Parse<StmtKind> {
    let token = p.next_token();
    match token.kind {
        T::LBrace => block(p).map(StmtKind::Block),
        T::Semi => {
            p.bump();
            Ok(StmtKind::Empty)
        }
        T::Const if p.kind_at(1) == T::Enum => decl::enum_(p),
        T::Let | T::Const | T::Var => variables(p),
        T::If => if_(p),
        T::While => loops::while_(p),
        T::Do => loops::do_while(p),
        T::For => loops::for_(p),
        T::Switch => switch(p),
        T::Try => try_(p),
        T::Throw => throw(p),
        T::Return => return_(p),
        T::Break | T::Continue => loops::jump(p),
        T::Function => function_statement(p),
        T::Class => class::class(p, token.start, false).map(|c| StmtKind::Class(Box::new(c))),
        T::Enum => decl::enum_(p),
        T::Interface => decl::interface(p).map(|i| StmtKind::Interface(Box::new(i))),
        T::Import if !matches!(p.kind_at(1), T::LParen | T::Dot) => module::import(p),
        T::Export => module::export(p),
        T::With => refuse_with(p, token.span(), WITH),
        T::Debugger => refuse_with(p, token.span(), DEBUGGER),
        T::At => refuse_with(p, token.span(), DECORATOR),
        T::Await if p.kind_at(1) == T::Using && begins_binding(p, 2) => variables(p),
        kind if kind.is_identifier() => word_statement(p, token),
        _ => expression_statement(p),
    }
}

const WITH: Refusal = (
    codes::NO_WITH,
    "`with` is not part of the language",
    "name the object in front of each member",
);

const DEBUGGER: Refusal = (
    codes::NO_DEBUGGER,
    "`debugger` is not part of the language",
    "remove it",
);

const DECLARE: Refusal = (
    codes::NO_DECLARE,
    "`declare` is not part of the language",
    "import what another file defines",
);

const NAMESPACE: Refusal = (
    codes::NO_NAMESPACE,
    "namespaces are not part of the language",
    "move the contents into a file of their own and import it",
);

/// Whether the token `ahead` is a name on the same line as the one before it.
fn begins_binding(p: &mut Input<'_, '_>, ahead: usize) -> bool {
    let token = p.token_at(ahead);
    token.kind.is_identifier() && !token.nl_before
}

/// Statements that begin with a name: a word with a meaning in this place, a label,
/// or an expression.
fn word_statement<'s>(p: &mut Input<'s, '_>, token: Token) -> Parse<StmtKind> {
    let next = p.token_at(1);
    let same_line = !next.nl_before;
    let name_next = same_line && next.kind.is_identifier();
    match token.kind {
        _ if next.kind == T::Colon => labelled(p),
        T::Async if same_line && next.kind == T::Function => function_statement(p),
        T::Abstract if same_line && next.kind == T::Class => {
            p.bump();
            class::class(p, token.start, true).map(|c| StmtKind::Class(Box::new(c)))
        }
        T::Type if name_next => decl::type_alias(p),
        // `using of` in a loop head is handled there.
        T::Using if name_next => variables(p),
        T::Declare if same_line && next.kind.is_word() => refuse_with(p, token.span(), DECLARE),
        T::Namespace | T::Module if name_next || (same_line && next.kind == T::String) => {
            refuse_with(p, token.span(), NAMESPACE)
        }
        T::Global if same_line && next.kind == T::LBrace => refuse_with(p, token.span(), NAMESPACE),
        _ => expression_statement(p),
    }
}

fn expression_statement<'s>(p: &mut Input<'s, '_>) -> Parse<StmtKind> {
    let expr = expr::expression(p)?;
    semi(p)?;
    Ok(StmtKind::Expr(expr))
}

fn function_statement<'s>(p: &mut Input<'s, '_>) -> Parse<StmtKind> {
    let function = function::declaration(p, false)?;
    Ok(StmtKind::Function(Box::new(function)))
}

fn variables<'s>(p: &mut Input<'s, '_>) -> Parse<StmtKind> {
    let decl = var_decl(p)?;
    check_initializers(p, &decl);
    semi(p)?;
    Ok(StmtKind::Var(decl))
}

/// `let a: T = e, b`, without the end of the statement.
pub(super) fn var_decl<'s>(p: &mut Input<'s, '_>) -> Parse<VarDecl> {
    let start = p.start();
    let is_await = p.eat(T::Await);
    let token = p.bump();
    let kind = match token.kind {
        T::Let => VarKind::Let,
        T::Const => VarKind::Const,
        T::Using if is_await => VarKind::AwaitUsing,
        T::Using => VarKind::Using,
        _ => {
            p.report(
                codes::NO_VAR,
                token.span(),
                "`var` is not part of the language",
                "use `let`, or `const` if it is never assigned again",
            );
            VarKind::Let
        }
    };
    let keyword = p.spanned(start);
    let declarators = p.parse(class::listed(declarator))?;
    Ok(VarDecl {
        kind,
        keyword,
        declarators,
    })
}

fn declarator<'s>(p: &mut Input<'s, '_>) -> Parse<Declarator> {
    let start = p.start();
    let pattern = pattern::binding(p)?;
    let definite = !p.next_token().nl_before && p.eat(T::Bang);
    let ty = match p.eat(T::Colon) {
        true => Some(types::type_(p)?),
        false => None,
    };
    let init = match p.eat(T::Eq) {
        true => Some(expr::assignment(p)?),
        false => None,
    };
    Ok(Declarator {
        span: p.spanned(start),
        pattern,
        definite,
        ty,
        init,
    })
}

/// Reports declarations that lack the value they must have.
pub(super) fn check_initializers(p: &mut Input<'_, '_>, decl: &VarDecl) {
    for declarator in &decl.declarators {
        let is_name = matches!(declarator.pattern.kind, PatternKind::Binding(_));
        let (message, help) = match (decl.kind, &declarator.init) {
            (VarKind::Using | VarKind::AwaitUsing, _) if !is_name => {
                ("`using` declares plain names only", "")
            }
            (_, Some(_)) if declarator.definite => {
                ("a variable with a value needs no `!`", "remove the `!`")
            }
            (_, Some(_)) => continue,
            (VarKind::Const, None) => (
                "a `const` needs a value",
                "write `= …`, or use `let` if the value comes later",
            ),
            (VarKind::Using | VarKind::AwaitUsing, None) => ("a `using` needs a value", ""),
            (VarKind::Let, None) if !is_name => ("a pattern needs a value to take apart", ""),
            (VarKind::Let, None) => continue,
        };
        p.report(codes::MISSING_INITIALIZER, declarator.span, message, help);
    }
}

/// The body of `if`, `else` or a loop, which is no declaration.
pub(super) fn body<'s>(p: &mut Input<'s, '_>) -> Parse<Stmt> {
    let stmt = p.within(|context| context.nested = true, statement)?;
    let what = match &stmt.kind {
        StmtKind::Var(_) => "a declaration of variables",
        StmtKind::Function(_) => "a declaration of a function",
        StmtKind::Class(_) => "a declaration of a class",
        StmtKind::Interface(_) | StmtKind::TypeAlias(_) | StmtKind::Enum(_) => {
            "a declaration of a type"
        }
        _ => return Ok(stmt),
    };
    p.report(
        codes::DECLARATION_AS_BODY,
        stmt.span,
        format!("{what} cannot be the body of a statement"),
        "put braces around it",
    );
    Ok(stmt)
}

/// `if` with all its `else if`s, in a loop, so that their number is not limited by
/// the nesting of statements.
fn if_<'s>(p: &mut Input<'s, '_>) -> Parse<StmtKind> {
    let mut arms = Vec::new();
    let mut otherwise = None;
    loop {
        let start = p.start();
        p.expect(T::If)?;
        let test = expr::condition(p)?;
        let then = Box::new(body(p)?);
        arms.push((start, test, then));
        if !p.eat(T::Else) {
            break;
        }
        if p.kind() != T::If {
            otherwise = Some(Box::new(body(p)?));
            break;
        }
        p.grow()?;
    }
    let mut arms = arms.into_iter().rev();
    let mut arm = arms.next();
    while let Some((start, test, then)) = arm {
        let kind = StmtKind::If {
            test,
            then,
            otherwise: otherwise.take(),
        };
        arm = arms.next();
        if arm.is_none() {
            return Ok(kind);
        }
        otherwise = Some(Box::new(Stmt {
            id: p.id(),
            span: p.spanned(start),
            kind,
        }));
    }
    p.fail(T::If)
}

fn switch<'s>(p: &mut Input<'s, '_>) -> Parse<StmtKind> {
    p.expect(T::Switch)?;
    let discriminant = expr::condition(p)?;
    p.expect(T::LBrace)?;
    let cases = p.within(
        |context| {
            context.in_switch = true;
            context.nested = true;
        },
        |p| {
            let mut cases: Vec<SwitchCase> = Vec::new();
            while matches!(p.kind(), T::Case | T::Default) {
                let case = switch_case(p)?;
                if case.test.is_none() && cases.iter().any(|case| case.test.is_none()) {
                    p.report(
                        codes::DUPLICATE_DEFAULT,
                        case.span,
                        "this `switch` has a `default` already",
                        "",
                    );
                }
                cases.push(case);
            }
            Ok(cases)
        },
    )?;
    match p.kind() {
        T::RBrace => p.bump(),
        _ => return p.fail(T::Case),
    };
    Ok(StmtKind::Switch {
        discriminant,
        cases,
    })
}

fn switch_case<'s>(p: &mut Input<'s, '_>) -> Parse<SwitchCase> {
    let start = p.start();
    let test = match p.eat(T::Default) {
        true => None,
        false => {
            p.expect(T::Case)?;
            Some(expr::anywhere(p, expr::expression)?)
        }
    };
    p.expect(T::Colon)?;
    let ends = |kind| matches!(kind, T::Case | T::Default | T::RBrace);
    let body = statements(p, ends);
    Ok(SwitchCase {
        span: p.spanned(start),
        test,
        body,
    })
}

fn try_<'s>(p: &mut Input<'s, '_>) -> Parse<StmtKind> {
    let keyword = p.expect(T::Try)?;
    let block_ = block(p)?;
    let handler = match p.kind() {
        T::Catch => Some(catch(p)?),
        _ => None,
    };
    let finalizer = match p.eat(T::Finally) {
        true => Some(block(p)?),
        false => None,
    };
    if handler.is_none() && finalizer.is_none() {
        p.report(
            codes::INCOMPLETE_TRY,
            keyword.span(),
            "this `try` has neither `catch` nor `finally`",
            "add `catch (e) { … }`",
        );
    }
    Ok(StmtKind::Try(Box::new(TryStmt {
        block: block_,
        handler,
        finalizer,
    })))
}

fn catch<'s>(p: &mut Input<'s, '_>) -> Parse<CatchClause> {
    let start = p.start();
    p.expect(T::Catch)?;
    let mut param = None;
    let mut ty = None;
    if p.eat(T::LParen) {
        param = Some(pattern::binding(p)?);
        if p.eat(T::Colon) {
            ty = Some(types::type_(p)?);
        }
        p.expect(T::RParen)?;
    }
    let body = block(p)?;
    Ok(CatchClause {
        span: p.spanned(start),
        param,
        ty,
        body,
    })
}

fn throw<'s>(p: &mut Input<'s, '_>) -> Parse<StmtKind> {
    p.expect(T::Throw)?;
    if p.next_token().nl_before {
        // JavaScript's rule: the value stands on the line of the `throw`.
        return p.fail(Class::Expression);
    }
    let value = expr::expression(p)?;
    semi(p)?;
    Ok(StmtKind::Throw(value))
}

fn return_<'s>(p: &mut Input<'s, '_>) -> Parse<StmtKind> {
    p.expect(T::Return)?;
    let next = p.next_token();
    let value = match next.kind {
        T::Semi | T::RBrace | T::Eof => None,
        _ if next.nl_before => None,
        _ => Some(expr::expression(p)?),
    };
    semi(p)?;
    Ok(StmtKind::Return(value))
}

fn labelled<'s>(p: &mut Input<'s, '_>) -> Parse<StmtKind> {
    let label = pattern::declared_name(p)?;
    p.expect(T::Colon)?;
    let context = p.state().context;
    let in_scope = &p.state().labels[context.first_label..];
    if in_scope.iter().any(|other| other.ident.name == label.name) {
        p.report(
            codes::INVALID_LABEL,
            label.span,
            "a statement around this one has the same label",
            "",
        );
    }
    let on_loop = matches!(p.kind(), T::For | T::While | T::Do);
    p.state().labels.push(Label {
        ident: label,
        on_loop,
    });
    let body = body(p);
    p.state().labels.pop();
    Ok(StmtKind::Labelled {
        label,
        body: Box::new(body?),
    })
}
