//! `process`, clocks and standard output as a stream.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::abi::R;
use crate::ctx::Ctx;
use crate::desc::DescShape;
use crate::host::End;
use crate::math;
use crate::mem::array::Array;
use crate::mem::string::{Str, Units};
use crate::mem::value::Value;

/// `process.exit(code)`.
pub fn process_exit(ctx: &mut Ctx, code: f64) -> R<()> {
    Err(ctx.end(End::Exit(math::to_int32(code))))
}

/// `process.exitCode = code`.
pub fn process_set_exit_code(ctx: &mut Ctx, code: f64) -> R<()> {
    ctx.engine().host.borrow_mut().exit_code = math::to_int32(code);
    Ok(())
}

/// `process.argv`.
pub fn process_argv(ctx: &mut Ctx) -> R<Array> {
    let args = ctx.engine().host.borrow().args.clone();
    let out = ctx.string_array(args.len())?;
    for arg in args {
        let arg = Str::from_text(ctx, &arg)?;
        out.push_bits(ctx, arg.value().0)?;
    }
    Ok(out)
}

/// `process.exitCode`.
pub fn process_exit_code(ctx: &mut Ctx) -> R<f64> {
    Ok(ctx.engine().host.borrow().exit_code.into())
}

/// `process.env`.
pub fn process_env(ctx: &mut Ctx) -> R<Value> {
    let descs = &ctx.engine().descs;
    let dict = ctx.new_dict(descs.intern(DescShape::Dict(descs.string)))?;
    for (name, value) in std::env::vars_os() {
        let name = ctx.intern(&name.to_string_lossy())?;
        let value = ctx.string(&value.to_string_lossy())?;
        ctx.dict_set(dict, name, value)?;
    }
    Ok(dict)
}

/// Text to standard output, without a line end.
pub fn process_write(ctx: &mut Ctx, s: Str) -> R<()> {
    let units = s.units(ctx)?;
    let mut bytes = Vec::with_capacity(units.len());
    push_utf8(&mut bytes, units);
    ctx.engine().host.borrow_mut().out.write(&bytes);
    Ok(())
}

/// Appends units as UTF-8; lone surrogates become U+FFFD.
pub(crate) fn push_utf8(out: &mut Vec<u8>, units: Units<'_>) {
    match units {
        Units::Latin1(bytes) if bytes.is_ascii() => out.extend_from_slice(bytes),
        _ => out.extend_from_slice(units.to_text().as_bytes()),
    }
}

/// Milliseconds since the engine started.
pub fn performance_now(ctx: &mut Ctx) -> R<f64> {
    Ok(ctx.engine().started.elapsed().as_secs_f64() * 1e3)
}

/// Milliseconds since 1970, whole.
pub fn date_now(_: &mut Ctx) -> R<f64> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Ok(since.map_or(0.0, |d| d.as_millis() as f64))
}
