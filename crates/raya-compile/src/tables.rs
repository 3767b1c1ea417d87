//! The tables of the module being built, interned.
//!
//! Owns [`Module`] until it is finished; hands out an existing index for an equal
//! entry. Indices are 16 bits wide: the first table that overflows is remembered and
//! becomes a diagnostic, further entries are dropped.
//! Must not know: the typed tree, the IR.

use raya_bytecode::{
    Class, ClassId, Const, ConstId, FieldId, FieldRef, FuncId, Global, GlobalId, MethodId,
    MethodRef, Module, PropId, PropRef, Repr, SigId, Signature, StrConst, StrId, TypeDesc, TypeId,
};
use rustc_hash::FxHashMap;
use std::hash::Hash;

/// A module under construction.
#[derive(Debug, Default)]
pub struct Tables {
    /// The module.
    pub module: Module,
    strings: FxHashMap<StrConst, u16>,
    consts: FxHashMap<ConstKey, u16>,
    types: FxHashMap<TypeDesc, u16>,
    signatures: FxHashMap<Signature, u16>,
    fields: FxHashMap<FieldRef, u16>,
    methods: FxHashMap<MethodRef, u16>,
    props: FxHashMap<PropRef, u16>,
    /// Number of function indices given out.
    functions: u32,
    /// The first table that ran out of indices.
    pub overflow: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum ConstKey {
    F64(u64),
    I32(i32),
    Str(u16),
}

fn intern<T: Clone + Eq + Hash>(
    list: &mut Vec<T>,
    map: &mut FxHashMap<T, u16>,
    value: T,
    overflow: &mut Option<&'static str>,
    what: &'static str,
) -> u16 {
    if let Some(&index) = map.get(&value) {
        return index;
    }
    let Some(index) = next_index(list.len(), overflow, what) else {
        return 0;
    };
    list.push(value.clone());
    map.insert(value, index);
    index
}

fn next_index(len: usize, overflow: &mut Option<&'static str>, what: &'static str) -> Option<u16> {
    match u16::try_from(len) {
        Ok(index) if index < u16::MAX => Some(index),
        _ => {
            overflow.get_or_insert(what);
            None
        }
    }
}

impl Tables {
    /// Tables for a module of a source file.
    pub fn new(file: String) -> Self {
        let mut this = Self::default();
        this.module.file = file;
        this
    }

    /// A string.
    pub fn string(&mut self, text: &str) -> StrId {
        self.str_const(StrConst::Utf8(text.into()))
    }

    /// Whether the module mentions a string.
    pub fn has_string(&self, text: &str) -> bool {
        self.strings.contains_key(&StrConst::Utf8(text.into()))
    }

    /// A string, possibly not well-formed.
    pub fn str_const(&mut self, value: StrConst) -> StrId {
        let m = &mut self.module;
        let index = intern(
            &mut m.strings,
            &mut self.strings,
            value,
            &mut self.overflow,
            "strings",
        );
        StrId(index)
    }

    /// A constant.
    pub fn constant(&mut self, value: Const) -> ConstId {
        let key = match &value {
            Const::F64(bits) => ConstKey::F64(*bits),
            Const::I32(v) => ConstKey::I32(*v),
            Const::Str(id) => ConstKey::Str(id.0),
        };
        if let Some(&index) = self.consts.get(&key) {
            return ConstId(index);
        }
        let Some(index) = next_index(
            self.module.consts.len(),
            &mut self.overflow,
            "different constants",
        ) else {
            return ConstId(0);
        };
        self.module.consts.push(value);
        self.consts.insert(key, index);
        ConstId(index)
    }

    /// Whether there is room for constants that no program text mentions: folding may make
    /// one of each statement.
    pub fn has_room_to_fold(&self) -> bool {
        self.module.consts.len() < usize::from(u16::MAX / 2)
    }

    /// A double constant; NaN is made canonical.
    pub fn f64(&mut self, value: f64) -> ConstId {
        let value = if value.is_nan() { f64::NAN } else { value };
        self.constant(Const::F64(value.to_bits()))
    }

