//! Cancelling an object on a day, while it is still in use and perhaps in a configuration.

use std::sync::Arc;

use async_trait::async_trait;

use crate::entities::declaration::Resource;
use crate::ixapi::{Json, State, lenient};
use crate::tfplugin::diagnostics::{Diagnostic, Diagnostics};
use crate::tfplugin::path::Path;
use crate::tfplugin::schema::{Mode, Schema};
use crate::tfplugin::streams::Parts;
use crate::tfplugin::traits::{Action, Call};
use crate::tfplugin::value::Value;

use super::super::cancellation::{DAY, Dates, Day, Ending, Terms};
use super::super::errors::Attempt;
use super::super::messages::sentence;
use super::super::remote::Remote;
use super::super::session::{Cancel, Session};
use super::super::{answers, validate};
use super::{
    ID, argument, check_object, is_open, is_own, looked_at, not_own, remote, resource_of, schema,
    tell, text, which_object,
};

/// `ixapi_cancel`
pub struct Cancelling(pub Arc<Session>);

/// What is to be cancelled.
struct Order<'a> {
    remote: Remote<'a>,
    object: Json,
    state: Value,
    day: Day,
}

/// What there is to do.
enum ToDo {
    /// It has to be cancelled, at these terms if the exchange tells them.
    Cancel(Option<Terms>),
    /// Nothing: it ends on that day, or has ended.
    Nothing(String),
}

impl Cancelling {
    async fn order<'a>(
        &'a self,
        call: &'a Call<'_>,
        config: &Value,
    ) -> Result<Order<'a>, Diagnostics> {
        let (id, day) = (argument(config, ID)?, argument(config, DAY)?);
        let Some(resource) = resource_of(ends_on_a_day, config) else {
            return Err(self.validate(config));
        };
        let remote = remote(&self.0, resource, id, call)?;
        let object = looked_at(&remote).await?;
        Ok(Order {
            state: answers::first_seen(resource, &object),
            day: (Path::attribute(DAY), day.to_owned()),
            remote,
            object,
        })
    }
}

fn ends_on_a_day(resource: &Resource) -> bool {
    let mut fields = resource.of.shape.all_fields();
    fields.any(|field| field.sent_with_delete)
}

impl Order<'_> {
    /// What there is to do.
    ///
    /// # Errors
    /// That it may not be cancelled, or not on that day.
    async fn to_do(&self) -> Result<ToDo, Diagnostics> {
        let (remote, (path, day)) = (&self.remote, &self.day);
        let the_object = remote.the_object();
        if let Some(state) = State::of(&self.object).filter(State::is_ending) {
            let dates = Dates::of(&self.object);
            return match dates {
                Some(dates) if !state.has_ended() && dates.ends != *day => Err(Diagnostic::error(
                    format!("{} is cancelled already", sentence(&the_object)),
                    format!(
                        "It will {}, and {day} was asked for. A cancelled service cannot be taken \
                         back: ask the exchange whether its end can be moved. Nothing was sent.",
                        dates.would()
                    ),
                )
                .at(path.clone())
                .into()),
                Some(dates) if !state.has_ended() => Ok(ToDo::Nothing(format!(
                    "{the_object} is cancelled already: it will {}",
                    dates.would()
                ))),
                _ => Ok(ToDo::Nothing(format!("{the_object} is {state} already"))),
            };
        }
        if !is_own(remote, &self.object).await? {
            return Err(not_own(remote, ID));
        }
        let terms = remote.terms(&self.state, Some(&self.day)).await;
        if let Some(Terms::Known(dates)) = &terms
            && dates.ends != *day
        {
            return Err(self.another_day(dates));
        }
        let allowed = remote.session.defaults().cancel;
        let outlasts =
            terms.as_ref().is_none_or(Terms::may_outlast_today) || lenient::is_after_today(day);
        let forbidden = match allowed {
            Cancel::Never => true,
            Cancel::OnlyFree => outlasts,
            Cancel::Shown | Cancel::Always => false,
        };
        if forbidden {
            return Err(Diagnostic::error(
                format!("{} may not be cancelled", sentence(&the_object)),
                format!(
                    "The provider's argument cancel is \"{}\". Nothing was sent.",
                    allowed.name()
                ),
            )
            .into());
        }
        Ok(ToDo::Cancel(terms))
    }

    /// That day is not to be had. An exchange that names an earlier one does not look at the day,
    /// and may end the service on its own.
    fn another_day(&self, dates: &Dates) -> Diagnostics {
        let (remote, (path, day)) = (&self.remote, &self.day);
        let why = match dates.ends > *day {
            true => format!("The first possible day is {}", dates.ends),
            false => format!("Asked for {day}, it names {}", dates.ends),
        };
        Diagnostic::error(
            format!("{} cannot end on {day}", sentence(&remote.the_object())),
            format!(
                "{path} is {day:?}. {why}, by the cancellation policy at {}: the service would {}. \
                 Nothing was sent.",
                remote.host(),
                dates.would()
            ),
        )
        .at(path.clone())
        .into()
    }

    fn warning(&self, terms: Option<&Terms>) -> Diagnostic {
        let (remote, (_, day)) = (&self.remote, &self.day);
        let summary = format!(
            "{} will be cancelled on {day}",
            sentence(&remote.the_object())
        );
        let said = match terms {
            Some(Terms::Known(dates)) => format!(
                "By the cancellation policy at {} it would {}.",
                remote.host(),
                dates.would()
            ),
            Some(Terms::Unknown(why)) => format!(
                "The cancellation policy at {} was asked for: {why}. It is cancelled at the \
                 exchange's terms.",
                remote.host()
            ),
            None => format!("{} has no cancellation policy for it.", remote.host()),
        };
        let detail = format!(
            "{said} A cancelled service cannot be taken back; a new order may take as long as the \
             first.{}",
            remote.takes_along()
        );
        Diagnostic::warning(summary, detail)
    }
}

