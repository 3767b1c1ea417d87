//! Linking a module: interns names, types and signatures, makes functions, classes and
//! sites.
//!
//! Order matters: types are reserved first, so that descriptors can name them; classes
//! are built when descriptors and functions exist. Strings are interned when first
//! needed, except names that linking itself needs.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicU64};

use raya_bytecode::{
    Class, ClassId, Const, ConstId, Function, Module, Op, Receiver, Repr, StrConst, StrId, TypeDesc,
};

use crate::abi::R;
use crate::ctx::Ctx;
use crate::desc::DescRef;
use crate::desc_table::TypeNames;
use crate::engine::Engine;
use crate::errors::ErrorKind;
use crate::func::{FuncBody, FuncInfo, SigInfo, boxed_form};
use crate::link::LoadedModule;
use crate::link::classes::link_classes;
use crate::link::sites::link_sites;
use crate::mem::refs::Ref;
use crate::mem::string::Units;
use crate::mem::types::ReservedType;
use crate::mem::value::Value;
use crate::type_info::TypeRef;

/// A class on its way into the engine.
pub(super) enum Planned {
    /// Known already: a built-in class that the runtime or another module made.
    Existing(TypeRef),
    /// To be built.
    New(Cell<Option<ReservedType>>, TypeRef, u8),
}

impl Planned {
    pub(super) fn type_ref(&self) -> TypeRef {
        match self {
            Planned::Existing(ty) | Planned::New(_, ty, _) => *ty,
        }
    }

    fn depth(&self) -> u8 {
        match self {
            Planned::Existing(ty) => ty.depth,
            Planned::New(_, _, depth) => *depth,
        }
    }

    fn vtable_len(&self) -> u32 {
        match self {
            Planned::Existing(ty) => ty.vtable_len,
            Planned::New(cell, ..) => {
                let place = cell.take();
                let len = place.as_ref().map_or(0, ReservedType::vtable_len);
                cell.set(place);
                len
            }
        }
    }
}

/// Everything that is known while a module is linked.
pub(super) struct Linking {
    pub id: u32,
    pub module: Arc<Module>,
    pub strings: Box<[Cell<Value>]>,
    pub planned: Vec<Planned>,
    pub descs: Box<[DescRef]>,
    pub sigs: Box<[Ref<SigInfo>]>,
    pub funcs: Box<[Ref<FuncInfo>]>,
}

struct Names<'a> {
    strings: &'a [Cell<Value>],
    planned: &'a [Planned],
}

impl TypeNames for Names<'_> {
    fn class(&self, id: ClassId) -> TypeRef {
        self.planned[id.index()].type_ref()
    }

    fn string(&self, id: StrId) -> Value {
        self.strings[id.index()].get()
    }

    fn class_place(&self, id: ClassId) -> (u32, u8) {
        let planned = &self.planned[id.index()];
        let handle = match planned {
            Planned::Existing(ty) => ty.handle,
            Planned::New(reserved, ..) => {
                let place = reserved.take();
                let handle = place.as_ref().map_or(0, ReservedType::handle);
                reserved.set(place);
                handle
            }
        };
        (handle, planned.depth())
    }
}

impl Ctx {
    /// Links a verified module. Running its top level is calling function 0.
    pub fn load(&mut self, module: Arc<Module>) -> R<Ref<LoadedModule>> {
        let engine = self.engine();
        let id = engine.modules.len() as u32;
        let strings: Box<[Cell<Value>]> = module
            .strings
            .iter()
            .map(|_| Cell::new(Value::UNSET))
            .collect();
        self.intern_names(&module, &strings)?;
        let planned = self.reserve_classes(&module)?;
        let names = Names {
            strings: &strings,
            planned: &planned,
        };
        let descs = engine.descs.intern_module(&module, &names);
        let sigs: Box<[_]> = (module.signatures.iter())
            .map(|sig| {
                let params = sig.params.iter().map(|t| descs[t.index()]).collect();
                let ret = descs[sig.ret.index()];
                engine.descs.signature(params, sig.required, sig.rest, ret)
            })
            .collect();
        let funcs: Box<[_]> = (module.functions.iter().enumerate())
            .map(|(i, f)| {
                engine
                    .funcs
                    .alloc(link_function(engine, &module, f, (id, i), &sigs))
            })
            .collect();
        let reprs: Vec<Repr> = module.globals.iter().map(|g| module.repr(g.ty)).collect();
        let Some(first_global) = engine.globals.add(reprs.into_iter()) else {
            return Err(self.range_error("too many module variables"));
        };
        let mut linking = Linking {
            id,
            module,
            strings,
            planned,
            descs,
            sigs,
            funcs,
        };
        let classes = link_classes(self, &mut linking)?;
        let sites = link_sites(self, &linking, &classes)?;
        let loaded = engine.modules.alloc(LoadedModule {
            id,
            module: linking.module,
            strings: linking.strings,
            descs: linking.descs,
            sigs: linking.sigs,
            classes,
            funcs: linking.funcs,
            first_global,
            fields: sites.fields,
            methods: sites.methods,
            props: sites.props,
        });
        for func in &loaded.funcs {
            func.owner.set(Some(loaded));
        }
        Ok(loaded)
    }

