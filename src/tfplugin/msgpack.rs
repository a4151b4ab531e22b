//! Terraform values as MessagePack, the form in which they cross the wire.
//!
//! Both directions follow a type: MessagePack alone does not tell a list from a set, nor an object
//! from a map. What arrives may be hostile or from a version with another schema, so decoding
//! trusts no length, limits the nesting, and says where and what it found instead.

use std::collections::BTreeMap;

use rmp::Marker;
use rmp::encode::{self, ByteBuf};

use super::number::Number;
use super::path::{Path, Step};
use super::types::Type;
use super::value::{Object, Value};

/// How deep values and types may nest, the outermost being the first level. Schemas stay far below;
/// the limit keeps a value of dynamic type from exhausting the stack.
pub const MAX_DEPTH: usize = 64;

/// A name quoted in an error is cut to this many characters.
const MAX_QUOTED: usize = 100;

/// Why a value could not be read. It never holds the value itself, which may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}expected {expected}, found {found}", at(path))]
pub struct DecodeError {
    /// Where the fault is; the nearest set, if it is inside one.
    pub path: Path,
    /// What should have been there.
    pub expected: String,
    /// What was there.
    pub found: String,
}

/// Why a value could not be written. It never holds the value itself, which may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}expected {expected}, found {found}", at(path))]
pub struct EncodeError {
    /// Where the fault is; the nearest set, if it is inside one.
    pub path: Path,
    /// What the type asks for.
    pub expected: String,
    /// What the value has.
    pub found: String,
}

impl DecodeError {
    pub(super) fn new(expected: impl Into<String>, found: impl Into<String>) -> DecodeError {
        DecodeError {
            path: Path::default(),
            expected: expected.into(),
            found: found.into(),
        }
    }

    pub(super) fn too_deep() -> DecodeError {
        DecodeError::new(depth_allowed(), "a deeper one")
    }

    /// The same error seen from one step further up.
    pub(super) fn below(mut self, step: Step) -> DecodeError {
        self.path.0.insert(0, step);
        self
    }

    pub(super) fn missing_attribute(name: &str) -> DecodeError {
        DecodeError::new("a value or null", "no such attribute")
            .below(Step::Attribute(name.to_owned()))
    }

    pub(super) fn unknown_attribute(name: &str) -> DecodeError {
        DecodeError::new("only attributes of the schema", quoted(name))
    }
}

impl EncodeError {
    fn new(expected: impl Into<String>, found: impl Into<String>) -> EncodeError {
        EncodeError {
            path: Path::default(),
            expected: expected.into(),
            found: found.into(),
        }
    }

    fn below(mut self, step: Step) -> EncodeError {
        self.path.0.insert(0, step);
        self
    }
}

fn at(path: &Path) -> String {
    match path.0.as_slice() {
        [] => String::new(),
        _ => format!("{path}: "),
    }
}

fn depth_allowed() -> String {
    format!("a value of at most {MAX_DEPTH} levels")
}

fn quoted(name: &str) -> String {
    format!("{:?}", name.chars().take(MAX_QUOTED).collect::<String>())
}

/// The step down to an element of a list, or of anything else without names.
pub(super) fn index(position: usize) -> Step {
    Step::Index(position)
}

