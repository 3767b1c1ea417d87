//! Slots of one object: each is asked on a class that has the method, an heir, an heir that
//! overrides it, one that throws, one that gets and loses it while the program runs, an
//! instance attribute of its name, and a class without it.

use raya_bytecode::{Slot, SlotKind};

use super::Twin;

/// What asks a slot of an object `x`, and what its method gives.
struct Probe {
    slot: Slot,
    params: &'static [&'static str],
    /// Result of the method, in Raya and in Python.
    result: [&'static str; 2],
    /// Statements that use it and return something, in Raya and in Python.
    asks: [&'static str; 2],
    /// What is compared where the method is missing.
    absent: Absent,
}

/// How Raya and Python agree about a missing method.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Absent {
    /// In everything.
    Same,
    /// In the class of the error, whose text names primitive types or the holder.
    Kind,
    /// Not at all: Raya does what TypeScript does.
    Differs,
}

macro_rules! probes {
    ($($slot:ident($($param:literal),*) = $raya:literal, $python:literal, $absent:ident: $ask_raya:literal, $ask_python:literal;)*) => {
        const PROBES: &[Probe] = &[$(Probe {
            slot: Slot::$slot,
            params: &[$($param),*],
            result: [$raya, $python],
            asks: [$ask_raya, $ask_python],
            absent: Absent::$absent,
        }),*];
    };
}

probes! {
    call() = "\"called\"", "\"called\"", Same: "return x();", "return x()";
    getattribute("name") = "\"got\"", "\"got\"", Same: "return x.anything;", "return x.anything";
    getattr("name") = "\"found\"", "\"found\"", Same: "return x.nothing;", "return x.nothing";
    setattr("name", "value") = "null", "None", Same: "x.y = 1; return \"set\";", "x.y = 1; return \"set\"";
    delattr("name") = "null", "None", Same: "delete x.y; return \"deleted\";", "del x.y; return \"deleted\"";
    descr_get("obj", "owner") = "\"got\"", "\"got\"", Same: "const r: any = held(x).d; return r === x ? \"itself\" : r;", "r = held(x).d; return \"itself\" if r is x else r";
    descr_set("obj", "value") = "null", "None", Same: "const h: any = held(x); h.d = 5; return h.__dict__.has(\"d\");", "h = held(x); h.d = 5; return \"d\" in h.__dict__";
    descr_delete("obj") = "null", "None", Kind: "const h: any = held(x); delete h.d; return \"deleted\";", "h = held(x); del h.d; return \"deleted\"";
    neg() = "\"negated\"", "\"negated\"", Same: "return -x;", "return -x";
    pos() = "\"plus\"", "\"plus\"", Same: "return +x;", "return +x";
    invert() = "\"inverted\"", "\"inverted\"", Same: "return ~x;", "return ~x";
    bool() = "false", "False", Same: "return x ? 1 : 0;", "return 1 if x else 0";
    int() = "7", "7", Differs: "return Number(x);", "return int(x)";
    float() = "2.5", "2.5", Differs: "return Number(x);", "return float(x)";
    index() = "1", "1", Kind: "const list: any = [10, 20, 30]; return list[x];", "return [10, 20, 30][x]";
    hash() = "7", "7", Same: "const m = new Map<any, any>(); m.set(x, 1); return m.size;", "m = {}; m[x] = 1; return len(m)";
    len() = "3", "3", Differs: "return x.length;", "return len(x)";
    getitem("k") = "\"item\"", "\"item\"", Same: "return x[1];", "return x[1]";
    setitem("k", "v") = "null", "None", Same: "x[1] = 2; return \"stored\";", "x[1] = 2; return \"stored\"";
    delitem("k") = "null", "None", Same: "delete x[1]; return \"removed\";", "del x[1]; return \"removed\"";
    contains("k") = "\"yes\"", "\"yes\"", Same: "return 1 in x;", "return 1 in x";
    iter() = "new Steps()", "Steps()", Same: "for (const v of x) return v; return \"empty\";", "for v in x: return v";
    next() = "\"step\"", "\"step\"", Same: "for (const v of new Walk(x) as any) return v; return \"empty\";", "for v in Walk(x): return v";
    str() = "\"text\"", "\"text\"", Differs: "return `${x}`;", "return f\"{x}\"";
    repr() = "\"repr\"", "\"repr\"", Differs: "return `${x}`;", "return f\"{x}\"";
}

/// Slots that other fixtures ask: construction and class hooks act on classes; nothing asks
/// the others so far.
const ELSEWHERE: &[Slot] = &[
    Slot::new,
    Slot::init,
    Slot::init_subclass,
    Slot::set_name,
    Slot::reversed,
    Slot::enter,
    Slot::exit,
];