    /// Interns every string that linking looks at.
    fn intern_names(&mut self, module: &Module, strings: &[Cell<Value>]) -> R<()> {
        let mut intern = |id: StrId| -> R<()> {
            if strings[id.index()].get().is_unset() {
                let v = self.intern_const(&module.strings[id.index()])?;
                strings[id.index()].set(v);
            }
            Ok(())
        };
        for ty in &module.types {
            match ty {
                TypeDesc::LitString(s) => intern(*s)?,
                TypeDesc::Object(members) => {
                    members.iter().try_for_each(|m| intern(m.name))?;
                }
                _ => {}
            }
        }
        for class in &module.classes {
            class.fields.iter().try_for_each(|f| intern(f.name))?;
            class.statics.iter().try_for_each(|f| intern(f.name))?;
            class.methods.iter().try_for_each(|m| intern(m.name))?;
        }
        module.fields.iter().try_for_each(|f| intern(f.name))?;
        module.methods.iter().try_for_each(|m| intern(m.name))?;
        module.props.iter().try_for_each(|p| intern(p.name))
    }

    fn intern_const(&mut self, s: &StrConst) -> R<Value> {
        match s {
            StrConst::Utf8(text) => self.intern(text),
            StrConst::Utf16(units) => self.intern_units(Units::Wide(units)),
        }
    }

    /// A string of a module, interned.
    pub fn module_string(&mut self, module: &LoadedModule, id: StrId) -> R<Value> {
        let cell = &module.strings[id.index()];
        if cell.get().is_unset() {
            let v = self.intern_const(&module.module.strings[id.index()])?;
            cell.set(v);
        }
        Ok(cell.get())
    }

    /// A constant in register format.
    pub fn module_const(&mut self, module: &LoadedModule, id: ConstId) -> R<u64> {
        match module.module.consts[id.index()] {
            Const::F64(bits) => Ok(Value::number(f64::from_bits(bits)).0),
            Const::I32(n) => Ok(Value::int(n).0),
            Const::Str(s) => Ok(self.module_string(module, s)?.0),
        }
    }

    /// Finds or reserves a type for every class.
    fn reserve_classes(&mut self, module: &Module) -> R<Vec<Planned>> {
        let root = root_class(module);
        let mut planned: Vec<Option<Planned>> = Vec::new();
        planned.resize_with(module.classes.len(), || None);
        for at in bases_first(module) {
            let class = &module.classes[at];
            if class.flags.builtin
                && class.args.is_empty()
                && let Some(kind) = ErrorKind::by_name(&module.str(class.name))
                && let Some(existing) = self.engine().errors.get(kind)
            {
                planned[at] = Some(Planned::Existing(existing));
                continue;
            }
            let implied = root.filter(|&root| root != at && has_root_as_base(class));
            let bases = class.bases.iter().map(|b| b.index()).chain(implied);
            let bases = bases.filter_map(|b| planned[b].as_ref());
            let inherited: u32 = bases.clone().map(Planned::vtable_len).sum();
            let depth = bases.map(Planned::depth).next().unwrap_or(0);
            let room = inherited + class.methods.len() as u32;
            let Some(place) = self.engine().types.reserve(room) else {
                return Err(self.range_error("too many classes"));
            };
            let ty = place.type_ref();
            let place = Cell::new(Some(place));
            planned[at] = Some(Planned::New(place, ty, depth.saturating_add(1)));
        }
        Ok(planned.into_iter().flatten().collect())
    }
}

/// The module's declaration of `Object`, which is the base of classes that name none.
pub(super) fn root_class(module: &Module) -> Option<usize> {
    let is_root =
        |c: &Class| c.flags.builtin && c.bases.is_empty() && module.str(c.name) == "Object";
    module.classes.iter().position(is_root)
}

/// Whether `Object` is the base of a class that is not `Object` itself.
pub(super) fn has_root_as_base(class: &Class) -> bool {
    class.bases.is_empty() && !class.flags.is_scope && !class.flags.is_literal
}

/// The indices of all classes, each after its bases.
pub(super) fn bases_first(module: &Module) -> impl Iterator<Item = usize> {
    let root = root_class(module);
    let others = (0..module.classes.len()).filter(move |&at| Some(at) != root);
    root.into_iter().chain(others)
}

fn link_function(
    engine: &Engine,
    module: &Module,
    f: &Function,
    (id, index): (u32, usize),
    sigs: &[Ref<SigInfo>],
) -> FuncInfo {
    let sig = sigs[f.sig.index()];
    let hidden = match f.receiver {
        Receiver::None => 0,
        Receiver::Closure | Receiver::This => 1,
        Receiver::ClosureThis => 2,
    };
    let ncaches = f.code.iter().filter(|i| i.op.has_cache()).count();
    let gives_word = f.code.iter().all(|i| i.op != Op::Ret);
    FuncInfo {
        code: AtomicPtr::default(),
        cell: AtomicPtr::default(),
        frame_entry: AtomicPtr::default(),
        hotness: AtomicI32::new(0),
        nregs: f.regs.len() as u32,
        nparams: sig.params.len() as u16,
        hidden,
        boxed: match sig.is_boxed() {
            true => boxed_form(f.receiver, sig.params.len()),
            false => 0,
        },
        id: engine.funcs.len() as u32,
        sig: sig.id,
        module: id,
        index: index as u32,
        weight: f.weight.into(),
        caches: AtomicPtr::default(),
        captures: f.captures.iter().map(|&t| module.repr(t)).collect(),
        receiver: f.receiver,
        any_entry: sig.any_entry(gives_word),
        body: FuncBody::Bytecode,
        object: AtomicU64::new(0),
        sig_info: sig,
        flags: f.flags,
        name: module.str(f.name).into_owned().into(),
        owner: Cell::new(None),
        ncaches: Cell::new(ncaches as u32),
    }
}
