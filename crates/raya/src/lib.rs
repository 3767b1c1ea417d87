//! Raya as a library: compile programs and run them, with nothing global.
//!
//! ```
//! use raya::{Engine, Options, Value};
//!
//! let mut engine = Engine::new(Options::default())?;
//! assert_eq!(engine.eval("const xs = [1, 2, 3]; xs.length * 2")?, Some(Value::Number(6.0)));
//!
//! let program = engine.compile("greet.ts", r#"console.log("hello");"#)?;
//! engine.run(&program)?;
//! engine.flush();
//! # Ok::<(), raya::Error>(())
//! ```
//!
//! Owns the order of the phases, the settings, the tier-up policy and the embedding
//! interface. Several engines may live in a process; each belongs to the thread that
//! made it. Programs see of the outside what their engine was given: arguments and two
//! output streams.
//!
//! Faults are data: what is wrong with a program comes as [`Diagnostics`], what it threw
//! as [`Error::Uncaught`].

#![forbid(unsafe_code)]

mod coverage;
pub mod dump;
mod engine;
mod error;
mod frontend;
mod options;
#[cfg(feature = "jit")]
mod tier;
mod value;

pub use engine::Engine;
pub use error::{Diagnostics, Error};
pub use frontend::{Program, check};
pub use options::{JitOptions, Options};
/// The front end's syntax trees, positions and rendering of diagnostics.
pub use raya_syntax as syntax;
pub use value::Value;
