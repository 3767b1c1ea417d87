//! Resolving the field, method and member references of a module.

use std::cell::Cell;

use raya_bytecode::{FieldRef, MethodKind, MethodRef, PropRef};

use crate::abi::R;
use crate::class_builder::is_static;
use crate::ctx::Ctx;
use crate::desc::DescShape;
use crate::func::{FuncInfo, SigInfo};
use crate::host::End;
use crate::link::load::Linking;
use crate::link::{FieldSite, MethodSite, NO_INDEX, PropSite};
use crate::mem::refs::Ref;
use crate::mem::value::Value;
use crate::type_info::{Attr, TypeKind, TypeRef};

/// The linked references.
pub(super) struct Sites {
    pub fields: Box<[Ref<FieldSite>]>,
    pub methods: Box<[Ref<MethodSite>]>,
    pub props: Box<[Ref<PropSite>]>,
}

/// Resolves every reference.
pub(super) fn link_sites(ctx: &mut Ctx, linking: &Linking, classes: &[TypeRef]) -> R<Sites> {
    let engine = ctx.engine();
    let module = linking.module.clone();
    let mut fields = Vec::with_capacity(module.fields.len());
    for field in &module.fields {
        let site = field_site(ctx, linking, classes, field)?;
        fields.push(engine.field_sites.alloc(site));
    }
    let mut methods = Vec::with_capacity(module.methods.len());
    for method in &module.methods {
        let site = method_site(linking, classes, method);
        methods.push(engine.method_sites.alloc(site));
    }
    let props = (module.props.iter())
        .map(|prop| engine.prop_sites.alloc(prop_site(linking, prop)))
        .collect();
    Ok(Sites {
        fields: fields.into(),
        methods: methods.into(),
        props,
    })
}

fn field_site(
    ctx: &mut Ctx,
    linking: &Linking,
    classes: &[TypeRef],
    field: &FieldRef,
) -> R<FieldSite> {
    let class = classes[field.class.index()];
    let name = linking.strings[field.name.index()].get();
    if field.is_static
        && let Some((_, Attr::Static(statics))) = class.lookup(name)
    {
        return Ok(FieldSite {
            class,
            name,
            offset: 0,
            repr: statics.repr,
            desc: statics.desc,
            optional: false,
            freezable: false,
            statics: Some(statics),
        });
    }
    match class.field(name) {
        Some(found) if !field.is_static => Ok(FieldSite {
            class,
            name,
            offset: found.offset,
            repr: found.repr,
            desc: found.desc,
            optional: found.optional,
            freezable: !found.private && class.kind != TypeKind::Scope,
            statics: None,
        }),
        _ => {
            let text = ctx.name_text(name);
            let message = format!(
                "module names a field {}.{text} that is not there",
                class.meta.name
            );
            Err(ctx.end(End::Internal(message)))
        }
    }
}

/// The vtable index of a member that calls with this interface can use.
fn vtable_index(class: TypeRef, name: Value, kind: MethodKind, sig: &SigInfo) -> u32 {
    let fits = |key: &crate::type_info::VtableKey| {
        key.name == name && key.kind == kind && key.sig.same_interface(sig)
    };
    let at = class.meta.vtable_keys.iter().rposition(fits);
    at.map_or(NO_INDEX, |i| i as u32)
}

fn static_function(class: TypeRef, name: Value, kind: MethodKind) -> Option<Ref<FuncInfo>> {
    match (class.lookup(name)?.1, kind) {
        (Attr::StaticMethod(func), MethodKind::Static) => Some(func),
        (Attr::Accessor { get, .. }, MethodKind::StaticGetter) => get,
        (Attr::Accessor { set, .. }, MethodKind::StaticSetter) => set,
        _ => None,
    }
}

fn method_site(linking: &Linking, classes: &[TypeRef], method: &MethodRef) -> MethodSite {
    let class = classes[method.class.index()];
    let name = linking.strings[method.name.index()].get();
    let sig = linking.sigs[method.sig.index()];
    let (index, func) = if is_static(method.kind) {
        (NO_INDEX, static_function(class, name, method.kind))
    } else {
        (vtable_index(class, name, method.kind, &sig), None)
    };
    MethodSite {
        class,
        name,
        kind: method.kind,
        sig,
        index,
        func: Cell::new(func),
    }
}

fn prop_site(linking: &Linking, prop: &PropRef) -> PropSite {
    let desc = linking.descs[prop.ty.index()];
    PropSite {
        name: linking.strings[prop.name.index()].get(),
        desc,
        repr: desc.repr,
        optional: prop.optional,
        sig: match desc.get_shape() {
            DescShape::Function(sig) => Some(*sig),
            _ => None,
        },
    }
}
