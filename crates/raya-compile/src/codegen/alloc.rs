//! Register allocation: every virtual register gets a frame slot.
//!
//! Linear scan over intervals in order of their start. A slot has one declared type
//! for the whole function, so only registers of exactly that type share it. Ordinary
//! registers come first; windows lie above all of them, because the callee's registers
//! begin at a call's first argument and cover whatever is above. Windows are allocated
//! when the first register that lives in them appears, together with the windows that
//! their results are arguments of, so that nested calls need no moves. A register in a
//! window that another call would overwrite becomes an ordinary one, and the function is
//! allocated anew.
//!
//! Invariant: at every point, registers that are live there have distinct slots, no live
//! register lies in a window that is being filled, and none above the base of a call.

use super::intervals::Intervals;
use super::windows::{Shape, Windows};
use crate::ir::{Func, VReg};
use raya_bytecode::{Receiver, TypeId};
use rustc_hash::FxHashMap;

/// Where everything lies.
#[derive(Debug)]
pub struct Allocation {
    /// Slot of each virtual register; `u32::MAX` if it is never live.
    pub slot: Vec<u32>,
    /// Declared type of each slot; none where only frame headers lie.
    pub types: Vec<Option<TypeId>>,
    /// The windows with their bases.
    pub windows: Windows,
}

/// No slot.
pub const NONE: u32 = u32::MAX;

struct Allocator<'a> {
    func: &'a Func,
    intervals: &'a Intervals,
    windows: Windows,
    slot: Vec<u32>,
    types: Vec<Option<TypeId>>,
    /// First point at which each slot is free again.
    free_from: Vec<u32>,
    /// Up to which point each slot holds an argument that waits for its call.
    held: Vec<u32>,
    by_type: FxHashMap<TypeId, Vec<u32>>,
    /// First slot that windows may take.
    first_window: u32,
    /// All slots from here on are free at the point that windows were last placed for.
    top: usize,
}

/// What begins at a point.
enum Event {
    Reg(VReg),
    Window(u32),
}

/// Allocates slots.
pub fn allocate(func: &Func, intervals: &Intervals, mut windows: Windows) -> Allocation {
    loop {
        let allocation = attempt(func, intervals, windows.clone());
        let overwritten = overwritten(intervals, &allocation);
        if overwritten.is_empty() {
            return allocation;
        }
        for reg in overwritten {
            windows.release(reg);
        }
    }
}

/// Registers in windows that a call overwrites while they are live.
fn overwritten(intervals: &Intervals, allocation: &Allocation) -> Vec<VReg> {
    let windows = &allocation.windows;
    let mut found = Vec::new();
    let calls = windows.list.iter().filter(|w| w.shape == Shape::Call);
    let Some(lowest) = calls.filter_map(|w| w.base).min() else {
        return found;
    };
    for (i, interval) in intervals.list.iter().enumerate() {
        let slot = allocation.slot[i];
        // Most registers lie below all windows.
        if slot == NONE || slot < lowest || interval.is_empty() {
            continue;
        }
        // Calls read at an even point and write at the next one.
        let first = windows.list.partition_point(|w| 2 * w.at < interval.start);
        let across = windows.list[first..]
            .iter()
            .take_while(|w| 2 * w.at < interval.end);
        let mut calls = across.filter(|w| w.shape == Shape::Call);
        if calls.any(|w| w.base.is_some_and(|base| slot >= base)) {
            found.push(VReg(i as u32));
        }
    }
    found
}

/// Allocates with these pins, which may turn out not to hold.
fn attempt(func: &Func, intervals: &Intervals, windows: Windows) -> Allocation {
    let mut a = Allocator {
        func,
        intervals,
        windows,
        slot: vec![NONE; func.regs.len()],
        types: Vec::new(),
        free_from: Vec::new(),
        held: Vec::new(),
        by_type: FxHashMap::default(),
        first_window: 0,
        top: 0,
    };
    for p in 0..func.params {
        let slot = a.grow(Some(func.regs[p as usize].ty));
        // The closure stays where it is: captures are read from it by position.
        let forever = p == 0 && matches!(func.receiver, Receiver::Closure | Receiver::ClosureThis);
        let end = if forever {
            u32::MAX - 1
        } else {
            intervals.list[p as usize].end
        };
        a.occupy(slot, end);
        a.slot[p as usize] = slot;
    }
    let (ordinary, in_windows) = a.events();
    for (_, event) in ordinary {
        if let Event::Reg(reg) = event {
            a.place_reg(reg);
        }
    }
    a.first_window = a.types.len() as u32;
    for (_, event) in in_windows {
        match event {
            Event::Reg(reg) => a.place_reg(reg),
            Event::Window(id) => a.place_window(id, 2 * a.windows.list[id as usize].at),
        }
    }
    Allocation {
        slot: a.slot,
        types: a.types,
        windows: a.windows,
    }
}

/// What happens at which position.
type Events = Vec<(u32, Event)>;

