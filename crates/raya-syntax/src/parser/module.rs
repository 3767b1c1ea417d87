//! Imports and exports.

use super::class;
use super::decl;
use super::expr;
use super::fault::Class as Wanted;
use super::function;
use super::input::{Input, Parse, Steps, comma_list};
use super::pattern;
use super::primary::{self, Refusal, refuse_with};
use super::stmt;
use crate::ast::*;
use crate::codes;
use crate::span::Span;
use crate::token::TokenKind as T;

const EXPORT_ASSIGNMENT: Refusal = (
    codes::NO_EXPORT_ASSIGNMENT,
    "`import x = …` and `export = …` are not part of the language",
    "write `import x from \"…\"` and `export default …`",
);

fn check_top_level(p: &mut Input<'_, '_>, keyword: Span, what: &str) {
    if p.state().context.nested {
        p.report(
            codes::MISPLACED_STATEMENT,
            keyword,
            format!("`{what}` stands inside a block or function"),
            "move it to the top level of the file",
        );
    }
}

/// `import …`
pub(super) fn import<'s>(p: &mut Input<'s, '_>) -> Parse<StmtKind> {
    let keyword = p.expect(T::Import)?;
    check_top_level(p, keyword.span(), "import");
    let type_only = is_type_only(p) && p.eat(T::Type);
    let mut import = Import {
        id: p.id(),
        span: keyword.span(),
        type_only,
        default: None,
        namespace: None,
        named: Vec::new(),
        source: ModuleSource {
            path: crate::names::EMPTY,
            span: keyword.span(),
        },
    };
    if p.kind() != T::String {
        import_clause(p, &mut import)?;
        p.expect(T::From)?;
    }
    import.source = module_source(p)?;
    stmt::semi(p)?;
    import.span = p.spanned(keyword.start);
    Ok(StmtKind::Import(Box::new(import)))
}

/// Whether `type` is the modifier in `import type …`, not a name.
fn is_type_only(p: &mut Input<'_, '_>) -> bool {
    p.kind() == T::Type
        && match p.kind_at(1) {
            T::LBrace | T::Star => true,
            T::From => p.kind_at(2) == T::From,
            kind => kind.is_identifier(),
        }
}

fn import_clause<'s>(p: &mut Input<'s, '_>, import: &mut Import) -> Parse<()> {
    if !matches!(p.kind(), T::LBrace | T::Star) {
        import.default = Some(import_binding(p)?);
        if p.kind() == T::Eq {
            let span = p.next_token().span();
            return refuse_with(p, span, EXPORT_ASSIGNMENT);
        }
        if !p.eat(T::Comma) {
            return Ok(());
        }
    }
    if p.eat(T::Star) {
        p.expect(T::As)?;
        import.namespace = Some(import_binding(p)?);
        return Ok(());
    }
    import.named = p.parse(comma_list(T::LBrace, import_specifier, T::RBrace))?;
    Ok(())
}

fn import_binding<'s>(p: &mut Input<'s, '_>) -> Parse<ImportBinding> {
    let local = pattern::declared_name(p)?;
    Ok(ImportBinding { id: p.id(), local })
}

/// A name in another module: any word, or a string.
fn module_name<'s>(p: &mut Input<'s, '_>) -> Parse<Ident> {
    let token = p.next_token();
    if token.kind == T::String {
        return Ok(Ident {
            name: primary::string_name(p),
            span: token.span(),
        });
    }
    if !token.kind.is_word() {
        return p.fail(Wanted::Name);
    }
    p.bump();
    Ok(p.ident_of(token))
}

/// Whether `type` is a modifier in `{ type a, type as b, type as as c }`.
fn is_type_specifier(p: &mut Input<'_, '_>) -> bool {
    let is_name = |kind: T| kind.is_word() || kind == T::String;
    p.kind() == T::Type
        && match p.kind_at(1) {
            T::As => match p.kind_at(2) {
                T::As => is_name(p.kind_at(3)),
                kind => !is_name(kind),
            },
            kind => is_name(kind),
        }
}

fn import_specifier<'s>(p: &mut Input<'s, '_>) -> Parse<ImportSpecifier> {
    let start = p.start();
    let type_only = is_type_specifier(p) && p.eat(T::Type);
    let (imported, local) = if p.kind_at(1) == T::As {
        let imported = module_name(p)?;
        p.bump();
        (imported, pattern::declared_name(p)?)
    } else {
        let local = pattern::declared_name(p)?;
        (local, local)
    };
    let binding = ImportBinding { id: p.id(), local };
    Ok(ImportSpecifier {
        span: p.spanned(start),
        type_only,
        imported,
        binding,
    })
}

