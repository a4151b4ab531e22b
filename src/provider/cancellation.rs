//! Cancelling: what it will mean, said before it is done; and the order to cancel itself.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use crate::ixapi::{Error, Json, Problem, State, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::plan::Change;
use crate::tfplugin::value::Value;

use super::errors::Attempt;
use super::goal::Position;
use super::messages::sentence;
use super::remote::Remote;
use super::session::Cancel;
use super::timeouts::{self, Operation};

/// Below an object, its cancellation policy.
const POLICY: &str = "cancellation-policy";

/// What a cancellation is told the day by on which the service is to end.
pub const DAY: &str = "decommission_at";

/// How long a cancellation is tried again that the exchange refuses because of a conflict, or did
/// not act on: what uses the object may itself be on its way out.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What came of the order to end an object.
#[derive(Debug)]
pub enum Ending {
    /// The exchange has taken it, and shows the object so.
    UnderWay(Json),
    /// The object is not there any more.
    Gone,
}

/// The attribute that says on which day an object is to end, and that day.
pub type Day = (Path, String);

/// What the exchange says of the end of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Terms {
    /// These days.
    Known(Dates),
    /// Nothing, for this reason.
    Unknown(String),
}

/// When an object ends, and until when it is billed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dates {
    /// The day on which the service ends.
    pub ends: String,
    /// The last day that is billed, if the exchange says.
    pub billed: Option<String>,
}

impl Terms {
    /// Whether ending the object now would not end what it costs; also where that is not known.
    pub fn may_outlast_today(&self) -> bool {
        match self {
            Terms::Known(dates) => {
                let billed = dates.billed.as_deref();
                // Who does not say until when it is billed may bill it on.
                dates.ends_later() || billed.is_none_or(lenient::is_after_today)
            }
            Terms::Unknown(_) => true,
        }
    }
}

impl Dates {
    /// Those that an object shows, or a policy.
    pub fn of(object: &Json) -> Option<Dates> {
        let day = |name: &str| object.get(name).and_then(Json::as_str).map(str::to_owned);
        Some(Dates {
            ends: day(DAY)?,
            billed: day("charged_until"),
        })
    }

    /// The first possible ones, of a refusal.
    fn possible(problem: &Problem) -> Option<Dates> {
        Some(Dates {
            ends: problem.decommission_at.clone()?,
            billed: problem.charged_until.clone(),
        })
    }

    /// Whether the service runs on after today.
    pub fn ends_later(&self) -> bool {
        lenient::is_after_today(&self.ends)
    }

    /// `end on … and be billed until …`
    pub fn would(&self) -> String {
        let billed = self.billed.as_ref();
        let billed = billed.map(|day| format!(" and be billed until {day}"));
        format!("end on {}{}", self.ends, billed.unwrap_or_default())
    }
}

