//! Filters and pages.

use serde_json::json;

use crate::support::{NOC, OTHER, OWN, RESOLD, Server, id, lag};

#[test]
fn offerings_are_filtered_by_what_they_are_and_where() {
    let server = Server::start(&[]);
    let party = server.a();
    let connections = party.ids("/product-offerings?type=connection&handover_pop=AMS7-A");
    assert_eq!(
        connections,
        [
            "503233.AMS7-A.S",
            "503234.AMS7-A.S",
            "503235.AMS7-A.E",
            "503236.AMS7-A.S"
        ]
    );
    assert_eq!(
        party
            .ids("/product-offerings?id=503121.AMS.AMS,503122.AMS.AMS,nothing")
            .len(),
        2
    );
    let circuits = party.ids(
        "/product-offerings?type=p2p_vc&resource_type=network_service&handover_metro_area=LON\
         &service_metro_area_network=AMS&bandwidth=5000",
    );
    assert_eq!(circuits, ["503128.LON.AMS"]);
    assert_eq!(
        party.ids("/product-offerings?type=p2p_vc&resource_type=network_service_config"),
        ["503191.FRA", "503192.FRA"]
    );
    assert_eq!(
        party
            .ids("/product-offerings?type=connection&physical_port_speed=1000")
            .len(),
        6
    );
    assert!(
        party
            .ids("/product-offerings?type=connection&upgrade_allowed=false")
            .iter()
            .all(|id| id.contains("LON") || id == "503233.AMS7-A.S")
    );
}

#[test]
fn a_sparse_list_of_offerings_has_no_duplicates() {
    let server = Server::start(&[]);
    let list = server
        .a()
        .get("/product-offerings?type=connection&fields=handover_metro_area")
        .expect(200);
    let row = |metro: &str| json!({ "type": "connection", "handover_metro_area": metro });
    assert_eq!(list, json!([row("AMS"), row("FRA"), row("LON")]));
}

#[test]
fn speeds_are_compared_in_both_spellings() {
    let server = Server::start(&[]);
    let party = server.a();
    for spelling in ["__", "_"] {
        assert_eq!(
            party
                .ids(&format!("/devices?capability_speed{spelling}gte=100000"))
                .len(),
            6
        );
        assert!(
            party
                .ids(&format!("/devices?capability_speed{spelling}gt=100000"))
                .is_empty()
        );
        assert_eq!(
            party.ids(&format!(
                "/pops?capability_speed{spelling}lte=1000&metro_area_network=AMS"
            )),
            ["AMS5-B", "AMS7-A"]
        );
        assert_eq!(
            party.ids(&format!(
                "/facilities?capability_speed{spelling}lt=5000&metro_area=AMS"
            )),
            ["AMS5", "AMS7"]
        );
    }
    party
        .get("/devices?capability_speed__lt=fast")
        .refuses(&["capability_speed__lt"]);
}

#[test]
fn connections_are_filtered_by_state_reference_and_place() {
    let server = Server::start(&[]);
    let party = server.a();
    let contact = party.contact(OWN);
    let assignment = id(&party
        .post(
            "/role-assignments",
            json!({ "role": NOC, "contact": contact }),
        )
        .expect(201));
    let one = id(&party.connection(
        OWN,
        json!({ "external_ref": "a,b & c", "role_assignments": [assignment] }),
    ));
    let mut group = lag(1);
    group["consuming_account"] = json!(RESOLD);
    let two = id(&party.connection(OWN, group));
    let found = |query: &str| party.ids(&format!("/connections?{query}"));
    assert_eq!(
        found("external_ref=a%2Cb+%26%20c"),
        std::slice::from_ref(&one),
        "a reference is compared whole"
    );
    assert!(found("external_ref=a").is_empty());
    assert_eq!(found("mode=lag_lacp"), std::slice::from_ref(&two));
    assert_eq!(found("mode__is_not=lag_lacp"), std::slice::from_ref(&one));
    assert_eq!(
        found(&format!("consuming_account={RESOLD}")),
        std::slice::from_ref(&two)
    );
    assert_eq!(found("state=production,allocated").len(), 2);
    assert!(found("state__is_not=production,allocated").is_empty());
    assert_eq!(found("facility=AMS5&pop=AMS5-B&metro_area=AMS").len(), 2);
    assert!(found("metro_area_network=LON").is_empty());
    assert_eq!(
        found(&format!("contacts={contact}")),
        std::slice::from_ref(&one)
    );
    assert_eq!(
        found(&format!("role_assignments={assignment}")),
        std::slice::from_ref(&one)
    );
    assert_eq!(
        found(&format!("id={two},{one}")),
        [one, two],
        "sorted by id"
    );
    party
        .get("/connections?state=broken&mode=x")
        .refuses(&["mode", "state"]);
}

