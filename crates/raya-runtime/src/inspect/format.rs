//! `console.log`'s arguments: format directives in the first, then the rest.

use crate::abi::R;
use crate::ctx::Ctx;
use crate::inspect::number_text;
use crate::mem::array::Array;
use crate::mem::value::Value;
use crate::text::number_parse;

/// Levels that `%o` shows.
const DETAILED_DEPTH: usize = 4;

impl Ctx {
    /// The line that `console.log` writes for these arguments.
    pub(crate) fn format_args(&mut self, args: Array) -> R<String> {
        let mut next = 0;
        let mut line = String::new();
        let first = args.get(0).and_then(|v| self.as_str(v));
        if let Some(template) = first
            && args.len() > 1
        {
            let template = template.to_text(self);
            next = 1;
            line = self.expand_template(&template, args, &mut next)?;
        }
        while let Some(arg) = args.get(next) {
            if next > 0 {
                line.push(' ');
            }
            let text = match self.as_str(arg) {
                Some(s) => s.to_text(self),
                None => self.inspect(arg)?,
            };
            line.push_str(&text);
            next += 1;
        }
        Ok(line)
    }

    /// Replaces directives by arguments, from `next` on.
    fn expand_template(&mut self, template: &str, args: Array, next: &mut usize) -> R<String> {
        let mut out = String::new();
        let mut chars = template.chars().peekable();
        while let Some(c) = chars.next() {
            if c != '%' {
                out.push(c);
                continue;
            }
            let directive = chars.peek().copied();
            if directive == Some('%') {
                chars.next();
                out.push('%');
                continue;
            }
            let arg = args.get(*next);
            match (directive, arg) {
                (Some(d @ ('s' | 'd' | 'i' | 'f' | 'j' | 'o' | 'O' | 'c')), Some(arg)) => {
                    chars.next();
                    *next += 1;
                    out.push_str(&self.directive(d, arg)?);
                }
                _ => out.push('%'),
            }
        }
        Ok(out)
    }

    fn directive(&mut self, directive: char, arg: Value) -> R<String> {
        match directive {
            's' => self.string_directive(arg),
            'd' => {
                let x = if arg.is_object() && self.as_str(arg).is_none() {
                    f64::NAN
                } else {
                    self.to_number(arg)?
                };
                Ok(number_text(x))
            }
            'i' | 'f' => {
                let text = if arg.is_object() && self.as_str(arg).is_none() {
                    String::new()
                } else {
                    self.to_str(arg)?.to_text(self)
                };
                let x = if directive == 'i' {
                    number_parse::parse_int(&text, 0)
                } else {
                    number_parse::parse_float(&text)
                };
                Ok(number_text(x))
            }
            'c' => Ok(String::new()),
            'o' => self.inspect_to(arg, DETAILED_DEPTH),
            _ => self.inspect(arg),
        }
    }

    /// `%s`: text of primitives and of objects that have one of their own.
    fn string_directive(&mut self, arg: Value) -> R<String> {
        if let Some(x) = arg.as_f64() {
            return Ok(number_text(x));
        }
        let has_text = {
            let ty = self.type_of(arg);
            let own = ty.slot(raya_bytecode::Slot::str, crate::type_info::Form::Forward);
            !own.is_absent() || self.is_error(arg)
        };
        if !arg.is_object() || self.as_str(arg).is_some() || has_text {
            return Ok(self.to_str(arg)?.to_text(self));
        }
        self.inspect_to(arg, 0)
    }
}
