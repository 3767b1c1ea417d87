//! Programs: globals, classes, functions and a main part; files of many programs.

use super::choices::Choices;
use super::code::Code;
use super::prelude;
use super::value::{LOCALS, SCALARS, Ty};

/// The steps that one function may take, roughly.
const STEPS: u64 = 4_000;

/// A variable in scope.
#[derive(Clone, Debug)]
pub(super) struct Var {
    pub code: Code,
    pub ty: Ty,
    pub assignable: bool,
}

/// A function that may be called.
#[derive(Clone, Debug)]
pub(super) struct Function {
    pub name: String,
    pub params: Vec<Ty>,
    pub result: Ty,
    pub cost: u64,
}

/// A class: its own and inherited members.
#[derive(Clone, Debug, Default)]
pub(super) struct Class {
    pub fields: Vec<(String, Ty)>,
    pub methods: Vec<Function>,
    /// The classes whose instances it also has.
    pub heirs: Vec<usize>,
}

/// What is known at one point of the program being made.
pub(super) struct Generator<'a> {
    pub choices: Choices<'a>,
    /// In front of every name at top level, so that programs share a file.
    pub prefix: String,
    pub vars: Vec<Var>,
    pub functions: Vec<Function>,
    pub classes: Vec<Class>,
    /// How often the code at this point runs per call of its function.
    pub weight: u64,
    /// Steps taken so far by the function at hand.
    pub spent: u64,
    /// Loops around this point that `break` and `continue` may leave, by label.
    pub labels: Vec<String>,
    /// Callbacks around this point.
    pub loops: usize,
    /// Whether this point lies inside of a closure's body.
    pub in_closure: bool,
    /// What `return` gives here.
    pub result: Option<Ty>,
    names: usize,
}

impl Generator<'_> {
    /// A name that no other has.
    pub(super) fn fresh(&mut self, kind: &str) -> String {
        self.names += 1;
        format!("{kind}{}", self.names)
    }

    pub(super) fn declare(&mut self, code: Code, ty: Ty, assignable: bool) {
        self.vars.push(Var {
            code,
            ty,
            assignable,
        });
    }

    /// Takes so many steps, if the function can afford them here.
    pub(super) fn afford(&mut self, steps: u64) -> bool {
        let callbacks = 10u64.saturating_pow(self.loops as u32);
        let total = self
            .weight
            .saturating_mul(callbacks)
            .saturating_mul(steps.max(1));
        let fits = self.spent.saturating_add(total) <= STEPS;
        if fits {
            self.spent += total;
        }
        fits
    }

    /// Code that runs `times` as often as its surroundings, in a scope of its own.
    pub(super) fn nested(&mut self, times: u64, body: impl FnOnce(&mut Self) -> Code) -> Code {
        let (vars, weight) = (self.vars.len(), self.weight);
        self.weight = weight.saturating_mul(times);
        let code = body(self);
        self.weight = weight;
        self.vars.truncate(vars);
        code
    }

    /// A function with its declaration; it may call those before it.
    fn function(&mut self) -> Code {
        let name = format!("{}f{}", self.prefix, self.functions.len());
        let count = self.choices.below(4);
        let params: Vec<Ty> = (0..count).map(|_| self.choices.pick(SCALARS)).collect();
        let result = self.choices.pick(SCALARS);
        let (code, cost) = self.function_body(&name, "function ", &params, result, &[]);
        self.functions.push(Function {
            name,
            params,
            result,
            cost,
        });
        code
    }

    /// Parameters and body of a function or method; gives its cost too.
    pub(super) fn function_body(
        &mut self,
        name: &str,
        keyword: &str,
        params: &[Ty],
        result: Ty,
        members: &[(String, Ty)],
    ) -> (Code, u64) {
        let outer = (self.vars.len(), self.spent, self.weight, self.result);
        (self.spent, self.weight, self.result) = (0, 1, Some(result));
        let mut list = Vec::new();
        for &param in params {
            let name = self.fresh("a");
            let text = format!("{name}: {}", param.text(&self.prefix));
            list.push(Code::new(text, &name));
            self.declare(Code::same(name), param, true);
        }
        for (field, ty) in members {
            self.declare(Code::same(format!("this.{field}")), *ty, true);
        }
        let size = 1 + self.choices.below(4);
        let body = self.block(size, 2);
        let value = self.expr(result, 2);
        let text = result.text(&self.prefix);
        let code = Code::fill2(
            &format!("{keyword}{name}(@): {text} {{\n@return @;\n}}\n"),
            &format!("{keyword}{name}(@) {{\n@return @;\n}}\n"),
            &[&Code::join(&list, ", "), &body, &value],
        );
        let cost = self.spent + 5;
        self.vars.truncate(outer.0);
        (self.spent, self.weight, self.result) = (outer.1, outer.2, outer.3);
        (code, cost)
    }

    /// Variables at top level, which functions see.
    fn globals(&mut self) -> Code {
        let mut code = Code::default();
        for index in 0..self.choices.below(3) {
            let ty = self
                .choices
                .pick(&[Ty::Num, Ty::Int, Ty::Nums, Ty::Str, Ty::AnyNum]);
            let name = format!("{}g{index}", self.prefix);
            // At top level nobody catches what an initialiser throws.
            let init = self.expr(ty, 0);
            code.push(&Code::fill2(
                &format!("let {name}: {} = @;\n", ty.text(&self.prefix)),
                &format!("let {name} = @;\n"),
                &[&init],
            ));
            self.declare(Code::same(name), ty, true);
        }
        code
    }

    /// The part that runs: some variables, statements, and what all variables are at the end.
    fn main(&mut self) -> Code {
        let outer = self.vars.len();
        (self.spent, self.weight) = (0, 1);
        let mut code = Code::default();
        for _ in 0..2 + self.choices.below(4) {
            code.push(&self.declaration());
        }
        let size = 2 + self.choices.below(8);
        let body = self.block(size, 3);
        code.push(&Code::fill(
            "try {\n@} catch (e) {\nlog(\"caught \" + describe(e));\n}\n",
            &[&body],
        ));
        for var in self.vars.clone() {
            code.push(&self.shown(&var.code, var.ty));
        }
        self.vars.truncate(outer);
        code
    }

    /// A declaration of a local variable.
    pub(super) fn declaration(&mut self) -> Code {
        let classes = self.classes.len();
        let ty = if classes > 0 && self.choices.one_in(4) {
            Ty::Inst(self.choices.below(classes))
        } else {
            self.choices.pick(LOCALS)
        };
        let keyword = self.choices.pick(&["let", "let", "const"]);
        let init = self.expr(ty, 2);
        let name = self.fresh("v");
        let text = ty.text(&self.prefix);
        // A type is left out where the value has exactly that type.
        let plain =
            matches!(ty, Ty::Num | Ty::Int | Ty::Str) && keyword == "let" && self.choices.one_in(3);
        let raya = if plain {
            format!("{keyword} {name} = @;\n")
        } else {
            format!("{keyword} {name}: {text} = @;\n")
        };
        let code = Code::fill2(&raya, &format!("{keyword} {name} = @;\n"), &[&init]);
        self.declare(Code::same(name), ty, keyword == "let");
        code
    }
}

