//! Calls. A window is `{result, saved frame, callee, arguments…}`; the callee's
//! register 0 is the first argument, so nothing is copied.
//!
//! The hot path tests two things: the callee's counter, which doubles as the switch
//! into compiled code and as "not translated yet", and room on the VM stack. Either
//! failing continues in [`crate::hot::call_slow`].

use std::sync::atomic::Ordering::Relaxed;

use super::control::leave;
use super::macros::*;
use crate::instr::{Cx, Fp, Ip, Next, address, pool};
use crate::stubs;
use crate::translate::{site, string};
use raya_bytecode::{FRAME_HEADER, MethodId, PropId, SigId, StrId};
use raya_runtime::caches::{CacheCell, cached_method};
use raya_runtime::direct::plain_closure;
use raya_runtime::func::FuncInfo;
use raya_runtime::mem::layout::{CLOSURE_FUNC, HEADER_TYPE};
use raya_runtime::mem::value::Value;
use raya_runtime::type_info::TypeInfo;

/// Enters `func` with the window at register `(*i).a`.
#[inline(always)]
unsafe fn enter(i: Ip, fp: Fp, cx: Cx, func: *const FuncInfo) -> Next {
    // SAFETY: a window has room for its header below the first argument; `func` is a
    // linked function.
    unsafe {
        let new = fp.add((*i).a as usize + FRAME_HEADER as usize);
        *new.sub(1) = func as u64;
        let left = (*func).hotness.load(Relaxed).wrapping_sub(1);
        (*func).hotness.store(left, Relaxed);
        let end = new.add((*func).nregs as usize);
        if left < 0 || end > (*cx).vm_limit {
            std::hint::cold_path();
            (*cx).ip = i.cast();
            (*cx).fp = fp;
            return (stubs::CALL_SLOW.ip(), new);
        }
        *new.sub(2) = fp as u64;
        *new.sub(3) = i.add(1) as u64;
        ((*func).code.load(Relaxed).cast_const().cast(), new)
    }
}

/// The function in entry `index` of the vtable of the object's type.
#[inline(always)]
unsafe fn vtable_entry(cx: Cx, handle: u32, index: u16) -> *const FuncInfo {
    // SAFETY: the handle came out of an object's header and the vtable of a type has
    // every entry of its declared class.
    unsafe {
        let info = (*cx).types.add(handle as usize);
        let vtable = info.add(size_of::<TypeInfo>()).cast::<*const FuncInfo>();
        *vtable.add(index as usize)
    }
}

/// Type handle of the object in a register.
#[inline(always)]
unsafe fn handle_of(object: u64) -> u32 {
    // SAFETY: the word refers to a live object.
    unsafe { (object as *const u8).add(HEADER_TYPE).cast::<u32>().read() }
}

/// Remembers a receiver type in the cell of a call site: up to two, then "many".
#[inline(always)]
unsafe fn note_receiver(cell: *mut u64, handle: u32) {
    // SAFETY: cells live as long as the function's code.
    unsafe {
        let seen = *cell;
        if seen as u32 == handle || (seen >> 32) as u32 == handle || seen == u64::MAX {
            return;
        }
        std::hint::cold_path();
        *cell = match seen {
            0 => handle as u64,
            one if one >> 32 == 0 => one | (handle as u64) << 32,
            _ => u64::MAX,
        };
    }
}

/// The function that the cell of a member call knows for this receiver.
#[inline(always)]
unsafe fn known_method(cx: Cx, receiver: Value, cell: *mut u64) -> Option<*const FuncInfo> {
    // SAFETY: translation gave the instruction a cell of its own.
    unsafe {
        let func = cached_method(&*cx, &*cell.cast::<CacheCell>(), receiver.as_obj()?)?;
        Some(func.as_ptr())
    }
}

