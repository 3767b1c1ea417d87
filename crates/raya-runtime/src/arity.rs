//! Errors about the number of arguments, in CPython's words.
//!
//! Function and parameters are named as the program names them. The receiver of a method
//! counts among its arguments; where it is missing itself, its name is `this`.

use crate::abi::Thrown;
use crate::ctx::Ctx;
use crate::func::FuncInfo;

impl FuncInfo {
    /// CPython's `__qualname__`.
    pub fn qualified_name(&self) -> String {
        match self.owner.get() {
            Some(owner) => {
                let module = &owner.module;
                let function = &module.functions[self.index as usize];
                module.str(function.qualified).into_owned()
            }
            None => self.name.to_string(),
        }
    }

    /// The name of a declared parameter; its position where it has none.
    fn param_name(&self, i: usize) -> String {
        let named = self.owner.get().and_then(|owner| {
            let module = &owner.module;
            let function = &module.functions[self.index as usize];
            let name = *function.param_names.get(i)?;
            Some(module.str(name).into_owned())
        });
        match named {
            Some(name) if !name.is_empty() => name,
            _ => (i + 1).to_string(),
        }
    }
}

impl Ctx {
    /// `given` arguments are fewer than the function requires; none if even the receiver is
    /// missing.
    #[cold]
    pub(crate) fn missing_arguments(&mut self, func: &FuncInfo, given: Option<usize>) -> Thrown {
        let required = usize::from(func.sig_info.required);
        let declared = (given.unwrap_or(0)..required).map(|i| func.param_name(i));
        let receiver = given.is_none().then(|| "this".to_string());
        let names: Vec<String> = receiver
            .into_iter()
            .chain(declared)
            .map(|name| format!("'{name}'"))
            .collect();
        let plural = if names.len() == 1 { "" } else { "s" };
        let message = format!(
            "{}() missing {} required positional argument{plural}: {}",
            func.qualified_name(),
            names.len(),
            enumeration(&names)
        );
        self.type_error(&message)
    }

    /// `given` arguments are more than the function takes.
    #[cold]
    pub(crate) fn surplus_arguments(&mut self, func: &FuncInfo, given: usize) -> Thrown {
        // `__new__` gets the class as its first declared parameter.
        let name = func.qualified_name();
        let hidden = usize::from(func.takes_this() && !name.ends_with(".__new__"));
        let (most, given) = (func.sig_info.params.len() + hidden, given + hidden);
        let least = usize::from(func.sig_info.required) + hidden;
        let takes = if least < most {
            format!("from {least} to {most}")
        } else {
            most.to_string()
        };
        let plural = if takes == "1" { "" } else { "s" };
        let were = if given == 1 { "was" } else { "were" };
        let message =
            format!("{name}() takes {takes} positional argument{plural} but {given} {were} given");
        self.type_error(&message)
    }
}

/// `a`, `a and b`, `a, b, and c`.
fn enumeration(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [rest @ .., last] => format!("{}, and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_as_in_cpython() {
        let names = ["'a'", "'b'", "'c'"].map(String::from);
        assert_eq!(enumeration(&names[..1]), "'a'");
        assert_eq!(enumeration(&names[..2]), "'a' and 'b'");
        assert_eq!(enumeration(&names), "'a', 'b', and 'c'");
    }
}
