//! The rows of lists, as text: a list may be long, and values take several times the memory of the
//! text that they are read from.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::lenient::{self, Json};

/// One row of a list.
#[derive(Clone, Debug)]
pub struct Row(Box<RawValue>);

impl Row {
    /// What it says. `None` if that cannot be told, such as a number that is too large.
    pub fn json(&self) -> Option<Json> {
        serde_json::from_str(self.0.get()).ok()
    }

    /// The id that it bears, if it is an object and bears one.
    pub fn id(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Named {
            id: Option<Json>,
        }
        let named: Named = serde_json::from_str(self.0.get()).ok()?;
        let id = named.id.as_ref().and_then(lenient::text);
        id.filter(|id| !id.is_empty())
    }

    /// What tells it from another row.
    pub fn identity(&self) -> String {
        self.id().unwrap_or_else(|| self.0.get().to_owned())
    }

    /// A row that says this.
    #[cfg(test)]
    pub(super) fn of(json: &Json) -> Row {
        Row(serde_json::value::to_raw_value(json).unwrap_or_default())
    }
}

/// The rows of one answer.
#[derive(Debug)]
pub struct Page {
    /// The rows.
    pub rows: Vec<Row>,
    /// Whether the answer stands for a list. Null and nothing do not, though they have no rows.
    pub proper: bool,
}

/// Reads an answer that should be a list, `None` if it is none. There are exchanges that answer a
/// list of one object with that object. A gateway's notice is none: objects have an id, and two
/// more fields at least.
///
/// # Errors
/// That it is no JSON.
pub fn page(body: &[u8]) -> Result<Option<Page>, serde_json::Error> {
    let whole: &RawValue = serde_json::from_slice(body)?;
    let text = whole.get();
    if text.starts_with('[') {
        let rows: Vec<Box<RawValue>> = serde_json::from_str(text)?;
        let rows = rows.into_iter().map(Row).collect();
        return Ok(Some(Page { rows, proper: true }));
    }
    let json = serde_json::from_str(text)?;
    Ok(match &json {
        Json::Null => Some(Page::none()),
        Json::Object(fields) => Some(Page {
            proper: lenient::id_of(&json).is_some() && fields.len() > 2,
            rows: vec![Row(whole.to_owned())],
        }),
        _ => None,
    })
}

impl Page {
    /// No rows, and no list.
    pub(super) fn none() -> Page {
        Page {
            rows: Vec::new(),
            proper: false,
        }
    }
}
