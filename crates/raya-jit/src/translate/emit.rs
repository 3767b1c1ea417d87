//! Small pieces of CLIF: memory flags and alias regions, constants, cold blocks.
//!
//! Every load and store goes through [`Region`]: one alias region per kind of
//! location, because a store without one would make Cranelift forget everything it
//! knows about memory.

use super::Translator;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{F64, I8, I32, I64};
use cranelift_codegen::ir::{
    AbiParam, AliasRegionData, Block, InstBuilder, MemFlagsData, SigRef, Signature, Type, Value,
};
use raya_bytecode::Repr;
use raya_runtime::mem::abi::AbiKind;
use raya_runtime::mem::layout::ElemKind;

use crate::isa::CALL_CONV;

/// A class of memory locations: two different ones never overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Region {
    /// Fields of the context.
    Ctx,
    /// The exit image.
    Image,
    /// Call windows on the VM stack.
    Window,
    /// Headers, type descriptors and function records.
    Header,
    /// Entry cells of functions and other words that installation changes.
    Cell,
    /// Inline-cache cells.
    Cache,
    /// The storage pointer of arrays.
    Storage,
    /// Lengths of array storages.
    Length,
    /// Elements of one kind.
    Elements(ElemKind),
    /// The field at this offset, of any class.
    Field(u32),
    /// Captures of closures.
    Capture,
    /// A module variable or static field.
    Global(u32),
    /// Strings: lengths and addresses of characters.
    Text,
    /// Characters, which never change.
    Characters,
    /// Allocation cursors and fresh cells' headers.
    Heap,
    /// The collector's side tables.
    Barrier,
    /// Slots of expando objects.
    Expando,
    /// Words of an iterator.
    Iterator,
}

impl Region {
    fn number(self) -> u32 {
        match self {
            Region::Ctx => 0,
            Region::Image => 1,
            Region::Window => 2,
            Region::Header => 3,
            Region::Cell => 4,
            Region::Cache => 5,
            Region::Storage => 6,
            Region::Length => 7,
            Region::Elements(kind) => 8 + kind as u32,
            Region::Capture => 12,
            Region::Text => 13,
            Region::Heap => 14,
            Region::Barrier => 15,
            Region::Characters => 16,
            Region::Expando => 17,
            Region::Iterator => 18,
            Region::Field(offset) => 1 << 28 | offset,
            Region::Global(index) => 2 << 28 | index,
        }
    }

