//! Diagnostics as text.
//!
//! Two forms: `Style::Plain` is short and the same everywhere (the source line with
//! carets, for tests and logs); the others are drawn by ariadne for people. Both name
//! the place as `file:line:column`. Rendering neither fails nor panics, whatever the
//! spans are: they are clamped to the text first.

use crate::diagnostics::{Diagnostic, Severity};
use crate::source::{FileId, SourceFile, SourceMap};
use crate::span::Span;
use ariadne::{Cache, Color, Config, IndexType, ReportKind, Source};
use std::collections::HashMap;
use std::fmt;
use std::fmt::Write as _;

/// How diagnostics are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// A line with place, code and message, the source line with carets, labels, help.
    Plain,
    /// Drawn, without colours.
    Drawn,
    /// Drawn, in colours for a terminal.
    Coloured,
}

/// Of longer lines only the part around the fault is shown.
const LINE_LIMIT: usize = 120;

/// The text of some diagnostics, in the order given.
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap, style: Style) -> String {
    let mut out = String::new();
    let mut cache = DrawCache::new(sources);
    for diagnostic in diagnostics {
        match style {
            Style::Plain => plain(diagnostic, sources, &mut out),
            Style::Drawn => draw(diagnostic, &mut cache, false, &mut out),
            Style::Coloured => draw(diagnostic, &mut cache, true, &mut out),
        }
    }
    out
}

/// `file:line:column` of the start of a span.
pub fn location(sources: &SourceMap, file: FileId, span: Span) -> String {
    match sources.get(file) {
        Some(source) => {
            let at = source.line_col(span.start);
            format!("{}:{}:{}", source.name(), at.line, at.column)
        }
        None => "<unknown file>".to_owned(),
    }
}

fn plain(diagnostic: &Diagnostic, sources: &SourceMap, out: &mut String) {
    let place = location(sources, diagnostic.file, diagnostic.span);
    let severity = diagnostic.severity.text();
    let _ = writeln!(
        out,
        "{place}: {severity} {}: {}",
        diagnostic.code, diagnostic.message
    );
    plain_line(sources, diagnostic.file, diagnostic.span, out);
    for label in &diagnostic.labels {
        let place = location(sources, label.file, label.span);
        let _ = writeln!(out, "  {place}: {}", label.message);
        plain_line(sources, label.file, label.span, out);
    }
    if let Some(help) = &diagnostic.help {
        let _ = writeln!(out, "  help: {help}");
    }
}

/// The source line with carets under the span.
fn plain_line(sources: &SourceMap, file: FileId, span: Span, out: &mut String) {
    let Some(source) = sources.get(file) else {
        return;
    };
    let at = source.line_col(span.start);
    let line: Vec<char> = source.line_text(at.line).chars().collect();
    let column = (at.column as usize - 1).min(line.len());
    let width = source.slice(span).chars().count().max(1);
    let carets = width.min((line.len() - column).max(1));
    let window = Window::around(column, line.len());
    let number = at.line.to_string();
    // Tabs keep their place in the line of carets.
    let shown: String = line[window.from..window.to].iter().collect();
    let padding: String = line[window.from..column]
        .iter()
        .map(|&c| if c == '\t' { '\t' } else { ' ' })
        .collect();
    let carets = "^".repeat(carets.min(window.to.max(column + 1) - column));
    let gap = " ".repeat(number.len());
    let (before, after) = (window.before(), window.after(line.len()));
    let _ = writeln!(out, "  {number} | {before}{shown}{after}");
    let _ = writeln!(
        out,
        "  {gap} | {before_gap}{padding}{carets}",
        before_gap = " ".repeat(before.len())
    );
}

/// The part of a long line that is shown.
struct Window {
    from: usize,
    to: usize,
}

impl Window {
    fn around(column: usize, length: usize) -> Self {
        if length <= LINE_LIMIT {
            return Self {
                from: 0,
                to: length,
            };
        }
        let from = column.saturating_sub(LINE_LIMIT / 2);
        Self {
            from,
            to: (from + LINE_LIMIT).min(length),
        }
    }

    fn before(&self) -> &'static str {
        if self.from > 0 { "..." } else { "" }
    }

    fn after(&self, length: usize) -> &'static str {
        if self.to < length { "..." } else { "" }
    }
}

/// Sources in the form that ariadne wants, each made when first needed.
struct DrawCache<'a> {
    sources: &'a SourceMap,
    texts: HashMap<FileId, Source<String>>,
    missing: Source<String>,
}

impl<'a> DrawCache<'a> {
    fn new(sources: &'a SourceMap) -> Self {
        Self {
            sources,
            texts: HashMap::new(),
            missing: Source::from(String::new()),
        }
    }

    fn file(&self, id: FileId) -> Option<&'a SourceFile> {
        self.sources.get(id)
    }
}

impl Cache<FileId> for &mut DrawCache<'_> {
    type Storage = String;

    fn fetch(&mut self, id: &FileId) -> Result<&Source<String>, impl fmt::Debug> {
        let sources = self.sources;
        Ok::<_, fmt::Error>(match sources.get(*id) {
            Some(file) => self
                .texts
                .entry(*id)
                .or_insert_with(|| Source::from(file.text().to_owned())),
            None => &self.missing,
        })
    }

    fn display<'b>(&self, id: &'b FileId) -> Option<impl fmt::Display + 'b> {
        self.file(*id).map(|file| file.name().to_owned())
    }
}

