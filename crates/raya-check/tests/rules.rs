//! The typing rules, one small program each. The expected errors are written behind
//! the lines that have them.

mod common;

use common::errors;

/// Checks a program whose erroneous lines end in `// E0123`.
#[track_caller]
fn expect(text: &str) {
    let wanted: Vec<String> = text
        .lines()
        .enumerate()
        .flat_map(|(i, line)| {
            let codes = line.split_once("// ").map_or("", |(_, codes)| codes);
            codes
                .split_whitespace()
                .filter(|c| c.starts_with('E'))
                .map(move |c| format!("{}:{c}", i + 1))
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(errors(text), wanted, "{text}");
}

#[test]
fn ints_stay_where_they_are_written() {
    expect(
        "let i: int = 7;
        let n: number = i;
        i = i / 2 + 1;
        i = n; // E0201
        i = i * 1.5; // E0201
        i = n | 0;
        i = 3000000000; // E0220
        const half: int = 7 / 2;
        const xs: int[] = [1, 2, 3];
        const ys: number[] = xs; // E0201
        const f: (x: number) => number = (x: int): number => x; // E0201
        i = (xs.pop() ?? 0) + 1;
        i = i ** 2; // E0201
        i = i >>> 1; // E0201",
    );
}

#[test]
fn containers_are_invariant_and_views_covariant() {
    expect(
        "class A { a = 1; }
        class B extends A { b = 2; }
        const bs: B[] = [new B()];
        const view: readonly A[] = bs;
        const as: A[] = bs; // E0201
        const fresh: A[] = [new B()];
        const m: Map<string, A> = new Map<string, B>(); // E0201
        view.push(new A()); // E0202
        const pair: [A, number] = [new B(), 1];",
    );
}

#[test]
fn any_goes_everywhere_and_unknown_nowhere() {
    expect(
        "const a: any = 1;
        const n: number = a;
        const u: unknown = a;
        const m: number = u; // E0201
        u.x; // E0226
        if (typeof u === \"number\") { const k: number = u; }
        const s = a.b.c(1)[2] + 3;",
    );
}

#[test]
fn null_must_be_tested() {
    expect(
        "function f(s: string | null): number {
          const a = s.length; // E0203
          if (s === null) return 0;
          return s.length;
        }
        function g(s?: string): number { return s?.length ?? 0; }
        function h(o: { p: { q: number } | null }): number {
          if (o.p) return o.p.q;
          return o.p.q; // E0203
        }",
    );
}

#[test]
fn loops_forget_what_they_undo() {
    expect(
        "interface Node { next: Node | null; value: number; }
        function sum(list: Node | null): number {
          let at = list;
          let total = 0;
          while (at !== null) {
            total += at.value;
            at = at.next;
          }
          return total;
        }
        function last(start: Node): Node {
          let at: Node | null = start;
          let found = start;
          for (;;) {
            if (at === null) return found;
            found = at;
            at = at.next;
          }
        }
        function wrong(start: Node): number {
          let at: Node | null = start;
          for (let i = 0; i < 3; i++) {
            console.log(at.value); // E0203
            at = at.next; // E0203
          }
          return 0;
        }",
    );
}

#[test]
fn unions_are_taken_apart_by_discriminants() {
    expect(
        "type Shape = { kind: \"circle\"; r: number } | { kind: \"rect\"; w: number; h: number };
        function area(s: Shape): number {
          switch (s.kind) {
            case \"circle\": return s.r * s.r;
            case \"rect\": return s.w * s.h;
          }
        }
        function partial(s: Shape): number { // E0402
          switch (s.kind) {
            case \"circle\": return s.w; // E0202
          }
        }
        function rest(s: Shape): number {
          if (s.kind === \"circle\") return s.r;
          return s.w;
        }
        function never(s: Shape): number {
          switch (s.kind) {
            case \"circle\": return 1;
            case \"rect\": return 2;
            default: { const n: never = s; return n; }
          }
        }",
    );
}

#[test]
fn a_boolean_member_says_nothing_about_its_object() {
    expect(
        "class A {
          m: boolean = true;
          h(): boolean { if (!this.m) return this.m ? this.m : this.m; return this.m; }
        }",
    );
}

#[test]
fn type_arguments_are_inferred() {
    expect(
        "function first<T>(xs: readonly T[]): T | null { return xs.length > 0 ? xs[0] : null; }
        const a: number | null = first([1, 2]);
        const b: string | null = first<number>([1, 2]); // E0201
        function compose<A, B, C>(f: (a: A) => B, g: (b: B) => C): (a: A) => C {
          return (a) => g(f(a));
        }
        const len = compose((s: string) => s.length, (n) => n + 1);
        const n: number = len(\"x\");
        const lens: number[] = [\"a\", \"bb\"].map((s) => s.length);
        const u: number | string = lens.reduce((s: number, x: number): number => s + x, 0);
        const pairs = new Map([[\"a\", 1]]);
        const one: number | null = pairs.get(\"a\");",
    );
}

#[test]
fn classes_keep_their_promises() {
    expect(
        "abstract class Shape { abstract area(): number; private secret = 1; protected inner = 2; }
        class Square extends Shape { constructor(readonly side: number) { super(); } area(): number { return this.side ** 2; } }
        class Bad extends Shape {} // E0302
        new Shape(); // E0301
        const s = new Square(2);
        s.side = 3; // E0214
        s.inner; // E0307
        class Wrong extends Square { area(): string { return \"\"; } } // E0303
        class Late { x: number; } // E0310
        interface Named { name: string; }
        class NoName implements Named {} // E0306",
    );
}

#[test]
fn variables_need_values_and_types() {
    expect(
        "let a: number;
        console.log(a); // E0401
        let b;
        b = 1;
        b = \"x\";
        const s: string = b;
        const xs = [];
        xs.push(1);
        xs.push(\"y\");
        const first: number | string = xs[0];
        const ys = []; // E0209
        function f(x) { return x; } // E0209",
    );
}

#[test]
fn what_is_missing_is_said_at_its_keyword() {
    expect(
        "enum E { A } // E0904
        async function f(): void {} // E0903
        function* g(): void {} // E0902
        const r = /x/; // E0905
        const n = 10n; // E0908",
    );
}

#[test]
fn misspelled_names_get_a_suggestion() {
    let run = common::run("const length = 1; console.log(lenght); [1].psuh(2);", false);
    let helps: Vec<_> = run
        .checked
        .diagnostics
        .iter()
        .filter_map(|d| d.help.clone())
        .collect();
    assert_eq!(helps, ["did you mean `length`?", "did you mean `push`?"]);
}
