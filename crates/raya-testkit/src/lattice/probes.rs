//! What a program asks of its classes, before and after it changes them.

use super::classes::{ATTRIBUTES, Lattice, METHODS, instance, name};
use super::special::{BINARY, COMPARISONS};
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
    let typed = typed_functions(lattice, c, out);
    questions(count, "", out);
    typed_questions(lattice, &typed, "", out);
    for _ in 0..4 + c.below(12) {
        operation(count, c, out);
    }
    for i in 0..1 + c.below(6) {
        change(count, i, c, out);
    }
    questions(count, "again ", out);
    typed_questions(lattice, &typed, "again ", out);
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
        for member in [
            "prop", "missing", "hidden", "trace", "stored", "item", "via", "gone",
        ] {
            ask(
                out,
                &format!("{round}{o}.{member}"),
                &format!("{o}.{member}"),
            );
        }
        ask(
            out,
            &format!("{round}{o}.sum"),
            &format!("{o}.sum({class})"),
        );
        let raya = format!("({own} as any).born");
        ask_each(
            out,
            &format!("{round}{own}.born"),
            &format!("{own}.born"),
            &raya,
        );
        let raya = format!("({own} as any).make(1)");
        ask_each(
            out,
            &format!("{round}{own}.make"),
            &format!("{own}.make(1)"),
            &raya,
        );
    }
}

/// Functions with parameters of some classes: in Raya their code is resolved by types.
fn typed_functions(lattice: &Lattice, c: &mut Choices<'_>, out: &mut Pair) -> Vec<Typed> {
    let mut all = Vec::new();
    for &class in &lattice.named {
        let known = |member: &str| lattice.inherits(&lattice.orders[class], member);
        let mut wanted = vec![("ma", "a.ma()".to_owned())];
        for member in ["prop", "sum"] {
            if known(member) {
                let call = if member == "sum" { "(1)" } else { "" };
                wanted.push((member, format!("a.{member}{call}")));
            }
        }
        for (op, sign) in BINARY.iter().chain(&COMPARISONS) {
            if known(&format!("__{op}__")) {
                wanted.push((op, format!("a {sign} b")));
            }
        }
        for (what, expression) in wanted {
            if c.one_in(3) {
                continue;
            }
            let function = format!("{what}_{}", name(class));
            let own = name(class);
            out.open(
                &format!("def {function}(a, b)"),
                &format!("function {function}(a: {own}, b: {own}): any"),
            );
            out.line(
                &format!("return {expression}"),
                &format!("return {expression};"),
            );
            out.close();
            all.push(Typed { class, function });
        }
    }
    all
}

/// A function with parameters of a class.
struct Typed {
    class: usize,
    function: String,
}

/// Calls typed functions with instances of the class and of its heirs.
fn typed_questions(lattice: &Lattice, typed: &[Typed], round: &str, out: &mut Pair) {
    for Typed { class, function } in typed {
        let is_heir = |other: &usize| lattice.orders[*other].contains(class);
        let heirs: Vec<usize> = (0..lattice.orders.len()).filter(is_heir).collect();
        for (i, &a) in heirs.iter().enumerate() {
            let b = heirs[(i + 1) % heirs.len()];
            for (a, b) in [(a, b), (b, a)] {
                let call = format!("{function}({}, {})", instance(a), instance(b));
                ask(out, &format!("{round}{call}"), &call);
            }
        }
    }
}

/// An operator on random instances.
fn operation(count: usize, c: &mut Choices<'_>, out: &mut Pair) {
    let (a, b) = (instance(c.below(count)), instance(c.below(count)));
    let k = c.below(6);
    if c.one_in(2) {
        let all: Vec<&str> = BINARY.iter().chain(&COMPARISONS).map(|o| o.1).collect();
        let text = format!("{a} {} {b}", c.pick(&all));
        return ask(out, &text, &text);
    }
    match c.below(11) {
        0 => ask(out, &format!("{k} in {a}"), &format!("{k} in {a}")),
        1 => ask(out, &format!("{a}[{}]", k % 3), &format!("{a}[{}]", k % 3)),
        2 => ask(out, &format!("{a}({k})"), &format!("{a}({k})")),
        3 => ask_each(
            out,
            &format!("not {a}"),
            &format!("not {a}"),
            &format!("!{a}"),
        ),
        4 => ask(out, &format!("items of {a}"), &format!("items({a})")),
        5 => ask_each(
            out,
            &format!("{a}[{k}] ="),
            &format!("operator.setitem({a}, {k}, \"new\")"),
            &format!("{{ {a}[{k}] = \"new\"; }}"),
        ),
        6 => ask_each(
            out,
            &format!("del {a}[{k}]"),
            &format!("operator.delitem({a}, {k})"),
            &format!("{{ delete {a}[{k}]; }}"),
        ),
        7 => in_place(&a, &b, c, out),
        8 => {
            let op = c.pick(&["-", "+", "~"]);
            ask(out, &format!("{op}{a}"), &format!("{op}{a}"));
        }
        9 => {
            let member = c.pick(&METHODS);
            let text = format!("{a}.{member} == {b}.{member}");
            ask(out, &text, &text);
        }
        _ => {
            let text = format!("is {a} instance");
            let class = name(c.below(count));
            let python = format!("isinstance({a}, {class})");
            ask_each(out, &text, &python, &format!("{a} instanceof {class}"));
        }
    }
}

/// A compound assignment to a variable of its own.
fn in_place(a: &str, b: &str, c: &mut Choices<'_>, out: &mut Pair) {
    let (_, op) = c.pick(&BINARY);
    let text = format!("{a} {op}= {b}");
    out.open("def change()", "{ const change = (): any =>");
    out.line(&format!("x = {a}"), &format!("let x: any = {a};"));
    out.line(&format!("x {op}= {b}"), &format!("x {op}= {b};"));
    out.line("return x", "return x;");
    out.close();
    out.line(
        &format!("attempt(\"{text}\", change)"),
        &format!("attempt(\"{text}\", change); }}"),
    );
}

/// A change of a class or an instance.
fn change(count: usize, number: usize, c: &mut Choices<'_>, out: &mut Pair) {
    let class = c.below(count);
    let (own, o) = (name(class), instance(class));
    let (method, attr) = (c.pick(&METHODS), c.pick(&ATTRIBUTES));
    let label = format!("change {number}");
    let to_class = format!("({own} as any)");
    match c.below(10) {
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
        8 => patch_special(&own, c, out),
        _ => {
            let (op, _) = operator(c);
            ask_each(
                out,
                &label,
                &format!("delattr({own}, \"__{op}__\")"),
                &format!("{{ delete {to_class}.__{op}__; }}"),
            );
        }
    }
}

/// Any operator with its sign.
fn operator(c: &mut Choices<'_>) -> (&'static str, &'static str) {
    let at = c.below(BINARY.len() + COMPARISONS.len());
    match BINARY.get(at) {
        Some(&operator) => operator,
        None => COMPARISONS[at - BINARY.len()],
    }
}

/// Puts a special method on a class.
fn patch_special(own: &str, c: &mut Choices<'_>, out: &mut Pair) {
    let (op, _) = operator(c);
    let (python, raya) = match COMPARISONS.iter().any(|known| known.0 == op) {
        true => ("True".to_owned(), "true".to_owned()),
        false => {
            let text = format!("\"patched {op} {own}\"");
            (text.clone(), text)
        }
    };
    out.line(
        &format!("{own}.__{op}__ = lambda self, o: {python}"),
        &format!(
            "({own} as any).__{op}__ = function (this: any, o: any): any {{ return {raya}; }};"
        ),
    );
}
