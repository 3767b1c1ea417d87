//! What an engine holds and what its second tier did, as data.

/// One compiled function, or one of its loops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledCode {
    /// The function's name.
    pub name: String,
    /// Bytecode index of the loop header; none for the code that calls enter.
    pub loop_header: Option<u32>,
    /// Bytes of machine code.
    pub bytes: usize,
    /// Helper calls on the expected path of innermost loops.
    pub loop_helpers: u32,
    /// Boxings on the expected path of innermost loops.
    pub loop_boxings: u32,
}

/// What an engine holds and what its second tier did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Bytes of the heap that objects take.
    pub heap_bytes: usize,
    /// Collections so far.
    pub collections: u64,
    /// Machine code in place, oldest first.
    pub code: Vec<CompiledCode>,
    /// Bytes of machine code, with that which waits to be freed and the stubs around it.
    pub code_bytes: usize,
    /// Pieces of machine code that are not entered any more and wait to be freed.
    pub retired: usize,
    /// Jobs that gave code.
    pub compiled: u64,
    /// Exits that were taken.
    pub exits: u64,
    /// Times that a function lost its code because an assumption was dropped.
    pub invalidated: u64,
    /// Functions that stay in the interpreter because they lost their code too often.
    pub given_up: Vec<String>,
    /// Functions that the compiler refused, with the reason.
    pub refused: Vec<(String, String)>,
}
