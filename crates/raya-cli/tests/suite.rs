//! The whole suite over this build of the `raya` binary: fixtures in every mode, soundness
//! programs, the reference's code blocks, bad input, command lines, generated programs.

use std::path::Path;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    raya_testkit::suite::main(Path::new(env!("CARGO_BIN_EXE_raya")), &root);
}
