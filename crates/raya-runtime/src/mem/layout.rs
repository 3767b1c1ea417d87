//! Where things lie in memory. Both tiers and the collector read these constants;
//! nobody else may know an offset.
//!
//! Every heap object starts with a header word: a `u32` type handle (the byte
//! offset of its `TypeInfo` from the engine's type region, so that a guard is one
//! 32-bit compare with an immediate) and `u32` flags. Nothing moves, so the address
//! is the identity and the header holds neither hash nor lock.
//!
//! Invariant: word slots are zero (unset) before the next safepoint after an allocation.

/// Byte offset of the type handle.
pub const HEADER_TYPE: usize = 0;
/// Byte offset of the flags.
pub const HEADER_FLAGS: usize = 4;
/// Bytes of the header.
pub const HEADER_SIZE: usize = 8;

/// Instance, literal, scope: the expando word (0: none).
pub const OBJECT_EXPANDO: usize = 8;
/// Instance, literal, scope: the first field; each takes eight bytes in register format.
pub const OBJECT_FIELDS: usize = 16;

/// Closure: pointer to its `FuncInfo`.
pub const CLOSURE_FUNC: usize = 8;
/// Closure: the table of attributes that a program put on it (0: none).
pub const CLOSURE_ATTRS: usize = 16;
/// Closure: first capture, eight bytes each in register format.
pub const CLOSURE_CAPTURES: usize = 24;

/// Array: pointer to its storage.
pub const ARRAY_STORAGE: usize = 8;
/// Bytes of an array object.
pub const ARRAY_SIZE: usize = 16;
/// Storage: `u32` number of elements.
pub const STORAGE_LEN: usize = 8;
/// Storage: `u32` room in elements.
pub const STORAGE_CAP: usize = 12;
/// Storage: the first element.
pub const STORAGE_DATA: usize = 16;

/// String: `u32` length in UTF-16 units.
pub const STRING_LEN: usize = 8;
/// String: `u32` hash, 0 while not computed.
pub const STRING_HASH: usize = 12;
/// String: address of the characters, or the left part of a rope tagged with [`ROPE_TAG`].
pub const STRING_DATA: usize = 16;
/// String: the first inline character; else the right part of a rope, or the flat string
/// whose characters a slice or flattened rope shares.
pub const STRING_REST: usize = 24;
/// Bytes of a rope or slice.
pub const STRING_SIZE: usize = 32;
/// Bit of the data word that marks a rope: the sign, because a slice of one-byte
/// characters may start at an odd address.
pub const ROPE_TAG: u64 = 1 << 63;

/// Class object, property, bound method and other fixed records: the first word.
pub const RECORD_FIRST: usize = 8;

/// Expando: `u32` shape id, or `DICT_SHAPE`.
pub const EXPANDO_SHAPE: usize = 8;
/// Expando: `u32` number of slots.
pub const EXPANDO_CAP: usize = 12;
/// Expando: the first slot; with `DICT_SHAPE` it holds the hash table.
pub const EXPANDO_SLOTS: usize = 16;

/// String flag: characters take two bytes (else one, Latin-1). Fixed for life.
pub const FLAG_UTF16: u32 = 1;
/// String flag: the one string of this content in the intern table.
pub const FLAG_INTERNED: u32 = 2;
/// Object flag: frozen by `Object.freeze`.
pub const FLAG_FROZEN: u32 = 4;
/// Array or literal flag: pinned to its type by a checked cast.
pub const FLAG_PINNED: u32 = 8;

/// String flag: characters of growing strings, with room behind them; no program sees it.
pub const FLAG_BUFFER: u32 = 16;
/// A literal whose expando says the order of its members.
pub const FLAG_ORDERED: u32 = 64;
/// A literal that a cast gives a type before all of its members are there.
pub const FLAG_INCOMPLETE: u32 = 32;

/// How array elements lie in a storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ElemKind {
    /// Doubles, 8 bytes.
    F64 = 0,
    /// Ints, 4 bytes.
    I32 = 1,
    /// Booleans, 1 byte.
    Bool = 2,
    /// Words, 8 bytes.
    Word = 3,
}

impl ElemKind {
    /// Bytes of one element.
    pub const fn size(self) -> usize {
        match self {
            ElemKind::F64 | ElemKind::Word => 8,
            ElemKind::I32 => 4,
            ElemKind::Bool => 1,
        }
    }
}
