//! All installed code, by address and by site number.
//!
//! Owns the code area. Code that was replaced stays here (and in memory) until the
//! engine knows that no activation is in it.

use super::blob::Blob;
use super::memory::CodeMemory;
use super::object::CodeObject;
use crate::compile::Compiled;
use crate::error::JitError;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Installed code. See the module's header.
#[derive(Debug)]
pub struct Registry {
    area: CodeMemory,
    by_start: BTreeMap<usize, Arc<CodeObject>>,
    by_site: BTreeMap<u32, Arc<CodeObject>>,
    /// Thunks into the interpreter by function.
    thunks: BTreeMap<usize, usize>,
}

impl Registry {
    /// An empty registry with an area of at most `cap` bytes.
    pub fn new(cap: usize) -> Result<Registry, JitError> {
        Ok(Registry {
            area: CodeMemory::new(cap)?,
            by_start: BTreeMap::new(),
            by_site: BTreeMap::new(),
            thunks: BTreeMap::new(),
        })
    }

    /// Places the code of a job.
    pub fn install(
        &mut self,
        func: usize,
        name: &str,
        site_base: u32,
        compiled: Compiled,
    ) -> Result<Arc<CodeObject>, JitError> {
        let (range, addresses) = compiled.blob.place(&mut self.area)?;
        let mut returns: Vec<(usize, u32)> = (compiled.returns.iter())
            .map(|r| (addresses[r.piece] + r.offset as usize, r.site))
            .collect();
        returns.sort_unstable();
        let start = self.area.address(&range);
        let object = Arc::new(CodeObject {
            func,
            name: name.into(),
            range,
            start,
            entries: compiled.kinds.into_iter().zip(addresses).collect(),
            site_base,
            tables: compiled.tables,
            returns,
            micros: compiled.micros,
        });
        self.by_start.insert(start, object.clone());
        self.by_site.insert(site_base, object.clone());
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

    /// Forgets code in which no activation is any more, and reuses its memory.
    pub fn release(&mut self, object: &Arc<CodeObject>) -> Option<()> {
        let known = self.by_start.remove(&object.start)?;
        self.by_site.remove(&object.site_base);
        drop(known);
        Some(())
    }

    /// Gives the memory of a released object back. Fails while somebody still refers to it.
    pub fn reclaim(&mut self, object: Arc<CodeObject>) -> Result<(), Arc<CodeObject>> {
        let object = Arc::try_unwrap(object)?;
        self.area.release(object.range);
        Ok(())
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
