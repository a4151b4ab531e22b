//! States as the official provider `ix-api-net/ixapi` writes them, of objects that this provider
//! has ordered: what a person brings along who comes from there. Its attributes are in
//! `tests/fixtures/official-types.json`: each with its kind, a block as what is in it, in brackets
//! if there may be several.

use std::fs;

use serde_json::{Map, Value, json};

use crate::cli::cli;
use crate::programs;
use crate::workspace::Workspace;

/// What it keeps beside every object.
const NOTHING_NOTED: &str = "bnVsbA==";

/// The one type of its own of which several are one object there.
const ADDRESSES: &str = "ixapi_ip_allocation_network_service_config";

/// The registry of the CLI that drives the tests.
pub fn registry() -> &'static str {
    match cli().is_tofu {
        true => "registry.opentofu.org",
        false => "registry.terraform.io",
    }
}

/// The address of the official provider there.
pub fn address() -> String {
    format!("{}/ix-api-net/ixapi", registry())
}

/// Gives what the official provider managed to ours.
pub fn replace_provider(workspace: &Workspace) {
    let from_to = ["ix-api-net/ixapi", "ixapi-rs/ixapi"];
    let replace = ["state", "replace-provider", "-auto-approve"];
    workspace.run(&[&replace[..], &from_to].concat()).ok();
}

/// A state of the official provider.
#[derive(Clone, Debug)]
pub struct Official {
    /// The state, as a file.
    pub state: Value,
    /// From which address to which each object has to move.
    pub moves: Vec<(String, String)>,
}

impl Official {
    /// The state of the official provider at that address, such as
    /// `registry.terraform.io/ix-api-net/ixapi`, with all that a workspace has; the name of each
    /// object begins with `prefix`.
    pub fn of(workspace: &Workspace, provider: &str, prefix: &str) -> Official {
        let file = programs::repository().join("tests/fixtures/official-types.json");
        let types = fs::read_to_string(file).expect("the types are there");
        let types: Value = serde_json::from_str(&types).expect("JSON");
        let held = workspace.state();
        let all = held.iter().filter(|held| held.kind() == "ixapi_ip");
        let all: Vec<&Value> = all.map(|held| &held.values).collect();
        let (mut resources, mut moves) = (Vec::<Value>::new(), Vec::new());
        for held in &held {
            let type_name = their_type(held.kind(), &held.values);
            let (_, name) = held.address.split_once('.').expect("a type and a name");
            let (name, index) = indexed(name);
            let from = format!("{type_name}.{prefix}{name}");
            let to = format!("{}.{name}", held.kind());
            if from != to {
                moves.push((from, to));
            }
            let kinds = &types[&type_name];
            let attributes = match type_name.as_str() {
                ADDRESSES => addresses(kinds, &held.values, &all),
                "ixapi_contact" => {
                    let mut contact = object(kinds, &held.values, false);
                    contact["roles"] = json!(["Implementation", "NoC", "Requestor"]);
                    contact
                }
                _ => object(kinds, &held.values, false),
            };
            let mut instance = json!({
                "schema_version": 0,
                "attributes": attributes,
                "sensitive_attributes": [],
                "private": NOTHING_NOTED,
            });
            if let Some(index) = index {
                instance["index_key"] = index.into();
            }
            let name = format!("{prefix}{name}");
            let same = |known: &&mut Value| known["type"] == type_name && known["name"] == name;
            match resources.iter_mut().find(same) {
                Some(known) => known["instances"]
                    .as_array_mut()
                    .expect("a list")
                    .push(instance),
                None => resources.push(json!({
                    "mode": "managed",
                    "type": type_name,
                    "name": name,
                    "provider": format!("provider[\"{provider}\"]"),
                    "instances": [instance],
                })),
            }
        }
        moves.dedup();
        Official {
            state: json!({
                "version": 4,
                "terraform_version": "1.11.4",
                "serial": 15,
                "lineage": "b03dfb31-c043-1dab-569c-8565dfedb9b4",
                "outputs": {},
                "resources": resources,
                "check_results": null,
            }),
            moves,
        }
    }

