//! Circuits between two parties: of one that the other joins, what it asks to be changed, and those
//! to a port whose key one has.

use ixapi_sandbox::endpoints;
use ixapi_sandbox::parties::Party;
use serde_json::{Value, json};

use super::{EXTENSION, OTHER, Tour, of_accounts};

/// A circuit, and the side of party A.
#[derive(Debug)]
pub struct Circuit {
    circuit: String,
    config: String,
}

impl Tour {
    /// A circuit that party B joins.
    pub fn orders_circuit(&mut self, connection: &str, role: &str) -> Circuit {
        let circuit = json!({ "type": "p2p_vc", "product_offering": "503121.AMS.AMS",
            "joining_member_account": OTHER, "availability_zones": ["zone-red"] });
        let circuit = self.order("/network-services", circuit);
        let side = json!({ "type": "p2p_vc", "network_service": circuit, "connection": connection,
            "role_assignments": [role], "vlan_config": { "vlan_type": "qinq", "inner_vlan": 23 } });
        let config = self.order("/network-service-configs", side);
        let (_, key) = self.of_party_b(
            "/connections",
            json!({ "mode": "standalone",
            "product_offering": "503236.AMS5-B.S", "port_quantity": 1, "lacp_timeout": "slow",
            "role_assignments": [] }),
        );
        let side = json!({ "type": "p2p_vc", "network_service": circuit, "connection": key,
            "role_assignments": [], "vlan_config": { "vlan_type": "dot1q", "vlan": 23 } });
        self.of_party_b("/network-service-configs", side);
        Circuit { circuit, config }
    }

    fn of_party_b(&mut self, place: &'static str, changes: Value) -> (Value, String) {
        let body = of_accounts(OTHER, place, changes).to_string();
        let made = self.call(Party::B, "POST", place, &[], body.as_bytes());
        let id = made["id"].as_str().unwrap().to_owned();
        (made, id)
    }

    pub fn asks_of_circuit(&mut self, it: &Circuit) {
        self.counts("/network-services/{id}/statistics", &it.circuit);
        self.counts("/network-service-configs/{id}/statistics", &it.config);
        self.get("/network-services/{id}/cancellation-policy", &[&it.circuit]);
        let policy = "/network-service-configs/{id}/cancellation-policy";
        self.get(policy, &[&it.config]);
        self.change_request(&it.circuit);
    }

    /// Party B asks for more, and takes it back.
    fn change_request(&mut self, circuit: &str) {
        const PLACE: &str = "/network-services/{id}/change-request";
        let wish = json!({ "product_offering": "503122.AMS.AMS" }).to_string();
        for (method, body) in [("POST", wish.as_bytes()), ("GET", b""), ("DELETE", b"")] {
            self.call(Party::B, method, PLACE, &[circuit], body);
        }
    }

    /// Party A orders a circuit to party B's port with its key, and ends it.
    pub fn service_keys(&mut self) {
        let served = endpoints::served(&self.sandbox.exchange);
        if !served.iter().any(|it| it.path.starts_with(EXTENSION)) {
            return;
        }
        let connections = "/extensions/inxn-servicekey-v1/connections";
        let services = "/extensions/inxn-servicekey-v1/network-services";
        let service = "/extensions/inxn-servicekey-v1/network-services/{id}";
        let ports = self.call(Party::B, "GET", connections, &[], b"");
        self.get("/extensions/inxn-servicekey-v1/product-offerings", &[]);
        let port = ports.get(0).unwrap_or(&ports);
        let key = port["service_key"].as_str().unwrap();
        self.get("/extensions/inxn-servicekey-v1/service-keys/{key}", &[key]);
        let circuit = json!({ "type": "p2p_vc", "product_offering": "503121.AMS.AMS",
            "service_key": key });
        let circuit = self.order(services, circuit);
        let side = json!({ "type": "p2p_vc", "network_service": circuit, "connection": port["id"],
            "role_assignments": [], "vlan_config": { "vlan_type": "dot1q", "vlan": 29 } });
        self.of_party_b(
            "/extensions/inxn-servicekey-v1/network-service-configs",
            side,
        );
        self.get(services, &[]);
        self.get(service, &[&circuit]);
        self.delete(service, &circuit);
    }

    pub fn changes_circuit(&mut self, it: &Circuit) {
        let moved = json!({ "type": "p2p_vc", "external_ref": "moved" });
        self.changes("/network-services/{id}", &it.circuit, moved.clone());
        self.changes("/network-service-configs/{id}", &it.config, moved);
    }

    pub fn ends_circuit(&mut self, it: &Circuit) {
        self.ends_too_early("network-services", &it.circuit);
        self.ends_too_early("network-service-configs", &it.config);
        self.delete("/network-service-configs/{id}", &it.config);
        self.delete("/network-services/{id}", &it.circuit);
    }
}
