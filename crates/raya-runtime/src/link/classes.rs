//! Building a module's classes.

use raya_bytecode::{Class, ClassFlags, ClassId, StrId};

use crate::abi::R;
use crate::class_builder::{ClassPlan, FieldPlan, MethodPlan};
use crate::ctx::Ctx;
use crate::errors::ErrorKind;
use crate::link::load::{Linking, Planned, bases_first, has_root_as_base, root_class};
use crate::mem::refs::Ref;
use crate::mem::value::Value;
use crate::type_info::{Attr, StaticField, TypeKind, TypeRef, type_flags};

/// Builds every class of the module, bases before heirs.
pub(super) fn link_classes(ctx: &mut Ctx, linking: &mut Linking) -> R<Box<[TypeRef]>> {
    let module = linking.module.clone();
    let root = root_class(&module).map(|at| linking.planned[at].type_ref());
    for i in bases_first(&module) {
        let class = &module.classes[i];
        let Planned::New(cell, this, _) = &linking.planned[i] else {
            continue;
        };
        let reserved = cell.take();
        debug_assert!(reserved.is_some());
        let mut plan = plan_class(linking, class, root.filter(|r| r != this));
        if class.flags.builtin && module.str(class.name) == ErrorKind::Error.name() {
            plan.fields.push(ctx.trace_field()?);
        }
        plan.reserved = reserved;
        plan.source = Some((linking.id, ClassId(i as u16)));
        let ty = ctx.build_class(plan)?;
        let origin = linking.planned[class.origin.index()].type_ref();
        ty.meta.origin.set(Some(origin));
        if ty != origin {
            let args = class.args.iter().map(|t| linking.descs[t.index()]);
            // Types are linked once.
            let _ = ty.meta.args.set(args.collect());
        }
        ty.meta
            .static_init
            .set(class.static_init.map(|f| linking.funcs[f.index()]));
        add_statics(ctx, linking, class, ty, origin)?;
        if class.flags.builtin
            && let Some(kind) = ErrorKind::by_name(&module.str(class.name))
        {
            ty.set_flag(type_flags::ERROR);
            ctx.engine().errors.register(kind, ty);
        }
    }
    Ok(linking.planned.iter().map(Planned::type_ref).collect())
}

fn name_of(linking: &Linking, id: StrId) -> Value {
    linking.strings[id.index()].get()
}

fn plan_class(linking: &Linking, class: &Class, root: Option<TypeRef>) -> ClassPlan {
    let (kind, flags) = kind_and_flags(class.flags);
    let mut bases: Vec<TypeRef> = (class.bases.iter())
        .map(|b| linking.planned[b.index()].type_ref())
        .collect();
    if has_root_as_base(class) {
        bases.extend(root);
    }
    let primary = match bases.len() {
        0 => 0,
        n => usize::from(class.primary).min(n - 1),
    };
    ClassPlan {
        qualified: (class.qualified != class.name)
            .then(|| linking.module.str(class.qualified).into_owned().into()),
        name: linking.module.str(class.name).into_owned().into(),
        kind,
        bases,
        primary,
        fields: (class.fields.iter())
            .map(|f| FieldPlan {
                name: name_of(linking, f.name),
                desc: linking.descs[f.ty.index()],
                optional: f.optional,
                private: f.private,
            })
            .collect(),
        methods: (class.methods.iter())
            .map(|m| MethodPlan {
                name: name_of(linking, m.name),
                kind: m.kind,
                func: m.func.map(|f| linking.funcs[f.index()]),
                sig: linking.sigs[m.sig.index()],
            })
            .collect(),
        constructor: class.constructor.map(|f| linking.funcs[f.index()]),
        flags,
        ..ClassPlan::default()
    }
}

fn kind_and_flags(flags: ClassFlags) -> (TypeKind, u32) {
    let mut bits = 0;
    if flags.is_abstract {
        bits |= type_flags::ABSTRACT;
    }
    if flags.builtin {
        bits |= type_flags::BUILTIN;
    }
    if flags.displaced {
        bits |= type_flags::DISPLACED;
    }
    let kind = if flags.is_scope {
        TypeKind::Scope
    } else if flags.is_literal {
        TypeKind::Literal
    } else {
        TypeKind::Instance
    };
    if flags.builtin || kind != TypeKind::Instance {
        bits |= type_flags::INITIALISED;
    }
    (kind, bits)
}

/// Static fields: storage exists once per generic class.
fn add_statics(
    ctx: &mut Ctx,
    linking: &Linking,
    class: &Class,
    ty: TypeRef,
    origin: TypeRef,
) -> R<()> {
    for field in &class.statics {
        let name = name_of(linking, field.name);
        let shared = match origin.meta.attrs.borrow().get(name) {
            Some(Attr::Static(known)) if origin != ty => Some(known),
            _ => None,
        };
        let storage = match shared {
            Some(known) => known,
            None => new_static(ctx, linking, name, field.ty.index())?,
        };
        ty.meta.attrs.borrow_mut().set(name, Attr::Static(storage));
    }
    Ok(())
}

fn new_static(ctx: &mut Ctx, linking: &Linking, name: Value, ty: usize) -> R<Ref<StaticField>> {
    let desc = linking.descs[ty];
    let engine = ctx.engine();
    let Some(slot) = engine.globals.add([desc.repr].into_iter()) else {
        return Err(ctx.range_error("too many static fields"));
    };
    Ok(engine.statics.alloc(StaticField {
        name,
        slot,
        repr: desc.repr,
        desc,
    }))
}

impl Ctx {
    /// Runs what a class declaration does: static initialisers in order, then
    /// `__set_name__` of its attributes, then the bases' `__init_subclass__`.
    pub fn define_class(&mut self, class: TypeRef) -> R<()> {
        if class.has(type_flags::INITIALISED) {
            return Ok(());
        }
        // Static initialisers may name the class.
        class.set_flag(type_flags::INITIALISED);
        let defined = self.run_definition(class);
        if defined.is_err() {
            // The next run of the declaration starts over.
            class.clear_flag(type_flags::INITIALISED);
        }
        defined
    }

    fn run_definition(&mut self, class: TypeRef) -> R<()> {
        if let Some(init) = class.meta.static_init.get() {
            let mut registers = Vec::new();
            if init.takes_this() {
                registers.push(self.class_object(class)?.0);
            }
            self.enter(init, &registers)?;
        }
        self.fill_static_slots(class)?;
        self.set_names(class)?;
        let hook = self.intern("__init_subclass__")?;
        let inherited = class.meta.mro[1..]
            .iter()
            .any(|c| c.meta.attrs.borrow().get(hook).is_some());
        if inherited {
            let this = self.class_object(class)?;
            let f = self.super_attr(this, this, hook)?;
            let f = self.as_bound_method(f).map_or(f, |(_, func)| func);
            self.call_bound(f, this, &[], crate::calls::Surplus::Refuse)?;
        }
        Ok(())
    }

    fn set_names(&mut self, class: TypeRef) -> R<()> {
        let attrs: Vec<(Value, Attr)> = class.meta.attrs.borrow().iter().collect();
        for (name, attr) in attrs {
            let v = match attr {
                Attr::Value(v) => v,
                Attr::Static(field) => self.read_static(&field),
                _ => continue,
            };
            let slot = self.type_of(v).slot(
                raya_bytecode::Slot::set_name,
                crate::type_info::Form::Forward,
            );
            if !slot.is_absent() {
                let owner = self.class_object(class)?;
                self.call_slot(slot, &[v, owner, name])?;
            }
        }
        Ok(())
    }
}
