//! Numbers as text, as ECMAScript's `Number.prototype` methods write them
//! (ECMA-262, section 21.1.3).

/// The shortest text that reads back as `x` (ECMA-262 `Number::toString`).
pub fn to_string(x: f64) -> String {
    ryu_js::Buffer::new().format(x).to_owned()
}

/// `toFixed`: `digits` in 0..=100 decimals, ties away from zero.
pub fn to_fixed(x: f64, digits: usize) -> String {
    if !x.is_finite() || x.abs() >= 1e21 {
        return to_string(x);
    }
    if let Some(scaled) = scaled(x.abs(), digits) {
        return fixed_text(x < 0.0, scaled, digits);
    }
    let (mut int, exponent) = rounded_digits(x.abs(), Place::Decimals(digits as i32));
    let point = exponent + 1;
    // `int` holds the digits from 10^exponent down to 10^-digits.
    if point <= 0 {
        let zeros = (1 - point) as usize;
        int.insert_str(0, &"0".repeat(zeros));
    }
    let whole = point.max(1) as usize;
    let sign = if x < 0.0 { "-" } else { "" };
    if digits == 0 {
        format!("{sign}{int}")
    } else {
        format!("{sign}{}.{}", &int[..whole], &int[whole..])
    }
}

/// `x * 10^digits` rounded half up, for a finite `x >= 0`, where 128 bits hold the exact
/// product of the significand and the power.
fn scaled(x: f64, digits: usize) -> Option<u128> {
    const FRACTION: u32 = f64::MANTISSA_DIGITS - 1;
    let power = 10u128.checked_pow(digits as u32)?;
    let bits = x.to_bits();
    let fraction = bits & ((1 << FRACTION) - 1);
    let (significand, exponent) = match (bits >> FRACTION) as i32 {
        0 => (fraction, -1074),
        e => (fraction | 1 << FRACTION, e - 1075),
    };
    let product = u128::from(significand).checked_mul(power)?;
    if exponent >= 0 {
        let shifted = product.checked_shl(exponent as u32)?;
        return (shifted >> exponent == product).then_some(shifted);
    }
    match -exponent {
        // Less than half of the last place.
        down if down > 128 => Some(0),
        down => Some((product >> (down - 1)).div_ceil(2)),
    }
}

/// The text of a number of units of 10^-digits.
fn fixed_text(negative: bool, units: u128, digits: usize) -> String {
    let mut buffer = [0u8; 48];
    let (mut at, mut left) = (buffer.len(), units);
    let mut written = 0;
    while left > 0 || written <= digits {
        if written == digits && digits > 0 {
            at -= 1;
            buffer[at] = b'.';
        }
        at -= 1;
        buffer[at] = b'0' + last_digit(&mut left);
        written += 1;
    }
    if negative {
        at -= 1;
        buffer[at] = b'-';
    }
    buffer[at..].iter().map(|&b| char::from(b)).collect()
}

/// Takes the last decimal digit off a number.
fn last_digit(left: &mut u128) -> u8 {
    // Division of 128 bits is many times slower.
    if let Ok(small) = u64::try_from(*left) {
        *left = (small / 10).into();
        return (small % 10) as u8;
    }
    let digit = (*left % 10) as u8;
    *left /= 10;
    digit
}

/// `toExponential`: `digits` decimals of the mantissa, or as many as needed.
pub fn to_exponential(x: f64, digits: Option<usize>) -> String {
    if !x.is_finite() {
        return to_string(x);
    }
    let (all, exponent) = match digits {
        Some(n) => rounded_digits(x.abs(), Place::Significant(n + 1)),
        None => shortest_digits(x.abs()),
    };
    let sign = if x < 0.0 { "-" } else { "" };
    format!("{sign}{}e{exponent:+}", with_point(&all, 1))
}

