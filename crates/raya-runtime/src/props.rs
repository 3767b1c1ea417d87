//! Members through structural types: every access verifies the member's actual type.
//!
//! Where a class or literal declares the member as a field of the site's
//! representation, the site's cache remembers its offset and both tiers read it directly.
//! Everything else goes through attribute access and a check.

use raya_bytecode::{MethodKind, Receiver, Repr};

use crate::abi::R;
use crate::caches::{Cache, SiteQuestion, plain_field, plain_method, site_key};
use crate::calls::Surplus;
use crate::casts::is_subtype;
use crate::ctx::Ctx;
use crate::direct::stands_for;
use crate::func::SigInfo;
use crate::link::{MethodSite, PropSite};
use crate::mem::alloc::box_slot;
use crate::mem::slots::Slots;
use crate::mem::value::Value;
use crate::type_info::{Attr, FieldInfo, TypeInfo, TypeKind, type_flags};

/// The field that holds a member on every instance. A private one has a name that only code of
/// its class can write down.
fn direct_field(ty: &TypeInfo, name: Value) -> Option<&FieldInfo> {
    plain_field(ty, name).or_else(|| ty.field(name).filter(|f| f.private))
}

impl Ctx {
    /// Reads a member in the site's representation.
    pub fn get_prop(&mut self, o: Value, prop: &PropSite, cache: Cache) -> R<u64> {
        if let Some(object) = self.as_instance(o) {
            let ty = self.type_of_obj(object.obj());
            if let Some(field) = direct_field(&ty, prop.name)
                && field.repr == prop.repr
                && is_subtype(field.desc, prop.desc, 0)
            {
                cache.remember(&ty, field.offset);
                self.remember_field_of(&ty, prop, SiteQuestion::Read, field.offset);
                let bits = object.bits(field);
                if field.repr != Repr::Word || bits != Value::UNSET.0 {
                    return Ok(bits);
                }
            }
        }
        match self.prop_value(o, prop)? {
            Some(v) => self.convert(v, prop.desc),
            None => Ok(Value::NULL.0),
        }
    }

    /// The member as a word; none where an optional one is absent.
    fn prop_value(&mut self, o: Value, prop: &PropSite) -> R<Option<Value>> {
        if o.is_null() || o.is_unset() {
            return Err(self.null_access("read", "reading", prop.name));
        }
        match self.get_attr_opt(o, prop.name)? {
            Some(v) => Ok(Some(v)),
            None if prop.optional => Ok(None),
            None if self.kind_of(o) == TypeKind::Literal && prop.desc.admits_null() => Ok(None),
            None => Err(self.no_attribute(o, prop.name)),
        }
    }

    /// Writes a member given in the site's representation.
    pub fn set_prop(&mut self, o: Value, prop: &PropSite, bits: u64, cache: Cache) -> R<()> {
        if let Some(object) = self.as_instance(o) {
            let ty = self.type_of_obj(object.obj());
            if let Some(field) = direct_field(&ty, prop.name)
                && field.repr == prop.repr
                && is_subtype(prop.desc, field.desc, 0)
                && !self.is_frozen(o)
            {
                cache.remember(&ty, field.offset);
                self.remember_field_of(&ty, prop, SiteQuestion::Write, field.offset);
                object.set_bits(self, field, bits);
                return Ok(());
            }
        }
        self.set_attr(o, prop.name, box_slot(bits, prop.repr))
    }

    /// Calls a member: `args` in the format of the site's signature, the result likewise.
    /// Where the member has no function type, `n` words are passed.
    pub fn call_prop(&mut self, o: Value, prop: &PropSite, args: Slots, n: usize) -> R<u64> {
        match prop.sig {
            Some(sig) => self.invoke(o, prop.name, &sig, args),
            None => {
                let args = args.words(n);
                let v = self.call_method(o, prop.name, args)?;
                self.convert(v, prop.desc)
            }
        }
    }

    /// Remembers where instances of a type have a structural member.
    fn remember_field_of(&self, ty: &TypeInfo, prop: &PropSite, asked: SiteQuestion, offset: u32) {
        let key = site_key(address(prop), asked);
        let members = &self.engine().members;
        members.remember(key, ty.handle, offset, None);
    }

