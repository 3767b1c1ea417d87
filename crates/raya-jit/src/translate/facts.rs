//! What checks have proved: a check that holds already is not emitted again.
//!
//! Facts are about SSA values, so most of them hold wherever the check dominates,
//! whatever happens to registers and memory. What objects have for a type may change
//! when code runs that pins them, so those facts last only for straight-line code
//! without calls.

use super::Translator;
use crate::analysis::NodeId;
use cranelift_codegen::ir::Value;

/// What is known at a place.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Index and length: the index is below the length.
    inside: Vec<(Value, Value)>,
    /// Words that refer to objects.
    objects: Vec<Value>,
    /// Words that are not null.
    not_null: Vec<Value>,
    /// Words that hold a double, and the double.
    doubles: Vec<(Value, Value)>,
    /// Doubles that are integers, and the integer.
    wholes: Vec<(Value, Value)>,
    /// Objects with exactly this type handle, and the cell that said so.
    typed: Vec<(Value, u64)>,
}

impl Facts {
    /// Records that an index was found to be below a length.
    pub fn add_inside(&mut self, index: Value, len: Value) {
        self.inside.push((index, len));
    }

    /// Whether an index is known to be below a length.
    pub fn is_inside(&self, index: Value, len: Value) -> bool {
        self.inside.contains(&(index, len))
    }

    /// Records that a word refers to an object.
    pub fn add_object(&mut self, w: Value) {
        self.objects.push(w);
    }

    /// Whether a word is known to refer to an object.
    pub fn is_object(&self, w: Value) -> bool {
        self.objects.contains(&w)
    }

    /// Records that a word is not null.
    pub fn add_not_null(&mut self, w: Value) {
        self.not_null.push(w);
    }

    /// Whether a word is known not to be null.
    pub fn is_not_null(&self, w: Value) -> bool {
        self.not_null.contains(&w) || self.is_object(w)
    }

    /// Records that a word holds a double.
    pub fn add_double(&mut self, w: Value, x: Value) {
        self.doubles.push((w, x));
    }

    /// The double that a word is known to hold.
    pub fn double_in(&self, w: Value) -> Option<Value> {
        let found = self.doubles.iter().rev().find(|d| d.0 == w);
        found.map(|d| d.1)
    }

    /// Records that a double is an integer, and not -0.
    pub fn add_whole(&mut self, x: Value, n: Value) {
        self.wholes.push((x, n));
    }

    /// The integer that a double is known to be.
    pub fn whole_of(&self, x: Value) -> Option<Value> {
        let found = self.wholes.iter().rev().find(|d| d.0 == x);
        found.map(|d| d.1)
    }

    /// Records what a cell said about an object's type.
    pub fn add_typed(&mut self, object: Value, cell: u64) {
        self.typed.push((object, cell));
    }

    /// Whether an object is known to have the type that a cell names.
    pub fn is_typed(&self, object: Value, cell: u64) -> bool {
        self.typed
            .iter()
            .any(|&(o, c)| o == object && c as u32 == cell as u32)
    }

    /// Forgets what calls may change.
    pub fn forget_types(&mut self) {
        self.typed.clear();
    }
}

impl Translator<'_> {
    /// Sets the facts for the start of a node. `straight`: control comes from the end of
    /// the node that was translated before, and only from there.
    pub(super) fn facts_at(&mut self, n: NodeId, straight: bool) {
        if !straight {
            self.inherit_facts(n);
        }
        if let Some(&w) = self.frame().not_null_in.get(&n) {
            self.facts.add_not_null(w);
        }
    }

    /// Records that a word is not null in a node that only the current one leads to.
    pub(super) fn note_not_null(&mut self, n: NodeId, w: Value) {
        let frame = self.frame_mut();
        if frame.analysis.graph[n].preds.len() == 1 {
            frame.not_null_in.insert(n, w);
        }
    }

    /// Takes over what holds at the end of a node's immediate dominator.
    fn inherit_facts(&mut self, n: NodeId) {
        self.young.clear();
        let frame = self.frame();
        let graph = &frame.analysis.graph;
        let idom = frame.analysis.idom[n.index()];
        // An exception leaves a node in its middle.
        let thrown = (graph[n].preds.iter()).any(|p| graph[*p].handler == Some(n));
        let mut facts = match &frame.facts_out[idom.index()] {
            Some(facts) if !thrown && idom != n => facts.clone(),
            _ => frame.facts_in.clone(),
        };
        facts.forget_types();
        self.facts = facts;
    }

    /// Keeps the facts at the end of a node for the nodes that it dominates.
    pub(super) fn keep_facts(&mut self, n: NodeId) {
        let facts = self.facts.clone();
        self.frame_mut().facts_out[n.index()] = Some(facts);
    }
}
