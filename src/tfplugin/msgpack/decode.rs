//! Reads values: trusts no length, limits the nesting, and says where and what it found instead.

use std::collections::BTreeMap;

use rmp::Marker;

use super::super::number::Number;
use super::super::path::Step;
use super::super::types::Type;
use super::super::value::{Object, Value};
use super::{DecodeError, MAX_DEPTH, describe, index};

/// Reads one value of the type, which must be all there is.
///
/// # Errors
/// When the bytes are not exactly one well-formed value of the type, with every attribute of every
/// object and no other, or nest deeper than [`MAX_DEPTH`].
pub fn decode(bytes: &[u8], kind: &Type) -> Result<Value, DecodeError> {
    let mut reader = Reader { rest: bytes };
    let value = reader.value(kind, MAX_DEPTH)?;
    match reader.rest.len() {
        0 => Ok(value),
        left => Err(DecodeError::new(
            "the end of the value",
            format!("{left} more bytes"),
        )),
    }
}

/// Reads a type's JSON notation as it comes with a value of dynamic type.
pub(in crate::tfplugin) fn read_type(notation: &[u8]) -> Result<Type, DecodeError> {
    serde_json::from_slice(notation)
        .ok()
        .and_then(|json| Type::from_json(&json, MAX_DEPTH))
        .ok_or_else(|| DecodeError::new("a type in JSON notation", "something else"))
}

