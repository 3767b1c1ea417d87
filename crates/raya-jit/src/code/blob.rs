//! A blob: the machine code of everything that one job compiled, before it is placed.
//!
//! The functions of a blob call each other by index; placing it resolves those calls
//! and nothing else, because everything outside is reached through addresses that
//! the translator already knew.

use super::memory::{CodeMemory, CodeRange};
use crate::error::JitError;
use cranelift_codegen::binemit::Reloc;

/// Alignment of a function inside a blob.
const ALIGN: usize = 16;

/// A call between two functions of the blob that is still to be linked.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// Where in the function.
    pub offset: u32,
    /// How the target is encoded.
    pub kind: Reloc,
    /// Which function of the blob.
    pub target: usize,
    /// Added to the target's address.
    pub addend: i64,
}

/// One compiled function of a blob.
#[derive(Clone, Debug, Default)]
pub struct Piece {
    /// Its machine code.
    pub bytes: Vec<u8>,
    /// Its links.
    pub links: Vec<Link>,
}

/// Code that was compiled but has no address yet.
#[derive(Clone, Debug, Default)]
pub struct Blob {
    /// The functions, in the order in which they are placed.
    pub pieces: Vec<Piece>,
}

impl Blob {
    /// Adds a function; returns its index.
    pub fn push(&mut self, piece: Piece) -> usize {
        self.pieces.push(piece);
        self.pieces.len() - 1
    }

    /// Where each function will start relative to the blob, and the total size.
    pub fn layout(&self) -> (Vec<usize>, usize) {
        let mut at = 0;
        let starts = self
            .pieces
            .iter()
            .map(|p| {
                let start = at;
                at = (start + p.bytes.len()).next_multiple_of(ALIGN);
                start
            })
            .collect();
        (starts, at)
    }

    /// Copies the blob into the area and links it; returns the range and the address
    /// of each function.
    pub fn place(&self, area: &mut CodeMemory) -> Result<(CodeRange, Vec<usize>), JitError> {
        let (starts, size) = self.layout();
        let range = area.allocate(size).ok_or(JitError::CodeFull)?;
        let base = area.address(&range);
        let mut image = vec![0; size];
        for (piece, &start) in self.pieces.iter().zip(&starts) {
            image[start..start + piece.bytes.len()].copy_from_slice(&piece.bytes);
        }
        for (piece, &start) in self.pieces.iter().zip(&starts) {
            for link in &piece.links {
                let target = base + starts[link.target];
                let at = start + link.offset as usize;
                if let Err(e) = resolve(&mut image, base, at, link, target) {
                    area.release(range);
                    return Err(e);
                }
            }
        }
        area.write(&range, &image);
        Ok((range, starts.iter().map(|s| base + s).collect()))
    }
}

/// Writes one resolved link into the image of a blob that will lie at `base`.
fn resolve(
    image: &mut [u8],
    base: usize,
    at: usize,
    link: &Link,
    target: usize,
) -> Result<(), JitError> {
    let target = (target as i64).wrapping_add(link.addend);
    let relative = target.wrapping_sub((base + at) as i64);
    match link.kind {
        Reloc::X86CallPCRel4 | Reloc::X86PCRel4 => {
            let rel = i32::try_from(relative)
                .map_err(|_| JitError::Codegen("call out of reach".to_owned()))?;
            image[at..at + 4].copy_from_slice(&rel.to_le_bytes());
        }
        Reloc::Abs8 => image[at..at + 8].copy_from_slice(&target.to_le_bytes()),
        Reloc::Arm64Call => {
            let old = u32::from_le_bytes([image[at], image[at + 1], image[at + 2], image[at + 3]]);
            let word = old & !0x03FF_FFFF | (relative >> 2) as u32 & 0x03FF_FFFF;
            image[at..at + 4].copy_from_slice(&word.to_le_bytes());
        }
        other => return Err(JitError::Codegen(format!("relocation {other}"))),
    }
    Ok(())
}
