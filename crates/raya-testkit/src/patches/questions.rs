//! What a program asks of its instances: everything, typed and untyped, until it is hot.

use super::classes::World;
use crate::lattice::text::Pair;

/// A question: the expression in Python and in Raya about `o` and `p`, and the Python type that
/// typed code insists on (none where it takes any).
type Question = (&'static str, &'static str, Option<&'static str>);

/// Questions about attributes; assignments are calls of `put` in Python.
const ATTRIBUTES: &[Question] = &[
    ("o.n", "o.n", Some("int")),
    ("o.s", "o.s", Some("str")),
    ("o.acc", "o.acc", Some("int")),
    ("put(o, \"n\", 4)", "o.n = 4", None),
    ("o.n + o.n", "o.n + o.n", Some("int")),
    ("put(o, \"acc\", 6)", "o.acc = 6", None),
    ("o.n", "o.n", Some("int")),
    ("put(o, \"s\", \"w\")", "o.s = \"w\"", None),
    ("o.s", "o.s", Some("str")),
];

const METHODS: &[Question] = &[
    ("o.m(3)", "o.m(3)", Some("int")),
    ("o.t()", "o.t()", Some("str")),
    ("C0.sf", "C0.sf", Some("int")),
    ("C0.sm(2)", "C0.sm(2)", Some("str")),
    ("C1.sm(4)", "C1.sm(4)", Some("str")),
    ("C0(8).n", "new C0(8).n", Some("int")),
    ("C1(9).s", "new C1(9).s", Some("str")),
];

const OPERATORS: &[Question] = &[
    ("o + 2", "o + 2", Some("int")),
    ("o < p", "o < p", Some("bool")),
    ("o == p", "o == p", Some("bool")),
    ("o != p", "o != p", Some("bool")),
    ("o[3]", "o[3]", Some("int")),
    ("o(4)", "o(4)", Some("int")),
    ("3 in o", "3 in o", None),
    ("-o", "-o", Some("int")),
    ("str(o)", "`${o}`", None),
    ("not o", "!o", None),
];

const GROUPS: &[(&str, &[Question])] = &[
    ("attributes", ATTRIBUTES),
    ("methods", METHODS),
    ("operators", OPERATORS),
];

/// Declares a typed and an untyped function of each group.
pub fn declare(out: &mut Pair) {
    for (group, questions) in GROUPS {
        for typed in [true, false] {
            function(group, questions, typed, out);
        }
    }
}

fn function(group: &str, questions: &[Question], typed: bool, out: &mut Pair) {
    let (prefix, ty) = if typed {
        ("typed", "C0")
    } else {
        ("any", "any")
    };
    out.open(
        &format!("def {prefix}_{group}(o, p)"),
        &format!("function {prefix}_{group}(o: {ty}, p: {ty}): string"),
    );
    out.line("out = \"\"", "let out = \"\";");
    for &(python, raya, kind) in questions {
        let python = match kind {
            Some(kind) if typed || python.starts_with('C') => format!("typed({python}, {kind})"),
            _ => python.to_owned(),
        };
        out.line(
            &format!("try: out += show({python}) + \" \""),
            &format!("try {{ out += `${{{raya}}} `; }}"),
        );
        out.line(
            "except Exception as e: out += type(e).__name__ + \" \"",
            "catch (e: any) { out += e.__class__.__name__ + \" \"; }",
        );
    }
    out.line("return out", "return out;");
    out.close();
}

/// Asks each instance, often enough for the functions to be compiled.
pub fn ask_all(world: &World, label: &str, out: &mut Pair) {
    let count = world.objects.len();
    for (i, o) in world.objects.iter().enumerate() {
        let p = &world.objects[(i + 1) % count];
        for (group, _) in GROUPS {
            for prefix in ["typed", "any"] {
                let function = format!("{prefix}_{group}");
                let text = format!("{label} {o} {function}");
                out.line(
                    &format!("for i in range(ROUNDS): last = {function}({o}, {p})"),
                    &format!("for (let i = 0; i < ROUNDS - 1; i++) {function}({o}, {p});"),
                );
                out.line(
                    &format!("print(\"{text}:\", last)"),
                    &format!("console.log(\"{text}:\", {function}({o}, {p}));"),
                );
            }
        }
    }
}
