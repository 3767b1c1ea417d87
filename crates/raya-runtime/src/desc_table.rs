//! The interner of descriptors and signatures.
//!
//! A module's types form a graph that may have cycles. Nodes are hashed by their
//! unfolding to a fixed depth, then compared with what exists under the assumption that
//! pairs already under comparison are equal (the greatest bisimulation), so recursive
//! structural types intern like all others. Classes are leaves: they are nominal.
//!
//! Invariant: see [`crate::desc`].

use std::cell::{Cell, OnceCell, RefCell};
use std::hash::{Hash, Hasher};

use raya_bytecode::{Module, Repr, TypeDesc, TypeId};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use crate::core_types::CoreTypes;
use crate::desc::{Desc, DescKind, DescRef, DescShape, MemberDesc, imm};
use crate::func::SigInfo;
use crate::mem::refs::{Arena, Ref};
use crate::mem::value::Value;
use crate::type_info::TypeRef;

/// Unfoldings of a node that enter its hash.
const HASH_DEPTH: usize = 3;

/// Owns the descriptors and signatures of an engine.
pub struct DescTable {
    descs: Arena<Desc>,
    sigs: Arena<SigInfo>,
    by_hash: RefCell<FxHashMap<u64, Vec<DescRef>>>,
    sig_index: RefCell<FxHashMap<SigKey, Ref<SigInfo>>>,
    /// `any`.
    pub any: DescRef,
    /// `null`.
    pub null: DescRef,
    /// `number`.
    pub number: DescRef,
    /// `int`.
    pub int: DescRef,
    /// `boolean`.
    pub boolean: DescRef,
    /// `string`.
    pub string: DescRef,
    /// `any[]`.
    pub any_array: DescRef,
    /// `number[]`.
    pub number_array: DescRef,
    /// `string[]`.
    pub string_array: DescRef,
}

/// What makes a signature itself: parameter types, required, rest, result.
type SigKey = (Box<[DescRef]>, u16, bool, DescRef);

/// What the linker knows about names in a module.
pub trait TypeNames {
    /// The type of a class.
    fn class(&self, id: raya_bytecode::ClassId) -> TypeRef;
    /// An interned string.
    fn string(&self, id: raya_bytecode::StrId) -> Value;
    /// Depth of a class in displays, which is known before the class is written.
    fn class_place(&self, id: raya_bytecode::ClassId) -> (u32, u8);
}

/// What a node is apart from its children.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Label {
    kind: DescKind,
    /// Names, handles, literals, counts.
    data: Vec<u64>,
    /// Order of the children does not matter.
    unordered: bool,
}

/// A node with children named by `C`.
#[derive(Clone, Debug)]
struct Node<C> {
    label: Label,
    children: Vec<C>,
}

impl DescTable {
    /// A table with the descriptors that every engine needs.
    pub(crate) fn new(_: &CoreTypes) -> DescTable {
        let descs = Arena::new();
        let leaf = |kind, repr, immediates, shape| {
            descs.alloc(Desc {
                kind,
                repr,
                immediates: Cell::new(immediates),
                depth: 0,
                handle: Cell::new(0),
                id: descs.len() as u32,
                shape: OnceCell::from(shape),
                cache: RefCell::default(),
            })
        };
        let any = leaf(DescKind::Any, Repr::Word, imm::ALL, DescShape::Any);
        let null = leaf(DescKind::Null, Repr::Word, imm::NULL, DescShape::Null);
        let number = leaf(DescKind::Number, Repr::F64, imm::NUMBER, DescShape::Number);
        let int = leaf(DescKind::Int, Repr::I32, imm::INT, DescShape::Int);
        let boolean = leaf(DescKind::Boolean, Repr::Bool, imm::BOOL, DescShape::Boolean);
        let string = leaf(DescKind::String, Repr::Word, 0, DescShape::String);
        let array = |of| leaf(DescKind::Array, Repr::Word, 0, DescShape::Array(of));
        let (any_array, number_array, string_array) = (array(any), array(number), array(string));
        let table = DescTable {
            sigs: Arena::new(),
            by_hash: RefCell::default(),
            sig_index: RefCell::default(),
            any,
            null,
            number,
            int,
            boolean,
            string,
            any_array,
            number_array,
            string_array,
            descs,
        };
        table.descs.each(|desc| table.publish(desc));
        table
    }

    /// Enters a complete descriptor into the index.
    fn publish(&self, desc: DescRef) {
        let hash = hash_desc(desc, HASH_DEPTH);
        self.by_hash
            .borrow_mut()
            .entry(hash)
            .or_default()
            .push(desc);
    }

