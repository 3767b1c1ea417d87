//! Functions, classes, declarations of types, imports and exports.

use super::Dumper;
use super::expr::method_kind;
use super::sexp::Sexp;
use crate::ast::*;

fn word(present: bool, word: &str) -> Option<Sexp> {
    present.then(|| Sexp::atom(word))
}

impl Dumper<'_> {
    pub(super) fn function(&self, function: &Function) -> Sexp {
        let head = if function.is_arrow {
            "arrow"
        } else {
            "function"
        };
        let mut items = Vec::new();
        items.extend(word(function.is_async, "async"));
        items.extend(word(function.is_generator, "generator"));
        items.extend(function.name.map(|name| self.ident(name)));
        items.extend(self.signature(&function.signature));
        match &function.body {
            FunctionBody::Block(block) => items.push(self.block(block)),
            FunctionBody::Expr(expr) => items.push(self.expr(expr)),
            FunctionBody::None => {}
        }
        Sexp::list(head, items)
    }

    pub(super) fn modifiers(&self, modifiers: &Modifiers) -> Vec<Sexp> {
        let access = modifiers.access.map(|access| match access {
            Access::Public => "public",
            Access::Protected => "protected",
            Access::Private => "private",
        });
        let flags = [
            (modifiers.is_static, "static"),
            (modifiers.is_abstract, "abstract"),
            (modifiers.is_override, "override"),
            (modifiers.is_readonly, "readonly"),
        ];
        let flags = flags.into_iter().filter(|(set, _)| *set);
        access
            .into_iter()
            .chain(flags.map(|(_, text)| text))
            .map(Sexp::atom)
            .collect()
    }

    pub(super) fn class(&self, class: &Class) -> Sexp {
        let mut items = Vec::new();
        items.extend(word(class.is_abstract, "abstract"));
        items.extend(class.name.map(|name| self.ident(name)));
        items.extend(self.type_params(&class.type_params));
        let base = |base: &BaseClass| {
            let expr = self.expr(&base.expr);
            match self.type_args(&base.type_args) {
                Some(args) => Sexp::list("ref", vec![expr, args]),
                None => expr,
            }
        };
        items.extend(Self::group(
            "extends",
            class.bases.iter().map(base).collect(),
        ));
        items.extend(self.interface_refs("implements", &class.implements));
        items.extend(class.members.iter().map(|member| self.class_member(member)));
        Sexp::list("class", items)
    }

    fn interface_refs(&self, head: &str, refs: &[InterfaceRef]) -> Option<Sexp> {
        let refs = refs.iter().map(|entry| self.type_ref(&entry.target));
        Self::group(head, refs.collect())
    }

    fn class_member(&self, member: &ClassMember) -> Sexp {
        let mut items = self.modifiers(&member.modifiers);
        let head = match &member.kind {
            ClassMemberKind::Field {
                key,
                optional,
                definite,
                ty,
                init,
            } => {
                items.push(self.key(key));
                items.extend(ty.as_ref().map(|ty| self.ty(ty)));
                if let Some(init) = init {
                    items.push(Sexp::list("=", vec![self.expr(init)]));
                }
                match (optional, definite) {
                    (true, _) => "field?",
                    (_, true) => "field!",
                    _ => "field",
                }
            }
            ClassMemberKind::Method {
                key,
                kind,
                optional,
                function,
            } => {
                items.push(self.key(key));
                items.extend(word(*optional, "?"));
                items.push(self.function(function));
                method_kind(*kind)
            }
            ClassMemberKind::Constructor(function) => {
                items.push(self.function(function));
                "constructor"
            }
            ClassMemberKind::Index(signature) => {
                items.push(self.index_signature(signature));
                "member"
            }
            ClassMemberKind::StaticBlock(block) => {
                items.push(self.block(block));
                "init"
            }
        };
        self.spanned(Sexp::list(head, items), member.span)
    }

    pub(super) fn interface(&self, interface: &Interface) -> Sexp {
        let mut items = vec![self.ident(interface.name)];
        items.extend(self.type_params(&interface.type_params));
        items.extend(self.interface_refs("extends", &interface.extends));
        items.extend(self.type_members(&interface.members));
        Sexp::list("interface", items)
    }

    pub(super) fn type_alias(&self, alias: &TypeAlias) -> Sexp {
        let mut items = vec![self.ident(alias.name)];
        items.extend(self.type_params(&alias.type_params));
        items.push(self.ty(&alias.ty));
        Sexp::list("type", items)
    }

    pub(super) fn enumeration(&self, declaration: &Enum) -> Sexp {
        let mut items = vec![self.ident(declaration.name)];
        for member in &declaration.members {
            let mut parts = vec![self.key(&member.key)];
            parts.extend(member.init.as_ref().map(|init| self.expr(init)));
            items.push(Sexp::list("member", parts));
        }
        let head = match declaration.is_const {
            true => "const-enum",
            false => "enum",
        };
        Sexp::list(head, items)
    }

    pub(super) fn import(&self, import: &Import) -> Sexp {
        let mut items = Vec::new();
        items.extend(word(import.type_only, "type"));
        if let Some(binding) = import.default {
            items.push(Sexp::list("default", vec![self.ident(binding.local)]));
        }
        if let Some(binding) = import.namespace {
            items.push(Sexp::list("*", vec![self.ident(binding.local)]));
        }
        for specifier in &import.named {
            items.push(self.specifier(
                specifier.type_only,
                specifier.imported,
                specifier.binding.local,
            ));
        }
        items.push(self.quoted(import.source.path));
        Sexp::list("import", items)
    }

    fn specifier(&self, type_only: bool, from: Ident, to: Ident) -> Sexp {
        let head = if type_only { "type-name" } else { "name" };
        let mut items = vec![self.ident(from)];
        if from != to {
            items.push(self.ident(to));
        }
        Sexp::list(head, items)
    }

    pub(super) fn export(&self, export: &Export) -> Sexp {
        let mut items = Vec::new();
        let default = |value: Sexp| vec![Sexp::list("default", vec![value])];
        match &export.kind {
            ExportKind::Decl(stmt) => items.push(self.stmt(stmt)),
            ExportKind::DefaultExpr(expr) => items = default(self.expr(expr)),
            ExportKind::DefaultFunction(function) => items = default(self.function(function)),
            ExportKind::DefaultClass(class) => items = default(self.class(class)),
            ExportKind::DefaultInterface(interface) => items = default(self.interface(interface)),
            ExportKind::Named {
                type_only,
                specifiers,
                source,
            } => {
                items.extend(word(*type_only, "type"));
                items.extend(specifiers.iter().map(|specifier| {
                    self.specifier(specifier.type_only, specifier.local, specifier.exported)
                }));
                items.extend(source.map(|source| self.quoted(source.path)));
            }
            ExportKind::All {
                type_only,
                alias,
                source,
            } => {
                items.extend(word(*type_only, "type"));
                items.push(Sexp::list(
                    "*",
                    alias.iter().map(|alias| self.ident(*alias)).collect(),
                ));
                items.push(self.quoted(source.path));
            }
        }
        Sexp::list("export", items)
    }
}
