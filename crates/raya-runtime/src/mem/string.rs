//! Strings: Latin-1 or UTF-16 units, flat, rope or slice.
//!
//! Owns their layout and everything that touches characters in the heap; what strings
//! mean to programs is in `natives::string`. A rope turns flat in place when its
//! characters are first needed, without recursion.
//!
//! Invariants: units and length never change; a flat string's data word points at its
//! own inline characters or into those of the string in its rest word; contents decide
//! equality and hash, not whether units take one byte or two.

mod append;

use std::cmp::Ordering;

use crate::abi::R;
use crate::ctx::Ctx;
use crate::errors::ErrorKind;
use crate::mem::layout::*;
use crate::mem::obj::Obj;
use crate::mem::value::Value;
use crate::type_info::TypeKind;

/// Longest string, in units.
pub const MAX_LENGTH: usize = (1 << 29) - 24;
/// Concatenations below this length are copied, longer ones become ropes.
const ROPE_MIN: usize = 24;
/// Substrings below this length are copied, longer ones become slices.
const SLICE_MIN: usize = 24;

/// A string. See [`Obj`] for what keeps it alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Str(Obj);

/// The units of a flat string.
#[derive(Clone, Copy, Debug)]
pub enum Units<'a> {
    /// One byte each, U+0000 to U+00FF.
    Latin1(&'a [u8]),
    /// Two bytes each; surrogates need not be paired.
    Wide(&'a [u16]),
}

impl<'a> Units<'a> {
    /// The number of units.
    pub fn len(self) -> usize {
        match self {
            Units::Latin1(u) => u.len(),
            Units::Wide(u) => u.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The unit at `i`, if there is one.
    #[inline]
    pub fn get(self, i: usize) -> Option<u16> {
        match self {
            Units::Latin1(u) => u.get(i).map(|&b| b.into()),
            Units::Wide(u) => u.get(i).copied(),
        }
    }

    /// A range, which must lie inside.
    pub fn range(self, start: usize, end: usize) -> Units<'a> {
        match self {
            Units::Latin1(u) => Units::Latin1(&u[start..end]),
            Units::Wide(u) => Units::Wide(&u[start..end]),
        }
    }

    /// All units.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = u16> + Clone + 'a {
        let (narrow, wide): (&[u8], &[u16]) = match self {
            Units::Latin1(u) => (u, &[]),
            Units::Wide(u) => (&[], u),
        };
        narrow
            .iter()
            .map(|&b| u16::from(b))
            .chain(wide.iter().copied())
    }

    /// The code point at `i` and how many units it takes.
    pub fn code_point(self, i: usize) -> Option<(u32, usize)> {
        let first = self.get(i)?;
        if first & 0xFC00 == 0xD800
            && let Some(second) = self.get(i + 1)
            && second & 0xFC00 == 0xDC00
        {
            let high = u32::from(first & 0x3FF) << 10;
            return Some((0x10000 + (high | u32::from(second & 0x3FF)), 2));
        }
        Some((first.into(), 1))
    }

    /// Hash of the contents, never zero.
    pub fn hash(self) -> u32 {
        const SEED: u64 = 0x9E37_79B9_7F4A_7C15;
        const MIX: u64 = 0xD6E8_FEB8_6659_FD93;
        let step = |h: u64, four: u64| (h ^ four).wrapping_mul(MIX).rotate_left(29);
        let mut h = SEED ^ self.len() as u64;
        match self {
            Units::Latin1(u) => {
                let mut chunks = u.chunks_exact(4);
                for c in &mut chunks {
                    h = step(h, pack(c.iter().map(|&b| b.into())));
                }
                h = step(h, pack(chunks.remainder().iter().map(|&b| b.into())));
            }
            Units::Wide(u) => {
                let mut chunks = u.chunks_exact(4);
                for c in &mut chunks {
                    h = step(h, pack(c.iter().copied()));
                }
                h = step(h, pack(chunks.remainder().iter().copied()));
            }
        }
        ((h ^ h >> 32) as u32).max(1)
    }

    /// As text; lone surrogates become U+FFFD.
    pub fn to_text(self) -> String {
        match self {
            Units::Latin1(u) if u.is_ascii() => String::from_utf8_lossy(u).into_owned(),
            Units::Latin1(u) => u.iter().map(|&b| char::from(b)).collect(),
            Units::Wide(u) => String::from_utf16_lossy(u),
        }
    }

    /// Whether every unit fits one byte.
    pub fn fits_latin1(self) -> bool {
        match self {
            Units::Latin1(_) => true,
            Units::Wide(u) => u.iter().all(|&c| c < 256),
        }
    }
}

/// Up to four units in one word.
#[inline(always)]
fn pack(units: impl Iterator<Item = u16>) -> u64 {
    units.fold(0, |all, u| all << 16 | u64::from(u))
}

impl PartialEq for Units<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Units::Latin1(a), Units::Latin1(b)) => a == b,
            (Units::Wide(a), Units::Wide(b)) => a == b,
            _ => self.len() == other.len() && self.iter().eq(other.iter()),
        }
    }
}

