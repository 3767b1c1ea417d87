//! The binary module format (`.rbc`): magic, version, then the tables of
//! [`Module`] in the order of its fields.
//!
//! Integers are LEB128 (signed ones zig-zag), lists are a count and their items,
//! instructions are four little-endian `u16`. Reading never trusts a count: it
//! allocates as items arrive, so that garbage ends in an error and not in an
//! allocation. What was read is well-formed as data only; the verifier decides
//! whether it may run.

use crate::module::*;
use crate::ops::Op;
use std::fmt;

const MAGIC: &[u8; 4] = b"\0rbc";
/// Changes with every change of the format or of an opcode's meaning.
pub const VERSION: u32 = 3;

/// Why bytes are not a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatError {
    /// Where in the bytes.
    pub offset: usize,
    /// What was expected there.
    pub message: &'static str,
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "not a bytecode module: {} at byte {}",
            self.message, self.offset
        )
    }
}

impl std::error::Error for FormatError {}

type Result<T> = std::result::Result<T, FormatError>;

/// Writes a module.
pub fn encode(module: &Module) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    VERSION.put(&mut out);
    module.put(&mut out);
    out
}

/// Reads a module. The result still has to be verified.
pub fn decode(bytes: &[u8]) -> Result<Module> {
    let mut input = Input { bytes, at: 0 };
    if input.take(4)? != MAGIC {
        return Err(FormatError {
            offset: 0,
            message: "the magic number is missing",
        });
    }
    if u32::get(&mut input)? != VERSION {
        return Err(FormatError {
            offset: 4,
            message: "made by another version",
        });
    }
    let module = Module::get(&mut input)?;
    if input.at != bytes.len() {
        return Err(input.error("bytes after the end"));
    }
    Ok(module)
}

struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Input<'a> {
    fn error(&self, message: &'static str) -> FormatError {
        FormatError {
            offset: self.at,
            message,
        }
    }

    fn take(&mut self, n: usize) -> Result<&'a [u8]> {
        let rest = self.bytes.get(self.at..).unwrap_or(&[]);
        let taken = rest
            .get(..n)
            .ok_or_else(|| self.error("the end came too early"))?;
        self.at += n;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }
}

/// Data with a binary form.
trait Wire: Sized {
    fn put(&self, out: &mut Vec<u8>);
    fn get(input: &mut Input<'_>) -> Result<Self>;
}

impl Wire for u64 {
    fn put(&self, out: &mut Vec<u8>) {
        let mut rest = *self;
        while rest >= 0x80 {
            out.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        out.push(rest as u8);
    }

    fn get(input: &mut Input<'_>) -> Result<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = input.byte()?;
            if shift == 63 && byte > 1 {
                break;
            }
            value |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(input.error("an integer is too long"))
    }
}

macro_rules! narrow_wire {
    ($($t:ty),*) => {$(
        impl Wire for $t {
            fn put(&self, out: &mut Vec<u8>) {
                u64::from(*self).put(out);
            }
            fn get(input: &mut Input<'_>) -> Result<$t> {
                <$t>::try_from(u64::get(input)?).map_err(|_| input.error("an integer is out of range"))
            }
        }
    )*};
}
narrow_wire!(u16, u32);

impl Wire for i32 {
    fn put(&self, out: &mut Vec<u8>) {
        (((self << 1) ^ (self >> 31)) as u32).put(out);
    }

    fn get(input: &mut Input<'_>) -> Result<i32> {
        let zigzag = u32::get(input)?;
        Ok((zigzag >> 1) as i32 ^ -((zigzag & 1) as i32))
    }
}

impl Wire for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn get(input: &mut Input<'_>) -> Result<bool> {
        match input.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(input.error("a flag is neither 0 nor 1")),
        }
    }
}

impl Wire for String {
    fn put(&self, out: &mut Vec<u8>) {
        (self.len() as u64).put(out);
        out.extend_from_slice(self.as_bytes());
    }

    fn get(input: &mut Input<'_>) -> Result<String> {
        let n = u64::get(input)?;
        let n = usize::try_from(n).map_err(|_| input.error("a text is too long"))?;
        let bytes = input.take(n)?.to_vec();
        String::from_utf8(bytes).map_err(|_| input.error("a text is not UTF-8"))
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        (self.len() as u64).put(out);
        self.iter().for_each(|item| item.put(out));
    }

    fn get(input: &mut Input<'_>) -> Result<Vec<T>> {
        let n = u64::get(input)?;
        let mut items = Vec::new();
        for _ in 0..n {
            items.push(T::get(input)?);
        }
        Ok(items)
    }
}

impl<T: Wire> Wire for Box<[T]> {
    fn put(&self, out: &mut Vec<u8>) {
        (self.len() as u64).put(out);
        self.iter().for_each(|item| item.put(out));
    }

    fn get(input: &mut Input<'_>) -> Result<Box<[T]>> {
        Ok(Vec::get(input)?.into_boxed_slice())
    }
}

