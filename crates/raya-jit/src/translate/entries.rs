//! The small functions around a typed entry: the one over an interpreter frame, and
//! the thunk that stands in for a function which is not compiled.

use super::ctx;
use super::emit::{arg_type, clif_type, interface_signature, signature};
use crate::isa::CALL_CONV;
use crate::snapshot::Interface;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{F64, I8, I32, I64};
use cranelift_codegen::ir::{
    AbiParam, ExtFuncData, ExternalName, Function, InstBuilder, MemFlagsData, Signature,
    UserExternalName, UserFuncName, Value,
};
use cranelift_codegen::isa::TargetIsa;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use raya_bytecode::{FRAME_HEADER, Repr};
use raya_runtime::helpers::HelperId as Helper;

/// A site number that stands for "ask the return address instead".
pub const NO_SITE: u32 = u32::MAX;

/// `(ctx, fp)`: calls the typed entry, which is function 0 of the blob, with the
/// arguments in the frame, and leaves the result in `fp[-3]`.
pub fn frame_entry(
    interface: &Interface,
    isa: &dyn TargetIsa,
    context: &mut FunctionBuilderContext,
) -> Function {
    let mut sig = Signature::new(CALL_CONV);
    sig.params = vec![AbiParam::new(I64); 2];
    let mut func = Function::with_name_signature(UserFuncName::user(0, 1), sig);
    let mut b = FunctionBuilder::new(&mut func, context);
    let start = b.create_block();
    b.append_block_params_for_function_params(start);
    b.switch_to_block(start);
    b.seal_block(start);
    let (cx, fp) = (b.block_params(start)[0], b.block_params(start)[1]);
    let flags = MemFlagsData::trusted();
    let mut args = vec![cx];
    for (i, repr) in interface.params.iter().enumerate() {
        let ty = arg_type(*repr);
        args.push(b.ins().load(ty, flags, fp, i as i32 * 8));
    }
    let sig = b.import_signature(interface_signature(interface));
    let name = (b.func).declare_imported_user_function(UserExternalName {
        namespace: 0,
        index: 0,
    });
    let typed = b.import_function(ExtFuncData {
        name: ExternalName::user(name),
        signature: sig,
        colocated: true,
        patchable: false,
    });
    let call = b.ins().call(typed, &args);
    let v = b.inst_results(call)[0];
    let bits = widen(&mut b, interface.ret, v);
    let header = -i32::from(FRAME_HEADER) * 8;
    b.ins().store(flags, bits, fp, header);
    b.ins().return_(&[]);
    b.finalize(isa.frontend_config());
    func
}

/// An argument or result as 64 bits in register format.
fn widen(b: &mut FunctionBuilder<'_>, repr: Repr, v: Value) -> Value {
    match repr {
        Repr::F64 => b.ins().bitcast(I64, MemFlagsData::new(), v),
        Repr::I32 => b.ins().uextend(I64, v),
        Repr::Bool => {
            let low = b.ins().ireduce(I8, v);
            b.ins().uextend(I64, low)
        }
        Repr::Word => v,
    }
}

/// `(ctx, args…) -> result`: runs `info` in the interpreter over a frame at `ctx.vm_top`.
pub fn thunk(
    info: usize,
    interface: &Interface,
    linkage: &super::Linkage,
    isa: &dyn TargetIsa,
    context: &mut FunctionBuilderContext,
) -> Function {
    let mut func =
        Function::with_name_signature(UserFuncName::user(0, 2), interface_signature(interface));
    let mut b = FunctionBuilder::new(&mut func, context);
    let start = b.create_block();
    b.append_block_params_for_function_params(start);
    b.switch_to_block(start);
    b.seal_block(start);
    let params = b.block_params(start).to_vec();
    let cx = params[0];
    let flags = MemFlagsData::trusted();

    let native_fp = b.ins().get_frame_pointer(I64);
    b.ins().store(flags, native_fp, cx, ctx::NATIVE_FP as i32);
    let none = b.ins().iconst(I32, i64::from(NO_SITE));
    b.ins().store(flags, none, cx, ctx::SITE as i32);

    let top = b.ins().load(I64, flags, cx, ctx::VM_TOP as i32);
    let words = interface.params.len() as i64 + i64::from(FRAME_HEADER);
    let end = b.ins().iadd_imm_s(top, words * 8);
    let limit = b.ins().load(I64, flags, cx, ctx::VM_LIMIT as i32);
    let full = b.ins().icmp(IntCC::UnsignedGreaterThan, end, limit);
    let (overflow, go_on) = (b.create_block(), b.create_block());
    b.set_cold_block(overflow);
    b.ins().brif(full, overflow, &[], go_on, &[]);

    b.switch_to_block(overflow);
    b.seal_block(overflow);
    let sig = b.import_signature(signature([], Some(I64)));
    let target = linkage.helpers[Helper::throw_stack_overflow as usize];
    let target = b.ins().iconst(I64, target as i64);
    b.ins().call_indirect(sig, target, &[cx]);
    let nothing = match arg_type(interface.ret) {
        F64 => b.ins().f64const(0.0),
        ty => b.ins().iconst(ty, 0),
    };
    b.ins().return_(&[nothing]);

    b.switch_to_block(go_on);
    b.seal_block(go_on);
    let fp = b.ins().iadd_imm_s(top, i64::from(FRAME_HEADER) * 8);
    for (i, repr) in interface.params.iter().enumerate() {
        let bits = widen(&mut b, *repr, params[i + 1]);
        b.ins().store(flags, bits, fp, i as i32 * 8);
    }
    let sig = b.import_signature(signature([I64, I64, I64], None));
    let target = b.ins().iconst(I64, linkage.interpret as i64);
    let info = b.ins().iconst(I64, info as i64);
    let jit = b.ins().iconst(I64, linkage.jit as i64);
    b.ins().call_indirect(sig, target, &[cx, info, fp, jit]);
    let ty = clif_type(interface.ret);
    let v = b.ins().load(ty, flags, top, 0);
    let v = match interface.ret {
        Repr::Bool => b.ins().uextend(I32, v),
        _ => v,
    };
    b.ins().return_(&[v]);
    b.finalize(isa.frontend_config());
    func
}
