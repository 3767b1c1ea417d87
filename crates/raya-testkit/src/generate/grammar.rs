//! The productions that are written as [templates](super::template): types beyond the
//! scalars, expressions and statements.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::value::Ty;

/// A type of the table.
pub(super) struct TypeRow {
    pub ty: Ty,
    /// Its name in templates.
    pub kind: &'static str,
    /// As it is written in Raya.
    pub text: &'static str,
    /// The simplest values; the first one needs no variable.
    pub values: &'static [&'static str],
    /// Prints the value `@v`.
    pub show: &'static str,
}

macro_rules! types {
    ($($ty:ident $kind:literal $text:literal [$($value:literal),*] $show:literal;)*) => {
        /// Types whose values are made by templates.
        pub(super) const TYPES: &[TypeRow] = &[$(TypeRow {
            ty: Ty::$ty, kind: $kind, text: $text, values: &[$($value),*], show: $show,
        }),*];
    };
}

types! {
    MaybeNums "mnums" "(number | null)[]"
        ["[[([@a:mnum, @b:mnum] as (number | null)[])~~[@a, @b] ]]"]
        "log(@v.map((x[[: number | null~~]])[[: string~~]] => `${x}`).join(\";\"));";
    Anys "anys" "any[]"
        ["[[([@a:any, @b:any] as any[])~~[@a, @b] ]]"]
        "log(@v.map((x[[: any~~]])[[: string~~]] => `${x}`).join(\";\"));";
    Matrix "matrix" "number[][]"
        ["[ [@a:num, @b:num], [@c:num] ]", "[@a:nums, @b:nums]"]
        "for (const row of @v) log(row.map((x[[: number~~]])[[: string~~]] => shown(x)).join());";
    Records "recs" "Rec[]"
        ["[[([@a:rec, @b:rec] as Rec[])~~[@a, @b] ]]"]
        "for (const r of @v) log(`${r.a} ${r.b} ${r.c}`);";
    Tuple "tup" "[number, string]"
        ["[[([@a:num, (@b:str).slice(0, 20)] as [number, string])~~[@a, (@b).slice(0, 20)] ]]"]
        "log(shown(@v[0]) + @v[1]);";
    MapStr "map" "Map<string, number>"
        ["new Map[[<string, number>~~]]()",
         "new Map[[<string, number>~~]]([ [@a:str, @b:num] ])"]
        "for (const [k, x] of @v) log(k + \"=\" + shown(x));";
    MapNum "mapn" "Map<number, string>"
        ["new Map[[<number, string>~~]]()"]
        "for (const [k, x] of @v) log(shown(k) + \"=\" + x);";
    SetNum "set" "Set<number>"
        ["new Set[[<number>~~]](@a:nums)", "new Set[[<number>~~]]([@a:num, @b:num])"]
        "for (const x of @v) log(shown(x));";
    MaybeRecord "mrec" "Rec | null"
        ["[[(null as Rec | null)~~null]]", "[[(@a:rec as Rec | null)~~@a]]"]
        "log(`${@v?.a ?? -1}`);";
    Shape "shape" "Shape"
        ["[[({ kind: \"none\" } as Shape)~~({ kind: \"none\" })]]",
         "[[({ kind: \"circle\", r: @a:num } as Shape)~~({ kind: \"circle\", r: @a })]]",
         "[[({ kind: \"text\", s: (@a:str).slice(0, 20), n: @b:int } as Shape)~~({ kind: \"text\", s: (@a).slice(0, 20), n: @b })]]"]
        "log(shown(area(@v)));";
    Scored "scored" "Scored"
        ["new Plain()",
         "[[({ label: (@a:str).slice(0, 20), score: (p: number): number => @b:thunk } as Scored)~~({ label: (@a).slice(0, 20), score: (p) => @b })]]"]
        "log(@v.label + shown(@v.score(2)));";
    BoxNum "boxn" "Box<number>" ["new Box[[<number>~~]](@a:num)"] "log(shown(@v.get()));";
    BoxStr "boxs" "Box<string>" ["new Box[[<string>~~]]((@a:str).slice(0, 20))"] "log(@v.get());";
    BoxInt "boxi" "Box<int>" ["new Box[[<int>~~]](@a:int)"] "log(`${@v.get()}`);";
    Thunks "thunks" "(() => number)[]"
        ["[[([(): number => @a:thunk] as (() => number)[])~~[() => @a] ]]"]
        "log(@v.map((f[[: () => number~~]])[[: number~~]] => f()).join());";
    Any "any" "any"
        ["[[(@a:num as any)~~@a]]", "[[((@a:str).slice(0, 20) as any)~~(@a).slice(0, 20)]]", "[[(@a:bool as any)~~@a]]",
         "[[(null as any)~~null]]"]
        "log(`${@v} ${typeof @v}`);";
    AnyCounter "acounter" "any" ["[[(new Counter() as any)~~new Counter()]]"]
        "log(`${@v.n}`);";
    AnyFn "afn" "any" ["[[(((p: number): number => @a:thunk) as any)~~((p) => @a)]]"]
        "log(`${@v(2)}`);";
}

