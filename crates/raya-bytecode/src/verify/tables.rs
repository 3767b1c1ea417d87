//! Tables: indices in bounds, references that resolve, bases before heirs.

use super::Checked;
use crate::{
    Class, ClassId, Const, Field, FieldId, FieldRef, Method, MethodId, MethodKind, Module, Native,
    PropId, TypeDesc, TypeId,
};

/// Most entries of any table.
const MAX: usize = u16::MAX as usize;

/// Checks all tables of a module.
pub fn check(m: &Module) -> Checked {
    sizes(m)?;
    consts(m)?;
    types(m)?;
    for (i, sig) in m.signatures.iter().enumerate() {
        for &ty in sig.params.iter().chain([&sig.ret]) {
            type_ok(m, ty)?;
        }
        if sig.required as usize > sig.params.len() || sig.rest && sig.params.is_empty() {
            return Err(format!(
                "signature {i} requires more parameters than it has"
            ));
        }
    }
    for (i, class) in m.classes.iter().enumerate() {
        class_ok(m, i, class).map_err(|e| format!("class {i}: {e}"))?;
    }
    for g in &m.globals {
        name_ok(m, g.name.index())?;
        type_ok(m, g.ty)?;
    }
    for i in 0..m.fields.len() {
        resolve_field(m, FieldId(i as u16))?;
    }
    for i in 0..m.methods.len() {
        resolve_method(m, MethodId(i as u16))?;
    }
    for p in &m.props {
        name_ok(m, p.name.index())?;
        type_ok(m, p.ty)?;
    }
    for f in &m.functions {
        name_ok(m, f.name.index())?;
        if f.sig.index() >= m.signatures.len() {
            return Err("a function has no signature".into());
        }
        for &ty in f.regs.iter().chain(&f.captures) {
            type_ok(m, ty)?;
        }
        for site in &f.inlined {
            name_ok(m, site.func.index())?;
        }
    }
    if m.functions.is_empty() {
        return Err("there is no top level".into());
    }
    Ok(())
}

fn sizes(m: &Module) -> Checked {
    let tables = [
        m.strings.len(),
        m.consts.len(),
        m.types.len(),
        m.signatures.len(),
        m.classes.len(),
        m.functions.len(),
        m.globals.len(),
        m.fields.len(),
        m.methods.len(),
        m.props.len(),
    ];
    if tables.iter().any(|&n| n > MAX) {
        return Err("a table is too long".into());
    }
    Ok(())
}

fn consts(m: &Module) -> Checked {
    for c in &m.consts {
        match c {
            Const::Str(id) => name_ok(m, id.index())?,
            Const::F64(bits) => canonical(*bits)?,
            Const::I32(_) => {}
        }
    }
    Ok(())
}

/// A NaN with a payload could pass for a pointer.
fn canonical(bits: u64) -> Checked {
    if f64::from_bits(bits).is_nan() && bits != f64::NAN.to_bits() {
        return Err("a NaN constant is not canonical".into());
    }
    Ok(())
}

fn name_ok(m: &Module, index: usize) -> Checked {
    if index < m.strings.len() {
        Ok(())
    } else {
        Err("a name is out of bounds".into())
    }
}

fn type_ok(m: &Module, ty: TypeId) -> Checked {
    if ty.index() < m.types.len() {
        Ok(())
    } else {
        Err("a type is out of bounds".into())
    }
}

fn types(m: &Module) -> Checked {
    for (i, desc) in m.types.iter().enumerate() {
        type_parts(m, i, desc).map_err(|e| format!("type {i}: {e}"))?;
    }
    Ok(())
}

