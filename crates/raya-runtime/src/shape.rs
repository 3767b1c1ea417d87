//! Shapes: which attributes an expando object has, and where.
//!
//! Attributes outside the declared fields live in an expando object {shape, slots}.
//! Shapes of one class form a transition tree, so that objects that got the same
//! attributes in the same order share one and an inline cache can name it. Beyond
//! [`MAX_SHAPED`] attributes, or after a delete, an object turns to a hash table.
//!
//! Invariant: a shape never changes; ids are unique in the engine and not reused.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use crate::mem::refs::{Arena, Ref};
use crate::mem::value::Value;

/// Most attributes that a shape describes.
pub const MAX_SHAPED: usize = 64;
/// Shape id of an expando whose only slot holds a hash table.
pub const DICT_SHAPE: u32 = u32::MAX;

/// One shape.
#[derive(Debug)]
pub struct Shape {
    /// Engine-wide number.
    pub id: u32,
    /// The names, in slot order.
    pub names: Box<[Value]>,
    /// Slot by name.
    index: FxHashMap<Value, u32>,
    /// Shapes that adding one name leads to.
    next: RefCell<FxHashMap<Value, Ref<Shape>>>,
}

impl Shape {
    /// The slot of `name`.
    pub fn slot(&self, name: Value) -> Option<u32> {
        self.index.get(&name).copied()
    }
}

/// Every shape of an engine.
#[derive(Default)]
pub struct Shapes {
    arena: Arena<Shape>,
}

/// The root of one class's tree.
#[derive(Default)]
pub struct ShapeTree {
    first: RefCell<FxHashMap<Value, Ref<Shape>>>,
}

impl Shapes {
    /// The shape with this id.
    pub fn get(&self, id: u32) -> Option<Ref<Shape>> {
        self.arena.get(id as usize)
    }

    /// The shape that `from` (none: the root of `tree`) turns into when `name` is added;
    /// none when that would be too many.
    pub fn with(
        &self,
        tree: &ShapeTree,
        from: Option<Ref<Shape>>,
        name: Value,
    ) -> Option<Ref<Shape>> {
        let (table, names) = match &from {
            Some(shape) => (&shape.next, &shape.names[..]),
            None => (&tree.first, &[][..]),
        };
        if let Some(&known) = table.borrow().get(&name) {
            return Some(known);
        }
        if names.len() >= MAX_SHAPED {
            return None;
        }
        let names: Box<[Value]> = names.iter().copied().chain([name]).collect();
        let index = (0..).zip(names.iter()).map(|(i, &n)| (n, i)).collect();
        let shape = self.arena.alloc(Shape {
            id: self.arena.len() as u32,
            names,
            index,
            next: RefCell::default(),
        });
        table.borrow_mut().insert(name, shape);
        Some(shape)
    }
}
