//! `raya check`.

use std::path::Path;

use super::show;
use crate::Exit;
use crate::args::CheckArgs;
use crate::input::read_program;

/// Reports the errors of every file.
pub(crate) fn check(args: &CheckArgs) -> Exit {
    let mut ok = true;
    for file in &args.files {
        ok &= check_file(file);
    }
    if ok { Exit::Success } else { Exit::Usage }
}

fn check_file(file: &Path) -> bool {
    let text = match read_program(file) {
        Ok(text) => text,
        Err(message) => {
            eprintln!("error: {message}");
            return false;
        }
    };
    let diagnostics = raya::check(&file.display().to_string(), text);
    show(&diagnostics);
    !diagnostics.has_errors()
}
