//! The changes: of a class, of an instance, or a class that comes later.

use super::classes::{SPECIALS, World, name};
use crate::generate::Choices;
use crate::lattice::text::Pair;

/// One change, which may be refused in both languages.
pub fn change(world: &mut World, number: usize, c: &mut Choices<'_>, out: &mut Pair) {
    let class = name(c.below(world.bases.len()));
    let object = world.objects[c.below(world.objects.len())].clone();
    match c.below(12) {
        0 | 1 => method(number, &class, c, out),
        2 | 3 => special(number, &class, c, out),
        4 => accessor(number, &class, c, out),
        5 => statics(number, &class, c, out),
        6 => instance(number, &object, c, out),
        7 | 8 => descriptor(number, &class, c, out),
        9 => hook(number, &class, c, out),
        10 => constructor(number, &class, c, out),
        _ => later(world, number, &class, c, out),
    }
}

/// The statements of a change, behind a label that names it.
fn guarded(number: usize, what: &str, python: &str, raya: &str, out: &mut Pair) {
    let label = format!("change {number} {what}");
    out.line(
        &format!("change(\"{label}\", lambda: {python})"),
        &format!("change(\"{label}\", () => {{ {raya}; }});"),
    );
}

/// Sets an attribute of a class.
fn set(number: usize, class: &str, attr: &str, python: &str, raya: &str, out: &mut Pair) {
    guarded(
        number,
        &format!("{class}.{attr}"),
        &format!("setattr({class}, \"{attr}\", {python})"),
        &format!("({class} as any).{attr} = {raya}"),
        out,
    );
}

fn delete(number: usize, target: &str, attr: &str, out: &mut Pair) {
    guarded(
        number,
        &format!("delete {target}.{attr}"),
        &format!("delattr({target}, \"{attr}\")"),
        &format!("delete ({target} as any).{attr}"),
        out,
    );
}

/// A function that binds its receiver.
fn function(params: &str, python: &str, raya: &str) -> (String, String) {
    let (after_self, typed) = match params {
        "" => (String::new(), String::new()),
        one => (format!(", {one}"), format!(", {one}: any")),
    };
    (
        format!("lambda self{after_self}: {python}"),
        format!("function (this: any{typed}): any {{ return {raya}; }}"),
    )
}

fn method(number: usize, class: &str, c: &mut Choices<'_>, out: &mut Pair) {
    let (attr, params, right, wrong) = match c.below(2) {
        0 => ("m", "k", number.to_string(), "\"wrong\""),
        _ => ("t", "", format!("\"patched {number}\""), "5"),
    };
    match c.below(6) {
        0 | 1 => delete(number, class, attr, out),
        2 => {
            let (python, raya) = function(params, wrong, wrong);
            set(number, class, attr, &python, &raya, out);
        }
        3 => {
            let typed = if params.is_empty() { "" } else { "k: any" };
            let python = format!("staticmethod(lambda {params}: {right})");
            set(
                number,
                class,
                attr,
                &python,
                &format!("({typed}): any => {right}"),
                out,
            );
        }
        _ => {
            let python = format!("(self.n, {right})[1]");
            let raya = format!("[this.n, {right}][1]");
            let (python, raya) = function(params, &python, &raya);
            set(number, class, attr, &python, &raya, out);
        }
    }
}

fn special(number: usize, class: &str, c: &mut Choices<'_>, out: &mut Pair) {
    let special = &SPECIALS[c.below(SPECIALS.len())];
    let (attr, number_text) = (special.name, number.to_string());
    // Without `__str__` each language has its own text.
    if attr != "__str__" && c.one_in(3) {
        return delete(number, class, attr, out);
    }
    let gives = match special.gives {
        "number" => (number_text.as_str(), number_text.as_str()),
        "string" => ("\"text\"", "\"text\""),
        _ if c.one_in(2) => ("True", "true"),
        _ => ("False", "false"),
    };
    let refuses = matches!(attr, "__add__" | "__lt__" | "__eq__") && c.one_in(3);
    let gives = match refuses {
        true => ("NotImplemented", "NotImplemented"),
        false => gives,
    };
    let (python, raya) = function(special.param, gives.0, gives.1);
    set(number, class, attr, &python, &raya, out);
}

fn accessor(number: usize, class: &str, c: &mut Choices<'_>, out: &mut Pair) {
    match c.below(3) {
        0 => delete(number, class, "acc", out),
        1 => set(number, class, "acc", "Donor.acc", "(Donor as any).acc", out),
        _ => set(
            number,
            class,
            "acc",
            "Shifted(9)",
            "new Shifted(9) as any",
            out,
        ),
    }
}

fn statics(number: usize, class: &str, c: &mut Choices<'_>, out: &mut Pair) {
    match c.below(3) {
        0 => {
            let value = number.to_string();
            set(number, "C0", "sf", &value, &value, out);
        }
        1 => {
            let text = format!("\"static {number}\"");
            let python = format!("staticmethod(lambda k: {text})");
            let raya = format!("(k: any): any => {text}");
            set(number, class, "sm", &python, &raya, out);
        }
        _ => delete(number, class, "sm", out),
    }
}

