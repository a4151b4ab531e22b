//! Cancellation: when a service can end, until when it is billed, and the requests about both.
//! The rules are those of section 5.3 of the IX-API data dictionary.

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::clock::{self, days_after};
use crate::exchange::{Action, Exchange, Request};
use crate::life::Dates;
use crate::object::{Object, Row, SERVICE_KEY_PORT};
use crate::parties::Party;
use crate::problem::Problem;

/// The joining member of a circuit cannot end it at once: it ends after this many days…
const JOINING_NOTICE_DAYS: u16 = 30;
/// …and is billed for this many.
const JOINING_BILLING_DAYS: u16 = 60;
/// A circuit that was ordered with a service key is billed for this many days at least, however
/// early who ordered it has it end (the guide to service keys, disconnecting).
const SERVICE_KEY_BILLING_DAYS: u16 = 30;

/// `GET …/cancellation-policy[?decommission_at=]`.
pub const POLICY: Action = Action {
    name: "cancellation-policy",
    get: policy,
    post: None,
    delete: None,
};

/// The dates for a service that should end on `wanted`, or as early as possible.
fn dates(exchange: &Exchange, party: Party, object: &Object, wanted: Option<Date>) -> Dates {
    let today = exchange.clock.today();
    let settings = &exchange.settings;
    let (notice, billing) = if party == object.owner {
        let least = match object.hidden.contains_key(SERVICE_KEY_PORT) {
            true => SERVICE_KEY_BILLING_DAYS,
            false => 0,
        };
        (settings.notice_days, settings.billing_days.max(least))
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

fn refusal(reason: String, first: Dates) -> Problem {
    Problem::cancellation_policy(
        reason,
        &first.decommission_at.to_string(),
        &first.charged_until.to_string(),
    )
}

fn policy(
    exchange: &Exchange,
    party: Party,
    object: &Object,
    request: &Request<'_>,
) -> Result<Answer, Problem> {
    let asked = request
        .query
        .iter()
        .find(|(name, _)| name == "decommission_at");
    let first = dates(exchange, party, object, None);
    let dates = match asked {
        Some((_, text)) => {
            let date = clock::parse_date(text)
                .ok_or_else(|| refusal(format!("{text:?} is not a date like 2026-01-31"), first))?;
            dates(exchange, party, object, Some(date))
        }
        None => object
            .life
            .as_ref()
            .and_then(|life| life.agreed())
            .unwrap_or(first),
    };
    let body = json!({
        "decommission_at": dates.decommission_at.to_string(),
        "charged_until": dates.charged_until.to_string(),
    });
    Ok(Answer::json(200, &body))
}

/// The dates that the body of a DELETE asks for, or a refusal that names the first possible ones.
pub fn dates_asked(
    exchange: &Exchange,
    party: Party,
    object: &Object,
    body: &[u8],
) -> Result<Dates, Problem> {
    let wanted = wanted_in(body)?;
    let first = dates(exchange, party, object, None);
    let agreed = object.life.as_ref().and_then(|life| life.agreed());
    let Some(wanted) = wanted else {
        // Cancelling again never puts off what was agreed.
        let earlier = agreed.filter(|agreed| agreed.decommission_at < first.decommission_at);
        return Ok(earlier.unwrap_or(first));
    };
    let Some(date) = wanted.as_str().and_then(clock::parse_date) else {
        return Err(refusal(
            format!("{wanted} is not a date like 2026-01-31"),
            first,
        ));
    };
    if date < first.decommission_at {
        let earliest = first.decommission_at;
        return Err(refusal(
            format!("the service can end on {earliest} at the earliest"),
            first,
        ));
    }
    if let Some(agreed) = agreed.map(|agreed| agreed.decommission_at)
        && date > agreed
    {
        return Err(refusal(
            format!("the service ends on {agreed} already; that can only be brought forward"),
            first,
        ));
    }
    Ok(dates(exchange, party, object, Some(date)))
}

/// The value of `decommission_at` in a DELETE body. No body, and `null`, ask for the earliest date.
fn wanted_in(body: &[u8]) -> Result<Option<Value>, Problem> {
    if body.is_empty() {
        return Ok(None);
    }
    let body: Value = serde_json::from_slice(body)
        .map_err(|error| Problem::unreadable(format!("The body is not JSON: {error}.")))?;
    let fields: Row = match body {
        Value::Null => return Ok(None),
        Value::Object(fields) => fields,
        _ => return Err(Problem::unreadable("The body is not a JSON object.")),
    };
    if let Some(unknown) = fields.keys().find(|name| *name != "decommission_at") {
        return Err(Problem::invalid(unknown, "is not a known field"));
    }
    Ok(fields.get("decommission_at").cloned())
}