/// Expressions by the kind of their result. What they narrow is narrowed for holes only where
/// every use of it stays valid: in code where nothing is left of a type, as behind a test for
/// `null` of what cannot be `null`, the checker refuses members.
pub(super) const EXPRESSIONS: &[(&str, &str)] = &[
    ("num", "(@m:map!.get(@k:str) ?? @d:num)"),
    ("num", "@m:map!.size"),
    ("num", "@s:set!.size"),
    ("num", "(@m:mapn!.get(@k:num) ?? \"none\").length"),
    ("num", "@t:tup![0]"),
    ("num", "(@r:mrec!?.a ?? @d:num)"),
    ("num", "@b:boxn!.get()"),
    ("num", "@b:boxn!.value"),
    (
        "num",
        "@b:boxn!.map((x[[: number~~]])[[: number~~]] => x + @a:thunk).get()",
    ),
    (
        "num",
        "@b:boxs!.map((x[[: string~~]])[[: number~~]] => x.length).get()",
    ),
    ("num", "pick(@xs:nums!, @i:num, @o:num)"),
    ("num", "total(...@xs:nums!, @a:num)"),
    ("num", "total(@a:num, @b:num, @c:num)"),
    ("num", "scaled(@a:num)"),
    ("num", "scaled(@a:num, @b:num)"),
    ("num", "area(@s:shape)"),
    ("num", "(@s:shape!.kind === \"circle\" ? @s.r : -1)"),
    ("num", "@o:scored!.score(@a:num)"),
    (
        "num",
        "[[@f:thunks![idx(@i:num, @f.length)]~~at(@f, idx(@i, @f.length))]]()",
    ),
    ("num", "[[(@x:any! as number)~~asNum(@x)]]"),
    ("num", "[[(@x:any as number)~~asNum(@x)]]"),
    ("num", "(typeof @x:any! === \"number\" ? @x * 2 : @d:num)"),
    (
        "num",
        "[[((@x:any! - @y:any!) as number)~~(asNum(@x) - asNum(@y))]]",
    ),
    (
        "num",
        "[[((@x:any! * @y:any!) as number)~~(asNum(@x) * asNum(@y))]]",
    ),
    ("num", "[[(@f:afn!(@x:any) as number)~~@f(asNum(@x))]]"),
    ("num", "[[(@f:afn!(@x:num) as number)~~@f(@x)]]"),
    ("num", "[[(@o:acounter!.up(@x:num) as number)~~@o.up(@x)]]"),
    (
        "num",
        "[[(@o:acounter!.up(@x:any) as number)~~@o.up(asNum(@x))]]",
    ),
    ("num", "[[(@o:acounter!.n as number)~~@o.n]]"),
    ("num", "[[(@o:acounter!.gone as number)~~gone()]]"),
    ("num", "Number(@s:str)"),
    ("num", "[[(@a:int * num(@b:num))~~(@a * @b)]]"),
    ("num", "[[(num(@a:num) - @b:int)~~(@a - @b)]]"),
    ("num", "[[(@a:int / num(@b:num))~~(@a / @b)]]"),
    ("num", "[[(num(@a:num) % @b:int)~~(@a % @b)]]"),
    ("num", "(@a:int >>> @b:int)"),
    ("num", "[[(num(@a:num) | @b:int)~~(@a | @b)]]"),
    (
        "num",
        "[[@m:matrix![idx(@i:num, @m.length)]~~at(@m, idx(@i, @m.length))]].length",
    ),
    (
        "num",
        "@xs:nums!.findIndex((x[[: number~~]])[[: boolean~~]] => x > @a:cbnum)",
    ),
    (
        "num",
        "@xs:strs!.reduce((s[[: number~~]], x[[: string~~]])[[: number~~]] => s + x.length, 0)",
    ),
    ("num", "[...@s:str].length"),
    (
        "num",
        "[[@r:recs![idx(@i:num, @r.length)]~~at(@r, idx(@i, @r.length))]].a",
    ),
    (
        "num",
        "([[@m:mnums![idx(@i:num, @m.length)]~~at(@m, idx(@i, @m.length))]] ?? @d:num)",
    ),
    ("num", "protect(()[[: number~~]] => @a:thunk)"),
    ("num", "attempt(()[[: number~~]] => @a:thunk, @b:num)"),
    ("num", "Math.min(@a:num, @b:num, @c:num)"),
    ("str", "@t:tup![1]"),
    ("str", "(@m:mapn!.get(@k:num) ?? @d:str)"),
    ("str", "@b:boxs!.get()"),
    ("str", "[[(@x:any! as string)~~asStr(@x)]]"),
    ("str", "`${@x:any!}`"),
    ("str", "typeof @x:any!"),
    ("str", "@o:scored!.label"),
    ("str", "@s:str.split(\"\").reverse().join(\"\")"),
    ("str", "@s:str.replace(\"a\", @t:str)"),
    ("str", "[...@xs:strs!].join(\"+\").slice(0, 30)"),
    ("str", "(@r:mrec!?.b ?? @d:str)"),
    ("str", "(@s:shape!.kind === \"text\" ? @s.s : @s.kind)"),
    ("str", "str(@s:shape!.kind)"),
    (
        "str",
        "@b:boxn!.map((x[[: number~~]])[[: string~~]] => `<${x}>`).get()",
    ),
    ("str", "pick(@xs:strs!, @i:num, @o:str)"),
    (
        "str",
        "@xs:recs!.map((r[[: Rec~~]])[[: string~~]] => r.b).join(\"\").slice(0, 30)",
    ),
    ("int", "[[(@x:any! as int)~~asInt(@x)]]"),
    ("int", "@b:boxi!.get()"),
    ("int", "(@r:mrec!?.c ?? @d:int)"),
    ("int", "pick(@xs:ints!, @i:num, @o:int)"),
    ("int", "(@a:int << 3)"),
    ("bool", "@s:set!.has(@a:num)"),
    ("bool", "@m:map!.has(@k:str)"),
    ("bool", "@m:mapn!.has(@k:int)"),
    ("bool", "(@x:any! === @y:any!)"),
    ("bool", "[[(@x:any! as boolean)~~asBool(@x)]]"),
    ("bool", "[[((@x:any! < @y:any!) as boolean)~~less(@x, @y)]]"),
    ("bool", "(!@x:any!)"),
    ("bool", "@xs:nums!.includes(@a:num)"),
    (
        "bool",
        "@xs:nums!.some((x[[: number~~]])[[: boolean~~]] => x < @a:cbnum)",
    ),
    (
        "bool",
        "@xs:ints!.every((x[[: int~~]])[[: boolean~~]] => x < @a:cbint)",
    ),
    ("bool", "bool(@r:mrec! === null)"),
    ("bool", "bool(@s:shape!.kind !== \"none\")"),
    ("bool", "(@a:str).includes(@b:str)"),
    ("bool", "(@a:str).startsWith(@b:str)"),
    ("nums", "[...@a:nums!, ...@b:nums!].slice(0, 40)"),
    ("nums", "[...@s:set!].slice(0, 40)"),
    ("nums", "[...@m:map!.values()].slice(0, 40)"),
    (
        "nums",
        "@xs:nums!.filter((x[[: number~~]])[[: boolean~~]] => x === x).sort((x[[: number~~]], y[[: number~~]])[[: number~~]] => x - y || 0)",
    ),
    ("nums", "@xs:nums!.slice().reverse()"),
    ("nums", "[@a:num, @b:num, @c:num].fill(@d:num)"),
    (
        "nums",
        "@xs:strs!.map((x[[: string~~]])[[: number~~]] => x.length)",
    ),
    (
        "nums",
        "@xs:ints!.map((x[[: int~~]])[[: number~~]] => x + 0.5)",
    ),
    (
        "nums",
        "[[@m:matrix![idx(@i:num, @m.length)]~~at(@m, idx(@i, @m.length))]]",
    ),
    ("nums", "[[(@x:any! as number[])~~asNums(@x)]]"),
    ("strs", "[...@m:map!.keys()].slice(0, 40)"),
    (
        "strs",
        "@xs:nums!.map((x[[: number~~]])[[: string~~]] => `${x}`)",
    ),
    ("strs", "[...@s:str].slice(0, 40)"),
    ("strs", "@xs:strs!.slice().reverse()"),
    (
        "bools",
        "@xs:nums!.map((x[[: number~~]])[[: boolean~~]] => x > @a:cbnum)",
    ),
    (
        "ints",
        "@xs:ints!.map((x[[: int~~]])[[: int~~]] => x ^ @a:cbint)",
    ),
    ("ints", "[...@a:ints!, ...@b:ints!].slice(0, 40)"),
    ("any", "[[((@a:any! + \"!\") as any)~~(@a + \"!\")]]"),
    (
        "any",
        "[[@xs:anys![idx(@i:num, @xs.length)]~~at(@xs, idx(@i, @xs.length))]]",
    ),
    ("any", "[[(@a:mnum as any)~~@a]]"),
    ("any", "[[(@a:nos as any)~~@a]]"),
    (
        "rec",
        "[[@r:recs![idx(@i:num, @r.length)]~~at(@r, idx(@i, @r.length))]]",
    ),
    ("rec", "(@r:mrec! ?? @d:rec)"),
    ("rec", "({ ...@r:rec!, a: @a:num })"),
    (
        "mnum",
        "[[@m:mnums![idx(@i:num, @m.length)]~~at(@m, idx(@i, @m.length))]]",
    ),
    ("mnum", "[[@m:map!.get(@k:str)~~(@m.get(@k) ?? null)]]"),
];

