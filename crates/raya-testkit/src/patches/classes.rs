//! The classes of a program that changes them.

use crate::generate::Choices;
use crate::lattice::text::Pair;

/// The most declared classes.
const MOST_CLASSES: usize = 4;

/// What a program has so far.
#[derive(Debug, Default)]
pub struct World {
    /// The declared base of each declared class but the first.
    pub bases: Vec<Option<usize>>,
    /// Variables with instances: of each declared class, then of classes that came later.
    pub objects: Vec<String>,
}

/// The name of a declared class.
pub fn name(class: usize) -> String {
    format!("C{class}")
}

/// A special method that the root class declares: its name, its parameter and the types of that
/// and of the result in Raya, and what it gives.
pub struct Special {
    pub name: &'static str,
    pub param: &'static str,
    pub takes: &'static str,
    pub gives: &'static str,
    body: (&'static str, &'static str),
}

macro_rules! specials {
    ($($name:literal ($param:literal: $takes:literal) -> $gives:literal, $python:literal, $raya:literal;)*) => {
        /// The special methods that operators of declared classes call.
        pub const SPECIALS: &[Special] = &[$(Special {
            name: $name, param: $param, takes: $takes, gives: $gives, body: ($python, $raya),
        }),*];
    };
}

specials! {
    "__add__" ("k": "number") -> "number", "self.n + k", "this.n + k";
    "__lt__" ("p": "C0") -> "boolean", "self.n < p.n", "this.n < p.n";
    "__eq__" ("p": "any") -> "boolean", "self.n == p.n", "this.n === (p as C0).n";
    "__getitem__" ("k": "number") -> "number", "k * 10 + self.n", "k * 10 + this.n";
    "__call__" ("k": "number") -> "number", "k * 100 + self.n", "k * 100 + this.n";
    "__contains__" ("k": "number") -> "boolean", "k == 3", "k === 3";
    "__neg__" ("": "") -> "number", "-7", "-7";
    "__str__" ("": "") -> "string", "\"<\" + self.s + \">\"", "\"<\" + this.s + \">\"";
    "__bool__" ("": "") -> "boolean", "self.n > 2", "this.n > 2";
}

impl World {
    /// Declares the classes.
    pub fn build(c: &mut Choices<'_>, out: &mut Pair) -> World {
        let mut world = World::default();
        world.root(out);
        for class in 1..2 + c.below(MOST_CLASSES - 1) {
            world.heir(class, c, out);
        }
        world
    }

    fn root(&mut self, out: &mut Pair) {
        self.bases.push(None);
        out.open("class C0", "class C0");
        out.line("", "n: number;");
        out.line("", "s: string;");
        out.line("sf = 5", "static sf: number = 5;");
        out.open("def __init__(self, x)", "constructor(x: number)");
        out.line("self.n = x", "this.n = x;");
        out.line("self.s = \"s\" + str(x)", "this.s = `s${x}`;");
        out.close();
        method(
            out,
            "m",
            "k",
            "number",
            "number",
            ("self.n + k", "this.n + k"),
        );
        method(
            out,
            "t",
            "",
            "",
            "string",
            ("self.s + \"!\"", "this.s + \"!\""),
        );
        accessor(out, "self.n * 2", "this.n * 2");
        out.line("@classmethod", "");
        let name = ("cls.__name__ + str(k)", "(this as any).__name__ + `${k}`");
        static_method(out, name);
        for special in SPECIALS {
            let Special {
                name,
                param,
                takes,
                gives,
                body,
            } = *special;
            method(out, name, param, takes, gives, body);
        }
        out.close();
    }

    fn heir(&mut self, class: usize, c: &mut Choices<'_>, out: &mut Pair) {
        let base = c.below(class);
        self.bases.push(Some(base));
        let (own, base) = (name(class), name(base));
        out.open(
            &format!("class {own}({base})"),
            &format!("class {own} extends {base}"),
        );
        if c.one_in(2) {
            out.line("", "extra: number;");
            out.open("def __init__(self, x)", "constructor(x: number)");
            out.line("super().__init__(x + 1)", "super(x + 1);");
            out.line("self.extra = x * 3", "this.extra = x * 3;");
            out.close();
        }
        if c.one_in(2) {
            let body = ("super().m(k) + 1000", "super.m(k) + 1000");
            method(out, "m", "k", "number", "number", body);
        }
        if c.one_in(3) {
            let text = format!("\"{own}.t\"");
            method(out, "t", "", "", "string", (&text, &text));
        }
        if c.one_in(3) {
            let body = format!("{class} + super().acc");
            accessor(out, &body, &body.replace("super()", "super"));
        }
        if c.one_in(3) {
            let special = &SPECIALS[0];
            let body = ("super().__add__(k) + 5000", "super.__add__(k) + 5000");
            let Special { takes, gives, .. } = *special;
            method(out, special.name, "k", takes, gives, body);
        }
        out.line("pass", "");
        out.close();
    }

