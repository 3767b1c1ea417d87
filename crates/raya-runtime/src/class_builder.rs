//! Builds a [`TypeInfo`] from a plan: field layout, linearisation, vtable, slots.
//!
//! Serves the linker, the runtime's own classes and classes made while a program runs.
//! Knows no module. Invariant: the primary base's fields and vtable entries are a prefix
//! of the new class's; an override with another call interface gets an entry of its own
//! and a bridge in the entry that it overrides.

use std::cell::{Cell, OnceCell, RefCell};

use raya_bytecode::{ClassId, MethodKind, Repr};
use rustc_hash::FxHashMap;

use crate::abi::R;
use crate::bridges::bridge;
use crate::ctx::Ctx;
use crate::desc::{DescRef, MemberDesc};
use crate::func::{BridgeTarget, FuncInfo, SigInfo};
use crate::mem::layout::{ElemKind, OBJECT_FIELDS};
use crate::mem::refs::Ref;
use crate::mem::types::ReservedType;
use crate::mem::value::Value;
use crate::mro::linearise;
use crate::type_info::{
    Attr, AttrTable, FieldInfo, ScanKind, TypeInfo, TypeKind, TypeMeta, TypeRef, VtableKey,
    type_flags,
};

/// A field that a class declares itself.
#[derive(Clone, Copy, Debug)]
pub struct FieldPlan {
    /// Interned name.
    pub name: Value,
    /// Its type; gives the representation.
    pub desc: DescRef,
    /// May be absent.
    pub optional: bool,
    /// Invisible to `any`.
    pub private: bool,
}

/// A method or accessor that a class declares itself.
#[derive(Clone, Copy, Debug)]
pub struct MethodPlan {
    /// Interned name.
    pub name: Value,
    /// What it is.
    pub kind: MethodKind,
    /// Its code; none for an abstract one.
    pub func: Option<Ref<FuncInfo>>,
    /// Its signature.
    pub sig: Ref<SigInfo>,
}

/// Everything that a new class is made of.
#[derive(Debug)]
pub struct ClassPlan {
    /// Name without type arguments.
    pub name: Box<str>,
    /// Its name with those of what it stands in, where there is such.
    pub qualified: Option<Box<str>>,
    /// Its place, if it was reserved ahead.
    pub reserved: Option<ReservedType>,
    /// What its instances are.
    pub kind: TypeKind,
    /// Bases in order.
    pub bases: Vec<TypeRef>,
    /// Which of them is the primary one: instances begin like its instances.
    pub primary: usize,
    /// Own fields in order.
    pub fields: Vec<FieldPlan>,
    /// Own methods in order.
    pub methods: Vec<MethodPlan>,
    /// Own constructor.
    pub constructor: Option<Ref<FuncInfo>>,
    /// Fields lie and are kept as in this type; their types are the plan's.
    pub keep_reprs: Option<TypeRef>,
    /// Types of members that live in the expando.
    pub members: Box<[MemberDesc]>,
    /// [`type_flags`].
    pub flags: u32,
    /// Module and class that it comes from.
    pub source: Option<(u32, ClassId)>,
}

impl Default for ClassPlan {
    fn default() -> Self {
        ClassPlan {
            name: Box::default(),
            qualified: None,
            reserved: None,
            kind: TypeKind::Instance,
            bases: Vec::new(),
            primary: 0,
            fields: Vec::new(),
            methods: Vec::new(),
            constructor: None,
            keep_reprs: None,
            members: Box::default(),
            flags: 0,
            source: None,
        }
    }
}

/// Fields of an instance in order of offset, and where each name is.
struct Layout {
    fields: Vec<FieldInfo>,
    index: FxHashMap<Value, u32>,
}

impl Layout {
    /// Fields of the bases, then the class's own. A field that a base has too shares its
    /// slot; the heir's type holds.
    fn new(plan: &ClassPlan) -> Layout {
        let mut layout = Layout {
            fields: Vec::new(),
            index: FxHashMap::default(),
        };
        let (before, rest) = plan.bases.split_at(plan.primary);
        for base in rest[..1].iter().chain(before).chain(&rest[1..]) {
            for field in &base.meta.fields {
                layout.add(*field);
            }
        }
        for (i, field) in plan.fields.iter().enumerate() {
            let kept = plan.keep_reprs.map(|ty| ty.meta.fields[i].repr);
            layout.add(FieldInfo {
                name: field.name,
                offset: 0,
                repr: kept.unwrap_or(field.desc.repr),
                desc: field.desc,
                optional: field.optional,
                private: field.private,
            });
        }
        layout
    }

    fn add(&mut self, field: FieldInfo) {
        if let Some(&known) = self.index.get(&field.name) {
            let slot = &mut self.fields[known as usize];
            if slot.repr == field.repr {
                let offset = slot.offset;
                *slot = FieldInfo { offset, ..field };
                return;
            }
        }
        let offset = FieldInfo::offset_of(self.fields.len());
        self.index.insert(field.name, self.fields.len() as u32);
        self.fields.push(FieldInfo { offset, ..field });
    }