    /// Interns a descriptor whose children are interned already.
    pub fn intern(&self, shape: DescShape) -> DescRef {
        let node = desc_node(&shape);
        let hash = hash_interned(&node, HASH_DEPTH);
        let known = self.by_hash.borrow().get(&hash).and_then(|found| {
            let same = |d: &&DescRef| {
                let other = desc_node(d.shape());
                other.label == node.label && other.children == node.children
            };
            found.iter().find(same).copied()
        });
        if let Some(desc) = known {
            return desc;
        }
        let (handle, depth) = match &shape {
            DescShape::Class(ty) => (ty.handle, ty.depth),
            _ => (0, 0),
        };
        let desc = self.alloc(node.label.kind, repr_of_shape(&shape), handle, depth);
        self.complete(desc, shape);
        desc.immediates.set(immediates_of(desc, 0));
        self.publish(desc);
        desc
    }

    /// The descriptor of arrays of `elem`.
    pub fn array_of(&self, elem: DescRef) -> DescRef {
        self.intern(DescShape::Array(elem))
    }

    /// A descriptor whose structure is set later.
    fn alloc(&self, kind: DescKind, repr: Repr, handle: u32, depth: u8) -> DescRef {
        self.descs.alloc(Desc {
            kind,
            repr,
            immediates: Cell::new(0),
            depth,
            handle: Cell::new(handle),
            id: self.descs.len() as u32,
            shape: OnceCell::new(),
            cache: RefCell::default(),
        })
    }

    fn complete(&self, desc: DescRef, shape: DescShape) {
        let set = desc.shape.set(shape);
        debug_assert!(set.is_ok(), "a descriptor is completed once");
    }

    /// Interns a signature whose types are interned.
    pub fn signature(
        &self,
        params: Box<[DescRef]>,
        required: u16,
        rest: bool,
        ret: DescRef,
    ) -> Ref<SigInfo> {
        let key = (params, required, rest, ret);
        if let Some(&known) = self.sig_index.borrow().get(&key) {
            return known;
        }
        let sig = self.sigs.alloc(SigInfo {
            id: self.sigs.len() as u32,
            params: key.0.clone(),
            required,
            rest,
            ret,
        });
        self.sig_index.borrow_mut().insert(key, sig);
        sig
    }

    /// The signature with this id.
    pub fn signature_by_id(&self, id: u32) -> Option<Ref<SigInfo>> {
        self.sigs.get(id as usize)
    }

    /// Interns every type of a module.
    pub fn intern_module(&self, module: &Module, names: &dyn TypeNames) -> Box<[DescRef]> {
        let graph = Graph::new(module, names);
        let mut map: Vec<Option<DescRef>> = vec![None; graph.nodes.len()];
        let mut fresh: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
        let mut new_nodes = Vec::new();
        for i in graph.children_first() {
            let hash = graph.hashes[i];
            let known = self.by_hash.borrow();
            let existing = known.get(&hash).and_then(|found| {
                found
                    .iter()
                    .copied()
                    .find(|&desc| graph.equals_desc(i, desc, &map))
            });
            drop(known);
            map[i] = existing.or_else(|| {
                let same = fresh.get(&hash)?.iter();
                same.copied()
                    .find(|&j| graph.equals_node(i, j, &map))
                    .and_then(|j| map[j])
            });
            if map[i].is_none() {
                let ty = TypeId(i as u16);
                let (handle, depth) = match module.types[i] {
                    TypeDesc::Class(class) => names.class_place(class),
                    _ => (0, 0),
                };
                let kind = graph.nodes[i].label.kind;
                map[i] = Some(self.alloc(kind, module.repr(ty), handle, depth));
                fresh.entry(hash).or_default().push(i);
                new_nodes.push(i);
            }
        }
        let map: Box<[DescRef]> = map.into_iter().map(|d| d.unwrap_or(self.any)).collect();
        for &i in &new_nodes {
            let shape = self.module_shape(module, names, &map, i);
            self.complete(map[i], shape);
        }
        for &i in &new_nodes {
            map[i].immediates.set(immediates_of(map[i], 0));
            self.publish(map[i]);
        }
        map
    }

