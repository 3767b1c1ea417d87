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
//! [`Engine::load`] keeps a program, to call its functions:
//!
//! ```
//! use raya::{Engine, Error, Options, Value};
//!
//! let mut engine = Engine::new(Options::default())?;
//! let shop = engine.load(
//!     "shop.ts",
//!     r#"
//!     const prices = new Map<string, number>([["tea", 3], ["cake", 4.5]]);
//!     function price(item: string, count: number): number {
//!       const one = prices.get(item);
//!       if (one === null) throw new RangeError(`no ${item} here`);
//!       return one * count;
//!     }
//!     "#,
//! )?;
//! let two = engine.call(&shop, "price", &[Value::from("tea"), Value::from(2.0)])?;
//! assert_eq!(two, Value::Number(6.0));
//!
//! // What goes wrong comes back as a value, and the engine goes on.
//! let none = engine.call(&shop, "price", &[Value::from("soap"), Value::from(1.0)]);
//! assert!(matches!(none, Err(Error::Uncaught(text)) if text.contains("no soap here")));
//! # Ok::<(), raya::Error>(())
//! ```
//!
//! Owns the order of the phases, the settings, the tier-up policy and the embedding
//! interface. Several engines may live in a process; each belongs to the thread that
//! made it. Programs see of the outside what their engine was given: arguments and two
//! output streams, which [`Engine::set_streams`] replaces.
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
mod report;
#[cfg(feature = "jit")]
mod tier;
mod value;

pub use engine::{Engine, Library};
pub use error::{Diagnostics, Error};
pub use frontend::{Program, check};
pub use options::{JitOptions, Options};
/// The front end's syntax trees, positions and rendering of diagnostics.
pub use raya_syntax as syntax;
pub use report::{CompiledCode, Report};
pub use value::Value;
