//! `console.table`: rows and columns in a frame.

use crate::abi::R;
use crate::ctx::Ctx;
use crate::inspect::key_text;
use crate::mem::value::Value;

/// Heading of the column of row names.
const INDEX: &str = "(index)";
/// Heading of the column of rows that are no objects.
const VALUES: &str = "Values";

/// Cells of a table under construction.
#[derive(Default)]
struct Grid {
    /// Headings behind the index column.
    columns: Vec<String>,
    /// Name and cells of each row, cells by column.
    rows: Vec<(String, Vec<String>)>,
    /// Cells of rows that are no objects.
    plain: Vec<Option<String>>,
}

impl Ctx {
    /// The table, or the value as `console.log` shows it when it has no rows.
    pub(crate) fn table_text(&mut self, v: Value) -> R<String> {
        if !v.is_object() || self.as_str(v).is_some() {
            return match self.as_str(v) {
                Some(s) => Ok(s.to_text(self)),
                None => self.inspect(v),
            };
        }
        let rows: Vec<(String, Value)> = match self.as_array(v) {
            Some(array) => (0..array.len())
                .map(|i| (i.to_string(), array.get(i).unwrap_or(Value::NULL)))
                .collect(),
            None => (self.own_members(v).into_iter())
                .map(|(name, item)| (self.name_text(name), item))
                .collect(),
        };
        let mut grid = Grid::default();
        for (name, row) in rows {
            self.add_row(&mut grid, name, row)?;
        }
        Ok(grid.render())
    }

    fn add_row(&mut self, grid: &mut Grid, name: String, row: Value) -> R<()> {
        let mut cells = vec![String::new(); grid.columns.len()];
        let members: Option<Vec<(String, Value)>> = if let Some(array) = self.as_array(row) {
            let items = (0..array.len()).map(|i| (i.to_string(), array.get(i)));
            Some(items.filter_map(|(k, v)| Some((k, v?))).collect())
        } else if row.is_object() && self.as_str(row).is_none() {
            let members = self.own_members(row).into_iter();
            Some(members.map(|(k, v)| (key_text(self, k), v)).collect())
        } else {
            None
        };
        match members {
            Some(members) => {
                for (key, item) in members {
                    let at = match grid.columns.iter().position(|c| *c == key) {
                        Some(at) => at,
                        None => {
                            grid.columns.push(key);
                            cells.push(String::new());
                            grid.columns.len() - 1
                        }
                    };
                    cells[at] = self.inspect_to(item, 0)?;
                }
                grid.plain.push(None);
            }
            None => {
                let text = self.inspect(row)?;
                grid.plain.push(Some(text));
            }
        }
        grid.rows.push((name, cells));
        Ok(())
    }
}

impl Grid {
    fn render(self) -> String {
        let mut headings = vec![INDEX.to_owned()];
        headings.extend(self.columns.iter().cloned());
        let has_plain = self.plain.iter().any(Option::is_some);
        if has_plain {
            headings.push(VALUES.to_owned());
        }
        let columns = self.columns.len();
        let rows: Vec<Vec<String>> = (self.rows.into_iter().zip(self.plain))
            .map(|((name, mut cells), plain)| {
                cells.resize(columns, String::new());
                let mut row = vec![name];
                row.extend(cells);
                if has_plain {
                    row.push(plain.unwrap_or_default());
                }
                row
            })
            .collect();
        let width = |i: usize| {
            let cells = rows.iter().map(|r| r[i].chars().count());
            cells
                .chain([headings[i].chars().count()])
                .max()
                .unwrap_or(0)
                + 2
        };
        let widths: Vec<usize> = (0..headings.len()).map(width).collect();
        let rule = |left: &str, middle: &str, right: &str| {
            let bars: Vec<String> = widths.iter().map(|&w| "─".repeat(w)).collect();
            format!("{left}{}{right}", bars.join(middle))
        };
        let line = |cells: &[String]| {
            let padded: Vec<String> = (cells.iter().zip(&widths))
                .map(|(c, &w)| centred(c, w))
                .collect();
            format!("│{}│", padded.join("│"))
        };
        let mut out = vec![rule("┌", "┬", "┐"), line(&headings), rule("├", "┼", "┤")];
        out.extend(rows.iter().map(|row| line(row)));
        out.push(rule("└", "┴", "┘"));
        out.join("\n")
    }
}

/// Text in the middle of a cell, the odd column on the right.
fn centred(text: &str, width: usize) -> String {
    let free = width - text.chars().count();
    let left = free / 2;
    format!("{}{text}{}", " ".repeat(left), " ".repeat(free - left))
}