/// Statements.
pub(super) const STATEMENTS: &[&str] = &[
    "if (@m:map!.size < 30) @m.set((@k:str).slice(0, 8), @v:num);\n",
    "if (@m:mapn!.size < 30) @m.set(@k:num, (@v:str).slice(0, 20));\n",
    "@m:map!.delete(@k:str);\n",
    "if (@s:set!.size < 30) @s.add(@v:num);\n",
    "@s:set!.delete(@v:num);\n",
    "let @n:name = 0;\nfor (const [@k:name, @v:name] of @m:map!) {\nif (++@n > 20) break;\n@!k:str;@!v:num;@b:block10}\n",
    "let @n:name = 0;\nfor (const @v:name of @s:set!) {\nif (++@n > 20) break;\n@!v:num;@b:block10}\n",
    "const [@a:name, @b:name] = @t:tup;\n@^a:num;@^b:str;",
    "const { a: @a:name, b: @b:name, c: @c:name } = @r:rec;\n@^a:num;@^b:str;@^c:int;",
    "let [@a:name = @d:num, @b:name = @e:num] = @xs:nums!;\n@^a:num=;@^b:num=;",
    "const [@a:name, ...@b:name] = [...@xs:nums!, @d:num];\n@^a:num;@^b:nums;",
    "[@a:num=, @b:num=] = [@b, @a];\n",
    "[@a:str=, @b:num=] = [`${@c:num}`, @d:num];\n",
    "for (let @i:name = 0; @i < 4; @i++) {\n@!i:num;if (@f:thunks!.length < 30) @f.push(()[[: number~~]] => @e:thunk);\n@b:block4}\n",
    "for (const @x:name of @xs:nums!) {\n@!x:num;if (@f:thunks!.length < 30) @f.push(()[[: number~~]] => @x + @e:thunk);\n}\n",
    "switch (str(@s:str)) {\ncase \"a\": {\n@b:block1}\nbreak;\ncase \"abc\": {\n@c:block1}\ncase \"\": {\n@d:block1}\nbreak;\ndefault: {\n@e:block1}\n}\n",
    "switch (@s:shape!.kind) {\ncase \"circle\":\nlog(shown(@s.r));\nbreak;\ncase \"text\":\nlog(@s.s + @s.n);\nbreak;\ndefault:\nlog(\"none\");\n}\n",
    "switch (@i:int) {\ncase 0: {\n@b:block1}\nbreak;\ncase 1:\ncase 7: {\n@c:block1}\nbreak;\ncase 2147483647: {\n@d:block1}\n}\n",
    "for (const @c:name of @s:str) {\n@!c:str;@b:block10}\n",
    "for (const @r:name of @m:matrix!) {\n@!r:nums;@b:block4}\n",
    "for (const @r:name of @m:recs!) {\n@!r:rec;@r.a += @a:num;\n@b:block4}\n",
    "if (@r:mrec! !== null) {\n@r.a += @a:num;\n}\n",
    "@t:tup![0] = @a:num;\n",
    "@t:tup![1] = (@s:str).slice(0, 20);\n",
    "@b:boxn!.set(@v:num);\n",
    "@b:boxn!.value += @v:num;\n",
    "[[@b:boxi!.value += @v:int;~~@b.value = (@b.value + @v) | 0;]]\n",
    "if (@m:matrix!.length < 10) @m.push(@xs:nums);\n",
    "if (@m:recs!.length < 10) @m.push(@r:rec);\n",
    "if (@m:mnums!.length < 30) @m.push(@r:mnum);\n",
    "if (@m:anys!.length < 30) @m.push(@r:any);\n",
    "@o:acounter!.n = @v:num;\n",
    "[[(@o:acounter!.n as number)~~@o.n]];\n",
    "const @x:name[[: any~~]] = @v:any!;\nif (typeof @x === \"string\") {\nlog(@x.slice(0, 9));\n@b:block1} else if (typeof @x === \"number\") {\nlog(shown(@x));\n@c:block1}\n",
    "if (typeof @x:nos! === \"string\") {\nlog(@x.slice(0, 9));\n} else {\nlog(shown(@x + 1));\n}\n",
    "if (@x:mnum! !== null && @x > @a:num) {\n@b:block1}\n",
    "try {\n@b:block1throw new RangeError(\"r\");\n} catch (e) {\nif (e instanceof RangeError) {\n@c:block1} else throw e;\n} finally {\nlog(\"f\");\n}\n",
    "for (let @i:name = 0; @i < 3; @i++) {\n@!i:num;try {\n@b:block3if (@c:bool) continue;\nif (@d:bool) break;\n} finally {\nlog(`f${@i}`);\n}\n}\n",
    "const @f:name = (@p:name[[: number~~]], @q:name[[: number = 2~~ = 2]])[[: number~~]] => {\n@!p:num;@!q:num;return @e:thunk;\n};\n@/log(shown(@f(@a:num)));\nlog(shown(@f(@a, @c:num)));\n",
    "const @x:name[[: unknown~~]] = @v:nos;\nif (typeof @x === \"string\") log(@x.slice(0, 9));\n",
    "do {\n@b:block1} while (false);\n",
    "{\n@b:block1}\n",
];

