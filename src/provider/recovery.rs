//! Orders of which Terraform never learnt what came of them: those of a run that was killed, and
//! those that nobody answered. They are gone on with, or a person is asked; they are never placed
//! again blindly.
//!
//! An order of an earlier run is known by its note ([`super::journal`]). One whose id nobody knows
//! is known by the reference that it bears, drawn for it if its owner gave none, or by all that it
//! says where there are no references: whatever has come to bear that since, and was not made
//! otherwise, is what was ordered. An order without answer of which nothing came, as often as one
//! looks, is placed once more.

use std::cell::LazyCell;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::entities::MANAGING;
use crate::entities::declaration::{Arrives, Field, Mode};
use crate::ixapi::{Error, Json, id_of, lenient, redacted};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::traits::Call;
use crate::tfplugin::value::Value;

use super::errors::{Attempt, import_block, once_more};
use super::journal::{self, Journal, Note, Noted, Order, Unusable};
use super::marks::Mark;
use super::noting::unusable;
use super::reference::{self, REFERENCE};
use super::remote::Site;
use super::session::Session;
use super::{documents, messages, namesake, requests};

/// How long a run that was killed may take to notice it.
pub const LAST_GASP: [Duration; 16] = [Duration::from_millis(250); 16];

/// How often an order is placed of which nothing comes.
pub const TRIES: usize = 3;

/// How often it is looked once more for what may have come of an order.
const LOOKS: usize = 5;

/// The same for one that was refused, though perhaps not by the exchange: what came of it was there
/// by then, most likely.
const BRIEF_LOOKS: usize = 2;

/// For how long an exchange may still be at work on the order of a run that was killed.
const STILL_WARM: i64 = 120;

/// An order that is about to be placed, or was by an earlier run.
#[derive(Debug)]
pub struct Ordering {
    order: Order,
    /// What it says.
    body: Json,
    /// The reference that it bears.
    reference: Option<Reference>,
    journal: Option<Arc<Journal>>,
    /// The ids of the live objects that are like it already, if they could be listed.
    before: Option<Vec<String>>,
    /// Whether no other object may bear its reference.
    is_unique: bool,
}

/// The reference of an order.
#[derive(Clone, Debug)]
struct Reference {
    text: String,
    /// Whether it was drawn for this very order.
    is_drawn: bool,
    /// The field that it is in.
    field: &'static Field,
}

/// What came of an order.
#[derive(Debug)]
pub struct Ordered {
    /// The id of the object.
    pub id: String,
    /// What the exchange shows of it.
    pub object: Json,
}

/// What is found after something was sent and not answered.
#[derive(Debug)]
pub enum Aftermath<T> {
    /// This came of it.
    Found(T),
    /// Nothing came of it, as often as one looked.
    Nothing,
    /// Nobody can tell.
    Unclear,
}

/// Looking for what came of something whose outcome is not known, until it is found or has had
/// time to come about.
#[derive(Debug)]
pub struct Looking<'a> {
    pauses: std::vec::IntoIter<Duration>,
    stop: &'a CancellationToken,
}