flow! {
    Call |i, fp, cx| enter(i, fp, cx, address(i) as *const FuncInfo);
    CallCell |i, fp, cx| enter(i, fp, cx, *(address(i) as *const *const FuncInfo));
    CallSuper |i, fp, cx| enter(i, fp, cx, *(address(i) as *const *const FuncInfo));
    CallMethod |i, fp, cx| {
        let receiver = word(fp, (*i).a + FRAME_HEADER);
        let handle = handle_of(receiver);
        note_receiver(pool(i), handle);
        enter(i, fp, cx, vtable_entry(cx, handle, (*i).b))
    };
    // The cell holds the one function seen here, whose signature is the site's. No other
    // kind of function value has the address of a `FuncInfo` at that place, so that
    // equality proves the object to be a closure of that function.
    CallClosure |i, fp, cx| {
        let object = word(fp, (*i).a + FRAME_HEADER);
        let func = (object as *const u8).add(CLOSURE_FUNC).cast::<u64>().read();
        let cell = pool(i);
        if func != *cell {
            std::hint::cold_path();
            let closures = (*(*cx).engine).core.function;
            let func = func as *const FuncInfo;
            if handle_of(object) != closures.handle || (*func).sig != (*i).b as u32 {
                let (module, instr) = site(i, fp);
                let sig = module.sig(SigId(instr.b)).as_ptr();
                let window = fp.add((*i).a as usize);
                let n = instr.c as u32;
                *window = try_helper!(i, fp, cx, call_closure_slow(window as _, sig as _, n));
                return (i.add(1), fp);
            }
            *cell = if *cell == 0 { func as u64 } else { u64::MAX };
        }
        enter(i, fp, cx, func as *const FuncInfo)
    };
    CallMethodSlow |i, fp, cx| {
        let (module, instr) = site(i, fp);
        let method = module.method(MethodId(instr.b)).as_ptr();
        let window = fp.add((*i).a as usize);
        let (n, cell) = ((*i).b as u32, pool(i));
        *window = try_helper!(i, fp, cx, call_method_slow(window as _, method as _, n, cell as _));
        (i.add(1), fp)
    };
    // The cell knows which function the receiver's class has there; literals and the rest
    // are looked at by the runtime.
    CallProp |i, fp, cx| {
        let window = fp.add((*i).a as usize);
        let receiver = Value(*window.add(FRAME_HEADER as usize));
        if let Some(func) = known_method(cx, receiver, pool(i)) {
            return enter(i, fp, cx, func);
        }
        std::hint::cold_path();
        let (module, instr) = site(i, fp);
        let prop = module.prop(PropId(instr.b)).as_ptr();
        let (n, cell) = ((*i).b as u32, pool(i));
        let func = helper!(cx, direct_member(window as _, prop as _, cell as _));
        if func != 0 {
            return enter(i, fp, cx, func as _);
        }
        *window = try_helper!(i, fp, cx, call_prop(window as _, prop as _, n, cell as _));
        (i.add(1), fp)
    };
    CallAny |i, fp, cx| {
        let window = fp.add((*i).a as usize);
        let n = (*i).b;
        let callee = Value(*window.add(FRAME_HEADER as usize));
        if let Some(func) = plain_closure(&*cx, callee, n as usize) {
            return enter(i, fp, cx, func.as_ptr());
        }
        std::hint::cold_path();
        let (n, cell) = (n as u32, pool(i));
        let func = try_helper!(i, fp, cx, direct_call(window as _, n, cell as _));
        if func != 0 {
            return enter(i, fp, cx, func as _);
        }
        *window = try_helper!(i, fp, cx, call_any(window as _, n, cell as _));
        (i.add(1), fp)
    };
    CallAnyMethod |i, fp, cx| {
        let window = fp.add((*i).a as usize);
        let (n, cell) = ((*i).b, pool(i));
        let receiver = Value(*window.add(FRAME_HEADER as usize));
        if let Some(func) = known_method(cx, receiver, cell)
            && (*func).takes_words(n as usize)
        {
            return enter(i, fp, cx, func);
        }
        std::hint::cold_path();
        let (module, instr) = site(i, fp);
        let name = string(module, StrId(instr.b));
        let (n, at) = (n as u32, window as _);
        let func = try_helper!(i, fp, cx, direct_method(at, name as _, n, cell as _));
        if func != 0 {
            return enter(i, fp, cx, func as _);
        }
        *window = try_helper!(i, fp, cx, call_any_method(at, name as _, n, cell as _));
        (i.add(1), fp)
    };
    NewAny |i, fp, cx| {
        let window = fp.add((*i).a as usize);
        *window = try_helper!(i, fp, cx, new_any(window as _, (*i).b as u32, pool(i) as _));
        (i.add(1), fp)
    };
    CallSpread |i, fp, cx| {
        let window = fp.add((*i).a as usize);
        *window = try_helper!(i, fp, cx, call_spread(window as _));
        (i.add(1), fp)
    };
    NewSpread |i, fp, cx| {
        let window = fp.add((*i).a as usize);
        *window = try_helper!(i, fp, cx, new_spread(window as _));
        (i.add(1), fp)
    };
    NativeCall |i, fp, cx| {
        let result = fp.add((*i).a as usize);
        let (id, n) = ((*i).b as u32, (*i).c as u32);
        *result = try_helper!(i, fp, cx, native_call(result.add(1) as _, id, n));
        (i.add(1), fp)
    };
    RunBridge |i, fp, cx| {
        let result = try_helper!(i, fp, cx, run_bridge(fp as _));
        leave(fp, result)
    };
}
