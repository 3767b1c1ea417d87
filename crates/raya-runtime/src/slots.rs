//! How classes fill their slots from dunder methods, and keep them filled.
//!
//! Owns the way from an attribute's name to a slot. Slot tables are shared along the
//! inheritance chain until a class defines a special method; setting or deleting a class
//! attribute refreshes the slot in the class and its heirs.

use raya_bytecode::{Slot, for_each_slot};

use crate::abi::R;
use crate::class_attrs::constructor_of;
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

/// A slot that a class switches off: null in place of the method. Where an operation has
/// another way without the method, the refusal tells it not to look for one.
fn switched_off(slot: Slot) -> SlotFn {
    match slot {
        Slot::hash => SlotFn::Native(UNHASHABLE.func),
        Slot::iter => SlotFn::Native(|ctx, args| refuse(ctx, args, "is not iterable")),
        Slot::reversed => SlotFn::Native(|ctx, args| refuse(ctx, args, "is not reversible")),
        Slot::contains => SlotFn::Native(|ctx, args| refuse(ctx, args, "is not a container")),
        _ => SlotFn::User(Value::NULL),
    }
}

fn refuse(ctx: &mut Ctx, args: &[Value], what: &str) -> R<Value> {
    let name = ctx.type_name(args.first().copied().unwrap_or(Value::NULL));
    let message = format!("'{name}' object {what}");
    Err(ctx.type_error(&message))
}

impl Ctx {
    /// Fills the slots of a new class whose own methods are `methods`.
    pub(crate) fn fill_slots(&mut self, ty: TypeRef, methods: &[MethodPlan]) -> R<()> {
        let primary = ty.slots.get();
        let others_differ = ty.meta.bases.iter().any(|b| b.slots.get() != primary);
        let mut special = Vec::new();
        for method in methods {
            let name = self.special_name(method.name);
            if let Some(name) = name.filter(|name| !is_static(method.kind) || name == "__new__") {
                special.push((name, method.name));
            }
        }
        let defines = |name: &str| special.iter().any(|(text, _)| text == name);
        if defines("__eq__") && !defines("__hash__") {
            let name = self.intern("__hash__")?;
            ty.meta
                .attrs
                .borrow_mut()
                .set(name, Attr::Value(Value::NULL));
            special.push(("__hash__".to_string(), name));
        }
        if !others_differ && special.is_empty() {
            return Ok(());
        }
        self.own_slots(ty);
        if others_differ {
            self.merge_slots(ty);
            self.refresh_inherited(ty)?;
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

    /// Looks up the special methods that the classes of the MRO declare. What a class has in a
    /// slot may come from a class that stands behind others in the order of its heir.
    fn refresh_inherited(&mut self, ty: TypeRef) -> R<()> {
        let mut names: Vec<Value> = Vec::new();
        let declaring = ty.meta.mro[1..].iter();
        for class in declaring.filter(|class| !class.has(type_flags::BUILTIN)) {
            names.extend(class.meta.attrs.borrow().iter().map(|(name, _)| name));
        }
        names.sort_unstable_by_key(|name| name.0);
        names.dedup();
        for name in names {
            if let Some(text) = self.special_name(name) {
                self.refresh_slot(ty, &text)?;
            }
        }
        Ok(())
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

    /// The slot function of an attribute.
    fn slot_fn(&self, slot: Slot, attr: Attr) -> SlotFn {
        match attr {
            Attr::Method(func) | Attr::StaticMethod(func) => SlotFn::Method(func),
            Attr::Native(def) => SlotFn::Native(def.func),
            Attr::Value(Value::NULL) => switched_off(slot),
            Attr::Value(v) | Attr::ClassMethod(v) => SlotFn::User(v),
            Attr::Static(field) if self.read_static(&field).is_null() => switched_off(slot),
            Attr::Static(field) => SlotFn::Static(field),
            Attr::Accessor { .. } => SlotFn::Absent,
        }
    }

    /// Static fields that are called like special methods have their values now.
    pub(crate) fn fill_static_slots(&mut self, ty: TypeRef) -> R<()> {
        let attrs: Vec<(Value, Attr)> = ty.meta.attrs.borrow().iter().collect();
        for (name, attr) in attrs {
            if matches!(attr, Attr::Static(_)) {
                self.slot_attr_changed(ty, name)?;
            }
        }
        Ok(())
    }

    /// Looks the special method `text` up along the MRO and stores it in its slot.
    fn refresh_slot(&mut self, ty: TypeRef, text: &str) -> R<()> {
        let Some((slot, form)) = slot_of_name(text) else {
            return Ok(());
        };
        let name = self.intern(canonical_name(text))?;
        let found = match slot {
            // The declared constructor is no method: construction runs it without the slot.
            Slot::init => constructor_of(ty, name).filter(|(_, a)| !matches!(a, Attr::Method(_))),
            _ => ty.lookup(name),
        };
        let found = match found {
            Some((_, attr)) => self.slot_fn(slot, attr),
            None => SlotFn::Absent,
        };
        let table = ty.slots.get();
        table.set(slot, form, found);
        if slot.reflected().is_some() && slot.kind() == raya_bytecode::SlotKind::Compare {
            // `__gt__` is the reflected form of `__lt__`, found through its own slot.
            table.set(slot, Form::Reflected, SlotFn::Absent);
        }
        if matches!(
            slot,
            Slot::getattribute | Slot::getattr | Slot::setattr | Slot::delattr
        ) {
            ty.set_flag(type_flags::ATTR_HOOKS);
            self.attr_hooks_changed(ty);
        }
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
