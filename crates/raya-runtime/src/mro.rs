//! C3 linearisation of bases, as CPython computes method resolution orders.

use crate::type_info::TypeRef;

/// Why there is no linearisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MroError {
    /// A base is listed twice.
    Duplicate(TypeRef),
    /// The orders of the bases contradict each other; the bases that are left.
    Inconsistent(Vec<TypeRef>),
}

impl MroError {
    /// The message of the `TypeError`.
    pub fn message(&self) -> String {
        match self {
            MroError::Duplicate(base) => format!("duplicate base class {}", base.meta.name),
            MroError::Inconsistent(bases) => {
                let names: Vec<&str> = bases.iter().map(|b| &*b.meta.name).collect();
                format!(
                    "Cannot create a consistent method resolution\norder (MRO) for bases {}",
                    names.join(", ")
                )
            }
        }
    }
}

/// The linearisation of a class with these bases, without the class itself.
pub fn linearise(bases: &[TypeRef]) -> Result<Vec<TypeRef>, MroError> {
    for (i, base) in bases.iter().enumerate() {
        if bases[..i].contains(base) {
            return Err(MroError::Duplicate(*base));
        }
    }
    if let [only] = bases {
        return Ok(only.meta.mro.to_vec());
    }
    let mut lists: Vec<&[TypeRef]> = bases.iter().map(|b| &b.meta.mro[..]).collect();
    lists.push(bases);
    merge(lists)
}

fn merge<T: Copy + PartialEq>(mut lists: Vec<&[T]>) -> Result<Vec<T>, MroError>
where
    MroError: From<Vec<T>>,
{
    let mut merged = Vec::new();
    loop {
        lists.retain(|list| !list.is_empty());
        if lists.is_empty() {
            return Ok(merged);
        }
        let good = |&head: &T| lists.iter().all(|list| !list[1..].contains(&head));
        let Some(next) = lists.iter().map(|list| list[0]).find(good) else {
            let mut left: Vec<T> = Vec::new();
            for list in &lists {
                if !left.contains(&list[0]) {
                    left.push(list[0]);
                }
            }
            return Err(left.into());
        };
        merged.push(next);
        for list in &mut lists {
            if list[0] == next {
                *list = &list[1..];
            }
        }
    }
}

impl From<Vec<TypeRef>> for MroError {
    fn from(left: Vec<TypeRef>) -> Self {
        MroError::Inconsistent(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Letters stand for classes; the error type is only needed by its bound.
    impl From<Vec<char>> for MroError {
        fn from(_: Vec<char>) -> Self {
            MroError::Inconsistent(Vec::new())
        }
    }

    #[test]
    fn diamond_keeps_local_order() {
        let order = merge(vec![&['B', 'O'][..], &['C', 'O'], &['B', 'C']]);
        assert_eq!(order, Ok(vec!['B', 'C', 'O']));
    }

    #[test]
    fn textbook_lattice() {
        // class A(O) B(O) C(O); class D(A, B); class E(B, C); class F(D, E)
        let d = ['D', 'A', 'B', 'O'];
        let e = ['E', 'B', 'C', 'O'];
        let order = merge(vec![&d[..], &e, &['D', 'E']]);
        assert_eq!(order, Ok(vec!['D', 'A', 'E', 'B', 'C', 'O']));
    }

    #[test]
    fn contradiction_is_refused() {
        let x = ['X', 'A', 'B', 'O'];
        let y = ['Y', 'B', 'A', 'O'];
        assert!(merge(vec![&x[..], &y, &['X', 'Y']]).is_err());
    }
}