    /// Remembers the method that a call of a structural member reaches on every plain object
    /// of the receiver's type, where it has the site's interface and its result needs no
    /// check.
    pub(crate) fn remember_member_call(&mut self, o: Value, prop: &PropSite, cache: Cache) {
        let (Some(site), Some(obj)) = (prop.sig, o.as_obj()) else {
            return;
        };
        let ty = self.type_of_obj(obj);
        if let Some(func) = plain_method(&ty, prop.name)
            && stands_for(&func.sig_info, &site)
        {
            cache.remember(&ty, func.id);
            let key = site_key(address(prop), SiteQuestion::Call);
            let members = &self.engine().members;
            members.remember(key, ty.handle, 0, Some(func));
        }
    }

    /// Calls the member `name` of `o` through a signature.
    pub(crate) fn invoke(&mut self, o: Value, name: Value, sig: &SigInfo, args: Slots) -> R<u64> {
        let ty = self.type_of(o);
        if let Some((_, Attr::Method(func))) = ty.lookup(name)
            && !ty.has(type_flags::ATTR_HOOKS)
            && func.receiver == Receiver::This
            && func.sig_info.same_interface(sig)
            && self.own_member(o, name).is_none()
        {
            let mut bits = smallvec::SmallVec::<[u64; 12]>::new();
            bits.push(o.0);
            bits.extend((0..sig.params.len()).map(|i| args.bits(i)));
            let result = self.enter(func, &bits)?;
            if func.sig_info.ret == sig.ret || sig.ret.repr != Repr::Word {
                return Ok(result);
            }
            return Ok(self.check(Value(result), sig.ret)?.0);
        }
        if o.is_null() || o.is_unset() {
            return Err(self.null_access("read", "reading", name));
        }
        if ty.kind == TypeKind::Literal
            && let Some(own) = self.own_member(o, name)
            && (self.as_closure(own)).is_some_and(|c| c.func().takes_this())
        {
            let boxed = self.spread_arguments(args, sig);
            let result = self.call_bound(own, o, &boxed, Surplus::Drop)?;
            return self.convert_result(result, sig.ret);
        }
        let callee = self.get_attr(o, name)?;
        self.call_typed(callee, sig, args)
    }

    /// Calls attribute `name` of `o` with boxed arguments.
    pub fn call_method(&mut self, o: Value, name: Value, args: &[Value]) -> R<Value> {
        let ty = self.type_of(o);
        if !ty.has(type_flags::ATTR_HOOKS) && o.is_object() {
            match ty.lookup(name) {
                Some((_, Attr::Method(func)))
                    if func.receiver == Receiver::This && self.own_member(o, name).is_none() =>
                {
                    return self.call_function(func, o, o, args, Surplus::Refuse);
                }
                Some((_, Attr::Value(f)))
                    if self.as_closure(f).is_some() && self.own_member(o, name).is_none() =>
                {
                    return self.call_bound(f, o, args, Surplus::Refuse);
                }
                Some((_, Attr::Native(def)))
                    if matches!(
                        ty.kind,
                        TypeKind::Array | TypeKind::Tuple | TypeKind::String
                    ) =>
                {
                    return self.call_native(def, o, args, Surplus::Refuse);
                }
                _ => {}
            }
        }
        if ty.kind == TypeKind::Literal
            && let Some(f) = self.own_member(o, name)
            && self.as_closure(f).is_some()
        {
            return self.call_bound(f, o, args, Surplus::Refuse);
        }
        let callee = self.get_attr(o, name)?;
        self.call(callee, args)
    }

    /// A typed method call whose receiver is off the vtable path.
    pub fn call_method_slow(&mut self, o: Value, site: &MethodSite, args: Slots) -> R<u64> {
        match site.kind {
            MethodKind::Getter | MethodKind::StaticGetter => {
                let v = self.get_attr(o, site.name)?;
                self.convert(v, site.sig.ret)
            }
            MethodKind::Setter | MethodKind::StaticSetter => {
                let repr = site.sig.params.first().map_or(Repr::Word, |p| p.repr);
                self.set_attr(o, site.name, args.boxed(0, repr))?;
                Ok(Value::NULL.0)
            }
            _ => self.invoke(o, site.name, &site.sig, args),
        }
    }

    /// A bound method of a declared class.
    pub fn get_method(&mut self, o: Value, site: &MethodSite) -> R<Value> {
        if o.is_null() || o.is_unset() {
            return Err(self.null_access("read", "reading", site.name));
        }
        self.get_attr(o, site.name)
    }
}

/// Where a site's record lies.
fn address(prop: &PropSite) -> usize {
    std::ptr::from_ref(prop).addr()
}
