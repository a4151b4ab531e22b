//! What may be cancelled: how far a person lets the provider go, and that nothing billed is
//! cancelled of which no plan has shown until when.
//!
//! Terraform asks for no plan of the end of what it replaces. Where the provider itself asks for
//! the replacement, the plan of the change warns. Where somebody else does (`-replace`,
//! `replace_triggered_by`), the plan of the change does not know; what it notes beside the object
//! is handed to the plan of the order in its place, which is recognised by that. Warnings of that
//! one are dropped, so that it can only refuse. Of a tainted object there is the plan of the order
//! alone, without a note: it is recognised when it is to be deleted.

use serde_json::json;

use crate::entities::checks;
use crate::entities::declaration::{Ends, Resource};
use crate::ixapi::{Json, State};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::plan::{self, Change};
#[cfg(test)]
use crate::tfplugin::private::Private;
use crate::tfplugin::traits::Call;
use crate::tfplugin::value::Value;

use super::PREFIX;
use super::cancellation::{Dates, Day, Terms};
use super::configuration::HOW_FAR_TO_CANCEL;
use super::journal;
use super::lasting;
use super::messages::sentence;
use super::noting;
use super::remote::{Remote, Site};
use super::session::{Cancel, Session};

/// Under which name it is noted beside the state what a plan knows of the end of an object.
const CANCELLATION: &str = "cancellation";
/// In that note: the day that is chosen for its end.
const DAY: &str = "day";
/// In that note: whether that is cancelled already.
const OVER: &str = "over";
/// In that note: the id of an object whose end a plan has shown, or was allowed to do without.
const SHOWN: &str = "shown";
/// In that note: whether an order is to take its place.
const REPLACED: &str = "replaced";
/// In that note: the run that has shown it.
const BY: &str = "by";

/// Why an object is to end.
#[derive(Clone, Copy, Debug)]
enum Why<'a> {
    /// It is not in the configuration any more, or all is to be destroyed.
    Removed,
    /// A change of these needs a new one.
    Replaced(&'a [Path]),
    /// Somebody asks for a new one, although nothing has changed.
    Asked,
    /// No plan says.
    Unseen,
}

/// Looks at what a plan means for the object that is there, warns of its end, and leaves a note
/// for whoever comes after this plan.
///
/// # Errors
/// That it may not be ended so.
pub async fn plan(
    resource: &'static Resource,
    session: &Session,
    call: &Call<'_>,
    change: &Change,
) -> Result<(), Diagnostics> {
    if resource.ends != Ends::Cancelled {
        return Ok(());
    }
    let prior = &change.prior;
    let day = chosen_day(resource, prior, call);
    let why = match (change.is_update(), change.replaces.as_slice()) {
        (true, []) => {
            note_standing(call, prior, day);
            return Ok(());
        }
        (true, replaces) => Why::Replaced(replaces),
        (false, _) if change.is_delete() => Why::Removed,
        (false, _) => Why::Asked,
    };
    // Best effort: what only the exchange can say is left out where it cannot be asked yet.
    let Ok(client) = session.client() else {
        return Ok(());
    };
    let (object, day) = match why {
        Why::Asked => (&change.planned, noted(call, DAY).map(at_its_path(resource))),
        _ => (prior, day),
    };
    let id = match why {
        // Of one whose end a plan has shown there is nothing to say.
        Why::Asked => lasting::handed(call).filter(|_| noted(call, SHOWN).is_none()),
        _ => prior.get("id").as_str().map(str::to_owned),
    };
    let Some(id) = id.filter(|id| !id.is_empty()) else {
        return Ok(());
    };
    let site = Site::new(resource, session, client, &call.stop, object);
    let remote = site.object(&id);
    let is_over = match why {
        Why::Asked => call
            .noted(CANCELLATION)
            .is_some_and(|note| note[OVER] == true),
        _ => is_over(prior),
    };
    // What is on its way out already has its dates; the policy has those of a cancellation now.
    let ordered = match why {
        Why::Asked => None,
        _ => remote.ordered_end(prior),
    };
    let terms = match session.defaults().cancel {
        // Nobody would see them.
        Cancel::Always if matches!(why, Why::Asked) => None,
        _ if is_over && matches!(why, Why::Asked) => None,
        _ if ordered.is_some() => ordered.clone().map(Terms::Known),
        _ => remote.terms(object, day.as_ref()).await,
    };
    if !is_over {
        remote.may_end(terms.as_ref(), why, &change.config)?;
    }
    // What an apply plans is seen by nobody before it is done.
    let by_a_plan = session.run.has_read(remote.resource.of, &id) || !session.run.applies();
    let is_shown = by_a_plan && !matches!(why, Why::Asked);
    if let Some(terms) = terms.as_ref().filter(|_| is_shown) {
        call.tell(match &ordered {
            Some(dates) => remote.told_before(dates),
            None => remote.told(terms, day.as_ref()),
        });
        call.tell(keeps_its_vlan(&remote, terms, change));
    }
    let is_replaced = matches!(why, Why::Replaced(_) | Why::Asked);
    let mut note = json!({ SHOWN: id, REPLACED: is_replaced });
    if let (Some(Terms::Known(dates)), true) = (terms, is_shown) {
        note[BY] = journal::parent().into();
        note["ends"] = dates.ends.into();
        note["billed"] = dates.billed.into();
    }
    call.note(CANCELLATION, Some(note));
    Ok(())
}

