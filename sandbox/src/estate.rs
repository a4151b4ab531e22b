//! What the page shows of the exchange: its places, what customers have there and in which state,
//! what of it is billed, and what the control room has in store. No more of an object than that,
//! and nothing that opens anything.

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::catalogue::Entry;
use crate::clock;
use crate::collection::{
    CONNECTIONS, Collection, DEVICES, FACILITIES, METRO_AREAS, NETWORK_FEATURE_CONFIGS,
    NETWORK_SERVICE_CONFIGS, NETWORK_SERVICES, POPS, PORT_RESERVATIONS, PRODUCT_OFFERINGS,
    ROUTING_FUNCTIONS,
};
use crate::exchange::Exchange;
use crate::faults::Faults;
use crate::holds::Hold;
use crate::life::Life;
use crate::object::{Object, Row, text};
use crate::other_party::replies;
use crate::parties::Party;

/// What is shown, in this order.
const SHOWN: [Collection; 6] = [
    CONNECTIONS,
    PORT_RESERVATIONS,
    NETWORK_SERVICES,
    NETWORK_SERVICE_CONFIGS,
    NETWORK_FEATURE_CONFIGS,
    ROUTING_FUNCTIONS,
];

/// What the exchange bills: the objects with billing dates (section 4 of the IX-API data
/// dictionary). A session of a peering LAN costs nothing of its own.
const BILLED: [Collection; 4] = [
    CONNECTIONS,
    PORT_RESERVATIONS,
    NETWORK_SERVICES,
    NETWORK_SERVICE_CONFIGS,
];

/// So many objects of a collection are told one by one; of the others, how many there are.
const MOST_OBJECTS: usize = 500;

/// Everything, as things stand now.
pub fn of(exchange: &mut Exchange, faults: &Faults) -> Value {
    exchange.settle();
    let now = exchange.clock.now();
    let due = exchange.store.first_due();
    let (objects, left_out) = objects(exchange);
    json!({
        "now": clock::rfc3339(now),
        "today": exchange.clock.today().to_string(),
        "next_step": due.map(clock::rfc3339),
        "next_step_in_ms": due.map(|due| due.saturating_sub(now).max(0)),
        "metros": metros(exchange),
        "services": services(exchange),
        "objects": objects,
        "left_out": left_out,
        "billed": bills(exchange),
        "holds": exchange.holds().iter().map(hold).collect::<Vec<_>>(),
        "faults": faults.waiting(),
    })
}

fn entry<'a>(exchange: &'a Exchange, collection: Collection, id: &str) -> Option<&'a Entry> {
    exchange.catalogue.get(collection.path, id)
}

/// The metros with their pops.
fn metros(exchange: &Exchange) -> Vec<Value> {
    let pops = |metro: &Entry| -> Vec<Value> {
        let pops = exchange.catalogue.all(POPS.path).iter();
        let with_place = pops.filter_map(|pop| {
            let facility = entry(exchange, FACILITIES, pop.text("facility"))?;
            (facility.text("metro_area") == metro.text("id")).then_some((pop, facility))
        });
        let shown = with_place.map(|(pop, facility)| {
            let devices = exchange.catalogue.all(DEVICES.path).iter();
            json!({
                "id": pop.text("id"),
                "facility": facility.text("name"),
                "city": facility.text("address_locality"),
                "zone": pop.text("availability_zone"),
                "devices": devices
                    .filter(|device| device.text("pop") == pop.text("id"))
                    .map(|device| device.text("name"))
                    .collect::<Vec<_>>(),
            })
        });
        shown.collect()
    };
    let metros = exchange.catalogue.all(METRO_AREAS.path).iter();
    let shown = metros.map(|metro| {
        json!({
            "id": metro.text("id"),
            "name": metro.text("display_name"),
            "pops": pops(metro),
        })
    });
    shown.collect()
}

/// The services of the exchange itself: peering LANs, and the public group of nobody here.
fn services(exchange: &Exchange) -> Vec<Value> {
    let services = exchange.catalogue.all(NETWORK_SERVICES.path).iter();
    let shown = services.map(|service| {
        let network = match service.text("metro_area_network") {
            "" => service.private("metro_area_network").as_str(),
            network => Some(network),
        };
        let offering = entry(
            exchange,
            PRODUCT_OFFERINGS,
            service.text("product_offering"),
        );
        let network = network
            .or_else(|| offering.map(|it| it.text("handover_metro_area_network")))
            .unwrap_or_default();
        let name = [service.text("display_name"), service.text("name")];
        json!({
            "id": service.text("id"),
            "type": service.text("type"),
            "name": name.into_iter().find(|name| !name.is_empty()),
            "metro": metro_of(exchange, network),
        })
    });
    shown.collect()
}

fn metro_of(exchange: &Exchange, network: &str) -> Option<String> {
    let mut metros = exchange.catalogue.all(METRO_AREAS.path).iter();
    let metro = metros.find(|metro| metro.texts("metro_area_networks").contains(&network));
    metro.map(|metro| metro.text("id").to_owned())
}

