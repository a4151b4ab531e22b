//! Cancellation: when a service can end, until when it is billed, and the requests about both.
//! The rules are those of section 5.3 of the IX-API data dictionary.

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::clock::{self, days_after};
use crate::exchange::Exchange;
use crate::parties::Party;
use crate::problem::Problem;
use crate::store::Object;

/// The joining member of a circuit cannot end it at once: it ends after this many days…
const JOINING_NOTICE_DAYS: u16 = 30;
/// …and is billed for this many.
const JOINING_BILLING_DAYS: u16 = 60;

/// When a service ends and until when it is billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dates {
    /// The last day of the service.
    pub decommission_at: Date,
    /// The last day that is billed.
    pub charged_until: Date,
}

impl Dates {
    /// The dates as the cancellation policy answers them.
    pub fn answer(&self) -> Answer {
        let body = json!({
            "decommission_at": self.decommission_at.to_string(),
            "charged_until": self.charged_until.to_string(),
        });
        Answer::json(200, &body)
    }
}

impl Exchange {
    /// The dates for a service that should end on `wanted`, or as early as possible.
    fn dates(&self, party: Party, object: &Object, wanted: Option<Date>) -> Dates {
        let today = self.clock.today();
        let (notice, billing) = if party == object.owner {
            (self.settings.notice_days, self.settings.billing_days)
        } else {
            (JOINING_NOTICE_DAYS, JOINING_BILLING_DAYS)
        };
        let first = days_after(today, notice);
        let decommission_at = wanted.map_or(first, |wanted| wanted.max(first));
        Dates {
            decommission_at,
            charged_until: decommission_at.max(days_after(today, billing)),
        }
    }

    /// `GET …/cancellation-policy[?decommission_at=]`.
    pub fn cancellation_policy(
        &self,
        party: Party,
        object: &Object,
        query: &[(String, String)],
    ) -> Result<Answer, Problem> {
        let wanted = match query.iter().find(|(name, _)| name == "decommission_at") {
            Some((_, text)) => Some(clock::parse_date(text).ok_or_else(|| {
                Problem::invalid("decommission_at", "must be a date like 2026-01-31")
            })?),
            None => None,
        };
        let agreed = object
            .life
            .as_ref()
            .and_then(|life| life.decommission_at.zip(life.charged_until));
        if let (None, Some((decommission_at, charged_until))) = (wanted, agreed) {
            return Ok(Dates {
                decommission_at,
                charged_until,
            }
            .answer());
        }
        Ok(self.dates(party, object, wanted).answer())
    }

    /// The dates that the body of a DELETE asks for, or a refusal that names the first possible ones.
    pub fn dates_asked(
        &self,
        party: Party,
        object: &Object,
        body: &[u8],
    ) -> Result<Dates, Problem> {
        let wanted = wanted_in(body)?;
        let first = self.dates(party, object, None);
        let refuse = |reason: String| {
            Problem::cancellation_policy(
                reason,
                &first.decommission_at.to_string(),
                &first.charged_until.to_string(),
            )
        };
        let agreed = object
            .life
            .as_ref()
            .and_then(|life| life.decommission_at.zip(life.charged_until));
        let Some(wanted) = wanted else {
            // Cancelling again never puts off what was agreed.
            let earlier = agreed.filter(|(agreed, _)| *agreed < first.decommission_at);
            return Ok(
                earlier.map_or(first, |(decommission_at, charged_until)| Dates {
                    decommission_at,
                    charged_until,
                }),
            );
        };
        let Some(date) = wanted.as_str().and_then(clock::parse_date) else {
            return Err(refuse(format!("{wanted} is not a date like 2026-01-31")));
        };
        if date < first.decommission_at {
            return Err(refuse(format!(
                "the service can end on {} at the earliest",
                first.decommission_at
            )));
        }
        if let Some((agreed, _)) = agreed.filter(|(agreed, _)| date > *agreed) {
            return Err(refuse(format!(
                "the service ends on {agreed} already; that can only be brought forward"
            )));
        }
        Ok(self.dates(party, object, Some(date)))
    }
}

/// The value of `decommission_at` in a DELETE body. No body, and `null`, ask for the earliest date.
fn wanted_in(body: &[u8]) -> Result<Option<Value>, Problem> {
    if body.is_empty() {
        return Ok(None);
    }
    let body: Value = serde_json::from_slice(body)
        .map_err(|error| Problem::unreadable(format!("The body is not JSON: {error}.")))?;
    let fields: Map<String, Value> = match body {
        Value::Null => return Ok(None),
        Value::Object(fields) => fields,
        _ => return Err(Problem::unreadable("The body is not a JSON object.")),
    };
    if let Some(unknown) = fields.keys().find(|name| *name != "decommission_at") {
        return Err(Problem::invalid(unknown, "is not a known field"));
    }
    Ok(fields.get("decommission_at").cloned())
}
