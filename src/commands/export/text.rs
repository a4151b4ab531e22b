//! The text of an export.

use std::collections::BTreeMap;

use crate::commands::hcl::{self, Body};
use crate::provider::SOURCE_ADDRESS;
use crate::provider::estate::{Estate, Held, key_of};
use crate::tfplugin::generated::{self, Secret};
use crate::tfplugin::schema::{Attribute, Kind, Object};
use crate::tfplugin::value::Value;

use super::files::{self, File};
use super::names::{Addresses, Wholes};

/// Import blocks are known from this version on, in Terraform and OpenTofu.
const REQUIRED_VERSION: &str = ">= 1.5";

/// The files of the estate at this host.
pub fn files(estate: &Estate, host: &str) -> Vec<File> {
    let addresses = Addresses::of(estate);
    let writer = Writer {
        estate,
        wholes: Wholes::of(estate, &addresses),
        addresses,
    };
    let mut bodies: BTreeMap<String, (Body, usize)> = BTreeMap::new();
    let mut variables = Body::default();
    // What is called alike belongs together, such as the two sides of a circuit.
    let mut objects: Vec<&Held> = estate.objects.iter().collect();
    objects.sort_by_key(|held| writer.addresses.get(&held.key()));
    for held in objects {
        let entry = bodies.entry(files::name_of(held.resource)).or_default();
        writer.object(held, &mut entry.0, &mut variables);
        entry.1 += 1;
    }
    let mut files = vec![
        plain(files::VERSIONS, &versions()),
        plain(files::PROVIDER, &provider(host)),
    ];
    if !variables.is_empty() {
        files.push(plain(files::VARIABLES, &variables));
    }
    files.extend(bodies.into_iter().map(|(name, (body, resources))| File {
        text: body.text(),
        name,
        resources,
    }));
    files
}

fn plain(name: &str, body: &Body) -> File {
    File {
        name: name.to_owned(),
        text: body.text(),
        resources: 0,
    }
}

fn versions() -> Body {
    let host = SOURCE_ADDRESS.split_once('/');
    let source = host.map_or(SOURCE_ADDRESS, |(_, source)| source);
    let (mut file, mut terraform) = (Body::default(), Body::default());
    let mut needed = Body::default();
    needed.attribute(
        "ixapi",
        format!("{{\n      source = {}\n    }}", hcl::text(source)),
        "",
    );
    terraform.attribute("required_version", hcl::text(REQUIRED_VERSION), "");
    terraform.space();
    terraform.block("required_providers", needed);
    file.block("terraform", terraform);
    file
}

fn provider(host: &str) -> Body {
    let mut file = Body::default();
    file.comment(&format!(
        "Exported from {host}. Once it is in a state, the import blocks may go."
    ));
    file.comment("");
    file.comment(
        "The exchange and the credentials come from the environment: IX_API_HOST, IX_API_KEY,\n\
         IX_API_SECRET and, where it uses OAuth2, IX_API_OAUTH2_TOKEN_URL.",
    );
    file.block("provider \"ixapi\"", Body::default());
    file
}

struct Writer<'a> {
    estate: &'a Estate,
    addresses: Addresses,
    wholes: Wholes,
}

impl Writer<'_> {
    /// Writes the import and the resource of an object.
    fn object(&self, held: &Held, file: &mut Body, variables: &mut Body) {
        let address = self.addresses.get(&held.key()).unwrap_or_default();
        let Some((kind, name)) = address.split_once('.') else {
            return;
        };
        let mut import = Body::default();
        import.attribute("to", address, "");
        import.attribute("id", hcl::text(&held.id), "");
        file.space();
        file.block("import", import);
        file.space();
        if held.is_on_its_way() {
            let state = held.state.get("state").as_str().unwrap_or_default();
            file.comment(&format!("Still on its way when this was written: {state}."));
        }
        let object = &held.schema.object;
        let mut secrets = BTreeMap::new();
        for Secret { path, replaces } in generated::missing_secrets(object, &held.state) {
            let variable = format!("{}_{name}_{}", held.resource.name, path.join("_"));
            let mut body = Body::default();
            let otherwise = match replaces {
                true => "Another value than the exchange's orders it anew.",
                false => "Another value changes it.",
            };
            let said = format!("{} of {address} ({}). {otherwise}", path.join("."), held.id);
            secrets.insert(path, format!("var.{variable}"));
            body.attribute("description", hcl::text(&said), "");
            body.attribute("type", "string", "");
            body.attribute("sensitive", "true", "");
            body.attribute("nullable", "false", "");
            variables.space();
            variables.block(format!("variable \"{variable}\""), body);
        }
        let level = Level {
            writer: self,
            held,
            secrets,
        };
        let mut body = Body::default();
        level.write(
            object,
            [&held.config, &held.state],
            &mut Vec::new(),
            &mut body,
        );
        file.block(format!("resource \"{kind}\" \"{name}\""), body);
    }
}

/// What is written of one resource.
struct Level<'a> {
    writer: &'a Writer<'a>,
    held: &'a Held,
    secrets: BTreeMap<Vec<String>, String>,
}

