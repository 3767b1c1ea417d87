//! What sites on `any` have called: methods, special methods and constructors that their cells
//! name, as far as compiled code can enter them.

use super::take::{class_fact, receiver_interface};
use super::{
    AnyMethodFact, AttrCallFact, CellWord, ConstructionFact, FuncFact, ParamFact, Snapshot,
};
use raya_bytecode::{Instr, Op, Receiver, Repr};
use raya_runtime::attr_calls::{Access, Through};
use raya_runtime::caches::Place;
use raya_runtime::ctx::Ctx;
use raya_runtime::desc::{DescKind, DescRef};
use raya_runtime::func::{FuncInfo, SigInfo};
use raya_runtime::mem::refs::Ref;
use raya_runtime::slot_calls::SlotCall;
use raya_runtime::type_info::TypeInfo;
use std::sync::atomic::Ordering;

/// Resolves what the cells of calls and operators on `any` name.
pub(super) fn resolve(ctx: &mut Ctx, snapshot: &mut Snapshot) {
    let module = snapshot.module.clone();
    let code = &module.functions[snapshot.index.index()].code;
    for (pc, &ins) in (0..).zip(code).filter(|(_, i)| i.op.has_cache()) {
        let words = snapshot.said(pc);
        if matches!(ins.op, Op::GetAttr | Op::SetAttr) {
            for said in words {
                if let Place::Call(number) = Place::decode(said.payload())
                    && let Some(fact) = attr_call(ctx, number, said)
                {
                    snapshot.attr_calls.insert(number, fact);
                }
            }
            continue;
        }
        if matches!(ins.op, Op::NewAny | Op::CallAny) {
            let facts = words.filter_map(|said| construction(ctx, ins, said));
            let facts: Vec<ConstructionFact> = facts.collect();
            snapshot.constructions.insert(pc, facts);
        }
        let words = snapshot.said(pc);
        if ins.op == Op::CallAnyMethod && pushes(ctx, snapshot, pc, ins) {
            snapshot.pushes.insert(pc);
        }
        let facts = words.filter_map(|said| fact(ctx, snapshot, ins, said));
        let facts: Vec<AnyMethodFact> = facts.collect();
        if !facts.is_empty() {
            snapshot.any_methods.insert(pc, facts);
        }
    }
}

/// Whether a call has met the `push` of `any[]`, with one element.
fn pushes(ctx: &Ctx, snapshot: &Snapshot, pc: u32, ins: Instr) -> bool {
    let is_push = |said: CellWord| {
        said.handle() == snapshot.known.any_array
            && ctx.engine().native_name(said.payload()) == Some("push")
    };
    ins.c == 1 && snapshot.said(pc).any(is_push)
}

/// How many arguments a special method gets at an instruction, beside its receiver.
fn special_arguments(ins: Instr) -> Option<usize> {
    use Op::*;
    Some(match ins.op {
        UnaryAny => 0,
        SetItem => 2,
        CallAny => ins.b.into(),
        GetItem | Contains | BinaryAny | AddAny | SubAny | MulAny | DivAny | ModAny | LtAny
        | LeAny | GtAny | GeAny | EqAny | NeAny => 1,
        _ => return None,
    })
}

fn fact(ctx: &Ctx, snapshot: &Snapshot, ins: Instr, said: CellWord) -> Option<AnyMethodFact> {
    let func = |id: u32| ctx.engine().funcs.get(id as usize);
    match ins.op {
        Op::CallAnyMethod => method(func(said.payload())?, ins.c.into(), said),
        Op::CallProp => member_call(snapshot, ins, said, func(said.payload())?),
        _ => {
            let n = special_arguments(ins)?;
            let call = SlotCall::decode(said.payload())?;
            let fact = method(func(call.func)?, n, said)?;
            Some(AnyMethodFact {
                special: Some(call.side),
                ..fact
            })
        }
    }
}

