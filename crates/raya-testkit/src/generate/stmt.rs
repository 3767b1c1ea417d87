//! Statements.

use super::code::Code;
use super::grammar;
use super::program::{Generator, Var};
use super::value::Ty;

/// Arrays and strings are cut to this length wherever they are stored.
const ARRAY_LIMIT: usize = 40;
const STRING_LIMIT: usize = 24;

impl Generator<'_> {
    /// Statements in a scope of their own.
    pub(super) fn block(&mut self, size: usize, depth: usize) -> Code {
        self.nested(1, |g| {
            let mut code = Code::default();
            for _ in 0..size {
                code.push(&g.statement(depth));
            }
            code
        })
    }

    pub(super) fn statement(&mut self, depth: usize) -> Code {
        if !self.afford(3) {
            return Code::default();
        }
        let kind = self.choices.below(if depth == 0 { 9 } else { 23 });
        let d = depth.saturating_sub(1);
        match kind {
            1 => self.declaration(),
            2 => self.store(),
            3 => self.update(),
            4 => self.leave(),
            5 => self.log(),
            6 => self.member_store(),
            7 | 8 => self.simple_production(),
            9 => self.branch(d),
            10..=12 => self.for_loop(d),
            13 => self.while_loop(d),
            14 => self.for_of(d),
            15 => self.switch(d),
            16 | 17 => self.try_statement(d),
            18..=22 => self.statement_production(depth),
            _ => self.assign(),
        }
    }

    /// One of the table's statements.
    fn statement_production(&mut self, depth: usize) -> Code {
        let template = self.choices.pick(grammar::STATEMENTS);
        self.expand(template, depth)
            .unwrap_or_else(|| self.assign())
    }

    /// One of the table's statements that hold no others.
    fn simple_production(&mut self) -> Code {
        let template = self.choices.pick(grammar::STATEMENTS);
        if template.contains(":block") {
            return self.update();
        }
        self.expand(template, 2).unwrap_or_else(|| self.store())
    }

    pub(super) fn target(&mut self, accept: impl Fn(Ty) -> bool) -> Option<Var> {
        let fitting: Vec<Var> = self
            .vars
            .iter()
            .filter(|v| v.assignable && accept(v.ty))
            .cloned()
            .collect();
        if fitting.is_empty() {
            return None;
        }
        let index = self.choices.below(fitting.len());
        Some(fitting[fitting.len() - 1 - index].clone())
    }

    /// A value for storage: its size is bounded.
    fn stored(&mut self, ty: Ty) -> Code {
        let value = self.expr(ty, 2);
        match ty {
            Ty::Str => Code::fill(&format!("@.slice(0, {STRING_LIMIT})"), &[&value]),
            Ty::AnyStr => Code::fill(&format!("@.slice(0, {STRING_LIMIT})"), &[&value]),
            Ty::NumOrStr => {
                let value = if self.choices.below(2) == 0 {
                    self.expr(Ty::Num, 2)
                } else {
                    self.stored(Ty::Str)
                };
                Code::fill2("(@ as number | string)", "@", &[&value])
            }
            _ if ty.element().is_some() => {
                Code::fill(&format!("@.slice(0, {ARRAY_LIMIT})"), &[&value])
            }
            _ => value,
        }
    }

    fn assign(&mut self) -> Code {
        match self.target(|_| true) {
            Some(var) => {
                let value = self.stored(var.ty);
                Code::fill("@ = @;\n", &[&var.code, &value])
            }
            None => self.declaration(),
        }
    }

    /// `x++`, `x += e` and the like.
    fn update(&mut self) -> Code {
        let Some(var) = self.target(|ty| matches!(ty, Ty::Num | Ty::Int | Ty::AnyNum)) else {
            return self.assign();
        };
        let step = self.choices.below(3);
        if var.ty == Ty::Int {
            let (raya, js) = match step {
                0 => ("@++;\n", "@ = (@ + 1) | 0;\n"),
                1 => ("@--;\n", "@ = (@ - 1) | 0;\n"),
                _ => {
                    let value = self.expr(Ty::Int, 1);
                    let (raya, js) = self.choices.pick(&[
                        ("@ += #;\n", "@ = (@ + #) | 0;\n"),
                        ("@ *= #;\n", "@ = Math.imul(@, #);\n"),
                        ("@ /= #;\n", "@ = idiv(@, #);\n"),
                        ("@ %= #;\n", "@ = imod(@, #);\n"),
                        ("@ ^= #;\n", "@ ^= #;\n"),
                        ("@ <<= #;\n", "@ <<= #;\n"),
                    ]);
                    let (raya, js) = (raya.replace('#', &value.raya), js.replace('#', &value.js));
                    return Code::new(
                        raya.replacen('@', &var.code.raya, 1),
                        js.replacen('@', &var.code.js, 1)
                            .replacen('@', &var.code.js, 1),
                    );
                }
            };
            return Code::fill2(raya, js, &[&var.code, &var.code]);
        }
        match step {
            0 => Code::fill("@++;\n", &[&var.code]),
            1 => Code::fill("--@;\n", &[&var.code]),
            _ => {
                let op = self
                    .choices
                    .pick(&["+", "-", "*", "/", "%", "|", "&", "<<", ">>>"]);
                let value = self.expr(var.ty, 1);
                Code::fill(&format!("@ {op}= @;\n"), &[&var.code, &value])
            }
        }
    }

    /// A write into an array: at a position that exists, at any, or at the end.
    fn store(&mut self) -> Code {
        let arrays: Vec<Var> = self
            .vars
            .iter()
            .filter(|v| v.ty.element().is_some())
            .cloned()
            .collect();
        if arrays.is_empty() {
            return self.assign();
        }
        let xs = arrays[self.choices.below(arrays.len())].clone();
        let element = xs.ty.element().unwrap_or(Ty::Num);
        let value = self.stored(element);
        match self.choices.below(4) {
            0 => Code::fill(
                &format!("if (@.length < {ARRAY_LIMIT}) @.push(@);\n"),
                &[&xs.code, &xs.code, &value],
            ),
            1 => Code::fill("if (@.length > 1) @.pop();\n", &[&xs.code, &xs.code]),
            2 if element == Ty::Num => {
                let index = self.expr(Ty::Num, 1);
                let (x, i) = (&xs.code, &index);
                Code {
                    raya: Code::fill("@[idx(@, @.length)] += @;\n", &[x, i, x, &value]).raya,
                    js: Code::fill("@[has(@, idx(@, @.length))] += @;\n", &[x, x, i, x, &value]).js,
                }
            }
            _ => {
                let index = self.expr(Ty::Num, 1);
                Code::fill(
                    "@[idx(@, @.length)] = @;\n",
                    &[&xs.code, &index, &xs.code, &value],
                )
            }
        }
    }

    /// A write into a record or an instance.
    fn member_store(&mut self) -> Code {
        let owners: Vec<Var> = self
            .vars
            .iter()
            .filter(|v| matches!(v.ty, Ty::Record | Ty::AnyRecord | Ty::Inst(_)))
            .cloned()
            .collect();
        if owners.is_empty() {
            return self.update();
        }
        let owner = owners[self.choices.below(owners.len())].clone();
        let (member, ty) = match owner.ty {
            Ty::Inst(class) => {
                let fields = self.classes[class].fields.clone();
                fields[self.choices.below(fields.len())].clone()
            }
            _ => {
                let (name, ty) =
                    self.choices
                        .pick(&[("a", Ty::Num), ("b", Ty::Str), ("c", Ty::Int)]);
                (name.to_owned(), ty)
            }
        };
        let value = self.stored(ty);
        Code::fill(&format!("@.{member} = @;\n"), &[&owner.code, &value])
    }

    /// A way out: `throw`, `return`, `break` or `continue`, under a condition.
    fn leave(&mut self) -> Code {
        let test = self.expr(Ty::Bool, 2);
        let jump = match self.choices.below(4) {
            0 if !self.labels.is_empty() => {
                let label = self.labels[self.choices.below(self.labels.len())].clone();
                let word = self.choices.pick(&["break", "continue"]);
                Code::same(format!("{word} {label};"))
            }
            1 if self.result.is_some() => {
                let value = self.expr(self.result.unwrap_or(Ty::Num), 1);
                Code::fill("return @;", &[&value])
            }
            2 => Code::fill("throw @;", &[&self.expr(Ty::Num, 1)]),
            0 | 1 => return self.log(),
            _ => Code::same(self.choices.pick(&[
                "throw new Error(\"one\");",
                "throw new RangeError(\"two\");",
                "throw \"three\";",
            ])),
        };
        Code::fill("if (@) @\n", &[&test, &jump])
    }

    fn log(&mut self) -> Code {
        let ty = self
            .choices
            .pick(&[Ty::Num, Ty::Int, Ty::Str, Ty::Bool, Ty::AnyNum]);
        let value = self.expr(ty, 2);
        self.shown(&value, ty)
    }

    /// Prints a value; -0 is told from 0.
    pub(super) fn shown(&mut self, value: &Code, ty: Ty) -> Code {
        match ty {
            Ty::Num => Code::fill("log(shown(@));\n", &[value]),
            Ty::Int
            | Ty::Bool
            | Ty::Str
            | Ty::MaybeNum
            | Ty::NumOrStr
            | Ty::AnyStr
            | Ty::AnyInt => Code::fill("log(`${@}`);\n", &[value]),
            Ty::AnyNum => Code::fill2("log(shown(@ as number));\n", "log(shown(@));\n", &[value]),
            Ty::Nums => Code::fill2(
                "log(@.map((x: number): string => shown(x)).join());\n",
                "log(@.map((x) => shown(x)).join());\n",
                &[value],
            ),
            Ty::Ints | Ty::Bools | Ty::Strs => Code::fill("log(@.join());\n", &[value]),
            Ty::Record | Ty::AnyRecord => {
                Code::fill("log(`${@.a} ${@.b} ${@.c}`);\n", &[value, value, value])
            }
            Ty::Fn => Code::fill("log(shown(@(1.5)));\n", &[value]),
            Ty::Inst(class) => {
                let mut code = Code::default();
                for (field, ty) in self.classes[class].fields.clone() {
                    code.push(&self.shown(&Code::fill(&format!("@.{field}"), &[value]), ty));
                }
                code
            }
            _ => {
                let show = grammar::row(ty).map_or("", |row| row.show);
                let filled = vec![("v".to_owned(), value.clone())];
                let code = self.expand_with(show, 1, filled).unwrap_or_default();
                Code::fill("@\n", &[&code])
            }
        }
    }

    fn branch(&mut self, depth: usize) -> Code {
        let test = self.expr(Ty::Bool, 2);
        let size = 1 + self.choices.below(2);
        let then = self.block(size, depth);
        if self.choices.below(2) == 0 {
            return Code::fill("if (@) {\n@}\n", &[&test, &then]);
        }
        let otherwise = self.block(size, depth);
        Code::fill("if (@) {\n@} else {\n@}\n", &[&test, &then, &otherwise])
    }

    /// The body of a loop with its label; the loop runs at most `times`.
    fn loop_body(
        &mut self,
        times: u64,
        depth: usize,
        counter: Option<(String, Ty)>,
    ) -> (String, Code) {
        let label = self.fresh("L");
        self.labels.push(label.clone());
        let size = 1 + self.choices.below(4);
        let body = self.nested(times, |g| {
            if let Some((name, ty)) = counter {
                g.declare(Code::same(name), ty, false);
            }
            g.block(size, depth)
        });
        self.labels.pop();
        (label, body)
    }

    fn for_loop(&mut self, depth: usize) -> Code {
        let times = self.choices.pick(&[3u64, 10, 1, 30, 60]);
        let i = self.fresh("i");
        let kind = self.choices.below(8);
        let ty = if kind == 2 { Ty::Int } else { Ty::Num };
        let bound = self.expr(Ty::Num, 1);
        let steps = if kind == 4 { times * 4 } else { times };
        let (label, body) = self.loop_body(steps, depth, Some((i.clone(), ty)));
        let (raya, js) = match kind {
            1 => both(format!("let {i} = {times}; {i} > 0; {i}--")),
            2 => (
                format!("let {i}: int = 0; {i} < {times}; {i}++"),
                format!("let {i} = 0; {i} < {times}; {i}++"),
            ),
            3 => both(format!("let {i} = 0; {i} < Math.min(@, {times}); {i}++")),
            4 => both(format!("let {i} = 0; {i} < {times}; {i} += 0.25")),
            5 => {
                let start =
                    self.choices
                        .pick(&["2147483640", "-2147483650", "4294967290", "-3", "0.5"]);
                both(format!("let {i} = {start}; {i} < {start} + {times}; {i}++"))
            }
            6 => both(format!("let {i} = {times} - 1; {i} >= 0; {i} -= 2")),
            7 => both(format!(
                "let {i} = 1; {i} < {} && {i} <= @; {i} *= 2",
                1u64 << times.min(40)
            )),
            _ => both(format!("let {i} = 0; {i} < {times}; {i}++")),
        };
        let holes: &[&Code] = if raya.contains('@') {
            &[&bound, &body]
        } else {
            &[&body]
        };
        Code::fill2(
            &format!("{label}: for ({raya}) {{\n@}}\n"),
            &format!("{label}: for ({js}) {{\n@}}\n"),
            holes,
        )
    }

    fn while_loop(&mut self, depth: usize) -> Code {
        let times = self.choices.pick(&[3u64, 10, 25]);
        let w = self.fresh("w");
        let test = self.expr(Ty::Bool, 2);
        let (label, body) = self.loop_body(times, depth, Some((w.clone(), Ty::Num)));
        if self.choices.below(2) == 0 {
            Code::fill(
                &format!("let {w} = 0;\n{label}: while ({w} < {times} && @) {{\n{w}++;\n@}}\n"),
                &[&test, &body],
            )
        } else {
            Code::fill(
                &format!("let {w} = 0;\n{label}: do {{\n{w}++;\n@}} while ({w} < {times} && @);\n"),
                &[&body, &test],
            )
        }
    }

    fn for_of(&mut self, depth: usize) -> Code {
        let ty = self
            .choices
            .pick(&[Ty::Nums, Ty::Ints, Ty::Bools, Ty::Strs]);
        let xs = self.expr(ty, 1);
        let x = self.fresh("e");
        // The array may grow while it is walked, up to its limit.
        let counter = (x.clone(), ty.element().unwrap_or(Ty::Num));
        let (label, body) = self.loop_body(ARRAY_LIMIT as u64 / 4, depth, Some(counter));
        Code::fill(
            &format!("{label}: for (const {x} of @) {{\n@}}\n"),
            &[&xs, &body],
        )
    }

    fn switch(&mut self, depth: usize) -> Code {
        let value = self.expr(Ty::Num, 1);
        let mut cases = Code::default();
        for case in 0..2 + self.choices.below(2) {
            let body = self.block(1, depth);
            let end = self.choices.pick(&["break;\n", ""]);
            cases.push(&Code::fill(
                &format!("case {case}: {{\n@}}\n{end}"),
                &[&body],
            ));
        }
        let body = self.block(1, depth);
        cases.push(&Code::fill("default: {\n@}\n", &[&body]));
        Code::fill("switch (idx(@, 4)) {\n@}\n", &[&value, &cases])
    }

    fn try_statement(&mut self, depth: usize) -> Code {
        let size = 1 + self.choices.below(3);
        let body = self.block(size, depth);
        let handler = self.block(1, depth);
        // What leaves a finaliser would hide what it interrupts; that is a fixture's matter.
        let labels = std::mem::take(&mut self.labels);
        let result = self.result.take();
        let last = self.nested(1, |g| match g.choices.below(2) {
            0 => Code::default(),
            _ => g.assign(),
        });
        self.labels = labels;
        self.result = result;
        if self.choices.below(3) == 2 {
            return Code::fill("try {\n@} finally {\n@}\n", &[&body, &last]);
        }
        Code::fill(
            "try {\n@} catch (e) {\nlog(describe(e));\n@} finally {\n@}\n",
            &[&body, &handler, &last],
        )
    }
}

fn both(text: String) -> (String, String) {
    (text.clone(), text)
}
