//! Input that no program should be: each case must end in a clear error and the right
//! exit status, never in a crash, a hang or an internal error.
//!
//! The inputs are made here, when they are needed, because they are large or no text.

use std::path::Path;

use crate::docs::Scratch;
use crate::fixture;
use crate::process::End;
use crate::suite::Setup;

/// One bad input.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The case's name.
    pub name: &'static str,
    /// What is run, and how.
    input: Input,
    /// The exit status.
    exit: i32,
    /// A fragment of standard error, or of standard output when the status is 0.
    says: &'static str,
}

#[derive(Clone, Copy, Debug)]
enum Input {
    /// A file that holds what the function makes.
    File(fn() -> Vec<u8>),
    /// As `File`, with more flags.
    Flags(&'static [&'static str], fn() -> Vec<u8>),
    /// A folder in place of a file.
    Folder,
    /// A file that does not exist.
    Nothing,
}

const DEEP: usize = 100_000;

/// All cases.
pub const CASES: &[Case] = &[
    Case {
        name: "empty file",
        input: Input::File(Vec::new),
        exit: 0,
        says: "",
    },
    Case {
        name: "only comments",
        input: Input::File(|| b"// nothing\n/* at all */".to_vec()),
        exit: 0,
        says: "",
    },
    Case {
        name: "folder",
        input: Input::Folder,
        exit: 2,
        says: "input.raya",
    },
    Case {
        name: "unknown file",
        input: Input::Nothing,
        exit: 2,
        says: "input.raya",
    },
    Case {
        name: "binary garbage",
        input: Input::File(garbage),
        exit: 2,
        says: "input.raya",
    },
    Case {
        name: "not UTF-8",
        input: Input::File(|| b"console.log(\"\xff\xfe\");".to_vec()),
        exit: 2,
        says: "UTF-8",
    },
    Case {
        name: "zero bytes",
        input: Input::File(|| vec![0; 4096]),
        exit: 2,
        says: "input.raya",
    },
    Case {
        name: "byte order mark",
        input: Input::File(|| b"\xef\xbb\xbfconsole.log(1);".to_vec()),
        exit: 0,
        says: "1",
    },
    Case {
        name: "nested parentheses",
        input: Input::File(|| nested("(", "1", ")")),
        exit: 2,
        says: "nest",
    },
    Case {
        name: "nested brackets",
        input: Input::File(|| nested("[", "", "]")),
        exit: 2,
        says: "nest",
    },
    Case {
        name: "nested braces",
        input: Input::File(|| nested_statements("{", "}")),
        exit: 2,
        says: "nest",
    },
    Case {
        name: "nested objects",
        input: Input::File(|| nested("{a:", "1", "}")),
        exit: 2,
        says: "nest",
    },
    Case {
        name: "nested calls",
        input: Input::File(|| nested("f(", "1", ")")),
        exit: 2,
        says: "nest",
    },
    Case {
        name: "nested templates",
        input: Input::File(|| nested("`${", "1", "}`")),
        exit: 2,
        says: "nest",
    },
    Case {
        name: "nested functions",
        input: Input::File(|| nested("() => ", "1", "")),
        exit: 2,
        says: "nest",
    },
    Case {
        name: "nested types",
        input: Input::File(nested_types),
        exit: 2,
        says: "nest",
    },
    Case {
        name: "nested loops",
        input: Input::File(|| nested_statements("while (1) ", "")),
        exit: 2,
        says: "nest",
    },
    Case {
        name: "chained minus",
        input: Input::File(|| nested("- ", "1", "")),
        exit: 2,
        says: "nest",
    },
    Case {
        name: "open brackets",
        input: Input::File(|| "(".repeat(DEEP).into_bytes()),
        exit: 2,
        says: "input.raya",
    },
    Case {
        name: "closing brackets",
        input: Input::File(|| ")".repeat(DEEP).into_bytes()),
        exit: 2,
        says: "input.raya:1:1",
    },
    Case {
        name: "long sum",
        input: Input::File(long_sum),
        exit: 0,
        says: "",
    },
    Case {
        name: "many errors",
        input: Input::File(|| "let = ;\n".repeat(20_000).into_bytes()),
        exit: 2,
        says: "input.raya:1:",
    },
    Case {
        name: "line of 10 MB",
        input: Input::File(long_line),
        exit: 0,
        says: "10485760",
    },
    Case {
        name: "name of 1 MB",
        input: Input::File(long_name),
        exit: 0,
        says: "7",
    },
    Case {
        name: "infinite recursion",
        input: Input::File(recursion),
        exit: 1,
        says: "RangeError",
    },
    Case {
        name: "infinite allocation",
        input: Input::Flags(&["--max-heap", "64M"], allocation),
        exit: 1,
        says: "heap",
    },
    Case {
        name: "caught allocation",
        input: Input::Flags(&["--max-heap", "64M"], caught_allocation),
        exit: 0,
        says: "caught",
    },
    Case {
        name: "infinite string",
        input: Input::Flags(&["--max-heap", "64M"], string_growth),
        exit: 1,
        says: "",
    },
];

