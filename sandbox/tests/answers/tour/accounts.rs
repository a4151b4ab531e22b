//! Accounts, contacts and their roles.

use serde_json::{Value, json};

use super::Tour;

const IMPLEMENTATION: &str = "4699403d-b264-4a47-9bbb-2c956dcd1a12";
const NOC: &str = "9a442fef-ff8f-4c2e-93e5-46425c00fd4b";

/// What was ordered of them.
#[derive(Debug)]
pub struct People {
    account: String,
    contact: String,
    /// The assignment of the role in which the network is run.
    pub operations: String,
    /// The assignment of the role in which ports are installed.
    pub engineer: String,
}

fn address() -> Value {
    json!({ "country": "NL", "locality": "Amsterdam", "postal_code": "1017 CE",
        "street_address": "Herengracht 2" })
}

impl Tour {
    pub fn orders_people(&mut self) -> People {
        let account = json!({ "name": "Moonoc", "address": address(),
            "billing_information": { "name": "Moonoc", "address": address() } });
        let account = self.order("/accounts", account);
        let (contact, operations) = self.orders_contact("Panda", NOC);
        let (_, engineer) = self.orders_contact("Red Panda", IMPLEMENTATION);
        People {
            account,
            contact,
            operations,
            engineer,
        }
    }

    /// A contact with a role, and the assignment.
    fn orders_contact(&mut self, name: &str, role: &str) -> (String, String) {
        let person = json!({ "name": name, "email": "p@example.net", "telephone": "1" });
        let person = self.order("/contacts", person);
        let role = json!({ "role": role, "contact": person });
        let role = self.order("/role-assignments", role);
        (person, role)
    }

    pub fn changes_people(&mut self, it: &People) {
        self.changes("/accounts/{id}", &it.account, json!({ "name": "Sunoc" }));
        let moved = json!({ "external_ref": "moved" });
        self.changes("/contacts/{id}", &it.contact, moved);
    }

    pub fn ends_account(&mut self, it: &People) {
        self.delete("/accounts/{id}", &it.account);
    }

    /// One that nothing uses, since all others are named by something.
    pub fn ends_a_contact(&mut self) {
        let (person, role) = self.orders_contact("Lion", NOC);
        self.delete("/role-assignments/{id}", &role);
        self.delete("/contacts/{id}", &person);
    }
}
