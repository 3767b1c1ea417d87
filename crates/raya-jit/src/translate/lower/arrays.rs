//! Arrays: elements, lengths, appending, and the hoisted storages of loops.
//!
//! An array points to its storage, which holds the length and the elements. In a
//! loop that cannot change a storage on its expected path, the storages of invariant
//! arrays are loaded once before it ([`View`]); whatever may change one on a cold
//! path loads them again there.

use super::convert::{box_bool, box_double, box_int};
use super::lowerings;
use super::moves::immediate;
use crate::analysis::LoopId;
use crate::analysis::effects::is_opaque;
use crate::exits::record::ExitReason;
use crate::translate::emit::{Region, clif_type};
use crate::translate::frame::{LoopState, View};
use crate::translate::{Lowered, Translator};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I32, I64};
use cranelift_codegen::ir::{InstBuilder, Value};
use raya_bytecode::{Instr, Repr, TypeDesc};
use raya_runtime::helpers::HelperId as Helper;
use raya_runtime::mem::layout::{self, ElemKind};
use raya_runtime::mem::value;

lowerings! {
    NewArray |t, i| {
        let desc = super::types::descriptor(t, i.b)?;
        let n = t.get(i.c);
        let v = t.call_helper(Helper::new_array, &[desc, n]);
        t.set(i.a, v)
    };
    NewArrayCap |t, i| new_array_cap(t, i)?;
    ArrayLen |t, i| {
        let v = t.array_len(i.b);
        t.set(i.a, v)
    };
    ArrayGetF64 |t, i| read(t, i, ElemKind::F64);
    ArrayGetI32 |t, i| read(t, i, ElemKind::I32);
    ArrayGetBool |t, i| read(t, i, ElemKind::Bool);
    ArrayGetW |t, i| read(t, i, ElemKind::Word);
    ArraySetF64 |t, i| write(t, i, ElemKind::F64);
    ArraySetI32 |t, i| write(t, i, ElemKind::I32);
    ArraySetBool |t, i| write(t, i, ElemKind::Bool);
    ArraySetW |t, i| write(t, i, ElemKind::Word);
    ArrayPush |t, i| push(t, i);
    ArrayPop |t, i| pop(t, i);
    ArraySetLen |t, i| {
        let (array, n) = (t.get(i.a), t.get(i.b));
        t.call_helper(Helper::array_set_len, &[array, n]);
        t.storages_changed()
    };
    ArrayExtend |t, i| {
        let (array, from) = (t.get(i.a), t.get(i.b));
        t.call_helper(Helper::array_extend, &[array, from])
    };
}

/// Most elements that an array has room for when it is made inline.
const MAX_INLINE_ROOM: usize = 64;

pub(super) fn repr_of(kind: ElemKind) -> Repr {
    match kind {
        ElemKind::F64 => Repr::F64,
        ElemKind::I32 => Repr::I32,
        ElemKind::Bool => Repr::Bool,
        ElemKind::Word => Repr::Word,
    }
}

fn kind_of(repr: Repr) -> ElemKind {
    match repr {
        Repr::F64 => ElemKind::F64,
        Repr::I32 => ElemKind::I32,
        Repr::Bool => ElemKind::Bool,
        Repr::Word => ElemKind::Word,
    }
}

/// An empty array with room: header and storage are taken inline, unless the runs of free
/// cells are used up or the storage is large.
fn new_array_cap(t: &mut Translator<'_>, i: Instr) -> Lowered {
    let desc = super::types::descriptor(t, i.b)?;
    let room = immediate(i.c);
    let n = t.int_const(room);
    let (slow, (done, v)) = (t.cold(), t.result_block(Repr::Word));
    match array_form(t, i.b, room as usize) {
        None => {
            t.b.ins().jump(slow, &[]);
        }
        Some((handle, kind)) => {
            let form = t.frame().snapshot.known.storages[kind as usize];
            let storage = if room == 0 {
                t.word_const(form.empty)
            } else {
                let bytes = layout::STORAGE_DATA + room as usize * kind.size();
                let storage = t.take_cell(bytes, form.header, slow);
                t.store(Region::Length, n, storage, layout::STORAGE_CAP);
                storage
            };
            let array = t.take_cell(layout::ARRAY_SIZE, u64::from(handle), slow);
            t.store(Region::Storage, storage, array, layout::ARRAY_STORAGE);
            t.b.ins().jump(done, &[array.into()]);
        }
    }
    t.aside(slow, |t| {
        let v = t.call_helper(Helper::new_array_cap, &[desc, n]);
        t.b.ins().jump(done, &[v.into()]);
    });
    t.enter(done);
    t.set(i.a, v);
    Ok(())
}