impl Allocator<'_> {
    /// The starts of ordinary registers, and those of windows and of registers in them.
    fn events(&self) -> (Events, Events) {
        let mut ordinary = Vec::with_capacity(self.func.regs.len());
        let mut in_windows = Vec::new();
        for (i, interval) in self.intervals.list.iter().enumerate() {
            if i as u32 >= self.func.params && !interval.is_empty() {
                let reg = VReg(i as u32);
                let inside =
                    self.windows.pinned.contains(reg) || self.windows.results.contains(reg);
                let list = if inside {
                    &mut in_windows
                } else {
                    &mut ordinary
                };
                list.push((interval.start, Event::Reg(reg)));
            }
        }
        for (id, w) in self.windows.list.iter().enumerate() {
            in_windows.push((2 * w.at, Event::Window(id as u32)));
        }
        ordinary.sort_by_key(|(point, _)| *point);
        in_windows.sort_by_key(|(point, _)| *point);
        (ordinary, in_windows)
    }

    fn place_reg(&mut self, reg: VReg) {
        let interval = self.intervals.list[reg.index()];
        if let Some((window, position)) = self.windows.pinned.get(reg) {
            self.place_window(window, interval.start);
            let w = &self.windows.list[window as usize];
            let slot = w.base.unwrap_or_default() + w.shape.offset() + position;
            // A result may have been refused its place in the outer window.
            if self.windows.pinned.contains(reg)
                && !self.is_clobbered(slot, interval.start, interval.end)
            {
                self.held[slot as usize] = self.held[slot as usize].max(interval.end);
                self.slot[reg.index()] = slot;
                return;
            }
            self.windows.pinned.remove(reg);
        }
        if let Some(window) = self.windows.results.get(reg)
            && let Some(base) = self.windows.list[window as usize].base
        {
            self.occupy(base, interval.end);
            self.slot[reg.index()] = base;
            return;
        }
        let ty = self.func.reg(reg).ty;
        let slot = self.free_slot(ty, interval.start);
        self.occupy(slot, interval.end);
        self.slot[reg.index()] = slot;
    }

    /// Whether a call strictly inside an interval uses a slot in its own window, or
    /// another argument waits there.
    fn is_clobbered(&self, slot: u32, start: u32, end: u32) -> bool {
        if self.held[slot as usize] > start {
            return true;
        }
        let list = &self.windows.list;
        let first = list.partition_point(|w| 2 * w.at < start);
        let inside = list[first..].iter().take_while(|w| 2 * w.at < end);
        for (i, w) in inside.enumerate() {
            let len = self.windows.len((first + i) as u32);
            if let Some(base) = w.base
                && (base..base + len).contains(&slot)
            {
                return true;
            }
        }
        false
    }

    fn free_slot(&mut self, ty: TypeId, start: u32) -> u32 {
        if let Some(list) = self.by_type.get(&ty)
            && let Some(&slot) = list.iter().find(|&&s| self.free_from[s as usize] <= start)
        {
            return slot;
        }
        self.grow(Some(ty))
    }

    fn grow(&mut self, ty: Option<TypeId>) -> u32 {
        let slot = self.types.len() as u32;
        self.types.push(None);
        self.free_from.push(0);
        self.held.push(0);
        if let Some(ty) = ty {
            self.declare(slot, ty);
        }
        slot
    }

    fn declare(&mut self, slot: u32, ty: TypeId) {
        if self.types[slot as usize].is_none() {
            self.types[slot as usize] = Some(ty);
            self.by_type.entry(ty).or_default().push(slot);
        }
    }

    fn occupy(&mut self, slot: u32, end: u32) {
        let free = &mut self.free_from[slot as usize];
        *free = (*free).max(end + 1);
        self.top = self.top.max(slot as usize + 1);
    }

    /// Allocates a window at `now`, and before it those that its result is pinned into.
    fn place_window(&mut self, id: u32, now: u32) {
        if self.windows.list[id as usize].base.is_some() {
            return;
        }
        let (chain, forced) = self.chain(id, now);
        let types = self.merge(&chain);
        let base = match forced {
            Some(base) => base,
            None => self.find_run(&types, now),
        };
        self.types.reserve(types.len());
        for (i, ty) in types.iter().enumerate() {
            let slot = base + i as u32;
            while self.types.len() <= slot as usize {
                self.grow(None);
            }
            if let Some(ty) = *ty {
                self.declare(slot, ty);
            }
        }
        let placed: Vec<(u32, u32)> = self.placed(&chain).collect();
        for (w, offset) in placed {
            self.windows.list[w as usize].base = Some(base + offset);
            let end = 2 * self.windows.list[w as usize].at + 1;
            for i in 0..self.windows.len(w) {
                let slot = base + offset + i;
                let free = &mut self.free_from[slot as usize];
                // The base is free for its own result from the write on.
                *free = (*free).max(if i == 0 { end } else { end + 1 });
                self.top = self.top.max(slot as usize + 1);
            }
        }
    }

    /// Windows to allocate together, outermost first, and the base that an already
    /// allocated outer window forces. Cuts pins that cannot be kept.
    fn chain(&mut self, id: u32, now: u32) -> (Vec<u32>, Option<u32>) {
        let mut chain = vec![id];
        let mut inner = id;
        while let Some((outer, position)) = self.windows.list[inner as usize].outer {
            if !self.fits_inside(inner, outer, position) {
                self.cut(inner);
                break;
            }
            if let Some(base) = self.windows.list[outer as usize].base {
                let forced = base + self.windows.list[outer as usize].shape.offset() + position;
                chain.reverse();
                if self.can_force(&chain, forced, outer, now) {
                    return (chain, Some(forced));
                }
                chain.reverse();
                self.cut(inner);
                break;
            }
            let mut joined = chain.clone();
            joined.push(outer);
            joined.reverse();
            if !self.mergeable(&joined) {
                self.cut(inner);
                break;
            }
            chain.push(outer);
            inner = outer;
        }
        chain.reverse();
        (chain, None)
    }

    /// Gives up a result's place in the outer window: it is moved there.
    fn cut(&mut self, inner: u32) {
        let w = &mut self.windows.list[inner as usize];
        w.outer = None;
        if let Some(result) = w.result {
            self.windows.pinned.remove(result);
        }
    }

    /// Later arguments of the outer window must not be filled before the inner call.
    fn fits_inside(&self, inner: u32, outer: u32, position: u32) -> bool {
        let call = 2 * self.windows.list[inner as usize].at;
        let args = self.windows.list[outer as usize].args;
        let later = &self.func.args(args)[position as usize + 1..];
        later.iter().all(|arg| {
            !self.windows.pinned.contains(*arg) || self.intervals.list[arg.index()].start > call
        })
    }

    fn can_force(&self, chain: &[u32], base: u32, outer: u32, now: u32) -> bool {
        if !self.mergeable(chain) {
            return false;
        }
        let w = &self.windows.list[outer as usize];
        let outer_end = w.base.unwrap_or_default() + self.windows.len(outer);
        let types = self.merge(chain);
        types.iter().enumerate().all(|(i, ty)| {
            let slot = base as usize + i;
            let Some(&declared) = self.types.get(slot) else {
                return true;
            };
            let typed = ty.is_none() || declared.is_none() || declared == *ty;
            let free = (slot as u32) < outer_end || self.free_from[slot] <= now;
            typed && free && self.held[slot] <= now
        })
    }

    fn mergeable(&self, chain: &[u32]) -> bool {
        // The windows of one instruction have no slot twice.
        if chain.len() == 1 {
            return true;
        }
        let mut types: Vec<Option<TypeId>> = Vec::new();
        let mut ok = true;
        self.each_slot(chain, |i, ty| {
            if types.len() <= i {
                types.resize(i + 1, None);
            }
            match (types[i], ty) {
                (Some(old), Some(new)) if old != new => ok = false,
                (None, Some(_)) => types[i] = ty,
                _ => {}
            }
        });
        ok
    }

    /// The types of the slots that a chain covers.
    fn merge(&self, chain: &[u32]) -> Vec<Option<TypeId>> {
        let mut types = Vec::with_capacity(8);
        self.each_slot(chain, |i, ty| {
            if types.len() <= i {
                types.resize(i + 1, None);
            }
            types[i] = types[i].or(ty);
        });
        types
    }

    /// The windows of a chain with their offsets in it.
    fn placed<'w>(&'w self, chain: &'w [u32]) -> impl Iterator<Item = (u32, u32)> + 'w {
        let list = &self.windows.list;
        let mut offset = 0;
        chain.iter().enumerate().map(move |(i, &w)| {
            if i > 0 {
                let (outer, position) = list[w as usize].outer.unwrap_or((0, 0));
                offset += list[outer as usize].shape.offset() + position;
            }
            (w, offset)
        })
    }

    /// Calls `f` for every slot of every window with its place in the chain.
    fn each_slot(&self, chain: &[u32], mut f: impl FnMut(usize, Option<TypeId>)) {
        for (w, offset) in self.placed(chain) {
            for slot in 0..self.windows.len(w) {
                let ty = self.windows.slot_type(self.func, w, slot);
                f((offset + slot) as usize, ty);
            }
        }
    }

    /// The lowest run of slots above everything that lives in windows now, typed as asked;
    /// at the end of the frame if there is none.
    /// Points come in order, so that what is free stays so until it is taken again.
    fn find_run(&mut self, types: &[Option<TypeId>], now: u32) -> u32 {
        if types.is_empty() {
            return 0;
        }
        let frame = self.types.len();
        let first = self.first_window as usize;
        while self.top > first && self.free_from[self.top - 1] <= now {
            self.top -= 1;
        }
        let lowest = self.top.max(first);
        let fits = |base: usize| {
            types.iter().enumerate().all(|(i, ty)| {
                let slot = base + i;
                slot >= frame
                    || (self.free_from[slot] <= now
                        && (ty.is_none() || self.types[slot].is_none() || self.types[slot] == *ty))
            })
        };
        (lowest..frame).find(|&b| fits(b)).unwrap_or(frame) as u32
    }
}
