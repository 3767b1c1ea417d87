//! How Node lays out the entries of an inspected array or object: columns for long
//! arrays of short entries, one line where it fits, one entry per line else
//! (`util.inspect` with `compact: 3`, `breakLength: 80`, as `console.log` uses it).

/// `breakLength` when writing to a stream that is not a terminal.
pub const BREAK_LENGTH: usize = 80;
/// `compact`: this many innermost levels may share a line.
const COMPACT: usize = 3;
/// Arrays print this many items, then "… more items".
pub const MAX_ITEMS: usize = 100;
/// Fewer entries than this are not set in columns.
const MIN_GROUPED: usize = 6;

/// What [`layout`] needs to know of the value whose entries it arranges.
#[derive(Clone, Copy, Debug)]
pub struct Shape<'a> {
    /// Text before the opening brace (class name, `Map(2)`); may be empty.
    pub prefix: &'a str,
    /// Opening and closing brace; the opening one may carry a prefix of its own.
    pub braces: (&'a str, &'a str),
    /// Columns that the value is indented by.
    pub indentation: usize,
    /// Levels of nesting below this value's deepest entry that was printed last,
    /// minus this value's own level.
    pub inner_levels: usize,
    /// The entries are array elements.
    pub array: bool,
    /// All elements are numbers: columns are aligned to the right.
    pub numeric: bool,
    /// The last entry tells of items left out.
    pub truncated: bool,
    /// Columns at which lines break.
    pub break_length: usize,
}

/// Arranges `entries` between the braces.
pub fn layout(entries: Vec<String>, shape: Shape<'_>) -> String {
    let count = entries.len();
    let entries = if shape.array && count > MIN_GROUPED {
        in_columns(entries, shape)
    } else {
        entries
    };
    let base = if shape.prefix.is_empty() {
        String::new()
    } else {
        format!("{} ", shape.prefix)
    };
    let (open, close) = shape.braces;
    if shape.inner_levels < COMPACT && entries.len() == count {
        let start = count + shape.indentation + units(open) + units(shape.prefix) + 10;
        let total: usize = entries.iter().map(|e| units(e)).sum::<usize>() + count + start;
        let one_line = total <= shape.break_length
            && !shape.prefix.contains('\n')
            && entries.iter().all(|e| !e.contains('\n'));
        if one_line {
            return format!("{base}{open} {} {close}", entries.join(", "));
        }
    }
    let newline = format!("\n{}", " ".repeat(shape.indentation));
    let separator = format!(",{newline}  ");
    format!(
        "{base}{open}{newline}  {}{newline}{close}",
        entries.join(&separator)
    )
}

/// Sets short entries in columns, or gives them back unchanged where that would not look good.
fn in_columns(entries: Vec<String>, shape: Shape<'_>) -> Vec<String> {
    const SEPARATOR: usize = 2;
    let grouped = entries.len() - usize::from(shape.truncated);
    let widths: Vec<usize> = entries[..grouped].iter().map(|e| width(e)).collect();
    let total: usize = widths.iter().map(|w| w + SEPARATOR).sum();
    let longest = widths.iter().copied().max().unwrap_or(0);
    let cell = longest + SEPARATOR;
    let worthwhile = cell * 3 + shape.indentation < shape.break_length
        && (total as f64 / cell as f64 > 5.0 || longest <= MIN_GROUPED);
    if !worthwhile {
        return entries;
    }
    let bias = (cell as f64 - total as f64 / entries.len() as f64).sqrt();
    let biased = (cell as f64 - 3.0 - bias).max(1.0);
    // A character is taken to be 2.5 times as high as wide; the block should look square.
    let square = ((2.5 * biased * grouped as f64).sqrt() / biased).round() as usize;
    let columns = square
        .min((shape.break_length - shape.indentation) / cell)
        .min(COMPACT * 4)
        .min(15);
    if columns <= 1 {
        return entries;
    }
    let column_widths: Vec<usize> = (0..columns)
        .map(|c| {
            widths
                .iter()
                .skip(c)
                .step_by(columns)
                .copied()
                .max()
                .unwrap_or(0)
                + SEPARATOR
        })
        .collect();
    let mut rows = Vec::with_capacity(grouped.div_ceil(columns) + 1);
    for (row, chunk) in entries[..grouped].chunks(columns).enumerate() {
        let mut line = String::new();
        for (c, entry) in chunk.iter().enumerate() {
            let last = c + 1 == chunk.len();
            let used = widths[row * columns + c];
            match (shape.numeric, last) {
                (true, true) => {
                    pad(&mut line, column_widths[c] - SEPARATOR - used);
                    line.push_str(entry);
                }
                (true, false) => {
                    pad(&mut line, column_widths[c] - SEPARATOR - used);
                    line.push_str(entry);
                    line.push_str(", ");
                }
                (false, true) => line.push_str(entry),
                (false, false) => {
                    line.push_str(entry);
                    line.push_str(", ");
                    pad(&mut line, column_widths[c] - SEPARATOR - used);
                }
            }
        }
        rows.push(line);
    }
    rows.extend(entries.into_iter().skip(grouped));
    rows
}

