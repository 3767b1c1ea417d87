//! How classes fill their slots from dunder methods, and keep them filled.
//!
//! Owns the way from an attribute's name to a slot. Slot tables are shared along the
//! inheritance chain until a class defines a special method; setting or deleting a class
//! attribute refreshes the slot in the class and its heirs.

use raya_bytecode::{Slot, for_each_slot};

use crate::abi::R;
use crate::class_builder::{MethodPlan, is_static};
use crate::ctx::Ctx;
use crate::mem::value::Value;
use crate::type_info::{Attr, Form, NativeDef, SlotFn, SlotTable, TypeRef, type_flags};

macro_rules! dunder_match {
    ($($field:ident, $kind:ident, $dunder:literal, $refl:literal, $inplace:literal, $spelling:literal;)*) => {
        /// The slot and form that a method called `name` fills. `toString` is `__str__`,
        /// `constructor` is `__init__`.
        pub fn slot_of_name(name: &str) -> Option<(Slot, Form)> {
            match name {
                "" => None,
                "toString" => Some((Slot::str, Form::Forward)),
                "constructor" => Some((Slot::init, Form::Forward)),
                $($dunder => Some((Slot::$field, Form::Forward)),)*
                _ => reflected_of_name(name),
            }
        }

        #[allow(unreachable_patterns)] // comparisons reflect into each other
        fn reflected_of_name(name: &str) -> Option<(Slot, Form)> {
            match name {
                "" => None,
                $($dunder => None, $refl => Some((Slot::$field, Form::Reflected)),)*
                _ => in_place_of_name(name),
            }
        }

        #[allow(unreachable_patterns)] // most slots have no in-place form
        fn in_place_of_name(name: &str) -> Option<(Slot, Form)> {
            match name {
                "" => None,
                $($inplace => Some((Slot::$field, Form::InPlace)),)*
                _ => None,
            }
        }
    };
}
for_each_slot!(dunder_match);

/// The attribute name under which a special method is stored: TypeScript's spelling
/// where both exist.
pub fn canonical_name(name: &str) -> &str {
    match name {
        "__str__" => "toString",
        "__init__" => "constructor",
        other => other,
    }
}

/// Whether the name is one that slots care about.
fn is_special(name: &str) -> bool {
    name.starts_with("__") || name == "toString" || name == "constructor"
}

/// What fills the hash slot of a class with `__eq__` and without `__hash__`.
pub static UNHASHABLE: NativeDef = NativeDef {
    name: "__hash__",
    arity: (0, 0),
    func: |ctx, args| {
        let ty = ctx.type_of(args.first().copied().unwrap_or(Value::NULL));
        let message = format!("unhashable type: '{}'", ty.meta.name);
        Err(ctx.type_error(&message))
    },
};

/// The slot function of an attribute.
fn slot_fn(attr: Attr) -> SlotFn {
    match attr {
        Attr::Method(func) => SlotFn::Method(func),
        Attr::Native(def) => SlotFn::Native(def.func),
        Attr::Value(Value::NULL) => SlotFn::Absent,
        Attr::Value(v) => SlotFn::User(v),
        Attr::StaticMethod(func) => SlotFn::Method(func),
        Attr::ClassMethod(v) => SlotFn::User(v),
        Attr::Accessor { .. } | Attr::Static(_) => SlotFn::Absent,
    }
}

impl Ctx {
    /// Fills the slots of a new class whose own methods are `methods`.
    pub(crate) fn fill_slots(&mut self, ty: TypeRef, methods: &[MethodPlan]) -> R<()> {
        let primary = ty.slots.get();
        let others_differ = ty.meta.bases.iter().any(|b| b.slots.get() != primary);
        let mut special = Vec::new();
        for method in methods {
            if let Some(name) = self.special_name(method.name)
                && (!is_static(method.kind) || name == Slot::new.dunder())
            {
                special.push((name, method.name));
            }
        }
        if !others_differ && special.is_empty() {
            return Ok(());
        }
        self.own_slots(ty);
        if others_differ {
            self.merge_slots(ty);
        }
        for (text, _) in &special {
            self.refresh_slot(ty, text)?;
        }
        Ok(())
    }

    /// The text of a name that slots care about.
    fn special_name(&mut self, name: Value) -> Option<String> {
        let text = self.as_str(name)?.to_text(self);
        is_special(&text).then_some(text)
    }

