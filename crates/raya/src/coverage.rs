//! The coverage report: what happened to each opcode in an engine.

use std::fmt::Write;

use raya_bytecode::Op;
use raya_interp::Coverage;

/// Counts as a JSON object: opcode to `[interpreted, compiled, exited, threw, collected]`;
/// opcodes that nothing happened to are left out.
pub(crate) fn json(interpreted: &Coverage, compiled: &dyn Fn(Op) -> [u64; 2]) -> String {
    let mut out = String::from("{");
    for &op in Op::ALL {
        let [emitted, exited] = compiled(op);
        let row = [
            interpreted.count(op),
            emitted,
            exited,
            interpreted.count_threw(op),
            interpreted.count_collected(op),
        ];
        if row.iter().any(|&n| n > 0) {
            let comma = if out.len() > 1 { ", " } else { "" };
            let _ = write!(out, "{comma}\"{}\": {row:?}", op.name());
        }
    }
    out.push('}');
    out
}