    fn ref_mask(&self) -> Option<u64> {
        let words = self.fields.iter().enumerate();
        words
            .filter(|(_, f)| f.repr == Repr::Word)
            .try_fold(0u64, |mask, (i, _)| (i < 64).then(|| mask | 1 << i))
    }
}

/// Vtable of a class under construction.
#[derive(Default)]
struct Vtable {
    keys: Vec<VtableKey>,
    entries: Vec<Option<Ref<FuncInfo>>>,
}

impl Ctx {
    /// Makes a class. Throws where the bases cannot be combined or memory is short.
    pub fn build_class(&mut self, mut plan: ClassPlan) -> R<TypeRef> {
        if plan.bases.is_empty() {
            plan.bases.push(self.engine().core.object);
        }
        let mro = match linearise(&plan.bases) {
            Ok(mro) => mro,
            Err(error) => return Err(self.type_error(&error.message())),
        };
        let vtable = self.plan_vtable(&plan, &mro)?;
        let reserved = match plan.reserved.take() {
            Some(reserved) => reserved,
            None => match self.engine().types.reserve(vtable.keys.len() as u32) {
                Some(reserved) => reserved,
                None => return Err(self.range_error("too many classes")),
            },
        };
        let this = reserved.type_ref();
        let info = describe(&plan, &reserved, mro, vtable.keys);
        let ty = self.engine().types.write(reserved, info, &vtable.entries);
        debug_assert_eq!(ty, this);
        for base in &plan.bases {
            base.meta.subclasses.borrow_mut().push(ty);
        }
        if plan.bases.len() > 1 {
            self.note_interpositions(ty);
        }
        for method in plan.methods.iter().filter(|m| !is_static(m.kind)) {
            self.engine().assumptions.overridden(ty, method.name);
        }
        self.fill_slots(ty, &plan.methods)?;
        self.inherited(ty);
        self.adopt_bridges(ty);
        self.note_inherited_hooks(ty);
        Ok(ty)
    }

    /// The vtable: the primary base's entries, then those of the others and its own.
    fn plan_vtable(&mut self, plan: &ClassPlan, mro: &[TypeRef]) -> R<Vtable> {
        let mut table = Vtable::default();
        let primary = plan.bases[plan.primary];
        for (i, key) in (0..).zip(&primary.meta.vtable_keys) {
            table.keys.push(*key);
            table.entries.push(primary.vtable_entry(i));
        }
        if plan.bases.len() > 1 {
            self.merge_vtables(&mut table, plan, mro);
        }
        for method in &plan.methods {
            if is_static(method.kind) {
                continue;
            }
            let key = VtableKey {
                name: method.name,
                kind: method.kind,
                sig: method.sig,
            };
            self.enter_method(&mut table, key, method.func);
        }
        Ok(table)
    }

    /// Adds the entries of the other bases; each entry leads to the method that resolution
    /// order finds first.
    fn merge_vtables(&mut self, table: &mut Vtable, plan: &ClassPlan, mro: &[TypeRef]) {
        for base in &plan.bases {
            for key in &base.meta.vtable_keys {
                let same = |k: &VtableKey| {
                    k.name == key.name && k.kind == key.kind && k.sig.same_interface(&key.sig)
                };
                if !table.keys.iter().any(same) {
                    table.keys.push(*key);
                    table.entries.push(None);
                }
            }
        }
        for (key, entry) in table.keys.iter().zip(&mut table.entries) {
            let holder = mro
                .iter()
                .find_map(|c| Some((*c, c.meta.attrs.borrow().get(key.name)?)));
            let func = match (holder, key.kind) {
                (Some((_, Attr::Method(func))), MethodKind::Method) => Some(func),
                (Some((_, Attr::Accessor { get, .. })), MethodKind::Getter) => get,
                (Some((_, Attr::Accessor { set, .. })), MethodKind::Setter) => set,
                // Patched: its class's entries lead to the attribute.
                (Some((owner, Attr::Value(_))), _) => {
                    let at = owner.meta.vtable_keys.iter().position(|k| {
                        k.name == key.name && k.kind == key.kind && k.sig.same_interface(&key.sig)
                    });
                    *entry = at.and_then(|i| owner.vtable_entry(i as u32)).or(*entry);
                    continue;
                }
                _ => *entry,
            };
            *entry = match func {
                Some(func) if !func.sig_info.same_interface(&key.sig) => {
                    Some(bridge(self.engine(), key.sig, BridgeTarget::Func(func)))
                }
                other => other,
            };
        }
    }

    /// A class with several bases may put a method of one base in front of another's: what was
    /// known about calls on those no longer holds.
    fn note_interpositions(&self, ty: TypeRef) {
        for ancestor in &ty.meta.mro[1..] {
            for key in &ancestor.meta.vtable_keys {
                let own = ty.lookup(key.name).map(|(owner, _)| owner);
                let theirs = ancestor.lookup(key.name).map(|(owner, _)| owner);
                if own != theirs {
                    self.engine().assumptions.overridden(ty, key.name);
                }
            }
        }
    }

