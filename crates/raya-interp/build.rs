//! Chooses the dispatch form: tail-calling handlers where the compiler is known to
//! turn the final call of a handler into a jump, the match loop elsewhere.

use std::env;

/// Architectures whose calling conventions let a handler's last call become a jump.
const TAIL_CALL_ARCHS: [&str; 3] = ["x86_64", "aarch64", "riscv64"];

fn main() {
    println!("cargo::rustc-check-cfg=cfg(raya_tail_calls)");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=RAYA_MATCH_LOOP");
    let opt = env::var("OPT_LEVEL").unwrap_or_default();
    let arch = env::var("CARGO_CFG_TARGET_ARCH").unwrap_or_default();
    let optimised = matches!(opt.as_str(), "2" | "3" | "s" | "z");
    let forced_off = env::var_os("RAYA_MATCH_LOOP").is_some();
    if optimised && TAIL_CALL_ARCHS.contains(&arch.as_str()) && !forced_off {
        println!("cargo::rustc-cfg=raya_tail_calls");
    }
}