/// A generated program.
#[derive(Clone, Debug)]
pub struct Program {
    code: Code,
}

/// The program that a list of choices stands for; `number` tells it from others in a file.
pub fn program(list: &[u32], number: usize) -> Program {
    let mut generator = Generator {
        choices: Choices::new(list),
        prefix: format!("p{number}"),
        vars: Vec::new(),
        functions: Vec::new(),
        classes: Vec::new(),
        weight: 1,
        spent: 0,
        labels: Vec::new(),
        loops: 0,
        in_closure: false,
        result: None,
        names: 0,
    };
    let mut code = generator.globals();
    for _ in 0..generator.choices.below(3) {
        code.push(&generator.class());
    }
    for _ in 0..generator.choices.below(4) {
        code.push(&generator.function());
    }
    let main = generator.main();
    code.push(&Code::fill2(
        &format!("function p{number}main(): void {{\n@}}\nrun(\"{number}\", p{number}main);\n"),
        &format!("function p{number}main() {{\n@}}\nrun(\"{number}\", p{number}main);\n"),
        &[&main],
    ));
    Program { code }
}

/// Several programs in one file.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The file as Raya.
    pub raya: String,
    /// The file as JavaScript.
    pub js: String,
}

impl Batch {
    /// A file of programs.
    pub fn new<'a>(programs: impl Iterator<Item = &'a Program>) -> Self {
        let mut batch = Self {
            raya: prelude::RAYA.to_owned(),
            js: prelude::JS.clone(),
        };
        for program in programs {
            batch.raya.push_str(&program.code.raya);
            batch.js.push_str(&program.code.js);
        }
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_choices_give_the_simplest_program() {
        let batch = Batch::new([program(&[], 0)].iter());
        let own = batch
            .raya
            .strip_prefix(prelude::RAYA)
            .expect("begins with the prelude");
        assert!(own.len() < 400, "{own}");
    }

    #[test]
    fn the_same_choices_give_the_same_program() {
        let list: Vec<u32> = (0..300u32).map(|i| i.wrapping_mul(2_654_435_761)).collect();
        assert_eq!(program(&list, 1).code.raya, program(&list, 1).code.raya);
    }

    #[test]
    fn generated_programs_parse() {
        for seed in 0..200u32 {
            let list: Vec<u32> = (0..300u32)
                .map(|i| {
                    (i + 1)
                        .wrapping_mul(2_654_435_761)
                        .wrapping_add(seed.wrapping_mul(40_503))
                        >> 3
                })
                .collect();
            let batch = Batch::new([program(&list, 0)].iter());
            if let Err(error) = raya_strip::javascript("p.raya", &batch.raya) {
                panic!("{error}\n{}", batch.raya);
            }
        }
    }
}
