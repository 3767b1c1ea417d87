//! Text of values that needs no heap: numbers, quoting, the layout of inspected
//! values. Pure functions; the types' files and natives call them.

pub mod builder;
pub mod case;
pub mod collate;
pub mod inspect_layout;
pub mod number_format;
pub mod number_parse;
pub mod number_text;
pub mod quote;
pub mod search;
