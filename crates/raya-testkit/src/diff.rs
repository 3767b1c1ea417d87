//! Line differences for failure messages.

/// Lines of context around a difference.
const CONTEXT: usize = 2;
/// Beyond so many lines the texts are compared line by line, without looking for moves.
const LIMIT: usize = 2_000;
/// A message shows at most so many lines.
const SHOWN: usize = 60;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Edit {
    Same,
    Missing,
    Surplus,
}

/// The difference between two texts: lines with `-` were expected and are missing, lines
/// with `+` came instead.
pub fn lines(expected: &str, actual: &str) -> String {
    let old: Vec<&str> = expected.split('\n').collect();
    let new: Vec<&str> = actual.split('\n').collect();
    let edits = if old.len().max(new.len()) > LIMIT {
        by_position(&old, &new)
    } else {
        by_common_lines(&old, &new)
    };
    render(&edits)
}

fn by_position<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<(Edit, &'a str)> {
    let mut edits = Vec::new();
    for i in 0..old.len().max(new.len()) {
        match (old.get(i), new.get(i)) {
            (Some(a), Some(b)) if a == b => edits.push((Edit::Same, *a)),
            (a, b) => {
                edits.extend(a.map(|line| (Edit::Missing, *line)));
                edits.extend(b.map(|line| (Edit::Surplus, *line)));
            }
        }
    }
    edits
}

/// The longest common subsequence of lines stays, the rest is missing or surplus.
fn by_common_lines<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<(Edit, &'a str)> {
    let width = new.len() + 1;
    let mut longest = vec![0u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            longest[i * width + j] = if old[i] == new[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let mut edits = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            edits.push((Edit::Same, old[i]));
            i += 1;
            j += 1;
        } else if j == new.len()
            || (i < old.len() && longest[(i + 1) * width + j] >= longest[i * width + j + 1])
        {
            edits.push((Edit::Missing, old[i]));
            i += 1;
        } else {
            edits.push((Edit::Surplus, new[j]));
            j += 1;
        }
    }
    edits
}

fn render(edits: &[(Edit, &str)]) -> String {
    let changed: Vec<usize> = (0..edits.len())
        .filter(|&i| edits[i].0 != Edit::Same)
        .collect();
    let near = |i: usize| changed.iter().any(|&c| c.abs_diff(i) <= CONTEXT);
    let mut out = String::new();
    let mut shown = 0;
    let mut skipped = false;
    for (i, (edit, line)) in edits.iter().enumerate() {
        if !near(i) {
            skipped = true;
            continue;
        }
        if shown == SHOWN {
            out.push_str("    … more differences\n");
            break;
        }
        if skipped {
            out.push_str("    …\n");
            skipped = false;
        }
        let sign = match edit {
            Edit::Same => ' ',
            Edit::Missing => '-',
            Edit::Surplus => '+',
        };
        out.push_str(&format!("    {sign} {}\n", visible(line)));
        shown += 1;
    }
    out
}

/// A line with its control characters written out and its length bounded.
fn visible(line: &str) -> String {
    let mut out = String::new();
    for (i, c) in line.chars().enumerate() {
        if i == 300 {
            out.push('…');
            break;
        }
        if c.is_control() {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn shows_what_is_missing_and_what_came_instead() {
        let text = lines("a\nb\nc\n", "a\nx\nc\n");
        assert_eq!(text, "      a\n    - b\n    + x\n      c\n      \n");
    }

    #[test]
    fn leaves_out_what_is_far_from_a_difference() {
        let expected = "same\n".repeat(20) + "old";
        let actual = "same\n".repeat(20) + "new";
        assert_eq!(
            lines(&expected, &actual),
            "    …\n      same\n      same\n    - old\n    + new\n"
        );
    }
}
