//! The coverage report: what happened to each opcode in an engine.

use std::fmt::Write;

use raya_bytecode::Op;
use raya_interp::Coverage;

/// Counts as a JSON object: opcode to `[interpreted, compiled, exited, threw, collected]`;
/// opcodes that nothing happened to are left out.
pub(crate) fn json(interpreted: &Coverage, compiled: &dyn Fn(Op) -> [u64; 4]) -> String {
    let mut out = String::from("{");
    for &op in Op::ALL {
        let [ran, exited, threw, collected] = compiled(op);
        let row = [
            interpreted.count(op),
            ran,
            exited,
            interpreted.count_threw(op) + threw,
            interpreted.count_collected(op) + collected,
        ];
        if row.iter().any(|&n| n > 0) {
            let comma = if out.len() > 1 { ", " } else { "" };
            let _ = write!(out, "{comma}\"{}\": {row:?}", op.name());
        }
    }
    out.push('}');
    out
}
