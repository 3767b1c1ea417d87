//! Members of types: what `a.name` is, for every sort of type.

use super::Checker;
use crate::env::MemberKind;
use crate::hir::{CoerceKind, ExprId, ExprKind, FieldIdx, MethodIdx};
use crate::types::{ClassId, Member, Signature, Subst, Ty, TyList, TypeKind};
use raya_syntax::ast::{Access, Ident};
use raya_syntax::name::{Name, names};
use std::sync::Arc;

/// How a member is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// A field of a class instance.
    Field { class: ClassId, field: FieldIdx },
    /// A static field.
    Static { class: ClassId, field: FieldIdx },
    /// A method. `args`: type arguments of the class for this receiver.
    Method {
        class: ClassId,
        args: TyList,
        index: u32,
        method: MethodIdx,
        is_static: bool,
    },
    /// A property with accessors.
    Accessor {
        class: ClassId,
        args: TyList,
        getter: Option<MethodIdx>,
        setter: Option<MethodIdx>,
        is_static: bool,
    },
    /// A member of a structural type.
    Prop,
    /// An entry of a type with an index signature.
    Entry,
    /// An attribute of a value whose class is not fully known: checked when read.
    Dynamic,
}

/// A member that was found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    /// Its type for this receiver.
    pub ty: Ty,
    /// May be absent.
    pub optional: bool,
    /// May not be written.
    pub readonly: bool,
    /// Who may use it.
    pub access: Access,
    /// The class that declares it.
    pub declared_in: Option<ClassId>,
    /// How it is reached.
    pub how: How,
}

impl Found {
    fn prop(ty: Ty, optional: bool, readonly: bool) -> Self {
        Self {
            ty,
            optional,
            readonly,
            access: Access::Public,
            declared_in: None,
            how: How::Prop,
        }
    }

    /// Whether everybody may use it.
    pub(crate) fn is_public(&self) -> bool {
        self.access == Access::Public
    }
}

impl<'a> Checker<'a> {
    /// The member of this name. Null members of unions must be removed before.
    pub(crate) fn lookup(&mut self, ty: Ty, name: Name) -> Option<Found> {
        match self.types.kind(ty) {
            TypeKind::Error | TypeKind::Any => Some(Found {
                how: How::Dynamic,
                ..Found::prop(ty, false, false)
            }),
            TypeKind::Named(..) => {
                let expanded = self.types.expand(ty);
                self.lookup(expanded, name)
            }
            TypeKind::Object(id) => {
                let object = self.types.object(id).clone();
                if let Some(m) = object.member(name) {
                    return Some(Found::prop(m.ty, m.optional, m.readonly));
                }
                if let Some(index) = object.index
                    && index.key == Ty::STRING
                {
                    return Some(Found {
                        how: How::Entry,
                        ..Found::prop(index.value, false, index.readonly)
                    });
                }
                let callable = !object.calls.is_empty();
                self.fallback_member(ty, name, callable)
            }
            TypeKind::Class(class, args) => self.class_member(ty, class, args, name),
            TypeKind::ClassObject(class) => self.static_member(ty, class, name),
            TypeKind::Function(_) | TypeKind::Overloads(_) => self.fallback_member(ty, name, true),
            TypeKind::Union(l) => {
                let list = self.types.list_arc(l);
                self.union_member(&list, name)
            }
            TypeKind::Intersection(l) => {
                let list = self.types.list_arc(l);
                self.intersection_member(&list, name)
            }
            TypeKind::Param(p) => match self.types.param(p).constraint {
                Some(constraint) => self.lookup(constraint, name),
                None => None,
            },
            TypeKind::AnyObject => self.root_member(ty, name),
            _ => self.primitive_member(ty, name),
        }
    }

