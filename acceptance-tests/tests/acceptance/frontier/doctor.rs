//! `terraform-provider-ixapi doctor`: what it sees of an exchange, and what it keeps to itself. No
//! CLI takes part, so that this is the same with all of them.

use std::collections::BTreeSet;
use std::process::{Command, Output};

use serde_json::{Value, json};

use acceptance_tests::config::NOC;
use acceptance_tests::programs;
use acceptance_tests::sandbox::{ACCOUNT_A, ACCOUNT_B, Sandbox};

const IMPLEMENTATION: &str = "4699403d-b264-4a47-9bbb-2c956dcd1a12";

/// More requests than these are never made of one collection.
const MOST_OF_A_COLLECTION: usize = 8;

/// A party of the sandbox, who talks to it as any customer does.
struct Customer<'a> {
    sandbox: &'a Sandbox,
    account: &'static str,
    token: String,
}

impl<'a> Customer<'a> {
    fn new(sandbox: &'a Sandbox, account: &'static str) -> Customer<'a> {
        let of_b = if account == ACCOUNT_B { "B_" } else { "" };
        let export = |name: &str| sandbox.exported(&format!("IXAPI_SANDBOX_{of_b}LEGACY_{name}"));
        let mut customer = Customer {
            sandbox,
            account,
            token: String::new(),
        };
        let keys = json!({ "api_key": export("KEY"), "api_secret": export("SECRET") });
        let tokens = customer.ask("POST", "/auth/token", Some(keys));
        customer.token = tokens["access_token"].as_str().unwrap().to_owned();
        customer
    }

    fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let url = format!("{}{path}", self.sandbox.exported("IX_API_HOST"));
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .build()
            .into();
        let bearer = format!("Bearer {}", self.token);
        let answer = match (method, &body) {
            ("GET", _) => agent.get(&url).header("authorization", &bearer).call(),
            ("DELETE", _) => agent.delete(&url).header("authorization", &bearer).call(),
            _ => agent
                .post(&url)
                .header("authorization", &bearer)
                .header("content-type", "application/json")
                .send(body.map(|body| body.to_string()).unwrap_or_default()),
        };
        let mut answer = answer.unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        assert!(answer.status().is_success(), "{method} {path}: {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Orders, with the accounts that such an order names. The id.
    fn orders(&self, collection: &str, mut body: Value) -> String {
        let named: &[&str] = match collection {
            "role-assignments" => &[],
            "contacts" | "macs" | "member-joining-rules" => {
                &["managing_account", "consuming_account"]
            }
            _ => &["managing_account", "consuming_account", "billing_account"],
        };
        for name in named {
            let own = json!(self.account);
            body.as_object_mut().unwrap().entry(*name).or_insert(own);
        }
        let made = self.ask("POST", &format!("/{collection}"), Some(body));
        made["id"].as_str().unwrap().to_owned()
    }

    fn role(&self, name: &str, role: &str) -> String {
        let contact = json!({ "name": name, "email": "p@example.net", "telephone": "+31 20 5" });
        let contact = self.orders("contacts", contact);
        self.orders(
            "role-assignments",
            json!({ "role": role, "contact": contact }),
        )
    }

    fn port(&self, offering: &str, reference: &str) -> String {
        let port = json!({ "mode": "standalone", "product_offering": offering, "port_quantity": 1,
            "lacp_timeout": "slow", "role_assignments": [], "external_ref": reference });
        self.orders("connections", port)
    }
}

