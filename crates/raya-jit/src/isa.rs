//! The target: settings of Cranelift and the one calling convention.
//!
//! On x86-64 compiled code, helpers and thunks use the Windows convention: it keeps
//! ten vector registers across calls, without which a cold call in a loop over
//! doubles sends them all to memory. Mixing in a single System V callee would undo
//! that, so nothing compiled may use another convention than [`CALL_CONV`].

use crate::error::JitError;
use cranelift_codegen::isa::{CallConv, OwnedTargetIsa};
use cranelift_codegen::settings::{self, Configurable};

/// The calling convention of compiled code and of every helper.
pub const CALL_CONV: CallConv = if cfg!(target_arch = "x86_64") {
    CallConv::WindowsFastcall
} else {
    CallConv::SystemV
};

/// Builds the target for this machine. `verify` runs Cranelift's verifier on all
/// that is compiled (tests and debugging: it costs 40 % of compile time).
pub fn target(verify: bool) -> Result<OwnedTargetIsa, JitError> {
    let mut flags = settings::builder();
    let verify = if verify { "true" } else { "false" };
    for (name, value) in [
        ("opt_level", "speed"),
        ("enable_verifier", verify),
        ("unwind_info", "false"),
        ("is_pic", "false"),
        ("use_colocated_libcalls", "false"),
        ("preserve_frame_pointers", "true"),
    ] {
        flags
            .set(name, value)
            .map_err(|e| JitError::Unsupported(e.to_string()))?;
    }
    cranelift_native::builder()
        .map_err(|e| JitError::Unsupported(e.to_owned()))?
        .finish(settings::Flags::new(flags))
        .map_err(|e| JitError::Unsupported(e.to_string()))
}
