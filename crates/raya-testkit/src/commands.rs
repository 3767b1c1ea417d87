//! The command line: what each command prints and the status it exits with.

use crate::docs::Scratch;
use crate::fixture;
use crate::process::End;
use crate::suite::Setup;

/// One command line.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The case's name.
    pub name: &'static str,
    args: &'static [&'static str],
    exit: i32,
    /// Standard output; any text when absent.
    stdout: Option<&'static str>,
    /// A fragment of standard error, which is empty if this is.
    stderr: &'static str,
}

/// The files that the cases name.
const FILES: &[(&str, &str)] = &[
    ("good.raya", "console.log(\"good\");\n"),
    ("bad.raya", "const n: number = 1;\nconst s: string = n;\n"),
    (
        "throws.raya",
        "console.log(\"before\");\nthrow new RangeError(\"too far\");\n",
    ),
    (
        "returns.raya",
        "console.log(1);\nreturn 5;\nconsole.log(2);\n",
    ),
];

macro_rules! cases {
    ($($name:literal: [$($arg:literal),*] => $exit:literal, $stdout:expr, $stderr:literal;)*) => {
        /// All cases.
        pub const CASES: &[Case] = &[$(Case {
            name: $name, args: &[$($arg),*], exit: $exit, stdout: $stdout, stderr: $stderr,
        }),*];
    };
}

cases! {
    "run": ["run", "good.raya"] => 0, Some("good\n"), "";
    "run --jit": ["run", "--jit", "good.raya"] => 0, Some("good\n"), "";
    "run throws": ["run", "throws.raya"] => 1, Some("before\n"), "RangeError: too far";
    "run returns": ["run", "returns.raya"] => 0, Some("1\n"), "";
    "run refused": ["run", "bad.raya"] => 2, Some(""), "bad.raya:2:";
    "run without a file": ["run"] => 2, Some(""), "FILE";
    "run with an unknown option": ["run", "--no-such-option", "good.raya"] => 2, Some(""), "--no-such-option";
    "run with both tiers": ["run", "--jit", "--no-jit", "good.raya"] => 2, Some(""), "--no-jit";
    "check": ["check", "good.raya"] => 0, None, "";
    "check refused": ["check", "good.raya", "bad.raya"] => 2, None, "bad.raya:2:";
    "check a missing file": ["check", "missing.raya"] => 2, None, "missing.raya";
    "check without files": ["check"] => 2, None, "FILE";
    "eval a number": ["eval", "1 + 2"] => 0, Some("3\n"), "";
    "eval minus zero": ["eval", "0 * -1"] => 0, Some("-0\n"), "";
    "eval a string": ["eval", "'a' + \"b\""] => 0, Some("ab\n"), "";
    "eval an object": ["eval", "({ a: [1, 'x', null] })"] => 0, Some("{ a: [ 1, 'x', null ] }\n"), "";
    "eval statements": ["eval", "const x = 4; x * x"] => 0, Some("16\n"), "";
    "eval a return": ["eval", "if (1 < 2) return 'early'; 5"] => 0, Some("early\n"), "";
    "eval a function": ["eval", "function f(n: number): number { return n < 2 ? n : f(n - 1) + f(n - 2); } f(20)"] => 0, Some("6765\n"), "";
    "eval output first": ["eval", "console.log(1); 2"] => 0, Some("1\n2\n"), "";
    "eval nothing": ["eval", "let x = 1;"] => 0, Some(""), "";
    "eval an error": ["eval", "throw new Error('no')"] => 1, Some(""), "Error: no";
    "eval refused": ["eval", "const n: number = 'a'"] => 2, Some(""), "error";
    "eval a fragment": ["eval", "("] => 2, Some(""), "error";
    "dump tokens": ["dump", "tokens", "good.raya"] => 0, None, "";
    "dump ast": ["dump", "ast", "good.raya"] => 0, None, "";
    "dump types": ["dump", "types", "good.raya"] => 0, None, "";
    "dump ir": ["dump", "ir", "good.raya"] => 0, None, "";
    "dump bytecode": ["dump", "bytecode", "good.raya"] => 0, None, "";
    "dump clif": ["dump", "clif", "good.raya"] => 0, None, "";
    "dump asm": ["dump", "asm", "good.raya"] => 0, None, "";
    "dump an unknown stage": ["dump", "dreams", "good.raya"] => 2, Some(""), "dreams";
    "dump refused": ["dump", "bytecode", "bad.raya"] => 2, None, "bad.raya:2:";
    "help": ["--help"] => 0, None, "";
    "version": ["--version"] => 0, None, "";
    "no command": [] => 2, Some(""), "Usage";
    "unknown command": ["fly"] => 2, Some(""), "fly";
}

impl Case {
    /// Runs the command line.
    ///
    /// # Errors
    /// When it does not do what it should.
    pub fn check(&self, setup: &Setup) -> Result<(), String> {
        let scratch = Scratch::new(&format!("command {}", self.name))?;
        for (name, text) in FILES {
            scratch.write(name, text.as_bytes())?;
        }
        let args: Vec<String> = self.args.iter().map(|&arg| arg.to_owned()).collect();
        let outcome = scratch.run(&setup.raya, &args)?;
        let (stdout, stderr) = (outcome.stdout_text(), outcome.stderr_text());
        let right = outcome.end == End::Exit(self.exit)
            && self.stdout.is_none_or(|expected| expected == stdout)
            && stderr.contains(self.stderr)
            && (self.stderr.is_empty() == stderr.is_empty());
        if right {
            return Ok(());
        }
        Err(format!(
            "  {}; expected exit status {}, output {:?}, error {:?}\n{}{}",
            outcome.end.describe(),
            self.exit,
            self.stdout.unwrap_or("(any)"),
            self.stderr,
            fixture::indented(&stdout, 10),
            fixture::indented(&stderr, 20)
        ))
    }
}
