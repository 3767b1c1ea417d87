//! What a program asks of its classes, before and after it changes them.

use super::classes::{ATTRIBUTES, Lattice, METHODS, instance, name};
use super::text::Pair;
use crate::generate::Choices;

/// `attempt` of an expression that both languages spell alike.
fn ask(out: &mut Pair, label: &str, expression: &str) {
    ask_each(out, label, expression, expression);
}

fn ask_each(out: &mut Pair, label: &str, python: &str, raya: &str) {
    out.line(
        &format!("attempt(\"{label}\", lambda: {python})"),
        &format!("attempt(\"{label}\", () => {raya});"),
    );
}

/// Instances, questions, changes, the questions again.
pub fn add(lattice: &Lattice, c: &mut Choices<'_>, out: &mut Pair) {
    let count = lattice.orders.len();
    for class in 0..count {
        let (own, variable, x) = (name(class), instance(class), c.below(10));
        out.line(
            &format!("print(names({own}.__mro__))"),
            &format!("console.log(names(({own} as any).__mro__));"),
        );
        out.line(
            &format!("{variable} = {own}({x})"),
            &format!("const {variable}: any = new {own}({x});"),
        );
    }
    questions(count, "", out);
    for _ in 0..4 + c.below(12) {
        operation(count, c, out);
    }
    for i in 0..1 + c.below(6) {
        change(count, i, c, out);
    }
    questions(count, "again ", out);
    for _ in 0..c.below(6) {
        operation(count, c, out);
    }
}

fn questions(count: usize, round: &str, out: &mut Pair) {
    for class in 0..count {
        let (own, o) = (name(class), instance(class));
        for method in METHODS {
            ask(
                out,
                &format!("{round}{o}.{method}"),
                &format!("{o}.{method}()"),
            );
        }
        for attr in ATTRIBUTES {
            ask(out, &format!("{round}{o}.{attr}"), &format!("{o}.{attr}"));
            let raya = format!("({own} as any).{attr}");
            ask_each(
                out,
                &format!("{round}{own}.{attr}"),
                &format!("{own}.{attr}"),
                &raya,
            );
        }
        for member in ["prop", "missing", "trace", "stored"] {
            ask(
                out,
                &format!("{round}{o}.{member}"),
                &format!("{o}.{member}"),
            );
        }
        let raya = format!("({own} as any).make(1)");
        ask_each(
            out,
            &format!("{round}{own}.make"),
            &format!("{own}.make(1)"),
            &raya,
        );
    }
}

/// An operator on random instances.
fn operation(count: usize, c: &mut Choices<'_>, out: &mut Pair) {
    let (a, b) = (instance(c.below(count)), instance(c.below(count)));
    let k = c.below(6);
    let binary = ["+", "-", "*", "<", "<=", ">", ">=", "==", "!="];
    let at = c.below(binary.len() + 5);
    if let Some(op) = binary.get(at) {
        return ask(out, &format!("{a} {op} {b}"), &format!("{a} {op} {b}"));
    }
    match at - binary.len() {
        0 => ask(out, &format!("{k} in {a}"), &format!("{k} in {a}")),
        1 => ask(out, &format!("{a}[{}]", k % 3), &format!("{a}[{}]", k % 3)),
        2 => ask(out, &format!("{a}({k})"), &format!("{a}({k})")),
        3 => ask_each(
            out,
            &format!("not {a}"),
            &format!("not {a}"),
            &format!("!{a}"),
        ),
        _ => {
            let text = format!("is {a} instance");
            let class = name(c.below(count));
            let python = format!("isinstance({a}, {class})");
            ask_each(out, &text, &python, &format!("{a} instanceof {class}"));
        }
    }
}

/// A change of a class or an instance.
fn change(count: usize, number: usize, c: &mut Choices<'_>, out: &mut Pair) {
    let class = c.below(count);
    let (own, o) = (name(class), instance(class));
    let (method, attr) = (c.pick(&METHODS), c.pick(&ATTRIBUTES));
    let label = format!("change {number}");
    let to_class = format!("({own} as any)");
    match c.below(9) {
        0 => out.line(
            &format!("{own}.{method} = lambda self: \"patched {own}.{method}\""),
            &format!(
                "{to_class}.{method} = function (this: any): any {{ return \"patched {own}.{method}\"; }};"
            ),
        ),
        1 => out.line(
            &format!("{o}.{method} = lambda: \"own {method}\""),
            &format!("{o}.{method} = () => \"own {method}\";"),
        ),
        2 | 3 => {
            let member = if number.is_multiple_of(2) { attr } else { "prop" };
            ask_each(
                out,
                &label,
                &format!("setattr({o}, \"{member}\", {number})"),
                &format!("{{ {o}.{member} = {number}; }}"),
            );
        }
        4 => out.line(
            &format!("{own}.{attr} = Data(\"new {own}\")"),
            &format!("{to_class}.{attr} = new Data(\"new {own}\");"),
        ),
        5 => out.line(
            &format!("{own}.{attr} = \"plain {own}\""),
            &format!("{to_class}.{attr} = \"plain {own}\";"),
        ),
        6 => ask_each(
            out,
            &label,
            &format!("delattr({o}, \"{attr}\")"),
            &format!("{{ delete {o}.{attr}; }}"),
        ),
        7 => ask_each(
            out,
            &label,
            &format!("delattr({own}, \"{method}\")"),
            &format!("{{ delete {to_class}.{method}; }}"),
        ),
        _ => out.line(
            &format!("{own}.__add__ = lambda self, o: \"patched add {own}\""),
            &format!(
                "{to_class}.__add__ = function (this: any, o: any): any {{ return \"patched add {own}\"; }};"
            ),
        ),
    }
}
