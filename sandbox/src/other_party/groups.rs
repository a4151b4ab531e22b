//! What the other party answers to a group of ours (`mp2mp_vc`, `p2mp_vc`): it joins one that is
//! open to it, and leaves it again.

use serde_json::{Value, json};

use super::orders::{configure, order, path_of, send};
use super::{PARTY, Reply};
use crate::collection::{MACS, NETWORK_SERVICE_CONFIGS};
use crate::entities::groups::{CIRCUIT_TO_MANY, admits, is_protected, offering};
use crate::entities::network_service_configs::access_to;
use crate::exchange::Exchange;
use crate::object::Object;
use crate::problem::Problem;

/// What the other party registers for a group whose members must name their MAC addresses: one of
/// those that are for examples (RFC 7042, section 2.1.2).
const ADDRESS: &str = "00:00:5e:00:53:0b";

/// What can be answered to a group as things stand.
pub fn replies(exchange: &Exchange, group: &Object) -> Vec<Reply> {
    if group.owner == PARTY {
        return Vec::new();
    }
    if !configs(exchange, group).is_empty() {
        return vec![Reply::Leave];
    }
    let account = PARTY.credentials().account;
    let is_open = group.is_live()
        && admits(exchange, PARTY, group, account)
        && access_to(exchange, group, account).is_some();
    match is_open {
        true => vec![Reply::Join],
        false => Vec::new(),
    }
}

/// The other party's configs in a group, without those that are ending.
fn configs(exchange: &Exchange, group: &Object) -> Vec<String> {
    let (configs, field) = (NETWORK_SERVICE_CONFIGS, "network_service");
    let configs = exchange.store.naming(configs, field, &group.id);
    let own = configs.filter(|config| config.owner == PARTY && config.is_live());
    own.map(|config| config.id.clone()).collect()
}

/// Puts the group on a port of its own, with the first product that the group's owner takes; as a
/// leaf, where there are roots. Returns its config.
pub fn join(exchange: &mut Exchange, group: &Object) -> Result<Value, Problem> {
    let account = PARTY.credentials().account;
    let access = access_to(exchange, group, account);
    let access = access.map(|(product, speed)| (product.clone(), speed));
    let (product, speed) =
        access.ok_or_else(|| Problem::not_found("product offering", &group.id))?;
    let mut config = json!({ "product_offering": product.text("id") });
    if group.text("type") == CIRCUIT_TO_MANY {
        config["role"] = json!("leaf");
    }
    if offering(exchange, group).is_some_and(is_protected) {
        config["macs"] = json!([mac(exchange)?]);
    }
    let network = product.text("handover_metro_area_network");
    configure(exchange, group, network, speed, config)
}

/// A MAC address of the other party, which it registers if it has none.
fn mac(exchange: &mut Exchange) -> Result<String, Problem> {
    let own = exchange.store.of_party(MACS, PARTY).next();
    match own.map(|mac| mac.id.clone()) {
        Some(mac) => Ok(mac),
        None => order(exchange, MACS, json!({ "address": ADDRESS })),
    }
}

/// Ends its access. Returns its config as it is then.
pub fn leave(exchange: &mut Exchange, group: &Object) -> Result<Value, Problem> {
    let mut left = Value::Null;
    for config in configs(exchange, group) {
        let path = path_of(NETWORK_SERVICE_CONFIGS, &config);
        left = send(exchange, "DELETE", &path, &Value::Null)?;
    }
    Ok(left)
}
