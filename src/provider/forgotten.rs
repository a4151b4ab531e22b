//! Orders of runs that were cut off which are in no state, told at the start of each run: they may
//! be billed, and nobody may know. What is read in a state is struck from the notes.

use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::ixapi::{Error, Json, Objects, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::value::Value;

use super::journal::{self, Journal, Note, Unusable};
use super::recovery::{LAST_GASP, place};
use super::reference::{self, REFERENCE};
use super::remote::Remote;
use super::session::Session;

/// So many orders of a run that was cut off are named in a message.
const MOST_NAMED: usize = 5;

/// What a later run has not seen in any state that it read, and is still there.
pub async fn told(session: &Session) -> Diagnostics {
    let mut told = Diagnostics::default();
    let (Some(journal), Ok(client)) = (session.journal(), session.client()) else {
        return told;
    };
    let moved = session.defaults().former_hosts;
    last_gasp(&journal, client.host(), &moved).await;
    let stop = CancellationToken::new();
    let until = Instant::now() + session.tempo.answer;
    told.0
        .extend(journal.look().err().as_ref().map(are_unreadable));
    let cut_off = journal.cut_off(client.host(), &moved);
    told.0.extend(are_open(&cut_off));
    for note in journal.missed(client.host(), &moved) {
        let objects = client.objects(&note.order.collection);
        let Some(id) = &note.id else {
            match timeout_at(until, bearer(&objects, &note, &stop)).await {
                Ok(Ok(Some((id, object)))) => told.push(is_forgotten(&note, &id, &object)),
                Ok(Err(error)) if error.is_transient() => break,
                Ok(Ok(None) | Err(_)) => told.push(may_be_forgotten(&note)),
                Err(_) => break,
            }
            continue;
        };
        let look = objects.find(id, &stop);
        match timeout_at(until, look).await {
            Ok(Ok(object)) if reference::is_live(&object) => {
                told.push(is_forgotten(&note, id, &object));
            }
            // What has ended is nobody's concern any more.
            Ok(Ok(_)) => drop(journal::strike(&note)),
            Ok(Err(error)) if !error.is_transient() => {
                told.push(cannot_be_seen(&note, id, &error));
            }
            // The exchange does not answer now: the next run tells.
            Ok(Err(_)) | Err(_) => break,
        }
    }
    told
}

/// Waits for the end of a run whose Terraform is gone and that breathes for a moment. What is read
/// in the state is struck from the notes of runs that have ended: of any other, the apply would go
/// on with what is in the state at another address.
async fn last_gasp(journal: &Journal, exchange: &str, moved: &[String]) {
    for pause in LAST_GASP {
        let breathes = |note: &Note| !note.is_of_terraform_at_work();
        if !journal.is_under_way(exchange, moved, breathes) {
            return;
        }
        sleep(pause).await;
    }
}

/// The one live object that bears the reference of an order that has no id, and did not when it was
/// sent; with its id.
///
/// # Errors
/// That the exchange does not list them now.
pub async fn bearer(
    objects: &Objects,
    note: &Note,
    stop: &CancellationToken,
) -> Result<Option<(String, Json)>, Error> {
    let Some(reference) = &note.reference else {
        return Ok(None);
    };
    let query = [(REFERENCE.to_owned(), reference.clone())];
    let rows = objects.list_whole(&query, stop).await?.into_iter();
    let mut bearing = rows.filter_map(|row| {
        let [id, bears] = ["id", REFERENCE].map(|name| row.get(name).and_then(lenient::text));
        let is_it = note.is_borne_by(id.as_ref()?, bears.as_deref()) && reference::is_live(&row);
        is_it.then_some((id?, row))
    });
    let first = bearing.next();
    Ok(first.filter(|_| bearing.next().is_none()))
}

impl Remote<'_> {
    /// Terraform has it in its state: it need not be noted any more.
    pub fn is_in_state(&self, state: &Value) {
        if let Some(journal) = self.session.journal() {
            // What cannot be struck stays noted; whoever orders the same is told.
            let moved = self.session.defaults().former_hosts;
            let reference = state.get(REFERENCE).as_str();
            let _ = journal.seen(
                self.home.host(),
                &moved,
                self.resource.of,
                &self.id,
                reference,
            );
            // Whoever replaces it says so after this.
            journal.is_read(self.home.host(), self.resource.of, &self.id);
        }
    }
}