/// Whether a word takes one look to become an argument of this type.
fn is_easy(param: &DescRef) -> bool {
    param.repr == Repr::Word || param.kind == DescKind::Number
}

fn params(sig: &SigInfo) -> Vec<ParamFact> {
    let fact = |p: &DescRef| ParamFact {
        desc: p.addr(),
        kind: p.kind,
    };
    sig.params.iter().map(fact).collect()
}

/// Whether a method can be entered like a known function: it takes the `n` arguments that the
/// site passes, each in a representation that takes one look to convert to.
pub(super) fn is_direct(func: &FuncInfo, n: usize) -> bool {
    let sig = &func.sig_info;
    func.receiver == Receiver::This
        && sig.params.len() == n
        && !sig.rest
        && sig.params.iter().all(is_easy)
}

/// The method that a call with `n` arguments reached.
fn method(func: Ref<FuncInfo>, n: usize, said: CellWord) -> Option<AnyMethodFact> {
    is_direct(&func, n).then(|| AnyMethodFact {
        said,
        func: method_record(func),
        params: params(&func.sig_info),
        special: None,
        void: func.sig_info.ret.kind == DescKind::Null,
    })
}

/// The method that a call of a structural member reached: the runtime only puts those into
/// the site's cell that take and give what the site does.
fn member_call(
    snapshot: &Snapshot,
    ins: Instr,
    said: CellWord,
    func: Ref<FuncInfo>,
) -> Option<AnyMethodFact> {
    let callee = method_record(func);
    let site = snapshot.props.get(&ins.b)?.call.as_ref()?;
    let as_it_is = |p: &DescRef| ParamFact {
        desc: p.addr(),
        kind: DescKind::Any,
    };
    (*site == callee.interface).then(|| AnyMethodFact {
        said,
        func: callee,
        params: func.sig_info.params.iter().map(as_it_is).collect(),
        special: None,
        void: false,
    })
}

/// What an access to an attribute calls, where compiled code can do so.
fn attr_call(ctx: &Ctx, number: u32, said: CellWord) -> Option<AttrCallFact> {
    let record = ctx.engine().attr_call(number)?;
    let of_descriptor = match record.through {
        Through::Bind => return None,
        Through::Accessor | Through::Length => 0,
        Through::Hook(_) | Through::Descriptor(_) | Through::Static { .. } => 1,
    };
    // A descriptor that is read gets object and class.
    let n = of_descriptor
        + match (record.access, record.through) {
            (Access::Read, Through::Accessor | Through::Hook(_) | Through::Length) => 0,
            _ => 1,
        };
    Some(AttrCallFact {
        valid: (&raw const record.valid).addr(),
        through: record.through,
        instance_first: record.instance_first,
        class: record.class.0,
        method: method(record.func, n, said)?,
    })
}

/// The class of a construction, if its instances may be made here.
fn construction(ctx: &Ctx, ins: Instr, said: CellWord) -> Option<ConstructionFact> {
    // A special method's payload is no function's id.
    let func = ctx.engine().funcs.get(said.payload() as usize)?;
    let info = ctx.types as usize + said.handle() as usize;
    // SAFETY: the handle in a cell is that of a type, which lives as long as its engine.
    let class: Ref<TypeInfo> = unsafe { Ref::from_ptr(info as *const TypeInfo) };
    let object = class.class_object.get();
    let known = object != 0 && class.plain_constructor() == Some(func);
    (known && is_direct(&func, ins.b.into())).then(|| ConstructionFact {
        said,
        object,
        class: class_fact(class),
        func: method_record(func),
        params: params(&func.sig_info),
    })
}

/// A method as what a call enters.
pub(super) fn method_record(func: Ref<FuncInfo>) -> FuncFact {
    FuncFact {
        info: func.addr(),
        interface: receiver_interface(&func.sig_info),
        needs_thunk: func.cell.load(Ordering::Acquire).is_null(),
    }
}
