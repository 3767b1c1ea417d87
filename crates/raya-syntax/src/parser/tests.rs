use crate::{FileId, Interner, SourceFile, dump, parse};

/// The dump of each statement on a line of its own, without the word `expr`.
fn shape(text: &str) -> String {
    let (shape, codes) = shape_and_codes(text);
    assert_eq!(codes, [] as [String; 0], "{text}\n{shape}");
    shape
}

fn shape_and_codes(text: &str) -> (String, Vec<String>) {
    let source = SourceFile::new(FileId(0), "t.raya", text);
    let mut interner = Interner::new();
    let parsed = parse(&source, &mut interner);
    let dumped = dump::ast(&parsed.module, &interner, false);
    let joined = dumped.split_whitespace().collect::<Vec<_>>().join(" ");
    let inside = joined
        .strip_prefix("(module")
        .and_then(|rest| rest.strip_suffix(')'))
        .unwrap_or(&joined);
    let bare = |line: &str| match line.strip_prefix("(expr ") {
        Some(rest) => rest.strip_suffix(')').unwrap_or(rest).to_owned(),
        None => line.to_owned(),
    };
    let lines: Vec<_> = top_level(inside.trim()).into_iter().map(bare).collect();
    let codes = parsed.diagnostics.iter().map(|d| d.code.to_string());
    (lines.join("\n"), codes.collect())
}

