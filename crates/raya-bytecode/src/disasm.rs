//! The disassembler: bytecode as text, for `raya dump bytecode` and for tests.
//!
//! Stable: equal modules give equal text. Works on any module, verified or not.

use crate::verify::hidden;
use crate::{
    Class, Const, ConstId, Function, Instr, MethodKind, Module, Native, OperandKind, PropId,
    Receiver, SlotOp, StrId, TypeId, show_signature, show_type,
};
use std::fmt::{self, Write};

/// A module, or one function of it, as text.
pub struct Disassembly<'m> {
    module: &'m Module,
    function: Option<usize>,
}

impl Module {
    /// The whole module as text.
    pub fn disassemble(&self) -> Disassembly<'_> {
        Disassembly {
            module: self,
            function: None,
        }
    }

    /// One function as text.
    pub fn disassemble_function(&self, index: usize) -> Disassembly<'_> {
        Disassembly {
            module: self,
            function: Some(index),
        }
    }
}

impl fmt::Display for Disassembly<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let m = self.module;
        if let Some(index) = self.function {
            return match m.functions.get(index) {
                Some(function) => write_function(f, m, index, function),
                None => Ok(()),
            };
        }
        for (i, g) in m.globals.iter().enumerate() {
            let kind = if g.constant { "const" } else { "let" };
            writeln!(f, "g{i} {kind} {}: {}", m.text(g.name), show_type(m, g.ty))?;
        }
        for (i, class) in m.classes.iter().enumerate() {
            write_class(f, m, i, class)?;
        }
        for (i, function) in m.functions.iter().enumerate() {
            if i > 0 || !m.classes.is_empty() || !m.globals.is_empty() {
                writeln!(f)?;
            }
            write_function(f, m, i, function)?;
        }
        Ok(())
    }
}

fn write_class(f: &mut fmt::Formatter<'_>, m: &Module, index: usize, class: &Class) -> fmt::Result {
    let kind = match () {
        () if class.flags.is_scope => "scope",
        () if class.flags.is_literal => "literal",
        () if class.flags.is_abstract => "abstract class",
        () => "class",
    };
    write!(f, "c{index} {kind} {}", m.text(class.name))?;
    if !class.args.is_empty() {
        let args: Vec<String> = class.args.iter().map(|&t| show_type(m, t)).collect();
        write!(f, "<{}>", args.join(", "))?;
    }
    if !class.bases.is_empty() {
        let bases: Vec<String> = class.bases.iter().map(|b| format!("c{}", b.0)).collect();
        write!(f, " extends {}", bases.join(", "))?;
    }
    writeln!(f)?;
    for (fields, prefix) in [(&class.fields, ""), (&class.statics, "static ")] {
        for field in fields {
            let mark = if field.optional { "?" } else { "" };
            let name = m.text(field.name);
            writeln!(f, "  {prefix}{name}{mark}: {}", show_type(m, field.ty))?;
        }
    }
    for method in &class.methods {
        let kind = match method.kind {
            MethodKind::Method => "",
            MethodKind::Getter => "get ",
            MethodKind::Setter => "set ",
            MethodKind::Static => "static ",
            MethodKind::StaticGetter => "static get ",
            MethodKind::StaticSetter => "static set ",
        };
        let func = method
            .func
            .map_or("abstract".to_string(), |func| format!("fn{}", func.0));
        let sig = show_signature(m, method.sig);
        writeln!(f, "  {kind}{} = {func} {sig}", m.text(method.name))?;
    }
    Ok(())
}

fn write_function(
    f: &mut fmt::Formatter<'_>,
    m: &Module,
    index: usize,
    function: &Function,
) -> fmt::Result {
    let receiver = match function.receiver {
        Receiver::None => "",
        Receiver::Closure => " closure",
        Receiver::This => " this",
        Receiver::ClosureThis => " closure this",
    };
    writeln!(
        f,
        "fn{index} {}{receiver} {}",
        m.text(function.name),
        show_signature(m, function.sig)
    )?;
    let hidden = hidden(function.receiver);
    for (i, &ty) in function.regs.iter().enumerate() {
        write!(f, "  r{i}: {}", show_type(m, ty))?;
        let name = i
            .checked_sub(hidden)
            .and_then(|i| function.param_names.get(i));
        match name.map(|&name| m.text(name)) {
            Some(name) => writeln!(f, "  ; {name}")?,
            None => writeln!(f)?,
        }
    }
    let mut labels: Vec<i64> = (0u32..)
        .zip(&function.code)
        .filter_map(|(pc, &i)| target(pc, i))
        .collect();
    labels.extend(function.handlers.iter().map(|h| i64::from(h.target)));
    labels.sort_unstable();
    let mut last = None;
    for (pc, &instr) in (0u32..).zip(&function.code) {
        let mark = if labels.binary_search(&i64::from(pc)).is_ok() {
            '>'
        } else {
            ' '
        };
        let mut text = instr_text(m, pc, instr);
        let position = function
            .positions
            .partition_point(|p| p.pc <= pc)
            .checked_sub(1)
            .map(|i| function.positions[i]);
        let flags = instr.op.flags();
        if let Some(p) = position
            && (flags.throws || flags.user)
            && last != Some((p.line, p.column, p.inline))
        {
            last = Some((p.line, p.column, p.inline));
            let chain = chain(m, function, p.inline);
            // Writing to a string cannot fail.
            let _ = write!(text, "  ; {}:{}{chain}", p.line, p.column);
        }
        writeln!(f, " {mark}{pc:4} {text}")?;
    }
    for h in &function.handlers {
        writeln!(
            f,
            "  catch {}..{} to {} in r{}",
            h.start, h.end, h.target, h.reg.0
        )?;
    }
    for l in &function.loops {
        writeln!(
            f,
            "  loop {}..{} weight {}",
            l.header, l.back_edge, l.weight
        )?;
    }
    Ok(())
}