/// Lines longer than this are not drawn: a frame around them helps nobody.
const DRAWN_LINE_LIMIT: usize = 500;

fn draw(diagnostic: &Diagnostic, cache: &mut DrawCache<'_>, colour: bool, out: &mut String) {
    if !is_drawable(diagnostic, cache.sources) {
        plain(diagnostic, cache.sources, out);
        return;
    }
    let (kind, tint) = match diagnostic.severity {
        Severity::Error => (ReportKind::Error, Color::Red),
        Severity::Warning => (ReportKind::Warning, Color::Yellow),
    };
    let config = Config::default()
        .with_color(colour)
        .with_index_type(IndexType::Byte);
    let span = |file: FileId, span: Span| (file, clamp(span, cache.file(file)));
    let place = span(diagnostic.file, diagnostic.span);
    let mut report = ariadne::Report::build(kind, place.clone())
        .with_config(config)
        .with_code(diagnostic.code)
        .with_message(&diagnostic.message);
    let mut main = ariadne::Label::new(place).with_color(tint);
    main = main.with_message(diagnostic.code.title);
    report = report.with_label(main);
    for label in &diagnostic.labels {
        let label = ariadne::Label::new(span(label.file, label.span))
            .with_color(Color::Blue)
            .with_message(&label.message);
        report = report.with_label(label);
    }
    if let Some(help) = &diagnostic.help {
        report = report.with_help(help);
    }
    let mut bytes = Vec::new();
    match report.finish().write(&mut *cache, &mut bytes) {
        Ok(()) => out.push_str(&String::from_utf8_lossy(&bytes)),
        Err(_) => plain(diagnostic, cache.sources, out),
    }
}

/// Whether every place lies in a file that is known, on a line of sane length.
fn is_drawable(diagnostic: &Diagnostic, sources: &SourceMap) -> bool {
    let labels = diagnostic
        .labels
        .iter()
        .map(|label| (label.file, label.span));
    let mut places = std::iter::once((diagnostic.file, diagnostic.span)).chain(labels);
    places.all(|(file, span)| {
        sources.get(file).is_some_and(|source| {
            let line = source.line_col(span.start).line;
            source.line_text(line).len() <= DRAWN_LINE_LIMIT
        })
    })
}

/// The span within the text, at character boundaries.
fn clamp(span: Span, file: Option<&SourceFile>) -> std::ops::Range<usize> {
    let text = file.map_or("", SourceFile::text);
    let boundary = |offset: u32| {
        let mut offset = (offset as usize).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    };
    let start = boundary(span.start);
    start..boundary(span.end).max(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes;

    fn sample(text: &str, span: Span) -> (SourceMap, Diagnostic) {
        let mut sources = SourceMap::new();
        let file = sources.add("dir/a.raya", text);
        let message = "expected a type, found `}`";
        let diagnostic = Diagnostic::error(codes::EXPECTED_TYPE, file, span, message);
        (sources, diagnostic)
    }

    #[test]
    fn plain_names_the_place_and_shows_the_line() {
        let (sources, diagnostic) = sample("a\n\tlet ä: }\n", Span::new(11, 12));
        let diagnostic = diagnostic
            .with_label(Span::new(0, 1), "see here")
            .with_help("write one");
        let expected = "\
dir/a.raya:2:9: error E0003: expected a type, found `}`
  2 | \tlet ä: }
    | \t       ^
  dir/a.raya:1:1: see here
  1 | a
    | ^
  help: write one
";
        assert_eq!(render(&[diagnostic], &sources, Style::Plain), expected);
    }

    #[test]
    fn drawn_is_ariadnes() {
        let (sources, diagnostic) = sample("let ä: }\n", Span::new(8, 9));
        let drawn = render(&[diagnostic], &sources, Style::Drawn);
        let lines: Vec<_> = drawn.lines().map(str::trim_end).collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
        [E0003] Error: expected a type, found `}`
           ╭─[ dir/a.raya:1:8 ]
           │
         1 │ let ä: }
           │        ┬
           │        ╰── type expected
        ───╯
        ");
    }

    #[test]
    fn spans_outside_the_text_are_clamped() {
        for span in [Span::new(99, 120), Span::new(4, 5), Span::new(6, 2)] {
            let (sources, diagnostic) = sample("let ä", span);
            for style in [Style::Plain, Style::Drawn, Style::Coloured] {
                assert!(
                    render(std::slice::from_ref(&diagnostic), &sources, style).contains("E0003")
                );
            }
        }
        let (_, diagnostic) = sample("", Span::at(0));
        let text = render(&[diagnostic], &SourceMap::new(), Style::Drawn);
        assert_eq!(
            text,
            "<unknown file>: error E0003: expected a type, found `}`\n"
        );
    }

    #[test]
    fn long_lines_are_cut() {
        let text = format!("{}}}{}", "a".repeat(5000), "b".repeat(5000));
        let (sources, diagnostic) = sample(&text, Span::new(5000, 5001));
        let text = render(&[diagnostic], &sources, Style::Drawn);
        assert!(text.len() < 500, "{text}");
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[1].find('}'), lines[2].find('^'));
    }
}
