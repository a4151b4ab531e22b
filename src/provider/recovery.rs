//! Orders that were sent and of which Terraform never learnt: those of a run that was killed, and
//! those that nobody answered. They are gone on with, or a person is asked; they are never placed
//! again blindly.
//!
//! An order of an earlier run is known by its note ([`super::journal`]). One whose id nobody knows
//! is known by the reference that its owner gave it, if it alone has come to bear that since; if it
//! has none, nobody can tell it from another that looks the same, and a person has to.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::sleep;

use crate::entities::declaration::{Arrives, Field};
use crate::ixapi::{Error, Json, lenient, redacted};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::traits::Call;
use crate::tfplugin::value::Value;

use super::configuration::WHERE_ORDERS_ARE_NOTED;
use super::errors::{Attempt, import_block};
use super::journal::{self, Journal, Note, Noted, Order, Unusable};
use super::reference::{self, REFERENCE};
use super::remote::Site;
use super::{documents, messages};

/// How long a run that was killed may take to notice it.
const LAST_GASP: [Duration; 16] = [Duration::from_millis(250); 16];

/// An order that is about to be placed, or was by an earlier run.
#[derive(Debug)]
pub struct Ordering {
    order: Order,
    /// The reference that its owner gives the object.
    reference: Option<String>,
    journal: Option<Arc<Journal>>,
    /// The ids of the live objects that bear the reference already, if they could be listed.
    before: Option<Vec<String>>,
}

/// What came of an order.
#[derive(Debug)]
pub struct Ordered {
    /// The id of the object.
    pub id: String,
    /// What the exchange shows of it.
    pub object: Json,
}

impl Ordering {
    /// The order with this body.
    pub fn new(site: &Site<'_>, body: &Json) -> Ordering {
        let journal = site.session.journal();
        let what = redacted(body).to_string();
        Ordering {
            order: Order {
                exchange: site.home.host().to_owned(),
                collection: site.resource.of.path.to_owned(),
                digest: documents::digest(what.as_bytes()),
            },
            reference: reference_of(site, body),
            // What is below another object has no id of its own, and is put there once.
            journal: journal.filter(|_| !matches!(site.resource.arrives, Arrives::Below { .. })),
            before: None,
        }
    }

    /// What an earlier run has ordered just so and never brought into a state.
    ///
    /// # Errors
    /// That nobody can tell; what speaks against going on with it. Nothing was ordered.
    pub async fn of_earlier_run(
        &self,
        site: &Site<'_>,
        call: &Call<'_>,
        body: &Json,
    ) -> Result<Option<Ordered>, Diagnostics> {
        let Some(journal) = &self.journal else {
            return Ok(None);
        };
        while let Some(note) = self.take(journal, site).await? {
            let found = match &note.id {
                Some(id) => self.by_id(site, id).await?,
                None => self.by_likeness(site, &note, body).await?,
            };
            let Some(ordered) = found else {
                // What had been ordered is no more, or never came about.
                journal::strike(&note).map_err(|error| unusable(site, &error))?;
                continue;
            };
            if note.delivered {
                return Err(most_likely_held(site, &note, &ordered.id).into());
            }
            call.tell(gone_on_with(site, &note, &ordered));
            return Ok(Some(ordered));
        }
        Ok(None)
    }

    async fn take(&self, journal: &Journal, site: &Site<'_>) -> Result<Option<Note>, Diagnostics> {
        let mut pauses = LAST_GASP.into_iter();
        loop {
            let moved = site.session.defaults().former_hosts;
            match (journal.take(&self.order, &moved), pauses.next()) {
                (Err(Unusable::Busy(_)), Some(pause)) if !site.stop.is_cancelled() => {
                    sleep(pause).await;
                }
                (taken, _) => return taken.map_err(|error| unusable(site, &error).into()),
            }
        }
    }

