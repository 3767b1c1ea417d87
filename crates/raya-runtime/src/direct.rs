//! Calls on `any` that a tier can make itself.
//!
//! Where the callee is known and takes as many arguments as the site passes, gives a
//! word back and has no rest parameter, the runtime only converts the arguments in place; the
//! tier then enters the function over the same window, without a transition. In all other
//! cases the tier calls the helper.

use raya_bytecode::{Receiver, Repr};

use crate::abi::R;
use crate::caches::{Cache, cached_method};
use crate::ctx::Ctx;
use crate::func::FuncInfo;
use crate::mem::refs::Ref;
use crate::mem::slots::Slots;
use crate::mem::stack::HEADER_WORDS;
use crate::mem::value::Value;

/// Whether a function can run over a window of `n` boxed arguments once they are converted.
fn fits(func: &FuncInfo, receiver: Receiver, n: usize) -> bool {
    let sig = &func.sig_info;
    func.receiver == receiver
        && sig.params.len() == n
        && !sig.rest
        && sig.ret.repr == Repr::Word
        && sig.ret.kind != crate::desc::DescKind::Null
}

impl Ctx {
    /// The function that `CallAny` on this window may enter: the callee is in the first
    /// argument register, converted arguments follow.
    pub fn direct_call(&mut self, window: Slots, n: usize) -> R<Option<Ref<FuncInfo>>> {
        let Some(closure) = self.as_closure(window.word(HEADER_WORDS)) else {
            return Ok(None);
        };
        let func = closure.func();
        if !fits(&func, Receiver::Closure, n) {
            return Ok(None);
        }
        self.convert_in_place(&func, window, n)?;
        Ok(Some(func))
    }

    /// The same for `CallAnyMethod`: the receiver is in the first argument register.
    pub fn direct_method(
        &mut self,
        window: Slots,
        name: Value,
        n: usize,
        cache: Cache,
    ) -> R<Option<Ref<FuncInfo>>> {
        let Some(obj) = window.word(HEADER_WORDS).as_obj() else {
            return Ok(None);
        };
        let Some(func) = cached_method(self, cache, obj, name) else {
            return Ok(None);
        };
        if !fits(&func, Receiver::This, n) {
            return Ok(None);
        }
        self.convert_in_place(&func, window, n)?;
        Ok(Some(func))
    }

    /// Converts the arguments of a window to the callee's parameters.
    fn convert_in_place(&mut self, func: &FuncInfo, window: Slots, n: usize) -> R<()> {
        let args = window.skip(HEADER_WORDS + 1);
        for (i, &param) in func.sig_info.params[..n].iter().enumerate() {
            let bits = self.convert(args.word(i), param)?;
            args.set_bits(i, bits);
        }
        Ok(())
    }
}