fn pad(line: &mut String, n: usize) {
    line.extend(std::iter::repeat_n(' ', n));
}

/// Length in UTF-16 units, by which lines are measured.
fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Columns that text takes on a terminal: wide East Asian characters and emoji count
/// twice, combining marks not at all.
pub fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

fn char_width(c: char) -> usize {
    match c as u32 {
        0..=0x1f | 0x7f..=0x9f => 0,
        0x20..=0x2ff => 1,
        0x300..=0x36f
        | 0x200b..=0x200f
        | 0x20d0..=0x20ff
        | 0xfe00..=0xfe0f
        | 0xfe20..=0xfe2f
        | 0xe0100..=0xe01ef => 0,
        0x1100..=0x115f
        | 0x2e80..=0x303e
        | 0x3041..=0x33ff
        | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff
        | 0xa000..=0xa4c6
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6b
        | 0xff01..=0xff60
        | 0xffe0..=0xffe6
        | 0x1b000..=0x1b2fb
        | 0x1f200..=0x1f251
        | 0x1f300..=0x1f64f
        | 0x1f900..=0x1f9ff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(items: Vec<String>, numeric: bool) -> String {
        layout(
            items,
            Shape {
                prefix: "",
                braces: ("[", "]"),
                indentation: 0,
                inner_levels: 0,
                array: true,
                numeric,
                truncated: false,
                break_length: BREAK_LENGTH,
            },
        )
    }

    #[test]
    fn short_arrays_share_a_line() {
        assert_eq!(
            array((1..=6).map(|i| i.to_string()).collect(), true),
            "[ 1, 2, 3, 4, 5, 6 ]"
        );
    }

    #[test]
    fn long_numeric_arrays_align_right() {
        // What Node 20 prints for Array.from({ length: 10 }, (_, i) => i * 50).
        let items = (0..10).map(|i| (i * 50).to_string()).collect();
        assert_eq!(
            array(items, true),
            "[\n    0,  50, 100, 150,\n  200, 250, 300, 350,\n  400, 450\n]"
        );
    }

    #[test]
    fn long_text_arrays_align_left() {
        // What Node 20 prints for the first eight words of a sentence.
        let words = [
            "'the'", "'quick'", "'brown'", "'fox'", "'jumps'", "'over'", "'lazy'", "'dogs'",
        ];
        let items = words.map(str::to_owned).to_vec();
        assert_eq!(
            array(items, false),
            "[\n  'the',   'quick',\n  'brown', 'fox',\n  'jumps', 'over',\n  'lazy',  'dogs'\n]"
        );
    }

    #[test]
    fn wide_objects_break() {
        let items: Vec<String> = (0..8).map(|i| format!("member{i}: 'value{i}'")).collect();
        let shape = Shape {
            prefix: "Point",
            braces: ("{", "}"),
            indentation: 2,
            inner_levels: 0,
            array: false,
            numeric: false,
            truncated: false,
            break_length: BREAK_LENGTH,
        };
        let text = layout(items, shape);
        assert!(text.starts_with("Point {\n    member0: 'value0',\n    member1"));
        assert!(text.ends_with("\n  }"));
    }
}