    /// The object of that id, if it is live.
    async fn by_id(&self, site: &Site<'_>, id: &str) -> Result<Option<Ordered>, Diagnostics> {
        let remote = site.clone().object(id);
        let attempt = Attempt::Order(site.resource);
        match remote.look().await {
            Ok(object) => Ok(reference::is_live(&object).then(|| Ordered {
                id: id.to_owned(),
                object,
            })),
            Err(error) if error.is_not_found() => {
                let gone = remote.confirm_gone(&Value::Null).await;
                gone.map_err(|doubt| doubt.explain(attempt, &remote))?;
                Ok(None)
            }
            Err(error) => Err(attempt.explain(&error)),
        }
    }

    /// The object that came of an order without answer, if any did.
    async fn by_likeness(
        &self,
        site: &Site<'_>,
        note: &Note,
        body: &Json,
    ) -> Result<Option<Ordered>, Diagnostics> {
        let attempt = Attempt::Order(site.resource);
        let reference = self.reference.as_ref().filter(|_| note.before.is_some());
        let rows = match reference {
            Some(reference) => reference::bearers(site, reference).await,
            None => {
                let rows = site
                    .objects
                    .list_whole(&[], tokio::time::Instant::now(), site.stop);
                rows.await
            }
        };
        let mut rows = rows.map_err(|error| attempt.explain(&error))?;
        rows.retain(|row| {
            let id = row.get("id").and_then(lenient::text).unwrap_or_default();
            let mut before = note.before.iter().flatten();
            !before.any(|before| before.eq_ignore_ascii_case(&id))
                && !site.session.has_made(&id)
                && reference::is_of_the_kind(site, row)
                && reference::is_live(row)
                && (reference.is_some() || resembles(site, body, row))
        });
        match (rows.pop(), rows.len()) {
            (None, _) => Ok(None),
            (Some(object), 0) if reference.is_some() => Ok(ordered(object)),
            (Some(object), _) => {
                rows.push(object);
                Err(which_is_it(site, note, &rows).into())
            }
        }
    }

    /// Looks what bears the order's reference before it is placed, and notes the order.
    ///
    /// # Errors
    /// That it cannot be noted. Nothing was ordered.
    pub async fn begin(&mut self, site: &Site<'_>) -> Result<Option<Noted>, Diagnostics> {
        if let Some(reference) = &self.reference {
            // Without an answer the order cannot be found by its reference: it is placed all the
            // same, and whoever has to look for it is told.
            let bearers = reference::bearers(site, reference).await.ok();
            self.before = bearers.map(|rows| rows.iter().filter_map(id_of).collect());
        }
        let Some(journal) = &self.journal else {
            return Ok(None);
        };
        let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap_or_default();
        let noted = journal.note(self.order.clone(), self.before.clone(), now.to_string());
        noted
            .map(Some)
            .map_err(|error| unusable(site, &error).into())
    }

    /// What came of an order that was not answered, or not by the exchange: the one object that
    /// bears its reference and did not before.
    pub async fn unanswered(&self, site: &Site<'_>, error: &Error) -> Option<Json> {
        if !error.outcome_unknown() {
            return None;
        }
        let (reference, before) = (self.reference.as_ref()?, self.before.as_ref()?);
        let mut bearers = reference::bearers(site, reference).await.ok()?;
        bearers.retain(|row| {
            id_of(row).is_some_and(|id| !before.contains(&id) && !site.session.has_made(&id))
        });
        bearers.pop().filter(|_| bearers.is_empty())
    }
}

fn ordered(object: Json) -> Option<Ordered> {
    let id = id_of(&object)?;
    Some(Ordered { id, object })
}

fn id_of(object: &Json) -> Option<String> {
    let id = object.get("id").and_then(lenient::text);
    id.filter(|id| !id.is_empty())
}

/// The reference in an order that the object alone bears.
fn reference_of(site: &Site<'_>, body: &Json) -> Option<String> {
    let mut fields = site.resource.of.shape.all_fields();
    let field = fields.find(|field| field.name == REFERENCE)?;
    let reference = body.get(REFERENCE)?.as_str()?;
    (!field.passed_on && !reference.is_empty()).then(|| reference.to_owned())
}