    /// The class whose methods a primitive, array or tuple has, and its arguments.
    pub(crate) fn host_class(&mut self, ty: Ty) -> Option<(ClassId, TyList)> {
        let kind = self.types.kind(ty);
        let (file, elem) = match kind {
            TypeKind::Array(t) => ("Array", Some(t)),
            TypeKind::ReadonlyArray(t) => ("ReadonlyArray", Some(t)),
            TypeKind::Tuple(_) => ("ReadonlyArray", self.array_element(ty)),
            TypeKind::String | TypeKind::LitString(_) => ("String", None),
            TypeKind::Number | TypeKind::Int | TypeKind::LitNumber(_) => ("Number", None),
            TypeKind::Boolean | TypeKind::LitBool(_) => ("Boolean", None),
            TypeKind::Function(_) | TypeKind::Overloads(_) => ("Function", None),
            _ => return None,
        };
        let known = self.hir.well_known;
        let class = match file {
            "Array" => known.array,
            "ReadonlyArray" => known.readonly_array,
            "String" => known.string,
            "Number" => known.number,
            _ => None,
        };
        let class = match class {
            Some(class) => class,
            None => self.library_class(file)?,
        };
        let args = match elem {
            Some(t) => self.types.intern_list(&[t]),
            None => TyList::EMPTY,
        };
        Some((class, args))
    }

    fn primitive_member(&mut self, ty: Ty, name: Name) -> Option<Found> {
        let (class, args) = self.host_class(ty)?;
        self.class_member(ty, class, args, name)
    }

    /// Members that functions and all objects have.
    fn fallback_member(&mut self, ty: Ty, name: Name, callable: bool) -> Option<Found> {
        if callable
            && let Some(class) = self.library_class("Function")
            && let Some(found) = self.class_member(ty, class, TyList::EMPTY, name)
        {
            return Some(found);
        }
        self.root_member(ty, name)
    }

    fn root_member(&mut self, ty: Ty, name: Name) -> Option<Found> {
        let root = self.root_class()?;
        let mut found = self.own_class_member(ty, root, TyList::EMPTY, name, false)?;
        if let How::Method { .. } | How::Accessor { .. } = found.how {
            // The receiver need not be an instance of the root class.
            found.how = How::Prop;
        }
        Some(found)
    }

    /// A class and what it inherits from, in resolution order.
    pub(crate) fn lineage(&mut self, class: ClassId) -> Vec<ClassId> {
        self.ensure_base(class);
        let above = self.types.ancestors(class, TyList::EMPTY);
        std::iter::once(class)
            .chain(above.into_iter().map(|(c, _)| c))
            .collect()
    }

    /// The class `Object`.
    pub(crate) fn root_class(&mut self) -> Option<ClassId> {
        match self.hir.well_known.object {
            Some(class) => Some(class),
            None => self.library_class("Object"),
        }
    }

    /// A member of instances of a class or of its bases.
    pub(crate) fn class_member(
        &mut self,
        ty: Ty,
        class: ClassId,
        args: TyList,
        name: Name,
    ) -> Option<Found> {
        let dynamic = self.is_wildcard(args) && !self.is_primitive_class(class);
        let mut found = self.own_class_member(ty, class, args, name, false);
        let mut owner = class;
        if found.is_none() {
            self.ensure_base(class);
            for (base, base_args) in self.types.ancestors(class, args) {
                found = self.own_class_member(ty, base, base_args, name, false);
                if found.is_some() {
                    owner = base;
                    break;
                }
            }
        }
        if let Some(mut found) = found {
            if dynamic && !self.inside_class(owner) {
                found.how = How::Dynamic;
            }
            return Some(found);
        }
        let root = self.root_class()?;
        if self.types.inherits(class, root) {
            return None;
        }
        self.own_class_member(ty, root, TyList::EMPTY, name, false)
    }

    fn is_primitive_class(&self, class: ClassId) -> bool {
        self.hir.classes[class.index()].primitive
    }

    fn inside_class(&self, class: ClassId) -> bool {
        self.fns.iter().any(|f| f.class == Some(class))
    }

    fn static_member(&mut self, ty: Ty, class: ClassId, name: Name) -> Option<Found> {
        for at in self.lineage(class) {
            if let Some(found) = self.own_class_member(ty, at, TyList::EMPTY, name, true) {
                return Some(found);
            }
        }
        if name == names::NAME {
            return Some(Found {
                how: How::Dynamic,
                ..Found::prop(Ty::STRING, false, true)
            });
        }
        None
    }