/// `toPrecision`: `precision` significant digits, 1..=100.
pub fn to_precision(x: f64, precision: usize) -> String {
    if !x.is_finite() {
        return to_string(x);
    }
    let sign = if x < 0.0 { "-" } else { "" };
    let (all, exponent) = rounded_digits(x.abs(), Place::Significant(precision));
    if exponent < -6 || exponent >= precision as i32 {
        return format!("{sign}{}e{exponent:+}", with_point(&all, 1));
    }
    if exponent >= 0 {
        return format!("{sign}{}", with_point(&all, exponent as usize + 1));
    }
    format!("{sign}0.{}{all}", "0".repeat((-exponent - 1) as usize))
}

fn with_point(digits: &str, whole: usize) -> String {
    if digits.len() <= whole {
        digits.to_owned()
    } else {
        format!("{}.{}", &digits[..whole], &digits[whole..])
    }
}

/// Where to round.
enum Place {
    /// After so many significant digits.
    Significant(usize),
    /// After so many decimals.
    Decimals(i32),
}

/// Decimal digits of a finite `x >= 0`, rounded half up at `place`, and the exponent of
/// the first digit. The exact expansion of a double has at most 767 significant digits,
/// so rounding sees the exact value, as the specification asks.
fn rounded_digits(x: f64, place: Place) -> (String, i32) {
    let exact = format!("{x:.800e}");
    let (mantissa, exponent) = exact.split_once('e').unwrap_or((&exact, "0"));
    let mut exponent: i32 = exponent.parse().unwrap_or(0);
    let digits: Vec<u8> = mantissa.bytes().filter(|b| *b != b'.').collect();
    let keep = match place {
        Place::Significant(n) => n as i32,
        Place::Decimals(n) => exponent + 1 + n,
    };
    if keep < 0 {
        return (zeros_for(&place), decimals_exponent(&place));
    }
    let keep = keep as usize;
    let mut kept: Vec<u8> = digits
        .iter()
        .copied()
        .chain(std::iter::repeat(b'0'))
        .take(keep)
        .collect();
    if digits.get(keep).is_some_and(|d| *d >= b'5') {
        let mut i = kept.len();
        loop {
            if i == 0 {
                kept.insert(0, b'1');
                exponent += 1;
                if matches!(place, Place::Significant(_)) {
                    kept.pop();
                }
                break;
            }
            i -= 1;
            if kept[i] == b'9' {
                kept[i] = b'0';
            } else {
                kept[i] += 1;
                break;
            }
        }
    } else if kept.is_empty() {
        return (zeros_for(&place), decimals_exponent(&place));
    }
    (kept.into_iter().map(char::from).collect(), exponent)
}

/// What a value that rounds to zero leaves: nothing but the last place.
fn zeros_for(place: &Place) -> String {
    match place {
        Place::Significant(n) => "0".repeat(*n),
        Place::Decimals(_) => "0".to_owned(),
    }
}

fn decimals_exponent(place: &Place) -> i32 {
    match place {
        Place::Significant(_) => 0,
        Place::Decimals(n) => -n,
    }
}

