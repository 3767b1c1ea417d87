//! Raya's runtime: values, types and slots, built-in types, exceptions.
//!
//! Owns all semantics. Neither tier implements an operation a second time: both
//! call the helpers declared in [`helpers`].

mod arity;
pub mod assumptions;
pub mod attr_calls;
mod attribute_view;
mod attrs;
mod bridges;
pub mod caches;
pub mod calls;
pub mod casts;
mod class_attrs;
pub mod class_builder;
mod class_create;
mod class_view;
mod conversions;
pub mod core_types;
pub mod ctx;
pub mod desc;
pub mod desc_table;
mod desc_text;
pub mod direct;
mod dispatch;
pub mod engine;
pub mod errors;
mod fields;
mod frozen;
pub mod func;
mod function_attrs;
pub mod helpers;
pub mod hooks;
pub mod host;
mod inspect;
mod items;
mod iter;
mod json;
pub mod link;
pub mod math;
pub mod mem;
mod members;
mod mro;
pub mod natives;
pub mod operators;
pub mod ops;
mod pin;
mod poll;
mod props;
pub mod shape;
pub mod slot_calls;
mod slots;
mod super_access;
#[cfg(test)]
mod testing;
pub mod text;
mod trace;
pub mod type_info;
mod types;

pub use mem::abi;