fn chain(m: &Module, function: &Function, mut inline: u16) -> String {
    let mut out = String::new();
    while let Some(site) = function.inlined.get(inline as usize)
        && inline != 0
        && site.parent < inline
    {
        let _ = write!(out, " in {}", m.text(site.func));
        inline = site.parent;
    }
    out
}

fn target(pc: u32, instr: Instr) -> Option<i64> {
    let kinds = instr.op.operands();
    let offset = if kinds[2] == OperandKind::Jump {
        i64::from(instr.c as i16)
    } else if kinds[1] == OperandKind::Wide {
        i64::from((u32::from(instr.b) | u32::from(instr.c) << 16) as i32)
    } else {
        return None;
    };
    Some(i64::from(pc) + offset)
}

/// One instruction as text.
pub fn instr_text(m: &Module, pc: u32, instr: Instr) -> String {
    let mut out = instr.op.name().to_string();
    let kinds = instr.op.operands();
    let mut first = true;
    for (kind, value) in kinds.into_iter().zip(instr.operands()) {
        let Some(text) = operand(m, kind, value) else {
            continue;
        };
        out.push_str(if first { " " } else { ", " });
        first = false;
        out.push_str(&text);
    }
    if let Some(target) = target(pc, instr) {
        let _ = write!(out, " -> {target}");
    }
    out
}

fn operand(m: &Module, kind: OperandKind, value: u16) -> Option<String> {
    use OperandKind as K;
    let at = value as usize;
    let class_member = |class: crate::ClassId, name: StrId| {
        let class = m.classes.get(class.index());
        let class = class.map_or("?".into(), |c| m.text(c.name));
        format!("{class}.{}", m.text(name))
    };
    Some(match kind {
        K::None | K::Jump | K::Wide | K::WideHi => return None,
        K::Imm => (value as i16).to_string(),
        K::Count => format!("#{value}"),
        K::KF | K::KI | K::KW => constant(m, ConstId(value)),
        K::Func => {
            let name = m.functions.get(at).map_or("?".into(), |f| m.text(f.name));
            format!("fn{value} {name}")
        }
        K::Class => {
            let name = m.classes.get(at).map_or("?".into(), |c| m.text(c.name));
            format!("c{value} {name}")
        }
        K::Field => match m.fields.get(at) {
            Some(field) => class_member(field.class, field.name),
            None => "?".into(),
        },
        K::Method => match m.methods.get(at) {
            Some(method) => class_member(method.class, method.name),
            None => "?".into(),
        },
        K::Prop => m.props.get(PropId(value).index()).map_or("?".into(), |p| {
            format!(".{}: {}", m.text(p.name), show_type(m, p.ty))
        }),
        K::Type => show_type(m, TypeId(value)),
        K::Global => {
            let name = m.globals.get(at).map_or("?".into(), |g| m.text(g.name));
            format!("g{value} {name}")
        }
        K::Native => Native::by_id(value).map_or("?".into(), |n| n.name.to_string()),
        K::Name => format!("{:?}", m.text(StrId(value))),
        K::Sig => show_signature(m, crate::SigId(value)),
        K::SlotOp => SlotOp::from_u16(value).map_or("?".into(), |s| {
            format!("{}{}", s.slot.spelling(), if s.in_place { "=" } else { "" })
        }),
        _ => format!("r{value}"),
    })
}

fn constant(m: &Module, id: ConstId) -> String {
    match m.consts.get(id.index()) {
        Some(Const::F64(bits)) => format!("{:?}", f64::from_bits(*bits)),
        Some(Const::I32(value)) => value.to_string(),
        Some(Const::Str(id)) => format!("{:?}", m.text(*id)),
        None => "?".into(),
    }
}