/// The type handle and element kind of arrays of a type that can be made inline with that
/// much room.
fn array_form(t: &Translator<'_>, ty: u16, room: usize) -> Option<(u32, ElemKind)> {
    let snapshot = t.frame().snapshot;
    let kind = match snapshot.module.types.get(ty as usize)? {
        TypeDesc::Array(elem) => kind_of(snapshot.module.repr(*elem)),
        _ => return None,
    };
    let handle = snapshot.descs.get(&ty)?.handle;
    let form = snapshot.known.storages[kind as usize];
    let made = room > 0 || form.empty != 0;
    let fits = room <= MAX_INLINE_ROOM;
    (handle != 0 && form.header != 0 && made && fits).then_some((handle, kind))
}

/// Address of an element less the offset of the first: inside the storage's cell.
fn element(t: &mut Translator<'_>, storage: Value, n: Value, kind: ElemKind) -> Value {
    let n = t.b.ins().uextend(I64, n);
    let shift = kind.size().trailing_zeros();
    let offset = if shift == 0 {
        n
    } else {
        t.b.ins().ishl_imm_u(n, i64::from(shift))
    };
    t.b.ins().iadd(storage, offset)
}

/// Loads an element whose index was checked.
pub(super) fn load_element(
    t: &mut Translator<'_>,
    storage: Value,
    n: Value,
    kind: ElemKind,
) -> Value {
    let at = element(t, storage, n, kind);
    let ty = clif_type(repr_of(kind));
    t.load(ty, Region::Elements(kind), at, layout::STORAGE_DATA)
}

/// Stores an element whose index was checked, with the barrier that references need.
pub(super) fn store_element(
    t: &mut Translator<'_>,
    storage: Value,
    n: Value,
    kind: ElemKind,
    v: Value,
) {
    let at = element(t, storage, n, kind);
    t.store(Region::Elements(kind), v, at, layout::STORAGE_DATA);
    if kind == ElemKind::Word {
        t.barrier(storage, at, layout::STORAGE_DATA, v);
    }
}

fn read(t: &mut Translator<'_>, i: Instr, kind: ElemKind) {
    let (array, n) = (t.get(i.b), t.get(i.c));
    let (storage, len) = t.array_view(i.b);
    if !t.facts.is_inside(n, len) {
        let inside = t.b.ins().icmp(IntCC::UnsignedLessThan, n, len);
        let helper = Helper::array_out_of_bounds;
        t.guard_or_throw(inside, ExitReason::Bounds, helper, &[array, n]);
        t.facts.add_inside(n, len);
    }
    let v = load_element(t, storage, n, kind);
    t.set(i.a, v);
}

fn write(t: &mut Translator<'_>, i: Instr, kind: ElemKind) {
    let (n, v) = (t.get(i.b), t.get(i.c));
    t.note_reference(i.c, v);
    let (storage, len) = t.array_view(i.a);
    let known = t.facts.is_inside(n, len);
    if known && !arrays_may_be_frozen(t) {
        return store_element(t, storage, n, kind, v);
    }
    let inside = if known {
        let array = t.get(i.a);
        t.is_free(array)
    } else {
        let inside = t.b.ins().icmp(IntCC::UnsignedLessThan, n, len);
        unless_frozen(t, i.a, inside)
    };
    let (store, slow, done) = (t.fresh(), t.cold(), t.fresh());
    t.b.ins().brif(inside, store, &[], slow, &[]);

    t.enter(slow);
    let before = std::mem::replace(&mut t.in_cold, true);
    let array = t.get(i.a);
    let (helper, arg) = match kind {
        ElemKind::F64 => (Helper::array_set_slow_f64, v),
        ElemKind::I32 => (Helper::array_set_slow_i32, v),
        ElemKind::Bool => (Helper::array_set_slow_bool, t.as_arg(Repr::Bool, v)),
        ElemKind::Word => (Helper::array_set_slow_word, v),
    };
    t.call_helper(helper, &[array, n, arg]);
    t.storages_changed();
    t.in_cold = before;
    t.b.ins().jump(done, &[]);

    t.enter(store);
    store_element(t, storage, n, kind, v);
    t.b.ins().jump(done, &[]);
    t.enter(done);
}

