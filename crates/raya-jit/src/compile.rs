//! One compile job: from a snapshot to code that can be placed.
//!
//! Runs on any thread. The result refers to nothing but addresses that the snapshot
//! and the linkage named; installing it is the mutator's business.

use crate::code::blob::{Blob, Link, Piece};
use crate::dump::Names;
use crate::error::JitError;
use crate::translate::{self, Entry, Job, Tables};
use cranelift_codegen::ir::{ExternalName, Function};
use cranelift_codegen::{Context, FinalizedRelocTarget};
use cranelift_frontend::FunctionBuilderContext;
use std::time::Instant;

/// Functions larger than this many bytecode instructions are not compiled.
pub const MAX_INSTRUCTIONS: usize = 20_000;

/// What a job produces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// The typed entry and the one over an interpreter frame.
    pub calls: bool,
    /// An entry at this loop header.
    pub osr: Option<u32>,
}

/// Which entry a function of the blob is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// The typed entry.
    Typed,
    /// The entry over an interpreter frame.
    Frame,
    /// The entry at a loop header.
    Osr(u32),
}

/// A place in machine code that belongs to a site.
#[derive(Clone, Copy, Debug)]
pub struct CodeSite {
    /// Function of the blob.
    pub piece: usize,
    /// Offset of the return address in it.
    pub offset: u32,
    /// Local number of the site.
    pub site: u32,
}

/// The result of a job.
#[derive(Debug)]
pub struct Compiled {
    /// The machine code.
    pub blob: Blob,
    /// What each function of the blob is.
    pub kinds: Vec<PieceKind>,
    /// Sites, exits and callees.
    pub tables: Tables,
    /// Return addresses.
    pub returns: Vec<CodeSite>,
    /// Time spent, in microseconds.
    pub micros: u64,
    /// CLIF and assembly text by function, when asked for.
    pub dumps: Vec<(String, String)>,
}

/// Reusable buffers of a compiling thread.
pub struct Compiler {
    builder: FunctionBuilderContext,
    context: Context,
}

impl Default for Compiler {
    fn default() -> Self {
        Compiler {
            builder: FunctionBuilderContext::new(),
            context: Context::new(),
        }
    }
}

impl Compiler {
    /// Compiles what `request` asks for.
    pub fn run(
        &mut self,
        job: &Job<'_>,
        request: Request,
        dump: bool,
    ) -> Result<Compiled, JitError> {
        let size = job.snapshot.func().code.len();
        if size > MAX_INSTRUCTIONS {
            return Err(JitError::TooLarge(size));
        }
        let result = self.compile(job, request, dump);
        if result.is_err() {
            // A translation that failed left its pieces in there.
            self.builder = FunctionBuilderContext::new();
        }
        result
    }

    fn compile(
        &mut self,
        job: &Job<'_>,
        request: Request,
        dump: bool,
    ) -> Result<Compiled, JitError> {
        let start = Instant::now();
        let mut out = Compiled {
            blob: Blob::default(),
            kinds: Vec::new(),
            tables: Tables::default(),
            returns: Vec::new(),
            micros: 0,
            dumps: Vec::new(),
        };
        if request.calls {
            let func = translate::translate(job, Entry::Call, &mut out.tables, &mut self.builder)?;
            self.emit(job, func, PieceKind::Typed, dump, &mut out)?;
            let interface = &job.snapshot.interface;
            let func = translate::frame_entry(interface, job.isa, &mut self.builder);
            self.emit(job, func, PieceKind::Frame, dump, &mut out)?;
        }
        if let Some(header) = request.osr {
            let entry = Entry::Loop(header);
            let func = translate::translate(job, entry, &mut out.tables, &mut self.builder)?;
            self.emit(job, func, PieceKind::Osr(header), dump, &mut out)?;
        }
        out.micros = start.elapsed().as_micros() as u64;
        Ok(out)
    }

    /// Compiles the thunk of a function that is not compiled.
    pub fn thunk(
        &mut self,
        info: usize,
        interface: &crate::snapshot::Interface,
        linkage: &translate::Linkage,
        isa: &dyn cranelift_codegen::isa::TargetIsa,
    ) -> Result<Piece, JitError> {
        let func = translate::thunk(info, interface, linkage, isa, &mut self.builder);
        self.context.clear();
        self.context.func = func;
        let code = (self.context)
            .compile(isa, &mut Default::default())
            .map_err(|e| JitError::Codegen(e.inner.to_string()))?;
        Ok(Piece {
            bytes: code.code_buffer().to_vec(),
            links: Vec::new(),
        })
    }

    fn emit(
        &mut self,
        job: &Job<'_>,
        func: Function,
        kind: PieceKind,
        dump: bool,
        out: &mut Compiled,
    ) -> Result<(), JitError> {
        self.context.clear();
        self.context.func = func;
        self.context.set_disasm(dump);
        let clif = dump.then(|| self.context.func.display().to_string());
        let code = (self.context)
            .compile(job.isa, &mut Default::default())
            .map_err(|e| JitError::Codegen(e.inner.to_string()))?;
        let piece = out.blob.pieces.len();
        if kind != PieceKind::Frame {
            let locs = code.buffer.get_srclocs_sorted();
            for call in code.buffer.call_sites() {
                let before = call.ret_addr - 1;
                let at = locs.partition_point(|l| l.end <= before);
                let loc = locs.get(at).filter(|l| l.start <= before);
                if let Some(loc) = loc.filter(|l| !l.loc.is_default()) {
                    out.returns.push(CodeSite {
                        piece,
                        offset: call.ret_addr,
                        site: loc.loc.bits(),
                    });
                }
            }
        }
        let mut links = Vec::new();
        for r in code.buffer.relocs() {
            let target = match &r.target {
                FinalizedRelocTarget::ExternalName(ExternalName::User(_)) => 0,
                other => {
                    return Err(JitError::Codegen(format!("link to {other:?}")));
                }
            };
            links.push(Link {
                offset: r.offset,
                kind: r.kind,
                target,
                addend: r.addend,
            });
        }
        if let Some(clif) = clif {
            let names = Names::of(job.snapshot, job.linkage);
            let asm = code.vcode.as_deref().unwrap_or_default();
            out.dumps.push((names.apply(&clif), names.apply(asm)));
        }
        let bytes = code.code_buffer().to_vec();
        out.blob.push(Piece { bytes, links });
        out.kinds.push(kind);
        Ok(())
    }
}
