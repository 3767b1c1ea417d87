//! "Did you mean …": the closest of a set of names.

/// The candidate closest to `wanted`, if one is close enough to be a likely slip.
pub(crate) fn closest<'a>(
    wanted: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let limit = (wanted.chars().count() / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates.filter(|c| !c.is_empty() && *c != wanted) {
        if candidate.len().abs_diff(wanted.len()) > limit + 1 {
            continue;
        }
        let distance = if candidate.eq_ignore_ascii_case(wanted) {
            0
        } else {
            distance(wanted, candidate)
        };
        let better = best.is_none_or(|(d, name)| (distance, candidate) < (d, name));
        if distance <= limit && better {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, name)| name)
}

/// Edit distance in which swapping two neighbours is one step.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().take(64).collect();
    let b: Vec<char> = b.chars().take(64).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_and_ignores_strangers() {
        let names = ["length", "push", "indexOf", "map"];
        assert_eq!(closest("lenght", names.into_iter()), Some("length"));
        assert_eq!(closest("indexof", names.into_iter()), Some("indexOf"));
        assert_eq!(closest("frobnicate", names.into_iter()), None);
        assert_eq!(closest("map", names.into_iter()), None);
    }
}