/// Appends in place while there is room.
fn push(t: &mut Translator<'_>, i: Instr) {
    let array = t.get(i.a);
    let v = t.get(i.b);
    t.note_reference(i.b, v);
    let kind = kind_of(t.repr(i.b));
    if kind == ElemKind::Word && is_any_array(t, i.a) {
        // It may store something else than words.
        t.call_helper(Helper::array_push_word, &[array, v]);
        return t.storages_changed();
    }
    let (storage, len) = t.array_view(i.a);
    let cap = t.load(I32, Region::Length, storage, layout::STORAGE_CAP);
    let room = t.b.ins().icmp(IntCC::UnsignedLessThan, len, cap);
    let room = unless_frozen(t, i.a, room);
    let (fast, slow, done) = (t.fresh(), t.cold(), t.fresh());
    t.b.ins().brif(room, fast, &[], slow, &[]);

    t.enter(fast);
    let longer = t.b.ins().iadd_imm_s(len, 1);
    t.store(Region::Length, longer, storage, layout::STORAGE_LEN);
    store_element(t, storage, len, kind, v);
    t.b.ins().jump(done, &[]);

    t.enter(slow);
    let before = std::mem::replace(&mut t.in_cold, true);
    let (helper, arg) = match kind {
        ElemKind::F64 => (Helper::array_push_f64, v),
        ElemKind::I32 => (Helper::array_push_i32, v),
        ElemKind::Bool => (Helper::array_push_bool, t.as_arg(Repr::Bool, v)),
        ElemKind::Word => (Helper::array_push_word, v),
    };
    t.call_helper(helper, &[array, arg]);
    t.in_cold = before;
    t.b.ins().jump(done, &[]);
    t.enter(done);
    t.storages_changed();
}

/// Takes the last element; an empty array gives null.
fn pop(t: &mut Translator<'_>, i: Instr) {
    let array = t.get(i.b);
    let Some(kind) = element_kind(t, i.b).filter(|_| !arrays_may_be_frozen(t)) else {
        let v = t.call_helper(Helper::array_pop, &[array]);
        t.storages_changed();
        return t.set(i.a, v);
    };
    let (storage, len) = t.array_view(i.b);
    let (fast, empty, done) = (t.fresh(), t.fresh(), t.fresh());
    let result = t.b.append_block_param(done, I64);
    t.b.ins().brif(len, fast, &[], empty, &[]);

    t.enter(empty);
    let null = t.word_const(value::NULL);
    t.b.ins().jump(done, &[null.into()]);

    t.enter(fast);
    let last = t.b.ins().iadd_imm_s(len, -1);
    let v = load_element(t, storage, last, kind);
    t.store(Region::Length, last, storage, layout::STORAGE_LEN);
    // Elements behind the length are zero.
    let at = element(t, storage, last, kind);
    let nothing = t.zero(clif_type(repr_of(kind)));
    let region = Region::Elements(kind);
    t.store(region, nothing, at, layout::STORAGE_DATA);
    let w = match kind {
        ElemKind::F64 => box_double(t, v),
        ElemKind::I32 => box_int(t, v),
        ElemKind::Bool => box_bool(t, v),
        ElemKind::Word => v,
    };
    t.b.ins().jump(done, &[w.into()]);
    t.enter(done);
    t.storages_changed();
    t.set(i.a, result);
}

/// How a register's array keeps its elements, where its declared type tells.
fn element_kind(t: &Translator<'_>, r: u16) -> Option<ElemKind> {
    let snapshot = t.frame().snapshot;
    let ty = snapshot.func().regs[r as usize];
    match &snapshot.module.types[ty.index()] {
        TypeDesc::Array(_) if is_any_array(t, r) => None,
        TypeDesc::Array(elem) => Some(kind_of(snapshot.module.repr(*elem))),
        _ => None,
    }
}

/// Whether a register's array may store elements in any representation.
fn is_any_array(t: &Translator<'_>, r: u16) -> bool {
    let snapshot = t.frame().snapshot;
    let types = &snapshot.module.types;
    match types[snapshot.func().regs[r as usize].index()] {
        TypeDesc::Array(elem) => types[elem.index()] == TypeDesc::Any,
        _ => false,
    }
}

