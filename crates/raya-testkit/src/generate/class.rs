//! Classes with fields, methods and overrides.

use super::code::Code;
use super::program::{Class, Function, Generator};
use super::value::{SCALARS, Ty};

impl Generator<'_> {
    /// A class, most often an heir of the one before it.
    pub(super) fn class(&mut self) -> Code {
        let index = self.classes.len();
        let base = (index > 0 && self.choices.below(3) > 0).then(|| index - 1);
        let mut class = base.map(|b| self.classes[b].clone()).unwrap_or_default();
        let mut body = Code::default();
        for _ in 0..1 + self.choices.below(3) {
            let ty = self.choices.pick(SCALARS);
            let name = self.fresh("m");
            // Initialisers run where no variable of a function is in scope.
            let init = self.literal_only(ty);
            body.push(&Code::fill2(
                &format!("{name}: {} = @;\n", ty.text(&self.prefix)),
                &format!("{name} = @;\n"),
                &[&init],
            ));
            class.fields.push((name, ty));
        }
        if self.choices.one_in(3) {
            body.push(&self.accessor(&mut class));
        }
        if self.choices.one_in(3) {
            body.push(&self.constructor(base.is_some(), &class));
        }
        for method in 0..class.methods.len() {
            if self.choices.below(2) == 1 {
                let known = class.methods[method].clone();
                body.push(&self.method(
                    &mut class,
                    known.name,
                    known.params,
                    known.result,
                    Some(method),
                ));
            }
        }
        for _ in 0..1 + self.choices.below(2) {
            let name = self.fresh("k");
            let params: Vec<Ty> = (0..self.choices.below(3))
                .map(|_| self.choices.pick(SCALARS))
                .collect();
            let result = self.choices.pick(SCALARS);
            body.push(&self.method(&mut class, name, params, result, None));
        }
        if self.choices.one_in(4) {
            body.push(&self.statics(index));
        }
        class.heirs = vec![index];
        let extends = base
            .map(|b| format!("extends {}C{b} ", self.prefix))
            .unwrap_or_default();
        self.classes.push(class);
        if let Some(base) = base {
            self.inherit(base, index);
        }
        Code::fill(
            &format!("class {}C{index} {extends}{{\n@}}\n", self.prefix),
            &[&body],
        )
    }

    /// A getter and a setter over a number; others use them as a field.
    fn accessor(&mut self, class: &mut Class) -> Code {
        let over = class.fields.iter().find(|(name, ty)| {
            // An accessor that wraps an accessor is an heir's matter: see `method`.
            *ty == Ty::Num && name.starts_with('m')
        });
        let Some((field, _)) = over.cloned() else {
            return Code::default();
        };
        let name = self.fresh("x");
        let scale = self.literal_only(Ty::Num);
        class.fields.push((name.clone(), Ty::Num));
        Code::fill2(
            &format!(
                "get {name}(): number {{\nreturn this.{field} + @;\n}}\n\
                 set {name}(v: number) {{\nthis.{field} = v * 2;\n}}\n"
            ),
            &format!(
                "get {name}() {{\nreturn this.{field} + @;\n}}\n\
                 set {name}(v) {{\nthis.{field} = v * 2;\n}}\n"
            ),
            &[&scale],
        )
    }

    /// A constructor with a default parameter, which changes a field.
    fn constructor(&mut self, has_base: bool, class: &Class) -> Code {
        let base = if has_base { "super();\n" } else { "" };
        let field = class.fields.iter().find(|(_, ty)| *ty == Ty::Num);
        let change = field.map_or(String::new(), |(name, _)| format!("this.{name} = p;\n"));
        Code::fill2(
            &format!("constructor(p: number = @) {{\n{base}{change}}}\n"),
            &format!("constructor(p = @) {{\n{base}{change}}}\n"),
            &[&self.literal_only(Ty::Num)],
        )
    }

    /// A static counter and the method that counts, which becomes a known function.
    fn statics(&mut self, index: usize) -> Code {
        let (class, name) = (format!("{}C{index}", self.prefix), self.fresh("s"));
        self.functions.push(Function {
            name: format!("{class}.next{name}"),
            params: vec![Ty::Num],
            result: Ty::Num,
            cost: 2,
        });
        let body = format!("{class}.{name} += by;\nreturn {class}.{name};\n}}\n");
        Code::new(
            format!("static {name}: number = 0;\nstatic next{name}(by: number): number {{\n{body}"),
            format!("static {name} = 0;\nstatic next{name}(by) {{\n{body}"),
        )
    }

    /// Makes an heir known to its bases, with the cost of what it overrides.
    fn inherit(&mut self, base: usize, heir: usize) {
        let costs: Vec<u64> = self.classes[heir]
            .methods
            .iter()
            .map(|method| method.cost)
            .collect();
        for class in 0..self.classes.len() {
            if self.classes[class].heirs.contains(&base) && class != heir {
                self.classes[class].heirs.push(heir);
                for (method, cost) in self.classes[class].methods.iter_mut().zip(&costs) {
                    method.cost = method.cost.max(*cost);
                }
            }
        }
    }

    fn method(
        &mut self,
        class: &mut Class,
        name: String,
        params: Vec<Ty>,
        result: Ty,
        over: Option<usize>,
    ) -> Code {
        let (mut code, cost) =
            self.function_body(&name, "", &params, result, &class.fields.clone());
        match over {
            Some(index) => {
                class.methods[index].cost = class.methods[index].cost.max(cost);
                if result == Ty::Num && params.is_empty() && self.choices.below(2) == 1 {
                    let body = Code::fill2(
                        &format!("{name}(): number {{\nreturn super.{name}() + @;\n}}\n"),
                        &format!("{name}() {{\nreturn super.{name}() + @;\n}}\n"),
                        &[&self.literal_only(Ty::Num)],
                    );
                    code = body;
                }
            }
            None => class.methods.push(Function {
                name,
                params,
                result,
                cost,
            }),
        }
        code
    }

    /// An expression without variables.
    fn literal_only(&mut self, ty: Ty) -> Code {
        let vars = std::mem::take(&mut self.vars);
        let functions = std::mem::take(&mut self.functions);
        let code = self.expr(ty, 1);
        self.vars = vars;
        self.functions = functions;
        code
    }

    /// An instance of a class or of one of its heirs.
    pub(super) fn instance(&mut self, class: usize, _depth: usize) -> Code {
        if self.choices.below(3) == 0
            && let Some(variable) = self.variable(Ty::Inst(class))
        {
            return variable;
        }
        let heirs = self.classes[class].heirs.clone();
        let made = self.choices.pick(&heirs);
        Code::same(format!("new {}C{made}()", self.prefix))
    }

    /// A field or the result of a method of some instance in scope.
    pub(super) fn member(&mut self, ty: Ty) -> Option<Code> {
        let index = self.choices.below(self.classes.len().max(1));
        if index >= self.classes.len() {
            return None;
        }
        let object = self.variable(Ty::Inst(index))?;
        let class = self.classes[index].clone();
        let fields: Vec<&String> = class
            .fields
            .iter()
            .filter(|(_, t)| *t == ty)
            .map(|(name, _)| name)
            .collect();
        let methods: Vec<&Function> = class
            .methods
            .iter()
            .filter(|m| m.result == ty && !self.in_closure)
            .collect();
        let choice = self.choices.below(fields.len() + methods.len());
        if let Some(field) = fields.get(choice) {
            return Some(Code::fill(&format!("@.{field}"), &[&object]));
        }
        let method = *methods.get(choice - fields.len())?;
        if !self.afford(method.cost) {
            return None;
        }
        let args: Vec<Code> = method
            .params
            .iter()
            .map(|&param| self.expr(param, 1))
            .collect();
        Some(Code::fill(
            &format!("@.{}(@)", method.name),
            &[&object, &Code::join(&args, ", ")],
        ))
    }
}