    /// The structure of type `i` of a module with its children mapped.
    fn module_shape(
        &self,
        module: &Module,
        names: &dyn TypeNames,
        map: &[DescRef],
        i: usize,
    ) -> DescShape {
        let at = |ty: TypeId| map[ty.index()];
        let all = |types: &[TypeId]| types.iter().map(|&t| at(t)).collect::<Box<[_]>>();
        match &module.types[i] {
            TypeDesc::Any => DescShape::Any,
            TypeDesc::Never => DescShape::Never,
            TypeDesc::Null => DescShape::Null,
            TypeDesc::Number => DescShape::Number,
            TypeDesc::Int => DescShape::Int,
            TypeDesc::Boolean => DescShape::Boolean,
            TypeDesc::String => DescShape::String,
            TypeDesc::LitString(s) => DescShape::LitString(names.string(*s)),
            TypeDesc::LitNumber(bits) => DescShape::LitNumber(*bits),
            TypeDesc::LitBool(b) => DescShape::LitBool(*b),
            TypeDesc::Class(c) => DescShape::Class(names.class(*c)),
            TypeDesc::ClassOrigin(c) => DescShape::ClassOrigin(names.class(*c)),
            TypeDesc::ClassObject(c) => DescShape::ClassObject(names.class(*c)),
            TypeDesc::Array(t) => DescShape::Array(at(*t)),
            TypeDesc::ReadonlyArray(t) => DescShape::ReadonlyArray(at(*t)),
            TypeDesc::Tuple {
                elems,
                required,
                rest,
            } => DescShape::Tuple {
                elems: all(elems),
                required: *required,
                rest: rest.map(at),
            },
            TypeDesc::Function(sig) => {
                let sig = &module.signatures[sig.index()];
                let params = all(&sig.params);
                DescShape::Function(self.signature(params, sig.required, sig.rest, at(sig.ret)))
            }
            TypeDesc::Object(members) => {
                let member = |m: &raya_bytecode::Member| MemberDesc {
                    name: names.string(m.name),
                    ty: at(m.ty),
                    optional: m.optional,
                };
                DescShape::Object(members.iter().map(member).collect())
            }
            TypeDesc::Dict(t) => DescShape::Dict(at(*t)),
            TypeDesc::AnyObject => DescShape::AnyObject,
            TypeDesc::Union(types) => DescShape::Union(all(types)),
            TypeDesc::Intersection(types) => DescShape::Intersection(all(types)),
        }
    }
}

/// A module's types as a graph, with the hashes of their unfoldings.
struct Graph {
    nodes: Vec<Node<usize>>,
    hashes: Vec<u64>,
}

impl Graph {
    fn new(module: &Module, names: &dyn TypeNames) -> Graph {
        let nodes: Vec<_> = (module.types.iter())
            .map(|ty| module_node(module, ty, names))
            .collect();
        let mut hashes: Vec<u64> = nodes.iter().map(|n| hash_label(&n.label)).collect();
        for _ in 0..HASH_DEPTH {
            hashes = (nodes.iter())
                .map(|n| hash_node(n, n.children.iter().map(|&c| hashes[c])))
                .collect();
        }
        let mut graph = Graph { nodes, hashes };
        for node in &mut graph.nodes {
            if node.label.unordered {
                node.children.sort_by_key(|&c| graph.hashes[c]);
            }
        }
        graph
    }

    /// The nodes in an order in which children come first, where there are no cycles.
    fn children_first(&self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.nodes.len());
        let mut seen = vec![false; self.nodes.len()];
        let mut path = Vec::new();
        for root in 0..self.nodes.len() {
            if !std::mem::replace(&mut seen[root], true) {
                path.push((root, 0));
            }
            while let Some((node, next)) = path.last_mut() {
                let Some(&child) = self.nodes[*node].children.get(*next) else {
                    order.push(*node);
                    path.pop();
                    continue;
                };
                *next += 1;
                if !std::mem::replace(&mut seen[child], true) {
                    path.push((child, 0));
                }
            }
        }
        order
    }

    /// Whether node `i` is the type `desc`. Nodes that `known` maps are compared by what they
    /// became, so that a deep type is not walked to its bottom for every type around it.
    fn equals_desc(&self, i: usize, desc: DescRef, known: &[Option<DescRef>]) -> bool {
        let mut assumed = FxHashSet::default();
        let mut work = vec![(i, desc)];
        while let Some((i, desc)) = work.pop() {
            if let Some(interned) = known[i] {
                if interned != desc {
                    return false;
                }
                continue;
            }
            if !assumed.insert((i, desc)) {
                continue;
            }
            let node = &self.nodes[i];
            let mut other = desc_node(desc.shape());
            if other.label != node.label || other.children.len() != node.children.len() {
                return false;
            }
            if other.label.unordered {
                other.children.sort_by_key(|&c| hash_desc(c, HASH_DEPTH));
            }
            work.extend(node.children.iter().copied().zip(other.children));
        }
        true
    }

    /// Whether two nodes are the same type, by the same means.
    fn equals_node(&self, a: usize, b: usize, known: &[Option<DescRef>]) -> bool {
        let mut assumed = FxHashSet::default();
        let mut work = vec![(a, b)];
        while let Some((a, b)) = work.pop() {
            if let (Some(x), Some(y)) = (known[a], known[b]) {
                if x != y {
                    return false;
                }
                continue;
            }
            if a == b || !assumed.insert((a, b)) {
                continue;
            }
            let (x, y) = (&self.nodes[a], &self.nodes[b]);
            if x.label != y.label || x.children.len() != y.children.len() {
                return false;
            }
            work.extend(x.children.iter().copied().zip(y.children.iter().copied()));
        }
        true
    }
}

