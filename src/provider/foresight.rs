//! What the exchange would refuse is refused before, with the reason, at the attribute.

use tokio_util::sync::CancellationToken;

use crate::entities::declaration::{Check, Scene, Skipped};
use crate::ixapi::Client;
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::plan::Change;

use super::session::Session;

/// What is wrong with a planned change of what is called by this noun, as far as these checks find
/// it and the exchange shows it. What cannot be looked at
/// is no reason to refuse: it is told, and the exchange itself will say.
pub async fn look(
    (noun, checks): (&str, &[&[Check]]),
    session: &Session,
    client: &Client,
    stop: &CancellationToken,
    change: &Change,
) -> Diagnostics {
    let planned = |id: &str| session.planned(id);
    let scene = Scene {
        client,
        looks: &session.looks,
        stop,
        change,
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
    if !blind.is_empty() && !found.has_errors() {
        found.push(unseen(noun, &blind));
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
