//! The large parts of types: signatures, object types and tuples.
//!
//! Invariant: the type of an optional parameter, member or element includes `null`
//! (an absent argument is passed as null), so that it is the type of the value that
//! moves; the type of a rest parameter is its array type.

use super::{ParamId, Ty};
use raya_syntax::name::Name;
use std::hash::{Hash, Hasher};

/// A parameter of a function type. Two are equal whatever their names.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// Its name, for messages only.
    pub name: Name,
    /// The type of the value that a caller passes.
    pub ty: Ty,
    /// May be left out.
    pub optional: bool,
}

impl PartialEq for Param {
    fn eq(&self, other: &Self) -> bool {
        (self.ty, self.optional) == (other.ty, other.optional)
    }
}

impl Eq for Param {}

impl Hash for Param {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.ty, self.optional).hash(state);
    }
}

/// `x is T` and `asserts x is T`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Predicate {
    /// Index of the parameter; none for `this`.
    pub param: Option<u16>,
    /// The type that is proven; none for a bare `asserts x`.
    pub ty: Option<Ty>,
    /// Whether normal return proves it, not a true result.
    pub asserts: bool,
}

/// A function type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Signature {
    /// Type parameters of a generic function.
    pub type_params: Box<[ParamId]>,
    /// The type of `this` that `function (this: T, …)` declares.
    pub this_ty: Option<Ty>,
    /// The parameters, the rest parameter last.
    pub params: Box<[Param]>,
    /// Whether the last parameter collects the remaining arguments.
    pub rest: bool,
    /// The result.
    pub ret: Ty,
    /// What a call proves.
    pub predicate: Option<Predicate>,
}

impl Signature {
    /// A plain signature.
    pub fn new(params: Vec<Param>, ret: Ty) -> Self {
        Self {
            type_params: Box::default(),
            this_ty: None,
            params: params.into(),
            rest: false,
            ret,
            predicate: None,
        }
    }

    /// The parameters without the rest parameter.
    pub fn fixed(&self) -> &[Param] {
        &self.params[..self.params.len() - usize::from(self.rest)]
    }

    /// How many arguments a caller must supply.
    pub fn required(&self) -> usize {
        self.fixed()
            .iter()
            .rposition(|p| !p.optional)
            .map_or(0, |i| i + 1)
    }
}

/// A member of an object type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Member {
    /// Its name.
    pub name: Name,
    /// Its type; includes null where it may be absent.
    pub ty: Ty,
    /// May be absent.
    pub optional: bool,
    /// May not be written.
    pub readonly: bool,
    /// Declared with method syntax.
    pub method: bool,
}

/// `[key: K]: V`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IndexSig {
    /// `string` or `number`.
    pub key: Ty,
    /// The type of present values.
    pub value: Ty,
    /// May not be written.
    pub readonly: bool,
}

/// A structural type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ObjectType {
    /// The members in the order of declaration.
    pub members: Box<[Member]>,
    /// Call signatures, each a `Function` type.
    pub calls: Box<[Ty]>,
    /// Construct signatures, each a `Function` type.
    pub constructs: Box<[Ty]>,
    /// Index signature.
    pub index: Option<IndexSig>,
}

impl ObjectType {
    /// The member of this name.
    pub fn member(&self, name: Name) -> Option<&Member> {
        self.members.iter().find(|m| m.name == name)
    }
}

/// A tuple type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tuple {
    /// The fixed elements; the types of optional ones include null.
    pub elems: Box<[Ty]>,
    /// How many of them must be present.
    pub required: u16,
    /// The type of further elements.
    pub rest: Option<Ty>,
    /// May not be written.
    pub readonly: bool,
    /// Names of the elements, for messages; empty if there are none.
    pub labels: Box<[Name]>,
}
