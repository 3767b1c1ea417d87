//! Random classes: bases with a common order, cooperative methods, descriptors, operators.

use super::text::Pair;
use crate::generate::Choices;

/// Methods that classes define and pass on.
pub const METHODS: [&str; 3] = ["ma", "mb", "mc"];
/// Class attributes, descriptors among them.
pub const ATTRIBUTES: [&str; 2] = ["aa", "ab"];
/// The most classes of a program.
const MOST_CLASSES: usize = 8;

/// The classes of a program so far.
#[derive(Debug, Default)]
pub struct Lattice {
    /// Resolution order of each class, itself first.
    pub orders: Vec<Vec<usize>>,
    /// Which of [`METHODS`] each class defines itself.
    methods: Vec<[bool; METHODS.len()]>,
    /// Classes with the special methods that they define themselves, and other members that
    /// may be passed on to.
    pub(super) specials: Vec<(usize, String)>,
    /// Classes that the text names: types of parameters.
    pub named: Vec<usize>,
}

/// The name of a class.
pub fn name(class: usize) -> String {
    format!("C{class}")
}

/// The variable that holds its instance.
pub fn instance(class: usize) -> String {
    format!("c{class}")
}

impl Lattice {
    /// Adds classes to the program.
    pub fn build(choices: &mut Choices<'_>, out: &mut Pair) -> Lattice {
        let mut lattice = Lattice::default();
        for _ in 0..2 + choices.below(MOST_CLASSES - 1) {
            lattice.add_class(choices, out);
        }
        lattice
    }

    fn add_class(&mut self, choices: &mut Choices<'_>, out: &mut Pair) {
        let class = self.orders.len();
        let bases = self.bases(choices);
        let above = linearise(&bases, &self.orders).unwrap_or_default();
        self.orders.push([&[class][..], &above].concat());
        self.methods.push([false; METHODS.len()]);
        let names: Vec<String> = bases.iter().map(|&b| name(b)).collect();
        let computed_base = bases.iter().any(|b| !self.named.contains(b));
        let computed = !bases.is_empty() && choices.one_in(4);
        if !computed && !computed_base {
            self.named.push(class);
        }
        let params: Vec<String> = match computed {
            true => (0..bases.len()).map(|i| format!("b{i}")).collect(),
            false => names.clone(),
        };
        if computed {
            let typed: Vec<String> = params.iter().map(|p| format!("{p}: any")).collect();
            let function = format!("make{}", name(class));
            out.open(
                &format!("def {function}({})", params.join(", ")),
                &format!("function {function}({}): any", typed.join(", ")),
            );
        }
        let list = params.join(", ");
        let (python, raya) = match list.as_str() {
            "" => (String::new(), String::new()),
            list => (format!("({list})"), format!(" extends {list}")),
        };
        out.open(
            &format!("class {}{python}", name(class)),
            &format!("class {}{raya}", name(class)),
        );
        self.members(class, &above, choices, out);
        out.close();
        if computed {
            let own = name(class);
            out.line(&format!("return {own}"), &format!("return {own};"));
            out.close();
            let call = format!("make{own}({})", names.join(", "));
            out.line(
                &format!("{own} = {call}"),
                &format!("const {own}: any = {call};"),
            );
        }
    }

    /// Up to three of the classes so far that have a common order.
    fn bases(&self, choices: &mut Choices<'_>) -> Vec<usize> {
        let wanted = choices.pick(&[0, 1, 1, 2, 2, 3]).min(self.orders.len());
        let mut bases: Vec<usize> = Vec::new();
        for _ in 0..wanted {
            let base = choices.below(self.orders.len());
            let with = [&bases[..], &[base]].concat();
            if !bases.contains(&base) && linearise(&with, &self.orders).is_some() {
                bases = with;
            }
        }
        bases
    }

    fn members(&mut self, class: usize, above: &[usize], c: &mut Choices<'_>, out: &mut Pair) {
        let own = name(class);
        for attr in ATTRIBUTES {
            let value = match c.below(8) {
                1 => format!("Plain(\"{own}\")"),
                2 => format!("Data(\"{own}\")"),
                3 => format!("\"{own}.{attr}\""),
                4 => class.to_string(),
                _ => continue,
            };
            let made = if value.contains('(') { "new " } else { "" };
            out.line(
                &format!("{attr} = {value}"),
                &format!("static {attr}: any = {made}{value};"),
            );
        }
        if above.is_empty() || c.one_in(2) {
            constructor(class, above.is_empty(), out);
        }
        for (i, method) in METHODS.iter().enumerate() {
            let inherited = above.iter().any(|&b| self.methods[b][i]);
            if above.is_empty() || c.one_in(2) {
                self.methods[class][i] = true;
                let text = format!("\"{own}.{method}\"");
                let passes_on = inherited && !c.one_in(5);
                let (python, raya) = match passes_on {
                    true => (
                        format!("{text} + \">\" + super().{method}()"),
                        format!("{text} + \">\" + super.{method}()"),
                    ),
                    false => (text.clone(), text),
                };
                out.method(method, "", &python, &raya);
            }
        }
        self.accessor(class, above, c, out);
        if c.one_in(4) {
            self.class_method(class, above, out);
        }
        if c.one_in(3) {
            self.sum_method(class, above, out);
        }
        if c.one_in(5) {
            creation_hook(&own, out);
        }
        for _ in 0..c.below(3) {
            self.special_method(class, above, c, out);
        }
        out.line("pass", "");
    }
}