impl Eq for Units<'_> {}

impl PartialOrd for Units<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Units<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Units::Latin1(a), Units::Latin1(b)) => a.cmp(b),
            (Units::Wide(a), Units::Wide(b)) => a.cmp(b),
            _ => self.iter().cmp(other.iter()),
        }
    }
}

/// How a string's data word lies.
enum Form {
    Inline,
    Shared(Str),
    Rope(Str, Str),
}

impl Str {
    /// The string in `v`.
    ///
    /// # Safety
    /// `v` refers to a string.
    #[inline(always)]
    pub(crate) unsafe fn from_value_unchecked(v: Value) -> Str {
        debug_assert!(v.is_object());
        // SAFETY: by the caller; references are not null.
        Str(unsafe { Obj::from_address(std::ptr::NonNull::new_unchecked(v.0 as *mut u8)) })
    }

    /// The string in an interner slot or another place that holds strings or unset.
    pub(crate) fn from_value(v: Value) -> Option<Str> {
        v.as_obj().map(Str)
    }

    /// The word that refers to it.
    #[inline(always)]
    pub fn value(self) -> Value {
        self.0.value()
    }

    /// The object.
    pub fn obj(self) -> Obj {
        self.0
    }

    /// Length in UTF-16 units.
    #[inline(always)]
    pub fn len(self) -> usize {
        // SAFETY: the layout of strings.
        let len: u32 = unsafe { self.0.load(STRING_LEN) };
        len as usize
    }

    /// Whether it has no units.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether units take two bytes.
    #[inline(always)]
    pub fn is_wide(self) -> bool {
        self.0.flags() & FLAG_UTF16 != 0
    }

    /// Whether it is in the intern table.
    #[inline(always)]
    pub fn is_interned(self) -> bool {
        self.0.flags() & FLAG_INTERNED != 0
    }

    /// Its hash if somebody computed it, else 0.
    #[inline(always)]
    pub fn hash_if_known(self) -> u32 {
        // SAFETY: the layout of strings.
        unsafe { self.0.load(STRING_HASH) }
    }

    /// Remembers its hash.
    pub(crate) fn set_hash(self, hash: u32) {
        // SAFETY: the layout of strings; no reference.
        unsafe { self.0.store(STRING_HASH, hash) };
    }

    fn data(self) -> u64 {
        // SAFETY: the layout of strings.
        unsafe { self.0.load(STRING_DATA) }
    }

    fn rest(self) -> Str {
        // SAFETY: strings that are not inline have a string in the rest word.
        unsafe { Str::from_value_unchecked(self.0.load(STRING_REST)) }
    }

    fn form(self) -> Form {
        let data = self.data();
        if data & ROPE_TAG != 0 {
            // SAFETY: a rope's data word is its tagged left part.
            let left = unsafe { Str::from_value_unchecked(Value(data & !ROPE_TAG)) };
            Form::Rope(left, self.rest())
        } else if data == self.0.at(STRING_REST) as u64 {
            Form::Inline
        } else {
            Form::Shared(self.rest())
        }
    }

    /// Address of the characters of a flat string.
    pub(crate) fn characters(self) -> u64 {
        self.data()
    }

    /// Whether its characters must still be put together.
    #[inline(always)]
    pub fn is_rope(self) -> bool {
        self.data() & ROPE_TAG != 0
    }

    /// Whether its characters lie in another string.
    pub(crate) fn shares_characters(self) -> bool {
        matches!(self.form(), Form::Shared(_))
    }

