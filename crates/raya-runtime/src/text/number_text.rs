//! The shortest text of numbers, written into a buffer instead of a new string.
//!
//! Integers, which most printed numbers are, skip the search for the shortest digits.

/// Room for the text of one number.
pub struct NumberText {
    shortest: ryu_js::Buffer,
    digits: [u8; DIGITS],
}

/// Sign and digits of the longest 64-bit integer.
const DIGITS: usize = 20;
/// Integers below this magnitude print without exponent and are exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl Default for NumberText {
    fn default() -> Self {
        NumberText::new()
    }
}

impl NumberText {
    /// An empty buffer.
    pub fn new() -> NumberText {
        NumberText {
            shortest: ryu_js::Buffer::new(),
            digits: [0; DIGITS],
        }
    }

    /// The text of a number (ECMA-262 `Number::toString`): ASCII.
    #[inline]
    pub fn number(&mut self, x: f64) -> &[u8] {
        let whole = x as i64;
        if whole as f64 == x && x.abs() < EXACT {
            return self.int(whole);
        }
        self.shortest.format(x).as_bytes()
    }

    /// The text of an integer.
    pub fn int(&mut self, n: i64) -> &[u8] {
        let mut rest = n.unsigned_abs();
        let mut at = DIGITS;
        loop {
            at -= 1;
            self.digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if n < 0 {
            at -= 1;
            self.digits[at] = b'-';
        }
        &self.digits[at..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_print_as_the_shortest_search_does() {
        let mut text = NumberText::new();
        let mut shortest = ryu_js::Buffer::new();
        let mut x = 1.0_f64;
        let mut cases = vec![
            0.0,
            -0.0,
            0.5,
            -1.0,
            10.0,
            1e15,
            1e16,
            1e21,
            1e22,
            EXACT,
            EXACT - 1.0,
        ];
        cases.extend([f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MIN, 5e-324]);
        cases.extend([f64::from(i32::MIN), f64::from(i32::MAX), i64::MIN as f64]);
        for _ in 0..200 {
            x *= -3.7;
            cases.extend([x, x.trunc()]);
        }
        for x in cases {
            let want = shortest.format(x).as_bytes().to_vec();
            assert_eq!(text.number(x), want, "{x}");
        }
        assert_eq!(text.int(i64::MIN), b"-9223372036854775808");
    }
}