/// The bytes that are still to be read.
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn value(&mut self, kind: &Type, depth: usize) -> Result<Value, DecodeError> {
        let below = depth.checked_sub(1).ok_or_else(DecodeError::too_deep)?;
        let marker = self.marker(kind)?;
        if marker == Marker::Null {
            return Ok(Value::Null);
        }
        if self.skip_extension(marker)? {
            return Ok(Value::Unknown);
        }
        match kind {
            Type::Bool => match marker {
                Marker::True => Ok(Value::Bool(true)),
                Marker::False => Ok(Value::Bool(false)),
                _ => Err(mismatch(kind, marker)),
            },
            Type::Number => self.number(marker).map(Value::Number),
            Type::String => self.text(marker).map(Value::text),
            Type::Dynamic => self.dynamic(marker, below),
            Type::List(element) => self.elements(kind, marker, |reader, position| {
                reader
                    .value(element, below)
                    .map_err(|error| error.below(index(position)))
            }),
            // Elements of a set cannot be addressed, so errors name the set.
            Type::Set(element) => self
                .elements(kind, marker, |reader, _| reader.value(element, below))
                .map(|list| match list {
                    Value::List(elements) => Value::set(elements),
                    other => other,
                }),
            Type::Map(element) => self.map(kind, marker, element, below),
            Type::Tuple(kinds) => self.tuple(kind, marker, kinds, below),
            Type::Object(kinds) => self.object(kind, marker, kinds, below),
        }
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or_else(|| {
            let left = self.rest.len();
            DecodeError::new(
                format!("{count} more bytes"),
                format!("the end of the data after {left}"),
            )
        })?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let mut bytes = [0; N];
        bytes.copy_from_slice(self.take(N)?);
        Ok(bytes)
    }

    /// A length of 1, 2 or 4 bytes.
    fn length<const N: usize>(&mut self) -> Result<usize, DecodeError> {
        let bytes = self.array::<N>()?;
        Ok(bytes
            .iter()
            .fold(0, |length, byte| length << 8 | usize::from(*byte)))
    }

    fn marker(&mut self, kind: &Type) -> Result<Marker, DecodeError> {
        let (first, rest) = self
            .rest
            .split_first()
            .ok_or_else(|| DecodeError::new(describe(kind), "the end of the data"))?;
        self.rest = rest;
        Ok(Marker::from_u8(*first))
    }

    /// Skips what follows the marker of an extension; false when it is not one. Extensions are how
    /// Terraform writes unknown values; what some say about the value to come is not used.
    fn skip_extension(&mut self, marker: Marker) -> Result<bool, DecodeError> {
        let length = match marker {
            Marker::FixExt1 => 1,
            Marker::FixExt2 => 2,
            Marker::FixExt4 => 4,
            Marker::FixExt8 => 8,
            Marker::FixExt16 => 16,
            Marker::Ext8 => self.length::<1>()?,
            Marker::Ext16 => self.length::<2>()?,
            Marker::Ext32 => self.length::<4>()?,
            _ => return Ok(false),
        };
        self.take(1)?;
        self.take(length)?;
        Ok(true)
    }

    fn number(&mut self, marker: Marker) -> Result<Number, DecodeError> {
        let number = match marker {
            Marker::FixPos(number) => Number::from(i64::from(number)),
            Marker::FixNeg(number) => Number::from(i64::from(number)),
            Marker::U8 => Number::from(u64::from(u8::from_be_bytes(self.array()?))),
            Marker::U16 => Number::from(u64::from(u16::from_be_bytes(self.array()?))),
            Marker::U32 => Number::from(u64::from(u32::from_be_bytes(self.array()?))),
            Marker::U64 => Number::from(u64::from_be_bytes(self.array()?)),
            Marker::I8 => Number::from(i64::from(i8::from_be_bytes(self.array()?))),
            Marker::I16 => Number::from(i64::from(i16::from_be_bytes(self.array()?))),
            Marker::I32 => Number::from(i64::from(i32::from_be_bytes(self.array()?))),
            Marker::I64 => Number::from(i64::from_be_bytes(self.array()?)),
            Marker::F32 => exactly(f32::from_be_bytes(self.array()?).into())?,
            Marker::F64 => exactly(f64::from_be_bytes(self.array()?))?,
            Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => {
                parse_number(self.text(marker)?)?
            }
            _ => return Err(mismatch(&Type::Number, marker)),
        };
        Ok(number)
    }

    fn text(&mut self, marker: Marker) -> Result<&'a str, DecodeError> {
        let length = match marker {
            Marker::FixStr(length) => length.into(),
            Marker::Str8 => self.length::<1>()?,
            Marker::Str16 => self.length::<2>()?,
            Marker::Str32 => self.length::<4>()?,
            _ => return Err(mismatch(&Type::String, marker)),
        };
        std::str::from_utf8(self.take(length)?)
            .map_err(|_| DecodeError::new("text in UTF-8", "a string in another encoding"))
    }

    /// How many elements follow. Each takes a byte or more, so a length beyond the bytes there are
    /// is a lie and refused at once.
    fn array_length(&mut self, kind: &Type, marker: Marker) -> Result<usize, DecodeError> {
        let length = match marker {
            Marker::FixArray(length) => length.into(),
            Marker::Array16 => self.length::<2>()?,
            Marker::Array32 => self.length::<4>()?,
            _ => return Err(mismatch(kind, marker)),
        };
        self.believe(length, length)
    }

    /// How many entries follow, each of two bytes or more.
    fn map_length(&mut self, kind: &Type, marker: Marker) -> Result<usize, DecodeError> {
        let length = match marker {
            Marker::FixMap(length) => length.into(),
            Marker::Map16 => self.length::<2>()?,
            Marker::Map32 => self.length::<4>()?,
            _ => return Err(mismatch(kind, marker)),
        };
        self.believe(length, length.saturating_mul(2))
    }

    fn believe(&self, length: usize, bytes: usize) -> Result<usize, DecodeError> {
        match self.rest.len() {
            left if left < bytes => Err(DecodeError::new(
                format!("{length} elements"),
                format!("the end of the data after {left} more bytes"),
            )),
            _ => Ok(length),
        }
    }

    fn elements(
        &mut self,
        kind: &Type,
        marker: Marker,
        mut read: impl FnMut(&mut Self, usize) -> Result<Value, DecodeError>,
    ) -> Result<Value, DecodeError> {
        // Grown as elements arrive: room for the declared length at every level would let a few
        // bytes claim many times their size.
        let mut elements = Vec::new();
        for position in 0..self.array_length(kind, marker)? {
            elements.push(read(self, position)?);
        }
        Ok(Value::List(elements))
    }

    fn tuple(
        &mut self,
        kind: &Type,
        marker: Marker,
        kinds: &[Type],
        depth: usize,
    ) -> Result<Value, DecodeError> {
        let length = self.array_length(kind, marker)?;
        if length != kinds.len() {
            return Err(DecodeError::new(
                describe(kind),
                format!("{length} elements"),
            ));
        }
        let mut elements = Vec::new();
        for (position, element) in kinds.iter().enumerate() {
            let value = self.value(element, depth);
            elements.push(value.map_err(|error| error.below(index(position)))?);
        }
        Ok(Value::List(elements))
    }

    fn key(&mut self) -> Result<&'a str, DecodeError> {
        let marker = self.marker(&Type::String)?;
        self.text(marker)
    }

    fn map(
        &mut self,
        kind: &Type,
        marker: Marker,
        element: &Type,
        depth: usize,
    ) -> Result<Value, DecodeError> {
        let mut entries = BTreeMap::new();
        for _ in 0..self.map_length(kind, marker)? {
            let key = self.key()?;
            let step = || Step::Key(key.to_owned());
            let value = self
                .value(element, depth)
                .map_err(|error| error.below(step()))?;
            insert_once(&mut entries, key, value).map_err(|error| error.below(step()))?;
        }
        Ok(Value::Map(entries))
    }

    fn object(
        &mut self,
        kind: &Type,
        marker: Marker,
        kinds: &BTreeMap<String, Type>,
        depth: usize,
    ) -> Result<Value, DecodeError> {
        let mut attributes = Object::new();
        for _ in 0..self.map_length(kind, marker)? {
            let name = self.key()?;
            let step = || Step::Attribute(name.to_owned());
            let attribute = kinds
                .get(name)
                .ok_or_else(|| DecodeError::unknown_attribute(name))?;
            let value = self
                .value(attribute, depth)
                .map_err(|error| error.below(step()))?;
            insert_once(&mut attributes, name, value).map_err(|error| error.below(step()))?;
        }
        match kinds.keys().find(|name| !attributes.contains_key(*name)) {
            Some(name) => Err(DecodeError::missing_attribute(name)),
            None => Ok(Value::Object(attributes)),
        }
    }

    /// A pair of the type's JSON notation and the value.
    fn dynamic(&mut self, marker: Marker, depth: usize) -> Result<Value, DecodeError> {
        let length = self.array_length(&Type::Dynamic, marker)?;
        if length != 2 {
            return Err(DecodeError::new(
                describe(&Type::Dynamic),
                format!("an array of {length} elements"),
            ));
        }
        let kind = read_type(self.notation()?)?;
        let value = self.value(&kind, depth)?;
        Ok(Value::Dynamic(Box::new(kind), Box::new(value)))
    }

    fn notation(&mut self) -> Result<&'a [u8], DecodeError> {
        let marker = self.marker(&Type::Dynamic)?;
        let length = match marker {
            Marker::Bin8 => self.length::<1>()?,
            Marker::Bin16 => self.length::<2>()?,
            Marker::Bin32 => self.length::<4>()?,
            _ => return self.text(marker).map(str::as_bytes),
        };
        self.take(length)
    }
}

