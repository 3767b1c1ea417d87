//! Operators of two operands: every pair of classes, and classes beside numbers.

use raya_bytecode::{Slot, SlotKind};

use super::Twin;

/// Statement that gives a text naming class and method.
fn gives(class: &str, method: &str) -> (String, String) {
    let text = format!("return \"{class}.{method}\"");
    (format!("{text};"), text)
}

fn refuses() -> (String, String) {
    (
        "return NotImplemented;".into(),
        "return NotImplemented".into(),
    )
}

fn throws(class: &str) -> (String, String) {
    (
        format!("throw new TypeError(\"{class} throws\");"),
        format!("raise TypeError(\"{class} throws\")"),
    )
}

/// A class with some methods that all do the same.
fn class(
    t: &mut Twin,
    name: &str,
    base: &str,
    methods: &[&str],
    does: impl Fn(&str) -> (String, String),
) {
    t.class(name, base);
    for method in methods {
        let (raya, python) = does(method);
        t.method(method, &["o"], &raya, &python);
    }
    t.end();
}

/// The slots with an operator that Python has as well.
fn slots(kind: SlotKind) -> Vec<Slot> {
    let both = |slot: &&Slot| slot.kind() == kind && **slot != Slot::ushift;
    Slot::ALL.iter().filter(both).copied().collect()
}

/// The classes of a slot, and the expressions that make their instances.
fn operands(t: &mut Twin, slot: Slot, in_place: bool) -> Vec<String> {
    let p = format!("{slot:?}").to_uppercase();
    let (own, reflected) = (slot.dunder(), slot.reflected().unwrap_or(slot.dunder()));
    let both: Vec<&str> = match own == reflected {
        true => vec![own],
        false => vec![own, reflected],
    };
    let name = |suffix: &str| format!("{p}{suffix}");
    let make = |t: &mut Twin, suffix: &str, base: &str, methods: &[&str]| {
        let (name, base) = (
            name(suffix),
            if base.is_empty() {
                base.into()
            } else {
                name(base)
            },
        );
        class(t, &name, &base, methods, |m| gives(&name, m));
    };
    make(t, "Forward", "", &[own]);
    make(t, "Reflected", "", &[reflected]);
    make(t, "Both", "", &both);
    make(t, "Heir", "Both", &[]);
    make(t, "Override", "Both", &[reflected]);
    class(t, &name("Refuse"), "", &both, |_| refuses());
    class(t, &name("Throw"), "", &both, throws);
    make(t, "Absent", "", &[]);
    let mut all = vec![
        "Forward",
        "Reflected",
        "Both",
        "Heir",
        "Override",
        "Refuse",
        "Throw",
        "Absent",
    ];
    if let Some(method) = slot.in_place().filter(|_| in_place) {
        make(t, "InPlace", "", &[method]);
        make(t, "InHeir", "InPlace", &[own]);
        let methods = [method, own];
        class(t, &name("InRefuse"), "", &methods, |m| match m == method {
            true => refuses(),
            false => gives("InRefuse", m),
        });
        class(t, &name("InThrow"), "", &[method], throws);
        all.extend(["InPlace", "InHeir", "InRefuse", "InThrow"]);
    }
    all.iter().map(|suffix| name(suffix)).collect()
}

/// Tries each pair; the operation is a function of two operands in both languages.
fn try_pairs(t: &mut Twin, operands: &[String], op: &str, function: &str) {
    let made = |name: &str| match name {
        "7" => ("7".to_string(), "7".to_string()),
        name => (format!("new {name}()"), format!("{name}()")),
    };
    for a in operands.iter().map(String::as_str).chain(["7"]) {
        for b in operands.iter().map(String::as_str).chain(["7"]) {
            if a == "7" && b == "7" {
                continue;
            }
            // Names of primitive types differ, so there the error's class has to do.
            let attempt = if a == "7" || b == "7" {
                "kind"
            } else {
                "attempt"
            };
            let ((ra, pa), (rb, pb)) = (made(a), made(b));
            t.say(
                &format!("{attempt}(\"{a} {op} {b}\", () => {function}({ra}, {rb}));"),
                &format!("{attempt}(\"{a} {op} {b}\", lambda: {function}({pa}, {pb}))"),
            );
        }
    }
}

fn operation(t: &mut Twin, name: &str, op: &str) {
    t.say(
        &format!("function {name}(a: any, b: any): any {{ return a {op} b; }}"),
        &format!("def {name}(a, b):\n    return a {op} b\n\n"),
    );
}

/// Binary operators.
pub(super) fn binary() -> Twin {
    let mut t = Twin::new("Every binary operator on every pair of operands.");
    for slot in slots(SlotKind::Binary) {
        let operands = operands(&mut t, slot, false);
        let function = format!("do_{slot:?}");
        operation(&mut t, &function, slot.spelling());
        try_pairs(&mut t, &operands, slot.spelling(), &function);
    }
    t
}

/// Compound assignments.
pub(super) fn in_place() -> Twin {
    let mut t = Twin::new("Every compound assignment on every pair of operands.");
    for slot in slots(SlotKind::Binary) {
        let operands = operands(&mut t, slot, true);
        let (function, op) = (format!("do_{slot:?}"), format!("{}=", slot.spelling()));
        t.say(
            &format!("function {function}(a: any, b: any): any {{ a {op} b; return a; }}"),
            &format!("def {function}(a, b):\n    a {op} b\n    return a\n\n"),
        );
        try_pairs(&mut t, &operands, &op, &function);
    }
    t
}

/// Comparisons.
pub(super) fn compare() -> Twin {
    let mut t = Twin::new("Every comparison on every pair of operands.");
    for slot in slots(SlotKind::Compare) {
        let operands = operands(&mut t, slot, false);
        let function = format!("do_{slot:?}");
        operation(&mut t, &function, slot.spelling());
        try_pairs(&mut t, &operands, slot.spelling(), &function);
    }
    t
}