/// Keeps the day on which an object ends whose end is ordered, whatever day is configured: it would
/// be planned again and again, and nothing can be sent for it. What is told of that.
pub fn keep_the_day(
    resource: &'static Resource,
    call: &Call<'_>,
    change: &mut Change,
) -> Option<Diagnostic> {
    if !change.is_update() || !is_over(&change.prior) {
        return None;
    }
    let mut fields = resource.fields_of(&change.prior);
    let name = fields.find(|field| field.sent_with_delete)?.attribute;
    let shown = change.prior.get(name).as_str()?.to_owned();
    let wanted = change.config.get(name).as_str()?.to_owned();
    if shown == wanted {
        return None;
    }
    let mut config = change.config.clone();
    config.put(name, Value::text(shown.as_str()));
    let prior = change.prior.clone();
    let proposed = change.planned.clone();
    let kept = plan::plan(call.schema, prior, config, proposed, &call.given_back);
    change.planned = kept.planned;
    (change.replaces, change.open) = (kept.replaces, kept.open);
    let path = Path::attribute(name);
    let noun = resource.noun;
    Some(
        Diagnostic::warning(
            format!("The {noun} ends on {shown}, and not on {wanted}"),
            format!(
                "{path} is {wanted:?}, and the exchange shows that the end of {} is ordered for \
                 {shown}. Nothing is sent for another day: ask the exchange whether the end can be \
                 moved. Write {shown}, or leave {path} out.",
                change.prior.get("id").as_str().unwrap_or_default()
            ),
        )
        .at(path),
    )
}

/// The last look before an object is ended: a plan may have come from elsewhere, or has not seen
/// that it ends.
///
/// # Errors
/// That it may not be ended. Nothing was sent.
pub async fn before_the_end(
    remote: &Remote<'_>,
    call: &Call<'_>,
    prior: &Value,
    day: Option<&Day>,
) -> Result<(), Diagnostics> {
    let was_shown = noted(call, SHOWN).is_some_and(|id| id == remote.id);
    let note = call.noted(CANCELLATION);
    // What no plan has shown is tainted, most likely.
    let is_replaced = note.is_none_or(|note| !was_shown || note[REPLACED] == true);
    if is_replaced && remote.resource.ends == Ends::Cancelled {
        noting::can_be_replaced(remote)?;
    }
    let goes = match remote.session.defaults().cancel {
        Cancel::Always => true,
        Cancel::Shown => was_shown,
        Cancel::OnlyFree | Cancel::Never => false,
    };
    if goes || remote.resource.ends != Ends::Cancelled {
        return Ok(());
    }
    // What had been cancelled may have been taken back since.
    if is_over(prior) && (remote.is_elsewhere() || remote.is_ending(prior).await?) {
        return Ok(());
    }
    let why = if was_shown { Why::Removed } else { Why::Unseen };
    let terms = remote.terms(prior, day).await;
    remote.may_end(terms.as_ref(), why, &Value::Null)
}

