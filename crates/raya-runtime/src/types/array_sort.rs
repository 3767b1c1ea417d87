//! `sort` without a comparator: by the texts of the elements, stable.
//!
//! Texts are made once before anything is compared, and their first units are packed into a
//! word that decides most comparisons. Null sorts by its text, "null".

use crate::abi::R;
use crate::ctx::Ctx;
use crate::mem::array::{Array, Elements};
use crate::mem::string::{Str, Units};
use crate::mem::value::Value;
use crate::text::number_text::NumberText;
use crate::type_info::TypeKind;

/// An element with the text that it is sorted by.
struct Keyed<'a, T> {
    prefix: u64,
    text: Units<'a>,
    item: T,
}

impl<'a, T: Copy> Keyed<'a, T> {
    fn new(text: Units<'a>, item: T) -> Self {
        let unit = |i| u64::from(text.get(i).unwrap_or(0));
        Keyed {
            prefix: unit(0) << 48 | unit(1) << 32 | unit(2) << 16 | unit(3),
            text,
            item,
        }
    }

    /// Sorts; equal texts keep their order.
    fn sort(keyed: &mut [Self]) {
        keyed.sort_by(|a, b| a.prefix.cmp(&b.prefix).then_with(|| a.text.cmp(&b.text)));
    }
}

/// The numbers in the order of their texts.
fn sorted_numbers(xs: impl ExactSizeIterator<Item = f64> + Clone) -> Vec<f64> {
    let mut buffer = NumberText::new();
    let mut texts = Vec::with_capacity(xs.len() * 8);
    let mut ends = Vec::with_capacity(xs.len());
    for x in xs.clone() {
        texts.extend_from_slice(buffer.number(x));
        ends.push(texts.len());
    }
    let mut start = 0;
    let mut keyed: Vec<_> = (xs.zip(ends))
        .map(|(x, end)| {
            let text = Units::Latin1(&texts[start..end]);
            start = end;
            Keyed::new(text, x)
        })
        .collect();
    Keyed::sort(&mut keyed);
    keyed.iter().map(|k| k.item).collect()
}

impl Ctx {
    /// Sorts in place by the texts of the elements.
    pub(crate) fn array_sort_default(&mut self, array: Array) -> R<()> {
        let storage = array.storage();
        match storage.elements() {
            Elements::F64(xs) => {
                for (i, x) in sorted_numbers(xs.iter().copied()).into_iter().enumerate() {
                    storage.set_bits(self, i, x.to_bits());
                }
            }
            Elements::I32(xs) => {
                let xs = xs.iter().map(|&x| f64::from(x));
                for (i, x) in sorted_numbers(xs).into_iter().enumerate() {
                    storage.set_bits(self, i, x as i32 as u32 as u64);
                }
            }
            Elements::Bool(xs) => {
                // "false" comes before "true".
                let (no, all) = (xs.iter().filter(|&&b| b == 0).count(), xs.len());
                storage.fill(self, 0, no, 0);
                storage.fill(self, no, all, 1);
            }
            Elements::Word(xs) => {
                let texts = xs.iter().all(|&v| self.as_str(v).is_some());
                if texts && self.type_of_obj(array.obj()).kind == TypeKind::Array {
                    self.sort_strings(array)?;
                } else {
                    self.sort_words(array)?;
                }
            }
        }
        Ok(())
    }

    /// Sorts an array of strings.
    fn sort_strings(&mut self, array: Array) -> R<()> {
        let storage = array.storage();
        for i in 0..storage.len() {
            if let Some(s) = Str::from_value(storage.get(i)) {
                s.units(self)?;
            }
        }
        // All are flat now: nothing allocates until the order is written back.
        let words = (0..storage.len()).map(|i| storage.get(i));
        let mut keyed: Vec<_> = words
            .map(|v| {
                let text = Str::from_value(v).and_then(Str::flat_units);
                Keyed::new(text.unwrap_or(Units::Latin1(&[])), v)
            })
            .collect();
        Keyed::sort(&mut keyed);
        for (i, k) in keyed.iter().enumerate() {
            storage.set_bits(self, i, k.item.0);
        }
        Ok(())
    }

    /// Sorts an array of anything. Making the texts may run user code, which may change
    /// the array: elements that it removed from the end stay removed.
    fn sort_words(&mut self, array: Array) -> R<()> {
        let n = array.len();
        let items = self.any_array(n)?;
        let texts = self.any_array(n)?;
        for i in 0..n {
            let item = array.get(i).unwrap_or(Value::NULL);
            let text = self.to_str(item)?;
            text.units(self)?;
            items.push_bits(self, item.0)?;
            texts.push_bits(self, text.value().0)?;
        }
        let mut keyed: Vec<_> = (0..n)
            .map(|i| {
                let text = texts.get(i).and_then(Str::from_value);
                let text = text.and_then(Str::flat_units);
                Keyed::new(text.unwrap_or(Units::Latin1(&[])), i)
            })
            .collect();
        Keyed::sort(&mut keyed);
        for (to, from) in keyed.iter().map(|k| k.item).enumerate() {
            let item = items.get(from).unwrap_or(Value::NULL);
            if to < array.len() {
                let bits = self.element_bits(array, to, item)?;
                array.storage().set_bits(self, to, bits);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_sort_by_their_texts() {
        let xs = [10.0, 9.0, 1.0, -1.0, f64::NAN, 1e21, 0.5, -0.0, 0.0, 100.0];
        let sorted = sorted_numbers(xs.iter().copied());
        let texts: Vec<String> = sorted.iter().map(|x| format!("{x:?}")).collect();
        let want = [
            "-1.0", "-0.0", "0.0", "0.5", "1.0", "10.0", "100.0", "1e21", "9.0", "NaN",
        ];
        assert_eq!(texts, want);
    }

    #[test]
    fn a_prefix_is_smaller_even_before_zeros() {
        let wide = [0x61, 0, 0];
        let mut keyed = [
            Keyed::new(Units::Wide(&wide), 0),
            Keyed::new(Units::Latin1(b"a"), 1),
            Keyed::new(Units::Latin1(b""), 2),
            Keyed::new(Units::Latin1(b"abcdf"), 3),
            Keyed::new(Units::Latin1(b"abcde"), 4),
        ];
        Keyed::sort(&mut keyed);
        assert_eq!(keyed.map(|k| k.item), [2, 1, 0, 4, 3]);
    }
}
