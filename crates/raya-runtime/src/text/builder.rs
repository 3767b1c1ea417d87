//! Assembling strings from parts before they go into the heap.

use crate::abi::R;
use crate::ctx::Ctx;
use crate::mem::string::{MAX_LENGTH, Str, Units};

/// Units under construction: one byte each until a wide one comes.
///
/// Invariant: never longer than a string may be; what would be throws.
#[derive(Debug)]
pub enum Builder {
    /// One byte each.
    Narrow(Vec<u8>),
    /// Two bytes each.
    Wide(Vec<u16>),
}

impl Builder {
    /// An empty builder with room for `units`.
    pub fn with_capacity(units: usize) -> Builder {
        Builder::Narrow(Vec::with_capacity(units))
    }

    /// Number of units.
    pub fn len(&self) -> usize {
        match self {
            Builder::Narrow(units) => units.len(),
            Builder::Wide(units) => units.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn widen(&mut self) -> &mut Vec<u16> {
        if let Builder::Narrow(units) = self {
            *self = Builder::Wide(units.iter().map(|&u| u.into()).collect());
        }
        match self {
            Builder::Wide(units) => units,
            Builder::Narrow(_) => unreachable!("just widened"),
        }
    }

    /// Appends a unit.
    pub fn push(&mut self, unit: u16) {
        match (&mut *self, u8::try_from(unit)) {
            (Builder::Narrow(units), Ok(byte)) => units.push(byte),
            _ => self.widen().push(unit),
        }
    }

    /// Appends units.
    pub fn push_units(&mut self, ctx: &mut Ctx, more: Units<'_>) -> R<()> {
        if self.len() + more.len() > MAX_LENGTH {
            return Err(ctx.range_error("Invalid string length"));
        }
        match (&mut *self, more) {
            (Builder::Narrow(units), Units::Latin1(more)) => units.extend_from_slice(more),
            (Builder::Wide(units), _) => units.extend(more.iter()),
            (Builder::Narrow(_), Units::Wide(more)) => self.widen().extend_from_slice(more),
        }
        Ok(())
    }

    /// Appends a character.
    pub fn push_char(&mut self, c: char) {
        let mut units = [0; 2];
        for &mut unit in c.encode_utf16(&mut units) {
            self.push(unit);
        }
    }

    /// The units so far.
    pub fn units(&self) -> Units<'_> {
        match self {
            Builder::Narrow(units) => Units::Latin1(units),
            Builder::Wide(units) => Units::Wide(units),
        }
    }

    /// The string.
    pub fn finish(&self, ctx: &mut Ctx) -> R<Str> {
        Str::new(ctx, self.units())
    }
}
