//! Numbers as Terraform has them: of any size and precision, kept exactly as they arrived.

use std::fmt;

/// A number. Equal numbers of the same representation compare equal; whole numbers within 64 bits
/// are always [`Number::Int`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Number {
    /// A whole number within 64 bits.
    Int(i64),
    /// Exactly a 64-bit float, not a whole number within 64 bits; never NaN or infinite.
    Float(Float),
    /// Anything else, in canonical decimal spelling.
    Decimal(String),
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

impl Number {
    /// The whole number, if it is one within 64 bits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Number::Int(number) => Some(*number),
            _ => None,
        }
    }
}

impl From<i64> for Number {
    fn from(number: i64) -> Number {
        Number::Int(number)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Int(number) => write!(out, "{number}"),
            Number::Float(float) => write!(out, "{}", float.0),
            Number::Decimal(text) => write!(out, "{text}"),
        }
    }
}
