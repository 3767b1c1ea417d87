//! Special methods of random classes: operators, comparisons, containers, attribute hooks.
//!
//! A method whose name a class above has too may pass on to it with `super`.

use super::classes::{Lattice, name};
use super::text::Pair;
use crate::generate::Choices;

/// Operators that two objects are combined with, without `__` and what stands in front.
pub const BINARY: [(&str, &str); 8] = [
    ("add", "+"),
    ("sub", "-"),
    ("mul", "*"),
    ("truediv", "/"),
    ("mod", "%"),
    ("lshift", "<<"),
    ("and", "&"),
    ("xor", "^"),
];

/// Comparisons.
pub const COMPARISONS: [(&str, &str); 6] = [
    ("lt", "<"),
    ("le", "<="),
    ("eq", "=="),
    ("ne", "!="),
    ("gt", ">"),
    ("ge", ">="),
];

impl Lattice {
    /// One of the special methods; `above` are the classes that the class inherits from.
    pub(super) fn special_method(
        &mut self,
        class: usize,
        above: &[usize],
        c: &mut Choices<'_>,
        out: &mut Pair,
    ) {
        match c.below(7) {
            0 | 1 => self.operator(class, above, c, out),
            2 => self.comparison(class, above, c, out),
            3 => self.call(class, above, out),
            4 => self.hook(class, c, out),
            _ => self.plain_method(class, c, out),
        }
    }

    /// A special method that passes nothing on.
    fn plain_method(&mut self, class: usize, c: &mut Choices<'_>, out: &mut Pair) {
        let own = name(class);
        let method = c.pick(&[
            "__len__",
            "__getitem__",
            "__setitem__",
            "__delitem__",
            "__contains__",
            "__bool__",
            "__str__",
            "__getattr__",
            "__iter__",
            "__neg__",
            "__pos__",
            "__invert__",
        ]);
        if !self.is_new(class, method) {
            return;
        }
        let (python, raya) = match method {
            "__getitem__" => return get_item(class, out),
            "__setitem__" | "__delitem__" => return change_item(class, method, out),
            "__len__" => {
                let length = c.below(3).to_string();
                (length.clone(), length)
            }
            "__contains__" => (format!("x == {class}"), format!("x === {class}")),
            "__bool__" => {
                let (python, raya) = truth(c.one_in(2));
                (python.to_owned(), raya.to_owned())
            }
            "__getattr__" => {
                let text = format!("\"{own}?\" + x");
                (text.clone(), text)
            }
            "__iter__" => {
                let steps = 1 + c.below(3);
                (format!("Steps({steps})"), format!("new Steps({steps})"))
            }
            _ => {
                let text = format!("\"{own} {}\"", method.trim_matches('_'));
                (text.clone(), text)
            }
        };
        let params = match method {
            "__contains__" | "__getattr__" => "x",
            _ => "",
        };
        out.method(method, params, &python, &raya);
    }

    /// Whether a class does not define a method yet; it does from now on.
    fn is_new(&mut self, class: usize, method: &str) -> bool {
        let known = self.inherits(&[class], method);
        if !known {
            self.specials.push((class, method.to_owned()));
        }
        !known
    }

    /// Whether one of the classes has a special method of its own.
    pub(super) fn inherits(&self, classes: &[usize], method: &str) -> bool {
        let mut all = self.specials.iter();
        all.any(|(class, known)| known == method && classes.contains(class))
    }

    fn operator(&mut self, class: usize, above: &[usize], c: &mut Choices<'_>, out: &mut Pair) {
        let (op, _) = c.pick(&BINARY);
        let method = format!("__{}{op}__", c.pick(&["", "", "r", "i"]));
        let text = format!("{}.{}", name(class), method.trim_matches('_'));
        if !self.is_new(class, &method) {
            return;
        }
        let passes_on = self.inherits(above, &method) && c.one_in(2);
        let (python, raya) = match (passes_on, c.one_in(5)) {
            (true, _) => (
                format!("f\"{text}>{{super().{method}(other)}}\""),
                format!("`{text}>${{super.{method}(other)}}`"),
            ),
            (false, true) => ("NotImplemented".to_owned(), "NotImplemented".to_owned()),
            _ => (format!("\"{text}\""), format!("\"{text}\"")),
        };
        out.method(&method, "other", &python, &raya);
    }