/// What a value of the type is called in an error.
pub(super) fn describe(kind: &Type) -> String {
    let plain = match kind {
        Type::Bool => "true or false",
        Type::Number => "a number",
        Type::String => "a string",
        Type::Dynamic => "a value with its type",
        Type::List(_) => "a list",
        Type::Set(_) => "a set",
        Type::Map(_) => "a map",
        Type::Tuple(kinds) => return format!("a tuple of {} elements", kinds.len()),
        Type::Object(_) => "an object",
    };
    plain.to_owned()
}

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
pub(super) fn read_type(notation: &[u8]) -> Result<Type, DecodeError> {
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
pub(super) fn parse_number(text: &str) -> Result<Number, DecodeError> {
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

/// Writes a value of the type. Attributes that an object lacks are written as null.
///
/// # Errors
/// When the value is not of the type, has an attribute that the type has not, nests deeper than
/// [`MAX_DEPTH`], or holds text or a collection of 2³² or more bytes or elements.
pub fn encode(value: &Value, kind: &Type) -> Result<Vec<u8>, EncodeError> {
    let mut writer = Writer(ByteBuf::new());
    writer.value(value, kind, MAX_DEPTH)?;
    Ok(writer.0.into_vec())
}

/// The bytes written so far. Writing to memory cannot fail, as the type of rmp's results says.
struct Writer(ByteBuf);

impl Writer {
    fn value(&mut self, value: &Value, kind: &Type, depth: usize) -> Result<(), EncodeError> {
        let below = depth
            .checked_sub(1)
            .ok_or_else(|| EncodeError::new(depth_allowed(), "a deeper one"))?;
        match (kind, value) {
            (_, Value::Null) => {
                let Ok(()) = encode::write_nil(&mut self.0);
                Ok(())
            }
            (_, Value::Unknown) => {
                self.unknown();
                Ok(())
            }
            (Type::Bool, Value::Bool(truth)) => {
                let Ok(()) = encode::write_bool(&mut self.0, *truth);
                Ok(())
            }
            (Type::Number, Value::Number(number)) => self.number(number),
            (Type::String, Value::String(text)) => self.text(text),
            (Type::Dynamic, Value::Dynamic(kind, value)) => self.dynamic(kind, value, below),
            (Type::List(element), Value::List(elements)) => {
                self.elements(elements.iter().map(|value| (value, &**element)), below)
            }
            (Type::Tuple(kinds), Value::List(elements)) if kinds.len() == elements.len() => {
                self.elements(elements.iter().zip(kinds), below)
            }
            (Type::Set(element), Value::Set(elements)) => {
                self.array_length(elements.len())?;
                elements
                    .iter()
                    .try_for_each(|value| self.value(value, element, below))
            }
            (Type::Map(element), Value::Map(entries)) => self.map(entries, element, below),
            (Type::Object(kinds), Value::Object(attributes)) => {
                self.object(attributes, kinds, below)
            }
            _ => Err(EncodeError::new(describe(kind), held(value))),
        }
    }

    /// Extension 0 with one byte that means nothing, as Terraform writes it.
    fn unknown(&mut self) {
        let Ok(_) = encode::write_ext_meta(&mut self.0, 1, 0);
        self.0.as_mut_vec().push(0);
    }

    fn number(&mut self, number: &Number) -> Result<(), EncodeError> {
        match number {
            Number::Int(number) => {
                let Ok(_) = encode::write_sint(&mut self.0, *number);
                Ok(())
            }
            Number::Float(float) => {
                let Ok(()) = encode::write_f64(&mut self.0, float.get());
                Ok(())
            }
            Number::Decimal(decimal) => self.text(decimal.as_str()),
        }
    }

    fn text(&mut self, text: &str) -> Result<(), EncodeError> {
        let length = length(text.len())?;
        let Ok(_) = encode::write_str_len(&mut self.0, length);
        self.0.as_mut_vec().extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn array_length(&mut self, elements: usize) -> Result<(), EncodeError> {
        let Ok(_) = encode::write_array_len(&mut self.0, length(elements)?);
        Ok(())
    }

    fn map_length(&mut self, entries: usize) -> Result<(), EncodeError> {
        let Ok(_) = encode::write_map_len(&mut self.0, length(entries)?);
        Ok(())
    }

    fn elements<'v>(
        &mut self,
        elements: impl ExactSizeIterator<Item = (&'v Value, &'v Type)>,
        depth: usize,
    ) -> Result<(), EncodeError> {
        self.array_length(elements.len())?;
        for (position, (value, kind)) in elements.enumerate() {
            self.value(value, kind, depth)
                .map_err(|error| error.below(index(position)))?;
        }
        Ok(())
    }

    fn map(
        &mut self,
        entries: &BTreeMap<String, Value>,
        element: &Type,
        depth: usize,
    ) -> Result<(), EncodeError> {
        self.map_length(entries.len())?;
        for (key, value) in entries {
            self.text(key)?;
            self.value(value, element, depth)
                .map_err(|error| error.below(Step::Key(key.clone())))?;
        }
        Ok(())
    }

    fn object(
        &mut self,
        attributes: &Object,
        kinds: &BTreeMap<String, Type>,
        depth: usize,
    ) -> Result<(), EncodeError> {
        if let Some(name) = attributes.keys().find(|name| !kinds.contains_key(*name)) {
            return Err(EncodeError::new(
                "only attributes of the schema",
                quoted(name),
            ));
        }
        self.map_length(kinds.len())?;
        for (name, kind) in kinds {
            self.text(name)?;
            self.value(attributes.get(name).unwrap_or(&Value::Null), kind, depth)
                .map_err(|error| error.below(Step::Attribute(name.clone())))?;
        }
        Ok(())
    }

    fn dynamic(&mut self, kind: &Type, value: &Value, depth: usize) -> Result<(), EncodeError> {
        let json = kind.to_json();
        // What we write we must also be able to read.
        if Type::from_json(&json, MAX_DEPTH).is_none() {
            return Err(EncodeError::new(depth_allowed(), "a type of more"));
        }
        let notation = json.to_string();
        self.array_length(2)?;
        let Ok(_) = encode::write_bin_len(&mut self.0, length(notation.len())?);
        self.0.as_mut_vec().extend_from_slice(notation.as_bytes());
        self.value(value, kind, depth)
    }
}

fn length(count: usize) -> Result<u32, EncodeError> {
    u32::try_from(count).map_err(|_| EncodeError::new("a length below 2³²", count.to_string()))
}

/// What a value is called in an error.
fn held(value: &Value) -> String {
    let plain = match value {
        Value::Null => "null",
        Value::Unknown => "an unknown value",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::List(elements) => return format!("a list of {} elements", elements.len()),
        Value::Set(_) => "a set",
        Value::Map(_) => "a map",
        Value::Object(_) => "an object",
        Value::Dynamic(..) => "a value with its type",
    };
    plain.to_owned()
}

/// Arbitrary types and values, for the property tests of this module and of the JSON form.
#[cfg(test)]
pub(super) mod arbitrary {
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;

    use super::*;

    /// Any type of at most so many levels below the outermost.
    pub fn kind(levels: u32) -> BoxedStrategy<Type> {
        let leaf = prop_oneof![
            Just(Type::Bool),
            Just(Type::Number),
            Just(Type::String),
            Just(Type::Dynamic),
        ];
        leaf.prop_recursive(levels, 24, 4, |inner| {
            prop_oneof![
                inner.clone().prop_map(Type::list),
                inner.clone().prop_map(Type::set),
                inner.clone().prop_map(Type::map),
                vec(inner.clone(), 0..4).prop_map(Type::Tuple),
                btree_map("[a-z_é]{1,8}", inner, 0..4).prop_map(Type::Object),
            ]
        })
        .boxed()
    }

    /// A number in any of its representations.
    pub fn number() -> BoxedStrategy<Number> {
        let spelled = "-?[0-9]{1,40}(\\.[0-9]{1,40})?(e[+-]?[0-9]{1,3})?";
        prop_oneof![
            any::<i64>().prop_map(Number::from),
            any::<u64>().prop_map(Number::from),
            any::<f64>().prop_filter_map("finite", |float| Number::try_from(float).ok()),
            spelled.prop_filter_map("a number", |text: String| text.parse().ok()),
        ]
        .boxed()
    }

    /// Any value of the type: also null, and also unknown.
    pub fn value_of(kind: &Type) -> BoxedStrategy<Value> {
        let known = match kind {
            Type::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
            Type::Number => number().prop_map(Value::Number).boxed(),
            Type::String => any::<String>().prop_map(Value::String).boxed(),
            Type::Dynamic => self::kind(2)
                .prop_flat_map(typed)
                .prop_map(|(kind, value)| Value::Dynamic(kind.into(), value.into()))
                .boxed(),
            Type::List(element) => vec(value_of(element), 0..4).prop_map(Value::List).boxed(),
            Type::Set(element) => vec(value_of(element), 0..4).prop_map(Value::set).boxed(),
            Type::Map(element) => btree_map(any::<String>(), value_of(element), 0..4)
                .prop_map(Value::Map)
                .boxed(),
            Type::Tuple(kinds) => {
                let elements: Vec<_> = kinds.iter().map(value_of).collect();
                elements.prop_map(Value::List).boxed()
            }
            Type::Object(kinds) => {
                let names: Vec<String> = kinds.keys().cloned().collect();
                let values: Vec<_> = kinds.values().map(value_of).collect();
                values
                    .prop_map(move |values| Value::object(names.iter().cloned().zip(values)))
                    .boxed()
            }
        };
        prop_oneof![
            1 => Just(Value::Null),
            1 => Just(Value::Unknown),
            8 => known,
        ]
        .boxed()
    }

    /// The type with any value of it.
    pub fn typed(kind: Type) -> impl Strategy<Value = (Type, Value)> {
        let values = value_of(&kind);
        (Just(kind), values)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use std::time::{Duration, Instant};

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Value {
        Value::Number(text.parse().unwrap())
    }

    fn object_type<const N: usize>(kinds: [(&str, Type); N]) -> Type {
        Type::Object(kinds.map(|(name, kind)| (name.to_owned(), kind)).into())
    }

    /// Asserts that the value is written as the bytes and the bytes read as the value.
    fn golden(value: Value, kind: &Type, bytes: &[u8]) {
        assert_eq!(encode(&value, kind).as_deref(), Ok(bytes), "{value:?}");
        assert_eq!(decode(bytes, kind), Ok(value));
    }

    fn message(bytes: &[u8], kind: &Type) -> String {
        decode(bytes, kind).unwrap_err().to_string()
    }

    #[test]
    fn null_and_unknown_look_the_same_whatever_the_type() {
        for kind in [
            Type::Bool,
            Type::Dynamic,
            Type::set(Type::String),
            object_type([("a", Type::Number)]),
        ] {
            golden(Value::Null, &kind, &[0xc0]);
            golden(Value::Unknown, &kind, &[0xd4, 0, 0]);
        }
    }

    #[test]
    fn every_attribute_of_an_object_is_written() {
        let kind = object_type([("a", Type::String)]);
        let bytes = [0x81, 0xa1, b'a', 0xc0];
        golden(Value::object([("a", Value::Null)]), &kind, &bytes);
        let empty = Value::Object(Object::new());
        assert_eq!(encode(&empty, &kind).as_deref(), Ok(&bytes[..]));
    }

    #[test]
    fn integers_take_the_least_room_up_to_64_bits() {
        let kind = Type::Number;
        golden(0.into(), &kind, &[0]);
        golden((-1).into(), &kind, &[0xff]);
        golden(4094.into(), &kind, &[0xcd, 0x0f, 0xfe]);
        let max = [&[0xcf], &i64::MAX.to_be_bytes()[..]].concat();
        golden(i64::MAX.into(), &kind, &max);
        let min = [&[0xd3], &i64::MIN.to_be_bytes()[..]].concat();
        golden(i64::MIN.into(), &kind, &min);
    }

    #[test]
    fn integers_beyond_64_bits_are_text() {
        let bytes = [&[0xb4], &b"18446744073709551616"[..]].concat();
        golden(number("18446744073709551616"), &Type::Number, &bytes);
        let unsigned = [&[0xcf], &u64::MAX.to_be_bytes()[..]].concat();
        assert_eq!(
            decode(&unsigned, &Type::Number),
            Ok(number("18446744073709551615"))
        );
    }

    #[test]
    fn fractions_are_floats_if_those_are_exact_and_otherwise_text() {
        let half = [&[0xcb], &0.5_f64.to_be_bytes()[..]].concat();
        golden(number("0.5"), &Type::Number, &half);
        golden(number("0.1"), &Type::Number, b"\xa30.1");
    }

    #[test]
    fn numbers_are_read_from_every_form_that_holds_them() {
        let seven = Value::integer(7);
        let forms = [
            vec![7],
            vec![0xcc, 7],
            vec![0xcd, 0, 7],
            vec![0xce, 0, 0, 0, 7],
            vec![0xcf, 0, 0, 0, 0, 0, 0, 0, 7],
            vec![0xd0, 7],
            vec![0xd1, 0, 7],
            vec![0xd2, 0, 0, 0, 7],
            vec![0xd3, 0, 0, 0, 0, 0, 0, 0, 7],
            [&[0xca], &7_f32.to_be_bytes()[..]].concat(),
            [&[0xcb], &7_f64.to_be_bytes()[..]].concat(),
            b"\xa17".to_vec(),
            b"\xd9\x037e0".to_vec(),
            b"\xda\x00\x037.0".to_vec(),
        ];
        for form in forms {
            assert_eq!(
                decode(&form, &Type::Number),
                Ok(seven.clone()),
                "{form:02x?}"
            );
        }
        assert_eq!(
            decode(&[0xe0], &Type::Number),
            Ok(Value::integer(-32)),
            "the lowest number of one byte"
        );
    }

    #[test]
    fn nan_infinity_and_words_are_no_numbers() {
        for float in [f64::NAN, f64::INFINITY] {
            let bytes = [&[0xcb], &float.to_be_bytes()[..]].concat();
            assert_eq!(
                message(&bytes, &Type::Number),
                "expected a number, found a float that is not a finite number"
            );
        }
        assert_eq!(
            message(b"\xa5seven", &Type::Number),
            "expected a number, found text that is not a decimal number"
        );
    }

    #[test]
    fn every_extension_is_an_unknown_value_and_its_payload_skipped() {
        // Not null, and the prefix "ix-": what Terraform may promise about an unknown text.
        let refined = b"\xc7\x08\x0c\x82\x01\xc2\x02\xa3ix-";
        let large = [&[0xc8, 1, 0, 12][..], &[0; 256]].concat();
        let larger = [&[0xc9, 0, 1, 0, 0, 12][..], &[0; 65536]].concat();
        for bytes in [&refined[..], &large, &larger, &[0xd5, 12, 0x80, 0]] {
            assert_eq!(decode(bytes, &Type::String), Ok(Value::Unknown));
            assert_eq!(decode(bytes, &Type::Dynamic), Ok(Value::Unknown));
        }
        let list = [&[0x92], &refined[..], &[0xa1, b'x']].concat();
        assert_eq!(
            decode(&list, &Type::list(Type::String)),
            Ok(Value::List(vec![Value::Unknown, "x".into()]))
        );
    }

    #[test]
    fn a_value_of_dynamic_type_comes_with_its_type() {
        let value = |inner| Value::Dynamic(Type::String.into(), Box::new(inner));
        let bytes = b"\x92\xc4\x08\"string\"\xa1x";
        golden(value("x".into()), &Type::Dynamic, bytes);
        golden(
            value(Value::Unknown),
            &Type::Dynamic,
            b"\x92\xc4\x08\"string\"\xd4\0\0",
        );
        let as_text = b"\x92\xa8\"string\"\xa1x";
        assert_eq!(decode(as_text, &Type::Dynamic), Ok(value("x".into())));
        assert_eq!(
            message(b"\x92\xc4\x05\"text\xa1x", &Type::Dynamic),
            "expected a type in JSON notation, found something else"
        );
        assert_eq!(
            message(b"\x91\xc0", &Type::Dynamic),
            "expected a value with its type, found an array of 1 elements"
        );
    }

    #[test]
    fn a_set_is_read_in_any_order() {
        let kind = Type::set(Type::Number);
        let expected = Value::set([1.into(), 2.into()]);
        assert_eq!(decode(&[0x93, 2, 1, 2], &kind), Ok(expected));
    }

    #[test]
    fn an_error_names_the_place_what_was_expected_and_what_was_found() {
        let vlans = object_type([("vlans", Type::list(Type::map(Type::Number)))]);
        let kind = object_type([("vlan_config", vlans)]);
        let bytes = b"\x81\xabvlan_config\x81\xa5vlans\x92\xc0\x81\xa5outer\xc3";
        assert_eq!(
            message(bytes, &kind),
            "vlan_config.vlans[1][\"outer\"]: expected a number, found true or false"
        );
    }

    #[test]
    fn an_error_inside_a_set_names_the_set() {
        let kind = object_type([("ids", Type::set(Type::String))]);
        assert_eq!(
            message(b"\x81\xa3ids\x91\x01", &kind),
            "ids: expected a string, found a number"
        );
    }

    #[test]
    fn a_missing_attribute_is_an_error_that_names_it() {
        let kind = Type::list(object_type([("a", Type::Bool), ("b", Type::Bool)]));
        assert_eq!(
            message(b"\x91\x81\xa1a\xc3", &kind),
            "[0].b: expected a value or null, found no such attribute"
        );
    }

    #[test]
    fn an_attribute_that_the_type_has_not_is_an_error_in_both_directions() {
        let kind = object_type([("a", Type::Bool)]);
        let expected = "expected only attributes of the schema, found \"b\"";
        assert_eq!(message(b"\x82\xa1a\xc3\xa1b\xc3", &kind), expected);
        let value = Value::object([("b", Value::Null)]);
        assert_eq!(encode(&value, &kind).unwrap_err().to_string(), expected);
    }

    #[test]
    fn a_key_that_occurs_twice_is_an_error() {
        let twice = b"\x82\xa1a\xc3\xa1a\xc3";
        for kind in [object_type([("a", Type::Bool)]), Type::map(Type::Bool)] {
            let message = message(twice, &kind);
            assert!(message.contains("each key once"), "{message}");
        }
    }

    #[test]
    fn a_tuple_has_as_many_elements_as_its_type() {
        let kind = Type::Tuple(vec![Type::Bool, Type::Number]);
        golden(
            Value::List(vec![true.into(), 5.into()]),
            &kind,
            &[0x92, 0xc3, 5],
        );
        assert_eq!(
            message(&[0x91, 0xc3], &kind),
            "expected a tuple of 2 elements, found 1 elements"
        );
        assert!(encode(&Value::List(vec![true.into()]), &kind).is_err());
    }

    #[test]
    fn a_value_of_another_type_is_not_written() {
        let kind = object_type([("vlans", Type::list(Type::Number))]);
        let value = Value::object([("vlans", Value::List(vec![1.into(), "secret".into()]))]);
        assert_eq!(
            encode(&value, &kind).unwrap_err().to_string(),
            "vlans[1]: expected a number, found a string"
        );
    }

    #[test]
    fn bytes_after_the_value_are_an_error() {
        assert_eq!(
            message(&[0xc0, 0xc0], &Type::Bool),
            "expected the end of the value, found 1 more bytes"
        );
    }

    #[test]
    fn no_bytes_are_not_a_value() {
        assert_eq!(
            message(&[], &Type::Bool),
            "expected true or false, found the end of the data"
        );
    }

    #[test]
    fn text_must_be_utf8() {
        assert!(message(&[0xa1, 0xff], &Type::String).contains("UTF-8"));
        let kind = Type::map(Type::Bool);
        assert!(message(&[0x81, 0xa1, 0xff, 0xc3], &kind).contains("UTF-8"));
    }

    #[test]
    fn lengths_that_lie_are_refused_at_once() {
        let start = Instant::now();
        for (marker, kind) in [
            (0xdd, Type::list(Type::Bool)),
            (0xdd, Type::set(Type::Bool)),
            (0xdd, Type::Tuple(vec![])),
            (0xdd, Type::Dynamic),
            (0xdf, Type::map(Type::Bool)),
            (0xdf, Type::Object(BTreeMap::new())),
            (0xdb, Type::String),
            (0xdb, Type::Number),
            (0xc9, Type::String),
        ] {
            let bytes = [marker, 0xff, 0xff, 0xff, 0xff, 0xc0];
            assert!(decode(&bytes, &kind).is_err(), "{marker:x}");
        }
        assert_eq!(
            message(
                &[0xdd, 0xff, 0xff, 0xff, 0xff, 0xc0],
                &Type::list(Type::Bool)
            ),
            "expected 4294967295 elements, found the end of the data after 1 more bytes"
        );
        let notation = [0x92, 0xc6, 0xff, 0xff, 0xff, 0xff];
        assert!(decode(&notation, &Type::Dynamic).is_err());
        assert!(start.elapsed() < Duration::from_secs(1));
    }

    #[test]
    fn ten_thousand_levels_of_nesting_are_refused() {
        let dynamic = b"\x92\xc4\x09\"dynamic\"".repeat(10_000);
        assert_eq!(
            decode(&dynamic, &Type::Dynamic).unwrap_err().expected,
            depth_allowed()
        );
        let notation = "[\"list\",".repeat(10_000) + "\"bool\"" + &"]".repeat(10_000);
        let length = u32::try_from(notation.len()).unwrap().to_be_bytes();
        let bytes = [&[0x92, 0xc6], &length[..], notation.as_bytes(), &[0xc0]].concat();
        assert!(decode(&bytes, &Type::Dynamic).is_err());
    }

    #[test]
    fn the_deepest_value_allowed_is_read_and_written_and_one_level_more_refused() {
        let nested = |levels: usize| {
            (1..levels).fold(
                (Value::Bool(true), Type::Bool, vec![0xc3]),
                |(value, kind, bytes), _| {
                    let bytes = [&[0x91][..], &bytes].concat();
                    (Value::List(vec![value]), Type::list(kind), bytes)
                },
            )
        };
        let (value, kind, bytes) = nested(MAX_DEPTH);
        golden(value, &kind, &bytes);
        let (value, kind, bytes) = nested(MAX_DEPTH + 1);
        assert!(decode(&bytes, &kind).is_err());
        assert!(encode(&value, &kind).is_err());
        let typed_null = Value::Dynamic(kind.into(), Value::Null.into());
        assert!(encode(&typed_null, &Type::Dynamic).is_err());
    }

    #[test]
    fn a_text_of_64_mib_survives() {
        let value = Value::String("x".repeat(64 << 20));
        let bytes = encode(&value, &Type::String).unwrap();
        // Not assert_eq, which would print it.
        assert!(decode(&bytes, &Type::String).unwrap() == value);
    }

    /// Bytes that mean something more often than any bytes would.
    fn telling_byte() -> impl Strategy<Value = u8> {
        prop_oneof![any::<u8>(), 0xc0_u8..=0xdf, 0x80_u8..=0x94, 0_u8..4]
    }

    proptest! {
        #[test]
        fn every_value_survives(
            (kind, value) in arbitrary::kind(4).prop_flat_map(arbitrary::typed)
        ) {
            let bytes = encode(&value, &kind);
            prop_assert!(bytes.is_ok(), "{:?}", bytes);
            prop_assert_eq!(decode(&bytes.unwrap(), &kind), Ok(value));
        }

        #[test]
        fn a_value_cut_short_is_refused(
            (kind, value) in arbitrary::kind(3).prop_flat_map(arbitrary::typed)
        ) {
            let bytes = encode(&value, &kind).unwrap();
            for end in 0..bytes.len().min(300) {
                prop_assert!(decode(&bytes[..end], &kind).is_err(), "cut to {}", end);
            }
        }

        #[test]
        fn any_bytes_are_a_value_or_an_error(
            kind in arbitrary::kind(3),
            bytes in vec(telling_byte(), 0..48),
        ) {
            let _ = decode(&bytes, &kind);
        }

        #[test]
        fn damage_to_a_value_is_an_error_or_another_value(
            (kind, value) in arbitrary::kind(3).prop_flat_map(arbitrary::typed),
            damage in vec((any::<usize>(), telling_byte()), 1..4),
        ) {
            let mut bytes = encode(&value, &kind).unwrap();
            for (place, byte) in damage {
                let place = place % bytes.len();
                bytes[place] = byte;
            }
            if let Ok(other) = decode(&bytes, &kind) {
                let again = encode(&other, &kind).unwrap();
                prop_assert_eq!(decode(&again, &kind), Ok(other));
            }
        }
    }
}