    /// Puts a method into the entries of its name, with an entry of its own where none has its
    /// interface.
    fn enter_method(&mut self, table: &mut Vtable, key: VtableKey, func: Option<Ref<FuncInfo>>) {
        let mut has_own_interface = false;
        for (known, entry) in table.keys.iter().zip(&mut table.entries) {
            if known.name != key.name || known.kind != key.kind {
                continue;
            }
            let same = known.sig.same_interface(&key.sig);
            has_own_interface |= same;
            *entry = match func {
                Some(func) if !same => {
                    Some(bridge(self.engine(), known.sig, BridgeTarget::Func(func)))
                }
                other => other,
            };
        }
        if !has_own_interface {
            table.keys.push(key);
            table.entries.push(func);
        }
    }
}

/// Whether a member belongs to the class object.
pub(crate) fn is_static(kind: MethodKind) -> bool {
    matches!(
        kind,
        MethodKind::Static | MethodKind::StaticGetter | MethodKind::StaticSetter
    )
}

/// Class attributes from declared methods; a getter and a setter share one.
fn attributes(methods: &[MethodPlan]) -> AttrTable {
    let mut attrs = AttrTable::default();
    for method in methods {
        let Some(func) = method.func else { continue };
        let (old_get, old_set) = match attrs.get(method.name) {
            Some(Attr::Accessor { get, set, .. }) => (get, set),
            _ => (None, None),
        };
        let accessor = |get, set, is_static| Attr::Accessor {
            get,
            set,
            is_static,
        };
        let attr = match method.kind {
            MethodKind::Method => Attr::Method(func),
            MethodKind::Static => Attr::StaticMethod(func),
            MethodKind::Getter => accessor(Some(func), old_set, false),
            MethodKind::Setter => accessor(old_get, Some(func), false),
            MethodKind::StaticGetter => accessor(Some(func), old_set, true),
            MethodKind::StaticSetter => accessor(old_get, Some(func), true),
        };
        attrs.set(method.name, attr);
    }
    attrs
}

/// The finished description of a class.
fn describe(
    plan: &ClassPlan,
    reserved: &ReservedType,
    mro: Vec<TypeRef>,
    keys: Vec<VtableKey>,
) -> TypeInfo {
    let this = reserved.type_ref();
    let primary = plan.bases[plan.primary];
    let layout = Layout::new(plan);
    let mask = layout.ref_mask();
    let depth = primary.depth.saturating_add(1);
    let mut display = primary.display;
    if let Some(entry) = display.get_mut(depth as usize) {
        *entry = reserved.handle();
    }
    let attrs = attributes(&plan.methods);
    let accessors = attrs
        .iter()
        .any(|(_, attr)| matches!(attr, Attr::Accessor { .. }));
    let inherited = plan.bases.iter().fold(0, |all, base| {
        let kept = type_flags::ERROR | type_flags::ATTR_HOOKS | type_flags::HAS_DATA_DESCRIPTORS;
        all | base.flags.get() & kept
    });
    let own = if accessors {
        type_flags::HAS_DATA_DESCRIPTORS
    } else {
        0
    };
    let inherited_constructor = || mro.iter().find_map(|base| base.meta.own_constructor.get());
    let constructor = plan.constructor.or_else(inherited_constructor);
    TypeInfo {
        handle: reserved.handle(),
        size: (OBJECT_FIELDS + layout.fields.len() * 8) as u32,
        scan: if mask.is_some() {
            ScanKind::Object
        } else {
            ScanKind::WideObject
        },
        kind: plan.kind,
        elem: Cell::new(ElemKind::Word),
        depth,
        flags: Cell::new(plan.flags | inherited | own),
        ref_mask: mask.unwrap_or(0),
        display,
        version: Cell::new(0),
        vtable_len: reserved.vtable_len(),
        desc: Cell::new(None),
        slots: Cell::new(primary.slots.get()),
        class_object: Cell::new(0),
        meta: TypeMeta {
            name: plan.name.clone(),
            qualified: plan.qualified.clone(),
            bases: plan.bases.clone().into(),
            primary: Some(primary),
            mro: [this].into_iter().chain(mro).collect(),
            origin: Cell::new(None),
            args: OnceCell::new(),
            source: plan.source,
            fields: layout.fields.into(),
            field_index: layout.index,
            members: plan.members.clone(),
            attrs: RefCell::new(attrs),
            selectors: RefCell::default(),
            vtable_keys: keys.into(),
            subclasses: RefCell::default(),
            shapes: Default::default(),
            own_constructor: Cell::new(plan.constructor),
            constructor: Cell::new(constructor),
            static_init: Cell::new(None),
        },
    }
}
