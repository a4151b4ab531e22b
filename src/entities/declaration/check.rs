//! What a plan can find out before anything is ordered: checks, and what they look at.
//!
//! A check is a few lines over a [`Scene`]: what is configured, and what the exchange shows of the
//! things that the configuration names. What is not configured, not known yet or not shown rules
//! nothing out: the check ends there, by `?`.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::ixapi::{Client, Error, Json, Looks, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::plan::Change;
use crate::tfplugin::value::Value;

use super::{Collection, Own};

/// One thing that a plan finds out.
#[derive(Clone, Copy)]
pub struct Check {
    /// The attributes that it is about: an object that exists is looked at only if one of them
    /// changes.
    pub about: &'static [&'static str],
    /// Looks.
    pub look: for<'a> fn(&'a Scene<'a>) -> Looking<'a>,
}

/// A look, in its own time.
pub type Looking<'a> = Pin<Box<dyn Future<Output = Verdict> + Send + 'a>>;

/// What a check finds: what is wrong, if anything; or why it cannot tell.
pub type Verdict = Result<Diagnostics, Skipped>;

/// Why a check cannot tell.
#[derive(Clone, Debug)]
pub enum Skipped {
    /// Something is not configured, not known yet, or not shown by the exchange.
    NotSaid,
    /// The exchange says that there is no such object. A check of its own tells that.
    Missing,
    /// The exchange could not be asked.
    Blind(Error),
}

/// A check about these attributes.
pub const fn check(
    about: &'static [&'static str],
    look: for<'a> fn(&'a Scene<'a>) -> Looking<'a>,
) -> Check {
    Check { about, look }
}

/// A check that finds nothing wrong.
pub fn passes() -> Verdict {
    Ok(Diagnostics::default())
}

impl fmt::Debug for Check {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Check about {}", self.about.join(", "))
    }
}

/// What a check looks at.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The exchange.
    pub client: &'a Client,
    /// What was read in this run.
    pub looks: &'a Looks,
    /// Ends all asking.
    pub stop: &'a CancellationToken,
    /// The planned change.
    pub change: &'a Change,
    /// What is planned: a variant, or a collection that has none; nothing if that is not known.
    pub kind: Option<&'a str>,
    /// What is planned in this run for the object of a collection and an id: null if it goes.
    pub planned: &'a (dyn Fn(&Collection, &str) -> Option<Value> + Sync),
}

