//! An engine around one hand-built module.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use crate::{Compiler, Coverage, State};
use raya_bytecode::{FuncId, Module};
use raya_runtime::abi::FrameEntry;
use raya_runtime::engine::{Engine, EngineOptions, Task};
use raya_runtime::func::FuncInfo;
use raya_runtime::hooks::ResumeFrame;
use raya_runtime::link::LoadedModule;
use raya_runtime::mem::refs::Ref;
use raya_runtime::mem::value::Value;

/// Words below a frame's first register.
const HEADER: usize = raya_bytecode::FRAME_HEADER as usize;

pub(super) struct Rig {
    task: Task,
    module: Ref<LoadedModule>,
    _engine: Box<Engine>,
    state: Rc<State>,
}

impl Rig {
    /// Dispatches as the build does.
    pub(super) fn new(module: Module) -> Self {
        Self::with(module, State::new(false))
    }

    /// Counts instructions, hence runs in the match loop.
    pub(super) fn counting(module: Module) -> Self {
        Self::with(module, State::new(true))
    }

    fn with(module: Module, state: State) -> Self {
        let engine = Engine::new(EngineOptions::default()).expect("address space");
        let state = Rc::new(state);
        crate::install(&engine, &state);
        let mut task = Task::on_this_thread(&engine).expect("address space");
        let module = task.ctx().load(Arc::new(module)).expect("a sound module");
        Self {
            task,
            module,
            _engine: engine,
            state,
        }
    }

    /// Calls a function with arguments in register format.
    pub(super) fn call(&mut self, index: u16, args: &[u64]) -> Result<u64, Value> {
        let func = self.func(index);
        let ctx = self.task.ctx();
        let fp = ctx.vm_base.wrapping_add(HEADER);
        for (i, &arg) in args.iter().enumerate() {
            // SAFETY: the VM stack is empty and has room for a frame.
            unsafe { *fp.add(i) = arg };
        }
        crate::call_frame(ctx, func, fp);
        self.result(fp)
    }

    /// Resumes frames, outermost first, after putting `registers` on the VM stack: slot and
    /// contents. The outermost frame starts at slot `start`.
    pub(super) fn resume(
        &mut self,
        registers: &[(usize, u64)],
        start: usize,
        frames: &[(u16, u32)],
    ) -> Result<u64, Value> {
        let frames: Vec<_> = (frames.iter())
            .map(|&(func, pc)| ResumeFrame {
                func: self.func(func).as_ptr(),
                pc,
            })
            .collect();
        let ctx = self.task.ctx();
        let fp = ctx.vm_base.wrapping_add(start);
        // SAFETY: as in `call`.
        unsafe {
            for &(slot, bits) in registers {
                *ctx.vm_base.add(slot) = bits;
            }
            crate::resume_at(ctx, fp, &frames);
        }
        self.result(fp)
    }

    fn result(&mut self, fp: *mut u64) -> Result<u64, Value> {
        match self.task.ctx().take_pending() {
            Some(thrown) => Err(thrown),
            // SAFETY: the frame's window starts there.
            None => Ok(unsafe { *fp.sub(HEADER) }),
        }
    }

    pub(super) fn func(&self, index: u16) -> Ref<FuncInfo> {
        self.module.func(FuncId(index))
    }

    pub(super) fn set_pending(&mut self, v: Value) {
        self.task.ctx().pending = v.0;
    }

    pub(super) fn set_compiler(&mut self, threshold: u32, compiler: Rc<dyn Compiler>) {
        self.state.set_compiler(threshold, compiler);
    }

    /// Publishes native code of a function, as a compiler does.
    pub(super) fn publish(&self, index: u16, entry: FrameEntry) {
        let func = self.func(index);
        func.frame_entry.store(entry as *mut u8, Relaxed);
        func.hotness.store(0, Relaxed);
    }

    pub(super) fn coverage(&self) -> &Coverage {
        self.state.coverage().expect("a counting rig")
    }
}