    /// Gives a type a slot table of its own.
    fn own_slots(&mut self, ty: TypeRef) {
        let shared = ty.slots.get();
        let is_shared = ty.meta.bases.iter().any(|b| b.slots.get() == shared)
            || ty
                .meta
                .subclasses
                .borrow()
                .iter()
                .any(|s| s.slots.get() == shared);
        if is_shared {
            let own = SlotTable::clone(&shared);
            ty.slots.set(self.engine().core.slot_tables.0.alloc(own));
        }
    }

    /// Every slot from the first class of the MRO that has it.
    fn merge_slots(&mut self, ty: TypeRef) {
        for &slot in Slot::ALL {
            for form in [Form::Forward, Form::Reflected, Form::InPlace] {
                let found = ty.meta.mro[1..]
                    .iter()
                    .map(|c| c.slot(slot, form))
                    .find(|f| !f.is_absent());
                ty.slots
                    .get()
                    .set(slot, form, found.unwrap_or(SlotFn::Absent));
            }
        }
    }

    /// A class attribute was set or deleted: the slot of that name follows, in the class
    /// and its heirs.
    pub(crate) fn slot_attr_changed(&mut self, ty: TypeRef, name: Value) -> R<()> {
        let Some(text) = self.special_name(name) else {
            return Ok(());
        };
        // An heir that shares its table with the class would change with it by accident
        // of sharing alone; each gets its own before the first is written.
        let mut family = vec![ty];
        let mut next = 0;
        while let Some(&class) = family.get(next) {
            family.extend(class.meta.subclasses.borrow().iter().copied());
            next += 1;
        }
        for &class in family.iter().rev() {
            self.own_slots(class);
        }
        for class in family {
            self.refresh_slot(class, &text)?;
        }
        Ok(())
    }

    /// Looks the special method `text` up along the MRO and stores it in its slot.
    fn refresh_slot(&mut self, ty: TypeRef, text: &str) -> R<()> {
        let Some((slot, form)) = slot_of_name(text) else {
            return Ok(());
        };
        let name = self.intern(canonical_name(text))?;
        let found = ty
            .lookup(name)
            .map_or(SlotFn::Absent, |(_, attr)| slot_fn(attr));
        let table = ty.slots.get();
        table.set(slot, form, found);
        if slot.reflected().is_some() && slot.kind() == raya_bytecode::SlotKind::Compare {
            // `__gt__` is the reflected form of `__lt__`, found through its own slot.
            table.set(slot, Form::Reflected, SlotFn::Absent);
        }
        if matches!(slot, Slot::eq | Slot::hash) {
            self.refresh_hash(ty)?;
        }
        if matches!(
            slot,
            Slot::getattribute | Slot::getattr | Slot::setattr | Slot::delattr
        ) {
            ty.set_flag(type_flags::ATTR_HOOKS);
        }
        Ok(())
    }

    /// A class that defines `__eq__` is hashable only if it, or an heir nearer to `ty`,
    /// defines `__hash__`.
    fn refresh_hash(&mut self, ty: TypeRef) -> R<()> {
        let (eq, hash) = (self.intern("__eq__")?, self.intern("__hash__")?);
        let has = |name| move |c: &TypeRef| c.meta.attrs.borrow().get(name).is_some();
        let eq_at = ty.meta.mro.iter().position(has(eq));
        let hash_at = ty.meta.mro.iter().position(has(hash));
        let to = match (eq_at, hash_at) {
            (Some(e), Some(h)) if e < h => SlotFn::Native(UNHASHABLE.func),
            (Some(_), None) => SlotFn::Native(UNHASHABLE.func),
            (_, Some(_)) => ty
                .lookup(hash)
                .map_or(SlotFn::Absent, |(_, attr)| slot_fn(attr)),
            (None, None) => SlotFn::Absent,
        };
        ty.slots.get().set(Slot::hash, Form::Forward, to);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_find_their_slots() {
        assert_eq!(slot_of_name("__add__"), Some((Slot::add, Form::Forward)));
        assert_eq!(slot_of_name("__radd__"), Some((Slot::add, Form::Reflected)));
        assert_eq!(slot_of_name("__iadd__"), Some((Slot::add, Form::InPlace)));
        assert_eq!(slot_of_name("__gt__"), Some((Slot::gt, Form::Forward)));
        assert_eq!(slot_of_name("toString"), Some((Slot::str, Form::Forward)));
        assert_eq!(slot_of_name("__nothing__"), None);
    }
}