    /// A member that the class itself declares.
    pub(crate) fn own_class_member(
        &mut self,
        receiver: Ty,
        class: ClassId,
        args: TyList,
        name: Name,
        is_static: bool,
    ) -> Option<Found> {
        let name = match name {
            names::STR_METHOD if !is_static => names::TO_STRING,
            name => name,
        };
        let index = *self.class(class).by_name.get(&(name, is_static))?;
        let declared = self.member_type(class, index);
        let decl = self.types.class(class);
        let mut subst = Subst::new(&decl.params.clone(), &self.types.list_arc(args));
        subst.push(self.types.class(class).this_param, receiver);
        let ty = self.types.substitute(declared, &subst);
        let member = &self.class(class).members[index as usize];
        let (access, optional, kind) = (member.access, member.optional, member.kind);
        let mut readonly = member.readonly;
        let how = match kind {
            MemberKind::Field(field) if is_static => How::Static { class, field },
            MemberKind::Field(field) => How::Field { class, field },
            MemberKind::Method(method) => {
                readonly = true;
                How::Method {
                    class,
                    args,
                    index,
                    method,
                    is_static,
                }
            }
            MemberKind::Getter(_) | MemberKind::Setter(_) => {
                let (getter, setter) = self.accessors(class, index);
                readonly = setter.is_none();
                How::Accessor {
                    class,
                    args,
                    getter,
                    setter,
                    is_static,
                }
            }
        };
        Some(Found {
            ty,
            optional,
            readonly,
            access,
            declared_in: Some(class),
            how,
        })
    }

    /// The getter and the setter of a property. An inherited half counts.
    fn accessors(&mut self, class: ClassId, index: u32) -> (Option<MethodIdx>, Option<MethodIdx>) {
        let (mut getter, mut setter) = (None, None);
        let mut at = Some(index);
        while let Some(i) = at {
            let member = &self.class(class).members[i as usize];
            match member.kind {
                MemberKind::Getter(m) => getter = Some(m),
                MemberKind::Setter(m) => setter = Some(m),
                _ => {}
            }
            at = member.next;
        }
        (getter, setter)
    }

    fn union_member(&mut self, list: &[Ty], name: Name) -> Option<Found> {
        let mut types = Vec::with_capacity(list.len());
        let mut all = Found::prop(Ty::NEVER, false, false);
        let mut hows = Vec::with_capacity(list.len());
        for &t in list {
            let found = self.lookup(t, name)?;
            types.push(found.ty);
            all.optional |= found.optional;
            all.readonly |= found.readonly;
            if !found.is_public() {
                all.access = found.access;
                all.declared_in = found.declared_in;
            }
            hows.push(found.how);
        }
        all.ty = self.join_types(&types);
        // All members of a union of string literals are strings, and so on.
        let uniform = hows.windows(2).all(|w| w[0] == w[1]);
        if uniform && list.iter().all(|&t| self.is_primitive(t)) {
            all.how = hows[0];
        } else if hows.contains(&How::Dynamic) {
            all.how = How::Dynamic;
        }
        Some(all)
    }

    fn intersection_member(&mut self, list: &[Ty], name: Name) -> Option<Found> {
        let mut found: Option<Found> = None;
        for &t in list {
            let Some(next) = self.lookup(t, name) else {
                continue;
            };
            found = Some(match found {
                None => next,
                Some(first) if first.ty == next.ty => first,
                Some(first) => Found {
                    ty: self.types.intersection(&[first.ty, next.ty]),
                    optional: first.optional && next.optional,
                    ..first
                },
            });
        }
        found.map(|f| Found {
            how: if matches!(f.how, How::Dynamic) {
                f.how
            } else {
                How::Prop
            },
            ..f
        })
    }

    /// The public instance members of a class as structural members.
    pub(crate) fn class_as_members(&mut self, ty: Ty) -> Vec<Member> {
        self.class_members_where(ty, |_| true)
    }

