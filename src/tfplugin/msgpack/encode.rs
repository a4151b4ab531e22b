//! Writes values, in the forms that Terraform itself would choose.

use std::collections::BTreeMap;

use rmp::encode::{self, ByteBuf};

use super::super::number::Number;
use super::super::path::Step;
use super::super::types::Type;
use super::super::value::{Object, Value};
use super::{EncodeError, MAX_DEPTH, depth_allowed, describe, index, quoted};

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
