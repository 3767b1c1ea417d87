//! Strings that grow at the end.
//!
//! A program that appends again and again would leave a chain of ropes, one per step, all
//! alive until the text is needed. The second append to the same text therefore moves it
//! into a *buffer*, a string with room behind its characters that no program sees; results are
//! slices of it, and a further append to the newest one writes into the room. So appending is
//! amortised constant in time, and the text is flat at every step.
//!
//! Invariants: a buffer's length counts the characters that slices may cover, and these
//! never change; its hash word is its capacity.

use std::ptr::NonNull;

use crate::abi::R;
use crate::ctx::Ctx;
use crate::mem::layout::*;
use crate::mem::string::{Form, MAX_LENGTH, Str, Units};

/// Texts below this length are not worth a buffer.
pub(super) const BUFFER_MIN: usize = 128;
/// Buffers up to this size double, larger ones grow by half.
const DOUBLING: usize = 64 << 10;

impl Str {
    /// `a + b` by writing `b` behind `a`; none where a rope is better: `a` is no text that
    /// grows, or another string already took the place behind it.
    pub(super) fn append(ctx: &mut Ctx, a: Str, b: Str, len: usize) -> R<Option<Str>> {
        if len > MAX_LENGTH || b.len() > a.len() {
            return Ok(None);
        }
        let Some(units) = b.flat_units() else {
            return Ok(None);
        };
        let buffer = match a.form() {
            Form::Shared(owner) if owner.is_buffer() => {
                let wide = owner.is_wide();
                if a.end() != owner.end() || b.is_wide() && !wide {
                    return Ok(None);
                }
                if owner.make_room(ctx, b.len()) {
                    owner
                } else {
                    a.move_to_buffer(ctx, wide)?
                }
            }
            // It grew, somebody looked at it, and it grows again.
            Form::Shared(owner) if owner.len() == a.len() && (a.is_wide() || !b.is_wide()) => {
                a.move_to_buffer(ctx, a.is_wide())?
            }
            // Text that grew at the front stays a rope.
            Form::Rope(left, right) if left.len() >= right.len() => {
                a.move_to_buffer(ctx, a.is_wide() || b.is_wide())?
            }
            _ => return Ok(None),
        };
        let start = buffer.end() - ((a.len() as u64) << u32::from(buffer.is_wide()));
        buffer.push(units);
        Str::slice_of(ctx, buffer, start, len).map(Some)
    }

    fn is_buffer(self) -> bool {
        self.0.flags() & FLAG_BUFFER != 0
    }

    /// Address behind the last character of a flat string.
    fn end(self) -> u64 {
        self.data() + ((self.len() as u64) << u32::from(self.is_wide()))
    }

    fn capacity(self) -> usize {
        self.hash_if_known() as usize
    }

    /// Whether a buffer has room for `extra` units, if need be because it could grow in
    /// place, as large objects often can.
    fn make_room(self, ctx: &mut Ctx, extra: usize) -> bool {
        let need = self.len() + extra;
        if need <= self.capacity() {
            return true;
        }
        let room = grown(need);
        let size = |units| buffer_size(units, self.is_wide());
        let (old, new) = (size(self.capacity()), size(room));
        let grows = match NonNull::new(self.0.address()) {
            Some(cell) => ctx.heap().try_grow(cell, old, new),
            None => false,
        };
        if grows {
            self.set_hash(room as u32);
        }
        grows
    }

    /// Copies a text into a new buffer with room for more.
    fn move_to_buffer(self, ctx: &mut Ctx, wide: bool) -> R<Str> {
        let room = grown(self.len());
        let ty = ctx.engine().core.string;
        let flags = FLAG_BUFFER | if wide { FLAG_UTF16 } else { 0 };
        let obj = ctx.alloc_flags(ty, buffer_size(room, wide), flags)?;
        // SAFETY: fresh object with the layout of strings.
        unsafe {
            obj.store(STRING_LEN, self.len() as u32);
            obj.store(STRING_HASH, room as u32);
            obj.store(STRING_DATA, obj.at(STRING_REST) as u64);
        }
        let buffer = Str(obj);
        self.copy_into(buffer);
        if wide == self.is_wide() {
            // The next append to this same text finds the place behind it taken.
            self.share(ctx, buffer);
        }
        Ok(buffer)
    }