static KINDS: LazyLock<HashMap<&'static str, Ty>> = LazyLock::new(|| {
    let scalars = [
        ("num", Ty::Num),
        ("int", Ty::Int),
        ("bool", Ty::Bool),
        ("str", Ty::Str),
        ("nums", Ty::Nums),
        ("ints", Ty::Ints),
        ("bools", Ty::Bools),
        ("strs", Ty::Strs),
        ("mnum", Ty::MaybeNum),
        ("nos", Ty::NumOrStr),
        ("rec", Ty::Record),
        ("fn", Ty::Fn),
    ];
    let rows = TYPES.iter().map(|row| (row.kind, row.ty));
    scalars.into_iter().chain(rows).collect()
});

/// The productions of each type.
static BY_TYPE: LazyLock<Vec<(Ty, Vec<&'static str>)>> = LazyLock::new(|| {
    let mut all: Vec<(Ty, Vec<&'static str>)> = Vec::new();
    for (name, template) in EXPRESSIONS {
        let Some(ty) = kind(name) else { continue };
        match all.iter_mut().find(|(known, _)| *known == ty) {
            Some((_, list)) => list.push(template),
            None => all.push((ty, vec![template])),
        }
    }
    all
});

/// The type that a kind names.
pub(super) fn kind(name: &str) -> Option<Ty> {
    KINDS.get(name).copied()
}

