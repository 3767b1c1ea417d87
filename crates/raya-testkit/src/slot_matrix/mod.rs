//! Programs made from the slot table, as Raya and as Python.
//!
//! Every slot is tried on classes that have its method themselves, inherit it, override it,
//! refuse with `NotImplemented`, throw, get it while the program runs, or lack it, and binary
//! ones on every pair of such operands and numbers. The programs are fixtures: both texts and
//! what Python prints are committed, and a test compares the texts with what is made here, so
//! that a new slot cannot be left out.

mod pairs;
mod single;

use std::fs;
use std::path::Path;

/// A program in both languages.
#[derive(Debug, Default)]
pub struct Twin {
    /// For Raya.
    pub raya: String,
    /// For Python.
    pub python: String,
}

impl Twin {
    fn new(about: &str) -> Twin {
        let mut twin = Twin::default();
        twin.raya.push_str(&format!("// {about}\n{RAYA_HELPERS}"));
        twin.python
            .push_str(&format!("\"\"\"{about}\"\"\"\n{PYTHON_HELPERS}"));
        twin
    }

    /// The same thing said in both languages.
    fn say(&mut self, raya: &str, python: &str) {
        self.raya.push_str(raya);
        self.raya.push('\n');
        self.python.push_str(python);
        self.python.push('\n');
    }

    /// A method of a class whose head is written: parameters without the receiver, and what it
    /// does, a statement in both languages.
    fn method(&mut self, name: &str, params: &[&str], raya: &str, python: &str) {
        let typed: Vec<String> = params.iter().map(|p| format!("{p}: any")).collect();
        let own = match name {
            "__str__" => "toString",
            "__init__" => "constructor",
            other => other,
        };
        let all: Vec<&str> = std::iter::once(&"self").chain(params).copied().collect();
        self.say(
            &format!("  {own}({}): any {{ {raya} }}", typed.join(", ")),
            &format!("    def {name}({}):\n        {python}", all.join(", ")),
        );
    }

    /// The head of a class.
    fn class(&mut self, name: &str, base: &str) {
        let (extends, of) = match base {
            "" => (String::new(), String::new()),
            base => (format!(" extends {base}"), format!("({base})")),
        };
        self.say(
            &format!("class {name}{extends} {{"),
            &format!("class {name}{of}:\n    pass"),
        );
    }

    /// The end of a class.
    fn end(&mut self) {
        self.say("}", "");
    }
}

const RAYA_HELPERS: &str = r#"function attempt(label: string, f: () => any): void {
  try {
    console.log(`${label}: ${f()}`);
  } catch (e) {
    console.log(`${label}: ${(e as any).__class__.__name__}: ${(e as any).message}`);
  }
}
function kind(label: string, f: () => any): void {
  try {
    console.log(`${label}: ${f()}`);
  } catch (e) {
    console.log(`${label}: ${(e as any).__class__.__name__}`);
  }
}
"#;

const PYTHON_HELPERS: &str = r#"

def show(v):
    if v is None or v is True or v is False:
        return {None: "null", True: "true", False: "false"}[v]
    return str(v)


def attempt(label, f):
    try:
        v = f()
        print(f"{label}: {v if isinstance(v, str) else show(v)}")
    except Exception as e:
        print(f"{label}: {type(e).__name__}: {e}")


def kind(label, f):
    try:
        v = f()
        print(f"{label}: {v if isinstance(v, str) else show(v)}")
    except Exception as e:
        print(f"{label}: {type(e).__name__}")


"#;

/// The programs by the names of their fixtures.
pub fn programs() -> Vec<(&'static str, Twin)> {
    vec![
        ("slots_binary", pairs::binary()),
        ("slots_in_place", pairs::in_place()),
        ("slots_compare", pairs::compare()),
        ("slots_single", single::single()),
    ]
}

/// Writes the programs among the fixtures.
///
/// # Errors
/// When a file cannot be written.
pub fn write(root: &Path) -> Result<(), String> {
    for (name, twin) in programs() {
        let file = root.join("fixtures/object_model").join(name);
        for (extension, text) in [("raya", &twin.raya), ("py", &twin.python)] {
            let file = file.with_extension(extension);
            fs::write(&file, text).map_err(|e| format!("{}: {e}", file.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixtures_are_those_of_the_slot_table() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/object_model");
        for (name, twin) in programs() {
            for (extension, text) in [("raya", &twin.raya), ("py", &twin.python)] {
                let file = folder.join(name).with_extension(extension);
                let committed = fs::read_to_string(&file).unwrap_or_default();
                assert!(
                    committed == *text,
                    "{} is out of date: run `raya-testkit slots` and `raya-testkit twins --write`",
                    file.display()
                );
            }
        }
    }
}
