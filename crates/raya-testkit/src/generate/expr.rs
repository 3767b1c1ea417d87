//! Expressions of each type.

use super::code::Code;
use super::grammar;
use super::program::Generator;
use super::value::{self, Ty};

impl Generator<'_> {
    /// An expression of a type, nested at most `depth` deep.
    pub(super) fn expr(&mut self, ty: Ty, depth: usize) -> Code {
        if depth > 0
            && self.choices.one_in(8)
            && let Some(call) = self.call(ty, depth - 1)
        {
            return call;
        }
        if depth > 0 && self.choices.one_in(12) {
            let test = self.expr(Ty::Bool, depth - 1);
            let (then, otherwise) = (self.expr(ty, depth - 1), self.expr(ty, depth - 1));
            return Code::fill("(@ ? @ : @)", &[&test, &then, &otherwise]);
        }
        if depth > 0
            && self.choices.one_in(4)
            && let Some(code) = self.production(ty, depth)
        {
            return code;
        }
        match ty {
            Ty::Num => self.number(depth),
            Ty::Int => self.int(depth),
            Ty::Bool => self.boolean(depth),
            Ty::Str => self.string(depth),
            Ty::Nums | Ty::Ints | Ty::Bools | Ty::Strs => self.array(ty, depth),
            Ty::MaybeNum => self.maybe_number(depth),
            Ty::NumOrStr => self.number_or_string(depth),
            Ty::AnyNum => self.any_number(depth),
            Ty::AnyInt => self.any_int(depth),
            Ty::AnyStr => self.any_string(depth),
            Ty::Record | Ty::AnyRecord => self.record(ty, depth),
            Ty::Fn => self.closure(depth),
            Ty::Inst(class) => self.instance(class, depth),
            _ => self.tabled(ty, depth),
        }
    }

    /// One of the table's expressions of a type.
    fn production(&mut self, ty: Ty, depth: usize) -> Option<Code> {
        let templates = grammar::expressions(ty);
        if templates.is_empty() {
            return None;
        }
        let template = self.choices.pick(templates);
        self.expand(template, depth)
    }

    /// A value of a type of the table.
    fn tabled(&mut self, ty: Ty, depth: usize) -> Code {
        if self.choices.below(3) > 0
            && let Some(variable) = self.variable(ty)
        {
            return variable;
        }
        let values = grammar::row(ty).map_or(&[][..], |row| row.values);
        let first = values.first().copied().unwrap_or("null");
        let value = if depth == 0 {
            first
        } else {
            self.choices.pick(values)
        };
        self.expand(value, depth.min(2)).unwrap_or_default()
    }

    /// A variable of a type, if there is one.
    pub(super) fn variable(&mut self, ty: Ty) -> Option<Code> {
        let names: Vec<_> = self
            .vars
            .iter()
            .filter(|var| var.ty == ty)
            .map(|var| var.code.clone())
            .collect();
        if names.is_empty() {
            return None;
        }
        let index = self.choices.below(names.len());
        Some(names[names.len() - 1 - index].clone())
    }

    fn leaf(&mut self, ty: Ty, literal: impl FnOnce(&mut Self) -> Code) -> Code {
        if self.choices.below(3) > 0
            && let Some(variable) = self.variable(ty)
        {
            return variable;
        }
        literal(self)
    }

    fn number(&mut self, depth: usize) -> Code {
        let kind = if depth == 0 {
            0
        } else {
            self.choices.below(14)
        };
        let d = depth.saturating_sub(1);
        match kind {
            1..=4 => {
                let op = self.choices.pick(&["+", "-", "*", "/", "%"]);
                let (a, b) = (self.number(d), self.number(d));
                Code::fill(&format!("(@ {op} @)"), &[&a, &b])
            }
            5 => {
                let op = self.choices.pick(&["|", "&", "^", "<<", ">>", ">>>"]);
                let (a, b) = (self.number(d), self.number(d));
                Code::fill(&format!("(@ {op} @)"), &[&a, &b])
            }
            6 => {
                let op = self.choices.pick(&["-", "~", "+"]);
                Code::fill(&format!("({op}@)"), &[&self.number(d)])
            }
            7 => {
                let name = self.choices.pick(&[
                    "floor", "ceil", "round", "trunc", "abs", "sign", "sqrt", "clz32", "fround",
                ]);
                Code::fill(&format!("Math.{name}(@)"), &[&self.number(d)])
            }
            8 => {
                let name = self.choices.pick(&["min", "max", "imul"]);
                let (a, b) = (self.number(d), self.number(d));
                Code::fill(&format!("Math.{name}(@, @)"), &[&a, &b])
            }
            9 => self.number_of_array(d),
            10 => self.number_of_string(d),
            11 => Code::fill2("num(@)", "@", &[&self.int(d)]),
            12 => self.number_of_union(d),
            13 => self.number_of_object(d),
            _ => self.leaf(Ty::Num, |g| value::number(&mut g.choices)),
        }
    }

    fn number_of_array(&mut self, depth: usize) -> Code {
        match self.choices.below(6) {
            0 => {
                let ty = self
                    .choices
                    .pick(&[Ty::Nums, Ty::Ints, Ty::Bools, Ty::Strs]);
                Code::fill("@.length", &[&self.array(ty, 0)])
            }
            1 | 2 => self.element(Ty::Nums, depth),
            3 => {
                let (xs, x) = (self.array(Ty::Nums, 0), self.number(depth));
                Code::fill("@.indexOf(@)", &[&xs, &x])
            }
            4 => {
                let xs = self.array(Ty::Nums, 0);
                let body = self.with_parameter(Ty::Num, "x", |g| g.number(depth.min(1)));
                Code::fill2(
                    "@.reduce((s: number, x: number): number => s + @, 0)",
                    "@.reduce((s, x) => s + @, 0)",
                    &[&xs, &body],
                )
            }
            _ => {
                let xs = self.array(Ty::Nums, 0);
                let test = self.with_parameter(Ty::Num, "x", |g| g.boolean(depth.min(1)));
                Code::fill2(
                    "(@.find((x: number): boolean => @) ?? 0)",
                    "(@.find((x) => @) ?? 0)",
                    &[&xs, &test],
                )
            }
        }
    }

    /// An expression in whose scope a parameter stands.
    fn with_parameter(&mut self, ty: Ty, name: &str, body: impl FnOnce(&mut Self) -> Code) -> Code {
        self.declare(Code::same(name), ty, false);
        self.loops += 1;
        let code = body(self);
        self.loops -= 1;
        self.vars.pop();
        code
    }

    /// An element, most often at a position that exists.
    fn element(&mut self, array: Ty, depth: usize) -> Code {
        let xs = match self.variable(array) {
            Some(variable) => variable,
            None => return value_of(self, array),
        };
        let index = self.number(depth);
        if self.choices.one_in(10) {
            Code::fill2("@[@]", "at(@, @)", &[&xs, &index])
        } else {
            Code::fill2(
                "@[idx(@, @.length)]",
                "at(@, idx(@, @.length))",
                &[&xs, &index, &xs],
            )
        }
    }

    fn number_of_string(&mut self, depth: usize) -> Code {
        let s = self.string(depth.min(1));
        match self.choices.below(3) {
            0 => Code::fill("@.length", &[&s]),
            1 => Code::fill("@.charCodeAt(@)", &[&s, &self.number(0)]),
            _ => Code::fill("@.indexOf(@)", &[&s, &self.string(0)]),
        }
    }

    fn number_of_union(&mut self, depth: usize) -> Code {
        match self.choices.below(4) {
            0 => {
                let (x, or) = (self.maybe_number(depth), self.number(depth));
                Code::fill("(@ ?? @)", &[&x, &or])
            }
            1 => match self.variable(Ty::MaybeNum) {
                Some(x) => Code::fill("(@ !== null ? @ + 1 : -1)", &[&x, &x]),
                None => self.number(0),
            },
            2 => match self.variable(Ty::NumOrStr) {
                Some(x) => Code::fill(
                    "(typeof @ === \"number\" ? @ * 2 : @.length)",
                    &[&x, &x, &x],
                ),
                None => self.number(0),
            },
            _ => Code::fill2("(@ as number)", "@", &[&self.any_number(depth)]),
        }
    }

    fn number_of_object(&mut self, depth: usize) -> Code {
        match self.choices.below(3) {
            0 => match self.variable(Ty::Record) {
                Some(o) => Code::fill("@.a", &[&o]),
                None => self.number(0),
            },
            1 => match self.variable(Ty::Fn) {
                Some(f) if !self.in_closure && self.afford(20) => {
                    Code::fill("@(@)", &[&f, &self.number(depth)])
                }
                _ => self.number(0),
            },
            _ => self.member(Ty::Num).unwrap_or_else(|| self.number(0)),
        }
    }

    fn int(&mut self, depth: usize) -> Code {
        let kind = if depth == 0 {
            0
        } else {
            self.choices.below(10)
        };
        let d = depth.saturating_sub(1);
        match kind {
            1..=3 => {
                let (raya, js) = self.choices.pick(&[
                    ("(@ + @)", "((@ + @) | 0)"),
                    ("(@ - @)", "((@ - @) | 0)"),
                    ("(@ * @)", "Math.imul(@, @)"),
                    ("(@ / @)", "idiv(@, @)"),
                    ("(@ % @)", "imod(@, @)"),
                ]);
                let (a, b) = (self.int(d), self.int(d));
                Code::fill2(raya, js, &[&a, &b])
            }
            4 => {
                let op = self.choices.pick(&["&", "|", "^", "<<", ">>"]);
                let (a, b) = (self.int(d), self.int(d));
                Code::fill(&format!("(@ {op} @)"), &[&a, &b])
            }
            5 => {
                let (raya, js) = self
                    .choices
                    .pick(&[("(-@)", "((-@) | 0)"), ("(~@)", "(~@)")]);
                Code::fill2(raya, js, &[&self.int(d)])
            }
            6 => Code::fill("int(@)", &[&self.number(d)]),
            7 => self.element(Ty::Ints, d),
            8 => match self.choices.below(3) {
                0 => self.member(Ty::Int).unwrap_or_else(|| self.int(0)),
                1 => Code::fill2("(@ as int)", "@", &[&self.any_int(d)]),
                _ => match self.variable(Ty::Record) {
                    Some(o) => Code::fill("@.c", &[&o]),
                    None => self.int(0),
                },
            },
            9 => {
                // An integer literal beside an int is an int.
                let literal = self.choices.pick(&["1", "2", "3", "10", "1000"]);
                let (raya, js) = self.choices.pick(&[
                    ("(@ + #)", "((@ + #) | 0)"),
                    ("(@ - #)", "((@ - #) | 0)"),
                    ("(@ * #)", "Math.imul(@, #)"),
                    ("(@ / #)", "idiv(@, #)"),
                    ("(@ % #)", "imod(@, #)"),
                    ("(@ & #)", "(@ & #)"),
                ]);
                let a = self.int(d);
                Code::fill2(
                    &raya.replace('#', literal),
                    &js.replace('#', literal),
                    &[&a],
                )
            }
            _ => self.leaf(Ty::Int, |g| value::int(&mut g.choices)),
        }
    }

    fn boolean(&mut self, depth: usize) -> Code {
        let kind = if depth == 0 { 0 } else { self.choices.below(9) };
        let d = depth.saturating_sub(1);
        match kind {
            1 | 2 => {
                let op = self.choices.pick(&["<", "<=", ">", ">=", "===", "!=="]);
                let ty = self.choices.pick(&[Ty::Num, Ty::Int, Ty::Str, Ty::Num]);
                let (a, b) = (self.expr(ty, d), self.expr(ty, d));
                // Two literals that are never equal may not be compared.
                let widen = match ty {
                    Ty::Num => "num",
                    Ty::Str => "str",
                    _ => "",
                };
                Code::fill(&format!("({widen}(@) {op} @)"), &[&a, &b])
            }
            3 => {
                let op = self.choices.pick(&["&&", "||"]);
                let (a, b) = (self.boolean(d), self.boolean(d));
                Code::fill(&format!("(@ {op} @)"), &[&a, &b])
            }
            4 => Code::fill("(!@)", &[&self.boolean(d)]),
            5 => {
                let ty =
                    self.choices
                        .pick(&[Ty::Num, Ty::Str, Ty::MaybeNum, Ty::AnyNum, Ty::AnyStr]);
                Code::fill("(!@)", &[&self.expr(ty, d)])
            }
            6 => self.element(Ty::Bools, d),
            7 => {
                let (a, b) = (self.number(d), self.int(d));
                let op = self.choices.pick(&["<", ">=", "==="]);
                Code::fill(&format!("(num(@) {op} @)"), &[&a, &b])
            }
            8 => {
                let (a, b) = (self.any_number(d), self.any_number(d));
                let op = self.choices.pick(&["<", ">=", "===", "!=="]);
                Code::fill2(
                    &format!("((@ {op} @) as boolean)"),
                    &format!("(@ {op} @)"),
                    &[&a, &b],
                )
            }
            // A constant condition would make code unreachable, where nothing is narrowed.
            _ => self.leaf(Ty::Bool, |g| {
                Code::same(g.choices.pick(&["bool(false)", "bool(true)"]))
            }),
        }
    }

    fn string(&mut self, depth: usize) -> Code {
        let kind = if depth == 0 { 0 } else { self.choices.below(9) };
        let d = depth.saturating_sub(1);
        match kind {
            1 => {
                let ty = self.choices.pick(&[Ty::Str, Ty::Num, Ty::Int, Ty::Bool]);
                let (a, b) = (self.string(d), self.expr(ty, d));
                Code::fill("(@ + @)", &[&a, &b])
            }
            2 => {
                let ty = self.choices.pick(&[
                    Ty::Num,
                    Ty::Int,
                    Ty::MaybeNum,
                    Ty::NumOrStr,
                    Ty::AnyNum,
                    Ty::Bool,
                ]);
                let (a, b) = (self.expr(ty, d), self.string(d));
                Code::fill("`${@}|${@}`", &[&a, &b])
            }
            3 => {
                let (s, from, to) = (self.string(d), self.number(0), self.number(0));
                let name = self.choices.pick(&["slice", "substring"]);
                Code::fill(&format!("@.{name}(@, @)"), &[&s, &from, &to])
            }
            4 => {
                let name = self.choices.pick(&[
                    "toUpperCase()",
                    "trim()",
                    "repeat(2)",
                    "padStart(5, \"*\")",
                    "at(0)",
                ]);
                if name == "at(0)" {
                    Code::fill("(@.at(0) ?? \"none\")", &[&self.string(d)])
                } else {
                    Code::fill(&format!("@.{name}"), &[&self.string(d)])
                }
            }
            5 => Code::fill("String(@)", &[&self.number(d)]),
            6 => self.element(Ty::Strs, d),
            7 => {
                let ty = self
                    .choices
                    .pick(&[Ty::Nums, Ty::Ints, Ty::Bools, Ty::Strs]);
                Code::fill("@.join(\"-\").slice(0, 30)", &[&self.array(ty, 0)])
            }
            8 => match self.variable(Ty::Record) {
                Some(o) => Code::fill("@.b", &[&o]),
                None => self.string(0),
            },
            _ => self.leaf(Ty::Str, |g| value::string(&mut g.choices)),
        }
    }

    fn array(&mut self, ty: Ty, depth: usize) -> Code {
        if let Some(variable) = self.variable(ty)
            && self.choices.below(4) > 0
        {
            if depth == 0 {
                return variable;
            }
            match self.choices.below(5) {
                1 => return Code::fill("@.slice(@)", &[&variable, &self.number(0)]),
                2 => return self.mapped(ty, &variable, depth - 1),
                3 => return Code::fill("@.concat(@)", &[&variable, &variable]),
                _ => return variable,
            }
        }
        value_list(self, ty, depth.min(1))
    }

    fn mapped(&mut self, ty: Ty, xs: &Code, depth: usize) -> Code {
        let Some(element) = ty.element() else {
            return xs.clone();
        };
        let text = element.text(&self.prefix);
        if self.choices.below(2) == 0 {
            let body = self.with_parameter(element, "x", |g| g.expr(element, depth.min(1)));
            Code::fill2(
                &format!("@.map((x: {text}): {text} => @)"),
                "@.map((x) => @)",
                &[xs, &body],
            )
        } else {
            let test = self.with_parameter(element, "x", |g| g.boolean(depth.min(1)));
            Code::fill2(
                &format!("@.filter((x: {text}): boolean => @)"),
                "@.filter((x) => @)",
                &[xs, &test],
            )
        }
    }

    /// The cast keeps declarations from being narrowed to what they begin with.
    fn maybe_number(&mut self, depth: usize) -> Code {
        let value = self.null_or_number(depth);
        Code::fill2("(@ as number | null)", "@", &[&value])
    }

    fn null_or_number(&mut self, depth: usize) -> Code {
        match self.choices.below(5) {
            0 => Code::same("null"),
            1 if depth > 0 => match self.variable(Ty::Nums) {
                Some(xs) => Code::fill("(@.at(@) ?? null)", &[&xs, &self.number(depth - 1)]),
                None => Code::same("null"),
            },
            2 => self.number(depth.saturating_sub(1)),
            _ => self.leaf(Ty::MaybeNum, |_| Code::same("null")),
        }
    }

    fn number_or_string(&mut self, depth: usize) -> Code {
        let value = match self.choices.below(4) {
            0 => self.number(depth.saturating_sub(1)),
            1 => self.string(depth.saturating_sub(1)),
            _ => self.leaf(Ty::NumOrStr, |g| value::string(&mut g.choices)),
        };
        Code::fill2("(@ as number | string)", "@", &[&value])
    }

    fn any_number(&mut self, depth: usize) -> Code {
        let kind = if depth == 0 { 0 } else { self.choices.below(5) };
        let d = depth.saturating_sub(1);
        match kind {
            1 | 2 => {
                let op = self
                    .choices
                    .pick(&["+", "-", "*", "/", "%", "|", "&", "<<", ">>>"]);
                let (a, b) = (self.any_number(d), self.any_number(d));
                Code::fill(&format!("(@ {op} @)"), &[&a, &b])
            }
            3 => {
                let op = self.choices.pick(&["-", "~", "+"]);
                Code::fill(&format!("({op}@)"), &[&self.any_number(d)])
            }
            4 => match self.variable(Ty::AnyRecord) {
                Some(o) => Code::fill("@.a", &[&o]),
                None => self.any_number(0),
            },
            _ => self.leaf(Ty::AnyNum, |g| {
                let number = g.number(0);
                Code::fill2("(@ as any)", "@", &[&number])
            }),
        }
    }

    fn any_int(&mut self, depth: usize) -> Code {
        if depth > 0 && self.choices.below(3) == 1 {
            let (raya, js) = self.choices.pick(&[
                ("(@ + @)", "((@ + @) | 0)"),
                ("(@ - @)", "((@ - @) | 0)"),
                ("(@ * @)", "Math.imul(@, @)"),
                ("(@ / @)", "idiv(@, @)"),
                ("(@ % @)", "imod(@, @)"),
                ("(@ ^ @)", "(@ ^ @)"),
            ]);
            let (a, b) = (self.any_int(depth - 1), self.any_int(depth - 1));
            return Code::fill2(raya, js, &[&a, &b]);
        }
        self.leaf(Ty::AnyInt, |g| {
            let int = g.int(0);
            Code::fill2("(@ as any)", "@", &[&int])
        })
    }

    fn any_string(&mut self, depth: usize) -> Code {
        if depth > 0 && self.choices.below(3) == 1 {
            let (a, b) = (self.any_string(depth - 1), self.any_number(depth - 1));
            return Code::fill("(@ + @)", &[&a, &b]);
        }
        self.leaf(Ty::AnyStr, |g| {
            let string = g.string(0);
            Code::fill2("(@ as any)", "@", &[&string])
        })
    }

    fn record(&mut self, ty: Ty, depth: usize) -> Code {
        if self.choices.below(3) > 0
            && let Some(variable) = self.variable(ty)
        {
            return variable;
        }
        let d = depth.saturating_sub(1);
        let (a, b, c) = (self.number(d), self.string(d), self.int(d));
        Code::fill("{ a: @, b: (@).slice(0, 20), c: @ }", &[&a, &b, &c])
    }

    fn closure(&mut self, depth: usize) -> Code {
        if self.choices.below(3) == 0
            && let Some(variable) = self.variable(Ty::Fn)
        {
            return variable;
        }
        // A closure must not call closures: a variable could hold itself.
        let outer = std::mem::replace(&mut self.in_closure, true);
        let body = self.with_parameter(Ty::Num, "p", |g| g.number(depth.clamp(1, 2)));
        self.in_closure = outer;
        let mut code = Code::fill2("(p: number): number => @", "(p) => @", &[&body]);
        let target = self
            .vars
            .iter()
            .rev()
            .find(|var| var.ty == Ty::Num && var.assignable)
            .cloned();
        if let Some(target) = target.filter(|_| self.choices.one_in(3)) {
            code = Code::fill2(
                "(p: number): number => { @ += p; return @; }",
                "(p) => { @ += p; return @; }",
                &[&target.code, &body],
            );
        }
        code
    }

    /// A call of a function that gives a type.
    fn call(&mut self, ty: Ty, depth: usize) -> Option<Code> {
        if self.in_closure {
            // Who calls the closure, and how often, is not known here.
            return None;
        }
        let fitting: Vec<usize> = (0..self.functions.len())
            .filter(|&i| self.functions[i].result == ty)
            .collect();
        if fitting.is_empty() {
            return None;
        }
        let function = self.functions[self.choices.pick(&fitting)].clone();
        if !self.afford(function.cost) {
            return None;
        }
        let args: Vec<Code> = function
            .params
            .iter()
            .map(|&param| self.expr(param, depth.min(1)))
            .collect();
        Some(Code::fill(
            &format!("{}(@)", function.name),
            &[&Code::join(&args, ", ")],
        ))
    }
}

/// An element's value where there is no array.
fn value_of(g: &mut Generator, array: Ty) -> Code {
    let element = array.element().unwrap_or(Ty::Num);
    g.expr(element, 0)
}

fn value_list(g: &mut Generator, ty: Ty, depth: usize) -> Code {
    let element = ty.element().unwrap_or(Ty::Num);
    let count = 1 + g.choices.below(4);
    let items: Vec<Code> = (0..count).map(|_| g.expr(element, depth)).collect();
    let list = Code::fill("[@]", &[&Code::join(&items, ", ")]);
    let text = ty.text(&g.prefix);
    Code::fill2(&format!("(@ as {text})"), "@", &[&list])
}