/// Notes that cannot be read, which hide what they are about.
fn are_unreadable(error: &Unusable) -> Diagnostic {
    let next = match error {
        Unusable::Foreign { .. } => "Then remove that file.",
        Unusable::System { .. } | Unusable::Busy(_) => "Then make that place readable.",
    };
    Diagnostic::warning(
        "Notes of earlier runs cannot be read",
        format!(
            "{error}. There may be orders there that no state has and that are billed: look at the \
             exchange, and import or cancel what no state has. {next} Until it is done, nothing is \
             ordered."
        ),
    )
}

/// Orders of a run that was cut off, at the first run after that. They are told before anything is
/// read: a destroy does not look for what it has not in the state.
fn are_open(notes: &[Note]) -> Option<Diagnostic> {
    let named = notes.iter().take(MOST_NAMED).map(|note| {
        let bears = note.reference.as_deref();
        let bears = bears.map(|reference| format!("{REFERENCE} {reference:?}"));
        let name = note.id.clone().or(bears);
        name.unwrap_or_else(|| format!("one of {}", note.at))
    });
    let named: Vec<String> = named.collect();
    let more = match notes.len() - named.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let exchange = &notes.first()?.order.exchange;
    Some(Diagnostic::warning(
        "A run was cut off while it ordered",
        format!(
            "It had sent orders to {exchange}: {}{more}. What is in the state, or still in the \
             configuration as it was, needs nothing: an apply goes on with it. Whatever else came \
             of them is billed until somebody ends it, and a destroy does not. The command \
             terraform-provider-ixapi orders lists them: import what is not wanted and destroy it, \
             or cancel it at the exchange.",
            named.join(", ")
        ),
    ))
}

/// An order that is in no state.
fn is_forgotten(note: &Note, id: &str, object: &Json) -> Diagnostic {
    let state = object.get("state").and_then(lenient::text);
    let state = state.map(|state| format!(", in state {state}"));
    if note.is_of_a_lost_test() {
        return is_left_by_a_test(note, id, &state.unwrap_or_default());
    }
    Diagnostic::warning(
        format!("{id} was ordered, and no run has seen it in the state"),
        format!(
            "A run that was cut off ordered it at {} on {} ({}). It is there{}, and may be billed. \
             If the configuration still says exactly what was ordered then, an apply goes on with \
             it. Otherwise import it, or cancel it at the exchange. If it is in a state, the next \
             plan without -target finds it there, and this is not told again.",
            note.order.exchange,
            note.at,
            note.order.collection.trim_start_matches('/'),
            state.unwrap_or_default()
        ),
    )
}

/// What a test has left behind: nobody else has it in a state.
fn is_left_by_a_test(note: &Note, id: &str, state: &str) -> Diagnostic {
    Diagnostic::warning(
        format!("{id} was ordered by a test that was cut off"),
        format!(
            "terraform test ordered it at {} on {} ({}) and has not cancelled it. It is \
             there{state}, and may be billed. If the same test runs again, it goes on with it and \
             cancels it at its end. Otherwise cancel it at the exchange, or import it and destroy \
             it.",
            note.order.exchange,
            note.at,
            note.order.collection.trim_start_matches('/'),
        ),
    )
}

/// An order of which the exchange says nothing, at least to these credentials.
fn cannot_be_seen(note: &Note, id: &str, error: &Error) -> Diagnostic {
    Diagnostic::warning(
        format!("{id} was ordered, and no run has seen it in the state"),
        format!(
            "A run that was cut off ordered it at {} on {} ({}). It cannot be looked at with these \
             credentials: {error}. If it is there, it may be billed: look at the exchange, and \
             import it or cancel it. If it is no more, remove its lines from {}.",
            note.order.exchange,
            note.at,
            note.order.collection.trim_start_matches('/'),
            place(note)
        ),
    )
}

/// An order of which nobody knows what came of it.
fn may_be_forgotten(note: &Note) -> Diagnostic {
    let bears = note.reference.as_deref();
    let bears = bears.map(|text| format!("; it would bear the {REFERENCE} {text:?}"));
    Diagnostic::warning(
        "It is not known what came of an order of an earlier run",
        format!(
            "A run that was cut off sent an order to {} on {} ({}), and no run has gone on with it \
             since{}. If the configuration still says exactly what was ordered then, an apply \
             finds out. Otherwise look at the exchange whether it is there, import it or cancel \
             it, and remove the line of {}.",
            note.order.exchange,
            note.at,
            note.order.collection.trim_start_matches('/'),
            bears.unwrap_or_default(),
            place(note)
        ),
    )
}