/// Whether a word after a colon says what fills a hole.
pub(super) fn is_hole(word: &str) -> bool {
    word == "name"
        || word == "thunk"
        || word.starts_with("block")
        || kind(word).is_some()
        || word
            .strip_prefix("cb")
            .is_some_and(|rest| kind(rest).is_some())
}

/// The row of a type, if its values come from templates.
pub(super) fn row(ty: Ty) -> Option<&'static TypeRow> {
    TYPES.iter().find(|row| row.ty == ty)
}

/// The templates of a type's expressions.
pub(super) fn expressions(ty: Ty) -> &'static [&'static str] {
    let found = BY_TYPE.iter().find(|(known, _)| *known == ty);
    found.map_or(&[], |(_, list)| list)
}

/// Whether using a variable of this type may run a function that the program made; who
/// calls such a function, and how often, must be limited.
pub(super) fn runs_code(ty: Ty) -> bool {
    matches!(ty, Ty::Fn | Ty::Thunks | Ty::Scored | Ty::AnyFn)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words after a hole's colon, in all templates.
    #[test]
    fn every_kind_exists() {
        let values = TYPES.iter().flat_map(|row| row.values.iter().copied());
        let expressions = EXPRESSIONS.iter().map(|(_, template)| *template);
        let templates = values.chain(expressions).chain(STATEMENTS.iter().copied());
        for template in templates {
            for hole in template.split('@').skip(1) {
                let hole = hole.trim_start_matches(['!', '^']);
                let Some((name, rest)) = hole.split_once(':') else {
                    continue;
                };
                if name.len() != 1 && !matches!(name, "xs") {
                    continue;
                }
                let word: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
                assert!(word.is_empty() || is_hole(&word), "{word} in {template}");
            }
        }
        for (name, template) in EXPRESSIONS {
            assert!(kind(name).is_some(), "{name} of {template}");
        }
    }
}