#[async_trait]
impl Action for Cancelling {
    fn schema(&self) -> Schema {
        let [kind, id] = which_object(ends_on_a_day);
        let day = text(
            DAY,
            Mode::Required,
            "Day on which the service is to end, `YYYY-MM-DD`. The exchange refuses a day before \
             the end of its notice."
                .to_owned(),
        );
        schema(
            "Cancels an object on a day, and leaves it where it is until then: in service, and in \
             the configuration and the state. To take it out of these before, destroy it, which \
             does not cancel it once more, or use a `removed` block with `destroy = false`. The \
             plan says when it ends and until when it is billed. A cancelled service cannot be \
             taken back. What is cancelled already is not cancelled again.",
            vec![kind, id, day],
        )
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        let mut wrong = check_object(ends_on_a_day, config);
        if let Some(day) = config
            .get(DAY)
            .as_str()
            .filter(|day| !validate::is_a_day(day))
        {
            let detail = format!("{DAY} is {day:?}. Write a day as YYYY-MM-DD.");
            wrong.push(Diagnostic::error("Not a day", detail).at(Path::attribute(DAY)));
        }
        wrong
    }

    async fn plan(&self, call: &Call<'_>, config: &Value) -> Result<(), Diagnostics> {
        if is_open(&self.0, config) {
            return Ok(());
        }
        let order = self.order(call, config).await?;
        if let ToDo::Cancel(terms) = order.to_do().await? {
            call.tell(order.warning(terms.as_ref()));
        }
        Ok(())
    }

    async fn invoke(
        &self,
        call: &Call<'_>,
        config: &Value,
        progress: &Parts<String>,
    ) -> Result<(), Diagnostics> {
        let order = self.order(call, config).await?;
        let (remote, (_, day)) = (&order.remote, &order.day);
        if let ToDo::Nothing(why) = order.to_do().await? {
            tell(progress, why).await;
            return Ok(());
        }
        let the_object = remote.the_object();
        tell(progress, format!("cancelling {the_object} on {day}")).await;
        let _changing = remote.session.changing(remote.resource);
        let attempt = Attempt::End(remote);
        let said = match remote.end(attempt, &order.state, Some(&order.day)).await? {
            Ending::Gone => format!("{the_object} is gone"),
            Ending::UnderWay(object) => match Dates::of(&object) {
                Some(dates) if dates.ends != *day => {
                    return Err(Diagnostic::error(
                        format!("{} does not end on {day}", sentence(&the_object)),
                        format!(
                            "{} has cancelled it, and it will {}: it has not heeded the day. Ask \
                             the exchange.",
                            remote.host(),
                            dates.would()
                        ),
                    )
                    .into());
                }
                Some(dates) => format!("{the_object} is cancelled: it will {}", dates.would()),
                None => format!("the exchange has taken the order to cancel {the_object}"),
            },
        };
        tell(progress, said).await;
        Ok(())
    }
}