fn insert_once(
    entries: &mut BTreeMap<String, Value>,
    key: &str,
    value: Value,
) -> Result<(), DecodeError> {
    match entries.insert(key.to_owned(), value) {
        None => Ok(()),
        Some(_) => Err(DecodeError::new("each key once", "it a second time")),
    }
}

/// Reads a number that was written as text.
pub(in crate::tfplugin) fn parse_number(text: &str) -> Result<Number, DecodeError> {
    text.parse()
        .map_err(|error| DecodeError::new("a number", format!("text that is {error}")))
}

fn exactly(float: f64) -> Result<Number, DecodeError> {
    Number::try_from(float)
        .map_err(|error| DecodeError::new("a number", format!("a float that is {error}")))
}

fn mismatch(kind: &Type, marker: Marker) -> DecodeError {
    let found = match marker {
        Marker::Null => "null",
        Marker::True | Marker::False => "true or false",
        Marker::FixPos(_) | Marker::FixNeg(_) => "a number",
        Marker::U8 | Marker::U16 | Marker::U32 | Marker::U64 => "a number",
        Marker::I8 | Marker::I16 | Marker::I32 | Marker::I64 => "a number",
        Marker::F32 | Marker::F64 => "a number",
        Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => "a string",
        Marker::Bin8 | Marker::Bin16 | Marker::Bin32 => "binary data",
        Marker::FixArray(_) | Marker::Array16 | Marker::Array32 => "an array",
        Marker::FixMap(_) | Marker::Map16 | Marker::Map32 => "a map",
        Marker::Ext8 | Marker::Ext16 | Marker::Ext32 => "an unknown value",
        Marker::FixExt1 | Marker::FixExt2 | Marker::FixExt4 => "an unknown value",
        Marker::FixExt8 | Marker::FixExt16 => "an unknown value",
        Marker::Reserved => "a byte that MessagePack does not use",
    };
    DecodeError::new(describe(kind), found)
}