/// A sandbox with something of nearly everything in it.
fn settled(arguments: &[&str]) -> Sandbox {
    let sandbox = Sandbox::start(arguments);
    let other = Customer::new(&sandbox, ACCOUNT_B);
    other.port("503236.AMS5-B.S", "Panda's own");
    let own = Customer::new(&sandbox, ACCOUNT_A);
    let role = own.role("Panda Networks", NOC);
    own.role("Red Panda", IMPLEMENTATION);
    let mac = own.orders("macs", json!({ "address": "42:23:bc:8e:b8:b0" }));
    let port = own.port("503236.AMS5-B.S", "The Moon's port");
    own.port("503236.AMS5-B.S", "The Sun's port");
    let circuit = own.orders(
        "network-services",
        json!({ "type": "p2p_vc", "product_offering": "503121.AMS.AMS",
            "joining_member_account": ACCOUNT_B, "external_ref": "To the Sun" }),
    );
    let config = |body: Value| {
        let mut config = json!({ "connection": port, "role_assignments": [role] });
        config
            .as_object_mut()
            .unwrap()
            .extend(body.as_object().unwrap().clone());
        own.orders("network-service-configs", config)
    };
    config(json!({ "type": "p2p_vc", "network_service": circuit,
        "vlan_config": { "vlan_type": "qinq", "inner_vlan": 23 } }));
    let group = json!({ "type": "mp2mp_vc", "product_offering": "503403.AMS" });
    let group = own.orders("network-services", group);
    config(
        json!({ "type": "mp2mp_vc", "network_service": group, "macs": [mac],
        "product_offering": "503411.AMS", "vlan_config": { "vlan_type": "dot1q", "vlan": 31 } }),
    );
    let rule = json!({ "type": "allow", "network_service": group, "consuming_account": ACCOUNT_B });
    own.orders("member-joining-rules", rule);
    let lan = config(
        json!({ "type": "exchange_lan", "network_service": "LAN-AMS",
        "product_offering": "503301.AMS", "vlan_config": { "vlan_type": "dot1q", "vlan": 24 },
        "asns": [64_500], "macs": [mac], "listed": true }),
    );
    let ips = own.ask("GET", "/ips", None);
    own.orders(
        "network-feature-configs",
        json!({ "type": "route_server", "network_feature": "RS1-AMS", "role_assignments": [role],
            "network_service_config": lan, "asn": 64_500, "session_mode": "public",
            "bgp_session_type": "passive", "ip": ips[0]["id"], "as_set_v4": "AS-MOON@RIPE",
            "as_set_v6": "AS-MOON@RIPE" }),
    );
    let routing = json!({ "product_offering": "503601.AMS", "asn": 64_500 });
    own.orders("routing-functions", routing);
    let cloud = own.orders(
        "network-services",
        json!({ "type": "cloud_vc", "product_offering": "oracle-fc.amsterdam.AMS.1000",
            "cloud_key": "ocid1.virtualcircuit.oc1..moon" }),
    );
    let mut handover = json!({ "type": "cloud_vc", "network_service": cloud, "handover": 1,
        "cloud_vlan": null, "vlan_config": { "vlan_type": "port" },
        "cloud_config": { "peering_type": "private" } });
    handover["connection"] = json!(own.port("503236.AMS5-B.S", "To the cloud"));
    config(handover);
    let ended = own.port("503234.AMS5-B.S", "Gone with the wind");
    own.ask("DELETE", &format!("/connections/{}", encoded(&ended)), None);
    // Some tell the reservations of a connection a little later.
    sandbox.advance(1);
    sandbox
}

fn encoded(id: &str) -> String {
    let codes = [
        ("%", "%25"),
        (":", "%3A"),
        ("/", "%2F"),
        ("+", "%2B"),
        ("=", "%3D"),
    ];
    codes
        .iter()
        .fold(id.to_owned(), |id, (letter, code)| id.replace(letter, code))
}

/// How the doctor logs in.
#[derive(Clone, Copy, Debug, PartialEq)]
enum By {
    OAuth2,
    ApiKey,
}

/// What came of a run.
struct Seen {
    output: Output,
    report: String,
    told: String,
    /// The file of switches, if one was written.
    switches: Option<Value>,
    /// The folder with the same, as the sandbox reads it.
    folder: tempfile::TempDir,
}

impl Seen {
    fn is_success(&self) -> bool {
        self.output.status.code() == Some(0)
    }

