//! All samples as JSON: `{"full": {"fib": {"raya": {"ms": [..], "peak": ..}, ..}, ..}, ..}`.

use crate::report::{Row, peak, times};
use crate::size::Size;

/// The document.
pub fn document(tables: &[(Size, Vec<Row>)]) -> String {
    let tables = tables.iter().map(|(size, rows)| {
        let rows = rows.iter().map(|row| {
            let engines = row.series.iter().map(|series| {
                let times: Vec<String> = times(&series.samples)
                    .iter()
                    .map(|ms| format!("{ms:.3}"))
                    .collect();
                let value = format!(
                    "{{\"ms\": [{}], \"peak\": {}}}",
                    times.join(", "),
                    peak(&series.samples)
                );
                (series.engine.name().to_owned(), value)
            });
            (row.name.clone(), object(engines, 2))
        });
        (size.name().to_owned(), object(rows, 1))
    });
    object(tables, 0) + "\n"
}

fn object(members: impl Iterator<Item = (String, String)>, depth: usize) -> String {
    let indent = "  ".repeat(depth);
    let lines: Vec<String> = members
        .map(|(name, value)| format!("{indent}  {}: {value}", string(&name)))
        .collect();
    format!("{{\n{}\n{indent}}}", lines.join(",\n"))
}

fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped() {
        assert_eq!(string("a\"b\\\n"), "\"a\\\"b\\\\\\u000a\"");
    }

    #[test]
    fn documents_nest() {
        let rows = vec![Row {
            name: "fib".to_owned(),
            series: Vec::new(),
        }];
        let text = document(&[(Size::Full, rows)]);
        assert_eq!(text, "{\n  \"full\": {\n    \"fib\": {\n\n    }\n  }\n}\n");
    }
}
