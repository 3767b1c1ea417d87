//! All installed code, by address and by site number.
//!
//! Owns the code area. Code that was replaced stays here (and in memory) until the
//! engine knows that no activation is in it.

use super::blob::Blob;
use super::memory::CodeMemory;
use super::object::CodeObject;
use crate::compile::{Compiled, Request};
use crate::error::JitError;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicU8;

/// Installed code. See the module's header.
#[derive(Debug)]
pub struct Registry {
    area: CodeMemory,
    by_start: BTreeMap<usize, Arc<CodeObject>>,
    by_site: BTreeMap<u32, Arc<CodeObject>>,
    /// Thunks into the interpreter by function.
    thunks: BTreeMap<usize, usize>,
    /// Code that is not entered any more, but may still be active.
    retired: Vec<Arc<CodeObject>>,
}

/// What code is, beside the code.
#[derive(Debug)]
pub struct About {
    /// Address of the function's `FuncInfo`.
    pub func: usize,
    /// Its name.
    pub name: Box<str>,
    /// Which entries.
    pub request: Request,
    /// First number of its sites and exits.
    pub site_base: u32,
    /// Its valid byte.
    pub valid: Arc<AtomicU8>,
}

impl Registry {
    /// An empty registry with an area of at most `cap` bytes.
    pub fn new(cap: usize) -> Result<Registry, JitError> {
        Ok(Registry {
            area: CodeMemory::new(cap)?,
            by_start: BTreeMap::new(),
            by_site: BTreeMap::new(),
            thunks: BTreeMap::new(),
            retired: Vec::new(),
        })
    }

    /// Places the code of a job.
    pub fn install(
        &mut self,
        about: About,
        compiled: Compiled,
    ) -> Result<Arc<CodeObject>, JitError> {
        let (range, addresses) = compiled.blob.place(&mut self.area)?;
        let mut returns: Vec<(usize, u32)> = (compiled.returns.iter())
            .map(|r| (addresses[r.piece] + r.offset as usize, r.site))
            .collect();
        returns.sort_unstable();
        let start = self.area.address(&range);
        let object = Arc::new(CodeObject {
            func: about.func,
            name: about.name,
            request: about.request,
            valid: about.valid,
            range,
            start,
            entries: compiled.kinds.into_iter().zip(addresses).collect(),
            site_base: about.site_base,
            tables: compiled.tables,
            returns,
            micros: compiled.micros,
        });
        self.by_start.insert(start, object.clone());
        self.by_site.insert(object.site_base, object.clone());
        Ok(object)
    }

    /// Places the thunk of a function, unless it has one; gives its address.
    pub fn install_thunk(&mut self, func: usize, blob: &Blob) -> Result<usize, JitError> {
        if let Some(&known) = self.thunks.get(&func) {
            return Ok(known);
        }
        // Thunks live as long as the functions that they stand in for.
        let thunk = self.install_forever(blob)?[0];
        self.thunks.insert(func, thunk);
        Ok(thunk)
    }

    /// Places a blob for good; gives the addresses of its functions.
    pub fn install_forever(&mut self, blob: &Blob) -> Result<Vec<usize>, JitError> {
        let (_range, addresses) = blob.place(&mut self.area)?;
        Ok(addresses)
    }

    /// The thunk of a function.
    pub fn thunk(&self, func: usize) -> Option<usize> {
        self.thunks.get(&func).copied()
    }

    /// The code that contains an address.
    pub fn at_address(&self, address: usize) -> Option<&Arc<CodeObject>> {
        let (_, object) = self.by_start.range(..=address).next_back()?;
        (address < object.start + object.range.len()).then_some(object)
    }

    /// The area's addresses.
    pub fn range(&self) -> Range<usize> {
        self.area.range()
    }

    /// Whether an address lies in the area at all (thunks included).
    pub fn owns(&self, address: usize) -> bool {
        self.area.contains(address)
    }

    /// The code that a site or exit number belongs to.
    pub fn at_site(&self, number: u32) -> Option<&Arc<CodeObject>> {
        let (_, object) = self.by_site.range(..=number).next_back()?;
        let count = CodeObject::numbers(&object.tables);
        (number - object.site_base < count).then_some(object)
    }

    /// Takes code over that is not entered any more.
    pub fn retire(&mut self, object: Arc<CodeObject>) {
        self.retired.push(object);
    }

    /// How many pieces of code wait for their last activations.
    pub fn retired(&self) -> usize {
        self.retired.len()
    }

    /// Frees retired code that no activation is in. `words` are all words on stacks that
    /// point into the area, ascending.
    pub fn reclaim(&mut self, words: &[usize]) {
        for object in std::mem::take(&mut self.retired) {
            let end = object.start + object.range.len();
            let first = words.partition_point(|w| *w < object.start);
            // One handle here, two in the maps; more belong to exits that are being taken.
            let active = words.get(first).is_some_and(|w| *w < end);
            if active || Arc::strong_count(&object) > 3 {
                self.retired.push(object);
                continue;
            }
            self.by_start.remove(&object.start);
            self.by_site.remove(&object.site_base);
            if let Some(object) = Arc::into_inner(object) {
                self.area.release(object.range);
            }
        }
    }

    /// Everything installed.
    pub fn objects(&self) -> impl Iterator<Item = &Arc<CodeObject>> {
        self.by_start.values()
    }

    /// Bytes of code.
    pub fn used(&self) -> usize {
        self.area.used()
    }
}