impl<T: Wire> Wire for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        if let Some(v) = self {
            v.put(out);
        }
    }

    fn get(input: &mut Input<'_>) -> Result<Option<T>> {
        Ok(if bool::get(input)? {
            Some(T::get(input)?)
        } else {
            None
        })
    }
}

macro_rules! index_wire {
    ($($t:ident),*) => {$(
        impl Wire for $t {
            fn put(&self, out: &mut Vec<u8>) {
                self.0.put(out);
            }
            fn get(input: &mut Input<'_>) -> Result<$t> {
                Ok($t(u16::get(input)?))
            }
        }
    )*};
}
index_wire!(
    Reg, StrId, ConstId, TypeId, SigId, ClassId, FuncId, GlobalId, FieldId, MethodId, PropId
);

macro_rules! struct_wire {
    ($($t:ident { $($field:ident),* $(,)? })*) => {$(
        impl Wire for $t {
            fn put(&self, out: &mut Vec<u8>) {
                $(self.$field.put(out);)*
            }
            fn get(input: &mut Input<'_>) -> Result<$t> {
                Ok($t { $($field: Wire::get(input)?),* })
            }
        }
    )*};
}

struct_wire! {
    Module { file, strings, consts, types, signatures, classes, functions, globals, fields, methods, props }
    Member { name, ty, optional }
    Signature { params, required, rest, ret }
    Function {
        name, qualified, param_names, receiver, sig, regs, captures, code, handlers, positions, inlined, loops, weight, flags,
    }
    FuncFlags { constructor, intrinsic, builtin, initialiser, exported }
    Handler { start, end, target, reg }
    Position { pc, line, column, inline }
    InlineSite { func, parent, line, column, builtin }
    LoopInfo { header, back_edge, weight }
    Class { name, qualified, origin, args, bases, primary, fields, methods, statics, static_init, constructor, flags }
    ClassFlags { is_abstract, is_scope, is_literal, builtin, displaced }
    Field { name, ty, optional, private, readonly }
    Method { name, kind, func, sig }
    Global { name, ty, constant }
    FieldRef { class, name, is_static }
    MethodRef { class, name, kind, sig }
    PropRef { name, ty, optional }
}

/// Enumerations: a tag, then the payload's fields.
macro_rules! enum_wire {
    ($t:ident { $($tag:literal => $variant:ident $(($($item:ident),*))? $({$($field:ident),*})?),* $(,)? }) => {
        impl Wire for $t {
            fn put(&self, out: &mut Vec<u8>) {
                match self {
                    $($t::$variant $(($($item),*))? $({$($field),*})? => {
                        out.push($tag);
                        $($($item.put(out);)*)?
                        $($($field.put(out);)*)?
                    })*
                }
            }
            fn get(input: &mut Input<'_>) -> Result<$t> {
                Ok(match input.byte()? {
                    $($tag => {
                        $($(let $item = Wire::get(input)?;)*)?
                        $($(let $field = Wire::get(input)?;)*)?
                        $t::$variant $(($($item),*))? $({$($field),*})?
                    })*
                    _ => return Err(input.error("an unknown tag")),
                })
            }
        }
    };
}

enum_wire!(Const { 0 => F64(bits), 1 => I32(n), 2 => Str(id) });
enum_wire!(Receiver { 0 => None, 1 => Closure, 2 => This, 3 => ClosureThis });
enum_wire!(MethodKind {
    0 => Method, 1 => Getter, 2 => Setter, 3 => Static, 4 => StaticGetter, 5 => StaticSetter,
});
enum_wire!(TypeDesc {
    0 => Any, 1 => Never, 2 => Null, 3 => Number, 4 => Int, 5 => Boolean, 6 => String,
    7 => LitString(id), 8 => LitNumber(bits), 9 => LitBool(b),
    10 => Class(id), 11 => ClassOrigin(id), 12 => ClassObject(id),
    13 => Array(elem), 14 => ReadonlyArray(elem), 15 => Tuple { elems, required, rest },
    16 => Function(sig), 17 => Object(members), 18 => Dict(elem), 19 => AnyObject,
    20 => Union(members), 21 => Intersection(members),
});

impl Wire for StrConst {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            StrConst::Utf8(s) => {
                out.push(0);
                (s.len() as u64).put(out);
                out.extend_from_slice(s.as_bytes());
            }
            StrConst::Utf16(units) => {
                out.push(1);
                units.put(out);
            }
        }
    }

    fn get(input: &mut Input<'_>) -> Result<StrConst> {
        match input.byte()? {
            0 => Ok(StrConst::Utf8(String::get(input)?.into_boxed_str())),
            1 => Ok(StrConst::Utf16(Wire::get(input)?)),
            _ => Err(input.error("an unknown tag")),
        }
    }
}

impl Wire for Instr {
    fn put(&self, out: &mut Vec<u8>) {
        for n in [self.op as u16, self.a, self.b, self.c] {
            out.extend_from_slice(&n.to_le_bytes());
        }
    }

