//! Lowering: the typed tree becomes IR, one instance of a function at a time.
//!
//! Owns the session: the queue of function instances (a generic function is
//! compiled once per list of type arguments, and only if something reaches it), the
//! class instances and the maps from checker types to module types.
//! Must not know: frame slots, jump offsets.
//!
//! Invariant: everything that IR mentions by index has been put on the queue.

mod accessors;
mod any;
mod body;
mod calls;
mod class_scopes;
mod classes;
mod closures;
mod coerce;
mod cond;
mod ctx;
mod demand;
mod depth;
pub(crate) use depth::TYPE_DEPTHS;
mod descriptors;
mod expr;
mod instances;
mod intrinsics;
mod literals;
mod loops;
mod operators;
mod places;
mod replaced;
mod statics;
mod stmt;
mod switch;
mod tries;

pub use instances::Form;

use crate::errors::Failure;
use crate::ir::{At, Func, Inst};
use crate::tables::Tables;
use classes::{ClassInfo, GenericMethod};
use instances::{Instance, InstanceKey};
use raya_bytecode::{ClassId, FuncId, Global, GlobalId, Op, Repr, StrId, TypeDesc, TypeId};
use raya_check::hir::{self, Hir};
use raya_check::types::{self, Ty, TypeInterner};
use raya_syntax::{FileId, Interner, Name, Span};
use rustc_hash::FxHashMap;

/// A lowering session.
pub struct Compiler<'a> {
    /// The program.
    pub hir: &'a Hir,
    /// Its types; new ones are made by substitution.
    pub types: &'a mut TypeInterner,
    /// The names of the session.
    pub names: &'a Interner,
    /// The module's tables.
    pub tables: Tables,
    /// Finished functions by module index.
    pub funcs: Vec<Option<Lowered>>,
    /// What went wrong.
    pub failures: Vec<Failure>,
    pub(crate) type_ids: FxHashMap<Ty, TypeId>,
    pub(crate) reg_types: FxHashMap<Ty, (TypeId, Repr)>,
    pub(crate) strings: FxHashMap<Name, StrId>,
    pub(crate) globals: FxHashMap<hir::GlobalId, GlobalId>,
    pub(crate) classes: FxHashMap<(types::ClassId, types::TyList), ClassId>,
    pub(crate) literals: FxHashMap<Vec<raya_bytecode::Member>, ClassId>,
    pub(crate) scopes: FxHashMap<TypeId, ClassId>,
    pub(crate) class_info: Vec<Option<ClassInfo>>,
    pub(crate) generic_methods: Vec<GenericMethod>,
    class_scopes: FxHashMap<types::ClassId, class_scopes::ScopeLayout>,
    depths: FxHashMap<Ty, u32>,
    /// How deep type arguments may nest here.
    max_depth: u32,
    demand: demand::Demand,
    /// Constructors of declared classes may be others when they are called.
    pub(crate) replaces_constructors: bool,
    pub(crate) overridden: FxHashMap<(types::ClassId, Name), bool>,
    instances: FxHashMap<InstanceKey, FuncId>,
    queue: Vec<Instance>,
    pub(crate) any: TypeId,
    pub(crate) null: TypeId,
    pub(crate) number: TypeId,
    pub(crate) int: TypeId,
    pub(crate) boolean: TypeId,
    pub(crate) string: TypeId,
}

/// A lowered function and where it comes from.
#[derive(Debug)]
pub struct Lowered {
    /// Its IR.
    pub func: Func,
    /// The file that positions refer to.
    pub file: FileId,
    /// Its place, for messages.
    pub span: Span,
}

impl<'a> Compiler<'a> {
    /// A session over a program.
    pub fn new(
        hir: &'a Hir,
        types: &'a mut TypeInterner,
        names: &'a Interner,
        file: String,
        max_depth: u32,
    ) -> Self {
        let mut tables = Tables::new(file);
        let any = tables.ty(TypeDesc::Any);
        let null = tables.ty(TypeDesc::Null);
        let number = tables.ty(TypeDesc::Number);
        let int = tables.ty(TypeDesc::Int);
        let boolean = tables.ty(TypeDesc::Boolean);
        let string = tables.ty(TypeDesc::String);
        let replaces_constructors = replaced::replaces_constructors(hir, types, names);
        Self {
            replaces_constructors,
            hir,
            types,
            names,
            tables,
            funcs: Vec::new(),
            failures: Vec::new(),
            type_ids: FxHashMap::default(),
            reg_types: FxHashMap::default(),
            strings: FxHashMap::default(),
            globals: FxHashMap::default(),
            classes: FxHashMap::default(),
            literals: FxHashMap::default(),
            scopes: FxHashMap::default(),
            class_info: Vec::new(),
            generic_methods: Vec::new(),
            class_scopes: FxHashMap::default(),
            depths: FxHashMap::default(),
            max_depth,
            demand: demand::Demand::default(),
            overridden: FxHashMap::default(),
            instances: FxHashMap::default(),
            queue: Vec::new(),
            any,
            null,
            number,
            int,
            boolean,
            string,
        }
    }