    /// Puts the state into a workspace.
    pub fn put(&self, workspace: &Workspace) {
        workspace.write("terraform.tfstate", self.state.to_string());
    }

    /// The moved blocks that its objects need.
    pub fn moved(&self) -> String {
        let moved = |(from, to): &(String, String)| {
            format!("moved {{\n  from = {from}\n  to   = {to}\n}}\n")
        };
        self.moves.iter().map(moved).collect()
    }

    /// An attribute of an object.
    pub fn attribute(&mut self, address: &str, name: &str) -> &mut Value {
        let resources = self.state["resources"].as_array_mut();
        let mut resources = resources.expect("a list").iter_mut();
        let resource = resources.find(|resource| {
            let text = |name: &str| resource[name].as_str().unwrap_or_default();
            format!("{}.{}", text("type"), text("name")) == address
        });
        let resource = resource.unwrap_or_else(|| panic!("no {address}"));
        &mut resource["instances"][0]["attributes"][name]
    }
}

/// A name without its index, and that.
fn indexed(name: &str) -> (&str, Option<&str>) {
    match name.split_once("[\"") {
        Some((name, index)) => (name, index.strip_suffix("\"]")),
        None => (name, None),
    }
}

fn their_type(ours: &str, object: &Value) -> String {
    let kind = object["type"].as_str().unwrap_or_default();
    match ours {
        "ixapi_nsc" => format!("ixapi_network_service_config_{kind}"),
        "ixapi_member_joining_rule" => format!("{ours}_{kind}"),
        "ixapi_nfc" => format!("ixapi_network_feature_config_{kind}"),
        "ixapi_ip" => ADDRESSES.to_owned(),
        circuit if circuit.ends_with("_vc") => circuit.replace("ixapi_", "ixapi_network_service_"),
        same => same.to_owned(),
    }
}

/// An object as it is written there. A block says `0` and `""` where it has nothing to say, and so
/// does a purchase order.
fn object(kinds: &Value, ours: &Value, in_a_block: bool) -> Value {
    let kinds = kinds.as_object().expect("attributes").iter();
    let written = kinds.map(|(name, kind)| {
        let says_nothing = in_a_block || name == "purchase_order";
        let value = match (kind, &ours[name]) {
            (Value::Object(_), Value::Null) => json!([]),
            (Value::Object(_), block) => json!([object(kind, block, true)]),
            (Value::Array(of), Value::Object(switches)) => {
                assert!(of[0].get("enabled").is_some(), "{name}");
                let switch = |(name, on)| json!({"name": name, "enabled": on});
                switches.iter().map(switch).collect()
            }
            (Value::Array(of), blocks) => {
                let blocks = blocks.as_array().into_iter().flatten();
                blocks.map(|block| object(&of[0], block, true)).collect()
            }
            (Value::String(kind), Value::Null) if says_nothing => match kind.as_str() {
                "string" => json!(""),
                "number" => json!(0),
                _ => Value::Null,
            },
            // Its lists come in whatever order.
            (_, Value::Array(several)) => several.iter().rev().cloned().collect(),
            (_, one) => one.clone(),
        };
        (name.clone(), value)
    });
    Value::Object(written.collect::<Map<_, _>>())
}

/// All addresses of a config are one object there, named by the config; each refresh fills in those
/// of both versions, whichever is meant.
fn addresses(kinds: &Value, ours: &Value, all: &[&Value]) -> Value {
    let config = &ours["network_service_config"];
    let same = all
        .iter()
        .filter(|ip| ip["network_service_config"] == *config);
    let listed: Value = same.map(|ip| object(&kinds["ips"][0], ip, true)).collect();
    json!({
        "id": config,
        "network_service_config": config,
        "version": ours["version"],
        "fqdn": ours["fqdn"],
        "timeout": 900,
        "ips": listed,
    })
}