impl<'a> Looking<'a> {
    /// Nobody has looked yet.
    pub fn new(session: &Session, stop: &'a CancellationToken) -> Looking<'a> {
        Looking::so_often(LOOKS, session, stop)
    }

    /// The same, with so many further looks.
    fn so_often(looks: usize, session: &Session, stop: &'a CancellationToken) -> Looking<'a> {
        let pauses: Vec<Duration> = session.tempo.aftermath.row().take(looks).collect();
        Looking {
            pauses: pauses.into_iter(),
            stop,
        }
    }

    /// What a look has brought; nothing if it is to be looked once more, now.
    pub async fn judge<T>(&mut self, looked: Result<Vec<T>, Error>) -> Option<Aftermath<T>> {
        let is_absent = match looked {
            Ok(mut found) => match (found.pop(), found.len()) {
                (Some(one), 0) => return Some(Aftermath::Found(one)),
                (Some(_), _) => return Some(Aftermath::Unclear),
                (None, _) => true,
            },
            Err(error) if error.is_transient() => false,
            Err(_) => return Some(Aftermath::Unclear),
        };
        let Some(pause) = self.pauses.next() else {
            return Some(match is_absent {
                true => Aftermath::Nothing,
                false => Aftermath::Unclear,
            });
        };
        tokio::select! {
            () = self.stop.cancelled() => Some(Aftermath::Unclear),
            () = sleep(pause) => None,
        }
    }
}

impl Ordering {
    /// The order of what is planned, which gets a reference of its own if it may have one and has
    /// none.
    pub fn new(site: &Site<'_>, planned: &Value, config: &Value) -> Ordering {
        let mut body = requests::create(site.resource, planned, config);
        let journal = site.session.journal();
        let order = order_of(site, &body);
        let reference = reference_of(site, planned, &mut body);
        Ordering {
            order,
            body,
            reference,
            // What is below another object has no id of its own, and is put there once.
            journal: journal.filter(|_| !matches!(site.resource.arrives, Arrives::Below { .. })),
            before: None,
            is_unique: false,
        }
    }

    /// What is sent.
    pub fn body(&self) -> &Json {
        &self.body
    }

    /// The reference that was drawn for it.
    pub fn drawn(&self) -> Option<&str> {
        let reference = self.reference.as_ref().filter(|it| it.is_drawn);
        reference.map(|reference| reference.text.as_str())
    }

    /// What an earlier run has ordered just so and never brought into a state.
    ///
    /// # Errors
    /// That nobody can tell; what speaks against going on with it. Nothing was ordered.
    pub async fn of_earlier_run(
        &self,
        site: &Site<'_>,
        call: &Call<'_>,
    ) -> Result<Option<Ordered>, Diagnostics> {
        let Some(journal) = &self.journal else {
            return Ok(None);
        };
        while let Some(note) = self.take(journal, site).await? {
            let found = match &note.id {
                Some(id) => self.by_id(site, id).await?,
                None => self.by_likeness(site, &note).await?,
            };
            let Some(ordered) = found else {
                // What had been ordered is no more, or never came about.
                journal::strike(&note).map_err(|error| unusable(site, &error))?;
                continue;
            };
            if note.delivered && self.is_announced(journal, site, &ordered.id) {
                return Ok(None);
            }
            if note.delivered {
                return Err(most_likely_held(site, &note, &ordered.id).into());
            }
            journal
                .goes_on(&note)
                .map_err(|error| unusable(site, &error))?;
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

    /// Whether a plan has said that the object of this id is taken over: then no state has it.
    fn is_announced(&self, journal: &Journal, site: &Site<'_>, id: &str) -> bool {
        journal.is_marked(Mark::Adopted, &self.order.exchange, site.resource.of, id)
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
                let owner = self.body.get(MANAGING).and_then(lenient::text);
                let known = [(MANAGING.to_owned(), owner.map_or(Value::Null, Value::text))];
                let gone = remote.confirm_gone(&Value::Object(known.into())).await;
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
    ) -> Result<Option<Ordered>, Diagnostics> {
        let noted = note.reference.as_deref();
        let before = note.before.as_deref().unwrap_or_default();
        let looked = self.come_about(site, noted, before).await;
        let attempt = Attempt::Order(site.resource);
        let mut rows = looked.map_err(|error| attempt.explain(&error))?;
        if rows.is_empty() && is_warm(note) {
            let looking = Looking::new(site.session, site.stop);
            rows = match self.in_the_end(looking, site, noted, before).await {
                Aftermath::Found(object) => vec![object],
                Aftermath::Nothing => Vec::new(),
                Aftermath::Unclear => return Err(not_seen_to_the_end(site, note).into()),
            };
        }
        let is_named = noted.is_none() || !rows.is_empty();
        if !is_named {
            let nameless = self.nameless(site).await;
            rows = nameless.map_err(|error| attempt.explain(&error))?;
        }
        match (rows.pop(), rows.len()) {
            (None, _) => Ok(None),
            (Some(object), 0) if is_named && note.before.is_some() => Ok(ordered(object)),
            (Some(object), _) => {
                rows.push(object);
                Err(which_is_it(site, note, &rows).into())
            }
        }
    }

    /// What is like the order: bears that reference or, if it has none, shows nothing else than
    /// what it says.
    async fn alike(&self, site: &Site<'_>, reference: Option<&str>) -> Result<Vec<Json>, Error> {
        let owner = match site.resource.arrives {
            Arrives::Below { owner, .. } => self.body.get(owner.name).and_then(Json::as_str),
            _ => None,
        };
        if let Some(owner) = owner {
            return match site.objects.find(owner, site.stop).await {
                Ok(object) => Ok(vec![object]),
                Err(error) if error.is_not_found() => Ok(Vec::new()),
                Err(error) => Err(error),
            };
        }
        if let Some(reference) = reference {
            return reference::bearers(site, reference).await;
        }
        let known = site.resource.of.all_filters();
        let said = |name: &str| self.body.get(name).and_then(lenient::text);
        let asked = known.filter_map(|filter| {
            let text = said(filter.parameter)?;
            Some((filter.parameter.to_owned(), text))
        });
        let asked: Vec<(String, String)> = asked.collect();
        let rows = site.objects.list_whole(&asked, site.stop);
        let mut rows = rows.await?;
        rows.retain(|row| {
            reference::is_of_the_kind(site, row)
                && reference::is_live(row)
                && resembles(site, &self.body, row)
        });
        Ok(rows)
    }

    /// What is like the order, was not there before it, and was not made by another order of this
    /// run.
    async fn come_about(
        &self,
        site: &Site<'_>,
        reference: Option<&str>,
        before: &[String],
    ) -> Result<Vec<Json>, Error> {
        let mut rows = self.alike(site, reference).await?;
        rows.retain(|row| {
            let id = id_of(row).unwrap_or_default();
            let mut before = before.iter();
            !before.any(|before| before.eq_ignore_ascii_case(&id))
                && !site.session.run.has_made(site.resource.of, &id)
        });
        Ok(rows)
    }

    /// What the exchange has already with the reference that the user gave this order.
    ///
    /// # Errors
    /// That it cannot be seen; that another resource of this run has that reference. Nothing was
    /// ordered.
    pub async fn bearer(
        &mut self,
        site: &Site<'_>,
        planned: &Value,
    ) -> Result<Option<Json>, Diagnostics> {
        let reference = match &self.reference {
            // Nothing bears what was just drawn.
            Some(reference) if reference.is_drawn => {
                self.before = Some(Vec::new());
                return Ok(None);
            }
            reference => reference.as_ref(),
        };
        let mut unique = reference;
        if let Some(Reference { text, field, .. }) = unique {
            if namesake::is_passed_on(site, field, planned, text).await {
                unique = None;
            } else if !site
                .session
                .run
                .claims(site.resource.name, namesake::owners(planned), text)
            {
                return Err(namesake::twice(site, text).into());
            }
        }
        self.is_unique = unique.is_some();
        let text = reference.map(|reference| reference.text.as_str());
        let rows = match self.alike(site, text).await {
            Ok(rows) => rows,
            // If there is no answer to the order, that is told.
            Err(error) if has_no_list(&error, unique.is_some()) => return Ok(None),
            // Nothing is ordered that may be there already.
            Err(error) if unique.is_some() => {
                let error = site.client.judge_address(error, site.stop).await;
                return Err(Attempt::Order(site.resource).explain(&error));
            }
            Err(_) => return Ok(None),
        };
        self.before = Some(rows.iter().filter_map(id_of).collect());
        let exchange = &self.order.exchange;
        let mut others = rows.into_iter().filter(|row| {
            let id = id_of(row).unwrap_or_default();
            let takes_its_place = self.journal.as_ref().is_some_and(|journal| {
                let is_marked = journal.is_marked(Mark::Replaced, exchange, site.resource.of, &id);
                if is_marked {
                    journal.unmark(exchange, site.resource.of, &id);
                }
                is_marked
            });
            namesake::is_of(row, planned)
                && !takes_its_place
                && !site.session.run.is_ending(site.resource.of, &id)
        });
        Ok(others.next().filter(|_| unique.is_some()))
    }

    /// Notes the order, which is about to be placed.
    ///
    /// # Errors
    /// That it cannot be noted. Nothing was ordered.
    pub fn note(&self, site: &Site<'_>) -> Result<Option<Noted>, Diagnostics> {
        let Some(journal) = &self.journal else {
            return Ok(None);
        };
        let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap_or_default();
        let reference = self.reference.as_ref().map(|it| it.text.clone());
        let before = self.before.clone();
        let noted = journal.note(
            self.order.clone(),
            reference.clone(),
            before,
            now.to_string(),
        );
        let noted = noted.map_err(|error| unusable(site, &error))?;
        let Some(text) = reference.filter(|_| self.is_unique) else {
            return Ok(Some(noted));
        };
        let moved = site.session.defaults().former_hosts;
        let refused = match journal.has_twin(&self.order, &moved, &text) {
            Ok(false) => return Ok(Some(noted)),
            Ok(true) => namesake::is_being_ordered(site, &text),
            Err(error) => unusable(site, &error),
        };
        // What cannot be noted is looked for in vain by the next run.
        let _ = noted.is_void();
        Err(refused.into())
    }

    /// What came of an order that was not answered, or not by the exchange.
    pub async fn unanswered(&self, site: &Site<'_>) -> Aftermath<Json> {
        self.afterwards(site, LOOKS).await
    }

    /// What came of an order that was refused, though perhaps not by the exchange.
    pub async fn refused(&self, site: &Site<'_>) -> Aftermath<Json> {
        self.afterwards(site, BRIEF_LOOKS).await
    }

    async fn afterwards(&self, site: &Site<'_>, looks: usize) -> Aftermath<Json> {
        let Some(before) = &self.before else {
            return Aftermath::Unclear;
        };
        let reference = self.reference.as_ref().map(|it| it.text.as_str());
        let looking = Looking::so_often(looks, site.session, site.stop);
        self.in_the_end(looking, site, reference, before).await
    }

    async fn in_the_end(
        &self,
        mut looking: Looking<'_>,
        site: &Site<'_>,
        reference: Option<&str>,
        before: &[String],
    ) -> Aftermath<Json> {
        loop {
            let looked = self.come_about(site, reference, before).await;
            match looking.judge(looked).await {
                Some(Aftermath::Nothing) if reference.is_some() => {
                    return match self.nameless(site).await {
                        Ok(rows) if rows.is_empty() => Aftermath::Nothing,
                        _ => Aftermath::Unclear,
                    };
                }
                Some(end) => return end,
                None => {}
            }
        }
    }

    /// What shows nothing else than the order says and bears no reference at all: an exchange that
    /// keeps none cannot be asked for one.
    async fn nameless(&self, site: &Site<'_>) -> Result<Vec<Json>, Error> {
        let mut rows = self.come_about(site, None, &[]).await?;
        rows.retain(|row| {
            let reference = row.get(REFERENCE).and_then(lenient::text);
            reference.is_none_or(|reference| reference.is_empty())
        });
        Ok(rows)
    }

    /// What came about beside this object, of an order that was placed once more.
    pub async fn second(&self, site: &Site<'_>, id: &str) -> Option<String> {
        let reference = self.reference.as_ref().map(|it| it.text.as_str());
        let before = self.before.as_deref().unwrap_or_default();
        let rows = self.come_about(site, reference, before).await.ok()?;
        let mut ids = rows.iter().filter_map(id_of);
        ids.find(|other| !other.eq_ignore_ascii_case(id))
    }
}

/// Tells of a planned order that it is one of an earlier run, if all is known that it says. Whether
/// it is.
pub fn foresee(site: &Site<'_>, call: &Call<'_>, planned: &Value, config: &Value) -> bool {
    let Some(journal) = site.session.journal() else {
        return false;
    };
    let moved = site.session.defaults().former_hosts;
    // Hardly ever is there a note to hold it against.
    let order = LazyCell::new(|| order_of(site, &requests::create(site.resource, planned, config)));
    let noted = journal.find_open(site.home.host(), &moved, |note| note.is_of(&order));
    let told = noted.map(|note| call.tell(goes_on_with(site, &note)));
    told.is_some()
}

/// What tells an order from others, before it gets a reference of its own.
fn order_of(site: &Site<'_>, body: &Json) -> Order {
    Order {
        exchange: site.home.host().to_owned(),
        collection: site.resource.of.path.to_owned(),
        digest: documents::digest(redacted(body).to_string().as_bytes()),
        owners: namesake::owners_in(body),
    }
}

/// Whether the exchange may still be at work on an order of a run that was killed.
fn is_warm(note: &Note) -> bool {
    let at: Option<Timestamp> = note.at.parse().ok();
    let age = at.map(|at| Timestamp::now().as_second() - at.as_second());
    age.is_none_or(|age| age < STILL_WARM)
}

fn ordered(object: Json) -> Option<Ordered> {
    let id = id_of(&object)?;
    Some(Ordered { id, object })
}

/// What a drawn reference begins with; sixteen hexadecimal digits follow.
const DRAWN: &str = "tf-";

/// Whether a reference looks like one that was drawn, and so tells a person nothing.
pub fn is_drawn(reference: &str) -> bool {
    let digits = reference.strip_prefix(DRAWN).unwrap_or_default();
    digits.len() == 16 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// The reference in an order; one is drawn if it may have one and does not say any.
fn reference_of(site: &Site<'_>, planned: &Value, body: &mut Json) -> Option<Reference> {
    let field = reference::field_of(site.resource, planned)?;
    let given = body.get(REFERENCE).and_then(Json::as_str);
    let is_drawn = given.is_none();
    let text = match given {
        Some("") => return None,
        Some(given) => given.to_owned(),
        None if field.mode != Mode::Drawn => return None,
        None => format!("{DRAWN}{:016x}", fastrand::u64(..)),
    };
    if let Some(body) = body.as_object_mut() {
        body.insert(REFERENCE.to_owned(), Json::from(text.as_str()));
    }
    Some(Reference {
        text,
        is_drawn,
        field,
    })
}

/// Whether an object shows nothing else than what was ordered, as far as it can be compared.
fn resembles(site: &Site<'_>, body: &Json, object: &Json) -> bool {
    let fields: Vec<&Field> = site.resource.of.shape.all_fields().collect();
    let sent = body.as_object().into_iter().flatten();
    let sent = sent.filter(|(name, _)| *name != REFERENCE);
    let mut compared = sent.filter_map(|(name, sent)| {
        let (sent, shown) = (lenient::text(sent)?, lenient::text(object.get(name)?)?);
        let same = sent.eq_ignore_ascii_case(&shown);
        let mut fields = fields.iter().filter(|field| field.name == name);
        Some(same || fields.any(|field| field.means(&shown, &sent)))
    });
    compared.all(|same| same)
}

/// Whether it is the exchange that says that there is no such list, and not somebody on the way or
/// for these credentials alone, behind whom there may be what an order of this reference would
/// double.
fn has_no_list(error: &Error, is_unique: bool) -> bool {
    match error.status() {
        Some(404 | 405 | 501) => !is_unique || error.problem().is_some(),
        Some(403) => !is_unique,
        _ => false,
    }
}

/// The exchange has taken an order, and nobody knows what came of it.
pub fn answered_without_id(site: &Site<'_>) -> Diagnostic {
    Diagnostic::error(
        format!("The exchange gave the {} no id", site.resource.noun),
        format!(
            "{} accepted the order but did not say which object came of it. Before you apply \
             again, look for it at the exchange and import it: {}.",
            site.host(),
            once_more(site.resource)
        ),
    )
}

/// The order of an earlier run that is not placed again.
fn gone_on_with(site: &Site<'_>, note: &Note, ordered: &Ordered) -> Diagnostic {
    let the_object = format!("the {} {}", site.resource.noun, ordered.id);
    let state = ordered.object.get("state").and_then(lenient::text);
    let state = state.map(|state| format!(", in state {state}"));
    // What bears a reference of one's own is not configured twice.
    let twice = match note.reference.as_deref().is_none_or(is_drawn) {
        true => {
            " If it is in the state at another address, which a run with -target does not see, \
             take one of the two out with state rm: to destroy either would cancel both."
        }
        false => "",
    };
    Diagnostic::warning(
        format!(
            "{} is an order of an earlier run",
            messages::sentence(&the_object)
        ),
        format!(
            "A run that was cut off ordered exactly this at {} on {}, and this run has seen it in \
             no state. The exchange has it{}, and this run goes on with it; nothing was ordered \
             again.{twice}",
            site.host(),
            note.at,
            state.unwrap_or_default()
        ),
    )
}

/// The order of an earlier run that is planned once more.
fn goes_on_with(site: &Site<'_>, note: &Note) -> Diagnostic {
    let noun = site.resource.noun;
    let what = match &note.id {
        Some(id) => format!("{id} came of it"),
        None => "what came of it is not known yet".to_owned(),
    };
    Diagnostic::warning(
        format!("This {noun} was ordered by an earlier run"),
        format!(
            "A run that was cut off ordered exactly this at {} on {}, and no state has it so far; \
             {what}. If it is still there, this is no new order: applied, it is gone on with.",
            site.host(),
            note.at
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
             in the state since. If the state was lost, take it over:\n\n{}\n\nIf the \
             state has it, plan once without -target. If another one is wanted, remove the line of \
             {}. Nothing was ordered.",
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
             the line of {}, and the next apply orders. Nothing was ordered now.",
            site.host(),
            note.at,
            ids.join(", "),
            import_block(site.resource, ids.first().map_or("<id>", String::as_str)),
            place(note)
        ),
    )
}

/// An order without answer, and an exchange that does not list.
fn not_seen_to_the_end(site: &Site<'_>, note: &Note) -> Diagnostic {
    Diagnostic::error(
        format!(
            "It is not known what came of an order of this {}",
            site.resource.noun
        ),
        format!(
            "A run sent exactly this order to {} on {}, and got no answer; and what came of it \
             could not be seen just now. Nothing was ordered. Apply again when the exchange \
             answers.",
            site.host(),
            note.at
        ),
    )
}

/// Where a person finds a note.
pub fn place(note: &Note) -> String {
    format!("order number {} in {}", note.number, note.page.display())
}