    /// The units, unless it is a rope.
    #[inline]
    pub fn flat_units<'a>(self) -> Option<Units<'a>> {
        let data = self.data();
        if data & ROPE_TAG != 0 {
            return None;
        }
        let len = self.len();
        // SAFETY: a flat string's data word points at `len` units that never change and
        // live as long as the string, which the caller keeps alive.
        Some(unsafe {
            if self.is_wide() {
                Units::Wide(std::slice::from_raw_parts(data as *const u16, len))
            } else {
                Units::Latin1(std::slice::from_raw_parts(data as *const u8, len))
            }
        })
    }

    /// The units; flattens a rope.
    #[inline]
    pub fn units<'a>(self, ctx: &mut Ctx) -> R<Units<'a>> {
        match self.flat_units() {
            Some(units) => Ok(units),
            None => {
                self.flatten(ctx)?;
                Ok(self.flat_units().unwrap_or(Units::Latin1(&[])))
            }
        }
    }

    /// Hash of the contents.
    pub fn hash(self, ctx: &mut Ctx) -> R<u32> {
        let known = self.hash_if_known();
        if known != 0 {
            return Ok(known);
        }
        let hash = self.units(ctx)?.hash();
        self.set_hash(hash);
        Ok(hash)
    }

    /// Allocates a flat string of `len` units with undefined (zero) characters.
    fn alloc(ctx: &mut Ctx, len: usize, wide: bool) -> R<Str> {
        if len > MAX_LENGTH {
            return Err(ctx.throw(ErrorKind::RangeError, "Invalid string length"));
        }
        let bytes = if wide { len * 2 } else { len };
        let ty = ctx.engine().core.string;
        // One byte more keeps a one-past-end pointer inside the cell.
        let obj = ctx.alloc_flags(ty, STRING_REST + bytes + 1, wide as u32 * FLAG_UTF16)?;
        // SAFETY: fresh object with the layout of strings.
        unsafe {
            obj.store(STRING_LEN, len as u32);
            obj.store(STRING_DATA, obj.at(STRING_REST) as u64);
        }
        Ok(Str(obj))
    }

    /// The inline characters of a fresh string.
    fn inline_bytes<'a>(self) -> &'a mut [u8] {
        // SAFETY: called on strings that `alloc` just made, before anybody else sees them.
        unsafe { std::slice::from_raw_parts_mut(self.0.at(STRING_REST), self.len()) }
    }

    /// As [`Str::inline_bytes`] for two-byte units.
    fn inline_wide<'a>(self) -> &'a mut [u16] {
        // SAFETY: as above; the rest word is aligned.
        unsafe { std::slice::from_raw_parts_mut(self.0.at(STRING_REST).cast(), self.len()) }
    }

    /// A new string with these units; one byte each where they fit.
    pub fn new(ctx: &mut Ctx, units: Units<'_>) -> R<Str> {
        let wide = !units.fits_latin1();
        let s = Str::alloc(ctx, units.len(), wide)?;
        s.fill(0, units);
        Ok(s)
    }

    /// A new string from text.
    pub fn from_text(ctx: &mut Ctx, text: &str) -> R<Str> {
        if text.is_ascii() {
            return Str::new(ctx, Units::Latin1(text.as_bytes()));
        }
        let wide: Vec<u16> = text.encode_utf16().collect();
        Str::new(ctx, Units::Wide(&wide))
    }

    /// Copies units into a fresh string from position `at` on.
    fn fill(self, at: usize, units: Units<'_>) {
        let end = at + units.len();
        if self.is_wide() {
            let to = &mut self.inline_wide()[at..end];
            match units {
                Units::Wide(u) => to.copy_from_slice(u),
                Units::Latin1(u) => to.iter_mut().zip(u).for_each(|(t, &b)| *t = b.into()),
            }
        } else {
            let to = &mut self.inline_bytes()[at..end];
            match units {
                Units::Latin1(u) => to.copy_from_slice(u),
                Units::Wide(u) => to.iter_mut().zip(u).for_each(|(t, &c)| *t = c as u8),
            }
        }
    }