    /// Adds units to a buffer that has room for them.
    fn push(self, units: Units<'_>) {
        let len = self.len();
        debug_assert!(len + units.len() <= self.capacity());
        // SAFETY: the layout of strings; the new length lies within the buffer's capacity.
        unsafe { self.0.store(STRING_LEN, (len + units.len()) as u32) };
        self.fill(len, units);
    }

    /// A string of the `len` units of `owner` that begin at the address `start`.
    pub(super) fn slice_of(ctx: &mut Ctx, owner: Str, start: u64, len: usize) -> R<Str> {
        let ty = ctx.engine().core.string;
        let wide = owner.0.flags() & FLAG_UTF16;
        let obj = ctx.alloc_flags(ty, STRING_SIZE, wide)?;
        // SAFETY: fresh object; the caller's range lies in the owner's characters.
        unsafe {
            obj.store(STRING_LEN, len as u32);
            obj.store(STRING_REST, owner.value());
            obj.store(STRING_DATA, start);
        }
        Ok(Str(obj))
    }
}

/// Room of a buffer that must hold `need` units.
fn grown(need: usize) -> usize {
    let more = if need < DOUBLING { need } else { need / 2 };
    (need + more).min(MAX_LENGTH.max(need))
}

/// Bytes of a buffer; one more keeps a one-past-end pointer inside.
fn buffer_size(units: usize, wide: bool) -> usize {
    STRING_REST + (units << u32::from(wide)) + 1
}

#[cfg(test)]
mod tests {
    use raya_heap::HeapOptions;

    use super::*;
    use crate::engine::{Engine, EngineOptions, Task};
    use crate::mem::value::Value;

    /// Pseudo-random numbers below `n`.
    fn random(state: &mut u32, n: usize) -> usize {
        *state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        (*state >> 8) as usize % n
    }

    #[test]
    fn texts_never_change_however_they_grow() -> R<()> {
        let options = EngineOptions {
            heap: HeapOptions {
                gc_stress: 7,
                verify: true,
                ..HeapOptions::default()
            },
            ..EngineOptions::default()
        };
        let engine = Engine::new(options).expect("address space");
        let mut task = Task::on_this_thread(&engine).expect("address space");
        let ctx = task.ctx();
        let mut state = 1;
        // The heap array keeps the strings alive, the vectors say what they must hold.
        let strings = ctx.any_array(0)?;
        let mut models: Vec<Vec<u16>> = Vec::new();
        for piece in [
            "x",
            "ab",
            "\u{101}",
            "0123456789",
            "\u{1f600}",
            &"long".repeat(40),
        ] {
            let s = Str::from_text(ctx, piece)?;
            strings.push_bits(ctx, s.value().0)?;
            models.push(piece.encode_utf16().collect());
        }
        for _ in 0..3000 {
            // Mostly the newest and a short piece, else any two.
            let newest = random(&mut state, 4) > 0;
            let i = if newest {
                models.len() - 1
            } else {
                random(&mut state, models.len())
            };
            let j = random(&mut state, if newest { 6 } else { models.len() });
            if models[i].len() + models[j].len() > 50_000 {
                continue;
            }
            let part = |i| strings.get(i).and_then(Str::from_value).expect("a string");
            let s = Str::concat(ctx, part(i), part(j))?;
            if random(&mut state, 8) == 0 {
                s.units(ctx)?;
            }
            strings.push_bits(ctx, s.value().0)?;
            models.push([&models[i][..], &models[j][..]].concat());
        }
        for (i, model) in models.iter().enumerate() {
            let s = Str::from_value(strings.get(i).unwrap_or(Value::NULL)).expect("a string");
            assert_eq!(s.len(), model.len());
            assert!(s.units(ctx)?.iter().eq(model.iter().copied()), "string {i}");
        }
        Ok(())
    }
}
