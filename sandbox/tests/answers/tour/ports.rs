//! Ports and LAGs, their reservations, and the letters about them.

use ixapi_sandbox::parties::Party;
use serde_json::json;

use super::Tour;
use super::accounts::People;

/// What was ordered of them.
#[derive(Debug)]
pub struct Ports {
    pub single: String,
    pub lag: String,
    /// One whose letter is handed in.
    upload: String,
}

impl Tour {
    pub fn orders_ports(&mut self, people: &People) -> Ports {
        let port = |mode: &str, offering: &str, quantity: u32, role: &str| {
            json!({ "mode": mode, "product_offering": offering, "port_quantity": quantity,
                "lacp_timeout": "slow", "role_assignments": [role], "connecting_party": "Moon" })
        };
        let lag = port("lag_lacp", "503234.AMS5-B.S", 2, &people.operations);
        let lag = self.order("/connections", lag);
        self.order("/port-reservations", json!({ "connection": lag }));
        let single = port("standalone", "503236.AMS5-B.S", 1, &people.operations);
        let single = self.order("/connections", single);
        let upload = port("standalone", "503235.FRA1-A.E", 1, &people.engineer);
        let upload = self.order("/connections", upload);
        Ports {
            single,
            lag,
            upload,
        }
    }

    pub fn asks_of_ports(&mut self, it: &Ports) {
        self.counts("/ports/{id}/statistics", &it.single);
        self.counts("/connections/{id}/statistics", &it.single);
        for place in ["/connections/{id}/loa", "/port-reservations/{id}/loa"] {
            self.get(place, &[&it.single]);
            self.call(Party::A, "POST", place, &[&it.upload], b"%PDF-1.4");
        }
        self.get("/connections/{id}/cancellation-policy", &[&it.single]);
        self.get("/port-reservations/{id}/cancellation-policy", &[&it.single]);
    }

    pub fn changes_ports(&mut self, it: &Ports) {
        for place in ["/connections/{id}", "/port-reservations/{id}"] {
            self.changes(place, &it.single, json!({ "external_ref": "moved" }));
        }
    }

    pub fn ends_ports(&mut self, it: &Ports) {
        self.ends_too_early("connections", &it.single);
        self.ends_too_early("port-reservations", &it.single);
        let reservations = self.get("/port-reservations", &[]);
        let reservations = reservations.as_array().unwrap().iter();
        let mut of_lag = reservations.filter(|one| one["connection"] == it.lag.as_str());
        let extra = of_lag.next_back().unwrap()["id"].as_str().unwrap();
        self.delete("/port-reservations/{id}", extra);
        self.delete("/connections/{id}", &it.single);
        self.delete("/connections/{id}", &it.upload);
    }
}
