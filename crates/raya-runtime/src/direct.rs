//! Calls that a tier can make itself, though the callee is known only at run time.
//!
//! Where the callee takes as many arguments as the site passes, gives a word back and has no
//! rest parameter, the runtime only converts the arguments in place; the tier then enters the
//! function over the same window, without a transition and without native stack. In all other
//! cases the tier calls the helper that makes the whole call.
//!
//! Invariant: a window is changed only when a function is given back or an error thrown.

use raya_bytecode::{Receiver, Repr, Slot};

use crate::abi::R;
use crate::caches::{Cache, find_method, plain_method};
use crate::ctx::Ctx;
use crate::func::{FuncInfo, SigInfo};
use crate::link::PropSite;
use crate::mem::object::Closure;
use crate::mem::refs::Ref;
use crate::mem::slots::Slots;
use crate::mem::stack::HEADER_WORDS;
use crate::mem::value::Value;
use crate::type_info::{TypeKind, type_flags};

/// The function of a callee that can run over its window of `n` boxed arguments as it is.
#[inline(always)]
pub fn plain_closure(ctx: &Ctx, callee: Value, n: usize) -> Option<Ref<FuncInfo>> {
    let func = ctx.as_closure(callee)?.func();
    (func.takes_words(n) && func.receiver == Receiver::Closure).then_some(func)
}

/// Whether a call through `site` may enter a function of this signature, and what it gives
/// needs no check.
pub(crate) fn stands_for(func: &SigInfo, site: &SigInfo) -> bool {
    func.same_interface(site) && (func.ret == site.ret || site.ret.repr != Repr::Word)
}

impl Ctx {
    /// The function that `CallAny` on this window may enter: the callee is in the first
    /// argument register, converted arguments follow. An object is the receiver of its
    /// `__call__`.
    pub fn direct_call(
        &mut self,
        window: Slots,
        n: usize,
        cache: Cache,
    ) -> R<Option<Ref<FuncInfo>>> {
        let callee = window.word(HEADER_WORDS);
        if let Some(closure) = self.as_closure(callee) {
            return self.direct_closure(closure, window, n);
        }
        if let Some((receiver, func)) = self.as_bound_method(callee) {
            return self.direct_bound(receiver, func, window, n);
        }
        match self.declared_slot(&cache, callee, Slot::call) {
            Some(func) if func.any_entry.arity as usize == n + 1 => {
                self.convert_in_place(&func, window, n)?;
                Ok(Some(func))
            }
            _ => Ok(None),
        }
    }

    /// A bound method: its receiver takes its place.
    fn direct_bound(
        &mut self,
        receiver: Value,
        func: Value,
        window: Slots,
        n: usize,
    ) -> R<Option<Ref<FuncInfo>>> {
        let func = self.as_closure(func).map(|closure| closure.func());
        let direct =
            |f: &Ref<FuncInfo>| f.receiver == Receiver::This && f.any_entry.arity as usize == n + 1;
        let Some(func) = func.filter(direct) else {
            return Ok(None);
        };
        self.convert_in_place(&func, window, n)?;
        window.set_bits(HEADER_WORDS, receiver.0);
        Ok(Some(func))
    }

    fn direct_closure(
        &mut self,
        closure: Closure,
        window: Slots,
        n: usize,
    ) -> R<Option<Ref<FuncInfo>>> {
        let func = closure.func();
        if func.receiver != Receiver::Closure || func.any_entry.arity as usize != n + 1 {
            return Ok(None);
        }
        self.convert_in_place(&func, window, n)?;
        window.set_bits(HEADER_WORDS, closure.value().0);
        Ok(Some(func))
    }

    /// The same for `CallAnyMethod`: the receiver is in the first argument register. The
    /// function in a member of a structural object takes its place there.
    pub fn direct_method(
        &mut self,
        window: Slots,
        name: Value,
        n: usize,
        cache: Cache,
    ) -> R<Option<Ref<FuncInfo>>> {
        let receiver = window.word(HEADER_WORDS);
        let Some(obj) = receiver.as_obj() else {
            return Ok(None);
        };
        if self.type_of_obj(obj).kind == TypeKind::Literal {
            let member = self.own_member(receiver, name);
            return match member.and_then(|f| self.as_closure(f)) {
                Some(closure) => self.direct_closure(closure, window, n),
                None => Ok(None),
            };
        }
        let Some(func) = find_method(self, &cache, obj, name) else {
            return Ok(None);
        };
        if func.any_entry.arity as usize != n + 1 {
            return Ok(None);
        }
        self.convert_in_place(&func, window, n)?;
        Ok(Some(func))
    }

    /// The function that `CallProp` on this window may enter: nothing is to be converted.
    /// Remembers methods in the site's cell.
    pub fn direct_member(
        &mut self,
        window: Slots,
        prop: &PropSite,
        cache: Cache,
    ) -> Option<Ref<FuncInfo>> {
        let site = prop.sig?;
        let receiver = window.word(HEADER_WORDS);
        let obj = receiver.as_obj()?;
        let ty = self.type_of_obj(obj);
        if let Some(func) = plain_method(&ty, prop.name) {
            let stands = stands_for(&func.sig_info, &site);
            if stands {
                cache.remember(&ty, func.id);
            }
            return (stands && !self.is_shadowed(obj, prop.name)).then_some(func);
        }
        if ty.kind != TypeKind::Literal || ty.has(type_flags::ATTR_HOOKS) {
            return None;
        }
        let member = self.own_member(receiver, prop.name)?;
        let func = self.as_closure(member)?.func();
        if func.receiver != Receiver::Closure || !stands_for(&func.sig_info, &site) {
            return None;
        }
        window.set_bits(HEADER_WORDS, member.0);
        Some(func)
    }

    /// Converts the arguments of a window to the callee's parameters.
    fn convert_in_place(&mut self, func: &FuncInfo, window: Slots, n: usize) -> R<()> {
        if func.any_entry.plain {
            return Ok(());
        }
        let args = window.skip(HEADER_WORDS + 1);
        for (i, &param) in func.sig_info.params[..n].iter().enumerate() {
            let bits = self.convert(args.word(i), param)?;
            args.set_bits(i, bits);
        }
        Ok(())
    }
}
