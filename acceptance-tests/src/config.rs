//! Configurations for tests that are about something else than the configuration: blocks with
//! arguments that work, of which a test replaces those it is about.

use std::fmt;

use crate::sandbox::ACCOUNT_A;

/// Arguments that are written as blocks; a test gives them like objects, `{ a = 1, b = 2 }`.
const BLOCKS: [&str; 5] = [
    "cloud_config",
    "l3_config",
    "timeouts",
    "vlan_config",
    "lifecycle",
];

/// A resource or a data source.
#[derive(Clone, Debug)]
pub struct Block {
    kind: String,
    entity: String,
    name: String,
    arguments: Vec<(String, String)>,
}

impl Block {
    /// `resource "ixapi_connection" "port"`, without arguments.
    pub fn new(kind: &str, entity: &str, name: &str) -> Block {
        Block {
            kind: kind.to_owned(),
            entity: entity.to_owned(),
            name: name.to_owned(),
            arguments: Vec::new(),
        }
    }

    /// Its type, without the provider's prefix.
    pub fn entity(&self) -> &str {
        &self.entity
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Gives it another name.
    pub fn named(mut self, name: &str) -> Block {
        name.clone_into(&mut self.name);
        self
    }

    /// Gives every account that it names to somebody else.
    pub fn owned_by(mut self, account: &str) -> Block {
        let accounts = |argument: &&mut (String, String)| argument.0.ends_with("_account");
        for (_, expression) in self.arguments.iter_mut().filter(accounts) {
            *expression = format!("\"{account}\"");
        }
        self
    }

    /// Sets an argument to an expression, instead of what it is.
    pub fn with(mut self, name: &str, expression: &str) -> Block {
        self = self.without(name);
        self.arguments
            .push((name.to_owned(), expression.to_owned()));
        self
    }

    /// Takes an argument away.
    pub fn without(mut self, name: &str) -> Block {
        self.arguments.retain(|(known, _)| known != name);
        self
    }

    fn with_accounts(self) -> Block {
        let account = format!("\"{ACCOUNT_A}\"");
        self.with("managing_account", &account)
            .with("consuming_account", &account)
    }

    fn with_billing(self) -> Block {
        self.with("billing_account", &format!("\"{ACCOUNT_A}\""))
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Block {
            kind, entity, name, ..
        } = self;
        writeln!(f, "{kind} \"ixapi_{entity}\" \"{name}\" {{")?;
        for (name, expression) in &self.arguments {
            match expression
                .strip_prefix('{')
                .and_then(|e| e.strip_suffix('}'))
            {
                Some(body) if BLOCKS.contains(&name.as_str()) => {
                    let body = body.split(',').map(|argument| argument.trim());
                    let body = body.collect::<Vec<_>>().join("\n    ");
                    writeln!(f, "  {name} {{\n    {body}\n  }}")?;
                }
                _ => writeln!(f, "  {name} = {expression}")?,
            }
        }
        writeln!(f, "}}\n")
    }
}

/// The blocks as a configuration.
pub fn config(blocks: impl IntoIterator<Item = Block>) -> String {
    let blocks: String = blocks.into_iter().map(|block| block.to_string()).collect();
    format!("{PROVIDER}{blocks}")
}

/// What every configuration begins with.
pub const PROVIDER: &str = r#"terraform {
  required_providers {
    ixapi = {
      source = "ixapi-rs/ixapi"
    }
  }
}

"#;

/// A contact with all that any role needs.
pub fn contact(name: &str) -> Block {
    Block::new("resource", "contact", name)
        .with_accounts()
        .with("name", "\"Network operations\"")
        .with("email", "\"noc@example.net\"")
        .with("telephone", "\"+31 20 555 0100\"")
}

/// A MAC address.
pub fn mac(name: &str) -> Block {
    Block::new("resource", "mac", name)
        .with_accounts()
        .with("address", "\"42:23:bc:8e:b8:b0\"")
}

/// A single port in Amsterdam, for which no roles are needed.
pub fn port(name: &str) -> Block {
    Block::new("resource", "connection", name)
        .with_accounts()
        .with_billing()
        .with("mode", "\"standalone\"")
        .with("port_quantity", "1")
        .with("product_offering", "\"503234.AMS5-B.S\"")
        .with("external_ref", &format!("\"{name}\""))
        .with("role_assignments", "[]")
}

/// A circuit within Amsterdam, between two ports of one's own; its configs need no roles.
pub fn circuit(name: &str) -> Block {
    Block::new("resource", "p2p_vc", name)
        .with_accounts()
        .with_billing()
        .with("joining_member_account", &format!("\"{ACCOUNT_A}\""))
        .with("product_offering", "\"503122.AMS.AMS\"")
}

/// One side of the circuit `circuit`, on a port.
pub fn side(name: &str, port: &str, vlan_config: &str) -> Block {
    Block::new("resource", "nsc", name)
        .with("type", "\"p2p_vc\"")
        .with("network_service", "ixapi_p2p_vc.circuit.id")
        .with("network_connection", &format!("ixapi_connection.{port}.id"))
        .with_accounts()
        .with_billing()
        .with("role_assignments", "[]")
        .with("vlan_config", vlan_config)
}

/// Two ports, a circuit between them, and its A side with this VLAN.
pub fn circuit_with(vlan_config: &str) -> Vec<Block> {
    vec![
        port("port"),
        circuit("circuit"),
        side("side", "port", vlan_config),
    ]
}

/// The role that the peering LAN of Amsterdam needs.
pub const NOC: &str = "9a442fef-ff8f-4c2e-93e5-46425c00fd4b";

/// A config of the peering LAN of Amsterdam on the port `port`, with the contact `noc`.
pub fn lan(name: &str) -> Block {
    Block::new("resource", "nsc", name)
        .with("type", "\"exchange_lan\"")
        .with("network_service", "\"LAN-AMS\"")
        .with("network_connection", "ixapi_connection.port.id")
        .with_accounts()
        .with_billing()
        .with("role_assignments", "ixapi_contact.noc.role_assignments")
        .with("product_offering", "\"503301.AMS\"")
        .with("asns", "[64512]")
        .with("listed", "true")
        .with("vlan_config", "{ vlan_type = \"dot1q\", vlan = 600 }")
}

/// The IPv4 address of the config `lan`.
pub fn address(name: &str) -> Block {
    Block::new("resource", "ip", name)
        .with("network_service_config", "ixapi_nsc.lan.id")
        .with("version", "4")
}

/// A session of the config `lan` from the address `address` with the required route server.
pub fn session(name: &str) -> Block {
    Block::new("resource", "nfc", name)
        .with("network_feature", "\"RS1-AMS\"")
        .with("network_service_config", "ixapi_nsc.lan.id")
        .with_accounts()
        .with_billing()
        .with("role_assignments", "ixapi_contact.noc.role_assignments")
        .with("ip", "ixapi_ip.address.id")
        .with("asn", "64512")
        .with("as_set_v4", "\"AS-EXAMPLE@RIPE\"")
        .with("session_mode", "\"public\"")
        .with("bgp_session_type", "\"passive\"")
}

/// A contact with a role, a port, and this config of the peering LAN on it.
pub fn peering_with(lan: Block) -> Vec<Block> {
    let contact = contact("noc").with("roles", &format!("[\"{NOC}\"]"));
    vec![contact, port("port"), lan]
}

/// All of peering: a contact, a port, the config `lan`, its address and its session.
pub fn peering() -> Vec<Block> {
    let mut blocks = peering_with(lan("lan"));
    blocks.extend([address("address"), session("session")]);
    blocks
}
