//! Numbers as Terraform has them: of any size and precision, never rounded.
//!
//! Every number has exactly one representation, however it was spelled, so equal numbers compare
//! equal. The three representations are those between which Terraform itself chooses on the wire:
//! whole within 64 bits, a fraction that a 64-bit float holds exactly, and everything else.

use std::fmt;
use std::num::IntErrorKind;
use std::str::FromStr;

/// Terraform holds numbers as Go's `big.Float`, whose exponent has 32 bits: it can hold no number
/// with more decimal places than this on either side of the point.
const MAX_MAGNITUDE: i64 = 646_000_000;

/// The most zeros that a canonical spelling writes out before it turns to an exponent. Every whole
/// 64-bit float (up to 309 digits) stays below it, and `1e600000000` stays short.
const MAX_PADDING: i64 = 400;

/// The most digits after the point that a 64-bit float can have.
const MAX_FLOAT_PLACES: i64 = 1074;

/// The most significant digits that a 64-bit float can have.
const MAX_FLOAT_DIGITS: usize = 767;

/// The most digits of a whole number within 64 bits.
const MAX_INT_DIGITS: i64 = 19;

/// A number. Make one with `from`, `try_from` or `parse`: they choose the representation.
///
/// The order is total and serves to sort sets; it is not the numeric order across representations.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Number {
    /// A whole number within 64 bits.
    Int(i64),
    /// A fraction that a 64-bit float holds exactly, such as 0.5; never NaN or infinite.
    Float(Float),
    /// Anything else, such as 0.1 or 2⁶⁴.
    Decimal(Decimal),
}

/// Why something is not a number for Terraform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// The text is not a decimal number.
    #[error("not a decimal number")]
    NotANumber,
    /// The float is NaN or infinite.
    #[error("not a finite number")]
    NotFinite,
    /// Terraform could not hold a number of that magnitude.
    #[error("too large or too small a number")]
    OutOfRange,
}

/// A finite float with a total order.
#[derive(Clone, Copy, Debug)]
pub struct Float(f64);

impl PartialEq for Float {
    fn eq(&self, other: &Float) -> bool {
        self.0.total_cmp(&other.0).is_eq()
    }
}

impl Eq for Float {}

impl PartialOrd for Float {
    fn partial_cmp(&self, other: &Float) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Float {
    fn cmp(&self, other: &Float) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Float {
    /// The float.
    pub fn get(self) -> f64 {
        self.0
    }
}

/// A number that neither an integer nor a float of 64 bits holds exactly, in canonical spelling.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decimal(String);

impl Decimal {
    /// The canonical spelling: plain digits, or with an exponent where plain digits would be
    /// mostly zeros. It parses back to the same number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Number {
    /// The whole number, if it is one within 64 bits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Number::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The nearest 64-bit float; infinite when the number is beyond all of them.
    pub fn as_f64(&self) -> f64 {
        match self {
            Number::Int(number) => *number as f64,
            Number::Float(float) => float.0,
            // A canonical spelling is one that Rust reads too; NaN would be a bug here.
            Number::Decimal(decimal) => decimal.0.parse().unwrap_or(f64::NAN),
        }
    }
}

impl From<i64> for Number {
    fn from(number: i64) -> Number {
        Number::Int(number)
    }
}

impl From<u64> for Number {
    fn from(number: u64) -> Number {
        match i64::try_from(number) {
            Ok(number) => Number::Int(number),
            // Plain digits are the canonical spelling of a number of this size.
            Err(_) => Number::Decimal(Decimal(number.to_string())),
        }
    }
}

impl TryFrom<f64> for Number {
    type Error = NumberError;

    /// The exact value of the float: `0.1_f64` is not the decimal 0.1 but a number close to it.
    /// For what someone wrote as a decimal, parse the text.
    fn try_from(float: f64) -> Result<Number, NumberError> {
        // i64::MIN is a power of two, so the float is exact; i64::MAX is one less than another.
        const LOWEST: f64 = i64::MIN as f64;
        if !float.is_finite() {
            Err(NumberError::NotFinite)
        } else if float.fract() != 0.0 {
            Ok(Number::Float(Float(float)))
        } else if (LOWEST..-LOWEST).contains(&float) {
            Ok(Number::Int(float as i64))
        } else {
            format!("{float:.0}").parse()
        }
    }
}

impl TryFrom<&serde_json::Number> for Number {
    type Error = NumberError;

    /// The number that the JSON text most likely had: a fraction is taken by its shortest spelling,
    /// so that 0.1 stays 0.1.
    fn try_from(number: &serde_json::Number) -> Result<Number, NumberError> {
        number.to_string().parse()
    }
}

impl FromStr for Number {
    type Err = NumberError;

    /// Reads a decimal number with optional sign, fraction and exponent.
    fn from_str(text: &str) -> Result<Number, NumberError> {
        let parts = Parts::read(text)?;
        Ok(parts
            .as_int()
            .map(Number::Int)
            .or_else(|| parts.as_float().map(|float| Number::Float(Float(float))))
            .unwrap_or_else(|| Number::Decimal(Decimal(parts.spell()))))
    }
}

impl fmt::Display for Number {
    /// For people: a float is shown by its shortest spelling.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Int(number) => write!(out, "{number}"),
            Number::Float(float) => write!(out, "{}", float.0),
            Number::Decimal(decimal) => write!(out, "{}", decimal.0),
        }
    }
}

