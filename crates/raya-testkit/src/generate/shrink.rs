//! Making a list of choices smaller while the program that it stands for still fails.

/// The smallest list found in at most `budget` attempts for which `fails` holds; it holds
/// for `list`.
///
/// # Errors
/// Passes on an error of `fails`.
pub fn shrink(
    list: Vec<u32>,
    budget: usize,
    fails: impl FnMut(&[u32]) -> Result<bool, String>,
) -> Result<Vec<u32>, String> {
    let mut search = Search {
        list,
        budget,
        fails,
    };
    loop {
        let before = search.list.clone();
        search.remove_chunks()?;
        search.lower_values()?;
        if search.list == before || search.budget == 0 {
            return Ok(search.list);
        }
    }
}

struct Search<F> {
    list: Vec<u32>,
    budget: usize,
    fails: F,
}

impl<F: FnMut(&[u32]) -> Result<bool, String>> Search<F> {
    /// Takes a candidate if it fails, too.
    fn offer(&mut self, candidate: Vec<u32>) -> Result<bool, String> {
        if self.budget == 0 {
            return Ok(false);
        }
        self.budget -= 1;
        let taken = (self.fails)(&candidate)?;
        if taken {
            self.list = candidate;
        }
        Ok(taken)
    }

    /// Removes runs of choices, long ones first, from the end (what is missing there is 0).
    fn remove_chunks(&mut self) -> Result<(), String> {
        let mut chunk = self.list.len().div_ceil(2);
        while chunk > 0 && self.budget > 0 {
            let mut end = self.list.len();
            while end > 0 {
                let start = end.saturating_sub(chunk);
                let mut candidate = self.list.clone();
                candidate.drain(start..end);
                self.offer(candidate)?;
                end = start;
            }
            chunk /= 2;
        }
        Ok(())
    }

    /// Replaces choices by simpler ones.
    fn lower_values(&mut self) -> Result<(), String> {
        for index in 0..self.list.len() {
            for simpler in [0, 1, 2] {
                if self.list[index] <= simpler {
                    break;
                }
                let mut candidate = self.list.clone();
                candidate[index] = simpler;
                if self.offer(candidate)? {
                    break;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::shrink;

    #[test]
    fn keeps_only_what_matters() {
        let list: Vec<u32> = (1..500).collect();
        let small = shrink(list, 10_000, |list| {
            Ok(list.contains(&250) && list.contains(&400))
        });
        assert_eq!(small, Ok(vec![250, 400]));
    }

    #[test]
    fn stops_at_its_budget() {
        let mut attempts = 0;
        let result = shrink((0..500).collect(), 7, |_| {
            attempts += 1;
            Ok(false)
        });
        assert_eq!(result.map(|list| list.len()), Ok(500));
        assert_eq!(attempts, 7);
    }
}