fn type_parts(m: &Module, index: usize, desc: &TypeDesc) -> Checked {
    let class = |id: ClassId| {
        if id.index() < m.classes.len() {
            Ok(())
        } else {
            Err("a class is out of bounds".to_string())
        }
    };
    match desc {
        TypeDesc::LitString(id) => name_ok(m, id.index()),
        TypeDesc::LitNumber(bits) => canonical(*bits),
        TypeDesc::Class(id) | TypeDesc::ClassOrigin(id) | TypeDesc::ClassObject(id) => class(*id),
        TypeDesc::Array(ty) | TypeDesc::ReadonlyArray(ty) | TypeDesc::Dict(ty) => type_ok(m, *ty),
        TypeDesc::Tuple {
            elems,
            required,
            rest,
        } => {
            if *required as usize > elems.len() {
                return Err("a tuple requires more elements than it has".into());
            }
            elems.iter().chain(rest).try_for_each(|&t| type_ok(m, t))
        }
        TypeDesc::Function(sig) if sig.index() >= m.signatures.len() => {
            Err("a signature is out of bounds".into())
        }
        TypeDesc::Object(members) => members.iter().try_for_each(|x| {
            name_ok(m, x.name.index())?;
            type_ok(m, x.ty)
        }),
        TypeDesc::Union(members) | TypeDesc::Intersection(members) => {
            members.iter().try_for_each(|&t| {
                type_ok(m, t)?;
                // Flat, so that a representation is found without recursion.
                match &m.types[t.index()] {
                    TypeDesc::Union(_) if matches!(desc, TypeDesc::Union(_)) => {
                        Err("a union holds a union".into())
                    }
                    _ if t.index() == index => Err("a type holds itself".into()),
                    _ => Ok(()),
                }
            })
        }
        _ => Ok(()),
    }
}

fn class_ok(m: &Module, index: usize, class: &Class) -> Checked {
    name_ok(m, class.name.index())?;
    name_ok(m, class.qualified.index())?;
    if class.origin.index() >= m.classes.len() {
        return Err("its origin is out of bounds".into());
    }
    if class.bases.iter().any(|b| b.index() >= index) {
        return Err("a base does not come before it".into());
    }
    bases_ok(m, class)?;
    class.args.iter().try_for_each(|&t| type_ok(m, t))?;
    for (i, field) in class.fields.iter().chain(&class.statics).enumerate() {
        name_ok(m, field.name.index())?;
        type_ok(m, field.ty)?;
        let twice = |list: &[Field]| {
            list[..i.min(list.len())]
                .iter()
                .any(|f| f.name == field.name)
        };
        if i < class.fields.len() && twice(&class.fields) {
            return Err("two fields have one name".into());
        }
    }
    if class.fields.len() > 0x1000 {
        return Err("it has too many fields".into());
    }
    // An inherited field keeps its offset, so a redeclaration must agree with it.
    for field in &class.fields {
        for &base in &class.bases {
            if let Some((_, inherited)) = find_field(m, base, field.name, false)
                && !same_type(m, inherited.ty, field.ty)
            {
                return Err("a field has another type than the one it redeclares".into());
            }
        }
    }
    for method in &class.methods {
        method_ok(m, method)?;
    }
    for func in class.static_init.iter().chain(&class.constructor) {
        if func.index() >= m.functions.len() {
            return Err("a function is out of bounds".into());
        }
    }
    Ok(())
}

type Classes = std::collections::BTreeSet<ClassId>;

/// Typed code finds fields and methods at places that hold along the primary base only: what
/// else a class inherits from must say that it is found elsewhere.
fn bases_ok(m: &Module, class: &Class) -> Checked {
    if class.bases.is_empty() {
        return Ok(());
    }
    let mut followed = Classes::new();
    let mut at = Some(class);
    while let Some(c) = at {
        let Some(&primary) = c.bases.get(usize::from(c.primary)) else {
            if c.bases.is_empty() {
                break;
            }
            return Err("its primary base is out of bounds".into());
        };
        followed.insert(primary);
        at = m.classes.get(primary.index());
    }
    let mut work = class.bases.clone();
    let mut seen = Classes::new();
    let mut fields = std::collections::BTreeMap::new();
    while let Some(id) = work.pop() {
        if !seen.insert(id) {
            continue;
        }
        let base = &m.classes[id.index()];
        if !followed.contains(&id) && !base.flags.displaced {
            return Err("a base that it does not begin like is not displaced".into());
        }
        if class.bases.len() > 1 {
            for field in &base.fields {
                let known = *fields.entry(field.name).or_insert(field.ty);
                if !same_type(m, known, field.ty) {
                    return Err("two bases have fields of one name and different types".into());
                }
            }
        }
        work.extend(base.bases.iter().copied().filter(|b| *b < id));
    }
    Ok(())
}