/// Splits at the spaces outside all parentheses.
fn top_level(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            b' ' if depth == 0 => {
                parts.push(&text[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[track_caller]
fn same(text: &str, expected: &str) {
    assert_eq!(shape(text), expected, "{text}");
}

#[track_caller]
fn fails(text: &str, expected: &[&str]) {
    let (shape, codes) = shape_and_codes(text);
    assert_eq!(codes, expected, "{text}\n{shape}");
}

#[test]
fn operators_bind_as_in_typescript() {
    same("a + b * c - d", "(- (+ a (* b c)) d)");
    same("2 ** 3 ** 2", "(** 2 (** 3 2))");
    same("(-a) ** b", "(** (- a) b)");
    same("-(a ** b)", "(- (** a b))");
    same(
        "a || b && c | d ^ e & f",
        "(|| a (&& b (| c (^ d (& e f)))))",
    );
    same("a == b < c << d + e", "(== a (< b (<< c (+ d e))))");
    same("a ?? b ?? c", "(?? (?? a b) c)");
    same("(a ?? b) || c", "(|| (?? a b) c)");
    same("a ?? (b && c)", "(?? a (&& b c))");
    same("!a instanceof B", "(instanceof (! a) B)");
    same("typeof a === 'b'", "(=== (typeof a) \"b\")");
    same("a >> b >>> c >= d > e", "(> (>= (>>> (>> a b) c) d) e)");
    same("a >>= b >>>= c <<= d", "(>>= a (>>>= b (<<= c d)))");
    fails("a > > b", &["E0002"]);
}

#[test]
fn mixed_operators_need_parentheses() {
    fails("a ?? b || c", &["E0018"]);
    fails("a && b ?? c", &["E0018"]);
    fails("-a ** b", &["E0018"]);
    fails("typeof a ** b", &["E0018"]);
    same("a || b && c", "(|| a (&& b c))");
    same("a ** -b", "(** a (- b))");
}

#[test]
fn casts_bind_like_relations() {
    same("a + b as T | U", "(as (+ a b) (| T U))");
    same("a as T as U", "(as (as a T) U)");
    same(
        "[1] as const satisfies T",
        "(satisfies (as-const (array 1)) T)",
    );
    same("a as T === b", "(=== (as a T) b)");
    same(
        "let as = 1, satisfies = 2\nas\nsatisfies",
        "(let (var as (= 1)) (var satisfies (= 2)))\nas\nsatisfies",
    );
}

#[test]
fn assignments() {
    same("a = b = c", "(= a (= b c))");
    same("a ??= b || c", "(??= a (|| b c))");
    same(
        "[a, b.c, , ...d] = e",
        "(= (array-pattern a (. b c) _ (... d)) e)",
    );
    same(
        "({ a, b: [c = 1], d = 2, ...e } = f)",
        "(= (object-pattern (shorthand a) (: b (array-pattern (default c 1))) \
         (shorthand (default d 2)) (... e)) f)",
    );
    same("a! = b", "(= (non-null a) b)");
    same("x++ + ++y", "(+ (post++ x) (pre++ y))");
    fails("a + b = c", &["E0017"]);
    fails("f() = 1", &["E0017"]);
    fails("f()++", &["E0017"]);
    fails("[a] += b", &["E0017"]);
    fails("({ a }) = b", &["E0017"]);
    fails("a?.b = c", &["E0035"]);
    fails("[...a, b] = c", &["E0020"]);
    fails("undefined = 1", &["E0017"]);
    fails("x = { a = 1 }", &["E0001"]);
    fails("x = [a, , b]", &["E0030"]);
    fails("f(({ a = 1 }) => a, { b = 1 })", &["E0001"]);
}

#[test]
fn semicolons_are_inserted_as_in_typescript() {
    same("a\nb", "a\nb");
    same("a\n(b)", "(call a b)");
    same("a\n[b]", "([] a b)");
    same("a\n++b", "a\n(pre++ b)");
    same("a\n`b`", "(tagged a (template \"b\"))");
    same("{ a }", "(block (expr a))");
    same(
        "function f() { return\n1 }",
        "(function f (params) (block (return) (expr 1)))",
    );
    same("do a; while (b) c", "(do (expr a) b)\nc");
    same(
        "while (a) { break\na }",
        "(while a (block (break) (expr a)))",
    );
    same(
        "async\nfunction f() {}",
        "async\n(function f (params) (block))",
    );
    same("type\nA\n= 1", "type\n(= A 1)");
    same("a\n!b", "a\n(! b)");
    fails("a b", &["E0004"]);
    fails("throw\na", &["E0002"]);
    fails("let x = 1 let y = 2", &["E0004"]);
}

#[test]
fn arrows_and_parentheses_are_told_apart() {
    same("(a, b)", "(, a b)");
    same("(a, b) => a", "(arrow (params (param a) (param b)) a)");
    same("(a)", "a");
    same("() => ({})", "(arrow (params) (object))");
    same("() => {}", "(arrow (params) (block))");
    same(
        "a => b => c",
        "(arrow (params (param a)) (arrow (params (param b)) c))",
    );
    same(
        "async a => await a",
        "(arrow async (params (param a)) (await a))",
    );
    same("async (a) => a", "(arrow async (params (param a)) a)");
    same("async (a)", "(call async a)");
    same("async\n(a)", "(call async a)");
    same(
        "(a = (b = c) => d) => e",
        "(arrow (params (param a (= (arrow (params (param b (= c))) d)))) e)",
    );
    same(
        "(a): number => a",
        "(arrow (params (param a)) (returns number) a)",
    );
    same(
        "<T>(a: T): T => a",
        "(arrow (type-params T) (params (param a T)) (returns T) a)",
    );
    same(
        "async <T>(a: T) => a",
        "(arrow async (type-params T) (params (param a T)) a)",
    );
    same(
        "({ a }, [b]) => a",
        "(arrow (params (param (object-pattern (shorthand a))) (param (array-pattern b))) a)",
    );
}

#[test]
fn arrows_have_result_types() {
    same(
        "(a: A): (() => B) => c",
        "(arrow (params (param a A)) (returns (fn-type (params) (returns B))) c)",
    );
    same(
        "(): ((a: A) => B) | C => d",
        "(arrow (params) (returns (| (fn-type (params (param a A)) (returns B)) C)) d)",
    );
    same(
        "(): (A | B)[] => c",
        "(arrow (params) (returns ([] (| A B))) c)",
    );
    same(
        "({ a }: A, [b]: B): [C] => d",
        "(arrow (params (param (object-pattern (shorthand a)) A) (param (array-pattern b) B)) (returns (tuple C)) d)",
    );
    same(
        "(a): a is B => c",
        "(arrow (params (param a)) (returns (is a B)) c)",
    );
}

#[test]
fn arrows_within_conditionals() {
    same("a ? (b) : c", "(? a b c)");
    same("a ? (b, c) : d", "(? a (, b c) d)");
    same("a ? (b) : c => d", "(? a b (arrow (params (param c)) d))");
    same(
        "a ? (b): c => d : e",
        "(? a (arrow (params (param b)) (returns c) d) e)",
    );
    same(
        "a ? b => c : d => e",
        "(? a (arrow (params (param b)) c) (arrow (params (param d)) e))",
    );
    same(
        "a ? ((b): c => d) : e",
        "(? a (arrow (params (param b)) (returns c) d) e)",
    );
    same("a ? b ? c : d : e", "(? a (? b c d) e)");
    same("a ? .5 : b", "(? a 0.5 b)");
    same("a?.5:b", "(? a 0.5 b)");
}

#[test]
fn type_arguments_and_comparisons_are_told_apart() {
    same("f<T>(x)", "(call f (<> T) x)");
    same("a < b", "(< a b)");
    same("a < b > c", "(> (< a b) c)");
    same("f(a < b, c > d)", "(call f (< a b) (> c d))");
    same(
        "f<A<B<C>>>(x)",
        "(call f (<> (ref A (<> (ref B (<> C))))) x)",
    );
    fails("x = f<T>;", &["E0900"]);
    fails("g(f<A, B>)", &["E0900"]);
    same("f<A>>(x)", "(< f (>> A x))");
    same("f<T>`x`", "(tagged f (<> T) (template \"x\"))");
    same(
        "new Map<string, number[]>()",
        "(new Map (<> string ([] number)))",
    );
    same("new Map<string, number>", "(new Map (<> string number))");
    same("new a.b(c).d", "(. (new (. a b) c) d)");
    same("new (f())()", "(new (call f))");
    same("new new A(b)(c)", "(new (new A b) c)");
    same("a < (b as T)", "(< a (as b T))");
    same(
        "f<(a: A) => B>(x)",
        "(call f (<> (fn-type (params (param a A)) (returns B))) x)",
    );
    same(
        "f<<T>(a: T) => T>(x)",
        "(call f (<> (fn-type (type-params T) (params (param a T)) (returns T))) x)",
    );
}

#[test]
fn optional_chains_have_an_extent() {
    same("a?.b.c", "(chain (. (?. a b) c))");
    same("(a?.b).c", "(. (chain (?. a b)) c)");
    same(
        "a?.[b]?.(c)!.d",
        "(chain (. (non-null (?.call (?.[] a b) c)) d))",
    );
    same("a?.<T>(b)", "(chain (?.call a (<> T) b))");
    same("a?.b + c", "(+ (chain (?. a b)) c)");
    same("a.if.class", "(. (. a if) class)");
    same("this.#a in b", "(in (. this #a) b)");
    same("#a in b && c", "(&& (in #a b) c)");
    fails("new a?.b()", &["E0035"]);
    fails("a?.`x`", &["E0001"]);
    fails("a?.b`x`", &["E0035"]);
    fails("f(#a)", &["E0033"]);
}

#[test]
fn templates_and_regular_expressions() {
    same(
        "`a${b}c${`d${e}`}`",
        "(template \"a\" b \"c\" (template \"d\" e \"\") \"\")",
    );
    same("`a\\n${b}`", "(template \"a\\n\" b \"\")");
    same(
        "a.replace(/[/\\]]+/g, '/') / 2",
        "(/ (call (. a replace) /[/\\]]+/g \"/\") 2)",
    );
    same("tag`\\u{}`", "(tagged tag (template (raw \"\\\\u{}\")))");
    fails("`\\u{} ${a} \\x1`", &["E0013", "E0013"]);
    fails("`a${b`", &["E0009"]);
    fails("`a${b c}`", &["E0001"]);
}

#[test]
fn object_literals() {
    same(
        "x = { a, 'b': 1, 2: 3, [c]: d, e() {}, get f() { return 1 }, async *g() {}, ...h, get: 1, async, if: 2 }",
        "(= x (object (shorthand a) (: \"b\" 1) (: 2 3) (: (computed c) d) \
         (method e (function (params) (block))) (get f (function (params) (block (return 1)))) \
         (method g (function async generator (params) (block))) (... h) (: get 1) \
         (shorthand async) (: if 2)))",
    );
    fails("x = { __proto__: a }", &["E0068"]);
    fails("x = { if }", &["E0001"]);
    fails("x = { get a(b) { return 1 } }", &["E0021"]);
}

#[test]
fn declarations_of_variables() {
    same("let a: number, b = 1", "(let (var a number) (var b (= 1)))");
    same("let a!: T", "(let (var a ! T))");
    same(
        "const { a, b: [c, , d = 1], ...e } = f",
        "(const (var (object-pattern (shorthand a) (: b (array-pattern c _ (default d 1))) (... e)) (= f)))",
    );
    same(
        "using a = b; await using c = d",
        "(using (var a (= b)))\n(await-using (var c (= d)))",
    );
    same("using\na", "using\na");
    same(
        "let x: { a: number }[] = []",
        "(let (var x ([] (object-type (prop a number))) (= (array))))",
    );
    same("let f: A<B>= c", "(let (var f (ref A (<> B)) (= c)))");
    fails("const a", &["E0019"]);
    fails("let [a]", &["E0019"]);
    fails("var a = 1", &["E0050"]);
    fails("let class = 1", &["E0016"]);
    fails("let undefined = 1", &["E0016"]);
    fails("let [...a, b] = c", &["E0020"]);
}

#[test]
fn loops_and_jumps() {
    same(
        "for (let i = 0, n = 2; i < n; i++) ;",
        "(for (let (var i (= 0)) (var n (= 2))) (< i n) (post++ i) (empty))",
    );
    same("for (;;) break", "(for _ _ _ (break))");
    same(
        "for (const [a, b] of c) ;",
        "(for-of (const (var (array-pattern a b))) c (empty))",
    );
    same(
        "for ({ a = 1 } of b) ;",
        "(for-of (object-pattern (shorthand (default a 1))) b (empty))",
    );
    same(
        "for await (const a of b) ;",
        "(for-await-of (const (var a)) b (empty))",
    );
    same(
        "for (let i = (a in b) ? 1 : 0; ; ) break",
        "(for (let (var i (= (? (in a b) 1 0)))) _ _ (break))",
    );
    same(
        "a: for (;;) { b: for (;;) { continue a } }",
        "(label a (for _ _ _ (block (label b (for _ _ _ (block (continue a)))))))",
    );
    same("a: { break a }", "(label a (block (break a)))");
    same("for (of of of) ;", "(for-of of of (empty))");
    fails("for (const k in o) {}", &["E0055"]);
    fails("for (k in o) {}", &["E0055"]);
    fails("break", &["E0024"]);
    fails("switch (a) { case 1: continue }", &["E0024"]);
    fails("while (1) { () => { break } }", &["E0024"]);
    fails("while (1) { break a }", &["E0025"]);
    fails("a: { continue a }", &["E0025"]);
    fails("a: a: b", &["E0025"]);
    fails("a: while (1) { function f() { break a } }", &["E0025"]);
    fails("for (let a = 1 of b) {}", &["E0034"]);
    fails("if (a) let b = 1", &["E0029"]);
}

#[test]
fn other_statements() {
    same(
        "if (a) b; else if (c) d; else e",
        "(if a (expr b) (if c (expr d) (expr e)))",
    );
    same(
        "switch (a) { case 1: case 2: b; break; default: c }",
        "(switch a (case 1) (case 2 (expr b) (break)) (default (expr c)))",
    );
    same(
        "try { a } catch { b } finally { c }",
        "(try (block (expr a)) (catch (block (expr b))) (finally (block (expr c))))",
    );
    same(
        "try { } catch (e: unknown) { }",
        "(try (block) (catch e unknown (block)))",
    );
    same("{}", "(block)");
    same("return 1", "(return 1)");
    fails("try { }", &["E0026"]);
    fails("switch (a) { default: b; default: c }", &["E0027"]);
    fails("with (a) { }", &["E0051"]);
    fails("namespace A { }", &["E0054"]);
    fails("declare const a: number", &["E0059"]);
    fails("debugger", &["E0064"]);
    fails("@a class B {}", &["E0056"]);
    fails("new.target", &["E0058"]);
    fails("import('a')", &["E0060"]);
    fails("import.meta", &["E0065"]);
    fails("arguments[0]", &["E0053"]);
    fails("eval('1')", &["E0052"]);
    fails("<div>x</div>", &["E0057"]);
    fails("<T>x", &["E0057"]);
    fails("import a = b", &["E0066"]);
    fails("export = a", &["E0066"]);
}

#[test]
fn functions() {
    same(
        "function f<T extends U = V>(this: A, a: B, b?: C, c = 1, ...d: D[]): E {}",
        "(function f (type-params (T (extends U) (= V))) (params (this A) (param a B) (param? b C) \
         (param c (= 1)) (... d ([] D))) (returns E) (block))",
    );
    same(
        "async function* f() { yield await a; yield* b; yield }",
        "(function async generator f (params) (block (expr (yield (await a))) (expr (yield* b)) (expr (yield))))",
    );
    same(
        "function f(a: A): a is B {}",
        "(function f (params (param a A)) (returns (is a B)) (block))",
    );
    same(
        "function f(a: A): asserts a {}",
        "(function f (params (param a A)) (returns (asserts a)) (block))",
    );
    same(
        "function f(a: A): asserts a is B {}",
        "(function f (params (param a A)) (returns (asserts a B)) (block))",
    );
    same(
        "function f(): asserts {}",
        "(function f (params) (returns asserts) (block))",
    );
    same(
        "function f(a: A): B\nfunction f(a) {}",
        "(function f (params (param a A)) (returns B))\n(function f (params (param a)) (block))",
    );
    same("await a", "(await a)");
    fails("function f() { await a }", &["E0028"]);
    fails("function f() { yield }", &["E0028"]);
    fails("function f(...a, b) {}", &["E0020"]);
    fails("function f(a?, b) {}", &["E0021"]);
    fails("function f(a? = 1) {}", &["E0021"]);
    fails("function f(a, this: B) {}", &["E0021"]);
    fails("function f(private a) {}", &["E0022"]);
    fails("super.a", &["E0028"]);
}

#[test]
fn classes() {
    same(
        "abstract class A<T> extends B<T>, ns.C implements I<T>, J { }",
        "(class abstract A (type-params T) (extends (ref B (<> T)) (. ns C)) (implements (ref I (<> T)) J))",
    );
    same(
        "class A { private readonly a: B = 1; c?: D; e!: F; static #g = 2; [h] = 3; 'i'; j }",
        "(class A (field private readonly a B (= 1)) (field? c D) (field! e F) (field static #g (= 2)) \
         (field (computed h) (= 3)) (field \"i\") (field j))",
    );
    same(
        "class A { constructor(private a: B, c = 1) { super(); } m(): void; m() { super.m() } abstract n(): C }",
        "(class A (constructor (function (params (param private a B) (param c (= 1))) (block (expr (call super))))) \
         (method m (function (params) (returns void))) \
         (method m (function (params) (block (expr (call (. super m)))))) \
         (method abstract n (function (params) (returns C))))",
    );
    same(
        "class A { get a() { return 1 } set a(v) {} static async *b<T>() {} static { c } [k: string]: D }",
        "(class A (get a (function (params) (block (return 1)))) (set a (function (params (param v)) (block))) \
         (method static b (function async generator (type-params T) (params) (block))) \
         (init static (block (expr c))) (member (index k string D)))",
    );
    same(
        "class A { get; set; static; async; readonly }",
        "(class A (field get) (field set) (field static) (field async) (field readonly))",
    );
    same(
        "class A { get = 1\nstatic() {}\nasync\nb() {} }",
        "(class A (field get (= 1)) (method static (function (params) (block))) (field async) (method b (function (params) (block))))",
    );
    same("x = class A { }", "(= x (class A))");
    same(
        "class A { [Symbol.iterator]() {} }",
        "(class A (method (computed (. Symbol iterator)) (function (params) (block))))",
    );
    fails("class A { a() {} b c d }", &["E0004"]);
    fails("class A { static static a }", &["E0022"]);
    fails("class A { public private a }", &["E0022"]);
    fails("class A { constructor(): B {} }", &["E0023"]);
    fails("class A { abstract m() {} }", &["E0023"]);
    fails("class A { declare a: B }", &["E0059"]);
    fails("class A { accessor a = 1 }", &["E0069"]);
    fails("class A { @b c }", &["E0056"]);
    fails("class A { m() { super() } }", &["E0028"]);
    fails("class A extends { }", &["E0002"]);
}

#[test]
fn types() {
    let ty = |text: &str| {
        let shape = shape(&format!("let x: {text}"));
        shape["(let (var x ".len()..shape.len() - 2].to_owned()
    };
    let cases = [
        ("A | B & C", "(| A (& B C))"),
        ("| A\n| B", "(| A B)"),
        ("(A | B)[]", "([] (| A B))"),
        ("A[][]", "([] ([] A))"),
        ("A['b'][number]", "(indexed (indexed A \"b\") number)"),
        ("(typeof a.b)[number]", "(indexed (typeof a.b) number)"),
        ("keyof typeof a", "(keyof (typeof a))"),
        ("readonly A[]", "(readonly ([] A))"),
        (
            "(a: A, b?: B) => C | D",
            "(fn-type (params (param a A) (param? b B)) (returns (| C D)))",
        ),
        ("A | (() => B)", "(| A (fn-type (params) (returns B)))"),
        (
            "new <T>(a: T) => B",
            "(new-type (type-params T) (params (param a T)) (returns B))",
        ),
        (
            "abstract new () => A",
            "(abstract-new-type (params) (returns A))",
        ),
        (
            "[A, b: B, c?: C, ...d: D[]]",
            "(tuple A (label b B) (? (label c C)) (... (label d ([] D))))",
        ),
        ("[A?, ...B[]]", "(tuple (? A) (... ([] B)))"),
        (
            "-1 | 'a' | true | 10n | `b` | null",
            "(| -1 \"a\" true 10n \"b\" null)",
        ),
        (
            "{ a: A; readonly b?: B, c(): C\nnew (): D; (e: E): F; [k: string]: G }",
            "(object-type (prop a A) (prop? readonly b B) (method c (params) (returns C)) (new (params) (returns D)) (call (params (param e E)) (returns F)) (index k string G))",
        ),
        (
            "{ get a(): A; set a(v: A); get: B }",
            "(object-type (get a (params) (returns A)) (set a (params (param v A))) (prop get B))",
        ),
        ("ns.A<B, C[]>", "(ref ns.A (<> B ([] C)))"),
        ("this", "this"),
        ("int", "int"),
        ("(A)", "A"),
        ("keyof", "keyof"),
        (
            "(a: A) => a is B",
            "(fn-type (params (param a A)) (returns (is a B)))",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(ty(text), expected, "{text}");
    }
    fails("type A<T> = T extends B ? C : D", &["E0061"]);
    fails("type A = { [K in B]: C }", &["E0062"]);
    fails("type A = { readonly [K in B]?: C }", &["E0062"]);
    fails("type A = `a${B}`", &["E0063"]);
    fails("type A = import('b').C", &["E0070"]);
    fails("type A = unique symbol", &["E0071"]);
    fails("type A = symbol", &["E0071"]);
    fails("type A = ;", &["E0003"]);
    fails("type A = { [k: string] }", &["E0032"]);
    fails("type A = readonly B", &["E0022"]);
    fails("type A = (a = 1) => B", &["E0021"]);
    fails("type A = '\\ud800'", &["E0036"]);
}

#[test]
fn declarations_of_types() {
    same(
        "interface A<T> extends B<T>, C { a: T }",
        "(interface A (type-params T) (extends (ref B (<> T)) C) (prop a T))",
    );
    same(
        "type A<in out T, const U> = T",
        "(type A (type-params (T in-out) (U const)) T)",
    );
    same(
        "enum A { B, C = 1, 'd-e' = 'f' }",
        "(enum A (member B) (member C 1) (member \"d-e\" \"f\"))",
    );
    same("const enum A { }", "(const-enum A)");
    same("type = 1; interface\nA { }", "(= type 1)\n(interface A)");
    fails("enum A { [b] }", &["E0001"]);
}

#[test]
fn modules() {
    same(
        "import a, { b, c as d, type e, default as f } from 'm'",
        "(import (default a) (name b) (name c d) (type-name e) (name default f) \"m\")",
    );
    same(
        "import * as a from 'm'; import 'n'",
        "(import (* a) \"m\")\n(import \"n\")",
    );
    same(
        "import type { A } from 'm'; import type B from 'm'; import type from 'm'",
        "(import type (name A) \"m\")\n(import type (default B) \"m\")\n(import (default type) \"m\")",
    );
    same(
        "export { a, b as default }; export * from 'm'; export * as n from 'm'",
        "(export (name a) (name b default))\n(export (*) \"m\")\n(export (* n) \"m\")",
    );
    same(
        "export default class { } export const a = 1",
        "(export (default (class)))\n(export (const (var a (= 1))))",
    );
    same(
        "export default function () { }\nexport default a + b",
        "(export (default (function (params) (block))))\n(export (default (+ a b)))",
    );
    same(
        "export type { A } from 'm'; export type B = C",
        "(export type (name A) \"m\")\n(export (type B C))",
    );
    fails("{ import 'm' }", &["E0024"]);
    fails("function f() { export const a = 1 }", &["E0024"]);
    fails("import { a } from m", &["E0001"]);
    fails("import { if } from 'm'", &["E0016"]);
    fails("import a from 'm' with { type: 'json' }", &["E0031"]);
    fails("export a + b", &["E0031"]);
}

#[test]
fn values_of_literals() {
    same(
        "1_000; 0xff; 1.5; 1e3; 10n; 0b11n",
        "1000\n255\n1.5\n1000.0\n10n\n0b11n",
    );
    same(
        "'a\\tb'; \"\\u{1F600}\"; '\\ud800'",
        "\"a\\tb\"\n\"😀\"\n(wide [d800])",
    );
    same("null; undefined; true; this", "null\nnull\ntrue\nthis");
    same("/a\\/b/gi", "/a\\/b/gi");
}

#[test]
fn several_errors_are_found_in_one_run() {
    fails(
        "let = 1\nlet b = ;\nc d\nfunction f() { return +; x y }\nclass A { a b; c( }\nlet ok = 1",
        &[
            "E0001", "E0002", "E0004", "E0002", "E0004", "E0004", "E0005",
        ],
    );
    let (shape, _) = shape_and_codes("a b\nlet c = 1\nfoo(]\nlet d = 2");
    assert!(
        shape.contains("(let (var c (= 1)))") && shape.contains("(let (var d (= 2)))"),
        "{shape}"
    );
}

#[test]
fn misspelt_words_are_recognised() {
    let source = SourceFile::new(FileId(0), "t.raya", "fucntion f() {}\nretrun 1");
    let parsed = parse(&source, &mut Interner::new());
    let help: Vec<_> = parsed
        .diagnostics
        .iter()
        .filter_map(|d| d.help.as_deref())
        .collect();
    assert_eq!(help[0], "did you mean `function`?");
}
