//! The order in which a class's bases are asked: C3, as CPython linearises them ("The
//! Python 2.3 Method Resolution Order").

use super::{ClassId, Subst, Ty, TyList, TypeInterner, TypeKind};

/// Why the bases of a class have no common order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderError {
    /// A base is listed twice.
    Duplicate(Ty),
    /// The orders of the bases contradict each other: what is left of them.
    Inconsistent(Vec<Ty>),
    /// There are more than [`MAX_ANCESTORS`].
    TooMany,
}

/// The most classes that a class may inherit from. Each class has a list of them, so chains
/// take memory by the square of their length; the runtime has the same limit.
pub const MAX_ANCESTORS: usize = 4_000;

impl TypeInterner {
    /// The resolution order of a class with these bases, without the class itself.
    pub fn linearise(&mut self, bases: &[Ty]) -> Result<Vec<Ty>, OrderError> {
        let class_of = |t: &Self, ty: Ty| match t.kind(ty) {
            TypeKind::Class(class, _) => Some(class),
            _ => None,
        };
        for (i, &base) in bases.iter().enumerate() {
            let class = class_of(self, base);
            if bases[..i].iter().any(|&b| class_of(self, b) == class) {
                return Err(OrderError::Duplicate(base));
            }
        }
        let mut lists: Vec<Vec<Ty>> = Vec::with_capacity(bases.len() + 1);
        for &base in bases {
            let mut list = vec![base];
            if let TypeKind::Class(class, args) = self.kind(base) {
                let above = self.ancestors(class, args);
                list.extend(above.into_iter().map(|(c, args)| self.class_type(c, args)));
            }
            lists.push(list);
        }
        let order = match lists.as_mut_slice() {
            [only] => std::mem::take(only),
            _ => {
                lists.push(bases.to_vec());
                merge(lists)?
            }
        };
        if order.len() > MAX_ANCESTORS {
            return Err(OrderError::TooMany);
        }
        Ok(order)
    }

    fn class_type(&mut self, class: ClassId, args: TyList) -> Ty {
        self.intern(TypeKind::Class(class, args))
    }

    /// What a class inherits from, in resolution order, with type arguments; not itself.
    pub fn ancestors(&mut self, class: ClassId, args: TyList) -> Vec<(ClassId, TyList)> {
        let decl = self.class(class);
        let (params, mro) = (decl.params.clone(), decl.mro.clone());
        let subst = (args != TyList::EMPTY).then(|| Subst::new(&params, &self.list_arc(args)));
        let mut all = Vec::with_capacity(mro.len());
        for ty in mro {
            let ty = match &subst {
                Some(subst) => self.substitute(ty, subst),
                None => ty,
            };
            if let TypeKind::Class(class, args) = self.kind(ty) {
                all.push((class, args));
            }
        }
        all
    }

    /// The bases of a class as they are written, with its type arguments in place.
    pub fn bases_of(&mut self, class: ClassId, args: TyList) -> Vec<Ty> {
        let decl = self.class(class);
        let (params, bases) = (decl.params.clone(), decl.bases.clone());
        if args == TyList::EMPTY {
            return bases;
        }
        let subst = Subst::new(&params, &self.list_arc(args));
        bases
            .into_iter()
            .map(|b| self.substitute(b, &subst))
            .collect()
    }
}

/// C3's merge: again and again the first head that stands in no list's tail.
fn merge(mut lists: Vec<Vec<Ty>>) -> Result<Vec<Ty>, OrderError> {
    let mut merged = Vec::new();
    loop {
        lists.retain(|list| !list.is_empty());
        if lists.is_empty() {
            return Ok(merged);
        }
        let good = |head: &Ty| lists.iter().all(|list| !list[1..].contains(head));
        let Some(next) = lists.iter().map(|list| list[0]).find(good) else {
            let mut left: Vec<Ty> = Vec::new();
            for list in &lists {
                if !left.contains(&list[0]) {
                    left.push(list[0]);
                }
            }
            return Err(OrderError::Inconsistent(left));
        };
        merged.push(next);
        for list in &mut lists {
            if list[0] == next {
                list.remove(0);
            }
        }
    }
}