fn module_source<'s>(p: &mut Input<'s, '_>) -> Parse<ModuleSource> {
    let token = p.next_token();
    if token.kind != T::String {
        return p.fail(Wanted::ModulePath);
    }
    let path = primary::string_name(p);
    let next = p.next_token();
    if next.kind == T::With && !next.nl_before {
        let refusal = (
            codes::INVALID_IMPORT,
            "import attributes are not part of the language",
            "only Raya and TypeScript files can be imported",
        );
        return refuse_with(p, next.span(), refusal);
    }
    Ok(ModuleSource {
        path,
        span: token.span(),
    })
}

/// `export …`
pub(super) fn export<'s>(p: &mut Input<'s, '_>) -> Parse<StmtKind> {
    let keyword = p.expect(T::Export)?;
    check_top_level(p, keyword.span(), "export");
    let kind = export_kind(p)?;
    Ok(StmtKind::Export(Box::new(Export {
        id: p.id(),
        span: p.spanned(keyword.start),
        kind,
    })))
}

fn export_kind<'s>(p: &mut Input<'s, '_>) -> Parse<ExportKind> {
    let type_only =
        p.kind() == T::Type && matches!(p.kind_at(1), T::LBrace | T::Star) && p.eat(T::Type);
    match p.kind() {
        T::Star => export_all(p, type_only),
        T::LBrace => export_named(p, type_only),
        T::Default => export_default(p),
        T::Eq => {
            let span = p.next_token().span();
            refuse_with(p, span, EXPORT_ASSIGNMENT)
        }
        _ => export_decl(p),
    }
}

fn export_all<'s>(p: &mut Input<'s, '_>, type_only: bool) -> Parse<ExportKind> {
    p.expect(T::Star)?;
    let alias = match p.eat(T::As) {
        true => Some(module_name(p)?),
        false => None,
    };
    p.expect(T::From)?;
    let source = module_source(p)?;
    stmt::semi(p)?;
    Ok(ExportKind::All {
        type_only,
        alias,
        source,
    })
}

fn export_named<'s>(p: &mut Input<'s, '_>, type_only: bool) -> Parse<ExportKind> {
    let specifiers = p.parse(comma_list(T::LBrace, export_specifier, T::RBrace))?;
    let source = match p.eat(T::From) {
        true => Some(module_source(p)?),
        false => None,
    };
    stmt::semi(p)?;
    Ok(ExportKind::Named {
        type_only,
        specifiers,
        source,
    })
}

fn export_specifier<'s>(p: &mut Input<'s, '_>) -> Parse<ExportSpecifier> {
    let start = p.start();
    let type_only = is_type_specifier(p) && p.eat(T::Type);
    let local = module_name(p)?;
    let exported = match p.eat(T::As) {
        true => module_name(p)?,
        false => local,
    };
    Ok(ExportSpecifier {
        id: p.id(),
        span: p.spanned(start),
        type_only,
        local,
        exported,
    })
}

fn export_default<'s>(p: &mut Input<'s, '_>) -> Parse<ExportKind> {
    p.expect(T::Default)?;
    let token = p.next_token();
    let next = p.token_at(1);
    match token.kind {
        T::Function => default_function(p),
        T::Async if next.kind == T::Function && !next.nl_before => default_function(p),
        T::Class => class::class(p, token.start, false)
            .map(|class| ExportKind::DefaultClass(Box::new(class))),
        T::Abstract if next.kind == T::Class => {
            p.bump();
            class::class(p, token.start, true)
                .map(|class| ExportKind::DefaultClass(Box::new(class)))
        }
        T::Interface => {
            decl::interface(p).map(|interface| ExportKind::DefaultInterface(Box::new(interface)))
        }
        _ => {
            let expr = expr::assignment(p)?;
            stmt::semi(p)?;
            Ok(ExportKind::DefaultExpr(Box::new(expr)))
        }
    }
}

fn default_function<'s>(p: &mut Input<'s, '_>) -> Parse<ExportKind> {
    let function = function::declaration(p, true)?;
    Ok(ExportKind::DefaultFunction(Box::new(function)))
}

fn export_decl<'s>(p: &mut Input<'s, '_>) -> Parse<ExportKind> {
    let token = p.next_token();
    let stmt = stmt::statement(p)?;
    let is_declaration = matches!(
        stmt.kind,
        StmtKind::Var(_)
            | StmtKind::Function(_)
            | StmtKind::Class(_)
            | StmtKind::Interface(_)
            | StmtKind::TypeAlias(_)
            | StmtKind::Enum(_)
    );
    if !is_declaration {
        p.report(
            codes::INVALID_IMPORT,
            token.span(),
            "only declarations can be exported",
            "write `export { name }` or `export default value`",
        );
    }
    Ok(ExportKind::Decl(Box::new(stmt)))
}
