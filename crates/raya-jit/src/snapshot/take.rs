//! Taking a snapshot: every operand of a function's code is resolved once.

use super::{ClassFact, DescFact, FieldFact, FuncFact, Interface, Snapshot};
use raya_bytecode::{
    ClassId, Const, FieldId, FuncId, Instr, MethodId, Module, OperandKind, PropId, SigId, StrId,
    TypeId,
};
use raya_runtime::ctx::Ctx;
use raya_runtime::desc::DescKind;
use raya_runtime::func::FuncInfo;
use raya_runtime::link::LoadedModule;
use raya_runtime::mem::refs::Ref;
use raya_runtime::mem::value::Value;
use raya_runtime::type_info::type_flags;
use rustc_hash::FxHashMap;
use std::sync::atomic::Ordering;

/// What taking a snapshot needs of the engine.
#[derive(Clone, Copy, Debug)]
pub struct LinkHooks {
    /// Makes a function ready to be interpreted, so that its inline-cache cells exist.
    pub translate: fn(&mut Ctx, Ref<FuncInfo>),
    /// The interned string constant of a module; the module keeps it alive.
    pub string: fn(&mut Ctx, Ref<LoadedModule>, StrId) -> Value,
}

/// Takes the snapshot of a function; `None` when it has no bytecode.
pub fn take(ctx: &mut Ctx, hooks: &LinkHooks, func: Ref<FuncInfo>) -> Option<Snapshot> {
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
        caches: caches as usize,
        feedback: cells(caches, cache_pcs.len()),
        cache_pcs,
        module: module.clone(),
    };
    for &ins in &function.code {
        resolve(ctx, hooks, owner, ins, &mut snapshot);
    }
    Some(snapshot)
}

/// The contents of a function's inline-cache cells.
fn cells(first: *const u64, count: usize) -> Vec<u64> {
    if first.is_null() {
        return Vec::new();
    }
    (0..count)
        // SAFETY: a function that was translated has a cell for each instruction that
        // owns one; they live as long as the engine.
        .map(|i| unsafe { first.add(i).read() })
        .collect()
}

fn resolve(
    ctx: &mut Ctx,
    hooks: &LinkHooks,
    owner: Ref<LoadedModule>,
    ins: Instr,
    out: &mut Snapshot,
) {
    for (kind, n) in ins.op.operands().into_iter().zip(ins.operands()) {
        match kind {
            OperandKind::KW => {
                let value = constant(ctx, hooks, owner, n);
                out.consts.extend(value.map(|v| (n, v.0)));
            }
            OperandKind::Name => {
                let name = (hooks.string)(ctx, owner, StrId(n));
                out.names.insert(n, name.0);
            }
            OperandKind::Func => {
                let fact = func_fact(&owner.module, owner.func(FuncId(n)), n);
                out.funcs.insert(n, fact);
            }
            OperandKind::Class => {
                let class = owner.class(ClassId(n));
                let fact = ClassFact {
                    info: class.addr(),
                    handle: class.handle,
                    size: class.size,
                    plain: !class.has(type_flags::ABSTRACT),
                };
                out.classes.insert(n, fact);
            }
            OperandKind::Field => {
                let site = owner.field(FieldId(n));
                let fact = FieldFact {
                    site: site.addr(),
                    offset: site.offset,
                    repr: site.repr,
                    optional: site.optional,
                    static_slot: site.statics.map(|s| s.slot),
                };
                out.fields.insert(n, fact);
            }
            OperandKind::Type => {
                let desc = owner.desc(TypeId(n));
                let fact = DescFact {
                    desc: desc.addr(),
                    handle: desc.handle.get(),
                    class_depth: (desc.kind == DescKind::Class).then_some(desc.depth),
                    immediates: desc.immediates,
                };
                out.descs.insert(n, fact);
            }
            OperandKind::Method => {
                out.methods.insert(n, owner.method(MethodId(n)).addr());
            }
            OperandKind::Prop => {
                out.props.insert(n, owner.prop(PropId(n)).addr());
            }
            OperandKind::Sig => {
                out.sigs.insert(n, owner.sig(SigId(n)).addr());
            }
            _ => {}
        }
    }
}

fn func_fact(module: &Module, func: Ref<FuncInfo>, n: u16) -> FuncFact {
    FuncFact {
        info: func.addr(),
        interface: Interface::of(module, &module.functions[n as usize]),
        needs_thunk: func.cell.load(Ordering::Acquire).is_null(),
    }
}

fn constant(ctx: &mut Ctx, hooks: &LinkHooks, owner: Ref<LoadedModule>, n: u16) -> Option<Value> {
    Some(match owner.module.consts.get(n as usize)? {
        Const::F64(bits) => Value::number(f64::from_bits(*bits)),
        Const::I32(i) => Value::int(*i),
        Const::Str(id) => (hooks.string)(ctx, owner, *id),
    })
}