/// Digits of the shortest text and the exponent of the first.
fn shortest_digits(x: f64) -> (String, i32) {
    let text = format!("{x:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (mantissa.replace('.', ""), exponent.parse().unwrap_or(0))
}

const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// `toString(radix)` for a radix in 2..=36. Fractions get as many digits as tell `x`
/// from its neighbours, the approach that V8 takes.
pub fn to_radix(x: f64, radix: u32) -> String {
    if radix == 10 || !x.is_finite() {
        return to_string(x);
    }
    let base = f64::from(radix);
    let mut whole = x.abs().floor();
    let (fraction, carry) = fraction_digits(x.abs(), base);
    whole += carry;
    let mut int = Vec::new();
    // Digits below the precision of a double are written as zeros.
    while whole / base >= 9_007_199_254_740_992.0 {
        whole /= base;
        int.push(b'0');
    }
    whole = whole.floor();
    loop {
        let digit = whole % base;
        int.push(DIGITS[digit as usize]);
        whole = (whole - digit) / base;
        if whole <= 0.0 {
            break;
        }
    }
    if x < 0.0 {
        int.push(b'-');
    }
    let mut out: String = int.into_iter().rev().map(char::from).collect();
    if !fraction.is_empty() {
        out.push('.');
        out.extend(
            fraction
                .into_iter()
                .map(|d| char::from(DIGITS[usize::from(d)])),
        );
    }
    out
}

/// Digits after the point, and 1.0 when rounding carried into the whole part.
fn fraction_digits(x: f64, base: f64) -> (Vec<u8>, f64) {
    let mut fraction = x - x.floor();
    let mut delta = (0.5 * (x.next_up() - x)).max(f64::from_bits(1));
    let mut digits: Vec<u8> = Vec::new();
    while fraction >= delta {
        fraction *= base;
        delta *= base;
        let digit = fraction as u8;
        digits.push(digit);
        fraction -= f64::from(digit);
        let up = fraction > 0.5 || (fraction == 0.5 && digit & 1 != 0);
        if up && fraction + delta > 1.0 {
            while let Some(last) = digits.pop() {
                if f64::from(last) + 1.0 < base {
                    digits.push(last + 1);
                    return (digits, 0.0);
                }
            }
            return (digits, 1.0);
        }
    }
    (digits, 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed() {
        let cases: &[(f64, usize, &str)] = &[
            (0.0, 0, "0"),
            (0.0, 2, "0.00"),
            (1.005, 2, "1.00"),
            (2.5, 0, "3"),
            (-2.5, 0, "-3"),
            (123.456, 1, "123.5"),
            (0.000001, 7, "0.0000010"),
            (9.995, 2, "9.99"),
            (99.99, 1, "100.0"),
            (0.5, 0, "1"),
            (0.4, 0, "0"),
            (-0.4, 0, "-0"),
            (1e21, 2, "1e+21"),
            (0.05, 1, "0.1"),
            (0.04, 1, "0.0"),
            (0.004, 2, "0.00"),
            (1000000000000000128.0, 1, "1000000000000000128.0"),
            (f64::NAN, 2, "NaN"),
            (0.0009, 2, "0.00"),
            (12.0, 3, "12.000"),
        ];
        for (x, d, want) in cases {
            assert_eq!(to_fixed(*x, *d), *want, "{x} toFixed({d})");
        }
    }

    #[test]
    fn exponential_and_precision() {
        assert_eq!(to_exponential(123456.0, Some(2)), "1.23e+5");
        assert_eq!(to_exponential(123456.0, None), "1.23456e+5");
        assert_eq!(to_exponential(0.0, Some(2)), "0.00e+0");
        assert_eq!(to_exponential(-1.5e-9, Some(0)), "-1e-9");
        assert_eq!(to_exponential(9.99, Some(1)), "1.0e+1");
        assert_eq!(to_precision(123.456, 4), "123.5");
        assert_eq!(to_precision(0.000123, 2), "0.00012");
        assert_eq!(to_precision(1e21, 3), "1.00e+21");
        assert_eq!(to_precision(1234.5, 2), "1.2e+3");
        assert_eq!(to_precision(0.0, 3), "0.00");
        assert_eq!(to_precision(99.99, 3), "100");
        assert_eq!(to_precision(1e-7, 2), "1.0e-7");
    }

    #[test]
    fn radix() {
        assert_eq!(to_radix(255.0, 16), "ff");
        assert_eq!(to_radix(-255.0, 2), "-11111111");
        assert_eq!(to_radix(0.5, 2), "0.1");
        assert_eq!(to_radix(0.1, 3), "0.0022002200220022002200220022002201");
        assert_eq!(to_radix(35.0, 36), "z");
        assert_eq!(to_radix(0.0, 7), "0");
        assert_eq!(to_radix(1e23, 36), "ga894a06abs0000");
        assert_eq!(
            to_radix(1152921504608081543.0, 3),
            "21200101122222021102111222221021210000"
        );
        assert_eq!(to_radix(1.0 / 3.0, 7), "0.2222222222222222222");
        assert_eq!(to_radix(1e300, 2).len(), 997);
    }
}