impl Level<'_> {
    fn write(
        &self,
        object: &Object,
        [config, state]: [&Value; 2],
        above: &mut Vec<String>,
        body: &mut Body,
    ) {
        let mut kept = Vec::new();
        for attribute in object.attributes() {
            let value = config.get(&attribute.name);
            above.push(attribute.name.clone());
            if let Some(variable) = self.secrets.get(above) {
                body.attribute(&attribute.name, variable.clone(), "");
            } else if is_kept(attribute, state) {
                kept.push(attribute.name.as_str());
            } else if !matches!(attribute.kind, Kind::Block(_)) && value.is_known() {
                self.say(attribute, value, body);
            }
            above.pop();
        }
        for name in kept {
            let said = format!("{name} is left out, since it is secret: it stays what it is.");
            body.comment(&said);
        }
        for attribute in object.attributes() {
            let value = config.get(&attribute.name);
            if let (Kind::Block(inner), true) = (&attribute.kind, value.is_known()) {
                let mut block = Body::default();
                above.push(attribute.name.clone());
                let state = state.get(&attribute.name);
                self.write(inner, [value, state], above, &mut block);
                above.pop();
                body.space();
                body.block(attribute.name.clone(), block);
            }
        }
    }

    /// Writes an attribute, and what the ids in it stand for.
    fn say(&self, attribute: &Attribute, value: &Value, body: &mut Body) {
        // Ids are spelled in either case; other texts may be equal to an id by chance.
        if attribute.same.is_none() {
            body.attribute(&attribute.name, hcl::expression(value, &hcl::text), "");
            return;
        }
        if let Some(expression) = self.writer.wholes.expression(&attribute.name, value) {
            body.attribute(&attribute.name, expression, "");
            return;
        }
        let of_text = |id: &str| {
            let key = key_of(&attribute.name, id).filter(|key| *key != self.held.key());
            let address = key.and_then(|key| self.writer.addresses.get(&key));
            address.map_or_else(|| hcl::text(id), |address| format!("{address}.id"))
        };
        let names = &self.writer.estate.names;
        let name_of = |id: &Value| {
            let key = key_of(&attribute.name, id.as_str().unwrap_or_default());
            key.and_then(|key| names.get(&key))
                .map_or("", String::as_str)
        };
        match value.elements() {
            several if several.len() > 1 && several.iter().any(|id| !name_of(id).is_empty()) => {
                let said = |id: &Value| (hcl::expression(id, &of_text), name_of(id).to_owned());
                body.list(&attribute.name, several.iter().map(said));
            }
            alone => {
                let id = alone.first().unwrap_or(value);
                let expression = hcl::expression(value, &of_text);
                body.attribute(&attribute.name, expression, name_of(id));
            }
        }
    }
}

/// Whether an attribute holds a secret that its configuration leaves out.
fn is_kept(attribute: &Attribute, state: &Value) -> bool {
    let is_secret = attribute.sensitive && attribute.is_configurable() && attribute.is_computed();
    let value = state.get(&attribute.name);
    is_secret && value.is_known() && value.as_str() != Some("")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::provider::testing::held;

    use super::*;

    /// Some exchanges number each collection on its own.
    #[test]
    fn an_id_stands_for_what_it_is_the_id_of() {
        let side = [
            ("type", Value::text("exchange_lan")),
            ("network_connection", Value::text("7")),
            ("network_service", Value::text("8")),
            ("product_offering", Value::text("7")),
        ];
        let named = |name: &str| [("external_ref", Value::text(name))];
        let estate = Estate {
            objects: vec![
                held("contact", "7", &[("name", Value::text("NOC"))]),
                held("connection", "7", &named("edge")),
                held("mac", "8", &[("address", Value::text("42:23:bc:8e:b8:b0"))]),
                held("nsc", "7", &side),
            ],
            names: [(("/product-offerings", "7".to_owned()), "10GE".to_owned())].into(),
            ..Estate::default()
        };
        let files = files(&estate, "ix.example");
        let text: String = files.iter().map(|file| file.text.as_str()).collect();
        for (said, times) in [
            ("to = ixapi_contact.noc", 1),
            ("to = ixapi_connection.edge", 1),
            ("= ixapi_connection.edge.id", 1),
            ("= \"7\" # 10GE", 1),
            // The MAC's own, and the service that is not exported.
            ("= \"8\"", 2),
            ("ixapi_contact.noc.id", 0),
        ] {
            assert_eq!(text.matches(said).count(), times, "{said}: {text}");
        }
    }

    #[test]
    fn a_variable_says_what_comes_of_another_value() {
        let cloud = [("cloud_key", Value::text("k"))];
        let circuit = [
            ("type", Value::text("p2p_vc")),
            ("service_key", Value::text("k")),
        ];
        let estate = Estate {
            objects: vec![
                held("cloud_vc", "C1", &cloud),
                held("p2p_vc", "P1", &circuit),
            ],
            ..Estate::default()
        };
        let files = files(&estate, "ix.example");
        let variables = files.iter().find(|file| file.name == files::VARIABLES);
        let variables = &variables.unwrap().text;
        for said in [
            "cloud_key of ixapi_cloud_vc.cloud_vc_c1 (C1). Another value changes it.",
            "service_key of ixapi_p2p_vc.p2p_vc_p1 (P1). Another value than the exchange's orders \
             it anew.",
        ] {
            assert!(variables.contains(said), "{variables}");
        }
    }
}
