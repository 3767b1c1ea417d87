//! Natives of `console`, `process` and clocks.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::abi::R;
use crate::ctx::Ctx;
use crate::host::End;
use crate::mem::array::Array;
use crate::mem::string::Str;
use crate::mem::value::Value;
use crate::text::number_format;

/// Spaces of one level of `console.group`.
const GROUP_INDENT: &str = "  ";

/// Which stream a line goes to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stream {
    Out,
    Err,
}

/// Writes a line, indented by the open groups.
fn write_line(ctx: &mut Ctx, stream: Stream, text: &str) {
    let mut host = ctx.engine().host.borrow_mut();
    let write = |out: &mut Vec<u8>| out.extend_from_slice(text.as_bytes());
    match stream {
        Stream::Out => host.print_line(write),
        Stream::Err => host.print_error_line(write),
    }
}

pub fn console_log(ctx: &mut Ctx, args: Array) -> R<()> {
    let text = ctx.format_args(args)?;
    write_line(ctx, Stream::Out, &text);
    Ok(())
}

pub fn console_error(ctx: &mut Ctx, args: Array) -> R<()> {
    let text = ctx.format_args(args)?;
    write_line(ctx, Stream::Err, &text);
    Ok(())
}

pub fn console_group(ctx: &mut Ctx, args: Array) -> R<()> {
    if !args.is_empty() {
        console_log(ctx, args)?;
    }
    let mut host = ctx.engine().host.borrow_mut();
    host.console.indent.push_str(GROUP_INDENT);
    Ok(())
}

pub fn console_group_end(ctx: &mut Ctx) -> R<()> {
    let mut host = ctx.engine().host.borrow_mut();
    let left = host.console.indent.len().saturating_sub(GROUP_INDENT.len());
    host.console.indent.truncate(left);
    Ok(())
}

pub fn console_count(ctx: &mut Ctx, label: Str) -> R<()> {
    let label = label.to_text(ctx);
    let mut host = ctx.engine().host.borrow_mut();
    let count = host.console.counts.entry(label.clone()).or_insert(0);
    *count += 1;
    let text = format!("{label}: {count}");
    drop(host);
    write_line(ctx, Stream::Out, &text);
    Ok(())
}

pub fn console_count_reset(ctx: &mut Ctx, label: Str) -> R<()> {
    let label = label.to_text(ctx);
    ctx.engine().host.borrow_mut().console.counts.remove(&label);
    Ok(())
}

pub fn console_time(ctx: &mut Ctx, label: Str) -> R<()> {
    let label = label.to_text(ctx);
    let now = Instant::now();
    ctx.engine()
        .host
        .borrow_mut()
        .console
        .timers
        .insert(label, now);
    Ok(())
}

/// Prints how long a timer has run.
fn print_timer(ctx: &mut Ctx, label: &str) {
    let started = ctx
        .engine()
        .host
        .borrow()
        .console
        .timers
        .get(label)
        .copied();
    if let Some(at) = started {
        let ms = at.elapsed().as_secs_f64() * 1000.0;
        let text = if ms >= 1000.0 {
            format!("{label}: {}s", number_format::to_fixed(ms / 1000.0, 3))
        } else {
            format!("{label}: {}ms", number_format::to_fixed(ms, 3))
        };
        write_line(ctx, Stream::Out, &text);
    }
}

pub fn console_time_log(ctx: &mut Ctx, label: Str) -> R<()> {
    let label = label.to_text(ctx);
    print_timer(ctx, &label);
    Ok(())
}

pub fn console_time_end(ctx: &mut Ctx, label: Str) -> R<()> {
    let label = label.to_text(ctx);
    print_timer(ctx, &label);
    ctx.engine().host.borrow_mut().console.timers.remove(&label);
    Ok(())
}

pub fn console_table(ctx: &mut Ctx, v: Value) -> R<()> {
    let text = ctx.table_text(v)?;
    write_line(ctx, Stream::Out, &text);
    Ok(())
}

pub fn console_trace(ctx: &mut Ctx, args: Array) -> R<()> {
    let text = ctx.format_args(args)?;
    let head = if text.is_empty() {
        "Trace".to_owned()
    } else {
        format!("Trace: {text}")
    };
    let trace = ctx.current_trace();
    write_line(ctx, Stream::Err, &format!("{head}\n{trace}"));
    Ok(())
}

pub fn inspect(ctx: &mut Ctx, v: Value) -> R<Str> {
    let text = ctx.inspect(v)?;
    Str::from_text(ctx, &text)
}

pub fn process_exit(ctx: &mut Ctx, code: f64) -> R<()> {
    Err(ctx.end(End::Exit(code as i32)))
}

pub fn process_set_exit_code(ctx: &mut Ctx, code: f64) -> R<()> {
    ctx.engine().host.borrow_mut().exit_code = code as i32;
    Ok(())
}

pub fn process_argv(ctx: &mut Ctx) -> R<Array> {
    let args = ctx.engine().host.borrow().args.clone();
    let all = ctx.string_array(args.len())?;
    for arg in args {
        let arg = ctx.string(&arg)?;
        all.push_bits(ctx, arg.0)?;
    }
    Ok(all)
}

pub fn process_env(ctx: &mut Ctx, name: Str) -> R<Value> {
    let name = name.to_text(ctx);
    let usable = !name.is_empty() && !name.contains(['=', '\0']);
    match usable.then(|| std::env::var_os(name)).flatten() {
        Some(v) => ctx.string(&v.to_string_lossy()),
        None => Ok(Value::NULL),
    }
}

pub fn process_write(ctx: &mut Ctx, s: Str) -> R<()> {
    let text = s.to_text(ctx);
    ctx.engine().host.borrow_mut().out.write(text.as_bytes());
    Ok(())
}

pub fn performance_now(ctx: &mut Ctx) -> R<f64> {
    Ok(ctx.engine().started.elapsed().as_secs_f64() * 1000.0)
}

pub fn date_now(_: &mut Ctx) -> R<f64> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Ok(since.map_or(0.0, |d| d.as_millis() as f64))
}
