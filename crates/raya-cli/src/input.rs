//! Reading programs: every way in which a path is no program has its own message.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// Longest program text, as the front end limits it.
const MAX_BYTES: u64 = raya::syntax::limits::MAX_SOURCE_BYTES as u64;

/// The text of a program, or why there is none.
pub(crate) fn read_program(path: &Path) -> Result<String, String> {
    let shown = path.display();
    let metadata = fs::metadata(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => format!("there is no file `{shown}`"),
        ErrorKind::PermissionDenied => format!("`{shown}` may not be read"),
        _ => format!("cannot read `{shown}`: {error}"),
    })?;
    if metadata.is_dir() {
        return Err(format!("`{shown}` is a directory, not a program"));
    }
    if metadata.len() > MAX_BYTES {
        return Err(format!("`{shown}` is too large to be a program"));
    }
    let bytes = fs::read(path).map_err(|error| format!("cannot read `{shown}`: {error}"))?;
    text_of(bytes).map_err(|why| format!("`{shown}` is not a program: {why}"))
}

/// The text in some bytes, without a byte-order mark.
fn text_of(bytes: Vec<u8>) -> Result<String, String> {
    if bytes.contains(&0) {
        return Err("it holds binary data".to_owned());
    }
    let text = String::from_utf8(bytes)
        .map_err(|e| format!("byte {} is not valid UTF-8", e.utf8_error().valid_up_to()))?;
    Ok(match text.strip_prefix('\u{FEFF}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_its_refusals() {
        assert_eq!(
            text_of(b"\xEF\xBB\xBFlet a".to_vec()),
            Ok("let a".to_owned())
        );
        assert_eq!(text_of(Vec::new()), Ok(String::new()));
        assert!(
            text_of(b"\x7fELF\0".to_vec())
                .unwrap_err()
                .contains("binary")
        );
        assert!(text_of(b"ab\xff".to_vec()).unwrap_err().contains("byte 2"));
    }

    #[test]
    fn paths_that_are_no_programs() {
        let missing = read_program(Path::new("no/such/file.ts")).unwrap_err();
        assert_eq!(missing, "there is no file `no/such/file.ts`");
        assert!(
            read_program(Path::new("."))
                .unwrap_err()
                .contains("directory")
        );
    }
}