impl Remote<'_> {
    /// When the service would end and until when it would be billed, by the exchange's policy;
    /// nothing where there is none for its kind.
    pub async fn terms(&self, object: &Value, day: Option<&Day>) -> Option<Terms> {
        let variant = self.resource.variant_of(object);
        let provisioning = self.resource.of.provisioning(variant);
        provisioning.filter(|it| it.has_cancellation_policy)?;
        let query = day.map(|(_, day)| (DAY.to_owned(), day.clone()));
        let query: Vec<_> = query.into_iter().collect();
        let policy = self.home.ask(&self.id, POLICY, &query, self.stop).await;
        Some(match policy {
            Ok(policy) => match Dates::of(&policy) {
                Some(dates) => Terms::Known(dates),
                None => Terms::Unknown("it answered without a day".to_owned()),
            },
            Err(error) => match error.problem().and_then(Dates::possible) {
                Some(dates) => Terms::Known(dates),
                None => Terms::Unknown(error.to_string().trim_end_matches('.').to_owned()),
            },
        })
    }

    /// Whether the object can end on the day that a configuration now chooses: the exchange says so
    /// before it is cancelled.
    pub async fn can_end_on(&self, change: &Change) -> Diagnostics {
        let mut fields = self.resource.fields_of(&change.config);
        let Some(field) = fields.find(|field| field.sent_with_delete) else {
            return Diagnostics::default();
        };
        let wanted = change.config.get(field.attribute);
        let Some(wanted) = wanted
            .as_str()
            .filter(|_| wanted != change.prior.get(field.attribute))
        else {
            return Diagnostics::default();
        };
        let day = (Path::attribute(field.attribute), wanted.to_owned());
        let terms = self.terms(&change.planned, Some(&day)).await;
        let said = self.is_too_early(terms.as_ref(), &day);
        said.map(Diagnostics::from).unwrap_or_default()
    }

    /// That the object cannot end on that day by these terms, or that nobody knows.
    fn is_too_early(&self, terms: Option<&Terms>, day: &Day) -> Option<Diagnostic> {
        let (path, wanted) = day;
        let said = match terms? {
            // One that is earlier is that of an exchange which does not look at the day.
            Terms::Known(dates) if dates.ends > *wanted => Diagnostic::error(
                format!("{} cannot end on {wanted}", sentence(&self.the_object())),
                format!(
                    "{path} is {wanted:?}. The first possible day is {}, by the cancellation \
                     policy at {}: with that it would {}. Choose that day or a later one, or leave \
                     {path} out to have the service end as early as it can once it is cancelled.",
                    dates.ends,
                    self.host(),
                    dates.would()
                ),
            ),
            Terms::Unknown(why) => Diagnostic::warning(
                format!(
                    "It could not be learnt whether {} can end on {wanted}",
                    self.the_object()
                ),
                format!(
                    "The cancellation policy at {} was asked for: {why}. The day is kept; if it \
                     is too early, the exchange refuses the order to cancel.",
                    self.host()
                ),
            ),
            Terms::Known(_) => return None,
        };
        Some(said.at(path.clone()))
    }

    /// What a plan says of these terms: that they could not be learnt, too, for a plan does not
    /// fail because of that.
    pub fn told(&self, terms: &Terms, day: Option<&Day>) -> Diagnostic {
        match terms {
            Terms::Known(dates) => self.told_dates(dates, day),
            Terms::Unknown(why) => Diagnostic::warning(
                format!(
                    "It could not be learnt until when {} would be billed",
                    self.the_object()
                ),
                format!(
                    "The cancellation policy at {} was asked for: {why}. Applied all the same, it \
                     is cancelled at the exchange's terms, and a cancelled service cannot be taken \
                     back.{}",
                    self.host(),
                    self.takes_along()
                ),
            ),
        }
    }

    /// When an object ends whose end was ordered before, as far as the state tells. The other side
    /// of a circuit with a service key may have ordered that, and it is ordered once more.
    pub fn ordered_end(&self, prior: &Value) -> Option<Dates> {
        let day = |name: &str| prior.get(name).as_str().map(str::to_owned);
        let is_under_way = Position::in_state(prior)
            .is_some_and(|at| at.state.is_ending() && !at.state.has_ended());
        let dates = Dates {
            ends: day(DAY)?,
            billed: day("charged_until"),
        };
        (is_under_way && !self.is_elsewhere()).then_some(dates)
    }

    /// What a plan says of an object whose end was ordered before.
    pub fn told_before(&self, dates: &Dates) -> Diagnostic {
        let billed = dates.billed.as_ref();
        let billed = billed.map(|day| format!(" and is billed until {day}"));
        let leaves = match dates.ends_later() {
            true => "It leaves the state at once, and runs on until then without Terraform",
            false => "It leaves the state once it has ended",
        };
        Diagnostic::warning(
            format!(
                "{} is cancelled already, and ends on {}{}",
                sentence(&self.the_object()),
                dates.ends,
                billed.unwrap_or_default()
            ),
            format!(
                "So says the exchange at {}, and this plan does not change that. {leaves}; a new \
                 order may take as long as the first.",
                self.host()
            ),
        )
    }

    /// What of others ends with the object, as a further sentence.
    pub fn takes_along(&self) -> String {
        let variant = self.resource.variant_of(&Value::Null);
        let provisioning = self.resource.of.provisioning(variant);
        let along = provisioning.and_then(|it| it.takes_along);
        along.map_or_else(String::new, |along| format!(" {along}"))
    }

    fn told_dates(&self, dates: &Dates, day: Option<&Day>) -> Diagnostic {
        let ends = &dates.ends;
        let charged = dates.billed.as_ref();
        let charged = charged.map(|day| format!(" and is billed until {day}"));
        let charged = charged.unwrap_or_default();
        if let Some((path, day)) = day.filter(|(_, day)| day != ends) {
            return Diagnostic::warning(
                format!("{} does not end on {day}", sentence(&self.the_object())),
                format!(
                    "{path} is {day}; by the cancellation policy at {} it ends on {ends}{charged}. \
                     Applied as it is, the exchange refuses the order to cancel: change {path} and \
                     apply that first, or take it away to have the service end as early as it can.",
                    self.host()
                ),
            )
            .at(path.clone());
        }
        let runs_on = match dates.ends_later() {
            true => " It leaves the state at once, and runs on until then without Terraform.",
            false => "",
        };
        Diagnostic::warning(
            format!(
                "Cancelled now, {} ends on {ends}{charged}",
                self.the_object()
            ),
            format!(
                "So says the cancellation policy at {}.{runs_on} A cancelled service cannot be \
                 taken back; a new order may take as long as the first.{}",
                self.host(),
                self.takes_along()
            ),
        )
    }

    /// Orders the end of the object, and again for a while if something else still uses it. An
    /// answer is believed only if it is about this object; after any other, the object is looked
    /// at. `attempt` is by whom it is ended: by Terraform, out of the state, or by an action.
    ///
    /// # Errors
    /// Why the object is still there.
    pub async fn end(
        &self,
        attempt: Attempt<'_>,
        prior: &Value,
        day: Option<&Day>,
    ) -> Result<Ending, Diagnostics> {
        // What was cancelled for a later day would end today, if it were cancelled once more. Of a
        // circuit with a service key, the other side may have asked for the end: whoever ordered
        // it may bring that forward, unless nothing may be cancelled.
        let was_cancelled = Position::in_state(prior).is_some_and(|at| at.state.is_ending());
        let may_cancel = self.session.defaults().cancel >= Cancel::Shown;
        if was_cancelled && !self.is_elsewhere() {
            match self.look().await {
                Ok(seen) if State::of(&seen).is_some_and(|state| state.is_ending()) => {
                    let ends = seen.get(DAY).and_then(lenient::text);
                    let is_as_chosen = day.is_none_or(|(_, day)| ends.as_ref() == Some(day));
                    if ends.is_some() && (is_as_chosen || !may_cancel) {
                        return Ok(Ending::UnderWay(seen));
                    }
                    if !may_cancel {
                        // Nobody says how long one would wait.
                        return Ok(Ending::Gone);
                    }
                }
                // What cannot be seen may be cancelled already.
                Err(error) if !may_cancel && !error.is_not_found() => {
                    return Err(attempt.explain(&error));
                }
                Ok(_) | Err(_) => {}
            }
        }
        let patience = timeouts::of(self.resource, prior, Operation::Delete);
        let deadline = Instant::now() + patience.min(PATIENCE);
        let body = day.map(|(_, day)| json!({ DAY: day }));
        let mut place = match body {
            Some(_) => &self.home,
            None => &self.objects,
        };
        let mut tries = self.session.tempo.conflict.until(deadline);
        loop {
            let answer = {
                let lanes = self.lanes(&[prior]).await;
                let _lanes = lanes.map_err(|interrupted| attempt.interrupted(interrupted))?;
                place.delete(&self.id, body.as_ref(), self.stop).await
            };
            let refusal = match answer {
                Ok(Some(object)) => return Ok(Ending::UnderWay(object)),
                Ok(None) => None,
                Err(error) if error.is_not_found() && !place.are_those(&self.home) => {
                    place = &self.home;
                    continue;
                }
                Err(error) if error.is_not_found() => return self.ended(attempt, prior).await,
                Err(error) if is_conflict(&error) => Some(error),
                Err(error) => return Err(attempt.explain(&error)),
            };
            // What was answered says nothing of the object. And a refusal may be of an order that
            // had been taken before.
            match self.look().await {
                Err(error) if error.is_not_found() => return self.ended(attempt, prior).await,
                Ok(seen) if State::of(&seen).is_some_and(|state| state.is_ending()) => {
                    return Ok(Ending::UnderWay(seen));
                }
                Ok(_) => {}
                Err(error) if refusal.is_none() => return Err(attempt.explain(&error)),
                Err(_) => {}
            }
            if !tries.another(self.stop).await {
                return Err(match refusal {
                    Some(refusal) => attempt.explain(&refusal),
                    None => self.not_acted_on(attempt).into(),
                });
            }
        }
    }

    /// Whether the object is on its way out, or out: looked at now.
    ///
    /// # Errors
    /// Why that cannot be seen.
    pub async fn is_ending(&self, prior: &Value) -> Result<bool, Diagnostics> {
        let attempt = Attempt::On(Operation::Delete, self);
        match self.look().await {
            Ok(seen) => Ok(State::of(&seen).is_some_and(|state| state.is_ending())),
            Err(error) if error.is_not_found() => self.ended(attempt, prior).await.map(|_| true),
            Err(error) => Err(attempt.explain(&error)),
        }
    }

    /// What a 404 in place of an object that was to be ended means.
    async fn ended(&self, attempt: Attempt<'_>, prior: &Value) -> Result<Ending, Diagnostics> {
        match self.confirm_gone(prior).await {
            Ok(()) => Ok(Ending::Gone),
            Err(doubt) => Err(doubt.explain(attempt, self)),
        }
    }

    fn not_acted_on(&self, attempt: Attempt<'_>) -> Diagnostic {
        let stays = match attempt {
            Attempt::End(_) => "",
            _ => " It stays in the state.",
        };
        Diagnostic::error(
            format!("{} is still there", sentence(&self.the_object())),
            format!(
                "{}: {} answered the order to delete it with success, though not about this \
                 object, and has it as before. Something between here and the exchange may have \
                 answered.{stays} Try again later.",
                self.name(),
                self.host()
            ),
        )
    }
}

/// Whether something else still uses the object, or may. What is said of the day does not pass.
pub fn is_conflict(error: &Error) -> bool {
    let problem = error.problem();
    let unable = || problem.is_some_and(|problem| problem.is("unable-to-fulfill"));
    let is_of_the_day = problem.is_some_and(|problem| {
        let mut properties = problem.properties.iter();
        let named = properties.any(|property| property.name.as_deref() == Some(DAY));
        named || problem.decommission_at.is_some()
    });
    let refuses = error.status() == Some(409) || (error.status() == Some(400) && unable());
    refuses && !is_of_the_day
}
