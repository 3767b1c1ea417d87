//! Taking a snapshot: every operand of a function's code is resolved once.

use super::plan::Speculation;
use super::{
    Assumed, ClassFact, DescFact, FieldFact, FuncFact, Interface, KnownTypes, MethodFact, PropFact,
    SigFact, Snapshot, any_calls,
};
use raya_bytecode::{
    ClassId, ConstId, FieldId, FuncId, Instr, MethodId, Module, Op, OperandKind, PropId, Repr,
    SigId, StrId, TypeId,
};
use raya_runtime::abi::R;
use raya_runtime::assumptions::{Assumption, Assumptions};
use raya_runtime::caches::WAYS;
use raya_runtime::ctx::Ctx;
use raya_runtime::desc::{DescKind, DescRef, DescShape};
use raya_runtime::func::{FuncInfo, SigInfo};
use raya_runtime::link::{LoadedModule, MethodSite, NO_INDEX};
use raya_runtime::mem::refs::Ref;
use raya_runtime::type_info::{TypeInfo, TypeRef, type_flags};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::atomic::Ordering;

/// What taking a snapshot needs of the engine.
#[derive(Clone, Copy, Debug)]
pub struct LinkHooks {
    /// Makes a function ready to be interpreted, so that its inline-cache cells exist.
    pub translate: fn(&mut Ctx, Ref<FuncInfo>),
}

/// Takes the snapshot of one function; `None` when it has no bytecode.
pub fn take_one(
    ctx: &mut Ctx,
    hooks: &LinkHooks,
    func: Ref<FuncInfo>,
    speculation: Speculation,
) -> Option<Snapshot> {
    let owner = func.owner.get()?;
    (hooks.translate)(ctx, func);
    let module = owner.module.clone();
    let function = module.functions.get(func.index as usize)?;
    let cache_pcs: Vec<u32> = (0..)
        .zip(&function.code)
        .filter(|(_, i)| i.op.has_cache())
        .map(|(pc, _)| pc)
        .collect();
    let caches = func.caches.load(Ordering::Acquire);
    let mut snapshot = Snapshot {
        index: FuncId(func.index as u16),
        info: func.addr(),
        interface: Interface::of(&module, function),
        name: func.name.clone(),
        first_global: owner.first_global,
        consts: FxHashMap::default(),
        names: FxHashMap::default(),
        funcs: FxHashMap::default(),
        fields: FxHashMap::default(),
        classes: FxHashMap::default(),
        descs: FxHashMap::default(),
        methods: FxHashMap::default(),
        props: FxHashMap::default(),
        sigs: FxHashMap::default(),
        closures: ctx.engine().core.function.handle,
        unit_strings: ctx.engine().unit_strings(),
        any_methods: FxHashMap::default(),
        pushes: FxHashSet::default(),
        attr_calls: FxHashMap::default(),
        constructions: FxHashMap::default(),
        not_implemented: not_implemented(ctx)?,
        method_memo: ctx.engine().method_memo(),
        site_memo: ctx.engine().site_memo(),
        known: KnownTypes {
            any_array: ctx.engine().descs.any_array.handle.get(),
            string: ctx.engine().core.string.handle,
            iterator: ctx.engine().core.iterator.handle,
            bound_method: ctx.engine().core.bound_method.handle,
            storages: ctx.engine().storage_forms(),
        },
        inlines: FxHashMap::default(),
        opaque: false,
        frozen_arrays: false,
        assumed: FxHashSet::default(),
        caches: caches as usize,
        feedback: cells(caches, cache_pcs.len()),
        cache_pcs,
        module: module.clone(),
    };
    let mut trust = Trust {
        assumptions: &ctx.engine().assumptions.clone(),
        speculation,
        assumed: FxHashSet::default(),
    };
    snapshot.frozen_arrays = function.code.iter().any(|i| changes_array(i.op))
        && !trust.holds(Assumption::NotFrozen(ctx.engine().core.array));
    for &ins in &function.code {
        if resolve(ctx, owner, ins, &mut trust, &mut snapshot).is_err() {
            ctx.take_pending();
            return None;
        }
    }
    snapshot.assumed = trust.assumed;
    any_calls::resolve(ctx, &mut snapshot);
    Some(snapshot)
}

/// The word of `NotImplemented`, of which there is one from now on.
fn not_implemented(ctx: &mut Ctx) -> Option<u64> {
    match ctx.not_implemented() {
        Ok(v) => Some(v.0),
        Err(_) => {
            ctx.take_pending();
            None
        }
    }
}

/// The words of a function's inline-cache cells.
fn cells(first: *const u64, count: usize) -> Vec<[u64; WAYS]> {
    if first.is_null() {
        return Vec::new();
    }
    (0..count)
        // SAFETY: a function that was translated has a cell of that many words for each
        // instruction that owns one; they live as long as the engine.
        .map(|i| unsafe { first.add(i * WAYS).cast::<[u64; WAYS]>().read() })
        .collect()
}

