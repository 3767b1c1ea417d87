//! Class instances: one module class per class and list of type arguments, one per
//! shape of object literal, one per type of captured variable.
//!
//! A class is entered into the module, after its base, when something mentions it;
//! its methods are put on the queue at the same time, because dynamic code can reach
//! them through any instance. Methods of library classes wait until a program shows
//! that it may look them up by name (see `demand`).

use super::demand::Part;
use super::{Compiler, Form};
use raya_bytecode::{
    Class, ClassFlags, ClassId, Field, FieldId, FieldRef, FuncId, Member, Method, MethodKind,
    StrId, TypeDesc, TypeId,
};
use raya_check::hir;
use raya_check::types::{self, Subst, Ty, TyList, TypeKind};
use raya_syntax::Name;

/// What lowering remembers about a module class.
#[derive(Clone, Debug)]
pub(crate) struct ClassInfo {
    /// The class of the program.
    pub class: types::ClassId,
    /// Its type arguments.
    pub args: TyList,
    /// What it inherits from, in resolution order.
    pub mro: Vec<ClassId>,
}

/// A virtual generic method at certain type arguments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GenericMethod {
    class: types::ClassId,
    member: Name,
    own: TyList,
    name: StrId,
}

impl Compiler<'_> {
    /// The module class of a class with type arguments.
    pub fn class_instance(&mut self, class: types::ClassId, args: TyList) -> ClassId {
        let args = self.bounded_list(args);
        if let Some(&id) = self.classes.get(&(class, args)) {
            return id;
        }
        let mut bases = Vec::new();
        for base in self.types.bases_of(class, args) {
            if let TypeKind::Class(base, base_args) = self.types.kind(base) {
                bases.push(self.class_instance(base, base_args));
            }
        }
        let decl = self.types.class(class);
        let primary = decl.bases.iter().position(|&b| Some(b) == decl.base);
        let primary = primary.unwrap_or_default() as u16;
        let above = self.types.ancestors(class, args);
        let mro = above
            .into_iter()
            .map(|(c, args)| self.class_instance(c, args))
            .collect();
        // The base's members may have mentioned this class already.
        if let Some(&id) = self.classes.get(&(class, args)) {
            return id;
        }
        let decl = self.hir.class(class);
        let name = self.str_name(decl.name);
        let parent = |f| self.hir.parent(f);
        let qualified = self.hir.qualified_class(class, self.names, &parent);
        let qualified = self.tables.string(&qualified);
        let id = self.tables.class(Class {
            name,
            qualified,
            origin: ClassId(0),
            args: Vec::new(),
            bases,
            primary,
            fields: Vec::new(),
            methods: Vec::new(),
            statics: Vec::new(),
            static_init: None,
            constructor: None,
            flags: ClassFlags {
                is_abstract: decl.is_abstract,
                builtin: decl.builtin,
                displaced: decl.displaced,
                ..ClassFlags::default()
            },
        });
        self.classes.insert((class, args), id);
        self.remember(id, ClassInfo { class, args, mro });
        let origin = self.origin_class(class);
        self.tables.module.classes[id.index()].origin = origin;
        self.fill_class(id, class, args, origin == id);
        if !decl.builtin || self.is_error(class) {
            self.comes_alive(id);
        }
        for i in 0..self.generic_methods.len() {
            self.add_generic(id, i);
        }
        id
    }

    /// The name of the entries that a virtual generic method has for these type
    /// arguments, in its class and in every heir that overrides it.
    pub(super) fn generic_method(
        &mut self,
        class: types::ClassId,
        method: &hir::Method,
        own: TyList,
    ) -> StrId {
        let list = self.types.list_arc(own);
        let shown: Vec<String> = list
            .iter()
            .map(|&t| {
                let ty = self.type_id(t);
                format!(
                    "{}#{}",
                    raya_bytecode::show_type(&self.tables.module, ty),
                    ty.0
                )
            })
            .collect();
        let text = format!("{}<{}>", self.names.text(method.name), shown.join(", "));
        let name = self.tables.string(&text);
        let known = |g: &GenericMethod| g.class == class && g.name == name;
        if !self.generic_methods.iter().any(known) {
            self.generic_methods.push(GenericMethod {
                class,
                member: method.name,
                own,
                name,
            });
            let last = self.generic_methods.len() - 1;
            for id in 0..self.tables.module.classes.len() {
                self.add_generic(ClassId(id as u16), last);
            }
        }
        name
    }

    /// Adds the entry of a generic method to a class that declares or overrides it.
    fn add_generic(&mut self, id: ClassId, index: usize) {
        let wanted = self.generic_methods[index];
        let Some(info) = self.class_args(id).cloned() else {
            return;
        };
        if !self.types.inherits(info.class, wanted.class) {
            return;
        }
        let decl = self.hir.class(info.class);
        let Some(method) = decl
            .methods
            .iter()
            .find(|m| m.name == wanted.member && !m.is_static)
        else {
            return;
        };
        let mut subst = self.class_subst(info.class, info.args);
        let list = self.types.list_arc(wanted.own);
        let func = self.hir.function(method.func);
        for (i, &param) in func.type_params.iter().enumerate() {
            subst.push(param, list.get(i).copied().unwrap_or(Ty::ANY));
        }
        let this = self.types.intern(TypeKind::Class(info.class, info.args));
        let entry = Method {
            name: wanted.name,
            kind: method_kind(method),
            sig: self.instance_signature(method.func, &subst),
            func: func
                .body
                .is_some()
                .then(|| self.request_with(method.func, subst, Some(this), Form::Direct)),
        };
        let methods = &mut self.tables.module.classes[id.index()].methods;
        if !methods.iter().any(|m| m.name == entry.name) {
            methods.push(entry);
        }
    }

    fn remember(&mut self, id: ClassId, info: ClassInfo) {
        if self.class_info.len() <= id.index() {
            self.class_info.resize(id.index() + 1, None);
        }
        self.class_info[id.index()] = Some(info);
    }

    /// The instantiation that stands for the class itself: all arguments any.
    pub fn origin_class(&mut self, class: types::ClassId) -> ClassId {
        let count = self.hir.class(class).params.len();
        let args = self.types.intern_list(&vec![Ty::ANY; count]);
        self.class_instance(class, args)
    }

    fn fill_class(&mut self, id: ClassId, class: types::ClassId, args: TyList, origin: bool) {
        let decl = self.hir.class(class);
        let this = self.types.intern(TypeKind::Class(class, args));
        let subst = self.class_subst(class, args);
        let list = self.types.list_arc(args);
        let arg_ids = list.iter().map(|&t| self.type_id(t)).collect();
        let mut fields = self.fields(class, &decl.fields, &subst);
        fields.extend(self.scope_field(class));
        let statics = if origin {
            self.fields(class, &decl.statics, &subst)
        } else {
            Vec::new()
        };
        let mut methods = Vec::with_capacity(decl.methods.len());
        for method in &decl.methods {
            // Static members belong to the class itself, not to its instantiations.
            if method.is_static && !origin {
                continue;
            }
            if decl.builtin {
                self.postpone(id, Part::Method(method.clone()), &subst, this);
            } else {
                methods.extend(self.method_entry(method, &subst, this));
            }
        }
        let mut constructor = None;
        if let Some(func) = decl.ctor.filter(|&f| self.hir.function(f).body.is_some()) {
            if decl.builtin {
                self.postpone(id, Part::Constructor(func), &subst, this);
            } else {
                constructor =
                    Some(self.request_with(func, subst.clone(), Some(this), Form::Direct));
            }
        }
        let static_init = decl
            .static_init
            .filter(|_| origin)
            .map(|f| self.request_with(f, subst.clone(), Some(this), Form::Direct));
        let entry = &mut self.tables.module.classes[id.index()];
        entry.args = arg_ids;
        entry.fields = fields;
        entry.statics = statics;
        entry.methods = methods;
        entry.constructor = constructor;
        entry.static_init = static_init;
    }

    /// Types for a class's parameters, its `this` type included.
    pub(super) fn class_subst(&mut self, class: types::ClassId, args: TyList) -> Subst {
        let list = self.types.list_arc(args);
        let mut subst = Subst::new(&self.hir.class(class).params, &list);
        let this = self.types.intern(TypeKind::Class(class, args));
        subst.push(self.types.class(class).this_param, this);
        subst
    }

    /// The name that a field has in the module. An heir's `#x` is another field than its base's.
    pub(super) fn field_name(&mut self, class: types::ClassId, field: &hir::Field) -> StrId {
        if field.private && !self.hir.class(class).builtin {
            let text = format!("{}@{}", self.names.text(field.name), class.0);
            return self.tables.string(&text);
        }
        self.str_name(field.name)
    }

    fn fields(
        &mut self,
        class: types::ClassId,
        fields: &[hir::Field],
        subst: &Subst,
    ) -> Vec<Field> {
        fields
            .iter()
            .map(|f| {
                let ty = self.types.substitute(f.ty, subst);
                Field {
                    name: self.field_name(class, f),
                    ty: self.type_id(ty),
                    // One that no path through the constructor sets reads as null.
                    optional: f.optional || f.starts_null,
                    private: f.private,
                    readonly: f.readonly,
                }
            })
            .collect()
    }

    pub(super) fn method_entry(
        &mut self,
        method: &hir::Method,
        subst: &Subst,
        this: Ty,
    ) -> Option<Method> {
        let decl = self.hir.function(method.func);
        if decl.body.is_none() && !method.is_abstract {
            return None;
        }
        let mut full = subst.clone();
        for &param in &decl.type_params {
            full.push(param, Ty::ANY);
        }
        let func: Option<FuncId> = decl
            .body
            .is_some()
            .then(|| self.request_with(method.func, full.clone(), Some(this), Form::Direct));
        Some(Method {
            name: self.str_name(method.name),
            kind: method_kind(method),
            func,
            sig: self.instance_signature(method.func, &full),
        })
    }

    /// The class that has a member declared by `class`, seen from module class `id`.
    pub(super) fn ancestor(&self, id: ClassId, class: types::ClassId) -> Option<ClassId> {
        let own = self.class_args(id)?;
        let is_it = |c: ClassId| self.class_args(c).is_some_and(|info| info.class == class);
        std::iter::once(id)
            .chain(own.mro.iter().copied())
            .find(|&c| is_it(c))
    }

    /// The class by whose layout code finds the members that `owner` declares in values of type
    /// `id`; none where instances of heirs have them elsewhere.
    pub(super) fn holder(&self, id: ClassId, owner: ClassId) -> Option<ClassId> {
        let classes = &self.tables.module.classes;
        [owner, id]
            .into_iter()
            .find(|c| !classes[c.index()].flags.displaced)
    }

    /// The type arguments of a module class.
    pub(super) fn class_args(&self, id: ClassId) -> Option<&ClassInfo> {
        self.class_info.get(id.index())?.as_ref()
    }

    /// Whether some class of the program overrides a method of `class`.
    pub(super) fn is_overridden(&mut self, class: types::ClassId, name: Name) -> bool {
        if let Some(&known) = self.overridden.get(&(class, name)) {
            return known;
        }
        let found = self.hir.class_order.iter().any(|&c| {
            c != class
                && self.types.inherits(c, class)
                && self.hir.class(c).methods.iter().any(|m| m.name == name)
        });
        self.overridden.insert((class, name), found);
        found
    }

    /// Whether the program has a class that inherits from `class`.
    pub(super) fn has_heirs(&self, class: types::ClassId) -> bool {
        let mut classes = self.hir.class_order.iter();
        classes.any(|&c| c != class && self.types.inherits(c, class))
    }

    /// The class of object literals with these members.
    pub(super) fn literal_class(&mut self, members: Vec<Member>) -> ClassId {
        if let Some(&id) = self.literals.get(&members) {
            return id;
        }
        let fields = members
            .iter()
            .map(|m| Field {
                name: m.name,
                ty: m.ty,
                optional: m.optional,
                private: false,
                readonly: false,
            })
            .collect();
        let name = self.tables.string("Object");
        let id = self.plain_class(name, fields, true);
        self.literals.insert(members, id);
        id
    }

    /// The class that holds one captured variable of a type, and its field.
    pub(super) fn scope_class(&mut self, ty: TypeId) -> (TypeId, FieldId) {
        let value = self.tables.string("value");
        let id = match self.scopes.get(&ty) {
            Some(&id) => id,
            None => {
                let name = self.tables.string("scope");
                let field = Field {
                    name: value,
                    ty,
                    optional: false,
                    private: false,
                    readonly: false,
                };
                let id = self.plain_class(name, vec![field], false);
                self.scopes.insert(ty, id);
                id
            }
        };
        let field = self.tables.field(FieldRef {
            class: id,
            name: value,
            is_static: false,
        });
        (self.tables.ty(TypeDesc::Class(id)), field)
    }

    pub(super) fn plain_class(
        &mut self,
        name: StrId,
        fields: Vec<Field>,
        literal: bool,
    ) -> ClassId {
        let id = self.tables.class(Class {
            name,
            qualified: name,
            origin: ClassId(0),
            args: Vec::new(),
            bases: Vec::new(),
            primary: 0,
            fields,
            methods: Vec::new(),
            statics: Vec::new(),
            static_init: None,
            constructor: None,
            flags: ClassFlags {
                is_literal: literal,
                is_scope: !literal,
                ..ClassFlags::default()
            },
        });
        if self.tables.overflow.is_none() {
            self.tables.module.classes[id.index()].origin = id;
        }
        id
    }
}

/// The kind of a method entry.
pub(super) fn method_kind(method: &hir::Method) -> MethodKind {
    match (method.kind, method.is_static) {
        (hir::MethodKind::Method, false) => MethodKind::Method,
        (hir::MethodKind::Getter, false) => MethodKind::Getter,
        (hir::MethodKind::Setter, false) => MethodKind::Setter,
        (hir::MethodKind::Method, true) => MethodKind::Static,
        (hir::MethodKind::Getter, true) => MethodKind::StaticGetter,
        (hir::MethodKind::Setter, true) => MethodKind::StaticSetter,
    }
}
