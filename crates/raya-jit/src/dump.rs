//! Text of compiled code that does not change from run to run.
//!
//! Machine code and CLIF name records and helpers by address. Here the addresses
//! become names, so that dumps can be compared and read.

use crate::snapshot::Snapshot;
use crate::translate::Linkage;
use raya_runtime::caches::CacheCell;
use raya_runtime::helpers::HelperId as Helper;
use rustc_hash::FxHashMap;

/// Smallest number that is taken for an address; larger ones than [`LAST`] are tagged
/// words.
const FIRST: u64 = 1 << 28;
const LAST: u64 = 1 << 47;

/// Names by address.
#[derive(Debug, Default)]
pub struct Names {
    known: FxHashMap<u64, String>,
}

impl Names {
    /// The names that a job's code may use.
    pub fn of(snapshot: &Snapshot, linkage: &Linkage) -> Names {
        let mut names = Names::default();
        for helper in Helper::ALL {
            let address = linkage.helpers[*helper as usize];
            names.add(address, helper.info().name.to_owned());
        }
        for (kind, address) in ["f64", "i32", "i32", "word"].iter().zip(linkage.exits) {
            names.add(address, format!("exit_{kind}"));
        }
        for native in raya_bytecode::NATIVES {
            if let Some(&address) = linkage.natives.get(&native.id) {
                names.add(address, native.name.to_owned());
            }
        }
        names.add(linkage.exit_osr, "exit_osr".to_owned());
        names.add(linkage.interpret, "interpret".to_owned());
        names.add(linkage.jit, "jit".to_owned());
        names.add_snapshot(snapshot);
        names
    }

    fn add(&mut self, address: usize, name: String) {
        self.known.entry(address as u64).or_insert(name);
    }

    fn add_snapshot(&mut self, snapshot: &Snapshot) {
        self.add(snapshot.info, format!("func:{}", snapshot.name));
        let module = &snapshot.module;
        for (id, fact) in &snapshot.funcs {
            let name = module.str(module.functions[*id as usize].name);
            self.add(fact.info, format!("func:{name}"));
        }
        for (id, fact) in &snapshot.classes {
            let name = module.str(module.classes[*id as usize].name);
            self.add(fact.info, format!("class:{name}"));
        }
        for (id, fact) in &snapshot.descs {
            self.add(fact.desc, format!("type:{id}"));
        }
        for (id, fact) in &snapshot.props {
            self.add(fact.site, format!("member:{id}"));
        }
        for (id, fact) in &snapshot.methods {
            self.add(fact.site, format!("method:{id}"));
        }
        for (k, pc) in snapshot.cache_pcs.iter().enumerate() {
            self.add(
                snapshot.caches + k * size_of::<CacheCell>(),
                format!("cell:{pc}"),
            );
        }
        for inline in snapshot.inlines.values() {
            for target in &inline.targets {
                self.add_snapshot(target);
            }
        }
    }

    /// Replaces every address in `text` by `@name`.
    pub fn apply(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find("0x") {
            let digits = &rest[at + 2..];
            let len = digits
                .find(|c: char| !c.is_ascii_hexdigit() && c != '_')
                .unwrap_or(digits.len());
            let number = u64::from_str_radix(&digits[..len].replace('_', ""), 16);
            out.push_str(&rest[..at]);
            match number {
                Ok(n) if (FIRST..LAST).contains(&n) => {
                    out.push('@');
                    out.push_str(self.known.get(&n).map_or("data", String::as_str));
                }
                _ => out.push_str(&rest[at..at + 2 + len]),
            }
            rest = &digits[len..];
        }
        out.push_str(rest);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_names() {
        let mut names = Names::default();
        names.add(0x5555_1234_5678, "poll".to_owned());
        let text =
            "v1 = iconst.i64 0x5555_1234_5678; v2 = iconst.i64 -16; 0x10(%rsp); 0x7fff_0000_0010";
        let want = "v1 = iconst.i64 @poll; v2 = iconst.i64 -16; 0x10(%rsp); @data";
        assert_eq!(names.apply(text), want);
    }
}