/// Bytes of a fixed pseudo-random sequence, as a file of machine code might hold.
fn garbage() -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    (0..65_536)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        })
        .collect()
}

fn nested(open: &str, inner: &str, close: &str) -> Vec<u8> {
    format!(
        "let x = {}{inner}{};\n",
        open.repeat(DEEP),
        close.repeat(DEEP)
    )
    .into_bytes()
}

fn nested_statements(open: &str, close: &str) -> Vec<u8> {
    format!("{};{}\n", open.repeat(DEEP), close.repeat(DEEP)).into_bytes()
}

fn nested_types() -> Vec<u8> {
    format!("let x: {}number{};\n", "(".repeat(DEEP), ")".repeat(DEEP)).into_bytes()
}

/// Left-nested without any bracket: it must either work or be refused for its depth.
fn long_sum() -> Vec<u8> {
    format!("const one = 1;\nconst sum = {}0;\n", "one + ".repeat(2_000)).into_bytes()
}

fn long_line() -> Vec<u8> {
    format!("console.log(\"{}\".length);\n", "x".repeat(10 << 20)).into_bytes()
}

fn long_name() -> Vec<u8> {
    let name = "n".repeat(1 << 20);
    format!("const {name} = 7;\nconsole.log({name});\n").into_bytes()
}

fn recursion() -> Vec<u8> {
    b"function f(n: number): number {\n  return f(n + 1) + 1;\n}\nf(0);\n".to_vec()
}

fn allocation() -> Vec<u8> {
    b"const all: number[][] = [];\nwhile (true) all.push([1, 2, 3]);\n".to_vec()
}

fn caught_allocation() -> Vec<u8> {
    b"function fill(): void {\n  const all: string[][] = [];\n  while (true) all.push([\"a\", \"b\"]);\n}\n\
      for (let i = 0; i < 3; i++) {\n  try {\n    fill();\n  } catch (e) {\n    console.log(\"caught\");\n  }\n}\n"
        .to_vec()
}

fn string_growth() -> Vec<u8> {
    b"let s = \"grow\";\nwhile (true) {\n  s += s;\n  s.indexOf(\"x\");\n}\n".to_vec()
}

impl Case {
    /// Runs the case in every mode.
    ///
    /// # Errors
    /// When it does not end as it must.
    pub fn check(&self, setup: &Setup) -> Result<(), String> {
        let scratch = Scratch::new(self.name)?;
        let (flags, runs) = self.prepare(&scratch)?;
        let modes = if runs {
            &setup.modes[..]
        } else {
            &setup.modes[..1]
        };
        for &mode in modes {
            if mode.name == "gc-stress" && !flags.is_empty() {
                // Collecting a full heap at every thirteenth allocation takes minutes.
                continue;
            }
            let mut args = vec!["run".to_owned()];
            args.extend(mode.flags.iter().map(|&flag| flag.to_owned()));
            args.extend(flags.iter().map(|&flag| flag.to_owned()));
            args.push("input.raya".to_owned());
            let outcome = scratch.run(&setup.raya, &args)?;
            let (stdout, stderr) = (outcome.stdout_text(), outcome.stderr_text());
            let text = if self.exit == 0 { &stdout } else { &stderr };
            let silent = self.exit != 0 && stderr.trim().is_empty();
            if outcome.end != End::Exit(self.exit) || !text.contains(self.says) || silent {
                return Err(format!(
                    "in {}:\n  {} instead of exit status {} with {:?}\n{}{}",
                    mode.name,
                    outcome.end.describe(),
                    self.exit,
                    self.says,
                    fixture::indented(&stdout, 10),
                    fixture::indented(&stderr, 20),
                ));
            }
        }
        Ok(())
    }

    /// Makes the input; gives the flags, and whether the program gets as far as running.
    fn prepare(&self, scratch: &Scratch) -> Result<(&'static [&'static str], bool), String> {
        let runs = self.exit == 1 || !self.says.is_empty() && self.exit == 0;
        match self.input {
            Input::File(make) => scratch
                .write("input.raya", &make())
                .map(|_| (&[][..], runs)),
            Input::Flags(flags, make) => {
                scratch.write("input.raya", &make()).map(|_| (flags, runs))
            }
            Input::Folder => {
                make_folder(&scratch.path().join("input.raya")).map(|()| (&[][..], false))
            }
            Input::Nothing => Ok((&[][..], false)),
        }
    }
}

fn make_folder(path: &Path) -> Result<(), String> {
    std::fs::create_dir_all(path).map_err(|error| format!("{}: {error}", path.display()))
}