const SUPPORT: [&str; 2] = [
    r#"class Steps { __next__(): any { return "first"; } }
class Walk { it: any; constructor(it: any) { this.it = it; } __iter__(): any { return this.it; } }
class Holder {}
function held(x: any): any {
  (Holder as any).d = x;
  return new Holder();
}"#,
    r#"class Steps:
    def __next__(self):
        return "first"


class Walk:
    def __init__(self, it):
        self.it = it

    def __iter__(self):
        return self.it


class Holder:
    pass


def held(x):
    Holder.d = x
    return Holder()


"#,
];

/// The classes of a probe.
fn classes(t: &mut Twin, p: &str, probe: &Probe) {
    let dunder = probe.slot.dunder();
    let [raya, python] = probe.result;
    let logs = |class: &str| {
        (
            format!("console.log(\"{class}{dunder}\"); return {raya};"),
            format!("print(\"{class}{dunder}\"); return {python}"),
        )
    };
    for (suffix, base, own) in [
        ("Own", "", true),
        ("Heir", "Own", false),
        ("Override", "Own", true),
        ("Patched", "", false),
        ("Absent", "", false),
    ] {
        let base = if base.is_empty() {
            String::new()
        } else {
            format!("{p}{base}")
        };
        t.class(&format!("{p}{suffix}"), &base);
        if own {
            let (raya, python) = logs(suffix);
            t.method(dunder, probe.params, &raya, &python);
        }
        t.end();
    }
    t.class(&format!("{p}Throw"), "");
    t.method(
        dunder,
        probe.params,
        "throw new TypeError(\"thrown\");",
        "raise TypeError(\"thrown\")",
    );
    t.end();
}

/// Asks the slot of an expression.
fn ask(t: &mut Twin, p: &str, attempt: &str, what: &str, [raya, python]: [&str; 2]) {
    t.say(
        &format!("{attempt}(\"{p} {what}\", () => ask{p}({raya}));"),
        &format!("{attempt}(\"{p} {what}\", lambda: ask{p}({python}))"),
    );
}

fn probe(t: &mut Twin, probe: &Probe) {
    let p = format!("{:?}", probe.slot).to_uppercase();
    let dunder = probe.slot.dunder();
    classes(t, &p, probe);
    let python = probe.asks[1].replace("; ", "\n    ");
    t.say(
        &format!("function ask{p}(x: any): any {{ {} }}", probe.asks[0]),
        &format!("def ask{p}(x):\n    {python}\n\n"),
    );
    for suffix in ["Own", "Heir", "Override", "Throw"] {
        let made = [format!("new {p}{suffix}()"), format!("{p}{suffix}()")];
        ask(t, &p, "attempt", suffix, [&made[0], &made[1]]);
    }
    let attempt = match probe.absent {
        Absent::Same => Some("attempt"),
        Absent::Kind => Some("kind"),
        Absent::Differs => None,
    };
    t.say(
        &format!("const patched{p}: any = new {p}Patched();"),
        &format!("patched{p} = {p}Patched()"),
    );
    let patched = format!("patched{p}");
    let missing = |t: &mut Twin, what: &str| {
        if let Some(attempt) = attempt {
            ask(t, &p, attempt, what, [&patched, &patched]);
        }
    };
    missing(t, "before");
    let [raya, python] = probe.result;
    t.say(
        &format!(
            "({p}Patched as any).{dunder} = function (this: any, ...rest: any[]): any {{ return {raya}; }};"
        ),
        &format!("{p}Patched.{dunder} = lambda self, *rest: {python}"),
    );
    ask(t, &p, "attempt", "patched", [&patched, &patched]);
    t.say(
        &format!("delete ({p}Patched as any).{dunder};"),
        &format!("del {p}Patched.{dunder}"),
    );
    missing(t, "deleted");
    t.say(
        &format!("const absent{p}: any = new {p}Absent();\nabsent{p}.{dunder} = (...rest: any[]): any => {raya};"),
        &format!("absent{p} = {p}Absent()\nabsent{p}.{dunder} = lambda *rest: {python}"),
    );
    let absent = format!("absent{p}");
    if let Some(attempt) = attempt {
        ask(t, &p, attempt, "of an instance", [&absent, &absent]);
    }
}

/// The program.
pub(super) fn single() -> Twin {
    let mut t = Twin::new("Every slot of one object.");
    t.say(SUPPORT[0], SUPPORT[1]);
    for slot in Slot::ALL {
        match PROBES.iter().find(|p| p.slot == *slot) {
            Some(found) => probe(&mut t, found),
            None => {
                let paired = matches!(slot.kind(), SlotKind::Binary | SlotKind::Compare);
                assert!(paired || ELSEWHERE.contains(slot), "no probe of {slot:?}");
            }
        }
    }
    t
}