    fn comparison(&mut self, class: usize, above: &[usize], c: &mut Choices<'_>, out: &mut Pair) {
        let (op, _) = c.pick(&COMPARISONS);
        let method = format!("__{op}__");
        if !self.is_new(class, &method) {
            return;
        }
        let passes_on = self.inherits(above, &method) && c.one_in(2);
        let passed = (
            format!("super().{method}(other)"),
            format!("super.{method}(other)"),
        );
        let (python, raya) = match c.below(3) {
            _ if passes_on => (passed.0.as_str(), passed.1.as_str()),
            0 => truth(true),
            1 => truth(false),
            _ => ("NotImplemented", "NotImplemented"),
        };
        out.method(&method, "other", python, raya);
        if op == "eq" {
            out.method("__hash__", "", "7", "7");
        }
    }

    fn call(&mut self, class: usize, above: &[usize], out: &mut Pair) {
        let own = name(class);
        if !self.is_new(class, "__call__") {
            return;
        }
        let (python, raya) = match self.inherits(above, "__call__") {
            true => (
                format!("f\"{own}({{z}})>{{super().__call__(z)}}\""),
                format!("`{own}(${{z}})>${{super.__call__(z)}}`"),
            ),
            false => (format!("f\"{own}({{z}})\""), format!("`{own}(${{z}})`")),
        };
        out.method("__call__", "z", &python, &raya);
    }
}

fn truth(b: bool) -> (&'static str, &'static str) {
    if b {
        ("True", "true")
    } else {
        ("False", "false")
    }
}

/// Items, at which iteration ends.
fn get_item(class: usize, out: &mut Pair) {
    let own = name(class);
    out.open("def __getitem__(self, k)", "__getitem__(k: any): any");
    out.line("if k > 2:", "if (k > 2) {");
    out.line(
        "    raise IndexError(\"end\")",
        "  throw new RangeError(\"end\");",
    );
    out.line("", "}");
    out.line(
        &format!("return f\"{own}[{{k}}]\""),
        &format!("return `{own}[${{k}}]`;"),
    );
    out.close();
}

/// `__setitem__` or `__delitem__`, which tell what they did.
fn change_item(class: usize, head: &str, out: &mut Pair) {
    let own = name(class);
    let (text, python, raya) = match head {
        "__setitem__" => ("{k} is {v}", "self, k, v", "k: any, v: any"),
        _ => ("{k} goes", "self, k", "k: any"),
    };
    out.open(
        &format!("def {head}({python})"),
        &format!("{head}({raya}): void"),
    );
    out.line(
        &format!("self.item = f\"{own} {text}\""),
        &format!("(this as any).item = `{own} {}`;", text.replace('{', "${")),
    );
    out.close();
}

impl Lattice {
    /// A hook of attribute access that passes on to what is usual.
    fn hook(&mut self, class: usize, c: &mut Choices<'_>, out: &mut Pair) {
        let own = name(class);
        let method = c.pick(&["__setattr__", "__delattr__", "__getattribute__"]);
        if !self.is_new(class, method) {
            return;
        }
        let (python, raya) = match method {
            "__setattr__" => ("name, value", "name: string, value: any"),
            _ => ("name", "name: string"),
        };
        out.open(
            &format!("def {method}(self, {python})"),
            &format!("{method}({raya}): any"),
        );
        match method {
            "__setattr__" => {
                let via = format!("(\"via\", \"{own} \" + name)");
                out.line(
                    &format!("super().{method}{via}"),
                    &format!("super.{method}{via};"),
                );
            }
            "__delattr__" => out.line(
                &format!("self.gone = \"{own} \" + name"),
                &format!("(this as any).gone = \"{own} \" + name;"),
            ),
            _ => {
                out.line("if name == \"hidden\":", "if (name === \"hidden\") {");
                let hides = format!("return \"{own} hides\"");
                out.line(&format!("    {hides}"), &format!("  {hides};"));
                out.line("", "}");
            }
        }
        out.line(
            &format!("return super().{method}({python})"),
            &format!("return super.{method}({python});"),
        );
        out.close();
    }
}
