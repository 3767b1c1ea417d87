//! C3 linearisation of bases, as CPython computes method resolution orders.

use crate::type_info::TypeRef;

/// Why there is no linearisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MroError {
    /// A base is listed twice.
    Duplicate(TypeRef),
    /// The orders of the bases contradict each other; the bases that are left.
    Inconsistent(Vec<TypeRef>),
    /// There are more than `MAX_ANCESTORS`.
    TooMany,
}

/// The most classes that a class may inherit from: its list of them lies outside of the heap,
/// where no limit would stop a program that derives from what it has just derived. The checker
/// has the same limit, which does not count the root.
const MAX_ANCESTORS: usize = 4_001;

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
            MroError::TooMany => "a class inherits from at most 4000 classes".to_owned(),
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
    let order = match bases {
        [only] => only.meta.mro.to_vec(),
        _ => merge_orders(bases)?,
    };
    if order.len() > MAX_ANCESTORS {
        return Err(MroError::TooMany);
    }
    Ok(order)
}

fn merge_orders(bases: &[TypeRef]) -> Result<Vec<TypeRef>, MroError> {
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