/// A number taken apart: digits × 10^exponent, with no zero at either end of the digits. Zero has
/// no digits at all.
struct Parts {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Parts {
    fn read(text: &str) -> Result<Parts, NumberError> {
        let negative = text.starts_with('-');
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = [whole, fraction].concat();
        if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NumberError::NotANumber);
        }
        let digits = all.trim_end_matches('0');
        // Saturation is harmless: what saturates is far out of range, or zero.
        let exponent = exponent
            .saturating_sub_unsigned(fraction.len() as u64)
            .saturating_add_unsigned((all.len() - digits.len()) as u64);
        let parts = Parts {
            negative,
            digits: digits.trim_start_matches('0').to_owned(),
            exponent,
        };
        let in_range = -MAX_MAGNITUDE..=MAX_MAGNITUDE;
        if !parts.digits.is_empty() && !in_range.contains(&parts.magnitude()) {
            return Err(NumberError::OutOfRange);
        }
        Ok(parts)
    }

    /// How many digits stand before the point; negative when zeros follow it.
    fn magnitude(&self) -> i64 {
        self.exponent
            .saturating_add_unsigned(self.digits.len() as u64)
    }

    fn sign(&self) -> &'static str {
        if self.negative { "-" } else { "" }
    }

    fn as_int(&self) -> Option<i64> {
        if self.digits.is_empty() {
            return Some(0);
        }
        if self.exponent < 0 || self.magnitude() > MAX_INT_DIGITS {
            return None;
        }
        // The magnitude bounds the zeros.
        let zeros = "0".repeat(self.exponent as usize);
        [self.sign(), &self.digits, &zeros].concat().parse().ok()
    }

    /// The float that is this fraction, if one is exactly.
    fn as_float(&self) -> Option<f64> {
        let places = self.exponent.checked_neg()?;
        if !(1..=MAX_FLOAT_PLACES).contains(&places) || self.digits.len() > MAX_FLOAT_DIGITS {
            return None;
        }
        let nearest: f64 = format!("{}{}e{}", self.sign(), self.digits, self.exponent)
            .parse()
            .ok()?;
        // A binary fraction of n places is a decimal fraction of n places. Rust writes floats out
        // exactly, so with that many places the digits are all there are.
        if i64::from(binary_places(nearest)) != places {
            return None;
        }
        let exact = format!("{:.*}", places as usize, nearest.abs()).replace('.', "");
        (exact.trim_start_matches('0') == self.digits).then_some(nearest)
    }

    fn spell(&self) -> String {
        let (sign, digits) = (self.sign(), self.digits.as_str());
        let (count, point) = (digits.len() as i64, self.magnitude());
        if self.exponent >= 0 && self.exponent <= MAX_PADDING {
            let zeros = "0".repeat(self.exponent as usize);
            format!("{sign}{digits}{zeros}")
        } else if point > 0 && point < count {
            let (whole, fraction) = digits.split_at(point as usize);
            format!("{sign}{whole}.{fraction}")
        } else if point <= 0 && -point <= MAX_PADDING {
            let zeros = "0".repeat(-point as usize);
            format!("{sign}0.{zeros}{digits}")
        } else {
            let (first, rest) = digits.split_at(1);
            let dot = if rest.is_empty() { "" } else { "." };
            format!("{sign}{first}{dot}{rest}e{}", point - 1)
        }
    }
}