    /// Those of them whose names are wanted; the others' types are not computed.
    pub(crate) fn class_members_where(
        &mut self,
        ty: Ty,
        wanted: impl Fn(Name) -> bool,
    ) -> Vec<Member> {
        let mut parts = super::resolve::ObjectParts::default();
        let chain = match self.types.kind(ty) {
            TypeKind::Class(class, _) => self.lineage(class),
            _ => Vec::new(),
        };
        for class in chain.into_iter().rev() {
            let members: Vec<Name> = self
                .class(class)
                .members
                .iter()
                .filter(|m| !m.is_static && wanted(m.name))
                .map(|m| m.name)
                .collect();
            for name in members {
                let Some(found) = self.lookup(ty, name) else {
                    continue;
                };
                if found.is_public() {
                    parts.put(Member {
                        name,
                        ty: found.ty,
                        optional: found.optional,
                        readonly: found.readonly,
                        method: matches!(found.how, How::Method { .. }),
                    });
                }
            }
        }
        parts.members
    }

    // ---- signatures

    /// The ways in which a value can be called.
    pub(crate) fn call_signatures(&mut self, ty: Ty) -> Vec<Arc<Signature>> {
        let ty = self.apparent(ty);
        match self.types.kind(ty) {
            TypeKind::Function(id) => vec![self.types.signature(id).clone()],
            TypeKind::Overloads(l) => self.signatures_of(&self.types.list_arc(l)),
            TypeKind::Object(id) => {
                let object = self.types.object(id).clone();
                self.signatures_of(&object.calls)
            }
            TypeKind::Intersection(l) => {
                let list = self.types.list_arc(l);
                list.iter().flat_map(|&t| self.call_signatures(t)).collect()
            }
            TypeKind::Class(..) | TypeKind::ClassObject(_) => {
                let name = self.names.intern("__call__");
                match self.lookup(ty, name) {
                    Some(found) if found.ty != ty => self.call_signatures(found.ty),
                    _ => Vec::new(),
                }
            }
            _ => Vec::new(),
        }
    }

    fn signatures_of(&self, types: &[Ty]) -> Vec<Arc<Signature>> {
        types
            .iter()
            .filter_map(|&t| self.types.as_signature(t).cloned())
            .collect()
    }

    /// The ways in which a value can be instantiated.
    pub(crate) fn construct_signatures(&mut self, ty: Ty) -> Vec<Arc<Signature>> {
        let ty = self.apparent(ty);
        match self.types.kind(ty) {
            TypeKind::ClassObject(class) => {
                let ctor = self.ctor_type(class);
                self.call_signatures(ctor)
            }
            TypeKind::Object(id) => {
                let object = self.types.object(id).clone();
                self.signatures_of(&object.constructs)
            }
            _ => Vec::new(),
        }
    }

    // ---- access

    /// Reports a member that the code here may not use.
    pub(crate) fn check_access(&mut self, found: &Found, receiver: Ty, member: Ident) {
        let Some(class) = found.declared_in else {
            return;
        };
        let enclosing = self.enclosing_classes();
        let allowed = match found.access {
            Access::Public => true,
            Access::Private => enclosing.contains(&class),
            Access::Protected => enclosing.iter().any(|&c| self.types.inherits(c, class)),
        };
        if !allowed {
            let word = if found.access == Access::Private {
                "private"
            } else {
                "protected"
            };
            let message = format!(
                "`{}` is {word} in class `{}`",
                self.text(member.name),
                self.text(self.hir.classes[class.index()].name)
            );
            self.error(crate::codes::INACCESSIBLE, member.span, message);
        }
        let _ = receiver;
    }

    /// A member of a checked object, with the object as the access takes it: what
    /// `instanceof` made of an `any` keeps the attributes that its class does not declare.
    pub(crate) fn lookup_on(&mut self, object: ExprId, name: Name) -> Option<(ExprId, Found)> {
        let ty = self.ty(object);
        if let Some(found) = self.lookup(ty, name) {
            return Some((object, found));
        }
        if self.has_special_member(ty, name) {
            return Some((object, self.lookup(Ty::ANY, name)?));
        }
        if let Some(found) = self.hooked_member(ty, "__getattr__") {
            return Some((object, found));
        }
        let ExprKind::Coerce {
            expr,
            kind: CoerceKind::Narrow,
        } = self.hir.exprs[object.index()].kind
        else {
            return None;
        };
        let open = self.ty(expr) == Ty::ANY && matches!(self.types.kind(ty), TypeKind::Class(..));
        let found = self.lookup(Ty::ANY, name).filter(|_| open)?;
        Some((expr, found))
    }

