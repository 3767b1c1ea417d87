//! Stubs in front of helpers: they tell the runtime which compiled frame calls.
//!
//! On x86-64 a stub stores the frame pointer into the context and jumps on. Compiled
//! code could store it itself, but Cranelift would then keep a copy of the frame
//! pointer in a register throughout the function, for calls that never happen.

use super::blob::Piece;

/// Whether there are stubs on this machine; where not, compiled code stores the frame
/// pointer.
pub const STORE_FRAME_POINTER: bool = cfg!(target_arch = "x86_64");

/// A stub that stores the frame pointer at `offset` of the context, the first argument,
/// and goes on at `target`.
pub fn stub(offset: usize, target: usize) -> Piece {
    let mut bytes = Vec::with_capacity(19);
    bytes.extend([0x48, 0x89, 0xA9]); // mov [rcx + disp32], rbp
    bytes.extend((offset as u32).to_le_bytes());
    bytes.extend([0x48, 0xB8]); // mov rax, imm64
    bytes.extend((target as u64).to_le_bytes());
    bytes.extend([0xFF, 0xE0]); // jmp rax
    Piece {
        bytes,
        links: Vec::new(),
    }
}