fn read_exponent(text: &str) -> Result<i64, NumberError> {
    text.parse::<i64>().map_err(|error| match error.kind() {
        IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => NumberError::OutOfRange,
        _ => NumberError::NotANumber,
    })
}

/// How many binary digits the float has after its point.
fn binary_places(float: f64) -> u32 {
    const MANTISSA_BITS: u32 = f64::MANTISSA_DIGITS - 1;
    /// What the exponent field of the smallest floats (0 and 1) stands for.
    const SMALLEST: u32 = 1074;
    let bits = float.to_bits();
    let field = ((bits >> MANTISSA_BITS) & 0x7ff) as u32;
    let stored = bits & ((1 << MANTISSA_BITS) - 1);
    let (mantissa, scale) = match field {
        0 => (stored, 0),
        _ => (stored | 1 << MANTISSA_BITS, field - 1),
    };
    SMALLEST.saturating_sub(scale + mantissa.trailing_zeros())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Number {
        text.parse()
            .unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn whole_numbers_within_64_bits_are_integers_however_they_are_spelled() {
        for (text, expected) in [
            ("7", 7),
            ("7.0", 7),
            ("+7", 7),
            ("007.", 7),
            ("0.7e1", 7),
            ("1e3", 1000),
            ("1000000E-3", 1000),
            ("-0", 0),
            ("0e400", 0),
            (".0", 0),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
            ("-9223372036854775808.000", i64::MIN),
            ("9.223372036854775807e18", i64::MAX),
        ] {
            assert_eq!(number(text), Number::Int(expected), "{text}");
        }
        assert_eq!(Number::try_from(7.0), Ok(Number::Int(7)));
        assert_eq!(Number::try_from(-0.0), Ok(Number::Int(0)));
        assert_eq!(Number::try_from(i64::MIN as f64), Ok(Number::Int(i64::MIN)));
        assert_eq!(Number::from(7_u64), Number::Int(7));
    }

    #[test]
    fn whole_numbers_beyond_64_bits_keep_every_digit() {
        for (text, expected) in [
            ("9223372036854775808", "9223372036854775808"),
            ("-9223372036854775809.0", "-9223372036854775809"),
            ("18446744073709551615", "18446744073709551615"),
            ("1e20", "100000000000000000000"),
            ("12.5e21", "12500000000000000000000"),
        ] {
            let parsed = number(text);
            assert!(matches!(parsed, Number::Decimal(_)), "{text}");
            assert_eq!(parsed.to_string(), expected);
        }
        assert_eq!(Number::from(u64::MAX), number("18446744073709551615"));
        assert_eq!(Number::try_from(1e20), Ok(number("1e20")));
        assert_eq!(
            Number::try_from(-(i64::MIN as f64)),
            Ok(number("9223372036854775808"))
        );
    }

    #[test]
    fn a_decimal_fraction_does_not_become_the_float_next_to_it() {
        assert_eq!(number("0.1").to_string(), "0.1");
        assert!(matches!(number("0.1"), Number::Decimal(_)));
        assert_ne!(number("0.1"), Number::try_from(0.1).unwrap());
        assert_eq!(
            number("0.1000000000000000055511151231257827021181583404541015625"),
            Number::try_from(0.1).unwrap()
        );
    }

    #[test]
    fn a_fraction_that_a_float_holds_exactly_equals_that_float() {
        for (text, float) in [("0.5", 0.5), ("-12.750", -12.75), ("625e-4", 0.0625)] {
            assert_eq!(Ok(number(text)), Number::try_from(float), "{text}");
        }
    }

    #[test]
    fn a_fraction_from_json_keeps_its_spelling() {
        let json = serde_json::Number::from_f64(0.1).unwrap();
        assert_eq!(Number::try_from(&json), Ok(number("0.1")));
    }

    #[test]
    fn other_spellings_of_a_decimal_are_equal() {
        for (one, other) in [
            ("0.1", "1e-1"),
            ("0.10", "+00.1"),
            ("0.0012", "12E-4"),
            ("12.34", "0.1234e2"),
            ("1e500", "10e499"),
            ("-1.5e-500", "-0.15e-499"),
        ] {
            assert_eq!(number(one), number(other));
        }
        assert_ne!(number("0.1"), number("-0.1"));
    }

    #[test]
    fn a_decimal_is_spelled_plainly_unless_it_is_mostly_zeros() {
        for (text, expected) in [
            ("11e-1", "1.1".to_owned()),
            ("-123.4e-1", "-12.34".to_owned()),
            ("1.23e-2", "0.0123".to_owned()),
            ("1e-401", "0.".to_owned() + &"0".repeat(400) + "1"),
            ("1e-402", "1e-402".to_owned()),
            ("-12e400", "-12".to_owned() + &"0".repeat(400)),
            ("-12e401", "-1.2e402".to_owned()),
        ] {
            assert_eq!(number(text).to_string(), expected);
        }
    }

    #[test]
    fn a_huge_exponent_takes_no_room() {
        assert_eq!(number("1e600000000").to_string(), "1e600000000");
        assert_eq!(number("-1234e-600000000").to_string(), "-1.234e-599999997");
        assert_eq!(number("0e999999999"), Number::Int(0));
    }

    #[test]
    fn a_number_that_terraform_could_not_hold_is_refused() {
        for text in [
            "1e999999999",
            "1e-999999999",
            "1e9223372036854775807",
            "1e-9223372036854775808",
            "1.5e-9223372036854775808",
            "1e99999999999999999999",
        ] {
            assert_eq!(
                text.parse::<Number>(),
                Err(NumberError::OutOfRange),
                "{text}"
            );
        }
    }

    #[test]
    fn garbage_is_not_a_number() {
        for text in [
            "", " ", "+", "-", ".", "e1", "1e", "1e+", "1e1.5", "1.2.3", "--1", "+-1", " 1", "1 ",
            "1_000", "0x10", "inf", "NaN", "1e-+1", "١", "1é",
        ] {
            assert_eq!(
                text.parse::<Number>(),
                Err(NumberError::NotANumber),
                "{text:?}"
            );
        }
    }

    #[test]
    fn nan_and_the_infinities_are_not_numbers() {
        for float in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(Number::try_from(float), Err(NumberError::NotFinite));
        }
    }

    #[test]
    fn the_extremes_of_floats_equal_their_decimal_expansion() {
        for float in [f64::MIN_POSITIVE, 5e-324, 1.0 + f64::EPSILON, 1e-300, 0.3] {
            let exact = format!("{float:.1074}");
            assert_eq!(Ok(number(&exact)), Number::try_from(float));
        }
        for float in [f64::MAX, f64::MIN, 1e300] {
            let exact = format!("{float:.0}");
            assert_eq!(Ok(number(&exact)), Number::try_from(float));
            assert_eq!(number(&exact).as_f64(), float);
        }
    }

    #[test]
    fn a_number_of_a_million_digits_is_kept() {
        let text = "7".repeat(1_000_000);
        assert_eq!(number(&text).to_string(), text);
    }

    proptest! {
        #[test]
        fn every_finite_float_equals_its_exact_expansion(bits in any::<u64>()) {
            let float = f64::from_bits(bits);
            prop_assume!(float.is_finite());
            let exact = format!("{float:.1074}").parse::<Number>();
            prop_assert_eq!(exact, Number::try_from(float));
        }

        #[test]
        fn a_canonical_spelling_is_read_as_the_same_number(
            text in "[+-]?[0-9]{0,30}\\.[0-9]{1,30}(e[+-]?[0-9]{1,3})?"
        ) {
            let parsed = number(&text);
            if let Number::Decimal(decimal) = &parsed {
                prop_assert_eq!(&number(decimal.as_str()), &parsed);
            }
        }

        #[test]
        fn shifting_the_point_against_the_exponent_changes_nothing(
            digits in "[1-9][0-9]{0,40}",
            places in 0_i64..500,
            exponent in -700_i64..700,
        ) {
            let plain = number(&format!("{digits}e{exponent}"));
            let zeros = "0".repeat(places as usize);
            prop_assert_eq!(&number(&format!("{digits}{zeros}e{}", exponent - places)), &plain);
            prop_assert_eq!(&number(&format!("0.{zeros}{digits}e{}",
                exponent + places + digits.len() as i64)), &plain);
        }

        #[test]
        fn any_text_is_a_number_or_an_error(text in ".{0,24}") {
            let _ = text.parse::<Number>();
        }

        #[test]
        fn anything_that_looks_like_a_number_is_one_or_an_error(text in "[-+.eE0-9]{0,24}") {
            let _ = text.parse::<Number>();
        }
    }
}