fn constructor(class: usize, root: bool, out: &mut Pair) {
    let own = name(class);
    out.open("def __init__(self, x)", "constructor(x: any)");
    if root {
        out.line("", "const self: any = this;");
        out.line("self.x = x", "self.x = x;");
        let trace = format!("self.trace = \"{own}\"");
        out.line(&trace, &format!("{trace};"));
    } else {
        out.line("super().__init__(x)", "super(x);");
        out.line("", "const self: any = this;");
        let trace = format!("self.trace = self.trace + \"{own}\"");
        out.line(&trace, &format!("{trace};"));
    }
    out.close();
}

impl Lattice {
    /// A member that one above may have too, which then is passed on to.
    fn also_above(&mut self, class: usize, above: &[usize], member: &str) -> bool {
        let known = self.inherits(above, member);
        self.specials.push((class, member.to_owned()));
        known
    }

    fn accessor(&mut self, class: usize, above: &[usize], c: &mut Choices<'_>, out: &mut Pair) {
        if !c.one_in(4) {
            return;
        }
        let own = name(class);
        let passes_on = self.also_above(class, above, "prop");
        out.line("@property", "");
        out.open("def prop(self)", "get prop(): any");
        let text = format!("\"{own}.prop \"");
        let (python, raya) = match passes_on {
            true => ("super().prop", "super.prop"),
            false => ("show(self.x)", "show((this as any).x)"),
        };
        out.line(
            &format!("return {text} + {python}"),
            &format!("return {text} + {raya};"),
        );
        out.close();
        if c.one_in(2) {
            out.line("@prop.setter", "");
            out.open("def prop(self, v)", "set prop(v: any)");
            out.line(
                &format!("self.stored = f\"{own} {{v}}\""),
                &format!("(this as any).stored = `{own} ${{v}}`;"),
            );
            out.close();
        }
    }

    fn class_method(&mut self, class: usize, above: &[usize], out: &mut Pair) {
        let own = name(class);
        let passes_on = self.also_above(class, above, "make");
        out.line("@classmethod", "");
        out.open("def make(cls, x)", "static make(x: any): any");
        out.line("", "const cls: any = this;");
        let more = match passes_on {
            true => (">{super().make(x)}", ">${super.make(x)}"),
            false => ("", ""),
        };
        let python = format!("f\"{own}.make {{cls.__name__}} {{x}}{}\"", more.0);
        let raya = format!("`{own}.make ${{cls.__name__}} ${{x}}{}`", more.1);
        out.line(&format!("return {python}"), &format!("return {raya};"));
        out.close();
    }

    /// A method with an optional parameter.
    fn sum_method(&mut self, class: usize, above: &[usize], out: &mut Pair) {
        let own = name(class);
        let more = match self.also_above(class, above, "sum") {
            true => (">{super().sum(x + 1, y)}", ">${super.sum(x + 1, y)}"),
            false => ("", ""),
        };
        out.open("def sum(self, x, y=2)", "sum(x: any, y: any = 2): any");
        out.line(
            &format!("return f\"{own}.sum {{x + y}}{}\"", more.0),
            &format!("return `{own}.sum ${{x + y}}{}`;", more.1),
        );
        out.close();
    }
}

/// What hears of each heir.
fn creation_hook(own: &str, out: &mut Pair) {
    out.open(
        "def __init_subclass__(cls)",
        "static __init_subclass__(): void",
    );
    out.line("super().__init_subclass__()", "super.__init_subclass__();");
    out.line("", "const cls: any = this;");
    let text = format!("cls.born = \"{own} saw \" + cls.__name__");
    out.line(&text, &format!("{text};"));
    out.close();
}

/// C3, to make only classes that there can be.
fn linearise(bases: &[usize], orders: &[Vec<usize>]) -> Option<Vec<usize>> {
    let mut lists: Vec<Vec<usize>> = bases.iter().map(|&b| orders[b].clone()).collect();
    lists.push(bases.to_vec());
    let mut merged = Vec::new();
    loop {
        lists.retain(|list| !list.is_empty());
        let heads = lists.iter().map(|list| list[0]);
        let good = |head: &usize| !lists.iter().any(|list| list[1..].contains(head));
        let Some(next) = heads.clone().find(good) else {
            return lists.is_empty().then_some(merged);
        };
        merged.push(next);
        for list in &mut lists {
            if list[0] == next {
                list.remove(0);
            }
        }
    }
}
