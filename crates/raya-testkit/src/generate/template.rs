//! Templates: productions written as text with holes, expanded in both dialects at once.
//!
//! ```text
//! (@m:map!.get(@k:str) ?? @d:num)
//! ```
//!
//! A hole is `@`, one name, and at its first place what fills it:
//!
//! | hole | filled with |
//! | --- | --- |
//! | `@a:KIND` | an expression of the type called `KIND` (see [`grammar`](super::grammar)) |
//! | `@a:KIND!` | a variable of that type; without one the production fails |
//! | `@a:KIND=` | a variable that may be assigned |
//! | `@a:name` | a fresh name |
//! | `@a:thunk` | a number, for the body of a function that anybody may call |
//! | `@a:cbKIND` | an expression in the body of a callback |
//! | `@a:blockN` | statements that run `N` times |
//! | `@a` | once more what filled `a` |
//!
//! `[[this~~that]]` is `this` in Raya and `that` in JavaScript; holes are filled in Raya's
//! part, JavaScript's repeats them. `@!a:KIND` declares the name that fills `a` as a
//! variable until the template ends or `@/` ends their scope, `@^a:KIND` for the statements after it, `@^a:KIND=`
//! as one that may be assigned; a `;` ends such a declaration and is not copied.

use super::code::Code;
use super::grammar;
use super::program::Generator;

/// The pieces that filled a template's holes so far, by name.
type Filled = Vec<(String, Code)>;

impl Generator<'_> {
    /// Expands a template whose expressions are nested at most `depth` deep. Nothing when
    /// a variable it asks for is not there; no variable is declared then.
    pub(super) fn expand(&mut self, template: &str, depth: usize) -> Option<Code> {
        self.expand_with(template, depth, Vec::new())
    }

    /// As `expand`, with holes that are filled already.
    pub(super) fn expand_with(
        &mut self,
        template: &str,
        depth: usize,
        filled: Filled,
    ) -> Option<Code> {
        let before = self.vars.len();
        let mut expansion = Expansion {
            filled,
            leaving: Vec::new(),
            outer: before,
            depth,
        };
        let code = expansion.run(self, template);
        self.vars.truncate(before);
        if code.is_some() {
            for (name, kind) in expansion.leaving {
                let ty = grammar::kind(kind.trim_end_matches('='))?;
                self.declare(name, ty, kind.ends_with('='));
            }
        }
        code
    }
}

struct Expansion {
    filled: Filled,
    /// Variables for the statements that follow.
    leaving: Vec<(Code, String)>,
    /// The variables around the template.
    outer: usize,
    depth: usize,
}

impl Expansion {
    fn run(&mut self, g: &mut Generator, template: &str) -> Option<Code> {
        let mut out = Code::default();
        let mut rest = template;
        while let Some(at) = rest.find(['@', '[']) {
            out.push(&Code::same(&rest[..at]));
            rest = &rest[at..];
            if let Some(both) = rest.strip_prefix("[[") {
                let (parts, after) = both.split_once("]]")?;
                let (raya, js) = parts.split_once("~~")?;
                let raya = self.run(g, raya)?.raya;
                out.push(&Code::new(raya, self.run(g, js)?.js));
                rest = after;
            } else if let Some(after) = rest.strip_prefix("@/") {
                g.vars.truncate(self.outer);
                rest = after;
            } else if let Some(hole) = rest.strip_prefix('@') {
                rest = self.hole(g, hole, &mut out)?;
            } else {
                out.push(&Code::same("["));
                rest = &rest[1..];
            }
        }
        out.push(&Code::same(rest));
        Some(out)
    }

    /// Fills the hole at the start of a text; gives the text after it.
    fn hole<'t>(&mut self, g: &mut Generator, text: &'t str, out: &mut Code) -> Option<&'t str> {
        let (directive, text) = match text.strip_prefix(['!', '^']) {
            Some(after) => (text.chars().next(), after),
            None => (None, text),
        };
        let (name, rest) = word(text);
        let Some(after) = rest.strip_prefix(':').filter(|r| starts_a_kind(r)) else {
            out.push(self.known(name)?);
            return Some(rest);
        };
        let (kind, mut rest) = kind_word(after);
        let mark = rest.chars().next().filter(|c| matches!(c, '!' | '='));
        // `@a:num==` is not a comparison: `=` after a kind belongs to the hole.
        rest = &rest[usize::from(mark.is_some())..];
        match directive {
            Some('!') => {
                let ty = grammar::kind(kind)?;
                let code = self.known(name)?.clone();
                g.declare(code, ty, mark == Some('='));
                rest = rest.strip_prefix(';').unwrap_or(rest);
            }
            Some(_) => {
                rest = rest.strip_prefix(';').unwrap_or(rest);
                let kind = format!("{kind}{}", mark.map_or("", |_| "="));
                self.leaving.push((self.known(name)?.clone(), kind));
            }
            None => {
                let code = self.fill(g, kind, mark)?;
                out.push(&code);
                self.filled.push((name.to_owned(), code));
            }
        }
        Some(rest)
    }

    fn known(&self, name: &str) -> Option<&Code> {
        let found = self.filled.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, code)| code)
    }

    fn fill(&self, g: &mut Generator, kind: &str, mark: Option<char>) -> Option<Code> {
        if let Some(times) = kind.strip_prefix("block") {
            let times: u64 = times.parse().unwrap_or(1);
            if !g.afford(times) {
                return Some(Code::default());
            }
            let size = 1 + g.choices.below(3);
            return Some(g.nested(times, |g| g.block(size, self.depth.saturating_sub(1))));
        }
        let depth = self.depth.saturating_sub(1);
        match kind {
            "name" => return Some(Code::same(g.fresh("t"))),
            "thunk" => {
                let outer = std::mem::replace(&mut g.in_closure, true);
                let code = g.expr(grammar::kind("num")?, depth.min(1));
                g.in_closure = outer;
                return Some(code);
            }
            _ => {}
        }
        if let Some(kind) = kind.strip_prefix("cb") {
            g.loops += 1;
            let code = g.expr(grammar::kind(kind)?, depth.min(1));
            g.loops -= 1;
            return Some(code);
        }
        let ty = grammar::kind(kind)?;
        if mark.is_some() && grammar::runs_code(ty) && (g.in_closure || !g.afford(20)) {
            return None;
        }
        match mark {
            Some('!') => g.variable(ty),
            Some(_) => g.target(|t| t == ty).map(|var| var.code),
            None => Some(g.expr(ty, depth)),
        }
    }
}

/// The letters and digits at the start of a text, and the rest.
fn word(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(text.len());
    text.split_at(end)
}

/// The letters at the start of a text with the digits behind them, and the rest.
fn kind_word(text: &str) -> (&str, &str) {
    let letters = text
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    let digits = text[letters..]
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len() - letters);
    text.split_at(letters + digits)
}

/// Whether a colon is followed by a kind, and does not belong to the program.
fn starts_a_kind(text: &str) -> bool {
    grammar::is_hole(kind_word(text).0)
}