impl Scene<'_> {
    /// The exchange, for texts.
    pub fn host(&self) -> &str {
        self.client.host()
    }

    /// Whether an object is ordered, be it in another's place.
    pub fn is_order(&self) -> bool {
        self.change.prior.is_null() || !self.change.replaces.is_empty()
    }

    /// What is planned: a variant, or a collection that has none.
    pub fn kind(&self) -> Result<&str, Skipped> {
        self.kind.ok_or(Skipped::NotSaid)
    }

    /// Whether something is planned for one of these attributes.
    pub fn concerns(&self, attributes: &[&str]) -> bool {
        let differs = |name: &&str| self.change.planned.get(name) != self.change.prior.get(name);
        self.is_order() || attributes.iter().any(differs)
    }

    /// A configured value; members of a block are written `block.member`.
    pub fn value(&self, attribute: &str) -> &Value {
        let mut names = attribute.split('.');
        let first = self.change.config.get(names.next().unwrap_or_default());
        names.fold(first, |value, name| value.get(name))
    }

    /// A configured text.
    pub fn text(&self, attribute: &str) -> Result<&str, Skipped> {
        let text = self.value(attribute).as_str();
        text.filter(|text| !text.is_empty()).ok_or(Skipped::NotSaid)
    }

    /// A configured whole number.
    pub fn number(&self, attribute: &str) -> Result<i64, Skipped> {
        self.value(attribute).as_i64().ok_or(Skipped::NotSaid)
    }

    /// The object of this id.
    pub async fn one(&self, of: &Collection, id: &str) -> Result<Seen, Skipped> {
        self.at(of.path, id).await
    }

    /// The object of this id in the collection at this path.
    pub async fn at(&self, path: &str, id: &str) -> Result<Seen, Skipped> {
        match self.looks.find(self.client, path, id, self.stop).await {
            Ok(object) => Ok(Seen(object)),
            // A 404 without a reason may be a gateway's.
            Err(error) if error.is_not_found() && error.problem().is_some() => {
                Err(Skipped::Missing)
            }
            Err(error) => Err(Skipped::Blind(error)),
        }
    }

    /// The object whose id an attribute holds.
    pub async fn named(&self, of: &Collection, attribute: &str) -> Result<Seen, Skipped> {
        self.one(of, self.text(attribute)?).await
    }

    /// The object that is one's own.
    pub async fn own(&self, which: &Own) -> Result<Seen, Skipped> {
        match self.looks.get(self.client, which.path, self.stop).await {
            Ok(object) => Ok(Seen(object)),
            Err(error) if error.is_not_found() => Err(Skipped::Missing),
            Err(error) => Err(Skipped::Blind(error)),
        }
    }

    /// All objects of a collection that match.
    pub async fn all(&self, path: &str, query: &[(&str, &str)]) -> Result<Vec<Seen>, Skipped> {
        let rows = self.looks.list(self.client, path, query, self.stop).await;
        let rows = rows.map_err(Skipped::Blind)?;
        let rows = lenient::list(&rows).iter();
        Ok(rows.map(|row| Seen(Arc::new(row.clone()))).collect())
    }

    /// What is wrong with an attribute.
    pub fn refuse(
        &self,
        attribute: &str,
        summary: impl Into<String>,
        detail: impl Into<String>,
    ) -> Verdict {
        Ok(Diagnostic::error(summary, detail)
            .at(path(attribute))
            .into())
    }
}

/// The path of an attribute, whose blocks are written before a dot.
pub fn path(attribute: &str) -> Path {
    let mut names = attribute.split('.');
    let first = Path::attribute(names.next().unwrap_or_default());
    names.fold(first, |path, name| path.then(name))
}

/// What an exchange shows of an object.
#[derive(Clone, Debug)]
pub struct Seen(pub Arc<Json>);

impl Seen {
    /// A text that says something.
    pub fn text(&self, name: &str) -> Result<String, Skipped> {
        let text = self.0.get(name).and_then(lenient::text);
        text.filter(|text| !text.is_empty()).ok_or(Skipped::NotSaid)
    }

    /// A whole number.
    pub fn number(&self, name: &str) -> Result<i64, Skipped> {
        let number = self.0.get(name).and_then(lenient::integer);
        number.ok_or(Skipped::NotSaid)
    }

    /// Yes or no.
    pub fn flag(&self, name: &str) -> Result<bool, Skipped> {
        let flag = self.0.get(name).and_then(lenient::boolean);
        flag.ok_or(Skipped::NotSaid)
    }

    /// The texts of a list.
    pub fn texts(&self, name: &str) -> Result<Vec<String>, Skipped> {
        let shown = self.0.get(name).filter(|shown| !shown.is_null());
        let shown = lenient::list(shown.ok_or(Skipped::NotSaid)?);
        Ok(shown.iter().filter_map(lenient::text).collect())
    }

    /// An object in it.
    pub fn part(&self, name: &str) -> Result<Seen, Skipped> {
        let part = self.0.get(name).filter(|part| part.is_object());
        let part = part.ok_or(Skipped::NotSaid)?;
        Ok(Seen(Arc::new(part.clone())))
    }

    /// The objects of a list.
    pub fn parts(&self, name: &str) -> Result<Vec<Seen>, Skipped> {
        let shown = self.0.get(name).filter(|shown| !shown.is_null());
        let shown = lenient::list(shown.ok_or(Skipped::NotSaid)?).iter();
        Ok(shown.map(|part| Seen(Arc::new(part.clone()))).collect())
    }

    /// Whether it says expressly that there is none of this.
    pub fn has_no(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(Json::is_null)
    }
}
