//! What the exchange would refuse is refused before, with the reason, at the attribute.

use tokio_util::sync::CancellationToken;

use crate::entities::declaration::{Check, Collection, Resource, Scene, Skipped};
use crate::ixapi::Client;
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics, Severity};
use crate::tfplugin::plan::Change;

use super::errors::not_let_in;
use super::journal::Note;
use super::session::Session;

/// What is looked at, and how.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// What a person calls it.
    pub noun: &'a str,
    /// What it is: a variant, or a collection that has none; nothing if that is not known.
    pub kind: Option<&'a str>,
    /// The path of the collection, if it is one in which objects are ordered.
    pub collection: Option<&'a str>,
    /// How it is looked at.
    pub checks: &'a [&'a [Check]],
}

impl<'a> Look<'a> {
    /// A planned object of this resource.
    pub fn of(resource: &'static Resource, change: &'a Change) -> Look<'a> {
        Look {
            noun: resource.noun,
            kind: resource.kind_of(&change.config),
            collection: Some(resource.of.path),
            checks: resource.plan,
        }
    }
}

/// What is wrong with a planned change of this, as far as the checks find it and the exchange shows
/// it. What cannot be looked at is no reason to refuse: it is told, and the exchange itself will
/// say; unless it lets nobody in, which is told once in a run.
pub async fn look(
    what: Look<'_>,
    session: &Session,
    client: &Client,
    stop: &CancellationToken,
    change: &Change,
) -> Diagnostics {
    let Look {
        noun, kind, checks, ..
    } = what;
    let planned = |of: &Collection, id: &str| session.run.planned(of, id);
    let scene = Scene {
        client,
        looks: &session.looks,
        stop,
        change,
        kind,
        planned: &planned,
    };
    let (mut found, mut blind) = (Diagnostics::default(), Vec::new());
    // What is wrong with one attribute may follow from what is wrong with another: of checks that
    // are about the same, the first that finds something is told.
    let mut refused: Vec<&str> = Vec::new();
    for check in checks.iter().flat_map(|group| group.iter()) {
        let follows = check.about.iter().any(|name| refused.contains(name));
        if follows || !scene.concerns(check.about) {
            continue;
        }
        match (check.look)(&scene).await {
            Ok(verdict) => {
                if verdict.has_errors() {
                    refused.extend(check.about);
                }
                found.append(verdict);
            }
            Err(Skipped::NotSaid | Skipped::Missing) => {}
            Err(Skipped::Blind(error)) => {
                if let Some(shut) = not_let_in(&error) {
                    if session.run.tells_that_nothing_can_be_asked() {
                        found.push(shut);
                    }
                    return found;
                }
                // Who does not answer this does not answer anything now.
                let unreachable = error.is_transient() || error.status().is_none();
                let why = error.to_string();
                if !blind.contains(&why) {
                    blind.push(why);
                }
                if unreachable {
                    break;
                }
            }
        }
    }
    let lost = what.collection.filter(|_| scene.is_order());
    if found.has_errors() && lost.is_some_and(|path| has_lost(session, client, path)) {
        found = perhaps_by_itself(found, noun);
    }
    if !blind.is_empty() && !found.has_errors() {
        found.push(unseen(noun, &blind));
    }
    found
}

/// Whether a run that was cut off has ordered something of this collection that may be in no state.
fn has_lost(session: &Session, client: &Client, collection: &str) -> bool {
    let moved = session.defaults().former_hosts;
    let is_it = |note: &Note| note.order.collection == collection;
    let journal = session.journal();
    journal.is_some_and(|it| it.find_open(client.host(), &moved, is_it).is_some())
}

/// What is in the way of an order may be what a run that was cut off has ordered: just this. So the
/// order is not refused; it goes on with that, and if it does not, the exchange refuses it.
fn perhaps_by_itself(mut found: Diagnostics, noun: &str) -> Diagnostics {
    for message in &mut found.0 {
        message.severity = Severity::Warning;
        message.detail = format!(
            "{}\n\nA run that was cut off has ordered a {noun} that may be in no state. If that is \
             what is in the way, the apply goes on with it.",
            message.detail
        );
    }
    found
}

fn unseen(noun: &str, why: &[String]) -> Diagnostic {
    Diagnostic::warning(
        "Not everything could be checked in advance",
        format!(
            "Whether the exchange would take this {noun} was looked up, and could not be seen to \
             the end: {} The plan stands. What the exchange refuses, it refuses when it is ordered \
             or changed.",
            why.join(" ")
        ),
    )
}
