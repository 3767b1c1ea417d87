//! Jump resolution: fills in offsets and widens jumps that do not fit.
//!
//! Every jump starts short. A conditional jump whose target is out of reach becomes
//! `jump +2; jump +2; jump-wide target`; unconditional ones have a wide form of the
//! same length. Widening moves code, so it is repeated until nothing changes.

use super::emit::Code;
use crate::ir::BlockId;
use raya_bytecode::{Handler, Instr, Op};

/// A jump to a block.
#[derive(Clone, Copy, Debug)]
pub struct Fixup {
    /// The instruction.
    pub pc: u32,
    /// Where it goes.
    pub target: BlockId,
    /// Unconditional: its wide form has the same length.
    pub plain: bool,
}

/// Resolves all jumps.
pub fn resolve(code: &mut Code, handlers: &mut [Handler], fixups: &[Fixup], blocks: &mut [u32]) {
    let mut fixups = fixups.to_vec();
    let mut far = vec![false; fixups.len()];
    // Everything in reach: the usual case needs no second look.
    loop {
        let mut grown: Vec<u32> = Vec::new();
        for (f, far) in fixups.iter().zip(&mut far) {
            let offset = i64::from(blocks[f.target.index()]) - i64::from(f.pc);
            if !*far && i16::try_from(offset).is_err() {
                *far = true;
                if !f.plain {
                    grown.push(f.pc);
                }
            }
        }
        if grown.is_empty() {
            break;
        }
        insert_wide(code, handlers, &mut fixups, blocks, &grown);
    }
    for (f, &far) in fixups.iter().zip(&far) {
        patch(&mut code.code, f, blocks[f.target.index()], far);
    }
}

fn patch(code: &mut [Instr], f: &Fixup, target: u32, far: bool) {
    let pc = f.pc as usize;
    if !far {
        code[pc].c = (i64::from(target) - i64::from(f.pc)) as i16 as u16;
        return;
    }
    let back = code[pc].op.flags().loop_;
    let wide = if back { Op::LoopWide } else { Op::JumpWide };
    let at = if f.plain {
        pc
    } else {
        code[pc].c = 2;
        code[pc + 1] = Instr::new(Op::Jump, 0, 0, 2);
        pc + 2
    };
    // The conditional back-edge itself has polled already: its target is two ahead.
    let offset = (i64::from(target) - at as i64) as i32 as u32;
    code[at] = Instr::new(wide, 0, offset as u16, (offset >> 16) as u16);
}

/// Makes room for two instructions after each pc of `grown` (sorted).
fn insert_wide(
    code: &mut Code,
    handlers: &mut [Handler],
    fixups: &mut [Fixup],
    blocks: &mut [u32],
    grown: &[u32],
) {
    let mut grown = grown.to_vec();
    grown.sort_unstable();
    let moved = |pc: u32| pc + 2 * grown.partition_point(|&g| g < pc) as u32;
    let mut out = Vec::with_capacity(code.code.len() + 2 * grown.len());
    let mut rest = grown.iter().peekable();
    for (pc, &instr) in code.code.iter().enumerate() {
        out.push(instr);
        if rest.peek() == Some(&&(pc as u32)) {
            rest.next();
            out.push(Instr::new(Op::Nop, 0, 0, 0));
            out.push(Instr::new(Op::Nop, 0, 0, 0));
        }
    }
    // A jump over a local back-edge (`if c +2`) never grows: it carries no fixup.
    code.code = out;
    fixups.iter_mut().for_each(|f| f.pc = moved(f.pc));
    blocks.iter_mut().for_each(|b| *b = moved(*b));
    code.positions.iter_mut().for_each(|p| p.pc = moved(p.pc));
    for l in &mut code.loops {
        l.header = moved(l.header);
        l.back_edge = moved(l.back_edge);
    }
    for h in handlers {
        h.start = moved(h.start);
        h.end = moved(h.end);
        h.target = moved(h.target);
    }
}