/// The dates that this very run of Terraform has shown in its plan, and that need not be told once
/// more.
pub fn told(call: &Call<'_>) -> Option<Dates> {
    let by = noted(call, BY)?;
    let ends = noted(call, "ends")?;
    let billed = noted(call, "billed");
    (by == journal::parent()).then_some(Dates { ends, billed })
}

/// The day on which the configuration had said that the object is to end; the exchange may show a
/// day of its own in its place.
pub fn chosen_day(resource: &'static Resource, prior: &Value, call: &Call<'_>) -> Option<Day> {
    let mut fields = resource.fields_of(prior);
    let field = fields.find(|field| field.sent_with_delete)?;
    let day = prior.get(field.attribute).as_str()?;
    let chosen = call.was_configured(field.attribute);
    chosen.then(|| (Path::attribute(field.attribute), day.to_owned()))
}

/// The note of a plan that has shown the end of the object of this id.
#[cfg(test)]
pub fn as_shown(notes: &mut Private, id: &str) {
    notes.set(CANCELLATION, Some(json!({ SHOWN: id })));
}

fn at_its_path(resource: &'static Resource) -> impl Fn(String) -> Day {
    move |day| {
        let mut fields = resource.of.shape.all_fields();
        let field = fields.find(|field| field.sent_with_delete);
        (Path::attribute(field.map_or("", |it| it.attribute)), day)
    }
}

fn note_standing(call: &Call<'_>, prior: &Value, day: Option<Day>) {
    let day = day.map(|(_, day)| day);
    call.note(
        CANCELLATION,
        Some(json!({ DAY: day, OVER: is_over(prior) })),
    );
}

fn noted(call: &Call<'_>, name: &str) -> Option<String> {
    let note = call.noted(CANCELLATION)?;
    note.get(name).and_then(Json::as_str).map(str::to_owned)
}

/// Whether nothing is cancelled by ending the object: that is ordered already, or done.
pub fn is_over(prior: &Value) -> bool {
    let state = prior.get("state").as_str().map(State::parse);
    state.is_some_and(|state| state.is_ending())
}

