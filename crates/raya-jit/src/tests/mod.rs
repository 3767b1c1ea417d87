//! Tests on hand-built modules: what the translator emits, run for real.

mod build;
mod inlining;
mod kernels;
mod numbers;
mod snapshots;