    /// `a + b`.
    #[inline]
    pub fn concat(ctx: &mut Ctx, a: Str, b: Str) -> R<Str> {
        let len = a.len() + b.len();
        if a.is_empty() {
            return Ok(b);
        }
        if b.is_empty() {
            return Ok(a);
        }
        if len < ROPE_MIN
            && let (Some(x), Some(y)) = (a.flat_units(), b.flat_units())
        {
            let s = Str::alloc(ctx, len, a.is_wide() || b.is_wide())?;
            s.fill(0, x);
            s.fill(x.len(), y);
            return Ok(s);
        }
        if len >= append::BUFFER_MIN
            && let Some(s) = Str::append(ctx, a, b, len)?
        {
            return Ok(s);
        }
        Str::rope(ctx, a, b, len)
    }

    fn rope(ctx: &mut Ctx, a: Str, b: Str, len: usize) -> R<Str> {
        if len > MAX_LENGTH {
            return Err(ctx.throw(ErrorKind::RangeError, "Invalid string length"));
        }
        let wide = (a.0.flags() | b.0.flags()) & FLAG_UTF16;
        let ty = ctx.engine().core.string;
        let obj = ctx.alloc_flags(ty, STRING_SIZE, wide)?;
        // SAFETY: fresh object with the layout of ropes.
        unsafe {
            obj.store(STRING_LEN, len as u32);
            obj.store(STRING_DATA, a.value().0 | ROPE_TAG);
            obj.store(STRING_REST, b.value());
        }
        Ok(Str(obj))
    }

    /// Concatenation of several strings.
    pub fn concat_all(ctx: &mut Ctx, parts: &[Str]) -> R<Str> {
        let len: usize = parts.iter().map(|p| p.len()).sum();
        let flat = parts.iter().all(|p| !p.is_rope());
        if flat && len <= 256 {
            let s = Str::alloc(ctx, len, parts.iter().any(|p| p.is_wide()))?;
            let mut at = 0;
            for units in parts.iter().filter_map(|p| p.flat_units()) {
                s.fill(at, units);
                at += units.len();
            }
            return Ok(s);
        }
        let mut all = ctx.empty_string()?;
        for &part in parts {
            all = Str::concat(ctx, all, part)?;
        }
        Ok(all)
    }

    /// Puts the characters of a rope together, in a new flat string that it then shares.
    #[cold]
    fn flatten(self, ctx: &mut Ctx) -> R<()> {
        let flat = Str::alloc(ctx, self.len(), self.is_wide())?;
        self.copy_into(flat);
        self.share(ctx, flat);
        Ok(())
    }

    /// Copies the characters into a fresh string that is at least as long.
    fn copy_into(self, flat: Str) {
        // Fill from the end: ropes that grew by appending are deep on the left, and the
        // loop follows the left parts without pushing them. No safepoint lies between here and
        // the end, so plain memory may hold the parts.
        let mut end = self.len();
        let mut pending = vec![self];
        while let Some(mut part) = pending.pop() {
            loop {
                match part.form() {
                    Form::Rope(left, right) => {
                        pending.push(left);
                        part = right;
                    }
                    Form::Inline | Form::Shared(_) => {
                        if let Some(units) = part.flat_units() {
                            end -= units.len();
                            flat.fill(end, units);
                        }
                        break;
                    }
                }
            }
        }
    }

    /// Makes a string share the characters of `flat`, which begins with the same ones.
    fn share(self, ctx: &mut Ctx, flat: Str) {
        // SAFETY: the layout of strings: the owner of the characters first, then their
        // address, which ends the rope.
        unsafe {
            self.0.write(ctx, STRING_REST, flat.value());
            self.0.store(STRING_DATA, flat.data());
        }
    }

    /// The part from unit `start` to unit `end`, which lie inside.
    pub fn substring(self, ctx: &mut Ctx, start: usize, end: usize) -> R<Str> {
        debug_assert!(start <= end && end <= self.len());
        if start == 0 && end == self.len() {
            return Ok(self);
        }
        match end - start {
            0 => ctx.empty_string(),
            1 => {
                let unit = self.units(ctx)?.get(start).unwrap_or(0);
                ctx.unit_string(unit)
            }
            n if n < SLICE_MIN => {
                let part = self.units(ctx)?.range(start, end);
                Str::new(ctx, part)
            }
            _ => self.slice(ctx, start, end),
        }
    }

    fn slice(self, ctx: &mut Ctx, start: usize, end: usize) -> R<Str> {
        self.units(ctx)?;
        let owner = match self.form() {
            Form::Shared(owner) => owner,
            _ => self,
        };
        let first = self.data() + ((start as u64) << u32::from(self.is_wide()));
        Str::slice_of(ctx, owner, first, end - start)
    }