impl Remote<'_> {
    fn may_end(
        &self,
        terms: Option<&Terms>,
        why: Why<'_>,
        config: &Value,
    ) -> Result<(), Diagnostics> {
        let costs = terms.is_some_and(Terms::may_outlast_today);
        let is_shown = !matches!(why, Why::Asked | Why::Unseen);
        let cancel = self.session.defaults().cancel;
        let may = match cancel {
            Cancel::Never => false,
            Cancel::OnlyFree => !costs,
            Cancel::Shown => !costs || is_shown,
            Cancel::Always => true,
        };
        match may {
            true => Ok(()),
            false => Err(self.kept(cancel, terms, why, config).into()),
        }
    }

    fn kept(
        &self,
        cancel: Cancel,
        terms: Option<&Terms>,
        why: Why<'_>,
        config: &Value,
    ) -> Diagnostic {
        let (dates, source) = match terms {
            Some(Terms::Known(dates)) => (
                format!(": it would {}", dates.would()),
                format!("So says the cancellation policy at {}. ", self.host()),
            ),
            Some(Terms::Unknown(reason)) => (
                ": it could not be learnt until when it would be billed".to_owned(),
                format!(
                    "The cancellation policy at {} was asked for: {reason}. ",
                    self.host()
                ),
            ),
            None => Default::default(),
        };
        let taken = match (terms, why) {
            (Some(Terms::Known(dates)), Why::Asked) => {
                let taken = checks::taken_until_it_ends(None, config);
                let taken = taken.filter(|_| dates.ends_later());
                taken.map(|_| {
                    format!(
                        "Until {} the exchange may also refuse an order with the same \
                         vlan_config.\n\n",
                        dates.ends
                    )
                })
            }
            _ => None,
        };
        Diagnostic::error(
            format!("{} is not cancelled{dates}", sentence(&self.the_object())),
            format!(
                "{source}{}\n\n{}{}",
                reason(cancel, why),
                taken.unwrap_or_default(),
                self.way_out(cancel, why)
            ),
        )
    }

    /// How to keep an object, and how to cancel it all the same.
    fn way_out(&self, cancel: Cancel, why: Why<'_>) -> String {
        let keep = match why {
            Why::Removed => "leave it in the configuration".to_owned(),
            Why::Replaced(paths) => {
                let paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
                format!(
                    "take back what needs a new one: the change of {}",
                    paths.join(", ")
                )
            }
            Why::Asked => "take away what asks for the replacement".to_owned(),
            Why::Unseen => format!(
                "run terraform untaint {PREFIX}_{}.<name>",
                self.resource.name
            ),
        };
        let (allowed, also) = match why {
            Why::Removed | Why::Replaced(_) => (Cancel::Shown, ""),
            Why::Asked if cancel == Cancel::Shown => (
                Cancel::Always,
                "take it out of the configuration, apply the plan that shows it, and order anew \
                 after that; or ",
            ),
            Why::Asked | Why::Unseen => (Cancel::Always, ""),
        };
        format!(
            "To keep it, {keep}. To cancel it all the same, {also}run this once with cancel = {:?} \
             in the provider block, or IX_API_CANCEL={}.",
            allowed.name(),
            allowed.name()
        )
    }
}

/// Why an object is not cancelled.
fn reason(cancel: Cancel, why: Why<'_>) -> String {
    let rule = match cancel {
        Cancel::Never => "nothing that was ordered is cancelled",
        Cancel::OnlyFree => "nothing is cancelled that is billed beyond today",
        Cancel::Shown | Cancel::Always => "",
    };
    let said = match why {
        _ if !rule.is_empty() => format!(
            "{HOW_FAR_TO_CANCEL} of the provider is {:?}: {rule}.",
            cancel.name()
        ),
        Why::Asked => "Nothing in its configuration asks for a new one; somebody else does \
                       (-replace, or replace_triggered_by). Terraform shows no warning beside such \
                       a replacement, so that nobody would see these dates before the service is \
                       cancelled."
            .to_owned(),
        _ => "No plan has shown that. It is tainted, most likely, and Terraform tells a provider \
              nothing of that while it plans."
            .to_owned(),
    };
    let stays = match why {
        Why::Unseen => " Nothing was sent: it stays at the exchange and in the state as it is.",
        _ => " Nothing was changed.",
    };
    format!("{said}{stays}")
}

/// A VLAN is not free before the service ends, whatever is ordered in its place.
fn keeps_its_vlan(remote: &Remote<'_>, terms: &Terms, change: &Change) -> Diagnostics {
    let Terms::Known(dates) = terms else {
        return Diagnostics::default();
    };
    let taken = checks::taken_until_it_ends(Some(&change.prior), &change.config);
    let Some((path, what)) = taken.filter(|_| dates.ends_later()) else {
        return Diagnostics::default();
    };
    let (ends, the_object) = (&dates.ends, remote.the_object());
    Diagnostic::warning(
        format!("{path} may stay taken until {ends}"),
        format!(
            "{} {what} and runs until {ends}, and the order in its place asks for the same. \
             Applied so, the old one is cancelled first, and then the exchange may refuse the new \
             one. Choose another VLAN for it, or leave it out and the exchange picks one; or order \
             the new one when the old one has ended.",
            sentence(&the_object)
        ),
    )
    .at(path)
    .into()
}