/// What customers have, and how much of it is left out.
fn objects(exchange: &Exchange) -> (Vec<Value>, usize) {
    let (mut shown, mut left_out) = (Vec::new(), 0);
    for collection in SHOWN {
        let owned = Party::ALL.into_iter();
        let owned = owned.flat_map(|party| exchange.store.of_party(collection, party));
        for (index, it) in owned.enumerate() {
            match index {
                ..MOST_OBJECTS => shown.push(object(exchange, it)),
                _ => left_out += 1,
            }
        }
    }
    (shown, left_out)
}

fn object(exchange: &Exchange, object: &Object) -> Value {
    let row = exchange.show(object.owner, object);
    let field = |name: &str| row.get(name).filter(|value| !value.is_null());
    let offering = text(&row, "product_offering");
    let offering = offering.and_then(|id| entry(exchange, PRODUCT_OFFERINGS, id));
    let place = |name: &str| {
        let place = offering.map_or("", |offering| offering.text(name));
        (!place.is_empty()).then_some(place)
    };
    let mut shown = named(object, &row);
    let further = json!({
        "state": object.state(),
        "messages": messages(&row),
        "next": object.life.as_ref().and_then(next),
        "ends": object.life.as_ref().and_then(|life| life.decommission_at).map(day),
        "product": offering.map(|offering| offering.text("display_name")),
        "pop": place("handover_pop"),
        "metro": place("handover_metro_area"),
        "other_metro": place("service_metro_area"),
        "speed": place_number(offering, "physical_port_speed"),
        "capacity": field("capacity"),
        "mode": field("mode"),
        "connection": field("connection"),
        "network_service": field("network_service"),
        "network_service_config": field("network_service_config"),
        "routing_function": field("routing_function"),
        "held": exchange.is_held(object),
        "replies": replies(exchange, object),
    });
    if let (Some(shown), Value::Object(further)) = (shown.as_object_mut(), further) {
        shown.extend(further);
    }
    shown
}

/// What an object is called.
fn named(object: &Object, row: &Row) -> Value {
    let called = ["display_name", "external_ref", "name"];
    let mut names = called.iter().filter_map(|name| text(row, name));
    let name = names.find(|name| !name.is_empty() && *name != object.id);
    json!({
        "collection": object.collection.path,
        "noun": object.collection.noun,
        "id": object.id,
        "party": object.owner.credentials().name,
        "type": text(row, "type"),
        "name": name,
    })
}

fn place_number(offering: Option<&Entry>, name: &str) -> Option<i64> {
    offering.and_then(|offering| offering.number(name))
}

fn messages(row: &Row) -> Vec<&Value> {
    let status = row.get("status").and_then(Value::as_array);
    let status = status.into_iter().flatten();
    status
        .filter_map(|message| message.get("message"))
        .collect()
}

/// What the clock will do with an object next.
fn next(life: &Life) -> Option<Value> {
    let step = life.steps.front()?;
    Some(json!({ "state": step.to, "at": clock::rfc3339(life.due()?) }))
}

fn day(date: Date) -> String {
    date.to_string()
}

/// What is billed today. What is cancelled is billed on until the day that was told, and that may
/// be later than its end. What the exchange charges for it, no offering says.
fn bills(exchange: &Exchange) -> Value {
    let today = exchange.clock.today();
    let gone = exchange.still_billed.iter();
    let there = BILLED.into_iter().flat_map(|collection| {
        let parties = Party::ALL.into_iter();
        parties.flat_map(move |party| exchange.store.of_party(collection, party))
    });
    let (mut billed, mut total, mut ending) = (Vec::new(), 0, 0);
    for object in there.chain(gone) {
        let Some(life) = object.life.as_ref().filter(|life| life.is_billed(today)) else {
            continue;
        };
        if is_half_of_a_port(object) {
            continue;
        }
        total += 1;
        ending += usize::from(life.charged_until.is_some());
        if total > MOST_OBJECTS {
            continue;
        }
        let mut bill = named(object, &object.fields);
        bill["network_service"] = json!(text(&object.fields, "network_service"));
        bill["connection"] = match object.collection == PORT_RESERVATIONS {
            true => json!(text(&object.fields, "connection")),
            false => Value::Null,
        };
        bill["since"] = json!(life.billing_start.map(day));
        bill["until"] = json!(life.charged_until.map(day));
        bill["state"] = json!(life.state);
        billed.push(bill);
    }
    json!({ "total": total, "ending": ending, "objects": billed })
}

/// The reservation of a port that is a connection by itself: one order, one bill.
fn is_half_of_a_port(object: &Object) -> bool {
    object.collection == PORT_RESERVATIONS && object.text("connection") == object.id
}

fn hold(hold: &Hold) -> Value {
    json!({
        "id": hold.id,
        "collection": hold.collection.map(|collection| collection.path),
        "external_ref": hold.external_ref,
        "state": hold.state,
    })
}
