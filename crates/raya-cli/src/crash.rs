//! What happens when the engine itself fails: a report that asks to be passed on, and
//! exit status 70. A closed pipe is no failure.

use std::io::Write;
use std::panic::{self, PanicHookInfo};
use std::process;

/// Exit status of an internal error.
const INTERNAL: i32 = 70;
/// Exit status of a process whose reader went away, as shells report SIGPIPE.
const BROKEN_PIPE: i32 = 141;

/// Installs the report. Call once, first thing.
pub(crate) fn install() {
    panic::set_hook(Box::new(|info| {
        let message = message_of(info);
        if message.contains("Broken pipe") {
            process::exit(BROKEN_PIPE);
        }
        report(&message, &place_of(info));
        // The runtime turns the panics of its helpers into an error of its own, and no
        // frame of a program can be unwound: the process ends here either way.
        process::exit(INTERNAL);
    }));
}

fn message_of(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    payload
        .downcast_ref::<&str>()
        .map(|s| (*s).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "unknown failure".to_owned())
}

/// File, line and phase: the crate that failed names it.
fn place_of(info: &PanicHookInfo<'_>) -> String {
    let Some(location) = info.location() else {
        return "an unknown place".to_owned();
    };
    let file = location.file();
    let phases = [
        ("raya-syntax", "parsing"),
        ("raya-check", "type checking"),
        ("raya-compile", "compilation to bytecode"),
        ("raya-bytecode", "bytecode verification"),
        ("raya-heap", "garbage collection"),
        ("raya-runtime", "execution"),
        ("raya-interp", "interpretation"),
        ("raya-jit", "machine-code generation"),
    ];
    let phase = phases.iter().find(|(name, _)| file.contains(name));
    let phase = phase.map_or("the command", |(_, phase)| phase);
    format!("{phase} ({file}:{})", location.line())
}

/// Prints the report; nothing can be done if that fails too.
pub(crate) fn report(message: &str, place: &str) {
    let _ = writeln!(
        std::io::stderr(),
        "internal error in {place}: {message}\n\
         This is a fault of raya, not of the program. Please report it with the program \
         and this message."
    );
}

/// Ends the process after an internal error that the engine reported itself.
pub(crate) fn internal(message: &str, phase: &str) -> ! {
    report(message, phase);
    process::exit(INTERNAL)
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::process::Command;

    use raya::{Engine, Options};

    struct Faulty;

    impl Write for Faulty {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            panic!("a faulty stream")
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Tells a child process how to fail.
    const FAULT: &str = "RAYA_CRASH_TEST";

    fn a_native_panics() {
        super::install();
        let mut engine = Engine::new(Options::default()).expect("an engine");
        engine.set_streams(Box::new(io::sink()), Box::new(Faulty));
        let code = "let n = 0; try { console.error('x'); } catch (e) { n = 1; } finally { n = 2; }";
        let _ = engine.eval(code);
    }

    /// Runs the test in a process of its own that fails in some way, and looks at its end.
    fn assert_reported(fault: &str, report: &str) {
        let test = "crash::tests::faults_of_raya_end_with_70";
        let output = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", test, "--nocapture"])
            .env(FAULT, fault)
            .output()
            .expect("a process");
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(70), "{text}");
        assert!(text.contains(report), "{text}");
        assert!(text.contains("Please report it"), "{text}");
    }

    #[test]
    fn faults_of_raya_end_with_70() {
        match std::env::var(FAULT).as_deref() {
            Ok("panic") => return a_native_panics(),
            Ok(_) => super::internal("something is off", "execution"),
            Err(_) => {}
        }
        assert_reported("panic", "a faulty stream");
        assert_reported("report", "internal error in execution: something is off");
    }
}
