//! `console.table`: rows and columns with lines around them.

use crate::abi::R;
use crate::ctx::Ctx;
use crate::mem::array::Array;
use crate::mem::value::Value;
use crate::text::inspect_layout::width;
use crate::type_info::TypeKind;

use super::{Inspector, Options, inspect};

/// A table under construction: columns in the order in which they came up.
struct Grid {
    heads: Vec<String>,
    columns: Vec<Vec<String>>,
    rows: usize,
}

impl Grid {
    fn new(index: &str) -> Grid {
        Grid {
            heads: vec![index.to_owned()],
            columns: vec![Vec::new()],
            rows: 0,
        }
    }

    /// Begins a row.
    fn row(&mut self, index: String) {
        self.rows += 1;
        self.columns[0].push(index);
    }

    /// The place of a column, which is new if there was none of this name.
    fn column(&mut self, head: &str) -> usize {
        if let Some(at) = self.heads.iter().skip(1).position(|h| h == head) {
            return at + 1;
        }
        self.heads.push(head.to_owned());
        self.columns.push(Vec::new());
        self.columns.len() - 1
    }

    /// Sets a cell of the last row.
    fn cell(&mut self, head: &str, text: String) {
        let column = self.column(head);
        let cells = &mut self.columns[column];
        cells.resize(self.rows - 1, String::new());
        cells.push(text);
    }

    fn draw(mut self) -> String {
        for column in &mut self.columns {
            column.resize(self.rows, String::new());
        }
        let widths: Vec<usize> = (self.heads.iter().zip(&self.columns))
            .map(|(head, cells)| cells.iter().chain([head]).map(|c| width(c)).max())
            .map(|widest| widest.unwrap_or(0))
            .collect();
        let rule = |left: &str, middle: &str, right: &str| {
            let parts: Vec<String> = widths.iter().map(|w| "─".repeat(w + 2)).collect();
            format!("{left}{}{right}", parts.join(middle))
        };
        let line = |cells: Vec<&String>| {
            let padded: Vec<String> = (cells.iter().zip(&widths))
                .map(|(cell, w)| format!("{cell}{}", " ".repeat(w - width(cell))))
                .collect();
            format!("│ {} │", padded.join(" │ "))
        };
        let mut lines = vec![
            rule("┌", "┬", "┐"),
            line(self.heads.iter().collect()),
            rule("├", "┼", "┤"),
        ];
        for row in 0..self.rows {
            lines.push(line(self.columns.iter().map(|c| &c[row]).collect()));
        }
        lines.push(rule("└", "┴", "┘"));
        lines.join("\n")
    }
}

/// The text of one cell.
fn cell(ctx: &mut Ctx, v: Value) -> R<String> {
    if ctx.has_members(v) && ctx.own_members(v).len() > 2 {
        let ty = ctx.type_of(v);
        return Ok(match ty.kind {
            TypeKind::Instance => format!("[{}]", ty.meta.name),
            _ => "[Object]".to_owned(),
        });
    }
    let options = Options {
        depth: 0,
        max_items: 3,
        break_length: usize::MAX,
    };
    inspect(ctx, v, options)
}

/// What has elements or members, by index or name; none for anything else.
fn entries(ctx: &mut Ctx, v: Value) -> R<Option<Vec<(String, Value)>>> {
    if let Some(array) = ctx.as_array(v) {
        let all = (0..array.len()).filter_map(|i| Some((i.to_string(), array.get(i)?)));
        return Ok(Some(all.collect()));
    }
    if !ctx.has_members(v) {
        return Ok(None);
    }
    let mut out = Vec::new();
    for (name, item) in ctx.own_entries(v) {
        let item = match item.is_unset() {
            true => ctx.read_own_member(v, name)?.unwrap_or(Value::NULL),
            false => item,
        };
        out.push((ctx.name_text(name), item));
    }
    Ok(Some(out))
}

/// Draws a table of tabular data, with the columns that are asked for or else with all;
/// none for what has no rows.
pub fn draw(ctx: &mut Ctx, v: Value, columns: Option<Array>) -> R<Option<String>> {
    if let Some(grid) = of_container(ctx, v)? {
        return Ok(Some(grid.draw()));
    }
    let Some(rows) = entries(ctx, v)? else {
        return Ok(None);
    };
    let mut grid = Grid::new("(index)");
    let wanted = columns.map(|names| {
        let names = (0..names.len()).filter_map(|i| names.get(i));
        names.map(|n| ctx.name_text(n)).collect::<Vec<_>>()
    });
    for head in wanted.iter().flatten() {
        grid.column(head);
    }
    let is_shown = |name: &String| wanted.as_ref().is_none_or(|names| names.contains(name));
    let mut values = Vec::new();
    for (index, row) in rows {
        grid.row(index);
        if let Some(items) = entries(ctx, row)? {
            for (name, item) in items {
                if is_shown(&name) {
                    let text = cell(ctx, item)?;
                    grid.cell(&name, text);
                }
            }
        } else {
            values.resize(grid.rows - 1, String::new());
            values.push(cell(ctx, row)?);
        }
    }
    if !values.is_empty() {
        grid.heads.push("Values".to_owned());
        grid.columns.push(values);
    }
    Ok(Some(grid.draw()))
}

/// The table of a Map or Set.
fn of_container(ctx: &mut Ctx, v: Value) -> R<Option<Grid>> {
    if ctx.kind_of(v) != TypeKind::Instance {
        return Ok(None);
    }
    let ty = ctx.type_of(v);
    let mut inspector = Inspector::new(ctx, Options::default());
    let Some((container, _)) = inspector.container(ty) else {
        return Ok(None);
    };
    let Some(table) = inspector.table_of(v) else {
        return Ok(None);
    };
    let is_map = container == super::containers::Container::Map;
    let mut grid = Grid::new("(iteration index)");
    let cursor = table.cursor(ctx)?;
    while cursor.advance(ctx) {
        let Some((key, value)) = cursor.entry() else {
            break;
        };
        grid.row(grid.rows.to_string());
        if is_map {
            let text = cell(ctx, key)?;
            grid.cell("Key", text);
            let text = cell(ctx, value)?;
            grid.cell("Values", text);
        } else {
            let text = cell(ctx, key)?;
            grid.cell("Values", text);
        }
    }
    Ok(Some(grid))
}
