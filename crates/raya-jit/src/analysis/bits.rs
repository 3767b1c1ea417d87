//! A dense set of small numbers: registers, or nodes of a graph.

/// A set of registers (or of any small indices) of one function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegSet {
    words: Vec<u64>,
}

impl RegSet {
    /// The empty set with room for members below `len`.
    pub fn new(len: usize) -> RegSet {
        RegSet {
            words: vec![0; len.div_ceil(64)],
        }
    }

    /// Adds `i`; whether it is new. Members beyond the room are ignored.
    pub fn insert(&mut self, i: usize) -> bool {
        match self.words.get_mut(i / 64) {
            Some(w) => {
                let new = *w & 1 << (i % 64) == 0;
                *w |= 1 << (i % 64);
                new
            }
            None => false,
        }
    }

    /// Removes `i`.
    pub fn remove(&mut self, i: usize) {
        if let Some(w) = self.words.get_mut(i / 64) {
            *w &= !(1 << (i % 64));
        }
    }

    /// Whether `i` is a member.
    pub fn contains(&self, i: usize) -> bool {
        self.words
            .get(i / 64)
            .is_some_and(|w| w & 1 << (i % 64) != 0)
    }

    /// Adds all of `other`; whether the set grew.
    pub fn union(&mut self, other: &RegSet) -> bool {
        let mut grew = false;
        for (w, o) in self.words.iter_mut().zip(&other.words) {
            grew |= *o & !*w != 0;
            *w |= *o;
        }
        grew
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        self.words.fill(0);
    }

    /// The members in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(k, &w)| {
            let mut rest = w;
            std::iter::from_fn(move || {
                (rest != 0).then(|| {
                    let bit = rest.trailing_zeros() as usize;
                    rest &= rest - 1;
                    k * 64 + bit
                })
            })
        })
    }

    /// Whether nothing is a member.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|w| *w == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_come_back_in_order() {
        let mut s = RegSet::new(130);
        for i in [129, 0, 64, 63] {
            assert!(s.insert(i));
            assert!(!s.insert(i));
        }
        assert_eq!(s.iter().collect::<Vec<_>>(), [0, 63, 64, 129]);
        s.remove(63);
        assert!(!s.contains(63) && s.contains(64));
    }
}