/// Whether an object shows nothing else than what was ordered, as far as it can be compared.
fn resembles(site: &Site<'_>, body: &Json, object: &Json) -> bool {
    let fields: Vec<&Field> = site.resource.of.shape.all_fields().collect();
    let sent = body.as_object().into_iter().flatten();
    let mut compared = sent.filter_map(|(name, sent)| {
        let (sent, shown) = (lenient::text(sent)?, lenient::text(object.get(name)?)?);
        let same = sent.eq_ignore_ascii_case(&shown);
        let mut fields = fields.iter().filter(|field| field.name == name);
        Some(same || fields.any(|field| field.means(&shown, &sent)))
    });
    compared.all(|same| same)
}

/// The order of an earlier run that is not placed again.
fn gone_on_with(site: &Site<'_>, note: &Note, ordered: &Ordered) -> Diagnostic {
    let the_object = format!("the {} {}", site.resource.noun, ordered.id);
    let state = ordered.object.get("state").and_then(lenient::text);
    let state = state.map(|state| format!(", in state {state}"));
    Diagnostic::warning(
        format!(
            "{} is an order of an earlier run",
            messages::sentence(&the_object)
        ),
        format!(
            "A run that was cut off ordered exactly this at {} on {}, and no state has it. The \
             exchange has it{}, and this run goes on with it; nothing was ordered again.",
            site.host(),
            note.at,
            state.unwrap_or_default()
        ),
    )
}

/// An order of a run that ended well, which another resource or another state most likely holds.
fn most_likely_held(site: &Site<'_>, note: &Note, id: &str) -> Diagnostic {
    let noun = site.resource.noun;
    Diagnostic::error(
        format!("It is not sure that another {noun} is wanted"),
        format!(
            "A run ordered exactly this at {} on {}: {id}. It ended well, and no run has seen {id} \
             in the state since. If the state was lost, take it over:\n\n{}\n\nIf another one \
             is wanted, plan once without -target, or remove the line of {}. Nothing was ordered.",
            site.host(),
            note.at,
            import_block(site.resource, id),
            place(note)
        ),
    )
}

/// An order without answer, and several that may have come of it.
fn which_is_it(site: &Site<'_>, note: &Note, rows: &[Json]) -> Diagnostic {
    let ids: Vec<String> = rows.iter().filter_map(id_of).collect();
    Diagnostic::error(
        format!(
            "It is not known what came of an order of this {}",
            site.resource.noun
        ),
        format!(
            "A run sent exactly this order to {} on {}, and got no answer. These look like it: {}. \
             If one of them is in no state, take it over:\n\n{}\n\nIf all of them are, remove \
             the line of {}, and the next apply orders. Nothing was ordered now. An external_ref \
             of its own lets the provider find an order by itself.",
            site.host(),
            note.at,
            ids.join(", "),
            import_block(site.resource, ids.first().map_or("<id>", String::as_str)),
            place(note)
        ),
    )
}

/// Where a person finds a note.
fn place(note: &Note) -> String {
    format!("order number {} in {}", note.number, note.page.display())
}

/// A journal that cannot be read or written.
fn unusable(site: &Site<'_>, error: &Unusable) -> Diagnostic {
    let next = match error {
        Unusable::Busy(_) => "Wait until it has ended, then apply again.".to_owned(),
        Unusable::Foreign { .. } => format!(
            "Look at the exchange whether there is a {} that the state does not have, and import \
             it; then remove that file.",
            site.resource.noun
        ),
        Unusable::System { .. } => format!(
            "Make that place readable and writable, or choose another one with \
             {WHERE_ORDERS_ARE_NOTED} of the provider; \"off\" does without."
        ),
    };
    Diagnostic::error(
        "Orders cannot be noted",
        format!(
            "{error}. Orders are noted before they are sent, so that a run that is killed loses \
             none. {next} Nothing was ordered."
        ),
    )
}
