//! The text of IR, for `raya dump ir` and for tests. Stable: it depends on nothing
//! but the function and the module's tables.

use super::analysis::reverse_postorder;
use super::{Func, Inst, Term};
use crate::tables::Tables;
use raya_bytecode::{OperandKind, Repr, TypeId, show_type};
use std::fmt;

/// A function as text.
pub struct Shown<'a> {
    func: &'a Func,
    tables: &'a Tables,
}

impl<'a> Shown<'a> {
    /// Shows a function of a module.
    pub fn new(func: &'a Func, tables: &'a Tables) -> Self {
        Self { func, tables }
    }

    fn ty(&self, ty: TypeId) -> String {
        show_type(&self.tables.module, ty)
    }

    fn operand(&self, kind: OperandKind, value: u32) -> Option<String> {
        use OperandKind as K;
        let m = &self.tables.module;
        let at = value as usize;
        Some(match kind {
            K::None | K::Base | K::Count | K::Jump | K::Wide | K::WideHi => return None,
            K::Imm => (value as i32).to_string(),
            K::KF => self
                .tables
                .f64_value(value)
                .map_or("?".into(), |v| format!("{v:?}")),
            K::KI => self
                .tables
                .i32_value(value)
                .map_or("?".into(), |v| v.to_string()),
            K::KW => match m.consts.get(at) {
                Some(raya_bytecode::Const::Str(id)) => format!("{:?}", m.str(*id)),
                Some(raya_bytecode::Const::F64(bits)) => format!("{:?}", f64::from_bits(*bits)),
                Some(raya_bytecode::Const::I32(v)) => v.to_string(),
                None => "?".into(),
            },
            K::Type => self.ty(TypeId(value as u16)),
            K::Name => m.strings.get(at).map_or("?".into(), |_| {
                format!("{:?}", m.str(raya_bytecode::StrId(value as u16)))
            }),
            K::Class => m
                .classes
                .get(at)
                .map_or("?".into(), |c| m.str(c.name).into_owned()),
            K::Field => m.fields.get(at).map_or("?".into(), |f| {
                let class = &m.classes[f.class.index()];
                format!("{}.{}", m.str(class.name), m.str(f.name))
            }),
            K::Method => m.methods.get(at).map_or("?".into(), |f| {
                let class = &m.classes[f.class.index()];
                format!("{}.{}", m.str(class.name), m.str(f.name))
            }),
            K::Prop => m
                .props
                .get(at)
                .map_or("?".into(), |p| format!(".{}", m.str(p.name))),
            K::Global => m
                .globals
                .get(at)
                .map_or("?".into(), |g| m.str(g.name).into_owned()),
            K::Native => raya_bytecode::Native::by_id(value as u16)
                .map_or("?".into(), |n| n.name.to_string()),
            K::Func => format!("fn{value}"),
            K::Sig => format!("sig{value}"),
            K::SlotOp => raya_bytecode::SlotOp::from_u16(value as u16)
                .map_or("?".into(), |s| s.slot.spelling().to_string()),
            _ => format!("v{value}"),
        })
    }

    fn inst(&self, f: &mut fmt::Formatter<'_>, inst: &Inst) -> fmt::Result {
        let kinds = inst.op.operands();
        write!(f, "    ")?;
        if super::has_result(inst.op) {
            write!(f, "v{} = ", inst.a)?;
        }
        write!(f, "{}", inst.op.name())?;
        for (i, (kind, value)) in kinds.iter().zip([inst.a, inst.b, inst.c]).enumerate() {
            if i == 0 && kind.is_dest() && !kind.is_source() {
                continue;
            }
            if let Some(text) = self.operand(*kind, value) {
                write!(f, " {text}")?;
            }
        }
        if inst.args.len > 0 {
            let args: Vec<String> = self
                .func
                .args(inst.args)
                .iter()
                .map(|a| format!("v{}", a.0))
                .collect();
            write!(f, " ({})", args.join(", "))?;
        }
        writeln!(f)
    }

    fn term(&self, f: &mut fmt::Formatter<'_>, term: &Term) -> fmt::Result {
        match term {
            Term::Jump(b) => writeln!(f, "    goto b{}", b.0),
            Term::Branch { op, a, b, yes, no } => {
                write!(f, "    {}", op.name())?;
                let [ka, kb, _] = op.operands();
                for (kind, value) in [(ka, a), (kb, b)] {
                    if let Some(text) = self.operand(kind, *value) {
                        write!(f, " {text}")?;
                    }
                }
                writeln!(f, " ? b{} : b{}", yes.0, no.0)
            }
            Term::Table {
                index,
                targets,
                default,
            } => {
                let list: Vec<String> = targets.iter().map(|b| format!("b{}", b.0)).collect();
                writeln!(
                    f,
                    "    table v{} [{}] b{}",
                    index.0,
                    list.join(" "),
                    default.0
                )
            }
            Term::Exit { op, a } if op.operands()[0] != OperandKind::None => {
                writeln!(f, "    {} v{a}", op.name())
            }
            Term::Exit { op, .. } => writeln!(f, "    {}", op.name()),
            Term::Unreachable => writeln!(f, "    unreachable"),
        }
    }
}

fn repr_name(repr: Repr) -> &'static str {
    match repr {
        Repr::F64 => "f64",
        Repr::I32 => "i32",
        Repr::Bool => "bool",
        Repr::Word => "word",
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let func = self.func;
        let name = self.tables.module.str(func.name);
        let params: Vec<String> = (0..func.params)
            .map(|p| format!("v{p}: {}", self.ty(func.regs[p as usize].ty)))
            .collect();
        writeln!(
            f,
            "fn {name}({}) -> {}",
            params.join(", "),
            self.ty(func.ret)
        )?;
        let order = reverse_postorder(func);
        let mut used = vec![false; func.regs.len()];
        for &b in &order {
            let block = &func.blocks[b.index()];
            for inst in &block.insts {
                if let Some(d) = inst.def() {
                    used[d.index()] = true;
                }
            }
            if let Some(d) = block.term.def() {
                used[d.index()] = true;
            }
        }
        for (i, info) in func.regs.iter().enumerate().skip(func.params as usize) {
            if used[i] {
                let kind = if info.variable { "var" } else { "tmp" };
                writeln!(
                    f,
                    "  {kind} v{i}: {} {}",
                    repr_name(info.repr),
                    self.ty(info.ty)
                )?;
            }
        }
        for b in order {
            let block = &func.blocks[b.index()];
            write!(f, "  b{}:", b.0)?;
            if let Some(h) = block.handler {
                let info = func.handlers[h.index()];
                write!(f, " catch v{} b{}", info.reg.0, info.target.0)?;
            }
            writeln!(f)?;
            for inst in &block.insts {
                self.inst(f, inst)?;
            }
            self.term(f, &block.term)?;
        }
        Ok(())
    }
}