fn hash_label(label: &Label) -> u64 {
    let mut hasher = FxHasher::default();
    label.hash(&mut hasher);
    hasher.finish()
}

/// Hash of a node from the hashes of its children.
fn hash_node<C>(node: &Node<C>, children: impl Iterator<Item = u64>) -> u64 {
    let mut hasher = FxHasher::default();
    node.label.hash(&mut hasher);
    if node.label.unordered {
        children.fold(0, u64::wrapping_add).hash(&mut hasher);
    } else {
        children.for_each(|h| h.hash(&mut hasher));
    }
    hasher.finish()
}

/// Hash of an interned descriptor's unfolding to `depth`.
fn hash_desc(desc: DescRef, depth: usize) -> u64 {
    hash_interned(&desc_node(desc.shape()), depth)
}

fn hash_interned(node: &Node<DescRef>, depth: usize) -> u64 {
    if depth == 0 {
        return hash_label(&node.label);
    }
    hash_node(node, node.children.iter().map(|&c| hash_desc(c, depth - 1)))
}

fn label(kind: DescKind, data: Vec<u64>) -> Label {
    Label {
        kind,
        data,
        unordered: matches!(kind, DescKind::Union | DescKind::Intersection),
    }
}

fn node<C>(kind: DescKind, data: Vec<u64>, children: Vec<C>) -> Node<C> {
    Node {
        label: label(kind, data),
        children,
    }
}

/// Label data of a tuple.
fn tuple_data(elems: usize, required: u16, rest: bool) -> Vec<u64> {
    vec![elems as u64, required.into(), rest.into()]
}

/// Label data of a signature.
fn sig_data(params: usize, required: u16, rest: bool) -> Vec<u64> {
    vec![params as u64, required.into(), rest.into()]
}

fn module_node(module: &Module, ty: &TypeDesc, names: &dyn TypeNames) -> Node<usize> {
    let indices = |types: &[TypeId]| types.iter().map(|t| t.index()).collect::<Vec<_>>();
    match ty {
        TypeDesc::Any => node(DescKind::Any, vec![], vec![]),
        TypeDesc::Never => node(DescKind::Never, vec![], vec![]),
        TypeDesc::Null => node(DescKind::Null, vec![], vec![]),
        TypeDesc::Number => node(DescKind::Number, vec![], vec![]),
        TypeDesc::Int => node(DescKind::Int, vec![], vec![]),
        TypeDesc::Boolean => node(DescKind::Boolean, vec![], vec![]),
        TypeDesc::String => node(DescKind::String, vec![], vec![]),
        TypeDesc::LitString(s) => node(DescKind::LitString, vec![names.string(*s).0], vec![]),
        TypeDesc::LitNumber(bits) => node(DescKind::LitNumber, vec![*bits], vec![]),
        TypeDesc::LitBool(b) => node(DescKind::LitBool, vec![(*b).into()], vec![]),
        TypeDesc::Class(c) => node(DescKind::Class, vec![names.class(*c).addr() as u64], vec![]),
        TypeDesc::ClassOrigin(c) => node(
            DescKind::ClassOrigin,
            vec![names.class(*c).addr() as u64],
            vec![],
        ),
        TypeDesc::ClassObject(c) => node(
            DescKind::ClassObject,
            vec![names.class(*c).addr() as u64],
            vec![],
        ),
        TypeDesc::Array(t) => node(DescKind::Array, vec![], vec![t.index()]),
        TypeDesc::ReadonlyArray(t) => node(DescKind::ReadonlyArray, vec![], vec![t.index()]),
        TypeDesc::Tuple {
            elems,
            required,
            rest,
        } => {
            let mut children = indices(elems);
            children.extend(rest.map(TypeId::index));
            let data = tuple_data(elems.len(), *required, rest.is_some());
            node(DescKind::Tuple, data, children)
        }
        TypeDesc::Function(sig) => {
            let sig = &module.signatures[sig.index()];
            let mut children = indices(&sig.params);
            children.push(sig.ret.index());
            let data = sig_data(sig.params.len(), sig.required, sig.rest);
            node(DescKind::Function, data, children)
        }
        TypeDesc::Object(members) => {
            let data = members
                .iter()
                .flat_map(|m| [names.string(m.name).0, m.optional.into()]);
            let children = members.iter().map(|m| m.ty.index()).collect();
            node(DescKind::Object, data.collect(), children)
        }
        TypeDesc::Dict(t) => node(DescKind::Dict, vec![], vec![t.index()]),
        TypeDesc::AnyObject => node(DescKind::AnyObject, vec![], vec![]),
        TypeDesc::Union(types) => node(DescKind::Union, vec![], indices(types)),
        TypeDesc::Intersection(types) => node(DescKind::Intersection, vec![], indices(types)),
    }
}

