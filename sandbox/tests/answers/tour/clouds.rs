//! Cloud circuits, and the routing functions that they may be on.

use serde_json::json;

use super::Tour;

impl Tour {
    /// A cloud circuit on a connection, and one on a routing function; the id of that.
    pub fn orders_clouds(&mut self, connection: &str, role: &str) -> String {
        let routing = json!({ "product_offering": "503601.AMS", "asn": 64_500 });
        let routing = self.order("/routing-functions", routing);
        let on_connection = json!({ "connection": connection,
            "vlan_config": { "vlan_type": "port" },
            "cloud_config": { "peering_type": "private" } });
        let on_routing = json!({ "routing_function": routing,
            "l3_config": { "bgp_neighbor_asn": 64_501 } });
        let circuits = [
            (
                "oracle-fc.amsterdam.AMS.1000",
                "ocid1.virtualcircuit.oc1..a",
                on_connection,
            ),
            ("aws-dc.amsterdam.AMS.50", "123456789876", on_routing),
        ];
        for (offering, key, place) in circuits {
            let circuit = json!({ "type": "cloud_vc", "product_offering": offering,
                "cloud_key": key });
            let circuit = self.order("/network-services", circuit);
            let mut config = json!({ "type": "cloud_vc", "network_service": circuit,
                "handover": 1, "cloud_vlan": null, "role_assignments": [role] });
            let fields = config.as_object_mut().unwrap();
            fields.extend(place.as_object().unwrap().clone());
            self.order("/network-service-configs", config);
        }
        routing
    }

    pub fn asks_of_routing(&mut self, routing: &str) {
        self.get("/routing-functions/{id}/cancellation-policy", &[routing]);
    }

    pub fn changes_routing(&mut self, routing: &str) {
        let moved = json!({ "external_ref": "moved" });
        self.changes("/routing-functions/{id}", routing, moved);
    }

    pub fn ends_clouds(&mut self, routing: &str) {
        let services = self.get("/network-services", &[]);
        for service in services.as_array().unwrap() {
            let [kind, id] = ["type", "id"].map(|name| service[name].as_str().unwrap());
            if kind.eq_ignore_ascii_case("cloud_vc") {
                self.delete("/network-services/{id}", id);
            }
        }
        self.delete("/routing-functions/{id}", routing);
    }
}
