//! A program in two languages, written line by line.

/// The same program as Python and as Raya.
#[derive(Clone, Debug, Default)]
pub struct Pair {
    /// As Python.
    pub python: String,
    /// As Raya.
    pub raya: String,
    /// How deep the current line is nested.
    pub depth: usize,
}

impl Pair {
    /// Adds a line to each.
    pub fn line(&mut self, python: &str, raya: &str) {
        for (text, line, indent) in [
            (&mut self.python, python, "    "),
            (&mut self.raya, raya, "  "),
        ] {
            if line.is_empty() {
                continue;
            }
            for _ in 0..self.depth {
                text.push_str(indent);
            }
            text.push_str(line);
            text.push('\n');
        }
    }

    /// Begins a block: the lines up to [`Pair::close`] belong to this one.
    pub fn open(&mut self, python: &str, raya: &str) {
        self.line(&format!("{python}:"), &format!("{raya} {{"));
        self.depth += 1;
    }

    /// Ends a block.
    pub fn close(&mut self) {
        self.depth -= 1;
        self.line("", "}");
    }

    /// A method of one statement, `return` and an expression.
    pub fn method(&mut self, name: &str, params: &str, python: &str, raya: &str) {
        let spelled = if name == "__str__" { "toString" } else { name };
        let (after_self, typed) = match params {
            "" => (String::new(), String::new()),
            one => (format!(", {one}"), format!("{one}: any")),
        };
        self.open(
            &format!("def {name}(self{after_self})"),
            &format!("{spelled}({typed}): any"),
        );
        self.line(&format!("return {python}"), &format!("return {raya};"));
        self.close();
    }
}

/// Functions and descriptors that every program has.
pub const PYTHON_HEAD: &str = r#"import operator
def show(v):
    if v is True or v is False or v is None:
        return {True: "true", False: "false", None: "null"}[v]
    return str(v)
def names(classes):
    return " ".join(c.__name__ for c in classes if c is not object)
def items(o):
    return ",".join(show(x) for x in o)
def attempt(label, f):
    try:
        print(f"{label}: {show(f())}")
    except Exception as e:
        print(f"{label}: {type(e).__name__}: {named(str(e))}")
def named(text):
    for theirs, ours in [("str", "string"), ("int", "number"), ("bool", "boolean"), ("NoneType", "null"), ("method", "function")]:
        text = text.replace(f"'{theirs}'", f"'{ours}'")
    return text
class Steps:
    def __init__(self, n):
        self.n = n
    def __iter__(self):
        return self
    def __next__(self):
        if self.n == 0:
            raise StopIteration()
        self.n -= 1
        return self.n
class Plain:
    def __init__(self, tag):
        self.tag = tag
        self.name = "?"
    def __set_name__(self, owner, name):
        self.name = name
    def __get__(self, obj, owner):
        if obj is None:
            return self.tag + ":class"
        return self.tag + ":" + self.name + ":" + show(getattr(obj, "_" + self.name, None))
class Data(Plain):
    def __set__(self, obj, value):
        setattr(obj, "_" + self.name, f"set {show(value)}")
    def __delete__(self, obj):
        setattr(obj, "_" + self.name, "deleted")
"#;

/// The same in Raya.
pub const RAYA_HEAD: &str = r#"function show(v: any): string { return `${v}`; }
function names(classes: any): string {
  const out: string[] = [];
  for (const c of classes) if (c.__name__ !== "Object" && c.__name__ !== "object") out.push(c.__name__);
  return out.join(" ");
}
function items(o: any): string {
  const out: string[] = [];
  for (const x of o) out.push(`${x}`);
  return out.join(",");
}
function attempt(label: string, f: () => any): void {
  try {
    console.log(`${label}: ${f()}`);
  } catch (e: any) {
    console.log(`${label}: ${e.__class__.__name__}: ${e.message}`);
  }
}
class Steps {
  constructor(private n: number) {}
  __iter__(): Steps { return this; }
  __next__(): number {
    if (this.n === 0) throw new StopIteration();
    return --this.n;
  }
}
class Plain {
  tag: string;
  name = "?";
  constructor(tag: string) { this.tag = tag; }
  __set_name__(owner: any, name: string): void { this.name = name; }
  __get__(obj: any, owner: any): any {
    if (obj === null) return this.tag + ":class";
    return this.tag + ":" + this.name + ":" + show(Reflect.get(obj, "_" + this.name, null));
  }
}
class Data extends Plain {
  constructor(tag: string) { super(tag); }
  __set__(obj: any, value: any): void { Reflect.set(obj, "_" + this.name, `set ${value}`); }
  __delete__(obj: any): void { Reflect.set(obj, "_" + this.name, "deleted"); }
}
"#;
