//! Members by name: structural access, attributes, items.

use super::lowerings;
use crate::error::JitError;
use crate::helpers::Helper;
use crate::snapshot::PropFact;
use crate::translate::{Lowered, Translator};
use raya_bytecode::Instr;

lowerings! {
    GetProp |t, i| {
        let object = t.get(i.b);
        let prop = property(t, i.c)?;
        let prop = t.address(prop.site);
        let cache = t.cache_cell();
        let bits = t.call_helper(Helper::get_prop, &[object, prop, cache]);
        let repr = t.repr(i.a);
        let v = t.from_slot(repr, bits);
        t.set(i.a, v)
    };
    SetProp |t, i| {
        let (object, v) = (t.get(i.a), t.get(i.c));
        let repr = t.repr(i.c);
        let prop = property(t, i.b)?;
        let prop = t.address(prop.site);
        let bits = t.to_slot(repr, v);
        let cache = t.cache_cell();
        t.call_helper(Helper::set_prop, &[object, prop, bits, cache])
    };
    HasProp |t, i| {
        let object = t.get(i.b);
        let name = t.name(i.c)?;
        let v = t.call_helper(Helper::has_prop, &[object, name]);
        t.set(i.a, v)
    };
    GetAttr |t, i| {
        let object = t.get(i.b);
        let name = t.name(i.c)?;
        let cache = t.cache_cell();
        let v = t.call_helper(Helper::get_attr, &[object, name, cache]);
        t.set(i.a, v)
    };
    SetAttr |t, i| {
        let (object, v) = (t.get(i.a), t.get(i.c));
        let name = t.name(i.b)?;
        let cache = t.cache_cell();
        t.call_helper(Helper::set_attr, &[object, name, v, cache])
    };
    DelAttr |t, i| {
        let object = t.get(i.a);
        let name = t.name(i.b)?;
        t.call_helper(Helper::del_attr, &[object, name])
    };
    GetItem |t, i| {
        let (object, key) = (t.get(i.b), t.get(i.c));
        let cache = t.cache_cell();
        let v = t.call_helper(Helper::get_item, &[object, key, cache]);
        t.set(i.a, v)
    };
    SetItem |t, i| {
        let (object, key, v) = (t.get(i.a), t.get(i.b), t.get(i.c));
        t.call_helper(Helper::set_item, &[object, key, v])
    };
    GetItemOpt |t, i| {
        let (object, key) = (t.get(i.b), t.get(i.c));
        let v = t.call_helper(Helper::get_item_opt, &[object, key]);
        t.set(i.a, v)
    };
    DelItem |t, i| {
        let (object, key) = (t.get(i.a), t.get(i.b));
        t.call_helper(Helper::del_item, &[object, key])
    };
    SpreadObject |t, i| {
        let (into, from) = (t.get(i.a), t.get(i.b));
        t.call_helper(Helper::spread_object, &[into, from])
    };
    GetMethod |t, i| {
        let object = t.get(i.b);
        let method = t.method(i.c)?.site;
        let method = t.address(method);
        let v = t.call_helper(Helper::get_method, &[object, method]);
        t.set(i.a, v)
    };
}

/// The structural member that an operand names.
fn property(t: &Translator<'_>, id: u16) -> Result<PropFact, JitError> {
    let known = t.frame().snapshot.props.get(&id).copied();
    known.ok_or_else(|| JitError::Malformed(format!("member {id} is not linked")))
}
