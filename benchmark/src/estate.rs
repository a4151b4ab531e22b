//! Many resources of one kind, as configuration and as state. The state is written, not applied:
//! Terraform takes minutes to apply thousands of resources. One is really imported or applied, and
//! the others are written after its pattern.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::exchange::{Exchange, OFFERING};
use crate::terraform::Terraform;

/// So many instances are in one resource block. What Terraform itself takes for a block grows with
/// the square of its instances, so that a block of ten thousand would measure that.
const BLOCK: usize = 100;

/// Many resources, as configuration and as state.
pub struct Estate {
    configuration: String,
    state: String,
}

/// What makes an object itself: in the place of the first of these texts stands the second.
type Own = Vec<(String, String)>;

impl Estate {
    /// As many ports as there are ids, which the exchange has already.
    pub fn of_ports(terraform: &Terraform, exchange: &Exchange, ids: &[String]) -> Estate {
        let provider = exchange.provider("");
        let import = format!(
            "import {{\n  to = ixapi_connection.estate_0[0]\n  id = {:?}\n}}\n",
            ids[0]
        );
        let pattern = applied(terraform, &format!("{provider}{}{import}", ports(1)));
        let own = |number: usize| {
            vec![
                (ids[0].clone(), ids[number].clone()),
                (reference(0), reference(number)),
            ]
        };
        Estate {
            configuration: ports(ids.len()),
            state: multiplied(&pattern, ids.len(), own),
        }
    }

    /// As many of Terraform's built-in `terraform_data`, each with a short text.
    pub fn of_nothing(terraform: &Terraform, count: usize) -> Estate {
        let configuration = |count| {
            blocks(count, |name, range| {
                format!(
                    "resource \"terraform_data\" \"{name}\" {{\n  count = {}\n  \
                     input = \"estate-${{count.index + {}}}\"\n}}\n",
                    range.len(),
                    range.start
                )
            })
        };
        let pattern = applied(terraform, &configuration(1));
        let id = &pattern["resources"][0]["instances"][0]["attributes"]["id"];
        let id = id.as_str().unwrap().to_owned();
        let own = |number: usize| {
            let start = &id[..id.len() - 12];
            vec![
                (id.clone(), format!("{start}{number:012}")),
                (reference(0), reference(number)),
            ]
        };
        Estate {
            configuration: configuration(count),
            state: multiplied(&pattern, count, own),
        }
    }

    /// Puts it into the folder, with this in front of the resources.
    pub fn lay_out(&self, terraform: &Terraform, provider: &str) {
        terraform.write("main.tf", &format!("{provider}{}", self.configuration));
        terraform.write("terraform.tfstate", &self.state);
    }
}

/// The configuration of so many ports, without the provider.
pub fn ports(count: usize) -> String {
    let blocks = blocks(count, |name, range| {
        format!(
            "resource \"ixapi_connection\" \"{name}\" {{\n  count = {}\n  \
             mode = \"standalone\"\n  port_quantity = 1\n  \
             product_offering = {OFFERING:?}\n  \
             external_ref = \"estate-${{count.index + {}}}\"\n}}\n",
            range.len(),
            range.start
        )
    });
    format!(
        "terraform {{\n  required_providers {{\n    \
         ixapi = {{ source = \"ixapi-rs/ixapi\" }}\n  }}\n}}\n\n{blocks}"
    )
}

/// What the exchange and the configuration call an object.
fn reference(number: usize) -> String {
    format!("estate-{number}")
}

fn blocks(count: usize, block: impl Fn(&str, Range<usize>) -> String) -> String {
    let starts = (0..count).step_by(BLOCK).enumerate();
    starts
        .map(|(number, start)| {
            let end = count.min(start + BLOCK);
            block(&format!("estate_{number}"), start..end)
        })
        .collect()
}

/// The state after this configuration was applied.
fn applied(terraform: &Terraform, configuration: &str) -> Value {
    terraform.remove("terraform.tfstate");
    terraform.write("main.tf", configuration);
    terraform.must(&["apply", "-input=false", "-auto-approve"]);
    serde_json::from_str(&terraform.read("terraform.tfstate")).unwrap()
}

/// The state with the only instance of its only resource so many times, in blocks.
fn multiplied(state: &Value, count: usize, own: impl Fn(usize) -> Own) -> String {
    let mut state = state.clone();
    let block = state["resources"][0].clone();
    let pattern = &block["instances"][0];
    let starts = (0..count).step_by(BLOCK).enumerate();
    let blocks = starts.map(|(number, start)| {
        let mut block = block.clone();
        block["name"] = json!(format!("estate_{number}"));
        let instances = (start..count.min(start + BLOCK)).map(|object| {
            let mut instance = alike(pattern, &own(object));
            instance["index_key"] = json!(object - start);
            instance
        });
        block["instances"] = instances.collect();
        block
    });
    state["resources"] = blocks.collect();
    state.to_string()
}

/// The instance of another object.
fn alike(pattern: &Value, own: &Own) -> Value {
    let mut instance = pattern.clone();
    replace(&mut instance, own);
    if let Some(notes) = instance.get("private").and_then(Value::as_str) {
        let notes = STANDARD.decode(notes).unwrap();
        let mut notes = serde_json::from_slice(&notes).unwrap();
        replace(&mut notes, own);
        instance["private"] = json!(STANDARD.encode(notes.to_string()));
    }
    instance
}

/// Replaces whole texts.
fn replace(value: &mut Value, own: &Own) {
    match value {
        Value::String(text) => {
            let mut own = own.iter();
            if let Some((_, other)) = own.find(|(this, _)| this == text) {
                text.clone_from(other);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, own)),
        Value::Object(fields) => fields.values_mut().for_each(|field| replace(field, own)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_instance_of_a_written_state_is_itself() {
        let notes = STANDARD.encode(r#"{"of":"a"}"#);
        let pattern = json!({ "version": 4, "resources": [{ "instances": [{
            "index_key": 0, "attributes": { "id": "a", "ports": ["a", "other"] }, "private": notes,
        }] }] });
        let own = |number: usize| vec![("a".to_owned(), format!("a{number}"))];
        let state: Value = serde_json::from_str(&multiplied(&pattern, BLOCK + 2, own)).unwrap();
        let block = &state["resources"][1];
        assert_eq!(block["name"], "estate_1");
        let last = &block["instances"][1];
        assert_eq!(last["index_key"], 1);
        let id = format!("a{}", BLOCK + 1);
        let attributes = json!({ "id": id, "ports": [id, "other"] });
        assert_eq!(last["attributes"], attributes);
        let notes = STANDARD.decode(last["private"].as_str().unwrap()).unwrap();
        let notes: Value = serde_json::from_slice(&notes).unwrap();
        assert_eq!(notes, json!({ "of": id }));
    }
}