/// The class by whose layout an instruction finds a member.
pub fn layout_ok(m: &Module, class: ClassId) -> Checked {
    match m.classes.get(class.index()) {
        Some(c) if c.flags.displaced => Err("a member by a displaced class".into()),
        _ => Ok(()),
    }
}

fn same_type(m: &Module, a: TypeId, b: TypeId) -> bool {
    crate::assignable(m, a, b) && crate::assignable(m, b, a)
}

fn method_ok(m: &Module, method: &Method) -> Checked {
    name_ok(m, method.name.index())?;
    if method.sig.index() >= m.signatures.len() {
        return Err("a method has no signature".into());
    }
    let Some(func) = method.func else {
        return Ok(());
    };
    let Some(f) = m.functions.get(func.index()) else {
        return Err("a method's function is out of bounds".into());
    };
    if f.sig != method.sig || f.receiver != crate::Receiver::This {
        return Err("a method's function has another signature".into());
    }
    Ok(())
}

/// The field of a name in a class or its bases, with the class that declares it.
pub fn find_field(
    m: &Module,
    class: ClassId,
    name: crate::StrId,
    is_static: bool,
) -> Option<(ClassId, &Field)> {
    let mut work = vec![class];
    while let Some(c) = work.pop() {
        let entry = m.classes.get(c.index())?;
        let list = if is_static {
            &entry.statics
        } else {
            &entry.fields
        };
        if let Some(field) = list.iter().find(|f| f.name == name) {
            return Some((c, field));
        }
        work.extend(entry.bases.iter().rev().copied().filter(|b| b.0 < c.0));
    }
    None
}

/// The method entry of a name in a class or its bases.
pub fn find_method(
    m: &Module,
    class: ClassId,
    name: crate::StrId,
    kind: MethodKind,
) -> Option<&Method> {
    let mut work = vec![class];
    while let Some(c) = work.pop() {
        let entry = m.classes.get(c.index())?;
        let found = entry
            .methods
            .iter()
            .find(|f| f.name == name && f.kind == kind);
        if found.is_some() {
            return found;
        }
        work.extend(entry.bases.iter().rev().copied().filter(|b| b.0 < c.0));
    }
    None
}

/// The field that a reference names.
pub fn resolve_field(m: &Module, id: FieldId) -> Checked<(&FieldRef, &Field)> {
    let Some(field) = m.fields.get(id.index()) else {
        return Err("a field reference is out of bounds".into());
    };
    name_ok(m, field.name.index())?;
    if field.class.index() >= m.classes.len() {
        return Err("a field reference names an unknown class".into());
    }
    match find_field(m, field.class, field.name, field.is_static) {
        Some((_, found)) => Ok((field, found)),
        None => Err(format!(
            "class {} has no field {}",
            m.text(m.classes[field.class.index()].name),
            m.text(field.name)
        )),
    }
}

/// The method that a reference names.
pub fn resolve_method(m: &Module, id: MethodId) -> Checked<&crate::MethodRef> {
    let Some(method) = m.methods.get(id.index()) else {
        return Err("a method reference is out of bounds".into());
    };
    name_ok(m, method.name.index())?;
    if method.class.index() >= m.classes.len() {
        return Err("a method reference names an unknown class".into());
    }
    match find_method(m, method.class, method.name, method.kind) {
        Some(found) if found.sig == method.sig => Ok(method),
        Some(_) => Err(format!(
            "method {} has another signature than its reference",
            m.text(method.name)
        )),
        None => Err(format!(
            "class {} has no method {}",
            m.text(m.classes[method.class.index()].name),
            m.text(method.name)
        )),
    }
}

/// The structural member that an index names.
pub fn resolve_prop(m: &Module, id: PropId) -> Checked<&crate::PropRef> {
    m.props
        .get(id.index())
        .ok_or_else(|| "a member reference is out of bounds".to_string())
}

/// The native that a number names.
pub fn resolve_native(id: u16) -> Checked<&'static Native> {
    Native::by_id(id).ok_or_else(|| format!("there is no native {id:#06x}"))
}
