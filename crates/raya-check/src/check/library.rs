//! Loading files of the built-in library.

use super::{Checker, Pending};
use crate::env::{MemberKind, SymKind};
use crate::hir::{ExprId, ExprKind};
use crate::types::ClassId;
use raya_syntax::ast::{self, Expr, Module, StmtKind};
use raya_syntax::name::Name;
use raya_syntax::source::FileId;

impl<'a> Checker<'a> {
    /// Loads the file that declares a name, if there is one.
    pub(crate) fn load_declaring(&mut self, name: Name) {
        if let Some(index) = self.library.declaring(self.names.text(name)) {
            self.load(index);
        }
    }

    /// Loads the file that declares a name given as text.
    pub(crate) fn load_named(&mut self, name: &str) {
        if let Some(index) = self.library.declaring(name) {
            self.load(index);
        }
    }

    fn load(&mut self, index: usize) {
        if !self.loaded.insert(index) {
            return;
        }
        let library = self.library;
        let (sources, names) = (&mut *self.sources, &mut *self.names);
        let mut problems = Vec::new();
        let (parsed, _) = library.module(index, |file| {
            let id = sources.add(file.name, file.text);
            let source = raya_syntax::SourceFile::new(id, file.name, file.text);
            let parsed = raya_syntax::parse(&source, names);
            problems = parsed.diagnostics;
            (id, parsed.module)
        });
        self.diagnostics.append(&mut problems);
        let (file, module): &'a (FileId, Module) = parsed;
        self.post.builtin_files.insert(*file);
        self.elsewhere(self.root, *file, |c| c.declare_all(&module.body));
        self.adopt_well_known(module);
    }

    /// Remembers classes that the language itself refers to.
    fn adopt_well_known(&mut self, module: &'a Module) {
        for stmt in &module.body {
            let StmtKind::Class(class) = &stmt.kind else {
                continue;
            };
            let Some(ident) = class.name else { continue };
            let id = match self.type_symbols_of_root(ident.name) {
                Some(id) => id,
                None => continue,
            };
            let known = &mut self.hir.well_known;
            match self.names.text(ident.name) {
                "Object" => known.object = Some(id),
                "Array" => known.array = Some(id),
                "ReadonlyArray" => known.readonly_array = Some(id),
                "String" => known.string = Some(id),
                "Number" => known.number = Some(id),
                "Boolean" => known.boolean = Some(id),
                "Error" => known.error = Some(id),
                "Function" => known.function = Some(id),
                _ => continue,
            }
            let primitive = !matches!(self.names.text(ident.name), "Object" | "Error");
            self.hir.classes[id.index()].primitive = primitive;
        }
    }

    fn type_symbols_of_root(&self, name: Name) -> Option<ClassId> {
        let symbol = self.scopes.own_type(self.root, name)?;
        match self.type_symbols[symbol.0 as usize] {
            crate::env::TypeSymKind::Class(id) => Some(id),
            _ => None,
        }
    }

    /// The class with this name in the built-in library.
    pub(crate) fn library_class(&mut self, name: &str) -> Option<ClassId> {
        self.load_named(name);
        let name = self.names.lookup(name)?;
        self.type_symbols_of_root(name)
    }

    /// The class in `console.log(…)`: a call of a static method of the library needs that
    /// method, not the whole class.
    pub(crate) fn library_receiver(&mut self, object: &Expr, name: Name) -> Option<ExprId> {
        let ast::ExprKind::Ident(ident) = object.kind else {
            return None;
        };
        let symbol = self.value_symbol(ident)?;
        let SymKind::Class(class) = self.symbol(symbol).kind else {
            return None;
        };
        let data = self.class(class);
        let member = *data.by_name.get(&(name, true))?;
        let method = matches!(data.members[member as usize].kind, MemberKind::Method(_));
        if !data.builtin || !method {
            return None;
        }
        let ty = self.types.class_object(class);
        let checked = false;
        Some(self.add(ExprKind::Class { class, checked }, ty, object.span))
    }

    /// The class whose methods read-only arrays have.
    pub(crate) fn readonly_array_class(&self) -> Option<ClassId> {
        self.hir.well_known.readonly_array
    }

    /// Whether the file under check belongs to the built-in library.
    pub(crate) fn is_builtin_file(&self) -> bool {
        self.post.builtin_files.contains(&self.file)
    }

    /// All names that the built-in library declares, for suggestions.
    pub(crate) fn library_names(&self) -> Vec<Name> {
        let files = self.library.files();
        let names = files.iter().flat_map(|f| f.declares.iter());
        names.filter_map(|n| self.names.lookup(n)).collect()
    }

    /// Loads every file and queues every body.
    pub(crate) fn load_whole_library(&mut self) {
        for index in 0..self.library.files().len() {
            self.load(index);
        }
        let builtin: Vec<ClassId> = self
            .classes
            .iter()
            .filter(|c| c.builtin)
            .map(|c| c.id)
            .collect();
        self.pending.extend(builtin.into_iter().map(Pending::Class));
    }
}
