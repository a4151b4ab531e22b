//! Statistics: what went through what was ordered, made up but the same every time.

use serde_json::json;

use crate::support::{Client, OTHER, OWN, Server, id};

fn port(party: &Client<'_>) -> String {
    id(&party.connection(OWN, json!({})))
}

#[test]
fn statistics_are_the_same_every_time_and_strict_about_what_is_asked() {
    let server = Server::start(&[]);
    let party = server.a();
    let port = port(&party);
    let path = format!("/connections/{port}/statistics");
    let told = party.get(&path).expect(200);
    let day = &told["aggregates"]["P1D"];
    assert!(day["average_ops_in"].as_u64().unwrap() > 0);
    assert_eq!(told["light_levels_tx"], json!(null));
    let again = party.get(&path).expect(200);
    assert_eq!(
        again["aggregates"]["P1D"]["average_ops_in"],
        day["average_ops_in"]
    );
    let light = party.get(&format!("/ports/{port}/statistics")).expect(200);
    assert_eq!(light["light_levels_tx"], json!([-2.5]));
    let window = "start=2026-01-01T00:00:00Z&end=2026-01-02T00:00:00Z";
    let custom = party.get(&format!("{path}?{window}")).expect(200);
    assert_eq!(custom["aggregates"].as_object().unwrap().len(), 1);
    assert_eq!(
        custom["aggregates"]["custom"]["start"],
        "2026-01-01T00:00:00Z"
    );
    party
        .get(&format!("{path}?start=yesterday"))
        .refuses(&["start"]);
    party
        .get(&format!(
            "{path}?start=2026-01-02T00:00:00Z&end=2026-01-01T00:00:00Z"
        ))
        .refuses(&["end"]);
    party
        .get("/connections/none/statistics")
        .problem(404, "not-found");
    party.get("/contacts/none/statistics").expect(404);
    party.post(&path, json!({})).expect(405);
    server.b().get(&path).problem(404, "not-found");
}

#[test]
fn series_have_columns_and_samples() {
    let server = Server::start(&[]);
    let party = server.a();
    let path = format!("/connections/{}/statistics", port(&party));
    let series = party.get(&format!("{path}/PT5M/timeseries")).expect(200);
    assert_eq!(series["fields"][0], "timestamp");
    assert_eq!(series["samples"].as_array().unwrap().len(), 5);
    let one = format!("{path}/P1D/timeseries?fields=average_ops_out");
    let one = party.get(&one).expect(200);
    assert_eq!(one["fields"], json!(["timestamp", "average_ops_out"]));
    assert_eq!(one["samples"][0].as_array().unwrap().len(), 2);
    party
        .get(&format!("{path}/P1D/timeseries?fields=colour"))
        .refuses(&["fields"]);
    party
        .get(&format!("{path}/P7D/timeseries"))
        .problem(404, "not-found");
    party.get(&format!("{path}/P1D")).expect(404);
}

#[test]
fn a_config_has_statistics_of_its_peers() {
    let server = Server::start(&[]);
    let party = server.a();
    let circuit = party.circuit(OWN, OTHER);
    let connection = party.connection(OWN, json!({}));
    let config = id(&party.config(OWN, &circuit, &connection, json!({})));
    let path = format!("/network-service-configs/{config}/peer-statistics");
    let all = party.get(&path).expect(200);
    let one = party
        .get(&format!("{path}?asn=64500&ip_version=6"))
        .expect(200);
    let volume = |told: &serde_json::Value| told["aggregates"]["P1D"]["average_ops_in"].clone();
    assert_ne!(volume(&all), volume(&one));
    party.get(&format!("{path}?asn=me")).refuses(&["asn"]);
    party
        .get(&format!("{path}?ip_version=5"))
        .refuses(&["ip_version"]);
    party
        .get(&format!("{path}?ip_address=here"))
        .refuses(&["ip_address"]);
    party
        .get(&format!("{path}?mac_address=there"))
        .refuses(&["mac_address"]);
    let series = party
        .get(&format!("{path}/P1D/timeseries?asn=64500"))
        .expect(200);
    assert!(!series["samples"].as_array().unwrap().is_empty());
    party.get("/connections/x/peer-statistics").expect(404);
}
