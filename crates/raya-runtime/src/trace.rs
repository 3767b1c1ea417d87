//! Traces: where an error was thrown, and how that is printed.
//!
//! Captured compactly (module, function, bytecode index per frame) when an error is
//! first thrown, as text when somebody reads it. Both tiers report the same frames: calls that
//! the compilers inlined are expanded from position tables, library functions are hidden.

use raya_bytecode::{Function, Position};

use crate::abi::R;
use crate::ctx::Ctx;
use crate::errors::TRACE_FIELD;
use crate::func::FuncInfo;
use crate::mem::array::Storage;
use crate::mem::layout::ElemKind;
use crate::mem::string::Str;
use crate::mem::value::Value;
use crate::mem::walk::walk;

/// Frames that a trace keeps.
const MAX_FRAMES: usize = 100;

/// Frames that most traces have room in.
const USUAL_FRAMES: usize = 16;

/// One frame: module, function, bytecode index.
type Frame = [u32; 3];

impl Ctx {
    /// Gives a thrown error the trace of this moment, unless it has one.
    pub(crate) fn capture_trace(&mut self, error: Value) {
        if self.named_field(error, TRACE_FIELD).is_some() {
            return;
        }
        let frames = self.frames();
        // Without memory for it the error goes without a trace.
        let stored = self.store_trace(error, &frames);
        if stored.is_err() {
            self.take_pending();
        }
    }

    fn store_trace(&mut self, error: Value, frames: &[Frame]) -> R<()> {
        let Some(object) = self.as_instance(error) else {
            return Ok(());
        };
        let n = frames.len() * 3;
        let storage = Storage::alloc(self, ElemKind::I32, n, n)?;
        for (i, &word) in frames.iter().flatten().enumerate() {
            storage.set_bits(self, i, word.into());
        }
        self.set_named_field(object, TRACE_FIELD, storage.obj().value())
    }

    /// The active calls, innermost first.
    fn frames(&self) -> Vec<Frame> {
        let mut frames = Vec::with_capacity(USUAL_FRAMES);
        walk(self, &mut |func: crate::mem::refs::Ref<FuncInfo>, pc| {
            if !func.flags.builtin && func.owner.get().is_some() {
                frames.push([func.module, func.index, pc]);
            }
            frames.len() < MAX_FRAMES
        });
        frames
    }

    /// Remembers where a value that is no error was thrown, for the report of an uncaught one.
    pub(crate) fn note_throw(&mut self, v: Value) {
        let frames = self.frames();
        *self.engine().thrown.borrow_mut() = Some((v, frames));
    }

    /// The trace of an error as lines `    at function (file:line:column)`.
    pub fn trace_text(&mut self, error: Value) -> Option<String> {
        let frames = match self.named_field(error, TRACE_FIELD) {
            Some(trace) => {
                let storage = trace.as_obj()?;
                self.stored_frames(storage)
            }
            None => match &*self.engine().thrown.borrow() {
                Some((v, frames)) if *v == error => frames.clone(),
                _ => return None,
            },
        };
        Some(self.render(&frames))
    }

    fn stored_frames(&self, obj: crate::mem::obj::Obj) -> Vec<Frame> {
        if obj.handle() != self.engine().core.storage_i32.handle {
            return Vec::new();
        }
        let words = Storage::of(obj);
        (0..words.len() / 3)
            .map(|i| [0, 1, 2].map(|k| words.get(i * 3 + k).as_int().unwrap_or(0) as u32))
            .collect()
    }

    /// The active calls as lines.
    pub(crate) fn current_trace(&self) -> String {
        self.render(&self.frames())
    }

    fn render(&self, frames: &[Frame]) -> String {
        let mut text = String::new();
        for &[module, index, pc] in frames {
            let Some(module) = self.engine().module(module) else {
                continue;
            };
            let Some(func) = module.module.functions.get(index as usize) else {
                continue;
            };
            let file = &module.module.file;
            for (name, line, column) in positions(func, pc, &|id| module.module.str(id).into()) {
                let place = format!("{file}:{line}:{column}");
                let line = if name.is_empty() || name.starts_with('<') {
                    format!("    at {place}\n")
                } else {
                    format!("    at {name} ({place})\n")
                };
                text.push_str(&line);
            }
        }
        text.pop();
        text
    }

    /// `error.stack`: the header line and the trace; null before the first throw.
    pub fn stack_text(&mut self, error: Value) -> R<Value> {
        let Some(trace) = self.trace_text(error) else {
            return Ok(Value::NULL);
        };
        let header = self.error_text(error)?.to_text(self);
        let text = if trace.is_empty() {
            header
        } else {
            format!("{header}\n{trace}")
        };
        Ok(Str::from_text(self, &text)?.value())
    }

    /// What is printed when nobody caught `v`; the heap may be full.
    pub fn uncaught_text(&mut self, v: Value) -> String {
        self.with_reserve(|ctx| ctx.report_text(v))
    }

    fn report_text(&mut self, v: Value) -> String {
        let shown = match self.inspect(v) {
            Ok(text) => text,
            Err(_) => {
                self.take_pending();
                "a value whose inspection failed".to_owned()
            }
        };
        if self.is_error(v) {
            return format!("Uncaught {shown}\n");
        }
        match self.trace_text(v) {
            Some(trace) if !trace.is_empty() => format!("Uncaught {shown}\n{trace}\n"),
            _ => format!("Uncaught {shown}\n"),
        }
    }
}

/// The entry of a position table that describes `pc`.
fn position_at(func: &Function, pc: u32) -> Option<&Position> {
    let after = func.positions.partition_point(|p| p.pc <= pc);
    func.positions.get(after.checked_sub(1)?)
}

/// The calls that a place in bytecode stands for, inlined ones first: name, line, column.
fn positions(
    func: &Function,
    pc: u32,
    name: &dyn Fn(raya_bytecode::StrId) -> String,
) -> Vec<(String, u32, u32)> {
    let Some(position) = position_at(func, pc) else {
        return vec![(name(func.name), 0, 0)];
    };
    let (mut line, mut column) = (position.line, position.column);
    let mut site = usize::from(position.inline);
    let mut all = Vec::new();
    // The chain ends at 0; a damaged one ends with the table.
    for _ in 0..func.inlined.len() {
        let Some(inlined) = func.inlined.get(site).filter(|_| site != 0) else {
            break;
        };
        if !inlined.builtin {
            all.push((name(inlined.func), line, column));
        }
        (line, column) = (inlined.line, inlined.column);
        site = usize::from(inlined.parent);
    }
    all.push((name(func.name), line, column));
    all
}