/// Resolves the operands of an instruction. Interning a string may run out of memory.
fn resolve(
    ctx: &mut Ctx,
    owner: Ref<LoadedModule>,
    ins: Instr,
    trust: &mut Trust<'_>,
    out: &mut Snapshot,
) -> R<()> {
    for (kind, n) in ins.op.operands().into_iter().zip(ins.operands()) {
        match kind {
            OperandKind::KW => {
                let word = ctx.module_const(&owner, ConstId(n))?;
                out.consts.insert(n, word);
            }
            OperandKind::Name => {
                let name = ctx.module_string(&owner, StrId(n))?;
                out.names.insert(n, name.0);
            }
            OperandKind::Func => {
                let fact = func_fact(&owner.module, owner.func(FuncId(n)), n);
                out.funcs.insert(n, fact);
            }
            OperandKind::Class => {
                let class = owner.class(ClassId(n));
                out.classes.insert(n, class_fact(class));
            }
            OperandKind::Field => {
                let site = owner.field(FieldId(n));
                let stores = matches!(ins.op, Op::SetField | Op::WriteField) && site.freezable;
                let direct = !matches!(ins.op, Op::ReadField | Op::WriteField);
                let plain = direct || trust.holds(Assumption::Plain(site.class));
                let fact = FieldFact {
                    site: site.addr(),
                    offset: site.offset,
                    repr: site.repr,
                    optional: site.optional,
                    may_be_frozen: stores && !trust.holds(Assumption::NotFrozen(site.class)),
                    asks: (!plain).then(|| site.class.flags.as_ptr().addr()),
                    static_slot: site.statics.map(|s| s.slot),
                };
                // One field may be read here and stored there.
                let known = out.fields.entry(n).or_insert(fact);
                known.may_be_frozen |= fact.may_be_frozen;
                known.asks = known.asks.or(fact.asks);
            }
            OperandKind::Type => {
                let fact = desc_fact(ctx, owner.desc(TypeId(n)));
                out.descs.insert(n, fact);
            }
            OperandKind::Method => {
                let fact = method_fact(&owner.method(MethodId(n)), trust);
                out.methods.insert(n, fact);
            }
            OperandKind::Prop => {
                let site = owner.prop(PropId(n));
                let fact = PropFact {
                    site: site.addr(),
                    repr: site.repr,
                    call: site.sig.map(|sig| receiver_interface(&sig)),
                };
                out.props.insert(n, fact);
            }
            OperandKind::Sig => {
                let sig = owner.sig(SigId(n));
                let fact = SigFact {
                    info: sig.addr(),
                    id: sig.id,
                    interface: receiver_interface(&sig),
                };
                out.sigs.insert(n, fact);
            }
            _ => {}
        }
    }
    Ok(())
}

/// What tells members of a type apart. A union with null is told by its other member.
fn desc_fact(ctx: &Ctx, desc: DescRef) -> DescFact {
    let mut told = desc;
    if let DescShape::Union(types) = desc.shape() {
        let mut others = types.iter().filter(|t| t.kind != DescKind::Null);
        if let (Some(&only), None) = (others.next(), others.next()) {
            told = only;
        }
    }
    DescFact {
        desc: desc.addr(),
        handle: match told.kind {
            DescKind::String => ctx.engine().core.string.handle,
            _ => told.handle.get(),
        },
        class_depth: (told.kind == DescKind::Class).then_some(told.depth),
        immediates: desc.immediates.get(),
    }
}

pub(super) fn class_fact(class: TypeRef) -> ClassFact {
    ClassFact {
        info: class.addr(),
        handle: class.handle,
        size: class.size,
        plain: !class.has(type_flags::ABSTRACT),
    }
}

/// The interface of a function with one hidden argument.
pub(super) fn receiver_interface(sig: &SigInfo) -> Interface {
    let params = std::iter::once(Repr::Word).chain(sig.params.iter().map(|p| p.repr));
    Interface {
        params: params.collect(),
        ret: sig.ret.repr,
    }
}

/// What the code may leave out checks for.
struct Trust<'a> {
    assumptions: &'a Assumptions,
    speculation: Speculation,
    assumed: FxHashSet<Assumed>,
}

impl Trust<'_> {
    /// Whether an assumption holds; the code relies on it from now on.
    fn holds(&mut self, assumption: Assumption) -> bool {
        let holds = self.speculation == Speculation::Free && self.assumptions.holds(assumption);
        if holds {
            self.assumed.insert(assumption.into());
        }
        holds
    }
}

/// Whether an instruction stores into an array or changes its length in place.
fn changes_array(op: Op) -> bool {
    use Op::*;
    matches!(
        op,
        ArraySetF64 | ArraySetI32 | ArraySetBool | ArraySetW | ArrayPush | ArrayPop
    )
}

/// The function that all calls of a method reach, as long as nobody overrides or patches it.
fn only_function(site: &MethodSite, trust: &mut Trust<'_>) -> Option<Ref<FuncInfo>> {
    let func = match site.func.get() {
        Some(func) => func,
        None if site.index == NO_INDEX => return None,
        None => site.class.vtable_entry(site.index)?,
    };
    let assumption = Assumption::NotOverridden(site.class, site.name);
    trust.holds(assumption).then_some(func)
}

fn method_fact(site: &MethodSite, trust: &mut Trust<'_>) -> MethodFact {
    let interface = receiver_interface(&site.sig);
    MethodFact {
        site: &raw const *site as usize,
        index: (site.index != NO_INDEX).then_some(site.index),
        func: only_function(site, trust).map(|f| FuncFact {
            info: f.addr(),
            interface: interface.clone(),
            needs_thunk: f.cell.load(Ordering::Acquire).is_null(),
        }),
        interface,
        super_entry: site.entry(),
    }
}

/// Address of an entry of the vtable behind the type at `info`.
pub fn vtable_entry(info: usize, index: u32) -> usize {
    info + size_of::<TypeInfo>() + index as usize * size_of::<usize>()
}

fn func_fact(module: &Module, func: Ref<FuncInfo>, n: u16) -> FuncFact {
    FuncFact {
        info: func.addr(),
        interface: Interface::of(module, &module.functions[n as usize]),
        needs_thunk: func.cell.load(Ordering::Acquire).is_null(),
    }
}