    /// One instance of each declared class.
    pub fn instances(&mut self, out: &mut Pair) {
        for class in 0..self.bases.len() {
            let (own, variable) = (name(class), format!("o{class}"));
            out.line(
                &format!("{variable} = {own}({})", class + 1),
                &format!("const {variable}: {own} = new {own}({});", class + 1),
            );
            self.objects.push(variable);
        }
    }
}

/// A method of one statement, `return` and an expression.
fn method(
    out: &mut Pair,
    name: &str,
    param: &str,
    takes: &str,
    gives: &str,
    (python, raya): (&str, &str),
) {
    let (after_self, typed) = match param {
        "" => (String::new(), String::new()),
        one => (format!(", {one}"), format!("{one}: {takes}")),
    };
    out.open(
        &format!("def {name}(self{after_self})"),
        &format!("{name}({typed}): {gives}"),
    );
    out.line(&format!("return {python}"), &format!("return {raya};"));
    out.close();
}

fn static_method(out: &mut Pair, (python, raya): (&str, &str)) {
    out.open("def sm(cls, k)", "static sm(k: number): string");
    out.line(&format!("return {python}"), &format!("return {raya};"));
    out.close();
}

fn accessor(out: &mut Pair, python: &str, raya: &str) {
    out.line("@property", "");
    out.open("def acc(self)", "get acc(): number");
    out.line(&format!("return {python}"), &format!("return {raya};"));
    out.close();
    out.line("@acc.setter", "");
    out.open("def acc(self, v)", "set acc(v: number)");
    out.line("self.n = v + 1", "this.n = v + 1;");
    out.close();
}

/// What every program begins with: how answers are shown, checks of what typed code would
/// refuse, and descriptors.
pub const PYTHON_HEAD: &str = r#"ROUNDS = 9
def show(v):
    if v is True or v is False or v is None:
        return {True: "true", False: "false", None: "null"}[v]
    return str(v)
def typed(v, kind):
    if type(v) is not kind:
        raise TypeError("the wrong type")
    return v
def put(o, name, v):
    setattr(o, name, v)
    return v
def change(label, f):
    try:
        f()
    except Exception as e:
        print(label, type(e).__name__)
class Shifted:
    def __init__(self, by):
        self.by = by
    def __get__(self, o, owner):
        return o.__dict__.get("n", 0) + self.by
    def __set__(self, o, v):
        o.__dict__["n"] = v + 1
class Text:
    def __init__(self, text):
        self.text = text
    def __get__(self, o, owner):
        return self.text
    def __set__(self, o, v):
        self.text = v + "~"
class Refusing:
    def __get__(self, o, owner):
        raise AttributeError("refused")
    def __set__(self, o, v):
        raise AttributeError("refused")
class Donor:
    @property
    def acc(self):
        return 77
    @acc.setter
    def acc(self, v):
        self.s = "donated" + str(v)
"#;

/// The same in Raya.
pub const RAYA_HEAD: &str = r#"const ROUNDS = 9;
function change(label: string, f: () => void): void {
  try {
    f();
  } catch (e: any) {
    console.log(label, e.__class__.__name__);
  }
}
class Shifted {
  constructor(private by: number) {}
  __get__(o: any, owner: any): any { return (o.__dict__.get("n") ?? 0) + this.by; }
  __set__(o: any, v: any): void { o.__dict__["n"] = v + 1; }
}
class Text {
  constructor(private text: any) {}
  __get__(o: any, owner: any): any { return this.text; }
  __set__(o: any, v: any): void { this.text = v + "~"; }
}
class Refusing {
  __get__(o: any, owner: any): any { throw new AttributeError("refused"); }
  __set__(o: any, v: any): void { throw new AttributeError("refused"); }
}
class Donor {
  get acc(): number { return 77; }
  set acc(v: number) { (this as any).s = "donated" + v; }
}
"#;
