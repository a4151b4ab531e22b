//! Peering: a config on a peering LAN, its session with the route server, and IP addresses.

use ixapi_sandbox::endpoints;
use serde_json::json;

use super::{OTHER, Tour};

/// A config on a peering LAN, and its session with the route server.
#[derive(Debug)]
pub struct Peering {
    config: String,
    session: String,
}

impl Tour {
    pub fn orders_peering(&mut self, lag: &str, role: &str, mac: &str) -> Peering {
        let config = json!({ "type": "exchange_lan", "network_service": "LAN-AMS",
            "connection": lag, "product_offering": "503301.AMS", "role_assignments": [role],
            "vlan_config": { "vlan_type": "dot1q", "vlan": 24 }, "asns": [64_500], "macs": [mac],
            "listed": true,
            "shared_statistics": { "policy": "deny", "accounts_allowed": [OTHER] } });
        let config = self.order("/network-service-configs", config);
        let ips = self.get("/ips", &[]);
        let session = json!({ "type": "route_server", "network_feature": "RS1-AMS",
            "role_assignments": [role], "network_service_config": config, "asn": 64_500,
            "session_mode": "public", "bgp_session_type": "passive", "ip": ips[0]["id"],
            "as_set_v4": "AS-M@RIPE", "as_set_v6": "AS-M@RIPE", "password": "secret",
            "flags": [{ "name": "BLACKHOLING", "enabled": true }] });
        let session = self.order("/network-feature-configs", session);
        Peering { config, session }
    }

    pub fn asks_of_peering(&mut self, it: &Peering) {
        let place = "/network-service-configs/{id}/peer-statistics";
        self.counts(place, &it.config);
    }

    pub fn changes_peering(&mut self, it: &Peering) {
        let moved = |kind: &str| json!({ "type": kind, "external_ref": "moved" });
        let config = "/network-service-configs/{id}";
        self.changes(config, &it.config, moved("exchange_lan"));
        let session = "/network-feature-configs/{id}";
        self.changes(session, &it.session, moved("route_server"));
        let ips = self.get("/ips", &[]);
        let named = json!({ "fqdn": "gw01.dc.example.net" });
        self.changes("/ips/{id}", ips[0]["id"].as_str().unwrap(), named);
    }

    /// An address of one's own, where the exchange takes them.
    pub fn registers(&mut self) {
        let mut served = endpoints::served(&self.sandbox.exchange).into_iter();
        if served.any(|it| it.path == "/ips" && it.method == "POST") {
            let address = json!({ "version": 4, "address": "192.0.2.10", "prefix_length": 24 });
            let address = self.order("/ips", address);
            self.says_again("/ips/{id}", &address);
        }
    }

    pub fn ends_peering(&mut self, it: &Peering) {
        self.delete("/network-feature-configs/{id}", &it.session);
        self.delete("/network-service-configs/{id}", &it.config);
    }
}