/// Whether stores must look at the array first: else the code relies on no array being frozen.
fn arrays_may_be_frozen(t: &Translator<'_>) -> bool {
    t.frame().snapshot.frozen_arrays
}

/// `cond`, and the array in a register is not frozen.
fn unless_frozen(t: &mut Translator<'_>, r: u16, cond: Value) -> Value {
    if !arrays_may_be_frozen(t) {
        return cond;
    }
    let array = t.get(r);
    let free = t.is_free(array);
    t.b.ins().band(cond, free)
}

/// The array registers whose storage an instruction uses.
fn array_operand(ins: Instr) -> Option<u16> {
    use raya_bytecode::Op::*;
    match ins.op {
        ArrayGetF64 | ArrayGetI32 | ArrayGetBool | ArrayGetW | ArrayLen | JumpArrayEnd
        | LoopIncArray => Some(ins.b),
        ArraySetF64 | ArraySetI32 | ArraySetBool | ArraySetW => Some(ins.a),
        _ => None,
    }
}

impl Translator<'_> {
    /// The storage of a register's array and its length.
    pub(super) fn array_view(&mut self, r: u16) -> (Value, Value) {
        let array = self.get(r);
        if let Some(view) = self.known_view(array) {
            let storage = self.b.use_var(view.storage);
            return (storage, self.b.use_var(view.len));
        }
        self.load_view(array)
    }

    /// The length of a register's array.
    pub(super) fn array_len(&mut self, r: u16) -> Value {
        self.array_view(r).1
    }

    fn load_view(&mut self, array: Value) -> (Value, Value) {
        let storage = self.load(I64, Region::Storage, array, layout::ARRAY_STORAGE);
        let len = self.load(I32, Region::Length, storage, layout::STORAGE_LEN);
        (storage, len)
    }

    /// The view that a loop around this place keeps of an array.
    fn known_view(&self, array: Value) -> Option<View> {
        self.frames.iter().rev().find_map(|f| {
            f.active_loops().find_map(|l| {
                let state = f.loops[l.index()].as_ref()?;
                state.views.get(&array).copied()
            })
        })
    }

    /// Whether the expected path of a loop runs no other code and keeps all storages.
    pub(in crate::translate) fn is_quiet(&self, l: LoopId) -> bool {
        let frame = self.frame();
        let code = &frame.func().code;
        frame.analysis.loops[l].nodes.iter().all(|n| {
            let node = &frame.analysis.graph.nodes[n];
            (node.start..node.end).all(|pc| match frame.snapshot.inlines.get(&pc) {
                Some(inline) => inline.targets.iter().all(|t| !t.opaque),
                None => !is_opaque(code[pc as usize]),
            })
        })
    }

    /// Loads the storages of a quiet loop's invariant arrays before it.
    pub(in crate::translate) fn hoist_views(
        &mut self,
        l: LoopId,
        invariant: &[u16],
        state: &mut LoopState,
    ) {
        let frame = self.frame();
        let code = &frame.func().code;
        let nodes = frame.analysis.loops[l].nodes.iter();
        let mut arrays: Vec<u16> = nodes
            .flat_map(|n| {
                let node = &frame.analysis.graph.nodes[n];
                &code[node.start as usize..node.end as usize]
            })
            .filter_map(|ins| array_operand(*ins))
            .filter(|r| invariant.contains(r))
            .collect();
        arrays.sort_unstable();
        arrays.dedup();
        for r in arrays {
            let array = self.get(r);
            if state.views.contains_key(&array) || self.known_view(array).is_some() {
                continue;
            }
            let (storage, len) = self.load_view(array);
            let view = View {
                storage: self.b.declare_var(I64),
                len: self.b.declare_var(I32),
            };
            self.b.def_var(view.storage, storage);
            self.b.def_var(view.len, len);
            state.views.insert(array, view);
        }
    }

    /// Some array's storage may be another one now: loads the hoisted ones again.
    pub(in crate::translate) fn storages_changed(&mut self) {
        let mut views: Vec<(Value, View)> = Vec::new();
        for f in &self.frames {
            for l in f.active_loops() {
                if let Some(state) = f.loops[l.index()].as_ref() {
                    views.extend(state.views.iter().map(|(a, v)| (*a, *v)));
                }
            }
        }
        views.sort_by_key(|(array, _)| *array);
        for (array, view) in views {
            let (storage, len) = self.load_view(array);
            self.b.def_var(view.storage, storage);
            self.b.def_var(view.len, len);
        }
    }
}