    fn get(input: &mut Input<'_>) -> Result<Instr> {
        let bytes = input.take(8)?;
        let field = |i: usize| u16::from_le_bytes([bytes[2 * i], bytes[2 * i + 1]]);
        let op = Op::from_u16(field(0)).ok_or_else(|| input.error("an unknown opcode"))?;
        Ok(Instr::new(op, field(1), field(2), field(3)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Module {
        let text = |s: &str| StrConst::Utf8(s.into());
        let function = Function {
            name: StrId(0),
            qualified: StrId(0),
            param_names: vec![],
            receiver: Receiver::None,
            sig: SigId(0),
            regs: vec![TypeId(0), TypeId(1)],
            captures: vec![],
            code: vec![
                Instr::new(Op::LoadI32, 1, 0xFFFF, 0),
                Instr::new(Op::RetVoid, 0, 0, 0),
            ],
            handlers: vec![Handler {
                start: 0,
                end: 1,
                target: 1,
                reg: Reg(0),
            }],
            positions: vec![Position {
                pc: 0,
                line: 300,
                column: 70000,
                inline: 0,
            }],
            inlined: vec![InlineSite {
                func: StrId(0),
                parent: 0,
                line: 1,
                column: 2,
                builtin: true,
            }],
            loops: vec![LoopInfo {
                header: 0,
                back_edge: 1,
                weight: 3,
            }],
            weight: 2,
            flags: FuncFlags {
                builtin: true,
                ..FuncFlags::default()
            },
        };
        let class = Class {
            name: StrId(1),
            qualified: StrId(1),
            origin: ClassId(0),
            args: vec![TypeId(1)],
            bases: vec![],
            primary: 0,
            fields: vec![Field {
                name: StrId(0),
                ty: TypeId(1),
                optional: true,
                private: false,
                readonly: true,
            }],
            methods: vec![Method {
                name: StrId(1),
                kind: MethodKind::StaticGetter,
                func: Some(FuncId(0)),
                sig: SigId(0),
            }],
            statics: vec![],
            static_init: Some(FuncId(0)),
            constructor: None,
            flags: ClassFlags {
                is_abstract: true,
                ..ClassFlags::default()
            },
        };
        Module {
            file: "a.raya".to_owned(),
            strings: vec![
                text("main"),
                text("naïve"),
                StrConst::Utf16(vec![0xD800, 65].into()),
            ],
            consts: vec![
                Const::F64(1.5f64.to_bits()),
                Const::I32(-7),
                Const::Str(StrId(2)),
            ],
            types: vec![
                TypeDesc::Any,
                TypeDesc::Int,
                TypeDesc::Tuple {
                    elems: vec![TypeId(0)].into(),
                    required: 1,
                    rest: Some(TypeId(1)),
                },
                TypeDesc::Object(
                    vec![Member {
                        name: StrId(1),
                        ty: TypeId(0),
                        optional: true,
                    }]
                    .into(),
                ),
                TypeDesc::Union(vec![TypeId(0), TypeId(1)].into()),
                TypeDesc::LitNumber(3),
            ],
            signatures: vec![Signature {
                params: vec![].into(),
                required: 0,
                rest: false,
                ret: TypeId(0),
            }],
            classes: vec![class],
            functions: vec![function],
            globals: vec![Global {
                name: StrId(0),
                ty: TypeId(1),
                constant: true,
            }],
            fields: vec![FieldRef {
                class: ClassId(0),
                name: StrId(0),
                is_static: false,
            }],
            methods: vec![MethodRef {
                class: ClassId(0),
                name: StrId(1),
                kind: MethodKind::Method,
                sig: SigId(0),
            }],
            props: vec![PropRef {
                name: StrId(0),
                ty: TypeId(0),
                optional: true,
            }],
        }
    }

    #[test]
    fn modules_round_trip() {
        let module = sample();
        assert_eq!(decode(&encode(&module)), Ok(module));
    }

    #[test]
    fn every_truncation_is_refused() {
        let bytes = encode(&sample());
        for n in 0..bytes.len() {
            assert!(decode(&bytes[..n]).is_err(), "{n} of {} bytes", bytes.len());
        }
    }

    #[test]
    fn changed_bytes_never_panic() {
        let bytes = encode(&sample());
        for at in 0..bytes.len() {
            for change in [0x01, 0x80, 0xFF, 0x7F] {
                let mut broken = bytes.clone();
                broken[at] ^= change;
                if let Ok(module) = decode(&broken) {
                    assert_eq!(decode(&encode(&module)), Ok(module));
                }
            }
        }
    }

    #[test]
    fn a_huge_count_does_not_allocate() {
        let mut bytes = MAGIC.to_vec();
        VERSION.put(&mut bytes);
        String::new().put(&mut bytes);
        u64::MAX.put(&mut bytes);
        assert!(decode(&bytes).is_err());
    }
}