    /// Lowers the top level, with `exports` also the functions declared there, and
    /// everything that they reach.
    pub fn run(&mut self, exports: bool) {
        let Some(main) = self.hir.main else {
            self.failures.push(Failure::internal(
                "lowering",
                FileId::default(),
                Span::default(),
                "the program has no top level",
            ));
            return;
        };
        self.request(main, types::TyList::EMPTY, None, Form::Direct);
        let exported = if exports {
            self.request_exports(main)
        } else {
            Vec::new()
        };
        // What dynamic code may reach is known when everything else is lowered; it may
        // in turn reach more.
        while self.drain_queue() && self.materialise_demanded() {}
        self.define_library_classes();
        for id in exported {
            if let Some(Some(lowered)) = self.funcs.get_mut(id.index()) {
                lowered.func.flags.exported = true;
            }
        }
    }

    /// Requests the functions declared at the top level of the file of `main`.
    fn request_exports(&mut self, main: hir::FuncId) -> Vec<FuncId> {
        let file = self.hir.function(main).file;
        let mut exported = Vec::new();
        for (index, decl) in self.hir.functions.iter().enumerate() {
            let callable = decl.kind == hir::FuncKind::Declared && decl.body.is_some();
            let whole = decl.type_params.is_empty() && decl.captures.is_empty();
            if callable && whole && decl.parent.is_none() && decl.file == file {
                let func = hir::FuncId(index as u32);
                exported.push(self.request(func, types::TyList::EMPTY, None, Form::Direct));
            }
        }
        exported
    }

    /// Lowers what waits; false if the compilation has failed.
    fn drain_queue(&mut self) -> bool {
        while let Some(instance) = self.queue.pop() {
            let index = instance.id.index();
            if self.funcs.len() <= index {
                self.funcs.resize_with(index + 1, || None);
            }
            let lowered = self.lower_instance(&instance);
            self.funcs[index] = Some(lowered);
            if self.tables.overflow.is_some() || self.failures.len() > 20 {
                return false;
            }
        }
        true
    }

    /// Library classes have no declaration that runs: those with static members to
    /// compute are defined when the module begins.
    fn define_library_classes(&mut self) {
        let Some(Some(main)) = self.funcs.first_mut() else {
            return;
        };
        let defined = (0u32..)
            .zip(&self.tables.module.classes)
            .filter(|(_, class)| class.flags.builtin && class.static_init.is_some())
            .map(|(id, _)| Inst::new(Op::InitClass, id, 0, 0, At::default()));
        let entry = &mut main.func.blocks[0].insts;
        entry.splice(0..0, defined.collect::<Vec<_>>());
    }

    /// Adds a function that no declaration stands for.
    pub(crate) fn add_function(&mut self, func: Func) -> FuncId {
        let id = self.tables.reserve_function();
        if self.funcs.len() <= id.index() {
            self.funcs.resize_with(id.index() + 1, || None);
        }
        self.funcs[id.index()] = Some(Lowered {
            func,
            file: FileId::default(),
            span: Span::default(),
        });
        id
    }

    /// A name as a module string.
    pub fn str_name(&mut self, name: Name) -> StrId {
        if let Some(&id) = self.strings.get(&name) {
            return id;
        }
        let id = self.tables.string(self.names.text(name));
        self.strings.insert(name, id);
        id
    }

    /// A module variable.
    pub(crate) fn global(&mut self, id: hir::GlobalId) -> GlobalId {
        if let Some(&known) = self.globals.get(&id) {
            return known;
        }
        let decl = self.hir.global(id);
        let global = Global {
            name: self.str_name(decl.name),
            ty: self.reg_type(decl.ty).0,
            constant: decl.constant,
        };
        let made = self.tables.global(global);
        self.globals.insert(id, made);
        made
    }

    pub(crate) fn fail(&mut self, file: FileId, span: Span, what: impl Into<String>) {
        self.failures
            .push(Failure::internal("lowering", file, span, what));
    }
}