#[test]
fn services_configs_and_roles_are_filtered_by_what_they_refer_to() {
    let server = Server::start(&[]);
    let party = server.a();
    let connection = party.connection(OWN, json!({}));
    let (one, two) = (party.circuit(OWN, OTHER), party.circuit(OWN, RESOLD));
    let config = id(&party.config(OWN, &one, &connection, json!({})));
    assert_eq!(
        party
            .ids("/network-services?type=p2p_vc&product_offering=503121.AMS.AMS")
            .len(),
        2
    );
    assert!(party.ids("/network-services?type=cloud_vc").is_empty());
    let in_amsterdam = party.ids("/network-services?pop=AMS5-B");
    assert_eq!(in_amsterdam, ["CUG-AMS-1", "LAN-AMS", &id(&one), &id(&two)]);
    assert!(party.ids("/network-services?pop=LON1-A").is_empty());
    assert_eq!(
        party.ids(&format!(
            "/network-service-configs?network_service={}",
            id(&one)
        )),
        std::slice::from_ref(&config)
    );
    assert!(
        party
            .ids(&format!(
                "/network-service-configs?network_service={}",
                id(&two)
            ))
            .is_empty()
    );
    assert_eq!(
        party.ids(&format!(
            "/network-service-configs?connection={}&capacity=100",
            id(&connection)
        )),
        [config]
    );
    assert_eq!(
        party.ids(&format!(
            "/connections?supported_network_service={}",
            id(&one)
        )),
        [id(&connection)]
    );
    let contact = party.contact(OWN);
    party
        .post(
            "/role-assignments",
            json!({ "role": NOC, "contact": contact }),
        )
        .expect(201);
    assert_eq!(party.ids(&format!("/roles?contact={contact}")), [NOC]);
    assert_eq!(
        party.ids("/accounts?billable=false&state=requested"),
        ["A0090211"]
    );
    assert_eq!(
        party
            .ids(&format!("/accounts?managing_account={OWN}"))
            .len(),
        3
    );
}

#[test]
fn a_parameter_that_no_version_knows_is_ignored() {
    let server = Server::start(&[]);
    let party = server.a();
    assert_eq!(party.ids("/pops?colour=red&page_limit=1").len(), 6);
    assert_eq!(
        party
            .ids("/product-offerings?cross_connect_initiator=exchange&type=connection")
            .len(),
        24
    );
}

#[test]
fn an_older_server_ignores_every_filter() {
    let server = Server::start(&["--ignore-filters"]);
    let party = server.a();
    assert_eq!(party.ids("/pops?id=AMS5-B").len(), 6);
    assert_eq!(party.ids("/connections?state=nonsense").len(), 0);
}

#[test]
fn a_long_list_comes_in_pages_that_answer_206() {
    let server = Server::start(&["--page-size", "4"]);
    let party = server.a();
    assert_eq!(
        party.get("/implementation").expect(200)["supported_features"]["pagination"],
        true
    );
    let first = party.get("/pops");
    assert_eq!(first.status, 206);
    let token = first.headers["page-token"].clone();
    let first: Vec<String> = first.json().as_array().unwrap().iter().map(id).collect();
    assert_eq!(first, ["AMS5-B", "AMS7-A", "FRA1-A", "FRA6-B"]);
    let page = |query: &str| {
        party
            .get(&format!("/pops?{query}"))
            .expect(206)
            .as_array()
            .unwrap()
            .iter()
            .map(id)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        page(&format!("page_offset=4&page_token={token}")),
        ["LON1-A", "LON2-A"]
    );
    assert_eq!(page("page_offset=1&page_limit=2"), ["AMS7-A", "FRA1-A"]);
    assert_eq!(
        page("page_limit=99").len(),
        4,
        "no page is longer than the exchange wants"
    );
    assert!(page("page_offset=6").is_empty());
    assert_eq!(
        party.get("/metro-areas").status,
        200,
        "a list that fits is complete"
    );
    party
        .get("/pops?page_offset=x&page_token=made-up")
        .refuses(&["page_offset", "page_token"]);
}

#[test]
fn a_filter_takes_what_its_field_can_be_and_nothing_else() {
    let server = Server::start(&[]);
    let party = server.a();
    for (path, name, wrong, right) in [
        ("/ports", "speed", "fast", "1000"),
        ("/devices", "capability_speed_lt", "1e3", "1000"),
        ("/facilities", "capability_speed__gte", "", "1000"),
        ("/ips", "version", "5", "4"),
        ("/ips", "prefix_length", "/21", "21"),
        (
            "/ips",
            "valid_not_before",
            "2026-02-30T12:00:00Z",
            "2026-02-28T12:00:00Z",
        ),
        (
            "/macs",
            "valid_not_after",
            "tomorrow",
            "2026-02-28T12:00:00Z",
        ),
        ("/accounts", "billable", "yes", "true"),
        ("/accounts", "asn", "AS64500", "64500"),
        ("/accounts", "state", "signed", "production,requested"),
        (
            "/connections",
            "state__is_not",
            "production,gone",
            "production",
        ),
        ("/connections", "mode__is_not", "lag", "lag_lacp"),
        ("/network-service-configs", "inner_vlan", "x", "12"),
        ("/network-service-configs", "capacity", "much", "12"),
        ("/network-service-configs", "type", "connection", "p2p_vc"),
        ("/network-services", "type", "route_server", "exchange_lan"),
        ("/network-features", "type", "p2p_vc", "route_server"),
        ("/network-features", "required", "1", "true"),
        ("/network-feature-configs", "state", "up", "production"),
        ("/product-offerings", "type", "demarc", "routing_function"),
        ("/product-offerings", "resource_type", "port", "connection"),
        ("/product-offerings", "delivery_method", "sold", "shared"),
        ("/product-offerings", "upgrade_allowed", "True", "true"),
        ("/product-offerings", "bandwidth", "100M", "100"),
        ("/product-offerings", "physical_port_speed", "1.5", "1000"),
        (
            "/product-offerings",
            "contract_initial_period",
            "yearly",
            "P1Y",
        ),
        ("/product-offerings", "fields", "id,colour", "id,name"),
        ("/routing-functions", "asn", "x", "64500"),
    ] {
        let reason = party
            .get(&format!("{path}?{name}={wrong}"))
            .refuses(&[name]);
        assert!(!reason.is_empty(), "{path} {name}");
        party.get(&format!("{path}?{name}={right}")).expect(200);
    }
}

#[test]
fn a_parameter_that_is_no_filter_is_ignored() {
    let server = Server::start(&[]);
    let party = server.a();
    let all = party.ids("/pops").len();
    assert_eq!(party.ids("/pops?colour=red&state=broken").len(), all);
}