    /// Whether both have the same contents.
    pub fn equals(self, ctx: &mut Ctx, other: Str) -> bool {
        if self == other {
            return true;
        }
        if self.len() != other.len() || self.is_interned() && other.is_interned() {
            return false;
        }
        let (a, b) = (self.hash_if_known(), other.hash_if_known());
        if a != 0 && b != 0 && a != b {
            return false;
        }
        with_both(ctx, self, other, |a, b| a == b)
    }

    /// Order by UTF-16 units.
    pub fn compare(self, ctx: &mut Ctx, other: Str) -> Ordering {
        if self == other {
            return Ordering::Equal;
        }
        with_both(ctx, self, other, |a, b| a.cmp(&b))
    }

    /// The contents as text; lone surrogates become U+FFFD.
    pub fn to_text(self, ctx: &mut Ctx) -> String {
        with_units(ctx, self, |units| units.to_text())
    }

    /// Appends the units of a string that cannot be flattened for lack of memory.
    fn copy_units(self) -> Vec<u16> {
        let mut reversed = Vec::with_capacity(self.len());
        let mut pending = vec![self];
        while let Some(part) = pending.pop() {
            match part.form() {
                Form::Rope(left, right) => pending.extend([left, right]),
                _ => reversed.extend(part.flat_units().into_iter().flat_map(|u| u.iter().rev())),
            }
        }
        reversed.reverse();
        reversed
    }
}

/// Calls `f` with the units of `s`, from outside of the heap when that is full.
pub fn with_units<T>(ctx: &mut Ctx, s: Str, f: impl FnOnce(Units<'_>) -> T) -> T {
    match s.units(ctx) {
        Ok(units) => f(units),
        Err(_) => {
            ctx.take_pending();
            f(Units::Wide(&s.copy_units()))
        }
    }
}

pub(crate) fn with_both<T>(
    ctx: &mut Ctx,
    a: Str,
    b: Str,
    f: impl FnOnce(Units<'_>, Units<'_>) -> T,
) -> T {
    match (a.units(ctx), b.units(ctx)) {
        (Ok(x), Ok(y)) => f(x, y),
        _ => {
            ctx.take_pending();
            f(Units::Wide(&a.copy_units()), Units::Wide(&b.copy_units()))
        }
    }
}

impl Value {
    /// The string in a register that is declared as one, which the verifier proved to
    /// hold nothing else.
    #[inline(always)]
    pub(crate) fn known_string(self) -> Str {
        // SAFETY: as stated.
        unsafe { Str::from_value_unchecked(self) }
    }
}

impl Ctx {
    /// The string in `v`, if it holds one.
    #[inline]
    pub fn as_str(&self, v: Value) -> Option<Str> {
        let obj = v.as_obj()?;
        (obj.handle() == self.engine().core.string.handle).then_some(Str(obj))
    }

    /// The empty string.
    pub fn empty_string(&mut self) -> R<Str> {
        let cell = &self.engine().singletons.empty;
        if let Some(s) = Str::from_value(cell.get()) {
            return Ok(s);
        }
        let v = self.intern("")?;
        cell.set(v);
        Ok(Str::from_value(v).unwrap_or_else(|| unreachable!("interned strings are objects")))
    }

    /// The string of one unit.
    pub fn unit_string(&mut self, unit: u16) -> R<Str> {
        let Ok(byte) = u8::try_from(unit) else {
            return Str::new(self, Units::Wide(&[unit]));
        };
        let cell = &self.engine().singletons.chars[byte as usize];
        if let Some(s) = Str::from_value(cell.get()) {
            return Ok(s);
        }
        let v = self.intern_units(Units::Latin1(&[byte]))?;
        cell.set(v);
        Ok(Str::from_value(v).unwrap_or_else(|| unreachable!("interned strings are objects")))
    }

    /// A new string from text, as a word.
    pub fn string(&mut self, text: &str) -> R<Value> {
        Ok(Str::from_text(self, text)?.value())
    }

    /// What kind of thing a value is.
    #[inline]
    pub fn kind_of(&self, v: Value) -> TypeKind {
        self.type_of(v).kind
    }
}
