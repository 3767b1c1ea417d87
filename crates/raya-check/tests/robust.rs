//! Programs that are no programs: the checker neither panics nor runs away.

mod common;

const SEEDS: &[&str] = &[
    "class A<T> extends B<T> { x = this.y; get y() { return this.x; } static z = new A(); }",
    "function f<T extends T[]>(x: T = f(x)): T { return f<T>(...x, ...[x]); }",
    "type A = B; type B = A; type C<T> = { a: C<C<T>> }; let c: C<number>; c.a.a.a.b;",
    "interface I extends I { a: I[\"a\"] } let i: I; i.a.a;",
    "const a = b; const b = a; let [x, { y = x, ...z }] = [a, b]; z.q = z;",
    "for (const x of x) { switch (x) { case x: continue; default: break; } }",
    "const o = { m() { return this.m; }, get p() { return this.q; }, ...o };",
    "let f = (g) => g(g); f(f)(f); f?.f?.[f]?.(f ?? f) ?? (f &&= f);",
    "class C { #p = 1; constructor(private q: C = new C()) { super(); this.#p++; } }",
    "try { throw e; } catch ({ e }) { e: while (1) break e; } finally { return; }",
    "function o(x: string): void; function o(x: number): void; function o(x: any) {} o(1); o(o);",
    "let t: [a: number, b?: string, ...c: boolean[]] = [1]; t[5]; t[-1]; [t[0], t] = t;",
];

/// A generator of numbers that is the same on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n.max(1)
    }
}

#[test]
fn strange_programs_are_answered() {
    for seed in SEEDS {
        common::run(seed, false);
    }
}

#[test]
fn shuffled_programs_are_answered() {
    let mut random = Random(1);
    let words: Vec<Vec<&str>> = SEEDS
        .iter()
        .map(|s| s.split_inclusive(' ').collect())
        .collect();
    for _ in 0..600 {
        let mut text: Vec<&str> = words[random.below(words.len())].clone();
        for _ in 0..1 + random.below(4) {
            let donor = &words[random.below(words.len())];
            let at = random.below(text.len());
            text.insert(at, donor[random.below(donor.len())]);
            text.remove(random.below(text.len()));
        }
        common::run(&text.concat(), false);
    }
}

#[test]
fn deep_programs_are_answered() {
    let depth = 300;
    let nested = |open: &str, inner: &str, close: &str| {
        format!(
            "const x = {}{inner}{};",
            open.repeat(depth),
            close.repeat(depth)
        )
    };
    for text in [
        nested("[", "1", "]"),
        nested("{ a: ", "1", " }"),
        nested("((x: any) => ", "1", ")"),
        nested("[1].map(() => ", "1", ")"),
        nested("(1 ?? ", "1", ")"),
        nested("new Map([[1, ", "1", "]])"),
        nested("{ m() { return 1; }, a: ", "1", " }"),
        format!("const x = {};", vec!["1"; 1500].join(" + ")),
        format!("const x: any = 1; x{};", ".a".repeat(1500)),
        format!("{}{}", "while (true) {".repeat(200), "}".repeat(200)),
        format!("{} 1 {}", "function f() { return ", "}"),
    ] {
        common::run(&text, false);
    }
}
