//! Modules that verify, and random damage that must be refused quietly.

use crate::format::{decode, encode};
use crate::*;

/// A module with something in every table.
pub(crate) fn sample() -> Module {
    let number = TypeId(1);
    let mut m = Module {
        file: "sample.raya".into(),
        strings: vec![
            StrConst::Utf8("main".into()),
            StrConst::Utf8("x".into()),
            StrConst::Utf16(vec![0xD800, 0x41].into()),
        ],
        consts: vec![
            Const::F64(1.5f64.to_bits()),
            Const::I32(-7),
            Const::Str(StrId(2)),
        ],
        types: vec![
            TypeDesc::Any,
            TypeDesc::Number,
            TypeDesc::Int,
            TypeDesc::Null,
            TypeDesc::Class(ClassId(0)),
            TypeDesc::Tuple {
                elems: vec![number].into(),
                required: 1,
                rest: Some(number),
            },
            TypeDesc::Object(
                vec![Member {
                    name: StrId(1),
                    ty: number,
                    optional: true,
                }]
                .into(),
            ),
        ],
        signatures: vec![
            Signature {
                params: Box::default(),
                required: 0,
                rest: false,
                ret: TypeId(0),
            },
            Signature {
                params: vec![number].into(),
                required: 1,
                rest: false,
                ret: number,
            },
        ],
        ..Module::default()
    };
    m.classes.push(Class {
        name: StrId(1),
        qualified: StrId(1),
        origin: ClassId(0),
        args: vec![],
        bases: vec![],
        primary: 0,
        fields: vec![Field {
            name: StrId(1),
            ty: number,
            optional: false,
            private: false,
            readonly: true,
        }],
        methods: vec![],
        statics: vec![],
        static_init: None,
        constructor: None,
        flags: ClassFlags::default(),
    });
    m.globals.push(Global {
        name: StrId(1),
        ty: number,
        constant: true,
    });
    m.fields.push(FieldRef {
        class: ClassId(0),
        name: StrId(1),
        is_static: false,
    });
    m.props.push(PropRef {
        name: StrId(1),
        ty: number,
        optional: false,
    });
    m.functions.push(main());
    m.functions.push(twice());
    m
}

fn plain(sig: u16, regs: Vec<TypeId>, code: Vec<Instr>) -> Function {
    Function {
        name: StrId(0),
        qualified: StrId(0),
        param_names: vec![],
        receiver: Receiver::None,
        sig: SigId(sig),
        regs,
        captures: vec![],
        code,
        handlers: vec![],
        positions: vec![],
        inlined: vec![],
        loops: vec![],
        weight: 1,
        flags: FuncFlags::default(),
    }
}

fn main() -> Function {
    let (any, number, int) = (TypeId(0), TypeId(1), TypeId(2));
    let regs = vec![number, any, any, number, int, TypeId(4), any, int];
    let code = vec![
        Instr::new(Op::LoadF64, 3, 0, 0),
        Instr::new(Op::Call, 0, 1, 1),
        Instr::new(Op::LoadI32K, 4, 1, 0),
        Instr::new(Op::LoadI32, 7, 10, 0),
        Instr::new(Op::LoopIncLt, 4, 7, 0),
        Instr::new(Op::NewObject, 5, 0, 0),
        Instr::new(Op::SetField, 5, 0, 0),
        Instr::new(Op::GetField, 0, 5, 0),
        Instr::new(Op::BoxF64, 6, 0, 0),
        Instr::new(Op::Ret, 6, 0, 0),
    ];
    Function {
        positions: vec![Position {
            pc: 1,
            line: 3,
            column: 4,
            inline: 0,
        }],
        loops: vec![LoopInfo {
            header: 4,
            back_edge: 4,
            weight: 1,
        }],
        handlers: vec![Handler {
            start: 1,
            end: 2,
            target: 9,
            reg: Reg(6),
        }],
        ..plain(0, regs, code)
    }
}

fn twice() -> Function {
    let number = TypeId(1);
    let code = vec![
        Instr::new(Op::AddF64, 1, 0, 0),
        Instr::new(Op::Ret, 1, 0, 0),
    ];
    plain(1, vec![number, number], code)
}

#[test]
fn the_sample_verifies() {
    crate::verify(&sample()).unwrap();
}

#[test]
fn modules_round_trip() {
    let m = sample();
    let bytes = encode(&m);
    assert_eq!(decode(&bytes).unwrap(), m);
}

#[test]
fn every_prefix_is_refused() {
    let bytes = encode(&sample());
    for len in 0..bytes.len() {
        assert!(decode(&bytes[..len]).is_err(), "prefix of {len}");
    }
    let mut longer = bytes;
    longer.push(0);
    assert!(decode(&longer).is_err());
}

#[test]
fn flipped_bytes_never_panic() {
    let bytes = encode(&sample());
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut copy = bytes.clone();
            copy[at] ^= 1 << bit;
            if let Ok(m) = decode(&copy) {
                let _ = crate::verify(&m);
                let _ = m.disassemble().to_string();
            }
        }
    }
}

#[test]
fn mutated_instructions_never_panic_and_bad_ones_are_refused() {
    let m = sample();
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut refused = 0;
    for _ in 0..20_000 {
        let mut copy = m.clone();
        let f = random() as usize % copy.functions.len();
        let len = copy.functions[f].code.len();
        let instr = &mut copy.functions[f].code[random() as usize % len];
        let value = (random() % 14) as u16;
        match random() % 4 {
            0 => instr.op = Op::ALL[random() as usize % Op::ALL.len()],
            1 => instr.a = value,
            2 => instr.b = value,
            _ => instr.c = value.wrapping_sub(7),
        }
        refused += usize::from(crate::verify(&copy).is_err());
    }
    assert!(refused > 10_000, "only {refused} of 20000 were refused");
}