    fn quirks(&self) -> BTreeSet<String> {
        let switches = self.switches.as_ref().expect("switches are written");
        let quirks = switches["quirks"].as_array().unwrap().iter();
        quirks.map(|it| it.as_str().unwrap().to_owned()).collect()
    }

    /// The lines of a part of the report.
    fn part(&self, title: &str) -> Vec<&str> {
        let lines = self.report.lines().skip_while(|line| !line.contains(title));
        let lines = lines.skip(1).take_while(|line| !line.starts_with("## "));
        lines.filter(|line| !line.is_empty()).collect()
    }

    /// What is said of a resource.
    fn verdict(&self, resource: &str) -> &str {
        let begin = format!("| `{resource}` | ");
        let mut lines = self.report.lines();
        let line = lines.find_map(|line| line.strip_prefix(&begin));
        line.unwrap_or_else(|| panic!("nothing of {resource}: {}", self.report))
            .trim_end_matches(" |")
    }

    /// The file of switches.
    fn file(&self) -> String {
        self.folder.path().join(SWITCHES).to_str().unwrap().into()
    }

    /// The same exchange as far as it was seen: a sandbox that is told what was seen.
    fn imitated(&self, by: By) -> Seen {
        examine(&settled(&["--dialect-file", &self.file()]), by, &[])
    }
}

/// The name of the file of switches.
const SWITCHES: &str = "switches.json";

fn examine(sandbox: &Sandbox, by: By, more: &[(&str, &str)]) -> Seen {
    examine_with(sandbox, by, more, &[])
}

fn examine_with(sandbox: &Sandbox, by: By, more: &[(&str, &str)], arguments: &[&str]) -> Seen {
    let folder = tempfile::tempdir().unwrap();
    examine_to(folder, sandbox, by, more, arguments)
}