    fn describe(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

/// The CLIF type of a register.
pub fn clif_type(repr: Repr) -> Type {
    match repr {
        Repr::F64 => F64,
        Repr::I32 => I32,
        Repr::Bool => I8,
        Repr::Word => I64,
    }
}

/// The CLIF type in which a value of `repr` is an argument or a result.
pub fn arg_type(repr: Repr) -> Type {
    match repr {
        Repr::Bool => I32,
        other => clif_type(other),
    }
}

fn abi_type(kind: AbiKind) -> Type {
    match kind {
        AbiKind::F64 => F64,
        AbiKind::I32 | AbiKind::Bool => I32,
        AbiKind::Word | AbiKind::Ptr => I64,
    }
}

/// A signature in the engine's convention, the context first.
pub fn signature(params: impl IntoIterator<Item = Type>, ret: Option<Type>) -> Signature {
    let mut sig = Signature::new(CALL_CONV);
    sig.params.push(AbiParam::new(I64));
    sig.params.extend(params.into_iter().map(AbiParam::new));
    sig.returns.extend(ret.map(AbiParam::new));
    sig
}

/// The signature of a helper with these kinds.
pub fn helper_signature(params: &[AbiKind], ret: AbiKind) -> Signature {
    signature(params.iter().copied().map(abi_type), Some(abi_type(ret)))
}

impl Translator<'_> {
    /// Flags of an access that cannot fault and touches only `region`.
    pub(super) fn flags(&mut self, region: Region) -> MemFlagsData {
        let regions = &mut self.b.func.dfg.alias_regions;
        let id = *self.regions.entry(region).or_insert_with(|| {
            regions.insert(AliasRegionData {
                user_id: region.number(),
                description: region.describe().into(),
            })
        });
        MemFlagsData::trusted().with_alias_region(Some(id))
    }

    /// Loads from `base + offset`.
    pub(super) fn load(&mut self, ty: Type, region: Region, base: Value, offset: usize) -> Value {
        let flags = self.flags(region);
        self.b.ins().load(ty, flags, base, offset as i32)
    }

    /// Loads what never changes while `base` is alive: may move anywhere below the
    /// definition of `base`, so `base` must be a valid object wherever it is defined.
    pub(super) fn load_fixed(&mut self, ty: Type, base: Value, offset: usize) -> Value {
        let flags = self.flags(Region::Header).with_readonly().with_can_move();
        self.b.ins().load(ty, flags, base, offset as i32)
    }

    /// Loads what is the same for the whole life of the object at `base`.
    pub(super) fn load_constant(
        &mut self,
        ty: Type,
        region: Region,
        base: Value,
        offset: usize,
    ) -> Value {
        let flags = self.flags(region).with_readonly();
        self.b.ins().load(ty, flags, base, offset as i32)
    }

    /// Stores to `base + offset`.
    pub(super) fn store(&mut self, region: Region, value: Value, base: Value, offset: usize) {
        let flags = self.flags(region);
        self.b.ins().store(flags, value, base, offset as i32);
    }

    /// A 64-bit constant.
    pub(super) fn word_const(&mut self, bits: u64) -> Value {
        self.b.ins().iconst(I64, bits as i64)
    }

    /// An address as a constant.
    pub(super) fn address(&mut self, addr: usize) -> Value {
        self.word_const(addr as u64)
    }

    /// A 32-bit constant.
    pub(super) fn int_const(&mut self, n: i32) -> Value {
        self.b.ins().iconst(I32, i64::from(n as u32))
    }

    /// A double constant.
    pub(super) fn double_const(&mut self, x: f64) -> Value {
        self.b.ins().f64const(x)
    }

    /// Zero of a type.
    pub(super) fn zero(&mut self, ty: Type) -> Value {
        if ty == F64 {
            self.double_const(0.0)
        } else {
            self.b.ins().iconst(ty, 0)
        }
    }

    /// A new block that is expected to run.
    pub(super) fn fresh(&mut self) -> Block {
        self.b.create_block()
    }

    /// A new block that is expected not to run.
    pub(super) fn cold(&mut self) -> Block {
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        block
    }

    /// Fills a cold block, which `emit` ends.
    pub(super) fn aside<R>(&mut self, block: Block, emit: impl FnOnce(&mut Self) -> R) -> R {
        self.enter(block);
        let before = std::mem::replace(&mut self.in_cold, true);
        let result = emit(self);
        self.in_cold = before;
        result
    }

    /// Continues in a block whose predecessors are all known.
    pub(super) fn enter(&mut self, block: Block) {
        self.b.switch_to_block(block);
        self.b.seal_block(block);
    }

    /// Branches on `cond` and goes on in a fresh block where it holds; where it does
    /// not, control is in `otherwise`.
    pub(super) fn require(&mut self, cond: Value, otherwise: Block) {
        let ok = self.fresh();
        self.b.ins().brif(cond, ok, &[], otherwise, &[]);
        self.enter(ok);
    }

    /// Imports a signature; equal ones are shared.
    pub(super) fn import_signature(&mut self, sig: Signature) -> SigRef {
        if let Some(known) = self.signatures.get(&sig) {
            return *known;
        }
        let id = self.b.import_signature(sig.clone());
        self.signatures.insert(sig, id);
        id
    }

    /// A boolean register from an argument or result of 32 bits.
    pub(super) fn bool_from_arg(&mut self, v: Value) -> Value {
        self.b.ins().ireduce(I8, v)
    }

    /// The form in which a register's value is an argument.
    pub(super) fn as_arg(&mut self, repr: Repr, v: Value) -> Value {
        match repr {
            Repr::Bool => self.b.ins().uextend(I32, v),
            _ => v,
        }
    }

    /// The register's value of an argument or result.
    pub(super) fn arg_value(&mut self, repr: Repr, v: Value) -> Value {
        match repr {
            Repr::Bool => self.bool_from_arg(v),
            _ => v,
        }
    }

    /// 64 bits in register format of a value.
    pub(super) fn as_slot(&mut self, repr: Repr, v: Value) -> Value {
        match repr {
            Repr::F64 => self.b.ins().bitcast(I64, MemFlagsData::new(), v),
            Repr::I32 | Repr::Bool => self.b.ins().uextend(I64, v),
            Repr::Word => v,
        }
    }

    /// A value from 64 bits in register format.
    pub(super) fn slot_value(&mut self, repr: Repr, bits: Value) -> Value {
        match repr {
            Repr::F64 => self.b.ins().bitcast(F64, MemFlagsData::new(), bits),
            Repr::I32 => self.b.ins().ireduce(I32, bits),
            Repr::Bool => self.b.ins().ireduce(I8, bits),
            Repr::Word => bits,
        }
    }

    /// Whether a comparison with an immediate holds.
    pub(super) fn compare_imm(&mut self, cc: IntCC, v: Value, imm: i64) -> Value {
        self.b.ins().icmp_imm_s(cc, v, imm)
    }
}

/// The signature of a typed entry.
pub fn interface_signature(interface: &crate::snapshot::Interface) -> Signature {
    signature(
        interface.params.iter().copied().map(arg_type),
        Some(arg_type(interface.ret)),
    )
}
