//! The console: formatted lines to standard output and standard error, groups, counters,
//! timers.
//!
//! Text is made first and written in one go, so that user code that formatting runs
//! never meets a half-written line.

use std::time::Duration;

use crate::abi::R;
use crate::ctx::Ctx;
use crate::inspect;
use crate::mem::array::Array;
use crate::mem::string::Str;
use crate::mem::value::Value;
use crate::natives::process::push_utf8;

/// Writes a line to standard output.
fn print(ctx: &mut Ctx, text: &str) {
    let mut host = ctx.engine().host.borrow_mut();
    host.print_line(|out| out.extend_from_slice(text.as_bytes()));
}

/// Writes a line to standard error.
fn print_error(ctx: &mut Ctx, text: &str) {
    let mut host = ctx.engine().host.borrow_mut();
    host.print_error_line(|out| out.extend_from_slice(text.as_bytes()));
}

/// `console.log(...args)`.
pub fn console_log(ctx: &mut Ctx, args: Array) -> R<()> {
    if args.len() == 1
        && let Some(s) = args.get(0).and_then(|v| ctx.as_str(v))
    {
        let units = s.units(ctx)?;
        let mut host = ctx.engine().host.borrow_mut();
        host.print_line(|out| push_utf8(out, units));
        return Ok(());
    }
    let text = inspect::format_args(ctx, args)?;
    print(ctx, &text);
    Ok(())
}

/// `console.error(...args)`.
pub fn console_error(ctx: &mut Ctx, args: Array) -> R<()> {
    let text = inspect::format_args(ctx, args)?;
    print_error(ctx, &text);
    Ok(())
}

/// `console.trace(...args)`.
pub fn console_trace(ctx: &mut Ctx, args: Array) -> R<()> {
    let message = inspect::format_args(ctx, args)?;
    let colon = if message.is_empty() { "" } else { ": " };
    let trace = ctx.current_trace();
    print_error(ctx, &format!("Trace{colon}{message}\n{trace}"));
    Ok(())
}

/// `console.group(...args)`.
pub fn console_group(ctx: &mut Ctx, args: Array) -> R<()> {
    if !args.is_empty() {
        console_log(ctx, args)?;
    }
    ctx.engine().host.borrow_mut().console.indent.push_str("  ");
    Ok(())
}

/// `console.groupEnd()`.
pub fn console_group_end(ctx: &mut Ctx) -> R<()> {
    let mut host = ctx.engine().host.borrow_mut();
    let len = host.console.indent.len().saturating_sub(2);
    host.console.indent.truncate(len);
    Ok(())
}

/// `console.count(label)`.
pub fn console_count(ctx: &mut Ctx, label: Str) -> R<()> {
    let label = label.to_text(ctx);
    let mut host = ctx.engine().host.borrow_mut();
    let n = host.console.counts.entry(label.clone()).or_insert(0);
    *n += 1;
    let line = format!("{label}: {n}");
    host.print_line(|out| out.extend_from_slice(line.as_bytes()));
    Ok(())
}

/// `console.countReset(label)`.
pub fn console_count_reset(ctx: &mut Ctx, label: Str) -> R<()> {
    let label = label.to_text(ctx);
    ctx.engine().host.borrow_mut().console.counts.remove(&label);
    Ok(())
}

/// `console.time(label)`.
pub fn console_time(ctx: &mut Ctx, label: Str) -> R<()> {
    let label = label.to_text(ctx);
    let mut host = ctx.engine().host.borrow_mut();
    let timers = &mut host.console.timers;
    timers.entry(label).or_insert_with(std::time::Instant::now);
    Ok(())
}

/// `console.timeEnd(label)`.
pub fn console_time_end(ctx: &mut Ctx, label: Str) -> R<()> {
    console_time_log(ctx, label)?;
    let label = label.to_text(ctx);
    ctx.engine().host.borrow_mut().console.timers.remove(&label);
    Ok(())
}

/// `console.timeLog(label)`.
pub fn console_time_log(ctx: &mut Ctx, label: Str) -> R<()> {
    let label = label.to_text(ctx);
    let mut host = ctx.engine().host.borrow_mut();
    if let Some(started) = host.console.timers.get(&label) {
        let line = format!("{label}: {}", duration(started.elapsed()));
        host.print_line(|out| out.extend_from_slice(line.as_bytes()));
    }
    Ok(())
}

/// A duration in the largest unit that fits, as Node prints timers.
fn duration(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64();
    let whole = elapsed.as_secs();
    let (minutes, hours) = (whole / 60 % 60, whole / 3600);
    if hours > 0 {
        let rest = seconds % 60.0;
        format!("{hours}:{minutes:02}:{rest:06.3} (h:mm:ss.mmm)")
    } else if minutes > 0 {
        format!("{minutes}:{:06.3} (m:ss.mmm)", seconds % 60.0)
    } else if seconds >= 1.0 {
        format!("{seconds:.3}s")
    } else {
        let milliseconds = format!("{:.3}", seconds * 1e3);
        let short = milliseconds.trim_end_matches('0').trim_end_matches('.');
        format!("{short}ms")
    }
}

/// `console.table(v, columns)`; what is no table is logged.
pub fn console_table(ctx: &mut Ctx, v: Value, columns: Value) -> R<()> {
    let columns = ctx.as_array(columns);
    let text = match inspect::draw(ctx, v, columns)? {
        Some(table) => table,
        None => match ctx.as_str(v) {
            Some(s) => s.to_text(ctx),
            None => ctx.inspect(v)?,
        },
    };
    print(ctx, &text);
    Ok(())
}

/// The text of a value as `console.log` shows it inside of others.
pub fn inspect(ctx: &mut Ctx, v: Value) -> R<Str> {
    let text = ctx.inspect(v)?;
    Str::from_text(ctx, &text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_as_in_node() {
        let text = |ms: f64| duration(Duration::from_secs_f64(ms / 1e3));
        assert_eq!(text(0.5), "0.5ms");
        assert_eq!(text(12.0), "12ms");
        assert_eq!(text(999.1234), "999.123ms");
        assert_eq!(text(1500.0), "1.500s");
        assert_eq!(text(61_500.0), "1:01.500 (m:ss.mmm)");
        assert_eq!(text(3_661_000.0), "1:01:01.000 (h:mm:ss.mmm)");
    }
}
