//! What bears the reference of an order before the order is placed: most likely the very thing, of
//! a run whose state was lost. It is not ordered a second time.

use std::sync::Arc;

use crate::entities::OWNERS;
use crate::entities::declaration::{Ends, Field, Mode};
use crate::ixapi::{Json, State, id_of, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::plan::{self, Change};
use crate::tfplugin::traits::Call;
use crate::tfplugin::value::Value;

use super::configuration::{ADOPTS, REQUIRES};
use super::errors::{Attempt, import_block};
use super::journal::{Journal, Note};
use super::marks::Mark;
use super::messages::sentence;
use super::reference::{self, REFERENCE};
use super::remote::{Remote, Site};
use super::{answers, defaults, lasting};

/// Looks ahead at an order that is planned: whether it needs a reference, and whether something
/// bears that already. Whether the object is there, and will be taken in place of an order.
///
/// # Errors
/// That the order would be refused for one of these reasons.
pub async fn foresee(
    site: &Site<'_>,
    call: &Call<'_>,
    change: &Change,
) -> Result<bool, Diagnostics> {
    let field = reference::field_of(site.resource, &change.planned);
    let Some(field) = field.filter(|field| field.mode == Mode::Drawn) else {
        return Ok(false);
    };
    let given = change.config.get(field.attribute);
    let is_left_out = given.is_null() || given.as_str() == Some("");
    if is_left_out && site.session.defaults().require_external_ref {
        return Err(missing(site).into());
    }
    let text = match given.as_str() {
        Some("") => return Err(empty(site).into()),
        Some(text) => text,
        None => {
            if !given.is_null() {
                asks_for_all(site);
            }
            return Ok(false);
        }
    };
    if is_passed_on(site, field, &change.planned, text).await {
        return Ok(false);
    }
    // An account that is not known yet may be another one.
    let whose = OWNERS.map(|name| change.planned.get(name));
    let owners = owners(&change.planned);
    let (session, host, of) = (site.session, site.home.host(), site.resource.of);
    let are_known = whose.into_iter().all(Value::is_known);
    let place = lasting::handed(call);
    let (run, name) = (&session.run, site.resource.name);
    if are_known && !run.foresees(name, owners, text, place.as_deref()) {
        return Err(twice(site, text).into());
    }
    // What cannot be seen now is looked for before anything is ordered.
    let Ok(rows) = reference::bearers(site, text).await else {
        asks_for_all(site);
        return Ok(false);
    };
    let journal = session.journal();
    let mut bearers: Vec<&Json> = Vec::new();
    for row in rows.iter().filter(|row| is_of(row, &change.planned)) {
        let id = id_of(row).unwrap_or_default();
        // An apply has ended it for this order.
        if session.run.is_ending(of, &id) && !session.run.applies() {
            return Err(goes(site, &id).at(Path::attribute(REFERENCE)).into());
        }
        if session.run.is_held(of, &id) {
            // If it is tainted, it goes before the order is placed. If it is somebody else's, or
            // the order comes first, that is refused when it comes to that, and not when Terraform
            // plans once more to apply: what it has set aside for the order by then, it would keep
            // aside for good.
            let is_its_place = place
                .as_ref()
                .is_some_and(|place| place.eq_ignore_ascii_case(&id));
            let mark = match is_its_place {
                true => Mark::Replaced,
                false => Mark::InTheWay,
            };
            if !is_its_place {
                session.run.passes_over(of, &id);
            }
            if let Some(journal) = &journal {
                journal.mark(mark, host, of, &id);
            }
            continue;
        }
        // Whoever reads is no apply, and what is in its state it has read or is going to.
        let is_marked = |journal: &Arc<Journal>| {
            let mut marks = [Mark::Replaced, Mark::InTheWay].into_iter();
            !session.run.has_read_any() && marks.any(|mark| journal.was_marked(mark, host, of, &id))
        };
        if journal.as_ref().is_some_and(is_marked) {
            session.run.passes_over(of, &id);
            continue;
        }
        if is_noted(site, &id, text) {
            return Ok(true);
        }
        bearers.push(row);
    }
    let bearer = match bearers.as_slice() {
        [] => return Ok(false),
        [one] => one,
        several => return Err(which(site, text, several).into()),
    };
    let id = id_of(bearer).unwrap_or_default();
    if !session.run.adopts(of, &id) {
        return Err(exists(site, &id, bearer).into());
    }
    let adopted = adopted(site, call, bearer, &change.planned, &change.config).await;
    if adopted.is_err() {
        session.run.releases(of, &id);
    }
    adopted?;
    if let Some(journal) = &journal {
        journal.mark(Mark::Adopted, host, of, &id);
    }
    Ok(true)
}

/// What another plan has decided is not for an order whose bearer cannot be looked for now.
fn asks_for_all(site: &Site<'_>) {
    if let Some(journal) = site.session.journal() {
        journal.asks_for_all(site.home.host(), site.resource.of);
    }
}

/// Looks ahead at a change of the reference of an object: what is told if something bears the new
/// one already; an error if that leaves the configuration.
pub async fn foresee_change(remote: &Remote<'_>, change: &Change) -> Option<Diagnostic> {
    let site: &Site<'_> = remote;
    let field = reference::field_of(remote.resource, &change.planned)?;
    let text = change.planned.get(field.attribute).as_str()?;
    let is_new = change.prior.get(field.attribute).as_str() != Some(text);
    if !is_new || text.is_empty() || is_passed_on(site, field, &change.planned, text).await {
        return None;
    }
    let owners = owners(&change.planned);
    let (run, name) = (&remote.session.run, remote.resource.name);
    if !run.foresees(name, owners, text, Some(&remote.id)) {
        return Some(will_be_two(remote, text, None));
    }
    let rows = reference::bearers(site, text).await.ok()?;
    let others = rows.iter().filter(|row| is_of(row, &change.planned));
    let mut others = others.filter_map(id_of);
    let other = others.find(|id| !id.eq_ignore_ascii_case(&remote.id))?;
    let of = remote.resource.of;
    if run.is_ending(of, &other) && !run.applies() {
        return Some(goes(site, &other).at(Path::attribute(REFERENCE)));
    }
    run.passes_over(of, &other);
    Some(will_be_two(remote, text, Some(&other)))
}

/// Whether objects that come about along with another one bear its reference, and this is one of
/// them: the reference tells no order from another then.
pub async fn is_passed_on(
    site: &Site<'_>,
    field: &'static Field,
    planned: &Value,
    text: &str,
) -> bool {
    let Some((collection, owner)) = field.passed_on else {
        return false;
    };
    let mut fields = site.resource.fields_of(planned);
    let owner = fields.find(|field| field.name == owner);
    let Some(id) = owner.and_then(|owner| planned.get(owner.attribute).as_str()) else {
        return true;
    };
    let owners = site.client.objects(collection);
    match owners.find(id, site.stop).await {
        Ok(owner) => owner.get(REFERENCE).and_then(lenient::text).as_deref() == Some(text),
        // Nobody can tell.
        Err(_) => true,
    }
}

/// Sees to it that what is planned for an object of the state is not planned for another resource
/// too, which has found it by its reference, or orders another one with that.
///
/// # Errors
/// That it is.
pub fn is_its_own(remote: &Remote<'_>, change: &Change) -> Result<(), Diagnostics> {
    let (run, of, id) = (&remote.session.run, remote.resource.of, &remote.id);
    let is_free = match change.is_delete() {
        // What is tainted or replaced goes without a plan of its own, or after the order.
        true if run.has_passed_over(of, id) && !run.applies() => {
            return Err(goes(remote, id).into());
        }
        true => run.ends(of, id),
        false => !run.is_adopted(of, id),
    };
    match is_free {
        true => Ok(()),
        false => Err(is_taken(remote).into()),
    }
}

/// Sees to it that nothing is ended, or replaced, that is in the state at another address too.
///
/// # Errors
/// That it is.
pub fn is_held_once(remote: &Remote<'_>) -> Result<(), Diagnostic> {
    let ends = !matches!(remote.resource.ends, Ends::LetGo);
    if !ends
        || !remote
            .session
            .run
            .is_read_twice(remote.resource.of, &remote.id)
    {
        return Ok(());
    }
    Err(Diagnostic::error(
        sentence(&format!("{} is in the state twice", remote.the_object())),
        format!(
            "Another address of this state has {} too. What is changed at one is undone at the \
             other, and to destroy either ends it for both. Take one of them out of the state: \
             terraform state rm, or a removed block with destroy = false.",
            remote.name()
        ),
    ))
}

/// The object that bears the reference of an order, to be taken over in its place, as the plan has
/// said.
///
/// # Errors
/// That no plan has said so; that it is not what was to be ordered. Nothing was ordered.
pub async fn taken_over(
    site: &Site<'_>,
    call: &Call<'_>,
    bearer: &Json,
    planned: &Value,
    config: &Value,
) -> Result<Json, Diagnostics> {
    let (journal, id) = (site.session.journal(), id_of(bearer).unwrap_or_default());
    let is_announced = journal.is_some_and(|journal| {
        let host = site.home.host();
        let is_marked = journal.is_marked(Mark::Adopted, host, site.resource.of, &id);
        journal.unmark(host, site.resource.of, &id);
        is_marked
    });
    match is_announced {
        true => adopted(site, call, bearer, planned, config).await,
        // It may be in the state at another address.
        false => Err(exists(site, &id, bearer).into()),
    }
}

/// The object that bears the reference of an order, if it can be taken over in its place.
///
/// # Errors
/// That this is not wanted, or that it is not what was to be ordered. Nothing was ordered.
async fn adopted(
    site: &Site<'_>,
    call: &Call<'_>,
    bearer: &Json,
    planned: &Value,
    config: &Value,
) -> Result<Json, Diagnostics> {
    let id = id_of(bearer).unwrap_or_default();
    if !site.session.defaults().adopt_existing {
        return Err(exists(site, &id, bearer).into());
    }
    lasting::note_import(call, site.resource);
    // A list may show less than the object itself.
    let looked = site.clone().object(&id).look().await;
    let object = looked.map_err(|error| Attempt::Order(site.resource).explain(&error))?;
    let found = answers::first_seen(site.resource, &object);
    let config = defaults::as_configured(site.resource, config, planned);
    let change = plan::plan(call.schema, found, config.clone(), config, &[]);
    let mut differing = lasting::replaced(site.resource, call, &change.prior, &change.planned);
    // What has grown since may have been ordered as is described; what is smaller was not.
    let ordered = site.resource.fields_of(&change.planned);
    let smaller = ordered.filter(|field| field.as_ordered).filter(|field| {
        let number = |object: &Value| object.get(field.attribute).as_i64();
        let shown = number(&change.prior).zip(number(&change.config));
        shown.is_some_and(|(shown, wanted)| shown < wanted)
    });
    differing.extend(smaller.map(|field| Path::attribute(field.attribute)));
    let differing: Vec<Diagnostic> = differing
        .iter()
        .map(|path| {
            is_another(
                site,
                &id,
                path,
                &shown_there(site, &change, &path.to_string()),
            )
        })
        .collect();
    if !differing.is_empty() {
        return Err(Diagnostics(differing));
    }
    call.tell(is_adopted(site, &id, &object, &changed(site, &change)));
    Ok(object)
}

/// What is changed of an object that is taken over, as `mode ("standalone" there)`.
pub fn changed(site: &Site<'_>, change: &Change) -> Vec<String> {
    let fields = site.resource.fields_of(&change.planned);
    let changed = fields.filter(|field| {
        let objects = [&change.prior, &change.planned, &change.config];
        let [before, planned, said] = objects.map(|object| object.get(field.attribute));
        said.is_known() && !said.is_null() && before != planned
    });
    let told = changed.map(|field| {
        let shown = shown_there(site, change, field.attribute);
        format!("{}{shown}", field.attribute)
    });
    told.collect()
}

/// What an attribute is at the exchange, in brackets; nothing of a secret.
fn shown_there(site: &Site<'_>, change: &Change, attribute: &str) -> String {
    let mut fields = site.resource.fields_of(&change.planned);
    let is_secret = fields.any(|field| field.attribute == attribute && field.sensitive);
    let shown = match change.prior.get(attribute) {
        Value::Number(number) => Some(number.to_string()),
        other => other.as_str().map(|text| format!("{text:?}")),
    };
    let shown = shown.filter(|_| !is_secret);
    shown.map_or_else(String::new, |shown| format!(" ({shown} there)"))
}

/// Whether an object belongs to the accounts that order, as far as both are known.
pub fn is_of(row: &Json, planned: &Value) -> bool {
    OWNERS.iter().all(|name| {
        let shown = row.get(*name).and_then(lenient::text);
        let wanted = planned.get(name).as_str();
        shown
            .zip(wanted)
            .is_none_or(|(shown, wanted)| shown.eq_ignore_ascii_case(wanted))
    })
}

/// The accounts whose object it is.
pub fn owners(planned: &Value) -> String {
    joined(|name| planned.get(name).as_str().map(str::to_owned))
}

/// The accounts whose an order is to be.
pub fn owners_in(body: &Json) -> String {
    joined(|name| body.get(name).and_then(lenient::text))
}

fn joined(account: impl Fn(&str) -> Option<String>) -> String {
    let owners = OWNERS.map(|name| account(name).unwrap_or_default());
    owners.join(" ").trim().to_ascii_lowercase()
}

/// Whether an order of another run is noted that has this id or bears this reference, and is in no
/// state for all that is known.
fn is_noted(site: &Site<'_>, id: &str, reference: &str) -> bool {
    let (moved, host) = (site.session.defaults().former_hosts, site.home.host());
    let is_it = |note: &Note| note.is_about(site.resource.of, id, Some(reference));
    site.session.journal().is_some_and(|journal| {
        let is_left = journal.find_open(host, &moved, is_it).is_some();
        is_left || journal.is_under_way(host, &moved, is_it)
    })
}

/// Two plans for one object.
fn is_taken(remote: &Remote<'_>) -> Diagnostic {
    Diagnostic::error(
        format!("{} is planned for twice", sentence(&remote.the_object())),
        format!(
            "It is in the state here, and another ixapi_{} of the configuration has its \
             {REFERENCE} and would take it over. If that is the same one under another address, a \
             moved block says so; if not, give the other one an {REFERENCE} of its own.",
            remote.resource.name
        ),
    )
}

/// What leaves the configuration, while another resource is to bear its reference: most likely it
/// is the same one under another address.
fn goes(site: &Site<'_>, id: &str) -> Diagnostic {
    let (noun, name) = (site.resource.noun, site.resource.name);
    Diagnostic::error(
        format!("{id} would be cancelled, and another {noun} get its {REFERENCE}"),
        format!(
            "The address at which the state has {id} is no longer in the configuration, and \
             another ixapi_{name} there has its {REFERENCE}. If that is the same one under another \
             address, a moved block says so, and nothing is ordered or cancelled:\n\n  \
             moved {{\n    from = ixapi_{name}.<old>\n    to   = ixapi_{name}.<new>\n  \
             }}\n\nIf {id} is deposed in the state, terraform state rm takes it out, and an \
             import block brings it back:\n\n{}\n\nIf another one is wanted in its place, give \
             that an {REFERENCE} of its own, or apply the end first and the rest after that. To \
             destroy everything, terraform destroy -refresh=false does not plan the order. \
             Nothing was changed.",
            import_block(site.resource, id)
        ),
    )
}

fn at_the_reference(summary: String, detail: String) -> Diagnostic {
    Diagnostic::error(summary, detail).at(Path::attribute(REFERENCE))
}

fn missing(site: &Site<'_>) -> Diagnostic {
    at_the_reference(
        format!("The {} needs an {REFERENCE}", site.resource.noun),
        format!(
            "{REQUIRES} of the provider is true, so that every order can be found again although \
             the folder with its notes is lost. Set {REFERENCE} to something that none of your \
             other objects of this type bears."
        ),
    )
}

fn empty(site: &Site<'_>) -> Diagnostic {
    at_the_reference(
        format!("The {REFERENCE} of a new {} is empty", site.resource.noun),
        "By that an order cannot be found again if its answer gets lost. Leave it out, or set it \
         to null, and one is drawn; or say one of your own. Nothing was ordered."
            .to_owned(),
    )
}

fn exists(site: &Site<'_>, id: &str, bearer: &Json) -> Diagnostic {
    let (noun, host) = (site.resource.noun, site.host());
    let state = State::of(bearer).map(|state| format!(", in state {state}"));
    let text = bearer.get(REFERENCE).and_then(lenient::text);
    let or_adopt = match site.session.defaults().adopt_existing {
        true => String::new(),
        false => format!(", or set {ADOPTS} = true of the provider"),
    };
    at_the_reference(
        format!("Another {noun} bears this {REFERENCE} already"),
        format!(
            "{host} has {id}{}, with {REFERENCE} {:?}. Nothing was ordered.\n\nIf it is the one \
             that is described here, take it over{or_adopt}:\n\n{}\n\nIf it is in the state under \
             another address, a moved block says so; if it is tainted here, terraform untaint \
             keeps it. If another one is wanted, give it an {REFERENCE} of its own. If it is to be \
             replaced by this (create_before_destroy), apply in the folder in which that was \
             planned. If it is deposed in the state, terraform state rm and the import block bring \
             it back.",
            state.unwrap_or_default(),
            text.unwrap_or_default(),
            import_block(site.resource, id)
        ),
    )
}

fn is_another(site: &Site<'_>, id: &str, path: &Path, shown: &str) -> Diagnostic {
    Diagnostic::error(
        format!(
            "{id} is another {} than is described here",
            site.resource.noun
        ),
        format!(
            "{} has {id} with this {REFERENCE}. It cannot be taken over, since its {path} is \
             another one{shown}, and that cannot be changed. Nothing was ordered. Correct {path}, \
             or give the new one an {REFERENCE} of its own.",
            site.host()
        ),
    )
    .at(path.clone())
}

fn is_adopted(site: &Site<'_>, id: &str, object: &Json, changed: &[String]) -> Diagnostic {
    let changes = match changed {
        [] => "Nothing of it is changed".to_owned(),
        some => format!("Changed: {}", some.join(", ")),
    };
    let state = State::of(object).map(|state| format!(", in state {state}"));
    Diagnostic::warning(
        format!("The {} {id} is taken over, not ordered", site.resource.noun),
        format!(
            "{} has it already with this {REFERENCE}{}, and {ADOPTS} of the provider is true. \
             {changes}.",
            site.host(),
            state.unwrap_or_default()
        ),
    )
}

/// An order, and several objects of which any may be the one that is described.
fn which(site: &Site<'_>, text: &str, bearers: &[&Json]) -> Diagnostic {
    let noun = site.resource.noun;
    let ids: Vec<String> = bearers.iter().filter_map(|row| id_of(row)).collect();
    at_the_reference(
        format!("Several objects bear this {REFERENCE} already"),
        format!(
            "{} has {}, each a {noun} with {REFERENCE} {text:?}. Nothing was ordered.\n\nIf one of \
             them is described here, take over that one:\n\n{}\n\nIf another {noun} is wanted, \
             give it an {REFERENCE} of its own.",
            site.host(),
            ids.join(", "),
            import_block(site.resource, ids.first().map_or("<id>", String::as_str))
        ),
    )
}

/// A change after which two objects bear one reference.
fn will_be_two(remote: &Remote<'_>, text: &str, other: Option<&str>) -> Diagnostic {
    let noun = remote.resource.noun;
    let other = match other {
        Some(id) => format!("{} has {id}, which bears", remote.host()),
        None => "Another resource of this configuration is planned with".to_owned(),
    };
    let told = Diagnostic::warning(
        format!("Another {noun} bears this {REFERENCE}"),
        format!(
            "{other} the {REFERENCE} {text:?} that {} is to get. If it is not about to get another \
             one itself, neither can be told from the other by it, and an order with it is \
             refused. Give each one of its own.",
            remote.name()
        ),
    );
    told.at(Path::attribute(REFERENCE))
}

/// An order whose reference another process is about to order.
pub fn is_being_ordered(site: &Site<'_>, text: &str) -> Diagnostic {
    at_the_reference(
        format!(
            "Another {} with this {REFERENCE} is being ordered",
            site.resource.noun
        ),
        format!(
            "Another provider block of this configuration, or another run, orders something at {} \
             with {REFERENCE} {text:?} for the same account, and has not ended. Nothing was \
             ordered for this one. If both are of this configuration, give each an {REFERENCE} of \
             its own; if not, apply again when that run has ended.",
            site.host()
        ),
    )
}

/// Two orders of one run with one reference.
pub fn twice(site: &Site<'_>, text: &str) -> Diagnostic {
    at_the_reference(
        format!(
            "Another {} of this configuration has this {REFERENCE}",
            site.resource.noun
        ),
        format!(
            "Two ixapi_{} are to be ordered with {REFERENCE} {text:?}, and by that neither could \
             be told from the other. Nothing was ordered for this one. Give it one of its own.",
            site.resource.name
        ),
    )
}