fn instance(number: usize, object: &str, c: &mut Choices<'_>, out: &mut Pair) {
    let attr = c.pick(&["m", "t", "__add__", "__call__"]);
    if c.one_in(3) {
        return delete(number, object, attr, out);
    }
    let (params, typed, gives) = match attr {
        "t" => ("", "", format!("\"own {number}\"")),
        _ => ("k", "k: any", number.to_string()),
    };
    guarded(
        number,
        &format!("{object}.{attr}"),
        &format!("setattr({object}, \"{attr}\", lambda {params}: {gives})"),
        &format!("({object} as any).{attr} = ({typed}): any => {gives}"),
        out,
    );
}

fn descriptor(number: usize, class: &str, c: &mut Choices<'_>, out: &mut Pair) {
    let attr = c.pick(&["n", "n", "s"]);
    let value = match c.below(6) {
        0 | 1 => return delete(number, class, attr, out),
        2 => "Refusing()".to_owned(),
        3 if attr == "n" => format!("Text(\"t{number}\")"),
        3 => "Text(8)".to_owned(),
        _ if attr == "n" => format!("Shifted({}00)", number + 1),
        _ => format!("Text(\"t{number}\")"),
    };
    set(number, class, attr, &value, &format!("new {value}"), out);
}

fn hook(number: usize, class: &str, c: &mut Choices<'_>, out: &mut Pair) {
    let attr = c.pick(&["__getattribute__", "__setattr__", "__getattr__"]);
    if c.one_in(3) {
        return delete(number, class, attr, out);
    }
    let (python, raya) = match attr {
        "__getattribute__" => {
            let python = "object.__getattribute__(self, name) if name != \"n\" else 500";
            let raya = "name !== \"n\" ? (Object as any).__getattribute__(this, name) : 500";
            function("name", python, raya)
        }
        "__getattr__" => function("name", "\"no \" + name", "\"no \" + name"),
        _ => (
            "lambda self, name, v: object.__setattr__(self, name, v + 1 if name == \"n\" else v)"
                .to_owned(),
            "function (this: any, name: any, v: any): any { \
             (Object as any).__setattr__(this, name, name === \"n\" ? v + 1 : v); return null; }"
                .to_owned(),
        ),
    };
    set(number, class, attr, &python, &raya, out);
}

fn constructor(number: usize, class: &str, c: &mut Choices<'_>, out: &mut Pair) {
    let attr = "__init__";
    let place = match c.below(4) {
        0 => return delete(number, class, attr, out),
        1 => "Reflect.set({}, \"__in\" + \"it__\", {f})",
        2 => "({} as any)[\"__in\" + \"it__\"] = {f}",
        _ => "({} as any).__init__ = {f}",
    };
    let function = format!(
        "function (this: any, x: any): void {{ this.n = x * {}; this.s = \"made\"; }}",
        number + 2
    );
    guarded(
        number,
        &format!("{class}.{attr}"),
        &format!(
            "setattr({class}, \"{attr}\", lambda self, x: (setattr(self, \"n\", x * {}), setattr(self, \"s\", \"made\"), None)[2])",
            number + 2
        ),
        &place.replace("{}", class).replace("{f}", &function),
        out,
    );
}

/// A class made while the program runs, with a declared one as its first or second base, and an
/// instance of it.
fn later(world: &mut World, number: usize, class: &str, c: &mut Choices<'_>, out: &mut Pair) {
    let (own, mixin) = (format!("L{number}"), format!("X{number}"));
    let variable = format!("o{}", world.objects.len());
    let second = c.one_in(2);
    out.open(
        &format!("def make{number}(base)"),
        &format!("function make{number}(base: any, root: any): any"),
    );
    let mut bases = "base".to_owned();
    if second {
        out.open(
            &format!("class {mixin}"),
            &format!("class {mixin} extends root"),
        );
        members(number, c, out);
        out.close();
        bases = format!("{mixin}, base");
    }
    out.open(
        &format!("class {own}({bases})"),
        &format!("class {own} extends {bases}"),
    );
    if !second {
        members(number, c, out);
    }
    out.line("pass", "");
    out.close();
    out.line(
        &format!("return {own}({number})"),
        &format!("return new ({own} as any)({number});"),
    );
    out.close();
    out.line(
        &format!("{variable} = o0"),
        &format!("let {variable}: C0 = o0;"),
    );
    guarded(
        number,
        &format!("class {own} of {class}"),
        &format!("globals().__setitem__(\"{variable}\", make{number}({class}))"),
        &format!("{variable} = make{number}({class}, Object)"),
        out,
    );
    world.objects.push(variable);
}

fn members(number: usize, c: &mut Choices<'_>, out: &mut Pair) {
    if c.one_in(2) {
        out.open("def m(self, k)", "m(k: any): any");
        let text = format!("return super().m(k) + 7{number}");
        out.line(&text, &format!("{};", text.replace("super()", "super")));
        out.close();
    }
    if c.one_in(2) {
        out.open("def __neg__(self)", "__neg__(): any");
        out.line(&format!("return {number}"), &format!("return {number};"));
        out.close();
    }
    if c.one_in(3) {
        out.line("@property", "");
        out.open("def acc(self)", "get acc(): any");
        out.line(&format!("return 9{number}"), &format!("return 9{number};"));
        out.close();
    }
    out.line("pass", "");
}
