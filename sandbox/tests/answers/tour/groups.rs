//! Closed user groups, the rules of who may join, and the MAC addresses that may send.

use serde_json::json;

use super::{OTHER, RESOLD, Tour};

/// A group with a rule of each kind.
#[derive(Debug)]
pub struct Group {
    group: String,
    allow: String,
    deny: String,
}

impl Tour {
    pub fn orders_mac(&mut self) -> String {
        self.order("/macs", json!({ "address": "42:23:bc:8e:b8:b0" }))
    }

    /// A group of each kind, with a rule of each kind; the last.
    pub fn orders_groups(&mut self, lag: &str, role: &str, mac: &str) -> Group {
        let mut last = None;
        for (kind, offering, access) in [
            ("mp2mp_vc", "503403.AMS", "503411.AMS"),
            ("p2mp_vc", "503501.AMS", "503511.AMS"),
        ] {
            let group = json!({ "type": kind, "product_offering": offering });
            let group = self.order("/network-services", group);
            let config = json!({ "type": kind, "network_service": group, "connection": lag,
                "macs": [mac], "product_offering": access, "role_assignments": [role],
                "vlan_config": { "vlan_type": "dot1q" } });
            self.order("/network-service-configs", config);
            let [allow, deny] = [("allow", OTHER), ("deny", RESOLD)].map(|(rule, account)| {
                let rule = json!({ "type": rule, "network_service": group,
                    "consuming_account": account });
                self.order("/member-joining-rules", rule)
            });
            last = Some(Group { group, allow, deny });
        }
        last.unwrap()
    }

    pub fn changes_group(&mut self, it: &Group) {
        let moved = |kind: &str| json!({ "type": kind, "external_ref": "moved" });
        self.changes("/network-services/{id}", &it.group, moved("p2mp_vc"));
        self.changes("/member-joining-rules/{id}", &it.allow, moved("allow"));
    }

    pub fn ends_group(&mut self, it: &Group) {
        self.delete("/member-joining-rules/{id}", &it.deny);
        self.delete("/network-services/{id}", &it.group);
    }

    /// One that nothing uses.
    pub fn ends_a_mac(&mut self) {
        let spare = self.order("/macs", json!({ "address": "42:23:bc:8e:b8:b1" }));
        self.delete("/macs/{id}", &spare);
    }
}
