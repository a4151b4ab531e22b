//! What the other party answers: whoever tries out a circuit or a group alone has nobody who joins
//! it. Party B does it all through the API, as a customer would. What can be answered, and how, is
//! here and by the kind of service in a file of its own; `orders` has the requests.

mod circuits;
mod groups;
mod orders;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::orders::{path_of, send};
use crate::collection::NETWORK_SERVICES;
use crate::entities::groups::is_group;
use crate::exchange::Exchange;
use crate::object::Object;
use crate::parties::Party;
use crate::problem::Problem;

/// Who answers.
const PARTY: Party = Party::B;

/// What can be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// Joins a circuit: configures its side, on a port that is ordered if there is none.
    Accept,
    /// Does not join a circuit.
    Decline,
    /// Asks the owner of a circuit for another product: the next faster one, or else slower.
    Ask,
    /// Takes back what it asked for.
    TakeBack,
    /// Gives the joining member of a circuit the product that it asks for.
    Grant,
    /// Does not give it.
    Refuse,
    /// Joins a group that is open to it, on a port that is ordered if there is none.
    Join,
    /// Leaves a group.
    Leave,
}

/// What the other party is to answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// The circuit or the group that it is about.
    pub id: String,
    /// What it says.
    pub reply: Reply,
}

/// What the other party can answer to an object as things stand.
pub fn replies(exchange: &Exchange, service: &Object) -> Vec<Reply> {
    if service.collection != NETWORK_SERVICES {
        Vec::new()
    } else if is_group(service) {
        groups::replies(exchange, service)
    } else if service.text("type") == circuits::TYPE {
        circuits::replies(exchange, service)
    } else {
        Vec::new()
    }
}

/// Answers. Returns what is done last, as the other party reads it.
pub fn reply(exchange: &mut Exchange, answered: &Answered) -> Result<Value, Problem> {
    exchange.settle();
    let id = &answered.id;
    let service = exchange.store.get(NETWORK_SERVICES, id).cloned();
    let service = service.ok_or_else(|| Problem::not_found(NETWORK_SERVICES.noun, id))?;
    if !replies(exchange, &service).contains(&answered.reply) {
        let reason = format!("The other party has nothing of the kind to answer to {id}.");
        return Err(Problem::unable_to_fulfill(reason));
    }
    let path = path_of(NETWORK_SERVICES, id);
    let asked = format!("{path}/change-request");
    match answered.reply {
        Reply::Accept => circuits::accept(exchange, &service),
        Reply::Decline => send(exchange, "DELETE", &path, &Value::Null),
        Reply::Ask => {
            let wanted = json!({ "product_offering": circuits::next_product(exchange, &service) });
            send(exchange, "POST", &asked, &wanted)
        }
        Reply::Grant => {
            let wanted = send(exchange, "GET", &asked, &Value::Null)?;
            let wanted = &wanted["product_offering"];
            let wanted = json!({ "type": circuits::TYPE, "product_offering": wanted });
            send(exchange, "PATCH", &path, &wanted)
        }
        Reply::TakeBack | Reply::Refuse => send(exchange, "DELETE", &asked, &Value::Null),
        Reply::Join => groups::join(exchange, &service),
        Reply::Leave => groups::leave(exchange, &service),
    }
}