    /// The value of a double constant.
    pub fn f64_value(&self, id: u32) -> Option<f64> {
        match self.module.consts.get(id as usize) {
            Some(&Const::F64(bits)) => Some(f64::from_bits(bits)),
            _ => None,
        }
    }

    /// The value of an integer constant.
    pub fn i32_value(&self, id: u32) -> Option<i32> {
        match self.module.consts.get(id as usize) {
            Some(&Const::I32(v)) => Some(v),
            _ => None,
        }
    }

    /// A type descriptor.
    pub fn ty(&mut self, desc: TypeDesc) -> TypeId {
        let m = &mut self.module;
        let index = intern(
            &mut m.types,
            &mut self.types,
            desc,
            &mut self.overflow,
            "types",
        );
        TypeId(index)
    }

    /// An index for a recursive type, to be described with [`describe`](Self::describe).
    pub fn reserve_type(&mut self) -> TypeId {
        match next_index(self.module.types.len(), &mut self.overflow, "types") {
            Some(index) => {
                self.module.types.push(TypeDesc::Never);
                TypeId(index)
            }
            None => TypeId(0),
        }
    }

    /// Describes a reserved type. Unions that were made of it before are flat only now.
    pub fn describe(&mut self, id: TypeId, desc: TypeDesc) {
        if let TypeDesc::Union(inner) = &desc {
            for ty in &mut self.module.types[id.index() + 1..] {
                if let TypeDesc::Union(members) = ty
                    && members.contains(&id)
                {
                    let others = members.iter().filter(|&&m| m != id);
                    let mut flat: Vec<TypeId> = others.chain(inner.iter()).copied().collect();
                    flat.sort_unstable();
                    flat.dedup();
                    *members = flat.into();
                }
            }
        }
        self.module.types[id.index()] = desc;
    }

    /// The descriptor of a type.
    pub fn desc(&self, id: TypeId) -> &TypeDesc {
        &self.module.types[id.index()]
    }

    /// The representation of a type.
    pub fn repr(&self, id: TypeId) -> Repr {
        self.module.repr(id)
    }

    /// A signature.
    pub fn signature(&mut self, sig: Signature) -> SigId {
        let m = &mut self.module;
        let index = intern(
            &mut m.signatures,
            &mut self.signatures,
            sig,
            &mut self.overflow,
            "signatures",
        );
        SigId(index)
    }

    /// A field reference.
    pub fn field(&mut self, field: FieldRef) -> FieldId {
        let m = &mut self.module;
        let index = intern(
            &mut m.fields,
            &mut self.fields,
            field,
            &mut self.overflow,
            "fields",
        );
        FieldId(index)
    }

    /// A method reference.
    pub fn method(&mut self, method: MethodRef) -> MethodId {
        let m = &mut self.module;
        let index = intern(
            &mut m.methods,
            &mut self.methods,
            method,
            &mut self.overflow,
            "methods",
        );
        MethodId(index)
    }

    /// A structural member reference.
    pub fn prop(&mut self, prop: PropRef) -> PropId {
        let m = &mut self.module;
        let index = intern(
            &mut m.props,
            &mut self.props,
            prop,
            &mut self.overflow,
            "members",
        );
        PropId(index)
    }

    /// A new class.
    pub fn class(&mut self, class: Class) -> ClassId {
        match next_index(self.module.classes.len(), &mut self.overflow, "classes") {
            Some(index) => {
                self.module.classes.push(class);
                ClassId(index)
            }
            None => ClassId(0),
        }
    }

    /// A new module variable.
    pub fn global(&mut self, global: Global) -> GlobalId {
        match next_index(
            self.module.globals.len(),
            &mut self.overflow,
            "module variables",
        ) {
            Some(index) => {
                self.module.globals.push(global);
                GlobalId(index)
            }
            None => GlobalId(0),
        }
    }

    /// An index for a function whose code comes later.
    pub fn reserve_function(&mut self) -> FuncId {
        match next_index(self.functions as usize, &mut self.overflow, "functions") {
            Some(index) => {
                self.functions += 1;
                FuncId(index)
            }
            None => FuncId(0),
        }
    }
}