fn desc_node(shape: &DescShape) -> Node<DescRef> {
    match shape {
        DescShape::Any => node(DescKind::Any, vec![], vec![]),
        DescShape::Never => node(DescKind::Never, vec![], vec![]),
        DescShape::Null => node(DescKind::Null, vec![], vec![]),
        DescShape::Number => node(DescKind::Number, vec![], vec![]),
        DescShape::Int => node(DescKind::Int, vec![], vec![]),
        DescShape::Boolean => node(DescKind::Boolean, vec![], vec![]),
        DescShape::String => node(DescKind::String, vec![], vec![]),
        DescShape::LitString(s) => node(DescKind::LitString, vec![s.0], vec![]),
        DescShape::LitNumber(bits) => node(DescKind::LitNumber, vec![*bits], vec![]),
        DescShape::LitBool(b) => node(DescKind::LitBool, vec![(*b).into()], vec![]),
        DescShape::Class(ty) => node(DescKind::Class, vec![ty.addr() as u64], vec![]),
        DescShape::ClassOrigin(ty) => node(DescKind::ClassOrigin, vec![ty.addr() as u64], vec![]),
        DescShape::ClassObject(ty) => node(DescKind::ClassObject, vec![ty.addr() as u64], vec![]),
        DescShape::Array(of) => node(DescKind::Array, vec![], vec![*of]),
        DescShape::ReadonlyArray(of) => node(DescKind::ReadonlyArray, vec![], vec![*of]),
        DescShape::Tuple {
            elems,
            required,
            rest,
        } => {
            let mut children = elems.to_vec();
            children.extend(*rest);
            let data = tuple_data(elems.len(), *required, rest.is_some());
            node(DescKind::Tuple, data, children)
        }
        DescShape::Function(sig) => {
            let mut children = sig.params.to_vec();
            children.push(sig.ret);
            let data = sig_data(sig.params.len(), sig.required, sig.rest);
            node(DescKind::Function, data, children)
        }
        DescShape::Object(members) => {
            let data = members
                .iter()
                .flat_map(|m| [m.name.0, m.optional.into()])
                .collect();
            node(
                DescKind::Object,
                data,
                members.iter().map(|m| m.ty).collect(),
            )
        }
        DescShape::Dict(of) => node(DescKind::Dict, vec![], vec![*of]),
        DescShape::AnyObject => node(DescKind::AnyObject, vec![], vec![]),
        DescShape::Union(types) => node(DescKind::Union, vec![], types.to_vec()),
        DescShape::Intersection(types) => node(DescKind::Intersection, vec![], types.to_vec()),
    }
}

/// Representation of values of a structure.
fn repr_of_shape(shape: &DescShape) -> Repr {
    match shape {
        DescShape::Number | DescShape::LitNumber(_) => Repr::F64,
        DescShape::Int => Repr::I32,
        DescShape::Boolean | DescShape::LitBool(_) => Repr::Bool,
        DescShape::Union(types) => match types.first() {
            Some(first) if types.iter().all(|t| t.repr == first.repr) => first.repr,
            _ => Repr::Word,
        },
        _ => Repr::Word,
    }
}

/// Which immediates belong to a complete descriptor as a whole; literals are left to
/// the full test. A union that contains itself adds nothing.
fn immediates_of(desc: DescRef, depth: usize) -> u8 {
    const MAX_NESTING: usize = 32;
    match desc.shape() {
        DescShape::Any => imm::ALL,
        DescShape::Null => imm::NULL,
        DescShape::Number => imm::NUMBER,
        DescShape::Int => imm::INT,
        DescShape::Boolean => imm::BOOL,
        DescShape::Union(types) if depth < MAX_NESTING => types
            .iter()
            .fold(0, |all, &t| all | immediates_of(t, depth + 1)),
        _ => 0,
    }
}