fn examine_to(
    folder: tempfile::TempDir,
    sandbox: &Sandbox,
    by: By,
    more: &[(&str, &str)],
    arguments: &[&str],
) -> Seen {
    let file = folder.path().join(SWITCHES);
    let mut command = Command::new(programs::provider());
    command
        .args(["doctor", "--dialect"])
        .arg(&file)
        .args(arguments)
        .env_clear()
        .envs(sandbox.environment());
    if by == By::ApiKey {
        command
            .env("IX_API_AUTH", "legacy")
            .env("IX_API_KEY", sandbox.exported("IXAPI_SANDBOX_LEGACY_KEY"))
            .env(
                "IX_API_SECRET",
                sandbox.exported("IXAPI_SANDBOX_LEGACY_SECRET"),
            )
            .env_remove("IX_API_OAUTH2_TOKEN_URL");
    }
    let output = command.envs(more.iter().copied()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let written = std::fs::read_to_string(file).unwrap_or_default();
    Seen {
        report: text(&output.stdout),
        told: text(&output.stderr),
        switches: serde_json::from_str(&written).ok(),
        output,
        folder,
    }
}

/// All quirks that the sandbox has.
fn all_quirks() -> BTreeSet<String> {
    let help = Command::new(programs::sandbox())
        .arg("--help")
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let after = help.split("--quirk <QUIRK>").nth(1).unwrap();
    let listed = after.split("--no-quirk").next().unwrap();
    let items = listed
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- "));
    let names = items.filter_map(|item| item.split(':').next());
    names.map(str::to_owned).collect()
}

/// The quirks that a report says cannot be seen.
fn unseen(seen: &Seen) -> BTreeSet<String> {
    let lines = seen.part("Switches of the sandbox").into_iter();
    let lines = lines.filter(|line| line.contains("Not to be seen"));
    let names = lines.flat_map(|line| line.split('`').skip(1).step_by(2));
    names.map(str::to_owned).collect()
}

const NO_DEVIATION: [&str; 1] = ["- None was seen."];

#[test]
fn a_plain_exchange_deviates_in_nothing_and_all_of_it_works() {
    let sandbox = settled(&[]);
    for by in [By::OAuth2, By::ApiKey] {
        let seen = examine(&sandbox, by, &[]);
        assert!(seen.is_success(), "{}", seen.told);
        assert_eq!(seen.told, "");
        assert_eq!(seen.part("deviate"), NO_DEVIATION, "{}", seen.report);
        assert_eq!(seen.quirks(), BTreeSet::new());
        let life = seen.switches.as_ref().unwrap().get("token_lifetime");
        assert_eq!(life, (by == By::OAuth2).then_some(&json!(3600)));
        let verdicts = seen.part("## Resources");
        assert!(verdicts.len() > 16, "{verdicts:#?}");
        for verdict in &verdicts[2..] {
            assert!(verdict.ends_with("| will work |"), "{verdict}");
        }
    }
}

#[test]
fn an_exchange_without_anything_in_it_deviates_in_nothing() {
    let seen = examine(&Sandbox::start(&[]), By::OAuth2, &[]);
    assert!(seen.is_success(), "{}", seen.told);
    assert_eq!(seen.part("deviate"), NO_DEVIATION, "{}", seen.report);
    assert_eq!(seen.quirks(), BTreeSet::new());
}

#[test]
fn every_switch_that_reading_can_show_is_found_and_no_other() {
    let unseen = unseen(&examine(&settled(&[]), By::ApiKey, &[]));
    let all = all_quirks();
    assert!(
        unseen.is_subset(&all) && all.len() > 45,
        "{unseen:?} {all:?}"
    );
    let mut wrong = Vec::new();
    for quirk in all.difference(&unseen) {
        let mut expected = BTreeSet::from([quirk.clone()]);
        if quirk.starts_with("extensions-") {
            expected.insert("service-keys".to_owned());
        }
        if quirk == "zoneless-moments" {
            // Otherwise nothing has happened yet that is told with a moment.
            expected.insert("status-tells-the-past".to_owned());
        }
        let arguments: Vec<&str> = expected
            .iter()
            .flat_map(|quirk| ["--quirk", quirk.as_str()])
            .collect();
        let seen = examine(&settled(&arguments), By::ApiKey, &[]);
        if !seen.is_success() || seen.quirks() != expected {
            wrong.push(format!("{quirk}: {:?} {}", seen.switches, seen.told));
            continue;
        }
        let again = seen.imitated(By::ApiKey);
        if again.switches != seen.switches {
            wrong.push(format!("{quirk}, imitated: {:?}", again.switches));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a quirk that can be seen hides of another one.
#[test]
fn dialects_are_seen_and_imitated() {
    for (dialect, seen, hidden) in [
        (
            "digital-realty",
            &[
                "service-keys",
                "leaves-out",
                "zoneless-moments",
                "status-tells-the-past",
                "upper-case-roles",
                "null-lists",
                "numbers-as-text",
                "one-is-no-list",
            ] as &[&str],
            &[] as &[&str],
        ),
        (
            "decix",
            &[
                "numeric-ids",
                "contract-periods",
                "upper-case-enums",
                "upper-case-macs",
                "ipv6-in-full",
                "odd-moments",
                "empty-for-null",
                "zero-for-unset",
                "vlan-config-empty",
                "accounts-ignore-ids",
                "archived-stays",
                "problem-detail-object",
                "web-pages-outside",
            ],
            &["joining-member-drifts"],
        ),
        (
            "linx",
            &[
                "problem-detail-list",
                "problem-types-elsewhere",
                "problem-instances",
                "token-answers200",
                "opaque-tokens",
                "health-up",
                "pagination-headers",
                "decommissioned-stays",
            ],
            &[],
        ),
    ] {
        let first = examine(&settled(&["--dialect", dialect]), By::ApiKey, &[]);
        assert!(first.is_success(), "{dialect}: {}", first.told);
        let expected: BTreeSet<String> = seen.iter().map(|it| (*it).to_owned()).collect();
        assert_eq!(first.quirks(), expected, "{dialect}: {}", first.report);
        for quirk in hidden {
            assert!(unseen(&first).contains(*quirk), "{dialect}: {quirk}");
        }
        let again = first.imitated(By::ApiKey);
        assert_eq!(again.switches, first.switches, "{dialect}");
        let parts = ["deviate", "within the specification", "## Resources"];
        for part in parts {
            assert_eq!(again.part(part), first.part(part), "{dialect}: {part}");
        }
    }
}

#[test]
fn pages_and_filters_that_are_not_heeded_are_seen_and_imitated() {
    let paged = examine(&settled(&["--page-size", "3"]), By::OAuth2, &[]);
    let switches = json!({ "quirks": [], "page_size": 3, "token_lifetime": 3600 });
    assert_eq!(paged.switches, Some(switches), "{}", paged.report);
    assert!(
        paged.report.contains("in pages, of 3 rows"),
        "{}",
        paged.report
    );
    assert_eq!(paged.part("deviate"), NO_DEVIATION, "{}", paged.report);
    assert_eq!(paged.imitated(By::OAuth2).switches, paged.switches);

    let deaf = examine(&settled(&["--ignore-filters"]), By::OAuth2, &[]);
    let switches = deaf.switches.as_ref().unwrap();
    assert_eq!(switches["ignore_filters"], json!(true), "{}", deaf.report);
    let said = "/connections: the filter `id` is not heeded.";
    assert!(deaf.report.contains(said), "{}", deaf.report);
    assert_eq!(deaf.imitated(By::OAuth2).switches, deaf.switches);
}

/// The kinds of IX-API whose names have digits.
const KINDS: [&str; 4] = ["p2p_vc", "p2mp_vc", "mp2mp_vc", "dot1q"];

/// Every text that customers or the exchange have given, unless it looks like a word of a known
/// set; and large numbers.
fn values(json: &Value, found: &mut BTreeSet<String>) {
    let letters = |text: &str| text.bytes().all(|it| it.is_ascii_lowercase() || it == b'_');
    let is_word = |text: &str| letters(text) || KINDS.contains(&text);
    match json {
        Value::String(text) if text.len() > 3 && !is_word(text) => {
            found.insert(text.clone());
        }
        Value::Number(number) if number.as_u64().is_some_and(|it| it > 9_999) => {
            found.insert(number.to_string());
        }
        Value::Array(items) => items.iter().for_each(|item| values(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| values(field, found)),
        _ => {}
    }
}

#[test]
fn nothing_of_anybody_is_in_the_report() {
    let collections = [
        "accounts",
        "availability-zones",
        "connections",
        "contacts",
        "devices",
        "facilities",
        "ips",
        "macs",
        "member-joining-rules",
        "metro-areas",
        "metro-area-networks",
        "network-features",
        "network-feature-configs",
        "network-services",
        "network-service-configs",
        "pops",
        "ports",
        "port-reservations",
        "product-offerings",
        "roles",
        "role-assignments",
        "routing-functions",
    ];
    for dialect in ["plain", "ix-api", "digital-realty", "decix", "linx"] {
        let sandbox = settled(&["--dialect", dialect]);
        let own = Customer::new(&sandbox, ACCOUNT_A);
        let mut private = BTreeSet::new();
        for collection in collections {
            values(
                &own.ask("GET", &format!("/{collection}"), None),
                &mut private,
            );
        }
        assert!(private.len() > 200, "{private:?}");
        for variable in ["HOST", "KEY", "SECRET", "OAUTH2_TOKEN_URL"] {
            private.insert(sandbox.exported(&format!("IX_API_{variable}")).to_owned());
        }
        let url = sandbox.exported("IXAPI_SANDBOX_URL");
        private.insert(url.trim_start_matches("http://").to_owned());
        private.insert(own.token.clone());
        // Things that nobody foresees, where names could hide.
        let live = sandbox.live();
        let mut ports = live.iter().filter(|it| it["collection"] == "connections");
        let port = ports.find(|it| it["external_ref"] == "The Moon's port");
        let port = port.unwrap()["id"].as_str().unwrap();
        sandbox.patch(port, json!({ "Acme GmbH": 1, "note": "for Acme GmbH" }));
        sandbox.set_state(port, "Waiting for Acme", json!([]));
        private.extend(["Acme".to_owned(), "Waiting".to_owned()]);
        let seen = examine(&sandbox, By::OAuth2, &[]);
        assert!(seen.is_success(), "{}", seen.told);
        assert!(seen.report.contains("not shown"), "{}", seen.report);
        let switches = seen.switches.as_ref().unwrap().to_string();
        for text in private {
            assert!(
                !seen.report.contains(&text),
                "{dialect}: {text:?} in {}",
                seen.report
            );
            assert!(
                !switches.contains(&text),
                "{dialect}: {text:?} in {switches}"
            );
        }
        let open = examine_with(&sandbox, By::OAuth2, &[], &["--show-values"]);
        assert!(open.report.contains("Waiting for Acme"), "{}", open.report);
        assert!(open.report.contains("look through it"), "{}", open.report);
    }
}

#[test]
fn it_only_reads_and_not_too_much() {
    let sandbox = settled(&["--page-size", "2"]);
    let log = sandbox.during(|| {
        assert!(examine(&sandbox, By::OAuth2, &[]).is_success());
    });
    assert_eq!(log.changes(), Vec::<&Value>::new());
    assert_eq!(log.log_ins(), 1);
    let mut collections = std::collections::BTreeMap::<&str, usize>::new();
    for entry in &log.0 {
        let path = entry["path"].as_str().unwrap();
        let collection = path.split('/').nth(1).unwrap();
        *collections.entry(collection).or_default() += 1;
    }
    assert!(collections.len() > 20, "{collections:?}");
    for (collection, count) in collections {
        assert!(count <= MOST_OF_A_COLLECTION, "{collection}: {count}");
    }
}

#[test]
fn it_asks_no_faster_than_it_is_told() {
    let sandbox = settled(&["--requests-per-second", "60"]);
    let log = sandbox.during(|| {
        let pace = [("IX_API_REQUESTS_PER_SECOND", "25")];
        let seen = examine(&sandbox, By::OAuth2, &pace);
        assert!(seen.is_success(), "{}", seen.told);
    });
    let refused = log.0.iter().filter(|entry| entry["status"] == 429);
    assert_eq!(refused.count(), 0, "{log:#?}");
}

#[test]
fn one_list_that_is_forbidden_is_one_verdict() {
    let sandbox = settled(&[]);
    sandbox.fault(json!({ "kind": "problem", "status": 403, "path": "/ips", "times": 99 }));
    sandbox.fault(json!({ "kind": "problem", "status": 404, "path": "/macs", "times": 99 }));
    let seen = examine(&sandbox, By::OAuth2, &[]);
    assert!(seen.is_success(), "{}", seen.told);
    let ip = "not permitted for these credentials: GET /ips is answered with 403";
    assert_eq!(seen.verdict("ixapi_ip"), ip);
    let mac = "not offered: GET /macs is answered with 404";
    assert_eq!(seen.verdict("ixapi_mac"), mac);
    assert_eq!(seen.verdict("ixapi_connection"), "will work");
    let refused = json!({ "/ips": 403, "/macs": 404 });
    assert_eq!(seen.switches.as_ref().unwrap()["refuse"], refused);
    let again = Sandbox::start(&["--dialect-file", &seen.file()]);
    let again = examine(&again, By::OAuth2, &[]);
    assert_eq!(again.switches, seen.switches);
    assert_eq!(again.verdict("ixapi_ip"), ip);
}

#[test]
fn what_a_resource_needs_besides_is_a_caveat() {
    let sandbox = settled(&[]);
    let path = "/role-assignments";
    sandbox.fault(json!({ "kind": "problem", "status": 403, "path": path, "times": 99 }));
    let seen = examine(&sandbox, By::OAuth2, &[]);
    let verdict = seen.verdict("ixapi_connection");
    assert!(verdict.starts_with("works with a caveat: "), "{verdict}");
    assert!(
        verdict.contains("/role-assignments is answered with 403"),
        "{verdict}"
    );
}

/// Fails, with these words for the person who asked, and without a report.
fn fails(seen: &Seen, words: &[&str]) {
    assert_eq!(seen.output.status.code(), Some(1), "{}", seen.told);
    assert_eq!(seen.report, "");
    for word in words {
        assert!(seen.told.contains(word), "{word:?} in {}", seen.told);
    }
}

#[test]
fn a_wrong_secret_is_told_as_the_provider_tells_it() {
    let sandbox = Sandbox::start(&[]);
    let seen = examine(&sandbox, By::OAuth2, &[("IX_API_SECRET", "swordfish")]);
    fails(&seen, &["did not log us in", "IX_API_SECRET", "401"]);
    assert!(!seen.told.contains("swordfish"), "{}", seen.told);
}

#[test]
fn a_missing_address_is_told_before_anything_is_sent() {
    let sandbox = Sandbox::start(&[]);
    let log = sandbox.during(|| {
        fails(
            &examine(&sandbox, By::OAuth2, &[("IX_API_HOST", "")]),
            &["IX_API_HOST"],
        );
    });
    assert!(log.0.is_empty());
}

#[test]
fn a_file_that_is_there_is_told_before_anything_is_sent() {
    let sandbox = Sandbox::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(SWITCHES), "{}").unwrap();
    let mut seen = None;
    let log = sandbox.during(|| {
        seen = Some(examine_to(folder, &sandbox, By::OAuth2, &[], &[]));
    });
    let seen = seen.unwrap();
    let words = ["is there already. Nothing was written or asked"];
    fails(&seen, &words);
    assert_eq!(seen.switches, Some(json!({})), "it is left alone");
    assert!(log.0.is_empty());
}

#[test]
fn a_dead_server_is_told() {
    let sandbox = Sandbox::start(&[]);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    let token = format!("http://{address}/connect/token");
    let seen = examine(&sandbox, By::OAuth2, &[("IX_API_OAUTH2_TOKEN_URL", &token)]);
    fails(&seen, &["could not be sent", &address.to_string()]);
}

#[test]
fn a_gateway_that_answers_web_pages_is_no_exchange() {
    let sandbox = Sandbox::start(&[]);
    sandbox.fault(json!({ "kind": "html", "status": 200, "times": 999 }));
    let seen = examine(&sandbox, By::OAuth2, &[]);
    fails(&seen, &["this is not the address of an IX-API"]);
}

#[test]
fn a_wrong_path_at_an_exchange_is_told_instead_of_a_report() {
    let sandbox = Sandbox::start(&[]);
    let wrong = format!("{}/wrong", sandbox.exported("IXAPI_SANDBOX_URL"));
    let seen = examine(&sandbox, By::OAuth2, &[("IX_API_HOST", &wrong)]);
    fails(
        &seen,
        &["this is not the address of an IX-API", "IX_API_HOST"],
    );
    assert!(seen.report.is_empty(), "{}", seen.report);
}

/// What the guide says of the report is in the report, and of the command in its help.
#[test]
fn the_guide_is_true() {
    let guide = programs::repository().join("docs/guides/check-an-exchange.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    let seen = examine(&settled(&[]), By::OAuth2, &[]);
    let parts = seen
        .report
        .lines()
        .filter_map(|line| line.strip_prefix("## "));
    let parts: Vec<&str> = parts.collect();
    let rows = guide.lines().filter_map(|line| line.strip_prefix("| "));
    let rows = rows.filter_map(|row| row.split(" | ").next());
    let told: Vec<&str> = rows.filter(|row| *row != "part").collect();
    assert_eq!(told, parts);
    let help = Command::new(programs::provider())
        .args(["doctor", "--help"])
        .output()
        .unwrap();
    let help = String::from_utf8(help.stderr).unwrap();
    for flag in ["--dialect", "--show-values"] {
        assert!(guide.contains(flag) && help.contains(flag), "{help}");
    }
    assert!(guide.contains("ixapi-sandbox --dialect-file"));
}
