//! Walking the stack: interpreter frames by saved pointers, compiled frames by frame
//! pointers and the JIT's tables, transitions by links.
//!
//! Knows the shape of frames and links, nothing of traces. Visits innermost first.

use crate::ctx::{Ctx, Link, LinkKind};
use crate::func::FuncInfo;
use crate::hooks::{CodeMap, Hooks};
use crate::mem::refs::Ref;
use crate::mem::stack::frame_func;
use std::cell::Cell;

/// Compiled frames that one segment can hold; a longer chain is damaged.
const MAX_CHAIN: usize = 1 << 20;

/// Where an activation is.
#[derive(Clone, Copy)]
enum At {
    Interpreter { fp: *mut u64, ip: *const u8 },
    Compiled { fp: usize, site: Option<u32> },
}

/// Calls `visit` with function and bytecode index of every active call, innermost
/// first, until it returns false.
pub(crate) fn walk(ctx: &Ctx, visit: &mut dyn FnMut(Ref<FuncInfo>, u32) -> bool) {
    let engine = ctx.engine();
    let Some(hooks) = engine.hooks.get() else {
        return;
    };
    let map = engine.code_map.borrow().clone();
    let mut at = if ctx.innermost() == Some(LinkKind::Compiled) {
        At::Compiled {
            fp: ctx.native_fp,
            site: Some(ctx.site),
        }
    } else {
        At::Interpreter {
            fp: ctx.fp,
            ip: ctx.ip,
        }
    };
    let mut link = ctx.link;
    loop {
        let go_on = match at {
            At::Interpreter { fp, ip } => walk_interpreter(&hooks, fp, ip, visit),
            At::Compiled { fp, site } => match &map {
                Some(map) => walk_compiled(&**map, fp, site, visit),
                None => true,
            },
        };
        if !go_on || link.is_null() {
            return;
        }
        // SAFETY: links live in the native frames of whoever pushed them, which are all
        // still active.
        let entered: &Link = unsafe { &*link };
        link = entered.prev;
        // SAFETY: as above.
        let outer = (!link.is_null()).then(|| unsafe { (*link).kind });
        at = match (entered.kind, outer) {
            (LinkKind::Interpreter, Some(LinkKind::Compiled)) => At::Compiled {
                fp: entered.native_fp,
                site: (!entered.replaces).then_some(entered.site),
            },
            (LinkKind::Compiled, _) if entered.replaces && !entered.fp.is_null() => {
                // SAFETY: `fp` is the frame that the loop was entered from: its header
                // holds its return address and its caller's frame.
                let (back, caller) = unsafe {
                    (
                        *entered.fp.sub(3) as *const u8,
                        *entered.fp.sub(2) as *mut u64,
                    )
                };
                At::Interpreter {
                    fp: caller,
                    ip: back.wrapping_sub(1),
                }
            }
            _ => At::Interpreter {
                fp: entered.fp,
                ip: entered.ip,
            },
        };
    }
}

/// The interpreter frames of one activation. False when the visitor has enough.
fn walk_interpreter(
    hooks: &Hooks,
    mut fp: *mut u64,
    mut ip: *const u8,
    visit: &mut dyn FnMut(Ref<FuncInfo>, u32) -> bool,
) -> bool {
    while !fp.is_null() {
        // SAFETY: `fp` is a frame that the interpreter saved: its header names its function,
        // its return address and its caller's frame, null in the first of an activation.
        let (func, back, caller) = unsafe {
            (
                frame_func(fp),
                *fp.sub(3) as *const u8,
                *fp.sub(2) as *mut u64,
            )
        };
        if func.is_null() {
            return true;
        }
        // SAFETY: headers name functions of the engine.
        let func = unsafe { Ref::from_ptr(func) };
        let pc = (hooks.pc_of)(func, ip);
        if !visit(func, pc) {
            return false;
        }
        // The call is the instruction before the return address.
        ip = back.wrapping_sub(1);
        fp = caller;
    }
    true
}

/// The compiled frames of one activation. False when the visitor has enough.
fn walk_compiled(
    map: &dyn CodeMap,
    mut fp: usize,
    site: Option<u32>,
    visit: &mut dyn FnMut(Ref<FuncInfo>, u32) -> bool,
) -> bool {
    let more = Cell::new(true);
    let mut forward = |func, pc| more.set(more.get() && visit(func, pc));
    if let Some(site) = site {
        map.at_site(fp, site, &mut forward);
    }
    for _ in 0..MAX_CHAIN {
        if fp == 0 || !more.get() {
            break;
        }
        // SAFETY: compiled code keeps frame pointers: at `fp` lies the caller's frame
        // pointer, behind it the return address. The chain is left at the first return address outside
        // of compiled code, before that frame's pointer is followed.
        let (caller, back) = unsafe { (*(fp as *const usize), *(fp as *const usize).add(1)) };
        if !map.at_return(back, &mut forward) {
            break;
        }
        fp = caller;
    }
    more.get()
}