    /// Where a class answers for attributes that it does not declare, such a member: it has the
    /// type of what `__getattr__` gives, or of what `__setattr__` takes.
    pub(super) fn hooked_member(&mut self, ty: Ty, hook: &str) -> Option<Found> {
        let name = self.names.intern(hook);
        let method = self.dunder_of(ty, name)?;
        let sig = self.call_signatures(method).into_iter().next()?;
        let ty = match hook {
            "__setattr__" => self.param_at(&sig, 1)?,
            _ => sig.ret,
        };
        Some(Found {
            how: How::Dynamic,
            ..Found::prop(ty, false, false)
        })
    }

    /// What the object model gives objects, classes and functions beyond their declarations:
    /// `__dict__`, `__class__`, `__get__`; `length` where there is `__len__`.
    fn has_special_member(&mut self, ty: Ty, name: Name) -> bool {
        let text = self.text(name);
        let is_special = text.len() > 4 && text.starts_with("__") && text.ends_with("__");
        let is_length = text == "length";
        let apparent = self.apparent(ty);
        match self.types.kind(apparent) {
            TypeKind::Class(..) if is_length => {
                let len = self.names.intern("__len__");
                self.dunder_of(ty, len).is_some()
            }
            TypeKind::Class(..) | TypeKind::ClassObject(_) | TypeKind::Function(_) => is_special,
            _ => false,
        }
    }

    /// Reports a member that a type does not have.
    pub(crate) fn report_unknown_member(&mut self, ty: Ty, member: Ident) {
        if ty == Ty::ERROR {
            return;
        }
        let text = self.text(member.name).to_string();
        let apparent = self.apparent(ty);
        let candidates = self.member_names(apparent);
        let help = self
            .did_you_mean(member.name, &candidates)
            .or_else(|| self.other_side_hint(apparent, member.name));
        let message = format!("`{}` has no member `{text}`", self.show(ty));
        self.error_help(crate::codes::UNKNOWN_MEMBER, member.span, message, help);
    }

    fn other_side_hint(&mut self, ty: Ty, name: Name) -> Option<String> {
        match self.types.kind(ty) {
            TypeKind::Class(class, _) => {
                let object = self.types.class_object(class);
                self.lookup(object, name)?;
                let class = self.text(self.hir.classes[class.index()].name);
                Some(format!("it is static: write `{class}.{}`", self.text(name)))
            }
            TypeKind::ClassObject(class) => {
                let own = self.types.class_self(class);
                self.lookup(own, name)?;
                Some("instances have it, not the class".to_string())
            }
            TypeKind::Union(l) => {
                let list = self.types.list_arc(l);
                let lacking = list.iter().find(|&&t| self.lookup(t, name).is_none())?;
                let some = list.iter().any(|&t| self.lookup(t, name).is_some());
                some.then(|| {
                    format!(
                        "`{}` does not have it: narrow the value first",
                        self.show(*lacking)
                    )
                })
            }
            _ => None,
        }
    }

    fn member_names(&mut self, ty: Ty) -> Vec<Name> {
        match self.types.kind(ty) {
            TypeKind::Object(id) => self
                .types
                .object(id)
                .members
                .iter()
                .map(|m| m.name)
                .collect(),
            TypeKind::Class(class, _) => self.class_names(class, false),
            TypeKind::ClassObject(class) => self.class_names(class, true),
            _ => match self.host_class(ty) {
                Some((class, _)) => self.class_names(class, false),
                None => Vec::new(),
            },
        }
    }

    fn class_names(&mut self, class: ClassId, is_static: bool) -> Vec<Name> {
        let mut all = Vec::new();
        for class in self.lineage(class) {
            let members = self.class(class).members.iter();
            all.extend(members.filter(|m| m.is_static == is_static).map(|m| m.name));
        }
        all
    }
}
